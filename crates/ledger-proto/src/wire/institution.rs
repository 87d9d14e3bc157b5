//! Bodies and their qualifications.

use super::prelude::*;

messages! { commands:
    RegisterInstitution { institution: institution, kind: kind, name: name, division: division }
    GrantQualification {
        institution: institution,
        qualification: qualification_id,
        scope: scope,
        valid_from: valid_from_date,
        valid_until: valid_until_date,
        decision_number: decision_number,
    }
    RevokeQualification {
        institution: institution,
        qualification: qualification_id,
        effective_on: effective_date,
        grounds: grounds,
        decision_number: decision_number,
    }
}

messages! { events:
    InstitutionRegistered { institution: institution, kind: kind, name: name, division: division }
    QualificationGranted {
        institution: institution,
        qualification: qualification_id,
        scope: scope,
        valid_from: valid_from_date,
        valid_until: valid_until_date,
        decision_number: decision_number,
    }
    QualificationRevoked {
        institution: institution,
        qualification: qualification_id,
        effective_on: effective_date,
        grounds: grounds,
        decision_number: decision_number,
    }
}
