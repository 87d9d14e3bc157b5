//! A table per kind of rule: which value is wrong, with which code, at which key, in which line.
//!
//! Long: one table of wrong values, field by field.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at what it does not expect"
)]

use ledger_policy::{PolicyError, Severity, check, compile};

const EVERY_RULE: &str = include_str!("data/every-rule.toml");

/// Changes one piece of the document: there has to be a flaw of that code, at that key, in the
/// line where the text `at` begins, and compiling fails exactly when it is an error.
#[track_caller]
fn finds(from: &str, to: &str, (code, key, at): (&str, &str, &str)) {
    assert_eq!(EVERY_RULE.matches(from).count(), 1, "{from:?} stands once");
    let text = EVERY_RULE.replacen(from, to, 1);
    let before = text.split(at).next().unwrap();
    assert!(before.len() < text.len(), "{at:?} is in the changed text");
    let line = before.matches('\n').count() + 1;
    let report = check(&text);
    let all: Vec<_> = report.flaws.iter().map(ToString::to_string).collect();
    let mut flaws = report.flaws.iter();
    let flaw = flaws.find(|flaw| flaw.code() == code && flaw.key == key);
    let flaw = flaw.unwrap_or_else(|| panic!("{to:?}: no {code} at {key:?} in {all:?}"));
    assert_eq!(flaw.place.map(|it| it.line), Some(line), "{to:?}: {all:?}");
    let compiled = compile(&text);
    match flaw.severity() {
        Severity::Warning => assert!(compiled.is_ok(), "{to:?}: {compiled:?}"),
        Severity::Error => assert!(compiled.is_err(), "{to:?}"),
    }
}

/// Rows of: what is changed, into what => code, key, where the flaw stands.
macro_rules! table {
    ($name:ident: $($from:expr, $to:expr => $code:literal, $key:literal, $at:expr;)+) => {
        #[test]
        fn $name() {
            $( finds($from, $to, ($code, $key, $at)); )+
        }
    };
}

/// What is still right has no flaw of that code, and compiles.
#[test]
fn the_last_value_that_is_right() {
    for (from, to, code) in [
        (
            "valid_from = 2022-01-01",
            "valid_from = 2025-12-31",
            "reversed",
        ),
        ("min = 16", "min = 55", "reversed"),
        (
            "max = { numerator = 5, denominator = 1 }",
            "max = { numerator = 1, denominator = 10 }",
            "reversed",
        ),
        ("first_year = 2021", "first_year = 2025", "outside_validity"),
        (
            "from = 2022-01-01\nuntil = 2025-12-31\nclause = \"c51\"",
            "from = 2025-12-31\nuntil = 2026-12-31\nclause = \"c51\"",
            "outside_validity",
        ),
        (
            "from = 2022-01-01\nuntil = 2025-12-31\nclause = \"c51\"",
            "from = 2021-01-01\nuntil = 2022-01-01\nclause = \"c51\"",
            "outside_validity",
        ),
    ] {
        assert_eq!(EVERY_RULE.matches(from).count(), 1, "{from:?} stands once");
        let text = EVERY_RULE.replacen(from, to, 1);
        let flaws = check(&text).flaws;
        assert!(
            flaws.iter().all(|flaw| flaw.code() != code),
            "{to:?}: {flaws:?}"
        );
        assert!(compile(&text).is_ok(), "{to:?}");
    }
}

/// A quota that another one always reaches first never binds; not one that looks at other dates,
/// or counts what the other leaves out.
#[test]
fn a_quota_that_is_reached_first() {
    let quotas = EVERY_RULE.split_once("[[scheme.quota]]").unwrap();
    let (_, rest) = quotas.1.split_once("[scheme.no_repeat]").unwrap();
    let exempt = "\noccupations_not_counted = [\"2022:4-10-01-05\"]";
    let quota = |of: &str, scope: &str, by: &str| {
        format!(
            "[[scheme.quota]]\n{of}\nscope = \"{scope}\"\ncounts_by = \"{by}\"\nclause = \"q\"\n"
        )
    };
    let year = |limit: u32| format!("limit = {limit}\nwindow = \"calendar_year\"");
    let months = |months: u32| format!("limit = 1\nwindow = \"rolling\"\nmonths = {months}");
    let (all, same) = ("all_schemes", "same_scheme");
    let (approval, certificate) = ("approval", "certificate");
    for (first, second, binds) in [
        (
            quota(&months(6), all, approval),
            quota(&months(6), same, approval),
            false,
        ),
        (
            quota(&months(6), all, approval),
            quota(&months(7), same, approval),
            true,
        ),
        (
            quota(&months(12), all, approval),
            quota(&year(2), same, approval),
            false,
        ),
        (
            quota(&months(12), all, certificate),
            quota(&year(2), same, certificate),
            true,
        ),
        (
            quota(&year(1), all, approval),
            quota(&year(2), same, approval),
            false,
        ),
        (
            quota(&year(1), all, approval),
            quota(&year(2), same, certificate),
            true,
        ),
        (
            quota(&(year(1) + exempt), all, approval),
            quota(&year(2), same, approval),
            true,
        ),
    ] {
        let text = format!("{}{first}{second}[scheme.no_repeat]{rest}", quotas.0);
        let flaws = check(&text).flaws;
        let never = flaws
            .iter()
            .filter(|flaw| flaw.code() == "quota_never_binds");
        let never: Vec<_> = never.map(|flaw| flaw.key.as_str()).collect();
        let expected: &[&str] = if binds { &[] } else { &["everything.quota[2]"] };
        assert_eq!(never, expected, "{first}{second}");
    }
}

const TOP: &str = "# A constructed";

