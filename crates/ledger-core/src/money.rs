//! Money in integer fen, and the exact shares taken of it.

use std::cmp::Ordering;
use std::fmt;

/// An amount of Chinese yuan in fen (1/100 yuan); negative amounts are reversals and debts.
///
/// The range is that of `i64`, about ±92 quadrillion yuan. Every operation that could leave it
/// returns `None`: in accounting a wrapped or clamped sum is a wrong payment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fen(i64);

impl Fen {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// Takes an amount in fen.
    #[must_use]
    pub const fn new(fen: i64) -> Self {
        Self(fen)
    }

    /// Takes an amount in whole yuan; `None` when it leaves the range.
    #[must_use]
    pub const fn from_yuan(yuan: i64) -> Option<Self> {
        match yuan.checked_mul(100) {
            Some(fen) => Some(Self(fen)),
            None => None,
        }
    }

    /// Returns the amount in fen.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Returns the sum, or `None` when it leaves the range.
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(fen) => Some(Self(fen)),
            None => None,
        }
    }

    /// Returns the difference, or `None` when it leaves the range.
    #[must_use]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(fen) => Some(Self(fen)),
            None => None,
        }
    }

    /// Returns the amount with the opposite sign, or `None` for the one amount without it.
    #[must_use]
    pub const fn checked_neg(self) -> Option<Self> {
        match self.0.checked_neg() {
            Some(fen) => Some(Self(fen)),
            None => None,
        }
    }

    /// Returns the amount taken `count` times, or `None` when it leaves the range.
    #[must_use]
    pub fn checked_mul(self, count: u64) -> Option<Self> {
        // No overflow: 63 bits times 64 bits fit the 127 bits of `i128`.
        let product = i128::from(self.0).wrapping_mul(i128::from(count));
        i64::try_from(product).ok().map(Self)
    }

    /// Returns the sum of `amounts`, or `None` when a partial sum leaves the range.
    #[must_use]
    pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// Tells whether the amount is below zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Tells whether the amount is above zero.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// Tells whether the amount is zero.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Returns `share` of the amount, rounded down to a whole fen (towards minus infinity).
    ///
    /// A share is at most the whole, so the result always fits; `None` stands for the check that
    /// is made all the same, as with every other operation on money.
    #[must_use]
    pub fn share(self, share: Share) -> Option<Self> {
        // No overflow: 63 bits times 32 bits fit the 127 bits of `i128`.
        let product = i128::from(self.0).wrapping_mul(i128::from(share.numerator));
        let part = product.checked_div_euclid(i128::from(share.denominator))?;
        i64::try_from(part).ok().map(Self)
    }

    /// Reads an amount in yuan such as `1234`, `1234.5` or `-1234.05`.
    ///
    /// # Errors
    ///
    /// Says what is wrong: not a decimal number, more than two decimals, or out of range. Signs
    /// other than a leading minus, spaces, grouping and exponents are not accepted.
    pub fn parse_yuan(text: &str) -> Result<Self, ParseMoneyError> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let (yuan, decimals) = match digits.split_once('.') {
            Some((yuan, decimals)) if !decimals.is_empty() => (yuan, decimals),
            Some(_) => return Err(ParseMoneyError::NotANumber),
            None => (digits, ""),
        };
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if yuan.is_empty() || !all_digits(yuan) || !all_digits(decimals) {
            return Err(ParseMoneyError::NotANumber);
        }
        if decimals.len() > 2 {
            return Err(ParseMoneyError::TooManyDecimals);
        }
        // Digits are taken from zero away in the direction of the sign, so that the smallest
        // amount can be read although its absolute value leaves the range.
        yuan.bytes()
            .chain(decimals.bytes())
            .chain(std::iter::repeat_n(
                b'0',
                2usize.saturating_sub(decimals.len()),
            ))
            .try_fold(0i64, |fen, byte| {
                let digit = i64::from(byte.wrapping_sub(b'0'));
                let fen = fen.checked_mul(10)?;
                if negative {
                    fen.checked_sub(digit)
                } else {
                    fen.checked_add(digit)
                }
            })
            .map(Self)
            .ok_or(ParseMoneyError::OutOfRange)
    }
}

/// Writes yuan with two decimals and without grouping, such as `-1234.05`.
impl fmt::Display for Fen {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.is_negative() { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        write!(formatter, "{sign}{}.{:02}", fen / 100, fen % 100)
    }
}

