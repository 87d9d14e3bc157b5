//! Workbooks of a spreadsheet, a sheet of them as text with a line for each row.
//!
//! A library reads the formats. Three things are added here: bounds that hold whatever a workbook
//! says of itself, what the library does not tell (formulas without a result, zeros that a format
//! shows), and a thread of its own, because the library stops at some damaged workbooks with a
//! panic.
//!
//! Long: the checks of a foreign workbook stand beside the code that they protect.

mod sizes;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::{Cursor, Read as _};

use calamine::{
    Data, DataRef, Reader as _, SheetType, SheetVisible, Style, Xls, XlsError, Xlsx, XlsxError,
};

use crate::limits::{
    SHEET_CELLS_MAX, SHEET_COLUMNS_MAX, SHEET_ROWS_MAX, SHEET_TEXT_BYTES_MAX, WORKBOOK_PARTS_MAX,
    WORKBOOK_UNPACKED_BYTES_MAX,
};

/// What stands between two cells of the text; a cell that holds it is quoted.
const DELIMITER: char = ',';

/// The thread in which workbooks are read. A program that reads foreign workbooks may keep its
/// panics silent: they become a [`SheetError`], and their words may hold what stands in a cell.
pub const READER_THREAD: &str = "workbook-reader";

/// Why a workbook cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// The workbook is damaged, or none.
    #[error("the workbook cannot be read: {0}")]
    Broken(String),
    /// It is encrypted.
    #[error("the workbook is protected with a password: save it without one")]
    Protected,
    /// It is something else than it should be.
    #[error("the file is {0}, which is not read: save it as XLSX or CSV")]
    OtherFormat(&'static str),
    /// It unpacks to more than is taken.
    #[error("the workbook is too large: {0}")]
    TooLarge(String),
    /// A cell whose value was never worked out.
    #[error(
        "cell {0} of the workbook holds a formula and not its result: open the workbook in a \
         spreadsheet program and save it there"
    )]
    NoResult(String),
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

impl From<XlsxError> for SheetError {
    fn from(error: XlsxError) -> Self {
        match error {
            XlsxError::Password => Self::Protected,
            other => Self::Broken(other.to_string()),
        }
    }
}

impl From<XlsError> for SheetError {
    fn from(error: XlsError) -> Self {
        match error {
            XlsError::Password => Self::Protected,
            other => Self::Broken(other.to_string()),
        }
    }
}

impl From<zip::result::ZipError> for SheetError {
    fn from(error: zip::result::ZipError) -> Self {
        Self::Broken(error.to_string())
    }
}

/// Whether bytes are a workbook, whatever the file is called.
#[must_use]
pub fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(ZIP) || bytes.starts_with(COMPOUND_FILE)
}

const ZIP: &[u8] = b"PK\x03\x04";
const COMPOUND_FILE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// Reads one sheet as CSV: row N of the sheet is line N of the text.
///
/// Without a name it is the only visible sheet with something in it. Formulas stand as what they
/// came to, dates as `2021-03-01`, line ends inside of cells as blanks.
///
/// # Errors
///
/// Says what is wrong with the workbook, or which sheets there are to choose from.
pub fn sheet_text(bytes: &[u8], name: Option<&str>) -> Result<String, SheetError> {
    let read = || match bytes.starts_with(ZIP) {
        true => text_of_xlsx(bytes, name),
        false => text_of_xls(bytes, name),
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name(READER_THREAD.to_owned());
        let thread = thread.spawn_scoped(scope, read);
        let thread = thread.map_err(|error| SheetError::Broken(error.to_string()))?;
        let stopped = |_| SheetError::Broken("its parts contradict each other".to_owned());
        thread.join().map_err(stopped)?
    })
}

fn text_of_xlsx(bytes: &[u8], name: Option<&str>) -> Result<String, SheetError> {
    check_parts(bytes)?;
    let mut book = Xlsx::new(Cursor::new(bytes))?;
    let mut only = Only::default();
    for sheet in chosen(book.sheets_metadata(), name)? {
        let grid = grid_of_xlsx(&mut book, &sheet, only.is_found())?;
        if !only.is_found() {
            check_results(&mut book, &sheet)?;
        }
        only.add(sheet, &grid)?;
    }
    only.text()
}

