//! What waits for the writer: requests (bounded), control messages, and the end of a commit.

use crate::cost::{self, Weight};
use crate::limits::EngineOptions;
use crate::rebuild::Switch;
use crate::request::{AppendError, Reply, ReplyReceiver, Request, SubmitError};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// A request and where its answer goes.
#[derive(Debug)]
pub(crate) struct Submitted {
    pub(crate) request: Request,
    /// What the request takes in memory.
    pub(crate) bytes: usize,
    pub(crate) reply: oneshot::Sender<Reply>,
}

/// Why a group did not become durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NotDurable {
    /// Nothing of it was written: the store holds what it held before.
    NotWritten(Arc<str>),
    /// The engine has stopped for good.
    Stopped(Arc<str>),
}

/// The next thing for the writer to do.
#[derive(Debug)]
pub(crate) enum Work {
    Request(Box<Submitted>),
    /// Make a rebuilt state the live one. Handed out only while nothing is in flight.
    Switch(Box<Switch>),
    /// The group handed to the committer is durable, or it is not.
    Committed(Result<(), NotDurable>),
    /// Nothing is left to do and nothing more will come.
    Drained,
}

/// What the writer can take just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ready {
    /// A group is being committed and the next one is full.
    Commit,
    /// A group is being committed and the next one has room.
    RequestsAndCommit,
    /// Nothing is in flight.
    Anything,
}

#[derive(Debug)]
pub(crate) struct Inbox {
    state: Mutex<State>,
    changed: Condvar,
    requests_max: usize,
    commands_max: usize,
    bytes_max: usize,
    request_commands_max: usize,
    request_named_max: usize,
    /// Who decides what happens next, in a simulation.
    #[cfg(test)]
    pub(crate) simulated: Simulated,
}

/// The place of a scheduler that stands for the other threads, so that the whole engine runs on
/// the writer's thread and in an order that a seed decides.
#[cfg(test)]
#[derive(Default)]
pub(crate) struct Simulated {
    scheduler: std::sync::OnceLock<Box<dyn Fn(Ready) + Send + Sync>>,
}

#[cfg(test)]
impl Simulated {
    /// Sets the scheduler; the writer asks it each time before it looks for its next work.
    pub(crate) fn set(&self, scheduler: impl Fn(Ready) + Send + Sync + 'static) {
        assert!(self.scheduler.set(Box::new(scheduler)).is_ok(), "set once");
    }

    /// Lets the simulated threads work; `false` when this is no simulation.
    fn step(&self, ready: Ready) -> bool {
        self.scheduler.get().is_some_and(|scheduler| {
            scheduler(ready);
            true
        })
    }
}

#[cfg(test)]
impl std::fmt::Debug for Simulated {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Simulated").finish_non_exhaustive()
    }
}

#[derive(Debug, Default)]
struct State {
    requests: VecDeque<Box<Submitted>>,
    /// Commands of the waiting requests.
    commands: usize,
    /// What they take in memory.
    bytes: usize,
    switches: VecDeque<Box<Switch>>,
    committed: Option<Result<(), NotDurable>>,
    /// Why nothing more is taken in.
    closed: Option<Arc<str>>,
}

impl State {
    /// The next thing to do, if there is one already.
    fn next(&mut self, ready: Ready) -> Option<Work> {
        if let Some(result) = self.committed.take() {
            return Some(Work::Committed(result));
        }
        if !self.switches.is_empty() {
            if ready != Ready::Anything {
                return None;
            }
            return self.switches.pop_front().map(Work::Switch);
        }
        if ready != Ready::Commit
            && let Some(submitted) = self.requests.pop_front()
        {
            let commands = submitted.request.commands.len();
            self.commands = self.commands.saturating_sub(commands);
            self.bytes = self.bytes.saturating_sub(submitted.bytes);
            return Some(Work::Request(submitted));
        }
        (ready == Ready::Anything && self.closed.is_some()).then_some(Work::Drained)
    }
}

