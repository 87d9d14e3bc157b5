//! What one counter is about, and its bytes as a stored key.
//!
//! Long: the fields of a key with their bytes, written and read side by side.

use crate::coded::{ClassForm, Group, TrainingKind};
use crate::policy::{Measure, TargetFilter};
use crate::{ActionId, BusinessDate, Division, SchemeId, SectorId, SkillLevel};
use std::fmt;

/// What one counter is about.
///
/// As a stored key it is, to the byte (numbers big-endian):
///
/// | at | bytes | what |
/// |---|---|---|
/// | 0 | 1 | measure: its permanent number |
/// | 1 | 1 | 0 for what counts, 1 for what of it is found false |
/// | 2 | 4 | division: its code |
/// | 6 | 2 | year |
/// | 8 | 1 | quarter, 1 to 4 |
/// | 9 | 1 | kind of training: its permanent number; 0 for none |
/// | 10 | 1 | form of class: its permanent number; 0 for none |
/// | 11 | 1 | level: its permanent number; 0 for none |
/// | 12 | 8 | groups: bit n−1 (from the lowest) set for the group with permanent number n |
/// | 20 | 1 + n | scheme: length and name |
/// | | 1 + n | action: length and name; length 0 for none |
/// | | 1 + n | sector: length and name; length 0 for none |
///
/// Nothing follows. Each key has these bytes only, and [`ProgressKey::from_bytes`] reads no
/// others. In order of their bytes the keys of one measure lie together, first what counts and
/// then what is found false; within each those of a province, and of one division by quarter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProgressKey {
    /// What is counted.
    pub measure: Counted,
    /// Whether it counts what of the measure is found false, and not the measure.
    pub found_false: bool,
    /// Division of the account that pays the class, or the one that gives the award.
    pub division: Division,
    /// When it counts.
    pub quarter: Quarter,
    /// The rest.
    pub profile: Profile,
}

/// Everything about a fact that the filter of a target may ask for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(
    missing_docs,
    reason = "each part is that of the class or of the award"
)]
pub struct Profile {
    pub training: Option<TrainingKind>,
    pub form: Option<ClassForm>,
    pub level: Option<SkillLevel>,
    /// Groups of the person; of a class or an award none.
    pub groups: GroupSet,
    pub scheme: SchemeId,
    pub action: Option<ActionId>,
    pub sector: Option<SectorId>,
}

/// What the ledger counts by itself; see [`Measure`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Counted {
    /// Approved subsidies that stand.
    Subsidised,
    /// Trainings completed.
    Completed,
    /// Certificates issued and not void.
    Certified,
    /// Classes opened.
    Classes,
    /// Awards approved and not revoked.
    Awards,
}

/// A quarter of a calendar year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Quarter {
    year: u16,
    number: u8,
}

/// A set of groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct GroupSet(u64);

/// Why bytes are no key of a counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProgressKeyError {
    /// The bytes end before the key does.
    #[error("the key ends too early")]
    TooShort,
    /// Bytes follow the key.
    #[error("bytes follow the key")]
    TooLong,
    /// A part has a value that is not given to anything.
    #[error("the key's {0} is unknown")]
    Unknown(&'static str),
}

/// Why a text is no quarter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a quarter is a year from 1900 to 2199 and its number, such as 2025Q4")]
pub struct ParseQuarterError;

const _: () = assert!(Group::ALL.len() <= 64, "each group has its bit");

impl ProgressKey {
    /// The counter of what of this one is found false.
    #[must_use]
    pub fn apart(&self) -> Self {
        Self {
            found_false: true,
            ..self.clone()
        }
    }

    /// The bytes that every stored key of a measure starts with.
    #[must_use]
    pub const fn measure_prefix(measure: Counted, found_false: bool) -> [u8; 2] {
        [measure.number(), if found_false { 1 } else { 0 }]
    }

    /// The part of a stored key that the keys of its division have in common.
    #[must_use]
    pub fn division_prefix(bytes: &[u8]) -> &[u8] {
        bytes.first_chunk::<6>().map_or(bytes, |prefix| prefix)
    }

