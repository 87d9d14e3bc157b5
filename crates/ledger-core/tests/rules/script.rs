//! Tables of commands: one line per command, with its expected outcome.
//!
//! ```text
//! 2020-03-31 approve C1 A             => ok amount=1000.00 used=1
//!            approve C1 B,C           => CERTIFICATE_MISSING limit=- facts=@b
//! ```
//!
//! A line is a date (the last one when left out), a verb, its arguments, options `name=value`,
//! and after `=>` the outcome: `ok` or the name of the refusal, with what else must be true of
//! it. `@name` keeps the position of the line's last event. Persons, classes and so on are called
//! by any name. A list of persons (`A,B`, `P1..P20`) repeats the line for each, except where one
//! command takes them all.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use ledger_core::command::{
    AccrueFunds, ApproveClass, ApproveSubsidy, ClawbackRequestLine, CloseCase, CloseClass,
    CommandBody, CompleteTraining, ConfirmEmployment, Debt, DecideClawback, DeclarePersonStatus,
    EndPersonStatus, EnrolPerson, GrantQualification, InvalidateCertificate, IssueCertificate,
    MakeFinding, OpenAccount, OpenCase, OpenClass, OrderDisbursement, PublishPolicy,
    RecordAssessment, RecordAttendance, RecordRepayment, RegisterInstitution, RegisterPerson,
    ReturnDisbursement, RevokeQualification, SettleDisbursement, TransferFunds, WithdrawEmployment,
    WithdrawEnrolment,
};
use ledger_core::event::{
    AssessmentResult, ClassKind, DisbursementStage, EmploymentEvidence, FindingKind,
    InstitutionKind, Payee, PersonStatus, QualificationKind, QualificationScope, ReturnKind,
    ScopeEntry,
};
use ledger_core::{
    AccountKey, AccountKind, BusinessDate, CaseId, CertificateKind, CertificateNumber, ClassId,
    ClawbackId, Command, CreditCode, DisbursementId, Division, Entity, EntityKey, Fen, FindingId,
    FundSource, LedgerAccount, Note, Occupation, OccupationEdition, PersonKey, Position,
    QualificationId, RecordedEvent, RecordedTime, Reference, Refusal, SchemeId, SkillLevel,
};

use crate::ledger::{Ledger, summary};
use crate::policies;

/// A ledger and the names that a script gave to what is in it.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    pub(crate) ledger: Ledger,
    /// Positions by label.
    pub(crate) labels: BTreeMap<String, Position>,
    /// Certificate numbers by name.
    certificates: BTreeMap<String, CertificateNumber>,
    /// The level of each class, by name.
    levels: BTreeMap<String, Option<SkillLevel>>,
    /// The serial of the last certificate.
    serial: u32,
    on: BusinessDate,
}

/// One line of a table, taken apart.
#[derive(Debug)]
struct Line<'t> {
    verb: &'t str,
    arguments: Vec<&'t str>,
    options: BTreeMap<&'t str, &'t str>,
    label: Option<&'t str>,
    outcome: &'t str,
}

/// Runs tables one after the other on an empty ledger and audits it.
///
/// # Panics
///
/// With every line whose outcome differs.
pub(crate) fn run(tables: &[&str]) -> Script {
    let mut script = Script::new();
    for table in tables {
        script.play(table);
    }
    script.ledger.audit();
    script
}

impl Script {
    pub(crate) fn new() -> Self {
        Self {
            ledger: Ledger::new(),
            labels: BTreeMap::new(),
            certificates: BTreeMap::new(),
            levels: BTreeMap::new(),
            serial: 0,
            on: BusinessDate::from_ymd(2020, 1, 1).unwrap(),
        }
    }

    /// Plays every line of a table.
    pub(crate) fn play(&mut self, table: &str) {
        let mut differences = String::new();
        for (number, text) in table.lines().enumerate() {
            let text = text.split('#').next().unwrap().trim();
            if text.is_empty() {
                continue;
            }
            if let Err(difference) = self.play_line(text) {
                writeln!(differences, "line {}: {text}\n    {difference}", number + 1).unwrap();
            }
        }
        assert!(differences.is_empty(), "\n{differences}");
    }

