//! The eight skill levels of the new system.

use std::fmt;

/// A skill level, ordered from the lowest to the highest.
///
/// The eight levels are those of 人社部《关于健全完善新时代技能人才职业技能等级制度的意见(试行)》
/// (2022). The digits on certificates run downwards (5 is the lowest) and the outer three levels
/// have none, so levels are compared as levels and never by digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SkillLevel {
    /// 学徒工.
    Apprentice,
    /// 初级工, level five.
    Junior,
    /// 中级工, level four.
    Intermediate,
    /// 高级工, level three.
    Senior,
    /// 技师, level two.
    Technician,
    /// 高级技师, level one.
    SeniorTechnician,
    /// 特级技师.
    SpecialTechnician,
    /// 首席技师.
    ChiefTechnician,
}

impl SkillLevel {
    /// Every level, from the lowest to the highest.
    pub const ALL: [Self; 8] = [
        Self::Apprentice,
        Self::Junior,
        Self::Intermediate,
        Self::Senior,
        Self::Technician,
        Self::SeniorTechnician,
        Self::SpecialTechnician,
        Self::ChiefTechnician,
    ];

    /// Returns the digit on certificates: 5 for 初级工 up to 1 for 高级技师, none for the others.
    #[must_use]
    pub const fn digit(self) -> Option<u8> {
        match self {
            Self::Junior => Some(5),
            Self::Intermediate => Some(4),
            Self::Senior => Some(3),
            Self::Technician => Some(2),
            Self::SeniorTechnician => Some(1),
            Self::Apprentice | Self::SpecialTechnician | Self::ChiefTechnician => None,
        }
    }

    /// Returns the level with this digit on certificates.
    #[must_use]
    pub fn from_digit(digit: u8) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|level| level.digit() == Some(digit))
    }

    /// Returns the permanent number, 1 for the lowest to 8 for the highest level.
    ///
    /// It is stored and never given to another level; it is not the digit on certificates.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Apprentice => 1,
            Self::Junior => 2,
            Self::Intermediate => 3,
            Self::Senior => 4,
            Self::Technician => 5,
            Self::SeniorTechnician => 6,
            Self::SpecialTechnician => 7,
            Self::ChiefTechnician => 8,
        }
    }

    /// Returns the level with this permanent number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.number() == number)
    }

    /// Returns the official Chinese name.
    #[must_use]
    pub const fn name_zh(self) -> &'static str {
        match self {
            Self::Apprentice => "学徒工",
            Self::Junior => "初级工",
            Self::Intermediate => "中级工",
            Self::Senior => "高级工",
            Self::Technician => "技师",
            Self::SeniorTechnician => "高级技师",
            Self::SpecialTechnician => "特级技师",
            Self::ChiefTechnician => "首席技师",
        }
    }

    /// Returns the English name this ledger uses; there is no official one.
    #[must_use]
    pub const fn name_en(self) -> &'static str {
        match self {
            Self::Apprentice => "apprentice",
            Self::Junior => "junior worker",
            Self::Intermediate => "intermediate worker",
            Self::Senior => "senior worker",
            Self::Technician => "technician",
            Self::SeniorTechnician => "senior technician",
            Self::SpecialTechnician => "special technician",
            Self::ChiefTechnician => "chief technician",
        }
    }
}

/// Writes the English name.
impl fmt::Display for SkillLevel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name_en())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_rise_while_digits_fall() {
        let table = [
            (1, None, "学徒工", "apprentice"),
            (2, Some(5), "初级工", "junior worker"),
            (3, Some(4), "中级工", "intermediate worker"),
            (4, Some(3), "高级工", "senior worker"),
            (5, Some(2), "技师", "technician"),
            (6, Some(1), "高级技师", "senior technician"),
            (7, None, "特级技师", "special technician"),
            (8, None, "首席技师", "chief technician"),
        ];
        for (level, (number, digit, name_zh, name_en)) in SkillLevel::ALL.into_iter().zip(table) {
            assert_eq!((level.number(), level.digit()), (number, digit));
            assert_eq!((level.name_zh(), level.name_en()), (name_zh, name_en));
            assert_eq!(level.to_string(), name_en);
            assert_eq!(SkillLevel::from_number(number), Some(level));
            if let Some(digit) = digit {
                assert_eq!(SkillLevel::from_digit(digit), Some(level));
            }
        }
        assert!(SkillLevel::ALL.is_sorted_by(|a, b| a < b));
        assert_eq!(
            (SkillLevel::from_digit(0), SkillLevel::from_digit(6)),
            (None, None)
        );
        assert_eq!(
            (SkillLevel::from_number(0), SkillLevel::from_number(9)),
            (None, None)
        );
    }
}
