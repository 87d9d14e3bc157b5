//! A drill: backups under load, each restored and compared, forks, and damaged ones refused.
//!
//! Long: one drill, and every way in which it can go wrong.

use crate::tool::tool;
use ledger_engine::CancelToken;
use ledger_proto::v1;
use ledger_proto::v1::subscribe_response::Message;
use ledger_server::restore::{Restore, RestoreError, RestoredLedger, restore};
use ledger_tests::oracle::Sent;
use ledger_tests::workload::{Lane, foundations};
use ledger_tests::{RawClient, TestServer, server_program};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;
use tempfile::TempDir;
use tonic::{Code, Status, Streaming};
use tonic_types::StatusExt as _;

/// Commands of one request of the load.
const COMMANDS: usize = 20;

async fn all<T>(mut answers: Streaming<T>) -> Result<Vec<T>, Status> {
    let mut taken = Vec::new();
    while let Some(answer) = answers.message().await? {
        taken.push(answer);
    }
    Ok(taken)
}

async fn start(backups: &Path) -> TestServer {
    TestServer::start_with(|settings| settings.backup.dir = Some(backups.to_owned())).await
}

async fn append(client: &mut RawClient, lane: &mut Lane) -> u64 {
    let commands = lane.batch(COMMANDS);
    let sent = Sent::new(lane.request_id(), commands);
    let answer = client.append(sent.message()).await.unwrap().into_inner();
    answer.log_position
}

/// A lane that may start, over a ledger that was empty.
async fn founded(client: &mut RawClient) -> Lane {
    let mut lane = Lane::new(0, 11);
    let mut commands = foundations();
    commands.extend(lane.foundations());
    let sent = Sent::new(lane.request_id(), commands);
    client.append(sent.message()).await.unwrap();
    lane
}

async fn back_up(client: &mut RawClient) -> v1::Backup {
    let answers = client.back_up(v1::BackUpRequest {}).await.unwrap();
    let mut answers = all(answers.into_inner()).await.unwrap();
    let last = answers.pop().unwrap();
    last.backup.expect("the last message holds the backup")
}

async fn events(client: &mut RawClient, to: u64) -> Vec<v1::EventEnvelope> {
    let request = v1::ReadEventsRequest {
        to_position: to,
        ..Default::default()
    };
    let answers = client.read_events(request).await.unwrap().into_inner();
    let pages = all(answers).await.unwrap().into_iter();
    pages.flat_map(|page| page.events).collect()
}

async fn status(client: &mut RawClient) -> v1::GetStatusResponse {
    let asked = client.get_status(v1::GetStatusRequest {}).await;
    asked.unwrap().into_inner()
}

async fn restored(
    backups: &Path,
    number: Option<u64>,
    data_dir: &Path,
) -> Result<RestoredLedger, RestoreError> {
    let (backups, data_dir) = (backups.to_owned(), data_dir.to_owned());
    let restoring = move || {
        let asked = Restore {
            backup_dir: &backups,
            number,
            data_dir: &data_dir,
            bytes_per_second: 0,
        };
        restore(asked, &CancelToken::new(), &mut |_| {})
    };
    tokio::task::spawn_blocking(restoring).await.unwrap()
}

async fn verify(client: &mut RawClient, deep: bool) -> v1::VerifyProgress {
    let request = v1::VerifyRequest {
        deep,
        bytes_per_second: 0,
    };
    let answers = client.verify(request).await.unwrap().into_inner();
    all(answers).await.unwrap().pop().unwrap()
}

fn reason(status: &Status) -> (Code, String) {
    let info = status.get_details_error_info().unwrap();
    (status.code(), info.reason)
}

