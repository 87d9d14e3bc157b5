//! Tables both ways: what is found however it is written, and what passes.
//!
//! Long: two tables of writings, one of them found and the other passed.

use proptest::prelude::*;

use super::PersonalData::{BankCard, IdentityNumber, MobileNumber, OldIdentityNumber};
use super::*;
use crate::{CreditCode, Division};

const VECTORS: &str = include_str!("../../testdata/identifier-vectors.csv");

fn vectors(kind: &str) -> Vec<(String, bool)> {
    VECTORS
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect::<Vec<_>>())
        .filter(|fields| fields[0] == kind)
        .map(|fields| (fields[1].to_owned(), fields[2] == "yes"))
        .collect()
}

/// The text with `mark` after every character.
fn spread(text: &str, mark: &str) -> String {
    text.chars().map(|it| format!("{it}{mark}")).collect()
}

/// The number in its usual parts.
fn parts(text: &str, separator: &str) -> String {
    [&text[..6], &text[6..14], &text[14..]].join(separator)
}

/// The digits of a script that begins at `zero`, and another letter for X.
fn in_script(text: &str, zero: char, x: char) -> String {
    let digit = |it: char| it.to_digit(10).map(|value| u32::from(zero) + value);
    text.chars()
        .map(|it| digit(it).map_or(x, |code| char::from_u32(code).unwrap()))
        .collect()
}

#[test]
fn identity_numbers_are_found_however_they_are_written() {
    let separators = [
        "", " ", "  ", "\u{3000}", "-", ".", "/", "_", "·", "・", ",", "，", ":", "|", "\u{2010}",
        "\u{2011}", "\u{2012}", "\u{2013}", "\u{2014}", "\u{2015}", "\u{2212}", "\u{fe63}",
        "\u{ff0d}", "\u{30fb}", "号", "年", "a", "\t", "\u{a0}", "~", "—", "*",
    ];
    let invisible = [
        "\u{fe0f}",
        "\u{e0100}",
        "\u{34f}",
        "\u{3164}",
        "\u{ffa0}",
        "\u{180b}",
        "\u{17b4}",
        "\u{200b}",
        "\u{200d}",
        "\u{ad}",
        "\u{2060}",
        "\u{feff}",
        "\u{20e3}",
        "\u{115f}",
        "\u{1d173}",
        "\u{202e}",
    ];
    for (number, valid) in vectors("identity") {
        let mut written = vec![
            format!("T{number}"),
            format!("{number}-01"),
            format!("37{number}"),
            format!("持证人{number}，已核对"),
            in_script(&number, '０', 'Ｘ'),
            in_script(&number, '𝟎', 'Х'),
            in_script(&number, '𝟘', '×'),
            in_script(&number, '٠', 'Ⅹ'),
            in_script(&number, '०', 'ⅹ'),
            in_script(&number, '🯰', 'Χ'),
            format!("[\"{number}\"]"),
        ];
        written.extend(separators.map(|it| parts(&number, it)));
        written.extend(invisible.map(|it| spread(&number, it)));
        written.extend([" ", ".", "-", "·", "，"].map(|it| spread(&number, it)));
        for text in written {
            let expected = valid.then_some(IdentityNumber);
            assert_eq!(find_in_text(&text), expected, "{text:?}");
        }
    }
    let prose = "户籍地址码为370199，出生日期为1990年01月01日，顺序码与校验码为0019";
    assert_eq!(find_in_text(prose), Some(IdentityNumber));
    assert_eq!(
        find_in_text("三七〇一九九一九九〇〇一〇一〇〇一九"),
        Some(IdentityNumber)
    );
    assert_eq!(
        find_in_text("a\n# 370199199001010019\nb"),
        Some(IdentityNumber)
    );
}

