//! Deterministic simulation: the whole engine on one thread, in an order that a seed decides, with
//! crashes, failed writes, failed reads, a trembling clock, and requests that come twice, under a
//! used id, or in another order.
//!
//! The writer runs on the thread of the test. Each time it looks for its next work, the scheduler
//! decides what the rest of the world does: a caller sends a request, the committer makes the group
//! in flight durable, a write or a read fails, or the process dies. What the engine answers, and
//! what is found after each crash, is held against the model, which knows neither cache nor groups.
//!
//! A run is repeated by its seed: `LEDGER_SIMULATION_SEED=17 LEDGER_SIMULATION_SEEDS=1`.
//!
//! Long: one scheduler, and what it has to hold after every step.

use super::model::Model;
use super::random::{on_their_way, requests};
use super::world::{Became, TODAY, became, founding, noon, request};
use crate::committer::Committer;
use crate::engine::Parts;
use crate::entity_codec::{encode_loaded, parse_entity_key};
use crate::event_ids::EventIds;
use crate::group::Group;
use crate::inbox::{NotDurable, Ready};
use crate::recovery;
use crate::request::{AppendError, Reply, ReplyReceiver, Request};
use crate::shared::Shared;
use crate::tip::{TIP_KEY, Tip};
use crate::{CancelToken, Engine, EngineOptions, ManualClock};
use ledger_core::{RecordedTime, RequestId};
use ledger_log::testing::GatedStore;
use ledger_log::{Direction, Fault, Space, Storage};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::collections::{BTreeMap, VecDeque};
use std::env;
use std::sync::{Arc, Mutex, OnceLock, mpsc};

/// Seeds of a run of the tests; thousands take a minute in the release profile.
const SEEDS: u64 = 120;

/// The first seed, and how many; `cargo xtask simulate` sets both.
const SEED_VARIABLE: &str = "LEDGER_SIMULATION_SEED";
const SEEDS_VARIABLE: &str = "LEDGER_SIMULATION_SEEDS";

/// Random requests of one seed, before doubles are added.
const REQUESTS: usize = 40;

/// Seeds between two whose derived state is rebuilt and compared at the end.
const SEEDS_BETWEEN_REBUILDS: u64 = 8;

#[test]
fn no_seed_leads_to_a_ledger_that_the_model_does_not_know() {
    let number = |name, otherwise| match env::var(name) {
        Ok(text) => text.parse().expect("a number"),
        Err(_) => otherwise,
    };
    let (first, count) = (number(SEED_VARIABLE, 0), number(SEEDS_VARIABLE, SEEDS));
    let mut seen = Seen::default();
    for seed in first..first + count {
        let _told = ToldOnPanic(seed);
        seen = run(seed, seen);
    }
    println!("{count} seeds from {first} on: {seen:?}");
    if count >= SEEDS {
        seen.check_everything_happened();
    }
}

/// Names the seed of a run that fails.
struct ToldOnPanic(u64);

impl Drop for ToldOnPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("{SEED_VARIABLE}={} {SEEDS_VARIABLE}=1", self.0);
        }
    }
}

/// What the runs have met.
#[derive(Debug, Default)]
struct Seen {
    requests: u64,
    crashes: u64,
    /// Requests in flight at a crash or a failed write that turned out to be recorded.
    survived: u64,
    /// Requests in flight that left nothing behind.
    lost: u64,
    failed_before_write: u64,
    failed_after_write: u64,
    failed_reads: u64,
    unreadable: u64,
    not_recorded: u64,
    replayed: u64,
    reused_ids: u64,
    rebuilds: u64,
}

