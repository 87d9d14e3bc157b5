//! Lists: `[[catalogue]]` with its items, and `[[crosswalk]]`.

use crate::flaw::{FlawKind, Shape};
use crate::reader::{Naming, Table};
use ledger_core::coded::CatalogueKind;
use ledger_core::policy::{Catalogue, CatalogueItem, CatalogueKey, Ruled};
use ledger_core::{CreditCode, Occupation};
use std::collections::hash_map;
use std::collections::{BTreeSet, HashMap};

/// Lines of one catalogue; the text's own bound is reached at some thousands.
const ITEMS_MAX: usize = 20_000;

pub(super) fn catalogue(table: &Table<'_>) -> Option<Catalogue> {
    let kind = table.code("kind");
    let clause = table.clause();
    let lines = table.children("item", ITEMS_MAX, Naming::Number, item);
    if lines.is_empty() {
        table.flaw(FlawKind::Empty { key: "item" });
    }
    if let Some(kind) = kind {
        table.stands_also_as(&catalogue_path(kind), &table.path);
    }
    let mut items = HashMap::with_capacity(lines.len());
    let mut paths = HashMap::with_capacity(lines.len());
    for (path, key, item) in lines {
        of_the_kind(table, &path, key, kind);
        match items.entry(key) {
            hash_map::Entry::Vacant(entry) => {
                paths.insert(key, path);
                entry.insert(item);
            }
            hash_map::Entry::Occupied(_) => {
                let other = paths.get(&key).cloned().unwrap_or_default();
                table.flaw_in(&path, FlawKind::CatalogueItemTwice { other });
            }
        }
    }
    Some(Catalogue {
        kind: kind?,
        clause: clause?,
        items,
    })
}

/// The path of the catalogue of a kind, beside its own.
pub(crate) fn catalogue_path(kind: CatalogueKind) -> String {
    format!("catalogue:{}", kind.code())
}

/// The catalogue of bodies names a body on every line, the others on none.
fn of_the_kind(table: &Table<'_>, path: &str, key: CatalogueKey, kind: Option<CatalogueKind>) {
    let Some(kind) = kind else { return };
    let names_body = key.institution.is_some();
    if names_body != (kind == CatalogueKind::Institution) {
        let (key, other) = ("institution", "kind");
        table.flaw_in(path, FlawKind::Contradicts { key, other });
    }
}

fn item(table: &Table<'_>) -> Option<(String, CatalogueKey, CatalogueItem)> {
    let parse = |text: &str| CreditCode::parse(text).ok();
    let institution = table.optional("institution", Shape::CreditCode, parse);
    let occupation = table.occupation("occupation");
    let levels = table.optional_codes("levels");
    let scarce = table.optional_flag("scarce");
    let key = CatalogueKey {
        institution,
        occupation: occupation?,
    };
    Some((table.path.clone(), key, CatalogueItem { levels, scarce }))
}

pub(super) fn crosswalk(table: &Table<'_>) -> Option<Ruled<Vec<Occupation>>> {
    let parse = |text: &str| Occupation::parse(text).ok();
    let same = table.list("same", Shape::Occupation, parse);
    if let Some(same) = &same {
        if let [_] = same.as_slice() {
            table.flaw(FlawKind::Empty { key: "same" });
        }
        let editions: BTreeSet<_> = same.iter().map(|one| one.edition()).collect();
        if editions.len() < same.len() {
            table.flaw(FlawKind::SameEdition);
        }
    }
    table.ruled(same)
}
