//! An award that is asked for, held against the rules of its scheme.

use super::check_funds;
use super::parts::{by_split, divide};
use crate::coded::RuleKind;
use crate::command::ApproveAward;
use crate::context::award_register_key;
use crate::decide::entry::overflow;
use crate::decide::{Deciding, saturating_i64};
use crate::entity::AwardEntry;
use crate::event::{AppliedRule, AwardApproved, AwardPart};
use crate::policy::{AwardAmount, AwardCount, AwardRule, PublishedPolicy, Ruled, Scheme};
use crate::refusal::{Reason, Refusal};
use crate::{BusinessDate, Fen, Reference, SchemeId};

/// An award that is asked for, and the rules that hold for it. Each check gives the rule that it
/// applied with what it found, in the order of precedence of what it refuses.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    pub(super) deciding: Deciding<'a>,
    pub(super) command: &'a ApproveAward,
    pub(super) published: &'a PublishedPolicy,
    pub(super) scheme: &'a Scheme,
    pub(super) rule: &'a Ruled<AwardRule>,
}

impl<'a> Asked<'a> {
    /// The rules of the scheme, which has to be an award.
    pub(super) fn new(
        deciding: Deciding<'a>,
        command: &'a ApproveAward,
        published: &'a PublishedPolicy,
    ) -> Result<Self, Refusal> {
        let scheme = published
            .policy
            .scheme(&command.scheme)
            .ok_or_else(|| Refusal::new(Reason::PolicyNotFound).about(&command.scheme))?;
        check_funds(command, published, scheme)?;
        let rule = scheme.award.as_ref().ok_or_else(|| {
            let mismatch = Refusal::new(Reason::SchemeKindMismatch).about(&command.scheme);
            mismatch.because([published.position])
        })?;
        Ok(Self {
            deciding,
            command,
            published,
            scheme,
            rule,
        })
    }

    pub(super) fn approved(&self) -> Result<AwardApproved, Refusal> {
        let mut applied = vec![self.applied(RuleKind::Funds, None, None)];
        applied.extend(self.check_exclusivity()?);
        applied.extend(self.check_count()?);
        let (amount, months, by_rule) = self.amount()?;
        applied.push(by_rule);
        let (parts, by_split) = self.parts(amount)?;
        applied.extend(by_split);
        applied.push(self.check_recipient()?);
        let c = self.command;
        Ok(AwardApproved {
            award: c.award,
            scheme: c.scheme.clone(),
            division: c.division,
            recipient: c.recipient,
            subject: c.subject.clone(),
            amount,
            months,
            parts,
            decision_number: c.decision_number.clone(),
            applied,
        })
    }

    /// One award per scheme and subject (a medal, a project, a title); of schemes that exclude
    /// each other one takes it (基地、单位不重复享受, 三(五)21).
    pub(super) fn check_exclusivity(&self) -> Result<Option<AppliedRule>, Refusal> {
        let c = self.command;
        if let Some(standing) = self.same_subject(&c.scheme) {
            return Err(Refusal::new(Reason::AwardExcluded)
                .under(self.published.cite(self.rule))
                .about(&c.scheme)
                .because([standing.position]));
        }
        let exclusive = || self.published.policy.exclusive_awards(&c.scheme);
        for (other, rule) in exclusive() {
            if let Some(standing) = self.same_subject(other) {
                return Err(Refusal::new(Reason::AwardExcluded)
                    .under(self.published.cite(rule))
                    .about(other)
                    .because([standing.position]));
            }
        }
        let applies = exclusive().next().is_some();
        Ok(applies.then(|| self.applied(RuleKind::AwardExclusivity, Some(0), Some(0))))
    }

