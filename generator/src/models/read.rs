//! Reads models out of declarations: what each library's attributes say.

use super::Dialect;
use super::case::{field_renamed_by_serde, renamed};
use super::claim::{Claim, FieldClaim, Role, SqlClaim, Target, Written};
use super::kind::Kind;
use super::types::{Seen, Types};
use crate::rust_source::RustFile;
use crate::rust_source::attribute::Attributes;
use crate::rust_source::declared::{Field, Head, Shape, Struct, Table};
use heck::ToSnakeCase as _;

/// Derive macros of diesel's that make a structure a model.
const DIESEL: &[&str] =
    &["Queryable", "QueryableByName", "Selectable", "Insertable", "AsChangeset", "Identifiable", "Associations"];

/// How far structures within structures are followed.
const DEPTH: usize = 8;

/// What is read out of the sources.
pub(crate) struct Reader<'s> {
    pub files: &'s [RustFile],
    pub types: &'s Types<'s>,
}

impl<'s> Reader<'s> {
    /// All models of all files, in the order of the text.
    pub(crate) fn claims(&self) -> Vec<Claim<'s>> {
        let parts = self.parts();
        let mut out = Vec::new();
        for (number, file) in self.files.iter().enumerate() {
            let tables = file.declared.tables.iter().filter(|table| !table.is_for_tests);
            out.extend(tables.map(|table| self.table(number, table)));
            let structs = file.declared.structs.iter().filter(|item| !item.head.is_for_tests);
            let whole = structs.filter(|item| !parts.iter().any(|part| std::ptr::eq(*part, *item)));
            out.extend(whole.filter_map(|item| self.structure(number, item)));
        }
        out
    }

    /// The structures that are read as a part of others.
    fn parts(&self) -> Vec<&'s Struct> {
        let mut out = Vec::new();
        for (number, file) in self.files.iter().enumerate() {
            for item in &file.declared.structs {
                let Some((dialect, _)) = dialect(item) else { continue };
                let flattened =
                    item.fields.iter().filter(|field| matches!(part(&field.attributes, dialect), Part::Flattened));
                let flattened = flattened.filter_map(|field| self.types.structure(number, inner_of_option(&field.ty)));
                out.extend(flattened.map(|(_, item)| item));
            }
        }
        out
    }

    fn structure(&self, file: usize, item: &'s Struct) -> Option<Claim<'s>> {
        if item.shape != Shape::Named || item.fields.is_empty() {
            return None;
        }
        let (dialect, role) = dialect(item)?;
        let mut claim = Claim {
            name: self.name(file, &item.head),
            file,
            at: item.head.at,
            dialect,
            target: self.target(file, &item.head, dialect, role),
            role,
            fields: Vec::new(),
            key: None,
            is_open: false,
        };
        self.fields(file, item, dialect, &mut claim, DEPTH);
        claim.key = self.key(file, item, &claim);
        Some(claim)
    }

    /// What a structure is called in findings: those of SeaORM's entities are all called alike.
    fn name(&self, file: usize, head: &Head) -> String {
        if head.name != "Model" {
            return head.name.clone();
        }
        let stem = || Some(self.files[file].path.file_stem()?.to_string_lossy().into_owned());
        let module = head.modules.last().cloned().or_else(stem);
        module.map_or_else(|| head.name.clone(), |module| format!("{module}::Model"))
    }

    /// The relation that a structure's attributes name.
    fn target(&self, file: usize, head: &Head, dialect: Dialect, role: Role) -> Target {
        let attributes = &head.attributes;
        let named = |schema: Option<&str>, name: &str| Target::Named {
            schema: schema.map(str::to_owned),
            name: name.to_owned(),
        };
        match dialect {
            Dialect::SeaOrm => {
                let said = |name: &str| {
                    let value = attributes.value("sea_orm", name).map(str::to_owned);
                    value.or_else(|| self.said_by_entity(file, head, name))
                };
                match said("table_name") {
                    Some(name) => named(said("schema_name").as_deref(), &name),
                    None => Target::ByName,
                }
            }
            Dialect::Diesel => {
                let old = attributes.of("table_name").next().and_then(|meta| meta.value.as_deref());
                let path = attributes.value("diesel", "table_name").or(old).map(str::to_owned);
                let is_named_by_itself = attributes.derives_any(&["Insertable", "Selectable", "AsChangeset"]);
                let path = path.or_else(|| is_named_by_itself.then(|| format!("{}s", head.name.to_snake_case())));
                let Some(path) = path else { return Target::ByName };
                let name = path.rsplit("::").next().unwrap_or_default().trim();
                self.table_named(name).map_or_else(|| named(None, name), table_target)
            }
            Dialect::Sqlx => {
                let table = attributes.value("ormx", "table").or_else(|| attributes.value("table", "name"));
                table.map_or(Target::ByName, |name| match name.split_once('.') {
                    Some((schema, name)) => named(Some(schema), name),
                    None => named(None, name),
                })
            }
            Dialect::Serde => {
                debug_assert_eq!(role, Role::Row);
                Target::ByName
            }
        }
    }

    /// What SeaORM's entity says in functions, where its derive macros are written out.
    fn said_by_entity(&self, file: usize, head: &Head, name: &str) -> Option<String> {
        let declared = &self.files[file].declared;
        let impls = declared.impls.iter().filter(|item| item.modules == head.modules);
        let mut named = impls.filter(|item| item.of.as_deref() == Some("EntityName")).flat_map(|item| &item.texts);
        named.find(|(function, _)| function == name).map(|(_, text)| text.clone())
    }

    /// The table of diesel's that Rust calls so.
    fn table_named(&self, name: &str) -> Option<&'s Table> {
        self.files.iter().flat_map(|file| &file.declared.tables).find(|table| table.name == name)
    }

    fn fields(&self, file: usize, item: &'s Struct, dialect: Dialect, claim: &mut Claim<'s>, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        for field in &item.fields {
            match part(&field.attributes, dialect) {
                Part::Skipped => {}
                Part::Flattened => match self.types.structure(file, inner_of_option(&field.ty)) {
                    Some((file, inner)) => self.fields(file, inner, dialect, claim, depth),
                    None => claim.is_open = true,
                },
                Part::Column => {
                    // Relations of SeaORM's are no columns.
                    let relations = ["HasOne", "HasMany", "BelongsTo"];
                    if dialect == Dialect::SeaOrm && relations.iter().any(|name| field.ty.starts_with(name)) {
                        continue;
                    }
                    let described = self.field(file, item, field, dialect, &claim.target);
                    claim.fields.push(described);
                }
            }
        }
    }

    fn field(
        &self,
        file: usize,
        item: &'s Struct,
        field: &'s Field,
        dialect: Dialect,
        target: &Target,
    ) -> FieldClaim<'s> {
        let attributes = &field.attributes;
        let mut seen = self.types.see(file, &field.ty, dialect);
        let mut others = Vec::new();
        let mut may_be_absent = false;
        let rule = |of: &str| item.head.attributes.value(of, "rename_all");
        let column = match dialect {
            Dialect::Sqlx => {
                let is_json = attributes.has("sqlx", "json");
                if is_json || attributes.has("sqlx", "try_from") {
                    seen.kind = if is_json { Kind::JsonOf } else { Kind::Converted };
                }
                may_be_absent = attributes.has("sqlx", "default") || item.head.attributes.has("sqlx", "default");
                let rule = rule("sqlx").and_then(|rule| renamed(rule, &field.name));
                attributes.value("sqlx", "rename").map(str::to_owned).or(rule)
            }
            Dialect::SeaOrm => {
                let from = attributes.value("sea_orm", "from_col").map(ToOwned::to_owned);
                let alias = attributes.value("sea_orm", "alias").map(ToOwned::to_owned);
                let given = attributes.value("sea_orm", "column_name").map(str::to_owned);
                let of_enum = self.said_by_column(file, &item.head, &field.name);
                let rule = rule("sea_orm").and_then(|rule| renamed(rule, &field.name));
                given.or(from).or(alias).or(of_enum).or(rule).or_else(|| Some(field.name.to_snake_case()))
            }
            Dialect::Diesel => {
                let converts = ["serialize_as", "deserialize_as"].iter().any(|name| attributes.has("diesel", name));
                if converts {
                    seen.kind = Kind::Converted;
                }
                let old = attributes.of("column_name").next().and_then(|meta| meta.value.as_deref());
                let given = attributes.value("diesel", "column_name").or(old);
                let name = given.unwrap_or(&field.name).trim_start_matches("r#");
                Some(self.column_of_table(target, name))
            }
            Dialect::Serde => {
                let converts = ["with", "serialize_with", "deserialize_with"];
                let is_converted = converts.iter().any(|name| attributes.has("serde", name));
                if is_converted || attributes.of("serde_as").next().is_some() {
                    seen.kind = Kind::Converted;
                }
                may_be_absent = attributes.has("serde", "default");
                let aliases = attributes.of("serde").flat_map(|meta| &meta.arguments);
                let aliases = aliases.filter(|argument| argument.path == "alias");
                others.extend(aliases.filter_map(|argument| argument.value.clone()));
                let rule = serde_value(&item.head.attributes, "rename_all");
                let rule = rule.and_then(|rule| field_renamed_by_serde(rule, &field.name));
                // The rows may be written under the names of the fields, whatever JSON calls them.
                others.push(field.name.clone());
                serde_value(attributes, "rename").map(str::to_owned).or(rule)
            }
        };
        let sql = SqlClaim {
            column_type: attributes.value("sea_orm", "column_type").map(str::to_owned),
            max_length: None,
            enum_name: enum_name(&seen, dialect),
        };
        FieldClaim {
            column: column.unwrap_or_else(|| field.name.clone()),
            others,
            at: field.at,
            kind: seen.kind,
            options: seen.options,
            may_be_absent,
            sql,
            is_unique: dialect == Dialect::SeaOrm && attributes.has("sea_orm", "unique"),
            written: Written {
                visibility: field.visibility.clone(),
                name: field.written.clone(),
                ty: field.ty.clone(),
                is_table: false,
            },
        }
    }

    /// What SeaORM's enumeration of columns calls one, where its derive macros are written out.
    fn said_by_column(&self, file: usize, head: &Head, field: &str) -> Option<String> {
        let mut enums = self.files[file].declared.enums.iter().filter(|item| item.head.modules == head.modules);
        let columns = enums.find(|item| item.head.attributes.derives_any(&["DeriveColumn"]))?;
        let variant = columns.variants.iter().find(|variant| variant.name.to_snake_case() == field.to_snake_case())?;
        variant.attributes.value("sea_orm", "column_name").map(str::to_owned)
    }

    /// What the database calls a column of a table of diesel's.
    fn column_of_table(&self, target: &Target, name: &str) -> String {
        let tables = self.files.iter().flat_map(|file| &file.declared.tables);
        let mut tables = tables.filter(|table| table_target(table) == *target);
        let column = tables.find_map(|table| table.columns.iter().find(|column| column.name == name));
        column.and_then(|column| column.sql_name.clone()).unwrap_or_else(|| name.to_owned())
    }

    /// The primary key, where a model says which it is.
    fn key(&self, file: usize, item: &Struct, claim: &Claim<'_>) -> Option<Vec<String>> {
        match (claim.dialect, claim.role) {
            (Dialect::SeaOrm, Role::Whole) => {
                let is_key = |field: &&Field| field.attributes.has("sea_orm", "primary_key");
                let marked: Vec<usize> = item.fields.iter().filter(is_key).map(|field| field.at).collect();
                let columns = claim.fields.iter().filter(|field| marked.contains(&field.at));
                let columns: Vec<String> = columns.map(|field| field.column.clone()).collect();
                // Where the derive macros are written out, an enumeration says it.
                let enums = &self.files[file].declared.enums;
                let listed = enums.iter().find(|other| {
                    other.head.modules == item.head.modules && other.head.attributes.derives_any(&["DerivePrimaryKey"])
                });
                match listed.filter(|_| columns.is_empty()) {
                    Some(listed) => Some(listed.variants.iter().map(|variant| variant.name.to_snake_case()).collect()),
                    None => Some(columns),
                }
            }
            (Dialect::Diesel, _) if item.head.attributes.derives_any(&["Identifiable"]) => {
                let said = item.head.attributes.argument("diesel", "primary_key");
                let columns = said.map(|meta| meta.arguments.iter().map(|argument| argument.path.as_str()).collect());
                let columns: Vec<&str> = columns.unwrap_or_else(|| vec!["id"]);
                Some(columns.into_iter().map(|name| self.column_of_table(&claim.target, name)).collect())
            }
            _ => None,
        }
    }

    fn table(&self, file: usize, table: &'s Table) -> Claim<'s> {
        let fields = table.columns.iter().map(|column| {
            let Seen { kind, options } = self.types.see_diesel(&column.ty);
            FieldClaim {
                column: column.sql_name.clone().unwrap_or_else(|| column.name.clone()),
                others: Vec::new(),
                at: column.at,
                kind,
                options,
                may_be_absent: false,
                sql: SqlClaim { max_length: column.max_length, ..SqlClaim::default() },
                is_unique: false,
                written: Written {
                    visibility: String::new(),
                    name: column.name.clone(),
                    ty: column.ty.clone(),
                    is_table: true,
                },
            }
        });
        let sql_name = |name: &String| {
            let column = table.columns.iter().find(|column| column.name == *name);
            column.and_then(|column| column.sql_name.clone()).unwrap_or_else(|| name.clone())
        };
        let key = if table.key.is_empty() { vec!["id".to_owned()] } else { table.key.iter().map(sql_name).collect() };
        Claim {
            name: table.name.clone(),
            file,
            at: table.at,
            dialect: Dialect::Diesel,
            target: table_target(table),
            role: Role::Whole,
            fields: fields.collect(),
            key: Some(key),
            is_open: false,
        }
    }
}

