//! Digests, doors and key files, as tables.

use super::key::CertificateKey;
use super::*;
use crate::config::Settings;
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use tempfile::TempDir;

const NUMBER: &str = "T37019919920315001X";
/// What stands for it under the key of 32 ones.
const DIGEST: &str = "HMAC-PYQ6EVL622KD5MGYEBUBVUTNB4";

fn numbers(key: Option<[u8; 32]>) -> CertificateNumbers {
    CertificateNumbers {
        key: key.map(CertificateKey::new),
        ..CertificateNumbers::default()
    }
}

#[test]
fn the_library_gives_the_published_digests() {
    // RFC 4231, test cases 1, 2, 6 and 7.
    for (key, text, expected) in [
        (
            vec![0x0b; 20],
            "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        ),
        (
            b"Jefe".to_vec(),
            "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (
            vec![0xaa; 131],
            "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
        (
            vec![0xaa; 131],
            "This is a test using a larger than block-size key and a larger than block-size data. \
             The key needs to be hashed before being used by the HMAC algorithm.",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
        ),
    ] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(text.as_bytes());
        assert_eq!(HEXLOWER.encode(&mac.finalize().into_bytes()), expected);
    }
}

/// These are bytes of the log: what is expected here never changes.
#[test]
fn a_number_is_kept_in_this_form_for_ever() {
    for (key, number, expected) in [
        ([1; 32], NUMBER, DIGEST),
        (
            [1; 32],
            "T370199199001010019",
            "HMAC-PYQ6M2UOU5KP3UGTSFR7DPY5QJ",
        ),
        ([2; 32], NUMBER, "HMAC-XF4TMMRTPNIOWRBRYXB22SBW6X"),
    ] {
        let found = CertificateKey::new(key).digest(number);
        assert_eq!(found, expected);
        assert!(ledger_core::CertificateNumber::parse(&found).is_ok());
    }
}

#[test]
fn every_way_to_write_a_number_gives_the_same_and_other_numbers_stay() {
    let replaced = |text: &str| {
        let mut number = text.to_owned();
        numbers(Some([1; 32])).replace(&mut number).map(|()| number)
    };
    for text in [
        NUMBER,
        "t37019919920315001x",
        " T370199 19920315 001X",
        "Ｔ３７０１９９１９９２０３１５００１Ｘ",
    ] {
        assert_eq!(replaced(text).as_deref(), Ok(DIGEST), "{text:?}");
        let without = numbers(None).replace(&mut text.to_owned());
        assert_eq!(without, Err(DecodeProblem::CertificateKeyMissing));
    }
    for text in ["S000037000123224000057", "T370199199203150010", DIGEST, ""] {
        assert_eq!(replaced(text).as_deref(), Ok(text), "{text:?}");
        assert_eq!(numbers(None).replace(&mut text.to_owned()), Ok(()));
    }
}

/// A command of each kind that names a certificate.
fn commands(number: &str) -> Vec<v1::Command> {
    let number = || number.to_owned();
    let bodies = [
        Body::IssueCertificate(v1::IssueCertificate {
            number: number(),
            ..v1::IssueCertificate::default()
        }),
        Body::InvalidateCertificate(v1::InvalidateCertificate {
            number: number(),
            ..v1::InvalidateCertificate::default()
        }),
        Body::VerifyCertificate(v1::VerifyCertificate {
            number: number(),
            ..v1::VerifyCertificate::default()
        }),
    ];
    let command = |body| v1::Command {
        body: Some(body),
        ..v1::Command::default()
    };
    bodies.into_iter().map(command).collect()
}

#[test]
fn every_command_that_names_a_certificate_has_its_number_replaced() {
    let mut found = commands(NUMBER);
    numbers(Some([1; 32]))
        .replace_in_commands(&mut found)
        .unwrap();
    assert_eq!(found, commands(DIGEST));

    let problems = |key, number| -> Vec<String> {
        let found = numbers(key).replace_in_commands(&mut commands(number));
        let problems = found.unwrap_err();
        problems.iter().map(|it| it.field().to_owned()).collect()
    };
    let all = [
        "commands[0].issue_certificate.number",
        "commands[1].invalidate_certificate.number",
        "commands[2].verify_certificate.number",
    ];
    assert_eq!(problems(None, NUMBER), all);
    // By its digest a certificate is named, and not issued.
    assert_eq!(problems(Some([1; 32]), DIGEST), all[..1]);
}

#[test]
fn a_filter_has_its_numbers_replaced() {
    let filter = |number: &str| v1::EventFilter {
        tags: vec![
            v1::Tag {
                value: Some(Value::PersonKey(vec![1; 16])),
            },
            v1::Tag {
                value: Some(Value::CertificateNumber(number.to_owned())),
            },
        ],
        ..v1::EventFilter::default()
    };
    let mut found = filter(NUMBER);
    let with_key = numbers(Some([1; 32]));
    with_key.replace_in_filter(Some(&mut found)).unwrap();
    assert_eq!(found, filter(DIGEST));
    with_key.replace_in_filter(None).unwrap();
    let refused = numbers(None).replace_in_filter(Some(&mut filter(NUMBER)));
    let refused = refused.unwrap_err();
    assert_eq!(refused.field(), "filter.tags[1].certificate_number");
    assert!(!refused.to_string().contains("19920315"));
}

#[test]
fn a_key_file_is_made_once_and_taken_only_as_it_was_made() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    let ledger = path("ledger");
    fs::create_dir(&ledger).unwrap();
    let settings = Settings {
        data_dir: Some(ledger.clone()),
        ..Settings::default()
    };
    let file = path("key");
    let load = || CertificateKey::load(&file, [ledger.as_path()].into_iter());
    assert!(matches!(
        load(),
        Err(CertificateKeyError::Unreadable { .. })
    ));
    make_certificate_key(&settings, &file).unwrap();
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o7777,
        0o600
    );
    let mark = load().unwrap().mark().to_owned();
    assert!(!format!("{:?}", load().unwrap()).contains(text.trim()));
    let again = make_certificate_key(&settings, &file);
    assert!(matches!(again, Err(CertificateKeyError::Exists { .. })));
    assert_eq!(fs::read_to_string(&file).unwrap(), text);

    let inside = make_certificate_key(&settings, &ledger.join("key"));
    assert!(matches!(
        inside,
        Err(CertificateKeyError::BesideWhatItProtects { .. })
    ));

    for mode in [0o640, 0o604, 0o610, 0o666] {
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        let found = load().unwrap_err();
        assert!(
            matches!(found, CertificateKeyError::OpenToOthers { .. }),
            "{found}"
        );
    }
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let (digits, upper) = (text.trim().to_owned(), text.to_uppercase());
    let long = format!("{digits}00\n");
    for (changed, is_taken) in [
        (digits.as_str(), true),
        (text.as_str(), true),
        ("", false),
        (&digits[1..], false),
        (&long, false),
        (&upper, upper == text),
        ("g".repeat(64).as_str(), false),
    ] {
        fs::write(&file, changed).unwrap();
        let found = load().map(|key| key.mark().to_owned());
        match found {
            Ok(found) => assert!(is_taken && found == mark),
            Err(error) => {
                assert!(!is_taken, "{error}");
                assert!(matches!(error, CertificateKeyError::Form { .. }));
            }
        }
    }
}

