//! 鲁人社字〔2025〕87号: projects tied to employment, paid from what the special account still holds.

use super::FUNDS;
use crate::tables::{BODIES, tables};

tables! {
    // Young people in a project on an employer's order: the last day of the window is half a year
    // after the class, and one of two employed is below 85 %.
    young_people_and_their_employment given [BODIES]
    "
    2025-09-08 document shandong/2025-87
               policy R1 kind=rate_table schemes=none division=370100 valid=2025-09-08.. rates=*|*|*|1500.00;*|*|young_graduate|2000.00
               status A group:young_graduate 2025-07-01..
    2025-09-20 class C1 kind=project rate=standard dates=2025-10-01..2025-10-31 action=youth form=order_class
               class C2 kind=project rate=standard dates=2025-10-01..2025-10-31 action=youth level=senior
               open C1
               open C2
    2025-10-31 graduate C1 A,B
               graduate C2 A,B
               close C1
               close C2
    2025-11-10 order D1 C1 advance A,B              => ok total=1800.00
               settle D1
               approve C1 A                         => ok amount=2000.00
               approve C1 B                         => ok amount=1500.00
               approve C2 A,B
    2026-04-30 employ C1 A,B 2026-04-30
               employ C2 A 2026-04-30
               order D2 C1 final A,B                => ok outcome=Full rate=2/2 total=1700.00
               settle D2
               order D3 C2 final A,B                => EMPLOYMENT_WINDOW_OPEN
    2026-05-01 employ C2 B 2026-05-01               => ok counts=no
               order D3 C2 final A,B                => ok outcome=StayAtAdvance rate=1/2 payable=2100.00
    "

    // The special account is spent down beside the other funds; what the document does not name
    // pays nothing.
    the_surplus_of_the_special_account given [BODIES, FUNDS]
    "
    2025-09-08 document shandong/2025-87
               account 370100 fund=special_training
               policy R1 kind=rate_table schemes=none division=370100 valid=2025-09-08.. rates=*|*|*|1500.00
    2025-09-20 class C1 rate=standard dates=2025-10-01..2025-10-31
               open C1
    2025-10-31 graduate C1 A,B,C
               approve C1 A,B,C                     => ok amount=1500.00
               order D1 C1 full A                   => ok total=1500.00
               order D2 C1 full B from=employment_subsidy => ok total=1500.00
               order D3 C1 full C from=special_training => SCHEME_NOT_ON_FUND
               settle D1
               settle D2
               see available 370100 998500.00
               see available 370100 998500.00 fund=employment_subsidy
    "

    // The study grant goes to the front-line worker, and is assessed.
    a_study_grant given [BODIES, FUNDS]
    "
    2025-09-08 document shandong/2025-87
               policy R1 kind=rate_table schemes=none division=370100 valid=2025-09-08.. rates=*|*|*|2000.00 of=study-dream
               status A group:migrant_worker 2025-01-01..
    2025-09-20 class C1 scheme=study-dream rate=standard occupation=6-31-01-03 level=none fund=employment_subsidy dates=2025-10-01..2025-12-31
               open C1
    2025-12-31 enrol C1 A,B
               complete C1 A,B
               assess C1 A,B passed
               approve C1 A                         => ok amount=2000.00
               approve C1 B                         => NOT_IN_GROUP
               order D1 C1 full A to=body:I1        => WRONG_PAYEE
               order D1 C1 full A to=person:A       => ok total=2000.00
    "

    // The document has no amount for the projects that bodies take up by tender (揭榜领题); what is
    // left of the special account is for training.
    a_project_by_tender given [BODIES]
    "
    2025-09-08 document shandong/2025-87
               account 370000
               accrue 370000 500000.00              => ok
               account 370000 fund=employment_subsidy
               account 370000 fund=unemployment_insurance
               accrue 370000 500000.00 fund=employment_subsidy
    2025-10-01 award G1 key-project-support body:I1 drones parts=370000:employment_subsidy => AWARD_AMOUNT_NOT_ALLOWED
               award G1 key-project-support body:I1 drones amount=500000.00 parts=370000:special_account => SCHEME_NOT_ON_FUND
               award G1 key-project-support body:I1 drones amount=500000.00 parts=370000:unemployment_insurance => SCHEME_NOT_ON_FUND
               award G1 key-project-support body:I1 drones amount=500000.00 parts=370000:employment_subsidy => ok
    "
}
