//! `ledgerctl person`: an opaque key made known, and the statuses that decide about money.

use clap::{Args, Subcommand};
use ledger_client::Client;
use ledger_core::BusinessDate;
use ledger_proto::v1;
use ledger_proto::v1::command::Body;

use super::recording::Recording;
use crate::failure::Failure;
use crate::names::{self, Id};
use crate::output::Output;
use crate::when;

/// Persons, by their opaque keys only.
#[derive(Debug, Subcommand)]
pub(crate) enum Person {
    /// Make a key known.
    Register(Register),
    /// Declare a status with its validity and source.
    Declare(Declare),
    /// End a status that was declared open-ended or too long.
    End(End),
}

#[derive(Debug, Args)]
pub(crate) struct Register {
    /// The opaque key.
    #[arg(value_parser = names::id)]
    person: Id,
    #[command(flatten)]
    recording: Recording,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledgerctl person declare 0190a3b2-0000-7000-8000-000000000002 --group graduating-student \\
      --from 2021-09-01 --until 2022-08-31 --source 学籍信息
  ledgerctl person declare 0190a3b2-0000-7000-8000-000000000002 --insured \\
      --from 2020-01-01 --source 失业保险参保信息")]
pub(crate) struct Declare {
    /// The opaque key.
    #[arg(value_parser = names::id)]
    person: Id,
    #[command(flatten)]
    status: Status,
    /// First day on which it holds.
    #[arg(long, value_name = "DATE", value_parser = when::date)]
    from: BusinessDate,
    /// Last day on which it holds; open-ended when it is not given.
    #[arg(long, value_name = "DATE", value_parser = when::date)]
    until: Option<BusinessDate>,
    /// The register or document that says so.
    #[arg(long)]
    source: String,
    #[command(flatten)]
    recording: Recording,
}

#[derive(Debug, Args)]
pub(crate) struct End {
    /// The opaque key.
    #[arg(value_parser = names::id)]
    person: Id,
    #[command(flatten)]
    status: Status,
    /// Last day on which it holds.
    #[arg(long, value_name = "DATE", value_parser = when::date)]
    until: BusinessDate,
    /// The register or document that says so.
    #[arg(long)]
    source: String,
    #[command(flatten)]
    recording: Recording,
}

/// Which status.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Status {
    /// Draws a monthly pension.
    #[arg(long)]
    pension: bool,
    /// Is resident in the division.
    #[arg(long, value_name = "DIVISION", value_parser = names::division)]
    residence: Option<u32>,
    /// Belongs to a group that a document names.
    #[arg(long, value_parser = names::parse::<v1::Group>)]
    group: Option<v1::Group>,
    /// Is insured against unemployment.
    #[arg(long)]
    insured: bool,
    /// Is so many whole years old.
    #[arg(long, value_name = "YEARS", value_parser = clap::value_parser!(u32).range(..=255))]
    age: Option<u32>,
    /// Is of a sex, where a document sets different ages.
    #[arg(long, value_parser = names::parse::<v1::Sex>)]
    sex: Option<v1::Sex>,
    /// Graduates in the calendar year.
    #[arg(long, value_name = "YEAR")]
    graduates_in: Option<u32>,
}

impl Status {
    fn to_message(&self) -> v1::PersonStatus {
        use v1::PersonStatusKind as Kind;
        let kind = match self {
            Self { pension: true, .. } => Kind::Pension,
            Self {
                residence: Some(_), ..
            } => Kind::Residence,
            Self { group: Some(_), .. } => Kind::Group,
            Self { insured: true, .. } => Kind::UnemploymentInsured,
            Self { age: Some(_), .. } => Kind::Age,
            Self { sex: Some(_), .. } => Kind::Sex,
            _ => Kind::GraduatesIn,
        };
        v1::PersonStatus {
            kind: kind.into(),
            division: self.residence.unwrap_or(0),
            group: self.group.unwrap_or_default().into(),
            age: self.age,
            sex: self.sex.unwrap_or_default().into(),
            graduation_year: self.graduates_in,
        }
    }
}

impl Person {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let (recording, body) = match self {
            Self::Register(register) => {
                let person_key = register.person.to_vec();
                let body = v1::RegisterPerson { person_key };
                (register.recording, Body::RegisterPerson(body))
            }
            Self::Declare(declare) => {
                let body = v1::DeclarePersonStatus {
                    person_key: declare.person.to_vec(),
                    status: Some(declare.status.to_message()),
                    valid_from_date: when::message(declare.from),
                    valid_until_date: declare.until.and_then(when::message),
                    source: declare.source,
                };
                (declare.recording, Body::DeclarePersonStatus(body))
            }
            Self::End(end) => {
                let body = v1::EndPersonStatus {
                    person_key: end.person.to_vec(),
                    status: Some(end.status.to_message()),
                    valid_until_date: when::message(end.until),
                    source: end.source,
                };
                (end.recording, Body::EndPersonStatus(body))
            }
        };
        recording.record(client, output, body).await
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use ledger_proto::from_proto::person_status_from_proto;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        status: Status,
    }

    /// The contract reads every status that the command line writes.
    #[test]
    fn every_status_is_one_of_the_contract() {
        for (option, expected) in [
            ("--pension", "Pension"),
            ("--residence=370100", "Residence(Division(370100))"),
            ("--group=migrant-worker", "Group(MigrantWorker)"),
            ("--insured", "UnemploymentInsured"),
            ("--age=30", "Age(30)"),
            ("--sex=female", "Sex(Female)"),
            ("--graduates-in=2025", "GraduatesIn(2025)"),
        ] {
            let line = Line::try_parse_from(["person", option]).unwrap();
            let status = person_status_from_proto(Some(&line.status.to_message()));
            assert_eq!(format!("{:?}", status.unwrap()), expected);
        }
        for wrong in [&["person"][..], &["person", "--pension", "--insured"]] {
            assert!(Line::try_parse_from(wrong).is_err(), "{wrong:?}");
        }
    }
}
