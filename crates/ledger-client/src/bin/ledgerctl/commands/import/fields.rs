//! What can be imported, and the fields that it takes.

use clap::ValueEnum;
use ledger_core::certificate_number::{DIGEST_PREFIX, number_with_identity};
use ledger_core::command::{CommandBody, ConfirmEmployment, EnrolPerson, IssueCertificate};
use ledger_core::event::EmploymentEvidence;
use ledger_core::{CertificateKind, CertificateNumber, ClassId, Command, CreditCode, PersonKey};
use ledger_proto::from_proto::{certificate_kind_from_proto, employment_evidence_from_proto};
use ledger_proto::v1;

use crate::commands::numbers::Digests;
use crate::names;
use ledger_client::reading::cells::{REMEDY, damage, date, lost_zeros, plain};

/// What the lines of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Kind {
    /// Persons put on the roster of a class.
    Enrolments,
    /// Certificates issued to persons of a class.
    Certificates,
    /// Persons of a class who found work.
    Employment,
}

/// What is known of the certificate numbers of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbers {
    /// What their column shows.
    Seen {
        /// Whether the long ones show that no spreadsheet has rounded them.
        are_whole: bool,
        /// The length that most of those have that are digits only.
        usual_length: Option<usize>,
    },
    /// The operator says that they are as they should be.
    WholeAsSaid,
}

impl Numbers {
    /// Nothing is known of them.
    pub(super) const UNKNOWN: Self = Self::Seen {
        are_whole: false,
        usual_length: None,
    };
}

/// A field of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FieldName {
    /// Its name on the command line, and in a header that names it itself.
    pub(super) name: &'static str,
    /// What it holds when nothing is said; a field without a default is required.
    pub(super) default: Option<&'static str>,
}

/// The field of certificate numbers.
pub(super) const NUMBER: &str = "number";

const fn required(name: &'static str) -> FieldName {
    FieldName {
        name,
        default: None,
    }
}

const ENROLMENT: &[FieldName] = &[
    required("occurred-on"),
    required("class"),
    required("person"),
];

const CERTIFICATE: &[FieldName] = &[
    required("occurred-on"),
    required("class"),
    required("person"),
    required(NUMBER),
    required("evaluator"),
    required("issued-on"),
    FieldName {
        name: "kind",
        default: Some("skill-level"),
    },
];

const EMPLOYMENT: &[FieldName] = &[
    required("occurred-on"),
    required("class"),
    required("person"),
    required("employer"),
    required("started-on"),
    required("evidence"),
];

impl Kind {
    /// The name of the kind, which is part of the names of its requests and never changes.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Enrolments => "enrolments",
            Self::Certificates => "certificates",
            Self::Employment => "employment",
        }
    }

    /// The fields of a line, the business date first.
    pub(super) const fn fields(self) -> &'static [FieldName] {
        match self {
            Self::Enrolments => ENROLMENT,
            Self::Certificates => CERTIFICATE,
            Self::Employment => EMPLOYMENT,
        }
    }

    /// Whether a value is written otherwise than the ledger writes it.
    pub(super) fn is_put_right(self, values: &[&str]) -> bool {
        let mut values = self.fields().iter().zip(values);
        values.any(|(field, value)| match field.name.ends_with("-on") {
            true => date(value).map(|it| it.to_string()).as_deref() != Ok(*value),
            false => plain(value).as_deref() != Ok(*value),
        })
    }

    /// Reads a line from the values of [`Kind::fields`], in their order: the command as the ledger
    /// keeps it, with the digest of a number that contains an identity number.
    ///
    /// # Errors
    ///
    /// Names the first field that is wrong and what is wrong with it, never its value.
    pub(super) fn command(
        self,
        values: &[&str],
        numbers: Numbers,
        digests: &Digests,
    ) -> Result<Command, String> {
        let mut fields = Fields {
            names: self.fields().iter(),
            values: values.iter(),
        };
        let is_qualification =
            self == Self::Certificates && values.last().copied().is_some_and(is_qualification);
        let occurred_on = fields.read(date)?;
        let class = fields.read(|text| key(text, ClassId::parse))?;
        let person = fields.read(|text| key(text, PersonKey::parse))?;
        let body = match self {
            Self::Enrolments => CommandBody::EnrolPerson(EnrolPerson { class, person }),
            Self::Certificates => CommandBody::IssueCertificate(IssueCertificate {
                class,
                person,
                number: fields.read(|text| match number_with_identity(text) {
                    Some(plain) => Ok(digests.of(&plain).unwrap_or_else(digest_not_asked)),
                    None => certificate_number(text, is_qualification, numbers),
                })?,
                evaluator: fields.read(credit_code)?,
                issued_on: fields.read(date)?,
                kind: fields.read(certificate_kind)?,
            }),
            Self::Employment => CommandBody::ConfirmEmployment(ConfirmEmployment {
                class,
                person,
                employer: fields.read(credit_code)?,
                started_on: fields.read(date)?,
                evidence: fields.read(employment_evidence)?,
            }),
        };
        Ok(Command {
            occurred_on,
            body,
            causes: Vec::new(),
        })
    }
}

