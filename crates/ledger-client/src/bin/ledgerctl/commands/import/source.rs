//! A CSV file, checked as a whole and then cut into batches.

use std::collections::BTreeSet;

use ledger_client::{Batch, ExplanationDetail, batch_request_id, content_digest};
use ledger_core::personal_data::{PersonalData, find_in_text};
use ledger_core::{Command, RequestId};
use ledger_proto::v1;

use super::fields::{NUMBER, Numbers};
use super::mapping::Mapping;
use super::naming::{Naming, is_kept_by_digest, number_of, sent, with_identity};
use super::table::{Line, Table, TableError};
use crate::commands::numbers::Digests;
use crate::limits::IMPORT_FILE_BYTES_MAX;
use ledger_client::reading::cells::{Column, plain};
use ledger_client::reading::encoding::{Encoding, EncodingError, decode};
use ledger_client::reading::sheet::{SheetError, is_workbook, sheet_text};

/// A file that can be imported. Its lines are read again for every use, so that only the text is
/// held in memory.
#[derive(Debug)]
pub(super) struct Source<'file> {
    table: Table<'file>,
    mapping: Mapping,
    numbers: Numbers,
    /// Certificate numbers that contain an identity number, in their one form.
    with_identity: BTreeSet<String>,
    digests: Digests,
    source_system: String,
    lines_per_batch: usize,
    digest: [u8; 32],
    line_count: u64,
    put_right: u64,
    invalid: Vec<InvalidLine>,
}

/// A line that is not sent, because one of its fields is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InvalidLine {
    /// Number of the line in the file, from 1 for the header.
    pub(super) line: u64,
    /// The field, and what is wrong with it.
    pub(super) problem: String,
}

/// A batch and the lines that its commands come from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct NumberedBatch {
    pub(super) batch: Batch,
    /// Numbers of the lines, one for each command.
    pub(super) lines: Vec<u64>,
}

impl AsRef<Batch> for NumberedBatch {
    fn as_ref(&self) -> &Batch {
        &self.batch
    }
}

impl NumberedBatch {
    /// The lines and the name, for people.
    pub(super) fn describe(&self) -> String {
        let id = self.batch.request_id;
        match (self.lines.first(), self.lines.last()) {
            (Some(first), Some(last)) => format!("lines {first} to {last} (request {id})"),
            _ => format!("no line (request {id})"),
        }
    }

    pub(super) fn line_count(&self) -> u64 {
        u64::try_from(self.lines.len()).unwrap_or(u64::MAX)
    }
}

/// Why a file cannot be imported.
#[derive(Debug, thiserror::Error)]
pub(super) enum SourceError {
    /// The file is too long.
    #[error("the file has {bytes} bytes and at most {max} are allowed: split it")]
    TooLong {
        /// Bytes found.
        bytes: usize,
        /// Bytes allowed.
        max: usize,
    },
    /// The bytes are no text.
    #[error(transparent)]
    Encoding(#[from] EncodingError),
    /// The workbook cannot be read.
    #[error(transparent)]
    Sheet(#[from] SheetError),
    /// A sheet is asked for, of a file that has none.
    #[error("--sheet is for workbooks, and the file is none")]
    NoWorkbook,
    /// The text is no roster.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A cell may hold personal data.
    #[error(
        "line {line} holds {found}. No personal data goes into the ledger: replace what names a \
         person by opaque person keys and remove the column. Nothing was sent"
    )]
    PersonalData {
        /// The line.
        line: u64,
        /// What a cell reads as.
        found: PersonalData,
    },
    /// What some systems export under the name of a workbook.
    #[error(
        "the file is HTML or XML, which some systems export under the name of a workbook: open it in \
         a spreadsheet program and save it as XLSX or CSV"
    )]
    Markup,
    /// The file has a header at most.
    #[error("the file has no lines below its header")]
    Empty,
}

