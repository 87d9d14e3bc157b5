//! What only shows when documents are held against each other.
//!
//! Long: one table of documents that stand beside each other.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at what it does not expect"
)]

use ledger_core::policy::{PolicyBook, Withdrawal};
use ledger_core::{BusinessDate, Position};
use ledger_policy::{Report, check_against, check_beside, check_set, compile};
use std::sync::Arc;

/// A document with one scheme whose amount comes from tables and which requires a catalogue.
fn rules(id: &str, division: u32, validity: &str) -> String {
    document(id, division, validity)
        + r#"
[[scheme]]
id = "training"
name_zh = "培训补贴"
funds = { allowed = ["special_account"], clause = "c" }
amount = { kind = "by_table", clause = "c" }
evidence = { certificate = true, assessment = false, clause = "c" }
catalogue = { listed_in = ["general"], clause = "c" }
quota_release = { returned_payment = true, clawback = false, clause = "c" }
"#
}

fn document(id: &str, division: u32, validity: &str) -> String {
    let (from, until) = validity.split_once(' ').unwrap_or((validity, ""));
    let until = match until {
        "" => String::new(),
        until => format!("valid_until = {until}\n"),
    };
    format!(
        "policy_id = \"{id}\"\nversion = 1\ndocument_number = \"{id}\"\ntitle = \"{id}\"\n\
         division = {division}\nvalid_from = {from}\n{until}"
    )
}

fn rates(id: &str, division: u32, validity: &str) -> String {
    let rate =
        "[[rate]]\nscheme = \"training\"\nkind = \"fixed\"\namount = \"100\"\nclause = \"c\"\n";
    format!(
        "kind = \"rate_table\"\n{}{rate}",
        document(id, division, validity)
    )
}

fn catalogue(id: &str, kind: &str) -> String {
    let item = "[[catalogue.item]]\noccupation = \"2015:4-10-01-05\"\n";
    let item = format!("[[catalogue]]\nkind = \"{kind}\"\nclause = \"c\"\n{item}");
    format!(
        "kind = \"catalogue\"\n{}{item}",
        document(id, 370_100, "2020-01-01")
    )
}

fn said(report: &Report) -> Vec<String> {
    let flaws = report.flaws.iter();
    flaws
        .map(|flaw| format!("{} {} {}", flaw.code(), flaw.key, flaw.kind.en()))
        .collect()
}

/// What the check of the set says about the last of the documents, and about the others nothing.
#[track_caller]
fn of_the_last(documents: &[String], expected: &[&str]) {
    let texts: Vec<_> = documents
        .iter()
        .map(|text| ("name", text.as_str()))
        .collect();
    let reports = check_set(&texts);
    let (last, others) = reports.split_last().unwrap();
    assert_eq!(said(&last.1), expected);
    for (_, report) in others {
        assert_eq!(said(report), Vec::<String>::new());
    }
}

#[test]
fn documents_of_a_division_follow_each_other_without_gap_or_overlap() {
    let (old, new) = ("2020-01-01 2020-12-31", "2021-01-01");
    let province = |id, validity| rules(id, 370_000, validity);
    of_the_last(&[province("old", old), province("new", new)], &[]);
    of_the_last(
        &[province("old", old), province("new", "2021-01-02")],
        &["gap training training has no rule from 2021-01-01 to 2021-01-01, after old (old)"],
    );
    of_the_last(
        &[province("old", old), province("new", "2020-12-31")],
        &["overlap training supersedes old (old) for training from 2020-12-31 to 2020-12-31"],
    );
    of_the_last(
        &[province("old", "2020-01-01"), province("new", new)],
        &["overlap training supersedes old (old) for training from 2021-01-01 on"],
    );
    // A document that fills the gap leaves none, and Guizhou's are no concern of Shandong's.
    of_the_last(
        &[
            province("old", old),
            province("between", "2021-01-01 2021-06-30"),
            province("new", "2021-07-01"),
        ],
        &[],
    );
    of_the_last(
        &[province("old", old), rules("new", 520_000, "2022-01-01")],
        &[],
    );
    // Of two before it, the gap is that after the later one, in whichever order they are given.
    let between = province("between", "2021-01-01 2021-06-30");
    let gap = "gap training training has no rule from 2021-07-01 to 2021-07-01, after between \
               (between)";
    for before in [
        [between.clone(), province("old", old)],
        [province("old", old), between],
    ] {
        of_the_last(
            &[&before[..], &[province("new", "2021-07-02")]].concat(),
            &[gap],
        );
    }
}

