//! From a type as it is written to what it holds: through imports, other names, newtypes and wrappers.

use std::collections::{BTreeMap, BTreeSet};

use syn::{GenericArgument, PathArguments, Type};

use super::Dialect;
use super::kind::{Kind, of_diesel, well_known, well_known_of};
use crate::rust_source::RustFile;
use crate::rust_source::declared::{Alias, Enum, Head, Shape, Struct};

/// How far a name is followed to what it stands for.
const DEPTH: usize = 16;

/// Crates whose types are known here, or known to be none of the sources' own.
const FOREIGN: &[&str] = &[
    "alloc",
    "bigdecimal",
    "bit_vec",
    "bytes",
    "chrono",
    "core",
    "diesel",
    "eui48",
    "ipnet",
    "ipnetwork",
    "jiff",
    "jiff_sqlx",
    "mac_address",
    "pgvector",
    "rust_decimal",
    "sea_orm",
    "secrecy",
    "serde",
    "serde_json",
    "sqlx",
    "std",
    "tablature_runtime",
    "time",
    "uuid",
];

/// A type that was looked into.
#[derive(Clone, Debug)]
pub(super) struct Seen<'s> {
    /// What it holds.
    pub kind: Kind<'s>,
    /// How many `Option`s are around it.
    pub options: u8,
}

/// The types that the sources declare, by name.
pub(crate) struct Types<'s> {
    files: &'s [RustFile],
    structs: BTreeMap<&'s str, Vec<(usize, &'s Struct)>>,
    enums: BTreeMap<&'s str, Vec<(usize, &'s Enum)>>,
    aliases: BTreeMap<&'s str, Vec<(usize, &'s Alias)>>,
    /// Types whose reading is written by hand, and the trait.
    by_hand: BTreeSet<(&'s str, &'s str)>,
}

