//! Accounts: opening, accrual, transfer; and what an account may not do.

use ledger_core::Position;

use super::{BODIES, CLASS, GRADUATE, POLICY, tables};
use crate::script::run;

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

    // A share of the balance, where a document states one: rounded down, and each time anew.
    accrue_funds_within_a_share given []
    "
    2019-01-01 account 370100
               account 370100 fund=employment_subsidy
               policy P1 accruals=special_account/20of100/24,employment_subsidy/none/24
               accrue 370200 0.01                   => ACCOUNT_NOT_FOUND
               accrue 370100 0.01                   => CAPACITY_MISSING rule=accrual
               accrue 370100 0.01 balance=1000000000000.01 monthly=-1 => OUT_OF_BOUNDS
               accrue 370100 0 balance=1.00 monthly=-0.01 => OUT_OF_BOUNDS limit=0 found=-1
               accrue 370100 0 balance=-0.01 monthly=0 => OUT_OF_BOUNDS
               accrue 370100 200.01 balance=1000.00 monthly=0 => ACCRUAL_ABOVE_SHARE limit=20000 found=20001 rule=accrual
               accrue 370100 200.00 balance=1000.00 monthly=99999.99 => ok
               accrue 370100 160.01 balance=800.00 monthly=0 => ACCRUAL_ABOVE_SHARE limit=16000 found=16001
               accrue 370100 0.01 balance=0.04 monthly=0 => ACCRUAL_ABOVE_SHARE limit=0 found=1
               accrue 370100 0.01 balance=0.05 monthly=0 => ok
               accrue 370100 1000.00 fund=employment_subsidy => ok
               accrue 370100 1000.00 fund=employment_subsidy balance=1.00 monthly=1.00 => ok
    2018-12-31 accrue 370100 1000.00                => ok
    "

    // The share of the document that supersedes the others: the city's only where the province
    // states none, the later one before the earlier.
    the_share_in_force given []
    "
    2019-01-01 account 370100
               account 370200
               policy P1 accruals=special_account/none/24
               policy P2 schemes=city division=370100 accruals=special_account/10of100/24
               accrue 370100 10.01 balance=100.00 monthly=0 => ACCRUAL_ABOVE_SHARE limit=1000 found=1001
               accrue 370200 10.01                  => ok
               policy P3 schemes=later valid=2022-01-01.. accruals=special_account/4of100/24
    2021-12-31 accrue 370200 10.01                  => ok
    2022-01-01 accrue 370200 10.01                  => CAPACITY_MISSING
               accrue 370100 10.00 balance=100.00 monthly=0 => ACCRUAL_ABOVE_SHARE limit=400 found=1000
               policy P3 version=2 schemes=later valid=2022-01-01.. accruals=special_account/5of100/24
               accrue 370100 5.01 balance=100.00 monthly=0 => ACCRUAL_ABOVE_SHARE limit=500 found=501
               accrue 370100 5.00 balance=100.00 monthly=0 => ok
               withdraw-policy P3 2 2022-02-01
    2022-02-01 accrue 370100 5.01 balance=100.00 monthly=0 => ok
    "

    // 24 months of benefits: one fen less and the province may help.
    provincial_adjustment_by_precedence given []
    "
    now 2020-01-01
    2019-01-01 account 370100
               account 370100 fund=employment_subsidy
               policy P1 accruals=special_account/none/24
    2020-01-02 adjust 370200 0 balance=-1.00 monthly=0 causes=99 => OUT_OF_BOUNDS limit=0 found=-100
               adjust 370200 0 balance=0 monthly=1000000000000.01 causes=99 => OUT_OF_BOUNDS limit=100000000000000
               adjust 370200 0 balance=0 monthly=0 causes=99 => AMOUNT_NOT_POSITIVE
               adjust 370200 1.00 balance=0 monthly=0 causes=99 => DATE_IN_FUTURE
    2020-01-01 adjust 370200 1.00 balance=0 monthly=0 causes=99 => CAUSE_UNKNOWN
               adjust 370200 1.00 balance=0 monthly=0 => ACCOUNT_NOT_FOUND
               adjust 370100 1.00 balance=0 monthly=1.00 fund=employment_subsidy => RULE_NOT_FOUND
               adjust 370100 1.00 balance=24.00 monthly=1.00 => CAPACITY_SUFFICIENT limit=2400 found=2400 rule=accrual
               adjust 370100 1.00 balance=0 monthly=0 => CAPACITY_SUFFICIENT limit=0 found=0
               adjust 370100 5.00 balance=23.99 monthly=1.00 @adjusted => ok
               see cash 370100 5.00
               see provincial_adjustment 370100 2020 5.00
               adjust 370100 1.00 balance=1000000000000.00 monthly=1000000000000.00 => ok
    2018-12-31 adjust 370100 1.00 balance=0 monthly=1.00 => RULE_NOT_FOUND
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

/// Money that a rule let in names the document; what no rule bounds names none.
#[test]
fn money_raised_cites_its_rule() {
    let script = run(&["2019-01-01 account 370100
                        policy P1 accruals=special_account/20of100/24
                        accrue 370100 1.00 balance=5.00 monthly=1.00
                        adjust 370100 1.00 balance=4.00 monthly=1.00
                        withdraw-policy P1 1 2019-02-01
             2019-02-01 accrue 370100 1.00"]);
    let events = &script.ledger.events;
    let cited: Vec<_> = events.iter().map(|event| event.event.policy).collect();
    let rule = Some(Position::new(2));
    assert_eq!(cited, [None, None, rule, rule, None, None]);
    let causes: Vec<_> = events
        .iter()
        .map(|event| event.event.causes.len())
        .collect();
    assert_eq!(causes, [0, 0, 2, 2, 1, 1]);
}
