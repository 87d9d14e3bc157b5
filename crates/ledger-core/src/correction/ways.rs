//! How each kind of event is taken back.
//!
//! A kind stands in one of the two lists: the compiler asks for it.

use super::{Way, WayBack};
use crate::command::CommandKind;
use crate::event;

/// Kinds whose facts are annulled.
macro_rules! annulled {
    ($($kind:ident),+ $(,)?) => {$(
        impl WayBack for event::$kind {
            fn way_back(&self) -> Way<'_> {
                Way::Annulled(self)
            }
        }
    )+};
}

/// Kinds whose facts are not annulled, each with the command that undoes what it did. A dash stands
/// where no command does.
macro_rules! instead {
    ($($kind:ident by $($command:ident)? $(-)?;)+) => {$(
        impl WayBack for event::$kind {
            fn way_back(&self) -> Way<'_> {
                let commands: &[CommandKind] = &[$(CommandKind::$command)?];
                Way::Instead(commands.first().copied())
            }
        }
    )+};
}

annulled! {
    PersonRegistered,
    PersonStatusDeclared,
    PersonStatusEnded,
    PersonEnrolled,
    EnrolmentWithdrawn,
    AttendanceRecorded,
    TrainingCompleted,
    AssessmentRecorded,
    EmploymentConfirmed,
    EmploymentWithdrawn,
    ClaimSubmitted,
    AgencyContractRecorded,
}

instead! {
    PolicyPublished by WithdrawPolicy;
    PolicyWithdrawn by PublishPolicy;
    AccountOpened by -;
    FundsAccrued by -;
    FundsTransferred by TransferFunds;
    ProvincialAdjustmentReceived by -;
    InstitutionRegistered by -;
    QualificationGranted by RevokeQualification;
    QualificationRevoked by GrantQualification;
    ClassApproved by -;
    ClassOpened by -;
    ClassClosed by -;
    OrderRaised by CancelOrder;
    OrderListed by CancelOrder;
    OrderSelected by CancelOrder;
    OrderAccepted by CancelOrder;
    OrderPurchased by CancelOrder;
    OrderCancelled by RaiseOrder;
    CertificateIssued by InvalidateCertificate;
    CertificateInvalidated by -;
    CertificateVerified by -;
    SubsidyApproved by -;
    ProjectSettled by -;
    PublicityOpened by ClosePublicity;
    ObjectionRaised by ResolveObjection;
    ObjectionResolved by RaiseObjection;
    PublicityClosed by OpenPublicity;
    AwardApproved by RevokeAward;
    AwardRevoked by ApproveAward;
    DisbursementOrdered by ReturnDisbursement;
    DisbursementSettled by ReturnDisbursement;
    DisbursementReturned by OrderDisbursement;
    CaseOpened by CloseCase;
    FindingMade by -;
    CaseClosed by OpenCase;
    ClawbackDecided by -;
    RepaymentReceived by -;
    PenaltyImposed by -;
    FactAnnulled by -;
}
