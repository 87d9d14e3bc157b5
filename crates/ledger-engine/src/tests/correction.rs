//! Corrections: the annulled event is found wherever it stands, and the state follows.

use super::rebuild::{everything, rebuild};
use super::world::*;
use crate::EngineOptions;
use ledger_core::Reason;
use ledger_log::MemoryStore;
use ledger_log::testing::GatedStore;
use std::sync::Arc;

use Became::{NotAttempted, Recorded, Refused};

#[test]
fn a_correction_is_one_request() {
    let store = Arc::new(MemoryStore::new());
    let world = World::founded(store.clone(), EngineOptions::default());
    world.append(1, vec![register(1), declare(1, "2020-01-01")]);
    // Annulled and reported anew, in one request.
    assert_eq!(
        world.append(2, vec![annul(8), declare(1, "2020-03-01")]),
        [Recorded(9), Recorded(10)]
    );
    // What is annulled may stand in the same request, and what another needs may be annulled there.
    assert_eq!(
        world.append(
            3,
            vec![end(1, "2020-06-01"), annul(11), annul(10), annul(7)]
        ),
        [Recorded(11), Recorded(12), Recorded(13), Recorded(14)]
    );
    assert_eq!(
        world.append(4, vec![enrol(1, 1), annul(7), annul(15), register(1)]),
        [
            Refused(Reason::PersonNotFound),
            Refused(Reason::FactIsAnnulled),
            Refused(Reason::EventNotFound),
            NotAttempted,
        ]
    );
    assert_eq!(world.append(5, vec![register(1)]), [Recorded(15)]);
    let before = everything(&store);
    assert!(world.engine.verify().is_ok());
    assert!(rebuild(&world.engine).unwrap().switched);
    assert_eq!(everything(&store), before);
}

#[test]
fn a_correction_that_is_undone_leaves_the_fact() {
    let world = World::founded(Arc::new(MemoryStore::new()), EngineOptions::default());
    world.append(1, vec![register(1), declare(1, "2020-01-01")]);
    let undone = vec![annul(8), annul(7), annul(7)];
    assert_eq!(
        world.append(2, undone.clone()),
        [NotAttempted, NotAttempted, Refused(Reason::FactIsAnnulled)]
    );
    let tried = world.try_append(validate_only(request(3, vec![annul(8), annul(7)])));
    assert_eq!(tried, Ok(vec![Recorded(9), Recorded(10)]));
    // A position that was given back holds another event now.
    assert_eq!(
        world.append(4, vec![end(1, "2020-06-01"), annul(8)]),
        [NotAttempted, Refused(Reason::FactsRestOnIt)]
    );
    assert_eq!(
        world.append(5, vec![annul(8), declare(1, "2020-01-01"), annul(10)]),
        [Recorded(9), Recorded(10), Recorded(11)]
    );
}

#[test]
fn an_event_of_the_group_being_committed_is_annulled_after_it() {
    let store = Arc::new(GatedStore::gated());
    let world = World::founded(store.clone(), EngineOptions::default());
    store.hooks.close();
    let registered = world.submit(1, vec![register(1), declare(1, "2020-01-01")]);
    store.hooks.await_arrivals(2);
    let annulled = world.submit(2, vec![annul(8)]);
    store.hooks.open();
    let became =
        |receiver: crate::ReplyReceiver| became(&receiver.blocking_recv().unwrap().unwrap());
    assert_eq!(became(registered), [Recorded(7), Recorded(8)]);
    assert_eq!(became(annulled), [Recorded(9)]);
}
