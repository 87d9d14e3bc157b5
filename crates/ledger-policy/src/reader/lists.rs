//! Codes of closed lists, and lists of values.

use super::{Entry, Table};
use crate::flaw::{FlawKind, Shape};
use crate::names::Coded;
use crate::near;
use std::collections::BTreeSet;
use toml::de::DeValue;

impl<'s> Table<'s> {
    pub(crate) fn code<T: Coded>(&self, key: &'static str) -> Option<T> {
        let entry = self.required(key)?;
        self.code_of(entry, key)
    }

    pub(crate) fn optional_code<T: Coded>(&self, key: &'static str) -> Option<T> {
        let entry = self.take(key)?;
        self.code_of(entry, key)
    }

    fn code_of<T: Coded>(&self, entry: Entry<'s>, key: &'static str) -> Option<T> {
        let text = self.text_of(entry, key, Shape::Text)?;
        let found = T::read(text);
        if found.is_none() {
            let near = near::closest(text, T::codes());
            let (list, found) = (T::LIST, text.to_owned());
            let at = entry.value.span().start;
            self.flaw_at(at, FlawKind::UnknownCode { list, found, near });
        }
        found
    }

    /// A list of codes, each once; empty when the key is absent.
    pub(crate) fn optional_codes<T: Coded>(&self, key: &'static str) -> Vec<T> {
        match self.take(key) {
            Some(entry) => {
                let list = self.list_of(entry, key, |item| self.code_of(item, key));
                list.unwrap_or_default()
            }
            None => Vec::new(),
        }
    }

    /// A list of one or more codes, each once.
    pub(crate) fn codes<T: Coded>(&self, key: &'static str) -> Option<Vec<T>> {
        let entry = self.required(key)?;
        let list = self.list_of(entry, key, |item| self.code_of(item, key));
        self.not_empty(entry, key, list)
    }

    /// A list of one or more texts of a form, each once.
    pub(crate) fn list<T>(
        &self,
        key: &'static str,
        shape: Shape,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<Vec<T>> {
        let entry = self.required(key)?;
        let read = |item| self.parsed(item, key, shape, &parse);
        let list = self.list_of(entry, key, read);
        self.not_empty(entry, key, list)
    }

    fn not_empty<T>(
        &self,
        entry: Entry<'s>,
        key: &'static str,
        list: Option<Vec<T>>,
    ) -> Option<Vec<T>> {
        let list = list?;
        if list.is_empty() {
            self.flaw_at(entry.at, FlawKind::Empty { key });
            return None;
        }
        Some(list)
    }

    /// `None` when an item could not be read: what is left would give follow-up errors.
    fn list_of<T>(
        &self,
        entry: Entry<'s>,
        key: &'static str,
        read: impl Fn(Entry<'s>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let DeValue::Array(values) = entry.value.get_ref() else {
            return self.wrong(entry, key, Shape::List);
        };
        let mut seen = BTreeSet::new();
        let mut list = Some(Vec::with_capacity(values.len()));
        for value in values.iter() {
            let at = value.span().start;
            if let DeValue::String(text) = value.get_ref()
                && !seen.insert(text.as_ref())
            {
                let what = text.clone().into_owned();
                self.flaw_at(at, FlawKind::StandsTwice { what });
                continue;
            }
            let item = read(Entry { at, value });
            list = list.zip(item).map(|(mut list, item)| {
                list.push(item);
                list
            });
        }
        list
    }
}
