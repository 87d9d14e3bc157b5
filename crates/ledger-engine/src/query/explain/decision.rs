//! What an explanation says of one decision.

use ledger_core::event::Subject;
use ledger_core::explain::{DecisionSubject, Deviation};
use ledger_core::{BusinessDate, CommandKind, Explanation, Fen, Position, RecordedEvent};
use ledger_proto::refusal_bytes::KeptExplanation;

/// A decision with the chain of rules behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionExplanation {
    /// The command that asked for it.
    pub command: CommandKind,
    /// What it became.
    pub decided: Decided,
    /// Its business date.
    pub occurred_on: BusinessDate,
    /// What it is about.
    pub about: DecisionSubject,
    /// The amount approved or ordered, in fen; zero when it was refused.
    pub amount: Fen,
    /// The chain of rules.
    pub chain: Chain,
    /// Where the chain comes from.
    pub source: ExplanationSource,
    /// What the record and the chain worked out again do not agree on. Any is an alarm.
    pub deviations: Vec<Deviation>,
}

/// What a command became.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// The event at this position.
    Recorded(Position),
    /// The refusal with this number.
    Refused(u64),
}

/// A chain of rules.
#[derive(Debug, Clone, PartialEq)]
pub enum Chain {
    /// As the rules put it together.
    Evaluated(Explanation),
    /// As it was kept beside a refusal, with the sentences of its day.
    Kept(KeptExplanation),
}

/// Where a chain of rules comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExplanationSource {
    /// Put together when it was decided, and recorded.
    Recorded,
    /// Worked out again from the events that it was decided on, and compared with the record.
    Recomputed,
    /// Only what the refusal or the event itself says: nothing more is on record.
    Partial,
}

impl DecisionExplanation {
    /// An event of which nothing more is known than that it was accepted.
    pub(super) fn of(recorded: &RecordedEvent) -> Self {
        Self {
            command: recorded.event.body.kind().asked_by(),
            decided: Decided::Recorded(recorded.position),
            occurred_on: recorded.event.occurred_on,
            about: DecisionSubject::default(),
            amount: Fen::ZERO,
            chain: Chain::Evaluated(Explanation::default()),
            source: ExplanationSource::Partial,
            deviations: Vec::new(),
        }
    }

    /// The decision of an event about a class or an award, with its chain worked out again.
    pub(super) fn recomputed(
        recorded: &RecordedEvent,
        subject: Subject,
        chain: Explanation,
    ) -> Self {
        Self {
            about: DecisionSubject {
                subject: Some(subject),
                ..DecisionSubject::default()
            },
            chain: Chain::Evaluated(chain),
            source: ExplanationSource::Recomputed,
            ..Self::of(recorded)
        }
    }
}
