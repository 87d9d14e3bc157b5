//! Cells that a spreadsheet shows and does not run, and how to read them back.

use std::io;

/// What a spreadsheet needs to see to read UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What stands before a text that a spreadsheet would take for something else.
const GUARD: char = '\'';

/// Whether a spreadsheet would make something else of a cell: a formula, or a number that is a name
/// and loses digits. Its guard counts as well, so that it can be taken off again.
fn is_risky(cell: &str) -> bool {
    is_formula(cell) || is_damaged_by_reading(cell)
}

/// Whether a spreadsheet could take a cell for a formula. A number is none, also a negative one.
fn is_formula(cell: &str) -> bool {
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

/// Digits that a spreadsheet keeps of a number.
const DIGITS_KEPT: usize = 15;

/// Whether a spreadsheet that opens a cell would take digits from it: a number of more digits than
/// it keeps, zeros in front, or what reads as a power of ten.
fn is_damaged_by_reading(cell: &str) -> bool {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    match cell.split_once(['e', 'E']) {
        Some((digits, exponent)) => is_digits(digits) && is_digits(exponent),
        None => {
            is_digits(cell)
                && (cell.len() > DIGITS_KEPT || (cell.len() > 1 && cell.starts_with('0')))
        }
    }
}

/// The cell as a spreadsheet shows it, does not run it, and keeps it.
#[must_use]
pub fn guard(cell: &str) -> String {
    match is_risky(cell) {
        true => format!("{GUARD}{cell}"),
        false => cell.to_owned(),
    }
}

/// What was guarded.
#[must_use]
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
            // Numbers that are names keep their digits; amounts stay amounts.
            ("1537010000300001", "'1537010000300001"),
            ("153701000030001", "153701000030001"),
            ("0012", "'0012"),
            ("0", "0"),
            ("0.50", "0.50"),
            ("12E45678", "'12E45678"),
            ("1234567890123456.50", "1234567890123456.50"),
            ("S000037000123214000057", "S000037000123214000057"),
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
        fn every_cell_comes_back(cell in "[-=+@'\t\r\n 01.aE\u{3000}]{0,6}|[0-9]{14,18}") {
            let guarded = guard(&cell);
            prop_assert_eq!(unguard(&guarded), &cell);
            prop_assert!(!guarded.starts_with(['=', '+', '@', '\t', '\r']));
        }
    }
}
