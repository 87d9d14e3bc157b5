//! Texts that were published once compile to the same rules for ever.
//!
//! A text stands in the log of every ledger that published it and is compiled anew whenever that
//! ledger is loaded. The files under `data/` are byte copies that are never changed.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at what it does not expect"
)]

use ledger_core::coded::DocumentKind;
use ledger_core::policy::{
    AdvanceBase, AmountRule, EmploymentBase, Evidence, FundList, ProjectPayment, Quota, QuotaDate,
    QuotaRelease, QuotaScope, QuotaWindow, RepeatWindow, Ruled, Scheme, Shortfall,
};
use ledger_core::{BusinessDate, Division, FundSource, Policy, SchemeId, Share};
use ledger_policy::compile;
use std::sync::Arc;

const ACTION_V1: &str = include_str!("data/2019-2021-action.v1.toml");
const ACTION_V2: &str = include_str!("data/2019-2021-action.v2.toml");
const ACTION: &str = include_str!("../../../policies/shandong/2019-2021-action.toml");

/// Texts of before there was a form 2, each with how it began.
const BEFORE_FORM_2: [(&str, &str); 6] = [
    ("action 1", ACTION_V1),
    ("action 2", ACTION_V2),
    ("2020-18", include_str!("data/2020-18.v1.toml")),
    ("2022-7", include_str!("data/2022-7.v1.toml")),
    ("2025-87", include_str!("data/2025-87.v1.toml")),
    ("guizhou", include_str!("data/guizhou-2025-3.v1.toml")),
];

/// What version 1 of the action has meant since it was first published.
#[expect(clippy::too_many_lines, reason = "one document, written out")]
fn action_v1() -> Policy {
    let funds = vec![
        FundSource::SpecialAccount,
        FundSource::EmploymentSubsidy,
        FundSource::StartupEmployment,
        FundSource::UnemploymentInsurance,
        FundSource::SpecialTraining,
        FundSource::EmployeeEducation,
    ];
    let evidence = Evidence {
        certificate: true,
        ..Evidence::default()
    };
    let release = QuotaRelease {
        returned_payment: true,
        clawback: false,
    };
    let mut scheme = Scheme::new(
        SchemeId::parse("vocational-training").unwrap(),
        "职业培训补贴",
        Ruled::new(
            FundList::closed(funds),
            "保障措施: 统筹使用就业补助资金、创业带动就业扶持资金、失业保险基金、专项培训资金、职工教育经费; \
             单独建立“职业技能提升行动专账”,实行分账核算、专款专用",
        ),
        Ruled::new(
            evidence,
            "落实职业技能培训补贴政策第2款: 劳动者取得证书后,按规定给予职业培训补贴",
        ),
        Ruled::new(
            release,
            "文件未定: 未到账退回的释放名额,因骗取被追回的不释放",
        ),
    );
    let quota = Quota {
        limit: 3,
        window: QuotaWindow::CalendarYear,
        scope: QuotaScope::AllSchemes,
        counts_by: QuotaDate::Approval,
        occupations_not_counted: Vec::new(),
    };
    scheme.quotas = vec![Ruled::new(
        quota,
        "落实职业技能培训补贴政策第2款: 每人每年不超过3次 (文件未定“年”的起算和计入日期: 按自然年度、\
         以审核通过日计)",
    )];
    scheme.no_repeat = Some(Ruled::new(
        RepeatWindow::Ever,
        "落实职业技能培训补贴政策第2款: 同一职业同一等级不可重复享受 (文件未定期限: 终身)",
    ));
    scheme.pension_excluded = Some(Ruled::new(
        (),
        "落实职业技能培训补贴政策第2款: 可将确有需求不具有按月领取养老金资格的人员纳入职业培训补贴范围",
    ));
    scheme.project = Some(Ruled::new(
        ProjectPayment {
            advance_share: Share::new(60, 100).unwrap(),
            advance_base: AdvanceBase::Contract,
            full_payment_rate: Share::new(85, 100).unwrap(),
            employment_base: EmploymentBase::Approved,
            employment_window_months: 6,
            shortfall: Shortfall::StayAtAdvance,
            excess_advance_frees_quota: true,
        },
        "落实职业技能培训补贴政策第2款: 项目制培训实施后可先行拨付60%,就业率达到85%以上的,全额拨付 \
         (文件未定未达标的处理、分母和期限: 停留在预拨比例、以审核通过人数为分母、结业后6个月内)",
    ));
    let mut policy = Policy::new(
        "shandong-2019-2021-action",
        1,
        "山东省职业技能提升行动方案(2019—2021年)重点任务分工",
        Division::new(370_000).unwrap(),
        BusinessDate::from_ymd(2019, 1, 1).unwrap(),
        BusinessDate::from_ymd(2021, 12, 31),
    );
    policy.title = Arc::from("山东省职业技能提升行动方案（2019—2021年）重点任务分工");
    policy.kind = DocumentKind::Rules;
    policy.schemes = vec![scheme];
    policy
}

