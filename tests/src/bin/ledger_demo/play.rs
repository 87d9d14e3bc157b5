//! Plays the list: foundations, classes, payments, the false class, the rebuild.
//!
//! Long: one story, told in order.

use crate::published::Published;
use crate::show::Screen;
use anyhow::{Context as _, Result, bail, ensure};
use ledger_client::{Batch, Client, ExplanationDetail};
use ledger_core::command::{
    AccrueFunds, ApproveClass, ApproveSubsidy, ClawbackRequestLine, CloseClass, Command,
    CommandBody, CompleteTraining, ConfirmEmployment, Debt, DecideClawback, DeclarePersonStatus,
    EnrolPerson, GrantQualification, IssueCertificate, MakeFinding, OpenAccount, OpenCase,
    OpenClass, OrderDisbursement, PublishPolicy, RecordAssessment, RecordAttendance,
    RecordRepayment, RegisterInstitution, RegisterPerson, SettleDisbursement,
};
use ledger_core::event::{
    AssessmentResult, ClassKind, DisbursementStage, EmploymentEvidence, FindingKind,
    InstitutionKind, Payee, PersonStatus, QualificationKind, QualificationScope, Reporting,
    ScopeEntry, Subject,
};
use ledger_core::{
    BusinessDate, CaseId, CertificateKind, CertificateNumber, ClassId, ClawbackId, CreditCode,
    DisbursementId, Division, Fen, FindingId, FundSource, Note, Occupation, PersonKey,
    QualificationId, SchemeId, SkillLevel, division,
};
use ledger_proto::v1;
use ledger_tests::workload::{self, CITIES, Seeded, date, on, reference};
use std::collections::BTreeMap;
use std::process::Command as Process;
use std::sync::Arc;

/// The action of 2019 to 2021, and a standard that the rates of the list keep to.
const DOCUMENTS: [&str; 2] = [
    include_str!("../../../../policies/shandong/2019-2021-action.toml"),
    include_str!("../../../../policies/examples/shandong-2019-standard.toml"),
];
/// The city that pays: Jinan.
const CITY: u32 = 370_100;
/// Evaluator number of the synthetic evaluator: social, filed with Shandong (B5 of the notes).
const EVALUATOR_NUMBER: &str = "S000037000777";
/// Commands per request.
const BATCH: usize = 500;
/// Lines of the trace that the demo prints.
const TRACE_LINES: usize = 24;

/// One class, played.
#[derive(Debug)]
pub(crate) struct Played {
    pub(crate) published: Published,
    pub(crate) class: ClassId,
    pub(crate) approved: u32,
    pub(crate) paid: Fen,
    people: Vec<PersonKey>,
    disbursements: Vec<DisbursementId>,
}

/// The balances of one city.
#[derive(Debug)]
pub(crate) struct Balance {
    pub(crate) city: String,
    pub(crate) cash: Fen,
    pub(crate) reserved: Fen,
    pub(crate) expenditure: Fen,
    pub(crate) receivable: Fen,
}

/// What the demo ends with.
#[derive(Debug)]
pub(crate) struct Ending {
    pub(crate) played: Vec<Played>,
    pub(crate) balances: Vec<Balance>,
    pub(crate) debits: Fen,
    pub(crate) credits: Fen,
    pub(crate) person: PersonKey,
    pub(crate) class: ClassId,
    pub(crate) clawback: ClawbackId,
}

/// The demo in progress.
#[derive(Debug)]
struct Demo<'a> {
    client: &'a Client,
    seeded: Seeded,
    evaluator: CreditCode,
}

/// Plays everything; fails when one amount differs from the published one.
pub(crate) async fn everything(
    client: &Client,
    endpoint: &str,
    screen: &mut Screen,
) -> Result<Ending> {
    let evaluator = CreditCode::synthetic(city(), 777);
    let mut demo = Demo {
        client,
        seeded: Seeded::new(2021),
        evaluator,
    };
    screen.title("Policy and accounts");
    demo.foundations(screen).await?;
    let mut played = Vec::new();
    for (index, published) in Published::list()?.into_iter().enumerate() {
        screen.title(&format!("{} · {}", published.body, published.course));
        let number = u32::try_from(index)?;
        played.push(demo.class(number, published, screen).await?);
    }
    let first = played.first().context("the published list is empty")?;
    let (person, class) = (*first.people.first().context("no trainee")?, first.class);
    screen.title("A false class is found and clawed back");
    let clawback = demo.claw_back(first, endpoint, screen).await?;
    screen.title("Everything derived from the log is rebuilt and compared");
    demo.rebuild(screen).await?;
    let (balances, debits, credits) = demo.balances().await?;
    ensure!(debits == credits, "the trial balance is not zero");
    Ok(Ending {
        played,
        balances,
        debits,
        credits,
        person,
        class,
        clawback,
    })
}

