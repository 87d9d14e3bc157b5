//! Every kind of command there and back, and what is said of what is wrong.
//!
//! Long: one table of messages and their JSON.

use serde_json::json;

use super::*;

const A: &str = "0190a3b2-0000-7000-8000-00000000000a";
const B: &str = "0190a3b2-0000-7000-8000-00000000000b";
const C: &str = "0190a3b2-0000-7000-8000-00000000000c";
const SCHOOL: &str = "52370100MJE0000012";

/// One body of every kind of command, by its JSON name.
#[expect(
    clippy::too_many_lines,
    reason = "a table with a row for every kind of command"
)]
fn bodies() -> Vec<(&'static str, Value)> {
    let trainee = json!({"classId": A, "personKey": B});
    let with = |extra: Value| {
        let mut object = trainee.as_object().unwrap().clone();
        object.extend(extra.as_object().unwrap().clone());
        Value::Object(object)
    };
    let fund = "FUND_SOURCE_SPECIAL_ACCOUNT";
    let residence = json!({
        "kind": "PERSON_STATUS_KIND_RESIDENCE", "division": 370100, "group": "GROUP_UNSPECIFIED",
        "sex": "SEX_UNSPECIFIED",
    });
    let age = json!({
        "kind": "PERSON_STATUS_KIND_AGE", "division": 0, "group": "GROUP_UNSPECIFIED", "age": 0,
        "sex": "SEX_UNSPECIFIED",
    });
    let capacity = json!({"balanceFen": 5_000_000_000_i64, "monthlyBenefitsFen": 200_000_000});
    vec![
        (
            "publishPolicy",
            json!({"text": "title = \"职业技能提升行动\"\n"}),
        ),
        ("openAccount", json!({"division": 370100, "fund": fund})),
        (
            "accrueFunds",
            json!({
                "division": 370100, "fund": fund, "amountFen": 100_000_000_000_000_i64,
                "reference": "凭证1", "capacity": capacity,
            }),
        ),
        (
            "transferFunds",
            json!({
                "fromDivision": 370100, "toDivision": 370200, "fund": fund, "amountFen": 1,
                "reference": "2",
            }),
        ),
        (
            "registerInstitution",
            json!({
                "institution": SCHOOL, "kind": "INSTITUTION_KIND_VOCATIONAL_SCHOOL",
                "name": "某职业学校", "division": 370100,
            }),
        ),
        (
            "grantQualification",
            json!({
                "institution": SCHOOL, "qualificationId": A,
                "scope": {
                    "kind": "QUALIFICATION_KIND_EVALUATION", "evaluatorNumber": "S000037000123",
                    "occupations": [{
                        "occupation": "2015:4-10-01-05",
                        "levels": ["SKILL_LEVEL_JUNIOR", "SKILL_LEVEL_SENIOR"],
                    }],
                },
                "validFromDate": "2020-01-01", "validUntilDate": "2022-12-31",
                "decisionNumber": "3",
            }),
        ),
        (
            "revokeQualification",
            json!({
                "institution": SCHOOL, "qualificationId": A, "effectiveDate": "2021-01-01",
                "grounds": "虚假培训", "decisionNumber": "4",
            }),
        ),
        ("registerPerson", json!({"personKey": B})),
        (
            "declarePersonStatus",
            json!({
                "personKey": B, "status": residence, "validFromDate": "2019-01-01",
                "validUntilDate": "2020-01-01", "source": "5",
            }),
        ),
        (
            "endPersonStatus",
            json!({
                "personKey": B, "status": age, "validUntilDate": "2020-01-01",
                "source": "5",
            }),
        ),
        (
            "approveClass",
            json!({
                "classId": A, "institution": SCHOOL, "division": 370100, "fund": fund,
                "scheme": "project-training", "kind": "CLASS_KIND_PROJECT",
                "occupation": "2015:4-10-01-05", "level": "SKILL_LEVEL_JUNIOR", "headcount": 50,
                "rateFen": 180_000, "classHours": 80, "startDate": "2021-03-01",
                "endDate": "2021-03-31", "residenceDivision": 0, "contractNumber": "6",
                "reporting": {
                    "action": "digital-skills", "sector": "",
                    "training": "TRAINING_KIND_PROJECT", "form": "CLASS_FORM_ORDER_CLASS",
                },
                "orderId": B,
            }),
        ),
        ("openClass", json!({"classId": A})),
        ("closeClass", json!({"classId": A})),
        ("enrolPerson", trainee.clone()),
        ("withdrawEnrolment", with(json!({"reason": "7"}))),
        ("recordAttendance", with(json!({"classHours": 8}))),
        ("completeTraining", trainee.clone()),
        (
            "recordAssessment",
            with(json!({"evaluator": SCHOOL, "result": "ASSESSMENT_RESULT_PASSED"})),
        ),
        (
            "issueCertificate",
            with(json!({
                "kind": "CERTIFICATE_KIND_SKILL_LEVEL", "number": "S000037000123214000057",
                "evaluator": SCHOOL, "issuedDate": "2021-04-10",
            })),
        ),
        (
            "invalidateCertificate",
            json!({"number": "S000037000123214000057", "grounds": "8", "decisionNumber": "9"}),
        ),
        (
            "confirmEmployment",
            with(json!({
                "employer": SCHOOL, "evidence": "EMPLOYMENT_EVIDENCE_LABOUR_CONTRACT",
                "startedDate": "2021-05-01",
            })),
        ),
        ("withdrawEmployment", with(json!({"reason": "10"}))),
        ("approveSubsidy", trainee.clone()),
        (
            "orderDisbursement",
            json!({
                "disbursementId": C, "classId": A, "stage": "DISBURSEMENT_STAGE_ADVANCE",
                "payee": {"institution": SCHOOL}, "beneficiaryKeys": [B, C],
                "fund": "FUND_SOURCE_UNSPECIFIED",
            }),
        ),
        (
            "settleDisbursement",
            json!({"disbursementId": C, "bankReference": "11"}),
        ),
        (
            "returnDisbursement",
            json!({
                "disbursementId": C, "kind": "RETURN_KIND_PASSIVE", "bankReference": "12",
                "reason": "13",
            }),
        ),
        (
            "openCase",
            json!({"caseId": A, "institution": "", "clue": "14"}),
        ),
        (
            "makeFinding",
            json!({
                "caseId": A, "findingId": B, "kind": "FINDING_KIND_FALSE_TRAINING",
                "classId": C, "personKeys": [], "evidencePositions": [1, 9_007_199_254_740_991_u64],
                "decisionNumber": "15", "awardId": "",
            }),
        ),
        ("closeCase", json!({"caseId": A, "outcome": "16"})),
        (
            "decideClawback",
            json!({
                "clawbackId": C, "caseId": A, "findingId": B,
                "lines": [{"disbursementId": C, "beneficiaryKey": B, "amountFen": 108_000}],
                "decisionNumber": "17",
            }),
        ),
        (
            "recordRepayment",
            json!({"debt": {"clawbackId": C}, "amountFen": 50_000, "bankReference": "18"}),
        ),
        (
            "recordProvincialAdjustment",
            json!({
                "division": 370100, "fund": fund, "amountFen": 1, "capacity": capacity,
                "reference": "19",
            }),
        ),
    ]
}

