//! Rules of constructed policies for awards, penalties and accruals.

use std::collections::BTreeMap;

use ledger_core::coded::{DocumentKind, PayeeKind};
use ledger_core::event::FindingKind;
use ledger_core::policy::{
    Accrual, AwardAmount, AwardCount, AwardRule, Evidence, FundList, FundShare, PenaltyRange,
    QuotaRelease, Ratio, Ruled, Scheme,
};
use ledger_core::{Fen, Policy, SchemeId};

use super::{fund_of, share};

/// Adds what the parameters name to a policy:
///
/// * `kind=catalogue`;
/// * `awards=prize/fixed:300000.00/person/count:10+2+2020,base/at-least:1.00/body/not:unit` with
///   `award-funds=skilled_talent,special_account` and `split:skilled_talent+2of3+…`;
/// * `penalties=false+fraud/special_account/10of100/50of100`;
/// * `accruals=special_account/20of100/24,employment_subsidy/none/24`.
pub(super) fn fill(policy: &mut Policy, parameters: &BTreeMap<&str, &str>) {
    let list = |name: &str| -> Vec<&str> {
        let text = parameters.get(name).copied().unwrap_or_default();
        text.split(',').filter(|item| !item.is_empty()).collect()
    };
    if let Some(kind) = parameters.get("kind") {
        policy.kind = DocumentKind::from_code(kind).unwrap();
    }
    let funds = match list("award-funds") {
        none if none.is_empty() => vec!["skilled_talent"],
        funds => funds,
    };
    let awards = list("awards");
    let awards = awards.iter().map(|text| award(text, &funds));
    policy.schemes.extend(awards);
    policy.penalties = list("penalties").iter().map(|text| penalty(text)).collect();
    policy.accruals = list("accruals").iter().map(|text| accrual(text)).collect();
}

fn award(text: &str, funds: &[&str]) -> Scheme {
    let mut fields = text.split('/');
    let name = fields.next().unwrap();
    let release = QuotaRelease {
        returned_payment: true,
        clawback: false,
    };
    let mut scheme = Scheme::new(
        SchemeId::parse(name).unwrap(),
        "构造的奖补项目",
        Ruled::new(
            FundList::closed(funds.iter().map(|code| fund_of(code)).collect()),
            "award funds",
        ),
        Ruled::new(Evidence::default(), "evidence"),
        Ruled::new(release, "quota release"),
    );
    let amount = match fields.next().unwrap().split_once(':') {
        Some(("fixed", sum)) => AwardAmount::Fixed(yuan(sum)),
        Some(("at-least", sum)) => AwardAmount::AtLeast(yuan(sum)),
        Some(("monthly", sum)) => AwardAmount::MonthlyAtLeast(yuan(sum)),
        _ => AwardAmount::Decided,
    };
    let recipients = fields.next().unwrap().split('+').map(|kind| match kind {
        "person" => PayeeKind::Person,
        "body" => PayeeKind::Institution,
        _ => PayeeKind::Employer,
    });
    let rule = AwardRule {
        amount,
        recipients: recipients.collect(),
    };
    scheme.award = Some(Ruled::new(rule, "award"));
    for field in fields {
        let (what, values) = field.split_once(':').unwrap();
        let values: Vec<&str> = values.split('+').collect();
        match what {
            "count" => {
                let number = |at: usize| values[at].parse::<u16>().unwrap();
                let count = AwardCount {
                    limit: u32::from(number(0)),
                    years: number(1),
                    first_year: number(2),
                };
                scheme.award_count = Some(Ruled::new(count, "award count"));
            }
            "not" => {
                let others = values.iter().map(|other| SchemeId::parse(other).unwrap());
                scheme.award_exclusivity = Some(Ruled::new(others.collect(), "award exclusivity"));
            }
            _ => {
                let shares = values.chunks(2).map(|pair| FundShare {
                    fund: fund_of(pair[0]),
                    share: share(&pair[1].replace("of", "/")),
                });
                scheme.split = Some(Ruled::new(shares.collect(), "fund split"));
            }
        }
    }
    scheme
}

fn penalty(text: &str) -> Ruled<PenaltyRange> {
    let fields: Vec<&str> = text.split('/').collect();
    let ratio = |text: &str| {
        let (numerator, denominator) = text.split_once("of").unwrap();
        Ratio {
            numerator: numerator.parse().unwrap(),
            denominator: denominator.parse().unwrap(),
        }
    };
    let findings = fields[0].split('+').map(|kind| match kind {
        "false" => FindingKind::FalseTraining,
        "fraud" => FindingKind::Fraud,
        _ => FindingKind::Ineligible,
    });
    let range = PenaltyRange {
        findings: findings.collect(),
        funds: fields[1].split('+').map(fund_of).collect(),
        min: ratio(fields[2]),
        max: ratio(fields[3]),
    };
    Ruled::new(range, "penalty")
}

fn accrual(text: &str) -> Ruled<Accrual> {
    let fields: Vec<&str> = text.split('/').collect();
    let accrual = Accrual {
        fund: fund_of(fields[0]),
        share: (fields[1] != "none").then(|| share(&fields[1].replace("of", "/"))),
        capacity_months: fields[2].parse().unwrap(),
    };
    Ruled::new(accrual, "accrual")
}

fn yuan(text: &str) -> Fen {
    Fen::parse_yuan(text).unwrap()
}
