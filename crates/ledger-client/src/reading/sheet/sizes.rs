//! What a workbook of the older format (XLS) says of its own sizes, checked before it is believed.
//!
//! The library makes room for the rows and columns that a sheet announces, and for the rectangle
//! that its cells span. A damaged byte in either takes more memory than there is, which no program
//! survives. So the records of all sheets are gone over first. The file is one of compound files
//! ([MS-CFB]): sectors in chains, small streams in smaller sectors of one stream. The records are
//! those of [MS-XLS].

use std::collections::BTreeSet;

use super::SheetError;
use crate::limits::{OLD_SHEET_COLUMNS_MAX, OLD_SHEET_ROWS_MAX, OLD_SHEET_SPANNED_MAX};

/// Streams below this length lie in small sectors.
const SMALL_STREAM_BYTES: usize = 4_096;

/// Bytes of a small sector.
const SMALL_SECTOR_BYTES: usize = 64;

/// Bytes of an entry of the directory.
const ENTRY_BYTES: usize = 128;

/// The first of the numbers that name no sector.
const NO_SECTOR: u32 = 0xFFFF_FFFA;

/// Checks the sizes that a workbook announces and spans.
///
/// # Errors
///
/// When the file is no compound file with a workbook, or a size is beyond what the format allows.
pub(super) fn check(bytes: &[u8]) -> Result<(), SheetError> {
    let broken = || SheetError::Broken("it is cut off or damaged".to_owned());
    let file = File::open(bytes).ok_or_else(broken)?;
    // An encrypted workbook of the later format lies in such a file, too.
    if file.entry("EncryptedPackage").is_some() {
        return Err(SheetError::Protected);
    }
    check_records(&file.workbook().ok_or_else(broken)?)
}

/// A compound file: its sectors, which follows which, and its directory.
struct File<'bytes> {
    bytes: &'bytes [u8],
    sector_bytes: usize,
    next: Vec<u32>,
    directory: Vec<u8>,
    /// The stream of small sectors, and which of these follows which.
    small: (Vec<u8>, Vec<u32>),
}

impl<'bytes> File<'bytes> {
    fn open(bytes: &'bytes [u8]) -> Option<Self> {
        let sector_bytes = 1_usize.checked_shl(number(bytes, 30)? & 0xFFFF)?;
        if !matches!(sector_bytes, 512 | 4_096) {
            return None;
        }
        let mut file = Self {
            bytes,
            sector_bytes,
            next: Vec::new(),
            directory: Vec::new(),
            small: (Vec::new(), Vec::new()),
        };
        // The sectors that say which follows which: the first 109 stand in the header, the others
        // in a chain of sectors whose last number names the next.
        let mut lists: Vec<u32> = (0..109)
            .map_while(|at| number(bytes, 76 + 4 * at))
            .collect();
        let mut further = number(bytes, 68)?;
        for _ in 0..bytes.len() / sector_bytes {
            let Some(sector) = file.sector(further) else {
                break;
            };
            let mut numbers: Vec<u32> = numbers(sector).collect();
            further = numbers.pop()?;
            lists.extend(numbers);
        }
        for list in lists.into_iter().filter(|list| *list < NO_SECTOR) {
            let sector = file.sector(list)?;
            file.next.extend(numbers(sector));
        }
        file.directory = file.chain(number(bytes, 48)?)?;
        if number(bytes, 64)? > 0 {
            let root = file.directory.chunks_exact(ENTRY_BYTES).next()?;
            let small = file.chain(number(root, 116)?)?;
            file.small = (small, numbers(&file.chain(number(bytes, 60)?)?).collect());
        }
        Some(file)
    }

    /// An entry of the directory.
    fn entry(&self, name: &str) -> Option<&[u8]> {
        let mut entries = self.directory.chunks_exact(ENTRY_BYTES);
        entries.find(|entry| is_named(entry, name))
    }

