//! Showing approvals to the public, and objections.

use ledger_core::limits::OBJECTIONS_OPEN_MAX;

use super::{BODIES, CLASS, POLICY, tables};
use crate::script::run;

/// Lists are shown for seven days.
const SEVEN_DAYS: &str = "2019-01-01 policy P1 publicity=7 @policy";

/// A and B graduate; A is approved on 2020-04-01 and shown.
const SHOWN: &str = "
    2020-03-31 graduate C1 A,B
    2020-04-01 approve C1 A @approved
               show C1 @shown
";

tables! {
    open_publicity_by_precedence given [SEVEN_DAYS, BODIES, CLASS]
    "
    2020-02-19 show C9                              => CLASS_NOT_FOUND
               show C1                              => DATE_BEFORE_CAUSE facts=@class
    2020-04-01 show C1                              => NOT_APPROVED facts=@class
    2020-03-31 graduate C1 A,B,C
    2020-04-02 approve C1 A @a
    2020-04-01 approve C1 B
               show C1                              => DATE_BEFORE_CAUSE facts=@a
    2020-04-02 show C1 @shown                       => ok approvals=2
    2020-04-01 show C1                              => DATE_BEFORE_CAUSE facts=@a
    2020-04-02 show C1                              => PUBLICITY_OPEN facts=@shown
    2020-04-09 take-down C1 @closed
    2020-04-08 show C1                              => DATE_BEFORE_CAUSE facts=@closed
    2020-04-09 approve C1 C
               show C1                              => ok approvals=3
    "

    // An approval that lapsed with its certificate is not shown.
    only_standing_approvals_are_shown given [SEVEN_DAYS, BODIES, CLASS]
    "
    2020-03-31 graduate C1 A,B
    2020-04-01 approve C1 A,B
               void A
               show C1                              => ok approvals=1
    2020-04-08 take-down C1
               void B
               show C1                              => NOT_APPROVED facts=@class
    "

    raise_objection_by_precedence given [SEVEN_DAYS, BODIES, CLASS]
    "
    2020-04-01 object C9 Z                          => PERSON_NOT_FOUND
               object C9 A                          => CLASS_NOT_FOUND
               object C9                            => CLASS_NOT_FOUND
               object C1 A                          => ENROLMENT_NOT_FOUND
    2020-03-31 graduate C1 A,B
    2020-04-01 object C1 A                          => NOT_APPROVED facts=-
               object C1                            => PUBLICITY_NOT_OPEN facts=-
               approve C1 A
               object C1 A                          => PUBLICITY_NOT_OPEN facts=-
    2020-04-02 show C1 @shown
    2020-04-01 object C1 B                          => DATE_BEFORE_CAUSE facts=@shown
    2020-04-02 object C1 B                          => NOT_APPROVED facts=-
               approve C1 B @b
               object C1 B                          => NOT_APPROVED facts=@b
               object C1 A @objected                => ok
               object C1 A                          => ok
    2020-04-09 take-down C1                         => OBJECTION_OPEN
    "

    an_objection_comes_while_the_list_is_shown given [SEVEN_DAYS, BODIES, CLASS, SHOWN]
    "
    2020-04-08 take-down C1 @closed
               object C1 A                          => PUBLICITY_NOT_OPEN facts=@closed
               object C1                            => PUBLICITY_NOT_OPEN facts=@closed
    "

    resolve_objection_by_precedence given [SEVEN_DAYS, BODIES, CLASS, SHOWN]
    "
    2020-04-02 resolve C9 of=1                      => CLASS_NOT_FOUND
               resolve C1 of=1                      => OBJECTION_NOT_FOUND
               object C1 A @one
               object C1 @two
    2020-04-01 resolve C1 of=@one                   => DATE_BEFORE_CAUSE facts=@one
    2020-04-02 resolve C1 of=@shown                 => OBJECTION_NOT_FOUND
               resolve C1 of=@one                   => ok upheld=no
               resolve C1 of=@one                   => OBJECTION_NOT_FOUND
               resolve C1 of=@two upheld=yes        => ok upheld=yes
    "

    // Shown on 2020-04-01 for seven days, the first not counted: 2020-04-08 is the seventh.
    close_publicity_by_precedence given [SEVEN_DAYS, BODIES, CLASS]
    "
    2020-04-01 take-down C9                         => CLASS_NOT_FOUND
               take-down C1                         => PUBLICITY_NOT_OPEN facts=-
    2020-03-31 graduate C1 A
    2020-04-01 approve C1 A
               show C1 @shown
    2020-03-31 take-down C1                         => DATE_BEFORE_CAUSE facts=@shown
    2020-04-01 take-down C1                         => PUBLICITY_TOO_SHORT limit=7 found=0 facts=@shown rule=publicity
    2020-04-02 object C1 A @one
               object C1 @two
    2020-04-07 take-down C1                         => PUBLICITY_TOO_SHORT limit=7 found=6
    2020-04-08 take-down C1                         => OBJECTION_OPEN facts=@one,@two
    2020-04-09 resolve C1 of=@one
    2020-04-10 resolve C1 of=@two @decided
    2020-04-09 take-down C1                         => DATE_BEFORE_CAUSE facts=@decided
    2020-04-10 take-down C1 @closed                 => ok
               take-down C1                         => PUBLICITY_NOT_OPEN facts=@closed
    "

    the_last_day_and_the_day_before given [SEVEN_DAYS, BODIES, CLASS, SHOWN]
    "
    2020-04-07 take-down C1                         => PUBLICITY_TOO_SHORT limit=7 found=6
    2020-04-08 take-down C1                         => ok
    "

    a_list_is_shown_without_a_rule_too given [POLICY, BODIES, CLASS, SHOWN]
    "
    2020-04-01 object C1 @one
               take-down C1                         => OBJECTION_OPEN facts=@one limit=-
               resolve C1 of=@one
               take-down C1                         => ok
    "

    // Decided by the first attendance, the class's first day stands for all who are shown.
    days_by_the_first_attendance given [SEVEN_DAYS, BODIES, CLASS, SHOWN]
    "
    2020-04-01 policy P2 valid=2020-03-02.. publicity=30 publicity-by=attendance:this
    2020-04-08 take-down C1                         => ok
    "

    // What begins while the list is shown does not make it too short.
    days_by_the_opening given [SEVEN_DAYS, BODIES, CLASS, SHOWN]
    "
    2020-04-01 policy P2 valid=2020-04-02.. publicity=30 publicity-by=approval:this
               object C1 A @objected
               resolve C1 of=@objected upheld=no @resolved
    2020-04-08 take-down C1                         => ok rests-on=@shown,@resolved
    "

    // An objection that was upheld stays so when another one, on the same list, is not.
    an_upheld_objection_outlasts_the_next given [SEVEN_DAYS, BODIES, CLASS, SHOWN]
    "
    2020-04-02 object C1 A @one
               object C1 A @two
               resolve C1 of=@one upheld=yes @upheld
               resolve C1 of=@two upheld=no
    2020-04-08 take-down C1
               order D1 C1 full A                   => OBJECTION_UPHELD facts=@upheld
    "

    an_upheld_objection_to_the_list_outlasts_the_next given [SEVEN_DAYS, BODIES, CLASS, SHOWN]
    "
    2020-04-02 object C1 @one
               object C1 @two
               resolve C1 of=@one upheld=yes @upheld
               resolve C1 of=@two upheld=no
    2020-04-08 take-down C1
               order D1 C1 full A                   => OBJECTION_UPHELD facts=@upheld
    "
}

