//! Values in the form that a column takes them in: the casts around a typed operation's placeholders.

use std::borrow::Cow;

use sea_query::{Alias, DynIden, IntoIden, IntoTableRef, TableRef};

use crate::param::{Kind, Param, array};
use crate::table::{Column, Dialect, Relation};
use crate::types::Dimension;

/// A name, which is quoted whatever it looks like.
pub(super) fn iden(name: &str) -> DynIden {
    Alias::new(name).into_iden()
}

/// A relation by its qualified name.
pub(crate) fn table(relation: &Relation) -> TableRef {
    if relation.schema.is_empty() {
        iden(relation.name).into_table_ref()
    } else {
        (iden(relation.schema), iden(relation.name)).into_table_ref()
    }
}

/// What is bound for a value of a column. Several values are an array there, as with pgvector's `Vec<f32>`, and never
/// several parameters.
pub(crate) fn column_param(param: Param) -> Param {
    match param {
        Param::List(items) => {
            let kind = items.first().map_or(Kind::Literal("".into()), Param::kind);
            literal_array(items, &kind)
        }
        param => param,
    }
}

/// An array of PostgreSQL's with these elements, of which NULLs stay NULL.
pub(crate) fn literal_array(items: Vec<Param>, kind: &Kind) -> Param {
    let dimensions = [Dimension { length: items.len(), lower: 1 }];
    let dimensions = if items.is_empty() { &[][..] } else { &dimensions };
    let items: Vec<Option<Param>> = items.into_iter().map(|item| Some(item).filter(|item| !item.is_null())).collect();
    array(&items, dimensions, kind)
}

/// Appends the placeholder of that number for a value of a column, within the casts that the column and the engine ask
/// for. The parameter is one that [`column_param`] gave. `types` is the engine that the column's type is of: those of
/// another one say nothing to PostgreSQL, or something else.
pub(crate) fn write_value(
    column: &Column,
    types: Dialect,
    dialect: Dialect,
    param: &Param,
    number: usize,
    out: &mut String,
) {
    let sql_type = if dialect == Dialect::Postgres { cast(column, types, &param.kind()) } else { None };
    // Nearly always so, and an INSERT of many rows has tens of thousands of values.
    if sql_type.is_none() && column.write.is_empty() {
        return dialect.placeholder(number, out);
    }
    let mut value = String::new();
    dialect.placeholder(number, &mut value);
    if let Some(sql_type) = sql_type {
        value = format!("CAST({value} AS {sql_type})");
    }
    column.write_parameter(&value, out);
}

/// The type that PostgreSQL has to be told, since the parameter itself is sent as text, or as a text of another type.
///
/// The type never has a modifier: a cast to `varchar(3)` cuts what is too long, where an assignment refuses it.
fn cast(column: &Column, types: Dialect, kind: &Kind) -> Option<Cow<'static, str>> {
    if !column.write.is_empty() {
        // The expression says what the column's type is made of.
        return match kind {
            Kind::Literal(sql_type) if !sql_type.is_empty() => Some(sql_type.clone()),
            Kind::Bits => Some("varbit".into()),
            _ => None,
        };
    }
    let declared = declared(column, types);
    match kind {
        Kind::Literal(sql_type) if declared.is_empty() => Some(sql_type.clone()).filter(|name| !name.is_empty()),
        Kind::Literal(_) => Some(declared),
        Kind::Bits => Some(if declared.is_empty() { "varbit".into() } else { declared }),
        // A comparison with text would be one of texts: with upper and lower case, and with the blanks that pad.
        Kind::Text => match &*declared {
            "" | "text" | "character varying" | "varchar" | "name" => None,
            // Another type of a schema is a domain over text, whose own operators are those of text.
            name if name.contains('.') && !name.ends_with(".citext") => None,
            _ => Some(declared),
        },
        _ => None,
    }
}

/// The type of the elements when values of a column are sent as one array; `None` where they cannot be.
pub(crate) fn element_type(column: &Column, types: Dialect, kind: &Kind) -> Option<Cow<'static, str>> {
    if !column.write.is_empty() {
        return None;
    }
    match kind {
        Kind::Literal(_) | Kind::List | Kind::Json => None,
        Kind::Label => Some(declared(column, types)).filter(|name| !name.is_empty()),
        Kind::Text => Some(cast(column, types, kind).unwrap_or("text".into())),
        Kind::Bits => Some("varbit".into()),
        kind => Some(kind.postgres_type().to_owned().into()),
    }
}

