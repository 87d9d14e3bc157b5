//! The targets: one for each parser that meets foreign bytes.
//!
//! Each says whether it accepted the input, and panics when a promise is broken.

use ledger_client::json::{from_json, to_json};
use ledger_core::Position;
use ledger_engine::entity_codec::parse_entity_key;
use ledger_engine::query::Cursor;
use ledger_engine::refusals::encode_refusal;
use ledger_engine::{decode_entity, decode_refusal, encode_entity, entity_kind};
use ledger_log::{Block, BlockBuilder, CounterRow, postings};
use ledger_proto::from_proto::append_request_from_proto;
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
pub const TARGETS: [Target; 10] = [
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
];

/// Commands of one request in the fuzzed server.
const COMMANDS_MAX: usize = 100;

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
    let Some(kind) = parse_entity_key(key).map(|key| entity_kind(&key)) else {
        return false;
    };
    let Ok(entity) = decode_entity(kind, value) else {
        return false;
    };
    let mut written = Vec::new();
    encode_entity(&entity, &mut written);
    let again = decode_entity(kind, &written).expect("what was read can be read again");
    assert_eq!(entity, again);
    true
}

fn refusal(input: &[u8]) -> bool {
    let Ok(record) = decode_refusal(input) else {
        return false;
    };
    let again = decode_refusal(&encode_refusal(&record)).expect("what was read can be read again");
    assert_eq!(record, again);
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
    let Ok(value) = serde_json::from_slice::<Value>(input) else {
        return false;
    };
    let Ok(command) = from_json::<v1::Command>(&value) else {
        return false;
    };
    let again = from_json::<v1::Command>(&to_json(&command)).expect("what was written can be read");
    assert_eq!(command, again);
    true
}

/// The configuration of the server.
fn config(input: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(input) else {
        return false;
    };
    toml::from_str::<Settings>(text).is_ok_and(|settings| settings.check().is_ok())
}
