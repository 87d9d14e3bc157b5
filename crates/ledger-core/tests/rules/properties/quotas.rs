//! Random approvals, orders, returns and void certificates on days in any order: no interleaving
//! breaks one of several quotas, by the year or over rolling months, whichever city or fund pays.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use ledger_core::event::DisbursementOrdered;
use ledger_core::refusal::Reason;
use ledger_core::{BusinessDate, ClassId, EventBody, RecordedEvent, SchemeId};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::script::{Script, run};

/// Cases of the random run: some seconds unoptimised.
const CASES: u32 = 80;

/// Commands of one case.
const STEPS: usize = 60;

/// Classes of the world.
const CLASSES: usize = 10;

/// A quota as the model knows it: how many, in how many months (a calendar year when absent),
/// whether the subsidies of every scheme count, and whether only those for other occupations than
/// the scarce ones do.
type Quota = (usize, Option<u32>, bool, bool);

/// The quotas under which the cases run.
const POLICIES: [(&str, &[Quota]); 5] = [
    (
        "3/year/all,1/year/same",
        &[(3, None, true, false), (1, None, false, false)],
    ),
    ("2/12/all", &[(2, Some(12), true, false)]),
    (
        "3/24/all,1/6/same,2/year/all",
        &[
            (3, Some(24), true, false),
            (1, Some(6), false, false),
            (2, None, true, false),
        ],
    ),
    (
        "2/1/same,4/year/all",
        &[(2, Some(1), false, false), (4, None, true, false)],
    ),
    (
        "3/year/all,1/year/all/4-10-01-02+4-03-02-01",
        &[(3, None, true, false), (1, None, true, true)],
    ),
];

/// Occupations that the last of these quotas leaves out.
const SCARCE: [&str; 2] = ["2015:4-10-01-02", "2015:4-03-02-01"];

/// A subsidy that counts.
#[derive(Debug, Clone)]
struct Slot {
    on: BusinessDate,
    year: i32,
    scheme: SchemeId,
    scarce: bool,
}

/// What follows from the accepted events by plain addition.
#[derive(Debug, Clone, Default)]
struct Model {
    classes: BTreeMap<ClassId, (SchemeId, bool)>,
    slots: BTreeMap<ClassId, Slot>,
}

