//! Ledgers written by released versions: this version opens them, and answers as they did.
//!
//! A fixture is never changed. A new format gets a new one beside it; see `fixtures` for how it is
//! written.

use crate::fixtures::{self, Fixture};
use crate::story::{
    AWARD, AWARD_FEN, CLASS, CLAWBACK, PERSON, RATE_FEN, REPAID_FEN, everything,
    everything_of_five_documents,
};
use anyhow::{Context as _, Result, ensure};
use ledger_core::hex;
use ledger_proto::v1;
use ledger_tests::workload::{SCHEME, city};
use ledger_tests::{RawClient, ServerProcess};
use tonic::Code;

/// One per version of the format on disk.
const FIXTURES: [Fixture; 2] = [
    Fixture {
        folder: "db-v1",
        story: everything,
        last_position: 275,
        root: "e0dff6b2a2430f8d9f1be953c1e57e758b951fea5fa5ab0234cd8fd22c08407d",
        refusals: 1,
        accounts: 16,
        class_enrolled: 1,
        award_ordered_fen: None,
    },
    Fixture {
        folder: "db-v2",
        story: everything_of_five_documents,
        last_position: 287,
        root: "663816f862fce3c7b47497fa4ba6d578e8c8b2ff52e54e0feb8448c4cae9e261",
        refusals: 1,
        accounts: 17,
        class_enrolled: 1,
        award_ordered_fen: Some(AWARD_FEN),
    },
];

#[tokio::test(flavor = "multi_thread")]
async fn ledgers_of_released_versions_open_and_answer_as_before() {
    for fixture in &FIXTURES {
        check(fixture)
            .await
            .unwrap_or_else(|error| panic!("{}: {error:?}", fixture.folder));
    }
}

async fn check(fixture: &Fixture) -> Result<()> {
    let folder = fixtures::open(fixture).await?;
    let server = ServerProcess::start(folder.path())?;
    let mut client = RawClient::connect(format!("http://{}", server.address())).await?;
    let status = client
        .get_status(v1::GetStatusRequest {})
        .await?
        .into_inner();
    let root = hex::encode(&status.merkle_root);
    ensure!(
        (status.log_position, root.as_str(), status.refusal_count)
            == (fixture.last_position, fixture.root, fixture.refusals),
        "the ledger ends at {} with root {root} after {} refusals",
        status.log_position,
        status.refusal_count,
    );
    check_money(&mut client, fixture).await?;
    check_person(&mut client, fixture).await?;
    check_award(&mut client, fixture).await?;
    check_trace(&mut client).await?;
    check_progress(&mut client).await?;
    check_rebuild(&mut client).await?;
    // What was written by that version can be written on by this one.
    let answer = client.append(crate::story::newcomer()).await?.into_inner();
    ensure!(
        answer.first_position == fixture.last_position + 1,
        "the log does not go on: {answer:?}"
    );
    server.stop_aside().await
}

async fn check_money(client: &mut RawClient, fixture: &Fixture) -> Result<()> {
    let all = client
        .list_accounts(v1::ListAccountsRequest::default())
        .await?
        .into_inner();
    ensure!(
        all.accounts.len() == fixture.accounts,
        "{} accounts",
        all.accounts.len()
    );
    ensure!(
        all.total_debits_fen == all.total_credits_fen,
        "the books do not balance"
    );
    let fund = v1::FundSource::SpecialAccount.into();
    let account = Some(v1::AccountKey {
        division: city(0).code(),
        fund,
    });
    let request = v1::GetAccountRequest {
        account,
        ..Default::default()
    };
    let account = client.get_account(request).await?.into_inner().account;
    let receivable = account
        .context("an account")?
        .balances
        .into_iter()
        .find(|balance| balance.kind() == v1::AccountKind::Receivable)
        .context("a receivable")?;
    ensure!(
        receivable.balance_fen == RATE_FEN - REPAID_FEN,
        "{receivable:?} is outstanding"
    );
    Ok(())
}

async fn check_person(client: &mut RawClient, fixture: &Fixture) -> Result<()> {
    let request = v1::GetQuotaRequest {
        person_key: PERSON.as_bytes().to_vec(),
        scheme: SCHEME.to_owned(),
        division: city(0).code(),
        year: 2021,
        ..Default::default()
    };
    let quota = client.get_quota(request).await?.into_inner();
    ensure!(
        (quota.used, quota.limit, quota.left) == (1, Some(3), Some(2)),
        "{quota:?}"
    );
    let request = v1::GetClassRequest {
        class_id: CLASS.as_bytes().to_vec(),
        ..Default::default()
    };
    let class = client.get_class(request).await?.into_inner();
    ensure!(class.enrolled == fixture.class_enrolled, "{class:?}");
    Ok(())
}