#[test]
fn other_personal_data_is_found() {
    for (text, expected) in [
        ("370199900101001", OldIdentityNumber),
        ("证号370199900101001。", OldIdentityNumber),
        ("370199 900101 001", OldIdentityNumber),
        ("370199-90-01-01-001", OldIdentityNumber),
        ("13812345678", MobileNumber),
        ("电话13812345678", MobileNumber),
        ("Tel 138-1234-5678.", MobileNumber),
        ("138 1234 5678", MobileNumber),
        ("138·1234·5678", MobileNumber),
        ("138 - 1234 - 5678", MobileNumber),
        ("138......1234......5678", MobileNumber),
        ("138 / 20212345", MobileNumber),
        ("1381234 2013", MobileNumber),
        ("2021-06-30 13812345678", MobileNumber),
        ("138\u{2011}1234\u{2011}5678", MobileNumber),
        ("+86 13812345678", MobileNumber),
        ("8613812345678", MobileNumber),
        ("008613812345678", MobileNumber),
        ("013812345678", MobileNumber),
        ("１９９１２３４５６７８", MobileNumber),
        ("13812345678分机1", MobileNumber),
        ("6222021234567890128", BankCard),
        ("卡号6222 0212 3456 7890 128", BankCard),
        ("6222-0212-3456-7894", BankCard),
        ("4111111111111111", BankCard),
        ("5500000000000004", BankCard),
        ("955880 1234567890128", BankCard),
        ("374245455400126", BankCard),
        ("3742 454554 00126", BankCard),
        ("8171999927660000", BankCard),
        ("138 12 34 56 78", MobileNumber),
        ("0138 1234 5678", MobileNumber),
        ("013812345678", MobileNumber),
        ("参13812345678", MobileNumber),
        ("统一13812345678", MobileNumber),
        ("一三八一二三四五六七八", MobileNumber),
        ("l38l2345678", MobileNumber),
        ("I3BI2345678", MobileNumber),
        ("l381234S678", MobileNumber),
        ("138-12345-678", MobileNumber),
        ("3701 9990 0101 001", OldIdentityNumber),
        ("62220 21234 56789 0128", BankCard),
        ("电话I38-I234-5678", MobileNumber),
        ("138l2З4567Ȣ", MobileNumber),
        ("6222O2I234567890I28", BankCard),
        ("622202l23456789Ol28", BankCard),
        ("37O199900I0lOO1", OldIdentityNumber),
        ("138\n12345678", MobileNumber),
        ("138123\n45678", MobileNumber),
        ("13812\r\n345678", MobileNumber),
        ("6222021234\n567890128", BankCard),
        ("6222\n0212\n3456\n7890\n128", BankCard),
        ("3701999\n00101001", OldIdentityNumber),
    ] {
        assert_eq!(find_in_text(text), Some(expected), "{text:?}");
    }
}

#[test]
fn look_alikes_and_integers_of_a_policy_are_found() {
    for (text, expected) in [
        // Look-alikes to the end of a word, and letters of other scripts.
        ("37OIggIggOOIOIOOIg", IdentityNumber),
        ("证号37OIggIggOOIOIOOIg。", IdentityNumber),
        ("138 1234 567B", MobileNumber),
        ("1381234567B", MobileNumber),
        ("138-1234-567B.", MobileNumber),
        ("3ㄱ0199199001010019", IdentityNumber),
        ("138123456ㄱ8", MobileNumber),
        ("ㅣ38丨23456フ8", MobileNumber),
        ("37019919920315001㐅", IdentityNumber),
        ("370199-19920315-001 〤", IdentityNumber),
        ("37019919920315001ㄨ", IdentityNumber),
        ("37019919920315001ﾒ", IdentityNumber),
        ("13-812345678", MobileNumber),
        ("13 812345678", MobileNumber),
        ("电话13.812345678", MobileNumber),
        // As an integer of a policy.
        ("x = 13_812_345_678", MobileNumber),
        ("x = 1_381_234_567_8", MobileNumber),
        ("x = 13812_345_678", MobileNumber),
        ("x = 6_222_021_234_567_890_128", BankCard),
        ("x = 370_199_199_001_010_019", IdentityNumber),
        ("x = 370_199_900_101_001", OldIdentityNumber),
        // Sums are not taken for one another's parts where one is not round.
        ("150 1200 9001", MobileNumber),
        ("151 1200 9000", MobileNumber),
        ("150 1210 9000", MobileNumber),
    ] {
        assert_eq!(find_in_text(text), Some(expected), "{text:?}");
    }
}

