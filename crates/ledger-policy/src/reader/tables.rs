//! Tables within a table.

use super::{Entry, Table};
use crate::flaw::{FlawKind, Shape};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Tables within the table.
impl<'s> Table<'s> {
    /// Reads the table under `key`, if it is there.
    pub(crate) fn child<T>(
        &self,
        key: &'static str,
        read: impl FnOnce(&Table<'s>) -> Option<T>,
    ) -> Option<T> {
        let entry = self.take(key)?;
        match entry.value.get_ref() {
            DeValue::Table(table) => {
                let standing = self.standing(self.path_of(key), key, entry.at);
                self.sink.read_table(standing, table, read)
            }
            _ => self.wrong(entry, key, Shape::Table),
        }
    }

    /// Reads the table under `key`, which has to be there.
    pub(crate) fn required_child<T>(
        &self,
        key: &'static str,
        read: impl FnOnce(&Table<'s>) -> Option<T>,
    ) -> Option<T> {
        if self.has(key) {
            return self.child(key, read);
        }
        self.flaw(FlawKind::MissingKey { key });
        None
    }

    /// Reads the tables under `key`; one table stands for itself, none for no table.
    ///
    /// `path` names a table by its own text of that key, behind a prefix.
    pub(crate) fn children<T>(
        &self,
        key: &'static str,
        limit: usize,
        path: Naming,
        read: impl Fn(&Table<'s>) -> Option<T>,
    ) -> Vec<T> {
        let Some(entry) = self.take(key) else {
            return Vec::new();
        };
        let values = match entry.value.get_ref() {
            DeValue::Array(values) => values.as_ref(),
            DeValue::Table(_) => std::slice::from_ref(entry.value),
            _ => {
                self.wrong::<()>(entry, key, Shape::Tables);
                return Vec::new();
            }
        };
        if values.len() > limit {
            let found = values.len();
            self.flaw_at(entry.at, FlawKind::TooMany { key, found, limit });
            return Vec::new();
        }
        let mut read_all = Vec::with_capacity(values.len());
        for (index, value) in values.iter().enumerate() {
            let at = value.span().start;
            let DeValue::Table(table) = value.get_ref() else {
                self.wrong::<()>(Entry { at, value }, key, Shape::Tables);
                continue;
            };
            let path = self.path_of(&path.of(key, (index, values.len()), table));
            let standing = self.standing(path, key, at);
            read_all.extend(self.sink.read_table(standing, table, &read));
        }
        read_all
    }
}

/// How a table among several is named.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Naming {
    /// By its number, from 1; one alone by the key.
    Number,
    /// By the text of its `id`, behind a prefix; by its number where it has none.
    Id(&'static str),
}

impl Naming {
    fn of(self, key: &str, (index, length): (usize, usize), table: &DeTable<'_>) -> String {
        let number = index.saturating_add(1);
        match (self, table.get("id").map(Spanned::get_ref)) {
            (Self::Id(prefix), Some(DeValue::String(id))) => format!("{prefix}{id}"),
            (Self::Number, _) if length == 1 => key.to_owned(),
            _ => format!("{key}[{number}]"),
        }
    }
}
