//! A trace as a tree in the terminal.

use std::collections::{HashMap, HashSet};
use std::io;

use ledger_client::Trace;
use ledger_proto::v1;

use super::causes;
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

/// Writes the clawback with everything below it, and then what rests on it, such as repayments.
/// Every event stands once, below the first that rests on it; where it is needed again, a
/// reference. The stack is explicit, because a chain may be longer than a thread's stack.
pub(super) fn write(output: &mut Output<'_>, trace: &Trace) -> io::Result<()> {
    let nodes: HashMap<u64, &v1::TraceNode> = trace
        .nodes
        .iter()
        .map(|node| (node.position, node))
        .collect();
    let mut written = HashSet::new();
    let clawback = trace.nodes.iter().filter(|node| node.depth == 0);
    // Oldest first: a later event refers to an earlier one and not the other way round.
    for root in clawback.chain(trace.nodes.iter().rev()) {
        if !written.contains(&root.position) {
            write_below(output, &nodes, root.position, &mut written)?;
        }
    }
    Ok(())
}

fn write_below(
    output: &mut Output<'_>,
    nodes: &HashMap<u64, &v1::TraceNode>,
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
        let (branch, below) = match is_last {
            None => ("", ""),
            Some(false) => ("├─ ", "│  "),
            Some(true) => ("└─ ", "   "),
        };
        let Some(node) = nodes.get(&position) else {
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
        let indent = format!("{indent}{below}");
        // The last cause goes onto the stack first, so that the first comes off first.
        for (from_last, cause) in causes(node).into_iter().rev().enumerate() {
            let is_last = Some(from_last == 0);
            branches.push(Branch {
                position: cause,
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
        write(&mut Output::new(&mut written, false), &diamond()).unwrap();
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
        write(&mut Output::new(&mut written, false), &trace).unwrap();
        assert_eq!(written.iter().filter(|byte| **byte == b'\n').count(), 2_000);
    }

    #[test]
    fn an_empty_trace_is_nothing() {
        let trace = Trace {
            nodes: Vec::new(),
            summary: v1::TraceSummary::default(),
        };
        let mut written = Vec::new();
        write(&mut Output::new(&mut written, false), &trace).unwrap();
        assert!(written.is_empty());
    }
}
