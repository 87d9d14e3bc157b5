//! The conformance suite of the log, on RocksDB.

use ledger_log::Fault;
use ledger_log::suite::{self, Builder};
use ledger_store::{RocksStore, testing};

use crate::support::{Folders, create, open};

impl Builder for Folders {
    type Store = RocksStore;

    fn build(&self) -> RocksStore {
        create(&self.fresh())
    }

    fn reopen(&self, store: RocksStore) -> RocksStore {
        let path = store.path();
        drop(store);
        open(&path).unwrap()
    }

    fn fail_next_write(&self, store: &RocksStore, fault: Fault, reason: &str) {
        testing::fail_next_write(store, fault, reason);
    }
}

#[test]
fn rocks_store_passes_the_suite() {
    suite::test_all(&Folders::new());
}
