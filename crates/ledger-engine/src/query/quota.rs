//! How much of a person's yearly quota is used, and by which events, as of any position.

use ledger_core::case_dates;
use ledger_core::entity::{Class, Person, QuotaSlot};
use ledger_core::policy::book::{OwnScheme, RuleCase};
use ledger_core::policy::{PolicyBook, PublishedPolicy, Quota, QuotaWindow, Ruled};
use ledger_core::refusal::RuleCitation;
use ledger_core::{BusinessDate, Division, EntityKind, PersonKey, Position, SchemeId};
use ledger_log::Snapshot;

use super::entities::load;
use super::error::Subject;
use super::{QueryError, Reader};

/// Whose quota is asked for, under which rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotaQuery {
    /// The person.
    pub person: PersonKey,
    /// The scheme whose rule is asked for; that of the year's latest subsidy when absent.
    pub scheme: Option<SchemeId>,
    /// The division whose policy holds; that of the year's latest subsidy when absent.
    pub division: Option<Division>,
    /// Calendar year.
    pub year: i32,
    /// The position as of which to answer; the latest when absent.
    pub as_of: Option<Position>,
}

/// The use of a person's quota in a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotaUse {
    /// Slots in use that the rule counts.
    pub used: u32,
    /// Slots per year; absent when no rule limits them.
    pub limit: Option<u32>,
    /// Slots left; absent when no rule limits them.
    pub left: Option<u32>,
    /// Every slot taken in the year that the rule counts, also those given back, in the order of
    /// taking.
    pub slots: Vec<SlotUse>,
    /// The rule that sets the limit.
    pub rule: Option<RuleCitation>,
    /// The position as of which this is the answer.
    pub log_position: Position,
}

/// One use of the quota.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotUse {
    /// The slot; `freed` is set only when it was given back by the position asked for.
    pub slot: QuotaSlot,
    /// The approval of the subsidy; absent when an advance took the slot before any approval.
    pub approval: Option<Position>,
}

impl Reader {
    /// Tells how much of a person's yearly quota is used.
    ///
    /// The person's slots carry the positions at which they were taken and given back, so any
    /// position is answered without a replay. The rule is that which held for the year's latest
    /// subsidy, by the dates of its case. When a scheme or a division is asked for, it is that of
    /// the document which supersedes the others among those in force on a day of the year. Of
    /// several rules that count by calendar year it is the one that leaves least; a rule over
    /// another window is no answer to a question about a year.
    ///
    /// # Errors
    ///
    /// [`QueryError::NotFound`] for a person not registered by then,
    /// [`QueryError::PositionInFuture`], and what reading the store gives.
    pub fn quota(&self, query: &QuotaQuery) -> Result<QuotaUse, QueryError> {
        let snapshot = self.store.snapshot()?;
        let as_of = as_of(query.as_of, snapshot.last_position())?;
        let person = load(snapshot.as_ref(), query.person)?
            .filter(|person| person.registered <= as_of)
            .ok_or(QueryError::NotFound {
                what: Subject::Entity(EntityKind::Person),
            })?;
        let slots = slots_as_of(&person, query.year, as_of);
        let policies = self.policies(as_of)?.as_of(as_of);
        let rules = self.rules(query, (&person, &slots), snapshot.as_ref(), &policies)?;
        let uses = rules
            .into_iter()
            .map(|rule| QuotaUse::under(rule, &slots, &policies, as_of));
        let tightest = uses.min_by_key(|found| found.left);
        Ok(tightest.unwrap_or_else(|| QuotaUse::unlimited(slots, as_of)))
    }

    /// The rules that limit the year: those which held for the year's latest subsidy, or those of
    /// the scheme and the division asked for.
    fn rules(
        &self,
        query: &QuotaQuery,
        (person, slots): (&Person, &[SlotUse]),
        snapshot: &dyn Snapshot,
        policies: &PolicyBook,
    ) -> Result<Vec<QuotaRule>, QueryError> {
        let latest = match slots.last().map(|used| &used.slot) {
            Some(slot) => load(snapshot, slot.class)?.map(|class| (slot, class)),
            None => None,
        };
        if let (None, None, Some((slot, class))) = (&query.scheme, query.division, &latest) {
            return Ok(held_for(policies, person, slot, class));
        }
        let scheme = query
            .scheme
            .as_ref()
            .or(latest.as_ref().map(|(slot, _)| &slot.scheme));
        let division = query
            .division
            .or(latest.as_ref().map(|(_, class)| class.account.division));
        Ok(match (scheme, division) {
            (Some(scheme), Some(division)) => year(query.year)
                .and_then(|days| policies.in_force_within(scheme, division, days))
                .map(|published| QuotaRule::stated(published, scheme, division))
                .unwrap_or_default(),
            _ => Vec::new(),
        })
    }
}

