//! Training classes.

use super::prelude::*;

messages! { commands:
    ApproveClass {
        class: class_id,
        institution: institution,
        division: division,
        fund: fund,
        scheme: scheme,
        kind: kind,
        occupation: occupation,
        level: level,
        headcount: headcount,
        rate: rate_fen,
        class_hours: class_hours,
        starts_on: start_date,
        ends_on: end_date,
        residence: residence_division,
        contract_number: contract_number,
        reporting: reporting,
        order: order_id,
    }
    OpenClass { class: class_id }
    CloseClass { class: class_id }
}

messages! { events:
    ClassApproved {
        class: class_id,
        institution: institution,
        account: account,
        scheme: scheme,
        kind: kind,
        occupation: occupation,
        level: level,
        headcount: headcount,
        rate: rate_fen,
        class_hours: class_hours,
        starts_on: start_date,
        ends_on: end_date,
        residence: residence_division,
        contract_number: contract_number,
        rate_source: ..rate_source,
        scarce: scarce,
        reporting: reporting,
        order: order_id,
    }
    ClassOpened { class: class_id }
    ClassClosed { class: class_id }
}
