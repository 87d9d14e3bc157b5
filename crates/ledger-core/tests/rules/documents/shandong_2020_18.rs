//! 鲁人社发〔2020〕18号: awards and grants, the programme for technicians, new-type apprentices.

use std::fmt::Write as _;

use super::FUNDS;
use crate::script::run;
use crate::tables::{BODIES, tables};

/// The province's money for skilled people, and who may receive it.
const PROVINCE: &str = "
    2020-12-18 account 370000 fund=skilled_talent
               accrue 370000 173000000.00 fund=skilled_talent
               institution I1
               institution I2
               person A,B
";

tables! {
    // A base and a sending unit do not both take it for the same medal.
    a_gold_medal given [PROVINCE]
    "
    2020-12-18 document shandong/2020-18
    2022-11-01 award G1 worldskills-gold-base body:I1 medal-1 @base => ok amount=1000000.00
               award G2 worldskills-gold-sender body:I2 medal-1 => AWARD_EXCLUDED facts=@base
               award G2 worldskills-gold-base body:I2 medal-1   => AWARD_EXCLUDED facts=@base
               award G2 worldskills-gold-sender body:I2 medal-2 => ok amount=1000000.00
               award G3 worldskills-gold-team body:I1 medal-1   => ok amount=600000.00
               award G4 worldskills-gold-competitor person:A medal-1 => ok amount=600000.00
               award G5 worldskills-silver-competitor person:B medal-3 => ok amount=300000.00
               award G6 worldskills-key-base body:I1 base       => ok amount=5000000.00
               revoke-award G1
               award G7 worldskills-gold-sender body:I2 medal-1 => ok
    "

    // Ten in two years from 2021 on, whoever is first.
    the_prize_of_the_province given [PROVINCE]
    "
    2020-12-18 document shandong/2020-18
               person Q1..Q12
    2021-06-01 award G1 qilu-skill-prize person:Q1 y2021-1 => ok amount=300000.00
               award G2 qilu-skill-prize person:Q2 y2021-2
               award G3 qilu-skill-prize person:Q3 y2021-3
               award G4 qilu-skill-prize person:Q4 y2021-4
               award G5 qilu-skill-prize person:Q5 y2021-5
               award G6 qilu-skill-prize person:Q6 y2021-6
    2022-12-31 award G7 qilu-skill-prize person:Q7 y2022-1
               award G8 qilu-skill-prize person:Q8 y2022-2
               award G9 qilu-skill-prize person:Q9 y2022-3
               award G10 qilu-skill-prize person:Q10 y2022-4
               award G11 qilu-skill-prize person:Q11 y2022-5 => AWARD_COUNT_USED limit=10 found=10
    2023-01-01 award G11 qilu-skill-prize person:Q11 y2023-1 => ok
    "

    // At least 1,000 yuan a month in the management period; a studio's top-up is at least 100,000.
    awards_from_a_floor_upwards given [PROVINCE]
    "
    2020-12-18 document shandong/2020-18
               account 370000 fund=central_budget
               accrue 370000 100000.00 fund=central_budget
    2021-06-01 award G1 qilu-chief-technician person:A period amount=999.99 months=48 => AWARD_AMOUNT_NOT_ALLOWED limit=100000 found=99999
               award G1 qilu-chief-technician person:A period amount=1000.00 months=48 => ok amount=48000.00
               award G2 national-master-studio body:I1 studio parts=370000 => SCHEME_NOT_ON_FUND
               award G2 national-master-studio body:I1 studio parts=370000:central_budget => ok amount=100000.00
               award G3 national-master-studio-top-up body:I1 studio amount=99999.99 => AWARD_AMOUNT_NOT_ALLOWED
               award G3 national-master-studio-top-up body:I1 studio amount=150000.00 => ok amount=150000.00
               award G4 shandong-technical-master person:A title amount=20000.00 => ok
    "

    // An award is clawed back like any other payment.
    a_station_that_was_none given [PROVINCE]
    "
    2020-12-18 document shandong/2020-18
    2021-06-01 award G1 master-workstation body:I1 station => ok amount=200000.00
               pay-award D1 G1                      => ok total=200000.00
               settle D1
    2022-03-01 case S1 I1
               find S1 F1 award:G1 kind=fraud
               claw W1 S1 F1 D1:award:200000.00     => ok total=200000.00
               repay W1 150000.00                   => ok outstanding=50000.00
               repay W1 50000.00                    => ok outstanding=0.00
               see available 370000 173000000.00 fund=skilled_talent
    "

    // Employees become technicians; the rate comes from a table. Teachers follow in 2022.
    gold_collar given [BODIES, FUNDS]
    "
    2020-12-18 document shandong/2020-18
               policy R1 kind=rate_table schemes=none division=370100 valid=2021-01-01.. rates=*|senior|*|3000.00 of=gold-collar
               status A group:employee 2020-01-01..
               status B group:vocational_teacher 2021-03-01..
    2021-02-20 class C1 scheme=gold-collar rate=standard fund=employment_subsidy level=senior dates=2021-03-01..2021-03-31 => ok rate=3000.00
               class C2 scheme=gold-collar rate=standard fund=employment_subsidy level=junior dates=2021-03-01..2021-03-31 => RATE_NOT_FOUND
               class C3 scheme=gold-collar rate=standard level=senior dates=2021-03-01..2021-03-31 => SCHEME_NOT_ON_FUND
               open C1
    2021-03-31 graduate C1 A,B,C
               approve C1 A                         => ok amount=3000.00
               approve C1 B                         => NOT_IN_GROUP
               approve C1 C                         => NOT_IN_GROUP
    "

    // Gold-collar training is for levels three to one (三级、二级、一级), whatever the rate says.
    gold_collar_has_three_levels given [BODIES, FUNDS]
    "
    2020-12-18 document shandong/2020-18
               policy R1 kind=rate_table schemes=none division=370100 valid=2021-01-01.. rates=*|*|*|3000.00 of=gold-collar
    2021-02-20 class C1 scheme=gold-collar fund=employment_subsidy rate=standard level=junior dates=2021-03-01..2021-03-31 => LEVEL_NOT_SUBSIDISED
               class C1 scheme=gold-collar fund=employment_subsidy rate=standard level=intermediate dates=2021-03-01..2021-03-31 => LEVEL_NOT_SUBSIDISED
               class C1 scheme=gold-collar fund=employment_subsidy rate=standard level=senior dates=2021-03-01..2021-03-31 => ok
    "

    // A technician's subsidy is one of the three of the year, whichever comes first.
    gold_collar_is_one_of_the_three given [BODIES, FUNDS]
    "
    2019-01-01 document shandong/2019-2021-action
               policy R0 kind=rate_table schemes=none rates=*|*|*|1000.00
    2020-12-18 document shandong/2020-18
               policy R1 kind=rate_table schemes=none division=370100 valid=2021-01-01.. rates=*|*|*|3000.00 of=gold-collar
               status A group:employee 2020-01-01..
               status B group:employee 2020-01-01..
    2021-02-20 qualify I1 train9 train scope=4-10-01-05/technician
               qualify E1 eval9 evaluate scope=4-10-01-05/technician
               class C1 dates=2021-03-01..2021-03-31
               class C2 level=intermediate dates=2021-03-01..2021-03-31
               class C3 level=senior dates=2021-03-01..2021-03-31
               class C4 scheme=gold-collar rate=standard fund=employment_subsidy level=technician dates=2021-03-01..2021-03-31
               class C5 scheme=gold-collar rate=standard fund=employment_subsidy level=senior dates=2021-03-01..2021-03-31
               open C1
               open C2
               open C3
               open C4
               open C5
    2021-03-31 graduate C1 A,B
               graduate C2 A,B
               graduate C3 A,B
               graduate C4 A,B
               graduate C5 A
               approve C1 A @one
               approve C2 A @two
               approve C3 A @three                  => ok used=3
               approve C4 A                         => YEARLY_QUOTA_USED limit=3 found=3 facts=@one,@two,@three
               approve C5 A                         => SAME_OCCUPATION_AND_LEVEL facts=@three
               approve C4 B
               approve C1 B
               approve C2 B                         => ok used=3
               approve C3 B                         => YEARLY_QUOTA_USED limit=3 found=3
    "

    // New-type apprentices: the enterprise that employs them is paid, for those whom it hired or
    // moved.
    new_type_apprentices given [BODIES, FUNDS]
    "
    2020-12-18 document shandong/2020-18
               institution X1
               policy R1 kind=rate_table schemes=none division=370100 valid=2021-01-01.. rates=*|intermediate|*|5000.00 of=new-apprenticeship
               status A group:new_employee 2021-02-01..
               status B group:transferred_employee 2021-03-02..
    2021-02-20 class C1 scheme=new-apprenticeship rate=standard fund=employment_subsidy level=intermediate dates=2021-03-01..2021-12-31 training=new_apprenticeship
               open C1
    2021-12-31 graduate C1 A,B
               approve C1 A                         => ok amount=5000.00
               approve C1 B                         => NOT_IN_GROUP
               order D1 C1 full A to=body:I1        => WRONG_PAYEE
               order D1 C1 full A to=person:A       => WRONG_PAYEE
               order D1 C1 full A to=employer:X1    => WRONG_PAYEE
               employ C1 A 2021-12-31 by=X1 proof=contract
               order D1 C1 full A to=employer:X1    => ok total=5000.00
    "
}

