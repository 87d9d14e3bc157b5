//! Cases, what they find and what that bars, and their end.

use super::recovery::PAID;
use super::{BODIES, CLASS, POLICY, tables};

tables! {
    open_case given []
    "
    2020-05-01 case S1 I1 @case
               case S1                              => CASE_EXISTS facts=@case
    "

    make_finding_by_precedence given [POLICY, BODIES, CLASS]
    "
    2020-05-01 find S1 F1 C9 P1..P5001              => OUT_OF_BOUNDS limit=5000 found=5001
               find S1 F1 C9 Z,Z evidence=9999      => NAMED_TWICE
               find S1 F1 C9 Z evidence=9999        => CAUSE_UNKNOWN
               find S1 F1 C9 Z evidence=0           => CAUSE_UNKNOWN
               find S1 F1 C9 Z                      => PERSON_NOT_FOUND
               find S1 F1 C9 A                      => CLASS_NOT_FOUND
               find S1 F1 C1 A                      => ENROLMENT_NOT_FOUND
    2020-03-31 enrol C1 A
    2020-05-01 find S1 F1 C1 A                      => CASE_NOT_FOUND
               case S1 @case
               find S1 F1 C1 A evidence=@case @found => ok
    2020-04-30 find S1 F1 C1 A                      => FINDING_EXISTS facts=@found
               find S1 F2 C1 A                      => DATE_BEFORE_CAUSE facts=@case
    2020-05-02 close-case S1 @closed
    2020-04-30 find S1 F2 C1 A                      => DATE_BEFORE_CAUSE
    2020-05-02 find S1 F2 C1 A                      => CASE_CLOSED facts=@closed
    "

    close_case_by_precedence given [POLICY, BODIES, PAID]
    "
    2020-04-30 close-case S9                        => CASE_NOT_FOUND
               close-case S1                        => DATE_BEFORE_CAUSE facts=@case
    2020-05-02 claw W1 S1 F1 D1:A:600.00
               claw W2 S1 F1 D1:B:600.00
               close-case S1                        => CLAWBACK_OUTSTANDING limit=0 found=2
               repay W1 600.00
               close-case S1                        => CLAWBACK_OUTSTANDING limit=0 found=1
               repay W2 600.00
               close-case S1 @closed                => ok
               close-case S1                        => CASE_CLOSED facts=@closed
    "

    // What was found false is not added to; an honest error is put right and does not bar.
    a_finding_against_a_class_bars_approvals_and_payments given [POLICY, BODIES]
    "
    2020-02-20 class C1 kind=project
               open C1
    2020-03-31 graduate C1 A,B
               close C1
               approve C1 A
               order D1 C1 advance A
               settle D1
               case S1
               find S1 F1 C1 kind=honest
               order D2 C1 advance B                => ok
               settle D2
               find S1 F2 C1 @false
               approve C1 B                         => FOUND_FALSE facts=@false
               order D3 C1 advance A                => FOUND_FALSE facts=@false
               employ C1 A 2020-03-31
               order D3 C1 final A,B                => FOUND_FALSE facts=@false
               claw W1 S1 F2 D1:A:600.00 D2:B:600.00 => ok total=1200.00
    "

    a_finding_against_a_person_bars_that_place_only given [POLICY, BODIES]
    "
    2020-02-20 class C1 kind=project
               open C1
    2020-03-31 graduate C1 A,B
               close C1
               approve C1 A,B
               order D1 C1 advance A,B
               settle D1
               employ C1 A,B 2020-03-31
               case S1
               find S1 F1 C1 A kind=ineligible @false
               order D2 C1 final A,B                => ok total=400.00
               settle D2
               order D3 C1 final A                  => FOUND_FALSE facts=@false
               claw W1 S1 F1 D1:A:600.00            => ok
    "

    a_finding_against_a_person_bars_the_full_payment given [POLICY, BODIES]
    "
    2020-02-20 class C1
               open C1
    2020-03-31 graduate C1 A,B
               approve C1 A
               case S1
               find S1 F1 C1 A,B @false
               order D1 C1 full A                   => FOUND_FALSE facts=@false
               approve C1 B                         => FOUND_FALSE facts=@false
    "

    // A second finding takes nothing back of the first one, whatever it says.
    a_finding_outlasts_a_milder_one given [POLICY, BODIES]
    "
    2020-02-20 class C1
               class C2 level=senior
               open C1
               open C2
    2020-03-31 graduate C1 A
               graduate C2 B
               approve C1 A
               approve C2 B
               case S1
               find S1 F1 C1 A kind=fraud @place
               find S1 F2 C1 A kind=honest
               order D1 C1 full A                   => FOUND_FALSE facts=@place
               find S1 F3 C2 kind=fraud @class
               find S1 F4 C2 kind=honest
               order D2 C2 full B                   => FOUND_FALSE facts=@class
    "
}
