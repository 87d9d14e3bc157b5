//! The stored form of every entity: private, versioned, compact.
//!
//! The first byte is the layout, [`VERSION`]; the fields follow in the order written here, numbers
//! as varints, lists with their count in front. Which entity it is stands in its key and not in the
//! value.
//! Texts and codes are checked again when they are read, because a byte that changed on disk must
//! not become a plausible fact.

use crate::wire::{CodecError, Reader, Wire, fields, numbered};
use ledger_core::entities::InTable;
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
use ledger_core::{Context, Entity, EntityKey, EntityKind, each_entity};
use std::ops::RangeInclusive;

pub use ledger_log::keys::{entity as entity_key, parse_entity as parse_entity_key};

/// The layout that is written. A field that is new raises it by one, and says beside its name since
/// which layout it is there and what an older value means (`field since 5 = None`). Values of
/// older layouts stay as they are until their entity changes.
pub const VERSION: u8 = 5;

/// The earliest layout that is read. It is raised, to that of [`VERSION`], only where something was
/// added that history has to fill, because no value is right for all entities on record. A ledger
/// whose derived state is older is then rebuilt from its log when it is opened. So it was with
/// layout 2 (the date of the first attendance, the kind of a certificate, the account of a
/// payment), 3 (the division of an award in the register of its scheme) and 4 (a person's timeline
/// names every payment to them and what came back of it, also where they were paid as a master).
pub const FILLED_SINCE: u8 = 4;

/// The layouts that are read.
const READ: RangeInclusive<u8> = FILLED_SINCE..=VERSION;

const _: () = assert!(FILLED_SINCE <= VERSION);

/// Appends the stored form of an entity to `out`.
pub fn encode_entity(entity: &Entity, out: &mut Vec<u8>) {
    out.push(VERSION);
    macro_rules! put {
        ($(
            $number:literal $name:ident($key:ident) as $one:ident in $many:ident:
            $english:literal, $chinese:literal;
        )+) => {
            match entity { $( Entity::$name(entity) => entity.put(out), )+ }
        };
    }
    each_entity!(put);
}

/// Reads what [`encode_entity`] wrote for an entity of that kind.
///
/// # Errors
///
/// [`CodecError`] for an unknown version, and for bytes that `encode_entity` does not write.
pub fn decode_entity(kind: EntityKind, bytes: &[u8]) -> Result<Entity, CodecError> {
    let mut reader = Reader::laid_out(bytes, READ)?;
    macro_rules! taken {
        ($(
            $number:literal $name:ident($key:ident) as $one:ident in $many:ident:
            $english:literal, $chinese:literal;
        )+) => {
            match kind { $( EntityKind::$name => Entity::$name(Wire::take(&mut reader)?), )+ }
        };
    }
    let entity = each_entity!(taken);
    reader.finish()?;
    Ok(entity)
}

/// As [`decode_entity`], for an entity whose type is known.
///
/// # Errors
///
/// As [`decode_entity`].
pub(crate) fn decode_as<T: InTable>(bytes: &[u8]) -> Result<T, CodecError> {
    let entity = decode_entity(T::KIND, bytes)?;
    Ok(T::of(entity).expect("decoding gives an entity of the kind asked for"))
}

/// The value that this version would have written, for a value of an earlier layout that it reads;
/// `None` for any other value.
pub(crate) fn brought_up(kind: EntityKind, bytes: &[u8]) -> Option<Vec<u8>> {
    if bytes.first().is_none_or(|layout| *layout == VERSION) {
        return None;
    }
    let mut out = Vec::with_capacity(bytes.len());
    encode_entity(&decode_entity(kind, bytes).ok()?, &mut out);
    Some(out)
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
    macro_rules! put_loaded {
        ($(
            $number:literal $name:ident($key:ident) as $one:ident in $many:ident:
            $english:literal, $chinese:literal;
        )+) => {
            match key { $( EntityKey::$name(key) => put(context.$many.get(key), out), )+ }
        };
    }
    each_entity!(put_loaded)
}

fields! {
    // No event before layout 5 annulled anything.
    Person { registered, statuses, enrolments, slots, timeline, annulled since 5 = Vec::new() }
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
