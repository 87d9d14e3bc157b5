//! The primitives of the engine's private encodings: varints, options, lists.
//!
//! Everything that the engine derives from the log is written by hand with these, because no
//! domain type is serialisable by itself. The encodings are private: each starts with a version,
//! and may change together with a rebuild.
//!
//! Long: one encoding for each type that entities are made of.

use ledger_core::coded::{ClassForm, Group, Sex, TrainingKind};
use ledger_core::{
    AccountKey, AccountKind, ActionId, AwardId, BusinessDate, CaseId, CertificateKind,
    CertificateNumber, ClassId, ClawbackId, CreditCode, DisbursementId, Division, EventId, Fen,
    FindingId, FundSource, Occupation, OrderId, PersonKey, Position, QualificationId, RecordedTime,
    Reference, RequestId, SchemeId, SectorId, SkillLevel,
};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;
use thiserror::Error;

/// Why stored bytes cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CodecError {
    /// The bytes were written by a version of this software that is not known here.
    #[error("encoding version {version} is unknown")]
    UnknownVersion {
        /// The leading byte.
        version: u8,
    },
    /// The bytes end before the value does.
    #[error("value ends too early")]
    Truncated,
    /// Bytes are left after the value.
    #[error("value is followed by {bytes} bytes that do not belong to it")]
    Trailing {
        /// How many are left.
        bytes: usize,
    },
    /// A field holds what its type does not allow.
    #[error("{field} is malformed")]
    Malformed {
        /// The type of the field.
        field: &'static str,
    },
}

/// A value that is part of a private encoding.
pub(crate) trait Wire: Sized {
    /// Appends the value.
    fn put(&self, out: &mut Vec<u8>);

    /// Reads a value that [`put`](Self::put) wrote.
    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError>;

    /// Appends the items of a list whose count is known; types may use their neighbours.
    fn put_items(items: &[Self], out: &mut Vec<u8>) {
        for item in items {
            item.put(out);
        }
    }

    /// Reads what [`put_items`](Self::put_items) wrote.
    fn take_items(count: usize, reader: &mut Reader<'_>) -> Result<Vec<Self>, CodecError> {
        // Each item has a byte at least, so that a damaged count reserves no more than is there.
        let mut items = Vec::with_capacity(count.min(reader.bytes.len()));
        for _ in 0..count {
            items.push(Self::take(reader)?);
        }
        Ok(items)
    }
}

/// The bytes that are still to be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    /// The layout that an entity was written in; none in encodings that have no fields of later
    /// layouts.
    layout: Option<u8>,
}

impl<'a> Reader<'a> {
    /// Starts reading a versioned value, refusing every version but `version`.
    pub(crate) fn versioned(bytes: &'a [u8], version: u8) -> Result<Self, CodecError> {
        match bytes.split_first() {
            Some((found, rest)) if *found == version => Ok(Self {
                bytes: rest,
                layout: None,
            }),
            Some((found, _)) => Err(CodecError::UnknownVersion { version: *found }),
            None => Err(CodecError::Truncated),
        }
    }

    /// Starts reading an entity, in whichever of these layouts it was written.
    pub(crate) fn laid_out(
        bytes: &'a [u8],
        layouts: RangeInclusive<u8>,
    ) -> Result<Self, CodecError> {
        match bytes.split_first() {
            Some((found, rest)) if layouts.contains(found) => Ok(Self {
                bytes: rest,
                layout: Some(*found),
            }),
            Some((found, _)) => Err(CodecError::UnknownVersion { version: *found }),
            None => Err(CodecError::Truncated),
        }
    }

    /// Whether what is read has a field that came with a layout.
    pub(crate) fn has(&self, since: u8) -> bool {
        let layout = self.layout;
        layout.expect("only entities have fields of later layouts") >= since
    }

    /// Ends reading; nothing may be left.
    pub(crate) fn finish(self) -> Result<(), CodecError> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        Err(CodecError::Trailing {
            bytes: self.bytes.len(),
        })
    }

    pub(crate) fn slice(&mut self, count: usize) -> Result<&'a [u8], CodecError> {
        let (head, rest) = self
            .bytes
            .split_at_checked(count)
            .ok_or(CodecError::Truncated)?;
        self.bytes = rest;
        Ok(head)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], CodecError> {
        let (head, rest) = self
            .bytes
            .split_first_chunk()
            .ok_or(CodecError::Truncated)?;
        self.bytes = rest;
        Ok(*head)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, CodecError> {
        let [byte] = self.array()?;
        Ok(byte)
    }

    /// A text with its length in front.
    pub(crate) fn text(&mut self) -> Result<&'a str, CodecError> {
        let length = usize::take(self)?;
        let bytes = self.slice(length)?;
        std::str::from_utf8(bytes).map_err(|_| CodecError::Malformed { field: "text" })
    }
}

