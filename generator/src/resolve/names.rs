//! SQL names become Rust names: legal, stable and free of collisions.
//!
//! The plain rules are pure functions of one name. Where two names of one scope would come out the same, [`Scope`] gives
//! one of them a suffix made from its own SQL name, so that the answer depends neither on the order of discovery nor
//! on what else is in the scope; a name that an earlier run gave out stays with its owner.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use heck::{ToSnakeCase, ToUpperCamelCase};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use crate::hex::hex;

/// Words that Rust keeps for itself, of all editions. Source: the Rust reference, "Keywords".
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true",
    "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Keywords that cannot be written as raw identifiers.
const NEVER_RAW: &[&str] = &["crate", "self", "super"];

/// Module names that would be taken for another file: of the crate's own layout, or a device on Windows.
const RESERVED_MODULES: &[&str] = &[
    "aux",
    "com1",
    "com2",
    "com3",
    "com4",
    "com5",
    "com6",
    "com7",
    "com8",
    "com9",
    "con",
    "core",
    "lib",
    "lpt1",
    "lpt2",
    "lpt3",
    "lpt4",
    "lpt5",
    "lpt6",
    "lpt7",
    "lpt8",
    "lpt9",
    "main",
    "nul",
    "prn",
    "serde",
    "std",
    "tablature_runtime",
    "types",
];

/// Type names that generated code uses for something else: the prelude, derives, and what files import.
const RESERVED_TYPES: &[&str] = &[
    "Array",
    "AsMut",
    "AsRef",
    "BTreeMap",
    "BTreeSet",
    "BigDecimal",
    "BitString",
    "Box",
    "Bytes",
    "CacheIndex",
    "CacheKey",
    "Clone",
    "Col",
    "Column",
    "ColumnName",
    "Columnar",
    "Constraint",
    "Copy",
    "Date",
    "DateTime",
    "Debug",
    "Decimal",
    "Default",
    "Deserialize",
    "Dialect",
    "DoubleEndedIterator",
    "Drop",
    "EnumType",
    "Eq",
    "Err",
    "ExactSizeIterator",
    "Extend",
    "FieldList",
    "FieldPair",
    "FieldSource",
    "Fn",
    "FnMut",
    "FnOnce",
    "Fold",
    "ForeignKey",
    "From",
    "FromIterator",
    "FromRow",
    "FromSql",
    "Future",
    "Hash",
    "Identity",
    "Interval",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "IntoKey",
    "IpNetwork",
    "Ipv4Addr",
    "Ipv6Addr",
    "Iterator",
    "Json",
    "Key",
    "KeyPart",
    "Keyed",
    "MacAddr",
    "Multirange",
    "NaiveDate",
    "NaiveDateTime",
    "NaiveTime",
    "NewRow",
    "None",
    "OffsetDateTime",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Patch",
    "PrimitiveDateTime",
    "Range",
    "Reference",
    "Relation",
    "RelationKind",
    "Result",
    "Row",
    "RowError",
    "Schema",
    "Self",
    "Send",
    "Serialize",
    "Sized",
    "Some",
    "SqlEnum",
    "SqliteValue",
    "String",
    "Sync",
    "Table",
    "Time",
    "ToOwned",
    "ToSql",
    "ToString",
    "TryFrom",
    "TryInto",
    "UniqueKey",
    "Unpad",
    "Unpin",
    "Utc",
    "Uuid",
    "Value",
    "ValueError",
    "Vec",
    "Writable",
];

