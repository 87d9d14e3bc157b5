//! A policy document in its compiled form: the only source of amounts, quotas and percentages.
//!
//! The text of a document is the evidence and is parsed outside the core; this form is derived
//! from it. Each rule carries its clause, so that a refusal or a payment can cite it.

use crate::refusal::RuleCitation;
use crate::{BusinessDate, Division, FundSource, Position, SchemeId, Share};
use std::sync::Arc;

/// One version of one policy document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Stable over the versions of the document.
    pub policy_id: Arc<str>,
    /// Counts up from 1 with each correction of the encoding or the document.
    pub version: u32,
    /// Document number, or its title where the file carries none.
    pub document_number: Arc<str>,
    /// Title of the document.
    pub title: Arc<str>,
    /// Where it holds: a province or a city, and everything inside.
    pub division: Division,
    /// First day of validity.
    pub valid_from: BusinessDate,
    /// Last day of validity; open-ended when absent.
    pub valid_until: Option<BusinessDate>,
    /// The schemes that it sets rules for.
    pub schemes: Vec<Scheme>,
}

/// The rules of one subsidy scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    /// The scheme.
    pub scheme: SchemeId,
    /// Name as in the document.
    pub name_zh: Arc<str>,
    /// Funds that may pay it, with the clause.
    pub funds: Ruled<Vec<FundSource>>,
    /// At most so many subsidies per person and window.
    pub quota: Option<Ruled<Quota>>,
    /// The same occupation and level is not subsidised twice.
    pub no_repeat: Option<Ruled<RepeatWindow>>,
    /// People who draw a monthly pension are outside.
    pub pension_excluded: Option<Ruled<()>>,
    /// What has to be on record before a subsidy is approved.
    pub evidence: Ruled<Evidence>,
    /// How a project class is paid; ordinary classes are paid in full.
    pub project: Option<Ruled<ProjectPayment>>,
    /// What gives a quota slot back.
    pub quota_release: Ruled<QuotaRelease>,
}

/// A rule with the clause that states it (or the parameter that stands in for a silent document).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruled<T> {
    /// The rule.
    pub rule: T,
    /// The clause in the document.
    pub clause: Arc<str>,
}

/// A quota of subsidies per person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Subsidies per person and calendar year.
    pub per_year: u32,
    /// Whether subsidies under every scheme and from every fund count, or this scheme's only.
    pub scope: QuotaScope,
    /// The date that puts a subsidy into a year.
    pub counts_by: QuotaDate,
}

/// The date that puts a subsidy into a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuotaDate {
    /// The day of approval.
    Approval,
    /// The day of the certificate's issue.
    Certificate,
}

/// Which subsidies a quota counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuotaScope {
    /// Every subsidy of the person, whatever its scheme and fund (不区分资金来源).
    AllSchemes,
    /// Those of the same scheme.
    SameScheme,
}

/// How long the same occupation and level stays barred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RepeatWindow {
    /// For ever.
    Ever,
    /// For so many months from the earlier subsidy's approval.
    Months(u32),
}

/// What has to be on record before a subsidy is approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence {
    /// A certificate (取得证书后).
    pub certificate: bool,
    /// A passed assessment.
    pub assessment: bool,
    /// Share of the class hours that must have been attended.
    pub attendance: Option<Share>,
}

/// How a project class is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProjectPayment {
    /// Share of the amount that may be paid after training.
    pub advance_share: Share,
    /// Which places the advance may be paid for.
    pub advance_base: AdvanceBase,
    /// Employment rate from which the rest is paid.
    pub full_payment_rate: Share,
    /// What the rate is counted over.
    pub employment_base: EmploymentBase,
    /// Months after the end of the class within which the work must have started.
    pub employment_window_months: u32,
    /// What happens below the rate.
    pub shortfall: Shortfall,
    /// Whether a trainee whose advance turned out too high gets the quota slot back.
    pub excess_advance_frees_quota: bool,
}

/// Which places an advance may be paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdvanceBase {
    /// Contracted places: trainees who completed, approved or not; settled on the approved.
    Contract,
    /// Approved trainees only.
    Approved,
}

/// What the employment rate is counted over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmploymentBase {
    /// Trainees whose subsidy is approved.
    Approved,
    /// Trainees who completed the training.
    Completed,
}

/// What happens to a project class below the employment rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortfall {
    /// It stays at the advance share of the approved amount.
    StayAtAdvance,
    /// It is paid in proportion to those employed.
    ProRata,
    /// The advance is recovered for places not completed (no employment); no more is paid.
    RecoverAdvance,
}

/// What gives a quota slot back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaRelease {
    /// A payment that never reached the payee.
    pub returned_payment: bool,
    /// A subsidy clawed back in full.
    pub clawback: bool,
}

/// A published policy and where its publication stands in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedPolicy {
    /// Position of the publication.
    pub position: Position,
    /// The compiled form.
    pub policy: Arc<Policy>,
}

/// Every published policy; small, always loaded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PolicyBook {
    published: Vec<PublishedPolicy>,
}

impl Policy {
    /// Whether the document holds in `division` on `date`.
    #[must_use]
    pub fn in_force(&self, division: Division, date: BusinessDate) -> bool {
        self.division.contains(division)
            && self.valid_from <= date
            && self.valid_until.is_none_or(|until| date <= until)
    }

    /// The rules of a scheme.
    #[must_use]
    pub fn scheme(&self, scheme: &SchemeId) -> Option<&Scheme> {
        self.schemes.iter().find(|rules| rules.scheme == *scheme)
    }
}

impl PolicyBook {
    /// Adds a publication; positions ascend.
    pub fn publish(&mut self, position: Position, policy: Arc<Policy>) {
        self.published.push(PublishedPolicy { position, policy });
    }

    /// Every publication, in log order.
    #[must_use]
    pub fn published(&self) -> &[PublishedPolicy] {
        &self.published
    }

    /// The publication at that position.
    #[must_use]
    pub fn at(&self, position: Position) -> Option<&PublishedPolicy> {
        self.published
            .binary_search_by_key(&position, |published| published.position)
            .ok()
            .and_then(|index| self.published.get(index))
    }

    /// The document that sets the rules of `scheme` in `division` on `date`: the narrowest
    /// division first, then the latest publication. A later version of a document replaces the
    /// earlier ones on every date, also where it holds for a shorter time or sets fewer schemes.
    #[must_use]
    pub fn in_force(
        &self,
        scheme: &SchemeId,
        division: Division,
        date: BusinessDate,
    ) -> Option<&PublishedPolicy> {
        self.published
            .iter()
            .filter(|published| {
                published.policy.in_force(division, date)
                    && published.policy.scheme(scheme).is_some()
                    && !self.is_replaced(published)
            })
            .max_by_key(|published| (narrowness(published.policy.division), published.position))
    }

    fn is_replaced(&self, published: &PublishedPolicy) -> bool {
        let later = self.published.iter().rev();
        later
            .take_while(|later| later.position > published.position)
            .any(|later| later.policy.policy_id == published.policy.policy_id)
    }
}

/// Counts up from the province to the county.
fn narrowness(division: Division) -> u8 {
    match (division.is_province(), division.is_prefecture()) {
        (true, _) => 0,
        (false, true) => 1,
        (false, false) => 2,
    }
}

impl PublishedPolicy {
    /// The citation of one of its rules.
    #[must_use]
    pub fn cite<T>(&self, rule: &Ruled<T>) -> RuleCitation {
        RuleCitation {
            policy: self.position,
            document: Arc::clone(&self.policy.document_number),
            clause: Arc::clone(&rule.clause),
            valid_from: self.policy.valid_from,
        }
    }
}
