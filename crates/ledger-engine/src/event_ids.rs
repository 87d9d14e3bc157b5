//! Event ids: UUIDv7 (RFC 9562), counting up from one random number per group.

use ledger_core::{EventId, RecordedTime};
use uuid::Uuid;

/// Gives out event ids.
///
/// A UUIDv7 is 48 bits of milliseconds, 4 of version, 12 random, 2 of variant, 62 random. The 74
/// random bits are used as one number ("monotonic random", RFC 9562 section 6.2, method 2): drawn
/// once for a group and counted up for each event. So ids are unique across ledgers, ascend within
/// a group, need no random number per event, and differ from their neighbours in the last byte
/// only, which a compressed block stores in next to nothing.
#[derive(Debug)]
pub(crate) struct EventIds {
    counter: u128,
    /// Where the random number of a group comes from: at least its 73 lowest bits are random.
    draw: fn() -> u128,
}

/// The number has 74 bits, and the draw leaves the highest one clear: no group counts through the
/// 2^73 that are left.
const SEED_MASK: u128 = (1 << 73) - 1;
const RANDOM_B_BITS: u32 = 62;
const RANDOM_B_MASK: u128 = (1 << RANDOM_B_BITS) - 1;
const VERSION_7: u128 = 7 << 76;
const VARIANT_RFC: u128 = 0b10 << RANDOM_B_BITS;
const MILLISECONDS_MASK: u128 = (1 << 48) - 1;

impl EventIds {
    pub(crate) fn new(draw: fn() -> u128) -> Self {
        let mut ids = Self { counter: 0, draw };
        ids.start_group();
        ids
    }

    /// Draws the number that the ids of the next group count up from.
    pub(crate) fn start_group(&mut self) {
        self.counter = (self.draw)() & SEED_MASK;
    }

    /// Returns the next id for an event recorded at that time.
    pub(crate) fn next(&mut self, recorded_at: RecordedTime) -> EventId {
        self.counter += 1;
        let milliseconds = u128::try_from(recorded_at.micros().div_euclid(1_000)).unwrap_or(0);
        let random_a = self.counter >> RANDOM_B_BITS;
        let random_b = self.counter & RANDOM_B_MASK;
        let bits = ((milliseconds & MILLISECONDS_MASK) << 80)
            | VERSION_7
            | (random_a << 64)
            | VARIANT_RFC
            | random_b;
        EventId::from_bytes(bits.to_be_bytes())
    }
}

/// A number of 124 random bits.
pub(crate) fn random() -> u128 {
    // The 62 lowest bits of a version 4 UUID are random; two of them make enough.
    let low = Uuid::new_v4().as_u128() & RANDOM_B_MASK;
    let high = Uuid::new_v4().as_u128() & RANDOM_B_MASK;
    (high << RANDOM_B_BITS) | low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_version_7_and_ascend_within_a_group() {
        let mut ids = EventIds::new(random);
        let now = RecordedTime::from_micros(1_700_000_000_123_456);
        let given: Vec<_> = (0..1000).map(|_| ids.next(now)).collect();
        assert!(given.is_sorted_by(|a, b| a.as_bytes() < b.as_bytes()));
        for id in &given {
            let uuid = Uuid::from_bytes(*id.as_bytes());
            assert_eq!(uuid.get_version(), Some(uuid::Version::SortRand));
            assert_eq!(uuid.get_variant(), uuid::Variant::RFC4122);
            let (seconds, nanos) = uuid.get_timestamp().expect("version 7 has one").to_unix();
            assert_eq!((seconds, nanos), (1_700_000_000, 123_000_000));
        }
        ids.start_group();
        assert!(!given.contains(&ids.next(now)));
    }

    #[test]
    fn the_counter_carries_from_the_low_part_into_the_high_part() {
        let mut ids = EventIds {
            counter: RANDOM_B_MASK,
            draw: random,
        };
        let id = ids.next(RecordedTime::from_micros(0));
        assert_eq!(id.to_string(), "00000000-0000-7001-8000-000000000000");
    }
}
