//! `Simulate`: what a draft would have changed, as far as the caller takes it.
//!
//! The simulation runs on a thread of its own. Its progress is only ever the latest; its
//! differences wait for the caller in a short queue, and while that is full the simulation waits
//! too. So a slow reader costs no memory, and one that goes away, or reads nothing, ends it.

use super::call::{Call, StreamPermit};
use super::error::CallError;
use super::operate::CancelOnDrop;
use super::stream::{Answers, pull};
use crate::limits::{SIMULATION_DIFFERENCES_AHEAD, SIMULATION_UNREAD_MAX};
use ledger_core::Policy;
use ledger_core::simulate::outcome::Outcome;
use ledger_engine::simulate::{Observer, Phase, Progress};
use ledger_engine::{CancelToken, Simulate, SimulateError, Simulated};
use ledger_proto::from_proto::simulation_scope_from_proto;
use ledger_proto::to_proto::{simulation_difference_to_proto, simulation_totals_to_proto};
use ledger_proto::{ApiError, DecodeError, DecodeProblem, v1};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use v1::simulate_response::Message;

pub(super) async fn simulate(
    call: Call,
    permit: StreamPermit,
    request: v1::SimulateRequest,
) -> Result<Answers<v1::SimulateResponse>, CallError> {
    let scope = simulation_scope_from_proto(&request)?;
    let text = request.policy_text;
    let draft = call.shared.translations.run(move || draft(&text)).await??;
    let what = Simulate {
        draft: Arc::new(draft),
        scope,
    };
    let (latest, progress) = watch::channel(None);
    let (found, differences) = mpsc::channel(SIMULATION_DIFFERENCES_AHEAD);
    let cancel = CancelOnDrop(CancelToken::new());
    let mut telling = Telling {
        latest,
        found,
        left: match request.differences_max {
            0 => u64::MAX,
            max => max,
        },
        unread_max: SIMULATION_UNREAD_MAX,
        runtime: Handle::current(),
        cancel: cancel.0.clone(),
    };
    let shared = Arc::clone(&call.shared);
    let token = cancel.0.clone();
    let running =
        tokio::task::spawn_blocking(move || shared.engine.simulate(&what, &mut telling, &token));
    let simulating = Simulating {
        call,
        progress,
        differences,
        running: Some(running),
        started: Instant::now(),
        last: v1::SimulationProgress::default(),
        sent: 0,
        _cancel: cancel,
        _permit: permit,
    };
    Ok(pull(simulating, Simulating::next))
}

/// Compiles the draft; a text with errors is refused with everything that the loader finds.
fn draft(text: &str) -> Result<Policy, CallError> {
    ledger_policy::compile(text).map_err(|_| {
        let problems = DecodeProblem::Policy(super::policy::problems(text));
        DecodeError::new("policy_text", problems).split().into()
    })
}

/// The end of the simulation's thread.
struct Telling {
    latest: watch::Sender<Option<Progress>>,
    found: mpsc::Sender<v1::SimulationDifference>,
    /// Differences that may still be sent.
    left: u64,
    /// How long it waits for the caller.
    unread_max: Duration,
    runtime: Handle,
    cancel: CancelToken,
}

impl Telling {
    /// Puts a difference into the queue, and ends the simulation when nobody takes them any more.
    fn tell(&self, difference: v1::SimulationDifference) {
        let taken = self.found.send_timeout(difference, self.unread_max);
        if self.runtime.block_on(taken).is_err() {
            self.cancel.cancel();
        }
    }
}

impl Observer for Telling {
    fn progress(&mut self, progress: Progress) {
        self.latest.send_replace(Some(progress));
    }

    fn difference(&mut self, outcome: &Outcome) {
        let Some(left) = self.left.checked_sub(1) else {
            return;
        };
        self.left = left;
        self.tell(simulation_difference_to_proto(outcome));
    }
}

/// A simulation on its way. Dropping it cancels the simulation.
struct Simulating {
    call: Call,
    progress: watch::Receiver<Option<Progress>>,
    differences: mpsc::Receiver<v1::SimulationDifference>,
    /// `None` once the last message was sent.
    running: Option<JoinHandle<Result<Simulated, SimulateError>>>,
    started: Instant,
    /// The latest progress, whose figures the next one goes on from.
    last: v1::SimulationProgress,
    /// Differences sent.
    sent: u64,
    _cancel: CancelOnDrop,
    _permit: StreamPermit,
}