table! { the_head:
    "policy_id = \"every-rule\"", "" => "missing_key", "", TOP;
    "policy_id = \"every-rule\"", "policy_id = 1" => "wrong_shape", "", "policy_id";
    "policy_id = \"every-rule\"", "policy_id = \"\"" => "wrong_shape", "", "policy_id";
    "version = 1\n", "version = 0\n" => "out_of_range", "", "version = 0";
    "version = 1\n", "version = -1\n" => "out_of_range", "", "version = -1";
    "version = 1\n", "version = 4294967296\n" => "out_of_range", "", "version";
    "version = 1\n", "version = 1.5\n" => "wrong_shape", "", "version = 1.5";
    "version = 1\n", "version = 1\nphoto = true\n" => "unknown_key", "", "photo";
    "kind = \"rules\"", "kind = \"law\"" => "unknown_code", "", "kind = \"law\"";
    "kind = \"rules\"", "kind = \"rate_table\"" => "not_of_this_kind", "", TOP;
    "kind = \"rules\"", "kind = \"catalogue\"" => "not_of_this_kind", "", TOP;
    "example = true", "example = \"yes\"" => "wrong_shape", "", "example = \"yes\"";
    "division = 370000", "division = 37" => "wrong_shape", "", "division = 37";
    "division = 370000", "division = 990000" => "wrong_shape", "", "division = 99";
    "valid_from = 2022-01-01", "valid_from = 2022-01-01T00:00:00Z"
        => "wrong_shape", "", "valid_from";
    "valid_from = 2022-01-01", "valid_from = \"2022-01-01\"" => "wrong_shape", "", "valid_from";
    "valid_from = 2022-01-01", "valid_from = 2022-02-29" => "syntax", "", "valid_from";
    "valid_from = 2022-01-01", "valid_from = 2026-01-01" => "reversed", "", TOP;
    "title = \"every rule\"", "title = \"11010519491231002X\"" => "personal_data", "", "title = ";
    "title = \"every rule\"", "title = \"every rule\" # 13812345678" => "personal_data", "", "title = ";
    "title = \"every rule\"", "title = \"\\u0031\\u0031010519491231002X\"" => "personal_data", "", "\"\\u0031";
    "title = \"every rule\"", "title = \"\"\"every\n370199\n19900101\n0019\"\"\""
        => "personal_data", "", "\"\"\"every";
    "title = \"every rule\"", "# call\n# 138\n# 12345678\ntitle = \"every rule\""
        => "personal_data", "", "# call";
    "title = \"every rule\"", "title = \"37OI99l99OOlOlOOl9\"" => "personal_data", "", "title = ";
    "title = \"every rule\"", "title = [[\"370199\"],\n[[\"19900101\"]],\n\"0019\"]"
        => "personal_data", "", "[[\"370199";
    "title = \"every rule\"", "title = [138,\n1234,\n5678]" => "personal_data", "", "[138";
    "title = \"every rule\"", "title = 13_812_345_678" => "personal_data", "", "title = 13";
    "title = \"every rule\"", "title = 0x3_3747_AB4E" => "personal_data", "", "0x";
    "title = \"every rule\"", "title = 0o146721725516" => "personal_data", "", "0o";
    "title = \"every rule\"", "title = 1.3812345678e10" => "personal_data", "", "1.38";
    "title = \"every rule\"", "title = \"every rule" => "syntax", "", "title";
}

table! { what_every_rule_has:
    "clause = \"c12\"", "" => "missing_key", "everything.pension_excluded",
        "[scheme.pension_excluded]";
    "clause = \"c12\"", "clause = \" \"" => "clause_length", "everything.pension_excluded",
        "[scheme.pension_excluded]";
    "clause = \"c12\"", "clause = 12" => "wrong_shape", "everything.pension_excluded",
        "clause = 12";
    "clause = \"c1\"\ndecided_by = \"approval\"", "clause = \"c1\"\ndecided_by = \"payment\""
        => "unknown_code", "everything.funds", "decided_by = \"payment\"";
    "straddling = \"earlier_rule\"", "straddling = \"both\""
        => "unknown_code", "everything.quota[2]", "straddling = \"both\"";
    "clause = \"c8\"", "clause = \"c8\"\nlevel = \"senior\""
        => "unknown_key", "everything.higher_level", "level = \"senior\"\n\n[scheme.scheme_ex";
    "clause = \"c8\"", "clause = \"c8\"\nstraddling = \"this_rule\""
        => "straddling_never_used", "everything.higher_level", "[scheme.higher_level]";
    "[scheme.order]", "[scheme.ordering]"
        => "unknown_key", "everything", "[scheme.ordering]";
}

table! { what_form_2_asks_for:
    "format = 2", "format = 3" => "out_of_range", "", "format = 3";
    "format = 2", "format = 0" => "out_of_range", "", "format = 0";
    "format = 2", "format = \"2\"" => "wrong_shape", "", "format = \"2\"";
    "[scheme.amount]\nkind = \"by_table\"\nclause = \"c29\"\n", ""
        => "missing_key", "by-the-table", "[[scheme]]\nid = \"by-the-table\"";
    "clause = \"c12\"", "clause = \"文件未定: c12\""
        => "reading_not_apart", "everything.pension_excluded", "[scheme.pension_excluded]";
    "clause = \"c12\"", "clause = \"c12 (示例未列)\"\nreading = \"r\""
        => "reading_not_apart", "everything.pension_excluded", "[scheme.pension_excluded]";
    "reading = \"r2\"", "reading = 2" => "wrong_shape", "everything.groups", "reading = 2";
    "reading = \"r2\"", "reading = \" \"" => "clause_length", "everything.groups", "[scheme.groups]";
    "reading = \"r1\"", "reading = \"\"" => "clause_length", "everything", "[[scheme]]\nid = \"everything\"";
    "reading = \"r0\"", "reading = []" => "wrong_shape", "", "reading = []";
    "reading = \"r3\"", "" => "missing_key", "everything.insured_months",
        "[scheme.insured_months]";
    "reading = \"r2\"", format!("reading = {:?}", "r".repeat(499)).as_str()
        => "clause_length", "everything.groups", "[scheme.groups]";
}

/// What an older text leaves out is no error of it; a person should look at it.
#[test]
fn what_form_2_asks_for_is_a_warning_in_an_older_text() {
    for (from, to, (code, key)) in [
        (
            "[scheme.amount]\nkind = \"by_table\"\nclause = \"c29\"\n",
            "",
            ("no_standard", "by-the-table"),
        ),
        (
            "clause = \"c12\"",
            "clause = \"文件未定: c12\"",
            ("reading_in_clause", "everything.pension_excluded"),
        ),
    ] {
        for format in ["", "format = 1\n"] {
            let text = EVERY_RULE.replacen("format = 2\n", format, 1);
            let text = text.replacen(from, to, 1);
            let found = check(&text).flaws;
            let found = found.iter().find(|flaw| flaw.code() == code);
            assert_eq!(found.map(|flaw| flaw.key.as_str()), Some(key), "{code}");
            assert_eq!(compile(&text).unwrap().format, 1);
        }
    }
}

