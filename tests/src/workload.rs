//! Synthetic commands that the rules accept: many people going through many classes.
//!
//! A [`Lane`] is one caller's share of the population. People move through it in cohorts, one
//! stage per batch, so that the events of one person never share a batch: that is how records
//! arrive from other systems, and it keeps a benchmark from writing a person once for all stages.
//! Everything follows from a seed. No key, number or name belongs to anybody.
//!
//! Long: one synthetic population, and the commands of its way.

use ledger_core::command::{
    AccrueFunds, ApproveClass, ApproveSubsidy, Command, CommandBody, CompleteTraining,
    ConfirmEmployment, EnrolPerson, GrantQualification, IssueCertificate, OpenAccount, OpenClass,
    OrderDisbursement, PublishPolicy, RecordAttendance, RegisterInstitution, RegisterPerson,
    SettleDisbursement,
};
use ledger_core::event::{
    ClassKind, DisbursementStage, EmploymentEvidence, InstitutionKind, Payee, QualificationKind,
    QualificationScope, Reporting, ScopeEntry,
};
use ledger_core::{
    BusinessDate, CertificateKind, CertificateNumber, ClassId, CreditCode, DisbursementId,
    Division, Fen, FundSource, Occupation, PersonKey, QualificationId, Reference, RequestId,
    SchemeId, SkillLevel,
};
use std::collections::VecDeque;
use std::sync::Arc;

/// The policy document that every test and benchmark publishes: version 2, under which a contract
/// names its rate, so that a class needs no table and measurements stay comparable.
pub const SHANDONG_ACTION: &str =
    include_str!("../../crates/ledger-policy/tests/data/2019-2021-action.v2.toml");

/// The other documents in force today, which set rules for the same scheme.
const LATER_DOCUMENTS: [&str; 4] = [
    include_str!("../../policies/shandong/2020-18.toml"),
    include_str!("../../policies/shandong/2022-7.toml"),
    include_str!("../../policies/shandong/2025-87.toml"),
    include_str!("../../policies/guizhou/2025-3.toml"),
];

/// The scheme of that document.
pub const SCHEME: &str = "vocational-training";

/// People in one class.
const CLASS_HEADCOUNT: u32 = 500;

/// Stages of one person, in order; each is one command.
const STAGES: usize = 9;

/// Occupation of every synthetic class: 养老护理员 (B4 of the domain notes).
const OCCUPATION: &str = "2015:4-10-01-05";

/// The 16 cities of Shandong in force (GB/T 2260).
pub const CITIES: [u32; 16] = [
    370_100, 370_200, 370_300, 370_400, 370_500, 370_600, 370_700, 370_800, 370_900, 371_000,
    371_100, 371_300, 371_400, 371_500, 371_600, 371_700,
];

/// A deterministic source of numbers (SplitMix64, Steele, Lea and Flood 2014).
#[derive(Debug, Clone)]
pub struct Seeded(u64);

/// One caller's share of the population.
#[derive(Debug, Clone)]
pub struct Lane {
    number: u32,
    seeded: Seeded,
    cohorts: VecDeque<Cohort>,
    class: Option<OpenedClass>,
    certificates: u32,
    ready: VecDeque<Command>,
}

/// People who are at the same stage.
#[derive(Debug, Clone)]
struct Cohort {
    people: Vec<Trainee>,
    stage: usize,
}

#[derive(Debug, Clone, Copy)]
struct Trainee {
    person: PersonKey,
    class: ClassId,
    disbursement: DisbursementId,
}

#[derive(Debug, Clone)]
struct OpenedClass {
    class: ClassId,
    free: u32,
}

impl Seeded {
    /// A source that always yields the same numbers for the same seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// The next number below `bound`, which is not zero.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next_u64() % bound
    }

    /// The next index below `bound`, which is not zero.
    pub fn index(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap_or(u64::MAX);
        usize::try_from(self.below(bound)).unwrap_or_default()
    }

    /// Sixteen bytes in the form of a random UUID (RFC 9562, version 4).
    pub fn uuid(&mut self) -> [u8; 16] {
        let high = (self.next_u64() & !0xF000) | 0x4000;
        let low = (self.next_u64() >> 2) | (1 << 63);
        let mut bytes = [0; 16];
        let (first, second) = bytes.split_at_mut(8);
        first.copy_from_slice(&high.to_be_bytes());
        second.copy_from_slice(&low.to_be_bytes());
        bytes
    }

    /// The id of a request.
    pub fn request_id(&mut self) -> RequestId {
        RequestId::from_bytes(self.uuid())
    }
}

/// What has to be on record before any lane starts: the policy, an account with money in each
/// city, and a body that trains in each. Every lane adds its own evaluator.
#[must_use]
pub fn foundations() -> Vec<Command> {
    let mut commands = vec![publication(SHANDONG_ACTION)];
    for (index, _) in CITIES.iter().enumerate() {
        let number = u32::try_from(index).expect("there are sixteen cities");
        commands.extend(city_foundations(number));
    }
    commands
}

