//! Puts Rust types together: from an SQL type to the text of a field's type, with all that comes along.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::checks::Checks;
use super::entity::percent;
use super::model::Cast;
use super::scalar::{KeyText, Scalar, scalar};
use crate::catalog::{Catalog, Engine, QName, SqlType};
use crate::config::{JsonDecimal, TypeOptions};

/// A type as an expression, before imports give its names a short form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TypeExpr {
    /// A type that comes from a crate or the standard library; absent `from` means the prelude.
    Named { from: Option<&'static str>, name: &'static str },
    /// A type of the generated crate.
    Local(LocalType),
    /// A generic type with its arguments.
    Apply(Box<TypeExpr>, Vec<TypeExpr>),
    /// A type that the configuration names, to be written as it is.
    Raw(String),
}

/// A type of the generated crate: the schema whose module re-exports it, and its name there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LocalType {
    pub schema: String,
    pub name: String,
}

impl TypeExpr {
    pub(super) fn runtime(name: &'static str) -> Self {
        Self::Named { from: Some("tablature_runtime"), name }
    }

    pub(super) fn local(schema: &str, name: &str) -> Self {
        Self::Local(LocalType { schema: schema.to_owned(), name: name.to_owned() })
    }

    pub(super) fn apply(self, arguments: Vec<TypeExpr>) -> Self {
        Self::Apply(Box::new(self), arguments)
    }

    pub(super) fn option(self) -> Self {
        Self::Named { from: None, name: "Option" }.apply(vec![self])
    }
}

/// A type of a column, field or element, without the NULL that it may hold.
#[derive(Clone, Debug)]
pub(super) struct Mapped {
    pub expr: TypeExpr,
    pub copy: bool,
    pub key: KeyText,
    /// The scalar that it is, if it is one.
    pub scalar: Option<Scalar>,
    /// The module of `tablature_runtime::json` that writes it.
    pub serde_with: Option<String>,
    pub cast: Option<Cast>,
    /// Whether the cast is to text because there is no better type.
    pub is_text_cast: bool,
    /// The JSON Schema of a value that is not NULL.
    pub json: Value,
    /// The named types that the schema refers to.
    pub defs: BTreeSet<QName>,
    /// All that changes decoding, as text for the layout's fingerprint.
    pub form: String,
}

/// The Rust names of the types that schemas define.
#[derive(Debug, Default)]
pub(super) struct TypeNames {
    pub enums: BTreeMap<QName, String>,
    pub composites: BTreeMap<QName, String>,
    pub domains: BTreeMap<QName, String>,
}

/// What mapping a type takes.
pub(super) struct TypeContext<'a> {
    pub catalog: &'a Catalog,
    pub options: &'a TypeOptions,
    pub names: &'a TypeNames,
    pub checks: &'a Checks,
}

/// What became of a type, before a cast is put around it: a cast has to be around the whole of a value.
enum Shape {
    Plain(Mapped),
    /// To be read as another type, an array of it if it stands in one.
    Cast(Mapped, &'static str),
    /// To be read as text.
    Text,
}

/// A value of one type that travels as another one (PostgreSQL). It does so in both directions: of whatever type a parameter
/// is, the driver looks up all that it is made of, and there are types that it cannot look up.
fn by_way_of(other: &str, raw: &str) -> Cast {
    Cast { read: format!("CAST({{}} AS {other})"), write: format!("CAST(CAST({{}} AS {other}) AS {raw})") }
}

impl TypeContext<'_> {
    pub(super) fn engine(&self) -> Engine {
        self.catalog.engine
    }

    /// Maps a type. `raw` is its SQL text, which a value written as text is cast to.
    pub(super) fn map(&self, ty: &SqlType, raw: &str) -> Mapped {
        match self.shape(ty) {
            Shape::Plain(mapped) => mapped,
            Shape::Cast(mapped, read_as) => Mapped { cast: Some(by_way_of(read_as, raw)), ..mapped },
            Shape::Text => self.text_cast(ty, raw),
        }
    }

    fn text_cast(&self, ty: &SqlType, raw: &str) -> Mapped {
        let (json, expr) = match ty {
            // An array of texts is still an array.
            SqlType::Array { element, dimensions } if matches!(self.shape(element), Shape::Text) => {
                let cast = by_way_of("text[]", raw);
                let mapped = self.array(self.string(), *dimensions);
                return Mapped { cast: Some(cast), is_text_cast: true, ..mapped };
            }
            _ => (json!({"type": "string"}), TypeExpr::Named { from: None, name: "String" }),
        };
        let cast = match (self.engine(), ty) {
            (Engine::Postgres, _) => by_way_of("text", raw),
            (_, SqlType::Geometry { srid, .. }) => {
                Cast { read: "ST_AsText({})".into(), write: format!("ST_GeomFromText({{}}, {})", srid.unwrap_or(0)) }
            }
            (Engine::Mariadb, SqlType::Vector { .. }) => {
                Cast { read: "VEC_ToText({})".into(), write: "VEC_FromText({})".into() }
            }
            (Engine::Mysql, SqlType::Vector { .. }) => {
                Cast { read: "VECTOR_TO_STRING({})".into(), write: "STRING_TO_VECTOR({})".into() }
            }
            _ => Cast { read: "CAST({} AS CHAR)".into(), write: "{}".into() },
        };
        Mapped {
            expr,
            copy: false,
            key: KeyText::None,
            scalar: None,
            serde_with: None,
            cast: Some(cast),
            is_text_cast: true,
            json,
            defs: BTreeSet::new(),
            form: "text".into(),
        }
    }

