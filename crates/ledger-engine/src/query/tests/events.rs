//! Reading events: filters, directions, pages and times, against looking at every event.
//!
//! Long: one history, and every filter over it.

use std::collections::BTreeSet;

use ledger_core::{EventKind, Position, RecordedEvent, RecordedTime, Tag};
use ledger_log::Direction::{self, Backward, Forward};

use super::samples::{
    JINAN, QINGDAO, account, approve_class, case, certificate, class, clawback, disbursement,
    division, noon, person, register, school,
};
use super::{World, read, tags_of};
use crate::query::limits::{FILTER_TAGS_MAX, PAGE_ITEMS_MAX};
use crate::query::{Cursor, EventFilter, EventRange, QueryError, ReadEvents, Reader};

/// The answer worked out from all events.
fn expected(events: &[RecordedEvent], query: &ReadEvents) -> Vec<Position> {
    let tags = tags_of(events);
    let matches = |event: &&RecordedEvent| {
        let of_event = &tags[&event.position];
        let range = query.range;
        query.filter.tags.iter().all(|tag| of_event.contains(tag))
            && (query.filter.kinds.is_empty()
                || query.filter.kinds.contains(&event.event.body.kind()))
            && range.from <= event.position
            && range.to.is_none_or(|to| event.position <= to)
            && range
                .recorded_from
                .is_none_or(|from| from <= event.recorded_at)
            && range
                .recorded_before
                .is_none_or(|before| event.recorded_at < before)
    };
    let mut found: Vec<_> = events
        .iter()
        .filter(matches)
        .map(|event| event.position)
        .collect();
    if query.direction == Backward {
        found.reverse();
    }
    found
}

/// Reads all pages and returns the positions, and the size of each page.
fn read_all(reader: &Reader, query: &ReadEvents) -> (Vec<Position>, Vec<usize>) {
    let mut query = query.clone();
    let (mut positions, mut pages) = (Vec::new(), Vec::new());
    loop {
        let page = reader.read_events(&query).unwrap();
        positions.extend(page.events.iter().map(|event| event.position));
        pages.push(page.events.len());
        // A token is all that a caller keeps of a page.
        query.cursor = match page.next {
            Some(cursor) => Cursor::from_token(&cursor.to_token()).unwrap(),
            None => return (positions, pages),
        };
    }
}

fn filters() -> Vec<EventFilter> {
    use EventKind::{AttendanceRecorded, ClassApproved, PersonEnrolled, SubsidyApproved};
    let tags: &[&[Tag]] = &[
        &[],
        &[Tag::Person(person(1))],
        &[Tag::Person(person(6))],
        &[Tag::Person(person(12))],
        &[Tag::Person(person(99))],
        &[Tag::Class(class(1))],
        &[Tag::Class(class(9))],
        &[Tag::Institution(school())],
        &[Tag::Certificate(certificate(3))],
        &[Tag::Certificate(certificate(99))],
        &[Tag::Disbursement(disbursement(1))],
        &[Tag::Disbursement(disbursement(2))],
        &[Tag::Disbursement(disbursement(3))],
        &[Tag::Division(division(JINAN))],
        &[Tag::Division(division(QINGDAO))],
        &[Tag::Case(case())],
        &[Tag::Clawback(clawback())],
        &[Tag::Account(account(JINAN))],
        &[Tag::Account(account(QINGDAO))],
        &[Tag::Class(class(1)), Tag::Person(person(1))],
        &[Tag::Person(person(1)), Tag::Person(person(2))],
        &[Tag::Person(person(1)), Tag::Person(person(6))],
        &[Tag::Account(account(JINAN)), Tag::Account(account(QINGDAO))],
        &[
            Tag::Account(account(JINAN)),
            Tag::Class(class(1)),
            Tag::Institution(school()),
        ],
        &[Tag::Division(division(QINGDAO)), Tag::Class(class(1))],
    ];
    let kinds: &[&[EventKind]] = &[
        &[],
        &[SubsidyApproved],
        &[ClassApproved, PersonEnrolled],
        &[AttendanceRecorded],
    ];
    let mut filters = Vec::new();
    for tags in tags {
        for kinds in kinds {
            filters.push(EventFilter {
                tags: tags.to_vec(),
                kinds: kinds.to_vec(),
            });
        }
    }
    filters
}