#[test]
fn the_earlier_of_two_that_begin_together_never_holds() {
    let texts = ["one", "two"].map(|id| rules(id, 370_000, "2020-01-01"));
    let reports = check_set(&[("one", &texts[0]), ("two", &texts[1])]);
    assert_eq!(
        said(&reports[0].1),
        ["never_in_force training never holds for training: two (two) supersedes it on every day"]
    );
    assert_eq!(
        said(&reports[1].1),
        ["overlap training supersedes one (one) for training from 2020-01-01 on"]
    );
    // So it is where both end together; one that outlives the other holds after it.
    for (until, expected) in [
        (" 2020-12-31", &["never_in_force"][..]),
        (" 2021-01-01", &[]),
        ("", &[]),
    ] {
        let one = rules("one", 370_000, &format!("2020-01-01{until}"));
        let two = rules("two", 370_000, "2020-01-01 2020-12-31");
        let reports = check_set(&[("one", &one), ("two", &two)]);
        let found: Vec<_> = reports[0].1.flaws.iter().map(|it| it.code()).collect();
        assert_eq!(found, expected, "{until:?}");
    }
}

#[test]
fn a_city_sets_rates_and_no_rules_of_its_provinces_schemes() {
    let province = || rules("province", 370_000, "2020-01-01 2020-12-31");
    of_the_last(&[province(), rates("city", 370_100, "2020-06-01")], &[]);
    of_the_last(
        &[province(), rules("city", 370_100, "2020-12-31")],
        &[
            "rules_over_province training province (province) sets the rules of training: a city \
           may set its rates, not its rules",
        ],
    );
    of_the_last(&[province(), rules("city", 370_100, "2021-01-01")], &[]);
    let own = rules("city", 370_100, "2020-06-01").replace("\"training\"", "\"own-training\"");
    of_the_last(&[province(), own], &[]);
}

#[test]
fn references_name_a_scheme_that_some_document_sets() {
    let province = || rules("province", 370_000, "2020-01-01");
    let other = rates("city", 370_100, "2020-06-01").replace("\"training\"", "\"trainings\"");
    of_the_last(
        &[province(), other],
        &[
            "unknown_scheme rate:trainings no document sets the scheme trainings; did you mean \"training\"?",
        ],
    );
    let excludes = "scheme_exclusion = { schemes = [\"nothing\"], \
                    same = \"calendar_year\", clause = \"c\" }\n";
    of_the_last(
        &[province() + excludes],
        &["unknown_scheme training.scheme_exclusion no document sets the scheme nothing"],
    );
    let target = "[[target]]\nid = \"all\"\nname_zh = \"a\"\nname_en = \"a\"\n\
                  measure = \"awards\"\nbound = \"about\"\nperiod = \"yearly\"\n\
                  from = 2020-01-01\nuntil = 2020-12-31\nscheme = \"nothing\"\nclause = \"c\"\n";
    of_the_last(
        &[province() + target],
        &["unknown_scheme target:all no document sets the scheme nothing"],
    );
}

#[test]
fn rates_and_catalogues_that_nobody_looks_up() {
    let by_contract = rules("province", 370_000, "2020-01-01")
        .replace("kind = \"by_table\"", "kind = \"by_contract\"");
    of_the_last(
        &[by_contract.clone(), rates("city", 370_100, "2020-06-01")],
        &[
            "rate_never_looked_up rate:training the amount of training does not come from tables \
           in that time",
        ],
    );
    let province = || rules("province", 370_000, "2020-01-01");
    of_the_last(&[province(), catalogue("city", "general")], &[]);
    of_the_last(
        &[province(), catalogue("city", "key_industry")],
        &[
            "catalogue_never_required catalogue:key_industry no scheme requires the catalogue \
           key_industry",
        ],
    );
    let scarce = catalogue("city", "key_industry") + "scarce = true\n";
    let uplift = "uplift = { share = { numerator = 1, denominator = 5 }, clause = \"c\" }\n";
    of_the_last(&[province() + uplift, scarce], &[]);
    of_the_last(
        &[province() + uplift, catalogue("city", "key_industry")],
        &[
            "catalogue_never_required catalogue:key_industry no scheme requires the catalogue \
           key_industry",
        ],
    );
    // What a text says of its own rates is said once.
    let rate =
        "[[rate]]\nscheme = \"training\"\nkind = \"fixed\"\namount = \"100\"\nclause = \"c\"\n";
    let reports = check_set(&[("name", &(by_contract + rate))]);
    let codes: Vec<_> = reports[0].1.flaws.iter().map(|it| it.code()).collect();
    assert_eq!(codes, ["rate_never_looked_up"]);
}

