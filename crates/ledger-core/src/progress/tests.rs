//! Awards: counted when approved, taken back when revoked, apart when found false.

use super::*;
use crate::context::award_register_key;
use crate::event::{AwardRevoked, Event, EventBody, FindingKind, Payee};
use crate::{
    AwardId, CaseId, CreditCode, Division, EventId, Fen, FindingId, Note, Position, RecordedTime,
    Reference, apply,
};
use std::sync::Arc;

const DIVISION: u32 = 370_000;

fn award() -> AwardId {
    AwardId::from_bytes([1; 16])
}

fn reference() -> Reference {
    Reference::parse("constructed").unwrap()
}

fn scheme() -> SchemeId {
    SchemeId::parse("medal").unwrap()
}

fn approved() -> EventBody {
    let division = Division::new(DIVISION).unwrap();
    EventBody::AwardApproved(AwardApproved {
        award: award(),
        scheme: scheme(),
        division,
        recipient: Payee::Institution(CreditCode::synthetic(division, 1)),
        subject: reference(),
        amount: Fen::new(100),
        months: 0,
        parts: Vec::new(),
        decision_number: reference(),
        applied: Vec::new(),
    })
}

fn revoked() -> EventBody {
    EventBody::AwardRevoked(AwardRevoked {
        award: award(),
        grounds: Note::parse("constructed").unwrap(),
        decision_number: reference(),
    })
}

fn found(kind: FindingKind) -> EventBody {
    EventBody::FindingMade(FindingMade {
        case: CaseId::from_bytes([2; 16]),
        finding: FindingId::from_bytes([3; 16]),
        kind,
        subject: Subject::Award(award()),
        persons: Vec::new(),
        decision_number: reference(),
    })
}

/// A state in which the award and what belongs to it are loaded and do not exist.
fn nothing() -> Context {
    let mut context = Context::default();
    context.awards.put(award(), None);
    context.cases.put(CaseId::from_bytes([2; 16]), None);
    let division = Division::new(DIVISION).unwrap();
    let register = award_register_key(&scheme(), division);
    context.award_registers.put(register, None);
    context
}

/// Each event with its date, and the counters after all of them: quarter, apart, count.
fn counted(events: &[(&str, EventBody)]) -> Vec<(String, bool, u64)> {
    let mut context = nothing();
    let mut counters = Counters::default();
    for (date, body) in events {
        let event = RecordedEvent {
            position: context.next_position,
            event_id: EventId::from_bytes([0; 16]),
            recorded_at: RecordedTime::from_micros(0),
            actor: Arc::from("tests"),
            source_system: Arc::from("tests"),
            event: Event {
                occurred_on: BusinessDate::parse(date).unwrap(),
                causes: Vec::new(),
                policy: Some(Position::FIRST),
                tags: Vec::new(),
                postings: Vec::new(),
                body: body.clone(),
            },
        };
        for (key, change) in changes(&context, &event) {
            assert_eq!(
                (key.measure, &key.profile.scheme),
                (Counted::Awards, &scheme())
            );
            assert_eq!(key.division.code(), DIVISION);
            counters.add(key, change);
        }
        apply(&mut context, &event);
    }
    let counters = counters.iter();
    let counted = counters.map(|(key, count)| (key.quarter.to_string(), key.found_false, count));
    counted.collect()
}

#[test]
fn awards_are_counted_taken_back_and_set_apart() {
    let approved = || ("2025-03-31", approved());
    let revoked = || ("2026-01-01", revoked());
    let false_ = || ("2025-06-30", found(FindingKind::Fraud));
    let mistake = || ("2025-06-30", found(FindingKind::HonestError));
    let counts = ("2025Q1".to_owned(), false, 1);
    let apart = ("2025Q1".to_owned(), true, 1);
    for (events, expected) in [
        (vec![approved()], vec![counts.clone()]),
        (vec![approved(), mistake()], vec![counts.clone()]),
        (
            vec![approved(), false_()],
            vec![counts.clone(), apart.clone()],
        ),
        (vec![approved(), false_(), false_()], vec![counts, apart]),
        (vec![approved(), revoked()], vec![]),
        (vec![approved(), false_(), revoked()], vec![]),
        (vec![approved(), revoked(), false_()], vec![]),
        (vec![approved(), revoked(), revoked()], vec![]),
    ] {
        assert_eq!(counted(&events), expected, "{events:?}");
    }
}

#[test]
#[should_panic(expected = "a counter is taken back once for each time that it was added to")]
fn a_counter_never_falls_below_zero() {
    let event = (Counted::Awards, -1);
    let key = ProgressKey {
        measure: event.0,
        found_false: false,
        division: Division::new(DIVISION).unwrap(),
        quarter: Quarter::new(2025, 1).unwrap(),
        profile: Profile::of_award(&scheme()),
    };
    Counters::default().add(key, event.1);
}
