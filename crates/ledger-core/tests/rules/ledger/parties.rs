//! Whom an event is about, worked out a second time: everybody whom its body names, and everybody
//! behind the payment, the clawback or the award that it names. Nothing of it is asked of the core.

use std::collections::{BTreeMap, BTreeSet};

use ledger_core::command::Debt;
use ledger_core::event::{Payee, Subject};
use ledger_core::{AwardId, ClawbackId, DisbursementId, EventBody, PersonKey};

/// Whom the events so far have paid, rewarded, or made to owe.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Parties {
    paid: BTreeMap<DisbursementId, BTreeSet<PersonKey>>,
    owing: BTreeMap<ClawbackId, Payee>,
    rewarded: BTreeMap<AwardId, Payee>,
}

impl Parties {
    /// Returns everybody whom the event is about, and remembers what later ones refer to.
    pub(super) fn of(&mut self, body: &EventBody) -> BTreeSet<PersonKey> {
        let mut persons = named(body);
        match body {
            EventBody::DisbursementOrdered(e) => {
                self.paid.insert(e.disbursement, persons.clone());
            }
            EventBody::ClawbackDecided(e) => {
                self.owing.insert(e.clawback, e.debtor);
            }
            EventBody::AwardApproved(e) => {
                self.rewarded.insert(e.award, e.recipient);
            }
            EventBody::DisbursementSettled(e) => persons.extend(&self.paid[&e.disbursement]),
            EventBody::DisbursementReturned(e) => persons.extend(&self.paid[&e.disbursement]),
            EventBody::AwardRevoked(e) => persons.extend(self.rewarded[&e.award].person()),
            EventBody::FindingMade(e) => match e.subject {
                Subject::Award(award) => persons.extend(self.rewarded[&award].person()),
                Subject::Class(_) => {}
            },
            EventBody::RepaymentReceived(e) => match e.debt {
                Debt::Clawback(clawback) => persons.extend(self.owing[&clawback].person()),
                // A body owes it.
                Debt::ExcessAdvance(_) => {}
            },
            _ => {}
        }
        persons
    }
}

/// The persons in a body, as its debug form shows them: no field can be left out.
fn named(body: &EventBody) -> BTreeSet<PersonKey> {
    let shown = format!("{body:?}");
    let keys = shown.split("PersonKey(").skip(1);
    keys.map(|rest| PersonKey::parse(rest.split_once(')').unwrap().0).unwrap())
        .collect()
}
