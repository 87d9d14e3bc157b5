//! Why a decision went as it did: the chain of rules of an approval, a payment or a refusal.
//!
//! An approval says which rules were applied; what they were given is worked out again. The person
//! is replayed from the events on their timeline before the decision, into a context of their own;
//! the class and the body are taken as they are and rolled back to that position, since they keep
//! the position of everything that an approval looks at. The same rules then give the chain, and
//! the same decision is made again: a difference from the record is reported as such.
//!
//! Long: one question with its three ways to ask it.

mod answer;
mod before;
mod granted;
mod paid;

use before::{approve, book_before, class_before, institution_before};
use ledger_core::event::{AppliedRule, EventBody, SubsidyApproved};
use ledger_core::explain::unit_of;
use ledger_core::kinds::{ApprovalEvent, ByNature, ConsequenceEvent, DecisionEvent, PaymentEvent};
use ledger_core::policy::PolicyBook;
use ledger_core::{
    BusinessDate, ClassId, Context, DisbursementId, Entity, EntityKey, Explanation, Fen, Nature,
    PersonKey, Position, RecordedEvent, apply, decide, explain_approval, missing,
    missing_for_event,
};
use ledger_log::{Direction, Snapshot, Space, keys};
use ledger_proto::to_proto::{
    applied_rule_to_proto, date_to_proto, explanation_to_proto, unit_to_proto,
};
use ledger_proto::v1;
use prost::Message;

use super::entities::{load, load_disbursement, load_person};
use super::error::Subject;
use super::limits::{PAGE_EXPLANATIONS_MAX, PAGE_WORK_MAX};
use super::page_token::{Cursor, QueryDigest, QueryHasher};
use super::positions::Work;
use super::stored::{Blocks, RecordHead};
use super::{QueryError, Reader};
use crate::refusals::decode_refusal;

pub use answer::{AnswerExplanations, ExplainAnswer};

/// What to explain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The decision that the event at a position recorded.
    At(Position),
    /// The order of a disbursement.
    Disbursement(DisbursementId),
    /// A refusal, by its number.
    Refusal(u64),
}

/// A page of explanations to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explain {
    /// The decision.
    pub decision: Decision,
    /// Only the approval of this beneficiary, of a payment that has several.
    pub person: Option<PersonKey>,
    /// Most explanations of the page; larger values, and zero, stand for
    /// [`PAGE_EXPLANATIONS_MAX`].
    pub limit: usize,
    /// Where the page before ended; `None` for the first.
    pub cursor: Option<Cursor>,
}

/// A page of explanations.
#[derive(Debug, Clone, PartialEq)]
pub struct ExplanationsPage {
    /// The decision itself on the first page, then the approvals that a payment rests on.
    pub decisions: Vec<v1::DecisionExplanation>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<Cursor>,
    /// The last position of the log when the page was read.
    pub log_position: Position,
}

impl Reader {
    /// Explains a decision.
    ///
    /// # Errors
    ///
    /// [`QueryError::OutOfBounds`] for a position or a number that is none,
    /// [`QueryError::PositionInFuture`], [`QueryError::NotFound`] for an unknown disbursement, and
    /// what reading the store gives.
    pub fn explain(&self, query: &Explain) -> Result<ExplanationsPage, QueryError> {
        self.explain_within(query, PAGE_WORK_MAX)
    }

    /// As [`explain`](Self::explain), with so much work for a page.
    pub(crate) fn explain_within(
        &self,
        query: &Explain,
        work: u32,
    ) -> Result<ExplanationsPage, QueryError> {
        let snapshot = self.store.snapshot()?;
        let log_position = snapshot.last_position();
        let digest = query.digest();
        let resume = Cursor::resume(query.cursor.as_ref(), digest, Direction::Forward)?;
        let mut explaining = Explaining {
            snapshot: &*snapshot,
            book: PolicyBook::clone(&*self.policies(log_position)?),
            blocks: Blocks::new(&self.store),
            work: Work::new(work),
            ends: false,
        };
        let position = match query.decision {
            Decision::Refusal(number) => {
                let refused = explaining.refusal(number, self.shared.tip().refusals)?;
                return Ok(ExplanationsPage {
                    decisions: vec![refused],
                    next: None,
                    log_position,
                });
            }
            Decision::At(position) => position,
            Decision::Disbursement(id) => {
                let what = Subject::Disbursement;
                let found = load_disbursement(&*snapshot, id)?;
                found.ok_or(QueryError::NotFound { what })?.ordered.position
            }
        };
        if position == Position::ZERO {
            return Err(QueryError::OutOfBounds { what: "position" });
        }
        if position > log_position {
            return Err(QueryError::PositionInFuture {
                asked: position,
                log_position,
            });
        }
        let limit = match query.limit {
            0 => PAGE_EXPLANATIONS_MAX,
            limit => limit.min(PAGE_EXPLANATIONS_MAX),
        };
        let page = (resume.map(Position::new), limit);
        let (decisions, next) = explaining.event(position, query.person, page)?;
        Ok(ExplanationsPage {
            decisions,
            next: next.map(|next| Cursor {
                next: next.get(),
                direction: Direction::Forward,
                query: digest,
            }),
            log_position,
        })
    }
}

