//! How the values in commands and events stand on the wire.

use std::sync::Arc;

use ledger_core::coded::DocumentKind;
use ledger_core::command::Debt;
use ledger_core::event::{
    AppliedRule, OrderRaisedBy, Payee, PayingCapacity, PersonStatus, QualificationScope,
    RateSource, Reporting,
};
use ledger_core::{
    AccountKey, AwardId, BusinessDate, CaseId, CertificateNumber, ClassId, ClawbackId, CreditCode,
    DisbursementId, Division, Fen, FindingId, Note, Occupation, OrderId, PersonKey, Position,
    QualificationId, Reference, SchemeId,
};

use super::{Door, FromWire, Reader, Record, ToWire, codecs};
use crate::error::{DecodeError, DecodeProblem, Within as _};
use crate::from_proto::{self, door, value as record};
use crate::interner::Interner;
use crate::to_proto::{self, value as write};
use crate::v1;
use crate::v1::class_approved::RateSource as RateSourceOnWire;

codecs! {
    // Numbers and texts of no further form.
    bool as bool: read |wire, _| Ok(*wire), write |it| *it;
    u32 as u32: read |wire, _| Ok(*wire), write |it| *it;
    i32 as i32: read |wire, _| Ok(*wire), write |it| *it;
    Option<u32> as Option<u32>: read |wire, _| Ok(*wire), write |it| *it;
    Option<i32> as Option<i32>: read |wire, _| Ok(*wire), write |it| *it;
    u16 as u32: read |wire, _| record::fiscal_year(*wire), write |it| (*it).into();
    Arc<str> as String:
        read |wire, _| Ok(Arc::from(wire.as_str())),
        write |it| it.as_ref().to_owned();
    [u8; 32] as Vec<u8>: read |wire, _| record::digest(wire), write |it| it.to_vec();

    // Money, days, positions.
    Fen as i64: read |wire, _| Ok(Fen::new(*wire)), write |it| it.get();
    Option<Fen> as Option<i64>: read |wire, _| Ok(wire.map(Fen::new)), write |it| it.map(Fen::get);
    BusinessDate as Option<v1::Date>:
        read |wire, _| from_proto::date_from_proto(wire.as_ref()),
        write |it| Some(to_proto::date_to_proto(*it));
    Option<BusinessDate> as Option<v1::Date>:
        read |wire, _| record::optional_date(wire.as_ref()),
        write |it| it.map(to_proto::date_to_proto);
    Position as u64: read |wire, _| record::position(*wire), write |it| it.get();

    // Places and accounts.
    Division as u32: read |wire, _| from_proto::division_from_proto(*wire), write |it| it.code();
    Option<Division> as u32:
        read |wire, _| record::optional_division(*wire),
        write |it| write::optional_division(*it);
    AccountKey as Option<v1::AccountKey>:
        read |wire, _| from_proto::account_key_from_proto(wire.as_ref()),
        write |it| Some(to_proto::account_key_to_proto(*it));
    PayingCapacity as Option<v1::PayingCapacity>:
        read |wire, _| match wire {
            Some(wire) => Ok(from_proto::capacity_from_proto(wire)),
            None => Err(DecodeProblem::Missing.into()),
        },
        write |it| Some(to_proto::capacity_to_proto(*it));
    Option<PayingCapacity> as Option<v1::PayingCapacity>:
        read |wire, _| Ok(wire.as_ref().map(from_proto::capacity_from_proto)),
        write |it| it.map(to_proto::capacity_to_proto);

    // Codes and names.
    CreditCode as String:
        read |wire, names| names.credit_code(wire),
        write |it| write::credit_code(it);
    Option<CreditCode> as String:
        read |wire, names| record::optional_credit_code(wire, names),
        write |it| it.as_ref().map(write::credit_code).unwrap_or_default();
    Occupation as String: read |wire, _| record::occupation(wire), write |it| it.to_string();
    SchemeId as String:
        asked |wire, _| door::scheme(wire),
        recorded |wire, _| record::scheme(wire),
        write |it| it.as_str().to_owned();
    CertificateNumber as String:
        asked |wire, _| door::certificate_number(wire),
        recorded |wire, _| record::certificate_number(wire),
        write |it| it.as_str().to_owned();
    Reference as String:
        asked |wire, _| door::reference(wire),
        recorded |wire, _| record::reference(wire),
        write |it| it.as_str().to_owned();
    Note as String:
        asked |wire, _| door::note(wire),
        recorded |wire, _| record::note(wire),
        write |it| it.as_str().to_owned();

    // What has a message of its own.
    AppliedRule as v1::AppliedRule:
        read |wire, _| from_proto::applied_rule_from_proto(wire),
        write |it| to_proto::applied_rule_to_proto(it);
    Debt as Option<v1::Debt>:
        asked |wire, _| door::debt(wire.as_ref()),
        recorded |wire, _| from_proto::debt_from_proto(wire.as_ref()),
        write |it| Some(to_proto::debt_to_proto(it));
    DocumentKind as i32:
        read |wire, _| from_proto::document_kind_from_proto(*wire),
        write |it| to_proto::document_kind_to_proto(*it).into();
    OrderRaisedBy as Option<v1::OrderRaisedBy>:
        asked |wire, names| door::raised_by(wire.as_ref(), names),
        recorded |wire, names| from_proto::raised_by_from_proto(wire.as_ref(), names),
        write |it| Some(to_proto::raised_by_to_proto(*it));
    Payee as Option<v1::Payee>:
        asked |wire, names| door::payee(wire.as_ref(), names),
        recorded |wire, names| from_proto::payee_from_proto(wire.as_ref(), names),
        write |it| Some(to_proto::payee_to_proto(it));
    PersonStatus as Option<v1::PersonStatus>:
        read |wire, _| from_proto::person_status_from_proto(wire.as_ref()),
        write |it| Some(to_proto::person_status_to_proto(*it));
    QualificationScope as Option<v1::QualificationScope>:
        asked |wire, _| door::scope(wire.as_ref()),
        recorded |wire, _| from_proto::scope_from_proto(wire.as_ref()),
        write |it| Some(to_proto::scope_to_proto(it));
    RateSource as Option<RateSourceOnWire>:
        read |wire, _| rate_source_from_wire(wire.as_ref()),
        write |it| rate_source_to_wire(*it);
    Reporting as Option<v1::Reporting>:
        asked |wire, _| door::reporting(wire.as_ref()),
        recorded |wire, _| from_proto::reporting_from_proto(wire.as_ref()),
        write |it| to_proto::reporting_to_proto(it);
}

