//! The table of kinds: one row for each kind of event, one for each kind of command.
//!
//! Whatever goes over all kinds is written from these rows, here and in other crates: the enums,
//! the list of all kinds, names, translations. A kind is added by adding its rows; the compiler and
//! the tests then ask for the rest (see CONTRIBUTING.md).
//!
//! Long: one table of all kinds, and what is written from it.

use crate::{command, event};

/// Hands the table of events to a macro, ascending by number. A row reads
///
/// ```text
/// number Kind Nature from Command: "name in the contract", "English", "Chinese";
/// ```
///
/// The number is permanent. The nature is a [`Nature`], the command the one that is asked for it.
#[macro_export]
macro_rules! each_event {
    ($with:ident) => {
        $with! {
            1 PolicyPublished Fact from PublishPolicy:
                "policy_published", "a policy document was published", "发布政策文件";
            2 PolicyWithdrawn Fact from WithdrawPolicy:
                "policy_withdrawn", "a document no longer holds from a day on", "废止政策文件";
            3 CataloguePublished Fact from PublishPolicy:
                "catalogue_published", "a city's catalogues were published", "发布四个目录";
            10 AccountOpened Fact from OpenAccount:
                "account_opened", "the account of a fund was opened at a division", "开立账户";
            11 FundsAccrued Fact from AccrueFunds:
                "funds_accrued", "money was raised for an account", "资金计提";
            12 FundsTransferred Fact from TransferFunds:
                "funds_transferred", "money moved from one division to another", "资金划转";
            13 ProvincialAdjustmentReceived Fact from RecordProvincialAdjustment:
                "provincial_adjustment_received", "the provincial adjustment fund helped", "收到省级调剂金";
            20 InstitutionRegistered Fact from RegisterInstitution:
                "institution_registered", "a body was registered", "机构登记";
            21 QualificationGranted Fact from GrantQualification:
                "qualification_granted", "a body was granted a qualification", "授予资质";
            22 QualificationRevoked Fact from RevokeQualification:
                "qualification_revoked", "a qualification was revoked", "取消资质";
            30 PersonRegistered Fact from RegisterPerson:
                "person_registered", "an opaque person key was made known", "人员登记";
            31 PersonStatusDeclared Fact from DeclarePersonStatus:
                "person_status_declared", "a status of a person was declared", "认定人员身份";
            32 PersonStatusEnded Fact from EndPersonStatus:
                "person_status_ended", "a status of a person ended", "人员身份终止";
            40 ClassApproved Decision from ApproveClass:
                "class_approved", "a training class was approved", "批准开班";
            41 ClassOpened Fact from OpenClass:
                "class_opened", "a class was opened for enrolment", "开班";
            42 ClassClosed Fact from CloseClass:
                "class_closed", "a class ended", "结班";
            43 OrderRaised Fact from RaiseOrder:
                "order_raised", "a worker or an enterprise asked for training", "提单";
            44 OrderListed Fact from ListOrder:
                "order_listed", "the government listed an order", "政府列单";
            45 OrderSelected Fact from SelectOrder:
                "order_selected", "a worker selected an order", "劳动者选单";
            46 OrderAccepted Fact from AcceptOrder:
                "order_accepted", "a body accepted an order", "机构接单";
            47 OrderPurchased Fact from PurchaseOrder:
                "order_purchased", "the government committed itself to pay for an order", "政府买单";
            48 OrderCancelled Fact from CancelOrder:
                "order_cancelled", "an order was cancelled", "取消订单";
            50 PersonEnrolled Fact from EnrolPerson:
                "person_enrolled", "a person was enrolled in a class", "报名参训";
            51 EnrolmentWithdrawn Fact from WithdrawEnrolment:
                "enrolment_withdrawn", "a person was taken off the roster", "退出培训";
            52 AttendanceRecorded Fact from RecordAttendance:
                "attendance_recorded", "class hours were attended", "出勤登记";
            53 TrainingCompleted Fact from CompleteTraining:
                "training_completed", "a person completed the training", "培训合格结业";
            60 AssessmentRecorded Fact from RecordAssessment:
                "assessment_recorded", "a person was assessed", "评价登记";
            61 CertificateIssued Fact from IssueCertificate:
                "certificate_issued", "a certificate was issued", "颁发证书";
            62 CertificateInvalidated Weighed from InvalidateCertificate:
                "certificate_invalidated", "a certificate was declared void", "证书作废";
            63 CertificateVerified Fact from VerifyCertificate:
                "certificate_verified", "a certificate was found in the national register", "证书核验";
            70 EmploymentConfirmed Weighed from ConfirmEmployment:
                "employment_confirmed", "a trainee's employment was confirmed", "确认就业";
            71 EmploymentWithdrawn Weighed from WithdrawEmployment:
                "employment_withdrawn", "a confirmation of employment was taken back", "撤销就业确认";
            80 SubsidyApproved Approval from ApproveSubsidy:
                "subsidy_approved", "a person's subsidy for a class was approved", "补贴审核通过";
            81 ProjectSettled Payment from OrderDisbursement:
                "project_settled", "a project class was settled", "项目结算";
            82 ClaimSubmitted Fact from SubmitClaim:
                "claim_submitted", "a subsidy was claimed", "提交补贴申请";
            83 AgencyContractRecorded Fact from RecordAgencyContract:
                "agency_contract_recorded", "a person lets a body claim on their behalf", "代领协议";
            84 PublicityOpened Fact from OpenPublicity:
                "publicity_opened", "the approvals of a class are shown to the public", "开始公示";
            85 ObjectionRaised Fact from RaiseObjection:
                "objection_raised", "an objection was raised", "提出异议";
            86 ObjectionResolved Fact from ResolveObjection:
                "objection_resolved", "an objection was resolved", "异议处理";
            87 PublicityClosed Fact from ClosePublicity:
                "publicity_closed", "the time of showing ended", "公示结束";
            88 AwardApproved Approval from ApproveAward:
                "award_approved", "an award was approved", "奖补审核通过";
            89 AwardRevoked Fact from RevokeAward:
                "award_revoked", "an award was taken back", "撤销奖补";
            90 DisbursementOrdered Payment from OrderDisbursement:
                "disbursement_ordered", "a payment was ordered", "拨付指令";
            91 DisbursementSettled Consequence from SettleDisbursement:
                "disbursement_settled", "the bank confirmed a payment", "银行付讫";
            92 DisbursementReturned Consequence from ReturnDisbursement:
                "disbursement_returned", "a payment came back", "退票或退款";
            100 CaseOpened Fact from OpenCase:
                "case_opened", "a supervision case was opened", "立案";
            101 FindingMade Fact from MakeFinding:
                "finding_made", "a case found something", "认定问题";
            102 CaseClosed Fact from CloseCase:
                "case_closed", "a case was closed", "结案";
            110 ClawbackDecided Consequence from DecideClawback:
                "clawback_decided", "paid money has to come back", "追回决定";
            111 RepaymentReceived Consequence from RecordRepayment:
                "repayment_received", "money was paid back", "收到退回资金";
            112 PenaltyImposed Fact from ImposePenalty:
                "penalty_imposed", "a penalty was imposed beside a clawback", "处罚决定";
            120 FactAnnulled Correction from AnnulFact:
                "fact_annulled", "a fact on record never was", "撤销登记";
        }
    };
}

