//! The stored answer to a request: its digest and what became of each command.
//!
//! Neighbouring commands that became one event each are stored as one run, so that the answer to
//! a batch of a thousand takes some fifty bytes.

use crate::refusals::{Facts, take_refusal};
use crate::request::{Appended, Outcome};
use crate::wire::{CodecError, Reader, Wire};
use ledger_core::Position;

/// The version of the encoding. Version 1 did not hold the numbers of the refusals, and up to
/// version 2 a refusal named every fact; both are read for ever.
const VERSION: u8 = 3;
const VERSION_WITHOUT_COUNT: u8 = 2;
const VERSION_WITHOUT_NUMBERS: u8 = 1;

/// `count` commands, each one event, from a position on.
const RUN: u8 = 1;
/// One command that became several events.
const SEVERAL: u8 = 2;
const REFUSED: u8 = 3;
/// `count` commands that were not attempted.
const NOT_ATTEMPTED: u8 = 4;

/// Returns the stored form of an answer.
pub(crate) fn encode_answer(digest: &[u8; 32], appended: &Appended) -> Vec<u8> {
    let mut out = Vec::with_capacity(64);
    out.push(VERSION);
    digest.put(&mut out);
    appended.log_position.put(&mut out);
    appended.first_refusal.put(&mut out);
    appended.outcomes.len().put(&mut out);
    let mut rest = appended.outcomes.as_slice();
    while let Some((outcome, after)) = rest.split_first() {
        let run = run_length(rest);
        match outcome {
            Outcome::Recorded { first, count: 1 } => {
                out.push(RUN);
                first.put(&mut out);
                run.put(&mut out);
            }
            Outcome::Recorded { first, count } => {
                out.push(SEVERAL);
                first.put(&mut out);
                count.put(&mut out);
            }
            Outcome::Refused(refusal) => {
                out.push(REFUSED);
                refusal.put(&mut out);
            }
            Outcome::NotAttempted => {
                out.push(NOT_ATTEMPTED);
                run.put(&mut out);
            }
        }
        rest = rest.get(run..).unwrap_or(after);
    }
    out
}

/// Bytes that a refusal takes in an answer.
#[cfg(test)]
pub(crate) fn refusal_bytes(refusal: &ledger_core::Refusal) -> usize {
    let mut out = vec![REFUSED];
    refusal.put(&mut out);
    out.len()
}

/// Reads what [`encode_answer`] wrote: the digest, and the answer as it is given again.
pub(crate) fn decode_answer(bytes: &[u8]) -> Result<([u8; 32], Appended), CodecError> {
    let (version, facts) = match bytes.first() {
        Some(&VERSION_WITHOUT_NUMBERS) => (VERSION_WITHOUT_NUMBERS, Facts::All),
        Some(&VERSION_WITHOUT_COUNT) => (VERSION_WITHOUT_COUNT, Facts::All),
        _ => (VERSION, Facts::Counted),
    };
    let mut reader = Reader::versioned(bytes, version)?;
    let digest = reader.array()?;
    let log_position = Position::take(&mut reader)?;
    let first_refusal = match version {
        VERSION_WITHOUT_NUMBERS => None,
        _ => <Option<u64> as Wire>::take(&mut reader)?,
    };
    let count = usize::take(&mut reader)?;
    let mut outcomes = Vec::new();
    while outcomes.len() < count {
        take_outcomes(&mut reader, facts, count, &mut outcomes)?;
    }
    reader.finish()?;
    Ok((
        digest,
        Appended {
            outcomes,
            first_refusal,
            replayed: true,
            log_position,
        },
    ))
}

fn take_outcomes(
    reader: &mut Reader<'_>,
    facts: Facts,
    count: usize,
    outcomes: &mut Vec<Outcome>,
) -> Result<(), CodecError> {
    let left = count.saturating_sub(outcomes.len());
    let within = |run: usize| match run {
        run if (1..=left).contains(&run) => Ok(run),
        _ => Err(CodecError::Malformed { field: "run" }),
    };
    match reader.byte()? {
        RUN => {
            let mut first = Position::take(reader)?;
            for _ in 0..within(usize::take(reader)?)? {
                outcomes.push(Outcome::Recorded { first, count: 1 });
                first = first.next();
            }
        }
        SEVERAL => outcomes.push(Outcome::Recorded {
            first: Position::take(reader)?,
            count: u32::take(reader)?,
        }),
        REFUSED => outcomes.push(Outcome::Refused(take_refusal(reader, facts)?)),
        NOT_ATTEMPTED => {
            let run = within(usize::take(reader)?)?;
            outcomes.extend(std::iter::repeat_n(Outcome::NotAttempted, run));
        }
        _ => return Err(CodecError::Malformed { field: "outcome" }),
    }
    Ok(())
}

