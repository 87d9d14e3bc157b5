//! The published policy documents, and what is wrong with a text that is not one yet.

use std::sync::Arc;

use ledger_core::policy::{PolicyBook, PublishedPolicy};
use ledger_core::{Division, EventBody, Position};
use ledger_log::Direction;
use ledger_policy::{Report, check_beside};

use super::entities::AsOf;
use super::error::Subject;
use super::page_token::{Cursor, QueryDigest, QueryHasher};
use super::read_events::page_limit;
use super::stored::Blocks;
use super::{QueryError, Reader};

/// A page of published documents to list, in the order of publication.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListPolicies {
    /// Only documents that hold in this division.
    pub division: Option<Division>,
    /// Most documents of the page; larger values, and zero, stand for
    /// [`PAGE_ITEMS_MAX`](super::limits::PAGE_ITEMS_MAX).
    pub limit: usize,
    /// Where the page before ended; `None` for the first.
    pub cursor: Option<Cursor>,
}

/// A page of published documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoliciesPage {
    /// The documents, every version of them, in the order of publication.
    pub policies: Vec<PublishedPolicy>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<Cursor>,
    /// The last position of the log when the page was read.
    pub log_position: Position,
}

/// Names one published version of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyName {
    /// The one published at a position.
    Position(Position),
    /// A version of the document with an id; the latest one when no version is named.
    Id(Arc<str>, Option<u32>),
}

/// A published document with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyDocument {
    /// The document in its compiled form.
    pub published: PublishedPolicy,
    /// The exact text that was published.
    pub text: Arc<str>,
}

impl Reader {
    /// Says what is wrong with a text by itself, and beside what is published.
    ///
    /// # Errors
    ///
    /// What reading the store gives.
    pub fn check_policy(&self, text: &str) -> Result<AsOf<Report>, QueryError> {
        let log_position = self.log_position();
        let value = check_beside(&*self.policies(log_position)?, text);
        Ok(AsOf {
            value,
            log_position,
        })
    }

    /// Lists published documents.
    ///
    /// # Errors
    ///
    /// [`QueryError::PageTokenMismatch`] for a cursor of another query, and what reading the store
    /// gives.
    pub fn list_policies(&self, query: &ListPolicies) -> Result<PoliciesPage, QueryError> {
        let digest = query.digest();
        let resume = Cursor::resume(query.cursor.as_ref(), digest, Direction::Forward)?;
        let log_position = self.log_position();
        let book = self.policies(log_position)?;
        let limit = page_limit(query.limit);
        let mut found = book
            .published()
            .iter()
            .filter(|published| published.position.get() >= resume.unwrap_or(0))
            .filter(|published| published.position <= log_position)
            .filter(|published| query.matches(published));
        let policies = found.by_ref().take(limit).cloned().collect();
        let next = found.next().map(|published| Cursor {
            next: published.position.get(),
            direction: Direction::Forward,
            query: digest,
        });
        Ok(PoliciesPage {
            policies,
            next,
            log_position,
        })
    }

    /// Returns a published document with its text.
    ///
    /// # Errors
    ///
    /// [`QueryError::NotFound`], and what reading the store gives.
    pub fn policy_document(&self, name: &PolicyName) -> Result<AsOf<PolicyDocument>, QueryError> {
        let log_position = self.log_position();
        let book = self.policies(log_position)?;
        let what = Subject::Policy;
        let published = name.find(&book).ok_or(QueryError::NotFound { what })?;
        let position = published.position;
        let text = match Blocks::new(&self.store).event(position)?.event.body {
            EventBody::PolicyPublished(body) | EventBody::CataloguePublished(body) => body.text,
            _ => return Err(QueryError::Contradiction { position }),
        };
        let published = published.clone();
        Ok(AsOf {
            value: PolicyDocument { published, text },
            log_position,
        })
    }
}

impl ListPolicies {
    fn matches(&self, published: &PublishedPolicy) -> bool {
        self.division
            .is_none_or(|division| published.policy.division.contains(division))
    }

    fn digest(&self) -> QueryDigest {
        QueryHasher::new("policies")
            .optional(self.division.map(|division| division.code().into()))
            .finish()
    }
}

impl PolicyName {
    fn find<'a>(&self, book: &'a PolicyBook) -> Option<&'a PublishedPolicy> {
        match self {
            Self::Position(position) => book.at(*position),
            Self::Id(id, None) => book.latest(id),
            Self::Id(id, Some(version)) => book.published().iter().find(|published| {
                published.policy.policy_id == *id && published.policy.version == *version
            }),
        }
    }
}
