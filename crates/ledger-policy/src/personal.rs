//! Personal data in a draft: in its text as it stands, comments included, and in what the text
//! means, where escapes spell other characters.

use crate::flaw::FlawKind;
use crate::reader::Sink;
use ledger_core::personal_data::find_in_text;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Notes each line and each value that holds personal data; the flaw does not repeat it.
pub(crate) fn check(text: &str, table: &DeTable<'_>, sink: &Sink<'_>) {
    let mut at = 0usize;
    for line in text.split_inclusive('\n') {
        note(line, at, sink);
        at = at.saturating_add(line.len());
    }
    // What an escape or a continued line spells is seen in the value only.
    if text.contains('\\') {
        check_table(table, sink);
    }
}

fn check_table(table: &DeTable<'_>, sink: &Sink<'_>) {
    for (key, value) in table {
        note(key.get_ref(), key.span().start, sink);
        check_value(value, sink);
    }
}

fn check_value(value: &Spanned<DeValue<'_>>, sink: &Sink<'_>) {
    match value.get_ref() {
        DeValue::String(text) => note(text, value.span().start, sink),
        DeValue::Array(values) => values.iter().for_each(|value| check_value(value, sink)),
        DeValue::Table(table) => check_table(table, sink),
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {}
    }
}

fn note(text: &str, at: usize, sink: &Sink<'_>) {
    if let Some(found) = find_in_text(text) {
        sink.note(at, "", None, FlawKind::PersonalData { found });
    }
}
