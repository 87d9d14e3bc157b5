//! `Subscribe`: what is there, then what comes, as fast as the caller takes it.

use super::call::{Call, StreamPermit};
use super::epoch::{check_epoch, current_to_proto};
use super::error::CallError;
use super::read::{envelope, filter_from_proto};
use super::stream::{Answers, pull};
use ledger_core::Position;
use ledger_engine::query::{ReadEvents, Subscription, SubscriptionItem};
use ledger_proto::{ApiError, v1};
use std::sync::Arc;
use v1::subscribe_response::Message;

pub(super) async fn subscribe(
    call: Call,
    permit: StreamPermit,
    mut request: v1::SubscribeRequest,
) -> Result<Answers<v1::SubscribeResponse>, CallError> {
    let certificates = &call.shared.edge.certificates;
    certificates.replace_in_filter(request.filter.as_mut())?;
    let filter = filter_from_proto(request.filter.as_ref())?;
    let after = Position::new(request.after_position);
    check_epoch(call.shared.engine.epochs(), request.epoch.as_ref(), after)?;
    let subscription = call.shared.reader.subscribe(filter, after)?;
    Ok(pull(
        Following {
            subscription,
            call,
            _permit: permit,
        },
        Following::next,
    ))
}

struct Following {
    subscription: Subscription,
    call: Call,
    _permit: StreamPermit,
}

impl Following {
    async fn next(mut self) -> Result<Option<(v1::SubscribeResponse, Self)>, CallError> {
        let shared = Arc::clone(&self.call.shared);
        let share = self.call.share.clone();
        let read = |query: ReadEvents| {
            let (shared, share) = (Arc::clone(&shared), share.clone());
            async move {
                shared
                    .read_page(&share, move |reader| reader.read_events(&query))
                    .await
            }
        };
        let item = tokio::select! {
            item = self.subscription.next_batch_by(read) => item?,
            () = shared.stopping() => return Err(ApiError::NotServing.into()),
        };
        let message = match item {
            SubscriptionItem::Events(events) => Message::Events(v1::EventBatch {
                events: events.into_iter().map(envelope).collect(),
            }),
            SubscriptionItem::CaughtUp(position) => Message::CaughtUp(v1::CaughtUp {
                log_position: position.get(),
            }),
            SubscriptionItem::Checkpoint(position) => Message::Checkpoint(v1::Checkpoint {
                log_position: position.get(),
            }),
        };
        Ok(Some((
            v1::SubscribeResponse {
                message: Some(message),
                epoch: Some(current_to_proto(self.call.shared.engine.epochs())),
            },
            self,
        )))
    }
}
