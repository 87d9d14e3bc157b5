//! Why the ledger did not do what was asked: one flat enum, each variant a violated fact.
//!
//! Source order is precedence: where several facts are violated the first in this file is
//! reported. Numbers are permanent and out of order on purpose; a retired number stays reserved.
//!
//! Long: one table of all reasons in their order.

use crate::limits::REFUSAL_FACTS_MAX;
use crate::{BusinessDate, Fen, Position};
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

/// A refusal with the facts that caused it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The violated fact.
    pub reason: Reason,
    /// The rule behind it, when a policy document states one.
    pub rule: Option<RuleCitation>,
    /// The limit that the rule sets, in [`Refusal::unit`].
    pub limit: Option<i64>,
    /// The value found, in [`Refusal::unit`].
    pub found: Option<i64>,
    /// Positions of the events that used the quota or blocked the request, ascending: the first
    /// [`REFUSAL_FACTS_MAX`] of them.
    pub facts: Vec<Position>,
    /// How many more there are.
    pub facts_left_off: u32,
    /// What the refusal is about (an identifier or an account), never personal data.
    pub subject: Option<Box<str>>,
}

/// The clause that a refusal or a payment rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleCitation {
    /// Position of the policy publication.
    pub policy: Position,
    /// Document number or title.
    pub document: Arc<str>,
    /// Clause in the document.
    pub clause: Arc<str>,
    /// First day of the document's validity.
    pub valid_from: BusinessDate,
}

/// Whether the caller can do something about it, and what kind of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Category {
    /// The command contradicts itself or breaks a bound: correct it.
    InvalidArgument,
    /// Something it names is unknown.
    NotFound,
    /// Something it creates exists already.
    AlreadyExists,
    /// The state of what it names does not allow it.
    FailedPrecondition,
    /// A quota or a sum of money is used up.
    Exhausted,
}

/// What a limit and a value found are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unit {
    /// Hundredths of a yuan; shown in yuan (元).
    Fen,
    /// People (人).
    Persons,
    /// Calendar days (天).
    Days,
    /// Months (个月).
    Months,
    /// Years of age (周岁).
    Years,
    /// A year of the calendar (年).
    CalendarYear,
    /// Class hours (学时).
    ClassHours,
    /// Bytes (字节).
    Bytes,
    /// The version of a document (版).
    Version,
    /// How many of what the reason or its subject names: payments, subsidies, events (项).
    Count,
}

impl Unit {
    /// Every unit.
    pub const ALL: [Self; 10] = [
        Self::Fen,
        Self::Persons,
        Self::Days,
        Self::Months,
        Self::Years,
        Self::CalendarYear,
        Self::ClassHours,
        Self::Bytes,
        Self::Version,
        Self::Count,
    ];

    /// The name behind a number, in English and in Chinese; money is shown in yuan. Empty where the
    /// reason already says it.
    #[must_use]
    pub const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Fen => ("yuan", "元"),
            Self::Persons => ("persons", "人"),
            Self::Days => ("days", "天"),
            Self::Months => ("months", "个月"),
            Self::Years => ("years of age", "周岁"),
            Self::CalendarYear => ("", "年"),
            Self::ClassHours => ("class hours", "学时"),
            Self::Bytes => ("bytes", "字节"),
            Self::Version => ("", "版"),
            Self::Count => ("", "项"),
        }
    }

    /// A number of this unit, without its name: 80000 fen are `800.00`.
    #[must_use]
    pub fn figure(self, value: i64) -> String {
        match self {
            Self::Fen => Fen::new(value).to_string(),
            Self::Persons
            | Self::Days
            | Self::Months
            | Self::Years
            | Self::CalendarYear
            | Self::ClassHours
            | Self::Bytes
            | Self::Version
            | Self::Count => value.to_string(),
        }
    }
}

/// What the bounds of commands are counted in, by the subject of [`Reason::OutOfBounds`]. A bound
/// that is not here counts what its subject names.
const BOUNDS: [(&str, Unit); 13] = [
    ("amount in fen", Unit::Fen),
    ("balance in fen", Unit::Fen),
    ("monthly benefits in fen", Unit::Fen),
    ("rate in fen", Unit::Fen),
    ("headcount", Unit::Persons),
    ("beneficiaries", Unit::Persons),
    ("persons", Unit::Persons),
    ("months", Unit::Months),
    ("age", Unit::Years),
    ("year of graduation", Unit::CalendarYear),
    ("class hours", Unit::ClassHours),
    ("class hours of a day", Unit::ClassHours),
    ("version", Unit::Version),
];

