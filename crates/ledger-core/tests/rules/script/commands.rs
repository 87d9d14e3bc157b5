//! What each verb of a table asks of the ledger.
//!
//! Long: one list of verbs, each with its command.

use std::collections::BTreeMap;
use std::sync::Arc;

use ledger_core::command::{
    AccrueFunds, AnnulFact, ApproveClass, ApproveSubsidy, ClawbackRequestLine, CloseCase,
    CloseClass, CommandBody, CompleteTraining, ConfirmEmployment, Debt, DecideClawback,
    DeclarePersonStatus, EndPersonStatus, EnrolPerson, GrantQualification, InvalidateCertificate,
    IssueCertificate, MakeFinding, OpenAccount, OpenCase, OpenClass, OrderDisbursement,
    PublishPolicy, RecordAssessment, RecordAttendance, RecordRepayment, RegisterInstitution,
    RegisterPerson, ReturnDisbursement, RevokeQualification, SettleDisbursement, TransferFunds,
    WithdrawEmployment, WithdrawEnrolment,
};
use ledger_core::event::{
    AssessmentResult, ClassKind, DisbursementStage, EmploymentEvidence, FindingKind,
    InstitutionKind, Payee, PayingCapacity, PersonStatus, QualificationKind, QualificationScope,
    ReturnKind, ScopeEntry, Subject,
};
use ledger_core::{
    AwardId, BusinessDate, CaseId, CertificateKind, CertificateNumber, ClawbackId, Command,
    DisbursementId, Division, FindingId, OrderId, Position, QualificationId, Reference, SchemeId,
    SkillLevel,
};

use super::names::{
    class, evaluator_number, fund, id, institution, level, names, note, occupation, person,
    persons, raw_number, reference, yuan,
};
use super::{Line, Script};
use crate::policies;

impl Script {
    /// The commands of a line: one, or one per person.
    pub(super) fn commands(&mut self, line: &Line<'_>) -> Vec<Command> {
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
            "document" => vec![document(a[0])],
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
            "award" | "revoke-award" | "pay-award" | "penalty" | "adjust" | "withdraw-policy" => {
                vec![super::awards::body(line)]
            }
            "order" | "settle" | "return" => vec![of_payment(line)],
            "raise" | "list" | "select" | "accept" | "purchase" | "cancel" => {
                super::orders::bodies(line)
            }
            "claim" | "agency" | "verify" | "show" | "object" | "resolve" | "take-down" => {
                self.of_claim(line)
            }
            "annul" => vec![CommandBody::AnnulFact(AnnulFact {
                position: self.position(line.options["of"]),
                grounds: note(),
                decision_number: reference(),
            })],
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
            "operation" => CertificateKind::SpecialOperation,
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
                    kind: match line.options.get("kind").copied() {
                        Some("honest") => FindingKind::HonestError,
                        Some("ineligible") => FindingKind::Ineligible,
                        Some("fraud") => FindingKind::Fraud,
                        _ => FindingKind::FalseTraining,
                    },
                    subject: subject(a[2]),
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
    // The payment of an award has no beneficiary but its recipient.
    let beneficiaries: Vec<_> = match *beneficiaries {
        "award" => vec![None],
        names => persons(names).into_iter().map(Some).collect(),
    };
    beneficiaries
        .into_iter()
        .map(|beneficiary| ClawbackRequestLine {
            disbursement,
            beneficiary,
            amount,
        })
        .collect()
}

/// A document of the `policies` folder, such as `shandong/2025-87`.
fn document(name: &str) -> CommandBody {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies");
    let text = std::fs::read_to_string(format!("{folder}/{name}.toml")).unwrap();
    CommandBody::PublishPolicy(PublishPolicy {
        policy: Arc::new(ledger_policy::compile(&text).unwrap()),
        text: Arc::from(text),
    })
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
            capacity: capacity(&line.options),
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
        rate: Some(get("rate", "1000.00"))
            .filter(|rate| rate != "standard")
            .map(|rate| yuan(&rate)),
        class_hours: get("class-hours", "80").parse().unwrap(),
        starts_on,
        ends_on: ends_on.unwrap(),
        residence: (residence != "none").then(|| Division::parse(&residence).unwrap()),
        contract_number: reference(),
        reporting: super::reporting::of(&line.options),
        order: line
            .options
            .get("order")
            .map(|name| OrderId::from_bytes(id(name))),
    }
}

/// `award:W1` is an award, anything else a class.
fn subject(name: &str) -> Subject {
    match name.strip_prefix("award:") {
        Some(name) => Subject::Award(AwardId::from_bytes(id(name))),
        None => Subject::Class(class(name)),
    }
}

/// `balance=` and `monthly=` of the unemployment insurance fund, when both are given.
pub(super) fn capacity(options: &BTreeMap<&str, &str>) -> Option<PayingCapacity> {
    Some(PayingCapacity {
        balance: yuan(options.get("balance")?),
        monthly_benefits: yuan(options.get("monthly")?),
    })
}

fn of_status(line: &Line<'_>) -> CommandBody {
    let a = line.arguments.as_slice();
    let person = person(a[0]);
    let status = match a[1] {
        "pension" => PersonStatus::Pension,
        other => super::claims::status(other),
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
            evidence: match line.options.get("proof") {
                Some(&"contract") => EmploymentEvidence::LabourContract,
                _ => EmploymentEvidence::SocialInsurance,
            },
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
                Some(("master", name)) => Payee::Master(person(name)),
                Some((_, name)) => Payee::Institution(institution(name)),
                None => panic!("a payee is of a kind"),
            },
            beneficiaries: persons(a.get(3).copied().unwrap_or("")),
            fund: line.options.get("from").map(|code| policies::fund_of(code)),
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
