//! `Rebuild` and `GetStatus`: running the ledger.

use super::call::{Call, Edge, Shared, StreamPermit};
use super::epoch::{current_to_proto, epochs_to_proto};
use super::error::CallError;
use super::stream::{Answers, pull};
use crate::descriptors;
use crate::keeper::Keeper;
use crate::limits::transport::{CONNECTION_WINDOW_BYTES, LISTEN_BACKLOG, STREAM_WINDOW_BYTES};
use crate::tls::LiveTls;
use ledger_core::Position;
use ledger_engine::entity_codec;
use ledger_engine::query::QueryError;
use ledger_engine::rebuild::{
    CancelToken, Difference, OnDifference, Phase, Progress, RebuildReport,
};
use ledger_engine::{RebuildError, Status};
use ledger_log::Condition;
use ledger_proto::from_proto::{CERTIFICATE_NUMBERS_MAX, EXPLAINED_UNASKED_COMMANDS_MAX};
use ledger_proto::to_proto::time_to_proto;
use ledger_proto::{ApiError, v1};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// Version of the blocks of the log; a test holds it to what the log writes.
const LOG_FORMAT_VERSION: u32 = 1;

pub(super) async fn rebuild(
    call: Call,
    permit: StreamPermit,
    request: v1::RebuildRequest,
) -> Result<Answers<v1::RebuildProgress>, CallError> {
    let (latest, progress) = watch::channel(None);
    let cancel = CancelOnDrop(CancelToken::new());
    let token = cancel.0.clone();
    let shared = Arc::clone(&call.shared);
    let on_difference = match request.accept_differences {
        true => {
            tracing::warn!("a rebuild was asked for that replaces a state which differs");
            OnDifference::Replace
        }
        false => OnDifference::Keep,
    };
    // It runs for minutes, on a thread of its own; only the latest progress waits for the caller,
    // so that a slow one neither holds it up nor costs memory.
    let running = tokio::task::spawn_blocking(move || {
        let mut report = |progress| {
            latest.send_replace(Some(progress));
        };
        shared
            .engine
            .rebuild_with(on_difference, &mut report, &token)
    });
    let rebuilding = Rebuilding {
        call,
        progress,
        running: Some(running),
        started: Instant::now(),
        last: v1::RebuildProgress::default(),
        _cancel: cancel,
        _permit: permit,
    };
    Ok(pull(rebuilding, Rebuilding::next))
}

/// A rebuild on its way. Dropping it cancels the rebuild.
struct Rebuilding {
    call: Call,
    progress: watch::Receiver<Option<Progress>>,
    /// `None` once the last message was sent.
    running: Option<JoinHandle<Result<RebuildReport, RebuildError>>>,
    started: Instant,
    /// The latest message, whose figures the next one goes on from.
    last: v1::RebuildProgress,
    _cancel: CancelOnDrop,
    _permit: StreamPermit,
}

/// Cancels what it was made for when the stream that holds it is dropped.
pub(super) struct CancelOnDrop(pub(super) CancelToken);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

impl Rebuilding {
    async fn next(mut self) -> Result<Option<(v1::RebuildProgress, Self)>, CallError> {
        let Some(mut running) = self.running.take() else {
            return Ok(None);
        };
        let shared = Arc::clone(&self.call.shared);
        let result = tokio::select! {
            changed = self.progress.changed() => {
                let progress = *self.progress.borrow_and_update();
                if let (Ok(()), Some(progress)) = (changed, progress) {
                    self.running = Some(running);
                    self.note(progress);
                    return Ok(Some((self.last.clone(), self)));
                }
                // Nobody reports any more: the result is there or about to be.
                running.await
            }
            result = &mut running => result,
            () = shared.stopping() => return Err(ApiError::NotServing.into()),
        };
        let report = match result {
            Ok(Ok(report)) => report,
            Ok(Err(RebuildError::Different(report))) => *report,
            Ok(Err(error)) => return Err(error.into()),
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => return Err(ApiError::NotServing.into()),
        };
        self.finish(report);
        Ok(Some((self.last.clone(), self)))
    }

    fn note(&mut self, progress: Progress) {
        match progress.phase {
            Phase::Comparing => {
                self.last.phase = v1::RebuildPhase::Comparing.into();
                self.last.compared_keys = progress.done;
            }
            Phase::Replaying | Phase::CatchingUp | Phase::Switching => {
                self.last.phase = v1::RebuildPhase::Replaying.into();
                self.replayed(progress.done);
                self.last.target_position = progress.target;
            }
        }
        self.last.log_position = self.call.shared.reader.log_position().get();
    }

    fn replayed(&mut self, position: u64) {
        self.last.position = position;
        let elapsed_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let rate = position.saturating_mul(1_000).checked_div(elapsed_ms);
        self.last.events_per_second = rate.unwrap_or(position);
    }

