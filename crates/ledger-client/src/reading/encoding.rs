//! Bytes to text: UTF-8 and UTF-16 with or without a byte order mark, and GB18030.

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

/// UTF-16 without a mark: line ends and commas have a zero byte on the same side, and nothing else
/// that is text has one.
fn wide(bytes: &[u8]) -> Option<Encoding> {
    let (pairs, []) = bytes.as_chunks::<2>() else {
        return None;
    };
    let zeros = |at: usize| {
        let zero = |pair: &&[u8; 2]| pair.get(at) == Some(&0);
        pairs.iter().filter(zero).count()
    };
    match (zeros(0), zeros(1)) {
        (0, 1..) => Some(Encoding::Utf16Le),
        (1.., 0) => Some(Encoding::Utf16Be),
        _ => None,
    }
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
        (Ok(text), _) | (Err(_), Ok(text)) => Ok(text),
        (Err(EncodingError::Undecodable { line, .. }), Err(_)) => Err(EncodingError::Undecodable {
            line,
            name: "UTF-8 (nor GB18030)",
        }),
        (Err(error), Err(_)) => Err(error),
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
