//! Numbers of certificates: the bounded form of all kinds, and the fields of the 22-character one.

use std::fmt;

use icu_normalizer::ComposingNormalizerBorrowed;

use crate::digits::decimal;
use crate::division::Division;
use crate::identity_number::check_identity_number;
use crate::level::SkillLevel;
use crate::personal_data::{PersonalData, find_in_text, is_shown};

/// The shortest certificate number; the oldest known form has thirteen digits, local ones fewer.
pub const CERTIFICATE_NUMBER_LEN_MIN: usize = 6;

/// The longest certificate number; the longest known form has 22 characters.
pub const CERTIFICATE_NUMBER_LEN_MAX: usize = 32;

/// The number of a certificate of any kind: 6 to 32 characters from `A-Z`, `0-9` and `-`.
///
/// It is kept inline because a payment names one and they are compared far more than printed.
/// A number with personal data in it is refused: some systems reuse the holder's identity number,
/// whole or with a letter before it, and it must not enter the log.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CertificateNumber {
    /// The characters, followed by zeros, so that the derived order is that of the text.
    characters: [u8; CERTIFICATE_NUMBER_LEN_MAX],
    len: u8,
}

impl CertificateNumber {
    /// Reads a certificate number.
    ///
    /// # Errors
    ///
    /// Fails when the length or a character is not allowed, or when the text holds personal data.
    pub fn parse(text: &str) -> Result<Self, CertificateNumberError> {
        let number = Self::from_record(text)?;
        match find_in_text(text) {
            Some(found) => Err(CertificateNumberError::PersonalData(found)),
            None => Ok(number),
        }
    }

    /// Takes a number that was recorded before, whatever is refused today: what is in the log is
    /// read for ever.
    ///
    /// # Errors
    ///
    /// Fails when the length or a character is not allowed.
    pub fn from_record(text: &str) -> Result<Self, CertificateNumberError> {
        let allowed = CERTIFICATE_NUMBER_LEN_MIN..=CERTIFICATE_NUMBER_LEN_MAX;
        if !allowed.contains(&text.len()) {
            return Err(CertificateNumberError::Length);
        }
        if !text
            .bytes()
            .all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'-'))
        {
            return Err(CertificateNumberError::Character);
        }
        let mut characters = [0; CERTIFICATE_NUMBER_LEN_MAX];
        characters
            .iter_mut()
            .zip(text.bytes())
            .for_each(|(slot, byte)| *slot = byte);
        let len = u8::try_from(text.len()).expect("the length was checked");
        Ok(Self { characters, len })
    }

    /// Returns the number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.characters
            .get(..usize::from(self.len))
            .and_then(|characters| std::str::from_utf8(characters).ok())
            .expect("the characters are ASCII and at least as many as the length says")
    }

    /// Reads the fields of a skill-level certificate number.
    ///
    /// # Errors
    ///
    /// As [`SkillCertificateNumber::parse`].
    pub fn as_skill_level(&self) -> Result<SkillCertificateNumber, SkillCertificateNumberError> {
        SkillCertificateNumber::parse(self.as_str())
    }
}

impl fmt::Display for CertificateNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Debug for CertificateNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "CertificateNumber({self})")
    }
}

/// What a number begins with that stands for one with an identity number in it: the rest is a keyed
/// digest of that (`docs/adr/0017-certificates-by-keyed-digest.md`).
pub const DIGEST_PREFIX: &str = "HMAC-";

/// Characters behind [`DIGEST_PREFIX`] that tell which key made a digest: 20 bits, so that another
/// key is taken for it once in a million times.
pub const DIGEST_MARK_CHARACTERS: usize = 4;

/// Characters of the digest itself: 110 bits, so that two of a billion numbers have the same one
/// with a chance of one in 10^15.
pub const DIGEST_CHARACTERS: usize = 22;

/// Returns the mark of the key that made a digest; `None` for a text that is no digest.
#[must_use]
pub fn digest_mark(number: &str) -> Option<&str> {
    let rest = number.strip_prefix(DIGEST_PREFIX)?;
    let has_length = rest.len() == DIGEST_MARK_CHARACTERS.saturating_add(DIGEST_CHARACTERS);
    let mark = rest.get(..DIGEST_MARK_CHARACTERS)?;
    (has_length && is_base32(rest)).then_some(mark)
}

/// Tells whether a text can be the mark of a key.
#[must_use]
pub fn is_digest_mark(text: &str) -> bool {
    text.len() == DIGEST_MARK_CHARACTERS && is_base32(text)
}

/// Whether a text consists of the alphabet of Base32 (RFC 4648).
fn is_base32(text: &str) -> bool {
    let is_of = |byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7');
    text.bytes().all(is_of)
}