/// The text of a file; of a workbook that of one of its sheets.
pub(super) fn text(
    bytes: &[u8],
    encoding: Option<Encoding>,
    sheet: Option<&str>,
) -> Result<String, SourceError> {
    if bytes.len() > IMPORT_FILE_BYTES_MAX {
        return Err(SourceError::TooLong {
            bytes: bytes.len(),
            max: IMPORT_FILE_BYTES_MAX,
        });
    }
    match (is_workbook(bytes), sheet) {
        (true, sheet) => Ok(sheet_text(bytes, sheet)?),
        (false, Some(_)) => Err(SourceError::NoWorkbook),
        (false, None) => {
            let text = decode(bytes, encoding)?;
            match text.trim_start().starts_with('<') {
                true => Err(SourceError::Markup),
                false => Ok(text),
            }
        }
    }
}

/// Checks the header: its names are shown when a column is not found, and must not hold what nobody
/// may read.
///
/// # Errors
///
/// Names the line when a name holds personal data, as in a file without a header.
pub(super) fn check_header(table: &Table<'_>) -> Result<(), SourceError> {
    check_cells(table.header(), None, table.header_line())
}

/// Checks that no cell of a line holds what nobody may read, whether or not a field takes it, and
/// in whatever file it stands: the one door of all rosters. The cell of the certificate number may
/// be one that contains an identity number, and nothing beside.
fn check_cells<Cell: AsRef<str>>(
    cells: &[Cell],
    number_column: Option<usize>,
    line: u64,
) -> Result<(), SourceError> {
    let mut cells = cells.iter().map(AsRef::as_ref).enumerate();
    let found = cells.find_map(|(column, cell)| {
        let is_number = number_column == Some(column) && with_identity(cell).is_some();
        (!is_number).then(|| find_in_text(cell)).flatten()
    });
    match found {
        Some(found) => Err(SourceError::PersonalData { line, found }),
        None => Ok(()),
    }
}

/// What is wrong with a line that is the header once more.
const HEADER_AGAIN: &str = "the header stands there again, as where files were put together: remove \
                            the line";

impl<'file> Source<'file> {
    /// Checks every line.
    ///
    /// # Errors
    ///
    /// Fails when the file as a whole must not or cannot be imported; lines with a wrong field are
    /// kept apart.
    pub(super) fn check(
        table: Table<'file>,
        mapping: Mapping,
        lines_per_batch: usize,
        source_system: &str,
        numbers: Option<Numbers>,
    ) -> Result<Self, SourceError> {
        let header = table.header();
        check_header(&table)?;
        let mut name = Naming::new(&mapping, header, lines_per_batch, source_system);
        let (number_column, digests) = (mapping.number_column(), Digests::default());
        let mut numbers_with_identity = BTreeSet::new();
        let numbers = match numbers {
            Some(numbers) => numbers,
            None => numbers_of(&table, &mapping)?,
        };
        let (mut line_count, mut put_right, mut invalid) = (0_u64, 0_u64, Vec::new());
        for line in table.lines() {
            let line = line?;
            let number = line.number;
            table.check_long_cells(&line, |column| mapping.takes(column))?;
            check_cells(&line.cells, number_column, number)?;
            check_cells(&line.reasons, None, number)?;
            line_count = line_count.saturating_add(1);
            match command(&table, &mapping, (numbers, &digests), &line) {
                Ok(command) => {
                    name.add(&command);
                    if is_kept_by_digest(&command) {
                        numbers_with_identity.extend(number_of(&mapping, &line));
                    }
                    let values = mapping.values(&line.cells);
                    let is_put_right = mapping.kind().is_put_right(&values);
                    put_right = put_right.saturating_add(u64::from(is_put_right));
                }
                Err(problem) => invalid.push(InvalidLine {
                    line: number,
                    problem,
                }),
            }
        }
        if line_count == 0 {
            return Err(SourceError::Empty);
        }
        Ok(Self {
            table,
            mapping,
            numbers,
            lines_per_batch,
            with_identity: numbers_with_identity,
            digests,
            source_system: source_system.to_owned(),
            digest: name.finish(),
            line_count,
            put_right,
            invalid,
        })
    }

    /// Certificate numbers that contain an identity number, in their one form. Their digests have
    /// to be known before the file is sent, because its requests are named after them.
    pub(super) const fn with_identity(&self) -> &BTreeSet<String> {
        &self.with_identity
    }

