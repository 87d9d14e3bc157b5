//! Every decision of every table is explained: by all that was decided, and in both languages.

use ledger_core::coded::RuleKind;
use ledger_core::command::{Command, CommandBody};
use ledger_core::event::AppliedRule;
use ledger_core::explain::{Evaluated, Explanation, Outcome, unit_of};
use ledger_core::{
    Context, Decision, EventBody, Reason, Refusal, explain_approval, explain_award_approval,
    explain_class_approval, explain_refused_payment,
};

/// Kinds of rules that hold without a document.
const WITHOUT_DOCUMENT: [RuleKind; 2] = [RuleKind::Qualification, RuleKind::Finding];

/// What may also be refused without a clause, and then names what it rests on as a fact: a contract
/// (residence), an order that no document asks for, a payee where no document names one, and the
/// document that has no such rule.
const WITHOUT_CLAUSE: [Reason; 6] = [
    Reason::NotResident,
    Reason::OrderNotReady,
    Reason::WrongPayee,
    Reason::PayeeNotFound,
    Reason::ProjectNotAllowed,
    Reason::RateNotFound,
];

/// Inputs that are written by people: names of documents, of projects, and identifiers.
const WRITTEN: [&str; 4] = ["rate table", "subject", "order", "earlier subsidy"];

pub(super) fn check(context: &Context, command: &Command, decided: &Result<Decision, Refusal>) {
    let on = command.occurred_on;
    let chain = match (&command.body, decided) {
        (CommandBody::ApproveSubsidy(c), _) => explain_approval(context, c.class, c.person, on),
        (CommandBody::ApproveClass(c), _) => explain_class_approval(context, c, on),
        (CommandBody::ApproveAward(c), _) => explain_award_approval(context, c, on),
        (CommandBody::OrderDisbursement(c), Err(refusal)) => {
            explain_refused_payment(context, c, on, refusal)
        }
        (_, Err(refusal)) => Explanation::refused(refusal),
        (_, Ok(_)) => return,
    };
    match decided {
        Ok(decision) => {
            assert_eq!(chain.refusals(), [], "an approval has nothing against it");
            assert!(!chain.rules.is_empty(), "an approval rests on rules");
            for applied in decision.events.iter().flat_map(|it| applied(&it.body)) {
                let of = |it: &Evaluated| (it.rule, it.limit, it.found);
                let has_numbers = applied.limit.or(applied.found).is_some();
                assert!(
                    !has_numbers || unit_of(applied.rule).is_some(),
                    "{applied:?}"
                );
                let applied = (applied.rule, applied.limit, applied.found);
                assert!(
                    chain.rules.iter().any(|it| of(it) == applied),
                    "{applied:?}"
                );
            }
        }
        // What a rule of a document refuses stands in the chain as it was refused. The bounds of
        // the command itself come before any rule.
        Err(refusal) if refusal.rule.is_some() => {
            assert!(
                chain.refusals().contains(refusal),
                "{refusal:?} in {chain:?}"
            );
        }
        Err(_) => {}
    }
    if let Err(refusal) = decided {
        check_source(refusal);
    }
    check_words(&chain);
}

/// What a kind of rule refuses names the document and clause that it stands in.
fn check_source(refusal: &Refusal) {
    let by_rule = Explanation::refused(refusal);
    let Some(rule) = by_rule.rules.first() else {
        return;
    };
    if refusal.rule.is_none() && !WITHOUT_DOCUMENT.contains(&rule.rule) {
        assert!(WITHOUT_CLAUSE.contains(&refusal.reason), "{refusal:?}");
        assert!(!refusal.facts.is_empty(), "{refusal:?}");
    }
}

/// The rules that an approval notes.
fn applied(body: &EventBody) -> &[AppliedRule] {
    match body {
        EventBody::SubsidyApproved(e) => &e.applied,
        EventBody::AwardApproved(e) => &e.applied,
        _ => &[],
    }
}

/// A text in Chinese has no word of English, and a text in English none of Chinese.
pub(crate) fn check_words(chain: &Explanation) {
    for rule in &chain.rules {
        let has_numbers = rule.limit.or(rule.found).is_some();
        assert_eq!(rule.unit().is_some(), has_numbers, "{rule:?}");
        if let Outcome::Refused(refusal) = &rule.outcome {
            assert_eq!(rule.citation, refusal.rule, "{rule:?}");
        }
        for input in rule
            .inputs
            .iter()
            .filter(|it| !WRITTEN.contains(&it.name_en))
        {
            // Divisions, occupations and their like are codes; they have digits only.
            assert!(
                !has_latin(input.value_zh()) && !has_latin(input.name_zh),
                "{input:?}"
            );
            assert!(
                !has_han(&input.value) && !has_han(input.name_en),
                "{input:?}"
            );
        }
        // The rest of the sentence. What people have written of the document is left out, and what
        // is refused is named by its code as well.
        let outcome = rule.outcome.clone();
        let bare = Evaluated {
            citation: None,
            inputs: Vec::new(),
            ..rule.clone()
        };
        let code = match &outcome {
            Outcome::Refused(refusal) => refusal.reason.name(),
            Outcome::Passed | Outcome::Amount(_) | Outcome::NotApplicable => "",
        };
        assert!(
            !has_latin(&bare.text_zh().replace(code, "")),
            "{}",
            bare.text_zh()
        );
        assert!(!has_han(&bare.text_en()), "{}", bare.text_en());
    }
    for refusal in &chain.barred {
        check_reason(refusal.reason);
    }
}

pub(crate) fn check_reason(reason: Reason) {
    assert!(!has_latin(reason.message_zh()), "{reason:?}");
    assert!(!has_han(reason.message_en()), "{reason:?}");
}

pub(crate) fn has_latin(text: &str) -> bool {
    text.contains(|letter: char| letter.is_ascii_alphabetic())
}

pub(crate) fn has_han(text: &str) -> bool {
    text.contains(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))
}
