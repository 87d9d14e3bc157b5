//! A policy document in its compiled form: the only source of amounts, quotas and percentages.
//!
//! The text of a document is the evidence and is parsed outside the core; this form is derived
//! from it. Each rule carries its clause, the date that decides it and how it treats cases that
//! straddle its beginning, so that a refusal or a payment can cite it. [`book`] holds what is
//! published and finds the rules that hold for a case.
//!
//! Long: one type for each rule that a document can hold.

mod apply;
pub mod book;
pub(crate) mod command;
pub(crate) mod event;
mod rules;

pub use book::{PolicyBook, PublishedPolicy, Withdrawal};

use crate::coded::{CatalogueKind, ClassForm, DocumentKind, Group, PayeeKind, Sex, TrainingKind};
use crate::event::FindingKind;
use crate::{
    ActionId, BusinessDate, CertificateKind, CreditCode, Division, Fen, FundSource, Occupation,
    SchemeId, SectorId, Share, SkillLevel, TargetId,
};
use std::collections::HashMap;
use std::sync::Arc;

/// One version of one published document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Stable over the versions of the document.
    pub policy_id: Arc<str>,
    /// Counts up from 1 with each correction of the encoding or the document.
    pub version: u32,
    /// What the document holds.
    pub kind: DocumentKind,
    /// Made from public facts to show or test something; not a document of its issuer.
    pub example: bool,
    /// Which form of the text it was written in: what it had to say, and what follows where it
    /// says nothing.
    pub format: u32,
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
    /// Rates by scheme; a later document's or a city's rates replace an earlier or wider one's, for
    /// classes approved after its publication or where another date decides.
    pub rates: RateTable,
    /// The catalogues that it publishes.
    pub catalogues: Vec<Catalogue>,
    /// Occupations that are the same in different editions of the dictionary: everywhere, and from
    /// the publication on until a later version or the withdrawal.
    pub crosswalk: Vec<Ruled<Vec<Occupation>>>,
    /// What is to be reached.
    pub targets: Vec<Ruled<Target>>,
    /// Targets whose parts add up to a whole.
    pub target_sums: Vec<Ruled<TargetSum>>,
    /// Money raised from unemployment insurance, by the fund that receives it.
    pub accruals: Vec<Ruled<Accrual>>,
    /// Penalties, kept apart from what is clawed back.
    pub penalties: Vec<Ruled<PenaltyRange>>,
    /// What of the document is not said by its issuer, in the order of the text.
    pub readings: Vec<Reading>,
}

/// A reading or a default of whoever wrote the document down as data, where its issuer says nothing
/// or leaves something open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// What it belongs to, as findings name it: `vocational-training.quota`; empty for the head.
    pub path: Arc<str>,
    /// The reading, in words.
    pub text: Arc<str>,
}

