//! What each key of the grammar means, on a document that uses them all.
//!
//! Long: one table of what a text may say.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at what it does not expect"
)]

use ledger_core::coded::{CatalogueKind, ClassForm, DocumentKind, Group, PayeeKind, TrainingKind};
use ledger_core::event::FindingKind;
use ledger_core::policy::{
    Accrual, AdvanceBase, AgeBounds, AmountRule, AwardAmount, AwardCount, CatalogueItem,
    CatalogueKey, CatalogueRule, ClaimDeadline, ClaimStart, DecidingDate, EmploymentBase, Evidence,
    Exclusion, ExclusionScope, FundList, FundShare, GroupRule, HeldOn, Measure, PayeeRule,
    PenaltyRange, ProjectPayment, Publicity, Quota, QuotaDate, QuotaScope, QuotaWindow, RateKey,
    RateValue, Ratio, RepeatWindow, Scheme, Shortfall, Straddling, Target, TargetBound,
    TargetFilter, TargetPeriod, TargetSum, Uplift,
};
use ledger_core::{
    ActionId, BusinessDate, CertificateKind, CreditCode, Division, Fen, FundSource, Occupation,
    Policy, SchemeId, SectorId, Share, SkillLevel, TargetId,
};
use ledger_policy::compile;

const EVERY_RULE: &str = include_str!("data/every-rule.toml");

fn policy() -> Policy {
    compile(EVERY_RULE).unwrap()
}

fn scheme(id: &str) -> Scheme {
    policy().scheme(&scheme_id(id)).unwrap().clone()
}

fn scheme_id(id: &str) -> SchemeId {
    SchemeId::parse(id).unwrap()
}

fn share(numerator: u32, denominator: u32) -> Share {
    Share::new(numerator, denominator).unwrap()
}

fn date(text: &str) -> BusinessDate {
    BusinessDate::parse(text).unwrap()
}

fn occupation(text: &str) -> Occupation {
    Occupation::parse(text).unwrap()
}

#[test]
fn the_document_says_what_it_is() {
    let policy = policy();
    assert_eq!((&*policy.policy_id, policy.version), ("every-rule", 1));
    assert_eq!((policy.kind, policy.example), (DocumentKind::Rules, true));
    assert_eq!(
        (&*policy.document_number, &*policy.title),
        ("every rule", "every rule")
    );
    assert_eq!(policy.division, Division::new(370_000).unwrap());
    assert_eq!(policy.valid_from, date("2022-01-01"));
    assert_eq!(policy.valid_until, Some(date("2025-12-31")));
}

#[test]
fn a_rule_has_clause_deciding_date_and_straddling() {
    use DecidingDate::{Approval, Certificate, Claim, ClassApproval, FirstAttendance};
    use Straddling::{EarlierRule, ThisRule};
    let scheme = scheme("everything");
    let rate = policy()
        .rates
        .rows
        .into_values()
        .map(|row| (row.clause.to_string(), row.decided_by, row.straddling));
    let rate = rate.min().unwrap();
    let [year, months] = scheme.quotas.as_slice() else {
        panic!("two quotas are written");
    };
    let no_repeat = scheme.no_repeat.unwrap();
    let order = scheme.order.unwrap();
    for (found, expected) in [
        (
            (
                scheme.funds.clause.to_string(),
                scheme.funds.decided_by,
                scheme.funds.straddling,
            ),
            ("c1", Approval, ThisRule),
        ),
        (
            (year.clause.to_string(), year.decided_by, year.straddling),
            ("c5", ClassApproval, EarlierRule),
        ),
        (
            (
                months.clause.to_string(),
                months.decided_by,
                months.straddling,
            ),
            ("c6", Certificate, EarlierRule),
        ),
        (
            (
                no_repeat.clause.to_string(),
                no_repeat.decided_by,
                no_repeat.straddling,
            ),
            ("c7", Claim, ThisRule),
        ),
        (
            (order.clause.to_string(), order.decided_by, order.straddling),
            ("c22", FirstAttendance, EarlierRule),
        ),
        (rate, ("c43", FirstAttendance, ThisRule)),
    ] {
        assert_eq!((found.0.as_str(), found.1, found.2), expected);
    }
}

