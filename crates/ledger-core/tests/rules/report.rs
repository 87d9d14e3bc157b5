//! Progress against targets: reports of counters that are made up.
//!
//! Long: one table of counters and the reports made of them.

use std::sync::Arc;

use ledger_core::coded::{ClassForm, Group, TrainingKind};
use ledger_core::policy::{
    Measure, PolicyBook, Ruled, Target, TargetBound, TargetFilter, TargetPeriod, TargetSum,
    Withdrawal,
};
use ledger_core::progress::{
    Count, Counted, Profile, ProgressKey, Quarter, Question, Report, TargetProgress, TargetStatus,
    report,
};
use ledger_core::{
    ActionId, BusinessDate, Division, Policy, Position, SchemeId, SectorId, SkillLevel, TargetId,
};

/// `2025-01-01`.
fn date(text: &str) -> BusinessDate {
    BusinessDate::parse(text).unwrap()
}

fn division(text: &str) -> Division {
    Division::parse(text).unwrap()
}

/// A target from 2025 to 2027 with a figure.
fn target(name: &str, measure: Measure, figure: u64, filter: TargetFilter) -> Target {
    Target {
        target: TargetId::parse(name).unwrap(),
        name_zh: Arc::from(name),
        name_en: Arc::from(name),
        measure,
        figure: Some(figure),
        bound: TargetBound::AtLeast,
        period: TargetPeriod::Cumulative,
        from: date("2025-01-01"),
        until: date("2027-12-31"),
        expected: false,
        filter,
    }
}

fn yearly(target: Target) -> Target {
    Target {
        period: TargetPeriod::Yearly,
        ..target
    }
}

fn document(place: &str, targets: Vec<Target>) -> Policy {
    let from = date("2025-09-08");
    let mut policy = Policy::new("doc", 1, "constructed", division(place), from, None);
    policy.targets = targets
        .into_iter()
        .map(|target| Ruled::new(target, "targets"))
        .collect();
    policy
}

fn book(policies: Vec<Policy>) -> PolicyBook {
    let mut book = PolicyBook::default();
    for (number, policy) in policies.into_iter().enumerate() {
        let position = Position::new(u64::try_from(number).unwrap() + 1);
        book.publish(position, Arc::new(policy));
    }
    book
}

/// `subsidised 370100 2025Q4 action=digital groups=veteran,disabled level=4 false`.
fn key(text: &str) -> ProgressKey {
    let mut words = text.split_whitespace();
    let measure = words.next().unwrap();
    let measure = Counted::ALL
        .into_iter()
        .find(|it| format!("{it:?}").to_lowercase() == measure)
        .unwrap();
    let place = division(words.next().unwrap());
    let quarter = Quarter::parse(words.next().unwrap()).unwrap();
    let mut key = ProgressKey {
        measure,
        found_false: false,
        division: place,
        quarter,
        profile: Profile {
            training: None,
            form: None,
            level: None,
            groups: [].into_iter().collect(),
            scheme: SchemeId::parse("training").unwrap(),
            action: None,
            sector: None,
        },
    };
    for word in words {
        let profile = &mut key.profile;
        match word.split_once('=') {
            None => key.found_false = true,
            Some(("action", name)) => profile.action = ActionId::parse(name).ok(),
            Some(("sector", name)) => profile.sector = SectorId::parse(name).ok(),
            Some(("scheme", name)) => profile.scheme = SchemeId::parse(name).unwrap(),
            Some(("training", code)) => profile.training = TrainingKind::from_code(code),
            Some(("form", code)) => profile.form = ClassForm::from_code(code),
            Some(("level", number)) => {
                profile.level = SkillLevel::from_number(number.parse().unwrap());
            }
            Some((_, codes)) => {
                let groups = codes.split(',').map(|code| Group::from_code(code).unwrap());
                profile.groups = groups.collect();
            }
        }
    }
    key
}

fn counters(lines: &str) -> Vec<(ProgressKey, u64)> {
    let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let (text, count) = line.split_once(" : ").unwrap();
            (key(text), count.trim().parse().unwrap())
        })
        .collect()
}

fn question(quarter: &str, place: Option<&str>) -> Question {
    Question {
        quarter: Quarter::parse(quarter).unwrap(),
        division: place.map(division),
        as_of: Position::new(1_000),
        as_of_date: date("2028-01-01"),
    }
}

