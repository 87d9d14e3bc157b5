//! The kinds of fault, and what each may lead to.

use super::backup::BackupFault;
use super::clock::ClockFault;
use crate::faultfs::{Cut, Plan, WriteFault};
use crate::workload::Seeded;

/// A kind of fault and how one of it is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// Its name on the command line and in the report.
    pub name: &'static str,
    /// Draws a fault of this kind for a round.
    pub draw: fn(&mut Seeded, u64) -> Fault,
}

/// What happens in a round.
#[derive(Debug, Clone)]
pub struct Fault {
    /// What the disk does while the server works.
    pub plan: Plan,
    /// How the server ends.
    pub end: End,
    /// What happens to the disk afterwards.
    pub after: After,
    /// How the requests come to the server.
    pub traffic: Traffic,
    /// What else is tried in the round.
    pub scene: Scene,
    /// Whether the server may refuse to open: never where everything acknowledged is on the disk.
    pub may_refuse: bool,
}

/// What a round is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scene {
    /// The ledger is opened again, and has everything.
    Restart,
    /// The clock is wrong; the server ends and starts anew as this says.
    Clock(ClockFault),
    /// A backup is taken and restored.
    Backup(BackupFault),
}

/// How requests come to the server; what is not orderly draws from a seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Traffic {
    /// One after the other.
    Orderly,
    /// Some are lost, some come twice, some late.
    Unreliable(u64),
    /// Those of several callers, and of one stream, come in another order than they were sent.
    Reordered(u64),
}

/// How the server ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It is asked to stop, after so many answers.
    Stop(u64),
    /// It is killed, after so many answers.
    Kill(u64),
    /// It is killed where the disk stands still, which the plan says.
    KillFrozen,
}

/// What happens to the disk when the server is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// Nothing.
    Nothing,
    /// The power goes.
    Cut(Cut),
    /// One file is damaged.
    Damage(Damage),
}

/// What happens to one file, which is drawn in the round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// It is gone.
    Lost,
    /// It has no bytes left.
    Emptied,
    /// Its second half is gone.
    Halved,
    /// Its last byte is gone.
    Shortened,
    /// One bit of it is another.
    BitFlipped,
    /// It has changed places with another file.
    Swapped,
}

/// Answers of a round before the server ends.
const ANSWERS_MAX: u64 = 12;

/// Operations that change something from the start of the server over some answers to its stop, at
/// most.
const CHANGES_MAX: u64 = 150;

/// Operations of a start that change something.
const STARTING_CHANGES: u64 = 60;

const DAMAGES: [Damage; 6] = [
    Damage::Lost,
    Damage::Emptied,
    Damage::Halved,
    Damage::Shortened,
    Damage::BitFlipped,
    Damage::Swapped,
];

const CUTS: [Cut; 3] = [Cut::Synced, Cut::Prefix, Cut::Any];

