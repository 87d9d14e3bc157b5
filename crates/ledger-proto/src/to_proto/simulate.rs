//! What a simulation found.

use ledger_core::simulate::outcome::{Change, Level, Outcome, Totals};
use ledger_core::simulate::{About, Stage};
use ledger_core::{Division, SchemeId};

use super::{payee_to_proto, refusal_to_proto};
use crate::v1;

/// Translates a place or an award that a draft changes.
#[must_use]
pub fn simulation_difference_to_proto(outcome: &Outcome) -> v1::SimulationDifference {
    let (class_id, award_id) = match outcome.about {
        About::Class(class) | About::Place(class, _) => (class.as_bytes().to_vec(), Vec::new()),
        About::Award(award) => (Vec::new(), award.as_bytes().to_vec()),
    };
    let why = outcome.why.as_ref();
    v1::SimulationDifference {
        class_id,
        award_id,
        beneficiary: Some(payee_to_proto(&outcome.beneficiary)),
        division: outcome.division.code(),
        scheme: outcome.scheme.as_str().to_owned(),
        was_approved_fen: outcome.was.approved.get(),
        would_approve_fen: outcome.would.approved.get(),
        was_paid_fen: outcome.was.paid.get(),
        would_pay_fen: outcome.would.paid.get(),
        approved: change_to_proto(outcome.approved()).into(),
        paid: change_to_proto(outcome.paid()).into(),
        refusal: why.map(|why| refusal_to_proto(&why.refusal)),
        refused_position: why.map_or(0, |why| why.position.get()),
        payment_refused: why.is_some_and(|why| why.stage == Stage::Payment),
    }
}

/// Translates the totals of a division and scheme, or those over everything.
#[must_use]
pub fn simulation_totals_to_proto(
    of: Option<&(Division, SchemeId)>,
    totals: &Totals,
) -> v1::SimulationTotals {
    v1::SimulationTotals {
        division: of.map_or(0, |(division, _)| division.code()),
        scheme: of.map_or_else(String::new, |(_, scheme)| scheme.as_str().to_owned()),
        counted: totals.counted,
        differing: totals.differing,
        approved: Some(level_sums_to_proto(&totals.approved)),
        paid: Some(level_sums_to_proto(&totals.paid)),
        unfunded_fen: totals.unfunded.get(),
    }
}

fn level_sums_to_proto(level: &Level) -> v1::SimulationLevel {
    v1::SimulationLevel {
        was_fen: level.was.get(),
        would_fen: level.would.get(),
        added_fen: level.added.get(),
        refused_fen: level.refused.get(),
        raised_fen: level.raised.get(),
        lowered_fen: level.lowered.get(),
        added_count: level.added_count,
        refused_count: level.refused_count,
        changed_count: level.changed_count,
    }
}

fn change_to_proto(change: Change) -> v1::SimulationChange {
    match change {
        Change::Same => v1::SimulationChange::Same,
        Change::Added => v1::SimulationChange::Added,
        Change::Refused => v1::SimulationChange::Refused,
        Change::Raised => v1::SimulationChange::Raised,
        Change::Lowered => v1::SimulationChange::Lowered,
    }
}
