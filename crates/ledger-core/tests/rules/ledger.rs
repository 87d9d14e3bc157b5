//! A ledger in memory that loads exactly what the core asks for and checks itself at every event.
//!
//! Long: one ledger, with all that it checks of itself at every event.

mod carried;
pub(crate) mod explained;
mod parties;
pub(crate) mod past;
mod recount;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ledger_core::coded::RuleKind;
use ledger_core::command::{ApproveSubsidy, CommandBody, PublishPolicy};
use ledger_core::entity::{Class, Enrolment};
use ledger_core::event::{
    EmploymentWithdrawn, ObjectionResolved, PublicityOpened, RateSource, RepaymentReceived,
    Subject, TrainingCompleted,
};
use ledger_core::policy::PolicyBook;
use ledger_core::progress::{self, Counters, ProgressKey};
use ledger_core::refusal::Reason;
use ledger_core::{
    ClassId, Command, Context, Decision, Entity, EntityKey, Event, EventBody, EventId, Fen,
    LedgerAccount, PersonKey, Policy, Position, RecordedEvent, RecordedTime, Refusal, Side, Tag,
    apply, decide, eligibility, found_by, missing, missing_events, missing_for_event, touched,
};

use parties::Parties;

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// Everything that was recorded, and the state that it leads to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ledger {
    /// The time of the next decision.
    pub(crate) now: RecordedTime,
    /// The log.
    pub(crate) events: Vec<RecordedEvent>,
    /// Every entity that exists.
    pub(crate) entities: BTreeMap<EntityKey, Entity>,
    /// The published policies.
    pub(crate) policies: PolicyBook,
    /// What the events changed in the counters of progress.
    pub(crate) counters: Counters,
    /// Balances added up from the postings alone, in fen.
    pub(crate) books: BTreeMap<LedgerAccount, i64>,
    /// Compiled policies by position, as whoever parses the documents would have them.
    compiled: BTreeMap<Position, Arc<Policy>>,
    /// Whom the events are about, worked out from their bodies alone.
    parties: Parties,
    /// What is decided again at the end.
    decided: Vec<past::Decided>,
    /// Whether a balance was put where no event led to it.
    assumed: bool,
}

impl Ledger {
    /// An empty ledger, at noon of 2030-01-01 UTC: after everything that the tables speak of.
    pub(crate) fn new() -> Self {
        Self {
            now: RecordedTime::from_micros(21_915 * DAY + DAY / 2),
            events: Vec::new(),
            entities: BTreeMap::new(),
            policies: PolicyBook::default(),
            counters: Counters::default(),
            books: BTreeMap::new(),
            compiled: BTreeMap::new(),
            parties: Parties::default(),
            decided: Vec::new(),
            assumed: false,
        }
    }

    /// Decides a command and records what it leads to.
    pub(crate) fn submit(&mut self, command: &Command) -> Result<Vec<RecordedEvent>, Refusal> {
        let mut context = self.context();
        let loaded = self.load_for(&mut context, command);
        let decided = decide(&context, command, self.now);
        assert_eq!(
            decided,
            decide(&context, command, self.now),
            "decide is deterministic"
        );
        check_eligibility(&context, command, &decided);
        explained::check(&context, command, &decided);
        if let Err(refusal) = &decided {
            let counted = refusal.reason.unit().is_some() || refusal.reason == Reason::OutOfBounds;
            let numbers = refusal.limit.or(refusal.found).is_some();
            assert!(counted || !numbers, "in what unit? {refusal:?}");
        }
        let noted = past::Decided::of(command, self.now, (&context, &loaded), &decided);
        self.decided.extend(noted);
        let events = decided?.events;
        assert!(!events.is_empty(), "an accepted command leads to an event");
        let mut recorded = Vec::new();
        for event in events {
            assert!(
                command
                    .causes
                    .iter()
                    .all(|cause| event.causes.contains(cause)),
                "what the caller relies on is among the causes"
            );
            recorded.push(self.record(&mut context, &loaded, &command.body, event));
        }
        Ok(recorded)
    }