#[test]
fn no_interleaving_breaks_a_quota() {
    let worlds: Vec<(Script, Model)> = POLICIES.iter().map(|(text, _)| world(text)).collect();
    let seen = RefCell::new(BTreeMap::<Option<Reason>, usize>::new());
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let step = (0..100_u8, 0..CLASSES, 0..1_100_i32, any::<usize>());
    let steps = prop::collection::vec(step, STEPS);
    let outcome = runner.run(&(0..POLICIES.len(), steps), |(policy, steps)| {
        let (mut script, mut model) = worlds[policy].clone();
        let mut orders = 0;
        for (what, class, day, which) in steps {
            let on = BusinessDate::from_ymd(2020, 4, 1)
                .unwrap()
                .add_days(day)
                .unwrap();
            let command = match what {
                0..50 => format!("approve K{class} A"),
                50..70 => format!("order D{orders} K{class} full A"),
                70..85 => format!("return D{} passive", which % (orders + 1)),
                85..92 => format!("void A-K{class}"),
                _ => format!("certify K{class} A as=A-K{class}"),
            };
            let outcome = script.attempt(&format!("{on} {command}"));
            let reason = outcome.as_ref().err().map(|refusal| refusal.reason);
            *seen.borrow_mut().entry(reason).or_default() += 1;
            for event in outcome.iter().flatten() {
                orders += usize::from(matches!(
                    event.event.body,
                    EventBody::DisbursementOrdered(_)
                ));
                model.follow(event);
            }
            model.check(POLICIES[policy].1);
        }
        script.ledger.audit();
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    let seen = seen.into_inner();
    for reason in [None, Some(Reason::YearlyQuotaUsed)] {
        let times = seen.get(&reason).copied().unwrap_or(0);
        assert!(times > 300, "{reason:?} happened {times} times: {seen:?}");
    }
}

/// Who pays a class: cities of two provinces, from two funds.
const PAYERS: [&str; 4] = [
    "370100",
    "370200 fund=employment_subsidy",
    "520100",
    "370100 fund=employment_subsidy",
];

/// One trainee who graduated from ten classes of three schemes, each for another training, in
/// cities of two provinces that state the same quotas, and paid by two funds.
fn world(quotas: &str) -> (Script, Model) {
    let trainings = [
        "4-10-01-05",
        "4-10-01-02",
        "4-03-02-01",
        "6-18-02-04",
        "1999:4-07-12-03",
    ];
    let levels: BTreeSet<&str> = ["junior", "senior"].into();
    let scopes: Vec<String> = trainings
        .iter()
        .map(|of| format!("{of}/junior+senior"))
        .collect();
    let scope = scopes.join(",");
    let mut text = format!(
        "2019-01-01 policy P1 quotas={quotas} schemes=scheme-a,scheme-b,scheme-c
         policy P2 division=520000 quotas={quotas} schemes=scheme-a,scheme-b,scheme-c
         institution I1
         qualify I1 train1 train scope={scope}
         institution E1
         qualify E1 eval1 evaluate scope={scope}
         person A\n"
    );
    for payer in PAYERS {
        let (city, fund) = payer.split_once(' ').unwrap_or((payer, ""));
        text += &format!("account {city} {fund}\naccrue {city} 1000000.00 {fund}\n");
    }
    let all = trainings
        .iter()
        .flat_map(|of| levels.iter().map(move |level| (of, level)));
    for (number, (of, level)) in all.enumerate() {
        let scheme = ["scheme-a", "scheme-b", "scheme-c"][number % 3];
        let payer = PAYERS[number % PAYERS.len()];
        text += &format!(
            "2020-02-20 class K{number} occupation={of} level={level} scheme={scheme} division={payer}
             open K{number}
             2020-03-31 enrol K{number} A
             complete K{number} A
             certify K{number} A as=A-K{number}\n"
        );
    }
    let script = run(&[&text]);
    let mut model = Model::default();
    for event in &script.ledger.events {
        model.follow(event);
    }
    (script, model)
}

impl Model {
    fn follow(&mut self, recorded: &RecordedEvent) {
        let on = recorded.event.occurred_on;
        match &recorded.event.body {
            EventBody::ClassApproved(e) => {
                let scarce = SCARCE.contains(&e.occupation.to_string().as_str());
                self.classes.insert(e.class, (e.scheme.clone(), scarce));
            }
            EventBody::SubsidyApproved(e) => self.take(e.class, on, e.quota_year),
            EventBody::CertificateInvalidated(e) if e.frees_quota => {
                assert!(self.slots.remove(&e.class).is_some());
            }
            EventBody::DisbursementOrdered(DisbursementOrdered { subject, lines, .. }) => {
                if let Some(year) = lines[0].takes_quota_year {
                    self.take(subject.class().unwrap(), on, year);
                }
            }
            EventBody::DisbursementReturned(e) if !e.frees_quota.is_empty() => {
                let class = recorded.event.tags.iter().find_map(|tag| match tag {
                    ledger_core::Tag::Class(class) => Some(*class),
                    _ => None,
                });
                assert!(self.slots.remove(&class.unwrap()).is_some());
            }
            _ => {}
        }
    }

    fn take(&mut self, class: ClassId, on: BusinessDate, year: i32) {
        let (scheme, scarce) = self.classes[&class].clone();
        let slot = Slot {
            on,
            year,
            scheme,
            scarce,
        };
        let held = self.slots.insert(class, slot);
        assert!(held.is_none(), "a place takes one slot");
    }

    /// Whatever window is looked at, no quota is exceeded.
    fn check(&self, quotas: &[Quota]) {
        for (limit, months, all, not_scarce) in quotas {
            for end in self.slots.values() {
                let counts = |slot: &&Slot| {
                    let in_window = match months {
                        None => slot.year == end.year,
                        Some(months) => {
                            let until = slot.on.add_months(*months).unwrap();
                            slot.on <= end.on && end.on < until
                        }
                    };
                    in_window
                        && (*all || slot.scheme == end.scheme)
                        && !(*not_scarce && slot.scarce)
                };
                let used = self.slots.values().filter(counts).count();
                assert!(used <= *limit, "{limit} {months:?} {all}: {:?}", self.slots);
            }
        }
    }
}
