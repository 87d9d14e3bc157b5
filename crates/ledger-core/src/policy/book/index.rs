//! Where to look in the published documents, rebuilt with each publication.
//!
//! Everything that a decision asks for is found by a key: documents are listed in the order in
//! which they supersede each other, and rows and lines stand under the one occupation that the
//! crosswalks give for all editions of the dictionary, whatever code the document prints.

use super::PublishedPolicy;
use crate::coded::{CatalogueKind, Group};
use crate::policy::{CatalogueItem, CatalogueKey, RateValue, Ruled};
use crate::{BusinessDate, Occupation, Position, SchemeId, SkillLevel};
use hashbrown::{HashMap, HashSet};
use std::cmp::Reverse;

/// Positions in the list of publications (`at`), by what is looked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Index {
    /// Documents that set rules for a scheme, the one that supersedes the others first.
    pub(super) rules: HashMap<SchemeId, Vec<Governing>>,
    /// Documents with rates for a scheme in every version, the one to look at first first.
    pub(super) rates: HashMap<SchemeId, Vec<Rated>>,
    /// Documents with catalogues of a kind, the one to look at first first.
    pub(super) catalogues: HashMap<CatalogueKind, Vec<Listing>>,
    /// One occupation for all that a crosswalk calls the same.
    pub(super) canonical: HashMap<Occupation, Occupation>,
    /// Schemes that exclude a scheme, by the one that they exclude.
    pub(super) excluding: HashMap<SchemeId, Vec<Governing>>,
    /// Schemes that some document counts apart, wherever and whenever it holds.
    pub(super) apart: HashSet<SchemeId>,
}

/// A document that sets rules for a scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Governing {
    pub(super) at: usize,
    /// Which of the document's schemes it is.
    pub(super) scheme: usize,
}

/// The rates of one version of a document for one scheme.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rated {
    pub(super) at: usize,
    /// Where the next version was published; none for the latest one.
    pub(super) replaced: Option<Position>,
    rows: HashMap<RowKey, Row>,
    /// The shapes of key that any row has, one bit each, so that only these are looked up.
    shapes: u8,
}

/// What a row holds for, under the canonical occupation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct RowKey {
    occupation: Option<Occupation>,
    level: Option<SkillLevel>,
    group: Option<Group>,
}

#[derive(Debug, PartialEq, Eq)]
struct Row {
    /// The occupation that the document prints.
    printed: Option<Occupation>,
    rate: Ruled<RateValue>,
}

/// The lines of one document's catalogue of one kind.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Listing {
    pub(super) at: usize,
    /// One occupation may have a line for each edition of the dictionary.
    pub(super) items: HashMap<CatalogueKey, Vec<CatalogueItem>>,
}

/// A version of a document, with where it stands in the list.
struct Version<'p> {
    at: usize,
    published: &'p PublishedPolicy,
    replaced: Option<Position>,
}

/// Orders documents: one that supersedes another comes before it.
pub(super) fn rank(published: &PublishedPolicy) -> (u8, Reverse<(BusinessDate, Position)>) {
    let latest_first = Reverse((published.policy.valid_from, published.position));
    (narrowness(published), latest_first)
}

impl Index {
    /// The index of every document in its latest version, and of rates in every version.
    pub(super) fn of(published: &[PublishedPolicy]) -> Self {
        let mut versions = versions(published);
        let latest = versions.iter().filter(|version| version.replaced.is_none());
        let mut current: Vec<_> = latest
            .map(|version| (version.at, version.published))
            .collect();
        let mut index = Self {
            canonical: crosswalk(&current),
            ..Self::default()
        };
        current.sort_by_key(|(_, one)| rank(one));
        for (at, one) in &current {
            for (scheme, rules) in one.policy.schemes.iter().enumerate() {
                let listed = index.rules.entry(rules.scheme.clone()).or_default();
                listed.push(Governing { at: *at, scheme });
                for excluded in rules.excludes.iter().flat_map(|rule| &rule.rule.schemes) {
                    let excluding = index.excluding.entry(excluded.clone()).or_default();
                    excluding.push(Governing { at: *at, scheme });
                }
                if rules.counted_apart.is_some() {
                    index.apart.insert(rules.scheme.clone());
                }
            }
        }
        // Rates and catalogues are the city's before the province's.
        let narrowest_first = |one: &PublishedPolicy| {
            let (narrowness, latest_first) = rank(one);
            (Reverse(narrowness), latest_first)
        };
        current.sort_by_key(|(_, one)| narrowest_first(one));
        for (at, one) in &current {
            index.add_catalogues(*at, one);
        }
        versions.sort_by_key(|version| narrowest_first(version.published));
        for version in &versions {
            index.add_rates(version);
        }
        index
    }

