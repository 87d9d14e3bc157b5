//! Cells that a spreadsheet shows and does not run, and how to read them back.

use std::io;

/// What a spreadsheet needs to see to read UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What stands before a text that a spreadsheet would take for something else.
const GUARD: char = '\'';

/// Whether a spreadsheet could take a cell for a formula; its guard counts as well, so that it can
/// be taken off again. A number is none, also when it is negative.
fn is_risky(cell: &str) -> bool {
    let begins = cell.trim_start_matches([' ', '\u{3000}', '\u{feff}']);
    let risky = [
        '=', '+', '-', '@', '\t', '\r', '\n', GUARD, '＝', '＋', '－', '＠',
    ];
    begins.starts_with(risky) && !is_number(cell)
}

/// Whether it is a number with a minus at most, as amounts are written.
fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    is_digits(whole) && is_digits(rest)
}

/// The cell as a spreadsheet shows it and does not run it.
pub fn guard(cell: &str) -> String {
    match is_risky(cell) {
        true => format!("{GUARD}{cell}"),
        false => cell.to_owned(),
    }
}

/// What was guarded.
pub fn unguard(cell: &str) -> &str {
    match cell.strip_prefix(GUARD) {
        Some(rest) if is_risky(rest) => rest,
        _ => cell,
    }
}

/// Writes CSV for spreadsheets: UTF-8 with a byte order mark, no formulas.
#[derive(Debug)]
pub struct SafeWriter<W: io::Write>(csv::Writer<W>);

impl<W: io::Write> SafeWriter<W> {
    /// Begins a table, with a byte order mark.
    ///
    /// # Errors
    ///
    /// What the writer says.
    pub fn new(mut writer: W) -> io::Result<Self> {
        writer.write_all(BYTE_ORDER_MARK)?;
        Ok(Self::going_on(writer))
    }

    /// Goes on with a table that was begun.
    pub fn going_on(writer: W) -> Self {
        Self(csv::Writer::from_writer(writer))
    }

    /// Writes a row.
    ///
    /// # Errors
    ///
    /// What the writer says; also when the row has another number of cells than the one before.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) -> io::Result<()> {
        Ok(self.0.write_record(cells.into_iter().map(guard))?)
    }

    /// Hands on what was written so far.
    ///
    /// # Errors
    ///
    /// What the writer says.
    pub fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_are_guarded_and_numbers_are_not() {
        for (cell, expected) in [
            ("", ""),
            ("注", "注"),
            ("12", "12"),
            ("-12", "-12"),
            ("-12.50", "-12.50"),
            ("-", "'-"),
            ("-1+2", "'-1+2"),
            ("+1", "'+1"),
            ("=1", "'=1"),
            (" =1", "' =1"),
            ("＝1", "'＝1"),
            ("@SUM(1;2)", "'@SUM(1;2)"),
            ("\tx", "'\tx"),
            ("\rx", "'\rx"),
            ("'x", "''x"),
            ("'=1", "''=1"),
            ("a=b", "a=b"),
        ] {
            assert_eq!(guard(cell), expected, "{cell:?}");
            assert_eq!(unguard(expected), cell, "{cell:?}");
        }
    }

    #[test]
    fn a_table_begins_with_the_mark() {
        let mut written = Vec::new();
        let mut writer = SafeWriter::new(&mut written).unwrap();
        writer.row(["a", "=1"]).unwrap();
        writer.flush().unwrap();
        drop(writer);
        assert_eq!(written, "\u{feff}a,'=1\n".as_bytes());
    }

    proptest! {
        #[test]
        fn every_cell_comes_back(cell in "[-=+@'\t\r\n 1.a\u{3000}]{0,6}") {
            let guarded = guard(&cell);
            prop_assert_eq!(unguard(&guarded), &cell);
            prop_assert!(!guarded.starts_with(['=', '+', '@', '\t', '\r']));
        }
    }
}
