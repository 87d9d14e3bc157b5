//! Project classes (项目制): the advance, the employment rate, the settlement below it.
//!
//! Long: one table of projects.

use crate::tables::{BODIES, POLICY, tables};

/// A project class of four at 333.33 yuan, closed, with four graduates of whom none is approved.
const PROJECT: &str = "
    2020-02-20 class C1 kind=project rate=333.33 @class
               open C1
    2020-03-31 graduate C1 A,B,C,D
               close C1 @closed
";

/// The same with all approved, advanced and paid, and one employed: a rate of 25%.
const ADVANCED: &str = "
    2020-02-20 class C1 kind=project rate=333.33 @class
               open C1
    2020-03-31 graduate C1 A,B,C,D
               close C1
               approve C1 A,B,C,D
               order D1 C1 advance A,B,C,D   => ok total=799.96
               settle D1
    2020-05-01 employ C1 A 2020-05-01 by=X1  => ok counts=yes
";

/// Twenty graduates of a project class, closed, approved, advanced and paid.
const TWENTY: &str = "
    2019-01-01 person P1..P20
    2020-02-20 class C1 kind=project
               open C1
    2020-03-31 graduate C1 P1..P20
               close C1
               approve C1 P1..P20
               order D1 C1 advance P1..P20 => ok total=12000.00
               settle D1
";

