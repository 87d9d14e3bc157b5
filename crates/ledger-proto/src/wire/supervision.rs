//! Supervision cases, clawbacks and what is paid back.

use ledger_core::limits::CALLER_CAUSES_MAX;

use super::prelude::*;

messages! { commands:
    OpenCase { case: case_id, institution: institution, clue: clue }
    MakeFinding {
        case: case_id,
        finding: finding_id,
        kind: kind,
        subject: (class_id, award_id),
        persons: person_keys[CLASS_SIZE_MAX],
        evidence: evidence_positions[CALLER_CAUSES_MAX],
        decision_number: decision_number,
    }
    CloseCase { case: case_id, outcome: outcome }
    DecideClawback {
        clawback: clawback_id,
        case: case_id,
        finding: finding_id,
        lines: lines[CLASS_SIZE_MAX],
        decision_number: decision_number,
    }
    ClawbackRequestLine {
        disbursement: disbursement_id,
        beneficiary: beneficiary_key,
        amount: amount_fen,
    }
    RecordRepayment { debt: debt, amount: amount_fen, bank_reference: bank_reference }
    ImposePenalty { clawback: clawback_id, amount: amount_fen, decision_number: decision_number }
}

messages! { events:
    CaseOpened { case: case_id, institution: institution, clue: clue }
    FindingMade {
        case: case_id,
        finding: finding_id,
        kind: kind,
        subject: (class_id, award_id),
        persons: person_keys[ANY],
        decision_number: decision_number,
    }
    CaseClosed { case: case_id, outcome: outcome }
    ClawbackDecided {
        clawback: clawback_id,
        case: case_id,
        finding: finding_id,
        subject: (class_id, award_id),
        account: account,
        debtor: debtor,
        lines: lines[ANY],
        total: total_fen,
        decision_number: decision_number,
    }
    ClawbackLine {
        disbursement: disbursement_id,
        beneficiary: beneficiary_key,
        amount: amount_fen,
        frees_quota: frees_quota,
    }
    RepaymentReceived {
        debt: debt,
        amount: amount_fen,
        outstanding: outstanding_fen,
        bank_reference: bank_reference,
    }
    PenaltyImposed {
        clawback: clawback_id,
        amount: amount_fen,
        debtor: debtor,
        decision_number: decision_number,
    }
}