    /// Loads what deciding asks for, entities and events on record; returns the entities.
    fn load_for(&self, context: &mut Context, command: &Command) -> Vec<EntityKey> {
        let mut loaded = Vec::new();
        loop {
            let (mut keys, mut positions) = (Vec::new(), Vec::new());
            missing_events(context, command, &mut keys, &mut positions);
            if keys.is_empty() && positions.is_empty() {
                return loaded;
            }
            for key in keys {
                context.put(key, self.entities.get(&key).cloned());
                loaded.push(key);
            }
            for position in positions {
                let index = usize::try_from(position.get() - 1).unwrap();
                context
                    .events
                    .put(position, Some(self.events[index].clone()));
            }
        }
    }

    fn record(
        &mut self,
        context: &mut Context,
        loaded: &[EntityKey],
        command: &CommandBody,
        event: Event,
    ) -> RecordedEvent {
        let recorded = RecordedEvent {
            position: context.next_position,
            event_id: EventId::from_bytes([7; 16]),
            recorded_at: self.now,
            actor: Arc::from("tables"),
            source_system: Arc::from("tables"),
            event,
        };
        self.check_shape(&recorded);
        carried::check(&recorded.event);
        self.post(&recorded);
        if let CommandBody::PublishPolicy(PublishPolicy { policy, .. }) = command {
            self.compiled.insert(recorded.position, Arc::clone(policy));
            self.policies.publish(recorded.position, Arc::clone(policy));
            context
                .policies
                .publish(recorded.position, Arc::clone(policy));
        }
        self.apply_both_ways(context, loaded, &recorded);
        if let EventBody::PolicyWithdrawn(_) = &recorded.event.body {
            self.policies = context.policies.clone();
        }
        self.check_balances(&recorded);
        self.events.push(recorded.clone());
        recorded
    }

    /// Applies the event as the writer does, in the context it was decided in, and as a replay
    /// does, in one that holds nothing but what the event names. Both must agree, and nothing may
    /// change but what is announced.
    fn apply_both_ways(
        &mut self,
        decided_in: &mut Context,
        loaded: &[EntityKey],
        recorded: &RecordedEvent,
    ) {
        let event = &recorded.event;
        let mut unloaded = Vec::new();
        missing_for_event(decided_in, event, &mut unloaded);
        assert_eq!(unloaded, [], "deciding loads what its event changes");
        load(&self.entities, decided_in, |context, keys| {
            missing_for_event(context, event, keys)
        });
        let changes = progress::changes(decided_in, recorded);
        self.count(&changes);
        let mut announced = Vec::new();
        touched(decided_in, event, &mut announced);
        let announced: BTreeSet<EntityKey> = announced.into_iter().collect();
        apply(decided_in, recorded);
        check_found(decided_in, recorded, &announced);
        let led = announced.iter().filter_map(|key| match key {
            EntityKey::Person(person) => {
                let leads = decided_in
                    .copy(key)?
                    .positions()?
                    .contains(&recorded.position);
                leads.then_some(*person)
            }
            _ => None,
        });
        let led: BTreeSet<PersonKey> = led.collect();
        assert_eq!(
            led,
            self.parties.of(&event.body),
            "whom it leads to: {event:?}"
        );
        assert_eq!(decided_in.next_position, recorded.position.next());
        for key in loaded.iter().filter(|key| !announced.contains(key)) {
            let before = self.entities.get(key).cloned();
            assert_eq!(before, decided_in.copy(key), "{key:?} changed unannounced");
        }
        let mut replayed = self.context();
        load(&self.entities, &mut replayed, |context, keys| {
            missing_for_event(context, event, keys);
        });
        assert_eq!(changes, progress::changes(&replayed, recorded));
        apply(&mut replayed, recorded);
        assert_eq!(decided_in.policies, replayed.policies, "replay of the book");
        for key in announced {
            let entity = decided_in.copy(&key);
            assert_eq!(entity, replayed.copy(&key), "replay of {key:?} differs");
            past::check_step(
                &key,
                recorded.position,
                self.entities.get(&key),
                entity.as_ref(),
            );
            match entity {
                Some(entity) => self.entities.insert(key, entity),
                None => self.entities.remove(&key),
            };
        }
    }

