//! What the search for personal data costs, by what it reads.

use super::report::Report;
use ledger_core::personal_data::find_in_text;
use std::hint::black_box;
use std::time::Instant;

const SECTION: &str = "search";

/// Kibibytes that are read of each text.
const KIBIBYTES: usize = 4_096;

/// The longest note, and as much as a policy document has.
const SIZES: [(&str, usize); 2] = [("a note", 1_500), ("64 KiB", 65_536)];

/// A piece of a text, which is repeated.
const PIECES: [(&str, &str); 5] = [
    (
        "Chinese prose",
        "经核对，培训机构提交的材料齐全，同意按规定给予职业培训补贴。",
    ),
    (
        "English prose",
        "the school has handed in its papers, and they are in order. ",
    ),
    (
        "a policy",
        "valid_from = 2021-05-24\nrate = \"1500.00\"\nclause = \"第三条第(二)项\"\n",
    ),
    // The worst cases: every digit begins a number, or every character has to be looked up.
    ("digits", "3 7 0 1 9 8 1 9 9 0 0 1 0 1 "),
    ("look-alikes", "З7O l98 1ІОО lО1 ⓿❶ "),
];

/// Reads each text again and again.
pub(crate) fn measure(report: &mut Report) {
    for (size, bytes) in SIZES {
        for (name, piece) in PIECES {
            let text = piece.repeat(bytes.div_ceil(piece.len()));
            let times = (KIBIBYTES * 1_024).div_ceil(text.len());
            let started = Instant::now();
            for _ in 0..times {
                black_box(find_in_text(black_box(&text)));
            }
            let kibibytes = (times * text.len()).div_ceil(1_024);
            let nanos =
                started.elapsed().as_nanos() / u128::try_from(kibibytes.max(1)).unwrap_or(1);
            let nanos = u64::try_from(nanos).unwrap_or(u64::MAX);
            report.figure(SECTION, format!("{name}, {size}"), nanos, "ns/KiB", None);
        }
    }
}
