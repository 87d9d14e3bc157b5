//! Who is paid and on what proof: groups, age, insurance, residence, graduation; evidence; time.

use crate::tables::{BODIES, tables};

tables! {
    a_group_on_the_first_day given [BODIES]
    "
    2019-01-01 policy P1 groups=veteran+disabled
    2020-01-01 status A group:veteran 2020-03-01..2020-03-01 @a
               status B group:veteran 2020-03-02.. @b
               status C group:employee 2020-01-01.. @c
    2020-02-20 class C1
               open C1
    2020-03-31 graduate C1 A,B,C,D
               approve C1 A                         => ok
               approve C1 B                         => NOT_IN_GROUP facts=@b rule=groups
               approve C1 C                         => NOT_IN_GROUP facts=@c
               approve C1 D                         => NOT_IN_GROUP facts=-
    "

    // Two groups may follow each other; a day without one is too many.
    a_group_on_every_day given [BODIES]
    "
    2019-01-01 policy P1 groups=unemployed+employee/throughout
    2020-01-01 status A group:unemployed 2020-01-01..2020-03-15
               status A group:employee 2020-03-16..
               status B group:unemployed 2020-01-01..2020-03-15 @b1
               status B group:employee 2020-03-17.. @b2
               status C group:employee 2020-01-01..2020-03-30 @c
               status D group:employee 2020-03-01..2020-03-31
    2020-02-20 class C1
               open C1
    2020-03-31 graduate C1 A,B,C,D
               approve C1 A                         => ok
               approve C1 B                         => NOT_IN_GROUP facts=@b1,@b2
               approve C1 C                         => NOT_IN_GROUP facts=@c
               approve C1 D                         => ok
    "

    // Sixteen to sixty, women to fifty-five; without a sex on record the lower of both.
    age_by_sex given [BODIES]
    "
    2019-01-01 policy P1 age=16-60-55
               person E,F,G,H
    2020-01-01 status A age:15 2020-01-01.. @a
               status B age:16 2020-03-01..
               status C age:60 2020-01-01..
               status C sex:male 2020-01-01..
               status D age:61 2020-01-01.. @d
               status D sex:male 2020-01-01.. @d-sex
               status E age:55 2020-01-01..
               status E sex:female 2020-01-01..
               status F age:56 2020-01-01.. @f
               status F sex:female 2020-01-01.. @f-sex
               status G age:56 2020-01-01.. @g
               status H age:30 2020-03-02..
    2020-02-20 class C1
               open C1
    2020-03-31 graduate C1 A,B,C,D,E,F,G,H
               approve C1 A                         => AGE_OUT_OF_BOUNDS limit=16 found=15 facts=@a rule=age
               approve C1 B                         => ok
               approve C1 C                         => ok
               approve C1 D                         => AGE_OUT_OF_BOUNDS limit=60 found=61 facts=@d,@d-sex
               approve C1 E                         => ok
               approve C1 F                         => AGE_OUT_OF_BOUNDS limit=55 found=56 facts=@f,@f-sex
               approve C1 G                         => AGE_OUT_OF_BOUNDS limit=55 found=56 facts=@g
               approve C1 H                         => AGE_OUT_OF_BOUNDS limit=- found=- facts=-
    "

    // Twelve whole months up to the approval; what overlaps counts once, what follows adds up.
    insured_months given [BODIES]
    "
    2019-01-01 policy P1 insured=12 insured-by=approval:this
    2019-01-01 status A insured 2019-04-01..
               status B insured 2019-04-02.. @b
               status C insured 2018-01-01..2018-06-30
               status C insured 2018-07-01..2018-12-31
               status D insured 2018-01-01..2018-06-30 @d1
               status D insured 2018-08-01..2019-01-30 @d2
    2020-02-20 class C1
               open C1
    2020-03-31 graduate C1 A,B,C,D
               approve C1 A                         => ok
               approve C1 B                         => TOO_FEW_INSURED_MONTHS limit=12 found=11 facts=@b rule=insured-months
               approve C1 C                         => ok
               approve C1 D                         => TOO_FEW_INSURED_MONTHS limit=12 found=11 facts=@d1,@d2
    2020-04-01 approve C1 B                         => ok
    "

    residence_by_the_document given [BODIES]
    "
    2019-01-01 policy P1 resident=370000
    2020-01-01 status A 370100 2020-01-01..2020-03-15
               status A 371300 2020-03-16..
               status B 110000 2020-01-01.. @b
    2020-02-20 class C1
               open C1
    2020-03-31 graduate C1 A,B,C
               approve C1 A                         => ok
               approve C1 B                         => NOT_RESIDENT facts=@b rule=residence
               approve C1 C                         => NOT_RESIDENT facts=- rule=residence
    "

    training_in_the_year_of_graduation given [BODIES]
    "
    2019-01-01 policy P1 graduating=yes
    2020-01-01 status A graduates:2020 2020-01-01..
               status B graduates:2021 2020-01-01.. @b
    2020-02-20 class C1
               open C1
    2020-03-31 graduate C1 A,B,C
               approve C1 A                         => ok
               approve C1 B                         => NOT_GRADUATING_YEAR limit=2020 found=2021 facts=@b rule=graduating-year
               approve C1 C                         => NOT_GRADUATING_YEAR limit=- found=- facts=-
    "

    // What is learnt after the approval stands against the payment.
    learnt_between_approval_and_payment given [BODIES]
    "
    2019-01-01 policy P1 groups=veteran
    2020-01-01 status A group:veteran 2020-01-01.. @a
    2020-02-20 class C1
               open C1
    2020-03-31 graduate C1 A
               approve C1 A
    2020-04-10 end A group:veteran 2020-02-29 @ended
               order D1 C1 full A                   => NOT_IN_GROUP facts=@ended
    "

    the_kind_of_certificate given [BODIES]
    "
    2019-01-01 policy P1 kinds=skill
    2020-02-20 class C1
               open C1
    2020-03-31 enrol C1 A,B
               complete C1 A,B
               certify C1 A
               certify C1 B kind=vocational number=VQ-000001 @b
               approve C1 A                         => ok
               approve C1 B                         => CERTIFICATE_KIND_NOT_ALLOWED facts=@b rule=evidence
    "

    a_certificate_in_the_register given [BODIES]
    "
    2019-01-01 policy P1 verified=yes
    2020-02-20 class C1
               open C1
    2020-03-31 enrol C1 A
               complete C1 A
               certify C1 A @certified
               approve C1 A                         => CERTIFICATE_NOT_VERIFIED facts=@certified rule=evidence
               verify A
               approve C1 A                         => ok
    "

    // 85 % of eighty hours are sixty-eight; a floor of seventy is more.
    hours_by_share_and_floor given [BODIES]
    "
    2019-01-01 policy P1 hours=85/100
               policy P2 hours=85/100 hours-min=70 schemes=floored
    2020-02-20 class C1
               class C2 scheme=floored level=senior
               open C1
               open C2
    2020-03-01 enrol C1 A
               enrol C2 A
               attend C1 A 32
               attend C2 A 32
    2020-03-02 attend C1 A 32
               attend C2 A 32
    2020-03-03 attend C1 A 3
               attend C2 A 5
    2020-03-31 complete C1 A                        => TOO_FEW_CLASS_HOURS limit=68 found=67 rule=evidence
               complete C2 A                        => TOO_FEW_CLASS_HOURS limit=70 found=69
    2020-03-04 attend C1 A 1
               attend C2 A 1
    2020-03-31 complete C1 A                        => ok hours=68
               complete C2 A                        => ok hours=70
    "

    // A later document may ask for more hours than the completion did.
    hours_looked_at_again_with_the_approval given [BODIES]
    "
    2019-01-01 policy P1
    2020-02-20 class C1
               open C1
    2020-03-01 enrol C1 A
               attend C1 A 30
    2020-03-31 complete C1 A @completed
               certify C1 A
               policy P2 valid=2020-04-01.. hours-min=31 evidence-by=approval:this
               approve C1 A                         => ok
    2020-03-31 enrol C1 B
    2020-03-02 attend C1 B                          30 => DATE_BEFORE_CAUSE
    2020-03-31 attend C1 B 30
               complete C1 B @b
               certify C1 B
    2020-04-01 approve C1 B                         => TOO_FEW_CLASS_HOURS limit=31 found=30 facts=@b rule=evidence
    "

    // Work within ninety days of 2020-03-31: 2020-06-29 is the last day.
    employment_within_days given [BODIES]
    "
    2019-01-01 policy P1 employed-within=90
    2020-02-20 class C1
               open C1
    2020-03-31 graduate C1 A,B,C
               approve C1 A                         => EMPLOYMENT_EVIDENCE_MISSING facts=- rule=evidence
    2020-07-31 employ C1 A 2020-06-29
               employ C1 B 2020-06-30 @b
               employ C1 C 2020-03-30 @c
               approve C1 A                         => ok
               approve C1 B                         => EMPLOYMENT_EVIDENCE_MISSING limit=90 found=91 facts=@b
               approve C1 C                         => EMPLOYMENT_EVIDENCE_MISSING limit=90 found=-1 facts=@c
               unemploy C1 A
               order D1 C1 full A                   => EMPLOYMENT_EVIDENCE_MISSING
               employ C1 A 2020-06-29
               order D1 C1 full A                   => ok
    "

    employment_by_labour_contract given [BODIES]
    "
    2019-01-01 policy P1 contract=yes
    2020-02-20 class C1
               open C1
    2020-03-31 graduate C1 A,B
               employ C1 A 2020-03-31 @a
               employ C1 B 2020-03-31 proof=contract
               approve C1 A                         => EMPLOYMENT_EVIDENCE_MISSING limit=- facts=@a
               approve C1 B                         => ok
    "

    // Twelve months from the certificate of 2020-03-31: the last day is 2021-03-31.
    claimed_in_time given [BODIES]
    "
    2019-01-01 policy P1 deadline=12/certificate
    2020-02-20 class C1 @class
               open C1
    2020-03-31 enrol C1 A,B,C,D
               complete C1 A,B,C,D
               certify C1 A,B
               certify C1 C @c
               certify C1 D @d
    2021-03-31 approve C1 A                         => ok
               claim C1 B
    2021-04-01 approve C1 C                         => CLAIM_TOO_LATE limit=365 found=366 facts=@c rule=claim-deadline
               approve C1 B                         => ok
               claim C1 D @claimed
               approve C1 D                         => CLAIM_TOO_LATE limit=365 found=366 facts=@d,@claimed
    2021-03-31 approve C1 D                         => DATE_BEFORE_CAUSE facts=@claimed
    "

    claimed_in_time_after_the_class given [BODIES]
    "
    2019-01-01 policy P1 deadline=1/class certificate=no
    2020-02-20 class C1 @class
               open C1
    2020-03-31 enrol C1 A,B
               complete C1 A,B
    2020-04-30 approve C1 A                         => ok
    2020-05-01 approve C1 B                         => CLAIM_TOO_LATE limit=30 found=31 facts=@class
    "

    // What begins on the last day counts, and joins what ended the day before; what runs on adds
    // nothing: 2019-04-01 to 2020-03-31 are twelve months.
    insured_months_to_the_day given [BODIES]
    "
    2019-01-01 policy P1 insured=12 insured-by=approval:this
               status A insured 2019-04-01..2019-09-14
               status A insured 2019-09-15..2020-03-30
               status B insured 2019-04-01..2020-03-31
               status C insured 2019-05-01..2020-12-31 @c
    2020-02-20 class C1
               open C1
    2020-03-31 status D insured 2019-04-01..2020-03-30 @d
               graduate C1 A,B,C,D
               approve C1 A                         => TOO_FEW_INSURED_MONTHS limit=12 found=11
               approve C1 B                         => ok
               approve C1 C                         => TOO_FEW_INSURED_MONTHS limit=12 found=11 facts=@c
               approve C1 D                         => TOO_FEW_INSURED_MONTHS limit=12 found=11 facts=@d
               status A insured 2020-03-31..
               approve C1 A                         => ok
    "

    // Decided by the class's approval, the months are those up to it: of 2020-02-20.
    insured_months_up_to_the_date_that_decides given [BODIES]
    "
    2019-01-01 policy P1 insured=12
               status A insured 2019-02-21.. @a
               status B insured 2019-02-22.. @b
    2020-02-20 class C1
               open C1
    2020-03-31 graduate C1 A,B
               approve C1 A                         => ok
               approve C1 B                         => TOO_FEW_INSURED_MONTHS limit=12 found=11 facts=@b
    "

    // Another year on record bars nobody; what is declared from a later day on is not known yet.
    one_of_two_years_of_graduation given [BODIES]
    "
    2019-01-01 policy P1 graduating=yes
    2020-01-01 status A graduates:2020 2020-01-01..
               status A graduates:2021 2020-01-01..
               status B graduates:2020 2020-03-02..
    2020-02-20 class C1
               open C1
    2020-03-31 graduate C1 A,B
               approve C1 A                         => ok
               approve C1 B                         => NOT_GRADUATING_YEAR limit=- found=- facts=-
    "

    // Before the class ended, work counts from the day on which the person completed it; after
    // its end the day of the completion does not matter.
    employment_from_the_completion_on given [BODIES]
    "
    2019-01-01 policy P1 employed-within=90
    2020-02-20 class C1
               open C1
    2020-03-20 graduate C1 A,B
               enrol C1 C
    2020-04-05 complete C1 C
               certify C1 C
               employ C1 A 2020-03-20
               employ C1 B 2020-03-19 @b
               employ C1 C 2020-04-01
               approve C1 A                         => ok
               approve C1 B                         => EMPLOYMENT_EVIDENCE_MISSING limit=90 found=-12 facts=@b
               approve C1 C                         => ok
    "
}
