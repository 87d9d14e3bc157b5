//! Personal data in a draft: in each line of its text as it stands, comments included; in comments
//! that go on over lines; and in what the text means, where escapes spell other characters and a
//! text goes on over lines.
//!
//! Lines with keys are not read together: an amount below a date below a division would be taken
//! for an identity number once in eleven.

use crate::flaw::FlawKind;
use crate::reader::Sink;
use ledger_core::personal_data::find_in_text;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// Notes each line, comment and value that holds personal data; the flaw does not repeat it.
pub(crate) fn check(text: &str, table: &DeTable<'_>, sink: &Sink<'_>) {
    let mut comments = Comments::default();
    let mut at = 0usize;
    for line in text.split_inclusive('\n') {
        let is_found = note(line, at, sink);
        match line.trim_start().strip_prefix('#') {
            Some(_) if is_found => comments = Comments::default(),
            Some(comment) => comments.add(comment, at),
            None => std::mem::take(&mut comments).check(sink),
        }
        at = at.saturating_add(line.len());
    }
    comments.check(sink);
    let values = Values {
        text,
        has_escapes: text.contains('\\'),
        sink,
    };
    values.check_table(table);
}

/// Comments on lines that follow one another.
#[derive(Debug, Default)]
struct Comments {
    text: String,
    at: usize,
}

impl Comments {
    fn add(&mut self, comment: &str, at: usize) {
        if self.text.is_empty() {
            self.at = at;
        }
        self.text.push_str(comment.trim_start_matches('#'));
        // The last line of a text may have no end.
        if !comment.ends_with('\n') {
            self.text.push('\n');
        }
    }

    fn check(self, sink: &Sink<'_>) {
        if self.text.lines().nth(1).is_some() {
            note(&self.text, self.at, sink);
        }
    }
}

/// What the text means. What stands in one line without escapes was seen in that line.
struct Values<'t> {
    text: &'t str,
    has_escapes: bool,
    sink: &'t Sink<'t>,
}

impl Values<'_> {
    fn check_table(&self, table: &DeTable<'_>) {
        for (key, value) in table {
            if self.has_escapes {
                note(key.get_ref(), key.span().start, self.sink);
            }
            self.check_value(value);
        }
    }

    fn check_value(&self, value: &Spanned<DeValue<'_>>) {
        let span = value.span();
        let spans_lines = || {
            self.text
                .get(value.span())
                .is_some_and(|it| it.contains('\n'))
        };
        match value.get_ref() {
            DeValue::String(text) if self.has_escapes || spans_lines() => {
                note(text, span.start, self.sink);
            }
            DeValue::Array(values) => {
                if !(spans_lines() && self.check_list(values, span.start)) {
                    values.iter().for_each(|value| self.check_value(value));
                }
            }
            DeValue::Table(table) => self.check_table(table),
            // Digits of another base show no number to whoever reads the line.
            DeValue::Integer(integer) if integer.radix() != 10 => {
                let value = u128::from_str_radix(integer.as_str(), integer.radix());
                if let Ok(value) = value {
                    note(&value.to_string(), span.start, self.sink);
                }
            }
            DeValue::Float(float) => self.check_float(float.as_str(), span.start),
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_) => {}
        }
    }

    /// Whether a list that goes on over lines, with the lists in it, holds anything, which is then
    /// noted: its texts one below the other, and all of it as in one line.
    fn check_list(&self, values: &DeArray<'_>, at: usize) -> bool {
        let mut parts = Vec::new();
        leaves(values, &mut parts);
        let join = |parts: Vec<&str>, between| match parts.len() {
            0 | 1 => false,
            _ => note(&parts.join(between), at, self.sink),
        };
        let texts = parts.iter().filter(|(is_text, _)| *is_text);
        let texts = texts.map(|(_, part)| *part).collect();
        join(texts, "\n") || join(parts.into_iter().map(|(_, part)| part).collect(), ", ")
    }

    /// A number with an exponent, as the integer that it is.
    fn check_float(&self, text: &str, at: usize) {
        let value = text.contains(['e', 'E']).then(|| text.parse::<f64>().ok());
        if let Some(value) = value.flatten().filter(|it| it.abs() < INTEGER_END) {
            note(&format!("{value:.0}"), at, self.sink);
        }
    }
}

/// The numbers from here on have more digits than any that is looked for.
const INTEGER_END: f64 = 1e20;

/// The texts and integers of a list and of the lists in it, each with whether it is a text.
fn leaves<'v>(values: &'v DeArray<'_>, parts: &mut Vec<(bool, &'v str)>) {
    for value in values {
        match value.get_ref() {
            DeValue::String(text) => parts.push((true, text)),
            DeValue::Integer(integer) => parts.push((false, integer.as_str())),
            DeValue::Array(values) => leaves(values, parts),
            _ => {}
        }
    }
}

/// Whether there was anything to note.
fn note(text: &str, at: usize, sink: &Sink<'_>) -> bool {
    let found = find_in_text(text);
    if let Some(found) = found {
        sink.note(at, "", None, FlawKind::PersonalData { found });
    }
    found.is_some()
}