    fn sector(&self, number: u32) -> Option<&'bytes [u8]> {
        let number = usize::try_from(number)
            .ok()
            .filter(|_| number < NO_SECTOR)?;
        let start = number.checked_add(1)?.checked_mul(self.sector_bytes)?;
        // The last sector may be cut short.
        let end = start.checked_add(self.sector_bytes)?.min(self.bytes.len());
        self.bytes.get(start..end)
    }

    /// The bytes of a chain of sectors.
    fn chain(&self, first: u32) -> Option<Vec<u8>> {
        let mut found = Vec::new();
        let mut sector = first;
        while sector < NO_SECTOR {
            // No chain is longer than the file, unless it bites its own tail.
            if found.len() > self.bytes.len() {
                return None;
            }
            found.extend_from_slice(self.sector(sector)?);
            sector = *self.next.get(usize::try_from(sector).ok()?)?;
        }
        Some(found)
    }

    /// The stream with the workbook.
    fn workbook(&self) -> Option<Vec<u8>> {
        let entry = self.entry("Workbook").or_else(|| self.entry("Book"))?;
        let start = number(entry, 116)?;
        let length = usize::try_from(number(entry, 120)?).ok()?;
        if length >= SMALL_STREAM_BYTES {
            let mut stream = self.chain(start)?;
            stream.truncate(length);
            return Some(stream);
        }
        let (small, next) = &self.small;
        let mut stream = Vec::new();
        let mut sector = start;
        while sector < NO_SECTOR && stream.len() < length {
            let sector_number = usize::try_from(sector).ok()?;
            let begin = sector_number.checked_mul(SMALL_SECTOR_BYTES)?;
            let end = begin.checked_add(SMALL_SECTOR_BYTES)?.min(small.len());
            stream.extend_from_slice(small.get(begin..end)?);
            sector = *next.get(sector_number)?;
        }
        stream.truncate(length);
        Some(stream)
    }
}

/// Whether an entry of the directory has a name, which stands there in UTF-16.
fn is_named(entry: &[u8], name: &str) -> bool {
    let units = entry.chunks_exact(2).take(32).map(|unit| match unit {
        [low, high] => u16::from_le_bytes([*low, *high]),
        _ => 0,
    });
    let units = units.take_while(|unit| *unit != 0);
    let found: Vec<u16> = units.collect();
    String::from_utf16_lossy(&found).eq_ignore_ascii_case(name)
}

/// The number of four bytes at a place, the low byte first.
fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes(*four))
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    let fours = bytes.chunks_exact(4);
    fours.filter_map(|four| number(four, 0))
}

/// The rectangle that cells span.
#[derive(Debug, Clone, Copy)]
struct Span {
    rows: (u32, u32),
    columns: (u32, u32),
}

impl Span {
    fn with(self, row: u32, column: u32) -> Self {
        Self {
            rows: (self.rows.0.min(row), self.rows.1.max(row)),
            columns: (self.columns.0.min(column), self.columns.1.max(column)),
        }
    }

    fn cells(self) -> u64 {
        let length = |(from, to): (u32, u32)| u64::from(to.saturating_sub(from)).saturating_add(1);
        length(self.rows).saturating_mul(length(self.columns))
    }
}

/// Goes over the records: a type, a length, and so many bytes.
fn check_records(stream: &[u8]) -> Result<(), SheetError> {
    let (mut begins, mut sheets) = (BTreeSet::new(), BTreeSet::new());
    let (mut at, mut span, mut spanned) = (0_usize, None, 0_u64);
    while let Some(head) = number(stream, at) {
        let (kind, length) = (head & 0xFFFF, head >> 16);
        let begin = at.saturating_add(4);
        let end = begin.saturating_add(usize::try_from(length).unwrap_or(usize::MAX));
        let Some(data) = stream.get(begin..end) else {
            break;
        };
        match kind {
            // The beginning of a sheet, and where the workbook says that one begins.
            0x0809 => {
                begins.insert(at);
                spanned = spanned.saturating_add(span.take().map_or(0, Span::cells));
            }
            0x0085 => sheets.extend(number(data, 0).and_then(|it| usize::try_from(it).ok())),
            // Behind this all is encrypted but types and lengths.
            0x002F if data.iter().take(2).any(|byte| *byte != 0) => {
                return Err(SheetError::Protected);
            }
            0x0200 => check_announced(data)?,
            // Cells of every kind.
            0x0006 | 0x00BD | 0x00D6 | 0x00FD | 0x0203 | 0x0204 | 0x0205 | 0x027E => {
                span = check_cells(data, kind == 0x00BD, span)?;
                let cells = span.map_or(0, Span::cells);
                if spanned.saturating_add(cells) > OLD_SHEET_SPANNED_MAX {
                    return too_large("its cells lie too far apart");
                }
            }
            _ => {}
        }
        at = end;
    }
    match sheets.is_subset(&begins) {
        true => Ok(()),
        false => Err(SheetError::Broken(
            "a sheet is said to begin where none does".to_owned(),
        )),
    }
}