/// Appends a text with its length in front.
pub(crate) fn put_text(text: &str, out: &mut Vec<u8>) {
    text.len().put(out);
    out.extend_from_slice(text.as_bytes());
}

/// Gives a struct the encoding of its fields in the order named. A field that is not named does
/// not compile, so none is forgotten.
///
/// `field since 5 = value` is a field that came with layout 5 of the entities: an older one does
/// not hold it, and means the value.
macro_rules! fields {
    ($($type:ident { $($field:ident $(since $since:literal = $older:expr)?),+ $(,)? })+) => {$(
        impl $crate::wire::Wire for $type {
            fn put(&self, out: &mut Vec<u8>) {
                let Self { $($field),+ } = self;
                $(
                    if true $( && $crate::wire::is_written($since) )? {
                        $crate::wire::Wire::put($field, out);
                    }
                )+
            }

            fn take(
                reader: &mut $crate::wire::Reader<'_>,
            ) -> Result<Self, $crate::wire::CodecError> {
                Ok(Self {
                    $( $field: fields!(@take reader $(since $since = $older)?) ),+
                })
            }
        }
    )+};
    (@take $reader:ident) => { $crate::wire::Wire::take($reader)? };
    (@take $reader:ident since $since:literal = $older:expr) => {
        match $reader.has($since) {
            true => $crate::wire::Wire::take($reader)?,
            false => $older,
        }
    };
}
pub(crate) use fields;

/// Whether a field that came with a layout is written: every field is, but where a test asks for
/// an earlier layout.
#[cfg(not(test))]
pub(crate) const fn is_written(_since: u8) -> bool {
    true
}

#[cfg(test)]
pub(crate) use tests::{in_layout, is_written};

/// Gives an enum without data the permanent numbers named.
macro_rules! numbered {
    ($($type:ident { $($variant:ident = $number:literal),+ $(,)? })+) => {$(
        impl $crate::wire::Wire for $type {
            fn put(&self, out: &mut Vec<u8>) {
                out.push(match self { $( Self::$variant => $number, )+ });
            }

            fn take(
                reader: &mut $crate::wire::Reader<'_>,
            ) -> Result<Self, $crate::wire::CodecError> {
                match reader.byte()? {
                    $( $number => Ok(Self::$variant), )+
                    _ => Err($crate::wire::CodecError::Malformed { field: stringify!($type) }),
                }
            }
        }
    )+};
}
pub(crate) use numbered;

impl Wire for u64 {
    /// LEB128: seven bits per byte, lowest first, the high bit set on all but the last.
    fn put(&self, out: &mut Vec<u8>) {
        let mut rest = *self;
        loop {
            let [low, ..] = rest.to_le_bytes();
            rest >>= 7;
            if rest == 0 {
                out.push(low & 0x7F);
                return;
            }
            out.push(low | 0x80);
        }
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let mut number: Self = 0;
        let mut shift: u32 = 0;
        loop {
            let byte = reader.byte()?;
            let bits = Self::from(byte & 0x7F);
            let shifted = bits
                .checked_shl(shift)
                .filter(|shifted| *shifted >> shift == bits);
            number |= shifted.ok_or(CodecError::Malformed { field: "number" })?;
            // A last byte of zero adds nothing: equal numbers have equal bytes.
            if byte == 0 && shift > 0 {
                return Err(CodecError::Malformed { field: "number" });
            }
            if byte & 0x80 == 0 {
                return Ok(number);
            }
            shift += 7;
        }
    }
}

impl Wire for i64 {
    /// Zigzag, so that small numbers of either sign are short.
    fn put(&self, out: &mut Vec<u8>) {
        let sign = self.cast_unsigned() >> 63;
        ((self.cast_unsigned() << 1) ^ sign.wrapping_neg()).put(out);
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let number = u64::take(reader)?;
        Ok(((number >> 1) ^ (number & 1).wrapping_neg()).cast_signed())
    }
}

macro_rules! narrower {
    ($($type:ident as $wide:ident),+) => {$(
        impl Wire for $type {
            fn put(&self, out: &mut Vec<u8>) {
                $wide::try_from(*self).expect("the wider type holds it").put(out);
            }

            fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
                Self::try_from($wide::take(reader)?)
                    .map_err(|_| CodecError::Malformed { field: stringify!($type) })
            }
        }
    )+};
}

narrower!(u16 as u64, u32 as u64, usize as u64, i32 as i64);

impl Wire for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        match reader.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(CodecError::Malformed { field: "bool" }),
        }
    }
}

impl Wire for u8 {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(*self);
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        reader.byte()
    }
}

impl<const N: usize> Wire for [u8; N] {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self);
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        reader.array()
    }
}

