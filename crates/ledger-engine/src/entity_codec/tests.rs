//! Round trips of every entity, and bytes that are none.
//!
//! Long: one sample of every entity, with its bytes.

use super::*;
use crate::wire::in_layout;
use ledger_core::coded::{ClassForm, Group, Sex, TrainingKind};
use ledger_core::{
    AccountKey, AccountKind, ActionId, AwardId, AwardRegisterKey, BusinessDate, CaseId,
    CertificateKind, CertificateNumber, ClassId, ClawbackId, CreditCode, DisbursementId, Division,
    Fen, FindingId, FundSource, Occupation, OccupationEdition, OrderId, PersonKey, Position,
    QualificationId, Reference, SchemeId, SectorId, SkillLevel,
};
use proptest::prelude::*;

/// Builds arbitrary values from a seed (SplitMix64), so that every field takes every kind of value.
struct Values(u64);

impl Values {
    fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let random = mixed ^ (mixed >> 31);
        // Small, large and extreme numbers alike.
        match random % 8 {
            0 => 0,
            1 => u64::MAX,
            _ => random >> (random % 64),
        }
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.number() % limit
    }

    fn flag(&mut self) -> bool {
        self.below(2) == 1
    }

    fn option<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.flag().then(|| make(self))
    }

    fn list<T>(&mut self, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let count = self.below(5);
        (0..count).map(|_| make(self)).collect()
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(u64::try_from(from.len()).unwrap())).unwrap()]
    }

    fn id(&mut self) -> [u8; 16] {
        let (high, low) = (u128::from(self.number()), u128::from(self.number()));
        ((high << 64) | low).to_be_bytes()
    }

    fn position(&mut self) -> Position {
        Position::new(self.number())
    }

    fn small(&mut self) -> u32 {
        u32::try_from(self.number() >> 32).unwrap()
    }

    fn fen(&mut self) -> Fen {
        Fen::new(self.number().cast_signed())
    }

    fn date(&mut self) -> BusinessDate {
        BusinessDate::from_days(i32::try_from(self.below(84_005)).unwrap()).unwrap()
    }

    fn fact(&mut self) -> Fact {
        Fact {
            position: self.position(),
            on: self.date(),
        }
    }

    fn division(&mut self) -> Division {
        Division::new(self.pick(&[370_000, 370_100, 370_102, 371_200])).unwrap()
    }

    fn body(&mut self) -> CreditCode {
        let serial = self.small();
        CreditCode::synthetic(self.division(), serial)
    }

    fn account_key(&mut self) -> AccountKey {
        AccountKey {
            division: self.division(),
            fund: self.pick(&FundSource::ALL),
        }
    }

    fn occupation(&mut self) -> Occupation {
        let edition = self.pick(&OccupationEdition::ALL);
        Occupation::new(edition, [4, 7, 12, u8::try_from(self.below(100)).unwrap()]).unwrap()
    }

    fn level(&mut self) -> SkillLevel {
        self.pick(&SkillLevel::ALL)
    }

    fn scheme(&mut self) -> SchemeId {
        SchemeId::parse(&format!("scheme-{}", self.below(1_000))).unwrap()
    }

    fn reference(&mut self) -> Reference {
        Reference::parse(&format!("鲁人社字〔2019〕{}号", self.below(1_000))).unwrap()
    }

    fn certificate_number(&mut self) -> CertificateNumber {
        CertificateNumber::parse(&format!("S0000370100{:011}", self.below(1_000))).unwrap()
    }

    fn person_key(&mut self) -> PersonKey {
        PersonKey::from_bytes(self.id())
    }

    fn payee(&mut self) -> Payee {
        match self.below(4) {
            0 => Payee::Person(self.person_key()),
            1 => Payee::Institution(self.body()),
            2 => Payee::Employer(self.body()),
            _ => Payee::Master(self.person_key()),
        }
    }

    fn award_id(&mut self) -> AwardId {
        AwardId::from_bytes(self.id())
    }

    fn subject(&mut self) -> Subject {
        match self.flag() {
            true => Subject::Class(ClassId::from_bytes(self.id())),
            false => Subject::Award(self.award_id()),
        }
    }

    fn year(&mut self) -> u16 {
        u16::try_from(self.below(3_000)).unwrap()
    }

    fn status(&mut self) -> PersonStatus {
        match self.below(7) {
            0 => PersonStatus::Pension,
            1 => PersonStatus::Residence(self.division()),
            2 => PersonStatus::Group(self.pick(Group::ALL)),
            3 => PersonStatus::UnemploymentInsured,
            4 => PersonStatus::Age(u8::try_from(self.below(256)).unwrap()),
            5 => PersonStatus::Sex(self.pick(Sex::ALL)),
            _ => PersonStatus::GraduatesIn(self.year()),
        }
    }

    fn payment(&mut self) -> Payment {
        Payment {
            disbursement: DisbursementId::from_bytes(self.id()),
            stage: self.stage(),
            position: self.position(),
            amount: self.fen(),
            settled: self.option(Self::position),
            account: self.account_key(),
        }
    }

    fn reporting(&mut self) -> Reporting {
        Reporting {
            action: self.option(|values| ActionId::parse(values.scheme().as_str()).unwrap()),
            sector: self.option(|values| SectorId::parse(values.scheme().as_str()).unwrap()),
            training: self.option(|values| values.pick(TrainingKind::ALL)),
            form: self.option(|values| values.pick(ClassForm::ALL)),
        }
    }

    fn rate_source(&mut self) -> RateSource {
        match self.below(3) {
            0 => RateSource::Contract,
            1 => RateSource::Below(self.position()),
            _ => RateSource::Standard(self.position()),
        }
    }

    fn stage(&mut self) -> DisbursementStage {
        use DisbursementStage::{Advance, Final, Full};
        self.pick(&[Advance, Final, Full])
    }

    fn entity(&mut self, kind: EntityKind) -> Entity {
        match kind {
            EntityKind::Person => Entity::Person(self.person()),
            EntityKind::Class => Entity::Class(self.class()),
            EntityKind::Institution => Entity::Institution(self.institution()),
            EntityKind::Certificate => Entity::Certificate(self.certificate()),
            EntityKind::Account => Entity::Account(self.account()),
            EntityKind::Disbursement => Entity::Disbursement(self.disbursement()),
            EntityKind::Case => Entity::Case(self.case()),
            EntityKind::Clawback => Entity::Clawback(self.clawback()),
            EntityKind::Award => Entity::Award(self.award()),
            EntityKind::AwardRegister => Entity::AwardRegister(self.award_register()),
            EntityKind::Order => Entity::Order(self.order()),
        }
    }

    fn person(&mut self) -> Person {
        Person {
            registered: self.position(),
            statuses: self.list(|values| StatusRecord {
                status: values.status(),
                valid_from: values.date(),
                valid_until: values.option(Self::date),
                position: values.position(),
            }),
            enrolments: self.list(Self::enrolment),
            slots: self.list(|values| QuotaSlot {
                taken: values.position(),
                taken_on: values.date(),
                year: i32::try_from(values.below(3_000)).unwrap() - 1_000,
                class: ClassId::from_bytes(values.id()),
                scheme: values.scheme(),
                occupation: values.occupation(),
                level: values.option(Self::level),
                freed: values.option(Self::position),
            }),
            timeline: self.list(Self::position),
            annulled: self.list(|values| Annulment {
                fact: values.position(),
                by: values.position(),
            }),
        }
    }

    fn enrolment(&mut self) -> Enrolment {
        Enrolment {
            class: ClassId::from_bytes(self.id()),
            enrolled: self.position(),
            enrolled_on: self.date(),
            withdrawn: self.option(Self::position),
            class_hours: self.small(),
            attendances: self.list(Self::position),
            completed: self.option(Self::fact),
            assessment: self.option(|values| Assessment {
                position: values.position(),
                on: values.date(),
                passed: values.flag(),
            }),
            certificate: self.option(|values| CertificateFact {
                number: values.certificate_number(),
                position: values.position(),
                issued_on: values.date(),
                invalidated: values.option(Self::position),
                kind: values.pick(&CertificateKind::ALL),
                verified: values.option(Self::position),
                groups: values.groups(),
            }),
            employment: self.option(|values| EmploymentFact {
                position: values.position(),
                employer: values.body(),
                started_on: values.date(),
                counts: values.flag(),
                evidence: values.pick(&[
                    EmploymentEvidence::LabourContract,
                    EmploymentEvidence::SocialInsurance,
                    EmploymentEvidence::BusinessLicence,
                    EmploymentEvidence::Payroll,
                ]),
            }),
            approval: self.option(|values| Approval {
                position: values.position(),
                on: values.date(),
                amount: values.fen(),
                groups: values.groups(),
            }),
            earned: self.option(Self::fen),
            payments: self.list(Self::payment),
            clawed_back: self.fen(),
            found_false: self.option(Self::position),
            first_attendance: self.option(Self::fact),
            claim: self.option(|values| Claim {
                position: values.position(),
                on: values.date(),
                route: values.pick(&[ClaimRoute::Person, ClaimRoute::Institution]),
            }),
            agency_contract: self.option(Self::position),
            objection_upheld: self.option(Self::position),
            completed_groups: self.groups(),
        }
    }

    fn groups(&mut self) -> GroupSet {
        let groups = self.list(|values| values.pick(Group::ALL));
        groups.into_iter().collect()
    }

    fn class(&mut self) -> Class {
        Class {
            approved: self.fact(),
            policy: self.position(),
            institution: self.body(),
            account: self.account_key(),
            scheme: self.scheme(),
            kind: self.pick(&[ClassKind::Ordinary, ClassKind::Project]),
            occupation: self.occupation(),
            level: self.option(Self::level),
            headcount: self.small(),
            rate: self.fen(),
            class_hours: self.small(),
            starts_on: self.date(),
            ends_on: self.date(),
            residence: self.option(Self::division),
            opened: self.option(Self::fact),
            closed: self.option(Self::fact),
            enrolled: self.small(),
            completed: self.small(),
            approvals: self.small(),
            employed_completed: self.small(),
            employed_approved: self.small(),
            beneficiaries: self.small(),
            in_flight: self.small(),
            settlement: self.option(|values| ClassSettlement {
                position: values.position(),
                on: values.date(),
                excess: values.fen(),
                excess_outstanding: values.fen(),
            }),
            found_false: self.option(Self::position),
            rate_source: self.rate_source(),
            scarce: self.flag(),
            reporting: self.reporting(),
            order: self.option(|values| OrderId::from_bytes(values.id())),
            publicity: self.option(|values| ClassPublicity {
                opened: values.fact(),
                closed: values.option(Self::fact),
                objections: values.list(|values| Objection {
                    position: values.position(),
                    on: values.date(),
                    person: values.option(Self::person_key),
                }),
                last: values.fact(),
            }),
            objection_upheld: self.option(Self::position),
            last_approval: self.option(Self::fact),
            counted: self.list(|values| CountedPlaces {
                fact: CountedFact {
                    measure: values.pick(&[Counted::Subsidised, Counted::Completed]),
                    quarter: Quarter::of(values.date()),
                    groups: values.groups(),
                },
                places: values.small(),
            }),
        }
    }

    fn institution(&mut self) -> Institution {
        use InstitutionKind::{Enterprise, Evaluator, Other, VocationalSchool};
        Institution {
            registered: self.position(),
            kind: self.pick(&[Enterprise, Evaluator, Other, VocationalSchool]),
            division: self.division(),
            qualifications: self.list(|values| Qualification {
                qualification: QualificationId::from_bytes(values.id()),
                granted: values.position(),
                kind: match values.flag() {
                    true => QualificationKind::Training,
                    false => QualificationKind::Evaluation {
                        evaluator_number: values.reference(),
                    },
                },
                occupations: values.list(|values| ScopeEntry {
                    occupation: values.occupation(),
                    levels: values.list(Self::level),
                }),
                valid_from: values.date(),
                valid_until: values.option(Self::date),
                revoked: values.option(|values| Revocation {
                    position: values.position(),
                    effective_on: values.date(),
                }),
            }),
        }
    }

    fn certificate(&mut self) -> Certificate {
        Certificate {
            class: ClassId::from_bytes(self.id()),
            person: self.person_key(),
            evaluator: self.body(),
            issued_on: self.date(),
            issued: self.position(),
            invalidated: self.option(Self::position),
            verified: self.option(Self::position),
        }
    }

    fn account(&mut self) -> Account {
        let balances = self.list(|values| {
            let year = u16::try_from(values.below(3_000)).unwrap();
            ((values.pick(&AccountKind::ALL), year), values.fen())
        });
        Account {
            opened: self.position(),
            balances: balances.into_iter().collect(),
        }
    }

    fn disbursement(&mut self) -> Disbursement {
        Disbursement {
            ordered: self.fact(),
            subject: self.subject(),
            account: self.account_key(),
            stage: self.stage(),
            payee: self.payee(),
            lines: self.list(|values| PaidLine {
                beneficiary: values.person_key(),
                amount: values.fen(),
                clawed_back: values.fen(),
            }),
            total: self.fen(),
            settled: self.option(|values| Settlement {
                position: values.position(),
                on: values.date(),
                fiscal_year: values.year(),
            }),
            returned: self.option(Self::position),
            award_clawed_back: self.fen(),
        }
    }

    fn case(&mut self) -> Case {
        use FindingKind::{FalseEvaluation, FalseTraining, Fraud, HonestError, Ineligible};
        let kinds = [
            FalseEvaluation,
            FalseTraining,
            Fraud,
            HonestError,
            Ineligible,
        ];
        Case {
            opened: self.fact(),
            institution: self.option(Self::body),
            findings: self.list(|values| Finding {
                finding: FindingId::from_bytes(values.id()),
                kind: values.pick(&kinds),
                made: values.fact(),
                subject: values.subject(),
                persons: values.list(Self::person_key),
            }),
            clawbacks_outstanding: self.small(),
            closed: self.option(Self::position),
        }
    }

    fn clawback(&mut self) -> Clawback {
        Clawback {
            decided: self.fact(),
            case: CaseId::from_bytes(self.id()),
            finding: FindingId::from_bytes(self.id()),
            subject: self.subject(),
            account: self.account_key(),
            debtor: self.payee(),
            total: self.fen(),
            outstanding: self.fen(),
            repayments: self.list(Self::position),
            decision_number: self.reference(),
            penalties: self.list(Self::position),
            penalty: self.fen(),
        }
    }

    fn award(&mut self) -> Award {
        Award {
            approved: self.fact(),
            policy: self.position(),
            scheme: self.scheme(),
            division: self.division(),
            recipient: self.payee(),
            subject: self.reference(),
            amount: self.fen(),
            parts: self.list(|values| AwardPart {
                account: values.account_key(),
                amount: values.fen(),
            }),
            payments: self.list(Self::payment),
            clawed_back: self.fen(),
            revoked: self.option(Self::position),
            found_false: self.option(Self::position),
        }
    }

    fn award_register(&mut self) -> AwardRegister {
        AwardRegister {
            entries: self.list(|values| AwardEntry {
                award: values.award_id(),
                division: values.division(),
                position: values.position(),
                on: values.date(),
                recipient: values.payee(),
                subject: values.reference(),
                revoked: values.option(Self::position),
            }),
        }
    }

    fn order(&mut self) -> Order {
        Order {
            raised: self.fact(),
            division: self.division(),
            raised_by: match self.flag() {
                true => OrderRaisedBy::Person(self.person_key()),
                false => OrderRaisedBy::Enterprise(self.body()),
            },
            occupation: self.occupation(),
            level: self.option(Self::level),
            headcount: self.small(),
            listed: self.option(Self::fact),
            selected: self.list(|values| (values.person_key(), values.fact())),
            accepted: self.option(|values| (values.body(), values.fact())),
            purchased: self.option(Self::fact),
            cancelled: self.option(Self::position),
            class: self.option(|values| ClassId::from_bytes(values.id())),
        }
    }

    fn key(&mut self, kind: EntityKind) -> EntityKey {
        match kind {
            EntityKind::Person => EntityKey::Person(self.person_key()),
            EntityKind::Class => EntityKey::Class(ClassId::from_bytes(self.id())),
            EntityKind::Institution => EntityKey::Institution(self.body()),
            EntityKind::Certificate => EntityKey::Certificate(self.certificate_number()),
            EntityKind::Account => EntityKey::Account(self.account_key()),
            EntityKind::Disbursement => {
                EntityKey::Disbursement(DisbursementId::from_bytes(self.id()))
            }
            EntityKind::Case => EntityKey::Case(CaseId::from_bytes(self.id())),
            EntityKind::Clawback => EntityKey::Clawback(ClawbackId::from_bytes(self.id())),
            EntityKind::Award => EntityKey::Award(self.award_id()),
            EntityKind::AwardRegister => {
                EntityKey::AwardRegister(AwardRegisterKey::from_bytes(self.id()))
            }
            EntityKind::Order => EntityKey::Order(OrderId::from_bytes(self.id())),
        }
    }
}