    /// Submits the first command of a line, whatever its outcome.
    pub(crate) fn attempt(&mut self, text: &str) -> Result<Vec<RecordedEvent>, Refusal> {
        let line = self.parse(text);
        let command = self.commands(&line).remove(0);
        self.ledger.submit(&command)
    }

    fn play_line(&mut self, text: &str) -> Result<(), String> {
        let line = self.parse(text);
        match line.verb {
            "now" => {
                self.on = BusinessDate::parse(line.arguments[0]).unwrap();
                let noon = i64::from(self.on.days()) * 86_400_000_000 + 43_200_000_000;
                self.ledger.now = RecordedTime::from_micros(noon);
                return Ok(());
            }
            "see" => return self.see(&line),
            "assume" => {
                let [accounts, balance] = [&line.arguments[..2], &line.arguments[2..]];
                let account = account_key(accounts[0], &line.options);
                let year = accounts[1].parse().unwrap();
                let cash = LedgerAccount {
                    holder: account,
                    kind: AccountKind::Cash,
                    fiscal_year: 0,
                };
                let accrual = LedgerAccount {
                    kind: AccountKind::Accrual,
                    fiscal_year: year,
                    ..cash
                };
                self.ledger
                    .assume_balance([cash, accrual], yuan(balance[0]));
                return Ok(());
            }
            _ => {}
        }
        for command in self.commands(&line) {
            let outcome = self.ledger.submit(&command);
            if let (Ok(events), Some(label)) = (&outcome, line.label) {
                self.labels
                    .insert(label.to_owned(), events.last().unwrap().position);
            }
            self.compare(line.outcome, &outcome.map(|events| summary(&events)))?;
        }
        Ok(())
    }

