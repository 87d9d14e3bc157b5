//! Opening: what has to hold between the tip and the log.

use super::tamper::tamper;
use super::world::*;
use crate::recovery::{OpenError, TipError};
use crate::tip::{TIP_KEY, Tip};
use crate::{Engine, EngineOptions, VerifyError};
use ledger_core::merkle::CompactRange;
use ledger_core::{Position, RecordedTime};
use ledger_log::{MemoryStore, Space, StateStore};
use std::sync::Arc;

fn recorded() -> (Arc<MemoryStore>, Tip) {
    let store = Arc::new(MemoryStore::new());
    let world = World::founded(store.clone(), EngineOptions::default());
    for id in 1..=20 {
        world.append(id, (0..id).map(|_| accrue(1)).collect());
    }
    let tip = Tip::clone(&world.engine.tip());
    assert_eq!(store.get(Space::Meta, TIP_KEY).unwrap(), Some(tip.encode()));
    (store, tip)
}

fn open(store: &Arc<MemoryStore>) -> Result<(), OpenError> {
    let clock = Arc::new(crate::ManualClock::new(noon(TODAY)));
    Engine::open(store.clone(), EngineOptions::default(), clock).map(drop)
}

#[test]
fn a_ledger_is_opened_as_it_was_left() {
    let (store, tip) = recorded();
    let world = World::open(store, EngineOptions::default());
    assert_eq!(*world.engine.tip(), tip);
    assert_eq!(*world.engine.committed().borrow(), tip.last_position);
    assert_eq!(world.engine.policies().published().len(), 1);
    let verified = world.engine.verify().unwrap();
    assert_eq!(
        (verified.last_position, verified.root),
        (tip.last_position, tip.root())
    );
    assert_eq!(
        world.append(900, vec![register(1)]),
        [Became::Recorded(world.last())]
    );
}

#[test]
fn an_empty_ledger_has_an_empty_tip() {
    let world = World::open(Arc::new(MemoryStore::new()), EngineOptions::default());
    assert_eq!(*world.engine.tip(), Tip::default());
    assert_eq!(world.engine.verify().unwrap().last_position, Position::ZERO);
}

#[test]
fn a_tip_that_does_not_fit_is_refused() {
    let (store, tip) = recorded();
    let len = tip.range.len();
    let with_peaks = |change: fn(&mut Vec<[u8; 32]>)| {
        let mut peaks = tip.range.peaks().to_vec();
        change(&mut peaks);
        Tip {
            range: CompactRange::from_parts(len, peaks).unwrap(),
            ..tip.clone()
        }
    };
    let last_peak = with_peaks(|peaks| peaks.last_mut().unwrap()[0] ^= 1);
    let first_peak = with_peaks(|peaks| peaks.first_mut().unwrap()[0] ^= 1);
    let later = Tip {
        recorded_at: RecordedTime::from_micros(1),
        ..tip.clone()
    };
    let mut further = tip.clone();
    further.range.append([0; 32]);
    further.last_position = further.last_position.next();
    type Fits = fn(&Result<(), OpenError>) -> bool;
    let cases: [(&str, Option<Vec<u8>>, Fits); 6] = [
        ("none", None, |r| {
            matches!(r, Err(OpenError::Tip(TipError::Missing { .. })))
        }),
        ("bytes", Some(vec![7]), |r| {
            matches!(r, Err(OpenError::Tip(TipError::Unreadable(_))))
        }),
        ("position", Some(further.encode()), |r| {
            matches!(r, Err(OpenError::Tip(TipError::Position { .. })))
        }),
        ("time", Some(later.encode()), |r| {
            matches!(r, Err(OpenError::Tip(TipError::Time)))
        }),
        ("tree", Some(last_peak.encode()), |r| {
            matches!(r, Err(OpenError::Tip(TipError::Tree)))
        }),
        // A peak over earlier blocks is for the full check.
        ("old tree", Some(first_peak.encode()), |r| r.is_ok()),
    ];
    for (name, stored, fits) in cases {
        tamper(&store, Space::Meta, TIP_KEY.to_vec(), stored);
        let opened = open(&store);
        assert!(fits(&opened), "{name}: {opened:?}");
    }
    let world = World::open(store, EngineOptions::default());
    assert!(matches!(
        world.engine.verify(),
        Err(VerifyError::Root { .. })
    ));
}

#[test]
fn the_tip_is_read_as_it_was_written() {
    let mut tip = Tip {
        refusals: 300,
        ..Tip::default()
    };
    for n in 0..70_u8 {
        assert_eq!(Tip::decode(&tip.encode()), Ok(tip.clone()));
        tip.range.append([n; 32]);
        tip.last_position = tip.last_position.next();
        tip.recorded_at = RecordedTime::from_micros(i64::from(n) - 9);
    }
}
