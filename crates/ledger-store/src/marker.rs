//! The marker: the file `LEDGER`, which says that a folder holds a ledger, and which one.
//!
//! It is written once, after the ledger was created, and required for opening ever after. So a
//! folder that has lost files of its database is told from one that never held a ledger, and
//! nothing is created where something was lost. It is text, for people:
//!
//! ```text
//! subsidy ledger
//! id 5f0c2d5e-8f0b-4a40-9a7e-3f6a1d6b9c11
//! format 3
//! created 2026-11-28T05:50:00Z
//! crc32c c48cac23
//! ```
//!
//! The identifier is the one that RocksDB drew for the database; the last line is the CRC32C of all
//! bytes before it.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::{DateTime, SecondsFormat, Utc};

use crate::bookkeeping::FORMAT;
use crate::{OpenError, acknowledged};

/// The name of the file.
pub(crate) const FILE: &str = "LEDGER";

/// The file that is there while a ledger is being created.
pub(crate) const CREATING: &str = "CREATING";

/// What [`CREATING`] is called until it is whole.
const CREATING_TEMPORARY: &str = "CREATING.tmp";

/// The file in which RocksDB keeps the identifier of a database.
pub(crate) const IDENTITY: &str = "IDENTITY";

const TITLE: &str = "subsidy ledger";

/// Bytes of an identifier in text.
const ID_BYTES: usize = 36;

/// Which ledger a folder holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Marker {
    /// The identifier, a UUID in text.
    pub(crate) id: String,
    /// The layout of the store when the marker was written.
    pub(crate) format: u32,
    /// When the ledger was created, as people write it.
    pub(crate) created: String,
}

impl Marker {
    /// The marker of a ledger with that identifier, created now or when the file given was.
    pub(crate) fn new(id: String, created: SystemTime) -> Self {
        let created = DateTime::<Utc>::from(created).to_rfc3339_opts(SecondsFormat::Secs, true);
        Self {
            id,
            format: FORMAT,
            created,
        }
    }

    /// Reads the marker of a folder; `None` when there is none.
    pub(crate) fn read(folder: &Path) -> Result<Option<Self>, OpenError> {
        let path = folder.join(FILE);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(OpenError::File { path, source }),
        };
        match Self::parse(&bytes) {
            Some(marker) => Ok(Some(marker)),
            None => Err(OpenError::Marker { path }),
        }
    }

    /// Writes the marker, whole or not at all.
    pub(crate) fn write(&self, folder: &Path) -> io::Result<()> {
        write_whole(folder, FILE, self.text().as_bytes())
    }

    fn text(&self) -> String {
        let Self {
            id,
            format,
            created,
        } = self;
        let text = format!("{TITLE}\nid {id}\nformat {format}\ncreated {created}\n");
        let checksum = crc32c::crc32c(text.as_bytes());
        format!("{text}crc32c {checksum:08x}\n")
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let value = |line: &str, name: &str| -> Option<String> {
            let rest = line.strip_prefix(name)?.strip_prefix(' ')?;
            Some(rest.to_owned())
        };
        let lines: Vec<_> = text.lines().collect();
        let [title, id, format, created, _] = <[&str; 5]>::try_from(lines).ok()?;
        let marker = Self {
            id: value(id, "id")?,
            format: value(format, "format")?.parse().ok()?,
            created: value(created, "created")?,
        };
        // Whatever is not exactly what would be written has been changed.
        (title == TITLE && marker.text() == text).then_some(marker)
    }
}

/// Reads the identifier that RocksDB drew for the database in a folder.
pub(crate) fn identity(folder: &Path) -> Result<String, OpenError> {
    let path = folder.join(IDENTITY);
    let text = fs::read_to_string(&path).map_err(|source| OpenError::File {
        path: path.clone(),
        source,
    })?;
    let id = text.trim();
    if id.len() == ID_BYTES
        && id
            .bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
    {
        Ok(id.to_owned())
    } else {
        Err(OpenError::Marker { path })
    }
}

/// What lies in a folder, as far as names tell.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// There is no folder, or nothing in it.
    Nothing,
    /// A ledger was being created, and nothing was recorded in it.
    CutOff,
    /// A ledger.
    Ledger(Marker),
    /// A database without a marker: an earlier version wrote it, or the marker was lost.
    Unmarked,
    /// Something else; one name of it.
    Other(PathBuf),
}

