//! What each flaw says, in English and Chinese.

use super::FlawKind;
use ledger_core::money::ParseMoneyError;

impl FlawKind {
    /// Says in English what is wrong.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "one sentence per kind")]
    pub fn en(&self) -> String {
        match self {
            Self::TooLong { bytes, limit } => {
                format!("the text has {bytes} bytes, {limit} are allowed")
            }
            Self::Syntax { message } => format!("not TOML: {message}"),
            Self::PersonalData { found } => {
                format!("here stands {found}, which is never published; leave it out")
            }
            Self::UnknownKey { key, near } => {
                format!(
                    "the key {key} is not known here{}",
                    meant_en(near.as_deref())
                )
            }
            Self::MissingKey { key } => format!("the key {key} is missing"),
            Self::WrongShape { key, shape } => format!("{key} has to be {}", shape.en()),
            Self::ClauseLength { limit } => {
                format!("a clause of 1 to {limit} characters is needed")
            }
            Self::UnknownCode { list, found, near } => {
                format!("unknown {} {found:?}{}", list.en, meant_en(*near))
            }
            Self::ReadingNotApart { found } | Self::ReadingInClause { found } => format!(
                "the clause says {found:?}, which the document does not: write it as reading = \
                 \"…\""
            ),
            Self::NoStandard => "no amount is set: whatever rate a contract names is paid; write \
                                 [scheme.amount], with kind = \"by_contract\" where that is meant"
                .to_owned(),
            Self::ListMayBeOpen => "the clause ends its list in 等: write open = true or open = \
                                    false, to say whether other funds may pay"
                .to_owned(),
            Self::OutOfRange {
                key,
                found,
                first,
                last,
            } => format!("{key} is {found}, which is not in {first} to {last}"),
            Self::AmountNotText { key } => {
                format!("{key} has to be yuan in quotation marks, such as \"500.00\"")
            }
            Self::AmountNotFen { key, error } => format!("{key} is not in whole fen: {error}"),
            Self::AmountOutOfRange { key, limit_fen } => {
                format!("{key} is not above zero and at most {limit_fen} fen")
            }
            Self::StandsTwice { what } => format!("{what} stands twice"),
            Self::Empty { key } => format!("{key} is empty"),
            Self::TooMany { key, found, limit } => {
                format!("{key} has {found} entries, {limit} are allowed")
            }
            Self::MoreErrors { left_out } => format!("{left_out} more errors, not told one by one"),
            Self::MoreWarnings { left_out } => {
                format!("{left_out} more warnings, not told one by one")
            }
            Self::Contradicts { key, other } => format!("{key} contradicts {other}"),
            Self::Reversed { first, last } => format!("{last} lies before {first}"),
            Self::NotOfThisKind { key, kind } => {
                format!("a document of the kind {kind} holds no {key}")
            }
            Self::ExcludesItself => "the scheme excludes itself".to_owned(),
            Self::OneSidedExclusivity { other } => {
                format!("{other} does not exclude this award in turn")
            }
            Self::ExclusivityElsewhere { other } => format!(
                "{other} is no award of this document, which alone says what excludes this one"
            ),
            Self::QuotaTwice => "two quotas for the same window, scope and date".to_owned(),
            Self::SplitNotWhole => "the shares of the funds are not the whole".to_owned(),
            Self::SplitFundNotAllowed { fund } => {
                format!("the fund {fund} may not pay the scheme")
            }
            Self::RateTwice { other } => format!("{other} is a rate for the same case"),
            Self::CatalogueItemTwice { other } => {
                format!("{other} lists the same body and occupation")
            }
            Self::TargetSumWrong { whole, parts } => {
                format!("the parts add up to {parts}, not to {whole}")
            }
            Self::TargetSumUneven { target } => {
                format!("{target} has no figure, or another measure or period than the whole")
            }
            Self::UnknownTarget { target } => format!("there is no target {target}"),
            Self::UnknownName { list, found, near } => {
                format!(
                    "{found} is not in {list} of the document{}",
                    meant_en(near.as_deref())
                )
            }
            Self::UnknownScheme { scheme, near } => {
                format!(
                    "no document sets the scheme {scheme}{}",
                    meant_en(near.as_deref())
                )
            }
            Self::RulesOverProvince { scheme, province } => format!(
                "{province} sets the rules of {scheme}: a city may set its rates, not its rules"
            ),
            Self::VersionNotRising { found } => {
                format!("version {found} is there already; versions count up")
            }
            Self::DivisionMoved => "another version holds in another division".to_owned(),
            Self::SchemeNotPublished { scheme, near } => format!(
                "no published document sets the scheme {scheme}{}",
                meant_en(near.as_deref())
            ),
            Self::InTenThousands { key, found } => format!(
                "{key} is {found}, and the clause has that in units of 10,000 (万): write it out"
            ),
            Self::AmountSmall { key, found } => {
                format!("{key} is {found} yuan, which is little: is it in units of 10,000 (万元)?")
            }
            Self::NotInClause { key, found } => {
                format!("{key} is {found}, and the clause has other figures of the sort")
            }
            Self::MonthsLikeDays { key, months } => {
                format!("{key} is {months} months, which looks like days")
            }
            Self::DaysLikeMonths { key, days } => {
                format!("{key} is {days} days, and the clause has so many months")
            }
            Self::AdvanceIsWhole => {
                "the advance is the whole amount: nothing is left for the employment rate"
                    .to_owned()
            }
            Self::SchemeSpeltLike { other, by } => {
                format!("{by} sets {other}: is it the same scheme, spelt in another way?")
            }
            Self::SchemeEnds { scheme, by, last } => {
                format!("{scheme} of {by} ends on {last}, and this document does not go on with it")
            }
            Self::RuleForgotten { rule, before } => {
                format!("{before} has a rule {rule} for it, and this document none")
            }
            Self::NothingRequired => "nothing has to be on record for a subsidy".to_owned(),
            Self::QuotaNeverBinds { limit } => {
                format!("another quota of {limit} is always reached first")
            }
            Self::QuotaEvaded { scheme } => format!(
                "it counts in the quota of {scheme} and has none itself: the order of approval \
                 decides how many are paid"
            ),
            Self::HoursNeverCount => {
                "the least hours reach the cap: every case is paid the cap".to_owned()
            }
            Self::QuotaDateNeverUsed => "the dates of the first quota hold for all of a scheme, \
                                         and a rolling window counts by the approval"
                .to_owned(),
            Self::RuleOnAward { rule } => {
                format!("{rule} is never looked at: an award has neither class nor trainee")
            }
            Self::DateMayBeMissing { rule } => {
                format!("the date need not be on record, because {rule} does not ask for it")
            }
            Self::StraddlingNeverUsed => {
                "no case straddles a rule that the approval of the class decides".to_owned()
            }
            Self::RateNeverLookedUp { scheme } => {
                format!("the amount of {scheme} does not come from tables in that time")
            }
            Self::CatalogueNeverRequired { catalogue } => {
                format!("no scheme requires the catalogue {catalogue}")
            }
            Self::OutsideValidity => {
                "its time lies outside the validity of the document".to_owned()
            }
            Self::SameEdition => "two codes of one edition are called the same".to_owned(),
            Self::Gap {
                subject,
                before,
                from,
                until,
            } => format!("{subject} has no rule from {from} to {until}, after {before}"),
            Self::Overlap {
                subject,
                superseded,
                from,
                until,
            } => {
                let until = until.map_or_else(|| "on".to_owned(), |until| format!("to {until}"));
                format!("supersedes {superseded} for {subject} from {from} {until}")
            }
            Self::Superseded { subject, by, from } => {
                format!("{by}, published before, supersedes it for {subject} from {from} on")
            }
            Self::NeverInForce { subject, by } => {
                format!("never holds for {subject}: {by} supersedes it on every day")
            }
        }
    }

