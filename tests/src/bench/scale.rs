//! Latency of appends and questions over a history that grows by powers of ten.
//!
//! The ledger is filled with small requests, so that there are many of them on record: ten events
//! each, many in flight, so that groups stay large. At each size the store is given time to finish
//! what it does in the background, and questions are asked about people who are not measured, so
//! that what leads to the data is in memory, as it is in a server that serves. Then the same things
//! are measured with one caller who waits for each answer, first inside the engine, then over gRPC
//! from the real server, which opens the same ledger.
//!
//! Memory holds a sample of the people, the requests in flight, and what the ledger is configured
//! to take; nothing that grows with the history.
//!
//! Long: one run from filling to the comparison of sizes.

mod served;

use super::Options;
use super::latency::{Counted, Meter};
use super::load::{Ledger, SEED, WARM_UP_BATCHES, lanes, next_request, recorded};
use super::machine::memory_of;
use super::report::{Aim, Report};
use crate::workload::{CITIES, Lane, Seeded};
use anyhow::{Context as _, Result, anyhow, ensure};
use ledger_core::command::CommandBody;
use ledger_core::{BusinessDate, ClassId, PersonKey, RequestId};
use ledger_engine::query::QuotaQuery;
use ledger_engine::{ReplyReceiver, Request};
use ledger_server::config::Memory;
use serde::Deserialize;
use std::collections::VecDeque;
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

const SECTION: &str = "scale";

/// Events of one request of the filling.
const FILL_BATCH: usize = 10;

/// Requests of the filling in flight: some five thousand events, as many as a group takes.
const FILL_IN_FLIGHT: usize = 512;

/// Requests that are made ahead of the engine.
const REQUESTS_AHEAD: usize = 1_024;

/// People whose quota is asked for, spread over the whole history.
const SAMPLE: usize = 10_000;

/// Events that the lanes of one city have certificate numbers for, with room to spare.
const EVENTS_PER_ROUND: u64 = 100_000_000;

/// Percent of the median at the smallest size that the median at the largest may take: flat, within
/// the noise of a shared machine.
const FLAT_PERCENT: u64 = 150;

/// How long the store may take to finish what it does in the background. It is measured as it is
/// afterwards, and the report says how long it took.
const SETTLING_MAX: Duration = Duration::from_mins(10);

/// Operations of one measurement.
#[derive(Debug, Clone, Copy)]
struct Counts {
    /// Appends, each of which waits for a sync.
    appends: u64,
    /// Requests that are only checked, and questions.
    questions: u64,
}

impl Counts {
    const fn of(options: &Options) -> Self {
        match options.quick {
            true => Self {
                appends: 200,
                questions: 2_000,
            },
            false => Self {
                appends: 2_000,
                questions: 10_000,
            },
        }
    }
}

/// A person who was approved, and the class.
type Approved = (PersonKey, ClassId);

/// People of the whole history, each as likely as any other.
#[derive(Debug)]
struct Sample {
    people: Vec<Approved>,
    seen: u64,
    seeded: Seeded,
}

impl Sample {
    fn new(seed: u64) -> Self {
        Self {
            people: Vec::with_capacity(SAMPLE),
            seen: 0,
            seeded: Seeded::new(seed),
        }
    }

    /// So many people, in an order of its own. There has to be one.
    fn in_own_order(&self, how_many: u64) -> impl Iterator<Item = Approved> {
        let mut seeded = Seeded::new(SEED + 4);
        let people = u64::try_from(self.people.len()).unwrap_or(u64::MAX);
        (0..how_many).filter_map(move |_| {
            let place = usize::try_from(seeded.below(people)).ok()?;
            self.people.get(place).copied()
        })
    }

    /// Looks at a request that will be recorded.
    fn note(&mut self, request: &Request) {
        for command in &request.commands {
            if let CommandBody::ApproveSubsidy(approve) = &command.body {
                self.seen += 1;
                let approved = (approve.person, approve.class);
                if self.people.len() < SAMPLE {
                    self.people.push(approved);
                    continue;
                }
                let place = usize::try_from(self.seeded.below(self.seen)).ok();
                if let Some(kept) = place.and_then(|place| self.people.get_mut(place)) {
                    *kept = approved;
                }
            }
        }
    }
}

/// The sizes to measure at: a hundredth, a tenth, and all.
fn sizes(events: u64) -> [u64; 3] {
    [events / 100, events / 10, events]
}