impl<T: Wire> Wire for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            None => out.push(0),
            Some(value) => {
                out.push(1);
                value.put(out);
            }
        }
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        match bool::take(reader)? {
            false => Ok(None),
            true => T::take(reader).map(Some),
        }
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.len().put(out);
        T::put_items(self, out);
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let count = usize::take(reader)?;
        T::take_items(count, reader)
    }
}

impl<K: Wire + Ord, V: Wire> Wire for BTreeMap<K, V> {
    fn put(&self, out: &mut Vec<u8>) {
        self.len().put(out);
        for (key, value) in self {
            key.put(out);
            value.put(out);
        }
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let count = usize::take(reader)?;
        let mut map = Self::new();
        for _ in 0..count {
            let key = K::take(reader)?;
            // Equal maps have equal bytes, or a rebuild could not be compared.
            if map.last_key_value().is_some_and(|(last, _)| *last >= key) {
                return Err(CodecError::Malformed { field: "map" });
            }
            map.insert(key, V::take(reader)?);
        }
        Ok(map)
    }
}

impl<A: Wire, B: Wire> Wire for (A, B) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        Ok((A::take(reader)?, B::take(reader)?))
    }
}

impl Wire for Position {
    fn put(&self, out: &mut Vec<u8>) {
        self.get().put(out);
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        u64::take(reader).map(Self::new)
    }

    /// Each as the distance from the one before: lists of positions ascend, mostly in small steps.
    fn put_items(items: &[Self], out: &mut Vec<u8>) {
        let mut previous = 0;
        for item in items {
            item.get().wrapping_sub(previous).cast_signed().put(out);
            previous = item.get();
        }
    }

    fn take_items(count: usize, reader: &mut Reader<'_>) -> Result<Vec<Self>, CodecError> {
        let mut items = Vec::with_capacity(count.min(reader.bytes.len()));
        let mut previous: u64 = 0;
        for _ in 0..count {
            previous = previous.wrapping_add(i64::take(reader)?.cast_unsigned());
            items.push(Self::new(previous));
        }
        Ok(items)
    }
}

/// Types that are a number or bytes with a check: how to write them and how to read them back.
macro_rules! through {
    ($($type:ident: $inner:ty, |$value:ident| $put:expr, |$stored:ident| $take:expr;)+) => {$(
        impl Wire for $type {
            fn put(&self, out: &mut Vec<u8>) {
                let $value = self;
                <$inner as Wire>::put(&$put, out);
            }

            fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
                let $stored = <$inner as Wire>::take(reader)?;
                $take.ok_or(CodecError::Malformed { field: stringify!($type) })
            }
        }
    )+};
}

through! {
    Fen: i64, |fen| fen.get(), |stored| Some(Self::new(stored));
    RecordedTime: i64, |time| time.micros(), |stored| Some(Self::from_micros(stored));
    BusinessDate: i32, |date| date.days(), |stored| Self::from_days(stored);
    Division: u32, |division| division.code(), |stored| Self::new(stored).ok();
    Occupation: u64, |occupation| occupation.pack(), |stored| Self::unpack(stored);
    SkillLevel: [u8; 1], |level| [level.number()], |stored| Self::from_number(stored[0]);
    FundSource: [u8; 1], |fund| [fund.number()], |stored| Self::from_number(stored[0]);
    AccountKind: [u8; 1], |kind| [kind.number()], |stored| Self::from_number(stored[0]);
    CertificateKind: [u8; 1], |kind| [kind.number()], |stored| Self::from_number(stored[0]);
    Group: [u8; 1], |group| [group.number()], |stored| Self::from_number(stored[0]);
    Sex: [u8; 1], |sex| [sex.number()], |stored| Self::from_number(stored[0]);
    TrainingKind: [u8; 1], |kind| [kind.number()], |stored| Self::from_number(stored[0]);
    ClassForm: [u8; 1], |form| [form.number()], |stored| Self::from_number(stored[0]);
    CreditCode: [u8; 18], |code| *code.as_bytes(), |stored| Self::from_bytes(stored).ok();
    PersonKey: [u8; 16], |id| *id.as_bytes(), |stored| Some(Self::from_bytes(stored));
    ClassId: [u8; 16], |id| *id.as_bytes(), |stored| Some(Self::from_bytes(stored));
    QualificationId: [u8; 16], |id| *id.as_bytes(), |stored| Some(Self::from_bytes(stored));
    DisbursementId: [u8; 16], |id| *id.as_bytes(), |stored| Some(Self::from_bytes(stored));
    CaseId: [u8; 16], |id| *id.as_bytes(), |stored| Some(Self::from_bytes(stored));
    FindingId: [u8; 16], |id| *id.as_bytes(), |stored| Some(Self::from_bytes(stored));
    ClawbackId: [u8; 16], |id| *id.as_bytes(), |stored| Some(Self::from_bytes(stored));
    AwardId: [u8; 16], |id| *id.as_bytes(), |stored| Some(Self::from_bytes(stored));
    OrderId: [u8; 16], |id| *id.as_bytes(), |stored| Some(Self::from_bytes(stored));
    EventId: [u8; 16], |id| *id.as_bytes(), |stored| Some(Self::from_bytes(stored));
    RequestId: [u8; 16], |id| *id.as_bytes(), |stored| Some(Self::from_bytes(stored));
}

