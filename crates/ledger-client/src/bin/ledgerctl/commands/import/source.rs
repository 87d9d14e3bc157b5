//! A CSV file, checked as a whole and then cut into batches.

use ledger_client::{Batch, ExplanationDetail, batch_request_id, content_digest};
use ledger_core::identity_number::looks_like_identity_number;
use ledger_core::{Command, RequestId};
use sha2::{Digest as _, Sha256};

use super::mapping::Mapping;

/// Bytes of one file, which is held in memory: ten million lines of two identifiers and a date.
const FILE_BYTES_MAX: usize = 1024 * 1024 * 1024;

/// A file that can be imported. Its lines are read again for every use, so that only the bytes are
/// held in memory.
#[derive(Debug)]
pub(super) struct Source<'file> {
    bytes: &'file [u8],
    mapping: Mapping,
    lines_per_batch: usize,
    digest: [u8; 32],
    line_count: u64,
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
    /// The file is no CSV in UTF-8 with as many cells on every line.
    #[error("not a CSV file in UTF-8 with as many cells on every line as in the header: {0}")]
    Csv(#[from] csv::Error),
    /// A cell may hold personal data.
    #[error(
        "line {line} holds what looks like an identity number. No personal data goes into the \
         ledger: replace identity numbers by opaque person keys and remove the column. Nothing was \
         sent"
    )]
    IdentityNumber {
        /// The line.
        line: u64,
    },
    /// The file has a header at most.
    #[error("the file has no lines below its header")]
    Empty,
}

/// The names of the columns.
pub(super) fn header(bytes: &[u8]) -> Result<Vec<String>, SourceError> {
    Ok(reader(bytes).headers()?.iter().map(str::to_owned).collect())
}

impl<'file> Source<'file> {
    /// Checks every line.
    ///
    /// # Errors
    ///
    /// Fails when the file as a whole must not or cannot be imported; lines with a wrong field are
    /// kept apart.
    pub(super) fn check(
        bytes: &'file [u8],
        mapping: Mapping,
        lines_per_batch: usize,
    ) -> Result<Self, SourceError> {
        if bytes.len() > FILE_BYTES_MAX {
            return Err(SourceError::TooLong {
                bytes: bytes.len(),
                max: FILE_BYTES_MAX,
            });
        }
        let mut reader = reader(bytes);
        if reader.headers()?.iter().any(looks_like_identity_number) {
            return Err(SourceError::IdentityNumber { line: 1 });
        }
        let (mut line_count, mut invalid) = (0_u64, Vec::new());
        for record in reader.records() {
            let record = record?;
            let line = line_number(&record);
            if record.iter().any(looks_like_identity_number) {
                return Err(SourceError::IdentityNumber { line });
            }
            line_count = line_count.saturating_add(1);
            if let Err(problem) = mapping.kind().command(&mapping.values(&record)) {
                invalid.push(InvalidLine { line, problem });
            }
        }
        if line_count == 0 {
            return Err(SourceError::Empty);
        }
        let digest = Sha256::digest(bytes).into();
        Ok(Self {
            bytes,
            mapping,
            lines_per_batch,
            digest,
            line_count,
            invalid,
        })
    }

    /// Lines below the header.
    pub(super) const fn line_count(&self) -> u64 {
        self.line_count
    }

    /// The lines with a wrong field.
    pub(super) fn invalid(&self) -> &[InvalidLine] {
        &self.invalid
    }

    /// The lines with their numbers, as they stand in the file.
    pub(super) fn records(&self) -> impl Iterator<Item = (u64, csv::StringRecord)> + use<'file> {
        let records = reader(self.bytes).into_records();
        records.map(|record| {
            let record = record.expect("the file was read once already");
            (line_number(&record), record)
        })
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
        let kind = self.mapping.kind();
        let mut commands = self.records().filter_map(move |(line, record)| {
            let command = kind.command(&self.mapping.values(&record)).ok()?;
            Some((line, command))
        });
        (0_u64..).map_while(move |index| {
            let (lines, commands): (Vec<u64>, Vec<Command>) =
                commands.by_ref().take(self.lines_per_batch).unzip();
            let request_id = self.name(first, index);
            let batch = Batch::new(request_id, &commands)
                .independent()
                // Nobody reads thousands of chains; `explain` tells the one that is asked about.
                .explained(ExplanationDetail::None);
            (!lines.is_empty()).then_some(NumberedBatch { batch, lines })
        })
    }
}

/// White space around a cell is no part of its value.
fn reader(bytes: &[u8]) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(bytes)
}

fn line_number(record: &csv::StringRecord) -> u64 {
    record.position().map_or(0, csv::Position::line)
}

#[cfg(test)]
mod tests {
    use super::super::fields::Kind;
    use super::*;

    const CLASS: &str = "0190a3b2-0000-7000-8000-00000000000a";

    fn person(number: u8) -> String {
        format!("0190a3b2-0000-7000-8000-0000000000{number:02x}")
    }

    fn source(text: &str, lines_per_batch: usize) -> Result<Source<'_>, SourceError> {
        let header = header(text.as_bytes())?;
        let values = [
            format!("class={CLASS}"),
            "occurred-on=2021-03-01".to_owned(),
        ];
        let mapping = Mapping::new(Kind::Enrolments, &header, &[], &values).unwrap();
        Source::check(text.as_bytes(), mapping, lines_per_batch)
    }

    #[test]
    fn lines_are_numbered_cut_into_batches_and_named() {
        let lines: Vec<_> = (1..=5).map(person).collect();
        let text = format!(
            "\u{feff}person,\"a note\"\n{},\"two\nlines\"\n{} ,x\nnot a key,x\n{},x\n{},x\n{},x\n",
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
        let other = format!("{text}\n");
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
                "line 3 holds what looks like an identity number",
            ),
            (
                format!("person,370199199001010019\n{key},x\n"),
                "line 1 holds what looks like an identity number",
            ),
            (
                "person\n".to_owned(),
                "the file has no lines below its header",
            ),
            (format!("person,id\n{key}\n"), "not a CSV file in UTF-8"),
        ] {
            let error = source(&text, 10).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
            assert!(!error.contains("1990"), "{error}");
        }
        let mapping = Mapping::new(
            Kind::Enrolments,
            &["person".to_owned()],
            &[],
            &[
                format!("class={CLASS}"),
                "occurred-on=2021-03-01".to_owned(),
            ],
        );
        let gbk = Source::check(b"person\n\xd5\xc5\n", mapping.unwrap(), 10).unwrap_err();
        assert!(gbk.to_string().contains("UTF-8"), "{gbk}");
    }
}