/// Something that the sources declare.
#[derive(Clone, Copy)]
pub(crate) enum Item<'s> {
    Struct(usize, &'s Struct),
    Enum(usize, &'s Enum),
    Alias(usize, &'s Alias),
}

impl<'s> Types<'s> {
    pub(crate) fn new(files: &'s [RustFile]) -> Self {
        let mut out = Self {
            files,
            structs: BTreeMap::new(),
            enums: BTreeMap::new(),
            aliases: BTreeMap::new(),
            by_hand: BTreeSet::new(),
        };
        for (number, file) in files.iter().enumerate() {
            for item in &file.declared.structs {
                out.structs.entry(&item.head.name).or_default().push((number, item));
            }
            for item in &file.declared.enums {
                out.enums.entry(&item.head.name).or_default().push((number, item));
            }
            for item in &file.declared.aliases {
                out.aliases.entry(&item.head.name).or_default().push((number, item));
            }
            for item in &file.declared.impls {
                out.by_hand.extend(item.of.as_deref().map(|of| (item.ty.as_str(), of)));
            }
        }
        out
    }

    /// What a type that is written in a file holds, for models of a library.
    pub(super) fn see(&self, file: usize, ty: &str, dialect: Dialect) -> Seen<'s> {
        match syn::parse_str::<Type>(ty) {
            Ok(ty) => self.of_type(file, &ty, dialect, DEPTH),
            Err(_) => Seen { kind: Kind::Unknown, options: 0 },
        }
    }

    /// What a type in diesel's `table!` holds.
    pub(super) fn see_diesel(&self, ty: &str) -> Seen<'s> {
        let unknown = Seen { kind: Kind::Unknown, options: 0 };
        let Ok(ty) = syn::parse_str::<Type>(ty) else { return unknown };
        self.of_diesel_type(&ty, DEPTH)
    }

    fn of_diesel_type(&self, ty: &Type, depth: usize) -> Seen<'s> {
        let unknown = Seen { kind: Kind::Unknown, options: 0 };
        let Some(depth) = depth.checked_sub(1) else { return unknown };
        let Type::Path(path) = ty else { return unknown };
        let Some(last) = path.path.segments.last() else { return unknown };
        let name = last.ident.to_string();
        let inner: Vec<Seen<'s>> =
            arguments(&last.arguments).into_iter().map(|argument| self.of_diesel_type(argument, depth)).collect();
        if name == "Nullable" {
            return inner.into_iter().next().map_or(unknown, |seen| Seen { options: seen.options + 1, ..seen });
        }
        // A type of the database's own is a structure that says its name.
        if let Some((_, item)) = self.structs.get(name.as_str()).and_then(|list| list.first())
            && let Some(meta) = ["postgres_type", "mysql_type"]
                .into_iter()
                .find_map(|system| item.head.attributes.argument("diesel", system))
            && let Some(named) = meta.arguments.iter().find(|argument| argument.path == "name")
        {
            return Seen { kind: Kind::Named(named.value.clone().unwrap_or_default()), options: 0 };
        }
        let kinds = inner.into_iter().map(|seen| seen.kind).collect();
        Seen { kind: of_diesel(&name, kinds), options: 0 }
    }

    fn of_type(&self, file: usize, ty: &Type, dialect: Dialect, depth: usize) -> Seen<'s> {
        let plain = |kind| Seen { kind, options: 0 };
        let Some(depth) = depth.checked_sub(1) else { return plain(Kind::Unknown) };
        match ty {
            Type::Reference(inner) => self.of_type(file, &inner.elem, dialect, depth),
            Type::Paren(inner) => self.of_type(file, &inner.elem, dialect, depth),
            Type::Group(inner) => self.of_type(file, &inner.elem, dialect, depth),
            Type::Slice(inner) => plain(list(self.of_type(file, &inner.elem, dialect, depth).kind)),
            Type::Array(inner) => plain(list(self.of_type(file, &inner.elem, dialect, depth).kind)),
            // A range of diesel's is a pair of bounds.
            Type::Tuple(pair) if pair.elems.len() == 2 => match pair.elems.first() {
                Some(Type::Path(bound)) if bound.path.segments.last().is_some_and(|last| last.ident == "Bound") => {
                    let arguments = bound.path.segments.last().map(|last| arguments(&last.arguments));
                    let inner = arguments.and_then(|list| list.first().copied());
                    let inner = inner.map_or(Kind::Unknown, |inner| self.of_type(file, inner, dialect, depth).kind);
                    plain(Kind::Range(Box::new(inner)))
                }
                _ => plain(Kind::Unknown),
            },
            Type::Path(path) if path.qself.is_none() => self.of_path(file, &path.path, dialect, depth),
            _ => plain(Kind::Unknown),
        }
    }

    fn of_path(&self, file: usize, path: &syn::Path, dialect: Dialect, depth: usize) -> Seen<'s> {
        let plain = |kind| Seen { kind, options: 0 };
        let words: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let Some(last) = path.segments.last() else { return plain(Kind::Unknown) };
        let arguments = arguments(&last.arguments);
        let name = last.ident.to_string();
        let name = name.strip_prefix("r#").unwrap_or(&name);
        if name == "Option" {
            let inner = arguments.first().map(|inner| self.of_type(file, inner, dialect, depth));
            return inner.map_or(plain(Kind::Unknown), |seen| Seen { options: seen.options + 1, ..seen });
        }
        let (item, name) = self.resolve(file, &words, name);
        match item {
            Ok(Some(item)) if arguments.is_empty() => self.of_item(item, dialect, depth),
            Ok(Some(_)) | Err(()) => plain(Kind::Unknown),
            Ok(None) if has_arguments(&last.arguments) => {
                let kinds = arguments.iter().map(|argument| self.of_type(file, argument, dialect, depth).kind);
                plain(well_known_of(&name, kinds.collect()))
            }
            Ok(None) => plain(well_known(&name)),
        }
    }

    /// What a path in a file stands for, if it is something that the sources declare.
    pub(crate) fn item(&self, file: usize, path: &syn::Path) -> Option<Item<'s>> {
        let words: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.resolve(file, &words, words.last()?).0.ok().flatten()
    }

    /// The whole path of a name that is brought into a file, or that stands there in full.
    pub(crate) fn full_path(&self, file: usize, path: &syn::Path) -> Vec<String> {
        let words: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let brought = words.first().and_then(|first| self.imported(file, first));
        match brought {
            Some(brought) => brought.iter().chain(words.iter().skip(1)).cloned().collect(),
            None => words,
        }
    }

    /// What a name in a file stands for: something that the sources declare, nothing of theirs, or it cannot be told; and the
    /// name that it has where it comes from.
    fn resolve(&self, file: usize, words: &[String], name: &str) -> (Result<Option<Item<'s>>, ()>, String) {
        let same = || name.to_owned();
        let own = |first: &str| ["crate", "self", "super"].contains(&first);
        if let [first, _, ..] = words {
            let is_foreign = FOREIGN.contains(&first.as_str());
            let is_imported_foreign = self
                .imported(file, first)
                .is_some_and(|path| path.first().is_some_and(|first| FOREIGN.contains(&first.as_str())));
            if is_foreign || is_imported_foreign {
                return (Ok(None), same());
            }
            let found = self.anywhere(name, words);
            return match found {
                // A path into a crate that is not known: what it holds is not known either.
                Ok(None) if !own(first) => (Ok(None), same()),
                Ok(None) => (Err(()), same()),
                found => (found, same()),
            };
        }
        if let Some(item) = self.in_file(file, name) {
            return (Ok(Some(item)), same());
        }
        if let Some(path) = self.imported(file, name) {
            let first = path.first().map(String::as_str).unwrap_or_default();
            let last = path.last().cloned().unwrap_or_default();
            if FOREIGN.contains(&first) {
                return (Ok(None), last);
            }
            return match self.anywhere(&last, path) {
                Ok(None) if own(first) => (Err(()), last),
                found => (found, last),
            };
        }
        match (well_known(name), well_known_of(name, Vec::new())) {
            (Kind::Unknown, Kind::Unknown) => (self.anywhere(name, &[]), same()),
            _ => (Ok(None), same()),
        }
    }

    fn imported(&self, file: usize, name: &str) -> Option<&'s [String]> {
        let imports = &self.files[file].declared.imports;
        imports.iter().find(|import| import.name == name).map(|import| import.path.as_slice())
    }

    fn in_file(&self, file: usize, name: &str) -> Option<Item<'s>> {
        fn here<'s, T>(map: &BTreeMap<&'s str, Vec<(usize, &'s T)>>, file: usize, name: &str) -> Option<&'s T> {
            map.get(name)?.iter().find(|(at, _)| *at == file).map(|(_, item)| *item)
        }
        here(&self.structs, file, name)
            .map(|item| Item::Struct(file, item))
            .or_else(|| here(&self.enums, file, name).map(|item| Item::Enum(file, item)))
            .or_else(|| here(&self.aliases, file, name).map(|item| Item::Alias(file, item)))
    }

    /// The item of that name in all files: the only one, or the only one in a module of the name that stands before it.
    fn anywhere(&self, name: &str, path: &[String]) -> Result<Option<Item<'s>>, ()> {
        let only = self.only(name, |_, _| true);
        let module = path.len().checked_sub(2).and_then(|at| path.get(at));
        match (only, module) {
            (Err(()), Some(module)) => self.only(name, |file, head| {
                let stem = self.files[file].path.file_stem().is_some_and(|stem| stem == module.as_str());
                head.modules.last() == Some(module) || head.modules.is_empty() && stem
            }),
            (only, _) => only,
        }
    }

    fn only(&self, name: &str, is_meant: impl Fn(usize, &Head) -> bool) -> Result<Option<Item<'s>>, ()> {
        let structs = self.structs.get(name).into_iter().flatten().filter(|(file, item)| is_meant(*file, &item.head));
        let structs = structs.map(|(file, item)| Item::Struct(*file, item));
        let enums = self.enums.get(name).into_iter().flatten().filter(|(file, item)| is_meant(*file, &item.head));
        let enums = enums.map(|(file, item)| Item::Enum(*file, item));
        let aliases = self.aliases.get(name).into_iter().flatten().filter(|(file, item)| is_meant(*file, &item.head));
        let aliases = aliases.map(|(file, item)| Item::Alias(*file, item));
        let mut all = structs.chain(enums).chain(aliases);
        let first = all.next();
        if all.next().is_some() { Err(()) } else { Ok(first) }
    }

    /// The structure that a type names, and its file.
    pub(super) fn structure(&self, file: usize, ty: &str) -> Option<(usize, &'s Struct)> {
        let Ok(Type::Path(path)) = syn::parse_str::<Type>(ty) else { return None };
        let words: Vec<String> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        match self.resolve(file, &words, words.last()?).0 {
            Ok(Some(Item::Struct(file, item))) => Some((file, item)),
            _ => None,
        }
    }

    /// All enumerations of the sources.
    pub(super) fn enums(&self) -> impl Iterator<Item = &'s Enum> {
        self.enums.values().flatten().map(|(_, item)| *item)
    }

    /// The file that an enumeration stands in.
    pub(super) fn file_of(&self, item: &Enum) -> Option<&'s RustFile> {
        let list = self.enums.get(item.head.name.as_str())?;
        let (file, _) = list.iter().find(|(_, other)| std::ptr::eq(*other, item))?;
        Some(&self.files[*file])
    }

    /// Whether the way from the database to a type is written by hand.
    fn is_by_hand(&self, name: &str, dialect: Dialect) -> bool {
        let traits: &[&str] = match dialect {
            Dialect::Serde => &["Deserialize"],
            _ => &["Decode", "FromSql", "TryGetable", "TryGetableFromJson"],
        };
        traits.iter().any(|of| self.by_hand.contains(&(name, *of)))
    }

    fn of_item(&self, item: Item<'s>, dialect: Dialect, depth: usize) -> Seen<'s> {
        let plain = |kind| Seen { kind, options: 0 };
        let head = match &item {
            Item::Struct(_, item) => &item.head,
            Item::Enum(_, item) => &item.head,
            Item::Alias(file, item) => {
                if item.is_generic {
                    return plain(Kind::Unknown);
                }
                let ty = syn::parse_str::<Type>(&item.ty).ok();
                return ty.map_or(plain(Kind::Unknown), |ty| self.of_type(*file, &ty, dialect, depth));
            }
        };
        let attributes = &head.attributes;
        // What diesel reads it as is said where the conversion is by hand.
        if let Some(ty) = attributes.value("diesel", "sql_type").filter(|_| dialect != Dialect::Serde) {
            return self.see_diesel(ty);
        }
        let converts = ["try_from", "from", "remote"].iter().any(|name| attributes.has("serde", name));
        if dialect == Dialect::Serde && converts || self.is_by_hand(&head.name, dialect) {
            return plain(Kind::Unknown);
        }
        if attributes.derives_any(&["FromJsonQueryResult", "AsJsonb", "AsJson"]) {
            return plain(Kind::JsonOf);
        }
        if let Some(ty) = attributes.value("sea_orm", "value_type") {
            return plain(well_known(ty));
        }
        match item {
            Item::Struct(file, item) => {
                let is_transparent = ["sqlx", "serde"].iter().any(|of| attributes.has(of, "transparent"));
                match item.fields.as_slice() {
                    [inner] if !item.is_generic && (item.shape == Shape::Tuple || is_transparent) => {
                        let ty = syn::parse_str::<Type>(&inner.ty).ok();
                        ty.map_or(plain(Kind::Unknown), |ty| self.of_type(file, &ty, dialect, depth))
                    }
                    _ => plain(Kind::Struct),
                }
            }
            Item::Enum(_, item) => plain(Kind::Enum(item)),
            Item::Alias(..) => plain(Kind::Unknown),
        }
    }
}

/// A list of what is given, or bytes.
fn list(inner: Kind<'_>) -> Kind<'_> {
    match inner {
        Kind::Int { bits: 8, signed: false } => Kind::Bytes,
        inner => Kind::List(Box::new(inner)),
    }
}

/// The types among the arguments of a path.
pub(crate) fn arguments(arguments: &PathArguments) -> Vec<&Type> {
    let PathArguments::AngleBracketed(list) = arguments else { return Vec::new() };
    let types = list.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.collect()
}

fn has_arguments(arguments: &PathArguments) -> bool {
    matches!(arguments, PathArguments::AngleBracketed(_))
}
