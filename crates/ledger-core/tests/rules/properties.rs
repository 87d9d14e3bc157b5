//! Random commands against a simple model: what may never happen, in whatever order they come.
//!
//! The model knows movements of money, live quota slots and what was paid and asked back per
//! place; it knows no rule. Runs are seeded, so that a failure comes back. [`awards`] has a model
//! of its own.
//!
//! Long: one model, with every step that it takes.

mod annul;
mod awards;
mod model;
mod progress;
mod quotas;

use std::cell::RefCell;
use std::collections::BTreeSet;

use ledger_core::event::DisbursementLine;
use ledger_core::refusal::Reason;
use ledger_core::{
    BusinessDate, ClawbackId, EventBody, EventKind, Fen, PersonKey, Position, RecordedEvent,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::ledger::past::check_back;
use crate::script::{Script, class, id, person, run};
use model::Model;

/// Cases of the random run: about ten seconds unoptimised on two cores.
const CASES: u32 = 120;

/// Commands of one case.
const STEPS: usize = 120;

/// The policies under which the cases run, with the quota and whether repeats are barred for ever.
const POLICIES: [(&str, usize, bool); 6] = [
    ("quota=3 repeat=ever", 3, true),
    (
        "quota=2 repeat=ever clawback-frees=yes shortfall=pro-rata",
        2,
        true,
    ),
    (
        "quota=1 repeat=none shortfall=recover return-frees=no",
        1,
        false,
    ),
    (
        "quota=2 repeat=none base=approved excess-frees=no clawback-frees=yes",
        2,
        false,
    ),
    (
        "quota=3 repeat=ever over=completed shortfall=recover clawback-frees=yes",
        3,
        true,
    ),
    (
        "quota=2 repeat=6 by=certificate shortfall=pro-rata",
        2,
        false,
    ),
];

/// Three trainees who graduated from six classes, of which K0 and K1 teach the same.
const WORLD: &str = "
    2019-01-01 account 370100
               account 370200
               accrue 370100 6000.00
               accrue 370200 1500.00
               institution I1
               institution E1
               qualify I1 train1 train
               qualify E1 eval1 evaluate
               person P0..P2
    2020-02-20 class K0
               class K1 kind=project rate=333.33
               class K2 level=senior rate=777.77
               class K3 kind=project occupation=4-10-01-02
               class K4 division=370200 occupation=4-03-02-01
               class K5 division=370200 occupation=6-18-02-04 kind=project rate=0.99
               open K0
               open K1
               open K2
               open K3
               open K4
               open K5
               case S0
";

/// A step: what to do, with which class, which persons (a bit set), which earlier thing, how much.
type Step = (u8, usize, u8, usize, i64);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (
        0..100_u8,
        0..6_usize,
        1..8_u8,
        any::<usize>(),
        1..110_000_i64,
    );
    prop::collection::vec(step, STEPS)
}

