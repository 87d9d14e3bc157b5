//! A document as a person reads it: its schemes with their rules in words, its rates, targets and
//! readings.
//!
//! Long: one sentence for each kind of rule, in two languages.

use ledger_core::coded::{Group, PayeeKind, RuleKind};
use ledger_core::event::FindingKind;
use ledger_core::policy::{
    AdvanceBase, AmountRule, AwardAmount, Evidence, FundList, HeldOn, ProjectPayment, Quota,
    QuotaScope, QuotaWindow, RateValue, Ratio, RepeatWindow, Ruled, Scheme, Shortfall, TargetBound,
    TargetPeriod,
};
use ledger_core::{FundSource, Policy, SchemeId, Share};

/// The language of a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English; names that only the documents give stay Chinese.
    En,
    /// Chinese.
    Zh,
}

/// Describes what a document says, a line for each rule with its clause below, and everything that
/// was read into it.
#[must_use]
pub fn describe(policy: &Policy, language: Language) -> String {
    let mut text = Text {
        written: String::new(),
        language,
    };
    for scheme in &policy.schemes {
        text.scheme(scheme);
    }
    text.rates(policy);
    text.accruals_and_penalties(policy);
    text.targets(policy);
    text.readings(policy);
    text.written
}

struct Text {
    written: String,
    language: Language,
}

impl Text {
    fn line(&mut self, line: &str) {
        self.written.push_str(line);
        self.written.push('\n');
    }

    fn say(&self, en: impl Into<String>, zh: impl Into<String>) -> String {
        match self.language {
            Language::En => en.into(),
            Language::Zh => zh.into(),
        }
    }

    /// A rule: what it is called, what it says, and its clause.
    fn rule<T>(
        &mut self,
        kind: RuleKind,
        ruled: Option<&Ruled<T>>,
        says: impl FnOnce(&Self, &T) -> String,
    ) {
        let Some(ruled) = ruled else { return };
        let name = self.say(kind.code().replace('_', " "), kind.name_zh());
        let says = says(self, &ruled.rule);
        let colon = if says.is_empty() { "" } else { ": " };
        self.line(&format!("  {name}{colon}{says}"));
        self.line(&format!("      {}", ruled.clause));
    }

    fn scheme(&mut self, scheme: &Scheme) {
        self.line(&format!("{} {}", scheme.scheme, scheme.name_zh));
        self.rule(RuleKind::Funds, Some(&scheme.funds), Self::funds);
        self.rule(RuleKind::FundSplit, scheme.split.as_ref(), |text, split| {
            let shares = split
                .iter()
                .map(|part| format!("{} {}", text.fund(part.fund), per_cent(part.share)));
            text.list(shares)
        });
        self.money(scheme);
        self.history(scheme);
        self.person(scheme);
        self.training(scheme);
    }

    fn accruals_and_penalties(&mut self, policy: &Policy) {
        for accrual in &policy.accruals {
            self.rule(RuleKind::Accrual, Some(accrual), |text, accrual| {
                let fund = text.fund(accrual.fund);
                let months = accrual.capacity_months;
                let share = accrual.share.map_or_else(String::new, |share| {
                    let share = per_cent(share);
                    text.say(
                        format!(", at most {share} of the balance"),
                        format!("，不超过结余的{share}"),
                    )
                });
                text.say(
                    format!("{fund}{share}; the balance has to cover {months} months of benefits"),
                    format!("{fund}{share}；计提后结余须够支付{months}个月待遇"),
                )
            });
        }
        for penalty in &policy.penalties {
            self.rule(RuleKind::Penalty, Some(penalty), |text, penalty| {
                let findings = penalty.findings.iter();
                let findings = text.list(findings.map(|it| text.finding(*it)));
                let funds = text.list(penalty.funds.iter().map(|fund| text.fund(*fund)));
                let (min, max) = (text.ratio(penalty.min), text.ratio(penalty.max));
                text.say(
                    format!("{findings}, money of {funds}: {min} to {max} of the sum"),
                    format!("{findings}，{funds}：涉案金额的{min}至{max}"),
                )
            });
        }
    }

