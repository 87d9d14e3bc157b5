//! Why a message is not what the contract asks for, and in which field.

use std::fmt;

use ledger_core::certificate_number::CertificateNumberError;
use ledger_core::credit_code::CreditCodeError;
use ledger_core::division::DivisionError;
use ledger_core::ids::TextError;
use ledger_core::occupation::OccupationError;
use ledger_core::personal_data::PersonalData;
use ledger_core::scheme::SchemeIdError;

/// A field that does not hold what the contract asks for. It never repeats the value: a caller may
/// have put an identity number there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    field: String,
    problem: DecodeProblem,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeProblem {
    /// A required field is absent, or an enum is UNSPECIFIED.
    #[error("the field is required")]
    Missing,
    /// The number names no value of the enum.
    #[error("the enum has no value {0}")]
    UnknownNumber(i32),
    /// The value has another number of bytes.
    #[error("the field has {found} bytes instead of {expected}")]
    Length {
        /// Bytes that the contract asks for.
        expected: usize,
        /// Bytes found.
        found: usize,
    },
    /// The list or text is longer than allowed.
    #[error("the field has {found} entries or bytes and at most {max} are allowed")]
    TooMany {
        /// Most entries, or bytes of a text.
        max: usize,
        /// Entries or bytes found.
        found: usize,
    },
    /// The number is outside the range of its field.
    #[error("the number is out of range")]
    OutOfRange,
    /// The calendar has no such day between 1900 and 2199.
    #[error("the calendar has no such day between 1900 and 2199")]
    NoSuchDay,
    /// A time that ends before it begins.
    #[error("the last day lies before the first")]
    Reversed,
    /// Positions count from one.
    #[error("a position is at least 1")]
    ZeroPosition,
    /// The text is no reference or note.
    #[error(transparent)]
    Text(#[from] TextError),
    /// The text is no unified social credit code.
    #[error(transparent)]
    CreditCode(#[from] CreditCodeError),
    /// The number is no division code.
    #[error(transparent)]
    Division(#[from] DivisionError),
    /// The text is no occupation.
    #[error(transparent)]
    Occupation(#[from] OccupationError),
    /// The text is no scheme name.
    #[error(transparent)]
    Scheme(#[from] SchemeIdError),
    /// The text is no certificate number.
    #[error(transparent)]
    CertificateNumber(#[from] CertificateNumberError),
    /// A key spells personal data.
    #[error(
        "the digits of the key spell {0}, which is never recorded; take a random key, such as a UUID"
    )]
    PersonalKey(PersonalData),
    /// The number contains an identity number, and the server has no key to keep it by.
    #[error(
        "the certificate number contains its holder's identity number, which is kept by a keyed \
         digest only, and this server has no key for that: its operator makes one with \
         `ledger-server certificate-key` and sets certificates.key_file"
    )]
    CertificateKeyMissing,
    /// A certificate is issued under the digest of a number.
    #[error(
        "HMAC-... stands for a number that is kept by its digest and can be asked for by it; a \
         certificate is issued under the number that is printed on it"
    )]
    IssuedByDigest,
    /// A residence needs a division and no other status has one.
    #[error("a division goes with RESIDENCE and with no other status")]
    StatusDivision,
    /// A value of a status stands beside another kind of status.
    #[error("the field goes with another kind of status")]
    StatusValue,
    /// A payment, a finding or a clawback is about one thing.
    #[error("a class or an award is named, not both")]
    TwoSubjects,
    /// What is asked for has one name.
    #[error("a position or an id is given, not both")]
    TwoNames,
    /// An evaluator number goes with EVALUATION and with nothing else.
    #[error("an evaluator number goes with EVALUATION and with no other qualification")]
    EvaluatorNumber,
    /// The text is no policy document that can be published; everything wrong with it, each with
    /// its line, for the caller.
    #[error("not a valid policy document: {}", .0.join("; "))]
    Policy(Vec<String>),
    /// The kind of an event is not that of its body.
    #[error("the kind {0} is not that of the body")]
    KindMismatch(i32),
    /// The body is in a layout that this version does not know.
    #[error("the payload version {0} is not known")]
    PayloadVersion(u32),
    /// A tag that is derived from the postings was stored.
    #[error("a stored event carries no ledger account tag")]
    DerivedTag,
    /// A page token of another query, or no page token.
    #[error("the page token does not belong to this query")]
    PageToken,
    /// The bytes are no message of the contract.
    #[error("not a protobuf message of the contract")]
    Malformed(#[source] prost::DecodeError),
}

impl DecodeError {
    /// A problem with the field that this path names.
    #[must_use]
    pub fn new(field: impl Into<String>, problem: DecodeProblem) -> Self {
        Self {
            field: field.into(),
            problem,
        }
    }

    /// The same, one problem for each thing that is wrong with a policy document.
    #[must_use]
    pub fn split(self) -> Vec<Self> {
        match self.problem {
            DecodeProblem::Policy(problems) => problems
                .into_iter()
                .map(|problem| Self::new(self.field.clone(), DecodeProblem::Policy(vec![problem])))
                .collect(),
            problem => vec![Self::new(self.field, problem)],
        }
    }

    /// The path of the field from the message decoded, such as `scope.occupations[2].occupation`;
    /// empty when it is the message itself.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// What is wrong with it.
    #[must_use]
    pub const fn problem(&self) -> &DecodeProblem {
        &self.problem
    }

    /// The same problem, seen from the message that holds this one as `outer`.
    #[must_use]
    pub fn within(mut self, outer: impl fmt::Display) -> Self {
        self.field = match self.field.is_empty() {
            true => outer.to_string(),
            false => format!("{outer}.{}", self.field),
        };
        self
    }
}

impl<P: Into<DecodeProblem>> From<P> for DecodeError {
    fn from(problem: P) -> Self {
        Self {
            field: String::new(),
            problem: problem.into(),
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field.as_str() {
            "" => write!(formatter, "{}", self.problem),
            field => write!(formatter, "{field}: {}", self.problem),
        }
    }
}

impl std::error::Error for DecodeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.problem {
            DecodeProblem::Malformed(source) => Some(source),
            _ => None,
        }
    }
}

/// Names the field in which a value was found wrong.
pub(crate) trait Within: Sized {
    /// Puts `field` in front of the path.
    fn within(self, field: &'static str) -> Self;

    /// Puts `field[index]` in front of the path.
    fn within_index(self, field: &'static str, index: usize) -> Self;
}

impl<T> Within for Result<T, DecodeError> {
    fn within(self, field: &'static str) -> Self {
        self.map_err(|error| error.within(field))
    }

    fn within_index(self, field: &'static str, index: usize) -> Self {
        self.map_err(|error| error.within(format_args!("{field}[{index}]")))
    }
}