/// Returns the one form of a number that is `T` and the identity number of the holder, as permits
/// for special operations (特种作业操作证) have it; `None` for every other text.
///
/// It is read as a person reads it: with a small `t` or `x`, in full-width characters, with blanks,
/// hyphens and invisible characters anywhere.
#[must_use]
pub fn number_with_identity(text: &str) -> Option<String> {
    let compatible = ComposingNormalizerBorrowed::new_nfkc().normalize(text);
    let number: String = compatible
        .chars()
        .filter(|character| !character.is_whitespace() && *character != '-' && is_shown(*character))
        .map(|character| character.to_ascii_uppercase())
        .collect();
    let identity = number.strip_prefix('T')?;
    check_identity_number(identity).is_ok().then_some(number)
}

/// Why a text is not a certificate number; it never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
pub enum CertificateNumberError {
    /// The text is too short or too long.
    #[error(
        "a certificate number has {CERTIFICATE_NUMBER_LEN_MIN} to {CERTIFICATE_NUMBER_LEN_MAX} characters"
    )]
    Length,
    /// A character is not allowed.
    #[error("a certificate number consists of capital letters, digits and hyphens")]
    Character,
    /// The text contains what reads as personal data.
    #[error("the certificate number contains {0}, which is never recorded")]
    PersonalData(PersonalData),
}

/// The number of a skill-level certificate (职业技能等级证书) from level five to level one.
///
/// Twenty-two characters: evaluator class (1), code given by the ministry (4), province (2),
/// evaluator's sequence in the province (6), year of issue (2), level (1), serial (6). The levels
/// without a digit are numbered differently and are no value of this type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SkillCertificateNumber([u8; 22]);

impl SkillCertificateNumber {
    /// Reads a number of twenty-two characters.
    ///
    /// # Errors
    ///
    /// Names the first part that is wrong.
    pub fn parse(text: &str) -> Result<Self, SkillCertificateNumberError> {
        let characters: [u8; 22] = text
            .as_bytes()
            .try_into()
            .map_err(|_other_length| SkillCertificateNumberError::Length)?;
        let [class, digits @ ..] = characters;
        // An employer evaluates its own staff (用人单位, Y), a social evaluator anyone
        // (社会培训评价组织, S).
        if !matches!(class, b'Y' | b'S') {
            return Err(SkillCertificateNumberError::EvaluatorClass);
        }
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(SkillCertificateNumberError::Character);
        }
        let number = Self(characters);
        if number.try_province().is_none() {
            return Err(SkillCertificateNumberError::Province);
        }
        if number.try_level().is_none() {
            return Err(SkillCertificateNumberError::Level);
        }
        Ok(number)
    }

    /// Returns the number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.text(0, 22)
    }

    /// Returns the province of the evaluator's site.
    #[must_use]
    pub fn province(&self) -> Division {
        self.try_province().expect("parse checked the province")
    }

    /// Returns the first thirteen characters, which name the evaluator.
    #[must_use]
    pub fn evaluator_number(&self) -> &str {
        self.text(0, 13)
    }

    /// Returns the year of issue; the numbering is younger than the year 2000.
    #[must_use]
    pub fn issue_year(&self) -> i32 {
        self.field(13, 2)
            .and_then(|year| i32::try_from(year).ok())
            .and_then(|year| year.checked_add(2000))
            .expect("parse checked the digits")
    }

    /// Returns the skill level.
    #[must_use]
    pub fn level(&self) -> SkillLevel {
        self.try_level().expect("parse checked the level")
    }

    /// Returns the serial number within evaluator, year and level, 0 to 999999.
    #[must_use]
    pub fn serial(&self) -> u32 {
        self.field(16, 6).expect("parse checked the digits")
    }

    fn try_province(&self) -> Option<Division> {
        Division::new(self.field(5, 2)?.checked_mul(10_000)?).ok()
    }

    fn try_level(&self) -> Option<SkillLevel> {
        SkillLevel::from_digit(u8::try_from(self.field(15, 1)?).ok()?)
    }

    fn field(&self, start: usize, len: usize) -> Option<u32> {
        decimal(self.text(start, len).as_bytes())
    }

    fn text(&self, start: usize, len: usize) -> &str {
        start
            .checked_add(len)
            .and_then(|end| self.0.get(start..end))
            .and_then(|characters| std::str::from_utf8(characters).ok())
            .expect("fields lie within the number, which is ASCII")
    }
}

impl fmt::Display for SkillCertificateNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Debug for SkillCertificateNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SkillCertificateNumber({self})")
    }
}

