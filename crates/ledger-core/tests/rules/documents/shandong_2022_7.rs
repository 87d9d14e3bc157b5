//! 鲁人社发〔2022〕7号: students in their graduating year, and the surplus of the special account.

use super::FUNDS;
use crate::tables::{BODIES, tables};

tables! {
    // The group on the first day and the calendar year of graduation; no cleverer reading of it.
    a_student_who_graduates given [BODIES, FUNDS]
    "
    2022-01-01 document shandong/2022-7
               policy R1 kind=rate_table schemes=none division=370100 valid=2022-01-01.. rates=*|*|*|1200.00 of=graduating-student-training
               status A group:graduating_student 2021-09-01..2022-08-31
               status A graduates:2022 2021-09-01..
               status B group:graduating_student 2021-09-01..
               status B graduates:2023 2021-09-01..
               status C graduates:2022 2021-09-01..
    2022-02-20 class C1 scheme=graduating-student-training rate=standard dates=2022-03-01..2022-03-31 => ok rate=1200.00 source=standard
               open C1
    2022-03-31 graduate C1 A,B,C
               approve C1 A                         => ok amount=1200.00 used=1
               approve C1 B                         => NOT_GRADUATING_YEAR
               approve C1 C                         => NOT_IN_GROUP
    2022-04-01 order D1 C1 full A to=body:I1        => ok total=1200.00
               settle D1
    "

    // Start-up training is assessed and leads to no certificate.
    entrepreneurship given [BODIES, FUNDS]
    "
    2022-01-01 document shandong/2022-7
               policy R1 kind=rate_table schemes=none division=370100 valid=2022-01-01.. rates=*|*|*|600.00 of=entrepreneurship-training
    2022-02-20 class C1 scheme=entrepreneurship-training occupation=6-31-01-03 level=none rate=standard dates=2022-03-01..2022-03-31 training=entrepreneurship
               open C1
               open C1                              => CLASS_OPEN
    2022-03-31 enrol C1 A,B
               complete C1 A,B
               assess C1 A passed
               approve C1 A                         => ok amount=600.00
               approve C1 B                         => ASSESSMENT_NOT_PASSED
    "

    // Box 2: teachers become technicians, too, and apprentices' employers are paid, also from what
    // is left of the special account.
    gold_collar_and_apprentices given [BODIES, FUNDS]
    "
    2022-01-01 document shandong/2022-7
               institution X1
               policy R1 kind=rate_table schemes=none division=370100 valid=2022-01-01.. rates=*|technician|*|4000.00 of=gold-collar
               policy R2 kind=rate_table schemes=none division=370100 valid=2022-01-01.. rates=*|intermediate|*|5000.00 of=new-apprenticeship
               status A group:vocational_teacher 2022-01-01..
               status B group:new_employee 2022-01-01..
    2022-02-20 qualify I1 train9 train scope=4-10-01-05/technician
               class C0 scheme=gold-collar rate=standard level=intermediate dates=2022-03-01..2022-03-31 => RATE_NOT_FOUND
               qualify E1 eval9 evaluate scope=4-10-01-05/technician
               class C1 scheme=gold-collar rate=standard level=technician dates=2022-03-01..2022-03-31 => ok rate=4000.00
               class C2 scheme=new-apprenticeship rate=standard level=intermediate dates=2022-03-01..2022-03-31 training=new_apprenticeship
               open C1
               open C2
    2022-03-31 graduate C1 A,B
               graduate C2 A,B
               approve C1 A                         => ok amount=4000.00 used=1
               approve C1 B                         => NOT_IN_GROUP
               approve C2 A                         => NOT_IN_GROUP
               approve C2 B                         => ok amount=5000.00 used=1
               order D1 C2 full B to=body:I1        => WRONG_PAYEE
               employ C2 B 2022-03-31 by=X1 proof=contract
               order D1 C2 full B to=employer:X1    => ok total=5000.00
    "

    // What is left of the special account still pays training; the fund for start-ups is no longer
    // named. Platforms and who mobilises are paid by whatever a city sets aside, and not by money
    // that is bound to training or to insured people.
    the_surplus_of_the_special_account given [BODIES, FUNDS]
    "
    2022-01-01 document shandong/2022-7
               account 370100 fund=startup_employment
               policy R1 kind=rate_table schemes=none division=370100 valid=2022-01-01.. rates=*|*|*|800.00
    2022-02-20 class C1 rate=standard fund=startup_employment dates=2022-03-01..2022-03-31 => SCHEME_NOT_ON_FUND
               class C1 rate=standard dates=2022-03-01..2022-03-31 => ok rate=800.00
               account 370100 fund=department_funds
               accrue 370100 10000.00 fund=department_funds
    2022-06-01 award G1 training-mobilisation-reward body:I1 street division=370100 amount=3000.00 parts=370100:special_account => SCHEME_NOT_ON_FUND
               award G1 training-mobilisation-reward body:I1 street division=370100 amount=3000.00 parts=370100:unemployment_insurance => SCHEME_NOT_ON_FUND
               award G1 training-mobilisation-reward body:I1 street division=370100 amount=3000.00 parts=370100:employment_subsidy => ok
               award G2 training-mobilisation-reward body:I1 union division=370100 amount=3000.00 parts=370100:department_funds => ok
               award G3 training-foundation-support body:I1 platform division=370100 amount=3000.00 parts=370100:special_account => SCHEME_NOT_ON_FUND
               award G3 training-foundation-support body:I1 platform division=370100 amount=3000.00 parts=370100:unemployment_insurance => SCHEME_NOT_ON_FUND
               award G3 training-foundation-support body:I1 platform division=370100 amount=3000.00 parts=370100:department_funds => ok
    "
}
