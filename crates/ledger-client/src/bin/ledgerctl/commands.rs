//! The commands of the tool, one file each.

mod account;
mod accounts;
mod annul;
mod append;
mod award;
mod backup;
mod backups;
mod certificate;
mod claim;
mod class;
mod disbursement;
mod eligible;
mod events;
mod explain;
mod follow;
mod fund;
mod import;
mod numbers;
mod order;
mod penalty;
mod person;
mod policy;
mod publicity;
mod quota;
mod rebuild;
mod recording;
mod refusals;
mod report;
mod request;
mod simulate;
mod statement;
mod status;
mod trace;
mod verify;

use clap::Subcommand;
use ledger_client::Client;

use crate::failure::Failure;
use crate::output::Output;

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Append commands from a file of JSON, as one request.
    Append(append::Append),
    /// Import enrolments, certificates or employment from a CSV file.
    Import(import::Import),
    /// Check, publish, list, read and withdraw policy documents.
    #[command(subcommand)]
    Policy(policy::Policy),
    /// Open an account and record money that comes in.
    #[command(subcommand)]
    Fund(fund::Fund),
    /// Make persons known and declare their statuses.
    #[command(subcommand)]
    Person(person::Person),
    /// Raise, list, select, accept and purchase training orders (五单式).
    #[command(subcommand)]
    Order(order::Order),
    /// Claim subsidies.
    #[command(subcommand)]
    Claim(claim::Claim),
    /// Show approvals to the public, and decide on objections (公示).
    #[command(subcommand)]
    Publicity(publicity::Publicity),
    /// Approve, pay, revoke and show awards and grants (奖补).
    #[command(subcommand)]
    Award(award::Award),
    /// Take a wrong fact back: it never was.
    Annul(annul::Annul),
    /// Impose a penalty beside a clawback.
    Penalty(penalty::Penalty),
    /// Show how much of a person's yearly quota is used, and by which events.
    Quota(quota::Quota),
    /// Tell whether a subsidy would be approved, how much, and what stands against it.
    Eligible(eligible::Eligible),
    /// Tell why a payment, an approval or a refusal was decided as it was.
    Explain(explain::Explain),
    /// Replay history under a draft of a policy document, and tell what it would have changed.
    Simulate(simulate::Simulate),
    /// Show a class, or approve one.
    Class(class::Class),
    /// Show a certificate, or verify one.
    Certificate(certificate::Certificate),
    /// Show a disbursement with its lines.
    Disbursement(disbursement::Disbursement),
    /// Show the balances of an account.
    Account(account::Account),
    /// Show all accounts and the trial balance.
    Accounts(accounts::Accounts),
    /// Show an account entry by entry, with running balances.
    Statement(statement::Statement),
    /// Read events.
    Events(events::Events),
    /// Follow the log: what is there, then what comes.
    Follow(follow::Follow),
    /// Show every event behind a clawback or another event, or what rests on one.
    Trace(trace::TraceEvents),
    /// List refused commands: an attempt is evidence.
    Refusals(refusals::ListRefusals),
    /// Report what was reached of the targets of the policy documents.
    #[command(subcommand)]
    Report(report::Report),
    /// Take a backup into the folder that the server's configuration names.
    Backup(backup::TakeBackup),
    /// List the backups in that folder.
    Backups(backups::ListBackups),
    /// Read and check everything that the ledger holds on disk.
    Verify(verify::Verify),
    /// Rebuild everything derived from the log, and compare it with the live state.
    Rebuild(rebuild::Rebuild),
    /// Show the state of the server.
    Status(status::Status),
}

impl Command {
    /// Does what needs no server; gives the command back when it needs one.
    pub(crate) fn run_offline(self, output: &mut Output<'_>) -> Result<Option<Self>, Failure> {
        match self {
            Self::Policy(policy::Policy::Check(check)) if !check.needs_server() => {
                check.run(output).map(|()| None)
            }
            Self::Policy(policy::Policy::New) => {
                Ok(output.text(ledger_policy::template()).map(|()| None)?)
            }
            other => Ok(Some(other)),
        }
    }

    /// Does what needs a server.
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        match self {
            Self::Append(command) => command.run(client, output).await,
            Self::Import(command) => command.run(client, output).await,
            Self::Policy(command) => command.run(client, output).await,
            Self::Fund(command) => command.run(client, output).await,
            Self::Person(command) => command.run(client, output).await,
            Self::Order(command) => command.run(client, output).await,
            Self::Claim(command) => command.run(client, output).await,
            Self::Publicity(command) => command.run(client, output).await,
            Self::Award(command) => command.run(client, output).await,
            Self::Annul(command) => command.run(client, output).await,
            Self::Penalty(command) => command.run(client, output).await,
            Self::Quota(command) => command.run(client, output).await,
            Self::Eligible(command) => command.run(client, output).await,
            Self::Explain(command) => command.run(client, output).await,
            Self::Simulate(command) => command.run(client, output).await,
            Self::Class(command) => command.run(client, output).await,
            Self::Certificate(command) => command.run(client, output).await,
            Self::Disbursement(command) => command.run(client, output).await,
            Self::Account(command) => command.run(client, output).await,
            Self::Accounts(command) => command.run(client, output).await,
            Self::Statement(command) => command.run(client, output).await,
            Self::Events(command) => command.run(client, output).await,
            Self::Follow(command) => command.run(client, output).await,
            Self::Trace(command) => command.run(client, output).await,
            Self::Refusals(command) => command.run(client, output).await,
            Self::Report(command) => command.run(client, output).await,
            Self::Backup(command) => command.run(client, output).await,
            Self::Backups(command) => command.run(client, output).await,
            Self::Verify(command) => command.run(client, output).await,
            Self::Rebuild(command) => command.run(client, output).await,
            Self::Status(command) => command.run(client, output).await,
        }
    }
}
