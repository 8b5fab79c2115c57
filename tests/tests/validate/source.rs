//! Source that statements are put into: in three languages, in turn, in several forms.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) file: PathBuf,
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// Where a statement was put: its first character, and whether it runs on over lines, which begin with that many blanks.
pub(crate) struct Put {
    start: Place,
    indent: Option<usize>,
}

impl Put {
    /// The place of a name that stands once in the statement; the last one, if it is a part of others.
    pub(crate) fn of(&self, name: &str, statement: &str) -> Place {
        let is_word = |at: usize| {
            let before = statement[..at].chars().next_back();
            let after = statement[at + name.len()..].chars().next();
            let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
            !is_part(before) && !is_part(after)
        };
        let at = statement.match_indices(name).map(|(at, _)| at).find(|at| is_word(*at)).unwrap();
        // A quoted name begins with its quote.
        let at = at - usize::from(matches!(statement[..at].chars().next_back(), Some('"' | '`')));
        let before = &statement[..at];
        match self.indent {
            Some(indent) => {
                let breaks = before.matches(" FROM ").count();
                let mut place = self.start.clone();
                place.line += breaks;
                match before.rfind(" FROM ") {
                    Some(last) => place.column = indent + before[last + 1..].chars().count() + 1,
                    None => place.column += before.chars().count(),
                }
                place
            }
            None => Place { column: self.start.column + before.chars().count(), ..self.start.clone() },
        }
    }
}

/// A folder with three files.
pub(crate) struct Sources {
    folder: TempDir,
    rust: String,
    python: String,
    typescript: String,
    count: usize,
}

impl Sources {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            rust: "//! Statements.\nasync fn run(db: &Session) -> Result<(), Error> {\n".to_owned(),
            python: "# Statements.\ndef run(cursor, pool):\n".to_owned(),
            typescript: "// Statements.\nasync function run(pool: Pool): Promise<void> {\n".to_owned(),
            count: 0,
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Adds a statement to one of the files.
    pub(crate) fn add(&mut self, sql: &str) -> Put {
        self.count += 1;
        let indent = 8;
        let broken = || sql.replace(" FROM ", &format!("\n{}FROM ", " ".repeat(indent)));
        let escaped = || sql.replace('\\', "\\\\").replace('"', "\\\"");
        // A text with escapes, whose columns are told by the source, is only for statements without quotes.
        let has_quotes = sql.contains(['"', '\\', '`', '\'']);
        let (file, text, opening, sql, is_broken) = match self.count % 6 {
            0 => ("run.rs", &mut self.rust, "    db.query(r##\"", broken(), true),
            1 if !has_quotes => ("run.rs", &mut self.rust, "    assert!(matches!(db.query(\"", escaped(), false),
            1 | 2 => ("run.rs", &mut self.rust, "    sqlx::query_as::<_, (i64, String)>(r##\"", sql.to_owned(), false),
            3 => ("run.py", &mut self.python, "    cursor.execute(r\"\"\"", broken(), true),
            4 if !has_quotes => ("run.ts", &mut self.typescript, "    await pool.query<Row>('", sql.to_owned(), false),
            4 if !sql.contains(['`', '\\']) => {
                ("run.ts", &mut self.typescript, "    await pool.query(`", broken(), true)
            }
            _ => ("run.py", &mut self.python, "    cursor.execute(r'''", sql.to_owned(), false),
        };
        // A quote just before the end of a text in three quotes would end it too early.
        let (opening, sql) = match opening {
            "    cursor.execute(r'''" if sql.ends_with('\'') => (opening, format!("{sql} ")),
            "    cursor.execute(r\"\"\"" if sql.ends_with('"') => (opening, format!("{sql} ")),
            _ => (opening, sql),
        };
        let line = text.lines().count() + 1;
        let start = Place { file: self.folder.path().join(file), line, column: opening.chars().count() + 1 };
        let closing = match opening.trim_start() {
            "db.query(r##\"" => "\"##).execute().await?;\n",
            "assert!(matches!(db.query(\"" => "\").execute().await, Ok(_)));\n",
            "sqlx::query_as::<_, (i64, String)>(r##\"" => "\"##).fetch_one(db).await?;\n",
            "cursor.execute(r\"\"\"" => "\"\"\", parameters)\n",
            "cursor.execute(r'''" => "''')\n",
            "await pool.query<Row>('" => "', [1]);\n",
            _ => "`);\n",
        };
        text.push_str(&format!("{opening}{sql}{closing}"));
        Put { start, indent: is_broken.then_some(indent) }
    }

    /// Writes the files.
    pub(crate) fn write(&self) {
        let write = |name: &str, text: String| fs::write(self.folder.path().join(name), text).unwrap();
        write("run.rs", format!("{}    Ok(())\n}}\n", self.rust));
        write("run.py", self.python.clone());
        write("run.ts", format!("{}}}\n", self.typescript));
    }
}
