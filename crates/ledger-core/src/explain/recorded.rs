//! Explanations of what was decided before, from the recorded numbers.
