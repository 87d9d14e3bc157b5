//! The commands that recorded decisions came from, as far as an event tells.
//!
//! An event holds what was asked for and what was worked out; the latter is left out, so that it is
//! worked out again.

use crate::AccountKey;
use crate::command::{
    ApproveAward, ApproveSubsidy, CommandBody, OrderDisbursement, ReturnDisbursement,
    SettleDisbursement,
};
use crate::event::{AwardApproved, DisbursementOrdered, DisbursementReturned, SubsidyApproved};
use crate::{ClassId, PersonKey};

/// The approval of a subsidy.
pub(super) fn approve_subsidy(e: &SubsidyApproved) -> CommandBody {
    CommandBody::ApproveSubsidy(ApproveSubsidy {
        class: e.class,
        person: e.person,
    })
}

/// The approval of an award with its amount as recorded, and the parts of its funds left to the
/// rule (`split`) or as recorded, the last one taking what is left.
pub(super) fn approve_award(e: &AwardApproved, split: bool) -> ApproveAward {
    let mut command = ApproveAward::from(e);
    let last = command.parts.len().saturating_sub(1);
    for (index, part) in command.parts.iter_mut().enumerate() {
        if split || index == last {
            part.amount = None;
        }
    }
    command
}

/// A payment for a class to some beneficiaries. `own` is the class's account, which a command
/// does not name.
pub(super) fn order_disbursement(
    e: &DisbursementOrdered,
    class: ClassId,
    own: Option<AccountKey>,
    beneficiaries: Vec<PersonKey>,
) -> CommandBody {
    let other = own.is_some_and(|own| own != e.account);
    CommandBody::OrderDisbursement(OrderDisbursement {
        disbursement: e.disbursement,
        class,
        stage: e.stage,
        payee: e.payee,
        beneficiaries,
        fund: other.then_some(e.account.fund),
    })
}

/// The bank's confirmation.
pub(super) fn settle(
    disbursement: crate::DisbursementId,
    bank_reference: &crate::Reference,
) -> CommandBody {
    CommandBody::SettleDisbursement(SettleDisbursement {
        disbursement,
        bank_reference: bank_reference.clone(),
    })
}

/// A payment that came back.
pub(super) fn send_back(e: &DisbursementReturned) -> CommandBody {
    CommandBody::ReturnDisbursement(ReturnDisbursement {
        disbursement: e.disbursement,
        kind: e.kind,
        bank_reference: e.bank_reference.clone(),
        reason: e.reason.clone(),
    })
}
