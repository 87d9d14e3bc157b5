//! What the ledger records of certificates.

#![expect(
    missing_docs,
    reason = "name and type say it; documented where units or rules add to it"
)]

use crate::{
    BusinessDate, CertificateKind, CertificateNumber, ClassId, CreditCode, Note, PersonKey,
    Reference,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateIssued {
    pub class: ClassId,
    pub person: PersonKey,
    pub kind: CertificateKind,
    pub number: CertificateNumber,
    pub evaluator: CreditCode,
    pub issued_on: BusinessDate,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateInvalidated {
    pub class: ClassId,
    pub person: PersonKey,
    pub number: CertificateNumber,
    pub grounds: Note,
    pub decision_number: Reference,
    /// Whether an approval that was not finally paid lapses with the certificate.
    pub approval_lapses: bool,
    /// Whether the lapsed approval gives its quota slot back (nothing had been paid on it).
    pub frees_quota: bool,
}

/// A certificate was found in the national register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateVerified {
    pub class: ClassId,
    pub person: PersonKey,
    pub number: CertificateNumber,
    /// The register and its answer's number.
    pub source: Reference,
}