/// Quarter, year and time of a target: what was counted, with what of it is found false.
fn seen(target: &TargetProgress<'_>) -> String {
    let count = |count: Count| format!("{}/{}", count.counted, count.found_false);
    let total = target.counted.total;
    format!(
        "{} {} {} {:?} {:?}",
        count(total.quarter),
        count(total.year),
        count(total.time),
        target.permille,
        target.status,
    )
}

fn all_seen(report: &Report<'_>) -> Vec<String> {
    report.targets.iter().map(seen).collect()
}

#[test]
fn a_target_counts_its_quarter_its_year_and_its_time() {
    let filter = TargetFilter::default();
    let whole = target("whole", Measure::Subsidised, 100, filter.clone());
    let each_year = yearly(target("each-year", Measure::Subsidised, 40, filter));
    let book = book(vec![document("370000", vec![whole, each_year])]);
    let lines = "
        subsidised 370100 2024Q4 : 1000
        subsidised 370100 2025Q1 : 1
        subsidised 370200 2025Q3 : 2
        subsidised 370100 2025Q4 : 36
        subsidised 370100 2025Q4 false : 3
        subsidised 370100 2026Q1 : 60
        subsidised 520100 2025Q4 : 1000
        completed 370100 2025Q4 : 1000
        subsidised 370100 2028Q1 : 1000
    ";
    for (quarter, expected) in [
        (
            "2025Q4",
            [
                "36/3 39/3 39/3 Some(390) Running",
                "36/3 39/3 39/3 Some(975) Missed",
            ],
        ),
        (
            "2026Q1",
            [
                "60/0 60/0 99/3 Some(990) Running",
                "60/0 60/0 99/3 Some(1500) Reached",
            ],
        ),
        (
            "2027Q3",
            [
                "0/0 0/0 99/3 Some(990) Running",
                "0/0 0/0 99/3 Some(0) Running",
            ],
        ),
        (
            "2027Q4",
            [
                "0/0 0/0 99/3 Some(990) Missed",
                "0/0 0/0 99/3 Some(0) Missed",
            ],
        ),
    ] {
        let report = report(&book, counters(lines), question(quarter, None));
        assert_eq!(all_seen(&report), expected, "{quarter}");
    }
    for quarter in ["2025Q2", "2028Q1"] {
        let report = report(&book, counters(lines), question(quarter, None));
        assert_eq!(report.targets.len(), 0, "{quarter}");
    }
}

/// The last day of the time, and the day after: a report of a quarter that is not over yet calls
/// nothing missed.
#[test]
fn nothing_is_missed_before_its_time_is_over() {
    let filter = TargetFilter::default();
    let whole = target("whole", Measure::Subsidised, 100, filter.clone());
    let each_year = yearly(target("each-year", Measure::Subsidised, 40, filter));
    let book = book(vec![document("370000", vec![whole, each_year])]);
    use TargetStatus::{Missed, Reached, Running};
    for (quarter, as_of_date, counted, expected) in [
        ("2025Q4", "2025-11-26", 39, [Running, Running]),
        ("2025Q4", "2025-12-31", 39, [Running, Running]),
        ("2025Q4", "2026-01-01", 39, [Running, Missed]),
        ("2025Q4", "2025-11-26", 40, [Running, Reached]),
        ("2026Q1", "2026-12-31", 39, [Running, Running]),
        ("2027Q4", "2026-01-01", 39, [Running, Running]),
        ("2027Q4", "2027-12-31", 99, [Running, Running]),
        ("2027Q4", "2028-01-01", 99, [Missed, Missed]),
        ("2027Q4", "2028-01-01", 100, [Reached, Missed]),
    ] {
        let question = Question {
            as_of_date: date(as_of_date),
            ..question(quarter, None)
        };
        let counters = [(key("subsidised 370100 2025Q4"), counted)];
        let report = report(&book, counters, question);
        let found: Vec<_> = report.targets.iter().map(|target| target.status).collect();
        assert_eq!(found, expected, "{quarter} {as_of_date} {counted}");
    }
}

/// One below the figure, the figure, and rounding down: 999 of 1,001 are 998 per thousand.
#[test]
fn reached_is_at_the_figure_and_permille_rounds_down() {
    for (figure, counted, expected) in [
        (1_000, 999, "Some(999) Missed"),
        (1_000, 1_000, "Some(1000) Reached"),
        (1_001, 999, "Some(998) Missed"),
        (3, 1, "Some(333) Missed"),
        (1, u64::MAX, "Some(18446744073709551615) Reached"),
        (u64::MAX, u64::MAX - 1, "Some(999) Missed"),
        (0, 5, "None NoFigure"),
    ] {
        let whole = target("whole", Measure::Awards, figure, TargetFilter::default());
        let book = book(vec![document("370000", vec![whole])]);
        let counters = [(key("awards 370000 2025Q4"), counted)];
        let report = report(&book, counters, question("2027Q4", None));
        assert!(seen(&report.targets[0]).ends_with(expected), "{report:?}");
    }
}

