//! A way through the tokens of a file that stops at what it declares.

use std::ops::Range;

use proc_macro2::Delimiter;

use super::attribute::Attributes;
use super::declared::{Alias, Declared, Enum, Field, Head, Impl, Shape, Struct, Table, TableColumn, Variant};
use super::imports;
use super::token::{Kind, Tree, range_of, split_at_commas};

/// What a file declares, in the order of the text.
pub(super) fn declared(text: &str, trees: &[Tree]) -> Declared {
    let mut scan = Scan { text, out: Declared::default() };
    scan.items(trees, &Within::default());
    scan.out
}

/// What items stand in.
#[derive(Clone, Debug, Default)]
struct Within {
    modules: Vec<String>,
    is_local: bool,
    is_for_tests: bool,
    /// Whether it is the body of an `impl` or a `trait`, whose types are no items.
    is_associated: bool,
}

/// What stood before an item.
#[derive(Default)]
struct Before {
    attributes: Attributes,
    visibility: Range<usize>,
    start: Option<usize>,
}

struct Scan<'t> {
    text: &'t str,
    out: Declared,
}

impl Scan<'_> {
    fn items(&mut self, trees: &[Tree], within: &Within) {
        let mut before = Before::default();
        let mut at = 0;
        while let Some(tree) = trees.get(at) {
            let next = trees.get(at + 1);
            match &tree.kind {
                Kind::Doc => {
                    before.start.get_or_insert(tree.range.start);
                    at += 1;
                    continue;
                }
                Kind::Mark('#') => {
                    if let Some(inner) = next.and_then(|next| next.group(Delimiter::Bracket)) {
                        before.attributes.add(self.text, inner);
                        before.start.get_or_insert(tree.range.start);
                        at += 2;
                        continue;
                    }
                }
                Kind::Word(word) if word == "pub" => {
                    before.start.get_or_insert(tree.range.start);
                    let restricted = next.filter(|next| next.group(Delimiter::Parenthesis).is_some());
                    let end = restricted.map_or(tree.range.end, |next| next.range.end);
                    before.visibility = tree.range.start..end;
                    at += 1 + usize::from(restricted.is_some());
                    continue;
                }
                Kind::Word(word) => {
                    if let Some(after) = self.item(word, trees, at, &mut before, within) {
                        before = Before::default();
                        at = after;
                        continue;
                    }
                }
                Kind::Group(Delimiter::Brace, inner) => {
                    // A body of a function, or a block in one.
                    let is_for_tests = within.is_for_tests || before.attributes.is_for_tests();
                    self.items(inner, &Within { is_local: true, is_for_tests, ..within.clone() });
                    before = Before::default();
                    at += 1;
                    continue;
                }
                Kind::Group(_, inner) => self.items(inner, &Within { is_local: true, ..within.clone() }),
                _ => {}
            }
            // The words and marks between the attributes of a function and its body leave them as they are.
            if matches!(tree.kind, Kind::Mark(';' | ',')) {
                before = Before::default();
            }
            at += 1;
        }
    }

    /// An item that begins at a word; the position behind it.
    fn item(&mut self, word: &str, trees: &[Tree], at: usize, before: &mut Before, within: &Within) -> Option<usize> {
        let next = trees.get(at + 1)?;
        match word {
            "struct" if next.word().is_some() => self.structure(trees, at, before, within),
            "enum" if next.word().is_some() => self.enumeration(trees, at, before, within),
            "type" if next.word().is_some() && !within.is_associated => self.alias(trees, at, before, within),
            "use" => {
                let end = at + trees[at..].iter().position(|tree| tree.is_mark(';'))?;
                let start = before.start.unwrap_or(trees[at].range.start);
                let item = start..trees[end].range.end;
                let visibility = self.visibility(before);
                let names = imports::imports(&trees[at + 1..end], &item, &visibility, &within.modules);
                self.out.imports.extend(names);
                Some(end + 1)
            }
            "mod" => {
                let name = next.word()?;
                let inner = trees.get(at + 2)?.group(Delimiter::Brace)?;
                let mut modules = within.modules.clone();
                modules.push(name.to_owned());
                let is_for_tests = within.is_for_tests || before.attributes.is_for_tests();
                self.items(inner, &Within { modules, is_for_tests, ..within.clone() });
                Some(at + 3)
            }
            "impl" | "trait" => self.implementation(word, trees, at, before, within),
            _ if next.is_mark('!') => self.call(word, trees, at, before, within),
            _ => None,
        }
    }

    fn visibility(&self, before: &Before) -> String {
        self.text[before.visibility.clone()].to_owned()
    }

    fn head(&self, trees: &[Tree], at: usize, end: usize, before: &mut Before, within: &Within) -> Head {
        let visibility = self.visibility(before);
        let body = if visibility.is_empty() { trees[at].range.start } else { before.visibility.start };
        let is_for_tests = within.is_for_tests || before.attributes.is_for_tests();
        let end = trees[end.min(trees.len() - 1)].range.end;
        Head {
            name: trees[at + 1].word().unwrap_or_default().to_owned(),
            at: trees[at + 1].range.start,
            range: before.start.unwrap_or(body)..end,
            attributes: std::mem::take(&mut before.attributes),
            modules: within.modules.clone(),
            visibility,
            is_local: within.is_local,
            is_for_tests,
        }
    }

    fn structure(&mut self, trees: &[Tree], at: usize, before: &mut Before, within: &Within) -> Option<usize> {
        // Parameters and conditions stand before the fields, those of a tuple behind them too.
        let is_body = |tree: &Tree| tree.group(Delimiter::Brace).is_some() || tree.is_mark(';');
        let end = at + trees[at..].iter().position(is_body)?;
        let tuple = trees[at..end].iter().find_map(|tree| tree.group(Delimiter::Parenthesis));
        let (shape, fields) = match (&trees[end].kind, tuple) {
            (Kind::Group(_, inner), _) => (Shape::Named, self.fields(inner, true)),
            (_, Some(inner)) => (Shape::Tuple, self.fields(inner, false)),
            _ => (Shape::Unit, Vec::new()),
        };
        let is_generic = trees[at + 2].is_mark('<');
        let head = self.head(trees, at, end, before, within);
        self.out.structs.push(Struct { head, shape, is_generic, fields });
        Some(end + 1)
    }

    fn fields(&self, trees: &[Tree], are_named: bool) -> Vec<Field> {
        let parts = split_at_commas(trees).into_iter().enumerate();
        parts.filter_map(|(number, part)| self.field(part, are_named.then_some(()), number)).collect()
    }

    fn field(&self, part: &[Tree], named: Option<()>, number: usize) -> Option<Field> {
        let (attributes, visibility, rest) = self.before_field(part);
        let first = rest.first()?;
        let ty = if named.is_some() { rest.get(2..)? } else { rest };
        let written = if named.is_some() { self.text[first.range.clone()].to_owned() } else { number.to_string() };
        Some(Field {
            name: written.strip_prefix("r#").unwrap_or(&written).to_owned(),
            written,
            at: first.range.start,
            attributes,
            visibility,
            ty: self.text.get(range_of(ty)?)?.to_owned(),
        })
    }

    /// The attributes and the visibility before a field, and what is left.
    fn before_field<'p>(&self, mut part: &'p [Tree]) -> (Attributes, String, &'p [Tree]) {
        let mut attributes = Attributes::default();
        let mut visibility = String::new();
        loop {
            match part {
                [Tree { kind: Kind::Doc, .. }, rest @ ..] => part = rest,
                [mark, group, rest @ ..] if mark.is_mark('#') && group.group(Delimiter::Bracket).is_some() => {
                    attributes.add(self.text, group.group(Delimiter::Bracket).unwrap_or_default());
                    part = rest;
                }
                [word, rest @ ..] if word.is_word("pub") => {
                    let restricted = rest.first().filter(|next| next.group(Delimiter::Parenthesis).is_some());
                    // `pub (A, B)` in a tuple is a type.
                    let restricted = restricted.filter(|_| rest.len() > 1);
                    let end = restricted.map_or(word.range.end, |next| next.range.end);
                    self.text[word.range.start..end].clone_into(&mut visibility);
                    part = &rest[usize::from(restricted.is_some())..];
                }
                _ => return (attributes, visibility, part),
            }
        }
    }

    fn enumeration(&mut self, trees: &[Tree], at: usize, before: &mut Before, within: &Within) -> Option<usize> {
        let end = at + trees[at..].iter().position(|tree| tree.group(Delimiter::Brace).is_some())?;
        let inner = trees[end].group(Delimiter::Brace)?;
        let variants = split_at_commas(inner).into_iter().filter_map(|part| {
            let (attributes, _, rest) = self.before_field(part);
            let name = rest.first()?;
            Some(Variant {
                name: name.word()?.to_owned(),
                at: name.range.start,
                attributes,
                has_fields: rest.get(1).is_some_and(|tree| matches!(tree.kind, Kind::Group(..))),
            })
        });
        let variants = variants.collect();
        let head = self.head(trees, at, end, before, within);
        self.out.enums.push(Enum { head, variants });
        Some(end + 1)
    }

    fn alias(&mut self, trees: &[Tree], at: usize, before: &mut Before, within: &Within) -> Option<usize> {
        let end = at + trees[at..].iter().position(|tree| tree.is_mark(';'))?;
        let equals = at + trees[at..end].iter().position(|tree| tree.is_mark('='))?;
        let ty = self.text.get(range_of(&trees[equals + 1..end])?)?.to_owned();
        let is_generic = trees[at + 2].is_mark('<');
        let head = self.head(trees, at, end, before, within);
        self.out.aliases.push(Alias { head, is_generic, ty });
        Some(end + 1)
    }

    fn implementation(
        &mut self,
        word: &str,
        trees: &[Tree],
        at: usize,
        before: &Before,
        within: &Within,
    ) -> Option<usize> {
        let end = at + trees[at..].iter().position(|tree| tree.group(Delimiter::Brace).is_some())?;
        let inner = trees[end].group(Delimiter::Brace)?;
        let is_for_tests = within.is_for_tests || before.attributes.is_for_tests();
        self.items(inner, &Within { is_associated: true, is_local: true, is_for_tests, ..within.clone() });
        if word == "impl" {
            let header = past_generics(&trees[at + 1..end]);
            let header = header.split(|tree| tree.is_word("where")).next().unwrap_or_default();
            let mut sides = header.split(|tree| tree.is_word("for"));
            let (first, second) = (sides.next().unwrap_or_default(), sides.next());
            let (of, ty) = match second {
                Some(ty) => (last_name(first), last_name(ty)),
                None => (None, last_name(first)),
            };
            self.out.impls.push(Impl {
                of,
                ty: ty.unwrap_or_default(),
                modules: within.modules.clone(),
                texts: texts_of_functions(inner),
            });
        }
        Some(end + 1)
    }

    /// A macro: what stands in one is no item, but for diesel's `table!`.
    fn call(&mut self, word: &str, trees: &[Tree], at: usize, before: &Before, within: &Within) -> Option<usize> {
        // `macro_rules! name { … }` has a name between.
        let body = (at + 2..at + 4).find(|&body| matches!(trees.get(body).map(|t| &t.kind), Some(Kind::Group(..))))?;
        if let ("table", Kind::Group(_, inner)) = (word, &trees[body].kind) {
            let is_for_tests = within.is_for_tests || before.attributes.is_for_tests();
            self.out.tables.extend(self.table(inner, is_for_tests));
        }
        Some(body + 1)
    }

    /// `use …; #[sql_name = "x"] schema.name (id) { … }`
    fn table(&self, trees: &[Tree], is_for_tests: bool) -> Option<Table> {
        let body = trees.iter().position(|tree| tree.group(Delimiter::Brace).is_some())?;
        let from = trees[..body].iter().rposition(|tree| tree.is_mark(';')).map_or(0, |semicolon| semicolon + 1);
        let (attributes, _, head) = self.before_field(&trees[from..body]);
        let names: Vec<&Tree> = head.iter().filter(|tree| tree.word().is_some()).collect();
        let name = names.last()?;
        let key = head.iter().find_map(|tree| tree.group(Delimiter::Parenthesis)).unwrap_or_default();
        let columns = split_at_commas(trees[body].group(Delimiter::Brace)?).into_iter();
        Some(Table {
            name: name.word()?.to_owned(),
            at: name.range.start,
            schema: (names.len() > 1).then(|| names[0].word().unwrap_or_default().to_owned()),
            sql_name: attributes.of("sql_name").next().and_then(|meta| meta.value.clone()),
            key: key.iter().filter_map(|tree| tree.word().map(str::to_owned)).collect(),
            columns: columns.filter_map(|part| self.table_column(part)).collect(),
            is_for_tests,
        })
    }

    fn table_column(&self, part: &[Tree]) -> Option<TableColumn> {
        let (attributes, _, rest) = self.before_field(part);
        let name = rest.first()?;
        let arrow = rest.iter().position(|tree| tree.is_mark('>'))?;
        let value = |path| attributes.of(path).next().and_then(|meta| meta.value.clone());
        Some(TableColumn {
            name: name.word()?.to_owned(),
            at: name.range.start,
            sql_name: value("sql_name"),
            max_length: value("max_length").and_then(|length| length.parse().ok()),
            ty: self.text.get(range_of(&rest[arrow + 1..])?)?.to_owned(),
        })
    }
}

