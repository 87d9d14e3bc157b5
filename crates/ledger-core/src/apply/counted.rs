//! What is counted of the places of a class; see [`crate::progress`].

use super::with_class;
use crate::context::Context;
use crate::entity::{Class, CountedPlaces, Enrolment};
use crate::progress::{CountedFact, GroupSet, groups_in_training};
use crate::{ClassId, PersonKey};

/// The groups under which a new fact of the place counts.
pub(crate) fn groups(context: &Context, class: ClassId, person: PersonKey) -> GroupSet {
    match (context.persons.get(&person), context.classes.get(&class)) {
        (Some(person), Some(class)) => groups_in_training(person, class),
        _ => GroupSet::EMPTY,
    }
}

/// Changes a place in a way that may change what is counted of it.
pub(crate) fn with_place(
    context: &mut Context,
    class: ClassId,
    person: PersonKey,
    change: impl FnOnce(&mut Enrolment),
) {
    let (mut before, mut after) = ([None; 3], [None; 3]);
    super::with_place(context, class, person, |place| {
        before = counted(place);
        change(place);
        after = counted(place);
    });
    with_class(context, class, |class| {
        if class.found_false.is_some() {
            return;
        }
        for (before, after) in before.into_iter().zip(after) {
            if before == after {
                continue;
            }
            if let Some(gone) = before {
                take_away(class, gone);
            }
            if let Some(new) = after {
                add(class, new);
            }
        }
    });
}

/// What is counted of a place that is not found false.
fn counted(place: &Enrolment) -> [Option<CountedFact>; 3] {
    match place.found_false {
        None => place.counted_facts(),
        Some(_) => [None; 3],
    }
}

fn add(class: &mut Class, fact: CountedFact) {
    match position(class, fact) {
        Ok(at) => {
            if let Some(counted) = class.counted.get_mut(at) {
                counted.places = counted.places.saturating_add(1);
            }
        }
        Err(at) => class.counted.insert(at, CountedPlaces { fact, places: 1 }),
    }
}

fn take_away(class: &mut Class, fact: CountedFact) {
    let Ok(at) = position(class, fact) else {
        return;
    };
    if let Some(counted) = class.counted.get_mut(at) {
        counted.places = counted.places.saturating_sub(1);
        if counted.places == 0 {
            class.counted.remove(at);
        }
    }
}

fn position(class: &Class, fact: CountedFact) -> Result<usize, usize> {
    class
        .counted
        .binary_search_by_key(&fact, |counted| counted.fact)
}
