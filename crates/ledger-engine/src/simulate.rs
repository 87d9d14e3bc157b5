//! What-if: history once more under a draft of a policy, in a shadow that is thrown away.
//!
//! 1. A snapshot fixes the record at a position.
//! 2. The log up to there is replayed into a shadow by
//!    [`Simulation`](ledger_core::simulate::Simulation): facts as recorded, decisions anew. Refused
//!    attempts come from the refusals beside the log.
//! 3. Shadow and snapshot are compared place by place. Each difference goes to the caller at once;
//!    only the totals by division and scheme are kept.
//! 4. The totals are checked, and the shadow is discarded, whatever happened before.
//!
//! Nothing is written to the ledger. Memory is bounded by
//! [`EngineOptions::rebuild_entities_max`](crate::EngineOptions) entities of the shadow,
//! [`JOINED_MAX`](ledger_core::simulate::JOINED_MAX) persons who wait for a payment, and
//! [`SIMULATE_CLASSES_MAX`](crate::limits::SIMULATE_CLASSES_MAX) classes while comparing. A rebuild
//! needs the same shadow, so one of the two runs at a time.

use crate::cache::LoadError;
use crate::error_chain::error_chain;
use crate::limits::EngineOptions;
use crate::policies::{PolicyLoadError, policy_change};
use crate::rebuild::{CancelToken, RebuildError, decode_block};
use crate::recovery::{TipError, read_tip};
use crate::shadow_memory::ShadowMemory;
use crate::tip::{TIP_KEY, Tip};
use crate::wire::CodecError;
use ledger_core::simulate::outcome::{Outcome, Report, ReportError};
use ledger_core::simulate::{Counts, Scope, Simulation, with_draft};
use ledger_core::{Context, Policy, Position};
use ledger_log::{LogError, ShadowPurpose, Snapshot, Space, Storage};
use ledger_proto::Interner;
use std::sync::Arc;
use thiserror::Error;

mod attempts;
mod compare;
mod state;

use attempts::Attempts;
use state::State;

/// What to simulate.
#[derive(Debug, Clone)]
pub struct Simulate {
    /// The draft.
    pub draft: Arc<Policy>,
    /// Which decisions are decided anew.
    pub scope: Scope,
}

/// How far a simulation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What it is doing.
    pub phase: Phase,
    /// The position replayed, or the keys compared.
    pub done: u64,
    /// The position to reach; zero where it is not known beforehand.
    pub target: u64,
}

/// What a simulation is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Replays history under the draft.
    Replaying,
    /// Compares with the record.
    Comparing,
}

/// Who wants to know.
pub trait Observer: Send {
    /// How far it has come, now and then.
    fn progress(&mut self, progress: Progress);

    /// A place or an award that the draft changes. The simulation waits for the return of this
    /// call, so that no differences pile up for a slow reader.
    fn difference(&mut self, outcome: &Outcome);
}