    /// Returns the bytes of the stored key.
    ///
    /// # Panics
    ///
    /// Never: a name is shorter than 256 bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let profile = &self.profile;
        let mut bytes = Self::measure_prefix(self.measure, self.found_false).to_vec();
        bytes.extend(self.division.code().to_be_bytes());
        bytes.extend(self.quarter.year.to_be_bytes());
        bytes.push(self.quarter.number);
        bytes.push(profile.training.map_or(0, TrainingKind::number));
        bytes.push(profile.form.map_or(0, ClassForm::number));
        bytes.push(profile.level.map_or(0, SkillLevel::number));
        bytes.extend(profile.groups.0.to_be_bytes());
        let names = [
            profile.scheme.as_str(),
            profile.action.as_ref().map_or("", ActionId::as_str),
            profile.sector.as_ref().map_or("", SectorId::as_str),
        ];
        for name in names {
            bytes.push(u8::try_from(name.len()).expect("a name is shorter than 256 bytes"));
            bytes.extend(name.as_bytes());
        }
        bytes
    }

    /// Reads the bytes of a stored key.
    ///
    /// # Errors
    ///
    /// Fails for every sequence of bytes that [`ProgressKey::to_bytes`] does not give.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ProgressKeyError> {
        use ProgressKeyError::Unknown;
        let mut rest = Rest(bytes);
        let measure = Counted::from_number(rest.byte()?).ok_or(Unknown("measure"))?;
        let found_false = match rest.byte()? {
            0 => false,
            1 => true,
            _ => return Err(Unknown("mark of what is found false")),
        };
        let division = Division::new(u32::from_be_bytes(rest.take()?));
        let year = u16::from_be_bytes(rest.take()?);
        let quarter = Quarter::new(year, rest.byte()?);
        let key = Self {
            measure,
            found_false,
            division: division.map_err(|_| Unknown("division"))?,
            quarter: quarter.ok_or(Unknown("quarter"))?,
            profile: Profile {
                training: rest.numbered(TrainingKind::from_number, "kind of training")?,
                form: rest.numbered(ClassForm::from_number, "form of class")?,
                level: rest.numbered(SkillLevel::from_number, "level")?,
                groups: GroupSet::from_bits(u64::from_be_bytes(rest.take()?))
                    .ok_or(Unknown("group"))?,
                scheme: rest
                    .name(|name| SchemeId::parse(name).ok(), "scheme")?
                    .ok_or(Unknown("scheme"))?,
                action: rest.name(|name| ActionId::parse(name).ok(), "action")?,
                sector: rest.name(|name| SectorId::parse(name).ok(), "sector")?,
            },
        };
        if !rest.0.is_empty() {
            return Err(ProgressKeyError::TooLong);
        }
        Ok(key)
    }
}

/// Bytes that are not read yet.
struct Rest<'b>(&'b [u8]);

impl<'b> Rest<'b> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], ProgressKeyError> {
        let (first, rest) = self
            .0
            .split_first_chunk()
            .ok_or(ProgressKeyError::TooShort)?;
        self.0 = rest;
        Ok(*first)
    }

    fn byte(&mut self) -> Result<u8, ProgressKeyError> {
        self.take::<1>().map(|[byte]| byte)
    }

    /// A permanent number; 0 for none.
    fn numbered<T>(
        &mut self,
        from_number: impl Fn(u8) -> Option<T>,
        what: &'static str,
    ) -> Result<Option<T>, ProgressKeyError> {
        match self.byte()? {
            0 => Ok(None),
            number => from_number(number)
                .map(Some)
                .ok_or(ProgressKeyError::Unknown(what)),
        }
    }

    /// A length and a name; length 0 for none.
    fn name<T>(
        &mut self,
        parse: impl Fn(&'b str) -> Option<T>,
        what: &'static str,
    ) -> Result<Option<T>, ProgressKeyError> {
        let length = usize::from(self.byte()?);
        if length == 0 {
            return Ok(None);
        }
        let (name, rest) = self
            .0
            .split_at_checked(length)
            .ok_or(ProgressKeyError::TooShort)?;
        self.0 = rest;
        let name = std::str::from_utf8(name).ok().and_then(parse);
        name.map(Some).ok_or(ProgressKeyError::Unknown(what))
    }
}

impl Profile {
    /// Whether the filter of a target accepts what has this profile: every part that the filter
    /// gives has to fit, and of several groups one.
    #[must_use]
    pub fn fits(&self, filter: &TargetFilter) -> bool {
        let level = filter.level_at_least;
        wanted(filter.action.as_ref(), self.action.as_ref())
            && wanted(filter.sector.as_ref(), self.sector.as_ref())
            && wanted(filter.scheme.as_ref(), Some(&self.scheme))
            && wanted(filter.training, self.training)
            && wanted(filter.form, self.form)
            && level.is_none_or(|least| self.level.is_some_and(|level| least <= level))
            && (filter.groups.is_empty()
                || filter
                    .groups
                    .iter()
                    .any(|group| self.groups.contains(*group)))
    }
}

fn wanted<T: PartialEq>(wanted: Option<T>, found: Option<T>) -> bool {
    wanted.is_none() || wanted == found
}

impl Counted {
    /// Every measure, by permanent number.
    pub const ALL: [Self; 5] = [
        Self::Subsidised,
        Self::Completed,
        Self::Certified,
        Self::Classes,
        Self::Awards,
    ];

