//! What the figures were measured on.

use anyhow::{Context as _, Result};
use serde::Serialize;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use super::latency::per_second;

/// The machine, its disk, and the sources.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Machine {
    /// The commit of the sources, with `+` when they were changed since.
    pub(crate) commit: String,
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) memory_mib: u64,
    pub(crate) kernel: String,
    /// Type of the file system below the measured folders.
    pub(crate) file_system: String,
    /// Appends of 4 KiB to a file, each synced, in a second.
    pub(crate) synced_4k_appends_per_second: u64,
    /// Appends of 64 KiB to a file, each synced, in a second.
    pub(crate) synced_64k_appends_per_second: u64,
    /// The load average of the last minute, before anything was measured: who else was there.
    pub(crate) load_before: String,
}

/// Memory of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Memory {
    pub(crate) resident_bytes: u64,
    /// The most that it ever was.
    pub(crate) resident_bytes_max: u64,
}

/// Describes the machine; `folder` lies on the disk to be measured.
pub(crate) fn describe(folder: &Path) -> Result<Machine> {
    Ok(Machine {
        commit: commit(),
        processor: field_of("/proc/cpuinfo", "model name"),
        cores: std::thread::available_parallelism().map_or(0, usize::from),
        memory_mib: kib_of("/proc/meminfo", "MemTotal") / 1024,
        kernel: first_word("/proc/sys/kernel/osrelease"),
        file_system: file_system(folder),
        synced_4k_appends_per_second: synced_appends(folder, 4 * 1024)?,
        synced_64k_appends_per_second: synced_appends(folder, 64 * 1024)?,
        load_before: first_word("/proc/loadavg"),
    })
}

/// The memory of a process, as the kernel counts it.
pub(crate) fn memory_of(process: u32) -> Memory {
    let path = format!("/proc/{process}/status");
    Memory {
        resident_bytes: kib_of(&path, "VmRSS") * 1024,
        resident_bytes_max: kib_of(&path, "VmHWM") * 1024,
    }
}

/// Processor time that a process has used so far, over all its threads.
pub(crate) fn processor_time_of(process: u32) -> Duration {
    // The name of the program, in parentheses, may hold spaces; times come 12 and 13 fields later,
    // in hundredths of a second (proc(5), USER_HZ).
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    let times = fields.split_whitespace().skip(11).take(2);
    let hundredths: u64 = times.filter_map(|time| time.parse::<u64>().ok()).sum();
    Duration::from_millis(hundredths.saturating_mul(10))
}

/// Processor time of this process.
pub(crate) fn own_processor_time() -> Duration {
    processor_time_of(std::process::id())
}

/// How many appends of a size the disk makes durable in a second: no log is faster by groups.
fn synced_appends(folder: &Path, bytes: usize) -> Result<u64> {
    const TIME: Duration = Duration::from_secs(1);
    let path = folder.join("synced-appends");
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path)
        .with_context(|| format!("cannot write {}", path.display()))?;
    let block = vec![0x5A; bytes];
    let started = Instant::now();
    let mut appends = 0;
    while started.elapsed() < TIME {
        file.write_all(&block)?;
        file.sync_data()?;
        appends += 1;
    }
    let rate = per_second(appends, started.elapsed());
    fs::remove_file(&path)?;
    Ok(rate)
}

fn commit() -> String {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).output().ok()?;
        output
            .status
            .success()
            .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let Some(commit) = git(&["rev-parse", "--short=12", "HEAD"]) else {
        return "unknown".to_owned();
    };
    let is_changed = git(&["status", "--porcelain"]).is_none_or(|changes| !changes.is_empty());
    if is_changed {
        format!("{commit}+")
    } else {
        commit
    }
}

/// The type of the file system whose mount point is the longest above the folder.
fn file_system(folder: &Path) -> String {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
    let above = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ').skip(1);
        let point = words.next()?;
        folder
            .starts_with(point)
            .then_some((point.len(), words.next()?))
    });
    above
        .max_by_key(|(length, _)| *length)
        .map_or_else(unknown, |(_, kind)| kind.to_owned())
}

fn field_of(path: &str, name: &str) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    let found = text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim().to_owned())
    });
    found.unwrap_or_else(unknown)
}

fn kib_of(path: &str, name: &str) -> u64 {
    let value = field_of(path, name);
    value
        .split(' ')
        .next()
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

fn first_word(path: &str) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.split_whitespace()
        .next()
        .map_or_else(unknown, str::to_owned)
}

fn unknown() -> String {
    "unknown".to_owned()
}
