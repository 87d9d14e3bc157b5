//! Values that repeat from event to event, kept so that reading the next one costs a comparison.

use std::sync::Arc;

use ledger_core::CreditCode;

use crate::error::DecodeError;

/// How many values of each sort are kept: a run of events has few actors and few bodies, and a
/// search through more would cost what it saves.
const KEPT: usize = 8;

/// The latest texts and credit codes read.
///
/// Reading an event otherwise allocates twice for who sent it, and computes two check characters
/// for every body that it names. One value per reader: it is neither shared nor locked.
#[derive(Debug, Default)]
pub struct Interner {
    texts: Recent<Arc<str>>,
    credit_codes: Recent<CreditCode>,
}

impl Interner {
    /// Returns the text, shared with an earlier one that reads the same where there is one.
    pub(crate) fn text(&mut self, text: &str) -> Arc<str> {
        match self.texts.find(|kept| kept.as_ref() == text) {
            Some(kept) => Arc::clone(kept),
            None => self.texts.keep(Arc::from(text)),
        }
    }

    /// Reads a credit code.
    pub(crate) fn credit_code(&mut self, text: &str) -> Result<CreditCode, DecodeError> {
        match self
            .credit_codes
            .find(|kept| kept.as_bytes() == text.as_bytes())
        {
            Some(kept) => Ok(*kept),
            None => Ok(self.credit_codes.keep(CreditCode::parse(text)?)),
        }
    }
}

/// A few values, of which the oldest gives way.
#[derive(Debug)]
struct Recent<T> {
    values: Vec<T>,
    oldest: usize,
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            oldest: 0,
        }
    }
}

impl<T: Clone> Recent<T> {
    fn find(&self, is_it: impl Fn(&T) -> bool) -> Option<&T> {
        self.values.iter().find(|value| is_it(value))
    }

    fn keep(&mut self, value: T) -> T {
        match self.values.get_mut(self.oldest) {
            Some(oldest) => *oldest = value.clone(),
            None => self.values.push(value.clone()),
        }
        self.oldest = self.oldest.wrapping_add(1) % KEPT;
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_shared_until_it_gives_way() {
        let mut names = Interner::default();
        let first = names.text("a");
        assert!(Arc::ptr_eq(&first, &names.text("a")));
        for number in 0..KEPT {
            names.text(&number.to_string());
        }
        let again = names.text("a");
        assert_eq!((again.as_ref(), Arc::ptr_eq(&first, &again)), ("a", false));
    }

    #[test]
    fn a_wrong_credit_code_is_refused_however_often_it_comes() {
        let mut names = Interner::default();
        for _ in 0..2 {
            assert!(names.credit_code("91370200264574251E").is_ok());
            assert!(names.credit_code("91370200264574251F").is_err());
        }
    }
}
