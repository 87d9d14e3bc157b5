//! The file of rejects: readable by its owner only, whatever lies there, and begun before anything
//! is sent.
//!
//! Its rows are those of the roster, with the numbers of permits in them. So it is written beside
//! the place where it belongs, to a file of its own that takes the place when it is whole: a file
//! that others may read is not written into, the target of a link is left alone, and an import
//! that fails leaves the rejects of an earlier one.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// A file of rejects that is begun and not yet in its place.
#[derive(Debug)]
pub(super) enum RejectsFile {
    /// Written beside the place where it goes. Only its owner may read it, and it is removed when
    /// it does not come there.
    Beside(NamedTempFile, PathBuf),
    /// Written as it stands, which a pipe or a device is.
    AsItStands(File),
}

impl RejectsFile {
    /// Begins the file, so that a folder that is not there or may not be written to is told while
    /// nothing is sent.
    pub(super) fn begin(path: &Path) -> io::Result<Self> {
        let there = fs::metadata(path);
        if there.as_ref().is_ok_and(fs::Metadata::is_dir) {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if there.is_ok_and(|there| !there.is_file()) {
            let file = OpenOptions::new().write(true).open(path)?;
            return Ok(Self::AsItStands(file));
        }
        let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
        let file = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
        Ok(Self::Beside(file, path.to_owned()))
    }

    /// Writes the file and puts it in its place.
    pub(super) fn finish(self, write: impl FnOnce(&File) -> io::Result<()>) -> io::Result<()> {
        match self {
            Self::AsItStands(file) => write(&file),
            Self::Beside(file, path) => {
                write(file.as_file())?;
                file.persist(path).map(drop).map_err(|error| error.error)
            }
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::io::Write as _;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use tempfile::TempDir;

    fn mode(path: &Path) -> u32 {
        let about = fs::symlink_metadata(path).expect("the file is there");
        about.permissions().mode() & 0o777
    }

    fn write(path: &Path, text: &str) -> io::Result<()> {
        RejectsFile::begin(path)?.finish(|mut file| file.write_all(text.as_bytes()))
    }

    #[test]
    fn only_its_owner_reads_it_whatever_lay_there() {
        let folder = TempDir::new().unwrap();
        let path = |name: &str| folder.path().join(name);
        for wide in [0o644, 0o666, 0o640, 0o600, 0o777] {
            fs::write(path("wide"), "a longer text of an earlier import").unwrap();
            fs::set_permissions(path("wide"), fs::Permissions::from_mode(wide)).unwrap();
            // Who has it open already does not see what is written now.
            let mut opened = File::open(path("wide")).unwrap();
            write(&path("wide"), "rejects").unwrap();
            assert_eq!(mode(&path("wide")), 0o600, "{wide:o}");
            assert_eq!(fs::read_to_string(path("wide")).unwrap(), "rejects");
            let earlier = io::read_to_string(&mut opened).unwrap();
            assert_eq!(earlier, "a longer text of an earlier import");
        }
        write(&path("new"), "rejects").unwrap();
        assert_eq!(mode(&path("new")), 0o600);

        // A link gives way; what it leads to stays, also when nothing is there.
        fs::write(path("target"), "of somebody else").unwrap();
        for (link, target) in [("link", "target"), ("dangling", "nothing")] {
            symlink(path(target), path(link)).unwrap();
            write(&path(link), "rejects").unwrap();
            assert!(fs::symlink_metadata(path(link)).unwrap().is_file());
            assert_eq!(mode(&path(link)), 0o600);
        }
        assert_eq!(
            fs::read_to_string(path("target")).unwrap(),
            "of somebody else"
        );
        assert!(!path("nothing").exists());
        let left = fs::read_dir(folder.path()).unwrap();
        // wide, new, target, link and dangling.
        assert_eq!(left.count(), 5, "nothing is left beside it");
    }

    #[test]
    fn what_cannot_be_written_is_told_at_the_beginning_and_failing_leaves_the_earlier_one() {
        let folder = TempDir::new().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("file"), "earlier").unwrap();
        for refused in [
            folder.path().to_owned(),
            path("missing/rejects.csv"),
            path("file/rejects.csv"),
            // Nobody may make files there, whatever his rights.
            PathBuf::from("/proc/rejects.csv"),
        ] {
            assert!(RejectsFile::begin(&refused).is_err(), "{refused:?}");
        }
        drop(RejectsFile::begin(&path("file")).unwrap());
        let failed = RejectsFile::begin(&path("file"))
            .unwrap()
            .finish(|mut file| {
                file.write_all(b"half")?;
                Err(io::ErrorKind::StorageFull.into())
            });
        assert_eq!(failed.unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(fs::read_to_string(path("file")).unwrap(), "earlier");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        // A device is written as it stands.
        let before = mode(Path::new("/dev/null"));
        write(Path::new("/dev/null"), "rejects").unwrap();
        assert_eq!(mode(Path::new("/dev/null")), before);
    }
}
