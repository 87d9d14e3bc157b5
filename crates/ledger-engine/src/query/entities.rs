//! Entities as they stand, each with the position that it reflects.

use ledger_core::entity::{
    Account, Award, AwardRegister, Case, Certificate, Class, Clawback, Disbursement, Institution,
    Order, Person,
};
use ledger_core::{
    AccountKey, AwardId, AwardRegisterKey, CaseId, CertificateNumber, ClassId, ClawbackId,
    CreditCode, DisbursementId, Entity, EntityKey, OrderId, PersonKey, Position,
};
use ledger_log::{Snapshot, Space};

use super::error::Subject;
use super::{QueryError, Reader};
use crate::entity_codec::{decode_entity, entity_key, entity_kind};

/// An answer and the last position of the log that it reflects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsOf<T> {
    /// The answer.
    pub value: T,
    /// The position as of which it is the answer.
    pub log_position: Position,
}

/// Reads one entity out of a snapshot; `None` when it does not exist.
pub(super) fn load(snapshot: &dyn Snapshot, key: &EntityKey) -> Result<Option<Entity>, QueryError> {
    let stored = snapshot.get(Space::Entities, &entity_key(key))?;
    stored.map(|bytes| decode(key, &bytes)).transpose()
}

/// Reads the stored form of an entity.
pub(super) fn decode(key: &EntityKey, bytes: &[u8]) -> Result<Entity, QueryError> {
    decode_entity(entity_kind(key), bytes).map_err(|source| QueryError::CorruptEntity {
        what: subject(key),
        source: source.into(),
    })
}

fn subject(key: &EntityKey) -> Subject {
    match key {
        EntityKey::Person(_) => Subject::Person,
        EntityKey::Class(_) => Subject::Class,
        EntityKey::Institution(_) => Subject::Institution,
        EntityKey::Certificate(_) => Subject::Certificate,
        EntityKey::Account(_) => Subject::Account,
        EntityKey::Disbursement(_) => Subject::Disbursement,
        EntityKey::Case(_) => Subject::Case,
        EntityKey::Clawback(_) => Subject::Clawback,
        EntityKey::Award(_) => Subject::Award,
        EntityKey::AwardRegister(_) => Subject::AwardRegister,
        EntityKey::Order(_) => Subject::Order,
    }
}

macro_rules! entity_queries {
    ($( $(#[doc = $doc:literal])+ $query:ident, $load:ident($key:ty) -> $entity:ident; )+) => {
        impl Reader {
            $(
                $(#[doc = $doc])+
                ///
                /// # Errors
                ///
                /// [`QueryError::NotFound`], and what reading the store gives.
                pub fn $query(&self, key: $key) -> Result<AsOf<$entity>, QueryError> {
                    let snapshot = self.store.snapshot()?;
                    let value = $load(snapshot.as_ref(), key)?
                        .ok_or(QueryError::NotFound { what: Subject::$entity })?;
                    Ok(AsOf { value, log_position: snapshot.last_position() })
                }
            )+
        }

        $(
            pub(super) fn $load(
                snapshot: &dyn Snapshot,
                key: $key,
            ) -> Result<Option<$entity>, QueryError> {
                let entity = load(snapshot, &EntityKey::$entity(key))?;
                Ok(entity.and_then(|entity| match entity {
                    Entity::$entity(entity) => Some(entity),
                    // Decoding gives the kind of the key.
                    _ => None,
                }))
            }
        )+
    };
}

entity_queries! {
    /// Returns what the rules know of a person.
    person, load_person(PersonKey) -> Person;
    /// Returns a class.
    class, load_class(ClassId) -> Class;
    /// Returns a body with its qualifications.
    institution, load_institution(CreditCode) -> Institution;
    /// Returns where a certificate number belongs, and whether it is void.
    certificate, load_certificate(CertificateNumber) -> Certificate;
    /// Returns the latest balances of an account.
    account_entity, load_account(AccountKey) -> Account;
    /// Returns a disbursement with its lines.
    disbursement, load_disbursement(DisbursementId) -> Disbursement;
    /// Returns a supervision case with its findings.
    case, load_case(CaseId) -> Case;
    /// Returns a decided clawback and what is still owed.
    clawback, load_clawback(ClawbackId) -> Clawback;
    /// Returns an award with its payments.
    award, load_award(AwardId) -> Award;
    /// Returns the awards of one scheme in one province.
    award_register, load_award_register(AwardRegisterKey) -> AwardRegister;
    /// Returns a training order and how far it has come.
    order, load_order(OrderId) -> Order;
}
