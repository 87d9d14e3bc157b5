//! The stored form of every entity: private, versioned, compact.
//!
//! The first byte is [`VERSION`]; the fields follow in the order written here, numbers as varints,
//! lists with their count in front. Which entity it is stands in its key and not in the value.
//! Texts and codes are checked again when they are read, because a byte that changed on disk must
//! not become a plausible fact.

use crate::wire::{CodecError, Reader, Wire, fields, numbered};
use ledger_core::entity::{
    Account, Approval, Assessment, Case, Certificate, CertificateFact, Class, ClassSettlement,
    Clawback, Disbursement, EmploymentFact, Enrolment, Fact, Finding, Institution, PaidLine,
    Payment, Person, Qualification, QuotaSlot, Revocation, Settlement, StatusRecord,
};
use ledger_core::event::{
    ClassKind, DisbursementStage, FindingKind, InstitutionKind, Payee, PersonStatus,
    QualificationKind, ScopeEntry,
};
use ledger_core::{
    AccountKey, CaseId, CertificateNumber, ClassId, ClawbackId, Context, CreditCode,
    DisbursementId, Division, Entity, EntityKey, FundSource, PersonKey,
};
use ledger_log::keys::{self, EntityKind};

/// The version of the encoding; another is refused, and a rebuild writes this one.
pub const VERSION: u8 = 1;

/// Appends the stored form of an entity to `out`.
pub fn encode_entity(entity: &Entity, out: &mut Vec<u8>) {
    out.push(VERSION);
    match entity {
        Entity::Person(entity) => entity.put(out),
        Entity::Class(entity) => entity.put(out),
        Entity::Institution(entity) => entity.put(out),
        Entity::Certificate(entity) => entity.put(out),
        Entity::Account(entity) => entity.put(out),
        Entity::Disbursement(entity) => entity.put(out),
        Entity::Case(entity) => entity.put(out),
        Entity::Clawback(entity) => entity.put(out),
    }
}

/// Reads what [`encode_entity`] wrote for an entity of that kind.
///
/// # Errors
///
/// [`CodecError`] for an unknown version, for bytes that `encode_entity` does not write, and for
/// [`EntityKind::Policy`], which has a value of its own
/// ([`POLICY_MARKER`](crate::policies::POLICY_MARKER)).
pub fn decode_entity(kind: EntityKind, bytes: &[u8]) -> Result<Entity, CodecError> {
    let mut reader = Reader::versioned(bytes, VERSION)?;
    let entity = match kind {
        EntityKind::Person => Entity::Person(Wire::take(&mut reader)?),
        EntityKind::Class => Entity::Class(Wire::take(&mut reader)?),
        EntityKind::Institution => Entity::Institution(Wire::take(&mut reader)?),
        EntityKind::Certificate => Entity::Certificate(Wire::take(&mut reader)?),
        EntityKind::Account => Entity::Account(Wire::take(&mut reader)?),
        EntityKind::Disbursement => Entity::Disbursement(Wire::take(&mut reader)?),
        EntityKind::Case => Entity::Case(Wire::take(&mut reader)?),
        EntityKind::Clawback => Entity::Clawback(Wire::take(&mut reader)?),
        EntityKind::Policy => {
            return Err(CodecError::Malformed {
                field: "entity kind",
            });
        }
    };
    reader.finish()?;
    Ok(entity)
}

/// Appends the stored form of a loaded entity, without copying it; `false` when it does not exist.
///
/// # Panics
///
/// When the key was never loaded.
pub(crate) fn encode_loaded(context: &Context, key: &EntityKey, out: &mut Vec<u8>) -> bool {
    fn put<T: Wire>(entity: Option<&T>, out: &mut Vec<u8>) -> bool {
        let Some(entity) = entity else { return false };
        out.push(VERSION);
        entity.put(out);
        true
    }
    match key {
        EntityKey::Person(key) => put(context.persons.get(key), out),
        EntityKey::Class(key) => put(context.classes.get(key), out),
        EntityKey::Institution(key) => put(context.institutions.get(key), out),
        EntityKey::Certificate(key) => put(context.certificates.get(key), out),
        EntityKey::Account(key) => put(context.accounts.get(key), out),
        EntityKey::Disbursement(key) => put(context.disbursements.get(key), out),
        EntityKey::Case(key) => put(context.cases.get(key), out),
        EntityKey::Clawback(key) => put(context.clawbacks.get(key), out),
    }
}

/// The kind byte that an entity's key starts with.
#[must_use]
pub fn entity_kind(key: &EntityKey) -> EntityKind {
    match key {
        EntityKey::Person(_) => EntityKind::Person,
        EntityKey::Class(_) => EntityKind::Class,
        EntityKey::Institution(_) => EntityKind::Institution,
        EntityKey::Certificate(_) => EntityKind::Certificate,
        EntityKey::Account(_) => EntityKind::Account,
        EntityKey::Disbursement(_) => EntityKind::Disbursement,
        EntityKey::Case(_) => EntityKind::Case,
        EntityKey::Clawback(_) => EntityKind::Clawback,
    }
}

/// The key under which an entity is stored in [`Space::Entities`](ledger_log::Space::Entities).
#[must_use]
pub fn entity_key(key: &EntityKey) -> Vec<u8> {
    match key {
        EntityKey::Person(key) => keys::person(key.as_bytes()),
        EntityKey::Class(key) => keys::class(key.as_bytes()),
        EntityKey::Institution(key) => keys::institution(key.as_bytes()),
        EntityKey::Certificate(key) => {
            keys::certificate(key.as_str()).expect("a certificate number fits its key")
        }
        EntityKey::Account(key) => keys::account(key.division.code(), key.fund.number()),
        EntityKey::Disbursement(key) => keys::disbursement(key.as_bytes()),
        EntityKey::Case(key) => keys::case(key.as_bytes()),
        EntityKey::Clawback(key) => keys::clawback(key.as_bytes()),
    }
}

