//! Explanations of everything that random histories decide.

use super::random::{on_their_way, requests};
use super::world::*;
use crate::EngineOptions;
use crate::query::limits::PAGE_WORK_MAX;
use crate::query::{
    Chain, Decided, Decision, DecisionExplanation, Explain, ExplainAnswer, ExplanationSource,
    QueryError, Reader,
};
use ledger_core::coded::RuleKind;
use ledger_core::event::DisbursementSettled;
use ledger_core::event::DisbursementStage::{Advance, Final, Full};
use ledger_core::explain::{Evaluated, ExplanationDetail, Outcome};
use ledger_core::{CommandKind, DisbursementId, EventBody, Explanation, Fen, Position};
use ledger_log::{Log, MemoryStore};
use ledger_proto::{Interner, recorded_event_from_bytes};
use proptest::prelude::*;
use std::ops::ControlFlow;
use std::sync::Arc;

/// The chain of a decision, as the rules put it together.
pub(super) fn chain(explained: &DecisionExplanation) -> &Explanation {
    match &explained.chain {
        Chain::Evaluated(chain) => chain,
        Chain::Kept(kept) => panic!("kept beside a refusal: {kept:?}"),
    }
}

pub(super) fn rule_kinds(explained: &DecisionExplanation) -> Vec<RuleKind> {
    let rules = chain(explained).rules.iter();
    rules.map(|rule| rule.rule).collect()
}

pub(super) fn position(explained: &DecisionExplanation) -> Position {
    match explained.decided {
        Decided::Recorded(position) => position,
        Decided::Refused(number) => panic!("refused: {number}"),
    }
}

/// The rules of a chain that was kept beside a refusal, each with whether it refuses, and the
/// reasons without a rule.
pub(super) fn kept(explained: &DecisionExplanation) -> (Vec<bool>, Vec<String>) {
    let Chain::Kept(kept) = explained.chain.clone() else {
        panic!("worked out: {explained:?}")
    };
    let kept = kept.into_proto();
    let rules = kept.rules.iter().map(|rule| rule.refusal.is_some());
    let barred = kept.barred.iter().map(|refusal| refusal.reason.clone());
    (rules.collect(), barred.collect())
}

fn refuses(rule: &Evaluated) -> bool {
    matches!(rule.outcome, Outcome::Refused(_))
}

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
            (paid.command, paid.amount),
            (CommandKind::OrderDisbursement, Fen::new(100_000))
        );
        let id = DisbursementId::from_bytes([1; 16]);
        assert_eq!(paid.about.disbursement, Some(id));
        let persons: Vec<_> = approvals.iter().map(|of| of.about.person).collect();
        assert_eq!(persons, [1, 2].map(|n| Some(person_key(n))));
        for approval in approvals {
            assert_eq!(approval.source, ExplanationSource::Recomputed);
            assert_eq!(approval.deviations, []);
            assert_eq!(approval.amount, Fen::new(50_000));
            let kinds = rule_kinds(approval);
            for kind in [RuleKind::Quota, RuleKind::NoRepeat, RuleKind::Evidence] {
                assert!(kinds.contains(&kind), "{kind:?} in {kinds:?}");
            }
            assert!(chain(approval).citations().len() > 2);
            let inputs = chain(approval).rules.iter().flat_map(|rule| &rule.inputs);
            let mut positions = inputs.flat_map(|input| &input.positions);
            assert!(positions.all(|cause| *cause < position(approval)));
        }
    }
    let decisions = explain(&reader, disbursement(1), Some(2), 0);
    assert_eq!(
        decisions.len(),
        2,
        "the payment, and the approval of one person"
    );
    let advance = explain(&reader, disbursement(2), None, 0).remove(0);
    assert_eq!(
        rule_kinds(&advance),
        [RuleKind::Funds, RuleKind::PaymentSchedule]
    );
    let schedule = &chain(&advance).rules[1];
    assert!(schedule.citation.is_some());
    let inputs = schedule.inputs.iter();
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
    assert_eq!(refused.source, ExplanationSource::Recorded);
    assert_eq!(refused.decided, Decided::Refused(1));
    assert_eq!(refused.about.person, Some(person_key(1)));
    assert_eq!(kept(&refused).1, ["APPROVAL_EXISTS"]);
    let fact = explain(&reader, Decision::At(Position::FIRST), None, 0).remove(0);
    assert_eq!(fact.source, ExplanationSource::Partial);
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
    let within = |asked: &ExplainAnswer, work| {
        let mut told = Vec::new();
        let left_off = reader.explain_answer_within(asked, &appended, work, &mut |outcome, one| {
            told.push((outcome, one));
            ControlFlow::Continue(())
        });
        (told, usize::try_from(left_off.unwrap()).unwrap())
    };
    let (all, left_off) = within(&asked, PAGE_WORK_MAX);
    let outcomes: Vec<_> = all.iter().map(|(outcome, _)| *outcome).collect();
    assert_eq!((&outcomes[..], left_off), (&[0, 1, 2][..], 0));
    let counted = [0, 10, 50, 100, 200, 10_000].map(|work| {
        let (some, left_off) = within(&asked, work);
        assert_eq!(some, all[..some.len()], "work {work}");
        assert_eq!(some.len() + left_off, 3);
        some.len()
    });
    assert!(counted.is_sorted() && counted[0] == 0 && counted[5] == 3);
    assert!(counted.contains(&1) || counted.contains(&2), "{counted:?}");
    // Where nobody asks, the decisions are counted and nothing is read.
    let unasked = ExplainAnswer::new(&request.commands, ExplanationDetail::Count);
    assert!(unasked.is_due(&appended, false));
    assert_eq!(within(&unasked, PAGE_WORK_MAX), (Vec::new(), 3));
    // Nor is anything that the answer has no room for.
    let mut room = 2;
    let left_off = reader.explain_answer(&asked, &appended, &mut |_, _| {
        room -= 1;
        match room {
            0 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    });
    assert_eq!(left_off.unwrap(), 2);
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
                EventBody::SubsidyApproved(e) => e.amount,
                EventBody::ClassApproved(_) => Fen::ZERO,
                _ => continue,
            };
            let explained = explain(&reader, Decision::At(event.position), None, 0).remove(0);
            prop_assert_eq!(explained.source, ExplanationSource::Recomputed);
            prop_assert_eq!(&explained.deviations, &vec![], "at {}", event.position);
            prop_assert_eq!(explained.amount, amount);
            prop_assert!(chain(&explained).barred.is_empty());
            prop_assert!(!chain(&explained).rules.iter().any(refuses));
            approvals += 1;
        }
        prop_assert!(approvals >= 3);
        for number in 1..=world.engine.status().refusals {
            let refused = explain(&reader, Decision::Refusal(number), None, 0).remove(0);
            prop_assert_eq!(refused.source, ExplanationSource::Recorded);
            let (rules, barred) = kept(&refused);
            prop_assert!(rules.contains(&true) || !barred.is_empty());
        }
    }
}
