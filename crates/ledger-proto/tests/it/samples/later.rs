//! What came with the policy documents: catalogues, orders, claims, publicity, awards, penalties.
//!
//! Long: one sample of every kind.

use super::*;
use ledger_core::coded::{ClassForm, Group, RuleKind, Sex, TrainingKind};
use ledger_core::event::{
    AgencyContractRecorded, AwardRevoked, CertificateVerified, ClaimSubmitted, FundsAccrued,
    ObjectionRaised, ObjectionResolved, OrderAccepted, OrderCancelled, OrderListed, OrderPurchased,
    OrderSelected, PolicyWithdrawn, PublicityClosed, PublicityOpened,
};
use ledger_core::{ActionId, AwardId, OrderId, SectorId};

fn award() -> AwardId {
    AwardId::from_bytes(*b"award-0000000001")
}

fn order() -> OrderId {
    OrderId::from_bytes(*b"order-0000000001")
}

fn award_scheme() -> SchemeId {
    SchemeId::parse("skills-competition-gold").unwrap()
}

pub(super) fn capacity() -> PayingCapacity {
    PayingCapacity {
        balance: Fen::new(5_000_000_000),
        monthly_benefits: Fen::new(200_000_000),
    }
}

fn reporting() -> Reporting {
    Reporting {
        action: Some(ActionId::parse("digital-skills").unwrap()),
        sector: Some(SectorId::parse("modern-services").unwrap()),
        training: Some(TrainingKind::NewApprenticeship),
        form: Some(ClassForm::OrderClass),
    }
}

fn applied() -> Vec<AppliedRule> {
    vec![
        AppliedRule {
            rule: RuleKind::Quota,
            policy: Some(position(1)),
            limit: Some(3),
            found: Some(0),
        },
        AppliedRule {
            rule: RuleKind::Finding,
            policy: None,
            limit: None,
            found: None,
        },
    ]
}

fn parts() -> Vec<AwardPart> {
    let of = |code, fen| AwardPart {
        account: AccountKey {
            division: division(code),
            fund: FundSource::SkilledTalent,
        },
        amount: Fen::new(fen),
    };
    vec![of(370_000, 6_000_000), of(370_100, 4_000_000)]
}

fn order_event(body: EventBody) -> Event {
    Event {
        tags: vec![Tag::Order(order()), Tag::Division(division(370_100))],
        ..event(body)
    }
}

fn award_event(body: EventBody) -> Event {
    Event {
        tags: vec![Tag::Award(award()), Tag::Division(division(370_000))],
        ..event(body)
    }
}

pub(super) fn events() -> Vec<Event> {
    let all = [
        document_events(),
        order_events(),
        claim_events(),
        award_events(),
    ];
    all.into_iter().flatten().collect()
}

fn document_events() -> Vec<Event> {
    vec![
        case_event(EventBody::PolicyWithdrawn(PolicyWithdrawn {
            policy_id: reference("sd-2019"),
            version: 1,
            published: position(1),
            effective_on: date("2021-07-01"),
            grounds: note("superseded"),
            decision_number: reference("鲁人社函〔2021〕9号"),
        })),
        case_event(EventBody::CataloguePublished(PolicyPublished {
            policy_id: reference("jinan-catalogues-2021"),
            version: 2,
            document_number: reference("济人社发〔2021〕5号"),
            division: division(370_100),
            valid_from: date("2021-01-01"),
            valid_until: None,
            document_kind: DocumentKind::Catalogue,
            text: Arc::from("policy_id = \"jinan-catalogues-2021\"\n"),
            digest: [0xcd; 32],
        })),
        money_event(
            EventBody::ProvincialAdjustmentReceived(ProvincialAdjustmentReceived {
                account: account(),
                amount: Fen::new(30_000_000),
                capacity: capacity(),
                reference: reference("鲁财社〔2021〕3号"),
            }),
            vec![
                posting(AccountKind::Cash, 0, Side::Debit, 30_000_000),
                posting(
                    AccountKind::ProvincialAdjustment,
                    2021,
                    Side::Credit,
                    30_000_000,
                ),
            ],
        ),
    ]
}

fn order_events() -> Vec<Event> {
    let order = order();
    vec![
        order_event(EventBody::OrderRaised(OrderRaised {
            order,
            division: division(370_100),
            raised_by: OrderRaisedBy::Enterprise(employer()),
            occupation: occupation(),
            level: Some(SkillLevel::Intermediate),
            headcount: 40,
        })),
        order_event(EventBody::OrderListed(OrderListed { order })),
        order_event(EventBody::OrderSelected(OrderSelected {
            order,
            person: person(1),
        })),
        order_event(EventBody::OrderAccepted(OrderAccepted {
            order,
            institution: school(),
        })),
        order_event(EventBody::OrderPurchased(OrderPurchased {
            order,
            contract_number: reference("济人社购〔2021〕8号"),
        })),
        order_event(EventBody::OrderCancelled(OrderCancelled {
            order,
            reason: note("too few workers"),
        })),
    ]
}