    fn add_rates(&mut self, version: &Version<'_>) {
        for (key, rate) in &version.published.policy.rates.rows {
            let listed = self.rates.entry(key.scheme.clone()).or_default();
            if listed.last().is_none_or(|last| last.at != version.at) {
                listed.push(Rated {
                    at: version.at,
                    replaced: version.replaced,
                    rows: HashMap::new(),
                    shapes: 0,
                });
            }
            let canonical = key.occupation.map(|printed| {
                let canonical = self.canonical.get(&printed);
                canonical.copied().unwrap_or(printed)
            });
            let row = RowKey {
                occupation: canonical,
                level: key.level,
                group: key.group,
            };
            if let Some(rated) = listed.last_mut() {
                rated.add(row, key.occupation, rate);
            }
        }
    }

    fn add_catalogues(&mut self, at: usize, published: &PublishedPolicy) {
        for catalogue in &published.policy.catalogues {
            let listed = self.catalogues.entry(catalogue.kind).or_default();
            if listed.last().is_none_or(|last| last.at != at) {
                let items = HashMap::new();
                listed.push(Listing { at, items });
            }
            let Some(listing) = listed.last_mut() else {
                continue;
            };
            for (key, item) in &catalogue.items {
                let canonical = self.canonical.get(&key.occupation);
                let occupation = canonical.copied().unwrap_or(key.occupation);
                let key = CatalogueKey { occupation, ..*key };
                listing.items.entry(key).or_default().push(item.clone());
            }
        }
    }
}

impl Rated {
    /// Adds a row. Where a document prints one occupation in two editions with different rates,
    /// the later edition's stands.
    fn add(&mut self, key: RowKey, printed: Option<Occupation>, rate: &Ruled<RateValue>) {
        self.shapes |= 1 << key.shape();
        let held = self.rows.get(&key);
        if held.is_none_or(|held| held.printed < printed) {
            let rate = rate.clone();
            self.rows.insert(key, Row { printed, rate });
        }
    }

    /// The row that says most about the training, by its canonical occupation.
    pub(super) fn row(
        &self,
        occupation: Occupation,
        level: Option<SkillLevel>,
        group: Option<Group>,
    ) -> Option<&Ruled<RateValue>> {
        for occupation in [Some(occupation), None] {
            for level in some_then_none(level) {
                for group in some_then_none(group) {
                    let key = RowKey {
                        occupation,
                        level,
                        group,
                    };
                    if self.shapes & 1 << key.shape() == 0 {
                        continue;
                    }
                    if let Some(row) = self.rows.get(&key) {
                        return Some(&row.rate);
                    }
                }
            }
        }
        None
    }
}

impl RowKey {
    /// Which parts are given, as a number below eight.
    fn shape(self) -> u8 {
        u8::from(self.occupation.is_some()) << 2
            | u8::from(self.level.is_some()) << 1
            | u8::from(self.group.is_some())
    }
}

/// What is given, and then what holds for every one.
fn some_then_none<T: Copy>(given: Option<T>) -> impl Iterator<Item = Option<T>> {
    given.map(Some).into_iter().chain([None])
}

/// Every version of every document, in log order.
fn versions(published: &[PublishedPolicy]) -> Vec<Version<'_>> {
    let mut later = HashMap::new();
    let newest_first = published.iter().enumerate().rev();
    let newest_first = newest_first.map(|(at, published)| Version {
        at,
        published,
        replaced: later.insert(&published.policy.policy_id, published.position),
    });
    let mut versions: Vec<_> = newest_first.collect();
    versions.reverse();
    versions
}

/// Occupations that any published crosswalk calls the same, each with the least of them. A
/// dictionary holds everywhere and its editions do not end: only a withdrawal ends a crosswalk.
fn crosswalk(current: &[(usize, &PublishedPolicy)]) -> HashMap<Occupation, Occupation> {
    let mut canonical: HashMap<Occupation, Occupation> = HashMap::new();
    let standing = current.iter().filter(|(_, one)| one.withdrawn.is_none());
    let groups = standing.flat_map(|(_, one)| &one.policy.crosswalk);
    for group in groups {
        let of = |occupation: &Occupation| canonical.get(occupation).copied();
        let known: Vec<_> = group.rule.iter().filter_map(of).collect();
        let members = group.rule.iter().copied();
        let Some(least) = members.clone().chain(known.iter().copied()).min() else {
            continue;
        };
        for found in canonical.values_mut() {
            if known.contains(found) {
                *found = least;
            }
        }
        canonical.extend(members.map(|member| (member, least)));
    }
    canonical
}

/// Counts up from the province to the county.
fn narrowness(published: &PublishedPolicy) -> u8 {
    let division = published.policy.division;
    match (division.is_province(), division.is_prefecture()) {
        (true, _) => 0,
        (false, true) => 1,
        (false, false) => 2,
    }
}
