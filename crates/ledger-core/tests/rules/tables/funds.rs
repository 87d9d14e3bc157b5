//! Accounts: opening, accrual, transfer; and what an account may not do.

use super::{BODIES, CLASS, GRADUATE, POLICY, tables};

tables! {
    open_account given []
    "
    2019-01-01 account 370100 @opened
               account 370100                       => ACCOUNT_EXISTS facts=@opened
               account 370100 fund=employment_subsidy
               see available 370100 0.00
    "

    accrue_funds_by_precedence given []
    "
    now 2020-01-01
    2019-01-01 account 370100
    2020-01-02 accrue 370200 1000000000000.01 causes=999 => OUT_OF_BOUNDS limit=100000000000000 found=100000000000001
               accrue 370200 -0.01 causes=999       => AMOUNT_NOT_POSITIVE limit=1 found=-1
               accrue 370200 0 causes=999           => AMOUNT_NOT_POSITIVE
               accrue 370200 0.01 causes=999        => DATE_IN_FUTURE
    2020-01-01 accrue 370200 0.01 causes=999        => CAUSE_UNKNOWN
               accrue 370200 0.01 causes=0          => CAUSE_UNKNOWN
               accrue 370200 0.01 causes=2          => CAUSE_UNKNOWN
               accrue 370200 0.01 causes-count=1001 => OUT_OF_BOUNDS limit=1000 found=1001
               accrue 370200 0.01 causes-count=1000 => ACCOUNT_NOT_FOUND
               accrue 370100 0.01 causes=1          => ok events=1
               accrue 370100 1000000000000.00
               see cash 370100 1000000000000.01
               see accrual 370100 2020 1000000000000.01
               assume 370100 2020 92233720368547758.06
               accrue 370100 0.02                   => AMOUNT_OVERFLOW
               accrue 370100 0.01
    "

    transfer_funds_by_precedence given []
    "
    now 2020-06-01
    2019-01-01 account 370100
               account 370200
               accrue 370100 100.00
    2020-06-02 transfer 370300 370300 1000000000000.01 causes=99 => OUT_OF_BOUNDS
               transfer 370300 370300 0 causes=99   => AMOUNT_NOT_POSITIVE
               transfer 370300 370300 1.00 causes=99 => DATE_IN_FUTURE
    2020-06-01 transfer 370300 370300 1.00 causes=99 => SAME_DIVISION
               transfer 370300 370400 1.00 causes=99 => CAUSE_UNKNOWN
               transfer 370300 370100 1.00          => ACCOUNT_NOT_FOUND
               transfer 370100 370300 1.00          => ACCOUNT_NOT_FOUND
               transfer 370100 370200 100.01        => INSUFFICIENT_FUNDS limit=10000 found=10001
               transfer 370100 370200 100.00        => ok
               see cash 370100 0.00
               see cash 370200 100.00
               see transfer_out 370100 2020 100.00
               see transfer_in 370200 2020 100.00
               transfer 370100 370200 0.01          => INSUFFICIENT_FUNDS limit=0 found=1
               transfer 370200 370100 100.00        => ok
    "

    funds_are_apart given []
    "
    2019-01-01 account 370100
               account 370200 fund=employment_subsidy
               accrue 370100 100.00
               transfer 370100 370200 1.00          => ACCOUNT_NOT_FOUND
               transfer 370100 370200 1.00 fund=employment_subsidy => ACCOUNT_NOT_FOUND
    "

    reserved_money_is_spent given [POLICY, BODIES, GRADUATE]
    "
    2020-04-01 approve C1 A
               order D1 C1 full A                   => ok total=1000.00
               see cash 370100 1000000.00
               see available 370100 999000.00
               account 370200
               transfer 370100 370200 999000.01     => INSUFFICIENT_FUNDS limit=99900000 found=99900001
               transfer 370100 370200 999000.00
               see available 370100 0.00
               settle D1
               see cash 370100 0.00
               see available 370100 0.00
               see expenditure 370100 2020 1000.00
               see reserve 370100 0.00
               see commitment 370100 0.00
    "

    money_counts_in_the_year_it_moved given [POLICY, BODIES, GRADUATE]
    "
    2020-12-31 approve C1 A
               order D1 C1 full A
    2021-01-01 settle D1
               see expenditure 370100 2020 0.00
               see expenditure 370100 2021 1000.00
    2022-01-05 return D1 active
               see expenditure 370100 2021 0.00
               see cash 370100 1000000.00
    "

    an_account_opened_late given [POLICY, BODIES, CLASS]
    "
    2020-02-20 class C2 division=370200
    2020-03-01 open C2
    2020-03-31 graduate C2 A
               approve C2 A
               order D1 C2 full A                   => ACCOUNT_NOT_FOUND
               account 370200
               order D1 C2 full A                   => INSUFFICIENT_FUNDS limit=0 found=100000
               accrue 370200 999.99
               order D1 C2 full A                   => INSUFFICIENT_FUNDS limit=99999 found=100000
               accrue 370200 0.01
               order D1 C2 full A                   => ok
    "
}