/// A reading is kept apart from the clause, and what is cited names both.
#[test]
fn readings_are_listed_and_cited_as_readings() {
    let policy = policy();
    assert_eq!(policy.format, 2);
    let readings = policy.readings.iter();
    let readings: Vec<_> = readings.map(|it| (&*it.path, &*it.text)).collect();
    let expected = [
        ("", "r0"),
        ("everything", "r1"),
        ("everything.groups", "r2"),
        ("everything.insured_months", "r3"),
        ("catalogue[1]", "r4"),
    ];
    assert_eq!(readings, expected);
    let scheme = scheme("everything");
    assert_eq!(&*scheme.groups.unwrap().clause, "c10 (解读: r2)");
    assert_eq!(&*scheme.insured_months.unwrap().clause, "文件未定: r3");
    assert_eq!(&*policy.catalogues[0].clause, "c45 (解读: r4)");
}

#[test]
fn an_open_list_leads_to_every_fund_but_those_excepted() {
    let funds = scheme("stipend").funds.rule;
    let expected = FundList {
        named: vec![FundSource::SkilledTalent],
        open_except: Some(vec![FundSource::SpecialAccount]),
    };
    assert_eq!(funds, expected);
    let closed = scheme("prize").funds.rule;
    for (fund, by_open, by_closed) in [
        (FundSource::SkilledTalent, true, true),
        (FundSource::DepartmentFunds, true, false),
        (FundSource::SpecialAccount, false, false),
    ] {
        let allowed = (funds.allows(fund), closed.allows(fund));
        assert_eq!(allowed, (by_open, by_closed), "{fund:?}");
    }
}

#[test]
fn levels_and_what_a_contract_names() {
    let levels = scheme("everything").levels.unwrap();
    assert_eq!(levels.rule, [SkillLevel::Junior, SkillLevel::Senior]);
    let (by_table, by_contract) = ("kind = \"by_table\"", "kind = \"by_contract\"");
    assert_eq!(EVERY_RULE.matches(by_table).count(), 1);
    let text = EVERY_RULE.replace(by_table, by_contract);
    let policy = compile(&text).unwrap();
    let scheme = policy.scheme(&scheme_id("by-the-table")).unwrap();
    assert_eq!(scheme.amount, None);
}

#[test]
fn funds_and_amounts() {
    let everything = scheme("everything");
    let (special, employment) = (FundSource::SpecialAccount, FundSource::EmploymentSubsidy);
    assert_eq!(
        everything.funds.rule,
        FundList::closed(vec![special, employment])
    );
    let fund_share = |fund, share| FundShare { fund, share };
    assert_eq!(
        everything.split.unwrap().rule,
        [
            fund_share(special, share(2, 3)),
            fund_share(employment, share(1, 3))
        ]
    );
    assert_eq!(
        everything.uplift.unwrap().rule,
        Uplift {
            share: share(20, 100)
        }
    );
    let hourly = RateValue::Hourly {
        per_hour: Fen::new(1_000),
        hours_min: 40,
        cap: Fen::new(60_000),
    };
    let monthly = RateValue::Monthly {
        per_month: Fen::new(50_000),
        months_max: 24,
    };
    for (id, expected) in [
        ("everything", AmountRule::Stated(hourly)),
        ("by-the-month", AmountRule::Stated(monthly)),
        ("by-the-table", AmountRule::ByTable),
    ] {
        assert_eq!(scheme(id).amount.unwrap().rule, expected, "{id}");
    }
    let key = |occupation, level, group| RateKey {
        scheme: scheme_id("by-the-table"),
        occupation,
        level,
        group,
    };
    let rows = policy().rates.rows;
    let carer = Some(occupation("2015:4-10-01-05"));
    let one = key(
        carer,
        Some(SkillLevel::SeniorTechnician),
        Some(Group::Veteran),
    );
    let per_month = Fen::new(1);
    let least = RateValue::Monthly {
        per_month,
        months_max: 1,
    };
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[&one].rule, RateValue::Fixed(Fen::new(500_000)));
    assert_eq!(rows[&key(None, None, None)].rule, least);
}

