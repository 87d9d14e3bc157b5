//! How far the ledger was acknowledged: the file `ACKNOWLEDGED`, beside the database.
//!
//! RocksDB cannot tell a write-ahead log that is missing, or cut at the end of a record, from one
//! that never was. So after each synced write, and before anybody is answered, the number of that
//! write goes into this file. Opening compares: a database that knows fewer writes than were
//! acknowledged has lost some, and is refused.
//!
//! The file is written without a sync of its own, which would cost as much as the write itself.
//! What a killed process wrote is there all the same. Against the loss of power it is synced once a
//! second, at opening and at the end: after a loss of power a cut or missing write-ahead log is
//! noticed but for what was acknowledged in that last second.
//!
//! There are two slots, written in turn, so that a torn write leaves the other:
//!
//! ```text
//! offset 0 and 4096:
//!      0 ┌────────────────┬─────────┬────────┬──────────────┐
//!        │ "SLAK"       4 │ version │ state  │ reserved   2 │
//!        │                │ 1 = 01  │ 1      │ zero         │
//!      8 ├────────────────┴─────────┴────────┴──────────────┤
//!        │ sequence number of the slot                    8 │
//!     16 ├──────────────────────────────────────────────────┤
//!        │ identifier of the ledger                      16 │
//!     32 ├──────────────────────────────────────────────────┤
//!        │ number of the last acknowledged write          8 │
//!     40 ├──────────────────────────────────────────────────┤
//!        │ last acknowledged position                     8 │
//!     48 ├──────────────────────────────────────────────────┤
//!        │ number of RocksDB's manifest                   8 │
//!     56 ├──────────────────────────────────────────────────┤
//!        │ bytes that it had                              8 │
//!     64 ├───────────────────────────────────┬──────────────┤
//!        │ reserved, zero                 28 │ CRC32C     4 │
//!        └───────────────────────────────────┴──────────────┘
//! ```
//!
//! A manifest that is cut names fewer tables, and RocksDB would remove the others: so its length is
//! noted as well, after a sync of it, for what RocksDB has just appended may not be synced yet and
//! must not be missed after a loss of power. It grows a few times a minute.
//!
//! Long: one file on disk: its bytes, its writing, and all checks against it.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use ledger_core::Position;

use crate::OpenError;
use crate::marker::{Marker, write_whole};

/// The name of the file.
pub(crate) const FILE: &str = "ACKNOWLEDGED";

const MAGIC: [u8; 4] = *b"SLAK";
const VERSION: u8 = 1;
const SLOT_BYTES: usize = 96;
const CHECKED_BYTES: usize = 92;

/// The slots lie in different sectors of any disk, so that one torn write leaves one of them.
const SLOTS: [u64; 2] = [0, 4096];
const FILE_BYTES: usize = 4096 + SLOT_BYTES;

/// How long an acknowledged write may be missing from the file after a loss of power.
const SYNC_EVERY: Duration = Duration::from_secs(1);

/// How far a ledger was acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reached {
    /// The number of the last acknowledged write.
    pub(crate) write: u64,
    /// The last acknowledged position.
    pub(crate) position: Position,
    /// Whether the ledger was closed in order.
    pub(crate) is_closed: bool,
}

/// The manifest of the database, and how long it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Manifest {
    number: u64,
    bytes: u64,
}

/// What the file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recorded {
    pub(crate) reached: Reached,
    manifest: Manifest,
    sequence: u64,
    ledger: [u8; 16],
    /// When the file was last written, for people.
    pub(crate) when: String,
}

/// The file of an open ledger.
#[derive(Debug)]
pub(crate) struct Acknowledged {
    shared: Arc<Shared>,
    slot: Mutex<Slot>,
    ledger: [u8; 16],
    syncing: Option<(mpsc::Sender<()>, JoinHandle<()>)>,
}

#[derive(Debug)]
struct Shared {
    folder: PathBuf,
    file: File,
    /// The manifest as it is known to be on the disk.
    manifest: Mutex<Manifest>,
    is_dirty: AtomicBool,
    /// Why the file cannot be written; set once.
    failed: OnceLock<String>,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    sequence: u64,
    reached: Reached,
    manifest: Manifest,
}

/// Reads the file of a ledger; `None` when there is none.
pub(crate) fn read(folder: &Path, marker: &Marker) -> Result<Option<Recorded>, OpenError> {
    let recorded = peek(folder)?;
    match recorded {
        Some(recorded) if Some(recorded.ledger) != id_bytes(&marker.id) => {
            let path = folder.join(FILE);
            Err(OpenError::Foreign { path })
        }
        recorded => Ok(recorded),
    }
}

