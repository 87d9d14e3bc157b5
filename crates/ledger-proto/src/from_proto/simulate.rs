//! What a simulation decides anew.

use ledger_core::BusinessDate;
use ledger_core::simulate::Scope;

use super::{date_from_proto, division_from_proto};
use crate::error::{DecodeError, DecodeProblem, Within as _};
use crate::v1;

/// Reads the bounds of a simulation; what is absent, or 0, is no bound.
///
/// # Errors
///
/// Names the bound that is wrong: no day, no division, or a last day before the first one, which
/// would simulate nothing and look as if the draft changed nothing.
pub fn simulation_scope_from_proto(wire: &v1::SimulateRequest) -> Result<Scope, DecodeError> {
    let from = day(wire.from_date).within("from_date")?;
    let until = day(wire.until_date).within("until_date")?;
    if let (Some(from), Some(until)) = (from, until)
        && until < from
    {
        return Err(DecodeError::new("until_date", DecodeProblem::Reversed));
    }
    let division = match wire.division {
        0 => None,
        code => Some(division_from_proto(code).within("division")?),
    };
    Ok(Scope {
        from,
        until,
        division,
    })
}

fn day(wire: Option<v1::Date>) -> Result<Option<BusinessDate>, DecodeError> {
    wire.map(|wire| date_from_proto(Some(&wire))).transpose()
}
