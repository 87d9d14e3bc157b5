//! Cases and findings.

use crate::apply::{EventPayload, counted, with_class};
use crate::award;
use crate::context::Context;
use crate::entity::{Case, Fact, Finding};
use crate::event::{CaseClosed, CaseOpened, FindingMade, Subject};
use crate::found::Keys;
use crate::need::Need;
use crate::progress::Changes;
use crate::{BusinessDate, Position};

impl EventPayload for CaseOpened {
    fn touches(&self, need: &mut Need<'_>) {
        need.case(self.case);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.case(self.case);
        let institution = self.institution.into_iter();
        institution.for_each(|it| keys.institution(it));
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        let Self {
            case, institution, ..
        } = self;
        let opened = Case {
            opened: fact,
            institution: *institution,
            findings: Vec::new(),
            clawbacks_outstanding: 0,
            closed: None,
        };
        context.cases.put(*case, Some(opened));
    }
}

impl EventPayload for FindingMade {
    fn touches(&self, need: &mut Need<'_>) {
        need.case(self.case);
        need.subject(self.subject);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.case(self.case);
        match self.subject {
            Subject::Class(class) => {
                keys.class(class);
            }
            Subject::Award(award) => keys.awarded(award),
        }
        self.persons.iter().for_each(|it| keys.listed(*it));
    }

    fn counts(&self, before: &Context, _on: BusinessDate, changes: &mut Changes) {
        if self.kind.bars_payment() {
            changes.found_false(before, self);
        }
    }

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        finding_made(context, fact, self);
    }
}

impl EventPayload for CaseClosed {
    fn touches(&self, need: &mut Need<'_>) {
        need.case(self.case);
    }

    fn found_by(&self, keys: &mut Keys<'_>) {
        keys.case_opened(self.case);
    }

    fn counts(&self, _before: &Context, _on: BusinessDate, _changes: &mut Changes) {}

    fn apply(&self, context: &mut Context, fact: Fact, _policy: Option<Position>) {
        let Self { case, .. } = self;
        if let Some(case) = context.cases.get_mut(case) {
            case.closed = Some(fact.position);
        }
    }
}

fn finding_made(context: &mut Context, fact: Fact, e: &FindingMade) {
    if let Some(case) = context.cases.get_mut(&e.case) {
        case.findings.push(Finding {
            finding: e.finding,
            kind: e.kind,
            made: fact,
            subject: e.subject,
            persons: e.persons.clone(),
        });
    }
    let bars = e.kind.bars_payment().then_some(fact.position);
    let class = match e.subject {
        Subject::Class(class) => class,
        Subject::Award(award) => {
            award::with(context, award, |award| {
                award.found_false = award.found_false.or(bars);
            });
            return;
        }
    };
    if e.persons.is_empty() {
        with_class(context, class, |class| {
            class.found_false = class.found_false.or(bars);
            if bars.is_some() {
                class.counted = Vec::new();
            }
        });
    }
    for person in &e.persons {
        counted::with_place(context, class, *person, |place| {
            place.found_false = place.found_false.or(bars);
        });
    }
}
