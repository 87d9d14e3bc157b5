//! Accepting where the log of a ledger ends, when what says so was lost.

use crate::offline::{NO_DATA_DIR, OfflineFailure, Progress, in_words, is_damage, say};
use clap::Args;
use ledger_core::Position;
use ledger_core::personal_data::find_in_text;
use ledger_engine::epochs::{Accepted, accepted_note};
use ledger_engine::{CancelToken, Clock as _, SystemClock};
use ledger_server::keeper;
use ledger_store::{OpenError, RocksStore};
use std::path::Path;

/// What an operator vouches for.
#[derive(Debug, Args)]
pub(crate) struct AcceptEnd {
    /// The last position of the log, as followers, backups, or those who were answered know it.
    #[arg(long, value_name = "POSITION")]
    position: u64,
    /// Why: who says so, and what happened. It goes into the log of the process.
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    reason: String,
}

impl AcceptEnd {
    pub(crate) fn run(self, data_dir: Option<&Path>) -> Result<(), OfflineFailure> {
        if let Some(found) = find_in_text(&self.reason) {
            return Err(OfflineFailure::PersonalData(found));
        }
        let data_dir = data_dir.ok_or(NO_DATA_DIR)?;
        let position = Position::new(self.position);
        let refused = |source: OpenError| {
            let is_damage = is_damage(&source, data_dir);
            OfflineFailure::Open { source, is_damage }
        };
        let mut progress = Progress::new();
        let mut tell = |step| progress.checking(step);
        let store = RocksStore::open_unmarked(data_dir).map_err(refused)?;
        let verified = keeper::verify(&store, 0, None, &CancelToken::new(), &mut tell)?;
        drop(store);
        if !verified.is_whole() {
            say(&in_words(&verified))?;
            let text = "the ledger is damaged: nothing was accepted; restore a backup";
            return Err(OfflineFailure::Damaged(text.to_owned()));
        }
        let at = SystemClock.now();
        let note = accepted_note(Accepted { position, at });
        RocksStore::accept(data_dir, position, &[note]).map_err(refused)?;
        tracing::error!(
            position = self.position,
            reason = self.reason,
            "an operator accepted where the log ends; what was acknowledged beyond is not known"
        );
        say(&format!(
            "{}accepted up to position {position}; the next opening begins a new epoch\n",
            in_words(&verified)
        ))
    }
}

fn reason(text: &str) -> Result<String, &'static str> {
    match text.trim() {
        "" => Err("say why"),
        text => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger_core::personal_data::PersonalData::{self, IdentityNumber, MobileNumber};

    /// The reason goes into the log of the process, so it is a door like any other. The parser of
    /// arguments would repeat a value that it refuses, so that the command refuses it.
    #[test]
    fn a_reason_holds_no_personal_data() {
        let refused = |text: &str| -> Option<PersonalData> {
            let reason = reason(text).unwrap();
            let accept = AcceptEnd {
                position: 1,
                reason,
            };
            match accept.run(None) {
                Err(failure @ OfflineFailure::PersonalData(found)) => {
                    assert_eq!(failure.exit_code(), 2, "{text}");
                    assert!(!failure.to_string().contains("1990"), "{failure}");
                    Some(found)
                }
                Err(OfflineFailure::NotNamed(..)) => None,
                other => panic!("{other:?}"),
            }
        };
        for (text, expected) in [
            ("the disk was replaced, backup of 2026-11-20", None),
            ("370199199001010019 says so", Some(IdentityNumber)),
            ("by 370199·19900101·0019", Some(IdentityNumber)),
            ("call １３８１２３４５６７８", Some(MobileNumber)),
        ] {
            assert_eq!(refused(text), expected, "{text}");
        }
    }
}
