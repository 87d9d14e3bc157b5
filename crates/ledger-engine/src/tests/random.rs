//! Random requests over a small world: few enough identifiers that most of them meet.

use super::world::*;
use crate::Request;
use ledger_core::command::CommandBody;
use ledger_core::event::DisbursementStage::{Advance, Final, Full};
use proptest::prelude::*;

/// Ids of classes, persons and so on.
const FEW: std::ops::Range<u8> = 1..4;

/// One command: mostly the next step of somebody's way through a class.
pub(super) fn command() -> impl Strategy<Value = CommandBody> {
    let few = || FEW;
    let stage = prop_oneof![Just(Advance), Just(Final), Just(Full)];
    let persons = proptest::sample::subsequence(vec![1_u8, 2, 3], 1..=3);
    let place = || (few(), few());
    prop_oneof![
        2 => few().prop_map(register),
        2 => (few(), prop_oneof!["2020-01-01", "2020-03-01"])
            .prop_map(|(person, from)| declare(person, &from)),
        1 => (few(), prop_oneof!["2020-02-01", "2020-06-01"])
            .prop_map(|(person, until)| end(person, &until)),
        4 => (1_u64..60).prop_map(annul),
        2 => few().prop_map(approve_class),
        2 => few().prop_map(open_class),
        1 => few().prop_map(close_class),
        4 => place().prop_map(|(class, person)| enrol(class, person)),
        1 => place().prop_map(|(class, person)| withdraw(class, person)),
        2 => place().prop_map(|(class, person)| attend(class, person)),
        4 => place().prop_map(|(class, person)| complete(class, person)),
        4 => place().prop_map(|(class, person)| certify(class, person)),
        1 => place().prop_map(|(class, person)| invalidate(class, person)),
        3 => place().prop_map(|(class, person)| employ(class, person)),
        4 => place().prop_map(|(class, person)| approve(class, person)),
        4 => (few(), few(), stage, persons).prop_map(|(n, class, stage, persons)| {
            order(n, class, stage, &persons)
        }),
        // A project is settled by naming everybody.
        2 => few().prop_map(|n| order(n, 2, Final, &[1, 2])),
        1 => few().prop_map(|n| order(n, 2, Final, &[1, 2, 3])),
        3 => few().prop_map(settle),
        1 => few().prop_map(send_back),
        1 => few().prop_map(open_case),
        2 => place().prop_map(|(case, class)| find(case, class)),
        3 => (few(), few(), few(), few(), few())
            .prop_map(|(n, case, class, paid, person)| claw_back(n, case, class, paid, person)),
        2 => (few(), 1_i64..30_000).prop_map(|(n, fen)| repay(n, fen)),
        1 => few().prop_map(close_case),
        1 => (-1_i64..1_000).prop_map(accrue),
    ]
}

/// Requests of one to six commands of every mode.
pub(super) fn requests(count: usize) -> impl Strategy<Value = Vec<Request>> {
    let bodies = proptest::collection::vec(command(), 1..=6);
    let drawn = (bodies, any::<bool>(), proptest::bool::weighted(0.1));
    proptest::collection::vec(drawn, count).prop_map(|drawn| {
        let numbered = (1..).zip(drawn);
        numbered
            .map(|(id, (bodies, atomic, only_validate))| {
                let request = if atomic {
                    request(id, bodies)
                } else {
                    independent(id, bodies)
                };
                if only_validate {
                    validate_only(request)
                } else {
                    request
                }
            })
            .collect()
    })
}

/// A way through two classes and to a clawback, before the random requests, so that these find
/// something to pay and to repay.
pub(super) fn on_their_way() -> Vec<CommandBody> {
    let mut bodies: Vec<_> = FEW.map(register).collect();
    bodies.extend(trained(1, 1..3));
    bodies.extend(trained(2, 1..4));
    bodies.extend([
        approve(1, 1),
        approve(1, 2),
        approve(2, 1),
        close_class(1),
        close_class(2),
    ]);
    bodies.extend([
        order(1, 1, Full, &[1, 2]),
        settle(1),
        order(2, 2, Advance, &[1, 2]),
    ]);
    bodies.extend([open_case(1), find(1, 1), claw_back(1, 1, 1, 1, 1)]);
    bodies
}
