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

/// So many permits for each of those who have any, or wait for one.
#[derive(Debug)]
pub(crate) struct Shares<K> {
    each: usize,
    of: Mutex<HashMap<K, Weak<Semaphore>>>,
}

impl<K: Eq + Hash> Shares<K> {
    pub(crate) fn new(each: usize) -> Self {
        Self {
            each,
            of: Mutex::default(),
        }
    }

    /// The share of one; who cannot be told apart has one for himself.
    pub(crate) fn of(&self, one: Option<K>) -> Arc<Semaphore> {
        let fresh = || Arc::new(Semaphore::new(self.each));
        let Some(one) = one else {
            return fresh();
        };
        // No code that holds the lock can panic, so a poisoned lock guards a sound state.
        let mut shares = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(share) = shares.get(&one).and_then(Weak::upgrade) {
            return share;
        }
        shares.retain(|_, share| share.strong_count() > 0);
        let share = fresh();
        shares.insert(one, Arc::downgrade(&share));
        share
    }
}

/// Reads of the store and open streams: how many there may be in all, and of one caller.
pub(crate) struct Access {
    /// A permit for each read of the store that may run at once.
    reads: Arc<Semaphore>,
    /// A permit for each of them that may be a page of a stream.
    pages: Arc<Semaphore>,
    /// A permit for each stream that may be open at once.
    streams: Arc<Semaphore>,
    reads_of: Shares<CallerKey>,
    pages_of: Shares<CallerKey>,
    streams_of: Shares<CallerKey>,
}

/// What one caller has of it.
#[derive(Debug, Clone)]
pub(crate) struct CallerShare {
    reads: Arc<Semaphore>,
    pages: Arc<Semaphore>,
    streams: Arc<Semaphore>,
}

/// The right to something of which there is so much in all and for each caller.
#[derive(Debug)]
pub(crate) struct Permit {
    _of_caller: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

impl Access {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            reads: Arc::new(Semaphore::new(limits.reads_max)),
            pages: Arc::new(Semaphore::new(limits.stream_reads_max)),
            streams: Arc::new(Semaphore::new(limits.streams_max)),
            reads_of: Shares::new(limits.reads_per_caller_max()),
            pages_of: Shares::new(limits.stream_reads_per_caller_max()),
            streams_of: Shares::new(limits.streams_per_caller_max()),
        }
    }

    /// The share of whoever makes a call.
    pub(crate) fn share(&self, call: &Extensions) -> CallerShare {
        let caller = call.get::<Caller>().map(Caller::key);
        CallerShare {
            reads: self.reads_of.of(caller.clone()),
            pages: self.pages_of.of(caller.clone()),
            streams: self.streams_of.of(caller),
        }
    }

    /// Waits for a read. Who has all of his share in use waits for himself first, and only then
    /// behind others.
    pub(crate) async fn read(&self, share: &CallerShare) -> Permit {
        Permit {
            _of_caller: waited_for(&share.reads).await,
            _of_all: waited_for(&self.reads).await,
        }
    }

    /// Waits for a read that is a page of a stream, which needs a permit for a read as well.
    pub(crate) async fn page(&self, share: &CallerShare) -> Permit {
        Permit {
            _of_caller: waited_for(&share.pages).await,
            _of_all: waited_for(&self.pages).await,
        }
    }

    /// The right to open a stream.
    pub(crate) fn stream(&self, share: &CallerShare) -> Result<Permit, CallError> {
        let taken = |permits: &Arc<Semaphore>| Arc::clone(permits).try_acquire_owned();
        match (taken(&share.streams), taken(&self.streams)) {
            (Ok(of_caller), Ok(of_all)) => Ok(Permit {
                _of_caller: of_caller,
                _of_all: of_all,
            }),
            _ => Err(ApiError::TooManyStreams {
                retry_after: RETRY_DELAY,
            }
            .into()),
        }
    }
}

async fn waited_for(permits: &Arc<Semaphore>) -> OwnedSemaphorePermit {
    let permit = Arc::clone(permits).acquire_owned().await;
    permit.expect("the permits are never closed")
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
            CallerShare {
                reads: self.reads_of.of(key(last)),
                pages: self.pages_of.of(key(last)),
                streams: self.streams_of.of(key(last)),
            }
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
