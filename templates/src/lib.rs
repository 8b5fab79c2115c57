//! The templates of everything that tablature generates, each with a typed view of what it is given.
//!
//! Templates only shape: every name, type and literal in a view is final Rust or Markdown text. Rust sources are printed
//! by prettyplease afterwards, so that their templates need not mind white space.

mod init;
mod manifest;
mod pages;
mod sources;

pub use init::InitFile;
pub use manifest::Manifest;
pub use pages::{
    CacheKeyLine, CacheLayoutPage, CacheNotify, CacheRelation, DiagnosticGroup, NotifiedTable, Readme, SchemaSummary,
    TypeLine, TypesPage,
};
pub use sources::{
    ConstantView, EnumView, FieldView, IntoKeyView, KeyFunction, KeyTypeView, LibFile, ModuleView, RelationFile,
    SchemaFile, SelfTestFile, StructView, SubjectView, TypesFile, VariantView,
};

pub use askama::{Error, Template};
