//! The rows of a CSV text, strictly (RFC 4180), with the line numbers that an editor shows.

use std::borrow::Cow;

use crate::limits::ROW_CELLS_MAX;

/// A row of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row<'text> {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// Its cells, exactly as they stand there, without the quotes around them.
    pub cells: Vec<Cow<'text, str>>,
    /// Lines on which a cell with a line end in it begins, with the index of the cell.
    pub long_cells: Vec<(usize, u64)>,
}

impl Row<'_> {
    /// Whether nothing stands there but white space.
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

/// Why a text is no CSV.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// A quote that nothing closes.
    #[error("line {line}: the quote that begins there is not closed; nothing was sent")]
    Unclosed {
        /// The line on which the quote stands.
        line: u64,
    },
    /// Text after a closing quote.
    #[error(
        "line {line}: the quote that begins there is closed in the middle of a cell (on line \
         {closed}): a quote is missing, or one inside a cell is not doubled; nothing was sent"
    )]
    AfterQuote {
        /// The line on which the opening quote stands.
        line: u64,
        /// The line on which the closing quote stands.
        closed: u64,
    },
    /// A row that no spreadsheet holds.
    #[error("line {line}: the row has more than {ROW_CELLS_MAX} cells")]
    TooWide {
        /// The line.
        line: u64,
    },
}

/// How many lines end in a text: at LF, at CR LF together, and at a CR alone.
pub fn line_ends(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let next = bytes.iter().skip(1).copied().map(Some).chain([None]);
    let ends = bytes.iter().zip(next);
    let ends = ends.filter(|(byte, next)| match byte {
        b'\n' => true,
        b'\r' => *next != Some(b'\n'),
        _ => false,
    });
    u64::try_from(ends.count()).unwrap_or(u64::MAX)
}

/// The delimiters that are known: the comma, the tab (what a spreadsheet calls Unicode text), and
/// the semicolon.
const DELIMITERS: [char; 3] = [',', '\t', ';'];

/// The delimiter of a text: the first of the known ones that separates cells of its first row, and
/// the comma when none does. What stands in quotes separates nothing.
#[must_use]
pub fn delimiter(text: &str) -> char {
    let mut first = String::new();
    for part in text.trim_start().split('"').step_by(2) {
        let end = part.find(['\r', '\n']);
        first.push_str(part.get(..end.unwrap_or(part.len())).unwrap_or_default());
        if end.is_some() {
            break;
        }
    }
    let mut known = DELIMITERS.into_iter();
    known.find(|it| first.contains(*it)).unwrap_or(',')
}

/// The delimiter that a first line such as `sep=;` names, which a spreadsheet writes for itself.
#[must_use]
pub fn named_delimiter(text: &str) -> Option<char> {
    let rest = text.strip_prefix("sep=")?;
    let delimiter = rest.chars().next().filter(|it| DELIMITERS.contains(it))?;
    let after = rest.strip_prefix(delimiter)?;
    (after.is_empty() || after.starts_with(['\r', '\n'])).then_some(delimiter)
}

/// A text from one of its lines on, from 1 and as an editor counts; nothing when it has fewer.
#[must_use]
pub fn from_line(text: &str, line: u64) -> Option<&str> {
    let mut rest = text;
    for _ in 1..line {
        let (_, end) = rest.split_at_checked(rest.find(['\r', '\n'])?)?;
        let mut ends = ["\r\n", "\n", "\r"].into_iter();
        rest = ends.find_map(|it| end.strip_prefix(it))?;
    }
    Some(rest)
}

/// The rows of a text, blank ones included. It ends after the first error.
#[derive(Debug, Clone)]
pub struct Rows<'text> {
    rest: &'text str,
    line: u64,
    delimiter: char,
    failed: bool,
}

impl<'text> Rows<'text> {
    /// The rows of a whole text.
    #[must_use]
    pub const fn new(text: &'text str, delimiter: char) -> Self {
        Self::new_from(text, 1, delimiter)
    }

