//! What fuzzing starts from: files of the repository, and good inputs that the program makes.

use crate::workload::{Lane, foundations};
use anyhow::{Context as _, Result};
use ledger_core::{Command, Position, hex, merkle};
use ledger_engine::{Engine, EngineOptions, ManualClock, Mode, Request, decode_refusal};
use ledger_log::{
    BlockBuilder, CounterRow, Direction, Log as _, MemoryStore, Space, StateStore as _, postings,
};
use ledger_proto::to_proto::command_to_proto;
use ledger_proto::v1;
use ledger_server::Settings;
use prost::Message as _;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One input and where it comes from.
type Named = (String, Vec<u8>);

/// The corpus of a target, in an order that is always the same.
///
/// # Errors
///
/// A file cannot be read.
pub(super) fn of(target: &str) -> Result<Vec<Named>> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut corpus = files(&tests.join("fuzz").join(target))?;
    match target {
        "request" | "tally" => corpus.extend(requests()),
        "record" => corpus.extend(golden_records()?),
        "block" => corpus.extend(blocks()?),
        "policy" => corpus.extend(policies(tests)?),
        "json" => corpus.extend(json_commands()),
        "entity" | "refusal" => corpus.extend(stored(target)?),
        "index" => corpus.extend(index_values()),
        "workbook" => {
            let older = tests.join("../crates/ledger-client/testdata/roster.xls");
            corpus.push((older.display().to_string(), fs::read(&older)?));
        }
        "config" => {
            let settings = toml::to_string(&Settings::default())?;
            corpus.push(("defaults".to_owned(), settings.into_bytes()));
        }
        _ => {}
    }
    Ok(corpus)
}

/// The files of a folder, by name; none when there is no such folder.
fn files(folder: &Path) -> Result<Vec<Named>> {
    let mut paths = paths(folder)?;
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let input = fs::read(&path).with_context(|| path.display().to_string())?;
            Ok((path.display().to_string(), input))
        })
        .collect()
}

fn paths(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    Ok(entries.iter().map(fs::DirEntry::path).collect())
}

/// Every document of the repository.
fn policies(tests: &Path) -> Result<Vec<Named>> {
    let mut corpus = Vec::new();
    for province in ["shandong", "guizhou", "examples"] {
        corpus.extend(files(&tests.join("../policies").join(province))?);
    }
    corpus.retain(|(name, _)| name.ends_with(".toml"));
    Ok(corpus)
}

/// One event of every kind, as it is stored.
fn golden_records() -> Result<Vec<Named>> {
    let golden = include_str!("../../../crates/ledger-proto/testdata/golden_events.txt");
    golden
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let mut words = line.split(' ').skip(1);
            let name = words.next().context("a line has a name")?;
            let bytes = words.nth(1).context("a line has bytes")?;
            let bytes = from_hex(bytes).context("bytes are hexadecimal")?;
            Ok((format!("golden {name}"), bytes))
        })
        .collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

/// Blocks of one record, of a few, and of all kinds.
fn blocks() -> Result<Vec<Named>> {
    let records = golden_records()?;
    let mut corpus = Vec::new();
    for size in [1, 3, records.len()] {
        let mut builder = BlockBuilder::new(Position::new(258));
        for (_, record) in records.iter().take(size) {
            builder
                .push(record, &merkle::leaf_hash(record))
                .ok()
                .context("a record has room")?;
        }
        let block = builder.finish().context("a block has a record")?;
        // The target reads the position that the block is stored under from the front.
        let mut input = 258_u64.to_be_bytes().to_vec();
        input.extend_from_slice(block.frame());
        corpus.push((format!("block of {size}"), input));
    }
    Ok(corpus)
}

/// What the rules accept, in the order of a life.
fn commands() -> Vec<Command> {
    let mut lane = Lane::new(0, 1);
    let mut commands = foundations();
    commands.extend(lane.foundations());
    commands.extend(lane.batch(400));
    commands
}

fn requests() -> Vec<Named> {
    let commands: Vec<_> = commands().iter().map(command_to_proto).collect();
    // The first one publishes a document, and would make each input ten thousand bytes long.
    let batches = commands.get(1..).unwrap_or_default().chunks(17).step_by(4);
    let request = |commands: &[v1::Command]| v1::AppendRequest {
        request_id: vec![7; 16],
        commands: commands.to_vec(),
        mode: v1::AppendMode::Independent.into(),
        source_system: "fuzz".to_owned(),
        ..v1::AppendRequest::default()
    };
    (1..)
        .zip(batches)
        .map(|(n, batch)| (format!("batch {n}"), request(batch).encode_to_vec()))
        .collect()
}

