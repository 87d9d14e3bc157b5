//! Round trips of every entity, and bytes that are none.

use super::*;
use ledger_core::{
    AccountKind, BusinessDate, Fen, FindingId, Occupation, OccupationEdition, Position,
    QualificationId, Reference, SchemeId, SkillLevel,
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
        match self.below(3) {
            0 => Payee::Person(self.person_key()),
            1 => Payee::Institution(self.body()),
            _ => Payee::Employer(self.body()),
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
            EntityKind::Policy => unreachable!("a policy is no entity of the core"),
        }
    }

    fn person(&mut self) -> Person {
        Person {
            registered: self.position(),
            statuses: self.list(|values| StatusRecord {
                status: match values.flag() {
                    true => PersonStatus::Pension,
                    false => PersonStatus::Residence(values.division()),
                },
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
            }),
            employment: self.option(|values| EmploymentFact {
                position: values.position(),
                employer: values.body(),
                started_on: values.date(),
                counts: values.flag(),
            }),
            approval: self.option(|values| Approval {
                position: values.position(),
                on: values.date(),
                amount: values.fen(),
            }),
            earned: self.option(Self::fen),
            payments: self.list(|values| Payment {
                disbursement: DisbursementId::from_bytes(values.id()),
                stage: values.stage(),
                position: values.position(),
                amount: values.fen(),
                settled: values.option(Self::position),
            }),
            clawed_back: self.fen(),
            found_false: self.option(Self::position),
        }
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
            class: ClassId::from_bytes(self.id()),
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
                fiscal_year: u16::try_from(values.below(3_000)).unwrap(),
            }),
            returned: self.option(Self::position),
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
                class: ClassId::from_bytes(values.id()),
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
            class: ClassId::from_bytes(self.id()),
            account: self.account_key(),
            debtor: self.payee(),
            total: self.fen(),
            outstanding: self.fen(),
            repayments: self.list(Self::position),
            decision_number: self.reference(),
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
            EntityKind::Policy => unreachable!("a policy is no entity of the core"),
        }
    }
}

fn kinds() -> impl Iterator<Item = EntityKind> {
    EntityKind::ALL
        .into_iter()
        .filter(|kind| *kind != EntityKind::Policy)
}

fn encoded(entity: &Entity) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode_entity(entity, &mut bytes);
    bytes
}

proptest! {
    #[test]
    fn entities_are_read_as_they_were_written(seed: u64) {
        let mut values = Values(seed);
        for kind in kinds() {
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

    #[test]
    fn cut_or_longer_bytes_are_refused(seed: u64) {
        let mut values = Values(seed);
        for kind in kinds() {
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
        for kind in kinds() {
            let key = values.key(kind);
            let bytes = entity_key(&key);
            prop_assert_eq!(EntityKind::of(&bytes), Ok(kind));
            prop_assert_eq!(entity_kind(&key), kind);
            prop_assert_eq!(parse_entity_key(&bytes), Some(key));
        }
        prop_assert_eq!(parse_entity_key(&keys::policy(values.position())), None);
    }
}

#[test]
fn an_unknown_version_is_refused() {
    for version in [0, VERSION + 1, u8::MAX] {
        let refused = decode_entity(EntityKind::Account, &[version, 1, 0]);
        assert_eq!(refused, Err(CodecError::UnknownVersion { version }));
    }
}

/// A change of these bytes needs a new version.
#[test]
fn version_1_is_permanent() {
    let account = Account {
        opened: Position::new(300),
        balances: [
            ((AccountKind::Cash, 0), Fen::new(1_000)),
            ((AccountKind::Accrual, 2021), Fen::new(-1)),
        ]
        .into_iter()
        .collect(),
    };
    let bytes = encoded(&Entity::Account(account));
    #[rustfmt::skip]
    let expected = [
        1, 0xAC, 0x02, 2,
        1, 0, 0xD0, 0x0F,
        2, 0xE5, 0x0F, 1,
    ];
    assert_eq!(bytes, expected);

    let certificate = Certificate {
        class: ClassId::from_bytes([0xC1; 16]),
        person: PersonKey::from_bytes([0xA1; 16]),
        evaluator: CreditCode::synthetic(Division::new(370_100).unwrap(), 1),
        issued_on: BusinessDate::from_days(18_000).unwrap(),
        issued: Position::new(5),
        invalidated: None,
    };
    let mut expected = vec![1];
    expected.extend([0xC1; 16]);
    expected.extend([0xA1; 16]);
    expected.extend(b"52370100Y000000163");
    expected.extend([0xA0, 0x99, 0x02, 5, 0]);
    assert_eq!(encoded(&Entity::Certificate(certificate)), expected);
}
