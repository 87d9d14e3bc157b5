//! Every text and every key of every command is a door that personal data does not pass.
//!
//! The fields come from the descriptor of the contract: one that is added is tried without being
//! named here.

use std::collections::BTreeSet;

use ledger_proto::from_proto::append_request_from_proto;
use ledger_proto::to_proto::command_to_proto;
use ledger_proto::{FILE_DESCRIPTOR_SET, Interner, recorded_event_from_bytes, v1};
use prost::Message as _;
use prost_reflect::{
    DescriptorPool, DynamicMessage, Kind, MessageDescriptor, ReflectMessage as _, Value,
};

use crate::samples;

/// Synthetic.
const NUMBER: &str = "370199199001010019";
const SPELT: [u8; 16] = [
    0x37, 0x01, 0x99, 0x19, 0x90, 0x01, 0x01, 0x00, 0x19, 0, 0, 0, 0, 0, 0, 0,
];

fn request_descriptor() -> MessageDescriptor {
    let pool = DescriptorPool::decode(FILE_DESCRIPTOR_SET).unwrap();
    let name = "subsidy.ledger.v1.AppendRequest";
    pool.get_message_by_name(name).unwrap()
}

/// Every path from a message to a text or to bytes, as the numbers of the fields.
fn doors(message: &MessageDescriptor, path: &mut Vec<String>, found: &mut BTreeSet<String>) {
    for field in message.fields() {
        path.push(field.name().to_owned());
        match field.kind() {
            Kind::String | Kind::Bytes => {
                found.insert(path.join("."));
            }
            Kind::Message(inner) => doors(&inner, path, found),
            _ => {}
        }
        path.pop();
    }
}

/// Every way to put personal data into one field of the message, with the path of the field; with
/// `all`, into fields that are absent too.
fn tampered(message: &DynamicMessage, all: bool) -> Vec<(String, DynamicMessage)> {
    let mut found = Vec::new();
    for field in message.descriptor().fields() {
        let value = match (message.has_field(&field), field.kind()) {
            (true, _) => message.get_field(&field).into_owned(),
            (false, _) if !all => continue,
            (false, Kind::Message(inner)) if field.is_list() => {
                Value::List(vec![Value::Message(DynamicMessage::new(inner))])
            }
            (false, kind) if field.is_list() => Value::List(vec![Value::default_value(&kind)]),
            (false, kind) => Value::default_value(&kind),
        };
        for (path, value) in tampered_value(&value, all) {
            let mut changed = message.clone();
            changed.set_field(&field, value);
            let name = field.name();
            let path = match path.is_empty() {
                true => name.to_owned(),
                false => format!("{name}.{path}"),
            };
            found.push((path, changed));
        }
    }
    found
}

fn tampered_value(value: &Value, all: bool) -> Vec<(String, Value)> {
    match value {
        Value::String(_) => vec![(String::new(), Value::String(NUMBER.to_owned()))],
        Value::Bytes(_) => vec![(String::new(), Value::Bytes(SPELT.to_vec().into()))],
        Value::Message(inner) => {
            let changed = tampered(inner, all).into_iter();
            let changed = changed.map(|(path, it)| (path, Value::Message(it)));
            changed.collect()
        }
        Value::List(values) => {
            let mut found = Vec::new();
            for (at, value) in values.iter().enumerate() {
                for (path, value) in tampered_value(value, all) {
                    let mut changed = values.clone();
                    changed[at] = value;
                    found.push((path, Value::List(changed)));
                }
            }
            found
        }
        _ => Vec::new(),
    }
}

#[test]
fn no_field_of_a_command_takes_personal_data() {
    let descriptor = request_descriptor();
    let mut untried = BTreeSet::new();
    doors(&descriptor, &mut Vec::new(), &mut untried);
    assert!(untried.len() > 100, "{untried:?}");
    let compile = |text: &str| match text.contains(NUMBER) {
        true => Err(vec!["personal_data".to_owned()]),
        false => Ok(samples::policy()),
    };
    let commands = samples::commands().into_iter();
    for command in commands.chain(samples::variant_commands()) {
        let request = v1::AppendRequest {
            request_id: vec![1; 16],
            source_system: "training".to_owned(),
            commands: vec![command_to_proto(&command)],
            ..v1::AppendRequest::default()
        };
        assert!(
            append_request_from_proto(&request, 10, &compile).is_ok(),
            "{command:?}"
        );
        let bytes = request.encode_to_vec();
        let message = DynamicMessage::decode(descriptor.clone(), bytes.as_slice()).unwrap();
        // What is absent is tried inside the body of the command, not as another body.
        let sets = tampered(&message, false).into_iter().map(|it| (true, it));
        let adds = tampered(&message, true).into_iter();
        let body = format!("commands.{}.", command.body.kind().name());
        let adds = adds
            .filter(|(path, _)| path.starts_with(&body))
            .map(|it| (false, it));
        for (was_there, (path, changed)) in sets.chain(adds) {
            let changed = v1::AppendRequest::decode(changed.encode_to_vec().as_slice()).unwrap();
            let problems = append_request_from_proto(&changed, 10, &compile);
            let problems = problems.expect_err(&path);
            let name = path.rsplit('.').next().unwrap();
            let names_it = problems.iter().any(|it| it.field().contains(name));
            // An added field may be refused together with one that stands there.
            assert!(names_it || !was_there, "{path}: {problems:?}");
            let said = format!("{problems:?}");
            assert!(!said.contains("19900101"), "{path}: {said}");
            untried.remove(&path);
        }
    }
    assert_eq!(untried, BTreeSet::new(), "no sample holds these");
}

#[test]
fn what_was_recorded_is_read_whatever_it_holds() {
    let pool = request_descriptor().parent_pool().clone();
    let descriptor = pool
        .get_message_by_name("subsidy.ledger.v1.RecordedEvent")
        .unwrap();
    for recorded in samples::events() {
        let mut bytes = Vec::new();
        ledger_proto::recorded_event_to_bytes(&recorded, &mut bytes);
        let message = DynamicMessage::decode(descriptor.clone(), bytes.as_slice()).unwrap();
        for (path, changed) in tampered(&message, false) {
            // Codes have forms of their own, which no identity number fulfils.
            let coded = [
                "institution",
                "employer",
                "evaluator",
                "enterprise",
                "occupation",
                "digest",
                "scheme",
                "action",
                "sector",
            ];
            if coded.iter().any(|name| path.ends_with(name)) {
                continue;
            }
            let read =
                recorded_event_from_bytes(&changed.encode_to_vec(), &mut Interner::default());
            assert!(read.is_ok(), "{path}: {:?}", read.err());
        }
    }
}