/// Reads the file of whichever ledger; `None` when there is none.
pub(crate) fn peek(folder: &Path) -> Result<Option<Recorded>, OpenError> {
    let path = folder.join(FILE);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(OpenError::File { path, source }),
    };
    let modified = fs::metadata(&path).and_then(|file| file.modified());
    let when = modified.map_or_else(
        |_| "an unknown time".to_owned(),
        |time| DateTime::<Utc>::from(time).to_rfc3339_opts(SecondsFormat::Secs, true),
    );
    let slots = SLOTS.iter().filter_map(|offset| {
        let offset = usize::try_from(*offset).ok()?;
        decode(bytes.get(offset..offset.checked_add(SLOT_BYTES)?)?)
    });
    let newest = slots.max_by_key(|(slot, _)| slot.sequence);
    let Some((slot, ledger)) = newest else {
        return Err(OpenError::Acknowledged { path });
    };
    Ok(Some(Recorded {
        reached: slot.reached,
        manifest: slot.manifest,
        sequence: slot.sequence,
        ledger,
        when,
    }))
}

/// Writes the file anew, for a ledger that was created, restored or accepted.
pub(crate) fn issue(folder: &Path, marker: &Marker, reached: Reached) -> Result<(), OpenError> {
    let path = folder.join(FILE);
    let ledger = id_bytes(&marker.id).ok_or_else(|| OpenError::Marker { path: path.clone() })?;
    let manifest = Manifest::of(folder).map_err(|source| OpenError::File {
        path: folder.to_owned(),
        source,
    })?;
    let slot = Slot {
        sequence: 0,
        reached,
        manifest,
    };
    let mut bytes = encode(slot, ledger).to_vec();
    bytes.resize(FILE_BYTES, 0);
    write_whole(folder, FILE, &bytes).map_err(|source| OpenError::File { path, source })
}

/// Locks the file of a ledger: one process has charge of it at a time.
///
/// RocksDB has a lock of its own, but takes it only when it opens for writing, and what is checked
/// before that must not change meanwhile.
pub(crate) fn take_charge(folder: &Path) -> Result<File, OpenError> {
    let path = folder.join(FILE);
    let file = File::options()
        .read(true)
        .write(true)
        .open(&path)
        .map_err(|source| OpenError::File { path, source })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked {
            path: folder.to_owned(),
            source: "its file ACKNOWLEDGED is locked".into(),
        }),
        Err(TryLockError::Error(source)) => Err(OpenError::File {
            path: folder.to_owned(),
            source,
        }),
    }
}

impl Acknowledged {
    /// Takes the locked file over, and notes that the ledger is open.
    pub(crate) fn open(
        folder: &Path,
        file: File,
        recorded: &Recorded,
        write: u64,
        position: Position,
    ) -> io::Result<Self> {
        let manifest = Manifest::of(folder)?;
        let slot = Slot {
            sequence: recorded.sequence,
            reached: Reached {
                write,
                position,
                is_closed: false,
            },
            manifest,
        };
        let shared = Arc::new(Shared {
            folder: folder.to_owned(),
            file,
            manifest: Mutex::new(manifest),
            is_dirty: AtomicBool::new(false),
            failed: OnceLock::new(),
        });
        let mut acknowledged = Self {
            shared: Arc::clone(&shared),
            slot: Mutex::new(slot),
            ledger: recorded.ledger,
            syncing: None,
        };
        acknowledged.put(slot.reached)?;
        acknowledged.shared.file.sync_data()?;
        let (stop, stopped) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("ledger-ack".to_owned())
            .spawn(move || shared.sync_now_and_then(&stopped))?;
        acknowledged.syncing = Some((stop, thread));
        Ok(acknowledged)
    }

    /// The identifier of the ledger.
    pub(crate) const fn ledger(&self) -> [u8; 16] {
        self.ledger
    }

    /// Notes that a write was acknowledged, or is about to be.
    pub(crate) fn note(&self, write: u64, position: Position) -> io::Result<()> {
        self.put(Reached {
            write,
            position,
            is_closed: false,
        })
    }

    /// Why the file cannot be written any more.
    pub(crate) fn failed(&self) -> Option<&str> {
        self.shared.failed.get().map(String::as_str)
    }

    /// Notes that the ledger is closed in order, after everything else is on the disk.
    pub(crate) fn close(&mut self) -> io::Result<()> {
        if let Some((stop, thread)) = self.syncing.take() {
            drop(stop);
            // It does nothing that can panic.
            drop(thread.join());
        }
        let reached = self.slot().reached;
        self.shared.look_at_current()?;
        self.put(Reached {
            is_closed: true,
            ..reached
        })?;
        self.shared.file.sync_data()
    }

