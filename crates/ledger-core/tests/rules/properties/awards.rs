//! Random awards, payments, returns, clawbacks and revocations: no order of them breaks a count,
//! an exclusion, a part or an account.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use ledger_core::event::{AwardApproved, AwardRevoked, DisbursementSettled};
use ledger_core::refusal::Reason;
use ledger_core::{
    AccountKey, AccountKind, AwardId, BusinessDate, DisbursementId, Entity, EntityKey, EventBody,
    EventKind, RecordedEvent,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::ledger::Ledger;
use crate::ledger::past::check_back;
use crate::script::{Script, id, run};

/// Cases of the random run: some seconds unoptimised.
const CASES: u32 = 60;

/// Commands of one case.
const STEPS: usize = 150;

/// Prizes of a cycle.
const PRIZES: usize = 2;

/// Four schemes, three accounts of which two run short, four recipients.
const WORLD: &str = "
    2020-01-01 policy P1 award-funds=skilled_talent,special_account \
               awards=prize/at-least:100.00/person+body/count:2+2+2020,\
               base/fixed:300.00/person+body/not:unit,unit/fixed:300.00/person+body,\
               station/fixed:300.00/person+body/split:skilled_talent+2of3+special_account+1of3
               account 370000 fund=skilled_talent
               account 371400 fund=skilled_talent
               account 370000
               accrue 370000 900.00 fund=skilled_talent
               accrue 371400 300.00 fund=skilled_talent
               accrue 370000 300.00
               institution I0
               institution I1
               person P0,P1
               case S0
";

/// Another document: a higher floor, one prize instead of two, other amounts, no exclusion.
const OTHER: &str = "award-funds=skilled_talent,special_account \
    awards=prize/at-least:150.00/person+body/count:1+2+2020,base/fixed:200.01/person+body,\
    unit/fixed:450.00/body,\
    station/fixed:299.99/person+body/split:skilled_talent+2of3+special_account+1of3";

/// A step: what to do, and choices of an award, a scheme, a subject, an amount.
type Step = (u8, usize, usize, usize, i64);

#[test]
fn random_awards_keep_every_promise() {
    let world = run(&[WORLD]);
    let seen = RefCell::new((BTreeSet::new(), BTreeSet::new()));
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let step = (
        0..100_u8,
        any::<usize>(),
        0..4_usize,
        0..3_usize,
        1..30_000_i64,
    );
    let outcome = runner.run(&prop::collection::vec(step, STEPS), |steps| {
        let mut case = Case {
            script: world.clone(),
            model: Model::default(),
            day: 0,
        };
        let mut snapshots = Vec::new();
        for (number, step) in steps.into_iter().enumerate() {
            case.step(step, &seen);
            if number % 16 == 0 {
                let ledger = &case.script.ledger;
                snapshots.push((ledger.next_position(), ledger.entities.clone()));
            }
        }
        for (position, entities) in snapshots {
            check_back(&case.script.ledger.entities, position, &entities);
        }
        case.script.ledger.audit();
        let compared = crate::simulate::check_in_force(&case.script);
        assert!(compared > 0, "awards are simulated");
        crate::simulate::check_draft(&case.script, OTHER);
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    let (kinds, reasons) = seen.into_inner();
    check_reach(&kinds, &reasons);
}

/// A run that never revokes, pays or claws back proves nothing.
fn check_reach(kinds: &BTreeSet<EventKind>, reasons: &BTreeSet<Reason>) {
    for kind in [
        EventKind::AwardApproved,
        EventKind::AwardRevoked,
        EventKind::DisbursementSettled,
        EventKind::DisbursementReturned,
        EventKind::ClawbackDecided,
        EventKind::RepaymentReceived,
    ] {
        assert!(kinds.contains(&kind), "{kind:?} never happened");
    }
    for reason in [
        Reason::AwardExcluded,
        Reason::AwardCountUsed,
        Reason::AwardAmountNotAllowed,
        Reason::FundPartsMismatch,
        Reason::AwardIsPaid,
        Reason::AwardIsRevoked,
        Reason::AlreadyPaid,
        Reason::InsufficientFunds,
        Reason::DisbursementClawedBack,
        Reason::ClawbackExceedsPaid,
    ] {
        assert!(reasons.contains(&reason), "{reason:?} never refused");
    }
}

/// One random run.
struct Case {
    script: Script,
    model: Model,
    /// Days after 2020-06-01.
    day: i32,
}

impl Case {
    fn step(&mut self, step: Step, seen: &RefCell<(BTreeSet<EventKind>, BTreeSet<Reason>)>) {
        let Some(command) = self.command(step) else {
            return;
        };
        let start = BusinessDate::from_ymd(2020, 6, 1).unwrap();
        let on = start.add_days(self.day).unwrap();
        let before = step.1.is_multiple_of(8).then(|| self.script.ledger.clone());
        match self.script.attempt(&format!("{on} {command}")) {
            Ok(events) => {
                for event in &events {
                    seen.borrow_mut().0.insert(event.event.body.kind());
                    self.model.follow(event);
                }
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

    /// The command of a step; none where the step only lets time pass or finds nothing to act on.
    fn command(&mut self, (what, which, scheme, subject, amount): Step) -> Option<String> {
        let yuan = ledger_core::Fen::new(amount);
        let one_of = |count: usize| (count > 0).then(|| which % count);
        let award = || one_of(self.model.awards.len());
        let payment = || one_of(self.model.payments.len());
        Some(match what {
            0..30 => self.award(which, scheme, subject, amount),
            30..55 => {
                let account = ["370000", "371400", "370000 fund=special_account"][subject];
                let part = match amount % 3 {
                    0 => String::new(),
                    _ => format!("amount={yuan}"),
                };
                let next = self.model.payments.len();
                format!("pay-award D{next} G{} {account} {part}", award()?)
            }
            55..68 => format!("settle D{}", payment()?),
            68..76 => {
                let kind = ["active", "passive"][subject % 2];
                format!("return D{} {kind}", payment()?)
            }
            76..84 => {
                let award = award()?;
                format!("find S0 F{award} award:G{award} kind=honest")
            }
            84..90 => {
                let payment = payment()?;
                let paid = self.model.payments[payment].clone();
                let amount = match amount % 2 {
                    0 => ledger_core::Fen::new(paid.amount),
                    _ => yuan,
                };
                let next = self.model.clawbacks;
                format!("claw W{next} S0 F{} D{payment}:award:{amount}", paid.award)
            }
            90..92 => format!("repay W{} {yuan}", one_of(self.model.clawbacks)?),
            92..97 => format!("revoke-award G{}", award()?),
            _ => {
                // Time also runs backwards: what is dated earlier may be decided later.
                self.day = (self.day + i32::try_from(which % 500).unwrap() - 200).clamp(0, 1_500);
                return None;
            }
        })
    }

    fn award(&self, which: usize, scheme: usize, subject: usize, amount: i64) -> String {
        let next = self.model.awards.len();
        let recipient = ["person:P0", "person:P1", "body:I0", "body:I1"][which % 4];
        let name = ["prize", "base", "unit", "station"][scheme];
        let parts = match (name, amount % 4) {
            ("station", 0) => "370000,370000:special_account",
            ("station", _) => "370000:50.00,371400,370000:special_account",
            (_, 0) => "370000",
            (_, 1) => "370000:100.00,371400",
            (_, 2) => "370000:100.00,371400:100.00,370000:special_account:100.00",
            _ => "371400",
        };
        let sum = match name {
            "prize" => format!("amount={}.00", 50 + amount % 300),
            _ => String::new(),
        };
        format!("award G{next} {name} {recipient} m{subject} parts={parts} {sum}")
    }
}

/// A payment and where it stands.
#[derive(Debug, Clone)]
struct Payment {
    award: usize,
    account: AccountKey,
    amount: i64,
    settled: bool,
    returned: bool,
    clawed_back: i64,
}

/// An award and whether it stands.
#[derive(Debug, Clone)]
struct Award {
    approved: AwardApproved,
    on: BusinessDate,
    revoked: bool,
}

/// What follows from the accepted events by plain addition; it knows no rule.
#[derive(Debug, Clone, Default)]
struct Model {
    awards: Vec<Award>,
    payments: Vec<Payment>,
    clawbacks: usize,
}

impl Model {
    fn follow(&mut self, recorded: &RecordedEvent) {
        match &recorded.event.body {
            EventBody::AwardApproved(approved) => self.awards.push(Award {
                approved: approved.clone(),
                on: recorded.event.occurred_on,
                revoked: false,
            }),
            EventBody::AwardRevoked(AwardRevoked { award, .. }) => {
                let award = self.number(*award);
                self.awards[award].revoked = true;
                let owed = self.payments.iter().filter(|paid| paid.award == award);
                for paid in owed {
                    let back = paid.returned || paid.clawed_back == paid.amount;
                    assert!(back, "nothing is left with a revoked award: {paid:?}");
                }
            }
            EventBody::DisbursementOrdered(e) => {
                let award = self.number(e.subject.award().unwrap());
                assert!(!self.awards[award].revoked, "a revoked award is not paid");
                assert_eq!(e.payee, self.awards[award].approved.recipient);
                self.payments.push(Payment {
                    award,
                    account: e.account,
                    amount: e.total.get(),
                    settled: false,
                    returned: false,
                    clawed_back: 0,
                });
            }
            EventBody::DisbursementSettled(DisbursementSettled { disbursement, .. }) => {
                self.payment(*disbursement).settled = true;
            }
            EventBody::DisbursementReturned(e) => self.payment(e.disbursement).returned = true,
            EventBody::ClawbackDecided(e) => {
                self.clawbacks += 1;
                for line in &e.lines {
                    self.payment(line.disbursement).clawed_back += line.amount.get();
                }
            }
            _ => {}
        }
    }

    fn number(&self, award: AwardId) -> usize {
        let named = |number: &usize| AwardId::from_bytes(id(&format!("G{number}"))) == award;
        (0..self.awards.len()).find(named).unwrap()
    }

    fn payment(&mut self, disbursement: DisbursementId) -> &mut Payment {
        let named =
            |number: &usize| DisbursementId::from_bytes(id(&format!("D{number}"))) == disbursement;
        let number = (0..self.payments.len()).find(named).unwrap();
        &mut self.payments[number]
    }

    /// What must be true after every command.
    fn check(&self, ledger: &Ledger) {
        self.check_places();
        self.check_parts();
        let mut reserved: BTreeMap<AccountKey, i64> = BTreeMap::new();
        for paid in self.payments.iter().filter(|paid| !paid.returned) {
            assert!(paid.clawed_back <= paid.amount, "{paid:?} comes back once");
            assert!(
                paid.settled || paid.clawed_back == 0,
                "{paid:?} had arrived"
            );
            if !paid.settled {
                *reserved.entry(paid.account).or_default() += paid.amount;
            }
        }
        for (key, entity) in &ledger.entities {
            if let (EntityKey::Account(key), Entity::Account(account)) = (key, entity) {
                let held = reserved.get(key).copied().unwrap_or(0);
                assert_eq!(account.balance(AccountKind::Reserve, 0).get(), held);
                assert!(account.balance(AccountKind::Cash, 0).get() >= held);
            }
        }
    }

    /// One standing award per scheme and subject, one of base and unit, two prizes a cycle.
    fn check_places(&self) {
        let standing = || self.awards.iter().filter(|award| !award.revoked);
        let mut taken = BTreeSet::new();
        let mut prizes: BTreeMap<i32, usize> = BTreeMap::new();
        for award in standing() {
            let scheme = match award.approved.scheme.as_str() {
                "base" | "unit" => "base or unit",
                scheme => scheme,
            };
            let subject = award.approved.subject.as_str();
            assert!(taken.insert((scheme, subject)), "{scheme} {subject} twice");
            if scheme == "prize" {
                *prizes.entry((award.on.year() - 2020) / 2).or_default() += 1;
            }
        }
        assert!(prizes.values().all(|count| *count <= PRIZES), "{prizes:?}");
    }

    /// The parts add up to the award, and each account pays at most its part.
    fn check_parts(&self) {
        let mut paid: BTreeMap<(usize, AccountKey), i64> = BTreeMap::new();
        for payment in self.payments.iter().filter(|payment| !payment.returned) {
            *paid.entry((payment.award, payment.account)).or_default() += payment.amount;
        }
        for (number, award) in self.awards.iter().enumerate() {
            let parts = award.approved.parts.iter();
            let sum: i64 = parts.clone().map(|part| part.amount.get()).sum();
            assert_eq!(sum, award.approved.amount.get(), "{award:?} adds up");
            for part in parts {
                let paid = paid.remove(&(number, part.account)).unwrap_or(0);
                assert!(paid <= part.amount.get(), "{award:?} is paid once");
            }
        }
        assert!(paid.is_empty(), "{paid:?} is no part of an award");
    }
}
