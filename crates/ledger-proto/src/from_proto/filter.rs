//! Which events a caller wants to read.

use ledger_core::{EventKind, Tag};

use super::value::list;
use super::{event_kind_from_proto, tag_from_proto};
use crate::error::DecodeError;
use crate::interner::Interner;
use crate::v1;

/// Tags of one filter: each costs a walk over an index, and an event has hardly more.
pub const FILTER_TAGS_MAX: usize = 8;

/// Which events to read; empty means every event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// An event has all of them.
    pub tags: Vec<Tag>,
    /// An event is of one of them; empty for every kind.
    pub kinds: Vec<EventKind>,
}

/// Reads a filter; an absent one is empty.
///
/// # Errors
///
/// Names the tag or kind that is wrong.
pub fn event_filter_from_proto(wire: Option<&v1::EventFilter>) -> Result<EventFilter, DecodeError> {
    let Some(wire) = wire else {
        return Ok(EventFilter::default());
    };
    let mut names = Interner::default();
    let kinds_max = EventKind::ALL.len();
    Ok(EventFilter {
        tags: list("tags", &wire.tags, FILTER_TAGS_MAX, |tag| {
            tag_from_proto(tag, &mut names)
        })?,
        kinds: list("kinds", &wire.kinds, kinds_max, |kind| {
            event_kind_from_proto(*kind)
        })?,
    })
}