fn claim_events() -> Vec<Event> {
    let (class, person) = (class(), person(1));
    vec![
        event(EventBody::CertificateVerified(CertificateVerified {
            class,
            person,
            number: certificate(),
            source: reference("national register 2021-000123"),
        })),
        event(EventBody::ClaimSubmitted(ClaimSubmitted {
            class,
            person,
            route: ClaimRoute::Institution,
        })),
        event(EventBody::AgencyContractRecorded(AgencyContractRecorded {
            class,
            person,
            institution: school(),
            contract_number: reference("AGENCY-2021-1"),
        })),
        event(EventBody::PublicityOpened(PublicityOpened {
            class,
            approvals: 49,
            place: reference("website of the bureau"),
        })),
        event(EventBody::ObjectionRaised(ObjectionRaised {
            class,
            person: Some(person),
            grounds: note("was abroad"),
        })),
        event(EventBody::ObjectionResolved(ObjectionResolved {
            class,
            objection: position(900),
            person: Some(person),
            upheld: true,
            grounds: note("confirmed by the border register"),
        })),
        event(EventBody::PublicityClosed(PublicityClosed { class })),
    ]
}

fn award_events() -> Vec<Event> {
    vec![
        award_event(EventBody::AwardApproved(AwardApproved {
            award: award(),
            scheme: award_scheme(),
            division: division(370_000),
            recipient: Payee::Person(person(1)),
            subject: reference("第46届世界技能大赛 金牌"),
            amount: Fen::new(10_000_000),
            months: 0,
            parts: parts(),
            decision_number: reference("鲁人社发〔2021〕11号"),
            applied: applied(),
        })),
        award_event(EventBody::AwardRevoked(AwardRevoked {
            award: award(),
            grounds: note("disqualified"),
            decision_number: reference("鲁人社发〔2021〕12号"),
        })),
        case_event(EventBody::PenaltyImposed(PenaltyImposed {
            clawback: clawback(),
            amount: Fen::new(60_000),
            debtor: Payee::Institution(school()),
            decision_number: reference("济人社罚〔2021〕2号"),
        })),
    ]
}

/// Bodies of earlier kinds with what was added to them, and of later kinds without their options.
pub(super) fn variant_bodies() -> Vec<EventBody> {
    let mut bodies = class_bodies();
    bodies.extend(award_bodies());
    bodies.extend(bare_bodies());
    bodies.extend(statuses().map(|status| {
        EventBody::PersonStatusDeclared(PersonStatusDeclared {
            person: person(1),
            status,
            valid_from: date("2021-01-01"),
            valid_until: None,
            source: reference("register"),
        })
    }));
    bodies
}

fn statuses() -> impl Iterator<Item = PersonStatus> {
    let groups = Group::ALL.iter().copied().map(PersonStatus::Group);
    let sexes = Sex::ALL.iter().copied().map(PersonStatus::Sex);
    let ages = [0, 16, u8::MAX].map(PersonStatus::Age);
    let years = [0, 2021, u16::MAX].map(PersonStatus::GraduatesIn);
    let rest = [PersonStatus::UnemploymentInsured];
    groups.chain(sexes).chain(ages).chain(years).chain(rest)
}

fn class_bodies() -> Vec<EventBody> {
    let with_rate = |rate_source| {
        EventBody::ClassApproved(ClassApproved {
            class: class(),
            institution: school(),
            account: account(),
            scheme: scheme(),
            kind: ClassKind::Ordinary,
            occupation: occupation(),
            level: None,
            headcount: 1,
            rate: Fen::new(1),
            class_hours: 1,
            starts_on: date("2021-03-01"),
            ends_on: date("2021-03-31"),
            residence: None,
            contract_number: reference("c"),
            rate_source,
            scarce: true,
            reporting: reporting(),
            order: Some(order()),
        })
    };
    vec![
        with_rate(RateSource::Below(position(1))),
        with_rate(RateSource::Standard(position(u64::MAX))),
        EventBody::SubsidyApproved(SubsidyApproved {
            class: class(),
            person: person(1),
            amount: Fen::new(1),
            quota_year: 2021,
            quota_used: 1,
            quota_limit: 3,
            applied: applied(),
        }),
        EventBody::FundsAccrued(FundsAccrued {
            account: account(),
            amount: Fen::new(1),
            reference: reference("r"),
            capacity: Some(capacity()),
        }),
        EventBody::PolicyPublished(PolicyPublished {
            policy_id: reference("jinan-rates-2021"),
            version: 1,
            document_number: reference("d"),
            division: division(370_100),
            valid_from: date("2021-01-01"),
            valid_until: None,
            document_kind: DocumentKind::RateTable,
            text: Arc::from(""),
            digest: [0; 32],
        }),
    ]
}