impl Inbox {
    pub(crate) fn new(options: &EngineOptions) -> Self {
        Self {
            state: Mutex::default(),
            changed: Condvar::new(),
            requests_max: options.queue_requests_max,
            commands_max: options.queue_commands_max,
            bytes_max: options.queue_bytes_max,
            request_commands_max: options.request_commands_max,
            request_named_max: options.request_named_max,
            #[cfg(test)]
            simulated: Simulated::default(),
        }
    }

    /// Queues a request, unless the queue is full or closed.
    pub(crate) fn submit(&self, request: Request) -> Result<ReplyReceiver, SubmitError> {
        let commands = request.commands.len();
        if commands > self.request_commands_max {
            return Err(SubmitError::TooLarge {
                commands,
                limit: self.request_commands_max,
            });
        }
        let Weight { named, bytes } = cost::of_commands(&request.commands);
        if named > self.request_named_max {
            return Err(SubmitError::TooManyNamed {
                named,
                limit: self.request_named_max,
            });
        }
        let (reply, receiver) = oneshot::channel();
        let mut state = self.lock();
        if let Some(reason) = &state.closed {
            return Err(SubmitError::Stopped {
                reason: Arc::clone(reason),
            });
        }
        let total = state.commands.saturating_add(commands);
        let total_bytes = state.bytes.saturating_add(bytes);
        // A request that is larger than the whole queue has it for itself.
        let is_too_large = total_bytes > self.bytes_max && !state.requests.is_empty();
        if state.requests.len() >= self.requests_max || total > self.commands_max || is_too_large {
            return Err(SubmitError::QueueFull {
                requests: state.requests.len(),
                commands: state.commands,
                bytes: state.bytes,
            });
        }
        state.commands = total;
        state.bytes = total_bytes;
        state.requests.push_back(Box::new(Submitted {
            request,
            bytes,
            reply,
        }));
        drop(state);
        self.changed.notify_one();
        Ok(receiver)
    }

    /// Queues a switch; gives it back when the inbox is closed.
    pub(crate) fn switch(&self, switch: Box<Switch>) -> Result<(), Box<Switch>> {
        let mut state = self.lock();
        if state.closed.is_some() {
            return Err(switch);
        }
        state.switches.push_back(switch);
        drop(state);
        self.changed.notify_one();
        Ok(())
    }

    /// Reports the end of a commit.
    pub(crate) fn committed(&self, result: Result<(), NotDurable>) {
        self.lock().committed = Some(result);
        self.changed.notify_one();
    }

    /// Takes no further request; the queued ones will still be carried out.
    pub(crate) fn close(&self, reason: &Arc<str>) {
        self.lock().closed.get_or_insert_with(|| Arc::clone(reason));
        self.changed.notify_one();
    }

    /// Takes no further request, and refuses the queued ones, none of which was looked at.
    pub(crate) fn fail(&self, reason: &Arc<str>) {
        let (requests, switches) = {
            let mut state = self.lock();
            state.closed.get_or_insert_with(|| Arc::clone(reason));
            state.commands = 0;
            state.bytes = 0;
            (
                std::mem::take(&mut state.requests),
                std::mem::take(&mut state.switches),
            )
        };
        self.changed.notify_one();
        for submitted in requests {
            // A caller that went away needs no answer.
            drop(submitted.reply.send(Err(AppendError::Stopped {
                reason: Arc::clone(reason),
            })));
        }
        // Whoever waits for a switch learns from its dropped channel that there will be none.
        drop(switches);
    }

    /// Waits for the next thing to do.
    ///
    /// The end of a commit comes first, because the next group waits for it. A switch comes before
    /// further requests, or a busy ledger would never get to it.
    pub(crate) fn next(&self, ready: Ready) -> Work {
        loop {
            #[cfg(test)]
            let is_simulated = self.simulated.step(ready);
            let mut state = self.lock();
            if let Some(work) = state.next(ready) {
                return work;
            }
            #[cfg(test)]
            if is_simulated {
                continue;
            }
            drop(
                self.changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
            );
        }
    }

    /// Waiting requests and their commands.
    pub(crate) fn waiting(&self) -> (usize, usize) {
        let state = self.lock();
        (state.requests.len(), state.commands)
    }

    /// No code that holds the lock can panic, so a poisoned lock guards a sound state.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
