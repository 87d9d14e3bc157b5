//! Orders (五单式): 提单, 列单, 选单, 接单, 买单, and their end.

use ledger_core::{Entity, EntityKey, OrderId};

use super::{BODIES, POLICY, tables};
use crate::script::{class, id, run};

tables! {
    raise_order_by_precedence given [BODIES]
    "
    now 2020-01-01
    2020-01-02 raise O1 by=body:X1 places=0 causes=9999 => OUT_OF_BOUNDS limit=5000 found=0
               raise O1 by=body:X1 places=5001 causes=9999 => OUT_OF_BOUNDS limit=5000 found=5001
               raise O1 by=body:X1 causes=9999      => DATE_IN_FUTURE
    2020-01-01 raise O1 by=body:X1 causes=9999      => CAUSE_UNKNOWN
               raise O1 by=body:X1                  => INSTITUTION_NOT_FOUND
               raise O1 by=Z                        => PERSON_NOT_FOUND
               raise O1 places=5000 @raised         => ok
               raise O1 by=body:X1                  => INSTITUTION_NOT_FOUND
               raise O1 by=B                        => ORDER_EXISTS facts=@raised
               institution X1
               raise O2 by=body:X1 places=1         => ok
    "

    list_order_by_precedence given [BODIES]
    "
    2020-01-02 list O1                              => ORDER_NOT_FOUND
               raise O1 @raised
    2020-01-01 list O1                              => DATE_BEFORE_CAUSE facts=@raised
    2020-01-02 list O1 @listed                      => ok
    2020-01-01 list O1                              => DATE_BEFORE_CAUSE facts=@raised
    2020-01-02 list O1                              => ORDER_NOT_READY facts=@listed
               raise O2
               cancel O2 @cancelled
               list O2                              => ORDER_NOT_READY facts=@cancelled
    "

    select_order_by_precedence given [BODIES]
    "
    2020-01-02 select O1 Z                          => PERSON_NOT_FOUND
               select O1 A                          => ORDER_NOT_FOUND
               raise O1 by=B places=2 @raised
    2020-01-01 select O1 A                          => DATE_BEFORE_CAUSE facts=@raised
    2020-01-02 select O1 A                          => ORDER_NOT_READY facts=@raised limit=-
    2020-01-03 list O1 @listed
    2020-01-02 select O1 A                          => DATE_BEFORE_CAUSE facts=@listed
    2020-01-03 select O1 A @selected                => ok
    2020-01-02 select O1 A                          => FACT_EXISTS facts=@selected
    2020-01-03 select O1 B                          => ok
               select O1 C                          => ORDER_NOT_READY facts=@raised limit=2 found=2
               raise O2
               list O2
               select O2 A
               accept O2 I1 @accepted
               select O2 B                          => ORDER_NOT_READY facts=@accepted limit=-
               raise O3
               list O3
               cancel O3 @cancelled
               select O3 B                          => ORDER_NOT_READY facts=@cancelled
    "

    // I1 trains 4-10-01-05 up to senior; E1 evaluates and does not train.
    accept_order_by_precedence given [BODIES]
    "
    2020-01-02 accept O1 X1                         => INSTITUTION_NOT_FOUND
               accept O1 E1                         => ORDER_NOT_FOUND
               raise O1 @raised
    2020-01-01 accept O1 E1                         => DATE_BEFORE_CAUSE facts=@raised
    2020-01-02 accept O1 E1                         => NOT_QUALIFIED facts=-
               accept O1 I1                         => ORDER_NOT_READY facts=@raised
               list O1 @listed
               accept O1 I1                         => ORDER_NOT_READY facts=@listed
    2020-01-05 select O1 A @a
    2020-01-04 select O1 B
               accept O1 I1                         => DATE_BEFORE_CAUSE facts=@a
    2020-01-05 accept O1 I1 @accepted               => ok
               accept O1 I1                         => ORDER_NOT_READY facts=@accepted
               raise O2
               list O2
               select O2 A
               cancel O2 @cancelled
               accept O2 I1                         => ORDER_NOT_READY facts=@cancelled
    "

    a_body_accepts_what_it_is_qualified_for_on_the_day given []
    "
    2020-01-01 person A,B
               institution I1
               qualify I1 q1 train valid=2020-02-01..2020-02-29 scope=4-10-01-05/junior @q1
               raise O1
               list O1
               select O1 A
               raise O2 level=intermediate
               list O2
               select O2 A
    2020-01-31 accept O1 I1                         => NOT_QUALIFIED facts=@q1
    2020-03-01 accept O1 I1                         => NOT_QUALIFIED facts=@q1
    2020-02-29 accept O2 I1                         => NOT_QUALIFIED facts=-
    2020-02-29 accept O1 I1                         => ok
               raise O3
               list O3
               select O3 A
               revoke I1 q1 2020-02-10 @revoked
    2020-02-29 accept O3 I1                         => NOT_QUALIFIED facts=@q1,@revoked
    "

    purchase_order_by_precedence given [BODIES]
    "
    2020-01-02 purchase O1                          => ORDER_NOT_FOUND
               raise O1 @raised
    2020-01-01 purchase O1                          => DATE_BEFORE_CAUSE facts=@raised
    2020-01-02 purchase O1                          => ORDER_NOT_READY facts=@raised
               list O1
    2020-01-03 select O1 A @selected
               purchase O1                          => ORDER_NOT_READY facts=@selected
    2020-01-04 accept O1 I1 @accepted
    2020-01-03 purchase O1                          => DATE_BEFORE_CAUSE facts=@accepted
    2020-01-04 purchase O1 @purchased               => ok
    2020-01-03 purchase O1                          => DATE_BEFORE_CAUSE facts=@accepted
    2020-01-04 purchase O1                          => ORDER_NOT_READY facts=@purchased
               raise O2
               cancel O2 @cancelled
               purchase O2                          => ORDER_NOT_READY facts=@cancelled
    "

    cancel_order_by_precedence given [POLICY, BODIES]
    "
    2020-01-02 cancel O1                            => ORDER_NOT_FOUND
               raise O1
               list O1
               select O1 A
               accept O1 I1
    2020-01-03 purchase O1 @purchased
    2020-01-02 cancel O1                            => DATE_BEFORE_CAUSE facts=@purchased
    2020-01-03 cancel O1 @cancelled                 => ok
    2020-01-02 cancel O1                            => DATE_BEFORE_CAUSE facts=@purchased
    2020-01-03 cancel O1                            => ORDER_NOT_READY facts=@cancelled
               raise O2
               list O2
               select O2 A
               accept O2 I1
    2020-02-20 class C2 order=O2 @class
               cancel O2                            => ORDER_NOT_READY facts=@class
    "

    a_class_rests_on_an_accepted_order_before_or_after_its_purchase given [POLICY, BODIES]
    "
    2020-01-02 raise O1
               list O1
               select O1 A
               accept O1 I1
    2020-02-20 class C1 order=O1
    2020-02-21 purchase O1                          => ok
               raise O2
               list O2
               select O2 A
               accept O2 I1
               purchase O2
    2020-02-22 class C2 order=O2                    => ok
    "
}

#[test]
fn an_order_knows_its_class_and_its_workers() {
    let script = run(&[
        POLICY,
        BODIES,
        "
        2020-01-02 raise O1 by=B
                   list O1
                   select O1 A
                   select O1 B
                   accept O1 I1
        2020-02-20 class C1 order=O1
        ",
    ]);
    let key = EntityKey::Order(OrderId::from_bytes(id("O1")));
    let Some(Entity::Order(order)) = script.ledger.entities.get(&key) else {
        panic!("O1 was raised");
    };
    assert_eq!(order.class, Some(class("C1")));
    assert_eq!(order.selected.len(), 2);
    // The one who raised it finds it again, and so do those who selected it.
    let timeline = |name: &str| {
        let key = EntityKey::Person(crate::script::person(name));
        let Some(Entity::Person(person)) = script.ledger.entities.get(&key) else {
            panic!("{name} is registered");
        };
        person.timeline.len()
    };
    assert_eq!((timeline("A"), timeline("B"), timeline("C")), (2, 3, 1));
}
