//! Carrying one request out: load, decide, apply, encode; and undoing it.
//!
//! Most requests need no undoing: a refused command changes nothing. Two kinds do: an atomic
//! request of several commands of which one is refused, and a request that is only validated. To
//! undo such a request, an entity that no group in flight has changed is forgotten, and read from
//! the store when it is needed. The store does not have the state of an entity that an earlier
//! request of the same open group changed; of such an entity a copy is kept.
//!
//! Long: one request from loading to refusal or group, whose steps share what is undone.

use super::detail::Kept;
use super::{Writer, last_position, unreadable};
use crate::cache::LoadError;
use crate::certificate_marks;
use crate::cost;
use crate::counters::changes_of;
use crate::events::{event_from_bytes, event_to_bytes};
use crate::group::Mark;
use crate::inbox::NotDurable;
use crate::limits::GROUP_BYTES_FULL;
use crate::policies::policy_marker;
use crate::refusals::{RefusalDetail, RefusalRecord, encode_refusal};
use crate::request::{AppendError, Appended, Mode, Outcome, Reply, Request};
use ledger_core::command::{Command, CommandBody};
use ledger_core::context::Table;
use ledger_core::policy::PolicyBook;
use ledger_core::{
    Decision, Entity, EntityKey, Nature, Position, RecordedEvent, RecordedTime, Refusal, apply,
    decide, missing, missing_events, touched,
};
use ledger_log::limits::RECORD_BYTES_MAX;
use ledger_log::{Block, Space, StateOp, keys};
use std::sync::Arc;

/// What it takes to undo a request.
struct Undo {
    next_position: Position,
    recorded_at: RecordedTime,
    /// Set before a policy is published or withdrawn.
    policies: Option<PolicyBook>,
    mark: Mark,
    /// Entities that this request changed and no earlier request of the open group.
    fresh: Vec<EntityKey>,
    /// Copies of entities that earlier requests of the open group had changed, from before this
    /// request, each with the number of the request that had changed it last.
    copies: Vec<(EntityKey, u64, Option<Entity>)>,
}

/// What became of the commands of a request, and what is kept beside each refusal.
struct Tried {
    outcomes: Vec<Outcome>,
    details: Vec<RefusalDetail>,
}

/// Why a request cannot go on.
enum Halt {
    /// The group would exceed its limit.
    Full {
        bytes: usize,
    },
    Unreadable(LoadError),
}

impl From<LoadError> for Halt {
    fn from(error: LoadError) -> Self {
        Self::Unreadable(error)
    }
}

impl Writer {
    /// Decides a request and puts what it changes into the open group.
    pub(super) fn carry_out(&mut self, request: &Request) -> Result<Reply, NotDurable> {
        let mut kinds = request.commands.iter().map(|command| command.body.kind());
        if self.committing.is_some() && kinds.any(|kind| kind.nature() == Nature::Correction) {
            // A correction reads events from the log, which has to hold the group being committed.
            self.await_commit()?;
        }
        loop {
            let mut undo = self.undo_point();
            match self.attempt(request, &mut undo) {
                Ok(tried) => return self.conclude(request, tried, undo),
                Err(Halt::Unreadable(error)) => {
                    self.undo(undo)?;
                    return Ok(Err(unreadable(&error)));
                }
                Err(Halt::Full { bytes }) => {
                    let alone = self.open.is_empty();
                    self.undo(undo)?;
                    if alone {
                        let limit = self.options.request_bytes_max;
                        return Ok(Err(AppendError::TooLarge { bytes, limit }));
                    }
                    // It may fit into a group of its own.
                    self.settle()?;
                }
            }
        }
    }

