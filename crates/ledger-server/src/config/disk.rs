//! Section `disk`: what of the disk is left to whom.

use ledger_store::StoreOptions;
use serde::{Deserialize, Serialize};

/// Bytes that stay free, and bytes that are kept. What is left out follows from the sizes of
/// section `memory`; zero switches a bound off. What happens below each is in
/// `docs/internals/storage.md`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Disk {
    /// Free bytes below which nothing more is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub writes_headroom_bytes: Option<u64>,
    /// Free bytes that a rebuild or a simulation leaves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shadow_headroom_bytes: Option<u64>,
    /// Bytes kept in the folder for an opening on a full disk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spare_bytes: Option<u64>,
}

impl Disk {
    /// Options of a store with these bounds in place of its own.
    #[must_use]
    pub fn store(&self, options: StoreOptions) -> StoreOptions {
        StoreOptions {
            writes_headroom_bytes: self
                .writes_headroom_bytes
                .unwrap_or(options.writes_headroom_bytes),
            shadow_headroom_bytes: self
                .shadow_headroom_bytes
                .unwrap_or(options.shadow_headroom_bytes),
            spare_bytes: self.spare_bytes.unwrap_or(options.spare_bytes),
            ..options
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_follows_from_the_store() {
        let store = StoreOptions::default();
        let bounds = |store: &StoreOptions| {
            let (writes, shadow) = (store.writes_headroom_bytes, store.shadow_headroom_bytes);
            (writes, shadow, store.spare_bytes)
        };
        let own = bounds(&store);
        assert_eq!(bounds(&Disk::default().store(store.clone())), own);
        let disk = Disk {
            shadow_headroom_bytes: Some(7),
            spare_bytes: Some(0),
            ..Disk::default()
        };
        assert_eq!(bounds(&disk.store(store)), (own.0, 7, 0));
    }
}