impl Explain {
    fn digest(&self) -> QueryDigest {
        let hasher = QueryHasher::new("explain");
        let hasher = match &self.decision {
            Decision::At(position) => hasher.number(1).number(position.get()),
            Decision::Disbursement(id) => hasher.number(2).bytes(id.as_bytes()),
            Decision::Refusal(number) => hasher.number(3).number(*number),
        };
        let person = self.person.map(|person| *person.as_bytes());
        hasher
            .bytes(person.as_ref().map_or(&[], |key| &key[..]))
            .finish()
    }
}

/// What explaining reads.
struct Explaining<'a> {
    snapshot: &'a dyn Snapshot,
    book: PolicyBook,
    blocks: Blocks,
    /// What a page or an answer may still cost: each block that is read for it.
    work: Work,
    /// Whether an explanation ends when the work is used up. The first explanation of a page does
    /// not end early: a page without any explanation would have no next page. It reads at most the
    /// timeline of one person, or the causes of one payment.
    ends: bool,
}

/// Why there is no explanation.
enum Stop {
    /// The work is used up.
    Spent,
    /// Reading failed.
    Failed(QueryError),
}

impl From<QueryError> for Stop {
    fn from(error: QueryError) -> Self {
        Self::Failed(error)
    }
}

/// An explanation that may end where the work does; `None` then.
fn within<T>(explained: Result<T, Stop>) -> Result<Option<T>, QueryError> {
    match explained {
        Ok(explained) => Ok(Some(explained)),
        Err(Stop::Spent) => Ok(None),
        Err(Stop::Failed(error)) => Err(error),
    }
}

type Page = (Vec<v1::DecisionExplanation>, Option<Position>);

