//! Awards and grants (such as 鲁人社发〔2020〕18号 三(二)–三(五)): approval, revocation.
//!
//! An award is decided by a body outside the ledger; the ledger holds it against the rules of the
//! document in force, one check per rule, and says which of them were applied.

mod explain;

use crate::coded::RuleKind;
use crate::command::{ApproveAward, AwardPartRequest, RevokeAward};
use crate::context::award_register_key;
use crate::decide::entry::overflow;
use crate::decide::{CommandPayload, Deciding, all, at_most, check_amount, saturating_i64, within};
use crate::entity::{Award, AwardEntry};
use crate::event::{AppliedRule, AwardApproved, AwardPart, AwardRevoked, Event, EventBody, Payee};
use crate::limits::{AMOUNT_MAX_FEN, AWARD_MONTHS_MAX, AWARD_PARTS_MAX, AWARDS_PER_SCHEME_MAX};
use crate::need::Need;
use crate::policy::{
    AwardAmount, AwardCount, AwardRule, FundShare, PublishedPolicy, Ruled, Scheme,
};
use crate::refusal::{Reason, Refusal};
use crate::{AccountKey, AwardId, BusinessDate, Fen, PersonKey, Position, Reference, SchemeId};
use std::slice;

pub use explain::explain_award_approval;

impl<'a> Deciding<'a> {
    pub(crate) fn award(&self, award: AwardId) -> Result<&'a Award, Refusal> {
        self.context
            .awards
            .get(&award)
            .ok_or_else(|| Refusal::new(Reason::AwardNotFound).about(award))
    }

    /// Approves an award under the document in force for its scheme where and when it is awarded.
    pub(crate) fn approve_award(&self, c: &ApproveAward) -> Result<Event, Refusal> {
        self.check_award_bounds(c)?;
        let published = self
            .context
            .policies
            .in_force(&c.scheme, c.division, self.on)
            .ok_or_else(|| Refusal::new(Reason::PolicyNotFound).about(&c.scheme))?;
        let parts = c.parts.iter().map(|part| self.account(account_of(part)));
        let opened = all(parts)?.into_iter().map(|account| account.opened);
        let mut causes = vec![published.position];
        causes.extend(opened);
        causes.push(self.recipient(c.recipient)?);
        if let Some(existing) = self.context.awards.get(&c.award) {
            return Err(Refusal::new(Reason::AwardExists)
                .about(c.award)
                .because([existing.approved.position]));
        }
        let asked = Asked::new(*self, c, published)?;
        let body = EventBody::AwardApproved(asked.approved()?);
        let mut event = self.event(body, causes);
        event.policy = Some(published.position);
        Ok(event)
    }

    /// What the command says by itself: bounds, and no account twice.
    fn check_award_bounds(&self, c: &ApproveAward) -> Result<(), Refusal> {
        at_most(c.parts.len(), AWARD_PARTS_MAX, "parts")?;
        if let Some(months) = c.months {
            within(months, AWARD_MONTHS_MAX, "months")?;
        }
        let months = u64::from(c.months.unwrap_or(1));
        let amount = c.amount.unwrap_or(Fen::ZERO);
        let whole = amount.checked_mul(months).ok_or_else(overflow)?;
        if whole.get() > AMOUNT_MAX_FEN {
            return Err(Refusal::new(Reason::OutOfBounds)
                .about("amount in fen")
                .limit(AMOUNT_MAX_FEN, whole.get()));
        }
        let key = award_register_key(&c.scheme, c.division);
        let register = self.context.award_registers.get(&key);
        let entries = register.map_or(0, |register| register.entries.len());
        at_most(
            entries.saturating_add(1),
            AWARDS_PER_SCHEME_MAX,
            "awards of the scheme",
        )?;
        if amount.is_negative() {
            return Err(Refusal::new(Reason::AmountNotPositive).limit(0, amount.get()));
        }
        all(c
            .parts
            .iter()
            .filter_map(|part| part.amount)
            .map(check_amount))?;
        named_once(&c.parts)
    }

    /// The registration of the person or body that receives the award.
    fn recipient(&self, recipient: Payee) -> Result<Position, Refusal> {
        match recipient {
            Payee::Person(person) | Payee::Master(person) => Ok(self.person(person)?.registered),
            Payee::Institution(body) | Payee::Employer(body) => {
                Ok(self.institution(body)?.registered)
            }
        }
    }

    /// Takes an award back. Money has to come back first: what was paid must have been clawed
    /// back or returned, and nothing may be with the bank.
    pub(crate) fn revoke_award(&self, c: &RevokeAward) -> Result<Event, Refusal> {
        let award = self.award(c.award)?;
        self.not_before(award.approved.on, award.approved.position)?;
        not_revoked(c.award, award)?;
        let paid = award.paid_or_ordered();
        if paid > award.clawed_back {
            let payments = award.payments.iter().map(|payment| payment.position);
            return Err(Refusal::new(Reason::AwardIsPaid)
                .about(c.award)
                .limit(award.clawed_back.get(), paid.get())
                .because(payments));
        }
        let body = EventBody::AwardRevoked(AwardRevoked {
            award: c.award,
            grounds: c.grounds.clone(),
            decision_number: c.decision_number.clone(),
        });
        let mut causes = vec![award.approved.position];
        causes.extend(award.found_false);
        let mut event = self.event(body, causes);
        event.policy = Some(award.policy);
        Ok(event)
    }
}

