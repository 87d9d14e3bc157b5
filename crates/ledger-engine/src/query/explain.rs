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
mod decision;
mod granted;
mod paid;

use before::{approve, book_before};
use ledger_core::event::{EventBody, Subject as DecidedFor, SubsidyApproved};
use ledger_core::explain::{DecisionSubject, deviations};
use ledger_core::kinds::{ApprovalEvent, ByNature, ConsequenceEvent, DecisionEvent, PaymentEvent};
use ledger_core::policy::PolicyBook;
use ledger_core::{
    BusinessDate, ClassId, Context, DisbursementId, Entity, EntityKey, EntityKind, Explanation,
    Fen, Nature, PersonKey, Position, RecordedEvent, apply, decide, explain_approval, missing,
    missing_for_event,
};
use ledger_log::{Direction, Snapshot, Space, keys};
use ledger_proto::DecodeError;
use ledger_proto::refusal_bytes::{KeptCommand, KeptExplanation};

use super::entities::{load, load_any};
use super::error::Subject;
use super::limits::{PAGE_EXPLANATIONS_MAX, PAGE_WORK_MAX};
use super::page_token::{Cursor, QueryDigest, QueryHasher};
use super::positions::Work;
use super::stored::{Blocks, head};
use super::{QueryError, Reader};
use crate::refusals::decode_refusal;

pub use answer::{ExplainAnswer, TakeExplanation};
pub use decision::{Chain, Decided, DecisionExplanation, ExplanationSource};

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
    pub decisions: Vec<DecisionExplanation>,
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
                let what = Subject::Entity(EntityKind::Disbursement);
                let found = load(&*snapshot, id)?;
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

type Page = (Vec<DecisionExplanation>, Option<Position>);

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
        let paid = load(self.snapshot, id)?;
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
    fn decision_at(&mut self, position: Position) -> Result<DecisionExplanation, Stop> {
        let recorded = self.read(position)?;
        self.decision_of(&recorded)
    }

    fn decision_of(&mut self, recorded: &RecordedEvent) -> Result<DecisionExplanation, Stop> {
        match recorded.event.body.by_nature() {
            ByNature::Decision(DecisionEvent::ClassApproved(e)) => Ok(self.class(recorded, e)?),
            ByNature::Approval(ApprovalEvent::SubsidyApproved(e)) => self.approval(recorded, e),
            ByNature::Approval(ApprovalEvent::AwardApproved(e)) => Ok(self.award(recorded, e)?),
            ByNature::Payment(PaymentEvent::DisbursementOrdered(e)) => self.payment(recorded, e),
            ByNature::Payment(PaymentEvent::ProjectSettled(e)) => self.settlement(recorded, e),
            ByNature::Fact
            | ByNature::Weighed(_)
            | ByNature::Consequence(_)
            | ByNature::Correction(_) => Ok(DecisionExplanation::of(recorded)),
        }
    }

    /// The approvals among the causes of a payment, until the page is full.
    fn approvals_behind(
        &mut self,
        paid: &RecordedEvent,
        person: Option<PersonKey>,
        (resume, limit): (Option<Position>, usize),
        decisions: &mut Vec<DecisionExplanation>,
    ) -> Result<Option<Position>, QueryError> {
        let mut causes = paid.event.causes.clone();
        causes.retain(|cause| resume.is_none_or(|resume| *cause >= resume));
        if let Some(person) = person {
            let found = load(self.snapshot, person)?;
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
            let kind = head(&self.blocks.record(cause)?)?.kind();
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
    ) -> Result<DecisionExplanation, Stop> {
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
        let again = again.as_ref().map(|it| (it.amount, &it.applied[..]));
        let explained =
            DecisionExplanation::recomputed(recorded, DecidedFor::Class(e.class), chain);
        Ok(DecisionExplanation {
            about: DecisionSubject {
                person: Some(e.person),
                ..explained.about
            },
            amount: e.amount,
            deviations: deviations((e.amount, &e.applied), again),
            ..explained
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
        let now = load(self.snapshot, person)?;
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
        let entity = load_any(self.snapshot, key)?;
        Ok(entity.and_then(|entity| entity.before(position)))
    }

    /// A refusal, as part of an answer: looking it up costs as much as reading a block.
    fn refusal_within(&mut self, number: u64, last: u64) -> Result<DecisionExplanation, Stop> {
        match self.work.take_block() || !self.ends {
            true => Ok(self.refusal(number, last)?),
            false => Err(Stop::Spent),
        }
    }

    /// A refusal: the chain that was kept with it, or what it says itself.
    fn refusal(&self, number: u64, last: u64) -> Result<DecisionExplanation, QueryError> {
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
        let damaged = |source: DecodeError| QueryError::CorruptEntity {
            what,
            source: source.into(),
        };
        let kept = record.detail.explanation.as_deref();
        let kept = kept.map(KeptExplanation::from_bytes).transpose();
        let (chain, source) = match kept.map_err(damaged)? {
            Some(kept) => (Chain::Kept(kept), ExplanationSource::Recorded),
            None => (
                Chain::Evaluated(Explanation::refused(&record.refusal)),
                ExplanationSource::Partial,
            ),
        };
        let command = record.detail.command.as_deref();
        let command = command.and_then(|bytes| KeptCommand::from_bytes(bytes).ok());
        Ok(DecisionExplanation {
            command: record.command_kind(),
            decided: Decided::Refused(number),
            occurred_on: record.occurred_on,
            about: command.map_or_else(DecisionSubject::default, |command| command.subject()),
            amount: Fen::ZERO,
            chain,
            source,
            deviations: Vec::new(),
        })
    }
}