fn encoded(entity: &Entity) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode_entity(entity, &mut bytes);
    bytes
}

fn laid_out(layout: u8, entity: &Entity) -> Vec<u8> {
    let mut bytes = encoded(entity);
    bytes[0] = layout;
    bytes
}

proptest! {
    #[test]
    fn entities_are_read_as_they_were_written(seed: u64) {
        let mut values = Values(seed);
        for kind in EntityKind::ALL {
            let (key, entity) = (values.key(kind), values.entity(kind));
            let bytes = encoded(&entity);
            let decoded = decode_entity(kind, &bytes);
            prop_assert_eq!(decoded.as_ref(), Ok(&entity));

            let mut context = Context::default();
            context.put(key, Some(entity));
            let mut loaded = Vec::new();
            prop_assert!(encode_loaded(&context, &key, &mut loaded));
            prop_assert_eq!(loaded, bytes);
        }
    }

    /// An entity that a version wrote without the fields of later layouts is read with the values
    /// that it means, and written again as that version wrote it.
    #[test]
    fn entities_of_older_layouts_are_read(seed: u64) {
        let mut values = Values(seed);
        for kind in EntityKind::ALL {
            let entity = values.entity(kind);
            for layout in READ {
                let written = in_layout(layout, || laid_out(layout, &entity));
                let read = decode_entity(kind, &written).unwrap();
                prop_assert_eq!(in_layout(layout, || laid_out(layout, &read)), written.clone());
                let expected = (layout != VERSION).then(|| encoded(&read));
                prop_assert_eq!(brought_up(kind, &written), expected);
            }
            prop_assert_eq!(brought_up(kind, &laid_out(FILLED_SINCE - 1, &entity)), None);
        }
    }

    #[test]
    fn cut_or_longer_bytes_are_refused(seed: u64) {
        let mut values = Values(seed);
        for kind in EntityKind::ALL {
            let mut bytes = encoded(&values.entity(kind));
            for end in 0..bytes.len() {
                prop_assert_eq!(decode_entity(kind, &bytes[..end]), Err(CodecError::Truncated));
            }
            bytes.push(0);
            let trailing = Err(CodecError::Trailing { bytes: 1 });
            prop_assert_eq!(decode_entity(kind, &bytes), trailing);
        }
    }

    #[test]
    fn no_bytes_make_reading_panic(bytes: Vec<u8>) {
        for kind in EntityKind::ALL {
            let mut bytes = bytes.clone();
            bytes.insert(0, VERSION);
            drop(decode_entity(kind, &bytes));
        }
    }

    #[test]
    fn keys_are_read_as_they_were_built(seed: u64) {
        let mut values = Values(seed);
        for kind in EntityKind::ALL {
            let key = values.key(kind);
            let bytes = entity_key(&key);
            prop_assert_eq!(key.kind(), kind);
            prop_assert_eq!(parse_entity_key(&bytes), Some(key));
        }
    }
}

