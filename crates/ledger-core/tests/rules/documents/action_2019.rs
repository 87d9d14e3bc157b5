//! The action of 2019 to 2021: project classes, three a year, never the same twice, and the special
//! account.

use super::FUNDS;
use crate::tables::{BODIES, tables};

tables! {
    // 60 % after the training; at 17 of 20 (85 %) the rest, at 16 of 20 no more than the advance.
    project_classes given [BODIES]
    "
    2019-01-01 document shandong/2019-2021-action
               policy R0 kind=rate_table schemes=none rates=*|*|*|1000.00
               person P1..P20
    2020-02-20 class C1 kind=project places=20
               class C2 kind=project places=20 level=senior
               open C1
               open C2
    2020-03-31 graduate C1 P1..P20
               graduate C2 P1..P20
               close C1
               close C2
               order D1 C1 advance P1..P20          => ok total=12000.00 lines=20
               order D2 C2 advance P1..P20          => ok total=12000.00
               settle D1
               settle D2
    2020-04-10 approve C1 P1..P20                   => ok amount=1000.00
               approve C2 P1..P20                   => ok amount=1000.00
    2020-09-30 employ C1 P1..P17 2020-09-01
               employ C2 P1..P16 2020-09-30
               order D3 C1 final P1..P20            => ok outcome=Full rate=17/20 total=8000.00
               order D4 C2 final P1..P20            => EMPLOYMENT_WINDOW_OPEN
    2020-10-01 employ C2 P17 2020-10-01             => ok counts=no
               order D4 C2 final P1..P20            => ok outcome=StayAtAdvance rate=16/20 payable=0.00
               settle D3
               see expenditure 370100 2020 32000.00
    "

    // Three subsidies a year from whatever fund, no second one for the same occupation and level,
    // nothing without certificate and nothing for who draws a pension.
    a_persons_years given [BODIES, FUNDS]
    "
    2019-01-01 document shandong/2019-2021-action
               policy R0 kind=rate_table schemes=none rates=*|*|*|1000.00
               status D pension 2019-06-01..
    2020-02-20 class C1
               class C2 level=intermediate fund=employment_subsidy
               class C3 level=senior
               class C4 occupation=4-10-01-02
               open C1
               open C2
               open C3
               open C4
               enrol C1 B
    2020-03-31 graduate C1 A,D
               graduate C2 A
               graduate C3 A
               graduate C4 A
               complete C1 B
    2020-04-01 approve C1 B                         => CERTIFICATE_MISSING
               approve C1 D                         => DRAWS_PENSION
               approve C1 A @one                    => ok used=1
               approve C2 A @two                    => ok used=2
               approve C3 A @three                  => ok used=3
               approve C4 A                         => YEARLY_QUOTA_USED limit=3 found=3 facts=@one,@two,@three
    2021-01-01 approve C4 A                         => ok used=1 year=2021
    2021-12-01 class C5 dates=2021-12-01..2021-12-31
               open C5
    2021-12-31 graduate C5 A
               approve C5 A                         => SAME_OCCUPATION_AND_LEVEL facts=@one
    2022-01-01 class C6 dates=2022-01-01..2022-01-31 => POLICY_NOT_FOUND
    "

    // Standards are unified: a contract without a published standard names nothing that is paid,
    // and with one no more than that.
    no_rate_without_a_standard given [BODIES]
    "
    2019-01-01 document shandong/2019-2021-action
    2020-02-20 class C1 rate=800.00                 => RATE_NOT_FOUND
               class C1 kind=project rate=800.00    => RATE_NOT_FOUND
               class C1 rate=standard               => RATE_NOT_FOUND
               policy R1 kind=rate_table schemes=none division=370100 rates=*|*|*|900.00 of=special-ability-training
               class C1 rate=800.00                 => RATE_NOT_FOUND
               policy R2 kind=rate_table schemes=none division=370200 rates=*|*|*|900.00
               class C1 rate=800.00                 => RATE_NOT_FOUND
               policy R3 kind=rate_table schemes=none division=370100 rates=*|senior|*|900.00
               class C1 rate=800.00                 => RATE_NOT_FOUND
               class C2 level=senior rate=900.01    => RATE_ABOVE_STANDARD limit=90000 found=90001
               class C2 level=senior rate=900.00    => ok
               class C3 level=senior rate=800.00    => ok
               class C4 level=senior rate=standard  => ok rate=900.00
    "

    // The living cost is for some groups; an appraisal is paid once for an occupation and level,
    // and is no repeat of the training.
    groups_and_appraisals given [BODIES]
    "
    2019-01-01 document shandong/2019-2021-action
               policy L1 kind=rate_table schemes=none division=370100 rates=*|*|*|500.00 of=living-cost
               policy L2 kind=rate_table schemes=none division=370100 rates=*|*|*|100.00 of=skill-appraisal
               policy L3 kind=rate_table schemes=none division=370100 rates=*|*|*|900.00
               status A group:registered_poor 2019-06-01..
               status B group:employee 2019-06-01..
    2020-02-20 class C1 scheme=living-cost rate=standard
               class C2 scheme=skill-appraisal rate=standard
               class C3 scheme=skill-appraisal rate=standard
               class C4 scheme=skill-appraisal rate=standard level=senior
               class C5 rate=standard
               open C1
               open C2
               open C3
               open C4
               open C5
    2020-03-31 graduate C1 A,B
               assess C1 A,B passed
               graduate C2 A
               graduate C3 A
               graduate C4 A
               graduate C5 A
    2020-04-01 approve C1 A                         => ok amount=500.00
               approve C1 B                         => NOT_IN_GROUP
               approve C2 A @appraised              => ok amount=100.00
               approve C3 A                         => SAME_OCCUPATION_AND_LEVEL facts=@appraised
               approve C4 A                         => ok amount=100.00
               approve C5 A                         => ok amount=900.00
    "

    // What the cities set: the special ability, the appraisal and the living cost have no rate of
    // their own, and the living cost goes to the person.
    subsidies_by_a_citys_table given [BODIES]
    "
    2019-01-01 document shandong/2019-2021-action
    2020-02-20 class C1 scheme=living-cost rate=standard => RATE_NOT_FOUND
               policy L1 kind=rate_table schemes=none division=370100 rates=*|*|registered_poor|500.00 of=living-cost
               policy L2 kind=rate_table schemes=none division=370100 rates=*|*|*|100.00 of=skill-appraisal
               class C1 scheme=living-cost rate=standard => RATE_NOT_FOUND
               class C2 scheme=skill-appraisal rate=standard => ok rate=100.00
               class C1 scheme=living-cost rate=500.00 => RATE_NOT_FOUND
    "

    // A share of the unemployment fund's balance with no ratio in the document; below 24 months of
    // benefits the province helps.
    the_special_account_is_raised given []
    "
    2019-01-01 document shandong/2019-2021-action
    2019-06-01 account 370300
               accrue 370300 1000000.00             => ok
               accrue 370300 1000000.00 balance=24000000.00 monthly=1000000.00 => ok
               adjust 370300 500000.00 balance=24000000.00 monthly=1000000.00 => CAPACITY_SUFFICIENT
               adjust 370300 500000.00 balance=23999999.99 monthly=1000000.00 => ok
               see available 370300 2500000.00
    "

    // Support whose amount each decision names. Earmarked money does not pay it: no document says
    // that it does.
    support_for_training_centres given [BODIES, FUNDS]
    "
    2019-01-01 document shandong/2019-2021-action
    2020-05-01 award G1 training-centre-support body:I1 centre division=370100 parts=370100:employment_subsidy => AWARD_AMOUNT_NOT_ALLOWED
               award G1 training-centre-support body:I1 centre division=370100 amount=20000.00 parts=370100:special_account => SCHEME_NOT_ON_FUND
               award G1 training-centre-support body:I1 centre division=370100 amount=20000.00 parts=370100:unemployment_insurance => SCHEME_NOT_ON_FUND
               award G2 facility-upgrade-support body:I1 ramps division=370100 amount=8000.00 parts=370100:special_account => SCHEME_NOT_ON_FUND
               award G1 training-centre-support body:I1 centre division=370100 amount=20000.00 parts=370100:employment_subsidy => ok amount=20000.00
               award G2 facility-upgrade-support body:I1 ramps division=370100 amount=8000.00 parts=370100:employment_subsidy => ok
               award G3 facility-upgrade-support person:A lifts division=370100 amount=8000.00 parts=370100:employment_subsidy => WRONG_PAYEE
               pay-award D1 G1 370100 fund=employment_subsidy => ok total=20000.00
               settle D1
    "
}
