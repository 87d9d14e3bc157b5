//! The published list, as printed, and what the demo adds to it.

use anyhow::{Context as _, Result, ensure};
use ledger_core::{Fen, SkillLevel};

/// The list; its source stands in `tests/data/README.md`.
const LIST: &str = include_str!("../../../data/public-list-jinhua-2021.csv");

/// One line of the list.
#[derive(Debug, Clone)]
pub(crate) struct Published {
    pub(crate) body: String,
    pub(crate) course: String,
    pub(crate) trained: u32,
    pub(crate) submitted: u32,
    pub(crate) pensioners: u32,
    pub(crate) failed: u32,
    pub(crate) non_residents: u32,
    pub(crate) approved: u32,
    pub(crate) class_hours: u32,
    pub(crate) rate: Fen,
    pub(crate) amount: Fen,
}

/// What the list does not say and a class needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Course {
    /// Only 养老护理员 has a confirmed code (B4 of the domain notes); the other two are
    /// constructed for the demo.
    pub(crate) occupation: &'static str,
    pub(crate) level: Option<SkillLevel>,
}

impl Published {
    /// The lines of the list.
    pub(crate) fn list() -> Result<Vec<Self>> {
        let mut lines = LIST.lines();
        let header = lines.next().context("the published list is empty")?;
        let columns: Vec<_> = header.split(',').collect();
        lines
            .filter(|line| !line.trim().is_empty())
            .map(|line| Self::read(&columns, line))
            .collect()
    }

    fn read(columns: &[&str], line: &str) -> Result<Self> {
        let cells: Vec<_> = line.split(',').collect();
        ensure!(
            cells.len() == columns.len(),
            "a line of the list has another number of cells"
        );
        let cell = |name: &str| {
            let index = columns.iter().position(|column| *column == name);
            index
                .and_then(|index| cells.get(index))
                .with_context(|| format!("no column {name}"))
        };
        let count = |name: &str| -> Result<u32> {
            cell(name)?
                .parse()
                .with_context(|| format!("{name} is no number"))
        };
        let yuan = |name: &str| -> Result<Fen> {
            Fen::parse_yuan(cell(name)?).with_context(|| format!("{name} is no amount"))
        };
        Ok(Self {
            body: (*cell("body")?).to_owned(),
            course: (*cell("course")?).to_owned(),
            trained: count("trained")?,
            submitted: count("submitted")?,
            pensioners: count("rejected_pensioner")?,
            failed: count("rejected_failed")?,
            non_residents: count("rejected_residence")?,
            approved: count("approved")?,
            class_hours: count("class_hours")?,
            rate: yuan("rate_yuan")?,
            amount: yuan("amount_yuan")?,
        })
    }

    /// Occupation and level of the course.
    pub(crate) fn course(&self) -> Course {
        match self.course.as_str() {
            "养老护理员" => Course {
                occupation: "2015:4-10-01-05",
                level: Some(SkillLevel::Junior),
            },
            "农村建筑工匠" => Course {
                occupation: "2015:6-29-01-99",
                level: None,
            },
            _ => Course {
                occupation: "2015:4-13-99-99",
                level: None,
            },
        }
    }
}
