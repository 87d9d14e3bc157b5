//! The stored form of every entity: private, versioned, compact.
//!
//! The first byte is [`VERSION`]; the fields follow in the order written here, numbers as varints,
//! lists with their count in front. Which entity it is stands in its key and not in the value.
//! Texts and codes are checked again when they are read, because a byte that changed on disk must
//! not become a plausible fact.

use crate::wire::{CodecError, Reader, Wire, fields, numbered};
use ledger_core::entity::{
    Account, Annulment, Approval, Assessment, Award, AwardEntry, AwardRegister, Case, Certificate,
    CertificateFact, Claim, Class, ClassPublicity, ClassSettlement, Clawback, CountedPlaces,
    Disbursement, EmploymentFact, Enrolment, Fact, Finding, Institution, Objection, Order,
    PaidLine, Payment, Person, Qualification, QuotaSlot, Revocation, Settlement, StatusRecord,
};
use ledger_core::event::{
    AwardPart, ClaimRoute, ClassKind, DisbursementStage, EmploymentEvidence, FindingKind,
    InstitutionKind, OrderRaisedBy, Payee, PersonStatus, QualificationKind, RateSource, Reporting,
    ScopeEntry, Subject,
};
use ledger_core::progress::{Counted, CountedFact, GroupSet, Quarter};
use ledger_core::{
    AccountKey, AwardId, AwardRegisterKey, CaseId, CertificateNumber, ClassId, ClawbackId, Context,
    CreditCode, DisbursementId, Division, Entity, EntityKey, FundSource, OrderId, PersonKey,
};
use ledger_log::keys::{self, EntityKind};

/// The version of the encoding; another is refused. A ledger whose derived state has an earlier
/// version is rebuilt from its log when it is opened, because what was added cannot be read from
/// the earlier values: in version 2 the date of the first attendance, the kind of a certificate and
/// the account of a payment, in version 3 the division of an award in the register of its scheme.
/// Version 4 has the layout of version 3: the timeline of a person names every payment to them and
/// what came back of it, also where they were paid as a master and not as a trainee.
/// In version 5 a person names the facts that were annulled.
pub const VERSION: u8 = 5;

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
        Entity::Award(entity) => entity.put(out),
        Entity::AwardRegister(entity) => entity.put(out),
        Entity::Order(entity) => entity.put(out),
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
        EntityKind::Award => Entity::Award(Wire::take(&mut reader)?),
        EntityKind::AwardRegister => Entity::AwardRegister(Wire::take(&mut reader)?),
        EntityKind::Order => Entity::Order(Wire::take(&mut reader)?),
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
        EntityKey::Award(key) => put(context.awards.get(key), out),
        EntityKey::AwardRegister(key) => put(context.award_registers.get(key), out),
        EntityKey::Order(key) => put(context.orders.get(key), out),
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
        EntityKey::Award(_) => EntityKind::Award,
        EntityKey::AwardRegister(_) => EntityKind::AwardRegister,
        EntityKey::Order(_) => EntityKind::Order,
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
        EntityKey::Award(key) => keys::award(key.as_bytes()),
        EntityKey::AwardRegister(key) => keys::award_register(key.as_bytes()),
        EntityKey::Order(key) => keys::order(key.as_bytes()),
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
        EntityKind::Award => EntityKey::Award(AwardId::from_bytes(id()?)),
        EntityKind::AwardRegister => EntityKey::AwardRegister(AwardRegisterKey::from_bytes(id()?)),
        EntityKind::Order => EntityKey::Order(OrderId::from_bytes(id()?)),
        EntityKind::Institution => {
            EntityKey::Institution(CreditCode::from_bytes(identifier.try_into().ok()?).ok()?)
        }
        EntityKind::Certificate => {
            let number = std::str::from_utf8(identifier).ok()?;
            EntityKey::Certificate(CertificateNumber::from_record(number).ok()?)
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
    Person { registered, statuses, enrolments, slots, timeline, annulled }
    Annulment { fact, by }
    StatusRecord { status, valid_from, valid_until, position }
    Enrolment {
        class, enrolled, enrolled_on, withdrawn, class_hours, attendances, completed, assessment,
        certificate, employment, approval, earned, payments, clawed_back, found_false,
        first_attendance, claim, agency_contract, objection_upheld, completed_groups,
    }
    Claim { position, on, route }
    Fact { position, on }
    Assessment { position, on, passed }
    CertificateFact { number, position, issued_on, invalidated, kind, verified, groups }
    EmploymentFact { position, employer, started_on, counts, evidence }
    Approval { position, on, amount, groups }
    Payment { disbursement, stage, position, amount, settled, account }
    QuotaSlot { taken, taken_on, year, class, scheme, occupation, level, freed }
    Class {
        approved, policy, institution, account, scheme, kind, occupation, level, headcount, rate,
        class_hours, starts_on, ends_on, residence, opened, closed, enrolled, completed, approvals,
        employed_completed, employed_approved, beneficiaries, in_flight, settlement,
        found_false, rate_source, scarce, reporting, order, publicity, objection_upheld,
        last_approval, counted,
    }
    CountedPlaces { fact, places }
    CountedFact { measure, quarter, groups }
    Reporting { action, sector, training, form }
    ClassPublicity { opened, closed, objections, last }
    Objection { position, on, person }
    ClassSettlement { position, on, excess, excess_outstanding }
    Institution { registered, kind, division, qualifications }
    Qualification {
        qualification, granted, kind, occupations, valid_from, valid_until, revoked,
    }
    ScopeEntry { occupation, levels }
    Revocation { position, effective_on }
    Certificate { class, person, evaluator, issued_on, issued, invalidated, verified }
    Account { opened, balances }
    Disbursement {
        ordered, subject, account, stage, payee, lines, total, settled, returned,
        award_clawed_back,
    }
    PaidLine { beneficiary, amount, clawed_back }
    Settlement { position, on, fiscal_year }
    Case { opened, institution, findings, clawbacks_outstanding, closed }
    Finding { finding, kind, made, subject, persons }
    Clawback {
        decided, case, finding, subject, account, debtor, total, outstanding, repayments,
        decision_number, penalties, penalty,
    }
    Award {
        approved, policy, scheme, division, recipient, subject, amount, parts, payments,
        clawed_back, revoked, found_false,
    }
    AwardPart { account, amount }
    AwardRegister { entries }
    AwardEntry { award, division, position, on, recipient, subject, revoked }
    Order {
        raised, division, raised_by, occupation, level, headcount, listed, selected, accepted,
        purchased, cancelled, class,
    }
}

