//! A correction: the end of a status that never was, so that its declaration stands again.

use super::*;

pub(super) fn events() -> Vec<Event> {
    let pension = |position_of, on, fact| PastEvent {
        position: position(position_of),
        on: date(on),
        fact,
    };
    let ended = PastFact::PersonStatusEnded(PersonStatusEnded {
        person: person(1),
        status: PersonStatus::Pension,
        valid_until: date("2020-06-30"),
        source: reference("pension register 2020-07"),
    });
    let declared = PastFact::PersonStatusDeclared(PersonStatusDeclared {
        person: person(1),
        status: PersonStatus::Pension,
        valid_from: date("2019-01-01"),
        valid_until: None,
        source: reference("pension register 2019-01"),
    });
    vec![Event {
        tags: vec![Tag::Person(person(1))],
        ..event(EventBody::FactAnnulled(FactAnnulled {
            annulled: pension(9, "2020-07-01", ended),
            stands_again: vec![pension(3, "2019-01-02", declared)],
            grounds: note("ended for another person"),
            decision_number: reference("济人社更正〔2021〕1号"),
        }))
    }]
}

pub(super) fn commands() -> Vec<CommandBody> {
    vec![CommandBody::AnnulFact(AnnulFact {
        position: position(9),
        grounds: note("ended for another person"),
        decision_number: reference("济人社更正〔2021〕1号"),
    })]
}
