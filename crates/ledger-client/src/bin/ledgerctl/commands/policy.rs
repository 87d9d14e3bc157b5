//! `ledgerctl policy`: begin, check policy documents, publish, list, read and withdraw them.

mod check;
mod publish;
mod published;
mod withdraw;

use clap::Subcommand;
use ledger_client::Client;

use crate::failure::Failure;
use crate::output::Output;

pub(crate) use check::Check;

/// Policy documents: the rules as data.
#[derive(Debug, Subcommand)]
pub(crate) enum Policy {
    /// Find what is wrong with documents before they are published; needs no server.
    Check(Check),
    /// Write a commented template of a document; needs no server.
    #[command(after_help = "\
Example:
  ledgerctl policy new > draft.toml

The keys are explained in docs/policy-format.md, in Chinese and in English.")]
    New,
    /// Publish documents, catalogues and rate tables; publishing the same text again does nothing.
    Publish(publish::Publish),
    /// List the published documents.
    List(published::List),
    /// Show a published document.
    Show(published::Show),
    /// Withdraw a published document from a day on; past decisions keep it.
    Withdraw(withdraw::Withdraw),
}

impl Policy {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        match self {
            Self::Check(check) => check.run_beside_published(client, output).await,
            Self::New => Ok(output.text(ledger_policy::template())?),
            Self::Publish(publish) => publish.run(client, output).await,
            Self::List(list) => list.run(client, output).await,
            Self::Show(show) => show.run(client, output).await,
            Self::Withdraw(withdraw) => withdraw.run(client, output).await,
        }
    }
}