fn too_large<T>(what: &str) -> Result<T, SheetError> {
    Err(SheetError::TooLarge(what.to_owned()))
}

/// Checks the sizes that a sheet announces: rows and columns, behind the first of each.
fn check_announced(data: &[u8]) -> Result<(), SheetError> {
    let (rows, columns) = match data.len() {
        // The form of earlier versions.
        10 => (number(data, 2).map(|it| it & 0xFFFF), number(data, 4)),
        _ => (number(data, 4), number(data, 8)),
    };
    let columns = columns.map(|it| it >> 16);
    match rows > Some(OLD_SHEET_ROWS_MAX) || columns > Some(OLD_SHEET_COLUMNS_MAX) {
        true => too_large("a sheet says that it has more cells than a sheet can have"),
        false => Ok(()),
    }
}

/// Checks the place of a cell, or of several in a row; tells what the cells of the sheet span.
fn check_cells(
    data: &[u8],
    are_several: bool,
    span: Option<Span>,
) -> Result<Option<Span>, SheetError> {
    let Some(place) = number(data, 0) else {
        return Ok(span);
    };
    let (row, column) = (place & 0xFFFF, place >> 16);
    // A record of several cells ends with its last column.
    let last = data.last_chunk().filter(|_| are_several);
    let last = last.map_or(column, |it| u32::from(u16::from_le_bytes(*it)));
    if column.max(last) >= OLD_SHEET_COLUMNS_MAX {
        return too_large("a cell lies outside of a sheet");
    }
    let first = Span {
        rows: (row, row),
        columns: (column, column),
    };
    let span = span.unwrap_or(first);
    Ok(Some(span.with(row, column).with(row, last)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The beginning of a sheet, and one with a cell.
    const BEGIN: &[u8] = &[0x09, 0x08, 0, 0];

    fn cell(row: u16, column: u16) -> Vec<u8> {
        let place = [row.to_le_bytes(), column.to_le_bytes()].concat();
        [&[0x03, 0x02, 4, 0], place.as_slice()].concat()
    }

    #[test]
    fn what_the_cells_of_all_sheets_span_is_bounded() {
        let corners = [BEGIN, &cell(0, 0), &cell(39_999, 199)].concat();
        let far = [BEGIN, &cell(65_535, 0), &cell(0, 255)].concat();
        let row = [BEGIN, &[0xBD, 0, 6, 0, 7, 0, 0, 0, 255, 0]].concat();
        let beyond = [BEGIN, &[0xBD, 0, 6, 0, 7, 0, 0, 0, 0, 1]].concat();
        for (stream, expected) in [
            (vec![], ""),
            (corners.clone(), ""),
            (corners.repeat(2), "its cells lie too far apart"),
            (far, "its cells lie too far apart"),
            (row, ""),
            (beyond, "a cell lies outside of a sheet"),
            (vec![0x2F, 0, 2, 0, 1, 0], "protected with a password"),
            (vec![0x2F, 0, 2, 0, 0, 0], ""),
            (vec![0x85, 0, 4, 0, 9, 0, 0, 0], "begin where none does"),
            // A record that is cut off ends all.
            ([BEGIN, &[0x03, 0x02, 9, 0, 0, 0, 0, 7]].concat(), ""),
        ] {
            let found = check_records(&stream).map_err(|error| error.to_string());
            let found = found.err().unwrap_or_default();
            assert_eq!(found.is_empty(), expected.is_empty(), "{found}");
            assert!(found.contains(expected), "{found}");
        }
    }

    #[test]
    fn a_chain_that_bites_its_own_tail_ends() {
        let bytes = [0; 2_048];
        let file = File {
            bytes: &bytes,
            sector_bytes: 512,
            next: vec![1, 0, 0xFFFF_FFFE],
            directory: Vec::new(),
            small: (Vec::new(), Vec::new()),
        };
        assert_eq!(file.chain(0), None);
        assert_eq!(file.chain(2).map(|it| it.len()), Some(512));
        assert_eq!(file.chain(7), None);
    }
}
