//! Statements of accounts: entry by entry with the running balance.

use ledger_core::command::Debt;
use ledger_core::event::{
    DisbursementSettled, EventBody, FundsAccrued, FundsTransferred, RepaymentReceived,
};
use ledger_core::{
    AccountKey, AccountKind, BusinessDate, EntityKind, EventKind, Fen, LedgerAccount, Position,
    RecordedEvent, RecordedTime, Side, Tag,
};
use ledger_log::Direction;
use ledger_proto::Interner;

use super::accounts::balance_as_of;
use super::entities::load;
use super::error::Subject;
use super::limits::PAGE_WORK_MAX;
use super::page_token::{Cursor, QueryDigest, QueryHasher, tag_bytes};
use super::positions::{Positions, Span, Work};
use super::read_events::{EventRange, Flow, page_limit, scan};
use super::stored::{Blocks, read_event};
use super::{QueryError, Reader};
use crate::index::tag_prefix;

/// A page of a statement to read, ascending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadStatement {
    /// The account.
    pub account: AccountKey,
    /// Only these kinds; empty for cash.
    pub kinds: Vec<AccountKind>,
    /// Which part of the log.
    pub range: EventRange,
    /// Most lines of the page; larger values, and zero, stand for
    /// [`PAGE_ITEMS_MAX`](super::limits::PAGE_ITEMS_MAX). The lines of one event are not parted,
    /// so that there may be a few more.
    pub limit: usize,
    /// Where the page before ended; `None` for the first.
    pub cursor: Option<Cursor>,
}

/// A page of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementPage {
    /// The balance of each account in the books asked for before the page begins.
    pub opening: Vec<LedgerBalance>,
    /// The lines, ascending. There may be none although others follow, when searching has taken
    /// long.
    pub lines: Vec<StatementLine>,
    /// Where the next page begins; `None` when the range is read to its end.
    pub next: Option<Cursor>,
    /// The last position of the log when the page was read.
    pub log_position: Position,
}

/// The balance of one account in the books, in fen on its normal side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerBalance {
    /// The account in the books.
    pub account: LedgerAccount,
    /// Its balance.
    pub balance: Fen,
}

/// One line of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementLine {
    /// Position of the event that posted it.
    pub position: Position,
    /// Kind of that event.
    pub event_kind: EventKind,
    /// Business date of that event.
    pub occurred_on: BusinessDate,
    /// When it was recorded.
    pub recorded_at: RecordedTime,
    /// The account in the books.
    pub account: LedgerAccount,
    /// Debit or credit.
    pub side: Side,
    /// Amount in fen, positive.
    pub amount: Fen,
    /// Balance of that account after this line, in fen on its normal side.
    pub balance_after: Fen,
    /// The caller's reference: voucher, bank reference, decision number; where the event has none,
    /// the id of the disbursement or the class.
    pub reference: String,
    /// What it was for: a disbursement, a class, a clawback, or the other division of a transfer.
    pub about: Option<Tag>,
}

impl Reader {
    /// Reads a page of an account's statement.
    ///
    /// # Errors
    ///
    /// [`QueryError::NotFound`] for an account that is not open,
    /// [`QueryError::PageTokenMismatch`] for a cursor of another query, and what reading the store
    /// gives.
    pub fn statement(&self, query: &ReadStatement) -> Result<StatementPage, QueryError> {
        let digest = query.digest();
        let resume = Cursor::resume(query.cursor.as_ref(), digest, Direction::Forward)?;
        let (ledger_accounts, log_position) = self.chosen(query)?;
        let limit = page_limit(query.limit);

        let mut blocks = Blocks::new(&self.store);
        let span = query
            .range
            .span(Direction::Forward, log_position, &mut blocks)?;
        let start = resume.map_or(span.first, Position::new);
        let opening = self.opening(&ledger_accounts, start, &mut blocks)?;
        let mut positions = self.ledger_positions(&ledger_accounts, span);
        let mut work = Work::new(PAGE_WORK_MAX);
        let mut names = Interner::default();
        let mut lines = Vec::new();
        let end = scan(
            &mut positions,
            span,
            start,
            &mut blocks,
            &mut work,
            |record| {
                let event = read_event(record, &mut names)?;
                push_lines(&event, &ledger_accounts, &mut lines);
                Ok(if lines.len() >= limit {
                    Flow::Stop
                } else {
                    Flow::On
                })
            },
        )?;
        let next = end.map(|next| Cursor {
            next: next.get(),
            direction: Direction::Forward,
            query: digest,
        });
        Ok(StatementPage {
            opening,
            lines,
            next,
            log_position,
        })
    }

