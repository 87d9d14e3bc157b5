//! The contract in JSON that people and scripts can read and write.
//!
//! It is the JSON mapping of protobuf with these differences, each for a reader's sake:
//!
//! - identifiers and person keys are UUID text instead of base64, other bytes are hexadecimal;
//! - a business date is `"2021-03-01"` instead of an object of three numbers;
//! - 64-bit numbers are numbers instead of text: positions and fen stay far below 2^53;
//! - a field that holds nothing but its default is written all the same, unless its absence means
//!   something.
//!
//! A key stands once in its object, in whatever spelling, and neither keys nor texts hold
//! characters that cannot be seen: [`read_values`] refuses them with their place.
//!
//! Field names are the JSON names of the contract (`classId`); its own names (`class_id`) are read,
//! too. Money is a whole number of fen.

mod strict;

use std::fmt;
use std::sync::LazyLock;

use ledger_core::{BusinessDate, RequestId, hex};
use ledger_proto::{FILE_DESCRIPTOR_SET, v1};
use prost::Message;
use prost_reflect::{
    DescriptorPool, DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor,
    ReflectMessage as _, Value as Field,
};
use serde_json::{Map, Value};

pub use strict::{invisible_character, read_values};

const DATE: &str = "subsidy.ledger.v1.Date";
const TIMESTAMP: &str = "google.protobuf.Timestamp";

static CONTRACT: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(FILE_DESCRIPTOR_SET).expect("the committed descriptor set is whole")
});

/// A message that can be written as JSON.
pub trait JsonMessage: Message + Default {
    /// Its full name in the contract.
    const NAME: &'static str;
}

macro_rules! json_messages {
    ($($name:ident)+) => {
        $(impl JsonMessage for v1::$name {
            const NAME: &'static str = concat!("subsidy.ledger.v1.", stringify!($name));
        })+

        #[cfg(test)]
        const NAMES: &[&str] = &[$(<v1::$name as JsonMessage>::NAME),+];
    };
}

json_messages! {
    AccountEntry AppendResponse BackUpProgress CheckEligibilityResponse Command
    DecisionExplanation Epoch EventEnvelope FieldViolation GetAccountResponse GetAwardResponse
    GetCertificateResponse GetClassResponse GetDisbursementResponse GetOrderResponse
    GetPolicyResponse GetQuotaResponse GetStatusResponse IndexedRefusal ListAccountEntriesResponse
    ListAccountsResponse ListBackupsResponse ListRefusalsResponse PolicyFinding PublishedPolicy
    RebuildProgress RecordedEvent RecordedRefusal Refusal ReportProgressResponse
    SimulationDifference SimulationReport TraceNode TraceSummary VerifyProgress
}

/// Writes a message.
#[must_use]
pub fn to_json<M: JsonMessage>(message: &M) -> Value {
    let mut dynamic = DynamicMessage::new(descriptor(M::NAME));
    dynamic
        .transcode_from(message)
        .expect("code and descriptors come from the same contract");
    write_message(&dynamic)
}

/// Reads a message.
///
/// # Errors
///
/// Names the first field that is wrong. The error never repeats a value: somebody may have put an
/// identity number there.
pub fn from_json<M: JsonMessage>(json: &Value) -> Result<M, JsonError> {
    let dynamic = read_message(json, &descriptor(M::NAME))?;
    Ok(dynamic
        .transcode_to()
        .expect("code and descriptors come from the same contract"))
}

/// A field that is not what the contract asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonError {
    path: String,
    problem: JsonProblem,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonProblem {
    /// Another kind of value stands there.
    #[error("{expected} is expected here")]
    Expected {
        /// What is expected.
        expected: &'static str,
    },
    /// The message has no such field.
    #[error("there is no such field")]
    UnknownField,
    /// The field stands there under both of its names.
    #[error("the field stands there twice")]
    Twice,
    /// Fields that exclude each other.
    #[error("only one of these can be set: {0}")]
    OneOf(String),
    /// No name of the enum.
    #[error("one of these is expected: {0}")]
    EnumName(String),
}

impl JsonError {
    fn new(problem: JsonProblem) -> Self {
        Self {
            path: String::new(),
            problem,
        }
    }

    fn within(mut self, outer: &str) -> Self {
        let separator = if self.path.is_empty() || self.path.starts_with('[') {
            ""
        } else {
            "."
        };
        self.path = format!("{outer}{separator}{}", self.path);
        self
    }