#[test]
fn a_flaw_beside_others_stands_in_the_line_of_what_it_concerns() {
    let province = rules("province", 370_000, "2020-01-01");
    let city = rates("city", 370_100, "2020-06-01").replace("\"training\"", "\"trainings\"");
    let reports = check_set(&[("a", &province), ("b", &city)]);
    let flaw = reports[1].1.flaws.first().unwrap();
    assert_eq!(
        (flaw.place.unwrap().line, flaw.clause.as_deref()),
        (8, Some("c"))
    );
    // What concerns a whole scheme has the clause of its first rule.
    let first = |text: String| text.replacen("clause = \"c\"", "clause = \"c1\"", 1);
    let (old, new) = (
        rules("old", 370_000, "2020-01-01"),
        first(rules("new", 370_000, "2021-01-01")),
    );
    let reports = check_set(&[("a", &old), ("b", &new)]);
    let flaw = reports[1].1.flaws.first().unwrap();
    assert_eq!(
        (flaw.code(), flaw.clause.as_deref()),
        ("overlap", Some("c1"))
    );
}

fn book(texts: &[String]) -> PolicyBook {
    let mut book = PolicyBook::default();
    for (index, text) in texts.iter().enumerate() {
        let position = Position::new(u64::try_from(index).unwrap() + 1);
        book.publish(position, Arc::new(compile(text).unwrap()));
    }
    book
}

#[test]
fn beside_what_is_published() {
    let published = book(&[rules("province", 370_000, "2020-01-01")]);
    let version_2 = |text: String| text.replace("version = 1", "version = 2");
    for (text, expected) in [
        (rates("city", 370_100, "2020-06-01"), vec![]),
        (
            rules("city", 370_100, "2020-06-01"),
            vec!["rules_over_province training"],
        ),
        (
            rules("province", 370_000, "2020-01-01"),
            vec!["version_not_rising "],
        ),
        (version_2(rules("province", 370_000, "2019-01-01")), vec![]),
        (
            version_2(rules("province", 520_000, "2020-01-01")),
            vec!["division_moved "],
        ),
        (
            rules("later", 370_000, "2021-01-01"),
            vec!["overlap training"],
        ),
        (
            rates("city", 370_100, "2020-06-01").replace("\"training\"", "\"trainings\""),
            vec!["scheme_not_published rate:trainings"],
        ),
    ] {
        let policy = compile(&text).unwrap();
        let report = check_against(&published, &policy);
        let flaws = report.flaws.iter();
        let found: Vec<_> = flaws
            .map(|flaw| format!("{} {}", flaw.code(), flaw.key))
            .collect();
        assert_eq!(found, expected, "{text}");
        assert!(report.flaws.iter().all(|flaw| flaw.place.is_none()));
        let with_places = check_beside(&published, &text);
        assert_eq!(said(&with_places), said(&report), "{text}");
        assert!(with_places.flaws.iter().all(|flaw| flaw.place.is_some()));
    }
}

/// A text that begins before a published one is told what comes after it.
#[test]
fn before_what_is_published() {
    let published = |validity| book(&[rules("later", 370_000, validity)]);
    let of = |published: &PolicyBook, validity| {
        let text = rules("earlier", 370_000, validity);
        said(&check_beside(published, &text))
    };
    let later = published("2021-01-01");
    assert_eq!(of(&later, "2020-01-01 2020-12-31"), Vec::<String>::new());
    assert_eq!(
        of(&later, "2020-01-01 2020-12-30"),
        [
            "gap training training has no rule from 2020-12-31 to 2020-12-31, after earlier (earlier)"
        ]
    );
    assert_eq!(
        of(&later, "2020-01-01"),
        [
            "superseded training later (later), published before, supersedes it for training from \
          2021-01-01 on"
        ]
    );
    // Of two later ones it is the first that supersedes it.
    let two = book(&[
        rules("later", 370_000, "2021-01-01 2021-12-31"),
        rules("last", 370_000, "2022-01-01"),
    ]);
    let found = of(&two, "2020-01-01");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with("superseded training later (later)"),
        "{found:?}"
    );
    // One that holds all the time fills what is left between the two.
    let both = book(&[
        rules("always", 370_000, "2019-01-01"),
        rules("later", 370_000, "2021-01-01"),
    ]);
    let found = of(&both, "2020-01-01 2020-06-30");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found.iter().all(|it| it.starts_with("overlap")),
        "{found:?}"
    );
}

