//! Typed values of a TOML text with their places, and the flaws found on the way.
//!
//! A reader that stops at the first fault shows one of twenty. Here every value that cannot be
//! read is noted as an error and given as `None`, and reading goes on; a compiled form is only
//! made when nothing was noted.

mod lists;
mod rules;
mod tables;
mod values;

pub(crate) use tables::Naming;

use crate::flaw::{Flaw, FlawKind, Place, Severity, Shape};
use crate::near;
use ledger_core::policy::Reading;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Flaws that are told one by one, of each severity; the others are counted. It is more than
/// anybody reads, and it bounds the work of finding the lines of a text that is all faults.
const FLAWS_MAX: usize = 200;

/// The text, and what was found wrong with it.
#[derive(Debug)]
pub(crate) struct Sink<'s> {
    text: &'s str,
    flaws: RefCell<Vec<Flaw>>,
    errors: Cell<usize>,
    warnings: Cell<usize>,
    places: RefCell<Places>,
    /// What the writer of the text read into the document, each with its place.
    readings: RefCell<Vec<(usize, Reading)>>,
    /// Every key that was asked for, behind the name of its kind of table.
    asked: RefCell<BTreeSet<String>>,
    /// The form of the text, once it is read.
    format: Cell<u32>,
}

/// Where each table of a text stands and which clause it has, by its path.
#[derive(Debug, Default)]
pub(crate) struct Places(BTreeMap<String, (usize, Option<Arc<str>>)>);

/// One table of the text.
#[derive(Debug)]
pub(crate) struct Table<'s> {
    sink: &'s Sink<'s>,
    /// Its path, empty for the document itself.
    pub(crate) path: String,
    /// Its kind: the keys that lead to it, whatever it is called.
    kind: String,
    at: usize,
    clause: Option<Arc<str>>,
    entries: RefCell<BTreeMap<&'s str, Entry<'s>>>,
    /// The keys that it may have, as far as they were asked for.
    asked: RefCell<BTreeSet<&'static str>>,
}

/// Where a table that is to be read stands, and what it is called.
struct Standing {
    path: String,
    kind: String,
    at: usize,
    clause: Option<Arc<str>>,
}

#[derive(Debug, Clone, Copy)]
struct Entry<'s> {
    at: usize,
    value: &'s Spanned<DeValue<'s>>,
}

impl<'s> Sink<'s> {
    pub(crate) fn new(text: &'s str) -> Self {
        Self {
            text,
            flaws: RefCell::default(),
            errors: Cell::new(0),
            warnings: Cell::new(0),
            places: RefCell::default(),
            readings: RefCell::default(),
            asked: RefCell::default(),
            format: Cell::new(1),
        }
    }