/// Every digit by something that looks like it, alone and with all others, in one piece, in parts
/// and behind a letter.
#[test]
fn what_looks_like_a_digit_is_read_as_one() {
    let alike = [
        ('0', "OoОоΟοØӨ〇○ՕⲞ"),
        ('1', "lI|ІΙǀⅼⅠ｜∣ׁו"),
        ('2', "Ƨ"),
        ('3', "ЗƷȜ"),
        ('4', "Ꮞ"),
        ('5', "Ƽ"),
        ('6', "бⳒ"),
        ('8', "Ȣȣ"),
    ];
    let rough = [
        ('0', "DQ"),
        ('1', "i"),
        ('2', "Zz"),
        ('5', "SsЅ"),
        ('6', "Gb"),
        ('8', "BВ"),
    ];
    // What is left of a number between letters may be one of another sort.
    let found = |text: &str| find_in_text(text).is_some();
    for (number, valid) in vectors("identity").into_iter().filter(|(_, valid)| *valid) {
        assert!(valid);
        for (digit, looks) in alike {
            for look in looks.chars().filter(|it| looks::look(*it).is_some()) {
                let written = number.replace(digit, &look.to_string());
                for text in [
                    written.clone(),
                    format!("T{written}"),
                    format!("身份证号{written}。"),
                    number.replacen(digit, &look.to_string(), 1),
                ] {
                    assert!(found(&text), "{text:?}");
                }
            }
        }
        for zero in ["O", "o", "О", "Ο"] {
            for one in ["l", "I", "|", "І"] {
                let written = number.replace('0', zero).replace('1', one);
                assert!(found(&written), "{written:?}");
                let characters: Vec<char> = written.chars().collect();
                let part = |range: std::ops::Range<usize>| -> String {
                    characters[range].iter().collect()
                };
                let parts = [part(0..6), part(6..14), part(14..18)];
                for separator in [" ", "-", "·", "\n"] {
                    let text = parts.join(separator);
                    assert!(found(&text), "{text:?}");
                }
            }
        }
        for (digit, looks) in rough {
            for look in looks.chars() {
                // In the middle, where it stands between digits.
                let middle = number[6..14].replace(digit, &look.to_string());
                let text = format!("{}{middle}{}", &number[..6], &number[14..]);
                // Unless that makes hexadecimal digits of it.
                let is_hexadecimal = text.chars().all(|it| it.is_ascii_hexdigit());
                assert!(found(&text) || is_hexadecimal, "{text:?}");
            }
        }
    }
}

/// The table of looks that is named above is the library's.
#[test]
fn looks_are_those_of_the_library_and_of_people() {
    for (character, expected) in [
        ('O', Some((0, true))),
        ('o', Some((0, true))),
        ('О', Some((0, true))),
        ('Ο', Some((0, true))),
        ('Ø', Some((0, true))),
        ('l', Some((1, true))),
        ('I', Some((1, true))),
        ('|', Some((1, true))),
        ('І', Some((1, true))),
        ('З', Some((3, true))),
        ('б', Some((6, true))),
        ('S', Some((5, false))),
        ('Ѕ', Some((5, false))),
        ('B', Some((8, false))),
        ('7', Some((7, true))),
        ('a', None),
        ('m', None),
        ('号', None),
        ('-', None),
    ] {
        let found = looks::look(character).map(|look| (look.value, look.is_close));
        assert_eq!(found, expected, "{character:?}");
    }
    let alike = |character: char| looks::look(character).is_some_and(|look| look.is_close);
    let count = ('\u{80}'..=char::MAX).filter(|it| alike(*it)).count();
    assert!(count > 150, "{count}");
}

