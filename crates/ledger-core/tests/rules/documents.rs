//! The documents of the `policies` folder, each with a person or a class played through it.
//!
//! The rules are those of the real files; the rates that a file leaves to the cities come from the
//! examples or from a constructed table, and every person and body is made up.

mod action_2019;
mod examples;
mod guizhou_2025_3;
mod shandong_2020_18;
mod shandong_2022_7;
mod shandong_2025_87;

use std::collections::BTreeSet;
use std::path::Path;

/// Funds of Jinan and of the province beside the special account.
const FUNDS: &str = "
    2019-01-01 account 370100 fund=employment_subsidy
               accrue 370100 1000000.00 fund=employment_subsidy
               account 370100 fund=unemployment_insurance
               accrue 370100 1000000.00 fund=unemployment_insurance
";

/// A document that no table plays would be one that nobody has seen work.
#[test]
fn every_document_is_played() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies");
    let mut files = BTreeSet::new();
    for part in ["shandong", "guizhou", "examples"] {
        for entry in std::fs::read_dir(Path::new(folder).join(part)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            files.insert(format!("{part}/{name}"));
        }
    }
    let tables = [
        action_2019::TABLES,
        examples::TABLES,
        guizhou_2025_3::TABLES,
        shandong_2020_18::TABLES,
        shandong_2022_7::TABLES,
        shandong_2025_87::TABLES,
    ];
    let lines = tables
        .iter()
        .copied()
        .flatten()
        .flat_map(|table| table.lines());
    let played: BTreeSet<String> = lines
        .map(|line| line.split('#').next().unwrap())
        .filter_map(|line| line.split_once("document "))
        .map(|(_, name)| name.split_whitespace().next().unwrap().to_owned())
        .collect();
    assert_eq!(played, files);
}
