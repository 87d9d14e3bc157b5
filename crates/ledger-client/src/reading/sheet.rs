//! Workbooks of a spreadsheet, a sheet of them as text with a line for each row.

use std::io::{Cursor, Read as _};

use calamine::{Data, DataRef, Reader as _, SheetType, SheetVisible, Xls, Xlsx};

/// Bytes that a workbook may unpack to: far above a roster of a million rows.
const UNPACKED_BYTES_MAX: u64 = 1024 * 1024 * 1024;

/// Parts of a workbook.
const PARTS_MAX: usize = 10_000;

/// Cells with something in them: a million rows of ten columns.
const CELLS_MAX: usize = 10_000_000;

/// Bytes of a sheet as text, as of any other roster.
const TEXT_BYTES_MAX: usize = 1024 * 1024 * 1024;

/// Rows and columns of a sheet: what a spreadsheet program itself can hold.
const ROWS_MAX: u32 = 1_048_576;
const COLUMNS_MAX: u32 = 16_384;

/// What stands between two cells of the text; a cell that holds it is quoted.
const DELIMITER: char = ',';

/// Why a workbook cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// The workbook is damaged, encrypted, or none.
    #[error("the workbook cannot be read: {0}")]
    Broken(String),
    /// It unpacks to more than is taken.
    #[error("the workbook is too large: {0}")]
    TooLarge(String),
    /// There is no such sheet.
    #[error("the workbook has no sheet {name}; there are {names}")]
    NoSuchSheet {
        /// The name asked for.
        name: String,
        /// The names that there are.
        names: String,
    },
    /// Several sheets have something in them.
    #[error("the workbook has several sheets with something in them: say which with --sheet: {0}")]
    Ambiguous(String),
    /// No sheet has anything in it.
    #[error("the workbook has no visible sheet with something in it")]
    Empty,
}

/// Whether bytes are a workbook, whatever the file is called.
pub fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(ZIP) || bytes.starts_with(COMPOUND_FILE)
}

const ZIP: &[u8] = b"PK\x03\x04";
const COMPOUND_FILE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// A sheet with something in it.
struct Found {
    name: String,
    text: String,
}

/// Reads one sheet as CSV: row N of the sheet is line N of the text.
///
/// Without a name it is the only visible sheet with something in it. Formulas stand as what they
/// came to, dates as `2021-03-01`, line ends inside of cells as blanks.
///
/// # Errors
///
/// Says what is wrong with the workbook, or which sheets there are to choose from.
pub fn sheet_text(bytes: &[u8], name: Option<&str>) -> Result<String, SheetError> {
    let mut found = match bytes.starts_with(ZIP) {
        true => sheets_of_xlsx(bytes, name)?,
        false => sheets_of_xls(bytes, name)?,
    };
    match (found.pop(), found.as_slice()) {
        (Some(only), []) => Ok(only.text),
        (None, _) => Err(SheetError::Empty),
        (Some(last), others) => {
            let names = others.iter().chain([&last]).map(|it| it.name.as_str());
            Err(SheetError::Ambiguous(names.collect::<Vec<_>>().join(", ")))
        }
    }
}

fn sheets_of_xlsx(bytes: &[u8], name: Option<&str>) -> Result<Vec<Found>, SheetError> {
    check_unpacked(bytes)?;
    let broken = |error: calamine::XlsxError| SheetError::Broken(error.to_string());
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let mut found = Vec::new();
    for sheet in chosen(book.sheets_metadata(), name)? {
        let mut grid = Grid::default();
        let mut cells = book.worksheet_cells_reader(&sheet).map_err(broken)?;
        while let Some(cell) = cells.next_cell().map_err(broken)? {
            grid.put(cell.get_position(), text_of_ref(cell.get_value()))?;
        }
        found.extend(grid.found(sheet)?);
    }
    Ok(found)
}

fn sheets_of_xls(bytes: &[u8], name: Option<&str>) -> Result<Vec<Found>, SheetError> {
    let broken = |error: calamine::XlsError| SheetError::Broken(error.to_string());
    let mut book = Xls::new(Cursor::new(bytes)).map_err(broken)?;
    let mut found = Vec::new();
    for sheet in chosen(book.sheets_metadata(), name)? {
        let mut grid = Grid::default();
        let range = book.worksheet_range(&sheet).map_err(broken)?;
        let (top, left) = range.start().unwrap_or_default();
        let place = |offset: usize, start: u32| u32::try_from(offset).ok()?.checked_add(start);
        for (row, column, value) in range.used_cells() {
            if let (Some(row), Some(column)) = (place(row, top), place(column, left)) {
                grid.put((row, column), text_of(value))?;
            }
        }
        found.extend(grid.found(sheet)?);
    }
    Ok(found)
}