/// The rules of one subsidy scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    /// The scheme.
    pub scheme: SchemeId,
    /// Name as in the document.
    pub name_zh: Arc<str>,
    /// Funds that may pay it, with the clause.
    pub funds: Ruled<FundList>,
    /// How several funds share each payment; one fund pays all of it when absent.
    pub split: Option<Ruled<Vec<FundShare>>>,
    /// How much is paid; by the class's approval or contract when absent.
    pub amount: Option<Ruled<AmountRule>>,
    /// What is added for scarce occupations.
    pub uplift: Option<Ruled<Uplift>>,
    /// At most so many subsidies per person and window; each quota holds by itself.
    pub quotas: Vec<Ruled<Quota>>,
    /// Its subsidies are of another nature than training subsidies (an appraisal fee, a living
    /// allowance, an insurance benefit): they are measured with each other only, and neither use
    /// up nor bar those of other schemes.
    pub counted_apart: Option<Ruled<()>>,
    /// The same occupation and level is not subsidised twice.
    pub no_repeat: Option<Ruled<RepeatWindow>>,
    /// A higher level of the occupation that was subsidised excludes a lower one.
    pub higher_level: Option<Ruled<()>>,
    /// Other schemes that exclude this one for the same training.
    pub excludes: Option<Ruled<Exclusion>>,
    /// Levels of which the class must lead to one.
    pub levels: Option<Ruled<Vec<SkillLevel>>>,
    /// Groups of which the person must belong to one on the training dates.
    pub groups: Option<Ruled<GroupRule>>,
    /// Age by sex.
    pub age: Option<Ruled<AgeBounds>>,
    /// People who draw a monthly pension are outside.
    pub pension_excluded: Option<Ruled<()>>,
    /// Months of unemployment insurance before the deciding date, at least.
    pub insured_months: Option<Ruled<u32>>,
    /// Resident on the training dates in the division.
    pub residence: Option<Ruled<Division>>,
    /// Training in the calendar year of the person's graduation.
    pub graduating_year: Option<Ruled<()>>,
    /// What has to be on record before a subsidy is approved.
    pub evidence: Ruled<Evidence>,
    /// Who may be paid; as the class kind allows when absent.
    pub payee: Option<Ruled<PayeeRule>>,
    /// How a project class is paid; ordinary classes are paid in full.
    pub project: Option<Ruled<ProjectPayment>>,
    /// By when to claim.
    pub claim_deadline: Option<Ruled<ClaimDeadline>>,
    /// How long approvals are shown to the public before they are paid.
    pub publicity: Option<Ruled<Publicity>>,
    /// Catalogues that have to list the class.
    pub catalogue: Option<Ruled<CatalogueRule>>,
    /// Classes rest on an accepted order (五单式).
    pub order: Option<Ruled<()>>,
    /// Set when the scheme is an award or a grant: paid to a recipient, not for a class.
    pub award: Option<Ruled<AwardRule>>,
    /// At most so many awards in a cycle.
    pub award_count: Option<Ruled<AwardCount>>,
    /// Award schemes of which one excludes the others for the same subject.
    pub award_exclusivity: Option<Ruled<Vec<SchemeId>>>,
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
    /// The date that decides whether this document's rule holds for a case.
    pub decided_by: DecidingDate,
    /// What happens to a case that began before the document did.
    pub straddling: Straddling,
}

/// The date of a case that decides which document's rule holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DecidingDate {
    /// The approval of the class (or of the award).
    ClassApproval,
    /// The person's first attendance; the enrolment where no attendance is on record.
    FirstAttendance,
    /// The issue of the certificate.
    Certificate,
    /// The claim; the approval where no claim is on record.
    Claim,
    /// The approval of the subsidy.
    Approval,
}

/// What happens to a case whose class was approved before the document's first day and whose
/// deciding date lies in its validity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Straddling {
    /// The rule in force when the class was approved stays.
    EarlierRule,
    /// This document's rule holds.
    ThisRule,
}

/// The funds that may pay a scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundList {
    /// The funds that the document names.
    pub named: Vec<FundSource>,
    /// Set when the list is open (等资金): other funds may pay as well, apart from these.
    pub open_except: Option<Vec<FundSource>>,
}

/// What one fund pays of every payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FundShare {
    /// The fund.
    pub fund: FundSource,
    /// Its share; the shares add up to the whole and the last fund takes what rounding leaves.
    pub share: Share,
}

/// How much is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AmountRule {
    /// What the document itself says.
    Stated(RateValue),
    /// The narrowest and most specific row of the rate tables in force.
    ByTable,
}

/// A rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateValue {
    /// So much per person, in fen.
    Fixed(Fen),
    /// So much per class hour attended.
    Hourly {
        /// Per class hour, in fen.
        per_hour: Fen,
        /// Fewer hours are paid nothing.
        hours_min: u32,
        /// At most so much per person, in fen.
        cap: Fen,
    },
    /// So much per month of training begun.
    Monthly {
        /// Per month, in fen.
        per_month: Fen,
        /// At most so many months.
        months_max: u32,
    },
}

/// The rates of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RateTable {
    /// Rows by what they hold for.
    pub rows: HashMap<RateKey, Ruled<RateValue>>,
}

/// What a rate holds for; `None` is every one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RateKey {
    /// The scheme.
    pub scheme: SchemeId,
    /// The occupation, as [`PolicyBook::canonical`] of it gives when looked up.
    pub occupation: Option<Occupation>,
    /// The level.
    pub level: Option<SkillLevel>,
    /// The group of the person.
    pub group: Option<Group>,
}

/// What is added to the amount for an occupation that the city's catalogue marks as scarce.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uplift {
    /// Share of the amount, rounded down to the fen.
    pub share: Share,
}

