//! Payments and settlements: the rules of the schedule, the funds and the payee, with the events
//! among their causes that each looked at.

use std::collections::BTreeMap;

use ledger_core::coded::RuleKind;
use ledger_core::entity::Class;
use ledger_core::event::{
    DisbursementOrdered, DisbursementStage, Payee, ProjectSettled, Subject as PaidFor,
};
use ledger_core::explain::{DecisionSubject, Evaluated, Input, Outcome};
use ledger_core::policy::book::{CaseDates, CaseRules, RuleCase};
use ledger_core::policy::{PolicyBook, Ruled, Scheme};
use ledger_core::refusal::RuleCitation;
use ledger_core::{
    AwardId, BusinessDate, ClassId, CommandKind, EventKind, Explanation, FundSource, Position,
    RecordedEvent,
};

use super::before::book_before;
use super::{Chain, DecisionExplanation, Explaining, ExplanationSource, QueryError, Stop, head};
use crate::query::entities::load;

/// The causes of an event by their kinds.
type Causes = BTreeMap<EventKind, Vec<Position>>;

impl Explaining<'_> {
    /// A payment: the funds that may pay it, the payee, and for a project the schedule.
    pub(super) fn payment(
        &mut self,
        recorded: &RecordedEvent,
        e: &DisbursementOrdered,
    ) -> Result<DecisionExplanation, Stop> {
        let explained = DecisionExplanation {
            about: DecisionSubject {
                subject: Some(e.subject),
                person: None,
                disbursement: Some(e.disbursement),
            },
            amount: e.total,
            ..DecisionExplanation::of(recorded)
        };
        let id = match e.subject {
            PaidFor::Award(award) => return Ok(self.award_payment(explained, (e, award))?),
            PaidFor::Class(id) => id,
        };
        self.of_class(recorded, (id, explained), |made| made.payment(e))
    }

    /// A settlement: the employment rate and what the schedule makes of it.
    pub(super) fn settlement(
        &mut self,
        recorded: &RecordedEvent,
        e: &ProjectSettled,
    ) -> Result<DecisionExplanation, Stop> {
        let explained = DecisionExplanation {
            about: DecisionSubject {
                subject: Some(PaidFor::Class(e.class)),
                ..DecisionSubject::default()
            },
            amount: e.payable,
            ..DecisionExplanation::of(recorded)
        };
        self.of_class(recorded, (e.class, explained), |made| {
            vec![made.settlement(e)]
        })
    }

    /// Completes an explanation by the rules that held for a class.
    fn of_class(
        &mut self,
        recorded: &RecordedEvent,
        (id, explained): (ClassId, DecisionExplanation),
        chain: impl FnOnce(&Made<'_>) -> Vec<Evaluated>,
    ) -> Result<DecisionExplanation, Stop> {
        let Some(class) = load(self.snapshot, id)? else {
            return Ok(explained);
        };
        let causes = self.causes(recorded)?;
        let book = book_before(&self.book, recorded.position);
        let on = recorded.event.occurred_on;
        let rules = class_rules(&book, &class, on).map_or_else(Vec::new, |rules| {
            chain(&Made {
                class: &class,
                causes: &causes,
                rules,
            })
        });
        Ok(with(explained, rules))
    }

    /// A payment of an award: the fund that may pay it. What it rests on is the award's approval.
    fn award_payment(
        &self,
        explained: DecisionExplanation,
        (e, id): (&DisbursementOrdered, AwardId),
    ) -> Result<DecisionExplanation, QueryError> {
        let explained = DecisionExplanation {
            command: CommandKind::OrderAwardPayment,
            ..explained
        };
        let Some(award) = load(self.snapshot, id)? else {
            return Ok(explained);
        };
        let published = self.book.at(award.policy);
        let rules = published.and_then(|it| Some((it, it.policy.scheme(&award.scheme)?)));
        let approved = [award.approved.position];
        let inputs = vec![
            fund(e.account.fund, &approved),
            input("award, yuan", "奖补金额（元）", award.amount, &approved),
        ];
        let citation = rules.map(|(published, scheme)| published.cite(&scheme.funds));
        Ok(with(
            explained,
            vec![kept(RuleKind::Funds, citation, inputs)],
        ))
    }

    /// The causes of an event by kind.
    fn causes(&mut self, recorded: &RecordedEvent) -> Result<Causes, Stop> {
        let mut causes = Causes::new();
        for cause in &recorded.event.causes {
            // A settlement is a cause of the order that is recorded with it.
            self.pay_for(*cause)?;
            let head = head(&self.blocks.record(*cause)?)?;
            if let Some(kind) = head.kind() {
                causes.entry(kind).or_default().push(*cause);
            }
        }
        Ok(causes)
    }
}

/// A payment or a settlement of a class, and what it was made from.
struct Made<'a> {
    class: &'a Class,
    causes: &'a Causes,
    rules: CaseRules<'a>,
}