    /// Reads the document's own table; what it does not ask for is noted as unknown.
    pub(crate) fn document<T>(
        &'s self,
        table: &'s DeTable<'s>,
        read: impl FnOnce(&Table<'s>) -> Option<T>,
    ) -> Option<T> {
        let standing = Standing {
            path: String::new(),
            kind: String::new(),
            at: 0,
            clause: None,
        };
        self.read_table(standing, table, read)
    }

    /// The keys that the reader of the text asked for.
    pub(crate) fn keys(&self) -> BTreeSet<String> {
        self.asked.borrow().clone()
    }

    /// Notes a flaw at a byte of the text.
    pub(crate) fn note(&self, at: usize, key: &str, clause: Option<Arc<str>>, kind: FlawKind) {
        let count = match kind.severity() {
            Severity::Error => &self.errors,
            Severity::Warning => &self.warnings,
        };
        count.set(count.get().saturating_add(1));
        if count.get() > FLAWS_MAX {
            return;
        }
        self.flaws.borrow_mut().push(Flaw {
            place: Some(self.place(at)),
            key: key.to_owned(),
            clause,
            kind,
        });
    }

    /// Notes a flaw at the table of that path.
    pub(crate) fn note_at(&self, path: &str, kind: FlawKind) {
        let (at, clause) = self.places.borrow().find(path);
        self.note(at, path, clause, kind);
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.errors.get() > 0
    }

    /// The flaws in the order of their places, and where the tables stand.
    pub(crate) fn into_parts(self) -> (Vec<Flaw>, Places) {
        let end = self.place(self.text.len());
        let mut flaws = self.flaws.into_inner();
        flaws.sort_by_key(|flaw| flaw.place);
        // Behind all others, because they are about the rest of the text.
        let more = |count: usize, kind: fn(usize) -> FlawKind| {
            let left_out = count.checked_sub(FLAWS_MAX).filter(|more| *more > 0)?;
            Some(Flaw {
                place: Some(end),
                key: String::new(),
                clause: None,
                kind: kind(left_out),
            })
        };
        flaws.extend(more(self.errors.get(), |left_out| FlawKind::MoreErrors {
            left_out,
        }));
        flaws.extend(more(self.warnings.get(), |left_out| {
            FlawKind::MoreWarnings { left_out }
        }));
        (flaws, self.places.into_inner())
    }

    /// The line and column of a byte; places inside a character count as its beginning.
    pub(crate) fn place(&self, at: usize) -> Place {
        place(self.text, at)
    }

    fn read_table<T>(
        &'s self,
        standing: Standing,
        table: &'s DeTable<'s>,
        read: impl FnOnce(&Table<'s>) -> Option<T>,
    ) -> Option<T> {
        let mut entries = BTreeMap::new();
        let Standing {
            path,
            kind,
            at,
            mut clause,
        } = standing;
        for (key, value) in table {
            let name: &'s str = key.get_ref();
            if let ("clause", DeValue::String(text)) = (name, value.get_ref()) {
                clause = Some(Arc::from(text.as_ref()));
            }
            let at = key.span().start;
            entries.insert(name, Entry { at, value });
        }
        if !path.is_empty() {
            let mut places = self.places.borrow_mut();
            places.0.insert(path.clone(), (at, clause.clone()));
        }
        let table = Table {
            sink: self,
            path,
            kind,
            at,
            clause,
            entries: RefCell::new(entries),
            asked: RefCell::default(),
        };
        let found = read(&table);
        for (key, entry) in table.entries.take() {
            let key = key.to_owned();
            let near = near::closest(&key, table.asked.borrow().iter().copied());
            let near = near.map(str::to_owned);
            table.flaw_at(entry.at, FlawKind::UnknownKey { key, near });
        }
        found
    }
}

impl Places {
    /// Where a table stands, and its clause; the beginning of the text for one that has no place.
    /// A scheme has no clause of its own: its first rule's tells where in the document it is.
    pub(crate) fn find(&self, path: &str) -> (usize, Option<Arc<str>>) {
        let (at, clause) = self.0.get(path).cloned().unwrap_or_default();
        (at, clause.or_else(|| self.first_inside(path)))
    }

    fn first_inside(&self, path: &str) -> Option<Arc<str>> {
        let within = format!("{path}.");
        let inside = self.0.range(within.clone()..);
        let inside = inside.take_while(|(key, _)| key.starts_with(&within));
        let clauses = inside.filter_map(|(_, (at, clause))| Some((*at, clause.as_ref()?)));
        let first = clauses.min_by_key(|(at, _)| *at);
        first.map(|(_, clause)| Arc::clone(clause))
    }
}

/// The line and column of a byte of a text.
pub(crate) fn place(text: &str, at: usize) -> Place {
    let mut end = at.min(text.len());
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    let before = text.get(..end).unwrap_or_default();
    let line = before.bytes().filter(|byte| *byte == b'\n').count();
    let start = before
        .rfind('\n')
        .map_or(0, |found| found.saturating_add(1));
    let column = before.get(start..).unwrap_or_default().chars().count();
    Place {
        line: line.saturating_add(1),
        column: column.saturating_add(1),
    }
}

/// Taking keys. Nothing is noted for an optional key that is not there.
impl<'s> Table<'s> {
    fn take(&self, key: &'static str) -> Option<Entry<'s>> {
        self.ask(key);
        self.entries.borrow_mut().remove(key)
    }

    fn required(&self, key: &'static str) -> Option<Entry<'s>> {
        let found = self.take(key);
        if found.is_none() {
            self.flaw(FlawKind::MissingKey { key });
        }
        found
    }

    /// Notes that the table may have a key.
    fn ask(&self, key: &'static str) {
        if self.asked.borrow_mut().insert(key) {
            let name = match self.kind.as_str() {
                "" => key.to_owned(),
                kind => format!("{kind}.{key}"),
            };
            self.sink.asked.borrow_mut().insert(name);
        }
    }

    /// The form that the text is written in.
    pub(crate) fn format(&self) -> u32 {
        self.sink.format.get()
    }

    /// Says which form the text is written in.
    pub(crate) fn is_of_format(&self, format: u32) {
        self.sink.format.set(format);
    }

    /// What was read into the document, in the order of the text.
    pub(crate) fn readings(&self) -> Vec<Reading> {
        let mut readings = self.sink.readings.borrow().clone();
        readings.sort_by_key(|(at, _)| *at);
        readings.into_iter().map(|(_, reading)| reading).collect()
    }

    /// Whether a key is there and was not read yet.
    pub(crate) fn has(&self, key: &'static str) -> bool {
        self.ask(key);
        self.entries.borrow().contains_key(key)
    }

    /// Leaves the keys that were not read: what they mean hangs on a key that is wrong.
    pub(crate) fn leave_rest(&self) {
        self.entries.take();
    }

    /// Notes a flaw of the table as a whole.
    pub(crate) fn flaw(&self, kind: FlawKind) {
        self.flaw_at(self.at, kind);
    }

    /// Notes a flaw of another table, by its path.
    pub(crate) fn flaw_in(&self, path: &str, kind: FlawKind) {
        self.sink.note_at(path, kind);
    }

    /// Gives the table of `path` another path, if nothing has that yet.
    pub(crate) fn stands_also_as(&self, other: &str, path: &str) {
        let mut places = self.sink.places.borrow_mut();
        if !places.0.contains_key(other) {
            let found = places.find(path);
            places.0.insert(other.to_owned(), found);
        }
    }

    fn flaw_at(&self, at: usize, kind: FlawKind) {
        self.sink.note(at, &self.path, self.clause.clone(), kind);
    }

    fn wrong<T>(&self, entry: Entry<'s>, key: &'static str, shape: Shape) -> Option<T> {
        let at = entry.value.span().start;
        self.flaw_at(at, FlawKind::WrongShape { key, shape });
        None
    }

    /// Where a table under a key of this one stands.
    fn standing(&self, path: String, key: &str, at: usize) -> Standing {
        let kind = match self.kind.as_str() {
            "" => key.to_owned(),
            kind => format!("{kind}.{key}"),
        };
        let clause = self.clause.clone();
        Standing {
            path,
            kind,
            at,
            clause,
        }
    }

    fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }
}