    /// The accounts in the books of the kinds asked for, and the position that they reflect.
    fn chosen(&self, query: &ReadStatement) -> Result<(Vec<LedgerAccount>, Position), QueryError> {
        let snapshot = self.store.snapshot()?;
        let account = load(snapshot.as_ref(), query.account)?.ok_or(QueryError::NotFound {
            what: Subject::Entity(EntityKind::Account),
        })?;
        let kinds = query.kinds();
        let chosen = account
            .balances
            .into_keys()
            .filter(|(kind, _)| kinds.contains(kind))
            .map(|(kind, fiscal_year)| LedgerAccount {
                holder: query.account,
                kind,
                fiscal_year,
            })
            .collect();
        Ok((chosen, snapshot.last_position()))
    }

    fn opening(
        &self,
        accounts: &[LedgerAccount],
        start: Position,
        blocks: &mut Blocks,
    ) -> Result<Vec<LedgerBalance>, QueryError> {
        let before = start.previous().unwrap_or(Position::ZERO);
        accounts
            .iter()
            .map(|account| {
                let balance = balance_as_of(&self.store, blocks, *account, before)?;
                Ok(LedgerBalance {
                    account: *account,
                    balance: balance.unwrap_or(Fen::ZERO),
                })
            })
            .collect()
    }

    /// The positions that post to any of the accounts.
    fn ledger_positions(&self, accounts: &[LedgerAccount], span: Span) -> Positions {
        let of = |account: &LedgerAccount| {
            let prefix =
                tag_prefix(&Tag::LedgerAccount(*account)).expect("ledger accounts are indexed");
            Positions::indexed(&self.store, prefix, span)
        };
        Positions::Any(accounts.iter().map(of).collect())
    }
}

impl ReadStatement {
    fn kinds(&self) -> &[AccountKind] {
        if self.kinds.is_empty() {
            &[AccountKind::Cash]
        } else {
            &self.kinds
        }
    }

    fn digest(&self) -> QueryDigest {
        let time = |time: Option<RecordedTime>| time.map(|time| time.micros().cast_unsigned());
        QueryHasher::new("statement")
            .bytes(&tag_bytes(&Tag::Account(self.account)))
            .set(self.kinds().iter().map(|kind| vec![kind.number()]))
            .number(self.range.from.get())
            .optional(self.range.to.map(Position::get))
            .optional(time(self.range.recorded_from))
            .optional(time(self.range.recorded_before))
            .finish()
    }
}

fn push_lines(event: &RecordedEvent, accounts: &[LedgerAccount], lines: &mut Vec<StatementLine>) {
    let postings = event.event.postings.iter();
    for posting in postings.filter(|posting| accounts.contains(&posting.account)) {
        let (reference, about) = explain(&event.event.body, posting.account.holder);
        lines.push(StatementLine {
            position: event.position,
            event_kind: event.event.body.kind(),
            occurred_on: event.event.occurred_on,
            recorded_at: event.recorded_at,
            account: posting.account,
            side: posting.side,
            amount: posting.amount,
            balance_after: posting.balance_after,
            reference,
            about,
        });
    }
}