#[test]
fn random_commands_keep_every_promise() {
    let worlds: Vec<(Script, Model)> = POLICIES.iter().map(world).collect();
    let seen = RefCell::new((BTreeSet::new(), BTreeSet::new()));
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let outcome = runner.run(&(0..POLICIES.len(), steps()), |(policy, steps)| {
        let (script, model) = worlds[policy].clone();
        let mut case = Case {
            script,
            model,
            day: 0,
            orders: Vec::new(),
            clawbacks: 0,
        };
        let mut snapshots = Vec::new();
        for (number, step) in steps.into_iter().enumerate() {
            case.step(step, &seen);
            if number % 16 == 0 {
                let ledger = &case.script.ledger;
                snapshots.push((ledger.events.len(), ledger.entities.clone()));
            }
        }
        case.script.ledger.audit();
        crate::simulate::check_random(&case.script);
        crate::simulate::check_wider(&case.script, POLICIES[policy].0);
        for (count, entities) in snapshots {
            let position = Position::new(u64::try_from(count).unwrap() + 1);
            check_back(&case.script.ledger.entities, position, &entities);
            assert_eq!(
                case.script.ledger.replay(count).entities,
                entities,
                "prefix {count}"
            );
        }
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    let (kinds, reasons) = seen.into_inner();
    check_reach(&kinds, &reasons);
}

/// A run that never pays, returns or claws back proves nothing.
fn check_reach(kinds: &BTreeSet<EventKind>, reasons: &BTreeSet<Reason>) {
    for kind in [
        EventKind::FundsTransferred,
        EventKind::CertificateInvalidated,
        EventKind::EmploymentWithdrawn,
        EventKind::SubsidyApproved,
        EventKind::ProjectSettled,
        EventKind::DisbursementSettled,
        EventKind::DisbursementReturned,
        EventKind::ClawbackDecided,
        EventKind::RepaymentReceived,
    ] {
        assert!(kinds.contains(&kind), "{kind:?} never happened");
    }
    for reason in [
        Reason::SameOccupationAndLevel,
        Reason::YearlyQuotaUsed,
        Reason::AlreadyPaid,
        Reason::ClassSettled,
        Reason::InsufficientFunds,
        Reason::DisbursementClawedBack,
        Reason::ClawbackExceedsPaid,
        Reason::RepaymentExceedsDebt,
    ] {
        assert!(reasons.contains(&reason), "{reason:?} never refused");
    }
}

fn world((parameters, quota, ever): &(&str, usize, bool)) -> (Script, Model) {
    let mut text = format!("2019-01-01 policy P1 {parameters}\n{WORLD}");
    for class in 0..6 {
        text +=
            &format!("2020-03-01 find S0 F{class} K{class} kind=honest\nenrol K{class} P0..P2\n");
        for person in 0..3 {
            text += &format!("2020-03-31 complete K{class} P{person}\n");
            text += &format!("certify K{class} P{person} as=P{person}-K{class}\n");
        }
        text += &format!("close K{class}\n");
    }
    let script = run(&[&text]);
    let mut model = Model::new(*quota, *ever);
    for event in &script.ledger.events {
        model.follow(event);
    }
    (script, model)
}

/// One random run.
struct Case {
    script: Script,
    model: Model,
    /// Days after 2020-04-01.
    day: i32,
    /// Orders that were accepted, with class and beneficiaries.
    orders: Vec<(usize, Vec<usize>)>,
    clawbacks: usize,
}

impl Case {
    fn step(&mut self, step: Step, seen: &RefCell<(BTreeSet<EventKind>, BTreeSet<Reason>)>) {
        let Some(command) = self.command(step) else {
            return;
        };
        let start = BusinessDate::from_ymd(2020, 4, 1).unwrap();
        let on = start.add_days(self.day).unwrap();
        // Copying the state costs more than the command; a sample of the refusals will do.
        let sampled = step.3.is_multiple_of(8);
        let before = sampled.then(|| self.script.ledger.clone());
        match self.script.attempt(&format!("{on} {command}")) {
            Ok(events) => {
                for event in &events {
                    seen.borrow_mut().0.insert(event.event.body.kind());
                    self.model.follow(event);
                }
                self.remember(&events);
                self.model.check(&self.script.ledger);
            }
            Err(refusal) => {
                seen.borrow_mut().1.insert(refusal.reason);
                if let Some(before) = before {
                    assert_eq!(before, self.script.ledger, "{refusal} changes nothing");
                }
            }
        }
    }

    fn remember(&mut self, events: &[RecordedEvent]) {
        for event in events {
            match &event.event.body {
                EventBody::DisbursementOrdered(e) => {
                    let of = (0..6)
                        .find(|of| Some(class(&format!("K{of}"))) == e.subject.class())
                        .unwrap();
                    let named = |line: &DisbursementLine| {
                        (0..3)
                            .find(|number| trainee(*number) == line.beneficiary)
                            .unwrap()
                    };
                    self.orders.push((of, e.lines.iter().map(named).collect()));
                }
                EventBody::ClawbackDecided(_) => self.clawbacks += 1,
                _ => {}
            }
        }
    }

    /// The command of a step; none where the step only lets time pass or finds nothing to act on.
    fn command(&mut self, (what, class, persons, which, amount): Step) -> Option<String> {
        let members: Vec<usize> = (0..3).filter(|person| persons >> person & 1 == 1).collect();
        let one = members[which % members.len()];
        let order = || (!self.orders.is_empty()).then(|| which % self.orders.len());
        let yuan = Fen::new(amount);
        Some(match what {
            0..18 => format!("approve K{class} P{one}"),
            18..48 => self.order(class, &members, which),
            48..62 => format!("settle D{}", order()?),
            62..70 => {
                let kind = if amount % 3 == 0 { "active" } else { "passive" };
                format!("return D{} {kind}", order()?)
            }
            70..74 => format!("void P{one}-K{class}"),
            74..78 => format!("certify K{class} P{one} as=P{one}-K{class}"),
            78..83 => {
                let started = if amount % 5 == 0 {
                    "2020-03-01"
                } else {
                    "2020-04-01"
                };
                format!("employ K{class} P{one} {started}")
            }
            83..85 => format!("unemploy K{class} P{one}"),
            85..91 => {
                let order = order()?;
                let (class, beneficiaries) = &self.orders[order];
                let person = beneficiaries[which % beneficiaries.len()];
                let all = self.model.arrived(class, person);
                let amount = if which % 2 == 0 && all > 0 {
                    Fen::new(all)
                } else {
                    yuan
                };
                let next = self.clawbacks;
                format!("claw W{next} S0 F{class} D{order}:P{person}:{amount}")
            }
            91..94 if self.clawbacks > 0 => {
                let debt = which % self.clawbacks;
                let owed = self
                    .model
                    .debts
                    .get(&ClawbackId::from_bytes(id(&format!("W{debt}"))));
                let amount = owed.copied().filter(|owed| *owed > 0 && which % 2 == 0);
                format!("repay W{debt} {}", amount.map_or(yuan, Fen::new))
            }
            91..95 => format!("repay excess:K{class} {yuan}"),
            95 => format!("transfer 370100 370200 {yuan}"),
            96 => format!("transfer 370200 370100 {yuan}"),
            97 => format!("accrue 370200 {}", Fen::new(1 + amount / 100)),
            _ => {
                self.day = (self.day + i32::from(persons) * 13).min(600);
                return None;
            }
        })
    }

    fn order(&self, of: usize, members: &[usize], which: usize) -> String {
        let next = self.orders.len();
        let project = of % 2 == 1;
        let stage = match (project, which % 2) {
            (false, _) => "full",
            (true, 0) => "advance",
            (true, _) => "final",
        };
        let beneficiaries: Vec<String> = if stage == "final" && !which.is_multiple_of(3) {
            let ledger = &self.script.ledger;
            let key = class(&format!("K{of}"));
            let due = |person: &usize| {
                let key_of = trainee(*person);
                ledger
                    .places(key)
                    .any(|(at, place)| at == key_of && place.is_beneficiary())
            };
            (0..3)
                .filter(due)
                .map(|person| format!("P{person}"))
                .collect()
        } else {
            members.iter().map(|person| format!("P{person}")).collect()
        };
        let payee = match beneficiaries.as_slice() {
            [only] if !project && which.is_multiple_of(2) => format!("person:{only}"),
            _ => "body:I1".to_owned(),
        };
        format!(
            "order D{next} K{of} {stage} {} to={payee}",
            beneficiaries.join(",")
        )
    }
}
/// Five claims for three slots: in whatever order they come, three pass.
#[test]
fn of_five_claims_three_pass_in_any_order() {
    let classes = "
        2020-02-20 class C0
                   class C1 level=intermediate
                   class C2 level=senior kind=project
                   class C3 occupation=4-10-01-02 kind=project
                   class C4 occupation=4-03-02-01
                   open C0
                   open C1
                   open C2
                   open C3
                   open C4
        2020-03-31 graduate C0 A
                   graduate C1 A
                   graduate C2 A
                   graduate C3 A
                   graduate C4 A
                   close C2
                   close C3
    ";
    let world = run(&[crate::tables::POLICY, crate::tables::BODIES, classes]);
    let claims = [
        "approve C0 A",
        "approve C1 A",
        "order D2 C2 advance A",
        "order D3 C3 advance A",
        "approve C4 A",
    ];
    let mut orders = Vec::new();
    permute(&mut [0, 1, 2, 3, 4], 0, &mut orders);
    assert_eq!(orders.len(), 120);
    for order in orders {
        let mut script = world.clone();
        let outcomes = order
            .iter()
            .map(|claim| script.attempt(claims[*claim]).err());
        let refused: Vec<_> = outcomes.flatten().map(|refusal| refusal.reason).collect();
        assert_eq!(refused, [Reason::YearlyQuotaUsed; 2], "{order:?}");
    }
}

/// The key of P0, P1 or P2.
fn trainee(number: usize) -> PersonKey {
    person(&format!("P{number}"))
}

fn permute(items: &mut [usize; 5], from: usize, into: &mut Vec<[usize; 5]>) {
    if from == items.len() {
        into.push(*items);
    }
    for at in from..items.len() {
        items.swap(from, at);
        permute(items, from + 1, into);
        items.swap(from, at);
    }
}
