//! What stands between the training and the payment: verification, claims, publicity.

use ledger_core::PersonKey;
use ledger_core::command::{
    ClosePublicity, OpenPublicity, RaiseObjection, RecordAgencyContract, ResolveObjection,
    SubmitClaim, VerifyCertificate,
};

use super::super::claim_route_to_proto;
use super::super::value::{bytes, optional_bytes};
use crate::v1::{self, command::Body};

pub(super) fn verify_certificate(command: &VerifyCertificate) -> Body {
    Body::VerifyCertificate(v1::VerifyCertificate {
        number: command.number.as_str().to_owned(),
        source: command.source.as_str().to_owned(),
    })
}

pub(super) fn submit_claim(command: &SubmitClaim) -> Body {
    Body::SubmitClaim(v1::SubmitClaim {
        class_id: bytes(command.class.as_bytes()),
        person_key: bytes(command.person.as_bytes()),
        route: claim_route_to_proto(command.route).into(),
    })
}

pub(super) fn record_agency_contract(command: &RecordAgencyContract) -> Body {
    Body::RecordAgencyContract(v1::RecordAgencyContract {
        class_id: bytes(command.class.as_bytes()),
        person_key: bytes(command.person.as_bytes()),
        contract_number: command.contract_number.as_str().to_owned(),
    })
}

pub(super) fn open_publicity(command: &OpenPublicity) -> Body {
    Body::OpenPublicity(v1::OpenPublicity {
        class_id: bytes(command.class.as_bytes()),
        place: command.place.as_str().to_owned(),
    })
}

pub(super) fn raise_objection(command: &RaiseObjection) -> Body {
    Body::RaiseObjection(v1::RaiseObjection {
        class_id: bytes(command.class.as_bytes()),
        person_key: optional_bytes(command.person.as_ref().map(PersonKey::as_bytes)),
        grounds: command.grounds.as_str().to_owned(),
    })
}

pub(super) fn resolve_objection(command: &ResolveObjection) -> Body {
    Body::ResolveObjection(v1::ResolveObjection {
        class_id: bytes(command.class.as_bytes()),
        objection_position: command.objection.get(),
        upheld: command.upheld,
        grounds: command.grounds.as_str().to_owned(),
    })
}

pub(super) fn close_publicity(command: &ClosePublicity) -> Body {
    Body::ClosePublicity(v1::ClosePublicity {
        class_id: bytes(command.class.as_bytes()),
    })
}
