//! Reads a document, part by part, and builds its compiled form.

mod amounts;
mod award;
mod funds;
mod lists;
mod project;
mod scheme;
mod targets;

pub(crate) use amounts::rate_path;
pub(crate) use lists::catalogue_path;
pub(crate) use targets::PREFIX as TARGET_PREFIX;

use crate::PolicyError;
use crate::consistency;
use crate::doubts;
use crate::flaw::{Flaw, FlawKind, Severity};
use crate::personal;
use crate::reader::{Naming, Places, Sink, Table};
use ledger_core::Policy;
use ledger_core::coded::DocumentKind;
use ledger_core::limits::POLICY_TEXT_BYTES_MAX;
use std::collections::BTreeSet;
use toml::de::DeTable;

/// Schemes of one document; the longest of the encoded documents has fewer than forty.
const SCHEMES_MAX: usize = 256;
/// Rates of one document: a city's table has some hundreds of occupations at five levels.
const RATES_MAX: usize = 20_000;
/// Targets of one document; the longest of the encoded documents has fewer than forty.
const TARGETS_MAX: usize = 1_000;
/// Other tables of one kind: accruals, penalties, catalogues, sums, occupations called the same.
const TABLES_MAX: usize = 2_000;

/// Compiles the text of a policy document.
///
/// # Errors
///
/// The first error in the order of the text, of those that [`check`](crate::check()) finds: the
/// text is too long, is not TOML of the right shape (unknown keys included), or holds a value that
/// its key does not allow or that contradicts another one, or holds personal data. Warnings are no
/// errors.
pub fn compile(text: &str) -> Result<Policy, PolicyError> {
    compiled(load(text))
}

/// Compiles a text that was published before; personal data in it is in the log already, and keeps
/// no rule from being read.
///
/// # Errors
///
/// As [`compile`], apart from personal data.
pub fn compile_recorded(text: &str) -> Result<Policy, PolicyError> {
    compiled(read(text, |_| {}))
}

/// Every key that the reader of this text asks for, whether it is there or not, each behind the
/// keys that lead to its table: `scheme.quota.limit`. What a table may have follows from what it
/// says, so the whole grammar shows in texts that say everything.
#[must_use]
pub fn keys(text: &str) -> BTreeSet<String> {
    let sink = Sink::new(text);
    let (table, _) = DeTable::parse_recoverable(text);
    sink.document(table.get_ref(), document);
    sink.keys()
}

fn compiled(loaded: Loaded) -> Result<Policy, PolicyError> {
    let is_error = |flaw: &Flaw| flaw.severity() == Severity::Error;
    match loaded.policy {
        Some(policy) => Ok(policy),
        None => Err(PolicyError::of(
            (loaded.flaws.into_iter().find(is_error))
                .expect("a text without an error has a compiled form"),
        )),
    }
}

/// What reading a text gave.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// The compiled form; absent exactly when there is an error.
    pub(crate) policy: Option<Policy>,
    /// Everything that was found wrong, in the order of the text.
    pub(crate) flaws: Vec<Flaw>,
    /// Where the tables stand.
    pub(crate) places: Places,
}

/// Reads a draft: the one place that says what is an error in a single document.
pub(crate) fn load(text: &str) -> Loaded {
    read(text, |(table, sink)| personal::check(text, table, sink))
}

fn read(text: &str, also: impl FnOnce((&DeTable<'_>, &Sink<'_>))) -> Loaded {
    let sink = Sink::new(text);
    let (bytes, limit) = (text.len(), POLICY_TEXT_BYTES_MAX);
    if bytes > limit {
        sink.note(0, "", None, FlawKind::TooLong { bytes, limit });
        return finish(sink, None);
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let at = error.span().map_or(0, |span| span.start);
        let message = error.message().to_owned();
        sink.note(at, "", None, FlawKind::Syntax { message });
    }
    also((table.get_ref(), &sink));
    // What the parser made of a text that is not TOML would only give follow-up errors.
    let read = if sink.has_errors() {
        None
    } else {
        sink.document(table.get_ref(), document)
    };
    let policy = read.filter(|_| !sink.has_errors());
    if let Some(policy) = &policy {
        consistency::check(policy, &sink);
        doubts::check(policy, &sink);
    }
    let policy = policy.filter(|_| !sink.has_errors());
    finish(sink, policy)
}