    /// The path of the field, such as `enrolPerson.classId`; empty for the message itself.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => write!(formatter, "{}", self.problem),
            path => write!(formatter, "{path}: {}", self.problem),
        }
    }
}

impl std::error::Error for JsonError {}

fn descriptor(name: &str) -> MessageDescriptor {
    CONTRACT
        .get_message_by_name(name)
        .expect("the contract has every message named here")
}

fn write_message(message: &DynamicMessage) -> Value {
    let descriptor = message.descriptor();
    match descriptor.full_name() {
        DATE => return write_date(message),
        TIMESTAMP => return write_timestamp(message),
        _ => {}
    }
    let mut object = Map::new();
    for field in descriptor.fields() {
        if field.supports_presence() && !message.has_field(&field) {
            continue;
        }
        let value = write_field(&message.get_field(&field), &field.kind());
        object.insert(field.json_name().to_owned(), value);
    }
    Value::Object(object)
}

fn write_field(field: &Field, kind: &Kind) -> Value {
    match field {
        Field::Bool(value) => Value::from(*value),
        Field::I32(value) => Value::from(*value),
        Field::I64(value) => Value::from(*value),
        Field::U32(value) => Value::from(*value),
        Field::U64(value) => Value::from(*value),
        Field::String(value) => Value::from(value.as_str()),
        Field::Bytes(value) => Value::from(bytes_to_text(value)),
        Field::EnumNumber(number) => write_enum(*number, kind),
        Field::Message(message) => write_message(message),
        Field::List(items) => items.iter().map(|item| write_field(item, kind)).collect(),
        Field::F32(_) | Field::F64(_) | Field::Map(_) => {
            unreachable!("the contract has no floats and no maps")
        }
    }
}

/// Writes sixteen bytes as UUID, others in hexadecimal.
#[must_use]
pub fn bytes_to_text(bytes: &[u8]) -> String {
    match <[u8; 16]>::try_from(bytes) {
        Ok(id) => RequestId::from_bytes(id).to_string(),
        Err(_) => hex::encode(bytes),
    }
}

/// A number that this version has no name for is written as a number, as protobuf does.
fn write_enum(number: i32, kind: &Kind) -> Value {
    let name = kind.as_enum().and_then(|kind| kind.get_value(number));
    name.map_or_else(|| Value::from(number), |value| Value::from(value.name()))
}

fn write_date(message: &DynamicMessage) -> Value {
    let date: v1::Date = message.transcode_to().expect("a date is a date");
    Value::from(date_to_text(date))
}

/// Writes a date of the contract as `2021-03-01`.
#[must_use]
pub fn date_to_text(date: v1::Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
}

fn write_timestamp(message: &DynamicMessage) -> Value {
    let time: prost_types::Timestamp = message.transcode_to().expect("a timestamp is a timestamp");
    Value::from(time.to_string())
}

fn read_message(json: &Value, kind: &MessageDescriptor) -> Result<DynamicMessage, JsonError> {
    match kind.full_name() {
        DATE => return read_date(json, kind),
        TIMESTAMP => return read_timestamp(json, kind),
        _ => {}
    }
    let mut message = DynamicMessage::new(kind.clone());
    for (name, value) in json.as_object().ok_or_else(|| expected("an object"))? {
        let named = |problem| JsonError::new(problem).within(name);
        let by_name = || kind.get_field_by_name(name);
        let field = kind.get_field_by_json_name(name).or_else(by_name);
        let field = field.ok_or_else(|| named(JsonProblem::UnknownField))?;
        if value.is_null() {
            continue;
        }
        if message.has_field(&field) {
            return Err(named(JsonProblem::Twice));
        }
        if let Some(members) = excluded_by(&message, &field) {
            return Err(named(JsonProblem::OneOf(members)));
        }
        let value = read_field(value, &field).map_err(|error| error.within(name))?;
        message.set_field(&field, value);
    }
    Ok(message)
}

/// The names of a oneof of which another member is set already.
fn excluded_by(message: &DynamicMessage, field: &FieldDescriptor) -> Option<String> {
    let oneof = field.containing_oneof()?;
    let is_set = oneof.fields().any(|member| message.has_field(&member));
    let names = || oneof.fields().map(|member| member.json_name().to_owned());
    is_set.then(|| names().collect::<Vec<_>>().join(", "))
}

