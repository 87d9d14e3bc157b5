//! Explanations as sentences in English and Chinese.
