//! Through which entities an event leads to persons whom it does not name itself.

use crate::context::{Context, Table};
use crate::entity::{Award, Clawback, Disbursement};
use crate::{AwardId, ClawbackId, DisbursementId, PersonKey};
use std::hash::Hash;

/// The loaded entities that lead to persons. What is not loaded leads to nobody: the caller loads
/// it and asks again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Leads<'a> {
    pub(crate) disbursements: &'a Table<DisbursementId, Disbursement>,
    pub(crate) clawbacks: &'a Table<ClawbackId, Clawback>,
    pub(crate) awards: &'a Table<AwardId, Award>,
}

impl<'a> Leads<'a> {
    pub(crate) fn of(context: &'a Context) -> Self {
        Self {
            disbursements: &context.disbursements,
            clawbacks: &context.clawbacks,
            awards: &context.awards,
        }
    }

    /// Those for whom a payment was ordered, and who is paid.
    pub(crate) fn paid(self, id: DisbursementId, person: &mut dyn FnMut(PersonKey)) {
        if let Some(disbursement) = loaded(self.disbursements, &id) {
            let lines = disbursement.lines.iter();
            lines.for_each(|line| person(line.beneficiary));
            disbursement.payee.person().into_iter().for_each(person);
        }
    }

    /// Who receives an award.
    pub(crate) fn recipient(self, id: AwardId, person: &mut dyn FnMut(PersonKey)) {
        if let Some(award) = loaded(self.awards, &id) {
            award.recipient.person().into_iter().for_each(person);
        }
    }

    /// Who owes a clawback.
    pub(crate) fn debtor(self, id: ClawbackId, person: &mut dyn FnMut(PersonKey)) {
        if let Some(clawback) = loaded(self.clawbacks, &id) {
            clawback.debtor.person().into_iter().for_each(person);
        }
    }
}

fn loaded<'a, K: Eq + Hash + Copy, V>(table: &'a Table<K, V>, key: &K) -> Option<&'a V> {
    if table.is_loaded(key) {
        table.get(key)
    } else {
        None
    }
}
