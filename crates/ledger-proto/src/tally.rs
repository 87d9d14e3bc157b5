//! What a message holds, counted over its bytes before anything is decoded.
//!
//! Decoding makes a message larger: an empty command takes two bytes on the wire and some three
//! hundred in memory. So the fields of a message are counted first, by the contract's own
//! description: every field at every level, the commands of a request, and the bytes of policy
//! documents, which have a bound of their own. It takes some microseconds for each 100 KB and
//! allocates nothing.

use crate::FILE_DESCRIPTOR_SET;
use prost::Message as _;
use prost_types::field_descriptor_proto::Type;
use prost_types::{DescriptorProto, FileDescriptorSet};
use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

/// A method of the contract, as far as its requests go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Method {
    request: usize,
    /// Whether the caller sends a stream of requests.
    pub streams_requests: bool,
    /// Whether a request holds commands; any other one asks a question.
    pub takes_commands: bool,
}

/// What a message holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Commands of a request.
    pub commands: usize,
    /// Fields at all levels, each as often as it is there.
    pub fields: usize,
    /// Bytes of policy documents.
    pub document_bytes: usize,
}

/// The messages of the contract: for each its fields by number.
struct Shapes {
    messages: Vec<BTreeMap<u32, Field>>,
    methods: HashMap<String, Method>,
}

/// What is counted of a field beside its being there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    /// A message: its fields are counted too.
    Message(usize),
    /// The same, and one of the commands of a request.
    Command(usize),
    /// The text of a policy document.
    Document,
    Other,
}

/// Levels that are looked into; the contract has six.
const DEPTH_MAX: usize = 16;

impl Method {
    /// The method of a path such as `/subsidy.ledger.v1.LedgerService/Append`.
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        shapes().methods.get(path).copied()
    }

    /// Counts what a request of this method holds. The count ends early once there are more than
    /// `fields_max` fields, and where the bytes are no message, which decoding will tell.
    #[must_use]
    pub fn tally(self, message: &[u8], fields_max: usize) -> Tally {
        let mut counting = Counting {
            shapes: shapes(),
            tally: Tally::default(),
            fields_max,
        };
        // What is no message is counted as far as it goes.
        let _: Option<()> = counting.message(self.request, message, 0);
        counting.tally
    }
}

fn shapes() -> &'static Shapes {
    static SHAPES: OnceLock<Shapes> = OnceLock::new();
    SHAPES.get_or_init(|| {
        let files = FileDescriptorSet::decode(FILE_DESCRIPTOR_SET);
        Shapes::of(&files.expect("the description of the contract was generated with it"))
    })
}

impl Shapes {
    fn of(files: &FileDescriptorSet) -> Self {
        let mut named = Vec::new();
        for file in &files.file {
            let package = format!(".{}", file.package());
            for message in &file.message_type {
                collect(&package, message, &mut named);
            }
        }
        let numbers: HashMap<&str, usize> = named
            .iter()
            .enumerate()
            .map(|(index, (name, _))| (name.as_str(), index))
            .collect();
        let messages = named.iter().map(|(_, message)| fields(message, &numbers));
        let messages: Vec<_> = messages.collect();
        let mut methods = HashMap::new();
        for file in &files.file {
            for service in &file.service {
                for method in &service.method {
                    let path = format!("/{}.{}/{}", file.package(), service.name(), method.name());
                    if let Some(request) = numbers.get(method.input_type()) {
                        let mut fields = messages.get(*request).into_iter().flatten();
                        let method = Method {
                            request: *request,
                            streams_requests: method.client_streaming(),
                            takes_commands: fields.any(|(_, it)| matches!(it, Field::Command(_))),
                        };
                        methods.insert(path, method);
                    }
                }
            }
        }
        Self { messages, methods }
    }
}

/// Every message with its full name, those inside of others too.
fn collect<'a>(
    within: &str,
    message: &'a DescriptorProto,
    named: &mut Vec<(String, &'a DescriptorProto)>,
) {
    let name = format!("{within}.{}", message.name());
    for inner in &message.nested_type {
        collect(&name, inner, named);
    }
    named.push((name, message));
}