/// Three trainings and then this one, or this one and then two: the order would decide.
#[test]
fn what_counts_in_a_quota_has_one_or_counts_apart() {
    let quota = "quota = { limit = 3, window = \"calendar_year\", scope = \"all_schemes\", \
                 counts_by = \"approval\", clause = \"c\" }\n";
    let own = |scope: &str| quota.replace("all_schemes", scope);
    let apart = "counted_apart = { clause = \"c\" }\n";
    let province = || rules("province", 370_000, "2020-01-01 2020-12-31") + quota;
    let other = |validity, rule: &str| {
        let other = rules("other", 370_000, validity).replace("\"training\"", "\"refresher\"");
        other.replace("培训补贴", "进修补贴") + rule
    };
    let evaded = "quota_evaded refresher it counts in the quota of training and has none itself: \
                  the order of approval decides how many are paid";
    for (validity, rule, expected) in [
        ("2020-12-31", "", vec![evaded]),
        ("2020-12-31", own("same_scheme").as_str(), vec![evaded]),
        ("2020-12-31", quota, vec![]),
        ("2020-12-31", apart, vec![]),
        ("2021-01-01", "", vec![]),
    ] {
        of_the_last(&[province(), other(validity, rule)], &expected);
    }
    // What counts apart may be bounded by itself without a word about others.
    of_the_last(&[province() + apart, other("2020-12-31", "")], &[]);
}

#[test]
fn accruals_and_penalties_follow_each_other() {
    let accrual = |id, validity, fund: &str| {
        format!(
            "{}[[accrual]]\nfund = \"{fund}\"\ncapacity_months = 24\nclause = \"c\"\n",
            document(id, 370_000, validity)
        )
    };
    let old = || accrual("old", "2020-01-01 2020-12-31", "special_account");
    of_the_last(
        &[old(), accrual("new", "2021-01-01", "special_account")],
        &[],
    );
    of_the_last(
        &[old(), accrual("new", "2020-06-01", "special_training")],
        &[],
    );
    of_the_last(
        &[old(), accrual("new", "2021-01-02", "special_account")],
        &[
            "gap accrual the accrual of special_account has no rule from 2021-01-01 to \
           2021-01-01, after old (old)",
        ],
    );
    let penalty = |id, validity, findings: &str| {
        format!(
            "{}[[penalty]]\nfindings = [{findings}]\nfunds = [\"special_account\"]\n\
             min = {{ numerator = 1, denominator = 10 }}\n\
             max = {{ numerator = 1, denominator = 2 }}\nclause = \"c\"\n",
            document(id, 370_000, validity)
        )
    };
    let old = || penalty("old", "2020-01-01", "\"fraud\", \"false_training\"");
    of_the_last(
        &[old(), penalty("new", "2021-01-01", "\"ineligible\"")],
        &[],
    );
    of_the_last(
        &[old(), penalty("new", "2021-01-01", "\"fraud\"")],
        &["overlap penalty supersedes old (old) for penalty from 2021-01-01 on"],
    );
}

/// What is wrong with the text itself is said first; nothing is compared then.
#[test]
fn a_text_with_an_error_is_compared_with_nothing() {
    let published = book(&[rules("province", 370_000, "2020-01-01")]);
    let city = rules("city", 370_100, "2020-06-01");
    let beside = check_beside(&published, &city);
    let flaw = beside.flaws.first().unwrap();
    assert_eq!(
        (flaw.code(), flaw.place.unwrap().line),
        ("rules_over_province", 8)
    );
    let broken = city.replace("version = 1", "version = 0");
    let report = check_beside(&published, &broken);
    let found: Vec<_> = report.flaws.iter().map(|flaw| flaw.code()).collect();
    assert_eq!(found, ["out_of_range"]);
}

