//! The chain of rules behind a decision: as data, in English and in Chinese.

use expect_test::{Expect, expect};
use ledger_core::coded::{Group, PayeeKind, RuleKind, Sex};
use ledger_core::explain::{Explanation, Outcome};
use ledger_core::{
    BusinessDate, CertificateKind, EventBody, FundSource, Reason, Refusal, SkillLevel,
    explain_approval,
};

use super::{BODIES, tables};
use crate::ledger::explained::{check_reason, has_han, has_latin};
use crate::script::{class, person, run};

/// Every rule that an approval can have, at once.
const ALL: &str = "
    2019-01-01 policy P1 quotas=3/year/all,2/12/same higher=yes excludes=skill-upgrade/year \
               groups=veteran+disabled age=16-60-55 insured=12 insured-by=approval:this \
               resident=370000 graduating=yes hours=85/100 kinds=skill verified=yes \
               employed-within=90 deadline=12/certificate amount=table uplift=1/5
               policy T1 schemes=none division=370100 rates=*|*|*|800.00;*|*|veteran|1000.00
               policy G1 schemes=none division=370100 general=4-10-01-05/junior!
";

/// A trainee who keeps them all.
const KEPT: &str = "
    2020-01-01 status A group:veteran 2020-01-01..
               status A age:30 2020-01-01..
               status A sex:female 2020-01-01..
               status A insured 2019-01-01..
               status A 370102 2020-01-01..
               status A graduates:2020 2020-01-01..
    2020-02-20 class C1 rate=standard residence=370100
               open C1
    2020-03-02 enrol C1 A
               attend C1 A 32
    2020-03-03 attend C1 A 32
    2020-03-04 attend C1 A 16
    2020-03-31 complete C1 A
               certify C1 A
               verify A
               employ C1 A 2020-03-31
               claim C1 A
";

tables! {
    every_rule_of_an_approval given [ALL, BODIES, KEPT]
    "
    2020-04-01 approve C1 A                         => ok amount=1200.00 rules=qualification,evidence,claim_deadline,groups,age,pension,insured_months,residence,residence,graduating_year,finding,no_repeat,higher_level,scheme_exclusion,quota,quota,amount,uplift
    "

    the_rules_of_a_plain_approval given ["2019-01-01 policy P1", BODIES, super::GRADUATE]
    "
    2020-04-01 approve C1 A                         => ok rules=qualification,evidence,pension,finding,no_repeat,quota,amount
    "
}

/// What is explained to whom asks on that day.
fn explained(tables: &[&str], name: &str, on: &str) -> Explanation {
    let script = run(tables);
    let context = script.ledger.loaded(class("C1"), person(name));
    let on = BusinessDate::parse(on).unwrap();
    explain_approval(&context, class("C1"), person(name), on)
}

fn check(text: &str, expected: &Expect) {
    expected.assert_eq(text);
}