impl Demo<'_> {
    async fn foundations(&mut self, screen: &mut Screen) -> Result<()> {
        let fund = FundSource::SpecialAccount;
        let mut commands = Vec::new();
        for text in DOCUMENTS {
            let policy = Arc::new(ledger_policy::compile(text)?);
            screen.line(&format!(
                "Publishes {} ({}).",
                policy.document_number, policy.policy_id
            ));
            commands.push(first_day(CommandBody::PublishPolicy(PublishPolicy {
                text: Arc::from(text),
                policy,
            })));
        }
        let amount = Fen::from_yuan(1_000_000).context("a round sum fits")?;
        for code in CITIES {
            let division = Division::new(code)?;
            commands.push(first_day(CommandBody::OpenAccount(OpenAccount {
                division,
                fund,
            })));
            commands.push(first_day(CommandBody::AccrueFunds(AccrueFunds {
                division,
                fund,
                amount,
                reference: reference("DEMO-ACCRUAL-2021"),
                capacity: None,
            })));
        }
        commands.push(first_day(CommandBody::RegisterInstitution(
            RegisterInstitution {
                institution: self.evaluator,
                kind: InstitutionKind::Evaluator,
                name: reference("Synthetic evaluator"),
                division: city(),
            },
        )));
        self.append(commands).await?;
        screen.line(&format!(
            "Opens the special accounts of {} cities and raises {amount} yuan for each.",
            CITIES.len()
        ));
        Ok(())
    }

    /// One line of the list, from the approval of the class to the final payment.
    async fn class(
        &mut self,
        number: u32,
        published: Published,
        screen: &mut Screen,
    ) -> Result<Played> {
        let institution = CreditCode::synthetic(city(), number);
        let class = ClassId::from_bytes(self.seeded.uuid());
        self.open(class, institution, &published).await?;
        let people: Vec<_> = (0..published.trained)
            .map(|_| PersonKey::from_bytes(self.seeded.uuid()))
            .collect();
        self.train(class, &people, &published).await?;
        screen.line(&format!(
            "{} people enrol, attend and complete.",
            published.trained
        ));
        self.certify(number, class, &people, &published).await?;
        let approved = self.approve(class, &people, &published, screen).await?;
        let mut played = Played {
            published,
            class,
            approved: u32::try_from(approved.len())?,
            paid: Fen::ZERO,
            people: approved,
            disbursements: Vec::new(),
        };
        self.pay(
            &mut played,
            institution,
            DisbursementStage::Advance,
            date(2021, 5, 10),
        )
        .await?;
        screen.line(&format!("Advance after training: {} yuan.", played.paid));
        let employed = self.employ(&played).await?;
        self.pay(
            &mut played,
            institution,
            DisbursementStage::Final,
            date(2021, 9, 1),
        )
        .await?;
        screen.line(&format!(
            "{employed} of {} found work; with the final payment {} yuan in all.",
            played.approved, played.paid
        ));
        ensure!(
            played.approved == played.published.approved && played.paid == played.published.amount,
            "{} approved and {} yuan paid where {} and {} were published",
            played.approved,
            played.paid,
            played.published.approved,
            played.published.amount
        );
        Ok(played)
    }

    async fn open(
        &mut self,
        class: ClassId,
        institution: CreditCode,
        published: &Published,
    ) -> Result<()> {
        let course = published.course();
        let occupation = Occupation::parse(course.occupation)?;
        let levels: Vec<_> = course.level.into_iter().collect();
        let scope = |kind| QualificationScope {
            kind,
            occupations: vec![ScopeEntry {
                occupation,
                levels: levels.clone(),
            }],
        };
        let evaluator_number = reference(EVALUATOR_NUMBER);
        let grants = [
            (institution, QualificationKind::Training),
            (
                self.evaluator,
                QualificationKind::Evaluation { evaluator_number },
            ),
        ];
        let mut commands = vec![first_day(CommandBody::RegisterInstitution(
            RegisterInstitution {
                institution,
                kind: InstitutionKind::TechnicalSchool,
                name: reference(&format!("{} (demo)", published.body)),
                division: city(),
            },
        ))];
        for (body, kind) in grants {
            commands.push(first_day(CommandBody::GrantQualification(
                GrantQualification {
                    institution: body,
                    qualification: QualificationId::from_bytes(self.seeded.uuid()),
                    scope: scope(kind),
                    valid_from: date(2020, 1, 1),
                    valid_until: None,
                    decision_number: reference("DEMO-QUALIFICATION"),
                },
            )));
        }
        commands.push(on(
            date(2021, 2, 1),
            CommandBody::ApproveClass(ApproveClass {
                class,
                institution,
                division: city(),
                fund: FundSource::SpecialAccount,
                scheme: SchemeId::parse(workload::SCHEME)?,
                kind: ClassKind::Project,
                occupation,
                level: course.level,
                headcount: published.trained,
                rate: Some(published.rate),
                class_hours: published.class_hours,
                starts_on: date(2021, 3, 1),
                ends_on: date(2021, 3, 31),
                // The list rejects for residence only where the contract asked for it.
                residence: (published.non_residents > 0).then(|| city().province()),
                contract_number: reference("DEMO-PROJECT-CONTRACT"),
                reporting: Reporting::default(),
                order: None,
            }),
        ));
        commands.push(on(
            date(2021, 3, 1),
            CommandBody::OpenClass(OpenClass { class }),
        ));
        self.append(commands).await
    }

    /// Enrolment, attendance of all class hours and completion, for everybody.
    async fn train(
        &mut self,
        class: ClassId,
        people: &[PersonKey],
        published: &Published,
    ) -> Result<()> {
        let enrolled = date(2021, 3, 1);
        let mut commands = Vec::new();
        for (index, person) in people.iter().copied().enumerate() {
            commands.push(on(
                enrolled,
                CommandBody::RegisterPerson(RegisterPerson { person }),
            ));
            commands.extend(self.statuses(index, person, published)?);
            commands.push(on(
                enrolled,
                CommandBody::EnrolPerson(EnrolPerson { class, person }),
            ));
            let mut left = published.class_hours;
            let mut day = enrolled;
            while left > 0 {
                let class_hours = left.min(8);
                left -= class_hours;
                commands.push(on(
                    day,
                    CommandBody::RecordAttendance(RecordAttendance {
                        class,
                        person,
                        class_hours,
                    }),
                ));
                day = day.add_days(1).context("the next day exists")?;
            }
            let completed = CommandBody::CompleteTraining(CompleteTraining { class, person });
            commands.push(on(date(2021, 3, 31), completed));
        }
        let closed = CommandBody::CloseClass(CloseClass { class });
        commands.push(on(date(2021, 4, 1), closed));
        self.append(commands).await
    }

    /// The people at the front of the roster are those whom the list rejects: first pensioners,
    /// then those who fail, then those resident elsewhere; those at its end were not submitted.
    fn statuses(
        &self,
        index: usize,
        person: PersonKey,
        published: &Published,
    ) -> Result<Vec<Command>> {
        let declared = |status| {
            on(
                date(2021, 3, 1),
                CommandBody::DeclarePersonStatus(DeclarePersonStatus {
                    person,
                    status,
                    valid_from: date(2015, 1, 1),
                    valid_until: None,
                    source: reference("DEMO-REGISTER"),
                }),
            )
        };
        let mut statuses = Vec::new();
        if published.is_pensioner(index) {
            statuses.push(declared(PersonStatus::Pension));
        }
        if published.non_residents > 0 {
            let home = if published.is_non_resident(index) {
                Division::new(520_100)?
            } else {
                city()
            };
            statuses.push(declared(PersonStatus::Residence(home)));
        }
        Ok(statuses)
    }

    async fn certify(
        &mut self,
        number: u32,
        class: ClassId,
        people: &[PersonKey],
        published: &Published,
    ) -> Result<()> {
        let evaluator = self.evaluator;
        let issued_on = date(2021, 4, 10);
        let submitted = usize::try_from(published.submitted)?;
        let mut commands = Vec::new();
        for (index, person) in people.iter().copied().take(submitted).enumerate() {
            let failed = published.is_failed(index);
            let result = if failed {
                AssessmentResult::Failed
            } else {
                AssessmentResult::Passed
            };
            let assessed = RecordAssessment {
                class,
                person,
                evaluator,
                result,
            };
            commands.push(on(issued_on, CommandBody::RecordAssessment(assessed)));
            if !failed {
                let (kind, number) = certificate(number, index, published)?;
                let issued = IssueCertificate {
                    class,
                    person,
                    kind,
                    number,
                    evaluator,
                    issued_on,
                };
                commands.push(on(issued_on, CommandBody::IssueCertificate(issued)));
            }
        }
        self.append(commands).await
    }

    /// Submits everybody whom the list submits, and compares the reasons of the refusals with the
    /// published ones. Returns those approved.
    async fn approve(
        &mut self,
        class: ClassId,
        people: &[PersonKey],
        published: &Published,
        screen: &mut Screen,
    ) -> Result<Vec<PersonKey>> {
        let submitted = people
            .get(..usize::try_from(published.submitted)?)
            .context("submitted")?;
        let mut approved = Vec::new();
        let mut refused: BTreeMap<String, u32> = BTreeMap::new();
        for chunk in submitted.chunks(BATCH) {
            let commands: Vec<_> = chunk
                .iter()
                .map(|person| {
                    let body = ApproveSubsidy {
                        class,
                        person: *person,
                    };
                    on(date(2021, 5, 1), CommandBody::ApproveSubsidy(body))
                })
                .collect();
            let batch = Batch::new(self.seeded.request_id(), &commands)
                .independent()
                .explained(ExplanationDetail::None);
            let answer = self.client.append(&batch).await?;
            for (person, result) in chunk.iter().zip(answer.results) {
                use v1::command_result::Outcome;
                match result.outcome.context("a result without an outcome")? {
                    Outcome::Accepted(_) => approved.push(*person),
                    Outcome::Refusal(refusal) => {
                        *refused.entry(refusal.reason).or_default() += 1;
                    }
                }
            }
        }
        screen.line(&format!(
            "{} claims submitted, {} approved.",
            submitted.len(),
            approved.len()
        ));
        let expected = [
            ("DRAWS_PENSION", published.pensioners),
            ("ASSESSMENT_NOT_PASSED", published.failed),
            ("NOT_RESIDENT", published.non_residents),
        ];
        for (reason, count) in expected {
            let found = refused.remove(reason).unwrap_or(0);
            ensure!(
                found == count,
                "{found} refusals for {reason} where {count} were published"
            );
            if count > 0 {
                screen.line(&format!("  {count} refused: {reason}"));
            }
        }
        ensure!(
            refused.is_empty(),
            "refusals that were not published: {refused:?}"
        );
        Ok(approved)
    }

    /// Nine of ten found work: above the 85 % of the policy.
    async fn employ(&mut self, played: &Played) -> Result<usize> {
        let employed = played.people.len() * 9 / 10;
        let employer = CreditCode::synthetic(city(), 900);
        let commands = played.people.iter().take(employed).map(|person| {
            on(
                date(2021, 6, 1),
                CommandBody::ConfirmEmployment(ConfirmEmployment {
                    class: played.class,
                    person: *person,
                    employer,
                    evidence: EmploymentEvidence::LabourContract,
                    started_on: date(2021, 5, 15),
                }),
            )
        });
        self.append(commands.collect()).await?;
        Ok(employed)
    }

    /// Orders a payment for everybody approved and records the bank's confirmation.
    async fn pay(
        &mut self,
        played: &mut Played,
        institution: CreditCode,
        stage: DisbursementStage,
        day: BusinessDate,
    ) -> Result<()> {
        let disbursement = DisbursementId::from_bytes(self.seeded.uuid());
        let ordered = CommandBody::OrderDisbursement(OrderDisbursement {
            disbursement,
            class: played.class,
            stage,
            payee: Payee::Institution(institution),
            beneficiaries: played.people.clone(),
            fund: None,
        });
        let settled = CommandBody::SettleDisbursement(SettleDisbursement {
            disbursement,
            bank_reference: reference("DEMO-BANK-RECEIPT"),
        });
        self.append(vec![on(day, ordered), on(day, settled)])
            .await?;
        let paid = self.disbursement(disbursement).await?.total_fen;
        played.paid = played
            .paid
            .checked_add(Fen::new(paid))
            .context("the sum fits")?;
        played.disbursements.push(disbursement);
        Ok(())
    }

    async fn disbursement(&self, id: DisbursementId) -> Result<v1::GetDisbursementResponse> {
        let disbursement_id = id.as_bytes().to_vec();
        let request = v1::GetDisbursementRequest {
            disbursement_id,
            at_least_position: 0,
        };
        Ok(self.client.get_disbursement(request).await?)
    }

    /// Finds the class false, claws every line back, repays part of it, and prints the trace.
    async fn claw_back(
        &mut self,
        played: &Played,
        endpoint: &str,
        screen: &mut Screen,
    ) -> Result<ClawbackId> {
        let case = CaseId::from_bytes(self.seeded.uuid());
        let finding = FindingId::from_bytes(self.seeded.uuid());
        let clawback = ClawbackId::from_bytes(self.seeded.uuid());
        let mut lines = Vec::new();
        for disbursement in &played.disbursements {
            for line in self.disbursement(*disbursement).await?.lines {
                lines.push(ClawbackRequestLine {
                    disbursement: *disbursement,
                    beneficiary: Some(person(&line.beneficiary_key)?),
                    amount: Fen::new(line.amount_fen),
                });
            }
        }
        let repaid = Fen::from_yuan(5_000).context("a small sum fits")?;
        let day = date(2021, 11, 1);
        self.append(vec![
            on(
                day,
                CommandBody::OpenCase(OpenCase {
                    case,
                    institution: None,
                    clue: note("complaint: the class was never held")?,
                }),
            ),
            on(
                day,
                CommandBody::MakeFinding(MakeFinding {
                    case,
                    finding,
                    kind: FindingKind::FalseTraining,
                    subject: Subject::Class(played.class),
                    persons: Vec::new(),
                    evidence: Vec::new(),
                    decision_number: reference("DEMO-FINDING-2021-1"),
                }),
            ),
            on(
                day,
                CommandBody::DecideClawback(DecideClawback {
                    clawback,
                    case,
                    finding,
                    lines,
                    decision_number: reference("DEMO-CLAWBACK-2021-1"),
                }),
            ),
            on(
                date(2021, 11, 20),
                CommandBody::RecordRepayment(RecordRepayment {
                    debt: Debt::Clawback(clawback),
                    amount: repaid,
                    bank_reference: reference("DEMO-BANK-REPAYMENT"),
                }),
            ),
        ])
        .await?;
        screen.line(&format!(
            "{} · {}: {} yuan have to come back, {repaid} yuan came back.",
            played.published.body, played.published.course, played.paid
        ));
        self.print_trace(clawback, endpoint, screen).await?;
        Ok(clawback)
    }

    async fn print_trace(
        &self,
        clawback: ClawbackId,
        endpoint: &str,
        screen: &mut Screen,
    ) -> Result<()> {
        let request = v1::TraceClawbackRequest {
            clawback_id: clawback.as_bytes().to_vec(),
            max_events: 0,
            at_least_position: 0,
        };
        let trace = self.client.trace_clawback(request).await?;
        ensure!(trace.summary.complete, "the trace was cut off");
        let mut kinds: BTreeMap<&str, u32> = BTreeMap::new();
        for node in &trace.nodes {
            *kinds.entry(node.kind().as_str_name()).or_default() += 1;
        }
        screen.line(&format!(
            "{} events stand behind the clawback:",
            trace.nodes.len()
        ));
        for (kind, count) in kinds {
            let kind = kind.trim_start_matches("EVENT_KIND_").to_lowercase();
            screen.line(&format!("  {count:>4} {kind}"));
        }
        let text = ledgerctl(endpoint, &["trace", &clawback.to_string()])?;
        screen.line("\nThe trace, from the clawback down (ledgerctl trace):");
        let lines: Vec<_> = text.lines().collect();
        for line in lines.iter().take(TRACE_LINES) {
            screen.line(&format!("  {line}"));
        }
        if lines.len() > TRACE_LINES {
            screen.line(&format!("  … and {} lines more", lines.len() - TRACE_LINES));
        }
        Ok(())
    }

    async fn rebuild(&self, screen: &mut Screen) -> Result<()> {
        let mut progress = self.client.rebuild(false).await?;
        let mut last = None;
        while let Some(message) = progress.next().await? {
            last = Some(message);
        }
        let last = last.context("the rebuild said nothing")?;
        if last.phase() != v1::RebuildPhase::Switched {
            bail!("the rebuild found {} differences", last.difference_count);
        }
        screen.line(&format!(
            "{} events replayed, {} keys compared, no difference, switched.",
            last.position, last.compared_keys
        ));
        Ok(())
    }

    async fn balances(&self) -> Result<(Vec<Balance>, Fen, Fen)> {
        let request = v1::ListAccountsRequest {
            page_size: 100,
            ..Default::default()
        };
        let answer = self.client.list_accounts(request).await?;
        ensure!(
            answer.next_page_token.is_empty(),
            "more accounts than the demo opened"
        );
        let balances = answer
            .accounts
            .iter()
            .map(balance)
            .collect::<Result<Vec<_>>>()?;
        Ok((
            balances,
            Fen::new(answer.total_debits_fen),
            Fen::new(answer.total_credits_fen),
        ))
    }

    /// Appends everything, in atomic requests.
    async fn append(&mut self, commands: Vec<Command>) -> Result<()> {
        for chunk in commands.chunks(BATCH) {
            let batch =
                Batch::new(self.seeded.request_id(), chunk).explained(ExplanationDetail::None);
            self.client.append(&batch).await?;
        }
        Ok(())
    }
}

