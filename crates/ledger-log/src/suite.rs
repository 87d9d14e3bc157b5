//! The checks that every implementation of the log and its state passes.
//!
//! An implementation provides a [`Builder`] and calls [`test_all`] in one test. The form is that of
//! openraft's storage suite: one set of named checks, run against whatever the builder builds.

mod appending;
mod failing;
mod reading;
mod shadowing;
mod state;

use ledger_core::{Position, merkle};

use crate::{Block, BlockBuilder, CommitGroup, Epoch, Fault, Log, LogError, StateOp, Storage};

/// Builds the stores that the checks run on.
pub trait Builder {
    /// The implementation under test.
    type Store: Storage;

    /// Creates an empty store that shares nothing with earlier ones.
    fn build(&self) -> Self::Store;

    /// Closes a store and opens what it holds anew.
    fn reopen(&self, store: Self::Store) -> Self::Store;

    /// Makes the next write of the store fail for this reason.
    fn fail_next_write(&self, store: &Self::Store, fault: Fault, reason: &str);
}

/// A check: it panics or returns an error when the implementation does not do as it must.
type Check<B> = fn(&B) -> Result<(), LogError>;

/// Runs every check, each on stores of its own.
///
/// # Panics
///
/// Panics with the name of the first check that does not hold.
pub fn test_all<B: Builder>(builder: &B) {
    let groups: [&[(&str, Check<B>)]; 5] = [
        &appending::checks(),
        &reading::checks(),
        &state::checks(),
        &shadowing::checks(),
        &failing::checks(),
    ];
    for (name, check) in groups.into_iter().flatten() {
        if let Err(error) = check(builder) {
            panic!("{name}: {error} ({error:?})");
        }
    }
}

/// The bytes that the checks record at a position.
fn record(position: Position) -> Vec<u8> {
    format!("event {position}").into_bytes()
}

/// A block of `count` records from `first` on.
fn block(first: u64, count: u64) -> Block {
    let mut builder = BlockBuilder::new(Position::new(first));
    for _ in 0..count {
        let bytes = record(builder.next_position());
        builder
            .push(&bytes, &merkle::leaf_hash(&bytes))
            .expect("small records fit one block");
    }
    builder.finish().expect("the checks build no empty block")
}

/// A group of blocks with these counts of records, following `last`, and this state.
fn group(last: u64, counts: &[u64], state: Vec<StateOp>) -> CommitGroup {
    let mut first = last + 1;
    let blocks = counts.iter().map(|count| {
        let block = block(first, *count);
        first += count;
        block
    });
    CommitGroup {
        expected_last: Position::new(last),
        blocks: blocks.collect(),
        state,
    }
}

/// A claimed store that holds blocks with these counts of records, each from a group of its own.
fn filled<B: Builder>(builder: &B, counts: &[u64]) -> Result<(B::Store, Epoch), LogError> {
    let store = builder.build();
    let epoch = store.claim_epoch()?;
    for count in counts {
        let last = store.last_position();
        store.append(epoch, &group(last.get(), &[*count], Vec::new()))?;
    }
    Ok((store, epoch))
}

/// First and last position of each block, after checking every record.
fn spans<I>(blocks: I) -> Result<Vec<(u64, u64)>, LogError>
where
    I: IntoIterator<Item = Result<Block, LogError>>,
{
    let mut spans = Vec::new();
    for block in blocks {
        let block = block?;
        block.verify_leaf_hashes()?;
        for stored in block.records() {
            assert_eq!(
                stored.bytes,
                record(stored.position),
                "record holds what was written"
            );
        }
        spans.push((block.first_position().get(), block.last_position().get()));
    }
    Ok(spans)
}

/// First and last position of every block of the log.
fn log_spans<L: Log + ?Sized>(log: &L) -> Result<Vec<(u64, u64)>, LogError> {
    spans(log.blocks_from(Position::ZERO))
}

#[cfg(test)]
mod tests {
    use super::{Builder, test_all};
    use crate::{Fault, MemoryStore};

    struct MemoryBuilder;

    impl Builder for MemoryBuilder {
        type Store = MemoryStore;

        fn build(&self) -> MemoryStore {
            MemoryStore::new()
        }

        fn reopen(&self, store: MemoryStore) -> MemoryStore {
            store.reopen()
        }

        fn fail_next_write(&self, store: &MemoryStore, fault: Fault, reason: &str) {
            store.fail_next_write(fault, reason);
        }
    }

    #[test]
    fn memory_store_passes_the_suite() {
        test_all(&MemoryBuilder);
    }
}