#[tokio::test(flavor = "multi_thread")]
async fn backups_under_load_are_restored_event_by_event() {
    let backups = TempDir::new().unwrap();
    let server = start(backups.path()).await;
    let mut client = server.client().await;
    let mut lane = founded(&mut client).await;
    let stop = Arc::new(AtomicBool::new(false));
    let load = tokio::spawn({
        let (mut client, stop) = (server.client().await, Arc::clone(&stop));
        async move {
            while !stop.load(Ordering::Relaxed) {
                append(&mut client, &mut lane).await;
            }
            lane
        }
    });
    let mut taken = Vec::new();
    for number in 1..=2 {
        let acknowledged = status(&mut client).await.log_position;
        let backup = back_up(&mut client).await;
        assert_eq!((backup.number, backup.is_whole), (number, true));
        assert!(backup.log_position >= acknowledged, "{backup:?}");
        taken.push(backup);
    }
    stop.store(true, Ordering::Relaxed);
    let mut lane = load.await.unwrap();
    append(&mut client, &mut lane).await;

    let listed = client.list_backups(v1::ListBackupsRequest {}).await;
    assert_eq!(listed.unwrap().into_inner().backups, taken);
    let checked = verify(&mut client, true).await;
    assert_eq!(checked.phase(), v1::VerifyPhase::Whole, "{checked:?}");
    let live = status(&mut client).await;
    assert_eq!(checked.merkle_root, live.merkle_root);
    assert_eq!(checked.record_count, live.log_position);
    assert!(checked.compared_keys > 0);
    assert_eq!(live.epochs.len(), 1);

    for backup in taken {
        let folder = TempDir::new().unwrap();
        let done = restored(backups.path(), Some(backup.number), folder.path()).await;
        assert_eq!(done.unwrap().about.position.get(), backup.log_position);
        let fork = TestServer::start_in(folder, |_| {}).await;
        let mut forked = fork.client().await;
        let now = status(&mut forked).await;
        assert_eq!(now.log_position, backup.log_position);
        assert_eq!(now.merkle_root, backup.merkle_root);
        let own = events(&mut forked, 0).await;
        assert_eq!(own, events(&mut client, backup.log_position).await);
        assert_eq!(
            verify(&mut forked, true).await.phase(),
            v1::VerifyPhase::Whole
        );
        fork.stop().await;
    }
    server.stop().await;
}

/// Follows the log and reads on, as who follows an epoch and has everything up to a position of it.
/// Returns what each is refused with; the answers are checked for the present epoch.
async fn follow(
    client: &mut RawClient,
    epoch: Option<v1::Epoch>,
    after: u64,
    present: &v1::Epoch,
) -> [Option<Status>; 2] {
    let subscribe = v1::SubscribeRequest {
        after_position: after,
        epoch: epoch.clone(),
        ..Default::default()
    };
    let read = v1::ReadEventsRequest {
        from_position: after + 1,
        epoch,
        ..Default::default()
    };
    let followed = match client.subscribe(subscribe).await {
        Ok(answers) => {
            let answer = answers.into_inner().message().await.unwrap().unwrap();
            assert!(matches!(answer.message, Some(Message::Events(_))));
            assert_eq!(answer.epoch.as_ref(), Some(present));
            None
        }
        Err(status) => Some(status),
    };
    let read = match client.read_events(read).await {
        Ok(answers) => {
            let pages = all(answers.into_inner()).await.unwrap();
            let epochs = pages.iter().map(|page| page.epoch.as_ref());
            assert!(epochs.into_iter().all(|epoch| epoch == Some(present)));
            None
        }
        Err(status) => Some(status),
    };
    [followed, read]
}

/// What followers of either epoch, and of others, are told behind a fork.
async fn followers_are_told(
    client: &mut RawClient,
    (fork_at, ahead): (u64, u64),
    first: &v1::Epoch,
    second: &v1::Epoch,
) {
    let unknown = v1::Epoch {
        number: 2,
        id: vec![9; 16],
    };
    let number = |number| v1::Epoch {
        number,
        id: Vec::new(),
    };
    let forked = Some("EPOCH_FORKED");
    // The epoch named, the position that the follower has; what it is refused with.
    let cases = [
        (None, ahead, None),
        (Some(first.clone()), fork_at, None),
        (Some(first.clone()), fork_at + 1, forked),
        (Some(first.clone()), ahead, forked),
        (Some(number(1)), ahead, forked),
        (Some(number(2)), ahead, None),
        (Some(second.clone()), ahead, None),
        (Some(unknown), 0, Some("EPOCH_UNKNOWN")),
        (Some(number(3)), 0, Some("EPOCH_UNKNOWN")),
    ];
    for (epoch, after, expected) in cases {
        let refused = follow(client, epoch.clone(), after, second).await;
        for status in refused {
            let found = status.as_ref().map(|status| reason(status).1);
            assert_eq!(found.as_deref(), expected, "{epoch:?} {after}");
            if expected == forked {
                let info = status.unwrap().get_details_error_info().unwrap();
                let told = info.metadata.get("fork_position").unwrap();
                assert_eq!(*told, fork_at.to_string());
            }
        }
    }
}

