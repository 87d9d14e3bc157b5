//! Coded lists of the policy documents: each item with a permanent number, a code and a name.

macro_rules! coded {
    ($(
        $(#[doc = $list:literal])+
        $name:ident {
            $(
                $(#[doc = $doc:literal])+
                $variant:ident = $number:literal, $code:literal, $zh:literal;
            )+
        }
    )+) => {$(
        $(#[doc = $list])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $( $(#[doc = $doc])+ $variant, )+
        }

        impl $name {
            /// Every item, by permanent number.
            pub const ALL: &'static [Self] = &[ $( Self::$variant, )+ ];

            /// Returns the permanent number, which is stored and never given to another item.
            #[must_use]
            pub const fn number(self) -> u8 {
                match self { $( Self::$variant => $number, )+ }
            }

            /// Returns the item with this permanent number.
            #[must_use]
            pub const fn from_number(number: u8) -> Option<Self> {
                match number { $( $number => Some(Self::$variant), )+ _ => None }
            }

            /// Returns the code used in policy files and in tables.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $( Self::$variant => $code, )+ }
            }

            /// Returns the item with this code.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $( $code => Some(Self::$variant), )+ _ => None }
            }

            /// Returns the term of the policy documents.
            #[must_use]
            pub const fn name_zh(self) -> &'static str {
                match self { $( Self::$variant => $zh, )+ }
            }
        }
    )+};
}

