//! What stands between the training and the payment: verification, claims, publicity.

use ledger_core::event::ClaimRoute;
use ledger_core::{CertificateNumber, ClassId, CreditCode, Note, PersonKey, Position, Reference};

use super::super::claim_route_to_proto;
use super::super::value::{bytes, credit_code, optional_bytes};
use crate::v1::{self, recorded_event::Body};

pub(super) fn certificate_verified(
    class: ClassId,
    person: PersonKey,
    number: &CertificateNumber,
    source: &Reference,
) -> Body {
    Body::CertificateVerified(v1::CertificateVerified {
        class_id: bytes(class.as_bytes()),
        person_key: bytes(person.as_bytes()),
        number: number.as_str().to_owned(),
        source: source.as_str().to_owned(),
    })
}

pub(super) fn submitted(class: ClassId, person: PersonKey, route: ClaimRoute) -> Body {
    Body::ClaimSubmitted(v1::ClaimSubmitted {
        class_id: bytes(class.as_bytes()),
        person_key: bytes(person.as_bytes()),
        route: claim_route_to_proto(route).into(),
    })
}

pub(super) fn agency_contract_recorded(
    class: ClassId,
    person: PersonKey,
    institution: &CreditCode,
    contract_number: &Reference,
) -> Body {
    Body::AgencyContractRecorded(v1::AgencyContractRecorded {
        class_id: bytes(class.as_bytes()),
        person_key: bytes(person.as_bytes()),
        institution: credit_code(institution),
        contract_number: contract_number.as_str().to_owned(),
    })
}

pub(super) fn publicity_opened(class: ClassId, approvals: u32, place: &Reference) -> Body {
    Body::PublicityOpened(v1::PublicityOpened {
        class_id: bytes(class.as_bytes()),
        approvals,
        place: place.as_str().to_owned(),
    })
}

pub(super) fn objection_raised(class: ClassId, person: Option<PersonKey>, grounds: &Note) -> Body {
    Body::ObjectionRaised(v1::ObjectionRaised {
        class_id: bytes(class.as_bytes()),
        person_key: optional_bytes(person.as_ref().map(PersonKey::as_bytes)),
        grounds: grounds.as_str().to_owned(),
    })
}

pub(super) fn objection_resolved(
    class: ClassId,
    objection: Position,
    person: Option<PersonKey>,
    upheld: bool,
    grounds: &Note,
) -> Body {
    Body::ObjectionResolved(v1::ObjectionResolved {
        class_id: bytes(class.as_bytes()),
        objection_position: objection.get(),
        person_key: optional_bytes(person.as_ref().map(PersonKey::as_bytes)),
        upheld,
        grounds: grounds.as_str().to_owned(),
    })
}

pub(super) fn publicity_closed(class: ClassId) -> Body {
    Body::PublicityClosed(v1::PublicityClosed {
        class_id: bytes(class.as_bytes()),
    })
}