/// A quota of subsidies per person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota {
    /// Subsidies per person and window.
    pub limit: u32,
    /// The window.
    pub window: QuotaWindow,
    /// Whether subsidies under every scheme and from every fund count, or this scheme's only.
    pub scope: QuotaScope,
    /// The date that puts a subsidy into a window.
    pub counts_by: QuotaDate,
    /// Occupations, in any edition of the dictionary, that it neither limits nor counts. One a year
    /// and two more for scarce occupations are a quota of three, and one of one without these.
    pub occupations_not_counted: Vec<Occupation>,
}

/// The window of a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuotaWindow {
    /// The calendar year.
    CalendarYear,
    /// So many months back from the day of the approval, that day included.
    RollingMonths(u32),
}

/// The date that puts a subsidy into a window.
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
    /// Every subsidy of the person, whatever its scheme and fund (不区分资金来源), but for schemes
    /// that are counted apart.
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

/// Other schemes that exclude this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion {
    /// The schemes.
    pub schemes: Vec<SchemeId>,
    /// For which training.
    pub same: ExclusionScope,
}

/// For which training another scheme's subsidy excludes this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExclusionScope {
    /// The same occupation (over the editions of the dictionary) and level.
    OccupationAndLevel,
    /// Any training whose subsidy counts in the same calendar year.
    CalendarYear,
}

/// Groups of which the person must belong to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRule {
    /// The groups.
    pub any_of: Vec<Group>,
    /// When.
    pub held: HeldOn,
}

/// When a status has to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldOn {
    /// On the first day of the training.
    FirstDay,
    /// On every training day.
    Throughout,
}

/// Age in whole years on the first day of the training.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgeBounds {
    /// At least.
    pub min: u8,
    /// At most, for men.
    pub max_male: u8,
    /// At most, for women.
    pub max_female: u8,
}

/// What has to be on record before a subsidy is approved.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Evidence {
    /// A certificate (取得证书后).
    pub certificate: bool,
    /// Of one of these kinds; of any when empty.
    pub certificate_kinds: Vec<CertificateKind>,
    /// Found in the national register (须可查询到).
    pub verified: bool,
    /// A passed assessment.
    pub assessment: bool,
    /// Share of the class hours that must have been attended.
    pub attendance: Option<Share>,
    /// Class hours that must have been attended, at least.
    pub hours_min: Option<u32>,
    /// Work that started within so many days of the end of the class.
    pub employment_days: Option<u32>,
    /// Proved by a labour contract.
    pub labour_contract: bool,
}

/// Who may be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayeeRule {
    /// The kinds of payee.
    pub allowed: Vec<PayeeKind>,
    /// A body that claims for its trainees needs each one's agency contract (代领协议).
    pub agency_contract: bool,
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

/// By when to claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimDeadline {
    /// So many months after the start; the same day of the month is the last one.
    pub months: u32,
    /// From when.
    pub from: ClaimStart,
}

/// From when the time to claim runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimStart {
    /// The issue of the certificate.
    Certificate,
    /// The last day of the class.
    ClassEnd,
}

/// How long approvals are shown to the public.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Publicity {
    /// Calendar days, the first one not counted.
    pub days: u32,
}

/// Catalogues that have to list the class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueRule {
    /// One of these has to list the occupation and level; none of them when empty.
    pub listed_in: Vec<CatalogueKind>,
    /// The catalogue of bodies has to list the body with the occupation and level.
    pub institution_listed: bool,
}

/// An award or a grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwardRule {
    /// How much.
    pub amount: AwardAmount,
    /// Who may receive it: a person, an institution (also as the seat of a team), an employer.
    pub recipients: Vec<PayeeKind>,
}

/// How much an award is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AwardAmount {
    /// So much, once, in fen.
    Fixed(Fen),
    /// Decided case by case, at least so much, in fen.
    AtLeast(Fen),
    /// Decided case by case per month of the management period, at least so much, in fen.
    MonthlyAtLeast(Fen),
    /// Decided case by case (按规定).
    Decided,
}

/// At most so many awards in a cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AwardCount {
    /// Awards per cycle.
    pub limit: u32,
    /// Calendar years of a cycle.
    pub years: u16,
    /// A year in which a cycle begins.
    pub first_year: u16,
}

/// What gives a quota slot back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaRelease {
    /// A payment that never reached the payee.
    pub returned_payment: bool,
    /// A subsidy clawed back in full.
    pub clawback: bool,
}

