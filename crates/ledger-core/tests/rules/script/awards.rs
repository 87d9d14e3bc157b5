//! Verbs for awards, penalties, provincial help and withdrawn documents.
//!
//! ```text
//! award G1 prize person:A medal-1 parts=370000                   => ok amount=300000.00
//! award G2 grant body:I1 base-1 amount=3.00 parts=370000:1.00,371400:special_account
//! revoke-award G1
//! pay-award D1 G1 370000 amount=1.00
//! penalty W1 100.00
//! adjust 370100 100.00 balance=1.00 monthly=1.00
//! withdraw-policy P1 1 2020-01-01
//! ```

use ledger_core::command::{
    ApproveAward, AwardPartRequest, CommandBody, ImposePenalty, OrderAwardPayment,
    RecordProvincialAdjustment, RevokeAward, WithdrawPolicy,
};
use ledger_core::event::Payee;
use ledger_core::{
    AwardId, BusinessDate, ClawbackId, DisbursementId, Division, FundSource, Reference, SchemeId,
};

use super::Line;
use super::commands::capacity;
use super::names::{fund, id, institution, note, person, reference, yuan};
use crate::policies;

pub(super) fn body(line: &Line<'_>) -> CommandBody {
    let a = line.arguments.as_slice();
    let get = |name: &str| line.options.get(name).copied();
    match line.verb {
        "award" => CommandBody::ApproveAward(award(line)),
        "revoke-award" => CommandBody::RevokeAward(RevokeAward {
            award: award_id(a[0]),
            grounds: note(),
            decision_number: reference(),
        }),
        "pay-award" => CommandBody::OrderAwardPayment(OrderAwardPayment {
            disbursement: DisbursementId::from_bytes(id(a[0])),
            award: award_id(a[1]),
            division: Division::parse(a.get(2).copied().unwrap_or("370000")).unwrap(),
            fund: get("fund").map_or(FundSource::SkilledTalent, policies::fund_of),
            amount: get("amount").map(yuan),
        }),
        "penalty" => CommandBody::ImposePenalty(ImposePenalty {
            clawback: ClawbackId::from_bytes(id(a[0])),
            amount: yuan(a[1]),
            decision_number: reference(),
        }),
        "adjust" => CommandBody::RecordProvincialAdjustment(RecordProvincialAdjustment {
            division: Division::parse(a[0]).unwrap(),
            fund: fund(&line.options),
            amount: yuan(a[1]),
            capacity: capacity(&line.options).unwrap(),
            reference: reference(),
        }),
        _ => CommandBody::WithdrawPolicy(WithdrawPolicy {
            policy_id: Reference::parse(a[0]).unwrap(),
            version: a[1].parse().unwrap(),
            effective_on: BusinessDate::parse(a[2]).unwrap(),
            grounds: note(),
            decision_number: reference(),
        }),
    }
}

fn award(line: &Line<'_>) -> ApproveAward {
    let a = line.arguments.as_slice();
    let get = |name: &str| line.options.get(name).copied();
    let parts = get("parts").unwrap_or("370000");
    let parts = parts.split(',').filter(|text| *text != "none").map(part);
    ApproveAward {
        award: award_id(a[0]),
        scheme: SchemeId::parse(a[1]).unwrap(),
        division: Division::parse(get("division").unwrap_or("370000")).unwrap(),
        recipient: match a[2].split_once(':') {
            Some(("person", name)) => Payee::Person(person(name)),
            Some(("master", name)) => Payee::Master(person(name)),
            Some(("employer", name)) => Payee::Employer(institution(name)),
            Some((_, name)) => Payee::Institution(institution(name)),
            None => panic!("a recipient is of a kind"),
        },
        subject: Reference::parse(a[3]).unwrap(),
        amount: get("amount").map(yuan),
        months: get("months").map(|months| months.parse().unwrap()),
        parts: parts.collect(),
        decision_number: reference(),
    }
}

/// `370000`, `370000:100.00`, `371400:special_account` or `371400:special_account:100.00`.
fn part(text: &str) -> AwardPartRequest {
    let mut part = AwardPartRequest {
        division: Division::parse(text.split(':').next().unwrap()).unwrap(),
        fund: FundSource::SkilledTalent,
        amount: None,
    };
    for field in text.split(':').skip(1) {
        match FundSource::from_code(field) {
            Some(fund) => part.fund = fund,
            None => part.amount = Some(yuan(field)),
        }
    }
    part
}

fn award_id(name: &str) -> AwardId {
    AwardId::from_bytes(id(name))
}
