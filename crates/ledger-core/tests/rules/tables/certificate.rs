//! Certificates: issued, declared void, found in the national register.

use super::{BODIES, CLASS, GRADUATE, POLICY, tables};

tables! {
    issue_certificate_by_precedence given [POLICY, BODIES, CLASS]
    "
    2020-03-31 certify C9 Z by=E9 issued=2020-04-01 => DATE_IN_FUTURE
               certify C9 Z by=E9                   => INSTITUTION_NOT_FOUND
               certify C9 Z                         => PERSON_NOT_FOUND
               certify C9 A                         => CLASS_NOT_FOUND
               certify C1 A                         => ENROLMENT_NOT_FOUND
               enrol C1 A,B,C,D
               withdraw C1 B @withdrawn
               certify C1 B by=I1                   => NOT_QUALIFIED
               certify C1 B                         => ENROLMENT_WITHDRAWN facts=@withdrawn
               certify C1 A                         => TRAINING_NOT_COMPLETED
               complete C1 A,C,D @completed
               certify C1 D by=I1 issued=2020-03-30 => DATE_BEFORE_CAUSE facts=@completed
               assess C1 C failed @failed
               certify C1 C number=S000037000123204000001 => CERTIFICATE_MISMATCH
               certify C1 C                         => ASSESSMENT_NOT_PASSED facts=@failed
    2020-04-02 assess C1 C passed @passed
               certify C1 C issued=2020-04-01       => DATE_BEFORE_CAUSE facts=@passed
               certify C1 A number=S000037017713205000001 @certified
               certify C1 D by=I1 issued=2020-03-30 number=S000037017713205000001 => CERTIFICATE_EXISTS facts=@certified
               certify C1 A by=I1 issued=2020-03-30 => FACT_EXISTS facts=@certified
    "

    // E1 is filed as 017713: evaluator, year and level of a number are checked against the claim.
    the_number_of_a_certificate_fits_the_claim given [POLICY, BODIES, GRADUATE]
    "
    2020-02-20 class C2
               open C2
    2020-03-31 enrol C2 B
               complete C2 B
               certify C2 B number=S000037017714205000009 => CERTIFICATE_MISMATCH
               certify C2 B number=S000052017713205000009 => CERTIFICATE_MISMATCH
               certify C2 B number=Y000037017713205000009 => CERTIFICATE_MISMATCH
               certify C2 B number=S000037017713195000009 => CERTIFICATE_MISMATCH
               certify C2 B number=S000037017713204000009 => CERTIFICATE_MISMATCH
               certify C2 B number=S00003701771320500009  => CERTIFICATE_MISMATCH
               certify C2 B kind=special            => CERTIFICATE_MISMATCH
               certify C2 B kind=completion         => CERTIFICATE_MISMATCH
               certify C2 B kind=vocational         => ok
    "

    certificates_of_courses_without_a_digit given [POLICY, BODIES]
    "
    2020-02-20 qualify I1 q train scope=4-10-01-05/special
               qualify E1 q evaluate scope=4-10-01-05/special
               class C1 level=none occupation=6-31-01-03
               class C2 level=special
               open C1
               open C2
    2020-03-31 enrol C1 A
               complete C1 A
               certify C1 A kind=skill number=S000037017713205000009 => CERTIFICATE_MISMATCH
               certify C1 A                         => ok
               enrol C2 A
               complete C2 A
               certify C2 A kind=special            => CERTIFICATE_MISMATCH
               certify C2 A kind=skill number=S000037017713205000009 => CERTIFICATE_MISMATCH
               certify C2 A kind=skill number=SS00003701771320000009 => ok
    "

    the_evaluator_must_be_in_force_on_the_day given [POLICY, CLASS_WITHOUT_EVALUATOR]
    "
    2020-03-31 enrol C1 A,B
               complete C1 A,B
               certify C1 A                         => NOT_QUALIFIED
               qualify E1 q1 evaluate valid=2020-04-02..2020-04-10 scope=4-10-01-05/junior @q1
               certify C1 A                         => NOT_QUALIFIED facts=@q1
    2020-04-20 certify C1 A issued=2020-04-01       => NOT_QUALIFIED
               certify C1 A issued=2020-04-11       => NOT_QUALIFIED
               certify C1 A issued=2020-04-10       => ok
               revoke E1 q1 2020-04-05
               certify C1 B issued=2020-04-05       => NOT_QUALIFIED
               certify C1 B issued=2020-04-04       => ok
    "

    an_evaluator_with_two_numbers given [POLICY, BODIES, CLASS]
    "
    2020-03-31 qualify E1 q2 evaluate number=Y000037000777
               enrol C1 A,B
               complete C1 A,B
               certify C1 A number=S000037017713205000001 => ok
               certify C1 B number=Y000037000777205000001 => ok
    "

    invalidate_certificate_by_precedence given [POLICY, BODIES, GRADUATE]
    "
    2020-03-30 void S000037000123205000009          => CERTIFICATE_NOT_FOUND
               void A                               => DATE_BEFORE_CAUSE facts=@certified
    2020-04-01 void A @void                         => ok lapses=no frees=no
               void A                               => CERTIFICATE_INVALID facts=@void
               approve C1 A                         => CERTIFICATE_INVALID facts=@void rule=evidence
               certify C1 A                         => ok
               approve C1 A                         => ok
    "

    verify_certificate_by_precedence given [POLICY, BODIES, GRADUATE]
    "
    2020-03-30 verify S000037000123205000009        => CERTIFICATE_NOT_FOUND
               verify A                             => DATE_BEFORE_CAUSE facts=@certified
    2020-03-31 verify A @verified                   => ok
    2020-03-30 verify A                             => FACT_EXISTS facts=@verified
    2020-04-01 void A @void
               verify A                             => FACT_EXISTS facts=@verified
               certify C1 A as=A2
    2020-03-30 verify A                             => DATE_BEFORE_CAUSE facts=@certified
    2020-04-01 verify A                             => CERTIFICATE_INVALID facts=@void
               verify A2                            => ok
    "
}

/// A class whose evaluator is registered and not qualified.
const CLASS_WITHOUT_EVALUATOR: &str = "
    2019-01-01 account 370100
               institution I1
               qualify I1 train1 train
               institution E1
               person A,B
    2020-02-20 class C1
    2020-03-01 open C1
";
