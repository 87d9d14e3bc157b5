//! How far the compilation of RocksDB's C++ is: the one long wait of a first build.
//!
//! Cargo shows nothing while a build script runs, and this one runs for many minutes. Its object
//! files appear one by one in the target directory, so that counting them tells how far it is.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::run::Run;
use crate::say;
use crate::workspace::Workspace;

/// Time between two lines: often enough to see that it moves, rarely enough to be read.
const REPORT_EVERY: Duration = Duration::from_secs(30);

/// What one compilation of RocksDB has done so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Progress {
    /// Object files made since it began.
    done: usize,
    /// Source files in all, where they could be counted.
    total: Option<usize>,
    /// Time since it began.
    elapsed: Duration,
}

impl Progress {
    /// One line for a person, or `None` when there is nothing left to wait for.
    fn line(self) -> Option<String> {
        let done = self.done;
        let Some(total) = self.total else {
            return Some(format!("RocksDB: {done} files compiled"));
        };
        let left = total.checked_sub(done).filter(|left| *left > 0)?;
        let so_far = format!("RocksDB: {done} of {total} files");
        // The first few files say little about the rest.
        if done < 10 {
            return Some(so_far);
        }
        let left = u64::try_from(left).unwrap_or(u64::MAX);
        let done = u64::try_from(done).unwrap_or(u64::MAX);
        let seconds = self.elapsed.as_secs().saturating_mul(left) / done;
        Some(match seconds.div_ceil(60) {
            0 | 1 => format!("{so_far}, about a minute left"),
            minutes => format!("{so_far}, about {minutes} minutes left"),
        })
    }
}

/// Runs `build`, which runs Cargo, and tells every half minute how far RocksDB is while it is
/// compiled.
pub(crate) fn while_telling<T>(workspace: &Workspace, build: impl FnOnce() -> T) -> T {
    let builds = workspace.target.join("release/build");
    let root = workspace.root.clone();
    let (ended, waits) = mpsc::channel::<()>();
    let teller = std::thread::spawn(move || {
        let mut total = None;
        let mut told = None;
        while let Err(RecvTimeoutError::Timeout) = waits.recv_timeout(REPORT_EVERY) {
            let Some(folder) = under_way(&builds) else {
                continue;
            };
            let total = *total.get_or_insert_with(|| source_files(&root));
            let progress = progress(&folder, total);
            // A build that was given up long ago makes no more files.
            if progress.is_some() && progress != told {
                told = progress;
                if let Some(line) = progress.and_then(Progress::line) {
                    say::note(line);
                }
            }
        }
    });
    let result = build();
    drop(ended);
    // The teller only counts files and prints; nothing of it can spoil the build.
    drop(teller.join());
    result
}

/// Tells whether RocksDB was compiled to the end in a target directory.
pub(crate) fn is_built(builds: &Path) -> bool {
    folders(builds)
        .iter()
        .any(|folder| folder.join("output").is_file() && !is_under_way(folder))
}

/// Returns the folder of the compilation that is under way.
fn under_way(builds: &Path) -> Option<PathBuf> {
    folders(builds)
        .into_iter()
        .find(|folder| is_under_way(folder))
}

/// Cargo writes `invoked.timestamp` before a build script runs and `output` after it.
fn is_under_way(folder: &Path) -> bool {
    let began = modified(&folder.join("invoked.timestamp"));
    let ended = modified(&folder.join("output"));
    began.is_some_and(|began| ended.is_none_or(|ended| ended < began))
}

fn folders(builds: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(builds).into_iter().flatten().flatten();
    entries
        .filter(|entry| {
            let name = entry.file_name();
            name.to_string_lossy().starts_with("librocksdb-sys-")
        })
        .map(|entry| entry.path())
        .collect()
}

/// Counts the object files that were made since the compilation began.
fn progress(folder: &Path, total: Option<usize>) -> Option<Progress> {
    let began = modified(&folder.join("invoked.timestamp"))?;
    let objects = fs::read_dir(folder.join("out")).ok()?.flatten();
    let made: Vec<SystemTime> = objects
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "o"))
        .filter_map(|path| modified(&path))
        .filter(|made| *made >= began)
        .collect();
    let newest = made.iter().max()?;
    Some(Progress {
        done: made.len(),
        total,
        elapsed: newest.duration_since(began).unwrap_or_default(),
    })
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|file| file.modified()).ok()
}

/// Counts RocksDB's source files: the crate lists them in a file of its own.
fn source_files(root: &Path) -> Option<usize> {
    let metadata = Run::cargo(root)
        .args(["metadata", "--format-version", "1", "--locked"])
        .output()
        .ok()?;
    let metadata: Value = serde_json::from_slice(&metadata).ok()?;
    let packages = metadata.get("packages")?.as_array()?;
    let package = packages
        .iter()
        .find(|package| package.get("name").and_then(Value::as_str) == Some("librocksdb-sys"))?;
    let manifest = Path::new(package.get("manifest_path")?.as_str()?);
    let sources = fs::read_to_string(manifest.with_file_name("rocksdb_lib_sources.txt")).ok()?;
    Some(
        sources
            .lines()
            .filter(|line| !line.trim().is_empty())
            .count(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_how_far_it_is_and_how_long_it_takes() {
        let minutes = |n: u64| Duration::from_secs(60 * n);
        for (done, total, elapsed, expected) in [
            (0, Some(343), minutes(0), Some("RocksDB: 0 of 343 files")),
            (9, Some(343), minutes(1), Some("RocksDB: 9 of 343 files")),
            (
                123,
                Some(343),
                minutes(5),
                Some("RocksDB: 123 of 343 files, about 9 minutes left"),
            ),
            (
                340,
                Some(343),
                minutes(15),
                Some("RocksDB: 340 of 343 files, about a minute left"),
            ),
            (343, Some(343), minutes(15), None),
            (344, Some(343), minutes(15), None),
            (7, None, minutes(1), Some("RocksDB: 7 files compiled")),
        ] {
            let progress = Progress {
                done,
                total,
                elapsed,
            };
            assert_eq!(progress.line().as_deref(), expected, "{progress:?}");
        }
    }

    #[test]
    fn a_compilation_is_under_way_from_its_first_file_to_its_output() {
        let target = tempfile::tempdir().unwrap();
        let folder = target.path().join("librocksdb-sys-0123456789abcdef");
        fs::create_dir_all(folder.join("out")).unwrap();
        let write = |name: &str, second: u64| {
            let path = folder.join(name);
            fs::write(&path, "").unwrap();
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(second);
            let file = fs::File::options().write(true).open(&path).unwrap();
            file.set_modified(time).unwrap();
        };
        assert_eq!(under_way(target.path()), None);

        // An earlier compilation, with another compiler perhaps.
        write("invoked.timestamp", 100);
        write("out/old.o", 150);
        write("output", 200);
        assert_eq!(under_way(target.path()), None);
        assert!(is_built(target.path()));

        write("invoked.timestamp", 300);
        write("out/a.o", 310);
        write("out/b.o", 330);
        write("out/b.cc", 340);
        assert!(!is_built(target.path()));
        let found = under_way(target.path()).unwrap();
        assert_eq!(
            progress(&found, Some(9)),
            Some(Progress {
                done: 2,
                total: Some(9),
                elapsed: Duration::from_secs(30),
            })
        );

        write("output", 400);
        assert_eq!(under_way(target.path()), None);
        assert!(is_built(target.path()));
    }
}