#[test]
fn every_filter_finds_what_looking_at_every_event_finds() {
    let world = World::seeded();
    let (reader, events) = (world.reader(), world.events());
    let mut found = BTreeSet::new();
    for filter in filters() {
        for direction in [Forward, Backward] {
            let query = read(filter.clone(), direction);
            let expected = expected(&events, &query);
            found.insert(expected.len());
            assert_eq!(read_all(&reader, &query).0, expected, "{query:?}");
        }
    }
    assert!(found.len() > 10, "the filters tell events apart: {found:?}");
}

#[test]
fn pages_resume_where_the_last_one_ended() {
    let world = World::seeded();
    let (reader, events) = (world.reader(), world.events());
    for filter in filters() {
        for direction in [Forward, Backward] {
            for limit in [1, 2, 7] {
                let query = ReadEvents {
                    limit,
                    ..read(filter.clone(), direction)
                };
                let (positions, pages) = read_all(&reader, &query);
                assert_eq!(positions, expected(&events, &query), "{query:?}");
                assert!(
                    pages.iter().all(|page| *page <= limit),
                    "{query:?}: {pages:?}"
                );
            }
        }
    }
}

#[test]
fn ranges_of_positions_and_times_are_kept() {
    let world = World::seeded();
    let (reader, events) = (world.reader(), world.events());
    let last = reader.log_position();
    let positions = [0, 1, 2, 20, last.get() - 1, last.get(), last.get() + 5].map(Position::new);
    let just_after = |time: RecordedTime| RecordedTime::from_micros(time.micros() + 1);
    let times = [
        None,
        Some(noon("2019-12-31")),
        Some(noon("2020-01-07")),
        Some(just_after(noon("2020-01-07"))),
        Some(noon("2020-03-20")),
        Some(noon("2020-05-02")),
        Some(just_after(noon("2020-05-02"))),
        Some(noon("2021-01-01")),
    ];
    let mut ranges = Vec::new();
    for from in positions {
        for to in positions.map(Some).into_iter().chain([None]) {
            ranges.push(EventRange {
                from,
                to,
                ..EventRange::default()
            });
        }
    }
    for recorded_from in times {
        for recorded_before in times {
            let from = Position::ZERO;
            ranges.push(EventRange {
                from,
                to: None,
                recorded_from,
                recorded_before,
            });
        }
    }
    for range in ranges {
        for direction in [Forward, Backward] {
            for tags in [
                vec![],
                vec![Tag::Class(class(1))],
                vec![Tag::Person(person(1))],
            ] {
                let filter = EventFilter {
                    tags,
                    kinds: Vec::new(),
                };
                let query = ReadEvents {
                    range,
                    limit: 5,
                    ..read(filter, direction)
                };
                let positions = read_all(&reader, &query).0;
                assert_eq!(positions, expected(&events, &query), "{query:?}");
            }
        }
    }
}

#[test]
fn an_event_is_given_as_it_is_stored() {
    let world = World::seeded();
    let query = read(EventFilter::default(), Forward);
    let page = world.reader().read_events(&query).unwrap();
    assert_eq!(page.log_position, world.engine.storage().last_position());
    for event in page.events {
        let block = world
            .engine
            .storage()
            .read_block_at(event.position)
            .unwrap()
            .unwrap();
        let record = block.record(event.position).unwrap();
        assert_eq!(
            (event.bytes.as_slice(), event.leaf_hash),
            (record.bytes, *record.leaf_hash)
        );
        assert_eq!(
            event.leaf_hash,
            ledger_core::merkle::leaf_hash(&event.bytes)
        );
    }
}

#[test]
fn an_empty_log_gives_an_empty_page() {
    let reader = World::empty().reader();
    for direction in [Forward, Backward] {
        for range in [
            EventRange::default(),
            EventRange {
                recorded_from: Some(noon("2020-01-01")),
                ..EventRange::default()
            },
            EventRange {
                recorded_before: Some(noon("2020-01-01")),
                ..EventRange::default()
            },
        ] {
            let query = ReadEvents {
                range,
                ..read(EventFilter::default(), direction)
            };
            let page = reader.read_events(&query).unwrap();
            assert_eq!((page.events.len(), page.next), (0, None));
            assert_eq!(page.log_position, Position::ZERO);
        }
    }
}