/// The cells of a sheet, or just the first of them.
fn grid_of_xlsx(
    book: &mut Xlsx<Cursor<&[u8]>>,
    sheet: &str,
    first_alone: bool,
) -> Result<Grid, SheetError> {
    let mut grid = Grid::default();
    let mut cells = book.worksheet_cells_reader(sheet)?;
    let styles = cells.styles().to_vec();
    while let Some((cell, style)) = cells.next_cell_with_style_id()? {
        let text = text_of_ref(cell.get_value(), styles.get(style));
        grid.put(cell.get_position(), text)?;
        if first_alone && !grid.0.is_empty() {
            break;
        }
    }
    Ok(grid)
}

/// Checks that every formula comes with its result, which programs that write workbooks leave away.
fn check_results(book: &mut Xlsx<Cursor<&[u8]>>, sheet: &str) -> Result<(), SheetError> {
    let mut cells = book.worksheet_cells_reader(sheet)?;
    while let Some(cell) = cells.next_cell_with_formula_metadata()? {
        if cell.formula.is_some() && cell.value == DataRef::Empty {
            return Err(SheetError::NoResult(cell_name(cell.pos)));
        }
    }
    Ok(())
}

fn text_of_xls(bytes: &[u8], name: Option<&str>) -> Result<String, SheetError> {
    sizes::check(bytes)?;
    let mut book = Xls::new(Cursor::new(bytes))?;
    let mut only = Only::default();
    for sheet in chosen(book.sheets_metadata(), name)? {
        let mut grid = Grid::default();
        let range = book.worksheet_range(&sheet)?;
        let (top, left) = range.start().unwrap_or_default();
        let place = |offset: usize, start: u32| u32::try_from(offset).ok()?.checked_add(start);
        for (row, column, value) in range.used_cells() {
            if let (Some(row), Some(column)) = (place(row, top), place(column, left)) {
                grid.put((row, column), text_of(value))?;
            }
        }
        only.add(sheet, &grid)?;
    }
    only.text()
}

/// The sheets with something in them, of which there should be one.
#[derive(Default)]
struct Only {
    text: Option<String>,
    names: Vec<String>,
}

impl Only {
    const fn is_found(&self) -> bool {
        self.text.is_some()
    }

    fn add(&mut self, name: String, grid: &Grid) -> Result<(), SheetError> {
        if !grid.0.is_empty() {
            self.names.push(name);
            // Of a second one only the name is told.
            if self.text.is_none() {
                self.text = Some(grid.text()?);
            }
        }
        Ok(())
    }

    fn text(self) -> Result<String, SheetError> {
        match (self.text, self.names.len()) {
            (Some(text), 1) => Ok(text),
            (None, _) => Err(SheetError::Empty),
            (Some(_), _) => Err(SheetError::Ambiguous(self.names.join(", "))),
        }
    }
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

/// Unpacks every part and throws it away: what a part says of its length need not be true. Tells
/// archives apart that are no workbooks of this format.
fn check_parts(bytes: &[u8]) -> Result<(), SheetError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes))?;
    if archive.len() > WORKBOOK_PARTS_MAX {
        return Err(SheetError::TooLarge(format!(
            "more than {WORKBOOK_PARTS_MAX} parts"
        )));
    }
    // Some programs write the names in other cases and with other strokes.
    let same = |a: &str, b: &str| a.replace('\\', "/").eq_ignore_ascii_case(b);
    let has = |name: &str| archive.file_names().flatten().any(|it| same(&it, name));
    if has("xl/workbook.bin") {
        return Err(SheetError::OtherFormat("a binary workbook (XLSB)"));
    }
    if has("mimetype") && has("content.xml") {
        return Err(SheetError::OtherFormat("an OpenDocument sheet (ODS)"));
    }
    if !has("[Content_Types].xml") && !has("_rels/.rels") {
        return Err(SheetError::OtherFormat("an archive (ZIP) and no workbook"));
    }
    let mut left = WORKBOOK_UNPACKED_BYTES_MAX;
    for index in 0..archive.len() {
        let part = archive.by_index(index)?;
        let is_strings = part
            .name()?
            .to_ascii_lowercase()
            .ends_with("sharedstrings.xml");
        let mut part = part.take(left.saturating_add(1));
        let broken = |error: std::io::Error| SheetError::Broken(error.to_string());
        let mut strings = Vec::new();
        let read = match is_strings {
            true => part
                .read_to_end(&mut strings)
                .map(|read| u64::try_from(read).unwrap_or(u64::MAX)),
            false => std::io::copy(&mut part, &mut std::io::sink()),
        };
        left = left.checked_sub(read.map_err(broken)?).ok_or_else(|| {
            SheetError::TooLarge(format!(
                "it unpacks to more than {WORKBOOK_UNPACKED_BYTES_MAX} bytes"
            ))
        })?;
        check_announced(&strings)?;
    }
    Ok(())
}

