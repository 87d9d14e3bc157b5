//! What becomes of a command that is run again: after an unknown outcome, after midnight, after a
//! refusal, and on purpose.
//!
//! Long: one table of what a name of a request follows from.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};

use ledger_client::{Batch, DecodedRefusal};
use ledger_proto::v1::command::Body;
use ledger_proto::v1::command_result::Outcome;

use super::*;

/// A permit's number, and what stands for it.
const NUMBER: &str = "T37019919920315001X";
const DIGEST: &str = "HMAC-PYQ6EVL622KD5MGYEBUBVUTNB4";

/// What happens to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// It is carried out.
    Record,
    /// It is refused, which is recorded.
    Refuse,
    /// It is carried out, and the answer is lost.
    LoseAnswer,
    /// It is carried out, and only the answer to a second attempt arrives.
    LoseFirstAnswer,
    /// It is lost on its way; nobody can tell.
    LoseRequest,
    /// It is not taken.
    Disabled,
}

/// What is on record under an id: the digest, and the position or the refusal number.
type OnRecord = ([u8; 32], Result<u64, u64>);

/// A ledger that remembers requests as the real one does, at the day that a test sets.
struct Books {
    today: RefCell<BusinessDate>,
    steps: RefCell<VecDeque<Step>>,
    requests: RefCell<HashMap<RequestId, OnRecord>>,
    position: RefCell<u64>,
    refusals: RefCell<u64>,
    /// The day of each event.
    events: RefCell<Vec<BusinessDate>>,
}

impl Books {
    fn new(today: &str) -> Self {
        Self {
            today: RefCell::new(day(today)),
            steps: RefCell::default(),
            requests: RefCell::default(),
            position: RefCell::new(6),
            refusals: RefCell::new(3),
            events: RefCell::default(),
        }
    }

    fn record(&self, batch: &Batch, step: Step) -> Result<u64, u64> {
        match step {
            Step::Refuse => {
                *self.refusals.borrow_mut() += 1;
                Err(*self.refusals.borrow())
            }
            _ => {
                *self.position.borrow_mut() += 1;
                let date = batch.commands[0].occurred_date.unwrap();
                let date = ledger_client::json::date_to_text(date);
                self.events.borrow_mut().push(day(&date));
                Ok(*self.position.borrow())
            }
        }
    }
}

fn day(text: &str) -> BusinessDate {
    BusinessDate::parse(text).unwrap()
}

fn unknown(batch: &Batch) -> ClientError {
    ClientError::OutcomeUnknown {
        request_ids: vec![batch.request_id],
        cause: Box::new(unavailable()),
    }
}

fn unavailable() -> ClientError {
    ClientError::Unavailable {
        message: "the server takes no writes until it is restarted".to_owned(),
        in_doubt: false,
    }
}

fn answer(outcome: Result<u64, u64>, replayed: bool) -> Result<v1::AppendResponse, ClientError> {
    match outcome {
        Ok(position) => Ok(v1::AppendResponse {
            first_position: position,
            last_position: position,
            replayed,
            results: vec![v1::CommandResult {
                outcome: Some(Outcome::Accepted(v1::Accepted {
                    first_position: position,
                    event_count: 1,
                })),
                ..Default::default()
            }],
            ..Default::default()
        }),
        Err(number) => Err(ClientError::Refused(Refusals {
            refusals: vec![DecodedRefusal {
                command_index: Some(0),
                reason: None,
                refusal: v1::Refusal {
                    reason: "ACCOUNT_NOT_FOUND".to_owned(),
                    ..Default::default()
                },
                refusal_number: Some(number),
            }],
            refused_count: 1,
            explanations: Vec::new(),
        })),
    }
}

impl Ledger for Books {
    async fn known(&self) -> Result<Known, ClientError> {
        Ok(Known {
            today: *self.today.borrow(),
            position: *self.position.borrow(),
            refusals: *self.refusals.borrow(),
        })
    }