/// The same for documents, orders, claims, publicity, awards and penalties.
#[expect(
    clippy::too_many_lines,
    reason = "a table with a row for every kind of command"
)]
fn later_bodies() -> Vec<(&'static str, Value)> {
    vec![
        (
            "withdrawPolicy",
            json!({
                "policyId": "sd-2019", "version": 1, "effectiveDate": "2021-07-01",
                "grounds": "20", "decisionNumber": "21",
            }),
        ),
        (
            "raiseOrder",
            json!({
                "orderId": A, "division": 370100, "raisedBy": {"enterprise": SCHOOL},
                "occupation": "2015:4-10-01-05", "level": "SKILL_LEVEL_JUNIOR", "headcount": 40,
            }),
        ),
        ("listOrder", json!({"orderId": A})),
        ("selectOrder", json!({"orderId": A, "personKey": B})),
        ("acceptOrder", json!({"orderId": A, "institution": SCHOOL})),
        (
            "purchaseOrder",
            json!({"orderId": A, "contractNumber": "22"}),
        ),
        ("cancelOrder", json!({"orderId": A, "reason": "23"})),
        (
            "verifyCertificate",
            json!({"number": "S000037000123214000057", "source": "24"}),
        ),
        (
            "submitClaim",
            json!({"classId": A, "personKey": B, "route": "CLAIM_ROUTE_INSTITUTION"}),
        ),
        (
            "recordAgencyContract",
            json!({"classId": A, "personKey": B, "contractNumber": "25"}),
        ),
        ("openPublicity", json!({"classId": A, "place": "26"})),
        (
            "raiseObjection",
            json!({"classId": A, "personKey": "", "grounds": "27"}),
        ),
        (
            "resolveObjection",
            json!({"classId": A, "objectionPosition": 900, "upheld": false, "grounds": "28"}),
        ),
        ("closePublicity", json!({"classId": A})),
        (
            "approveAward",
            json!({
                "awardId": A, "scheme": "skills-competition-gold", "division": 370000,
                "recipient": {"masterKey": B}, "subject": "29", "amountFen": 10_000_000,
                "parts": [
                    {"division": 370000, "fund": "FUND_SOURCE_SKILLED_TALENT", "amountFen": 0},
                    {"division": 370100, "fund": "FUND_SOURCE_CENTRAL_BUDGET"},
                ],
                "decisionNumber": "30",
            }),
        ),
        (
            "revokeAward",
            json!({"awardId": A, "grounds": "31", "decisionNumber": "32"}),
        ),
        (
            "orderAwardPayment",
            json!({
                "disbursementId": C, "awardId": A, "division": 370000,
                "fund": "FUND_SOURCE_SKILLED_TALENT",
            }),
        ),
        (
            "imposePenalty",
            json!({"clawbackId": C, "amountFen": 60_000, "decisionNumber": "33"}),
        ),
        (
            "annulFact",
            json!({"position": 9, "grounds": "34", "decisionNumber": "35"}),
        ),
    ]
}

