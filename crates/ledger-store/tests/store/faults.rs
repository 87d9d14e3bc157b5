//! One file of a ledger lost, cut or changed: what becomes of it, for every kind of file.
//!
//! The table that comes out is part of `docs/internals/faults.md`, and this holds it to the page.
//!
//! Long: one table of damage to a ledger, and the page that it is held to.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use expect_test::expect_file;
use ledger_core::Position;
use ledger_log::{Direction, Log, Space, StateOp, StateStore};
use ledger_store::{OpenError, RocksStore, StoreOptions};
use rocksdb::{DB, Options};

use crate::support::{Folders, append, create, everything, files, in_every_space, options, spans};

/// Events in each of the two parts of the ledger: those in files and those in the write-ahead log.
const IN_FILES: [u64; 3] = [2000, 2000, 1000];
const IN_THE_LOG: [u64; 4] = [3, 1, 2, 4];
const ACKNOWLEDGED: u64 = 5010;

/// A change to the bytes of a file.
type Damage = fn(&mut Vec<u8>);

/// What happens to a file.
const DAMAGES: [(&str, Damage); 6] = [
    ("emptied", Vec::clear),
    ("cut in half", |bytes| bytes.truncate(bytes.len() / 2)),
    ("last byte cut off", |bytes| bytes.truncate(bytes.len() - 1)),
    ("bit flipped at the start", |bytes| bytes[0] ^= 1),
    ("bit flipped in the middle", |bytes| {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
    }),
    ("bit flipped at the end", |bytes| {
        *bytes.last_mut().unwrap() ^= 1;
    }),
];

/// What became of a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// Everything is there and readable.
    Whole,
    /// It serves, and whoever reads what is damaged is told.
    ToldOnReading,
    /// It is not opened.
    Refused,
}

impl Outcome {
    fn text(self) -> &'static str {
        match self {
            Self::Whole => "opens, whole",
            Self::ToldOnReading => "opens; told on reading",
            Self::Refused => "refused",
        }
    }
}

/// A ledger with files of every kind, as it lies there after a stop, and after a kill.
fn ledgers(folders: &Folders) -> [(&'static str, PathBuf); 2] {
    let path = folders.fresh();
    let store = create(&path);
    append(&store, &IN_FILES, &in_every_space("a", "1"));
    store.flush().unwrap();
    append(&store, &IN_THE_LOG, &in_every_space("b", "2"));
    let killed = folders.copy(&path);
    drop(store);
    [("after a stop", path), ("after a kill", killed)]
}

/// What kind of file that is.
fn kind(path: &Path, tables: &BTreeMap<String, String>) -> String {
    let name = path.file_name().unwrap().to_str().unwrap();
    let kind = match name {
        "CURRENT" | "IDENTITY" | "LEDGER" | "ACKNOWLEDGED" | "LOCK" => return format!("`{name}`"),
        _ if name.starts_with("MANIFEST") => "`MANIFEST-*`",
        _ if name.starts_with("OPTIONS") => "`OPTIONS-*`",
        _ if name.ends_with(".log") => "`*.log` (write-ahead log)",
        _ if name.ends_with(".sst") => match tables[name].split('.').next().unwrap() {
            "events" => "`*.sst` of the log",
            "default" => "`*.sst` of the bookkeeping",
            "requests" | "refusals" | "meta" => "`*.sst` of what is kept",
            _ => "`*.sst` of derived state",
        },
        _ => panic!("{name} is a kind of file that nobody has thought of"),
    };
    kind.to_owned()
}

/// The column family of each table file.
fn tables(path: &Path) -> BTreeMap<String, String> {
    let options = Options::default();
    let names = DB::list_cf(&options, path).unwrap();
    let copy = tempfile::tempdir().unwrap();
    for (file, (bytes, _)) in everything(path) {
        fs::write(copy.path().join(file.file_name().unwrap()), bytes).unwrap();
    }
    let db = DB::open_cf_for_read_only(&options, copy.path(), names, false).unwrap();
    let files = db.live_files().unwrap();
    files
        .into_iter()
        .map(|file| {
            let name = file.name.trim_start_matches('/').to_owned();
            (name, file.column_family_name)
        })
        .collect()
}

/// Opens a ledger twice and says what became of it: once with the wish to create one, which may
/// stay on in the configuration of a server.
fn open_twice(path: &Path) -> Outcome {
    let first = open_once(path, &options(true));
    let second = open_once(path, &options(false));
    // Damage that was met in reading may stand in the way of the next opening, and never the other
    // way round.
    assert!(
        first == second || (first, second) == (Outcome::ToldOnReading, Outcome::Refused),
        "{first:?}, then {second:?}: {}",
        path.display()
    );
    first
}

fn open_once(path: &Path, options: &StoreOptions) -> Outcome {
    let before = everything(path);
    match RocksStore::open(path, options) {
        Ok(store) => look(&store),
        Err(error) => {
            check_sentence(&error);
            let after = everything(path);
            assert_eq!(
                before.keys().collect::<Vec<_>>(),
                after.keys().collect::<Vec<_>>(),
                "a refused start leaves every file: {error}"
            );
            assert!(before == after, "a refused start changes nothing: {error}");
            Outcome::Refused
        }
    }
}

/// A refusal says what to do.
fn check_sentence(error: &OpenError) {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        write!(text, ": {next}").unwrap();
        cause = next.source();
    }
    let is_told = ["restore a backup", "rebuild", "permission"]
        .iter()
        .any(|advice| text.contains(advice));
    assert!(is_told, "no advice in: {text}");
}