/// The sheet asked for, or all visible ones.
fn chosen(sheets: &[calamine::Sheet], name: Option<&str>) -> Result<Vec<String>, SheetError> {
    let sheets = sheets.iter().filter(|it| it.typ == SheetType::WorkSheet);
    let Some(name) = name else {
        let visible = sheets.filter(|it| it.visible == SheetVisible::Visible);
        return Ok(visible.map(|it| it.name.clone()).collect());
    };
    let names: Vec<String> = sheets.map(|it| it.name.clone()).collect();
    match names.iter().any(|it| it == name) {
        true => Ok(vec![name.to_owned()]),
        false => Err(SheetError::NoSuchSheet {
            name: name.to_owned(),
            names: names.join(", "),
        }),
    }
}

/// Unpacks every part and throws it away: what a part says of its length need not be true.
fn check_unpacked(bytes: &[u8]) -> Result<(), SheetError> {
    let broken = |error: zip::result::ZipError| SheetError::Broken(error.to_string());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if archive.len() > PARTS_MAX {
        return Err(SheetError::TooLarge(format!("more than {PARTS_MAX} parts")));
    }
    let mut left = UNPACKED_BYTES_MAX;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(broken)?;
        let mut part = part.take(left.saturating_add(1));
        let read = std::io::copy(&mut part, &mut std::io::sink());
        let read = read.map_err(|error| SheetError::Broken(error.to_string()))?;
        left = left.checked_sub(read).ok_or_else(|| {
            SheetError::TooLarge(format!(
                "it unpacks to more than {UNPACKED_BYTES_MAX} bytes"
            ))
        })?;
    }
    Ok(())
}

/// The cells of a sheet that hold something, in whatever order they come.
#[derive(Default)]
struct Grid(std::collections::BTreeMap<(u32, u32), String>);

impl Grid {
    fn put(&mut self, place: (u32, u32), text: String) -> Result<(), SheetError> {
        if text.is_empty() {
            return Ok(());
        }
        let (row, column) = place;
        if row >= ROWS_MAX || column >= COLUMNS_MAX {
            return Err(SheetError::TooLarge(
                "a cell lies outside of a sheet".to_owned(),
            ));
        }
        if self.0.len() >= CELLS_MAX {
            return Err(SheetError::TooLarge(format!("more than {CELLS_MAX} cells")));
        }
        self.0.insert(place, text);
        Ok(())
    }

    /// The sheet as text; nothing when it is empty.
    fn found(self, name: String) -> Result<Option<Found>, SheetError> {
        let Some(width) = self.0.keys().map(|(_, column)| *column).max() else {
            return Ok(None);
        };
        let (mut text, mut row, mut column) = (String::new(), 0, 0);
        for ((at, place), cell) in &self.0 {
            if row < *at {
                text.extend((column..width).map(|_| DELIMITER));
                text.extend((row..*at).map(|_| '\n'));
                (row, column) = (*at, 0);
            }
            text.extend((column..*place).map(|_| DELIMITER));
            column = *place;
            let cell = cell.replace(['\r', '\n'], " ").replace('"', "\"\"");
            text.extend(["\"", &cell, "\""]);
            if text.len() > TEXT_BYTES_MAX {
                return Err(SheetError::TooLarge(
                    "its cells lie too far apart".to_owned(),
                ));
            }
        }
        text.extend((column..width).map(|_| DELIMITER));
        text.push('\n');
        Ok(Some(Found { name, text }))
    }
}

fn text_of_ref(value: &DataRef<'_>) -> String {
    match value {
        DataRef::SharedString(text) => (*text).to_owned(),
        other => text_of(&Data::from(other.clone())),
    }
}

