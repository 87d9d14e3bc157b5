//! Refused commands: an attempt is evidence, so it is kept beside the numbered log.

use crate::wire::{CodecError, Reader, Wire, fields, numbered};
use ledger_core::command::{Command, CommandBody};
use ledger_core::refusal::RuleCitation;
use ledger_core::simulate::{Stage, Why};
use ledger_core::{BusinessDate, EventKind, Position, Reason, RecordedTime, Refusal, RequestId};
use ledger_proto::to_proto::command_asked_for;
use ledger_proto::v1;
use prost::Message as _;
use std::sync::Arc;

/// The version of the encoding. Version 1 had no details, and up to version 2 every fact was named;
/// both are read for ever.
const VERSION: u8 = 3;
const VERSION_WITHOUT_COUNT: u8 = 2;
const VERSION_WITHOUT_DETAIL: u8 = 1;

/// The version of the encoding of a note about a simulated refusal, which is never kept.
const NOTE_VERSION: u8 = 1;

/// One refused command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalRecord {
    /// When it was refused.
    pub recorded_at: RecordedTime,
    /// The authenticated principal.
    pub actor: Arc<str>,
    /// The system that sent the request, as it names itself.
    pub source_system: Arc<str>,
    /// The request that the command was part of.
    pub request_id: RequestId,
    /// Which command of the request, from zero.
    pub command_index: u32,
    /// The kind of event that the command asked for.
    pub asked_for: EventKind,
    /// The business date that it spoke of.
    pub occurred_on: BusinessDate,
    /// The last position when the request was settled: nothing after it was seen.
    pub decided_at: Position,
    /// Why it was refused.
    pub refusal: Refusal,
    /// What it takes to explain it and to try it again.
    pub detail: RefusalDetail,
}

impl RefusalRecord {
    /// The name of the refused command in the contract. Two commands ask for the order of a
    /// payment; where the command was not kept the one for a class stands for both.
    #[must_use]
    pub fn command_name(&self) -> &'static str {
        if self.asked_for == EventKind::DisbursementOrdered && self.is_award_payment() {
            return "order_award_payment";
        }
        command_asked_for(self.asked_for)
    }

    fn is_award_payment(&self) -> bool {
        let kept = self.detail.command.as_deref();
        let command = kept.and_then(|bytes| v1::Command::decode(bytes).ok());
        matches!(
            command.and_then(|command| command.body),
            Some(v1::command::Body::OrderAwardPayment(_))
        )
    }
}

/// What it takes to explain a refusal and to try its command again, as far as it was kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RefusalDetail {
    /// The last position whose state the decision saw; absent when it saw effects of earlier
    /// commands of its request that were undone, and in refusals of version 1.
    pub seen: Option<Position>,
    /// The command, as the message `Command` of the contract; absent when it was too long, or one
    /// that nothing would follow from.
    pub command: Option<Vec<u8>>,
    /// The chain of rules, as the message `DecisionExplanation` of the contract.
    pub explanation: Option<Vec<u8>>,
}

/// Returns the stored form of a refused command, the value under
/// [`keys::refusal`](ledger_log::keys::refusal).
#[must_use]
pub fn encode_refusal(record: &RefusalRecord) -> Vec<u8> {
    let mut out = vec![VERSION];
    put_record(record, &mut out);
    record.detail.put(&mut out);
    out
}

/// Reads what [`encode_refusal`] wrote, in this version or an earlier one.
///
/// # Errors
///
/// [`CodecError`] for an unknown version and for bytes that `encode_refusal` does not write.
pub fn decode_refusal(bytes: &[u8]) -> Result<RefusalRecord, CodecError> {
    let (version, facts) = match bytes.first() {
        Some(&VERSION_WITHOUT_DETAIL) => (VERSION_WITHOUT_DETAIL, Facts::All),
        Some(&VERSION_WITHOUT_COUNT) => (VERSION_WITHOUT_COUNT, Facts::All),
        _ => (VERSION, Facts::Counted),
    };
    let mut reader = Reader::versioned(bytes, version)?;
    let mut record = take_record(&mut reader, facts)?;
    if version != VERSION_WITHOUT_DETAIL {
        record.detail = RefusalDetail::take(&mut reader)?;
    }
    reader.finish()?;
    Ok(record)
}

