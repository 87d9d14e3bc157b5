//! A trace as a graph for Graphviz.

use std::io;

use ledger_client::Trace;
use ledger_proto::v1;

use super::causes;
use crate::names::name;
use crate::output::Output;
use crate::show;

/// Writes one node per event and one edge from each event to what it rests on; the edge to the
/// policy whose rules were applied is dashed.
pub(super) fn write(output: &mut Output<'_>, trace: &Trace) -> io::Result<()> {
    output.line("digraph trace {")?;
    output.line("  rankdir=TB; node [shape=box, fontname=\"sans-serif\"];")?;
    for node in &trace.nodes {
        let label = format!(
            "{} {}\n{}\n{}",
            node.position,
            name::<v1::EventKind>(node.kind),
            show::date(node.occurred_date),
            node.summary
        );
        output.line(format_args!(
            "  e{} [label=\"{}\"];",
            node.position,
            escape(&label)
        ))?;
    }
    for node in &trace.nodes {
        for cause in causes(node) {
            let style = if cause == node.policy_position {
                " [style=dashed]"
            } else {
                ""
            };
            output.line(format_args!("  e{} -> e{cause}{style};", node.position))?;
        }
    }
    output.line("}")
}

/// Escapes what ends or changes a quoted string of the language.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::diamond;
    use super::*;

    #[test]
    fn a_diamond_has_each_event_and_each_edge_once() {
        let mut written = Vec::new();
        write(&mut Output::new(&mut written, false), &diamond()).unwrap();
        expect![[r#"
            digraph trace {
              rankdir=TB; node [shape=box, fontname="sans-serif"];
              e92 [label="92 repayment-received\n2021-03-01\nrepays 2000.00 yuan"];
              e91 [label="91 repayment-received\n2021-03-01\nrepays 1000.00 yuan"];
              e90 [label="90 clawback-decided\n2021-03-01\nclaws back 14000.00 yuan"];
              e80 [label="80 finding-made\n2021-03-01\nfinds \"false training\""];
              e40 [label="40 disbursement-ordered\n2021-03-01\norders 14000.00 yuan"];
              e7 [label="7 class-approved\n2021-03-01\napproves a class"];
              e1 [label="1 policy-published\n2021-03-01\npublishes 001"];
              e92 -> e90;
              e91 -> e90;
              e90 -> e80;
              e90 -> e40;
              e80 -> e9;
              e80 -> e7;
              e40 -> e7;
              e40 -> e1 [style=dashed];
              e7 -> e1 [style=dashed];
            }
        "#]]
        .assert_eq(std::str::from_utf8(&written).unwrap());
    }

    #[test]
    fn quotes_and_backslashes_cannot_end_a_label() {
        assert_eq!(escape("a\"];\\ \n"), "a\\\"];\\\\ \\n");
    }
}
