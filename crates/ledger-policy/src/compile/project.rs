//! How a project class is paid: `[scheme.project]`.

use super::scheme::MONTHS_MAX;
use crate::reader::Table;
use ledger_core::policy::{ProjectPayment, Ruled};

pub(super) fn read(table: &Table<'_>) -> Option<Ruled<ProjectPayment>> {
    let advance_share = table.share("advance_share");
    let advance_base = table.code("advance_base");
    let full_payment_rate = table.share("full_payment_rate");
    let employment_base = table.code("employment_base");
    let employment_window_months = table.number("employment_window_months", 1..=MONTHS_MAX);
    let shortfall = table.code("shortfall");
    let excess_advance_frees_quota = table.flag("excess_advance_frees_quota");
    let rule = || {
        Some(ProjectPayment {
            advance_share: advance_share?,
            advance_base: advance_base?,
            full_payment_rate: full_payment_rate?,
            employment_base: employment_base?,
            employment_window_months: employment_window_months?,
            shortfall: shortfall?,
            excess_advance_frees_quota: excess_advance_frees_quota?,
        })
    };
    table.ruled(rule())
}