impl Seen {
    /// A simulation in which something never happens says nothing about it.
    fn check_everything_happened(&self) {
        let counts = [
            ("crashes", self.crashes),
            ("survived", self.survived),
            ("lost", self.lost),
            ("failed before the write", self.failed_before_write),
            ("failed after the write", self.failed_after_write),
            ("failed reads", self.failed_reads),
            ("unreadable", self.unreadable),
            ("not recorded", self.not_recorded),
            ("replayed", self.replayed),
            ("used ids", self.reused_ids),
            ("rebuilds", self.rebuilds),
        ];
        let never: Vec<_> = counts.iter().filter(|(_, count)| *count == 0).collect();
        assert!(never.is_empty(), "never happened: {never:?}");
    }
}

/// A source of numbers that depends on its seed alone (SplitMix64).
#[derive(Debug)]
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap();
        usize::try_from(self.next() % bound).unwrap()
    }
}

/// What the ledger must hold: the model, and the answers given under each id.
#[derive(Clone, Default)]
struct Truth {
    model: Model,
    answered: BTreeMap<RequestId, ([u8; 32], Vec<Became>)>,
}

/// What a request must be answered with.
#[derive(Debug, PartialEq, Eq)]
enum Expected {
    Became { became: Vec<Became>, replayed: bool },
    RequestIdReused,
}

impl Truth {
    fn carry_out(&mut self, request: &Request) -> Expected {
        if request.validate_only {
            let became = self.model.append(request, noon(TODAY));
            let replayed = false;
            return Expected::Became { became, replayed };
        }
        if let Some((digest, became)) = self.answered.get(&request.request_id) {
            if *digest != request.digest {
                return Expected::RequestIdReused;
            }
            let (became, replayed) = (became.clone(), true);
            return Expected::Became { became, replayed };
        }
        let became = self.model.append(request, noon(TODAY));
        let answer = (request.digest, became.clone());
        self.answered.insert(request.request_id, answer);
        let replayed = false;
        Expected::Became { became, replayed }
    }

    /// How far a ledger is: last position, refusals, answers kept.
    fn extent(&self) -> (u64, u64, usize) {
        let last = self.model.last().get();
        (last, self.model.refusals, self.answered.len())
    }
}

/// A request that was sent in this life of the process.
struct Sent {
    request: Request,
    receiver: ReplyReceiver,
    /// A read failed while it was carried out.
    met_failed_read: bool,
}

/// How a life of the process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    InOrder,
    Crash,
    FailedWrite,
}

/// One life of the process, from opening to its end, as the scheduler sees it.
struct Life {
    draw: Draw,
    todo: VecDeque<Request>,
    sent: VecDeque<Sent>,
    truth: Truth,
    seen: Seen,
    store: Arc<GatedStore>,
    clock: Arc<ManualClock>,
    shared: Arc<Shared>,
    committer: Committer,
    groups: mpsc::Receiver<Group>,
    in_flight: Option<Group>,
    /// What the next write will meet.
    armed: Option<Fault>,
    failed_reads: u64,
    end: Option<End>,
}

impl Life {
    /// Lets the world do one thing, and more until the writer can go on.
    fn step(&mut self, ready: Ready) {
        self.note_failed_read();
        while self.end.is_none() {
            if self.in_flight.is_none() {
                self.in_flight = self.groups.try_recv().ok();
            }
            let (waiting, _) = self.shared.inbox.waiting();
            if ready == Ready::Anything && waiting == 0 && self.todo.is_empty() {
                self.shared.inbox.close(&Arc::from("all is done"));
                self.end = Some(End::InOrder);
                return;
            }
            match self.draw.below(100) {
                0 if self.draw.below(3) == 0 => self.crash(),
                1..3 => self.store.hooks.fail_read(1 + self.draw.next() % 8),
                3..6 if ready != Ready::Commit && waiting == 0 => self.tremble(),
                6..40 if self.in_flight.is_some() => return self.commit(),
                40..90 if ready != Ready::Commit && !self.todo.is_empty() => return self.send(),
                _ if ready != Ready::Commit && waiting > 0 => return,
                _ => {}
            }
        }
    }

