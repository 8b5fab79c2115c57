//! Real values of every type, read through generated models.
//!
//! The mapping is right if the values that servers hold are read as what they are, if what serde writes for them is what
//! the generated JSON Schemas promise, and if it reads back as the same. The tests of this package put values into the
//! schema of the golden case `types` and take them through all of that; what is the same for every engine is here.
#![expect(clippy::missing_panics_doc, reason = "these are assertions")]

use std::fmt::Debug;

use jsonschema::Validator;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// The JSON Schemas of a relation's row and of its forms.
pub struct Shapes {
    document: Value,
    row: Validator,
    insert: Option<Validator>,
    patch: Option<Validator>,
}

impl Shapes {
    /// Of a relation's schema file. Formats are asserted.
    pub fn of(text: &str) -> Self {
        let document: Value = serde_json::from_str(text).expect("a generated schema is JSON");
        let shape = |name: &str| {
            document["$defs"].get(name)?;
            let mut root = document.clone();
            root["$ref"] = json!(format!("#/$defs/{name}"));
            let built = jsonschema::options().should_validate_formats(true).build(&root);
            Some(built.unwrap_or_else(|error| panic!("{}: {error}", root["title"])))
        };
        let row = shape("row").expect("every relation has rows");
        let (insert, patch) = (shape("insert"), shape("patch"));
        Self { row, insert, patch, document }
    }

    fn title(&self) -> &str {
        self.document["title"].as_str().unwrap_or_default()
    }

    fn properties(&self, shape: &str) -> &Map<String, Value> {
        self.document["$defs"][shape]["properties"].as_object().expect("a shape is an object")
    }

    fn required(&self, shape: &str) -> Vec<&str> {
        let required = self.document["$defs"][shape]["required"].as_array();
        required.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// Whether the schema of a column lets anything in, as those of JSON columns do.
    fn is_open(&self, column: &str) -> bool {
        let node = &self.properties("row")[column];
        !["type", "anyOf", "$ref", "enum", "const"].iter().any(|key| node.get(key).is_some())
    }

    /// A row is written as its schema says, reads back as the same, and is no longer valid when it is spoilt.
    pub fn prove_row<T: Debug + DeserializeOwned + Serialize>(&self, row: &T) -> Value {
        let json = serde_json::to_value(row).unwrap_or_else(|error| panic!("{}: {error}: {row:#?}", self.title()));
        let errors: Vec<String> =
            self.row.iter_errors(&json).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}\nin {json:#}", self.title());
        let text = serde_json::to_string(row).expect("it was written before");
        let back: T = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error} in {text}", self.title()));
        same(&back, row);

        let object = json.as_object().expect("a row is an object");
        let spoilt = |column: &str, value: Value| {
            let mut spoilt = object.clone();
            spoilt.insert(column.to_owned(), value);
            Value::Object(spoilt)
        };
        assert!(!self.row.is_valid(&spoilt("no such column", json!(1))), "{}: a column too many", self.title());
        for column in object.keys() {
            let mut cut = object.clone();
            cut.shift_remove(column);
            assert!(!self.row.is_valid(&Value::Object(cut)), "{} without {column}", self.title());
            // Nothing but a JSON document is an object of lists of lists.
            let wrong = spoilt(column, json!({"no": [["value"]]}));
            assert_eq!(self.row.is_valid(&wrong), self.is_open(column), "{}.{column}", self.title());
            let wrong = serde_json::from_value::<T>(wrong);
            assert_eq!(wrong.is_ok(), self.is_open(column), "{}.{column}: {wrong:?}", self.title());
        }
        json
    }

    /// What an insert has to have is enough for it, and nothing less is. `row` is one as [`Shapes::prove_row`] writes it.
    pub fn prove_insert<N: Debug + DeserializeOwned + Serialize>(&self, row: &Value) {
        let insert = self.insert.as_ref().expect("it has an insert form");
        let required = self.required("insert");
        let minimal: Map<String, Value> =
            required.iter().map(|column| ((*column).to_owned(), row[*column].clone())).collect();
        let accepts = |object: &Map<String, Value>| {
            let object = Value::Object(object.clone());
            (insert.is_valid(&object), serde_json::from_value::<N>(object).is_ok())
        };
        assert_eq!(accepts(&minimal), (true, true), "{}: {minimal:?}", self.title());
        // What is left out stays out.
        let form: N = serde_json::from_value(Value::Object(minimal.clone())).expect("it was read before");
        assert_eq!(serde_json::to_value(&form).expect("a form is written"), Value::Object(minimal.clone()));
        for column in required {
            let mut less = minimal.clone();
            less.shift_remove(column);
            assert_eq!(accepts(&less), (false, false), "{} without {column}", self.title());
        }
        let whole: Map<String, Value> =
            self.properties("insert").keys().map(|column| (column.clone(), row[column].clone())).collect();
        assert_eq!(accepts(&whole), (true, true), "{}: {whole:?}", self.title());
        let mut more = minimal;
        more.insert("no such column".into(), json!(1));
        assert_eq!(accepts(&more), (false, false), "{}: a column too many", self.title());
    }