/// Hands the table of commands to a macro. A row reads
///
/// ```text
/// Kind asks Event: "name in the contract";
/// ```
///
/// where the event is the kind that the command asks for, and `decides` stands for `asks` where the
/// rules of a document decide ([`Nature::is_decided`]).
#[macro_export]
macro_rules! each_command {
    ($with:ident) => {
        $with! {
            PublishPolicy asks PolicyPublished: "publish_policy";
            WithdrawPolicy asks PolicyWithdrawn: "withdraw_policy";
            OpenAccount asks AccountOpened: "open_account";
            AccrueFunds asks FundsAccrued: "accrue_funds";
            TransferFunds asks FundsTransferred: "transfer_funds";
            RecordProvincialAdjustment asks ProvincialAdjustmentReceived:
                "record_provincial_adjustment";
            RegisterInstitution asks InstitutionRegistered: "register_institution";
            GrantQualification asks QualificationGranted: "grant_qualification";
            RevokeQualification asks QualificationRevoked: "revoke_qualification";
            RegisterPerson asks PersonRegistered: "register_person";
            DeclarePersonStatus asks PersonStatusDeclared: "declare_person_status";
            EndPersonStatus asks PersonStatusEnded: "end_person_status";
            ApproveClass decides ClassApproved: "approve_class";
            OpenClass asks ClassOpened: "open_class";
            CloseClass asks ClassClosed: "close_class";
            RaiseOrder asks OrderRaised: "raise_order";
            ListOrder asks OrderListed: "list_order";
            SelectOrder asks OrderSelected: "select_order";
            AcceptOrder asks OrderAccepted: "accept_order";
            PurchaseOrder asks OrderPurchased: "purchase_order";
            CancelOrder asks OrderCancelled: "cancel_order";
            EnrolPerson asks PersonEnrolled: "enrol_person";
            WithdrawEnrolment asks EnrolmentWithdrawn: "withdraw_enrolment";
            RecordAttendance asks AttendanceRecorded: "record_attendance";
            CompleteTraining asks TrainingCompleted: "complete_training";
            RecordAssessment asks AssessmentRecorded: "record_assessment";
            IssueCertificate asks CertificateIssued: "issue_certificate";
            InvalidateCertificate asks CertificateInvalidated: "invalidate_certificate";
            VerifyCertificate asks CertificateVerified: "verify_certificate";
            ConfirmEmployment asks EmploymentConfirmed: "confirm_employment";
            WithdrawEmployment asks EmploymentWithdrawn: "withdraw_employment";
            ApproveSubsidy decides SubsidyApproved: "approve_subsidy";
            OrderDisbursement decides DisbursementOrdered: "order_disbursement";
            OrderAwardPayment decides DisbursementOrdered: "order_award_payment";
            SubmitClaim asks ClaimSubmitted: "submit_claim";
            RecordAgencyContract asks AgencyContractRecorded: "record_agency_contract";
            OpenPublicity asks PublicityOpened: "open_publicity";
            RaiseObjection asks ObjectionRaised: "raise_objection";
            ResolveObjection asks ObjectionResolved: "resolve_objection";
            ClosePublicity asks PublicityClosed: "close_publicity";
            ApproveAward decides AwardApproved: "approve_award";
            RevokeAward asks AwardRevoked: "revoke_award";
            SettleDisbursement asks DisbursementSettled: "settle_disbursement";
            ReturnDisbursement asks DisbursementReturned: "return_disbursement";
            OpenCase asks CaseOpened: "open_case";
            MakeFinding asks FindingMade: "make_finding";
            CloseCase asks CaseClosed: "close_case";
            DecideClawback asks ClawbackDecided: "decide_clawback";
            RecordRepayment asks RepaymentReceived: "record_repayment";
            ImposePenalty asks PenaltyImposed: "impose_penalty";
            AnnulFact asks FactAnnulled: "annul_fact";
        }
    };
}

