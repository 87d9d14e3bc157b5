//! What-if over a ledger in memory: what changes, what does not, and that nothing is written.

use super::random::{on_their_way, requests};
use super::world::*;
use crate::rebuild::CancelToken;
use crate::simulate::{Observer, Phase, Progress};
use crate::{Engine, EngineOptions, RebuildError, Simulate, SimulateError, Simulated};
use ledger_core::Fen;
use ledger_core::event::DisbursementStage::Full;
use ledger_core::simulate::Scope;
use ledger_core::simulate::outcome::{Change, Outcome};
use ledger_log::{Entry, MemoryStore, Space, StateStore};
use proptest::prelude::*;
use std::sync::Arc;

const IN_FORCE: &str = include_str!("../../../ledger-policy/tests/data/2019-2021-action.v2.toml");

/// Keeps everything that it is told.
#[derive(Default)]
struct Listener {
    phases: Vec<Phase>,
    differences: Vec<Outcome>,
    cancel_in: Option<(Phase, CancelToken)>,
}

impl Observer for Listener {
    fn progress(&mut self, progress: Progress) {
        assert!(progress.target == 0 || progress.done <= progress.target);
        if self.phases.last() != Some(&progress.phase) {
            self.phases.push(progress.phase);
        }
        if let Some((phase, cancel)) = &self.cancel_in
            && *phase == progress.phase
        {
            cancel.cancel();
        }
    }

    fn difference(&mut self, outcome: &Outcome) {
        self.differences.push(outcome.clone());
        if let Some((Phase::Comparing, cancel)) = &self.cancel_in {
            cancel.cancel();
        }
    }
}

fn draft(text: &str) -> Simulate {
    Simulate {
        draft: Arc::new(ledger_policy::compile(text).unwrap()),
        scope: Scope::default(),
    }
}

/// The document in force with one thing changed.
fn changed(from: &str, to: &str) -> Simulate {
    let text = IN_FORCE.replace(from, to);
    assert_ne!(text, IN_FORCE);
    draft(&text)
}

fn simulate(engine: &Engine, what: &Simulate) -> (Simulated, Vec<Outcome>) {
    let mut listener = Listener::default();
    let simulated = engine.simulate(what, &mut listener, &CancelToken::new());
    (simulated.unwrap(), listener.differences)
}

/// Everything that is stored.
fn stored(store: &MemoryStore) -> Vec<(Space, Entry)> {
    let snapshot = store.snapshot().unwrap();
    let of = |space| {
        snapshot
            .iterate(space)
            .map(move |entry| (space, entry.unwrap()))
    };
    Space::ALL.into_iter().flat_map(of).collect()
}

/// One person in three classes, all approved, two paid; a fourth claim was refused.
fn paid() -> (Arc<MemoryStore>, World) {
    let store = Arc::new(MemoryStore::new());
    let world = World::founded(store.clone(), EngineOptions::default());
    let mut id = 0;
    let mut append = |bodies| {
        id += 1;
        world.append(id, bodies)
    };
    append(vec![register(1)]);
    for class in [1, 3, 5, 7] {
        append(trained(class, 1..2));
        append(vec![approve(class, 1)]);
    }
    append(vec![order(1, 1, Full, &[1]), order(3, 3, Full, &[1])]);
    append(vec![settle(1)]);
    (store, world)
}

#[test]
fn the_document_in_force_changes_nothing_and_nothing_is_written() {
    let (store, world) = paid();
    let before = stored(&store);
    let refusals = world.engine.status().refusals;
    assert_eq!(refusals, 1, "the fourth claim");
    let mut listener = Listener::default();
    let simulated = world
        .engine
        .simulate(&draft(IN_FORCE), &mut listener, &CancelToken::new())
        .unwrap();
    assert_eq!(listener.differences, []);
    assert_eq!(listener.phases, [Phase::Replaying, Phase::Comparing]);
    assert_eq!(simulated.position.get(), world.last());
    let all = simulated.report.all;
    assert_eq!((all.counted, all.differing), (3, 0));
    assert_eq!(all.approved.was, Fen::new(150_000));
    assert_eq!(all.paid.was, Fen::new(100_000));
    assert_eq!(simulated.counts.attempts, 1);
    assert_eq!(stored(&store), before);
    assert_eq!(world.engine.status().refusals, refusals);
    // The writer goes on as if nothing had been, and the shadow is free for a rebuild.
    world.append(100, vec![settle(3)]);
    let rebuilt = world.engine.rebuild(&mut |_| {}, &CancelToken::new());
    assert!(rebuilt.unwrap().switched);
}

#[test]
fn a_stricter_quota_refuses_and_a_wider_one_adds() {
    let (_, world) = paid();
    let (simulated, differences) =
        simulate(&world.engine, &changed("per_year = 3", "per_year = 1"));
    let found: Vec<_> = differences
        .iter()
        .map(|outcome| {
            let why = outcome.why.as_ref().unwrap();
            (
                outcome.approved(),
                outcome.paid(),
                why.refusal.reason.name(),
            )
        })
        .collect();
    let quota = "YEARLY_QUOTA_USED";
    assert_eq!(
        found,
        [
            (Change::Refused, Change::Refused, quota),
            (Change::Refused, Change::Same, quota),
        ]
    );
    let all = simulated.report.all;
    assert_eq!(all.approved.refused, Fen::new(100_000));
    assert_eq!(all.paid.would, Fen::new(50_000));
    let (simulated, differences) =
        simulate(&world.engine, &changed("per_year = 3", "per_year = 4"));
    assert_eq!(differences.len(), 1);
    assert_eq!(simulated.report.all.approved.added, Fen::new(50_000));
    let by_scheme: Vec<_> = simulated.report.by_scheme.keys().cloned().collect();
    assert_eq!(by_scheme.len(), 1);
    assert_eq!(by_scheme[0].0, jinan());
}

