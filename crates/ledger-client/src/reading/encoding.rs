//! Bytes to text: UTF-8 and UTF-16 with or without a byte order mark, and GB18030.

use std::cmp::Ordering;

use clap::ValueEnum;
use encoding_rs::{DecoderResult, GB18030, UTF_8, UTF_16BE, UTF_16LE};

/// How the characters of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[value(name = "utf-8", alias = "utf8")]
    Utf8,
    /// UTF-16, the low byte first ("Unicode text" of a spreadsheet).
    #[value(name = "utf-16le")]
    Utf16Le,
    /// UTF-16, the high byte first.
    #[value(name = "utf-16be")]
    Utf16Be,
    /// GB18030, which includes GBK and GB2312: what a Chinese spreadsheet writes as CSV.
    #[value(name = "gb18030", aliases = ["gbk", "gb2312"])]
    Gb18030,
}

/// Why bytes are no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncodingError {
    /// Bytes that stand for no character.
    #[error(
        "line {line}: the bytes are no {name} text. Save the file as UTF-8, or name its encoding \
         with --encoding"
    )]
    Undecodable {
        /// The line, from 1.
        line: u64,
        /// The encoding, as far as it is known.
        name: &'static str,
    },
    /// A character that no text holds.
    #[error("line {line}: a NUL character: the file is no text, or in another encoding")]
    Nul {
        /// The line, from 1.
        line: u64,
    },
    /// Two encodings fit, and give different text.
    #[error(
        "line {line}: the bytes can be read as UTF-8 and as GB18030, with different characters: \
         say which with --encoding utf-8 or --encoding gb18030"
    )]
    Ambiguous {
        /// The first line that differs, from 1.
        line: u64,
    },
}

impl EncodingError {
    /// The line, from 1.
    const fn line(self) -> u64 {
        match self {
            Self::Undecodable { line, .. } | Self::Nul { line } | Self::Ambiguous { line } => line,
        }
    }
}

impl Encoding {
    const fn coder(self) -> &'static encoding_rs::Encoding {
        match self {
            Self::Utf8 => UTF_8,
            Self::Utf16Le => UTF_16LE,
            Self::Utf16Be => UTF_16BE,
            Self::Gb18030 => GB18030,
        }
    }

    const fn mark(self) -> &'static [u8] {
        match self {
            Self::Utf8 => b"\xef\xbb\xbf",
            Self::Utf16Le => b"\xff\xfe",
            Self::Utf16Be => b"\xfe\xff",
            Self::Gb18030 => b"\x84\x31\x95\x33",
        }
    }
}

/// Reads text, without its byte order mark: by the mark, by the encoding that is given, or by what
/// the bytes can be.
///
/// # Errors
///
/// Names the line of the first bytes that are no text, and files that can be read in two ways.
pub fn decode(bytes: &[u8], given: Option<Encoding>) -> Result<String, EncodingError> {
    let text = match given.or_else(|| marked(bytes)).or_else(|| wide(bytes)) {
        Some(encoding) => decode_as(bytes, encoding)?,
        None => guess(bytes)?,
    };
    match text.find('\0') {
        Some(at) => Err(EncodingError::Nul {
            line: line_of(text.get(..at).unwrap_or_default()),
        }),
        None => Ok(text),
    }
}

/// The encoding whose byte order mark the bytes begin with.
fn marked(bytes: &[u8]) -> Option<Encoding> {
    let all = [
        Encoding::Utf8,
        Encoding::Utf16Le,
        Encoding::Utf16Be,
        Encoding::Gb18030,
    ];
    all.into_iter()
        .find(|encoding| bytes.starts_with(encoding.mark()))
}

