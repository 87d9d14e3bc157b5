//! Claims, publicity and approvals.

use super::prelude::*;

messages! { commands:
    ApproveSubsidy { class: class_id, person: person_key }
    SubmitClaim { class: class_id, person: person_key, route: route }
    RecordAgencyContract { class: class_id, person: person_key, contract_number: contract_number }
    OpenPublicity { class: class_id, place: place }
    RaiseObjection { class: class_id, person: person_key, grounds: grounds }
    ResolveObjection {
        class: class_id,
        objection: objection_position,
        upheld: upheld,
        grounds: grounds,
    }
    ClosePublicity { class: class_id }
}

messages! { events:
    SubsidyApproved {
        class: class_id,
        person: person_key,
        amount: amount_fen,
        quota_year: quota_year,
        quota_used: quota_used,
        quota_limit: quota_limit,
        applied: applied[ANY],
    }
    ProjectSettled {
        class: class_id,
        employed: employed,
        base: base,
        outcome: outcome,
        lines: lines[ANY],
        payable: payable_fen,
        excess: excess_fen,
    }
    SettlementLine {
        person: person_key,
        earned: earned_fen,
        advanced: advanced_fen,
        frees_quota: frees_quota,
    }
    ClaimSubmitted { class: class_id, person: person_key, route: route }
    AgencyContractRecorded {
        class: class_id,
        person: person_key,
        institution: institution,
        contract_number: contract_number,
    }
    PublicityOpened { class: class_id, approvals: approvals, place: place }
    ObjectionRaised { class: class_id, person: person_key, grounds: grounds }
    ObjectionResolved {
        class: class_id,
        objection: objection_position,
        person: person_key,
        upheld: upheld,
        grounds: grounds,
    }
    PublicityClosed { class: class_id }
}