/// The library that a structure is a model of, and what it is for.
fn dialect(item: &Struct) -> Option<(Dialect, Role)> {
    let attributes = &item.head.attributes;
    Some(if attributes.derives_any(&["DeriveEntityModel", "DeriveModel"]) {
        (Dialect::SeaOrm, Role::Whole)
    } else if attributes.derives_any(&["FromQueryResult", "DerivePartialModel"]) {
        (Dialect::SeaOrm, Role::Row)
    } else if attributes.derives_any(DIESEL) {
        (Dialect::Diesel, diesel_role(attributes))
    } else if attributes.derives_any(&["FromRow"]) {
        (Dialect::Sqlx, Role::Row)
    } else if attributes.derives_any(&["Serialize", "Deserialize"]) && !item.is_generic {
        (Dialect::Serde, Role::Row)
    } else {
        return None;
    })
}

fn table_target(table: &Table) -> Target {
    let name = table.sql_name.clone().unwrap_or_else(|| table.name.clone());
    Target::Named { schema: table.schema.clone(), name }
}

fn diesel_role(attributes: &Attributes) -> Role {
    if attributes.derives_any(&["Queryable", "QueryableByName", "Selectable"]) {
        Role::Row
    } else if attributes.derives_any(&["AsChangeset"]) {
        Role::Change
    } else if attributes.derives_any(&["Insertable"]) {
        Role::Insert
    } else {
        Role::Row
    }
}

