//! `ledgerctl rebuild`: everything derived from the log, built again and compared.

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use ledger_client::json::to_json;
use ledger_client::{Client, ClientError};
use ledger_proto::v1;

use crate::failure::Failure;
use crate::names::name;
use crate::output::{Output, table};

/// Rebuilds everything derived from the log beside the live state, compares, and switches.
///
/// Any difference is an alarm: it is listed, the live state stays, and the exit code is 1.
/// Interrupting it cancels the rebuild and changes nothing.
#[derive(Debug, Args)]
pub(crate) struct Rebuild {
    /// Replace a live state that differs, or is damaged, by the rebuilt one. Look at the
    /// differences first: run it once without this. The server's log records it.
    #[arg(long)]
    accept_differences: bool,
}

impl Rebuild {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let mut progress = client.rebuild(self.accept_differences).await?;
        // It draws on standard error, and only when that is a terminal.
        let bar = ProgressBar::new(0).with_style(style());
        let mut last = None;
        while let Some(state) = progress.next().await? {
            bar.set_length(state.target_position);
            bar.set_position(state.position);
            bar.set_message(name::<v1::RebuildPhase>(state.phase));
            last = Some(state);
        }
        bar.finish_and_clear();
        let last = last.ok_or(ClientError::BrokenAnswer("a rebuild ended without a word"))?;
        match output.is_json() {
            true => output.json(&to_json(&last))?,
            false => show_end(output, &last)?,
        }
        match v1::RebuildPhase::try_from(last.phase) {
            Ok(v1::RebuildPhase::Switched | v1::RebuildPhase::Replaced) => Ok(()),
            Ok(v1::RebuildPhase::Different) => Err(Failure::RebuildDiffers),
            _ => Err(ClientError::BrokenAnswer("a rebuild ended in the middle").into()),
        }
    }
}

fn show_end(output: &mut Output<'_>, last: &v1::RebuildProgress) -> Result<(), Failure> {
    output.line(format_args!(
        "{}: {} events replayed at {} per second, {} keys compared, {} differences, {} unreadable",
        name::<v1::RebuildPhase>(last.phase),
        last.position,
        last.events_per_second,
        last.compared_keys,
        last.difference_count,
        last.unreadable_count
    ))?;
    if last.differences.is_empty() {
        return Ok(());
    }
    let mut differences = table(&["difference", "table", "key"]);
    for difference in &last.differences {
        differences.add_row([
            name::<v1::DifferenceKind>(difference.kind),
            difference.table.clone(),
            difference.key.clone(),
        ]);
    }
    Ok(output.table(&differences)?)
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{msg:10} [{bar:40}] {human_pos}/{human_len} {eta}")
        .expect("the template is a constant")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn differences_are_listed_key_by_key() {
        let _ = style();
        let last = v1::RebuildProgress {
            phase: v1::RebuildPhase::Different.into(),
            position: 1_000,
            target_position: 1_000,
            events_per_second: 500_000,
            compared_keys: 42,
            difference_count: 1,
            unreadable_count: 0,
            differences: vec![v1::RebuildDifference {
                table: "accounts".to_owned(),
                key: "370100 special-account cash".to_owned(),
                kind: v1::DifferenceKind::Changed.into(),
            }],
            log_position: 1_000,
        };
        let mut written = Vec::new();
        show_end(&mut Output::new(&mut written, false), &last).unwrap();
        expect![[r#"
            different: 1000 events replayed at 500000 per second, 42 keys compared, 1 differences, 0 unreadable
             difference   table      key
            ─────────────────────────────────────────────────────
             changed      accounts   370100 special-account cash
        "#]]
        .assert_eq(std::str::from_utf8(&written).unwrap());
    }
}