/// A restored backup that goes on is a fork: it shows in its status, in its own backups, and to
/// followers who were ahead of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_fork_is_visible_to_everyone() {
    let backups = TempDir::new().unwrap();
    let server = start(backups.path()).await;
    let mut client = server.client().await;
    let mut lane = founded(&mut client).await;
    let fork_at = append(&mut client, &mut lane).await;
    assert_eq!(back_up(&mut client).await.log_position, fork_at);
    let ahead = append(&mut client, &mut lane).await;
    let first = status(&mut client).await.epoch.unwrap();
    server.stop().await;

    let folder = TempDir::new().unwrap();
    restored(backups.path(), None, folder.path()).await.unwrap();
    let to = backups.path().to_owned();
    let fork = TestServer::start_in(folder, |settings| settings.backup.dir = Some(to)).await;
    let mut client = fork.client().await;
    // Other people come to it than came to the ledger after the backup.
    let mut others = Lane::new(1, 12);
    let sent = Sent::new(others.request_id(), others.foundations());
    client.append(sent.message()).await.unwrap();
    while append(&mut client, &mut others).await < ahead + 1 {}
    let now = status(&mut client).await;
    let [created, restored_once] = now.epochs.as_slice() else {
        panic!("{:?}", now.epochs);
    };
    assert_eq!(created.epoch.as_ref(), Some(&first));
    assert_eq!(restored_once.reason(), v1::EpochReason::Restored);
    assert_eq!(restored_once.first_position, fork_at + 1);
    assert_eq!(
        (restored_once.backup_number, restored_once.backup_position),
        (1, fork_at)
    );
    let second = now.epoch.clone().unwrap();
    assert_eq!(
        (second.number, restored_once.epoch.as_ref()),
        (2, Some(&second))
    );

    let at = (fork_at, ahead);
    followers_are_told(&mut client, at, &first, &second).await;
    // A script that reads page by page with the tool.
    let from = ahead.to_string();
    let read = async |epoch: &str| {
        let arguments = ["events", "--from", &from, "--limit", "1", "--epoch", epoch];
        tool(fork.address(), &arguments).await
    };
    let forked = read("1").await;
    assert_ne!(forked.code, Some(0), "{forked:?}");
    assert!(forked.messages.contains("EPOCH_FORKED"), "{forked:?}");
    assert_eq!(read("2").await.code, Some(0));
    let id = ledger_core::hex::encode(&second.id);
    assert_eq!(read(&id).await.code, Some(0));

    // The history survives another backup, and every restart.
    assert_eq!(back_up(&mut client).await.epoch, Some(second));
    let fork = fork.restart().await;
    let mut client = fork.client().await;
    assert_eq!(status(&mut client).await.epochs, now.epochs);
    let folder = TempDir::new().unwrap();
    restored(backups.path(), Some(2), folder.path())
        .await
        .unwrap();
    let third = TestServer::start_in(folder, |_| {}).await;
    let epochs = status(&mut third.client().await).await.epochs;
    assert_eq!((epochs.len(), &epochs[..2]), (3, now.epochs.as_slice()));
    third.stop().await;
    fork.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_backup_leaves_no_ledger_behind() {
    let backups = TempDir::new().unwrap();
    let server = start(backups.path()).await;
    let mut client = server.client().await;
    founded(&mut client).await;
    back_up(&mut client).await;
    let files = |folder: &str| -> Vec<PathBuf> {
        let read = fs::read_dir(backups.path().join(folder)).unwrap();
        read.map(|entry| entry.unwrap().path()).collect()
    };
    let target = TempDir::new().unwrap();
    let data_dir = target.path().join("restored");
    for file in files("shared").into_iter().chain(files("000001")) {
        let whole = fs::read(&file).unwrap();
        let mut flipped = whole.clone();
        let Some(byte) = flipped.get_mut(whole.len() / 2) else {
            continue;
        };
        *byte ^= 0x10;
        fs::write(&file, flipped).unwrap();
        let refused = restored(backups.path(), Some(1), &data_dir)
            .await
            .unwrap_err();
        assert!(refused.is_damage(), "{refused}");
        let name = file.file_name().unwrap().to_str().unwrap();
        assert!(refused.to_string().contains(name), "{refused}");
        assert!(!data_dir.exists());
        fs::write(&file, whole).unwrap();
    }
    // Mended, it is restored; and not into the folder of a ledger.
    let into_live = restored(backups.path(), None, server.folder()).await;
    assert!(into_live.unwrap_err().to_string().contains("is not empty"));
    restored(backups.path(), None, &data_dir).await.unwrap();
    server.stop().await;
}