    /// The rows of the rest of a text, which begins with this line of it.
    #[must_use]
    pub const fn new_from(rest: &'text str, line: u64, delimiter: char) -> Self {
        Self {
            rest,
            line,
            delimiter,
            failed: false,
        }
    }

    fn row(&mut self) -> Result<Row<'text>, RowError> {
        let mut row = Row {
            line: self.line,
            cells: Vec::new(),
            long_cells: Vec::new(),
        };
        loop {
            let (index, line) = (row.cells.len(), self.line);
            if index == ROW_CELLS_MAX {
                return Err(RowError::TooWide { line });
            }
            row.cells.push(self.cell()?);
            if self.line != line {
                row.long_cells.push((index, line));
            }
            let Some(rest) = self.rest.strip_prefix(self.delimiter) else {
                break;
            };
            self.rest = rest;
        }
        let rest = self.rest;
        let end = ["\r\n", "\n", "\r"].into_iter();
        if let Some(rest) = end.into_iter().find_map(|end| rest.strip_prefix(end)) {
            self.rest = rest;
            self.line = self.line.saturating_add(1);
        }
        Ok(row)
    }

    /// The next cell; what follows it is a delimiter, a line end or nothing.
    fn cell(&mut self) -> Result<Cow<'text, str>, RowError> {
        // Blanks before a quote: no program writes them, and they would make the quote a character.
        let begin = self.rest.trim_start_matches([' ', '\u{3000}']);
        let Some(mut rest) = begin.strip_prefix('"') else {
            let ends = [self.delimiter, '\r', '\n'];
            let end = self.rest.find(ends).unwrap_or(self.rest.len());
            let (cell, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
            self.rest = rest;
            return Ok(Cow::Borrowed(cell));
        };
        let line = self.line;
        let mut cell = Cow::Borrowed("");
        loop {
            let Some((part, after)) = rest.split_once('"') else {
                return Err(RowError::Unclosed { line });
            };
            match (&cell, part) {
                (Cow::Borrowed(""), part) => cell = Cow::Borrowed(part),
                (_, part) => cell.to_mut().push_str(part),
            }
            match after.strip_prefix('"') {
                Some(after) => {
                    cell.to_mut().push('"');
                    rest = after;
                }
                None => {
                    rest = after.trim_start_matches([' ', '\u{3000}']);
                    break;
                }
            }
        }
        self.line = self.line.saturating_add(line_ends(&cell));
        if !(rest.is_empty() || rest.starts_with([self.delimiter, '\r', '\n'])) {
            let closed = self.line;
            return Err(RowError::AfterQuote { line, closed });
        }
        self.rest = rest;
        Ok(cell)
    }
}

