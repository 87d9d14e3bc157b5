//! The request of a command that records: its name, shown before it is sent, its day, and what
//! became of it.
//!
//! The name follows from what is asked, so that the same command run again after an unknown
//! outcome is answered for what was done, and does nothing twice:
//!
//! - What was recorded is told as such; `--again` asks for it once more on purpose.
//! - What was refused is no record of anything, and is tried anew under the next name.
//! - A day that nobody gave is no part of the name. It is fixed with the first record: when another
//!   day is on record under the name, the request of that day is the one that is meant.
//!
//! Long: the way of one request from its name to its end, in one place.

use std::collections::BTreeSet;

use clap::Args;
use ledger_client::{AppendMode, Batch, Client, ClientError, Refusals, batch_request_id};
use ledger_core::{BusinessDate, RequestId};
use ledger_proto::v1;
use prost::Message as _;

pub(super) use named_after::NamedAfter;

use super::append;
use super::explain::Why;
use super::numbers::{self, Digests};
use crate::failure::Failure;
use crate::limits::{DAYS_AHEAD_MAX, DAYS_BACK_MAX, TRIES_MAX};
use crate::names::{self, Id};
use crate::output::Output;
use crate::{show, when};

mod named_after;
#[cfg(test)]
mod tests;

/// The name of a request.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct Naming {
    /// The id of the request. When it is not given it follows from what the command says: the same
    /// command is answered as the first time and does nothing twice.
    #[arg(long, value_name = "UUID", value_parser = names::id, conflicts_with = "again")]
    pub(super) request_id: Option<Id>,
    /// Record once more what is on record already: a second time, or with a number the Nth time
    /// more.
    #[arg(
        long,
        value_name = "N",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "1",
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub(super) again: Option<u32>,
}

/// What is to be recorded.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) named_after: NamedAfter,
    pub(super) commands: Vec<v1::Command>,
    pub(super) mode: AppendMode,
    /// Whether the commands are of the day on which they are recorded, because none was given.
    pub(super) is_of_today: bool,
    pub(super) validate_only: bool,
    pub(super) naming: Naming,
    pub(super) why: Why,
}

/// What the ledger says of itself before a request is sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub(super) today: BusinessDate,
    /// The last position of the log.
    pub(super) position: u64,
    /// Refusals on record.
    pub(super) refusals: u64,
}

impl Known {
    /// Whether an answer tells what was decided before this was known. An answer that repeats what
    /// an attempt of the same call recorded a moment ago does not.
    pub(super) fn is_older_than(&self, answer: &v1::AppendResponse) -> bool {
        let mut numbers = answer.results.iter().map(|result| result.refusal_number);
        let is_of_before = match answer.first_position {
            0 => numbers.any(|number| number > 0 && number <= self.refusals),
            first => first <= self.position,
        };
        answer.replayed && is_of_before
    }
}

/// The ledger, as far as recording needs it.
pub(super) trait Ledger {
    async fn known(&self) -> Result<Known, ClientError>;
    async fn append(&self, batch: &Batch) -> Result<v1::AppendResponse, ClientError>;
    /// What stands for numbers that contain an identity number.
    async fn digests(&self, numbers: &BTreeSet<String>) -> Result<Digests, ClientError>;
    /// When an event was recorded, as far as that can be told.
    async fn recorded_time(&self, position: u64) -> Option<prost_types::Timestamp>;
    async fn explain(&self, refused: &Refusals) -> Vec<v1::DecisionExplanation>;
    fn source_system(&self) -> &str;
}

impl Ledger for Client {
    async fn known(&self) -> Result<Known, ClientError> {
        let status = self.get_status(v1::GetStatusRequest {}).await?;
        Ok(Known {
            today: when::today(&status),
            position: status.log_position,
            refusals: status.refusal_count,
        })
    }

    async fn append(&self, batch: &Batch) -> Result<v1::AppendResponse, ClientError> {
        Self::append(self, batch).await
    }

    async fn digests(&self, numbers: &BTreeSet<String>) -> Result<Digests, ClientError> {
        Digests::ask(self, numbers).await
    }

    async fn recorded_time(&self, position: u64) -> Option<prost_types::Timestamp> {
        let request = v1::ReadEventsRequest {
            from_position: position,
            to_position: position,
            ..Default::default()
        };
        let event = self.read_events(request).await.ok()?.next().await.ok()??;
        let event = v1::RecordedEvent::decode(event.recorded_event.as_slice()).ok()?;
        event.recorded_time
    }

    async fn explain(&self, refused: &Refusals) -> Vec<v1::DecisionExplanation> {
        // Without the chains the answer still says the rule of each, and how to ask.
        self.explain_refusals(refused).await.unwrap_or_default()
    }