/// Names of signs, for labels and columns that are made of nothing else.
const SIGNS: &[(char, &str)] = &[
    ('!', "exclamation"),
    ('"', "quote"),
    ('#', "hash"),
    ('$', "dollar"),
    ('%', "percent"),
    ('&', "and"),
    ('\'', "apostrophe"),
    ('(', "left_paren"),
    (')', "right_paren"),
    ('*', "star"),
    ('+', "plus"),
    (',', "comma"),
    ('-', "minus"),
    ('.', "dot"),
    ('/', "slash"),
    (':', "colon"),
    (';', "semicolon"),
    ('<', "less"),
    ('=', "equal"),
    ('>', "greater"),
    ('?', "question"),
    ('@', "at"),
    ('[', "left_bracket"),
    ('\\', "backslash"),
    (']', "right_bracket"),
    ('^', "caret"),
    ('_', "underscore"),
    ('`', "backtick"),
    ('{', "left_brace"),
    ('|', "bar"),
    ('}', "right_brace"),
    ('~', "tilde"),
    (' ', "space"),
    ('\t', "tab"),
    ('\n', "newline"),
    ('\r', "return"),
];

/// The name of a field: snake case, keywords raw (`r#type`), an already fitting name as it is.
pub(super) fn field(sql: &str) -> String {
    let name = snake(sql);
    if NEVER_RAW.contains(&name.as_str()) {
        format!("{name}_")
    } else if is_keyword(&name) {
        format!("r#{name}")
    } else {
        name
    }
}

/// The name of a function: like a field's.
pub(super) fn function(sql: &str) -> String {
    field(sql)
}

/// The name of a constant, from that of a field: in capitals, as far as a letter has one capital that leads back to it, so
/// that different fields have different constants.
pub(super) fn constant(field: &str) -> String {
    let capital = |c: char| {
        let mut upper = c.to_uppercase();
        match (upper.next(), upper.next()) {
            (Some(one), None) if one.to_lowercase().eq([c]) => one,
            _ => c,
        }
    };
    field.trim_start_matches("r#").chars().map(capital).collect()
}

/// The name of a module and so of a file: snake case in ASCII, for file systems and rustc do not agree on more; keywords and
/// reserved words with an underscore behind.
pub(super) fn module(sql: &str) -> String {
    let ascii: String = sql
        .nfkd()
        .filter(|&c| !unicode_normalization::char::is_combining_mark(c))
        .map(|c| if c.is_ascii() || !unicode_ident::is_xid_continue(c) { c.into() } else { spell(c) })
        .collect();
    let name = snake(&ascii);
    if is_keyword(&name) || RESERVED_MODULES.contains(&name.as_str()) { format!("{name}_") } else { name }
}

/// The name of a type: camel case, with `Record` behind what generated code needs for something else.
pub(super) fn type_name(sql: &str) -> String {
    let name = camel(sql);
    if RESERVED_TYPES.contains(&name.as_str()) {
        format!("{name}Record")
    } else if let Some(digits) = name.strip_prefix('_') {
        // `_123` would be the module's name too, and `New_123` is no camel case.
        format!("N{digits}")
    } else {
        name
    }
}

/// The name of an enum's variant: camel case.
pub(super) fn variant(sql: &str) -> String {
    let name = camel(sql);
    if name == "Self" { "Self_".into() } else { name }
}

/// Whether a name is one that people write by hand in SQL: lower case words with single underscores between. Such
/// a name wins over others that come out the same.
fn is_canonical(sql: &str) -> bool {
    is_plain_snake(sql) && !sql.starts_with('_') && !sql.ends_with('_')
}

fn is_plain_snake(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_lowercase() || b == b'_')
        && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && !name.contains("__")
        && name != "_"
}

fn is_keyword(name: &str) -> bool {
    KEYWORDS.binary_search(&name).is_ok()
}

fn snake(sql: &str) -> String {
    if is_plain_snake(sql) {
        return sql.to_owned();
    }
    let name: String = sanitize(sql).to_snake_case();
    // Some capital letters have no small form; rustc would warn of them.
    let name: String = name.chars().map(|c| if c.is_uppercase() { spell(c) } else { c.into() }).collect();
    start_legally(name)
}

fn camel(sql: &str) -> String {
    let name = sanitize(sql).to_upper_camel_case();
    let name = if name.chars().next().is_some_and(char::is_lowercase) { format!("X{name}") } else { name };
    start_legally(name)
}

