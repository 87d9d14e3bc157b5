//! Enums, in both directions from one table each.

use ledger_core::coded::{ClassForm, Group, RuleKind, Sex, TrainingKind};
use ledger_core::event::{
    AssessmentResult, ClaimRoute, ClassKind, DisbursementStage, EmploymentEvidence, FindingKind,
    InstitutionKind, ReturnKind, SettlementOutcome,
};
use ledger_core::policy::{Measure as TargetMeasure, TargetBound, TargetPeriod};
use ledger_core::progress::{Counted, TargetStatus};
use ledger_core::refusal::Unit;
use ledger_core::{AccountKind, CertificateKind, EventKind, FundSource, Side, SkillLevel};

use crate::error::{DecodeError, DecodeProblem};
use crate::from_proto::value::optional_enum;
use crate::v1;
use crate::wire::{FromWire, Reader, ToWire};

/// Writes the two translations of an enum whose variants have the same names on both sides. Both
/// matches are exhaustive, so a variant added on one side alone does not compile.
macro_rules! enums {
    ($to:ident, $from:ident: $(
        $(#[doc = $doc:literal])+
        $name:ident: $to_proto:ident, $from_proto:ident { $($variant:ident),+ $(,)? }
    )+) => {
        pub(crate) mod $to {
            use super::*;
            $(
                $(#[doc = $doc])+
                #[must_use]
                pub const fn $to_proto(value: $name) -> v1::$name {
                    match value { $($name::$variant => v1::$name::$variant,)+ }
                }
            )+
        }

        pub(crate) mod $from {
            use super::*;
            $(
                $(#[doc = $doc])+
                ///
                /// # Errors
                ///
                /// Fails for UNSPECIFIED and for a number that the contract does not know.
                pub fn $from_proto(number: i32) -> Result<$name, DecodeError> {
                    match v1::$name::try_from(number) {
                        $(Ok(v1::$name::$variant) => Ok($name::$variant),)+
                        Ok(v1::$name::Unspecified) => Err(DecodeProblem::Missing.into()),
                        Err(_) => Err(DecodeProblem::UnknownNumber(number).into()),
                    }
                }
            )+
        }

        $(
            impl ToWire for $name {
                type Wire = i32;

                fn to_wire(&self) -> i32 {
                    $to::$to_proto(*self).into()
                }
            }

            impl<Source> FromWire<Source> for $name {
                fn from_wire(
                    wire: &i32,
                    _: &mut Reader<'_, Source>,
                ) -> Result<Self, DecodeError> {
                    $from::$from_proto(*wire)
                }
            }

            // UNSPECIFIED stands for none.
            impl ToWire for Option<$name> {
                type Wire = i32;

                fn to_wire(&self) -> i32 {
                    self.as_ref().map_or(0, ToWire::to_wire)
                }
            }

            impl<Source> FromWire<Source> for Option<$name> {
                fn from_wire(
                    wire: &i32,
                    _: &mut Reader<'_, Source>,
                ) -> Result<Self, DecodeError> {
                    optional_enum(*wire, $from::$from_proto)
                }
            }
        )+
    };
}

enums! {
    to_proto, from_proto:
    /// Translates what the numbers of a refusal are counted in.
    Unit: unit_to_proto, unit_from_proto {
        Fen, Persons, Days, Months, Years, CalendarYear, ClassHours, Bytes, Count, Version,
    }
    /// Translates a fund.
    FundSource: fund_source_to_proto, fund_source_from_proto {
        SpecialAccount, EmploymentSubsidy, StartupEmployment, UnemploymentInsurance,
        SpecialTraining, EmployeeEducation, SkilledTalent, DepartmentFunds, EastWestCooperation,
        RuralRevitalisation, IndustryTalent, CentralBudget,
    }
    /// Translates what an account in the books records.
    AccountKind: account_kind_to_proto, account_kind_from_proto {
        Cash, Accrual, TransferIn, TransferOut, Expenditure, Commitment, Reserve, Receivable,
        Recovery, ProvincialAdjustment,
    }
    /// Translates the side of a posting.
    Side: side_to_proto, side_from_proto { Debit, Credit }
    /// Translates a skill level.
    SkillLevel: skill_level_to_proto, skill_level_from_proto {
        Apprentice, Junior, Intermediate, Senior, Technician, SeniorTechnician, SpecialTechnician,
        ChiefTechnician,
    }
    /// Translates the kind of a certificate.
    CertificateKind: certificate_kind_to_proto, certificate_kind_from_proto {
        SkillLevel, VocationalQualification, SpecialAbility, TrainingCompletion, SpecialOperation,
    }
    /// Translates the kind of a body.
    InstitutionKind: institution_kind_to_proto, institution_kind_from_proto {
        VocationalSchool, TechnicalSchool, PrivateTraining, Enterprise, PublicTrainingBase,
        Evaluator, Other,
    }
    /// Translates how a class is paid.
    ClassKind: class_kind_to_proto, class_kind_from_proto { Ordinary, Project }
    /// Translates the result of an assessment.
    AssessmentResult: assessment_result_to_proto, assessment_result_from_proto { Passed, Failed }
    /// Translates what proves an employment.
    EmploymentEvidence: employment_evidence_to_proto, employment_evidence_from_proto {
        LabourContract, SocialInsurance, BusinessLicence, Payroll,
    }
    /// Translates which part of a subsidy is paid.
    DisbursementStage: disbursement_stage_to_proto, disbursement_stage_from_proto {
        Advance, Final, Full,
    }
    /// Translates how a payment came back.
    ReturnKind: return_kind_to_proto, return_kind_from_proto { Passive, Active }
    /// Translates what a case found.
    FindingKind: finding_kind_to_proto, finding_kind_from_proto {
        FalseTraining, FalseEvaluation, Fraud, Ineligible, HonestError,
    }
    /// Translates how a project class was settled.
    SettlementOutcome: settlement_outcome_to_proto, settlement_outcome_from_proto {
        Full, StayAtAdvance, ProRata, RecoverAdvance,
    }
    /// Translates who claims.
    ClaimRoute: claim_route_to_proto, claim_route_from_proto {
        Person, Institution,
    }
    /// Translates a group of people.
    Group: group_to_proto, group_from_proto {
        NewEmployee, Employee, TransferredEmployee, DistressedEmployee, Unemployed,
        EmploymentDifficulty, MigrantWorker, ReturningEntrepreneur, QualifiedFarmer,
        RuralIndustryTalent, LiftedOutOfPoverty, PovertyMonitored, RegisteredPoor, PoorFamilyChild,
        Resettled, FormerFisher, Veteran, Disabled, Prisoner, DrugRehabilitation,
        CommunityCorrection, SchoolLeaver, YoungGraduate, GraduatingStudent, UniversityStudent,
        SocialAssistance, HighRiskEmployee, VocationalTeacher, ElderlyCareStaff,
        UnemploymentBenefit, OutsideProvinceWorker,
    }
    /// Translates a sex.
    Sex: sex_to_proto, sex_from_proto {
        Male, Female,
    }
    /// Translates the kind of a training.
    TrainingKind: training_kind_to_proto, training_kind_from_proto {
        PreService, OnTheJob, Transfer, NewApprenticeship, ModernApprenticeship, GoldCollar,
        HighRiskSafety, EmploymentSkills, Entrepreneurship, LabourPreparation, Project,
        WorkAsTraining, Online, LongEmploymentSkills, SpecialOperation, Digital, SpecialAbility,
        VeteranAdaptation, EnterpriseLeader, UnemploymentPrevention, NewOccupation,
    }
    /// Translates how a class is tied to employers.
    ClassForm: class_form_to_proto, class_form_from_proto {
        General, OrderClass, FixedPost, Directed,
    }
    /// Translates the kind of a rule.
    RuleKind: rule_kind_to_proto, rule_kind_from_proto {
        Funds, FundSplit, Amount, Uplift, Quota, NoRepeat, HigherLevel, SchemeExclusion, Groups,
        Age, Pension, InsuredMonths, Residence, GraduatingYear, Qualification, Evidence, Payee,
        PaymentSchedule, QuotaRelease, ClaimDeadline, Publicity, Catalogue, Order, AwardExclusivity,
        AwardCount, Penalty, Accrual, Finding, Levels,
    }
    /// Translates what a target counts.
    TargetMeasure: target_measure_to_proto, target_measure_from_proto {
        Subsidised, Completed, Certified, Classes, Awards, External,
    }
    /// Translates how the figure of a target is meant.
    TargetBound: target_bound_to_proto, target_bound_from_proto { AtLeast, About, Exactly }
    /// Translates what the figure of a target is for.
    TargetPeriod: target_period_to_proto, target_period_from_proto { Yearly, Cumulative }
    /// Translates how a target stands.
    TargetStatus: target_status_to_proto, target_status_from_proto {
        NotCounted, NoFigure, PartOfDivision, Reached, Running, Missed,
    }
}

/// Writes the translations of the kind of an event, from the table of kinds.
macro_rules! event_kinds {
    ($(
        $number:literal $kind:ident $nature:ident from $command:ident:
        $name:literal, $english:literal, $chinese:literal;
    )+) => {
        enums! {
            kind_to_proto, kind_from_proto:
            /// Translates the kind of an event.
            EventKind: event_kind_to_proto, event_kind_from_proto { $($kind),+ }
        }
    };
}

ledger_core::each_event!(event_kinds);

/// Translates what the ledger counts by itself.
#[must_use]
pub const fn counted_to_proto(counted: Counted) -> v1::TargetMeasure {
    match counted {
        Counted::Subsidised => v1::TargetMeasure::Subsidised,
        Counted::Completed => v1::TargetMeasure::Completed,
        Counted::Certified => v1::TargetMeasure::Certified,
        Counted::Classes => v1::TargetMeasure::Classes,
        Counted::Awards => v1::TargetMeasure::Awards,
    }
}
