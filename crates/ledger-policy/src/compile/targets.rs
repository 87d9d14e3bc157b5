//! Targets: `[[target]]` and `[[target_sum]]`.

use crate::flaw::{FlawKind, Shape};
use crate::near;
use crate::reader::Table;
use ledger_core::policy::{Ruled, Target, TargetFilter, TargetSum};
use ledger_core::{ActionId, SchemeId, SectorId, TargetId};

/// What the path of a target begins with: a scheme may have the same name.
pub(crate) const PREFIX: &str = "target:";

/// A figure: as many as there are people, many times over.
const FIGURE_MAX: u32 = 2_000_000_000;

pub(super) fn target(table: &Table<'_>) -> Option<Ruled<Target>> {
    let target = table.name("id", |text| TargetId::parse(text).ok());
    let name_zh = table.reference("name_zh");
    let name_en = table.reference("name_en");
    let measure = table.code("measure");
    let figure = table.optional_number("figure", 1..=FIGURE_MAX);
    let bound = table.code("bound");
    let period = table.code("period");
    let (from, until) = (table.date("from"), table.date("until"));
    if let (Some(from), Some(until)) = (from, until)
        && until < from
    {
        let (first, last) = ("from", "until");
        table.flaw(FlawKind::Reversed { first, last });
    }
    let expected = table.optional_flag("expected");
    let filter = filter(table);
    let rule = || {
        Some(Target {
            target: target?,
            name_zh: name_zh?,
            name_en: name_en?,
            measure: measure?,
            figure: figure.map(u64::from),
            bound: bound?,
            period: period?,
            from: from?,
            until: until?,
            expected,
            filter,
        })
    };
    table.ruled(rule())
}

/// In form 2 the document lists the actions and sectors that its targets count: one that is spelt
/// in another way would count nothing.
pub(super) fn names_are_listed(document: &Table<'_>, targets: &[Ruled<Target>]) {
    let actions = named(document, "actions", |text| ActionId::parse(text).ok());
    let sectors = named(document, "sectors", |text| SectorId::parse(text).ok());
    if document.format() == 1 {
        return;
    }
    let (actions, sectors) = (texts(&actions), texts(&sectors));
    for target in targets.iter().map(|ruled| &ruled.rule) {
        let TargetFilter { action, sector, .. } = &target.filter;
        let named = [
            (
                "actions",
                action.as_ref().map(ToString::to_string),
                &actions,
            ),
            (
                "sectors",
                sector.as_ref().map(ToString::to_string),
                &sectors,
            ),
        ];
        for (list, found, listed) in named {
            let Some(found) = found.filter(|found| !listed.contains(found)) else {
                continue;
            };
            let near = near::closest(&found, listed.iter().map(String::as_str));
            let near = near.map(str::to_owned);
            let kind = FlawKind::UnknownName { list, found, near };
            document.flaw_in(&format!("{PREFIX}{}", target.target), kind);
        }
    }
}

fn named<T>(document: &Table<'_>, key: &'static str, parse: impl Fn(&str) -> Option<T>) -> Vec<T> {
    let listed = document
        .has(key)
        .then(|| document.list(key, Shape::Name, parse));
    listed.flatten().unwrap_or_default()
}

fn texts(names: &[impl ToString]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

fn filter(table: &Table<'_>) -> TargetFilter {
    TargetFilter {
        action: table.optional("action", Shape::Name, |text| ActionId::parse(text).ok()),
        sector: table.optional("sector", Shape::Name, |text| SectorId::parse(text).ok()),
        scheme: table.optional("scheme", Shape::Name, |text| SchemeId::parse(text).ok()),
        training: table.optional_code("training"),
        form: table.optional_code("form"),
        groups: table.optional_codes("groups"),
        level_at_least: table.optional_code("level_at_least"),
    }
}

pub(super) fn sum(table: &Table<'_>) -> Option<Ruled<TargetSum>> {
    let parse = |text: &str| TargetId::parse(text).ok();
    let whole = table.name("whole", parse);
    let parts = table.list("parts", Shape::Name, parse);
    if let (Some(whole), Some(parts)) = (&whole, &parts)
        && parts.contains(whole)
    {
        let (key, other) = ("parts", "whole");
        table.flaw(FlawKind::Contradicts { key, other });
    }
    let rule = || {
        Some(TargetSum {
            whole: whole?,
            parts: parts?,
        })
    };
    table.ruled(rule())
}
