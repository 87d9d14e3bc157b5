//! gRPC over loopback: the real server as a process of its own, with its callers on the same
//! machine.

mod callers;
mod server;

pub(crate) use callers::{client, next_request, unary};
pub(crate) use server::Server;

use super::Scale;
use super::latency::Counted;
use super::load::batches_of;
use super::metered::count;
use super::population::Population;
use super::report::Report;
use anyhow::Result;
use callers::{Style, WarmLane};

const SECTION: &str = "grpc";

/// Callers at once, each with a connection of its own.
pub(super) const CALLERS: [usize; 3] = [1, 16, 64];

/// Commands of one request.
const BATCHES: [usize; 3] = [1, 100, 1_000];

/// What the issue aims at: one event per request from 64 callers.
const SINGLE_AIM: u64 = 9_000;

/// What the issue aims at with batches of a thousand, here from 16 callers.
const BATCH_AIM: u64 = 70_000;

/// Measures the health check, then every combination of callers and batches, then streams.
pub(crate) fn measure(population: &Population, scale: Scale, report: &mut Report) -> Result<()> {
    let server = Server::start(&population.folder)?;
    for callers in [1, 64] {
        let counted = server.run(callers::health_checks(&server, callers, scale.health_calls))?;
        let row = report.throughput(
            SECTION,
            format!("health checks, {callers} callers"),
            &counted,
        );
        let rate = row.per_second();
        report.set_calls_per_second(rate);
    }
    let most = u32::try_from(CALLERS.into_iter().max().unwrap_or(1))?;
    let lanes = population.newcomers(most);
    server.prepare(&lanes)?;
    let mut lanes: Vec<_> = lanes.into_iter().map(WarmLane::new).collect();
    let mut batch_rate = None;
    for (size, events) in BATCHES.into_iter().zip(scale.grpc_events) {
        for callers in scale.callers(size) {
            let style = Style::Unary;
            let measured =
                measure_cell(&server, &mut lanes, style, [callers, size], events, report)?;
            if (callers, size) == (16, 1_000) {
                batch_rate = Some(measured);
            }
        }
        for callers in [1, 16] {
            let style = Style::Stream {
                aim: batch_rate.filter(|_| size == 1_000),
            };
            measure_cell(&server, &mut lanes, style, [callers, size], events, report)?;
        }
    }
    server.stop()
}

/// Measures one combination and returns its events a second.
fn measure_cell(
    server: &Server,
    lanes: &mut Vec<WarmLane>,
    style: Style,
    [callers, size]: [usize; 2],
    events: u64,
    report: &mut Report,
) -> Result<u64> {
    // One caller alone takes as many times longer as there are callers otherwise.
    let events = if callers == 1 && size == 1 {
        events / 4
    } else {
        events
    };
    let batches = batches_of(size, events).div_ceil(count(callers)).max(2);
    let mine = lanes.split_off(lanes.len().saturating_sub(callers));
    let (counted, syncs, back) =
        server.run(callers::appends(server, mine, style, size, batches))?;
    lanes.extend(back);
    Ok(report_cell(style, [callers, size], &counted, syncs, report))
}

fn report_cell(
    style: Style,
    [callers, size]: [usize; 2],
    counted: &Counted,
    syncs: u64,
    report: &mut Report,
) -> u64 {
    let (kind, aim) = match (style, callers, size) {
        (Style::Unary, 64, 1) => ("callers", Some(SINGLE_AIM)),
        (Style::Unary, 16, 1_000) => ("callers", Some(BATCH_AIM)),
        (Style::Unary, ..) => ("callers", None),
        (Style::Stream { aim }, ..) => ("streams", aim),
    };
    let is_call_bound = matches!(style, Style::Unary) && size == 1;
    let (of, limit) = if is_call_bound {
        ("health checks", report.calls_per_second())
    } else {
        ("raw", report.raw_per_second())
    };
    let row = report.throughput(SECTION, format!("{callers} {kind} × {size}"), counted);
    row.with_syncs(syncs).of_limit(of, limit);
    if let Some(aim) = aim {
        row.aim(aim);
    }
    row.per_second()
}
