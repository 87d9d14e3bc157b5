//! Quota, eligibility, entities and refusals.
//!
//! Long: one world, and every question about a person in it.

use ledger_core::event::PersonRegistered;
use std::sync::Arc;

use ledger_core::command::{
    CommandBody, CompleteTraining, OpenClass, PublishPolicy, WithdrawPolicy,
};
use ledger_core::{EventBody, Note, Position, Reason, Reference, SchemeId};

use super::World;
use super::samples::{
    JINAN, RATE, approve, approve_class, case, certificate, class, clawback, date, disbursement,
    division, enrol, finding, noon, open_account, person, publish_policy, scheme, school,
};
use crate::Outcome;
use crate::query::{ListRefusals, QueryError, QuotaQuery, QuotaUse, Reader};

fn quota(n: u8, as_of: Option<Position>) -> QuotaQuery {
    QuotaQuery {
        person: person(n),
        scheme: None,
        division: None,
        year: 2020,
        as_of,
    }
}

fn counts(quota: &QuotaUse) -> (u32, Option<u32>, Option<u32>, usize) {
    (quota.used, quota.limit, quota.left, quota.slots.len())
}

#[test]
fn quota_is_answered_as_of_every_position() {
    let world = World::seeded();
    let reader = world.reader();
    let of_person = |n| {
        move |body: &EventBody| match body {
            EventBody::SubsidyApproved(approved) => approved.person == person(n),
            _ => false,
        }
    };
    let returned = world.position(|body| matches!(body, EventBody::DisbursementReturned(_)));
    for (n, freed) in [(1, None), (6, Some(returned))] {
        let registered = world.position(|body| {
            *body == EventBody::PersonRegistered(PersonRegistered { person: person(n) })
        });
        let taken = world.position(of_person(n));
        for number in 0..=reader.log_position().get() {
            let as_of = Position::new(number);
            let answer = reader.quota(&quota(n, Some(as_of)));
            if as_of < registered {
                assert!(
                    matches!(answer, Err(QueryError::NotFound { .. })),
                    "{as_of}"
                );
                continue;
            }
            let answer = answer.unwrap();
            let expected = match (as_of >= taken, freed.is_some_and(|freed| as_of >= freed)) {
                (false, _) => (0, None, None, 0),
                (true, false) => (1, Some(3), Some(2), 1),
                (true, true) => (0, Some(3), Some(3), 1),
            };
            assert_eq!(counts(&answer), expected, "person {n} as of {as_of}");
            assert_eq!(answer.log_position, as_of);
            for used in &answer.slots {
                assert_eq!((used.slot.taken, used.approval), (taken, Some(taken)));
                assert_eq!(used.slot.freed, freed.filter(|freed| *freed <= as_of));
            }
        }
    }
}

#[test]
fn the_rule_of_a_quota_is_cited() {
    let world = World::seeded();
    let reader = world.reader();
    let policy = world.position(|body| matches!(body, EventBody::PolicyPublished(_)));
    let ask = |n, scheme: Option<SchemeId>, division, year, as_of| {
        let query = QuotaQuery {
            scheme,
            division,
            year,
            ..quota(n, as_of)
        };
        reader.quota(&query).unwrap()
    };
    let (jinan, other) = (
        Some(division(JINAN)),
        SchemeId::parse("no-such-scheme").unwrap(),
    );
    // The rule of the year's latest subsidy, and the same one when it is asked for.
    for answer in [
        ask(1, None, None, 2020, None),
        ask(1, Some(scheme()), None, 2020, None),
        ask(1, Some(scheme()), jinan, 2020, None),
        ask(11, Some(scheme()), jinan, 2020, None),
        ask(11, Some(scheme()), jinan, 2021, None),
    ] {
        let rule = answer.rule.expect("a rule limits it");
        assert_eq!((rule.policy, answer.limit), (policy, Some(3)));
        assert!(!rule.clause.is_empty());
    }
    // No subsidy to take it from, another year, another scheme, elsewhere.
    for answer in [
        ask(11, None, None, 2020, None),
        ask(1, None, None, 2019, None),
        ask(1, Some(scheme()), jinan, 2023, None),
        ask(1, Some(other), jinan, 2020, None),
        ask(1, Some(scheme()), Some(division(410_100)), 2020, None),
    ] {
        assert_eq!((answer.rule, answer.limit, answer.left), (None, None, None));
    }
    let future = Some(Position::new(reader.log_position().get() + 1));
    let result = reader.quota(&quota(1, future));
    assert!(matches!(result, Err(QueryError::PositionInFuture { .. })));
}

/// Two subsidies a year from 2020-04-01 on, decided by the approval; and a fee of another nature.
const LATER: &str = r#"
policy_id = "test-later"
version = 1
document_number = "构造〔2020〕1号"
title = "构造的测试文件"
division = 370000
valid_from = 2020-04-01

