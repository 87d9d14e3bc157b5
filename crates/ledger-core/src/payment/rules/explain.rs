//! The chain of rules that stands in the way of a payment: that of the place with the fault.

use super::paying;
use crate::BusinessDate;
use crate::command::OrderDisbursement;
use crate::context::Context;
use crate::decide::Deciding;
use crate::decide::sink::{Explaining, Sink as _};
use crate::explain::Explanation;
use crate::refusal::Refusal;

/// Explains why an [`OrderDisbursement`] was refused, that day: by all rules of the place that the
/// refusal is about, of the first one where it is about none; and otherwise by the refusal itself.
/// It needs the same entities loaded as the command.
#[must_use]
pub fn explain_refused_payment(
    context: &Context,
    c: &OrderDisbursement,
    on: BusinessDate,
    refusal: &Refusal,
) -> Explanation {
    let subject = refusal.subject.as_deref();
    let mut beneficiaries = c.beneficiaries.iter();
    let about = beneficiaries.find(|person| subject == Some(person.to_string().as_str()));
    let person = about.or(c.beneficiaries.first());
    let deciding = Deciding { context, on };
    let chain = person.and_then(|person| {
        let place = deciding.place(c.class, *person).ok()?;
        let fund = paying(c, place.class).fund;
        let measured = deciding.measured(place, c.class, *person);
        let mut sink = Explaining::default();
        measured.person_rules(&mut sink);
        measured.history_rules(&mut sink);
        measured.payment_conditions(c, fund, &mut sink);
        if let Err(void) = deciding.check_certificate(&place, *person) {
            sink.barred(void);
        }
        Some(sink.explanation)
    });
    let chain = chain.filter(|chain| chain.refusals().contains(refusal));
    chain.unwrap_or_else(|| Explanation::refused(refusal))
}
