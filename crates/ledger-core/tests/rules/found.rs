//! What a person's key finds: whatever is about the person, paid to them, or owed by them.

use ledger_core::command::Debt;
use ledger_core::event::Payee;
use ledger_core::{
    Context, Entity, EntityKey, EventBody, PersonKey, Position, RecordedEvent, Tag, apply,
    missing_for_event,
};

use crate::script::{Script, run};
use crate::tables::BODIES;

/// A master is paid for two apprentices, and pays back.
const MASTER: &str = "
    2019-01-01 policy P1 payees=person,master
    2020-02-20 class C1
               open C1
    2020-03-31 graduate C1 A,B
               approve C1 A,B
               person M @registered
               order D1 C1 full A,B to=master:M @ordered
    2020-04-01 settle D1 @settled
    2020-05-01 case S1 I1
               find S1 F1 C1 A kind=honest
               claw W1 S1 F1 D1:A:400.00 @clawback
    2020-06-01 repay W1 150.00 @repaid
               repay W1 250.00 @repaid_in_full
";

/// The event at a label.
fn at<'a>(script: &'a Script, label: &str) -> &'a RecordedEvent {
    let position = script.labels[label];
    let mut events = script.ledger.events.iter();
    events.find(|event| event.position == position).unwrap()
}

fn payee(event: &RecordedEvent) -> PersonKey {
    match &event.event.body {
        EventBody::DisbursementOrdered(e) => e.payee.person().unwrap(),
        body => panic!("{body:?}"),
    }
}

#[test]
fn a_master_is_found_with_everything_that_was_paid_and_came_back() {
    let script = run(&[BODIES, MASTER]);
    let master = payee(at(&script, "ordered"));
    let Some(Entity::Person(person)) = script.ledger.entities.get(&EntityKey::Person(master))
    else {
        panic!("the master is registered")
    };
    let labels = [
        "registered",
        "ordered",
        "settled",
        "clawback",
        "repaid",
        "repaid_in_full",
    ];
    let expected: Vec<Position> = labels.iter().map(|label| script.labels[*label]).collect();
    assert_eq!(person.timeline, expected);
    for label in labels {
        let tags = &at(&script, label).event.tags;
        assert!(tags.contains(&Tag::Person(master)), "{label}: {tags:?}");
    }
}

/// Before payees had to be registered a master could be paid who was not: such a log replays.
#[test]
fn a_payment_to_somebody_unknown_replays() {
    let script = run(&[BODIES, MASTER]);
    let unknown = PersonKey::from_bytes([0xEE; 16]);
    let mut context = Context::default();
    let mut keys = Vec::new();
    for recorded in &script.ledger.events {
        let mut recorded = recorded.clone();
        match &mut recorded.event.body {
            EventBody::DisbursementOrdered(e) => e.payee = Payee::Master(unknown),
            EventBody::ClawbackDecided(e) => e.debtor = Payee::Master(unknown),
            _ => {}
        }
        loop {
            missing_for_event(&context, &recorded.event, &mut keys);
            if keys.is_empty() {
                break;
            }
            for key in keys.drain(..) {
                context.put(key, None);
            }
        }
        apply(&mut context, &recorded);
    }
    assert_eq!(context.persons.get(&unknown), None);
    let EventBody::RepaymentReceived(repaid) = &at(&script, "repaid_in_full").event.body else {
        panic!("it is a repayment")
    };
    let Debt::Clawback(clawback) = repaid.debt else {
        panic!("of a clawback")
    };
    let clawback = context.clawbacks.get(&clawback).unwrap();
    assert_eq!(clawback.debtor, Payee::Master(unknown));
    assert!(clawback.outstanding.is_zero());
}