/// What stands behind `<…>` at the beginning.
fn past_generics(trees: &[Tree]) -> &[Tree] {
    if !trees.first().is_some_and(|tree| tree.is_mark('<')) {
        return trees;
    }
    let mut depth = 0;
    for (at, tree) in trees.iter().enumerate() {
        match tree.kind {
            Kind::Mark('<') => depth += 1,
            Kind::Mark('>') if at > 0 && trees[at - 1].is_mark('-') => {}
            Kind::Mark('>') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &trees[at + 1..];
        }
    }
    &[]
}

/// The last part of a path, without its arguments.
fn last_name(trees: &[Tree]) -> Option<String> {
    let path = trees.split(|tree| tree.is_mark('<')).next()?;
    path.iter().rev().find_map(|tree| tree.word()).map(str::to_owned)
}

/// The functions in a body whose own body has one text in it, such as `fn table_name(&self) -> &str { "book" }`.
fn texts_of_functions(trees: &[Tree]) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for (at, tree) in trees.iter().enumerate() {
        if !tree.is_word("fn") {
            continue;
        }
        let Some(name) = trees.get(at + 1).and_then(Tree::word) else { continue };
        let body = trees[at..].iter().find_map(|tree| tree.group(Delimiter::Brace)).unwrap_or_default();
        let mut texts = Vec::new();
        literals(body, &mut texts);
        if let [text] = texts.as_slice() {
            out.push((name.to_owned(), text.clone()));
        }
    }
    out
}