/// Takes the fields of a line one after the other.
struct Fields<'line> {
    names: std::slice::Iter<'static, FieldName>,
    values: std::slice::Iter<'line, &'line str>,
}

impl Fields<'_> {
    fn read<T, E: std::fmt::Display>(
        &mut self,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<T, String> {
        let name = self.names.next().map_or("", |field| field.name);
        let value = self.values.next().copied().unwrap_or_default();
        let named = |error: String| format!("{name}: {error}");
        let value = plain(value).map_err(named)?;
        parse(&value).map_err(|error| named(error.to_string()))
    }
}

/// Digits of the number of a vocational qualification (职业资格证书), of which the first two are the
/// year: up to two of them are zeros that a spreadsheet takes off.
const QUALIFICATION_NUMBER_LEN: usize = 16;
const YEAR_LEN: usize = 2;

/// Whether a value of the field `kind` says that the certificate is of the old kind.
fn is_qualification(kind: &str) -> bool {
    let kind = plain(kind).ok().and_then(|it| certificate_kind(&it).ok());
    kind == Some(CertificateKind::VocationalQualification)
}

fn certificate_number(
    text: &str,
    is_qualification: bool,
    numbers: Numbers,
) -> Result<CertificateNumber, String> {
    if text.starts_with(DIGEST_PREFIX) {
        return Err(
            "HMAC-... stands for a number in the ledger: a certificate is imported under the \
             number that is printed on it"
                .to_owned(),
        );
    }
    let lost_years = QUALIFICATION_NUMBER_LEN.saturating_sub(YEAR_LEN)..QUALIFICATION_NUMBER_LEN;
    let damaged = match numbers {
        Numbers::WholeAsSaid => None,
        Numbers::Seen {
            are_whole,
            usual_length,
        } => damage(text, are_whole)
            .or_else(|| {
                let lost = is_qualification && lost_years.contains(&text.len());
                let lost = lost.then(|| {
                    lost_zeros(text, QUALIFICATION_NUMBER_LEN, "a number of this kind has")
                });
                lost.flatten()
            })
            .or_else(|| lost_zeros(text, usual_length?, "most numbers of the column have")),
    };
    match damaged {
        Some(damage) => Err(format!("{damage}: {REMEDY}")),
        None => CertificateNumber::parse(text).map_err(|error| error.to_string()),
    }
}

/// What stands for a number while the file is checked, before the server is asked for digests.
fn digest_not_asked() -> CertificateNumber {
    CertificateNumber::parse("HMAC-NOT-ASKED").expect("it is short and of these characters")
}