/// Looks at what lies in a folder; nothing is changed.
pub(crate) fn look(folder: &Path) -> Result<Found, OpenError> {
    let mut names = Vec::new();
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(source) => {
            let path = folder.to_owned();
            return Err(OpenError::File { path, source });
        }
    };
    for entry in entries {
        let path = folder.to_owned();
        let entry = entry.map_err(|source| OpenError::File { path, source })?;
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    // Every freshly made disk has this folder.
    names.retain(|name| name != "lost+found");
    names.sort();
    if let Some(marker) = Marker::read(folder)? {
        return Ok(Found::Ledger(marker));
    }
    let has = |name: &str| names.iter().any(|found| found == name);
    let is_cut_off = has(CREATING) || names == [CREATING_TEMPORARY];
    match names.first() {
        None => Ok(Found::Nothing),
        Some(_) if is_cut_off && names.iter().all(|name| is_of_creation(name)) => Ok(Found::CutOff),
        Some(_) if has("CURRENT") => Ok(Found::Unmarked),
        Some(first) => Ok(Found::Other(folder.join(first))),
    }
}

/// Whether a creation that is cut off may leave a file of that name.
///
/// Whatever else lies there was brought there, and is nobody's to remove. A creation makes no table
/// (`*.sst`): tables hold what was recorded.
fn is_of_creation(name: &str) -> bool {
    let whole = name.strip_suffix(".tmp").unwrap_or(name);
    let is_numbered = |name: &str, ending| {
        let digits = name.strip_suffix(ending);
        digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    matches!(
        whole,
        CREATING | IDENTITY | acknowledged::FILE | FILE | "CURRENT" | "LOCK" | "LOG"
    ) || ["LOG.old.", "MANIFEST-", "OPTIONS-"]
        .iter()
        .any(|start| name.starts_with(start))
        || is_numbered(name, ".log")
        || is_numbered(name, ".dbtmp")
}

/// Begins to create a ledger in an empty folder, or anew where an earlier attempt was cut off.
pub(crate) fn begin_creating(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    write_whole(folder, CREATING, b"a ledger is being created here\n")?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if name != CREATING && entry.file_type()?.is_file() {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Writes the marker of the ledger that was created; from here on the folder holds a ledger.
pub(crate) fn finish_creating(folder: &Path) -> Result<Marker, OpenError> {
    let creating = folder.join(CREATING);
    let file = |source| OpenError::File {
        path: folder.to_owned(),
        source,
    };
    let since = fs::metadata(&creating).and_then(|file| file.modified());
    let marker = Marker::new(identity(folder)?, since.map_err(file)?);
    marker.write(folder).map_err(file)?;
    forget_creating(folder).map_err(file)?;
    Ok(marker)
}

/// Removes the file that says that a ledger is being created, if it is there.
pub(crate) fn forget_creating(folder: &Path) -> io::Result<()> {
    match fs::remove_file(folder.join(CREATING)) {
        Ok(()) => sync_folder(folder),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Writes a file under another name first, syncs it, and gives it its name.
pub(crate) fn write_whole(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let temporary = folder.join(format!("{name}.tmp"));
    let mut file = File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, folder.join(name))?;
    sync_folder(folder)
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marker() -> Marker {
        Marker {
            id: "5f0c2d5e-8f0b-4a40-9a7e-3f6a1d6b9c11".to_owned(),
            format: 3,
            created: "2026-11-28T05:50:00Z".to_owned(),
        }
    }

    /// The file lies on disks.
    #[test]
    fn the_text_is_permanent() {
        let expected = "subsidy ledger\nid 5f0c2d5e-8f0b-4a40-9a7e-3f6a1d6b9c11\nformat 3\n\
                        created 2026-11-28T05:50:00Z\ncrc32c c48cac23\n";
        assert_eq!(marker().text(), expected);
        assert_eq!(Marker::parse(expected.as_bytes()), Some(marker()));
    }

    #[test]
    fn every_other_text_is_no_marker() {
        let text = marker().text().into_bytes();
        for length in 0..text.len() {
            assert_eq!(Marker::parse(&text[..length]), None, "{length} bytes");
        }
        for at in 0..text.len() {
            for bit in 0..8 {
                let mut changed = text.clone();
                changed[at] ^= 1 << bit;
                assert_eq!(Marker::parse(&changed), None, "bit {bit} of byte {at}");
            }
        }
    }
}