    fn count(&mut self, changes: &[(ProgressKey, i64)]) {
        assert!(
            changes.is_sorted_by(|(one, _), (other, _)| one < other),
            "each counter once: {changes:?}"
        );
        for (key, change) in changes {
            assert_ne!(*change, 0, "{key:?}");
            assert_eq!(ProgressKey::from_bytes(&key.to_bytes()).as_ref(), Ok(key));
            self.counters.add(key.clone(), *change);
        }
    }

    /// What must be true of any recorded event.
    fn check_shape(&self, recorded: &RecordedEvent) {
        let event = &recorded.event;
        assert_eq!(
            recorded.position,
            self.next_position(),
            "positions have no gaps"
        );
        assert!(
            event.causes.is_sorted_by(|a, b| a < b),
            "causes ascend: {event:?}"
        );
        assert!(
            event
                .causes
                .iter()
                .all(|cause| Position::ZERO < *cause && *cause < recorded.position),
            "causes exist: {event:?}"
        );
        if let Some(policy) = event.policy {
            assert!(
                self.compiled.contains_key(&policy),
                "the policy is published: {event:?}"
            );
        }
        let tags: BTreeSet<_> = event.tags.iter().collect();
        assert!(
            !tags.is_empty() && tags.len() == event.tags.len(),
            "tags, once each: {event:?}"
        );
    }

    /// Adds the postings up, independently of the accounts: debits equal credits, every balance
    /// follows from the one before and none is below zero.
    fn post(&mut self, recorded: &RecordedEvent) {
        let postings = &recorded.event.postings;
        let total = |side| -> i128 {
            let on_side = postings.iter().filter(|posting| posting.side == side);
            on_side
                .map(|posting| i128::from(posting.amount.get()))
                .sum()
        };
        assert_eq!(
            total(Side::Debit),
            total(Side::Credit),
            "debits equal credits"
        );
        for posting in postings {
            assert!(posting.amount.is_positive(), "{posting:?}");
            let balance = self.books.entry(posting.account).or_insert(0);
            let grows = posting.side == posting.account.kind.normal_side();
            *balance += if grows {
                posting.amount.get()
            } else {
                -posting.amount.get()
            };
            assert_eq!(
                *balance,
                posting.balance_after.get(),
                "{posting:?} continues"
            );
            assert!(*balance >= 0, "{posting:?} stays above zero");
        }
    }

    fn check_balances(&self, recorded: &RecordedEvent) {
        for posting in &recorded.event.postings {
            let Some(Entity::Account(account)) = self
                .entities
                .get(&EntityKey::Account(posting.account.holder))
            else {
                panic!("{posting:?} is in an account");
            };
            let balance = account.balance(posting.account.kind, posting.account.fiscal_year);
            assert_eq!(balance.get(), self.books[&posting.account]);
        }
    }

    /// Replays the whole log into an empty ledger and counts everything again.
    pub(crate) fn audit(&self) {
        if self.assumed {
            return;
        }
        let replayed = self.replay(self.events.len());
        assert_eq!(
            replayed.entities, self.entities,
            "the log leads to the state"
        );
        assert_eq!(replayed.policies, self.policies, "and to the book");
        for decided in &self.decided {
            let mut context = self.context();
            context.policies = self.book_before(decided.position());
            decided.check(&self.entities, context);
        }
        for (key, entity) in &self.entities {
            if let (EntityKey::Class(id), Entity::Class(class)) = (key, entity) {
                self.check_counters(*id, class);
            }
        }
        assert_eq!(replayed.counters, self.counters, "and to the counters");
        recount::check(self);
    }

    /// The book as it was before a position.
    fn book_before(&self, position: Position) -> PolicyBook {
        let last = position.previous();
        last.map_or_else(PolicyBook::default, |last| self.policies.as_of(last))
    }

