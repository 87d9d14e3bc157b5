//! Questions about persons, classes, certificates, disbursements, awards and orders.

use super::call::Call;
use super::error::CallError;
use super::read::optional_position;
use ledger_core::{
    AwardId, CertificateNumber, ClassId, DisbursementId, Division, Fen, OrderId, PersonKey, Reason,
    Refusal, SchemeId,
};
use ledger_engine::query::{QueryError, QuotaQuery};
use ledger_proto::from_proto::{
    CERTIFICATE_NUMBERS_MAX, date_from_proto, division_from_proto, id_from_proto,
};
use ledger_proto::to_proto::{
    award_to_proto, certificate_to_proto, class_to_proto, disbursement_to_proto,
    explanation_to_proto, order_to_proto, quota_slot_to_proto, refusal_to_proto,
    rule_citation_to_proto,
};
use ledger_proto::{ApiError, DecodeError, DecodeProblem, v1};

pub(super) async fn get_quota(
    call: Call,
    request: v1::GetQuotaRequest,
) -> Result<v1::GetQuotaResponse, CallError> {
    let query = QuotaQuery {
        person: id("person_key", &request.person_key, PersonKey::from_bytes)?,
        scheme: optional_scheme(&request.scheme)?,
        division: optional_division(request.division)?,
        year: request.year,
        as_of: optional_position(request.as_of_position),
    };
    let quota = call
        .read_at(request.at_least_position, move |reader| {
            reader.quota(&query)
        })
        .await?;
    Ok(v1::GetQuotaResponse {
        used: quota.used,
        limit: quota.limit,
        left: quota.left,
        slots: quota
            .slots
            .iter()
            .map(|used| quota_slot_to_proto(&used.slot, used.approval))
            .collect(),
        rule: quota.rule.as_ref().map(rule_citation_to_proto),
        log_position: quota.log_position.get(),
    })
}

pub(super) async fn check_eligibility(
    call: Call,
    request: v1::CheckEligibilityRequest,
) -> Result<v1::CheckEligibilityResponse, CallError> {
    let class = id("class_id", &request.class_id, ClassId::from_bytes)?;
    let person = id("person_key", &request.person_key, PersonKey::from_bytes)?;
    let on = date_from_proto(request.on_date.as_ref()).map_err(|error| error.within("on_date"))?;
    let checked = call
        .read_at(request.at_least_position, move |reader| {
            reader.check_eligibility(class, person, on)
        })
        .await?;
    let eligibility = checked.value;
    Ok(v1::CheckEligibilityResponse {
        would_pay: eligibility.would_pay.is_some(),
        amount_fen: eligibility.would_pay.map_or(0, Fen::get),
        rules: eligibility
            .applied
            .iter()
            .map(rule_citation_to_proto)
            .collect(),
        refusals: eligibility.refusals.iter().map(refusal_to_proto).collect(),
        explanation: Some(v1::DecisionExplanation {
            command: "approve_subsidy".to_owned(),
            occurred_date: request.on_date,
            class_id: request.class_id,
            person_key: request.person_key,
            accepted: eligibility.would_pay.is_some(),
            amount_fen: eligibility.would_pay.map_or(0, Fen::get),
            source: v1::ExplanationSource::Current.into(),
            ..explanation_to_proto(&eligibility.explanation)
        }),
        log_position: checked.log_position.get(),
    })
}

pub(super) async fn get_class(
    call: Call,
    request: v1::GetClassRequest,
) -> Result<v1::GetClassResponse, CallError> {
    let class = id("class_id", &request.class_id, ClassId::from_bytes)?;
    let found = call
        .read_at(request.at_least_position, move |reader| {
            reader.entity(class)
        })
        .await?;
    Ok(class_to_proto(&found.value, found.log_position))
}