table! { figures_in_another_unit:
    "amount = \"300000.00\"\nrecipients = [\"person\"]\nclause = \"c33\"",
        "amount = \"30\"\nrecipients = [\"person\"]\nclause = \"每人30万元\""
        => "in_ten_thousands", "prize.award", "[scheme.award]\nkind = \"fixed\"";
    "amount = \"300000.00\"\nrecipients = [\"person\"]\nclause = \"c33\"",
        "amount = \"500\"\nrecipients = [\"person\"]\nclause = \"c33\""
        => "amount_small", "prize.award", "[scheme.award]\nkind = \"fixed\"";
    "amount = \"300000.00\"\nrecipients = [\"person\"]\nclause = \"c33\"",
        "amount = \"999.99\"\nrecipients = [\"person\"]\nclause = \"c33\""
        => "amount_small", "prize.award", "[scheme.award]\nkind = \"fixed\"";
    "clause = \"c33\"", "clause = \"给予5万元\""
        => "not_in_clause", "prize.award", "[scheme.award]\nkind = \"fixed\"";
    "clause = \"c37\"", "clause = \"不低于1000元\""
        => "not_in_clause", "grant.award", "[scheme.award]\nkind = \"at_least\"";
    "per_month = \"1000.00\"\nrecipients = [\"person\"]\nclause = \"c40\"",
        "per_month = \"0.1\"\nrecipients = [\"person\"]\nclause = \"每月0.1万元\""
        => "in_ten_thousands", "stipend.award", "[scheme.award]\nkind = \"monthly";
    "amount = \"5000\"\nclause = \"c43\"", "amount = \"0.5\"\nclause = \"c43\""
        => "amount_small", "rate:by-the-table", "[[rate]]\nscheme = \"by-the-table\"\nocc";
    "clause = \"c44\"", "clause = \"每月600元\""
        => "not_in_clause", "rate:by-the-table", "[[rate]]\nscheme = \"by-the-table\"\nocc";
    "clause = \"c3\"\n", "clause = \"每学时12元\"\n"
        => "not_in_clause", "everything.amount", "[scheme.amount]\nkind = \"hourly\"";
    "clause = \"c48\"", "clause = \"30万人次\""
        => "in_ten_thousands", "target:whole", "[[target]]\nid = \"whole\"";
}

table! { shares_that_do_not_fit:
    "clause = \"c4\"\n", "clause = \"上浮30%\"\n"
        => "not_in_clause", "everything.uplift", "[scheme.uplift]";
    "clause = \"c18\"", "clause = \"先行拨付50%,就业率85%以上\""
        => "not_in_clause", "everything.project", "[scheme.project]";
    "advance_share = { numerator = 1, denominator = 2 }",
        "advance_share = { numerator = 100, denominator = 100 }"
        => "advance_is_whole", "everything.project", "[scheme.project]";
    "clause = \"c16\"", "clause = \"出勤率不低于60％\""
        => "not_in_clause", "everything.evidence", "[scheme.evidence]\ncertificate = true";
    "clause = \"c2\"\n", "clause = \"各负担50%\"\n"
        => "not_in_clause", "everything.fund_split", "[scheme.fund_split]";
    "clause = \"c53\"", "clause = \"计提15%\"" => "not_in_clause", "accrual", "[[accrual]]";
    "clause = \"c54\"", "clause = \"10%以上50%以下\"" => "not_in_clause", "penalty", "[[penalty]]";
}

table! { months_and_days:
    "months = 6\n", "months = 180\n" => "months_like_days", "everything.quota[2]",
        "[[scheme.quota]]\nlimit = 1";
    "months = 12\nclause = \"c7\"", "months = 365\nclause = \"c7\"" => "months_like_days",
        "everything.no_repeat", "[scheme.no_repeat]";
    "months = 12\nclause = \"c7\"", "months = 24\nclause = \"24日内\"" => "months_like_days",
        "everything.no_repeat", "[scheme.no_repeat]";
    "months = 12\nclause = \"c7\"", "months = 12\nclause = \"6个月内\"" => "not_in_clause",
        "everything.no_repeat", "[scheme.no_repeat]";
    "months = 12\nclause = \"c7\"", "months = 12\nclause = \"2年内\"" => "not_in_clause",
        "everything.no_repeat", "[scheme.no_repeat]";
    "months = 12\nreading = \"r3\"", "months = 90\nreading = \"r3\"" => "months_like_days",
        "everything.insured_months", "[scheme.insured_months]";
    "months = 12\nfrom = \"class_end\"", "months = 60\nfrom = \"class_end\""
        => "months_like_days", "everything.claim_deadline", "[scheme.claim_deadline]";
    "employment_window_months = 3", "employment_window_months = 90"
        => "months_like_days", "everything.project", "[scheme.project]";
    "capacity_months = 24", "capacity_months = 30" => "months_like_days", "accrual", "[[accrual]]";
    "clause = \"c20\"", "clause = \"公示7个月\"" => "days_like_months", "everything.publicity",
        "[scheme.publicity]";
    "employment_days = 180\nlabour_contract = true\nclause = \"c16\"",
        "employment_days = 6\nlabour_contract = true\nclause = \"6个月内就业\""
        => "days_like_months", "everything.evidence", "[scheme.evidence]\ncertificate = true";
}

/// What a clause has in other words is no doubt.
#[test]
fn figures_that_fit_their_clause() {
    for (from, to) in [
        ("clause = \"c33\"", "clause = \"给予一次性30万元奖励\""),
        ("clause = \"c33\"", "clause = \"给予300000元\""),
        ("clause = \"c37\"", "clause = \"国家10万元,省5万元\""),
        ("clause = \"c3\"\n", "clause = \"每学时10元,最多600元\"\n"),
        (
            "clause = \"c18\"",
            "clause = \"先行拨付50%,就业率60%以上,3个月内\"",
        ),
        ("clause = \"c7\"\n", "clause = \"1年内\"\n"),
        (
            "clause = \"c7\"\n",
            "clause = \"自2021年6月3日起12个月内\"\n",
        ),
        ("clause = \"c53\"", "clause = \"计提20%,不足24个月\""),
        ("clause = \"c20\"", "clause = \"公示7天\""),
        ("clause = \"c48\"", "clause = \"30人次\""),
    ] {
        assert_eq!(EVERY_RULE.matches(from).count(), 1, "{from:?} stands once");
        let text = EVERY_RULE.replacen(from, to, 1);
        let flaws = check(&text).flaws;
        assert_eq!(flaws, check(EVERY_RULE).flaws, "{to}");
    }
}

