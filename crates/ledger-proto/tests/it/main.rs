//! The contract seen from outside: golden bytes, round trips, wrong fields, statuses.

#[cfg(test)]
mod decode_errors;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod kept;
#[cfg(test)]
mod personal_data;
#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod status;
#[cfg(test)]
mod wrong_fields;