/// Puts an underscore before a digit or another character that cannot begin an identifier.
fn start_legally(name: String) -> String {
    match name.chars().next() {
        Some(first) if unicode_ident::is_xid_start(first) => name,
        _ => format!("_{name}"),
    }
}

/// Leaves only characters that an identifier may hold, and spaces between words. What carries meaning and has no such
/// character is spelt out; the result is never without a letter or digit.
fn sanitize(sql: &str) -> Cow<'static, str> {
    if sql.is_empty() {
        return Cow::Borrowed("empty");
    }
    // Identifiers compare in normalisation form C; the compatibility form also folds letters that only look special.
    let folded: String = sql.nfkc().collect();
    let has_word = folded.chars().any(|c| c != '_' && unicode_ident::is_xid_continue(c));
    let mut out = String::with_capacity(folded.len());
    for c in folded.chars() {
        if c != '_' && unicode_ident::is_xid_continue(c) {
            out.push(c);
        } else if let Some((_, sign)) = SIGNS.iter().find(|(sign, _)| *sign == c) {
            out.push(' ');
            if !has_word {
                out.push_str(sign);
                out.push(' ');
            }
        } else if c.is_whitespace() || c.is_control() || is_invisible(c) {
            out.push(' ');
        } else {
            out.push(' ');
            out.push_str(&spell(c));
            out.push(' ');
        }
    }
    // heck splits at case changes and drops what is not alphanumeric, combining marks at a word's start included.
    if out.chars().any(char::is_alphanumeric) {
        Cow::Owned(out)
    } else {
        Cow::Owned(sql.chars().map(|c| format!("{} ", spell(c))).collect())
    }
}

/// Marks that steer layout and are not seen.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
}

fn spell(c: char) -> String {
    format!("u{:x}", u32::from(c))
}

/// What an earlier run called things, read back from its snapshot.
#[derive(Clone, Debug, Default)]
pub struct Previous {
    /// Paths of everything that had a name.
    pub known: BTreeSet<String>,
    /// The names that were not the plain ones, by path.
    pub renamed: BTreeMap<String, String>,
}

/// One thing that wants a name in a scope.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    /// Where the thing is, for remembering it: `shop.book.status`.
    pub path: String,
    /// Its SQL name.
    pub sql: String,
    /// The name it gets if nobody else has it.
    pub plain: String,
    /// The name it gets otherwise, if there is such a name and nobody has that one.
    pub otherwise: Option<String>,
}

impl Claim {
    /// A claim that is told apart by a suffix where its plain name is taken.
    pub(super) fn new(path: impl Into<String>, sql: impl Into<String>, plain: impl Into<String>) -> Self {
        Self { path: path.into(), sql: sql.into(), plain: plain.into(), otherwise: None }
    }
}

/// How names of a scope are written, which decides the form of a suffix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// `user_name_x3fa9`.
    Snake,
    /// `UserNameX3fa9`.
    Camel,
}

/// A set of names that must differ from one another.
#[derive(Debug)]
pub(super) struct Scope {
    style: Style,
    taken: BTreeSet<String>,
}

impl Scope {
    pub(super) fn new(style: Style) -> Self {
        Self { style, taken: BTreeSet::new() }
    }

    /// The scope of a schema's types, in which names that generated code uses for something else are taken.
    pub(super) fn of_types() -> Self {
        Self { style: Style::Camel, taken: RESERVED_TYPES.iter().map(|name| (*name).to_owned()).collect() }
    }