/// Checks that the part with the texts of all cells announces no more of them than it has bytes:
/// the library makes room for what is announced.
fn check_announced(strings: &[u8]) -> Result<(), SheetError> {
    let text = String::from_utf8_lossy(strings);
    for after in text.split("uniqueCount").skip(1) {
        let is_between = |it: char| matches!(it, '=' | '"' | '\'') || it.is_whitespace();
        let number = after.trim_start_matches(is_between);
        let end = number
            .find(|it: char| !it.is_ascii_digit())
            .unwrap_or(number.len());
        let digits = number.get(..end).unwrap_or_default();
        let is_more = digits
            .parse::<usize>()
            .map_or(!digits.is_empty(), |it| it > strings.len());
        if is_more {
            return Err(SheetError::Broken(
                "it announces more texts than it has room for".to_owned(),
            ));
        }
    }
    Ok(())
}

/// The cells of a sheet that hold something, in whatever order they come, and the bytes of all.
#[derive(Default)]
struct Grid(BTreeMap<(u32, u32), String>, usize);

impl Grid {
    fn put(&mut self, place: (u32, u32), text: String) -> Result<(), SheetError> {
        if text.is_empty() {
            return Ok(());
        }
        let (row, column) = place;
        if row >= SHEET_ROWS_MAX || column >= SHEET_COLUMNS_MAX {
            return Err(SheetError::TooLarge(
                "a cell lies outside of a sheet".to_owned(),
            ));
        }
        if self.0.len() >= SHEET_CELLS_MAX {
            return Err(SheetError::TooLarge(format!(
                "more than {SHEET_CELLS_MAX} cells"
            )));
        }
        // Cells can share one long text.
        self.1 = self.1.saturating_add(text.len());
        if self.1 > SHEET_TEXT_BYTES_MAX {
            return Err(SheetError::TooLarge(format!(
                "more than {SHEET_TEXT_BYTES_MAX} bytes of text"
            )));
        }
        match self.0.entry(place) {
            Entry::Vacant(entry) => drop(entry.insert(text)),
            Entry::Occupied(_) => {
                let cell = cell_name(place);
                return Err(SheetError::Broken(format!(
                    "cell {cell} stands there twice"
                )));
            }
        }
        Ok(())
    }

    fn text(&self) -> Result<String, SheetError> {
        let width = self
            .0
            .keys()
            .map(|(_, column)| *column)
            .max()
            .unwrap_or_default();
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
            if text.len() > SHEET_TEXT_BYTES_MAX {
                return Err(SheetError::TooLarge(
                    "its cells lie too far apart".to_owned(),
                ));
            }
        }
        text.extend((column..width).map(|_| DELIMITER));
        text.push('\n');
        Ok(text)
    }
}

/// The name of a cell as a spreadsheet shows it: `C5` for row 4 and column 2, from 0.
fn cell_name((row, column): (u32, u32)) -> String {
    let mut letters = Vec::new();
    let mut left = column.saturating_add(1);
    while let Some(rest) = left.checked_sub(1) {
        let letter = u8::try_from(rest % 26).unwrap_or_default();
        letters.push(char::from(b'A'.saturating_add(letter)));
        left = rest / 26;
    }
    let letters: String = letters.into_iter().rev().collect();
    format!("{letters}{}", row.saturating_add(1))
}

