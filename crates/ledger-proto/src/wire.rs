//! Commands and events, in both directions from one table each.
//!
//! Every type that stands in a field of a command or an event says once how it stands on the wire
//! ([`codecs!`], in `value`, and `enums!` for enums). [`messages!`] then pairs the fields of a
//! payload with those of its message, one short block for each kind, and writes both directions.
//! Which kinds there are is for the tables of kinds in the core to say.
//!
//! Both directions name every field on both sides, so a field that one side alone has does not
//! compile.

mod account;
mod award;
mod certificate;
mod claim;
mod class;
mod correction;
mod institution;
mod order;
mod payment;
mod person;
mod policy;
mod supervision;
mod training;
mod value;

use ledger_core::command::CommandBody;
use ledger_core::event::{EventBody, Subject};

use crate::error::{DecodeError, Within as _};
use crate::from_proto::{CompilePolicy, door, value as record};
use crate::interner::Interner;
use crate::v1;

/// What is asked for: no text and no key holds personal data, and a document is compiled.
#[derive(Clone, Copy)]
pub(crate) struct Door<'a> {
    pub(crate) compile_policy: CompilePolicy<'a>,
}

/// What was recorded: it is read as it stands in the log, whatever a door refuses today.
#[derive(Clone, Copy)]
pub(crate) struct Record;

/// Where a message comes from, and what repeats from one to the next.
pub(crate) struct Reader<'a, Source> {
    pub(crate) names: &'a mut Interner,
    pub(crate) source: Source,
}

/// How a value stands on the wire.
pub(crate) trait ToWire {
    /// The type of its field, or its message.
    type Wire;

    /// Translates it; cannot fail.
    fn to_wire(&self) -> Self::Wire;
}

/// How a value is read from a message of this source.
pub(crate) trait FromWire<Source>: ToWire + Sized {
    /// Reads it, or says what is wrong, with the path from here.
    fn from_wire(wire: &Self::Wire, reader: &mut Reader<'_, Source>) -> Result<Self, DecodeError>;
}

/// How a source reads what a payment, a finding or a clawback is about.
pub(crate) trait ReadSubject {
    /// Reads the class or the award, of which one is empty.
    fn subject(class_id: &[u8], award_id: &[u8]) -> Result<Subject, DecodeError>;
}

impl ReadSubject for Door<'_> {
    fn subject(class_id: &[u8], award_id: &[u8]) -> Result<Subject, DecodeError> {
        door::subject(class_id, award_id)
    }
}

impl ReadSubject for Record {
    fn subject(class_id: &[u8], award_id: &[u8]) -> Result<Subject, DecodeError> {
        record::subject(class_id, award_id)
    }
}

impl<T: ToWire> ToWire for Vec<T> {
    type Wire = Vec<T::Wire>;

    fn to_wire(&self) -> Vec<T::Wire> {
        self.iter().map(T::to_wire).collect()
    }
}

/// The bound of a list that was recorded: what is in the log is read, however long.
pub(crate) const ANY: usize = usize::MAX;

/// Says how types stand on the wire. A row reads
///
/// ```text
/// Type as type on the wire: read how, write how;
/// Type as type on the wire: asked how a door reads it, recorded how what is in the log, write how;
/// ```
macro_rules! codecs {
    ($(
        $value:ty as $wire:ty:
        $( read $read:expr, )?
        $( asked $asked:expr, recorded $recorded:expr, )?
        write $write:expr;
    )+) => {$(
        impl ToWire for $value {
            type Wire = $wire;

            fn to_wire(&self) -> $wire {
                let write: fn(&Self) -> $wire = $write;
                write(self)
            }
        }

        $(
            impl<Source> FromWire<Source> for $value {
                fn from_wire(
                    wire: &$wire,
                    reader: &mut Reader<'_, Source>,
                ) -> Result<Self, DecodeError> {
                    let read: fn(&$wire, &mut Interner) -> Result<Self, DecodeError> = $read;
                    read(wire, reader.names)
                }
            }
        )?

        $(
            impl FromWire<Door<'_>> for $value {
                fn from_wire(
                    wire: &$wire,
                    reader: &mut Reader<'_, Door<'_>>,
                ) -> Result<Self, DecodeError> {
                    let read: fn(&$wire, &mut Interner) -> Result<Self, DecodeError> = $asked;
                    read(wire, reader.names)
                }
            }

            impl FromWire<Record> for $value {
                fn from_wire(
                    wire: &$wire,
                    reader: &mut Reader<'_, Record>,
                ) -> Result<Self, DecodeError> {
                    let read: fn(&$wire, &mut Interner) -> Result<Self, DecodeError> = $recorded;
                    read(wire, reader.names)
                }
            }
        )?
    )+};
}

