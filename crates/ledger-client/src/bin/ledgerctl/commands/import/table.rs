//! A roster as a table: its header, its rows, and what no roster holds.

use std::borrow::Cow;

use super::report::REASON_COLUMNS;
use ledger_client::json::invisible_character;
use ledger_client::reading::rows::{RowError, Rows, delimiter, from_line, named_delimiter};
use ledger_client::reading::safe::unguard;

/// A text with a header. Its rows are read again for every use, so that only the text is held.
#[derive(Debug, Clone)]
pub(super) struct Table<'file> {
    /// The text from the line on which the table may begin.
    text: &'file str,
    first_line: u64,
    delimiter: char,
    header: Vec<String>,
    header_line: u64,
    /// Whether it is a file of rejects as this tool writes it, reasons in front.
    is_rejects: bool,
}

/// A row with something in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line<'file> {
    /// The line of the file on which it begins, from 1, as an editor shows it.
    pub(super) number: u64,
    /// One cell for each column, exactly as it stands there.
    pub(super) cells: Vec<Cow<'file, str>>,
    /// The reasons in front of them, in a file of rejects.
    pub(super) reasons: Vec<Cow<'file, str>>,
    /// Cells over several lines: the column, and the line on which the cell begins.
    long_cells: Vec<(usize, u64)>,
}

/// Why a text is no roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum TableError {
    /// No CSV.
    #[error(transparent)]
    Row(#[from] RowError),
    /// No row at all.
    #[error("the file has no header")]
    NoHeader,
    /// The header is said to stand behind the end.
    #[error("the file has no line {0}, on which the header is said to stand")]
    NoHeaderLine(u64),
    /// A name of a column that cannot be seen whole.
    #[error(
        "line {line}: character {place} in the name of column {column} is U+{code:04X}, which cannot \
         be seen: remove it"
    )]
    InvisibleName {
        /// The line of the header.
        line: u64,
        /// The column, from 1.
        column: usize,
        /// The character, from 1.
        place: usize,
        /// What it is.
        code: u32,
    },
    /// A row with fewer cells than the header, or with text in more.
    #[error(
        "line {line} has {found} cells and the header has {expected}: a delimiter or a quote is \
         missing or too many"
    )]
    Width {
        /// The line.
        line: u64,
        /// Cells of the line.
        found: usize,
        /// Columns of the header.
        expected: usize,
    },
    /// A cell of a field that goes over several lines.
    #[error(
        "line {line}: a quote begins there, and the cell of column {column} goes on over several \
         lines, which no such cell does: the quote is not closed where it should be"
    )]
    LongField {
        /// The line on which the cell begins.
        line: u64,
        /// The column, from 1.
        column: usize,
    },
    /// A cell over several lines with a delimiter in it.
    #[error(
        "line {line}: a quote begins there, and its cell goes on over several lines and holds what \
         separates cells: either the quote is not closed where it should be and swallows lines, \
         or the cell has to be written on one line"
    )]
    Swallows {
        /// The line on which the cell begins.
        line: u64,
    },
}

impl<'file> Table<'file> {
    /// Finds the header: on the line that is given, or on the first that holds something.
    pub(super) fn open(text: &'file str, header_line: Option<u64>) -> Result<Self, TableError> {
        let named = named_delimiter(text);
        let first_line = header_line.unwrap_or(if named.is_some() { 2 } else { 1 });
        let text = match (from_line(text, first_line), header_line) {
            (Some(text), _) => text,
            (None, Some(line)) => return Err(TableError::NoHeaderLine(line)),
            (None, None) => return Err(TableError::NoHeader),
        };
        let delimiter = named.unwrap_or_else(|| delimiter(text));
        let mut rows = Rows::new_from(text, first_line, delimiter);
        let header = loop {
            match rows.next().transpose()? {
                None => return Err(TableError::NoHeader),
                Some(row) if row.is_blank() => {}
                Some(row) => break row,
            }
        };
        check_header(&header, delimiter)?;
        let mut names: Vec<String> = header.cells.iter().map(|it| it.trim().to_owned()).collect();
        // Columns without a name at the right end come from cells that were formatted once.
        while names.last().is_some_and(String::is_empty) {
            names.pop();
        }
        let reasons = names.iter().take(REASON_COLUMNS.len());
        let is_rejects = reasons.eq(REASON_COLUMNS);
        if is_rejects {
            names.drain(..REASON_COLUMNS.len());
            for name in &mut names {
                *name = unguard(name).trim().to_owned();
            }
        }
        Ok(Self {
            text,
            first_line,
            delimiter,
            header: names,
            header_line: header.line,
            is_rejects,
        })
    }

    /// The names of the columns.
    pub(super) fn header(&self) -> &[String] {
        &self.header
    }

