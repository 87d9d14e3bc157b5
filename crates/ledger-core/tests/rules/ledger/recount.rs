//! The counters of progress, counted again from what stands at the end.

use std::collections::BTreeMap;

use ledger_core::entity::{Award, Class, Enrolment};
use ledger_core::progress::{Counted, Counters, GroupSet, Profile, ProgressKey, Quarter};
use ledger_core::{BusinessDate, ClassId, Entity, EntityKey};

use super::Ledger;

/// Every counter holds what the entities say, and each class knows what is counted of its places.
pub(super) fn check(ledger: &Ledger) {
    let mut counters = Counters::default();
    let mut of_classes: BTreeMap<(ClassId, Counted, Quarter, GroupSet), u32> = BTreeMap::new();
    for (key, entity) in &ledger.entities {
        match (key, entity) {
            (EntityKey::Class(_), Entity::Class(class)) => count_opening(class, &mut counters),
            (EntityKey::Award(_), Entity::Award(award)) => count_award(award, &mut counters),
            (EntityKey::Person(_), Entity::Person(person)) => {
                for place in &person.enrolments {
                    let key = EntityKey::Class(place.class);
                    let Some(Entity::Class(class)) = ledger.entities.get(&key) else {
                        panic!("the class of a place is approved");
                    };
                    for (measure, on, groups) in standing(place) {
                        let found_false = place.found_false.or(class.found_false).is_some();
                        let key = key_of(class, measure, on, groups);
                        add(&mut counters, &key, found_false);
                        if !found_false {
                            let of_class = (place.class, measure, Quarter::of(on), groups);
                            *of_classes.entry(of_class).or_insert(0) += 1;
                        }
                    }
                }
            }
            _ => {}
        }
    }
    assert_eq!(ledger.counters, counters, "the counters are what stands");
    let known: BTreeMap<_, _> = ledger
        .entities
        .iter()
        .flat_map(|(key, entity)| match (key, entity) {
            (EntityKey::Class(id), Entity::Class(class)) => {
                let counted = class.counted.iter();
                let known = counted.map(|counted| {
                    let fact = counted.fact;
                    (
                        (*id, fact.measure, fact.quarter, fact.groups),
                        counted.places,
                    )
                });
                known.collect()
            }
            _ => Vec::new(),
        })
        .collect();
    assert_eq!(known, of_classes, "classes know what is counted of them");
}

fn standing(place: &Enrolment) -> Vec<(Counted, BusinessDate, GroupSet)> {
    let mut facts = Vec::new();
    if let Some(completed) = place.completed {
        facts.push((Counted::Completed, completed.on, place.completed_groups));
    }
    if let Some(certificate) = place.certificate
        && certificate.invalidated.is_none()
    {
        facts.push((
            Counted::Certified,
            certificate.issued_on,
            certificate.groups,
        ));
    }
    if let Some(approval) = place.approval {
        facts.push((Counted::Subsidised, approval.on, approval.groups));
    }
    facts
}

fn count_opening(class: &Class, counters: &mut Counters) {
    if let Some(opened) = class.opened {
        let key = key_of(class, Counted::Classes, opened.on, GroupSet::EMPTY);
        add(counters, &key, class.found_false.is_some());
    }
}

fn count_award(award: &Award, counters: &mut Counters) {
    if award.revoked.is_some() {
        return;
    }
    let key = ProgressKey {
        measure: Counted::Awards,
        found_false: false,
        division: award.division,
        quarter: Quarter::of(award.approved.on),
        profile: Profile {
            training: None,
            form: None,
            level: None,
            groups: GroupSet::EMPTY,
            scheme: award.scheme.clone(),
            action: None,
            sector: None,
        },
    };
    add(counters, &key, award.found_false.is_some());
}

fn add(counters: &mut Counters, key: &ProgressKey, found_false: bool) {
    counters.add(key.clone(), 1);
    if found_false {
        counters.add(key.apart(), 1);
    }
}

fn key_of(class: &Class, measure: Counted, on: BusinessDate, groups: GroupSet) -> ProgressKey {
    ProgressKey {
        measure,
        found_false: false,
        division: class.account.division,
        quarter: Quarter::of(on),
        profile: Profile {
            training: class.reporting.training,
            form: class.reporting.form,
            level: class.level,
            groups,
            scheme: class.scheme.clone(),
            action: class.reporting.action.clone(),
            sector: class.reporting.sector.clone(),
        },
    }
}