fn text_of_ref(value: &DataRef<'_>, style: Option<&Style>) -> String {
    match value {
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Float(number) => {
            let text = text_of(&Data::Float(*number));
            match style.map_or(0, zeros_shown) {
                width if text.bytes().all(|it| it.is_ascii_digit()) => format!("{text:0>width$}"),
                _ => text,
            }
        }
        other => text_of(&Data::from(other.clone())),
    }
}

/// How many digits the format of a cell shows at least: one such as `000000` shows zeros in front
/// that are not in the value, and that people mean.
fn zeros_shown(style: &Style) -> usize {
    let format = style.number_format.as_ref();
    let code = format.map_or("", |format| format.format_code.as_str());
    match code.bytes().all(|it| it == b'0') {
        true => code.len(),
        false => 0,
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
        workbook_with(sheets, "", &[])
    }

    /// The same with properties of the workbook, and with other parts.
    fn workbook_with(
        sheets: &[(&str, bool, &str)],
        properties: &str,
        others: &[(&str, &str)],
    ) -> Vec<u8> {
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
            "<workbook xmlns='{SHEET}' xmlns:r='{RELATIONS}'>{properties}<sheets>{list}</sheets>\
             </workbook>"
        );
        let styles = format!(
            "<styleSheet xmlns='{SHEET}'><numFmts><numFmt numFmtId='164' formatCode='00000000'/>\
             </numFmts><cellXfs><xf numFmtId='0'/><xf numFmtId='14' applyNumberFormat='1'/>\
             <xf numFmtId='164' applyNumberFormat='1'/></cellXfs></styleSheet>"
        );
        let root = format!(
            "<Relationships xmlns='{package}'><Relationship Id='b' \
             Type='{RELATIONS}/officeDocument' Target='xl/workbook.xml'/></Relationships>"
        );
        parts.push(("_rels/.rels".to_owned(), root));
        parts.push(("xl/workbook.xml".to_owned(), book));
        parts.push(("xl/_rels/workbook.xml.rels".to_owned(), relations));
        parts.push(("xl/styles.xml".to_owned(), styles));
        let others = others
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        parts.extend(others);
        zipped(&parts)
    }

    fn zipped(parts: &[(String, String)]) -> Vec<u8> {
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

    /// Cells as programs and people leave them, each by itself in a row behind the header.
    #[test]
    fn every_kind_of_cell_is_read_as_people_see_it() {
        let shared = format!(
            "<sst xmlns='{SHEET}' count='3' uniqueCount='3'><si><t>0012</t></si>\
             <si><r><t>张</t></r><r><rPr><b/></rPr><t xml:space='preserve'>三 </t></r>\
             <rPh sb='0' eb='1'><t>zhang</t></rPh></si><si><t>a_x000D_\nb &amp; c</t></si></sst>"
        );
        let relations = "xl/sharedStrings.xml";
        for (cell, expected) in [
            ("<c r='A1' t='s'><v>0</v></c>", "0012"),
            ("<c r='A1' t='s'><v>1</v></c>", "张三 "),
            ("<c r='A1' t='s'><v>2</v></c>", "a  b & c"),
            ("<c r='A1' t='inlineStr'><is><t>0012</t></is></c>", "0012"),
            (
                "<c r='A1' t='inlineStr'><is><r><t>a</t></r><r><t>b</t></r></is></c>",
                "ab",
            ),
            ("<c r='A1'><v>153701000030000</v></c>", "153701000030000"),
            ("<c r='A1'><v>1.23E+17</v></c>", "1.23E+17"),
            (
                "<c r='A1'><v>370199199001010000</v></c>",
                "3.7019919900101E+17",
            ),
            ("<c r='A1' s='2'><v>12345</v></c>", "00012345"),
            ("<c r='A1' s='2'><v>123456789</v></c>", "123456789"),
            ("<c r='A1' s='2'><v>1.5</v></c>", "1.5"),
            ("<c r='A1' s='1'><v>44197</v></c>", "2021-01-01"),
            ("<c r='A1' s='1'><v>44197.75</v></c>", "2021-01-01 18:00:00"),
            ("<c r='A1'><v>44197</v></c>", "44197"),
            ("<c r='A1' t='d'><v>2021-01-01</v></c>", "2021-01-01"),
            ("<c r='A1' t='b'><v>1</v></c>", "TRUE"),
            ("<c r='A1' t='e'><f>1/0</f><v>#DIV/0!</v></c>", "#DIV/0!"),
            ("<c r='A1' t='str'><f>A2</f><v>x</v></c>", "x"),
            (
                "<c r='A1' t='str'><f>B1&amp;\"\"</f><v></v></c><c r='B1'><v>1</v></c>",
                ",1",
            ),
        ] {
            let rows = format!("<row r='1' hidden='1'>{cell}</row>");
            let book = workbook_with(&[("A", false, &rows)], "", &[(relations, &shared)]);
            let found = sheet_text(&book, None).unwrap().replace('"', "");
            assert_eq!(found.trim_end_matches('\n'), expected, "{cell}");
        }
        // Days may be counted from 1904.
        let rows = "<row r='1'><c r='A1' s='1'><v>42735</v></c></row>";
        let book = workbook_with(&[("A", false, rows)], "<workbookPr date1904='1'/>", &[]);
        assert_eq!(sheet_text(&book, None).unwrap(), "\"2021-01-01\"\n");
    }

    #[test]
    fn merged_cells_have_their_value_once_and_declared_sizes_cost_nothing() {
        let rows = "<row r='1'><c r='A1'><v>1</v></c><c r='B1'/></row>\
                    <row r='2'><c r='A2'/><c r='B2'><v>2</v></c></row></sheetData>\
                    <mergeCells count='1'><mergeCell ref='A1:A2'/></mergeCells><sheetData>";
        let book = workbook(&[("A", false, rows)]);
        assert_eq!(sheet_text(&book, None).unwrap(), "\"1\",\n,\"2\"\n");
        let far = "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>";
        let found = sheet_text(&workbook(&[("A", false, far)]), None).unwrap();
        assert_eq!(found.lines().count(), 1_048_576);
        assert_eq!(found.len(), 1_048_575 + 16_383 + 4 + 16_383);
    }

    /// A workbook of the older format, as `xlwt` (a Python library) writes it: a title, a header,
    /// text with zeros in front, a date, a long number, a formula, and a hidden sheet.
    const XLS: &[u8] = include_bytes!("../../testdata/roster.xls");

    #[test]
    fn a_workbook_of_the_older_format_is_read() {
        let expected = "\"2021年第一期花名册\",,,\n\
                        \"person\",\"证书编号\",\"issued-on\",\"note\"\n\
                        \"0190a3b2-0000-7000-8000-000000000a01\",\"0537010000300001\",\"2021-04-10\",\"镕𠮷\"\n\n\
                        \"0190a3b2-0000-7000-8000-000000000a02\",\"1.537010000300002E+15\",\"44296\",\n";
        assert!(is_workbook(XLS));
        let found = sheet_text(XLS, None).unwrap();
        assert_eq!(found, expected);
        assert_eq!(sheet_text(XLS, Some("旧")).unwrap(), "\"x\"\n");
    }

    /// Where some bytes stand in the workbook.
    fn place_of(what: &[u8]) -> usize {
        let mut places = XLS.windows(what.len());
        places.position(|it| it == what).unwrap()
    }

    #[test]
    fn what_an_older_workbook_says_of_its_sizes_is_not_believed() {
        // The sizes of the first sheet (5 rows, 4 columns), and its cell with the day 44296.
        let sizes = place_of(&[0x00, 0x02, 0x0E, 0x00, 0, 0, 0, 0, 5, 0, 0, 0]);
        let day = place_of(&[0x7E, 0x02, 0x0A, 0x00, 4, 0, 2, 0]);
        for (at, byte, expected) in [
            (sizes + 8, 6, ""),
            (
                sizes + 11,
                0x7F,
                "a sheet says that it has more cells than a sheet can have",
            ),
            (
                sizes + 15,
                0x7F,
                "a sheet says that it has more cells than a sheet can have",
            ),
            (day + 5, 0x7F, ""),
            (
                place_of(&[0x85, 0x00]) + 4,
                0x01,
                "a sheet is said to begin where none does",
            ),
            (day + 7, 0x7F, "a cell lies outside of a sheet"),
        ] {
            let mut book = XLS.to_vec();
            book[at] = byte;
            let found = sheet_text(&book, None).map_err(|error| error.to_string());
            match expected {
                "" => assert!(found.is_ok(), "{found:?}"),
                _ => assert!(found.unwrap_err().ends_with(expected)),
            }
        }
    }

    /// Every byte of the workbook changed, one after the other: nothing but a text or an error.
    #[test]
    fn a_damaged_byte_of_an_older_workbook_stops_nothing() {
        let whole = sheet_text(XLS, None).unwrap();
        let mut read = 0;
        for at in (0..XLS.len()).step_by(5) {
            let mut book = XLS.to_vec();
            book[at] ^= 0xFF;
            if is_workbook(&book) && sheet_text(&book, None).is_ok_and(|text| text == whole) {
                read += 1;
            }
        }
        assert!(read > 100, "{read}");
    }

    #[test]
    fn what_is_cut_off_is_said_or_read_whole() {
        let cell = "<row r='1'><c r='A1'><v>1</v></c></row>";
        for book in [XLS, &workbook(&[("A", false, cell)])] {
            let whole = sheet_text(book, None).unwrap();
            let mut refused = 0;
            for cut in (8..book.len()).step_by(book.len() / 29) {
                let (head, _) = book.split_at(cut);
                match sheet_text(head, None) {
                    Ok(text) => assert_eq!(text, whole, "{cut} of {}", book.len()),
                    Err(error) => {
                        refused += 1;
                        assert!(!error.to_string().is_empty());
                    }
                }
            }
            assert!(refused > 20, "{refused}");
        }
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "one table")]
    fn what_cannot_be_read_is_said() {
        let cell = "<row r='1'><c r='A1'><v>1</v></c></row>";
        let far = "<row r='1'><c r='A1'><v>1</v></c></row>\
                   <row r='1048577'><c r='A1048577'><v>1</v></c></row>";
        let open = "<row r='5'><c r='C5'><f>TODAY()</f></c></row>";
        let twice = "<row r='1'><c r='AB1'><v>1</v></c><c r='AB1'><v>2</v></c></row>";
        let beyond = "<row r='4294967296'><c r='A4294967296'><v>1</v></c></row>";
        let parts = |names: &[&str]| {
            let parts = names
                .iter()
                .map(|name| ((*name).to_owned(), "x".to_owned()));
            zipped(&parts.collect::<Vec<_>>())
        };
        let strings = |count: &str| {
            let text = format!("<!-- --><sst xmlns='{SHEET}' uniqueCount{count}></sst>");
            workbook_with(
                &[("A", false, cell)],
                "",
                &[("xl/sharedStrings.xml", &text)],
            )
        };
        for (book, name, expected) in [
            (
                include_bytes!("../../testdata/protected.xlsx").to_vec(),
                None,
                "the workbook is protected with a password: save it without one",
            ),
            (
                workbook(&[("A", false, open)]),
                None,
                "cell C5 of the workbook holds a formula and not its result",
            ),
            (
                workbook(&[("A", false, twice)]),
                None,
                "the workbook cannot be read: cell AB1 stands there twice",
            ),
            (
                workbook(&[("A", false, beyond)]),
                None,
                "the workbook cannot be read: its parts contradict each other",
            ),
            (
                strings("='99999999999'"),
                None,
                "the workbook cannot be read: it announces more texts than it has room for",
            ),
            (
                strings(" = \"99999999999999999999999\""),
                None,
                "the workbook cannot be read: it announces more texts",
            ),
            (
                parts(&["mimetype", "content.xml"]),
                None,
                "the file is an OpenDocument sheet (ODS), which is not read: save it as XLSX",
            ),
            (
                parts(&["[Content_Types].xml", "xl/workbook.bin"]),
                None,
                "the file is a binary workbook (XLSB), which is not read",
            ),
            (
                parts(&["[content_types].xml", "xl\\Workbook.xml"]),
                None,
                "the workbook cannot be read",
            ),
            (
                parts(&["roster.csv"]),
                None,
                "the file is an archive (ZIP) and no workbook",
            ),
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
