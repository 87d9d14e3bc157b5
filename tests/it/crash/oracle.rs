//! What the callers were told, and whether the log agrees.

use anyhow::{Context as _, Result, bail, ensure};
use ledger_core::command::CommandBody;
use ledger_core::merkle::{CompactRange, leaf_hash};
use ledger_core::{Command, Event, EventBody, Position, RecordedEvent, RequestId};
use ledger_proto::event_bytes::recorded_event_from_bytes;
use ledger_proto::to_proto::command_to_proto;
use ledger_proto::{Interner, v1};
use ledger_tests::RawClient;
use std::collections::BTreeMap;

/// What every request says about itself, and every event has to repeat.
const SOURCE_SYSTEM: &str = "crash-test";

/// A request that was sent, or was about to be.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    request_id: RequestId,
    commands: Vec<Command>,
}

/// What is known about the log.
#[derive(Debug, Default)]
pub(crate) struct Oracle {
    /// Every acknowledged request, by its first position.
    acknowledged: BTreeMap<Position, Sent>,
    /// Up to here the log was compared with what is known.
    checked: Position,
}

/// A part of the log as it was served: position, exact bytes, and what they say.
pub(crate) type Events = Vec<(Vec<u8>, RecordedEvent)>;

/// Requests that were never answered and are in the log nevertheless, with their first positions.
pub(crate) type Survived = BTreeMap<RequestId, Position>;

impl Sent {
    pub(crate) fn new(request_id: RequestId, commands: Vec<Command>) -> Self {
        Self {
            request_id,
            commands,
        }
    }

    pub(crate) fn request_id(&self) -> RequestId {
        self.request_id
    }

    pub(crate) fn message(&self) -> v1::AppendRequest {
        v1::AppendRequest {
            request_id: self.request_id.as_bytes().to_vec(),
            commands: self.commands.iter().map(command_to_proto).collect(),
            source_system: SOURCE_SYSTEM.to_owned(),
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
    pub(crate) fn checked(&self) -> Position {
        self.checked
    }

    /// Takes note of an answer, which has to name one event per command, where nothing else was
    /// acknowledged.
    pub(crate) fn acknowledged(&mut self, sent: Sent, answer: &v1::AppendResponse) -> Result<()> {
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
    pub(crate) fn check<'a>(
        &mut self,
        tail: Events,
        doubtful: impl Iterator<Item = impl Iterator<Item = &'a Sent>>,
    ) -> Result<Survived> {
        let mut doubtful: Vec<Vec<&Sent>> = doubtful
            .map(|of_caller| of_caller.collect::<Vec<_>>())
            .collect();
        for of_caller in &mut doubtful {
            of_caller.reverse();
        }
        let mut survived = Survived::new();
        let mut rest = tail.as_slice();
        while let Some((_, next)) = rest.first() {
            let at = next.position;
            ensure!(
                at == self.checked.next(),
                "position {at} follows {}",
                self.checked
            );
            let known = self.acknowledged.get(&at);
            let in_doubt = doubtful
                .iter_mut()
                .find(|of_caller| of_caller.last().is_some_and(|sent| begins_with(rest, sent)));
            let sent = match (known, in_doubt) {
                (Some(sent), _) => sent,
                (None, Some(of_caller)) => {
                    let sent = of_caller.pop().context("it was just looked at")?;
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
    pub(crate) fn check_whole(&self, log: &Events, status: &v1::GetStatusResponse) -> Result<()> {
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
pub(crate) async fn read(client: &mut RawClient, from: Position) -> Result<Events> {
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
        (C::OpenAccount(c), E::AccountOpened { account }) => {
            (c.division, c.fund) == (account.division, account.fund)
        }
        (
            C::AccrueFunds(c),
            E::FundsAccrued {
                account, amount, ..
            },
        ) => (c.division, c.fund, c.amount) == (account.division, account.fund, *amount),
        (C::RegisterInstitution(c), E::InstitutionRegistered(e)) => c.institution == e.institution,
        (C::GrantQualification(c), E::QualificationGranted(e)) => {
            c.qualification == e.qualification
        }
        (C::RegisterPerson(c), E::PersonRegistered { person }) => c.person == *person,
        (C::ApproveClass(c), E::ClassApproved(e)) => c.class == e.class,
        (C::OpenClass(c), E::ClassOpened { class }) => c.class == *class,
        (C::EnrolPerson(c), E::PersonEnrolled { class, person }) => {
            (c.class, c.person) == (*class, *person)
        }
        (
            C::RecordAttendance(c),
            E::AttendanceRecorded {
                class,
                person,
                class_hours,
            },
        ) => (c.class, c.person, c.class_hours) == (*class, *person, *class_hours),
        (C::CompleteTraining(c), E::TrainingCompleted { class, person, .. }) => {
            (c.class, c.person) == (*class, *person)
        }
        (C::IssueCertificate(c), E::CertificateIssued(e)) => c.number == e.number,
        (C::ConfirmEmployment(c), E::EmploymentConfirmed(e)) => {
            (c.class, c.person) == (e.class, e.person)
        }
        (C::ApproveSubsidy(c), E::SubsidyApproved(e)) => (c.class, c.person) == (e.class, e.person),
        (C::OrderDisbursement(c), E::DisbursementOrdered(e)) => c.disbursement == e.disbursement,
        (C::SettleDisbursement(c), E::DisbursementSettled { disbursement, .. }) => {
            c.disbursement == *disbursement
        }
        _ => false,
    };
    same && event.occurred_on == command.occurred_on
}