/// One of the four catalogues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    /// Which one.
    pub kind: CatalogueKind,
    /// Where in the document it stands.
    pub clause: Arc<str>,
    /// What it lists, by what is looked up.
    pub items: HashMap<CatalogueKey, CatalogueItem>,
}

/// What is looked up in a catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CatalogueKey {
    /// The body, in the catalogue of bodies.
    pub institution: Option<CreditCode>,
    /// The occupation, as [`PolicyBook::canonical`] of it gives when looked up.
    pub occupation: Occupation,
}

/// One line of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueItem {
    /// The levels listed; a course that leads to no level is listed when it is empty.
    pub levels: Vec<SkillLevel>,
    /// Scarce and urgently needed (急需紧缺).
    pub scarce: bool,
}

/// What is to be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its name within the document.
    pub target: TargetId,
    /// Its name in Chinese.
    pub name_zh: Arc<str>,
    /// Its name in English.
    pub name_en: Arc<str>,
    /// What is counted.
    pub measure: Measure,
    /// How much; none where the document names no number.
    pub figure: Option<u64>,
    /// How the figure is meant.
    pub bound: TargetBound,
    /// For each year, or for the whole time.
    pub period: TargetPeriod,
    /// First day that counts.
    pub from: BusinessDate,
    /// Last day that counts.
    pub until: BusinessDate,
    /// Expected, not binding (预期性).
    pub expected: bool,
    /// Which training counts.
    pub filter: TargetFilter,
}

/// What a target counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Measure {
    /// Approved subsidies (补贴性职业技能培训, 人次).
    Subsidised,
    /// Trainings completed (人次).
    Completed,
    /// Certificates issued (人次).
    Certified,
    /// Classes opened (班次).
    Classes,
    /// Awards approved.
    Awards,
    /// Nothing that the ledger records (bases, studios, stocks of people).
    External,
}

/// How a figure is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TargetBound {
    /// 不少于, 以上.
    AtLeast,
    /// 左右.
    About,
    /// The figure by itself.
    Exactly,
}

/// For what time a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TargetPeriod {
    /// For each calendar year.
    Yearly,
    /// For the whole time.
    Cumulative,
}

/// Which training counts for a target; every part that is given has to fit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TargetFilter {
    /// Classes of this action.
    pub action: Option<ActionId>,
    /// Classes for this sector.
    pub sector: Option<SectorId>,
    /// Classes or awards of this scheme.
    pub scheme: Option<SchemeId>,
    /// Classes of this kind of training.
    pub training: Option<TrainingKind>,
    /// Classes of this form.
    pub form: Option<ClassForm>,
    /// Persons of one of these groups on the training dates.
    pub groups: Vec<Group>,
    /// Classes of this level or above.
    pub level_at_least: Option<SkillLevel>,
}

/// Targets of a document that add up to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetSum {
    /// The whole.
    pub whole: TargetId,
    /// Its parts.
    pub parts: Vec<TargetId>,
}

/// Money raised from the balance of the unemployment insurance fund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accrual {
    /// The fund that receives it.
    pub fund: FundSource,
    /// At most this share of the balance; not bounded when the document does not say.
    pub share: Option<Share>,
    /// Months of benefits that the balance has to cover after the accrual; with less, the
    /// provincial adjustment fund may help.
    pub capacity_months: u32,
}

/// The range of a penalty, as parts of the sum obtained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PenaltyRange {
    /// For findings of these kinds.
    pub findings: Vec<FindingKind>,
    /// For money of these funds.
    pub funds: Vec<FundSource>,
    /// At least.
    pub min: Ratio,
    /// At most.
    pub max: Ratio,
}

/// A part or a multiple; the denominator is positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ratio {
    /// Numerator.
    pub numerator: u32,
    /// Denominator, positive.
    pub denominator: u32,
}

impl<T> Ruled<T> {
    /// A rule decided by the approval of the class, under which straddling cases keep the earlier
    /// rule: what holds where a document says nothing.
    #[must_use]
    pub fn new(rule: T, clause: &str) -> Self {
        Self {
            rule,
            clause: Arc::from(clause),
            decided_by: DecidingDate::ClassApproval,
            straddling: Straddling::EarlierRule,
        }
    }
}