    fn source_system(&self) -> &str {
        &self.config().source_system
    }
}

/// What became of one name.
struct Answered {
    batch: Batch,
    day: BusinessDate,
    answer: Result<v1::AppendResponse, ClientError>,
}

impl Asked {
    /// The name of the request after so many refusals. Of a number with an identity number in it,
    /// the digest makes the name.
    pub(super) fn name(&self, digests: &Digests, tries: u32) -> RequestId {
        let again = u64::from(self.naming.again.unwrap_or(0));
        self.naming.request_id.map_or_else(
            || {
                let digest = self
                    .named_after
                    .digest(&kept(&self.commands, digests), self.mode);
                let kind = self.named_after.kind();
                batch_request_id(kind, &digest, (again << 32) | u64::from(tries))
            },
            |id| RequestId::from_bytes(id.0),
        )
    }

    const fn is_named_by_caller(&self) -> bool {
        self.naming.request_id.is_some()
    }

    /// The digests of the numbers that contain an identity number. Without such numbers nothing is
    /// asked.
    async fn digests(&self, ledger: &impl Ledger) -> Result<Digests, ClientError> {
        match numbers::with_identity(&self.commands) {
            numbers if numbers.is_empty() => Ok(Digests::default()),
            numbers => ledger.digests(&numbers).await,
        }
    }

    fn batch(&self, request_id: RequestId, day: BusinessDate) -> Batch {
        let mut commands = self.commands.clone();
        if self.is_of_today {
            for command in &mut commands {
                command.occurred_date = when::message(day);
            }
        }
        let mut batch = Batch::from_messages(request_id, commands).explained(self.why.detail());
        batch.mode = self.mode;
        batch.validate_only = self.validate_only;
        batch
    }

    /// The day of the request on record, when it is this one but for its day.
    fn day_on_record(
        &self,
        recorded_digest: [u8; 32],
        today: BusinessDate,
        source_system: &str,
        digests: &Digests,
    ) -> Option<BusinessDate> {
        if !self.is_of_today {
            return None;
        }
        let days = (0..=DAYS_BACK_MAX)
            .map(|days| -days)
            .chain(1..=DAYS_AHEAD_MAX);
        let mut days = days.filter_map(|days| today.add_days(days));
        // The id is no part of the digest.
        let id = self.name(digests, 0);
        days.find(|day| {
            let mut batch = self.batch(id, *day);
            batch.commands = kept(&batch.commands, digests);
            batch.digest(source_system) == recorded_digest
        })
    }

    /// Sends the request under one name.
    async fn send(
        &self,
        ledger: &impl Ledger,
        output: &mut Output<'_>,
        (request_id, digests): (RequestId, &Digests),
        today: BusinessDate,
    ) -> Result<Answered, Failure> {
        let (mut day, mut batch) = (today, self.batch(request_id, today));
        self.announce(output, &batch, day);
        let mut answer = ledger.append(&batch).await;
        if let Err(ClientError::RequestIdReused {
            recorded_digest: Some(digest),
        }) = answer
            && let Some(found) = self.day_on_record(digest, today, ledger.source_system(), digests)
        {
            (day, batch) = (found, self.batch(request_id, found));
            self.announce(output, &batch, day);
            answer = ledger.append(&batch).await;
        }
        Ok(Answered { batch, day, answer })
    }

    /// Shows the name before anything is sent under it.
    fn announce(&self, output: &mut Output<'_>, batch: &Batch, day: BusinessDate) {
        if self.validate_only {
            return;
        }
        let id = batch.request_id;
        match self.is_of_today {
            true => output.message(format_args!("request {id} of {day}")),
            false => output.message(format_args!("request {id}")),
        }
    }
}

/// Commands as the ledger keeps them.
fn kept(commands: &[v1::Command], digests: &Digests) -> Vec<v1::Command> {
    commands.iter().map(|it| digests.kept(it)).collect()
}

/// Sends what is asked, shows what became of it and why.
pub(super) async fn record(
    ledger: &impl Ledger,
    output: &mut Output<'_>,
    asked: Asked,
) -> Result<v1::AppendResponse, Failure> {
    let digests = asked.digests(ledger).await?;
    let known = ledger.known().await?;
    for tries in 0..TRIES_MAX {
        let named = (asked.name(&digests, tries), &digests);
        let answered = asked.send(ledger, output, named, known.today).await?;
        if let Some(number) = refused_before(&answered.answer, &known) {
            if !asked.is_named_by_caller() && !asked.validate_only {
                output.message(format_args!(
                    "refused before, as refusal {number}; it is tried again under another id"
                ));
                continue;
            }
            output.message(format_args!(
                "this repeats the answer that the request got before, as refusal {number}"
            ));
        }
        return conclude(ledger, output, (&asked, &known), answered).await;
    }
    Err(Failure::Input(format!(
        "refused {TRIES_MAX} times before; to try once more choose an id with --request-id"
    )))
}