/// What a simulation found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulated {
    /// The position up to which history was replayed.
    pub position: Position,
    /// The totals, which add up.
    pub report: Report,
    /// What was done.
    pub counts: Counts,
}

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum SimulateError {
    /// A rebuild or another simulation is running.
    #[error("a rebuild or another simulation is running")]
    Busy,
    /// The ledger is open for reading only, and a simulation writes beside it.
    #[error("ledger is open for reading only")]
    ReadOnly,
    /// It was cancelled.
    #[error("simulation was cancelled")]
    Cancelled,
    /// The log or the shadow cannot be read or written.
    #[error("log cannot be replayed")]
    Log(#[from] LogError),
    /// The tip does not fit the log.
    #[error("tip does not fit the log")]
    Tip(#[source] TipError),
    /// An event cannot be read.
    #[error("log cannot be replayed")]
    Replay(#[source] Box<RebuildError>),
    /// A published policy cannot be compiled.
    #[error("published policy cannot be compiled")]
    Policy(#[from] PolicyLoadError),
    /// A stored entity, or one of the shadow, cannot be read.
    #[error("state is unreadable: {reason}")]
    State {
        /// What failed.
        reason: Arc<str>,
    },
    /// A refusal on record cannot be read.
    #[error("refusal {number} cannot be read")]
    Refusal {
        /// Its number.
        number: u64,
        /// Why.
        source: CodecError,
    },
    /// The totals do not add up.
    #[error("simulation contradicts itself")]
    Report(#[from] ReportError),
}

impl From<LoadError> for SimulateError {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Store(error) => Self::Log(error),
            LoadError::Entity { .. }
            | LoadError::Answer { .. }
            | LoadError::Event { .. }
            | LoadError::NoEvent { .. } => Self::State {
                reason: error_chain(&error),
            },
        }
    }
}

impl From<RebuildError> for SimulateError {
    fn from(error: RebuildError) -> Self {
        match error {
            RebuildError::Cancelled => Self::Cancelled,
            RebuildError::Log(error) => Self::Log(error),
            error => Self::Replay(Box::new(error)),
        }
    }
}

/// Simulates, and discards the shadow whatever comes of it.
pub(crate) fn simulate(
    storage: &Arc<dyn Storage>,
    options: &EngineOptions,
    what: &Simulate,
    observer: &mut dyn Observer,
    cancel: &CancelToken,
) -> Result<Simulated, SimulateError> {
    let mut context = Context::default();
    let draft = Arc::clone(&what.draft);
    with_draft(&mut context.policies, draft, &what.scope);
    let shadow = storage.open_shadow(ShadowPurpose::Look)?;
    let memory = ShadowMemory::new(shadow, context, options.rebuild_entities_max);
    let snapshot = storage.snapshot()?;
    let mut state = State::new(memory, &*snapshot);
    let run = Run {
        storage: &**storage,
        snapshot: &*snapshot,
        what,
        cancel,
    };
    let result = run.simulate(&mut state, observer);
    let shadow = state.into_shadow();
    drop(snapshot);
    let discarded = storage.discard_shadow(shadow);
    let simulated = result?;
    discarded?;
    Ok(simulated)
}

/// One simulation.
struct Run<'a> {
    storage: &'a dyn Storage,
    snapshot: &'a dyn Snapshot,
    what: &'a Simulate,
    cancel: &'a CancelToken,
}

impl Run<'_> {
    fn simulate(
        &self,
        state: &mut State<'_>,
        observer: &mut dyn Observer,
    ) -> Result<Simulated, SimulateError> {
        let position = self.snapshot.last_position();
        let stored_tip = self.snapshot.get(Space::Meta, TIP_KEY)?;
        let tip = read_tip(stored_tip.as_deref(), position).map_err(SimulateError::Tip)?;
        let counts = self.replay(state, &tip, observer)?;
        let report = compare::compare(
            (self.snapshot, state),
            &self.what.scope,
            observer,
            self.cancel,
        )?;
        report.check()?;
        Ok(Simulated {
            position,
            report,
            counts,
        })
    }

    /// Replays history into the shadow, with each refused attempt where it came.
    fn replay(
        &self,
        state: &mut State<'_>,
        tip: &Tip,
        observer: &mut dyn Observer,
    ) -> Result<Counts, SimulateError> {
        let mut simulation = Simulation::new(self.what.scope);
        let mut attempts = Attempts::new(self.storage, tip.refusals, self.cancel);
        let target = tip.last_position;
        let mut names = Interner::default();
        if target > Position::ZERO {
            for block in self.storage.blocks_from(Position::FIRST) {
                self.check_cancelled()?;
                let block = block?;
                if block.first_position() > target {
                    break;
                }
                for event in decode_block(&block, &mut names)? {
                    attempts.before(event.position, &mut simulation, state)?;
                    if let Some(change) = policy_change(event.position, &event.event)? {
                        change.enter(event.position, state.policies());
                    }
                    simulation.event(state, &event)?;
                    state.make_room()?;
                }
                observer.progress(Progress {
                    phase: Phase::Replaying,
                    done: block.last_position().get(),
                    target: target.get(),
                });
            }
        }
        simulation.finish(state)?;
        attempts.before(target.next(), &mut simulation, state)?;
        state.finish()?;
        Ok(simulation.counts())
    }

    fn check_cancelled(&self) -> Result<(), SimulateError> {
        match self.cancel.is_cancelled() {
            true => Err(SimulateError::Cancelled),
            false => Ok(()),
        }
    }
}