#[test]
fn who_is_paid_how_often() {
    let scheme = scheme("everything");
    let quotas: Vec<_> = scheme
        .quotas
        .iter()
        .map(|quota| quota.rule.clone())
        .collect();
    let yearly = Quota {
        limit: 3,
        window: QuotaWindow::CalendarYear,
        scope: QuotaScope::AllSchemes,
        counts_by: QuotaDate::Approval,
        occupations_not_counted: Vec::new(),
    };
    let rolling = Quota {
        limit: 1,
        window: QuotaWindow::RollingMonths(6),
        scope: QuotaScope::SameScheme,
        counts_by: QuotaDate::Certificate,
        occupations_not_counted: vec![Occupation::parse("2022:4-10-01-05").unwrap()],
    };
    assert_eq!(quotas, [yearly, rolling]);
    assert_eq!(scheme.no_repeat.unwrap().rule, RepeatWindow::Months(12));
    assert_eq!(&*scheme.higher_level.unwrap().clause, "c8");
    let excludes = Exclusion {
        schemes: vec![scheme_id("insurance-skill-upgrade")],
        same: ExclusionScope::CalendarYear,
    };
    assert_eq!(scheme.excludes.unwrap().rule, excludes);
    let groups = GroupRule {
        any_of: vec![Group::MigrantWorker, Group::Unemployed],
        held: HeldOn::Throughout,
    };
    assert_eq!(scheme.groups.unwrap().rule, groups);
    let age = AgeBounds {
        min: 16,
        max_male: 60,
        max_female: 55,
    };
    assert_eq!(scheme.age.unwrap().rule, age);
    assert_eq!(&*scheme.pension_excluded.unwrap().clause, "c12");
    assert_eq!(scheme.insured_months.unwrap().rule, 12);
    assert_eq!(
        scheme.residence.unwrap().rule,
        Division::new(370_100).unwrap()
    );
    assert_eq!(&*scheme.graduating_year.unwrap().clause, "c15");
}

#[test]
fn what_has_to_be_on_record_and_how_it_is_paid() {
    let scheme = scheme("everything");
    let evidence = Evidence {
        certificate: true,
        certificate_kinds: vec![
            CertificateKind::SkillLevel,
            CertificateKind::SpecialOperation,
        ],
        verified: true,
        assessment: true,
        attendance: Some(share(80, 100)),
        hours_min: Some(40),
        employment_days: Some(180),
        labour_contract: true,
    };
    assert_eq!(scheme.evidence.rule, evidence);
    let payee = PayeeRule {
        allowed: vec![PayeeKind::Person, PayeeKind::Institution],
        agency_contract: true,
    };
    assert_eq!(scheme.payee.unwrap().rule, payee);
    let project = ProjectPayment {
        advance_share: share(1, 2),
        advance_base: AdvanceBase::Approved,
        full_payment_rate: share(60, 100),
        employment_base: EmploymentBase::Completed,
        employment_window_months: 3,
        shortfall: Shortfall::ProRata,
        excess_advance_frees_quota: false,
    };
    assert_eq!(scheme.project.unwrap().rule, project);
    let deadline = ClaimDeadline {
        months: 12,
        from: ClaimStart::ClassEnd,
    };
    assert_eq!(scheme.claim_deadline.unwrap().rule, deadline);
    assert_eq!(scheme.publicity.unwrap().rule, Publicity { days: 7 });
    let catalogue = CatalogueRule {
        listed_in: vec![CatalogueKind::KeyIndustry, CatalogueKind::General],
        institution_listed: true,
    };
    assert_eq!(scheme.catalogue.unwrap().rule, catalogue);
    assert!(scheme.quota_release.rule.returned_payment);
    assert!(!scheme.quota_release.rule.clawback);
}

#[test]
fn awards_have_their_amounts_and_ask_for_no_training() {
    let thousand = |yuan: i64| Fen::new(yuan * 100_000);
    let body = vec![PayeeKind::Institution, PayeeKind::Employer];
    for (id, amount, recipients) in [
        (
            "prize",
            AwardAmount::Fixed(thousand(300)),
            vec![PayeeKind::Person],
        ),
        ("grant", AwardAmount::AtLeast(thousand(100)), body),
        (
            "stipend",
            AwardAmount::MonthlyAtLeast(thousand(1)),
            vec![PayeeKind::Person],
        ),
        ("decided", AwardAmount::Decided, vec![PayeeKind::Master]),
    ] {
        let scheme = scheme(id);
        let award = scheme.award.unwrap();
        assert_eq!(
            (award.rule.amount, award.rule.recipients),
            (amount, recipients),
            "{id}"
        );
        assert_eq!(scheme.evidence.rule, Evidence::default());
        assert_eq!(scheme.evidence.clause, award.clause, "{id}");
        assert!(!scheme.quota_release.rule.returned_payment);
    }
    let count = AwardCount {
        limit: 10,
        years: 2,
        first_year: 2021,
    };
    assert_eq!(scheme("prize").award_count.unwrap().rule, count);
    assert_eq!(
        scheme("prize").award_exclusivity.unwrap().rule,
        [scheme_id("grant")]
    );
}

