//! What two documents say to each other: rules over rules, gaps, overlaps, names without a scheme.
//!
//! Long: one check after the other over the same pairs of documents.

use crate::compile::{TARGET_PREFIX, catalogue_path, rate_path};
use crate::consistency::{numbered, rules};
use crate::flaw::{DocumentRef, FlawKind};
use crate::near;
use ledger_core::coded::CatalogueKind;
use ledger_core::policy::{AmountRule, PenaltyRange, QuotaScope, Scheme};
use ledger_core::{BusinessDate, Policy, SchemeId};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A document and those beside it.
pub(super) struct Beside<'a> {
    policy: &'a Policy,
    /// The other documents, latest versions only; whether each was published before.
    others: Vec<(bool, &'a Policy)>,
    /// Versions of the same document.
    versions: Vec<(bool, &'a Policy)>,
    /// Whether there are no documents besides.
    closed: bool,
}

/// What two documents may both rule, and where it stands.
struct Subject {
    path: String,
    name: String,
}

impl<'a> Beside<'a> {
    pub(super) fn new(policy: &'a Policy, all: &[(bool, &'a Policy)], closed: bool) -> Self {
        let (versions, others): (Vec<_>, Vec<_>) = all
            .iter()
            .copied()
            .partition(|(_, other)| other.policy_id == policy.policy_id);
        let replaced = |one: &Policy| {
            let mut later = others.iter();
            later.any(|(_, other)| other.policy_id == one.policy_id && other.version > one.version)
        };
        let others = others.iter().copied().filter(|(_, one)| !replaced(one));
        Self {
            policy,
            others: others.collect(),
            versions,
            closed,
        }
    }

    pub(super) fn compare(&self) -> Vec<(String, FlawKind)> {
        let mut flaws = Vec::new();
        self.versions(&mut flaws);
        if self
            .versions
            .iter()
            .any(|(_, it)| it.version > self.policy.version)
        {
            return flaws;
        }
        self.rules(&mut flaws);
        self.succession(&mut flaws);
        self.quotas(&mut flaws);
        self.references(&mut flaws);
        self.rates(&mut flaws);
        self.catalogues(&mut flaws);
        self.accruals_and_penalties(&mut flaws);
        flaws
    }

    /// Versions count up, and a document stays where it holds.
    fn versions(&self, flaws: &mut Vec<(String, FlawKind)>) {
        let before = self.versions.iter().filter(|(is_before, _)| *is_before);
        let latest = before
            .map(|(_, policy)| *policy)
            .max_by_key(|it| it.version);
        let Some(latest) = latest else { return };
        if self.policy.version <= latest.version {
            let found = latest.version;
            flaws.push((String::new(), FlawKind::VersionNotRising { found }));
        }
        if self.policy.division != latest.division {
            flaws.push((String::new(), FlawKind::DivisionMoved));
        }
    }

    /// A city sets no rules of its province's schemes; a province's documents follow each other.
    fn rules(&self, flaws: &mut Vec<(String, FlawKind)>) {
        for scheme in &self.policy.schemes {
            let id = &scheme.scheme;
            let subject = Subject {
                path: id.to_string(),
                name: id.to_string(),
            };
            let sets = |other: &Policy| other.scheme(id).is_some();
            for province in self.others.iter().map(|(_, other)| *other) {
                let above = province.division != self.policy.division
                    && province.division.contains(self.policy.division);
                if above && sets(province) && self.both_hold(province).is_some() {
                    let (scheme, province) = (id.to_string(), document(province));
                    let kind = FlawKind::RulesOverProvince { scheme, province };
                    flaws.push((subject.path.clone(), kind));
                }
            }
            self.follows(&subject, sets, flaws);
        }
    }

    /// What becomes of the schemes of the documents that this one follows.
    fn succession(&self, flaws: &mut Vec<(String, FlawKind)>) {
        let (policy, from) = (self.policy, self.policy.valid_from);
        let alike = self.others.iter().map(|(_, other)| *other);
        let alike: Vec<&Policy> = alike.filter(|it| it.division == policy.division).collect();
        let earlier = || alike.iter().copied().filter(|it| it.valid_from < from);
        for scheme in &policy.schemes {
            let id = &scheme.scheme;
            let before = earlier().filter(|it| it.scheme(id).is_some());
            match before.max_by_key(|it| it.valid_from) {
                Some(before) => forgotten(before, scheme, flaws),
                None => flaws.extend(spelt_like(earlier(), policy, scheme)),
            }
        }
        for before in earlier().filter(|it| goes_on_with(policy, it)) {
            let Some(last) = before.valid_until else {
                continue;
            };
            // What a document in between set in its place did not end with this one.
            let goes_on = |id: &SchemeId| {
                let sets = |it: &&Policy| {
                    it.scheme(id).is_some() && it.valid_until.is_none_or(|until| until > last)
                };
                policy.scheme(id).is_some() || alike.iter().any(sets)
            };
            for ended in before.schemes.iter().filter(|it| !goes_on(&it.scheme)) {
                let (scheme, by) = (ended.scheme.to_string(), document(before));
                flaws.push((String::new(), FlawKind::SchemeEnds { scheme, by, last }));
            }
        }
    }

    /// What counts in a quota of all schemes is bounded by one itself, or counted apart.
    fn quotas(&self, flaws: &mut Vec<(String, FlawKind)>) {
        let bounds_all = |scheme: &Scheme| {
            let mut quotas = scheme.quotas.iter();
            quotas.any(|quota| quota.rule.scope == QuotaScope::AllSchemes)
        };
        let counts_alone = |scheme: &Scheme| {
            scheme.award.is_some() || scheme.counted_apart.is_some() || bounds_all(scheme)
        };
        for scheme in self.policy.schemes.iter().filter(|it| !counts_alone(it)) {
            let counts_in = |other: &&Scheme| {
                other.scheme != scheme.scheme && other.counted_apart.is_none() && bounds_all(other)
            };
            if let Some(other) = self.schemes_around().find(counts_in) {
                let (path, scheme) = (scheme.scheme.to_string(), other.scheme.to_string());
                flaws.push((path, FlawKind::QuotaEvaded { scheme }));
            }
        }
    }

    /// How the document follows those of the same division on one subject.
    fn follows(
        &self,
        subject: &Subject,
        rules: impl Fn(&Policy) -> bool,
        flaws: &mut Vec<(String, FlawKind)>,
    ) {
        let (path, policy) = (&subject.path, self.policy);
        let alike = self
            .others
            .iter()
            .filter(|(_, other)| other.division == policy.division && rules(other));
        let mut last_before: Option<&Policy> = None;
        let mut first_after: Option<&Policy> = None;
        let (mut covered, mut outlasted) = (false, false);
        for (published_before, other) in alike {
            let starts_before = (other.valid_from, !published_before) < (policy.valid_from, true);
            if !starts_before {
                if other.valid_from == policy.valid_from && outlasts(other, policy) {
                    let (subject, by) = (subject.name.clone(), document(other));
                    flaws.push((path.clone(), FlawKind::NeverInForce { subject, by }));
                } else if first_after.is_none_or(|first| other.valid_from < first.valid_from) {
                    first_after = Some(other);
                }
                continue;
            }
            if let Some((from, until)) = self.both_hold(other) {
                covered = true;
                outlasted |= outlasts(other, policy);
                let (subject, superseded) = (subject.name.clone(), document(other));
                let kind = FlawKind::Overlap {
                    subject,
                    superseded,
                    from,
                    until,
                };
                flaws.push((path.clone(), kind));
            } else if last_before.is_none_or(|last| last.valid_until < other.valid_until) {
                last_before = Some(other);
            }
        }
        if let Some(last) = last_before.filter(|_| !covered) {
            flaws.extend(gap(last, policy, &subject.name).map(|kind| (path.clone(), kind)));
        }
        // In a set the later document says this of itself; a published one cannot any more.
        if let Some(next) = first_after.filter(|_| !self.closed) {
            let between = match self.both_hold(next) {
                Some((from, _)) => Some(FlawKind::Superseded {
                    subject: subject.name.clone(),
                    by: document(next),
                    from,
                }),
                None => gap(policy, next, &subject.name).filter(|_| !outlasted),
            };
            flaws.extend(between.map(|kind| (path.clone(), kind)));
        }
    }

    /// The days on which both documents hold.
    fn both_hold(&self, other: &Policy) -> Option<(BusinessDate, Option<BusinessDate>)> {
        let from = self.policy.valid_from.max(other.valid_from);
        let untils = [self.policy.valid_until, other.valid_until];
        let until = untils.into_iter().flatten().min();
        until
            .is_none_or(|until| from <= until)
            .then_some((from, until))
    }

    /// Schemes that hold where the document does, at some time that it does.
    fn schemes_around(&self) -> impl Iterator<Item = &'a Scheme> {
        let around = self.others.iter().map(|(_, other)| *other).filter(|other| {
            other.division.contains(self.policy.division) && self.both_hold(other).is_some()
        });
        let around = around.chain(std::iter::once(self.policy));
        around.flat_map(|policy| &policy.schemes)
    }

    /// Schemes that other rules name have to be set by some document.
    fn references(&self, flaws: &mut Vec<(String, FlawKind)>) {
        let known: BTreeSet<&SchemeId> = self
            .others
            .iter()
            .map(|(_, other)| *other)
            .chain(std::iter::once(self.policy))
            .flat_map(|policy| policy.schemes.iter().map(|scheme| &scheme.scheme))
            .collect();
        let mut named: Vec<(String, &SchemeId)> = Vec::new();
        for scheme in &self.policy.schemes {
            let id = &scheme.scheme;
            let excluded = scheme.excludes.iter().flat_map(|rule| &rule.rule.schemes);
            named.extend(excluded.map(|other| (format!("{id}.scheme_exclusion"), other)));
        }
        for target in &self.policy.targets {
            let path = format!("{TARGET_PREFIX}{}", target.rule.target);
            named.extend(
                target
                    .rule
                    .filter
                    .scheme
                    .as_ref()
                    .map(|scheme| (path, scheme)),
            );
        }
        named.extend(self.rated().into_iter().map(|it| (rate_path(it), it)));
        for (path, scheme) in named {
            if !known.contains(scheme) {
                let scheme = scheme.to_string();
                let near = near::closest(&scheme, known.iter().map(|it| it.as_str()));
                let near = near.map(str::to_owned);
                let kind = match self.closed {
                    true => FlawKind::UnknownScheme { scheme, near },
                    false => FlawKind::SchemeNotPublished { scheme, near },
                };
                flaws.push((path, kind));
            }
        }
    }

    /// The schemes that the document has rates for.
    fn rated(&self) -> BTreeSet<&'a SchemeId> {
        self.policy
            .rates
            .rows
            .keys()
            .map(|key| &key.scheme)
            .collect()
    }

    fn rates(&self, flaws: &mut Vec<(String, FlawKind)>) {
        for id in self.rated() {
            let path = rate_path(id);
            let mut amounts = self
                .schemes_around()
                .filter(|scheme| scheme.scheme == *id)
                .map(|scheme| scheme.amount.as_ref().map(|amount| amount.rule))
                .peekable();
            let is_set = amounts.peek().is_some();
            let by_itself = self.policy.scheme(id).is_some();
            if is_set && !by_itself && !amounts.any(|it| it == Some(AmountRule::ByTable)) {
                let scheme = id.to_string();
                flaws.push((path.clone(), FlawKind::RateNeverLookedUp { scheme }));
            }
            let subject = Subject {
                name: path.clone(),
                path,
            };
            let rates = |other: &Policy| other.rates.rows.keys().any(|key| key.scheme == *id);
            self.follows(&subject, rates, flaws);
        }
    }

    /// The rules that belong to no scheme follow each other by what they are about.
    fn accruals_and_penalties(&self, flaws: &mut Vec<(String, FlawKind)>) {
        let accruals = &self.policy.accruals;
        for (index, accrual) in accruals.iter().enumerate() {
            let fund = accrual.rule.fund;
            let path = numbered("accrual", index, accruals.len() > 1);
            let name = format!("the accrual of {}", fund.code());
            let rules = |other: &Policy| other.accruals.iter().any(|it| it.rule.fund == fund);
            self.follows(&Subject { path, name }, rules, flaws);
        }
        let penalties = &self.policy.penalties;
        for (index, penalty) in penalties.iter().enumerate() {
            let PenaltyRange {
                findings, funds, ..
            } = &penalty.rule;
            let path = numbered("penalty", index, penalties.len() > 1);
            let name = path.clone();
            let rules = |other: &Policy| {
                let mut ranges = other.penalties.iter().map(|range| &range.rule);
                ranges.any(|range| {
                    range.findings.iter().any(|it| findings.contains(it))
                        && range.funds.iter().any(|it| funds.contains(it))
                })
            };
            self.follows(&Subject { path, name }, rules, flaws);
        }
    }

    fn catalogues(&self, flaws: &mut Vec<(String, FlawKind)>) {
        let kinds: BTreeSet<CatalogueKind> =
            self.policy.catalogues.iter().map(|it| it.kind).collect();
        for kind in kinds {
            let path = catalogue_path(kind);
            let requires = |scheme: &Scheme| {
                scheme.catalogue.as_ref().is_some_and(|rule| {
                    let of_bodies = kind == CatalogueKind::Institution;
                    rule.rule.listed_in.contains(&kind)
                        || (of_bodies && rule.rule.institution_listed)
                })
            };
            let marks_scarce = self.marks_scarce(kind);
            let uplifts = |scheme: &Scheme| marks_scarce && scheme.uplift.is_some();
            let mut around = self.schemes_around();
            if !around.any(|scheme| requires(scheme) || uplifts(scheme)) {
                let catalogue = kind.code();
                flaws.push((path.clone(), FlawKind::CatalogueNeverRequired { catalogue }));
            }
            let subject = Subject {
                name: path.clone(),
                path,
            };
            let lists = |other: &Policy| other.catalogues.iter().any(|it| it.kind == kind);
            self.follows(&subject, lists, flaws);
        }
    }

    /// Whether a catalogue of the kind marks occupations as scarce, which raises amounts.
    fn marks_scarce(&self, kind: CatalogueKind) -> bool {
        let of_kind = self.policy.catalogues.iter().filter(|it| it.kind == kind);
        of_kind
            .flat_map(|it| it.items.values())
            .any(|item| item.scarce)
    }
}