#[test]
fn what_cannot_be_compared_says_so() {
    let filter = TargetFilter::default();
    let none = Target {
        figure: None,
        ..target("chains", Measure::Subsidised, 0, filter.clone())
    };
    let bases = target("bases", Measure::External, 200, filter.clone());
    let whole = target("whole", Measure::Subsidised, 100, filter);
    let book = book(vec![document("370000", vec![none, bases, whole])]);
    let lines = "subsidised 370100 2025Q4 : 7\nsubsidised 370200 2025Q4 : 5";
    let in_all = report(&book, counters(lines), question("2025Q4", None));
    assert_eq!(
        all_seen(&in_all),
        [
            "12/0 12/0 12/0 None NoFigure",
            "0/0 0/0 0/0 None NotCounted",
            "12/0 12/0 12/0 Some(120) Running",
        ]
    );
    // A city's part of a province's figure is given and not judged.
    let city = report(&book, counters(lines), question("2025Q4", Some("370100")));
    assert_eq!(
        seen(&city.targets[2]),
        "7/0 7/0 7/0 Some(70) PartOfDivision"
    );
    let province = report(&book, counters(lines), question("2025Q4", Some("370000")));
    assert_eq!(all_seen(&province), all_seen(&in_all));
    let elsewhere = report(&book, counters(lines), question("2025Q4", Some("520000")));
    assert_eq!((elsewhere.targets.len(), elsewhere.totals.len()), (0, 0));
}

/// `action=digital groups=veteran,disabled level=4`; nothing given asks for nothing.
fn filter(text: &str) -> TargetFilter {
    let mut filter = TargetFilter::default();
    for word in text.split_whitespace() {
        match word.split_once('=').unwrap() {
            ("action", name) => filter.action = ActionId::parse(name).ok(),
            ("sector", name) => filter.sector = SectorId::parse(name).ok(),
            ("scheme", name) => filter.scheme = SchemeId::parse(name).ok(),
            ("training", code) => filter.training = TrainingKind::from_code(code),
            ("form", code) => filter.form = ClassForm::from_code(code),
            ("level", number) => {
                filter.level_at_least = SkillLevel::from_number(number.parse().unwrap());
            }
            (_, codes) => {
                let groups = codes.split(',').map(|code| Group::from_code(code).unwrap());
                filter.groups = groups.collect();
            }
        }
    }
    filter
}

/// Level 4 is 高级工, level 5 技师.
#[test]
fn a_filter_asks_for_all_of_its_parts_and_one_of_its_groups() {
    let lines = "
        certified 370100 2025Q4 : 1
        certified 370100 2025Q4 action=digital : 2
        certified 370100 2025Q4 action=other sector=tourism : 4
        certified 370100 2025Q4 scheme=other : 8
        certified 370100 2025Q4 training=digital : 16
        certified 370100 2025Q4 form=order_class training=transfer : 32
        certified 370100 2025Q4 groups=veteran,disabled,employee : 64
        certified 370100 2025Q4 groups=employee : 128
        certified 370100 2025Q4 level=4 : 256
        certified 370100 2025Q4 action=digital groups=veteran level=4 : 512
        certified 370100 2025Q4 action=digital groups=veteran : 1024
        certified 370100 2025Q4 action=digital groups=disabled level=4 : 2048
    ";
    for (text, expected) in [
        ("", 4095),
        ("action=digital", 2 + 512 + 1024 + 2048),
        ("sector=tourism", 4),
        ("scheme=other", 8),
        ("training=digital", 16),
        ("form=order_class", 32),
        ("groups=veteran,disabled", 64 + 512 + 1024 + 2048),
        ("level=3", 256 + 512 + 2048),
        ("level=4", 256 + 512 + 2048),
        ("level=5", 0),
        ("action=digital groups=veteran level=3", 512),
        ("action=digital form=order_class", 0),
    ] {
        let part = target("part", Measure::Certified, 1_000, filter(text));
        let book = book(vec![document("370000", vec![part])]);
        let report = report(&book, counters(lines), question("2025Q4", None));
        let counted = report.targets[0].measured().counted;
        assert_eq!(counted, expected, "{text}");
    }
}