    fn money(&mut self, scheme: &Scheme) {
        if scheme.award.is_none() && scheme.amount.is_none() {
            let name = self.say("amount", RuleKind::Amount.name_zh());
            let says = self.say("what the contract of the class names", "按班级合同约定");
            self.line(&format!("  {name}: {says}"));
        }
        self.rule(
            RuleKind::Amount,
            scheme.amount.as_ref(),
            |text, amount| match amount {
                AmountRule::Stated(rate) => text.rate(*rate),
                AmountRule::ByTable => text.say("by the published rates", "按公布的标准"),
            },
        );
        self.rule(RuleKind::Uplift, scheme.uplift.as_ref(), |_, uplift| {
            per_cent(uplift.share)
        });
        self.rule(RuleKind::Amount, scheme.award.as_ref(), |text, award| {
            let amount = match award.amount {
                AwardAmount::Fixed(sum) => {
                    text.say(format!("{sum} yuan, once"), format!("一次性{sum}元"))
                }
                AwardAmount::AtLeast(sum) => {
                    text.say(format!("at least {sum} yuan"), format!("不低于{sum}元"))
                }
                AwardAmount::MonthlyAtLeast(sum) => text.say(
                    format!("at least {sum} yuan a month"),
                    format!("每月不低于{sum}元"),
                ),
                AwardAmount::Decided => text.say("decided case by case", "逐项决定"),
            };
            let to = text.payees(&award.recipients);
            text.say(format!("{amount}, to {to}"), format!("{amount}，给予{to}"))
        });
        self.rule(
            RuleKind::AwardCount,
            scheme.award_count.as_ref(),
            |text, count| {
                let (limit, years, first) = (count.limit, count.years, count.first_year);
                text.say(
                    format!("{limit} in {years} years, from {first} on"),
                    format!("每{years}年{limit}名，自{first}年起"),
                )
            },
        );
        self.rule(
            RuleKind::AwardExclusivity,
            scheme.award_exclusivity.as_ref(),
            |text, others| text.list(others.iter().map(SchemeId::to_string)),
        );
        self.rule(RuleKind::Payee, scheme.payee.as_ref(), |text, payee| {
            let to = text.payees(&payee.allowed);
            match payee.agency_contract {
                true => text.say(
                    format!("{to}; a body needs an agency contract"),
                    format!("{to}；机构代领须有代领协议"),
                ),
                false => to,
            }
        });
        self.rule(
            RuleKind::PaymentSchedule,
            scheme.project.as_ref(),
            Self::project,
        );
    }

    fn history(&mut self, scheme: &Scheme) {
        for quota in &scheme.quotas {
            self.rule(RuleKind::Quota, Some(quota), Self::quota);
        }
        if let Some(apart) = &scheme.counted_apart {
            let says = self.say("counted apart from other schemes", "次数与其他补贴分别计算");
            self.line(&format!("  {says}"));
            self.line(&format!("      {}", apart.clause));
        }
        self.rule(
            RuleKind::NoRepeat,
            scheme.no_repeat.as_ref(),
            |text, window| match window {
                RepeatWindow::Ever => text.say("never again", "终身"),
                RepeatWindow::Months(months) => {
                    text.say(format!("within {months} months"), format!("{months}个月内"))
                }
            },
        );
        self.rule(
            RuleKind::HigherLevel,
            scheme.higher_level.as_ref(),
            |_, ()| String::new(),
        );
        self.rule(
            RuleKind::SchemeExclusion,
            scheme.excludes.as_ref(),
            |text, rule| text.list(rule.schemes.iter().map(SchemeId::to_string)),
        );
        let release = Some(&scheme.quota_release).filter(|_| scheme.award.is_none());
        self.rule(RuleKind::QuotaRelease, release, |text, rule| {
            let returned = text.say("a payment that never arrived", "未到账退回的");
            let clawback = text.say("a subsidy clawed back in full", "全额追回的");
            let kinds = [(rule.returned_payment, returned), (rule.clawback, clawback)];
            let frees = kinds.into_iter().filter(|(frees, _)| *frees);
            match text.list(frees.map(|(_, kind)| kind)) {
                none if none.is_empty() => text.say("nothing", "无"),
                kinds => kinds,
            }
        });
    }