/// How the subjects of bounds in bytes begin.
const IN_BYTES: &str = "bytes ";

macro_rules! reasons {
    ($(
        $(#[doc = $doc:expr])+
        $variant:ident = $number:literal, $category:ident, $name:literal, $zh:literal
            $(, $unit:ident)?;
    )+) => {
        /// The violated fact. Source order is precedence; the number is permanent.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u16)]
        pub enum Reason {
            $( $(#[doc = $doc])+ $variant = $number, )+
        }

        impl Reason {
            /// Every reason, in order of precedence.
            pub const ALL: &'static [Self] = &[ $( Self::$variant, )+ ];

            /// The permanent number.
            #[must_use]
            pub const fn number(self) -> u16 {
                match self { $( Self::$variant => $number, )+ }
            }

            /// The name in the contract, in upper snake case.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $( Self::$variant => $name, )+ }
            }

            /// What is violated, for a person who reads Chinese.
            #[must_use]
            pub const fn message_zh(self) -> &'static str {
                match self { $( Self::$variant => $zh, )+ }
            }

            /// What is violated, for a person who reads English.
            #[must_use]
            pub const fn message_en(self) -> &'static str {
                match self { $( Self::$variant => concat!($($doc,)+).trim_ascii(), )+ }
            }

            /// What a limit and a value found are counted in; none where the reason has no
            /// numbers, and where they depend on what is bounded ([`Refusal::unit`]).
            #[must_use]
            pub const fn unit(self) -> Option<Unit> {
                const fn only(units: &[Unit]) -> Option<Unit> {
                    units.first().copied()
                }
                match self { $( Self::$variant => only(&[ $(Unit::$unit)? ]), )+ }
            }

            /// What kind of thing the caller can do about it.
            #[must_use]
            pub const fn category(self) -> Category {
                match self { $( Self::$variant => Category::$category, )+ }
            }
        }
    };
}