/// The stored form of why a simulated decision differs.
pub(crate) fn encode_why(why: &Why) -> Vec<u8> {
    let mut out = vec![NOTE_VERSION];
    why.put(&mut out);
    out
}

/// Reads what [`encode_why`] wrote.
pub(crate) fn decode_why(bytes: &[u8]) -> Result<Why, CodecError> {
    let mut reader = Reader::versioned(bytes, NOTE_VERSION)?;
    let why = Why::take(&mut reader)?;
    reader.finish()?;
    Ok(why)
}

/// The kind of event that a command asks for; a final payment becomes a settlement as well.
#[must_use]
pub const fn asked_for(command: &Command) -> EventKind {
    match command.body {
        CommandBody::PublishPolicy(_) => EventKind::PolicyPublished,
        CommandBody::OpenAccount(_) => EventKind::AccountOpened,
        CommandBody::AccrueFunds(_) => EventKind::FundsAccrued,
        CommandBody::TransferFunds(_) => EventKind::FundsTransferred,
        CommandBody::RegisterInstitution(_) => EventKind::InstitutionRegistered,
        CommandBody::GrantQualification(_) => EventKind::QualificationGranted,
        CommandBody::RevokeQualification(_) => EventKind::QualificationRevoked,
        CommandBody::RegisterPerson(_) => EventKind::PersonRegistered,
        CommandBody::DeclarePersonStatus(_) => EventKind::PersonStatusDeclared,
        CommandBody::EndPersonStatus(_) => EventKind::PersonStatusEnded,
        CommandBody::ApproveClass(_) => EventKind::ClassApproved,
        CommandBody::OpenClass(_) => EventKind::ClassOpened,
        CommandBody::CloseClass(_) => EventKind::ClassClosed,
        CommandBody::EnrolPerson(_) => EventKind::PersonEnrolled,
        CommandBody::WithdrawEnrolment(_) => EventKind::EnrolmentWithdrawn,
        CommandBody::RecordAttendance(_) => EventKind::AttendanceRecorded,
        CommandBody::CompleteTraining(_) => EventKind::TrainingCompleted,
        CommandBody::RecordAssessment(_) => EventKind::AssessmentRecorded,
        CommandBody::IssueCertificate(_) => EventKind::CertificateIssued,
        CommandBody::InvalidateCertificate(_) => EventKind::CertificateInvalidated,
        CommandBody::ConfirmEmployment(_) => EventKind::EmploymentConfirmed,
        CommandBody::WithdrawEmployment(_) => EventKind::EmploymentWithdrawn,
        CommandBody::ApproveSubsidy(_) => EventKind::SubsidyApproved,
        CommandBody::OrderDisbursement(_) | CommandBody::OrderAwardPayment(_) => {
            EventKind::DisbursementOrdered
        }
        CommandBody::SettleDisbursement(_) => EventKind::DisbursementSettled,
        CommandBody::ReturnDisbursement(_) => EventKind::DisbursementReturned,
        CommandBody::OpenCase(_) => EventKind::CaseOpened,
        CommandBody::MakeFinding(_) => EventKind::FindingMade,
        CommandBody::DecideClawback(_) => EventKind::ClawbackDecided,
        CommandBody::RecordRepayment(_) => EventKind::RepaymentReceived,
        CommandBody::CloseCase(_) => EventKind::CaseClosed,
        CommandBody::WithdrawPolicy(_) => EventKind::PolicyWithdrawn,
        CommandBody::RecordProvincialAdjustment(_) => EventKind::ProvincialAdjustmentReceived,
        CommandBody::RaiseOrder(_) => EventKind::OrderRaised,
        CommandBody::ListOrder(_) => EventKind::OrderListed,
        CommandBody::SelectOrder(_) => EventKind::OrderSelected,
        CommandBody::AcceptOrder(_) => EventKind::OrderAccepted,
        CommandBody::PurchaseOrder(_) => EventKind::OrderPurchased,
        CommandBody::CancelOrder(_) => EventKind::OrderCancelled,
        CommandBody::VerifyCertificate(_) => EventKind::CertificateVerified,
        CommandBody::SubmitClaim(_) => EventKind::ClaimSubmitted,
        CommandBody::RecordAgencyContract(_) => EventKind::AgencyContractRecorded,
        CommandBody::OpenPublicity(_) => EventKind::PublicityOpened,
        CommandBody::RaiseObjection(_) => EventKind::ObjectionRaised,
        CommandBody::ResolveObjection(_) => EventKind::ObjectionResolved,
        CommandBody::ClosePublicity(_) => EventKind::PublicityClosed,
        CommandBody::ApproveAward(_) => EventKind::AwardApproved,
        CommandBody::RevokeAward(_) => EventKind::AwardRevoked,
        CommandBody::ImposePenalty(_) => EventKind::PenaltyImposed,
    }
}

