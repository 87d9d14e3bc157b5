//! The column families: which there are, what they are called, and which of them are live.
//!
//! What can be rebuilt from the log carries a generation in its name (`entities.1`), so that a
//! rebuild fills the next generation beside the live one and is switched to by one small write.

use ledger_log::Space;

/// The column family of the log.
pub(crate) const EVENTS: &str = "events";

/// The generation that a new store starts with.
pub(crate) const FIRST_GENERATION: u64 = 1;

/// A column family of this format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    /// RocksDB's own `default`, used for what the store keeps about itself.
    Bookkeeping,
    /// The log: blocks of events by first position.
    Events,
    /// A space that is kept for ever.
    Kept(Space),
    /// A space that can be rebuilt, in one generation.
    Rebuildable(Space, u64),
}

impl Column {
    /// Returns the column family that holds a space while a generation is live.
    pub(crate) const fn of(space: Space, generation: u64) -> Self {
        if space.is_rebuildable() {
            Self::Rebuildable(space, generation)
        } else {
            Self::Kept(space)
        }
    }

    /// Returns every column family that a store of one generation has.
    pub(crate) fn all(generation: u64) -> impl Iterator<Item = Self> {
        let spaces = Space::ALL
            .into_iter()
            .map(move |space| Self::of(space, generation));
        [Self::Bookkeeping, Self::Events].into_iter().chain(spaces)
    }

    /// Returns the name under which RocksDB keeps it.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Bookkeeping => rocksdb::DEFAULT_COLUMN_FAMILY_NAME.to_owned(),
            Self::Events => EVENTS.to_owned(),
            Self::Kept(space) => space.name().to_owned(),
            Self::Rebuildable(space, generation) => format!("{}.{generation}", space.name()),
        }
    }

    /// Reads a name; `None` when this version does not know it.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let generation = name
            .rsplit_once('.')
            .and_then(|(_, digits)| digits.parse().ok());
        let rebuildable = Space::REBUILDABLE
            .into_iter()
            .filter_map(|space| Some(Self::Rebuildable(space, generation?)));
        // Comparing whole names keeps other spellings of the same generation out.
        Self::all(FIRST_GENERATION)
            .filter(|column| !matches!(column, Self::Rebuildable(..)))
            .chain(rebuildable)
            .find(|column| column.name() == name)
    }
}

/// The names of the live spaces, made once per generation because every read needs one.
#[derive(Debug)]
pub(crate) struct Live {
    generation: u64,
    names: [(Space, String); Space::ALL.len()],
}

impl Live {
    pub(crate) fn new(generation: u64) -> Self {
        let names = Space::ALL.map(|space| (space, Column::of(space, generation).name()));
        Self { generation, names }
    }

    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    pub(crate) fn name(&self, space: Space) -> &str {
        let named = self.names.iter().find(|(named, _)| *named == space);
        named
            .map(|(_, name)| name.as_str())
            .expect("every space has a name")
    }
}

#[cfg(test)]
mod tests {
    use ledger_log::Space;

    use super::Column;

    /// These names are on disks.
    #[test]
    fn names_are_permanent_and_read_back() {
        let names: Vec<_> = Column::all(7).map(Column::name).collect();
        let expected = [
            "default",
            "events",
            "entities.7",
            "tag_index.7",
            "effect_index.7",
            "requests",
            "refusals",
            "meta",
            "progress.7",
        ];
        assert_eq!(names, expected);
        for column in Column::all(7) {
            assert_eq!(Column::parse(&column.name()), Some(column));
        }
        let unknown = [
            "",
            "entities",
            "entities.",
            "entities.07",
            "entities.+7",
            "requests.1",
            "later",
        ];
        for name in unknown {
            assert_eq!(Column::parse(name), None, "{name:?}");
        }
        assert_eq!(Column::of(Space::Meta, 7), Column::Kept(Space::Meta));
    }
}
