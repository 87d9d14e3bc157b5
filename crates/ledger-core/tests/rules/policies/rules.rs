//! Parameters of the rules of a person's subsidy.
//!
//! A parameter that several documents of a table set may name the date that decides it:
//! `no-repeat-by=approval:this` (`class`, `attendance`, `certificate`, `claim`, `approval`; then
//! `this` or `earlier` for cases that straddle).

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use ledger_core::coded::{CatalogueKind, Group, PayeeKind};
use ledger_core::policy::{
    AgeBounds, AmountRule, AwardAmount, AwardRule, Catalogue, CatalogueItem, CatalogueKey,
    CatalogueRule, ClaimDeadline, ClaimStart, DecidingDate, Exclusion, ExclusionScope, FundShare,
    GroupRule, HeldOn, PayeeRule, Quota, QuotaDate, QuotaScope, QuotaWindow, RateKey, RateValue,
    Ruled, Scheme, Straddling, Uplift,
};
use ledger_core::{CertificateKind, Division, Policy, SchemeId};

use super::{fund_of, share};
use crate::script::{institution, level, occupation, yuan};

type Parameters<'a> = BTreeMap<&'a str, &'a str>;

/// Sets the rules that the parameters name, in every scheme of the document.
pub(super) fn fill(policy: &mut Policy, parameters: &Parameters<'_>) {
    for scheme in &mut policy.schemes {
        of_scheme(scheme, parameters);
    }
    if let Some(rates) = parameters.get("rates") {
        for row in rates.split(';') {
            let (key, value) = rate_row(row, parameters);
            policy.rates.rows.insert(key, value);
        }
    }
    if let Some(groups) = parameters.get("crosswalk") {
        let group = |text: &str| Ruled::new(text.split('+').map(occupation).collect(), "crosswalk");
        policy.crosswalk = groups.split(',').map(group).collect();
    }
    for kind in CatalogueKind::ALL {
        if let Some(items) = parameters.get(kind.code()) {
            policy.catalogues.push(catalogue(*kind, items));
        }
    }
}

fn of_scheme(scheme: &mut Scheme, parameters: &Parameters<'_>) {
    let get = |name: &str| parameters.get(name).copied();
    evidence(scheme, &get);
    eligibility(scheme, &get);
    if let Some(text) = get("amount") {
        let rule = match text {
            "table" => AmountRule::ByTable,
            stated => AmountRule::Stated(rate_value(stated)),
        };
        scheme.amount = Some(decided(Ruled::new(rule, "amount"), get("amount-by")));
    }
    scheme.uplift = get("uplift").map(|text| Ruled::new(Uplift { share: share(text) }, "uplift"));
    history(scheme, &get);
    payment(scheme, &get);
}

fn history<'a>(scheme: &mut Scheme, get: &impl Fn(&str) -> Option<&'a str>) {
    if let Some(text) = get("quotas") {
        scheme.quotas = text.split(',').map(quota).collect();
    }
    for quota in &mut scheme.quotas {
        *quota = decided(quota.clone(), get("quota-by"));
    }
    scheme.no_repeat = scheme
        .no_repeat
        .take()
        .map(|rule| decided(rule, get("repeat-by")));
    scheme.counted_apart = get("apart").map(|_| Ruled::new((), "counted apart"));
    scheme.quota_release = decided(scheme.quota_release.clone(), get("release-by"));
    scheme.higher_level = get("higher").map(|_| Ruled::new((), "higher level"));
    scheme.excludes = get("excludes").map(|text| {
        let (schemes, same) = text.split_once('/').unwrap();
        let rule = Exclusion {
            schemes: schemes
                .split('+')
                .map(|name| SchemeId::parse(name).unwrap())
                .collect(),
            same: match same {
                "year" => ExclusionScope::CalendarYear,
                _ => ExclusionScope::OccupationAndLevel,
            },
        };
        Ruled::new(rule, "exclusion")
    });
}

