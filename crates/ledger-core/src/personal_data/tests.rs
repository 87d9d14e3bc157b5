//! Tables both ways: what is found however it is written, and what passes.

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
    ] {
        assert_eq!(find_in_text(text), Some(expected), "{text:?}");
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
        "HMAC-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
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

/// Digests in hexadecimal digits stand in notes, in names of files and in comments of policies.
#[test]
fn no_digest_is_personal_data() {
    use sha2::{Digest as _, Sha256};
    for number in 0u32..4_000 {
        let digest = crate::hex::encode(Sha256::digest(number.to_be_bytes()).as_slice());
        for text in [
            digest.clone(),
            digest.to_uppercase(),
            format!("sha256:{digest}，附件"),
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