    /// The line on which the header stands.
    pub(super) const fn header_line(&self) -> u64 {
        self.header_line
    }

    /// The rows below the header that hold something.
    pub(super) fn lines(&self) -> impl Iterator<Item = Result<Line<'file>, TableError>> {
        let rows = Rows::new_from(self.text, self.first_line, self.delimiter);
        let rows = rows.filter(|row| !row.as_ref().is_ok_and(is_blank));
        let is_rejects = self.is_rejects;
        let delimiter = self.delimiter;
        let columns = self.header.len();
        rows.skip(1).map(move |row| {
            let row = row?;
            let reasons = if is_rejects { REASON_COLUMNS.len() } else { 0 };
            // Reasons are left out below, and with them what they would have swallowed.
            check_swallowed(&row, delimiter, reasons)?;
            let mut row_cells = row.cells.into_iter();
            let reason_cells: Vec<_> = row_cells.by_ref().take(reasons).collect();
            let mut cells: Vec<_> = row_cells.collect();
            let spare = cells.iter().skip(columns);
            let expected = columns;
            if cells.len() < columns || !spare.map(|it| it.trim()).all(str::is_empty) {
                return Err(TableError::Width {
                    line: row.line,
                    found: cells.len(),
                    expected,
                });
            }
            cells.truncate(columns);
            if is_rejects {
                for cell in &mut cells {
                    *cell = Cow::Owned(unguard(cell).to_owned());
                }
            }
            let long_cells = row.long_cells.into_iter();
            Ok(Line {
                number: row.line,
                cells,
                reasons: reason_cells,
                long_cells: long_cells
                    .filter_map(|(index, line)| Some((index.checked_sub(reasons)?, line)))
                    .collect(),
            })
        })
    }

    /// Whether a line is the header once more, as where files were put together.
    pub(super) fn is_header(&self, line: &Line<'_>) -> bool {
        let mut pairs = self.header.iter().zip(&line.cells);
        let is_edge = |it: char| it.is_whitespace() || it == '\u{feff}';
        pairs.all(|(name, cell)| name == cell.trim_matches(is_edge))
    }

    /// Checks that no cell has swallowed lines: the cell of a field stands on one line, and any
    /// other that goes on over several holds no delimiter, which a swallowed line would have.
    pub(super) fn check_long_cells(
        &self,
        line: &Line<'_>,
        is_field: impl Fn(usize) -> bool,
    ) -> Result<(), TableError> {
        for (index, begins) in &line.long_cells {
            let line_of_cell = *begins;
            if is_field(*index) {
                return Err(TableError::LongField {
                    line: line_of_cell,
                    column: index.saturating_add(1),
                });
            }
            let cell = line.cells.get(*index);
            if cell.is_some_and(|cell| cell.contains(self.delimiter)) {
                return Err(TableError::Swallows { line: line_of_cell });
            }
        }
        Ok(())
    }
}

/// Checks that no name has swallowed lines or holds what nobody can see.
fn check_header(
    header: &ledger_client::reading::rows::Row<'_>,
    delimiter: char,
) -> Result<(), TableError> {
    check_swallowed(header, delimiter, usize::MAX)?;
    for (column, name) in (1..).zip(&header.cells) {
        if let Some((place, character)) = invisible_character(name) {
            return Err(TableError::InvisibleName {
                line: header.line,
                column,
                place,
                code: u32::from(character),
            });
        }
    }
    Ok(())
}

/// Checks that none of the first cells goes on over several lines and holds what separates cells.
fn check_swallowed(
    row: &ledger_client::reading::rows::Row<'_>,
    delimiter: char,
    cells: usize,
) -> Result<(), TableError> {
    let mut long_cells = row.long_cells.iter().filter(|(index, _)| *index < cells);
    let swallows = |index: usize| {
        let cell = row.cells.get(index);
        cell.is_some_and(|cell| cell.contains(delimiter))
    };
    match long_cells.find(|(index, _)| swallows(*index)) {
        Some((_, line)) => Err(TableError::Swallows { line: *line }),
        None => Ok(()),
    }
}

