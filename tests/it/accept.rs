//! A ledger that has lost what says that it is one, and the operator who knows where its log ends.

use ledger_proto::v1;
use ledger_tests::oracle::Sent;
use ledger_tests::workload::{Lane, foundations};
use ledger_tests::{RawClient, ServerProcess, server_program};
use std::fs;
use tempfile::TempDir;

async fn connect(server: &ServerProcess) -> RawClient {
    let address = format!("http://{}", server.address());
    RawClient::connect(address).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_accepts_where_the_log_ends() {
    let folder = TempDir::new().unwrap();
    let data_dir = folder.path().join("ledger");
    let server = ServerProcess::start(&data_dir).unwrap();
    let mut client = connect(&server).await;
    let mut lane = Lane::new(0, 11);
    let mut commands = foundations();
    commands.extend(lane.foundations());
    let sent = Sent::new(lane.request_id(), commands);
    let position = client
        .append(sent.message())
        .await
        .unwrap()
        .into_inner()
        .log_position;
    let status = |status: tonic::Response<v1::GetStatusResponse>| status.into_inner();
    let before = status(client.get_status(v1::GetStatusRequest {}).await.unwrap());
    let identity = fs::read_to_string(data_dir.join("IDENTITY")).unwrap();
    assert_eq!(before.ledger_id, identity.trim());
    drop(client);
    server.kill().unwrap();

    fs::remove_file(data_dir.join("LEDGER")).unwrap();
    let refused = ServerProcess::try_start(&data_dir).unwrap();
    assert!(refused.is_err(), "{refused:?}");
    let accept = |position: u64, reason: &str| {
        let (position, dir) = (position.to_string(), data_dir.to_str().unwrap());
        let verb = ["accept", "--data-dir", dir, "--position", &position];
        let verb = verb.into_iter().chain(["--reason", reason]);
        server_program(&verb.collect::<Vec<_>>()).unwrap()
    };
    assert_eq!(accept(position, " ").code, Some(2), "a reason is asked for");
    let wrong = accept(position - 1, "the follower of the city says so");
    assert_eq!(wrong.code, Some(3), "{wrong:?}");
    let told = format!("the log ends at position {position} and not at");
    assert!(wrong.messages.contains(&told), "{wrong:?}");
    let done = accept(position, "the follower of the city says so");
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(done.output.contains("begins a new epoch"), "{done:?}");
    assert!(
        done.messages.contains("the follower of the city says so"),
        "{done:?}"
    );
    let again = accept(position, "once more");
    assert_eq!(again.code, Some(3), "{again:?}");

    let server = ServerProcess::start(&data_dir).unwrap();
    let mut client = connect(&server).await;
    let after = status(client.get_status(v1::GetStatusRequest {}).await.unwrap());
    assert_eq!(
        (after.log_position, &after.ledger_id),
        (position, &before.ledger_id)
    );
    assert_eq!(after.merkle_root, before.merkle_root);
    let last = after.epochs.last().unwrap();
    assert_eq!(last.reason(), v1::EpochReason::Accepted);
    assert_eq!(last.first_position, position + 1);
    server.stop_aside().await.unwrap();
}
