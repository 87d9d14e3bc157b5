//! Checks before publishing: one text by itself, a set of texts, or beside what is published.
//!
//! What is an error in a single text is said once, where it is read: [`compile`](crate::compile())
//! fails for exactly the texts that have an error here. What only shows beside other documents
//! does not keep a text from being compiled, because the others may change.

mod beside;

use crate::compile::{Loaded, load};
use crate::flaw::{Flaw, FlawKind, Severity};
use crate::reader::{Places, place};
use beside::Beside;
use ledger_core::Policy;
use ledger_core::policy::PolicyBook;

/// What a check found, in the order of the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Everything wrong or doubtful; of the text itself at most 200 errors
    /// and 200 warnings one by one, and how many more there are.
    pub flaws: Vec<Flaw>,
}

/// Checks one text by itself.
#[must_use]
pub fn check(text: &str) -> Report {
    let flaws = load(text).flaws;
    Report { flaws }
}

/// Checks the texts of a set, which is taken as all there is: each by itself and beside the
/// others. Returns one report for each text, in the order given.
#[must_use]
pub fn check_set(texts: &[(&str, &str)]) -> Vec<(String, Report)> {
    let loaded: Vec<Loaded> = texts.iter().map(|(_, text)| load(text)).collect();
    let mut reports = Vec::with_capacity(texts.len());
    for (index, ((name, text), found)) in texts.iter().zip(&loaded).enumerate() {
        let mut flaws = found.flaws.clone();
        if let Some(policy) = &found.policy {
            let beside = loaded.iter().enumerate();
            let beside = beside.filter(|(other, _)| *other != index);
            let others: Vec<_> = beside
                .filter_map(|(other, loaded)| Some((other < index, loaded.policy.as_ref()?)))
                .collect();
            let beside = Beside::new(policy, &others, true);
            let compared = beside.compare().into_iter();
            flaws.extend(compared.map(|(path, kind)| found.places.flaw(text, path, kind)));
        }
        flaws.sort_by_key(|flaw| flaw.place);
        reports.push(((*name).to_owned(), Report { flaws }));
    }
    reports
}

/// Checks a text by itself and beside what is published; every flaw has its place in the text.
///
/// References to schemes that are not published yet are warnings: two documents may name each
/// other. Withdrawn documents count up to their withdrawal.
#[must_use]
pub fn check_beside(book: &PolicyBook, text: &str) -> Report {
    let Loaded {
        policy,
        mut flaws,
        places,
    } = load(text);
    if let Some(policy) = &policy {
        let compared = compare_with(book, policy).into_iter();
        flaws.extend(compared.map(|(path, kind)| places.flaw(text, path, kind)));
    }
    flaws.sort_by_key(|flaw| flaw.place);
    Report { flaws }
}

/// Checks a compiled document beside what is published, as [`check_beside`]; its flaws have no
/// lines.
#[must_use]
pub fn check_against(book: &PolicyBook, policy: &Policy) -> Report {
    let compared = compare_with(book, policy);
    let flaws = compared.into_iter().map(|(key, kind)| Flaw {
        place: None,
        key,
        clause: None,
        kind,
    });
    Report {
        flaws: flaws.collect(),
    }
}

fn compare_with(book: &PolicyBook, policy: &Policy) -> Vec<(String, FlawKind)> {
    let published: Vec<Policy> = book
        .published()
        .iter()
        .filter_map(|published| {
            let mut policy = Policy::clone(&published.policy);
            if let Some(withdrawn) = published.withdrawn {
                let last = withdrawn.effective_on.add_days(-1)?;
                let until = policy.valid_until.map_or(last, |until| until.min(last));
                policy.valid_until = Some(until);
            }
            Some(policy)
        })
        .filter(|policy| {
            policy
                .valid_until
                .is_none_or(|until| policy.valid_from <= until)
        })
        .collect();
    let others: Vec<_> = published.iter().map(|policy| (true, policy)).collect();
    Beside::new(policy, &others, false).compare()
}

impl Report {
    /// Whether nothing keeps the text from being published.
    #[must_use]
    pub fn is_publishable(&self) -> bool {
        self.of(Severity::Error).next().is_none()
    }

    /// The flaws of one severity.
    pub fn of(&self, severity: Severity) -> impl Iterator<Item = &Flaw> {
        let flaws = self.flaws.iter();
        flaws.filter(move |flaw| flaw.severity() == severity)
    }
}

impl Places {
    fn flaw(&self, text: &str, path: String, kind: FlawKind) -> Flaw {
        let (at, clause) = self.find(&path);
        Flaw {
            place: Some(place(text, at)),
            key: path,
            clause,
            kind,
        }
    }
}