    /// A patch tells what is left alone from what is set to NULL.
    pub fn prove_patch<P: Debug + Default + DeserializeOwned + Serialize>(&self, row: &Value) {
        let patch = self.patch.as_ref().expect("it has a patch form");
        assert!(!patch.is_valid(&json!({})), "{}: a patch that changes nothing", self.title());
        let nothing: P = serde_json::from_value(json!({})).expect("all of a patch can be left out");
        same(&nothing, &P::default());
        for column in self.properties("patch").keys() {
            let one = json!({column: row[column]});
            assert!(patch.is_valid(&one), "{}: {one}", self.title());
            let read: P =
                serde_json::from_value(one.clone()).unwrap_or_else(|e| panic!("{}: {e}: {one}", self.title()));
            assert_eq!(serde_json::to_value(&read).expect("a patch is written"), one, "{}", self.title());
            let null = json!({column: null});
            let is_nullable = self.row_admits_null(row, column);
            assert_eq!(patch.is_valid(&null), is_nullable, "{}: {null}", self.title());
            if is_nullable && !self.is_open(column) {
                let read: P = serde_json::from_value(null.clone()).expect("a column can be set to NULL");
                assert_eq!(serde_json::to_value(&read).expect("a patch is written"), null, "{}", self.title());
            }
        }
    }

    fn row_admits_null(&self, row: &Value, column: &str) -> bool {
        let mut with_null = row.clone();
        with_null[column] = Value::Null;
        self.row.is_valid(&with_null)
    }
}

/// Compares by what [`Debug`] prints: it tells `1.0` from `1.00`, `0.0` from `-0.0`, and NaN from nothing.
pub fn same<T: Debug>(left: &T, right: &T) {
    let (left, right) = (format!("{left:#?}"), format!("{right:#?}"));
    assert!(left == right, "{left}\nis not\n{right}");
}

/// A value out of its text, which a test has written down.
pub fn parse<T: std::str::FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap_or_else(|error| panic!("{text:?}: {error:?}"))
}

/// A value out of its JSON, which a test has written down.
pub fn from_json<T: DeserializeOwned>(json: Value) -> T {
    serde_json::from_value(json.clone()).unwrap_or_else(|error| panic!("{json}: {error}"))
}

/// A connection to a scratch database that holds the case's schema, and what is asserted of it. The engines' connections
/// have no common type, so that each test brings its own.
#[macro_export]
macro_rules! server {
    ($engine:ident, $connection:ty, $schema:expr) => {
        struct Server {
            connection: $connection,
            _database: tablature_tests::ScratchDatabase,
        }

        impl Server {
            async fn start(rows: &str) -> Self {
                let database =
                    tablature_tests::ScratchDatabase::create(tablature_tests::Engine::$engine).expect("a server");
                database.load($schema).expect("the case's schema");
                let connection =
                    <$connection as sqlx::Connection>::connect(database.url()).await.expect("a connection");
                let mut server = Self { connection, _database: database };
                server.run(rows).await;
                server
            }

            async fn run(&mut self, sql: &str) {
                let ran = sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut self.connection).await;
                ran.unwrap_or_else(|error| panic!("{sql}: {error}"));
            }

            /// All rows of a model's table, in the order of its first column.
            async fn read<T: tablature_runtime::Table>(&mut self) -> Vec<Result<T, tablature_runtime::RowError>> {
                let sql = format!("{} ORDER BY 1", T::RELATION.select_sql(tablature_runtime::Dialect::$engine));
                let rows = sqlx::query(sqlx::AssertSqlSafe(sql.as_str())).fetch_all(&mut self.connection).await;
                let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error}"));
                rows.iter().map(|row| tablature_runtime::Row::from(row).read()).collect()
            }

            /// The rows are those, their JSON is as the schemas say, and so are the forms'.
            async fn prove<T, N, P>(&mut self, schema: &str, expected: &[T])
            where
                T: tablature_runtime::Table + std::fmt::Debug + serde::Serialize + serde::de::DeserializeOwned,
                N: std::fmt::Debug + serde::Serialize + serde::de::DeserializeOwned,
                P: std::fmt::Debug + Default + serde::Serialize + serde::de::DeserializeOwned,
            {
                let shapes = $crate::Shapes::of(schema);
                let rows = self.read::<T>().await;
                assert_eq!(rows.len(), expected.len(), "{}", T::RELATION.name);
                for (row, expected) in rows.into_iter().zip(expected) {
                    let row = row.unwrap_or_else(|error| panic!("{error}"));
                    $crate::same(&row, expected);
                    let json = shapes.prove_row(&row);
                    shapes.prove_insert::<N>(&json);
                    shapes.prove_patch::<P>(&json);
                }
            }

            /// Each of the columns, set to that SQL value, is an error that names it; the value is taken back.
            async fn refuse<T: tablature_runtime::Table>(&mut self, values: &[(&str, &str)]) {
                for (column, value) in values {
                    let table = T::RELATION.name;
                    self.run("BEGIN").await;
                    self.run(&format!("UPDATE {table} SET {column} = {value}")).await;
                    let error = self.read::<T>().await.into_iter().find_map(Result::err);
                    let error =
                        error.unwrap_or_else(|| panic!("{table}.{column} was read as something else than {value}"));
                    assert_eq!(error.column(), *column, "{error}");
                    assert!(error.to_string().contains(column) && error.to_string().contains(table), "{error}");
                    self.run("ROLLBACK").await;
                }
            }
        }
    };
}
