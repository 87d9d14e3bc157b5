//! What a caller may ask or report of payments.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::event::ReturnKind;
use crate::terms::{DisbursementStage, Payee};
use crate::{
    AwardId, ClassId, DisbursementId, Division, Fen, FundSource, Note, PersonKey, Reference,
};

/// Orders a payment to one payee, with one line per beneficiary; the ledger works out the lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderDisbursement {
    pub disbursement: DisbursementId,
    pub class: ClassId,
    pub stage: DisbursementStage,
    pub payee: Payee,
    /// Each beneficiary once.
    pub beneficiaries: Vec<PersonKey>,
    /// The fund to draw on, at the class's division; the class's own when absent. Only for the
    /// full payment of an ordinary class: one class may be paid from several funds by trainee.
    pub fund: Option<FundSource>,
}

/// Records that the bank paid an ordered disbursement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettleDisbursement {
    pub disbursement: DisbursementId,
    pub bank_reference: Reference,
}

/// Records that the money of a disbursement came back from the bank or the payee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnDisbursement {
    pub disbursement: DisbursementId,
    pub kind: ReturnKind,
    pub bank_reference: Reference,
    pub reason: Note,
}

/// Orders a payment of an award to its recipient from one of its accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderAwardPayment {
    pub disbursement: DisbursementId,
    pub award: AwardId,
    pub division: Division,
    pub fund: FundSource,
    /// In fen; what is left of the account's part when absent.
    pub amount: Option<Fen>,
}
