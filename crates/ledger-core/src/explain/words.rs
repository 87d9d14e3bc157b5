//! The kinds of rules in words, in English and in Chinese.

use crate::coded::RuleKind;
use crate::refusal::Unit;

/// A rule kind in words: its name, what it says, and the unit of its numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words {
    pub(super) name_en: &'static str,
    pub(super) says_en: &'static str,
    pub(super) says_zh: &'static str,
    /// None where the rule sets and finds no numbers.
    pub(super) unit: Option<Unit>,
}

/// What a rule counts, where its numbers are counts: in English and in Chinese.
pub(super) const fn counted(rule: RuleKind) -> (&'static str, &'static str) {
    match rule {
        RuleKind::Quota => ("subsidies", "次"),
        RuleKind::AwardCount => ("awards", "名"),
        _ => Unit::Count.names(),
    }
}

/// The words for a kind of rule.
pub(super) fn words(rule: RuleKind) -> Words {
    let (name_en, says_en, says_zh, unit) = match rule {
        RuleKind::Funds
        | RuleKind::FundSplit
        | RuleKind::Amount
        | RuleKind::Uplift
        | RuleKind::Payee
        | RuleKind::PaymentSchedule
        | RuleKind::QuotaRelease
        | RuleKind::Publicity
        | RuleKind::Penalty
        | RuleKind::Accrual => of_money(rule),
        RuleKind::Quota
        | RuleKind::NoRepeat
        | RuleKind::HigherLevel
        | RuleKind::SchemeExclusion
        | RuleKind::AwardExclusivity
        | RuleKind::AwardCount => of_history(rule),
        RuleKind::Groups
        | RuleKind::Age
        | RuleKind::Pension
        | RuleKind::InsuredMonths
        | RuleKind::Residence
        | RuleKind::GraduatingYear => of_person(rule),
        _ => of_training(rule),
    };
    Words {
        name_en,
        says_en,
        says_zh,
        unit,
    }
}

type Said = (&'static str, &'static str, &'static str, Option<Unit>);

fn of_money(rule: RuleKind) -> Said {
    let yuan = Some(Unit::Fen);
    match rule {
        RuleKind::Funds => (
            "Funds",
            "only the listed funds pay the scheme",
            "补贴只能从规定的资金渠道列支",
            None,
        ),
        RuleKind::FundSplit => (
            "Fund split",
            "the funds share each payment",
            "各资金渠道按比例分担",
            yuan,
        ),
        RuleKind::Amount => (
            "Amount",
            "so much is paid for the place",
            "按标准确定补贴金额",
            yuan,
        ),
        RuleKind::Uplift => (
            "Uplift",
            "a scarce occupation is paid more",
            "急需紧缺职业（工种）上浮补贴标准",
            yuan,
        ),
        RuleKind::Payee => (
            "Payee",
            "only the ruled payees are paid",
            "补贴只能支付给规定的收款人",
            None,
        ),
        RuleKind::PaymentSchedule => (
            "Payment schedule",
            "a project is paid ahead in part and the rest by employment",
            "项目制补贴先行拨付一部分，其余按就业率拨付",
            None,
        ),
        RuleKind::QuotaRelease => (
            "Quota release",
            "a payment that never arrived may give its slot back",
            "未到账的补贴可释放名额",
            None,
        ),
        RuleKind::Publicity => (
            "Publicity",
            "the list is shown to the public before it is paid",
            "补贴名单公示后方可拨付",
            Some(Unit::Days),
        ),
        RuleKind::Penalty => (
            "Penalty",
            "a penalty keeps to its range",
            "罚款不超出规定幅度",
            yuan,
        ),
        _ => (
            "Accrual",
            "an accrual keeps to its share and to the capacity to pay",
            "计提不超出规定比例并保留支付能力",
            yuan,
        ),
    }
}

fn of_history(rule: RuleKind) -> Said {
    match rule {
        RuleKind::Quota => (
            "Quota",
            "a person receives at most so many subsidies in the window",
            "每人在计算期内享受补贴不超过规定次数",
            Some(Unit::Count),
        ),
        RuleKind::NoRepeat => (
            "No repeat",
            "the same occupation and level is not subsidised again",
            "同一职业同一等级不可重复享受",
            None,
        ),
        RuleKind::HigherLevel => (
            "Higher level",
            "a higher level that was subsidised excludes a lower one",
            "已享受高等级补贴的，不再享受低等级补贴",
            None,
        ),
        RuleKind::SchemeExclusion => (
            "Exclusion between schemes",
            "what another scheme subsidised is not subsidised again",
            "同一培训不可同时享受其他补贴",
            None,
        ),
        RuleKind::AwardExclusivity => (
            "Exclusive awards",
            "one award excludes the other for the same subject",
            "同一事项不重复享受奖补",
            Some(Unit::Count),
        ),
        _ => (
            "Number of awards",
            "at most so many awards are given in a cycle",
            "每周期评选不超过规定名额",
            Some(Unit::Count),
        ),
    }
}

fn of_person(rule: RuleKind) -> Said {
    let plain = None;
    match rule {
        RuleKind::Groups => (
            "Groups",
            "the person belongs to one of the groups on the training dates",
            "培训期间属于规定的人员类别",
            plain,
        ),
        RuleKind::Age => (
            "Age",
            "the person's age on the first training day is within the bounds",
            "培训首日年龄在规定范围内",
            Some(Unit::Years),
        ),
        RuleKind::Pension => (
            "Pension",
            "the person draws no monthly pension on the training dates",
            "培训期间不具有按月领取养老金资格",
            plain,
        ),
        RuleKind::InsuredMonths => (
            "Insured months",
            "the person was insured against unemployment for so many months",
            "失业保险参保达到规定月数",
            Some(Unit::Months),
        ),
        RuleKind::Residence => (
            "Residence",
            "the person is resident in the division on the training dates",
            "培训期间户籍（居住地）符合要求",
            plain,
        ),
        _ => (
            "Graduating year",
            "the training begins in the year of graduation",
            "培训在毕业年度内",
            Some(Unit::CalendarYear),
        ),
    }
}

fn of_training(rule: RuleKind) -> Said {
    let plain = None;
    match rule {
        RuleKind::Qualification => (
            "Qualification",
            "the body is qualified on all of the class's dates",
            "机构在开班期间具备相应资质",
            plain,
        ),
        RuleKind::Evidence => (
            "Evidence",
            "what the scheme asks for is on record",
            "申领材料齐全有效",
            Some(Unit::ClassHours),
        ),
        RuleKind::ClaimDeadline => (
            "Claim deadline",
            "the subsidy is claimed in time",
            "在规定期限内申领",
            Some(Unit::Days),
        ),
        RuleKind::Levels => (
            "Levels",
            "the class leads to one of the levels that the scheme is for",
            "培训的技能等级在补贴范围内",
            plain,
        ),
        RuleKind::Catalogue => (
            "Catalogue",
            "the city's catalogues list the class",
            "职业（工种）、等级和机构列入目录",
            plain,
        ),
        RuleKind::Order => (
            "Order",
            "the class rests on an accepted order",
            "班级依据已接订单开设",
            plain,
        ),
        _ => (
            "Finding",
            "no case found the training false",
            "培训未被认定虚假",
            plain,
        ),
    }
}