    fn person(&mut self, scheme: &Scheme) {
        self.rule(RuleKind::Levels, scheme.levels.as_ref(), |text, levels| {
            let levels = levels
                .iter()
                .map(|level| text.say(level.name_en(), level.name_zh()));
            text.list(levels)
        });
        self.rule(RuleKind::Groups, scheme.groups.as_ref(), |text, rule| {
            let groups = rule.any_of.iter().map(|group| text.group(*group));
            let groups = text.list(groups);
            match rule.held {
                HeldOn::FirstDay => text.say(
                    format!("{groups}, on the first day"),
                    format!("{groups}（培训首日）"),
                ),
                HeldOn::Throughout => text.say(
                    format!("{groups}, on every day"),
                    format!("{groups}（培训全程）"),
                ),
            }
        });
        self.rule(RuleKind::Age, scheme.age.as_ref(), |text, age| {
            let (min, male, female) = (age.min, age.max_male, age.max_female);
            text.say(
                format!("{min} to {male} (men), to {female} (women)"),
                format!("{min}至{male}周岁（男）、至{female}周岁（女）"),
            )
        });
        self.rule(
            RuleKind::Pension,
            scheme.pension_excluded.as_ref(),
            |text, ()| text.say("whoever draws one is outside", ""),
        );
        self.rule(
            RuleKind::InsuredMonths,
            scheme.insured_months.as_ref(),
            |text, months| {
                text.say(
                    format!("at least {months} months"),
                    format!("不少于{months}个月"),
                )
            },
        );
        self.rule(
            RuleKind::Residence,
            scheme.residence.as_ref(),
            |_, division| division.to_string(),
        );
        self.rule(
            RuleKind::GraduatingYear,
            scheme.graduating_year.as_ref(),
            |_, ()| String::new(),
        );
    }

    fn training(&mut self, scheme: &Scheme) {
        let evidence = Some(&scheme.evidence).filter(|_| scheme.award.is_none());
        self.rule(RuleKind::Evidence, evidence, Self::evidence);
        self.rule(
            RuleKind::ClaimDeadline,
            scheme.claim_deadline.as_ref(),
            |text, rule| {
                let months = rule.months;
                text.say(format!("{months} months"), format!("{months}个月内"))
            },
        );
        self.rule(
            RuleKind::Publicity,
            scheme.publicity.as_ref(),
            |text, rule| text.say(format!("{} days", rule.days), format!("{}天", rule.days)),
        );
        self.rule(
            RuleKind::Catalogue,
            scheme.catalogue.as_ref(),
            |text, rule| {
                let bodies = text.say("the catalogue of bodies", "机构目录");
                let bodies = rule.institution_listed.then_some(bodies);
                let kinds = rule
                    .listed_in
                    .iter()
                    .map(|kind| text.say(kind.code(), kind.name_zh()));
                text.list(kinds.chain(bodies))
            },
        );
        self.rule(RuleKind::Order, scheme.order.as_ref(), |_, ()| {
            String::new()
        });
    }

    fn rates(&mut self, policy: &Policy) {
        let mut rows: Vec<_> = policy.rates.rows.iter().collect();
        if rows.is_empty() {
            return;
        }
        rows.sort_by_key(|(key, _)| (key.scheme.to_string(), key.occupation, key.level, key.group));
        let heading = self.say("rates", "补贴标准");
        self.line(&heading);
        for (key, rate) in rows {
            let level = key
                .level
                .map(|level| self.say(level.name_en(), level.name_zh()));
            let group = key.group.map(|group| self.group(group));
            let parts = [key.occupation.map(|it| it.to_string()), level, group];
            let of = self.list(parts.into_iter().flatten());
            let of = if of.is_empty() {
                self.say("every case", "所有情形")
            } else {
                of
            };
            let rate_of = self.rate(rate.rule);
            self.line(&format!("  {}, {of}: {rate_of}", key.scheme));
            self.line(&format!("      {}", rate.clause));
        }
    }