    fn parse<'t>(&mut self, text: &'t str) -> Line<'t> {
        let (said, outcome) = text.split_once("=>").unwrap_or((text, "ok"));
        let mut words = said.split_whitespace().peekable();
        if let Some(date) = words.peek().and_then(|word| BusinessDate::parse(word).ok()) {
            self.on = date;
            words.next();
        }
        let verb = words.next().unwrap();
        let (mut arguments, mut options, mut label) = (Vec::new(), BTreeMap::new(), None);
        for word in words {
            match (word.strip_prefix('@'), word.split_once('=')) {
                (Some(name), _) => label = Some(name),
                (None, Some((name, value))) => {
                    options.insert(name, value);
                }
                (None, None) => arguments.push(word),
            }
        }
        Line {
            verb,
            arguments,
            options,
            label,
            outcome: outcome.trim(),
        }
    }

    fn compare(
        &self,
        expected: &str,
        found: &Result<BTreeMap<&'static str, String>, Refusal>,
    ) -> Result<(), String> {
        let mut words = expected.split_whitespace();
        let outcome = words.next().unwrap();
        let name = found
            .as_ref()
            .err()
            .map_or("ok", |refusal| refusal.reason.name());
        if outcome != name {
            return Err(format!("is {name}: {found:?}"));
        }
        for word in words {
            let (what, value) = word.split_once('=').unwrap();
            let has = match found {
                Ok(said) => said.get(what).cloned().unwrap_or_default(),
                Err(refusal) => self.detail(refusal, what, value),
            };
            if has != value {
                return Err(format!("{what} is {has}, not {value}: {found:?}"));
            }
        }
        Ok(())
    }

    /// A detail of a refusal; facts are compared as positions and given back as expected.
    fn detail(&self, refusal: &Refusal, what: &str, expected: &str) -> String {
        let number = |value: Option<i64>| value.map_or("-".to_owned(), |value| value.to_string());
        match what {
            "limit" => number(refusal.limit),
            "found" => number(refusal.found),
            "rule" => refusal.rule.as_ref().map_or("-".to_owned(), |rule| {
                rule.clause.split_whitespace().collect::<Vec<_>>().join("-")
            }),
            "facts" => {
                let labels = expected.split(',').filter(|label| *label != "-");
                let mut facts: Vec<_> = labels.map(|label| self.position(label)).collect();
                facts.sort_unstable();
                if facts == refusal.facts {
                    expected.to_owned()
                } else {
                    format!("{:?}", refusal.facts)
                }
            }
            _ => panic!("a refusal has no {what}"),
        }
    }

    fn position(&self, text: &str) -> Position {
        match text.strip_prefix('@') {
            Some(label) => self.labels[label],
            None => Position::new(text.parse().unwrap()),
        }
    }

    /// Looks at the state: `see available 370100 400.00`, `see slots A 2020 2`.
    fn see(&self, line: &Line<'_>) -> Result<(), String> {
        let [what, of, rest @ ..] = line.arguments.as_slice() else {
            panic!("see what of whom");
        };
        let (found, expected) = match *what {
            "available" => (
                self.account(of, &line.options).available().to_string(),
                rest[0].to_owned(),
            ),
            "slots" => {
                let year: i32 = rest[0].parse().unwrap();
                let Some(Entity::Person(person)) =
                    self.ledger.entities.get(&EntityKey::Person(person(of)))
                else {
                    panic!("{of} is registered");
                };
                let used = person
                    .slots
                    .iter()
                    .filter(|slot| slot.freed.is_none() && slot.year == year);
                (used.count().to_string(), rest[1].to_owned())
            }
            kind => {
                let kind = AccountKind::ALL
                    .into_iter()
                    .find(|it| it.name() == kind)
                    .unwrap();
                let year = if kind.is_flow() {
                    rest[0].parse().unwrap()
                } else {
                    0
                };
                let balance = self.account(of, &line.options).balance(kind, year);
                (balance.to_string(), rest.last().unwrap().to_string())
            }
        };
        if found == expected {
            Ok(())
        } else {
            Err(format!("is {found}"))
        }
    }

    fn account(
        &self,
        division: &str,
        options: &BTreeMap<&str, &str>,
    ) -> ledger_core::entity::Account {
        let key = EntityKey::Account(account_key(division, options));
        let Some(Entity::Account(account)) = self.ledger.entities.get(&key) else {
            panic!("{division} has an account");
        };
        account.clone()
    }

    /// The commands of a line: one, or one per person.
    fn commands(&mut self, line: &Line<'_>) -> Vec<Command> {
        let causes: Vec<Position> = line.options.get("causes").map_or(Vec::new(), |list| {
            list.split(',').map(|it| self.position(it)).collect()
        });
        let repeat = |text: &str| -> usize { text.parse().unwrap() };
        let causes = match line.options.get("causes-count") {
            Some(count) => vec![Position::FIRST; repeat(count)],
            None => causes,
        };
        let bodies = self.bodies(line);
        let on = self.on;
        bodies
            .into_iter()
            .map(|body| Command {
                occurred_on: on,
                body,
                causes: causes.clone(),
            })
            .collect()
    }

    fn bodies(&mut self, line: &Line<'_>) -> Vec<CommandBody> {
        let a = line.arguments.as_slice();
        match line.verb {
            "policy" | "account" | "accrue" | "transfer" => vec![money_in(line)],
            "institution" | "qualify" | "revoke" => vec![of_institution(line)],
            "class" => {
                let body = class_of(line);
                self.levels.insert(a[0].to_owned(), body.level);
                vec![CommandBody::ApproveClass(body)]
            }
            "open" => vec![CommandBody::OpenClass(OpenClass { class: class(a[0]) })],
            "close" => vec![CommandBody::CloseClass(CloseClass { class: class(a[0]) })],
            "person" => names(a[0])
                .iter()
                .map(|name| {
                    CommandBody::RegisterPerson(RegisterPerson {
                        person: person(name),
                    })
                })
                .collect(),
            "status" | "end" => vec![of_status(line)],
            "certify" => {
                let names = names(a[1]);
                names.iter().map(|name| self.certify(line, name)).collect()
            }
            "graduate" => {
                // Enrolled, trained and certified on the same day.
                let names = names(a[1]);
                let mut bodies = Vec::new();
                for name in &names {
                    bodies.push(of_place("enrol", line, name));
                    bodies.push(of_place("complete", line, name));
                    bodies.push(self.certify(line, name));
                }
                bodies
            }
            "void" => vec![CommandBody::InvalidateCertificate(InvalidateCertificate {
                number: self
                    .certificates
                    .get(a[0])
                    .copied()
                    .unwrap_or_else(|| raw_number(a[0])),
                grounds: note(),
                decision_number: reference(),
            })],
            "order" | "settle" | "return" => vec![of_payment(line)],
            "case" | "find" | "claw" | "repay" | "close-case" => vec![self.of_case(line)],
            verb => names(a[1])
                .iter()
                .map(|name| of_place(verb, line, name))
                .collect(),
        }
    }

    /// A certificate is called after its holder (`A`) unless `as=` names it; the number fits the
    /// class unless `number=` gives one.
    fn certify(&mut self, line: &Line<'_>, name: &str) -> CommandBody {
        let evaluator = line.options.get("by").copied().unwrap_or("E1");
        let issued = line
            .options
            .get("issued")
            .map(|date| BusinessDate::parse(date).unwrap());
        let issued_on = issued.unwrap_or(self.on);
        let level = self.levels.get(line.arguments[0]).copied().flatten();
        self.serial += 1;
        let serial = self.serial;
        let number = match (
            line.options.get("number"),
            level.and_then(SkillLevel::digit),
        ) {
            (Some(text), _) => CertificateNumber::parse(text).unwrap(),
            (None, Some(digit)) => {
                let year = issued_on.year() % 100;
                let evaluator = evaluator_number(evaluator);
                raw_number(&format!("{evaluator}{year:02}{digit}{serial:06}"))
            }
            (None, None) => raw_number(&format!("ZX-{serial:06}")),
        };
        let by_level = if level.is_some() { "skill" } else { "special" };
        let kind = match line.options.get("kind").copied().unwrap_or(by_level) {
            "skill" => CertificateKind::SkillLevel,
            "vocational" => CertificateKind::VocationalQualification,
            "special" => CertificateKind::SpecialAbility,
            _ => CertificateKind::TrainingCompletion,
        };
        let known_as = line.options.get("as").copied().unwrap_or(name);
        self.certificates.insert(known_as.to_owned(), number);
        CommandBody::IssueCertificate(IssueCertificate {
            class: class(line.arguments[0]),
            person: person(name),
            kind,
            number,
            evaluator: institution(evaluator),
            issued_on,
        })
    }

    fn of_case(&self, line: &Line<'_>) -> CommandBody {
        let a = line.arguments.as_slice();
        match line.verb {
            "case" => CommandBody::OpenCase(OpenCase {
                case: CaseId::from_bytes(id(a[0])),
                institution: a.get(1).map(|name| institution(name)),
                clue: note(),
            }),
            "find" => {
                let evidence = line.options.get("evidence").copied().unwrap_or("");
                let evidence = evidence.split(',').filter(|label| !label.is_empty());
                CommandBody::MakeFinding(MakeFinding {
                    case: CaseId::from_bytes(id(a[0])),
                    finding: FindingId::from_bytes(id(a[1])),
                    kind: FindingKind::FalseTraining,
                    class: class(a[2]),
                    persons: a.get(3).map_or(Vec::new(), |names_of| persons(names_of)),
                    evidence: evidence.map(|label| self.position(label)).collect(),
                    decision_number: reference(),
                })
            }
            "claw" => CommandBody::DecideClawback(DecideClawback {
                clawback: ClawbackId::from_bytes(id(a[0])),
                case: CaseId::from_bytes(id(a[1])),
                finding: FindingId::from_bytes(id(a[2])),
                lines: a[3..]
                    .iter()
                    .flat_map(|text| clawback_lines(text))
                    .collect(),
                decision_number: reference(),
            }),
            "repay" => CommandBody::RecordRepayment(RecordRepayment {
                debt: match a[0].strip_prefix("excess:") {
                    Some(name) => Debt::ExcessAdvance(class(name)),
                    None => Debt::Clawback(ClawbackId::from_bytes(id(a[0]))),
                },
                amount: yuan(a[1]),
                bank_reference: reference(),
            }),
            _ => CommandBody::CloseCase(CloseCase {
                case: CaseId::from_bytes(id(a[0])),
                outcome: note(),
            }),
        }
    }
}

