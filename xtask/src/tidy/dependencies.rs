//! Dependencies point inward: who may name whom, as a table.

use std::collections::BTreeSet;

use super::SourceFile;
use super::Violation;
use super::rust_text::{code_only, has_word};
use crate::workspace::Package;

const ROCKSDB: [&str; 2] = ["librocksdb-sys", "rocksdb"];
/// The one crate that may name RocksDB.
const STORE: &str = "ledger-store";
const STORE_FOLDER: &str = "crates/ledger-store/";

/// The engine speaks the domain: what of the contract is stored, it reads and writes through the
/// functions of `ledger-proto` that give and take bytes.
const ENGINE_FOLDER: &str = "crates/ledger-engine/";
const MESSAGES: [&str; 4] = ["from_proto", "prost", "to_proto", "v1"];

const CORE: &str = "ledger-core";
/// All that the core may be built from: dates, hash tables, SHA-256, the derive for error types,
/// and the tables of Unicode, so that no spelling of a number gets past the search for personal
/// data.
const CORE_DEPENDENCIES: [&str; 7] = [
    "chrono",
    "hashbrown",
    "icu_normalizer",
    "icu_properties",
    "sha2",
    "thiserror",
    "unicode-security",
];

/// What the tests of a member may depend on beside that: the core's play the real documents, which
/// only the loader reads.
const ALLOWED_IN_TESTS: [(&str, &str); 1] = [("ledger-core", "ledger-policy")];

/// What each member may depend on among the members, in tests too. Nobody names the last two.
const ALLOWED: [(&str, &[&str]); 10] = [
    ("ledger-core", &[]),
    ("ledger-policy", &["ledger-core"]),
    ("ledger-proto", &["ledger-core"]),
    ("ledger-log", &["ledger-core"]),
    ("ledger-store", &["ledger-core", "ledger-log"]),
    (
        "ledger-engine",
        &["ledger-core", "ledger-log", "ledger-policy", "ledger-proto"],
    ),
    (
        "ledger-server",
        &[
            "ledger-core",
            "ledger-engine",
            "ledger-log",
            "ledger-policy",
            "ledger-proto",
            "ledger-store",
        ],
    ),
    (
        "ledger-client",
        &["ledger-core", "ledger-policy", "ledger-proto"],
    ),
    (
        "ledger-tests",
        &[
            "ledger-client",
            "ledger-core",
            "ledger-engine",
            "ledger-log",
            "ledger-policy",
            "ledger-proto",
            "ledger-server",
            "ledger-store",
        ],
    ),
    ("xtask", &[]),
];

/// The members that are held to what is compiled into them, however far away: the layers below the
/// process.
pub(crate) const HELD: [&str; 5] = [CORE, "ledger-policy", "ledger-log", STORE, "ledger-engine"];
/// What carries requests. The engine speaks the domain; only the process and its clients transport.
const TRANSPORT: [&str; 6] = ["axum", "h2", "hyper", "rustls", "tonic", "tower"];

/// Reports what is compiled into a member and has no place below it.
pub(crate) fn check_closure(member: &str, closure: &BTreeSet<String>) -> Vec<Violation> {
    let native = ROCKSDB.iter().filter(|_| member != STORE);
    let banned = TRANSPORT.iter().chain(native);
    banned
        .filter(|name| closure.contains(**name))
        .map(|name| {
            let message = format!("`{name}` is compiled into it; `cargo tree -i {name}` says why");
            Violation::of(member, message)
        })
        .collect()
}

/// Reports every manifest that names what its layer must not.
pub(crate) fn check_manifests(packages: &[Package]) -> Vec<Violation> {
    packages
        .iter()
        .flat_map(|package| check_manifest(package, packages))
        .collect()
}

/// Reports sources outside the store that name RocksDB, and those of the engine that name a
/// message.
pub(crate) fn check_source(file: &SourceFile) -> Vec<Violation> {
    let of_store = |line: &str| has_word(line, "rocksdb") || has_word(line, "librocksdb_sys");
    let of_wire = |line: &str| MESSAGES.iter().any(|name| has_word(line, name));
    let mut found = Vec::new();
    if !file.path.starts_with(STORE_FOLDER) {
        found.extend(naming(file, of_store, "only ledger-store names RocksDB"));
    }
    if file.path.starts_with(ENGINE_FOLDER) {
        let says = "the engine speaks the domain; messages are made in ledger-server";
        found.extend(naming(file, of_wire, says));
    }
    found
}

/// Reports each line of code that names what the file must not.
fn naming(file: &SourceFile, names_it: impl Fn(&str) -> bool, says: &str) -> Vec<Violation> {
    if !file.is_rust() {
        return Vec::new();
    }
    let code = code_only(&file.text);
    code.lines()
        .enumerate()
        .filter(|(_, line)| names_it(line))
        .map(|(at, _)| file.violation(at, says.to_owned()))
        .collect()
}