table! { names_that_are_not_listed:
    "action = \"digital-skills\"", "action = \"digital-skill\"" => "unknown_name", "target:one",
        "[[target]]\nid = \"one\"";
    "sector = \"modern-services\"", "sector = \"modern-service\"" => "unknown_name", "target:one",
        "[[target]]\nid = \"one\"";
    "actions = [\"digital-skills\"]", "" => "unknown_name", "target:one",
        "[[target]]\nid = \"one\"";
    "actions = [\"digital-skills\"]", "actions = [\"Digital\"]" => "wrong_shape", "",
        "\"Digital\"";
    "actions = [\"digital-skills\"]", "actions = []" => "empty", "", "actions = []";
}

/// What was probably meant stands in the message, in both languages.
#[test]
fn a_name_near_a_known_one_is_told() {
    for (from, to, meant) in [
        (
            "\"employment_subsidy\"]",
            "\"employment_subsidies\"]",
            "employment_subsidy",
        ),
        (
            "held = \"throughout\"",
            "held = \"thruoghout\"",
            "throughout",
        ),
        ("[scheme.publicity]", "[scheme.publicty]", "publicity"),
        (
            "agency_contract = true",
            "agency_contracts = true",
            "agency_contract",
        ),
        (
            "action = \"digital-skills\"",
            "action = \"digital-skill\"",
            "digital-skills",
        ),
    ] {
        let text = EVERY_RULE.replacen(from, to, 1);
        let flaws = check(&text).flaws;
        let (en, zh) = (
            format!("; did you mean {meant:?}?"),
            format!("，是否应为“{meant}”？"),
        );
        let told = flaws.iter().find(|flaw| flaw.kind.en().contains(&en));
        let told = told.unwrap_or_else(|| panic!("{to}: {flaws:?}"));
        assert!(told.kind.zh().contains(&zh), "{to}: {}", told.kind.zh());
    }
    let text = EVERY_RULE.replacen("agency_contract = true", "photo = true", 1);
    let flaws = check(&text).flaws;
    assert!(
        flaws
            .iter()
            .all(|flaw| !flaw.kind.en().contains("did you mean"))
    );
}

table! { wrong_funds:
    "open = true", "open = false" => "contradicts", "stipend.funds", "[scheme.funds]\nallowed = [\"skilled_talent\"]\nopen";
    "open = true\n", "" => "contradicts", "stipend.funds", "[scheme.funds]\nallowed = [\"skilled_talent\"]\nexcept";
    "open = true", "open = \"yes\"" => "wrong_shape", "stipend.funds", "open = \"yes\"";
    "except = [\"special_account\"]\n", "" => "missing_key", "stipend.funds",
        "[scheme.funds]\nallowed = [\"skilled_talent\"]\nopen";
    "except = [\"special_account\"]", "except = [\"skilled_talent\"]"
        => "stands_twice", "stipend.funds", "[scheme.funds]\nallowed = [\"skilled_talent\"]\nopen";
    "except = [\"special_account\"]", "except = [\"speciel_account\"]"
        => "unknown_code", "stipend.funds", "except = [\"speciel";
    "clause = \"c1\"\n", "clause = \"统筹使用就业补助资金等资金\"\n"
        => "list_may_be_open", "everything.funds", "[scheme.funds]\nallowed = [\"special_account\", \"emp";
    "clause = \"c1\"\n", "clause = \"就业补助资金、职工教育经费等\"\n"
        => "list_may_be_open", "everything.funds", "[scheme.funds]\nallowed = [\"special_account\", \"emp";
    "any_of = [\"junior\", \"senior\"]", "any_of = []" => "empty", "everything.levels", "any_of = []";
    "any_of = [\"junior\", \"senior\"]", "any_of = [\"third\"]"
        => "unknown_code", "everything.levels", "any_of = [\"third\"]";
    "allowed = [\"special_account\", \"employment_subsidy\"]", "allowed = []"
        => "empty", "everything.funds", "allowed = []";
    "allowed = [\"special_account\", \"employment_subsidy\"]", "allowed = \"special_account\""
        => "wrong_shape", "everything.funds", "allowed = \"special_account\"";
    "allowed = [\"special_account\", \"employment_subsidy\"]", "allowed = [\"special-account\"]"
        => "unknown_code", "everything.funds", "allowed = [\"special-account\"]";
    "allowed = [\"special_account\", \"employment_subsidy\"]",
        "allowed = [\"special_account\", \"special_account\"]"
        => "stands_twice", "everything.funds", "allowed = [\"special_account\", \"special_a";
    "allowed = [\"special_account\", \"employment_subsidy\"]", "allowed = [\"special_account\"]"
        => "split_fund_not_allowed", "everything.fund_split", "[scheme.fund_split]";
    "numerator = 2, denominator = 3", "numerator = 1, denominator = 3"
        => "split_not_whole", "everything.fund_split", "[scheme.fund_split]";
    "numerator = 2, denominator = 3", "numerator = 4, denominator = 3"
        => "wrong_shape", "everything.fund_split.share[1]", "{ fund = \"special";
    "numerator = 2, denominator = 3", "numerator = 2, denominator = 2000000"
        => "out_of_range", "everything.fund_split.share[1]", "{ fund = \"special";
    "{ fund = \"employment_subsidy\"", "{ fund = \"special_account\""
        => "stands_twice", "everything.fund_split", "[scheme.fund_split]";
    "clause = \"c53\"", "clause = \"c53\"\nweeks = 4" => "unknown_key", "accrual", "weeks = 4";
    "capacity_months = 24", "capacity_months = 0" => "out_of_range", "accrual", "capacity_m";
    "min = { numerator = 10, denominator = 100 }", "min = { numerator = 10, denominator = 1 }"
        => "reversed", "penalty", "[[penalty]]";
    "min = { numerator = 10, denominator = 100 }", "min = { numerator = 10, denominator = 0 }"
        => "out_of_range", "penalty.min", "min = { n";
    "findings = [\"false_training\", \"fraud\"]", "findings = [\"theft\"]"
        => "unknown_code", "penalty", "findings";
    "clause = \"c54\"", "clause = \"c54\"\n[[penalty]]\nfindings = [\"ineligible\", \"fraud\"]\n\
     funds = [\"employment_subsidy\", \"special_account\"]\nmin = { numerator = 1, denominator = 1 }\n\
     max = { numerator = 2, denominator = 1 }\nclause = \"x\""
        => "stands_twice", "penalty[2]", "[[penalty]]\nfindings = [\"ineligible\"";
    "clause = \"c53\"", "clause = \"c53\"\n[[accrual]]\nfund = \"special_account\"\n\
     capacity_months = 12\nclause = \"x\""
        => "stands_twice", "accrual[2]", "[[accrual]]\nfund = \"special_account\"\ncapacity";
}

