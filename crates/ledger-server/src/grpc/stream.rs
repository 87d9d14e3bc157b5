//! Streams that make an item when the caller has room for it, and not before.

use super::error::CallError;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio_stream::Stream;
use tonic::Status;

/// The answers of a streaming call.
pub(crate) type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// Makes a stream out of a state and a function that gives the next item and the state after it;
/// `None` ends the stream, and so does an error.
///
/// HTTP/2 asks for an item only when its window has room. So nothing is made ahead, and a slow
/// reader costs no more than the state.
pub(crate) fn pull<S, T, F, N>(state: S, next: N) -> Answers<T>
where
    S: Send + Unpin + 'static,
    T: Send + 'static,
    F: Future<Output = Result<Option<(T, S)>, CallError>> + Send + 'static,
    N: FnMut(S) -> F + Send + Unpin + 'static,
{
    Box::pin(Pull {
        step: Step::Idle(state),
        next,
    })
}

struct Pull<S, F, N> {
    step: Step<S, F>,
    next: N,
}

enum Step<S, F> {
    /// Nobody asked for the next item.
    Idle(S),
    /// It is being made.
    Busy(Pin<Box<F>>),
    Ended,
}

impl<S, T, F, N> Stream for Pull<S, F, N>
where
    S: Unpin,
    F: Future<Output = Result<Option<(T, S)>, CallError>>,
    N: FnMut(S) -> F + Unpin,
{
    type Item = Result<T, Status>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let mut busy = match std::mem::replace(&mut this.step, Step::Ended) {
            Step::Ended => return Poll::Ready(None),
            Step::Idle(state) => Box::pin((this.next)(state)),
            Step::Busy(future) => future,
        };
        match busy.as_mut().poll(context) {
            Poll::Pending => {
                this.step = Step::Busy(busy);
                Poll::Pending
            }
            Poll::Ready(Ok(Some((item, state)))) => {
                this.step = Step::Idle(state);
                Poll::Ready(Some(Ok(item)))
            }
            Poll::Ready(Ok(None)) => Poll::Ready(None),
            Poll::Ready(Err(error)) => Poll::Ready(Some(Err(error.into_status()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio_stream::StreamExt as _;

    #[tokio::test]
    async fn items_are_made_one_by_one_until_the_end_or_an_error() {
        let count_to = |last: u32, fails: bool| {
            pull(1, move |number: u32| async move {
                match number {
                    number if number <= last => Ok(Some((number, number + 1))),
                    _ if fails => Err(CallError::DeadlineExceeded),
                    _ => Ok(None),
                }
            })
        };
        let items = |stream: Answers<u32>| async move {
            stream
                .map(|item| item.map_err(|status| status.code()))
                .collect::<Vec<_>>()
                .await
        };
        assert_eq!(items(count_to(2, false)).await, [Ok(1), Ok(2)]);
        let failed = Err(tonic::Code::DeadlineExceeded);
        assert_eq!(items(count_to(1, true)).await, [Ok(1), failed]);
    }
}