/// Hands the kinds that a correction carries to a macro: those that are annulled, and those that
/// stand again when another is. A row reads `Kind: "name in the contract";`.
#[macro_export]
macro_rules! each_past_fact {
    ($with:ident) => {
        $with! {
            PersonRegistered: "person_registered";
            PersonStatusDeclared: "person_status_declared";
            PersonStatusEnded: "person_status_ended";
            PersonEnrolled: "person_enrolled";
            EnrolmentWithdrawn: "enrolment_withdrawn";
            AttendanceRecorded: "attendance_recorded";
            TrainingCompleted: "training_completed";
            AssessmentRecorded: "assessment_recorded";
            EmploymentConfirmed: "employment_confirmed";
            EmploymentWithdrawn: "employment_withdrawn";
            ClaimSubmitted: "claim_submitted";
            AgencyContractRecorded: "agency_contract_recorded";
        }
    };
}

/// What a kind is to the rules, and thereby how it is explained, kept when it was refused, and
/// treated when history is gone through once more under other documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Nature {
    /// Reported or registered; history under other documents takes it as it was recorded.
    Fact,
    /// Reported, while the ledger says what it changes of what was decided; that is said again.
    Weighed,
    /// Decided by the rules of a document, without money; decided again and explained.
    Decision,
    /// Somebody may be paid: decided again and explained, and tried again where it was refused.
    Approval,
    /// Money is paid, or a class settled for it: as an approval, and it rests on approvals.
    Payment,
    /// Follows from a decision about money, and is nothing where there was no such decision.
    Consequence,
    /// Takes a fact back; history under other documents takes it as it was recorded.
    Correction,
}

