//! What was probably meant by a name that is not known: the nearest of those that are.

/// The nearest of the known names, where one is near enough to be meant.
///
/// Near is what one slip of the hand makes for every four letters (a letter left out, added,
/// changed or exchanged with the next one), capitals and the choice between `-`, `_` and space
/// apart. Of several equally near the first in the order of the letters.
pub(crate) fn closest<'n>(
    found: &str,
    known: impl IntoIterator<Item = &'n str>,
) -> Option<&'n str> {
    let meant = plain(found);
    let slips_max = meant.len().div_ceil(4).min(SLIPS_MAX);
    let near = known.into_iter().filter_map(|name| {
        let known = plain(name);
        if known.len().abs_diff(meant.len()) > slips_max {
            return None;
        }
        let slips = slips(&meant, &known);
        (slips <= slips_max).then_some((slips, name))
    });
    near.min().map(|(_, name)| name)
}

/// More slips make another word, however long it is.
const SLIPS_MAX: usize = 3;

fn plain(name: &str) -> Vec<char> {
    let lower = name.chars().flat_map(char::to_lowercase);
    lower
        .map(|letter| match letter {
            '_' | ' ' => '-',
            letter => letter,
        })
        .collect()
}

/// The least number of letters left out, added, changed or exchanged with the next one that makes
/// one word of the other (the restricted distance of Damerau and Levenshtein; R. Lowrance and R.
/// Wagner, "An extension of the string-to-string correction problem", 1975).
fn slips(one: &[char], other: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    let mut letter_before = None;
    for (row, letter) in one.iter().enumerate() {
        let mut next = vec![row.saturating_add(1)];
        let mut other_before = None;
        for (column, other_letter) in other.iter().enumerate() {
            let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX);
            let changed = at(&last, column).saturating_add(usize::from(letter != other_letter));
            let left_out = at(&last, column.saturating_add(1)).saturating_add(1);
            let added = at(&next, column).saturating_add(1);
            let mut least = changed.min(left_out).min(added);
            let is_exchanged = letter_before == Some(other_letter) && other_before == Some(letter);
            if is_exchanged && let Some(column) = column.checked_sub(1) {
                least = least.min(at(&before_last, column).saturating_add(1));
            }
            next.push(least);
            other_before = Some(other_letter);
        }
        before_last = std::mem::replace(&mut last, next);
        letter_before = Some(letter);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_hand_is_near_and_another_word_is_not() {
        let known = [
            "special_account",
            "employment_subsidy",
            "fund",
            "any_of",
            "vocational-training",
        ];
        for (found, meant) in [
            ("special-account", Some("special_account")),
            ("Special_Acount", Some("special_account")),
            ("sepcial_account", Some("special_account")),
            ("employment_subsidies", Some("employment_subsidy")),
            ("vocational-trainings", Some("vocational-training")),
            ("fnud", Some("fund")),
            ("any", None),
            ("anyof", Some("any_of")),
            ("x", None),
            ("", None),
            ("photo", None),
        ] {
            assert_eq!(closest(found, known), meant, "{found}");
        }
    }
}