#[test]
fn open_objections_are_bounded() {
    let mut script = run(&[SEVEN_DAYS, BODIES, CLASS, SHOWN]);
    let objections = "object C1\n".repeat(OBJECTIONS_OPEN_MAX - 1);
    script.play(&objections);
    script.play(
        "
        object C1 A @last                       => ok
        object C1 Z                             => OUT_OF_BOUNDS limit=1000 found=1001
        resolve C1 of=@last
        object C1 A                             => ok
        ",
    );
    script.ledger.audit();
}

#[test]
fn an_upheld_objection_stays_on_the_person_or_the_class() {
    use ledger_core::{Entity, EntityKey};
    let mut script = run(&[SEVEN_DAYS, BODIES, CLASS, SHOWN]);
    let upheld = |script: &crate::script::Script| {
        let key = EntityKey::Class(crate::script::class("C1"));
        let Some(Entity::Class(class)) = script.ledger.entities.get(&key) else {
            panic!("C1 was approved");
        };
        let mut places = script.ledger.places(crate::script::class("C1"));
        let of_a = places.find(|(person, _)| *person == crate::script::person("A"));
        (class.objection_upheld, of_a.unwrap().1.objection_upheld)
    };
    script.play("2020-04-02 object C1 A @one\nresolve C1 of=@one upheld=no");
    assert_eq!(upheld(&script), (None, None));
    script.play("object C1 A @two\nresolve C1 of=@two upheld=yes @person");
    assert_eq!(upheld(&script), (None, Some(script.labels["person"])));
    script.play("object C1 @three\nresolve C1 of=@three upheld=yes @list");
    let labels = (script.labels["list"], script.labels["person"]);
    assert_eq!(upheld(&script), (Some(labels.0), Some(labels.1)));
    script.ledger.audit();
}