fn command(name: &str, body: &Value) -> Value {
    json!({"occurredDate": "2021-03-01", "causes": [7], name: body})
}

#[test]
fn every_kind_of_command_comes_back_as_it_was() {
    for (name, body) in bodies().into_iter().chain(later_bodies()) {
        let json = command(name, &body);
        let message: v1::Command = from_json(&json).unwrap_or_else(|error| panic!("{error}"));
        assert!(message.body.is_some(), "{name}");
        assert_eq!(to_json(&message), json, "{name}");
    }
}

#[test]
fn every_kind_of_command_is_in_the_table() {
    let kind = descriptor(v1::Command::NAME);
    let body = kind.oneofs().next().unwrap();
    let mut expected: Vec<_> = body
        .fields()
        .map(|field| field.json_name().to_owned())
        .collect();
    let mut found: Vec<_> = bodies()
        .iter()
        .chain(&later_bodies())
        .map(|(name, _)| (*name).to_owned())
        .collect();
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn every_named_message_is_in_the_contract() {
    for name in NAMES {
        assert!(CONTRACT.get_message_by_name(name).is_some(), "{name}");
    }
}

#[test]
fn the_names_of_the_contract_and_absent_values_are_read_too() {
    let found: v1::Command = from_json(&json!({
        "occurred_date": "2021-03-01",
        "causes": null,
        "enrol_person": {"class_id": A.replace('-', ""), "person_key": B.to_uppercase()},
    }))
    .unwrap();
    let expected: v1::Command = from_json(&json!({
        "occurredDate": "2021-03-01", "enrolPerson": {"classId": A, "personKey": B},
    }))
    .unwrap();
    assert_eq!(found, expected);
    let amount = |value: Value| {
        from_json::<v1::Command>(&json!({"accrueFunds": {"amountFen": value}})).unwrap()
    };
    assert_eq!(amount(json!("150000")), amount(json!(150_000)));
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    for (json, expected) in [
        (json!([]), "an object is expected here"),
        (json!({"colour": 1}), "colour: there is no such field"),
        (
            json!({"enrolPerson": {"person": B}}),
            "enrolPerson.person: there is no such field",
        ),
        (
            json!({"enrolPerson": {"classId": "370199199001010019"}}),
            "enrolPerson.classId: a UUID such as 0190a3b2-0000-7000-8000-000000000001 is \
             expected here",
        ),
        (
            json!({"enrolPerson": {"classId": A, "class_id": A}}),
            "enrolPerson.class_id: the field stands there twice",
        ),
        (
            json!({"recordRepayment": {"debt": {"clawbackId": A, "excessAdvanceClassId": B}}}),
            "recordRepayment.debt.excessAdvanceClassId: only one of these can be set: \
             clawbackId, excessAdvanceClassId",
        ),
        (
            json!({"accrueFunds": {"amountFen": 12.5}}),
            "accrueFunds.amountFen: a whole number in the range of the field is expected here",
        ),
        (
            json!({"accrueFunds": {"division": -1}}),
            "accrueFunds.division: a whole number in the range of the field is expected here",
        ),
        (
            json!({"accrueFunds": {"reference": 5}}),
            "accrueFunds.reference: text is expected here",
        ),
        (
            json!({"recordAssessment": {"result": "PASSED"}}),
            "recordAssessment.result: one of these is expected: ASSESSMENT_RESULT_PASSED, \
             ASSESSMENT_RESULT_FAILED",
        ),
        (
            json!({"occurredDate": "2021-02-29"}),
            "occurredDate: a date such as 2021-03-01 is expected here",
        ),
        (
            json!({"orderDisbursement": {"beneficiaryKeys": [A, "x"]}}),
            "orderDisbursement.beneficiaryKeys[1]: a UUID such as \
             0190a3b2-0000-7000-8000-000000000001 is expected here",
        ),
        (json!({"causes": 5}), "causes: a list is expected here"),
    ] {
        let error = from_json::<v1::Command>(&json).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn answers_show_defaults_but_not_what_is_absent() {
    let quota = v1::GetQuotaResponse {
        used: 0,
        limit: None,
        ..Default::default()
    };
    assert_eq!(
        to_json(&quota),
        json!({"used": 0, "slots": [], "logPosition": 0})
    );
    let status = v1::GetStatusResponse {
        merkle_root: vec![0xab; 32],
        start_time: Some(prost_types::Timestamp {
            seconds: 1_614_556_800,
            nanos: 500_000_000,
        }),
        ..Default::default()
    };
    let json = to_json(&status);
    assert_eq!(json["merkleRoot"], Value::from("ab".repeat(32)));
    assert_eq!(json["startTime"], Value::from("2021-03-01T00:00:00.500Z"));
    assert_eq!(json["queueDepth"], json!(0));
}