reasons! {
    // The command itself.
    /// The command breaks a bound on its size or its values.
    OutOfBounds = 1, InvalidArgument, "OUT_OF_BOUNDS", "请求超出允许的范围";
    /// The amount must be positive.
    AmountNotPositive = 2, InvalidArgument, "AMOUNT_NOT_POSITIVE", "金额必须大于零", Fen;
    /// The end lies before the start.
    DatesReversed = 3, InvalidArgument, "DATES_REVERSED", "结束日期早于开始日期";
    /// The business date lies in the future.
    DateInFuture = 4, InvalidArgument, "DATE_IN_FUTURE", "业务日期晚于当前日期";
    /// The same item is named twice.
    NamedTwice = 5, InvalidArgument, "NAMED_TWICE", "同一对象重复出现";
    /// A transfer needs two different divisions.
    SameDivision = 6, InvalidArgument, "SAME_DIVISION", "调入地与调出地不能相同";
    /// A cause lies beyond the end of the log.
    CauseUnknown = 7, InvalidArgument, "CAUSE_UNKNOWN", "引用的事件不存在";
    /// The stage of payment does not fit the kind of class.
    StageNotForClass = 8, InvalidArgument, "STAGE_NOT_FOR_CLASS", "拨付阶段与班级类型不符";

    // What it names.
    /// No policy document in force covers the scheme in that division on that date.
    PolicyNotFound = 20, NotFound, "POLICY_NOT_FOUND", "该地区该日期没有适用的政策文件", Version;
    /// The account is not open.
    AccountNotFound = 21, NotFound, "ACCOUNT_NOT_FOUND", "专账未开立";
    /// The institution is not registered.
    InstitutionNotFound = 22, NotFound, "INSTITUTION_NOT_FOUND", "机构未登记";
    /// The qualification is unknown.
    QualificationNotFound = 23, NotFound, "QUALIFICATION_NOT_FOUND", "资质不存在";
    /// The person is not registered.
    PersonNotFound = 24, NotFound, "PERSON_NOT_FOUND", "人员未登记";
    /// The class is unknown.
    ClassNotFound = 25, NotFound, "CLASS_NOT_FOUND", "班级不存在";
    /// The person is not enrolled in the class.
    EnrolmentNotFound = 26, NotFound, "ENROLMENT_NOT_FOUND", "该人员未报名该班级";
    /// The certificate is unknown.
    CertificateNotFound = 27, NotFound, "CERTIFICATE_NOT_FOUND", "证书不存在";
    /// The disbursement is unknown.
    DisbursementNotFound = 28, NotFound, "DISBURSEMENT_NOT_FOUND", "拨付不存在";
    /// The case is unknown.
    CaseNotFound = 29, NotFound, "CASE_NOT_FOUND", "案件不存在";
    /// The finding is not part of the case.
    FindingNotFound = 30, NotFound, "FINDING_NOT_FOUND", "案件中没有该认定";
    /// The debt is unknown.
    DebtNotFound = 31, NotFound, "DEBT_NOT_FOUND", "应追回款项不存在";
    /// The status was not declared for the person.
    StatusNotFound = 32, NotFound, "STATUS_NOT_FOUND", "该人员没有此项身份记录";
    /// The disbursement has no line for the beneficiary.
    DisbursementLineNotFound = 33, NotFound, "DISBURSEMENT_LINE_NOT_FOUND", "拨付中没有该受益人的明细";
    /// The award is unknown.
    AwardNotFound = 34, NotFound, "AWARD_NOT_FOUND", "奖补不存在";
    /// The order is unknown.
    OrderNotFound = 35, NotFound, "ORDER_NOT_FOUND", "订单不存在";
    /// The objection is unknown or decided already.
    ObjectionNotFound = 36, NotFound, "OBJECTION_NOT_FOUND", "异议不存在或已处理";
    /// No rate in force covers the training.
    RateNotFound = 37, NotFound, "RATE_NOT_FOUND", "没有适用的补贴标准";
    /// No rule in force covers what is asked.
    RuleNotFound = 38, NotFound, "RULE_NOT_FOUND", "没有适用的政策条款";
    /// The payee is not registered.
    PayeeNotFound = 141, NotFound, "PAYEE_NOT_FOUND", "收款人未登记";
    /// There is no event at the position.
    EventNotFound = 147, NotFound, "EVENT_NOT_FOUND", "该位置没有记录";

    // What it creates.
    /// The same version of the policy document is published already.
    PolicyExists = 40, AlreadyExists, "POLICY_EXISTS", "该版本政策文件已发布", Version;
    /// The account is open already.
    AccountExists = 41, AlreadyExists, "ACCOUNT_EXISTS", "专账已开立";
    /// The institution is registered already.
    InstitutionExists = 42, AlreadyExists, "INSTITUTION_EXISTS", "机构已登记";
    /// The qualification exists already.
    QualificationExists = 43, AlreadyExists, "QUALIFICATION_EXISTS", "资质已存在";
    /// The person is registered already.
    PersonExists = 44, AlreadyExists, "PERSON_EXISTS", "人员已登记";
    /// The class exists already.
    ClassExists = 45, AlreadyExists, "CLASS_EXISTS", "班级已存在";
    /// The person is enrolled in the class already.
    EnrolmentExists = 46, AlreadyExists, "ENROLMENT_EXISTS", "该人员已报名该班级";
    /// The certificate number is taken.
    CertificateExists = 47, AlreadyExists, "CERTIFICATE_EXISTS", "证书编号已存在";
    /// The subsidy is approved already.
    ApprovalExists = 48, AlreadyExists, "APPROVAL_EXISTS", "补贴已审核通过";
    /// The disbursement exists already.
    DisbursementExists = 49, AlreadyExists, "DISBURSEMENT_EXISTS", "拨付已存在";
    /// The case exists already.
    CaseExists = 50, AlreadyExists, "CASE_EXISTS", "案件已存在";
    /// The finding exists already.
    FindingExists = 51, AlreadyExists, "FINDING_EXISTS", "认定已存在";
    /// The clawback exists already.
    ClawbackExists = 52, AlreadyExists, "CLAWBACK_EXISTS", "追回决定已存在";
    /// The status is declared already for that time.
    StatusExists = 53, AlreadyExists, "STATUS_EXISTS", "该时段的身份已登记";
    /// The fact is recorded already.
    FactExists = 54, AlreadyExists, "FACT_EXISTS", "该事实已记录";
    /// The award exists already.
    AwardExists = 55, AlreadyExists, "AWARD_EXISTS", "奖补已存在";
    /// The order exists already.
    OrderExists = 56, AlreadyExists, "ORDER_EXISTS", "订单已存在";

    // Whether its state allows it.
    /// Facts of this kind are not annulled.
    NotAnnullable = 143, FailedPrecondition, "NOT_ANNULLABLE", "此类记录不能撤销登记";
    /// The fact is annulled already.
    FactIsAnnulled = 144, FailedPrecondition, "FACT_ANNULLED", "该登记已撤销";
    /// The event is dated before the one it follows from.
    DateBeforeCause = 60, FailedPrecondition, "DATE_BEFORE_CAUSE", "业务日期早于其所依据的事件";
    /// The qualification is revoked already.
    QualificationRevoked = 61, FailedPrecondition, "QUALIFICATION_REVOKED", "资质已被取消";
    /// The body holds no qualification in force for that occupation and level on the class's dates.
    NotQualified = 62, FailedPrecondition, "NOT_QUALIFIED", "机构在开班期间不具备该职业（工种）及等级的资质";
    /// The scheme is not on the list of the account's fund.
    SchemeNotOnFund = 63, FailedPrecondition, "SCHEME_NOT_ON_FUND", "该资金渠道不得列支此项补贴";
    /// The scheme is an award, not training; or training, not an award.
    SchemeKindMismatch = 106, FailedPrecondition, "SCHEME_KIND_MISMATCH", "补贴项目类型不符";
    /// The rate exceeds the standard.
    RateAboveStandard = 107, FailedPrecondition, "RATE_ABOVE_STANDARD", "补贴标准超出规定", Fen;
    /// The scheme is for other levels.
    LevelNotSubsidised = 142, FailedPrecondition, "LEVEL_NOT_SUBSIDISED", "该补贴项目不适用于此技能等级";
    /// The city's catalogues in force do not list it.
    NotInCatalogue = 108, FailedPrecondition, "NOT_IN_CATALOGUE", "未列入目录";
    /// The order is not in the state that this needs.
    OrderNotReady = 109, FailedPrecondition, "ORDER_NOT_READY", "订单状态不符", Persons;
    /// The order does not fit the class.
    OrderMismatch = 110, FailedPrecondition, "ORDER_MISMATCH", "订单与班级不符", Persons;
    /// The scheme needs an order, and the class names none.
    OrderMissing = 111, FailedPrecondition, "ORDER_MISSING", "班级未依据订单";
    /// The document is withdrawn already.
    PolicyIsWithdrawn = 112, FailedPrecondition, "POLICY_WITHDRAWN", "政策文件已废止";
    /// The document contradicts one that is published.
    PolicyConflicts = 140, FailedPrecondition, "POLICY_CONFLICTS", "与已发布的政策文件相抵触";
    /// The class is open already.
    ClassOpen = 64, FailedPrecondition, "CLASS_OPEN", "班级已开班";
    /// The class is not open.
    ClassNotOpen = 65, FailedPrecondition, "CLASS_NOT_OPEN", "班级未开班";
    /// The class is not closed yet.
    ClassNotClosed = 66, FailedPrecondition, "CLASS_NOT_CLOSED", "班级尚未结业";
    /// The class is full.
    ClassFull = 67, Exhausted, "CLASS_FULL", "班级人数已满", Persons;
    /// The date lies outside the class's dates.
    OutsideClassDates = 68, FailedPrecondition, "OUTSIDE_CLASS_DATES", "日期不在培训期间内";
    /// The person withdrew from the class.
    EnrolmentIsWithdrawn = 69, FailedPrecondition, "ENROLMENT_WITHDRAWN", "该人员已退班";
    /// The training is completed already.
    TrainingIsCompleted = 70, FailedPrecondition, "TRAINING_COMPLETED", "该人员已完成培训";
    /// The training is not completed.
    TrainingNotCompleted = 71, FailedPrecondition, "TRAINING_NOT_COMPLETED", "该人员未完成培训";
    /// Too few class hours were attended.
    TooFewClassHours = 72, FailedPrecondition, "TOO_FEW_CLASS_HOURS", "出勤学时不足", ClassHours;
    /// The certificate number does not fit the claim.
    CertificateMismatch = 73, FailedPrecondition, "CERTIFICATE_MISMATCH", "证书编号与申报信息不符";
    /// The certificate is void.
    CertificateIsInvalid = 74, FailedPrecondition, "CERTIFICATE_INVALID", "证书已作废";
    /// The assessment was not passed.
    AssessmentNotPassed = 75, FailedPrecondition, "ASSESSMENT_NOT_PASSED", "考核未通过";
    /// There is no certificate.
    CertificateMissing = 76, FailedPrecondition, "CERTIFICATE_MISSING", "未取得证书";
    /// The certificate is not of a kind that the scheme pays for.
    CertificateKindNotAllowed = 113, FailedPrecondition, "CERTIFICATE_KIND_NOT_ALLOWED", "证书类别不符合规定";
    /// The certificate was not found in the national register.
    CertificateNotVerified = 114, FailedPrecondition, "CERTIFICATE_NOT_VERIFIED", "证书未联网查验";
    /// The person belongs to none of the groups on the training dates.
    NotInGroup = 115, FailedPrecondition, "NOT_IN_GROUP", "培训期间不属于规定的人员类别";
    /// The person's age is not on record or outside the bounds.
    AgeOutOfBounds = 116, FailedPrecondition, "AGE_OUT_OF_BOUNDS", "年龄不符合规定", Years;
    /// Too few months of unemployment insurance are on record.
    TooFewInsuredMonths = 117, FailedPrecondition, "TOO_FEW_INSURED_MONTHS", "失业保险参保月数不足", Months;
    /// The training is not in the year of graduation.
    NotGraduatingYear = 118, FailedPrecondition, "NOT_GRADUATING_YEAR", "不在毕业年度", CalendarYear;
    /// The claim came after its deadline.
    ClaimTooLate = 119, FailedPrecondition, "CLAIM_TOO_LATE", "超过申领期限", Days;
    /// The employment was not confirmed in time or by the evidence that the scheme asks for.
    EmploymentEvidenceMissing = 120, FailedPrecondition, "EMPLOYMENT_EVIDENCE_MISSING", "就业证明不符合规定", Days;
    /// The person draws a monthly pension on the training dates.
    DrawsPension = 77, FailedPrecondition, "DRAWS_PENSION", "培训期间已按月领取养老金";
    /// The person is not resident where the document or the class's contract requires it.
    NotResident = 78, FailedPrecondition, "NOT_RESIDENT", "户籍（居住地）不符合要求";
    /// A finding stands against the class or the person's place in it.
    FoundFalse = 105, FailedPrecondition, "FOUND_FALSE", "班级或该人员的培训已被认定存在问题";
    /// The same occupation and level was subsidised before.
    SameOccupationAndLevel = 79, Exhausted, "SAME_OCCUPATION_AND_LEVEL", "同一职业同一等级不可重复享受";
    /// A higher level of the occupation was subsidised before.
    HigherLevelPaid = 121, Exhausted, "HIGHER_LEVEL_PAID", "已享受更高等级补贴";
    /// Another scheme has subsidised the same training.
    OtherSchemePaid = 122, Exhausted, "OTHER_SCHEME_PAID", "已享受其他补贴，不可同时享受";
    /// The year's quota of subsidies is used up.
    YearlyQuotaUsed = 80, Exhausted, "YEARLY_QUOTA_USED", "本年度补贴次数已用完", Count;
    /// The subsidy is not approved.
    NotApproved = 81, FailedPrecondition, "NOT_APPROVED", "补贴未审核通过";
    /// The approvals were not shown to the public, or not for long enough.
    PublicityNotClosed = 123, FailedPrecondition, "PUBLICITY_NOT_CLOSED", "公示未完成";
    /// The approvals are being shown to the public already.
    PublicityIsOpen = 124, FailedPrecondition, "PUBLICITY_OPEN", "正在公示";
    /// The approvals are not being shown to the public.
    PublicityNotOpen = 139, FailedPrecondition, "PUBLICITY_NOT_OPEN", "未在公示";
    /// The time of showing is not over.
    PublicityTooShort = 125, FailedPrecondition, "PUBLICITY_TOO_SHORT", "公示期未满", Days;
    /// An objection is not decided yet.
    ObjectionOpen = 126, FailedPrecondition, "OBJECTION_OPEN", "公示异议尚未处理";
    /// An objection was upheld.
    ObjectionIsUpheld = 127, FailedPrecondition, "OBJECTION_UPHELD", "公示异议成立";
    /// The person gave no agency contract.
    AgencyContractMissing = 128, FailedPrecondition, "AGENCY_CONTRACT_MISSING", "缺少代领协议";
    /// The award is revoked.
    AwardIsRevoked = 129, FailedPrecondition, "AWARD_REVOKED", "奖补已撤销";
    /// Money was paid on the award or is with the bank.
    AwardIsPaid = 130, FailedPrecondition, "AWARD_PAID", "奖补已拨付", Fen;
    /// Another award excludes this one for the same subject.
    AwardExcluded = 131, Exhausted, "AWARD_EXCLUDED", "同一事项不重复享受奖补";
    /// The cycle's number of awards is used up.
    AwardCountUsed = 132, Exhausted, "AWARD_COUNT_USED", "本周期评选名额已用完", Count;
    /// The amount does not fit the award's rule.
    AwardAmountNotAllowed = 133, FailedPrecondition, "AWARD_AMOUNT_NOT_ALLOWED", "奖补金额不符合规定", Fen;
    /// The parts of the funds do not add up to the amount or to the ruled shares.
    FundPartsMismatch = 134, FailedPrecondition, "FUND_PARTS_MISMATCH", "各资金渠道分担与规定不符", Fen;
    /// The penalty lies outside its range.
    PenaltyOutOfRange = 135, FailedPrecondition, "PENALTY_OUT_OF_RANGE", "罚款超出规定幅度", Fen;
    /// The accrual exceeds its share of the balance.
    AccrualAboveShare = 136, FailedPrecondition, "ACCRUAL_ABOVE_SHARE", "计提超出规定比例", Fen;
    /// The balance and the benefits that the accrual is measured against are missing.
    CapacityMissing = 137, FailedPrecondition, "CAPACITY_MISSING", "缺少失业保险基金结余和支付数据";
    /// The fund covers enough months: no provincial adjustment is due.
    CapacitySufficient = 138, FailedPrecondition, "CAPACITY_SUFFICIENT", "支付能力充足，不需省级调剂", Fen;
    /// The payee may not receive this payment.
    WrongPayee = 82, FailedPrecondition, "WRONG_PAYEE", "收款人不符合规定";
    /// The beneficiary has been paid for this stage already.
    AlreadyPaid = 83, FailedPrecondition, "ALREADY_PAID", "该受益人此阶段已拨付", Fen;
    /// A payment for a beneficiary of the class is still with the bank.
    PaymentInFlight = 84, FailedPrecondition, "PAYMENT_IN_FLIGHT", "仍有未到账的拨付", Count;
    /// The final payment must name every beneficiary of the class.
    BeneficiaryMissing = 85, FailedPrecondition, "BENEFICIARY_MISSING", "结算必须包含班级全部受益人", Persons;
    /// The class has been settled already.
    ClassSettled = 86, FailedPrecondition, "CLASS_SETTLED", "班级已结算";
    /// The employment rate is below the threshold and the employment window is still open.
    EmploymentWindowOpen = 87, FailedPrecondition, "EMPLOYMENT_WINDOW_OPEN", "就业率未达标且就业确认期未满", Persons;
    /// There is nothing to pay.
    NothingToPay = 89, FailedPrecondition, "NOTHING_TO_PAY", "没有可拨付的金额";
    /// The account does not hold that much.
    InsufficientFunds = 90, Exhausted, "INSUFFICIENT_FUNDS", "专账余额不足", Fen;
    /// The disbursement is settled already.
    DisbursementIsSettled = 91, FailedPrecondition, "DISBURSEMENT_SETTLED", "拨付已到账";
    /// The disbursement was returned.
    DisbursementIsReturned = 93, FailedPrecondition, "DISBURSEMENT_RETURNED", "拨付已退回";
    /// The disbursement is not settled.
    DisbursementNotSettled = 92, FailedPrecondition, "DISBURSEMENT_NOT_SETTLED", "拨付尚未到账";
    /// Part of the disbursement has been clawed back.
    DisbursementClawedBack = 94, FailedPrecondition, "DISBURSEMENT_CLAWED_BACK", "拨付已有追回决定";
    /// The case is closed.
    CaseIsClosed = 95, FailedPrecondition, "CASE_CLOSED", "案件已结案";
    /// The finding does not cover that disbursement line.
    FindingDoesNotCover = 96, FailedPrecondition, "FINDING_DOES_NOT_COVER", "认定不涉及该笔拨付";
    /// The sum clawed back would exceed what was paid.
    ClawbackExceedsPaid = 97, Exhausted, "CLAWBACK_EXCEEDS_PAID", "追回金额超过已拨付金额", Fen;
    /// One clawback takes back from one payee, one class and one account.
    ClawbackMixed = 98, FailedPrecondition, "CLAWBACK_MIXED", "一项追回决定只能对应一个收款人、一个班级和一个账户";
    /// The repayment exceeds what is still owed.
    RepaymentExceedsDebt = 99, Exhausted, "REPAYMENT_EXCEEDS_DEBT", "还款金额超过尚欠金额", Fen;
    /// The case still has a clawback that is not fully repaid.
    ClawbackOutstanding = 100, FailedPrecondition, "CLAWBACK_OUTSTANDING", "案件尚有未收回的款项", Count;
    /// The employment is not confirmed.
    EmploymentNotConfirmed = 101, FailedPrecondition, "EMPLOYMENT_NOT_CONFIRMED", "就业未确认";
    /// The scheme has no rule for project classes.
    ProjectNotAllowed = 104, FailedPrecondition, "PROJECT_NOT_ALLOWED", "该补贴项目不适用项目制";
    /// Later facts rest on the fact; annul them first, the latest before the others.
    FactsRestOnIt = 145, FailedPrecondition, "FACTS_REST_ON_IT", "其他登记以此为依据，请先由后至前撤销";
    /// A decision about money rests on the fact.
    DecisionsRestOnIt = 146, FailedPrecondition, "DECISIONS_REST_ON_IT", "已有资金审核或拨付以此为依据";
    /// A sum would leave the range of the books.
    AmountOverflow = 103, FailedPrecondition, "AMOUNT_OVERFLOW", "金额超出账簿范围";
}

