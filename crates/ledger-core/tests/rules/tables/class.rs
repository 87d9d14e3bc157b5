//! Classes: approval, opening, closing; and the qualification of the body that holds them.

pub(crate) mod rates;

use super::{BODIES, CLASS, POLICY, tables};

tables! {
    approve_class_by_precedence given [BODIES]
    "
    now 2020-02-20
    2020-02-21 class C1 by=I9 places=0 rate=0 dates=2020-03-31..2020-03-01 causes=99 => OUT_OF_BOUNDS
               class C1 by=I9 places=5001 rate=0 dates=2020-03-31..2020-03-01 causes=99 => OUT_OF_BOUNDS limit=5000 found=5001
               class C1 by=I9 class-hours=0 rate=0 dates=2020-03-31..2020-03-01 causes=99 => OUT_OF_BOUNDS
               class C1 by=I9 class-hours=4161 rate=0 dates=2020-03-31..2020-03-01 causes=99 => OUT_OF_BOUNDS limit=4160
               class C1 by=I9 rate=1000000.01 dates=2020-03-31..2020-03-01 causes=99 => OUT_OF_BOUNDS limit=100000000
               class C1 by=I9 rate=0 dates=2020-03-31..2020-03-01 causes=99 => AMOUNT_NOT_POSITIVE
               class C1 by=I9 dates=2020-03-31..2020-03-01 causes=99 => DATES_REVERSED
               class C1 by=I9 causes=99             => DATE_IN_FUTURE
    2020-02-20 class C1 by=I9 causes=99             => CAUSE_UNKNOWN
               class C1 by=I9                       => POLICY_NOT_FOUND
               policy P1 project=no                 @policy
               class C1 by=I9                       => INSTITUTION_NOT_FOUND
               class C1 @class
               class C1 level=special               => CLASS_EXISTS facts=@class
               class C2 level=special fund=employee_education kind=project => NOT_QUALIFIED facts=-
               class C2 fund=employee_education kind=project => SCHEME_NOT_ON_FUND rule=funds
               class C2 kind=project                => PROJECT_NOT_ALLOWED
               class C2 places=5000 class-hours=4160 rate=1000000.00 => ok
    "

    the_body_must_be_qualified_on_every_day given [POLICY]
    "
    2019-01-01 account 370100
               institution I1
               qualify I1 late train valid=2020-03-02.. scope=4-10-01-05/junior @late
               class C1                             => NOT_QUALIFIED facts=@late
               qualify I1 early train valid=2020-01-01..2020-03-30 scope=4-10-01-05/senior
               class C1 level=senior                => NOT_QUALIFIED
               class C1 level=senior dates=2020-03-01..2020-03-30 => ok
               class C2 level=senior dates=2019-12-31..2020-01-01 => NOT_QUALIFIED
               class C2 dates=2020-03-02..2020-03-31 => ok
               class C3 dates=2020-03-02..2020-03-31 level=intermediate => NOT_QUALIFIED facts=-
               class C3 dates=2020-03-02..2020-03-31 occupation=4-10-01-02 => NOT_QUALIFIED
               class C3 dates=2020-03-02..2020-03-31 occupation=1999:4-10-01-05 => NOT_QUALIFIED
               qualify I1 eval evaluate valid=2020-01-01..
               class C3                             => NOT_QUALIFIED
    "

    // A licence that is renewed while a class runs covers it, one with a gap of a day does not.
    qualifications_may_follow_each_other given [POLICY]
    "
    2019-01-01 institution I1
               qualify I1 q1 train valid=2019-01-01..2020-03-15 scope=4-10-01-05/junior @q1
               qualify I1 q2 train valid=2020-03-17..2020-12-31 scope=4-10-01-05/junior @q2
               class C1                             => NOT_QUALIFIED facts=@q1,@q2
               qualify I1 q3 train valid=2020-03-16..2020-03-16 scope=4-10-01-05/junior @q3
               class C1                             => ok
               open C1
               revoke I1 q3 2020-03-16 @revoked
               class C2                             => NOT_QUALIFIED facts=@q1,@q2,@q3,@revoked
    "

    courses_without_a_level given [POLICY, BODIES]
    "
    2020-02-20 class C1 level=none occupation=6-31-01-03 => ok
               class C2 occupation=6-31-01-03       => NOT_QUALIFIED
               class C3 level=none occupation=4-10-01-05 => ok
    "

    open_class_by_precedence given [POLICY, BODIES]
    "
    2020-02-20 open C1                              => CLASS_NOT_FOUND
               class C1 @class
               revoke I1 train1 2020-03-31 @revoked
    2020-02-19 open C1                              => DATE_BEFORE_CAUSE facts=@class
    2020-04-01 open C1                              => NOT_QUALIFIED facts=@train1,@revoked
               qualify I1 train2 train
               open C1                              => OUTSIDE_CLASS_DATES facts=@class
    2020-03-31 open C1 @opened                      => ok
    2020-04-01 open C1                              => CLASS_OPEN facts=@opened
    "

    close_class_by_precedence given [POLICY, BODIES]
    "
    2020-02-20 close C1                             => CLASS_NOT_FOUND
               class C1 @class
    2020-02-19 close C1                             => DATE_BEFORE_CAUSE facts=@class
    2020-02-20 close C1                             => CLASS_NOT_OPEN facts=@class
    2020-02-25 open C1 @opened
    2020-02-24 close C1                             => DATE_BEFORE_CAUSE facts=@opened
    2020-02-29 close C1                             => OUTSIDE_CLASS_DATES
    2020-03-01 close C1 @closed                     => ok
    2020-02-24 close C1                             => DATE_BEFORE_CAUSE
    2020-02-29 close C1                             => CLASS_NOT_OPEN facts=@class,@closed
    "

    revoked_while_a_class_runs given [POLICY, BODIES, CLASS]
    "
    2020-03-15 graduate C1 A,B
               approve C1 A
    2020-03-20 revoke I1 train1 2020-03-16 @revoked
               approve C1 B                         => NOT_QUALIFIED facts=@train1,@revoked
               order D1 C1 full A                   => NOT_QUALIFIED facts=@train1,@revoked
               class C2                             => NOT_QUALIFIED
    "

    revoked_after_a_class_ended given [POLICY, BODIES, CLASS]
    "
    2020-03-31 graduate C1 A
    2020-04-10 revoke I1 train1 2020-04-01
               approve C1 A                         => ok
               order D1 C1 full A                   => ok
    "

    revoked_back_into_a_class_after_the_approval given [POLICY, BODIES, CLASS]
    "
    2020-03-31 graduate C1 A,B
               approve C1 A,B
               order D1 C1 full A
    2020-05-10 revoke I1 train1 2020-03-31 @revoked
               order D2 C1 full B                   => NOT_QUALIFIED facts=@train1,@revoked
               settle D1                            => ok
    "

    // Listed in one of the two catalogues, by its body, on the day of the approval.
    listed_in_the_catalogues given [BODIES]
    "
    2019-01-01 policy P1 listed=key_industry,worker_demand,institution
    2020-02-20 class C1                             => NOT_IN_CATALOGUE facts=- rule=catalogue
    2020-01-01 policy K1 schemes=none division=370100 valid=2020-01-01.. key_industry=4-10-01-02/junior @key
               policy W1 schemes=none division=370100 valid=2020-02-20.. worker_demand=4-10-01-05/junior+senior @wish
               policy G1 schemes=none division=370100 valid=2020-01-01.. general=4-10-01-05/intermediate
    2020-02-19 class C1                             => NOT_IN_CATALOGUE facts=@key
    2020-02-20 class C1 level=intermediate          => NOT_IN_CATALOGUE facts=@key,@wish
               class C1                             => NOT_IN_CATALOGUE facts=-
               policy I1 schemes=none division=370100 valid=2020-01-01.. institution=I1:4-10-01-05/junior @bodies
               class C1 level=senior                => NOT_IN_CATALOGUE facts=@bodies
               class C1 occupation=4-10-01-02       => NOT_IN_CATALOGUE facts=@bodies
               class C1                             => ok scarce=no
               class C2 division=370200             => NOT_IN_CATALOGUE facts=-
    "

    // The city's newest catalogue holds; an occupation that it dropped is not looked for in others.
    a_newer_catalogue_drops_an_occupation given [BODIES]
    "
    2019-01-01 policy P1 listed=general
               policy G1 schemes=none division=370000 general=4-10-01-05/junior,4-10-01-02/junior
               policy G2 schemes=none division=370100 valid=2020-02-20.. general=1999:4-07-12-03/junior @newer
               policy X1 schemes=none crosswalk=1999:4-07-12-03+2015:4-10-01-05
    2020-02-19 class C1 occupation=4-10-01-02       => ok
    2020-02-20 class C2 occupation=4-10-01-02       => NOT_IN_CATALOGUE facts=@newer
               class C2                             => ok
    "

    // 五单式: raised, listed, selected, accepted; then a class carries it out, once.
    a_class_on_an_order given [BODIES]
    "
    2019-01-01 policy P1 order=yes
               institution I2
               qualify I2 train2 train
    2020-02-01 raise O1 by=A places=2 @raised
               list O1
               select O1 A
    2020-02-20 class C1                             => ORDER_MISSING rule=order
               class C1 order=O9                    => ORDER_NOT_FOUND
               class C1 order=O1                    => ORDER_NOT_READY facts=@raised rule=order
               accept O1 I1 @accepted
    2020-02-19 class C1 order=O1                    => DATE_BEFORE_CAUSE facts=@accepted
    2020-02-20 class C1 order=O1 by=I2              => ORDER_NOT_READY facts=@raised,@accepted
               class C1 order=O1 level=senior       => ORDER_MISMATCH facts=@raised rule=order limit=-
               class C1 order=O1 occupation=4-10-01-02 => ORDER_MISMATCH
               class C1 order=O1 division=370200    => ORDER_MISMATCH
               class C1 order=O1 division=370102 places=3 => ORDER_MISMATCH facts=@raised limit=2 found=3
               class C1 order=O1 division=370102 places=2 => ok
               class C2 order=O1                    => ORDER_NOT_READY facts=@raised,@accepted
    "

    an_order_where_none_is_asked_for given [POLICY, BODIES]
    "
    2020-02-01 raise O1 by=A @raised
               list O1
    2020-02-20 class C1 order=O1                    => ORDER_NOT_READY facts=@raised rule=-
               select O1 A
               accept O1 I1
               cancel O1 @cancelled
               class C1 order=O1                    => ORDER_NOT_READY
    "

    an_award_is_not_training given [BODIES]
    "
    2019-01-01 policy P1 award=yes
    2020-02-20 class C1 fund=employee_education     => SCHEME_NOT_ON_FUND
               class C1                             => SCHEME_KIND_MISMATCH rule=award
    "

    // A project draws on one account; where the funds share each payment there is none such.
    a_project_cannot_be_shared_between_funds given [BODIES]
    "
    2019-01-01 policy P1 shares=special_account:60/100,employment_subsidy:40/100
    2020-02-20 class C1 kind=project                => FUND_PARTS_MISMATCH rule=split
               class C1                             => ok
    "

    // What names, what exists, what the state allows: in this order.
    rules_of_a_class_by_precedence given [BODIES]
    "
    2019-01-01 policy P1 order=yes amount=table listed=general
    2020-02-20 class C1 order=O9 level=special      => ORDER_NOT_FOUND
               class C1 level=special               => RATE_NOT_FOUND
               policy T1 schemes=none rates=*|*|*|800.00
               class C1 level=special fund=employee_education => NOT_QUALIFIED
               class C1 fund=employee_education     => SCHEME_NOT_ON_FUND
               class C1                             => RATE_ABOVE_STANDARD limit=80000 found=100000
               class C1 rate=standard               => NOT_IN_CATALOGUE
               policy G1 schemes=none general=4-10-01-05/junior
               class C1 rate=standard               => ORDER_MISSING
    "

    // A scheme may be for some levels only; a course that leads to none is outside.
    levels_of_a_scheme given [BODIES]
    "
    2019-01-01 policy P1 levels=senior+intermediate @policy
    2020-02-20 class C1 level=junior                => LEVEL_NOT_SUBSIDISED rule=levels
               class C1 level=none                  => LEVEL_NOT_SUBSIDISED
               class C1 level=intermediate          => ok
               class C2 level=senior                => ok
    "

    // The order is in the words of an older edition.
    an_order_in_another_edition given [BODIES]
    "
    2019-01-01 policy P1 order=yes
               policy X1 schemes=none crosswalk=1999:4-07-12-03+4-10-01-05
    2020-02-01 raise O1 by=A occupation=1999:4-07-12-03
               list O1
               select O1 A
               accept O1 I1 @accepted
    2020-02-20 class C1 order=O1                    => ok rests-on=@accepted
    "

    // A course that leads to no level, beside a line with one.
    a_catalogue_of_a_course_and_of_a_level given [BODIES]
    "
    2019-01-01 policy P1 listed=general
               policy X1 schemes=none crosswalk=1999:4-07-12-03+4-10-01-05
               policy K1 schemes=none general=1999:4-07-12-03/,4-10-01-05/senior
    2020-02-20 class C1 level=none                  => ok
               class C2 level=senior                => ok
               class C3 level=junior                => NOT_IN_CATALOGUE
    "

    // A catalogue prints one occupation in two editions: what either line lists is listed, and
    // scarce is the line that says so.
    a_catalogue_in_two_editions given [BODIES]
    "
    2019-01-01 policy P1 listed=general
               policy X1 schemes=none crosswalk=1999:4-07-12-03+4-10-01-05
               policy K1 schemes=none general=1999:4-07-12-03/junior!,4-10-01-05/senior
    2020-02-20 class C1 level=junior                => ok scarce=yes
               class C2 level=senior                => ok scarce=no
               class C4 level=none                  => NOT_IN_CATALOGUE
               class C3 level=intermediate          => NOT_IN_CATALOGUE
    "
}
