//! Bringing a shadow into the live database, as sorted files that it takes over.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use ledger_log::{LogError, Space, StateOp};
use rocksdb::{Options, SstFileWriter, WriteBatch};

use super::content::Content;
use crate::columns::Column;
use crate::error::{storage, system};
use crate::options;
use crate::room::Room;
use crate::store::Inner;

/// How far a shadow has come on its way into the live database.
#[derive(Debug, Default)]
pub(super) struct Staging {
    /// Whether the column families of its generation exist in the live database.
    is_begun: bool,
    /// What was written since the last files were made, the later change of a key only.
    changes: BTreeMap<(Space, Vec<u8>), Option<Vec<u8>>>,
    changes_bytes: usize,
    /// Files made so far, which gives each a name of its own.
    files: u64,
    /// Bytes written since free space was last looked at.
    unmetered: u64,
}

impl Staging {
    pub(super) const fn is_begun(&self) -> bool {
        self.is_begun
    }

    /// Forgets that anything was staged; tells whether something was.
    pub(super) fn leave(&mut self) -> bool {
        std::mem::take(self).is_begun
    }

    /// Looks at the free space each time that so much was written.
    pub(super) fn meter(&mut self, room: &Room, bytes: usize) -> Result<(), LogError> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.unmetered = self.unmetered.saturating_add(bytes);
        if self.unmetered >= options::SHADOW_STEP_BYTES {
            room.check_shadow("go on with a second state", options::SHADOW_STEP_BYTES)?;
            self.unmetered = 0;
        }
        Ok(())
    }

    /// Takes note of changes that the files made so far do not have.
    pub(super) fn follow(&mut self, ops: Vec<StateOp>) {
        if !self.is_begun {
            return;
        }
        for op in ops {
            self.changes_bytes = self.changes_bytes.saturating_add(op.bytes());
            self.changes.insert((op.space, op.key), op.value);
        }
    }

    pub(super) const fn is_full(&self) -> bool {
        self.changes_bytes >= options::SHADOW_CHANGES_BYTES_MAX
    }

    /// Creates the column families and brings everything into them.
    pub(super) fn stage_all(&mut self, inner: &Inner, content: &Content) -> Result<(), LogError> {
        inner
            .room
            .check_shadow("copy a second state", content.bytes()?)?;
        let generation = content.id().generation;
        // Before the first is there, so that all of them are dropped when one of them cannot be
        // made or filled.
        self.is_begun = true;
        let staged = self.create(inner, generation).and_then(|()| {
            Space::REBUILDABLE.into_iter().try_for_each(|space| {
                let entries = content.iterate(space)?;
                let changes = entries.map(|entry| entry.map(|(key, value)| (key, Some(value))));
                self.take_over(inner, content, space, changes)
            })
        });
        self.or_start_again(inner, content, staged)
    }

    /// Brings what is new into the column families.
    pub(super) fn stage_changes(
        &mut self,
        inner: &Inner,
        content: &Content,
    ) -> Result<(), LogError> {
        let mut by_space: BTreeMap<Space, Vec<_>> = BTreeMap::new();
        for ((space, key), value) in std::mem::take(&mut self.changes) {
            by_space.entry(space).or_default().push(Ok((key, value)));
        }
        self.changes_bytes = 0;
        let staged = by_space.into_iter().try_for_each(|(space, changes)| {
            self.take_over(inner, content, space, changes.into_iter())
        });
        self.or_start_again(inner, content, staged)
    }

    /// After a failure the column families hold a part of the changes, and nobody knows which: all
    /// of it is brought anew next time.
    fn or_start_again(
        &mut self,
        inner: &Inner,
        content: &Content,
        staged: Result<(), LogError>,
    ) -> Result<(), LogError> {
        if staged.is_err() && self.leave() {
            super::drop_generation(inner, content.id().generation)?;
        }
        staged
    }

    /// Puts what is new into the batch of the switch.
    pub(super) fn put_changes(
        &mut self,
        inner: &Inner,
        generation: u64,
        batch: &mut WriteBatch,
    ) -> Result<(), LogError> {
        for ((space, key), value) in &self.changes {
            let name = Column::of(*space, generation).name();
            let column = inner.db.cf_handle(&name).ok_or(LogError::ShadowGone)?;
            match value {
                Some(value) => batch.put_cf(&column, key, value),
                None => batch.delete_cf(&column, key),
            }
        }
        Ok(())
    }

    fn create(&self, inner: &Inner, generation: u64) -> Result<(), LogError> {
        for space in Space::REBUILDABLE {
            let column = Column::of(space, generation);
            inner
                .db
                .create_cf(column.name(), &inner.column_options.of(column))
                .map_err(|error| storage("create a generation", error))?;
            inner.reached("created a column family");
        }
        Ok(())
    }

    /// Writes sorted changes into files, and has the live database take them over at once.
    fn take_over(
        &mut self,
        inner: &Inner,
        content: &Content,
        space: Space,
        changes: impl Iterator<Item = Result<Change, LogError>>,
    ) -> Result<(), LogError> {
        let column = Column::of(space, content.id().generation);
        let column_options = inner.column_options.of(column);
        let folder = content.folder().path().join("staged");
        fs::create_dir_all(&folder).map_err(|error| system("create a shadow", error))?;
        let mut changes = changes.peekable();
        let mut files = Vec::new();
        while changes.peek().is_some() {
            self.files += 1;
            let path = folder.join(format!("{}.sst", self.files));
            self.write_file(&inner.room, &column_options, &path, &mut changes)?;
            files.push(path);
        }
        if files.is_empty() {
            return Ok(());
        }
        inner.reached("wrote files");
        let handle = inner
            .db
            .cf_handle(&column.name())
            .ok_or(LogError::ShadowGone)?;
        inner
            .db
            .ingest_external_file_cf_opts(&handle, &options::ingest(), files)
            .map_err(|error| storage("take files over", error))?;
        inner.reached("took files over");
        Ok(())
    }

    /// Writes one file, as large as those of the live database.
    fn write_file(
        &mut self,
        room: &Room,
        column_options: &Options,
        path: &PathBuf,
        changes: &mut impl Iterator<Item = Result<Change, LogError>>,
    ) -> Result<(), LogError> {
        let failed = |error| room.shadow_error("write a file of a shadow", error);
        let mut file = SstFileWriter::create(column_options);
        file.open(path).map_err(failed)?;
        while file.file_size() < options::SHADOW_FILE_BYTES {
            let Some(change) = changes.next() else { break };
            let (key, value) = change?;
            self.meter(room, key.len() + value.as_ref().map_or(0, Vec::len))?;
            match value {
                Some(value) => file.put(&key, value),
                None => file.delete(&key),
            }
            .map_err(failed)?;
        }
        file.finish().map_err(failed)
    }
}

/// A key and its new value; `None` deletes.
type Change = (Vec<u8>, Option<Vec<u8>>);