/// Why a text is not an amount in yuan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
pub enum ParseMoneyError {
    /// The text is not an optional minus, digits, and optionally a point and digits.
    #[error("not an amount in yuan such as 1234.05")]
    NotANumber,
    /// The amount is finer than one fen.
    #[error("an amount in yuan has at most two decimals")]
    TooManyDecimals,
    /// The amount does not fit 64 bits of fen.
    #[error("the amount is out of range")]
    OutOfRange,
}

/// An exact share between nothing and the whole, kept as the policy document writes it.
///
/// `85/100` and `17/20` are different values of the same size: they compare by size first and by
/// denominator second, so that a refusal can quote the document's own figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Share {
    numerator: u32,
    denominator: u32,
}

impl Share {
    /// The whole.
    pub const WHOLE: Self = Self {
        numerator: 1,
        denominator: 1,
    };

    /// Takes a share; `None` when the denominator is zero or the share is above the whole.
    #[must_use]
    pub const fn new(numerator: u32, denominator: u32) -> Option<Self> {
        if denominator == 0 || numerator > denominator {
            return None;
        }
        Some(Self {
            numerator,
            denominator,
        })
    }

    /// Returns the part above the line.
    #[must_use]
    pub const fn numerator(self) -> u32 {
        self.numerator
    }

    /// Returns the part below the line, which is never zero.
    #[must_use]
    pub const fn denominator(self) -> u32 {
        self.denominator
    }

    /// Tells whether `part` of `whole` is at least this share, exactly.
    ///
    /// Nothing of nothing reaches no share, not even zero: a class without participants has not
    /// met its condition.
    #[must_use]
    pub fn reached(self, part: u64, whole: u64) -> bool {
        // No overflow: 64 bits times 32 bits fit `u128`.
        let have = u128::from(part).wrapping_mul(u128::from(self.denominator));
        let need = u128::from(whole).wrapping_mul(u128::from(self.numerator));
        whole != 0 && have >= need
    }
}

impl PartialOrd for Share {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Share {
    fn cmp(&self, other: &Self) -> Ordering {
        // No overflow: 32 bits times 32 bits fit `u64`.
        let cross = |a: u32, b: u32| u64::from(a).wrapping_mul(u64::from(b));
        cross(self.numerator, other.denominator)
            .cmp(&cross(other.numerator, self.denominator))
            .then(self.denominator.cmp(&other.denominator))
    }
}

/// Writes the share as it was given, such as `85/100`.
impl fmt::Display for Share {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.numerator, self.denominator)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn share(numerator: u32, denominator: u32) -> Share {
        Share::new(numerator, denominator).unwrap()
    }

    #[test]
    fn reads_yuan() {
        use ParseMoneyError::{NotANumber, OutOfRange, TooManyDecimals};
        for (text, expected) in [
            ("0", Ok(0)),
            ("-0", Ok(0)),
            ("1", Ok(100)),
            ("1.5", Ok(150)),
            ("1.05", Ok(105)),
            ("-1234.05", Ok(-123_405)),
            ("0.01", Ok(1)),
            ("-0.01", Ok(-1)),
            ("007.10", Ok(710)),
            ("92233720368547758.07", Ok(i64::MAX)),
            ("92233720368547758.08", Err(OutOfRange)),
            ("-92233720368547758.08", Ok(i64::MIN)),
            ("-92233720368547758.09", Err(OutOfRange)),
            ("999999999999999999999999", Err(OutOfRange)),
            ("1.005", Err(TooManyDecimals)),
            ("1.000", Err(TooManyDecimals)),
            ("", Err(NotANumber)),
            ("-", Err(NotANumber)),
            (".5", Err(NotANumber)),
            ("5.", Err(NotANumber)),
            (".", Err(NotANumber)),
            ("+5", Err(NotANumber)),
            ("--5", Err(NotANumber)),
            ("1.-5", Err(NotANumber)),
            ("1.2.3", Err(NotANumber)),
            ("1,000", Err(NotANumber)),
            (" 1", Err(NotANumber)),
            ("1e3", Err(NotANumber)),
            ("１", Err(NotANumber)),
        ] {
            assert_eq!(Fen::parse_yuan(text), expected.map(Fen::new), "{text:?}");
        }
    }

    #[test]
    fn writes_yuan() {
        for (fen, expected) in [
            (0, "0.00"),
            (1, "0.01"),
            (-1, "-0.01"),
            (100, "1.00"),
            (-123_405, "-1234.05"),
            (i64::MAX, "92233720368547758.07"),
            (i64::MIN, "-92233720368547758.08"),
        ] {
            assert_eq!(Fen::new(fen).to_string(), expected);
        }
    }

