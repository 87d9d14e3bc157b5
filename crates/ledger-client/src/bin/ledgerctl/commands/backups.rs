//! `ledgerctl backups`: the backups that there are.

use clap::Args;
use comfy_table::Table;
use ledger_client::Client;
use ledger_client::json::to_json;
use ledger_proto::v1;

use crate::failure::Failure;
use crate::output::{Output, table};
use crate::show;

/// Lists the backups in the folder that the server's configuration names, oldest first.
///
/// Each file is looked for and its length is checked. Restoring reads and checks everything; so
/// does `ledger-server backups --check`.
#[derive(Debug, Args)]
pub(crate) struct ListBackups {}

impl ListBackups {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let listed = client.list_backups(v1::ListBackupsRequest {}).await?;
        if output.is_json() {
            return Ok(output.json(&to_json(&listed))?);
        }
        output.table(&table_of(&listed.backups))?;
        for backup in &listed.backups {
            for flaw in &backup.flaws {
                output.line(format_args!(
                    "backup {}: {} {}",
                    backup.number, flaw.file, flaw.description
                ))?;
            }
        }
        Ok(output.line(format_args!("{} bytes are free", listed.free_bytes))?)
    }
}

/// Backups as a table.
pub(super) fn table_of(backups: &[v1::Backup]) -> Table {
    let mut shown = table(&[
        "backup>",
        "state",
        "time",
        "position>",
        "bytes>",
        "files>",
        "epoch>",
        "ledger",
    ]);
    for backup in backups {
        let state = match backup.is_whole {
            true => "whole",
            false => "NOT WHOLE",
        };
        let epoch = backup.epoch.as_ref().map_or(0, |epoch| epoch.number);
        shown.add_row([
            backup.number.to_string(),
            state.to_owned(),
            show::time(backup.backup_time),
            backup.log_position.to_string(),
            backup.size_bytes.to_string(),
            backup.file_count.to_string(),
            show::position(epoch),
            show::text(&backup.ledger_id),
        ]);
    }
    shown
}