    /// Names all claims: a list of names in the order of the claims. `forms` gives every name that goes with one, itself
    /// included (`Book`, `NewBook`, …); all of them must be free.
    ///
    /// First come those that an earlier run named, then names that are canonical SQL, then the others; each by its bytes.
    pub(super) fn assign(
        &mut self,
        claims: &[Claim],
        previous: &Previous,
        forms: impl Fn(&str) -> Vec<String>,
    ) -> Vec<String> {
        let mut order: Vec<usize> = (0..claims.len()).collect();
        order.sort_by_key(|&at| {
            let claim = &claims[at];
            let known = previous.known.contains(&claim.path);
            (
                !(known && previous.renamed.contains_key(&claim.path)),
                !known,
                !is_canonical(&claim.sql),
                claim.sql.as_str(),
                claim.path.as_str(),
            )
        });
        let mut names = vec![String::new(); claims.len()];
        for at in order {
            let claim = &claims[at];
            let remembered =
                previous.renamed.get(&claim.path).filter(|_| previous.known.contains(&claim.path)).cloned();
            let candidates = remembered
                .into_iter()
                .chain([claim.plain.clone()])
                .chain(claim.otherwise.clone())
                .chain([4, 8, 16, 64].into_iter().map(|digits| self.suffixed(claim, digits)));
            let (name, with_forms) = candidates
                .map(|name| {
                    let with_forms = forms(&name);
                    (name, with_forms)
                })
                .find(|(_, with_forms)| with_forms.iter().all(|form| !self.taken.contains(form)))
                .expect("64 hexadecimal digits of a hash tell any two paths apart");
            self.taken.extend(with_forms);
            names[at] = name;
        }
        names
    }

