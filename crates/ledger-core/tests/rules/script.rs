//! Tables of commands: one line per command, with its expected outcome.
//!
//! ```text
//! 2020-03-31 approve C1 A             => ok amount=1000.00 used=1
//!            approve C1 B,C           => CERTIFICATE_MISSING limit=- facts=@b
//! ```
//!
//! A line is a date (the last one when left out), a verb, its arguments, options `name=value`,
//! and after `=>` the outcome: `ok` or the name of the refusal, with what else must be true of
//! it (`rests-on=@name`: that event is a cause). `@name` keeps the position of the line's last
//! event. Persons, classes and so on are called
//! by any name. A list of persons (`A,B`, `P1..P20`) repeats the line for each, except where one
//! command takes them all.

mod awards;
mod claims;
mod commands;
mod names;
mod orders;
mod reporting;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ledger_core::entity::Account;
use ledger_core::simulate::Attempt;
use ledger_core::{
    AccountKind, BusinessDate, CertificateNumber, Command, Entity, EntityKey, LedgerAccount,
    Position, RecordedEvent, RecordedTime, Refusal, SkillLevel,
};

use crate::ledger::{Ledger, summary};
use names::account_key;

pub(crate) use names::{class, id, institution, level, occupation, person, yuan};

/// A ledger and the names that a script gave to what is in it.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    pub(crate) ledger: Ledger,
    /// Commands that were refused, in order.
    pub(crate) refused: Vec<Attempt>,
    /// Commands that were recorded, each with the positions of its events.
    pub(crate) accepted: Vec<(Command, Vec<Position>)>,
    /// Positions by label.
    pub(crate) labels: BTreeMap<String, Position>,
    /// Certificate numbers by name.
    certificates: BTreeMap<String, CertificateNumber>,
    /// The level of each class, by name.
    levels: BTreeMap<String, Option<SkillLevel>>,
    /// The serial of the last certificate.
    serial: u32,
    on: BusinessDate,
}

/// One line of a table, taken apart.
#[derive(Debug)]
struct Line<'t> {
    verb: &'t str,
    arguments: Vec<&'t str>,
    options: BTreeMap<&'t str, &'t str>,
    label: Option<&'t str>,
    outcome: &'t str,
}

/// Runs tables one after the other on an empty ledger and audits it.
///
/// # Panics
///
/// With every line whose outcome differs.
pub(crate) fn run(tables: &[&str]) -> Script {
    let mut script = Script::new();
    for table in tables {
        script.play(table);
    }
    script.ledger.audit();
    script
}

impl Script {
    pub(crate) fn new() -> Self {
        Self {
            ledger: Ledger::new(),
            refused: Vec::new(),
            accepted: Vec::new(),
            labels: BTreeMap::new(),
            certificates: BTreeMap::new(),
            levels: BTreeMap::new(),
            serial: 0,
            on: BusinessDate::from_ymd(2020, 1, 1).unwrap(),
        }
    }

    /// Plays every line of a table.
    pub(crate) fn play(&mut self, table: &str) {
        let mut differences = String::new();
        for (number, text) in table.lines().enumerate() {
            let text = text.split('#').next().unwrap().trim();
            if text.is_empty() {
                continue;
            }
            if let Err(difference) = self.play_line(text) {
                writeln!(differences, "line {}: {text}\n    {difference}", number + 1).unwrap();
            }
        }
        assert!(differences.is_empty(), "\n{differences}");
    }

    /// Submits the first command of a line, whatever its outcome.
    pub(crate) fn attempt(&mut self, text: &str) -> Result<Vec<RecordedEvent>, Refusal> {
        let line = self.parse(text);
        let command = self.commands(&line).remove(0);
        self.submit(&command)
    }

    pub(crate) fn submit(&mut self, command: &Command) -> Result<Vec<RecordedEvent>, Refusal> {
        let outcome = self.ledger.submit(command);
        if let Ok(events) = &outcome {
            let positions = events.iter().map(|event| event.position).collect();
            self.accepted.push((command.clone(), positions));
        }
        if outcome.is_err() {
            let last = self.ledger.events.last();
            self.refused.push(Attempt {
                seen: last.map_or(Position::ZERO, |last| last.position),
                recorded_at: self.ledger.now,
                command: command.clone(),
            });
        }
        outcome
    }

    fn play_line(&mut self, text: &str) -> Result<(), String> {
        let line = self.parse(text);
        match line.verb {
            "now" => {
                self.on = BusinessDate::parse(line.arguments[0]).unwrap();
                let noon = i64::from(self.on.days()) * 86_400_000_000 + 43_200_000_000;
                self.ledger.now = RecordedTime::from_micros(noon);
                return Ok(());
            }
            "see" => return self.see(&line),
            "assume" => {
                let [accounts, balance] = [&line.arguments[..2], &line.arguments[2..]];
                let account = account_key(accounts[0], &line.options);
                let year = accounts[1].parse().unwrap();
                let cash = LedgerAccount {
                    holder: account,
                    kind: AccountKind::Cash,
                    fiscal_year: 0,
                };
                let accrual = LedgerAccount {
                    kind: AccountKind::Accrual,
                    fiscal_year: year,
                    ..cash
                };
                self.ledger
                    .assume_balance([cash, accrual], yuan(balance[0]));
                return Ok(());
            }
            _ => {}
        }
        for command in self.commands(&line) {
            let outcome = self.submit(&command);
            if let (Ok(events), Some(label)) = (&outcome, line.label) {
                self.labels
                    .insert(label.to_owned(), events.last().unwrap().position);
            }
            self.compare(line.outcome, &outcome.map(|events| summary(&events)))?;
        }
        Ok(())
    }

