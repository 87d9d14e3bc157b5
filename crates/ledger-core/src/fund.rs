//! The funds from which subsidies are paid.

use std::fmt;

/// A source of money with its own rules on what it may pay; money never moves between two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FundSource {
    /// The special account of the skill-upgrading action (职业技能提升行动专账).
    SpecialAccount,
    /// The employment subsidy fund (就业补助资金).
    EmploymentSubsidy,
    /// The fund that supports employment through start-ups (创业带动就业扶持资金).
    StartupEmployment,
    /// The unemployment insurance fund (失业保险基金).
    UnemploymentInsurance,
    /// The special fund for training (专项培训资金).
    SpecialTraining,
    /// The employer's own fund for the education of its employees (职工教育经费).
    EmployeeEducation,
    /// The budget for the training of skilled people (技能人才培养专项经费; 鲁人社发〔2020〕18号 四(二)).
    SkilledTalent,
    /// Money of line departments and mass organisations (行业主管部门和群团组织资金; 鲁人社字〔2025〕87号 二(五)).
    DepartmentFunds,
    /// Money of the cooperation of eastern and western provinces (东西部协作资金; 黔就劳发〔2025〕3号 二十).
    EastWestCooperation,
    /// Money that links poverty relief and rural revitalisation (乡村振兴衔接资金; 黔就劳发〔2025〕3号 二十).
    RuralRevitalisation,
    /// Money for the development of an industry and its people (行业发展和人才培养资金; 黔就劳发〔2025〕3号 二十).
    IndustryTalent,
    /// Grants of the central budget (国家建设补助资金; 鲁人社发〔2020〕18号 三(四)15).
    CentralBudget,
}

impl FundSource {
    /// Every source, by permanent number.
    pub const ALL: [Self; 12] = [
        Self::SpecialAccount,
        Self::EmploymentSubsidy,
        Self::StartupEmployment,
        Self::UnemploymentInsurance,
        Self::SpecialTraining,
        Self::EmployeeEducation,
        Self::SkilledTalent,
        Self::DepartmentFunds,
        Self::EastWestCooperation,
        Self::RuralRevitalisation,
        Self::IndustryTalent,
        Self::CentralBudget,
    ];

    /// Returns the permanent number, which is stored and never given to another source.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::SpecialAccount => 1,
            Self::EmploymentSubsidy => 2,
            Self::StartupEmployment => 3,
            Self::UnemploymentInsurance => 4,
            Self::SpecialTraining => 5,
            Self::EmployeeEducation => 6,
            Self::SkilledTalent => 7,
            Self::DepartmentFunds => 8,
            Self::EastWestCooperation => 9,
            Self::RuralRevitalisation => 10,
            Self::IndustryTalent => 11,
            Self::CentralBudget => 12,
        }
    }

    /// Returns the source with this permanent number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|fund| fund.number() == number)
    }

    /// Returns the name used in policy files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SpecialAccount => "special_account",
            Self::EmploymentSubsidy => "employment_subsidy",
            Self::StartupEmployment => "startup_employment",
            Self::UnemploymentInsurance => "unemployment_insurance",
            Self::SpecialTraining => "special_training",
            Self::EmployeeEducation => "employee_education",
            Self::SkilledTalent => "skilled_talent",
            Self::DepartmentFunds => "department_funds",
            Self::EastWestCooperation => "east_west_cooperation",
            Self::RuralRevitalisation => "rural_revitalisation",
            Self::IndustryTalent => "industry_talent",
            Self::CentralBudget => "central_budget",
        }
    }

    /// Returns the source with this name in policy files.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fund| fund.code() == code)
    }

    /// Returns the name used in the policy documents.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::SpecialAccount => "职业技能提升行动专账",
            Self::EmploymentSubsidy => "就业补助资金",
            Self::StartupEmployment => "创业带动就业扶持资金",
            Self::UnemploymentInsurance => "失业保险基金",
            Self::SpecialTraining => "专项培训资金",
            Self::EmployeeEducation => "职工教育经费",
            Self::SkilledTalent => "技能人才培养专项经费",
            Self::DepartmentFunds => "行业主管部门和群团组织资金",
            Self::EastWestCooperation => "东西部协作资金",
            Self::RuralRevitalisation => "乡村振兴衔接资金",
            Self::IndustryTalent => "行业发展和人才培养资金",
            Self::CentralBudget => "中央财政补助资金",
        }
    }
}

/// Writes the name used in policy files.
impl fmt::Display for FundSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_codes_are_permanent() {
        for (number, code, name) in [
            (1, "special_account", "职业技能提升行动专账"),
            (2, "employment_subsidy", "就业补助资金"),
            (3, "startup_employment", "创业带动就业扶持资金"),
            (4, "unemployment_insurance", "失业保险基金"),
            (5, "special_training", "专项培训资金"),
            (6, "employee_education", "职工教育经费"),
            (7, "skilled_talent", "技能人才培养专项经费"),
            (8, "department_funds", "行业主管部门和群团组织资金"),
            (9, "east_west_cooperation", "东西部协作资金"),
            (10, "rural_revitalisation", "乡村振兴衔接资金"),
            (11, "industry_talent", "行业发展和人才培养资金"),
            (12, "central_budget", "中央财政补助资金"),
        ] {
            let fund = FundSource::from_number(number).unwrap();
            assert_eq!(
                (fund.number(), fund.code(), fund.name_zh()),
                (number, code, name)
            );
            assert_eq!(FundSource::from_code(code), Some(fund));
            assert_eq!(fund.to_string(), code);
        }
        assert_eq!(
            (FundSource::from_number(0), FundSource::from_number(13)),
            (None, None)
        );
        assert_eq!(FundSource::from_code("Special_Account"), None);
    }
}