/// Numbers that the compatibility form leaves as they are.
#[test]
fn numerals_are_read_by_their_value() {
    let rows = [
        "⓿❶❷❸❹❺❻❼❽❾",
        "🄋➀➁➂➃➄➅➆➇➈",
        "🄌➊➋➌➍➎➏➐➑➒",
        "⓿⓵⓶⓷⓸⓹⓺⓻⓼⓽",
        "〇〡〢〣〤〥〦〧〨〩",
        "〇一二三四五六七八九",
        "零壹贰叁肆伍陆柒捌玖",
        "○一两三四五六七八九",
        "⓪①②③④⑤⑥⑦⑧⑨",
        "⁰¹²³⁴⁵⁶⁷⁸⁹",
        "₀₁₂₃₄₅₆₇₈₉",
        "𝟢𝟣𝟤𝟥𝟦𝟧𝟨𝟩𝟪𝟫",
        "០១២៣៤៥៦៧៨៩",
        "🯰🯱🯲🯳🯴🯵🯶🯷🯸🯹",
    ];
    for row in rows {
        let digits: Vec<char> = row.chars().collect();
        for (number, valid) in vectors("identity") {
            let written: String = number
                .chars()
                .map(|it| {
                    it.to_digit(10)
                        .map_or(it, |it| digits[usize::try_from(it).unwrap()])
                })
                .collect();
            let expected = valid.then_some(IdentityNumber);
            assert_eq!(find_in_text(&written), expected, "{written}");
            let mixed: String = number
                .chars()
                .enumerate()
                .map(|(at, it)| match it.to_digit(10) {
                    Some(digit) if at % 2 == 0 => digits[usize::try_from(digit).unwrap()],
                    _ => it,
                })
                .collect();
            assert_eq!(find_in_text(&mixed), expected, "{mixed}");
        }
    }
    // Above nine a sign is two digits.
    assert_eq!(find_in_text("⓫0105194912310⓪②Ⅹ"), Some(IdentityNumber));
    assert_eq!(find_in_text("⑪010519491231002X"), Some(IdentityNumber));
}

/// The table against the property of the library: nothing else is in it, and what is not is no
/// whole number up to twenty.
#[test]
fn the_table_of_numerals_agrees_with_the_type_of_numbers() {
    use icu_properties::CodePointMapData;
    use icu_properties::props::NumericType;
    let types = CodePointMapData::<NumericType>::new();
    let is_number = |it: char| matches!(types.get(it), NumericType::Digit | NumericType::Numeric);
    let folded = |it: char| scan::shown(&it.to_string()) != [it];
    let (mut inside, mut outside) = (0, Vec::new());
    for character in ('\u{80}'..=char::MAX).filter(|it| is_number(*it) && !folded(*it)) {
        match numerals::value(character) {
            Some(0..=20) => inside += 1,
            Some(value) => panic!("{character:?} is {value}"),
            None => outside.push(character),
        }
    }
    let count: u32 = numerals::NUMERALS
        .iter()
        .map(|(first, last, _)| last - first + 1)
        .sum();
    assert_eq!(inside, count + 1, "every row is of numbers, and so is 两");
    assert!(numerals::NUMERALS.is_sorted_by(|a, b| a.1 < b.0));
    // Fractions, tens, hundreds and thousands of old scripts, and ideographs like 十 and 百.
    let shown: String = outside.iter().collect();
    assert_eq!(outside.len(), 788, "{shown}");
}

#[test]
fn numbers_are_found_over_lines() {
    for (number, valid) in vectors("identity").into_iter().filter(|(_, valid)| *valid) {
        assert!(valid);
        for end in [
            "\n", "\r\n", "\r", "\u{2028}", "\u{85}", " \n  ", "\n\n", "-\n", "\n# ",
        ] {
            for at in 1..number.len() {
                let text = format!("a\n{}{end}{}\nb", &number[..at], &number[at..]);
                assert_eq!(find_in_text(&text), Some(IdentityNumber), "{text:?}");
            }
            let text = parts(&number, end);
            assert_eq!(find_in_text(&text), Some(IdentityNumber), "{text:?}");
            let text = spread(&number, end);
            assert_eq!(find_in_text(&text), Some(IdentityNumber), "{text:?}");
        }
    }
}

