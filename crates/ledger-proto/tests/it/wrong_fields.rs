//! Every field of every command and of every event, spoiled in every way its type knows, and what
//! the reader then says: paths, texts and the order in which fields are looked at.
//!
//! The fields come from the descriptor of the contract and the samples, so that a new one is tried
//! without being named here. What is said stands in `wrong_fields/*.txt`; `UPDATE_EXPECT=1` writes
//! it again.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use expect_test::expect_file;
use ledger_proto::from_proto::{command_from_proto, recorded_event_from_proto};
use ledger_proto::to_proto::{command_to_proto, recorded_event_to_proto};
use ledger_proto::{DecodeError, FILE_DESCRIPTOR_SET, Interner, v1};
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, ReflectMessage as _, Value};

use crate::samples;

/// Synthetic.
const NUMBER: &str = "370199199001010019";
const SPELT: [u8; 16] = [
    0x37, 0x01, 0x99, 0x19, 0x90, 0x01, 0x01, 0x00, 0x19, 0, 0, 0, 0, 0, 0, 0,
];
/// More than any bound on a list or a text of a command, policy documents apart.
const MANY: usize = 5_001;

/// What the reader of one kind of message says of these bytes; nothing when it takes them.
type Read = fn(&[u8]) -> Option<String>;

fn read_command(bytes: &[u8]) -> Option<String> {
    let wire = v1::Command::decode(bytes).unwrap();
    let compile = |_: &str| Ok(samples::policy());
    said(command_from_proto(
        &wire,
        &compile,
        &mut Interner::default(),
    ))
}

fn read_event(bytes: &[u8]) -> Option<String> {
    let wire = v1::RecordedEvent::decode(bytes).unwrap();
    said(recorded_event_from_proto(&wire, &mut Interner::default()))
}

fn said<T>(read: Result<T, DecodeError>) -> Option<String> {
    read.err().map(|error| error.to_string())
}

fn descriptor(name: &str) -> prost_reflect::MessageDescriptor {
    let pool = DescriptorPool::decode(FILE_DESCRIPTOR_SET).unwrap();
    let name = format!("subsidy.ledger.v1.{name}");
    pool.get_message_by_name(&name).unwrap()
}