/// A ledger that is open holds what was acknowledged, or tells whoever reads it.
fn look(store: &RocksStore) -> Outcome {
    assert_eq!(store.last_position().get(), ACKNOWLEDGED, "never earlier");
    let log = spans(store);
    let state = Space::ALL.map(|space| {
        let all = store.scan(space, b"", b"", Direction::Forward, usize::MAX);
        all.map(|entries| entries.len())
    });
    match (log, state.into_iter().collect::<Result<Vec<_>, _>>()) {
        (Ok(blocks), Ok(entries)) => {
            assert_eq!(blocks.last().unwrap().1, ACKNOWLEDGED);
            assert!(entries.iter().all(|count| *count >= 2), "{entries:?}");
            Outcome::Whole
        }
        _ => Outcome::ToldOnReading,
    }
}

/// One row and column of the table, by one damage to one file.
struct Case<'a> {
    end: &'static str,
    ledger: &'a Path,
    file: PathBuf,
    kind: String,
    what: &'static str,
    /// The bytes that the file has then; none where it is removed.
    bytes: Option<Vec<u8>>,
}

/// Every damage to every file.
fn cases<'a>(ledgers: &'a [(&'static str, PathBuf)]) -> Vec<Case<'a>> {
    let mut cases = Vec::new();
    for (end, ledger) in ledgers {
        let tables = tables(ledger);
        for (file, (bytes, _)) in everything(ledger) {
            let damaged = DAMAGES.into_iter().filter(|_| !bytes.is_empty());
            let damaged = damaged.map(|(what, damage)| {
                let mut changed = bytes.clone();
                damage(&mut changed);
                (what, Some(changed))
            });
            cases.extend(
                [("removed", None)]
                    .into_iter()
                    .chain(damaged)
                    .map(|(what, bytes)| Case {
                        end,
                        ledger,
                        kind: kind(&file, &tables),
                        file: file.clone(),
                        what,
                        bytes,
                    }),
            );
        }
    }
    cases
}

/// Cases tried at the same time: RocksDB waits a second after what fails in the background.
const AT_ONCE: usize = 8;

#[test]
fn one_file_that_is_lost_cut_or_changed_never_costs_what_was_acknowledged() {
    let folders = Folders::new();
    let ledgers = ledgers(&folders);
    let cases = cases(&ledgers);
    let next = AtomicUsize::new(0);
    let work = || {
        let folders = Folders::new();
        let mut outcomes = Vec::new();
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            let copy = folders.copy(case.ledger);
            let file = copy.join(case.file.file_name().unwrap());
            match &case.bytes {
                None => fs::remove_file(file).unwrap(),
                Some(bytes) => fs::write(file, bytes).unwrap(),
            }
            outcomes.push((case, open_twice(&copy)));
            fs::remove_dir_all(copy).unwrap();
        }
        outcomes
    };
    let mut rows: BTreeMap<(&str, &str), BTreeMap<&str, BTreeSet<Outcome>>> = BTreeMap::new();
    std::thread::scope(|scope| {
        let workers = [(); AT_ONCE].map(|()| scope.spawn(work));
        for (case, outcome) in workers.into_iter().flat_map(|done| done.join().unwrap()) {
            let row = rows.entry((&case.kind, case.what)).or_default();
            row.entry(case.end).or_default().insert(outcome);
        }
    });
    let text = |outcomes: Option<&BTreeSet<Outcome>>| match outcomes {
        None => "–".to_owned(),
        Some(outcomes) => {
            let texts: Vec<_> = outcomes.iter().map(|outcome| outcome.text()).collect();
            texts.join(", or ")
        }
    };
    let mut table =
        String::from("| file | damage | after a stop | after a kill |\n|---|---|---|---|\n");
    for ((kind, what), ends) in &rows {
        let (stop, kill) = (
            text(ends.get("after a stop")),
            text(ends.get("after a kill")),
        );
        writeln!(table, "| {kind} | {what} | {stop} | {kill} |").unwrap();
    }
    let page = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/internals/faults.md"
    );
    let written = fs::read_to_string(page).unwrap();
    let (head, rest) = written
        .split_once("<!-- table of single files -->\n")
        .unwrap();
    let (_, tail) = rest.split_once("<!-- end of the table -->").unwrap();
    let expected =
        format!("{head}<!-- table of single files -->\n{table}<!-- end of the table -->{tail}");
    expect_file![page].assert_eq(&expected);
}

