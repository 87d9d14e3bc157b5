//! What goes wrong in the background work of RocksDB, and which of it stops the ledger.
//!
//! RocksDB knows one background error for the whole database: with its strict checks on, a
//! compaction that meets a damaged file disables every write, the log's among them, until the
//! database is opened anew, where the next compaction meets it again. So a database that is served
//! has them off (ADR 0019), and the store hears of every background error and decides itself.
//!
//! RocksDB tells such errors to listeners, which its binding for Rust does not have, and to its
//! text log, which it hands out line by line. The words that are looked for are those of the
//! function through which every background error passes; tests with damaged files hold them to it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rocksdb::{InfoLogger, LogLevel};

/// What RocksDB writes before every background error.
const BACKGROUND_ERROR: &str = "Background IO error ";

/// What it writes between the error and the number of what it was doing.
const REASON: &str = ", reason ";

/// The number of compaction.
const COMPACTION: &str = "1";

/// Errors of compactions that are kept until somebody asks; each comes again with the next
/// attempt, a second later, so that none is lost.
const COMPACTIONS_MAX: usize = 64;

/// Hears of background errors, and keeps them until the store asks.
#[derive(Debug, Default)]
pub(crate) struct Background(Mutex<Heard>);

/// What went wrong since the store asked last.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Heard {
    /// Different errors of compactions.
    pub(crate) compactions: Vec<String>,
    /// The first error of anything else.
    pub(crate) other: Option<String>,
}

impl Background {
    /// Makes what RocksDB writes its text log to: background errors go to the log of the process as
    /// warnings, and its other warnings for who asks for them (`rocksdb=debug`).
    pub(crate) fn logger(self: &Arc<Self>) -> InfoLogger {
        let background = Arc::clone(self);
        InfoLogger::new_callback_logger(LogLevel::Warn, move |level, text| match level {
            LogLevel::Warn | LogLevel::Error | LogLevel::Fatal => background.hear(text),
            // Settings, which are written at every opening whatever level was asked for.
            LogLevel::Debug | LogLevel::Info | LogLevel::Header => {}
        })
    }

    /// Takes what went wrong since the last call.
    pub(crate) fn take(&self) -> Heard {
        std::mem::take(&mut *self.lock())
    }

    /// Forgets errors of compactions, because the files that they read are live no more.
    pub(crate) fn forget_compactions(&self) {
        self.lock().compactions.clear();
    }

