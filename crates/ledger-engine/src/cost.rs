//! How many bytes a change will take in a commit group, before it is made: an upper estimate.
//!
//! The estimate keeps every group below the size that the store takes. Without it a group that is
//! too large would be noticed only when it is handed over, with the events of several callers in
//! it. The numbers are those of the encodings in [`entity_codec`](crate::entity_codec) and
//! [`index`](crate::index): positions in 6 bytes (four trillion events), dates in 3, amounts in 7.

use crate::index::each_indexed_tag;
use ledger_core::command::{AwardPartRequest, ClawbackRequestLine, Command, CommandBody};
use ledger_core::entity::{
    Award, AwardRegister, Case, Class, Disbursement, Institution, Order, Person,
};
use ledger_core::event::{EventBody, PastFact, Subject};
use ledger_core::{Context, EntityKey, Event, PersonKey, Refusal};

/// An entry in a block's table.
const TABLE_ENTRY_BYTES: usize = 40;
/// An entry of the tag index: key and one position.
const TAG_BYTES: usize = 48;
/// An entry of the effect index: key and one edge.
const CAUSE_BYTES: usize = 32;
/// Fields of an entity outside of its lists, with its key.
const ENTITY_BYTES: usize = 384;
/// What one event adds to one entity at most: an enrolment, or an approval with its slot.
const GROWTH_BYTES: usize = 384;
const STATUS_BYTES: usize = 24;
const ENROLMENT_BYTES: usize = 240;
const PAYMENT_BYTES: usize = 48;
const SLOT_BYTES: usize = 112;
const POSITION_BYTES: usize = 6;
const QUALIFICATION_BYTES: usize = 640;
const SCOPE_ENTRY_BYTES: usize = 16;
const LINE_BYTES: usize = 32;
const FINDING_BYTES: usize = 64;
const KEY_BYTES: usize = 16;
const BALANCE_BYTES: usize = 16;
const OBJECTION_BYTES: usize = 32;
const COUNTED_BYTES: usize = 20;
const AWARD_PART_BYTES: usize = 16;
/// With a subject of 128 characters of four bytes.
const AWARD_ENTRY_BYTES: usize = 576;
/// An entry without its subject.
const AWARD_ENTRY_FIXED_BYTES: usize = 64;
const SELECTION_BYTES: usize = 24;

/// Three facts of a place are counted, each perhaps once more apart: once less and once more.
const ROWS_PER_PLACE: usize = 12;

/// A row of a counter of progress: its key with three names of the longest, the count, one change.
const COUNTER_ROW_BYTES: usize = 192;

/// A refusal, in its record and in the answer of its request, with the mark of a key that may be
/// noted beside it: everything that has one length.
const REFUSAL_BYTES: usize = 224;
/// The distance to a neighbour, with its sign.
const FACT_BYTES: usize = 7;

/// What a request names, and what it takes in memory while it waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Weight {
    /// One for each command, and one for each item of its lists.
    pub(crate) named: usize,
    pub(crate) bytes: usize,
}

/// The text of a policy is kept with the rules that were compiled from it, which take about twice
/// as much.
const COMPILED: usize = 3;

/// What commands name and take.
pub(crate) fn of_commands(commands: &[Command]) -> Weight {
    let mut total = Weight::default();
    for command in commands {
        let (items, item_bytes) = lists_of(&command.body);
        let causes = command.causes.len();
        total.named += 1 + items + causes;
        // A text has no items; its bytes count once.
        total.bytes += size_of::<Command>()
            + items.max(1) * item_bytes
            + causes * size_of::<ledger_core::Position>();
    }
    total
}

