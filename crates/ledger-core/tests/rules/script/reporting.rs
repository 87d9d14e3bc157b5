//! What the training of a class counts for: `action=`, `sector=`, `training=`, `form=`.

use std::collections::BTreeMap;

use ledger_core::coded::{ClassForm, TrainingKind};
use ledger_core::event::Reporting;
use ledger_core::{ActionId, SectorId};

pub(super) fn of(options: &BTreeMap<&str, &str>) -> Reporting {
    let option = |name: &str| options.get(name).copied();
    Reporting {
        action: option("action").map(|name| ActionId::parse(name).unwrap()),
        sector: option("sector").map(|name| SectorId::parse(name).unwrap()),
        training: option("training").map(|code| TrainingKind::from_code(code).unwrap()),
        form: option("form").map(|code| ClassForm::from_code(code).unwrap()),
    }
}
