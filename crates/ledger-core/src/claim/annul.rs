//! Claims and agency contracts that never were.

use super::event::{AgencyContractRecorded, ClaimSubmitted};
use crate::apply::with_place;
use crate::context::Context;
use crate::correction::{Annullable, Annulled, TakenOut, Undone, nothing_decided, nothing_rests};
use crate::decide::Deciding;
use crate::event::{ClaimRoute, RecordedEvent};
use crate::need::Need;
use crate::progress::Changes;
use crate::refusal::Refusal;
use crate::training::{after, decisions, place};

impl Annullable for ClaimSubmitted {
    fn needs(&self, _need: &mut Need<'_>, _annulled: &RecordedEvent) {}

    fn undo(&self, case: &Deciding<'_>, annulled: &RecordedEvent) -> Result<Undone, Refusal> {
        let place = place(case, self.class, self.person, annulled.position)?;
        let decided = decisions(place.enrolment);
        nothing_decided(after(decided, annulled.position), self.person)?;
        Ok(Undone::default())
    }
}

impl TakenOut for ClaimSubmitted {
    fn touches_too(&self, _need: &mut Need<'_>) {}

    fn counts_out(&self, _before: &Context, _annulled: &Annulled<'_>, _changes: &mut Changes) {}

    fn take_out(&self, context: &mut Context, _annulled: &Annulled<'_>) {
        with_place(context, self.class, self.person, |place| place.claim = None);
    }
}

impl Annullable for AgencyContractRecorded {
    fn needs(&self, _need: &mut Need<'_>, _annulled: &RecordedEvent) {}

    fn undo(&self, case: &Deciding<'_>, annulled: &RecordedEvent) -> Result<Undone, Refusal> {
        let place = place(case, self.class, self.person, annulled.position)?;
        let claim = place.enrolment.claim;
        let claimed = claim.filter(|claim| claim.route == ClaimRoute::Institution);
        let resting = claimed.into_iter().map(|claim| claim.position).collect();
        nothing_rests(after(resting, annulled.position), self.person)?;
        let decided = decisions(place.enrolment);
        nothing_decided(after(decided, annulled.position), self.person)?;
        Ok(Undone::default())
    }
}

impl TakenOut for AgencyContractRecorded {
    fn touches_too(&self, _need: &mut Need<'_>) {}

    fn counts_out(&self, _before: &Context, _annulled: &Annulled<'_>, _changes: &mut Changes) {}

    fn take_out(&self, context: &mut Context, annulled: &Annulled<'_>) {
        let gone = annulled.fact.position;
        crate::apply::with_person(context, self.person, |person| {
            for place in &mut person.enrolments {
                if place.agency_contract == Some(gone) {
                    place.agency_contract = None;
                }
            }
        });
    }
}