    /// The award of a scheme for the same subject that was not revoked.
    pub(super) fn same_subject(&self, scheme: &SchemeId) -> Option<&'a AwardEntry> {
        let same = |entry: &&AwardEntry| names_the_same(&entry.subject, &self.command.subject);
        self.standing(scheme).find(same)
    }

    /// The awards of a scheme that were not revoked, in the division of the document: another
    /// city's document may give its own scheme the same name.
    pub(super) fn standing(
        &self,
        scheme: &SchemeId,
    ) -> impl Iterator<Item = &'a AwardEntry> + use<'a> {
        let key = award_register_key(scheme, self.command.division);
        let register = self.deciding.context.award_registers.get(&key);
        let of_document = self.published.policy.division;
        register
            .into_iter()
            .flat_map(|register| register.standing())
            .filter(move |entry| of_document.contains(entry.division))
    }

    /// At most so many awards in a cycle of calendar years (每两年评选10名, 三(四)16), counted by the
    /// business dates of their approvals; a revoked award gives its place back.
    pub(super) fn check_count(&self) -> Result<Option<AppliedRule>, Refusal> {
        let Some(count) = &self.scheme.award_count else {
            return Ok(None);
        };
        let cycle = |date| cycle_of(count.rule, date);
        let taken = self
            .standing(&self.command.scheme)
            .filter(|entry| cycle(entry.on) == cycle(self.deciding.on));
        let taken: Vec<_> = taken.map(|entry| entry.position).collect();
        let (limit, used) = (i64::from(count.rule.limit), saturating_i64(taken.len()));
        if used >= limit {
            return Err(Refusal::new(Reason::AwardCountUsed)
                .under(self.published.cite(count))
                .about(&self.command.scheme)
                .limit(limit, used)
                .because(taken));
        }
        let used = used.saturating_add(1);
        Ok(Some(self.applied(
            RuleKind::AwardCount,
            Some(limit),
            Some(used),
        )))
    }

    /// The amount in all and the months it is for: what the rule fixes, or what was decided
    /// inside it.
    pub(super) fn amount(&self) -> Result<(Fen, u32, AppliedRule), Refusal> {
        let c = self.command;
        let (floor, decided) = match self.rule.rule.amount {
            AwardAmount::Fixed(amount) => {
                let decided = c.amount.unwrap_or(amount);
                if decided != amount {
                    return Err(self.not_allowed(amount, decided));
                }
                (Some(amount), decided)
            }
            AwardAmount::AtLeast(floor) | AwardAmount::MonthlyAtLeast(floor) => {
                let decided = c.amount.unwrap_or(Fen::ZERO);
                if decided < floor {
                    return Err(self.not_allowed(floor, decided));
                }
                (Some(floor), decided)
            }
            // The document leaves the figure to the decision, which then has to name it: an award
            // without money is one of zero, and not one that forgot its amount.
            AwardAmount::Decided => (None, c.amount.ok_or_else(|| self.no_amount("amount"))?),
        };
        let months = match (self.rule.rule.amount, c.months) {
            (AwardAmount::MonthlyAtLeast(_), Some(months)) => months,
            (AwardAmount::MonthlyAtLeast(_), None) | (_, Some(_)) => {
                return Err(self.no_amount("months"));
            }
            (_, None) => 0,
        };
        let amount = decided
            .checked_mul(u64::from(months.max(1)))
            .ok_or_else(overflow)?;
        let applied = self.applied(RuleKind::Amount, floor.map(Fen::get), Some(decided.get()));
        Ok((amount, months, applied))
    }

    pub(super) fn not_allowed(&self, limit: Fen, found: Fen) -> Refusal {
        self.no_amount("amount in fen")
            .limit(limit.get(), found.get())
    }

    pub(super) fn no_amount(&self, what: &str) -> Refusal {
        Refusal::new(Reason::AwardAmountNotAllowed)
            .under(self.published.cite(self.rule))
            .about(what)
    }

    /// What each account pays, adding up exactly to the amount.
    pub(super) fn parts(
        &self,
        amount: Fen,
    ) -> Result<(Vec<AwardPart>, Option<AppliedRule>), Refusal> {
        let named: Vec<_> = self.command.parts.iter().collect();
        let Some(split) = &self.scheme.split else {
            let parts = divide(amount, &named)
                .map_err(|mismatch| mismatch.under(self.published.cite(&self.scheme.funds)))?;
            return Ok((parts, None));
        };
        let parts = by_split(amount, &split.rule, &named)
            .map_err(|mismatch| mismatch.under(self.published.cite(split)))?;
        let applied = self.applied(RuleKind::FundSplit, Some(amount.get()), Some(amount.get()));
        Ok((parts, Some(applied)))
    }

    pub(super) fn check_recipient(&self) -> Result<AppliedRule, Refusal> {
        let recipient = self.command.recipient.kind();
        if !self.rule.rule.recipients.contains(&recipient) {
            return Err(Refusal::new(Reason::WrongPayee)
                .under(self.published.cite(self.rule))
                .about(recipient.code()));
        }
        Ok(self.applied(RuleKind::Payee, None, None))
    }

    pub(super) fn applied(
        &self,
        rule: RuleKind,
        limit: Option<i64>,
        found: Option<i64>,
    ) -> AppliedRule {
        AppliedRule {
            rule,
            policy: Some(self.published.position),
            limit,
            found,
        }
    }
}

/// The cycle that a date lies in, counted from the one that begins in the rule's first year.
pub(super) fn cycle_of(count: AwardCount, date: BusinessDate) -> Option<i32> {
    let years = date.year().checked_sub(i32::from(count.first_year))?;
    years.checked_div_euclid(i32::from(count.years))
}

/// Whether two texts name the same subject: a blank, a capital or a full-width sign more or less is
/// the same medal, and no way past the exclusivity.
fn names_the_same(one: &Reference, other: &Reference) -> bool {
    fn folded(text: &Reference) -> impl Iterator<Item = char> {
        let signs = text.as_str().chars().filter(|sign| !sign.is_whitespace());
        signs.map(half_width).flat_map(char::to_lowercase)
    }
    folded(one).eq(folded(other))
}

/// The ASCII sign of a full-width one (U+FF01 to U+FF5E), any other as it is.
fn half_width(sign: char) -> char {
    const FULL_WIDTH_OFFSET: u32 = 0xFEE0;
    match sign {
        '\u{ff01}'..='\u{ff5e}' => u32::from(sign)
            .checked_sub(FULL_WIDTH_OFFSET)
            .and_then(char::from_u32)
            .unwrap_or(sign),
        _ => sign,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_the_same_however_it_is_spaced() {
        for (one, other, same) in [
            ("金牌 2022", "金牌2022", true),
            ("gold-2022", " Gold － ２０２２　", true),
            ("（金牌）2022", "(金牌)2022", true),
            ("gold-2022", "gold-2023", false),
            ("gold-2022", "gold-20222", false),
            ("金牌", "银牌", false),
        ] {
            let text = |text| Reference::parse(text).unwrap();
            assert_eq!(
                names_the_same(&text(one), &text(other)),
                same,
                "{one} {other}"
            );
        }
    }
}