/// The fields of version 1, which come first in every version.
macro_rules! record_fields {
    ($($field:ident),+ $(,)?) => {
        fn put_record(record: &RefusalRecord, out: &mut Vec<u8>) {
            $( record.$field.put(out); )+
            record.refusal.put(out);
        }

        fn take_record(
            reader: &mut Reader<'_>,
            facts: Facts,
        ) -> Result<RefusalRecord, CodecError> {
            Ok(RefusalRecord {
                $( $field: Wire::take(reader)?, )+
                refusal: take_refusal(reader, facts)?,
                detail: RefusalDetail::default(),
            })
        }
    };
}

record_fields! {
    recorded_at, actor, source_system, request_id, command_index, asked_for, occurred_on,
    decided_at,
}

/// How a stored refusal names its facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Facts {
    /// Every one of them.
    All,
    /// The first of them, with the count of the others.
    Counted,
}

/// Reads a refusal as this version or an earlier one stored it.
pub(crate) fn take_refusal(reader: &mut Reader<'_>, facts: Facts) -> Result<Refusal, CodecError> {
    Ok(Refusal {
        reason: Wire::take(reader)?,
        rule: Wire::take(reader)?,
        limit: Wire::take(reader)?,
        found: Wire::take(reader)?,
        facts: Wire::take(reader)?,
        facts_left_off: match facts {
            Facts::All => 0,
            Facts::Counted => Wire::take(reader)?,
        },
        subject: Wire::take(reader)?,
    })
}

impl Wire for Refusal {
    fn put(&self, out: &mut Vec<u8>) {
        let Self {
            reason,
            rule,
            limit,
            found,
            facts,
            facts_left_off,
            subject,
        } = self;
        reason.put(out);
        rule.put(out);
        limit.put(out);
        found.put(out);
        facts.put(out);
        facts_left_off.put(out);
        subject.put(out);
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        take_refusal(reader, Facts::Counted)
    }
}

numbered! {
    Stage { Approval = 1, Payment = 2 }
}

fields! {
    RefusalDetail { seen, command, explanation }
    Why { position, stage, refusal }
    RuleCitation { policy, document, clause, valid_from }
}

impl Wire for EventKind {
    fn put(&self, out: &mut Vec<u8>) {
        self.number().put(out);
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        Self::from_number(u16::take(reader)?).ok_or(CodecError::Malformed { field: "EventKind" })
    }
}

impl Wire for Reason {
    fn put(&self, out: &mut Vec<u8>) {
        self.number().put(out);
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let number = u16::take(reader)?;
        Self::ALL
            .iter()
            .copied()
            .find(|reason| reason.number() == number)
            .ok_or(CodecError::Malformed { field: "Reason" })
    }
}
