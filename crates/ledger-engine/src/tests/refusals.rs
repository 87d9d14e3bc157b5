//! What is kept beside a refusal, and refusals that earlier versions kept.

use super::world::*;
use crate::refusals::{RefusalDetail, decode_refusal, encode_refusal};
use crate::{EngineOptions, RefusalRecord};
use ledger_core::{Position, Reason};
use ledger_log::{Direction, MemoryStore, Space, StateStore, keys};
use ledger_proto::refusal_bytes::KeptExplanation;
use std::sync::Arc;

fn records(store: &MemoryStore) -> Vec<RefusalRecord> {
    let entries = store
        .scan(
            Space::Refusals,
            &keys::refusal(1),
            b"",
            Direction::Forward,
            100,
        )
        .unwrap();
    let records = entries.iter().map(|(_, value)| decode_refusal(value));
    records.map(Result::unwrap).collect()
}

fn explanation(record: &RefusalRecord) -> KeptExplanation {
    let bytes = record.detail.explanation.as_deref().unwrap();
    KeptExplanation::from_bytes(bytes).unwrap()
}

#[test]
fn a_refused_approval_keeps_its_command_and_the_whole_chain() {
    let store = Arc::new(MemoryStore::new());
    let world = World::founded(store.clone(), EngineOptions::default());
    world.append(1, vec![register(1)]);
    world.append(2, trained(1, 1..2));
    world.append(3, vec![approve(1, 1)]);
    let last = world.last();
    let requests = [
        (request(4, vec![approve(1, 1)]), Some(last)),
        // The accrual is undone with the request, so the decision saw what never was.
        (request(5, vec![accrue(1), approve(1, 1)]), None),
        (
            independent(6, vec![accrue(1), approve(1, 1)]),
            Some(last + 1),
        ),
        (request(7, vec![open_class(1)]), Some(last + 1)),
    ];
    for (number, (request, _)) in (1..).zip(&requests) {
        let appended = world.engine.append_blocking(request.clone()).unwrap();
        assert_eq!(appended.first_refusal, Some(number));
        let again = world.engine.append_blocking(request.clone()).unwrap();
        assert_eq!((again.first_refusal, again.replayed), (Some(number), true));
    }
    let only_validated = validate_only(request(8, vec![approve(1, 1)]));
    let appended = world.engine.append_blocking(only_validated).unwrap();
    assert_eq!(appended.first_refusal, None);
    let records = records(&store);
    assert_eq!(records.len(), requests.len());
    for (record, (request, seen)) in records.iter().zip(&requests) {
        assert_eq!(record.detail.seen, seen.map(Position::new));
        let is_approval = record.refusal.reason == Reason::ApprovalExists;
        assert_eq!(record.detail.command.is_some(), is_approval);
        assert_eq!(record.request_id, request.request_id);
        let explained = explanation(record).into_proto();
        assert_eq!(explained.barred.len(), 1, "{explained:?}");
        // Every rule of the scheme is there, although the state alone bars the approval.
        assert_eq!(explained.rules.len() > 5, is_approval);
        for rule in explained.rules {
            assert!(!rule.text_en.is_empty() && !rule.text_zh.is_empty());
        }
    }
}

#[test]
fn refusals_of_earlier_versions_are_read() {
    let store = Arc::new(MemoryStore::new());
    let world = World::founded(store.clone(), EngineOptions::default());
    world.append(1, vec![open_class(1)]);
    let mut record = records(&store).remove(0);
    record.detail = RefusalDetail::default();
    record.refusal.subject = None;
    let written = encode_refusal(&record);
    assert_eq!(decode_refusal(&written).as_ref(), Ok(&record));
    // Version 2 had no count of facts before the subject, which is absent here; the three details
    // follow, absent as well.
    let end = written.len() - 3;
    assert_eq!(written[end - 2..], [0; 5]);
    let mut earlier = [&written[..end - 1], &written[end..]].concat();
    earlier[0] = 2;
    assert_eq!(decode_refusal(&earlier).as_ref(), Ok(&record));
    // Version 1 ended where the details begin.
    earlier.truncate(end - 1);
    earlier[0] = 1;
    assert_eq!(decode_refusal(&earlier).as_ref(), Ok(&record));
    for end in 0..earlier.len() {
        assert!(decode_refusal(&earlier[..end]).is_err());
    }
    for version in [0, 4] {
        earlier[0] = version;
        assert!(decode_refusal(&earlier).is_err());
    }
}

#[test]
fn details_of_one_request_are_bounded() {
    let store = Arc::new(MemoryStore::new());
    let world = World::founded(store.clone(), EngineOptions::default());
    world.append(1, vec![register(1)]);
    world.append(2, trained(1, 1..2));
    world.append(3, vec![approve(1, 1)]);
    let many = vec![approve(1, 1); crate::limits::REQUEST_COMMANDS_MAX];
    let appended = world.engine.append_blocking(independent(4, many)).unwrap();
    assert_eq!(appended.first_refusal, Some(1));
    let last = world.engine.status().refusals;
    let entries = store
        .scan(Space::Refusals, b"", b"", Direction::Forward, usize::MAX)
        .unwrap();
    assert_eq!(u64::try_from(entries.len()).unwrap(), last);
    let details = entries.iter().map(|(_, value)| {
        let detail = decode_refusal(value).unwrap().detail;
        detail.command.map_or(0, |bytes| bytes.len())
            + detail.explanation.map_or(0, |bytes| bytes.len())
    });
    let sizes: Vec<usize> = details.collect();
    let limit = crate::limits::REFUSAL_DETAILS_PER_REQUEST_BYTES_MAX;
    let total: usize = sizes.iter().sum();
    assert!(total >= limit && total < limit + crate::limits::REFUSAL_DETAIL_BYTES_MAX);
    assert!(sizes[0] > 0 && sizes.last() == Some(&0));
}
