//! Which index entries an event gets: pure functions, shared by the writer and the rebuild.
//!
//! Entries are at the grain of a block: one put for each tag that occurs in it, and one for each
//! earlier block that its events rest on, however many events there are. Persons, certificates and
//! disbursements are not in the tag index: their entities hold the positions themselves (a
//! person's timeline; a certificate's issue and invalidation; a disbursement's order, settlement
//! and return), so that an event about one person costs one put and not two.

use hashbrown::HashMap;
use ledger_core::{AccountKey, Event, LedgerAccount, Position, Tag};
use ledger_log::postings::{Edge, encode_edges, encode_positions};
use ledger_log::{Space, StateOp, keys};

/// The byte that starts the index keys of a kind of tag, permanent; `None` for tags that are not
/// indexed because their entities hold the positions.
#[must_use]
pub(crate) const fn tag_kind(tag: &Tag) -> Option<u8> {
    match tag {
        Tag::Person(_) | Tag::Certificate(_) | Tag::Disbursement(_) => None,
        Tag::Class(_) => Some(0x02),
        Tag::Institution(_) => Some(0x03),
        Tag::Account(_) => Some(0x05),
        Tag::Case(_) => Some(0x07),
        Tag::Clawback(_) => Some(0x08),
        Tag::Division(_) => Some(0x0A),
        Tag::LedgerAccount(_) => Some(0x0B),
        Tag::Award(_) => Some(0x0C),
        Tag::Order(_) => Some(0x0D),
    }
}

/// The prefix of every index entry of a tag, in the order of the blocks; `None` for tags that are
/// not indexed.
#[must_use]
pub(crate) fn tag_prefix(tag: &Tag) -> Option<Vec<u8>> {
    let kind = tag_kind(tag)?;
    let prefix = match tag {
        Tag::Person(_) | Tag::Certificate(_) | Tag::Disbursement(_) => return None,
        Tag::Class(id) => keys::tag_prefix(kind, id.as_bytes()),
        Tag::Institution(code) => keys::tag_prefix(kind, code.as_bytes()),
        Tag::Account(account) => keys::tag_prefix(kind, &account_bytes(account)),
        Tag::Case(id) => keys::tag_prefix(kind, id.as_bytes()),
        Tag::Clawback(id) => keys::tag_prefix(kind, id.as_bytes()),
        Tag::Award(id) => keys::tag_prefix(kind, id.as_bytes()),
        Tag::Order(id) => keys::tag_prefix(kind, id.as_bytes()),
        Tag::Division(division) => keys::tag_prefix(kind, &division.code().to_be_bytes()),
        Tag::LedgerAccount(account) => keys::tag_prefix(kind, &ledger_account_bytes(account)),
    };
    Some(prefix.expect("no tag is longer than an index key allows"))
}

/// The key of the index entry of a tag in the block that starts at `block`; `None` for tags that
/// are not indexed.
#[must_use]
pub(crate) fn tag_key(tag: &Tag, block: Position) -> Option<Vec<u8>> {
    let mut key = tag_prefix(tag)?;
    key.extend_from_slice(&block.get().to_be_bytes());
    Some(key)
}

/// Calls `visit` with each indexed tag of an event: those it carries, and the account and ledger
/// account of each posting. A tag may come more than once.
pub(crate) fn each_indexed_tag(event: &Event, mut visit: impl FnMut(Tag)) {
    event.each_carried(|tag| {
        if tag_kind(&tag).is_some() {
            visit(tag);
        }
    });
}

/// Collects the index entries of one block.
#[derive(Debug)]
pub(crate) struct BlockIndex {
    block: Position,
    tags: HashMap<Tag, Vec<Position>>,
    /// By the first position of the cause's block.
    edges: HashMap<Position, Vec<Edge>>,
}

impl BlockIndex {
    /// Starts the entries of the block whose first position is `block`.
    #[must_use]
    pub(crate) fn new(block: Position) -> Self {
        Self {
            block,
            tags: HashMap::new(),
            edges: HashMap::new(),
        }
    }

    /// Adds an event of the block; positions ascend. `block_of` tells the first position of the
    /// block that holds an earlier position and is not asked about this block.
    ///
    /// # Errors
    ///
    /// Those of `block_of`.
    pub(crate) fn add<E>(
        &mut self,
        position: Position,
        event: &Event,
        mut block_of: impl FnMut(Position) -> Result<Position, E>,
    ) -> Result<(), E> {
        each_indexed_tag(event, |tag| {
            let positions = self.tags.entry(tag).or_default();
            if positions.last() != Some(&position) {
                positions.push(position);
            }
        });
        for cause in &event.causes {
            let cause_block = if *cause >= self.block {
                self.block
            } else {
                block_of(*cause)?
            };
            self.edges.entry(cause_block).or_default().push(Edge {
                cause: offset(*cause, cause_block),
                effect: offset(position, self.block),
            });
        }
        Ok(())
    }

    /// Appends the changes that write the entries, ordered by key.
    pub(crate) fn finish(self, ops: &mut Vec<StateOp>) {
        let mut tags: Vec<_> = self.tags.into_iter().collect();
        tags.sort_unstable_by_key(|(tag, _)| *tag);
        for (tag, positions) in tags {
            let key = tag_key(&tag, self.block).expect("only indexed tags were collected");
            let value = encode_positions(self.block, &positions);
            ops.push(StateOp::put(Space::TagIndex, key, value));
        }
        let mut edges: Vec<_> = self.edges.into_iter().collect();
        edges.sort_unstable_by_key(|(cause_block, _)| *cause_block);
        for (cause_block, mut edges) in edges {
            edges.sort_unstable();
            edges.dedup();
            let key = keys::effect(cause_block, self.block);
            ops.push(StateOp::put(Space::EffectIndex, key, encode_edges(&edges)));
        }
    }
}

fn offset(position: Position, block: Position) -> u32 {
    position
        .since(block)
        .and_then(|offset| u32::try_from(offset).ok())
        .expect("a block starts at or before its positions and counts them in 32 bits")
}

fn account_bytes(account: &AccountKey) -> [u8; 5] {
    let [d0, d1, d2, d3] = account.division.code().to_be_bytes();
    [d0, d1, d2, d3, account.fund.number()]
}

fn ledger_account_bytes(account: &LedgerAccount) -> [u8; 8] {
    let [d0, d1, d2, d3, fund] = account_bytes(&account.holder);
    let [y0, y1] = account.fiscal_year.to_be_bytes();
    [d0, d1, d2, d3, fund, account.kind.number(), y0, y1]
}

#[cfg(test)]
mod tests;
