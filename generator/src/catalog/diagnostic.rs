//! What could not be expressed, by name.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal;)+) => {
        /// A class of diagnostics. Its severity can be set in `tablature.toml`, by its name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum DiagnosticKind {
            $($(#[doc = $doc])+ #[serde(rename = $name)] $variant,)+
        }

        impl DiagnosticKind {
            /// Every class, in the order of their names in reports.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in configuration and reports.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What it means, in a sentence or two.
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+),)+ }
            }
        }
    };
}

kinds! {
    /// The role may not read the relation, so that it is not generated.
    UnreadableRelation = "unreadable-relation";
    /// The view's query fails, so that it is not generated.
    BrokenView = "broken-view";
    /// The view's query is not understood, or not shown to the role, so that its columns have no types of keys and, except on
    /// MySQL, can be NULL.
    UntracedView = "untraced-view";
    /// The module or engine that serves the table is missing, so that it is not generated.
    MissingProvider = "missing-provider";
    /// The type has no Rust type of its own, so that values travel as text through a cast.
    TextCast = "text-cast";
    /// The column has no declared type, so that any value is expected in it.
    UntypedColumn = "untyped-column";
    /// The unique key does not find one row for every value, so that no cache key is made of it.
    PartialKey = "partial-key";
    /// The CHECK has no JSON Schema form, so that only its text is kept.
    UntranslatedCheck = "untranslated-check";
    /// Two names would have been the same in Rust, so that one of them got a suffix.
    NameCollision = "name-collision";
    /// A foreign key's column has another type than the column it refers to, so that it does not share its key type.
    KeyTypeMismatch = "key-type-mismatch";
    /// Foreign keys lead from one column to several keys, so that it has none of their key types.
    AmbiguousKey = "ambiguous-key";
    /// A foreign key refers to a relation or column that does not exist.
    DanglingForeignKey = "dangling-foreign-key";
    /// The role may not see what a foreign key does on update and delete.
    HiddenForeignKeyActions = "hidden-foreign-key-actions";
    /// The enumeration has no labels, or some that a program cannot tell apart, so that it travels as text.
    UnusableEnum = "unusable-enum";
}

impl fmt::Display for DiagnosticKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Something that a reader of the generated crate should know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The class.
    pub kind: DiagnosticKind,
    /// What it is about: `schema.relation` or `schema.relation.column`, or a type's name.
    pub path: String,
    /// What is the matter, in one sentence without a full stop.
    pub message: String,
}

impl Diagnostic {
    /// A diagnostic about `path`.
    pub fn new(kind: DiagnosticKind, path: impl fmt::Display, message: impl Into<String>) -> Self {
        Self { kind, path: path.to_string(), message: message.into() }
    }
}
