//! What was on record before: facts, and refusals.

use std::collections::{BTreeMap, BTreeSet};

use ledger_client::{Client, ClientError};
use ledger_proto::v1;
use ledger_proto::v1::command::Body as Asked;
use ledger_proto::v1::recorded_event::Body as Recorded;
use prost::Message as _;

use crate::limits::{FACTS_GAP_MAX, REFUSAL_PAGES_MAX};

/// The events at these positions.
pub(super) async fn events(
    client: &Client,
    positions: &BTreeSet<u64>,
) -> Result<BTreeMap<u64, v1::RecordedEvent>, ClientError> {
    let mut found = BTreeMap::new();
    for (from, to) in runs(positions) {
        let request = v1::ReadEventsRequest {
            from_position: from,
            to_position: to,
            ..Default::default()
        };
        let mut events = client.read_events(request).await?;
        while let Some(event) = events.next().await? {
            let Ok(event) = v1::RecordedEvent::decode(event.recorded_event.as_slice()) else {
                return Err(ClientError::BrokenAnswer("an event cannot be read"));
            };
            if positions.contains(&event.position) {
                found.insert(event.position, event);
            }
        }
    }
    Ok(found)
}

/// The positions as ranges that are worth a call each.
fn runs(positions: &BTreeSet<u64>) -> Vec<(u64, u64)> {
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for position in positions.iter().copied().filter(|position| *position > 0) {
        match runs.last_mut() {
            Some((_, to)) if position.saturating_sub(*to) <= FACTS_GAP_MAX => *to = position,
            _ => runs.push((position, position)),
        }
    }
    runs
}

/// What an event on record says otherwise than a command; nothing when both are the same fact.
pub(super) fn differences(command: &v1::Command, event: &v1::RecordedEvent) -> Vec<&'static str> {
    let mut differing = match (&command.body, &event.body) {
        (Some(Asked::EnrolPerson(asked)), Some(Recorded::PersonEnrolled(found))) => vec![
            ("class", asked.class_id == found.class_id),
            ("person", asked.person_key == found.person_key),
        ],
        (Some(Asked::IssueCertificate(asked)), Some(Recorded::CertificateIssued(found))) => vec![
            ("class", asked.class_id == found.class_id),
            ("person", asked.person_key == found.person_key),
            ("number", asked.number == found.number),
            ("evaluator", asked.evaluator == found.evaluator),
            ("issued-on", asked.issued_date == found.issued_date),
            ("kind", asked.kind == found.kind),
        ],
        (Some(Asked::ConfirmEmployment(asked)), Some(Recorded::EmploymentConfirmed(found))) => {
            vec![
                ("class", asked.class_id == found.class_id),
                ("person", asked.person_key == found.person_key),
                ("employer", asked.employer == found.employer),
                ("started-on", asked.started_date == found.started_date),
                ("evidence", asked.evidence == found.evidence),
            ]
        }
        _ => vec![("kind of fact", false)],
    };
    differing.push(("occurred-on", command.occurred_date == event.occurred_date));
    let differing = differing.into_iter().filter(|(_, is_same)| !is_same);
    differing.map(|(field, _)| field).collect()
}

/// When a refusal was recorded, and after which position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FirstRefusal {
    pub(super) number: u64,
    pub(super) time: Option<prost_types::Timestamp>,
    pub(super) position: u64,
}

/// Finds refusals by their numbers; those that are not found are left out.
pub(super) async fn refusals(
    client: &Client,
    numbers: &BTreeSet<u64>,
) -> Result<BTreeMap<u64, FirstRefusal>, ClientError> {
    let mut found = BTreeMap::new();
    let mut request = v1::ListRefusalsRequest::default();
    for _ in 0..REFUSAL_PAGES_MAX {
        if found.len() == numbers.len() {
            break;
        }
        let page = client.list_refusals(request.clone()).await?;
        for refused in &page.refusals {
            let number = refused.refusal_number;
            if numbers.contains(&number) {
                let first = FirstRefusal {
                    number,
                    time: refused.recorded_time,
                    position: refused.decided_at_position,
                };
                found.insert(number, first);
            }
        }
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Change = fn(&mut v1::IssueCertificate);

    #[test]
    fn positions_are_read_in_runs() {
        for (positions, expected) in [
            (&[][..], &[][..]),
            (&[0, 5], &[(5, 5)]),
            (&[1, 3, 257, 514, 515], &[(1, 257), (514, 515)]),
        ] {
            let positions = positions.iter().copied().collect();
            assert_eq!(runs(&positions), expected, "{positions:?}");
        }
    }

    #[test]
    fn only_the_same_fact_of_the_same_person_is_on_record_before() {
        let day = |day| {
            Some(v1::Date {
                year: 2021,
                month: 4,
                day,
            })
        };
        let issue = v1::IssueCertificate {
            class_id: vec![1; 16],
            person_key: vec![2; 16],
            kind: 1,
            number: "1537010000300001".to_owned(),
            evaluator: "52370100Y00009BD98".to_owned(),
            issued_date: day(10),
        };
        let recorded = v1::CertificateIssued {
            class_id: issue.class_id.clone(),
            person_key: issue.person_key.clone(),
            kind: issue.kind,
            number: issue.number.clone(),
            evaluator: issue.evaluator.clone(),
            issued_date: issue.issued_date,
        };
        let command = |change: Change| {
            let mut issue = issue.clone();
            change(&mut issue);
            v1::Command {
                occurred_date: day(11),
                body: Some(Asked::IssueCertificate(issue)),
                ..Default::default()
            }
        };
        let event = |on, body| v1::RecordedEvent {
            occurred_date: day(on),
            body: Some(body),
            ..Default::default()
        };
        let issued = event(11, Recorded::CertificateIssued(recorded.clone()));
        let nothing: Change = |_| {};
        let changes: [(Change, &[&str]); 7] = [
            (nothing, &[]),
            (|it| it.person_key = vec![3; 16], &["person"]),
            (|it| it.class_id = vec![3; 16], &["class"]),
            (|it| it.number.push('0'), &["number"]),
            (|it| it.evaluator.clear(), &["evaluator"]),
            (|it| it.issued_date = None, &["issued-on"]),
            (|it| it.kind = 2, &["kind"]),
        ];
        for (change, expected) in changes {
            assert_eq!(differences(&command(change), &issued), expected);
        }
        let later = event(12, Recorded::CertificateIssued(recorded));
        assert_eq!(differences(&command(nothing), &later), ["occurred-on"]);
        let enrolled = v1::PersonEnrolled {
            class_id: issue.class_id.clone(),
            person_key: issue.person_key.clone(),
        };
        let enrolled = event(11, Recorded::PersonEnrolled(enrolled));
        assert_eq!(differences(&command(nothing), &enrolled), ["kind of fact"]);
    }
}
