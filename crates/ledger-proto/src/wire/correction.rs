//! Corrections: facts that are taken back, with a copy of what is taken back and what stands again.

use ledger_core::event::{FactAnnulled, PastEvent, PastFact};

use super::prelude::*;
use crate::error::DecodeProblem;

messages! { commands:
    AnnulFact { position: position, grounds: grounds, decision_number: decision_number }
}

messages! { events:
    PastEvent { position: position, on: occurred_date, fact: ..fact }
}

// The annulled event is a message of its own that has to be there.
impl ToWire for FactAnnulled {
    type Wire = v1::FactAnnulled;

    fn to_wire(&self) -> v1::FactAnnulled {
        let Self {
            annulled,
            stands_again,
            grounds,
            decision_number,
        } = self;
        v1::FactAnnulled {
            annulled: Some(annulled.to_wire()),
            stands_again: stands_again.to_wire(),
            grounds: grounds.to_wire(),
            decision_number: decision_number.to_wire(),
        }
    }
}

impl FromWire<Record> for FactAnnulled {
    fn from_wire(
        wire: &v1::FactAnnulled,
        reader: &mut Reader<'_, Record>,
    ) -> Result<Self, DecodeError> {
        let annulled = match &wire.annulled {
            Some(annulled) => PastEvent::from_wire(annulled, reader),
            None => Err(DecodeProblem::Missing.into()),
        };
        Ok(Self {
            annulled: annulled.within("annulled")?,
            stands_again: field!(wire, stands_again[ANY], reader),
            grounds: field!(wire, grounds, reader),
            decision_number: field!(wire, decision_number, reader),
        })
    }
}

/// Writes the translations of past facts, from their table.
macro_rules! past_facts {
    ($( $kind:ident: $name:literal; )+) => {
        impl ToWire for PastFact {
            type Wire = Option<v1::past_event::Fact>;

            fn to_wire(&self) -> Option<v1::past_event::Fact> {
                Some(match self {
                    $( Self::$kind(fact) => v1::past_event::Fact::$kind(fact.to_wire()), )+
                })
            }
        }

        impl FromWire<Record> for PastFact {
            fn from_wire(
                wire: &Option<v1::past_event::Fact>,
                reader: &mut Reader<'_, Record>,
            ) -> Result<Self, DecodeError> {
                match wire {
                    $(
                        Some(v1::past_event::Fact::$kind(wire)) => FromWire::from_wire(wire, reader)
                            .map(Self::$kind)
                            .within($name),
                    )+
                    None => Err(DecodeError::from(DecodeProblem::Missing).within("fact")),
                }
            }
        }
    };
}

ledger_core::each_past_fact!(past_facts);
