//! JSON text that says one thing: no key stands twice, and none holds what cannot be seen.

use std::collections::HashSet;
use std::fmt;

use ledger_core::personal_data::is_shown;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Reads the values of a text, one after the other. Line ends are those of an editor: CR LF, LF and
/// CR alone.
///
/// # Errors
///
/// Says what is wrong, with line and column: no JSON; a key that stands twice in one object, also
/// with other escapes, or in the spelling of the contract beside that of its JSON; a key, or a text
/// outside notes, with a character that cannot be seen. It never repeats a value.
pub fn read_values(text: &str) -> Result<Vec<Value>, serde_json::Error> {
    // A line end inside of a text is no JSON, so that nothing but the count of lines changes.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let values = serde_json::Deserializer::from_str(&text).into_iter::<Strict>();
    let read = values.map(|value| value.map(|Strict(value)| value));
    read.collect::<Result<_, _>>()
        .map_err(|error| seen_or_not(&text, error))
}

/// Names a character between values that nobody can see, where an error says that no value begins.
fn seen_or_not(text: &str, error: serde_json::Error) -> serde_json::Error {
    let (line, column) = (error.line(), error.column());
    let lines = text.split('\n').nth(line.saturating_sub(1));
    // Columns count bytes, and an error may stand in the middle of a character.
    let begin = lines.map(|it| it.floor_char_boundary(column.saturating_sub(1)));
    let found = lines
        .zip(begin)
        .and_then(|(it, begin)| it.get(begin..)?.chars().next());
    match found {
        Some(character) if error.is_syntax() && is_invisible(character) => {
            <serde_json::Error as de::Error>::custom(format_args!(
                "U+{:04X}, which cannot be seen, stands there at line {line} column {column}",
                u32::from(character)
            ))
        }
        _ => error,
    }
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader).map(Self)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut found = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            if let Some((place, character)) = item.as_str().and_then(invisible_character) {
                let number = found.len().saturating_add(1);
                return Err(de::Error::custom(format_args!(
                    "item {number} of a list: character {place} is U+{:04X}, which cannot be seen",
                    u32::from(character)
                )));
            }
            found.push(item);
        }
        Ok(Value::Array(found))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let (mut found, mut names) = (Map::new(), HashSet::new());
        while let Some(key) = entries.next_key::<String>()? {
            if let Some((place, character)) = invisible_character(&key) {
                return Err(de::Error::custom(format_args!(
                    "character {place} of a key is U+{:04X}, which cannot be seen",
                    u32::from(character)
                )));
            }
            if !names.insert(key.replace('_', "").to_ascii_lowercase()) {
                let shown = shown(&key);
                return Err(de::Error::custom(format_args!(
                    "{shown} stands there twice"
                )));
            }
            let Strict(value) = entries.next_value()?;
            if let Some((place, character)) = value.as_str().and_then(invisible_character) {
                return Err(de::Error::custom(format_args!(
                    "{}: character {place} is U+{:04X}, which cannot be seen",
                    shown(&key),
                    u32::from(character)
                )));
            }
            found.insert(key, value);
        }
        Ok(Value::Object(found))
    }
}

/// A key as an error may show it: one that looks like a name of a field.
fn shown(key: &str) -> String {
    let is_name = |it: char| it.is_ascii_alphabetic() || it == '_';
    match key.len() <= 64 && key.chars().all(is_name) {
        true => format!("the key {key}"),
        false => "a key".to_owned(),
    }
}

/// The first character of a text that cannot be seen, and its place from 1. Line ends and tabs are
/// none, because texts of policies have them.
#[must_use]
pub fn invisible_character(text: &str) -> Option<(usize, char)> {
    (1..).zip(text.chars()).find(|(_, it)| is_invisible(*it))
}

