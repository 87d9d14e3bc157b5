//! Payments.

use super::prelude::*;

messages! { commands:
    OrderDisbursement {
        disbursement: disbursement_id,
        class: class_id,
        stage: stage,
        payee: payee,
        beneficiaries: beneficiary_keys[CLASS_SIZE_MAX],
        fund: fund,
    }
    SettleDisbursement { disbursement: disbursement_id, bank_reference: bank_reference }
    ReturnDisbursement {
        disbursement: disbursement_id,
        kind: kind,
        bank_reference: bank_reference,
        reason: reason,
    }
}

messages! { events:
    DisbursementOrdered {
        disbursement: disbursement_id,
        subject: (class_id, award_id),
        account: account,
        stage: stage,
        payee: payee,
        lines: lines[ANY],
        total: total_fen,
    }
    DisbursementLine {
        beneficiary: beneficiary_key,
        amount: amount_fen,
        takes_quota_year: takes_quota_year,
    }
    DisbursementSettled {
        disbursement: disbursement_id,
        bank_reference: bank_reference,
        fiscal_year: fiscal_year,
    }
    DisbursementReturned {
        disbursement: disbursement_id,
        kind: kind,
        bank_reference: bank_reference,
        reason: reason,
        frees_quota: frees_quota_keys[ANY],
    }
}