/// The reference of an event that posts, and what it is about, seen from one account.
#[expect(
    clippy::too_many_lines,
    reason = "every kind is named, so that none that posts is left without its reference"
)]
fn explain(body: &EventBody, holder: AccountKey) -> (String, Option<Tag>) {
    match body {
        EventBody::FundsAccrued(FundsAccrued { reference, .. }) => (reference.to_string(), None),
        EventBody::ProvincialAdjustmentReceived(received) => (received.reference.to_string(), None),
        EventBody::FundsTransferred(FundsTransferred {
            from,
            to,
            reference,
            ..
        }) => {
            let other = if *from == holder.division { to } else { from };
            (reference.to_string(), Some(Tag::Division(*other)))
        }
        EventBody::DisbursementOrdered(ordered) => (
            ordered.disbursement.to_string(),
            Some(Tag::Disbursement(ordered.disbursement)),
        ),
        EventBody::DisbursementSettled(DisbursementSettled {
            disbursement,
            bank_reference,
            ..
        }) => (
            bank_reference.to_string(),
            Some(Tag::Disbursement(*disbursement)),
        ),
        EventBody::DisbursementReturned(returned) => (
            returned.bank_reference.to_string(),
            Some(Tag::Disbursement(returned.disbursement)),
        ),
        EventBody::ProjectSettled(settled) => {
            (settled.class.to_string(), Some(Tag::Class(settled.class)))
        }
        EventBody::ClawbackDecided(decided) => (
            decided.decision_number.to_string(),
            Some(Tag::Clawback(decided.clawback)),
        ),
        EventBody::RepaymentReceived(RepaymentReceived {
            debt,
            bank_reference,
            ..
        }) => {
            let about = match debt {
                Debt::Clawback(clawback) => Tag::Clawback(*clawback),
                Debt::ExcessAdvance(class) => Tag::Class(*class),
            };
            (bank_reference.to_string(), Some(about))
        }
        // These post nothing.
        EventBody::PolicyPublished(_)
        | EventBody::PolicyWithdrawn(_)
        | EventBody::CataloguePublished(_)
        | EventBody::AccountOpened(_)
        | EventBody::InstitutionRegistered(_)
        | EventBody::QualificationGranted(_)
        | EventBody::QualificationRevoked(_)
        | EventBody::PersonRegistered(_)
        | EventBody::PersonStatusDeclared(_)
        | EventBody::PersonStatusEnded(_)
        | EventBody::ClassApproved(_)
        | EventBody::ClassOpened(_)
        | EventBody::ClassClosed(_)
        | EventBody::OrderRaised(_)
        | EventBody::OrderListed(_)
        | EventBody::OrderSelected(_)
        | EventBody::OrderAccepted(_)
        | EventBody::OrderPurchased(_)
        | EventBody::OrderCancelled(_)
        | EventBody::PersonEnrolled(_)
        | EventBody::EnrolmentWithdrawn(_)
        | EventBody::AttendanceRecorded(_)
        | EventBody::TrainingCompleted(_)
        | EventBody::AssessmentRecorded(_)
        | EventBody::CertificateIssued(_)
        | EventBody::CertificateInvalidated(_)
        | EventBody::CertificateVerified(_)
        | EventBody::EmploymentConfirmed(_)
        | EventBody::EmploymentWithdrawn(_)
        | EventBody::SubsidyApproved(_)
        | EventBody::ClaimSubmitted(_)
        | EventBody::AgencyContractRecorded(_)
        | EventBody::PublicityOpened(_)
        | EventBody::ObjectionRaised(_)
        | EventBody::ObjectionResolved(_)
        | EventBody::PublicityClosed(_)
        | EventBody::AwardApproved(_)
        | EventBody::AwardRevoked(_)
        | EventBody::CaseOpened(_)
        | EventBody::FindingMade(_)
        | EventBody::CaseClosed(_)
        | EventBody::PenaltyImposed(_)
        | EventBody::FactAnnulled(_) => (String::new(), None),
    }
}