fn fields(message: &DescriptorProto, numbers: &HashMap<&str, usize>) -> BTreeMap<u32, Field> {
    let fields = message.field.iter().filter_map(|field| {
        let number = u32::try_from(field.number()).ok()?;
        let kind = match (field.r#type(), field.name()) {
            (Type::Message, name) => match (numbers.get(field.type_name()), name) {
                (Some(index), "commands") => Field::Command(*index),
                (Some(index), _) => Field::Message(*index),
                (None, _) => Field::Other,
            },
            (Type::String, "text" | "policy_text") => Field::Document,
            _ => Field::Other,
        };
        Some((number, kind))
    });
    fields.collect()
}

struct Counting {
    shapes: &'static Shapes,
    tally: Tally,
    fields_max: usize,
}

impl Counting {
    /// Counts the fields of a message; `None` when they are too many, or no fields.
    fn message(&mut self, shape: usize, message: &[u8], depth: usize) -> Option<()> {
        let fields = self.shapes.messages.get(shape)?;
        let mut rest = message;
        while !rest.is_empty() {
            let key = varint(&mut rest)?;
            self.tally.fields = self.tally.fields.saturating_add(1);
            if self.tally.fields > self.fields_max {
                return None;
            }
            let number = u32::try_from(key >> 3).ok()?;
            match key & 7 {
                0 => drop(varint(&mut rest)?),
                1 => drop(take(&mut rest, 8)?),
                2 => {
                    let length = usize::try_from(varint(&mut rest)?).ok()?;
                    let value = take(&mut rest, length)?;
                    let field = fields.get(&number).copied();
                    self.value(field.unwrap_or(Field::Other), value, depth)?;
                }
                3 => self.group(&mut rest)?,
                5 => drop(take(&mut rest, 4)?),
                _ => return None,
            }
        }
        Some(())
    }

    /// Goes over a group, whose beginning was read. The contract has none; decoding goes over those
    /// of unknown fields, and on behind them.
    fn group(&mut self, rest: &mut &[u8]) -> Option<()> {
        let mut open = 1_usize;
        while open > 0 {
            let key = varint(rest)?;
            self.tally.fields = self.tally.fields.saturating_add(1);
            if self.tally.fields > self.fields_max {
                return None;
            }
            match key & 7 {
                0 => drop(varint(rest)?),
                1 => drop(take(rest, 8)?),
                2 => {
                    let length = usize::try_from(varint(rest)?).ok()?;
                    let _skipped = take(rest, length)?;
                }
                3 => open = open.saturating_add(1),
                4 => open = open.saturating_sub(1),
                5 => drop(take(rest, 4)?),
                _ => return None,
            }
        }
        Some(())
    }

    fn value(&mut self, field: Field, value: &[u8], depth: usize) -> Option<()> {
        let inner = match field {
            Field::Command(inner) => {
                self.tally.commands = self.tally.commands.saturating_add(1);
                inner
            }
            Field::Message(inner) => inner,
            Field::Document => {
                let bytes = self.tally.document_bytes.saturating_add(value.len());
                self.tally.document_bytes = bytes;
                return Some(());
            }
            Field::Other => return Some(()),
        };
        let deeper = depth.checked_add(1).filter(|depth| *depth < DEPTH_MAX)?;
        self.message(inner, value, deeper)
    }
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (head, tail) = rest.split_at_checked(count)?;
    *rest = tail;
    Some(head)
}

fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, tail) = rest.split_first()?;
        *rest = tail;
        number |= u64::from(byte & 0x7F).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v1;

    const APPEND: &str = "/subsidy.ledger.v1.LedgerService/Append";

    fn request(commands: Vec<v1::Command>) -> v1::AppendRequest {
        v1::AppendRequest {
            request_id: vec![1; 16],
            commands,
            ..v1::AppendRequest::default()
        }
    }

    fn with(body: v1::command::Body) -> v1::Command {
        v1::Command {
            body: Some(body),
            ..v1::Command::default()
        }
    }

    fn counted(message: &impl prost::Message, fields_max: usize) -> Tally {
        let append = Method::of_path(APPEND).unwrap();
        append.tally(&message.encode_to_vec(), fields_max)
    }

    #[test]
    fn commands_fields_and_documents_are_counted_at_every_level() {
        let empty = v1::Command::default();
        let publish = with(v1::command::Body::PublishPolicy(v1::PublishPolicy {
            text: "x".repeat(300),
        }));
        let pay = with(v1::command::Body::OrderDisbursement(
            v1::OrderDisbursement {
                class_id: vec![2; 16],
                beneficiary_keys: vec![vec![]; 7],
                ..v1::OrderDisbursement::default()
            },
        ));
        // Each with the id of the request, the command and its body.
        let cases = [
            (request(vec![]), (0, 1, 0)),
            (request(vec![empty.clone(); 3]), (3, 4, 0)),
            (request(vec![publish.clone()]), (1, 4, 300)),
            (request(vec![publish.clone(), publish]), (2, 7, 600)),
            (request(vec![pay, empty]), (2, 12, 0)),
        ];
        for (message, (commands, fields, document_bytes)) in cases {
            let expected = Tally {
                commands,
                fields,
                document_bytes,
            };
            assert_eq!(counted(&message, usize::MAX), expected, "{message:?}");
        }
    }

    #[test]
    fn a_count_ends_at_its_bound_and_where_there_is_no_message() {
        let many = request(vec![v1::Command::default(); 100]);
        assert_eq!(counted(&many, 10).fields, 11);
        let append = Method::of_path(APPEND).unwrap();
        let bytes = many.encode_to_vec();
        for end in 0..bytes.len() {
            assert!(append.tally(&bytes[..end], 1_000).commands <= 100);
        }
        for noise in [
            &[0xFF; 20][..],
            &[0x0B],
            &[0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
            &[0x12],
        ] {
            assert_eq!(append.tally(noise, 1_000).commands, 0);
        }
    }

    /// Decoding goes over the groups of unknown fields, and takes what comes behind them.
    #[test]
    fn what_stands_behind_a_group_is_counted_as_well() {
        use prost::Message as _;
        let append = Method::of_path(APPEND).unwrap();
        let many = request(vec![v1::Command::default(); 100]).encode_to_vec();
        for group in [
            &[0xA3, 0x06, 0xA4, 0x06][..],
            // With each kind of field in it, and with a group.
            &[
                0xA3, 0x06, 0x08, 0x80, 0x01, 0x09, 1, 2, 3, 4, 5, 6, 7, 8, 0x12, 0x02, 0xA4, 0x06,
                0x0B, 0x0D, 1, 2, 3, 4, 0x0C, 0xA4, 0x06,
            ],
        ] {
            let message = [group, &many].concat();
            let decoded = v1::AppendRequest::decode(message.as_slice()).unwrap();
            assert_eq!(decoded.commands.len(), 100);
            assert_eq!(append.tally(&message, 1_000).commands, 100, "{group:x?}");
            assert_eq!(append.tally(&message, 3).fields, 4, "{group:x?}");
            let open = [&[0xA3, 0x06], &many[..]].concat();
            assert_eq!(append.tally(&open, 1_000).commands, 0);
            assert!(v1::AppendRequest::decode(open.as_slice()).is_err());
        }
    }

    #[test]
    fn every_method_is_known_and_only_one_takes_a_stream() {
        let streams: Vec<_> = shapes()
            .methods
            .iter()
            .filter(|(_, method)| method.streams_requests)
            .map(|(path, _)| path.as_str())
            .collect();
        assert_eq!(streams, ["/subsidy.ledger.v1.LedgerService/AppendStream"]);
        assert!(shapes().methods.len() > 20);
        assert_eq!(Method::of_path("/subsidy.ledger.v1.LedgerService/No"), None);
    }
}
