//! Checks a document and builds its compiled form.

use crate::PolicyError;
use crate::document::{self, Document};
use ledger_core::limits::POLICY_TEXT_BYTES_MAX;
use ledger_core::policy::{
    AdvanceBase, EmploymentBase, Evidence, ProjectPayment, Quota, QuotaDate, QuotaRelease,
    QuotaScope, QuotaWindow, RepeatWindow, Ruled, Scheme, Shortfall,
};
use ledger_core::{BusinessDate, Division, FundSource, Policy, Reference, SchemeId, Share};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Schemes of one document; the longest of the encoded documents has fewer than forty.
const SCHEMES_MAX: usize = 256;
/// Months of a window: a working life.
const MONTHS_MAX: u32 = 600;
/// Subsidies per person and year.
const PER_YEAR_MAX: u32 = 100;
/// Characters of a clause.
const CLAUSE_CHARS_MAX: usize = 500;

/// Compiles the text of a policy document.
///
/// # Errors
///
/// [`PolicyError`] when the text is too long, is not TOML of the right shape (unknown keys
/// included), or holds a value outside what its key allows.
pub fn compile(text: &str) -> Result<Policy, PolicyError> {
    if text.len() > POLICY_TEXT_BYTES_MAX {
        return Err(PolicyError::TooLong {
            bytes: text.len(),
            limit: POLICY_TEXT_BYTES_MAX,
        });
    }
    let document: Document = toml::from_str(text).map_err(|error| PolicyError::Malformed {
        message: error.to_string(),
    })?;
    let valid_from = date("valid_from", document.valid_from)?;
    let valid_until = document
        .valid_until
        .map(|until| date("valid_until", until))
        .transpose()?;
    if valid_until.is_some_and(|until| until < valid_from) {
        return Err(PolicyError::invalid(
            "valid_until",
            "lies before valid_from",
        ));
    }
    if document.version == 0 {
        return Err(PolicyError::invalid("version", "counts from 1"));
    }
    let division = Division::new(document.division)
        .map_err(|error| PolicyError::invalid("division", error))?;
    let mut policy = Policy::new(
        &named("policy_id", &document.policy_id)?,
        document.version,
        &named("document_number", &document.document_number)?,
        division,
        valid_from,
        valid_until,
    );
    policy.title = named("title", &document.title)?;
    policy.schemes = schemes(&document.scheme)?;
    Ok(policy)
}

fn schemes(found: &[document::Scheme]) -> Result<Vec<Scheme>, PolicyError> {
    if found.is_empty() || found.len() > SCHEMES_MAX {
        return Err(PolicyError::invalid(
            "scheme",
            format_args!("{} found, 1 to {SCHEMES_MAX} allowed", found.len()),
        ));
    }
    let mut seen = BTreeSet::new();
    let mut compiled = Vec::with_capacity(found.len());
    for scheme in found {
        if !seen.insert(scheme.id.as_str()) {
            return Err(PolicyError::invalid(&scheme.id, "the scheme stands twice"));
        }
        compiled.push(compile_scheme(scheme)?);
    }
    Ok(compiled)
}

fn compile_scheme(found: &document::Scheme) -> Result<Scheme, PolicyError> {
    let key = |rule: &str| format!("{}.{rule}", found.id);
    let release = &found.quota_release;
    let mut scheme = Scheme::new(
        SchemeId::parse(&found.id).map_err(|error| PolicyError::invalid(&found.id, error))?,
        &named("name_zh", &found.name_zh)?,
        ruled(
            &key("funds"),
            funds(&key("funds"), &found.funds)?,
            &found.funds.clause,
        )?,
        evidence(&key("evidence"), &found.evidence)?,
        ruled(
            &key("quota_release"),
            QuotaRelease {
                returned_payment: release.returned_payment,
                clawback: release.clawback,
            },
            &release.clause,
        )?,
    );
    if let Some(rule) = &found.quota {
        scheme.quotas.push(quota(&key("quota"), rule)?);
    }
    if let Some(rule) = &found.no_repeat {
        scheme.no_repeat = Some(no_repeat(&key("no_repeat"), rule)?);
    }
    if let Some(rule) = &found.pension_excluded {
        scheme.pension_excluded = Some(ruled(&key("pension_excluded"), (), &rule.clause)?);
    }
    if let Some(rule) = &found.project {
        scheme.project = Some(project(&key("project"), rule)?);
    }
    Ok(scheme)
}

fn funds(key: &str, found: &document::Funds) -> Result<Vec<FundSource>, PolicyError> {
    if found.allowed.is_empty() {
        return Err(PolicyError::invalid(key, "no fund may pay the scheme"));
    }
    let mut allowed = Vec::with_capacity(found.allowed.len());
    for code in &found.allowed {
        let fund = FundSource::from_code(code)
            .ok_or_else(|| PolicyError::invalid(key, format_args!("unknown fund {code:?}")))?;
        if allowed.contains(&fund) {
            return Err(PolicyError::invalid(
                key,
                format_args!("{code} stands twice"),
            ));
        }
        allowed.push(fund);
    }
    Ok(allowed)
}

