//! Orders (五单式).

use super::prelude::*;

messages! { commands:
    RaiseOrder {
        order: order_id,
        division: division,
        raised_by: raised_by,
        occupation: occupation,
        level: level,
        headcount: headcount,
    }
    ListOrder { order: order_id }
    SelectOrder { order: order_id, person: person_key }
    AcceptOrder { order: order_id, institution: institution }
    PurchaseOrder { order: order_id, contract_number: contract_number }
    CancelOrder { order: order_id, reason: reason }
}

messages! { events:
    OrderRaised {
        order: order_id,
        division: division,
        raised_by: raised_by,
        occupation: occupation,
        level: level,
        headcount: headcount,
    }
    OrderListed { order: order_id }
    OrderSelected { order: order_id, person: person_key }
    OrderAccepted { order: order_id, institution: institution }
    OrderPurchased { order: order_id, contract_number: contract_number }
    OrderCancelled { order: order_id, reason: reason }
}
