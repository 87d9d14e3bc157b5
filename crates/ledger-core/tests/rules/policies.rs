//! Constructed policies for the tables: the Shandong 2019–2021 rules, varied by parameter.

use std::collections::BTreeMap;
use std::sync::Arc;

use ledger_core::policy::{
    AdvanceBase, EmploymentBase, Evidence, ProjectPayment, Quota, QuotaDate, QuotaRelease,
    QuotaScope, RepeatWindow, Ruled, Scheme, Shortfall,
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
    let schemes = schemes.split(',').map(|name| scheme(name, &get)).collect();
    let (valid_from, valid_until) = dates(&get("valid", "2019-01-01.."));
    Policy {
        policy_id: Arc::from(id),
        version: get("version", "1").parse().unwrap(),
        document_number: Arc::from(format!("{id} (constructed)")),
        title: Arc::from("constructed for a test"),
        division: Division::parse(&get("division", "370000")).unwrap(),
        valid_from,
        valid_until,
        schemes,
    }
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
    Scheme {
        scheme: SchemeId::parse(name).unwrap(),
        name_zh: Arc::from("构造的测试项目"),
        funds: ruled(funds.split(',').map(fund_of).collect(), "funds"),
        quota: (quota != "none").then(|| {
            let per_year = quota.parse().unwrap();
            ruled(
                Quota {
                    per_year,
                    scope,
                    counts_by,
                },
                "quota",
            )
        }),
        no_repeat: repeat.map(|window| ruled(window, "no repeat")),
        pension_excluded: yes("pension", "yes").then(|| ruled((), "pension")),
        evidence: ruled(
            Evidence {
                certificate: yes("certificate", "yes"),
                assessment: yes("assessment", "no"),
                attendance: (hours != "none").then(|| share(&hours)),
            },
            "evidence",
        ),
        project: yes("project", "yes").then(|| ruled(project(get), "project")),
        quota_release: ruled(
            QuotaRelease {
                returned_payment: yes("return-frees", "yes"),
                clawback: yes("clawback-frees", "no"),
            },
            "quota release",
        ),
    }
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

fn ruled<T>(rule: T, clause: &str) -> Ruled<T> {
    Ruled {
        rule,
        clause: Arc::from(clause),
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
