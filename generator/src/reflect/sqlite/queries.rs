//! The statements that are sent to SQLite, and the rows that they give.
//!
//! Each statement joins `sqlite_schema` with a pragma's table-valued function, so that its rows speak of the whole
//! database. The functions are asked for in `temp`, which is always empty here: in `main` a table of the same name would
//! hide them.

use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row};

/// The text of every CREATE statement.
pub(super) const OBJECTS: &str = "\
    SELECT type, name, sql FROM main.sqlite_schema \
    WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND type IN ('table', 'view', 'index')";

/// What sort of relation each is. Its `ncol` is 0 not only for broken views: after the first of them SQLite stops
/// counting.
pub(super) const RELATIONS: &str = "\
    SELECT name, type, wr, strict FROM temp.pragma_table_list \
    WHERE schema = 'main' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

/// The columns of the tables that SQLite serves itself.
pub(super) const TABLE_COLUMNS: &str = "\
    SELECT s.name AS relation, c.name, c.type, c.\"notnull\", c.dflt_value, c.pk, c.hidden \
    FROM main.sqlite_schema AS s CROSS JOIN temp.pragma_table_xinfo(s.name, 'main') AS c \
    WHERE s.type = 'table' AND s.rootpage > 0 AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
    ORDER BY s.name, c.cid";

/// The columns of views and virtual tables. One that is broken makes the whole statement fail.
pub(super) const DERIVED_COLUMNS: &str = "\
    SELECT s.name AS relation, c.name, c.type, c.\"notnull\", c.dflt_value, c.pk, c.hidden \
    FROM main.sqlite_schema AS s CROSS JOIN temp.pragma_table_xinfo(s.name, 'main') AS c \
    WHERE s.type = 'view' OR s.type = 'table' AND coalesce(s.rootpage, 0) = 0 \
    ORDER BY s.name, c.cid";

/// The columns of one relation.
pub(super) const COLUMNS_OF: &str = "\
    SELECT ?1 AS relation, c.name, c.type, c.\"notnull\", c.dflt_value, c.pk, c.hidden \
    FROM temp.pragma_table_xinfo(?1, 'main') AS c ORDER BY c.cid";

/// The key parts of every index, those behind constraints included.
pub(super) const INDEX_PARTS: &str = "\
    SELECT s.name AS relation, i.name AS \"index\", i.\"unique\", i.origin, i.partial, \
        x.cid, x.name AS \"column\", x.\"desc\", x.coll \
    FROM main.sqlite_schema AS s CROSS JOIN temp.pragma_index_list(s.name, 'main') AS i \
        CROSS JOIN temp.pragma_index_xinfo(i.name, 'main') AS x \
    WHERE s.type = 'table' AND s.rootpage > 0 AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND x.key \
    ORDER BY s.name, i.name, x.seqno";

/// The columns of every foreign key. The one that was declared first has the highest id.
pub(super) const FOREIGN_KEY_COLUMNS: &str = "\
    SELECT s.name AS relation, f.id, f.\"table\" AS \"references\", f.\"from\", f.\"to\", f.on_update, f.on_delete \
    FROM main.sqlite_schema AS s CROSS JOIN temp.pragma_foreign_key_list(s.name, 'main') AS f \
    WHERE s.type = 'table' AND s.rootpage > 0 AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
    ORDER BY s.name, f.id DESC, f.seq";

/// A row of [`OBJECTS`].
pub(super) struct Object {
    pub(super) kind: String,
    pub(super) name: String,
    /// Absent for the indexes behind constraints.
    pub(super) sql: Option<String>,
}

/// A row of [`RELATIONS`].
pub(super) struct RelationRow {
    pub(super) name: String,
    /// `table`, `view`, `virtual` or `shadow`.
    pub(super) kind: String,
    pub(super) without_rowid: bool,
    pub(super) strict: bool,
}

/// A row of [`TABLE_COLUMNS`], [`DERIVED_COLUMNS`] or [`COLUMNS_OF`].
pub(super) struct ColumnRow {
    pub(super) relation: String,
    pub(super) name: String,
    pub(super) ty: String,
    pub(super) not_null: bool,
    pub(super) default: Option<String>,
    /// The place in the primary key, from 1 on, or 0.
    pub(super) key: i64,
    /// 0 for an ordinary column, 1 for a hidden one, 2 and 3 for one that is generated, virtual and stored.
    pub(super) hidden: i64,
}

/// A row of [`INDEX_PARTS`].
pub(super) struct IndexRow {
    pub(super) relation: String,
    pub(super) index: String,
    pub(super) unique: bool,
    /// `c` for CREATE INDEX, `u` for UNIQUE, `pk` for PRIMARY KEY.
    pub(super) origin: String,
    pub(super) partial: bool,
    /// Negative for an expression.
    pub(super) column_id: i64,
    pub(super) column: String,
    pub(super) descending: bool,
    pub(super) collation: String,
}

/// A row of [`FOREIGN_KEY_COLUMNS`].
pub(super) struct ForeignKeyRow {
    pub(super) relation: String,
    pub(super) id: i64,
    pub(super) references: String,
    pub(super) from: String,
    /// Absent where the primary key is meant.
    pub(super) to: Option<String>,
    pub(super) on_update: String,
    pub(super) on_delete: String,
}

impl FromRow<'_, SqliteRow> for Object {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self { kind: text(row, "type")?, name: text(row, "name")?, sql: maybe_text(row, "sql")? })
    }
}

impl FromRow<'_, SqliteRow> for RelationRow {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            name: text(row, "name")?,
            kind: text(row, "type")?,
            without_rowid: number(row, "wr")? != 0,
            strict: number(row, "strict")? != 0,
        })
    }
}

impl FromRow<'_, SqliteRow> for ColumnRow {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            relation: text(row, "relation")?,
            name: text(row, "name")?,
            ty: text(row, "type")?,
            not_null: number(row, "notnull")? != 0,
            default: maybe_text(row, "dflt_value")?,
            key: number(row, "pk")?,
            hidden: number(row, "hidden")?,
        })
    }
}

impl FromRow<'_, SqliteRow> for IndexRow {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            relation: text(row, "relation")?,
            index: text(row, "index")?,
            unique: number(row, "unique")? != 0,
            origin: text(row, "origin")?,
            partial: number(row, "partial")? != 0,
            column_id: number(row, "cid")?,
            column: text(row, "column")?,
            descending: number(row, "desc")? != 0,
            collation: text(row, "coll")?,
        })
    }
}

impl FromRow<'_, SqliteRow> for ForeignKeyRow {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            relation: text(row, "relation")?,
            id: number(row, "id")?,
            references: text(row, "references")?,
            from: text(row, "from")?,
            to: maybe_text(row, "to")?,
            on_update: text(row, "on_update")?,
            on_delete: text(row, "on_delete")?,
        })
    }
}

/// A text, empty for NULL.
fn text(row: &SqliteRow, column: &str) -> sqlx::Result<String> {
    maybe_text(row, column).map(Option::unwrap_or_default)
}

/// A text. SQLite never checks that it is UTF-8, and a comment from an older program in a CREATE statement must not
/// hide the whole database; bytes that are not become replacement characters.
fn maybe_text(row: &SqliteRow, column: &str) -> sqlx::Result<Option<String>> {
    let bytes: Option<Vec<u8>> = row.try_get(column)?;
    Ok(bytes.map(|bytes| {
        String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }))
}

/// A whole number, 0 for NULL.
fn number(row: &SqliteRow, column: &str) -> sqlx::Result<i64> {
    row.try_get::<Option<i64>, _>(column).map(Option::unwrap_or_default)
}
