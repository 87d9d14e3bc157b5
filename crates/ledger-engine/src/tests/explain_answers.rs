//! What answers say of why: as `Explain` tells it, the same with every repeat, and bounded.

use super::explain::{chain, kept, position, rule_kinds};
use super::world::*;
use crate::query::limits::ANSWER_EXPLANATIONS_MAX;
use crate::query::{
    Chain, Decision, DecisionExplanation, Explain, ExplainAnswer, ExplanationSource, Reader,
};
use crate::{Appended, EngineOptions, Request};
use ledger_core::coded::RuleKind;
use ledger_core::command::{
    AccrueFunds, ApproveAward, AwardPartRequest, CommandBody, OpenAccount, OrderAwardPayment,
    PublishPolicy,
};
use ledger_core::event::{DisbursementStage, Payee};
use ledger_core::explain::ExplanationDetail;
use ledger_core::{
    AwardId, CommandKind, DisbursementId, Division, Fen, FundSource, Position, SchemeId,
};
use ledger_log::MemoryStore;
use std::ops::ControlFlow;
use std::sync::Arc;

/// The explanations of an answer: one list for each outcome, and how many are left off.
#[derive(Debug, PartialEq)]
struct AnswerExplanations {
    of_outcomes: Vec<Vec<DecisionExplanation>>,
    left_off: u32,
}

fn founded() -> World {
    World::founded(Arc::new(MemoryStore::new()), EngineOptions::default())
}

/// An answer with its explanations.
fn answered(
    world: &World,
    request: &Request,
    detail: ExplanationDetail,
) -> (Appended, AnswerExplanations) {
    let appended = world.engine.append_blocking(request.clone()).unwrap();
    let asked = ExplainAnswer::new(&request.commands, detail);
    let mut of_outcomes = vec![Vec::new(); request.commands.len()];
    let reader = world.engine.reader();
    let left_off = reader.explain_answer(&asked, &appended, &mut |outcome, one| {
        of_outcomes[outcome].push(one);
        ControlFlow::Continue(())
    });
    let left_off = left_off.unwrap();
    let explained = AnswerExplanations {
        of_outcomes,
        left_off,
    };
    (appended, explained)
}

/// What `Explain` tells of a decision, without what stands behind it.
fn told(reader: &Reader, decision: Decision) -> DecisionExplanation {
    let page = reader.explain(&Explain {
        decision,
        person: None,
        limit: 1,
        cursor: None,
    });
    page.unwrap().decisions.remove(0)
}

fn at(position: u64) -> Decision {
    Decision::At(Position::new(position))
}

#[test]
fn an_answer_tells_of_each_decision_what_explain_tells() {
    let world = founded();
    world.append(1, (1..4).map(register).collect());
    let mut bodies = trained(1, 1..3);
    // Two approvals, one of them twice, one of a stranger; and a payment.
    bodies.extend([approve(1, 1), approve(1, 1), approve(1, 2), approve(1, 3)]);
    bodies.push(order(1, 1, DisbursementStage::Full, &[1, 2]));
    let first = world.last() + 1;
    let request = independent(2, bodies.clone());
    let (appended, explained) = answered(&world, &request, ExplanationDetail::Full);
    let reader = world.engine.reader();
    assert_eq!(explained.left_off, 0);
    let facts = bodies.len() - 5;
    let recorded = first + u64::try_from(facts).unwrap();
    let expected = [
        (0, at(first)),
        (facts, at(recorded)),
        (facts + 1, Decision::Refusal(1)),
        (facts + 2, at(recorded + 1)),
        (facts + 3, Decision::Refusal(2)),
        (facts + 4, at(recorded + 2)),
    ];
    assert_eq!(explained.of_outcomes.len(), bodies.len());
    for (index, lists) in explained.of_outcomes.iter().enumerate() {
        let expected = expected.iter().filter(|(at, _)| *at == index);
        let expected: Vec<_> = expected.map(|(_, it)| told(&reader, *it)).collect();
        assert_eq!(*lists, expected, "command {index}");
    }
    // Each has rules or what bars it, and agrees with the record.
    for explained in explained.of_outcomes.iter().flatten() {
        let length = match &explained.chain {
            Chain::Evaluated(chain) => chain.rules.len() + chain.barred.len(),
            Chain::Kept(_) => kept(explained).0.len() + kept(explained).1.len(),
        };
        assert!(length > 0, "{explained:?}");
        assert_eq!(explained.deviations, []);
    }
    let approval = chain(&explained.of_outcomes[facts][0]);
    let inputs = approval.rules.iter().flat_map(|rule| &rule.inputs);
    assert!(inputs.filter(|input| !input.positions.is_empty()).count() > 2);
    assert!(!approval.citations().is_empty());

    // Whatever follows, a repeat is answered the same.
    world.append(3, vec![close_class(1), settle(1), open_case(1), find(1, 1)]);
    let (again, repeated) = answered(&world, &request, ExplanationDetail::Full);
    assert!(again.replayed);
    assert_eq!(again.outcomes, appended.outcomes);
    assert_eq!(repeated, explained);
}