    /// A failed read struck the request that the writer has in hand, if it was the writer's.
    fn note_failed_read(&mut self) {
        let failed = self.store.hooks.failed_reads();
        if failed == self.failed_reads {
            return;
        }
        self.seen.failed_reads += failed - self.failed_reads;
        self.failed_reads = failed;
        let (waiting, _) = self.shared.inbox.waiting();
        let in_hand = self.sent.len().checked_sub(waiting + 1);
        if let Some(sent) = in_hand.and_then(|index| self.sent.get_mut(index)) {
            sent.met_failed_read = true;
        }
    }

    /// The clock is set by a minute at most: no date changes, and no order of the log.
    fn tremble(&mut self) {
        let seconds = i64::try_from(self.draw.below(120)).unwrap() - 60;
        let noon = noon(TODAY).micros();
        self.clock
            .set(RecordedTime::from_micros(noon + seconds * 1_000_000));
    }

    /// A caller sends one of the next requests.
    fn send(&mut self) {
        let index = self.draw.below(self.todo.len().min(3));
        let request = self.todo.remove(index).unwrap();
        let receiver = self.shared.inbox.submit(request.clone()).unwrap();
        self.sent.push_back(Sent {
            request,
            receiver,
            met_failed_read: false,
        });
    }

    /// The committer works on the group in flight; one in fifty of its writes fails.
    fn commit(&mut self) {
        let fault = match self.draw.below(100) {
            0 => Some(Fault::BeforeWrite),
            1 => Some(Fault::AfterWrite),
            _ => None,
        };
        if let Some(fault) = fault {
            self.store.store.fail_next_write(fault, "disk is full");
            // A group that holds nothing writes nothing, and leaves it to the next one.
            self.armed = Some(fault);
        }
        let failed_reads = self.store.hooks.failed_reads();
        let group = self.in_flight.take().unwrap();
        let is_durable = self.committer.take(group);
        // The committer's own reads are nobody's request.
        let in_commit = self.store.hooks.failed_reads() - failed_reads;
        self.failed_reads += in_commit;
        self.seen.failed_reads += in_commit;
        if is_durable {
            return self.take_answers();
        }
        match self.armed {
            Some(Fault::BeforeWrite) => self.seen.failed_before_write += 1,
            Some(Fault::AfterWrite) => self.seen.failed_after_write += 1,
            None => assert!(in_commit > 0, "a commit failed for no reason"),
        }
        self.end = Some(End::FailedWrite);
    }

    /// The process dies: before the write, or between the write and the answers.
    fn crash(&mut self) {
        self.end = Some(End::Crash);
        if self.draw.below(2) == 0
            && let Some(group) = self.in_flight.take()
        {
            // Nobody hears these answers.
            self.committer.take(group);
        }
        let reason = Arc::from("the process is gone");
        self.shared.stop(&reason);
        self.shared
            .inbox
            .committed(Err(NotDurable::Stopped(reason)));
    }

    /// Callers take the answers that have come, which come in the order of the requests.
    fn take_answers(&mut self) {
        while let Some(sent) = self.sent.front_mut() {
            let Ok(reply) = sent.receiver.try_recv() else {
                return;
            };
            let sent = self.sent.pop_front().unwrap();
            self.check_answer(&sent, reply);
        }
    }

    fn check_answer(&mut self, sent: &Sent, reply: Reply) {
        self.seen.requests += 1;
        if let Err(AppendError::Unreadable { reason }) = &reply {
            assert!(sent.met_failed_read, "{reason}");
            self.seen.unreadable += 1;
            // The caller tries again, under the same id.
            self.todo.push_front(sent.request.clone());
            return;
        }
        if let Err(AppendError::NotRecorded { reason }) = &reply {
            assert!(self.failed_reads > 0, "{reason}");
            self.seen.not_recorded += 1;
            self.todo.push_front(sent.request.clone());
            return;
        }
        let expected = self.truth.carry_out(&sent.request);
        let found = match reply {
            Ok(appended) => Expected::Became {
                became: became(&appended),
                replayed: appended.replayed,
            },
            Err(AppendError::RequestIdReused { .. }) => Expected::RequestIdReused,
            Err(error) => panic!("{error}"),
        };
        assert_eq!(found, expected, "{:?}", sent.request);
        match found {
            Expected::RequestIdReused => self.seen.reused_ids += 1,
            Expected::Became { replayed, .. } => self.seen.replayed += u64::from(replayed),
        }
    }

