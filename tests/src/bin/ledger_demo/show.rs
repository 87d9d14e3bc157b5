//! What the demo prints.

use crate::play::{Ending, Played};
use comfy_table::{CellAlignment, Table, TableStyle};
use ledger_core::Fen;
use std::io::Write as _;

/// Standard output; a reader who has gone away does not stop the demo.
#[derive(Debug)]
pub(crate) struct Screen {
    output: std::io::Stdout,
}

impl Screen {
    pub(crate) fn new() -> Self {
        Self {
            output: std::io::stdout(),
        }
    }

    pub(crate) fn line(&mut self, text: &str) {
        let mut output = self.output.lock();
        drop(writeln!(output, "{text}"));
    }

    /// Opens a chapter.
    pub(crate) fn title(&mut self, text: &str) {
        self.line(&format!("\n== {text}"));
    }

    pub(crate) fn table(&mut self, header: &[&str], rows: Vec<Vec<String>>, numbers_from: usize) {
        let mut table = Table::new();
        table.load_style(TableStyle::new());
        table.set_header(header.to_vec()).add_rows(rows);
        for column in table.column_iter_mut().skip(numbers_from) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        self.line(&table.to_string());
    }
}

impl Ending {
    /// Prints the closing tables.
    pub(crate) fn show(&self, screen: &mut Screen, keeps: bool) {
        screen.title("Published against computed, in yuan");
        screen.table(
            &[
                "body",
                "course",
                "approved",
                "published",
                "computed",
                "difference",
            ],
            self.played.iter().map(row).collect(),
            2,
        );
        screen.title("Balances per city, in yuan");
        let balances = self.balances.iter().map(|balance| {
            vec![
                balance.city.clone(),
                balance.cash.to_string(),
                balance.reserved.to_string(),
                balance.expenditure.to_string(),
                balance.receivable.to_string(),
            ]
        });
        screen.table(
            &["city", "cash", "reserved", "paid out", "to come back"],
            balances.collect(),
            1,
        );
        screen.line(&format!(
            "Trial balance: debits {} = credits {}; difference {}.",
            self.debits,
            self.credits,
            difference(self.debits, self.credits)
        ));
        self.next_commands(screen, keeps);
    }

    fn next_commands(&self, screen: &mut Screen, keeps: bool) {
        screen.title(if keeps {
            "Try next"
        } else {
            "Try next (run the demo with --keep)"
        });
        let commands = [
            "status".to_owned(),
            "statement 370100".to_owned(),
            format!("quota {} --year 2021", self.person),
            format!("eligible {} {} --on 2021-12-01", self.class, self.person),
            format!("trace {}", self.clawback),
            "refusals".to_owned(),
            "rebuild".to_owned(),
        ];
        for command in commands {
            screen.line(&format!("  target/release/ledgerctl {command}"));
        }
    }
}

fn row(played: &Played) -> Vec<String> {
    vec![
        played.published.body.clone(),
        played.published.course.clone(),
        played.approved.to_string(),
        played.published.amount.to_string(),
        played.paid.to_string(),
        difference(played.published.amount, played.paid),
    ]
}

fn difference(left: Fen, right: Fen) -> String {
    left.checked_sub(right)
        .map_or_else(|| "overflow".to_owned(), |fen| fen.to_string())
}
