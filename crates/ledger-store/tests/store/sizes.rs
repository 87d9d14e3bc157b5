//! What the operator chooses arrives in the database, and what follows from it.

use std::fs;
use std::path::Path;

use ledger_store::{RocksStore, StoreOptions};

use crate::support::Folders;

/// The settings that RocksDB writes down when it opens, newest file, as lines.
fn settings(path: &Path) -> Vec<String> {
    let files = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let options = files.filter(|path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name.starts_with("OPTIONS-") && !name.ends_with(".dbtmp")
    });
    let newest = options.max().unwrap();
    let text = fs::read_to_string(newest).unwrap();
    text.lines().map(|line| line.trim().to_owned()).collect()
}

#[test]
fn sizes_arrive_in_the_database() {
    let mib = |count: usize| count * 1024 * 1024;
    let folders = Folders::new();
    let larger = StoreOptions {
        write_buffer_bytes: mib(640),
        open_files_max: 4_000,
        filter_bits_per_key: 15,
        ..StoreOptions::default()
    };
    for (chosen, wal_mib, largest_mib, level_mib) in [
        (StoreOptions::default(), 128, 64, 256),
        (larger, 512, 256, 1_024),
    ] {
        let path = folders.fresh();
        let created = StoreOptions {
            create_if_missing: true,
            ..chosen.clone()
        };
        drop(RocksStore::open(&path, &created).unwrap());
        drop(RocksStore::open(&path, &chosen).unwrap());
        let found = settings(&path);
        let has = |setting: String| found.iter().filter(|line| **line == setting).count();
        assert_eq!(has(format!("max_open_files={}", chosen.open_files_max)), 1);
        assert_eq!(
            has(format!(
                "db_write_buffer_size={}",
                chosen.write_buffer_bytes
            )),
            1
        );
        assert_eq!(has(format!("max_total_wal_size={}", mib(wal_mib))), 1);
        // The log, entities and requests.
        assert_eq!(has(format!("write_buffer_size={}", mib(largest_mib))), 3);
        assert!(has(format!("max_bytes_for_level_base={}", mib(level_mib))) > 0);
        // Entities and requests; RocksDB does not write down of how many bits.
        assert_eq!(has("filter_policy=bloomfilter".to_owned()), 2);
        // Every column family reads its indexes and filters in parts.
        let columns = found
            .iter()
            .filter(|line| line.starts_with("[TableOptions/"))
            .count();
        assert!(columns > 5);
        for setting in [
            "index_type=kTwoLevelIndexSearch",
            "partition_filters=true",
            "pin_top_level_index_and_filter=true",
            "cache_index_and_filter_blocks=true",
        ] {
            // The one that nothing is kept in has RocksDB's own settings.
            assert!(has(setting.to_owned()) >= columns - 1, "{setting}");
        }
    }
}

/// The disk that is kept free grows with what an opening may have to write.
#[test]
fn room_follows_from_the_buffers() {
    let mib = |count: u64| count * 1024 * 1024;
    let room = |options: StoreOptions| {
        let StoreOptions {
            writes_headroom_bytes: writes,
            spare_bytes: spare,
            shadow_headroom_bytes: shadow,
            ..
        } = options;
        [writes, spare, shadow]
    };
    let default = StoreOptions::default();
    assert_eq!(room(default.clone().with_room_for_buffers()), room(default));
    let larger = StoreOptions {
        write_buffer_bytes: 1_280 * 1024 * 1024,
        ..StoreOptions::default()
    };
    let expected = [1_280 + 1_024 + 224, 1_024 + 64, 2 * (1_280 + 1_024 + 224)];
    assert_eq!(room(larger.with_room_for_buffers()), expected.map(mib));
}

#[test]
fn memory_and_descriptors_follow_from_the_sizes() {
    let small = StoreOptions {
        cache_bytes: 1_000,
        write_buffer_bytes: 200,
        open_files_max: 10,
        ..StoreOptions::default()
    };
    assert_eq!(small.memory_bytes(), 1_000 + 200 + 10 * 16 * 1024);
    assert_eq!(small.pinned_bytes(), 10 * 8 * 1024);
    assert_eq!(small.descriptors_max(), 10 + 64 + 64);
}