table! { wrong_amounts:
    "per_hour = \"10.00\"", "per_hour = 10" => "amount_not_text", "everything.amount", "per_hour";
    "per_hour = \"10.00\"", "per_hour = 10.0" => "amount_not_text", "everything.amount", "per_h";
    "per_hour = \"10.00\"", "per_hour = \"10.005\"" => "amount_not_fen", "everything.amount",
        "per_hour";
    "per_hour = \"10.00\"", "per_hour = \"1,000\"" => "amount_not_fen", "everything.amount",
        "per_hour";
    "per_hour = \"10.00\"", "per_hour = \"0.00\"" => "amount_out_of_range", "everything.amount",
        "per_hour";
    "per_hour = \"10.00\"", "per_hour = \"-10\"" => "amount_out_of_range", "everything.amount",
        "per_hour";
    "per_hour = \"10.00\"", "per_hour = \"1000000.01\"" => "amount_out_of_range",
        "everything.amount", "per_hour";
    "cap = \"600.00\"", "cap = \"400.00\"" => "hours_never_count", "everything.amount",
        "[scheme.amount]";
    "cap = \"600.00\"", "cap = \"9.99\"" => "contradicts", "everything.amount", "[scheme.amount]";
    "cap = \"600.00\"", "cap = \"10.00\"" => "hours_never_count", "everything.amount",
        "[scheme.amount]";
    "hours_min = 40\ncap = \"600.00\"", "hours_min = 0\ncap = \"10.00\"" => "hours_never_count",
        "everything.amount", "[scheme.amount]";
    "cap = \"600.00\"", "amount = \"600.00\"" => "missing_key", "everything.amount",
        "[scheme.amount]";
    "kind = \"hourly\"", "kind = \"daily\"" => "unknown_code", "everything.amount",
        "kind = \"daily\"";
    "months_max = 24", "months_max = 0" => "out_of_range", "by-the-month.amount", "months_max = 0";
    "share = { numerator = 20, denominator = 100 }\nclause = \"c4\"",
        "share = { numerator = 0, denominator = 100 }\nclause = \"c4\""
        => "wrong_shape", "everything.uplift.share", "share = { numerator = 0";
    "amount = \"5000\"", "amount = \"5000.001\"" => "amount_not_fen", "rate[1]",
        "amount = \"5000.001\"";
    "kind = \"fixed\"\namount = \"5000\"", "kind = \"by_table\"" => "contradicts", "rate[1]",
        "[[rate]]";
    "level = \"senior_technician\"", "level = \"1\"" => "unknown_code", "rate[1]", "level = \"1\"";
    "group = \"veteran\"", "group = \"soldier\"" => "unknown_code", "rate[1]", "group =";
    "occupation = \"2015:4-10-01-05\"\nlevel", "occupation = \"4-10-01-05\"\nlevel"
        => "wrong_shape", "rate[1]", "occupation = \"4-10";
    "per_month = \"0.01\"\nmonths_max = 1",
        "per_month = \"0.01\"\nmonths_max = 1\noccupation = \"1999:4-07-12-03\"\n\
         level = \"senior_technician\"\ngroup = \"veteran\""
        => "rate_twice", "rate[2]", "[[rate]]\nscheme = \"by-the-table\"\nkind = \"monthly\"";
    "scheme = \"by-the-table\"\nkind = \"monthly\"", "scheme = \"everything\"\nkind = \"monthly\""
        => "rate_never_looked_up", "rate[2]", "[[rate]]\nscheme = \"everything\"";
}

table! { wrong_bars:
    "limit = 3", "limit = 0" => "out_of_range", "everything.quota[1]", "limit = 0";
    "limit = 3", "limit = 101" => "out_of_range", "everything.quota[1]", "limit = 101";
    "limit = 3\nwindow = \"calendar_year\"", "per_year = 0" => "out_of_range",
        "everything.quota[1]", "per_year = 0";
    "limit = 3", "per_year = 3" => "unknown_key", "everything.quota[1]",
        "window = \"calendar_year\"";
    "months = 6", "" => "missing_key", "everything.quota[2]", "[[scheme.quota]]\nlimit = 1";
    "window = \"calendar_year\"", "window = \"calendar_year\"\nmonths = 12"
        => "contradicts", "everything.quota[1]", "[[scheme.quota]]";
    "window = \"calendar_year\"", "window = \"year\"" => "unknown_code", "everything.quota[1]",
        "window = \"year\"";
    "scope = \"all_schemes\"", "scope = \"all\"" => "unknown_code", "everything.quota[1]",
        "scope = \"all\"";
    "window = \"rolling\"\nmonths = 6\nscope = \"same_scheme\"\ncounts_by = \"certificate\"\n\
     occupations_not_counted = [\"2022:4-10-01-05\"]",
        "window = \"calendar_year\"\nscope = \"all_schemes\"\ncounts_by = \"approval\""
        => "quota_twice", "everything", "[[scheme]]";
    "limit = 1\nwindow = \"rolling\"\nmonths = 6\nscope = \"same_scheme\"\n\
     counts_by = \"certificate\"\noccupations_not_counted = [\"2022:4-10-01-05\"]",
        "limit = 3\nwindow = \"rolling\"\nmonths = 12\nscope = \"all_schemes\"\n\
         counts_by = \"approval\""
        => "quota_never_binds", "everything.quota[1]", "[[scheme.quota]]";
    "limit = 1\nwindow = \"rolling\"\nmonths = 6\nscope = \"same_scheme\"\n\
     counts_by = \"certificate\"",
        "limit = 3\nwindow = \"calendar_year\"\nscope = \"same_scheme\"\n\
         counts_by = \"approval\""
        => "quota_never_binds", "everything.quota[2]", "[[scheme.quota]]\nlimit = 3\nwindow = \
        \"calendar_year\"\nscope = \"same_scheme\"";
    "occupations_not_counted = [\"2022:4-10-01-05\"]", "occupations_not_counted = [\"care\"]"
        => "wrong_shape", "everything.quota[2]", "\"care\"";
    "occupations_not_counted = [\"2022:4-10-01-05\"]", "occupations_not_counted = []"
        => "empty", "everything.quota[2]", "occupations_not_counted = []";
    "window = \"months\"", "window = \"ever\"" => "contradicts", "everything.no_repeat",
        "[scheme.no_repeat]";
    "window = \"months\"\nmonths = 12", "window = \"months\"" => "missing_key",
        "everything.no_repeat", "[scheme.no_repeat]";
    "window = \"months\"\nmonths = 12", "window = \"months\"\nmonths = 601" => "out_of_range",
        "everything.no_repeat", "months = 601";
    "schemes = [\"insurance-skill-upgrade\"]", "schemes = [\"everything\"]"
        => "excludes_itself", "everything.scheme_exclusion", "[scheme.scheme_exclusion]";
    "schemes = [\"insurance-skill-upgrade\"]", "schemes = []"
        => "empty", "everything.scheme_exclusion", "schemes = []";
    "schemes = [\"insurance-skill-upgrade\"]", "schemes = [\"Insurance\"]"
        => "wrong_shape", "everything.scheme_exclusion", "schemes = [\"Insurance\"]";
    "same = \"calendar_year\"", "same = \"year\"" => "unknown_code",
        "everything.scheme_exclusion", "same = \"year\"";
}

