//! Institutions and their qualifications (A7 of the domain notes; 黔就劳发〔2025〕3号 二十).

use crate::command::{GrantQualification, RegisterInstitution, RevokeQualification};
use crate::decide::{CommandPayload, Deciding, at_most, check_order};
use crate::entity::{Institution, Qualification};
use crate::event::{
    Event, EventBody, InstitutionRegistered, QualificationGranted, QualificationKind,
    QualificationRevoked,
};
use crate::limits::{QUALIFICATIONS_PER_INSTITUTION_MAX, SCOPE_OCCUPATIONS_MAX};
use crate::need::Need;
use crate::refusal::{Reason, Refusal};
use crate::{BusinessDate, CreditCode, Occupation, PersonKey, Position, SkillLevel};

/// What a body has to be qualified for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Qualified {
    pub(crate) occupation: Occupation,
    pub(crate) level: Option<SkillLevel>,
    pub(crate) first: BusinessDate,
    pub(crate) last: BusinessDate,
}

impl<'a> Deciding<'a> {
    pub(crate) fn institution(&self, code: CreditCode) -> Result<&'a Institution, Refusal> {
        self.context
            .institutions
            .get(&code)
            .ok_or_else(|| Refusal::new(Reason::InstitutionNotFound).about(code))
    }

    pub(crate) fn register_institution(&self, c: &RegisterInstitution) -> Result<Event, Refusal> {
        if let Some(registered) = self.context.institutions.get(&c.institution) {
            return Err(Refusal::new(Reason::InstitutionExists)
                .about(c.institution)
                .because([registered.registered]));
        }
        let body = EventBody::InstitutionRegistered(InstitutionRegistered {
            institution: c.institution,
            kind: c.kind,
            name: c.name.clone(),
            division: c.division,
        });
        Ok(self.event(body, Vec::new()))
    }

    pub(crate) fn grant_qualification(&self, c: &GrantQualification) -> Result<Event, Refusal> {
        at_most(
            c.scope.occupations.len(),
            SCOPE_OCCUPATIONS_MAX,
            "occupations",
        )?;
        if c.scope.occupations.is_empty() {
            return Err(Refusal::new(Reason::OutOfBounds)
                .about("occupations")
                .limit(1, 0));
        }
        if let QualificationKind::Evaluation { evaluator_number } = &c.scope.kind
            && !is_evaluator_number(evaluator_number.as_str())
        {
            return Err(Refusal::new(Reason::OutOfBounds).about("evaluator number"));
        }
        let registered = self.context.institutions.get(&c.institution);
        let count = registered
            .map_or(0, |of| of.qualifications.len())
            .saturating_add(1);
        at_most(count, QUALIFICATIONS_PER_INSTITUTION_MAX, "qualifications")?;
        check_order(c.valid_from, c.valid_until)?;
        let institution = self.institution(c.institution)?;
        let held = &institution.qualifications;
        if let Some(existing) = held
            .iter()
            .find(|held| held.qualification == c.qualification)
        {
            return Err(Refusal::new(Reason::QualificationExists)
                .about(c.qualification)
                .because([existing.granted]));
        }
        let body = EventBody::QualificationGranted(QualificationGranted {
            institution: c.institution,
            qualification: c.qualification,
            scope: c.scope.clone(),
            valid_from: c.valid_from,
            valid_until: c.valid_until,
            decision_number: c.decision_number.clone(),
        });
        Ok(self.event(body, vec![institution.registered]))
    }

    pub(crate) fn revoke_qualification(&self, c: &RevokeQualification) -> Result<Event, Refusal> {
        let institution = self.institution(c.institution)?;
        let held = institution
            .qualifications
            .iter()
            .find(|held| held.qualification == c.qualification)
            .ok_or_else(|| Refusal::new(Reason::QualificationNotFound).about(c.qualification))?;
        crate::decide::not_before(c.effective_on, held.valid_from, held.granted)?;
        if let Some(revoked) = held.revoked {
            return Err(Refusal::new(Reason::QualificationRevoked)
                .about(c.qualification)
                .because([revoked.position]));
        }
        let body = EventBody::QualificationRevoked(QualificationRevoked {
            institution: c.institution,
            qualification: c.qualification,
            effective_on: c.effective_on,
            grounds: c.grounds.clone(),
            decision_number: c.decision_number.clone(),
        });
        Ok(self.event(body, vec![held.granted]))
    }
}