fn payment<'a>(scheme: &mut Scheme, get: &impl Fn(&str) -> Option<&'a str>) {
    scheme.claim_deadline = get("deadline").map(|text| {
        let (months, from) = text.split_once('/').unwrap();
        let rule = ClaimDeadline {
            months: months.parse().unwrap(),
            from: match from {
                "certificate" => ClaimStart::Certificate,
                _ => ClaimStart::ClassEnd,
            },
        };
        Ruled::new(rule, "claim deadline")
    });
    scheme.split = get("shares").map(|text| {
        let share = |part: &str| {
            let (fund, of) = part.split_once(':').unwrap();
            let fund = fund_of(fund);
            FundShare {
                fund,
                share: share(of),
            }
        };
        let rule = Ruled::new(text.split(',').map(share).collect(), "split");
        decided(rule, get("shares-by"))
    });
    if let Some(text) = get("payees") {
        let kind = |code: &str| PayeeKind::from_code(code).unwrap();
        let rule = PayeeRule {
            allowed: text.split(',').map(kind).collect(),
            agency_contract: get("agency") == Some("yes"),
        };
        scheme.payee = Some(Ruled::new(rule, "payee"));
    }
    let publicity = scheme.publicity.take();
    scheme.publicity = publicity.map(|rule| decided(rule, get("publicity-by")));
    let payee = scheme.payee.take();
    scheme.payee = payee.map(|rule| decided(rule, get("payee-by")));
    scheme.catalogue = get("listed").map(|text| {
        let kinds = text.split(',').filter_map(CatalogueKind::from_code);
        let kinds: Vec<_> = kinds.collect();
        let rule = CatalogueRule {
            institution_listed: kinds.contains(&CatalogueKind::Institution),
            listed_in: kinds
                .into_iter()
                .filter(|kind| *kind != CatalogueKind::Institution)
                .collect(),
        };
        Ruled::new(rule, "catalogue")
    });
    scheme.order = get("order").map(|_| Ruled::new((), "order"));
    if get("award") == Some("yes") {
        let rule = AwardRule {
            amount: AwardAmount::Decided,
            recipients: vec![PayeeKind::Person],
        };
        scheme.award = Some(Ruled::new(rule, "award"));
    }
}

fn evidence<'a>(scheme: &mut Scheme, get: &impl Fn(&str) -> Option<&'a str>) {
    let evidence = &mut scheme.evidence.rule;
    if let Some(kinds) = get("kinds") {
        let kind = |name: &str| match name {
            "skill" => CertificateKind::SkillLevel,
            "vocational" => CertificateKind::VocationalQualification,
            "special" => CertificateKind::SpecialAbility,
            _ => CertificateKind::TrainingCompletion,
        };
        evidence.certificate_kinds = kinds.split(',').map(kind).collect();
    }
    evidence.verified = get("verified") == Some("yes");
    evidence.hours_min = get("hours-min").map(|hours| hours.parse().unwrap());
    evidence.employment_days = get("employed-within").map(|days| days.parse().unwrap());
    evidence.labour_contract = get("contract") == Some("yes");
    scheme.evidence = decided(scheme.evidence.clone(), get("evidence-by"));
}

fn eligibility<'a>(scheme: &mut Scheme, get: &impl Fn(&str) -> Option<&'a str>) {
    scheme.levels = get("levels").map(|text| {
        let levels = text.split('+').map(|code| level(code).unwrap()).collect();
        decided(Ruled::new(levels, "levels"), get("levels-by"))
    });
    scheme.groups = get("groups").map(|text| {
        let (codes, held) = text.split_once('/').unwrap_or((text, "first"));
        let rule = GroupRule {
            any_of: codes.split('+').filter_map(Group::from_code).collect(),
            held: match held {
                "throughout" => HeldOn::Throughout,
                _ => HeldOn::FirstDay,
            },
        };
        Ruled::new(rule, "groups")
    });
    scheme.age = get("age").map(|text| {
        let bounds: Vec<u8> = text.split('-').map(|age| age.parse().unwrap()).collect();
        let rule = AgeBounds {
            min: bounds[0],
            max_male: bounds[1],
            max_female: bounds[2],
        };
        Ruled::new(rule, "age")
    });
    scheme.insured_months = get("insured").map(|months| {
        let rule = Ruled::new(months.parse().unwrap(), "insured months");
        decided(rule, get("insured-by"))
    });
    scheme.residence =
        get("resident").map(|code| Ruled::new(Division::parse(code).unwrap(), "residence"));
    scheme.graduating_year = get("graduating").map(|_| Ruled::new((), "graduating year"));
}

