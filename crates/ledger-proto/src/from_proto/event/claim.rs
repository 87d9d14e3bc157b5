//! What stands between the training and the payment: verification, claims, publicity.

use ledger_core::event::{
    AgencyContractRecorded, CertificateVerified, ClaimSubmitted, EventBody, ObjectionRaised,
    ObjectionResolved, PublicityClosed, PublicityOpened,
};
use ledger_core::{ClassId, PersonKey};

use super::super::claim_route_from_proto;
use super::super::value::{certificate_number, id, note, optional_id, position, reference};
use crate::error::{DecodeError, Within as _};
use crate::interner::Interner;
use crate::v1;

pub(super) fn certificate_verified(
    wire: &v1::CertificateVerified,
) -> Result<EventBody, DecodeError> {
    Ok(EventBody::CertificateVerified(CertificateVerified {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
        number: certificate_number(&wire.number).within("number")?,
        source: reference(&wire.source).within("source")?,
    }))
}

pub(super) fn submitted(wire: &v1::ClaimSubmitted) -> Result<EventBody, DecodeError> {
    Ok(EventBody::ClaimSubmitted(ClaimSubmitted {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
        route: claim_route_from_proto(wire.route).within("route")?,
    }))
}

pub(super) fn agency_contract_recorded(
    wire: &v1::AgencyContractRecorded,
    names: &mut Interner,
) -> Result<EventBody, DecodeError> {
    Ok(EventBody::AgencyContractRecorded(AgencyContractRecorded {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
        institution: names.credit_code(&wire.institution).within("institution")?,
        contract_number: reference(&wire.contract_number).within("contract_number")?,
    }))
}

pub(super) fn publicity_opened(wire: &v1::PublicityOpened) -> Result<EventBody, DecodeError> {
    Ok(EventBody::PublicityOpened(PublicityOpened {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        approvals: wire.approvals,
        place: reference(&wire.place).within("place")?,
    }))
}

pub(super) fn objection_raised(wire: &v1::ObjectionRaised) -> Result<EventBody, DecodeError> {
    Ok(EventBody::ObjectionRaised(ObjectionRaised {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        person: optional_id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
        grounds: note(&wire.grounds).within("grounds")?,
    }))
}

pub(super) fn objection_resolved(wire: &v1::ObjectionResolved) -> Result<EventBody, DecodeError> {
    Ok(EventBody::ObjectionResolved(ObjectionResolved {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        objection: position(wire.objection_position).within("objection_position")?,
        person: optional_id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
        upheld: wire.upheld,
        grounds: note(&wire.grounds).within("grounds")?,
    }))
}

pub(super) fn publicity_closed(wire: &v1::PublicityClosed) -> Result<EventBody, DecodeError> {
    Ok(EventBody::PublicityClosed(PublicityClosed {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
    }))
}
