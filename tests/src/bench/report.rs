//! Everything measured, as a table for people and as JSON for machines.

use super::Options;
use super::latency::{Counted, per_second};
use super::machine::Machine;
use super::metered::Counts;
use comfy_table::presets::ASCII_MARKDOWN;
use comfy_table::{CellAlignment, Table};
use serde::Serialize;

/// What makes an answer true before it is given, in every measurement.
const DURABILITY: &str = "RocksDB write-ahead log, sync = true (fdatasync), once per commit group; \
    every answer is given after the sync that makes it true";

/// Everything measured.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    machine: Machine,
    durability: &'static str,
    options: Options,
    /// People in the measured ledger.
    people: u64,
    throughput: Vec<Throughput>,
    figures: Vec<Figure>,
    /// Events a second of bare RocksDB, once measured.
    #[serde(skip)]
    raw_per_second: Option<u64>,
    /// Calls a second of the bare server, once measured.
    #[serde(skip)]
    calls_per_second: Option<u64>,
}

/// One measurement of many operations.
#[derive(Debug, Serialize)]
pub(crate) struct Throughput {
    section: &'static str,
    name: String,
    /// Events, or calls where nothing is recorded.
    events: u64,
    requests: u64,
    elapsed_us: u64,
    per_second: u64,
    p50_us: Option<u64>,
    p99_us: Option<u64>,
    /// Commit groups, each one sync.
    groups: Option<u64>,
    events_per_group: Option<u64>,
    keys_per_100_events: Option<u64>,
    bytes_per_event: Option<u64>,
    /// Processor time of the ledger's process, without its callers where they are another one.
    processor_ns_per_event: Option<u64>,
    limit: Option<Limit>,
    /// At least so many a second are aimed at.
    aim: Option<u64>,
}

/// What the same machine could do at most, measured in the same run.
#[derive(Debug, Serialize)]
pub(crate) struct Limit {
    of: &'static str,
    percent: u64,
}

/// One figure.
#[derive(Debug, Serialize)]
pub(crate) struct Figure {
    section: &'static str,
    name: String,
    value: u64,
    unit: &'static str,
    aim: Option<Aim>,
}

/// What is aimed at.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Aim {
    AtLeast(u64),
    AtMost(u64),
}

impl Report {
    pub(crate) fn new(options: &Options, machine: Machine) -> Self {
        Self {
            machine,
            durability: DURABILITY,
            people: options.people(),
            options: options.clone(),
            throughput: Vec::new(),
            figures: Vec::new(),
            raw_per_second: None,
            calls_per_second: None,
        }
    }

    /// Adds a measurement; what else is known about it is added to what is returned.
    pub(crate) fn throughput(
        &mut self,
        section: &'static str,
        name: impl Into<String>,
        counted: &Counted,
    ) -> &mut Throughput {
        let name = name.into();
        let per_second = per_second(counted.events, counted.elapsed);
        super::say(&format!("  {section}: {name}: {}/s", grouped(per_second)));
        self.throughput.push_mut(Throughput {
            section,
            name,
            events: counted.events,
            requests: counted.latencies.count(),
            elapsed_us: u64::try_from(counted.elapsed.as_micros()).unwrap_or(u64::MAX),
            per_second,
            p50_us: counted.latencies.percentile_us(50),
            p99_us: counted.latencies.percentile_us(99),
            groups: None,
            events_per_group: None,
            keys_per_100_events: None,
            bytes_per_event: None,
            processor_ns_per_event: u64::try_from(counted.processor_time.as_nanos())
                .ok()
                .and_then(|nanos| nanos.checked_div(counted.events))
                .filter(|nanos| *nanos > 0),
            limit: None,
            aim: None,
        })
    }

    pub(crate) fn figure(
        &mut self,
        section: &'static str,
        name: impl Into<String>,
        value: u64,
        unit: &'static str,
        aim: Option<Aim>,
    ) {
        let name = name.into();
        super::say(&format!("  {section}: {name}: {} {unit}", grouped(value)));
        self.figures.push(Figure {
            section,
            name,
            value,
            unit,
            aim,
        });
    }

    /// The limit of everything that writes: bare RocksDB with the same bytes and syncs.
    pub(crate) fn raw_per_second(&self) -> Option<u64> {
        self.raw_per_second
    }

    pub(crate) fn set_raw_per_second(&mut self, rate: u64) {
        self.raw_per_second = Some(rate);
    }

    /// The limit of unary calls: the health check of the same server.
    pub(crate) fn calls_per_second(&self) -> Option<u64> {
        self.calls_per_second
    }

    pub(crate) fn set_calls_per_second(&mut self, rate: u64) {
        self.calls_per_second = Some(rate);
    }