/// A marker or a note of another ledger, or the database of another one, is told.
#[test]
fn files_of_two_ledgers_are_not_mixed() {
    let folders = Folders::new();
    let [one, other] = [folders.fresh(), folders.fresh()];
    for (path, count) in [(&one, 5), (&other, 7)] {
        let store = create(path);
        append(&store, &[count], &[]);
    }
    for name in ["LEDGER", "ACKNOWLEDGED", "IDENTITY"] {
        let mixed = folders.copy(&one);
        fs::copy(other.join(name), mixed.join(name)).unwrap();
        let before = everything(&mixed);
        for create in [false, true] {
            let error = RocksStore::open(&mixed, &options(create)).unwrap_err();
            assert!(
                matches!(error, OpenError::Foreign { .. }),
                "{name}: {error:?}"
            );
        }
        assert!(everything(&mixed) == before, "{name}");
    }
}

/// A write-ahead log of another ledger is told, also when it reaches further.
#[test]
fn a_write_ahead_log_of_another_ledger_is_told() {
    let folders = Folders::new();
    let [one, other] = [5, 7].map(|count| {
        let path = folders.fresh();
        let store = create(&path);
        append(&store, &[count], &[]);
        folders.copy(&path)
    });
    let [logs, others] = [&one, &other].map(|path| files(path, ".log"));
    assert_eq!(logs.len(), others.len());
    for (log, other) in logs.iter().zip(&others) {
        assert_eq!(log.file_name(), other.file_name());
        fs::copy(other, log).unwrap();
    }
    let before = everything(&one);
    for create in [false, true] {
        let error = RocksStore::open(&one, &options(create)).unwrap_err();
        assert!(matches!(error, OpenError::Foreign { .. }), "{error:?}");
    }
    assert!(everything(&one) == before);
    fs::remove_file(one.join("LEDGER")).unwrap();
    let error = accept(&one, 7).unwrap_err();
    assert!(matches!(error, OpenError::Foreign { .. }), "{error:?}");
}

/// An older copy of the database beside a newer note, as a snapshot of half a disk would leave it.
#[test]
fn an_older_copy_of_the_database_is_told() {
    let folders = Folders::new();
    let path = folders.fresh();
    let store = create(&path);
    append(&store, &[5], &[]);
    drop(store);
    let older = folders.copy(&path);
    let store = RocksStore::open(&path, &options(false)).unwrap();
    append(&store, &[2], &[]);
    drop(store);
    fs::copy(path.join("ACKNOWLEDGED"), older.join("ACKNOWLEDGED")).unwrap();
    let error = RocksStore::open(&older, &options(true)).unwrap_err();
    let is_told = matches!(
        &error,
        OpenError::Lost { acknowledged, found, .. }
            if (acknowledged.get(), found.get()) == (7, 5)
    );
    assert!(is_told, "{error:?}");
}

/// Also a write without events is a promise: an answer, a refusal.
#[test]
fn a_lost_write_without_events_is_told() {
    let folders = Folders::new();
    let path = folders.fresh();
    let store = create(&path);
    append(&store, &[5], &[]);
    drop(store);
    let older = folders.copy(&path);
    let store = RocksStore::open(&path, &options(false)).unwrap();
    append(&store, &[], &in_every_space("a", "1"));
    let epoch = store.claim_epoch().unwrap();
    let group = ledger_log::CommitGroup {
        expected_last: store.last_position(),
        blocks: Vec::new(),
        state: in_every_space("a", "1"),
    };
    store.append(epoch, &group).unwrap();
    fs::copy(path.join("ACKNOWLEDGED"), older.join("ACKNOWLEDGED")).unwrap();
    let error = RocksStore::open(&older, &options(false)).unwrap_err();
    assert!(
        matches!(&error, OpenError::Lost { writes, .. } if *writes > 0),
        "{error:?}"
    );
}