/// Whether a character cannot be seen, where texts may have line ends and tabs.
fn is_invisible(character: char) -> bool {
    !matches!(character, '\t' | '\n' | '\r') && !is_shown(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_they_are() {
        let text =
            r#"{"a": [1, -2, 3.5, true, null, "x\ty", {}], "b": {"a": 18446744073709551615}}"#;
        let expected: Value = serde_json::from_str(text).unwrap();
        assert_eq!(read_values(text).unwrap(), std::slice::from_ref(&expected));
        let twice = format!("{text}\r{text}");
        assert_eq!(read_values(&twice).unwrap(), [expected.clone(), expected]);
        assert!(read_values("").unwrap().is_empty());
    }

    #[test]
    fn values_within_values_have_a_bound() {
        for (depth, expected) in [(100, true), (128, false), (100_000, false)] {
            let text = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
            let found = read_values(&text).map_err(|error| error.to_string());
            assert_eq!(found.is_ok(), expected, "{depth}: {found:?}");
            let Err(error) = found else { continue };
            assert!(error.starts_with("recursion limit exceeded"), "{error}");
        }
    }

    #[test]
    fn a_key_stands_once_and_can_be_seen() {
        for (text, expected) in [
            (
                r#"{"a": 1, "a": 1}"#,
                "the key a stands there twice at line 1 column 12",
            ),
            (
                "{\"b\":\r\n[{\"a\": 1,\r\n\"a\": 2}]}",
                "the key a stands there twice at line 3",
            ),
            (
                "{\"b\":\r1}\r{\"a\": 1, \"a\": 2}",
                "the key a stands there twice at line 3",
            ),
            (r#"{"a": 1, "\u0061": 2}"#, "the key a stands there twice"),
            (
                r#"{"classId": null, "class_id": "x"}"#,
                "the key class_id stands there twice",
            ),
            (
                r#"{"Class_Id": 1, "classId": 2}"#,
                "the key classId stands there twice",
            ),
            (r#"{"370199": 1, "370199": 2}"#, "a key stands there twice"),
            (
                "{\"person\u{200b}Key\": 1}",
                "character 7 of a key is U+200B, which cannot be seen",
            ),
            (
                r#"{"person\u200bKey": 1}"#,
                "character 7 of a key is U+200B, which cannot be seen",
            ),
            (
                "{\"personKey\": \"01\u{feff}\"}",
                "the key personKey: character 3 is U+FEFF, which",
            ),
            (
                "{\"keys\": [\"01\",\n\"0\u{200b}1\"]}",
                "item 2 of a list: character 2 is U+200B, which cannot be seen at line 2",
            ),
            (
                r#"[[{"a": ["b", ["\u202ec"]]}]]"#,
                "item 1 of a list: character 1 is U+202E, which",
            ),
            (
                r#"{"a": [[{"b": [{"c": 1, "\u0063": 2}]}]]}"#,
                "the key c stands there twice",
            ),
            (
                "{\"a\": 1}\n\u{feff}{\"a\": 2}",
                "U+FEFF, which cannot be seen, stands there at line 2",
            ),
            (
                "{\"a\": \u{200b}1}",
                "U+200B, which cannot be seen, stands there at line 1 column 7",
            ),
            (r#"{"a": 1e400}"#, "number out of range"),
            (r#"{"a": NaN}"#, "expected value"),
            (r#"{"a": -Infinity}"#, "invalid number"),
            ("{\"a\": ", "EOF while parsing a value at line 1 column 6"),
        ] {
            let found = read_values(text).unwrap_err().to_string();
            assert!(found.starts_with(expected), "{text}: {found}");
        }
    }

    /// The same characters as in the texts of commands, but for line ends and tabs.
    #[test]
    fn what_cannot_be_seen_is_refused_by_its_properties() {
        for character in ('\u{0}'..=char::MAX).filter(|it| !is_shown(*it)) {
            let is_blank = matches!(character, '\t' | '\n' | '\r');
            let found = invisible_character(&format!("x{character}"));
            assert_eq!(found.is_none(), is_blank, "{:04X}", u32::from(character));
        }
        for hidden in [
            '\u{fe0f}',
            '\u{e0100}',
            '\u{fff9}',
            '\u{fffa}',
            '\u{fffb}',
            '\u{2028}',
        ] {
            let found = read_values(&format!("{{\"a\": \"葛{hidden}\"}}")).unwrap_err();
            let expected = format!("the key a: character 2 is U+{:04X}, ", u32::from(hidden));
            assert!(found.to_string().starts_with(&expected), "{found}");
        }
        for shown in ['a', '鲁', '\u{3000}', '\u{600}', '\u{fffd}', '\n'] {
            assert_eq!(invisible_character(&shown.to_string()), None);
        }
    }
}
