//! Tells code, comments and literals of a Rust source apart, as far as the tidy rules need it.

/// What a character belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Anything the compiler reads as code, quotation marks included.
    Code,
    /// A line or block comment, documentation included.
    Comment,
    /// The content of a string or character literal.
    Literal,
}

/// Classifies every character of `text`; the result has one entry per character.
///
/// A scanner, not a parser: it follows nested block comments, escapes, raw strings and the
/// difference between a lifetime and a character literal, and nothing more.
pub(crate) fn classify(text: &str) -> Vec<(char, Kind)> {
    let mut scanner = Scanner {
        rest: text,
        out: Vec::with_capacity(text.len()),
    };
    while !scanner.rest.is_empty() {
        scanner.step();
    }
    scanner.out
}

/// Returns `text` with comments and literals blanked out, so that columns and lines stay.
pub(crate) fn code_only(text: &str) -> String {
    classify(text)
        .into_iter()
        .map(|(c, kind)| {
            if kind == Kind::Code || c == '\n' {
                c
            } else {
                ' '
            }
        })
        .collect()
}

/// Says whether `word`, an identifier or a path, stands in `code` on its own.
pub(crate) fn has_word(code: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(start, _)| {
        let before = code.get(..start).and_then(|text| text.chars().next_back());
        let after = code
            .get(start + word.len()..)
            .and_then(|text| text.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

struct Scanner<'a> {
    rest: &'a str,
    out: Vec<(char, Kind)>,
}

impl Scanner<'_> {
    fn step(&mut self) {
        if self.rest.starts_with("//") {
            let end = self.rest.find('\n').unwrap_or(self.rest.len());
            self.take(end, Kind::Comment);
        } else if self.rest.starts_with("/*") {
            let end = block_comment_end(self.rest);
            self.take(end, Kind::Comment);
        } else if let Some(hashes) = raw_string_hashes(self.rest, self.follows_identifier()) {
            self.take_raw_string(hashes);
        } else if self.rest.starts_with('"') {
            self.take_quoted('"');
        } else if starts_character(self.rest) {
            self.take_quoted('\'');
        } else {
            let width = self.rest.chars().next().map_or(0, char::len_utf8);
            self.take(width, Kind::Code);
        }
    }

    fn take(&mut self, bytes: usize, kind: Kind) {
        let (taken, rest) = self.rest.split_at(bytes);
        self.out.extend(taken.chars().map(|c| (c, kind)));
        self.rest = rest;
    }

    fn take_quoted(&mut self, quote: char) {
        self.take(1, Kind::Code);
        let end = quoted_end(self.rest, quote);
        self.take(end, Kind::Literal);
        self.take(1.min(self.rest.len()), Kind::Code);
    }

    fn take_raw_string(&mut self, hashes: usize) {
        self.take("r\"".len() + hashes, Kind::Code);
        let close = format!("\"{}", "#".repeat(hashes));
        let end = self.rest.find(&close).unwrap_or(self.rest.len());
        self.take(end, Kind::Literal);
        self.take(close.len().min(self.rest.len()), Kind::Code);
    }

    /// True in the middle of a word, where an `r` does not open a raw string.
    fn follows_identifier(&self) -> bool {
        // The `b` of a raw byte string is part of the literal, not of a name.
        let mut before = self.out.iter().rev().map(|(c, _)| *c);
        match before.next() {
            Some('b') => before
                .next()
                .is_some_and(|c| c.is_alphanumeric() || c == '_'),
            Some(c) => c.is_alphanumeric() || c == '_',
            None => false,
        }
    }
}

fn raw_string_hashes(rest: &str, follows_identifier: bool) -> Option<usize> {
    let after = rest.strip_prefix('r').filter(|_| !follows_identifier)?;
    let body = after.trim_start_matches('#');
    body.starts_with('"').then(|| after.len() - body.len())
}

/// Tells `'a'` and `'\n'` from the lifetime `'a`.
fn starts_character(rest: &str) -> bool {
    let mut chars = rest.chars();
    chars.next() == Some('\'')
        && match chars.next() {
            Some('\\') => true,
            Some(_) => chars.next() == Some('\''),
            None => false,
        }
}

fn quoted_end(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at,
            _ => {}
        }
    }
    rest.len()
}

fn block_comment_end(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(tail) = rest.get(at..).filter(|tail| !tail.is_empty()) {
        let width = if tail.starts_with("/*") {
            depth += 1;
            2
        } else if tail.starts_with("*/") {
            depth -= 1;
            2
        } else {
            tail.chars().next().map_or(1, char::len_utf8)
        };
        at += width;
        if depth == 0 {
            break;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_blanked() {
        for (text, expected) in [
            ("a // b\nc", "a     \nc"),
            ("a /* b /* c */ d */ e", "a                   e"),
            (r#"f("a // b")"#, r#"f("      ")"#),
            (r#"f("a\"b", c)"#, r#"f("    ", c)"#),
            (r##"f(r#"a"b"#, c)"##, r##"f(r#"   "#, c)"##),
            (r##"f(br"a", c)"##, r##"f(br" ", c)"##),
            ("&'a str", "&'a str"),
            (r"['a', '\'', 'b']", r"[' ', '  ', ' ']"),
            ("var\"x\"", "var\" \""),
            ("\"open", "\"    "),
        ] {
            assert_eq!(code_only(text), expected, "{text}");
        }
    }

    #[test]
    fn words_are_whole() {
        for (code, word, expected) in [
            ("use std::fs;", "std::fs", true),
            ("use std::fsync;", "std::fs", false),
            ("use mystd::fs;", "std::fs", false),
            ("sleep(ms)", "sleep", true),
            ("asleep(ms)", "sleep", false),
        ] {
            assert_eq!(has_word(code, word), expected, "{code}");
        }
    }
}
