//! Explanations of everything that random histories decide.

use super::random::{on_their_way, requests};
use super::world::*;
use crate::EngineOptions;
use crate::query::{Decision, Explain, ExplainAnswer, QueryError, Reader};
use ledger_core::event::DisbursementSettled;
use ledger_core::event::DisbursementStage::{Advance, Final, Full};
use ledger_core::{DisbursementId, EventBody, Position};
use ledger_log::{Log, MemoryStore};
use ledger_proto::from_proto::ExplanationDetail;
use ledger_proto::v1::{DecisionExplanation, ExplanationSource, RuleKind};
use ledger_proto::{Interner, recorded_event_from_bytes};
use proptest::prelude::*;
use std::sync::Arc;

fn events(store: &MemoryStore) -> Vec<ledger_core::RecordedEvent> {
    let mut names = Interner::default();
    let blocks = store.blocks_from(Position::FIRST).map(Result::unwrap);
    let mut events = Vec::new();
    for block in blocks {
        let records = block.records();
        let decoded = records.map(|record| recorded_event_from_bytes(record.bytes, &mut names));
        events.extend(decoded.map(Result::unwrap));
    }
    events
}

/// Every page of an explanation, of so many decisions each.
fn explain(
    reader: &Reader,
    decision: Decision,
    person: Option<u8>,
    limit: usize,
) -> Vec<DecisionExplanation> {
    let mut query = Explain {
        decision,
        person: person.map(person_key),
        limit,
        cursor: None,
    };
    let mut decisions = Vec::new();
    loop {
        let page = reader.explain(&query).unwrap();
        decisions.extend(page.decisions);
        query.cursor = page.next;
        if query.cursor.is_none() {
            return decisions;
        }
    }
}

fn disbursement(n: u8) -> Decision {
    Decision::Disbursement(DisbursementId::from_bytes([n; 16]))
}

/// A class of three with one paid, one refused, and everything before it.
fn world() -> (Arc<MemoryStore>, World) {
    let store = Arc::new(MemoryStore::new());
    let world = World::founded(store.clone(), EngineOptions::default());
    world.append(1, (1..4).map(register).collect());
    world.append(2, trained(1, 1..4));
    world.append(3, trained(2, 1..4));
    world.append(4, vec![approve(1, 1), approve(1, 2), approve(2, 1)]);
    world.append(5, vec![approve(1, 1)]);
    world.append(6, vec![close_class(1), close_class(2)]);
    world.append(7, vec![order(1, 1, Full, &[1, 2])]);
    world.append(8, vec![order(2, 2, Advance, &[1, 2, 3])]);
    world.append(9, vec![settle(1), settle(2), employ(2, 1)]);
    (store, world)
}

#[test]
fn a_payment_is_explained_by_its_schedule_and_every_approval_behind_it() {
    let (_, world) = world();
    let reader = world.engine.reader();
    for limit in [0, 1, 2] {
        let decisions = explain(&reader, disbursement(1), None, limit);
        let [paid, approvals @ ..] = decisions.as_slice() else {
            panic!("{decisions:?}")
        };
        assert_eq!(
            (paid.command.as_str(), paid.amount_fen),
            ("order_disbursement", 100_000)
        );
        assert!(!paid.disbursement_id.is_empty());
        let persons: Vec<_> = approvals.iter().map(|of| of.person_key[0]).collect();
        assert_eq!(persons, [1, 2]);
        for approval in approvals {
            assert_eq!(approval.source(), ExplanationSource::Recomputed);
            assert_eq!(approval.deviations, []);
            assert_eq!((approval.accepted, approval.amount_fen), (true, 50_000));
            let kinds: Vec<_> = approval.rules.iter().map(|rule| rule.rule()).collect();
            for kind in [RuleKind::Quota, RuleKind::NoRepeat, RuleKind::Evidence] {
                assert!(kinds.contains(&kind), "{kind:?} in {kinds:?}");
            }
            let cited = approval.rules.iter().filter(|rule| rule.citation.is_some());
            assert!(cited.count() > 2);
            let positions = approval.rules.iter().flat_map(|rule| &rule.inputs);
            let mut positions = positions.flat_map(|input| &input.positions);
            assert!(positions.all(|position| *position < approval.position));
        }
    }
    let decisions = explain(&reader, disbursement(1), Some(2), 0);
    assert_eq!(
        decisions.len(),
        2,
        "the payment, and the approval of one person"
    );
    let advance = explain(&reader, disbursement(2), None, 0).remove(0);
    let kinds: Vec<_> = advance.rules.iter().map(|rule| rule.rule()).collect();
    assert_eq!(kinds, [RuleKind::Funds, RuleKind::PaymentSchedule]);
    assert!(advance.rules[1].citation.is_some());
    let inputs = advance.rules[1].inputs.iter();
    assert!(
        inputs
            .map(|input| input.value.as_str())
            .any(|value| value == "60/100")
    );
}

