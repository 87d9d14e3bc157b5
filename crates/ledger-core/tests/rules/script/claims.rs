//! The verbs of claims and of showing to the public: `claim`, `agency`, `verify`, `show`, `object`,
//! `resolve`, `take-down`.

use ledger_core::Division;
use ledger_core::coded::{Group, Sex};
use ledger_core::command::{
    ClosePublicity, CommandBody, OpenPublicity, RaiseObjection, RecordAgencyContract,
    ResolveObjection, SubmitClaim, VerifyCertificate,
};
use ledger_core::event::{ClaimRoute, PersonStatus};

use super::names::{class, names, note, person, raw_number, reference};
use super::{Line, Script};

impl Script {
    /// `claim C1 A by=body`, `agency C1 A`, `verify A` (a certificate), `show C1`, `object C1 A`,
    /// `resolve C1 of=@objection upheld=yes`, `take-down C1`.
    pub(super) fn of_claim(&self, line: &Line<'_>) -> Vec<CommandBody> {
        let a = line.arguments.as_slice();
        let option = |name: &str| line.options.get(name).copied();
        vec![match line.verb {
            "claim" => {
                let route = match option("by") {
                    Some("body") => ClaimRoute::Institution,
                    _ => ClaimRoute::Person,
                };
                let claim = |name: &String| {
                    CommandBody::SubmitClaim(SubmitClaim {
                        class: class(a[0]),
                        person: person(name),
                        route,
                    })
                };
                return names(a[1]).iter().map(claim).collect();
            }
            "agency" => CommandBody::RecordAgencyContract(RecordAgencyContract {
                class: class(a[0]),
                person: person(a[1]),
                contract_number: reference(),
            }),
            "verify" => CommandBody::VerifyCertificate(VerifyCertificate {
                number: self
                    .certificates
                    .get(a[0])
                    .copied()
                    .unwrap_or_else(|| raw_number(a[0])),
                source: reference(),
            }),
            "show" => CommandBody::OpenPublicity(OpenPublicity {
                class: class(a[0]),
                place: reference(),
            }),
            "object" => CommandBody::RaiseObjection(RaiseObjection {
                class: class(a[0]),
                person: a.get(1).map(|name| person(name)),
                grounds: note(),
            }),
            "resolve" => CommandBody::ResolveObjection(ResolveObjection {
                class: class(a[0]),
                objection: self.position(option("of").unwrap()),
                upheld: option("upheld") == Some("yes"),
                grounds: note(),
            }),
            _ => CommandBody::ClosePublicity(ClosePublicity { class: class(a[0]) }),
        }]
    }
}

impl Script {
    /// Whether a line gave a certificate that name.
    pub(crate) fn knows_certificate(&self, name: &str) -> bool {
        self.certificates.contains_key(name)
    }
}

/// `group:veteran`, `insured`, `age:30`, `sex:male`, `graduates:2025`, or a division of residence.
pub(super) fn status(text: &str) -> PersonStatus {
    match text.split_once(':') {
        Some(("group", code)) => PersonStatus::Group(Group::from_code(code).unwrap()),
        Some(("age", years)) => PersonStatus::Age(years.parse().unwrap()),
        Some(("sex", code)) => PersonStatus::Sex(Sex::from_code(code).unwrap()),
        Some((_, year)) => PersonStatus::GraduatesIn(year.parse().unwrap()),
        None if text == "insured" => PersonStatus::UnemploymentInsured,
        None => PersonStatus::Residence(Division::parse(text).unwrap()),
    }
}