fn check_manifest(package: &Package, members: &[Package]) -> Vec<Violation> {
    let manifest = format!("the manifest of {}", package.name);
    let report = |message: String| Violation::of(&manifest, message);
    let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == package.name) else {
        return vec![report(
            "the package has no row in the table of dependencies".to_owned(),
        )];
    };
    let mut found = Vec::new();
    for dependency in &package.dependencies {
        let name = dependency.name.as_str();
        let in_tests = dependency.dev && ALLOWED_IN_TESTS.contains(&(package.name.as_str(), name));
        let is_member = members.iter().any(|member| member.name == name);
        if is_member && !allowed.contains(&name) && !in_tests {
            found.push(report(format!("`{name}` lies outside its layer")));
        }
        if ROCKSDB.contains(&name) && package.name != STORE {
            found.push(report("only ledger-store names RocksDB".to_owned()));
        }
        if package.name == CORE && !dependency.dev && !CORE_DEPENDENCIES.contains(&name) {
            found.push(report(format!("`{name}` is not on the core's list")));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Dependency;

    fn package(name: &str, dependencies: &[&str], dev: &[&str]) -> Package {
        let normal = dependencies.iter().map(|name| (name, false));
        let dependencies = normal
            .chain(dev.iter().map(|name| (name, true)))
            .map(|(name, dev)| Dependency {
                name: (*name).to_owned(),
                dev,
            })
            .collect();
        Package {
            name: name.to_owned(),
            dependencies,
        }
    }

    #[test]
    fn manifests_stay_in_their_layer() {
        let core = || package("ledger-core", &["chrono"], &["proptest"]);
        for (suspect, expected) in [
            (
                package("ledger-core", &["tokio"], &[]),
                "`tokio` is not on the core's list",
            ),
            (
                package("ledger-proto", &["ledger-store"], &[]),
                "`ledger-store` lies outside its layer",
            ),
            (
                package("ledger-policy", &[], &["ledger-tests"]),
                "`ledger-tests` lies outside its layer",
            ),
            (
                package("ledger-core", &["ledger-policy"], &["ledger-policy"]),
                "`ledger-policy` is not on the core's list",
            ),
            (
                package("ledger-server", &["rocksdb"], &[]),
                "only ledger-store names RocksDB",
            ),
            (
                package("ledger-new", &[], &[]),
                "the package has no row in the table of dependencies",
            ),
        ] {
            let name = suspect.name.clone();
            let store = package("ledger-store", &["rocksdb", "ledger-core"], &[]);
            let tests = package("ledger-tests", &["ledger-store"], &[]);
            let members = [suspect, store, tests]
                .into_iter()
                .chain((name != CORE).then(core));
            let found: Vec<_> = check_manifests(&members.collect::<Vec<_>>())
                .iter()
                .map(ToString::to_string)
                .collect();
            assert_eq!(found, [format!("the manifest of {name}: {expected}")]);
        }
    }

    #[test]
    fn nothing_below_the_process_compiles_a_transport() {
        let closure = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        for (member, names, expected) in [
            ("ledger-engine", ["ledger-proto", "prost"], None),
            ("ledger-engine", ["ledger-proto", "h2"], Some("h2")),
            (
                "ledger-engine",
                ["ledger-store", "rocksdb"],
                Some("rocksdb"),
            ),
            ("ledger-store", ["ledger-log", "rocksdb"], None),
        ] {
            let found = check_closure(member, &closure(&names));
            let found: Vec<_> = found.iter().map(ToString::to_string).collect();
            let says = |name| {
                format!("{member}: `{name}` is compiled into it; `cargo tree -i {name}` says why")
            };
            let expected: Vec<_> = expected.map(says).into_iter().collect();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn sources_outside_the_store_do_not_name_rocksdb() {
        let text = "//! RocksDB: rocksdb is fine here.\nuse rocksdb::DB;\n";
        let found = check_source(&SourceFile::new("crates/ledger-engine/src/lib.rs", text));
        let found: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            ["crates/ledger-engine/src/lib.rs:2: only ledger-store names RocksDB"]
        );
        let store = SourceFile::new("crates/ledger-store/src/lib.rs", text);
        assert!(check_source(&store).is_empty());
    }

    #[test]
    fn the_engine_names_no_message_of_the_contract() {
        let text = "//! It knows no v1.\nuse ledger_proto::{Interner, v1};\nuse prost::Message;\n";
        let found = check_source(&SourceFile::new("crates/ledger-engine/src/lib.rs", text));
        let lines: Vec<_> = found.iter().map(ToString::to_string).collect();
        let says = "the engine speaks the domain; messages are made in ledger-server";
        let at = |line: u8| format!("crates/ledger-engine/src/lib.rs:{line}: {says}");
        assert_eq!(lines, [at(2), at(3)]);
        let server = SourceFile::new("crates/ledger-server/src/lib.rs", text);
        assert!(check_source(&server).is_empty());
    }
}
