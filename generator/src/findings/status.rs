//! The sorts of differences.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Severity;

macro_rules! statuses {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal, $severity:ident;)+) => {
        /// A sort of difference. Its severity can be set in `tablature.toml`, by its name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Status {
            $($(#[doc = $doc])+ #[serde(rename = $name)] $variant,)+
        }

        impl Status {
            /// Every status, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in configuration and reports.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// How much it matters, unless the configuration says otherwise.
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)+ }
            }

            /// What it means, in a sentence or two.
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+).trim_ascii_start(),)+ }
            }
        }
    };
}

statuses! {
    /// The database has a relation, column, type or routine that the model lacks.
    MissingInModel = "missing_in_model", Error;
    /// The model has a relation, column, type or routine that the database lacks.
    MissingInDatabase = "missing_in_database", Error;
    /// A relation is of another kind, or is stored, partitioned or inherited in another way.
    RelationMismatch = "relation_mismatch", Error;
    /// A column, field, domain, range or result has another type.
    TypeMismatch = "type_mismatch", Error;
    /// A column or domain takes NULL on one side only.
    NullabilityMismatch = "nullability_mismatch", Error;
    /// A column or domain has another default, or is set to something else by an update.
    DefaultMismatch = "default_mismatch", Error;
    /// A column numbers rows in another way.
    IdentityMismatch = "identity_mismatch", Error;
    /// A column is computed from others in another way, or on one side only.
    GeneratedMismatch = "generated_mismatch", Error;
    /// A primary, unique or foreign key is another, or is there on one side only.
    KeyMismatch = "key_mismatch", Error;
    /// A CHECK or an exclusion constraint is another, or is there on one side only.
    ConstraintMismatch = "constraint_mismatch", Error;
    /// A label of an enumeration is there on one side only, or the labels have another order.
    EnumMismatch = "enum_mismatch", Error;
    /// The query of a view is another, or one of its columns comes from somewhere else.
    DefinitionMismatch = "definition_mismatch", Error;
    /// A column or domain compares texts in another way.
    CollationMismatch = "collation_mismatch", Warning;
    /// Columns or fields stand in another order.
    OrderMismatch = "order_mismatch", Warning;
    /// `SELECT *` has a column on one side only.
    VisibilityMismatch = "visibility_mismatch", Warning;
    /// An index is another, or is there on one side only.
    IndexMismatch = "index_mismatch", Warning;
    /// A comment is another, or is there on one side only.
    CommentMismatch = "comment_mismatch", Warning;
    /// An array is declared with another number of dimensions, which PostgreSQL neither enforces nor writes into a dump.
    DimensionMismatch = "dimension_mismatch", Info;
    /// The two sides are of different engines, or have different default schemas.
    EngineMismatch = "engine_mismatch", Error;
    /// A generated file is not what the snapshot makes of it.
    StaleOutput = "stale_output", Error;
    /// SQL in the source names a table or column that the snapshot does not have.
    UnknownNameInSource = "unknown_name_in_source", Error;
    /// The database refuses to prepare a statement in the source.
    RefusedInSource = "refused_in_source", Error;
    /// It cannot be told whether the two sides agree, for one of them cannot be seen.
    Unverifiable = "unverifiable", Info;
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