    fn targets(&mut self, policy: &Policy) {
        if !policy.targets.is_empty() {
            let heading = self.say("targets", "目标任务");
            self.line(&heading);
        }
        for ruled in &policy.targets {
            let target = &ruled.rule;
            let name = self.say(&*target.name_en, &*target.name_zh);
            let figure = target
                .figure
                .map_or_else(|| "-".to_owned(), |it| it.to_string());
            let bound = match target.bound {
                TargetBound::AtLeast => self.say("at least ", "不少于"),
                TargetBound::About => self.say("about ", "约"),
                TargetBound::Exactly => String::new(),
            };
            let period = match target.period {
                TargetPeriod::Yearly => self.say(" each year", "（每年）"),
                TargetPeriod::Cumulative => self.say(" in all", "（累计）"),
            };
            self.line(&format!(
                "  {name}: {bound}{figure}{period}, {} to {}",
                target.from, target.until
            ));
            self.line(&format!("      {}", ruled.clause));
        }
    }

    fn readings(&mut self, policy: &Policy) {
        if policy.readings.is_empty() {
            return;
        }
        let heading = self.say(
            "readings and defaults of ours (the issuer does not say so)",
            "解读和默认值（文件没有写明）",
        );
        self.line(&heading);
        for reading in &policy.readings {
            let of = match &*reading.path {
                "" => self.say("the document", "文件"),
                path => path.to_owned(),
            };
            self.line(&format!("  {of}: {}", reading.text));
        }
    }

    fn funds(&self, funds: &FundList) -> String {
        let names = |funds: &[FundSource]| self.list(funds.iter().map(|fund| self.fund(*fund)));
        let named = names(&funds.named);
        match &funds.open_except {
            Some(except) if except.is_empty() => {
                self.say(format!("{named}, and others"), format!("{named}等"))
            }
            Some(except) => {
                let except = names(except);
                self.say(
                    format!("{named}, and others, but not {except}"),
                    format!("{named}等（不含{except}）"),
                )
            }
            None => named,
        }
    }

    fn rate(&self, rate: RateValue) -> String {
        match rate {
            RateValue::Fixed(sum) => {
                self.say(format!("{sum} yuan a person"), format!("每人{sum}元"))
            }
            RateValue::Hourly {
                per_hour,
                hours_min,
                cap,
            } => self.say(
                format!(
                    "{per_hour} yuan a class hour, from {hours_min} hours on, at most {cap} yuan"
                ),
                format!("每学时{per_hour}元，不少于{hours_min}学时，最高{cap}元"),
            ),
            RateValue::Monthly {
                per_month,
                months_max,
            } => self.say(
                format!("{per_month} yuan a month, at most {months_max} months"),
                format!("每月{per_month}元，最多{months_max}个月"),
            ),
        }
    }

    fn quota(&self, quota: &Quota) -> String {
        let limit = quota.limit;
        let (window_en, window_zh) = match quota.window {
            QuotaWindow::CalendarYear => ("calendar year".to_owned(), "每自然年度".to_owned()),
            QuotaWindow::RollingMonths(months) => {
                (format!("{months} months"), format!("每{months}个月"))
            }
        };
        let (scope_en, scope_zh) = match quota.scope {
            QuotaScope::AllSchemes => ("over all schemes", "各补贴合计"),
            QuotaScope::SameScheme => ("of this scheme", "本项目"),
        };
        self.say(
            format!("{limit} a person and {window_en}, {scope_en}"),
            format!("每人{window_zh}不超过{limit}次（{scope_zh}）"),
        )
    }