    fn string(&self) -> Mapped {
        match self.shape(&SqlType::Text { max_bytes: None }) {
            Shape::Plain(mapped) => mapped,
            Shape::Cast(..) | Shape::Text => unreachable!("text is read as it is on every engine"),
        }
    }

    fn shape(&self, ty: &SqlType) -> Shape {
        if let Some(mapping) = scalar(self.engine(), ty, self.options) {
            let info = mapping.scalar.info(self.options.time);
            let named = TypeExpr::Named { from: info.from, name: info.name };
            let expr = match mapping.scalar {
                Scalar::Instant if info.name == "DateTime" => {
                    named.apply(vec![TypeExpr::Named { from: info.from, name: "Utc" }])
                }
                Scalar::Hstore => named.apply(vec![
                    TypeExpr::Named { from: None, name: "String" },
                    TypeExpr::Named { from: None, name: "String" }.option(),
                ]),
                Scalar::FloatVector => named.apply(vec![TypeExpr::Named { from: None, name: "f32" }]),
                _ => named,
            };
            // MySQL has neither NaN nor the infinities, and serde's own form of a float will do.
            let serde_with = match mapping.scalar {
                Scalar::F32 | Scalar::F64 if self.engine().is_mysql_family() => None,
                Scalar::Decimal | Scalar::BigDecimal if self.options.json_decimal == JsonDecimal::Number => {
                    Some("decimal_number")
                }
                _ => info.serde_with,
            };
            let mapped = Mapped {
                expr,
                copy: info.copy,
                key: mapping.key,
                scalar: Some(mapping.scalar),
                serde_with: serde_with.map(str::to_owned),
                cast: None,
                is_text_cast: false,
                json: mapping.json,
                defs: BTreeSet::new(),
                form: mapping.scalar.form(),
            };
            return match mapping.read_as {
                Some(read_as) => Shape::Cast(mapped, read_as),
                None => Shape::Plain(mapped),
            };
        }
        match ty {
            SqlType::Enum { name } => self.named_enum(name),
            SqlType::Domain { name } => self.domain(name),
            SqlType::Composite { name } => self.composite(name),
            SqlType::Array { element, dimensions } => match self.shape(element) {
                Shape::Plain(element) => Shape::Plain(self.array(element, *dimensions)),
                Shape::Cast(element, "numeric") => Shape::Cast(self.array(element, *dimensions), "numeric[]"),
                Shape::Cast(mapped, "text") if matches!(**element, SqlType::Enum { .. }) => {
                    Shape::Cast(self.array(mapped, *dimensions), "text[]")
                }
                Shape::Cast(..) | Shape::Text => Shape::Text,
            },
            SqlType::Range { subtype, multi, .. } => match self.shape(subtype) {
                // sqlx cannot prepare a statement that returns a multirange; the runtime reads its text.
                Shape::Plain(subtype) if *multi => Shape::Cast(range(subtype, true), "text"),
                Shape::Plain(subtype) => Shape::Plain(range(subtype, false)),
                Shape::Cast(..) | Shape::Text => Shape::Text,
            },
            _ => Shape::Text,
        }
    }

    fn named_enum(&self, name: &QName) -> Shape {
        let (Some(rust), Some(item)) = (self.names.enums.get(name), self.catalog.enum_type(name)) else {
            return Shape::Text;
        };
        let mapped = Mapped {
            expr: TypeExpr::local(&name.schema, rust),
            copy: true,
            key: KeyText::Plain,
            scalar: None,
            serde_with: None,
            cast: None,
            is_text_cast: false,
            json: reference(name),
            defs: [name.clone()].into(),
            form: format!("enum{}", json!(item.labels)),
        };
        // The driver reads the labels of types that it meets, and takes one that is called NULL for none.
        match item.labels.iter().any(|label| label.eq_ignore_ascii_case("null")) {
            true => Shape::Cast(mapped, "text"),
            false => Shape::Plain(mapped),
        }
    }