    /// Takes the digests of these numbers, and names the requests after them.
    pub(super) fn learn(&mut self, digests: Digests) {
        self.digests = digests;
        let header = self.table.header();
        let batch = self.lines_per_batch;
        let mut name = Naming::new(&self.mapping, header, batch, &self.source_system);
        for line in self.lines() {
            if let Ok(command) = self.command(&line) {
                name.add(&command);
            }
        }
        self.digest = name.finish();
    }

    /// What stands for these numbers.
    pub(super) const fn digests(&self) -> &Digests {
        &self.digests
    }

    fn command(&self, line: &Line<'_>) -> Result<Command, String> {
        let numbers = (self.numbers, &self.digests);
        command(&self.table, &self.mapping, numbers, line)
    }

    /// The names of the columns.
    pub(super) fn header(&self) -> &[String] {
        self.table.header()
    }

    /// Lines below the header.
    pub(super) const fn line_count(&self) -> u64 {
        self.line_count
    }

    /// Lines with a value that the ledger writes otherwise and that was read as it is meant.
    pub(super) const fn put_right(&self) -> u64 {
        self.put_right
    }

    /// The lines with a wrong field.
    pub(super) fn invalid(&self) -> &[InvalidLine] {
        &self.invalid
    }

    /// The lines with their numbers, as they stand in the file.
    pub(super) fn lines(&self) -> impl Iterator<Item = Line<'file>> {
        let lines = self.table.lines();
        lines.map(|line| line.expect("the file was read once already"))
    }

    /// How many requests the lines become.
    pub(super) fn request_count(&self) -> u64 {
        let invalid = u64::try_from(self.invalid.len()).unwrap_or(u64::MAX);
        let lines = self.line_count.saturating_sub(invalid);
        let per_request = u64::try_from(self.lines_per_batch)
            .unwrap_or(u64::MAX)
            .max(1);
        lines.div_ceil(per_request)
    }

    /// The name of a request by its place in the file: after the file, or after the name that the
    /// caller gave to the first.
    fn name(&self, first: Option<RequestId>, index: u64) -> RequestId {
        match first {
            None => batch_request_id(self.mapping.kind().name(), &self.digest, index),
            Some(first) if index == 0 => first,
            Some(first) => {
                let digest = content_digest([&first.as_bytes()[..]]);
                batch_request_id("import", &digest, index)
            }
        }
    }

    /// The batches to send, each in mode INDEPENDENT and named after the file and its place in it,
    /// or after the name that the caller gave to the first.
    pub(super) fn batches(&self, first: Option<RequestId>) -> impl Iterator<Item = NumberedBatch> {
        let mut commands = self.lines().filter_map(move |line| {
            let command = self.command(&line).ok()?;
            Some((line.number, sent(&self.mapping, &line, &command)))
        });
        (0_u64..).map_while(move |index| {
            let (lines, commands): (Vec<u64>, Vec<v1::Command>) =
                commands.by_ref().take(self.lines_per_batch).unzip();
            let request_id = self.name(first, index);
            let batch = Batch::from_messages(request_id, commands)
                .independent()
                // Nobody reads thousands of chains; `explain` tells the one that is asked about.
                .explained(ExplanationDetail::None);
            (!lines.is_empty()).then_some(NumberedBatch { batch, lines })
        })
    }
}

/// The command that a line asks for as the ledger keeps it, or what is wrong with the line.
fn command(
    table: &Table<'_>,
    mapping: &Mapping,
    (numbers, digests): (Numbers, &Digests),
    line: &Line<'_>,
) -> Result<Command, String> {
    match table.is_header(line) {
        true => Err(HEADER_AGAIN.to_owned()),
        false => mapping
            .kind()
            .command(&mapping.values(&line.cells), numbers, digests),
    }
}