/// How many items the lists of a command have, and the bytes of one item in memory. Every kind of
/// command is named, so that a new kind with lists cannot be overlooked.
fn lists_of(body: &CommandBody) -> (usize, usize) {
    match body {
        CommandBody::OrderDisbursement(c) => (c.beneficiaries.len(), size_of::<PersonKey>()),
        CommandBody::MakeFinding(c) => (c.persons.len() + c.evidence.len(), size_of::<PersonKey>()),
        CommandBody::DecideClawback(c) => (c.lines.len(), size_of::<ClawbackRequestLine>()),
        CommandBody::ApproveAward(c) => (c.parts.len(), size_of::<AwardPartRequest>()),
        CommandBody::PublishPolicy(c) => (0, COMPILED * c.text.len()),
        CommandBody::WithdrawPolicy(_)
        | CommandBody::OpenAccount(_)
        | CommandBody::AccrueFunds(_)
        | CommandBody::TransferFunds(_)
        | CommandBody::RecordProvincialAdjustment(_)
        | CommandBody::RegisterInstitution(_)
        | CommandBody::GrantQualification(_)
        | CommandBody::RevokeQualification(_)
        | CommandBody::RegisterPerson(_)
        | CommandBody::DeclarePersonStatus(_)
        | CommandBody::EndPersonStatus(_)
        | CommandBody::ApproveClass(_)
        | CommandBody::OpenClass(_)
        | CommandBody::CloseClass(_)
        | CommandBody::RaiseOrder(_)
        | CommandBody::ListOrder(_)
        | CommandBody::SelectOrder(_)
        | CommandBody::AcceptOrder(_)
        | CommandBody::PurchaseOrder(_)
        | CommandBody::CancelOrder(_)
        | CommandBody::EnrolPerson(_)
        | CommandBody::WithdrawEnrolment(_)
        | CommandBody::RecordAttendance(_)
        | CommandBody::CompleteTraining(_)
        | CommandBody::RecordAssessment(_)
        | CommandBody::IssueCertificate(_)
        | CommandBody::InvalidateCertificate(_)
        | CommandBody::VerifyCertificate(_)
        | CommandBody::ConfirmEmployment(_)
        | CommandBody::WithdrawEmployment(_)
        | CommandBody::ApproveSubsidy(_)
        | CommandBody::OrderAwardPayment(_)
        | CommandBody::SubmitClaim(_)
        | CommandBody::RecordAgencyContract(_)
        | CommandBody::OpenPublicity(_)
        | CommandBody::RaiseObjection(_)
        | CommandBody::ResolveObjection(_)
        | CommandBody::ClosePublicity(_)
        | CommandBody::RevokeAward(_)
        | CommandBody::SettleDisbursement(_)
        | CommandBody::ReturnDisbursement(_)
        | CommandBody::OpenCase(_)
        | CommandBody::CloseCase(_)
        | CommandBody::RecordRepayment(_)
        | CommandBody::ImposePenalty(_)
        | CommandBody::AnnulFact(_) => (0, 0),
    }
}

/// A refusal as it is stored: once as a record, with names of so many bytes, and once in the answer
/// to its request. The command and the chain kept with it are not counted here.
pub(crate) fn of_refusal(refusal: &Refusal, names: usize) -> usize {
    let rule = refusal.rule.as_ref();
    let texts = rule.map_or(0, |rule| rule.document.len() + rule.clause.len())
        + refusal.subject.as_ref().map_or(0, |subject| subject.len());
    2 * (texts + refusal.facts.len() * FACT_BYTES) + names + REFUSAL_BYTES
}

/// The event in its block and its index entries. The bytes of the event count twice: once for the
/// event, and once for the entity that it may create (a disbursement, say), which holds no more
/// than the event.
pub(crate) fn of_event(event: &Event, encoded_bytes: usize) -> usize {
    let mut tags = 0;
    each_indexed_tag(event, |_| tags += 1);
    2 * encoded_bytes + TABLE_ENTRY_BYTES + tags * TAG_BYTES + event.causes.len() * CAUSE_BYTES
}

/// The rows of the counters that an event changes, as if each were the first change in its block.
///
/// A fact of a place is counted once, and once more apart where it is found false; a place has
/// three of them.
pub(crate) fn of_counters(context: &Context, event: &Event) -> usize {
    let rows = match &event.body {
        EventBody::ClassOpened(_)
        | EventBody::TrainingCompleted(_)
        | EventBody::CertificateIssued(_)
        | EventBody::SubsidyApproved(_)
        | EventBody::AwardApproved(_)
        | EventBody::AwardRevoked(_) => 2,
        // With the approval that lapses.
        EventBody::CertificateInvalidated(_) => 4,
        EventBody::FactAnnulled(e) => ROWS_PER_PLACE * recounted(context, &e.annulled.fact),
        EventBody::FindingMade(e) => match e.subject {
            Subject::Class(class) if e.persons.is_empty() => {
                let class = context.classes.get(&class);
                class.map_or(0, |class| class.counted.len() + 1)
            }
            Subject::Class(_) => 3 * e.persons.len(),
            Subject::Award(_) => 1,
        },
        EventBody::PolicyPublished(_)
        | EventBody::PolicyWithdrawn(_)
        | EventBody::CataloguePublished(_)
        | EventBody::AccountOpened(_)
        | EventBody::FundsAccrued(_)
        | EventBody::FundsTransferred(_)
        | EventBody::ProvincialAdjustmentReceived(_)
        | EventBody::InstitutionRegistered(_)
        | EventBody::QualificationGranted(_)
        | EventBody::QualificationRevoked(_)
        | EventBody::PersonRegistered(_)
        | EventBody::PersonStatusDeclared(_)
        | EventBody::PersonStatusEnded(_)
        | EventBody::ClassApproved(_)
        | EventBody::ClassClosed(_)
        | EventBody::OrderRaised(_)
        | EventBody::OrderListed(_)
        | EventBody::OrderSelected(_)
        | EventBody::OrderAccepted(_)
        | EventBody::OrderPurchased(_)
        | EventBody::OrderCancelled(_)
        | EventBody::PersonEnrolled(_)
        | EventBody::EnrolmentWithdrawn(_)
        | EventBody::AttendanceRecorded(_)
        | EventBody::AssessmentRecorded(_)
        | EventBody::CertificateVerified(_)
        | EventBody::EmploymentConfirmed(_)
        | EventBody::EmploymentWithdrawn(_)
        | EventBody::ProjectSettled(_)
        | EventBody::ClaimSubmitted(_)
        | EventBody::AgencyContractRecorded(_)
        | EventBody::PublicityOpened(_)
        | EventBody::ObjectionRaised(_)
        | EventBody::ObjectionResolved(_)
        | EventBody::PublicityClosed(_)
        | EventBody::DisbursementOrdered(_)
        | EventBody::DisbursementSettled(_)
        | EventBody::DisbursementReturned(_)
        | EventBody::CaseOpened(_)
        | EventBody::CaseClosed(_)
        | EventBody::ClawbackDecided(_)
        | EventBody::RepaymentReceived(_)
        | EventBody::PenaltyImposed(_) => 0,
    };
    rows * COUNTER_ROW_BYTES
}

