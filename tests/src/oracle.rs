//! What the callers were told, and whether the log agrees.

use crate::RawClient;
use anyhow::{Context as _, Result, bail, ensure};
use ledger_core::command::CommandBody;
use ledger_core::merkle::{CompactRange, leaf_hash};
use ledger_core::{Command, Event, EventBody, Position, RecordedEvent, RequestId};
use ledger_proto::event_bytes::recorded_event_from_bytes;
use ledger_proto::to_proto::command_to_proto;
use ledger_proto::{Interner, v1};
use std::collections::{BTreeMap, VecDeque};

/// What every request says about itself, and every event has to repeat.
const SOURCE_SYSTEM: &str = "crash-test";

/// A request that was sent, or was about to be.
#[derive(Debug, Clone)]
pub struct Sent {
    request_id: RequestId,
    commands: Vec<Command>,
}

/// What is known about the log.
#[derive(Debug, Clone, Default)]
pub struct Oracle {
    /// Every acknowledged request, by its first position.
    acknowledged: BTreeMap<Position, Sent>,
    /// Up to here the log was compared with what is known.
    checked: Position,
}

/// A part of the log as it was served: position, exact bytes, and what they say.
pub type Events = Vec<(Vec<u8>, RecordedEvent)>;

/// Requests that were never answered and are in the log nevertheless, with their first positions.
pub type Survived = BTreeMap<RequestId, Position>;

impl Sent {
    /// A request with its id.
    #[must_use]
    pub fn new(request_id: RequestId, commands: Vec<Command>) -> Self {
        Self {
            request_id,
            commands,
        }
    }

    /// Its id.
    #[must_use]
    pub fn request_id(&self) -> RequestId {
        self.request_id
    }

    /// The same commands under another id.
    #[must_use]
    pub fn under(self, request_id: RequestId) -> Self {
        Self { request_id, ..self }
    }

    /// The request as it goes over the wire.
    #[must_use]
    pub fn message(&self) -> v1::AppendRequest {
        v1::AppendRequest {
            request_id: self.request_id.as_bytes().to_vec(),
            commands: self.commands.iter().map(command_to_proto).collect(),
            source_system: SOURCE_SYSTEM.to_owned(),
            explanation_detail: v1::ExplanationDetail::None.into(),
            ..v1::AppendRequest::default()
        }
    }

    /// Whether these events are what the request asked for, all of it and in order. Every command
    /// of the load becomes one event.
    fn is_recorded_by(&self, events: &[(Vec<u8>, RecordedEvent)]) -> bool {
        events.len() == self.commands.len()
            && self
                .commands
                .iter()
                .zip(events)
                .all(|(command, (_, recorded))| {
                    &*recorded.source_system == SOURCE_SYSTEM && says(&recorded.event, command)
                })
    }
}

impl Oracle {
    /// Up to which position the log was compared.
    #[must_use]
    pub fn checked(&self) -> Position {
        self.checked
    }

    /// Takes note of an answer, which has to name one event per command, where nothing else was
    /// acknowledged.
    ///
    /// # Errors
    ///
    /// The answer is another one.
    pub fn acknowledged(&mut self, sent: Sent, answer: &v1::AppendResponse) -> Result<()> {
        let first = Position::new(answer.first_position);
        let count = answer.last_position + 1 - answer.first_position;
        ensure!(
            count == sent.len(),
            "{} commands became {count} events",
            sent.len()
        );
        for (offset, result) in (0..).zip(&answer.results) {
            let expected = v1::Accepted {
                first_position: answer.first_position + offset,
                event_count: 1,
            };
            let outcome = Some(v1::command_result::Outcome::Accepted(expected));
            ensure!(
                result.outcome == outcome,
                "command {offset} was answered with {result:?}"
            );
        }
        ensure!(
            answer.results.len() == sent.commands.len(),
            "results are missing"
        );
        let other = self.acknowledged.insert(first, sent);
        ensure!(other.is_none(), "position {first} was acknowledged twice");
        Ok(())
    }

    /// Compares the part of the log after what was checked: it consists of acknowledged requests,
    /// every one of them, and of whole requests that are in doubt, those of one caller in order and
    /// without a gap.
    ///
    /// # Errors
    ///
    /// What is missing, too much, or in another place.
    pub fn check(
        &mut self,
        tail: &[(Vec<u8>, RecordedEvent)],
        doubtful: &[&VecDeque<Sent>],
    ) -> Result<Survived> {
        let mut doubtful: Vec<_> = doubtful
            .iter()
            .map(|of_caller| of_caller.iter().peekable())
            .collect();
        let mut survived = Survived::new();
        let mut rest = tail;
        while let Some((_, next)) = rest.first() {
            let at = next.position;
            ensure!(
                at == self.checked.next(),
                "position {at} follows {}",
                self.checked
            );
            let known = self.acknowledged.get(&at);
            // Only the first request of a caller that was not found yet may come next.
            let in_doubt = doubtful
                .iter_mut()
                .find_map(|of_caller| of_caller.next_if(|sent| begins_with(rest, sent)));
            let sent = match (known, in_doubt) {
                (Some(sent), _) => sent,
                (None, Some(sent)) => {
                    survived.insert(sent.request_id, at);
                    sent
                }
                (None, None) => bail!("nobody asked for the event at {at}, or not all is there"),
            };
            ensure!(
                begins_with(rest, sent),
                "the events from {at} on are not the acknowledged ones"
            );
            rest = rest
                .get(sent.commands.len()..)
                .context("the events were just compared")?;
            self.checked = Position::new(self.checked.get() + sent.len());
        }
        if let Some((first, _)) = self.acknowledged.range(self.checked.next()..).next() {
            bail!(
                "the log ends at {} and lacks what was acknowledged at {first}",
                self.checked
            );
        }
        Ok(survived)
    }

