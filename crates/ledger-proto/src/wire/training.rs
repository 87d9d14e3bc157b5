//! Who takes part in a class, and who has work afterwards.

use super::prelude::*;

messages! { commands:
    EnrolPerson { class: class_id, person: person_key }
    WithdrawEnrolment { class: class_id, person: person_key, reason: reason }
    RecordAttendance { class: class_id, person: person_key, class_hours: class_hours }
    CompleteTraining { class: class_id, person: person_key }
    ConfirmEmployment {
        class: class_id,
        person: person_key,
        employer: employer,
        evidence: evidence,
        started_on: started_date,
    }
    WithdrawEmployment { class: class_id, person: person_key, reason: reason }
}

messages! { events:
    PersonEnrolled { class: class_id, person: person_key }
    EnrolmentWithdrawn { class: class_id, person: person_key, reason: reason }
    AttendanceRecorded { class: class_id, person: person_key, class_hours: class_hours }
    TrainingCompleted { class: class_id, person: person_key, class_hours: class_hours }
    EmploymentConfirmed {
        class: class_id,
        person: person_key,
        employer: employer,
        evidence: evidence,
        started_on: started_date,
        counts: counts,
    }
    EmploymentWithdrawn { class: class_id, person: person_key, reason: reason, counted: counted }
}
