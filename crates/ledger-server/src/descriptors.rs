//! File descriptors: the store must always get one, so connections never take the last ones.

use crate::limits::{CONNECTIONS_MIN, DESCRIPTORS_SPARE, Limits};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use thiserror::Error;

/// The process may open too few files to serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "the process may open {limit} files, and needs at least {needed}: up to {store} for the store, \
     {spare} for everything else, and {connections} connections; raise the limit, for example \
     with `ulimit -n {needed}`, or with `LimitNOFILE={needed}` in the unit of systemd"
)]
pub struct TooFewDescriptors {
    /// Files that the process may open.
    pub limit: u64,
    /// Files that it needs.
    pub needed: u64,
    /// Files that the store may have open.
    pub store: u64,
    /// Files for everything else.
    pub spare: u64,
    /// The fewest connections that a server is of use with.
    pub connections: u64,
}

/// How the descriptors of the process are shared out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Share {
    /// Files that the process may open.
    pub(crate) limit: u64,
    /// Connections that may be open.
    pub(crate) connections: usize,
    /// Connections of one peer, in proportion: with fewer in all, nobody may take them all.
    pub(crate) per_peer: usize,
    /// Connections that are not set up, in proportion.
    pub(crate) opening: usize,
}

/// Raises the limit of the process to what the system allows it, and returns that.
///
/// Service managers start programs with a limit of 1,024, because old programs break with more;
/// this one does not.
pub(crate) fn raise_limit() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    if limit.current != limit.maximum
        && let Err(error) = setrlimit(Resource::Nofile, raised)
    {
        tracing::warn!(%error, "the limit on open files could not be raised");
    }
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// Shares out `limit` descriptors: first those that the store may take, then some to spare, then
/// connections, of which there may be fewer than configured.
///
/// # Errors
///
/// [`TooFewDescriptors`] when too few are left for connections.
pub(crate) fn share(limit: u64, store: u64, limits: &Limits) -> Result<Share, TooFewDescriptors> {
    let needed = store
        .saturating_add(DESCRIPTORS_SPARE)
        .saturating_add(CONNECTIONS_MIN);
    if limit < needed {
        return Err(TooFewDescriptors {
            limit,
            needed,
            store,
            spare: DESCRIPTORS_SPARE,
            connections: CONNECTIONS_MIN,
        });
    }
    let left = limit
        .saturating_sub(store)
        .saturating_sub(DESCRIPTORS_SPARE);
    let left = usize::try_from(left).unwrap_or(usize::MAX);
    if left < limits.connections_max {
        tracing::warn!(
            limit,
            store,
            spare = DESCRIPTORS_SPARE,
            configured = limits.connections_max,
            connections = left,
            "fewer connections than limits.connections_max: the process may not open enough files"
        );
    }
    let connections = left.min(limits.connections_max);
    let in_proportion = |bound: usize| {
        let share = bound.saturating_mul(connections);
        let share = share.checked_div(limits.connections_max);
        share.unwrap_or(bound).clamp(1, bound.max(1))
    };
    Ok(Share {
        limit,
        connections,
        per_peer: in_proportion(limits.connections_per_peer_max),
        opening: in_proportion(limits.handshakes_max),
    })
}

/// Files that the process has open; zero where the system does not tell.
pub(crate) fn open_count() -> u64 {
    let entries = std::fs::read_dir("/proc/self/fd");
    // Reading the folder takes one itself.
    let count = entries.map_or(0, |entries| entries.count().saturating_sub(1));
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_comes_first_and_connections_get_the_rest() {
        let limits = |connections_max| Limits {
            connections_max,
            ..Limits::default()
        };
        let store = 600;
        let least = store + DESCRIPTORS_SPARE + CONNECTIONS_MIN;
        let cases = [
            (least - 1, 1_024, None),
            (least, 1_024, Some(64)),
            (least + 100, 1_024, Some(164)),
            (1_024, 1_024, Some(296)),
            (20_000, 1_024, Some(1_024)),
            (u64::MAX, 5, Some(5)),
            (0, 1, None),
        ];
        for (limit, configured, expected) in cases {
            let shared = share(limit, store, &limits(configured));
            let connections = shared.map(|share| share.connections).ok();
            assert_eq!(connections, expected, "{limit} {configured}");
            if let Some(connections) = connections {
                let taken = store + DESCRIPTORS_SPARE + u64::try_from(connections).unwrap();
                assert!(taken <= limit, "{limit} {configured}");
            }
        }
    }

    #[test]
    fn with_fewer_connections_in_all_a_peer_has_fewer_too() {
        let limits = |per_peer, opening| Limits {
            connections_max: 1_000,
            connections_per_peer_max: per_peer,
            handshakes_max: opening,
            ..Limits::default()
        };
        // Descriptors left for connections; bounds configured; bounds that follow.
        for (left, (per_peer, opening), expected) in [
            (5_000, (250, 100), (250, 100)),
            (1_000, (250, 100), (250, 100)),
            (500, (250, 100), (125, 50)),
            (64, (250, 1), (16, 1)),
            (64, (5_000, 7), (320, 1)),
        ] {
            let shared = share(DESCRIPTORS_SPARE + left, 0, &limits(per_peer, opening)).unwrap();
            assert_eq!((shared.per_peer, shared.opening), expected, "{left}");
        }
    }

    #[test]
    fn the_refusal_says_what_to_do() {
        let error = share(256, 600, &Limits::default()).unwrap_err();
        assert!(error.to_string().contains("ulimit -n 792"), "{error}");
    }

    #[test]
    fn the_limit_is_what_the_system_allows_at_most() {
        let raised = raise_limit();
        let limit = getrlimit(Resource::Nofile);
        assert_eq!(Some(raised), limit.current.or(Some(u64::MAX)));
        assert_eq!(limit.current, limit.maximum);
        assert!(open_count() > 2);
    }
}
