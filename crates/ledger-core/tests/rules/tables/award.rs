//! Awards and grants: approval under the rules of their scheme, payment, revocation, clawback.
//!
//! Long: one table of awards.

use std::fmt::Write as _;

use ledger_core::coded::RuleKind;
use ledger_core::event::AppliedRule;
use ledger_core::{EventBody, EventKind, Fen, Position};

use super::tables;
use crate::script::run;

/// A province that awards: a prize, a grant by decision, a monthly allowance, a title, the pair of
/// base and unit, and a station that two funds share; and ordinary training.
const RULES: &str = "
    2020-01-01 policy P1 valid=2020-01-01.. schemes=training award-funds=skilled_talent,special_account \
               awards=prize/fixed:300000.00/person,grant/at-least:100000.00/body+employer,\
               allowance/monthly:1000.00/person,decided/decided/person+body,title/fixed:0/person,\
               base/fixed:1000000.00/body/not:unit,unit/fixed:1000000.00/body,\
               station/fixed:300000.00/body/split:skilled_talent+2of3+special_account+1of3 @rules
";

/// Accounts of the province, of two cities and of a county, and who may receive.
const WORLD: &str = "
    2020-01-01 account 370000 fund=skilled_talent
               account 370000
               account 371400 fund=skilled_talent
               account 371400
               account 370200 fund=skilled_talent
               account 370000 fund=employment_subsidy
               accrue 370000 1000000.00 fund=skilled_talent
               accrue 371400 100000.00
               institution I1
               institution I2
               person A @a
               person B
";

/// A prize that A received, and the case about it.
const PAID: &str = "
    2020-03-01 award G1 prize person:A medal @award
               pay-award D1 G1
               settle D1 @paid
    2020-04-01 case S1 @case
               find S1 F1 award:G1 kind=honest @found
";