fn finish(sink: Sink<'_>, policy: Option<Policy>) -> Loaded {
    let (flaws, places) = sink.into_parts();
    Loaded {
        policy,
        flaws,
        places,
    }
}

/// The forms of a text that there are. A text keeps the form that it was published in (ADR 0028).
const FORMAT_LATEST: u32 = 2;

fn document(table: &Table<'_>) -> Option<Policy> {
    let format = table.optional_number("format", 1..=FORMAT_LATEST);
    let format = format.unwrap_or(1);
    table.is_of_format(format);
    table.reading();
    let kind = table.optional_code("kind").unwrap_or(DocumentKind::Rules);
    only_what_the_kind_holds(table, kind);
    let example = table.optional_flag("example");
    let policy_id = table.reference("policy_id");
    let version = table.number("version", 1..=u32::MAX);
    let document_number = table.reference("document_number");
    let title = table.reference("title");
    let division = table.division("division");
    let valid_from = table.date("valid_from");
    let valid_until = table.optional_date("valid_until");
    if valid_until.is_some_and(|until| valid_from.is_some_and(|from| until < from)) {
        let (first, last) = ("valid_from", "valid_until");
        table.flaw(FlawKind::Reversed { first, last });
    }
    let schemes = table.children("scheme", SCHEMES_MAX, Naming::Id(""), scheme::read);
    let rates = table.children("rate", RATES_MAX, Naming::Number, amounts::rate);
    let catalogues = table.children("catalogue", TABLES_MAX, Naming::Number, lists::catalogue);
    let crosswalk = table.children("crosswalk", TABLES_MAX, Naming::Number, lists::crosswalk);
    let targets = Naming::Id(TARGET_PREFIX);
    let targets = table.children("target", TARGETS_MAX, targets, targets::target);
    targets::names_are_listed(table, &targets);
    let target_sums = table.children("target_sum", TABLES_MAX, Naming::Number, targets::sum);
    let accruals = table.children("accrual", TABLES_MAX, Naming::Number, funds::accrual);
    let penalties = table.children("penalty", TABLES_MAX, Naming::Number, funds::penalty);
    let rates = amounts::table(table, rates, (&schemes, &crosswalk));
    Some(Policy {
        policy_id: policy_id?,
        version: version?,
        kind,
        example,
        format,
        document_number: document_number?,
        title: title?,
        division: division?,
        valid_from: valid_from?,
        valid_until,
        schemes,
        rates,
        catalogues,
        crosswalk,
        targets,
        target_sums,
        accruals,
        penalties,
        readings: table.readings(),
    })
}

/// A rate table holds rates and a catalogue document catalogues, so that nobody looks for a rule
/// in them; both may say which occupations are the same. A document holds something.
fn only_what_the_kind_holds(table: &Table<'_>, kind: DocumentKind) {
    const PARTS: [&str; 8] = [
        "scheme",
        "rate",
        "catalogue",
        "crosswalk",
        "target",
        "target_sum",
        "accrual",
        "penalty",
    ];
    let held: &[&str] = match kind {
        DocumentKind::Rules => &PARTS,
        DocumentKind::RateTable => &["rate", "crosswalk"],
        DocumentKind::Catalogue => &["catalogue", "crosswalk"],
    };
    let there = PARTS.into_iter().filter(|part| table.has(part));
    for key in there.clone().filter(|part| !held.contains(part)) {
        let kind = kind.code();
        table.flaw(FlawKind::NotOfThisKind { key, kind });
    }
    if there.count() == 0 {
        let key = match kind {
            DocumentKind::Rules => "scheme",
            DocumentKind::RateTable => "rate",
            DocumentKind::Catalogue => "catalogue",
        };
        table.flaw(FlawKind::MissingKey { key });
    }
}
