//! Every bound of a question is told to operators, with what happens beyond it.

const BOUNDS: &str = include_str!("../limits.rs");
const PAGE: &str = include_str!("../../../../../docs/internals/bounds.md");

/// The names of the constants in the source of a `limits` module.
fn names(source: &str) -> Vec<&str> {
    let lines = source
        .lines()
        .filter_map(|line| line.strip_prefix("pub const "));
    lines.filter_map(|line| line.split(':').next()).collect()
}

#[test]
fn every_bound_of_a_question_is_in_the_table() {
    let names = names(BOUNDS);
    assert!(names.len() > 10, "{names:?}");
    for name in names {
        let told = format!("`{name}`");
        assert!(
            PAGE.contains(&told),
            "{name} belongs into docs/internals/bounds.md"
        );
    }
}
