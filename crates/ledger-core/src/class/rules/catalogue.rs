//! The four catalogues (四个目录) that a class has to stand in, and the order (五单式) it rests on.
//!
//! Source: 山东省职业技能提升行动方案(2019—2021年)重点任务分工, 加强职业技能培训基础能力建设.

use crate::Position;
use crate::coded::CatalogueKind;
use crate::command::ApproveClass;
use crate::decide::{Deciding, Violations};
use crate::entity::Order;
use crate::policy::{PublishedPolicy, Scheme};
use crate::refusal::{Reason, Refusal};

/// The catalogues that list occupations; the fourth one lists bodies.
const OF_OCCUPATIONS: [CatalogueKind; 3] = [
    CatalogueKind::KeyIndustry,
    CatalogueKind::General,
    CatalogueKind::WorkerDemand,
];

/// What the catalogues in force say of a class.
#[derive(Debug)]
pub(crate) struct Catalogued {
    /// One that lists the class marks the occupation as scarce.
    pub(crate) scarce: bool,
    /// Publications that the approval rests on.
    pub(crate) causes: Vec<Position>,
}

impl Deciding<'_> {
    /// Whether a catalogue of the class's division marks its training as scarce.
    pub(crate) fn scarce(&self, c: &ApproveClass) -> Catalogued {
        let listing = OF_OCCUPATIONS.map(|kind| self.listing(c, kind));
        let scarce = listing
            .into_iter()
            .flatten()
            .filter(|listing| listing.scarce);
        let causes: Vec<_> = scarce.map(|listing| listing.position).collect();
        Catalogued {
            scarce: !causes.is_empty(),
            causes,
        }
    }

    /// The catalogues in force on the day of the approval that list the class as the scheme's rule
    /// asks: its occupation and level in one of the named ones, its body in that of bodies.
    pub(crate) fn in_catalogues(
        &self,
        published: &PublishedPolicy,
        scheme: &Scheme,
        c: &ApproveClass,
    ) -> Result<Vec<Position>, Refusal> {
        let Some(rule) = &scheme.catalogue else {
            return Ok(Vec::new());
        };
        let refused = |kinds: &[CatalogueKind]| {
            let in_force = kinds.iter().filter_map(|kind| self.listing(c, *kind));
            Refusal::new(Reason::NotInCatalogue)
                .under(published.cite(rule))
                .about(c.occupation)
                .because(in_force.map(|listing| listing.position))
        };
        let mut causes = Vec::new();
        let mut required = vec![(
            rule.rule.listed_in.as_slice(),
            !rule.rule.listed_in.is_empty(),
        )];
        required.push((&[CatalogueKind::Institution], rule.rule.institution_listed));
        for (kinds, asked) in required {
            let listed = kinds.iter().filter_map(|kind| self.listing(c, *kind));
            match listed.into_iter().find(|listing| listing.listed) {
                Some(listing) if asked => causes.push(listing.position),
                None if asked => return Err(refused(kinds)),
                _ => {}
            }
        }
        Ok(causes)
    }

    fn listing(&self, c: &ApproveClass, kind: CatalogueKind) -> Option<Listing> {
        let body = (kind == CatalogueKind::Institution).then_some(c.institution);
        let policies = &self.context.policies;
        let (published, lines) =
            policies.listed_in((kind, c.division, self.on), body, c.occupation);
        let mut listing = Listing {
            position: published?.position,
            listed: false,
            scarce: false,
        };
        for line in lines.iter().filter(|line| line.lists(c.level)) {
            listing.listed = true;
            listing.scarce |= line.scarce;
        }
        Some(listing)
    }

    /// The acceptance of the order that the class rests on. A class may name an order also where
    /// its scheme asks for none.
    pub(crate) fn accepted_order(
        &self,
        published: &PublishedPolicy,
        scheme: &Scheme,
        c: &ApproveClass,
    ) -> Result<Option<Position>, Refusal> {
        let rule = scheme.order.as_ref();
        let Some(id) = c.order else {
            return match rule {
                Some(rule) => Err(Refusal::new(Reason::OrderMissing)
                    .under(published.cite(rule))
                    .about(c.class)),
                None => Ok(None),
            };
        };
        let order = self.context.orders.get(&id);
        let order = order.ok_or_else(|| Refusal::new(Reason::OrderNotFound).about(id))?;
        let mut violations = Violations::default();
        let accepted = violations.check(self.ready(order, c));
        violations.check(self.fits(order, c));
        violations
            .or_none(accepted)
            .map(Some)
            .map_err(|refusal| match rule {
                Some(rule) => refusal.under(published.cite(rule)).about(id),
                None => refusal.about(id),
            })
    }

    /// Accepted by the body of the class, not cancelled, and not carried out by another class.
    fn ready(&self, order: &Order, c: &ApproveClass) -> Result<Position, Refusal> {
        let accepted = order.accepted.filter(|(body, _)| *body == c.institution);
        match accepted {
            Some((_, accepted)) if order.cancelled.is_none() && order.class.is_none() => {
                self.not_before(accepted.on, accepted.position)?;
                Ok(accepted.position)
            }
            _ => {
                let accepted = order.accepted.map(|(_, accepted)| accepted.position);
                let facts = [Some(order.raised.position), accepted, order.cancelled];
                Err(Refusal::new(Reason::OrderNotReady).because(facts.into_iter().flatten()))
            }
        }
    }

    /// The order asks for what the class teaches, where its account pays, and for as many places:
    /// more than what was ordered is not bought.
    fn fits(&self, order: &Order, c: &ApproveClass) -> Result<(), Refusal> {
        let policies = &self.context.policies;
        let same = policies.canonical(order.occupation) == policies.canonical(c.occupation)
            && order.level == c.level
            && order.division.contains(c.division);
        let mismatch = || Refusal::new(Reason::OrderMismatch).because([order.raised.position]);
        if !same {
            return Err(mismatch());
        }
        if order.headcount < c.headcount {
            return Err(mismatch().limit(i64::from(order.headcount), i64::from(c.headcount)));
        }
        Ok(())
    }
}

/// What one catalogue in force says of a class.
#[derive(Debug, Clone, Copy)]
struct Listing {
    position: Position,
    listed: bool,
    scarce: bool,
}