// Numbers of a version are permanent; a new variant takes a new number.
numbered! {
    ClaimRoute { Person = 1, Institution = 2 }
    ClassKind { Ordinary = 1, Project = 2 }
    DisbursementStage { Advance = 1, Final = 2, Full = 3 }
    EmploymentEvidence {
        LabourContract = 1, SocialInsurance = 2, BusinessLicence = 3, Payroll = 4,
    }
    FindingKind {
        FalseTraining = 1, FalseEvaluation = 2, Fraud = 3, Ineligible = 4, HonestError = 5,
    }
    InstitutionKind {
        VocationalSchool = 1, TechnicalSchool = 2, PrivateTraining = 3, Enterprise = 4,
        PublicTrainingBase = 5, Evaluator = 6, Other = 7,
    }
}

/// Gives an enum the permanent numbers named: first the variants without a value, then those that
/// hold one.
macro_rules! variants {
    ($($type:ident {
        [$($empty:ident = $empty_number:literal),*]
        $($held:ident = $number:literal),+ $(,)?
    })+) => {$(
        impl Wire for $type {
            fn put(&self, out: &mut Vec<u8>) {
                match self {
                    $( Self::$empty => out.push($empty_number), )*
                    $( Self::$held(value) => {
                        out.push($number);
                        value.put(out);
                    } )+
                }
            }

            fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
                match reader.byte()? {
                    $( $empty_number => Ok(Self::$empty), )*
                    $( $number => Wire::take(reader).map(Self::$held), )+
                    _ => Err(CodecError::Malformed { field: stringify!($type) }),
                }
            }
        }
    )+};
}

variants! {
    PersonStatus {
        [Pension = 1, UnemploymentInsured = 4]
        Residence = 2, Group = 3, Age = 5, Sex = 6, GraduatesIn = 7,
    }
    Payee { [] Person = 1, Institution = 2, Employer = 3, Master = 4 }
    Subject { [] Class = 1, Award = 2 }
    RateSource { [Contract = 1] Below = 2, Standard = 3 }
    OrderRaisedBy { [] Person = 1, Enterprise = 2 }
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

impl Wire for Counted {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(self.number());
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        Self::from_number(reader.byte()?).ok_or(CodecError::Malformed { field: "Counted" })
    }
}

impl Wire for Quarter {
    fn put(&self, out: &mut Vec<u8>) {
        self.year().put(out);
        out.push(self.number());
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let year = u16::take(reader)?;
        Self::new(year, reader.byte()?).ok_or(CodecError::Malformed { field: "Quarter" })
    }
}

impl Wire for GroupSet {
    fn put(&self, out: &mut Vec<u8>) {
        self.bits().put(out);
    }

    fn take(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        Self::from_bits(u64::take(reader)?).ok_or(CodecError::Malformed { field: "GroupSet" })
    }
}

#[cfg(test)]
pub(crate) mod version_1;

#[cfg(test)]
mod tests;