table! { wrong_persons:
    "any_of = [\"migrant_worker\", \"unemployed\"]", "any_of = [\"farmer\"]"
        => "unknown_code", "everything.groups", "any_of = [\"farmer\"]";
    "held = \"throughout\"", "held = \"always\"" => "unknown_code", "everything.groups", "held";
    "min = 16", "min = 56" => "reversed", "everything.age", "[scheme.age]";
    "min = 16", "min = 121" => "out_of_range", "everything.age", "min = 121";
    "division = 370100", "division = 370001" => "wrong_shape", "everything.residence",
        "division = 370001";
    "months = 12\nreading = \"r3\"", "months = 0\nreading = \"r3\"" => "out_of_range",
        "everything.insured_months", "months = 0";
}

table! { wrong_evidence_and_payment:
    "certificate = true", "certificate = false" => "contradicts", "everything.evidence",
        "[scheme.evidence]";
    "certificate = true\ncertificate_kinds = [\"skill_level\", \"special_operation\"]",
        "certificate = false" => "contradicts", "everything.evidence", "[scheme.evidence]";
    "certificate_kinds = [\"skill_level\", \"special_operation\"]",
        "certificate_kinds = [\"diploma\"]" => "unknown_code", "everything.evidence",
        "certificate_kinds";
    "employment_days = 180\n", "" => "contradicts", "everything.evidence", "[scheme.evidence]";
    "hours_min = 40\nemployment", "hours_min = 4161\nemployment" => "out_of_range",
        "everything.evidence", "hours_min = 4161";
    "attendance = { numerator = 80,", "attendance = { numerator = 180," => "wrong_shape",
        "everything.evidence.attendance", "attendance = {";
    "certificate = false\nassessment = true\nclause = \"c26\"",
        "certificate = false\nassessment = false\nclause = \"c26\"" => "nothing_required",
        "by-the-month.evidence", "[scheme.evidence]\ncertificate = false\nassessment = false";
    "clause = \"c25\"", "clause = \"c25\"\ndecided_by = \"certificate\"" => "date_may_be_missing",
        "by-the-month.amount", "[scheme.amount]\nkind = \"monthly\"";
    "clause = \"c26\"", "clause = \"c26\"\n[scheme.claim_deadline]\nmonths = 12\n\
     from = \"certificate\"\nclause = \"x\"" => "date_may_be_missing",
        "by-the-month.claim_deadline", "[scheme.claim_deadline]\nmonths = 12\nfrom = \"cert";
    "allowed = [\"person\", \"institution\"]", "allowed = [\"person\"]" => "contradicts",
        "everything.payee", "[scheme.payee]";
    "advance_share = { numerator = 1, denominator = 2 }",
        "advance_share = { numerator = 3, denominator = 2 }" => "wrong_shape",
        "everything.project.advance_share", "advance_share";
    "clause = \"c18\"", "clause = \"c18\"\ndecided_by = \"certificate\"" => "date_may_be_missing",
        "everything.project", "[scheme.project]";
    "clause = \"c21\"", "clause = \"c21\"\ndecided_by = \"approval\"" => "straddling_never_used",
        "everything.catalogue", "[scheme.catalogue]";
    "shortfall = \"pro_rata\"", "shortfall = \"all\"" => "unknown_code", "everything.project",
        "shortfall";
    "employment_window_months = 3", "employment_window_months = 0" => "out_of_range",
        "everything.project", "employment_window_months = 0";
    "from = \"class_end\"", "from = \"claim\"" => "unknown_code", "everything.claim_deadline",
        "from = \"claim\"";
    "days = 7", "days = 367" => "out_of_range", "everything.publicity", "days = 367";
    "listed_in = [\"key_industry\", \"general\"]", "listed_in = [\"institution\"]"
        => "contradicts", "everything.catalogue", "[scheme.catalogue]";
    "listed_in = [\"key_industry\", \"general\"]\ninstitution_listed = true", "listed_in = []"
        => "empty", "everything.catalogue", "[scheme.catalogue]";
    "[scheme.quota_release]\nreturned_payment = true\nclawback = false\nclause = \"c23\"", ""
        => "missing_key", "everything", "[[scheme]]";
}

