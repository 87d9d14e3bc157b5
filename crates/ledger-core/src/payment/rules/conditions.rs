//! What one place's payment needs besides the eligibility of its person: an allowed payee and
//! fund, the list shown to the public, the person's agency contract, proof of work.

use crate::coded::{PayeeKind, RuleKind};
use crate::command::OrderDisbursement;
use crate::decide::entry::overflow;
use crate::decide::sink::{Sink, Verdict};
use crate::entity::Enrolment;
use crate::event::{ClassKind, DisbursementStage, Payee};
use crate::policy::book::InForce;
use crate::policy::{AdvanceBase, Evidence, FundShare};
use crate::refusal::{Reason, Refusal};
use crate::subsidy::Measured;
use crate::{Fen, FundSource, Position};

/// What a fund has to pay of a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// The fund's part of the approved amount, in fen.
    pub(super) amount: Fen,
    /// What was paid of it or is in order already, in fen.
    pub(super) paid: Fen,
    /// The fund whose payments these are; every fund's where they do not share.
    pub(super) fund: Option<FundSource>,
}

impl Measured<'_> {
    /// Evaluates the conditions; gives the events that the payment rests on by them.
    pub(super) fn payment_conditions(
        &self,
        c: &OrderDisbursement,
        fund: FundSource,
        sink: &mut impl Sink,
    ) -> Vec<Position> {
        let mut causes = Vec::new();
        self.funds(fund, sink);
        causes.extend(self.payee(c, sink));
        if self.pays_on_approval(c.stage) {
            causes.extend(self.publicity(sink));
            if let Some(rule) = self.rules.rule(|scheme| Some(&scheme.evidence)) {
                self.employment_evidence(rule, sink);
                self.replaced_certificate(rule, sink);
            }
        }
        self.objection(sink);
        causes
    }

    /// A certificate that replaced the one approved on has to be as good.
    fn replaced_certificate(&self, rule: InForce<'_, Evidence>, sink: &mut impl Sink) {
        let Enrolment {
            approval,
            certificate,
            ..
        } = self.place.enrolment;
        let replaced = certificate.zip(*approval);
        if replaced.is_some_and(|(held, approval)| held.position > approval.position) {
            let verdict = Verdict::passed(RuleKind::Evidence).under(rule);
            sink.verdict(verdict.unless(self.against_certificate(&rule.ruled.rule)));
        }
    }

    /// An advance on contracted places is paid ahead of any approval.
    fn pays_on_approval(&self, stage: DisbursementStage) -> bool {
        let project = self.rules.rule(|scheme| scheme.project.as_ref());
        let base = project.map(|project| project.ruled.rule.advance_base);
        let ahead = stage == DisbursementStage::Advance && base == Some(AdvanceBase::Contract);
        self.place.enrolment.approval.is_some() && !ahead
    }

    /// The fund is on the scheme's list (专款专用).
    fn funds(&self, fund: FundSource, sink: &mut impl Sink) {
        let Some(rule) = self.rules.rule(|scheme| Some(&scheme.funds)) else {
            return;
        };
        let other = (!rule.ruled.rule.allows(fund))
            .then(|| Refusal::new(Reason::SchemeNotOnFund).about(fund.code()));
        sink.looks_at(
            ("fund", "资金渠道"),
            (
                format_args!("{}", fund.code()),
                format_args!("{}", fund.name_zh()),
            ),
            [self.place.class.approved.position],
        );
        sink.verdict(Verdict::passed(RuleKind::Funds).under(rule).unless(other));
    }

    /// The payee is of a kind that may be paid and has to do with the place: the body that held
    /// the class, the person, the employer who gave work. Who the master of an apprentice is, the
    /// ledger learns from the payment itself; only a scheme whose rules name masters pays them.
    /// Whoever is paid is registered, so that the payment is found by the payee's key.
    /// Without a rule a project is paid to the body that carried it out, an ordinary class to the
    /// person, to the body that claims for its trainees, or to the employer.
    pub(super) fn payee(&self, c: &OrderDisbursement, sink: &mut impl Sink) -> Option<Position> {
        let rule = self.rules.rule(|scheme| scheme.payee.as_ref());
        let class = self.place.class;
        let kind = kind_of(c.payee);
        let allowed = match (rule, class.kind) {
            (Some(rule), _) => rule.ruled.rule.allowed.contains(&kind),
            (None, ClassKind::Project) => kind == PayeeKind::Institution,
            (None, ClassKind::Ordinary) => kind != PayeeKind::Master,
        };
        let work = self.place.enrolment.employment;
        let related = match c.payee {
            Payee::Institution(body) => body == class.institution,
            Payee::Person(person) => c.beneficiaries.as_slice() == [person],
            Payee::Employer(employer) => work.is_some_and(|work| work.employer == employer),
            Payee::Master(master) => !c.beneficiaries.contains(&master),
        };
        sink.looks_at(
            ("payee", "收款人"),
            (
                format_args!("{}", kind.code()),
                format_args!("{}", kind.name_zh()),
            ),
            work.filter(|_| kind == PayeeKind::Employer)
                .map(|work| work.position),
        );
        let verdict = Verdict::passed(RuleKind::Payee);
        let verdict = match rule {
            Some(rule) => verdict.under(rule),
            None => verdict,
        };
        if !allowed || !related {
            let wrong = Refusal::new(Reason::WrongPayee).about(c.class);
            let wrong = wrong.because([class.approved.position]);
            sink.verdict(verdict.unless(Some(wrong)));
            return None;
        }
        if let Some(unknown) = self.unregistered(c.payee) {
            sink.verdict(verdict.unless(Some(unknown)));
            return None;
        }
        let agency = rule.is_some_and(|rule| rule.ruled.rule.agency_contract);
        if !agency || kind != PayeeKind::Institution {
            sink.verdict(verdict);
            return None;
        }
        let contract = self.place.enrolment.agency_contract;
        let missing = contract.is_none().then(|| {
            let missing = self.refusal(Reason::AgencyContractMissing);
            missing.because([self.place.enrolment.enrolled])
        });
        sink.verdict(verdict.unless(missing));
        contract
    }

    /// A master or an employer who is not registered. The body of the class and the person are, or
    /// the class and the place would not be there.
    fn unregistered(&self, payee: Payee) -> Option<Refusal> {
        let context = self.deciding.context;
        let (registered, name) = match payee {
            Payee::Master(master) => (self.deciding.person(master).is_ok(), master.to_string()),
            Payee::Employer(employer) => (
                context.institutions.get(&employer).is_some(),
                employer.to_string(),
            ),
            Payee::Person(_) | Payee::Institution(_) => return None,
        };
        let unknown = || Refusal::new(Reason::PayeeNotFound).about(name);
        (!registered).then(|| unknown().because([self.place.class.approved.position]))
    }

    /// The approval was on a list that was shown to the public for its time. A list that is shown
    /// again holds up what was on it before until it is closed again.
    fn publicity(&self, sink: &mut impl Sink) -> Option<Position> {
        let rule = self.rules.rule(|scheme| scheme.publicity.as_ref())?;
        let approval = self.place.enrolment.approval?;
        let shown = self.place.class.publicity.as_ref();
        let shown = shown.filter(|shown| approval.position < shown.opened.position);
        let closed = shown.and_then(|shown| shown.closed);
        sink.looks_at(
            ("approved", "审核通过"),
            format_args!("{}", approval.on),
            [approval.position],
        );
        let verdict = Verdict::passed(RuleKind::Publicity).under(rule);
        let Some(closed) = closed else {
            let opened = shown.map(|shown| shown.opened.position);
            let open = self.refusal(Reason::PublicityNotClosed);
            let open = open.because(opened.into_iter().chain([approval.position]));
            sink.verdict(verdict.unless(Some(open)));
            return None;
        };
        let early = self.deciding.not_before(closed.on, closed.position);
        if let Err(early) = early {
            sink.barred(early);
        }
        let shown = format_args!("{}", closed.on);
        sink.looks_at(("shown until", "公示结束"), shown, [closed.position]);
        sink.verdict(verdict);
        Some(closed.position)
    }

    /// An objection that was upheld, to the list or to the person on it.
    fn objection(&self, sink: &mut impl Sink) {
        let of_list = self.place.class.objection_upheld;
        if let Some(upheld) = of_list.or(self.place.enrolment.objection_upheld) {
            let mut barred = self.refusal(Reason::ObjectionIsUpheld);
            let rule = self.rules.rule(|scheme| scheme.publicity.as_ref());
            barred.rule = rule.map(|rule| rule.cite());
            sink.barred(barred.because([upheld]));
        }
    }

    /// What a fund pays of an approved amount: its share where the scheme's funds share each
    /// payment, all of it otherwise. The funds together pay no more than the whole, also where a
    /// later document shares it out in another way than the payments before did.
    pub(super) fn part(&self, fund: FundSource, approved: Fen) -> Result<Part, Refusal> {
        let Some(rule) = self.rules.rule(|scheme| scheme.split.as_ref()) else {
            return Ok(Part::whole(self.place.enrolment, approved));
        };
        let Some(amount) = share_of(&rule.ruled.rule, fund, approved) else {
            return Err(Refusal::new(Reason::FundPartsMismatch)
                .under(rule.cite())
                .about(fund.code()));
        };
        let payments = self.place.enrolment.payments.iter();
        let of_fund = payments.filter(|payment| payment.account.fund == fund);
        let paid = Fen::checked_sum(of_fund.map(|payment| payment.amount));
        let paid = paid.ok_or_else(overflow)?;
        let whole = Part::whole(self.place.enrolment, approved);
        if amount.checked_sub(paid) > whole.amount.checked_sub(whole.paid) {
            return Ok(whole);
        }
        Ok(Part {
            amount,
            paid,
            fund: Some(fund),
        })
    }
}

impl Part {
    /// All of what a place is worth, by whatever fund.
    pub(super) fn whole(enrolment: &Enrolment, amount: Fen) -> Self {
        Self {
            amount,
            paid: enrolment.paid_or_ordered(),
            fund: None,
        }
    }
}

/// A fund's share rounded down to the fen; the last fund takes what is left.
fn share_of(shares: &[FundShare], fund: FundSource, amount: Fen) -> Option<Fen> {
    let (last, others) = shares.split_last()?;
    if last.fund != fund {
        let own = others.iter().find(|share| share.fund == fund)?;
        return amount.share(own.share);
    }
    let of = |share: &FundShare| amount.share(share.share);
    let paid = others.iter().map(of).collect::<Option<Vec<_>>>()?;
    amount.checked_sub(Fen::checked_sum(paid)?)
}

fn kind_of(payee: Payee) -> PayeeKind {
    match payee {
        Payee::Person(_) => PayeeKind::Person,
        Payee::Institution(_) => PayeeKind::Institution,
        Payee::Employer(_) => PayeeKind::Employer,
        Payee::Master(_) => PayeeKind::Master,
    }
}
