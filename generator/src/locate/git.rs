//! What git has checked in. Git itself is asked, so that its own words for revisions mean the same here; nothing is checked out.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use thiserror::Error;

/// Why git does not give something.
#[derive(Debug, Error)]
pub enum GitError {
    /// It could not be started.
    #[error("git cannot be run: {0}")]
    Run(io::Error),
    /// There is no repository.
    #[error("{} is in no git repository", .0.display())]
    NoRepository(PathBuf),
    /// There is no such revision.
    #[error("git knows no revision {0:?}")]
    NoRevision(String),
    /// The revision does not have the file.
    #[error(
        "there is no {path} at {revision}: if the snapshot was elsewhere then, write {revision}:PATH, from the root of the \
         repository"
    )]
    NoFile {
        /// The file.
        path: String,
        /// The revision.
        revision: String,
    },
}

/// A repository, as it is seen from one of its folders.
pub(super) struct Repository {
    folder: PathBuf,
}

impl Repository {
    /// The repository that a path is in, whether or not there is anything at that path.
    pub(super) fn of(path: &Path) -> Result<Self, GitError> {
        let absolute = std::path::absolute(path).map_err(GitError::Run)?;
        let folder = absolute.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("/")).to_owned();
        let repository = Self { folder };
        match repository.run(&["rev-parse", "--git-dir"])? {
            Some(_) => Ok(repository),
            None => Err(GitError::NoRepository(path.to_owned())),
        }
    }

    /// The commit that a revision names.
    pub(super) fn commit(&self, revision: &str) -> Result<String, GitError> {
        let named = format!("{revision}^{{commit}}");
        // A name that begins with a dash is no option.
        let found = self.run(&["rev-parse", "--verify", "--quiet", "--end-of-options", &named])?;
        let none = || GitError::NoRevision(revision.to_owned());
        Ok(found.filter(|_| !revision.is_empty()).ok_or_else(none)?.trim().to_owned())
    }

    /// A file as it was checked in, by its path from the root of the repository.
    pub(super) fn file(&self, revision: &str, path: &str) -> Result<String, GitError> {
        let commit = self.commit(revision)?;
        // What git takes from the folder that it runs in is meant from the one that the user stands in.
        let object = format!("{commit}:{path}");
        let text = if path.starts_with("./") || path.starts_with("../") {
            Self { folder: PathBuf::from(".") }.run(&["cat-file", "blob", &object])?
        } else {
            self.run(&["cat-file", "blob", &object])?
        };
        text.ok_or_else(|| GitError::NoFile { path: path.to_owned(), revision: revision.to_owned() })
    }

    /// A file as it was checked in, by where it stands in the working tree.
    pub(super) fn file_of_tree(&self, revision: &str, path: &Path) -> Result<String, GitError> {
        let commit = self.commit(revision)?;
        let absolute = std::path::absolute(path).map_err(GitError::Run)?;
        let below = absolute.strip_prefix(&self.folder).unwrap_or(&absolute);
        let below: Vec<String> =
            below.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        let object = format!("{commit}:./{}", below.join("/"));
        let text = self.run(&["cat-file", "blob", &object])?;
        text.ok_or_else(|| GitError::NoFile { path: path.display().to_string(), revision: revision.to_owned() })
    }

    /// What git prints; nothing where it fails.
    fn run(&self, arguments: &[&str]) -> Result<Option<String>, GitError> {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.folder).args(arguments).stdin(Stdio::null());
        let output = command.output().map_err(GitError::Run)?;
        Ok(output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned()))
    }
}