fn award_bodies() -> Vec<EventBody> {
    vec![
        EventBody::DisbursementOrdered(DisbursementOrdered {
            disbursement: disbursement(),
            subject: Subject::Award(award()),
            account: account(),
            stage: DisbursementStage::Full,
            payee: Payee::Master(person(3)),
            lines: Vec::new(),
            total: Fen::new(1),
        }),
        EventBody::FindingMade(FindingMade {
            case: case(),
            finding: finding(),
            kind: FindingKind::Ineligible,
            subject: Subject::Award(award()),
            persons: Vec::new(),
            decision_number: reference("d"),
        }),
        EventBody::ClawbackDecided(ClawbackDecided {
            clawback: clawback(),
            case: case(),
            finding: finding(),
            subject: Subject::Award(award()),
            account: account(),
            debtor: Payee::Person(person(3)),
            lines: vec![ClawbackLine {
                disbursement: disbursement(),
                beneficiary: None,
                amount: Fen::new(1),
                frees_quota: false,
            }],
            total: Fen::new(1),
            decision_number: reference("d"),
        }),
        EventBody::AwardApproved(AwardApproved {
            award: award(),
            scheme: award_scheme(),
            division: division(370_100),
            recipient: Payee::Institution(school()),
            subject: reference("s"),
            amount: Fen::ZERO,
            months: 24,
            parts: Vec::new(),
            decision_number: reference("d"),
            applied: Vec::new(),
        }),
    ]
}

fn bare_bodies() -> Vec<EventBody> {
    vec![
        EventBody::OrderRaised(OrderRaised {
            order: order(),
            division: division(370_100),
            raised_by: OrderRaisedBy::Person(person(1)),
            occupation: occupation(),
            level: None,
            headcount: 1,
        }),
        EventBody::ClaimSubmitted(ClaimSubmitted {
            class: class(),
            person: person(1),
            route: ClaimRoute::Person,
        }),
        EventBody::ObjectionRaised(ObjectionRaised {
            class: class(),
            person: None,
            grounds: note("g"),
        }),
        EventBody::ObjectionResolved(ObjectionResolved {
            class: class(),
            objection: position(1),
            person: None,
            upheld: false,
            grounds: note("g"),
        }),
    ]
}

pub(super) fn commands() -> Vec<CommandBody> {
    let mut all = document_commands();
    all.extend(order_commands());
    all.extend(claim_commands());
    all.extend(award_commands());
    all
}

/// Commands of earlier kinds with what was added to them.
pub(super) fn variant_commands() -> Vec<CommandBody> {
    vec![
        CommandBody::ApproveClass(ApproveClass {
            class: class(),
            institution: school(),
            division: division(370_100),
            fund: FundSource::IndustryTalent,
            scheme: scheme(),
            kind: ClassKind::Ordinary,
            occupation: occupation(),
            level: None,
            headcount: 30,
            rate: None,
            class_hours: 40,
            starts_on: date("2021-03-01"),
            ends_on: date("2021-03-05"),
            residence: None,
            contract_number: reference("济人社培〔2021〕7号"),
            reporting: reporting(),
            order: Some(order()),
        }),
        CommandBody::OrderDisbursement(OrderDisbursement {
            disbursement: disbursement(),
            class: class(),
            stage: DisbursementStage::Full,
            payee: Payee::Master(person(2)),
            beneficiaries: vec![person(1)],
            fund: Some(FundSource::DepartmentFunds),
        }),
        CommandBody::AccrueFunds(AccrueFunds {
            division: division(370_100),
            fund: FundSource::SpecialAccount,
            amount: Fen::new(1),
            reference: reference("r"),
            capacity: None,
        }),
    ]
}

