//! Claims, agency contracts and the verification of certificates.

use super::Deciding;
use crate::command::{RecordAgencyContract, SubmitClaim, VerifyCertificate};
use crate::event::Event;
use crate::refusal::{Reason, Refusal};

impl Deciding<'_> {
    pub(super) fn submit_claim(&self, _: &SubmitClaim) -> Result<Event, Refusal> {
        Err(Refusal::new(Reason::RuleNotFound))
    }

    pub(super) fn record_agency_contract(
        &self,
        _: &RecordAgencyContract,
    ) -> Result<Event, Refusal> {
        Err(Refusal::new(Reason::RuleNotFound))
    }

    pub(super) fn verify_certificate(&self, _: &VerifyCertificate) -> Result<Event, Refusal> {
        Err(Refusal::new(Reason::RuleNotFound))
    }
}