/// The number of the first refusal, when nothing was recorded and that was decided earlier.
fn refused_before(answer: &Result<v1::AppendResponse, ClientError>, known: &Known) -> Option<u64> {
    match answer {
        Ok(answer) if known.is_older_than(answer) && answer.first_position == 0 => {
            let numbers = answer.results.iter().map(|result| result.refusal_number);
            numbers.filter(|number| *number > 0).min()
        }
        Err(ClientError::Refused(refused)) => {
            let numbers = refused.refusals.iter().filter_map(|it| it.refusal_number);
            numbers.min().filter(|number| *number <= known.refusals)
        }
        _ => None,
    }
}

/// Shows the last answer.
async fn conclude(
    ledger: &impl Ledger,
    output: &mut Output<'_>,
    (asked, known): (&Asked, &Known),
    Answered { batch, day, answer }: Answered,
) -> Result<v1::AppendResponse, Failure> {
    match answer {
        Ok(answer) => {
            let is_old = known.is_older_than(&answer);
            let recorded_time = match is_old {
                true => ledger.recorded_time(answer.first_position).await,
                false => None,
            };
            let before = is_old.then_some(recorded_time);
            append::show_answer(output, &batch, &answer, before, asked.why)?;
            if is_old {
                repeated(output, asked, &answer);
            }
            Ok(answer)
        }
        Err(ClientError::Refused(refused)) => {
            let chains = match asked.why {
                Why::None => Vec::new(),
                Why::En | Why::Zh => ledger.explain(&refused).await,
            };
            let request_id = (!batch.validate_only).then_some(batch.request_id);
            append::show_refused(output, &refused, request_id, (&chains, asked.why))?;
            Err(Failure::Refused)
        }
        Err(error) => {
            let failure = failure(asked, &batch, day, error);
            if output.is_json() {
                show::failed_request(output, &[batch.request_id], &failure)?;
            }
            Err(failure)
        }
    }
}

/// Says that nothing was recorded now, and how to record it once more.
fn repeated(output: &mut Output<'_>, asked: &Asked, answer: &v1::AppendResponse) {
    let refused = answer
        .results
        .iter()
        .filter(|result| result.refusal_number > 0)
        .count();
    if refused > 0 {
        output.message(format_args!(
            "{refused} of its commands were refused then; to try them again, send them by themselves"
        ));
    }
    let how = match asked.naming {
        Naming {
            request_id: Some(_),
            ..
        } => "with another --request-id".to_owned(),
        Naming { again: None, .. } => "with --again".to_owned(),
        Naming {
            again: Some(again), ..
        } => format!("with --again={}", again.saturating_add(1)),
    };
    output.message(format_args!(
        "nothing was recorded now: this is on record already. To record it once more on purpose, \
         run the command {how}"
    ));
}

/// Says how to go on after an error.
fn failure(asked: &Asked, batch: &Batch, day: BusinessDate, error: ClientError) -> Failure {
    let request_id = batch.request_id;
    if batch.validate_only && !matches!(error, ClientError::Invalid(_)) {
        return Failure::Client(error);
    }
    match error {
        ClientError::OutcomeUnknown { cause, .. } => Failure::OutcomeUnknown {
            how: match asked.is_of_today {
                true => format!("--request-id {request_id} --on {day}"),
                false => format!("--request-id {request_id}"),
            },
            request_id,
            source: cause,
        },
        ClientError::Invalid(violations) => {
            let lines = violations
                .iter()
                .map(|violation| format!("\n  {}: {}", violation.field, violation.description));
            let lines = lines.collect::<String>();
            match batch.validate_only {
                true => Failure::Input(format!("the request is wrong:{lines}")),
                false => Failure::Input(format!("request {request_id} is wrong:{lines}")),
            }
        }
        ClientError::RequestIdReused { .. } if asked.is_named_by_caller() => {
            Failure::Input(format!(
                "request id {request_id} was used before for other commands, for another day that \
                 is long ago, or by another --source-system; nothing was recorded now"
            ))
        }
        ClientError::RequestIdReused { .. } => Failure::Input(format!(
            "the same is on record as request {request_id}, by another --source-system or for a \
             day that is long ago (--on names one); nothing was recorded now. --again={} records \
             it once more",
            asked.naming.again.unwrap_or(0).saturating_add(1)
        )),
        source => Failure::Request { request_id, source },
    }
}
