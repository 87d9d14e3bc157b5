//! The examples made from public facts: the same history under two versions, one subsidy beside
//! another, and rates that change between classes.

use super::FUNDS;
use crate::tables::{BODIES, tables};

/// The action of 2019 and the plan of 2022, and a subsidy of 2021-10-31.
const HISTORY: &str = "
    2019-01-01 document shandong/2019-2021-action
    2022-01-01 document shandong/2022-7
    2019-01-01 policy R1 kind=rate_table schemes=none division=370100 rates=*|*|*|800.00
    2021-09-20 class C1 rate=800.00 dates=2021-10-01..2021-10-31
               open C1
    2021-10-31 graduate C1 A
               approve C1 A @first
";

tables! {
    // 2019 action and 2022 plan: the same occupation and level is never paid again.
    no_repeat_ever given [BODIES, HISTORY]
    "
    2022-06-20 class C2 rate=standard dates=2022-09-01..2022-10-30
               class C3 rate=standard dates=2022-09-01..2022-10-31
               open C2
               open C3
    2022-10-30 graduate C2 A
               claim C2 A
               approve C2 A                         => SAME_OCCUPATION_AND_LEVEL facts=@first
    2022-10-31 graduate C3 A
               claim C3 A
               approve C3 A                         => SAME_OCCUPATION_AND_LEVEL facts=@first
    "

    // 鲁人社字〔2022〕72号: within one year, decided by the claim, also for classes approved before.
    // The same history, the other answer on the day after the year.
    no_repeat_within_a_year given [BODIES, HISTORY]
    "
    2022-06-20 class C2 rate=standard dates=2022-09-01..2022-10-30
               class C3 rate=standard dates=2022-09-01..2022-10-31
               open C2
               open C3
    2022-07-01 document examples/shandong-2022-72
    2022-10-30 graduate C2 A
               claim C2 A
               approve C2 A                         => SAME_OCCUPATION_AND_LEVEL facts=@first
    2022-10-31 graduate C3 A
               claim C3 A
               approve C3 A                         => ok amount=800.00
    "

    // The insurance subsidy and the training subsidy are not both paid for one occupation and
    // level, whichever comes first; twelve months insured; higher level paid, lower never.
    the_insurance_subsidy given [BODIES, FUNDS]
    "
    2022-01-01 document shandong/2022-7
    2023-01-01 document examples/shandong-2023-5
               policy R1 kind=rate_table schemes=none division=370100 rates=*|*|*|800.00
               policy R2 kind=rate_table schemes=none division=370100 rates=*|*|*|3000.00 of=gold-collar
               status A insured 2021-01-01..
               status A group:employee 2021-01-01..
               status B insured 2022-07-01..
               status C insured 2021-01-01..
    2023-02-20 class C1 scheme=insurance-skill-upgrade fund=unemployment_insurance rate=standard level=senior dates=2023-03-01..2023-03-31 => ok rate=2000.00
               class C2 scheme=insurance-skill-upgrade fund=unemployment_insurance rate=standard dates=2023-03-01..2023-03-31 => ok rate=1000.00
               class C3 rate=standard dates=2023-03-01..2023-03-31
               class C4 rate=standard level=senior dates=2023-03-01..2023-03-31
               class C5 scheme=gold-collar rate=standard level=senior dates=2023-03-01..2023-03-31
               open C1
               open C2
               open C3
               open C4
               open C5
    2023-03-31 graduate C3 C
               approve C3 C @training               => ok amount=800.00
               graduate C1 A
               verify A
               graduate C2 A,B,C
               verify A
               verify B
               verify C
               graduate C4 A
               graduate C5 A
               approve C2 B                         => TOO_FEW_INSURED_MONTHS limit=12
               approve C2 C                         => OTHER_SCHEME_PAID facts=@training
               approve C1 A @insurance              => ok amount=2000.00
               approve C2 A                         => HIGHER_LEVEL_PAID facts=@insurance
               approve C4 A                         => OTHER_SCHEME_PAID facts=@insurance
               approve C5 A                         => OTHER_SCHEME_PAID facts=@insurance
               order D1 C1 full A to=body:I1        => WRONG_PAYEE
               order D1 C1 full A to=person:A       => ok total=2000.00
    "

    // Classes approved before the day of a table keep the rate before (Tai'an).
    a_rate_for_classes_approved_from_its_day_on given [BODIES]
    "
    2019-01-01 document shandong/2019-2021-action
    2021-06-03 document examples/taian-2021-rates
    2022-01-01 document shandong/2022-7
               document examples/taian-2022-rates
    2021-06-02 account 370900
               accrue 370900 10000.00
               class C0 division=370900 scheme=special-ability-training rate=standard occupation=6-31-01-03 level=none class-hours=80 dates=2021-06-10..2021-06-30 => RATE_NOT_FOUND
    2021-12-31 class C1 division=370900 scheme=special-ability-training rate=standard occupation=6-31-01-03 level=none class-hours=80 dates=2022-01-10..2022-01-31 => ok rate=600.00
    2022-01-01 class C2 division=370900 scheme=special-ability-training rate=standard occupation=6-31-01-03 level=none class-hours=80 dates=2022-01-10..2022-01-31 => ok rate=500.00
               class C3 division=370900 scheme=special-ability-training rate=standard occupation=6-31-01-03 level=none class-hours=39 dates=2022-01-10..2022-01-31 => TOO_FEW_CLASS_HOURS limit=40
               open C1
               open C2
    2022-01-10 enrol C1 A
               enrol C2 B
               attend C1 A 32
               attend C2 B 32
    2022-01-11 attend C1 A 32
               attend C2 B 10
    2022-01-31 complete C1 A
               complete C2 B
               certify C1 A
               certify C2 B
               approve C1 A                         => ok amount=600.00
               approve C2 B                         => ok amount=420.00
    "

    // One yuan an hour, ninety at most; the first attendance decides (Jinan).
    a_rate_by_the_first_attendance given [BODIES]
    "
    2021-01-01 document examples/jinan-2021-knowledge-update
    2021-03-01 document examples/jinan-2021-rates
    2021-03-01 class C1 scheme=knowledge-update rate=standard occupation=6-31-01-03 level=none class-hours=120 dates=2021-03-02..2021-03-31 => ok rate=90.00
               class C2 scheme=knowledge-update rate=standard occupation=6-31-01-03 level=none class-hours=20 dates=2021-03-02..2021-03-31 => ok rate=20.00
               open C2
    2021-03-02 enrol C2 A,B
               attend C2 A 20
               attend C2 B 19
    2021-03-31 complete C2 A
               complete C2 B                        => TOO_FEW_CLASS_HOURS limit=20 found=19
               approve C2 A                         => ok amount=20.00
               approve C2 B                         => TRAINING_NOT_COMPLETED
    "

    // What is not in the city's catalogues, or not there for the body, is not subsidised; who
    // claims for a trainee needs a contract.
    catalogues_and_claims given []
    "
    2019-01-01 document shandong/2019-2021-action
               document examples/shandong-2019-standard
    2020-01-01 document examples/shandong-special-account-measures
               document examples/taian-catalogues
               account 370900
               accrue 370900 10000.00
               institution 52370900Y00000016C
               qualify 52370900Y00000016C train1 train scope=4-10-01-05/junior+intermediate+senior,6-18-02-04/junior,4-10-01-02/junior
               institution E1
               qualify E1 eval1 evaluate
               person A,B
    2020-02-20 class C0 division=370900 by=52370900Y00000016C occupation=4-10-01-02 => NOT_IN_CATALOGUE
               class C0 division=370900 by=52370900Y00000016C level=senior => NOT_IN_CATALOGUE
               class C0 division=370900 by=52370900Y00000016C occupation=6-18-02-04 => NOT_IN_CATALOGUE
               class C1 division=370900 by=52370900Y00000016C => ok scarce=no
               open C1
    2020-03-31 graduate C1 A,B
               approve C1 A,B
               order D1 C1 full A to=person:A       => ok total=1000.00
               order D2 C1 full B to=body:52370900Y00000016C => AGENCY_CONTRACT_MISSING
               agency C1 B
               order D2 C1 full B to=body:52370900Y00000016C => ok total=1000.00
    "

    // The five steps of an order (五单式), and the class that carries it out.
    an_order_and_its_class given []
    "
    2019-01-01 document shandong/2019-2021-action
               document examples/shandong-2019-standard
    2020-01-01 document examples/taian-catalogues
               account 370900
               accrue 370900 10000.00
               institution 52370900Y00000016C
               qualify 52370900Y00000016C train1 train scope=4-10-01-05/junior
               institution E1
               qualify E1 eval1 evaluate
               person A
    2020-02-01 raise O1 by=body:52370900Y00000016C division=370900 places=40
               list O1
               select O1 A
               accept O1 52370900Y00000016C
               purchase O1
    2020-02-20 class C1 division=370900 by=52370900Y00000016C order=O1 form=order_class
               class C2 division=370900 by=52370900Y00000016C order=O1 => ORDER_NOT_READY
    "

    // 养老护理员 had another code in the dictionary of 1999: without the crosswalk it is paid twice.
    one_occupation_under_two_codes given [BODIES]
    "
    2019-01-01 document shandong/2019-2021-action
               document examples/shandong-2019-standard
    2020-02-20 class C1 occupation=1999:4-07-12-03
               class C2 occupation=2015:4-10-01-05
               open C1
               open C2
    2020-03-31 graduate C1 A,B
               graduate C2 A,B
               approve C1 A @first
               approve C1 B
               approve C2 B                         => ok used=2
               document examples/occupation-crosswalk
               approve C2 A                         => SAME_OCCUPATION_AND_LEVEL facts=@first
    "

    // The fine for taking public money by deceit: a tenth to a half; two to five times what was
    // taken from the insurance.
    penalties given [BODIES, FUNDS]
    "
    2019-01-01 document shandong/2019-2021-action
               document examples/shandong-2019-standard
               document examples/penalty-fiscal-offences
               document examples/penalty-social-insurance
    2020-02-20 class C1
               class C2 level=senior fund=unemployment_insurance
               open C1
               open C2
    2020-03-31 graduate C1 A
               graduate C2 A
               approve C1 A
               approve C2 A
               order D1 C1 full A
               order D2 C2 full A
               settle D1
               settle D2
    2020-06-01 case S1 I1
               find S1 F1 C1 kind=fraud
               find S1 F2 C2 kind=fraud
               claw W1 S1 F1 D1:A:1000.00
               claw W2 S1 F2 D2:A:1000.00
               penalty W1 99.99                     => PENALTY_OUT_OF_RANGE limit=10000 found=9999
               penalty W1 500.01                    => PENALTY_OUT_OF_RANGE limit=50000 found=50001
               penalty W1 500.00                    => ok
               penalty W2 1999.99                   => PENALTY_OUT_OF_RANGE limit=200000
               penalty W2 5000.00                   => ok
    "
}
