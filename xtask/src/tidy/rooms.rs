//! The rooms of the core: what stands in each, and which may know which.

use std::collections::BTreeMap;

use super::order::{declares, is_of_name};
use super::rust_text::code_only;
use super::{SourceFile, Violation};

const CORE: &str = "crates/ledger-core/src/";

/// The rooms, in an order in which each knows those before it alone, so that there is no circle.
const ROOMS: [&str; 16] = [
    "correction",
    "institution",
    "order",
    "class",
    "person",
    "policy",
    "account",
    "subsidy",
    "training",
    "certificate",
    "claim",
    "publicity",
    "award",
    "payment",
    "supervision",
    "recovery",
];

/// Rooms that know a later one, because the domain has a circle there: that a fact was annulled is
/// remembered at the person whom it was about, and asked for there before it is annulled.
const CIRCLES: [(&str, &str); 1] = [("correction", "person")];

/// What every room has.
const HAS: [&str; 4] = ["apply", "command", "event", "rules"];

/// The files of types, which the envelope of the same name hands on.
const ENVELOPES: [&str; 3] = ["command", "entity", "event"];

/// The room whose door is the form of a document, with the book of all documents: every rule is
/// written over them, so that they are shared and no part of the room.
const SHARED_DOOR: &str = "policy";
const SHARED_FORM: [&str; 2] = ["policy.rs", "policy/book"];

/// Reports a room that lacks a file or is not in the list, and one that knows a later room.
pub(crate) fn check(files: &[SourceFile]) -> Vec<Violation> {
    let core = files.iter().filter(|file| file.is_rust());
    let core = core.filter_map(|file| Some((file, file.path.strip_prefix(CORE)?)));
    let core: Vec<_> = core.collect();
    let mut found = check_files(&core);
    let (owners, methods) = (owners(&core), methods(&core));
    for (file, inside) in &core {
        if let Some(room) = room_of(inside) {
            found.extend(check_uses(file, room, &owners));
            found.extend(check_calls(file, room, &methods));
        }
    }
    found
}

/// The room that a file of the core belongs to: `class.rs` and all of `class/`.
fn room_of(inside: &str) -> Option<&'static str> {
    let first = inside.split('/').next()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    ROOMS.into_iter().find(|room| *room == name)
}

/// Each room has the files of a room, and whatever has them is in the list.
fn check_files(core: &[(&SourceFile, &str)]) -> Vec<Violation> {
    let mut found = Vec::new();
    for (file, inside) in core {
        let (folder, part) = inside.split_once('/').unwrap_or_default();
        let part = part.strip_suffix(".rs").unwrap_or(part);
        if HAS.contains(&part) && !ROOMS.contains(&folder) {
            found.push(file.violation(
                0,
                format!("`{folder}` looks like a room and is not in the list of rooms"),
            ));
        }
    }
    for room in ROOMS {
        for part in HAS {
            let path = format!("{room}/{part}.rs");
            if !core.iter().any(|(_, inside)| *inside == path) {
                let path = format!("{CORE}{path}");
                found.push(Violation::of(&path, "a room has this file".to_owned()));
            }
        }
    }
    found
}

/// The room of each type that an envelope hands on.
fn owners<'a>(core: &[(&'a SourceFile, &str)]) -> BTreeMap<&'a str, &'static str> {
    let mut owners = BTreeMap::new();
    for (file, inside) in core {
        let Some(room) = room_of(inside) else {
            continue;
        };
        let Some((_, part)) = inside.split_once('/') else {
            continue;
        };
        if ENVELOPES.iter().any(|it| part == format!("{it}.rs")) {
            for line in file.text.lines() {
                let kinds = ["struct", "enum", "type"].iter();
                owners.extend(
                    kinds
                        .filter_map(|kind| declares(line, kind))
                        .map(|it| (it, room)),
                );
            }
        }
    }
    owners
}

