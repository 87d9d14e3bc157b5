//! What can be wrong or doubtful with a policy text, each with a permanent code.
//!
//! An error makes a text unpublishable; a warning does not. Texts that were published before a
//! kind of error existed have to compile for ever, so a new error may only concern keys that are
//! new with it.
//!
//! Long: one table of everything that can be wrong with a text.

mod text;

pub use crate::names::ListName;
use ledger_core::BusinessDate;
use ledger_core::money::ParseMoneyError;
use ledger_core::personal_data::PersonalData;
use std::fmt;
use std::sync::Arc;

/// One fault of a text, where it stands, and the clause that it concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Where it stands; absent when a compiled form was checked, which has no lines.
    pub place: Option<Place>,
    /// The table or key, by path: `vocational-training.quota`, `target:all`, `rate[3]`.
    pub key: String,
    /// The clause of the rule concerned, where it has one.
    pub clause: Option<Arc<str>>,
    /// What is wrong.
    pub kind: FlawKind,
}

/// A place in a text, both counted from 1, columns in characters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// Whether a flaw keeps a text from being published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// It does.
    Error,
    /// It does not; a person should look at it.
    Warning,
}

/// A document that a flaw names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRef {
    /// Its policy id.
    pub policy_id: Arc<str>,
    /// Its number.
    pub document_number: Arc<str>,
}

macro_rules! shapes {
    ($( $(#[doc = $doc:literal])+ $name:ident { $en:literal, $zh:literal } )+) => {
        /// What a value has to be.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Shape { $( $(#[doc = $doc])+ $name, )+ }

        impl Shape {
            const fn en(self) -> &'static str {
                match self { $( Self::$name => $en, )+ }
            }

            const fn zh(self) -> &'static str {
                match self { $( Self::$name => $zh, )+ }
            }
        }
    };
}

shapes! {
    /// Text.
    Text { "a text in quotation marks", "带引号的文本" }
    /// Text that goes into citations.
    Reference { "a text of 1 to 128 visible characters without identity numbers",
        "1至128个可见字符且不含身份证号码的文本" }
    /// A whole number.
    Number { "a whole number", "整数" }
    /// True or false.
    Flag { "true or false", "true或false" }
    /// A list.
    List { "a list in square brackets", "方括号列表" }
    /// A table.
    Table { "a table", "表" }
    /// An array of tables.
    Tables { "tables in double square brackets", "双方括号表组" }
    /// A date.
    Date { "a date such as 2019-01-01, without a time", "日期（如2019-01-01，不带时间）" }
    /// A name of the ledger.
    Name { "a name of 3 to 48 lower-case letters, digits and hyphens that begins with a letter",
        "以字母开头、由3至48个小写字母、数字和连字符组成的名称" }
    /// A division code.
    Division { "a division code of six digits (GB/T 2260)", "六位行政区划代码（GB/T 2260）" }
    /// An occupation code.
    Occupation { "an occupation with its edition, such as 2015:4-10-01-05",
        "带版本的职业编码（如2015:4-10-01-05）" }
    /// A unified social credit code.
    CreditCode { "a unified social credit code (GB 32100)", "统一社会信用代码（GB 32100）" }
    /// A share.
    Share { "a share above zero and at one or below", "大于0且不大于1的比例" }
    /// A ratio.
    Ratio { "a ratio with a positive denominator", "分母为正的比值" }
}

