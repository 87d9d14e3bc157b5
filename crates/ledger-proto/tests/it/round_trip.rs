//! What is written is read back as it was.

use std::collections::HashSet;

use ledger_core::coded::{ClassForm, DocumentKind, Group, RuleKind, Sex, TrainingKind};
use ledger_core::event::{AppliedRule, EventBody, RecordedEvent};
use ledger_core::explain::ExplanationDetail;
use ledger_core::{
    AccountKind, BusinessDate, CertificateKind, CommandKind, EventKind, Fen, FundSource,
    LedgerAccount, RecordedTime, SkillLevel, Tag,
};
use ledger_proto::from_proto::{
    AppendMode, EXPLAINED_UNASKED_COMMANDS_MAX, append_request_from_proto, command_from_proto,
    date_from_proto, document_kind_from_proto, recorded_event_from_proto, time_from_proto,
};
use ledger_proto::to_proto::{
    account_kind_to_proto, certificate_kind_to_proto, class_form_to_proto, command_to_proto,
    date_to_proto, document_kind_to_proto, event_body_to_proto, event_kind_to_proto,
    fund_source_to_proto, group_to_proto, recorded_event_to_proto, rule_kind_to_proto,
    sex_to_proto, skill_level_to_proto, time_to_proto, training_kind_to_proto,
};
use ledger_proto::{
    DecodeError, DecodeProblem, Interner, recorded_event_from_bytes, recorded_event_to_bytes, v1,
};
use proptest::prelude::*;

use crate::samples;

fn through_bytes(recorded: &RecordedEvent) -> RecordedEvent {
    let mut bytes = Vec::new();
    recorded_event_to_bytes(recorded, &mut bytes);
    recorded_event_from_bytes(&bytes, &mut Interner::default()).unwrap()
}

#[test]
fn every_event_comes_back() {
    let bare = samples::events()
        .into_iter()
        .map(|recorded| samples::bare(recorded.event.body));
    let variants = samples::variant_bodies().into_iter().map(samples::bare);
    let annulled = samples::annulled().into_iter().map(samples::bare);
    let others = bare.chain(variants).chain(annulled);
    for recorded in samples::events().into_iter().chain(others) {
        assert_eq!(through_bytes(&recorded), recorded);
    }
}

#[test]
fn every_command_comes_back() {
    let commands = samples::commands();
    let kinds: HashSet<_> = commands.iter().map(|command| command.body.kind()).collect();
    assert_eq!(
        kinds,
        HashSet::from(CommandKind::ALL),
        "a command has no sample"
    );
    for command in commands.into_iter().chain(samples::variant_commands()) {
        let wire = command_to_proto(&command);
        assert!(is_field_of_command(command.body.kind().name()));
        let read = command_from_proto(&wire, &|_| Ok(samples::policy()), &mut Interner::default());
        assert_eq!(read.unwrap(), command);
    }
}

/// Whether the contract's `Command` has a field of that name.
fn is_field_of_command(name: &str) -> bool {
    let set: prost_types::FileDescriptorSet =
        prost::Message::decode(ledger_proto::FILE_DESCRIPTOR_SET).unwrap();
    let mut messages = set.file.iter().flat_map(|file| &file.message_type);
    let command = messages
        .find(|message| message.name() == "Command")
        .unwrap();
    command.field.iter().any(|field| field.name() == name)
}

#[test]
fn a_derived_tag_is_not_stored() {
    let mut recorded = samples::events().pop().unwrap();
    let tags = recorded.event.tags.clone();
    let holder = ledger_core::AccountKey {
        division: samples::division(370_100),
        fund: FundSource::SpecialAccount,
    };
    let account = LedgerAccount {
        holder,
        kind: AccountKind::Cash,
        fiscal_year: 0,
    };
    recorded.event.tags.push(Tag::LedgerAccount(account));
    assert_eq!(through_bytes(&recorded).event.tags, tags);
}

#[test]
fn who_sent_an_event_is_shared_with_the_event_before() {
    let mut bytes = Vec::new();
    recorded_event_to_bytes(&samples::events()[0], &mut bytes);
    let mut names = Interner::default();
    let first = recorded_event_from_bytes(&bytes, &mut names).unwrap();
    let second = recorded_event_from_bytes(&bytes, &mut names).unwrap();
    assert!(std::sync::Arc::ptr_eq(&first.actor, &second.actor));
    assert!(std::sync::Arc::ptr_eq(
        &first.source_system,
        &second.source_system
    ));
}

