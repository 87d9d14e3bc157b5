//! The shape of the text, as serde reads it; nothing here is checked for sense.

use serde::Deserialize;
use toml::value::Datetime;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    pub(crate) policy_id: String,
    pub(crate) version: u32,
    pub(crate) document_number: String,
    pub(crate) title: String,
    pub(crate) division: u32,
    pub(crate) valid_from: Datetime,
    pub(crate) valid_until: Option<Datetime>,
    #[serde(default)]
    pub(crate) scheme: Vec<Scheme>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scheme {
    pub(crate) id: String,
    pub(crate) name_zh: String,
    pub(crate) funds: Funds,
    pub(crate) quota: Option<Quota>,
    pub(crate) no_repeat: Option<NoRepeat>,
    pub(crate) pension_excluded: Option<PensionExcluded>,
    pub(crate) evidence: Evidence,
    pub(crate) project: Option<Project>,
    pub(crate) quota_release: QuotaRelease,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Funds {
    pub(crate) allowed: Vec<String>,
    pub(crate) clause: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Quota {
    pub(crate) per_year: u32,
    pub(crate) scope: QuotaScope,
    pub(crate) counts_by: QuotaDate,
    pub(crate) clause: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum QuotaScope {
    AllSchemes,
    SameScheme,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum QuotaDate {
    Approval,
    Certificate,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoRepeat {
    pub(crate) window: RepeatWindow,
    /// Needed for the window `months`, refused for `ever`.
    pub(crate) months: Option<u32>,
    pub(crate) clause: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RepeatWindow {
    Ever,
    Months,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PensionExcluded {
    pub(crate) clause: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Evidence {
    pub(crate) certificate: bool,
    pub(crate) assessment: bool,
    pub(crate) attendance: Option<Share>,
    pub(crate) clause: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Share {
    pub(crate) numerator: u32,
    pub(crate) denominator: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Project {
    pub(crate) advance_share: Share,
    pub(crate) advance_base: AdvanceBase,
    pub(crate) full_payment_rate: Share,
    pub(crate) employment_base: EmploymentBase,
    pub(crate) employment_window_months: u32,
    pub(crate) shortfall: Shortfall,
    pub(crate) excess_advance_frees_quota: bool,
    pub(crate) clause: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AdvanceBase {
    Contract,
    Approved,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EmploymentBase {
    Approved,
    Completed,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Shortfall {
    StayAtAdvance,
    ProRata,
    RecoverAdvance,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuotaRelease {
    pub(crate) returned_payment: bool,
    pub(crate) clawback: bool,
    pub(crate) clause: String,
}