pub(super) async fn get_certificate(
    call: Call,
    mut request: v1::GetCertificateRequest,
) -> Result<v1::GetCertificateResponse, CallError> {
    let certificates = &call.shared.edge.certificates;
    let replaced = certificates.replace(&mut request.number);
    replaced.map_err(|problem| DecodeError::new("number", problem))?;
    // A number that would be refused today may have been recorded before.
    let number = CertificateNumber::from_record(&request.number)
        .map_err(|error| DecodeError::new("number", error.into()))?;
    let lost = certificates.not_found(&request.number);
    let may_be_lost = lost.is_some();
    let found = call
        .read_at(request.at_least_position, move |reader| {
            match reader.entity(number) {
                Err(QueryError::NotFound { .. }) if may_be_lost => Ok(None),
                found => found.map(Some),
            }
        })
        .await?;
    let found = found.ok_or_else(|| {
        let refusal = Refusal::new(Reason::CertificateNotFound);
        ApiError::refused(refusal.about(lost.unwrap_or_default()))
    })?;
    Ok(certificate_to_proto(&found.value, found.log_position))
}

/// Nothing is read: it takes a microsecond for each number.
pub(super) async fn digest_certificate_numbers(
    call: Call,
    request: v1::DigestCertificateNumbersRequest,
) -> Result<v1::DigestCertificateNumbersResponse, CallError> {
    let mut numbers = request.numbers;
    if numbers.len() > CERTIFICATE_NUMBERS_MAX {
        let problem = DecodeProblem::TooMany {
            max: CERTIFICATE_NUMBERS_MAX,
            found: numbers.len(),
        };
        return Err(DecodeError::new("numbers", problem).into());
    }
    let certificates = &call.shared.edge.certificates;
    for (index, number) in numbers.iter_mut().enumerate() {
        let kept = certificates.replace(number);
        // A number that would be refused today may have been recorded before.
        let kept = kept.and_then(|()| Ok(CertificateNumber::from_record(number)?));
        kept.map_err(|problem| DecodeError::new(format!("numbers[{index}]"), problem))?;
    }
    Ok(v1::DigestCertificateNumbersResponse {
        kept_numbers: numbers,
    })
}

pub(super) async fn get_disbursement(
    call: Call,
    request: v1::GetDisbursementRequest,
) -> Result<v1::GetDisbursementResponse, CallError> {
    let id = id(
        "disbursement_id",
        &request.disbursement_id,
        DisbursementId::from_bytes,
    )?;
    let found = call
        .read_at(request.at_least_position, move |reader| reader.entity(id))
        .await?;
    Ok(disbursement_to_proto(&found.value, found.log_position))
}

pub(super) async fn get_award(
    call: Call,
    request: v1::GetAwardRequest,
) -> Result<v1::GetAwardResponse, CallError> {
    let award = id("award_id", &request.award_id, AwardId::from_bytes)?;
    let found = call
        .read_at(request.at_least_position, move |reader| {
            reader.entity(award)
        })
        .await?;
    Ok(award_to_proto(&found.value, found.log_position))
}

pub(super) async fn get_order(
    call: Call,
    request: v1::GetOrderRequest,
) -> Result<v1::GetOrderResponse, CallError> {
    let order = id("order_id", &request.order_id, OrderId::from_bytes)?;
    let found = call
        .read_at(request.at_least_position, move |reader| {
            reader.entity(order)
        })
        .await?;
    Ok(order_to_proto(&found.value, found.log_position))
}

/// Reads an identifier of sixteen bytes.
pub(super) fn id<T>(
    field: &'static str,
    wire: &[u8],
    make: impl Fn([u8; 16]) -> T,
) -> Result<T, DecodeError> {
    id_from_proto(wire, make).map_err(|error| error.within(field))
}

/// Reads a division for which zero stands for none.
pub(super) fn optional_division(wire: u32) -> Result<Option<Division>, DecodeError> {
    match wire {
        0 => Ok(None),
        code => division_from_proto(code)
            .map(Some)
            .map_err(|error| error.within("division")),
    }
}

fn optional_scheme(wire: &str) -> Result<Option<SchemeId>, DecodeError> {
    match wire {
        "" => Ok(None),
        name => SchemeId::parse(name)
            .map(Some)
            .map_err(|error| DecodeError::new("scheme", error.into())),
    }
}