[[scheme]]
id = "vocational-training"
name_zh = "职业培训补贴"
[scheme.funds]
allowed = ["special_account"]
clause = "一"
[[scheme.quota]]
limit = 2
window = "calendar_year"
scope = "all_schemes"
counts_by = "approval"
clause = "二"
decided_by = "approval"
straddling = "this_rule"
[scheme.evidence]
certificate = true
assessment = false
clause = "三"
[scheme.quota_release]
returned_payment = true
clawback = false
clause = "四"

[[scheme]]
id = "fee"
name_zh = "鉴定补贴"
[scheme.funds]
allowed = ["special_account"]
clause = "五"
[scheme.counted_apart]
clause = "六"
[scheme.evidence]
certificate = false
assessment = false
clause = "七"
[scheme.quota_release]
returned_payment = true
clawback = false
clause = "八"
"#;

/// A quota is told as the decision counts it: by the document that held for the subsidy's own
/// dates, and without what is counted apart.
#[test]
fn a_quota_is_told_as_it_is_decided() {
    let world = World::seeded();
    let first = world.position(|body| matches!(body, EventBody::PolicyPublished(_)));
    let publish = CommandBody::PublishPolicy(PublishPolicy {
        text: Arc::from(LATER),
        policy: Arc::new(ledger_policy::compile(LATER).unwrap()),
    });
    let mut fee = approve_class(2);
    if let CommandBody::ApproveClass(class) = &mut fee {
        class.scheme = SchemeId::parse("fee").unwrap();
        (class.starts_on, class.ends_on) = (date("2020-05-02"), date("2020-05-10"));
    }
    let open = CommandBody::OpenClass(OpenClass { class: class(2) });
    let complete = |n| {
        let (class, person) = (class(2), person(n));
        CommandBody::CompleteTraining(CompleteTraining { class, person })
    };
    world.record("2020-05-01", vec![publish]);
    let later = world.reader().log_position();
    let training = [fee, open, enrol(2, 3), enrol(2, 10)];
    world.record("2020-05-02", training.into());
    let approvals = [
        complete(3),
        complete(10),
        approve(2, 3),
        approve(2, 10),
        approve(1, 10),
    ];
    for outcome in world.record("2020-05-10", approvals.into()) {
        assert!(matches!(outcome, Outcome::Recorded { .. }), "{outcome:?}");
    }
    let reader = world.reader();
    let ask = |n, scheme: &str, as_of| {
        let scheme = (!scheme.is_empty()).then(|| SchemeId::parse(scheme).unwrap());
        let answer = QuotaQuery {
            scheme,
            ..quota(n, as_of)
        };
        let answer = reader.quota(&answer).unwrap();
        let rule = answer.rule.as_ref().map(|rule| rule.policy);
        (counts(&answer), rule)
    };
    let training = "vocational-training";
    // Approved in March and in May; the fee of May does not count, and no rule limits it.
    assert_eq!(ask(10, "", None), ((1, Some(2), Some(1), 1), Some(later)));
    assert_eq!(
        ask(3, training, None),
        ((1, Some(2), Some(1), 1), Some(later))
    );
    assert_eq!(ask(4, "", None), ((1, Some(3), Some(2), 1), Some(first)));
    assert_eq!(ask(3, "fee", None).0, (2, None, None, 2));
    // Before the later document was published it is not known.
    let before = Some(Position::new(later.get() - 1));
    assert_eq!(
        ask(3, training, before),
        ((1, Some(3), Some(2), 1), Some(first))
    );
    // Withdrawn from its first day on, it states nothing for any day of the year.
    assert_eq!(
        ask(4, training, None),
        ((1, Some(2), Some(1), 1), Some(later))
    );
    let withdraw = CommandBody::WithdrawPolicy(WithdrawPolicy {
        policy_id: Reference::parse("test-later").unwrap(),
        version: 1,
        effective_on: date("2020-04-01"),
        grounds: Note::parse("构造的理由").unwrap(),
        decision_number: Reference::parse("构造〔2020〕2号").unwrap(),
    });
    world.record("2020-05-20", vec![withdraw]);
    assert_eq!(
        ask(4, training, None),
        ((1, Some(3), Some(2), 1), Some(first))
    );
}

#[test]
fn eligibility_is_answered_by_the_rules_of_the_approval() {
    let world = World::seeded();
    let reader = world.reader();
    let check = |class_number, n| {
        reader
            .check_eligibility(class(class_number), person(n), date("2020-05-10"))
            .unwrap()
    };
    // The tenth trainee was certified and not approved yet.
    let answer = check(1, 10);
    assert_eq!(
        (answer.value.would_pay, answer.value.refusals.len()),
        (Some(RATE), 0)
    );
    assert!(!answer.value.applied.is_empty());
    assert_eq!(answer.log_position, reader.log_position());
    for (class_number, n, reason) in [
        (1, 1, Reason::ApprovalExists),
        (1, 11, Reason::EnrolmentNotFound),
        (1, 99, Reason::PersonNotFound),
        (9, 1, Reason::ClassNotFound),
    ] {
        let answer = check(class_number, n).value;
        assert_eq!(answer.would_pay, None);
        assert_eq!(
            answer.refusals.first().map(|refusal| refusal.reason),
            Some(reason)
        );
    }
}

