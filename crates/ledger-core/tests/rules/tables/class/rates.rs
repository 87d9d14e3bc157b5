//! A class keeps the rates that were published when it was approved; another date decides anew.

use crate::tables::{BODIES, tables};

/// Rates for everyone and for veterans (B is one), with a fifth more for one scarce occupation.
/// They supersede an older table.
const RATES: &str = "
    2019-01-01 policy P1 amount=table uplift=1/5 quota=9
               policy CAT schemes=none general=4-10-01-02/junior!
               policy T0 schemes=none valid=2018-01-01.. rates=*|*|*|500.00;*|*|veteran|550.00
               policy T1 schemes=none rates=*|*|*|800.00;*|*|veteran|1000.00
               status B group:veteran 2019-01-01..
";

/// Classes approved under them, of the ordinary and of the scarce occupation, and one at a price.
const CLASSES: &str = "
    2020-02-20 class C1 rate=standard               => ok rate=800.00 document=14
               class C2 rate=standard occupation=4-10-01-02 => ok rate=960.00 document=14
               class C3 rate=700.00 occupation=4-03-02-01 => ok source=below document=14
               open C1
               open C2
               open C3
    2020-03-31 graduate C1 A,B,C
               graduate C2 A,B
               graduate C3 A,B
";

tables! {
    a_correction_reaches_classes_approved_after_it given [BODIES, RATES, CLASSES]
    "
    2020-03-31 approve C1 A                         => ok amount=800.00 document=14
               policy T1 version=2 schemes=none rates=*|*|*|600.00;*|*|veteran|700.00 => ok
               approve C1 B                         => ok amount=1000.00 document=14
               approve C1 C                         => ok amount=800.00 document=14
               approve C2 A                         => ok amount=960.00 document=14
               approve C2 B                         => ok amount=1200.00 document=14
               approve C3 A                         => ok amount=700.00 document=14
    2020-04-01 class C4 rate=standard dates=2020-04-02..2020-04-30 level=senior => ok rate=600.00 document=44
               class C5 rate=600.01                 => RATE_ABOVE_STANDARD limit=60000 found=60001 policy=44
               open C4
    2020-04-30 graduate C4 A,B
               approve C4 A                         => ok amount=600.00 document=44
               approve C4 B                         => ok amount=700.00 document=44
    "

    // Two corrections, and each class its own version.
    each_version_has_its_classes given [BODIES, RATES]
    "
    2020-02-20 policy T1 version=2 schemes=none rates=*|*|*|750.00
               class C1 rate=standard               => ok rate=750.00
               policy T1 version=3 schemes=none rates=*|*|*|600.00;*|*|veteran|700.00
               class C2 rate=standard level=senior  => ok rate=600.00
               open C1
               open C2
    2020-03-31 graduate C1 A,B
               graduate C2 A,B
               approve C1 A                         => ok amount=750.00
               approve C1 B                         => ok amount=750.00
               approve C2 A                         => ok amount=600.00
               approve C2 B                         => ok amount=700.00
    "

    // A correction may move the days of its document: it leaves the class alone all the same.
    a_correction_that_begins_later_or_ends_before given [BODIES, RATES, CLASSES]
    "
    2020-03-31 policy T1 version=2 schemes=none valid=2020-04-01.. rates=*|*|*|600.00;*|*|veteran|700.00
               approve C1 A                         => ok amount=800.00 document=14
               policy T1 version=3 schemes=none valid=2019-01-01..2019-12-31 rates=*|*|*|500.00
               approve C1 B                         => ok amount=1000.00 document=14
    2020-04-01 class C4 rate=standard level=senior  => ok rate=500.00
    "

    // Published after the approval with an earlier first day: the city's own table, one of the
    // province that begins later than the old one, and one with a group that had no rate.
    a_table_published_late given [BODIES, RATES, CLASSES]
    "
    2020-03-31 policy T2 schemes=none division=370100 valid=2019-06-01.. rates=*|*|*|600.00;*|*|veteran|700.00
               policy T3 schemes=none valid=2020-01-01.. rates=*|*|*|500.00;*|*|employee|900.00
               status C group:employee 2019-01-01..
               approve C1 A                         => ok amount=800.00 document=14
               approve C1 B                         => ok amount=1000.00 document=14
               approve C1 C                         => ok amount=800.00 document=14
               approve C2 B                         => ok amount=1200.00 document=14
    2020-04-01 class C4 rate=standard dates=2020-04-02..2020-04-30 level=senior => ok rate=600.00
               open C4
    2020-04-30 graduate C4 A,B
               approve C4 A                         => ok amount=600.00
               approve C4 B                         => ok amount=700.00
    "

    // The business date is before the publication, the approval is recorded after it: it counts.
    a_class_recorded_after_the_publication given [BODIES, RATES]
    "
    2020-03-31 policy T1 version=2 schemes=none rates=*|*|*|600.00
    2020-02-20 class C1 rate=standard               => ok rate=600.00
               open C1
    2020-03-31 graduate C1 A
               approve C1 A                         => ok amount=600.00
    "

    // Withdrawn from a day before the approval of the class, by a decision after it.
    a_table_withdrawn_late given [BODIES, RATES, CLASSES]
    "
    2020-03-31 withdraw-policy T1 1 2020-01-01
               approve C1 A                         => ok amount=800.00 document=14
               approve C1 B                         => ok amount=1000.00 document=14
    2020-02-21 class C5 rate=standard level=senior  => ok rate=500.00
    2020-03-31 policy T1 version=2 schemes=none rates=*|*|*|600.00;*|*|veteran|700.00
               approve C1 C                         => ok amount=800.00 document=14
    2020-04-01 class C4 rate=standard dates=2020-04-02..2020-04-30 level=senior => ok rate=600.00
               open C4
    2020-04-30 graduate C4 A,B
               approve C4 A                         => ok amount=600.00
               approve C4 B                         => ok amount=700.00
    "

    // Where the table names another date, what is published holds, also for classes approved
    // before it; the contract stays the most that is paid.
    a_correction_of_rates_that_the_approval_decides given [BODIES, RATES, CLASSES]
    "
    2020-03-31 approve C1 A                         => ok amount=800.00 document=14
               policy T1 version=2 schemes=none rates=*|*|*|600.00;*|*|veteran|700.00 rates-by=approval:this
               approve C1 B                         => ok amount=700.00 document=44
               approve C2 A                         => ok amount=720.00 document=44
               approve C3 A                         => ok amount=600.00 document=44
               approve C3 B                         => ok amount=700.00 document=44
    "

    // The correction begins earlier than the version that it replaces, which holds no more: where
    // another date decided already, and where it does from now on.
    a_correction_of_the_first_day_that_the_approval_decides given [BODIES]
    "
    2019-01-01 policy P1 amount=table
               policy T1 schemes=none valid=2019-06-01.. rates=*|*|*|800.00 rates-by=approval:this
               policy T2 schemes=none valid=2019-06-01.. rates=*|junior|*|900.00
    2020-02-20 class C1 rate=standard               => ok rate=900.00
               class C2 rate=standard level=senior  => ok rate=800.00
               open C1
               open C2
    2020-03-31 graduate C1 A,B
               graduate C2 A,B
               policy T1 version=2 schemes=none rates=*|*|*|600.00 rates-by=approval:this
               approve C1 A                         => ok amount=900.00
               approve C2 A                         => ok amount=600.00
               policy T2 version=2 schemes=none rates=*|junior|*|700.00 rates-by=approval:this
               approve C1 B                         => ok amount=700.00
    "

    // Said by the province's amount rule for every table.
    a_correction_under_a_rule_that_the_certificate_decides given [BODIES]
    "
    2019-01-01 policy P1 amount=table amount-by=certificate:this
               policy T1 schemes=none rates=*|*|*|800.00
    2020-02-20 class C1 rate=standard               => ok rate=800.00
               open C1
    2020-03-31 graduate C1 A,B
               approve C1 A                         => ok amount=800.00
               policy T1 version=2 schemes=none rates=*|*|*|600.00
               approve C1 B                         => ok amount=600.00
    "

    // A table that leaves straddling cases alone hands them to what was fixed with the class, not
    // to what the earlier table became afterwards.
    a_correction_of_the_table_before given [BODIES]
    "
    2019-01-01 policy P1 amount=table
               policy T1 schemes=none rates=*|*|*|800.00
    2020-02-20 class C1 rate=standard               => ok rate=800.00
               open C1
    2020-03-01 policy T2 schemes=none valid=2020-03-01.. rates=*|*|*|600.00 rates-by=approval:earlier
               policy T1 version=2 schemes=none rates=*|*|*|750.00
    2020-03-31 graduate C1 A
               approve C1 A                         => ok amount=800.00
    "
}
