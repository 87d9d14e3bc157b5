//! A clock that jumps while the server works, at the moment of its end, and before it starts again.
//!
//! The server runs with a clock of its own (`set_clock`), so that the machine's stays as it is. The
//! right answer follows from the rule of `ledger_engine::ClockBounds`, written here a second time
//! (`known`): a request is recorded, at the time that the clock shows, or it is refused with
//! `CLOCK_REFUSED` and nothing is recorded.

mod known;
mod set_clock;

use super::fault::one_of;
use super::network::some_turns;
use super::round::{self, Ended, Then};
use super::{Base, COMMANDS, Campaign};
use crate::ServerProcess;
use crate::oracle::{self, Sent};
use crate::workload::Seeded;
use anyhow::{Context as _, Result, ensure};
use known::{DAY, Known, MINUTE};
use ledger_core::{Position, RecordedTime};
use ledger_engine::{Clock as _, SystemClock};
use ledger_proto::v1;
use std::collections::VecDeque;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

pub(super) use set_clock::SetClock;

/// What the clock does in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockFault {
    /// How far it is set, in seconds; behind when negative.
    pub seconds: i64,
    /// When that happens.
    pub when: When,
    /// Whether the server is killed at the end, or stopped in order.
    pub is_killed: bool,
}

/// When the clock is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// All at once, between two requests.
    Working,
    /// A part of the way before each request.
    Drifting,
    /// At the moment at which the server is stopped or killed, with a request under way.
    AtEnd,
}

/// How far a clock is set all at once: within the bound of a step, beyond it, within and beyond the
/// longest pause, and by as much as an empty battery does.
const JUMPS: [i64; 5] = [2 * MINUTE, 10 * MINUTE, 2 * DAY, 60 * DAY, 3_652 * DAY];

/// Requests between which a drifting clock drifts, and how far it gets by the last one: beyond the
/// bound of a step, each part within it.
const DRIFT_STEPS: i64 = 8;
const DRIFT: i64 = 12 * MINUTE;

/// Turns of the caller at most between sending the last request and the end.
const TURNS_MAX: u64 = 40;

impl ClockFault {
    /// Draws a jump.
    pub(super) fn draw(seeded: &mut Seeded) -> Self {
        let whens = [When::Working, When::Drifting, When::AtEnd];
        let when = one_of(&whens, seeded);
        let seconds = match when {
            When::Drifting => DRIFT,
            When::Working | When::AtEnd => one_of(&JUMPS, seeded),
        };
        Self {
            seconds: one_of(&[seconds, -seconds], seeded),
            when,
            is_killed: one_of(&[false, true], seeded),
        }
    }
}

/// The caller of a round.
struct Caller<'a> {
    campaign: &'a Campaign,
    clock: &'a SetClock,
    base: &'a mut Base,
    /// What was sent and not recorded, as far as he knows, in order.
    waiting: VecDeque<Sent>,
    /// The last position that he has seen.
    last: Position,
    known: Known,
}

impl Campaign {
    /// Runs a round in which the clock jumps.
    pub(super) fn clock_round(&mut self, fault: ClockFault, seeded: &mut Seeded) -> Result<Ended> {
        let clock = match self.clock.take() {
            Some(clock) => clock,
            None => SetClock::build()?,
        };
        let mut base = self.base.clone();
        let then = self.jumps(&clock, &mut base, fault, seeded);
        self.clock = Some(clock);
        then.map(|then| Ended { struck: true, then })
    }