impl Simulating {
    async fn next(mut self) -> Result<Option<(v1::SimulateResponse, Self)>, CallError> {
        let Some(mut running) = self.running.take() else {
            return Ok(None);
        };
        let shared = Arc::clone(&self.call.shared);
        let message = tokio::select! {
            // Whatever was found comes before the end.
            biased;
            () = shared.stopping() => return Err(ApiError::NotServing.into()),
            Some(difference) = self.differences.recv() => {
                self.running = Some(running);
                self.sent = self.sent.saturating_add(1);
                Message::Difference(difference)
            }
            Ok(()) = self.progress.changed() => {
                self.running = Some(running);
                let progress = *self.progress.borrow_and_update();
                if let Some(progress) = progress {
                    self.note(progress);
                }
                Message::Progress(self.last)
            }
            // Both ends of the thread are closed: its result is there or about to be.
            result = &mut running => Message::Report(self.report(ended(result)?)),
        };
        let response = v1::SimulateResponse {
            message: Some(message),
        };
        Ok(Some((response, self)))
    }

    fn note(&mut self, progress: Progress) {
        match progress.phase {
            Phase::Replaying => {
                self.last.phase = v1::SimulationPhase::Replaying.into();
                self.last.position = progress.done;
                self.last.target_position = progress.target;
                self.last.events_per_second = self.rate(progress.done);
            }
            Phase::Comparing => {
                self.last.phase = v1::SimulationPhase::Comparing.into();
                self.last.compared_keys = progress.done;
            }
        }
    }

    fn rate(&self, events: u64) -> u64 {
        let elapsed_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let rate = events.saturating_mul(1_000).checked_div(elapsed_ms);
        rate.unwrap_or(events)
    }

    fn report(&self, simulated: Simulated) -> v1::SimulationReport {
        let report = &simulated.report;
        let totals = report.by_scheme.iter();
        let counts = simulated.counts;
        v1::SimulationReport {
            totals: totals
                .map(|(of, totals)| simulation_totals_to_proto(Some(of), totals))
                .collect(),
            all: Some(simulation_totals_to_proto(None, &report.all)),
            position: simulated.position.get(),
            decided_count: counts.decided,
            attempt_count: counts.attempts,
            attempt_untried_count: counts.attempts_untried,
            uncovered_count: counts.uncovered,
            uncovered_fen: counts.uncovered_amount.get(),
            not_joined_count: counts.not_joined,
            events_per_second: self.rate(counts.events),
            differences_sent: self.sent,
        }
    }
}

/// What the thread of a simulation came to.
fn ended(
    result: Result<Result<Simulated, SimulateError>, tokio::task::JoinError>,
) -> Result<Simulated, CallError> {
    match result {
        Ok(result) => Ok(result?),
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(ApiError::NotServing.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tonic::Code;

    #[test]
    fn differences_that_nobody_takes_end_the_simulation() {
        // As in the server: its threads keep the time while this one waits.
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (latest, _progress) = watch::channel(None);
        let (found, mut differences) = mpsc::channel(1);
        let telling = Telling {
            latest,
            found,
            left: u64::MAX,
            unread_max: Duration::ZERO,
            runtime: runtime.handle().clone(),
            cancel: CancelToken::new(),
        };
        let difference = v1::SimulationDifference::default;
        telling.tell(difference());
        assert!(!telling.cancel.is_cancelled(), "there was room for it");
        assert!(differences.try_recv().is_ok());
        telling.tell(difference());
        assert!(!telling.cancel.is_cancelled(), "it was taken");
        telling.tell(difference());
        assert!(
            telling.cancel.is_cancelled(),
            "the queue was full for so long"
        );
    }

    #[test]
    fn a_draft_with_flaws_is_refused_with_each_of_them() {
        let status = draft("policy_id = 7\nunknown = 1")
            .unwrap_err()
            .into_status();
        assert_eq!(status.code(), Code::InvalidArgument);
        let failure = draft("not toml").unwrap_err().into_failure();
        assert!(!failure.field_violations.is_empty());
        assert!(
            failure
                .field_violations
                .iter()
                .all(|found| found.field == "policy_text")
        );
    }
}
