//! The one integration binary: what can only be seen with every part in place.
//!
//! What a lower boundary can show is tested there: rules in `ledger-core`, translations in
//! `ledger-proto`, stores in the suite of `ledger-log`, queries in `ledger-engine`.

#![expect(
    clippy::unwrap_used,
    reason = "a test that meets the unexpected fails, in its helpers as well"
)]

/// A ledger that has lost what says that it is one, and the operator who knows where its log ends.
mod accept;
/// What an answer tells beyond one line: pages, streams, repeats, explanations.
mod answers;
/// Every call over the wire, as a table: is it hooked up, and does it refuse as the contract says?
mod api;
/// Backups under load, restored and compared; forks; damage.
mod backup;
/// Certificate numbers that contain an identity number: kept by a digest, and found by number.
mod certificates;
/// A clock that is wrong: who is told, and what goes on?
mod clock;
/// Ledgers of released versions: do they open, and answer as before?
mod compat;
/// Idle, slow and too many connections: does an honest client get through?
mod connections;
/// A wrong fact is taken back: by whom is it seen, and how?
mod correction;
/// The server is killed again and again: is everything acknowledged there, and nothing half?
mod crash;
/// A full disk, a ledger that is only read, and derived state that is damaged.
mod disk;
/// Every error that the transport makes by itself: does it say why, as all others do?
mod errors;
/// The real server on a disk with faults.
mod faults;
/// Ledgers on disk, as a version of the past has left them.
mod fixtures;
/// Bytes that parsers do not expect.
mod fuzz;
/// Hashes of events, computed by others.
mod hashes;
/// Clerks' files: refused lines, rejects that come back, broken imports.
mod import;
/// What happens at the bounds: a full queue, too many streams, a stop in the middle of work.
mod limits;
/// A command whose answer is lost: is it done once, and known by its id?
mod outcome;
/// Personal data at every door, and in a ledger of the past.
mod personal;
/// Policy documents, awards and orders from the command line: published, refused, paid, withdrawn.
mod policies;
/// Progress against the targets of the documents that are published.
mod progress;
/// A client in another language, with stubs made from the contract.
mod python;
/// One person's way through a class, as commands; what other modules start from.
mod story;
/// Who may call, and under which name it is recorded.
mod tls;
/// The command-line tool and the files that it is given.
mod tool;

use std::fs;
use std::path::Path;

#[test]
fn no_file_of_this_folder_is_forgotten() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("it");
    let main = fs::read_to_string(folder.join("main.rs")).unwrap();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let is_declared = name == "main" || main.contains(&format!("\nmod {name};\n"));
        assert!(is_declared, "{name} is not part of the integration binary");
    }
}
