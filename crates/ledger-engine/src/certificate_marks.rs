//! Which keys a ledger keeps certificate numbers by: the marks of their digests.
//!
//! The marks of certificates stand in their numbers. A refused attempt keeps no number, so its mark
//! is noted beside it (`docs/adr/0022-when-the-key-of-certificate-numbers-is-lost.md`).

use crate::request::{Outcome, Request};
use ledger_core::certificate_number::{DIGEST_PREFIX, digest_mark};
use ledger_core::command::CommandBody;
use ledger_log::{Direction, Entry, LogError, Space, StateOp, StateStore, keys};
use std::collections::BTreeSet;

/// What the keys of the notes in [`Space::Meta`] begin with; the mark follows.
pub const NOTE_PREFIX: &str = "certificate_key.";

/// What follows in the order of keys behind all that begin with [`NOTE_PREFIX`].
const BEHIND_NOTES: &str = "certificate_key/";

/// What follows in the order of texts behind all that begin with [`DIGEST_PREFIX`].
const BEHIND_DIGESTS: &str = "HMAC.";

/// The value of a note: the version of its encoding, and nothing else.
const NOTE: u8 = 1;

/// The note that a number was asked for by a digest with this mark.
fn note(mark: &str) -> StateOp {
    let key = format!("{NOTE_PREFIX}{mark}").into_bytes();
    StateOp::put(Space::Meta, key, vec![NOTE])
}

/// What a request notes of which a certificate is not recorded: one mark, because one server has
/// one key. What is recorded has its mark in its number.
pub(crate) fn noted(request: &Request, outcomes: &[Outcome]) -> Option<StateOp> {
    let mut commands = request.commands.iter().zip(outcomes);
    commands.find_map(|(command, outcome)| match (&command.body, outcome) {
        (_, Outcome::Recorded { .. }) => None,
        (CommandBody::IssueCertificate(issue), _) => digest_mark(issue.number.as_str()).map(note),
        _ => None,
    })
}

/// The marks of all keys by which a ledger keeps numbers: of its certificates, and of those that
/// were refused.
///
/// It takes one read for each mark, however many certificates there are.
///
/// # Errors
///
/// As [`StateStore::scan`].
pub fn certificate_marks(
    ledger: &(impl StateStore + ?Sized),
) -> Result<BTreeSet<String>, LogError> {
    let mut marks = BTreeSet::new();
    let prefix = keys::certificate(DIGEST_PREFIX).expect("it is short and ASCII");
    let end = keys::certificate(BEHIND_DIGESTS).expect("it is short and ASCII");
    let mut from = prefix.clone();
    while let Some((key, _)) = first(ledger, Space::Entities, &from, &end)? {
        let rest = key.get(prefix.len()..).unwrap_or_default();
        let number = format!("{DIGEST_PREFIX}{}", String::from_utf8_lossy(rest));
        from = match digest_mark(&number) {
            // Behind all numbers with this mark: they go on with characters of ASCII.
            Some(mark) => {
                marks.insert(mark.to_owned());
                [&prefix, mark.as_bytes(), &[0xff]].concat()
            }
            None => keys::successor(&key),
        };
    }
    let mut from = NOTE_PREFIX.as_bytes().to_vec();
    while let Some((key, _)) = first(ledger, Space::Meta, &from, BEHIND_NOTES.as_bytes())? {
        let mark = key.get(NOTE_PREFIX.len()..).unwrap_or_default();
        marks.insert(String::from_utf8_lossy(mark).into_owned());
        from = keys::successor(&key);
    }
    Ok(marks)
}

fn first(
    ledger: &(impl StateStore + ?Sized),
    space: Space,
    from: &[u8],
    to: &[u8],
) -> Result<Option<Entry>, LogError> {
    let found = ledger.scan(space, from, to, Direction::Forward, 1)?;
    Ok(found.into_iter().next())
}
