//! SQLite: the version of the schema, which every change of it raises, and which file it is in.

use std::fs;
use std::path::{Path, PathBuf};

use crate::reflect::sqlite::{connect_options, schema_version};
use crate::reflect::{DatabaseUrl, ReflectError};

/// A file that is opened anew for every look: one that took its place is another one.
pub(crate) struct Observer {
    url: DatabaseUrl,
    path: PathBuf,
    known: Identity,
}

/// Which file, and which version of its schema.
type Identity = (Option<String>, i64);

impl Observer {
    pub(super) async fn open(url: &DatabaseUrl) -> Result<Self, ReflectError> {
        let path = connect_options(url)?.get_filename().to_owned();
        let known = identity(url, &path).await?;
        Ok(Self { url: url.clone(), path, known })
    }

    pub(super) fn file(&self) -> &Path {
        &self.path
    }

    pub(super) async fn probe(&mut self) -> Result<bool, ReflectError> {
        let found = identity(&self.url, &self.path).await?;
        Ok(std::mem::replace(&mut self.known, found.clone()) != found)
    }
}

async fn identity(url: &DatabaseUrl, path: &Path) -> Result<Identity, ReflectError> {
    Ok((place(path), schema_version(url).await?))
}

/// The number of the file behind a path.
fn place(path: &Path) -> Option<String> {
    let metadata = fs::metadata(path).ok()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        Some(format!("{} {}", metadata.dev(), metadata.ino()))
    }
    #[cfg(not(unix))]
    Some(format!("{:?}", metadata.created().ok()))
}
