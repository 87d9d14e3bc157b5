//! The targets: one for each parser that meets foreign bytes.
//!
//! Each says whether it accepted the input, and panics when a promise is broken.
//!
//! Long: one target for each parser, with what it must never do.

use ledger_client::json::{from_json, read_values, to_json};
use ledger_client::reading::cells::{Column, damage, date, is_whole, lost_zeros, plain};
use ledger_client::reading::encoding::decode;
use ledger_client::reading::rows::{Rows, delimiter, from_line, line_ends};
use ledger_client::reading::safe::{SafeWriter, unguard};
use ledger_client::reading::sheet::sheet_text;
use ledger_core::Position;
use ledger_engine::entity_codec::parse_entity_key;
use ledger_engine::query::Cursor;
use ledger_engine::refusals::encode_refusal;
use ledger_engine::{decode_entity, decode_refusal, encode_entity};
use ledger_log::{Block, BlockBuilder, CounterRow, postings};
use ledger_proto::from_proto::append_request_from_proto;
use ledger_proto::tally::Method;
use ledger_proto::to_proto::command_to_proto;
use ledger_proto::{Interner, recorded_event_from_bytes, recorded_event_to_bytes, v1};
use ledger_server::Settings;
use prost::Message as _;
use serde_json::Value;

/// A parser and what it promises.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name on the command line, and of its folder in the corpus.
    pub name: &'static str,
    /// Tries one input.
    pub run: fn(&[u8]) -> bool,
}

/// Every target.
pub const TARGETS: [Target; 13] = [
    Target {
        name: "tally",
        run: tally,
    },
    Target {
        name: "request",
        run: request,
    },
    Target {
        name: "record",
        run: record,
    },
    Target {
        name: "block",
        run: block,
    },
    Target {
        name: "index",
        run: index,
    },
    Target {
        name: "entity",
        run: entity,
    },
    Target {
        name: "refusal",
        run: refusal,
    },
    Target {
        name: "page-token",
        run: page_token,
    },
    Target {
        name: "policy",
        run: policy,
    },
    Target {
        name: "json",
        run: json,
    },
    Target {
        name: "config",
        run: config,
    },
    Target {
        name: "csv",
        run: csv,
    },
    Target {
        name: "workbook",
        run: workbook,
    },
];

/// Commands of one request in the fuzzed server.
const COMMANDS_MAX: usize = 100;

/// What a caller sends, counted before it is decoded: whatever decodes was counted whole, and no
/// count goes on beyond its bound.
fn tally(input: &[u8]) -> bool {
    let append = Method::of_path("/subsidy.ledger.v1.LedgerService/Append");
    let append = append.expect("the contract has this method");
    assert!(append.tally(input, FIELDS_MAX).fields <= FIELDS_MAX + 1);
    let Ok(request) = v1::AppendRequest::decode(input) else {
        return false;
    };
    let tally = append.tally(input, usize::MAX);
    assert_eq!(tally.commands, request.commands.len());
    let documents = request.commands.iter().map(|command| match &command.body {
        Some(v1::command::Body::PublishPolicy(publish)) => publish.text.len(),
        _ => 0,
    });
    assert!(tally.document_bytes >= documents.sum());
    assert!(tally.fields >= fields_of(&request), "{tally:?}");
    true
}

/// A bound on fields that inputs pass.
const FIELDS_MAX: usize = 7;

/// Fields of a request at its upper levels, as far as the decoded request shows them.
fn fields_of(request: &v1::AppendRequest) -> usize {
    let of_command = |command: &v1::Command| 1 + usize::from(command.body.is_some());
    request.commands.iter().map(of_command).sum()
}

/// What a caller sends. An accepted command is read again from what it is written as.
fn request(input: &[u8]) -> bool {
    let Ok(wire) = v1::AppendRequest::decode(input) else {
        return false;
    };
    let no_policy = |_: &str| Err(vec!["no policies here".to_owned()]);
    match append_request_from_proto(&wire, COMMANDS_MAX, &no_policy) {
        Err(problems) => {
            assert!(!problems.is_empty(), "refused without a reason");
            false
        }
        Ok(request) => {
            let commands = request.commands.iter().map(command_to_proto).collect();
            let again = v1::AppendRequest { commands, ..wire };
            let again = append_request_from_proto(&again, COMMANDS_MAX, &no_policy)
                .expect("what was read can be read again");
            assert_eq!(request, again);
            true
        }
    }
}

