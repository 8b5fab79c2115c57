//! Which changes of an API break code, and why. The rules are those of Cargo's reference on SemVer compatibility, and of
//! Rust's RFC 1105, for code outside of the generated crate.

use std::fmt;

use serde::{Serialize, Serializer};

/// Which code a change breaks: code that compiled, or meant something, may no longer do so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Breaks {
    /// Code that uses what changed.
    Uses,
    /// Only code that lists all fields or variants of something: a literal, a pattern without `..`, a `match` without `_`.
    Listings,
    /// None.
    Nothing,
}

impl Breaks {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Uses => "uses",
            Self::Listings => "listings",
            Self::Nothing => "nothing",
        }
    }
}

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal, $reach:ident;)+) => {
        /// A sort of change of an API.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Rule {
            /// Every rule, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in reports.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// Which code it breaks.
            pub fn breaks(self) -> Breaks {
                match self { $(Self::$variant => Breaks::$reach,)+ }
            }

            /// Why it breaks code, or why it does not.
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+).trim_ascii_start(),)+ }
            }
        }
    };
}

rules! {
    /// code that names or needs it does not compile
    ItemRemoved = "item_removed", Uses;
    /// no code can name it yet
    ItemAdded = "item_added", Nothing;
    /// what is another sort of item is used in another way
    KindChanged = "kind_changed", Uses;
    /// code that names the field does not compile
    FieldRemoved = "field_removed", Uses;
    /// a literal of the struct, or a pattern without `..`, lacks the field
    FieldAdded = "field_added", Listings;
    /// every insert has to give it: the database has no default
    RequiredFieldAdded = "required_field_added", Uses;
    /// a literal of the form lacks the field; `None` leaves it to the database
    OptionalFieldAdded = "optional_field_added", Listings;
    /// a literal that lists all fields lacks it; one that ends with `..Default::default()` does not
    PatchFieldAdded = "patch_field_added", Listings;
    /// the struct is `#[non_exhaustive]`, so that no code lists its fields
    FieldAddedToOpen = "field_added_to_open", Nothing;
    /// code that gives or takes the type does not compile, or converts what needs no conversion
    TypeChanged = "type_changed", Uses;
    /// fields go by name
    FieldsReordered = "fields_reordered", Nothing;
    /// code that names the column by it does not compile
    ColumnNameChanged = "column_name_changed", Uses;
    /// code that names the variant does not compile
    VariantRemoved = "variant_removed", Uses;
    /// a `match` without `_` lacks the variant
    VariantAdded = "variant_added", Listings;
    /// the enumeration is `#[non_exhaustive]`, so that every `match` has a `_`
    VariantAddedToOpen = "variant_added_to_open", Nothing;
    /// it compiles, and comparisons and casts to numbers give other results
    VariantsReordered = "variants_reordered", Uses;
    /// the variant goes by its own name in code
    LabelChanged = "label_changed", Nothing;
    /// calls with the arguments of before do not compile
    ParametersChanged = "parameters_changed", Uses;
    /// its name and type are the same
    ValueChanged = "value_changed", Nothing;
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
