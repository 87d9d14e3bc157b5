//! How much is paid: stated, by table, by the hour, by the month, with uplift; and the standard.

use crate::tables::{BODIES, tables};

tables! {
    the_rate_of_a_class given [BODIES]
    "
    2019-01-01 policy P1 amount=1000.00
    2020-02-20 class C1 rate=1000.01                => RATE_ABOVE_STANDARD limit=100000 found=100001 rule=amount
               class C1 rate=1000.00                => ok rate=1000.00 source=below
               class C2 rate=999.99                 => ok rate=999.99 source=below
               class C3 rate=standard               => ok rate=1000.00 source=standard
    "

    a_rate_by_contract_where_no_rule_sets_one given [BODIES]
    "
    2019-01-01 policy P1
    2020-02-20 class C1 rate=standard by=I9         => INSTITUTION_NOT_FOUND
               class C1 rate=standard               => RATE_NOT_FOUND
               class C1 rate=5000.00                => ok rate=5000.00 source=contract
    "

    // The narrowest division's table, then the row that says most: occupation, level, group.
    the_row_that_says_most given [BODIES]
    "
    2019-01-01 policy P1 amount=table
    2020-02-20 class C1 rate=standard               => RATE_NOT_FOUND rule=amount
               class C1 rate=1.00                   => RATE_NOT_FOUND
               policy T1 schemes=none rates=*|*|*|500.00;*|junior|*|600.00;4-10-01-05|*|*|700.00
               class C1 rate=standard level=none    => ok rate=700.00
               class C2 rate=standard               => ok rate=700.00
               class C3 rate=standard occupation=4-10-01-02 => ok rate=600.00
               class C4 rate=standard occupation=6-31-01-03 level=none => ok rate=500.00
               policy T2 schemes=none division=370100 valid=2020-02-20.. rates=4-10-01-05|junior|*|800.00
               class C5 rate=standard               => ok rate=800.00
               class C6 rate=standard level=senior  => ok rate=700.00
               class C7 rate=standard division=370200 => ok rate=700.00
    2020-02-19 class C8 rate=standard               => ok rate=700.00
    "

    // The table prints the code of 1999, the class that of 2015.
    a_row_in_another_edition given [BODIES]
    "
    2019-01-01 policy P1 amount=table
               policy T1 schemes=none rates=1999:4-07-12-03|junior|*|640.00
    2020-02-20 class C1 rate=standard               => RATE_NOT_FOUND
    2019-01-02 policy X1 schemes=none crosswalk=1999:4-07-12-03+2015:4-10-01-05
    2020-02-20 class C1 rate=standard               => ok rate=640.00
               class C2 rate=standard occupation=1999:4-07-12-03 => ok rate=640.00
    "

    // The group held on the first training day; of several the one that is paid most.
    the_rate_of_a_group given [BODIES]
    "
    2019-01-01 policy P1 amount=table
               policy T1 schemes=none rates=*|*|*|800.00;*|*|veteran|1000.00;*|*|disabled|1200.00;*|*|employee|700.00
    2020-01-01 status A group:veteran 2020-03-01..
               status B group:veteran 2020-03-02..
               status C group:veteran 2020-01-01..
               status C group:disabled 2020-01-01..2020-03-01
               status D group:employee 2020-01-01..
    2020-02-20 class C1 rate=standard               => ok rate=800.00
               open C1
    2020-03-31 graduate C1 A,B,C,D
               approve C1 A                         => ok amount=1000.00
               approve C1 B                         => ok amount=800.00
               approve C1 C                         => ok amount=1200.00
               approve C1 D                         => ok amount=700.00
               order D1 C1 full A,B,C,D             => ok total=3700.00
    "

    // A contract below the standard is the price for everyone.
    a_contract_below_the_standard given [BODIES]
    "
    2019-01-01 policy P1 amount=table
               policy T1 schemes=none rates=*|*|*|800.00;*|*|veteran|1000.00;*|*|employee|300.00
    2020-01-01 status A group:veteran 2020-01-01..
               status B group:employee 2020-01-01..
    2020-02-20 class C1 rate=500.00
               open C1
    2020-03-31 graduate C1 A,B
               approve C1 A                         => ok amount=500.00
               approve C1 B                         => ok amount=300.00
    "

    // Ten yuan an hour from forty hours on, at most 600 (Tai'an 2021): floor and cap.
    by_the_hour given [BODIES]
    "
    2019-01-01 policy P1 amount=10.00h/40/600.00
    2020-02-20 class C0 rate=standard class-hours=39 => TOO_FEW_CLASS_HOURS limit=40 found=39 rule=amount
               class C0 rate=standard class-hours=40 => ok rate=400.00
               class C2 rate=standard class-hours=61 dates=2020-03-01..2020-03-31 => ok rate=600.00
               class C1 rate=standard class-hours=60 => ok rate=600.00
               open C1
    2020-03-01 enrol C1 A,B,C,D
               attend C1 A,B,C,D 32
    2020-03-02 attend C1 A 7
               attend C1 B 8
               attend C1 C 28
               attend C1 D 32
    2020-03-31 complete C1 A,B,C,D
               certify C1 A,B,C,D
               approve C1 A                         => TOO_FEW_CLASS_HOURS limit=40 found=39 rule=amount
               approve C1 B                         => ok amount=400.00
               approve C1 C                         => ok amount=600.00
               approve C1 D                         => ok amount=600.00
    "

    // More hours than the class planned are not paid.
    no_more_hours_than_planned given [BODIES]
    "
    2019-01-01 policy P1 amount=10.00h/1/10000.00
    2020-02-20 class C1 rate=standard class-hours=31 => ok rate=310.00
               open C1
    2020-03-01 enrol C1 A
               attend C1 A 32
    2020-03-31 complete C1 A
               certify C1 A
               approve C1 A                         => ok amount=310.00
    "

    // A month that has begun counts whole: to 2020-03-31 one, to 2020-04-01 two; six at most.
    by_the_month given [BODIES]
    "
    2019-01-01 policy P1 amount=500.00m/6
    2020-02-20 class C1 rate=standard               => ok rate=500.00
               class C2 rate=standard level=senior dates=2020-03-01..2020-04-01 => ok rate=1000.00
               class C3 rate=standard level=none occupation=6-31-01-03 dates=2020-03-01..2020-08-31 => ok rate=3000.00
               class C4 rate=standard dates=2020-03-01..2020-09-01 => ok rate=3000.00
               open C2
    2020-03-01 enrol C2 A,B
               attend C2 A 8
    2020-03-02 attend C2 B 8
    2020-04-01 complete C2 A,B
               certify C2 A,B
               approve C2 A                         => ok amount=1000.00
               approve C2 B                         => ok amount=500.00
    "

    // Scarce by the city's catalogue on the day of the class approval: a fifth more, to the fen.
    an_uplift_for_scarce_occupations given [BODIES]
    "
    2019-01-01 policy P1 amount=333.33 uplift=1/5
    2020-01-01 policy CAT schemes=none division=370100 valid=2020-02-20.. general=4-10-01-05/junior!,4-10-01-02/junior @cat
    2020-02-19 class C0 rate=standard               => ok rate=333.33 scarce=no
    2020-02-20 class C1 rate=standard               => ok rate=399.99 scarce=yes
               class C2 rate=standard level=senior  => ok rate=333.33 scarce=no
               class C3 rate=standard occupation=4-10-01-02 => ok rate=333.33 scarce=no
               class C4 rate=standard division=370200 => ok rate=333.33 scarce=no
               class C5 rate=399.99 level=junior    => ok scarce=yes
               class C6 rate=400.00                 => RATE_ABOVE_STANDARD limit=39999 found=40000
               open C1
               open C3
    2020-03-31 graduate C1 A
               approve C1 A                         => ok amount=399.99
               graduate C3 A
               approve C3 A                         => ok amount=333.33
    "

    // The advance of a place that nobody approved yet is a share of the class's rate.
    an_advance_on_the_rate_of_the_class given [BODIES]
    "
    2019-01-01 policy P1 amount=table
               policy T1 schemes=none rates=*|*|*|800.00;*|*|veteran|1000.00
    2020-01-01 status A group:veteran 2020-01-01..
               status B group:veteran 2020-01-01..
    2020-02-20 class C1 rate=standard kind=project
               open C1
    2020-03-31 graduate C1 A,B
               close C1
               approve C1 A                         => ok amount=1000.00
               order D1 C1 advance A                => ok total=600.00
               order D2 C1 advance B                => ok total=480.00
               approve C1 B                         => ok amount=1000.00
               employ C1 A,B 2020-03-31
               settle D1
               settle D2
               order D3 C1 final A,B                => ok total=920.00 earned=1000.00,1000.00
    "

    // In proportion to the employed each place has its own amount in that ratio.
    pro_rata_of_different_amounts given [BODIES]
    "
    2019-01-01 policy P1 amount=table shortfall=pro-rata base=approved
               policy T1 schemes=none rates=*|*|*|0.05;*|*|veteran|0.10
    2020-01-01 status A group:veteran 2020-01-01..
    2020-02-20 class C1 rate=standard kind=project
               open C1
    2020-03-31 graduate C1 A,B,C
               close C1
               approve C1 A,B,C
               employ C1 A 2020-03-31
    2020-10-01 order D1 C1 final A,B,C              => ok outcome=ProRata earned=0.04,0.01,0.01
    "

    // A group whose rate gives nothing for the hours costs no other group its rate.
    one_of_two_groups_has_no_rate_for_the_hours given [BODIES]
    "
    2019-01-01 policy P1 amount=table
               policy T1 schemes=none rates=*|*|*|800.00;*|*|veteran|1000.00;*|*|disabled|20.00h/90/2000.00
    2020-01-01 status A group:veteran 2020-01-01..
               status A group:disabled 2020-01-01..
               status B group:disabled 2020-01-01..
               status B group:veteran 2020-01-01..
               status C group:disabled 2020-01-01..
    2020-02-20 class C1 rate=standard               => ok rate=800.00
               open C1
    2020-03-31 graduate C1 A,B,C
               approve C1 A                         => ok amount=1000.00
               approve C1 B                         => ok amount=1000.00
               approve C1 C                         => TOO_FEW_CLASS_HOURS limit=90 found=0
    "

    // Until the completion, and not beyond the class's last day: the day after it would be a second
    // month.
    months_to_the_completion given [BODIES]
    "
    2019-01-01 policy P1 amount=500.00m/6
    2020-02-20 class C1 rate=standard               => ok rate=500.00
               class C2 rate=standard level=senior dates=2020-03-01..2020-04-01 => ok rate=1000.00
               open C1
               open C2
    2020-03-31 enrol C2 A
               complete C2 A
               certify C2 A
               enrol C1 B
    2020-04-01 complete C1 B
               certify C1 B
               approve C2 A                         => ok amount=500.00
               approve C1 B                         => ok amount=500.00
    "

    // The bound of a rate holds for what is multiplied out of one: a million yuan still is paid.
    the_highest_amount given [BODIES]
    "
    2019-01-01 policy P1 amount=500000.00m/3
    2020-02-20 class C1 rate=standard dates=2020-03-01..2020-04-30 => ok rate=1000000.00
               class C2 rate=standard dates=2020-03-01..2020-05-01 => AMOUNT_OVERFLOW
    "

    // A table that had begun when the class was approved takes the case by its date, also where
    // another one, which has ended since, set the standard of the class.
    a_table_that_ended_before_the_approval given [BODIES]
    "
    2019-01-01 policy P1 amount=table
               policy T1 schemes=none rates=*|*|*|800.00 rates-by=approval:earlier @table
               policy T2 schemes=none rates=*|*|*|900.00 rates-by=approval:earlier valid=2020-01-01..2020-03-30 @ended
    2020-02-20 class C1 rate=standard @class        => ok rate=900.00 rests-on=@ended
               open C1
    2020-03-30 graduate C1 A,B
               approve C1 A                         => ok amount=900.00 rests-on=@class,@ended
    2020-03-31 approve C1 B                         => ok amount=800.00 rests-on=@class,@table
    "

    // Of two documents with one first day the later published one holds; a city's table comes
    // before its province's, also where the province's is newer.
    the_later_publication_and_the_narrower_division given [BODIES]
    "
    2019-01-01 policy P1 amount=1000.00
               policy P2 amount=900.00
               policy P3 amount=table schemes=retraining
               policy T1 schemes=none of=retraining rates=*|*|*|600.00 division=370100
               policy T2 schemes=none of=retraining rates=*|*|*|500.00 valid=2020-01-01..
    2020-02-20 class C1 rate=standard               => ok rate=900.00
               class C2 rate=standard scheme=retraining => ok rate=600.00
               class C3 rate=standard scheme=retraining division=370200 => ok rate=500.00
    "

    // One document prints both editions: the later one's rate stands, whichever the class names.
    one_occupation_printed_twice given [BODIES]
    "
    2019-01-01 policy P1 amount=table
               policy T1 schemes=none rates=4-10-01-05|*|*|700.00;1999:4-07-12-03|*|*|640.00 crosswalk=1999:4-07-12-03+4-10-01-05
    2020-02-20 class C1 rate=standard               => ok rate=700.00
               class C2 rate=standard occupation=1999:4-07-12-03 => ok rate=700.00
    "

    // A case that keeps the earlier table finds its row there in whichever edition it is printed.
    the_earlier_table_in_another_edition given [BODIES]
    "
    2019-01-01 policy P1 amount=table
               policy T1 schemes=none rates=1999:4-07-12-03|*|*|640.00 crosswalk=1999:4-07-12-03+4-10-01-05
               policy T2 schemes=none rates=*|*|*|900.00;4-10-01-05|*|*|900.00 rates-by=approval:earlier valid=2020-03-01..
    2020-02-20 class C1 rate=standard               => ok rate=640.00
               open C1
    2020-03-31 graduate C1 A
               approve C1 A                         => ok amount=640.00
    "
}