/// The room of each method that rooms offer to each other: a rule is often a method of the decision
/// in progress, which no import names. A name that several files declare says nothing.
fn methods<'a>(core: &[(&'a SourceFile, &str)]) -> BTreeMap<&'a str, &'static str> {
    let mut declared: BTreeMap<&str, Vec<Option<&str>>> = BTreeMap::new();
    for (file, inside) in core {
        for line in file.text.lines().map(str::trim_start) {
            let Some((before, rest)) = line.split_once("fn ") else {
                continue;
            };
            let end = rest.find(|c: char| !is_of_name(c));
            let name = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
            let is_offered = before.starts_with("pub");
            let is_shared = SHARED_FORM.iter().any(|form| inside.starts_with(form));
            let room = room_of(inside).filter(|_| is_offered && !is_shared);
            declared.entry(name).or_default().push(room);
        }
    }
    let of_a_room = declared
        .into_iter()
        .filter_map(|(name, rooms)| match rooms.as_slice() {
            [Some(room)] => Some((name, *room)),
            _ => None,
        });
    of_a_room.collect()
}

/// Reports the call of a method of a room that comes after the caller's.
fn check_calls(
    file: &SourceFile,
    room: &str,
    methods: &BTreeMap<&str, &'static str>,
) -> Vec<Violation> {
    let mut found = Vec::new();
    for (at, line) in code_only(&file.text).lines().enumerate() {
        for (before, after) in line.match_indices('.') {
            let name = line.get(before + after.len()..).unwrap_or_default();
            let end = name.find(|c: char| !is_of_name(c));
            let (name, rest) = name.split_at(end.unwrap_or(name.len()));
            let other = methods.get(name).filter(|_| rest.starts_with('('));
            if let Some(other) = other
                && is_later(other, room)
            {
                found.push(file.violation(
                    at,
                    format!("`{room}` knows `{other}` (`.{name}()`), which comes after it"),
                ));
            }
        }
    }
    found
}

/// Whether a room has to be unknown to another.
fn is_later(other: &str, room: &str) -> bool {
    let place = |room| ROOMS.iter().position(|it| *it == room);
    place(other) > place(room) && !CIRCLES.contains(&(room, other))
}

/// Reports what a file of a room takes from a room that comes after it.
fn check_uses(
    file: &SourceFile,
    room: &str,
    owners: &BTreeMap<&str, &'static str>,
) -> Vec<Violation> {
    let mut found = Vec::new();
    for (at, path) in paths(&code_only(&file.text)) {
        let mut parts = path.split("::").skip(1);
        let (first, second) = (parts.next().unwrap_or_default(), parts.next());
        let other = match second {
            Some(name) if ENVELOPES.contains(&first) => owners.get(name).copied(),
            _ if first == SHARED_DOOR => None,
            _ => ROOMS.into_iter().find(|it| *it == first),
        };
        if let Some(other) = other
            && is_later(other, room)
        {
            found.push(file.violation(
                at,
                format!("`{room}` knows `{other}` (`{path}`), which comes after it"),
            ));
        }
    }
    found
}

/// Every path that begins with `crate::`, with its line: imports taken apart, others as they are.
fn paths(code: &str) -> Vec<(usize, String)> {
    const ROOT: &str = "crate::";
    let mut found = Vec::new();
    for (start, _) in code.match_indices(ROOT) {
        let before = code.get(..start).unwrap_or_default();
        let line = before.matches('\n').count();
        let rest = code.get(start..).unwrap_or_default();
        let is_import = before.trim_end().ends_with("use");
        let end = if is_import {
            rest.find(';')
        } else {
            rest.find(|c: char| !(is_of_name(c) || c == ':'))
        };
        let tree = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        let tree: String = tree.chars().filter(|c| !c.is_whitespace()).collect();
        leaves("", &tree, &mut |path| found.push((line, path)));
    }
    found
}