    fn evidence(&self, evidence: &Evidence) -> String {
        let mut needed = Vec::new();
        if evidence.certificate {
            let kinds = evidence.certificate_kinds.iter();
            let kinds = self.list(kinds.map(|kind| self.say(kind.name_en(), kind.name_zh())));
            let any = self.say("a certificate", "证书");
            needed.push(if kinds.is_empty() { any } else { kinds });
        }
        if evidence.verified {
            needed.push(self.say("found in the national register", "联网可查"));
        }
        if evidence.assessment {
            needed.push(self.say("a passed assessment", "考核合格"));
        }
        needed.extend(evidence.attendance.map(|share| {
            let share = per_cent(share);
            self.say(
                format!("{share} of the class hours"),
                format!("出勤{share}"),
            )
        }));
        needed.extend(
            evidence
                .hours_min
                .map(|hours| self.say(format!("{hours} class hours"), format!("{hours}学时"))),
        );
        needed.extend(evidence.employment_days.map(|days| {
            self.say(
                format!("work within {days} days"),
                format!("{days}天内就业"),
            )
        }));
        if evidence.labour_contract {
            needed.push(self.say("a labour contract", "劳动合同"));
        }
        self.list(needed.into_iter())
    }

    fn project(&self, project: &ProjectPayment) -> String {
        let ahead = per_cent(project.advance_share);
        let rate = per_cent(project.full_payment_rate);
        let months = project.employment_window_months;
        let (base_en, base_zh) = match project.advance_base {
            AdvanceBase::Contract => ("of the contracted places", "合同人数"),
            AdvanceBase::Approved => ("of the approved places", "审核通过人数"),
        };
        let (below_en, below_zh) = match project.shortfall {
            Shortfall::StayAtAdvance => ("no more", "不再拨付"),
            Shortfall::ProRata => ("in proportion", "按比例拨付"),
            Shortfall::RecoverAdvance => ("the advance back", "追回预拨"),
        };
        self.say(
            format!(
                "{ahead} {base_en} ahead, the rest from {rate} employed within {months} months \
                 on; below that {below_en}"
            ),
            format!(
                "按{base_zh}先行拨付{ahead}，{months}个月内就业率达到{rate}的全额拨付；未达到的{below_zh}"
            ),
        )
    }

    fn payees(&self, payees: &[PayeeKind]) -> String {
        self.list(
            payees
                .iter()
                .map(|payee| self.say(payee.code(), payee.name_zh())),
        )
    }

    fn fund(&self, fund: FundSource) -> String {
        self.say(fund.code().replace('_', " "), fund.name_zh())
    }

    /// A part as a fraction, a multiple as a number of times.
    fn ratio(&self, ratio: Ratio) -> String {
        let Ratio {
            numerator,
            denominator,
        } = ratio;
        match denominator {
            1 => self.say(format!("{numerator} times"), format!("{numerator}倍")),
            _ => format!("{numerator}/{denominator}"),
        }
    }

    fn finding(&self, kind: FindingKind) -> String {
        let (en, zh) = match kind {
            FindingKind::FalseTraining => ("false training", "虚假培训"),
            FindingKind::FalseEvaluation => ("false evaluation", "虚假评价"),
            FindingKind::Fraud => ("fraud", "骗取套取"),
            FindingKind::Ineligible => ("ineligible", "不符合条件"),
            FindingKind::HonestError => ("honest error", "工作失误"),
        };
        self.say(en, zh)
    }

    fn group(&self, group: Group) -> String {
        self.say(group.code().replace('_', " "), group.name_zh())
    }

    fn list(&self, items: impl Iterator<Item = String>) -> String {
        let items: Vec<String> = items.collect();
        items.join(match self.language {
            Language::En => ", ",
            Language::Zh => "、",
        })
    }
}

/// A share in per cent where it is whole, and as a fraction where it is not.
fn per_cent(share: Share) -> String {
    let (numerator, denominator) = (u64::from(share.numerator()), u64::from(share.denominator()));
    let hundredfold = numerator.saturating_mul(100);
    match (
        hundredfold.checked_div(denominator),
        hundredfold.checked_rem(denominator),
    ) {
        (Some(whole), Some(0)) => format!("{whole}%"),
        _ => share.to_string(),
    }
}
