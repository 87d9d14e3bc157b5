//! As much of Markdown as the checks need: headings, links and code spans, outside code blocks.

/// A heading written with `#`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Heading {
    /// Counted from zero.
    pub(crate) line: usize,
    /// The number of `#`.
    pub(crate) level: usize,
    /// The text, with its markup.
    pub(crate) text: String,
}

/// Something on a line: the target of a link, or the content of a code span.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mention {
    /// Counted from zero.
    pub(crate) line: usize,
    /// The target or content.
    pub(crate) text: String,
}

/// Returns the headings in order.
pub(crate) fn headings(text: &str) -> Vec<Heading> {
    let mut found = Vec::new();
    for (line, text) in prose(text) {
        let level = text.chars().take_while(|c| *c == '#').count();
        let title = text.trim_start_matches('#');
        if (1..=6).contains(&level) && title.starts_with(' ') {
            found.push(Heading {
                line,
                level,
                text: title.trim().to_owned(),
            });
        }
    }
    found
}

/// Returns the fragment names of the headings, the way GitHub and most renderers make them.
pub(crate) fn anchors(text: &str) -> Vec<String> {
    let mut anchors: Vec<String> = Vec::new();
    for heading in headings(text) {
        let anchor = anchor(&heading.text);
        let same = |other: &&String| {
            let numbered = other
                .strip_prefix(&anchor)
                .and_then(|rest| rest.strip_prefix('-'));
            **other == anchor || numbered.is_some_and(|number| number.parse::<u32>().is_ok())
        };
        match anchors.iter().filter(same).count() {
            0 => anchors.push(anchor),
            repeated => anchors.push(format!("{anchor}-{repeated}")),
        }
    }
    anchors
}

/// Returns the targets of inline links, images and reference definitions.
pub(crate) fn link_targets(text: &str) -> Vec<Mention> {
    let mut found = Vec::new();
    for (line, text) in prose(text) {
        let (plain, _) = split_code_spans(text);
        let inline = plain.match_indices("](").filter_map(|(at, opening)| {
            let target = plain.get(at + opening.len()..)?;
            target.get(..closing_parenthesis(target)?)
        });
        let definition = plain
            .strip_prefix('[')
            .and_then(|rest| rest.split_once("]: "))
            .map(|(_, target)| target);
        for target in inline.chain(definition) {
            // A title may follow the target; a target with spaces is set in angle brackets.
            let target = match target
                .strip_prefix('<')
                .and_then(|rest| rest.split_once('>'))
            {
                Some((target, _)) => target,
                None => target.split_whitespace().next().unwrap_or_default(),
            };
            found.push(Mention {
                line,
                text: target.to_owned(),
            });
        }
    }
    found
}

/// Returns the contents of inline code spans.
pub(crate) fn code_spans(text: &str) -> Vec<Mention> {
    let mut found = Vec::new();
    for (line, text) in prose(text) {
        let (_, spans) = split_code_spans(text);
        found.extend(spans.into_iter().map(|text| Mention { line, text }));
    }
    found
}

/// Returns the lines outside fenced code blocks, with their numbers.
fn prose(text: &str) -> Vec<(usize, &str)> {
    let mut fence: Option<&str> = None;
    let mut lines = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let trimmed = line.trim_start();
        let marker = ["```", "~~~"]
            .into_iter()
            .find(|marker| trimmed.starts_with(marker));
        match (fence, marker) {
            (None, Some(opening)) => fence = Some(opening),
            (Some(opening), Some(closing)) if opening == closing => fence = None,
            (None, None) => lines.push((at, line)),
            (Some(_), _) => {}
        }
    }
    lines
}

/// Splits a line into its text, with code spans removed, and the contents of those spans.
fn split_code_spans(line: &str) -> (String, Vec<String>) {
    let mut plain = String::new();
    let mut spans = Vec::new();
    for (at, part) in line.split('`').enumerate() {
        if at % 2 == 0 {
            plain.push_str(part);
        } else {
            spans.push(part.trim().to_owned());
        }
    }
    (plain, spans)
}

/// Finds the parenthesis that closes a link target, which may hold balanced ones itself.
fn closing_parenthesis(target: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in target.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn anchor(heading: &str) -> String {
    heading
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_follow_the_renderers() {
        let text = "# Title: a `b`\n## 四个目录 (v1)\n## Same\n## Same\n```\n# no\n```\n## Same\n";
        assert_eq!(
            anchors(text),
            ["title-a-b", "四个目录-v1", "same", "same-1", "same-2"]
        );
    }

    #[test]
    fn targets_are_found_where_a_reader_would_click() {
        let text = "[a](b.md) and ![c](d(1).png \"title\")\n`[no](code)`\n[ref]: <e f.md> x\n\
                    ```\n[no](block)\n```\n";
        let targets: Vec<_> = link_targets(text)
            .into_iter()
            .map(|m| (m.line, m.text))
            .collect();
        let expected = [(0, "b.md"), (0, "d(1).png"), (2, "e f.md")];
        assert_eq!(
            targets,
            expected.map(|(line, text)| (line, text.to_owned()))
        );
    }

    #[test]
    fn code_spans_are_found_outside_blocks() {
        let spans: Vec<_> = code_spans("`a/b.rs` x `c`\n```\n`d`\n```\n")
            .into_iter()
            .map(|m| m.text)
            .collect();
        assert_eq!(spans, ["a/b.rs", "c"]);
    }
}
