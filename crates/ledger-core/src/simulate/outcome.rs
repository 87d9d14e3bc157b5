//! What a simulation found: the shadow against the record, place by place, and totals that add up.
//!
//! Money is compared at two levels: what was *approved* and would be, and what was *paid* and would
//! be (lines ordered and not returned). Totals are kept twice, as sums of what was and would be and
//! as sums of the changes between them; [`Report::check`] compares the two.

use super::{About, Scope, Why};
use crate::entity::{Award, Class, Enrolment, Person};
use crate::event::Payee;
use crate::refusal::Reason;
use crate::{BusinessDate, ClassId, Division, Fen, SchemeId};
use std::collections::BTreeMap;
use thiserror::Error;

/// What stands approved and what was paid, in fen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Money {
    /// Approved, and neither lapsed nor revoked.
    pub approved: Fen,
    /// Ordered or settled, and not returned.
    pub paid: Fen,
}

/// A place or an award, as it was and as it would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The place or the award.
    pub about: About,
    /// Who benefits: the trainee, or the recipient of the award.
    pub beneficiary: Payee,
    /// The division whose account pays, or that awards.
    pub division: Division,
    /// The scheme.
    pub scheme: SchemeId,
    /// On record.
    pub was: Money,
    /// Under the draft.
    pub would: Money,
    /// Why the draft refuses something of it, when it does.
    pub why: Option<Why>,
}

/// The place of a person in one class, as it was and as it would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceMoney {
    /// The class.
    pub class: ClassId,
    /// On record.
    pub was: Money,
    /// Under the draft.
    pub would: Money,
    /// The days of the approvals, on record and under the draft.
    approved_on: [Option<BusinessDate>; 2],
}

/// How an amount changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Change {
    /// It does not.
    Same,
    /// There was none.
    Added,
    /// There would be none.
    Refused,
    /// There would be more.
    Raised,
    /// There would be less.
    Lowered,
}

/// Sums over one level, approved or paid, in fen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Level {
    /// What was.
    pub was: Fen,
    /// What would be.
    pub would: Fen,
    /// What would be where nothing was.
    pub added: Fen,
    /// What was where nothing would be.
    pub refused: Fen,
    /// What would be more.
    pub raised: Fen,
    /// What would be less, as a positive sum.
    pub lowered: Fen,
    /// How many were added.
    pub added_count: u64,
    /// How many were refused.
    pub refused_count: u64,
    /// How many were raised or lowered.
    pub changed_count: u64,
}

/// Sums over places and awards.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Places and awards counted.
    pub counted: u64,
    /// Those of them that differ.
    pub differing: u64,
    /// Approved.
    pub approved: Level,
    /// Paid.
    pub paid: Level,
    /// The part of what would not be paid, in fen, that would be due and that the account does
    /// not hold under the draft.
    pub unfunded: Fen,
}

/// The totals of a simulation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// By division and scheme.
    pub by_scheme: BTreeMap<(Division, SchemeId), Totals>,
    /// Over everything.
    pub all: Totals,
}

/// The totals do not add up: the simulation itself is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReportError {
    /// What would be is not what was with the changes.
    #[error("totals of {what} do not add up: {would} yuan found, {expected} yuan expected")]
    Unbalanced {
        /// The level and where.
        what: String,
        /// What would be.
        would: Fen,
        /// What was, with the changes.
        expected: Fen,
    },
    /// The sums by division and scheme are not those over everything.
    #[error("totals by division and scheme do not add up to those over everything")]
    Parts,
    /// A sum leaves the range of money.
    #[error("sum is out of range")]
    Range,
}

/// Every place of a person, on record or in the shadow, in the order of the enrolments.
///
/// # Errors
///
/// [`ReportError::Range`].
pub fn places(
    recorded: Option<&Person>,
    shadow: Option<&Person>,
) -> Result<Vec<PlaceMoney>, ReportError> {
    let mut classes: Vec<ClassId> = Vec::new();
    for person in [recorded, shadow].into_iter().flatten() {
        for enrolment in &person.enrolments {
            if !classes.contains(&enrolment.class) {
                classes.push(enrolment.class);
            }
        }
    }
    let place = |class| {
        let (was, was_on) = of_place(recorded, class)?;
        let (would, would_on) = of_place(shadow, class)?;
        Ok(PlaceMoney {
            class,
            was,
            would,
            approved_on: [was_on, would_on],
        })
    };
    classes.into_iter().map(place).collect()
}

/// An award, on record or in the shadow; nothing stands approved of a revoked one.
///
/// # Errors
///
/// [`ReportError::Range`].
pub fn of_award(award: Option<&Award>) -> Result<Money, ReportError> {
    let Some(award) = award else {
        return Ok(Money::default());
    };
    let payments = award.payments.iter().map(|payment| payment.amount);
    Ok(Money {
        approved: match award.revoked {
            Some(_) => Fen::ZERO,
            None => award.amount,
        },
        paid: Fen::checked_sum(payments).ok_or(ReportError::Range)?,
    })
}