fn literals(trees: &[Tree], out: &mut Vec<String>) {
    for tree in trees {
        match &tree.kind {
            Kind::Literal(literal) => {
                out.extend(syn::parse_str::<syn::LitStr>(literal).ok().map(|literal| literal.value()));
            }
            Kind::Group(_, inner) => literals(inner, out),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rust_source::token::trees;

    fn of(text: &str) -> Declared {
        declared(text, &trees(text).unwrap())
    }

    #[test]
    fn what_is_declared_is_found_wherever_it_stands() {
        let text = "use a::{b::C, d as e, f::{self, *}};\n\
            /// A book.\n#[derive(Clone, sqlx::FromRow)]\n#[cfg_attr(feature = \"x\", sqlx(rename_all = \"camelCase\"))]\n\
            pub(crate) struct Book<'a> where Self: Sized {\n  /// Doc.\n  #[sqlx(rename = \"type\")] pub r#type: Map<u8, fn(u8) -> u8>, b: &'a str }\n\
            struct Id(pub i64, String);\nstruct Unit;\n\
            mod inner { #[cfg(test)] mod tests { struct T {} } type A = Vec<u8>; }\n\
            impl<T: Into<u8>> std::fmt::Display for Id where T: Copy { type Output = u8; fn table_name(&self) -> &str { \"book\" } }\n\
            fn f() { #[derive(FromRow)] struct Local { x: i32 } }\n\
            macro_rules! m { ($a:ident) => { struct $a; struct Never { x: i32 } } }\n\
            enum E { #[x(y = 3)] A, B(u8), C { d: u8 }, D = 4 }";
        let found = of(text);
        let names: Vec<&str> = found.structs.iter().map(|item| item.head.name.as_str()).collect();
        assert_eq!(names, ["Book", "Id", "Unit", "T", "Local"]);
        let book = &found.structs[0];
        assert!(
            text[book.head.range.clone()].starts_with("/// A book.") && text[book.head.range.clone()].ends_with('}')
        );
        assert_eq!((book.head.visibility.as_str(), book.is_generic), ("pub(crate)", true));
        assert_eq!(book.head.attributes.value("sqlx", "rename_all"), Some("camelCase"));
        assert!(book.head.attributes.derives_any(&["FromRow"]));
        let fields: Vec<_> =
            book.fields.iter().map(|f| (f.name.as_str(), f.ty.as_str(), f.visibility.as_str())).collect();
        assert_eq!(fields, [("type", "Map<u8, fn(u8) -> u8>", "pub"), ("b", "&'a str", "")]);
        assert_eq!(book.fields[0].attributes.value("sqlx", "rename"), Some("type"));
        assert_eq!((found.structs[1].shape, found.structs[1].fields.len()), (Shape::Tuple, 2));
        assert_eq!((&found.structs[1].fields[0].ty, found.structs[2].shape), (&"i64".to_owned(), Shape::Unit));
        assert!(found.structs[3].head.is_for_tests && found.structs[4].head.is_local);
        assert_eq!(found.structs[3].head.modules, ["inner", "tests"]);
        assert_eq!((found.aliases.len(), &found.aliases[0].ty), (1, &"Vec<u8>".to_owned()));
        let of = found.impls[0].of.as_deref();
        assert_eq!((of, found.impls[0].ty.as_str()), (Some("Display"), "Id"));
        assert_eq!(found.impls[0].texts, [("table_name".to_owned(), "book".to_owned())]);
        let variants: Vec<_> = found.enums[0].variants.iter().map(|v| (v.name.as_str(), v.has_fields)).collect();
        assert_eq!(variants, [("A", false), ("B", true), ("C", true), ("D", false)]);
        let imports: Vec<_> =
            found.imports.iter().map(|i| (i.path.join("::"), i.name.as_str(), &text[i.part.clone()])).collect();
        assert_eq!(
            imports,
            [
                ("a::b::C".to_owned(), "C", "b::C"),
                ("a::d".to_owned(), "e", "d as e"),
                ("a::f".to_owned(), "f", "self"),
                ("a::f::*".to_owned(), "*", "*"),
            ]
        );
    }

    #[test]
    fn tables_of_diesel_are_read() {
        let text = "diesel::table! {\n    use diesel::sql_types::*;\n    use super::sql_types::BookFormat;\n\n    /// Doc.\n    \
            #[sql_name = \"Book\"]\n    shop.book (id, other) {\n        id -> Int8,\n        /// Doc.\n        #[sql_name = \"type\"]\n        \
            #[max_length = 13]\n        type_ -> Nullable<Array<Nullable<Text>>>,\n    }\n}\ndiesel::allow_tables_to_appear_in_same_query!(a, b,);";
        let tables = of(text).tables;
        assert_eq!(tables.len(), 1);
        let table = &tables[0];
        assert_eq!(
            (table.name.as_str(), table.schema.as_deref(), table.sql_name.as_deref()),
            ("book", Some("shop"), Some("Book"))
        );
        assert_eq!(table.key, ["id", "other"]);
        assert_eq!(table.columns.len(), 2);
        let column = &table.columns[1];
        assert_eq!(
            (column.name.as_str(), column.sql_name.as_deref(), column.max_length),
            ("type_", Some("type"), Some(13))
        );
        assert_eq!(column.ty, "Nullable<Array<Nullable<Text>>>");
        assert_eq!(&text[column.at..column.at + 5], "type_");
    }
}
