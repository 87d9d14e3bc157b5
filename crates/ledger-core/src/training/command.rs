//! What a caller may ask or report of a place in a class.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::event::AssessmentResult;
use crate::terms::EmploymentEvidence;
use crate::{BusinessDate, ClassId, CreditCode, Note, PersonKey};

/// Puts a person on the roster of an open class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolPerson {
    pub class: ClassId,
    pub person: PersonKey,
}

/// Takes a person off the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawEnrolment {
    pub class: ClassId,
    pub person: PersonKey,
    pub reason: Note,
}

/// Records class hours attended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordAttendance {
    pub class: ClassId,
    pub person: PersonKey,
    /// Class hours (学时) attended on the day.
    pub class_hours: u32,
}

/// Records that a person completed the training of a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompleteTraining {
    pub class: ClassId,
    pub person: PersonKey,
}

/// Records the result of an assessment at the end of the training.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordAssessment {
    pub class: ClassId,
    pub person: PersonKey,
    /// The body that assessed.
    pub evaluator: CreditCode,
    pub result: AssessmentResult,
}

/// Confirms that a trainee found work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmEmployment {
    pub class: ClassId,
    pub person: PersonKey,
    pub employer: CreditCode,
    pub evidence: EmploymentEvidence,
    pub started_on: BusinessDate,
}

/// Takes an employment confirmation back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawEmployment {
    pub class: ClassId,
    pub person: PersonKey,
    pub reason: Note,
}
