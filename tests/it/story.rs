//! One person's way through a class, from the policy to the repayment, as commands.

use ledger_core::command::{
    AccrueFunds, ApproveAward, ApproveClass, ApproveSubsidy, AwardPartRequest, ClawbackRequestLine,
    CommandBody, CompleteTraining, Debt, DecideClawback, EnrolPerson, IssueCertificate, ListOrder,
    MakeFinding, OpenAccount, OpenCase, OpenClass, OrderAwardPayment, OrderDisbursement,
    RaiseOrder, RecordAttendance, RecordRepayment, RegisterPerson, SettleDisbursement,
    WithdrawPolicy,
};
use ledger_core::event::{
    ClassKind, DisbursementStage, FindingKind, OrderRaisedBy, Payee, Reporting, Subject,
};
use ledger_core::{
    AwardId, CaseId, CertificateKind, CertificateNumber, ClassId, ClawbackId, Command, CreditCode,
    DisbursementId, Fen, FindingId, FundSource, Note, Occupation, OrderId, PersonKey, Position,
    SchemeId, SkillLevel,
};
use ledger_proto::to_proto::command_to_proto;
use ledger_proto::v1;
use ledger_tests::workload::{
    Lane, SCHEME, city, date, foundations, institution, later_documents, on, reference,
};
use uuid::Uuid;

pub(crate) const PERSON: PersonKey = PersonKey::from_bytes([1; 16]);
pub(crate) const CLASS: ClassId = ClassId::from_bytes([2; 16]);
pub(crate) const DISBURSEMENT: DisbursementId = DisbursementId::from_bytes([3; 16]);
pub(crate) const CASE: CaseId = CaseId::from_bytes([4; 16]);
pub(crate) const FINDING: FindingId = FindingId::from_bytes([5; 16]);
pub(crate) const CLAWBACK: ClawbackId = ClawbackId::from_bytes([6; 16]);
pub(crate) const AWARD: AwardId = AwardId::from_bytes([7; 16]);
const AWARD_PAYMENT: DisbursementId = DisbursementId::from_bytes([8; 16]);
pub(crate) const ORDER: OrderId = OrderId::from_bytes([9; 16]);

/// What the award of the story comes to: 200,000 yuan (鲁人社发〔2020〕18号, 三(二)8).
pub(crate) const AWARD_FEN: i64 = 20_000_000;

/// What the person's subsidy comes to: 500 yuan.
pub(crate) const RATE_FEN: i64 = 50_000;

/// What was paid back: 200 yuan.
pub(crate) const REPAID_FEN: i64 = 20_000;

/// Number of the person's certificate: the synthetic evaluator's, 2021, level 4, the first one.
pub(crate) const CERTIFICATE: &str = "S000037000000214000000";

/// Policy, accounts, bodies, and one person's way through one class.
pub(crate) fn everything() -> Vec<Command> {
    let mut commands = foundations();
    commands.extend(Lane::new(0, 1).foundations());
    commands.extend(training());
    commands.extend(payment());
    commands.extend(recovery());
    commands
}

/// The same, with what all five documents together need: an award that is paid, an order that is
/// listed, and a document that is withdrawn.
pub(crate) fn everything_of_five_documents() -> Vec<Command> {
    let mut commands = everything();
    commands.extend(later_documents());
    commands.extend(award());
    commands.extend(order_and_withdrawal());
    commands
}

fn award() -> [Command; 5] {
    let (division, fund) = (city(0), FundSource::EmploymentSubsidy);
    let accrued = AccrueFunds {
        division,
        fund,
        amount: Fen::new(AWARD_FEN),
        reference: reference("SYNTHETIC-ACCRUAL-2"),
        capacity: None,
    };
    let approved = ApproveAward {
        award: AWARD,
        scheme: SchemeId::parse("master-workstation").unwrap(),
        division,
        recipient: Payee::Institution(institution(0)),
        subject: reference("SYNTHETIC-STATION"),
        amount: None,
        months: None,
        parts: vec![AwardPartRequest {
            division,
            fund,
            amount: None,
        }],
        decision_number: reference("AWARD-1"),
    };
    let ordered = OrderAwardPayment {
        disbursement: AWARD_PAYMENT,
        award: AWARD,
        division,
        fund,
        amount: None,
    };
    let settled = SettleDisbursement {
        disbursement: AWARD_PAYMENT,
        bank_reference: reference("BANK-3"),
    };
    [
        CommandBody::OpenAccount(OpenAccount { division, fund }),
        CommandBody::AccrueFunds(accrued),
        CommandBody::ApproveAward(approved),
        CommandBody::OrderAwardPayment(ordered),
        CommandBody::SettleDisbursement(settled),
    ]
    .map(|body| on(date(2021, 7, 1), body))
}

fn order_and_withdrawal() -> [Command; 3] {
    let raised = RaiseOrder {
        order: ORDER,
        division: city(0),
        raised_by: OrderRaisedBy::Person(PERSON),
        occupation: Occupation::parse("2015:4-10-01-05").unwrap(),
        level: Some(SkillLevel::Intermediate),
        headcount: 1,
    };
    let withdrawn = WithdrawPolicy {
        policy_id: reference("guizhou-2025-3"),
        version: 2,
        effective_on: date(2027, 1, 1),
        grounds: Note::parse("synthetic").unwrap(),
        decision_number: reference("WITHDRAWAL-1"),
    };
    [
        CommandBody::RaiseOrder(raised),
        CommandBody::ListOrder(ListOrder { order: ORDER }),
        CommandBody::WithdrawPolicy(withdrawn),
    ]
    .map(|body| on(date(2021, 7, 2), body))
}