    /// Compares the whole log with everything acknowledged, and with the tree that the server
    /// keeps over it.
    ///
    /// # Errors
    ///
    /// The first place where they differ.
    pub fn check_whole(&self, log: &Events, status: &v1::GetStatusResponse) -> Result<()> {
        let mut range = CompactRange::new();
        let mut rest = log.as_slice();
        for (first, sent) in &self.acknowledged {
            let found = rest.first().map(|(_, recorded)| recorded.position);
            ensure!(
                found == Some(*first),
                "{found:?} stands where {first} should"
            );
            ensure!(
                begins_with(rest, sent),
                "the events from {first} on have changed"
            );
            let (whole, remaining) = rest.split_at(sent.commands.len());
            for (bytes, _) in whole {
                range.append(leaf_hash(bytes));
            }
            rest = remaining;
        }
        ensure!(
            rest.is_empty(),
            "{} events were never acknowledged",
            rest.len()
        );
        ensure!(
            status.merkle_tree_size == range.len(),
            "the tree is that of another log"
        );
        ensure!(
            status.merkle_root == range.root(),
            "the root is that of another log"
        );
        Ok(())
    }
}

impl Sent {
    fn len(&self) -> u64 {
        u64::try_from(self.commands.len()).expect("a small number fits")
    }
}

fn begins_with(events: &[(Vec<u8>, RecordedEvent)], sent: &Sent) -> bool {
    events
        .get(..sent.commands.len())
        .is_some_and(|events| sent.is_recorded_by(events))
}

/// Reads the log from a position to its end.
///
/// # Errors
///
/// The server fails, or serves what is no event.
pub async fn read(client: &mut RawClient, from: Position) -> Result<Events> {
    let request = v1::ReadEventsRequest {
        from_position: from.get(),
        ..Default::default()
    };
    let mut messages = client.read_events(request).await?.into_inner();
    let mut events = Vec::new();
    let mut names = Interner::default();
    while let Some(message) = messages.message().await? {
        for envelope in message.events {
            let recorded = recorded_event_from_bytes(&envelope.recorded_event, &mut names)?;
            ensure!(
                recorded.position.get() == envelope.position,
                "an event names another place"
            );
            ensure!(
                envelope.leaf_hash == leaf_hash(&envelope.recorded_event),
                "the hash at {} is another event's",
                recorded.position,
            );
            events.push((envelope.recorded_event, recorded));
        }
    }
    Ok(events)
}