/// Pairs payloads with the messages of the same name: `commands:` with what a door takes,
/// `events:` with what was recorded. Fields are read in the order in which they stand here, and
/// the first wrong one is named. A field reads
///
/// ```text
/// field: field_on_the_wire                 one value
/// field: field_on_the_wire[most entries]   a list
/// field: (class_id, award_id)              what it is about: one of them is empty
/// field: ..oneof                           one of several fields of the message itself
/// ```
macro_rules! messages {
    (commands: $($messages:tt)+) => { messages! { @ Door<'_>, command; $($messages)+ } };
    (events: $($messages:tt)+) => { messages! { @ Record, event; $($messages)+ } };
    (@ $source:ty, $module:ident; $(
        $name:ident {
            $(
                $field:ident:
                $( $wire:ident $( [$max:expr] )? )?
                $( ($class_id:ident, $award_id:ident) )?
                $( ..$oneof:ident )?
            ),+ $(,)?
        }
    )+) => {$(
        impl ToWire for ledger_core::$module::$name {
            type Wire = v1::$name;

            fn to_wire(&self) -> v1::$name {
                $( $( let ($class_id, $award_id) = subject(self.$field); )? )+
                v1::$name {
                    $(
                        $( $wire: self.$field.to_wire(), )?
                        $( $class_id, $award_id, )?
                        $( $oneof: self.$field.to_wire(), )?
                    )+
                }
            }
        }

        impl FromWire<$source> for ledger_core::$module::$name {
            fn from_wire(
                wire: &v1::$name,
                reader: &mut Reader<'_, $source>,
            ) -> Result<Self, DecodeError> {
                Ok(Self {
                    $(
                        $field:
                        $( field!(wire, $wire $( [$max] )?, reader) )?
                        $( <$source as ReadSubject>::subject(&wire.$class_id, &wire.$award_id)? )?
                        $( FromWire::from_wire(&wire.$oneof, reader)? )?,
                    )+
                })
            }
        }
    )+};
}

/// Reads one field of a message.
macro_rules! field {
    ($message:ident, $wire:ident, $reader:ident) => {
        FromWire::from_wire(&$message.$wire, $reader).within(stringify!($wire))?
    };
    ($message:ident, $wire:ident[$max:expr], $reader:ident) => {
        list(stringify!($wire), &$message.$wire, $max, |item| {
            FromWire::from_wire(item, $reader)
        })?
    };
}

pub(crate) use {codecs, field, messages};

/// What the tables of an area need.
mod prelude {
    pub(super) use super::{
        ANY, Door, FromWire, ReadSubject, Reader, Record, ToWire, field, messages,
    };
    pub(super) use crate::error::{DecodeError, Within as _};
    pub(super) use crate::from_proto::value::{CLASS_SIZE_MAX, list};
    pub(super) use crate::to_proto::value::subject;
    pub(super) use crate::v1;
}

/// Writes the translations of what is asked for, from the table of kinds.
macro_rules! command_bodies {
    ($( $kind:ident $verb:ident $event:ident: $name:literal; )+) => {
        impl ToWire for CommandBody {
            type Wire = v1::command::Body;

            fn to_wire(&self) -> v1::command::Body {
                match self {
                    $( Self::$kind(command) => v1::command::Body::$kind(command.to_wire()), )+
                }
            }
        }

        impl<'a> FromWire<Door<'a>> for CommandBody {
            fn from_wire(
                wire: &v1::command::Body,
                reader: &mut Reader<'_, Door<'a>>,
            ) -> Result<Self, DecodeError> {
                match wire {
                    $(
                        v1::command::Body::$kind(wire) => FromWire::from_wire(wire, reader)
                            .map(Self::$kind)
                            .within($name),
                    )+
                }
            }
        }
    };
}

ledger_core::each_command!(command_bodies);

/// Writes the translations of what happened, from the table of kinds.
macro_rules! event_bodies {
    ($(
        $number:literal $kind:ident $nature:ident from $command:ident:
        $name:literal, $english:literal, $chinese:literal;
    )+) => {
        impl ToWire for EventBody {
            type Wire = v1::recorded_event::Body;

            fn to_wire(&self) -> v1::recorded_event::Body {
                match self {
                    $( Self::$kind(event) => v1::recorded_event::Body::$kind(event.to_wire()), )+
                }
            }
        }

        impl FromWire<Record> for EventBody {
            fn from_wire(
                wire: &v1::recorded_event::Body,
                reader: &mut Reader<'_, Record>,
            ) -> Result<Self, DecodeError> {
                match wire {
                    $(
                        v1::recorded_event::Body::$kind(wire) => FromWire::from_wire(wire, reader)
                            .map(Self::$kind)
                            .within($name),
                    )+
                }
            }
        }
    };
}

ledger_core::each_event!(event_bodies);