impl Nature {
    /// Whether the rules of a document decide, so that there is a chain of rules to explain.
    #[must_use]
    pub const fn is_decided(self) -> bool {
        match self {
            Self::Decision | Self::Approval | Self::Payment => true,
            Self::Fact | Self::Weighed | Self::Consequence | Self::Correction => false,
        }
    }

    /// Whether it is a decision about money.
    #[must_use]
    pub const fn is_about_money(self) -> bool {
        match self {
            Self::Approval | Self::Payment => true,
            Self::Fact | Self::Weighed | Self::Decision | Self::Consequence | Self::Correction => {
                false
            }
        }
    }
}

macro_rules! events {
    ($(
        $number:literal $kind:ident $nature:ident from $command:ident:
        $name:literal, $english:literal, $chinese:literal;
    )+) => {
        /// The kind of an event; the number is permanent.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u16)]
        pub enum EventKind {
            $( #[doc = concat!($english, " (", $chinese, ").")] $kind = $number, )+
        }

        /// The fact itself.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum EventBody {
            $( #[doc = concat!($english, " (", $chinese, ").")] $kind(event::$kind), )+
        }

        impl EventKind {
            /// All kinds, in the order of their numbers.
            pub const ALL: [Self; [$( $name ),+].len()] = [$( Self::$kind ),+];

            /// The name of its field in the contract.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $( Self::$kind => $name, )+ }
            }

            /// What it is to the rules.
            #[must_use]
            pub const fn nature(self) -> Nature {
                match self { $( Self::$kind => Nature::$nature, )+ }
            }

            /// The command that asks for it. Two ask for the order of a payment; the one for a
            /// class stands for both.
            #[must_use]
            pub const fn asked_by(self) -> CommandKind {
                match self { $( Self::$kind => CommandKind::$command, )+ }
            }
        }

        impl EventBody {
            /// The kind of the fact.
            #[must_use]
            pub const fn kind(&self) -> EventKind {
                match self { $( Self::$kind(_) => EventKind::$kind, )+ }
            }
        }
    };
}

macro_rules! commands {
    ($( $kind:ident $verb:ident $event:ident: $name:literal; )+) => {
        /// The kind of a command.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum CommandKind {
            $( #[doc = concat!("`", $name, "` in the contract.")] $kind, )+
        }

        /// What is asked or reported.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum CommandBody {
            $( #[doc = concat!("`", $name, "` in the contract.")] $kind(command::$kind), )+
        }

        impl CommandKind {
            /// All kinds, in the order of the table.
            pub const ALL: [Self; [$( $name ),+].len()] = [$( Self::$kind ),+];

            /// The name of its field in the contract.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $( Self::$kind => $name, )+ }
            }

            /// The kind of event that it asks for. The publication of catalogues is asked for as
            /// that of any document, and a final payment settles its project as well.
            #[must_use]
            pub const fn asks_for(self) -> EventKind {
                match self { $( Self::$kind => EventKind::$event, )+ }
            }

            /// What it is to the rules: what the event is that it asks for.
            #[must_use]
            pub const fn nature(self) -> Nature {
                self.asks_for().nature()
            }
        }

        impl CommandBody {
            /// The kind of the command.
            #[must_use]
            pub const fn kind(&self) -> CommandKind {
                match self { $( Self::$kind(_) => CommandKind::$kind, )+ }
            }
        }
    };
}

each_event!(events);
each_command!(commands);