/// A ledger is created in an empty folder, again where that was cut off, and nowhere else.
#[test]
fn a_ledger_is_created_in_an_empty_folder_only() {
    let folders = Folders::new();
    let whole = folders.fresh();
    drop(create(&whole));
    let with = |names: &[&str]| {
        let folder = folders.fresh();
        fs::create_dir(&folder).unwrap();
        for name in names {
            let file = whole.join(name);
            match file.is_file() {
                true => drop(fs::copy(file, folder.join(name)).unwrap()),
                false if *name == "lost+found" => fs::create_dir(folder.join(name)).unwrap(),
                false => fs::write(folder.join(name), "something").unwrap(),
            }
        }
        folder
    };
    let cases: [(&[&str], bool); 13] = [
        (&[], true),
        (&["CREATING.tmp"], true),
        (&["lost+found"], true),
        // Cut off after each step of a creation.
        (&["CREATING"], true),
        (&["CREATING", "CURRENT", "IDENTITY"], true),
        (&["CREATING", "CURRENT", "IDENTITY", "ACKNOWLEDGED"], true),
        // Something was here.
        (&["000008.sst"], false),
        (&["CREATING", "000008.sst"], false),
        (&["IDENTITY"], false),
        (&["notes.txt"], false),
        (&["CREATING", "notes.txt"], false),
        (&["CREATING.tmp", "IDENTITY"], false),
        (&["CREATING", "CURRENT", "000008.blob"], false),
    ];
    for (names, is_created) in cases {
        let folder = with(names);
        assert!(
            RocksStore::open(&folder, &options(false)).is_err(),
            "{names:?}"
        );
        let before = fs::read_dir(&folder).unwrap().count();
        let opened = RocksStore::open(&folder, &options(true));
        assert_eq!(opened.is_ok(), is_created, "{names:?}: {opened:?}");
        if !is_created {
            assert_eq!(fs::read_dir(&folder).unwrap().count(), before);
            continue;
        }
        append(&opened.unwrap(), &[3], &[]);
        let store = RocksStore::open(&folder, &options(false)).unwrap();
        assert_eq!(spans(&store).unwrap(), [(1, 3)]);
        assert!(!folder.join("CREATING").exists());
    }
}

/// An operator who knows where the log ends may have a ledger opened again that lost its marker,
/// its identity or its note, and no other.
#[test]
fn what_an_operator_accepts_is_opened() {
    let folders = Folders::new();
    let path = folders.fresh();
    let store = create(&path);
    append(&store, &[5], &[]);
    let killed = folders.copy(&path);
    drop(store);
    let id = fs::read(path.join("IDENTITY")).unwrap();
    let lost: [&[&str]; 6] = [
        &["LEDGER"],
        &["ACKNOWLEDGED"],
        &["IDENTITY"],
        &["LEDGER", "ACKNOWLEDGED"],
        &["LEDGER", "IDENTITY"],
        &["ACKNOWLEDGED", "IDENTITY"],
    ];
    for lost in lost {
        for (ledger, is_removed) in [(&path, true), (&path, false), (&killed, true)] {
            let copy = folders.copy(ledger);
            for name in lost {
                match is_removed {
                    true => fs::remove_file(copy.join(name)).unwrap(),
                    false => fs::write(copy.join(name), "").unwrap(),
                }
            }
            assert!(RocksStore::open(&copy, &options(true)).is_err());
            let before = everything(&copy);
            let error = accept(&copy, 6).unwrap_err();
            let is_told = matches!(
                &error,
                OpenError::NotAccepted { found, .. } if found.get() == 5
            );
            assert!(is_told, "{lost:?}: {error:?}");
            assert!(everything(&copy) == before);
            accept(&copy, 5).unwrap();
            assert_eq!(fs::read(copy.join("IDENTITY")).unwrap(), id);
            let store = RocksStore::open(&copy, &options(false)).unwrap();
            assert_eq!(spans(&store).unwrap(), [(1, 5)]);
            append(&store, &[1], &[]);
        }
    }
}