    fn slot(&self) -> Slot {
        *lock(&self.slot)
    }

    fn put(&self, reached: Reached) -> io::Result<()> {
        let mut slot = lock(&self.slot);
        let next = Slot {
            sequence: slot.sequence.saturating_add(1),
            reached,
            manifest: self.shared.manifest()?,
        };
        let [first, second] = SLOTS;
        let offset = match next.sequence.is_multiple_of(2) {
            true => first,
            false => second,
        };
        let bytes = encode(next, self.ledger);
        self.shared.file.write_all_at(&bytes, offset)?;
        *slot = next;
        self.shared.is_dirty.store(true, Ordering::Release);
        Ok(())
    }
}

impl Drop for Acknowledged {
    fn drop(&mut self) {
        // Without `close` the file goes on to say that the ledger is open.
        if let Some((stop, thread)) = self.syncing.take() {
            drop(stop);
            drop(thread.join());
        }
    }
}

impl Shared {
    /// The manifest as it is on the disk: what has been appended to it is synced first.
    fn manifest(&self) -> io::Result<Manifest> {
        let mut known = lock(&self.manifest);
        let path = self.folder.join(known.name());
        match fs::metadata(&path) {
            Ok(file) if file.len() > known.bytes => {
                File::open(&path)?.sync_data()?;
                known.bytes = file.len();
            }
            Ok(_) => {}
            // RocksDB has begun another one.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                drop(known);
                return self.look_at_current();
            }
            Err(error) => return Err(error),
        }
        Ok(*known)
    }

    /// Looks at which manifest is the present one, and how long it is.
    fn look_at_current(&self) -> io::Result<Manifest> {
        let found = Manifest::of(&self.folder)?;
        File::open(self.folder.join(found.name()))?.sync_data()?;
        *lock(&self.manifest) = found;
        Ok(found)
    }

    /// Syncs the file once a second while it changes, until the other end hangs up.
    fn sync_now_and_then(&self, stopped: &mpsc::Receiver<()>) {
        while let Err(mpsc::RecvTimeoutError::Timeout) = stopped.recv_timeout(SYNC_EVERY) {
            // RocksDB begins a new manifest now and then; the next note tells of it.
            drop(self.look_at_current());
            if self.is_dirty.swap(false, Ordering::AcqRel)
                && let Err(error) = self.file.sync_data()
            {
                drop(self.failed.set(format!("{FILE} cannot be synced: {error}")));
                return;
            }
        }
    }
}

impl Manifest {
    /// The manifest that the database in a folder points to.
    fn of(folder: &Path) -> io::Result<Self> {
        let current = fs::read_to_string(folder.join("CURRENT"))?;
        let name = current.trim();
        let number = name.strip_prefix("MANIFEST-");
        let number = number.and_then(|digits| digits.parse().ok());
        let number = number.ok_or(io::ErrorKind::InvalidData)?;
        let bytes = fs::metadata(folder.join(name))?.len();
        Ok(Self { number, bytes })
    }

    fn name(self) -> String {
        format!("MANIFEST-{:06}", self.number)
    }
}

/// Checks that the manifest of a database is no earlier and no shorter than it was.
pub(crate) fn check_manifest(folder: &Path, recorded: &Recorded) -> Result<(), OpenError> {
    let path = || folder.to_owned();
    let found = Manifest::of(folder).map_err(|source| OpenError::Damaged {
        path: path(),
        source: format!("the manifest that CURRENT names cannot be read: {source}").into(),
    })?;
    let noted = recorded.manifest;
    let is_earlier = found.number < noted.number;
    let is_shorter = found.number == noted.number && found.bytes < noted.bytes;
    if is_earlier || is_shorter {
        return Err(OpenError::Damaged {
            path: path(),
            source: format!(
                "MANIFEST-{:06} has {} bytes, and MANIFEST-{:06} had {} bytes already",
                found.number, found.bytes, noted.number, noted.bytes
            )
            .into(),
        });
    }
    Ok(())
}

/// No code that holds one of the locks can panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Checks that the last write of a database is of the ledger with that identifier.
pub(crate) fn check_ledger(
    folder: &Path,
    id: &str,
    found: Option<[u8; 16]>,
) -> Result<(), OpenError> {
    match found {
        Some(found) if Some(found) != id_bytes(id) => Err(OpenError::Foreign {
            path: folder.join("*.log"),
        }),
        // Earlier versions did not say.
        _ => Ok(()),
    }
}