table! { wrong_awards:
    "amount = \"300000.00\"", "amount = 300000" => "amount_not_text", "prize.award",
        "amount = 300000";
    "kind = \"decided\"", "kind = \"decided\"\namount = \"1.00\"" => "unknown_key",
        "decided.award", "amount = \"1.00\"";
    "kind = \"decided\"", "kind = \"some\"" => "unknown_code", "decided.award", "kind = \"some\"";
    "recipients = [\"master\"]", "recipients = []" => "empty", "decided.award", "recipients = []";
    "limit = 10", "limit = 0" => "out_of_range", "prize.award_count", "limit = 0";
    "first_year = 2021", "first_year = 2026" => "outside_validity", "prize.award_count",
        "[scheme.award_count]";
    "schemes = [\"grant\"]", "schemes = [\"prize\"]" => "excludes_itself",
        "prize.award_exclusivity", "[scheme.award_exclusivity]";
    "schemes = [\"grant\"]", "schemes = [\"grant\", \"elsewhere\"]" => "exclusivity_elsewhere",
        "prize.award_exclusivity", "[scheme.award_exclusivity]";
    "[scheme.award_exclusivity]\nschemes = [\"prize\"]\nclause = \"c38\"", ""
        => "one_sided_exclusivity", "prize.award_exclusivity", "[scheme.award_exclusivity]";
    "[scheme.award]\nkind = \"fixed\"\namount = \"300000.00\"\nrecipients = [\"person\"]\n\
     clause = \"c33\"",
        "[scheme.amount]\nkind = \"by_contract\"\nclause = \"x\"\n\
         [scheme.evidence]\ncertificate = true\nassessment = false\nclause = \"x\"\n\
         [scheme.quota_release]\nreturned_payment = true\nclawback = false\nclause = \"x\""
        => "contradicts", "prize.award_count", "[scheme.award_count]";
    "clause = \"c40\"",
        "clause = \"c40\"\n[scheme.evidence]\ncertificate = false\nassessment = false\n\
         employment_days = 30\nclause = \"x\"" => "rule_on_award", "stipend.evidence",
        "[scheme.evidence]\ncertificate = false\nassessment = false";
    "clause = \"c40\"",
        "clause = \"c40\"\n[scheme.quota_release]\nreturned_payment = true\nclawback = false\n\
         clause = \"x\"" => "rule_on_award", "stipend.quota_release",
        "[scheme.quota_release]\nreturned_payment = true\nclawback = false\nclause = \"x\"";
    "clause = \"c40\"",
        "clause = \"c40\"\n[scheme.quota_release]\nreturned_payment = false\nclawback = true\n\
         clause = \"x\"" => "rule_on_award", "stipend.quota_release",
        "[scheme.quota_release]\nreturned_payment = false\nclawback = true\nclause = \"x\"";
    "clause = \"c40\"", "clause = \"c40\"\n[scheme.higher_level]\nclause = \"x\""
        => "rule_on_award", "stipend.higher_level",
        "[scheme.higher_level]\nclause = \"x\"";
    "clause = \"c40\"", "clause = \"c40\"\ndecided_by = \"first_attendance\""
        => "date_may_be_missing", "stipend.award", "[scheme.award]\nkind = \"monthly";
    "id = \"stipend\"", "id = \"decided\"" => "stands_twice", "decided",
        "[[scheme]]\nid = \"decided\"\nname_zh = \"按规定\"";
    "id = \"stipend\"", "id = \"Stipend\"" => "wrong_shape", "Stipend", "id = \"Stipend\"";
}

table! { wrong_lists:
    "kind = \"key_industry\"", "kind = \"institution\"" => "contradicts", "catalogue[1].item",
        "[[catalogue.item]]";
    "institution = \"52370900Y00000016C\"", "institution = \"52370900Y00000016D\""
        => "wrong_shape", "catalogue[2].item", "institution = \"5237";
    "levels = [\"junior\", \"senior\"]", "levels = [\"expert\"]" => "unknown_code",
        "catalogue[1].item", "levels = [\"expert\"]";
    "scarce = true",
        "scarce = true\n[[catalogue.item]]\noccupation = \"2015:6-18-02-04\"\nlevels = []"
        => "catalogue_item_twice", "catalogue[1].item[2]",
        "[[catalogue.item]]\noccupation = \"2015:6-18-02-04\"\nlevels = []";
    "[[catalogue.item]]\ninstitution = \"52370900Y00000016C\"\noccupation = \"2015:4-10-01-05\"",
        "" => "empty", "catalogue[2]", "[[catalogue]]\nkind = \"institution\"";
    "same = [\"1999:4-07-12-03\", \"2015:4-10-01-05\"]", "same = [\"2015:4-10-01-05\"]"
        => "empty", "crosswalk", "[[crosswalk]]";
    "same = [\"1999:4-07-12-03\", \"2015:4-10-01-05\"]",
        "same = [\"2015:4-10-01-06\", \"2015:4-10-01-05\"]" => "same_edition", "crosswalk",
        "[[crosswalk]]";
}

table! { wrong_targets:
    "figure = 10\n", "figure = 11\n" => "target_sum_wrong", "target_sum", "[[target_sum]]";
    "figure = 10\n", "" => "target_sum_uneven", "target_sum", "[[target_sum]]";
    "measure = \"completed\"\nfigure = 20", "measure = \"certified\"\nfigure = 20"
        => "target_sum_uneven", "target_sum", "[[target_sum]]";
    "bound = \"about\"\nperiod = \"cumulative\"", "bound = \"about\"\nperiod = \"yearly\""
        => "target_sum_uneven", "target_sum", "[[target_sum]]";
    "figure = 30\n", "" => "target_sum_uneven", "target_sum", "[[target_sum]]";
    "figure = 10\n", "figure = 0\n" => "out_of_range", "target:one", "figure = 0";
    "parts = [\"one\", \"two\"]", "parts = [\"one\", \"three\"]" => "unknown_target",
        "target_sum", "[[target_sum]]";
    "parts = [\"one\", \"two\"]", "parts = [\"one\", \"two\", \"whole\"]" => "contradicts",
        "target_sum", "[[target_sum]]";
    "id = \"two\"", "id = \"one\"" => "stands_twice", "target:one",
        "[[target]]\nid = \"one\"\nname_zh = \"分目标二\"";
    "until = 2025-12-31\nclause = \"c51\"", "until = 2021-12-31\nclause = \"c51\"" => "reversed",
        "target:unnumbered", "[[target]]\nid = \"unnumbered\"";
    "from = 2022-01-01\nuntil = 2025-12-31\nclause = \"c51\"",
        "from = 2021-01-01\nuntil = 2021-12-31\nclause = \"c51\"" => "outside_validity",
        "target:unnumbered", "[[target]]\nid = \"unnumbered\"";
    "measure = \"external\"", "measure = \"bases\"" => "unknown_code", "target:unnumbered",
        "measure = \"bases\"";
    "form = \"order_class\"", "form = \"order\"" => "unknown_code", "target:one", "form =";
    "action = \"digital-skills\"", "action = \"digital skills\"" => "wrong_shape", "target:one",
        "action =";
}

/// Nineteen faults of twenty are of no use.
#[test]
fn all_faults_are_found_in_the_order_of_the_text() {
    let text = EVERY_RULE
        .replacen("version = 1", "version = 0", 1)
        .replacen("\"employment_subsidy\"]", "\"employment\"]", 1)
        .replacen("limit = 3", "limit = 300", 1)
        .replacen("clause = \"c12\"", "clause = \"\"", 1)
        .replacen("per_month = \"0.01\"", "per_month = 0.01", 1)
        .replacen("measure = \"external\"", "measure = \"none\"", 1);
    let report = check(&text);
    let codes: Vec<_> = report.flaws.iter().map(|flaw| flaw.code()).collect();
    assert_eq!(
        codes,
        [
            "out_of_range",
            "unknown_code",
            "out_of_range",
            "clause_length",
            "amount_not_text",
            "unknown_code",
        ]
    );
    let quota = report
        .flaws
        .iter()
        .find(|flaw| flaw.key == "everything.quota[1]")
        .unwrap();
    assert_eq!(quota.clause.as_deref(), Some("c5"));
    assert_eq!(
        quota.to_string(),
        "line 47, column 9: everything.quota[1]: limit is 300, which is not in 1 to 100"
    );
    assert_eq!(quota.kind.zh(), "limit为300，应在1至100之间");
    let PolicyError::Invalid { flaw } = compile(&text).unwrap_err() else {
        panic!("the text is TOML");
    };
    assert_eq!(&*flaw, report.flaws.first().unwrap());
}