/// `D1:A,B:600.00`: so much of each line.
fn clawback_lines(text: &str) -> Vec<ClawbackRequestLine> {
    let parts: Vec<&str> = text.split(':').collect();
    let [disbursement, beneficiaries, amount] = parts.as_slice() else {
        panic!("{text} is a payment, its beneficiaries and an amount");
    };
    let disbursement = DisbursementId::from_bytes(id(disbursement));
    let amount = yuan(amount);
    persons(beneficiaries)
        .into_iter()
        .map(|beneficiary| ClawbackRequestLine {
            disbursement,
            beneficiary,
            amount,
        })
        .collect()
}

fn money_in(line: &Line<'_>) -> CommandBody {
    let a = line.arguments.as_slice();
    let fund = fund(&line.options);
    let division = |at: usize| Division::parse(a[at]).unwrap();
    match line.verb {
        "policy" => {
            let bytes = line
                .options
                .get("bytes")
                .map_or(16, |count| count.parse().unwrap());
            CommandBody::PublishPolicy(PublishPolicy {
                text: Arc::from("x".repeat(bytes)),
                policy: Arc::new(policies::policy(a[0], &line.options)),
            })
        }
        "account" => CommandBody::OpenAccount(OpenAccount {
            division: division(0),
            fund,
        }),
        "accrue" => CommandBody::AccrueFunds(AccrueFunds {
            division: division(0),
            fund,
            amount: yuan(a[1]),
            reference: reference(),
        }),
        _ => CommandBody::TransferFunds(TransferFunds {
            from: division(0),
            to: division(1),
            fund,
            amount: yuan(a[2]),
            reference: reference(),
        }),
    }
}