fn quota(key: &str, found: &document::Quota) -> Result<Ruled<Quota>, PolicyError> {
    within(key, found.per_year, 1, PER_YEAR_MAX)?;
    let quota = Quota {
        limit: found.per_year,
        window: QuotaWindow::CalendarYear,
        scope: match found.scope {
            document::QuotaScope::AllSchemes => QuotaScope::AllSchemes,
            document::QuotaScope::SameScheme => QuotaScope::SameScheme,
        },
        counts_by: match found.counts_by {
            document::QuotaDate::Approval => QuotaDate::Approval,
            document::QuotaDate::Certificate => QuotaDate::Certificate,
        },
    };
    ruled(key, quota, &found.clause)
}

fn no_repeat(key: &str, found: &document::NoRepeat) -> Result<Ruled<RepeatWindow>, PolicyError> {
    let window = match (found.window, found.months) {
        (document::RepeatWindow::Ever, None) => RepeatWindow::Ever,
        (document::RepeatWindow::Ever, Some(_)) => {
            return Err(PolicyError::invalid(key, "a window of ever has no months"));
        }
        (document::RepeatWindow::Months, Some(months)) => {
            within(key, months, 1, MONTHS_MAX)?;
            RepeatWindow::Months(months)
        }
        (document::RepeatWindow::Months, None) => {
            return Err(PolicyError::invalid(key, "months is missing"));
        }
    };
    ruled(key, window, &found.clause)
}

fn evidence(key: &str, found: &document::Evidence) -> Result<Ruled<Evidence>, PolicyError> {
    let evidence = Evidence {
        certificate: found.certificate,
        assessment: found.assessment,
        attendance: found.attendance.map(|part| share(key, part)).transpose()?,
        ..Evidence::default()
    };
    ruled(key, evidence, &found.clause)
}

fn project(key: &str, found: &document::Project) -> Result<Ruled<ProjectPayment>, PolicyError> {
    within(key, found.employment_window_months, 1, MONTHS_MAX)?;
    let project = ProjectPayment {
        advance_share: share(key, found.advance_share)?,
        advance_base: match found.advance_base {
            document::AdvanceBase::Contract => AdvanceBase::Contract,
            document::AdvanceBase::Approved => AdvanceBase::Approved,
        },
        full_payment_rate: share(key, found.full_payment_rate)?,
        employment_base: match found.employment_base {
            document::EmploymentBase::Approved => EmploymentBase::Approved,
            document::EmploymentBase::Completed => EmploymentBase::Completed,
        },
        employment_window_months: found.employment_window_months,
        shortfall: match found.shortfall {
            document::Shortfall::StayAtAdvance => Shortfall::StayAtAdvance,
            document::Shortfall::ProRata => Shortfall::ProRata,
            document::Shortfall::RecoverAdvance => Shortfall::RecoverAdvance,
        },
        excess_advance_frees_quota: found.excess_advance_frees_quota,
    };
    ruled(key, project, &found.clause)
}

fn share(key: &str, found: document::Share) -> Result<Share, PolicyError> {
    Share::new(found.numerator, found.denominator)
        .filter(|_| found.numerator > 0)
        .ok_or_else(|| PolicyError::invalid(key, "a share lies above zero and at one or below"))
}

fn within(key: &str, found: u32, first: u32, last: u32) -> Result<(), PolicyError> {
    if (first..=last).contains(&found) {
        return Ok(());
    }
    Err(PolicyError::invalid(
        key,
        format_args!("{found} is not in {first}..={last}"),
    ))
}

fn ruled<T>(key: &str, rule: T, clause: &str) -> Result<Ruled<T>, PolicyError> {
    let length = clause.chars().count();
    if clause.trim().is_empty() || length > CLAUSE_CHARS_MAX {
        return Err(PolicyError::invalid(
            key,
            format_args!("a clause of 1 to {CLAUSE_CHARS_MAX} characters is needed"),
        ));
    }
    Ok(Ruled::new(rule, clause))
}

/// Text that goes into events and citations: the bounds of a reference hold.
fn named(key: &str, text: &str) -> Result<Arc<str>, PolicyError> {
    match Reference::parse(text) {
        Ok(reference) => Ok(Arc::from(reference.as_str())),
        Err(error) => Err(PolicyError::invalid(key, error)),
    }
}

fn date(key: &str, found: toml::value::Datetime) -> Result<BusinessDate, PolicyError> {
    let invalid = || PolicyError::invalid(key, "not a date (write 2019-01-01, without a time)");
    if found.time.is_some() || found.offset.is_some() {
        return Err(invalid());
    }
    let date = found.date.ok_or_else(invalid)?;
    BusinessDate::from_ymd(
        i32::from(date.year),
        u32::from(date.month),
        u32::from(date.day),
    )
    .ok_or_else(invalid)
}
