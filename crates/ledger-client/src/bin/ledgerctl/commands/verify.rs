//! `ledgerctl verify`: everything that the ledger holds on disk, read and checked.

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use ledger_client::json::to_json;
use ledger_client::{Client, ClientError};
use ledger_core::hex;
use ledger_proto::v1;

use crate::failure::Failure;
use crate::names::name;
use crate::output::Output;

/// Reads every record and every file of the running ledger, and checks them.
///
/// Every checksum, the order of the blocks, every leaf hash and the Merkle root. Nothing is changed
/// and the ledger is written to meanwhile. Every damaged position and file is listed, and the exit
/// code is 5. Interrupting it cancels the check.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Derive the state again from the log as well, and compare it with the live one.
    #[arg(long)]
    deep: bool,
    /// Bytes read per second at most; the server's own bound holds in any case.
    #[arg(long, value_name = "BYTES", default_value_t = 0)]
    rate: u64,
}

impl Verify {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let request = v1::VerifyRequest {
            deep: self.deep,
            bytes_per_second: self.rate,
        };
        let mut progress = client.verify(request).await?;
        // It draws on standard error, and only when that is a terminal.
        let bar = ProgressBar::new(0).with_style(style());
        let mut last = None;
        while let Some(state) = progress.next().await? {
            bar.set_length(state.target_position);
            bar.set_position(state.position);
            bar.set_message(name::<v1::VerifyPhase>(state.phase));
            last = Some(state);
        }
        bar.finish_and_clear();
        let last = last.ok_or(ClientError::BrokenAnswer("a check ended without a word"))?;
        match output.is_json() {
            true => output.json(&to_json(&last))?,
            false => show_end(output, &last)?,
        }
        match v1::VerifyPhase::try_from(last.phase) {
            Ok(v1::VerifyPhase::Whole) => Ok(()),
            Ok(v1::VerifyPhase::Damaged) => Err(Failure::Damaged),
            _ => Err(ClientError::BrokenAnswer("a check ended in the middle").into()),
        }
    }
}

fn show_end(output: &mut Output<'_>, last: &v1::VerifyProgress) -> Result<(), Failure> {
    output.line(format_args!(
        "{}: {} records up to position {}, {} entries beside them, {} bytes in {} files, {} keys \
         compared, {} problems",
        name::<v1::VerifyPhase>(last.phase),
        last.record_count,
        last.position,
        last.entry_count,
        last.bytes_read,
        last.file_count,
        last.compared_keys,
        last.problem_count,
    ))?;
    if !last.merkle_root.is_empty() {
        output.line(format_args!(
            "Merkle root {}",
            hex::encode(&last.merkle_root)
        ))?;
    }
    for problem in &last.problems {
        let place = match (problem.first_position, problem.last_position) {
            (0, _) => problem.table.clone(),
            (first, last) if first == last => format!("position {first}"),
            (first, last) => format!("positions {first} to {last}"),
        };
        output.line(format_args!("{place}: {}", problem.description))?;
    }
    let listed = u64::try_from(last.problems.len()).unwrap_or(u64::MAX);
    match last.problem_count.saturating_sub(listed) {
        0 => Ok(()),
        rest => Ok(output.line(format_args!("and {rest} more"))?),
    }
}

fn style() -> ProgressStyle {
    let template = "{msg}  {pos} of {len}  {bar:40}";
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
