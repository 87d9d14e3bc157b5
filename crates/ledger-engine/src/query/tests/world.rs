//! A small ledger with everything in it, from the policy to a clawback.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ledger_core::command::{
    ClawbackRequestLine, CloseClass, CommandBody, CompleteTraining, DecideClawback, MakeFinding,
    OpenCase, OpenClass, RegisterInstitution, RegisterPerson, ReturnDisbursement, TransferFunds,
};
use ledger_core::event::{
    EventBody, FindingKind, InstitutionKind, QualificationKind, ReturnKind, Subject,
};
use ledger_core::{Command, Fen, FundSource, Position, RecordedEvent, RequestId};
use ledger_log::{MemoryStore, Storage};
use ledger_proto::{Interner, recorded_event_from_bytes};

use super::samples::{
    JINAN, PERSONS, QINGDAO, RATE, accrue, approve, approve_class, case, certify, class, clawback,
    date, disbursement, division, enrol, finding, grant, noon, note, open_account, order, person,
    publish_policy, reference, repay, school, settle,
};
use crate::query::Reader;
use crate::shared::Shared;
use crate::{Clock, Engine, EngineOptions, ManualClock, Mode, Outcome, Request};

/// A ledger in memory and a reader that is shown what was committed.
pub(crate) struct World {
    pub(crate) engine: Engine,
    clock: Arc<ManualClock>,
    pub(crate) shared: Arc<Shared>,
    requests: AtomicU64,
}

impl World {
    pub(crate) fn empty() -> Self {
        let store: Arc<dyn Storage> = Arc::new(MemoryStore::new());
        let clock = Arc::new(ManualClock::new(noon("2020-01-01")));
        let options = EngineOptions::default();
        let engines_clock: Arc<dyn Clock> = Arc::<ManualClock>::clone(&clock);
        let engine = Engine::open(store, options.clone(), engines_clock).unwrap();
        let shared = Arc::new(Shared::new(
            &options,
            (*engine.tip()).clone(),
            engine.policies(),
        ));
        Self {
            engine,
            clock,
            shared,
            requests: AtomicU64::new(0),
        }
    }

    /// A class from its policy to a clawback that is partly repaid, with a payment that came back
    /// and two refusals. Each request is a block of its own.
    pub(crate) fn seeded() -> Self {
        let world = Self::empty();
        world.found();
        world.train();
        world.pay();
        world.claw_back();
        world
    }

    pub(crate) fn reader(&self) -> Reader {
        Reader::new(Arc::clone(self.engine.storage()), Arc::clone(&self.shared))
    }

    /// Carries commands out in one request and shows readers the result.
    pub(crate) fn record(&self, on: &str, bodies: Vec<CommandBody>) -> Vec<Outcome> {
        let outcomes = self.record_unseen(on, bodies);
        self.show();
        outcomes
    }

    /// Carries commands out as the writer does in the moment before it shows the result.
    pub(crate) fn record_unseen(&self, on: &str, bodies: Vec<CommandBody>) -> Vec<Outcome> {
        // What comes late is recorded late: time does not go back.
        self.clock.advance_to(noon(on).max(self.clock.now()));
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        let mut id = [0; 16];
        id[8..].copy_from_slice(&number.to_be_bytes());
        let command = |body| Command {
            occurred_on: date(on),
            body,
            causes: Vec::new(),
        };
        let request = Request {
            request_id: RequestId::from_bytes(id),
            digest: [7; 32],
            commands: bodies.into_iter().map(command).collect(),
            mode: Mode::Independent,
            validate_only: false,
            actor: Arc::from("tester"),
            source_system: Arc::from("tests"),
        };
        self.engine.append_blocking(request).unwrap().outcomes
    }

    pub(crate) fn show(&self) {
        self.shared
            .publish(self.engine.tip(), Some(self.engine.policies()));
    }

    /// Like `record`, where everything has to be accepted.
    fn accept(&self, on: &str, bodies: Vec<CommandBody>) {
        for outcome in self.record(on, bodies) {
            assert!(
                matches!(outcome, Outcome::Recorded { .. }),
                "{on}: {outcome:?}"
            );
        }
    }

