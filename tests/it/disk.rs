//! A full disk, a ledger that is only read, and derived state that is damaged, over the wire and
//! with the programs.

use crate::story::{newcomer, request};
use anyhow::{Result, ensure};
use ledger_log::{Log, MemoryStore, Space};
use ledger_proto::v1::{self, RebuildPhase};
use ledger_store::{FreeSpace, RocksStore, StoreOptions, testing};

use ledger_tests::{RawClient, ServerProcess, TestServer};
use std::fs;
use std::path::Path;
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tonic::{Code, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_types::StatusExt as _;

const GIB: u64 = 1024 * 1024 * 1024;

fn reason(status: &Status) -> (Code, String) {
    let info = status.get_details_error_info();
    (status.code(), info.unwrap().reason)
}

async fn status(client: &mut RawClient) -> v1::GetStatusResponse {
    let request = v1::GetStatusRequest {};
    client.get_status(request).await.unwrap().into_inner()
}

async fn rebuild(
    client: &mut RawClient,
    accept_differences: bool,
) -> Result<v1::RebuildProgress, Status> {
    let request = v1::RebuildRequest { accept_differences };
    let mut stream = client.rebuild(request).await?.into_inner();
    let mut last = v1::RebuildProgress::default();
    while let Some(progress) = stream.message().await? {
        last = progress;
    }
    Ok(last)
}

async fn simulate(client: &mut RawClient) -> Result<(), Status> {
    let policy_text = include_str!("../../policies/shandong/2022-7.toml").to_owned();
    let request = v1::SimulateRequest {
        policy_text,
        ..v1::SimulateRequest::default()
    };
    let mut stream = client.simulate(request).await?.into_inner();
    while stream.message().await?.is_some() {}
    Ok(())
}

#[tokio::test]
async fn a_disk_without_room_refuses_with_figures_and_goes_on_with_room() {
    let folder = tempfile::tempdir().unwrap();
    let free = Arc::new(AtomicU64::new(8 * GIB));
    let told = Arc::clone(&free);
    let options = StoreOptions {
        create_if_missing: true,
        free_space: FreeSpace::new(move |_| Ok(told.load(Ordering::Relaxed))),
        spare_bytes: 0,
        ..StoreOptions::default()
    };
    let store = Arc::new(RocksStore::open(folder.path().join("ledger"), &options).unwrap());
    let server = TestServer::start_over(store, |_| {}).await;
    let mut client = server.client().await;
    let first = newcomer();
    client.append(first.clone()).await.unwrap();

    // Room for what is recorded, and none for a second state.
    free.store(GIB - 1, Ordering::Relaxed);
    client.append(newcomer()).await.unwrap();
    let full = (Code::ResourceExhausted, "DISK_FULL".to_owned());
    for refused in [
        rebuild(&mut client, false).await.map(drop),
        simulate(&mut client).await,
    ] {
        let refused = refused.unwrap_err();
        assert_eq!(reason(&refused), full);
        let figures = refused.get_details_error_info().unwrap().metadata;
        assert_eq!(figures["free_bytes"], (GIB - 1).to_string());
        assert_eq!(figures["headroom_bytes"], GIB.to_string());
        assert!(figures.contains_key("needed_bytes"));
    }

    free.store(1_000, Ordering::Relaxed);
    let refused = client.append(newcomer()).await.unwrap_err();
    assert_eq!(reason(&refused), full);
    let again = client.append(first).await.unwrap().into_inner();
    assert!(again.replayed, "what is recorded is told");
    let told = status(&mut client).await;
    assert_eq!(told.log_position, 2);
    assert_eq!(told.write_disabled_reason, "");
    assert_eq!(told.store.unwrap().free_bytes, 1_000);
    assert_eq!(told.limits.unwrap().writes_headroom_bytes, GIB / 2);
    assert_eq!(told.limits.unwrap().shadow_headroom_bytes, GIB);

    free.store(8 * GIB, Ordering::Relaxed);
    client.append(newcomer()).await.unwrap();
    let switched = rebuild(&mut client, false).await.unwrap();
    assert_eq!(switched.phase(), RebuildPhase::Switched);
    simulate(&mut client).await.unwrap();
    drop(client);
    server.stop().await;
}

#[tokio::test]
async fn what_is_open_for_reading_says_so_and_refuses_writes() {
    let store = MemoryStore::new();
    let store = Arc::new(store);
    let server = TestServer::start_over(Arc::clone(&store), |_| {}).await;
    server.client().await.append(newcomer()).await.unwrap();
    server.stop().await;
    let store = Arc::into_inner(store).unwrap();
    let store = Arc::new(store.reopen_read_only("a test reads"));
    let server = TestServer::start_over(Arc::clone(&store), |_| {}).await;
    let mut client = server.client().await;
    let read_only = (Code::FailedPrecondition, "READ_ONLY".to_owned());
    let refused = client.append(newcomer()).await.unwrap_err();
    assert_eq!(reason(&refused), read_only);
    let refused = rebuild(&mut client, true).await.unwrap_err();
    assert_eq!(reason(&refused), read_only);
    assert_eq!(reason(&simulate(&mut client).await.unwrap_err()), read_only);
    let told = status(&mut client).await;
    assert_eq!(told.log_position, 1);
    assert_eq!(told.store.unwrap().read_only_reason, "a test reads");
    assert!(told.write_disabled_reason.contains("a test reads"));
    let request = v1::ReadEventsRequest::default();
    let mut events = client.read_events(request).await.unwrap().into_inner();
    assert!(events.message().await.unwrap().is_some());
    let mut health = HealthClient::new(server.channel().await);
    let answer = health.check(HealthCheckRequest::default()).await.unwrap();
    assert_eq!(answer.into_inner().status(), ServingStatus::NotServing);
    drop((client, health, events));
    server.stop().await;
    assert_eq!(store.write_disabled(), None);
}

/// The alarm first; on the word the rebuilt state, and the status says that it was given.
#[tokio::test]
async fn damaged_derived_state_is_replaced_on_a_persons_word() {
    let store = Arc::new(MemoryStore::new());
    let server = TestServer::start_over(Arc::clone(&store), |_| {}).await;
    let mut client = server.client().await;
    client.append(newcomer()).await.unwrap();
    let (key, _) = {
        let all = ledger_log::Direction::Forward;
        let found = ledger_log::StateStore::scan(&*store, Space::Entities, b"", b"", all, 1);
        found.unwrap().remove(0)
    };
    store.damage(Space::Entities, key.clone());
    let alarm = rebuild(&mut client, false).await.unwrap();
    assert_eq!(alarm.phase(), RebuildPhase::Different);
    assert_eq!((alarm.difference_count, alarm.unreadable_count), (0, 1));
    let kinds: Vec<_> = alarm.differences.iter().map(|d| d.kind()).collect();
    assert_eq!(kinds, [v1::DifferenceKind::Unreadable]);
    let damaged = ledger_log::StateStore::get(&*store, Space::Entities, &key);
    assert!(damaged.is_err(), "nothing was repaired without the word");

    let replaced = rebuild(&mut client, true).await.unwrap();
    assert_eq!(replaced.phase(), RebuildPhase::Replaced);
    assert_eq!(replaced.unreadable_count, 1);
    let told = status(&mut client).await;
    assert_eq!(told.store.unwrap().accepted_rebuild_count, 1);
    let equal = rebuild(&mut client, true).await.unwrap();
    assert_eq!(equal.phase(), RebuildPhase::Switched);
    client.append(newcomer()).await.unwrap();
    drop(client);
    server.stop().await;
}

/// Compaction reads the damage before anybody else does: requests go on, the status says what is
/// damaged, and the word replaces it while the ledger is served.
#[tokio::test]
async fn damage_that_compaction_meets_is_repaired_while_serving() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger");
    let create = StoreOptions {
        create_if_missing: true,
        ..StoreOptions::default()
    };
    let store = Arc::new(RocksStore::open(&path, &create).unwrap());
    let server = TestServer::start_over(store, |_| {}).await;
    let documents = request(&ledger_tests::workload::foundations());
    server.client().await.append(documents).await.unwrap();
    server.stop().await;

    let store = Arc::new(RocksStore::open(&path, &StoreOptions::default()).unwrap());
    let server = TestServer::start_over(Arc::clone(&store), |_| {}).await;
    let mut client = server.client().await;
    let files = testing::files(&store, Some(Space::TagIndex));
    assert!(!files.is_empty());
    for file in files {
        let mut bytes = fs::read(&file).unwrap();
        *bytes.get_mut(4).unwrap() ^= 1;
        fs::write(&file, bytes).unwrap();
    }
    store.compact().unwrap();
    client.append(newcomer()).await.unwrap();
    let told = status(&mut client).await;
    assert_eq!(told.write_disabled_reason, "");
    let damage = told.store.unwrap().damage;
    assert!(damage.starts_with("tag_index: "), "{damage}");
    let alarm = rebuild(&mut client, false).await.unwrap();
    assert_eq!(alarm.phase(), RebuildPhase::Different);
    assert!(alarm.unreadable_count > 0);

    let replaced = rebuild(&mut client, true).await.unwrap();
    assert_eq!(replaced.phase(), RebuildPhase::Replaced);
    let told = status(&mut client).await.store.unwrap();
    assert_eq!((told.damage.as_str(), told.accepted_rebuild_count), ("", 1));
    store.compact().unwrap();
    client.append(newcomer()).await.unwrap();
    let equal = rebuild(&mut client, false).await.unwrap();
    assert_eq!(equal.phase(), RebuildPhase::Switched);
    drop(client);
    server.stop().await;
}