/// What a field is to a row.
enum Part {
    Column,
    /// Its own fields are.
    Flattened,
    Skipped,
}

fn part(attributes: &Attributes, dialect: Dialect) -> Part {
    let has = |of: &str, names: &[&str]| names.iter().any(|name| attributes.has(of, name));
    let (skipped, flattened) = match dialect {
        Dialect::Sqlx => (has("sqlx", &["skip"]), has("sqlx", &["flatten"])),
        Dialect::SeaOrm => (
            has(
                "sea_orm",
                &["ignore", "skip", "from_expr", "nested", "relation", "has_one", "has_many", "belongs_to", "self_ref"],
            ),
            false,
        ),
        Dialect::Diesel => (has("diesel", &["select_expression"]), has("diesel", &["embed"])),
        Dialect::Serde => {
            (has("serde", &["skip", "skip_serializing", "skip_deserializing"]), has("serde", &["flatten"]))
        }
    };
    if skipped {
        Part::Skipped
    } else if flattened {
        Part::Flattened
    } else {
        Part::Column
    }
}

/// A value of serde's, which may be another one for each direction: the one for reading.
pub(crate) fn serde_value<'a>(attributes: &'a Attributes, name: &str) -> Option<&'a str> {
    let meta = attributes.argument("serde", name)?;
    let of_reading = || meta.arguments.iter().find(|argument| argument.path == "deserialize");
    meta.value.as_deref().or_else(|| of_reading()?.value.as_deref())
}

/// The name of the enumerated type that an enumeration says it is.
fn enum_name(seen: &Seen<'_>, dialect: Dialect) -> Option<String> {
    let Kind::Enum(item) = &seen.kind else { return None };
    let attributes = &item.head.attributes;
    let name = match dialect {
        Dialect::SeaOrm => attributes.value("sea_orm", "enum_name"),
        Dialect::Sqlx => attributes.value("sqlx", "type_name"),
        Dialect::Diesel | Dialect::Serde => None,
    };
    name.map(str::to_owned)
}

fn inner_of_option(ty: &str) -> &str {
    let inner = ty.trim().strip_prefix("Option").and_then(|rest| rest.trim().strip_prefix('<'));
    inner.and_then(|rest| rest.strip_suffix('>')).map_or(ty, str::trim)
}
