//! What a server knows of the time, and what it therefore has to answer.

pub(super) const MINUTE: i64 = 60;
pub(super) const DAY: i64 = 24 * 60 * MINUTE;

/// The bounds that the server works with, in seconds; `GetStatus` says the same.
const STEP_MAX: i64 = 5 * MINUTE;
pub(super) const IDLE_MAX: i64 = 31 * DAY;

/// Where the clock stands, and what the server knows of it. Seconds are ahead of the machine's
/// clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    /// What the clock shows.
    pub(super) clock: i64,
    /// Where it stood when the server last believed it; a server that has just started knows none.
    pub(super) believed: Option<i64>,
}

impl Known {
    /// Whether a request is recorded after an event of `last`, and by which rule it is not.
    pub(super) fn takes(self, last: i64) -> bool {
        let is_behind = last - self.clock > STEP_MAX;
        match self.believed {
            Some(believed) => !is_behind && (self.clock - believed).abs() <= STEP_MAX,
            None => !is_behind && self.clock - last <= IDLE_MAX,
        }
    }

    /// The server looks at the clock, and keeps where it stood when it believes it first.
    pub(super) fn looked_at(&mut self, last: i64) {
        if self.believed.is_none() && self.takes(last) {
            self.believed = Some(self.clock);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rule is that of the engine, which has tests of its own: this is what each bound means.
    #[test]
    fn a_request_is_taken_within_the_bounds_and_never_beyond() {
        #[rustfmt::skip]
        let cases = [
            // What the clock shows, where it was believed, when the last event was; taken?
            (0,              None,       -DAY,          true),
            (30 * DAY,       None,       0,             true),
            (32 * DAY,       None,       0,             false),
            (-4 * MINUTE,    None,       0,             true),
            (-6 * MINUTE,    None,       0,             false),
            (4 * MINUTE,     Some(0),    0,             true),
            (6 * MINUTE,     Some(0),    0,             false),
            (-6 * MINUTE,    Some(0),    -DAY,          false),
            (0,              Some(DAY),  0,             false),
            (DAY,            Some(DAY),  0,             true),
            (0,              Some(0),    DAY,           false),
        ];
        for (clock, believed, last, is_taken) in cases {
            let known = Known { clock, believed };
            assert_eq!(known.takes(last), is_taken, "{known:?} after {last}");
        }
    }
}