/// The position as of which to answer, within the log.
pub(super) fn as_of(asked: Option<Position>, last: Position) -> Result<Position, QueryError> {
    match asked {
        None => Ok(last),
        Some(asked) if asked <= last => Ok(asked),
        Some(asked) => Err(QueryError::PositionInFuture {
            asked,
            log_position: last,
        }),
    }
}

/// A quota rule and where it is written.
struct QuotaRule {
    scheme: SchemeId,
    division: Division,
    /// Whether the scheme is counted apart from the others.
    apart: bool,
    quota: Quota,
    citation: RuleCitation,
}

/// The quotas that held for a subsidy, by the dates of its case.
fn held_for(
    policies: &PolicyBook,
    person: &Person,
    slot: &QuotaSlot,
    class: &Class,
) -> Vec<QuotaRule> {
    let division = class.account.division;
    let rules = person.enrolment(slot.class).and_then(|enrolment| {
        policies.case_rules(&RuleCase {
            scheme: &class.scheme,
            division,
            policy: class.policy,
            dates: case_dates(class, enrolment, slot.taken_on),
        })
    });
    let Some((rules, (published, quotas))) = rules.and_then(|rules| Some((rules, rules.quotas()?)))
    else {
        return Vec::new();
    };
    let apart = rules.rule(|scheme| scheme.counted_apart.as_ref()).is_some();
    QuotaRule::yearly(published, quotas, (&class.scheme, division, apart))
}

fn slots_as_of(person: &Person, year: i32, as_of: Position) -> Vec<SlotUse> {
    person
        .slots
        .iter()
        .filter(|slot| slot.year == year && slot.taken <= as_of)
        .map(|slot| SlotUse {
            slot: QuotaSlot {
                freed: slot.freed.filter(|freed| *freed <= as_of),
                ..slot.clone()
            },
            approval: person
                .enrolment(slot.class)
                .and_then(|enrolment| enrolment.approval)
                .map(|approval| approval.position)
                .filter(|position| *position <= as_of),
        })
        .collect()
}

/// The first and the last day of a year.
fn year(year: i32) -> Option<(BusinessDate, BusinessDate)> {
    let first = BusinessDate::from_ymd(year, 1, 1)?;
    Some((first, BusinessDate::from_ymd(year, 12, 31)?))
}

impl QuotaRule {
    /// The quotas that a document states for a scheme.
    fn stated(published: &PublishedPolicy, scheme: &SchemeId, division: Division) -> Vec<Self> {
        let Some(rules) = published.policy.scheme(scheme) else {
            return Vec::new();
        };
        let apart = rules.counted_apart.is_some();
        Self::yearly(published, &rules.quotas, (scheme, division, apart))
    }

    /// Those that count by calendar year.
    fn yearly(
        published: &PublishedPolicy,
        quotas: &[Ruled<Quota>],
        (scheme, division, apart): (&SchemeId, Division, bool),
    ) -> Vec<Self> {
        let yearly = quotas
            .iter()
            .filter(|quota| quota.rule.window == QuotaWindow::CalendarYear);
        yearly
            .map(|rule| Self {
                scheme: scheme.clone(),
                division,
                apart,
                quota: rule.rule.clone(),
                citation: published.cite(rule),
            })
            .collect()
    }

    /// Whether a slot counts, as it does when a subsidy of the scheme is decided.
    fn counts(&self, slot: &QuotaSlot, policies: &PolicyBook) -> bool {
        let own = OwnScheme {
            scheme: &self.scheme,
            division: self.division,
        };
        policies.counts(&self.quota, own, || self.apart, slot.into())
    }
}

impl QuotaUse {
    /// The use of the slots that a rule counts.
    fn under(rule: QuotaRule, slots: &[SlotUse], policies: &PolicyBook, as_of: Position) -> Self {
        let counts = |used: &&SlotUse| rule.counts(&used.slot, policies);
        let counted = slots.iter().filter(counts).cloned().collect();
        let unlimited = Self::unlimited(counted, as_of);
        Self {
            limit: Some(rule.quota.limit),
            left: Some(rule.quota.limit.saturating_sub(unlimited.used)),
            rule: Some(rule.citation),
            ..unlimited
        }
    }

    fn unlimited(slots: Vec<SlotUse>, log_position: Position) -> Self {
        let in_use = slots.iter().filter(|used| used.slot.freed.is_none());
        Self {
            used: u32::try_from(in_use.count()).unwrap_or(u32::MAX),
            limit: None,
            left: None,
            slots,
            rule: None,
            log_position,
        }
    }
}