impl Published {
    fn is_pensioner(&self, index: usize) -> bool {
        within(index, 0, self.pensioners)
    }

    fn is_failed(&self, index: usize) -> bool {
        within(index, self.pensioners, self.failed)
    }

    fn is_non_resident(&self, index: usize) -> bool {
        within(index, self.pensioners + self.failed, self.non_residents)
    }
}

fn within(index: usize, first: u32, count: u32) -> bool {
    u32::try_from(index).is_ok_and(|index| (first..first + count).contains(&index))
}

fn city() -> Division {
    Division::new(CITY).expect("the code of Jinan is in the standard")
}

fn first_day(body: CommandBody) -> Command {
    on(date(2021, 1, 4), body)
}

fn note(text: &str) -> Result<Note> {
    Ok(Note::parse(text)?)
}

fn person(bytes: &[u8]) -> Result<PersonKey> {
    Ok(PersonKey::from_bytes(
        bytes.try_into().context("a person key has 16 bytes")?,
    ))
}

/// Number and kind of a certificate: 22 characters for a level (B5 of the domain notes), a plain
/// number where the course leads to none.
fn certificate(
    class: u32,
    index: usize,
    published: &Published,
) -> Result<(CertificateKind, CertificateNumber)> {
    let serial = u32::try_from(index)?;
    let (kind, number) = match published.course().level.and_then(SkillLevel::digit) {
        Some(digit) => {
            let text = format!("{EVALUATOR_NUMBER}21{digit}{:06}", class * 10_000 + serial);
            (CertificateKind::SkillLevel, text)
        }
        None => (
            CertificateKind::TrainingCompletion,
            format!("DEMO-{class}-{serial:06}"),
        ),
    };
    Ok((kind, CertificateNumber::parse(&number)?))
}

fn balance(account: &v1::Account) -> Result<Balance> {
    let key = account.key.as_ref().context("an account without a key")?;
    let division = Division::new(key.division)?;
    let name = division::lookup(division).map_or("", |record| record.name_zh);
    let sum = |kind: v1::AccountKind| {
        let balances = account
            .balances
            .iter()
            .filter(|balance| balance.kind() == kind);
        Fen::checked_sum(balances.map(|balance| Fen::new(balance.balance_fen)))
            .context("the sum fits")
    };
    Ok(Balance {
        city: format!("{division} {name}"),
        cash: Fen::new(account.cash_fen),
        reserved: Fen::new(account.reserved_fen),
        expenditure: sum(v1::AccountKind::Expenditure)?,
        receivable: sum(v1::AccountKind::Receivable)?,
    })
}

/// Runs the real program beside this one.
fn ledgerctl(endpoint: &str, arguments: &[&str]) -> Result<String> {
    let program = std::env::current_exe()?.with_file_name("ledgerctl");
    let output = Process::new(&program)
        .args(["--endpoint", endpoint])
        .args(arguments)
        .output()
        .with_context(|| format!("cannot run {}", program.display()))?;
    ensure!(
        output.status.success(),
        "ledgerctl failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}
