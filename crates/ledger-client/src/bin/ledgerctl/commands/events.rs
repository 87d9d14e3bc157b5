//! `ledgerctl events`: a range of the log.

use clap::Args;
use ledger_client::json::to_json;
use ledger_client::{Client, ClientError};
use ledger_core::hex;
use ledger_proto::v1;
use ledger_proto::v1::tag::Value as Tag;
use prost::Message as _;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::names::{self, Id, name};
use crate::output::Output;
use crate::show;
use crate::when::Bound;

/// Reads events; all filters have to fit.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledgerctl events --person 0190a3b2-0000-7000-8000-000000000002
  ledgerctl events --kind clawback-decided --kind repayment-received --from 2021-01-01
  ledgerctl events --class 0190a3b2-0000-7000-8000-000000000001 --backward --limit 1 --json")]
pub(crate) struct Events {
    #[command(flatten)]
    filter: Filter,
    /// From this position (1234), day (2021-03-01, China) or time of recording.
    #[arg(long, value_name = "BOUND", value_parser = Bound::parse)]
    from: Option<Bound>,
    /// Up to this position or day, inclusive, or before this time.
    #[arg(long, value_name = "BOUND", value_parser = Bound::parse)]
    to: Option<Bound>,
    /// The epoch that the reader follows, by number or identifier. Behind a fork at which it ended
    /// the range is refused, and not answered with other events.
    #[arg(long, value_name = "EPOCH", value_parser = names::epoch)]
    epoch: Option<v1::Epoch>,
    /// Newest first.
    #[arg(long)]
    backward: bool,
    /// Most events; 0 for all.
    #[arg(long, default_value_t = 100)]
    limit: u64,
}

/// Which events.
#[derive(Debug, Args)]
pub(super) struct Filter {
    /// About this person, by the opaque key.
    #[arg(long, value_name = "KEY", value_parser = names::id)]
    person: Option<Id>,
    /// About this class.
    #[arg(long, value_name = "ID", value_parser = names::id)]
    class: Option<Id>,
    /// About this body, by its unified social credit code.
    #[arg(long, value_name = "CODE")]
    institution: Option<String>,
    /// About this certificate.
    #[arg(long, value_name = "NUMBER")]
    certificate: Option<String>,
    /// About this division.
    #[arg(long, value_name = "CODE", value_parser = names::division)]
    division: Option<u32>,
    /// About this disbursement.
    #[arg(long, value_name = "ID", value_parser = names::id)]
    disbursement: Option<Id>,
    /// About this case.
    #[arg(long, value_name = "ID", value_parser = names::id)]
    case: Option<Id>,
    /// About this clawback.
    #[arg(long, value_name = "ID", value_parser = names::id)]
    clawback: Option<Id>,
    /// About this award.
    #[arg(long, value_name = "ID", value_parser = names::id)]
    award: Option<Id>,
    /// About this training order.
    #[arg(long, value_name = "ID", value_parser = names::id)]
    order: Option<Id>,
    /// Of this kind, such as subsidy-approved; may be repeated.
    #[arg(long, value_parser = names::parse::<v1::EventKind>)]
    kind: Vec<v1::EventKind>,
}

impl Filter {
    pub(super) fn to_message(&self) -> v1::EventFilter {
        let tags = [
            self.person.map(|id| Tag::PersonKey(id.to_vec())),
            self.class.map(|id| Tag::ClassId(id.to_vec())),
            self.institution.clone().map(Tag::Institution),
            self.certificate.clone().map(Tag::CertificateNumber),
            self.division.map(Tag::Division),
            self.disbursement.map(|id| Tag::DisbursementId(id.to_vec())),
            self.case.map(|id| Tag::CaseId(id.to_vec())),
            self.clawback.map(|id| Tag::ClawbackId(id.to_vec())),
            self.award.map(|id| Tag::AwardId(id.to_vec())),
            self.order.map(|id| Tag::OrderId(id.to_vec())),
        ];
        v1::EventFilter {
            tags: tags
                .into_iter()
                .flatten()
                .map(|tag| v1::Tag { value: Some(tag) })
                .collect(),
            kinds: self.kind.iter().map(|kind| (*kind).into()).collect(),
        }
    }
}

