//! Enrolment, attendance, completion, assessment and employment.

use super::{BODIES, CLASS, POLICY, tables};

tables! {
    enrol_person_by_precedence given [POLICY, BODIES]
    "
    2020-02-20 enrol C1 Z                           => PERSON_NOT_FOUND
               enrol C1 A                           => CLASS_NOT_FOUND
               class C1 places=1 @class
    2020-02-19 enrol C1 A                           => DATE_BEFORE_CAUSE
    2020-02-20 enrol C1 A                           => CLASS_NOT_OPEN facts=@class
               open C1 @opened
    2020-02-19 enrol C1 A                           => DATE_BEFORE_CAUSE facts=@opened
    2020-02-20 enrol C1 A @enrolled                 => ok
    2020-02-19 enrol C1 A                           => ENROLMENT_EXISTS facts=@enrolled
    2020-04-01 enrol C1 B                           => CLASS_FULL limit=1 found=1 facts=@class
               withdraw C1 A
               enrol C1 B                           => OUTSIDE_CLASS_DATES facts=@class
    2020-03-31 enrol C1 B                           => ok
               close C1
               enrol C1 A                           => CLASS_NOT_OPEN
    "

    a_place_given_up_is_free_again given [POLICY, BODIES]
    "
    2020-02-20 class C1 places=1
               open C1
               enrol C1 A
               withdraw C1 A
               enrol C1 A                           => ok
               withdraw C1 A
               enrol C1 B                           => ok
               enrol C1 A                           => CLASS_FULL
    "

    withdraw_enrolment_by_precedence given [POLICY, BODIES]
    "
    2020-02-20 withdraw C1 Z                        => PERSON_NOT_FOUND
               withdraw C1 A                        => CLASS_NOT_FOUND
               class C1
               withdraw C1 A                        => ENROLMENT_NOT_FOUND
               open C1
    2020-03-02 enrol C1 A,B @enrolled
    2020-03-01 withdraw C1 B                        => DATE_BEFORE_CAUSE facts=@enrolled
    2020-03-02 withdraw C1 A @withdrawn             => ok
               withdraw C1 A                        => ENROLMENT_WITHDRAWN facts=@withdrawn
    2020-03-01 withdraw C1 A                        => DATE_BEFORE_CAUSE
    2020-03-31 complete C1 B @completed
               withdraw C1 B                        => TRAINING_COMPLETED facts=@completed
    "

    record_attendance_by_precedence given [POLICY, BODIES]
    "
    2020-02-20 attend C1 Z 0                        => OUT_OF_BOUNDS
               attend C1 Z 33                       => OUT_OF_BOUNDS limit=32 found=33
               attend C1 Z 8                        => PERSON_NOT_FOUND
               attend C1 A 8                        => CLASS_NOT_FOUND
               class C1
               open C1
               attend C1 A 8                        => ENROLMENT_NOT_FOUND
               enrol C1 A @enrolled
               enrol C1 B
    2020-02-19 attend C1 A 8                        => DATE_BEFORE_CAUSE facts=@enrolled
               withdraw C1 B                        => DATE_BEFORE_CAUSE
    2020-02-21 withdraw C1 B @withdrawn
    2020-02-29 attend C1 B 8                        => OUTSIDE_CLASS_DATES
    2020-03-01 attend C1 B 8                        => ENROLMENT_WITHDRAWN facts=@withdrawn
               attend C1 A 32                       => ok
    2020-03-31 attend C1 A 1                        => ok
    2020-04-01 attend C1 A 8                        => OUTSIDE_CLASS_DATES
    2020-03-31 complete C1 A @completed             => ok hours=33
               attend C1 A 8                        => TRAINING_COMPLETED facts=@completed
    "

    complete_training_by_precedence given [BODIES]
    "
    2020-02-20 policy P1 hours=80/100
               complete C1 Z                        => PERSON_NOT_FOUND
               complete C1 A                        => CLASS_NOT_FOUND
               class C1
               complete C1 A                        => ENROLMENT_NOT_FOUND
               open C1
               enrol C1 A,B @enrolled
    2020-02-19 complete C1 B                        => DATE_BEFORE_CAUSE facts=@enrolled
    2020-02-20 withdraw C1 B @withdrawn
    2020-02-29 complete C1 B                        => OUTSIDE_CLASS_DATES
    2020-03-01 complete C1 B                        => ENROLMENT_WITHDRAWN facts=@withdrawn
               complete C1 A                        => TOO_FEW_CLASS_HOURS limit=64 found=0 rule=evidence facts=-
               attend C1 A 32 @first
               attend C1 A 31 @second
               complete C1 A                        => TOO_FEW_CLASS_HOURS limit=64 found=63 facts=@first,@second
               attend C1 A 1
               complete C1 A @completed             => ok hours=64
               complete C1 A                        => TRAINING_COMPLETED facts=@completed
    "

    // Two thirds of 80 class hours are 53 and a third: 53 are too few.
    attendance_is_measured_exactly given [BODIES]
    "
    2020-02-20 policy P1 hours=2/3
               class C1
               open C1
               enrol C1 A
    2020-03-01 attend C1 A 27
    2020-03-02 attend C1 A 26
               complete C1 A                        => TOO_FEW_CLASS_HOURS limit=54 found=53
               attend C1 A 1
               complete C1 A                        => ok hours=54
    "

    record_assessment_by_precedence given [POLICY, BODIES, CLASS]
    "
    2020-03-02 assess C9 Z passed by=E9             => INSTITUTION_NOT_FOUND
               assess C9 Z passed                   => PERSON_NOT_FOUND
               assess C9 A passed                   => CLASS_NOT_FOUND
               assess C1 A passed                   => ENROLMENT_NOT_FOUND
               enrol C1 A,B,C @enrolled
               withdraw C1 B @withdrawn
    2020-03-31 assess C1 C passed by=I1             => NOT_QUALIFIED
               assess C1 B passed                   => ENROLMENT_WITHDRAWN facts=@withdrawn
               assess C1 C passed                   => TRAINING_NOT_COMPLETED
               complete C1 A @completed
    2020-03-30 assess C1 A passed by=I1             => DATE_BEFORE_CAUSE facts=@completed
    2020-03-31 assess C1 A failed                   => ok
    2020-04-02 assess C1 A passed @passed           => ok
    2020-03-30 assess C1 A passed by=I1             => FACT_EXISTS facts=@passed
    "

    confirm_employment_by_precedence given [POLICY, BODIES, CLASS]
    "
    2020-03-31 employ C9 Z 2020-04-01               => DATE_IN_FUTURE
               employ C9 Z 2020-03-31               => PERSON_NOT_FOUND
               employ C9 A 2020-03-31               => CLASS_NOT_FOUND
               employ C1 A 2020-03-31               => ENROLMENT_NOT_FOUND
               enrol C1 A,B
               withdraw C1 B @withdrawn
               employ C1 B 2020-03-31               => ENROLMENT_WITHDRAWN facts=@withdrawn
               employ C1 A 2020-03-31               => TRAINING_NOT_COMPLETED
               complete C1 A @completed
    2020-03-30 employ C1 A 2020-03-30               => DATE_BEFORE_CAUSE facts=@completed
    2020-03-31 employ C1 A 2020-03-30               => ok counts=no
               unemploy C1 A                        => ok counted=no
               employ C1 A 2020-03-31 @work         => ok counts=yes
    2020-03-30 employ C1 A 2020-03-30               => FACT_EXISTS facts=@work
    "

    // Six months after 2020-03-31 end on 2020-09-30.
    the_employment_window_ends_on_its_last_day given [POLICY, BODIES, CLASS]
    "
    2020-03-31 graduate C1 A,B
    2020-12-01 employ C1 A 2020-09-30               => ok counts=yes
               employ C1 B 2020-10-01               => ok counts=no
    "

    withdraw_employment_by_precedence given [POLICY, BODIES, CLASS]
    "
    2020-03-31 unemploy C9 Z                        => PERSON_NOT_FOUND
               unemploy C9 A                        => CLASS_NOT_FOUND
               unemploy C1 A                        => ENROLMENT_NOT_FOUND
               graduate C1 A
               unemploy C1 A                        => EMPLOYMENT_NOT_CONFIRMED
    2020-05-01 employ C1 A 2020-04-20 @work
    2020-04-19 unemploy C1 A                        => DATE_BEFORE_CAUSE facts=@work
    2020-05-02 unemploy C1 A                        => ok counted=yes
               unemploy C1 A                        => EMPLOYMENT_NOT_CONFIRMED
    "
}