    async fn append(&self, batch: &Batch) -> Result<v1::AppendResponse, ClientError> {
        // Of what the commands became, as at the server.
        let mut kept_batch = batch.clone();
        kept_batch.commands = kept(&batch.commands, &digests());
        let digest = kept_batch.digest("tests");
        let step = self.steps.borrow_mut().pop_front().unwrap_or(Step::Record);
        match step {
            Step::Disabled => return Err(unavailable()),
            Step::LoseRequest => return Err(unknown(batch)),
            Step::Record | Step::Refuse | Step::LoseAnswer | Step::LoseFirstAnswer => {}
        }
        let on_record = self.requests.borrow().get(&batch.request_id).copied();
        let (outcome, replayed) = match on_record {
            Some((recorded, _)) if recorded != digest => {
                return Err(ClientError::RequestIdReused {
                    recorded_digest: Some(recorded),
                });
            }
            Some((_, outcome)) => (outcome, true),
            None => {
                let outcome = self.record(batch, step);
                let mut requests = self.requests.borrow_mut();
                requests.insert(batch.request_id, (digest, outcome));
                (outcome, false)
            }
        };
        match step {
            Step::LoseAnswer => Err(unknown(batch)),
            Step::LoseFirstAnswer => answer(outcome, true),
            _ => answer(outcome, replayed),
        }
    }

    async fn digests(&self, numbers: &BTreeSet<String>) -> Result<Digests, ClientError> {
        assert_eq!(numbers.iter().collect::<Vec<_>>(), [NUMBER]);
        Ok(digests())
    }

    async fn recorded_time(&self, _: u64) -> Option<prost_types::Timestamp> {
        Some("2021-03-01T15:59:58Z".parse().unwrap())
    }

    async fn explain(&self, _: &Refusals) -> Vec<v1::DecisionExplanation> {
        Vec::new()
    }

    fn source_system(&self) -> &'static str {
        "tests"
    }
}

fn digests() -> Digests {
    Digests::of_pairs([(NUMBER, DIGEST)])
}

/// An accrual, as `ledgerctl fund accrue` asks for it.
fn accrual(on: Option<&str>, naming: Naming) -> Asked {
    let body = Body::AccrueFunds(v1::AccrueFunds {
        division: 370_100,
        fund: v1::FundSource::SpecialAccount.into(),
        amount_fen: 150_000_000,
        reference: "鲁财社指〔2021〕1号".to_owned(),
        capacity: None,
    });
    let command = v1::Command {
        occurred_date: on.map(day).and_then(when::message),
        causes: Vec::new(),
        body: Some(body),
    };
    Asked {
        named_after: NamedAfter::Command,
        commands: vec![command],
        mode: AppendMode::Atomic,
        is_of_today: on.is_none(),
        validate_only: false,
        naming,
        why: Why::None,
    }
}

/// Runs the command: how it ends, what it answers, and what it tells beside the answer.
async fn run(books: &Books, asked: Asked, json: bool) -> (String, String, String) {
    let (mut written, mut told) = (Vec::new(), Vec::new());
    let result = {
        let mut output = Output::new(&mut written, json).with_messages(&mut told);
        record(books, &mut output, asked).await
    };
    let end = match result {
        Ok(_) => "ok".to_owned(),
        Err(Failure::Refused) => "refused".to_owned(),
        Err(failure) => failure.message().unwrap(),
    };
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (end, text(written), text(told))
}

/// One run of a command in a story.
struct Run {
    today: &'static str,
    on: Option<&'static str>,
    naming: Naming,
    steps: &'static [Step],
    /// How it ends, in part.
    end: &'static str,
    /// What it says, in part.
    says: &'static str,
    /// The days of the events on record afterwards.
    events: &'static [&'static str],
}

const NO_NAME: Naming = Naming {
    request_id: None,
    again: None,
};

const AGAIN: Naming = Naming {
    request_id: None,
    again: Some(1),
};

const CHOSEN: Naming = Naming {
    request_id: Some(Id([7; 16])),
    again: None,
};

async fn tell(story: &str, runs: &[Run]) {
    let books = Books::new("2021-03-01");
    for (number, it) in (1..).zip(runs) {
        *books.today.borrow_mut() = day(it.today);
        books.steps.replace(it.steps.iter().copied().collect());
        let (end, said, told) = run(&books, accrual(it.on, it.naming), false).await;
        assert!(end.contains(it.end), "{story} {number}: {end}");
        let says = format!("\n{said}{told}");
        assert!(says.contains(it.says), "{story} {number}: {says}");
        let events: Vec<_> = books
            .events
            .borrow()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(events, it.events, "{story} {number}");
    }
}

const ONE: &[&str] = &["2021-03-01"];

