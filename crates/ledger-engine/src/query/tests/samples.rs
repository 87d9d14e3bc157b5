//! Identifiers and commands of the tests; every person is a key that stands for nobody.

use std::ops::RangeInclusive;
use std::sync::Arc;

use ledger_core::command::{
    AccrueFunds, ApproveClass, ApproveSubsidy, CommandBody, Debt, EnrolPerson, GrantQualification,
    IssueCertificate, OpenAccount, OrderDisbursement, PublishPolicy, RecordRepayment,
    RegisterPerson, SettleDisbursement,
};
use ledger_core::event::{
    ClassKind, DisbursementStage, Payee, QualificationKind, QualificationScope, Reporting,
    ScopeEntry,
};
use ledger_core::{
    AccountKey, BusinessDate, CaseId, CertificateKind, CertificateNumber, ClassId, ClawbackId,
    CreditCode, DisbursementId, Division, Fen, FindingId, FundSource, Note, Occupation, PersonKey,
    QualificationId, RecordedTime, Reference, SchemeId,
};

pub(crate) const JINAN: u32 = 370_100;
pub(crate) const QINGDAO: u32 = 370_200;
pub(crate) const PERSONS: u8 = 12;
pub(crate) const RATE: Fen = Fen::new(50_000);

pub(crate) fn date(text: &str) -> BusinessDate {
    BusinessDate::parse(text).unwrap()
}

/// Noon in China on that day.
pub(crate) fn noon(text: &str) -> RecordedTime {
    let hours = i64::from(date(text).days()) * 24 + 4;
    RecordedTime::from_micros(hours * 3_600_000_000)
}

pub(crate) fn division(code: u32) -> Division {
    Division::new(code).unwrap()
}

pub(crate) fn account(code: u32) -> AccountKey {
    AccountKey {
        division: division(code),
        fund: FundSource::SpecialAccount,
    }
}

pub(crate) fn scheme() -> SchemeId {
    SchemeId::parse("vocational-training").unwrap()
}

pub(crate) fn school() -> CreditCode {
    CreditCode::synthetic(division(JINAN), 1)
}

pub(crate) fn person(n: u8) -> PersonKey {
    PersonKey::from_bytes([n; 16])
}

pub(crate) fn class(n: u8) -> ClassId {
    ClassId::from_bytes([n; 16])
}

pub(crate) fn disbursement(n: u8) -> DisbursementId {
    DisbursementId::from_bytes([n; 16])
}

pub(crate) fn certificate(n: u8) -> CertificateNumber {
    CertificateNumber::parse(&format!("TRAIN{n:05}")).unwrap()
}

pub(crate) fn case() -> CaseId {
    CaseId::from_bytes([0xCA; 16])
}

pub(crate) fn finding() -> FindingId {
    FindingId::from_bytes([0xF1; 16])
}

pub(crate) fn clawback() -> ClawbackId {
    ClawbackId::from_bytes([0xCB; 16])
}

pub(crate) fn occupation() -> Occupation {
    Occupation::parse("2022:4-10-01-05").unwrap()
}

pub(crate) fn reference(text: &str) -> Reference {
    Reference::parse(text).unwrap()
}

pub(crate) fn note(text: &str) -> Note {
    Note::parse(text).unwrap()
}

pub(crate) fn publish_policy() -> CommandBody {
    let text = include_str!("../../../../ledger-policy/tests/data/2019-2021-action.v2.toml");
    let policy = Arc::new(ledger_policy::compile(text).unwrap());
    CommandBody::PublishPolicy(PublishPolicy {
        text: Arc::from(text),
        policy,
    })
}

pub(crate) fn open_account(code: u32) -> CommandBody {
    let AccountKey { division, fund } = account(code);
    CommandBody::OpenAccount(OpenAccount { division, fund })
}

pub(crate) fn accrue(code: u32, fen: i64) -> CommandBody {
    let AccountKey { division, fund } = account(code);
    let reference = reference("凭证1");
    CommandBody::AccrueFunds(AccrueFunds {
        division,
        fund,
        amount: Fen::new(fen),
        reference,
        capacity: None,
    })
}

pub(crate) fn grant(n: u8, kind: QualificationKind) -> CommandBody {
    let occupations = vec![ScopeEntry {
        occupation: occupation(),
        levels: Vec::new(),
    }];
    CommandBody::GrantQualification(GrantQualification {
        institution: school(),
        qualification: QualificationId::from_bytes([n; 16]),
        scope: QualificationScope { kind, occupations },
        valid_from: date("2019-01-01"),
        valid_until: None,
        decision_number: reference("许可1号"),
    })
}

pub(crate) fn approve_class(n: u8) -> CommandBody {
    let AccountKey { division, fund } = account(JINAN);
    CommandBody::ApproveClass(ApproveClass {
        class: class(n),
        institution: school(),
        division,
        fund,
        scheme: scheme(),
        kind: ClassKind::Ordinary,
        occupation: occupation(),
        level: None,
        headcount: 20,
        rate: Some(RATE),
        class_hours: 40,
        starts_on: date("2020-02-10"),
        ends_on: date("2020-03-10"),
        residence: None,
        contract_number: reference("合同1号"),
        reporting: Reporting::default(),
        order: None,
    })
}

pub(crate) fn enrol(class_number: u8, n: u8) -> CommandBody {
    let (class, person) = (class(class_number), person(n));
    CommandBody::EnrolPerson(EnrolPerson { class, person })
}

pub(crate) fn certify(class_number: u8, n: u8) -> CommandBody {
    CommandBody::IssueCertificate(IssueCertificate {
        class: class(class_number),
        person: person(n),
        kind: CertificateKind::TrainingCompletion,
        number: certificate(n),
        evaluator: school(),
        issued_on: date("2020-03-12"),
    })
}

pub(crate) fn approve(class_number: u8, n: u8) -> CommandBody {
    let (class, person) = (class(class_number), person(n));
    CommandBody::ApproveSubsidy(ApproveSubsidy { class, person })
}

pub(crate) fn order(n: u8, persons: RangeInclusive<u8>) -> CommandBody {
    CommandBody::OrderDisbursement(OrderDisbursement {
        disbursement: disbursement(n),
        class: class(1),
        stage: DisbursementStage::Full,
        payee: Payee::Institution(school()),
        beneficiaries: persons.map(person).collect(),
        fund: None,
    })
}

pub(crate) fn settle(n: u8) -> CommandBody {
    CommandBody::SettleDisbursement(SettleDisbursement {
        disbursement: disbursement(n),
        bank_reference: reference("回单1"),
    })
}

pub(crate) fn repay(fen: i64) -> CommandBody {
    CommandBody::RecordRepayment(RecordRepayment {
        debt: Debt::Clawback(clawback()),
        amount: Fen::new(fen),
        bank_reference: reference("还款1"),
    })
}

/// Registers a person whose key is made from a number.
pub(crate) fn register(number: usize) -> CommandBody {
    let mut key = [0; 16];
    key[..8].copy_from_slice(&number.to_be_bytes());
    CommandBody::RegisterPerson(RegisterPerson {
        person: PersonKey::from_bytes(key),
    })
}
