//! Orders of ordinary classes, what the bank does with them, and the quota slots in between.
//!
//! Long: one table of payments.

pub(crate) mod project;

use super::{BODIES, CLASS, GRADUATE, POLICY, tables};

tables! {
    order_full_payment_by_precedence given [POLICY, BODIES]
    "
    2020-02-20 order D1 C1 full                     => OUT_OF_BOUNDS limit=1 found=0
               order D1 C1 full P1..P5001           => OUT_OF_BOUNDS limit=5000 found=5001
               order D1 C1 full A,B,A               => NAMED_TWICE
               order D1 C1 full A,Z                 => PERSON_NOT_FOUND
               order D1 C1 full A                   => CLASS_NOT_FOUND
               class C1 division=370200
               order D1 C1 final A,Z                => STAGE_NOT_FOR_CLASS
               order D1 C1 advance A,Z              => STAGE_NOT_FOR_CLASS
               order D1 C1 full A,Z                 => ACCOUNT_NOT_FOUND
               account 370200
               order D1 C1 full A,Z                 => PERSON_NOT_FOUND
               order D1 C1 full A                   => ENROLMENT_NOT_FOUND
               accrue 370200 2000.00
               open C1
    2020-03-31 graduate C1 A,B,C,D
               approve C1 A,B @approved
               order D1 C1 full A to=person:A @d1
               order D1 C1 full A,C to=body:I9      => DISBURSEMENT_EXISTS facts=@d1
               revoke I1 train1 2020-03-31
    2020-03-30 order D2 C1 full B to=body:I9        => DATE_BEFORE_CAUSE facts=@approved
    2020-03-31 order D2 C1 full B to=body:I9        => NOT_QUALIFIED
               qualify I1 train2 train
               void C @void
               order D2 C1 full C,D to=body:I9      => CERTIFICATE_INVALID facts=@void
               status D pension 2020-03-01.. @pension
               order D2 C1 full D to=body:I9        => DRAWS_PENSION facts=@pension
               end D pension 2020-03-01
               order D2 C1 full C to=body:I9        => CERTIFICATE_INVALID
               certify C1 C
               order D2 C1 full B,C to=body:I9      => NOT_APPROVED
               order D2 C1 full A to=body:I9        => WRONG_PAYEE
               order D2 C1 full A                   => ALREADY_PAID limit=100000 found=100000 facts=@d1
               approve C1 C
               order D2 C1 full B,C                 => INSUFFICIENT_FUNDS limit=100000 found=200000
               order D2 C1 full B                   => ok total=1000.00 takes=
    "

    who_may_be_paid given [POLICY, BODIES, CLASS]
    "
    2020-03-31 graduate C1 A,B,C,D
               approve C1 A,B,C,D
               employ C1 A,B 2020-03-31 by=X1
               employ C1 C 2020-03-31 by=X2
               order D1 C1 full A to=person:B       => WRONG_PAYEE
               order D1 C1 full A,B to=person:A     => WRONG_PAYEE
               order D1 C1 full A to=body:X1        => WRONG_PAYEE
               order D1 C1 full A,B to=employer:X1  => PAYEE_NOT_FOUND rule=-
               order D1 C1 full A,C to=employer:X1  => PAYEE_NOT_FOUND rule=-
               institution X1
               order D1 C1 full A,C to=employer:X1  => WRONG_PAYEE
               order D1 C1 full D to=employer:X1    => WRONG_PAYEE
               order D1 C1 full A,B to=employer:X1  => ok total=2000.00
               order D2 C1 full C to=person:C       => ok
               order D3 C1 full D to=body:I1        => ok
    "

    what_is_learnt_after_the_approval_counts given [POLICY, BODIES, CLASS]
    "
    2020-03-31 graduate C1 A,B
               approve C1 A,B
    2020-04-10 status A pension 2020-03-15.. @pension
               order D1 C1 full A,B                 => DRAWS_PENSION facts=@pension
               order D1 C1 full B                   => ok
    "

    settle_disbursement_by_precedence given [POLICY, BODIES, GRADUATE]
    "
    2020-04-01 approve C1 A
               settle D1                            => DISBURSEMENT_NOT_FOUND
               order D1 C1 full A @ordered
    2020-03-31 settle D1                            => DATE_BEFORE_CAUSE facts=@ordered
    2020-04-02 return D1 passive @returned
               settle D1                            => DISBURSEMENT_RETURNED facts=@returned
               order D2 C1 full A
               settle D2 @settled
               settle D2                            => DISBURSEMENT_SETTLED facts=@settled
               return D2 passive
               settle D2                            => DISBURSEMENT_SETTLED facts=@settled
    "

    return_disbursement_by_precedence given [POLICY, BODIES, GRADUATE]
    "
    2020-04-01 approve C1 A
               return D1 passive                    => DISBURSEMENT_NOT_FOUND
               order D1 C1 full A @ordered
    2020-03-31 return D1 active                     => DATE_BEFORE_CAUSE facts=@ordered
    2020-04-01 return D1 active                     => DISBURSEMENT_NOT_SETTLED facts=@ordered
               return D1 passive @returned          => ok
               return D1 active                     => DISBURSEMENT_RETURNED facts=@returned
               order D2 C1 full A
    2020-04-05 settle D2 @settled
    2020-04-04 return D2 active                     => DATE_BEFORE_CAUSE facts=@settled
    2020-04-05 case S1
               find S1 F1 C1 A
               claw W1 S1 F1 D2:A:0.01
               return D2 active                     => DISBURSEMENT_CLAWED_BACK
    "

    // 退票 gives the slot back, 退款 does not; either way the payment can be ordered again.
    a_returned_payment_and_its_slot given [POLICY, BODIES, GRADUATE]
    "
    2020-04-01 approve C1 A
               see slots A 2020 1
               order D1 C1 full A                   => ok takes=
               return D1 passive                    => ok frees=1
               see slots A 2020 0
               see available 370100 1000000.00
               order D2 C1 full A                   => ok total=1000.00 takes=2020
               see slots A 2020 1
               settle D2
               return D2 passive                    => ok frees=1
               order D3 C1 full A                   => ok takes=2020
               settle D3
               return D3 active                     => ok frees=0
               see slots A 2020 1
               order D4 C1 full A                   => ok takes=
               settle D4
               order D5 C1 full A                   => ALREADY_PAID
               see cash 370100 999000.00
               see expenditure 370100 2020 1000.00
    "

    a_returned_payment_keeps_its_slot_where_the_policy_says_so given [BODIES]
    "
    2019-01-01 policy P1 return-frees=no
    2020-02-20 class C1
               open C1
    2020-03-31 graduate C1 A
               approve C1 A
               order D1 C1 full A
               return D1 passive                    => ok frees=0
               see slots A 2020 1
               order D2 C1 full A                   => ok takes=
    "

    // The slot that came back may be used elsewhere; then the returned payment waits.
    the_quota_was_used_meanwhile given [BODIES]
    "
    2019-01-01 policy P1 quota=1
    2020-02-20 class C1
               class C2 level=senior
               open C1
               open C2
    2020-03-31 graduate C1 A
               graduate C2 A
               approve C1 A
               order D1 C1 full A
               return D1 passive
               approve C2 A @meanwhile              => ok used=1
               order D2 C1 full A                   => YEARLY_QUOTA_USED limit=1 found=1 facts=@meanwhile
    2021-01-01 order D2 C1 full A                   => YEARLY_QUOTA_USED limit=1 found=1 facts=@meanwhile
               order D3 C2 full A
               return D3 passive
               order D2 C1 full A                   => ok takes=2020
               order D3 C2 full A                   => DISBURSEMENT_EXISTS
               order D4 C2 full A                   => YEARLY_QUOTA_USED
    "

    the_occupation_was_subsidised_meanwhile given [POLICY, BODIES]
    "
    2020-02-20 class C1
               class C2
               open C1
               open C2
    2020-03-31 graduate C1 A
               graduate C2 A
               approve C1 A
               order D1 C1 full A
               return D1 passive
               approve C2 A @meanwhile
               order D2 C1 full A                   => SAME_OCCUPATION_AND_LEVEL facts=@meanwhile
    "

    a_certificate_found_void_before_the_payment given [POLICY, BODIES, GRADUATE]
    "
    2020-04-01 approve C1 A
               see slots A 2020 1
               void A                               => ok lapses=yes frees=yes
               see slots A 2020 0
               order D1 C1 full A                   => CERTIFICATE_INVALID
               approve C1 A                         => CERTIFICATE_INVALID
               certify C1 A
               order D1 C1 full A                   => NOT_APPROVED
               approve C1 A                         => ok used=1
               order D1 C1 full A                   => ok
    "

    a_certificate_found_void_after_the_payment given [POLICY, BODIES, GRADUATE]
    "
    2020-04-01 approve C1 A
               order D1 C1 full A
               void A                               => ok lapses=no frees=no
               settle D1                            => ok
               see slots A 2020 1
               order D2 C1 full A                   => CERTIFICATE_INVALID
               return D1 passive                    => ok frees=1
               order D2 C1 full A                   => CERTIFICATE_INVALID
               certify C1 A
               order D2 C1 full A                   => ok takes=2020
    "

    a_certificate_found_void_between_return_and_order given [POLICY, BODIES, GRADUATE]
    "
    2020-04-01 approve C1 A
               order D1 C1 full A
               return D1 active                     => DISBURSEMENT_NOT_SETTLED
               settle D1
               return D1 active                     => ok frees=0
               void A                               => ok lapses=yes frees=yes
               see slots A 2020 0
               order D2 C1 full A                   => CERTIFICATE_INVALID
    "

    // One class paid from several funds, by trainee; the class's own when none is named.
    a_fund_for_each_trainee given [POLICY, BODIES, CLASS]
    "
    2020-03-31 graduate C1 A,B
               approve C1 A,B
               order D1 C1 full A from=employment_subsidy => ACCOUNT_NOT_FOUND
               account 370100 fund=employment_subsidy
               account 370100 fund=employee_education
               accrue 370100 5000.00 fund=employee_education
               order D1 C1 full A from=employment_subsidy => INSUFFICIENT_FUNDS
               accrue 370100 1000.00 fund=employment_subsidy
               order D1 C1 full A from=employee_education => SCHEME_NOT_ON_FUND rule=funds
               order D1 C1 full A from=employment_subsidy @d1 => ok total=1000.00
               order D2 C1 full A                   => ALREADY_PAID limit=100000 found=100000 facts=@d1
               order D2 C1 full B                   => ok total=1000.00
               settle D1
               see cash 370100 0.00 fund=employment_subsidy
               see cash 370100 1000000.00
               case S1
               find S1 F1 C1 A
               claw W1 S1 F1 D1:A:1000.00
               repay W1 1000.00
               see cash 370100 1000.00 fund=employment_subsidy
    "

    a_project_draws_on_its_own_account given [POLICY, BODIES]
    "
    2020-02-20 class C1 kind=project @class
               account 370100 fund=employment_subsidy
               order D1 C1 advance A from=employment_subsidy => STAGE_NOT_FOR_CLASS facts=@class
    "

    // 60 : 40 of 333.33: 199.99 rounded down, and the last fund takes what is left.
    funds_share_each_payment given [BODIES]
    "
    2019-01-01 policy P1 shares=special_account:60/100,employment_subsidy:40/100 funds=special_account,employment_subsidy,rural_revitalisation
               account 370100 fund=employment_subsidy
               accrue 370100 1000.00 fund=employment_subsidy
               account 370100 fund=rural_revitalisation
    2020-02-20 class C1 rate=333.33
               open C1
    2020-03-31 graduate C1 A
               approve C1 A
               order D1 C1 full A from=rural_revitalisation => FUND_PARTS_MISMATCH rule=split
               order D1 C1 full A @d1               => ok total=199.99
               order D2 C1 full A                   => ALREADY_PAID limit=19999 found=19999 facts=@d1
               order D2 C1 full A from=employment_subsidy @d2 => ok total=133.34 takes=
               order D3 C1 full A from=employment_subsidy => ALREADY_PAID limit=13334 found=13334 facts=@d2
               return D1 passive                    => ok frees=0
               order D3 C1 full A                   => ok total=199.99
               settle D2
               settle D3
               case S1
               find S1 F1 C1 A
               claw W1 S1 F1 D2:A:133.34
               repay W1 133.34
               see cash 370100 1000.00 fund=employment_subsidy
    "

    // A later document shares the payments out in another way, or for the first time: what one
    // fund paid already is not paid again by the other.
    shares_that_change_between_two_payments given [BODIES]
    "
    2019-01-01 policy P1 shares=special_account:60/100,employment_subsidy:40/100
               policy P2 schemes=unshared
               account 370100 fund=employment_subsidy
               accrue 370100 10000.00 fund=employment_subsidy
    2020-02-20 class C1 rate=1000.00
               class C2 rate=1000.00 scheme=unshared level=senior
               open C1
               open C2
    2020-03-31 graduate C1 A,B
               graduate C2 A
               approve C1 A,B
               approve C2 A
               order D1 C1 full A @d1               => ok total=600.00
               order D2 C2 full A @d2               => ok total=1000.00
               policy Q1 valid=2020-03-01.. shares=special_account:40/100,employment_subsidy:60/100 shares-by=approval:this schemes=vocational-training,unshared
               order D3 C1 full A from=employment_subsidy @d3 => ok total=400.00
               order D4 C1 full A from=employment_subsidy => ALREADY_PAID limit=100000 found=100000 facts=@d1,@d3
               order D4 C1 full A                   => ALREADY_PAID limit=40000 found=60000 facts=@d1
               order D4 C2 full A from=employment_subsidy => ALREADY_PAID limit=100000 found=100000 facts=@d2
               order D4 C1 full B                   => ok total=400.00
               order D5 C1 full B from=employment_subsidy => ok total=600.00
    "

    // What is left of the payment needs a certificate as good as the one approved on.
    a_certificate_replaced_between_two_payments given [BODIES]
    "
    2019-01-01 policy P1 shares=special_account:60/100,employment_subsidy:40/100 kinds=skill verified=yes
               account 370100 fund=employment_subsidy
               accrue 370100 10000.00 fund=employment_subsidy
    2020-02-20 class C1 rate=1000.00
               open C1
    2020-03-31 graduate C1 A
               verify A
               approve C1 A
               order D1 C1 full A                   => ok total=600.00
               void A @void                         => ok lapses=no
               order D2 C1 full A from=employment_subsidy => CERTIFICATE_INVALID facts=@void
               certify C1 A kind=vocational number=VQ-000001 @other
               order D2 C1 full A from=employment_subsidy => CERTIFICATE_KIND_NOT_ALLOWED facts=@other rule=evidence
               void VQ-000001
               certify C1 A as=A2 @unverified
               order D2 C1 full A from=employment_subsidy => CERTIFICATE_NOT_VERIFIED facts=@unverified rule=evidence
               verify A2
               order D2 C1 full A from=employment_subsidy => ok total=400.00
    "

    // By the scheme's rule: the person and the master, and nobody else.
    payees_by_the_scheme given [BODIES]
    "
    2019-01-01 policy P1 payees=person,master
    2020-02-20 class C1
               open C1
    2020-03-31 graduate C1 A,B,C
               approve C1 A,B,C
               employ C1 A 2020-03-31 by=X1
               order D1 C1 full A                   => WRONG_PAYEE rule=payee
               order D1 C1 full A to=employer:X1    => WRONG_PAYEE
               order D1 C1 full A to=master:A       => WRONG_PAYEE
               order D1 C1 full A,B to=person:A     => WRONG_PAYEE
               order D1 C1 full A to=person:A       => ok
               order D2 C1 full B,C to=master:M     => PAYEE_NOT_FOUND rule=payee
               person M
               order D2 C1 full B,C to=master:M     => ok
    "

    masters_are_paid_by_rule_only given [POLICY, BODIES, CLASS]
    "
    2020-03-31 graduate C1 A
               approve C1 A
               order D1 C1 full A to=master:D       => WRONG_PAYEE rule=-
    "

    // A body claims for its trainees with each one's contract; a person needs none.
    a_body_with_agency_contracts given [BODIES]
    "
    2019-01-01 policy P1 payees=person,institution agency=yes
    2020-02-20 class C1
               open C1
    2020-03-31 enrol C1 A @a
               enrol C1 B
               agency C1 B
               complete C1 A,B
               certify C1 A,B
               approve C1 A,B
               order D1 C1 full A,B                 => AGENCY_CONTRACT_MISSING facts=@a rule=payee
               order D1 C1 full B                   => ok
               order D2 C1 full A to=person:A       => ok
    "

    // Shown for seven days and closed before anything is paid; a later approval is shown again.
    paid_after_publicity given [BODIES]
    "
    2019-01-01 policy P1 publicity=7
    2020-02-20 class C1
               open C1
    2020-03-31 graduate C1 A,B
    2020-04-01 approve C1 A @a
               order D1 C1 full A                   => PUBLICITY_NOT_CLOSED facts=@a rule=publicity
               show C1 @shown
    2020-04-02 approve C1 B @b
               order D1 C1 full A                   => PUBLICITY_NOT_CLOSED facts=@a,@shown
    2020-04-08 take-down C1 @closed
    2020-04-07 order D1 C1 full A                   => DATE_BEFORE_CAUSE facts=@closed
    2020-04-08 order D1 C1 full B                   => PUBLICITY_NOT_CLOSED facts=@b
               order D1 C1 full A                   => ok
    "

    an_objection_that_was_right given [BODIES]
    "
    2019-01-01 policy P1 publicity=7
    2020-02-20 class C1
               open C1
    2020-03-31 graduate C1 A,B
    2020-04-01 approve C1 A,B
               show C1
    2020-04-08 object C1 A @objected
               resolve C1 of=@objected upheld=yes @upheld
               take-down C1
               order D1 C1 full A                   => OBJECTION_UPHELD facts=@upheld
               order D1 C1 full B                   => ok
    "

    an_objection_to_the_whole_list given [BODIES]
    "
    2019-01-01 policy P1 publicity=7
    2020-02-20 class C1
               open C1
    2020-03-31 graduate C1 A
    2020-04-01 approve C1 A
               show C1
    2020-04-08 object C1 @objected
               resolve C1 of=@objected upheld=yes @upheld
               take-down C1
               order D1 C1 full A                   => OBJECTION_UPHELD facts=@upheld
    "

    // An advance on contracted places is no payment on the list; the rest is.
    publicity_of_a_project given [BODIES]
    "
    2019-01-01 policy P1 publicity=7
               policy P2 publicity=7 base=approved schemes=by-approval
    2020-02-20 class C1 kind=project
               class C2 kind=project scheme=by-approval level=senior
               open C1
               open C2
    2020-03-31 graduate C1 A
               graduate C2 A
               close C1
               close C2
               approve C1 A @a
               approve C2 A @b
               employ C1 A 2020-03-31
               order D1 C1 advance A                => ok
               order D2 C2 advance A                => PUBLICITY_NOT_CLOSED facts=@b
               settle D1
               order D3 C1 final A                  => PUBLICITY_NOT_CLOSED facts=@a
               show C1
    2020-04-07 take-down C1
               order D3 C1 final A                  => ok total=400.00
    "
}