    fn parse<'t>(&mut self, text: &'t str) -> Line<'t> {
        let (said, outcome) = text.split_once("=>").unwrap_or((text, "ok"));
        let mut words = said.split_whitespace().peekable();
        if let Some(date) = words.peek().and_then(|word| BusinessDate::parse(word).ok()) {
            self.on = date;
            words.next();
        }
        let verb = words.next().unwrap();
        let (mut arguments, mut options, mut label) = (Vec::new(), BTreeMap::new(), None);
        for word in words {
            match (word.strip_prefix('@'), word.split_once('=')) {
                (Some(name), _) => label = Some(name),
                (None, Some((name, value))) => {
                    options.insert(name, value);
                }
                (None, None) => arguments.push(word),
            }
        }
        Line {
            verb,
            arguments,
            options,
            label,
            outcome: outcome.trim(),
        }
    }

    fn compare(
        &self,
        expected: &str,
        found: &Result<BTreeMap<&'static str, String>, Refusal>,
    ) -> Result<(), String> {
        let mut words = expected.split_whitespace();
        let outcome = words.next().unwrap();
        let name = found
            .as_ref()
            .err()
            .map_or("ok", |refusal| refusal.reason.name());
        if outcome != name {
            return Err(format!("is {name}: {found:?}"));
        }
        for word in words {
            let (what, value) = word.split_once('=').unwrap();
            let has = match found {
                Ok(said) if what == "rests-on" => self.rests_on(&said["causes"], value),
                Ok(said) => said.get(what).cloned().unwrap_or_default(),
                Err(refusal) => self.detail(refusal, what, value),
            };
            if has != value {
                return Err(format!("{what} is {has}, not {value}: {found:?}"));
            }
        }
        Ok(())
    }

    /// A detail of a refusal; facts are compared as positions and given back as expected.
    fn detail(&self, refusal: &Refusal, what: &str, expected: &str) -> String {
        let number = |value: Option<i64>| value.map_or("-".to_owned(), |value| value.to_string());
        match what {
            "limit" => number(refusal.limit),
            "found" => number(refusal.found),
            "rule" => refusal.rule.as_ref().map_or("-".to_owned(), |rule| {
                rule.clause.split_whitespace().collect::<Vec<_>>().join("-")
            }),
            "policy" => {
                let policy = refusal.rule.as_ref().map(|rule| rule.policy.get());
                number(policy.and_then(|policy| i64::try_from(policy).ok()))
            }
            "facts" => {
                let labels = expected.split(',').filter(|label| *label != "-");
                let mut facts: Vec<_> = labels.map(|label| self.position(label)).collect();
                facts.sort_unstable();
                if facts == refusal.facts {
                    expected.to_owned()
                } else {
                    format!("{:?}", refusal.facts)
                }
            }
            _ => panic!("a refusal has no {what}"),
        }
    }

    /// What is expected to be among the causes, where it is; else the causes.
    fn rests_on(&self, causes: &str, expected: &str) -> String {
        let is_cause = |label| {
            let position = self.position(label).get().to_string();
            causes.split(',').any(|cause| cause == position)
        };
        if expected.split(',').all(is_cause) {
            expected.to_owned()
        } else {
            causes.to_owned()
        }
    }

    fn position(&self, text: &str) -> Position {
        match text.strip_prefix('@') {
            Some(label) => self.labels[label],
            None => Position::new(text.parse().unwrap()),
        }
    }

    /// Looks at the state: `see available 370100 400.00`, `see slots A 2020 2`.
    fn see(&self, line: &Line<'_>) -> Result<(), String> {
        let [what, of, rest @ ..] = line.arguments.as_slice() else {
            panic!("see what of whom");
        };
        let (found, expected) = match *what {
            "available" => (
                self.account(of, &line.options).available().to_string(),
                rest[0].to_owned(),
            ),
            "statuses" => {
                let Some(Entity::Person(person)) =
                    self.ledger.entities.get(&EntityKey::Person(person(of)))
                else {
                    panic!("{of} is registered");
                };
                let until =
                    |it: Option<BusinessDate>| it.map_or(String::new(), |it| it.to_string());
                let records = person.statuses.iter();
                let records: Vec<_> = records
                    .map(|it| format!("{}..{}", it.valid_from, until(it.valid_until)))
                    .collect();
                (records.join(","), rest.join(","))
            }
            "slots" => {
                let year: i32 = rest[0].parse().unwrap();
                let Some(Entity::Person(person)) =
                    self.ledger.entities.get(&EntityKey::Person(person(of)))
                else {
                    panic!("{of} is registered");
                };
                let used = person
                    .slots
                    .iter()
                    .filter(|slot| slot.freed.is_none() && slot.year == year);
                (used.count().to_string(), rest[1].to_owned())
            }
            kind => {
                let kind = AccountKind::ALL
                    .into_iter()
                    .find(|it| it.name() == kind)
                    .unwrap();
                let year = if kind.is_flow() {
                    rest[0].parse().unwrap()
                } else {
                    0
                };
                let balance = self.account(of, &line.options).balance(kind, year);
                (balance.to_string(), rest.last().unwrap().to_string())
            }
        };
        if found == expected {
            Ok(())
        } else {
            Err(format!("is {found}"))
        }
    }

    fn account(&self, division: &str, options: &BTreeMap<&str, &str>) -> Account {
        let key = EntityKey::Account(account_key(division, options));
        let Some(Entity::Account(account)) = self.ledger.entities.get(&key) else {
            panic!("{division} has an account");
        };
        account.clone()
    }
}