/// How many outcomes from the first on are stored together with it.
fn run_length(outcomes: &[Outcome]) -> usize {
    let follows = |pair: &[Outcome]| match pair {
        [
            Outcome::Recorded { first, count: 1 },
            Outcome::Recorded {
                first: next,
                count: 1,
            },
        ] => *next == first.next(),
        [Outcome::NotAttempted, Outcome::NotAttempted] => true,
        _ => false,
    };
    1 + outcomes.windows(2).take_while(|pair| follows(pair)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger_core::{Reason, Refusal};

    #[test]
    fn answers_are_read_as_written_and_runs_are_short() {
        let recorded = |first, count| Outcome::Recorded {
            first: Position::new(first),
            count,
        };
        let refused = || Outcome::Refused(Refusal::new(Reason::ClassFull).limit(30, 31));
        let cases: [(Vec<Outcome>, usize); 6] = [
            (vec![], 40),
            (vec![recorded(7, 1)], 48),
            ((1..=1000).map(|at| recorded(at, 1)).collect(), 48),
            (
                vec![
                    recorded(1, 1),
                    recorded(2, 2),
                    recorded(4, 1),
                    recorded(5, 1),
                ],
                64,
            ),
            (
                vec![
                    refused(),
                    Outcome::NotAttempted,
                    Outcome::NotAttempted,
                    refused(),
                ],
                80,
            ),
            (vec![recorded(9, 1), recorded(11, 1)], 64),
        ];
        for (outcomes, bytes_max) in cases {
            let refused = |outcome: &Outcome| matches!(outcome, Outcome::Refused(_));
            let answer = Appended {
                first_refusal: outcomes.iter().any(refused).then_some(300),
                outcomes,
                replayed: true,
                log_position: Position::new(1000),
            };
            let bytes = encode_answer(&[7; 32], &answer);
            assert!(bytes.len() <= bytes_max, "{} bytes", bytes.len());
            assert_eq!(decode_answer(&bytes), Ok(([7; 32], answer)));
            for end in 0..bytes.len() {
                assert!(decode_answer(&bytes[..end]).is_err());
            }
        }
    }

    #[test]
    fn an_answer_without_numbers_is_read_as_such() {
        let answer = Appended {
            outcomes: vec![Outcome::Refused(Refusal::new(Reason::ClassFull))],
            first_refusal: None,
            replayed: true,
            log_position: Position::new(5),
        };
        let mut bytes = encode_answer(&[7; 32], &answer);
        // Version 1 had no number behind the position.
        bytes[0] = VERSION_WITHOUT_NUMBERS;
        assert_eq!(bytes.remove(1 + 32 + 1), 0);
        // Nor a count of facts before the subject, which is absent and the last.
        assert_eq!(bytes.pop(), Some(0));
        assert_eq!(decode_answer(&bytes), Ok(([7; 32], answer)));
        bytes[0] = VERSION + 1;
        assert!(decode_answer(&bytes).is_err());
    }

    #[test]
    fn an_answer_of_version_2_names_every_fact() {
        let blocked = Refusal::new(Reason::ObjectionOpen).because((1..=70).map(Position::new));
        assert_eq!((blocked.facts.len(), blocked.facts_left_off), (64, 6));
        let answer = |refusal| Appended {
            outcomes: vec![Outcome::Refused(refusal)],
            first_refusal: Some(9),
            replayed: true,
            log_position: Position::new(5),
        };
        let mut written = encode_answer(&[7; 32], &answer(blocked.clone()));
        assert_eq!(
            decode_answer(&written),
            Ok(([7; 32], answer(blocked.clone())))
        );
        let all = Refusal {
            facts: (1..=70).map(Position::new).collect(),
            facts_left_off: 0,
            ..blocked
        };
        written = encode_answer(&[7; 32], &answer(all.clone()));
        written[0] = VERSION_WITHOUT_COUNT;
        // Then the count, none, and no subject.
        assert_eq!(written.pop(), Some(0));
        assert_eq!(decode_answer(&written), Ok(([7; 32], answer(all))));
    }
}
