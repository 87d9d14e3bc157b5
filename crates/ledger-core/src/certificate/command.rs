//! What a caller may ask or report of certificates.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::{
    BusinessDate, CertificateKind, CertificateNumber, ClassId, CreditCode, Note, PersonKey,
    Reference,
};

/// Records a certificate for a person of a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueCertificate {
    pub class: ClassId,
    pub person: PersonKey,
    pub kind: CertificateKind,
    pub number: CertificateNumber,
    /// The body that issued it.
    pub evaluator: CreditCode,
    pub issued_on: BusinessDate,
}

/// Declares a certificate void.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidateCertificate {
    pub number: CertificateNumber,
    pub grounds: Note,
    pub decision_number: Reference,
}

/// Records that a certificate was found in the national register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyCertificate {
    pub number: CertificateNumber,
    /// The register and its answer's number.
    pub source: Reference,
}
