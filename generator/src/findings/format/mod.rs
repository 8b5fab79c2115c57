//! Reports in the form that each reader wants.
//!
//! Names come from databases and may be anything. Each form writes them so that they can be nothing but text in it.

mod escape;
mod github;
mod gitlab;
mod human;
pub(crate) mod ink;
mod json;
mod junit;
mod markdown;
mod sarif;

pub(crate) use escape::visible;
pub use json::FORMAT_VERSION;
pub(crate) use markdown::code;

use super::Report;

macro_rules! formats {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal;)+) => {
        /// A form of a report.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        #[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
        pub enum Format {
            #[default]
            $($(#[doc = $doc])+ #[cfg_attr(feature = "cli", value(name = $name))] $variant,)+
        }

        impl Format {
            /// All of them, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name on the command line.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// Who reads it.
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+).trim_ascii_start(),)+ }
            }
        }
    };
}

formats! {
    /// For people: grouped by relation and file, aligned, in colour on a terminal
    Human = "human";
    /// For programs, in a form of its own
    Json = "json";
    /// SARIF 2.1.0, which code scanning takes
    Sarif = "sarif";
    /// JUnit's XML, a test case for each finding
    Junit = "junit";
    /// Annotations of a GitHub workflow
    Github = "github";
    /// GitLab's code quality report
    Gitlab = "gitlab";
    /// Markdown, for a comment on a pull request
    Markdown = "markdown";
}

/// What a form depends on besides the report.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Whether people see colours.
    pub colour: bool,
}

/// A report as a text that ends with a newline, unless it is empty.
pub fn render(report: &Report, format: Format, options: Options) -> String {
    match format {
        Format::Human => human::text(report, options.colour),
        Format::Json => json::text(report),
        Format::Sarif => sarif::text(report),
        Format::Junit => junit::text(report),
        Format::Github => github::text(report),
        Format::Gitlab => gitlab::text(report),
        Format::Markdown => markdown::text(report),
    }
}

/// A document of JSON that ends with a newline.
pub(crate) fn pretty(document: &impl serde::Serialize) -> String {
    let mut text = serde_json::to_string_pretty(document).expect("plain data with string keys always serialises");
    text.push('\n');
    text
}

/// How many of a thing there are, in words.
pub(crate) fn counted(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

/// The figures in a line: what was found, and what the baseline knows besides.
fn figures(report: &Report) -> String {
    let summary = report.summary();
    let mut text = if report.findings.is_empty() {
        "no differences".to_owned()
    } else {
        let errors = counted(summary.error, "error");
        format!("{errors}, {}, {} of information", counted(summary.warning, "warning"), counted(summary.info, "piece"))
    };
    if summary.baselined > 0 {
        text.push_str(&format!("; {} more in the baseline", summary.baselined));
    }
    text
}

/// What mends the findings of a report: each way once, in the order in which they come up.
fn mends(report: &Report) -> Vec<&str> {
    let mut mends: Vec<&str> = Vec::new();
    for mend in report.findings.iter().filter_map(|finding| finding.mend.as_deref()) {
        if !mends.contains(&mend) {
            mends.push(mend);
        }
    }
    mends
}

#[cfg(test)]
mod testing {
    //! Reports with names that try to be something else than text.

    use crate::findings::{Finding, Location, PartKind, Place, Report, Severity, Status};

    /// Names with everything that means something to one form or another.
    pub(super) const HOSTILE: &[&str] = &[
        "a\nb\r\nc",
        "]]></failure>",
        "::error file=x,line=1::y",
        "100%0Aoff",
        "a | b || c",
        "`code` ```more```",
        "<script>alert(1)</script> & <!-- x -->",
        "\"quoted\" 'apostrophes' \\ back",
        "@everyone #1 [link](https://example.org) **bold** _it_ ~~no~~",
        "\u{1b}[31mred\u{7}\u{0}\u{b}\u{c}\u{85}\u{2028}\u{202e}\u{fffe}",
        "",
        "  ",
        "é😀漢字",
    ];

    /// A report with a finding for every one of those names, in every field.
    pub(super) fn hostile() -> Report {
        let findings = HOSTILE.iter().enumerate().map(|(at, name)| {
            let place = Place::relation(*name, *name).part(PartKind::Column, *name);
            let mut finding = Finding::new(Status::ALL[at % Status::ALL.len()], place, format!("the name is {name}"))
                .with_sides(Some((*name).to_owned()), Some((*name).to_owned()));
            finding.severity = Severity::ALL[at % 3];
            finding.source = (*name).to_owned();
            finding.location = Some(Location { path: format!("generated/{name}.rs"), line: Some(7), column: Some(3) });
            finding.hint = Some((*name).to_owned());
            finding.mend = Some(format!("tablature codegen --name {name}"));
            finding
        });
        Report::new(findings.collect(), false)
    }

    /// A report as it usually looks.
    pub(super) fn usual() -> Report {
        let book = Place::relation("public", "book");
        let finding = |status, place, message: &str| {
            let mut finding = Finding::new(status, place, message);
            finding.source = "shop".to_owned();
            finding.mend = Some("tablature codegen".to_owned());
            finding
        };
        let message = "the type is numeric(12,2) in the database, and numeric(10,2) in the snapshot";
        let mut price = finding(Status::TypeMismatch, book.part(PartKind::Column, "price"), message);
        price = price.with_sides(Some("numeric(12,2)".to_owned()), Some("numeric(10,2)".to_owned()));
        price.location = Some(Location::of_file("generated/schema.json"));
        let message = "the index is in the database, and not in the snapshot";
        let index = finding(Status::IndexMismatch, book.part(PartKind::Index, "book_title"), message);
        let message = "the file is not what the snapshot says, from line 12 on";
        let mut stale = finding(Status::StaleOutput, Place::default(), message);
        stale.location = Some(Location { path: "generated/src/book.rs".to_owned(), line: Some(12), column: None });
        let mut report = Report::new(vec![index, stale, price], false);
        report.baselined = 2;
        report
    }
}