/// `3/year/all`, `1/year/same`, `2/12/all`: limit, calendar year or months, scope; with a fourth
/// part the occupations that it does not count.
fn quota(text: &str) -> Ruled<Quota> {
    let parts: Vec<&str> = text.split('/').collect();
    let rule = Quota {
        limit: parts[0].parse().unwrap(),
        window: match parts[1] {
            "year" => QuotaWindow::CalendarYear,
            months => QuotaWindow::RollingMonths(months.parse().unwrap()),
        },
        scope: match parts[2] {
            "all" => QuotaScope::AllSchemes,
            _ => QuotaScope::SameScheme,
        },
        counts_by: QuotaDate::Approval,
        occupations_not_counted: parts.get(3).map_or(Vec::new(), |codes| {
            codes.split('+').map(occupation).collect()
        }),
    };
    Ruled::new(rule, &format!("quota {text}"))
}

/// `1000.00`, `10.00h/40/600.00` (per hour, at least, cap), `500.00m/6` (per month, at most).
fn rate_value(text: &str) -> RateValue {
    let parts: Vec<&str> = text.split('/').collect();
    match parts.as_slice() {
        [fixed] => RateValue::Fixed(yuan(fixed)),
        [per_hour, hours_min, cap] => RateValue::Hourly {
            per_hour: yuan(per_hour.trim_end_matches('h')),
            hours_min: hours_min.parse().unwrap(),
            cap: yuan(cap),
        },
        [per_month, months] => RateValue::Monthly {
            per_month: yuan(per_month.trim_end_matches('m')),
            months_max: months.parse().unwrap(),
        },
        _ => panic!("{text} is no rate"),
    }
}

/// `4-10-01-05|junior|veteran|1200.00`, `*` for every one.
fn rate_row(text: &str, parameters: &Parameters<'_>) -> (RateKey, Ruled<RateValue>) {
    let parts: Vec<&str> = text.split('|').collect();
    let [of, at, group, value] = parts.as_slice() else {
        panic!("{text} is an occupation, a level, a group and a rate");
    };
    let given = |text: &&&str| **text != "*";
    let key = RateKey {
        scheme: SchemeId::parse(parameters.get("of").copied().unwrap_or(super::SCHEME)).unwrap(),
        occupation: Some(of).filter(given).map(|code| occupation(code)),
        level: Some(at).filter(given).and_then(|name| level(name)),
        group: Some(group)
            .filter(given)
            .and_then(|code| Group::from_code(code)),
    };
    let value = Ruled::new(rate_value(value), &format!("rate {text}"));
    (key, decided(value, parameters.get("rates-by").copied()))
}

/// `4-10-01-05/junior+senior`, `4-10-01-02/junior!` (scarce), `I1:4-10-01-05/junior`.
fn catalogue(kind: CatalogueKind, items: &str) -> Catalogue {
    let item = |text: &str| {
        let scarce = text.ends_with('!');
        let (of, levels) = text.trim_end_matches('!').split_once('/').unwrap();
        let (body, code) = match of.split_once(':') {
            Some((body, code)) if body.starts_with('I') => (Some(institution(body)), code),
            _ => (None, of),
        };
        let key = CatalogueKey {
            institution: body,
            occupation: occupation(code),
        };
        let levels = levels.split('+').filter(|name| !name.is_empty());
        let levels = levels.filter_map(level).collect();
        (key, CatalogueItem { levels, scarce })
    };
    Catalogue {
        kind,
        clause: Arc::from("catalogue"),
        items: items.split(',').map(item).collect::<HashMap<_, _>>(),
    }
}

/// Sets the date that decides a rule and what happens to cases that straddle.
fn decided<T>(mut rule: Ruled<T>, by: Option<&str>) -> Ruled<T> {
    if let Some((date, straddling)) = by.map(|by| by.split_once(':').unwrap()) {
        rule.decided_by = match date {
            "class" => DecidingDate::ClassApproval,
            "attendance" => DecidingDate::FirstAttendance,
            "certificate" => DecidingDate::Certificate,
            "claim" => DecidingDate::Claim,
            _ => DecidingDate::Approval,
        };
        rule.straddling = match straddling {
            "this" => Straddling::ThisRule,
            _ => Straddling::EarlierRule,
        };
    }
    rule
}
