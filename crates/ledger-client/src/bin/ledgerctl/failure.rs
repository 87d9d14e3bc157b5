//! Why a command of the tool fails, and its exit code.

use std::error::Error;
use std::path::{Path, PathBuf};

use ledger_client::ClientError;
use ledger_core::RequestId;

/// Why a command fails.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The server cannot be reached.
    #[error("{endpoint} does not answer; is the server running there? (--endpoint)")]
    Connect {
        /// Where it was looked for.
        endpoint: String,
        /// Why.
        source: ClientError,
    },
    /// A call failed.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The outcome of a request is not known.
    #[error(
        "the outcome of request {request_id} is unknown: it may be recorded or not. When the server \
         answers again, run the same command again (or with {how}): it is answered for what was \
         done, and does nothing twice. The last error was"
    )]
    OutcomeUnknown {
        /// The id of the request.
        request_id: RequestId,
        /// The options that name the request outright.
        how: String,
        /// What the last attempt ended in.
        source: Box<ClientError>,
    },
    /// A request was not carried out.
    #[error(
        "this run did not carry out request {request_id}; if an earlier one may have, run the same \
         command again when the server takes writes"
    )]
    Request {
        /// The id of the request.
        request_id: RequestId,
        /// Why.
        source: ClientError,
    },
    /// An import ended before its end.
    #[error(
        "the import was broken off; run the same command with --resume to go on without doing \
         anything twice"
    )]
    ImportInterrupted(#[source] ClientError),
    /// The same, with lines of which nobody knows whether they are recorded.
    #[error(
        "the import was broken off, and it is unknown whether these are recorded: {in_doubt}; run \
         the same command with --resume to go on without doing anything twice. The last error was"
    )]
    ImportInDoubt {
        /// The lines and their requests.
        in_doubt: String,
        /// What the last attempt ended in.
        source: Box<ClientError>,
    },
    /// The ledger refused; the output says what and why.
    #[error("refused")]
    Refused,
    /// A rebuild found differences; the output lists them.
    #[error(
        "the rebuilt state differs from the live one; the live one stays. Look at the differences; \
         if the rebuilt state is the right one, run it again with --accept-differences"
    )]
    RebuildDiffers,
    /// A check found damage; the output lists it.
    #[error("the ledger is damaged")]
    Damaged,
    /// Options that do not go together, or a value that is none.
    #[error("{0}")]
    Usage(String),
    /// A file cannot be read.
    #[error("{} cannot be read", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file cannot be written.
    #[error("{} cannot be written", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// What was read is not what it should be.
    #[error("{0}")]
    Input(String),
    /// The output cannot be written.
    #[error("the output cannot be written")]
    Output(#[from] std::io::Error),
}

impl Failure {
    /// 0 for a reader that has seen enough, 2 for wrong usage, 3 for a refusal, 5 for a damaged
    /// ledger, 1 for the rest.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Output(error) if error.kind() == std::io::ErrorKind::BrokenPipe => 0,
            Self::Usage(_) => 2,
            Self::Refused => 3,
            Self::Damaged => 5,
            _ => 1,
        }
    }

    /// Whether a request may be recorded or not.
    pub(crate) const fn leaves_outcome_unknown(&self) -> bool {
        matches!(
            self,
            Self::OutcomeUnknown { .. }
                | Self::ImportInDoubt { .. }
                | Self::Client(ClientError::OutcomeUnknown { .. })
        )
    }

    /// What to tell, with every cause; nothing when the output has told it already.
    pub(crate) fn message(&self) -> Option<String> {
        if self.exit_code() == 0 || matches!(self, Self::Refused) {
            return None;
        }
        let mut message = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            message = format!("{message}: {error}");
            cause = error.source();
        }
        Some(message)
    }
}

/// Reads a whole file.
///
/// A file that is written to meanwhile is refused: half of it would be of one state and half of
/// another.
pub(crate) fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    read_steady(path, || ()).map_err(|source| Failure::Read {
        path: path.to_owned(),
        source,
    })
}

/// Reads a file, and checks that nothing was written to it between two looks.
fn read_steady(path: &Path, between: impl FnOnce()) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut file = std::fs::File::open(path)?;
    let look = |file: &std::fs::File| {
        let about = file.metadata()?;
        // Of a pipe the length says nothing.
        let length = about.is_file().then_some(about.len());
        std::io::Result::Ok((length, about.modified().ok().filter(|_| about.is_file())))
    };
    let before = look(&file)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    between();
    if look(&file)? != before {
        return Err(std::io::Error::other(
            "it was written to while it was read; close the program that writes it and try again",
        ));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};

    use super::*;

    #[test]
    fn a_file_that_is_written_to_while_it_is_read_is_refused() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("roster.csv");
        let text = "person\na\n";
        std::fs::write(&path, text).unwrap();
        assert_eq!(read_steady(&path, || ()).unwrap(), text.as_bytes());
        let grown = || std::fs::write(&path, "person\na\nb\n").unwrap();
        let refused = read_steady(&path, grown).unwrap_err();
        assert!(refused.to_string().contains("written to"), "{refused}");
        // Of the same length, at another time.
        std::fs::write(&path, text).unwrap();
        let later = || {
            let file = std::fs::File::options().write(true).open(&path).unwrap();
            let time = std::time::SystemTime::UNIX_EPOCH;
            file.set_modified(time).unwrap();
        };
        assert!(read_steady(&path, later).is_err());
        // A file that takes its place is another file.
        let replaced = || std::fs::rename(&path, folder.path().join("old.csv")).unwrap();
        assert_eq!(read_steady(&path, replaced).unwrap(), text.as_bytes());
    }

    #[test]
    fn every_failure_has_its_exit_code_and_message() {
        let io = |kind| Error::new(kind, "cause");
        for (failure, code, message) in [
            (Failure::Output(io(ErrorKind::BrokenPipe)), 0, None),
            (
                Failure::Output(io(ErrorKind::StorageFull)),
                1,
                Some("the output cannot be written: cause"),
            ),
            (Failure::Refused, 3, None),
            (Failure::Usage("no".to_owned()), 2, Some("no")),
            (
                Failure::Read {
                    path: "a.csv".into(),
                    source: io(ErrorKind::NotFound),
                },
                1,
                Some("a.csv cannot be read: cause"),
            ),
            (
                Failure::Client(ClientError::RequestIdReused {
                    recorded_digest: None,
                }),
                1,
                Some("the request id was used before for other commands"),
            ),
        ] {
            assert_eq!(failure.exit_code(), code);
            assert_eq!(failure.message().as_deref(), message);
        }
    }
}