/// What is read of a configuration of the server; its other sections do not matter here.
#[derive(Debug, Deserialize)]
struct Sizes {
    memory: Memory,
}

/// The sizes of section `memory` in a configuration of the server, checked as the server checks
/// them; the defaults without a file.
fn sizes_of_memory(file: Option<&Path>) -> Result<Memory> {
    let Some(file) = file else {
        return Ok(Memory::default());
    };
    let text = std::fs::read_to_string(file).with_context(|| format!("{}", file.display()))?;
    let sizes: Sizes = toml::from_str(&text).with_context(|| format!("{}", file.display()))?;
    sizes.memory.check()?;
    Ok(sizes.memory)
}

/// Whom the questions are about.
#[derive(Debug)]
struct Samples {
    /// Those that are measured.
    measured: Sample,
    /// Others, whom questions are asked about before.
    warming: Sample,
}

/// A ledger that is opened by the engine here, and by the server.
#[derive(Debug)]
struct Place<'a> {
    folder: &'a Path,
    memory: Memory,
}

impl Place<'_> {
    fn open(&self) -> Result<Ledger> {
        Ledger::open_sized(self.folder, self.memory.store(), self.memory.engine())
    }
}

/// Fills a ledger to each size, and measures there.
pub(crate) fn measure(folder: &Path, options: &Options, report: &mut Report) -> Result<()> {
    let events = options.events();
    let memory = sizes_of_memory(options.memory.as_deref())?;
    report.figure(
        SECTION,
        "memory that the sizes come to".to_owned(),
        memory.standing_bytes(),
        "bytes",
        None,
    );
    let counts = Counts::of(options);
    std::fs::create_dir_all(folder).context("cannot make a folder")?;
    let place = Place { folder, memory };
    let ledger = place.open()?;
    let cities = u32::try_from(CITIES.len()).context("there are sixteen cities")?;
    let rounds = u32::try_from(events.div_ceil(EVENTS_PER_ROUND)).context("too many events")?;
    let mut filler = lanes(0, cities * rounds.max(1) + 1);
    ledger.prepare(&filler)?;
    let mut own = filler.pop().context("there is a lane for measuring")?;
    let own = &mut own;
    for _ in 0..WARM_UP_BATCHES {
        recorded(
            ledger
                .engine
                .append_blocking(next_request(own, FILL_BATCH))?,
        )?;
    }
    drop(ledger);
    // What would keep the server from starting is told before the hours, and not after.
    served::start(&place)?.stop()?;
    let mut samples = Samples {
        measured: Sample::new(SEED + 2),
        warming: Sample::new(SEED + 5),
    };
    let mut medians = Vec::new();
    for size in sizes(events) {
        let ledger = place.open()?;
        fill(&ledger, &mut filler, size, &mut samples)?;
        settle(&ledger, size, report)?;
        warm(&ledger, &samples.warming)?;
        let sample = &samples.measured;
        let mut found = at((&ledger, size), own, sample, counts, report)?.to_vec();
        let memory = memory_of(std::process::id());
        report.figure(
            SECTION,
            format!("{size} events: resident at most"),
            memory.resident_bytes_max,
            "bytes",
            None,
        );
        let on_disk = ledger.engine.storage().sizes()?;
        let on_disk: u64 = on_disk.iter().map(|space| space.bytes).sum();
        report.figure(
            SECTION,
            format!("{size} events: on disk"),
            on_disk,
            "bytes",
            None,
        );
        drop(ledger);
        found.extend(served::at(&place, size, own, &samples, counts, report)?);
        medians.push(found);
    }
    flatness(&medians, report);
    Ok(())
}

/// Waits until the store has finished what it does in the background.
fn settle(ledger: &Ledger, size: u64, report: &mut Report) -> Result<()> {
    let started = Instant::now();
    let has_settled = ledger.store.store.settle(SETTLING_MAX)?;
    let took = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let name = match has_settled {
        true => format!("{size} events: until the store had settled"),
        false => format!("{size} events: the store had not settled after"),
    };
    report.figure(SECTION, name, took, "ms", None);
    Ok(())
}

/// Asks about people who are not measured.
fn warm(ledger: &Ledger, sample: &Sample) -> Result<()> {
    let reader = ledger.engine.reader();
    for (person, class) in &sample.people {
        reader.quota(&quota(*person))?;
        reader.check_eligibility(*class, *person, eligible_on())?;
    }
    Ok(())
}