/// What the column of certificate numbers shows: those that are longer than what a spreadsheet
/// keeps, and do not end with zeros, show that it did not round them; a length that most of them
/// have shows which are too short.
fn numbers_of(table: &Table<'_>, mapping: &Mapping) -> Result<Numbers, TableError> {
    let mut fields = mapping.kind().fields().iter();
    let Some(number) = fields.position(|field| field.name == NUMBER) else {
        return Ok(Numbers::UNKNOWN);
    };
    let mut column = Column::default();
    for line in table.lines() {
        let line = line?;
        let values = mapping.values(&line.cells);
        if let Some(Ok(number)) = values.get(number).map(|it| plain(it)) {
            column.add(&number);
        }
    }
    Ok(Numbers::Seen {
        are_whole: column.is_whole(),
        usual_length: column.usual_length(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::fields::Kind;
    use super::super::report::REASON_COLUMNS;
    use super::*;
    use ledger_proto::v1::command::Body;

    const CLASS: &str = "0190a3b2-0000-7000-8000-00000000000a";

    fn person(number: u8) -> String {
        format!("0190a3b2-0000-7000-8000-0000000000{number:02x}")
    }

    fn source(text: &str, lines_per_batch: usize) -> Result<Source<'_>, SourceError> {
        let table = Table::open(text, None)?;
        let values = [
            format!("class={CLASS}"),
            "occurred-on=2021-03-01".to_owned(),
        ];
        let mapping = Mapping::new(Kind::Enrolments, table.header(), &[], &values).unwrap();
        Source::check(table, mapping, lines_per_batch, "tests", None)
    }

    #[test]
    fn lines_are_numbered_cut_into_batches_and_named() {
        let lines: Vec<_> = (1..=5).map(person).collect();
        let text = format!(
            "person,\"a note\"\n{},\"two\nlines\"\n{} ,x\nnot a key,x\n{},x\n{},x\n{},x\n",
            lines[0], lines[1], lines[2], lines[3], lines[4]
        );
        let source = source(&text, 2).unwrap();
        assert_eq!(source.line_count(), 6);
        let invalid: Vec<_> = source
            .invalid()
            .iter()
            .map(|invalid| invalid.line)
            .collect();
        assert_eq!(invalid, [5]);
        let batches: Vec<_> = source.batches(None).collect();
        let found: Vec<_> = batches.iter().map(|batch| batch.lines.as_slice()).collect();
        assert_eq!(found, [&[2, 4][..], &[6, 7], &[8]]);
        // The same file gives the same names; another file gives others.
        let again: Vec<_> = source.batches(None).collect();
        assert_eq!(batches, again);
        let other = text.replace(&lines[4], &person(6));
        let other = super::tests::source(&other, 2).unwrap();
        let ids = |source: &Source<'_>| -> Vec<_> {
            source
                .batches(None)
                .map(|numbered| numbered.batch.request_id)
                .collect()
        };
        assert!(ids(&source).iter().all(|id| !ids(&other).contains(id)));
        assert_eq!(source.request_count(), 3);
        // A name that the caller gives is that of the first; the others follow from it.
        let chosen = RequestId::from_bytes([7; 16]);
        let named = |source: &Source<'_>| -> Vec<_> {
            source
                .batches(Some(chosen))
                .map(|it| it.batch.request_id)
                .collect()
        };
        assert_eq!(named(&source)[0], chosen);
        assert_eq!(named(&source), named(&other));
        let unlike: std::collections::HashSet<_> =
            named(&source).into_iter().chain(ids(&source)).collect();
        assert_eq!(unlike.len(), 6);
    }

    #[test]
    fn a_file_that_must_not_be_imported_is_refused_as_a_whole() {
        let key = person(1);
        for (text, expected) in [
            (
                format!("person,id\n{key},\n{key},370199199001010019\n"),
                "line 3 holds a citizen's identity number",
            ),
            (
                format!("person,370199199001010019\n{key},x\n"),
                "line 1 holds a citizen's identity number",
            ),
            (
                "person\n".to_owned(),
                "the file has no lines below its header",
            ),
            (format!("person,id\n{key}\n"), "line 2 has 1 cells"),
        ] {
            let error = source(&text, 10).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
            assert!(!error.contains("1990"), "{error}");
        }
    }

    #[test]
    fn a_header_that_stands_there_again_is_no_line_to_send() {
        let text = format!(
            "person,note\n{},x\nperson,note\n{},y\n",
            person(1),
            person(2)
        );
        let source = source(&text, 10).unwrap();
        let invalid = InvalidLine {
            line: 3,
            problem: HEADER_AGAIN.to_owned(),
        };
        assert_eq!(source.invalid(), [invalid]);
        let sent: Vec<_> = source.batches(None).map(|batch| batch.lines).collect();
        assert_eq!(sent, [[2, 4]]);
    }

    /// A workbook of one sheet with these cells as rows of XML.
    fn workbook(rows: &str) -> Vec<u8> {
        use std::io::Write as _;
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let package = "http://schemas.openxmlformats.org/package/2006/relationships";
        let related = |kind: &str, target: &str| {
            let one = format!("<Relationship Id='r' Type='{office}/{kind}' Target='{target}'/>");
            format!("<Relationships xmlns='{package}'>{one}</Relationships>")
        };
        let sheets = "<sheets><sheet name='A' sheetId='1' r:id='r'/></sheets>";
        let book = format!("<workbook xmlns='{main}' xmlns:r='{office}'>{sheets}</workbook>");
        let sheet = format!("<worksheet xmlns='{main}'><sheetData>{rows}</sheetData></worksheet>");
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, text) in [
            ("_rels/.rels", related("officeDocument", "xl/workbook.xml")),
            ("xl/workbook.xml", book),
            (
                "xl/_rels/workbook.xml.rels",
                related("worksheet", "sheet.xml"),
            ),
            ("xl/sheet.xml", sheet),
        ] {
            let options = zip::write::SimpleFileOptions::default();
            archive.start_file(name, options).unwrap();
            archive.write_all(text.as_bytes()).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    /// Whatever file a roster comes in, an identity number in any cell of it refuses it as a whole.
    #[test]
    fn every_file_goes_through_the_same_door() {
        let number = "370199199001010019";
        let csv = format!("person,note\n{},x {number}\n", person(1));
        let cell = |text: &str| format!("<c t='inlineStr'><is><t>{text}</t></is></c>");
        let row = |first: &str, second: &str| format!("<row>{}{}</row>", cell(first), cell(second));
        let rows = row("person", "note") + &row(&person(1), &format!("x {number}"));
        let header = row("person", number) + &row(&person(1), "x");
        let split = row("person", "note") + &row(&person(1), "370199 19900101 0019");
        let utf_16 = csv.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let rejects = format!(
            "{},person\n2,X,{number},,,,,{}\n",
            REASON_COLUMNS.join(","),
            person(1)
        );
        for (bytes, line) in [
            (csv.clone().into_bytes(), 2),
            (csv.replace(',', ";").into_bytes(), 2),
            (utf_16, 2),
            (
                csv.replace(number, "３７０１９９１９９００１０１００１９")
                    .into_bytes(),
                2,
            ),
            (rejects.into_bytes(), 2),
            (workbook(&rows), 2),
            (workbook(&header), 1),
            (workbook(&split), 2),
        ] {
            let text = text(&bytes, None, None).unwrap();
            let found = self::source(&text, 10).unwrap_err().to_string();
            let expected = format!("line {line} holds a citizen's identity number");
            assert!(found.starts_with(&expected), "{found}");
            assert!(!found.contains("1990"), "{found}");
        }
    }

    /// Every sort that the search knows is found in cells of a workbook: as text, in parts, as a
    /// number, and as what a formula came to.
    #[test]
    fn what_a_workbook_holds_reaches_the_search_for_personal_data() {
        let inline = |text: &str| format!("<c t='inlineStr'><is><t>{text}</t></is></c>");
        let parts = "<c t='inlineStr'><is><r><t>T370199</t></r><r><t>199001010019</t></r></is></c>";
        for (cell, expected) in [
            (inline("T370199199001010019"), "a citizen's identity number"),
            (parts.to_owned(), "a citizen's identity number"),
            (
                inline("370199\u{200b}199001010019"),
                "a citizen's identity number",
            ),
            ("<c><v>13900000000</v></c>".to_owned(), "a mobile number"),
            (inline("139·0000·0000"), "a mobile number"),
            (
                "<c t='str'><f>A1</f><v>13900000000</v></c>".to_owned(),
                "a mobile number",
            ),
        ] {
            let header = inline("person") + &inline("note");
            let line = inline(&person(1)) + &cell;
            let book = workbook(&format!("<row>{header}</row><row>{line}</row>"));
            let text = text(&book, None, None).unwrap();
            let found = self::source(&text, 10).unwrap_err().to_string();
            let expected = format!("line 2 holds {expected}.");
            assert!(found.starts_with(&expected), "{cell}: {found}");
        }
    }

    #[test]
    fn files_that_are_no_rosters_are_named() {
        for (bytes, expected) in [
            (&b""[..], "the file has no header"),
            (b"\xef\xbb\xbf", "the file has no header"),
            (b"\xff\xfe", "the file has no header"),
            (b"\n \n,,\n", "the file has no header"),
            (
                b"\xef\xbb\xbf\xef\xbb\xbfperson\n",
                "line 1: character 1 in the name of column 1 is U+FEFF",
            ),
            (b"\n<html><table>\n", "the file is HTML or XML"),
            (b"<?xml version='1.0'?>", "the file is HTML or XML"),
            (b"person\n\0\n", "line 2: a NUL character"),
            (
                b"370199199001010019,x\n",
                "line 1 holds a citizen's identity number",
            ),
            (
                b"person,n\na,\"",
                "line 2: the quote that begins there is not closed",
            ),
        ] {
            let text = text(bytes, None, None);
            let found = text.and_then(|text| {
                let table = Table::open(&text, None)?;
                check_header(&table)?;
                Ok(table.lines().find_map(Result::err).map_or(Ok(()), Err)?)
            });
            let found = found.unwrap_err().to_string();
            assert!(found.starts_with(expected), "{bytes:?}: {found}");
        }
    }

    #[test]
    fn an_import_is_named_after_all_that_makes_its_commands() {
        let name = |text: &str, columns: &[&str], values: &[&str], batch, system: &str| {
            let strings = |texts: &[&str]| -> Vec<String> {
                texts.iter().map(|it| (*it).to_owned()).collect()
            };
            let table = Table::open(text, None).unwrap();
            let (columns, values) = (strings(columns), strings(values));
            let mapping = Mapping::new(Kind::Enrolments, table.header(), &columns, &values);
            let source = Source::check(table, mapping.unwrap(), batch, system, None).unwrap();
            source.name(None, 0)
        };
        let (key, day) = (person(1), "occurred-on=2021-03-01");
        let text = format!("person,other,note\n{key},{key},x\n");
        let class = format!("class={CLASS}");
        let standard = name(&text, &[], &[&class, day], 2, "s");
        let same_name = [
            text.replace('\n', "\r\n"),
            text.replace(",x", ",y"),
            format!("\n{text},,\n"),
            text.replace(',', "\t"),
            text.replace('0', "０"),
        ];
        for same in same_name {
            assert_eq!(
                name(&same, &[], &[&class, day], 2, "s"),
                standard,
                "{same:?}"
            );
        }
        let other_class = format!("class={}", person(9));
        let twice = format!("{text}{key},{key},x\n");
        let others = [
            name(&text, &[], &[&other_class, day], 2, "s"),
            name(&text, &["person=other"], &[&class, day], 2, "s"),
            name(&text, &[], &[&class, "occurred-on=2021-03-02"], 2, "s"),
            name(&text, &[], &[&class, day], 3, "s"),
            name(&text, &[], &[&class, day], 2, "t"),
            name(&twice, &[], &[&class, day], 2, "s"),
        ];
        let all: std::collections::HashSet<_> = others.into_iter().chain([standard]).collect();
        assert_eq!(all.len(), 7);
    }

    const NUMBER: &str = "T37019919920315001X";
    const OTHER: &str = "T370199199001010019";

    fn permits(text: &str) -> Result<Source<'_>, SourceError> {
        let table = Table::open(text, None)?;
        let code = "52370100Y00009BD98";
        let values = [
            &format!("class={CLASS}"),
            "occurred-on=2021-04-10",
            "issued-on=2021-04-10",
            &format!("evaluator={code}"),
            "kind=special-operation",
        ];
        let values = values.map(str::to_owned);
        let mapping = Mapping::new(Kind::Certificates, table.header(), &[], &values).unwrap();
        Source::check(table, mapping, 10, "tests", None)
    }

    fn digests() -> Digests {
        Digests::of_pairs([
            (NUMBER, "HMAC-PYQ6EVL622KD5MGYEBUBVUTNB4"),
            (OTHER, "HMAC-PYQ6M2UOU5KP3UGTSFR7DPY5QJ"),
        ])
    }

    /// The requests are named after the digests, whatever way the numbers are written, and the
    /// commands carry the numbers, which the server replaces.
    #[test]
    fn numbers_with_an_identity_number_are_sent_and_name_nothing() {
        let text = |number: &str| format!("person,number\n{},{number}\n", person(1));
        let name = |number: &str, digests: Option<Digests>| {
            let text = text(number);
            let mut source = permits(&text).unwrap();
            assert_eq!(source.invalid(), []);
            if let Some(digests) = digests {
                source.learn(digests);
            }
            source.name(None, 0)
        };
        let of = |number: &str| name(number, Some(digests()));
        assert_ne!(of(NUMBER), of(OTHER));
        for written in [
            "t37019919920315001x",
            "T370199 19920315 001X",
            "'T37019919920315001X",
            "Ｔ３７０１９９１９９２０３１５００１Ｘ",
        ] {
            assert_eq!(of(written), of(NUMBER), "{written}");
            let text = text(written);
            let mut source = permits(&text).unwrap();
            source.learn(digests());
            let batch = source.batches(None).next().unwrap().batch;
            let Some(Body::IssueCertificate(issue)) = &batch.commands[0].body else {
                panic!("{batch:?}");
            };
            assert_eq!(issue.number, NUMBER);
        }
        // Nothing of a number is in a name before its digest is known.
        assert_eq!(name(NUMBER, None), name(OTHER, None));
        // Numbers of other kinds have the names that they always had.
        let plain = "S000037000123224000057";
        assert_eq!(of(plain), name(plain, None));
    }

    #[test]
    fn such_a_number_stands_in_its_column_and_nowhere_else() {
        let key = person(1);
        for (text, expected) in [
            (format!("person,number,note\n{key},{NUMBER},\n"), None),
            (
                format!("person,number,note\n{key},A-12345,{NUMBER}\n"),
                Some(2),
            ),
            (format!("person,number,note\n{key},{NUMBER} x,\n"), Some(2)),
            (
                format!("person,number,note\n{key},{NUMBER}{NUMBER},\n"),
                Some(2),
            ),
            (format!("person,number,note\n{NUMBER},A-12345,\n"), Some(2)),
            (format!("person,number,{NUMBER}\n{key},A-12345,\n"), Some(1)),
            (
                format!("person,number,note\n{key},{},\n", &NUMBER[1..]),
                Some(2),
            ),
        ] {
            let found = permits(&text).err().map(|it| it.to_string());
            match expected {
                None => assert_eq!(found, None),
                Some(line) => {
                    let start = format!("line {line} holds a citizen's identity number");
                    assert!(found.is_some_and(|it| it.starts_with(&start)), "{text}");
                }
            }
        }
        // What stands for a number is no number.
        let text = format!("person,number\n{key},HMAC-PYQ6EVL622KD5MGYEBUBVUTNB4\n");
        let source = permits(&text).unwrap();
        let [invalid] = source.invalid() else {
            panic!("{:?}", source.invalid());
        };
        assert!(invalid.problem.starts_with("number: HMAC-"), "{invalid:?}");
        // A line with another wrong field asks for no digest.
        let text = format!("person,number\nnobody,{NUMBER}\n");
        let source = permits(&text).unwrap();
        assert!(source.with_identity().is_empty());
        assert!(!format!("{:?}", source.invalid()).contains("19920315"));
    }
}