#[test]
fn lists_of_occupations() {
    let policy = policy();
    let [industry, bodies] = policy.catalogues.as_slice() else {
        panic!("two catalogues are written");
    };
    let key = |institution: Option<&str>, code| CatalogueKey {
        institution: institution.map(|it| CreditCode::parse(it).unwrap()),
        occupation: occupation(code),
    };
    let welder = CatalogueItem {
        levels: vec![SkillLevel::Junior, SkillLevel::Senior],
        scarce: true,
    };
    assert_eq!(
        (industry.kind, &*industry.clause),
        (CatalogueKind::KeyIndustry, "c45 (解读: r4)")
    );
    assert_eq!(industry.items[&key(None, "2015:6-18-02-04")], welder);
    let any = CatalogueItem {
        levels: vec![],
        scarce: false,
    };
    assert_eq!(
        (bodies.kind, bodies.items.len()),
        (CatalogueKind::Institution, 1)
    );
    assert_eq!(
        bodies.items[&key(Some("52370900Y00000016C"), "2015:4-10-01-05")],
        any
    );
    let [same] = policy.crosswalk.as_slice() else {
        panic!("one crosswalk is written");
    };
    assert_eq!(
        same.rule,
        ["1999:4-07-12-03", "2015:4-10-01-05"].map(occupation)
    );
}

#[test]
fn targets_and_their_sum() {
    let policy = policy();
    let id = |text: &str| TargetId::parse(text).unwrap();
    let plain = |name: &str, zh: &str, en: &str| Target {
        target: id(name),
        name_zh: zh.into(),
        name_en: en.into(),
        measure: Measure::Completed,
        figure: Some(30),
        bound: TargetBound::AtLeast,
        period: TargetPeriod::Cumulative,
        from: date("2022-01-01"),
        until: date("2025-12-31"),
        expected: false,
        filter: TargetFilter::default(),
    };
    let one = TargetFilter {
        action: Some(ActionId::parse("digital-skills").unwrap()),
        sector: Some(SectorId::parse("modern-services").unwrap()),
        scheme: None,
        training: Some(TrainingKind::Digital),
        form: Some(ClassForm::OrderClass),
        groups: vec![Group::Veteran, Group::Disabled],
        level_at_least: Some(SkillLevel::Junior),
    };
    let two = TargetFilter {
        scheme: Some(scheme_id("by-the-table")),
        ..TargetFilter::default()
    };
    let expected = [
        Target {
            expected: true,
            ..plain("whole", "总目标", "whole")
        },
        Target {
            figure: Some(10),
            bound: TargetBound::Exactly,
            filter: one,
            ..plain("one", "分目标一", "one")
        },
        Target {
            figure: Some(20),
            bound: TargetBound::About,
            filter: two,
            ..plain("two", "分目标二", "two")
        },
        Target {
            measure: Measure::External,
            figure: None,
            period: TargetPeriod::Yearly,
            ..plain("unnumbered", "无数值", "without figure")
        },
    ];
    let found: Vec<_> = policy.targets.into_iter().map(|ruled| ruled.rule).collect();
    assert_eq!(found, expected);
    let sum = TargetSum {
        whole: id("whole"),
        parts: vec![id("one"), id("two")],
    };
    assert_eq!(policy.target_sums[0].rule, sum);
}

#[test]
fn accruals_and_penalties() {
    let policy = policy();
    let accrual = Accrual {
        fund: FundSource::SpecialAccount,
        share: Some(share(20, 100)),
        capacity_months: 24,
    };
    assert_eq!(policy.accruals[0].rule, accrual);
    let ratio = |numerator, denominator| Ratio {
        numerator,
        denominator,
    };
    let penalty = PenaltyRange {
        findings: vec![FindingKind::FalseTraining, FindingKind::Fraud],
        funds: vec![FundSource::SpecialAccount],
        min: ratio(10, 100),
        max: ratio(5, 1),
    };
    assert_eq!(policy.penalties[0].rule, penalty);
}