    /// After a failed write nobody is told that something is recorded, nor that it is not.
    fn check_nothing_promised(&mut self) {
        for sent in &mut self.sent {
            let answer = sent.receiver.try_recv();
            let is_honest = matches!(
                answer,
                Ok(Err(
                    AppendError::OutcomeUnknown { .. } | AppendError::Stopped { .. }
                ))
            );
            assert!(is_honest, "{:?} was answered {answer:?}", sent.request);
        }
    }

    /// After a crash: the ledger holds what was acknowledged, and of what was in flight the first
    /// so many, whole.
    fn settle_in_flight(&mut self) {
        let mut states = vec![self.truth.clone()];
        for sent in &self.sent {
            let mut next = states.last().unwrap().clone();
            if !sent.met_failed_read {
                next.carry_out(&sent.request);
            }
            states.push(next);
        }
        let found = extent(&*self.store);
        let durable = states
            .iter()
            .rposition(|state| state.extent() == found)
            .unwrap_or_else(|| {
                let known: Vec<_> = states.iter().map(Truth::extent).collect();
                panic!("the ledger is at {found:?}; possible are {known:?}")
            });
        let changes = |from: &Truth, to: &Truth| u64::from(from.extent() != to.extent());
        let pairs = states.windows(2).enumerate();
        for (index, pair) in pairs {
            let changed = changes(&pair[0], &pair[1]);
            if index < durable {
                self.seen.survived += changed;
            } else {
                self.seen.lost += changed;
            }
        }
        self.truth = states.swap_remove(durable);
        // Whoever got no answer asks again, under the same id.
        let again = self.sent.drain(..).map(|sent| sent.request);
        let mut todo: VecDeque<_> = again.collect();
        todo.append(&mut self.todo);
        self.todo = todo;
    }
}

/// How far a stored ledger is, as [`Truth::extent`].
fn extent(store: &dyn Storage) -> (u64, u64, usize) {
    let tip = store.get(Space::Meta, TIP_KEY).unwrap();
    let tip = tip.map_or_else(Tip::default, |bytes| Tip::decode(&bytes).unwrap());
    let answers = store
        .scan(Space::Requests, &[], &[], Direction::Forward, usize::MAX)
        .unwrap();
    let last = store.last_position().get();
    assert_eq!(tip.last_position.get(), last, "tip and log go together");
    (last, tip.refusals, answers.len())
}

/// Every entity is what the model says, and the log is whole.
fn check_state(store: &dyn Storage, truth: &Truth) {
    assert_eq!(extent(store), truth.extent());
    let entities = store
        .scan(Space::Entities, &[], &[], Direction::Forward, usize::MAX)
        .unwrap();
    for (key, value) in entities {
        // What is no entity of the context is a marker of a policy.
        let Some(parsed) = parse_entity_key(&key) else {
            continue;
        };
        let mut modelled = Vec::new();
        assert!(
            encode_loaded(&truth.model.context, &parsed, &mut modelled),
            "{parsed:?} is on record and the model does not know it"
        );
        assert_eq!(value, modelled, "{parsed:?}");
    }
    recovery::verify(store).unwrap();
}

/// The founding request, compiled once for all seeds.
fn foundations() -> [Request; 2] {
    static FOUNDING: OnceLock<[Request; 2]> = OnceLock::new();
    let make = || {
        [
            request(1_000_000, founding()),
            request(1_000_001, on_their_way()),
        ]
    };
    FOUNDING.get_or_init(make).clone()
}

