//! The order of the items of a file.

use super::rust_text::code_only;
use super::{SourceFile, Violation};
use std::collections::BTreeSet;

/// Reports an import that stands below other items: a reader looks for all of them at the top. The
/// names of an enum's own variants may be brought in right below the enum.
pub(crate) fn check_imports(file: &SourceFile) -> Vec<Violation> {
    if !file.is_rust() {
        return Vec::new();
    }
    let code = code_only(&file.text);
    let own: Vec<_> = code
        .lines()
        .filter_map(|line| declares(line, "enum"))
        .collect();
    let mut found = Vec::new();
    let mut is_below = false;
    for (at, line) in code.lines().enumerate() {
        is_below |= ITEMS.iter().any(|item| declares(line, item).is_some());
        let is_import = line.starts_with("use ") && !brings_in_variants(line, &own);
        if is_below && is_import {
            found.push(file.violation(at, "an import stands below other items".to_owned()));
        }
    }
    found
}

/// Reports the impl of a type that is declared further below.
pub(crate) fn check_types(file: &SourceFile) -> Vec<Violation> {
    if !file.is_rust() {
        return Vec::new();
    }
    let code = code_only(&file.text);
    let declared = |line| TYPES.iter().find_map(|item| declares(line, item));
    let mut below: BTreeSet<&str> = code.lines().filter_map(declared).collect();
    let mut found = Vec::new();
    for (at, line) in code.lines().enumerate() {
        if let Some(name) = declared(line) {
            below.remove(name);
        }
        if let Some(name) = implemented(line).filter(|name| below.contains(name)) {
            found.push(file.violation(at, format!("`{name}` is declared below its impl")));
        }
    }
    found
}

/// Whether an import names the variants of an enum of this file.
fn brings_in_variants(line: &str, own: &[&str]) -> bool {
    let path = line
        .strip_prefix("use ")
        .and_then(|path| path.split_once("::"));
    path.is_some_and(|(first, _)| own.contains(&first))
}

/// The items that declare a type.
const TYPES: [&str; 3] = ["struct", "enum", "union"];

/// The items below which no import stands. Modules and constants may stand before imports.
const ITEMS: [&str; 6] = ["struct", "enum", "union", "trait", "fn", "type"];

/// The name that a line declares with a keyword, outside of any block.
pub(super) fn declares<'a>(line: &'a str, keyword: &str) -> Option<&'a str> {
    let mut rest = line;
    if let Some(public) = rest.strip_prefix("pub") {
        rest = match public.strip_prefix('(') {
            Some(scoped) => scoped.split_once(") ")?.1,
            None => public.strip_prefix(' ')?,
        };
    }
    for word in ["const ", "async "] {
        rest = rest.strip_prefix(word).unwrap_or(rest);
    }
    let named = rest.strip_prefix(keyword)?.strip_prefix(' ')?;
    named.split(|c: char| !is_of_name(c)).next()
}

/// The type that a line begins an impl of, outside of any block.
fn implemented(line: &str) -> Option<&str> {
    let mut rest = line.strip_prefix("impl")?;
    if rest.starts_with('<') {
        rest = after_generics(rest);
    }
    let rest = rest.strip_prefix(' ')?;
    let subject = rest
        .split_once(" for ")
        .map_or(rest, |(_, subject)| subject);
    let subject = subject.trim_start_matches('&');
    subject.split(|c: char| !is_of_name(c)).next()
}

fn after_generics(text: &str) -> &str {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return text.get(at + 1..).unwrap_or_default();
        }
    }
    ""
}

pub(super) fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(rule: fn(&SourceFile) -> Vec<Violation>, text: &str) -> Vec<String> {
        let found = rule(&SourceFile::new("a.rs", text));
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_type_stands_before_its_impls() {
        let none: &[&str] = &[];
        for (text, expected) in [
            ("struct A;\nimpl A {}\n", none),
            (
                "impl A {}\nstruct A;\n",
                &["a.rs:1: `A` is declared below its impl"],
            ),
            (
                "impl<T: Into<B>> From<T> for A<T> {}\n\npub(crate) enum A<T> {}\n",
                &["a.rs:1: `A` is declared below its impl"],
            ),
            // The type of another file, and a type of a function's own.
            ("impl fmt::Display for B {}\nstruct A;\n", none),
            ("impl A {}\nfn f() {\n    struct A;\n}\n", none),
            ("// impl A\nstruct A;\nimpl Clone for A {}\n", none),
        ] {
            assert_eq!(found(check_types, text), expected, "{text}");
        }
    }

    #[test]
    fn imports_stand_above_everything_else() {
        let none: &[&str] = &[];
        for (text, expected) in [
            ("mod a;\nuse std::fmt;\npub use a::B;\nstruct A;\n", none),
            ("const A: u8 = 1;\nuse std::fmt;\n", none),
            (
                "pub(super) const fn f() {}\nuse std::fmt;\n",
                &["a.rs:2: an import stands below other items"],
            ),
            ("fn f() {\n    use std::fmt;\n}\n", none),
            ("struct A;\n// use std::fmt;\n", none),
            ("enum A {}\nuse A::{B, C};\n", none),
        ] {
            assert_eq!(found(check_imports, text), expected, "{text}");
        }
    }
}