tables! {
    approve_award_by_precedence given [RULES, WORLD]
    "
    now 2020-06-01
    2020-06-02 award G1 nothing person:Z m amount=-1 months=0 parts=370000,370000 causes=99 => OUT_OF_BOUNDS limit=600 found=0
               award G1 nothing person:Z m amount=-1 months=601 parts=370000,370000 => OUT_OF_BOUNDS limit=600 found=601
               award G1 nothing person:Z m amount=-1 months=600 parts=370000,370000 causes=99 => AMOUNT_NOT_POSITIVE limit=0 found=-100
               award G1 nothing person:Z m amount=1000000000000.01 => OUT_OF_BOUNDS
               award G1 nothing person:Z m amount=500000000000.01 months=2 => OUT_OF_BOUNDS
               award G1 nothing person:Z m parts=370000:0 causes=99 => AMOUNT_NOT_POSITIVE
               award G1 nothing person:Z m parts=370000:1000000000000.01 => OUT_OF_BOUNDS
               award G1 nothing person:Z m causes=99 => DATE_IN_FUTURE
    2020-06-01 award G1 nothing person:Z m parts=370000,370000:1.00 causes=99 => NAMED_TWICE
               award G1 nothing person:Z m parts=370300 causes=99 => CAUSE_UNKNOWN
               award G1 nothing person:Z m parts=370300 => POLICY_NOT_FOUND
               award G1 prize person:Z m parts=370300 division=520000 => POLICY_NOT_FOUND
    2019-12-31 award G1 prize person:Z m parts=370300 => POLICY_NOT_FOUND
    2020-06-01 award G1 training body:Z m parts=370300 => ACCOUNT_NOT_FOUND
               award G1 training body:Z m parts=370000:employment_subsidy => INSTITUTION_NOT_FOUND
               award G1 training employer:Z m parts=370000:employment_subsidy => INSTITUTION_NOT_FOUND
               award G1 training person:Z m parts=370000:employment_subsidy => PERSON_NOT_FOUND
               award G1 training master:Z m parts=370000:employment_subsidy => PERSON_NOT_FOUND
               award G1 prize person:A m @award     => ok amount=300000.00 parts=300000.00
               award G1 training person:A m parts=370000:employment_subsidy => AWARD_EXISTS facts=@award
               award G2 prize body:I1 m amount=1 parts=370000:employment_subsidy => SCHEME_NOT_ON_FUND rule=award-funds
               award G2 training body:I1 m parts=none => SCHEME_KIND_MISMATCH
               award G2 prize body:I1 m amount=1 parts=none => AWARD_EXCLUDED facts=@award rule=award
               award G2 prize body:I1 m2 amount=1 parts=none => AWARD_AMOUNT_NOT_ALLOWED limit=30000000 found=100 rule=award
               award G2 prize body:I1 m2 parts=none => FUND_PARTS_MISMATCH limit=30000000 found=0
               award G2 prize body:I1 m2            => WRONG_PAYEE rule=award
               award G2 prize person:A m2           => ok applied=funds,amount,payee
    "

    // The city's account may match a provincial award; another city's may not pay a city's award.
    who_may_pay given [RULES, WORLD]
    "
    2020-03-01 award G1 grant body:I1 s1 division=371400 amount=100000.00 parts=370200 => SCHEME_NOT_ON_FUND
               award G1 grant body:I1 s1 division=371400 amount=100000.00 parts=370000 => ok
               award G2 grant body:I1 s2 division=371400 amount=100000.00 parts=371400 => ok
               award G3 grant body:I1 s3 amount=100000.00 parts=370200 => ok
    "

    the_amount_of_an_award given [RULES, WORLD]
    "
    2020-03-01 award G1 prize person:A p amount=300000.01 => AWARD_AMOUNT_NOT_ALLOWED limit=30000000 found=30000001
               award G1 prize person:A p amount=299999.99 => AWARD_AMOUNT_NOT_ALLOWED
               award G1 prize person:A p months=1   => AWARD_AMOUNT_NOT_ALLOWED
               award G1 prize person:A p amount=300000.00 => ok amount=300000.00
               award G2 grant body:I1 g             => AWARD_AMOUNT_NOT_ALLOWED limit=10000000 found=0
               award G2 grant body:I1 g amount=99999.99 => AWARD_AMOUNT_NOT_ALLOWED limit=10000000 found=9999999
               award G2 grant body:I1 g amount=100000.00 => ok amount=100000.00
               award G3 grant employer:I1 h amount=250000.00 => ok amount=250000.00
               award G4 allowance person:A a months=48 => AWARD_AMOUNT_NOT_ALLOWED limit=100000 found=0
               award G4 allowance person:A a amount=1000.00 => AWARD_AMOUNT_NOT_ALLOWED
               award G4 allowance person:A a amount=999.99 months=48 => AWARD_AMOUNT_NOT_ALLOWED limit=100000 found=99999
               award G4 allowance person:A a amount=1000.00 months=48 => ok amount=48000.00
               award G5 decided person:A d          => AWARD_AMOUNT_NOT_ALLOWED limit=-
               award G5 decided person:A d amount=0 parts=none => ok amount=0.00 parts=
               award G6 title person:A t parts=none => ok amount=0.00 parts=
               award G7 title person:B u            => FUND_PARTS_MISMATCH limit=0 found=0
               award G7 title person:B u amount=1   => AWARD_AMOUNT_NOT_ALLOWED limit=0 found=100
               pay-award D1 G6                      => NOTHING_TO_PAY
    "

    // Without a ruled split the decision divides the award, and one account may take the rest.
    an_award_from_two_accounts given [RULES, WORLD]
    "
    2020-03-01 award G1 grant body:I1 s1 amount=300000.00 parts=370000:200000.00,371400:100000.00 => ok parts=200000.00,100000.00
               award G2 grant body:I1 s2 amount=300000.00 parts=371400:100000.00,370000 => ok parts=100000.00,200000.00
               award G3 grant body:I1 s3 amount=300000.00 parts=371400,370000 => FUND_PARTS_MISMATCH limit=30000000 found=0
               award G3 grant body:I1 s3 amount=300000.00 parts=371400:100000.00,370000:199999.99 => FUND_PARTS_MISMATCH limit=30000000 found=29999999
               award G3 grant body:I1 s3 amount=300000.00 parts=371400:100000.00,370000:200000.01 => FUND_PARTS_MISMATCH
               award G3 grant body:I1 s3 amount=300000.00 parts=371400:300000.00,370000 => FUND_PARTS_MISMATCH
               award G3 grant body:I1 s3 amount=300000.00 parts=371400:299999.99,370000 => ok parts=299999.99,0.01
    "

    // Dezhou adds 100,000 to each station of 200,000: two funds share one grant.
    an_award_by_a_ruled_split given [RULES, WORLD]
    "
    2020-03-01 award G1 station body:I1 s1 parts=370000 => FUND_PARTS_MISMATCH limit=10000000 found=0 rule=fund-split
               award G1 station body:I1 s1 parts=370000:100000.00,371400:special_account:200000.00 => FUND_PARTS_MISMATCH limit=20000000 found=10000000
               award G1 station body:I1 s1 parts=370000,371400,371400:special_account => FUND_PARTS_MISMATCH
               award G1 station body:I1 s1 parts=371400:special_account,370000 => ok parts=200000.00,100000.00 applied=funds,amount,fund_split,payee
               award G2 station body:I1 s2 parts=371400:special_account,370000:150000.00,371400 => ok parts=150000.00,50000.00,100000.00
               pay-award D1 G1 370000
               pay-award D2 G1 371400 fund=special_account
               pay-award D3 G1 371400               => FUND_PARTS_MISMATCH
               settle D1
               settle D2
               see expenditure 370000 2020 200000.00 fund=skilled_talent
               see expenditure 371400 2020 100000.00
    "

    // A third of an odd sum: the last fund takes what rounding leaves.
    a_split_adds_up given [WORLD]
    "
    2020-01-01 policy P1 award-funds=skilled_talent,special_account \
               awards=odd/fixed:100.00/body/split:skilled_talent+1of3+special_account+2of3
               award G1 odd body:I1 s1 parts=370000,370000:special_account => ok parts=33.33,66.67
    "

    a_split_by_funds_that_the_scheme_lacks given [WORLD]
    "
    2020-01-01 policy P1 award-funds=skilled_talent,special_account \
               awards=one/fixed:100.00/body/split:skilled_talent+1of1
               award G1 one body:I1 s1 parts=370000:special_account => FUND_PARTS_MISMATCH limit=0 found=10000 rule=fund-split
               award G1 one body:I1 s1 parts=370000 => ok parts=100.00
    "

    // 三(五)21: 基地、单位不重复享受; the rule of the base names the unit, and binds both.
    the_base_and_the_unit given [RULES, WORLD]
    "
    2020-03-01 award G1 base body:I1 gold-2020 @base => ok applied=funds,award_exclusivity,amount,payee
               award G2 unit body:I2 gold-2020      => AWARD_EXCLUDED facts=@base rule=award-exclusivity
               award G2 unit body:I2 Gold－2020     => AWARD_EXCLUDED facts=@base rule=award-exclusivity
               award G2 unit body:I2 silver-2020 @unit => ok
               award G3 base body:I1 silver-2020    => AWARD_EXCLUDED facts=@unit rule=award-exclusivity
               award G3 base body:I1 gold-2020      => AWARD_EXCLUDED facts=@base rule=award
               revoke-award G1
               award G3 unit body:I2 gold-2020      => ok
    "

    // A city counts what its own document awards; a province counts what all of its cities award.
    each_document_counts_in_its_division given [WORLD]
    "
    2020-01-01 policy P1 division=371400 valid=2020-01-01.. schemes=none awards=star/fixed:5000.00/person/count:1+1+2020
               policy P2 division=370200 valid=2020-01-01.. schemes=none awards=star/fixed:6000.00/person/count:1+1+2020
               policy P3 valid=2020-01-01.. schemes=none awards=prize/fixed:300000.00/person/count:2+1+2020
    2020-03-01 award G1 star person:A y2020 division=371400 parts=371400 @g1 => ok amount=5000.00
               award G2 star person:B y2020 division=370200 parts=370200 @g2 => ok amount=6000.00
               award G3 star person:B y2020-2 division=371400 parts=371400 => AWARD_COUNT_USED limit=1 found=1 facts=@g1
               award G3 star person:A y2020-2 division=370200 parts=370200 => AWARD_COUNT_USED limit=1 found=1 facts=@g2
               award G3 star person:B y2020 division=371400 parts=371400 => AWARD_EXCLUDED facts=@g1
               award G4 prize person:A p1 division=371400 parts=371400 @g4
               award G5 prize person:B p2 division=370200 parts=370200 @g5
               award G6 prize person:B p3           => AWARD_COUNT_USED limit=2 found=2 facts=@g4,@g5
               award G6 prize person:B p1           => AWARD_EXCLUDED facts=@g4
    "

    // 三(四)16: ten persons every two years.
    the_tenth_and_the_eleventh given [WORLD]
    "
    2020-01-01 policy P1 valid=2018-01-01.. awards=prize/fixed:300000.00/person/count:10+2+2020
    2019-12-31 award G0 prize person:A m0 @before
    2020-01-01 award G1 prize person:A m1 @g1
               award G2 prize person:A m2 @g2
               award G3 prize person:A m3 @g3
               award G4 prize person:A m4 @g4
               award G5 prize person:A m5 @g5
               award G6 prize person:A m6 @g6
               award G7 prize person:A m7 @g7
               award G8 prize person:A m8 @g8
    2021-06-30 award G9 prize person:A m9 @g9
    2021-12-31 award G10 prize person:B m10 @g10    => ok applied=funds,award_count,amount,payee
               award G11 prize person:B m11         => AWARD_COUNT_USED limit=10 found=10 rule=award-count facts=@g1,@g2,@g3,@g4,@g5,@g6,@g7,@g8,@g9,@g10
    2020-06-01 award G11 prize person:B m11         => AWARD_COUNT_USED
    2022-01-01 award G11 prize person:B m11         => ok
               revoke-award G4
    2021-12-31 award G12 prize person:B m4          => ok
               award G13 prize person:B m13         => AWARD_COUNT_USED
    2018-01-01 award G13 prize person:B m13         => ok
    2017-12-31 award G14 prize person:B m14         => POLICY_NOT_FOUND
    "

    order_award_payment_by_precedence given [RULES, WORLD]
    "
    2020-03-01 pay-award D1 G1 370300 amount=1000000000000.01 => OUT_OF_BOUNDS
               pay-award D1 G1 370300 amount=0      => AMOUNT_NOT_POSITIVE
               pay-award D1 G1 370300               => ACCOUNT_NOT_FOUND
               pay-award D1 G1                      => AWARD_NOT_FOUND
               award G1 prize person:A medal @award
               award G2 grant body:I1 s2 amount=800000.00
               pay-award D1 G1 amount=100000.00 @d1 => ok total=100000.00 lines=0
    2020-02-29 pay-award D1 G1 371400               => DISBURSEMENT_EXISTS facts=@d1
               pay-award D2 G1 371400               => DATE_BEFORE_CAUSE facts=@award
    2020-03-01 pay-award D2 G1 371400               => FUND_PARTS_MISMATCH facts=@award
               pay-award D2 G1 amount=200000.01     => ALREADY_PAID limit=20000000 found=20000001 facts=@d1
               see available 370000 900000.00 fund=skilled_talent
               pay-award D2 G2                      => ok total=800000.00
               pay-award D3 G1                      => INSUFFICIENT_FUNDS limit=10000000 found=20000000
               pay-award D3 G1 amount=100000.00 @d3 => ok
               pay-award D4 G1 amount=0.01          => INSUFFICIENT_FUNDS limit=0 found=1
               accrue 370000 0.01 fund=skilled_talent
               pay-award D4 G1 amount=0.01          => ok total=0.01
    "

    // What a finding bars is not paid; an honest error bars nothing; neither is paid once revoked.
    what_bars_the_payment_of_an_award given [RULES, WORLD]
    "
    2020-03-01 award G1 prize person:A m1
               award G2 prize person:B m2
               case S1
               find S1 F1 award:G1 @false
               find S1 F2 award:G2 kind=honest
               find S1 F3 award:G2 A                => ENROLMENT_NOT_FOUND
               find S1 F3 award:G9                  => AWARD_NOT_FOUND
               find S1 F3 award:G1 kind=honest
               pay-award D1 G1                      => FOUND_FALSE facts=@false
               revoke-award G1 @revoked             => ok rests-on=@false
               pay-award D1 G1                      => FOUND_FALSE facts=@false
               pay-award D1 G2                      => ok
               return D1 passive
               revoke-award G2 @revoked
               pay-award D2 G2                      => AWARD_REVOKED facts=@revoked
    "

    // An allowance by the month, paid month by month and never more than the whole.
    an_award_by_the_month given [RULES, WORLD]
    "
    2020-03-01 award G1 allowance person:A master amount=1000.00 months=3 => ok amount=3000.00
    2020-04-01 pay-award D1 G1 amount=1000.00 @d1
               settle D1
    2020-05-01 pay-award D2 G1 amount=1000.00 @d2
               settle D2
    2020-06-01 pay-award D3 G1 amount=1000.01       => ALREADY_PAID limit=100000 found=100001 facts=@d1,@d2
               pay-award D3 G1 @d3                  => ok total=1000.00
               pay-award D4 G1                      => ALREADY_PAID limit=0 found=0 facts=@d1,@d2,@d3
               return D3 passive
               pay-award D4 G1                      => ok total=1000.00
               settle D4
               see expenditure 370000 2020 3000.00 fund=skilled_talent
    "

    revoke_award_by_precedence given [RULES, WORLD]
    "
    2020-03-01 revoke-award G1                      => AWARD_NOT_FOUND
               award G1 prize person:A medal @award
    2020-02-29 revoke-award G1                      => DATE_BEFORE_CAUSE facts=@award
    2020-03-01 pay-award D1 G1 amount=100000.00 @d1
               revoke-award G1                      => AWARD_PAID limit=0 found=10000000 facts=@d1
               settle D1
               revoke-award G1                      => AWARD_PAID limit=0 found=10000000 facts=@d1
               pay-award D2 G1 @d2
               return D1 active
               revoke-award G1                      => AWARD_PAID limit=0 found=20000000 facts=@d2
               return D2 passive
               revoke-award G1 @revoked             => ok
               revoke-award G1                      => AWARD_REVOKED facts=@revoked
    2020-02-29 revoke-award G1                      => DATE_BEFORE_CAUSE
    "

    // What was clawed back is not in the way of the revocation, repaid or not.
    revoke_an_award_clawed_back given [RULES, WORLD, PAID]
    "
    2020-05-01 claw W1 S1 F1 D1:award:299999.99
               revoke-award G1                      => AWARD_PAID limit=29999999 found=30000000
               claw W2 S1 F1 D1:award:0.01
               revoke-award G1                      => ok
               award G2 prize person:B medal        => ok
    "

    // Clawback and repayment of an award go the same way as those of a subsidy.
    an_award_clawed_back_and_repaid given [RULES, WORLD, PAID]
    "
    2020-03-31 claw W1 S1 F1 D1:award:300000.00     => DATE_BEFORE_CAUSE facts=@found
    2020-05-01 claw W1 S1 F1 D1:A:300000.00         => DISBURSEMENT_LINE_NOT_FOUND
               claw W1 S1 F1 D1:award:1.00 D1:award:1.00 => NAMED_TWICE
               claw W1 S1 F1 D1:award:300000.01     => CLAWBACK_EXCEEDS_PAID limit=30000000 found=30000001
               claw W1 S1 F1 D1:award:300000.00 @decided => ok total=300000.00 frees=0
               claw W2 S1 F1 D1:award:0.01          => CLAWBACK_EXCEEDS_PAID limit=0 found=1
               return D1 active                     => DISBURSEMENT_CLAWED_BACK
               pay-award D2 G1                      => ALREADY_PAID
               see receivable 370000 300000.00 fund=skilled_talent
               see recovery 370000 2020 300000.00 fund=skilled_talent
               repay W1 300000.01                   => REPAYMENT_EXCEEDS_DEBT
               repay W1 100000.00                   => ok outstanding=200000.00
               close-case S1                        => CLAWBACK_OUTSTANDING
               repay W1 200000.00                   => ok outstanding=0.00
               see receivable 370000 0.00 fund=skilled_talent
               see cash 370000 1000000.00 fund=skilled_talent
               close-case S1
    "

    // Each account gets back what it paid: one clawback is about one of them.
    an_award_of_two_funds_clawed_back given [RULES, WORLD]
    "
    2020-03-01 award G1 station body:I1 s1 parts=371400:special_account,370000
               award G2 prize person:A medal
               pay-award D1 G1 @d1
               pay-award D2 G1 371400 fund=special_account @d2
               pay-award D3 G2
               settle D1
               settle D2
               settle D3
               case S1
               find S1 F1 award:G1
               claw W1 S1 F1 D1:award:200000.00 D2:award:100000.00 => CLAWBACK_MIXED facts=@d1,@d2
               claw W1 S1 F1 D3:award:1.00          => FINDING_DOES_NOT_COVER
               claw W1 S1 F1 D1:award:200000.00
               claw W2 S1 F1 D2:award:100000.00
               repay W2 100000.00
               see cash 371400 100000.00
               see receivable 370000 200000.00 fund=skilled_talent
    "

    // The rules of an award are those of its approval, also after the document is withdrawn.
    an_award_keeps_its_document given [RULES, WORLD]
    "
    2020-03-01 award G1 prize person:A m1
               withdraw-policy P1 1 2020-03-01
               award G2 prize person:A m2           => POLICY_NOT_FOUND
    2020-02-29 award G2 prize person:A m2           => ok
    2020-03-01 pay-award D1 G1                      => ok total=300000.00
    "
}