/// A withdrawn document holds to the day before its withdrawal.
#[test]
fn a_withdrawn_document_leaves_a_gap() {
    let mut published = book(&[rules("old", 370_000, "2020-01-01")]);
    let withdrawal = Withdrawal {
        position: Position::new(2),
        effective_on: BusinessDate::from_ymd(2021, 1, 1).unwrap(),
    };
    published.withdraw(Position::new(1), withdrawal);
    for (from, expected) in [
        ("2020-12-31", vec!["overlap"]),
        ("2021-01-01", vec![]),
        ("2021-01-02", vec!["gap"]),
    ] {
        let policy = compile(&rules("new", 370_000, from)).unwrap();
        let report = check_against(&published, &policy);
        let found: Vec<_> = report.flaws.iter().map(|flaw| flaw.code()).collect();
        assert_eq!(found, expected, "{from}");
    }
    // One that was withdrawn from its first day on never held: nothing comes after it.
    let mut never = book(&[rules("old", 370_000, "2021-01-01")]);
    never.withdraw(Position::new(1), withdrawal);
    let policy = compile(&rules("new", 370_000, "2021-06-01")).unwrap();
    assert_eq!(said(&check_against(&never, &policy)), Vec::<String>::new());
}

/// A document that goes on with an earlier one may forget a scheme, a rule of one, or how it was
/// spelt; nobody would see that something ended.
#[test]
#[expect(
    clippy::too_many_lines,
    reason = "one document before, and what follows it"
)]
fn what_a_successor_leaves_out() {
    let scheme = |id: &str, name: &str, rules: &str| {
        format!(
            "[[scheme]]\nid = {id:?}\nname_zh = {name:?}\n\
             funds = {{ allowed = [\"special_account\"], clause = \"c\" }}\n\
             amount = {{ kind = \"by_table\", clause = \"c\" }}\n\
             evidence = {{ certificate = true, assessment = false, clause = \"c\" }}\n\
             quota_release = {{ returned_payment = true, clawback = false, clause = \"c\" }}\n\
             {rules}"
        )
    };
    let text = |id: &str, from: &str, until: &str, schemes: &[String]| {
        format!(
            "format = 2\npolicy_id = {id:?}\nversion = 1\ndocument_number = {id:?}\n\
             title = \"t\"\ndivision = 370000\nvalid_from = {from}\n{until}\n{}",
            schemes.concat()
        )
    };
    let pension = "pension_excluded = { clause = \"c\" }\n";
    let first = |id: &str| {
        let schemes = [scheme(id, "甲", pension), scheme("other", "乙", "")];
        text("first", "2020-01-01", "valid_until = 2021-12-31", &schemes)
    };
    let other = || scheme("other", "乙", "");
    let second = |from: &str, schemes: &[String]| text("second", from, "", schemes);
    let found = |first: &str, second: &str| -> Vec<String> {
        let reports = check_set(&[("a", first), ("b", second)]);
        let found = reports.iter().flat_map(|(_, report)| &report.flaws);
        found
            .map(|flaw| format!("{} {} {}", flaw.code(), flaw.key, flaw.kind.en()))
            .collect()
    };
    let ends = "scheme_ends  courses of first (first) ends on 2021-12-31, and this document does \
                not go on with it";
    let like = |id: &str| {
        format!(
            "scheme_spelt_like {id} first (first) sets courses: is it the same scheme, spelt in \
             another way?"
        )
    };
    let none: [String; 0] = [];
    let on_time = "2022-01-01";
    for (from, schemes, expected) in [
        (
            on_time,
            vec![scheme("courses", "甲", pension), other()],
            vec![],
        ),
        (
            on_time,
            vec![scheme("courses", "甲", ""), other()],
            vec![
                "rule_forgotten courses first (first) has a rule pension_excluded for it, and \
                 this document none"
                    .to_owned(),
            ],
        ),
        (on_time, vec![other()], vec![ends.to_owned()]),
        (
            on_time,
            vec![scheme("course", "丙", pension), other()],
            vec![ends.to_owned(), like("course")],
        ),
        (
            on_time,
            vec![scheme("anything-else", "甲", pension), other()],
            vec![ends.to_owned(), like("anything-else")],
        ),
        // Another subject, and one that begins years later, go on with nothing.
        (on_time, vec![scheme("grants", "丁", "")], vec![]),
    ] {
        let found = found(&first("courses"), &second(from, &schemes));
        assert_eq!(found, expected, "{schemes:?}");
    }
    // What a third document goes on with does not end.
    let third = text(
        "third",
        "2021-06-01",
        "",
        &[scheme("courses", "甲", pension)],
    );
    let texts = [first("courses"), third, second(on_time, &[other()])];
    let texts: Vec<_> = texts.iter().map(|text| ("n", text.as_str())).collect();
    let reports = check_set(&texts);
    let flaws = &reports.last().unwrap().1.flaws;
    let codes: Vec<_> = flaws.iter().map(|flaw| flaw.code().to_owned()).collect();
    assert_eq!(codes, none);
}