#[test]
fn what_is_no_personal_data_passes() {
    for text in [
        "",
        "鲁人社发〔2023〕5号",
        "人社部发〔2019〕24号第三条第（二）项",
        "2023年12月31日拨付1234567.00元，凭证20231231001",
        "2021-05-24 至 2022-12-31, 5000",
        "valid_from = 2021-05-24\nvalid_until = 2022-12-31\nfen = 1000",
        "370100,2022-12-31,5000",
        "520100 = 150000",
        "150000, 120000, 90000, 60000",
        "13,500,000,000",
        "15000000000.00",
        "15000000000元",
        "15000000000分",
        "S000037000001215000001",
        "Y000137020001234000001",
        "1337003014300123",
        "2025063000001234",
        "0137001234567",
        "20250630000012345678",
        "JZ-2023-000123",
        "PZ20230630000123",
        "3701002023063000",
        "370100230630001",
        "6-31-01-03",
        "370199199001010018",
        "37019919900101001",
        "0531-86912345",
        "010-12333",
        "45,2337,1513750,2013-08-20,2013-08-26",
        "1513750, 2013-08-20",
        "1,513,750, 2013",
        "150, 20210630",
        "150 2021-06-30",
        "v0.1.186 - 2026-04-24",
        "[#1572], [#2658], [#2663]",
        "2019-11-10 to 2020-11-10, 231284",
        "a13812345678",
        "13812345678F",
        "1e13812345678",
        "commit 3f13812345678",
        "Illinois, 2021, oil and lolly: 15 Ill. 2021",
        "No1, No2, No3, Vol10, Vol11, Ool1",
        "6300001234567893",
        "6600001234567896",
        "62220212345678",
        "370102200101015",
        "拨付\n150000\n1200\n90000",
        "2021-05-24\n2022-12-31\n150000",
        "HMAC-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "150 1200 9000",
        "150, 1200, 9000",
        "分别150元 1200 9000",
        "15, 812345678",
        "15、812345678",
        "fen = 13_500_000_000",
        "fen = 1_350_000",
        "13_812_345_678_9",
        "1381234567Bs",
        "S37019900101001",
    ] {
        assert_eq!(find_in_text(text), None, "{text:?}");
    }
    for (code, _) in vectors("credit") {
        assert_eq!(find_in_text(&code), None, "{code}");
        assert_eq!(find_in_text(&format!("{code} 2023-12-31")), None, "{code}");
    }
}

fn key(hex: &str) -> [u8; 16] {
    crate::hex::decode_array(hex).unwrap()
}

