//! `ledgerctl refusals`: refused commands.

use clap::Args;
use ledger_client::Client;
use ledger_client::json::to_json;
use ledger_proto::v1;

use crate::failure::Failure;
use crate::output::Output;
use crate::show;
use crate::when::Bound;

/// Lists refused commands, oldest first.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  ledgerctl refusals --reason YEARLY_QUOTA_USED --from 2021-01-01 --to 2021-12-31")]
pub(crate) struct ListRefusals {
    /// Only this reason, in UPPER_SNAKE.
    #[arg(long, default_value = "")]
    reason: String,
    /// Recorded from this day (China) or time.
    #[arg(long, value_name = "BOUND", value_parser = Bound::parse)]
    from: Option<Bound>,
    /// Recorded up to this day, inclusive, or before this time.
    #[arg(long, value_name = "BOUND", value_parser = Bound::parse)]
    to: Option<Bound>,
    /// Most refusals; 0 for all.
    #[arg(long, default_value_t = 100)]
    limit: u64,
}

impl ListRefusals {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        if [self.from, self.to]
            .into_iter()
            .flatten()
            .any(|bound| bound.position().is_some())
        {
            let message = "refusals are outside the log: give a day or a time, not a position";
            return Err(Failure::Usage(message.to_owned()));
        }
        let mut request = v1::ListRefusalsRequest {
            reason: self.reason,
            from_time: self.from.and_then(Bound::start_time),
            to_time: self.to.and_then(Bound::end_time),
            ..Default::default()
        };
        let most = if self.limit == 0 {
            u64::MAX
        } else {
            self.limit
        };
        let mut count = 0_u64;
        loop {
            let page = client.list_refusals(request.clone()).await?;
            let found = u64::try_from(page.refusals.len()).unwrap_or(u64::MAX);
            let room = most.saturating_sub(count);
            for refused in &page.refusals {
                if count == most {
                    break;
                }
                count = count.saturating_add(1);
                match output.is_json() {
                    true => output.json_line(&to_json(refused))?,
                    false => show_refused(output, refused)?,
                }
            }
            if count < most && !page.next_page_token.is_empty() {
                request.page_token = page.next_page_token;
                continue;
            }
            if found > room || !page.next_page_token.is_empty() {
                output.message(format_args!("more than {count}; --limit 0 shows all"));
            }
            if !output.is_json() {
                let total = page.total_count;
                output.line(format_args!("{count} shown, {total} refusals on record"))?;
            }
            return Ok(());
        }
    }
}

fn show_refused(output: &mut Output<'_>, refused: &v1::RecordedRefusal) -> Result<(), Failure> {
    let Some(refusal) = &refused.refusal else {
        return Ok(());
    };
    let what = format!(
        "{:>8}  {}  {} of {} by {} ({}): ",
        refused.refusal_number,
        show::time(refused.recorded_time),
        refused.command,
        show::date(refused.occurred_date),
        refused.actor,
        refused.source_system
    );
    Ok(show::refusal(output, &what, refusal)?)
}