    /// What is measured on what, in a few lines.
    pub(crate) fn head(&self) -> String {
        let machine = &self.machine;
        format!(
            "commit      {}\nmachine     {}, {} cores, {} MiB, Linux {}, {}; load before {}\n\
             disk        {} synced appends/s of 4 KiB, {} of 64 KiB\ndurability  {}\n\
             people      {}\n",
            machine.commit,
            machine.processor,
            machine.cores,
            grouped(machine.memory_mib),
            machine.kernel,
            machine.file_system,
            machine.load_before,
            grouped(machine.synced_4k_appends_per_second),
            grouped(machine.synced_64k_appends_per_second),
            self.durability,
            grouped(self.people),
        )
    }

    pub(crate) fn tables(&self) -> String {
        let head = self.head();
        let (throughput, figures) = (self.throughput_table(), self.figure_table());
        format!("\n{head}\n{throughput}\n\n{figures}")
    }

    fn throughput_table(&self) -> Table {
        let mut table = table(&[
            "section",
            "measured",
            "per second",
            "of the limit",
            "aim",
            "p50 ms",
            "p99 ms",
            "events/sync",
            "keys/100 events",
            "bytes/event",
            "CPU µs/event",
        ]);
        for row in &self.throughput {
            let limit = row.limit.as_ref();
            table.add_row([
                row.section.to_owned(),
                row.name.clone(),
                grouped(row.per_second),
                limit.map_or_else(String::new, |limit| {
                    format!("{} % of {}", limit.percent, limit.of)
                }),
                row.aim.map_or_else(String::new, |aim| {
                    verdict(&format!("≥ {}", grouped(aim)), row.per_second >= aim)
                }),
                row.p50_us.map_or_else(String::new, thousandths),
                row.p99_us.map_or_else(String::new, thousandths),
                optional(row.events_per_group),
                optional(row.keys_per_100_events),
                optional(row.bytes_per_event),
                row.processor_ns_per_event
                    .map_or_else(String::new, thousandths),
            ]);
        }
        align(&mut table, &[2, 5, 6, 7, 8, 9, 10]);
        table
    }

    fn figure_table(&self) -> Table {
        let mut table = table(&["section", "measured", "value", "unit", "aim"]);
        for row in &self.figures {
            table.add_row([
                row.section.to_owned(),
                row.name.clone(),
                grouped(row.value),
                row.unit.to_owned(),
                row.aim
                    .map_or_else(String::new, |aim| aim.verdict(row.value)),
            ]);
        }
        align(&mut table, &[2]);
        table
    }
}

impl Throughput {
    /// Adds what the commit groups were like.
    pub(crate) fn with_groups(&mut self, counts: &Counts) -> &mut Self {
        self.groups = Some(counts.groups);
        self.events_per_group = counts.events.checked_div(counts.groups);
        self.keys_per_100_events = (counts.keys * 100).checked_div(counts.events);
        self.bytes_per_event = counts.bytes.checked_div(counts.events);
        self
    }

    /// Adds how many events one sync made durable.
    pub(crate) fn with_syncs(&mut self, syncs: u64) -> &mut Self {
        self.groups = Some(syncs);
        self.events_per_group = self.events.checked_div(syncs);
        self
    }

    /// Compares with a limit, when that was measured.
    pub(crate) fn of_limit(&mut self, of: &'static str, limit: Option<u64>) -> &mut Self {
        self.limit = limit
            .and_then(|limit| (self.per_second * 100).checked_div(limit))
            .map(|percent| Limit { of, percent });
        self
    }

    pub(crate) fn aim(&mut self, per_second: u64) -> &mut Self {
        self.aim = Some(per_second);
        self
    }

    pub(crate) fn per_second(&self) -> u64 {
        self.per_second
    }
}

impl Aim {
    fn verdict(self, value: u64) -> String {
        match self {
            Self::AtLeast(aim) => verdict(&format!("≥ {}", grouped(aim)), value >= aim),
            Self::AtMost(aim) => verdict(&format!("≤ {}", grouped(aim)), value <= aim),
        }
    }
}

fn verdict(aim: &str, is_met: bool) -> String {
    format!("{aim} {}", if is_met { "reached" } else { "NOT REACHED" })
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN).set_header(header);
    table
}

fn align(table: &mut Table, columns: &[usize]) {
    for column in columns {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

fn optional(value: Option<u64>) -> String {
    value.map_or_else(String::new, grouped)
}

/// Thousandths of a unit as that unit, with two decimals.
fn thousandths(value: u64) -> String {
    format!("{}.{:02}", grouped(value / 1_000), value % 1_000 / 10)
}

/// A number with a comma between thousands.
fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        for (value, expected) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (123_456, "123,456"),
            (u64::MAX, "18,446,744,073,709,551,615"),
        ] {
            assert_eq!(grouped(value), expected);
        }
        assert_eq!(thousandths(1_234_567), "1,234.56");
        assert_eq!(thousandths(9), "0.00");
    }
}
