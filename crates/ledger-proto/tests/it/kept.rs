//! What is kept beside a refusal, and the head of what is stored.

use ledger_core::event::Subject;
use ledger_core::explain::DecisionSubject;
use ledger_core::{AwardId, DisbursementId, Explanation, Reason, Refusal};
use ledger_proto::refusal_bytes::{
    KeptCommand, KeptExplanation, command_to_bytes, explanation_to_bytes,
};
use ledger_proto::to_proto::explanation_to_proto;
use ledger_proto::{EventHead, recorded_event_to_bytes};

use crate::samples;

#[test]
fn every_kept_command_says_its_kind_and_what_a_decision_about_money_was_to_be_about() {
    for command in samples::commands() {
        let kept = KeptCommand::from_bytes(&command_to_bytes(&command)).unwrap();
        let kind = command.body.kind();
        assert_eq!(kept.kind(), Some(kind));
        assert_eq!(kept.command(&|_| Ok(samples::policy())).unwrap(), command);
        let is_named = kept.subject() != DecisionSubject::default();
        assert_eq!(is_named, kind.nature().is_about_money(), "{kind:?}");
    }
    assert!(KeptCommand::from_bytes(&[0xff]).is_err());
}

#[test]
fn a_kept_decision_about_money_names_its_class_or_award_person_and_disbursement() {
    let of_kind = |name: &str| {
        let all = samples::commands().into_iter();
        let mut found = all.filter(|command| command.body.kind().name() == name);
        let bytes = command_to_bytes(&found.next().unwrap());
        KeptCommand::from_bytes(&bytes).unwrap().subject()
    };
    let class = Some(Subject::Class(samples::class()));
    let approved = of_kind("approve_subsidy");
    assert_eq!((approved.subject, approved.disbursement), (class, None));
    assert!(approved.person.is_some());
    let ordered = of_kind("order_disbursement");
    assert_eq!((ordered.subject, ordered.person), (class, None));
    let is_some = |id: Option<DisbursementId>| id.is_some();
    assert!(is_some(ordered.disbursement));
    let is_award = |subject: DecisionSubject| -> Option<AwardId> { subject.subject?.award() };
    let award = of_kind("approve_award");
    assert!(is_award(award).is_some() && !is_some(award.disbursement));
    let paid = of_kind("order_award_payment");
    assert!(is_award(paid).is_some() && is_some(paid.disbursement));
}

#[test]
fn a_kept_chain_is_handed_on_as_it_was_kept() {
    let chain = Explanation::refused(&Refusal::new(Reason::YearlyQuotaUsed));
    let kept = KeptExplanation::from_bytes(&explanation_to_bytes(&chain)).unwrap();
    assert_eq!(kept.into_proto(), explanation_to_proto(&chain));
    assert!(KeptExplanation::from_bytes(&[0xff]).is_err());
}

#[test]
fn the_head_of_an_event_says_its_kind_and_its_time() {
    for recorded in samples::events() {
        let mut bytes = Vec::new();
        recorded_event_to_bytes(&recorded, &mut bytes);
        let head = EventHead::from_bytes(&bytes).unwrap();
        let kind = recorded.event.body.kind();
        assert_eq!(head.kind(), Some(kind));
        assert_eq!(head.recorded_at(), recorded.recorded_at);
        assert!(head.is_one_of(&[]) && head.is_one_of(&[kind]));
        let others = ledger_core::EventKind::ALL.into_iter();
        let others: Vec<_> = others.filter(|other| *other != kind).collect();
        assert!(!head.is_one_of(&others));
    }
    assert!(EventHead::from_bytes(&[0xff]).is_err());
}