/// Whether an event records what a command of the load asked for.
fn says(event: &Event, command: &Command) -> bool {
    use CommandBody as C;
    use EventBody as E;
    let same = match (&command.body, &event.body) {
        (C::PublishPolicy(c), E::PolicyPublished(e)) => c.text == e.text,
        (C::OpenAccount(c), E::AccountOpened(e)) => {
            (c.division, c.fund) == (e.account.division, e.account.fund)
        }
        (C::AccrueFunds(c), E::FundsAccrued(e)) => {
            (c.division, c.fund, c.amount) == (e.account.division, e.account.fund, e.amount)
        }
        (C::RegisterInstitution(c), E::InstitutionRegistered(e)) => c.institution == e.institution,
        (C::GrantQualification(c), E::QualificationGranted(e)) => {
            c.qualification == e.qualification
        }
        (C::RegisterPerson(c), E::PersonRegistered(e)) => c.person == e.person,
        (C::ApproveClass(c), E::ClassApproved(e)) => c.class == e.class,
        (C::OpenClass(c), E::ClassOpened(e)) => c.class == e.class,
        (C::EnrolPerson(c), E::PersonEnrolled(e)) => (c.class, c.person) == (e.class, e.person),
        (C::RecordAttendance(c), E::AttendanceRecorded(e)) => {
            (c.class, c.person, c.class_hours) == (e.class, e.person, e.class_hours)
        }
        (C::CompleteTraining(c), E::TrainingCompleted(e)) => {
            (c.class, c.person) == (e.class, e.person)
        }
        (C::IssueCertificate(c), E::CertificateIssued(e)) => c.number == e.number,
        (C::ConfirmEmployment(c), E::EmploymentConfirmed(e)) => {
            (c.class, c.person) == (e.class, e.person)
        }
        (C::ApproveSubsidy(c), E::SubsidyApproved(e)) => (c.class, c.person) == (e.class, e.person),
        (C::OrderDisbursement(c), E::DisbursementOrdered(e)) => c.disbursement == e.disbursement,
        (C::SettleDisbursement(c), E::DisbursementSettled(e)) => c.disbursement == e.disbursement,
        _ => false,
    };
    same && event.occurred_on == command.occurred_on
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::{date, on};
    use ledger_core::command::RegisterPerson;
    use ledger_core::event::PersonRegistered;
    use ledger_core::{EventId, PersonKey, RecordedTime};

    fn person(number: u8) -> PersonKey {
        PersonKey::from_bytes([number; 16])
    }

    /// A request that registers these people.
    fn sent(people: &[u8]) -> Sent {
        let register = |number: &u8| {
            let body = RegisterPerson {
                person: person(*number),
            };
            on(date(2021, 3, 1), CommandBody::RegisterPerson(body))
        };
        let id = RequestId::from_bytes([people[0]; 16]);
        Sent::new(id, people.iter().map(register).collect())
    }

    /// A log from the first position on that registers these people.
    fn log(people: &[u8]) -> Events {
        let recorded = |(number, position): (&u8, u64)| RecordedEvent {
            position: Position::new(position),
            event_id: EventId::from_bytes([0; 16]),
            recorded_at: RecordedTime::from_micros(0),
            actor: "tester".into(),
            source_system: SOURCE_SYSTEM.into(),
            event: Event {
                occurred_on: date(2021, 3, 1),
                causes: Vec::new(),
                policy: None,
                tags: Vec::new(),
                postings: Vec::new(),
                body: EventBody::PersonRegistered(PersonRegistered {
                    person: person(*number),
                }),
            },
        };
        people
            .iter()
            .zip(1..)
            .map(recorded)
            .map(|recorded| (Vec::new(), recorded))
            .collect()
    }

    fn answer(first: u64, count: u64) -> v1::AppendResponse {
        let accepted = |first_position| v1::CommandResult {
            outcome: Some(v1::command_result::Outcome::Accepted(v1::Accepted {
                first_position,
                event_count: 1,
            })),
            ..v1::CommandResult::default()
        };
        v1::AppendResponse {
            first_position: first,
            last_position: first + count - 1,
            results: (first..first + count).map(accepted).collect(),
            ..v1::AppendResponse::default()
        }
    }

    #[test]
    fn the_oracle_tells_a_sound_log_from_every_other() {
        let cases: [(&str, &[u8], &str); 9] = [
            ("only what was acknowledged", &[1, 2], ""),
            ("and a whole request in doubt", &[1, 2, 3, 4], ""),
            ("and both requests in doubt", &[1, 2, 3, 4, 5], ""),
            (
                "an acknowledged request is missing",
                &[],
                "lacks what was acknowledged at 1",
            ),
            (
                "half of an acknowledged request",
                &[1],
                "not the acknowledged ones",
            ),
            (
                "another one in its place",
                &[3, 4],
                "not the acknowledged ones",
            ),
            (
                "half of a request in doubt",
                &[1, 2, 3],
                "nobody asked for the event at 3",
            ),
            (
                "the later request without the earlier",
                &[1, 2, 5],
                "nobody asked for",
            ),
            (
                "a request twice",
                &[1, 2, 1, 2],
                "nobody asked for the event at 3",
            ),
        ];
        for (name, people, expected) in cases {
            let mut oracle = Oracle::default();
            oracle.acknowledged(sent(&[1, 2]), &answer(1, 2)).unwrap();
            let in_doubt = VecDeque::from([sent(&[3, 4]), sent(&[5])]);
            let found = oracle.check(&log(people), &[&in_doubt]);
            let error = found.map_or_else(|error| error.to_string(), |_| String::new());
            assert!(error.contains(expected), "{name}: {error:?}");
            assert_eq!(error.is_empty(), expected.is_empty(), "{name}: {error:?}");
        }
    }

    #[test]
    fn a_log_with_a_gap_is_not_sound() {
        let mut oracle = Oracle::default();
        let mut events = log(&[1, 2, 3]);
        events.remove(1);
        let in_doubt = VecDeque::from([sent(&[1]), sent(&[3])]);
        let error = oracle.check(&events, &[&in_doubt]).unwrap_err().to_string();
        assert!(error.contains("position 3 follows 1"), "{error}");
    }

    #[test]
    fn no_position_is_acknowledged_twice() {
        let mut oracle = Oracle::default();
        oracle.acknowledged(sent(&[1]), &answer(1, 1)).unwrap();
        let error = oracle
            .acknowledged(sent(&[2]), &answer(1, 1))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("position 1 was acknowledged twice"),
            "{error}"
        );
    }
}