/// The outturn that was published: 13 schools and 54 majors, 173 million yuan, to the fen.
#[test]
fn thirteen_schools_and_fifty_four_majors() {
    let mut text = "
        2021-01-01 policy P1 awards=school/fixed:5000000.00/body/count:13+5+2021,\
                   major/fixed:2000000.00/body/count:54+5+2021
                   account 370000 fund=skilled_talent
                   accrue 370000 173000000.00 fund=skilled_talent
    "
    .to_owned();
    for school in 0..13 {
        writeln!(text, "institution I{school}").unwrap();
        writeln!(
            text,
            "award S{school} school body:I{school} school-{school}"
        )
        .unwrap();
        writeln!(text, "pay-award P{school} S{school} => ok total=5000000.00").unwrap();
    }
    for major in 0..54 {
        let school = major % 13;
        writeln!(text, "award M{major} major body:I{school} major-{major}").unwrap();
        writeln!(text, "pay-award Q{major} M{major} => ok total=2000000.00").unwrap();
    }
    text += "award S13 school body:I0 school-13 => AWARD_COUNT_USED limit=13 found=13
             award M54 major body:I0 major-54   => AWARD_COUNT_USED limit=54 found=54
             see available 370000 0.00 fund=skilled_talent\n";
    for school in 0..13 {
        writeln!(text, "settle P{school}").unwrap();
    }
    for major in 0..54 {
        writeln!(text, "settle Q{major}").unwrap();
    }
    text += "see expenditure 370000 2021 173000000.00 fund=skilled_talent
             see cash 370000 0.00 fund=skilled_talent";
    run(&[&text]);
}

