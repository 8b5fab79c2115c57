//! Models that are right: as the libraries' own tools write them, and as people do.

use super::{Bookshop, ENGINES, told, written};

/// Files that belong together, of which each engine has its own.
const PROJECTS: &[&[&str]] = &[&["rows.rs"], &["entities.rs"], &["schema.rs", "queries.rs"], &["api.rs"]];

#[test]
fn what_is_right_gives_silence() {
    for engine in ENGINES {
        let bookshop = Bookshop::new(engine);
        for project in PROJECTS {
            let texts: Vec<String> = project.iter().map(|name| written(engine, name)).collect();
            let files: Vec<(&str, &str)> = project.iter().copied().zip(texts.iter().map(String::as_str)).collect();
            let compared = bookshop.compared(&files);
            assert_eq!(told(&compared.findings), Vec::<String>::new(), "{engine}");
            let at_least = if *project == ["api.rs"] { 4 } else { 14 };
            assert!(compared.counts.models >= at_least, "{engine}: {:?}", compared.counts);
            assert_eq!((compared.counts.files, compared.counts.unverifiable), (project.len(), 0), "{engine}");
        }
    }
}