    /// Decides and applies each command; refused ones are passed over.
    fn attempt(&mut self, request: &Request, undo: &mut Undo) -> Result<Tried, Halt> {
        self.request_number += 1;
        let (now, judged_at) = (self.now(), self.judged_at());
        self.load_all(&request.commands)?;
        let mut outcomes = Vec::with_capacity(request.commands.len());
        let mut kept = Kept::new(request);
        for command in &request.commands {
            self.load_with_events(command)?;
            let is_last = outcomes.len() + 1 == request.commands.len();
            let outcome = match decide(&self.cache.context, command, judged_at) {
                Err(refusal) => {
                    let refusal = kept.add(&self.cache.context, command, refusal, &outcomes);
                    self.check_room(&kept)?;
                    Outcome::Refused(refusal)
                }
                // Nobody is left to see its effects.
                Ok(decision) if request.validate_only && is_last => Outcome::Recorded {
                    first: self.cache.context.next_position,
                    count: count(&decision),
                },
                Ok(decision) => self.accept(request, command, decision, now, undo)?,
            };
            outcomes.push(outcome);
        }
        let details = kept.details;
        Ok(Tried { outcomes, details })
    }

    /// Whether the refusals of a request still fit into the group. The refusals of one request are
    /// bounded, so that they always fit into a group of their own.
    fn check_room(&self, kept: &Kept) -> Result<(), Halt> {
        let limit = match self.open.is_empty() {
            true => GROUP_BYTES_FULL,
            false => self.options.request_bytes_max,
        };
        let bytes = self.open.cost.saturating_add(kept.bytes);
        match bytes > limit {
            true => Err(Halt::Full { bytes }),
            false => Ok(()),
        }
    }

    /// Settles what becomes of a request whose commands are all decided.
    fn conclude(
        &mut self,
        request: &Request,
        tried: Tried,
        undo: Undo,
    ) -> Result<Reply, NotDurable> {
        let Tried {
            mut outcomes,
            details,
        } = tried;
        let refused = outcomes
            .iter()
            .any(|outcome| matches!(outcome, Outcome::Refused(_)));
        let void = refused && request.mode == Mode::Atomic;
        if void || request.validate_only {
            self.undo(undo)?;
        }
        if void {
            for outcome in &mut outcomes {
                if matches!(outcome, Outcome::Recorded { .. }) {
                    *outcome = Outcome::NotAttempted;
                }
            }
        }
        let log_position = last_position(&self.cache.context);
        let recorded = refused && !request.validate_only;
        let appended = Appended {
            outcomes,
            first_refusal: recorded.then_some(self.open.group.refusals.saturating_add(1)),
            replayed: false,
            log_position,
        };
        if !request.validate_only {
            if refused {
                self.record_refusals(request, &appended.outcomes, details);
                let noted = certificate_marks::noted(request, &appended.outcomes);
                self.open.group.state.extend(noted);
            }
            self.remember(request, &appended);
        }
        Ok(Ok(appended))
    }

    /// Encodes and applies the events of one accepted command.
    ///
    /// Everything that can go wrong is found out before the first event is applied.
    fn accept(
        &mut self,
        request: &Request,
        command: &Command,
        decision: Decision,
        now: RecordedTime,
        undo: &mut Undo,
    ) -> Result<Outcome, Halt> {
        let first = self.cache.context.next_position;
        let count = count(&decision);
        let before = self.open.mark();
        let mut keys = std::mem::take(&mut self.keys);
        keys.clear();
        let mut position = first;
        for event in decision.events {
            let recorded = RecordedEvent {
                position,
                event_id: self.event_ids.next(now),
                recorded_at: now,
                actor: Arc::clone(&request.actor),
                source_system: Arc::clone(&request.source_system),
                event,
            };
            touched(&self.cache.context, &recorded.event, &mut keys);
            if let Err(bytes) = self.encode(recorded) {
                self.open.roll_back(&before);
                return Err(Halt::Full { bytes });
            }
            position = position.next();
        }
        // A clawback names the same disbursement in each of its lines.
        keys.sort_unstable();
        keys.dedup();
        let touched = self.touch(&keys, undo, request);
        self.keys = keys;
        if let Err(bytes) = touched {
            self.open.roll_back(&before);
            return Err(Halt::Full { bytes });
        }
        let changes_policies = matches!(
            command.body,
            CommandBody::PublishPolicy(_) | CommandBody::WithdrawPolicy(_)
        );
        if changes_policies {
            undo.policies
                .get_or_insert_with(|| self.cache.context.policies.clone());
            self.open.group.state.push(policy_marker(first));
            self.open.changes_policies = true;
        }
        self.apply_since(&before);
        if let CommandBody::PublishPolicy(publish) = &command.body {
            let policies = &mut self.cache.context.policies;
            policies.publish(first, Arc::clone(&publish.policy));
        }
        Ok(Outcome::Recorded { first, count })
    }