    fn domain(&self, name: &QName) -> Shape {
        let Some(domain) = self.catalog.domain(name) else { return Shape::Text };
        let (mut mapped, read_as) = match self.shape(&domain.ty) {
            Shape::Plain(mapped) => (mapped, None),
            // The base's cast is around the domain's value just as well.
            Shape::Cast(mapped, read_as) => (mapped, Some(read_as)),
            Shape::Text => return Shape::Text,
        };
        if self.names.enums.contains_key(name) {
            // A list of labels in a CHECK makes an enumeration of it.
            let rust = &self.names.enums[name];
            mapped.expr = TypeExpr::local(&name.schema, rust);
            mapped.copy = true;
            mapped.key = KeyText::Plain;
            mapped.scalar = None;
            mapped.serde_with = None;
            mapped.form = format!("enum{}", json!(self.checks.domain_labels(name)));
        } else if let Some(rust) = self.names.domains.get(name) {
            mapped.expr = TypeExpr::local(&name.schema, rust);
        }
        mapped.json = reference(name);
        mapped.defs.insert(name.clone());
        match read_as {
            Some(read_as) => Shape::Cast(mapped, read_as),
            None => Shape::Plain(mapped),
        }
    }

    fn composite(&self, name: &QName) -> Shape {
        let (Some(rust), Some(composite)) = (self.names.composites.get(name), self.catalog.composite(name)) else {
            return Shape::Text;
        };
        let mut defs: BTreeSet<QName> = [name.clone()].into();
        let mut forms = Vec::new();
        for field in &composite.fields {
            // A cast cannot be put around a field, so one field without a Rust type makes a text of the whole.
            let Shape::Plain(mapped) = self.shape(&field.ty) else { return Shape::Text };
            defs.extend(mapped.defs);
            forms.push(json!([field.name, mapped.form]));
        }
        Shape::Plain(Mapped {
            expr: TypeExpr::local(&name.schema, rust),
            copy: false,
            key: KeyText::None,
            scalar: None,
            serde_with: None,
            cast: None,
            is_text_cast: false,
            json: reference(name),
            defs,
            form: format!("composite{}", json!(forms)),
        })
    }

    /// An array with the declared number of dimensions; every element may be NULL.
    fn array(&self, element: Mapped, dimensions: u32) -> Mapped {
        let mut json = nullable(element.json);
        for _ in 0..dimensions.max(1) {
            json = json!({"type": "array", "items": json});
        }
        Mapped {
            expr: TypeExpr::runtime("Array").apply(vec![element.expr]),
            copy: false,
            key: KeyText::None,
            scalar: None,
            // The forms go through arrays and ranges.
            serde_with: element.serde_with,
            cast: None,
            is_text_cast: false,
            json,
            defs: element.defs,
            form: format!("array({})", element.form),
        }
    }

    /// Whether every value of the type is read without a cast: such a composite can be generated.
    pub(super) fn is_plain(&self, ty: &SqlType) -> bool {
        matches!(self.shape(ty), Shape::Plain(_))
    }
}

fn range(subtype: Mapped, multi: bool) -> Mapped {
    let bound = nullable(subtype.json);
    let one = json!({
        "anyOf": [
            {
                "type": "object",
                "properties": {"lower": bound, "upper": bound, "bounds": {"enum": ["[)", "[]", "(]", "()"]}},
                "required": ["lower", "upper", "bounds"],
                "additionalProperties": false,
            },
            {
                "type": "object",
                "properties": {"empty": {"const": true}},
                "required": ["empty"],
                "additionalProperties": false,
            },
        ],
    });
    Mapped {
        expr: TypeExpr::runtime(if multi { "Multirange" } else { "Range" }).apply(vec![subtype.expr]),
        copy: false,
        key: KeyText::None,
        scalar: None,
        serde_with: subtype.serde_with,
        cast: None,
        is_text_cast: false,
        json: if multi { json!({"type": "array", "items": one}) } else { one },
        defs: subtype.defs,
        form: format!("range({})", subtype.form),
    }
}

/// A reference to a type's schema among the `$defs` of the same file.
fn reference(name: &QName) -> Value {
    json!({"$ref": format!("#/$defs/{}", pointer(&name.to_string()))})
}

/// A name as part of a JSON pointer in a URI fragment.
pub(super) fn pointer(name: &str) -> String {
    percent(&name.replace('~', "~0").replace('/', "~1"))
}

/// Lets `null` in.
pub(super) fn nullable(node: Value) -> Value {
    let Value::Object(mut map) = node else { return node };
    if map.is_empty() {
        return Value::Object(map);
    }
    if map.contains_key("$ref") || map.contains_key("const") || map.contains_key("allOf") {
        return json!({"anyOf": [Value::Object(map), {"type": "null"}]});
    }
    if let Some(Value::Array(options)) = map.get_mut("anyOf") {
        options.push(json!({"type": "null"}));
    }
    if let Some(Value::Array(values)) = map.get_mut("enum") {
        values.push(Value::Null);
    }
    if let Some(ty) = map.get_mut("type") {
        match ty {
            Value::String(one) => *ty = json!([one, "null"]),
            Value::Array(list) => list.push(json!("null")),
            _ => {}
        }
    }
    Value::Object(map)
}