/// The column's type for a cast on PostgreSQL; empty where the code has the type of another engine.
fn declared(column: &Column, types: Dialect) -> Cow<'static, str> {
    if types == Dialect::Postgres { without_modifier(column.sql_type) } else { "".into() }
}

/// A type of PostgreSQL's without its length, precision and the like. Where the bare name would stand for another length,
/// it is the name of the type without any: `bpchar` and `varbit`.
fn without_modifier(sql_type: &'static str) -> Cow<'static, str> {
    let mut bare = String::new();
    let (mut quoted, mut depth) = (false, 0_usize);
    for character in sql_type.chars() {
        match character {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted && depth > 0 => {
                depth -= 1;
                continue;
            }
            _ => {}
        }
        if depth == 0 {
            bare.push(character);
        }
    }
    let (name, brackets) = bare.split_at(bare.find("[]").unwrap_or(bare.len()));
    match name {
        "character" | "char" => format!("bpchar{brackets}").into(),
        "bit" | "bit varying" => format!("varbit{brackets}").into(),
        _ if bare == sql_type => sql_type.into(),
        _ => bare.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::param::ToSql;

    fn written(column: Column, dialect: Dialect, value: &dyn ToSql) -> String {
        let mut out = String::new();
        write_value(&column, Dialect::Postgres, dialect, &column_param(value.to_sql()), 3, &mut out);
        out
    }

    #[test]
    fn types_of_another_engine_are_no_casts() {
        let mut out = String::new();
        let column = Column::new("language", "CHAR(2)");
        write_value(&column, Dialect::Sqlite, Dialect::Postgres, &Param::Text("en".into()), 1, &mut out);
        assert_eq!(out, "$1");
    }

    #[test]
    fn types_lose_their_modifiers() {
        for (declared, bare) in [
            ("numeric(10,2)", "numeric"),
            ("numeric(6,2)[]", "numeric[]"),
            ("character varying(40)", "character varying"),
            ("character(3)", "bpchar"),
            ("character(3)[]", "bpchar[]"),
            ("bit(5)", "varbit"),
            ("timestamp(3) without time zone", "timestamp without time zone"),
            ("public.\"odd(type)\"", "public.\"odd(type)\""),
            ("extensions.vector(3)", "extensions.vector"),
        ] {
            assert_eq!(without_modifier(declared), bare, "{declared}");
        }
    }

    #[test]
    fn postgres_is_told_the_types_of_text_forms() {
        use crate::types::{Array, BitString};
        let array = Array::from_elements(vec![Some(1_i32)]);
        let bits: BitString = "101".parse().unwrap();
        let pg = Dialect::Postgres;
        assert_eq!(written(Column::new("c", "integer[]"), pg, &array), "CAST($3 AS integer[])");
        assert_eq!(written(Column::new("c", "integer[]"), Dialect::Sqlite, &array), "?3");
        assert_eq!(written(Column::new("c", "bit(3)"), pg, &bits), "CAST($3 AS varbit)");
        assert_eq!(written(Column::new("c", "text"), pg, &"x"), "$3");
        assert_eq!(written(Column::new("c", "character(4)"), pg, &"x"), "CAST($3 AS bpchar)");
        assert_eq!(written(Column::new("c", "extensions.citext"), pg, &"x"), "CAST($3 AS extensions.citext)");
        assert_eq!(written(Column::new("c", "public.isbn13"), pg, &"x"), "$3");
        assert_eq!(written(Column::new("c", "xml"), pg, &"x"), "CAST($3 AS xml)");
        let vector = Column::new("c", "vector(2)").cast("CAST({} AS real[])", "CAST({} AS vector)");
        assert_eq!(written(vector, pg, &vec![1_f32, 2.0]), "CAST(CAST($3 AS real[]) AS vector)");
        let point = Column::new("c", "point").cast("CAST({} AS text)", "CAST({} AS point)");
        assert_eq!(written(point, pg, &"(1,2)"), "CAST($3 AS point)");
        let shape = Column::new("c", "point").cast("ST_AsText({})", "ST_GeomFromText({})");
        assert_eq!(written(shape, Dialect::Mysql, &"POINT(1 2)"), "ST_GeomFromText(?)");
    }
}
