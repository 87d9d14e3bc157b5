//! `Verify`: everything that the ledger holds on disk, read and checked.

use super::call::{Call, Shared, StreamPermit};
use super::error::CallError;
use super::stream::{Answers, pull};
use super::work::{Latest, Said, Work};
use crate::error_chain::ErrorChain;
use crate::keeper::{self, CheckError, Found, Verified, VerifyStep};
use ledger_engine::CancelToken;
use ledger_proto::{ApiError, v1};
use std::sync::Arc;

pub(super) async fn verify(
    call: Call,
    permit: StreamPermit,
    request: v1::VerifyRequest,
) -> Result<Answers<v1::VerifyProgress>, CallError> {
    let shared = Arc::clone(&call.shared);
    let work = Work::start(permit, move |latest, cancel| {
        carry_out(&shared, &request, &latest, &cancel)
    });
    let verifying = Verifying {
        call,
        work,
        last: v1::VerifyProgress::default(),
    };
    Ok(pull(verifying, Verifying::next))
}

fn carry_out(
    shared: &Shared,
    request: &v1::VerifyRequest,
    latest: &Latest<VerifyStep>,
    cancel: &CancelToken,
) -> Result<Verified, VerifyFailed> {
    let keeper = shared.keeper.as_ref().ok_or(VerifyFailed::NotOnDisk)?;
    let _permit = keeper.verify_permit().ok_or(VerifyFailed::Running)?;
    let bound = keeper.config().verify_bytes_per_second;
    let rate = match (request.bytes_per_second, bound) {
        (0, bound) | (bound, 0) => bound,
        (asked, bound) => asked.min(bound),
    };
    let mut compare = |progress: &mut (dyn FnMut(_) + Send), cancel: &CancelToken| {
        shared.engine.compare(progress, cancel)
    };
    let compare: Option<&mut keeper::Compare<'_>> = match request.deep {
        true => Some(&mut compare),
        false => None,
    };
    let mut tell = |step| {
        latest.send_replace(Some(step));
    };
    Ok(keeper::verify(
        keeper.store(),
        rate,
        compare,
        cancel,
        &mut tell,
    )?)
}

/// Why a check came to no end.
enum VerifyFailed {
    /// The ledger lies in no folder that the server opened.
    NotOnDisk,
    /// Another check is running.
    Running,
    /// It broke off.
    Broke(CheckError),
}

impl From<CheckError> for VerifyFailed {
    fn from(error: CheckError) -> Self {
        Self::Broke(error)
    }
}

impl From<VerifyFailed> for CallError {
    fn from(error: VerifyFailed) -> Self {
        match error {
            VerifyFailed::NotOnDisk => ApiError::BackupsNotConfigured.into(),
            VerifyFailed::Running | VerifyFailed::Broke(CheckError::Busy) => {
                ApiError::VerifyRunning.into()
            }
            VerifyFailed::Broke(error) => {
                tracing::error!(error = %ErrorChain(&error), "a check came to no end");
                ApiError::Internal.into()
            }
        }
    }
}

/// A check on its way. Dropping it cancels the check.
struct Verifying {
    call: Call,
    work: Work<VerifyStep, Result<Verified, VerifyFailed>>,
    /// The latest message, whose figures the next one goes on from.
    last: v1::VerifyProgress,
}

impl Verifying {
    async fn next(mut self) -> Result<Option<(v1::VerifyProgress, Self)>, CallError> {
        match self.work.next(&self.call.shared).await? {
            None => return Ok(None),
            Some(Said::Progress(step)) => self.note(step),
            Some(Said::Result(result)) => self.finish(&result?),
        }
        Ok(Some((self.last.clone(), self)))
    }

    fn note(&mut self, step: VerifyStep) {
        match step {
            VerifyStep::Reading(done) => {
                self.last.phase = v1::VerifyPhase::Reading.into();
                self.last.position = done.position.get();
                self.last.target_position = done.target.get();
                self.last.entry_count = done.entries;
                self.last.bytes_read = done.bytes;
                self.last.problem_count = done.problems;
            }
            VerifyStep::Replaying(done, target) => {
                self.last.phase = v1::VerifyPhase::Replaying.into();
                self.last.position = done;
                self.last.target_position = target;
            }
            VerifyStep::Comparing(keys) => {
                self.last.phase = v1::VerifyPhase::Comparing.into();
                self.last.compared_keys = keys;
            }
        }
    }

    fn finish(&mut self, verified: &Verified) {
        let phase = match verified.is_whole() {
            true => v1::VerifyPhase::Whole,
            false => v1::VerifyPhase::Damaged,
        };
        if !verified.is_whole() {
            let problems = verified.found_total;
            tracing::error!(problems, "the ledger is not what was recorded");
        }
        self.last = v1::VerifyProgress {
            phase: phase.into(),
            position: verified.position.get(),
            target_position: verified.position.get(),
            record_count: verified.records,
            entry_count: verified.entries,
            bytes_read: verified.bytes,
            file_count: verified.files,
            compared_keys: verified.compared_keys,
            problem_count: verified.found_total,
            problems: verified.found.iter().map(problem_to_proto).collect(),
            merkle_root: verified.root.map_or(Vec::new(), |root| root.to_vec()),
        };
    }
}

fn problem_to_proto(found: &Found) -> v1::VerifyProblem {
    v1::VerifyProblem {
        description: found.what.clone(),
        first_position: found.positions.map_or(0, |(first, _)| first.get()),
        last_position: found.positions.map_or(0, |(_, last)| last.get()),
        file: found.file.clone().unwrap_or_default(),
        table: found.table.clone().unwrap_or_default(),
    }
}