#[test]
fn nothing_is_due_where_nothing_is_decided_or_recorded_or_asked_for() {
    let world = founded();
    let cases = [
        (
            request(1, vec![register(1)]),
            ExplanationDetail::Full,
            false,
        ),
        (request(2, trained(1, 1..2)), ExplanationDetail::Full, true),
        (request(2, trained(1, 1..2)), ExplanationDetail::None, false),
        (
            request(3, vec![approve(1, 1)]),
            ExplanationDetail::Data,
            true,
        ),
        // A refusal on record is explained, whatever it refuses.
        (request(4, vec![register(1)]), ExplanationDetail::Data, true),
        (
            request(4, vec![register(1)]),
            ExplanationDetail::None,
            false,
        ),
        (
            validate_only(request(5, vec![approve_class(2)])),
            ExplanationDetail::Full,
            false,
        ),
    ];
    for (request, detail, due) in cases {
        let appended = world.engine.append_blocking(request.clone()).unwrap();
        let asked = ExplainAnswer::new(&request.commands, detail);
        assert_eq!(
            asked.is_due(&appended, request.validate_only),
            due,
            "{request:?}"
        );
    }
}

#[test]
fn an_answer_is_explained_up_to_its_bound_and_counts_the_rest() {
    let world = founded();
    world.append(1, vec![register(1)]);
    world.append(2, trained(1, 1..2));
    let more = 3;
    let many = vec![approve(1, 1); ANSWER_EXPLANATIONS_MAX + more];
    let request = independent(3, many);
    let (_, explained) = answered(&world, &request, ExplanationDetail::Full);
    let count = explained.of_outcomes.iter().flatten().count();
    let left_off = usize::try_from(explained.left_off).unwrap();
    assert_eq!((count, left_off), (ANSWER_EXPLANATIONS_MAX, more));
    let (_, again) = answered(&world, &request, ExplanationDetail::Full);
    assert_eq!(again, explained);
}

fn province() -> Division {
    jinan().province()
}

fn award(n: u8, parts: FundSource) -> CommandBody {
    CommandBody::ApproveAward(ApproveAward {
        award: AwardId::from_bytes([n; 16]),
        scheme: SchemeId::parse("quality-technical-school").unwrap(),
        division: province(),
        recipient: Payee::Institution(school()),
        subject: ledger_core::Reference::parse("优质校1").unwrap(),
        amount: None,
        months: None,
        parts: vec![AwardPartRequest {
            division: province(),
            fund: parts,
            amount: None,
        }],
        decision_number: ledger_core::Reference::parse("决定1").unwrap(),
    })
}

fn pay_award(n: u8, amount: Option<i64>) -> CommandBody {
    CommandBody::OrderAwardPayment(OrderAwardPayment {
        disbursement: DisbursementId::from_bytes([n; 16]),
        award: AwardId::from_bytes([1; 16]),
        division: province(),
        fund: FundSource::SkilledTalent,
        amount: amount.map(Fen::new),
    })
}

/// The measures of the province, and an account of its own; gives the position of the document.
fn publish_measures(world: &World) -> u64 {
    let text = include_str!("../../../../policies/shandong/2020-18.toml");
    let text = text.replace("valid_from = 2020-12-18", "valid_from = 2020-01-01");
    let policy = Arc::new(ledger_policy::compile(&text).unwrap());
    let (division, fund) = (province(), FundSource::SkilledTalent);
    let published = world.last() + 1;
    let accrued = match accrue(2_000_000_000) {
        CommandBody::AccrueFunds(c) => AccrueFunds {
            division,
            fund,
            ..c
        },
        other => panic!("{other:?}"),
    };
    let text = Arc::from(text);
    let bodies = vec![
        CommandBody::PublishPolicy(PublishPolicy { text, policy }),
        CommandBody::OpenAccount(OpenAccount { division, fund }),
        CommandBody::AccrueFunds(accrued),
    ];
    world.append(1, bodies);
    published
}