/// Reads a key that [`entity_key`] built; `None` for any other, a policy's among them.
#[must_use]
pub fn parse_entity_key(key: &[u8]) -> Option<EntityKey> {
    let kind = EntityKind::of(key).ok()?;
    let (_, identifier) = key.split_first()?;
    let id = || <[u8; 16]>::try_from(identifier).ok();
    Some(match kind {
        EntityKind::Person => EntityKey::Person(PersonKey::from_bytes(id()?)),
        EntityKind::Class => EntityKey::Class(ClassId::from_bytes(id()?)),
        EntityKind::Disbursement => EntityKey::Disbursement(DisbursementId::from_bytes(id()?)),
        EntityKind::Case => EntityKey::Case(CaseId::from_bytes(id()?)),
        EntityKind::Clawback => EntityKey::Clawback(ClawbackId::from_bytes(id()?)),
        EntityKind::Institution => {
            EntityKey::Institution(CreditCode::from_bytes(identifier.try_into().ok()?).ok()?)
        }
        EntityKind::Certificate => {
            let number = std::str::from_utf8(identifier).ok()?;
            EntityKey::Certificate(CertificateNumber::parse(number).ok()?)
        }
        EntityKind::Account => {
            let [d0, d1, d2, d3, fund] = <[u8; 5]>::try_from(identifier).ok()?;
            EntityKey::Account(AccountKey {
                division: Division::new(u32::from_be_bytes([d0, d1, d2, d3])).ok()?,
                fund: FundSource::from_number(fund)?,
            })
        }
        EntityKind::Policy => return None,
    })
}

fields! {
    Person { registered, statuses, enrolments, slots, timeline }
    StatusRecord { status, valid_from, valid_until, position }
    Enrolment {
        class, enrolled, enrolled_on, withdrawn, class_hours, attendances, completed, assessment,
        certificate, employment, approval, earned, payments, clawed_back, found_false,
    }
    Fact { position, on }
    Assessment { position, on, passed }
    CertificateFact { number, position, issued_on, invalidated }
    EmploymentFact { position, employer, started_on, counts }
    Approval { position, on, amount }
    Payment { disbursement, stage, position, amount, settled }
    QuotaSlot { taken, taken_on, year, class, scheme, occupation, level, freed }
    Class {
        approved, policy, institution, account, scheme, kind, occupation, level, headcount, rate,
        class_hours, starts_on, ends_on, residence, opened, closed, enrolled, completed, approvals,
        employed_completed, employed_approved, beneficiaries, in_flight, settlement,
        found_false,
    }
    ClassSettlement { position, on, excess, excess_outstanding }
    Institution { registered, kind, division, qualifications }
    Qualification {
        qualification, granted, kind, occupations, valid_from, valid_until, revoked,
    }
    ScopeEntry { occupation, levels }
    Revocation { position, effective_on }
    Certificate { class, person, evaluator, issued_on, issued, invalidated }
    Account { opened, balances }
    Disbursement { ordered, class, account, stage, payee, lines, total, settled, returned }
    PaidLine { beneficiary, amount, clawed_back }
    Settlement { position, on, fiscal_year }
    Case { opened, institution, findings, clawbacks_outstanding, closed }
    Finding { finding, kind, made, class, persons }
    Clawback {
        decided, case, finding, class, account, debtor, total, outstanding, repayments,
        decision_number,
    }
}

// Numbers of a version are permanent; a new variant takes a new number.
numbered! {
    ClassKind { Ordinary = 1, Project = 2 }
    DisbursementStage { Advance = 1, Final = 2, Full = 3 }
    FindingKind {
        FalseTraining = 1, FalseEvaluation = 2, Fraud = 3, Ineligible = 4, HonestError = 5,
    }
    InstitutionKind {
        VocationalSchool = 1, TechnicalSchool = 2, PrivateTraining = 3, Enterprise = 4,
        PublicTrainingBase = 5, Evaluator = 6, Other = 7,
    }
}

impl Wire for PersonStatus {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Pension => out.push(1),
            Self::Residence(division) => {
                out.push(2);
                division.put(out);
            }
        }
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        match reader.byte()? {
            1 => Ok(Self::Pension),
            2 => Wire::take(reader).map(Self::Residence),
            _ => Err(CodecError::Malformed {
                field: "PersonStatus",
            }),
        }
    }
}

impl Wire for QualificationKind {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Training => out.push(1),
            Self::Evaluation { evaluator_number } => {
                out.push(2);
                evaluator_number.put(out);
            }
        }
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        match reader.byte()? {
            1 => Ok(Self::Training),
            2 => Ok(Self::Evaluation {
                evaluator_number: Wire::take(reader)?,
            }),
            _ => Err(CodecError::Malformed {
                field: "QualificationKind",
            }),
        }
    }
}

impl Wire for Payee {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Person(person) => {
                out.push(1);
                person.put(out);
            }
            Self::Institution(institution) => {
                out.push(2);
                institution.put(out);
            }
            Self::Employer(employer) => {
                out.push(3);
                employer.put(out);
            }
        }
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        match reader.byte()? {
            1 => Wire::take(reader).map(Self::Person),
            2 => Wire::take(reader).map(Self::Institution),
            3 => Wire::take(reader).map(Self::Employer),
            _ => Err(CodecError::Malformed { field: "Payee" }),
        }
    }
}

#[cfg(test)]
mod tests;