    /// Applies the events that are new since the mark, and notes what each changes in the counters.
    fn apply_since(&mut self, mark: &Mark) {
        let group = &mut self.open.group;
        for event in group.events.iter().skip(mark.events()) {
            let context = &mut self.cache.context;
            group.progress.extend(changes_of(context, event));
            apply(context, event);
        }
    }

    /// Appends an event to the open group; on refusal the caller rolls the group back.
    fn encode(&mut self, recorded: RecordedEvent) -> Result<(), usize> {
        let group = &mut self.open.group;
        let start = group.bytes.len();
        event_to_bytes(&recorded, &mut group.bytes);
        let bytes = group.bytes.len().saturating_sub(start);
        self.open.cost += cost::of_event(&recorded.event, bytes);
        self.open.cost += cost::of_counters(&self.cache.context, &recorded.event);
        group.ends.push(group.bytes.len());
        group.events.push(recorded);
        if bytes > RECORD_BYTES_MAX {
            return Err(bytes);
        }
        if self.open.cost > self.options.request_bytes_max {
            Err(self.open.cost)
        } else {
            Ok(())
        }
    }

    /// Marks entities as changed by the current request, keeping what undoing it will need.
    fn touch(
        &mut self,
        keys: &[EntityKey],
        undo: &mut Undo,
        request: &Request,
    ) -> Result<(), usize> {
        let context = &self.cache.context;
        let added: usize = keys
            .iter()
            .filter(|key| !self.open.changed.contains_key(*key))
            .map(|key| cost::of_entity(context, key))
            .sum();
        let total = self.open.cost.saturating_add(added);
        if total > self.options.request_bytes_max {
            return Err(total);
        }
        self.open.cost = total;
        // A single command that is applied at all is recorded.
        let undoable = request.commands.len() > 1;
        for key in keys {
            let changed_by = self.open.changed.insert(*key, self.request_number);
            match changed_by {
                _ if !undoable => {}
                None => undo.fresh.push(*key),
                Some(number) if number == self.request_number => {}
                Some(number) => undo.copies.push((*key, number, context.copy(key))),
            }
        }
        Ok(())
    }

    fn undo_point(&self) -> Undo {
        Undo {
            next_position: self.cache.context.next_position,
            recorded_at: self.cache.context.recorded_at,
            policies: None,
            mark: self.open.mark(),
            fresh: Vec::new(),
            copies: Vec::new(),
        }
    }

    /// Restores the state before the current request.
    fn undo(&mut self, undo: Undo) -> Result<(), NotDurable> {
        self.open.roll_back(&undo.mark);
        for (key, number, entity) in undo.copies {
            self.open.changed.insert(key, number);
            self.cache.context.put(key, entity);
        }
        if !undo.fresh.is_empty() && self.committing.is_some() {
            // A forgotten entity is read from the store, which has to hold the group being
            // committed first.
            self.await_commit()?;
        }
        for key in &undo.fresh {
            self.open.changed.remove(key);
            self.cache.forget(key);
        }
        let context = &mut self.cache.context;
        context.next_position = undo.next_position;
        context.recorded_at = undo.recorded_at;
        if let Some(policies) = undo.policies {
            context.policies = policies;
        }
        Ok(())
    }