impl Made<'_> {
    fn payment(&self, e: &DisbursementOrdered) -> Vec<Evaluated> {
        let approved = [self.class.approved.position];
        let mut chain = Vec::new();
        let lines = self.of(EventKind::SubsidyApproved);
        let inputs = vec![
            fund(e.account.fund, &approved),
            input("lines", "明细数", e.lines.len(), lines),
        ];
        chain.push(kept(
            RuleKind::Funds,
            self.cite(|it| Some(&it.funds)),
            inputs,
        ));
        if let Some(citation) = self.cite(|it| it.payee.as_ref()) {
            let related = match e.payee {
                Payee::Institution(_) => self.of(EventKind::AgencyContractRecorded),
                Payee::Employer(_) => self.of(EventKind::EmploymentConfirmed),
                Payee::Person(_) | Payee::Master(_) => &[],
            };
            let kind = e.payee.kind();
            let mut payee = input("payee", "收款人", kind.code(), related);
            payee.value_zh = Some(kind.name_zh().to_owned());
            chain.push(kept(RuleKind::Payee, Some(citation), vec![payee]));
        }
        let shown = self.of(EventKind::PublicityClosed);
        if let Some(citation) = self.cite(|it| it.publicity.as_ref())
            && !shown.is_empty()
        {
            let inputs = vec![input("lists shown", "公示次数", shown.len(), shown)];
            chain.push(kept(RuleKind::Publicity, Some(citation), inputs));
        }
        if let Some(citation) = self.cite(|it| it.split.as_ref()) {
            let total = input("of the fund, yuan", "该资金分担（元）", e.total, lines);
            chain.push(kept(RuleKind::FundSplit, Some(citation), vec![total]));
        }
        if e.stage != DisbursementStage::Full {
            let closed = self.of(EventKind::ClassClosed);
            let settled = self.of(EventKind::ProjectSettled);
            let mut inputs = Vec::new();
            if !closed.is_empty() {
                inputs.push(input("class closed", "班级结业", closed.len(), closed));
            }
            if !settled.is_empty() {
                inputs.push(input("class settled", "班级结算", settled.len(), settled));
            }
            inputs.extend(self.schedule());
            let citation = self.cite(|it| it.project.as_ref());
            chain.push(kept(RuleKind::PaymentSchedule, citation, inputs));
        }
        chain
    }

    fn settlement(&self, e: &ProjectSettled) -> Evaluated {
        let employed = self.of(EventKind::EmploymentConfirmed);
        let approved = self.of(EventKind::SubsidyApproved);
        let paid = self.of(EventKind::DisbursementSettled);
        let mut inputs = vec![
            input("employed trainees", "就业人数", e.employed, employed),
            input("counted over", "计算基数", e.base, approved),
            input("places settled", "结算人数", e.lines.len(), approved),
            input("excess advance, yuan", "多预拨金额（元）", e.excess, paid),
        ];
        inputs.extend(self.schedule());
        let citation = self.cite(|it| it.project.as_ref());
        kept(RuleKind::PaymentSchedule, citation, inputs)
    }

    /// What the schedule says.
    fn schedule(&self) -> Vec<Input> {
        let Some(project) = self.rules.rule(|scheme| scheme.project.as_ref()) else {
            return Vec::new();
        };
        let (policy, schedule) = ([project.published.position], project.ruled.rule);
        vec![
            input("advance share", "预拨比例", schedule.advance_share, &policy),
            input(
                "rate for payment in full",
                "全额拨付就业率",
                schedule.full_payment_rate,
                &policy,
            ),
        ]
    }

    fn of(&self, kind: EventKind) -> &[Position] {
        self.causes.get(&kind).map_or(&[], Vec::as_slice)
    }

    fn cite<T>(&self, rule: impl Fn(&Scheme) -> Option<&Ruled<T>>) -> Option<RuleCitation> {
        self.rules.rule(rule).map(|rule| rule.cite())
    }
}

/// The rules that hold for a class as a whole on the day of a payment.
fn class_rules<'a>(
    book: &'a PolicyBook,
    class: &'a Class,
    on: BusinessDate,
) -> Option<CaseRules<'a>> {
    book.case_rules(&RuleCase {
        scheme: &class.scheme,
        division: class.account.division,
        policy: class.policy,
        dates: CaseDates {
            class_approval: class.approved.on,
            first_attendance: None,
            certificate: None,
            claim: on,
            approval: on,
        },
    })
}

fn with(explained: DecisionExplanation, rules: Vec<Evaluated>) -> DecisionExplanation {
    let barred = Vec::new();
    DecisionExplanation {
        chain: Chain::Evaluated(Explanation { rules, barred }),
        source: ExplanationSource::Recorded,
        ..explained
    }
}

fn kept(rule: RuleKind, citation: Option<RuleCitation>, inputs: Vec<Input>) -> Evaluated {
    Evaluated {
        rule,
        citation,
        inputs,
        limit: None,
        found: None,
        outcome: Outcome::Passed,
    }
}

fn fund(fund: FundSource, positions: &[Position]) -> Input {
    Input {
        value_zh: Some(fund.name_zh().to_owned()),
        ..input("fund", "资金渠道", fund.code(), positions)
    }
}

fn input(
    name_en: &'static str,
    name_zh: &'static str,
    value: impl ToString,
    positions: &[Position],
) -> Input {
    Input {
        name_en,
        name_zh,
        value: value.to_string(),
        value_zh: None,
        positions: positions.to_vec(),
    }
}