#[test]
fn counts_are_broken_down_by_action_sector_group_and_city() {
    let whole = target("whole", Measure::Subsidised, 1_000, TargetFilter::default());
    let book = book(vec![document("370000", vec![whole])]);
    let lines = "
        subsidised 370100 2025Q4 : 1
        subsidised 370102 2025Q4 groups=veteran,disabled action=digital : 2
        subsidised 370200 2025Q3 groups=veteran sector=tourism : 4
        subsidised 370000 2025Q4 : 8
        subsidised 370200 2025Q4 groups=veteran sector=tourism false : 3
        completed 370200 2024Q1 : 5
    ";
    let report = report(&book, counters(lines), question("2025Q4", None));
    let counted = &report.targets[0].counted;
    let time =
        |counts: &ledger_core::progress::Counts| (counts.time.counted, counts.time.found_false);
    assert_eq!(time(&counted.total), (15, 3));
    let groups = counted.by_group.iter();
    let groups: Vec<_> = groups
        .map(|(group, counts)| (*group, time(counts)))
        .collect();
    assert_eq!(
        groups,
        [
            (None, (9, 0)),
            (Some(Group::Veteran), (6, 3)),
            (Some(Group::Disabled), (2, 0)),
        ]
    );
    let cities: Vec<_> = counted
        .by_city
        .iter()
        .map(|(city, counts)| (city.code(), time(counts)))
        .collect();
    assert_eq!(
        cities,
        [(370_000, (8, 0)), (370_100, (3, 0)), (370_200, (4, 3))]
    );
    let sectors: Vec<_> = counted.by_sector.values().map(time).collect();
    let actions: Vec<_> = counted.by_action.values().map(time).collect();
    assert_eq!(
        (sectors, actions),
        (vec![(11, 0), (4, 3)], vec![(13, 3), (2, 0)])
    );
    // Without a target too, and from before the time of any.
    assert_eq!(report.totals[&Counted::Subsidised], *counted);
    assert_eq!(time(&report.totals[&Counted::Completed].total), (5, 0));
    assert_eq!(report.totals.len(), 2);
}

/// Parts with these figures and the whole, and order classes; the sum names `count` parts.
fn guizhou(figures: &[u64], count: usize) -> PolicyBook {
    let mut targets = Vec::new();
    for (number, figure) in figures.iter().enumerate() {
        let of = filter(&format!("action=action-{number}"));
        let name = format!("part-{number}");
        targets.push(target(&name, Measure::Subsidised, *figure, of));
    }
    targets.push(target("whole", Measure::Subsidised, 1_000_000, filter("")));
    let classes = filter("form=order_class");
    targets.push(target("order-classes", Measure::Classes, 500, classes));
    let mut policy = document("520000", targets);
    let name = |number: usize| TargetId::parse(&format!("part-{number}")).unwrap();
    let sum = TargetSum {
        whole: TargetId::parse("whole").unwrap(),
        parts: (0..count).map(name).collect(),
    };
    policy.target_sums.push(Ruled::new(sum, "一"));
    book(vec![policy])
}

/// 黔就劳发〔2025〕3号: eleven parts of a million, and 500 order classes apart.
#[test]
fn the_parts_of_guizhou_add_to_a_million() {
    let parts = [
        80_000, 150_000, 100_000, 100_000, 20_000, 80_000, 10_000, 30_000, 300_000, 70_000, 60_000,
    ];
    let lines = "
        subsidised 520100 2025Q4 action=action-0 : 10
        subsidised 520200 2025Q4 action=action-8 : 20
        subsidised 520200 2025Q4 action=action-8 false : 2
        subsidised 520100 2025Q4 : 5
        classes 520100 2025Q4 form=order_class action=action-0 : 3
        classes 520100 2025Q4 : 4
    ";
    let check = |figures: &[u64], count: usize, expected: (Option<u64>, bool)| {
        let book = guizhou(figures, count);
        let report = report(&book, counters(lines), question("2025Q4", None));
        let sum = &report.sums[0];
        assert_eq!(sum.whole_figure, Some(1_000_000));
        assert_eq!((sum.parts_figure, sum.adds_up), expected);
        assert_eq!(
            (sum.whole.time.counted, sum.whole.time.found_false),
            (35, 2)
        );
        assert_eq!(
            (sum.parts.time.counted, sum.parts.time.found_false),
            (30, 2)
        );
        let apart: Vec<_> = sum.apart.iter().map(|it| it.target.as_str()).collect();
        assert_eq!(apart, ["order-classes"]);
        let classes = report.targets.last().unwrap();
        assert_eq!(classes.measured().counted, 3);
    };
    check(&parts, 11, (Some(1_000_000), true));
    check(&parts, 12, (None, false));
    let mut less = parts;
    less[10] -= 1;
    check(&less, 11, (Some(999_999), false));
}