/// Why a text is not the number of a skill-level certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
pub enum SkillCertificateNumberError {
    /// The text has not twenty-two characters.
    #[error("a skill-level certificate number has 22 characters")]
    Length,
    /// The first character is neither `Y` nor `S`.
    #[error("a skill-level certificate number begins with Y or S")]
    EvaluatorClass,
    /// A character after the first is not a digit.
    #[error("a skill-level certificate number has 21 digits after its letter")]
    Character,
    /// The digits of the province name none.
    #[error("the skill-level certificate number names no province")]
    Province,
    /// The digit of the level is not 1 to 5.
    #[error("the level in the skill-level certificate number is not 1 to 5")]
    Level,
}

/// What a certificate attests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CertificateKind {
    /// A skill level (职业技能等级证书).
    SkillLevel,
    /// A vocational qualification of the state (职业资格证书).
    VocationalQualification,
    /// One special ability (专项职业能力证书).
    SpecialAbility,
    /// A training completed (培训合格证书).
    TrainingCompletion,
    /// A permit for special operations (特种作业操作证; 黔就劳发〔2025〕3号 九、十).
    SpecialOperation,
}

impl CertificateKind {
    /// Every kind, by permanent number.
    pub const ALL: [Self; 5] = [
        Self::SkillLevel,
        Self::VocationalQualification,
        Self::SpecialAbility,
        Self::TrainingCompletion,
        Self::SpecialOperation,
    ];

