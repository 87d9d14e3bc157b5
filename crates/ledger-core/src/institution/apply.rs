//! Bodies and their qualifications.

use crate::apply::EventPayload;
use crate::context::Context;
use crate::entity::{Fact, Institution, Qualification, Revocation};
use crate::event::{InstitutionRegistered, QualificationGranted, QualificationRevoked};
use crate::found::Keys;
use crate::need::Need;
use crate::progress::Changes;
use crate::{BusinessDate, Position};

impl EventPayload for InstitutionRegistered {
    fn touches(&self, need: &mut Need<'_>) {
        need.institution(self.institution);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.institution(self.institution);
        keys.division(self.division);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        let institution = Institution {
            registered: fact.position,
            kind: self.kind,
            division: self.division,
            qualifications: Vec::new(),
        };
        context
            .institutions
            .put(self.institution, Some(institution));
    }
}

impl EventPayload for QualificationGranted {
    fn touches(&self, need: &mut Need<'_>) {
        need.institution(self.institution);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.registered(self.institution);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        qualification_granted(context, fact, self);
    }
}

impl EventPayload for QualificationRevoked {
    fn touches(&self, need: &mut Need<'_>) {
        need.institution(self.institution);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.registered(self.institution);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        qualification_revoked(context, fact, self);
    }
}

fn qualification_granted(context: &mut Context, fact: Fact, e: &QualificationGranted) {
    if let Some(institution) = context.institutions.get_mut(&e.institution) {
        institution.qualifications.push(Qualification {
            qualification: e.qualification,
            granted: fact.position,
            kind: e.scope.kind.clone(),
            occupations: e.scope.occupations.clone(),
            valid_from: e.valid_from,
            valid_until: e.valid_until,
            revoked: None,
        });
    }
}

fn qualification_revoked(context: &mut Context, fact: Fact, e: &QualificationRevoked) {
    let revoked = Revocation {
        position: fact.position,
        effective_on: e.effective_on,
    };
    if let Some(institution) = context.institutions.get_mut(&e.institution) {
        for qualification in &mut institution.qualifications {
            if qualification.qualification == e.qualification {
                qualification.revoked = Some(revoked);
            }
        }
    }
}