/// A trainee may have withdrawn from a class and enrolled in it again.
fn of_place(
    person: Option<&Person>,
    class: ClassId,
) -> Result<(Money, Option<BusinessDate>), ReportError> {
    let enrolments = || {
        let enrolments = person.into_iter().flat_map(|person| &person.enrolments);
        enrolments.filter(move |enrolment| enrolment.class == class)
    };
    let approvals = || enrolments().filter_map(|enrolment| enrolment.approval);
    let approved = approvals().map(|approval| approval.amount);
    let paid = enrolments().map(Enrolment::paid_or_ordered);
    let money = Money {
        approved: Fen::checked_sum(approved).ok_or(ReportError::Range)?,
        paid: Fen::checked_sum(paid).ok_or(ReportError::Range)?,
    };
    Ok((money, approvals().map(|approval| approval.on).next_back()))
}

impl PlaceMoney {
    /// Whether the place counts in the totals: it differs, or the approval of its subsidy or of
    /// its class lies in the scope and it holds money.
    #[must_use]
    pub fn counts(&self, scope: &Scope, class: &Class) -> bool {
        if self.was != self.would {
            return true;
        }
        let dated = self.approved_on.into_iter().flatten();
        let mut dated = dated.chain([class.approved.on]);
        self.was != Money::default()
            && scope.holds_division(class.account.division)
            && dated.any(|on| scope.holds_date(on))
    }
}

/// Whether an award counts in the totals, as [`PlaceMoney::counts`].
#[must_use]
pub fn award_counts(scope: &Scope, award: &Award, (was, would): (Money, Money)) -> bool {
    was != would || (was != Money::default() && scope.holds(award.division, award.approved.on))
}

impl Change {
    /// How an amount changes from one to the other.
    #[must_use]
    pub fn between(was: Fen, would: Fen) -> Self {
        match (was.is_zero(), would.is_zero()) {
            _ if was == would => Self::Same,
            (true, _) => Self::Added,
            (_, true) => Self::Refused,
            _ if was < would => Self::Raised,
            _ => Self::Lowered,
        }
    }
}

impl Outcome {
    /// Whether the draft changes anything.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.was != self.would
    }

    /// Whether the draft leaves less than there was.
    #[must_use]
    pub fn is_less(&self) -> bool {
        self.would.approved < self.was.approved || self.would.paid < self.was.paid
    }

    /// How what is approved changes.
    #[must_use]
    pub fn approved(&self) -> Change {
        Change::between(self.was.approved, self.would.approved)
    }

    /// How what is paid changes.
    #[must_use]
    pub fn paid(&self) -> Change {
        Change::between(self.was.paid, self.would.paid)
    }

    /// What would be due and is not paid because the account does not hold it, in fen.
    fn unfunded(&self) -> Fen {
        let short = self.why.as_ref().is_some_and(|why| {
            why.stage == super::Stage::Payment && why.refusal.reason == Reason::InsufficientFunds
        });
        match self.was.paid.checked_sub(self.would.paid) {
            Some(less) if short && less.is_positive() => less,
            _ => Fen::ZERO,
        }
    }
}

impl Report {
    /// Adds a place or an award.
    ///
    /// # Errors
    ///
    /// [`ReportError::Range`].
    pub fn add(&mut self, outcome: &Outcome) -> Result<(), ReportError> {
        let key = (outcome.division, outcome.scheme.clone());
        self.all.add(outcome)?;
        self.by_scheme.entry(key).or_default().add(outcome)
    }

    /// Checks that at either level, for every division and scheme and over everything, what would
    /// be is what was with the changes, and that the parts add up to the whole.
    ///
    /// # Errors
    ///
    /// [`ReportError`]: a sum is wrong, and nothing of the report may be believed.
    pub fn check(&self) -> Result<(), ReportError> {
        self.all.check("everything")?;
        let mut parts = Totals::default();
        for ((division, scheme), totals) in &self.by_scheme {
            totals.check(&format!("{scheme} in {division}"))?;
            parts = parts.plus(totals).ok_or(ReportError::Range)?;
        }
        match parts == self.all {
            true => Ok(()),
            false => Err(ReportError::Parts),
        }
    }
}

impl Totals {
    fn add(&mut self, outcome: &Outcome) -> Result<(), ReportError> {
        let (was, would) = (outcome.was, outcome.would);
        let one = Self {
            counted: 1,
            differing: u64::from(outcome.differs()),
            approved: Level::of(was.approved, would.approved).ok_or(ReportError::Range)?,
            paid: Level::of(was.paid, would.paid).ok_or(ReportError::Range)?,
            unfunded: outcome.unfunded(),
        };
        *self = self.plus(&one).ok_or(ReportError::Range)?;
        Ok(())
    }