impl Explaining<'_> {
    fn event(
        &mut self,
        position: Position,
        person: Option<PersonKey>,
        (resume, limit): (Option<Position>, usize),
    ) -> Result<Page, QueryError> {
        let mut recorded = self.blocks.event(position)?;
        if let Some(ordered) = self.payment_confirmed_by(&recorded.event.body)? {
            recorded = self.blocks.event(ordered)?;
        }
        let pays = recorded.event.body.kind().nature() == Nature::Payment;
        let mut decisions = Vec::new();
        if resume.is_none() || !pays {
            decisions.extend(within(self.decision_of(&recorded))?);
        }
        if !pays {
            return Ok((decisions, None));
        }
        let next = self.approvals_behind(&recorded, person, (resume, limit), &mut decisions)?;
        Ok((decisions, next))
    }

    /// The order of the payment that the bank settled or returned: what it reports was decided with
    /// the order.
    fn payment_confirmed_by(&self, body: &EventBody) -> Result<Option<Position>, QueryError> {
        let ByNature::Consequence(follows) = body.by_nature() else {
            return Ok(None);
        };
        let id = match follows {
            ConsequenceEvent::DisbursementSettled(settled) => settled.disbursement,
            ConsequenceEvent::DisbursementReturned(returned) => returned.disbursement,
            ConsequenceEvent::ClawbackDecided(_) | ConsequenceEvent::RepaymentReceived(_) => {
                return Ok(None);
            }
        };
        let paid = load_disbursement(self.snapshot, id)?;
        Ok(paid.map(|paid| paid.ordered.position))
    }

    /// Makes sure that the block of a position may be read.
    fn pay_for(&mut self, position: Position) -> Result<(), Stop> {
        let has_paid = self.blocks.holds(position) || self.work.take_block();
        match has_paid || !self.ends {
            true => Ok(()),
            false => Err(Stop::Spent),
        }
    }

    /// Reads an event.
    fn read(&mut self, position: Position) -> Result<RecordedEvent, Stop> {
        self.pay_for(position)?;
        Ok(self.blocks.event(position)?)
    }

    /// The decision that the event at a position recorded.
    fn decision_at(&mut self, position: Position) -> Result<v1::DecisionExplanation, Stop> {
        let recorded = self.read(position)?;
        self.decision_of(&recorded)
    }

    fn decision_of(&mut self, recorded: &RecordedEvent) -> Result<v1::DecisionExplanation, Stop> {
        match recorded.event.body.by_nature() {
            ByNature::Decision(DecisionEvent::ClassApproved(e)) => Ok(self.class(recorded, e)?),
            ByNature::Approval(ApprovalEvent::SubsidyApproved(e)) => self.approval(recorded, e),
            ByNature::Approval(ApprovalEvent::AwardApproved(e)) => Ok(self.award(recorded, e)?),
            ByNature::Payment(PaymentEvent::DisbursementOrdered(e)) => self.payment(recorded, e),
            ByNature::Payment(PaymentEvent::ProjectSettled(e)) => self.settlement(recorded, e),
            ByNature::Fact | ByNature::Weighed(_) | ByNature::Consequence(_) => Ok(about(recorded)),
        }
    }

    /// The approvals among the causes of a payment, until the page is full.
    fn approvals_behind(
        &mut self,
        paid: &RecordedEvent,
        person: Option<PersonKey>,
        (resume, limit): (Option<Position>, usize),
        decisions: &mut Vec<v1::DecisionExplanation>,
    ) -> Result<Option<Position>, QueryError> {
        let mut causes = paid.event.causes.clone();
        causes.retain(|cause| resume.is_none_or(|resume| *cause >= resume));
        if let Some(person) = person {
            let found = load_person(self.snapshot, person)?;
            let timeline = found.map(|person| person.timeline).unwrap_or_default();
            causes.retain(|cause| timeline.binary_search(cause).is_ok());
        }
        // Every page gets past a cause, however little it may cost.
        self.ends = !decisions.is_empty();
        for cause in causes {
            if decisions.len() >= limit {
                return Ok(Some(cause));
            }
            if within(self.pay_for(cause))?.is_none() {
                return Ok(Some(cause));
            }
            let kind = RecordHead::of(&self.blocks.record(cause)?)?.kind();
            if kind.is_none_or(|kind| kind.nature() != Nature::Approval) {
                self.ends = true;
                continue;
            }
            self.ends = !decisions.is_empty();
            match within(self.decision_at(cause))? {
                Some(explained) => decisions.push(explained),
                None => return Ok(Some(cause)),
            }
        }
        Ok(None)
    }

    /// An approval: decided again from what it was decided on.
    fn approval(
        &mut self,
        recorded: &RecordedEvent,
        e: &SubsidyApproved,
    ) -> Result<v1::DecisionExplanation, Stop> {
        let on = recorded.event.occurred_on;
        let context = self.before(recorded.position, e.class, e.person, on)?;
        let chain = explain_approval(&context, e.class, e.person, on);
        let command = approve(e.class, e.person, on);
        let again = decide(&context, &command, recorded.recorded_at);
        let again = again
            .ok()
            .and_then(|decision| decision.events.into_iter().next());
        let again = again.and_then(|event| match event.body {
            EventBody::SubsidyApproved(again) => Some(again),
            _ => None,
        });
        Ok(v1::DecisionExplanation {
            class_id: e.class.as_bytes().to_vec(),
            person_key: e.person.as_bytes().to_vec(),
            amount_fen: e.amount.get(),
            source: v1::ExplanationSource::Recomputed.into(),
            deviations: deviations(
                (e.amount, &e.applied),
                again
                    .as_ref()
                    .map(|again| (again.amount, &again.applied[..])),
            ),
            ..decision(recorded, "approve_subsidy", &chain)
        })
    }

    /// The state that the approval of a place was decided on, at the position of its event.
    fn before(
        &mut self,
        position: Position,
        class: ClassId,
        person: PersonKey,
        on: BusinessDate,
    ) -> Result<Context, Stop> {
        let mut context = Context {
            policies: book_before(&self.book, position),
            ..Context::default()
        };
        context.put(EntityKey::Person(person), None);
        let now = load_person(self.snapshot, person)?;
        let timeline = now.as_ref().map(|person| person.timeline.clone());
        let registered = now.map(|person| person.registered);
        let earlier = registered.into_iter().chain(timeline.into_iter().flatten());
        let mut earlier: Vec<_> = earlier.filter(|earlier| *earlier < position).collect();
        earlier.sort_unstable();
        earlier.dedup();
        let mut keys = Vec::new();
        for position in earlier {
            let event = self.read(position)?;
            loop {
                missing_for_event(&context, &event.event, &mut keys);
                if keys.is_empty() {
                    break;
                }
                for key in keys.drain(..) {
                    let entity = self.as_of(&key, position)?;
                    context.put(key, entity);
                }
            }
            apply(&mut context, &event);
        }
        // Classes of the person were loaded as they are; the one decided on, as it was.
        context.classes.take(&class);
        let command = approve(class, person, on);
        loop {
            missing(&context, &command, &mut keys);
            if keys.is_empty() {
                break;
            }
            for key in keys.drain(..) {
                let entity = self.as_of(&key, position)?;
                context.put(key, entity);
            }
        }
        context.next_position = position;
        Ok(context)
    }

    /// A class or a body as it was before a position. Other kinds of entities are not needed: the
    /// events of a person change the person whether or not they are loaded.
    fn as_of(&self, key: &EntityKey, position: Position) -> Result<Option<Entity>, QueryError> {
        if !matches!(key, EntityKey::Class(_) | EntityKey::Institution(_)) {
            return Ok(None);
        }
        Ok(match load(self.snapshot, key)? {
            Some(Entity::Class(class)) => Some(Entity::Class(class_before(class, position))),
            Some(Entity::Institution(body)) => {
                Some(Entity::Institution(institution_before(body, position)))
            }
            _ => None,
        })
    }

    /// A refusal, as part of an answer: looking it up costs as much as reading a block.
    fn refusal_within(&mut self, number: u64, last: u64) -> Result<v1::DecisionExplanation, Stop> {
        match self.work.take_block() || !self.ends {
            true => Ok(self.refusal(number, last)?),
            false => Err(Stop::Spent),
        }
    }

    /// A refusal: the chain that was kept with it, or what it says itself.
    fn refusal(&self, number: u64, last: u64) -> Result<v1::DecisionExplanation, QueryError> {
        if number == 0 || number > last {
            return Err(QueryError::OutOfBounds {
                what: "refusal number",
            });
        }
        let what = Subject::Refusal;
        let stored = self.snapshot.get(Space::Refusals, &keys::refusal(number))?;
        let stored = stored.ok_or(QueryError::NotFound { what })?;
        let record = decode_refusal(&stored).map_err(|source| QueryError::CorruptEntity {
            what,
            source: source.into(),
        })?;
        let kept = record.detail.explanation.as_deref();
        let kept = kept.map(v1::DecisionExplanation::decode).transpose();
        let kept = kept.map_err(|source| QueryError::CorruptEntity {
            what,
            source: source.into(),
        })?;
        let mut explained = match kept {
            Some(kept) => v1::DecisionExplanation {
                source: v1::ExplanationSource::Recorded.into(),
                ..kept
            },
            None => v1::DecisionExplanation {
                source: v1::ExplanationSource::Partial.into(),
                ..explanation_to_proto(&Explanation::refused(&record.refusal))
            },
        };
        explained.command = record.command_name().to_owned();
        explained.refusal_number = number;
        explained.occurred_date = Some(date_to_proto(record.occurred_on));
        let command = record.detail.command.as_deref().map(v1::Command::decode);
        if let Some(Ok(command)) = command {
            name_subject(&mut explained, command.body.as_ref());
        }
        Ok(explained)
    }
}