#[test]
fn a_key_that_spells_a_number_is_found() {
    for (number, valid) in vectors("identity") {
        let number = number.to_ascii_uppercase().replace('X', "a");
        for padding in ["0", "f"] {
            for before in 0..=14 {
                let (left, right) = (padding.repeat(before), padding.repeat(14 - before));
                let text = format!("{left}{number}{right}");
                let expected = valid.then_some(IdentityNumber);
                assert_eq!(find_in_key(&key(&text)), expected, "{text}");
                assert_eq!(find_in_text(&text), expected, "{text}");
            }
        }
    }
    for (text, expected) in [
        ("00000000000000000370199900101001", Some(OldIdentityNumber)),
        ("00000000000000000000013812345678", Some(MobileNumber)),
        ("13812345678000000000000000000000", Some(MobileNumber)),
        ("00000000000006222021234567890128", Some(BankCard)),
        ("37019919900101001912345678901234", Some(IdentityNumber)),
        // As text, as an integer with the first byte highest, and with the last.
        ("31333831323334353637380000000000", Some(MobileNumber)),
        ("33373031393939303031303130303100", Some(OldIdentityNumber)),
        ("0000000000000000000000033747ab4e", Some(MobileNumber)),
        ("4eab4737030000000000000000000000", Some(MobileNumber)),
        ("00000000000000000000000000000001", None),
        ("00000000000000000000000000000000", None),
        ("ffffffffffffffffffffffffffffffff", None),
        ("0190a3b2000070008000000000000001", None),
    ] {
        assert_eq!(find_in_key(&key(text)), expected, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Decimal digits throughout are the worst case of a UUID.
    #[test]
    fn no_uuid_is_personal_data(
        mut bytes: [u8; 16],
        version in prop::sample::select(vec![4u8, 5, 7]),
        decimal: bool,
    ) {
        if decimal {
            for byte in &mut bytes {
                *byte = (*byte / 16 % 10) * 16 + *byte % 10;
            }
        }
        bytes[6] = (version << 4) | (bytes[6] & 15);
        bytes[8] = 0x80 | (bytes[8] & 0x3f);
        let plain = crate::hex::encode(&bytes);
        let hyphenated = crate::ids::PersonKey::from_bytes(bytes).to_string();
        prop_assert_eq!(find_in_key(&bytes), None);
        for text in [
            plain.clone(),
            plain.to_uppercase(),
            hyphenated.clone(),
            format!("[\"{hyphenated}\",2023]"),
            format!("class {hyphenated}, person {plain}"),
        ] {
            prop_assert_eq!(find_in_text(&text), None, "{}", text);
        }
    }

    #[test]
    fn no_credit_code_is_personal_data(serial: u32) {
        let code = CreditCode::synthetic(Division::new(520_100).unwrap(), serial);
        prop_assert_eq!(find_in_text(code.as_str()), None);
        let sentence = format!("单位{code}于20231231签订1234号合同");
        prop_assert_eq!(find_in_text(&sentence), None);
    }

    #[test]
    fn any_text_is_searched_without_failing(text in ".{0,80}", digits in "[0-9xX\\-· \\n]{0,60}") {
        let _ = find_in_text(&text);
        let _ = find_in_text(&digits);
    }
}

/// Random bytes, the same in every run, so that what happens by chance happens always or never.
fn random(number: u32) -> [u8; 32] {
    use sha2::{Digest as _, Sha256};
    Sha256::digest(number.to_be_bytes()).into()
}

/// Random decimal digits.
fn random_digits(number: u32, length: usize) -> String {
    let digits = random(number)
        .into_iter()
        .map(|it| char::from(b'0' + it % 10));
    digits.take(length).collect()
}

/// Names, short digests and addresses in hexadecimal digits, of any length and either case.
#[test]
fn no_hexadecimal_run_is_personal_data() {
    for number in 0..20_000 {
        let digest = crate::hex::encode(&random(number));
        let text = &digest[..usize::from(1 + random(number)[0] % 64)];
        let is_digit = |it: char| it.is_ascii_digit();
        if !text.contains(is_digit) || text.chars().all(is_digit) {
            continue;
        }
        for text in [text.to_owned(), format!("附件 {}，见", text.to_uppercase())] {
            assert_eq!(find_in_text(&text), None, "{text}");
        }
    }
}

/// What the ledger's own documents, its commands and its tests are full of.
#[test]
fn no_number_of_a_document_is_personal_data() {
    for number in 0..3_000u32 {
        let bytes = random(number);
        let serial = number.wrapping_mul(7_919) % 1_000_000;
        let amount = u64::from(number) * 3_333_333;
        let (year, month, day) = (bytes[0], 1 + bytes[1] % 12, 1 + bytes[2] % 28);
        let year = 2016 + u32::from(year % 20);
        let city = if number % 2 == 0 { 37 } else { 52 };
        for text in [
            format!("拨付{amount}.{:02}元", bytes[3] % 100),
            format!("{amount}元"),
            format!("amount_fen = {}", amount % 10_000_000_000),
            format!(
                "{year}-{month:02}-{day:02} to {}-{month:02}-{day:02}, {serial}",
                year + 1
            ),
            format!(
                "{year}年{month}月{day}日至{}年{month}月{day}日{serial}人",
                year + 1
            ),
            format!("鲁人社发〔{year}〕{}号", serial % 1000),
            format!("JZ-{year}-{serial:06}"),
            format!("PZ{year}{month:02}{day:02}{serial:06}"),
            format!("{year}{month:02}{day:02}{serial:06}"),
            format!("{year}{month:02}{day:02}{serial:012}"),
            format!(
                "{city}{:04}{year}{month:02}{day:02}{:02}",
                101 + serial % 80,
                serial % 100
            ),
            format!(
                "Y0000{city}{serial:06}{:02}{}{serial:06}",
                year % 100,
                1 + serial % 5
            ),
            format!("CASES-{serial}, position {number}"),
            format!(
                "2015:{}-{:02}-{month:02}-{day:02}",
                1 + serial % 8,
                bytes[4] % 30
            ),
            format!(
                "{city}{:04} = {serial}",
                100 * (serial % 17) + u32::from(day)
            ),
        ] {
            assert_eq!(find_in_text(&text), None, "{text}");
        }
    }
}

/// Digests in hexadecimal digits stand in notes, in names of files and in comments of policies.
#[test]
fn no_digest_is_personal_data() {
    for number in 0u32..4_000 {
        let digest = crate::hex::encode(&random(number));
        for text in [
            digest.clone(),
            digest.to_uppercase(),
            format!("sha256:{digest}，附件"),
            digest[..56].to_owned(),
            format!("{digest}{digest}"),
        ] {
            assert_eq!(find_in_text(&text), None, "{text}");
        }
        // As a version of a text is named: more than four letters, or it is searched.
        let short = &digest[..40];
        let letters = ('a'..='f').filter(|it| short.contains(*it)).count();
        if letters >= 4 {
            assert_eq!(find_in_text(short), None, "{short}");
        }
    }
    for number in vectors("identity").into_iter().filter(|(_, valid)| *valid) {
        for length in [40, 64] {
            for padding in ["0", "f"] {
                let text = format!("{}{}", number.0, padding.repeat(length - 18));
                if !number.0.contains(['x', 'X']) {
                    assert_eq!(find_in_text(&text), Some(IdentityNumber), "{text}");
                }
            }
        }
    }
}

/// What of random numbers passes for personal data by chance; the figures of the decision.
#[test]
fn what_passes_by_chance_is_known() {
    let refused = |make: &dyn Fn(u32) -> String| {
        let is_found = |number: &u32| find_in_text(&make(*number)).is_some();
        (0..5_000).filter(is_found).count()
    };
    let cards = |prefix: &'static str, length: usize| {
        refused(&move |number| format!("{prefix}{}", random_digits(number, length - prefix.len())))
    };
    // A bank reference that begins like no card, or has a length that no such card has.
    for (prefix, length) in [
        ("4", 17),
        ("4", 18),
        ("51", 17),
        ("61", 16),
        ("66", 19),
        ("7", 16),
    ] {
        let found = cards(prefix, length);
        assert!(found < 5, "{prefix} {length}: {found}");
    }
    // One that is a card by prefix and length is refused where its check digit fits.
    for (prefix, length) in [("4", 16), ("62", 16), ("62", 19), ("9558", 19)] {
        let found = cards(prefix, length);
        assert!((450..550).contains(&found), "{prefix} {length}: {found}");
    }
    let vouchers = refused(&|number| format!("20250630{}", random_digits(number, 8)));
    assert_eq!(vouchers, 0);
    // A certificate number of a ministry; those of the provinces have zeros there, as no area has.
    let certificates = refused(&|number| {
        let digits = random_digits(number, 17);
        format!(
            "S{}{}{}244{}",
            &digits[..4],
            if number % 2 == 0 { "37" } else { "52" },
            &digits[4..10],
            &digits[10..16]
        )
    });
    assert!(certificates < 5, "{certificates}");
}

#[test]
fn what_shows_itself_follows_from_properties() {
    for (character, expected) in [
        ('a', true),
        ('鲁', true),
        ('\u{3000}', true),
        ('\u{a0}', true),
        ('́', true),
        ('\u{600}', true),
        ('\u{6dd}', true),
        ('\u{fffd}', true),
        ('\u{fffc}', true),
        ('\n', false),
        ('\t', false),
        ('\0', false),
        ('\u{7f}', false),
        ('\u{85}', false),
        ('\u{ad}', false),
        ('\u{34f}', false),
        ('\u{61c}', false),
        ('\u{115f}', false),
        ('\u{17b4}', false),
        ('\u{180b}', false),
        ('\u{180f}', false),
        ('\u{200b}', false),
        ('\u{200f}', false),
        ('\u{2028}', false),
        ('\u{2029}', false),
        ('\u{202e}', false),
        ('\u{2060}', false),
        ('\u{2065}', false),
        ('\u{2069}', false),
        ('\u{206f}', false),
        ('\u{3164}', false),
        ('\u{fe00}', false),
        ('\u{fe0f}', false),
        ('\u{feff}', false),
        ('\u{ffa0}', false),
        ('\u{fff0}', false),
        ('\u{fff9}', false),
        ('\u{fffa}', false),
        ('\u{fffb}', false),
        ('\u{1d173}', false),
        ('\u{e0001}', false),
        ('\u{e0041}', false),
        ('\u{e0100}', false),
        ('\u{e01ef}', false),
    ] {
        assert_eq!(
            is_shown(character),
            expected,
            "{:04x}",
            u32::from(character)
        );
    }
}