    fn jumps(
        &self,
        clock: &SetClock,
        base: &mut Base,
        fault: ClockFault,
        seeded: &mut Seeded,
    ) -> Result<Then> {
        let mut caller = Caller {
            campaign: self,
            clock,
            last: base.oracle.checked(),
            base,
            waiting: VecDeque::new(),
            known: Known {
                clock: 0,
                believed: None,
            },
        };
        caller.set(0)?;
        let before = caller.last;
        let server = caller.start()?;
        caller.requests(&server, 2)?;
        match fault.when {
            When::Working => {
                caller.set(fault.seconds)?;
                caller.requests(&server, 2)?;
                if seeded.below(2) == 0 {
                    caller.set(0)?;
                    caller.requests(&server, 2)?;
                }
            }
            When::Drifting => {
                for step in 1..=DRIFT_STEPS {
                    caller.set(fault.seconds * step / DRIFT_STEPS)?;
                    caller.requests(&server, 1)?;
                }
            }
            When::AtEnd => {}
        }
        let jump = (fault.when == When::AtEnd).then_some(fault.seconds);
        caller.end(server, jump, fault.is_killed, seeded)?;

        // The clock is as wrong as it was, and then right.
        let server = caller.start()?;
        caller.requests(&server, 2)?;
        caller.set(0)?;
        caller.requests(&server, 2)?;
        let word = caller.word(&server)?;
        caller.end(server, None, fault.is_killed, seeded)?;

        // An operator's word settles it, where events were recorded at times to come.
        let server = clock.start(&self.ledger(), Some(&word))?;
        let mut waiting = std::mem::take(&mut caller.waiting);
        self.check(&server, base, &mut waiting)?;
        self.runtime.block_on(async {
            let mut client = round::connect(&server).await?;
            let tail = oracle::read(&mut client, before).await?;
            let times: Vec<_> = tail.iter().map(|(_, event)| event.recorded_at).collect();
            ensure!(
                times.is_sorted(),
                "times of the log run backwards: {times:?}"
            );
            anyhow::Ok(())
        })?;
        server.stop().context("the server does not stop in order")?;
        Ok(Then::Served)
    }
}

