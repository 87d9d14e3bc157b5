//! Which keys a ledger keeps certificate numbers by.

use super::world::*;
use crate::EngineOptions;
use crate::certificate_marks::certificate_marks;
use ledger_core::CertificateNumber;
use ledger_core::command::CommandBody;
use ledger_log::{MemoryStore, Space, StateStore};
use std::sync::Arc;

fn under(number: &str, certify: CommandBody) -> CommandBody {
    let CommandBody::IssueCertificate(mut issue) = certify else {
        panic!("it issues a certificate");
    };
    issue.number = CertificateNumber::parse(number).unwrap();
    CommandBody::IssueCertificate(issue)
}

/// A class of four whose course is completed, without certificates.
fn completed(world: &World) {
    world.append(100, (1..5).map(register).collect());
    let trained = trained(1, 1..5).into_iter();
    let facts = trained.filter(|it| !matches!(it, CommandBody::IssueCertificate(_)));
    let became = world.append(101, facts.collect());
    let is_recorded = |it: &Became| matches!(it, Became::Recorded(_));
    assert!(became.iter().all(is_recorded), "{became:?}");
}

const FIRST: &str = "HMAC-PYQ6EVL622KD5MGYEBUBVUTNB4";
const OTHER_OF_FIRST: &str = "HMAC-PYQ6M2UOU5KP3UGTSFR7DPY5QJ";
const SECOND: &str = "HMAC-XF4TMMRTPNIOWRBRYXB22SBW6X";
const THIRD: &str = "HMAC-ZZZZMMRTPNIOWRBRYXB22SBW6X";

#[test]
fn marks_are_those_of_certificates_and_of_refused_attempts() {
    let store = Arc::new(MemoryStore::new());
    let world = World::founded(store.clone(), EngineOptions::default());
    let marks = || -> Vec<String> { certificate_marks(&*store).unwrap().into_iter().collect() };
    completed(&world);
    assert_eq!(marks(), [""; 0]);
    // Person 9 is in no class.
    let refused = |number| under(number, certify(1, 9));
    let refused_validation = validate_only(request(2, vec![refused(FIRST)]));
    world.try_append(refused_validation).unwrap();
    assert_eq!(
        marks(),
        [""; 0],
        "nothing is kept of what is only validated"
    );
    world.append(3, vec![under("HMAC-2023000123", certify(1, 9))]);
    assert_eq!(marks(), [""; 0], "a number that is no digest has no key");

    assert!(matches!(
        world.append(4, vec![refused(SECOND)])[..],
        [Became::Refused(_)]
    ));
    assert_eq!(marks(), ["XF4T"]);
    // What is kept is one entry, as long as the ledger: these bytes never change.
    let kept = store.get(Space::Meta, b"certificate_key.XF4T").unwrap();
    assert_eq!(kept, Some(vec![1]));
    world.append(5, vec![refused(SECOND)]);
    // An atomic request is refused as a whole, with the certificate that could have been recorded.
    let void = world.append(6, vec![under(THIRD, certify(1, 4)), register(1)]);
    assert!(matches!(
        void[..],
        [Became::NotAttempted, Became::Refused(_)]
    ));
    assert_eq!(marks(), ["XF4T", "ZZZZ"]);
}

#[test]
fn certificates_tell_their_marks_however_many_there_are() {
    let store = Arc::new(MemoryStore::new());
    let world = World::founded(store.clone(), EngineOptions::default());
    completed(&world);
    let numbers = (1..).zip([FIRST, OTHER_OF_FIRST, SECOND]);
    let issue = numbers.map(|(person, number)| under(number, certify(1, person)));
    let became = world.append(2, issue.collect());
    assert!(
        matches!(became[..], [Became::Recorded(_), ..]),
        "{became:?}"
    );
    let marks: Vec<String> = certificate_marks(&*store).unwrap().into_iter().collect();
    assert_eq!(marks, ["PYQ6", "XF4T"]);
    assert_eq!(
        store.get(Space::Meta, b"certificate_key.PYQ6").unwrap(),
        None
    );
}