/// The keys of a ledger (PYQ6 is that of 32 ones, XF4T that of 32 twos), the key in use, what is
/// said to be lost, and what becomes of it.
#[test]
fn a_ledger_is_served_with_its_key_or_when_its_loss_is_said() {
    let path = Path::new("file");
    let marks = |text: &str| -> BTreeSet<String> {
        text.split_terminator(' ').map(str::to_owned).collect()
    };
    for (held, key, lost, expected) in [
        ("", None, "", None),
        ("", Some(1), "", None),
        ("PYQ6", Some(1), "", None),
        ("PYQ6", None, "", Some("Absent PYQ6")),
        ("PYQ6", Some(2), "", Some("Another PYQ6 XF4T")),
        // Lost: with a new key, and with none.
        ("PYQ6", Some(2), "PYQ6", None),
        ("PYQ6", None, "PYQ6", None),
        // The new one was used; a third, or none, is neither.
        ("PYQ6 XF4T", Some(2), "PYQ6", None),
        ("PYQ6 XF4T", Some(3), "PYQ6", Some("Another XF4T 3")),
        ("PYQ6 XF4T", None, "PYQ6", Some("Absent XF4T")),
        // Lost a second time.
        ("PYQ6 XF4T", Some(3), "PYQ6 XF4T", None),
        ("PYQ6 XF4T", None, "PYQ6 XF4T", None),
        // Found again: before the new one was used, and after it.
        ("PYQ6", Some(1), "PYQ6", Some("Found PYQ6")),
        ("PYQ6 XF4T", Some(1), "PYQ6", Some("Found PYQ6")),
        ("PYQ6 XF4T", Some(1), "", Some("Another XF4T PYQ6")),
        ("PYQ6 XF4T", Some(1), "XF4T", None),
        // Mistyped.
        ("PYQ6", Some(2), "PYQ7", Some("NeverUsed PYQ7")),
        ("PYQ6", Some(2), "PYQ6 PYQ7", Some("NeverUsed PYQ7")),
        ("PYQ6", Some(1), "XF4T", Some("NeverUsed XF4T")),
        ("", None, "PYQ6", Some("NeverUsed PYQ6")),
    ] {
        let key = key.map(|byte| CertificateKey::new([byte; 32]));
        let in_use = key.as_ref().map(|key| (path, key));
        let third = CertificateKey::new([3; 32]);
        let found = check_marks(in_use, &marks(held), &marks(lost)).err();
        let found = found.map(|error| match error {
            CertificateKeyError::Absent { found } => format!("Absent {found}"),
            CertificateKeyError::Another {
                found, configured, ..
            } => format!("Another {found} {configured}").replace(third.mark(), "3"),
            CertificateKeyError::Found { mark, .. } => format!("Found {mark}"),
            CertificateKeyError::NeverUsed { mark, .. } => format!("NeverUsed {mark}"),
            other => panic!("{other}"),
        });
        assert_eq!(found.as_deref(), expected, "{held:?} {in_use:?} {lost:?}");
    }
}

#[test]
fn lost_keys_are_named_by_their_marks() {
    let lost = |text: &str| {
        let certificates = crate::config::CertificateSettings {
            lost_keys: Some(text.to_owned()),
            ..Default::default()
        };
        let settings = Settings {
            data_dir: Some("ledger".into()),
            development_identity: Some("clerk".to_owned()),
            certificates,
            ..Settings::default()
        };
        let marks = settings.check().map(|config| config.lost_certificate_keys);
        marks.map(|marks| marks.into_iter().collect::<Vec<_>>())
    };
    for (text, expected) in [
        ("", &[][..]),
        ("PYQ6", &["PYQ6"]),
        (" PYQ6 , XF4T,PYQ6", &["PYQ6", "XF4T"]),
    ] {
        assert_eq!(lost(text).unwrap(), expected, "{text:?}");
    }
    for text in [
        "pyq6",
        "PYQ",
        "PYQ66",
        "PYQ1",
        "PYQ6 XF4T",
        "PYQ6,",
        "HMAC-PYQ6",
        "PYQ6;XF4T",
    ] {
        let refused = lost(text).unwrap_err();
        assert!(matches!(refused, crate::ConfigError::LostKeys), "{text:?}");
    }
}