impl Events {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let direction = match self.backward {
            true => v1::ReadDirection::Backward,
            false => v1::ReadDirection::Forward,
        };
        let request = v1::ReadEventsRequest {
            filter: Some(self.filter.to_message()),
            from_position: self.from.and_then(Bound::position).unwrap_or_default(),
            to_position: self.to.and_then(Bound::position).unwrap_or_default(),
            from_time: self.from.and_then(Bound::start_time),
            to_time: self.to.and_then(Bound::end_time),
            direction: direction.into(),
            limit: self.limit,
            at_least_position: 0,
            epoch: self.epoch,
        };
        let mut events = client.read_events(request).await?;
        let mut count = 0_u64;
        while let Some(event) = events.next().await? {
            show_event(output, &event)?;
            count = count.saturating_add(1);
        }
        if count > 0 && count == self.limit {
            output.message(format_args!(
                "the first {count} events; --limit 0 shows all"
            ));
        }
        Ok(())
    }
}

/// Shows an event on a line: what it is, when, about what, and the money it moves.
pub(super) fn show_event(
    output: &mut Output<'_>,
    envelope: &v1::EventEnvelope,
) -> Result<(), Failure> {
    let event = v1::RecordedEvent::decode(envelope.recorded_event.as_slice())
        .map_err(|_malformed| ClientError::BrokenAnswer("an event cannot be decoded"))?;
    match output.is_json() {
        true => output.json_line(&event_json(envelope, &event))?,
        false => output.line(event_line(&event))?,
    }
    Ok(())
}

/// The event, with its exact stored bytes and the hash over them: whoever has these needs neither
/// this program nor the contract to check the hash (RFC 6962, section 2.1).
fn event_json(envelope: &v1::EventEnvelope, event: &v1::RecordedEvent) -> Value {
    json!({
        "position": envelope.position,
        "leafHash": hex::encode(&envelope.leaf_hash),
        "storedBytes": hex::encode(&envelope.recorded_event),
        "recordedEvent": to_json(event),
    })
}

fn event_line(event: &v1::RecordedEvent) -> String {
    let money = match moved_fen(event) {
        0 => String::new(),
        fen => format!("{} yuan  ", show::yuan(fen)),
    };
    format!(
        "{:>10}  {}  {:22}  {money}{}",
        event.position,
        show::date(event.occurred_date),
        name::<v1::EventKind>(event.kind),
        show::tags(&event.tags)
    )
}

/// The sum of the debits of an event, which equals that of its credits.
fn moved_fen(event: &v1::RecordedEvent) -> i64 {
    let debits = event
        .postings
        .iter()
        .filter(|line| line.side == i32::from(v1::Side::Debit));
    debits.fold(0, |sum, line| sum.saturating_add(line.amount_fen))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    fn event() -> v1::RecordedEvent {
        let posting = |side: v1::Side| v1::Posting {
            account: None,
            side: side.into(),
            amount_fen: 1_400_000,
            balance_after_fen: 0,
        };
        v1::RecordedEvent {
            position: 77,
            kind: v1::EventKind::DisbursementOrdered.into(),
            occurred_date: Some(v1::Date {
                year: 2021,
                month: 12,
                day: 1,
            }),
            tags: vec![
                v1::Tag {
                    value: Some(Tag::DisbursementId(vec![1; 16])),
                },
                v1::Tag {
                    value: Some(Tag::Institution("52370100MJE0000012".to_owned())),
                },
                v1::Tag {
                    value: Some(Tag::Division(370_100)),
                },
            ],
            postings: vec![posting(v1::Side::Debit), posting(v1::Side::Credit)],
            ..Default::default()
        }
    }

    #[test]
    fn an_event_is_one_line() {
        expect!["        77  2021-12-01  disbursement-ordered    14000.00 yuan  disbursement 01010101-0101-0101-0101-010101010101, institution 52370100MJE0000012, division 370100"].assert_eq(&event_line(&event()));
    }

    #[test]
    fn a_program_gets_the_hash_with_the_event() {
        let envelope = v1::EventEnvelope {
            position: 77,
            recorded_event: event().encode_to_vec(),
            leaf_hash: vec![0xab; 32],
        };
        let mut written = Vec::new();
        show_event(&mut Output::new(&mut written, true), &envelope).unwrap();
        let json: Value = serde_json::from_slice(&written).unwrap();
        assert_eq!(json["leafHash"], Value::from("ab".repeat(32)));
        assert_eq!(json["storedBytes"], hex::encode(&envelope.recorded_event));
        assert_eq!(
            json["recordedEvent"]["kind"],
            "EVENT_KIND_DISBURSEMENT_ORDERED"
        );
        let broken = v1::EventEnvelope {
            recorded_event: vec![0xff],
            ..envelope
        };
        assert!(show_event(&mut Output::new(&mut Vec::new(), true), &broken).is_err());
    }
}
