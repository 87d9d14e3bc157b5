//! Names of enums as they are typed and shown: `special-account` for
//! `FUND_SOURCE_SPECIAL_ACCOUNT`.

use std::fmt::Display;

use ledger_client::reading::cells::unseen;
use ledger_core::{CreditCode, Division, Fen, PersonKey, hex};
use ledger_proto::v1;

/// An enum of the contract with short names.
pub(crate) trait Named: Sized + Copy + TryFrom<i32> + Into<i32> {
    /// What every full name begins with.
    const PREFIX: &'static str;
    /// The full name.
    fn full_name(self) -> &'static str;
    /// The value of a full name.
    fn from_full_name(name: &str) -> Option<Self>;
}

macro_rules! named {
    ($($name:ident: $prefix:literal)+) => {$(
        impl Named for v1::$name {
            const PREFIX: &'static str = $prefix;

            fn full_name(self) -> &'static str {
                self.as_str_name()
            }

            fn from_full_name(name: &str) -> Option<Self> {
                Self::from_str_name(name)
            }
        }
    )+};
}

named! {
    AccountKind: "ACCOUNT_KIND_"
    CertificateKind: "CERTIFICATE_KIND_"
    ClaimRoute: "CLAIM_ROUTE_"
    ClassForm: "CLASS_FORM_"
    ClassKind: "CLASS_KIND_"
    ClassState: "CLASS_STATE_"
    DifferenceKind: "DIFFERENCE_KIND_"
    DisbursementStage: "DISBURSEMENT_STAGE_"
    DisbursementState: "DISBURSEMENT_STATE_"
    DocumentKind: "DOCUMENT_KIND_"
    EmploymentEvidence: "EMPLOYMENT_EVIDENCE_"
    EventKind: "EVENT_KIND_"
    ExplanationSource: "EXPLANATION_SOURCE_"
    FundSource: "FUND_SOURCE_"
    Group: "GROUP_"
    OrderState: "ORDER_STATE_"
    PolicyFindingSeverity: "POLICY_FINDING_SEVERITY_"
    RebuildPhase: "REBUILD_PHASE_"
    VerifyPhase: "VERIFY_PHASE_"
    EpochReason: "EPOCH_REASON_"
    Sex: "SEX_"
    SimulationChange: "SIMULATION_CHANGE_"
    SimulationPhase: "SIMULATION_PHASE_"
    SkillLevel: "SKILL_LEVEL_"
    TargetBound: "TARGET_BOUND_"
    TargetMeasure: "TARGET_MEASURE_"
    TargetPeriod: "TARGET_PERIOD_"
    TargetStatus: "TARGET_STATUS_"
    TrainingKind: "TRAINING_KIND_"
}

/// The numbers of enums lie below it; the largest is that of an event kind.
const NUMBERS_MAX: i32 = 200;

/// The short name of a number; the number itself when this version does not know it, and a dash
/// for none.
pub(crate) fn name<E: Named>(number: i32) -> String {
    match E::try_from(number) {
        Ok(_) if number == 0 => "-".to_owned(),
        Ok(value) => short(value),
        Err(_) => number.to_string(),
    }
}

/// Reads a short or a full name.
///
/// # Errors
///
/// Lists the names there are.
pub(crate) fn parse<E: Named>(text: &str) -> Result<E, String> {
    let upper = text.to_ascii_uppercase().replace('-', "_");
    let full = format!("{}{upper}", E::PREFIX);
    E::from_full_name(&full)
        .or_else(|| E::from_full_name(&upper))
        .filter(|value| (*value).into() != 0)
        .ok_or_else(|| {
            let names = all::<E>().join(", ");
            wrong(text, format_args!("one of these is expected: {names}"))
        })
}

/// Why a text is wrong: a character that nobody can see explains it better than what it lacks.
fn wrong(text: &str, why: impl Display) -> String {
    unseen(text).unwrap_or_else(|| why.to_string())
}

/// Every short name, in the order of the numbers.
fn all<E: Named>() -> Vec<String> {
    (1..NUMBERS_MAX)
        .filter_map(|number| E::try_from(number).ok())
        .map(short)
        .collect()
}

fn short<E: Named>(value: E) -> String {
    let full = value.full_name();
    full.strip_prefix(E::PREFIX)
        .unwrap_or(full)
        .to_ascii_lowercase()
        .replace('_', "-")
}

/// Reads a division code for a command line.
pub(crate) fn division(text: &str) -> Result<u32, String> {
    Division::parse(text)
        .map(Division::code)
        .map_err(|error| wrong(text, error))
}

/// Reads an identifier or a person key for a command line.
pub(crate) fn id(text: &str) -> Result<Id, String> {
    PersonKey::parse(text)
        .map(|key| Id(*key.as_bytes()))
        .map_err(|error| wrong(text, error))
}

