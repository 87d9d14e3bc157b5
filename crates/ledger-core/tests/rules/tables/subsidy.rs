//! Approval of a subsidy: evidence, person, no repeat, quota.
//!
//! Long: one table of approvals, in the order of precedence of what they meet.

pub(crate) mod amount;
pub(crate) mod eligibility;

use super::{BODIES, CLASS, POLICY, tables};

tables! {
    approve_subsidy_by_precedence given [BODIES]
    "
    2019-01-01 policy P1 quota=1 assessment=yes
    2020-01-10 class C0 dates=2020-01-10..2020-01-31
               open C0
    2020-01-31 graduate C0 A
               assess C0 A passed
               approve C0 A @first                  => ok amount=1000.00 used=1 year=2020
    2020-02-20 approve C1 Z                         => PERSON_NOT_FOUND
               approve C1 A                         => CLASS_NOT_FOUND
               class C1 residence=370100 @class
               approve C1 A                         => ENROLMENT_NOT_FOUND
               status A pension 2019-01-01.. @pension
               status D pension 2019-01-01..
               open C1
               enrol C1 A,B,D @enrolled
               withdraw C1 B @withdrawn
               revoke I1 train1 2020-03-31 @revoked
    2020-03-31 approve C1 B                         => NOT_QUALIFIED
               qualify I1 train2 train
               approve C1 B                         => ENROLMENT_WITHDRAWN facts=@withdrawn
               approve C1 A                         => TRAINING_NOT_COMPLETED
               complete C1 A,D @completed
    2020-03-30 approve C1 A                         => DATE_BEFORE_CAUSE
    2020-03-31 approve C1 A                         => ASSESSMENT_NOT_PASSED facts=- rule=evidence
               assess C1 A failed @failed
               approve C1 A                         => ASSESSMENT_NOT_PASSED facts=@failed
    2020-04-01 assess C1 A,D passed
    2020-03-31 approve C1 A                         => DATE_BEFORE_CAUSE
    2020-04-01 approve C1 D                         => CERTIFICATE_MISSING rule=evidence
               certify C1 D as=D1
               void D1 @void
               approve C1 D                         => CERTIFICATE_INVALID facts=@void
    2020-04-02 certify C1 A
    2020-04-01 approve C1 A                         => DATE_BEFORE_CAUSE
    2020-04-02 approve C1 A                         => DRAWS_PENSION facts=@pension rule=pension
               end A pension 2020-02-29
               approve C1 A                         => NOT_RESIDENT facts=@class
               status A 370100 2020-03-01..2020-03-31
               approve C1 A                         => SAME_OCCUPATION_AND_LEVEL facts=@first rule=no-repeat
               class C2 occupation=4-10-01-02 dates=2020-04-01..2020-04-30
               open C2
    2020-04-30 graduate C2 A
               assess C2 A passed
               approve C2 A                         => YEARLY_QUOTA_USED limit=1 found=1 facts=@first rule=quota
    2019-01-02 approve C0 A                         => APPROVAL_EXISTS facts=@first
    "

    a_failed_assessment_counts_where_none_is_asked_for given [POLICY, BODIES, CLASS]
    "
    2020-03-31 graduate C1 A
               assess C1 A failed @failed
               approve C1 A                         => ASSESSMENT_NOT_PASSED facts=@failed
    2020-04-10 assess C1 A passed
               approve C1 A                         => ok
    "

    no_certificate_asked_for given [BODIES]
    "
    2019-01-01 policy P1 certificate=no
    2020-02-20 class C1
               open C1
    2020-03-31 enrol C1 A
               complete C1 A
               approve C1 A                         => ok
    "

    // Three in a calendar year, whatever scheme and fund pays and whoever is paid.
    the_fourth_subsidy_of_a_year given [BODIES]
    "
    2019-01-01 policy P1 schemes=vocational-training,startup-training
               account 370100 fund=employment_subsidy
               accrue 370100 5000.00 fund=employment_subsidy
    2020-02-20 class C1 level=junior
               class C2 level=intermediate fund=employment_subsidy
               class C3 level=senior scheme=startup-training
               class C4 occupation=4-10-01-02
               class C5 occupation=4-03-02-01
               open C1
               open C2
               open C3
               open C4
               open C5
    2020-03-31 graduate C1 A
               graduate C2 A
               graduate C3 A
               graduate C4 A,B
               graduate C5 A
    2020-04-01 approve C1 A @one                    => ok used=1
               order D1 C1 full A to=person:A
               settle D1
    2020-05-01 approve C2 A @two                    => ok used=2
               order D2 C2 full A to=body:I1
               settle D2
    2020-12-31 approve C3 A @three                  => ok used=3
               see slots A 2020 3
               approve C4 A                         => YEARLY_QUOTA_USED limit=3 found=3 facts=@one,@two,@three rule=quota
               approve C4 B                         => ok used=1
    2021-01-01 approve C4 A                         => ok used=1 year=2021
               approve C5 A                         => ok used=2 year=2021
    2020-12-31 see slots A 2020 3
               see slots A 2021 2
    "

    a_quota_of_one_scheme given [BODIES]
    "
    2019-01-01 policy P1 quota=1 scope=same schemes=vocational-training,startup-training
    2020-02-20 class C1
               class C2 level=senior
               class C3 level=intermediate scheme=startup-training
               open C1
               open C2
               open C3
    2020-03-31 graduate C1 A
               graduate C2 A
               graduate C3 A
               approve C1 A @one
               approve C2 A                         => YEARLY_QUOTA_USED limit=1 found=1 facts=@one
               approve C3 A                         => ok used=1
    "

    no_quota_at_all given [BODIES]
    "
    2019-01-01 policy P1 quota=none repeat=none
    2020-02-20 class C1
               class C2
               open C1
               open C2
    2020-03-31 graduate C1 A
               graduate C2 A
               approve C1 A                         => ok
               approve C2 A                         => ok
               see slots A 2020 2
    "

    // The certificate's year counts, when the policy says so, however late the approval.
    a_quota_by_the_year_of_the_certificate given [BODIES]
    "
    2019-01-01 policy P1 quota=1 by=certificate
    2020-02-20 class C1 dates=2020-11-01..2020-12-31
               class C2 level=senior dates=2020-11-01..2020-12-31
               class C3 level=intermediate dates=2020-11-01..2020-12-31
               open C1
               open C2
               open C3
    2020-12-31 graduate C1 A
               graduate C2 A
               enrol C3 A
               complete C3 A
    2021-01-01 certify C3 A
               approve C1 A                         => ok year=2020 used=1
               approve C2 A                         => YEARLY_QUOTA_USED limit=1 found=1
               approve C3 A                         => ok year=2021 used=1
    "

    the_same_occupation_and_level_ever_again given [POLICY, BODIES]
    "
    2020-02-20 class C1
               class C2 dates=2025-03-01..2025-03-31
               class C3 dates=2025-03-01..2025-03-31 level=senior
               class C4 dates=2025-03-01..2025-03-31 occupation=4-10-01-02
               class C5 dates=2025-03-01..2025-03-31 occupation=1999:4-07-12-03
               class C6 dates=2025-03-01..2025-03-31 level=none
               open C1
               open C2
               open C3
               open C4
               open C5
               open C6
    2020-03-31 graduate C1 A
               approve C1 A @first
    2025-03-31 graduate C2 A
               graduate C3 A
               graduate C4 A
               graduate C5 A
               graduate C6 A
               approve C2 A                         => SAME_OCCUPATION_AND_LEVEL facts=@first
               approve C3 A                         => ok
               approve C4 A                         => ok
    2026-01-01 approve C5 A                         => ok
               approve C6 A                         => ok
    "

    // Twelve months from 2020-03-31 end on 2021-03-31, the first day that is free again.
    the_same_occupation_and_level_within_months given [BODIES]
    "
    2019-01-01 policy P1 repeat=12
    2020-02-20 class C1
               class C2
               open C1
               open C2
    2020-03-31 graduate C1 A
               graduate C2 A
               approve C1 A @first
    2021-03-30 approve C2 A                         => SAME_OCCUPATION_AND_LEVEL facts=@first
    2021-03-31 approve C2 A                         => ok
    "

    // An approval dated back keeps the same distance to the one that is on record already.
    the_same_occupation_and_level_dated_back given [BODIES]
    "
    2019-01-01 policy P1 repeat=12
    2020-02-20 class C1
               class C2
               open C1
               open C2
    2020-03-31 graduate C1 A
               graduate C2 A
    2021-06-30 approve C1 A @later
    2020-07-01 approve C2 A                         => SAME_OCCUPATION_AND_LEVEL facts=@later
    2020-06-30 approve C2 A                         => ok
    "

    a_pension_on_any_training_day given [POLICY, BODIES]
    "
    2020-02-20 class C1
               open C1
               status A pension 2020-01-01..2020-02-29
               status B pension 2020-01-01..2020-03-01 @b-draws
               status C pension 2020-03-31.. @c-draws
               status D pension 2020-04-01..
    2020-03-31 graduate C1 A,B,C,D
               approve C1 A                         => ok
               approve C1 B                         => DRAWS_PENSION facts=@b-draws
               approve C1 C                         => DRAWS_PENSION facts=@c-draws
               approve C1 D                         => ok
    "

    pensioners_where_no_rule_bars_them given [BODIES]
    "
    2019-01-01 policy P1 pension=no
    2020-02-20 class C1
               open C1
               status A pension 2010-01-01..
    2020-03-31 graduate C1 A
               approve C1 A                         => ok
    "

    residence_on_every_training_day given [POLICY, BODIES]
    "
    2020-02-20 class C1 residence=370100 @class
               open C1
               status A 370102 2020-03-01..2020-03-31
               status B 370100 2020-03-02.. @b-from
               status C 370100 2020-01-01..2020-03-30 @c-until
               status D 370200 2020-01-01.. @d-elsewhere
    2020-03-31 graduate C1 A,B,C,D
               approve C1 A                         => ok
               approve C1 B                         => NOT_RESIDENT facts=@class,@b-from
               approve C1 C                         => NOT_RESIDENT facts=@class,@c-until
               approve C1 D                         => NOT_RESIDENT facts=@class,@d-elsewhere
    "

    // Three in all and one of each scheme: the refusal names the quota that is used up.
    quotas_per_scheme_and_in_all given [BODIES]
    "
    2019-01-01 policy P1 quotas=3/year/all,1/year/same schemes=scheme-a,scheme-b,scheme-c,scheme-d
    2020-02-20 class C1 scheme=scheme-a
               class C2 scheme=scheme-a level=senior
               class C3 scheme=scheme-b level=intermediate
               class C4 scheme=scheme-c occupation=4-10-01-02
               class C5 scheme=scheme-d occupation=4-03-02-01
               open C1
               open C2
               open C3
               open C4
               open C5
    2020-03-31 graduate C1 A
               graduate C2 A
               graduate C3 A
               graduate C4 A
               graduate C5 A
               approve C1 A @one                    => ok used=1
               approve C2 A                         => YEARLY_QUOTA_USED limit=1 found=1 facts=@one rule=quota-1/year/same
               approve C3 A @two                    => ok used=2
               approve C4 A @three                  => ok used=3
               approve C5 A                         => YEARLY_QUOTA_USED limit=3 found=3 facts=@one,@two,@three rule=quota-3/year/all
    2021-01-01 approve C5 A                         => ok used=1
    "

    // One a year and two more for scarce occupations, in whatever order and edition: never a third
    // one beyond them, and never a second one of another occupation.
    two_more_for_scarce_occupations given [BODIES]
    "
    2019-01-01 policy P1 quotas=3/year/all,1/year/all/4-10-01-02+1999:4-07-12-03 crosswalk=1999:4-07-12-03+2015:4-10-01-05
    2020-02-20 class S1 occupation=4-10-01-02
               class S2 level=intermediate
               class S3 level=senior
               class O1 occupation=4-03-02-01
               class O2 occupation=6-18-02-04
               open S1
               open S2
               open S3
               open O1
               open O2
    2020-03-31 graduate S1 A,B,C
               graduate S2 A,B,C
               graduate S3 A,C
               graduate O1 A,B,C
               graduate O2 A,B
    2020-12-31 approve O1 A @a-other                => ok used=1
               approve O2 A                         => YEARLY_QUOTA_USED limit=1 found=1 facts=@a-other rule=quota-1/year/all/4-10-01-02+1999:4-07-12-03
               approve S1 A @a-one                  => ok used=2
               approve S3 A @a-two                  => ok used=3
               approve S2 A                         => YEARLY_QUOTA_USED limit=3 found=3 facts=@a-other,@a-one,@a-two rule=quota-3/year/all
               approve S1 B @b-one                  => ok used=1
               approve S2 B @b-two                  => ok used=2
               approve O1 B @b-other                => ok used=3
               approve O2 B                         => YEARLY_QUOTA_USED limit=3 found=3 facts=@b-one,@b-two,@b-other
               approve S1 C @c-one                  => ok used=1
               approve S2 C @c-two                  => ok used=2
               approve S3 C @c-three                => ok used=3
               approve O1 C                         => YEARLY_QUOTA_USED limit=3 found=3 facts=@c-one,@c-two,@c-three
    2021-01-01 approve O2 A                         => ok used=1 year=2021
    "

    // Two in twelve months: the window that ends on 2021-03-30 begins on 2020-03-31.
    a_rolling_window given [BODIES]
    "
    2019-01-01 policy P1 quotas=2/12/all
    2020-02-20 class C1
               class C2 level=senior
               class C3 level=intermediate
               class C4 occupation=4-10-01-02
               open C1
               open C2
               open C3
               open C4
    2020-03-31 graduate C1 A
               graduate C2 A
               graduate C3 A
               graduate C4 A
               approve C1 A @one                    => ok used=1
    2020-12-31 approve C2 A @two                    => ok used=2 year=2020
    2021-03-30 approve C3 A                         => YEARLY_QUOTA_USED limit=2 found=2 facts=@one,@two rule=quota-2/12/all
    2021-03-31 approve C3 A @three                  => ok used=2 year=2021
    2021-12-30 approve C4 A                         => YEARLY_QUOTA_USED facts=@two,@three
    2021-12-31 approve C4 A                         => ok
    "

    // An approval dated back between two others lies in the window of the later one too.
    a_rolling_window_with_an_approval_dated_back given [BODIES]
    "
    2019-01-01 policy P1 quotas=2/12/all
    2020-02-20 class C1
               class C2 level=senior
               class C3 level=intermediate
               open C1
               open C2
               open C3
    2020-03-31 graduate C1 A
               graduate C2 A
               graduate C3 A
    2020-06-30 approve C1 A @one
    2021-06-29 approve C2 A @two
    2020-07-01 approve C3 A                         => YEARLY_QUOTA_USED limit=2 found=2 facts=@one,@two
    2020-06-29 approve C3 A                         => ok
    "

    // A higher level of the occupation bars a lower one, in any edition, and not the reverse.
    a_higher_level_excludes_a_lower_one given [BODIES]
    "
    2019-01-01 policy P1 higher=yes crosswalk=1999:4-07-12-03+2015:4-10-01-05
    2020-02-20 class C1 level=intermediate
               class C2 level=junior occupation=1999:4-07-12-03
               class C3 level=senior
               class C4 level=none
               class C5 level=junior occupation=4-10-01-02
               open C1
               open C2
               open C3
               open C4
               open C5
    2020-03-31 graduate C1 A
               graduate C2 A
               graduate C3 A
               graduate C4 A
               graduate C5 A
               approve C1 A @first                  => ok
               approve C2 A                         => HIGHER_LEVEL_PAID facts=@first rule=higher-level
               approve C3 A                         => ok
               approve C5 A                         => ok
    2021-01-01 approve C4 A                         => ok
    "

    // The same occupation in two editions of the dictionary is the same.
    no_repeat_over_the_editions given [BODIES]
    "
    2019-01-01 policy P1 crosswalk=1999:4-07-12-03+2015:4-10-01-05
    2020-02-20 class C1
               class C2 occupation=1999:4-07-12-03
               open C1
               open C2
    2020-03-31 graduate C1 A
               graduate C2 A
               approve C1 A @first
               approve C2 A                         => SAME_OCCUPATION_AND_LEVEL facts=@first
    "

    // In either order, and by a document of its own that comes after the first subsidy; until the
    // document is withdrawn. What others call the same stays the same.
    a_crosswalk_until_it_is_withdrawn given [BODIES]
    "
    2019-01-01 policy P1
               policy X0 schemes=none crosswalk=1999:4-07-12-03+2015:4-10-01-02
    2020-02-20 class C1
               class C2 occupation=1999:4-07-12-03
               class C3 occupation=4-10-01-02
               open C1
               open C2
    2020-03-31 graduate C1 A,B
               graduate C2 A,B
               approve C2 A @old
               approve C1 B @new
               policy X1 schemes=none crosswalk=1999:4-07-12-03+2015:4-10-01-05
               approve C1 A                         => SAME_OCCUPATION_AND_LEVEL facts=@old
               approve C2 B                         => SAME_OCCUPATION_AND_LEVEL facts=@new
               withdraw-policy X1 1 2020-03-31
               approve C1 A                         => ok
               approve C2 B                         => ok
               open C3
               graduate C3 A
               approve C3 A                         => SAME_OCCUPATION_AND_LEVEL facts=@old
    "

    // Insurance-paid and training subsidy for the same occupation and level.
    another_scheme_for_the_same_training given [BODIES]
    "
    2019-01-01 policy P1 repeat=none
               policy P2 repeat=none schemes=skill-upgrade excludes=vocational-training/training
               policy P3 repeat=none schemes=yearly excludes=vocational-training+skill-upgrade/year
    2020-02-20 class C1
               class C2 scheme=skill-upgrade
               class C3 scheme=skill-upgrade level=senior
               class C4 scheme=yearly level=intermediate
               open C1
               open C2
               open C3
               open C4
    2020-03-31 graduate C1 A
               graduate C2 A
               graduate C3 A,B
               graduate C4 A,B
    2020-12-31 approve C1 A @one
               approve C2 A                         => OTHER_SCHEME_PAID facts=@one rule=exclusion
               approve C3 A @three                  => ok
               approve C4 A                         => OTHER_SCHEME_PAID facts=@one,@three
               approve C4 B @four                   => ok
               approve C3 B                         => OTHER_SCHEME_PAID facts=@four rule=exclusion
    2021-01-01 approve C4 A                         => ok
               approve C2 A                         => OTHER_SCHEME_PAID
    "

    // What may not be drawn together may not be drawn in either order.
    an_exclusion_holds_in_either_order given [BODIES]
    "
    2019-01-01 policy P1 repeat=none
               policy P2 repeat=none schemes=skill-upgrade excludes=vocational-training/training
    2020-02-20 class C1
               class C2 scheme=skill-upgrade
               class C3 scheme=skill-upgrade level=senior
               open C1
               open C2
               open C3
    2020-03-31 graduate C1 A,B
               graduate C2 A
               graduate C3 B
               approve C2 A @insurance
               approve C1 A                         => OTHER_SCHEME_PAID facts=@insurance rule=exclusion
               approve C3 B
               approve C1 B                         => ok
    "

    // The document under which the other subsidy was drawn has ended, or was withdrawn: what was
    // drawn under it excludes all the same, the other way round as well.
    an_exclusion_outlives_its_document given [BODIES]
    "
    2019-01-01 policy P1 repeat=none
               policy P2 repeat=none schemes=skill-upgrade excludes=vocational-training/training valid=2019-01-01..2020-12-31
               policy P3 repeat=none schemes=allowance excludes=vocational-training/training
               policy P4 repeat=none schemes=mistake excludes=vocational-training/training
    2019-01-02 withdraw-policy P4 1 2019-01-01
    2020-02-20 class C1
               class C2 scheme=skill-upgrade
               class C3 scheme=allowance
               class C4 level=senior
               open C1
               open C2
               open C3
               open C4
    2020-03-31 graduate C1 A,B,C,D
               graduate C2 A,B,D
               graduate C3 C
               graduate C4 A
    2020-12-31 approve C2 A @insurance
               approve C3 C @allowance
               withdraw-policy P3 1 2020-12-31
    2021-01-01 approve C1 A                         => OTHER_SCHEME_PAID facts=@insurance rule=exclusion
               approve C2 B @late                   => ok
               approve C1 B                         => OTHER_SCHEME_PAID facts=@late
               approve C1 C                         => OTHER_SCHEME_PAID facts=@allowance
               approve C4 A                         => ok
               approve C1 D @training               => ok
               approve C2 D                         => OTHER_SCHEME_PAID facts=@training
    "

    // An appraisal fee or a living allowance is no training subsidy.
    a_scheme_counted_apart_neither_bars_nor_uses_up given [BODIES]
    "
    2019-01-01 policy P1 quota=1
               policy P2 quota=1 schemes=appraisal apart=yes
    2020-02-20 class C1
               class C2 scheme=appraisal
               class C3 scheme=appraisal occupation=4-10-01-02
               class C4 scheme=appraisal
               class C5
               open C1
               open C2
               open C3
               open C4
               open C5
    2020-03-31 graduate C1 A
               graduate C2 A
               graduate C3 A
               graduate C4 A
               graduate C5 A
               approve C2 A @appraisal              => ok used=1
               approve C1 A @training               => ok used=1
               approve C4 A                         => SAME_OCCUPATION_AND_LEVEL facts=@appraisal
               approve C3 A                         => YEARLY_QUOTA_USED facts=@appraisal
               approve C5 A                         => SAME_OCCUPATION_AND_LEVEL facts=@training
    "

    // A document that is not in force yet, holds elsewhere or never held counts nothing apart.
    counted_apart_by_the_document_that_holds given [BODIES]
    "
    2019-01-01 policy P1 quota=1 schemes=vocational-training,appraisal
               policy FUTURE quota=1 schemes=appraisal apart=yes valid=2021-01-01..
               policy ELSEWHERE quota=1 schemes=appraisal,vocational-training apart=yes division=520000
               policy MISTAKE quota=1 schemes=appraisal apart=yes valid=2019-06-01..
    2019-06-01 withdraw-policy MISTAKE 1 2019-06-01
    2020-02-20 class C1
               class C2 scheme=appraisal level=senior
               class C3 scheme=appraisal level=intermediate
               class C4 level=intermediate
               open C1
               open C2
               open C3
               open C4
    2020-03-31 graduate C1 A,B
               graduate C2 A
               graduate C3 B
               graduate C4 C
               approve C2 A @appraisal              => ok used=1
               approve C1 A                         => YEARLY_QUOTA_USED facts=@appraisal
               approve C1 B @training               => ok used=1
               approve C3 B                         => YEARLY_QUOTA_USED facts=@training
    2021-01-01 class C5 scheme=appraisal dates=2021-01-01..2021-01-31
               class C6 dates=2021-01-01..2021-01-31 level=senior
               open C5
               open C6
    2021-01-31 graduate C5 C
               graduate C6 C
               approve C5 C                         => ok used=1
               approve C4 C                         => ok used=1
    "

    // The order in which what bars a person is reported.
    history_by_precedence given [BODIES]
    "
    2019-01-01 policy P1 quotas=1/year/all higher=yes
               policy P2 quotas=1/year/all higher=yes schemes=skill-upgrade excludes=vocational-training/training
    2020-02-20 class C1 level=intermediate
               class C2 level=intermediate scheme=skill-upgrade
               class C3 level=junior scheme=skill-upgrade
               class C4 level=senior scheme=skill-upgrade
               open C1
               open C2
               open C3
               open C4
    2020-03-31 graduate C1 A
               graduate C2 A
               graduate C3 A
               graduate C4 A
               approve C1 A @first
               approve C2 A                         => SAME_OCCUPATION_AND_LEVEL
               approve C3 A                         => HIGHER_LEVEL_PAID
               approve C4 A                         => YEARLY_QUOTA_USED
    "

    // The same level is no lower one, and what is counted apart bars no level.
    only_a_higher_level_bars given [BODIES]
    "
    2019-01-01 policy P1 repeat=none higher=yes
               policy P2 repeat=none schemes=appraisal apart=yes
    2020-02-20 class C1
               class C2
               class C3 scheme=appraisal level=senior
               class C4 level=intermediate
               open C1
               open C2
               open C3
               open C4
    2020-03-31 graduate C1 A
               graduate C2 A
               graduate C3 A
               graduate C4 A
               approve C1 A                         => ok
               approve C2 A                         => ok
               approve C3 A                         => ok
               approve C4 A                         => ok
    "

    // The document in force today excludes what was drawn before it began as well.
    an_exclusion_by_a_later_document given [BODIES]
    "
    2019-01-01 policy P1 repeat=none
               policy P2 repeat=none schemes=skill-upgrade
               policy P3 repeat=none schemes=skill-upgrade valid=2020-04-02.. excludes=vocational-training/training
    2020-02-20 class C1
               class C2 scheme=skill-upgrade
               open C1
               open C2
    2020-03-31 graduate C1 A,B
               graduate C2 A,B
               approve C2 A @insurance
               approve C2 B
    2020-04-01 approve C1 B                         => ok
    2020-04-02 approve C1 A                         => OTHER_SCHEME_PAID facts=@insurance rule=exclusion
    "

    // The year is that in which the subsidy counts, here by its certificate; and only the schemes
    // that the rule names are excluded.
    an_exclusion_within_the_year_that_counts given [BODIES]
    "
    2019-01-01 policy P1 repeat=none
               policy P2 repeat=none schemes=yearly by=certificate excludes=vocational-training/year
               policy P3 repeat=none schemes=retraining
    2020-11-20 class C1 dates=2020-12-01..2020-12-31
               class C2 scheme=yearly level=senior dates=2020-12-01..2020-12-31
               class C3 scheme=retraining level=intermediate dates=2020-12-01..2020-12-31
               open C1
               open C2
               open C3
    2020-12-31 graduate C1 A
               graduate C2 A,B
               graduate C3 B
               approve C3 B                         => ok year=2020
    2021-01-05 approve C1 A                         => ok year=2021
               approve C2 A                         => ok year=2020
               approve C2 B                         => ok year=2020
    "

    // What was taken before the document that counts it apart began counts with the others still.
    counted_apart_from_a_later_day_on given [BODIES]
    "
    2019-01-01 policy P1 quota=1
               policy P2 quota=1 schemes=appraisal valid=2019-01-01..2020-06-30
               policy P3 quota=1 schemes=appraisal valid=2020-07-01.. apart=yes
    2020-02-20 class C1
               class C2 scheme=appraisal level=senior
               open C1
               open C2
    2020-03-31 graduate C1 A
               graduate C2 A
               approve C2 A @appraisal
    2020-07-01 approve C1 A                         => YEARLY_QUOTA_USED facts=@appraisal
    "

    // What is learnt after the approval bars no place that holds its slot: neither that two
    // occupations are one, nor that one is not exempt from the quota.
    a_slot_that_is_held_is_not_measured_again given [BODIES]
    "
    2019-01-01 policy P1 quotas=1/year/same/1999:4-07-12-03
               policy X1 schemes=none crosswalk=1999:4-07-12-03+2015:4-10-01-05
    2020-02-20 class C1
               class C2 occupation=4-10-01-02
               open C1
               open C2
    2020-03-31 graduate C1 A
               graduate C2 A
               approve C1 A                         => ok
               approve C2 A                         => ok
               withdraw-policy X1 1 2020-03-31
               policy X2 schemes=none crosswalk=2015:4-10-01-02+2015:4-10-01-05
               order D1 C1 full A                   => ok
               order D2 C2 full A                   => ok
    "

    // The slot that is recorded is that of the first quota that counts the occupation.
    the_quota_that_is_recorded given [BODIES]
    "
    2019-01-01 policy P1 quotas=1/year/all/4-10-01-05,3/year/same
    2020-02-20 class C1
               class C2 occupation=4-10-01-02
               open C1
               open C2
    2020-03-31 graduate C1 A
               graduate C2 A
               approve C1 A                         => ok used=1 limit=3
               approve C2 A                         => ok used=1 limit=1
    "

    // An approval names its class, its certificate and the other documents that it was decided by.
    what_an_approval_rests_on given [BODIES]
    "
    2019-01-01 policy P1
               policy P2 valid=2020-03-15.. repeat=12 repeat-by=approval:this @later
    2020-02-20 class C2 @class-2
               open C2
    2020-03-31 enrol C2 A
               complete C2 A @completed
               certify C2 A @certified
               approve C2 A                         => ok rests-on=@class-2,@completed,@certified,@later
    "

    // What a document of another province excludes bars nobody here.
    an_exclusion_elsewhere given [BODIES]
    "
    2019-01-01 policy P1 repeat=none
               policy P2 repeat=none schemes=skill-upgrade
               policy P3 repeat=none schemes=skill-upgrade division=520000 valid=2019-06-01.. excludes=vocational-training/training
    2020-02-20 class C1
               class C2 scheme=skill-upgrade
               open C1
               open C2
    2020-03-31 graduate C1 A
               graduate C2 A
               approve C2 A                         => ok
               approve C1 A                         => ok
    "

    // On the first day of a document that has ended since, and that the class itself is not under.
    an_exclusion_on_the_first_day_of_its_document given [BODIES]
    "
    2019-01-01 policy P1 repeat=none
               policy P2 repeat=none schemes=skill-upgrade
               policy P3 repeat=none schemes=skill-upgrade valid=2020-03-31..2020-12-31 excludes=vocational-training/training
    2020-02-20 class C1
               class C2 scheme=skill-upgrade
               open C1
               open C2
    2020-03-30 graduate C1 A,B
               graduate C2 A,B
               approve C2 B
    2020-03-31 approve C2 A @insurance
    2021-01-01 approve C1 A                         => OTHER_SCHEME_PAID facts=@insurance
               approve C1 B                         => ok
    "

    // Where the division has no document for the other scheme, the one that was drawn under says
    // that it is counted apart.
    counted_apart_in_another_city given [BODIES]
    "
    2019-01-01 policy P1 quota=1
               policy P2 quota=1 schemes=appraisal division=370200 apart=yes
    2020-02-20 class C1
               class C2 scheme=appraisal division=370200
               open C1
               open C2
    2020-03-31 graduate C1 A
               graduate C2 A
               approve C2 A                         => ok
               approve C1 A                         => ok
    "

    // What three crosswalks say together: the third makes one of two.
    one_occupation_over_several_crosswalks given [BODIES]
    "
    2019-01-01 policy P1
               policy X1 schemes=none crosswalk=1999:4-07-12-03+4-10-01-05,4-10-01-02+4-03-02-01,4-10-01-05+4-03-02-01
    2020-02-20 class C1 occupation=1999:4-07-12-03
               class C2 occupation=4-10-01-02
               open C1
               open C2
    2020-03-31 graduate C1 A
               graduate C2 A
               approve C1 A @first
               approve C2 A                         => SAME_OCCUPATION_AND_LEVEL facts=@first
    "

    // A slot is given back for its own class only.
    one_of_two_slots_is_given_back given [POLICY, BODIES]
    "
    2020-02-20 class C1
               class C2 level=senior
               open C1
               open C2
    2020-03-31 graduate C1 A
               enrol C2 A
               complete C2 A
               certify C2 A as=A2
               approve C1 A
               approve C2 A
               see slots A 2020 2
               void A2                              => ok lapses=yes frees=yes
               see slots A 2020 1
    "
}
