//! The money at the divisions.

use super::prelude::*;

messages! { commands:
    OpenAccount { division: division, fund: fund }
    AccrueFunds {
        division: division,
        fund: fund,
        amount: amount_fen,
        reference: reference,
        capacity: capacity,
    }
    TransferFunds {
        from: from_division,
        to: to_division,
        fund: fund,
        amount: amount_fen,
        reference: reference,
    }
    RecordProvincialAdjustment {
        capacity: capacity,
        division: division,
        fund: fund,
        amount: amount_fen,
        reference: reference,
    }
}

messages! { events:
    AccountOpened { account: account }
    FundsAccrued { account: account, amount: amount_fen, reference: reference, capacity: capacity }
    FundsTransferred {
        from: from_division,
        to: to_division,
        fund: fund,
        amount: amount_fen,
        reference: reference,
    }
    ProvincialAdjustmentReceived {
        capacity: capacity,
        account: account,
        amount: amount_fen,
        reference: reference,
    }
}
