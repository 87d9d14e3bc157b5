//! One scheme: `[[scheme]]`, with one table per kind of rule.

use super::{amounts, award, funds, project};
use crate::flaw::{FlawKind, Shape};
use crate::names::{Coded, ListName, coded_here};
use crate::reader::{Naming, Table};
use ledger_core::coded::{CatalogueKind, PayeeKind};
use ledger_core::limits::CLASS_HOURS_MAX;
use ledger_core::policy::{
    AgeBounds, AwardRule, CatalogueRule, ClaimDeadline, Evidence, Exclusion, GroupRule, PayeeRule,
    Publicity, Quota, QuotaRelease, QuotaWindow, RepeatWindow, Ruled, Scheme,
};
use ledger_core::{Division, Occupation, SchemeId, SkillLevel};
use std::sync::Arc;

/// Months of a window: a working life.
pub(super) const MONTHS_MAX: u32 = 600;
/// Subsidies per person and window.
const QUOTA_MAX: u32 = 100;
/// Quotas of one scheme: a window or two, of the scheme and of all.
const QUOTAS_MAX: usize = 8;
/// Years of an age.
const AGE_MAX: u32 = 120;
/// Days of publicity, and days until employment has to start: a year.
const DAYS_MAX: u32 = 366;

pub(super) fn read(table: &Table<'_>) -> Option<Scheme> {
    let id = table.scheme_id("id");
    let name_zh = table.reference("name_zh");
    table.reading();
    let funds = table.required_child("funds", funds::allowed);
    let is_award = table.has("award");
    let award = table.child("award", award::read);
    let (evidence, release) = of_training(table, award.as_ref());
    let split = table.child("fund_split", |split| funds::split(split, funds.as_ref()));
    let excludes = table.child("scheme_exclusion", |rule| excludes(rule, id.as_ref()));
    let exclusivity = table.child("award_exclusivity", |rule| {
        award::exclusivity(rule, id.as_ref())
    });
    let quotas = table.children("quota", QUOTAS_MAX, Naming::Number, quota);
    no_quota_twice(table, &quotas);
    if !is_award && !table.has("amount") {
        table.flaw(match table.format() {
            1 => FlawKind::NoStandard,
            _ => FlawKind::MissingKey { key: "amount" },
        });
    }
    Some(Scheme {
        split,
        excludes,
        quotas,
        amount: table.child("amount", amounts::amount),
        uplift: table.child("uplift", amounts::uplift),
        counted_apart: table.child("counted_apart", nothing_more),
        no_repeat: table.child("no_repeat", no_repeat),
        higher_level: table.child("higher_level", nothing_more),
        levels: table.child("levels", levels),
        groups: table.child("groups", groups),
        age: table.child("age", age),
        pension_excluded: table.child("pension_excluded", nothing_more),
        insured_months: table.child("insured_months", insured_months),
        residence: table.child("residence", residence),
        graduating_year: table.child("graduating_year", nothing_more),
        payee: table.child("payee", payee),
        project: table.child("project", project::read),
        claim_deadline: table.child("claim_deadline", claim_deadline),
        publicity: table.child("publicity", publicity),
        catalogue: table.child("catalogue", catalogue),
        order: table.child("order", nothing_more),
        award,
        award_count: table.child("award_count", award::count),
        award_exclusivity: exclusivity,
        ..Scheme::new(id?, &name_zh?, funds?, evidence?, release?)
    })
}

/// The two rules that every scheme for training has. An award rests on no training and takes no
/// slot: where it does not write them, they ask for nothing and are the award's.
fn of_training(
    table: &Table<'_>,
    award: Option<&Ruled<AwardRule>>,
) -> (Option<Ruled<Evidence>>, Option<Ruled<QuotaRelease>>) {
    let unwritten = |key| award.filter(|_| !table.has(key));
    let evidence_of = unwritten("evidence").map(|award| with_rule(award, Evidence::default()));
    let release_of = unwritten("quota_release").map(|award| {
        let rule = QuotaRelease {
            returned_payment: false,
            clawback: false,
        };
        with_rule(award, rule)
    });
    (
        evidence_of.or_else(|| table.required_child("evidence", evidence)),
        release_of.or_else(|| table.required_child("quota_release", quota_release)),
    )
}

fn with_rule<T, U>(ruled: &Ruled<U>, rule: T) -> Ruled<T> {
    Ruled {
        rule,
        clause: Arc::clone(&ruled.clause),
        decided_by: ruled.decided_by,
        straddling: ruled.straddling,
    }
}