/// 13 schools at 5,000,000 and 54 specialities at 2,000,000 make 173,000,000 yuan: the province's
/// own figure, to the last fen of an account that holds exactly that.
#[test]
fn thirteen_schools_and_fifty_four_specialities() {
    let mut table = "2020-12-18 document shandong/2020-18\n2021-06-01 institution S0\n".to_owned();
    let grants = [
        ("quality-technical-school", 13, "5000000.00"),
        ("quality-speciality", 54, "2000000.00"),
    ];
    for (scheme, count, amount) in grants {
        for number in 1..=count {
            let letter = char::from(scheme.as_bytes()[8].to_ascii_uppercase());
            let name = format!("{letter}{number}");
            writeln!(table, "institution {name}").unwrap();
            writeln!(
                table,
                "award {name} {scheme} body:{name} {name} => ok amount={amount}"
            )
            .unwrap();
            writeln!(table, "pay-award D{name} {name} => ok total={amount}").unwrap();
            writeln!(table, "settle D{name}").unwrap();
        }
    }
    table += "
        see available 370000 0.00 fund=skilled_talent
        see expenditure 370000 2021 173000000.00 fund=skilled_talent
        award T14 quality-technical-school body:S0 T14 => ok
        pay-award DT14 T14 => INSUFFICIENT_FUNDS limit=0 found=500000000
    ";
    run(&[PROVINCE, &table]);
}