tables! {
    order_advance_by_precedence given [BODIES]
    "
    2019-01-01 policy P1 quota=1
    2020-01-10 class C0 dates=2020-01-10..2020-01-31
               open C0
    2020-01-31 graduate C0 C
               approve C0 C @first
    2020-02-20 class C1 kind=project rate=333.33 places=5 @class
               order D1 C1 full A,Z                 => STAGE_NOT_FOR_CLASS facts=@class
               open C1
               enrol C1 A,B,C,D
               withdraw C1 D @withdrawn
    2020-03-01 order D1 C1 advance B,D to=body:I9   => CLASS_NOT_CLOSED facts=@class
    2020-03-31 complete C1 A,C
               certify C1 A
    2020-04-01 close C1 @closed
    2020-03-31 order D1 C1 advance B,D to=body:I9   => DATE_BEFORE_CAUSE facts=@closed
    2020-04-01 order D1 C1 advance B,D to=body:I9   => ENROLMENT_WITHDRAWN facts=@withdrawn
               order D1 C1 advance B,C to=body:I9   => TRAINING_NOT_COMPLETED
               order D1 C1 advance A,C to=body:I9   => SAME_OCCUPATION_AND_LEVEL facts=@first
               order D1 C1 advance A to=body:I9     => WRONG_PAYEE
               order D1 C1 advance A to=person:A    => WRONG_PAYEE
               order D1 C1 advance A @advance       => ok total=199.99 takes=2020
               order D2 C1 advance A                => ALREADY_PAID facts=@advance limit=19999 found=19999
               see slots A 2020 1
               approve C1 A                         => ok used=1
               settle D1
               void A @void                         => ok lapses=yes frees=no
               order D2 C1 advance A                => CERTIFICATE_INVALID facts=@void
    "

    // Three subsidies a year: the advance of a contracted place takes its slot at once.
    an_advance_takes_a_slot given [BODIES]
    "
    2019-01-01 policy P1 quota=1
    2020-02-20 class C1 kind=project
               class C2 level=senior
               open C1
               open C2
    2020-03-31 graduate C1 A
               graduate C2 A
               close C1
               order D1 C1 advance A @advance       => ok takes=2020
               approve C2 A                         => YEARLY_QUOTA_USED facts=@advance
               settle D1
    2021-02-01 approve C1 A                         => ok year=2020 used=1
               approve C2 A                         => ok year=2021 used=1
    "

    an_advance_for_approved_places_only given [BODIES]
    "
    2019-01-01 policy P1 base=approved
    2020-02-20 class C1 kind=project
               open C1
    2020-03-31 graduate C1 A,B
               close C1
               approve C1 A @approved
               order D1 C1 advance A,B              => NOT_APPROVED rule=project
               order D1 C1 advance A                => ok total=600.00 takes=
    "

    a_share_that_rounds_down_to_nothing given [POLICY, BODIES]
    "
    2020-02-20 class C1 kind=project rate=0.01
               open C1
    2020-03-31 graduate C1 A
               close C1
               order D1 C1 advance A                => NOTHING_TO_PAY
               approve C1 A
               employ C1 A 2020-03-31
               order D1 C1 final A                  => ok total=0.01
    "

    settle_a_project_by_precedence given [POLICY, BODIES]
    "
    2020-02-20 class C1 kind=project rate=333.33 @class
               open C1
    2020-03-31 graduate C1 A,B,C,D
               approve C1 A
               order D2 C1 final A,B to=body:I9     => CLASS_NOT_CLOSED facts=@class
    2020-04-01 close C1 @closed
    2020-03-31 order D2 C1 final A,B to=body:I9     => DATE_BEFORE_CAUSE facts=@closed
    2020-04-01 order D1 C1 advance A,C @advance     => ok total=399.98 takes=2020
               order D2 C1 final B to=body:I9       => NOT_APPROVED
               order D2 C1 final A to=body:I9       => WRONG_PAYEE
               order D2 C1 final A                  => PAYMENT_IN_FLIGHT limit=0 found=1 facts=@advance
               settle D1
               order D2 C1 final A                  => BENEFICIARY_MISSING limit=2 found=1
               order D2 C1 final A,C                => EMPLOYMENT_WINDOW_OPEN limit=1 found=0 rule=project
    2020-09-30 order D2 C1 final A,C                => EMPLOYMENT_WINDOW_OPEN
    2020-10-01 order D2 C1 final A,C                => ok outcome=StayAtAdvance rate=0/1 earned=199.99,0.00 payable=0.00 excess=199.99 frees=1 events=1
               see slots C 2020 0
               see receivable 370100 199.99
               order D2 C1 final A                  => ALREADY_PAID limit=19999 found=19999
               order D2 C1 final B                  => NOT_APPROVED
               order D2 C1 advance B                => CLASS_SETTLED
               approve C1 B                         => CLASS_SETTLED
    "

    nothing_to_pay_after_the_settlement given [BODIES]
    "
    2019-01-01 policy P1 shortfall=recover
    2020-02-20 class C1 kind=project
               open C1
    2020-03-31 graduate C1 A
               close C1
               approve C1 A
    2020-10-01 order D1 C1 final A                  => ok events=1 earned=0.00
               order D1 C1 final A                  => NOTHING_TO_PAY
    "

    sixteen_of_twenty_are_too_few given [POLICY, BODIES, TWENTY]
    "
    2020-05-01 employ C1 P1..P16 2020-05-01
    2020-10-01 order D2 C1 final P1..P20            => ok outcome=StayAtAdvance rate=16/20 payable=0.00 excess=0.00
    "

    seventeen_of_twenty_are_enough given [POLICY, BODIES, TWENTY]
    "
    2020-05-01 employ C1 P1..P17 2020-05-01
               order D2 C1 final P1..P20            => ok outcome=Full rate=17/20 total=8000.00 excess=0.00 events=2
               settle D2
               see expenditure 370100 2020 20000.00
    "

    work_outside_the_window_does_not_count given [POLICY, BODIES, TWENTY]
    "
    2020-05-01 employ C1 P1..P16 2020-05-01
    2020-10-01 employ C1 P17 2020-10-01             => ok counts=no
               employ C1 P18 2020-03-30             => ok counts=no
               order D2 C1 final P1..P20            => ok outcome=StayAtAdvance rate=16/20
    "

    work_on_the_last_day_of_the_window_counts given [POLICY, BODIES, TWENTY]
    "
    2020-05-01 employ C1 P1..P16 2020-05-01
    2020-10-15 employ C1 P17 2020-09-30             => ok counts=yes
               order D2 C1 final P1..P20            => ok outcome=Full rate=17/20
    "

    work_withdrawn_does_not_count given [POLICY, BODIES, TWENTY]
    "
    2020-05-01 employ C1 P1..P17 2020-05-01
               unemploy C1 P17                      => ok counted=yes
               order D2 C1 final P1..P20            => EMPLOYMENT_WINDOW_OPEN limit=20 found=16
    2020-10-01 order D2 C1 final P1..P20            => ok outcome=StayAtAdvance rate=16/20
               unemploy C1 P16                      => ok counted=no
               employ C1 P16 2020-05-02             => ok counts=no
    "

    the_rate_over_all_who_completed given [BODIES]
    "
    2019-01-01 policy P1 over=completed
    2020-02-20 class C1 kind=project
               open C1
    2020-03-31 graduate C1 A,B,C
               enrol C1 D
               complete C1 D
               close C1
               approve C1 A,B
               employ C1 A,B,C 2020-03-31
    2020-10-01 order D1 C1 final A,B                => ok outcome=StayAtAdvance rate=3/4 total=1200.00
    "

    // 60% of 333.33 yuan is 199.99 yuan and 0.8 fen; what is rounded off comes with the rest.
    advance_and_rest_add_up given [POLICY, BODIES, ADVANCED]
    "
    2020-06-01 employ C1 B,C,D 2020-06-01
               order D2 C1 final A,B,C,D            => ok outcome=Full total=533.36 earned=333.33,333.33,333.33,333.33
               settle D2
               see expenditure 370100 2020 1333.32
               order D3 C1 final A                  => ALREADY_PAID
               order D3 C1 advance A                => ALREADY_PAID
    "

    below_the_rate_it_stays_at_the_advance given [POLICY, BODIES, ADVANCED]
    "
    2020-10-01 order D2 C1 final A,B,C,D            => ok outcome=StayAtAdvance earned=199.99,199.99,199.99,199.99 payable=0.00 excess=0.00 events=1
               repay excess:C1 0.01                 => DEBT_NOT_FOUND
    "

    below_the_rate_without_an_advance given [POLICY, BODIES, PROJECT]
    "
    2020-03-31 approve C1 A,B,C,D
    2020-10-01 order D2 C1 final A,B,C,D            => ok outcome=StayAtAdvance total=799.96 payable=799.96
    "

    below_the_rate_in_proportion given [BODIES, PRO_RATA, ADVANCED]
    "
    2020-10-01 order D2 C1 final A,B,C,D            => ok outcome=ProRata rate=1/4 earned=83.34,83.33,83.33,83.33 payable=0.00 excess=466.63 frees=0
               see receivable 370100 466.63
               see recovery 370100 2020 466.63
               repay excess:C1 466.64               => REPAYMENT_EXCEEDS_DEBT limit=46663 found=46664
               repay excess:C1 400.00               => ok outstanding=66.63
    2021-01-01 repay excess:C1 66.63                => ok outstanding=0.00
               repay excess:C1 0.01                 => REPAYMENT_EXCEEDS_DEBT limit=0 found=1
               see receivable 370100 0.00
               see cash 370100 999666.67
    "

    in_proportion_above_the_advance given [BODIES, PRO_RATA, ADVANCED]
    "
    2020-06-01 employ C1 B,C 2020-06-01
    2020-10-01 order D2 C1 final A,B,C,D            => ok outcome=ProRata rate=3/4 earned=250.00,250.00,250.00,249.99 total=200.03 excess=0.00
    "

    below_the_rate_the_advance_is_recovered given [BODIES, RECOVER, ADVANCED]
    "
    2020-10-01 order D2 C1 final A,B,C,D            => ok outcome=RecoverAdvance earned=199.99,0.00,0.00,0.00 payable=0.00 excess=599.97 frees=0
               see receivable 370100 599.97
    2020-09-30 repay excess:C1 1.00                 => DATE_BEFORE_CAUSE
    2020-10-02 repay excess:C1 599.97               => ok outstanding=0.00
               return D1 active                     => CLASS_SETTLED
    "

    nobody_was_approved given [POLICY, BODIES, PROJECT]
    "
    2020-03-31 order D1 C1 advance A,B
               settle D1
    2020-10-01 order D2 C1 final A,B                => ok rate=0/0 outcome=StayAtAdvance earned=0.00,0.00 excess=399.98 frees=2
    "

    the_slot_of_an_excess_advance_may_stay_used given [BODIES, EXCESS_KEEPS, PROJECT]
    "
    2020-03-31 order D1 C1 advance A
               settle D1
    2020-10-01 order D2 C1 final A                  => ok excess=199.99 frees=0
               see slots A 2020 1
    "

    // Whatever comes back or is found void in between, a place is paid once.
    an_advance_that_came_back_before_the_settlement given [POLICY, BODIES, PROJECT]
    "
    2020-03-31 approve C1 A
               order D1 C1 advance A                => ok total=199.99
               order D2 C1 advance A                => ALREADY_PAID
               settle D1
               return D1 active
               order D2 C1 advance A                => ok total=199.99
               return D2 passive                    => ok frees=1
               employ C1 A 2020-03-31
               order D3 C1 final A                  => ok total=333.33 takes=2020
               settle D3
               order D4 C1 final A                  => ALREADY_PAID
               order D4 C1 advance A                => ALREADY_PAID
               see expenditure 370100 2020 333.33
    "

    payments_that_came_back_after_the_settlement given [POLICY, BODIES, PROJECT]
    "
    2020-03-31 approve C1 A
               order D1 C1 advance A
               settle D1
               employ C1 A 2020-03-31
               order D2 C1 final A                  => ok total=133.34
               return D1 active                     => ok frees=0
               order D3 C1 final A                  => ok total=199.99
               settle D2
               return D3 passive                    => ok frees=0
               order D4 C1 final A                  => ok total=199.99
               settle D4
               order D5 C1 final A                  => ALREADY_PAID limit=33333 found=33333
               see expenditure 370100 2020 333.33
    "

    a_certificate_found_void_before_the_advance given [POLICY, BODIES, PROJECT]
    "
    2020-03-31 approve C1 A
               void A                               => ok lapses=yes frees=yes
               order D1 C1 advance A                => CERTIFICATE_INVALID
               order D1 C1 final A                  => NOT_APPROVED
    "

    a_certificate_found_void_after_the_advance given [POLICY, BODIES, PROJECT]
    "
    2020-03-31 approve C1 A,B
               order D1 C1 advance A,B
               settle D1
               employ C1 A,B 2020-03-31
               void A                               => ok lapses=yes frees=no
               order D2 C1 final B                  => BENEFICIARY_MISSING limit=2 found=1
               order D2 C1 final A,B                => ok outcome=Full rate=1/1 earned=0.00,333.33 total=133.34 excess=199.99
               repay excess:C1 199.99               => ok outstanding=0.00
               order D3 C1 final A                  => CERTIFICATE_INVALID
               certify C1 A
               order D3 C1 final A                  => ALREADY_PAID
    "

    a_certificate_found_void_and_replaced given [POLICY, BODIES, PROJECT]
    "
    2020-03-31 approve C1 A
               order D1 C1 advance A
               settle D1
               void A
               certify C1 A
               approve C1 A                         => ok used=1
               employ C1 A 2020-03-31
               order D2 C1 final A                  => ok total=133.34
    "

    a_certificate_found_void_after_the_final_payment given [POLICY, BODIES, PROJECT]
    "
    2020-03-31 approve C1 A
               employ C1 A 2020-03-31
               order D1 C1 final A                  => ok total=333.33
               void A                               => ok lapses=no frees=no
               settle D1
               return D1 active
               order D2 C1 final A                  => CERTIFICATE_INVALID
    "

    // One trainee whose slot is gone does not keep the others from their money.
    a_barred_place_does_not_hold_the_class_up given [BODIES]
    "
    2019-01-01 policy P1 quota=1
    2020-02-20 class C1 kind=project
               class C2 level=senior
               open C1
               open C2
    2020-03-31 graduate C1 A,B
               graduate C2 A
               close C1
               approve C1 A,B
               order D1 C1 advance A
               return D1 passive                    => ok frees=1
               approve C2 A @meanwhile
               employ C1 A,B 2020-03-31
               order D2 C1 final A,B                => ok payable=2000.00 total=1000.00 lines=1
               order D3 C1 final A                  => YEARLY_QUOTA_USED facts=@meanwhile
               void A                               => ok lapses=yes frees=yes
               order D3 C1 final A                  => ok total=1000.00
    "

    the_account_must_hold_the_settlement given [POLICY, BODIES, PROJECT]
    "
    2020-03-31 approve C1 A
               employ C1 A 2020-03-31
               account 370200
               transfer 370100 370200 999666.68
               order D1 C1 final A                  => INSUFFICIENT_FUNDS limit=33332 found=33333
               transfer 370200 370100 0.01
               order D1 C1 final A                  => ok
    "

    // An advance ahead of the approval rests on training that was carried out by then.
    an_advance_before_the_completion given [POLICY, BODIES]
    "
    2020-02-20 class C1 kind=project
               open C1
    2020-03-31 enrol C1 A
    2020-04-05 complete C1 A @completed
    2020-04-01 close C1 @closed
               order D1 C1 advance A                => DATE_BEFORE_CAUSE facts=@completed
    2020-04-05 order D1 C1 advance A                => ok rests-on=@completed,@closed
    "

    a_final_payment_before_the_settlement given [POLICY, BODIES, PROJECT]
    "
    2020-03-31 approve C1 A @approved
               employ C1 A 2020-03-31 @employed
    2020-04-02 order D1 C1 final A @settled         => ok total=333.33 rests-on=@approved,@employed
               return D1 passive
    2020-04-01 order D2 C1 final A                  => DATE_BEFORE_CAUSE
    2020-04-02 order D2 C1 final A                  => ok total=333.33
    "

    // Also where nothing is paid: what is settled was approved by then.
    a_settlement_before_the_approval given [POLICY, BODIES, PROJECT]
    "
    2020-03-31 order D1 C1 advance A
               settle D1
    2020-10-05 approve C1 A @approved
    2020-10-01 order D2 C1 final A                  => DATE_BEFORE_CAUSE facts=@approved
    2020-10-05 order D2 C1 final A                  => ok events=1
    "

    only_what_is_with_the_bank_keeps_a_class_open given [POLICY, BODIES, PROJECT]
    "
    2020-03-31 approve C1 A,B
               order D1 C1 advance A
               settle D1
               order D2 C1 advance B @second
               order D3 C1 final A,B                => PAYMENT_IN_FLIGHT limit=0 found=1 facts=@second
    "

    // Half of 666.66 yuan is 333.33: the odd fen goes to a place with an amount, not to the first.
    the_odd_fen_is_for_who_was_approved given [BODIES, PRO_RATA, PROJECT]
    "
    2020-03-31 order D1 C1 advance A
               settle D1
               approve C1 B,C
               employ C1 B 2020-03-31
    2020-10-01 order D2 C1 final A,B,C              => ok outcome=ProRata rate=1/2 earned=0.00,166.67,166.66
    "

    // Work that did not count takes nothing away when it is withdrawn.
    work_that_never_counted_is_withdrawn given [POLICY, BODIES, PROJECT]
    "
    2020-03-31 approve C1 A,B
               employ C1 A 2020-03-31               => ok counts=yes
    2020-10-15 employ C1 B 2020-10-01               => ok counts=no
               unemploy C1 B                        => ok counted=no
               order D1 C1 final A,B                => ok rate=1/2
    "

    // One payment that comes back leaves the others as they are: with the bank, and to be named.
    one_of_two_advances_comes_back given [POLICY, BODIES, PROJECT]
    "
    2020-03-31 order D1 C1 advance A
               settle D1
               order D2 C1 advance B @second
               return D1 active
               order D3 C1 final B                  => PAYMENT_IN_FLIGHT limit=0 found=1 facts=@second
               approve C1 C
               order D4 C1 advance C
               settle D2
               return D4 passive
               order D5 C1 final B                  => BENEFICIARY_MISSING limit=2 found=1
               approve C1 B                         => ok used=1
               see slots B 2020 1
    "
}

const PRO_RATA: &str = "2019-01-01 policy P1 shortfall=pro-rata";

const RECOVER: &str = "2019-01-01 policy P1 shortfall=recover";

const EXCESS_KEEPS: &str = "2019-01-01 policy P1 excess-frees=no";

/// 849 of 1000 are 84.9%, and 850 are 85%.
#[test]
fn the_rate_is_compared_exactly() {
    let thousand = "
        2019-01-01 person P1..P1000
        2020-02-20 class C1 kind=project rate=10.00 places=1000
                   open C1
        2020-03-31 graduate C1 P1..P1000
                   close C1
                   approve C1 P1..P1000
                   employ C1 P1..P849 2020-03-31
                   order D1 C1 final P1..P1000 => EMPLOYMENT_WINDOW_OPEN limit=1000 found=849
    ";
    let script = crate::script::run(&[POLICY, BODIES, thousand]);
    let shortfall = "2020-10-01 order D1 C1 final P1..P1000 => ok outcome=StayAtAdvance";
    script.clone().play(shortfall);
    let enough = "
        2020-03-31 employ C1 P850 2020-03-31
                   order D1 C1 final P1..P1000 => ok outcome=Full rate=850/1000 total=10000.00
    ";
    script.clone().play(enough);
}
