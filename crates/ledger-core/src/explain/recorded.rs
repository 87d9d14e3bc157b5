//! Explanations of what was decided before, from what was recorded of it.
//!
//! An approval keeps the kind, document and numbers of each rule, a refusal its rule, numbers and
//! facts. The clauses are looked up in the documents as published, also in those that were
//! withdrawn or corrected since: a decision keeps what it cites.

use super::{Evaluated, Explanation, Input, Outcome};
use crate::coded::{PayeeKind, RuleKind};
use crate::event::AppliedRule;
use crate::policy::{PolicyBook, PublishedPolicy, RateValue, Scheme};
use crate::refusal::{Reason, Refusal, RuleCitation};
use crate::{Fen, FundSource, SchemeId};
use std::collections::BTreeSet;
use std::sync::Arc;

impl Explanation {
    /// The chain behind a recorded approval under a scheme: the rules with their numbers. The
    /// events that they looked at are the causes of the approval.
    #[must_use]
    pub fn recorded(book: &PolicyBook, scheme: &SchemeId, applied: &[AppliedRule]) -> Self {
        let mut quotas: usize = 0;
        let rules = applied.iter().map(|applied| {
            let published = applied.policy.and_then(|policy| book.at(policy));
            let nth = quotas;
            quotas = quotas.saturating_add(usize::from(applied.rule == RuleKind::Quota));
            let amount = applied.found.map(Fen::new);
            let citation = published.map(|published| cite(published, scheme, applied, nth));
            let outcome = match (applied.rule, amount) {
                (RuleKind::Amount | RuleKind::Uplift, Some(amount)) => Outcome::Amount(amount),
                _ => Outcome::Passed,
            };
            Evaluated {
                rule: applied.rule,
                citation,
                inputs: Vec::new(),
                limit: applied.limit,
                found: applied.found,
                outcome,
            }
        });
        Self {
            rules: rules.collect(),
            barred: Vec::new(),
        }
    }

    /// What a refusal rests on.
    #[must_use]
    pub fn refused(refusal: &Refusal) -> Self {
        let mut explanation = Self::default();
        // Papers that are void or were failed stand in the way also where no rule asks for them.
        let by_state = |rule: &RuleKind| *rule == RuleKind::Evidence && refusal.rule.is_none();
        let Some(rule) = kind_of(refusal.reason).filter(|rule| !by_state(rule)) else {
            explanation.barred.push(refusal.clone());
            return explanation;
        };
        let subject = refusal.subject.as_deref().map(|subject| Input {
            name_en: "subject",
            name_zh: "对象",
            value: subject.to_owned(),
            value_zh: subject_zh(subject),
            positions: Vec::new(),
        });
        explanation.rules.push(Evaluated {
            rule,
            citation: refusal.rule.clone(),
            inputs: subject.into_iter().collect(),
            limit: refusal.limit,
            found: refusal.found,
            outcome: Outcome::Refused(refusal.clone()),
        });
        explanation
    }
}

/// The subject of a refusal in Chinese, where it has a word in it and is not only an identifier.
fn subject_zh(subject: &str) -> Option<String> {
    // An account is a division and a fund.
    let (account, word) = subject.rsplit_once(' ').unwrap_or(("", subject));
    let named = FundSource::from_code(word)
        .map(FundSource::name_zh)
        .or_else(|| PayeeKind::from_code(word).map(PayeeKind::name_zh));
    let said = match subject {
        "amount" | "amount in fen" => Some("金额"),
        "months" => Some("月数"),
        _ => None,
    };
    let named = named.map(|named| format!("{account}{named}"));
    named.or_else(|| said.map(str::to_owned))
}

/// The kind of rule that a reason stands for; none for the state of things and for the command.
pub(crate) fn kind_of(reason: Reason) -> Option<RuleKind> {
    Some(match reason {
        Reason::SchemeNotOnFund => RuleKind::Funds,
        Reason::FundPartsMismatch => RuleKind::FundSplit,
        Reason::RateNotFound | Reason::RateAboveStandard | Reason::AwardAmountNotAllowed => {
            RuleKind::Amount
        }
        Reason::YearlyQuotaUsed => RuleKind::Quota,
        Reason::SameOccupationAndLevel => RuleKind::NoRepeat,
        Reason::HigherLevelPaid => RuleKind::HigherLevel,
        Reason::OtherSchemePaid => RuleKind::SchemeExclusion,
        Reason::NotInGroup => RuleKind::Groups,
        Reason::AgeOutOfBounds => RuleKind::Age,
        Reason::DrawsPension => RuleKind::Pension,
        Reason::TooFewInsuredMonths => RuleKind::InsuredMonths,
        Reason::NotResident => RuleKind::Residence,
        Reason::NotGraduatingYear => RuleKind::GraduatingYear,
        Reason::NotQualified => RuleKind::Qualification,
        Reason::LevelNotSubsidised => RuleKind::Levels,
        Reason::TooFewClassHours
        | Reason::AssessmentNotPassed
        | Reason::CertificateMissing
        | Reason::CertificateIsInvalid
        | Reason::CertificateKindNotAllowed
        | Reason::CertificateNotVerified
        | Reason::EmploymentEvidenceMissing => RuleKind::Evidence,
        Reason::WrongPayee | Reason::PayeeNotFound | Reason::AgencyContractMissing => {
            RuleKind::Payee
        }
        Reason::ProjectNotAllowed | Reason::EmploymentWindowOpen => RuleKind::PaymentSchedule,
        Reason::ClaimTooLate => RuleKind::ClaimDeadline,
        Reason::PublicityNotClosed | Reason::PublicityTooShort => RuleKind::Publicity,
        Reason::NotInCatalogue => RuleKind::Catalogue,
        Reason::OrderMissing | Reason::OrderNotReady | Reason::OrderMismatch => RuleKind::Order,
        Reason::AwardExcluded => RuleKind::AwardExclusivity,
        Reason::AwardCountUsed => RuleKind::AwardCount,
        Reason::PenaltyOutOfRange => RuleKind::Penalty,
        Reason::AccrualAboveShare | Reason::CapacityMissing | Reason::CapacitySufficient => {
            RuleKind::Accrual
        }
        Reason::FoundFalse => RuleKind::Finding,
        _ => return None,
    })
}

