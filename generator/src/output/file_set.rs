//! Files in memory, by their paths within the crate.

use std::collections::BTreeMap;

use thiserror::Error;

/// Files by path, in order. Paths are relative, with `/` between their parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileSet {
    files: BTreeMap<String, String>,
}

/// Why a file cannot be part of a crate.
#[derive(Debug, Error)]
pub enum PathError {
    /// The path leads out of the crate, or means different things on different systems.
    #[error("{0:?} is no path within a crate")]
    Unsafe(String),
    /// Two files on one path, possibly by case alone.
    #[error("two files would be called {0:?}")]
    Taken(String),
    /// A name that file systems refuse for its length.
    #[error(
        "{0:?} is longer than the 255 bytes that file systems take; give it another name with `rename` in tablature.toml"
    )]
    TooLong(String),
}

impl FileSet {
    /// Adds a file.
    ///
    /// # Errors
    /// Where the path is absolute, has a part such as `..`, or is taken: also by one that differs in case alone, for some
    /// file systems take the two for one.
    pub fn add(&mut self, path: &str, text: String) -> Result<(), PathError> {
        for part in path.split('/') {
            let harmless = !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', ':', '\0']);
            if !harmless {
                return Err(PathError::Unsafe(path.to_owned()));
            }
            if part.len() > 255 {
                return Err(PathError::TooLong(path.to_owned()));
            }
        }
        if self.files.contains_key(path) {
            return Err(PathError::Taken(path.to_owned()));
        }
        self.files.insert(path.to_owned(), text);
        Ok(())
    }

    /// The files in order of their paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The text of a file.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The bytes of all files together.
    pub fn bytes(&self) -> usize {
        self.files.values().map(String::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out() {
        let mut files = FileSet::default();
        for path in ["../x", "/etc/passwd", "a/../../x", "a//b", "", "C:\\x", "a\\b", "./x"] {
            assert!(matches!(files.add(path, String::new()), Err(PathError::Unsafe(_))), "{path:?}");
        }
        assert!(files.add("src/étc.rs", String::new()).is_ok());
        assert!(matches!(files.add("src/étc.rs", String::new()), Err(PathError::Taken(_))));
        assert!(matches!(files.add(&"x".repeat(256), String::new()), Err(PathError::TooLong(_))));
    }
}