#[test]
fn an_unknown_version_is_refused() {
    for version in [0, FILLED_SINCE - 1, VERSION + 1, u8::MAX] {
        let refused = decode_entity(EntityKind::Account, &[version, 1, 0]);
        assert_eq!(refused, Err(CodecError::UnknownVersion { version }));
    }
}

/// What is written for an entity behind the layout, in every layout that is read.
fn golden(entity: Entity, kind: EntityKind, bytes: &[u8]) {
    assert_eq!(encoded(&entity)[1..], *bytes);
    for layout in READ {
        let stored = [&[layout], bytes].concat();
        assert_eq!(decode_entity(kind, &stored).as_ref(), Ok(&entity));
    }
}

/// A change of these bytes needs a new layout. A field that comes with one is left out of those
/// before it.
#[test]
fn stored_bytes_are_permanent() {
    let account = Account {
        opened: Position::new(300),
        balances: [
            ((AccountKind::Cash, 0), Fen::new(1_000)),
            ((AccountKind::Accrual, 2021), Fen::new(-1)),
        ]
        .into_iter()
        .collect(),
    };
    #[rustfmt::skip]
    let expected = [
        0xAC, 0x02, 2,
        1, 0, 0xD0, 0x0F,
        2, 0xE5, 0x0F, 1,
    ];
    golden(Entity::Account(account), EntityKind::Account, &expected);

    let certificate = Certificate {
        class: ClassId::from_bytes([0xC1; 16]),
        person: PersonKey::from_bytes([0xA1; 16]),
        evaluator: CreditCode::synthetic(Division::new(370_100).unwrap(), 1),
        issued_on: BusinessDate::from_days(18_000).unwrap(),
        issued: Position::new(5),
        invalidated: None,
        verified: None,
    };
    let mut expected = vec![0xC1; 16];
    expected.extend([0xA1; 16]);
    expected.extend(b"52370100Y000000163");
    expected.extend([0xA0, 0x99, 0x02, 5, 0, 0]);
    let certificate = Entity::Certificate(certificate);
    golden(certificate, EntityKind::Certificate, &expected);

    let entry = AwardEntry {
        award: AwardId::from_bytes([0xD1; 16]),
        division: Division::new(370_100).unwrap(),
        position: Position::new(6),
        on: BusinessDate::from_days(18_000).unwrap(),
        recipient: Payee::Master(PersonKey::from_bytes([0xA1; 16])),
        subject: Reference::parse("title").unwrap(),
        revoked: Some(Position::new(7)),
    };
    let register = AwardRegister {
        entries: vec![entry],
    };
    let mut expected = vec![1];
    expected.extend([0xD1; 16]);
    expected.extend([0xB4, 0xCB, 0x16]);
    expected.extend([6, 0xA0, 0x99, 0x02, 4]);
    expected.extend([0xA1; 16]);
    expected.extend(b"\x05title\x01\x07");
    let register = Entity::AwardRegister(register);
    golden(register, EntityKind::AwardRegister, &expected);
}

