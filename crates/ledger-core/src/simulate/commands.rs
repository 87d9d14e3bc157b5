//! The commands that recorded decisions came from, as far as an event tells.
//!
//! An event holds what was asked for and what was worked out; the latter is left out, so that it is
//! worked out again.

use crate::AccountKey;
use crate::command::{
    ApproveAward, ApproveClass, ApproveSubsidy, AwardPartRequest, CommandBody, OrderDisbursement,
    ReturnDisbursement, SettleDisbursement,
};
use crate::event::{
    AwardApproved, ClassApproved, DisbursementOrdered, DisbursementReturned, RateSource,
    SubsidyApproved,
};
use crate::{ClassId, Fen, PersonKey};

/// The approval of a class; a rate that the standard set is left to the standard again.
pub(super) fn approve_class(e: &ClassApproved) -> CommandBody {
    let rate = match e.rate_source {
        RateSource::Contract | RateSource::Below(_) => Some(e.rate),
        RateSource::Standard(_) => None,
    };
    CommandBody::ApproveClass(ApproveClass {
        class: e.class,
        institution: e.institution,
        division: e.account.division,
        fund: e.account.fund,
        scheme: e.scheme.clone(),
        kind: e.kind,
        occupation: e.occupation,
        level: e.level,
        headcount: e.headcount,
        rate,
        class_hours: e.class_hours,
        starts_on: e.starts_on,
        ends_on: e.ends_on,
        residence: e.residence,
        contract_number: e.contract_number.clone(),
        reporting: e.reporting.clone(),
        order: e.order,
    })
}

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
    let last = e.parts.len().saturating_sub(1);
    let parts = e.parts.iter().enumerate().map(|(index, part)| {
        let open = split || index == last;
        AwardPartRequest {
            division: part.account.division,
            fund: part.account.fund,
            amount: (!open).then_some(part.amount),
        }
    });
    ApproveAward {
        award: e.award,
        scheme: e.scheme.clone(),
        division: e.division,
        recipient: e.recipient,
        subject: e.subject.clone(),
        amount: Some(per_month(e)),
        months: (e.months > 0).then_some(e.months),
        parts: parts.collect(),
        decision_number: e.decision_number.clone(),
    }
}

/// A command names the amount of a month, an event that of all months.
fn per_month(e: &AwardApproved) -> Fen {
    let months = i64::from(e.months.max(1));
    Fen::new(e.amount.get().checked_div(months).unwrap_or_default())
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