fn read_field(json: &Value, field: &FieldDescriptor) -> Result<Field, JsonError> {
    if !field.is_list() {
        return read_value(json, &field.kind());
    }
    let items = json.as_array().ok_or_else(|| expected("a list"))?;
    let item = |(index, item)| {
        read_value(item, &field.kind())
            .map_err(|error: JsonError| error.within(&format!("[{index}]")))
    };
    Ok(Field::List(
        items
            .iter()
            .enumerate()
            .map(item)
            .collect::<Result<_, _>>()?,
    ))
}

fn read_value(json: &Value, kind: &Kind) -> Result<Field, JsonError> {
    match kind {
        Kind::Bool => json
            .as_bool()
            .map(Field::Bool)
            .ok_or_else(|| expected("true or false")),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => read_integer(json).map(Field::I32),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => read_integer(json).map(Field::I64),
        Kind::Uint32 | Kind::Fixed32 => read_integer(json).map(Field::U32),
        Kind::Uint64 | Kind::Fixed64 => read_integer(json).map(Field::U64),
        Kind::String => json
            .as_str()
            .map(|text| Field::String(text.to_owned()))
            .ok_or_else(|| expected("text")),
        Kind::Bytes => read_bytes(json),
        Kind::Enum(kind) => read_enum(json, kind),
        Kind::Message(kind) => read_message(json, kind).map(Field::Message),
        Kind::Float | Kind::Double => unreachable!("the contract has no floats"),
    }
}

/// Reads a whole number of the field's range, also when it is written as text.
fn read_integer<N: TryFrom<i128>>(json: &Value) -> Result<N, JsonError> {
    let number = match json {
        Value::Number(number) => number
            .as_i64()
            .map(i128::from)
            .or_else(|| number.as_u64().map(i128::from)),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    number
        .and_then(|number| N::try_from(number).ok())
        .ok_or_else(|| expected("a whole number in the range of the field"))
}

fn read_bytes(json: &Value) -> Result<Field, JsonError> {
    let text = json.as_str().ok_or_else(|| expected("a UUID as text"))?;
    match (RequestId::parse(text), hex::decode_array::<32>(text)) {
        _ if text.is_empty() => Ok(Field::Bytes(prost::bytes::Bytes::new())),
        (Ok(id), _) => Ok(Field::Bytes(prost::bytes::Bytes::copy_from_slice(
            id.as_bytes(),
        ))),
        (Err(_), Some(digest)) => Ok(Field::Bytes(prost::bytes::Bytes::copy_from_slice(&digest))),
        (Err(_), None) => Err(expected(
            "a UUID such as 0190a3b2-0000-7000-8000-000000000001",
        )),
    }
}

fn read_enum(json: &Value, kind: &EnumDescriptor) -> Result<Field, JsonError> {
    let number = match json {
        Value::String(name) => kind.get_value_by_name(name).map(|value| value.number()),
        Value::Number(_) => read_integer(json).ok(),
        _ => None,
    };
    // The first name says that nothing was said.
    let names = || kind.values().skip(1).map(|value| value.name().to_owned());
    number.map(Field::EnumNumber).ok_or_else(|| {
        JsonError::new(JsonProblem::EnumName(
            names().collect::<Vec<_>>().join(", "),
        ))
    })
}

fn read_date(json: &Value, kind: &MessageDescriptor) -> Result<DynamicMessage, JsonError> {
    let date = json
        .as_str()
        .and_then(|text| BusinessDate::parse(text).ok());
    let date = date.ok_or_else(|| expected("a date such as 2021-03-01"))?;
    let mut message = DynamicMessage::new(kind.clone());
    message
        .transcode_from(&ledger_proto::to_proto::date_to_proto(date))
        .expect("a date is a date");
    Ok(message)
}

fn read_timestamp(json: &Value, kind: &MessageDescriptor) -> Result<DynamicMessage, JsonError> {
    let time = json
        .as_str()
        .and_then(|text| text.parse::<prost_types::Timestamp>().ok());
    let time = time.ok_or_else(|| expected("a time such as 2021-03-01T08:00:00Z"))?;
    let mut message = DynamicMessage::new(kind.clone());
    message
        .transcode_from(&time)
        .expect("a timestamp is a timestamp");
    Ok(message)
}

const fn expected(expected: &'static str) -> JsonError {
    JsonError {
        path: String::new(),
        problem: JsonProblem::Expected { expected },
    }
}

#[cfg(test)]
mod tests;