    fn record_refusals(
        &mut self,
        request: &Request,
        outcomes: &[Outcome],
        details: Vec<RefusalDetail>,
    ) {
        let recorded_at = self.now();
        // There is one for each refusal, in order.
        let mut details = details.into_iter();
        for (index, (command, outcome)) in request.commands.iter().zip(outcomes).enumerate() {
            if let Outcome::Refused(refusal) = outcome {
                let detail = details.next().unwrap_or_default();
                let refused = (index, command, refusal);
                self.record_refusal(request, refused, detail, recorded_at);
            }
        }
    }

    fn record_refusal(
        &mut self,
        request: &Request,
        (index, command, refusal): (usize, &Command, &Refusal),
        detail: RefusalDetail,
        recorded_at: RecordedTime,
    ) {
        let value = encode_refusal(&RefusalRecord {
            recorded_at,
            actor: Arc::clone(&request.actor),
            source_system: Arc::clone(&request.source_system),
            request_id: request.request_id,
            command_index: u32::try_from(index).expect("a request has few commands"),
            asked_for: command.body.kind().asks_for(),
            occurred_on: command.occurred_on,
            decided_at: last_position(&self.cache.context),
            refusal: refusal.clone(),
            detail,
        });
        let group = &mut self.open.group;
        group.refusals += 1;
        let key = keys::refusal(group.refusals);
        self.open.cost += key.len() + value.len();
        group.state.push(StateOp::put(Space::Refusals, key, value));
    }

    /// Loads what a whole request is known to need, in as few reads as possible.
    fn load_all(&mut self, commands: &[Command]) -> Result<(), LoadError> {
        if commands.len() > 1 {
            self.load(commands)
        } else {
            Ok(())
        }
    }

    /// Loads what the commands need, until they need nothing more.
    fn load(&mut self, commands: &[Command]) -> Result<(), LoadError> {
        let mut keys = Vec::new();
        loop {
            for command in commands {
                missing(&self.cache.context, command, &mut keys);
            }
            if keys.is_empty() {
                return Ok(());
            }
            self.load_entities(&mut keys)?;
        }
    }

    /// Loads what one command needs, with the events on record that a correction names. Those of
    /// the command before are forgotten.
    fn load_with_events(&mut self, command: &Command) -> Result<(), LoadError> {
        if command.body.kind().nature() != Nature::Correction {
            return self.load(std::slice::from_ref(command));
        }
        self.cache.context.events = Table::default();
        let (mut keys, mut positions) = (Vec::new(), Vec::new());
        loop {
            missing_events(&self.cache.context, command, &mut keys, &mut positions);
            if keys.is_empty() && positions.is_empty() {
                return Ok(());
            }
            self.load_entities(&mut keys)?;
            self.load_events(&mut positions)?;
        }
    }

    fn load_entities(&mut self, keys: &mut Vec<EntityKey>) -> Result<(), LoadError> {
        let storage = &*self.storage;
        self.cache
            .load(keys, |keys| storage.multi_get(Space::Entities, keys))
    }

    /// Loads events from the open group or the log, and empties `positions`. No group is being
    /// committed.
    fn load_events(&mut self, positions: &mut Vec<Position>) -> Result<(), LoadError> {
        positions.sort_unstable();
        positions.dedup();
        let mut held: Option<Block> = None;
        for position in positions.drain(..) {
            let mut open = self.open.group.events.iter();
            let event = match open.find(|event| event.position == position) {
                Some(event) => event.clone(),
                None => {
                    let block = match held.take().filter(|block| block.record(position).is_some()) {
                        Some(block) => Some(block),
                        None => self.storage.read_block_at(position)?,
                    };
                    let block = block.ok_or(LoadError::NoEvent { position })?;
                    let block = held.insert(block);
                    let record = block.record(position);
                    let record = record.ok_or(LoadError::NoEvent { position })?;
                    event_from_bytes(record.bytes)
                        .map_err(|source| LoadError::Event { position, source })?
                }
            };
            self.cache.context.events.put(position, Some(event));
        }
        Ok(())
    }
}

/// How many events an accepted command becomes.
fn count(decision: &Decision) -> u32 {
    let count = u32::try_from(decision.events.len()).expect("a command becomes few events");
    assert!(count > 0, "an accepted command becomes an event");
    count
}