#[test]
fn a_narrower_list_of_funds_refuses_the_classes_and_so_their_places() {
    let (_, world) = paid();
    let what = changed("    \"special_account\",\n", "");
    let (simulated, differences) = simulate(&world.engine, &what);
    assert_eq!(differences.len(), 3);
    for outcome in &differences {
        let why = outcome.why.as_ref().unwrap();
        assert_eq!(why.refusal.reason.name(), "SCHEME_NOT_ON_FUND");
        assert!(why.refusal.rule.is_some());
    }
    assert_eq!(simulated.report.all.approved.would, Fen::ZERO);
    assert_eq!(simulated.report.all.paid.would, Fen::ZERO);
}

#[test]
fn it_can_be_cancelled_and_leaves_the_shadow_free() {
    let what = changed("per_year = 3", "per_year = 1");
    for phase in [Phase::Replaying, Phase::Comparing] {
        let (store, world) = paid();
        let way = |class| {
            [
                enrol(class, 2),
                complete(class, 2),
                certify(class, 2),
                approve(class, 2),
            ]
        };
        let other = [register(2)].into_iter().chain(way(1)).chain(way(3));
        world.append(100, other.collect());
        let before = stored(&store);
        let cancel = CancelToken::new();
        let mut listener = Listener {
            cancel_in: Some((phase, cancel.clone())),
            ..Listener::default()
        };
        let cancelled = world.engine.simulate(&what, &mut listener, &cancel);
        assert!(
            matches!(cancelled, Err(SimulateError::Cancelled)),
            "{cancelled:?}"
        );
        // Cancelled at a difference of one person, it does not look for those of the other.
        let mut found: Vec<_> = listener
            .differences
            .iter()
            .map(|it| it.beneficiary)
            .collect();
        found.dedup();
        assert_eq!(found.len(), usize::from(phase == Phase::Comparing));
        assert_eq!(stored(&store), before);
        assert_eq!(simulate(&world.engine, &what).1.len(), 3);
    }
}

/// Refused attempts after the last event are many blocks' worth of work as well.
#[test]
fn it_can_be_cancelled_among_refused_attempts() {
    struct AtTheEnd(CancelToken);
    impl Observer for AtTheEnd {
        fn progress(&mut self, progress: Progress) {
            if progress.done == progress.target {
                self.0.cancel();
            }
        }

        fn difference(&mut self, _: &Outcome) {}
    }
    let (_, world) = paid();
    let refused = vec![approve(7, 1); 3];
    world.append(100, refused);
    let cancel = CancelToken::new();
    let mut observer = AtTheEnd(cancel.clone());
    let cancelled = world
        .engine
        .simulate(&draft(IN_FORCE), &mut observer, &cancel);
    assert!(
        matches!(cancelled, Err(SimulateError::Cancelled)),
        "{cancelled:?}"
    );
}

#[test]
fn one_simulation_or_rebuild_runs_at_a_time() {
    struct Nested<'a>(&'a Engine, u32);
    impl Observer for Nested<'_> {
        fn progress(&mut self, _: Progress) {
            let busy = self.0.simulate(
                &draft(IN_FORCE),
                &mut Listener::default(),
                &CancelToken::new(),
            );
            assert!(matches!(busy, Err(SimulateError::Busy)), "{busy:?}");
            let busy = self.0.rebuild(&mut |_| {}, &CancelToken::new());
            assert!(
                matches!(busy, Err(RebuildError::AlreadyRunning)),
                "{busy:?}"
            );
            self.1 += 1;
        }

        fn difference(&mut self, _: &Outcome) {}
    }
    let (_, world) = paid();
    let mut nested = Nested(&world.engine, 0);
    let simulated = world
        .engine
        .simulate(&draft(IN_FORCE), &mut nested, &CancelToken::new());
    assert!(simulated.is_ok() && nested.1 > 0);
}

#[test]
fn an_empty_ledger_can_be_asked() {
    let world = World::open(Arc::new(MemoryStore::new()), EngineOptions::default());
    let (simulated, differences) = simulate(&world.engine, &draft(IN_FORCE));
    assert_eq!((simulated.position.get(), differences), (0, vec![]));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    /// However small the memory, the document in force changes nothing of any history, and the
    /// totals under any other add up (or the simulation would fail).
    #[test]
    fn any_history_is_the_same_under_the_document_in_force(
        requests in requests(40),
        rebuild_entities_max in 2_usize..60,
        per_year in 1_u32..5,
    ) {
        let store = Arc::new(MemoryStore::new());
        let options = EngineOptions { rebuild_entities_max, ..EngineOptions::default() };
        let world = World::founded(store.clone(), options);
        world.append(1_000_001, on_their_way());
        for request in requests {
            world.engine.append_blocking(request).unwrap();
        }
        let before = stored(&store);
        let (simulated, differences) = simulate(&world.engine, &draft(IN_FORCE));
        prop_assert_eq!(differences, vec![]);
        prop_assert_eq!(simulated.report.all.differing, 0);
        prop_assert_eq!(simulated.counts.uncovered, 0);
        let quota = format!("per_year = {per_year}");
        let what = draft(&IN_FORCE.replace("per_year = 3", &quota));
        let (other, differences) = simulate(&world.engine, &what);
        let differing = u64::try_from(differences.len()).unwrap();
        prop_assert_eq!(other.report.all.differing, differing);
        prop_assert_eq!(other.report.all.paid.was, simulated.report.all.paid.was);
        prop_assert_eq!(stored(&store), before);
    }
}