fn nothing_more(table: &Table<'_>) -> Option<Ruled<()>> {
    table.ruled(Some(()))
}

fn quota(table: &Table<'_>) -> Option<Ruled<Quota>> {
    let (limit, window) = if table.has("per_year") {
        let limit = table.number("per_year", 1..=QUOTA_MAX);
        (limit, Some(QuotaWindow::CalendarYear))
    } else {
        let limit = table.number("limit", 1..=QUOTA_MAX);
        (limit, quota_window(table))
    };
    let scope = table.code("scope");
    let counts_by = table.code("counts_by");
    let not_counted = not_counted(table);
    let rule = || {
        Some(Quota {
            limit: limit?,
            window: window?,
            scope: scope?,
            counts_by: counts_by?,
            occupations_not_counted: not_counted?,
        })
    };
    table.ruled(rule())
}

/// Occupations that have a quota of their own; none when the key is absent.
fn not_counted(table: &Table<'_>) -> Option<Vec<Occupation>> {
    const KEY: &str = "occupations_not_counted";
    if !table.has(KEY) {
        return Some(Vec::new());
    }
    table.list(KEY, Shape::Occupation, |text| Occupation::parse(text).ok())
}

fn quota_window(table: &Table<'_>) -> Option<QuotaWindow> {
    match table.code("window") {
        Some(WindowKind::CalendarYear) => no_months(table).then_some(QuotaWindow::CalendarYear),
        Some(WindowKind::Rolling) => {
            let months = table.number("months", 1..=MONTHS_MAX);
            months.map(QuotaWindow::RollingMonths)
        }
        None => {
            table.optional_number("months", 1..=MONTHS_MAX);
            None
        }
    }
}

/// The windows of quotas and of no repeat, as texts name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WindowKind {
    CalendarYear,
    Rolling,
}

coded_here! {
    WindowKind: "window of a quota", "享受次数周期" {
        "calendar_year" => CalendarYear,
        "rolling" => Rolling,
    }
}

/// How long a repeat is barred, as texts name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RepeatKind {
    Ever,
    Months,
}

coded_here! {
    RepeatKind: "window of no repeat", "不可重复享受期限" {
        "ever" => Ever,
        "months" => Months,
    }
}

/// A window that has no months does not name any.
fn no_months(table: &Table<'_>) -> bool {
    if !table.has("months") {
        return true;
    }
    table.optional_number("months", 1..=MONTHS_MAX);
    let (key, other) = ("months", "window");
    table.flaw(FlawKind::Contradicts { key, other });
    false
}

fn no_quota_twice(table: &Table<'_>, quotas: &[Ruled<Quota>]) {
    let mut seen = Vec::with_capacity(quotas.len());
    for quota in quotas {
        let Quota {
            limit: _,
            window,
            scope,
            counts_by,
            occupations_not_counted,
        } = &quota.rule;
        let what = (window, scope, counts_by, occupations_not_counted);
        if seen.contains(&what) {
            table.flaw(FlawKind::QuotaTwice);
        }
        seen.push(what);
    }
}

fn no_repeat(table: &Table<'_>) -> Option<Ruled<RepeatWindow>> {
    let window = match table.code("window") {
        Some(RepeatKind::Ever) => no_months(table).then_some(RepeatWindow::Ever),
        Some(RepeatKind::Months) => {
            let months = table.number("months", 1..=MONTHS_MAX);
            months.map(RepeatWindow::Months)
        }
        None => {
            table.optional_number("months", 1..=MONTHS_MAX);
            None
        }
    };
    table.ruled(window)
}

fn excludes(table: &Table<'_>, itself: Option<&SchemeId>) -> Option<Ruled<Exclusion>> {
    let schemes = schemes(table, itself);
    let same = table.code("same");
    let rule = || {
        Some(Exclusion {
            schemes: schemes?,
            same: same?,
        })
    };
    table.ruled(rule())
}

/// Other schemes; a scheme that named itself could be paid to nobody.
pub(super) fn schemes(table: &Table<'_>, itself: Option<&SchemeId>) -> Option<Vec<SchemeId>> {
    let parse = |text: &str| SchemeId::parse(text).ok();
    let schemes = table.list("schemes", Shape::Name, parse)?;
    if itself.is_some_and(|itself| schemes.contains(itself)) {
        table.flaw(FlawKind::ExcludesItself);
    }
    Some(schemes)
}

fn levels(table: &Table<'_>) -> Option<Ruled<Vec<SkillLevel>>> {
    let any_of = table.codes("any_of");
    table.ruled(any_of)
}