/// Publishes the other four documents, so that all five are in force.
#[must_use]
pub fn later_documents() -> Vec<Command> {
    LATER_DOCUMENTS.into_iter().map(publication).collect()
}

fn publication(text: &str) -> Command {
    let policy = ledger_policy::compile(text).expect("the published policy compiles");
    command(CommandBody::PublishPolicy(PublishPolicy {
        text: Arc::from(text),
        policy: Arc::new(policy),
    }))
}

fn city_foundations(number: u32) -> Vec<Command> {
    let division = city(number);
    let fund = FundSource::SpecialAccount;
    let institution = institution(number);
    vec![
        command(CommandBody::OpenAccount(OpenAccount { division, fund })),
        command(CommandBody::AccrueFunds(AccrueFunds {
            division,
            fund,
            amount: Fen::from_yuan(100_000_000_000).expect("a round sum fits"),
            reference: reference("SYNTHETIC-ACCRUAL"),
            capacity: None,
        })),
        command(CommandBody::RegisterInstitution(RegisterInstitution {
            institution,
            kind: InstitutionKind::VocationalSchool,
            name: reference(&format!("Synthetic school {number}")),
            division,
        })),
        qualification(institution, QualificationKind::Training),
    ]
}

/// Grants the body what the synthetic classes need; a body has one qualification of each kind.
fn qualification(institution: CreditCode, kind: QualificationKind) -> Command {
    let mut id = [0; 16];
    let [kind_of_id, rest_of_id @ ..] = &mut id;
    *kind_of_id = u8::from(kind == QualificationKind::Training);
    rest_of_id.copy_from_slice(&institution.as_bytes()[3..]);
    command(CommandBody::GrantQualification(GrantQualification {
        institution,
        qualification: QualificationId::from_bytes(id),
        scope: QualificationScope {
            kind,
            occupations: vec![ScopeEntry {
                occupation: occupation(),
                levels: vec![SkillLevel::Intermediate],
            }],
        },
        valid_from: date(2019, 1, 1),
        valid_until: None,
        decision_number: reference("SYNTHETIC-QUALIFICATION"),
    }))
}

impl Lane {
    /// The lane with that number; the same seed gives the same lane. A lane has certificate
    /// numbers for a million people.
    #[must_use]
    pub fn new(number: u32, seed: u64) -> Self {
        let mut seeds = Seeded::new(seed ^ (u64::from(number) << 32));
        let seeded = Seeded::new(seeds.next_u64());
        Self {
            number,
            seeded,
            cohorts: VecDeque::new(),
            class: None,
            certificates: 0,
            ready: VecDeque::new(),
        }
    }

    /// Its number.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// What has to be on record before the first batch: the lane's evaluator.
    #[must_use]
    pub fn foundations(&self) -> Vec<Command> {
        let evaluator = self.evaluator();
        let evaluator_number = reference(&self.evaluator_number());
        vec![
            command(CommandBody::RegisterInstitution(RegisterInstitution {
                institution: evaluator,
                kind: InstitutionKind::Evaluator,
                name: reference(&format!("Synthetic evaluator {}", self.number)),
                division: city(self.number),
            })),
            qualification(
                evaluator,
                QualificationKind::Evaluation { evaluator_number },
            ),
        ]
    }

    fn evaluator(&self) -> CreditCode {
        CreditCode::synthetic(city(self.number), 1_000 + self.number)
    }

    /// A social evaluator filed with the province first (B5 of the domain notes).
    fn evaluator_number(&self) -> String {
        format!("S000037{:06}", self.number)
    }

    /// The next `size` commands. All of them are accepted when every earlier batch of the lane
    /// was, and the foundations before it.
    pub fn batch(&mut self, size: usize) -> Vec<Command> {
        let people = size.div_ceil(STAGES).max(1);
        while self.ready.len() < size {
            self.step(people);
        }
        self.ready.drain(..size).collect()
    }

    /// A request id that no other batch of the lane has.
    pub fn request_id(&mut self) -> RequestId {
        self.seeded.request_id()
    }

    /// Moves every cohort one stage on, the oldest first, and lets a new one in.
    fn step(&mut self, people: usize) {
        let mut cohorts = std::mem::take(&mut self.cohorts);
        for cohort in &mut cohorts {
            for trainee in &cohort.people {
                let next = self.stage(cohort.stage, *trainee);
                self.ready.push_back(next);
            }
            cohort.stage += 1;
        }
        cohorts.retain(|cohort| cohort.stage < STAGES);
        self.cohorts = cohorts;
        let newcomers = (0..people).map(|_| self.newcomer()).collect();
        self.cohorts.push_back(Cohort {
            people: newcomers,
            stage: 1,
        });
    }

    fn newcomer(&mut self) -> Trainee {
        let class = self.place();
        let trainee = Trainee {
            person: PersonKey::from_bytes(self.seeded.uuid()),
            class,
            disbursement: DisbursementId::from_bytes(self.seeded.uuid()),
        };
        let registered = self.stage(0, trainee);
        self.ready.push_back(registered);
        trainee
    }