impl Caller<'_> {
    fn set(&mut self, seconds: i64) -> Result<()> {
        self.known.clock = seconds;
        self.clock.set(seconds)
    }

    /// Starts the server, whatever its clock shows: a wrong clock keeps nobody from reading.
    fn start(&mut self) -> Result<ServerProcess> {
        self.known.believed = None;
        let server = self.clock.start(&self.campaign.ledger(), None)?;
        let status = self.status(&server)?;
        let clock = status.clock.context("the status has a clock")?;
        let shown = clock.time.map(|time| micros(time.seconds, time.nanos));
        let shown = shown.context("the clock shows a time")?;
        let off = (shown - self.shown()).abs();
        ensure!(off < MINUTE * 1_000_000, "the server goes by another clock");
        self.known.looked_at(ahead_of_machine(&clock));
        Ok(server)
    }

    /// The time up to which an operator vouches: a day behind the later of the last event and now.
    fn word(&self, server: &ServerProcess) -> Result<String> {
        let clock = self.status(server)?.clock;
        let last = clock.and_then(|clock| clock.last_event_time);
        let last = last.map_or(0, |last| micros(last.seconds, last.nanos));
        let until = last.max(SystemClock.now().micros()) + DAY * 1_000_000;
        Ok(RecordedTime::from_micros(until).to_string())
    }

    /// What the clock of the server shows, in microseconds since 1970.
    fn shown(&self) -> i64 {
        SystemClock.now().micros() + self.known.clock * 1_000_000
    }

    fn status(&self, server: &ServerProcess) -> Result<v1::GetStatusResponse> {
        self.campaign.runtime.block_on(async {
            let mut client = round::connect(server).await?;
            let status = client.get_status(v1::GetStatusRequest {}).await?;
            Ok(status.into_inner())
        })
    }

    /// Sends requests, the refused ones first, and holds each answer against the rule.
    fn requests(&mut self, server: &ServerProcess, count: u64) -> Result<()> {
        for _ in 0..count {
            self.request(server)?;
        }
        Ok(())
    }

    fn request(&mut self, server: &ServerProcess) -> Result<()> {
        let status = self.status(server)?;
        let log_position = status.log_position;
        let clock = status.clock.context("the status has a clock")?;
        let last = clock.last_event_time.context("there are events")?;
        let last = micros(last.seconds, last.nanos);
        self.known.looked_at(ahead_of_machine(&clock));
        let is_taken = self.known.takes(ahead_of_machine(&clock));
        ensure!(
            clock.problem.is_empty() == is_taken,
            "the status says {:?} of a clock that is known by {:?}",
            clock.problem,
            self.known
        );
        let sent = self.next();
        let earliest = self.shown();
        let answer = self.append(server, &sent);
        let latest = self.shown();
        match answer? {
            Ok(answer) => {
                ensure!(
                    is_taken || answer.replayed,
                    "taken by a clock that is known by {:?}",
                    self.known
                );
                if !answer.replayed {
                    let times = earliest.max(last)..=latest.max(last);
                    self.is_recorded_within(server, &answer, &times)?;
                }
                self.base.oracle.acknowledged(sent, &answer)
            }
            Err(refused) => {
                let reason = refused.get_details_error_info().map(|info| info.reason);
                ensure!(
                    !is_taken
                        && refused.code() == Code::Unavailable
                        && reason.as_deref() == Some("CLOCK_REFUSED"),
                    "refused by a clock that is known by {:?}: {refused:?}",
                    self.known
                );
                let after = self.status(server)?.log_position;
                ensure!(after == log_position, "refused, and recorded nevertheless");
                self.waiting.push_front(sent);
                Ok(())
            }
        }
    }

    /// What was refused comes again, under its id.
    fn next(&mut self) -> Sent {
        self.waiting.pop_front().unwrap_or_else(|| {
            let commands = self.base.lane.batch(COMMANDS);
            Sent::new(self.base.lane.request_id(), commands)
        })
    }

    fn append(
        &self,
        server: &ServerProcess,
        sent: &Sent,
    ) -> Result<Result<v1::AppendResponse, Status>> {
        self.campaign.runtime.block_on(async {
            let mut client = round::connect(server).await?;
            let answer = client.append(sent.message()).await;
            Ok(answer.map(tonic::Response::into_inner))
        })
    }

    /// The events of an answer have a time that the clock showed meanwhile, or that of the event
    /// before, which is a little ahead.
    fn is_recorded_within(
        &self,
        server: &ServerProcess,
        answer: &v1::AppendResponse,
        times: &std::ops::RangeInclusive<i64>,
    ) -> Result<()> {
        self.campaign.runtime.block_on(async {
            let mut client = round::connect(server).await?;
            let first = Position::new(answer.first_position);
            let events = oracle::read(&mut client, first).await?;
            for (_, event) in &events {
                ensure!(
                    times.contains(&event.recorded_at.micros()),
                    "{} was recorded at {}, and not within {times:?}",
                    event.position,
                    event.recorded_at
                );
            }
            Ok(())
        })
    }

    /// Ends the server while a request is under way; the clock may jump between the two.
    fn end(
        &mut self,
        server: ServerProcess,
        jump: Option<i64>,
        is_killed: bool,
        seeded: &mut Seeded,
    ) -> Result<()> {
        let sent = self.next();
        let turns = seeded.below(TURNS_MAX);
        let campaign = self.campaign;
        let answer = campaign.runtime.block_on(async {
            let mut client = round::connect(&server).await?;
            let message = sent.message();
            let under_way = tokio::spawn(async move { client.append(message).await });
            some_turns(turns).await;
            if let Some(seconds) = jump {
                self.set(seconds)?;
            }
            match is_killed {
                true => server.kill()?,
                false => server.stop()?,
            }
            under_way.await.context("the caller does not panic")
        })?;
        match answer {
            Ok(answer) => self.base.oracle.acknowledged(sent, &answer.into_inner()),
            // Whether it was recorded is not known; sent again it is answered either way.
            Err(_) => {
                self.waiting.push_front(sent);
                Ok(())
            }
        }
    }
}

/// How far the last event lies ahead of the machine's clock, in whole seconds.
fn ahead_of_machine(clock: &v1::ClockStatus) -> i64 {
    let last = clock.last_event_time.unwrap_or_default();
    (micros(last.seconds, last.nanos) - SystemClock.now().micros()) / 1_000_000
}

fn micros(seconds: i64, nanos: i32) -> i64 {
    seconds * 1_000_000 + i64::from(nanos) / 1_000
}