/// The question about the year in which the people of the load were trained.
const fn quota(person: PersonKey) -> QuotaQuery {
    QuotaQuery {
        person,
        scheme: None,
        division: None,
        year: YEAR,
        as_of: None,
    }
}

/// The year in which the people of the load were trained.
const YEAR: i32 = 2021;

/// The day as of which eligibility is asked for: year, month, day.
const ELIGIBLE_ON: (i32, u32, u32) = (YEAR, 6, 30);

fn eligible_on() -> BusinessDate {
    let (year, month, day) = ELIGIBLE_ON;
    crate::workload::date(year, month, day)
}

/// What is measured inside the engine at each size, in this order.
const MEASURED: [&str; 6] = [
    "append, 1 caller × 1, UUIDv7",
    "append, 1 caller × 1, random ids",
    "append, 1 caller × 100, random ids",
    "only checked, 1 caller × 1",
    "GetQuota",
    "CheckEligibility",
];

/// How the medians of the largest size compare with those of the smallest.
fn flatness(medians: &[Vec<u64>], report: &mut Report) {
    let (Some(first), Some(last)) = (medians.first(), medians.last()) else {
        return;
    };
    let names = MEASURED.iter().chain(&served::MEASURED);
    for ((name, first), last) in names.zip(first).zip(last) {
        let percent = last.saturating_mul(100).checked_div(*first);
        report.figure(
            SECTION,
            format!("{name}: median at the largest size, of that at the smallest"),
            percent.unwrap_or(100),
            "percent",
            Some(Aim::AtMost(FLAT_PERCENT)),
        );
    }
}

/// Records until the ledger has so many events, while another thread makes the requests.
fn fill(ledger: &Ledger, filler: &mut [Lane], size: u64, samples: &mut Samples) -> Result<()> {
    let engine = &ledger.engine;
    let missing = size.saturating_sub(engine.tip().last_position.get());
    let batches = missing.div_ceil(u64::try_from(FILL_BATCH)?);
    let (requests, made) = mpsc::sync_channel::<Request>(REQUESTS_AHEAD);
    thread::scope(|scope| {
        let making = scope.spawn(move || {
            let mut sent = 0;
            while sent < batches {
                for lane in filler.iter_mut() {
                    // The other side hangs up only when it has failed, and says why.
                    if requests.send(next_request(lane, FILL_BATCH)).is_err() {
                        return;
                    }
                    sent += 1;
                }
            }
        });
        let mut waiting: VecDeque<ReplyReceiver> = VecDeque::with_capacity(FILL_IN_FLIGHT);
        for request in made {
            samples.measured.note(&request);
            samples.warming.note(&request);
            if waiting.len() >= FILL_IN_FLIGHT {
                take_one(&mut waiting)?;
            }
            waiting.push_back(engine.submit(request)?);
        }
        while !waiting.is_empty() {
            take_one(&mut waiting)?;
        }
        making
            .join()
            .map_err(|_| anyhow!("no more requests were made"))
    })
}

fn take_one(waiting: &mut VecDeque<ReplyReceiver>) -> Result<()> {
    if let Some(receiver) = waiting.pop_front() {
        let reply = receiver.blocking_recv();
        recorded(reply.context("the engine gave no answer")??)?;
    }
    Ok(())
}

/// Measures everything at a size, inside the engine; gives the medians in microseconds.
fn at(
    (ledger, size): (&Ledger, u64),
    own: &mut Lane,
    sample: &Sample,
    counts: Counts,
    report: &mut Report,
) -> Result<[u64; MEASURED.len()]> {
    ensure!(
        !sample.people.is_empty(),
        "nobody was approved yet: ask for more events"
    );
    let engine = &ledger.engine;
    let position = engine.tip().last_position.get();
    let mut ids = Seeded::new(SEED ^ position);
    let mut ordered = Ordered::after(position);
    let one = counts.appends;
    let measured = [
        appended(ledger, own, (one, 1), |_| ordered.next_id())?,
        appended(ledger, own, (one, 1), |_| ids.request_id())?,
        appended(ledger, own, (one / 10, 100), |_| ids.request_id())?,
        checked(ledger, sample, counts.questions)?,
        asked(sample, counts.questions, |(person, _)| {
            engine.reader().quota(&quota(person)).map(drop)
        })?,
        asked(sample, counts.questions, |(person, class)| {
            let answer = engine
                .reader()
                .check_eligibility(class, person, eligible_on());
            answer.map(drop)
        })?,
    ];
    Ok(tell(size, MEASURED, measured, report))
}

