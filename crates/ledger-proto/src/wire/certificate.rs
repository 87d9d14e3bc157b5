//! Assessments and certificates.

use super::prelude::*;

messages! { commands:
    RecordAssessment { class: class_id, person: person_key, evaluator: evaluator, result: result }
    IssueCertificate {
        class: class_id,
        person: person_key,
        kind: kind,
        number: number,
        evaluator: evaluator,
        issued_on: issued_date,
    }
    InvalidateCertificate { number: number, grounds: grounds, decision_number: decision_number }
    VerifyCertificate { number: number, source: source }
}

messages! { events:
    AssessmentRecorded { class: class_id, person: person_key, evaluator: evaluator, result: result }
    CertificateIssued {
        class: class_id,
        person: person_key,
        kind: kind,
        number: number,
        evaluator: evaluator,
        issued_on: issued_date,
    }
    CertificateInvalidated {
        class: class_id,
        person: person_key,
        number: number,
        grounds: grounds,
        decision_number: decision_number,
        approval_lapses: approval_lapses,
        frees_quota: frees_quota,
    }
    CertificateVerified { class: class_id, person: person_key, number: number, source: source }
}