#[tokio::test]
async fn what_is_not_configured_or_not_there_is_told() {
    let server = TestServer::start().await;
    let mut client = server.client().await;
    let refused = client.back_up(v1::BackUpRequest {}).await.unwrap_err();
    let expected = |reason: &str| (Code::FailedPrecondition, reason.to_owned());
    assert_eq!(reason(&refused), expected("BACKUPS_NOT_CONFIGURED"));
    let refused = client.list_backups(v1::ListBackupsRequest {}).await;
    assert_eq!(
        reason(&refused.unwrap_err()),
        expected("BACKUPS_NOT_CONFIGURED")
    );
    server.stop().await;

    let folder = TempDir::new().unwrap();
    let server = start(&folder.path().join("unmounted")).await;
    let mut client = server.client().await;
    let refused = client.back_up(v1::BackUpRequest {}).await.unwrap_err();
    assert_eq!(reason(&refused), expected("BACKUP_FOLDER_MISSING"));
    server.stop().await;
}

/// Every file of a folder with what it holds and when it was written.
fn files_of(folder: &Path) -> Vec<(PathBuf, Vec<u8>, SystemTime)> {
    let read = fs::read_dir(folder).unwrap();
    let paths = read.map(|entry| entry.unwrap().path());
    // The spare file is a hundred megabytes of nothing.
    let mut files: Vec<_> = paths
        .filter(|path| !path.ends_with("SPARE"))
        .map(|path| {
            let written = fs::metadata(&path).unwrap().modified().unwrap();
            let bytes = fs::read(&path).unwrap();
            (path, bytes, written)
        })
        .collect();
    files.sort();
    files
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// What the program says of folders that nobody serves, with its exit codes.
#[tokio::test(flavor = "multi_thread")]
async fn folders_are_checked_and_restored_by_the_program() {
    let backups = TempDir::new().unwrap();
    let server = start(backups.path()).await;
    let mut client = server.client().await;
    founded(&mut client).await;
    back_up(&mut client).await;
    let dir = server.folder().to_owned();
    let verify = |dir: &Path| server_program(&["verify", "--deep", "--data-dir", text(dir)]);
    let served = verify(&dir).unwrap();
    assert_eq!(served.code, Some(3), "{served:?}");
    assert!(served.messages.contains("another process"), "{served:?}");
    let folder = server.stop_and_keep().await;

    let before = files_of(folder.path());
    let whole = verify(folder.path()).unwrap();
    assert_eq!(whole.code, Some(0), "{whole:?}");
    assert!(whole.output.starts_with("whole: "), "{whole:?}");
    assert_eq!(files_of(folder.path()), before, "a check changes nothing");
    let absent = verify(&folder.path().join("absent")).unwrap();
    assert_eq!(absent.code, Some(3), "{absent:?}");

    // One bit in each file of the database, which is told; and the file is named when it can be.
    for (path, bytes, _) in &before {
        let name = text(Path::new(path.file_name().unwrap()));
        let is_checked =
            name.ends_with(".sst") || name == "CURRENT" || name.starts_with("MANIFEST");
        if !is_checked {
            continue;
        }
        let mut flipped = bytes.clone();
        *flipped.get_mut(10).unwrap() ^= 4;
        fs::write(path, flipped).unwrap();
        let damaged = verify(folder.path()).unwrap();
        assert_eq!(damaged.code, Some(5), "{name}: {damaged:?}");
        if name.ends_with(".sst") {
            let said = format!("{}{}", damaged.output, damaged.messages);
            assert!(said.contains(name), "{name}: {said}");
        }
        fs::write(path, bytes).unwrap();
    }

    let to = TempDir::new().unwrap();
    let to = to.path().join("restored");
    let (from, to) = (text(backups.path()), text(&to));
    let listed = server_program(&["backups", "--check", "--backup-dir", from]).unwrap();
    assert_eq!(listed.code, Some(0), "{listed:?}");
    assert!(listed.output.starts_with("backup 1: whole, position "));
    let restored = ["restore", "--backup-dir", from, "--data-dir", to];
    let done = server_program(&restored).unwrap();
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(done.output.contains("begins a new epoch"), "{done:?}");
    assert_eq!(
        server_program(&restored).unwrap().code,
        Some(1),
        "not empty"
    );
    assert_eq!(verify(Path::new(to)).unwrap().code, Some(0));

    fs::write(backups.path().join("000001/CURRENT"), "MANIFEST-000009\n").unwrap();
    let listed = server_program(&["backups", "--check", "--json", "--backup-dir", from]).unwrap();
    assert_eq!(listed.code, Some(5), "{listed:?}");
    let answer: serde_json::Value = serde_json::from_str(&listed.output).unwrap();
    let flaw = answer.pointer("/backups/0/flaws/0/file");
    assert_eq!(flaw.unwrap(), "000001/CURRENT");
    let to = format!("{to}-again");
    let refused = server_program(&["restore", "--backup-dir", from, "--data-dir", &to]).unwrap();
    assert_eq!(refused.code, Some(5), "{refused:?}");
    assert!(!Path::new(&to).exists());
}