impl<'text> Iterator for Rows<'text> {
    type Item = Result<Row<'text>, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() || self.failed {
            return None;
        }
        let row = self.row();
        self.failed = row.is_err();
        Some(row)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(text: &str) -> Result<Vec<(u64, Vec<String>)>, RowError> {
        let rows = Rows::new(text, ',').map(|row| {
            let row = row?;
            let cells = row.cells.iter().map(|cell| cell.clone().into_owned());
            Ok((row.line, cells.collect()))
        });
        rows.collect()
    }

    #[test]
    fn rows_have_the_lines_of_an_editor() {
        for (text, expected) in [
            ("", &[][..]),
            ("a,b", &[(1, "a|b")]),
            ("a,b\r\nc,d\r\n", &[(1, "a|b"), (2, "c|d")]),
            ("a\rb\rc", &[(1, "a"), (2, "b"), (3, "c")]),
            (
                "a\r\rb\n\nc\r\n\r\nd",
                &[
                    (1, "a"),
                    (2, ""),
                    (3, "b"),
                    (4, ""),
                    (5, "c"),
                    (6, ""),
                    (7, "d"),
                ],
            ),
            (
                "a,\"x\r\ny\nz\rw\"\nb,c\n",
                &[(1, "a|x\r\ny\nz\rw"), (5, "b|c")],
            ),
            ("\"a\"\"b\",\"\",\"\"\"\"\n", &[(1, "a\"b||\"")]),
            ("a \"b\" c,5\" pipe\n", &[(1, "a \"b\" c|5\" pipe")]),
            (",,\n \n", &[(1, "||"), (2, " ")]),
            (" \"a,b\" ,c", &[(1, "a,b|c")]),
        ] {
            let found = rows(text).unwrap();
            let found: Vec<_> = found
                .iter()
                .map(|(line, cells)| (*line, cells.join("|")))
                .collect();
            let expected: Vec<_> = expected
                .iter()
                .map(|(l, it)| (*l, (*it).to_owned()))
                .collect();
            assert_eq!(found, expected, "{text:?}");
        }
    }

    #[test]
    fn a_quote_that_is_not_closed_is_named_with_the_line_where_it_begins() {
        use RowError::{AfterQuote, Unclosed};
        for (text, expected) in [
            ("\"", Unclosed { line: 1 }),
            (
                "p,n\r\na,1\r\nb,\"on leave\r\nc,3\r\n",
                Unclosed { line: 3 },
            ),
            ("p,n\ra,\"x\ry\"\rb,\"", Unclosed { line: 4 }),
            ("p,n\na,\"x\"\"\nb,2\n", Unclosed { line: 2 }),
            ("p,n\na,\"x\nb,\"y\"\n", AfterQuote { line: 2, closed: 3 }),
            ("a,\"x\"y\n", AfterQuote { line: 1, closed: 1 }),
        ] {
            assert_eq!(rows(text), Err(expected), "{text:?}");
        }
    }

    #[test]
    fn the_first_row_tells_the_delimiter() {
        for (text, expected) in [
            ("a,b;c", ','),
            ("a\tb", '\t'),
            ("a;b\n,", ';'),
            ("a\nb,c", ','),
            ("\"a,b\";c\n", ';'),
            ("\"a\nb,\"\tc\n", '\t'),
            ("\"a\"\",\"\n;", ','),
        ] {
            assert_eq!(delimiter(text), expected, "{text:?}");
        }
        for (text, expected) in [
            ("sep=;\na", Some(';')),
            ("sep=\t\r\n", Some('\t')),
            ("sep=,", Some(',')),
            ("sep=;;\n", None),
            ("sep=x\n", None),
            ("sep=", None),
            ("a;sep=;\n", None),
        ] {
            assert_eq!(named_delimiter(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_text_can_be_read_from_any_of_its_lines() {
        let text = "a\r\nb\rc\n\nd";
        for (line, expected) in [
            (0, Some(text)),
            (1, Some(text)),
            (2, Some("b\rc\n\nd")),
            (3, Some("c\n\nd")),
            (4, Some("\nd")),
            (5, Some("d")),
            (6, None),
        ] {
            assert_eq!(from_line(text, line), expected, "{line}");
        }
        let rows = Rows::new_from(from_line(text, 3).unwrap(), 3, ',');
        let lines: Vec<_> = rows.map(|row| row.unwrap().line).collect();
        assert_eq!(lines, [3, 4, 5]);
    }

    proptest! {
        #[test]
        fn what_a_writer_writes_is_read_back(
            table in prop::collection::vec(
                prop::collection::vec("[a,\"\r\n \u{4e2d}=']{0,6}", 3), 1..8),
            ends in prop::sample::select(vec![csv::Terminator::CRLF, csv::Terminator::Any(b'\n')]),
        ) {
            let mut writer = csv::WriterBuilder::new().terminator(ends).from_writer(Vec::new());
            for row in &table {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let found = rows(&text).unwrap();
            let lines: Vec<u64> = found.iter().map(|(line, _)| *line).collect();
            prop_assert!(lines.is_sorted());
            let found: Vec<_> = found.into_iter().map(|(_, cells)| cells).collect();
            prop_assert_eq!(found, table);
        }
    }
}