    #[test]
    fn operations_stop_at_the_range() {
        let (min, max, one) = (Fen::new(i64::MIN), Fen::new(i64::MAX), Fen::new(1));
        for (found, expected) in [
            (
                max.checked_sub(one).and_then(|less| less.checked_add(one)),
                Some(max),
            ),
            (max.checked_add(one), None),
            (min.checked_sub(one), None),
            (max.checked_neg(), Some(Fen::new(-i64::MAX))),
            (min.checked_neg(), None),
            (max.checked_mul(1), Some(max)),
            (max.checked_mul(0), Some(Fen::ZERO)),
            (max.checked_mul(2), None),
            (min.checked_mul(1), Some(min)),
            (min.checked_mul(u64::MAX), None),
            (one.checked_mul(i64::MAX.unsigned_abs()), Some(max)),
            (one.checked_mul(i64::MIN.unsigned_abs()), None),
            (Fen::new(-1).checked_mul(i64::MIN.unsigned_abs()), Some(min)),
            (
                Fen::from_yuan(i64::MAX / 100),
                Some(Fen::new(i64::MAX / 100 * 100)),
            ),
            (Fen::from_yuan(i64::MAX / 100 + 1), None),
            (Fen::checked_sum([]), Some(Fen::ZERO)),
            (Fen::checked_sum([max, min, one]), Some(Fen::ZERO)),
            (Fen::checked_sum([max, one, min]), None),
        ] {
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn knows_its_sign() {
        for (fen, negative, zero, positive) in [
            (-1, true, false, false),
            (0, false, true, false),
            (1, false, false, true),
        ] {
            let amount = Fen::new(fen);
            assert_eq!(
                (amount.is_negative(), amount.is_zero(), amount.is_positive()),
                (negative, zero, positive)
            );
        }
    }

    #[test]
    fn shares_round_down() {
        for (fen, numerator, denominator, expected) in [
            (1_000, 60, 100, 600),
            (1_001, 60, 100, 600),
            (999, 1, 3, 333),
            (-1_001, 60, 100, -601),
            (1_001, 0, 7, 0),
            (i64::MAX, 1, 1, i64::MAX),
            (i64::MIN, u32::MAX, u32::MAX, i64::MIN),
        ] {
            let found = Fen::new(fen).share(share(numerator, denominator));
            assert_eq!(
                found,
                Some(Fen::new(expected)),
                "{fen} * {numerator}/{denominator}"
            );
        }
    }

    #[test]
    fn shares_are_bounded() {
        assert_eq!(Share::new(0, 0), None);
        assert_eq!(Share::new(2, 1), None);
        assert_eq!(
            Share::new(u32::MAX, u32::MAX).map(Share::denominator),
            Some(u32::MAX)
        );
        assert_eq!(Share::new(0, 1).map(Share::numerator), Some(0));
    }

    #[test]
    fn shares_are_reached_exactly() {
        for (numerator, denominator, part, whole, expected) in [
            (85, 100, 85, 100, true),
            (85, 100, 84, 100, false),
            (85, 100, 17, 20, true),
            (1, 3, 33, 100, false),
            (1, 3, 34, 100, true),
            (0, 1, 0, 1, true),
            (0, 1, 0, 0, false),
            (1, 1, 5, 0, false),
            (1, 1, u64::MAX, u64::MAX, true),
            (u32::MAX, u32::MAX, u64::MAX - 1, u64::MAX, false),
        ] {
            assert_eq!(
                share(numerator, denominator).reached(part, whole),
                expected,
                "{part} of {whole} against {numerator}/{denominator}"
            );
        }
    }

    #[test]
    fn shares_order_by_size_then_denominator() {
        let sorted = [
            share(0, 1),
            share(1, 3),
            share(1, 2),
            share(2, 4),
            share(2, 3),
            Share::WHOLE,
        ];
        assert!(sorted.is_sorted_by(|a, b| a < b));
        assert_eq!(share(85, 100).to_string(), "85/100");
    }

    proptest! {
        #[test]
        fn yuan_round_trips(fen: i64) {
            let amount = Fen::new(fen);
            prop_assert_eq!(Fen::parse_yuan(&amount.to_string()), Ok(amount));
        }

        #[test]
        fn a_share_and_the_rest_are_the_whole(fen: i64, denominator in 1u32.., seed: u32) {
            let total = Fen::new(fen);
            let numerator = seed % denominator;
            let part = total.share(share(numerator, denominator)).unwrap();
            let rest = total.share(share(denominator - numerator, denominator)).unwrap();
            let lost = i128::from(fen) - i128::from(part.get()) - i128::from(rest.get());
            prop_assert!((0..=1).contains(&lost), "{lost}");
        }
    }
}