// Takes one row after the other, and writes an enum of the kinds of each nature but `Fact`: a match
// over one of these is exhaustive, and nothing is said of facts.
macro_rules! by_nature {
    (
        @ $weighed:tt $decision:tt $approval:tt $payment:tt $consequence:tt $correction:tt
        $number:literal $kind:ident Fact from $command:ident:
        $name:literal, $english:literal, $chinese:literal; $($rest:tt)*
    ) => {
        by_nature!(
            @ $weighed $decision $approval $payment $consequence $correction $($rest)*
        );
    };
    (
        @ [$($weighed:ident)*] $decision:tt $approval:tt $payment:tt $consequence:tt
        $correction:tt
        $number:literal $kind:ident Weighed from $command:ident:
        $name:literal, $english:literal, $chinese:literal; $($rest:tt)*
    ) => {
        by_nature!(
            @ [$($weighed)* $kind] $decision $approval $payment $consequence $correction
            $($rest)*
        );
    };
    (
        @ $weighed:tt [$($decision:ident)*] $approval:tt $payment:tt $consequence:tt
        $correction:tt
        $number:literal $kind:ident Decision from $command:ident:
        $name:literal, $english:literal, $chinese:literal; $($rest:tt)*
    ) => {
        by_nature!(
            @ $weighed [$($decision)* $kind] $approval $payment $consequence $correction
            $($rest)*
        );
    };
    (
        @ $weighed:tt $decision:tt [$($approval:ident)*] $payment:tt $consequence:tt
        $correction:tt
        $number:literal $kind:ident Approval from $command:ident:
        $name:literal, $english:literal, $chinese:literal; $($rest:tt)*
    ) => {
        by_nature!(
            @ $weighed $decision [$($approval)* $kind] $payment $consequence $correction
            $($rest)*
        );
    };
    (
        @ $weighed:tt $decision:tt $approval:tt [$($payment:ident)*] $consequence:tt
        $correction:tt
        $number:literal $kind:ident Payment from $command:ident:
        $name:literal, $english:literal, $chinese:literal; $($rest:tt)*
    ) => {
        by_nature!(
            @ $weighed $decision $approval [$($payment)* $kind] $consequence $correction
            $($rest)*
        );
    };
    (
        @ $weighed:tt $decision:tt $approval:tt $payment:tt [$($consequence:ident)*]
        $correction:tt
        $number:literal $kind:ident Consequence from $command:ident:
        $name:literal, $english:literal, $chinese:literal; $($rest:tt)*
    ) => {
        by_nature!(
            @ $weighed $decision $approval $payment [$($consequence)* $kind] $correction
            $($rest)*
        );
    };
    (
        @ $weighed:tt $decision:tt $approval:tt $payment:tt $consequence:tt
        [$($correction:ident)*]
        $number:literal $kind:ident Correction from $command:ident:
        $name:literal, $english:literal, $chinese:literal; $($rest:tt)*
    ) => {
        by_nature!(
            @ $weighed $decision $approval $payment $consequence [$($correction)* $kind]
            $($rest)*
        );
    };
    (
        @ [$($weighed:ident)*] [$($decision:ident)*] [$($approval:ident)*] [$($payment:ident)*]
        [$($consequence:ident)*] [$($correction:ident)*]
    ) => {
        by_nature!(enum Weighed, WeighedEvent, "weighed again": $($weighed)*);
        by_nature!(enum Decision, DecisionEvent, "decided without money": $($decision)*);
        by_nature!(enum Approval, ApprovalEvent, "an approval": $($approval)*);
        by_nature!(enum Payment, PaymentEvent, "a payment or a settlement": $($payment)*);
        by_nature!(
            enum Consequence, ConsequenceEvent, "what follows from a decision": $($consequence)*
        );
        by_nature!(enum Correction, CorrectionEvent, "a correction": $($correction)*);

        impl EventBody {
            /// The fact, sorted by its nature.
            #[must_use]
            pub const fn by_nature(&self) -> ByNature<'_> {
                match self {
                    $( Self::$weighed(e) => ByNature::Weighed(WeighedEvent::$weighed(e)), )*
                    $( Self::$decision(e) => ByNature::Decision(DecisionEvent::$decision(e)), )*
                    $( Self::$approval(e) => ByNature::Approval(ApprovalEvent::$approval(e)), )*
                    $( Self::$payment(e) => ByNature::Payment(PaymentEvent::$payment(e)), )*
                    $( Self::$consequence(e) => {
                        ByNature::Consequence(ConsequenceEvent::$consequence(e))
                    } )*
                    $( Self::$correction(e) => {
                        ByNature::Correction(CorrectionEvent::$correction(e))
                    } )*
                    // The rows of every other nature stand above.
                    _ => ByNature::Fact,
                }
            }
        }
    };
    (enum $nature:ident, $enum:ident, $what:literal: $($kind:ident)*) => {
        #[doc = concat!("An event that is ", $what, ": see [`Nature::", stringify!($nature), "`].")]
        #[derive(Debug, Clone, Copy)]
        pub enum $enum<'a> {
            $( #[doc = concat!("See [`EventKind::", stringify!($kind), "`].")]
            $kind(&'a event::$kind), )*
        }
    };
    ($($row:tt)*) => {
        by_nature!(@ [] [] [] [] [] [] $($row)*);
    };
}