    /// The state that the first `count` events lead to, by `apply` alone.
    pub(crate) fn replay(&self, count: usize) -> Self {
        let mut replayed = Self {
            now: self.now,
            ..Self::new()
        };
        for recorded in &self.events[..count] {
            let mut context = replayed.context();
            let event = &recorded.event;
            load(&replayed.entities, &mut context, |context, keys| {
                missing_for_event(context, event, keys);
            });
            replayed.count(&progress::changes(&context, recorded));
            let mut changed = Vec::new();
            touched(&context, event, &mut changed);
            apply(&mut context, recorded);
            for key in changed {
                if let Some(entity) = context.copy(&key) {
                    replayed.entities.insert(key, entity);
                }
            }
            if let EventBody::PolicyWithdrawn(_) = &event.body {
                replayed.policies = context.policies;
            }
            if let Some(policy) = self.compiled.get(&recorded.position) {
                replayed
                    .policies
                    .publish(recorded.position, Arc::clone(policy));
                replayed
                    .compiled
                    .insert(recorded.position, Arc::clone(policy));
            }
            replayed.post(recorded);
            replayed.events.push(recorded.clone());
        }
        replayed
    }

    /// The counters of a class are what its persons and payments say.
    fn check_counters(&self, id: ClassId, class: &Class) {
        let places: Vec<&Enrolment> = self.places(id).map(|(_, place)| place).collect();
        let count = |counts: &dyn Fn(&Enrolment) -> bool| -> u32 {
            u32::try_from(places.iter().filter(|place| counts(place)).count()).unwrap()
        };
        assert_eq!(
            class.enrolled,
            count(&|place| place.withdrawn.is_none()),
            "enrolled"
        );
        assert_eq!(
            class.completed,
            count(&|place| place.completed.is_some()),
            "completed"
        );
        assert_eq!(
            class.approvals,
            count(&|place| place.approval.is_some()),
            "approvals"
        );
        assert_eq!(
            class.beneficiaries,
            count(&Enrolment::is_beneficiary),
            "beneficiaries"
        );
        if class.settlement.is_none() {
            let employed = |place: &Enrolment| place.employment_counts();
            assert_eq!(class.employed_completed, count(&employed), "employed");
            let approved = |place: &Enrolment| employed(place) && place.approval.is_some();
            assert_eq!(
                class.employed_approved,
                count(&approved),
                "employed of the approved"
            );
        }
        let in_flight = self.entities.values().filter(|entity| {
            matches!(entity, Entity::Disbursement(disbursement)
                if disbursement.subject == Subject::Class(id)
                    && disbursement.settled.is_none()
                    && disbursement.returned.is_none())
        });
        assert_eq!(
            class.in_flight,
            u32::try_from(in_flight.count()).unwrap(),
            "in flight"
        );
    }

    /// Every place in a class, also those given up.
    pub(crate) fn places(&self, id: ClassId) -> impl Iterator<Item = (PersonKey, &Enrolment)> {
        self.entities
            .iter()
            .flat_map(move |(key, entity)| match (key, entity) {
                (EntityKey::Person(key), Entity::Person(person)) => {
                    let places = person.enrolments.iter().filter(|place| place.class == id);
                    places.map(|place| (*key, place)).collect::<Vec<_>>()
                }
                _ => Vec::new(),
            })
    }

    /// Puts a balance on both sides of an account, as years of accruals would.
    pub(crate) fn assume_balance(&mut self, accounts: [LedgerAccount; 2], balance: Fen) {
        self.assumed = true;
        for account in accounts {
            self.books.insert(account, balance.get());
            let Some(Entity::Account(holder)) =
                self.entities.get_mut(&EntityKey::Account(account.holder))
            else {
                panic!("the account is open");
            };
            holder
                .balances
                .insert((account.kind, account.fiscal_year), balance);
        }
    }

    /// Everything that a question about a place looks at.
    pub(crate) fn loaded(&self, class: ClassId, person: PersonKey) -> Context {
        let mut context = self.context();
        let asked = Command {
            occurred_on: self.now.business_date(),
            body: CommandBody::ApproveSubsidy(ApproveSubsidy { class, person }),
            causes: Vec::new(),
        };
        load(&self.entities, &mut context, |context, keys| {
            missing(context, &asked, keys);
        });
        context
    }