#[tokio::test]
async fn the_money_is_there_once_however_often_the_command_is_run_again() {
    let first = |steps: &'static [Step], end: &'static str| Run {
        today: "2021-03-01",
        on: None,
        naming: NO_NAME,
        steps,
        end,
        says: "ledgerctl: request ",
        events: ONE,
    };
    let then = |today: &'static str, naming: Naming| Run {
        today,
        on: None,
        naming,
        steps: &[],
        end: "ok",
        says: "recorded before, on 2021-03-01 23:59:58, position 7",
        events: ONE,
    };
    // One failed sync: it was recorded, and nobody was told.
    tell(
        "same day",
        &[
            first(&[Step::LoseAnswer], "is unknown: it may be recorded or not"),
            then("2021-03-01", NO_NAME),
            then("2021-03-01", NO_NAME),
        ],
    )
    .await;
    // The clock passes midnight in China: the day belongs to the name.
    for after in ["2021-03-02", "2021-03-31", "2022-01-04", "2021-02-28"] {
        let runs = [
            first(&[Step::LoseAnswer], "is unknown"),
            then(after, NO_NAME),
        ];
        tell(after, &runs).await;
    }
    // The same under a name that the operator chose.
    let chosen = Run {
        naming: CHOSEN,
        ..first(&[Step::LoseAnswer], "with --request-id 07070707-0707")
    };
    tell("chosen", &[chosen, then("2021-03-02", CHOSEN)]).await;
    // An attempt of this very command recorded it, and another attempt was told.
    let attempts = Run {
        end: "ok",
        says: "\nposition 7, request",
        ..first(&[Step::LoseFirstAnswer], "")
    };
    tell("attempts", &[attempts, then("2021-03-01", NO_NAME)]).await;
    // It was lost on its way: it is recorded by the second run, on the day of that.
    let lost = Run {
        steps: &[Step::LoseRequest],
        end: "is unknown",
        events: &[],
        ..first(&[], "")
    };
    let recorded = Run {
        today: "2021-03-02",
        says: "position 7, request",
        events: &["2021-03-02"],
        ..then("", NO_NAME)
    };
    tell("lost", &[lost, recorded]).await;
}