    fn finish(&mut self, report: RebuildReport) {
        let phase = match (report.switched, report.is_equal()) {
            (true, true) => v1::RebuildPhase::Switched,
            (true, false) => v1::RebuildPhase::Replaced,
            (false, _) => v1::RebuildPhase::Different,
        };
        self.replayed(report.events);
        self.last.phase = phase.into();
        self.last.target_position = report.events;
        self.last.compared_keys = report.compared_keys;
        self.last.difference_count = report.differences_total;
        self.last.unreadable_count = report.unreadable_total;
        self.last.differences = report.differences.iter().map(difference).collect();
        self.last.log_position = self.call.shared.reader.log_position().get();
    }
}

fn difference(difference: &Difference) -> v1::RebuildDifference {
    let kind = match (&difference.live, &difference.rebuilt) {
        _ if difference.unreadable => v1::DifferenceKind::Unreadable,
        (None, _) => v1::DifferenceKind::Missing,
        (Some(_), None) => v1::DifferenceKind::Unexpected,
        (Some(_), Some(_)) => v1::DifferenceKind::Changed,
    };
    v1::RebuildDifference {
        table: difference.space.name().to_owned(),
        key: ledger_core::hex::encode(&difference.key),
        kind: kind.into(),
    }
}

pub(super) async fn get_status(
    call: Call,
    _request: v1::GetStatusRequest,
) -> Result<v1::GetStatusResponse, CallError> {
    let shared = Arc::clone(&call.shared);
    let (sizes, total_size_bytes) = call
        .shared
        .read(&call.share, move |_| {
            let sizes = shared.engine.storage().sizes().map_err(QueryError::from)?;
            Ok((sizes, folder_bytes(&shared.data_dir)))
        })
        .await?;
    let log_size = sizes
        .iter()
        .find(|size| size.name == LOG_NAME)
        .map(|size| size.bytes);
    let status = call.shared.engine.status();
    let start = call.shared.start;
    let keeper = call.shared.keeper.as_ref();
    let log_position = status.last_position.get();
    Ok(v1::GetStatusResponse {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        log_format_version: LOG_FORMAT_VERSION,
        projection_version: entity_codec::VERSION.into(),
        log_position,
        // Events and what is derived from them are one write.
        projection_position: log_position,
        merkle_tree_size: log_position,
        merkle_root: status.root.to_vec(),
        write_disabled_reason: write_disabled_reason(&status),
        queue_depth: count(status.queue_requests),
        sync_count: status.commits,
        group_count: status.commits,
        appended_events: status
            .last_position
            .since(start.position)
            .unwrap_or_default(),
        refusal_count: status.refusals,
        log_size_bytes: log_size.unwrap_or_default(),
        total_size_bytes,
        start_time: Some(time_to_proto(start.time)),
        store: Some(store_to_proto(&status)),
        uptime_seconds: start.instant.elapsed().as_secs(),
        limits: Some(limits_to_proto(&call.shared, &status.storage)),
        connections: Some(connections_to_proto(&call.shared.edge)),
        tls: call.shared.edge.tls.as_ref().map(|tls| tls_to_proto(tls)),
        epoch: Some(current_to_proto(call.shared.engine.epochs())),
        epochs: epochs_to_proto(call.shared.engine.epochs()),
        clock: Some(clock_to_proto(&call.shared.edge, &status)),
        certificate_key: Some(call.shared.edge.certificates.status()),
        ledger_id: keeper.map_or_else(String::new, |keeper| keeper.ledger_id().to_owned()),
    })
}

fn connections_to_proto(edge: &Edge) -> v1::ConnectionStatus {
    let figures = edge.connections.figures();
    v1::ConnectionStatus {
        open_count: small(figures.open),
        opening_count: small(figures.opening),
        refused_count: figures.refused,
        displaced_count: figures.displaced,
        timed_out_count: figures.timed_out,
        descriptor_count: descriptors::open_count(),
    }
}

fn clock_to_proto(edge: &Edge, status: &Status) -> v1::ClockStatus {
    let has_events = status.last_position > Position::ZERO;
    let problem = status.clock_problem.map(|problem| problem.to_string());
    v1::ClockStatus {
        time: Some(time_to_proto(edge.clock.now())),
        last_event_time: has_events.then(|| time_to_proto(status.recorded_at)),
        problem: problem.unwrap_or_default(),
        step_seconds_max: edge.clock_bounds.step_max.as_secs(),
        idle_days_max: edge.clock_bounds.idle_max.as_secs() / (24 * 60 * 60),
        accepted_until: edge.clock_bounds.accepted_until.map(time_to_proto),
    }
}

fn tls_to_proto(tls: &LiveTls) -> v1::TlsStatus {
    let figures = tls.figures();
    v1::TlsStatus {
        load_time: Some(time_to_proto(figures.loaded)),
        certificate_end_time: figures.certificate_ends.map(time_to_proto),
        revocation_list_count: small(figures.revocation_lists),
        revocation_list_end_time: figures.lists_end.map(time_to_proto),
        trouble: (*figures.trouble).to_owned(),
    }
}

