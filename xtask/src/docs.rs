//! `cargo xtask docs`: the pages of docs/ that are made from the code.

use std::fs;

use tablature::catalog::Engine;
use tablature::config::TypeOptions;
use tablature::resolve::{TypeRow, type_rows};
use tablature_templates::{Template as _, TypeLine, TypesPage};

use crate::outcome::{FINE, FOUND, Failure, root};

/// What to do with the pages.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Write nothing; exit with 1 if a page is stale.
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let path = root().join("docs/types.md");
    let text = types_page()?;
    let present = fs::read_to_string(&path).unwrap_or_default();
    if present == text {
        return Ok(FINE);
    }
    if arguments.check {
        println!("docs/types.md is not what the mapping says; to mend it, run\n\n    cargo xtask docs\n");
        return Ok(FOUND);
    }
    fs::write(&path, text).map_err(|error| Failure(format!("cannot write {}: {error}", path.display())))?;
    println!("wrote docs/types.md");
    Ok(FINE)
}

fn types_page() -> Result<String, Failure> {
    let engines = [Engine::Postgres, Engine::Mysql, Engine::Sqlite].map(|engine| {
        let title = if engine == Engine::Mysql { "MySQL and MariaDB" } else { engine.title() };
        let lines = type_rows(engine, &TypeOptions::default()).into_iter().map(line);
        (title, lines.collect())
    });
    let page = TypesPage { engines: engines.into() };
    page.render().map_err(|error| Failure(format!("the template of docs/types.md failed: {error}")))
}

fn line(row: TypeRow) -> TypeLine {
    // A bar would end the cell, within code too.
    let cell = |text: &str| text.replace('|', "\\|");
    let read =
        row.read.filter(|read| read != "{}").map(|read| format!("Read by `{}`.", cell(&read.replace("{}", "…"))));
    let notes: Vec<String> = read.into_iter().chain((!row.note.is_empty()).then(|| row.note.to_owned())).collect();
    TypeLine {
        sql: row.sql.to_owned(),
        rust: cell(&row.rust),
        json: cell(&row.json.to_string()),
        note: notes.join(" "),
    }
}