#[test]
fn an_approval_in_words() {
    let explanation = explained(&[ALL, BODIES, KEPT], "A", "2020-04-01");
    assert_eq!(explanation.refusals(), []);
    check(
        &explanation.text_en(),
        &expect![[r#"
            Qualification: the body is qualified on all of the class's dates; given class dates 2020-03-01..2020-03-31 (position 20); result: passed (no document).
            Evidence: what the scheme asks for is on record; given completed 2020-03-31 (position 26), certificate 2020-03-31 skill level certificate (positions 27, 28), employment 2020-03-31 social insurance (position 29); limit 68 class hours; found 80 class hours; result: passed (P1 (constructed), evidence, position 1).
            Claim deadline: the subsidy is claimed in time; given time runs from 2020-03-31 (position 27), last day 2021-03-31, claimed 2020-03-31 (position 30); limit 365 days; found 0 days; result: passed (P1 (constructed), claim deadline, position 1).
            Groups: the person belongs to one of the groups on the training dates; given group veteran (position 14); result: passed (P1 (constructed), groups, position 1).
            Age: the person's age on the first training day is within the bounds; given sex female (position 16), age 30 (position 15); limit 55 years of age; found 30 years of age; result: passed (P1 (constructed), age, position 1).
            Pension: the person draws no monthly pension on the training dates; result: passed (P1 (constructed), pension, position 1).
            Insured months: the person was insured against unemployment for so many months; given insured months 15 (position 17), counted until 2020-04-01; limit 12 months; found 15 months; result: passed (P1 (constructed), insured months, position 1).
            Residence: the person is resident in the division on the training dates; given wanted residence 370100, residence 370102 (position 18); result: passed (no document).
            Residence: the person is resident in the division on the training dates; given wanted residence 370000, residence 370102 (position 18); result: passed (P1 (constructed), residence, position 1).
            Graduating year: the training begins in the year of graduation; given graduates in 2020 (position 19); limit 2020; found 2020; result: passed (P1 (constructed), graduating year, position 1).
            Finding: no case found the training false; result: passed (no document).
            No repeat: the same occupation and level is not subsidised again; given occupation and level 2015:4-10-01-05 junior worker (position 20); result: passed (P1 (constructed), no repeat, position 1).
            Higher level: a higher level that was subsidised excludes a lower one; given occupation and level 2015:4-10-01-05 junior worker (position 20); result: passed (P1 (constructed), higher level, position 1).
            Exclusion between schemes: what another scheme subsidised is not subsidised again; given occupation and level 2015:4-10-01-05 junior worker (position 20); result: passed (P1 (constructed), exclusion, position 1).
            Quota: a person receives at most so many subsidies in the window; given calendar year 2020, subsidies that count 0; limit 3 subsidies; found 0 subsidies; result: passed (P1 (constructed), quota 3/year/all, position 1).
            Quota: a person receives at most so many subsidies in the window; given window 2019-04-02..2020-04-01, subsidies that count 0; limit 2 subsidies; found 0 subsidies; result: passed (P1 (constructed), quota 2/12/same, position 1).
            Amount: so much is paid for the place; given group and its rate veteran 1000.00 (position 14), occupation 2015:4-10-01-05 (position 20); result: 1000.00 yuan (T1 (constructed), rate *|*|veteran|1000.00, position 2).
            Uplift: a scarce occupation is paid more; result: 200.00 yuan (P1 (constructed), uplift, position 1)."#]],
    );
    check(
        &explanation.text_zh(),
        &expect![[r#"
            机构资质：机构在开班期间具备相应资质；依据：培训起止日期2020-03-01..2020-03-31（事件20）；结果：通过（无文件条款）。
            申领材料：申领材料齐全有效；依据：完成培训2020-03-31（事件26）、证书2020-03-31职业技能等级证书（事件27、28）、就业2020-03-31社会保险（事件29）；限额68学时；实际80学时；结果：通过（P1 (constructed)，evidence，事件1）。
            申领期限：在规定期限内申领；依据：申领期限起算2020-03-31（事件27）、申领期限届满2021-03-31、申领2020-03-31（事件30）；限额365天；实际0天；结果：通过（P1 (constructed)，claim deadline，事件1）。
            人员类别：培训期间属于规定的人员类别；依据：人员类别退役军人（事件14）；结果：通过（P1 (constructed)，groups，事件1）。
            年龄：培训首日年龄在规定范围内；依据：性别女（事件16）、年龄30（事件15）；限额55周岁；实际30周岁；结果：通过（P1 (constructed)，age，事件1）。
            不具有按月领取养老金资格：培训期间不具有按月领取养老金资格；结果：通过（P1 (constructed)，pension，事件1）。
            失业保险参保月数：失业保险参保达到规定月数；依据：参保月数15（事件17）、计算截止2020-04-01；限额12个月；实际15个月；结果：通过（P1 (constructed)，insured months，事件1）。
            户籍（居住地）：培训期间户籍（居住地）符合要求；依据：要求的户籍（居住地）370100、户籍（居住地）370102（事件18）；结果：通过（无文件条款）。
            户籍（居住地）：培训期间户籍（居住地）符合要求；依据：要求的户籍（居住地）370000、户籍（居住地）370102（事件18）；结果：通过（P1 (constructed)，residence，事件1）。
            毕业年度：培训在毕业年度内；依据：毕业年度2020（事件19）；限额2020年；实际2020年；结果：通过（P1 (constructed)，graduating year，事件1）。
            未被认定虚假：培训未被认定虚假；结果：通过（无文件条款）。
            不可重复享受：同一职业同一等级不可重复享受；依据：职业（工种）及等级2015:4-10-01-05初级工（事件20）；结果：通过（P1 (constructed)，no repeat，事件1）。
            高等级享受后不再享受低等级：已享受高等级补贴的，不再享受低等级补贴；依据：职业（工种）及等级2015:4-10-01-05初级工（事件20）；结果：通过（P1 (constructed)，higher level，事件1）。
            不同补贴不可同时享受：同一培训不可同时享受其他补贴；依据：职业（工种）及等级2015:4-10-01-05初级工（事件20）；结果：通过（P1 (constructed)，exclusion，事件1）。
            享受次数：每人在计算期内享受补贴不超过规定次数；依据：自然年度2020、已享受次数0；限额3次；实际0次；结果：通过（P1 (constructed)，quota 3/year/all，事件1）。
            享受次数：每人在计算期内享受补贴不超过规定次数；依据：计算期2019-04-02..2020-04-01、已享受次数0；限额2次；实际0次；结果：通过（P1 (constructed)，quota 2/12/same，事件1）。
            补贴标准：按标准确定补贴金额；依据：人员类别及标准退役军人1000.00（事件14）、职业（工种）2015:4-10-01-05（事件20）；结果：1000.00元（T1 (constructed)，rate *|*|veteran|1000.00，事件2）。
            急需紧缺上浮：急需紧缺职业（工种）上浮补贴标准；结果：200.00元（P1 (constructed)，uplift，事件1）。"#]],
    );
}

#[test]
fn refusals_in_words() {
    let refused = "
        2020-01-01 status A pension 2020-01-01..
                   status A age:70 2020-01-01..
        2020-02-20 class C1 rate=standard
                   open C1
                   enrol C1 A
        2020-03-31 attend C1 A 30
    ";
    let explanation = explained(&[ALL, BODIES, refused], "A", "2020-04-01");
    let reasons: Vec<_> = explanation.refusals().iter().map(|it| it.reason).collect();
    assert!(reasons.contains(&Reason::DrawsPension) && reasons.is_sorted());
    check(
        &explanation.text_en(),
        &expect![[r#"
            Qualification: the body is qualified on all of the class's dates; given class dates 2020-03-01..2020-03-31 (position 16); result: passed (no document).
            Evidence: what the scheme asks for is on record; result: refused, CERTIFICATE_MISSING: There is no certificate (P1 (constructed), evidence, position 1).
            Evidence: what the scheme asks for is on record; limit 68 class hours; found 30 class hours; result: refused, TOO_FEW_CLASS_HOURS: Too few class hours were attended (P1 (constructed), evidence, position 1).
            Evidence: what the scheme asks for is on record; result: refused, EMPLOYMENT_EVIDENCE_MISSING: The employment was not confirmed in time or by the evidence that the scheme asks for (P1 (constructed), evidence, position 1).
            Claim deadline: the subsidy is claimed in time; result: does not apply (P1 (constructed), claim deadline, position 1).
            Groups: the person belongs to one of the groups on the training dates; result: refused, NOT_IN_GROUP: The person belongs to none of the groups on the training dates (P1 (constructed), groups, position 1).
            Age: the person's age on the first training day is within the bounds; given age 70 (position 15); limit 55 years of age; found 70 years of age; result: refused, AGE_OUT_OF_BOUNDS: The person's age is not on record or outside the bounds (position 15) (P1 (constructed), age, position 1).
            Pension: the person draws no monthly pension on the training dates; given pension from 2020-01-01 (position 14); result: refused, DRAWS_PENSION: The person draws a monthly pension on the training dates (position 14) (P1 (constructed), pension, position 1).
            Insured months: the person was insured against unemployment for so many months; given insured months 0, counted until 2020-04-01; limit 12 months; found 0 months; result: refused, TOO_FEW_INSURED_MONTHS: Too few months of unemployment insurance are on record (P1 (constructed), insured months, position 1).
            Residence: the person is resident in the division on the training dates; given wanted residence 370000; result: refused, NOT_RESIDENT: The person is not resident where the document or the class's contract requires it (P1 (constructed), residence, position 1).
            Graduating year: the training begins in the year of graduation; result: refused, NOT_GRADUATING_YEAR: The training is not in the year of graduation (P1 (constructed), graduating year, position 1).
            Finding: no case found the training false; result: passed (no document).
            No repeat: the same occupation and level is not subsidised again; given occupation and level 2015:4-10-01-05 junior worker (position 16); result: passed (P1 (constructed), no repeat, position 1).
            Higher level: a higher level that was subsidised excludes a lower one; given occupation and level 2015:4-10-01-05 junior worker (position 16); result: passed (P1 (constructed), higher level, position 1).
            Exclusion between schemes: what another scheme subsidised is not subsidised again; given occupation and level 2015:4-10-01-05 junior worker (position 16); result: passed (P1 (constructed), exclusion, position 1).
            Quota: a person receives at most so many subsidies in the window; given calendar year 2020, subsidies that count 0; limit 3 subsidies; found 0 subsidies; result: passed (P1 (constructed), quota 3/year/all, position 1).
            Quota: a person receives at most so many subsidies in the window; given window 2019-04-02..2020-04-01, subsidies that count 0; limit 2 subsidies; found 0 subsidies; result: passed (P1 (constructed), quota 2/12/same, position 1).
            Amount: so much is paid for the place; given occupation 2015:4-10-01-05 (position 16); result: 800.00 yuan (T1 (constructed), rate *|*|*|800.00, position 2).
            Uplift: a scarce occupation is paid more; result: 160.00 yuan (P1 (constructed), uplift, position 1).
            State of the class or place: TRAINING_NOT_COMPLETED: The training is not completed (position 18)."#]],
    );
    check(
        &explanation.text_zh(),
        &expect![[r#"
            机构资质：机构在开班期间具备相应资质；依据：培训起止日期2020-03-01..2020-03-31（事件16）；结果：通过（无文件条款）。
            申领材料：申领材料齐全有效；结果：不通过，未取得证书（CERTIFICATE_MISSING）（P1 (constructed)，evidence，事件1）。
            申领材料：申领材料齐全有效；限额68学时；实际30学时；结果：不通过，出勤学时不足（TOO_FEW_CLASS_HOURS）（P1 (constructed)，evidence，事件1）。
            申领材料：申领材料齐全有效；结果：不通过，就业证明不符合规定（EMPLOYMENT_EVIDENCE_MISSING）（P1 (constructed)，evidence，事件1）。
            申领期限：在规定期限内申领；结果：不适用（P1 (constructed)，claim deadline，事件1）。
            人员类别：培训期间属于规定的人员类别；结果：不通过，培训期间不属于规定的人员类别（NOT_IN_GROUP）（P1 (constructed)，groups，事件1）。
            年龄：培训首日年龄在规定范围内；依据：年龄70（事件15）；限额55周岁；实际70周岁；结果：不通过，年龄不符合规定（AGE_OUT_OF_BOUNDS）（事件15）（P1 (constructed)，age，事件1）。
            不具有按月领取养老金资格：培训期间不具有按月领取养老金资格；依据：养老金起领2020-01-01（事件14）；结果：不通过，培训期间已按月领取养老金（DRAWS_PENSION）（事件14）（P1 (constructed)，pension，事件1）。
            失业保险参保月数：失业保险参保达到规定月数；依据：参保月数0、计算截止2020-04-01；限额12个月；实际0个月；结果：不通过，失业保险参保月数不足（TOO_FEW_INSURED_MONTHS）（P1 (constructed)，insured months，事件1）。
            户籍（居住地）：培训期间户籍（居住地）符合要求；依据：要求的户籍（居住地）370000；结果：不通过，户籍（居住地）不符合要求（NOT_RESIDENT）（P1 (constructed)，residence，事件1）。
            毕业年度：培训在毕业年度内；结果：不通过，不在毕业年度（NOT_GRADUATING_YEAR）（P1 (constructed)，graduating year，事件1）。
            未被认定虚假：培训未被认定虚假；结果：通过（无文件条款）。
            不可重复享受：同一职业同一等级不可重复享受；依据：职业（工种）及等级2015:4-10-01-05初级工（事件16）；结果：通过（P1 (constructed)，no repeat，事件1）。
            高等级享受后不再享受低等级：已享受高等级补贴的，不再享受低等级补贴；依据：职业（工种）及等级2015:4-10-01-05初级工（事件16）；结果：通过（P1 (constructed)，higher level，事件1）。
            不同补贴不可同时享受：同一培训不可同时享受其他补贴；依据：职业（工种）及等级2015:4-10-01-05初级工（事件16）；结果：通过（P1 (constructed)，exclusion，事件1）。
            享受次数：每人在计算期内享受补贴不超过规定次数；依据：自然年度2020、已享受次数0；限额3次；实际0次；结果：通过（P1 (constructed)，quota 3/year/all，事件1）。
            享受次数：每人在计算期内享受补贴不超过规定次数；依据：计算期2019-04-02..2020-04-01、已享受次数0；限额2次；实际0次；结果：通过（P1 (constructed)，quota 2/12/same，事件1）。
            补贴标准：按标准确定补贴金额；依据：职业（工种）2015:4-10-01-05（事件16）；结果：800.00元（T1 (constructed)，rate *|*|*|800.00，事件2）。
            急需紧缺上浮：急需紧缺职业（工种）上浮补贴标准；结果：160.00元（P1 (constructed)，uplift，事件1）。
            班级或名额状态：该人员未完成培训（TRAINING_NOT_COMPLETED）（事件18）。"#]],
    );
}

#[test]
fn a_person_who_is_not_known() {
    let explanation = explained(&[ALL, BODIES], "Z", "2020-04-01");
    check(
        &explanation.text_en(),
        &expect!["State of the class or place: PERSON_NOT_FOUND: The person is not registered."],
    );
    check(
        &explanation.text_zh(),
        &expect!["班级或名额状态：人员未登记（PERSON_NOT_FOUND）。"],
    );
}

/// What was recorded with an approval explains it later, with the clauses as they were published.
#[test]
fn a_recorded_approval_in_words() {
    let approve = "
        2020-04-01 approve C1 A
                   policy P1 version=2 pension=no
    ";
    let script = run(&[ALL, BODIES, KEPT, approve]);
    let approved = script.ledger.events.iter().find_map(|recorded| {
        let EventBody::SubsidyApproved(approved) = &recorded.event.body else {
            return None;
        };
        Some(approved.clone())
    });
    let applied = approved.unwrap().applied;
    let scheme = ledger_core::SchemeId::parse(crate::policies::SCHEME).unwrap();
    let explanation = Explanation::recorded(&script.ledger.policies, &scheme, &applied);
    check(
        &explanation.text_en(),
        &expect![[r#"
            Qualification: the body is qualified on all of the class's dates; result: passed (no document).
            Evidence: what the scheme asks for is on record; limit 68 class hours; found 80 class hours; result: passed (P1 (constructed), evidence, position 1).
            Claim deadline: the subsidy is claimed in time; limit 365 days; found 0 days; result: passed (P1 (constructed), claim deadline, position 1).
            Groups: the person belongs to one of the groups on the training dates; result: passed (P1 (constructed), groups, position 1).
            Age: the person's age on the first training day is within the bounds; limit 55 years of age; found 30 years of age; result: passed (P1 (constructed), age, position 1).
            Pension: the person draws no monthly pension on the training dates; result: passed (P1 (constructed), pension, position 1).
            Insured months: the person was insured against unemployment for so many months; limit 12 months; found 15 months; result: passed (P1 (constructed), insured months, position 1).
            Residence: the person is resident in the division on the training dates; result: passed (no document).
            Residence: the person is resident in the division on the training dates; result: passed (P1 (constructed), residence, position 1).
            Graduating year: the training begins in the year of graduation; limit 2020; found 2020; result: passed (P1 (constructed), graduating year, position 1).
            Finding: no case found the training false; result: passed (no document).
            No repeat: the same occupation and level is not subsidised again; result: passed (P1 (constructed), no repeat, position 1).
            Higher level: a higher level that was subsidised excludes a lower one; result: passed (P1 (constructed), higher level, position 1).
            Exclusion between schemes: what another scheme subsidised is not subsidised again; result: passed (P1 (constructed), exclusion, position 1).
            Quota: a person receives at most so many subsidies in the window; limit 3 subsidies; found 0 subsidies; result: passed (P1 (constructed), quota 3/year/all, position 1).
            Quota: a person receives at most so many subsidies in the window; limit 2 subsidies; found 0 subsidies; result: passed (P1 (constructed), quota 2/12/same, position 1).
            Amount: so much is paid for the place; result: 1000.00 yuan (T1 (constructed), rate *|*|veteran|1000.00, position 2).
            Uplift: a scarce occupation is paid more; result: 200.00 yuan (P1 (constructed), uplift, position 1)."#]],
    );
    let asked = explained(&[ALL, BODIES, KEPT], "A", "2020-04-01");
    let kinds = |explanation: &Explanation| -> Vec<(RuleKind, Option<i64>, Option<i64>)> {
        let rules = explanation.rules.iter();
        rules.map(|it| (it.rule, it.limit, it.found)).collect()
    };
    assert_eq!(kinds(&asked), kinds(&explanation));
    for (asked, recorded) in asked.rules.iter().zip(&explanation.rules) {
        let of = |citation: &Option<ledger_core::refusal::RuleCitation>| {
            citation.as_ref().map(|it| it.policy)
        };
        assert_eq!(of(&asked.citation), of(&recorded.citation));
    }
}

#[test]
fn a_refusal_explains_itself() {
    let mut script = run(&["2019-01-01 policy P1", BODIES, super::GRADUATE]);
    script.play("2020-01-01 status A pension 2020-01-01..");
    let refusal = script.attempt("2020-04-01 approve C1 A").unwrap_err();
    let explanation = Explanation::refused(&refusal);
    assert_eq!(explanation.rules[0].rule, RuleKind::Pension);
    assert!(matches!(explanation.rules[0].outcome, Outcome::Refused(_)));
    let refusal = script.attempt("2020-04-01 approve C9 A").unwrap_err();
    let unknown = Explanation::refused(&refusal);
    assert_eq!((unknown.rules.len(), unknown.barred), (0, vec![refusal]));
}

/// Every word that may stand in an explanation is there in both languages; that they are used, the
/// check behind every decision of every table shows.
#[test]
fn every_word_has_both_languages() {
    let words = FundSource::ALL.iter().map(|it| (it.code(), it.name_zh()));
    let words = words.chain(Group::ALL.iter().map(|it| (it.code(), it.name_zh())));
    let words = words.chain(Sex::ALL.iter().map(|it| (it.code(), it.name_zh())));
    let words = words.chain(PayeeKind::ALL.iter().map(|it| (it.code(), it.name_zh())));
    let words = words.chain(RuleKind::ALL.iter().map(|it| (it.code(), it.name_zh())));
    let words = words.chain(
        SkillLevel::ALL
            .iter()
            .map(|it| (it.name_en(), it.name_zh())),
    );
    let kinds = CertificateKind::ALL.iter();
    let words = words.chain(kinds.map(|it| (it.name_en(), it.name_zh())));
    for (en, zh) in words {
        assert!(has_latin(en) && !has_han(en), "{en}");
        assert!(has_han(zh) && !has_latin(zh), "{zh}");
    }
    for reason in Reason::ALL {
        check_reason(*reason);
        let about = [
            "amount",
            "months",
            "370000 skilled_talent",
            "person",
            "special_account",
        ];
        for subject in about {
            let refusal = Refusal::new(*reason).about(subject).limit(2, 1);
            for rule in Explanation::refused(&refusal).rules {
                let subject = rule.inputs[0].value_zh();
                assert!(has_han(subject) && !has_latin(subject), "{subject}");
                let sentence = rule.text_zh().replace(reason.name(), "");
                assert!(!has_latin(&sentence), "{sentence}");
            }
        }
    }
}

/// Every kind of rule says something of its own in both languages.
#[test]
fn every_kind_of_rule_has_its_sentence() {
    let sentence = |rule: &RuleKind| {
        let evaluated = ledger_core::explain::Evaluated {
            rule: *rule,
            citation: None,
            inputs: Vec::new(),
            limit: None,
            found: None,
            outcome: Outcome::Passed,
        };
        [evaluated.text_en(), evaluated.text_zh()]
    };
    let sentences: std::collections::BTreeSet<_> =
        RuleKind::ALL.iter().flat_map(sentence).collect();
    assert_eq!(sentences.len(), 2 * RuleKind::ALL.len());
}
