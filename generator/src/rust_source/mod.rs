//! Rust as people write it, with the place of everything in it.
//!
//! syn could keep the place of every token, but that is a feature that the whole program would have to be built with, and it
//! makes the parsing of generated sources, which need no places, take half as long again. So a file is taken apart here: into
//! a [`Tree`] of tokens with their bytes ([`token`]), and that into [`declared`] items with attributes and fields. Types are
//! parsed by syn, from the text between two places.

pub(crate) mod attribute;
pub(crate) mod declared;
pub(crate) mod imports;
mod scan;
pub(crate) mod token;

use std::path::PathBuf;

use declared::Declared;
use token::Tree;

/// A file, taken apart.
#[derive(Debug)]
pub(crate) struct RustFile {
    /// Where it is.
    pub path: PathBuf,
    /// All of its text.
    pub text: String,
    /// Its tokens.
    pub trees: Vec<Tree>,
    /// What is declared in it, wherever it stands.
    pub declared: Declared,
}

impl RustFile {
    /// Takes a file apart.
    ///
    /// # Errors
    /// What is wrong with the text, where it is no Rust.
    pub(crate) fn parse(path: PathBuf, text: String) -> Result<Self, String> {
        let trees = token::trees(&text)?;
        let declared = scan::declared(&text, &trees);
        Ok(Self { path, text, trees, declared })
    }

    /// The line and the column of a byte, both from 1; columns count characters.
    pub(crate) fn place(&self, at: usize) -> (u32, u32) {
        let before = self.text.get(..at).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|&c| c != '\n').count() + 1;
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    }
}