    /// Returns the permanent number, which is stored and never given to another kind.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::SkillLevel => 1,
            Self::VocationalQualification => 2,
            Self::SpecialAbility => 3,
            Self::TrainingCompletion => 4,
            Self::SpecialOperation => 5,
        }
    }

    /// Returns the kind with this permanent number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// Returns the Chinese name.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::SkillLevel => "职业技能等级证书",
            Self::VocationalQualification => "职业资格证书",
            Self::SpecialAbility => "专项职业能力证书",
            Self::TrainingCompletion => "培训合格证书",
            Self::SpecialOperation => "特种作业操作证",
        }
    }

    /// Returns the English name.
    #[must_use]
    pub const fn name_en(self) -> &'static str {
        match self {
            Self::SkillLevel => "skill level certificate",
            Self::VocationalQualification => "vocational qualification certificate",
            Self::SpecialAbility => "special ability certificate",
            Self::TrainingCompletion => "training completion certificate",
            Self::SpecialOperation => "special operation certificate",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_numbers_of_all_kinds() {
        use CertificateNumberError::{Character, Length};
        let found = CertificateNumberError::PersonalData(PersonalData::IdentityNumber);
        let longest = "9".repeat(CERTIFICATE_NUMBER_LEN_MAX);
        let too_long = "9".repeat(CERTIFICATE_NUMBER_LEN_MAX + 1);
        for (text, expected) in [
            ("S000037000123224000057", None),
            ("1537010000300001", None),
            ("ABC-12", None),
            ("370199199001010018", None),
            (longest.as_str(), None),
            ("", Some(Length)),
            ("12345", Some(Length)),
            (too_long.as_str(), Some(Length)),
            ("12345a", Some(Character)),
            ("12345 6", Some(Character)),
            ("证书12", Some(Character)),
            ("370199199001010019", Some(found)),
            ("37019919920315001X", Some(found)),
            ("370199-19900101-0019", Some(found)),
            ("T370199199001010019", Some(found)),
            ("T37019919920315001X", Some(found)),
            ("370199199001010019-01", Some(found)),
            ("37370199199001010019", Some(found)),
        ] {
            let found = CertificateNumber::parse(text);
            assert_eq!(found.err(), expected, "{text:?}");
            assert!(found.is_err() || found.unwrap().as_str() == text);
        }
    }

    #[test]
    fn a_number_with_an_identity_number_in_it_has_one_form() {
        let plain = Some("T37019919920315001X");
        for (text, expected) in [
            ("T37019919920315001X", plain),
            ("t37019919920315001x", plain),
            (" T37019919920315001X\t", plain),
            ("T370199-19920315-001X", plain),
            ("T 370199 19920315 001X", plain),
            ("Ｔ３７０１９９１９９２０３１５００１Ｘ", plain),
            ("\u{3000}ｔ37019919920315001ｘ", plain),
            ("\u{feff}T370199\u{200b}19920315\u{ad}001X", plain),
            ("T370199199001010019", Some("T370199199001010019")),
            ("T370199199001010018", None),
            ("T370199199013010019", None),
            ("370199199001010019", None),
            ("TT370199199001010019", None),
            ("T3701991990010100190", None),
            ("S000037000123224000057", None),
            ("T证370199199001010019", None),
            ("T", None),
            ("", None),
        ] {
            assert_eq!(number_with_identity(text).as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_digest_tells_the_mark_of_its_key() {
        for (text, expected) in [
            ("HMAC-PYQ6EVL622KD5MGYEBUBVUTNB4", Some("PYQ6")),
            ("HMAC-PYQ6EVL622KD5MGYEBUBVUTNB", None),
            ("HMAC-PYQ6EVL622KD5MGYEBUBVUTNB4A", None),
            ("HMAC-PYQ6EVL622KD5MGYEBUBVUTNB1", None),
            ("HMAC-PYQ6EVL622KD5MGYEBUBVUTN-4", None),
            ("HMAX-PYQ6EVL622KD5MGYEBUBVUTNB4", None),
            ("HMAC-2023000123", None),
            ("HMAC-", None),
            ("", None),
        ] {
            assert_eq!(digest_mark(text), expected, "{text}");
        }
        for (text, expected) in [
            ("PYQ6", true),
            ("PYQ", false),
            ("PYQ1", false),
            ("pyq6", false),
        ] {
            assert_eq!(is_digest_mark(text), expected, "{text}");
        }
    }

    #[test]
    fn reads_the_fields_of_skill_levels() {
        let number = SkillCertificateNumber::parse("S000037000123224000057").unwrap();
        assert_eq!(number.province().code(), 370_000);
        assert_eq!(number.evaluator_number(), "S000037000123");
        assert_eq!(number.issue_year(), 2022);
        assert_eq!(number.level(), SkillLevel::Intermediate);
        assert_eq!(number.serial(), 57);

        let number = SkillCertificateNumber::parse("Y999952999999991999999").unwrap();
        assert_eq!(number.province().code(), 520_000);
        assert_eq!(number.evaluator_number(), "Y999952999999");
        assert_eq!(number.issue_year(), 2099);
        assert_eq!(number.level(), SkillLevel::SeniorTechnician);
        assert_eq!(number.serial(), 999_999);
    }

    #[test]
    fn names_the_first_wrong_part_of_a_skill_level_number() {
        use SkillCertificateNumberError::{Character, EvaluatorClass, Length, Level, Province};
        for (text, expected) in [
            ("", Length),
            ("S00003700012322400005", Length),
            ("S0000370001232240000570", Length),
            ("X000037000123224000057", EvaluatorClass),
            ("s000037000123224000057", EvaluatorClass),
            ("YS00037000123224000057", Character),
            ("S00003700012322400005X", Character),
            ("S000038000123224000057", Province),
            ("S000000000123224000057", Province),
            ("S000037000123220000057", Level),
            ("S000037000123226000057", Level),
        ] {
            assert_eq!(
                SkillCertificateNumber::parse(text),
                Err(expected),
                "{text:?}"
            );
        }
        // The published example, in which the evaluator's digits were made illegible.
        let published = CertificateNumber::parse("Y000123XXXXXX195000001").unwrap();
        assert_eq!(published.as_skill_level(), Err(Character));
    }

    #[test]
    fn numbers_of_kinds_are_permanent() {
        for (number, kind, name) in [
            (1, CertificateKind::SkillLevel, "职业技能等级证书"),
            (2, CertificateKind::VocationalQualification, "职业资格证书"),
            (3, CertificateKind::SpecialAbility, "专项职业能力证书"),
            (4, CertificateKind::TrainingCompletion, "培训合格证书"),
            (5, CertificateKind::SpecialOperation, "特种作业操作证"),
        ] {
            assert_eq!(CertificateKind::from_number(number), Some(kind));
            assert_eq!((kind.number(), kind.name_zh()), (number, name));
        }
        assert_eq!(
            (
                CertificateKind::from_number(0),
                CertificateKind::from_number(6)
            ),
            (None, None)
        );
    }

    proptest! {
        #[test]
        fn numbers_round_trip_in_the_order_of_text(a in "[A-Z0-9-]{6,32}", b in "[A-Z0-9-]{6,32}") {
            let parsed = (CertificateNumber::parse(&a), CertificateNumber::parse(&b));
            if let (Ok(first), Ok(second)) = parsed {
                prop_assert_eq!(first.as_str(), &a);
                prop_assert_eq!(first.cmp(&second), a.cmp(&b));
            }
        }

        #[test]
        fn fields_make_up_the_number(text in "[YS][0-9]{4}(37|52)[0-9]{8}[1-5][0-9]{6}") {
            // Of random digits a few pass for an identity number, and are refused at the door.
            let number = CertificateNumber::from_record(&text).unwrap().as_skill_level().unwrap();
            let again = format!(
                "{}{:02}{}{:06}",
                number.evaluator_number(),
                number.issue_year() - 2000,
                number.level().digit().unwrap(),
                number.serial(),
            );
            prop_assert_eq!(&again, &text);
            prop_assert_eq!(number.as_str(), &text);
            prop_assert_eq!(&number.province().to_string()[..2], &text[5..7]);
        }
    }
}