/// Reports what was measured at a size; gives the medians in microseconds.
fn tell<const N: usize>(
    size: u64,
    names: [&str; N],
    measured: [Counted; N],
    report: &mut Report,
) -> [u64; N] {
    let mut medians = [0; N];
    for ((name, counted), median) in names.iter().zip(measured).zip(&mut medians) {
        *median = counted.latencies.percentile_us(50).unwrap_or_default();
        report.throughput(SECTION, format!("{size} events: {name}"), &counted);
    }
    medians
}

/// Request ids that lie behind all earlier ones, as UUIDv7 do.
struct Ordered(u64);

impl Ordered {
    const fn after(position: u64) -> Self {
        Self(position)
    }

    fn next_id(&mut self) -> RequestId {
        self.0 += 1;
        let mut bytes = [0xFF; 16];
        if let Some(low) = bytes.last_chunk_mut::<8>() {
            *low = self.0.to_be_bytes();
        }
        RequestId::from_bytes(bytes)
    }
}

/// Appends one request after the other; each waits for its sync.
fn appended(
    ledger: &Ledger,
    lane: &mut Lane,
    (requests, size): (u64, usize),
    mut id: impl FnMut(&Request) -> RequestId,
) -> Result<Counted> {
    let made: Vec<_> = (0..requests)
        .map(|_| {
            let request = next_request(lane, size);
            Request {
                request_id: id(&request),
                ..request
            }
        })
        .collect();
    let mut meter = Meter::start();
    for request in made {
        let sent = Instant::now();
        let events = recorded(ledger.engine.append_blocking(request)?)?;
        meter.answered(sent, events);
    }
    Ok(meter.stop())
}

/// Has approvals decided that are on record already, without recording anything: entities are
/// loaded and rules evaluated, and nothing waits for the disk to sync.
fn checked(ledger: &Ledger, sample: &Sample, requests: u64) -> Result<Counted> {
    let mut seeded = Seeded::new(SEED + 3);
    asked(sample, requests, |(person, class)| {
        let request = Request {
            validate_only: true,
            ..super::load::approval(seeded.uuid(), person, class)
        };
        ledger.engine.append_blocking(request).map(drop)
    })
}

/// Asks about people of the whole history in an order of its own.
fn asked<E: std::error::Error + Send + Sync + 'static>(
    sample: &Sample,
    questions: u64,
    mut ask: impl FnMut(Approved) -> Result<(), E>,
) -> Result<Counted> {
    let mut meter = Meter::start();
    for approved in sample.in_own_order(questions) {
        let sent = Instant::now();
        ask(approved)?;
        meter.answered(sent, 1);
    }
    Ok(meter.stop())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_stays_small_and_spans_the_history() {
        let mut sample = Sample::new(SEED);
        let people = 3 * SAMPLE;
        for number in 0..people {
            let mut key = [0; 16];
            key[..8].copy_from_slice(&u64::try_from(number).unwrap().to_be_bytes());
            let (person, class) = (PersonKey::from_bytes(key), ClassId::from_bytes(key));
            sample.note(&super::super::load::approval(key, person, class));
        }
        assert_eq!(sample.people.len(), SAMPLE);
        let numbers = sample.people.iter().map(|(person, _)| person.as_bytes());
        let numbers: Vec<u64> = numbers
            .map(|key| u64::from_be_bytes(key[..8].try_into().unwrap()))
            .collect();
        // A third of the history each, within a tenth of the sample.
        for third in 0..3 {
            let third = u64::try_from(third * SAMPLE).unwrap();
            let within = third..third + u64::try_from(SAMPLE).unwrap();
            let found = numbers
                .iter()
                .filter(|number| within.contains(number))
                .count();
            assert!(found.abs_diff(SAMPLE / 3) < SAMPLE / 10, "{found}");
        }
    }

    #[test]
    fn ordered_ids_lie_behind_all_others() {
        let mut ordered = Ordered::after(7);
        let (first, second) = (ordered.next_id(), ordered.next_id());
        let random = Seeded::new(1).request_id();
        assert!(random.as_bytes() < first.as_bytes() && first.as_bytes() < second.as_bytes());
    }
}
