//! `ledgerctl status`: the state of the server.

use clap::Args;
use ledger_client::Client;
use ledger_client::json::to_json;
use ledger_core::hex;
use ledger_proto::v1;

use crate::failure::Failure;
use crate::names::name;
use crate::output::{Output, key_values};
use crate::show;

/// Shows the state of the server.
#[derive(Debug, Args)]
pub(crate) struct Status {}

impl Status {
    pub(crate) async fn run(self, client: &Client, output: &mut Output<'_>) -> Result<(), Failure> {
        let status = client.get_status(v1::GetStatusRequest {}).await?;
        if output.is_json() {
            return Ok(output.json(&to_json(&status))?);
        }
        show_status(output, &status)
    }
}

fn show_status(output: &mut Output<'_>, status: &v1::GetStatusResponse) -> Result<(), Failure> {
    let writes = match status.write_disabled_reason.as_str() {
        "" => "taken".to_owned(),
        reason => format!("REFUSED: {reason}"),
    };
    output.table(&key_values(&[
        ("ledger", show::text(&status.ledger_id)),
        ("version", status.version.clone()),
        ("started", show::time(status.start_time)),
        ("up", duration(status.uptime_seconds)),
        ("writes", writes),
        ("log position", status.log_position.to_string()),
        ("derived state at", status.projection_position.to_string()),
        (
            "formats",
            format!(
                "log {}, derived {}",
                status.log_format_version, status.projection_version
            ),
        ),
        ("Merkle tree", format!("{} events", status.merkle_tree_size)),
        ("Merkle root", hex::encode(&status.merkle_root)),
        ("refusals on record", status.refusal_count.to_string()),
        ("queue", status.queue_depth.to_string()),
        (
            "since the start",
            format!(
                "{} events in {} groups, {} syncs",
                status.appended_events, status.group_count, status.sync_count
            ),
        ),
        (
            "on disk",
            format!(
                "{} MB, of it {} MB log",
                megabytes(status.total_size_bytes),
                megabytes(status.log_size_bytes)
            ),
        ),
    ]))?;
    show_epochs(output, status)?;
    show_store(output, status)?;
    show_edge(output, status)?;
    let Some(limits) = status.limits else {
        return Ok(());
    };
    output.line(format_args!("limits:"))?;
    Ok(output.table(&key_values(&limits_of(limits)))?)
}

/// Every limit with its unit. Each field of the contract is named, so that a new one cannot be left
/// out.
#[expect(clippy::too_many_lines, reason = "one table")]
fn limits_of(limits: v1::Limits) -> Vec<(&'static str, String)> {
    let v1::Limits {
        message_bytes_max,
        commands_per_request_max,
        queue_depth_max,
        page_size_max,
        page_size_default,
        trace_events_max,
        streams_max,
        connections_max,
        connections_per_peer_max,
        handshakes_max,
        connection_setup_ms,
        descriptors_max,
        backup_bytes_per_second,
        verify_bytes_per_second,
        writes_headroom_bytes,
        shadow_headroom_bytes,
        spare_bytes_max,
        document_message_bytes_max,
        message_fields_max,
        receiving_bytes_max,
        receiving_bytes_per_peer_max,
        receive_ms,
        named_per_request_max,
        queue_commands_max,
        queue_bytes_max,
        reads_max,
        stream_reads_max,
        listen_backlog,
        stream_window_bytes,
        connection_window_bytes,
        question_bytes_max,
        explained_unasked_commands_max,
        streams_per_caller_max,
        reads_per_caller_max,
        stream_reads_per_caller_max,
        certificate_numbers_max,
    } = limits;
    vec![
        ("message", bytes(message_bytes_max)),
        ("message without commands", bytes(question_bytes_max)),
        (
            "message with policy documents",
            bytes(document_message_bytes_max),
        ),
        ("fields of a message", message_fields_max.to_string()),
        (
            "commands of a request",
            commands_per_request_max.to_string(),
        ),
        (
            "commands explained unasked",
            explained_unasked_commands_max.to_string(),
        ),
        (
            "certificate numbers of a question",
            certificate_numbers_max.to_string(),
        ),
        (
            "entities named by a request",
            named_per_request_max.to_string(),
        ),
        ("received at once", bytes(receiving_bytes_max)),
        (
            "received at once of one peer",
            bytes(receiving_bytes_per_peer_max),
        ),
        ("time of a message to arrive", format!("{receive_ms} ms")),
        ("sent ahead on a stream", bytes(stream_window_bytes)),
        ("sent ahead on a connection", bytes(connection_window_bytes)),
        (
            "requests waiting to be recorded",
            queue_depth_max.to_string(),
        ),
        (
            "commands waiting to be recorded",
            queue_commands_max.to_string(),
        ),
        ("bytes waiting to be recorded", bytes(queue_bytes_max)),
        ("streams", streams_max.to_string()),
        ("streams of one caller", streams_per_caller_max.to_string()),
        ("reads at once", reads_max.to_string()),
        ("of them pages of streams", stream_reads_max.to_string()),
        (
            "reads at once for one caller",
            reads_per_caller_max.to_string(),
        ),
        (
            "of them pages of streams",
            stream_reads_per_caller_max.to_string(),
        ),
        (
            "items of a page",
            format!("{page_size_default} unless asked, {page_size_max} at most"),
        ),
        ("events of a trace", trace_events_max.to_string()),
        ("connections", connections_max.to_string()),
        (
            "connections of one peer",
            connections_per_peer_max.to_string(),
        ),
        ("connections not set up", handshakes_max.to_string()),
        (
            "time to set up a connection",
            format!("{connection_setup_ms} ms"),
        ),
        (
            "connections waiting to be accepted",
            listen_backlog.to_string(),
        ),
        ("open files", descriptors_max.to_string()),
        ("copied by a backup", rate(backup_bytes_per_second)),
        ("read by a check", rate(verify_bytes_per_second)),
        ("free for recording", bytes(writes_headroom_bytes)),
        (
            "free beside a rebuild or simulation",
            bytes(shadow_headroom_bytes),
        ),
        ("kept for opening on a full disk", bytes(spare_bytes_max)),
    ]
}