/// What lies in the log. An accepted record is read again from what it is written as.
fn record(input: &[u8]) -> bool {
    let mut names = Interner::default();
    let Ok(event) = recorded_event_from_bytes(input, &mut names) else {
        return false;
    };
    let mut bytes = Vec::new();
    recorded_event_to_bytes(&event, &mut bytes);
    let again =
        recorded_event_from_bytes(&bytes, &mut names).expect("what was read can be read again");
    assert_eq!(event, again);
    true
}

/// A block, behind the position that it is stored under. Whole leaf hashes leave only one frame.
fn block(input: &[u8]) -> bool {
    let Some((key, frame)) = input.split_first_chunk() else {
        return false;
    };
    let key = Position::new(u64::from_be_bytes(*key));
    let Ok(block) = Block::decode(key, frame.to_vec()) else {
        return false;
    };
    let mut builder = BlockBuilder::new(key);
    for record in block.records() {
        builder
            .push(record.bytes, record.leaf_hash)
            .expect("a record of a block has room in a block");
    }
    let built = builder.finish().expect("a block has a record");
    assert_eq!(built.frame(), frame, "one content has one frame");
    // Whether the hashes are right is for this to say, and not for the frame.
    block.verify_leaf_hashes().is_ok()
}

/// Values of the indexes, which have one form only.
fn index(input: &[u8]) -> bool {
    let Some((which, value)) = input.split_first() else {
        return false;
    };
    let block = Position::new(100);
    let written = match which % 3 {
        0 => postings::decode_positions(block, value)
            .map(|positions| postings::encode_positions(block, &positions)),
        1 => postings::decode_edges(value).map(|edges| postings::encode_edges(&edges)),
        _ => CounterRow::decode(block, value).map(|row| row.encode(block)),
    };
    written.is_ok_and(|written| {
        assert_eq!(written, value, "equal sets have equal bytes");
        true
    })
}

/// An entity, behind its key and the length of that.
fn entity(input: &[u8]) -> bool {
    let Some((length, rest)) = input.split_first() else {
        return false;
    };
    let Some((key, value)) = rest.split_at_checked(usize::from(*length)) else {
        return false;
    };
    let Some(kind) = parse_entity_key(key).map(|key| key.kind()) else {
        return false;
    };
    let Ok(entity) = decode_entity(kind, value) else {
        return false;
    };
    let mut written = Vec::new();
    encode_entity(&entity, &mut written);
    assert_eq!(written, value, "one entity has one form");
    true
}

fn refusal(input: &[u8]) -> bool {
    let Ok(record) = decode_refusal(input) else {
        return false;
    };
    let written = encode_refusal(&record);
    let again = decode_refusal(&written).expect("what was read can be read again");
    assert_eq!(record, again);
    // Those of an earlier version are written in this one.
    assert!(
        written.first() != input.first() || written == input,
        "one refusal has one form"
    );
    true
}

/// A token has one form only; the empty one asks for the first page.
fn page_token(input: &[u8]) -> bool {
    let Ok(cursor) = Cursor::from_token(input) else {
        return false;
    };
    let written = cursor.map_or_else(Vec::new, |cursor| cursor.to_token());
    assert_eq!(written, input);
    true
}

/// A text compiles to the same rules each time, and what does not compile says why.
fn policy(input: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(input) else {
        return false;
    };
    match ledger_policy::compile(text) {
        Ok(policy) => {
            let again = ledger_policy::compile(text).expect("a text compiles each time");
            assert_eq!(policy, again);
            assert!(
                ledger_policy::check(text).is_publishable(),
                "what compiles can be published"
            );
            true
        }
        Err(error) => {
            assert!(!error.to_string().is_empty(), "refused without a reason");
            false
        }
    }
}

/// A command as people write it. What was read is written, and read again.
fn json(input: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(input) else {
        return false;
    };
    let Ok(values) = read_values(text) else {
        return false;
    };
    let [value] = values.as_slice() else {
        return false;
    };
    // What says one thing says it to every reader, and no key stands twice.
    let plainly = serde_json::from_str::<Value>(text).expect("other readers can read it as well");
    assert_eq!(&plainly, value);
    assert_eq!(keys_of(value), colons_of(text), "a key for each colon");
    let Ok(command) = from_json::<v1::Command>(value) else {
        return false;
    };
    let again = from_json::<v1::Command>(&to_json(&command)).expect("what was written can be read");
    assert_eq!(command, again);
    true
}