macro_rules! flaws {
    ($(
        $(#[doc = $doc:literal])+
        $severity:ident $name:ident
            $({ $( #[doc = $field_doc:literal] $field:ident: $type:ty ),+ $(,)? })?
            = $code:literal;
    )+) => {
        /// What is wrong, with what was found.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum FlawKind {
            $( $(#[doc = $doc])+ $name $({ $( #[doc = $field_doc] $field: $type ),+ })?, )+
        }

        impl FlawKind {
            /// Every code, each with its severity.
            pub const CODES: &'static [(&'static str, Severity)] =
                &[ $( ($code, Severity::$severity), )+ ];

            /// Returns the permanent code, never given to another kind of flaw.
            #[must_use]
            pub const fn code(&self) -> &'static str {
                match self { $( Self::$name $({ $( $field: _ ),+ })? => $code, )+ }
            }

            /// Returns whether it keeps a text from being published.
            #[must_use]
            pub const fn severity(&self) -> Severity {
                match self { $( Self::$name $({ $( $field: _ ),+ })? => Severity::$severity, )+ }
            }
        }
    };
}

flaws! {
    /// The text exceeds the bound.
    Error TooLong {
        /// Bytes found.
        bytes: usize,
        /// Bytes allowed.
        limit: usize,
    } = "too_long";
    /// The text is not TOML.
    Error Syntax {
        /// What the parser found.
        message: String,
    } = "syntax";
    /// The text holds personal data; what it is stands here, not the data.
    Error PersonalData {
        /// What sort of data it reads as.
        found: PersonalData,
    } = "personal_data";
    /// A key that the table does not have.
    Error UnknownKey {
        /// The key.
        key: String,
        /// The key that was probably meant.
        near: Option<String>,
    } = "unknown_key";
    /// A key that the table has to have.
    Error MissingKey {
        /// The key.
        key: &'static str,
    } = "missing_key";
    /// A value of another type or form.
    Error WrongShape {
        /// The key.
        key: &'static str,
        /// What it has to be.
        shape: Shape,
    } = "wrong_shape";
    /// A rule without the clause that states it, or with one beyond the bound.
    Error ClauseLength {
        /// Characters allowed.
        limit: usize,
    } = "clause_length";
    /// A code that the list does not have.
    Error UnknownCode {
        /// The list.
        list: ListName,
        /// What was found.
        found: String,
        /// The code that was probably meant.
        near: Option<&'static str>,
    } = "unknown_code";
    /// A reading of ours that stands in a clause of a text whose form has a key of its own for it.
    Error ReadingNotApart {
        /// The words that tell it.
        found: &'static str,
    } = "reading_not_apart";
    /// A number outside what its key allows.
    Error OutOfRange {
        /// The key.
        key: &'static str,
        /// What was found.
        found: String,
        /// The least allowed.
        first: u32,
        /// The most allowed.
        last: u32,
    } = "out_of_range";
    /// An amount written as a number: yuan or fen would be a guess.
    Error AmountNotText {
        /// The key.
        key: &'static str,
    } = "amount_not_text";
    /// An amount that is not in whole fen.
    Error AmountNotFen {
        /// The key.
        key: &'static str,
        /// What is wrong with it.
        error: ParseMoneyError,
    } = "amount_not_fen";
    /// An amount at or below zero, or above the bound.
    Error AmountOutOfRange {
        /// The key.
        key: &'static str,
        /// The most allowed, in fen.
        limit_fen: i64,
    } = "amount_out_of_range";
    /// Something that may stand once.
    Error StandsTwice {
        /// What.
        what: String,
    } = "stands_twice";
    /// A list or a document without what it is for.
    Error Empty {
        /// The key.
        key: &'static str,
    } = "empty";
    /// More entries than the bound.
    Error TooMany {
        /// The key.
        key: &'static str,
        /// How many.
        found: usize,
        /// How many are allowed.
        limit: usize,
    } = "too_many";
    /// More errors than are told one by one.
    Error MoreErrors {
        /// How many more.
        left_out: usize,
    } = "more_errors";
    /// More warnings than are told one by one.
    Warning MoreWarnings {
        /// How many more.
        left_out: usize,
    } = "more_warnings";
    /// A key that contradicts another one of its table.
    Error Contradicts {
        /// The key.
        key: &'static str,
        /// What it contradicts.
        other: &'static str,
    } = "contradicts";
    /// The last day lies before the first.
    Error Reversed {
        /// What comes first.
        first: &'static str,
        /// What comes last.
        last: &'static str,
    } = "reversed";
    /// A document of this kind does not hold this.
    Error NotOfThisKind {
        /// The key.
        key: &'static str,
        /// The kind.
        kind: &'static str,
    } = "not_of_this_kind";
    /// A scheme that excludes itself can be paid to nobody.
    Error ExcludesItself = "excludes_itself";
    /// Of two awards that exclude each other, one does not say so; the order of approval decides.
    Error OneSidedExclusivity {
        /// The other one.
        other: String,
    } = "one_sided_exclusivity";
    /// An award of another document, whose rules would not exclude this one in turn.
    Error ExclusivityElsewhere {
        /// The other one.
        other: String,
    } = "exclusivity_elsewhere";
    /// Two quotas for the same window, scope and date.
    Error QuotaTwice = "quota_twice";
    /// The shares of the funds are not the whole.
    Error SplitNotWhole = "split_not_whole";
    /// A fund that shares a payment and may not pay the scheme.
    Error SplitFundNotAllowed {
        /// The fund.
        fund: &'static str,
    } = "split_fund_not_allowed";
    /// Two rates for the same case.
    Error RateTwice {
        /// The other row.
        other: String,
    } = "rate_twice";
    /// Two catalogue lines for the same body and occupation.
    Error CatalogueItemTwice {
        /// The other line.
        other: String,
    } = "catalogue_item_twice";
    /// The parts of a target do not add up.
    Error TargetSumWrong {
        /// The whole.
        whole: u64,
        /// What the parts add up to.
        parts: u64,
    } = "target_sum_wrong";
    /// A sum over a target without a figure, or of another measure or period.
    Error TargetSumUneven {
        /// The target.
        target: String,
    } = "target_sum_uneven";
    /// A target that the document does not have.
    Error UnknownTarget {
        /// The target.
        target: String,
    } = "unknown_target";
    /// An action or a sector that the document's own list does not have.
    Error UnknownName {
        /// The list.
        list: &'static str,
        /// What was found.
        found: String,
        /// The name that was probably meant.
        near: Option<String>,
    } = "unknown_name";
    /// A scheme that no document sets, although all documents are at hand.
    Error UnknownScheme {
        /// The scheme.
        scheme: String,
        /// The scheme that was probably meant.
        near: Option<String>,
    } = "unknown_scheme";
    /// Rules for a scheme that the province's document sets: a city may set rates only.
    Error RulesOverProvince {
        /// The scheme.
        scheme: String,
        /// The province's document.
        province: DocumentRef,
    } = "rules_over_province";
    /// A version that does not count up.
    Error VersionNotRising {
        /// The version that there is.
        found: u32,
    } = "version_not_rising";
    /// A later version that moves the document to another division.
    Error DivisionMoved = "division_moved";

    /// A scheme that no published document sets yet.
    Warning SchemeNotPublished {
        /// The scheme.
        scheme: String,
        /// The scheme that was probably meant.
        near: Option<String>,
    } = "scheme_not_published";
    /// A reading of ours that stands in a clause, where it passes for the document's own words.
    Warning ReadingInClause {
        /// The words that tell it.
        found: &'static str,
    } = "reading_in_clause";
    /// A scheme without an amount: whatever a contract names is paid.
    Warning NoStandard = "no_standard";
    /// A list of funds that ends in 等, of which the text does not say whether it is open.
    Warning ListMayBeOpen = "list_may_be_open";
    /// A sum in yuan, or a number, that the clause has in units of 10,000 (万).
    Warning InTenThousands {
        /// The key.
        key: &'static str,
        /// What was found.
        found: String,
    } = "in_ten_thousands";
    /// A sum below all that are known of its sort: probably written in units of 10,000 yuan.
    Warning AmountSmall {
        /// The key.
        key: &'static str,
        /// What was found, in yuan.
        found: String,
    } = "amount_small";
    /// A figure beside a clause that has others of the sort and not this one.
    Warning NotInClause {
        /// The key.
        key: &'static str,
        /// What was found.
        found: String,
    } = "not_in_clause";
    /// Months that are probably days.
    Warning MonthsLikeDays {
        /// The key.
        key: &'static str,
        /// What was found.
        months: u32,
    } = "months_like_days";
    /// Days that are probably months.
    Warning DaysLikeMonths {
        /// The key.
        key: &'static str,
        /// What was found.
        days: u32,
    } = "days_like_months";
    /// An advance that leaves nothing for the employment to decide.
    Warning AdvanceIsWhole = "advance_is_whole";
    /// A scheme that is new and spelt nearly as, or named as, one that an earlier document sets.
    Warning SchemeSpeltLike {
        /// The other one.
        other: String,
        /// The document that sets it.
        by: DocumentRef,
    } = "scheme_spelt_like";
    /// A scheme of the document that this one follows, which nothing sets from then on.
    Warning SchemeEnds {
        /// The scheme.
        scheme: String,
        /// The document that sets it.
        by: DocumentRef,
        /// The last day on which it does.
        last: BusinessDate,
    } = "scheme_ends";
    /// A rule that the scheme had under the document before, and no longer has.
    Warning RuleForgotten {
        /// The rule.
        rule: &'static str,
        /// The document before.
        before: DocumentRef,
    } = "rule_forgotten";
    /// A subsidy that asks for nothing on record.
    Warning NothingRequired = "nothing_required";
    /// A quota that another one always reaches first.
    Warning QuotaNeverBinds {
        /// The other one's limit.
        limit: u32,
    } = "quota_never_binds";
    /// A subsidy that counts in another one's quota of all schemes and has none itself: the order
    /// of approval decides how many are paid.
    Warning QuotaEvaded {
        /// The scheme with the quota.
        scheme: String,
    } = "quota_evaded";
    /// A rate by the hour whose cap the least hours reach already.
    Warning HoursNeverCount = "hours_never_count";
    /// Dates of a quota that are never looked at: the first one's hold for all of a scheme, and a
    /// rolling window counts by the approval.
    Warning QuotaDateNeverUsed = "quota_date_never_used";
    /// A rule about training or persons on an award, which has neither class nor trainee.
    Warning RuleOnAward {
        /// The rule.
        rule: &'static str,
    } = "rule_on_award";
    /// A rule decided by a date that need not be on record when it is asked for.
    Warning DateMayBeMissing {
        /// The rule that would put it on record.
        rule: &'static str,
    } = "date_may_be_missing";
    /// A treatment of straddling cases that no case reaches: the approval of the class decides.
    Warning StraddlingNeverUsed = "straddling_never_used";
    /// A rate for a scheme whose amount does not come from tables.
    Warning RateNeverLookedUp {
        /// The scheme.
        scheme: String,
    } = "rate_never_looked_up";
    /// A catalogue that no scheme requires.
    Warning CatalogueNeverRequired {
        /// The catalogue.
        catalogue: &'static str,
    } = "catalogue_never_required";
    /// A target whose time lies outside the validity of its document.
    Warning OutsideValidity = "outside_validity";
    /// A crosswalk that calls two codes of one edition the same.
    Warning SameEdition = "same_edition";
    /// Days between two documents on which neither holds.
    Warning Gap {
        /// What has no rule then.
        subject: String,
        /// The document before.
        before: DocumentRef,
        /// The first day without rule.
        from: BusinessDate,
        /// The last day without rule.
        until: BusinessDate,
    } = "gap";
    /// Days on which a later document takes the place of one that still holds.
    Warning Overlap {
        /// What both rule.
        subject: String,
        /// The document that is superseded.
        superseded: DocumentRef,
        /// The first day on which both hold.
        from: BusinessDate,
        /// The last such day; open-ended when absent.
        until: Option<BusinessDate>,
    } = "overlap";
    /// Days on which a document that is published already, and begins later, takes the place.
    Warning Superseded {
        /// What both rule.
        subject: String,
        /// The document that supersedes.
        by: DocumentRef,
        /// The first day on which both hold.
        from: BusinessDate,
    } = "superseded";
    /// A document none of whose days is left to it by those that supersede it.
    Warning NeverInForce {
        /// What it rules.
        subject: String,
        /// The document that supersedes it.
        by: DocumentRef,
    } = "never_in_force";
}

impl Flaw {
    /// Returns whether it keeps a text from being published.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        self.kind.severity()
    }

    /// Returns the permanent code of its kind.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.kind.code()
    }
}

/// Writes place, key and what is wrong, in English.
impl fmt::Display for Flaw {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = self.place {
            write!(formatter, "{place}: ")?;
        }
        if !self.key.is_empty() {
            write!(formatter, "{}: ", self.key)?;
        }
        write!(formatter, "{}", self.kind.en())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}, column {}", self.line, self.column)
    }
}

/// Writes the number and the policy id.
impl fmt::Display for DocumentRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.document_number, self.policy_id)
    }
}