/// An award is explained like any other approval, with its payment; a refused payment of it has its
/// own name.
#[test]
fn awards_their_payments_and_their_refusals_are_explained() {
    let world = founded();
    let published = publish_measures(&world);
    let fund = FundSource::SkilledTalent;
    let commands = vec![
        award(1, fund),
        // The same subject again, and a payment above the award.
        award(2, fund),
        pay_award(1, Some(600_000_000)),
        pay_award(2, None),
    ];
    let request = independent(2, commands);
    let (_, explained) = answered(&world, &request, ExplanationDetail::Full);
    let [approved, again, refused, paid] = explained.of_outcomes.as_slice() else {
        panic!("{explained:?}")
    };
    let approved = &approved[0];
    assert_eq!(approved.source, ExplanationSource::Recomputed);
    assert_eq!(approved.deviations, []);
    assert_eq!(approved.amount, Fen::new(500_000_000));
    let rules = chain(approved).rules.iter();
    let cited = rules.filter_map(|rule| rule.citation.as_ref());
    assert!(cited.clone().count() >= 3);
    let published = Position::new(published);
    assert!(cited.clone().all(|it| it.policy == published));
    let mut rules = chain(approved).rules.iter();
    let funds = rules.find(|it| it.rule == RuleKind::Funds);
    assert_eq!(funds.unwrap().inputs[0].positions, [published.next()]);

    let again = &again[0];
    assert_eq!(again.source, ExplanationSource::Recorded);
    let Chain::Kept(whole) = again.chain.clone() else {
        panic!("{again:?}")
    };
    let rules = whole.into_proto().rules;
    let against = rules.iter().find(|rule| rule.refusal.is_some()).unwrap();
    assert_eq!(against.rule().as_str_name(), "RULE_KIND_AWARD_EXCLUSIVITY");
    assert!(against.citation.is_some());
    let facts = &against.refusal.as_ref().unwrap().facts;
    assert_eq!(facts[..], [position(approved).get()]);
    assert!(rules.len() > 3, "and the other rules of the award");

    assert_eq!(
        [refused[0].command, paid[0].command],
        [CommandKind::OrderAwardPayment; 2]
    );
    let rule = &chain(&paid[0]).rules[0];
    assert_eq!(rule.rule, RuleKind::Funds);
    assert!(rule.citation.is_some());
    assert_eq!(rule.inputs[0].positions, [position(approved)]);

    let reader = world.engine.reader();
    let listed = reader.refusals(&Default::default()).unwrap();
    let kinds = listed.refusals.iter().map(|it| it.record.command_kind());
    assert!(kinds.eq([CommandKind::ApproveAward, CommandKind::OrderAwardPayment]));
    // What explains the disbursement ends with the approval of the award.
    let page = reader.explain(&Explain {
        decision: Decision::Disbursement(DisbursementId::from_bytes([2; 16])),
        person: None,
        limit: 0,
        cursor: None,
    });
    let decisions = page.unwrap().decisions;
    assert_eq!(decisions[0], paid[0]);
    assert_eq!(decisions[1], *approved);
}

#[test]
fn the_approval_of_a_class_is_explained_as_it_was_decided() {
    let world = founded();
    let approved_at = world.last() + 1;
    let request = request(1, vec![approve_class(1)]);
    let (_, explained) = answered(&world, &request, ExplanationDetail::Full);
    let class = &explained.of_outcomes[0][0];
    assert_eq!(position(class), Position::new(approved_at));
    assert_eq!(class.source, ExplanationSource::Recomputed);
    assert_eq!(class.deviations, []);
    let kinds = rule_kinds(class);
    assert_eq!(
        kinds,
        [RuleKind::Funds, RuleKind::Qualification, RuleKind::Amount]
    );
    // The grant of the qualification is the fifth event of the world.
    let inputs = &chain(class).rules[1].inputs;
    assert_eq!(inputs[1].positions, [Position::new(5)]);
    // What happens to the class later does not change it.
    world.append(2, vec![open_class(1), close_class(1)]);
    assert_eq!(told(&world.engine.reader(), at(approved_at)), *class);
    // The same again is refused by the state and still explained by its rules.
    let again = independent(3, vec![approve_class(1)]);
    let (_, explained) = answered(&world, &again, ExplanationDetail::Full);
    let (rules, barred) = kept(&explained.of_outcomes[0][0]);
    assert_eq!(
        (rules.len(), &barred[..]),
        (kinds.len(), &["CLASS_EXISTS".to_owned()][..])
    );
}
