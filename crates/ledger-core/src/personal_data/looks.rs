//! What a character is taken for by its looks.

use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup};
use unicode_security::confusable_detection::skeleton;

/// A digit that a character can stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    /// 0 to 9.
    pub(super) value: u8,
    /// Whether Unicode holds the two for confusable; otherwise only people do, and it counts
    /// between digits only.
    pub(super) is_close: bool,
}

/// The digit that a character looks like, if it does.
///
/// The table is that of Unicode Technical Standard 39, in which zero stands with the letter O and
/// one with the letter l. What it leaves out among the letters and people still read for a digit
/// follows: small o, and what optical recognition confuses.
pub(super) fn look(character: char) -> Option<Look> {
    let close = |value| Look {
        value,
        is_close: true,
    };
    let rough = |value| Look {
        value,
        is_close: false,
    };
    // The table has none of these, and people have: the Hangul letters ㄱ, ㅇ and ㅣ in their
    // compatibility form, two strokes of kana, and the ideograph of one stroke.
    match character {
        'ᄋ' => return Some(close(0)),
        '丨' | 'ᅵ' => return Some(close(1)),
        'ᄀ' | 'フ' | 'ワ' => return Some(close(7)),
        _ => {}
    }
    Some(match prototype(character)? {
        'O' | 'o' => close(0),
        'l' => close(1),
        'D' | 'Q' => rough(0),
        'i' | 'j' | 'J' | '!' => rough(1),
        'Z' | 'z' => rough(2),
        'S' | 's' => rough(5),
        'G' | 'b' => rough(6),
        'B' => rough(8),
        'g' | 'q' => rough(9),
        digit => close(u8::try_from(digit.to_digit(10)?).ok()?),
    })
}

/// Whether a character is an X, or is read as one in the place of the last digit. Full-width forms
/// and the Roman numeral are the letter X already, by their compatibility form.
pub(super) fn is_like_x(character: char) -> bool {
    // Marks, ideographs, numerals and letters of other scripts, which no table of letters has.
    const MARKS: [char; 14] = [
        '×', '╳', '✕', '✖', '✗', '✘', '⨯', '☓', '乂', '乄', '㐅', '〤', 'ㄨ', 'メ',
    ];
    match character {
        'X' | 'x' | '❌' => true,
        _ if character.is_ascii() => false,
        _ => MARKS.contains(&character) || matches!(prototype(character), Some('X' | 'x')),
    }
}

/// The one character that the table puts for this one and for all that look like it, without marks.
fn prototype(character: char) -> Option<char> {
    match character {
        '0' => return Some('O'),
        '1' | 'I' | '|' => return Some('l'),
        // The table says nothing else of a single ASCII character that matters here.
        _ if character.is_ascii() => return Some(character),
        // Ideographs look like no digit, and are most of what is read.
        '\u{4e00}'..='\u{9fff}' => return None,
        _ => {}
    }
    let category = CodePointMapData::<GeneralCategory>::new();
    let mut buffer = [0; 4];
    let skeleton = skeleton(character.encode_utf8(&mut buffer));
    let mut letters = skeleton.filter(|it| !GeneralCategoryGroup::Mark.contains(category.get(*it)));
    let first = letters.next()?;
    letters.next().is_none().then_some(first)
}
