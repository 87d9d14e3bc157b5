//! Penalties beside a clawback: their range, and that they stay apart from what is owed.

use crate::tables::{BODIES, tables};

/// Two documents' ranges: 10 % to 50 % of fiscal money, two to five times of insurance money.
const RANGES: &str = "2019-01-01 policy P1 \
    penalties=fraud+false/special_account/10of100/50of100,fraud/unemployment_insurance/2of1/5of1";

/// 1000.00 paid to A and clawed back for false training, and as much of B for an honest error.
const CLAWED: &str = "
    2020-02-20 class C1
               open C1
    2020-03-31 graduate C1 A,B
               approve C1 A,B
               order D1 C1 full A,B
               settle D1 @settled
    2020-05-01 case S1
               find S1 F1 C1 A @found
               find S1 F2 C1 B kind=honest
    2020-05-02 claw W1 S1 F1 D1:A:1000.00 @decided
               claw W2 S1 F2 D1:B:1000.00
";

tables! {
    impose_penalty_by_precedence given [RANGES, BODIES, CLAWED]
    "
    now 2020-06-01
    2020-06-02 penalty W9 1000000000000.01 causes=999 => OUT_OF_BOUNDS
               penalty W9 0 causes=999              => AMOUNT_NOT_POSITIVE
               penalty W9 1.00 causes=999           => DATE_IN_FUTURE
    2020-06-01 penalty W9 1.00 causes=999           => CAUSE_UNKNOWN
               penalty W9 1.00                      => DEBT_NOT_FOUND
    2020-05-01 penalty W2 1.00                      => RULE_NOT_FOUND
               penalty W1 1.00                      => DATE_BEFORE_CAUSE facts=@decided
    2020-05-02 repay W1 1000.00
               repay W2 1000.00
               close-case S1 @closed
               penalty W1 1.00                      => PENALTY_OUT_OF_RANGE limit=10000 found=100 rule=penalty
               penalty W1 100.00                    => CASE_CLOSED facts=@closed
    "

    // 10 % to 50 % of what was obtained; the principal stays as it is and no money moves.
    from_a_tenth_to_a_half given [RANGES, BODIES, CLAWED]
    "
    2020-05-02 penalty W1 99.99                     => PENALTY_OUT_OF_RANGE limit=10000 found=9999 facts=-
               penalty W1 500.01                    => PENALTY_OUT_OF_RANGE limit=50000 found=50001
               penalty W1 100.00 @first             => ok amount=100.00 rests-on=@found,@decided
               penalty W1 400.01                    => PENALTY_OUT_OF_RANGE limit=50000 found=50001 facts=@first
               penalty W1 400.00                    => ok
               penalty W1 0.01                      => PENALTY_OUT_OF_RANGE limit=50000 found=50001
               see receivable 370100 2000.00
               see cash 370100 998000.00
               repay W1 1000.00                     => ok outstanding=0.00
               repay W1 0.01                        => REPAYMENT_EXCEEDS_DEBT limit=0 found=1
    "

    // A tenth of 333.33 is no whole fen: the bounds are compared as fractions.
    a_part_of_an_odd_sum given [RANGES, BODIES]
    "
    2020-02-20 class C1 rate=333.33
               open C1
    2020-03-31 graduate C1 A
               approve C1 A
               order D1 C1 full A
               settle D1
               case S1
               find S1 F1 C1 A kind=fraud
               claw W1 S1 F1 D1:A:333.33
               penalty W1 33.33                     => PENALTY_OUT_OF_RANGE limit=3334 found=3333
               penalty W1 166.67                    => PENALTY_OUT_OF_RANGE limit=16666 found=16667
               penalty W1 33.34                     => ok
               penalty W1 133.32                    => ok
               penalty W1 0.01                      => PENALTY_OUT_OF_RANGE
    "

    // 社会保险法 art. 88: two to five times, of money of the insurance fund, for fraud alone.
    from_twice_to_five_times given [RANGES, BODIES]
    "
    2019-01-01 account 370100 fund=unemployment_insurance
               accrue 370100 1000.00 fund=unemployment_insurance
               policy P2 schemes=raise funds=unemployment_insurance
    2020-02-20 class C1 scheme=raise fund=unemployment_insurance
               open C1
    2020-03-31 graduate C1 A
               approve C1 A
               order D1 C1 full A
               settle D1
               case S1
               find S1 F1 C1 A kind=fraud
               find S1 F2 C1 A
               claw W1 S1 F1 D1:A:600.00
               claw W2 S1 F2 D1:A:400.00
               penalty W2 800.00                    => RULE_NOT_FOUND
               penalty W1 1199.99                   => PENALTY_OUT_OF_RANGE limit=120000 found=119999
               penalty W1 3000.01                   => PENALTY_OUT_OF_RANGE limit=300000 found=300001
               penalty W1 3000.00                   => ok
    "

    // The range of the day of the penalty, where the money was paid.
    the_range_in_force given [BODIES]
    "
    2019-01-01 policy P1
    2020-02-20 class C1
               open C1
    2020-03-31 graduate C1 A
               approve C1 A
               order D1 C1 full A
               settle D1
               case S1
               find S1 F1 C1 A
    2020-05-02 claw W1 S1 F1 D1:A:1000.00
               penalty W1 100.00                    => RULE_NOT_FOUND
               policy P2 division=370200 valid=2020-05-02.. schemes=zzz penalties=false/special_account/1of100/2of100
               penalty W1 10.00                     => RULE_NOT_FOUND
               policy P3 division=370100 valid=2020-05-02.. schemes=zzz penalties=false/special_account/1of100/2of100
               policy P4 valid=2020-05-03.. schemes=zzz penalties=false/special_account/10of100/50of100
               penalty W1 10.00                     => ok
    2020-05-03 penalty W1 10.00                     => PENALTY_OUT_OF_RANGE limit=10000 found=2000
               penalty W1 90.00                     => ok
               policy P5 valid=2020-05-04.. schemes=zzz penalties=false/special_account/20of100/30of100
    2020-05-04 penalty W1 200.01                    => PENALTY_OUT_OF_RANGE limit=30000 found=30001
               withdraw-policy P5 1 2020-05-05
    2020-05-05 penalty W1 200.01                    => ok
    "

    // An award that was obtained by fraud.
    a_penalty_beside_an_award_clawed_back given [RANGES]
    "
    2020-01-01 policy P2 award-funds=special_account awards=prize/fixed:300000.00/person
               account 370000
               accrue 370000 300000.00
               person A
               award G1 prize person:A medal parts=370000:special_account
               pay-award D1 G1 fund=special_account
               settle D1
               case S1
               find S1 F1 award:G1 kind=fraud
               claw W1 S1 F1 D1:award:300000.00
               penalty W1 29999.99                  => PENALTY_OUT_OF_RANGE
               penalty W1 30000.00                  => ok
               see receivable 370000 300000.00
    "
}