    pub(crate) fn found(&self) {
        self.accept("2020-01-02", vec![publish_policy()]);
        self.accept(
            "2020-01-03",
            vec![open_account(JINAN), open_account(QINGDAO)],
        );
        self.accept(
            "2020-01-04",
            vec![accrue(JINAN, 1_000_000), accrue(QINGDAO, 5_000)],
        );
        self.accept(
            "2020-01-05",
            vec![CommandBody::TransferFunds(TransferFunds {
                from: division(JINAN),
                to: division(QINGDAO),
                fund: FundSource::SpecialAccount,
                amount: Fen::new(20_000),
                reference: reference("调拨1号"),
            })],
        );
        self.accept(
            "2020-01-06",
            vec![
                CommandBody::RegisterInstitution(RegisterInstitution {
                    institution: school(),
                    kind: InstitutionKind::PrivateTraining,
                    name: reference("示范培训学校"),
                    division: division(JINAN),
                }),
                grant(1, QualificationKind::Training),
                grant(
                    2,
                    QualificationKind::Evaluation {
                        evaluator_number: reference("S000037000001"),
                    },
                ),
            ],
        );
        let persons = (1..=PERSONS)
            .map(|n| CommandBody::RegisterPerson(RegisterPerson { person: person(n) }))
            .collect();
        self.accept("2020-01-07", persons);
    }

    pub(crate) fn train(&self) {
        self.accept("2020-02-01", vec![approve_class(1)]);
        self.accept(
            "2020-02-10",
            vec![CommandBody::OpenClass(OpenClass { class: class(1) })],
        );
        self.accept("2020-02-11", (1..=10).map(|n| enrol(1, n)).collect());
        let complete = |n| {
            let (class, person) = (class(1), person(n));
            CommandBody::CompleteTraining(CompleteTraining { class, person })
        };
        self.accept("2020-03-10", (1..=10).map(complete).collect());
        self.accept(
            "2020-03-11",
            vec![CommandBody::CloseClass(CloseClass { class: class(1) })],
        );
        self.accept("2020-03-12", (1..=10).map(|n| certify(1, n)).collect());
        self.accept("2020-03-20", (1..=5).map(|n| approve(1, n)).collect());
        self.accept("2020-03-21", (6..=9).map(|n| approve(1, n)).collect());
    }

    fn pay(&self) {
        self.accept("2020-03-25", vec![order(1, 1..=5)]);
        self.accept("2020-03-26", vec![order(2, 6..=9)]);
        self.accept("2020-03-27", vec![settle(1)]);
        self.accept(
            "2020-03-28",
            vec![CommandBody::ReturnDisbursement(ReturnDisbursement {
                disbursement: disbursement(2),
                kind: ReturnKind::Passive,
                bank_reference: reference("退票2"),
                reason: note("账号有误"),
            })],
        );
    }

    fn claw_back(&self) {
        self.accept(
            "2020-04-10",
            vec![CommandBody::OpenCase(OpenCase {
                case: case(),
                institution: Some(school()),
                clue: note("举报"),
            })],
        );
        self.accept(
            "2020-04-20",
            vec![CommandBody::MakeFinding(MakeFinding {
                case: case(),
                finding: finding(),
                kind: FindingKind::FalseTraining,
                subject: Subject::Class(class(1)),
                persons: vec![person(1), person(2)],
                evidence: Vec::new(),
                decision_number: reference("认定1号"),
            })],
        );
        let line = |n| ClawbackRequestLine {
            disbursement: disbursement(1),
            beneficiary: Some(person(n)),
            amount: RATE,
        };
        self.accept(
            "2020-04-21",
            vec![CommandBody::DecideClawback(DecideClawback {
                clawback: clawback(),
                case: case(),
                finding: finding(),
                lines: vec![line(1), line(2)],
                decision_number: reference("追回1号"),
            })],
        );
        self.accept("2020-05-01", vec![repay(30_000)]);
        self.accept("2020-05-02", vec![repay(20_000)]);
        let refused = self.record("2020-05-03", vec![open_account(JINAN), enrol(1, 11)]);
        assert!(
            refused
                .iter()
                .all(|outcome| matches!(outcome, Outcome::Refused(_)))
        );
    }

    /// Every event, decoded.
    pub(crate) fn events(&self) -> Vec<RecordedEvent> {
        let mut names = Interner::default();
        let mut events = Vec::new();
        for block in self.engine.storage().blocks_from(Position::FIRST) {
            for record in block.unwrap().records() {
                events.push(recorded_event_from_bytes(record.bytes, &mut names).unwrap());
            }
        }
        events
    }

    /// The position of the only event for which `is_it` holds.
    pub(crate) fn position(&self, is_it: impl Fn(&EventBody) -> bool) -> Position {
        let events = self.events();
        let mut found = events.iter().filter(|event| is_it(&event.event.body));
        let position = found.next().expect("there is such an event").position;
        assert!(found.next().is_none(), "there is one such event only");
        position
    }
}