async fn check_award(client: &mut RawClient, fixture: &Fixture) -> Result<()> {
    let request = v1::GetAwardRequest {
        award_id: AWARD.as_bytes().to_vec(),
        ..Default::default()
    };
    let ordered = match client.get_award(request).await {
        Ok(award) => Some(
            award
                .into_inner()
                .parts
                .iter()
                .map(|part| part.amount_fen - part.left_fen)
                .sum::<i64>(),
        ),
        Err(status) if status.code() == Code::NotFound => None,
        Err(status) => return Err(status.into()),
    };
    ensure!(
        ordered == fixture.award_ordered_fen,
        "{ordered:?} fen of the award are ordered"
    );
    Ok(())
}

/// The way back from the clawback reaches the first event, the policy.
async fn check_trace(client: &mut RawClient) -> Result<()> {
    use v1::trace_clawback_response::Message;
    let request = v1::TraceClawbackRequest {
        clawback_id: CLAWBACK.as_bytes().to_vec(),
        ..Default::default()
    };
    let mut messages = client.trace_clawback(request).await?.into_inner();
    let mut lowest = None;
    while let Some(message) = messages.message().await? {
        match message.message.context("a trace message")? {
            Message::Node(node) => lowest = Some(node.position),
            Message::Summary(summary) => ensure!(summary.complete, "the trace is cut off"),
        }
    }
    ensure!(lowest == Some(1), "the trace ends at {lowest:?}");
    Ok(())
}

/// What that version did not count yet is counted when its ledger is opened: as many as there are
/// events, as of their positions, and apart what the finding of the story calls false.
async fn check_progress(client: &mut RawClient) -> Result<()> {
    use v1::EventKind::{CertificateIssued, FindingMade, SubsidyApproved, TrainingCompleted};
    use v1::TargetMeasure::{Certified, Completed, Subsidised};
    let findings = positions_of(client, FindingMade).await?;
    let [finding] = findings.as_slice() else {
        anyhow::bail!("findings at {findings:?}")
    };
    for (kind, measure) in [
        (TrainingCompleted, Completed),
        (CertificateIssued, Certified),
        (SubsidyApproved, Subsidised),
    ] {
        let positions = positions_of(client, kind).await?;
        let (first, last) = positions.first().zip(positions.last()).context("events")?;
        for as_of in [first - 1, *first, finding - 1, *finding, last - 1, *last] {
            let known = positions.iter().filter(|position| **position <= as_of);
            let expected = (known.count(), u64::from(*finding <= as_of));
            let found = counted(client, measure, as_of).await?;
            ensure!(
                (usize::try_from(found.0)?, found.1) == expected,
                "{measure:?} as of {as_of}: {found:?} instead of {expected:?}"
            );
        }
    }
    Ok(())
}

async fn positions_of(client: &mut RawClient, kind: v1::EventKind) -> Result<Vec<u64>> {
    let filter = v1::EventFilter {
        tags: Vec::new(),
        kinds: vec![kind.into()],
    };
    let request = v1::ReadEventsRequest {
        filter: Some(filter),
        ..Default::default()
    };
    let mut messages = client.read_events(request).await?.into_inner();
    let mut positions = Vec::new();
    while let Some(message) = messages.message().await? {
        positions.extend(message.events.iter().map(|event| event.position));
    }
    Ok(positions)
}

/// What is counted of a measure in all, and what of it is found false.
async fn counted(
    client: &mut RawClient,
    measure: v1::TargetMeasure,
    as_of_position: u64,
) -> Result<(u64, u64)> {
    let request = v1::ReportProgressRequest {
        quarter: Some(v1::Quarter {
            year: 2021,
            number: 4,
        }),
        as_of_position,
        ..Default::default()
    };
    let report = client.report_progress(request).await?.into_inner();
    let total = report.totals.iter().find(|of| of.measure() == measure);
    let count = total.and_then(|of| of.counted.as_ref()?.total?.cumulative);
    Ok(count.map_or((0, 0), |count| (count.counted, count.found_false)))
}

async fn check_rebuild(client: &mut RawClient) -> Result<()> {
    let mut progress = client
        .rebuild(v1::RebuildRequest::default())
        .await?
        .into_inner();
    let mut last = None;
    while let Some(message) = progress.message().await? {
        last = Some(message);
    }
    let last = last.context("a rebuild says how it ended")?;
    ensure!(
        last.phase() == v1::RebuildPhase::Switched,
        "the rebuild ended with {last:?}"
    );
    Ok(())
}