#[tokio::test]
async fn a_second_accrual_takes_a_word() {
    let run = |today, on, naming, says, events| Run {
        today,
        on,
        naming,
        steps: &[],
        end: "ok",
        says,
        events,
    };
    let both = &["2021-03-01", "2021-03-02"][..];
    tell(
        "again",
        &[
            run("2021-03-01", None, NO_NAME, "position 7", ONE),
            run(
                "2021-03-02",
                None,
                NO_NAME,
                "nothing was recorded now: this is on record already. To record it once more on \
                 purpose, run the command with --again",
                ONE,
            ),
            run("2021-03-02", None, AGAIN, "position 8", both),
            run(
                "2021-03-03",
                None,
                AGAIN,
                "run the command with --again=2",
                both,
            ),
        ],
    )
    .await;
    // A day that is given is part of what is asked.
    tell(
        "given",
        &[
            run("2021-03-05", Some("2021-03-01"), NO_NAME, "position 7", ONE),
            run(
                "2021-03-05",
                Some("2021-03-01"),
                NO_NAME,
                "recorded before",
                ONE,
            ),
            run(
                "2021-03-05",
                Some("2021-03-02"),
                NO_NAME,
                "position 8",
                both,
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_refusal_is_no_record_and_is_tried_anew() {
    let run = |steps: &'static [Step], end, says, events| Run {
        today: "2021-03-01",
        on: None,
        naming: NO_NAME,
        steps,
        end,
        says,
        events,
    };
    tell(
        "refused",
        &[
            run(&[Step::Refuse], "refused", "ACCOUNT_NOT_FOUND", &[]),
            run(
                &[Step::Record, Step::Refuse],
                "refused",
                "refused before, as refusal 4; it is tried again under another id",
                &[],
            ),
            // The third time it is recorded and the answer is lost; the fourth finds it.
            run(
                &[Step::Record, Step::Record, Step::LoseAnswer],
                "is unknown",
                "as refusal 5",
                ONE,
            ),
            run(&[], "ok", "recorded before", ONE),
        ],
    )
    .await;
    // A name that the operator chose stands for one decision.
    let chosen = |says| Run {
        naming: CHOSEN,
        ..run(&[Step::Refuse], "refused", says, &[])
    };
    let repeats = "this repeats the answer that the request got before, as refusal 4";
    tell("chosen", &[chosen("ACCOUNT_NOT_FOUND"), chosen(repeats)]).await;
}

#[tokio::test]
async fn an_id_of_other_commands_is_refused_and_named() {
    let books = Books::new("2021-03-01");
    let other = ([9; 32], Ok(5));
    books
        .requests
        .borrow_mut()
        .insert(RequestId::from_bytes([7; 16]), other);
    let (end, ..) = run(&books, accrual(None, CHOSEN), false).await;
    assert!(end.contains("was used before for other commands"), "{end}");
    let derived = accrual(None, NO_NAME).name(&Digests::default(), 0);
    books.requests.borrow_mut().insert(derived, other);
    let (end, ..) = run(&books, accrual(None, NO_NAME), false).await;
    assert!(end.contains(&format!("request {derived}")), "{end}");
    assert!(books.events.borrow().is_empty());
}

/// Ledgers remember the names for ever.
#[test]
fn names_never_change() {
    let third = Naming {
        again: Some(2),
        ..NO_NAME
    };
    for (asked, tries, expected) in [
        (
            accrual(None, NO_NAME),
            0,
            "4fd95e28-612a-5d91-bc7d-e5aa7e2ddd03",
        ),
        (
            accrual(None, NO_NAME),
            1,
            "4cb1f1ec-ca57-5c60-8c0d-6a288f2f6d47",
        ),
        (
            accrual(None, third),
            1,
            "273daeb3-3cf4-5315-97b8-4ec5d02310fd",
        ),
        (
            accrual(Some("2021-03-01"), NO_NAME),
            0,
            "0a00911e-3ad1-5b46-8be8-e21dacc791c9",
        ),
        (
            accrual(None, CHOSEN),
            5,
            "07070707-0707-0707-0707-070707070707",
        ),
    ] {
        assert_eq!(asked.name(&Digests::default(), tries).to_string(), expected);
    }
}

/// Every end names the request, on standard error before it is sent and in JSON afterwards.
#[tokio::test]
async fn every_end_names_the_request() {
    for (step, unknown, error) in [
        (Step::Record, None, ""),
        (Step::Refuse, None, ""),
        (Step::LoseAnswer, Some(true), "is unknown"),
        (Step::LoseRequest, Some(true), "is unknown"),
        (
            Step::Disabled,
            Some(false),
            "this run did not carry out request",
        ),
    ] {
        let books = Books::new("2021-03-01");
        books.steps.borrow_mut().push_back(step);
        let (_, written, told) = run(&books, accrual(None, CHOSEN), true).await;
        let id = "07070707-0707-0707-0707-070707070707";
        let first = format!("ledgerctl: request {id} of 2021-03-01\n");
        assert!(told.starts_with(&first), "{step:?}: {told}");
        let json: serde_json::Value = serde_json::from_str(&written).unwrap();
        assert_eq!(json["requestId"], id, "{step:?}: {json}");
        assert_eq!(
            json.get("outcomeUnknown").and_then(|it| it.as_bool()),
            unknown
        );
        let message = json.get("error").and_then(|it| it.as_str()).unwrap_or("");
        assert!(message.contains(error), "{step:?}: {message}");
    }
    // What is only checked has no name.
    let asked = Asked {
        validate_only: true,
        ..accrual(None, NO_NAME)
    };
    let (_, written, told) = run(&Books::new("2021-03-01"), asked, true).await;
    assert!(
        !written.contains("requestId") && told.is_empty(),
        "{written} {told}"
    );
}

/// A name that follows from an identity number could be found out by trying. It follows from the
/// digest, as does the search for the day on record.
#[tokio::test]
async fn requests_are_named_after_the_digests_of_permits() {
    let verified = |number: &str| {
        let body = Body::VerifyCertificate(v1::VerifyCertificate {
            number: number.to_owned(),
            source: "REGISTER-1".to_owned(),
        });
        let mut asked = accrual(None, NO_NAME);
        asked.commands[0].body = Some(body);
        asked
    };
    let named = |number| verified(number).name(&digests(), 0);
    assert_eq!(named(NUMBER), named(DIGEST));
    assert_eq!(named("t370199 19920315 001x"), named(DIGEST));
    assert_ne!(named(NUMBER), named("S000037000123224000057"));

    let books = Books::new("2021-03-01");
    let (end, _, _) = run(&books, verified(NUMBER), false).await;
    assert_eq!(end, "ok");
    *books.today.borrow_mut() = day("2021-03-02");
    let (end, _, told) = run(&books, verified("t37019919920315001x"), false).await;
    assert_eq!(end, "ok");
    assert!(told.contains("on record already"), "{told}");
    assert_eq!(books.events.borrow().len(), 1);
    assert!(!told.contains("19920315"), "{told}");
}
