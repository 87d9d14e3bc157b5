//! Constructed policies for the tables: the Shandong 2019–2021 rules, varied by parameter.

mod awards;
mod rules;

use std::collections::BTreeMap;

use ledger_core::coded::PayeeKind;
use ledger_core::policy::{
    AdvanceBase, EmploymentBase, Evidence, FundList, PayeeRule, ProjectPayment, Publicity, Quota,
    QuotaDate, QuotaRelease, QuotaScope, QuotaWindow, RepeatWindow, Ruled, Scheme, Shortfall,
};
use ledger_core::{BusinessDate, Division, FundSource, Policy, SchemeId, Share};

/// The scheme that the tables use unless they name another.
pub(crate) const SCHEME: &str = "vocational-training";

/// Builds a policy from parameters; what is not given is as the documents or A10 of the domain
/// notes have it.
pub(crate) fn policy(id: &str, parameters: &BTreeMap<&str, &str>) -> Policy {
    let get = |name: &str, default: &'static str| -> String {
        parameters.get(name).copied().unwrap_or(default).to_owned()
    };
    let schemes = get("schemes", SCHEME);
    let schemes = schemes.split(',').filter(|name| *name != "none");
    let schemes = schemes.map(|name| scheme(name, &get)).collect();
    let (valid_from, valid_until) = dates(&get("valid", "2019-01-01.."));
    let version = get("version", "1").parse().unwrap();
    let division = Division::parse(&get("division", "370000")).unwrap();
    let number = format!("{id} (constructed)");
    let mut policy = Policy::new(id, version, &number, division, valid_from, valid_until);
    policy.schemes = schemes;
    rules::fill(&mut policy, parameters);
    awards::fill(&mut policy, parameters);
    policy
}

fn scheme(name: &str, get: &dyn Fn(&str, &'static str) -> String) -> Scheme {
    let yes = |name: &str, default: &'static str| get(name, default) == "yes";
    let funds = get("funds", "special_account,employment_subsidy");
    let quota = get("quota", "3");
    let scope = match get("scope", "all").as_str() {
        "all" => QuotaScope::AllSchemes,
        _ => QuotaScope::SameScheme,
    };
    let counts_by = match get("by", "approval").as_str() {
        "approval" => QuotaDate::Approval,
        _ => QuotaDate::Certificate,
    };
    let repeat = match get("repeat", "ever").as_str() {
        "none" => None,
        "ever" => Some(RepeatWindow::Ever),
        months => Some(RepeatWindow::Months(months.parse().unwrap())),
    };
    let hours = get("hours", "none");
    let evidence = Evidence {
        certificate: yes("certificate", "yes"),
        assessment: yes("assessment", "no"),
        attendance: (hours != "none").then(|| share(&hours)),
        ..Evidence::default()
    };
    let release = QuotaRelease {
        returned_payment: yes("return-frees", "yes"),
        clawback: yes("clawback-frees", "no"),
    };
    let mut scheme = Scheme::new(
        SchemeId::parse(name).unwrap(),
        "构造的测试项目",
        Ruled::new(
            FundList::closed(funds.split(',').map(fund_of).collect()),
            "funds",
        ),
        Ruled::new(evidence, "evidence"),
        Ruled::new(release, "quota release"),
    );
    if quota != "none" {
        let quota = Quota {
            limit: quota.parse().unwrap(),
            window: QuotaWindow::CalendarYear,
            scope,
            counts_by,
            occupations_not_counted: Vec::new(),
        };
        scheme.quotas.push(Ruled::new(quota, "quota"));
    }
    scheme.no_repeat = repeat.map(|window| Ruled::new(window, "no repeat"));
    scheme.pension_excluded = yes("pension", "yes").then(|| Ruled::new((), "pension"));
    scheme.payee = yes("agency", "no").then(|| {
        let rule = PayeeRule {
            allowed: vec![PayeeKind::Person, PayeeKind::Institution],
            agency_contract: true,
        };
        Ruled::new(rule, "payee")
    });
    let publicity = get("publicity", "none");
    if publicity != "none" {
        let days = publicity.parse().unwrap();
        scheme.publicity = Some(Ruled::new(Publicity { days }, "publicity"));
    }
    scheme.project = yes("project", "yes").then(|| Ruled::new(project(get), "project"));
    scheme
}

fn project(get: &dyn Fn(&str, &'static str) -> String) -> ProjectPayment {
    ProjectPayment {
        advance_share: share(&get("advance", "60/100")),
        advance_base: match get("base", "contract").as_str() {
            "contract" => AdvanceBase::Contract,
            _ => AdvanceBase::Approved,
        },
        full_payment_rate: share(&get("rate", "85/100")),
        employment_base: match get("over", "approved").as_str() {
            "approved" => EmploymentBase::Approved,
            _ => EmploymentBase::Completed,
        },
        employment_window_months: get("window", "6").parse().unwrap(),
        shortfall: match get("shortfall", "stay").as_str() {
            "stay" => Shortfall::StayAtAdvance,
            "pro-rata" => Shortfall::ProRata,
            _ => Shortfall::RecoverAdvance,
        },
        excess_advance_frees_quota: get("excess-frees", "yes") == "yes",
    }
}

fn share(text: &str) -> Share {
    let (numerator, denominator) = text.split_once('/').unwrap();
    Share::new(numerator.parse().unwrap(), denominator.parse().unwrap()).unwrap()
}

/// Reads the code of a fund.
pub(crate) fn fund_of(code: &str) -> FundSource {
    FundSource::ALL
        .into_iter()
        .find(|fund| fund.code() == code)
        .unwrap()
}

/// Reads `2020-01-01..2020-12-31` or, open-ended, `2020-01-01..`.
pub(crate) fn dates(text: &str) -> (BusinessDate, Option<BusinessDate>) {
    let (from, until) = text.split_once("..").unwrap();
    let until = (!until.is_empty()).then(|| BusinessDate::parse(until).unwrap());
    (BusinessDate::parse(from).unwrap(), until)
}