/// The same of what came with awards.
pub(super) fn award_variant_commands() -> Vec<CommandBody> {
    vec![
        CommandBody::MakeFinding(MakeFinding {
            case: case(),
            finding: finding(),
            kind: FindingKind::Ineligible,
            subject: Subject::Award(award()),
            persons: Vec::new(),
            evidence: Vec::new(),
            decision_number: reference("d"),
        }),
        CommandBody::DecideClawback(DecideClawback {
            clawback: clawback(),
            case: case(),
            finding: finding(),
            lines: vec![ClawbackRequestLine {
                disbursement: disbursement(),
                beneficiary: None,
                amount: Fen::new(1),
            }],
            decision_number: reference("d"),
        }),
        CommandBody::ApproveAward(ApproveAward {
            award: award(),
            scheme: award_scheme(),
            division: division(370_000),
            recipient: Payee::Institution(school()),
            subject: reference("s"),
            amount: None,
            months: None,
            parts: Vec::new(),
            decision_number: reference("d"),
        }),
        CommandBody::OrderAwardPayment(OrderAwardPayment {
            disbursement: disbursement(),
            award: award(),
            division: division(370_000),
            fund: FundSource::SkilledTalent,
            amount: Some(Fen::ZERO),
        }),
    ]
}

fn document_commands() -> Vec<CommandBody> {
    vec![
        CommandBody::WithdrawPolicy(WithdrawPolicy {
            policy_id: reference("sd-2019"),
            version: 1,
            effective_on: date("2021-07-01"),
            grounds: note("superseded"),
            decision_number: reference("鲁人社函〔2021〕9号"),
        }),
        CommandBody::RecordProvincialAdjustment(RecordProvincialAdjustment {
            division: division(370_100),
            fund: FundSource::SpecialAccount,
            amount: Fen::new(30_000_000),
            capacity: capacity(),
            reference: reference("鲁财社〔2021〕3号"),
        }),
    ]
}

fn order_commands() -> Vec<CommandBody> {
    let order = order();
    vec![
        CommandBody::RaiseOrder(RaiseOrder {
            order,
            division: division(370_100),
            raised_by: OrderRaisedBy::Person(person(1)),
            occupation: occupation(),
            level: Some(SkillLevel::Junior),
            headcount: 40,
        }),
        CommandBody::ListOrder(ListOrder { order }),
        CommandBody::SelectOrder(SelectOrder {
            order,
            person: person(1),
        }),
        CommandBody::AcceptOrder(AcceptOrder {
            order,
            institution: school(),
        }),
        CommandBody::PurchaseOrder(PurchaseOrder {
            order,
            contract_number: reference("济人社购〔2021〕8号"),
        }),
        CommandBody::CancelOrder(CancelOrder {
            order,
            reason: note("too few workers"),
        }),
    ]
}

fn claim_commands() -> Vec<CommandBody> {
    let (class, person) = (class(), person(1));
    vec![
        CommandBody::VerifyCertificate(VerifyCertificate {
            number: certificate(),
            source: reference("national register 2021-000123"),
        }),
        CommandBody::SubmitClaim(SubmitClaim {
            class,
            person,
            route: ClaimRoute::Institution,
        }),
        CommandBody::RecordAgencyContract(RecordAgencyContract {
            class,
            person,
            contract_number: reference("AGENCY-2021-1"),
        }),
        CommandBody::OpenPublicity(OpenPublicity {
            class,
            place: reference("website of the bureau"),
        }),
        CommandBody::RaiseObjection(RaiseObjection {
            class,
            person: Some(person),
            grounds: note("was abroad"),
        }),
        CommandBody::ResolveObjection(ResolveObjection {
            class,
            objection: position(900),
            upheld: true,
            grounds: note("confirmed by the border register"),
        }),
        CommandBody::ClosePublicity(ClosePublicity { class }),
    ]
}

fn award_commands() -> Vec<CommandBody> {
    vec![
        CommandBody::ApproveAward(ApproveAward {
            award: award(),
            scheme: award_scheme(),
            division: division(370_000),
            recipient: Payee::Person(person(1)),
            subject: reference("第46届世界技能大赛 金牌"),
            amount: Some(Fen::new(10_000_000)),
            months: Some(24),
            parts: vec![
                AwardPartRequest {
                    division: division(370_000),
                    fund: FundSource::SkilledTalent,
                    amount: Some(Fen::new(6_000_000)),
                },
                AwardPartRequest {
                    division: division(370_100),
                    fund: FundSource::CentralBudget,
                    amount: None,
                },
            ],
            decision_number: reference("鲁人社发〔2021〕11号"),
        }),
        CommandBody::RevokeAward(RevokeAward {
            award: award(),
            grounds: note("disqualified"),
            decision_number: reference("鲁人社发〔2021〕12号"),
        }),
        CommandBody::OrderAwardPayment(OrderAwardPayment {
            disbursement: disbursement(),
            award: award(),
            division: division(370_100),
            fund: FundSource::SkilledTalent,
            amount: None,
        }),
        CommandBody::ImposePenalty(ImposePenalty {
            clawback: clawback(),
            amount: Fen::new(60_000),
            decision_number: reference("济人社罚〔2021〕2号"),
        }),
    ]
}
