//! `ledgerctl trace`: every event behind a clawback or another event, or what rests on one, as a
//! tree, as JSON, or for Graphviz.

mod dot;
mod tree;

use clap::Args;
use ledger_client::json::to_json;
use ledger_client::{Client, Trace};
use ledger_proto::v1;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::names::{self, Id};
use crate::output::Output;

/// Shows every event behind a clawback or another event: finding, disbursement, approval,
/// certificate, attendance, enrolment, class, qualification, policy. With --effects it shows what
/// rests on an event instead: from a false fact up to every payment and clawback.
///
/// Each event stands once; where it is needed again an arrow refers to it. What was repaid since
/// stands at the end.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledgerctl trace 0190a3b2-0000-7000-8000-000000000009
  ledgerctl trace 0190a3b2-0000-7000-8000-000000000009 --dot | dot -Tsvg > trace.svg
  ledgerctl trace 4711 --causes
  ledgerctl trace 4711 --effects --depth 3")]
pub(crate) struct TraceEvents {
    /// The clawback, or the position of an event.
    #[arg(value_parser = start)]
    start: Start,
    /// What the event rests on; so it is where neither is said.
    #[arg(long, conflicts_with = "effects")]
    causes: bool,
    /// What rests on the event.
    #[arg(long)]
    effects: bool,
    /// Print a graph for Graphviz.
    #[arg(long, conflicts_with = "json")]
    dot: bool,
    /// Most events; 0 for the server's bound.
    #[arg(long, default_value_t = 0)]
    max_events: u32,
    /// Most steps from the event; 0 for as many as it takes.
    #[arg(long, default_value_t = 0)]
    depth: u32,
    /// Answer as of this position; 0 for the latest.
    #[arg(long, default_value_t = 0)]
    as_of: u64,
}

/// Where a trace starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    Clawback(Id),
    Position(u64),
}

/// Which way a trace goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Causes,
    Effects,
}

/// What is asked of an event only.
const OF_EVENTS: &str = "--causes, --effects, --depth and --as-of take the position of an event: a \
                         clawback is traced as a whole (`ledgerctl events` shows its position)";

impl TraceEvents {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let trace = match self.start {
            Start::Position(position) => self.of_event(client, position).await?,
            Start::Clawback(_) if self.is_of_events() => {
                return Err(Failure::Usage(OF_EVENTS.to_owned()));
            }
            Start::Clawback(clawback) => {
                let request = v1::TraceClawbackRequest {
                    clawback_id: clawback.to_vec(),
                    max_events: self.max_events,
                    at_least_position: 0,
                };
                client.trace_clawback(request).await?
            }
        };
        if output.is_json() {
            let nodes: Vec<Value> = trace.nodes.iter().map(to_json).collect();
            let json = json!({"nodes": nodes, "summary": to_json(&trace.summary)});
            return Ok(output.json(&json)?);
        }
        if self.dot {
            return Ok(dot::write(output, &trace)?);
        }
        let direction = match self.effects {
            true => Direction::Effects,
            false => Direction::Causes,
        };
        tree::write(output, &trace, direction)?;
        Ok(output.line(ending(&trace.summary, direction))?)
    }

    async fn of_event(&self, client: &Client, position: u64) -> Result<Trace, Failure> {
        let request = v1::TraceEventRequest {
            position,
            max_events: self.max_events,
            max_depth: self.depth,
            as_of_position: self.as_of,
            at_least_position: 0,
        };
        Ok(match self.effects {
            true => client.trace_effects(request).await?,
            false => client.trace_causes(request).await?,
        })
    }

    const fn is_of_events(&self) -> bool {
        self.causes || self.effects || self.depth > 0 || self.as_of > 0
    }
}

/// A position is a number; a clawback is a UUID or 32 hexadecimal digits, more than a position has.
fn start(text: &str) -> Result<Start, String> {
    match text.parse() {
        Ok(position) if text.len() < 32 => Ok(Start::Position(position)),
        _ => names::id(text).map(Start::Clawback),
    }
}

fn ending(summary: &v1::TraceSummary, direction: Direction) -> String {
    let v1::TraceSummary {
        event_count,
        complete,
        log_position,
    } = summary;
    match complete {
        true => format!("{event_count} events, complete as of position {log_position}"),
        false => {
            let missing = match direction {
                Direction::Causes => "below the lowest",
                Direction::Effects => "above the highest",
            };
            format!(
                "{event_count} events, CUT OFF as of position {log_position}: what lies {missing} \
                 is missing"
            )
        }
    }
}

/// What an event rests on, newest first: its causes, and the policy among them.
fn causes(node: &v1::TraceNode) -> Vec<u64> {
    let mut causes = node.causes.clone();
    causes.extend((node.policy_position != 0).then_some(node.policy_position));
    causes.sort_unstable_by(|left, right| right.cmp(left));
    causes.dedup();
    causes
}

/// A clawback, its finding and its payment, which rest on one class: a diamond. Two repayments
/// rest on the clawback.
#[cfg(test)]
fn diamond() -> ledger_client::Trace {
    use v1::EventKind::{
        ClassApproved, ClawbackDecided, DisbursementOrdered, FindingMade, PolicyPublished,
        RepaymentReceived,
    };
    let node = |position, kind: v1::EventKind, causes: &[u64], policy_position, summary: &str| {
        v1::TraceNode {
            position,
            kind: kind.into(),
            depth: u32::from(kind != ClawbackDecided),
            occurred_date: Some(v1::Date {
                year: 2021,
                month: 3,
                day: 1,
            }),
            causes: causes.to_vec(),
            policy_position,
            summary: summary.to_owned(),
            ..Default::default()
        }
    };
    ledger_client::Trace {
        nodes: vec![
            node(92, RepaymentReceived, &[90], 0, "repays 2000.00 yuan"),
            node(91, RepaymentReceived, &[90], 0, "repays 1000.00 yuan"),
            node(
                90,
                ClawbackDecided,
                &[40, 80],
                0,
                "claws back 14000.00 yuan",
            ),
            node(80, FindingMade, &[7, 9], 0, "finds \"false training\""),
            node(40, DisbursementOrdered, &[7], 1, "orders 14000.00 yuan"),
            node(7, ClassApproved, &[1], 1, "approves a class"),
            node(1, PolicyPublished, &[], 0, "publishes 001"),
        ],
        // Position 9 was cut off.
        summary: v1::TraceSummary {
            event_count: 7,
            complete: false,
            log_position: 95,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_is_a_cause_like_any_other() {
        let trace = diamond();
        let found: Vec<_> = trace.nodes.iter().map(causes).collect();
        assert_eq!(
            found,
            [
                vec![90],
                vec![90],
                vec![80, 40],
                vec![9, 7],
                vec![7, 1],
                vec![1],
                vec![]
            ]
        );
    }

    #[test]
    fn a_cut_off_trace_says_so() {
        for (direction, missing) in [
            (Direction::Causes, "below the lowest"),
            (Direction::Effects, "above the highest"),
        ] {
            let said = ending(&diamond().summary, direction);
            assert!(said.contains("CUT OFF") && said.contains(missing), "{said}");
        }
    }

    #[test]
    fn a_trace_starts_at_a_position_or_a_clawback() {
        assert_eq!(start("4711"), Ok(Start::Position(4711)));
        let digits = "00000000000000000000000000000009";
        let mut id = [0; 16];
        id[15] = 9;
        assert_eq!(start(digits), Ok(Start::Clawback(Id(id))));
        for text in ["", "-1", "47a", "18446744073709551616"] {
            assert!(start(text).is_err(), "{text}");
        }
    }
}