fn of_institution(line: &Line<'_>) -> CommandBody {
    let a = line.arguments.as_slice();
    let code = institution(a[0]);
    match line.verb {
        "institution" => CommandBody::RegisterInstitution(RegisterInstitution {
            institution: code,
            kind: InstitutionKind::PrivateTraining,
            name: Reference::parse(&format!("constructed {}", a[0])).unwrap(),
            division: Division::parse("370100").unwrap(),
        }),
        "qualify" => {
            let valid = line.options.get("valid").copied().unwrap_or("2019-01-01..");
            let (valid_from, valid_until) = policies::dates(valid);
            let scope = line.options.get("scope").copied().unwrap_or(SCOPE);
            let number = line.options.get("number").copied().map(ToOwned::to_owned);
            let number = number.unwrap_or_else(|| evaluator_number(a[0]));
            CommandBody::GrantQualification(GrantQualification {
                institution: code,
                qualification: QualificationId::from_bytes(id(a[1])),
                scope: QualificationScope {
                    kind: match a[2] {
                        "train" => QualificationKind::Training,
                        _ => QualificationKind::Evaluation {
                            evaluator_number: Reference::parse(&number).unwrap(),
                        },
                    },
                    occupations: scope_of(scope),
                },
                valid_from,
                valid_until,
                decision_number: reference(),
            })
        }
        _ => CommandBody::RevokeQualification(RevokeQualification {
            institution: code,
            qualification: QualificationId::from_bytes(id(a[1])),
            effective_on: BusinessDate::parse(a[2]).unwrap(),
            grounds: note(),
            decision_number: reference(),
        }),
    }
}

/// What the bodies of the tables are qualified for unless a line says otherwise.
const SCOPE: &str = "4-10-01-05/junior+intermediate+senior,4-10-01-02/junior,4-03-02-01/junior,\
                     6-18-02-04/junior,1999:4-07-12-03/junior,6-31-01-03/";

/// `4-10-01-05/junior+senior,6-31-01-03/`; `none` is no scope, `many` one above the bound.
fn scope_of(text: &str) -> Vec<ScopeEntry> {
    match text {
        "none" => return Vec::new(),
        "many" => return vec![scope_entry("4-10-01-05/junior"); 2_001],
        _ => {}
    }
    text.split(',').map(scope_entry).collect()
}