fn is_blank(row: &ledger_client::reading::rows::Row<'_>) -> bool {
    row.is_blank()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(u64, String)>, TableError> {
        let table = Table::open(text, None)?;
        let lines = table.lines().map(|line| {
            let line = line?;
            table.check_long_cells(&line, |index| index == 0)?;
            Ok((line.number, line.cells.join("|")))
        });
        lines.collect()
    }

    #[test]
    fn rows_are_those_with_something_in_them() {
        for (text, expected) in [
            (
                "p,n\na,1\n,\n \t, \n\nb,2\n,,,\n",
                &[(2, "a|1"), (6, "b|2")][..],
            ),
            ("\r\n,\r\np,n\r\na,1\r\n", &[(4, "a|1")]),
            (
                "p,n,,\na,1,,\nb,2, , \nc,3\n",
                &[(2, "a|1"), (3, "b|2"), (4, "c|3")],
            ),
            ("p\tn\na\t1,2\n", &[(2, "a|1,2")]),
            ("p;n\na;1\n", &[(2, "a|1")]),
            ("p,n\na,\"x\ny\"\n\nb,2\n", &[(2, "a|x\ny"), (5, "b|2")]),
            ("p,n\n", &[]),
            ("sep=;\r\np;n\r\na;1,2\r\n", &[(3, "a|1,2")]),
            ("\"p,q\";n\na;1\n", &[(2, "a|1")]),
            ("\"p\nq\",n\na,1\n", &[(3, "a|1")]),
        ] {
            let expected: Vec<_> = expected
                .iter()
                .map(|(l, it)| (*l, (*it).to_owned()))
                .collect();
            assert_eq!(read(text), Ok(expected), "{text:?}");
        }
    }

    #[test]
    fn what_swallows_lines_is_refused_where_it_begins() {
        use TableError::{InvisibleName, LongField, NoHeader, Row, Swallows, Width};
        let width = |line, found| Width {
            line,
            found,
            expected: 2,
        };
        for (text, expected) in [
            ("", NoHeader),
            (",\n\n", NoHeader),
            ("p,n\na,1\nb\n", width(3, 1)),
            ("p,n\na,1,2\n", width(2, 3)),
            ("p,n\na,\"1\nb,2\n", Row(RowError::Unclosed { line: 2 })),
            ("p,n\na,1\nb,\"", Row(RowError::Unclosed { line: 3 })),
            ("p,\"n\na,1\"\nb,2\n", Swallows { line: 1 }),
            ("\n\"p,n\na\",1\nb,2\n", Swallows { line: 2 }),
            (
                "p,n\u{200b}\na,1\n",
                InvisibleName {
                    line: 1,
                    column: 2,
                    place: 2,
                    code: 0x200b,
                },
            ),
            // A later quote closes it by accident, in every way in which it can.
            ("p,n\na,\"1\nb,2\nc,3\"\nd,4\n", Swallows { line: 2 }),
            (
                "p,n\na,\"1\nb,\"2\"\n",
                Row(RowError::AfterQuote { line: 2, closed: 3 }),
            ),
            ("p,n\n\"a,1\nb,2\nc\",3\n", LongField { line: 2, column: 1 }),
            ("p,n\n\"a\nb\",3\n", LongField { line: 2, column: 1 }),
        ] {
            assert_eq!(read(text), Err(expected), "{text:?}");
        }
    }

    #[test]
    fn the_header_stands_where_it_is_said_to_stand() {
        let text = "2021年第一期花名册;;\n\"第,\n一页\"\np;n\na;1\np ;n\nb;2\n";
        let table = Table::open(text, Some(4)).unwrap();
        assert_eq!(
            (table.header_line(), table.header()),
            (4, &["p".to_owned(), "n".to_owned()][..])
        );
        let lines: Vec<_> = table.lines().map(Result::unwrap).collect();
        let found: Vec<_> = lines
            .iter()
            .map(|line| (line.number, table.is_header(line)))
            .collect();
        assert_eq!(found, [(5, false), (6, true), (7, false)]);
        assert_eq!(
            Table::open(text, Some(9)).unwrap_err(),
            TableError::NoHeaderLine(9)
        );
        let put_together = "p,n\na,1\n\u{feff}p,n\nb,2\n";
        let table = Table::open(put_together, None).unwrap();
        let found: Vec<_> = table
            .lines()
            .map(|line| table.is_header(&line.unwrap()))
            .collect();
        assert_eq!(found, [false, true, false]);
    }

    #[test]
    fn a_file_of_rejects_is_read_without_its_reasons() {
        let reasons = REASON_COLUMNS.join(",");
        let text = format!("{reasons},p,'=n\n7,X,,,,,,a,'=1\n8,X,,,,,,'b,-1\n");
        let table = Table::open(&text, None).unwrap();
        assert_eq!(table.header(), ["p", "=n"]);
        let cells: Vec<_> = table
            .lines()
            .map(|line| line.unwrap().cells.join("|"))
            .collect();
        assert_eq!(cells, ["a|=1", "'b|-1"]);
        // A quote among the reasons swallows no line.
        let text = format!("{reasons},p\n7,X,\"m,,,,,a\n8,X,m\",,,,,b\n9,X,m,,,,,c\n");
        let table = Table::open(&text, None).unwrap();
        let found = table.lines().next().unwrap();
        assert_eq!(found, Err(TableError::Swallows { line: 2 }));
    }
}