    /// The position that the next event will have.
    pub(crate) fn next_position(&self) -> Position {
        self.events
            .last()
            .map_or(Position::FIRST, |last| last.position.next())
    }

    fn context(&self) -> Context {
        Context {
            next_position: self.next_position(),
            recorded_at: self.now,
            policies: self.policies.clone(),
            ..Context::default()
        }
    }
}

/// Loads what is asked for, and again until nothing more is; returns what was loaded.
fn load(
    entities: &BTreeMap<EntityKey, Entity>,
    context: &mut Context,
    ask: impl Fn(&Context, &mut Vec<EntityKey>),
) -> Vec<EntityKey> {
    let mut loaded = Vec::new();
    loop {
        let mut keys = Vec::new();
        ask(context, &mut keys);
        if keys.is_empty() {
            return loaded;
        }
        for key in keys {
            context.put(key, entities.get(&key).cloned());
            loaded.push(key);
        }
    }
}

/// The question whether a place would be paid is answered as the command to approve it is.
fn check_eligibility(context: &Context, command: &Command, decided: &Result<Decision, Refusal>) {
    let CommandBody::ApproveSubsidy(asked) = &command.body else {
        return;
    };
    let answer = eligibility(context, asked.class, asked.person, command.occurred_on);
    assert!(
        answer.refusals.is_sorted_by_key(|refusal| refusal.reason),
        "{answer:?}"
    );
    match decided {
        Ok(_) => assert!(answer.would_pay.is_some(), "{answer:?}"),
        // The question has no envelope: no causes and no bound on what may still be recorded.
        Err(refusal) if refusal.reason <= Reason::CauseUnknown => {}
        Err(refusal) => {
            assert_eq!(answer.would_pay, None);
            assert_eq!(answer.refusals.first(), Some(refusal));
        }
    }
}

/// The text of what an event says, for expectations: amounts in yuan, counts, yes and no.
pub(crate) fn summary(events: &[RecordedEvent]) -> BTreeMap<&'static str, String> {
    let causes = events.iter().flat_map(|it| &it.event.causes);
    let causes: Vec<_> = causes.map(|cause| cause.get().to_string()).collect();
    let mut said = BTreeMap::from([
        ("events", events.len().to_string()),
        ("causes", causes.join(",")),
    ]);
    for recorded in events {
        summarise(&recorded.event.body, &mut said);
    }
    said
}

fn summarise_approval(body: &EventBody, said: &mut BTreeMap<&'static str, String>) {
    let yes = |value: bool| if value { "yes" } else { "no" }.to_owned();
    let mut say = |name, value: String| said.insert(name, value);
    match body {
        EventBody::ClassApproved(e) => {
            say("rate", e.rate.to_string());
            say("scarce", yes(e.scarce));
            let source = match e.rate_source {
                RateSource::Contract => "contract",
                RateSource::Below(_) => "below",
                RateSource::Standard(_) => "standard",
            };
            say("source", source.to_owned());
            if let RateSource::Below(policy) | RateSource::Standard(policy) = e.rate_source {
                say("document", policy.to_string());
            }
        }
        EventBody::SubsidyApproved(e) => {
            say("amount", e.amount.to_string());
            say("year", e.quota_year.to_string());
            say("used", e.quota_used.to_string());
            say("limit", e.quota_limit.to_string());
            let rules: Vec<_> = e.applied.iter().map(|it| it.rule.code()).collect();
            say("rules", rules.join(","));
            let amount = e.applied.iter().find(|it| it.rule == RuleKind::Amount);
            if let Some(policy) = amount.and_then(|it| it.policy) {
                say("document", policy.to_string());
            }
        }
        _ => {}
    }
}

