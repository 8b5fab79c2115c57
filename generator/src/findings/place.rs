//! What of a database a finding is about.

use std::fmt;

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::catalog::QName;
use crate::config::PathPattern;

macro_rules! kinds {
    ($(#[doc = $about:literal])+ $kind:ident { $(#[doc = $doc:literal] $variant:ident = $name:literal,)+ }) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $kind {
            $(#[doc = $doc] $variant,)+
        }

        impl $kind {
            /// The name in reports.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

kinds! {
    /// What stands in a schema.
    ObjectKind {
        /// A table, a view or the like.
        Relation = "relation",
        /// An enumeration, a domain, a composite type or a range.
        Type = "type",
        /// A function or procedure.
        Routine = "routine",
    }
}

kinds! {
    /// What an object is made of.
    PartKind {
        /// A column of a relation.
        Column = "column",
        /// A key, a CHECK or an exclusion constraint; one without a name goes by what it says.
        Constraint = "constraint",
        /// An index that no constraint stands for.
        Index = "index",
        /// A field of a composite type.
        Field = "field",
        /// A label of an enumeration.
        Label = "label",
    }
}

/// Something in a schema, by its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Object {
    /// What it is.
    pub kind: ObjectKind,
    /// What it is called.
    pub name: String,
}

/// A part of an object, by its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// What it is called.
    pub name: String,
}

/// A place in a database, from the schema down; each further level may be absent.
///
/// It is written `schema.relation.column`, and as JSON with a key for each level: `schema`, then the name of the
/// [`ObjectKind`], then that of the [`PartKind`].
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The schema; empty on SQLite and for the database that a MySQL URL selects.
    pub schema: String,
    /// What it is about within the schema.
    pub object: Option<Object>,
    /// What it is about within the object.
    pub part: Option<Part>,
}

impl Place {
    /// A schema as a whole.
    pub fn schema(schema: impl Into<String>) -> Self {
        Self { schema: schema.into(), object: None, part: None }
    }

    /// An object as a whole.
    pub fn object(kind: ObjectKind, name: &QName) -> Self {
        Self { schema: name.schema.clone(), object: Some(Object { kind, name: name.name.clone() }), part: None }
    }

    /// A relation as a whole.
    pub fn relation(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self::object(ObjectKind::Relation, &QName::new(schema, name))
    }

    /// A part of the same object.
    #[must_use]
    pub fn part(&self, kind: PartKind, name: impl Into<String>) -> Self {
        Self { part: Some(Part { kind, name: name.into() }), ..self.clone() }
    }

    /// The object that it is, or is a part of: the place without its last level.
    #[must_use]
    pub fn whole(&self) -> Self {
        Self { part: None, ..self.clone() }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.schema.is_empty() && self.object.is_none() && self.part.is_none()
    }

    /// Whether a pattern speaks of it: of the object as a whole, or of this part.
    pub fn is_matched(&self, pattern: &PathPattern, default_schema: &str) -> bool {
        let Some(object) = &self.object else { return false };
        let name = QName::new(&self.schema, &object.name);
        let of_part = self.part.as_ref().is_some_and(|part| pattern.matches_column(&name, &part.name, default_schema));
        of_part || pattern.matches_relation(&name, default_schema)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let object = self.object.as_ref().map(|object| object.name.as_str());
        let part = self.part.as_ref().map(|part| part.name.as_str());
        let schema = (!self.schema.is_empty()).then_some(self.schema.as_str());
        let levels: Vec<&str> = schema.into_iter().chain(object).chain(part).collect();
        f.write_str(&levels.join("."))
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if !self.is_empty() {
            map.serialize_entry("schema", &self.schema)?;
        }
        if let Some(object) = &self.object {
            map.serialize_entry(object.kind.name(), &object.name)?;
        }
        if let Some(part) = &self.part {
            map.serialize_entry(part.kind.name(), &part.name)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_written_by_its_levels() {
        let written = |place: &Place| (place.to_string(), serde_json::to_string(place).unwrap());
        let book = Place::relation("shop", "book");
        assert_eq!(
            written(&book.part(PartKind::Column, "price")),
            ("shop.book.price".into(), r#"{"schema":"shop","relation":"book","column":"price"}"#.into())
        );
        assert_eq!(
            written(&Place::relation("", "book").part(PartKind::Index, "i")),
            ("book.i".into(), r#"{"schema":"","relation":"book","index":"i"}"#.into())
        );
        assert_eq!(written(&Place::schema("shop")), ("shop".into(), r#"{"schema":"shop"}"#.into()));
        assert_eq!(written(&Place::default()), (String::new(), "{}".into()));
        assert_eq!(book.part(PartKind::Column, "price").whole(), book);
    }
}