/// A loss that is known is never accepted, nor a mixture, nor what is whole or open.
#[test]
fn what_was_lost_is_not_accepted() {
    let folders = Folders::new();
    let [path, other] = [folders.fresh(), folders.fresh()];
    let store = create(&path);
    append(&store, &[5], &[]);
    store.flush().unwrap();
    append(&store, &[2], &[]);
    let killed = folders.copy(&path);
    let open = accept(&path, 7).unwrap_err();
    assert!(matches!(open, OpenError::Locked { .. }), "{open:?}");
    drop(create(&other));
    let accept = |change: &dyn Fn(&Path)| {
        let copy = folders.copy(&killed);
        change(&copy);
        let before = everything(&copy);
        let errors = [5, 7].map(|last| accept(&copy, last));
        assert!(everything(&copy) == before);
        errors.map(Result::unwrap_err)
    };
    let remove = |folder: &Path, name: &str| fs::remove_file(folder.join(name)).unwrap();
    for error in accept(&|_| {}) {
        let is_told = matches!(error, OpenError::NothingToAccept { .. });
        assert!(is_told, "{error:?}");
    }
    for lost in ["LOCK", "LEDGER", "IDENTITY"] {
        for error in accept(&|copy| {
            files(copy, ".log")
                .iter()
                .for_each(|log| fs::remove_file(log).unwrap());
            remove(copy, lost);
        }) {
            assert!(matches!(error, OpenError::Lost { .. }), "{lost}: {error:?}");
        }
    }
    for foreign in ["LEDGER", "ACKNOWLEDGED", "IDENTITY"] {
        let lost = match foreign {
            "LEDGER" => "ACKNOWLEDGED",
            _ => "LEDGER",
        };
        for error in accept(&|copy| {
            fs::copy(other.join(foreign), copy.join(foreign)).unwrap();
            remove(copy, lost);
        }) {
            let is_told = matches!(error, OpenError::Foreign { .. });
            assert!(is_told, "{foreign}: {error:?}");
        }
    }
}

/// Accepts where a log ends, with a note.
fn accept(path: &Path, last: u64) -> Result<(), OpenError> {
    let note = StateOp::put(Space::Meta, b"note".into(), b"accepted".into());
    RocksStore::accept(path, Position::new(last), &[note])
}

/// The note is there before the ledger can be opened, so that whoever opens it reads the note: cut
/// off before, it is not opened and accepted again; cut off behind, it is opened with the note.
#[test]
fn what_is_accepted_is_noted_before_it_can_be_opened() {
    let folders = Folders::new();
    let path = folders.fresh();
    let store = create(&path);
    append(&store, &[5], &in_every_space("a", "1"));
    let killed = folders.copy(&path);
    drop(store);
    for (ledger, lost) in [&path, &killed]
        .into_iter()
        .flat_map(|ledger| ["LEDGER", "ACKNOWLEDGED", "IDENTITY"].map(|lost| (ledger, lost)))
    {
        let copy = folders.copy(ledger);
        fs::remove_file(copy.join(lost)).unwrap();
        let before = folders.copy(&copy);
        accept(&copy, 5).unwrap();
        let noted = folders.copy(&copy);
        // What was cut off between the note and what lets the ledger be opened: the file that was
        // lost is written last of all, or another one that was lost with it.
        for cut_off in [before, folders.copy(&noted)] {
            for name in ["LEDGER", lost] {
                let _ = fs::remove_file(cut_off.join(name));
            }
            assert!(
                RocksStore::open(&cut_off, &options(true)).is_err(),
                "{lost}"
            );
            accept(&cut_off, 5).unwrap();
            is_noted(&cut_off);
        }
        is_noted(&noted);
    }
}

fn is_noted(path: &Path) {
    let store = RocksStore::open(path, &options(false)).unwrap();
    let note = store.get(Space::Meta, b"note").unwrap();
    assert_eq!(note, Some(b"accepted".into()));
    assert_eq!(spans(&store).unwrap(), [(1, 5)]);
    append(&store, &[1], &[]);
}

/// Without `CURRENT` nothing is accepted, and nobody takes the folder for an empty one.
#[test]
fn accepting_and_checking_without_current_say_what_is_missing() {
    let folders = Folders::new();
    let path = folders.fresh();
    let store = create(&path);
    append(&store, &[5], &[]);
    drop(store);
    fs::remove_file(path.join("CURRENT")).unwrap();
    for lost in ["LOCK", "LEDGER"] {
        fs::remove_file(path.join(lost)).unwrap();
        let before = everything(&path);
        for error in [
            accept(&path, 5).unwrap_err(),
            RocksStore::open_unmarked(&path).map(drop).unwrap_err(),
        ] {
            let text = error.to_string();
            assert!(text.contains("CURRENT"), "{text}");
            assert!(text.contains("restore a backup"), "{text}");
        }
        assert!(everything(&path) == before);
    }
}