/// The grants of the qualifications to train for that occupation and level that are in force on
/// the days: one for all of them, or several of which each takes over where the last one ends.
pub(crate) fn trains(
    institution: &Institution,
    wanted: Qualified,
) -> Result<Vec<Position>, Refusal> {
    let of_kind = |kind: &QualificationKind| matches!(kind, QualificationKind::Training);
    let mut granted = Vec::with_capacity(1);
    let mut day = wanted.first;
    loop {
        let longest = covering(institution, wanted, of_kind)
            .filter(|held| held.in_force(day, day))
            .max_by_key(|held| held.last_day())
            .ok_or_else(|| not_qualified(institution, wanted, of_kind))?;
        granted.push(longest.granted);
        match longest.last_day().add_days(1) {
            Some(next) if next <= wanted.last => day = next,
            _ => return Ok(granted),
        }
    }
}

/// The qualification to evaluate that occupation and level in force on the day; where there are
/// several, the one under which the body has that number.
pub(crate) fn evaluates<'i>(
    institution: &'i Institution,
    wanted: Qualified,
    number: Option<&str>,
) -> Result<&'i Qualification, Refusal> {
    let of_kind = |kind: &QualificationKind| matches!(kind, QualificationKind::Evaluation { .. });
    let in_force = || {
        covering(institution, wanted, of_kind)
            .filter(|held| held.in_force(wanted.first, wanted.last))
    };
    let numbered = in_force().find(|held| match &held.kind {
        QualificationKind::Evaluation { evaluator_number } => {
            Some(evaluator_number.as_str()) == number
        }
        QualificationKind::Training => false,
    });
    numbered
        .or_else(|| in_force().next())
        .ok_or_else(|| not_qualified(institution, wanted, of_kind))
}

fn covering(
    institution: &Institution,
    wanted: Qualified,
    of_kind: impl Fn(&QualificationKind) -> bool,
) -> impl Iterator<Item = &Qualification> {
    let held = institution.qualifications.iter();
    held.filter(move |held| of_kind(&held.kind) && held.covers(wanted.occupation, wanted.level))
}

fn not_qualified(
    institution: &Institution,
    wanted: Qualified,
    of_kind: impl Fn(&QualificationKind) -> bool,
) -> Refusal {
    let facts = covering(institution, wanted, of_kind)
        .flat_map(|held| {
            [
                Some(held.granted),
                held.revoked.map(|revoked| revoked.position),
            ]
        })
        .flatten();
    Refusal::new(Reason::NotQualified)
        .about(wanted.occupation)
        .because(facts)
}

/// The first 13 characters of a skill-level certificate number: evaluator class, ministry code,
/// province and sequence (B5 of the domain notes).
fn is_evaluator_number(text: &str) -> bool {
    let mut characters = text.chars();
    text.len() == 13
        && matches!(characters.next(), Some('Y' | 'S'))
        && characters.all(|character| character.is_ascii_digit())
}

impl CommandPayload for RegisterInstitution {
    fn needs(&self, need: &mut Need<'_>) {
        need.institution(self.institution);
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.register_institution(self)?])
    }
}

impl CommandPayload for GrantQualification {
    fn needs(&self, need: &mut Need<'_>) {
        need.institution(self.institution);
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.grant_qualification(self)?])
    }
}

impl CommandPayload for RevokeQualification {
    fn needs(&self, need: &mut Need<'_>) {
        need.institution(self.institution);
    }

    fn reports_on(&self) -> &[PersonKey] {
        &[]
    }

    fn decide(&self, case: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        Ok(vec![case.revoke_qualification(self)?])
    }
}
