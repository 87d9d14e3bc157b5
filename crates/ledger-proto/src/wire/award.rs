//! Awards.

use ledger_core::limits::AWARD_PARTS_MAX;

use super::prelude::*;

messages! { commands:
    ApproveAward {
        award: award_id,
        scheme: scheme,
        division: division,
        recipient: recipient,
        subject: subject,
        amount: amount_fen,
        months: months,
        parts: parts[AWARD_PARTS_MAX],
        decision_number: decision_number,
    }
    AwardPartRequest { division: division, fund: fund, amount: amount_fen }
    RevokeAward { award: award_id, grounds: grounds, decision_number: decision_number }
    OrderAwardPayment {
        disbursement: disbursement_id,
        award: award_id,
        division: division,
        fund: fund,
        amount: amount_fen,
    }
}

messages! { events:
    AwardApproved {
        award: award_id,
        scheme: scheme,
        division: division,
        recipient: recipient,
        subject: subject,
        amount: amount_fen,
        months: months,
        parts: parts[ANY],
        decision_number: decision_number,
        applied: applied[ANY],
    }
    AwardPart { account: account, amount: amount_fen }
    AwardRevoked { award: award_id, grounds: grounds, decision_number: decision_number }
}