/// What of a database is missing, by what it knows and what was acknowledged.
pub(crate) fn check(
    folder: &Path,
    recorded: &Recorded,
    write: u64,
    position: Position,
) -> Result<(), OpenError> {
    let Reached {
        write: acknowledged,
        position: last,
        is_closed,
    } = recorded.reached;
    if write >= acknowledged && position >= last {
        return Ok(());
    }
    Err(OpenError::Lost {
        path: folder.to_owned(),
        acknowledged: last,
        found: position,
        writes: acknowledged.saturating_sub(write),
        when: recorded.when.clone(),
        ended: match is_closed {
            true => "closed in order",
            false => "not closed in order",
        },
    })
}

fn encode(slot: Slot, ledger: [u8; 16]) -> [u8; SLOT_BYTES] {
    let Slot {
        sequence,
        reached,
        manifest,
    } = slot;
    let state = match reached.is_closed {
        false => 1,
        true => 2,
    };
    let mut bytes = Vec::with_capacity(SLOT_BYTES);
    bytes.extend(MAGIC);
    bytes.extend([VERSION, state, 0, 0]);
    bytes.extend(sequence.to_be_bytes());
    bytes.extend(ledger);
    bytes.extend(reached.write.to_be_bytes());
    bytes.extend(reached.position.get().to_be_bytes());
    bytes.extend(manifest.number.to_be_bytes());
    bytes.extend(manifest.bytes.to_be_bytes());
    bytes.resize(CHECKED_BYTES, 0);
    let checksum = crc32c::crc32c(&bytes);
    bytes.extend(checksum.to_be_bytes());
    bytes.try_into().expect("a slot has its length")
}

fn decode(bytes: &[u8]) -> Option<(Slot, [u8; 16])> {
    let mut rest = bytes;
    let mut take = |count: usize| {
        let (taken, left) = rest.split_at_checked(count)?;
        rest = left;
        Some(taken)
    };
    let number = |bytes: &[u8]| Some(u64::from_be_bytes(bytes.try_into().ok()?));
    let _head = take(4)?;
    let (_, state) = (take(1)?, take(1)?);
    take(2)?;
    let sequence = number(take(8)?)?;
    let ledger = take(16)?.try_into().ok()?;
    let reached = Reached {
        write: number(take(8)?)?,
        position: Position::new(number(take(8)?)?),
        is_closed: state == [2],
    };
    let manifest = Manifest {
        number: number(take(8)?)?,
        bytes: number(take(8)?)?,
    };
    let slot = Slot {
        sequence,
        reached,
        manifest,
    };
    // Whatever is not exactly what would be written has been changed.
    (encode(slot, ledger) == bytes).then_some((slot, ledger))
}

impl Recorded {
    /// The identifier of the ledger, as text.
    pub(crate) fn ledger_id(&self) -> String {
        let mut text = ledger_core::hex::encode(&self.ledger);
        for at in [8, 13, 18, 23] {
            text.insert(at, '-');
        }
        text
    }
}

/// The bytes of an identifier in text.
pub(crate) fn id_bytes(id: &str) -> Option<[u8; 16]> {
    let digits: String = id.chars().filter(|char| *char != '-').collect();
    ledger_core::hex::decode_array(&digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot() -> Slot {
        Slot {
            sequence: 7,
            reached: Reached {
                write: 258,
                position: Position::new(1_000),
                is_closed: false,
            },
            manifest: Manifest {
                number: 10,
                bytes: 1_886,
            },
        }
    }

    /// The file lies on disks.
    #[test]
    fn the_bytes_are_permanent() {
        let bytes = encode(slot(), [0xAB; 16]);
        assert_eq!(
            ledger_core::hex::encode(&bytes),
            "534c414b010100000000000000000007abababababababababababababababab\
             000000000000010200000000000003e8000000000000000a000000000000075e\
             0000000000000000000000000000000000000000000000000000000096803dfc"
        );
        let (read, ledger) = decode(&bytes).unwrap();
        assert_eq!((read.sequence, ledger), (7, [0xAB; 16]));
        assert_eq!(read.reached, slot().reached);
    }

    #[test]
    fn every_changed_slot_is_none() {
        let bytes = encode(slot(), [0xAB; 16]);
        for at in 0..SLOT_BYTES {
            for bit in 0..8 {
                let mut changed = bytes;
                changed[at] ^= 1 << bit;
                assert!(decode(&changed).is_none(), "bit {bit} of byte {at}");
            }
        }
        assert!(decode(&bytes[..95]).is_none());
    }
}