/// UTF-16 without a mark: line ends and what separates cells have a zero byte on the same side.
///
/// Chinese characters have one now and then (一 is `00 4E`, 开 `00 5F`), so the signs of a table
/// decide. A file with a few NUL bytes in it is no UTF-16: of that a good part has a zero byte.
fn wide(bytes: &[u8]) -> Option<Encoding> {
    let (pairs, []) = bytes.as_chunks::<2>() else {
        return None;
    };
    let is_sign = |byte: u8| matches!(byte, b'\t' | b'\n' | b'\r' | b',' | b';');
    let is_plain = |byte: u8| is_sign(byte) || matches!(byte, b' '..=b'~');
    let (mut low, mut high) = ((0_usize, 0_usize), (0_usize, 0_usize));
    for [first, second] in pairs {
        let (side, byte) = match (first, second) {
            (byte, 0) => (&mut low, *byte),
            (0, byte) => (&mut high, *byte),
            _ => continue,
        };
        side.0 = side.0.saturating_add(usize::from(is_sign(byte)));
        side.1 = side.1.saturating_add(usize::from(is_plain(byte)));
    }
    let is_wide = |plain: usize| plain.saturating_mul(PLAIN_SHARE) >= pairs.len();
    match low.0.cmp(&high.0) {
        Ordering::Greater => is_wide(low.1).then_some(Encoding::Utf16Le),
        Ordering::Less => is_wide(high.1).then_some(Encoding::Utf16Be),
        Ordering::Equal => None,
    }
}

/// Of so many characters of a table one at least is plain: its keys and numbers are, and so is what
/// stands between its cells.
const PLAIN_SHARE: usize = 16;

/// Whether bytes that are no UTF-8 were: most of what is not plain in them is a character of three
/// bytes and more. In GB18030 this happens by chance, a few times in a hundred.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (mut whole, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        let long = chunk.valid().chars().filter(|it| *it >= '\u{800}').count();
        whole = whole.saturating_add(long);
        broken = broken.saturating_add(usize::from(!chunk.invalid().is_empty()));
    }
    whole > broken
}

fn guess(bytes: &[u8]) -> Result<String, EncodingError> {
    let (utf8, gb) = (
        decode_as(bytes, Encoding::Utf8),
        decode_as(bytes, Encoding::Gb18030),
    );
    match (utf8, gb) {
        // Chinese takes three bytes and more in UTF-8. A file that has nothing but two-byte
        // characters in it may as well be Chinese in GB18030.
        (Ok(utf8), Ok(gb)) if utf8 != gb && utf8.chars().all(|it| it < '\u{800}') => {
            let same = utf8.chars().zip(gb.chars()).take_while(|(a, b)| a == b);
            let same: String = same.map(|(character, _)| character).collect();
            Err(EncodingError::Ambiguous {
                line: line_of(&same),
            })
        }
        (Err(error), _) if is_damaged_utf8(bytes) => Err(error),
        (Ok(text), _) | (Err(_), Ok(text)) => Ok(text),
        // The encoding that gets further is the likelier one.
        (Err(utf8), Err(gb)) => Err(EncodingError::Undecodable {
            line: utf8.line().max(gb.line()),
            name: "UTF-8 (nor GB18030)",
        }),
    }
}

fn decode_as(bytes: &[u8], encoding: Encoding) -> Result<String, EncodingError> {
    let bytes = bytes.strip_prefix(encoding.mark()).unwrap_or(bytes);
    let coder = encoding.coder();
    let mut decoder = coder.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
    let mut text = String::with_capacity(room.unwrap_or(bytes.len()));
    match decoder.decode_to_string_without_replacement(bytes, &mut text, true) {
        (DecoderResult::InputEmpty, _) => {
            text.shrink_to_fit();
            Ok(text)
        }
        (DecoderResult::Malformed(..) | DecoderResult::OutputFull, _) => {
            Err(EncodingError::Undecodable {
                line: line_of(&text),
                name: coder.name(),
            })
        }
    }
}