    /// A free place in a class, opening a new class when the last one is full.
    fn place(&mut self) -> ClassId {
        let city = self.city();
        if let Some(class) = &mut self.class
            && class.free > 0
        {
            class.free -= 1;
            return class.class;
        }
        let class = ClassId::from_bytes(self.seeded.uuid());
        self.ready.extend(open_class(class, city));
        self.class = Some(OpenedClass {
            class,
            free: CLASS_HEADCOUNT - 1,
        });
        class
    }

    fn city(&self) -> u32 {
        self.number % 16
    }

    fn stage(&mut self, stage: usize, trainee: Trainee) -> Command {
        let Trainee {
            person,
            class,
            disbursement,
        } = trainee;
        let body = match stage {
            0 => CommandBody::RegisterPerson(RegisterPerson { person }),
            1 => CommandBody::EnrolPerson(EnrolPerson { class, person }),
            2 => {
                let attendance = RecordAttendance {
                    class,
                    person,
                    class_hours: 8,
                };
                return on(date(2021, 3, 2), CommandBody::RecordAttendance(attendance));
            }
            3 => CommandBody::CompleteTraining(CompleteTraining { class, person }),
            4 => CommandBody::IssueCertificate(self.certificate(class, person)),
            5 => CommandBody::ConfirmEmployment(ConfirmEmployment {
                class,
                person,
                employer: institution(self.city()),
                evidence: EmploymentEvidence::LabourContract,
                started_on: date(2021, 4, 20),
            }),
            6 => CommandBody::ApproveSubsidy(ApproveSubsidy { class, person }),
            7 => CommandBody::OrderDisbursement(OrderDisbursement {
                disbursement,
                class,
                stage: DisbursementStage::Full,
                payee: Payee::Person(person),
                beneficiaries: vec![person],
                fund: None,
            }),
            _ => CommandBody::SettleDisbursement(SettleDisbursement {
                disbursement,
                bank_reference: reference("SYNTHETIC-BANK"),
            }),
        };
        let day = match stage {
            0 | 1 => date(2021, 3, 1),
            3 => date(2021, 3, 31),
            4 => date(2021, 4, 10),
            5 => date(2021, 4, 20),
            _ => date(2021, 5, 10),
        };
        on(day, body)
    }

    fn certificate(&mut self, class: ClassId, person: PersonKey) -> IssueCertificate {
        let number = format!("{}214{:06}", self.evaluator_number(), self.certificates);
        self.certificates += 1;
        IssueCertificate {
            class,
            person,
            kind: CertificateKind::SkillLevel,
            number: CertificateNumber::parse(&number).expect("a synthetic number is well formed"),
            evaluator: self.evaluator(),
            issued_on: date(2021, 4, 10),
        }
    }
}

fn open_class(class: ClassId, city_number: u32) -> [Command; 2] {
    let approved = CommandBody::ApproveClass(ApproveClass {
        class,
        institution: institution(city_number),
        division: city(city_number),
        fund: FundSource::SpecialAccount,
        scheme: SchemeId::parse(SCHEME).expect("the scheme id is well formed"),
        kind: ClassKind::Ordinary,
        occupation: occupation(),
        level: Some(SkillLevel::Intermediate),
        headcount: CLASS_HEADCOUNT,
        rate: Some(Fen::from_yuan(500).expect("a small sum fits")),
        class_hours: 40,
        starts_on: date(2021, 3, 1),
        ends_on: date(2021, 3, 31),
        residence: None,
        contract_number: reference("SYNTHETIC-CONTRACT"),
        reporting: Reporting::default(),
        order: None,
    });
    let opened = CommandBody::OpenClass(OpenClass { class });
    [on(date(2021, 2, 1), approved), on(date(2021, 3, 1), opened)]
}

/// The city with that number, counted round.
#[must_use]
pub fn city(number: u32) -> Division {
    let index = usize::try_from(number % 16).expect("a small number fits");
    let code = CITIES
        .get(index)
        .copied()
        .expect("there are sixteen cities");
    Division::new(code).expect("the codes are in the standard")
}

/// The synthetic body of a city.
#[must_use]
pub fn institution(number: u32) -> CreditCode {
    CreditCode::synthetic(city(number), number % 16)
}

/// A command on a day.
#[must_use]
pub const fn on(occurred_on: BusinessDate, body: CommandBody) -> Command {
    Command {
        occurred_on,
        body,
        causes: Vec::new(),
    }
}

fn command(body: CommandBody) -> Command {
    on(date(2021, 1, 1), body)
}

/// A date that exists.
#[must_use]
pub fn date(year: i32, month: u32, day: u32) -> BusinessDate {
    BusinessDate::from_ymd(year, month, day).expect("the date exists")
}

/// A reference that is well formed.
#[must_use]
pub fn reference(text: &str) -> Reference {
    Reference::parse(text).expect("a synthetic reference is well formed")
}

fn occupation() -> Occupation {
    Occupation::parse(OCCUPATION).expect("the occupation code is well formed")
}