#[test]
fn version_1_of_the_action_means_what_it_always_meant() {
    assert_eq!(compile(ACTION_V1), Ok(action_v1()));
}

#[test]
fn version_2_of_the_action_keeps_the_rules_of_the_training_subsidy() {
    let (first, second) = (compile(ACTION_V1).unwrap(), compile(ACTION_V2).unwrap());
    let id = SchemeId::parse("vocational-training").unwrap();
    assert_eq!(second.scheme(&id), first.scheme(&id));
    assert_eq!(second.policy_id, first.policy_id);
    assert_eq!((first.version, second.version), (1, 2));
    assert_eq!(second.document_number, first.document_number);
    assert_eq!(second.title, first.title);
    let validity = |policy: &Policy| (policy.division, policy.valid_from, policy.valid_until);
    assert_eq!(validity(&second), validity(&first));
}

#[test]
fn the_action_holds_in_every_city_of_the_province_from_its_first_to_its_last_day() {
    let policy = compile(ACTION).unwrap();
    for (division, date, holds) in [
        (370_000, "2019-01-01", true),
        (370_100, "2021-12-31", true),
        (371_200, "2019-06-01", true),
        (370_100, "2018-12-31", false),
        (370_100, "2022-01-01", false),
        (520_100, "2020-01-01", false),
    ] {
        let on = BusinessDate::parse(date).unwrap();
        let found = policy.in_force(Division::new(division).unwrap(), on);
        assert_eq!(found, holds, "{division} on {date}");
    }
}

/// What form 2 asks for, it asks of no older text: a class of the action of 2019 is still paid what
/// its contract names, and a list of funds is what it names and no more.
#[test]
fn texts_of_before_form_2_mean_what_they_meant() {
    for (name, text) in BEFORE_FORM_2 {
        let policy = compile(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(policy.format, 1, "{name}");
        assert_eq!(policy.readings, [], "{name}: they stand in the clauses");
        for scheme in &policy.schemes {
            let at = format!("{name} {}", scheme.scheme);
            assert_eq!(scheme.funds.rule.open_except, None, "{at}");
            assert_eq!(scheme.levels, None, "{at}");
        }
    }
    let pays = |text: &str, scheme: &str, fund: FundSource| {
        let policy = compile(text).unwrap();
        let scheme = policy.scheme(&SchemeId::parse(scheme).unwrap()).unwrap();
        scheme.funds.rule.allows(fund)
    };
    use FundSource::{DepartmentFunds, SpecialAccount, UnemploymentInsurance};
    let [_, (_, action), (_, of_2020), (_, of_2022), (_, of_2025), _] = BEFORE_FORM_2;
    for (text, scheme, fund, allowed) in [
        (action, "training-centre-support", SpecialAccount, true),
        (of_2020, "quality-speciality", DepartmentFunds, false),
        (
            of_2022,
            "training-mobilisation-reward",
            SpecialAccount,
            true,
        ),
        (
            of_2022,
            "training-mobilisation-reward",
            UnemploymentInsurance,
            true,
        ),
        (of_2025, "key-project-support", UnemploymentInsurance, true),
    ] {
        assert_eq!(pays(text, scheme, fund), allowed, "{scheme} {fund:?}");
    }
    let id = SchemeId::parse("vocational-training").unwrap();
    for text in [ACTION_V1, ACTION_V2] {
        let policy = compile(text).unwrap();
        assert_eq!(policy.scheme(&id).unwrap().amount, None);
    }
    let last = compile(of_2020).unwrap().valid_until;
    assert_eq!(last, BusinessDate::from_ymd(2025, 12, 31));
}

/// Standards are unified (统一职业培训补贴标准): version 3 asks for one, and changes nothing else of
/// what the training subsidy does.
#[test]
fn version_3_of_the_action_asks_for_a_standard() {
    let id = SchemeId::parse("vocational-training").unwrap();
    let of = |text: &str| compile(text).unwrap().scheme(&id).unwrap().clone();
    let (second, third) = (of(ACTION_V2), of(ACTION));
    let amount = third.amount.clone().map(|amount| amount.rule);
    assert_eq!(amount, Some(AmountRule::ByTable));
    let rules = |scheme: &Scheme| {
        let quotas: Vec<_> = scheme
            .quotas
            .iter()
            .map(|quota| quota.rule.clone())
            .collect();
        let project = scheme.project.as_ref().map(|project| project.rule);
        let repeat = scheme.no_repeat.as_ref().map(|repeat| repeat.rule);
        let evidence = scheme.evidence.rule.clone();
        (scheme.funds.rule.clone(), quotas, project, repeat, evidence)
    };
    assert_eq!(rules(&third), rules(&second));
}
