//! The chain of rules behind the approval of a class: the same checks, each with its inputs.

use super::{check_level, check_scheme, wanted};
use crate::class::rules::catalogue::Catalogued;
use crate::coded::RuleKind;
use crate::command::ApproveClass;
use crate::context::Context;
use crate::decide::Deciding;
use crate::decide::sink::{Explaining, Sink as _, Verdict};
use crate::explain::{Explanation, kind_of};
use crate::institution::trains;
use crate::policy::book::InForce;
use crate::policy::{PublishedPolicy, Scheme};
use crate::refusal::{Reason, Refusal};
use crate::{BusinessDate, SkillLevel};

/// Explains what an [`ApproveClass`] would be decided on, that day. It needs the same entities
/// loaded as the command.
#[must_use]
pub fn explain_class_approval(
    context: &Context,
    c: &ApproveClass,
    on: BusinessDate,
) -> Explanation {
    let deciding = Deciding { context, on };
    let mut sink = Explaining::default();
    let published = context.policies.in_force(&c.scheme, c.division, on);
    let rules = published.and_then(|it| Some((it, it.policy.scheme(&c.scheme)?)));
    match rules {
        Some(rules) => deciding.class_chain(c, rules, &mut sink),
        None => sink.barred(Refusal::new(Reason::PolicyNotFound).about(&c.scheme)),
    }
    sink.explanation
}

impl Deciding<'_> {
    fn class_chain(
        &self,
        c: &ApproveClass,
        (published, scheme): (&PublishedPolicy, &Scheme),
        sink: &mut Explaining,
    ) {
        if let Err(exists) = self.not_approved_yet(c) {
            sink.barred(exists);
        }
        self.fund_of_class(c, (published, scheme), sink);
        level_of_class(c, (published, scheme), sink);
        self.body_of_class(c, sink);
        self.order_of_class(c, (published, scheme), sink);
        self.listing_of_class(c, (published, scheme), sink);
        self.rate_of_class(c, (published, scheme), sink);
    }

    fn fund_of_class(
        &self,
        c: &ApproveClass,
        (published, scheme): (&PublishedPolicy, &Scheme),
        sink: &mut Explaining,
    ) {
        let rule = InForce {
            published,
            ruled: &scheme.funds,
        };
        let against = check_scheme(published, scheme, c).err();
        let kind = against.as_ref().and_then(|it| kind_of(it.reason));
        sink.looks_at(
            ("fund", "资金渠道"),
            (
                format_args!("{}", c.fund.code()),
                format_args!("{}", c.fund.name_zh()),
            ),
            [published.position],
        );
        let verdict = Verdict::passed(kind.unwrap_or(RuleKind::Funds)).under(rule);
        sink.verdict(verdict.unless(against));
    }

    fn body_of_class(&self, c: &ApproveClass, sink: &mut Explaining) {
        let qualified = match self.institution(c.institution) {
            Ok(institution) => trains(institution, wanted(c)),
            Err(unknown) => return sink.barred(unknown),
        };
        sink.looks_at(
            ("class dates", "培训起止日期"),
            format_args!("{}..{}", c.starts_on, c.ends_on),
            None,
        );
        let granted = qualified.as_deref().unwrap_or_default();
        sink.looks_at(
            ("qualifications", "机构资质数"),
            format_args!("{}", granted.len()),
            granted.iter().copied(),
        );
        sink.verdict(Verdict::passed(RuleKind::Qualification).unless(qualified.err()));
    }

    fn order_of_class(
        &self,
        c: &ApproveClass,
        (published, scheme): (&PublishedPolicy, &Scheme),
        sink: &mut Explaining,
    ) {
        if scheme.order.is_none() && c.order.is_none() {
            return;
        }
        let accepted = self.accepted_order(published, scheme, c);
        if let Some(order) = c.order {
            let position = accepted.as_ref().ok().copied().flatten();
            sink.looks_at(("order", "订单"), format_args!("{order}"), position);
        }
        let verdict = Verdict::passed(RuleKind::Order);
        let verdict = match &scheme.order {
            Some(ruled) => verdict.under(InForce { published, ruled }),
            None => verdict,
        };
        sink.verdict(verdict.unless(accepted.err()));
    }

    fn listing_of_class(
        &self,
        c: &ApproveClass,
        (published, scheme): (&PublishedPolicy, &Scheme),
        sink: &mut Explaining,
    ) {
        let Some(ruled) = &scheme.catalogue else {
            return;
        };
        let listed = self.in_catalogues(published, scheme, c);
        let (en, zh) = level_names(c.level);
        let occupation = c.occupation;
        sink.looks_at(
            ("occupation and level", "职业（工种）及等级"),
            (
                format_args!("{occupation} {en}"),
                format_args!("{occupation}{zh}"),
            ),
            None,
        );
        let catalogues = listed.as_deref().unwrap_or_default();
        sink.looks_at(
            ("catalogues that list it", "列入的目录数"),
            format_args!("{}", catalogues.len()),
            catalogues.iter().copied(),
        );
        let verdict = Verdict::passed(RuleKind::Catalogue).under(InForce { published, ruled });
        sink.verdict(verdict.unless(listed.err()));
    }

    fn rate_of_class(
        &self,
        c: &ApproveClass,
        (published, scheme): (&PublishedPolicy, &Scheme),
        sink: &mut Explaining,
    ) {
        let Catalogued { scarce, causes } = self.scarce(c);
        let verdict = Verdict::passed(RuleKind::Amount);
        let verdict = match &scheme.amount {
            Some(ruled) => verdict.under(InForce { published, ruled }),
            None => verdict,
        };
        sink.looks_at(
            ("planned class hours", "计划学时"),
            format_args!("{}", c.class_hours),
            None,
        );
        if scarce {
            let listed = (format_args!("yes"), format_args!("是"));
            sink.looks_at(
                ("scarce occupation", "急需紧缺职业（工种）"),
                listed,
                causes,
            );
        }
        if let Some(rate) = c.rate {
            sink.looks_at(
                ("rate of the contract, yuan", "合同约定标准（元）"),
                format_args!("{rate}"),
                None,
            );
        }
        let verdict = match self.class_rate(published, scheme, c, scarce) {
            Ok(rate) => {
                let document = rate.document();
                let position = document.and_then(|at| self.context.policies.at(at));
                if let Some(table) = position.filter(|it| it.position != published.position) {
                    let number = &table.policy.document_number;
                    let value = format_args!("{number}");
                    sink.looks_at(("rate table", "补贴标准文件"), value, [table.position]);
                }
                verdict.amount(rate.rate)
            }
            Err(refusal) => verdict.unless(Some(refusal)),
        };
        sink.verdict(verdict);
    }
}

fn level_of_class(
    c: &ApproveClass,
    (published, scheme): (&PublishedPolicy, &Scheme),
    sink: &mut Explaining,
) {
    let Some(ruled) = &scheme.levels else {
        return;
    };
    let (en, zh) = level_names(c.level);
    let value = (format_args!("{en}"), format_args!("{zh}"));
    sink.looks_at(("level", "技能等级"), value, None);
    let verdict = Verdict::passed(RuleKind::Levels).under(InForce { published, ruled });
    sink.verdict(verdict.unless(check_level(published, scheme, c).err()));
}

/// A level in English and in Chinese; a course that leads to none has no name.
pub(crate) fn level_names(level: Option<SkillLevel>) -> (&'static str, &'static str) {
    level.map_or(("without level", "（不分等级）"), |level| {
        (level.name_en(), level.name_zh())
    })
}