/// Types that are a checked text; a stored one is taken as it was recorded.
macro_rules! text {
    ($($type:ident, $read:expr;)+) => {$(
        impl Wire for $type {
            fn put(&self, out: &mut Vec<u8>) {
                put_text(self.as_str(), out);
            }

            fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
                let read: fn(&str) -> Option<Self> = $read;
                let malformed = CodecError::Malformed { field: stringify!($type) };
                read(reader.text()?).ok_or(malformed)
            }
        }
    )+};
}

text! {
    CertificateNumber, |text| Self::from_record(text).ok();
    Reference, |text| Some(Self::from_record(text));
    SchemeId, |text| Self::parse(text).ok();
    ActionId, |text| Self::parse(text).ok();
    SectorId, |text| Self::parse(text).ok();
}

impl Wire for Arc<str> {
    fn put(&self, out: &mut Vec<u8>) {
        put_text(self, out);
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        reader.text().map(Self::from)
    }
}

impl Wire for Box<str> {
    fn put(&self, out: &mut Vec<u8>) {
        put_text(self, out);
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        reader.text().map(Self::from)
    }
}

fields! {
    AccountKey { division, fund }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    thread_local! {
        /// The layout that this thread writes.
        static WRITTEN: Cell<u8> = const { Cell::new(u8::MAX) };
    }

    /// Whether a field that came with a layout is written.
    pub(crate) fn is_written(since: u8) -> bool {
        since <= WRITTEN.get()
    }

    /// Encodes as a version did that wrote an earlier layout.
    pub(crate) fn in_layout<T>(layout: u8, encode: impl FnOnce() -> T) -> T {
        WRITTEN.set(layout);
        let encoded = encode();
        WRITTEN.set(u8::MAX);
        encoded
    }

    #[derive(Debug, PartialEq, Eq)]
    struct Sample {
        first: u64,
        later: Vec<bool>,
        last: u64,
        latest: Option<u64>,
    }

    fields! {
        Sample { first, later since 5 = vec![true], last, latest since 7 = None }
    }

    #[test]
    fn a_field_that_an_older_layout_does_not_hold_has_the_value_that_it_means() {
        let sample = |later, latest| Sample {
            first: 1,
            later,
            last: 2,
            latest,
        };
        let (later, latest) = (vec![false, false], Some(3));
        for (layout, bytes, means) in [
            (3, &[1, 2][..], None),
            (4, &[1, 2], Some(sample(vec![true], None))),
            (5, &[1, 2, 0, 0, 2], Some(sample(later.clone(), None))),
            (6, &[1, 2, 0, 0, 2], Some(sample(later.clone(), None))),
            (
                7,
                &[1, 2, 0, 0, 2, 1, 3],
                Some(sample(later.clone(), latest)),
            ),
            (8, &[1, 2, 0, 0, 2, 1, 3], None),
        ] {
            let mut written = vec![layout];
            in_layout(layout, || sample(later.clone(), latest).put(&mut written));
            assert_eq!(written[1..], *bytes, "{layout}");
            let read = Reader::laid_out(&written, 4..=7).and_then(|mut reader| {
                let sample = Sample::take(&mut reader)?;
                reader.finish().map(|()| sample)
            });
            let refused = CodecError::UnknownVersion { version: layout };
            assert_eq!(read, means.ok_or(refused), "{layout}");
        }
    }

    #[test]
    fn a_number_has_one_form() {
        for (bytes, expected) in [
            (&[0_u8][..], Some(0)),
            (&[0x7F], Some(127)),
            (&[0x80, 0x01], Some(128)),
            (
                &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
                Some(u64::MAX),
            ),
            (
                &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02],
                None,
            ),
            (&[0x80, 0x00], None),
            (&[0xA6, 0x00], None),
            (&[0x81, 0x80, 0x00], None),
            (&[0x80], None),
        ] {
            let mut reader = Reader {
                bytes,
                layout: None,
            };
            let found = u64::take(&mut reader)
                .and_then(|it| reader.finish().map(|()| it))
                .ok();
            assert_eq!(found, expected, "{bytes:x?}");
            if let Some(number) = found {
                let mut written = Vec::new();
                number.put(&mut written);
                assert_eq!(written, bytes);
            }
        }
    }
}