/// Why nothing is recorded; empty when it is.
fn write_disabled_reason(status: &Status) -> String {
    match (&status.stopped, &status.read_only) {
        (Some(reason), _) => reason.to_string(),
        (None, Some(reason)) => format!("the ledger is open for reading only: {reason}"),
        (None, None) => String::new(),
    }
}

fn store_to_proto(status: &Status) -> v1::StoreStatus {
    v1::StoreStatus {
        free_bytes: status.storage.free_bytes.unwrap_or_default(),
        spare_bytes: status.storage.spare_bytes,
        read_only_reason: status.read_only.as_deref().unwrap_or_default().to_owned(),
        damage: status.storage.damage.clone().unwrap_or_default(),
        accepted_rebuild_count: status.accepted_rebuilds,
    }
}

/// What the sizes of a store call the log.
const LOG_NAME: &str = "events";

/// Bytes of the files in a folder and in those in it, a shadow's among them; files come and go
/// while it is read. What a backup has linked to is counted once.
fn folder_bytes(folder: &Path) -> u64 {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(metadata) if metadata.is_dir() => folders.push(entry.path()),
                Ok(metadata) => drop(files.insert(metadata.ino(), metadata.len())),
                Err(_) => {}
            }
        }
    }
    files.into_values().fold(0, u64::saturating_add)
}

fn limits_to_proto(shared: &Shared, storage: &Condition) -> v1::Limits {
    let (limits, edge) = (&shared.limits, &shared.edge);
    let bounds = edge.connections.bounds();
    let backup = shared.keeper.as_ref().map(Keeper::config);
    v1::Limits {
        message_bytes_max: count(limits.message_bytes_max),
        commands_per_request_max: small(limits.commands_per_request_max),
        queue_depth_max: small(limits.queue_requests_max),
        page_size_max: small(limits.page_size_max),
        page_size_default: small(limits.page_size_default),
        trace_events_max: small(limits.trace_events_max),
        streams_max: small(limits.streams_max),
        connections_max: small(bounds.all),
        connections_per_peer_max: small(bounds.per_peer),
        handshakes_max: small(bounds.opening),
        connection_setup_ms: limits.connection_setup_ms,
        descriptors_max: edge.descriptors.limit,
        backup_bytes_per_second: backup.map_or(0, |backup| backup.bytes_per_second),
        verify_bytes_per_second: backup.map_or(0, |backup| backup.verify_bytes_per_second),
        writes_headroom_bytes: storage.writes_headroom_bytes,
        shadow_headroom_bytes: storage.shadow_headroom_bytes,
        spare_bytes_max: storage.spare_bytes_max,
        document_message_bytes_max: count(limits.document_message_bytes_max),
        message_fields_max: small(limits.message_fields_max),
        receiving_bytes_max: count(limits.receiving_bytes_max),
        receiving_bytes_per_peer_max: count(limits.receiving_bytes_per_peer_max),
        receive_ms: limits.receive_ms,
        named_per_request_max: small(limits.named_per_request_max),
        queue_commands_max: small(limits.queue_commands_max),
        queue_bytes_max: count(limits.queue_bytes_max),
        reads_max: small(limits.reads_max),
        stream_reads_max: small(limits.stream_reads_max),
        listen_backlog: LISTEN_BACKLOG,
        stream_window_bytes: STREAM_WINDOW_BYTES.into(),
        connection_window_bytes: CONNECTION_WINDOW_BYTES.into(),
        question_bytes_max: count(limits.question_bytes_max()),
        streams_per_caller_max: small(limits.streams_per_caller_max()),
        reads_per_caller_max: small(limits.reads_per_caller_max()),
        stream_reads_per_caller_max: small(limits.stream_reads_per_caller_max()),
        certificate_numbers_max: small(CERTIFICATE_NUMBERS_MAX),
        explained_unasked_commands_max: small(EXPLAINED_UNASKED_COMMANDS_MAX),
    }
}

fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn count(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger_log::BlockBuilder;

    #[test]
    fn everything_below_a_folder_is_counted_once() {
        let folder = tempfile::tempdir().unwrap();
        let shadow = folder.path().join("shadow");
        fs::create_dir_all(shadow.join("deeper")).unwrap();
        fs::write(folder.path().join("a"), [0; 10]).unwrap();
        fs::write(shadow.join("b"), [0; 200]).unwrap();
        fs::write(shadow.join("deeper").join("c"), [0; 3000]).unwrap();
        fs::hard_link(folder.path().join("a"), shadow.join("linked")).unwrap();
        assert_eq!(folder_bytes(folder.path()), 3210);
        assert_eq!(folder_bytes(&folder.path().join("absent")), 0);
    }

    #[test]
    fn the_log_format_is_the_one_that_is_written() {
        let mut builder = BlockBuilder::new(Position::FIRST);
        builder.push(b"event", &[0; 32]).unwrap();
        let version = builder.finish().unwrap().frame()[0];
        assert_eq!(u32::from(version), LOG_FORMAT_VERSION);
    }
}
