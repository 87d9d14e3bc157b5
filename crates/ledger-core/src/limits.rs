//! Every bound of the rules, each with its reason.

/// Beneficiaries of one class, and so lines of one disbursement: a published class had 832
/// trainees (Jinhua Wucheng, 2021-12-13); one event with that many lines stays under 256 KiB.
pub const CLASS_HEADCOUNT_MAX: u32 = 5_000;

/// Enrolments of one person over a lifetime; a person is one stored value that is read whole.
pub const ENROLMENTS_PER_PERSON_MAX: usize = 256;

/// Statuses of one person over a lifetime, for the same reason.
pub const STATUSES_PER_PERSON_MAX: usize = 256;

/// The least age that may be declared, in whole years: far below that of any rule, so that only
/// a typing error is refused.
pub const AGE_MIN: u16 = 1;
/// The highest age that may be declared, for the same reason.
pub const AGE_MAX: u16 = 120;

/// The first calendar year of a graduation: the first of business dates.
pub const GRADUATION_YEAR_MIN: u16 = 1900;
/// The last calendar year of a graduation: the last of business dates.
pub const GRADUATION_YEAR_MAX: u16 = 2199;

/// Events about one person over a lifetime, for the same reason: daily attendance in every one of
/// [`ENROLMENTS_PER_PERSON_MAX`] classes of forty days is half of it.
pub const EVENTS_PER_PERSON_MAX: usize = 20_000;

/// Attendance records of one enrolment: one a day for a year.
pub const ATTENDANCES_PER_ENROLMENT_MAX: usize = 366;

/// Class hours of one day: there are no more 45-minute hours in it.
pub const CLASS_HOURS_PER_DAY_MAX: u32 = 32;

/// Planned class hours of one class: two years of forty hours a week.
pub const CLASS_HOURS_MAX: u32 = 4_160;

/// Qualifications of one institution.
pub const QUALIFICATIONS_PER_INSTITUTION_MAX: usize = 1_000;

/// Occupations in the scope of one qualification: the dictionary of 2022 has 1,639.
pub const SCOPE_OCCUPATIONS_MAX: usize = 2_000;

/// Findings of one case.
pub const FINDINGS_PER_CASE_MAX: usize = 1_000;

/// Causes that a caller may add to one command, and evidence positions of one finding.
pub const CALLER_CAUSES_MAX: usize = 1_000;

/// Amount of one command in fen: one trillion yuan, far above any fund and far below `i64::MAX`,
/// so that sums over accounts cannot overflow.
pub const AMOUNT_MAX_FEN: i64 = 100_000_000_000_000;

/// Rate per person in fen: one million yuan.
pub const RATE_MAX_FEN: i64 = 100_000_000;

/// Bytes of one policy document.
pub const POLICY_TEXT_BYTES_MAX: usize = 256 * 1024;

/// Published policy versions: they are all kept in memory.
pub const POLICIES_MAX: usize = 10_000;

/// Awards of one scheme in one province, kept in one register: the largest count in the documents
/// is some hundreds in five years.
pub const AWARDS_PER_SCHEME_MAX: usize = 10_000;

/// Accounts that pay one award: there are twelve funds, and a province, a city and a county.
pub const AWARD_PARTS_MAX: usize = 36;

/// Months of the management period of an award: fifty years.
pub const AWARD_MONTHS_MAX: u32 = 600;

/// Objections to one published list that wait for a decision.
pub const OBJECTIONS_OPEN_MAX: usize = 1_000;

/// Facts that a refusal names; the others are counted. The longest refusal of a quota rests on some
/// ten approvals; a list with a thousand open objections, or a register of ten thousand awards,
/// blocks with each of them, and the first of them are enough to begin with.
pub const REFUSAL_FACTS_MAX: usize = 64;

/// Penalties beside one clawback.
pub const PENALTIES_PER_CLAWBACK_MAX: usize = 100;

const _: () = assert!(RATE_MAX_FEN < AMOUNT_MAX_FEN);
const _: () = assert!(AMOUNT_MAX_FEN < i64::MAX / 10_000);