#[test]
fn a_document_that_holds_nothing_is_refused() {
    let (head, _) = EVERY_RULE.split_once("[[scheme]]").unwrap();
    for (kind, key) in [
        ("rules", "scheme"),
        ("rate_table", "rate"),
        ("catalogue", "catalogue"),
    ] {
        let text = head.replacen("kind = \"rules\"", &format!("kind = {kind:?}"), 1);
        let report = check(&text);
        let found: Vec<_> = report.flaws.iter().map(|flaw| flaw.kind.en()).collect();
        assert_eq!(found, [format!("the key {key} is missing")]);
        assert!(compile(&text).is_err());
    }
}

#[test]
fn a_wrong_syntax_has_its_place() {
    let text = EVERY_RULE.replacen("version = 1", "version = ", 1);
    let PolicyError::Malformed { place, .. } = compile(&text).unwrap_err() else {
        panic!("the text is not TOML");
    };
    assert_eq!((place.line, place.column), (5, 11));
}

/// Each of what the second quota says of dates is not what it is decided or counted by.
#[test]
fn dates_of_a_quota_that_are_never_looked_at() {
    let by = "counts_by = \"certificate\"";
    let decided = "\ndecided_by = \"certificate\"\nstraddling = \"earlier_rule\"";
    let good = EVERY_RULE.replacen(by, "counts_by = \"approval\"", 1);
    let good = good.replacen(decided, "", 1);
    let of_first = EVERY_RULE.replacen(decided, "", 1);
    let rolling = "window = \"rolling\"\nmonths = 6";
    let calendar = of_first.replacen(rolling, "window = \"calendar_year\"", 1);
    // A rolling window counts by the approval, whatever the first quota counts by.
    let first_by = EVERY_RULE.replacen("counts_by = \"approval\"", by, 1);
    let rolling_by = first_by.replacen(decided, "", 1);
    // Which cases keep the earlier rule is said once, with the first quota.
    let said = good.replacen(
        "clause = \"c5\"",
        "clause = \"c5\"\ndecided_by = \"approval\"",
        1,
    );
    let first = "clause = \"c6\"\ndecided_by = \"approval\"\nstraddling = ";
    let straddles = said.replacen("clause = \"c6\"", &format!("{first}\"earlier_rule\""), 1);
    let straddles = straddles.replacen(
        "decided_by = \"approval\"\n\n",
        "decided_by = \"approval\"\nstraddling = \"this_rule\"\n\n",
        1,
    );
    for (text, expected) in [
        (rolling_by, 1),
        (straddles, 1),
        (EVERY_RULE.replacen(by, "counts_by = \"approval\"", 1), 1),
        (of_first, 1),
        (calendar, 1),
        (good, 0),
    ] {
        let flaws = check(&text).flaws;
        let found: Vec<_> = flaws
            .iter()
            .filter(|flaw| flaw.code() == "quota_date_never_used")
            .map(|flaw| flaw.key.as_str())
            .collect();
        assert_eq!(found, ["everything.quota[2]"][..expected], "{text}");
    }
}

/// Codes are printed, counted and searched for: they are given once and never again.
/// However many faults a text has, each is told or counted.
#[test]
fn faults_beyond_the_bound_are_counted() {
    for faults in [199, 200, 201, 450] {
        let unknown: String = (0..faults)
            .map(|key| format!("unknown_{key} = 1\n"))
            .collect();
        let report = check(&format!("{unknown}{EVERY_RULE}"));
        let told = report
            .flaws
            .iter()
            .filter(|flaw| flaw.code() == "unknown_key");
        assert_eq!(told.count(), faults.min(200), "{faults}");
        let more: Vec<_> = report
            .flaws
            .iter()
            .filter(|flaw| flaw.code() == "more_errors")
            .collect();
        let left_out = faults.saturating_sub(200);
        assert_eq!(more.len(), usize::from(left_out > 0), "{faults}");
        if let Some(more) = more.first() {
            assert_eq!(more.kind, ledger_policy::FlawKind::MoreErrors { left_out });
            assert_eq!(
                report.flaws.last(),
                Some(*more),
                "it stands behind all others"
            );
        }
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one line per code")]
fn the_codes_of_flaws_are_permanent() {
    let codes: Vec<_> = ledger_policy::FlawKind::CODES
        .iter()
        .map(|(code, _)| *code)
        .collect();
    let expected = [
        "too_long",
        "syntax",
        "personal_data",
        "unknown_key",
        "missing_key",
        "wrong_shape",
        "clause_length",
        "unknown_code",
        "reading_not_apart",
        "out_of_range",
        "amount_not_text",
        "amount_not_fen",
        "amount_out_of_range",
        "stands_twice",
        "empty",
        "too_many",
        "more_errors",
        "more_warnings",
        "contradicts",
        "reversed",
        "not_of_this_kind",
        "excludes_itself",
        "one_sided_exclusivity",
        "exclusivity_elsewhere",
        "quota_twice",
        "split_not_whole",
        "split_fund_not_allowed",
        "rate_twice",
        "catalogue_item_twice",
        "target_sum_wrong",
        "target_sum_uneven",
        "unknown_target",
        "unknown_name",
        "unknown_scheme",
        "rules_over_province",
        "version_not_rising",
        "division_moved",
        "scheme_not_published",
        "reading_in_clause",
        "no_standard",
        "list_may_be_open",
        "in_ten_thousands",
        "amount_small",
        "not_in_clause",
        "months_like_days",
        "days_like_months",
        "advance_is_whole",
        "scheme_spelt_like",
        "scheme_ends",
        "rule_forgotten",
        "nothing_required",
        "quota_never_binds",
        "quota_evaded",
        "hours_never_count",
        "quota_date_never_used",
        "rule_on_award",
        "date_may_be_missing",
        "straddling_never_used",
        "rate_never_looked_up",
        "catalogue_never_required",
        "outside_validity",
        "same_edition",
        "gap",
        "overlap",
        "superseded",
        "never_in_force",
    ];
    assert_eq!(codes, expected);
}