fn groups(table: &Table<'_>) -> Option<Ruled<GroupRule>> {
    let any_of = table.codes("any_of");
    let held = table.code("held");
    let rule = || {
        Some(GroupRule {
            any_of: any_of?,
            held: held?,
        })
    };
    table.ruled(rule())
}

fn age(table: &Table<'_>) -> Option<Ruled<AgeBounds>> {
    let years = |key| {
        let years = table.number(key, 0..=AGE_MAX)?;
        u8::try_from(years).ok()
    };
    let (min, max_male, max_female) = (years("min"), years("max_male"), years("max_female"));
    for (max, last) in [(max_male, "max_male"), (max_female, "max_female")] {
        if let (Some(min), Some(max)) = (min, max)
            && max < min
        {
            table.flaw(FlawKind::Reversed { first: "min", last });
        }
    }
    let rule = || {
        Some(AgeBounds {
            min: min?,
            max_male: max_male?,
            max_female: max_female?,
        })
    };
    table.ruled(rule())
}

fn insured_months(table: &Table<'_>) -> Option<Ruled<u32>> {
    let months = table.number("months", 1..=MONTHS_MAX);
    table.ruled(months)
}

fn residence(table: &Table<'_>) -> Option<Ruled<Division>> {
    let division = table.division("division");
    table.ruled(division)
}

fn evidence(table: &Table<'_>) -> Option<Ruled<Evidence>> {
    let certificate = table.flag("certificate");
    let certificate_kinds = table.optional_codes("certificate_kinds");
    let verified = table.optional_flag("verified");
    let assessment = table.flag("assessment");
    let attendance = table.optional_share("attendance");
    let hours_min = table.optional_number("hours_min", 1..=CLASS_HOURS_MAX);
    let employment_days = table.optional_number("employment_days", 1..=DAYS_MAX);
    let labour_contract = table.optional_flag("labour_contract");
    let contradicts = |key, other| table.flaw(FlawKind::Contradicts { key, other });
    if certificate == Some(false) && !certificate_kinds.is_empty() {
        contradicts("certificate_kinds", "certificate");
    }
    if certificate == Some(false) && verified {
        contradicts("verified", "certificate");
    }
    if labour_contract && employment_days.is_none() {
        contradicts("labour_contract", "employment_days");
    }
    let rule = || {
        Some(Evidence {
            certificate: certificate?,
            certificate_kinds,
            verified,
            assessment: assessment?,
            attendance,
            hours_min,
            employment_days,
            labour_contract,
        })
    };
    table.ruled(rule())
}

fn payee(table: &Table<'_>) -> Option<Ruled<PayeeRule>> {
    let allowed = table.codes("allowed");
    let agency_contract = table.optional_flag("agency_contract");
    if let Some(allowed) = &allowed
        && agency_contract
        && !allowed.contains(&PayeeKind::Institution)
    {
        let (key, other) = ("agency_contract", "allowed");
        table.flaw(FlawKind::Contradicts { key, other });
    }
    table.ruled(allowed.map(|allowed| PayeeRule {
        allowed,
        agency_contract,
    }))
}

fn claim_deadline(table: &Table<'_>) -> Option<Ruled<ClaimDeadline>> {
    let months = table.number("months", 1..=MONTHS_MAX);
    let from = table.code("from");
    let rule = || {
        Some(ClaimDeadline {
            months: months?,
            from: from?,
        })
    };
    table.ruled(rule())
}

fn publicity(table: &Table<'_>) -> Option<Ruled<Publicity>> {
    let days = table.number("days", 1..=DAYS_MAX);
    table.ruled(days.map(|days| Publicity { days }))
}

fn catalogue(table: &Table<'_>) -> Option<Ruled<CatalogueRule>> {
    let listed_in: Vec<CatalogueKind> = table.optional_codes("listed_in");
    let institution_listed = table.optional_flag("institution_listed");
    if listed_in.is_empty() && !institution_listed {
        table.flaw(FlawKind::Empty { key: "listed_in" });
    }
    if listed_in.contains(&CatalogueKind::Institution) {
        let (key, other) = ("listed_in", "institution_listed");
        table.flaw(FlawKind::Contradicts { key, other });
    }
    table.ruled(Some(CatalogueRule {
        listed_in,
        institution_listed,
    }))
}

fn quota_release(table: &Table<'_>) -> Option<Ruled<QuotaRelease>> {
    let returned_payment = table.flag("returned_payment");
    let clawback = table.flag("clawback");
    let rule = || {
        Some(QuotaRelease {
            returned_payment: returned_payment?,
            clawback: clawback?,
        })
    };
    table.ruled(rule())
}
