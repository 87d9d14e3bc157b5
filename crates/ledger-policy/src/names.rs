//! The codes that policy texts use for the items of closed lists.

use ledger_core::coded::{CatalogueKind, ClassForm, DocumentKind, Group, PayeeKind, TrainingKind};
use ledger_core::event::FindingKind;
use ledger_core::policy::{
    AdvanceBase, ClaimStart, DecidingDate, EmploymentBase, ExclusionScope, HeldOn, Measure,
    QuotaDate, QuotaScope, Shortfall, Straddling, TargetBound, TargetPeriod,
};
use ledger_core::{CertificateKind, FundSource, SkillLevel};

/// The name of a list in English and Chinese.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListName {
    /// English.
    pub en: &'static str,
    /// Chinese.
    pub zh: &'static str,
}

/// An item of a closed list, written in texts by its code.
pub(crate) trait Coded: Copy + Eq + 'static {
    /// What the list is called.
    const LIST: ListName;

    /// The item with this code.
    fn read(code: &str) -> Option<Self>;

    /// Every code of the list.
    fn codes() -> Vec<&'static str>;
}

macro_rules! coded_in_core {
    ($($name:ident: $en:literal, $zh:literal;)+) => {$(
        impl Coded for $name {
            const LIST: ListName = ListName { en: $en, zh: $zh };

            fn read(code: &str) -> Option<Self> {
                Self::from_code(code)
            }

            fn codes() -> Vec<&'static str> {
                Self::ALL.iter().map(|item| item.code()).collect()
            }
        }
    )+};
}

coded_in_core! {
    CatalogueKind: "catalogue", "目录";
    ClassForm: "form of a class", "办班形式";
    DocumentKind: "kind of document", "文件种类";
    FundSource: "fund", "资金渠道";
    Group: "group", "人员类别";
    PayeeKind: "payee", "收款人";
    TrainingKind: "kind of training", "培训类型";
}

/// Writes the codes of lists of this crate's own, or that have their codes for texts here.
macro_rules! coded_here {
    ($($name:ident: $en:literal, $zh:literal { $($code:literal => $item:ident,)+ })+) => {$(
        impl Coded for $name {
            const LIST: ListName = ListName { en: $en, zh: $zh };

            fn read(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$item),)+ _ => None }
            }

            fn codes() -> Vec<&'static str> {
                vec![$($code,)+]
            }
        }
    )+};
}

pub(crate) use coded_here;

coded_here! {
    AdvanceBase: "base of the advance", "预拨基数" {
        "contract" => Contract,
        "approved" => Approved,
    }
    CertificateKind: "kind of certificate", "证书种类" {
        "skill_level" => SkillLevel,
        "vocational_qualification" => VocationalQualification,
        "special_ability" => SpecialAbility,
        "training_completion" => TrainingCompletion,
        "special_operation" => SpecialOperation,
    }
    ClaimStart: "start of the time to claim", "申领期限起算日" {
        "certificate" => Certificate,
        "class_end" => ClassEnd,
    }
    DecidingDate: "deciding date", "适用依据日期" {
        "class_approval" => ClassApproval,
        "first_attendance" => FirstAttendance,
        "certificate" => Certificate,
        "claim" => Claim,
        "approval" => Approval,
    }
    EmploymentBase: "base of the employment rate", "就业率分母" {
        "approved" => Approved,
        "completed" => Completed,
    }
    ExclusionScope: "scope of an exclusion", "不可同时享受的范围" {
        "occupation_and_level" => OccupationAndLevel,
        "calendar_year" => CalendarYear,
    }
    FindingKind: "kind of finding", "认定种类" {
        "false_training" => FalseTraining,
        "false_evaluation" => FalseEvaluation,
        "fraud" => Fraud,
        "ineligible" => Ineligible,
        "honest_error" => HonestError,
    }
    HeldOn: "time of a status", "身份认定时间" {
        "first_day" => FirstDay,
        "throughout" => Throughout,
    }
    Measure: "measure", "计量内容" {
        "subsidised" => Subsidised,
        "completed" => Completed,
        "certified" => Certified,
        "classes" => Classes,
        "awards" => Awards,
        "external" => External,
    }
    QuotaDate: "date that a quota counts by", "享受次数计入日期" {
        "approval" => Approval,
        "certificate" => Certificate,
    }
    QuotaScope: "scope of a quota", "享受次数范围" {
        "all_schemes" => AllSchemes,
        "same_scheme" => SameScheme,
    }
    Shortfall: "shortfall mode", "未达标处理方式" {
        "stay_at_advance" => StayAtAdvance,
        "pro_rata" => ProRata,
        "recover_advance" => RecoverAdvance,
    }
    SkillLevel: "level", "技能等级" {
        "apprentice" => Apprentice,
        "junior" => Junior,
        "intermediate" => Intermediate,
        "senior" => Senior,
        "technician" => Technician,
        "senior_technician" => SeniorTechnician,
        "special_technician" => SpecialTechnician,
        "chief_technician" => ChiefTechnician,
    }
    Straddling: "treatment of straddling cases", "跨期处理" {
        "earlier_rule" => EarlierRule,
        "this_rule" => ThisRule,
    }
    TargetBound: "bound of a target", "目标口径" {
        "at_least" => AtLeast,
        "about" => About,
        "exactly" => Exactly,
    }
    TargetPeriod: "period of a target", "目标周期" {
        "yearly" => Yearly,
        "cumulative" => Cumulative,
    }
}

/// Every list of codes that texts use, with its codes.
#[must_use]
pub fn lists() -> Vec<(ListName, Vec<&'static str>)> {
    fn of<T: Coded>() -> (ListName, Vec<&'static str>) {
        (T::LIST, T::codes())
    }
    vec![
        of::<FundSource>(),
        of::<SkillLevel>(),
        of::<Group>(),
        of::<CertificateKind>(),
        of::<PayeeKind>(),
        of::<CatalogueKind>(),
        of::<TrainingKind>(),
        of::<ClassForm>(),
        of::<FindingKind>(),
        of::<DocumentKind>(),
        of::<DecidingDate>(),
        of::<Straddling>(),
    ]
}