/// The approval says which rules were applied, of which document, with what limit and finding.
#[test]
fn an_approval_says_its_rules() {
    let script = run(&["
        2020-01-01 account 370000 fund=skilled_talent
                   person A
                   policy P1 awards=prize/at-least:100.00/person/count:10+2+2020/not:other
        2020-03-01 award G1 prize person:A m1 amount=120.00
                   award G2 prize person:A m2 amount=100.00
    "]);
    let recorded = script.ledger.events.last().unwrap();
    let policy = Position::new(3);
    assert_eq!(recorded.event.policy, Some(policy));
    let EventBody::AwardApproved(approved) = &recorded.event.body else {
        panic!("the last event approves");
    };
    let applied = |rule, limit, found| AppliedRule {
        rule,
        policy: Some(policy),
        limit,
        found,
    };
    assert_eq!(
        approved.applied,
        [
            applied(RuleKind::Funds, None, None),
            applied(RuleKind::AwardExclusivity, Some(0), Some(0)),
            applied(RuleKind::AwardCount, Some(10), Some(2)),
            applied(RuleKind::Amount, Some(10_000), Some(10_000)),
            applied(RuleKind::Payee, None, None),
        ]
    );
    assert_eq!(approved.amount, Fen::new(10_000));
}

/// Everything about an award is in the timeline of the person who receives it.
#[test]
fn a_person_remembers_the_award() {
    let script = run(&[
        RULES,
        WORLD,
        PAID,
        "
        2020-05-01 claw W1 S1 F1 D1:award:300000.00
                   revoke-award G1
    ",
    ]);
    let Some(ledger_core::Entity::Person(person)) = script
        .ledger
        .entities
        .get(&ledger_core::EntityKey::Person(crate::script::person("A")))
    else {
        panic!("A is registered");
    };
    let kinds: Vec<_> = person
        .timeline
        .iter()
        .map(|position| {
            let mut events = script.ledger.events.iter();
            let event = events.find(|event| event.position == *position).unwrap();
            event.event.body.kind()
        })
        .collect();
    assert_eq!(
        kinds,
        [
            EventKind::PersonRegistered,
            EventKind::AwardApproved,
            EventKind::DisbursementOrdered,
            EventKind::DisbursementSettled,
            EventKind::FindingMade,
            EventKind::ClawbackDecided,
            EventKind::AwardRevoked,
        ]
    );
}