/// An award that is asked for, and the rules that hold for it. Each check gives the rule that it
/// applied with what it found, in the order of precedence of what it refuses.
#[derive(Debug)]
struct Asked<'a> {
    deciding: Deciding<'a>,
    command: &'a ApproveAward,
    published: &'a PublishedPolicy,
    scheme: &'a Scheme,
    rule: &'a Ruled<AwardRule>,
}

impl<'a> Asked<'a> {
    /// The rules of the scheme, which has to be an award.
    fn new(
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

    fn approved(&self) -> Result<AwardApproved, Refusal> {
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
    fn check_exclusivity(&self) -> Result<Option<AppliedRule>, Refusal> {
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
    fn same_subject(&self, scheme: &SchemeId) -> Option<&'a AwardEntry> {
        let same = |entry: &&AwardEntry| names_the_same(&entry.subject, &self.command.subject);
        self.standing(scheme).find(same)
    }

    /// The awards of a scheme that were not revoked, in the division of the document: another
    /// city's document may give its own scheme the same name.
    fn standing(&self, scheme: &SchemeId) -> impl Iterator<Item = &'a AwardEntry> + use<'a> {
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
    fn check_count(&self) -> Result<Option<AppliedRule>, Refusal> {
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
    fn amount(&self) -> Result<(Fen, u32, AppliedRule), Refusal> {
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

    fn not_allowed(&self, limit: Fen, found: Fen) -> Refusal {
        self.no_amount("amount in fen")
            .limit(limit.get(), found.get())
    }

    fn no_amount(&self, what: &str) -> Refusal {
        Refusal::new(Reason::AwardAmountNotAllowed)
            .under(self.published.cite(self.rule))
            .about(what)
    }

    /// What each account pays, adding up exactly to the amount.
    fn parts(&self, amount: Fen) -> Result<(Vec<AwardPart>, Option<AppliedRule>), Refusal> {
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

    fn check_recipient(&self) -> Result<AppliedRule, Refusal> {
        let recipient = self.command.recipient.kind();
        if !self.rule.rule.recipients.contains(&recipient) {
            return Err(Refusal::new(Reason::WrongPayee)
                .under(self.published.cite(self.rule))
                .about(recipient.code()));
        }
        Ok(self.applied(RuleKind::Payee, None, None))
    }

    fn applied(&self, rule: RuleKind, limit: Option<i64>, found: Option<i64>) -> AppliedRule {
        AppliedRule {
            rule,
            policy: Some(self.published.position),
            limit,
            found,
        }
    }
}

/// Earmarking (专款专用): the scheme's list has each fund, and each account belongs to the division
/// that awards, to one above it or to one inside it.
fn check_funds(
    c: &ApproveAward,
    published: &PublishedPolicy,
    scheme: &Scheme,
) -> Result<(), Refusal> {
    let related = |part: &AwardPartRequest| {
        part.division.contains(c.division) || c.division.contains(part.division)
    };
    let allowed =
        |part: &&AwardPartRequest| scheme.funds.rule.contains(&part.fund) && related(part);
    match c.parts.iter().find(|part| !allowed(part)) {
        Some(part) => Err(Refusal::new(Reason::SchemeNotOnFund)
            .under(published.cite(&scheme.funds))
            .about(format_args!("{} {}", part.division, part.fund.code()))),
        None => Ok(()),
    }
}

/// The cycle that a date lies in, counted from the one that begins in the rule's first year.
fn cycle_of(count: AwardCount, date: BusinessDate) -> Option<i32> {
    let years = date.year().checked_sub(i32::from(count.first_year))?;
    years.checked_div_euclid(i32::from(count.years))
}

fn account_of(part: &AwardPartRequest) -> AccountKey {
    AccountKey {
        division: part.division,
        fund: part.fund,
    }
}

/// Refuses two parts from one account.
fn named_once(parts: &[AwardPartRequest]) -> Result<(), Refusal> {
    let mut accounts: Vec<_> = parts.iter().map(account_of).collect();
    accounts.sort_unstable();
    let twice = accounts.windows(2).find_map(|pair| match pair {
        [left, right] if left == right => Some(*left),
        _ => None,
    });
    match twice {
        Some(twice) => Err(Refusal::new(Reason::NamedTwice).about(format_args!(
            "{} {}",
            twice.division,
            twice.fund.code()
        ))),
        None => Ok(()),
    }
}

/// Divides a sum over the accounts named for it: one of them may leave its amount open and takes
/// what the others leave.
fn divide(sum: Fen, named: &[&AwardPartRequest]) -> Result<Vec<AwardPart>, Refusal> {
    let given = named.iter().filter_map(|part| part.amount);
    let given = Fen::checked_sum(given).ok_or_else(overflow)?;
    let rest = sum.checked_sub(given).ok_or_else(overflow)?;
    let open = named.iter().filter(|part| part.amount.is_none()).count();
    let fits = match open {
        0 => rest.is_zero(),
        1 => rest.is_positive(),
        _ => false,
    };
    if !fits {
        return Err(Refusal::new(Reason::FundPartsMismatch).limit(sum.get(), given.get()));
    }
    let parts = named.iter().map(|part| AwardPart {
        account: account_of(part),
        amount: part.amount.unwrap_or(rest),
    });
    Ok(parts.collect())
}

/// Divides an amount as the scheme rules: each fund pays its share, rounded down to the fen, and
/// the last one takes what rounding leaves; the accounts named for a fund divide its share.
fn by_split(
    amount: Fen,
    split: &[FundShare],
    named: &[&AwardPartRequest],
) -> Result<Vec<AwardPart>, Refusal> {
    let ruled = |part: &AwardPartRequest| split.iter().any(|share| share.fund == part.fund);
    if let Some(foreign) = named.iter().find(|part| !ruled(part)) {
        return Err(Refusal::new(Reason::FundPartsMismatch)
            .about(foreign.fund.code())
            .limit(0, foreign.amount.unwrap_or(amount).get()));
    }
    let mut parts = Vec::new();
    let mut left = amount;
    for (at, share) in split.iter().enumerate() {
        let last = at.saturating_add(1) == split.len();
        let due = match last {
            true => left,
            false => amount.share(share.share).ok_or_else(overflow)?,
        };
        left = left.checked_sub(due).ok_or_else(overflow)?;
        let of_fund: Vec<_> = named
            .iter()
            .copied()
            .filter(|part| part.fund == share.fund)
            .collect();
        let divided = divide(due, &of_fund);
        parts.extend(divided.map_err(|mismatch| mismatch.about(share.fund.code()))?);
    }
    Ok(parts)
}

pub(crate) fn not_revoked(id: AwardId, award: &Award) -> Result<(), Refusal> {
    match award.revoked {
        Some(revoked) => Err(Refusal::new(Reason::AwardIsRevoked)
            .about(id)
            .because([revoked])),
        None => Ok(()),
    }
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

impl CommandPayload for ApproveAward {
    fn needs(&self, need: &mut Need<'_>) {
        need.new_award(self);
    }

    fn reports_on(&self) -> &[PersonKey] {
        match &self.recipient {
            Payee::Person(person) | Payee::Master(person) => slice::from_ref(person),
            Payee::Institution(_) | Payee::Employer(_) => &[],
        }
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.approve_award(self)?])
    }
}

impl CommandPayload for RevokeAward {
    fn needs(&self, need: &mut Need<'_>) {
        need.award_and_register(self.award);
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.revoke_award(self)?])
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
