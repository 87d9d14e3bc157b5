//! The chain of rules behind a decision.

use ledger_core::explain::{Evaluated, Input, Outcome};
use ledger_core::{EventKind, Explanation};

use super::value::positions;
use super::{refusal_to_proto, rule_citation_to_proto, rule_kind_to_proto};
use crate::v1;

/// Translates a chain of rules; whose decision it is, the caller adds.
#[must_use]
pub fn explanation_to_proto(explanation: &Explanation) -> v1::DecisionExplanation {
    v1::DecisionExplanation {
        rules: explanation.rules.iter().map(evaluated_to_proto).collect(),
        barred: explanation.barred.iter().map(refusal_to_proto).collect(),
        ..v1::DecisionExplanation::default()
    }
}

/// Translates one rule of a chain, with its sentences.
#[must_use]
pub fn evaluated_to_proto(evaluated: &Evaluated) -> v1::ExplainedRule {
    let (outcome, amount_fen, refusal) = match &evaluated.outcome {
        Outcome::Passed => (v1::RuleOutcome::Passed, 0, None),
        Outcome::Refused(refusal) => (v1::RuleOutcome::Refused, 0, Some(refusal_to_proto(refusal))),
        Outcome::Amount(amount) => (v1::RuleOutcome::Amount, amount.get(), None),
        Outcome::NotApplicable => (v1::RuleOutcome::NotApplicable, 0, None),
    };
    v1::ExplainedRule {
        rule: rule_kind_to_proto(evaluated.rule).into(),
        citation: evaluated.citation.as_ref().map(rule_citation_to_proto),
        inputs: evaluated.inputs.iter().map(input_to_proto).collect(),
        limit: evaluated.limit,
        found: evaluated.found,
        outcome: outcome.into(),
        amount_fen,
        refusal,
        text_en: evaluated.text_en(),
        text_zh: evaluated.text_zh(),
    }
}

fn input_to_proto(input: &Input) -> v1::RuleInput {
    v1::RuleInput {
        name_en: input.name_en.to_owned(),
        name_zh: input.name_zh.to_owned(),
        value: input.value.clone(),
        value_zh: input.value_zh.clone().unwrap_or_default(),
        positions: positions(&input.positions),
    }
}

/// Leaves the sentences off: the chain as data.
pub fn without_texts(explanation: &mut v1::DecisionExplanation) {
    for rule in &mut explanation.rules {
        rule.text_en.clear();
        rule.text_zh.clear();
    }
}

/// The command, as the contract names it, that asks for an event of a kind.
#[must_use]
pub const fn command_asked_for(kind: EventKind) -> &'static str {
    match kind {
        EventKind::PolicyPublished | EventKind::CataloguePublished => "publish_policy",
        EventKind::AccountOpened => "open_account",
        EventKind::FundsAccrued => "accrue_funds",
        EventKind::FundsTransferred => "transfer_funds",
        EventKind::InstitutionRegistered => "register_institution",
        EventKind::QualificationGranted => "grant_qualification",
        EventKind::QualificationRevoked => "revoke_qualification",
        EventKind::PersonRegistered => "register_person",
        EventKind::PersonStatusDeclared => "declare_person_status",
        EventKind::PersonStatusEnded => "end_person_status",
        EventKind::ClassApproved => "approve_class",
        EventKind::ClassOpened => "open_class",
        EventKind::ClassClosed => "close_class",
        EventKind::PersonEnrolled => "enrol_person",
        EventKind::EnrolmentWithdrawn => "withdraw_enrolment",
        EventKind::AttendanceRecorded => "record_attendance",
        EventKind::TrainingCompleted => "complete_training",
        EventKind::AssessmentRecorded => "record_assessment",
        EventKind::CertificateIssued => "issue_certificate",
        EventKind::CertificateInvalidated => "invalidate_certificate",
        EventKind::EmploymentConfirmed => "confirm_employment",
        EventKind::EmploymentWithdrawn => "withdraw_employment",
        EventKind::SubsidyApproved => "approve_subsidy",
        // A final payment is what settles a project, so this is what was asked for.
        EventKind::ProjectSettled | EventKind::DisbursementOrdered => "order_disbursement",
        EventKind::DisbursementSettled => "settle_disbursement",
        EventKind::DisbursementReturned => "return_disbursement",
        EventKind::CaseOpened => "open_case",
        EventKind::FindingMade => "make_finding",
        EventKind::CaseClosed => "close_case",
        EventKind::ClawbackDecided => "decide_clawback",
        EventKind::RepaymentReceived => "record_repayment",
        EventKind::PolicyWithdrawn => "withdraw_policy",
        EventKind::ProvincialAdjustmentReceived => "record_provincial_adjustment",
        EventKind::OrderRaised => "raise_order",
        EventKind::OrderListed => "list_order",
        EventKind::OrderSelected => "select_order",
        EventKind::OrderAccepted => "accept_order",
        EventKind::OrderPurchased => "purchase_order",
        EventKind::OrderCancelled => "cancel_order",
        EventKind::CertificateVerified => "verify_certificate",
        EventKind::ClaimSubmitted => "submit_claim",
        EventKind::AgencyContractRecorded => "record_agency_contract",
        EventKind::PublicityOpened => "open_publicity",
        EventKind::ObjectionRaised => "raise_objection",
        EventKind::ObjectionResolved => "resolve_objection",
        EventKind::PublicityClosed => "close_publicity",
        EventKind::AwardApproved => "approve_award",
        EventKind::AwardRevoked => "revoke_award",
        EventKind::PenaltyImposed => "impose_penalty",
    }
}
