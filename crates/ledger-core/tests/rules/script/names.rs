//! Names of the tables as identifiers: any name stands for a person, a class, a body.

use std::collections::BTreeMap;

use ledger_core::{
    AccountKey, CertificateNumber, ClassId, CreditCode, Division, Fen, FundSource, Note,
    Occupation, OccupationEdition, PersonKey, Reference, SkillLevel,
};

use crate::policies;

/// `A,B`, `P1..P20`, or both.
pub(crate) fn names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for part in text.split(',').filter(|part| !part.is_empty()) {
        match part.split_once("..") {
            Some((first, last)) => {
                let letters = first.trim_end_matches(|c: char| c.is_ascii_digit());
                let number = |name: &str| -> u32 { name[letters.len()..].parse().unwrap() };
                let range = number(first)..=number(last);
                names.extend(range.map(|number| format!("{letters}{number}")));
            }
            None => names.push(part.to_owned()),
        }
    }
    names
}

pub(crate) fn persons(text: &str) -> Vec<PersonKey> {
    names(text).iter().map(|name| person(name)).collect()
}

/// The key of a person by name.
pub(crate) fn person(name: &str) -> PersonKey {
    PersonKey::from_bytes(id(name))
}

/// The id of a class by name.
pub(crate) fn class(name: &str) -> ClassId {
    ClassId::from_bytes(id(name))
}

/// Sixteen bytes that hold the name.
pub(crate) fn id(name: &str) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..name.len()].copy_from_slice(name.as_bytes());
    bytes
}

/// A synthetic credit code by name; a code stands for itself.
pub(crate) fn institution(name: &str) -> CreditCode {
    if let Ok(code) = CreditCode::parse(name) {
        return code;
    }
    CreditCode::synthetic(Division::parse("370100").unwrap(), serial(name))
}

/// The number of an evaluator by name, as its skill-level certificates begin.
pub(crate) fn evaluator_number(name: &str) -> String {
    format!("S000037{:06}", serial(name) % 1_000_000)
}

pub(crate) fn serial(name: &str) -> u32 {
    name.bytes().fold(0_u32, |serial, byte| {
        serial.wrapping_mul(256) + u32::from(byte)
    })
}

pub(crate) fn raw_number(text: &str) -> CertificateNumber {
    CertificateNumber::parse(text).unwrap()
}

pub(crate) fn occupation(text: &str) -> Occupation {
    let edition = OccupationEdition::Edition2015.year();
    let text = if text.contains(':') {
        text.to_owned()
    } else {
        format!("{edition}:{text}")
    };
    Occupation::parse(&text).unwrap()
}

pub(crate) fn level(name: &str) -> Option<SkillLevel> {
    match name {
        "none" => None,
        "junior" => Some(SkillLevel::Junior),
        "intermediate" => Some(SkillLevel::Intermediate),
        "senior" => Some(SkillLevel::Senior),
        "technician" => Some(SkillLevel::Technician),
        "special" => Some(SkillLevel::SpecialTechnician),
        name => panic!("no level {name}"),
    }
}

pub(crate) fn account_key(division: &str, options: &BTreeMap<&str, &str>) -> AccountKey {
    AccountKey {
        division: Division::parse(division).unwrap(),
        fund: fund(options),
    }
}

pub(crate) fn fund(options: &BTreeMap<&str, &str>) -> FundSource {
    options
        .get("fund")
        .map_or(FundSource::SpecialAccount, |code| policies::fund_of(code))
}

pub(crate) fn yuan(text: &str) -> Fen {
    Fen::parse_yuan(text).unwrap()
}

pub(crate) fn reference() -> Reference {
    Reference::parse("constructed").unwrap()
}

pub(crate) fn note() -> Note {
    Note::parse("constructed").unwrap()
}
