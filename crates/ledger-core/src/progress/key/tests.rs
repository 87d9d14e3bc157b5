//! Keys and their bytes.

use super::*;
use proptest::prelude::*;

fn key() -> ProgressKey {
    ProgressKey {
        measure: Counted::Certified,
        found_false: true,
        division: Division::parse("370102").unwrap(),
        quarter: Quarter::parse("2025Q4").unwrap(),
        profile: Profile {
            training: Some(TrainingKind::Digital),
            form: Some(ClassForm::OrderClass),
            level: Some(SkillLevel::Senior),
            groups: [Group::NewEmployee, Group::PoorFamilyChild]
                .into_iter()
                .collect(),
            scheme: SchemeId::parse("skills").unwrap(),
            action: ActionId::parse("digital-1").ok(),
            sector: None,
        },
    }
}

/// The stored key, byte for byte, for ever.
#[test]
fn the_bytes_of_a_key_are_permanent() {
    let mut expected = vec![3, 1, 0, 5, 0xa5, 0xb6, 0x07, 0xe9, 4, 16, 2, 4];
    expected.extend([0, 0, 0, 0, 0, 0, 0x20, 0x01]);
    expected.extend(*b"\x06skills\x09digital-1\x00");
    assert_eq!(key().to_bytes(), expected);
    let mut plain = key();
    plain.found_false = false;
    plain.profile = Profile {
        training: None,
        form: None,
        level: None,
        groups: GroupSet::EMPTY,
        scheme: SchemeId::parse("abc").unwrap(),
        action: None,
        sector: SectorId::parse("tourism").ok(),
    };
    let mut expected = vec![3, 0, 0, 5, 0xa5, 0xb6, 0x07, 0xe9, 4, 0, 0, 0];
    expected.extend([0; 8]);
    expected.extend(*b"\x03abc\x00\x07tourism");
    assert_eq!(plain.to_bytes(), expected);
    assert_eq!(plain.apart().to_bytes()[1], 1);
}

#[test]
fn other_bytes_are_no_key() {
    use ProgressKeyError::{TooLong, TooShort, Unknown};
    let bytes = key().to_bytes();
    let with = |at: usize, byte: u8| {
        let mut bytes = bytes.clone();
        bytes[at] = byte;
        ProgressKey::from_bytes(&bytes)
    };
    for (at, byte, expected) in [
        (0, 0, Unknown("measure")),
        (0, 6, Unknown("measure")),
        (1, 2, Unknown("mark of what is found false")),
        (2, 1, Unknown("division")),
        (6, 0, Unknown("quarter")),
        (8, 0, Unknown("quarter")),
        (8, 5, Unknown("quarter")),
        (9, 22, Unknown("kind of training")),
        (10, 5, Unknown("form of class")),
        (11, 9, Unknown("level")),
        (12, 1, Unknown("group")),
        (16, 0x80, Unknown("group")),
        (20, 0, Unknown("scheme")),
        (20, 2, Unknown("scheme")),
        (20, 200, TooShort),
        (21, b'S', Unknown("scheme")),
        (21, 0xff, Unknown("scheme")),
        (27, 200, TooShort),
        (28, b'-', Unknown("action")),
        (37, 3, TooShort),
    ] {
        assert_eq!(with(at, byte), Err(expected), "byte {at} as {byte}");
    }
    for length in 0..bytes.len() {
        let shorter = ProgressKey::from_bytes(&bytes[..length]);
        assert_eq!(shorter, Err(TooShort), "{length} bytes");
    }
    let mut longer = bytes;
    longer.push(0);
    assert_eq!(ProgressKey::from_bytes(&longer), Err(TooLong));
}

#[test]
fn numbers_of_measures_are_permanent() {
    for (at, measure) in Counted::ALL.into_iter().enumerate() {
        assert_eq!(usize::from(measure.number()), at + 1);
        assert_eq!(Counted::from_number(measure.number()), Some(measure));
    }
    assert_eq!(
        (Counted::from_number(0), Counted::from_number(6)),
        (None, None)
    );
}

#[test]
fn reads_quarters() {
    for (text, days) in [
        ("2025Q1", Some(("2025-01-01", "2025-03-31"))),
        ("2025Q2", Some(("2025-04-01", "2025-06-30"))),
        ("2025Q3", Some(("2025-07-01", "2025-09-30"))),
        ("2025Q4", Some(("2025-10-01", "2025-12-31"))),
        ("1900Q1", Some(("1900-01-01", "1900-03-31"))),
        ("2199Q4", Some(("2199-10-01", "2199-12-31"))),
        ("1899Q4", None),
        ("2200Q1", None),
        ("2025Q0", None),
        ("2025Q5", None),
        ("2025q4", None),
        ("2025Q", None),
        ("2025", None),
        ("", None),
        ("25Q4", None),
        ("+025Q4", None),
        ("2025Q+", None),
        ("2025Q44", None),
        (" 2025Q4", None),
        ("2025-Q4", None),
        ("二零二五Q4", None),
    ] {
        let found = Quarter::parse(text);
        let Some((first, last)) = days else {
            assert_eq!(found, Err(ParseQuarterError), "{text:?}");
            continue;
        };
        let quarter = found.unwrap();
        assert_eq!(quarter.to_string(), text);
        let [first, last] = [first, last].map(|day| BusinessDate::parse(day).unwrap());
        assert_eq!((quarter.first_day(), quarter.last_day()), (first, last));
        assert_eq!((Quarter::of(first), Quarter::of(last)), (quarter, quarter));
    }
}

proptest! {
    #[test]
    fn every_date_lies_in_its_quarter(days in BusinessDate::MIN.days()..=BusinessDate::MAX.days()) {
        let date = BusinessDate::from_days(days).unwrap();
        let quarter = Quarter::of(date);
        prop_assert!(quarter.first_day() <= date && date <= quarter.last_day());
        prop_assert_eq!(Quarter::new(quarter.year(), quarter.number()), Some(quarter));
    }

    #[test]
    fn sets_of_groups_hold_what_was_put_in(picked: Vec<prop::sample::Index>) {
        let groups: Vec<Group> = picked.iter().map(|at| *at.get(Group::ALL)).collect();
        let set: GroupSet = groups.iter().copied().collect();
        for group in Group::ALL {
            prop_assert_eq!(set.contains(*group), groups.contains(group));
        }
        prop_assert_eq!(set.iter().collect::<GroupSet>(), set);
        prop_assert_eq!(GroupSet::from_bits(set.bits()), Some(set));
        prop_assert_eq!(set.is_empty(), groups.is_empty());
    }

    /// Any bytes: an error, or the key that has exactly these bytes.
    #[test]
    fn bytes_are_read_in_one_way_only(at in 0_usize..38, byte: u8, more: Vec<u8>) {
        let mut bytes = key().to_bytes();
        bytes[at] = byte;
        for candidate in [bytes, more] {
            if let Ok(read) = ProgressKey::from_bytes(&candidate) {
                prop_assert_eq!(read.to_bytes(), candidate);
            }
        }
    }
}