fn json_commands() -> Vec<Named> {
    let commands = commands();
    let some = commands.iter().skip(1).step_by(13);
    (1..)
        .zip(some)
        .map(|(n, command)| {
            let json = ledger_client::json::to_json(&command_to_proto(command));
            (format!("command {n}"), json.to_string().into_bytes())
        })
        .collect()
}

/// Entities and refusals as an engine has stored them; entities behind the length and the key.
fn stored(target: &str) -> Result<Vec<Named>> {
    let space = match target {
        "entity" => Space::Entities,
        _ => Space::Refusals,
    };
    let store = recorded()?;
    let entries = store.scan(space, &[], &[], Direction::Forward, 400)?;
    Ok(entries
        .into_iter()
        .step_by(3)
        .filter_map(|(key, value)| {
            let mut input = Vec::new();
            if space == Space::Entities {
                input.push(u8::try_from(key.len()).ok()?);
                input.extend(&key);
            } else {
                decode_refusal(&value).ok()?;
            }
            input.extend(&value);
            Some((format!("stored {}", hex::encode(&key)), input))
        })
        .collect())
}

/// A ledger in memory in which every command was tried twice, so that half of them are refused.
fn recorded() -> Result<Arc<MemoryStore>> {
    let store = Arc::new(MemoryStore::new());
    // Noon of a day after all that happens in it.
    let clock = ManualClock::new(ledger_core::RecordedTime::from_micros(
        1_700_000_000_000_000,
    ));
    let engine = Engine::open(store.clone(), EngineOptions::default(), Arc::new(clock))?;
    for number in [1_u128, 2] {
        engine.append_blocking(Request {
            request_id: ledger_core::RequestId::from_bytes(number.to_be_bytes()),
            digest: [0; 32],
            commands: commands(),
            mode: Mode::Independent,
            validate_only: false,
            actor: Arc::from("fuzz"),
            source_system: Arc::from("fuzz"),
        })?;
    }
    anyhow::ensure!(
        store.last_position() > Position::ZERO,
        "something is recorded"
    );
    drop(engine);
    Ok(store)
}

fn index_values() -> Vec<Named> {
    let block = Position::new(100);
    let positions = [101, 102, 110, 5_000].map(Position::new);
    let edges = [(0, 3), (2, 3), (2, 9)].map(|(cause, effect)| postings::Edge { cause, effect });
    let row = CounterRow {
        before: 300,
        changes: vec![(Position::new(100), 1), (Position::new(107), -2)],
    };
    vec![
        (
            "positions".to_owned(),
            [&[0], &*postings::encode_positions(block, &positions)].concat(),
        ),
        (
            "edges".to_owned(),
            [&[1], &*postings::encode_edges(&edges)].concat(),
        ),
        ("row".to_owned(), [&[2], &*row.encode(block)].concat()),
    ]
}

/// What stands between the parts of a workbook in an input: a sign that no XML holds.
const PART_ENDS: u8 = 0x1e;

/// A workbook with a sheet, the texts that its cells share, and its styles: parts of an input that
/// are left away are empty.
pub(super) fn packed(input: &[u8]) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let related = |id: &str, kind: &str, part: &str| {
        format!("<Relationship Id='{id}' Type='{office}/{kind}' Target='{part}'/>")
    };
    let root = related("b", "officeDocument", "xl/workbook.xml");
    let sheet = related("r", "worksheet", "sheet.xml");
    let list = "<sheets><sheet name='A' sheetId='1' r:id='r'/></sheets>";
    let fixed = [
        (
            "_rels/.rels",
            format!("<Relationships xmlns='{package}'>{root}</Relationships>"),
        ),
        (
            "xl/workbook.xml",
            format!("<workbook xmlns='{main}' xmlns:r='{office}'>{list}</workbook>"),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!("<Relationships xmlns='{package}'>{sheet}</Relationships>"),
        ),
    ];
    let fixed = fixed.iter().map(|(name, text)| (*name, text.as_bytes()));
    let names = ["xl/sheet.xml", "xl/sharedStrings.xml", "xl/styles.xml"];
    let parts = names
        .into_iter()
        .zip(input.split(|byte| *byte == PART_ENDS));
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in fixed.chain(parts) {
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored);
        let written = archive
            .start_file(name, options)
            .map_err(anyhow::Error::from);
        let written = written.and_then(|()| Ok(archive.write_all(bytes)?));
        written.expect("there is room in memory");
    }
    archive
        .finish()
        .expect("there is room in memory")
        .into_inner()
}