/// Reads an amount in yuan for a command line; gives fen.
pub(crate) fn yuan(text: &str) -> Result<i64, String> {
    Fen::parse_yuan(text)
        .map(Fen::get)
        .map_err(|error| wrong(text, error))
}

/// Reads who gets money: `person:KEY`, `institution:CODE`, `employer:CODE` or `master:KEY`.
pub(crate) fn payee(text: &str) -> Result<v1::Payee, String> {
    use v1::payee::Payee;
    let payee = match text.split_once(':') {
        Some(("person", key)) => Payee::PersonKey(id(key)?.to_vec()),
        Some(("master", key)) => Payee::MasterKey(id(key)?.to_vec()),
        Some(("institution", code)) => Payee::Institution(credit_code(code)?),
        Some(("employer", code)) => Payee::Employer(credit_code(code)?),
        _ => {
            return Err(
                "person:KEY, institution:CODE, employer:CODE or master:KEY is expected".to_owned(),
            );
        }
    };
    Ok(v1::Payee { payee: Some(payee) })
}

/// Reads a unified social credit code for a command line.
pub(crate) fn credit_code(text: &str) -> Result<String, String> {
    CreditCode::parse(text)
        .map(|code| code.to_string())
        .map_err(|error| wrong(text, error))
}

/// Sixteen bytes from a command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Id(pub(crate) [u8; 16]);

impl Id {
    pub(crate) fn to_vec(self) -> Vec<u8> {
        self.0.to_vec()
    }
}

/// Reads an epoch: a number, or an identifier of 32 hexadecimal digits with or without dashes.
pub(crate) fn epoch(text: &str) -> Result<v1::Epoch, &'static str> {
    if let Ok(number @ 1..) = text.parse() {
        let id = Vec::new();
        return Ok(v1::Epoch { number, id });
    }
    let id = hex::decode_array::<16>(&text.replace('-', ""));
    let id = id.ok_or("write a number, or an identifier of 32 hexadecimal digits")?;
    Ok(v1::Epoch {
        number: 0,
        id: id.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_both_ways() {
        for text in [
            "special-account",
            "SPECIAL_ACCOUNT",
            "FUND_SOURCE_SPECIAL_ACCOUNT",
        ] {
            assert_eq!(
                parse::<v1::FundSource>(text),
                Ok(v1::FundSource::SpecialAccount),
                "{text}"
            );
        }
        assert_eq!(name::<v1::FundSource>(1), "special-account");
        assert_eq!(name::<v1::EventKind>(111), "repayment-received");
        assert_eq!(name::<v1::SkillLevel>(0), "-");
        assert_eq!(name::<v1::SkillLevel>(99), "99");
        for text in ["unspecified", "", "gold"] {
            assert_eq!(
                parse::<v1::DisbursementStage>(text),
                Err("one of these is expected: advance, final, full".to_owned())
            );
        }
    }

    #[test]
    fn codes_and_identifiers_are_checked() {
        assert_eq!(division("370100"), Ok(370_100));
        assert!(division("3701").is_err());
        assert!(id("0190a3b2-0000-7000-8000-000000000001").is_ok());
        assert!(id("张三").is_err());
        assert_eq!(yuan("300000.00"), Ok(30_000_000));
        for wrong in ["1.234", "-", "1e3"] {
            assert!(yuan(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_cannot_be_seen_is_named() {
        let key = "0190a3b2-0000-7000-8000-000000000001\u{200b}";
        for (found, place) in [
            (id(key).map(|_| ()), 37),
            (division("370100\u{feff}").map(|_| ()), 7),
            (credit_code("\u{202a}52370900Y00000016C").map(|_| ()), 1),
            (yuan("1\u{200b}0.00").map(|_| ()), 2),
            (payee(&format!("person:{key}")).map(|_| ()), 37),
            (
                parse::<v1::FundSource>("special\u{ad}-account").map(|_| ()),
                8,
            ),
        ] {
            let found = found.unwrap_err();
            assert!(
                found.starts_with(&format!("character {place} is U+")),
                "{found}"
            );
        }
    }

    #[test]
    fn payees_are_of_a_kind() {
        use v1::payee::Payee;
        let key = "0190a3b2-0000-7000-8000-000000000001";
        let bytes = id(key).unwrap().to_vec();
        let code = "52370900Y00000016C";
        for (text, expected) in [
            (format!("person:{key}"), Payee::PersonKey(bytes.clone())),
            (format!("master:{key}"), Payee::MasterKey(bytes)),
            (
                format!("institution:{code}"),
                Payee::Institution(code.to_owned()),
            ),
            (format!("employer:{code}"), Payee::Employer(code.to_owned())),
        ] {
            assert_eq!(payee(&text).unwrap().payee, Some(expected), "{text}");
        }
        for wrong in [key, "school:1", "employer:1", "person:1", "person"] {
            assert!(payee(wrong).is_err(), "{wrong}");
        }
    }
}
