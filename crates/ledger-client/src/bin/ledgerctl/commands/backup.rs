//! `ledgerctl backup`: a backup of the running ledger.

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use ledger_client::json::to_json;
use ledger_client::{Client, ClientError};

use super::backups;
use crate::failure::Failure;
use crate::output::Output;

/// Takes a backup into the folder that the server's configuration names (backup.dir).
///
/// The ledger is written to meanwhile. What an earlier backup holds is not copied again.
/// Interrupting it leaves the earlier backups as they were.
#[derive(Debug, Args)]
pub(crate) struct TakeBackup {}

impl TakeBackup {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let mut progress = client.back_up().await?;
        // It draws on standard error, and only when that is a terminal.
        let bar = ProgressBar::new(0).with_style(style());
        let mut last = None;
        while let Some(state) = progress.next().await? {
            bar.set_length(state.bytes_total);
            bar.set_position(state.bytes_done);
            bar.set_message(format!(
                "{} of {} files",
                state.files_done, state.file_count
            ));
            last = Some(state);
        }
        bar.finish_and_clear();
        let ended = ClientError::BrokenAnswer("a backup ended without a word");
        let last = last.ok_or(ended)?;
        let ended = ClientError::BrokenAnswer("a backup ended in the middle");
        let backup = last.backup.as_ref().ok_or(ended)?;
        if output.is_json() {
            return Ok(output.json(&to_json(&last))?);
        }
        output.table(&backups::table_of(std::slice::from_ref(backup)))?;
        output.line(format_args!(
            "{} of {} bytes were copied, the rest is shared with earlier backups",
            last.bytes_done, backup.size_bytes
        ))?;
        if !last.removed_numbers.is_empty() {
            let removed: Vec<_> = last.removed_numbers.iter().map(u64::to_string).collect();
            output.line(format_args!("removed: {}", removed.join(", ")))?;
        }
        Ok(())
    }
}

fn style() -> ProgressStyle {
    let template = "{bytes} of {total_bytes}  {bar:40}  {msg}";
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