/// Reasons compare by precedence, which is their source order, and not by their numbers.
impl Ord for Reason {
    fn cmp(&self, other: &Self) -> Ordering {
        let precedence = |reason: &Self| Self::ALL.iter().position(|listed| listed == reason);
        precedence(self).cmp(&precedence(other))
    }
}

impl PartialOrd for Reason {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Refusal {
    /// A refusal for that reason, with nothing else known yet.
    #[must_use]
    pub fn new(reason: Reason) -> Self {
        Self {
            reason,
            rule: None,
            limit: None,
            found: None,
            facts: Vec::new(),
            facts_left_off: 0,
            subject: None,
        }
    }

    /// Adds the rule behind it.
    #[must_use]
    pub fn under(mut self, rule: RuleCitation) -> Self {
        self.rule = Some(rule);
        self
    }

    /// Adds the limit and the value found, in the unit of the reason.
    #[must_use]
    pub fn limit(mut self, limit: i64, found: i64) -> Self {
        self.limit = Some(limit);
        self.found = Some(found);
        self
    }

    /// What the limit and the value found are counted in; none where there are no numbers. It
    /// follows from the reason, and for a bound from what is bounded, so that it is known of
    /// refusals on record as well.
    #[must_use]
    pub fn unit(&self) -> Option<Unit> {
        self.limit.or(self.found)?;
        if let Some(unit) = self.reason.unit() {
            return Some(unit);
        }
        let subject = self.subject.as_deref().unwrap_or_default();
        if subject.starts_with(IN_BYTES) {
            return Some(Unit::Bytes);
        }
        let bound = BOUNDS.iter().find(|(bounded, _)| *bounded == subject);
        Some(bound.map_or(Unit::Count, |(_, unit)| *unit))
    }