/// Bytes without loss: in MiB or KiB where they are whole.
fn bytes(bytes: u64) -> String {
    const KIB: u64 = 1_024;
    const MIB: u64 = 1_024 * KIB;
    match bytes {
        0 => "0 bytes".to_owned(),
        _ if bytes.is_multiple_of(MIB) => format!("{} MiB", bytes / MIB),
        _ if bytes.is_multiple_of(KIB) => format!("{} KiB", bytes / KIB),
        _ => format!("{bytes} bytes"),
    }
}

fn rate(per_second: u64) -> String {
    match per_second {
        0 => "without a bound".to_owned(),
        _ => format!("{} per second", bytes(per_second)),
    }
}

/// Shows the epochs of the ledger, oldest first.
fn show_epochs(output: &mut Output<'_>, status: &v1::GetStatusResponse) -> Result<(), Failure> {
    for start in &status.epochs {
        let epoch = start.epoch.clone().unwrap_or_default();
        let reason = match v1::EpochReason::try_from(start.reason) {
            Ok(v1::EpochReason::Restored) => format!(
                "backup {} of {}, up to position {}, was restored",
                start.backup_number,
                show::time(start.backup_time),
                start.backup_position
            ),
            _ => name::<v1::EpochReason>(start.reason),
        };
        output.line(format_args!(
            "epoch {} {}: from position {}, since {}: {reason}",
            epoch.number,
            show::id(&epoch.id),
            start.first_position,
            show::time(start.start_time),
        ))?;
    }
    Ok(())
}

/// Shows the disk and the derived state, as far as the server tells.
fn show_store(output: &mut Output<'_>, status: &v1::GetStatusResponse) -> Result<(), Failure> {
    let (Some(store), Some(limits)) = (&status.store, &status.limits) else {
        return Ok(());
    };
    output.line(format_args!(
        "disk: {} MB free, {} MB spare of {}; nothing is recorded below {}, no rebuild or simulation \
         below {}",
        megabytes(store.free_bytes),
        megabytes(store.spare_bytes),
        megabytes(limits.spare_bytes_max),
        megabytes(limits.writes_headroom_bytes),
        megabytes(limits.shadow_headroom_bytes),
    ))?;
    if !store.damage.is_empty() {
        output.line(format_args!(
            "derived state is DAMAGED, rebuild it with --accept-differences: {}",
            store.damage
        ))?;
    }
    if store.accepted_rebuild_count > 0 {
        output.line(format_args!(
            "derived state that differed was replaced {} times since the start",
            store.accepted_rebuild_count
        ))?;
    }
    Ok(())
}

/// Shows connections, clock and TLS, as far as the server tells.
fn show_edge(output: &mut Output<'_>, status: &v1::GetStatusResponse) -> Result<(), Failure> {
    if let (Some(connections), Some(limits)) = (&status.connections, &status.limits) {
        output.line(format_args!(
            "connections: {} of {} ({} of one peer, {} not set up at most), {} not set up, {} \
             turned away, {} displaced, {} timed out; {} of {} files open",
            connections.open_count,
            limits.connections_max,
            limits.connections_per_peer_max,
            limits.handshakes_max,
            connections.opening_count,
            connections.refused_count,
            connections.displaced_count,
            connections.timed_out_count,
            connections.descriptor_count,
            limits.descriptors_max,
        ))?;
    }
    if let Some(clock) = &status.clock {
        output.line(format_args!(
            "clock: {}, last event {}",
            show::time(clock.time),
            show::time(clock.last_event_time)
        ))?;
        if !clock.problem.is_empty() {
            output.line(format_args!(
                "NOTHING IS RECORDED until the clock is right: {}",
                clock.problem
            ))?;
        }
    }
    show_certificate_key(output, status)?;
    let Some(tls) = &status.tls else {
        return Ok(());
    };
    output.line(format_args!(
        "TLS: loaded {}, certificate until {}, {} revocation lists",
        show::time(tls.load_time),
        show::time(tls.certificate_end_time),
        tls.revocation_list_count
    ))?;
    if !tls.trouble.is_empty() {
        output.line(format_args!(
            "TLS files that are there now are NOT IN USE: {}",
            tls.trouble
        ))?;
    }
    Ok(())
}