/// The paths of an import: `a::{b, c::{d, e}}` is `a::b`, `a::c::d` and `a::c::e`.
fn leaves(prefix: &str, tree: &str, found: &mut impl FnMut(String)) {
    let Some((head, group)) = tree.split_once('{') else {
        found(format!("{prefix}{tree}"));
        return;
    };
    let prefix = format!("{prefix}{head}");
    let (mut depth, mut start) = (0_usize, 0);
    for (at, c) in group.char_indices() {
        let ends_the_group = c == '}' && depth == 0;
        if ends_the_group || (c == ',' && depth == 0) {
            let part = group.get(start..at).unwrap_or_default();
            if !part.is_empty() {
                leaves(&prefix, part, &mut *found);
            }
            start = at + 1;
        }
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found in a core of empty rooms with these files.
    fn found(changed: &[(&str, &str)]) -> Vec<String> {
        let rooms = ROOMS
            .iter()
            .flat_map(|room| HAS.map(|part| format!("{room}/{part}.rs")));
        let empty = rooms.filter(|path| !changed.iter().any(|(it, _)| it == path));
        let mut files: Vec<_> = empty
            .map(|path| SourceFile::new(&format!("{CORE}{path}"), "//! A.\n"))
            .collect();
        let changed = changed.iter().filter(|(_, text)| !text.is_empty());
        files.extend(changed.map(|(path, text)| SourceFile::new(&format!("{CORE}{path}"), text)));
        check(&files).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_room_has_the_files_of_a_room() {
        for (path, text, expected) in [
            ("claim/rules/person.rs", "//! A.\n", None),
            ("claim/entity.rs", "//! A.\n", None),
            ("policy/book/rates.rs", "//! A.\n", None),
            ("simulate/facts.rs", "//! A.\n", None),
            (
                "protest/rules.rs",
                "//! A.\n",
                Some(":1: `protest` looks like a room and is not in the list of rooms"),
            ),
            ("claim/apply.rs", "", Some(": a room has this file")),
        ] {
            let expected = expected.map(|it| format!("{CORE}{path}{it}"));
            assert_eq!(found(&[(path, text)]), Vec::from_iter(expected), "{path}");
        }
    }

    #[test]
    fn a_room_knows_those_before_it_alone() {
        let event = ("payment/event.rs", "pub struct Paid {}\n");
        let rule = (
            "award/rules.rs",
            "impl Deciding {\n    pub(crate) fn award(&self) {}\n}\n",
        );
        for (path, text, expected) in [
            ("recovery/rules.rs", "use crate::payment::find;\n", None),
            (
                "recovery/rules.rs",
                "use crate::event::{Event, Paid};\n",
                None,
            ),
            ("payment/rules/bank.rs", "use crate::event::Paid;\n", None),
            ("claim/rules.rs", "// use crate::payment::find;\n", None),
            (
                "claim/rules.rs",
                "use crate::{Fen, decide::{all, sink::Sink}};\n",
                None,
            ),
            ("correction/rules.rs", "use crate::person::has;\n", None),
            // The form of a document is what every rule is written over.
            ("person/rules.rs", "use crate::policy::Scheme;\n", None),
            (
                "claim/rules.rs",
                "use crate::payment::find;\n",
                Some(":1: `claim` knows `payment` (`crate::payment::find`), which comes after it"),
            ),
            (
                "claim.rs",
                "use crate::Fen;\nuse crate::{\n    event::{Event, Paid},\n};\n",
                Some(":2: `claim` knows `payment` (`crate::event::Paid`), which comes after it"),
            ),
            (
                "class/apply.rs",
                "fn f() {\n    crate::award::with(1);\n}\n",
                Some(":2: `class` knows `award` (`crate::award::with`), which comes after it"),
            ),
            (
                "payment/rules.rs",
                "fn f() {\n    self.award(1);\n}\n",
                None,
            ),
            ("claim/rules.rs", "fn f() {\n    self.award;\n}\n", None),
            (
                "claim/rules.rs",
                "fn f() {\n    self\n        .award(1);\n}\n",
                Some(":3: `claim` knows `award` (`.award()`), which comes after it"),
            ),
        ] {
            let expected = expected.map(|it| format!("{CORE}{path}{it}"));
            let found = found(&[event, rule, (path, text)]);
            assert_eq!(found, Vec::from_iter(expected), "{path}: {text}");
        }
    }
}