    /// The limit and the value found with their unit, in Chinese; empty where there are none.
    #[must_use]
    pub fn measured_zh(&self) -> String {
        let Some(unit) = self.unit() else {
            return String::new();
        };
        let (_, name) = unit.names();
        let part = |word, value: Option<i64>| {
            value.map(|value| format!("{word}{}{name}", unit.figure(value)))
        };
        let parts = [part("限定", self.limit), part("实际", self.found)];
        parts.into_iter().flatten().collect::<Vec<_>>().join("，")
    }

    /// Adds the events that blocked the request: once, with all of them, or the count of those
    /// beyond [`REFUSAL_FACTS_MAX`] is not exact.
    #[must_use]
    pub fn because(mut self, facts: impl IntoIterator<Item = Position>) -> Self {
        self.facts.extend(facts);
        self.facts.sort_unstable();
        self.facts.dedup();
        self.keep_facts(REFUSAL_FACTS_MAX)
    }

    /// Keeps the first `max` facts and counts the others.
    #[must_use]
    pub fn keep_facts(mut self, max: usize) -> Self {
        let beyond = self.facts.len().saturating_sub(max);
        if beyond > 0 {
            self.facts.truncate(max);
            // A thousand of them may wait for their answer together.
            self.facts.shrink_to_fit();
            let beyond = u32::try_from(beyond).unwrap_or(u32::MAX);
            self.facts_left_off = self.facts_left_off.saturating_add(beyond);
        }
        self
    }