/// The numbers of the contract are those of the core, and a body's field is 100 above its kind.
#[test]
fn numbers_agree() {
    for kind in EventKind::ALL {
        assert_eq!(
            i32::from(event_kind_to_proto(kind)),
            i32::from(kind.number())
        );
    }
    for fund in FundSource::ALL {
        assert_eq!(
            i32::from(fund_source_to_proto(fund)),
            i32::from(fund.number())
        );
    }
    for kind in AccountKind::ALL {
        assert_eq!(
            i32::from(account_kind_to_proto(kind)),
            i32::from(kind.number())
        );
    }
    for level in SkillLevel::ALL {
        assert_eq!(
            i32::from(skill_level_to_proto(level)),
            i32::from(level.number())
        );
    }
    for group in Group::ALL {
        assert_eq!(i32::from(group_to_proto(*group)), group.number().into());
    }
    for kind in TrainingKind::ALL {
        assert_eq!(
            i32::from(training_kind_to_proto(*kind)),
            kind.number().into()
        );
    }
    for form in ClassForm::ALL {
        assert_eq!(i32::from(class_form_to_proto(*form)), form.number().into());
    }
    for sex in Sex::ALL {
        assert_eq!(i32::from(sex_to_proto(*sex)), sex.number().into());
    }
    for kind in RuleKind::ALL {
        assert_eq!(i32::from(rule_kind_to_proto(*kind)), kind.number().into());
    }
    for kind in CertificateKind::ALL {
        assert_eq!(
            i32::from(certificate_kind_to_proto(kind)),
            kind.number().into()
        );
    }
    for recorded in samples::events() {
        let number = u32::from(recorded.event.body.kind().number()) + 100;
        assert_eq!(body_field_number(&recorded.event.body), number);
    }
}

/// Rules are written as nothing, as they were before documents had kinds, and read by either name.
#[test]
fn documents_of_rules_have_no_kind_on_the_wire() {
    for kind in DocumentKind::ALL {
        let number = match kind {
            DocumentKind::Rules => 0,
            other => i32::from(other.number()),
        };
        assert_eq!(i32::from(document_kind_to_proto(*kind)), number);
        assert_eq!(document_kind_from_proto(number).as_ref(), Ok(kind));
        assert_eq!(
            document_kind_from_proto(kind.number().into()).as_ref(),
            Ok(kind)
        );
    }
    assert!(document_kind_from_proto(99).is_err());
}

/// The number of the field that an event with nothing but a body consists of.
fn body_field_number(body: &EventBody) -> u32 {
    let body = Some(event_body_to_proto(body));
    let bytes = prost::Message::encode_to_vec(&v1::RecordedEvent {
        body,
        ..Default::default()
    });
    let key = prost::encoding::decode_varint(&mut bytes.as_slice()).unwrap();
    u32::try_from(key >> 3).unwrap()
}

#[test]
fn an_append_request_is_read_with_its_defaults() {
    let wire = v1::AppendRequest {
        request_id: vec![1; 16],
        commands: samples::commands().iter().map(command_to_proto).collect(),
        source_system: "training-management".to_owned(),
        ..Default::default()
    };
    let read = append_request_from_proto(&wire, 100, &|_| Ok(samples::policy())).unwrap();
    assert_eq!(read.commands, samples::commands());
    assert_eq!((read.mode, read.validate_only), (AppendMode::Atomic, false));
    assert_eq!(read.request_id.unwrap().as_bytes(), &[1; 16]);
    assert_eq!(read.source_system.as_ref(), "training-management");
}

#[test]
fn who_says_nothing_is_told_why_of_few_commands_and_how_many_of_more() {
    use v1::ExplanationDetail as Wire;
    let most = EXPLAINED_UNASKED_COMMANDS_MAX;
    for (asked, commands, detail) in [
        (Wire::Unspecified, 1, ExplanationDetail::Full),
        (Wire::Unspecified, most, ExplanationDetail::Full),
        (Wire::Unspecified, most + 1, ExplanationDetail::Count),
        (Wire::Full, most + 1, ExplanationDetail::Full),
        (Wire::Data, 1, ExplanationDetail::Data),
        (Wire::Data, most + 1, ExplanationDetail::Data),
        (Wire::None, 1, ExplanationDetail::None),
    ] {
        let command = command_to_proto(&samples::commands()[0]);
        let wire = v1::AppendRequest {
            request_id: vec![1; 16],
            commands: vec![command; commands],
            source_system: "training-management".to_owned(),
            explanation_detail: asked.into(),
            ..Default::default()
        };
        let read = append_request_from_proto(&wire, 100, &|_| Ok(samples::policy())).unwrap();
        assert_eq!(read.detail, detail, "{asked:?} of {commands}");
    }
}

