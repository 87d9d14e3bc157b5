//! What can be imported, and the fields that it takes.

use clap::ValueEnum;
use ledger_core::command::{CommandBody, ConfirmEmployment, EnrolPerson, IssueCertificate};
use ledger_core::event::EmploymentEvidence;
use ledger_core::{
    BusinessDate, CertificateKind, CertificateNumber, ClassId, Command, CreditCode, PersonKey,
};
use ledger_proto::from_proto::{certificate_kind_from_proto, employment_evidence_from_proto};
use ledger_proto::v1;

use crate::names;

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

/// A field of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FieldName {
    /// Its name on the command line, and in a header that names it itself.
    pub(super) name: &'static str,
    /// What it holds when nothing is said; a field without a default is required.
    pub(super) default: Option<&'static str>,
}

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
    required("number"),
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

    /// Reads a line from the values of [`Kind::fields`], in their order.
    ///
    /// # Errors
    ///
    /// Names the first field that is wrong and what is wrong with it, never its value.
    pub(super) fn command(self, values: &[&str]) -> Result<Command, String> {
        let mut fields = Fields {
            names: self.fields().iter(),
            values: values.iter(),
        };
        let occurred_on = fields.read(BusinessDate::parse)?;
        let class = fields.read(ClassId::parse)?;
        let person = fields.read(PersonKey::parse)?;
        let body = match self {
            Self::Enrolments => CommandBody::EnrolPerson(EnrolPerson { class, person }),
            Self::Certificates => CommandBody::IssueCertificate(IssueCertificate {
                class,
                person,
                number: fields.read(CertificateNumber::parse)?,
                evaluator: fields.read(CreditCode::parse)?,
                issued_on: fields.read(BusinessDate::parse)?,
                kind: fields.read(certificate_kind)?,
            }),
            Self::Employment => CommandBody::ConfirmEmployment(ConfirmEmployment {
                class,
                person,
                employer: fields.read(CreditCode::parse)?,
                started_on: fields.read(BusinessDate::parse)?,
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
        parse(value).map_err(|error| format!("{name}: {error}"))
    }
}

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
        let check = |kind: Kind, values: &[&str]| match kind.command(values) {
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
}