/// A value of layout 4 knows of no annulments, and means that there were none.
#[test]
fn a_person_of_layout_4_is_read() {
    let stored = [4, 5, 0, 0, 0, 2, 10, 4];
    let person = Person {
        registered: Position::new(5),
        statuses: Vec::new(),
        enrolments: Vec::new(),
        slots: Vec::new(),
        timeline: vec![Position::new(5), Position::new(7)],
        annulled: Vec::new(),
    };
    let person = Entity::Person(person);
    assert_eq!(
        decode_entity(EntityKind::Person, &stored).as_ref(),
        Ok(&person)
    );
    assert_eq!(encoded(&person), [&[5], &stored[1..], &[0]].concat());
}

/// The layout that the ledgers of earlier versions have on disk: what the opening of one is tested
/// with.
#[test]
fn the_layout_of_version_1_is_known() {
    let payee = Payee::Employer(CreditCode::synthetic(Division::new(370_100).unwrap(), 1));
    let clawback = Clawback {
        decided: Fact {
            position: Position::new(9),
            on: BusinessDate::from_days(18_000).unwrap(),
        },
        case: CaseId::from_bytes([0xC2; 16]),
        finding: FindingId::from_bytes([0xF1; 16]),
        subject: Subject::Class(ClassId::from_bytes([0xC1; 16])),
        account: AccountKey {
            division: Division::new(370_100).unwrap(),
            fund: FundSource::SpecialAccount,
        },
        debtor: payee,
        total: Fen::new(3),
        outstanding: Fen::new(2),
        repayments: vec![Position::new(10)],
        decision_number: Reference::parse("no").unwrap(),
        penalties: vec![Position::new(11)],
        penalty: Fen::new(1),
    };
    let mut expected = vec![1, 9, 0xA0, 0x99, 0x02];
    expected.extend([0xC2; 16]);
    expected.extend([0xF1; 16]);
    expected.extend([0xC1; 16]);
    expected.extend([0xB4, 0xCB, 0x16, 1, 3]);
    expected.extend(b"52370100Y000000163");
    expected.extend(b"\x06\x04\x01\x14\x02no");
    assert_eq!(version_1::encode(&Entity::Clawback(clawback)), expected);
}