    fn plus(&self, other: &Self) -> Option<Self> {
        Some(Self {
            counted: self.counted.checked_add(other.counted)?,
            differing: self.differing.checked_add(other.differing)?,
            approved: self.approved.plus(&other.approved)?,
            paid: self.paid.plus(&other.paid)?,
            unfunded: self.unfunded.checked_add(other.unfunded)?,
        })
    }

    fn check(&self, place: &str) -> Result<(), ReportError> {
        for (level, name) in [(&self.approved, "approved"), (&self.paid, "paid")] {
            let expected = level.expected().ok_or(ReportError::Range)?;
            if expected != level.would {
                return Err(ReportError::Unbalanced {
                    what: format!("what is {name}, {place}"),
                    would: level.would,
                    expected,
                });
            }
        }
        Ok(())
    }
}

impl Level {
    fn of(was: Fen, would: Fen) -> Option<Self> {
        let mut level = Self {
            was,
            would,
            ..Self::default()
        };
        match Change::between(was, would) {
            Change::Same => {}
            Change::Added => (level.added, level.added_count) = (would, 1),
            Change::Refused => (level.refused, level.refused_count) = (was, 1),
            Change::Raised => {
                (level.raised, level.changed_count) = (would.checked_sub(was)?, 1);
            }
            Change::Lowered => {
                (level.lowered, level.changed_count) = (was.checked_sub(would)?, 1);
            }
        }
        Some(level)
    }

    fn plus(&self, other: &Self) -> Option<Self> {
        Some(Self {
            was: self.was.checked_add(other.was)?,
            would: self.would.checked_add(other.would)?,
            added: self.added.checked_add(other.added)?,
            refused: self.refused.checked_add(other.refused)?,
            raised: self.raised.checked_add(other.raised)?,
            lowered: self.lowered.checked_add(other.lowered)?,
            added_count: self.added_count.checked_add(other.added_count)?,
            refused_count: self.refused_count.checked_add(other.refused_count)?,
            changed_count: self.changed_count.checked_add(other.changed_count)?,
        })
    }

    /// What was, with the changes.
    fn expected(&self) -> Option<Fen> {
        let more = self.was.checked_add(self.added)?.checked_add(self.raised)?;
        more.checked_sub(self.refused)?.checked_sub(self.lowered)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PersonKey;
    use proptest::prelude::*;

    fn outcome(division: u32, scheme: &str, was: (i64, i64), would: (i64, i64)) -> Outcome {
        let money = |(approved, paid)| Money {
            approved: Fen::new(approved),
            paid: Fen::new(paid),
        };
        Outcome {
            about: About::Place(ClassId::from_bytes([1; 16]), PersonKey::from_bytes([2; 16])),
            beneficiary: Payee::Person(PersonKey::from_bytes([2; 16])),
            division: Division::new(division).unwrap(),
            scheme: SchemeId::parse(scheme).unwrap(),
            was: money(was),
            would: money(would),
            why: None,
        }
    }

    #[test]
    fn a_change_has_one_name() {
        use Change::{Added, Lowered, Raised, Refused, Same};
        for (was, would, expected) in [
            (0, 0, Same),
            (5, 5, Same),
            (0, 5, Added),
            (5, 0, Refused),
            (4, 5, Raised),
            (5, 4, Lowered),
        ] {
            assert_eq!(Change::between(Fen::new(was), Fen::new(would)), expected);
        }
    }

    #[test]
    fn a_sum_that_is_off_by_a_fen_is_found() {
        let mut report = Report::default();
        report
            .add(&outcome(370_100, "one", (5, 3), (7, 0)))
            .unwrap();
        assert_eq!(report.check(), Ok(()));
        let mut wrong = report.clone();
        wrong.all.paid.refused = Fen::new(2);
        assert!(matches!(wrong.check(), Err(ReportError::Unbalanced { .. })));
        let mut wrong = report.clone();
        wrong.all.counted = 2;
        assert_eq!(wrong.check(), Err(ReportError::Parts));
        report.by_scheme.clear();
        assert_eq!(report.check(), Err(ReportError::Parts));
    }

    proptest! {
        #[test]
        fn totals_of_anything_add_up(
            drawn in prop::collection::vec(
                (0..3_usize, 0..2_usize, (0..4_i64, 0..4_i64), (0..4_i64, 0..4_i64)),
                0..60,
            ),
        ) {
            let mut report = Report::default();
            for (division, scheme, was, would) in &drawn {
                let division = [370_100, 370_200, 520_100][*division];
                let scheme = ["one", "two"][*scheme];
                report.add(&outcome(division, scheme, *was, *would)).unwrap();
            }
            prop_assert_eq!(report.check(), Ok(()));
            let count = u64::try_from(drawn.len()).unwrap();
            prop_assert_eq!(report.all.counted, count);
            let would: i64 = drawn.iter().map(|(.., would)| would.1).sum();
            prop_assert_eq!(report.all.paid.would, Fen::new(would));
        }
    }
}