/// Shows by which key certificate numbers with an identity number are kept, as far as the server
/// tells.
fn show_certificate_key(
    output: &mut Output<'_>,
    status: &v1::GetStatusResponse,
) -> Result<(), Failure> {
    let Some(key) = &status.certificate_key else {
        return Ok(());
    };
    let kept = match key.mark.as_str() {
        "" => "REFUSED, no key is in use".to_owned(),
        mark => format!("kept by the key {mark}"),
    };
    output.line(format_args!(
        "certificate numbers with an identity number: {kept}"
    ))?;
    if !key.lost_marks.is_empty() {
        output.line(format_args!("    LOST: {}", key.lost_marks.join(", ")))?;
    }
    if !key.problem.is_empty() {
        output.line(format_args!("    {}", key.problem))?;
    }
    Ok(())
}

/// Megabytes with one decimal, rounded down.
fn megabytes(bytes: u64) -> String {
    format!("{}.{}", bytes / 1_000_000, bytes / 100_000 % 10)
}

fn duration(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    format!("{days} d {hours:02}:{minutes:02}:{:02}", seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use prost::Message as _;

    #[test]
    fn sizes_and_durations_are_readable() {
        assert_eq!(megabytes(1_250_000), "1.2");
        assert_eq!(megabytes(99_999), "0.0");
        assert_eq!(duration(90_061), "1 d 01:01:01");
    }

    #[test]
    fn every_limit_of_the_contract_is_shown_in_text_and_in_json() {
        // A message in which the field with number N holds 10,000 + N, for every N that there is.
        let varint = |mut number: u64| {
            let mut bytes = Vec::new();
            while number >= 0x80 {
                bytes.push(u8::try_from(number & 0x7f).unwrap() | 0x80);
                number >>= 7;
            }
            bytes.push(u8::try_from(number).unwrap());
            bytes
        };
        let fields = (1..1_000).flat_map(|n| [varint(n << 3), varint(10_000 + n)].concat());
        let limits = v1::Limits::decode(&*fields.collect::<Vec<u8>>()).unwrap();
        let status = v1::GetStatusResponse {
            limits: Some(limits),
            ..Default::default()
        };
        let json = to_json(&status);
        let in_json = json["limits"].as_object().unwrap();
        assert!(in_json.len() >= 30, "{json}");
        let mut written = Vec::new();
        show_status(&mut Output::new(&mut written, false), &status).unwrap();
        let text = String::from_utf8(written).unwrap();
        let (_, table) = text.split_once("limits:").unwrap();
        for (field, value) in in_json {
            let value = value.as_u64().unwrap();
            assert!(value > 10_000, "{field} has no field number below 1,000");
            let shown = table.matches(&value.to_string()).count();
            assert_eq!(shown, 1, "{field}: {table}");
        }
    }

    #[test]
    fn limits_are_shown_without_loss() {
        for (given, shown) in [
            (0, "0 bytes"),
            (1_023, "1023 bytes"),
            (1_024, "1 KiB"),
            (1_536 * 1_024, "1536 KiB"),
            (64 * 1_024 * 1_024, "64 MiB"),
        ] {
            assert_eq!(bytes(given), shown);
        }
        assert_eq!(rate(0), "without a bound");
        assert_eq!(rate(2_048), "2 KiB per second");
    }

    #[test]
    fn a_server_that_is_not_well_says_so() {
        let status = v1::GetStatusResponse {
            write_disabled_reason: "sync failed".to_owned(),
            ledger_id: "5f0c2d5e-8f0b-4a40-9a7e-3f6a1d6b9c11".to_owned(),
            limits: Some(v1::Limits {
                connections_max: 1_024,
                ..Default::default()
            }),
            connections: Some(v1::ConnectionStatus {
                open_count: 1_000,
                refused_count: 7,
                ..Default::default()
            }),
            clock: Some(v1::ClockStatus {
                problem: "the clock shows 2036".to_owned(),
                ..Default::default()
            }),
            certificate_key: Some(v1::CertificateKeyStatus {
                mark: String::new(),
                problem: "the derived state cannot be read".to_owned(),
                lost_marks: vec!["PYQ6".to_owned(), "XF4T".to_owned()],
            }),
            tls: Some(v1::TlsStatus {
                trouble: "server.pem holds no certificate".to_owned(),
                ..Default::default()
            }),
            ..Default::default()
        };
        let mut written = Vec::new();
        show_status(&mut Output::new(&mut written, false), &status).unwrap();
        let text = String::from_utf8(written).unwrap();
        for part in [
            "5f0c2d5e-8f0b-4a40-9a7e-3f6a1d6b9c11",
            "REFUSED: sync failed",
            "1000 of 1024",
            "7 turned away",
            "NOTHING IS RECORDED until the clock is right: the clock shows 2036",
            "certificate numbers with an identity number: REFUSED",
            "the derived state cannot be read",
            "LOST: PYQ6, XF4T",
            "NOT IN USE: server.pem holds no certificate",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}