proptest! {
    #[test]
    fn every_date_comes_back(days in BusinessDate::MIN.days()..=BusinessDate::MAX.days()) {
        let date = BusinessDate::from_days(days).unwrap();
        prop_assert_eq!(date_from_proto(Some(&date_to_proto(date))).unwrap(), date);
    }

    #[test]
    fn every_time_comes_back(micros: i64) {
        let time = RecordedTime::from_micros(micros);
        let read = time_from_proto(Some(&time_to_proto(time)));
        // The first second of the range is cut by it, so that its whole seconds lie outside.
        match micros.checked_sub(1_000_000) {
            Some(_) => prop_assert_eq!(read.unwrap(), time),
            None => prop_assert!(read.is_err() || read.unwrap() == time),
        }
    }

    #[test]
    fn every_amount_and_position_comes_back(
        fen: i64,
        number in 1..=u64::MAX,
        causes in proptest::collection::vec(1..=u64::MAX, 0..20),
    ) {
        let mut recorded = samples::events().pop().unwrap();
        recorded.position = samples::position(number);
        recorded.event.causes = causes.into_iter().map(samples::position).collect();
        if let EventBody::RepaymentReceived(e) = &mut recorded.event.body {
            (e.amount, e.outstanding) = (Fen::new(fen), Fen::new(fen));
        }
        prop_assert_eq!(through_bytes(&recorded), recorded);
    }

    /// Whatever applied rules, optional parts and subjects hold.
    #[test]
    fn every_approval_comes_back(approved in approvals()) {
        let recorded = samples::bare(approved);
        prop_assert_eq!(through_bytes(&recorded), recorded);
    }

    /// Damaged bytes are refused or read as some event, by the direct reader as by the general one;
    /// they never stop the reader.
    #[test]
    fn damaged_bytes_read_the_same_both_ways(
        kind in 0..EventKind::ALL.len(),
        at: prop::sample::Index,
        byte: u8,
    ) {
        let mut bytes = Vec::new();
        recorded_event_to_bytes(&samples::events()[kind], &mut bytes);
        let at = at.index(bytes.len());
        prop_assert_eq!(directly(&bytes[..at]), generally(&bytes[..at]));
        bytes[at] = byte;
        prop_assert_eq!(directly(&bytes), generally(&bytes));
    }
}

/// Approvals of subsidies and of awards with any rules.
fn approvals() -> impl Strategy<Value = EventBody> {
    let rule = (
        prop::sample::select(RuleKind::ALL),
        proptest::option::of(1..=u64::MAX),
        any::<Option<i64>>(),
        any::<Option<i64>>(),
    );
    let rule = rule.prop_map(|(rule, policy, limit, found)| AppliedRule {
        rule,
        policy: policy.map(samples::position),
        limit,
        found,
    });
    let rules = proptest::collection::vec(rule, 0..8);
    let bodies: Vec<_> = samples::events()
        .into_iter()
        .map(|recorded| recorded.event.body)
        .filter(|body| {
            matches!(
                body.kind(),
                EventKind::SubsidyApproved | EventKind::AwardApproved
            )
        })
        .collect();
    (prop::sample::select(bodies), rules).prop_map(|(mut body, rules)| {
        match &mut body {
            EventBody::SubsidyApproved(approved) => approved.applied = rules,
            EventBody::AwardApproved(approved) => approved.applied = rules,
            _ => {}
        }
        body
    })
}

fn directly(bytes: &[u8]) -> Result<RecordedEvent, DecodeError> {
    recorded_event_from_bytes(bytes, &mut Interner::default())
}

fn generally(bytes: &[u8]) -> Result<RecordedEvent, DecodeError> {
    let wire: v1::RecordedEvent =
        prost::Message::decode(bytes).map_err(DecodeProblem::Malformed)?;
    recorded_event_from_proto(&wire, &mut Interner::default())
}

/// Another protobuf library may write the same event in another order; it is read all the same.
#[test]
fn another_encoding_of_an_event_is_read() {
    let recorded = samples::events().pop().unwrap();
    let wire = recorded_event_to_proto(&recorded);
    let body = v1::RecordedEvent {
        body: wire.body.clone(),
        ..Default::default()
    };
    let rest = v1::RecordedEvent { body: None, ..wire };
    let mut bytes = prost::Message::encode_to_vec(&body);
    bytes.extend(prost::Message::encode_to_vec(&rest));
    assert_eq!(directly(&bytes).unwrap(), recorded);
}