/// The rule of a document as published, with the clause of its kind (of the nth quota), or the name
/// of the kind where a table has several.
fn cite(
    published: &PublishedPolicy,
    scheme: &SchemeId,
    applied: &AppliedRule,
    nth: usize,
) -> RuleCitation {
    let rule = applied.rule;
    let rules = published.policy.scheme(scheme);
    let clause = rules.and_then(|rules| clause(rules, rule, nth));
    let clause = clause.or_else(|| {
        let amount = applied.found.map(Fen::new);
        rate_clause(
            published,
            scheme,
            amount.filter(|_| rule == RuleKind::Amount),
        )
    });
    RuleCitation {
        policy: published.position,
        document: Arc::clone(&published.policy.document_number),
        clause: clause.map_or_else(|| Arc::from(rule.name_zh()), Arc::clone),
        valid_from: published.policy.valid_from,
    }
}

/// The clause of the row that an amount came from, where the amount tells it: the only clause of
/// the scheme's rates, or of its rates of that amount.
fn rate_clause<'p>(
    published: &'p PublishedPolicy,
    scheme: &SchemeId,
    amount: Option<Fen>,
) -> Option<&'p Arc<str>> {
    let rows = published.policy.rates.rows.iter();
    let of_scheme = rows.filter(|(key, _)| key.scheme == *scheme);
    let rates: Vec<_> = of_scheme.map(|(_, rate)| rate).collect();
    let only = |clauses: BTreeSet<&'p Arc<str>>| match clauses.len() {
        1 => clauses.first().copied(),
        _ => None,
    };
    let all = rates.iter().map(|rate| &rate.clause).collect();
    only(all).or_else(|| {
        let of_amount = rates.iter().filter(|rate| match rate.rule {
            RateValue::Fixed(fixed) => Some(fixed) == amount,
            RateValue::Hourly { .. } | RateValue::Monthly { .. } => false,
        });
        only(of_amount.map(|rate| &rate.clause).collect())
    })
}

fn clause(scheme: &Scheme, rule: RuleKind, nth: usize) -> Option<&Arc<str>> {
    fn of<T>(ruled: Option<&crate::policy::Ruled<T>>) -> Option<&Arc<str>> {
        ruled.map(|ruled| &ruled.clause)
    }
    match rule {
        RuleKind::Funds => Some(&scheme.funds.clause),
        RuleKind::FundSplit => of(scheme.split.as_ref()),
        RuleKind::Amount => of(scheme.amount.as_ref()),
        RuleKind::Uplift => of(scheme.uplift.as_ref()),
        RuleKind::Quota => of(scheme.quotas.get(nth)),
        RuleKind::NoRepeat => of(scheme.no_repeat.as_ref()),
        RuleKind::HigherLevel => of(scheme.higher_level.as_ref()),
        RuleKind::SchemeExclusion => of(scheme.excludes.as_ref()),
        RuleKind::Groups => of(scheme.groups.as_ref()),
        RuleKind::Levels => of(scheme.levels.as_ref()),
        RuleKind::Age => of(scheme.age.as_ref()),
        RuleKind::Pension => of(scheme.pension_excluded.as_ref()),
        RuleKind::InsuredMonths => of(scheme.insured_months.as_ref()),
        RuleKind::Residence => of(scheme.residence.as_ref()),
        RuleKind::GraduatingYear => of(scheme.graduating_year.as_ref()),
        RuleKind::Evidence => Some(&scheme.evidence.clause),
        RuleKind::Payee => of(scheme.payee.as_ref()),
        RuleKind::PaymentSchedule => of(scheme.project.as_ref()),
        RuleKind::QuotaRelease => Some(&scheme.quota_release.clause),
        RuleKind::ClaimDeadline => of(scheme.claim_deadline.as_ref()),
        RuleKind::Publicity => of(scheme.publicity.as_ref()),
        RuleKind::Catalogue => of(scheme.catalogue.as_ref()),
        RuleKind::Order => of(scheme.order.as_ref()),
        RuleKind::AwardExclusivity => of(scheme.award_exclusivity.as_ref()),
        RuleKind::AwardCount => of(scheme.award_count.as_ref()),
        RuleKind::Qualification | RuleKind::Penalty | RuleKind::Accrual | RuleKind::Finding => None,
    }
}