/// An event, sorted by its [`Nature`].
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "each variant is the nature of that name")]
pub enum ByNature<'a> {
    Fact,
    Weighed(WeighedEvent<'a>),
    Decision(DecisionEvent<'a>),
    Approval(ApprovalEvent<'a>),
    Payment(PaymentEvent<'a>),
    Consequence(ConsequenceEvent<'a>),
    Correction(CorrectionEvent<'a>),
}

each_event!(by_nature);

// As for events: an enum of the commands whose rows say `decides`.
macro_rules! decided {
    (@ [$($decided:ident)*] $kind:ident asks $event:ident: $name:literal; $($rest:tt)*) => {
        decided!(@ [$($decided)*] $($rest)*);
    };
    (@ [$($decided:ident)*] $kind:ident decides $event:ident: $name:literal; $($rest:tt)*) => {
        decided!(@ [$($decided)* $kind] $($rest)*);
    };
    (@ [$($decided:ident)*]) => {
        /// A command that the rules of a document decide.
        #[derive(Debug, Clone, Copy)]
        pub enum DecidedCommand<'a> {
            $( #[doc = concat!("See [`CommandKind::", stringify!($decided), "`].")]
            $decided(&'a command::$decided), )*
        }

        impl CommandBody {
            /// The command, where the rules of a document decide.
            #[must_use]
            pub const fn decided(&self) -> Option<DecidedCommand<'_>> {
                match self {
                    $( Self::$decided(c) => Some(DecidedCommand::$decided(c)), )*
                    // The rows that say `decides` stand above.
                    _ => None,
                }
            }
        }

        /// The kinds whose rows say `decides`.
        #[cfg(test)]
        const DECIDED: &[CommandKind] = &[$( CommandKind::$decided ),*];
    };
    ($($row:tt)*) => {
        decided!(@ [] $($row)*);
    };
}

each_command!(decided);

impl EventKind {
    /// The permanent number.
    #[must_use]
    #[expect(
        clippy::as_conversions,
        reason = "reads the discriminant of a repr(u16) enum"
    )]
    pub const fn number(self) -> u16 {
        self as u16
    }

    /// The kind with that permanent number.
    #[must_use]
    pub fn from_number(number: u16) -> Option<Self> {
        Self::ALL
            .binary_search_by_key(&number, |kind| kind.number())
            .ok()
            .and_then(|index| Self::ALL.get(index).copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_ascend_by_number() {
        let numbers = EventKind::ALL.iter().map(|kind| kind.number());
        assert!(numbers.is_sorted_by(|left, right| left < right));
        for kind in EventKind::ALL {
            assert_eq!(EventKind::from_number(kind.number()), Some(kind));
        }
        assert_eq!(EventKind::from_number(0), None);
    }

    #[test]
    fn names_are_those_of_the_kinds() {
        let snake = |camel: String| {
            let words = camel.chars().enumerate().flat_map(|(index, letter)| {
                let starts = index > 0 && letter.is_ascii_uppercase();
                starts
                    .then_some('_')
                    .into_iter()
                    .chain([letter.to_ascii_lowercase()])
            });
            words.collect::<String>()
        };
        for kind in EventKind::ALL {
            assert_eq!(kind.name(), snake(format!("{kind:?}")));
        }
        for kind in CommandKind::ALL {
            assert_eq!(kind.name(), snake(format!("{kind:?}")));
        }
    }

    /// What the rules are for the event has to hold for who asks for it, in both directions.
    #[test]
    fn events_and_commands_name_each_other() {
        for command in CommandKind::ALL {
            let back = command.asks_for().asked_by();
            let second = command == CommandKind::OrderAwardPayment;
            assert_eq!(back != command, second, "{command:?}");
            let decided = DECIDED.contains(&command);
            assert_eq!(decided, command.nature().is_decided(), "{command:?}");
        }
        for event in EventKind::ALL {
            let forth = event.asked_by().asks_for();
            let beside = matches!(
                event,
                EventKind::CataloguePublished | EventKind::ProjectSettled
            );
            assert_eq!(forth != event, beside, "{event:?}");
            assert_eq!(forth.nature(), event.nature(), "{event:?}");
        }
    }
}
