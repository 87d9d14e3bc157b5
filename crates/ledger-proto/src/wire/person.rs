//! Persons and their statuses.

use super::prelude::*;

messages! { commands:
    RegisterPerson { person: person_key }
    DeclarePersonStatus {
        person: person_key,
        status: status,
        valid_from: valid_from_date,
        valid_until: valid_until_date,
        source: source,
    }
    EndPersonStatus {
        person: person_key,
        status: status,
        valid_until: valid_until_date,
        source: source,
    }
}

messages! { events:
    PersonRegistered { person: person_key }
    PersonStatusDeclared {
        person: person_key,
        status: status,
        valid_from: valid_from_date,
        valid_until: valid_until_date,
        source: source,
    }
    PersonStatusEnded {
        person: person_key,
        status: status,
        valid_until: valid_until_date,
        source: source,
    }
}
