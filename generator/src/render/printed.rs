//! Sources that were printed before, for who makes a crate again and again.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::RenderError;

/// What each source was before it was printed, and what came of it. Printing is most of the work, and after a change of the schema
/// most sources are what they were.
#[derive(Debug, Default)]
pub(crate) struct Printed {
    files: Mutex<BTreeMap<String, (String, String)>>,
}

impl Printed {
    /// What `print` makes of the text, if it did not make it of the same text before. What comes out is told by the path and the
    /// text alone.
    pub(super) fn once(
        &self,
        path: &str,
        text: String,
        print: impl FnOnce(&str) -> Result<String, RenderError>,
    ) -> Result<String, RenderError> {
        let files = || self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((before, printed)) = files().get(path)
            && *before == text
        {
            return Ok(printed.clone());
        }
        let printed = print(&text)?;
        files().insert(path.to_owned(), (text, printed.clone()));
        Ok(printed)
    }

    /// Forgets files that are not made any more.
    pub(super) fn keep(&self, is_made: impl Fn(&str) -> bool) {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.retain(|path, _| is_made(path));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_printed_once() {
        let printed = Printed::default();
        let print = |path: &str, text: &str, out: &str| {
            printed.once(path, text.to_owned(), |_| Ok(out.to_owned())).expect("it is printed")
        };
        assert_eq!(print("a", "1", "one"), "one");
        assert_eq!(print("a", "1", "never"), "one");
        assert_eq!(print("b", "1", "other"), "other");
        assert_eq!(print("a", "2", "two"), "two");
        assert_eq!(print("a", "1", "anew"), "anew");
        printed.keep(|path| path == "b");
        assert_eq!(print("a", "1", "again"), "again");
        assert_eq!(print("b", "1", "never"), "other");
    }
}