/// A value that does not belong there, under a name for the table.
type Wrong = (&'static str, Value);

/// The wrong values of a value's type.
fn wrong(value: &Value) -> Vec<Wrong> {
    let text = |name, text: &str| (name, Value::String(text.to_owned()));
    let bytes = |name, bytes: &[u8]| (name, Value::Bytes(bytes.to_vec().into()));
    match value {
        Value::String(_) => vec![
            text("empty", ""),
            text("number", NUMBER),
            text("two lines", "a\nb"),
            text("long", &"x".repeat(MANY)),
        ],
        Value::Bytes(_) => vec![
            bytes("empty", &[]),
            bytes("short", &[1]),
            bytes("spelt", &SPELT),
        ],
        Value::EnumNumber(_) => vec![
            ("unspecified", Value::EnumNumber(0)),
            ("unknown", Value::EnumNumber(999)),
        ],
        Value::U32(_) => vec![("zero", Value::U32(0)), ("most", Value::U32(u32::MAX))],
        Value::U64(_) => vec![("zero", Value::U64(0))],
        _ => Vec::new(),
    }
}

/// Every spoiled form of the message, with the path that was spoiled and how.
fn spoiled(message: &DynamicMessage) -> Vec<(String, DynamicMessage)> {
    let mut found = Vec::new();
    for (field, value) in message.fields() {
        let mut put = |path: String, value: Option<Value>| {
            let mut changed = message.clone();
            match value {
                Some(value) => changed.set_field(&field, value),
                None => changed.clear_field(&field),
            }
            found.push((path, changed));
        };
        put(format!("{} absent", field.name()), None);
        for (path, value) in spoiled_value(value) {
            put(format!("{}{path}", field.name()), Some(value));
        }
    }
    found
}

fn spoiled_value(value: &Value) -> Vec<(String, Value)> {
    match value {
        Value::Message(inner) => spoiled(inner)
            .into_iter()
            .map(|(path, inner)| (format!(".{path}"), Value::Message(inner)))
            .collect(),
        Value::List(values) => {
            let mut found = Vec::new();
            for (at, value) in values.iter().enumerate() {
                for (path, value) in spoiled_value(value) {
                    let mut changed = values.clone();
                    changed[at] = value;
                    found.push((format!("[{at}]{path}"), Value::List(changed)));
                }
            }
            let many = vec![values[0].clone(); MANY];
            found.push((" many".to_owned(), Value::List(many)));
            found
        }
        value => wrong(value)
            .into_iter()
            .map(|(name, value)| (format!(" {name}"), value))
            .collect(),
    }
}

/// The fields of the body in the order in which the reader asks for them: it gets an empty body,
/// and then always the field that it asked for last.
fn order(message: &DynamicMessage, body: &str, read: Read) -> Vec<String> {
    let full = message.get_field_by_name(body).unwrap().into_owned();
    let full = full.as_message().unwrap();
    let mut part = DynamicMessage::new(full.descriptor());
    let mut asked = Vec::new();
    loop {
        let mut changed = message.clone();
        changed.set_field_by_name(body, Value::Message(part.clone()));
        let Some(says) = read(&changed.encode_to_vec()) else {
            return asked;
        };
        let path = says.split(':').next().unwrap().to_owned();
        let name = path.split('.').nth(1).unwrap_or_default();
        let name = name.split('[').next().unwrap().to_owned();
        if asked.contains(&name) {
            return asked;
        }
        if let Some(value) = full.get_field_by_name(&name) {
            part.set_field_by_name(&name, value.into_owned());
        }
        asked.push(name);
    }
}

/// The table: one line for each way to spoil each field, with what the reader says.
fn table(name: &str, samples: Vec<Vec<u8>>, read: Read) -> String {
    let descriptor = descriptor(name);
    let bodies = descriptor
        .oneofs()
        .find(|one| one.name() == "body")
        .unwrap();
    let mut lines = Vec::new();
    let mut known = BTreeSet::new();
    for bytes in samples {
        let message = DynamicMessage::decode(descriptor.clone(), bytes.as_slice()).unwrap();
        assert_eq!(read(&bytes), None, "{message:?}");
        let body = bodies.fields().find(|field| message.has_field(field));
        let body = body.unwrap().name().to_owned();
        if known.insert(body.clone()) {
            lines.push(format!(
                "{body} asks for {}",
                order(&message, &body, read).join(", ")
            ));
        }
        for (path, changed) in spoiled(&message) {
            let says = read(&changed.encode_to_vec()).unwrap_or_else(|| "taken".to_owned());
            let line = format!("{path} => {says}");
            if known.insert(line.clone()) {
                lines.push(line);
            }
        }
    }
    let mut text = String::new();
    for line in lines {
        writeln!(text, "{line}").unwrap();
    }
    text
}

#[test]
fn what_is_said_of_a_wrong_command_stays() {
    let commands = samples::commands().into_iter();
    let commands = commands.chain(samples::variant_commands());
    let bytes = commands.map(|it| command_to_proto(&it).encode_to_vec());
    let table = table("Command", bytes.collect(), read_command);
    expect_file!["wrong_fields/commands.txt"].assert_eq(&table);
}

#[test]
fn what_is_said_of_a_wrong_event_stays() {
    let events = samples::events().into_iter();
    let events = events.chain(samples::variant_bodies().into_iter().map(samples::bare));
    let bytes = events.map(|it| recorded_event_to_proto(&it).encode_to_vec());
    let table = table("RecordedEvent", bytes.collect(), read_event);
    expect_file!["wrong_fields/events.txt"].assert_eq(&table);
}