fn scope_entry(text: &str) -> ScopeEntry {
    let (code, levels) = text.split_once('/').unwrap();
    let levels = levels.split('+').filter(|level| !level.is_empty());
    ScopeEntry {
        occupation: occupation(code),
        levels: levels.filter_map(level).collect(),
    }
}

fn class_of(line: &Line<'_>) -> ApproveClass {
    let get = |name: &str, default: &'static str| -> String {
        line.options
            .get(name)
            .copied()
            .unwrap_or(default)
            .to_owned()
    };
    let (starts_on, ends_on) = policies::dates(&get("dates", "2020-03-01..2020-03-31"));
    let residence = get("residence", "none");
    ApproveClass {
        class: class(line.arguments[0]),
        institution: institution(&get("by", "I1")),
        division: Division::parse(&get("division", "370100")).unwrap(),
        fund: fund(&line.options),
        scheme: SchemeId::parse(&get("scheme", policies::SCHEME)).unwrap(),
        kind: match get("kind", "ordinary").as_str() {
            "ordinary" => ClassKind::Ordinary,
            _ => ClassKind::Project,
        },
        occupation: occupation(&get("occupation", "4-10-01-05")),
        level: level(&get("level", "junior")),
        headcount: get("places", "40").parse().unwrap(),
        rate: yuan(&get("rate", "1000.00")),
        class_hours: get("class-hours", "80").parse().unwrap(),
        starts_on,
        ends_on: ends_on.unwrap(),
        residence: (residence != "none").then(|| Division::parse(&residence).unwrap()),
        contract_number: reference(),
    }
}

fn of_status(line: &Line<'_>) -> CommandBody {
    let a = line.arguments.as_slice();
    let person = person(a[0]);
    let status = match a[1] {
        "pension" => PersonStatus::Pension,
        division => PersonStatus::Residence(Division::parse(division).unwrap()),
    };
    if line.verb == "end" {
        let valid_until = BusinessDate::parse(a[2]).unwrap();
        let source = reference();
        return CommandBody::EndPersonStatus(EndPersonStatus {
            person,
            status,
            valid_until,
            source,
        });
    }
    let (valid_from, valid_until) = policies::dates(a[2]);
    CommandBody::DeclarePersonStatus(DeclarePersonStatus {
        person,
        status,
        valid_from,
        valid_until,
        source: reference(),
    })
}

/// Commands about one person in one class.
fn of_place(verb: &str, line: &Line<'_>, name: &str) -> CommandBody {
    let a = line.arguments.as_slice();
    let (class, person) = (class(a[0]), person(name));
    match verb {
        "enrol" => CommandBody::EnrolPerson(EnrolPerson { class, person }),
        "withdraw" => CommandBody::WithdrawEnrolment(WithdrawEnrolment {
            class,
            person,
            reason: note(),
        }),
        "attend" => CommandBody::RecordAttendance(RecordAttendance {
            class,
            person,
            class_hours: a[2].parse().unwrap(),
        }),
        "complete" => CommandBody::CompleteTraining(CompleteTraining { class, person }),
        "assess" => CommandBody::RecordAssessment(RecordAssessment {
            class,
            person,
            evaluator: institution(line.options.get("by").copied().unwrap_or("E1")),
            result: match a[2] {
                "passed" => AssessmentResult::Passed,
                _ => AssessmentResult::Failed,
            },
        }),
        "employ" => CommandBody::ConfirmEmployment(ConfirmEmployment {
            class,
            person,
            employer: institution(line.options.get("by").copied().unwrap_or("X1")),
            evidence: EmploymentEvidence::SocialInsurance,
            started_on: BusinessDate::parse(a[2]).unwrap(),
        }),
        "unemploy" => CommandBody::WithdrawEmployment(WithdrawEmployment {
            class,
            person,
            reason: note(),
        }),
        "approve" => CommandBody::ApproveSubsidy(ApproveSubsidy { class, person }),
        verb => panic!("no verb {verb}"),
    }
}

