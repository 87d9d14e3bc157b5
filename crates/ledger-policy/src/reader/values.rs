//! Plain values of a table: texts, numbers, dates, amounts.

use super::{Entry, Table};
use crate::flaw::{FlawKind, Shape};
use ledger_core::ids::TextError;
use ledger_core::{BusinessDate, Division, Fen, Occupation, Reference, SchemeId};
use std::ops::RangeInclusive;
use std::sync::Arc;
use toml::de::DeValue;

/// Nothing is noted for an optional key that is not there.
impl<'s> Table<'s> {
    pub(crate) fn text(&self, key: &'static str) -> Option<&'s str> {
        let entry = self.required(key)?;
        self.text_of(entry, key, Shape::Text)
    }

    pub(super) fn text_of(
        &self,
        entry: Entry<'s>,
        key: &'static str,
        shape: Shape,
    ) -> Option<&'s str> {
        match entry.value.get_ref() {
            DeValue::String(text) => Some(text.as_ref()),
            _ => self.wrong(entry, key, shape),
        }
    }

    /// Text that goes into events and citations: the bounds of a reference hold. Personal data is
    /// looked for in the whole text of a draft, and not again in a text that was published.
    pub(crate) fn reference(&self, key: &'static str) -> Option<Arc<str>> {
        let parse = |text: &str| match Reference::parse(text) {
            Err(TextError::PersonalData(_)) => Some(Reference::from_record(text)),
            Err(TextError::InvisibleCharacter) if !text.chars().any(is_invisible) => {
                Some(Reference::from_record(text))
            }
            checked => checked.ok(),
        };
        let found = self.parsed(self.required(key)?, key, Shape::Reference, parse)?;
        Some(Arc::from(found.as_str()))
    }

    pub(super) fn parsed<T>(
        &self,
        entry: Entry<'s>,
        key: &'static str,
        shape: Shape,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text_of(entry, key, shape)?;
        parse(text).or_else(|| self.wrong(entry, key, shape))
    }

    /// A text of another form, which may be absent.
    pub(crate) fn optional<T>(
        &self,
        key: &'static str,
        shape: Shape,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        self.parsed(self.take(key)?, key, shape, parse)
    }

    pub(crate) fn scheme_id(&self, key: &'static str) -> Option<SchemeId> {
        let parse = |text: &str| SchemeId::parse(text).ok();
        self.parsed(self.required(key)?, key, Shape::Name, parse)
    }

    pub(crate) fn occupation(&self, key: &'static str) -> Option<Occupation> {
        let parse = |text: &str| Occupation::parse(text).ok();
        self.parsed(self.required(key)?, key, Shape::Occupation, parse)
    }

    pub(crate) fn name<T>(
        &self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        self.parsed(self.required(key)?, key, Shape::Name, parse)
    }

    pub(crate) fn number(&self, key: &'static str, range: RangeInclusive<u32>) -> Option<u32> {
        let entry = self.required(key)?;
        self.number_of(entry, key, range)
    }

    pub(crate) fn optional_number(
        &self,
        key: &'static str,
        range: RangeInclusive<u32>,
    ) -> Option<u32> {
        let entry = self.take(key)?;
        self.number_of(entry, key, range)
    }

    fn number_of(
        &self,
        entry: Entry<'s>,
        key: &'static str,
        range: RangeInclusive<u32>,
    ) -> Option<u32> {
        let DeValue::Integer(integer) = entry.value.get_ref() else {
            return self.wrong(entry, key, Shape::Number);
        };
        let number = u32::from_str_radix(integer.as_str(), integer.radix()).ok();
        let within = number.filter(|number| range.contains(number));
        if within.is_none() {
            let (first, last) = (*range.start(), *range.end());
            let found = integer.to_string();
            let at = entry.value.span().start;
            self.flaw_at(
                at,
                FlawKind::OutOfRange {
                    key,
                    found,
                    first,
                    last,
                },
            );
        }
        within
    }

    pub(crate) fn flag(&self, key: &'static str) -> Option<bool> {
        let entry = self.required(key)?;
        self.flag_of(entry, key)
    }

    /// A flag that is off when it is absent.
    pub(crate) fn optional_flag(&self, key: &'static str) -> bool {
        let found = self.take(key);
        found.and_then(|entry| self.flag_of(entry, key)) == Some(true)
    }

    fn flag_of(&self, entry: Entry<'s>, key: &'static str) -> Option<bool> {
        match entry.value.get_ref() {
            DeValue::Boolean(flag) => Some(*flag),
            _ => self.wrong(entry, key, Shape::Flag),
        }
    }

    pub(crate) fn date(&self, key: &'static str) -> Option<BusinessDate> {
        let entry = self.required(key)?;
        self.date_of(entry, key)
    }

    pub(crate) fn optional_date(&self, key: &'static str) -> Option<BusinessDate> {
        let entry = self.take(key)?;
        self.date_of(entry, key)
    }

    fn date_of(&self, entry: Entry<'s>, key: &'static str) -> Option<BusinessDate> {
        let date = match entry.value.get_ref() {
            DeValue::Datetime(found) if found.time.is_none() && found.offset.is_none() => {
                found.date
            }
            _ => None,
        };
        let date = date.and_then(|date| {
            let (month, day) = (u32::from(date.month), u32::from(date.day));
            BusinessDate::from_ymd(i32::from(date.year), month, day)
        });
        date.or_else(|| self.wrong(entry, key, Shape::Date))
    }

    pub(crate) fn division(&self, key: &'static str) -> Option<Division> {
        let entry = self.required(key)?;
        let DeValue::Integer(integer) = entry.value.get_ref() else {
            return self.wrong(entry, key, Shape::Division);
        };
        let code = u32::from_str_radix(integer.as_str(), integer.radix()).ok();
        let division = code.and_then(|code| Division::new(code).ok());
        division.or_else(|| self.wrong(entry, key, Shape::Division))
    }

    /// An amount in yuan, as text: documents print yuan, and text is exact to the fen.
    pub(crate) fn amount(&self, key: &'static str, limit: Fen) -> Option<Fen> {
        let entry = self.required(key)?;
        let at = entry.value.span().start;
        let DeValue::String(text) = entry.value.get_ref() else {
            self.flaw_at(at, FlawKind::AmountNotText { key });
            return None;
        };
        match Fen::parse_yuan(text) {
            Ok(amount) if amount.is_positive() && amount <= limit => Some(amount),
            Ok(_) => {
                let limit_fen = limit.get();
                self.flaw_at(at, FlawKind::AmountOutOfRange { key, limit_fen });
                None
            }
            Err(error) => {
                self.flaw_at(at, FlawKind::AmountNotFen { key, error });
                None
            }
        }
    }
}

/// The characters that the first version refused: a text that compiled once compiles for ever. Of
/// what is refused since, the rules do not publish what stands in a reference.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{e0000}'..='\u{e007f}'
        )
}