    fn suffixed(&self, claim: &Claim, digits: usize) -> String {
        let hash = hex(Sha256::digest(claim.path.as_bytes()));
        let plain = claim.plain.trim_start_matches("r#").trim_end_matches('_');
        match self.style {
            Style::Snake => format!("{plain}_x{}", &hash[..digits]),
            Style::Camel => format!("{plain}X{}", &hash[..digits]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_sorted_for_the_search() {
        assert!(KEYWORDS.is_sorted());
    }

    #[test]
    fn what_generated_files_import_is_reserved() {
        use crate::config::TimeLibrary::{Chrono, Time};
        for scalar in super::super::scalar::Scalar::ALL {
            for time in [Chrono, Time] {
                let name = scalar.info(time).name;
                let is_type = name.starts_with(|c: char| c.is_ascii_uppercase());
                assert!(!is_type || RESERVED_TYPES.contains(&name), "{name}");
            }
        }
        assert!(RESERVED_TYPES.is_sorted());
    }

    #[test]
    fn plain_names_come_out_as_people_expect() {
        for (sql, as_field, as_type) in [
            ("isbn", "isbn", "Isbn"),
            ("user_name", "user_name", "UserName"),
            ("UserName", "user_name", "UserName"),
            ("userID", "user_id", "UserId"),
            ("type", "r#type", "Type"),
            ("self", "self_", "SelfRecord"),
            ("_id", "_id", "Id"),
            ("type_", "type_", "Type"),
            ("1st", "_1st", "N1st"),
            ("Order Details", "order_details", "OrderDetails"),
            ("a__b", "a_b", "AB"),
            ("Größe", "größe", "Größe"),
            ("таблица", "таблица", "Таблица"),
            ("🦀", "u1f980", "U1f980"),
            ("", "empty", "Empty"),
            ("+", "plus", "Plus"),
            ("<=", "less_equal", "LessEqual"),
            ("../../etc/passwd", "etc_passwd", "EtcPasswd"),
            ("option", "option", "OptionRecord"),
        ] {
            assert_eq!(field(sql), as_field, "field {sql:?}");
            assert_eq!(type_name(sql), as_type, "type {sql:?}");
        }
    }

    #[test]
    fn every_name_is_a_legal_identifier() {
        let nasty = [
            "\u{202e}",
            "\u{200d}",
            "a\u{301}",
            "\u{301}",
            "𝐀",
            "ª",
            "ǅ",
            "١",
            "_",
            "__",
            "___",
            "\"",
            "'",
            "\n",
            "\0x",
            "½",
            "²",
            "a b c",
            "表",
            "مرحبا",
            "e\u{301}t\u{e9}",
            "-",
            "--",
            "a-b",
            "#",
            "👨‍👩‍👧",
            "İ",
            "ß",
            "ŉ",
            "Self",
        ];
        for sql in nasty {
            for name in [field(sql), module(sql), type_name(sql), variant(sql), function(sql)] {
                let bare = name.trim_start_matches("r#");
                assert!(syn::parse_str::<syn::Ident>(&name).is_ok(), "{sql:?} gave {name:?}");
                assert_eq!(bare.nfc().collect::<String>(), bare, "{sql:?} gave {name:?}, which Rust would normalise");
            }
            assert!(!field(sql).chars().any(char::is_uppercase), "{sql:?}");
            assert!(module(sql).is_ascii() && module(sql) != type_name(sql), "{sql:?} gave {:?}", module(sql));
            assert!(!field(sql).trim_matches('_').contains("__"), "{sql:?} gave {:?}", field(sql));
        }
    }

    #[test]
    fn constants_are_as_distinct_as_fields() {
        let names = ["price", "r#type", "self_", "größe", "groesse", "grösse", "_1", "名前", "ǆ", "ŉ"];
        let constants: Vec<String> = names.iter().map(|name| constant(name)).collect();
        assert_eq!(constants, ["PRICE", "TYPE", "SELF_", "GRÖßE", "GROESSE", "GRÖSSE", "_1", "名前", "Ǆ", "ŉ"]);
    }

    #[test]
    fn a_name_that_is_taken_gives_way_to_the_other_one() {
        let claims = [
            Claim { otherwise: Some("two_fkey".into()), ..Claim::new("t:reference:two", "two", "place") },
            Claim { otherwise: Some("one_fkey".into()), ..Claim::new("t:reference:one", "one", "place") },
        ];
        let given = Scope::new(Style::Snake).assign(&claims, &Previous::default(), |name| vec![name.to_owned()]);
        assert_eq!(given, ["two_fkey", "place"]);
        let previous = Previous { known: ["t:reference:two".to_owned()].into(), renamed: BTreeMap::new() };
        let given = Scope::new(Style::Snake).assign(&claims, &previous, |name| vec![name.to_owned()]);
        assert_eq!(given, ["place", "one_fkey"]);
    }

    fn claims(names: &[&str]) -> Vec<Claim> {
        names.iter().map(|sql| Claim::new(format!("public.{sql}"), *sql, type_name(sql))).collect()
    }

    fn assign(names: &[&str], previous: &Previous) -> Vec<(String, String)> {
        let claims = claims(names);
        let given = Scope::new(Style::Camel).assign(&claims, previous, |name| vec![name.to_owned()]);
        let mut pairs: Vec<_> = claims.into_iter().map(|c| c.sql).zip(given).collect();
        pairs.sort();
        pairs
    }

    #[test]
    fn collisions_do_not_depend_on_order() {
        let forth = assign(&["UserName", "user_name", "userName"], &Previous::default());
        let back = assign(&["userName", "user_name", "UserName"], &Previous::default());
        assert_eq!(forth, back);
        assert_eq!(forth[1..], [("userName".into(), forth[1].1.clone()), ("user_name".into(), "UserName".into())]);
        assert!(forth[0].1.starts_with("UserNameX") && forth[1].1.starts_with("UserNameX") && forth[0].1 != forth[1].1);
    }

    #[test]
    fn a_newcomer_never_takes_a_name_away() {
        let alone = assign(&["UserName"], &Previous::default());
        assert_eq!(alone, [("UserName".into(), "UserName".into())]);
        let previous = Previous { known: ["public.UserName".to_owned()].into(), renamed: BTreeMap::new() };
        let both = assign(&["UserName", "user_name"], &previous);
        assert_eq!(both[0], ("UserName".into(), "UserName".into()));
        assert_ne!(both[1].1, "UserName");
    }
}