/// The decision of an event, with its chain.
fn decision(
    recorded: &RecordedEvent,
    command: &str,
    chain: &Explanation,
) -> v1::DecisionExplanation {
    v1::DecisionExplanation {
        command: command.to_owned(),
        position: recorded.position.get(),
        occurred_date: Some(date_to_proto(recorded.event.occurred_on)),
        accepted: true,
        ..explanation_to_proto(chain)
    }
}

/// An event of which nothing more is known than that it was accepted.
fn about(recorded: &RecordedEvent) -> v1::DecisionExplanation {
    let kind = recorded.event.body.kind();
    v1::DecisionExplanation {
        source: v1::ExplanationSource::Partial.into(),
        ..decision(recorded, kind.asked_by().name(), &Explanation::default())
    }
}

/// Where the record and what is worked out again do not agree. An approval of a version that did
/// not note the rules says only its amount.
fn deviations(
    (amount, applied): (Fen, &[AppliedRule]),
    again: Option<(Fen, &[AppliedRule])>,
) -> Vec<v1::RuleDeviation> {
    let mut found = Vec::new();
    let amount_again = again.map(|(amount, _)| amount);
    if amount_again != Some(amount) {
        let again_en = amount_again.map_or("refused".to_owned(), |amount| format!("{amount} yuan"));
        let again_zh =
            amount_again.map_or("不予通过".to_owned(), |amount| format!("{amount}元"));
        found.push(v1::RuleDeviation {
            text_en: format!("recorded with {amount} yuan, worked out again: {again_en}"),
            text_zh: format!("记录为{amount}元，重新计算为{again_zh}"),
            ..v1::RuleDeviation::default()
        });
    }
    if applied.is_empty() {
        return found;
    }
    let again = again.map_or(&[][..], |(_, applied)| applied);
    let length = applied.len().max(again.len());
    for index in 0..length {
        let (was, is) = (applied.get(index), again.get(index));
        if was != is {
            let number = index.saturating_add(1);
            let mut either = was.into_iter().chain(is);
            let unit = either.find_map(|rule| {
                rule.limit.or(rule.found)?;
                unit_of(rule.rule)
            });
            found.push(v1::RuleDeviation {
                recorded: was.map(applied_rule_to_proto),
                recomputed: is.map(applied_rule_to_proto),
                text_en: format!(
                    "rule {number} of the approval differs: recorded {}, worked out again {}",
                    was.map_or("none".to_owned(), AppliedRule::text_en),
                    is.map_or("none".to_owned(), AppliedRule::text_en),
                ),
                text_zh: format!(
                    "第{number}项规则不一致：记录为{}，重新计算为{}",
                    was.map_or("无".to_owned(), AppliedRule::text_zh),
                    is.map_or("无".to_owned(), AppliedRule::text_zh),
                ),
                unit: unit.map_or(v1::Unit::Unspecified, unit_to_proto).into(),
            });
        }
    }
    found
}