    /// Adds what it is about.
    #[must_use]
    pub fn about(mut self, subject: impl fmt::Display) -> Self {
        self.subject = Some(subject.to_string().into_boxed_str());
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.reason.message_en())?;
        if let Some(subject) = &self.subject {
            write!(f, " [{subject}]")?;
        }
        if let (Some(limit), Some(found), Some(unit)) = (self.limit, self.found, self.unit()) {
            let (limit, found) = (unit.figure(limit), unit.figure(found));
            write!(f, " limit {limit}, found {found}")?;
            let (name, _) = unit.names();
            if !name.is_empty() {
                write!(f, " {name}")?;
            }
        }
        if let Some(rule) = &self.rule {
            write!(f, " ({}, {})", rule.document, rule.clause)?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::{Reason, Refusal, Unit};

    #[test]
    fn every_reason_shows_its_numbers_in_a_unit() {
        for reason in Reason::ALL.iter().copied() {
            assert_eq!(Refusal::new(reason).unit(), None, "{reason:?}");
            assert_eq!(Refusal::new(reason).measured_zh(), "");
            let refusal = Refusal::new(reason).limit(80_000, 80_001);
            let unit = refusal.unit().unwrap();
            let (en, zh) = unit.names();
            let (limit, found) = (unit.figure(80_000), unit.figure(80_001));
            let text = format!(" limit {limit}, found {found} {en}");
            assert!(refusal.to_string().ends_with(text.trim_end()), "{refusal}");
            let text = format!("限定{limit}{zh}，实际{found}{zh}");
            assert_eq!(refusal.measured_zh(), text);
            assert_eq!(unit == Unit::Fen, limit == "800.00", "{reason:?}");
        }
    }

    #[test]
    fn bounds_are_counted_in_what_they_bound() {
        for (subject, expected) in [
            ("amount in fen", Unit::Fen),
            ("rate in fen", Unit::Fen),
            ("beneficiaries", Unit::Persons),
            ("class hours of a day", Unit::ClassHours),
            ("bytes of the document", Unit::Bytes),
            ("bytes that the request changes", Unit::Bytes),
            ("year of graduation", Unit::CalendarYear),
            ("lines", Unit::Count),
        ] {
            let refusal = Refusal::new(Reason::OutOfBounds).about(subject).limit(1, 2);
            assert_eq!(refusal.unit(), Some(expected), "{subject}");
        }
    }
}