/// The bank decides nothing: what it confirms or returns is explained by the order.
#[test]
fn what_the_bank_reports_is_explained_by_the_order() {
    let (store, world) = world();
    world.append(10, vec![send_back(1)]);
    let reader = world.engine.reader();
    let ordered = explain(&reader, disbursement(1), None, 0);
    let id = DisbursementId::from_bytes([1; 16]);
    let of_first = |body: &EventBody| match body {
        EventBody::DisbursementSettled(DisbursementSettled { disbursement, .. }) => {
            *disbursement == id
        }
        EventBody::DisbursementReturned(e) => e.disbursement == id,
        _ => false,
    };
    let reported = events(&store)
        .into_iter()
        .filter(|event| of_first(&event.event.body));
    let reported: Vec<_> = reported.map(|event| event.position).collect();
    assert_eq!(reported.len(), 2);
    for position in reported {
        assert_eq!(explain(&reader, Decision::At(position), None, 0), ordered);
    }
}

#[test]
fn a_settlement_and_a_refusal_are_explained() {
    let (store, world) = world();
    assert!(matches!(
        world.append(10, vec![order(3, 2, Final, &[1, 2, 3])])[..],
        [Became::Recorded(_)]
    ));
    let settled = events(&store)
        .into_iter()
        .find(|event| matches!(event.event.body, EventBody::ProjectSettled(_)));
    let reader = world.engine.reader();
    let decisions = explain(&reader, Decision::At(settled.unwrap().position), None, 0);
    assert_eq!(decisions.len(), 2, "the settlement, and the one approval");
    let refused = explain(&reader, Decision::Refusal(1), None, 0).remove(0);
    assert_eq!(refused.source(), ExplanationSource::Recorded);
    assert_eq!((refused.accepted, refused.refusal_number), (false, 1));
    assert_eq!(refused.person_key, [1; 16]);
    assert_eq!(refused.barred[0].reason, "APPROVAL_EXISTS");
    let fact = explain(&reader, Decision::At(Position::FIRST), None, 0).remove(0);
    assert_eq!(fact.source(), ExplanationSource::Partial);
}

/// Every fact in a block of its own, so that reading it costs.
fn scattered() -> World {
    let world = World::founded(Arc::new(MemoryStore::new()), EngineOptions::default());
    let facts = (1..4).map(register).chain(trained(1, 1..4));
    for (id, fact) in (1..).zip(facts) {
        world.append(id, vec![fact]);
    }
    world
}

#[test]
fn a_page_ends_where_its_work_does_and_leaves_nothing_out() {
    let world = scattered();
    for person in 1..4_u8 {
        world.append(100 + u64::from(person), vec![approve(1, person)]);
    }
    let paid = order(1, 1, Full, &[1, 2, 3]);
    world.append(200, vec![paid]);
    let reader = world.engine.reader();
    let all = explain(&reader, disbursement(1), None, 100);
    assert_eq!(all.len(), 4, "the payment and three approvals");
    let pages = |work| {
        let mut query = Explain {
            decision: disbursement(1),
            person: None,
            limit: 100,
            cursor: None,
        };
        let (mut found, mut pages) = (Vec::new(), 0);
        loop {
            let page = reader.explain_within(&query, work).unwrap();
            found.extend(page.decisions);
            pages += 1;
            query.cursor = page.next;
            if query.cursor.is_none() {
                assert_eq!(found, all, "work {work}");
                return pages;
            }
            assert!(pages < 100, "a page got nowhere with work {work}");
        }
    };
    // Without any work each page still has one; with some there are fewer, and then one is enough.
    let counted: Vec<usize> = [0, 20, 200, 300, 10_000].into_iter().map(pages).collect();
    assert!(counted[0] >= 4, "{counted:?}");
    assert!(counted.is_sorted_by(|before, after| before >= after));
    assert!(
        counted.iter().any(|pages| (2..counted[0]).contains(pages)),
        "{counted:?}"
    );
    assert_eq!(counted[4], 1);
}

