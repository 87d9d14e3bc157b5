//! Policy documents: what is published, and what is wrong with a text before it is.

use super::call::Call;
use super::error::CallError;
use super::query::optional_division;
use super::read::optional_position;
use super::refusals::{cursor_from_proto, page_token};
use ledger_core::personal_data::find_in_text;
use ledger_engine::query::{ListPolicies, PolicyName};
use ledger_policy::{Flaw, Severity};
use ledger_proto::to_proto::{policy_scheme_to_proto, published_policy_to_proto};
use ledger_proto::{DecodeError, DecodeProblem, v1};
use std::sync::Arc;

/// Bytes of what is said about one flaw in the status of a refused publication; `CheckPolicy`
/// says all of it. A status holds twenty such problems of 200 bytes with their fields.
const PROBLEM_BYTES_MAX: usize = 150;

pub(super) async fn check_policy(
    call: Call,
    request: v1::CheckPolicyRequest,
) -> Result<v1::CheckPolicyResponse, CallError> {
    let checked = call
        .read_at(request.at_least_position, move |reader| {
            reader.check_policy(&request.text)
        })
        .await?;
    Ok(v1::CheckPolicyResponse {
        findings: checked.value.flaws.iter().map(finding).collect(),
        publishable: checked.value.is_publishable(),
        log_position: checked.log_position.get(),
    })
}

pub(super) async fn list_policies(
    call: Call,
    request: v1::ListPoliciesRequest,
) -> Result<v1::ListPoliciesResponse, CallError> {
    let query = ListPolicies {
        division: optional_division(request.division)?,
        limit: call.page_size(request.page_size),
        cursor: cursor_from_proto(&request.page_token)?,
    };
    let page = call
        .read_at(request.at_least_position, move |reader| {
            reader.list_policies(&query)
        })
        .await?;
    Ok(v1::ListPoliciesResponse {
        policies: page
            .policies
            .iter()
            .map(published_policy_to_proto)
            .collect(),
        next_page_token: page_token(page.next),
        log_position: page.log_position.get(),
    })
}

pub(super) async fn get_policy(
    call: Call,
    request: v1::GetPolicyRequest,
) -> Result<v1::GetPolicyResponse, CallError> {
    let name = policy_name(&request)?;
    let found = call
        .read_at(request.at_least_position, move |reader| {
            reader.policy_document(&name)
        })
        .await?;
    let document = found.value;
    let schemes = &document.published.policy.schemes;
    Ok(v1::GetPolicyResponse {
        policy: Some(published_policy_to_proto(&document.published)),
        text: document.text.as_ref().to_owned(),
        schemes: schemes.iter().map(policy_scheme_to_proto).collect(),
        log_position: found.log_position.get(),
    })
}

/// Everything that keeps a text from being published, each with its line, column and key.
///
/// A text may hold anything, so what reads as personal data is not said again.
pub(super) fn problems(text: &str) -> Vec<String> {
    let report = ledger_policy::check(text);
    let problem = |flaw: &Flaw| {
        let said = match flaw.place {
            Some(place) => format!("{place}: {}: {}", flaw.code(), described(flaw)),
            None => format!("{}: {}", flaw.code(), described(flaw)),
        };
        let end = said.floor_char_boundary(PROBLEM_BYTES_MAX);
        said.get(..end).unwrap_or_default().to_owned()
    };
    report.of(Severity::Error).map(problem).collect()
}

fn described(flaw: &Flaw) -> String {
    let said = match flaw.key.as_str() {
        "" => flaw.kind.en(),
        key => format!("{key}: {}", flaw.kind.en()),
    };
    without_personal_data(said)
}

fn without_personal_data(text: String) -> String {
    match find_in_text(&text) {
        Some(_) => String::new(),
        None => text,
    }
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
        key: without_personal_data(flaw.key.clone()),
        clause: without_personal_data(flaw.clause.as_deref().unwrap_or_default().to_owned()),
        code: flaw.code().to_owned(),
        message_en: without_personal_data(flaw.kind.en()),
        message_zh: without_personal_data(flaw.kind.zh()),
    }
}

fn policy_name(request: &v1::GetPolicyRequest) -> Result<PolicyName, DecodeError> {
    let version = match request.version {
        0 => None,
        version => Some(version),
    };
    match (
        optional_position(request.position),
        request.policy_id.as_str(),
    ) {
        (Some(position), "") => Ok(PolicyName::Position(position)),
        (None, "") => Err(DecodeError::new("policy_id", DecodeProblem::Missing)),
        (None, id) => Ok(PolicyName::Id(Arc::from(id), version)),
        (Some(_), _) => Err(DecodeError::new("policy_id", DecodeProblem::TwoNames)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_wrong_is_said_with_its_line() {
        let said = problems("policy_id = \"x\"\nqouta = 3\nversion = 0\n");
        assert!(
            said.contains(&"line 2, column 1: unknown_key: the key qouta is not known here".into()),
            "{said:?}"
        );
        assert!(said.len() > 2, "{said:?}");
        let long = format!("{} = 3", "钥".repeat(100));
        for problem in problems(&long) {
            assert!(problem.len() <= PROBLEM_BYTES_MAX, "{problem}");
        }
    }

    #[test]
    fn an_identity_number_is_not_repeated() {
        // A synthetic number, with the check character that makes it one.
        let text = "11010519491231002X = 3";
        for problem in problems(text) {
            assert!(!problem.contains("1949"), "{problem}");
        }
        for flaw in &ledger_policy::check(text).flaws {
            assert!(!format!("{:?}", finding(flaw)).contains("1949"), "{flaw}");
        }
    }

    #[test]
    fn a_document_is_named_by_position_or_by_id() {
        let name = |position, id: &str, version| {
            policy_name(&v1::GetPolicyRequest {
                position,
                policy_id: id.to_owned(),
                version,
                at_least_position: 0,
            })
        };
        let position = ledger_core::Position::new(3);
        assert_eq!(name(3, "", 0), Ok(PolicyName::Position(position)));
        assert_eq!(name(0, "a", 0), Ok(PolicyName::Id("a".into(), None)));
        assert_eq!(name(0, "a", 2), Ok(PolicyName::Id("a".into(), Some(2))));
        for (position, id) in [(0, ""), (3, "a")] {
            assert!(name(position, id, 0).is_err(), "{position} {id:?}");
        }
    }
}
