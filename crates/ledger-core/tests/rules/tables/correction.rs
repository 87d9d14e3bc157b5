//! Facts that never were: what an annulment takes out, and what it is refused for.

use super::{BODIES, POLICY, tables};

/// A class of March 2020 with a graduate whose trade asks for nothing but a certificate.
const CLASS_OF_A: &str = "
    2020-02-20 class C1
               open C1
    2020-03-31 graduate C1 A @graduated
";

tables! {
    annul_fact_by_precedence given [POLICY, BODIES]
    "
    now 2020-06-01
    2020-06-02 annul of=999 causes=999              => DATE_IN_FUTURE
    2020-06-01 annul of=999 causes=999              => CAUSE_UNKNOWN
               annul of=999                         => EVENT_NOT_FOUND
               annul of=0                           => EVENT_NOT_FOUND
               status A pension 2020-01-01.. @pension
    2020-05-31 annul of=@train1                     => NOT_ANNULLABLE facts=@train1
               annul of=@policy                     => NOT_ANNULLABLE facts=@policy
               annul of=@pension                    => DATE_BEFORE_CAUSE facts=@pension
    2020-06-01 annul of=@pension @annulled          => ok rests-on=@pension
    2020-05-31 annul of=@pension                    => FACT_ANNULLED facts=@annulled
    2020-06-01 annul of=@annulled                   => NOT_ANNULLABLE facts=@annulled
    "

    // The position that the command itself would take is not on record.
    a_position_to_come_is_not_found given []
    "
    2020-01-01 person A @a
               annul of=2                           => EVENT_NOT_FOUND
               annul of=1 @gone                     => ok rests-on=@a
               annul of=2                           => NOT_ANNULLABLE facts=@gone
               annul of=4                           => EVENT_NOT_FOUND
    "

    // A worker who was barred by a typing error is paid after all.
    a_pension_of_somebody_else given [POLICY, BODIES, CLASS_OF_A]
    "
    2020-04-01 status A pension 2020-03-01.. @wrong
               approve C1 A                         => DRAWS_PENSION facts=@wrong
               annul of=@wrong @annulled            => ok rests-on=@wrong
               see statuses A
               annul of=@wrong                      => FACT_ANNULLED facts=@annulled
               approve C1 A                         => ok
               status A pension 2020-06-01.. @right => ok
               see statuses A 2020-06-01..
               annul of=@right                      => ok
               see statuses A
    "

    // What only others rest on, or what was decided before, is in nobody's way.
    a_pension_after_the_approval given [POLICY, BODIES, CLASS_OF_A]
    "
    2020-04-01 approve C1 A
               order D1 C1 full A
               settle D1
               status A pension 2020-03-01.. @wrong
               annul of=@wrong                      => ok
               see statuses A
    "

    the_wrong_age_is_put_right given [BODIES]
    "
    2019-01-01 policy P1 age=16-59-59 @policy
    2020-02-20 class C1
               open C1
    2020-03-31 graduate C1 A,B
    2020-04-01 status A age:15 2020-03-01.. @wrong
               status A age:51 2020-03-01..         => STATUS_EXISTS facts=@wrong
               approve C1 A                         => AGE_OUT_OF_BOUNDS
               annul of=@wrong
               status A age:51 2020-03-01.. @right  => ok
               approve C1 A @approved               => ok rests-on=@right
               annul of=@right                      => DECISIONS_REST_ON_IT facts=@approved
               status B age:40 2020-03-01.. @b
               annul of=@b                          => ok
    "

    a_payment_that_rests_on_an_age given [BODIES]
    "
    2019-01-01 policy P1 age=16-59-59
    2020-02-20 class C1
               open C1
    2020-03-31 graduate C1 A
    2020-04-01 status A age:51 2020-03-01.. @age
               approve C1 A @approved
               order D1 C1 full A
               settle D1
               annul of=@age                        => DECISIONS_REST_ON_IT facts=@approved
    "

    an_ended_status_is_open_again given [BODIES]
    "
    2020-01-01 status A pension 2019-01-01.. @declared
               end A pension 2020-12-31 @ended
               see statuses A 2019-01-01..2020-12-31
               annul of=@declared                   => FACTS_REST_ON_IT facts=@ended
               annul of=@ended                      => ok rests-on=@ended,@declared
               see statuses A 2019-01-01..
               annul of=@ended                      => FACT_ANNULLED
               end A pension 2020-06-30 @again      => ok rests-on=@declared
               annul of=@declared                   => FACTS_REST_ON_IT facts=@again
               annul of=@again                      => ok
               annul of=@declared                   => ok
               see statuses A
    "

    // Each ending rests on the one before; the latest goes first.
    a_status_that_was_ended_twice given [BODIES]
    "
    2020-01-01 status A pension 2019-01-01..2030-12-31 @declared
               status A pension 2031-01-01.. @other
               end A pension 2025-12-31 @first
               end A pension 2023-12-31 causes=@declared,@other @second
               annul of=@declared                   => FACTS_REST_ON_IT facts=@first,@second
               annul of=@first                      => FACTS_REST_ON_IT facts=@second
               annul of=@second                     => ok rests-on=@second,@first
               see statuses A 2019-01-01..2025-12-31 2031-01-01..
               annul of=@first                      => ok rests-on=@first,@declared
               see statuses A 2019-01-01..2030-12-31 2031-01-01..
               annul of=@declared                   => ok
               see statuses A 2031-01-01..
    "

    // An ending that was annulled stands no more, whoever names it among his causes.
    an_ending_after_an_annulled_one given [BODIES]
    "
    2020-01-01 status A pension 2019-01-01.. @declared
               end A pension 2026-12-31 @first
               annul of=@first
               end A pension 2025-12-31 causes=@first @second
               annul of=@second                     => ok rests-on=@declared
               see statuses A 2019-01-01..
    "

    // The status cannot go on where another one stands.
    a_status_declared_behind_the_end given [BODIES]
    "
    2020-01-01 status A pension 2019-01-01.. @declared
               end A pension 2019-12-31 @ended
               status A pension 2020-06-01.. @later
               annul of=@ended                      => FACTS_REST_ON_IT facts=@later
               annul of=@later
               annul of=@ended                      => ok
               status A age:30 2019-01-01..
               end A age:30 2019-12-31 @birthday
               status A age:31 2020-01-01.. @older
               annul of=@birthday                   => FACTS_REST_ON_IT facts=@older
    "

    // With the pension going on the approval would have no ground.
    an_end_that_an_approval_came_after given [POLICY, BODIES, CLASS_OF_A]
    "
    2020-04-01 status A pension 2019-01-01..
               end A pension 2020-02-29 @ended
               approve C1 A @approved
               annul of=@ended                      => DECISIONS_REST_ON_IT facts=@approved
    "

    a_key_that_was_registered_by_mistake given [POLICY, BODIES]
    "
    2020-01-01 person E @e
               person E                             => PERSON_EXISTS facts=@e
               annul of=@e @annulled                => ok rests-on=@e
               annul of=@e                          => FACT_ANNULLED facts=@annulled
               status E pension 2020-01-01..        => PERSON_NOT_FOUND
               person E @again                      => ok
               person E                             => PERSON_EXISTS facts=@again
               annul of=@e                          => FACT_ANNULLED facts=@annulled
               status E pension 2020-01-01.. @status
               end E pension 2020-06-30 @ended
               annul of=@again                      => FACTS_REST_ON_IT facts=@status,@ended
               annul of=@ended
               annul of=@again                      => FACTS_REST_ON_IT facts=@status
               annul of=@status
               annul of=@again                      => ok
               enrol C1 E                           => PERSON_NOT_FOUND
    "

    a_key_with_a_place given [POLICY, BODIES]
    "
    2020-02-20 class C1
               open C1
               enrol C1 A @enrolled
               annul of=@a                          => FACTS_REST_ON_IT facts=@enrolled
               withdraw C1 A @withdrawn
               annul of=@a                          => FACTS_REST_ON_IT facts=@enrolled,@withdrawn
    "

    // The completion was counted under the group, the certificate came before it.
    a_group_that_places_were_counted_under given [POLICY, BODIES]
    "
    2020-02-20 class C1
               class C2
               class C3
               open C1
               open C2
               open C3
    2020-03-31 enrol C1 A
               complete C1 A
               certify C1 A
               status A group:veteran 2020-01-01..2020-12-31 @veteran
               status A group:migrant_worker 2020-01-01..
               enrol C2 A
               complete C2 A
               enrol C3 A
               annul of=@veteran                    => ok
               complete C3 A
               certify C2 A
    "

    a_group_that_goes_on given [POLICY, BODIES]
    "
    2020-02-20 class C1
               class C2
               open C1
               open C2
    2020-03-31 status A group:veteran 2019-01-01..
               enrol C1 A
               complete C1 A
               end A group:veteran 2019-12-31 @ended
               certify C1 A
               enrol C2 A
               complete C2 A
               annul of=@ended                      => ok
               certify C2 A
    "

    a_person_enrolled_by_mistake given [POLICY, BODIES]
    "
    2020-02-20 class C1 places=1
               open C1
    2020-03-01 enrol C1 A @enrolled
               attend C1 A 8 @attended
    2020-02-29 annul of=@enrolled                   => DATE_BEFORE_CAUSE facts=@enrolled
    2020-03-02 annul of=@enrolled                   => FACTS_REST_ON_IT facts=@attended
               annul of=@attended
               enrol C1 B                           => CLASS_FULL
               annul of=@enrolled @annulled         => ok rests-on=@enrolled
               annul of=@enrolled                   => FACT_ANNULLED facts=@annulled
               attend C1 A 8                        => ENROLMENT_NOT_FOUND
               enrol C1 B                           => ok
    "

    a_withdrawal_of_somebody_else given [POLICY, BODIES]
    "
    2020-02-20 class C1 places=1 @class
               open C1
    2020-03-01 enrol C1 A @enrolled
               attend C1 A 8
               withdraw C1 A @withdrawn
               annul of=@enrolled                   => FACTS_REST_ON_IT
               annul of=@withdrawn                  => ok rests-on=@enrolled
               attend C1 A 8                        => ok
               withdraw C1 A @again
               enrol C1 A @second
               annul of=@again                      => FACTS_REST_ON_IT facts=@second
               annul of=@second
               enrol C1 B @b
               annul of=@again                      => CLASS_FULL limit=1 found=1 facts=@class
               annul of=@b
               annul of=@again                      => ok
    "

    // A feed that reports a day twice.
    a_day_that_was_reported_twice given [BODIES]
    "
    2019-01-01 policy P1 hours=80/100
    2020-02-20 class C1 class-hours=20
               open C1
               enrol C1 A
    2020-03-02 attend C1 A 8 @first
               attend C1 A 8 @twice
    2020-03-03 attend C1 A 8 @second
               annul of=@twice
    2020-03-31 complete C1 A @completed             => ok hours=16
               annul of=@first                      => FACTS_REST_ON_IT facts=@completed
               annul of=@completed                  => ok rests-on=@completed,@first,@second
               annul of=@first                      => ok rests-on=@first,@second
               complete C1 A                        => TOO_FEW_CLASS_HOURS limit=16 found=8 facts=@second
    2020-03-04 attend C1 A 8
    2020-03-31 complete C1 A                        => ok hours=16
    "

    an_assessment_with_the_wrong_result given [POLICY, BODIES]
    "
    2020-02-20 class C1
               open C1
    2020-03-31 enrol C1 A @enrolled
               complete C1 A @completed
               assess C1 A failed @failed
               assess C1 A passed @passed
               annul of=@failed                     => FACTS_REST_ON_IT facts=@passed
               annul of=@completed                  => FACTS_REST_ON_IT facts=@passed
               certify C1 A @certified
               annul of=@passed                     => FACTS_REST_ON_IT facts=@certified
    "

    an_assessment_that_is_the_last_again given [POLICY, BODIES]
    "
    2020-02-20 class C1
               open C1
    2020-03-31 enrol C1 A
               complete C1 A
               assess C1 A failed @failed
               assess C1 A failed @wrong
               assess C1 A passed @passed
               annul of=@passed                     => ok rests-on=@passed,@wrong
               certify C1 A                         => ASSESSMENT_NOT_PASSED facts=@wrong
               annul of=@wrong                      => ok rests-on=@failed
               certify C1 A                         => ASSESSMENT_NOT_PASSED facts=@failed
               annul of=@failed
               certify C1 A                         => ok
    "

    an_employment_of_somebody_else given [POLICY, BODIES]
    "
    2020-02-20 class C1 kind=project
               open C1
    2020-03-31 graduate C1 A,B @b-graduated
               close C1
    2020-05-01 employ C1 A 2020-04-15 @confirmed    => ok counts=yes
               annul of=@confirmed                  => ok
               unemploy C1 A                        => EMPLOYMENT_NOT_CONFIRMED
               employ C1 A 2020-04-20 @right        => ok counts=yes
               unemploy C1 A @withdrawn             => ok counted=yes
               annul of=@right                      => FACTS_REST_ON_IT facts=@withdrawn
               annul of=@withdrawn                  => ok rests-on=@right
               unemploy C1 A @again                 => ok counted=yes
               employ C1 A 2020-04-21 @third
               annul of=@again                      => FACTS_REST_ON_IT facts=@third
               annul of=@third
               annul of=@again                      => ok
               annul of=@right                      => ok
    "

    // What was approved or paid on a fact keeps it until a contradiction can say so.
    places_that_decisions_rest_on given [POLICY, BODIES, CLASS_OF_A]
    "
    2020-04-01 claim C1 A @claim
               agency C1 A @agency
               approve C1 A @approved
               annul of=@claim                      => DECISIONS_REST_ON_IT facts=@approved
               annul of=@agency                     => DECISIONS_REST_ON_IT facts=@approved
               agency C1 A                          => FACT_EXISTS
               order D1 C1 full A @ordered
               annul of=@claim                      => DECISIONS_REST_ON_IT facts=@approved,@ordered
    "

    a_claim_by_mistake given [POLICY, BODIES, CLASS_OF_A]
    "
    2020-04-01 agency C1 A @agency
               claim C1 A by=body @claim
               claim C1 A                           => FACT_EXISTS facts=@claim
               annul of=@agency                     => FACTS_REST_ON_IT facts=@claim
               annul of=@claim                      => ok
               annul of=@agency                     => ok
               claim C1 A                           => ok
    "

    // A settlement counts who completed and who works.
    work_after_the_settlement given [POLICY, BODIES]
    "
    2020-02-20 class C1 kind=project rate=1000.00
               open C1
    2020-03-31 graduate C1 A
               close C1
    2020-05-01 employ C1 A 2020-04-15 @employed
               approve C1 A @approved
               annul of=@employed                   => DECISIONS_REST_ON_IT facts=@approved
    2020-05-02 order D1 C1 final A @ordered
               annul of=@employed                   => DECISIONS_REST_ON_IT
    "
}