fn of_payment(line: &Line<'_>) -> CommandBody {
    let a = line.arguments.as_slice();
    let disbursement = DisbursementId::from_bytes(id(a[0]));
    match line.verb {
        "order" => CommandBody::OrderDisbursement(OrderDisbursement {
            disbursement,
            class: class(a[1]),
            stage: match a[2] {
                "full" => DisbursementStage::Full,
                "advance" => DisbursementStage::Advance,
                _ => DisbursementStage::Final,
            },
            payee: match line
                .options
                .get("to")
                .copied()
                .unwrap_or("body:I1")
                .split_once(':')
            {
                Some(("person", name)) => Payee::Person(person(name)),
                Some(("employer", name)) => Payee::Employer(institution(name)),
                Some((_, name)) => Payee::Institution(institution(name)),
                None => panic!("a payee is of a kind"),
            },
            beneficiaries: persons(a.get(3).copied().unwrap_or("")),
        }),
        "settle" => CommandBody::SettleDisbursement(SettleDisbursement {
            disbursement,
            bank_reference: reference(),
        }),
        _ => CommandBody::ReturnDisbursement(ReturnDisbursement {
            disbursement,
            kind: match a[1] {
                "passive" => ReturnKind::Passive,
                _ => ReturnKind::Active,
            },
            bank_reference: reference(),
            reason: note(),
        }),
    }
}

/// `A,B`, `P1..P20`, or both.
pub(crate) fn names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for part in text.split(',').filter(|part| !part.is_empty()) {
        match part.split_once("..") {
            Some((first, last)) => {
                let letters = first.trim_end_matches(|c: char| c.is_ascii_digit());
                let number = |name: &str| -> u32 { name[letters.len()..].parse().unwrap() };
                let range = number(first)..=number(last);
                names.extend(range.map(|number| format!("{letters}{number}")));
            }
            None => names.push(part.to_owned()),
        }
    }
    names
}

fn persons(text: &str) -> Vec<PersonKey> {
    names(text).iter().map(|name| person(name)).collect()
}

/// The key of a person by name.
pub(crate) fn person(name: &str) -> PersonKey {
    PersonKey::from_bytes(id(name))
}

/// The id of a class by name.
pub(crate) fn class(name: &str) -> ClassId {
    ClassId::from_bytes(id(name))
}

/// Sixteen bytes that hold the name.
pub(crate) fn id(name: &str) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..name.len()].copy_from_slice(name.as_bytes());
    bytes
}

/// A synthetic credit code by name.
pub(crate) fn institution(name: &str) -> CreditCode {
    CreditCode::synthetic(Division::parse("370100").unwrap(), serial(name))
}

/// The number of an evaluator by name, as its skill-level certificates begin.
fn evaluator_number(name: &str) -> String {
    format!("S000037{:06}", serial(name) % 1_000_000)
}

fn serial(name: &str) -> u32 {
    name.bytes()
        .fold(0, |serial, byte| serial * 256 + u32::from(byte))
}

fn raw_number(text: &str) -> CertificateNumber {
    CertificateNumber::parse(text).unwrap()
}

fn occupation(text: &str) -> Occupation {
    let edition = OccupationEdition::Edition2015.year();
    let text = if text.contains(':') {
        text.to_owned()
    } else {
        format!("{edition}:{text}")
    };
    Occupation::parse(&text).unwrap()
}

fn level(name: &str) -> Option<SkillLevel> {
    match name {
        "none" => None,
        "junior" => Some(SkillLevel::Junior),
        "intermediate" => Some(SkillLevel::Intermediate),
        "senior" => Some(SkillLevel::Senior),
        "special" => Some(SkillLevel::SpecialTechnician),
        name => panic!("no level {name}"),
    }
}

fn account_key(division: &str, options: &BTreeMap<&str, &str>) -> AccountKey {
    AccountKey {
        division: Division::parse(division).unwrap(),
        fund: fund(options),
    }
}

fn fund(options: &BTreeMap<&str, &str>) -> FundSource {
    options
        .get("fund")
        .map_or(FundSource::SpecialAccount, |code| policies::fund_of(code))
}

fn yuan(text: &str) -> Fen {
    Fen::parse_yuan(text).unwrap()
}

fn reference() -> Reference {
    Reference::parse("constructed").unwrap()
}

fn note() -> Note {
    Note::parse("constructed").unwrap()
}
