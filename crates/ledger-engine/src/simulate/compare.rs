//! Comparing the shadow with the record, person by person and award by award.

use super::state::State;
use super::{Observer, Phase, Progress, SimulateError};
use crate::entity_codec::decode_as;
use crate::error_chain::error_chain;
use crate::limits::SIMULATE_CLASSES_MAX;
use crate::rebuild::{CancelToken, Pairs};
use hashbrown::HashMap;
use ledger_core::entities::InTable;
use ledger_core::entity::{Award, Class, Person};
use ledger_core::event::Payee;
use ledger_core::simulate::outcome::{self, Money, Outcome, Report};
use ledger_core::simulate::{About, Scope};
use ledger_core::{AwardId, ClassId, EntityKey, PersonKey};
use ledger_log::{Snapshot, Space, keys};

/// Keys between two reports of progress.
const KEYS_PER_REPORT: u64 = 16_384;

/// Compares every place and every award that the scope counts, hands the differences out and adds
/// everything up.
pub(super) fn compare(
    (recorded, shadow): (&dyn Snapshot, &State<'_>),
    scope: &Scope,
    observer: &mut dyn Observer,
    cancel: &CancelToken,
) -> Result<Report, SimulateError> {
    let mut comparing = Comparing {
        recorded,
        shadow,
        scope,
        observer,
        classes: HashMap::new(),
        report: Report::default(),
    };
    let mut keys = 0_u64;
    let pairs = Pairs::new(
        recorded.iterate(Space::Entities),
        shadow.shadow().iterate(Space::Entities),
    );
    for pair in pairs {
        let (was, would) = pair?;
        keys = keys.saturating_add(1);
        if cancel.is_cancelled() {
            return Err(SimulateError::Cancelled);
        }
        if keys.is_multiple_of(KEYS_PER_REPORT) {
            comparing.progress(keys);
        }
        let key = was.as_ref().or(would.as_ref()).map(|(key, _)| key.clone());
        let key = key.unwrap_or_default();
        let values = (was.map(|(_, value)| value), would.map(|(_, value)| value));
        comparing.entity(&key, values)?;
    }
    comparing.progress(keys);
    Ok(comparing.report)
}

struct Comparing<'a> {
    recorded: &'a dyn Snapshot,
    shadow: &'a State<'a>,
    scope: &'a Scope,
    observer: &'a mut dyn Observer,
    /// Classes on record, kept to be looked at again; forgotten when there are many.
    classes: HashMap<ClassId, Option<Class>>,
    report: Report,
}

type Values = (Option<Vec<u8>>, Option<Vec<u8>>);

impl Comparing<'_> {
    fn progress(&mut self, keys: u64) {
        self.observer.progress(Progress {
            phase: Phase::Comparing,
            done: keys,
            target: 0,
        });
    }

    fn entity(&mut self, key: &[u8], values: Values) -> Result<(), SimulateError> {
        match keys::parse_entity(key) {
            Some(EntityKey::Person(person)) => self.person(person, &decoded(values)?),
            Some(EntityKey::Award(award)) => self.award(award, &decoded(values)?),
            _ => Ok(()),
        }
    }

    fn person(
        &mut self,
        key: PersonKey,
        (was, would): &(Option<Person>, Option<Person>),
    ) -> Result<(), SimulateError> {
        for place in outcome::places(was.as_ref(), would.as_ref())? {
            if (place.was, place.would) == (Money::default(), Money::default()) {
                continue;
            }
            let scope = *self.scope;
            let Some(class) = self.class(place.class)? else {
                continue;
            };
            if !place.counts(&scope, class) {
                continue;
            }
            let about = About::Place(place.class, key);
            let outcome = Outcome {
                about,
                beneficiary: Payee::Person(key),
                division: class.account.division,
                scheme: class.scheme.clone(),
                was: place.was,
                would: place.would,
                why: None,
            };
            self.add(outcome, &[about, About::Class(place.class)])?;
        }
        Ok(())
    }

    fn award(
        &mut self,
        key: AwardId,
        (was, would): &(Option<Award>, Option<Award>),
    ) -> Result<(), SimulateError> {
        let Some(award) = was.as_ref().or(would.as_ref()) else {
            return Ok(());
        };
        let money = (
            outcome::of_award(was.as_ref())?,
            outcome::of_award(would.as_ref())?,
        );
        if !outcome::award_counts(self.scope, award, money) {
            return Ok(());
        }
        let about = About::Award(key);
        let outcome = Outcome {
            about,
            beneficiary: award.recipient,
            division: award.division,
            scheme: award.scheme.clone(),
            was: money.0,
            would: money.1,
            why: None,
        };
        self.add(outcome, &[about])
    }

    fn add(&mut self, mut outcome: Outcome, about: &[About]) -> Result<(), SimulateError> {
        if outcome.differs() {
            // A refusal that left nothing smaller than it was explains nothing.
            if outcome.is_less() {
                outcome.why = self.shadow.noted(about)?;
            }
            self.observer.difference(&outcome);
        }
        Ok(self.report.add(&outcome)?)
    }

    /// A class on record. Whoever is enrolled is enrolled in one.
    fn class(&mut self, id: ClassId) -> Result<Option<&Class>, SimulateError> {
        if self.classes.len() >= SIMULATE_CLASSES_MAX {
            self.classes.clear();
        }
        if !self.classes.contains_key(&id) {
            let stored = self
                .recorded
                .get(Space::Entities, &keys::entity(&id.into()))?;
            self.classes.insert(id, decode(stored)?);
        }
        Ok(self.classes.get(&id).and_then(Option::as_ref))
    }
}

fn decoded<T: InTable>((was, would): Values) -> Result<(Option<T>, Option<T>), SimulateError> {
    Ok((decode(was)?, decode(would)?))
}

fn decode<T: InTable>(stored: Option<Vec<u8>>) -> Result<Option<T>, SimulateError> {
    stored
        .map(|bytes| decode_as(&bytes))
        .transpose()
        .map_err(|error| SimulateError::State {
            reason: error_chain(&error),
        })
}
