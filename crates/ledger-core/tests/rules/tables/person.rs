//! Persons and their statuses.

use super::tables;

tables! {
    register_person given []
    "
    2020-01-01 person A @registered
               person A                             => PERSON_EXISTS facts=@registered
    "

    declare_person_status_by_precedence given []
    "
    2020-01-01 status A pension 2020-02-01..2020-01-31 => DATES_REVERSED
               status A pension 2020-01-01..        => PERSON_NOT_FOUND
               person A
               status A pension 2020-01-01..2020-03-31 @first
               status A pension 2020-03-31..        => STATUS_EXISTS facts=@first
               status A pension 2019-01-01..2020-01-01 => STATUS_EXISTS facts=@first
               status A pension 2019-01-01..        => STATUS_EXISTS facts=@first
               status A pension 2019-01-01..2019-12-31
               status A pension 2020-04-01..
               status A 370100 2020-01-01..
               status A 370200 2020-01-01..
    "

    statuses_that_one_person_cannot_have_on_one_day given []
    "
    2020-01-01 status A age:0 2020-02-01..2020-01-31 => OUT_OF_BOUNDS limit=1 found=0
               status A age:121 2020-02-01..2020-01-31 => OUT_OF_BOUNDS limit=120 found=121
               status A graduates:1899 2020-02-01..2020-01-31 => OUT_OF_BOUNDS limit=1900 found=1899
               status A graduates:2200 2020-02-01..2020-01-31 => OUT_OF_BOUNDS limit=2199 found=2200
               status A age:30 2020-02-01..2020-01-31 => DATES_REVERSED
               status A age:30 2020-02-01..         => PERSON_NOT_FOUND
               person A,B
               status A age:1 2020-01-01..2020-06-30 @first
               status A age:1 2020-06-30..          => STATUS_EXISTS facts=@first
               status A age:120 2020-06-30..        => STATUS_EXISTS facts=@first
               status A age:2 2019-01-01..2020-01-01 => STATUS_EXISTS facts=@first
               status A age:2 2019-01-01..          => STATUS_EXISTS facts=@first
               status A age:120 2020-07-01.. @second
               status A age:3 2021-01-01..          => STATUS_EXISTS facts=@second
               end A age:120 2020-12-31
               status A age:3 2021-01-01..          => ok
               status A sex:male 2020-01-01.. @male
               status A sex:female 2020-06-01..     => STATUS_EXISTS facts=@male
               status A sex:male 2020-06-01..       => STATUS_EXISTS facts=@male
               status A sex:female 2019-01-01..2019-12-31
               status B sex:female 2020-01-01..
    "

    statuses_that_one_person_may_have_together given []
    "
    2020-01-01 person A
               status A group:veteran 2020-01-01.. @veteran
               status A group:migrant_worker 2020-01-01..
               status A group:veteran 2020-06-01..  => STATUS_EXISTS facts=@veteran
               status A insured 2020-01-01..2020-06-30 @insured
               status A insured 2020-06-30..        => STATUS_EXISTS facts=@insured
               status A insured 2020-07-01..
               status A graduates:1900 2020-01-01..
               status A graduates:2199 2020-01-01..
               end A group:veteran 2020-05-31
               status A group:veteran 2020-06-01..
               end A group:employee 2020-05-31      => STATUS_NOT_FOUND
               end A graduates:2020 2020-05-31      => STATUS_NOT_FOUND
    "

    end_person_status_by_precedence given []
    "
    2020-01-01 end A pension 2020-02-29             => PERSON_NOT_FOUND
               person A
               end A pension 2020-02-29             => STATUS_NOT_FOUND
               status A pension 2020-02-01..2020-12-31
               end A 370100 2020-02-29              => STATUS_NOT_FOUND
               end A pension 2020-01-31             => STATUS_NOT_FOUND
               end A pension 2021-01-01             => STATUS_NOT_FOUND
               end A pension 2020-12-31             => STATUS_NOT_FOUND
               end A pension 2020-02-29             => ok
               status A pension 2020-03-01..        => ok
    "
}