/// What a command is about, as far as one thing.
fn name_subject(explained: &mut v1::DecisionExplanation, body: Option<&v1::command::Body>) {
    match body {
        Some(v1::command::Body::ApproveSubsidy(c)) => {
            explained.class_id.clone_from(&c.class_id);
            explained.person_key.clone_from(&c.person_key);
        }
        Some(v1::command::Body::OrderDisbursement(c)) => {
            explained.class_id.clone_from(&c.class_id);
            explained.disbursement_id.clone_from(&c.disbursement_id);
        }
        Some(v1::command::Body::ApproveAward(c)) => explained.award_id.clone_from(&c.award_id),
        Some(v1::command::Body::OrderAwardPayment(c)) => {
            explained.award_id.clone_from(&c.award_id);
            explained.disbursement_id.clone_from(&c.disbursement_id);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger_core::coded::RuleKind;

    fn compared(
        recorded: &SubsidyApproved,
        again: Option<&SubsidyApproved>,
    ) -> Vec<v1::RuleDeviation> {
        let of = |e: &SubsidyApproved| (e.amount, e.applied.clone());
        let (was, is) = (of(recorded), again.map(of));
        deviations(
            (was.0, &was.1),
            is.as_ref().map(|(amount, applied)| (*amount, &applied[..])),
        )
    }

    #[test]
    fn an_amount_a_rule_and_a_number_that_differ_are_told() {
        let rule = |rule, found| AppliedRule {
            rule,
            policy: Some(Position::FIRST),
            limit: Some(3),
            found: Some(found),
        };
        let approved = |amount, applied| SubsidyApproved {
            class: ClassId::from_bytes([1; 16]),
            person: PersonKey::from_bytes([2; 16]),
            amount: Fen::new(amount),
            quota_year: 2020,
            quota_used: 1,
            quota_limit: 3,
            applied,
        };
        let quota = || rule(RuleKind::Quota, 1);
        let recorded = approved(500, vec![quota(), rule(RuleKind::Age, 40)]);
        let cases = [
            (Some(recorded.clone()), 0),
            (Some(approved(400, recorded.applied.clone())), 1),
            (Some(approved(500, vec![quota()])), 1),
            (
                Some(approved(
                    500,
                    vec![rule(RuleKind::Quota, 2), rule(RuleKind::Age, 40)],
                )),
                1,
            ),
            (Some(approved(400, vec![])), 3),
            (None, 3),
        ];
        for (again, expected) in cases {
            let found = compared(&recorded, again.as_ref());
            assert_eq!(found.len(), expected, "{again:?}");
            let told = found
                .iter()
                .all(|one| !one.text_en.is_empty() && !one.text_zh.is_empty());
            assert!(told);
        }
        // What was recorded before the rules were noted says its amount only.
        let earlier = approved(500, vec![]);
        assert!(compared(&earlier, Some(&recorded)).is_empty());
        assert_eq!(compared(&earlier, None).len(), 1);
    }
}
