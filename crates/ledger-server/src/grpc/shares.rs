//! What each caller may have of something that all of them share, so that one who takes all of his
//! leaves the rest to the others.

use super::error::CallError;
use crate::connections::{Caller, CallerKey};
use crate::limits::{Limits, RETRY_DELAY};
use ledger_proto::ApiError;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::codegen::http::Extensions;

/// What each of those has who have some of it, or wait for it.
#[derive(Debug)]
pub(crate) struct Shares<K, S> {
    of: Mutex<HashMap<K, Weak<S>>>,
}

impl<K, S> Default for Shares<K, S> {
    fn default() -> Self {
        Self {
            of: Mutex::default(),
        }
    }
}

impl<K: Eq + Hash, S> Shares<K, S> {
    /// The share of one, made afresh when he has none; who cannot be told apart has one for
    /// himself. It is his for as long as anybody holds it.
    pub(crate) fn of(&self, one: Option<K>, fresh: impl FnOnce() -> S) -> Arc<S> {
        let Some(one) = one else {
            return Arc::new(fresh());
        };
        // No code that holds the lock can panic, so a poisoned lock guards a sound state.
        let mut shares = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(share) = shares.get(&one).and_then(Weak::upgrade) {
            return share;
        }
        shares.retain(|_, share| share.strong_count() > 0);
        let share = Arc::new(fresh());
        shares.insert(one, Arc::downgrade(&share));
        share
    }
}

/// Reads of the store and open streams: how many there may be in all, and of one caller.
pub(crate) struct Access {
    all: Permits,
    /// How many one caller has of each.
    each: Counts,
    shares: Shares<CallerKey, Permits>,
}

/// How many there may be of each kind.
#[derive(Debug, Clone, Copy)]
struct Counts {
    /// Reads of the store that run at once.
    reads: usize,
    /// Those of them that are pages of streams.
    pages: usize,
    /// Streams that are open at once.
    streams: usize,
}

/// A permit for each that there may be.
#[derive(Debug)]
struct Permits {
    reads: Arc<Semaphore>,
    pages: Arc<Semaphore>,
    streams: Arc<Semaphore>,
}

/// What one caller has of it.
#[derive(Debug, Clone)]
pub(crate) struct CallerShare(Arc<Permits>);

/// The right to something of which there is so much in all and for each caller.
#[derive(Debug)]
pub(crate) struct Permit {
    _of_caller: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
    /// It stays the caller's share for as long as he has something of it.
    _share: CallerShare,
}

/// One of the kinds that there are permits for.
type Kind = fn(&Permits) -> &Arc<Semaphore>;

impl Permits {
    fn new(counts: Counts) -> Self {
        let permits = |count| Arc::new(Semaphore::new(count));
        Self {
            reads: permits(counts.reads),
            pages: permits(counts.pages),
            streams: permits(counts.streams),
        }
    }
}

impl Access {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            all: Permits::new(Counts {
                reads: limits.reads_max,
                pages: limits.stream_reads_max,
                streams: limits.streams_max,
            }),
            each: Counts {
                reads: limits.reads_per_caller_max(),
                pages: limits.stream_reads_per_caller_max(),
                streams: limits.streams_per_caller_max(),
            },
            shares: Shares::default(),
        }
    }

    /// The share of whoever makes a call.
    pub(crate) fn share(&self, call: &Extensions) -> CallerShare {
        self.share_of(call.get::<Caller>().map(Caller::key))
    }

    fn share_of(&self, caller: Option<CallerKey>) -> CallerShare {
        CallerShare(self.shares.of(caller, || Permits::new(self.each)))
    }

    /// Waits for a read. Who has all of his share in use waits for himself first, and only then
    /// behind others.
    pub(crate) async fn read(&self, share: &CallerShare) -> Permit {
        self.waited_for(share, |permits| &permits.reads).await
    }

    /// Waits for a read that is a page of a stream, which needs a permit for a read as well.
    pub(crate) async fn page(&self, share: &CallerShare) -> Permit {
        self.waited_for(share, |permits| &permits.pages).await
    }

    async fn waited_for(&self, share: &CallerShare, kind: Kind) -> Permit {
        let acquired = async |permits: &Permits| {
            let permit = Arc::clone(kind(permits)).acquire_owned().await;
            permit.expect("the permits are never closed")
        };
        Permit {
            _of_caller: acquired(&share.0).await,
            _of_all: acquired(&self.all).await,
            _share: share.clone(),
        }
    }

    /// The right to open a stream.
    pub(crate) fn stream(&self, share: &CallerShare) -> Result<Permit, CallError> {
        let taken = |permits: &Permits| Arc::clone(&permits.streams).try_acquire_owned();
        match (taken(&share.0), taken(&self.all)) {
            (Ok(of_caller), Ok(of_all)) => Ok(Permit {
                _of_caller: of_caller,
                _of_all: of_all,
                _share: share.clone(),
            }),
            _ => Err(ApiError::TooManyStreams {
                retry_after: RETRY_DELAY,
            }
            .into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connections::Peer;
    use std::net::IpAddr;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    fn key(last: u8) -> Option<CallerKey> {
        Some(CallerKey::At(Peer::of(IpAddr::from([10, 0, 0, last]))))
    }

    impl Access {
        fn of(&self, last: u8) -> CallerShare {
            self.share_of(key(last))
        }
    }

    /// What is there at once, or nothing.
    fn at_once<T>(waiting: impl Future<Output = T>) -> Option<T> {
        let mut context = Context::from_waker(Waker::noop());
        match pin!(waiting).poll(&mut context) {
            Poll::Ready(done) => Some(done),
            Poll::Pending => None,
        }
    }

    #[test]
    fn one_caller_who_takes_all_of_his_leaves_the_rest_to_the_others() {
        let access = Access::new(&Limits {
            reads_max: 4,
            stream_reads_max: 2,
            streams_max: 8,
            ..Limits::default()
        });
        type Take = fn(&Access, &CallerShare) -> Option<Permit>;
        let kinds: [(&str, Take, usize, usize); 3] = [
            ("reads", |access, share| at_once(access.read(share)), 4, 2),
            ("pages", |access, share| at_once(access.page(share)), 2, 1),
            ("streams", |access, share| access.stream(share).ok(), 8, 2),
        ];
        for (kind, take, all, each) in kinds {
            let mut taken = Vec::new();
            let callers = u8::try_from(all / each).unwrap();
            for caller in 0..callers {
                // His share is the same, however many calls he makes, over whatever connection.
                let found = (0..all).map(|_| take(&access, &access.of(caller)));
                let found: Vec<_> = found.collect();
                let count = found.iter().flatten().count();
                assert_eq!(count, each, "{kind} of caller {caller}");
                taken.extend(found.into_iter().flatten());
            }
            assert!(take(&access, &access.of(callers)).is_none(), "{kind}: all");
            // What is given back is there again, for whoever comes.
            taken.pop();
            assert!(
                take(&access, &access.of(callers)).is_some(),
                "{kind}: again"
            );
        }
    }
}
