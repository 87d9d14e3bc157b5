//! The same history under different documents: versions, deciding dates, straddling, withdrawal.

use super::{BODIES, tables};

/// A first subsidy of 2023-03-31 and a class for the same occupation and level a year later.
const TWICE: &str = "
    2023-02-20 class C1 dates=2023-03-01..2023-03-31
               open C1
    2023-03-31 graduate C1 A,B
               approve C1 A,B @first
    2024-02-20 class C2 dates=2024-02-25..2024-03-25
               open C2
    2024-03-25 graduate C2 A,B
";

/// The action of 2019: never again.
const EVER: &str = "2019-01-01 policy Y2019 repeat=ever";

tables! {
    // A document that begins while a class is under way may narrow the levels for it.
    levels_by_the_approval given [BODIES]
    "
    2019-01-01 policy P1
    2020-02-20 class C1
               class C2 level=senior
               open C1
               open C2
    2020-03-31 graduate C1 A,B
               graduate C2 A
               approve C1 A                         => ok
    2020-04-01 policy P2 valid=2020-04-01.. levels=senior levels-by=approval:this
    2020-04-02 approve C1 B                         => LEVEL_NOT_SUBSIDISED rule=levels
               approve C2 A                         => ok
    "

    never_again_under_the_first_document given [EVER, BODIES, TWICE]
    "
    2024-03-30 approve C2 A                         => SAME_OCCUPATION_AND_LEVEL rule=no-repeat
    2024-03-31 approve C2 A                         => SAME_OCCUPATION_AND_LEVEL
    2099-12-31 approve C2 A                         => DATE_IN_FUTURE
    "

    // The later text bars for a year from 2023-03-31: 2024-03-30 is its last day.
    within_a_year_under_the_later_one given [
        EVER,
        "2022-01-01 policy Y2022 valid=2022-01-01.. repeat=12 repeat-by=approval:this",
        BODIES,
        TWICE
    ]
    "
    2024-03-30 approve C2 A                         => SAME_OCCUPATION_AND_LEVEL rule=no-repeat
    2024-03-31 approve C2 A                         => ok
    "

    // Both histories in one: the class was approved under the first document, and the second one,
    // decided by the approval, takes the case from its first day on.
    the_approval_decides_which_document_holds given [EVER, BODIES, TWICE]
    "
    2024-03-25 policy Y2024 valid=2024-04-10.. repeat=12 repeat-by=approval:this
    2024-04-09 approve C2 A                         => SAME_OCCUPATION_AND_LEVEL policy=1
    2024-04-10 approve C2 A                         => ok
    "

    a_case_that_straddles_keeps_the_earlier_rule given [EVER, BODIES, TWICE]
    "
    2024-03-25 policy Y2024 valid=2024-04-10.. repeat=12 repeat-by=approval:earlier
    2024-04-10 approve C2 A                         => SAME_OCCUPATION_AND_LEVEL policy=1
               class C3 dates=2024-04-15..2024-04-20
               open C3
    2024-04-20 graduate C3 A
               approve C3 A                         => ok
    "

    a_rule_decided_by_the_class_never_changes_a_class given [EVER, BODIES, TWICE]
    "
    2024-03-25 policy Y2024 valid=2024-04-10.. repeat=12
    2024-04-10 approve C2 A                         => SAME_OCCUPATION_AND_LEVEL policy=1
               class C3 dates=2024-04-15..2024-04-20
               open C3
    2024-04-20 graduate C3 A
               approve C3 A                         => ok
    "

    the_certificate_decides given [EVER, BODIES, TWICE]
    "
    2024-03-25 policy Y2024 valid=2024-03-26.. repeat=12 repeat-by=certificate:this
    2024-04-10 approve C2 A                         => SAME_OCCUPATION_AND_LEVEL policy=1
               void A
               certify C2 A issued=2024-03-26
               approve C2 A                         => ok
    "

    the_first_attendance_decides given [EVER, BODIES]
    "
    2023-02-20 class C1 dates=2023-03-01..2023-03-31
               open C1
    2023-03-31 graduate C1 A,B
               approve C1 A,B
    2024-02-20 class C2 dates=2024-02-25..2024-03-25
               open C2
               enrol C2 A,B
    2024-02-25 policy Y2024 valid=2024-02-26.. repeat=6 repeat-by=attendance:this
               attend C2 A 8
    2024-02-26 attend C2 B 8
    2024-03-25 complete C2 A,B
               certify C2 A,B
               approve C2 A                         => SAME_OCCUPATION_AND_LEVEL policy=1
               approve C2 B                         => ok
    "

    the_claim_decides given [EVER, BODIES, TWICE]
    "
    2024-03-25 policy Y2024 valid=2024-04-10.. repeat=12 repeat-by=claim:this
    2024-04-09 claim C2 A
    2024-04-10 claim C2 B
               approve C2 A                         => SAME_OCCUPATION_AND_LEVEL policy=1
               approve C2 B                         => ok
    "

    // The province's rules come before the city's, and the last day of validity still counts.
    the_province_and_the_last_day given [EVER, BODIES, TWICE]
    "
    2024-03-25 policy CITY division=370100 valid=2024-01-01.. repeat=6 repeat-by=approval:this => POLICY_CONFLICTS
               approve C2 A                         => SAME_OCCUPATION_AND_LEVEL policy=1
               policy Y2024 valid=2024-04-01..2024-04-10 repeat=12 repeat-by=approval:this
    2024-04-11 approve C2 A                         => SAME_OCCUPATION_AND_LEVEL policy=1
    2024-04-10 approve C2 A                         => ok
    "

    // A withdrawn document: what was decided under it stands, nothing new is.
    a_document_is_withdrawn given [EVER, BODIES, TWICE]
    "
    2024-03-25 policy Y2024 valid=2024-04-01.. repeat=12 repeat-by=approval:this
    2024-04-09 withdraw-policy Y2024 1 2024-04-10
               approve C2 A                         => ok
    2024-04-10 approve C2 B                         => SAME_OCCUPATION_AND_LEVEL policy=1
               order D1 C2 full A                   => ok
               withdraw-policy Y2019 1 2024-05-01
    2024-05-01 class C3 dates=2024-05-01..2024-05-31 => POLICY_NOT_FOUND
               order D2 C1 full B                   => ok
    2024-04-30 class C3 dates=2024-05-01..2024-05-31 => ok
    "

    // A correction is a new version: it holds for what is decided from then on.
    a_document_is_corrected given [BODIES]
    "
    2019-01-01 policy Y2019 repeat=ever repeat-by=approval:this
    2019-01-01 policy OLD valid=2018-01-01.. repeat=none
    2023-02-20 class C1 dates=2023-03-01..2023-03-31
               open C1
    2023-03-31 graduate C1 A
               approve C1 A
    2024-02-20 class C2 dates=2024-02-25..2024-03-25
               open C2
    2024-03-25 graduate C2 A
    2024-03-31 approve C2 A                         => SAME_OCCUPATION_AND_LEVEL
               policy Y2019 version=2 repeat=12 repeat-by=approval:this
               approve C2 A                         => ok
    "

    // The class keeps the version that it was approved under; what the correction replaced does
    // not hand its cases to the document before.
    a_corrected_document_keeps_its_classes given [BODIES]
    "
    2018-01-01 policy OLD valid=2018-01-01.. repeat=1 repeat-by=approval:this
    2019-01-01 policy Y2019 repeat=ever
    2023-02-20 class C1 dates=2023-03-01..2023-03-31
               open C1
    2023-03-31 graduate C1 A
               approve C1 A
    2024-02-20 class C2 dates=2024-02-25..2024-03-25
               open C2
    2024-03-25 graduate C2 A
               policy Y2019 version=2 repeat=12
    2024-04-10 approve C2 A                         => SAME_OCCUPATION_AND_LEVEL rule=no-repeat
    "

    // The correction moves the first day back and holds all the same for what it decides from
    // then on; the document before gives way to it as it did.
    a_correction_of_the_first_day given [BODIES]
    "
    2019-01-01 policy Y2019 repeat=ever repeat-by=approval:this
               policy OLD valid=2017-01-01.. repeat=1 repeat-by=approval:this
    2023-02-20 class C1 dates=2023-03-01..2023-03-31
               open C1
    2023-03-31 graduate C1 A
               approve C1 A
    2024-02-20 class C2 dates=2024-02-25..2024-03-25
               open C2
    2024-03-25 graduate C2 A
    2024-03-31 approve C2 A                         => SAME_OCCUPATION_AND_LEVEL policy=11
               policy Y2019 version=2 valid=2018-01-01.. repeat=13 repeat-by=approval:this
    2024-04-29 approve C2 A                         => SAME_OCCUPATION_AND_LEVEL policy=24
    2024-04-30 approve C2 A                         => ok
    "

    // Classes approved before the new table keep the old rate (Tai'an 2021-06-03).
    a_new_table_for_classes_approved_from_its_first_day_on given [BODIES]
    "
    2019-01-01 policy P1 amount=table
               policy T1 schemes=none division=370100 rates=*|*|*|800.00
               policy T2 schemes=none division=370100 valid=2021-06-03.. rates=*|*|*|600.00
    2021-06-02 class C1 rate=standard dates=2021-06-10..2021-06-30 => ok rate=800.00
    2021-06-03 class C2 rate=standard dates=2021-06-10..2021-06-30 level=senior => ok rate=600.00
               open C1
               open C2
    2021-06-30 graduate C1 A
               graduate C2 A
               approve C1 A                         => ok amount=800.00
               approve C2 A                         => ok amount=600.00
    "

    // The first attendance decides (Jinan 2021), said by the table itself or by the province.
    a_new_table_for_those_who_begin_from_its_first_day_on given [BODIES]
    "
    2019-01-01 policy P1 amount=table
               policy P2 amount=table amount-by=attendance:this schemes=other-scheme
               policy T1 schemes=none division=370100 rates=*|*|*|800.00
               policy T2 schemes=none division=370100 valid=2021-06-03.. rates=*|*|*|600.00 rates-by=attendance:this
               policy O1 schemes=none division=370100 rates=*|*|*|800.00 of=other-scheme
               policy O2 schemes=none division=370100 valid=2021-06-03.. rates=*|*|*|600.00 of=other-scheme
    2021-06-01 class C1 rate=standard dates=2021-06-01..2021-06-30 => ok rate=800.00
               class C2 rate=standard dates=2021-06-01..2021-06-30 scheme=other-scheme level=senior => ok rate=800.00
               open C1
               open C2
    2021-06-02 enrol C1 A,B
               enrol C2 A,B
               attend C1 A 8
               attend C2 A 8
    2021-06-03 attend C1 B 8
               attend C2 B 8
    2021-06-30 complete C1 A,B
               complete C2 A,B
               certify C1 A,B
               approve C1 A                         => ok amount=800.00
               approve C1 B                         => ok amount=600.00
               certify C2 A,B
               approve C2 A                         => ok amount=800.00
               approve C2 B                         => ok amount=600.00
    "

    // Decided by the approval, yet leaving alone what was approved before: the old table, although
    // its own time is over.
    a_new_table_that_leaves_straddling_classes_alone given [BODIES]
    "
    2019-01-01 policy P1 amount=table
               policy T1 schemes=none valid=2019-01-01..2021-06-02 rates=*|*|*|800.00 rates-by=approval:earlier
               policy T2 schemes=none valid=2021-06-03.. rates=*|*|*|600.00 rates-by=approval:earlier
    2021-06-02 class C1 rate=standard dates=2021-06-10..2021-06-30 => ok rate=800.00
               open C1
    2021-06-30 graduate C1 A
               approve C1 A                         => ok amount=800.00
    "

    // A class that was approved on the document's first day does not straddle it.
    a_class_of_the_first_day_is_taken given [EVER, BODIES, TWICE]
    "
    2024-03-25 policy Y2024 valid=2024-02-21.. repeat=12 repeat-by=approval:earlier
    2024-03-31 approve C2 A                         => SAME_OCCUPATION_AND_LEVEL policy=1
               policy Y2025 valid=2024-02-20.. repeat=12 repeat-by=approval:earlier
               approve C2 A                         => ok
    "
}
