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

    // What is left of the special account still pays; the fund for start-ups is no longer named.
    the_surplus_of_the_special_account given [BODIES]
    "
    2022-01-01 document shandong/2022-7
               account 370100 fund=startup_employment
               policy R1 kind=rate_table schemes=none division=370100 valid=2022-01-01.. rates=*|*|*|800.00
    2022-02-20 class C1 rate=standard fund=startup_employment dates=2022-03-01..2022-03-31 => SCHEME_NOT_ON_FUND
               class C1 rate=standard dates=2022-03-01..2022-03-31 => ok rate=800.00
    2022-06-01 award G1 training-mobilisation-reward body:I1 street division=370100 amount=3000.00 parts=370100:special_account => ok
    "
}
