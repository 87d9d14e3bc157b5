//! Clawbacks and repayments.

pub(crate) mod penalty;

use super::{BODIES, POLICY, tables};

/// Four graduates of an ordinary class; A and B paid through the body, C in person.
pub(super) const PAID: &str = "
    2020-02-20 class C1 @class
               open C1 @opened
    2020-03-31 graduate C1 A,B,C,D
               close C1 @closed
    2020-04-01 approve C1 A,B,C,D
               order D1 C1 full A,B        @d1
               order D2 C1 full C to=person:C @d2
               order D3 C1 full D          @d3
    2020-04-02 settle D1 @paid
               settle D2
    2020-05-01 case S1 I1 @case
               find S1 F1 C1 kind=honest @found
               find S1 F2 C1 A kind=honest
";

/// A project class of two at 1000.00, both advanced and only A approved.
const ADVANCED: &str = "
    2020-02-20 class C1 kind=project
               open C1
    2020-03-31 graduate C1 A,B
               close C1
               approve C1 A
               order D1 C1 advance A,B
               settle D1
               case S1
               find S1 F1 C1 kind=honest
";

tables! {
    decide_clawback_by_precedence given [POLICY, BODIES, PAID]
    "
    2020-05-01 claw W1 S9 F9                        => OUT_OF_BOUNDS limit=1 found=0
               claw W1 S9 F9 D9:P1..P5001:1.00      => OUT_OF_BOUNDS limit=5000 found=5001
               claw W1 S9 F9 D9:Z,Z:0 D9:Z:1000000000000.01 => OUT_OF_BOUNDS
               claw W1 S9 F9 D9:Z,Z:0               => AMOUNT_NOT_POSITIVE
               claw W1 S9 F9 D9:Z,Z:1.00            => NAMED_TWICE
               claw W1 S9 F9 D9:Z:1.00 D1:Z:1.00    => DISBURSEMENT_NOT_FOUND
               claw W1 S9 F9 D1:Z:1.00              => CASE_NOT_FOUND
               claw W1 S1 F9 D1:Z:1.00              => FINDING_NOT_FOUND
               claw W1 S1 F1 D1:Z:1.00              => DISBURSEMENT_LINE_NOT_FOUND facts=@d1
               claw W1 S1 F1 D1:C:1.00              => DISBURSEMENT_LINE_NOT_FOUND facts=@d1
               claw W1 S1 F1 D1:A:100.00 @clawback  => ok total=100.00 frees=0
    2020-04-30 claw W1 S1 F1 D3:D:1000.01           => CLAWBACK_EXISTS facts=@clawback
               claw W2 S1 F1 D3:D:1000.01           => DATE_BEFORE_CAUSE facts=@found
    "

    decide_clawback_by_precedence_of_states given [POLICY, BODIES, PAID]
    "
    2020-05-02 claw W2 S1 F2 D3:D:1000.01           => DISBURSEMENT_NOT_SETTLED facts=@d3
               return D3 passive @returned
               claw W2 S1 F2 D3:D:1000.01           => DISBURSEMENT_RETURNED facts=@returned
               order D4 C1 full D
    2020-05-10 settle D4 @late
    2020-05-09 claw W2 S1 F2 D4:D:1000.01           => DATE_BEFORE_CAUSE facts=@late
    2020-05-10 claw W2 S1 F2 D1:B:1000.01 D2:C:1.00 => FINDING_DOES_NOT_COVER
               claw W2 S1 F1 D1:B:1000.01 D2:C:1.00 => CLAWBACK_EXCEEDS_PAID limit=100000 found=100001
               claw W2 S1 F1 D1:B:1000.00 D2:C:1.00 => CLAWBACK_MIXED facts=@d1,@d2
               claw W2 S1 F1 D1:B:1000.00 D4:D:1.00 => ok total=1001.00
               close-case S1                        => CLAWBACK_OUTSTANDING
               repay W2 1001.00
               close-case S1 @closed
               claw W3 S1 F2 D1:B:1000.01 D2:C:1.00 => CASE_CLOSED facts=@closed
    "

    a_finding_covers_its_class_and_persons given [POLICY, BODIES, PAID]
    "
    2020-05-01 class C2 level=senior
               find S1 F3 C2
               claw W1 S1 F3 D1:A:1.00              => FINDING_DOES_NOT_COVER
               claw W1 S1 F2 D1:A:1.00 D1:B:1.00    => FINDING_DOES_NOT_COVER
               claw W1 S1 F2 D1:A:1.00              => ok
               claw W2 S1 F1 D1:A:1.00 D1:B:1.00    => ok
    "

    // The sum of all clawbacks of a line stays within what was paid.
    two_clawbacks_of_one_line given [POLICY, BODIES, PAID]
    "
    2020-05-02 claw W1 S1 F1 D1:A:600.00            => ok total=600.00
               claw W2 S1 F1 D1:A:400.01            => CLAWBACK_EXCEEDS_PAID limit=40000 found=40001
               claw W2 S1 F1 D1:A:400.00            => ok total=400.00 frees=0
               claw W3 S1 F1 D1:A:0.01              => CLAWBACK_EXCEEDS_PAID limit=0 found=1
               claw W3 S1 F1 D1:B:1000.00           => ok
               see receivable 370100 2000.00
               see recovery 370100 2020 2000.00
               see expenditure 370100 2020 3000.00
               order D5 C1 full A                   => ALREADY_PAID
               see slots A 2020 1
    "

    record_repayment_by_precedence given [POLICY, BODIES, PAID]
    "
    2020-05-02 claw W1 S1 F1 D1:A:600.00 @decided
               repay W9 1000000000000.01            => OUT_OF_BOUNDS
               repay W9 0                           => AMOUNT_NOT_POSITIVE
               repay W9 1.00                        => DEBT_NOT_FOUND
               repay excess:C9 1.00                 => CLASS_NOT_FOUND
               repay excess:C1 1.00                 => DEBT_NOT_FOUND
    2020-05-01 repay W1 600.01                      => DATE_BEFORE_CAUSE facts=@decided
    2020-05-02 repay W1 600.01                      => REPAYMENT_EXCEEDS_DEBT limit=60000 found=60001 facts=@decided
               repay W1 599.99                      => ok outstanding=0.01
               repay W1 0.01                        => ok outstanding=0.00
               repay W1 0.01                        => REPAYMENT_EXCEEDS_DEBT limit=0 found=1
               see receivable 370100 0.00
               see cash 370100 997600.00
    "

    // A10: a clawback for fraud keeps the slot used unless the policy frees it.
    a_full_clawback_frees_the_slot_where_the_policy_says_so given [BODIES]
    "
    2019-01-01 policy P1 clawback-frees=yes quota=1
    2020-02-20 class C1
               class C2 level=senior
               open C1
               open C2
    2020-03-31 graduate C1 A
               graduate C2 A
               approve C1 A
               order D1 C1 full A
               settle D1
               approve C2 A                         => YEARLY_QUOTA_USED
               case S1
               find S1 F1 C1 kind=honest
               claw W1 S1 F1 D1:A:999.99            => ok frees=0
               approve C2 A                         => YEARLY_QUOTA_USED
               claw W2 S1 F1 D1:A:0.01              => ok frees=1
               see slots A 2020 0
               approve C2 A                         => ok used=1
               order D2 C1 full A                   => YEARLY_QUOTA_USED
    2021-01-01 order D2 C1 full A                   => YEARLY_QUOTA_USED
    "

    // What gives a slot back is decided by the dates of the place's own case, whenever its money
    // comes back: A and C were approved before the second document held, B and D under it.
    the_slot_by_the_document_that_holds_for_the_case given [BODIES]
    "
    2019-01-01 policy P1 return-frees=yes clawback-frees=no
    2020-02-20 class C1
               open C1
    2020-03-31 graduate C1 A,B,C,D
               policy P2 valid=2020-04-02.. return-frees=no clawback-frees=yes release-by=approval:this
    2020-04-01 approve C1 A,C
    2020-04-02 approve C1 B,D
               order D1 C1 full A,B
               order D2 C1 full C,D
    2020-04-10 settle D1
               case S1
               find S1 F1 C1 kind=honest
               claw W1 S1 F1 D1:A:1000.00           => ok frees=0
               claw W2 S1 F1 D1:B:1000.00           => ok frees=1
               return D2 passive                    => ok frees=1
               see slots A 2020 1
               see slots B 2020 0
               see slots C 2020 0
               see slots D 2020 1
    "

    // Two payments of one place count as one subsidy: the last line of both frees the slot.
    a_clawback_of_advance_and_rest given [BODIES]
    "
    2019-01-01 policy P1 clawback-frees=yes
    2020-02-20 class C1 kind=project rate=333.33
               open C1
    2020-03-31 graduate C1 A
               close C1
               approve C1 A
               order D1 C1 advance A
               settle D1
               employ C1 A 2020-03-31
               order D2 C1 final A
               settle D2
               case S1
               find S1 F1 C1
               claw W1 S1 F1 D1:A:200.00            => CLAWBACK_EXCEEDS_PAID limit=19999 found=20000
               claw W1 S1 F1 D1:A:199.99 D2:A:133.34 => ok total=333.33 frees=1
               see slots A 2020 0
    "

    // Money that was clawed back is not asked for again as an excess advance.
    an_advance_clawed_back_before_the_settlement given [POLICY, BODIES, ADVANCED]
    "
    2020-04-01 claw W1 S1 F1 D1:B:600.00            => ok total=600.00
               employ C1 A 2020-04-01
               order D2 C1 final A,B                => ok earned=1000.00,0.00 excess=0.00 total=400.00 frees=0
               repay excess:C1 1.00                 => DEBT_NOT_FOUND
               see receivable 370100 600.00
               see slots B 2020 1
    "

    an_advance_clawed_back_in_part_before_the_settlement given [POLICY, BODIES, ADVANCED]
    "
    2020-04-01 claw W1 S1 F1 D1:A:100.00 D1:B:100.00 => ok total=200.00
               employ C1 A 2020-04-01
               order D2 C1 final A,B                => ok earned=900.00,0.00 excess=500.00 total=400.00
               see receivable 370100 700.00
               claw W2 S1 F1 D1:B:0.01              => CLAWBACK_EXCEEDS_PAID limit=0 found=1
               claw W2 S1 F1 D1:A:500.01            => CLAWBACK_EXCEEDS_PAID limit=50000 found=50001
               claw W2 S1 F1 D1:A:500.00            => ok
               order D3 C1 final A                  => ALREADY_PAID limit=100000 found=100000
    "

    // A place found false is not paid the rest, although its approval stands.
    an_approved_place_clawed_back_before_the_settlement given [POLICY, BODIES, ADVANCED]
    "
    2020-04-01 claw W1 S1 F1 D1:A:600.00
               approve C1 B
               employ C1 A,B 2020-04-01
               order D2 C1 final A,B                => ok earned=0.00,1000.00 excess=0.00 total=400.00 lines=1
               order D3 C1 final A                  => ALREADY_PAID
    "

    // What the settlement made a debt is no longer there to be clawed back.
    an_excess_advance_is_not_clawed_back_too given [POLICY, BODIES, ADVANCED]
    "
    2020-10-01 order D2 C1 final A,B                => ok earned=600.00,0.00 excess=600.00 events=1
               claw W1 S1 F1 D1:B:0.01              => CLAWBACK_EXCEEDS_PAID limit=0 found=1
               repay excess:C1 600.00
               claw W1 S1 F1 D1:B:0.01              => CLAWBACK_EXCEEDS_PAID limit=0 found=1
               claw W1 S1 F1 D1:A:600.00            => ok
    "

    an_advance_without_excess_may_come_back_after_the_settlement given [POLICY, BODIES]
    "
    2020-02-20 class C1 kind=project
               open C1
    2020-03-31 graduate C1 A,B
               close C1
               approve C1 A
               order D1 C1 advance A
               order D2 C1 advance B
               settle D1
               settle D2
    2020-10-01 order D3 C1 final A,B                => ok excess=600.00
               return D2 active                     => CLASS_SETTLED
               return D1 passive                    => ok frees=1
               order D4 C1 final A                  => ok total=600.00 takes=2020
    "
}
