//! `ledgerctl publicity`: the approved persons of a class shown to the public, and objections.

use clap::{Args, Subcommand};
use ledger_client::Client;
use ledger_proto::v1;
use ledger_proto::v1::command::Body;

use super::recording::Recording;
use crate::failure::Failure;
use crate::names::{self, Id};
use crate::output::Output;

/// Showing approvals to the public (公示).
#[derive(Debug, Subcommand)]
pub(crate) enum Publicity {
    /// Show the approved persons of a class.
    Open(Open),
    /// Object to what is shown.
    Object(Object),
    /// Decide on an objection.
    Resolve(Resolve),
    /// End the time of showing.
    Close(Close),
}

#[derive(Debug, Args)]
pub(crate) struct Open {
    /// The class.
    #[arg(value_parser = names::id)]
    class: Id,
    /// Where they are shown.
    #[arg(long, value_name = "TEXT")]
    place: String,
    #[command(flatten)]
    recording: Recording,
}

#[derive(Debug, Args)]
pub(crate) struct Object {
    /// The class.
    #[arg(value_parser = names::id)]
    class: Id,
    /// The opaque key of the person it is about; the whole class when it is not given.
    #[arg(long, value_name = "KEY", value_parser = names::id)]
    person: Option<Id>,
    /// The grounds.
    #[arg(long, value_name = "TEXT")]
    grounds: String,
    #[command(flatten)]
    recording: Recording,
}

#[derive(Debug, Args)]
pub(crate) struct Resolve {
    /// The class.
    #[arg(value_parser = names::id)]
    class: Id,
    /// Position of the objection.
    objection: u64,
    #[command(flatten)]
    decision: Decision,
    /// Why it is decided so.
    #[arg(long, value_name = "TEXT")]
    grounds: String,
    #[command(flatten)]
    recording: Recording,
}

/// How an objection is decided.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Decision {
    /// The objection was right.
    #[arg(long)]
    upheld: bool,
    /// It was not.
    #[arg(long)]
    dismissed: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Close {
    /// The class.
    #[arg(value_parser = names::id)]
    class: Id,
    #[command(flatten)]
    recording: Recording,
}

impl Publicity {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let (recording, body) = match self {
            Self::Open(open) => {
                let body = v1::OpenPublicity {
                    class_id: open.class.to_vec(),
                    place: open.place,
                };
                (open.recording, Body::OpenPublicity(body))
            }
            Self::Object(object) => {
                let body = v1::RaiseObjection {
                    class_id: object.class.to_vec(),
                    person_key: object.person.map(Id::to_vec).unwrap_or_default(),
                    grounds: object.grounds,
                };
                (object.recording, Body::RaiseObjection(body))
            }
            Self::Resolve(resolve) => {
                let body = v1::ResolveObjection {
                    class_id: resolve.class.to_vec(),
                    objection_position: resolve.objection,
                    upheld: resolve.decision.upheld,
                    grounds: resolve.grounds,
                };
                (resolve.recording, Body::ResolveObjection(body))
            }
            Self::Close(close) => {
                let class_id = close.class.to_vec();
                let body = v1::ClosePublicity { class_id };
                (close.recording, Body::ClosePublicity(body))
            }
        };
        recording.record(client, output, body).await
    }
}