/// Registers a person.
pub(crate) fn register(person: PersonKey) -> Command {
    on(
        date(2021, 3, 1),
        CommandBody::RegisterPerson(RegisterPerson { person }),
    )
}

/// A request with an id of its own.
pub(crate) fn request(commands: &[Command]) -> v1::AppendRequest {
    v1::AppendRequest {
        request_id: Uuid::new_v4().into_bytes().to_vec(),
        commands: commands.iter().map(command_to_proto).collect(),
        source_system: "integration-test".to_owned(),
        ..v1::AppendRequest::default()
    }
}

/// A request that registers one new person.
pub(crate) fn newcomer() -> v1::AppendRequest {
    request(&[register(PersonKey::from_bytes(Uuid::new_v4().into_bytes()))])
}

fn evaluator() -> CreditCode {
    CreditCode::synthetic(city(0), 1_000)
}

fn training() -> [Command; 7] {
    let (class, person) = (CLASS, PERSON);
    let approved = ApproveClass {
        class,
        institution: institution(0),
        division: city(0),
        fund: FundSource::SpecialAccount,
        scheme: SchemeId::parse(SCHEME).unwrap(),
        kind: ClassKind::Ordinary,
        occupation: Occupation::parse("2015:4-10-01-05").unwrap(),
        level: Some(SkillLevel::Intermediate),
        headcount: 30,
        rate: Some(Fen::new(RATE_FEN)),
        class_hours: 40,
        starts_on: date(2021, 3, 1),
        ends_on: date(2021, 3, 31),
        residence: None,
        contract_number: reference("SYNTHETIC-CONTRACT"),
        reporting: Reporting::default(),
        order: None,
    };
    let certificate = IssueCertificate {
        class,
        person,
        kind: CertificateKind::SkillLevel,
        number: CertificateNumber::parse(CERTIFICATE).unwrap(),
        evaluator: evaluator(),
        issued_on: date(2021, 4, 10),
    };
    let attended = RecordAttendance {
        class,
        person,
        class_hours: 8,
    };
    [
        register(person),
        on(date(2021, 2, 1), CommandBody::ApproveClass(approved)),
        on(
            date(2021, 3, 1),
            CommandBody::OpenClass(OpenClass { class }),
        ),
        on(
            date(2021, 3, 1),
            CommandBody::EnrolPerson(EnrolPerson { class, person }),
        ),
        on(date(2021, 3, 2), CommandBody::RecordAttendance(attended)),
        on(
            date(2021, 3, 31),
            CommandBody::CompleteTraining(CompleteTraining { class, person }),
        ),
        on(
            date(2021, 4, 10),
            CommandBody::IssueCertificate(certificate),
        ),
    ]
}

/// Approves the person's subsidy for the class.
pub(crate) fn approval() -> Command {
    let (class, person) = (CLASS, PERSON);
    on(
        date(2021, 5, 10),
        CommandBody::ApproveSubsidy(ApproveSubsidy { class, person }),
    )
}

fn payment() -> [Command; 3] {
    let (class, person, disbursement) = (CLASS, PERSON, DISBURSEMENT);
    let day = date(2021, 5, 10);
    let ordered = OrderDisbursement {
        disbursement,
        class,
        stage: DisbursementStage::Full,
        payee: Payee::Person(person),
        beneficiaries: vec![person],
        fund: None,
    };
    let settled = SettleDisbursement {
        disbursement,
        bank_reference: reference("BANK-1"),
    };
    [
        approval(),
        on(day, CommandBody::OrderDisbursement(ordered)),
        on(day, CommandBody::SettleDisbursement(settled)),
    ]
}

fn recovery() -> [Command; 4] {
    let opened = OpenCase {
        case: CASE,
        institution: Some(institution(0)),
        clue: Note::parse("a complaint about one class").unwrap(),
    };
    let made = MakeFinding {
        case: CASE,
        finding: FINDING,
        kind: FindingKind::FalseTraining,
        subject: Subject::Class(CLASS),
        persons: vec![PERSON],
        evidence: vec![Position::FIRST],
        decision_number: reference("FINDING-1"),
    };
    let decided = DecideClawback {
        clawback: CLAWBACK,
        case: CASE,
        finding: FINDING,
        lines: vec![ClawbackRequestLine {
            disbursement: DISBURSEMENT,
            beneficiary: Some(PERSON),
            amount: Fen::new(RATE_FEN),
        }],
        decision_number: reference("CLAWBACK-1"),
    };
    let repaid = RecordRepayment {
        debt: Debt::Clawback(CLAWBACK),
        amount: Fen::new(REPAID_FEN),
        bank_reference: reference("BANK-2"),
    };
    [
        on(date(2021, 6, 1), CommandBody::OpenCase(opened)),
        on(date(2021, 6, 2), CommandBody::MakeFinding(made)),
        on(date(2021, 6, 3), CommandBody::DecideClawback(decided)),
        on(date(2021, 6, 4), CommandBody::RecordRepayment(repaid)),
    ]
}
