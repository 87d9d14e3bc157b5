//! What the engine must do, without cache, groups or undo: the core over an ever-growing context.

use super::world::Became;
use crate::{Mode, Request};
use ledger_core::command::CommandBody;
use ledger_core::{
    Context, EventId, EventKind, Position, RecordedEvent, RecordedTime, apply, decide, missing,
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The state as it should be.
#[derive(Clone, Default)]
pub(super) struct Model {
    pub(super) context: Context,
    pub(super) refusals: u64,
    /// The kinds of event that were recorded or would have been.
    pub(super) kinds: BTreeSet<EventKind>,
}

impl Model {
    /// Carries a request out on a copy of everything, and keeps the copy when it stands.
    pub(super) fn append(&mut self, request: &Request, now: RecordedTime) -> Vec<Became> {
        let mut context = self.context.clone();
        let mut became = Vec::new();
        for command in &request.commands {
            let mut keys = Vec::new();
            loop {
                missing(&context, command, &mut keys);
                if keys.is_empty() {
                    break;
                }
                keys.drain(..).for_each(|key| context.put(key, None));
            }
            let first = context.next_position;
            match decide(&context, command, now) {
                Err(refusal) => became.push(Became::Refused(refusal.reason)),
                Ok(decision) => {
                    became.push(Became::Recorded(first.get()));
                    for event in decision.events {
                        let event = RecordedEvent {
                            position: context.next_position,
                            event_id: EventId::from_bytes([0; 16]),
                            recorded_at: now,
                            actor: Arc::clone(&request.actor),
                            source_system: Arc::clone(&request.source_system),
                            event,
                        };
                        self.kinds.insert(event.event.body.kind());
                        apply(&mut context, &event);
                        context.events.put(event.position, Some(event));
                    }
                    if let CommandBody::PublishPolicy(publish) = &command.body {
                        context.policies.publish(first, Arc::clone(&publish.policy));
                    }
                }
            }
        }
        let is_refused = |became: &Became| matches!(became, Became::Refused(_));
        let refused = became.iter().filter(|became| is_refused(became)).count();
        let void = refused > 0 && request.mode == Mode::Atomic;
        if !request.validate_only {
            self.refusals += u64::try_from(refused).unwrap();
            if !void {
                self.context = context;
            }
        }
        if void {
            for became in became.iter_mut().filter(|became| !is_refused(became)) {
                *became = Became::NotAttempted;
            }
        }
        became
    }

    pub(super) fn last(&self) -> Position {
        self.context.next_position.previous().unwrap()
    }
}