/// The requests of a seed: random ones, some of them twice, some under an id that was used.
fn script(seed: u64, draw: &mut Draw) -> VecDeque<Request> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let drawn = requests(REQUESTS).new_tree(&mut runner).unwrap().current();
    let mut script: VecDeque<_> = foundations().into();
    for request in drawn {
        match draw.below(20) {
            0 | 1 => {
                let earlier = draw.below(script.len());
                script.push_back(script[earlier].clone());
            }
            2 => {
                let earlier = script[draw.below(script.len())].request_id;
                script.push_back(Request {
                    request_id: earlier,
                    ..request.clone()
                });
            }
            _ => {}
        }
        script.push_back(request);
    }
    script
}

/// What goes on from one life of the process to the next: the disk, and the world around it.
struct World {
    draw: Draw,
    todo: VecDeque<Request>,
    truth: Truth,
    seen: Seen,
    store: Arc<GatedStore>,
}

/// One ledger, from its first request to its last, through every crash on the way.
fn run(seed: u64, seen: Seen) -> Seen {
    let mut draw = Draw(seed);
    let todo = script(seed, &mut draw);
    let mut world = World {
        draw,
        todo,
        truth: Truth::default(),
        seen,
        store: Arc::new(GatedStore::gated()),
    };
    loop {
        let end;
        (end, world) = live(world);
        check_state(&*world.store, &world.truth);
        let store = Arc::into_inner(world.store).expect("nobody else holds the store");
        world.store = Arc::new(store.reopen());
        check_state(&*world.store, &world.truth);
        if end == End::InOrder {
            break;
        }
    }
    if seed.is_multiple_of(SEEDS_BETWEEN_REBUILDS) {
        world.seen.rebuilds += 1;
        let clock = Arc::new(ManualClock::new(noon(TODAY)));
        let engine = Engine::open(world.store, EngineOptions::default(), clock).unwrap();
        let report = engine.rebuild(&mut |_| {}, &CancelToken::new()).unwrap();
        assert!(report.differences.is_empty(), "{report:?}");
    }
    world.seen
}

/// Opens the ledger and works until everything is done or the process ends.
fn live(mut world: World) -> (End, World) {
    let options = EngineOptions {
        cache_entities_max: 1 + world.draw.below(40),
        group_events_max: 1 + world.draw.below(10),
        ..EngineOptions::default()
    };
    let clock = Arc::new(ManualClock::new(noon(TODAY)));
    let storage: Arc<dyn Storage> = world.store.clone();
    let event_ids = EventIds::new(|| 0);
    let parts = Parts::open(&storage, &options, clock.clone(), event_ids).unwrap();
    let shared = parts.shared;
    let life = Arc::new(Mutex::new(Life {
        failed_reads: world.store.hooks.failed_reads(),
        draw: world.draw,
        todo: world.todo,
        sent: VecDeque::new(),
        truth: world.truth,
        seen: world.seen,
        store: world.store,
        clock,
        shared: Arc::clone(&shared),
        committer: parts.committer,
        groups: parts.groups,
        in_flight: None,
        armed: None,
        end: None,
    }));
    let scheduled = Arc::downgrade(&life);
    shared.inbox.simulated.set(move |ready| {
        if let Some(life) = scheduled.upgrade() {
            life.lock().unwrap().step(ready);
        }
    });
    parts.writer.run();
    let mut life = Arc::into_inner(life).unwrap().into_inner().unwrap();
    let end = life.end.expect("the writer ends when the life does");
    life.store.hooks.fail_read(0);
    match end {
        End::InOrder => {
            life.take_answers();
            assert!(life.sent.is_empty(), "a request was never answered");
        }
        End::Crash => {
            life.seen.crashes += 1;
            life.settle_in_flight();
        }
        End::FailedWrite => {
            life.check_nothing_promised();
            life.settle_in_flight();
        }
    }
    let world = World {
        draw: life.draw,
        todo: life.todo,
        truth: life.truth,
        seen: life.seen,
        store: life.store,
    };
    (end, world)
}
