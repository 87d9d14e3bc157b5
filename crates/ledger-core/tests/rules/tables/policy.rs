//! Policy documents: published, in conflict, replaced, withdrawn; and catalogues.

use ledger_core::event::{PolicyPublished, PolicyWithdrawn};
use ledger_core::{EventBody, EventKind, Position};

use super::{BODIES, tables};
use crate::script::run;

tables! {
    publish_policy_by_precedence given []
    "
    now 2020-01-01
    2020-01-02 policy P1 bytes=262145 valid=2020-02-01..2020-01-31 causes=9 => OUT_OF_BOUNDS limit=262144 found=262145
               policy P1 version=0 valid=2020-02-01..2020-01-31 causes=9    => OUT_OF_BOUNDS
               policy P1 valid=2020-02-01..2020-01-31 causes=9 => DATES_REVERSED
               policy P1 causes=9                   => DATE_IN_FUTURE
    2020-01-01 policy P1 causes=9                   => CAUSE_UNKNOWN
               policy P1 bytes=262144 @one          => ok
               policy P1                            => POLICY_EXISTS limit=1 found=1 facts=@one
               policy P1 version=3 @three           => ok
               policy P1 version=2                  => POLICY_EXISTS limit=3 found=2 facts=@one,@three
               policy P2 version=2                  => ok
    "

    the_policy_in_force given [BODIES]
    "
    2019-01-01 class C1 dates=2020-03-01..2020-03-31     => POLICY_NOT_FOUND
               policy P1 valid=2019-01-01..2019-12-31
               class C1 scheme=other                => POLICY_NOT_FOUND
               class C1 division=520100             => POLICY_NOT_FOUND
    2018-12-31 class C1                             => POLICY_NOT_FOUND
    2019-12-31 class C1                             => ok
    2020-01-01 class C2                             => POLICY_NOT_FOUND
    "

    // Where the province has spoken, a city adds schemes and rates, not other rules.
    documents_that_conflict given []
    "
    2019-01-01 policy P1 @one
               policy P1 version=2 valid=2019-01-01..2020-12-31 @two
               policy C1 division=370100 valid=2020-12-31..       => POLICY_CONFLICTS facts=@two
               policy C1 division=370100 schemes=city-scheme @city => ok
               policy C2 division=370102 valid=2019-06-01.. schemes=other,vocational-training => POLICY_CONFLICTS facts=@two
               policy C2 division=370102 schemes=city-scheme      => POLICY_CONFLICTS facts=@city
               policy C2 division=370200 schemes=city-scheme      => ok
               policy C3 division=370100 valid=2021-01-01..       => ok
               policy C4 division=520100                          => ok
               policy P2                                          => ok
               withdraw-policy P2 1 2020-06-01
               withdraw-policy P1 2 2020-06-01
               policy C5 division=370300 valid=2020-05-31.. => POLICY_CONFLICTS facts=@two
               policy C5 division=370300 valid=2020-06-01.. => ok
               policy P1 version=3 division=370100          => POLICY_CONFLICTS facts=@two
               policy P1 version=2 division=370100          => POLICY_EXISTS
    "

    // Rules are the province's; a city's document holds for schemes that the province leaves out.
    the_province_sets_the_rules given [BODIES]
    "
    2019-01-01 policy city division=370100 quota=1 schemes=vocational-training,city-scheme
               policy province quota=3
    2020-02-20 class C1 occupation=4-10-01-05
               class C2 occupation=4-10-01-02
               class C3 occupation=4-03-02-01 scheme=city-scheme
               class C4 occupation=6-18-02-04 division=370200
    2020-03-01 open C1
               open C2
               open C3
               open C4
               graduate C1 A
               graduate C2 A
               graduate C3 A
               graduate C4 A
               approve C1 A                         => ok used=1
               approve C2 A                         => ok used=2
               approve C3 A                         => YEARLY_QUOTA_USED limit=1 found=2
               approve C4 A                         => ok used=3
    "

    // The rules of a class are those of its approval.
    a_later_version_replaces_the_earlier given [BODIES]
    "
    2019-01-01 policy P1 quota=1
    2020-02-20 class C1
               class C2 occupation=4-10-01-02
               policy P1 version=2 quota=3 valid=2019-01-01..2020-03-31
               class C3 occupation=4-10-01-02
    2020-03-01 open C1
               open C2
               open C3
               graduate C1 A
               graduate C2 A
               graduate C3 A
               approve C1 A
               approve C2 A                         => YEARLY_QUOTA_USED limit=1
               approve C3 A                         => ok used=2
    2020-04-01 class C4                             => POLICY_NOT_FOUND
               policy P1 version=3 schemes=another
    2020-03-01 class C4                             => POLICY_NOT_FOUND
    "

    withdraw_policy_by_precedence given [BODIES]
    "
    now 2020-06-01
    2020-06-02 withdraw-policy P1 1 2018-12-31 causes=99 => DATE_IN_FUTURE
    2020-06-01 withdraw-policy P1 1 2018-12-31 causes=99 => CAUSE_UNKNOWN
               withdraw-policy P1 1 2018-12-31      => POLICY_NOT_FOUND limit=-
               policy P1 @one
               policy P1 version=3 @three
               withdraw-policy P1 1 2018-12-31      => POLICY_NOT_FOUND limit=3 found=1 facts=@three
               withdraw-policy P1 2 2018-12-31      => POLICY_NOT_FOUND limit=3 found=2 facts=@three
               withdraw-policy P1 4 2018-12-31      => POLICY_NOT_FOUND limit=3 found=4 facts=@three
               withdraw-policy P1 3 2018-12-31      => DATE_BEFORE_CAUSE facts=@three
               withdraw-policy P1 3 2020-07-01 @withdrawn => ok
               withdraw-policy P1 3 2018-12-31      => DATE_BEFORE_CAUSE
               withdraw-policy P1 3 2021-01-01      => POLICY_WITHDRAWN facts=@withdrawn
               policy P1 version=3                  => POLICY_EXISTS
               policy P1 version=4                  => ok
               withdraw-policy P1 4 2019-01-01      => ok
    "

    // A withdrawn document sets no rules from its day on; earlier versions do not come back, a
    // later one does, and what was decided keeps the version that it cites.
    a_withdrawn_document given [BODIES]
    "
    2019-01-01 policy P1 quota=1
               policy P1 version=2 quota=2
    2020-02-20 class C1
               class C2 level=intermediate
               class C3 level=senior
               withdraw-policy P1 2 2020-03-01
    2020-02-29 class C4                             => ok
    2020-03-01 class C5                             => POLICY_NOT_FOUND
               open C1
               open C2
               open C3
               graduate C1 A
               graduate C2 A
               graduate C3 A
               approve C1 A                         => ok used=1
               approve C2 A                         => ok used=2
               approve C3 A                         => YEARLY_QUOTA_USED limit=2
               policy P1 version=3 quota=3
               class C5                             => ok
    "

    // The document that it superseded holds again.
    a_withdrawal_uncovers_the_earlier_document given [BODIES]
    "
    2019-01-01 policy P1 schemes=vocational-training,old-scheme
               policy P2 valid=2020-01-01..  project=no
    2020-02-20 class C1 kind=project                => PROJECT_NOT_ALLOWED
               withdraw-policy P2 1 2020-02-20
               class C1 kind=project                => ok
    "

    // A city's catalogues are a document of their own, with versions of their own.
    publish_catalogue given []
    "
    2019-01-01 policy K1 kind=catalogue division=370100 @one
               policy K1 kind=catalogue division=370100 => POLICY_EXISTS facts=@one
               policy K1 version=2 kind=catalogue division=370100
               withdraw-policy K1 2 2019-01-01
    "
}

/// Catalogues are published by an event of their own, which carries the text as evidence.
#[test]
fn a_catalogue_is_published_as_one() {
    let script = run(&["2019-01-01 policy K1 kind=catalogue division=370100
                                   policy P1 kind=rate_table
                                   withdraw-policy K1 1 2019-06-01"]);
    let mut bodies = script.ledger.events.iter().map(|event| &event.event.body);
    let kinds: Vec<_> = bodies.clone().map(EventBody::kind).collect();
    assert_eq!(
        kinds,
        [
            EventKind::CataloguePublished,
            EventKind::PolicyPublished,
            EventKind::PolicyWithdrawn,
        ]
    );
    let Some(EventBody::CataloguePublished(PolicyPublished { text, digest, .. })) =
        bodies.clone().next()
    else {
        panic!("a catalogue was published");
    };
    assert_eq!((text.len(), digest.len()), (16, 32));
    let withdrawn = &script.ledger.events.last().unwrap().event;
    assert_eq!(withdrawn.causes, [Position::FIRST]);
    let Some(EventBody::PolicyWithdrawn(PolicyWithdrawn { published, .. })) = bodies.next_back()
    else {
        panic!("it was withdrawn");
    };
    assert_eq!(*published, Position::FIRST);
}