fn summarise(body: &EventBody, said: &mut BTreeMap<&'static str, String>) {
    let yes = |value: bool| if value { "yes" } else { "no" }.to_owned();
    let mut say = |name, value: String| said.insert(name, value);
    match body {
        EventBody::TrainingCompleted(TrainingCompleted { class_hours, .. }) => {
            say("hours", class_hours.to_string());
        }
        EventBody::EmploymentConfirmed(e) => {
            say("counts", yes(e.counts));
        }
        EventBody::EmploymentWithdrawn(EmploymentWithdrawn { counted, .. }) => {
            say("counted", yes(*counted));
        }
        EventBody::CertificateInvalidated(e) => {
            say("lapses", yes(e.approval_lapses));
            say("frees", yes(e.frees_quota));
        }
        EventBody::ClassApproved(_) | EventBody::SubsidyApproved(_) => {
            summarise_approval(body, said);
        }
        EventBody::ProjectSettled(e) => {
            say("outcome", format!("{:?}", e.outcome));
            say("rate", format!("{}/{}", e.employed, e.base));
            say("payable", e.payable.to_string());
            say("excess", e.excess.to_string());
            let earned: Vec<_> = e.lines.iter().map(|line| line.earned.to_string()).collect();
            say("earned", earned.join(","));
            let frees = e.lines.iter().filter(|line| line.frees_quota).count();
            say("frees", frees.to_string());
        }
        EventBody::DisbursementOrdered(e) => {
            say("total", e.total.to_string());
            say("lines", e.lines.len().to_string());
            let years = e.lines.iter().filter_map(|line| line.takes_quota_year);
            let years: Vec<_> = years.map(|year| year.to_string()).collect();
            say("takes", years.join(","));
        }
        EventBody::AwardApproved(e) => {
            say("amount", e.amount.to_string());
            let parts: Vec<_> = e.parts.iter().map(|part| part.amount.to_string()).collect();
            say("parts", parts.join(","));
            let rules: Vec<_> = e.applied.iter().map(|rule| rule.rule.code()).collect();
            say("applied", rules.join(","));
        }
        EventBody::PenaltyImposed(e) => {
            say("amount", e.amount.to_string());
        }
        EventBody::DisbursementReturned(e) => {
            say("frees", e.frees_quota.len().to_string());
        }
        EventBody::ClawbackDecided(e) => {
            say("total", e.total.to_string());
            let frees = e.lines.iter().filter(|line| line.frees_quota).count();
            say("frees", frees.to_string());
        }
        EventBody::PublicityOpened(PublicityOpened { approvals, .. }) => {
            say("approvals", approvals.to_string());
        }
        EventBody::ObjectionResolved(ObjectionResolved { upheld, .. }) => {
            say("upheld", yes(*upheld));
        }
        EventBody::RepaymentReceived(RepaymentReceived { outstanding, .. }) => {
            say("outstanding", outstanding.to_string());
        }
        _ => {}
    }
}

/// Whoever and whatever an event is found by leads to it, and nobody and nothing else does: a
/// person by the timeline, a certificate and a payment by the positions that they hold.
fn check_found(applied: &Context, recorded: &RecordedEvent, announced: &BTreeSet<EntityKey>) {
    let event = &recorded.event;
    let mut found = BTreeSet::new();
    found_by(applied, event, &mut |tag| {
        found.insert(tag);
    });
    let listed = |tag: &&Tag| {
        matches!(
            tag,
            Tag::Person(_) | Tag::Certificate(_) | Tag::Disbursement(_)
        )
    };
    let mut found: BTreeSet<Tag> = found.iter().filter(listed).copied().collect();
    for key in announced {
        let Some(entity) = applied.copy(key) else {
            continue;
        };
        let (tag, leads) = match (key, entity.positions()) {
            (EntityKey::Person(key), Some(it)) => (Tag::Person(*key), it),
            (EntityKey::Certificate(key), Some(it)) => (Tag::Certificate(*key), it),
            (EntityKey::Disbursement(key), Some(it)) => (Tag::Disbursement(*key), it),
            (_, None) => continue,
            (key, Some(_)) => panic!("{key:?} lists positions and is searched in the index"),
        };
        let leads = leads.contains(&recorded.position);
        assert_eq!(leads, found.remove(&tag), "{tag:?} {event:?}");
    }
    assert_eq!(found, BTreeSet::new(), "leads nowhere: {event:?}");
}