/// Between the sync and the moment in which readers are shown the new end of the log.
#[test]
fn a_policy_is_found_before_it_is_shown() {
    let world = World::empty();
    world.found();
    let unseen = World::empty();
    let bodies = [publish_policy(), open_account(JINAN)];
    unseen.record_unseen("2020-01-02", bodies.into());
    let reader = unseen.reader();
    assert!(unseen.shared.policies().published().is_empty());
    let policies = reader.policies(reader.log_position()).unwrap();
    assert_eq!(policies.published().len(), 1);
    unseen.show();
    let shown = unseen.shared.policies();
    assert_eq!(*reader.policies(reader.log_position()).unwrap(), *shown);
    // Nothing is compiled again when no policy is missing.
    unseen.record_unseen("2020-01-03", vec![open_account(410_100)]);
    let policies = reader.policies(reader.log_position()).unwrap();
    assert!(std::sync::Arc::ptr_eq(&policies, &shown));
}

#[test]
fn entities_are_given_with_the_position_that_they_reflect() {
    let world = World::seeded();
    let reader = world.reader();
    let last = reader.log_position();
    let class_entity = reader.entity(class(1)).unwrap();
    assert_eq!(
        (class_entity.value.enrolled, class_entity.log_position),
        (10, last)
    );
    assert_eq!(reader.entity(person(1)).unwrap().value.slots.len(), 1);
    assert_eq!(
        reader.entity(certificate(3)).unwrap().value.person,
        person(3)
    );
    assert_eq!(reader.entity(disbursement(1)).unwrap().value.lines.len(), 5);
    assert_eq!(
        reader.entity(school()).unwrap().value.qualifications.len(),
        2
    );
    let found = reader.entity(case()).unwrap().value;
    assert_eq!(
        found.findings.first().map(|made| made.finding),
        Some(finding())
    );
    let owed = reader.entity(clawback()).unwrap().value;
    assert_eq!(
        (owed.total.get(), owed.outstanding.get()),
        (100_000, 50_000)
    );

    for missing in [
        reader.entity(class(9)).err(),
        reader.entity(person(99)).err(),
        reader.entity(certificate(99)).err(),
        reader.entity(disbursement(9)).err(),
    ] {
        let error = missing.expect("it does not exist");
        assert!(matches!(error, QueryError::NotFound { .. }) && !error.retry_helps());
    }
}

/// Reads all pages of so many refusals each.
fn list(reader: &Reader, query: &ListRefusals, limit: usize) -> Vec<(u64, Reason)> {
    let mut query = query.clone();
    query.limit = limit;
    let mut found = Vec::new();
    loop {
        let page = reader.refusals(&query).unwrap();
        assert_eq!(page.total_count, 5);
        assert_eq!(page.log_position, reader.log_position());
        let page_found = page.refusals.into_iter();
        found.extend(page_found.map(|found| (found.number, found.record.refusal.reason)));
        query.cursor = page.next;
        if query.cursor.is_none() {
            return found;
        }
    }
}

#[test]
fn refusals_are_listed_page_by_page() {
    use Reason::{AccountExists, ClassExists, ClassNotFound, ClassNotOpen};
    let world = World::seeded();
    let refused = vec![enrol(1, 11), approve_class(1), enrol(7, 1)];
    world.record("2020-06-01", refused);
    let all = [
        (1, AccountExists),
        (2, ClassNotOpen),
        (3, ClassNotOpen),
        (4, ClassExists),
        (5, ClassNotFound),
    ];
    let query = |change: fn(&mut ListRefusals)| {
        let mut query = ListRefusals::default();
        change(&mut query);
        query
    };
    for (query, expected) in [
        (query(|_| {}), &all[..]),
        (query(|q| q.reason = Some(ClassNotOpen)), &all[1..3]),
        (
            query(|q| q.recorded_from = Some(noon("2020-06-01"))),
            &all[2..],
        ),
        (
            query(|q| q.recorded_before = Some(noon("2020-06-01"))),
            &all[..2],
        ),
        (query(|q| q.recorded_from = Some(noon("2020-06-02"))), &[]),
    ] {
        for limit in [0, 1, 2] {
            let found = list(&world.reader(), &query, limit);
            assert_eq!(found, expected, "{query:?}");
        }
    }
}

#[test]
fn a_list_of_refusals_may_be_empty_and_takes_its_own_cursor_only() {
    let none = ListRefusals::default();
    let empty = World::empty().reader().refusals(&none).unwrap();
    assert_eq!((empty.total_count, empty.next), (0, None));

    let reader = World::seeded().reader();
    let limit = 1;
    let cursor = reader
        .refusals(&ListRefusals {
            limit,
            ..none.clone()
        })
        .unwrap()
        .next;
    assert!(cursor.is_some());
    let reason = Some(Reason::ClassExists);
    let other = reader.refusals(&ListRefusals {
        reason,
        cursor,
        ..none
    });
    assert!(matches!(other, Err(QueryError::PageTokenMismatch)));
}