coded! {
    /// Groups of people that policy documents name (union of 鲁人社字〔2025〕87号 二(六), the
    /// 2019–2021 action, 鲁人社发〔2020〕18号 三(一)3, 鲁人社发〔2022〕7号 专栏3 and 黔就劳发〔2025〕3号 十二).
    Group {
        /// Newly hired employees.
        NewEmployee = 1, "new_employee", "企业新录用职工";
        /// Employees in post.
        Employee = 2, "employee", "在岗职工";
        /// Employees who change their post.
        TransferredEmployee = 3, "transferred_employee", "转岗职工";
        /// Employees of enterprises in difficulty.
        DistressedEmployee = 4, "distressed_employee", "困难企业职工";
        /// The unemployed.
        Unemployed = 5, "unemployed", "失业人员";
        /// People who have difficulty to find work.
        EmploymentDifficulty = 6, "employment_difficulty", "就业困难人员";
        /// Migrant workers and rural workers in other trades.
        MigrantWorker = 7, "migrant_worker", "农民工";
        /// People who return to the country to start a business.
        ReturningEntrepreneur = 8, "returning_entrepreneur", "返乡下乡创业人员";
        /// Highly qualified farmers.
        QualifiedFarmer = 9, "qualified_farmer", "高素质农民";
        /// People for rural industries.
        RuralIndustryTalent = 10, "rural_industry_talent", "乡村产业振兴人才";
        /// People lifted out of poverty who keep their support.
        LiftedOutOfPoverty = 11, "lifted_out_of_poverty", "脱贫享受政策人口";
        /// People watched lest they fall back into poverty.
        PovertyMonitored = 12, "poverty_monitored", "防止返贫(致贫)监测对象";
        /// Registered poor workers (2019–2020 wording).
        RegisteredPoor = 13, "registered_poor", "建档立卡贫困劳动力";
        /// Children of poor families (2019–2020 wording).
        PoorFamilyChild = 14, "poor_family_child", "贫困家庭子女";
        /// People resettled from poor areas.
        Resettled = 15, "resettled", "易地搬迁人员";
        /// Fishers who gave up fishing.
        FormerFisher = 16, "former_fisher", "退捕渔民";
        /// Veterans.
        Veteran = 17, "veteran", "退役军人";
        /// People with disabilities.
        Disabled = 18, "disabled", "残疾人";
        /// People serving a sentence.
        Prisoner = 19, "prisoner", "服刑人员";
        /// People in compulsory drug rehabilitation.
        DrugRehabilitation = 20, "drug_rehabilitation", "强制隔离戒毒人员";
        /// People under community correction.
        CommunityCorrection = 21, "community_correction", "社区矫正对象";
        /// School leavers who do not go on to study.
        SchoolLeaver = 22, "school_leaver", "未继续升学初高中毕业生";
        /// Graduates and other young people.
        YoungGraduate = 23, "young_graduate", "高校毕业生等青年";
        /// Students in their graduating year.
        GraduatingStudent = 24, "graduating_student", "毕业年度学生";
        /// Students at a university.
        UniversityStudent = 25, "university_student", "在校大学生";
        /// Recipients of social assistance and families of workers in need.
        SocialAssistance = 26, "social_assistance", "社会救助对象";
        /// Employees in dangerous trades.
        HighRiskEmployee = 27, "high_risk_employee", "高危行业企业职工";
        /// Teachers of a vocational school's subjects.
        VocationalTeacher = 28, "vocational_teacher", "职业院校专业教师";
        /// Front-line staff of bodies that care for the old.
        ElderlyCareStaff = 29, "elderly_care_staff", "养老服务机构一线人员";
        /// People who receive unemployment benefit.
        UnemploymentBenefit = 30, "unemployment_benefit", "领取失业保险金人员";
        /// Workers of Guizhou who work outside the province.
        OutsideProvinceWorker = 31, "outside_province_worker", "外出务工人员";
    }
    /// Kinds of training that policy documents name (same sources).
    TrainingKind {
        /// Before taking up a post.
        PreService = 1, "pre_service", "岗前培训";
        /// To do better in one's post.
        OnTheJob = 2, "on_the_job", "岗位技能提升培训";
        /// To change post or trade.
        Transfer = 3, "transfer", "转岗转业培训";
        /// New-type apprentices of an enterprise.
        NewApprenticeship = 4, "new_apprenticeship", "企业新型学徒制培训";
        /// Modern apprentices of a school.
        ModernApprenticeship = 5, "modern_apprenticeship", "现代学徒制培训";
        /// The province's programme for technicians.
        GoldCollar = 6, "gold_collar", "金蓝领培训";
        /// Safety in dangerous trades.
        HighRiskSafety = 7, "high_risk_safety", "高危行业安全技能培训";
        /// Skills to find work.
        EmploymentSkills = 8, "employment_skills", "就业技能培训";
        /// Starting a business.
        Entrepreneurship = 9, "entrepreneurship", "创业培训";
        /// Preparation for work.
        LabourPreparation = 10, "labour_preparation", "劳动预备制培训";
        /// Bought as a project.
        Project = 11, "project", "项目制培训";
        /// Work instead of training.
        WorkAsTraining = 12, "work_as_training", "企业以工代训";
        /// Online.
        Online = 13, "online", "线上培训";
        /// Medium and long employment skills training.
        LongEmploymentSkills = 14, "long_employment_skills", "中长期就业技能培训";
        /// Special operations.
        SpecialOperation = 15, "special_operation", "特种作业培训";
        /// Digital skills.
        Digital = 16, "digital", "数字技能培训";
        /// One special ability.
        SpecialAbility = 17, "special_ability", "专项职业能力培训";
        /// Adaptation of veterans.
        VeteranAdaptation = 18, "veteran_adaptation", "退役军人适应性培训";
        /// Coaching of heads of enterprises.
        EnterpriseLeader = 19, "enterprise_leader", "企业负责人辅导培训";
        /// Against the risk of large unemployment.
        UnemploymentPrevention = 20, "unemployment_prevention", "预防规模性失业特别培训";
        /// New trades and new occupations.
        NewOccupation = 21, "new_occupation", "新业态新职业培训";
    }
    /// How a class is tied to employers (鲁人社字〔2025〕87号 一(一); 黔就劳发〔2025〕3号 十、十六).
    ClassForm {
        /// Not tied.
        General = 1, "general", "一般班";
        /// On the order of an employer.
        OrderClass = 2, "order_class", "订单班";
        /// For fixed posts.
        FixedPost = 3, "fixed_post", "定岗班";
        /// For a fixed employer or place.
        Directed = 4, "directed", "定向班";
    }
    /// Sex, where a document sets different ages.
    Sex {
        /// Male.
        Male = 1, "male", "男";
        /// Female.
        Female = 2, "female", "女";
    }
    /// The four catalogues of a city (四个目录; 2019–2021 action, 基础能力建设).
    CatalogueKind {
        /// Training for key industries.
        KeyIndustry = 1, "key_industry", "重点产业职业技能培训指导目录";
        /// General training.
        General = 2, "general", "一般性职业技能培训目录";
        /// What workers ask for.
        WorkerDemand = 3, "worker_demand", "劳动者培训需求目录";
        /// The bodies that train.
        Institution = 4, "institution", "职业技能培训机构目录";
    }
    /// What a published document holds.
    DocumentKind {
        /// Rules of schemes, targets, penalties, accruals.
        Rules = 1, "rules", "政策文件";
        /// Rates of a city for schemes of its province.
        RateTable = 2, "rate_table", "补贴标准";
        /// A city's catalogues.
        Catalogue = 3, "catalogue", "培训目录";
    }
    /// Who may receive money under a scheme.
    PayeeKind {
        /// The person who was trained or is honoured.
        Person = 1, "person", "个人";
        /// The body that trained, claiming for its trainees.
        Institution = 2, "institution", "培训机构";
        /// The employer.
        Employer = 3, "employer", "用人单位";
        /// The master of an apprentice.
        Master = 4, "master", "带徒师傅";
    }
    /// The kinds of rules; explanations and approvals name them.
    RuleKind {
        /// Which funds may pay.
        Funds = 1, "funds", "资金渠道";
        /// How several funds share a payment.
        FundSplit = 2, "fund_split", "资金分担";
        /// How much is paid.
        Amount = 3, "amount", "补贴标准";
        /// What is added for scarce occupations.
        Uplift = 4, "uplift", "急需紧缺上浮";
        /// How many subsidies per person and window.
        Quota = 5, "quota", "享受次数";
        /// The same occupation and level is not paid twice.
        NoRepeat = 6, "no_repeat", "不可重复享受";
        /// A higher level paid excludes a lower one.
        HigherLevel = 7, "higher_level", "高等级享受后不再享受低等级";
        /// Another scheme paid excludes this one.
        SchemeExclusion = 8, "scheme_exclusion", "不同补贴不可同时享受";
        /// A group that the person belongs to.
        Groups = 9, "groups", "人员类别";
        /// Age and sex bounds.
        Age = 10, "age", "年龄";
        /// No monthly pension.
        Pension = 11, "pension", "不具有按月领取养老金资格";
        /// Months of unemployment insurance.
        InsuredMonths = 12, "insured_months", "失业保险参保月数";
        /// Residence.
        Residence = 13, "residence", "户籍（居住地）";
        /// The year of graduation.
        GraduatingYear = 14, "graduating_year", "毕业年度";
        /// A body qualified on all training dates.
        Qualification = 15, "qualification", "机构资质";
        /// What has to be on record.
        Evidence = 16, "evidence", "申领材料";
        /// Who is paid.
        Payee = 17, "payee", "收款人";
        /// How a project is paid.
        PaymentSchedule = 18, "payment_schedule", "拨付方式";
        /// What gives a quota slot back.
        QuotaRelease = 19, "quota_release", "名额释放";
        /// By when to claim.
        ClaimDeadline = 20, "claim_deadline", "申领期限";
        /// How long the list is shown.
        Publicity = 21, "publicity", "公示";
        /// Listed in the city's catalogues.
        Catalogue = 22, "catalogue", "目录";
        /// Rests on an order.
        Order = 23, "order", "五单式订单";
        /// Which awards exclude each other.
        AwardExclusivity = 24, "award_exclusivity", "奖补不重复享受";
        /// How many awards per cycle.
        AwardCount = 25, "award_count", "评选名额";
        /// The range of a penalty.
        Penalty = 26, "penalty", "罚款幅度";
        /// What may be accrued, and the capacity to keep.
        Accrual = 27, "accrual", "资金计提";
        /// Nothing found false.
        Finding = 28, "finding", "未被认定虚假";
        /// The levels that the scheme is for.
        Levels = 29, "levels", "技能等级范围";
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    macro_rules! check {
        ($($name:ident),+) => {$(
            let codes: BTreeSet<_> = $name::ALL.iter().map(|item| item.code()).collect();
            let names: BTreeSet<_> = $name::ALL.iter().map(|item| item.name_zh()).collect();
            assert_eq!((codes.len(), names.len()), ($name::ALL.len(), $name::ALL.len()));
            for (index, item) in $name::ALL.iter().enumerate() {
                assert_eq!(usize::from(item.number()), index + 1, "{item:?}");
                assert_eq!($name::from_number(item.number()), Some(*item));
                assert_eq!($name::from_code(item.code()), Some(*item));
            }
            assert_eq!($name::from_number(0), None);
            assert_eq!($name::from_code(""), None);
        )+};
    }

    #[test]
    fn codes_numbers_and_names_are_each_given_once() {
        check!(
            Group,
            TrainingKind,
            ClassForm,
            Sex,
            CatalogueKind,
            DocumentKind,
            PayeeKind,
            RuleKind
        );
    }
}