fn text_of(value: &Data) -> String {
    match value {
        Data::Empty => String::new(),
        Data::Int(number) => number.to_string(),
        // A spreadsheet keeps fifteen digits: a longer number is not what was typed.
        Data::Float(number) if number.abs() >= 1e15 => format!("{number:E}").replace('E', "E+"),
        Data::Float(number) => number.to_string(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Bool(value) => value.to_string().to_uppercase(),
        Data::Error(error) => error.to_string(),
        Data::DateTime(time) => {
            let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
            let day = format!("{year:04}-{month:02}-{day:02}");
            match (hour, minute, second) {
                (0, 0, 0) => day,
                _ => format!("{day} {hour:02}:{minute:02}:{second:02}"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    const SHEET: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    /// A workbook with these sheets: name, whether it is hidden, and its rows in XML.
    fn workbook(sheets: &[(&str, bool, &str)]) -> Vec<u8> {
        let (mut list, mut relations) = (String::new(), String::new());
        let mut parts = Vec::new();
        for (number, (name, is_hidden, rows)) in (1..).zip(sheets) {
            let state = if *is_hidden { "hidden" } else { "visible" };
            list += &format!(
                "<sheet name='{name}' sheetId='{number}' state='{state}' r:id='r{number}'/>"
            );
            relations += &format!(
                "<Relationship Id='r{number}' Type='{RELATIONS}/worksheet' Target='s{number}.xml'/>"
            );
            let rows =
                format!("<worksheet xmlns='{SHEET}'><sheetData>{rows}</sheetData></worksheet>");
            parts.push((format!("xl/s{number}.xml"), rows));
        }
        relations +=
            &format!("<Relationship Id='st' Type='{RELATIONS}/styles' Target='styles.xml'/>");
        let package = "http://schemas.openxmlformats.org/package/2006/relationships";
        let relations = format!("<Relationships xmlns='{package}'>{relations}</Relationships>");
        let book = format!(
            "<workbook xmlns='{SHEET}' xmlns:r='{RELATIONS}'><sheets>{list}</sheets></workbook>"
        );
        let styles = format!(
            "<styleSheet xmlns='{SHEET}'><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/></cellXfs>\
             </styleSheet>"
        );
        let root = format!(
            "<Relationships xmlns='{package}'><Relationship Id='b' \
             Type='{RELATIONS}/officeDocument' Target='xl/workbook.xml'/></Relationships>"
        );
        parts.push(("_rels/.rels".to_owned(), root));
        parts.push(("xl/workbook.xml".to_owned(), book));
        parts.push(("xl/_rels/workbook.xml.rels".to_owned(), relations));
        parts.push(("xl/styles.xml".to_owned(), styles));
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in parts {
            let options = zip::write::SimpleFileOptions::default();
            archive.start_file(name, options).unwrap();
            archive.write_all(text.as_bytes()).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    #[test]
    fn a_row_of_a_sheet_is_a_line_of_text() {
        let rows = "<row r='2'><c r='A2' t='str'><v>person</v></c><c r='B2' t='str'><v>day</v></c>\
                    <c r='C2' t='str'><v>number</v></c></row>\
                    <row r='5'><c r='A5' t='str'><v>a\"b</v></c><c r='B5' s='1'><v>44197</v></c>\
                    <c r='C5'><v>1.537010000300001E15</v></c></row>\
                    <row r='6'><c r='C6'><f>1+1</f><v>42</v></c></row>";
        let hidden = "<row r='1'><c r='A1'><v>1</v></c></row>";
        let book = workbook(&[
            ("Empty", false, ""),
            ("One", false, rows),
            ("Two", true, hidden),
        ]);
        let expected = ",,\n\"person\",\"day\",\"number\"\n\n\n\
                        \"a\"\"b\",\"2021-01-01\",\"1.537010000300001E+15\"\n,,\"42\"\n";
        assert!(is_workbook(&book));
        assert_eq!(sheet_text(&book, None).unwrap(), expected);
        assert_eq!(sheet_text(&book, Some("One")).unwrap(), expected);
        assert_eq!(sheet_text(&book, Some("Two")).unwrap(), "\"1\"\n");
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let cell = "<row r='1'><c r='A1'><v>1</v></c></row>";
        let far = "<row r='1'><c r='A1'><v>1</v></c></row>\
                   <row r='1048577'><c r='A1048577'><v>1</v></c></row>";
        for (book, name, expected) in [
            (
                workbook(&[("A", false, cell), ("B", false, cell)]),
                None,
                "the workbook has several sheets with something in them: say which with --sheet: A, B",
            ),
            (
                workbook(&[("A", false, cell)]),
                Some("C"),
                "the workbook has no sheet C; there are A",
            ),
            (
                workbook(&[("A", false, ""), ("B", true, cell)]),
                None,
                "the workbook has no visible sheet with something in it",
            ),
            (workbook(&[("A", false, far)]), None, "the workbook "),
            (b"PK\x03\x04".to_vec(), None, "the workbook cannot be read"),
            (COMPOUND_FILE.to_vec(), None, "the workbook cannot be read"),
        ] {
            let found = sheet_text(&book, name).unwrap_err().to_string();
            assert!(found.starts_with(expected), "{found}");
        }
    }
}