    /// The measure of a target, when the ledger counts it.
    #[must_use]
    pub const fn of(measure: Measure) -> Option<Self> {
        match measure {
            Measure::Subsidised => Some(Self::Subsidised),
            Measure::Completed => Some(Self::Completed),
            Measure::Certified => Some(Self::Certified),
            Measure::Classes => Some(Self::Classes),
            Measure::Awards => Some(Self::Awards),
            Measure::External => None,
        }
    }

    /// The permanent number, which is stored and never given to another measure.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Subsidised => 1,
            Self::Completed => 2,
            Self::Certified => 3,
            Self::Classes => 4,
            Self::Awards => 5,
        }
    }

    /// The measure with that permanent number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|measure| measure.number() == number)
    }
}

impl Quarter {
    /// Takes a year of the calendar and the number of the quarter, 1 to 4.
    #[must_use]
    pub fn new(year: u16, number: u8) -> Option<Self> {
        let of_the_calendar = BusinessDate::from_ymd(i32::from(year), 1, 1).is_some();
        (of_the_calendar && (1..=4).contains(&number)).then_some(Self { year, number })
    }

    /// The quarter of a date.
    ///
    /// # Panics
    ///
    /// Never: a business date has a year of four digits and a month from 1 to 12.
    #[must_use]
    pub fn of(date: BusinessDate) -> Self {
        Self {
            year: u16::try_from(date.year()).expect("a year of four digits"),
            number: u8::try_from(date.month().div_ceil(3)).expect("a month of the calendar"),
        }
    }

    /// The year.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }

    /// The number in the year, 1 to 4.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.number
    }

    /// The first day.
    ///
    /// # Panics
    ///
    /// Never: every quarter of the calendar has one.
    #[must_use]
    pub fn first_day(self) -> BusinessDate {
        let month = u32::from(self.number).saturating_mul(3).saturating_sub(2);
        BusinessDate::from_ymd(i32::from(self.year), month, 1).expect("a quarter has a first day")
    }

    /// The last day.
    ///
    /// # Panics
    ///
    /// Never: every quarter of the calendar has one.
    #[must_use]
    pub fn last_day(self) -> BusinessDate {
        let month = u32::from(self.number).saturating_mul(3);
        let day = if matches!(self.number, 2 | 3) { 30 } else { 31 };
        BusinessDate::from_ymd(i32::from(self.year), month, day).expect("a quarter has a last day")
    }

    /// Reads a text such as `2025Q4`.
    ///
    /// # Errors
    ///
    /// Fails for any other shape and for years outside the calendar of business dates.
    pub fn parse(text: &str) -> Result<Self, ParseQuarterError> {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let (year, number) = text.split_once('Q').ok_or(ParseQuarterError)?;
        if (year.len(), number.len()) != (4, 1) || !digits(year) || !digits(number) {
            return Err(ParseQuarterError);
        }
        let year = year.parse().map_err(|_| ParseQuarterError)?;
        let number = number.parse().map_err(|_| ParseQuarterError)?;
        Self::new(year, number).ok_or(ParseQuarterError)
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}Q{}", self.year, self.number)
    }
}

impl GroupSet {
    /// No group.
    pub const EMPTY: Self = Self(0);

    /// Whether the group is in the set.
    #[must_use]
    pub fn contains(self, group: Group) -> bool {
        self.0 & bit(group) != 0
    }

    /// The groups, by permanent number.
    pub fn iter(self) -> impl Iterator<Item = Group> {
        let all = Group::ALL.iter().copied();
        all.filter(move |group| self.contains(*group))
    }

    /// The set with the group in it, or without.
    #[must_use]
    pub fn with(self, group: Group, held: bool) -> Self {
        match held {
            true => Self(self.0 | bit(group)),
            false => Self(self.0 & !bit(group)),
        }
    }

    /// Whether no group is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The set as a number: bit n−1 for the group with permanent number n.
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// The set of that number; `None` when a bit stands for no group.
    #[must_use]
    pub fn from_bits(bits: u64) -> Option<Self> {
        let all: Self = Group::ALL.iter().copied().collect();
        (bits & !all.0 == 0).then_some(Self(bits))
    }
}

impl FromIterator<Group> for GroupSet {
    fn from_iter<T: IntoIterator<Item = Group>>(groups: T) -> Self {
        let groups = groups.into_iter();
        Self(groups.fold(0, |bits, group| bits | bit(group)))
    }
}

fn bit(group: Group) -> u64 {
    let place = u32::from(group.number()).saturating_sub(1);
    1_u64
        .checked_shl(place)
        .expect("there are no more than 64 groups")
}

#[cfg(test)]
mod tests;