/// How many places may be counted in another way without the fact.
fn recounted(context: &Context, fact: &PastFact) -> usize {
    let person = match fact {
        PastFact::PersonRegistered(_)
        | PastFact::PersonEnrolled(_)
        | PastFact::EnrolmentWithdrawn(_)
        | PastFact::AttendanceRecorded(_)
        | PastFact::AssessmentRecorded(_)
        | PastFact::EmploymentConfirmed(_)
        | PastFact::EmploymentWithdrawn(_)
        | PastFact::ClaimSubmitted(_)
        | PastFact::AgencyContractRecorded(_) => return 0,
        PastFact::TrainingCompleted(_) => return 1,
        PastFact::PersonStatusDeclared(e) => e.person,
        PastFact::PersonStatusEnded(e) => e.person,
    };
    let person = context.persons.get(&person);
    person.map_or(0, |person| person.enrolments.len())
}

/// A loaded entity as it will be after one more event.
///
/// # Panics
///
/// When it is not loaded.
pub(crate) fn of_entity(context: &Context, key: &EntityKey) -> usize {
    let lists = match key {
        EntityKey::Person(key) => context.persons.get(key).map_or(0, of_person),
        EntityKey::Institution(key) => context.institutions.get(key).map_or(0, of_institution),
        EntityKey::Disbursement(key) => context.disbursements.get(key).map_or(0, of_disbursement),
        EntityKey::Case(key) => context.cases.get(key).map_or(0, of_case),
        EntityKey::Account(key) => context
            .accounts
            .get(key)
            .map_or(0, |account| account.balances.len() * BALANCE_BYTES),
        EntityKey::Clawback(key) => context.clawbacks.get(key).map_or(0, |debt| {
            (debt.repayments.len() + debt.penalties.len()) * POSITION_BYTES
        }),
        EntityKey::Class(key) => context.classes.get(key).map_or(0, of_class),
        EntityKey::Award(key) => context.awards.get(key).map_or(0, of_award),
        EntityKey::AwardRegister(key) => {
            context.award_registers.get(key).map_or(0, of_register) + AWARD_ENTRY_BYTES
        }
        EntityKey::Order(key) => context.orders.get(key).map_or(0, of_order),
        EntityKey::Certificate(_) => 0,
    };
    ENTITY_BYTES + GROWTH_BYTES + lists
}

fn of_person(person: &Person) -> usize {
    let of_enrolments = person.enrolments.iter().map(|enrolment| {
        ENROLMENT_BYTES
            + enrolment.attendances.len() * POSITION_BYTES
            + enrolment.payments.len() * PAYMENT_BYTES
    });
    person.statuses.len() * STATUS_BYTES
        + of_enrolments.sum::<usize>()
        + person.slots.len() * SLOT_BYTES
        + person.timeline.len() * POSITION_BYTES
        + person.annulled.len() * 2 * POSITION_BYTES
}

fn of_institution(institution: &Institution) -> usize {
    let of_scopes = institution.qualifications.iter().map(|qualification| {
        let levels: usize = qualification
            .occupations
            .iter()
            .map(|entry| entry.levels.len())
            .sum();
        QUALIFICATION_BYTES + qualification.occupations.len() * SCOPE_ENTRY_BYTES + levels
    });
    of_scopes.sum()
}

fn of_disbursement(disbursement: &Disbursement) -> usize {
    disbursement.lines.len() * LINE_BYTES
}

fn of_case(case: &Case) -> usize {
    case.findings
        .iter()
        .map(|finding| FINDING_BYTES + finding.persons.len() * KEY_BYTES)
        .sum()
}

fn of_class(class: &Class) -> usize {
    let publicity = class.publicity.as_ref();
    publicity.map_or(0, |shown| shown.objections.len() * OBJECTION_BYTES)
        + class.counted.len() * COUNTED_BYTES
}

fn of_award(award: &Award) -> usize {
    award.subject.as_str().len()
        + award.parts.len() * AWARD_PART_BYTES
        + award.payments.len() * PAYMENT_BYTES
}

fn of_register(register: &AwardRegister) -> usize {
    let entries = register.entries.iter();
    entries
        .map(|entry| AWARD_ENTRY_FIXED_BYTES + entry.subject.as_str().len())
        .sum()
}

fn of_order(order: &Order) -> usize {
    order.selected.len() * SELECTION_BYTES
}
