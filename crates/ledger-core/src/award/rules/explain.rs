//! The chain of rules behind the approval of an award: the same checks, each with its inputs.

use super::asked::{Asked, cycle_of};
use super::parts::account_of;
use crate::coded::RuleKind;
use crate::command::ApproveAward;
use crate::context::Context;
use crate::decide::Deciding;
use crate::decide::sink::{Explaining, Sink as _, Verdict};
use crate::event::AppliedRule;
use crate::explain::{Explanation, Outcome};
use crate::policy::Ruled;
use crate::policy::book::InForce;
use crate::refusal::{Reason, Refusal};
use crate::{BusinessDate, Fen};

/// Explains what an [`ApproveAward`] would be decided on, that day. It needs the same entities
/// loaded as the command.
#[must_use]
pub fn explain_award_approval(
    context: &Context,
    c: &ApproveAward,
    on: BusinessDate,
) -> Explanation {
    let deciding = Deciding { context, on };
    let mut sink = Explaining::default();
    if let Some(existing) = context.awards.get(&c.award) {
        let exists = Refusal::new(Reason::AwardExists).about(c.award);
        sink.barred(exists.because([existing.approved.position]));
    }
    let asked = context
        .policies
        .in_force(&c.scheme, c.division, on)
        .ok_or_else(|| Refusal::new(Reason::PolicyNotFound).about(&c.scheme))
        .and_then(|published| Asked::new(deciding, c, published));
    match asked {
        Ok(asked) => asked.explain(&mut sink),
        Err(refusal) => {
            // The funds are looked at first; everything else comes before any rule.
            let by_rule = Explanation::refused(&refusal);
            sink.explanation.rules.extend(by_rule.rules);
            sink.explanation.barred.extend(by_rule.barred);
        }
    }
    sink.explanation
}

impl Asked<'_> {
    fn explain(&self, sink: &mut Explaining) {
        self.funds(sink);
        self.exclusivity(sink);
        self.count(sink);
        match self.amount() {
            Ok((amount, months, applied)) => {
                if months > 0 {
                    sink.looks_at(("months", "月数"), format_args!("{months}"), None);
                }
                let outcome = Outcome::Amount(amount);
                self.kept(sink, self.rule, (applied, outcome));
                self.split(amount, sink);
            }
            Err(refusal) => self.refused(sink, RuleKind::Amount, refusal),
        }
        self.recipient_of(sink);
    }

    fn funds(&self, sink: &mut Explaining) {
        for part in &self.command.parts {
            let account = self.deciding.account(account_of(part));
            let opened = account.ok().map(|account| account.opened);
            let (division, fund) = (part.division, part.fund);
            sink.looks_at(
                ("account", "专账"),
                (
                    format_args!("{division} {}", fund.code()),
                    format_args!("{division}{}", fund.name_zh()),
                ),
                opened,
            );
        }
        let applied = self.applied(RuleKind::Funds, None, None);
        self.kept(sink, &self.scheme.funds, (applied, Outcome::Passed));
    }

    fn exclusivity(&self, sink: &mut Explaining) {
        let subject = &self.command.subject;
        sink.looks_at(("subject", "事项"), format_args!("{subject}"), None);
        match self.check_exclusivity() {
            Ok(Some(applied)) => {
                let mut rules = self.published.policy.exclusive_awards(&self.command.scheme);
                if let Some((_, ruled)) = rules.next() {
                    self.kept(sink, ruled, (applied, Outcome::Passed));
                }
            }
            Ok(None) => {
                // One award for the same subject is what the award's own rule says.
                let (published, ruled) = (self.published, self.rule);
                let verdict = Verdict::passed(RuleKind::AwardExclusivity);
                sink.verdict(verdict.under(InForce { published, ruled }).limit(0, 0));
            }
            Err(refusal) => self.refused(sink, RuleKind::AwardExclusivity, refusal),
        }
    }

    fn count(&self, sink: &mut Explaining) {
        let Some(count) = &self.scheme.award_count else {
            return;
        };
        let cycle = |date| cycle_of(count.rule, date);
        let same = self.standing(&self.command.scheme);
        let same = same.filter(|entry| cycle(entry.on) == cycle(self.deciding.on));
        let taken: Vec<_> = same.map(|entry| entry.position).collect();
        sink.looks_at(
            ("awards that count", "本周期已评选"),
            format_args!("{}", taken.len()),
            taken,
        );
        match self.check_count() {
            Ok(Some(applied)) => self.kept(sink, count, (applied, Outcome::Passed)),
            Ok(None) => {}
            Err(refusal) => self.refused(sink, RuleKind::AwardCount, refusal),
        }
    }

    fn split(&self, amount: Fen, sink: &mut Explaining) {
        match self.parts(amount) {
            Ok((parts, applied)) => {
                let Some((applied, ruled)) = applied.zip(self.scheme.split.as_ref()) else {
                    return;
                };
                for part in parts {
                    let (key, amount) = (part.account, part.amount);
                    sink.looks_at(
                        ("part, yuan", "分担金额（元）"),
                        (
                            format_args!("{} {} {amount}", key.division, key.fund.code()),
                            format_args!("{}{}{amount}", key.division, key.fund.name_zh()),
                        ),
                        None,
                    );
                }
                self.kept(sink, ruled, (applied, Outcome::Passed));
            }
            Err(refusal) => self.refused(sink, RuleKind::FundSplit, refusal),
        }
    }

    fn recipient_of(&self, sink: &mut Explaining) {
        let recipient = self.command.recipient;
        let registered = self.deciding.recipient(recipient).ok();
        let kind = recipient.kind();
        sink.looks_at(
            ("recipient", "获奖对象"),
            (
                format_args!("{}", kind.code()),
                format_args!("{}", kind.name_zh()),
            ),
            registered,
        );
        match self.check_recipient() {
            Ok(applied) => self.kept(sink, self.rule, (applied, Outcome::Passed)),
            Err(refusal) => self.refused(sink, RuleKind::Payee, refusal),
        }
    }

    fn kept<T>(
        &self,
        sink: &mut Explaining,
        ruled: &Ruled<T>,
        (applied, outcome): (AppliedRule, Outcome),
    ) {
        let published = self.published;
        let mut verdict = Verdict::passed(applied.rule).under(InForce { published, ruled });
        verdict.limit = applied.limit;
        verdict.found = applied.found;
        verdict.outcome = outcome;
        sink.verdict(verdict);
    }

    /// A refusal has its citation from the check.
    fn refused(&self, sink: &mut Explaining, rule: RuleKind, refusal: Refusal) {
        sink.verdict(Verdict::passed(rule).unless(Some(refusal)));
    }
}
