//! A trace as a tree in the terminal.

use std::collections::{HashMap, HashSet};
use std::io;

use ledger_client::Trace;
use ledger_proto::v1;

use super::{Direction, causes};
use crate::names::name;
use crate::output::Output;
use crate::show;

/// What is still to be written: a position, and where it stands in the tree.
struct Branch {
    position: u64,
    /// What stands before its own branch: the lines that pass by it.
    indent: String,
    /// Whether it is the last below its parent; absent for the root.
    is_last: Option<bool>,
}

/// The events of a trace, and what stands below each.
struct Graph<'t> {
    nodes: HashMap<u64, &'t v1::TraceNode>,
    below: HashMap<u64, Vec<u64>>,
}

/// Writes the clawback with everything below it, and then what rests on it, such as repayments.
/// Every event stands once, below the first that rests on it; where it is needed again, a
/// reference. The stack is explicit, because a chain may be longer than a thread's stack.
///
/// Of effects, what rests on an event stands below it, oldest first.
pub(super) fn write(
    output: &mut Output<'_>,
    trace: &Trace,
    direction: Direction,
) -> io::Result<()> {
    let nodes = trace.nodes.iter();
    let graph = Graph {
        nodes: nodes.map(|node| (node.position, node)).collect(),
        below: below(trace, direction),
    };
    let mut written = HashSet::new();
    let start = trace.nodes.iter().filter(|node| node.depth == 0);
    // Oldest first: a later event refers to an earlier one and not the other way round.
    for root in start.chain(trace.nodes.iter().rev()) {
        if !written.contains(&root.position) {
            write_below(output, &graph, root.position, &mut written)?;
        }
    }
    Ok(())
}

/// What stands below each event, in order: its causes, or those of the trace that rest on it.
fn below(trace: &Trace, direction: Direction) -> HashMap<u64, Vec<u64>> {
    let nodes = trace.nodes.iter();
    if direction == Direction::Causes {
        return nodes.map(|node| (node.position, causes(node))).collect();
    }
    let mut below: HashMap<u64, Vec<u64>> = HashMap::new();
    // Effects come oldest first.
    for node in nodes {
        for cause in &node.causes {
            below.entry(*cause).or_default().push(node.position);
        }
    }
    below
}

fn write_below(
    output: &mut Output<'_>,
    graph: &Graph<'_>,
    root: u64,
    written: &mut HashSet<u64>,
) -> io::Result<()> {
    let mut branches = vec![Branch {
        position: root,
        indent: String::new(),
        is_last: None,
    }];
    while let Some(Branch {
        position,
        indent,
        is_last,
    }) = branches.pop()
    {
        let (branch, passing) = match is_last {
            None => ("", ""),
            Some(false) => ("├─ ", "│  "),
            Some(true) => ("└─ ", "   "),
        };
        let Some(node) = graph.nodes.get(&position) else {
            output.line(format_args!("{indent}{branch}{position} (cut off)"))?;
            continue;
        };
        let kind = name::<v1::EventKind>(node.kind);
        if !written.insert(position) {
            output.line(format_args!("{indent}{branch}↑ {position} {kind}"))?;
            continue;
        }
        output.line(format_args!(
            "{indent}{branch}{position} {kind} {} {}",
            show::date(node.occurred_date),
            node.summary
        ))?;
        let indent = format!("{indent}{passing}");
        let below = graph.below.get(&position).map_or(&[][..], Vec::as_slice);
        // The last one goes onto the stack first, so that the first comes off first.
        for (from_last, position) in below.iter().rev().enumerate() {
            let is_last = Some(from_last == 0);
            branches.push(Branch {
                position: *position,
                indent: indent.clone(),
                is_last,
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use ledger_client::Trace;

    use super::super::diamond;
    use super::*;

    #[test]
    fn every_event_stands_once_and_is_referred_to_after_that() {
        let mut written = Vec::new();
        write(
            &mut Output::new(&mut written, false),
            &diamond(),
            Direction::Causes,
        )
        .unwrap();
        expect![[r#"
            90 clawback-decided 2021-03-01 claws back 14000.00 yuan
            ├─ 80 finding-made 2021-03-01 finds "false training"
            │  ├─ 9 (cut off)
            │  └─ 7 class-approved 2021-03-01 approves a class
            │     └─ 1 policy-published 2021-03-01 publishes 001
            └─ 40 disbursement-ordered 2021-03-01 orders 14000.00 yuan
               ├─ ↑ 7 class-approved
               └─ ↑ 1 policy-published
            91 repayment-received 2021-03-01 repays 1000.00 yuan
            └─ ↑ 90 clawback-decided
            92 repayment-received 2021-03-01 repays 2000.00 yuan
            └─ ↑ 90 clawback-decided
        "#]]
        .assert_eq(std::str::from_utf8(&written).unwrap());
    }

    #[test]
    fn what_rests_on_an_event_stands_below_it() {
        let mut trace = diamond();
        trace.nodes.reverse();
        for node in &mut trace.nodes {
            node.depth = u32::from(node.position != 1);
        }
        let mut written = Vec::new();
        write(
            &mut Output::new(&mut written, false),
            &trace,
            Direction::Effects,
        )
        .unwrap();
        expect![[r#"
            1 policy-published 2021-03-01 publishes 001
            └─ 7 class-approved 2021-03-01 approves a class
               ├─ 40 disbursement-ordered 2021-03-01 orders 14000.00 yuan
               │  └─ 90 clawback-decided 2021-03-01 claws back 14000.00 yuan
               │     ├─ 91 repayment-received 2021-03-01 repays 1000.00 yuan
               │     └─ 92 repayment-received 2021-03-01 repays 2000.00 yuan
               └─ 80 finding-made 2021-03-01 finds "false training"
                  └─ ↑ 90 clawback-decided
        "#]]
        .assert_eq(std::str::from_utf8(&written).unwrap());
    }

    #[test]
    fn a_long_chain_is_written_without_recursion() {
        let node = |position| v1::TraceNode {
            position,
            depth: u32::try_from(2_000 - position).unwrap(),
            causes: if position == 1 {
                Vec::new()
            } else {
                vec![position - 1]
            },
            ..Default::default()
        };
        let trace = Trace {
            nodes: (1..=2_000).rev().map(node).collect(),
            summary: v1::TraceSummary::default(),
        };
        let mut written = Vec::new();
        write(
            &mut Output::new(&mut written, false),
            &trace,
            Direction::Causes,
        )
        .unwrap();
        assert_eq!(written.iter().filter(|byte| **byte == b'\n').count(), 2_000);
    }

    #[test]
    fn an_empty_trace_is_nothing() {
        let trace = Trace {
            nodes: Vec::new(),
            summary: v1::TraceSummary::default(),
        };
        let mut written = Vec::new();
        write(
            &mut Output::new(&mut written, false),
            &trace,
            Direction::Causes,
        )
        .unwrap();
        assert!(written.is_empty());
    }
}
