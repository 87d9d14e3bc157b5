//! What stands between the training and the payment: verification, claims, publicity.

use ledger_core::command::{
    ClosePublicity, CommandBody, OpenPublicity, RaiseObjection, RecordAgencyContract,
    ResolveObjection, SubmitClaim, VerifyCertificate,
};
use ledger_core::{ClassId, PersonKey};

use super::super::claim_route_from_proto;
use super::super::door::{certificate_number, id, note, optional_id, reference};
use super::super::value::position;
use crate::error::{DecodeError, Within as _};
use crate::v1;

pub(super) fn verify_certificate(wire: &v1::VerifyCertificate) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::VerifyCertificate(VerifyCertificate {
        number: certificate_number(&wire.number).within("number")?,
        source: reference(&wire.source).within("source")?,
    }))
}

pub(super) fn submit_claim(wire: &v1::SubmitClaim) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::SubmitClaim(SubmitClaim {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
        route: claim_route_from_proto(wire.route).within("route")?,
    }))
}

pub(super) fn record_agency_contract(
    wire: &v1::RecordAgencyContract,
) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::RecordAgencyContract(RecordAgencyContract {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        person: id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
        contract_number: reference(&wire.contract_number).within("contract_number")?,
    }))
}

pub(super) fn open_publicity(wire: &v1::OpenPublicity) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::OpenPublicity(OpenPublicity {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        place: reference(&wire.place).within("place")?,
    }))
}

pub(super) fn raise_objection(wire: &v1::RaiseObjection) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::RaiseObjection(RaiseObjection {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        person: optional_id(&wire.person_key, PersonKey::from_bytes).within("person_key")?,
        grounds: note(&wire.grounds).within("grounds")?,
    }))
}

pub(super) fn resolve_objection(wire: &v1::ResolveObjection) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::ResolveObjection(ResolveObjection {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
        objection: position(wire.objection_position).within("objection_position")?,
        upheld: wire.upheld,
        grounds: note(&wire.grounds).within("grounds")?,
    }))
}

pub(super) fn close_publicity(wire: &v1::ClosePublicity) -> Result<CommandBody, DecodeError> {
    Ok(CommandBody::ClosePublicity(ClosePublicity {
        class: id(&wire.class_id, ClassId::from_bytes).within("class_id")?,
    }))
}