/// The log of the process may lie on the disk that is full.
#[tokio::test]
async fn a_log_that_cannot_be_written_ends_nothing() -> Result<()> {
    let root = tempfile::tempdir()?;
    let full = fs::OpenOptions::new().write(true).open("/dev/full")?;
    let folder = root.path().join("ledger");
    let port_file = root.path().join("port");
    let usual = ServerProcess::command(&folder, "127.0.0.1:0")?;
    let mut server = std::process::Command::new(usual.get_program())
        .args(["--create", "--development-identity", "tester"])
        .args(["--listen", "127.0.0.1:0", "--log-filter", "info"])
        .arg("--data-dir")
        .arg(&folder)
        .arg("--port-file")
        .arg(&port_file)
        .stdout(std::process::Stdio::null())
        .stderr(full)
        .spawn()?;
    let address = loop {
        if let Ok(address) = fs::read_to_string(&port_file) {
            break address;
        }
        ensure!(server.try_wait()?.is_none(), "the server ended");
        tokio::task::yield_now().await;
    };
    let mut client = RawClient::connect(format!("http://{}", address.trim())).await?;
    ensure!(client.append(newcomer()).await?.into_inner().log_position == 1);
    server.kill()?;
    server.wait()?;
    Ok(())
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn rebuild_before_serving(folder: &Path) -> Result<Output> {
    let mut command = ServerProcess::command(folder, "127.0.0.1:0")?;
    Ok(command.arg("rebuild").output()?)
}

/// The programs, on a real disk: the server refuses and says what helps, and that helps.
#[tokio::test]
async fn the_program_rebuilds_what_cannot_be_served() -> Result<()> {
    let root = tempfile::tempdir()?;
    let folder = root.path().join("ledger");
    let server = ServerProcess::start(&folder)?;
    let mut client = RawClient::connect(format!("http://{}", server.address())).await?;
    for _ in 0..3 {
        client.append(newcomer()).await?;
    }
    drop(client);
    server.stop_aside().await?;
    let files = |space| -> Result<Vec<_>> {
        let store = RocksStore::open(&folder, &StoreOptions::default())?;
        Ok(testing::files(&store, space))
    };
    for file in files(Some(Space::Entities))? {
        fs::remove_file(file)?;
    }
    let refused = ServerProcess::try_start(&folder)?.unwrap_err();
    ensure!(refused.code == Some(3), "{refused:?}");
    ensure!(
        refused.said.contains("run 'ledger-server rebuild'"),
        "{refused:?}"
    );

    let rebuilt = rebuild_before_serving(&folder)?;
    ensure!(rebuilt.status.success(), "{}", said(&rebuilt));
    ensure!(
        said(&rebuilt).contains("on an operator's word"),
        "{}",
        said(&rebuilt)
    );
    let server = ServerProcess::start(&folder)?;
    let mut client = RawClient::connect(format!("http://{}", server.address())).await?;
    let switched = rebuild(&mut client, false).await?;
    ensure!(switched.phase() == RebuildPhase::Switched);
    ensure!(client.append(newcomer()).await?.into_inner().log_position == 4);
    drop(client);
    server.stop_aside().await?;

    // Damage in the log is named, and ends the rebuild.
    let file = files(None)?.remove(0);
    let mut bytes = fs::read(&file)?;
    let at = bytes.len() / 4;
    bytes
        .iter_mut()
        .skip(at)
        .take(1)
        .for_each(|byte| *byte ^= 1);
    fs::write(&file, bytes)?;
    let refused = rebuild_before_serving(&folder)?;
    ensure!(refused.status.code() == Some(3), "{refused:?}");
    ensure!(said(&refused).contains("position"), "{}", said(&refused));
    Ok(())
}
