//! Epochs: the one that a follower names, and those that the ledger has been on.

use super::error::CallError;
use ledger_core::Position;
use ledger_engine::epochs::{EpochReason, EpochStart, Epochs, NamedEpoch};
use ledger_proto::to_proto::time_to_proto;
use ledger_proto::{DecodeError, DecodeProblem, v1};

/// Checks that who follows the epoch named in a request, and has everything up to `asked` of it,
/// finds here what it has.
pub(super) fn check_epoch(
    epochs: &Epochs,
    wire: Option<&v1::Epoch>,
    asked: Position,
) -> Result<(), CallError> {
    let named = wire.map(named_from_proto).transpose()?;
    Ok(epochs.check(named.unwrap_or_default(), asked)?)
}

fn named_from_proto(wire: &v1::Epoch) -> Result<NamedEpoch, DecodeError> {
    let id = match wire.id.as_slice() {
        [] => None,
        id => Some(id.try_into().map_err(|_| {
            let problem = DecodeProblem::Length {
                expected: 16,
                found: id.len(),
            };
            DecodeError::new("epoch.id", problem)
        })?),
    };
    Ok(NamedEpoch {
        number: Some(wire.number).filter(|number| *number > 0),
        id,
    })
}

/// The present epoch.
pub(super) fn current_to_proto(epochs: &Epochs) -> v1::Epoch {
    epoch_to_proto(epochs.current())
}

fn epoch_to_proto(start: &EpochStart) -> v1::Epoch {
    v1::Epoch {
        number: start.number,
        id: start.id.to_vec(),
    }
}

/// Every epoch, oldest first.
pub(super) fn epochs_to_proto(epochs: &Epochs) -> Vec<v1::EpochStart> {
    epochs.all().iter().map(start_to_proto).collect()
}

fn start_to_proto(start: &EpochStart) -> v1::EpochStart {
    let plain = v1::EpochStart {
        epoch: Some(epoch_to_proto(start)),
        first_position: start.first_position.get(),
        start_time: Some(time_to_proto(start.started_at)),
        reason: v1::EpochReason::Created.into(),
        ..v1::EpochStart::default()
    };
    match start.reason {
        EpochReason::Created => plain,
        EpochReason::Restored(restored) => v1::EpochStart {
            reason: v1::EpochReason::Restored.into(),
            backup_number: restored.backup,
            backup_position: restored.position.get(),
            backup_time: Some(time_to_proto(restored.taken_at)),
            ..plain
        },
        // It begins right after what was accepted, when the ledger is next opened.
        EpochReason::Accepted(_) => v1::EpochStart {
            reason: v1::EpochReason::Accepted.into(),
            ..plain
        },
    }
}