/// Every kind.
pub const KINDS: [Kind; 17] = [
    Kind {
        name: "requests lost, doubled and late",
        draw: |seeded, _| Fault {
            traffic: Traffic::Unreliable(seeded.next_u64()),
            end: End::Kill(1 + seeded.below(ANSWERS_MAX)),
            ..Fault::none()
        },
    },
    Kind {
        name: "requests reordered",
        draw: |seeded, _| Fault {
            traffic: Traffic::Reordered(seeded.next_u64()),
            end: End::Kill(ANSWERS_MAX),
            ..Fault::none()
        },
    },
    Kind {
        name: "requests lost and doubled, killed between two steps",
        draw: |seeded, _| Fault {
            plan: frozen_at_work(seeded),
            traffic: Traffic::Unreliable(seeded.next_u64()),
            end: End::KillFrozen,
            ..Fault::none()
        },
    },
    Kind {
        name: "requests reordered, killed between two steps",
        draw: |seeded, _| Fault {
            plan: frozen_at_work(seeded),
            traffic: Traffic::Reordered(seeded.next_u64()),
            end: End::KillFrozen,
            ..Fault::none()
        },
    },
    Kind {
        name: "clock jumps",
        draw: |seeded, _| Fault {
            scene: Scene::Clock(ClockFault::draw(seeded)),
            ..Fault::none()
        },
    },
    Kind {
        name: "killed after some answers",
        draw: |seeded, _| Fault {
            end: End::Kill(seeded.below(ANSWERS_MAX)),
            ..Fault::none()
        },
    },
    Kind {
        name: "killed between two steps",
        draw: |_, round| Fault {
            plan: frozen(round),
            end: End::KillFrozen,
            ..Fault::none()
        },
    },
    Kind {
        name: "power lost between two steps",
        draw: |seeded, round| Fault {
            plan: frozen(round),
            end: End::KillFrozen,
            after: After::Cut(one_of(&CUTS, seeded)),
            // A last record of full length with wrong bytes cannot be told from damage (ADR 0002).
            may_refuse: true,
            ..Fault::none()
        },
    },
    Kind {
        name: "sync fails",
        draw: |seeded, _| Fault {
            plan: Plan {
                fail_sync: Some(1 + seeded.below(30)),
                ..Plan::default()
            },
            end: End::Kill(ANSWERS_MAX),
            ..Fault::none()
        },
    },
    Kind {
        name: "sync fails, then power lost",
        draw: |seeded, _| Fault {
            plan: Plan {
                fail_sync: Some(1 + seeded.below(30)),
                ..Plan::default()
            },
            end: End::Kill(ANSWERS_MAX),
            after: After::Cut(one_of(&CUTS, seeded)),
            may_refuse: true,
            ..Fault::none()
        },
    },
    Kind {
        name: "write fails",
        draw: |seeded, _| {
            let faults = [WriteFault::Io, WriteFault::NoSpace, WriteFault::Short];
            Fault {
                plan: Plan {
                    fail_write: Some((1 + seeded.below(60), one_of(&faults, seeded))),
                    ..Plan::default()
                },
                end: End::Kill(ANSWERS_MAX),
                ..Fault::none()
            }
        },
    },
    Kind {
        name: "read fails",
        draw: |seeded, _| Fault {
            plan: Plan {
                fail_read: Some(1 + seeded.below(120)),
                ..Plan::default()
            },
            end: End::Kill(ANSWERS_MAX),
            ..Fault::none()
        },
    },
    Kind {
        name: "file damaged after a stop",
        draw: |seeded, _| Fault {
            end: End::Stop(seeded.below(ANSWERS_MAX)),
            after: After::Damage(one_of(&DAMAGES, seeded)),
            may_refuse: true,
            ..Fault::none()
        },
    },
    Kind {
        name: "file damaged after a kill",
        draw: |seeded, _| Fault {
            end: End::Kill(seeded.below(ANSWERS_MAX)),
            after: After::Damage(one_of(&DAMAGES, seeded)),
            may_refuse: true,
            ..Fault::none()
        },
    },
    Kind {
        name: "disk lies about its syncs, then power lost",
        draw: |seeded, _| Fault {
            plan: Plan {
                lies: true,
                ..Plan::default()
            },
            end: End::Kill(seeded.below(ANSWERS_MAX)),
            // What reverts as a whole cannot be noticed from within; see the page on faults.
            after: After::Cut(one_of(&[Cut::Prefix, Cut::Any], seeded)),
            may_refuse: true,
            ..Fault::none()
        },
    },
    Kind {
        name: "backup confirmed, then power lost",
        draw: |seeded, _| Fault {
            scene: Scene::Backup(BackupFault::draw(seeded)),
            after: After::Cut(one_of(&CUTS, seeded)),
            ..Fault::none()
        },
    },
    Kind {
        name: "disk lies to a backup, then power lost",
        draw: |seeded, _| Fault {
            scene: Scene::Backup(BackupFault::draw(seeded)),
            plan: Plan {
                lies: true,
                ..Plan::default()
            },
            after: After::Cut(one_of(&CUTS, seeded)),
            may_refuse: true,
            ..Fault::none()
        },
    },
];

/// One step after the other, and from the start once all were tried.
fn frozen(round: u64) -> Plan {
    Plan {
        freeze_at: Some(1 + round % CHANGES_MAX),
        ..Plan::default()
    }
}

/// Some step after the start, which takes about as many as are left out, while requests are under
/// way.
fn frozen_at_work(seeded: &mut Seeded) -> Plan {
    Plan {
        freeze_at: Some(STARTING_CHANGES + seeded.below(CHANGES_MAX - STARTING_CHANGES)),
        ..Plan::default()
    }
}

impl Fault {
    fn none() -> Self {
        Self {
            plan: Plan::default(),
            end: End::Stop(0),
            after: After::Nothing,
            traffic: Traffic::Orderly,
            scene: Scene::Restart,
            may_refuse: false,
        }
    }
}

pub(super) fn one_of<T: Copy>(choices: &[T], seeded: &mut Seeded) -> T {
    *choices
        .get(seeded.index(choices.len()))
        .expect("there is a choice")
}