/// The line on which a text ends, as an editor counts.
fn line_of(text: &str) -> u64 {
    super::rows::line_ends(text).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "person,姓名\nk,镕䶮𠮷\r\n";

    fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn every_encoding_of_an_office_is_read() {
        let (gb, _, _) = GB18030.encode(TEXT);
        let with = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
        let (le, be) = (utf16(TEXT, u16::to_le_bytes), utf16(TEXT, u16::to_be_bytes));
        for (bytes, given) in [
            (TEXT.as_bytes().to_vec(), None),
            (with(b"\xef\xbb\xbf", TEXT.as_bytes()), None),
            (with(b"\xef\xbb\xbf", TEXT.as_bytes()), Some(Encoding::Utf8)),
            (gb.to_vec(), None),
            (gb.to_vec(), Some(Encoding::Gb18030)),
            (with(b"\x84\x31\x95\x33", &gb), None),
            (with(b"\xff\xfe", &le), None),
            (with(b"\xfe\xff", &be), None),
            (le.clone(), None),
            (be.clone(), None),
            (le, Some(Encoding::Utf16Le)),
            (be, Some(Encoding::Utf16Be)),
        ] {
            assert_eq!(decode(&bytes, given).as_deref(), Ok(TEXT), "{bytes:x?}");
        }
        assert_eq!(decode(b"", None).as_deref(), Ok(""));
    }

    #[test]
    fn wide_text_without_a_mark_is_known_by_the_signs_of_a_table() {
        // Characters whose low byte is zero, more of them than signs of the table.
        for text in [
            "姓名,班\n一开一,开\n",
            "一,一\n开开开开\n",
            "开\t一\r\n一一一一一一一一一一一一\t\r\n",
        ] {
            for bytes in [utf16(text, u16::to_le_bytes), utf16(text, u16::to_be_bytes)] {
                assert_eq!(decode(&bytes, None).as_deref(), Ok(text), "{bytes:x?}");
            }
        }
        // A NUL byte or two make no wide text.
        let long = "person,note\nk,x\n".repeat(40);
        for text in [format!("{long}k,\0\n"), format!("{long},\0,\0")] {
            let found = decode(text.as_bytes(), None);
            assert_eq!(found, Err(EncodingError::Nul { line: 81 }), "{text:?}");
        }
    }

    #[test]
    fn text_that_was_cut_off_or_damaged_is_not_taken_for_another_encoding() {
        let rows = "key,姓名\n1,张三丰\n2,李四光\n3,欧阳修\n";
        let cut = rows.as_bytes().strip_suffix(b"\xae\n").unwrap();
        let shorter = cut.strip_suffix(b"\xbf").unwrap();
        let mut damaged = rows.as_bytes().to_vec();
        let at = rows.find('四').unwrap();
        damaged[at] = b'?';
        let (gb, _, _) = GB18030.encode(rows);
        let gb_cut = gb.strip_suffix(b"\xde\n").unwrap();
        let undecodable = |line, name| Err(EncodingError::Undecodable { line, name });
        for (bytes, expected) in [
            (cut, undecodable(4, "UTF-8")),
            (shorter, undecodable(4, "UTF-8")),
            (damaged.as_slice(), undecodable(3, "UTF-8")),
            (gb_cut, undecodable(4, "UTF-8 (nor GB18030)")),
            (&gb, Ok(rows.to_owned())),
        ] {
            assert_eq!(decode(bytes, None), expected, "{bytes:x?}");
        }
    }

    #[test]
    fn what_is_no_text_is_refused_with_its_line() {
        use EncodingError::{Ambiguous, Nul, Undecodable};
        let name = "UTF-8 (nor GB18030)";
        for (bytes, given, expected) in [
            (&b"a\r\nb\rc\xff"[..], None, Undecodable { line: 3, name }),
            (
                b"a\n\xd5\xc5\n",
                Some(Encoding::Utf8),
                Undecodable {
                    line: 2,
                    name: "UTF-8",
                },
            ),
            (
                b"a\nb\n\xd5",
                Some(Encoding::Gb18030),
                Undecodable {
                    line: 3,
                    name: "gb18030",
                },
            ),
            (
                b"\xff\xfea\0\n\0\0\xd8a\0",
                None,
                Undecodable {
                    line: 2,
                    name: "UTF-16LE",
                },
            ),
            (b"a\n\0\n\0", None, Nul { line: 2 }),
            // The bytes of two Chinese characters in GB18030 are two letters in UTF-8.
            (
                b"person,x\nk,\xc4\xa3\xc4\xa3\n",
                None,
                Ambiguous { line: 2 },
            ),
        ] {
            assert_eq!(decode(bytes, given), Err(expected), "{bytes:x?}");
        }
        for (given, expected) in [(Encoding::Utf8, "ģ"), (Encoding::Gb18030, "模")] {
            assert_eq!(decode(b"\xc4\xa3", Some(given)).as_deref(), Ok(expected));
        }
    }
}
