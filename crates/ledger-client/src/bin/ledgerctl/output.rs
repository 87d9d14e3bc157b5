//! Where answers go: text and tables for people, JSON for programs.

use std::fmt::Display;
use std::io::{self, Write};

use comfy_table::{Cell, CellAlignment, LineStyle, Table, TableStyle};
use serde_json::Value;

use ledger_client::reading::safe::SafeWriter;

/// Where answers go.
pub(crate) struct Output<'writer> {
    writer: &'writer mut dyn Write,
    /// Where messages beside the answer go; standard error when it is absent.
    messages: Option<&'writer mut dyn Write>,
    json: bool,
}

impl<'writer> Output<'writer> {
    pub(crate) fn new(writer: &'writer mut dyn Write, json: bool) -> Self {
        Self {
            writer,
            messages: None,
            json,
        }
    }

    /// The same, with the messages beside the answer going somewhere, too.
    #[cfg(test)]
    pub(crate) fn with_messages(mut self, messages: &'writer mut dyn Write) -> Self {
        self.messages = Some(messages);
        self
    }

    /// Tells the operator something beside the answer, at once. Nobody may be listening, which
    /// keeps no request from being sent.
    pub(crate) fn message(&mut self, text: impl Display) {
        let _ = match &mut self.messages {
            Some(messages) => writeln!(messages, "ledgerctl: {text}"),
            None => writeln!(io::stderr().lock(), "ledgerctl: {text}"),
        };
    }

    /// Whether a program reads it.
    pub(crate) const fn is_json(&self) -> bool {
        self.json
    }

    /// Writes a line of text.
    pub(crate) fn line(&mut self, text: impl Display) -> io::Result<()> {
        writeln!(self.writer, "{text}")
    }

    /// Writes text as it is.
    pub(crate) fn text(&mut self, text: &str) -> io::Result<()> {
        self.writer.write_all(text.as_bytes())
    }

    /// Writes a table.
    pub(crate) fn table(&mut self, table: &Table) -> io::Result<()> {
        writeln!(self.writer, "{}", table.trim_fmt())
    }

    /// Writes one JSON value over several lines.
    pub(crate) fn json(&mut self, value: &Value) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut self.writer, value)?;
        writeln!(self.writer)
    }

    /// Writes one JSON value of many on a line of its own.
    pub(crate) fn json_line(&mut self, value: &Value) -> io::Result<()> {
        serde_json::to_writer(&mut self.writer, value)?;
        writeln!(self.writer)
    }

    /// Begins CSV for spreadsheets: a byte order mark and a header.
    pub(crate) fn csv_header(&mut self, header: &[&str]) -> io::Result<()> {
        let mut writer = SafeWriter::new(&mut self.writer)?;
        writer.row(header.iter().copied())?;
        writer.flush()
    }

    /// Writes a row of CSV, which has as many fields as the header.
    pub(crate) fn csv_row(&mut self, row: &[String]) -> io::Result<()> {
        let mut writer = SafeWriter::going_on(&mut self.writer);
        writer.row(row.iter().map(String::as_str))?;
        writer.flush()
    }

    /// Hands on what was written so far.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// An empty table; the columns whose header ends with a `>` are aligned to the right.
pub(crate) fn table(header: &[&str]) -> Table {
    let rule = LineStyle::none().fill('─').junction('─');
    let mut table = Table::new();
    table.load_style(TableStyle::new().header_separator(rule));
    table.set_header(
        header
            .iter()
            .map(|name| Cell::new(name.trim_end_matches('>'))),
    );
    for (index, name) in header.iter().enumerate() {
        if let (true, Some(column)) = (name.ends_with('>'), table.column_mut(index)) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// Two columns: what it is, and its value.
pub(crate) fn key_values(rows: &[(&str, String)]) -> Table {
    let mut table = Table::new();
    table.load_style(TableStyle::new());
    for (key, value) in rows {
        table.add_row([*key, value.as_str()]);
    }
    table
}