impl Scheme {
    /// A scheme with the rules that every scheme has, and no others.
    #[must_use]
    pub fn new(
        scheme: SchemeId,
        name_zh: &str,
        funds: Ruled<FundList>,
        evidence: Ruled<Evidence>,
        quota_release: Ruled<QuotaRelease>,
    ) -> Self {
        Self {
            scheme,
            name_zh: Arc::from(name_zh),
            funds,
            split: None,
            amount: None,
            uplift: None,
            quotas: Vec::new(),
            counted_apart: None,
            no_repeat: None,
            higher_level: None,
            excludes: None,
            levels: None,
            groups: None,
            age: None,
            pension_excluded: None,
            insured_months: None,
            residence: None,
            graduating_year: None,
            evidence,
            payee: None,
            project: None,
            claim_deadline: None,
            publicity: None,
            catalogue: None,
            order: None,
            award: None,
            award_count: None,
            award_exclusivity: None,
            quota_release,
        }
    }
}

impl FundList {
    /// A list that is not open.
    #[must_use]
    pub fn closed(named: Vec<FundSource>) -> Self {
        Self {
            named,
            open_except: None,
        }
    }

    /// Whether the fund may pay: it is named, or the list is open and does not except it.
    #[must_use]
    pub fn allows(&self, fund: FundSource) -> bool {
        let excepted = self.open_except.as_ref();
        self.named.contains(&fund) || excepted.is_some_and(|except| !except.contains(&fund))
    }
}

impl AgeBounds {
    /// The highest age for a sex; the lower of both where the sex is not on record.
    #[must_use]
    pub fn max(&self, sex: Option<Sex>) -> u8 {
        match sex {
            Some(Sex::Male) => self.max_male,
            Some(Sex::Female) => self.max_female,
            None => self.max_male.min(self.max_female),
        }
    }
}

impl CatalogueItem {
    /// Whether it lists the level; `None` is a course that leads to no level.
    #[must_use]
    pub fn lists(&self, level: Option<SkillLevel>) -> bool {
        match level {
            Some(level) => self.levels.contains(&level),
            None => self.levels.is_empty(),
        }
    }
}

impl Policy {
    /// A document without rules, to be filled.
    #[must_use]
    pub fn new(
        policy_id: &str,
        version: u32,
        document_number: &str,
        division: Division,
        valid_from: BusinessDate,
        valid_until: Option<BusinessDate>,
    ) -> Self {
        Self {
            policy_id: Arc::from(policy_id),
            version,
            kind: DocumentKind::Rules,
            example: false,
            format: 1,
            document_number: Arc::from(document_number),
            title: Arc::from(document_number),
            division,
            valid_from,
            valid_until,
            schemes: Vec::new(),
            rates: RateTable::default(),
            catalogues: Vec::new(),
            crosswalk: Vec::new(),
            targets: Vec::new(),
            target_sums: Vec::new(),
            accruals: Vec::new(),
            penalties: Vec::new(),
            readings: Vec::new(),
        }
    }

    /// Whether the document holds in `division` on `date`.
    #[must_use]
    pub fn in_force(&self, division: Division, date: BusinessDate) -> bool {
        self.division.contains(division)
            && self.valid_from <= date
            && self.valid_until.is_none_or(|until| date <= until)
    }

    /// The schemes of which an award for the same subject excludes one of `scheme`, each with the
    /// rule that says so: those that its own rules name, and those whose rules name it.
    pub fn exclusive_awards<'a>(
        &'a self,
        scheme: &SchemeId,
    ) -> impl Iterator<Item = (&'a SchemeId, &'a Ruled<Vec<SchemeId>>)> {
        let own = self.scheme(scheme);
        let own = own.and_then(|rules| rules.award_exclusivity.as_ref());
        let named = own
            .into_iter()
            .flat_map(|rule| rule.rule.iter().map(move |other| (other, rule)));
        let names_it = self.schemes.iter().filter_map(move |other| {
            let rule = other.award_exclusivity.as_ref()?;
            let names = rule.rule.contains(scheme);
            names.then_some((&other.scheme, rule))
        });
        named.chain(names_it)
    }

    /// The rules of a scheme.
    #[must_use]
    pub fn scheme(&self, scheme: &SchemeId) -> Option<&Scheme> {
        self.schemes.iter().find(|rules| rules.scheme == *scheme)
    }
}