#[test]
fn the_explanations_of_an_answer_end_where_their_work_does() {
    let world = scattered();
    let bodies: Vec<_> = (1..4).map(|person| approve(1, person)).collect();
    let request = request(100, bodies);
    let appended = world.engine.append_blocking(request.clone()).unwrap();
    let asked = ExplainAnswer::new(&request.commands, ExplanationDetail::Full);
    let reader = world.engine.reader();
    let all = reader.explain_answer(&asked, &appended).unwrap();
    assert_eq!((all.of_outcomes.len(), all.left_off), (3, 0));
    let counted = [0, 10, 50, 100, 200, 10_000].map(|work| {
        let some = reader.explain_answer_within(&asked, &appended, work);
        let some = some.unwrap();
        let told = some.of_outcomes.len();
        assert_eq!(some.of_outcomes, all.of_outcomes[..told], "work {work}");
        assert_eq!(told + usize::try_from(some.left_off).unwrap(), 3);
        told
    });
    assert!(counted.is_sorted() && counted[0] == 0 && counted[5] == 3);
    assert!(counted.contains(&1) || counted.contains(&2), "{counted:?}");
    // Where nobody asks, the decisions are counted and nothing is read.
    let unasked = ExplainAnswer::new(&request.commands, ExplanationDetail::Count);
    assert!(unasked.is_due(&appended, false));
    let none = reader.explain_answer(&unasked, &appended).unwrap();
    assert_eq!((none.of_outcomes.len(), none.left_off), (0, 3));
}

#[test]
fn what_is_none_is_refused() {
    let (_, world) = world();
    let last = world.last();
    let ask = |decision| {
        let query = Explain {
            decision,
            person: None,
            limit: 0,
            cursor: None,
        };
        world.engine.reader().explain(&query).unwrap_err()
    };
    for decision in [
        Decision::At(Position::ZERO),
        Decision::Refusal(0),
        Decision::Refusal(2),
    ] {
        assert!(matches!(ask(decision), QueryError::OutOfBounds { .. }));
    }
    let future = Decision::At(Position::new(last + 1));
    assert!(matches!(ask(future), QueryError::PositionInFuture { .. }));
    assert!(matches!(ask(disbursement(9)), QueryError::NotFound { .. }));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    /// Whatever happened since, every approval is worked out again as it was recorded.
    #[test]
    fn every_approval_is_worked_out_again_as_recorded(requests in requests(40)) {
        let store = Arc::new(MemoryStore::new());
        let world = World::founded(store.clone(), EngineOptions::default());
        world.append(1_000_001, on_their_way());
        for request in requests {
            world.engine.append_blocking(request).unwrap();
        }
        let reader = world.engine.reader();
        let mut approvals = 0;
        for event in events(&store) {
            let amount = match &event.event.body {
                EventBody::SubsidyApproved(e) => e.amount.get(),
                EventBody::ClassApproved(_) => 0,
                _ => continue,
            };
            let explained = explain(&reader, Decision::At(event.position), None, 0).remove(0);
            prop_assert_eq!(explained.source(), ExplanationSource::Recomputed);
            prop_assert_eq!(&explained.deviations, &vec![], "at {}", event.position);
            prop_assert_eq!(explained.amount_fen, amount);
            prop_assert!(explained.barred.is_empty());
            prop_assert!(explained.rules.iter().all(|rule| rule.refusal.is_none()));
            approvals += 1;
        }
        prop_assert!(approvals >= 3);
        for number in 1..=world.engine.status().refusals {
            let refused = explain(&reader, Decision::Refusal(number), None, 0).remove(0);
            prop_assert_eq!(refused.source(), ExplanationSource::Recorded);
            let against = refused.rules.iter().filter(|rule| rule.refusal.is_some());
            prop_assert!(against.count() + refused.barred.len() > 0);
        }
    }
}