/// Keys of all objects of a value.
fn keys_of(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(keys_of).sum(),
        Value::Object(entries) => entries.len() + entries.values().map(keys_of).sum::<usize>(),
        _ => 0,
    }
}

/// Colons of a JSON text that stand between a key and its value.
fn colons_of(text: &str) -> usize {
    let (mut colons, mut is_text, mut is_escaped) = (0, false, false);
    for character in text.chars() {
        let escapes = is_text && character == '\\' && !is_escaped;
        match character {
            '"' if !is_escaped => is_text = !is_text,
            ':' if !is_text => colons += 1,
            _ => {}
        }
        is_escaped = escapes;
    }
    colons
}

/// The configuration of the server. What holds together is written and read again.
fn config(input: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(input) else {
        return false;
    };
    let Ok(settings) = toml::from_str::<Settings>(text) else {
        return false;
    };
    let written = toml::to_string(&settings).expect("settings can be written");
    let again = toml::from_str::<Settings>(&written).expect("what was written can be read");
    assert_eq!(settings, again);
    settings.check().is_ok()
}

/// A roster as an office saves it. Rows have lines in their order, and each row is read again from
/// what it is written as.
fn csv(input: &[u8]) -> bool {
    let Ok(text) = decode(input, None) else {
        return false;
    };
    assert!(!text.contains('\0'), "what has a NUL is no text");
    let delimiter = delimiter(&text);
    let mut column = Column::default();
    let mut last = 0;
    for row in Rows::new(&text, delimiter) {
        let Ok(row) = row else {
            return false;
        };
        assert!(
            last < row.line && row.line <= line_ends(&text) + 1,
            "{}",
            row.line
        );
        assert!(
            from_line(&text, row.line).is_some(),
            "an editor shows the line"
        );
        last = row.line;
        let mut written = Vec::new();
        let mut writer = SafeWriter::going_on(&mut written);
        let wrote = writer
            .row(row.cells.iter().map(|cell| &**cell))
            .and_then(|()| writer.flush());
        wrote.expect("there is room in memory");
        drop(writer);
        let written = String::from_utf8(written).expect("cells are text");
        let mut again = Rows::new(&written, ',');
        let found = again
            .next()
            .expect("a row was written")
            .expect("it can be read again");
        let found: Vec<_> = found.cells.iter().map(|cell| unguard(cell)).collect();
        assert_eq!(found, row.cells, "{written:?}");
        assert!(again.next().is_none(), "one row was written");
        row.cells.iter().for_each(|cell| value(cell, &mut column));
    }
    last > 0
}

/// What stands in a cell, as each kind of value.
fn value(cell: &str, column: &mut Column) {
    let Ok(cell) = plain(cell) else {
        return;
    };
    column.add(&cell);
    if let Ok(day) = date(&cell) {
        assert_eq!(date(&day.to_string()), Ok(day));
    }
    let usual = column.usual_length().unwrap_or_default();
    assert!(lost_zeros(&cell, usual, "").is_none() || cell.len() < usual);
    assert!(!is_whole(&cell) || damage(&cell, false).is_none());
}

/// A workbook: a whole one, or the parts of one, each behind a sign: the sheet, the texts that its
/// cells share, and its styles. Changes within the parts of a packed one would hardly be seen.
///
/// Row N of a sheet is line N of its text, and every row has the same width.
fn workbook(input: &[u8]) -> bool {
    let whole = input.starts_with(b"PK\x03\x04") || input.starts_with(b"\xd0\xcf\x11\xe0");
    let found = match whole {
        true => sheet_text(input, None),
        false => sheet_text(&super::corpus::packed(input), None),
    };
    let text = match found {
        Ok(text) => text,
        Err(error) => {
            assert!(!error.to_string().is_empty(), "refused without a reason");
            return false;
        }
    };
    let mut width = None;
    for (line, row) in (1..).zip(Rows::new(&text, ',')) {
        let row = row.expect("a sheet becomes whole rows");
        assert_eq!(row.line, line);
        assert!(row.long_cells.is_empty());
        if !row.is_blank() || row.cells.len() > 1 {
            assert_eq!(*width.get_or_insert(row.cells.len()), row.cells.len());
        }
    }
    true
}
