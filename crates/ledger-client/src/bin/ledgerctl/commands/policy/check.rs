//! `ledgerctl policy check`: what is wrong with documents, each fault with its line and clause.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use ledger_client::Client;
use ledger_client::json::to_json;
use ledger_core::Policy;
use ledger_core::division::lookup;
use ledger_policy::{Flaw, Report, Severity};
use ledger_proto::to_proto::policy_kind_to_proto;
use ledger_proto::v1;
use serde_json::{Value, json};

use crate::failure::{Failure, read_file};
use crate::names::name;
use crate::output::{Output, key_values, table};

/// Finds what is wrong with documents.
#[derive(Debug, Args)]
#[command(after_help = "\
One document is checked by itself; several are checked by themselves and as a set that is taken as
all there is. With --server each is also checked beside what is published.

Each fault is printed as FILE:LINE:COLUMN: SEVERITY CODE: KEY: MESSAGE, with the clause below. Errors
keep a document from being published, and end the command with 1; warnings do neither.

Examples:
  ledgerctl policy check policies/shandong/2025-87.toml
  ledgerctl policy check policies/*/*.toml --lang zh
  ledgerctl policy check draft.toml --server --json")]
pub(crate) struct Check {
    /// The documents (TOML).
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The language of the messages; JSON holds both.
    #[arg(long, value_enum, default_value_t = Language::En)]
    lang: Language,
    /// Check beside what is published, too.
    #[arg(long)]
    server: bool,
}

/// The language of messages.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Language {
    En,
    Zh,
}

impl From<Language> for ledger_policy::Language {
    fn from(language: Language) -> Self {
        match language {
            Language::En => Self::En,
            Language::Zh => Self::Zh,
        }
    }
}

/// A document and what is wrong with it.
struct Checked {
    file: String,
    /// The compiled form; absent when there is an error in the text itself.
    policy: Option<Policy>,
    findings: Vec<v1::PolicyFinding>,
}

impl Check {
    /// Whether a server is asked.
    pub(crate) const fn needs_server(&self) -> bool {
        self.server
    }

    /// Checks without a server.
    pub(crate) fn run(&self, output: &mut Output<'_>) -> Result<(), Failure> {
        let checked = self.checked()?;
        self.show(output, &checked)
    }

    /// Checks as without a server, and beside what is published.
    pub(super) async fn run_beside_published(
        &self,
        client: &Client,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        let mut checked = self.checked()?;
        for (file, checked) in self.files.iter().zip(&mut checked) {
            let request = v1::CheckPolicyRequest {
                text: read_text(file)?,
                at_least_position: 0,
            };
            for finding in client.check_policy(request).await?.findings {
                if !checked.findings.contains(&finding) {
                    checked.findings.push(finding);
                }
            }
            let findings = &mut checked.findings;
            findings.sort_by_key(|finding| (finding.line, finding.column));
        }
        self.show(output, &checked)
    }

    fn checked(&self) -> Result<Vec<Checked>, Failure> {
        let mut texts = Vec::with_capacity(self.files.len());
        for file in &self.files {
            texts.push((file.display().to_string(), read_text(file)?));
        }
        let checked = |(file, report): (String, Report), text: &str| Checked {
            file,
            policy: ledger_policy::compile(text).ok(),
            findings: report.flaws.iter().map(finding).collect(),
        };
        if let [(file, text)] = texts.as_slice() {
            return Ok(vec![checked(
                (file.clone(), ledger_policy::check(text)),
                text,
            )]);
        }
        let set: Vec<_> = texts
            .iter()
            .map(|(file, text)| (file.as_str(), text.as_str()))
            .collect();
        let reports = ledger_policy::check_set(&set).into_iter();
        Ok(reports
            .zip(&texts)
            .map(|(report, (_, text))| checked(report, text))
            .collect())
    }

    fn show(&self, output: &mut Output<'_>, checked: &[Checked]) -> Result<(), Failure> {
        if output.is_json() {
            output.json(&checked.iter().map(Checked::to_json).collect())?;
        } else {
            for checked in checked {
                checked.show(output, self.lang)?;
            }
        }
        let errors: usize = checked.iter().map(|checked| checked.count().0).sum();
        match (errors, checked) {
            (0, [only]) if !output.is_json() => {
                let policy = only
                    .policy
                    .as_ref()
                    .expect("a text without errors compiles");
                show_policy(output, policy)
            }
            (0, _) => Ok(()),
            (1, _) => Err(Failure::Input("1 error keeps from publishing".to_owned())),
            (errors, _) => Err(Failure::Input(format!(
                "{errors} errors keep from publishing"
            ))),
        }
    }
}

impl Checked {
    /// How many errors and warnings.
    fn count(&self) -> (usize, usize) {
        let is_error =
            |finding: &&v1::PolicyFinding| finding.severity() == v1::PolicyFindingSeverity::Error;
        let errors = self.findings.iter().filter(is_error).count();
        (errors, self.findings.len().saturating_sub(errors))
    }

    fn show(&self, output: &mut Output<'_>, language: Language) -> Result<(), Failure> {
        for finding in &self.findings {
            show_finding(output, &self.file, finding, language)?;
        }
        let (errors, warnings) = self.count();
        Ok(output.line(format_args!(
            "{}: {errors} errors, {warnings} warnings",
            self.file
        ))?)
    }

    fn to_json(&self) -> Value {
        let (errors, _) = self.count();
        json!({
            "file": self.file,
            "publishable": errors == 0,
            "findings": self.findings.iter().map(to_json).collect::<Value>(),
            "policy": self.policy.as_ref().map(policy_to_json),
        })
    }
}

/// Prints `FILE:LINE:COLUMN: SEVERITY CODE: KEY: MESSAGE`, and the clause below.
fn show_finding(
    output: &mut Output<'_>,
    file: &str,
    finding: &v1::PolicyFinding,
    language: Language,
) -> Result<(), Failure> {
    let message = match language {
        Language::En => &finding.message_en,
        Language::Zh => &finding.message_zh,
    };
    let place = match (finding.line, finding.column) {
        (0, _) => file.to_owned(),
        (line, column) => format!("{file}:{line}:{column}"),
    };
    let severity = name::<v1::PolicyFindingSeverity>(finding.severity);
    let key = match finding.key.as_str() {
        "" => String::new(),
        key => format!("{key}: "),
    };
    output.line(format_args!(
        "{place}: {severity} {}: {key}{message}",
        finding.code
    ))?;
    match finding.clause.as_str() {
        "" => Ok(()),
        clause => Ok(output.line(format_args!("    {clause}"))?),
    }
}

/// Prints the errors of texts that are to be published; whether there are any.
pub(super) fn show_errors(
    output: &mut Output<'_>,
    texts: &[(PathBuf, String)],
) -> Result<usize, Failure> {
    let mut errors = 0_usize;
    for (file, text) in texts {
        let report = ledger_policy::check(text);
        for flaw in report.of(Severity::Error) {
            errors = errors.saturating_add(1);
            let file = file.display().to_string();
            show_finding(output, &file, &finding(flaw), Language::En)?;
        }
    }
    Ok(errors)
}

/// Shows what a document rules.
fn show_policy(output: &mut Output<'_>, policy: &Policy) -> Result<(), Failure> {
    let place = lookup(policy.division)
        .map(|record| record.name_zh)
        .unwrap_or_default();
    let until = policy
        .valid_until
        .map_or_else(|| "open".to_owned(), |date| date.to_string());
    let kind = policy_kind_to_proto(policy.kind).into();
    output.table(&key_values(&[
        (
            "policy",
            format!("{} version {}", policy.policy_id, policy.version),
        ),
        ("document", policy.document_number.to_string()),
        ("title", policy.title.to_string()),
        ("kind", name::<v1::DocumentKind>(kind)),
        ("division", format!("{} {place}", policy.division)),
        ("valid", format!("{} to {until}", policy.valid_from)),
    ]))?;
    let mut schemes = table(&["scheme", "name"]);
    for scheme in &policy.schemes {
        schemes.add_row([scheme.scheme.as_str(), &*scheme.name_zh]);
    }
    Ok(output.table(&schemes)?)
}

fn policy_to_json(policy: &Policy) -> Value {
    let schemes = policy
        .schemes
        .iter()
        .map(|scheme| json!({"scheme": scheme.scheme.as_str(), "nameZh": &*scheme.name_zh}));
    json!({
        "policyId": &*policy.policy_id,
        "version": policy.version,
        "documentNumber": &*policy.document_number,
        "title": &*policy.title,
        "kind": policy_kind_to_proto(policy.kind).as_str_name(),
        "division": policy.division.code(),
        "validFromDate": policy.valid_from.to_string(),
        "validUntilDate": policy.valid_until.map(|date| date.to_string()),
        "schemes": schemes.collect::<Value>(),
    })
}

fn finding(flaw: &Flaw) -> v1::PolicyFinding {
    let place = flaw.place.unwrap_or_default();
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    v1::PolicyFinding {
        severity: match flaw.severity() {
            Severity::Error => v1::PolicyFindingSeverity::Error,
            Severity::Warning => v1::PolicyFindingSeverity::Warning,
        }
        .into(),
        line: number(place.line),
        column: number(place.column),
        key: flaw.key.clone(),
        clause: flaw.clause.as_deref().unwrap_or_default().to_owned(),
        code: flaw.code().to_owned(),
        message_en: flaw.kind.en(),
        message_zh: flaw.kind.zh(),
    }
}

/// Reads the text of a document.
pub(super) fn read_text(file: &Path) -> Result<String, Failure> {
    String::from_utf8(read_file(file)?)
        .map_err(|_not_text| Failure::Input(format!("{}: not UTF-8", file.display())))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    const TEXT: &str = r#"policy_id = "p01"
version = 1
document_number = "n"
title = "t"
division = 370000
valid_from = 2020-01-01
[[scheme]]
id = "grant"
name_zh = "补助"
funds = { allowed = ["special_account"], clause = "第1条" }
evidence = { certificate = false, assessment = false, clause = "第1条" }
quota_release = { returned_payment = true, clawback = false, clause = "第1条" }
award = { kind = "fixed", amount = "1000.005", recipients = ["person"], clause = "第2条" }
"#;

    fn show(text: &str, language: Language) -> (String, usize) {
        let report = ledger_policy::check(text);
        let checked = Checked {
            file: "a.toml".to_owned(),
            policy: ledger_policy::compile(text).ok(),
            findings: report.flaws.iter().map(finding).collect(),
        };
        let mut written = Vec::new();
        let mut output = Output::new(&mut written, false);
        checked.show(&mut output, language).unwrap();
        (String::from_utf8(written).unwrap(), checked.count().0)
    }

    #[test]
    fn a_fault_has_its_line_its_clause_and_both_languages() {
        let (english, errors) = show(TEXT, Language::En);
        expect![[r#"
            a.toml:13:36: error amount_not_fen: grant.award: amount is not in whole fen: an amount in yuan has at most two decimals
                第2条
            a.toml: 1 errors, 0 warnings
        "#]].assert_eq(&english);
        assert_eq!(errors, 1);
        let (chinese, _) = show(TEXT, Language::Zh);
        expect![[r#"
            a.toml:13:36: error amount_not_fen: grant.award: amount不是整分金额：小数超过两位
                第2条
            a.toml: 1 errors, 0 warnings
        "#]]
        .assert_eq(&chinese);
        let (sound, errors) = show(&TEXT.replace("1000.005", "1000.00"), Language::En);
        expect![[r#"
            a.toml:12:1: warning rule_on_award: grant.quota_release: quota_release is never looked at: an award has neither class nor trainee
                第1条
            a.toml: 0 errors, 1 warnings
        "#]].assert_eq(&sound);
        assert_eq!(errors, 0);
    }
}