/// Whether a document takes the place of an earlier one: it sets some of its schemes, and begins
/// before the other ends or on the day after.
fn goes_on_with(policy: &Policy, before: &Policy) -> bool {
    let sets = |scheme: &Scheme| policy.scheme(&scheme.scheme).is_some();
    let last = before.valid_until;
    let next = last.and_then(|last| last.add_days(1));
    before.schemes.iter().any(sets)
        && next.is_none_or(|next| policy.valid_from <= next)
        && last.is_some_and(|last| policy.valid_until.is_none_or(|until| last < until))
}

/// The rules that a scheme had before and has no more.
fn forgotten(before: &Policy, scheme: &Scheme, flaws: &mut Vec<(String, FlawKind)>) {
    let Some(had) = before.scheme(&scheme.scheme) else {
        return;
    };
    let has: BTreeSet<_> = rules(scheme).into_iter().map(|(rule, _)| rule).collect();
    let lost = rules(had).into_iter().map(|(rule, _)| rule);
    for rule in lost.filter(|rule| !has.contains(rule)) {
        let before = document(before);
        let path = scheme.scheme.to_string();
        flaws.push((path, FlawKind::RuleForgotten { rule, before }));
    }
}

/// A scheme of an earlier document that a new one is spelt nearly like, or has the name of, and
/// that the document of the new one does not set itself.
fn spelt_like<'a>(
    earlier: impl Iterator<Item = &'a Policy>,
    policy: &Policy,
    scheme: &Scheme,
) -> Option<(String, FlawKind)> {
    let mut others = earlier.flat_map(|it| it.schemes.iter().map(move |other| (it, other)));
    let id = scheme.scheme.as_str();
    let is_like = |other: &Scheme| {
        policy.scheme(&other.scheme).is_none()
            && (other.name_zh == scheme.name_zh
                || near::closest(id, [other.scheme.as_str()]).is_some())
    };
    let (by, other) = others.find(|(_, other)| is_like(other))?;
    let (other, by) = (other.scheme.to_string(), document(by));
    Some((id.to_owned(), FlawKind::SchemeSpeltLike { other, by }))
}

/// Whether `one` holds on the last day of `other`, or for ever.
fn outlasts(one: &Policy, other: &Policy) -> bool {
    match (one.valid_until, other.valid_until) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(one), Some(other)) => one >= other,
    }
}

/// The days between the end of one document and the beginning of the next.
fn gap(last: &Policy, next: &Policy, subject: &str) -> Option<FlawKind> {
    let from = last.valid_until?.add_days(1)?;
    let until = next.valid_from.add_days(-1)?;
    (from <= until).then(|| FlawKind::Gap {
        subject: subject.to_owned(),
        before: document(last),
        from,
        until,
    })
}

fn document(policy: &Policy) -> DocumentRef {
    DocumentRef {
        policy_id: Arc::clone(&policy.policy_id),
        document_number: Arc::clone(&policy.document_number),
    }
}