    /// Says in Chinese what is wrong.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "one sentence per kind")]
    pub fn zh(&self) -> String {
        match self {
            Self::TooLong { bytes, limit } => format!("文本{bytes}字节，超过上限{limit}字节"),
            Self::Syntax { message } => format!("不是有效的TOML文本：{message}"),
            Self::PersonalData { found } => {
                format!("此处含有{}，不得公布，请删除", found.zh())
            }
            Self::UnknownKey { key, near } => {
                format!("此处不认识的键{key}{}", meant_zh(near.as_deref()))
            }
            Self::MissingKey { key } => format!("缺少键{key}"),
            Self::WrongShape { key, shape } => format!("{key}应为{}", shape.zh()),
            Self::ClauseLength { limit } => format!("每条规则须注明依据条款（1至{limit}个字符）"),
            Self::UnknownCode { list, found, near } => {
                format!("{}代码“{found}”不存在{}", list.zh, meant_zh(*near))
            }
            Self::ReadingNotApart { found } | Self::ReadingInClause { found } => {
                format!("条款中的“{found}”不是文件原文，请写在reading = \"…\"中")
            }
            Self::NoStandard => "未定补贴标准：合同约定多少即付多少；请写明[scheme.amount]，\
                                 确按合同的写kind = \"by_contract\""
                .to_owned(),
            Self::ListMayBeOpen => {
                "条款所列资金以“等”结尾：请写明open = true或open = false，即其他资金能否支付"
                    .to_owned()
            }
            Self::OutOfRange {
                key,
                found,
                first,
                last,
            } => format!("{key}为{found}，应在{first}至{last}之间"),
            Self::AmountNotText { key } => {
                format!("{key}应以带引号的元为单位书写，如\"500.00\"")
            }
            Self::AmountNotFen { key, error } => format!("{key}不是整分金额：{}", money_zh(*error)),
            Self::AmountOutOfRange { key, limit_fen } => {
                format!("{key}应大于0且不超过{limit_fen}分")
            }
            Self::StandsTwice { what } => format!("{what}重复出现"),
            Self::Empty { key } => format!("{key}为空"),
            Self::TooMany { key, found, limit } => {
                format!("{key}有{found}项，最多{limit}项")
            }
            Self::MoreErrors { left_out } => format!("另有{left_out}处错误未逐一列出"),
            Self::MoreWarnings { left_out } => format!("另有{left_out}处提示未逐一列出"),
            Self::Contradicts { key, other } => format!("{key}与{other}相矛盾"),
            Self::Reversed { first, last } => format!("{last}早于（小于）{first}"),
            Self::NotOfThisKind { key, kind } => format!("{kind}类文件不得含有{key}"),
            Self::ExcludesItself => "补贴项目排斥自身".to_owned(),
            Self::OneSidedExclusivity { other } => format!("{other}未同样排斥本奖补项目"),
            Self::ExclusivityElsewhere { other } => {
                format!("{other}不是本文件的奖补项目，不会同样排斥本项目")
            }
            Self::QuotaTwice => "同一周期、范围和计入日期规定了两个次数".to_owned(),
            Self::SplitNotWhole => "各资金渠道分担比例之和不等于1".to_owned(),
            Self::SplitFundNotAllowed { fund } => format!("资金渠道{fund}不得支付本项目"),
            Self::RateTwice { other } => format!("{other}对同一情形已规定标准"),
            Self::CatalogueItemTwice { other } => format!("{other}已列入同一机构和职业"),
            Self::TargetSumWrong { whole, parts } => {
                format!("各分项合计{parts}，与总目标{whole}不符")
            }
            Self::TargetSumUneven { target } => {
                format!("{target}没有数值，或与总目标的计量内容、周期不同")
            }
            Self::UnknownTarget { target } => format!("没有目标{target}"),
            Self::UnknownName { list, found, near } => {
                format!(
                    "{found}不在本文件的{list}清单中{}",
                    meant_zh(near.as_deref())
                )
            }
            Self::UnknownScheme { scheme, near } => {
                format!("没有文件规定补贴项目{scheme}{}", meant_zh(near.as_deref()))
            }
            Self::RulesOverProvince { scheme, province } => {
                format!("{scheme}的规则由{province}规定：市级只能规定补贴标准")
            }
            Self::VersionNotRising { found } => format!("已有版本{found}，版本号须递增"),
            Self::DivisionMoved => "另一版本适用于其他行政区划".to_owned(),
            Self::SchemeNotPublished { scheme, near } => {
                format!(
                    "尚未发布规定补贴项目{scheme}的文件{}",
                    meant_zh(near.as_deref())
                )
            }
            Self::InTenThousands { key, found } => {
                format!("{key}为{found}，而条款以“万”为单位：请写出完整数字")
            }
            Self::AmountSmall { key, found } => {
                format!("{key}为{found}元，金额偏小：是否以万元为单位？")
            }
            Self::NotInClause { key, found } => {
                format!("{key}为{found}，与条款中的数字不符")
            }
            Self::MonthsLikeDays { key, months } => format!("{key}为{months}个月，疑为天数"),
            Self::DaysLikeMonths { key, days } => {
                format!("{key}为{days}天，而条款所写为月数")
            }
            Self::AdvanceIsWhole => "预拨比例为全额，就业率不再影响拨付".to_owned(),
            Self::SchemeSpeltLike { other, by } => {
                format!("{by}规定了{other}：是否为同一补贴项目的不同写法？")
            }
            Self::SchemeEnds { scheme, by, last } => {
                format!("{by}的{scheme}于{last}截止，本文件没有继续规定")
            }
            Self::RuleForgotten { rule, before } => {
                format!("{before}对此有{rule}规则，本文件没有")
            }
            Self::NothingRequired => "享受补贴不需任何材料".to_owned(),
            Self::QuotaNeverBinds { limit } => format!("另一次数限制{limit}总是先达到"),
            Self::QuotaEvaded { scheme } => {
                format!("计入{scheme}的享受次数而自身不受次数限制，能享受几次取决于审核先后")
            }
            Self::HoursNeverCount => "最低学时即达到封顶金额，按学时计算不起作用".to_owned(),
            Self::QuotaDateNeverUsed => {
                "同一补贴项目各次数限制以第一项的日期为准，滚动计算期以审核通过日计".to_owned()
            }
            Self::RuleOnAward { rule } => format!("{rule}不起作用：奖补没有培训班和学员"),
            Self::DateMayBeMissing { rule } => format!("{rule}不要求该日期，可能没有记录"),
            Self::StraddlingNeverUsed => "以培训班批准日期为准的规则没有跨期情形".to_owned(),
            Self::RateNeverLookedUp { scheme } => {
                format!("{scheme}在此期间不按补贴标准表计算，该标准不起作用")
            }
            Self::CatalogueNeverRequired { catalogue } => {
                format!("没有补贴项目要求列入目录{catalogue}")
            }
            Self::OutsideValidity => "目标期间不在文件有效期内".to_owned(),
            Self::SameEdition => "将同一版本的两个职业编码视为相同".to_owned(),
            Self::Gap {
                subject,
                before,
                from,
                until,
            } => format!("{subject}在{before}之后自{from}至{until}没有规定"),
            Self::Overlap {
                subject,
                superseded,
                from,
                until,
            } => {
                let until = until.map_or_else(|| "起".to_owned(), |until| format!("至{until}"));
                format!("自{from}{until}就{subject}取代仍然有效的{superseded}")
            }
            Self::Superseded { subject, by, from } => {
                format!("自{from}起就{subject}被先前发布的{by}取代")
            }
            Self::NeverInForce { subject, by } => {
                format!("就{subject}始终被{by}取代，从不适用")
            }
        }
    }
}

/// What was probably meant; nothing where nothing is near.
fn meant_en(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!("; did you mean {near:?}?"))
}

fn meant_zh(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!("，是否应为“{near}”？"))
}

const fn money_zh(error: ParseMoneyError) -> &'static str {
    match error {
        ParseMoneyError::NotANumber => "不是以元为单位的数字（如1234.05）",
        ParseMoneyError::TooManyDecimals => "小数超过两位",
        ParseMoneyError::OutOfRange => "超出范围",
    }
}