    /// RocksDB holds its own lock in here, so that nothing of it may be called.
    fn hear(&self, text: &str) {
        let text = text.trim_end();
        let Some((error, reason)) = text
            .split_once(BACKGROUND_ERROR)
            .and_then(|(_, rest)| rest.rsplit_once(REASON))
        else {
            // Much of it is said at every rebuild, and asks for nothing.
            tracing::debug!(target: "rocksdb", "{text}");
            return;
        };
        tracing::warn!(target: "rocksdb", "{text}");
        let mut heard = self.lock();
        if reason != COMPACTION {
            heard.other.get_or_insert_with(|| error.to_owned());
        } else if !heard.compactions.iter().any(|known| known == error)
            && heard.compactions.len() < COMPACTIONS_MAX
        {
            heard.compactions.push(error.to_owned());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Heard> {
        // What is changed under the lock is changed by one assignment.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{RocksStore, StoreOptions, testing};
    use ledger_log::{CommitGroup, Log as _, Space, StateOp};
    use std::sync::Barrier;
    use std::thread;

    #[test]
    fn background_errors_are_kept_by_what_rocksdb_was_doing() {
        let damage = "Corruption: block checksum mismatch in /l/000012.sst, reason of it";
        let heard = |lines: &[&str]| {
            let background = Background::default();
            lines.iter().for_each(|line| background.hear(line));
            background.take()
        };
        let compaction =
            format!("[db/error_handler.cc:1] Background IO error {damage}, reason 1\n");
        let flush = "[db/error_handler.cc:1] Background IO error IO error: a, reason 0";
        let manifest = "[db/error_handler.cc:1] Background IO error IO error: b, reason 4";
        let other = "[db/db_impl.cc:1] [entities.1] Stalling writes, reason 0";
        assert_eq!(heard(&[other]), Heard::default());
        let all = heard(&[other, &compaction, flush, &compaction, manifest]);
        let expected = Heard {
            compactions: vec![damage.to_owned()],
            other: Some("IO error: a".to_owned()),
        };
        assert_eq!(all, expected);
    }

    /// What is no damage to derived state stops writing, as RocksDB's strict checks would.
    #[test]
    fn other_errors_disable_writing_with_their_reason() {
        let cases = [
            (
                "IO error: Input/output error: While appending to file, reason 0",
                true,
            ),
            (
                "IO error: No space left on device: While appending to file, reason 0",
                true,
            ),
            (
                "IO error: No space left on device: While appending to file, reason 1",
                false,
            ),
            (
                "Corruption: in a file that is not there: /000999.sst, reason 1",
                true,
            ),
            ("IO error: in the manifest, reason 4", true),
        ];
        for (error, is_disabled) in cases {
            let folder = tempfile::tempdir().unwrap();
            let options = StoreOptions {
                create_if_missing: true,
                ..StoreOptions::default()
            };
            let store = RocksStore::open(folder.path().join("ledger"), &options).unwrap();
            assert_eq!(store.write_disabled(), None);
            let line = format!("{BACKGROUND_ERROR}{error}");
            store.inner().background.hear(&line);
            let claimed = store.claim_epoch();
            assert_eq!(claimed.is_err(), is_disabled, "{error}");
            let (told, _) = error.split_once(", reason").unwrap();
            let reason = store.write_disabled().unwrap_or_default();
            assert_eq!(reason.contains(told), is_disabled, "{reason}");
        }
    }

    /// Whoever asks while another decides about an error is told of the damage too.
    #[test]
    fn everybody_who_asks_is_told_of_the_damage() {
        const ASKING: usize = 4;
        let folder = tempfile::tempdir().unwrap();
        let options = StoreOptions {
            create_if_missing: true,
            ..StoreOptions::default()
        };
        let store = RocksStore::open(folder.path().join("ledger"), &options).unwrap();
        let epoch = store.claim_epoch().unwrap();
        let group = CommitGroup {
            expected_last: store.last_position(),
            blocks: Vec::new(),
            state: vec![StateOp::put(Space::TagIndex, b"a".to_vec(), b"1".to_vec())],
        };
        store.append(epoch, &group).unwrap();
        store.compact().unwrap();
        let files = testing::files(&store, Some(Space::TagIndex));
        let name = files[0].file_name().unwrap().to_str().unwrap();
        for _ in 0..100 {
            let line = format!("{BACKGROUND_ERROR}Corruption: in /l/{name}{REASON}{COMPACTION}");
            store.inner().background.hear(&line);
            let together = Barrier::new(ASKING);
            let told: Vec<_> = thread::scope(|scope| {
                let ask = || {
                    together.wait();
                    store.condition().damage
                };
                let asking = [(); ASKING].map(|()| scope.spawn(ask));
                asking.map(|told| told.join().unwrap()).into()
            });
            assert!(told.iter().all(Option::is_some), "{told:?}");
            store.inner().forget_damage_with(|| ());
            assert_eq!(store.condition().damage, None);
        }
    }

    #[test]
    fn what_was_taken_is_told_once_and_no_more_is_kept_than_the_bound() {
        let background = Background::default();
        for number in 0..=COMPACTIONS_MAX {
            background.hear(&format!("Background IO error {number}, reason 1"));
        }
        background.hear("Background IO error last, reason 2");
        let heard = background.take();
        assert_eq!(heard.compactions.len(), COMPACTIONS_MAX);
        assert_eq!(heard.other.as_deref(), Some("last"));
        assert_eq!(background.take(), Heard::default());
    }
}