#[test]
fn a_cursor_of_another_query_is_refused() {
    let world = World::seeded();
    let reader = world.reader();
    let query = ReadEvents {
        limit: 1,
        ..read(EventFilter::default(), Forward)
    };
    let cursor = reader.read_events(&query).unwrap().next;
    assert!(cursor.is_some());
    let tags = vec![Tag::Class(class(1))];
    let kinds = vec![EventKind::ClassClosed];
    let others: [fn(&mut ReadEvents); 4] = [
        |query| query.direction = Backward,
        |query| query.range.from = Position::new(2),
        |query| query.range.to = Some(Position::new(9)),
        |query| query.range.recorded_from = Some(noon("2020-01-01")),
    ];
    let mut queries = vec![
        ReadEvents {
            filter: EventFilter {
                tags,
                kinds: vec![],
            },
            ..query.clone()
        },
        ReadEvents {
            filter: EventFilter {
                tags: vec![],
                kinds,
            },
            ..query.clone()
        },
    ];
    for change in others {
        let mut other = query.clone();
        change(&mut other);
        queries.push(other);
    }
    for other in queries {
        let result = reader.read_events(&ReadEvents { cursor, ..other });
        assert!(matches!(result, Err(QueryError::PageTokenMismatch)));
    }
    // The size of the page is not part of the question.
    assert!(
        reader
            .read_events(&ReadEvents {
                cursor,
                limit: 9,
                ..query
            })
            .is_ok()
    );
}

#[test]
fn a_filter_has_bounds() {
    let reader = World::empty().reader();
    let tags = vec![Tag::Class(class(1)); FILTER_TAGS_MAX + 1];
    let query = read(
        EventFilter {
            tags,
            kinds: Vec::new(),
        },
        Forward,
    );
    assert!(matches!(
        reader.read_events(&query),
        Err(QueryError::OutOfBounds { .. })
    ));
}

#[test]
fn a_page_has_a_largest_size() {
    let world = World::empty();
    let persons = PAGE_ITEMS_MAX + 10;
    world.record("2020-01-02", (0..persons).map(register).collect());
    for direction in [Forward, Backward] {
        for limit in [0, usize::MAX] {
            let query = ReadEvents {
                limit,
                ..read(EventFilter::default(), direction)
            };
            let (positions, pages) = read_all(&world.reader(), &query);
            assert_eq!(
                (positions.len(), pages),
                (persons, vec![PAGE_ITEMS_MAX, 10])
            );
        }
    }
}

/// A filter that matches nothing ends its page when searching has taken long, and makes progress.
#[test]
fn a_search_in_vain_is_cut_into_pages() {
    let world = World::empty();
    for number in 0..1_200 {
        world.record("2020-01-02", vec![register(number)]);
    }
    let reader = world.reader();
    for direction in [Forward, Backward] {
        let kinds = vec![EventKind::ClassApproved];
        let query = read(
            EventFilter {
                tags: Vec::new(),
                kinds,
            },
            direction,
        );
        let first = reader.read_events(&query).unwrap();
        assert!(first.events.is_empty());
        let next = first
            .next
            .expect("1,200 blocks are more than a page may read")
            .next;
        let expected = if direction == Forward { 1_001 } else { 200 };
        assert_eq!(next, expected, "a thousand blocks were looked at");
        let (positions, pages) = read_all(&reader, &query);
        assert_eq!((positions, pages), (vec![], vec![0, 0]));
    }
}

#[test]
fn two_rare_tags_are_intersected_by_leaping() {
    let world = World::seeded();
    for number in 2..40 {
        world.record("2020-06-01", vec![approve_class(number)]);
    }
    let (reader, events) = (world.reader(), world.events());
    for number in [1, 2, 20, 39] {
        for direction in [Forward, Backward] {
            let tags = vec![Tag::Institution(school()), Tag::Class(class(number))];
            let query = read(
                EventFilter {
                    tags,
                    kinds: Vec::new(),
                },
                direction,
            );
            assert_eq!(read_all(&reader, &query).0, expected(&events, &query));
        }
    }
}

#[test]
fn the_direction_is_part_of_the_answer() {
    let world = World::seeded();
    let newest = |direction: Direction| {
        let query = ReadEvents {
            limit: 1,
            ..read(EventFilter::default(), direction)
        };
        world
            .reader()
            .read_events(&query)
            .unwrap()
            .events
            .first()
            .map(|event| event.position)
    };
    assert_eq!(newest(Forward), Some(Position::FIRST));
    assert_eq!(newest(Backward), Some(world.reader().log_position()));
}