/// Identifiers of sixteen bytes; empty bytes stand for none.
macro_rules! ids {
    ($( $id:ident ),+ $(,)?) => {
        codecs! {$(
            $id as Vec<u8>:
                asked |wire, _| door::id(wire, $id::from_bytes),
                recorded |wire, _| record::id(wire, $id::from_bytes),
                write |it| it.as_bytes().to_vec();
            Option<$id> as Vec<u8>:
                asked |wire, _| door::optional_id(wire, $id::from_bytes),
                recorded |wire, _| record::optional_id(wire, $id::from_bytes),
                write |it| it.as_ref().map(ToWire::to_wire).unwrap_or_default();
        )+}
    };
}

ids! {
    AwardId, CaseId, ClassId, ClawbackId, DisbursementId, FindingId, OrderId, PersonKey,
    QualificationId,
}

fn rate_source_to_wire(source: RateSource) -> Option<RateSourceOnWire> {
    match source {
        RateSource::Contract => None,
        RateSource::Below(policy) => Some(RateSourceOnWire::RateBelowPosition(policy.get())),
        RateSource::Standard(policy) => Some(RateSourceOnWire::RateStandardPosition(policy.get())),
    }
}

fn rate_source_from_wire(wire: Option<&RateSourceOnWire>) -> Result<RateSource, DecodeError> {
    Ok(match wire {
        None => RateSource::Contract,
        Some(RateSourceOnWire::RateBelowPosition(policy)) => {
            RateSource::Below(record::position(*policy).within("rate_below_position")?)
        }
        Some(RateSourceOnWire::RateStandardPosition(policy)) => {
            RateSource::Standard(record::position(*policy).within("rate_standard_position")?)
        }
    })
}
