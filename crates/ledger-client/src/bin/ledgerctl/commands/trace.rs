//! `ledgerctl trace`: every event behind a clawback, as a tree, as JSON, or for Graphviz.

mod dot;
mod tree;

use clap::Args;
use ledger_client::Client;
use ledger_client::json::to_json;
use ledger_proto::v1;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::names::{self, Id};
use crate::output::Output;

/// Shows every event behind a clawback: finding, disbursement, approval, certificate, attendance,
/// enrolment, class, qualification, policy.
///
/// Each event stands once; where it is needed again an arrow refers to it. What was repaid since
/// stands at the end.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledgerctl trace 0190a3b2-0000-7000-8000-000000000009
  ledgerctl trace 0190a3b2-0000-7000-8000-000000000009 --dot | dot -Tsvg > trace.svg")]
pub(crate) struct TraceClawback {
    /// The clawback.
    #[arg(value_parser = names::id)]
    clawback: Id,
    /// Print a graph for Graphviz.
    #[arg(long, conflicts_with = "json")]
    dot: bool,
    /// Most events; 0 for the server's bound.
    #[arg(long, default_value_t = 0)]
    max_events: u32,
}

impl TraceClawback {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let request = v1::TraceClawbackRequest {
            clawback_id: self.clawback.to_vec(),
            max_events: self.max_events,
            at_least_position: 0,
        };
        let trace = client.trace_clawback(request).await?;
        if output.is_json() {
            let nodes: Vec<Value> = trace.nodes.iter().map(to_json).collect();
            let json = json!({"nodes": nodes, "summary": to_json(&trace.summary)});
            return Ok(output.json(&json)?);
        }
        if self.dot {
            return Ok(dot::write(output, &trace)?);
        }
        tree::write(output, &trace)?;
        Ok(output.line(ending(&trace.summary))?)
    }
}

fn ending(summary: &v1::TraceSummary) -> String {
    let v1::TraceSummary {
        event_count,
        complete,
        log_position,
    } = summary;
    match complete {
        true => format!("{event_count} events, complete as of position {log_position}"),
        false => format!(
            "{event_count} events, CUT OFF as of position {log_position}: \
             what lies below the lowest is missing"
        ),
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
        assert!(ending(&diamond().summary).contains("CUT OFF"));
    }
}
