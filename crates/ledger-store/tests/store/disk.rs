//! A small disk in memory, for tests that fill it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A disk of a few megabytes, in memory.
pub(crate) struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounts it, where this process may.
    pub(crate) fn mount(at: &Path, megabytes: u64) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let mounting = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "small"])
            .arg(at)
            .output();
        let is_mounted = mounting.is_ok_and(|output| output.status.success());
        is_mounted.then(|| Self(at.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg(&self.0).status();
        assert!(unmounted.is_ok_and(|status| status.success()));
    }
}
