//! Lower-case hexadecimal, for identifiers and digests in text.

use std::fmt::Write as _;

/// Returns `bytes` in lower-case hexadecimal, two digits for each byte.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        write!(text, "{byte:02x}").expect("writing into a string cannot fail");
    }
    text
}

/// Reads exactly `N` bytes from `2 * N` hexadecimal digits of either case.
///
/// Returns `None` for any other length or character; there is no prefix and no separator.
#[must_use]
pub fn decode_array<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != N.checked_mul(2)? {
        return None;
    }
    let mut bytes = [0; N];
    let (pairs, _) = text.as_bytes().as_chunks::<2>();
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = nibble(*high)? << 4 | nibble(*low)?;
    }
    Some(bytes)
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit.wrapping_sub(b'0')),
        b'a'..=b'f' => Some(digit.wrapping_sub(b'a').wrapping_add(10)),
        b'A'..=b'F' => Some(digit.wrapping_sub(b'A').wrapping_add(10)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_exact_lengths_of_hexadecimal() {
        for (text, expected) in [
            ("00ff", Some([0x00, 0xff])),
            ("0aF9", Some([0x0a, 0xf9])),
            ("", None),
            ("00f", None),
            ("00ff0", None),
            ("00fg", None),
            ("+0ff", None),
            ("é00", None),
        ] {
            assert_eq!(decode_array::<2>(text), expected, "{text:?}");
        }
        assert_eq!(decode_array::<0>(""), Some([]));
    }

    proptest! {
        #[test]
        fn round_trips(bytes: [u8; 16]) {
            let text = encode(&bytes);
            prop_assert_eq!(text.len(), 32);
            prop_assert_eq!(decode_array(&text), Some(bytes));
            prop_assert_eq!(decode_array(&text.to_uppercase()), Some(bytes));
        }
    }
}