/// A key or code that is wrong, and what a spreadsheet may have done to it.
fn key<T, E: std::fmt::Display>(
    text: &str,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<T, String> {
    parse(text).map_err(|error| match damage(text, false) {
        Some(damage) => format!("{damage}: give the column the format of text; {error}"),
        None => error.to_string(),
    })
}

fn credit_code(text: &str) -> Result<CreditCode, String> {
    let is_short = text.len() < CREDIT_CODE_LEN && text.len() > CREDIT_CODE_LEN / 2;
    match is_short && text.bytes().all(|byte| byte.is_ascii_digit()) {
        true => Err(format!(
            "a credit code has {CREDIT_CODE_LEN} characters; a spreadsheet may have taken zeros off \
             its beginning"
        )),
        false => key(text, CreditCode::parse),
    }
}

/// Characters of a unified social credit code (GB 32100-2015).
const CREDIT_CODE_LEN: usize = 18;

fn certificate_kind(text: &str) -> Result<CertificateKind, String> {
    let kind = names::parse::<v1::CertificateKind>(text)?;
    certificate_kind_from_proto(kind.into()).map_err(|error| error.to_string())
}

fn employment_evidence(text: &str) -> Result<EmploymentEvidence, String> {
    let evidence = names::parse::<v1::EmploymentEvidence>(text)?;
    employment_evidence_from_proto(evidence.into()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use ledger_core::Division;

    use super::*;

    const CLASS: &str = "0190a3b2-0000-7000-8000-00000000000a";
    const PERSON: &str = "0190a3b2-0000-7000-8000-00000000000b";
    const DAY: &str = "2021-03-01";

    #[test]
    fn lines_become_commands_or_name_the_field_that_is_wrong() {
        let code = CreditCode::synthetic(Division::new(370_100).unwrap(), 1);
        let code = code.as_str();
        let number = "S000037000123214000057";
        let check = |kind: Kind, values: &[&str]| match kind.command(
            values,
            Numbers::UNKNOWN,
            &Digests::default(),
        ) {
            Ok(_) => "ok".to_owned(),
            Err(error) => error.split(": ").next().unwrap().to_owned(),
        };
        for (kind, values, expected) in [
            (Kind::Enrolments, vec![DAY, CLASS, PERSON], "ok"),
            (
                Kind::Enrolments,
                vec!["1.3.2021", CLASS, PERSON],
                "occurred-on",
            ),
            (Kind::Enrolments, vec![DAY, "", PERSON], "class"),
            (Kind::Enrolments, vec![DAY, CLASS, "张三"], "person"),
            (
                Kind::Certificates,
                vec![DAY, CLASS, PERSON, number, code, DAY, "skill-level"],
                "ok",
            ),
            (
                Kind::Certificates,
                vec![DAY, CLASS, PERSON, "?", code, DAY, "skill-level"],
                "number",
            ),
            (
                Kind::Certificates,
                vec![DAY, CLASS, PERSON, number, "?", DAY, "skill-level"],
                "evaluator",
            ),
            (
                Kind::Certificates,
                vec![DAY, CLASS, PERSON, number, code, "", "kind"],
                "issued-on",
            ),
            (
                Kind::Certificates,
                vec![DAY, CLASS, PERSON, number, code, DAY, "gold"],
                "kind",
            ),
            (
                Kind::Employment,
                vec![DAY, CLASS, PERSON, code, DAY, "labour-contract"],
                "ok",
            ),
            (
                Kind::Employment,
                vec![DAY, CLASS, PERSON, "?", DAY, "payroll"],
                "employer",
            ),
            (
                Kind::Employment,
                vec![DAY, CLASS, PERSON, code, "?", "payroll"],
                "started-on",
            ),
            (
                Kind::Employment,
                vec![DAY, CLASS, PERSON, code, DAY, ""],
                "evidence",
            ),
        ] {
            assert_eq!(check(kind, &values), expected, "{kind:?} {values:?}");
        }
    }

    #[test]
    fn a_damaged_value_is_named() {
        let full_width: String = PERSON
            .chars()
            .map(|it| char::from_u32(u32::from(it) + 0xfee0).unwrap())
            .collect();
        let hidden = PERSON.replace("7000", "70\u{200b}00");
        for (person, expected) in [
            (full_width.as_str(), ""),
            ("'0190a3b2-0000-7000-8000-00000000000b", ""),
            (hidden.as_str(), "person: character 17 is U+200B"),
            (
                "1.90E+35",
                "person: a spreadsheet has written the number as a power of ten",
            ),
        ] {
            let found = Kind::Enrolments.command(
                &[DAY, CLASS, person],
                Numbers::UNKNOWN,
                &Digests::default(),
            );
            let found = found.err().unwrap_or_default();
            assert_eq!(found.is_empty(), expected.is_empty(), "{found}");
            assert!(found.starts_with(expected), "{found}");
        }
        for (day, expected) in [("2021年3月1日", true), ("2021/3/1", true), ("44197", false)] {
            let found = Kind::Enrolments.command(
                &[day, CLASS, PERSON],
                Numbers::UNKNOWN,
                &Digests::default(),
            );
            assert_eq!(found.is_ok(), expected, "{day}: {found:?}");
        }
        let employer = |code: &str| {
            let values = [DAY, CLASS, PERSON, code, DAY, "payroll"];
            Kind::Employment
                .command(&values, Numbers::UNKNOWN, &Digests::default())
                .unwrap_err()
        };
        assert!(employer("5.23701E+17").contains("power of ten"));
        assert!(employer("91370100123456789").contains("zeros off its beginning"));
    }

    #[test]
    fn a_damaged_certificate_number_is_named_unless_the_operator_says_that_it_is_whole() {
        let seen = |are_whole, usual_length| Numbers::Seen {
            are_whole,
            usual_length,
        };
        let (skill, old) = ("skill-level", "vocational-qualification");
        let cases = [
            ("1537010000300000", skill, Numbers::UNKNOWN, "rounded"),
            ("1537010000300000", skill, seen(true, None), ""),
            // One that has lost a zero, by its neighbours and by its kind.
            ("537010000300001", skill, Numbers::UNKNOWN, ""),
            (
                "537010000300001",
                skill,
                seen(true, Some(16)),
                "most numbers of the column have 16",
            ),
            ("S37010000300001", skill, seen(true, Some(16)), ""),
            ("153701000030000100", skill, seen(true, Some(16)), ""),
            (
                "537010000300001",
                old,
                Numbers::UNKNOWN,
                "a number of this kind has 16",
            ),
            (
                "37010000300001",
                "VOCATIONAL-QUALIFICATION",
                Numbers::UNKNOWN,
                "has 14 digits",
            ),
            (
                "37010000300001",
                " vocational-qualification",
                Numbers::UNKNOWN,
                "has 14 digits",
            ),
            // Thirteen digits were a length of their own.
            ("3701000030001", old, Numbers::UNKNOWN, ""),
            ("1537010000300001", old, Numbers::UNKNOWN, ""),
        ];
        let code = CreditCode::synthetic(Division::new(370_100).unwrap(), 1);
        for (number, kind, numbers, expected) in cases {
            let values = [DAY, CLASS, PERSON, number, code.as_str(), DAY, kind];
            let found = Kind::Certificates.command(&values, numbers, &Digests::default());
            let found = found.err().unwrap_or_default();
            assert_eq!(found.is_empty(), expected.is_empty(), "{number}: {found}");
            assert!(found.contains(expected), "{number}: {found}");
            let found =
                Kind::Certificates.command(&values, Numbers::WholeAsSaid, &Digests::default());
            assert!(found.is_ok(), "{number}: {found:?}");
        }
    }
}