/// A document, and a target, is reported in every quarter of which it has a day: the first, or the
/// last, is enough. Who asks for a province sees its cities' documents, and not the other way round
/// those of another city.
#[test]
fn a_day_of_the_quarter_is_enough() {
    let reported = |from: &str, until: &str, (target_from, target_until): (&str, &str)| {
        let mut policy = document("370100", Vec::new());
        (policy.valid_from, policy.valid_until) = (date(from), Some(date(until)));
        let whole = target("whole", Measure::Completed, 1, TargetFilter::default());
        let whole = Target {
            from: date(target_from),
            until: date(target_until),
            ..whole
        };
        policy.targets = vec![Ruled::new(whole, "targets")];
        let book = book(vec![policy]);
        ["370000", "370100", "370102", "370200"].map(|place| {
            let question = question("2025Q4", Some(place));
            report(&book, Vec::new(), question).targets.len()
        })
    };
    let always = ("2025-01-01", "2027-12-31");
    for (from, until, time, expected) in [
        ("2025-12-31", "2026-12-31", always, 1),
        ("2026-01-01", "2026-12-31", always, 0),
        ("2025-01-01", "2025-10-01", always, 1),
        ("2025-01-01", "2025-09-30", always, 0),
        ("2025-01-01", "2026-12-31", ("2025-12-31", "2026-12-31"), 1),
        ("2025-01-01", "2026-12-31", ("2026-01-01", "2026-12-31"), 0),
        ("2025-01-01", "2026-12-31", ("2025-01-01", "2025-10-01"), 1),
        ("2025-01-01", "2026-12-31", ("2025-01-01", "2025-09-30"), 0),
    ] {
        let found = reported(from, until, time);
        assert_eq!(
            found,
            [expected, expected, expected, 0],
            "{from} {until} {time:?}"
        );
    }
}

/// The report of a position knows the documents of that position.
#[test]
fn a_report_is_as_of_its_position() {
    let of = |version: u32, figure: u64| {
        let filter = TargetFilter::default();
        let mut policy = document(
            "370000",
            vec![target("whole", Measure::Subsidised, figure, filter)],
        );
        policy.version = version;
        policy
    };
    let mut book = book(vec![of(1, 100), of(2, 200)]);
    let withdrawal = Withdrawal {
        position: Position::new(3),
        effective_on: date("2026-01-01"),
    };
    book.withdraw(Position::new(2), withdrawal);
    let figures = |as_of: u64, quarter: &str| -> Vec<Option<u64>> {
        let question = Question {
            as_of: Position::new(as_of),
            ..question(quarter, None)
        };
        let report = report(&book, [], question);
        let targets = report.targets.iter();
        targets.map(|target| target.ruled.rule.figure).collect()
    };
    assert_eq!(figures(0, "2025Q4"), []);
    assert_eq!(figures(1, "2025Q4"), [Some(100)]);
    assert_eq!(figures(2, "2026Q1"), [Some(200)]);
    assert_eq!(figures(3, "2025Q4"), [Some(200)]);
    assert_eq!(figures(3, "2026Q1"), []);
    assert_eq!(figures(3, "2025Q2"), []);
    assert_eq!(figures(3, "2025Q3"), [Some(200)]);
}

#[test]
fn a_time_that_cuts_a_quarter_says_so() {
    let whole = target("whole", Measure::Subsidised, 10, TargetFilter::default());
    let cut = Target {
        from: date("2025-11-15"),
        until: date("2026-02-28"),
        ..whole.clone()
    };
    let book = book(vec![document("370000", vec![whole, cut])]);
    let lines = "
        subsidised 370100 2025Q3 : 1
        subsidised 370100 2025Q4 : 2
        subsidised 370100 2026Q1 : 4
    ";
    let report = report(&book, counters(lines), question("2026Q1", None));
    let targets = report.targets.iter();
    let found: Vec<_> = targets
        .map(|target| {
            (
                target.whole_quarters,
                target.measured().counted,
                target.status,
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            (true, 7, TargetStatus::Running),
            (false, 6, TargetStatus::Missed)
        ]
    );
}
