//! Calls in Rust.
//!
//! Calls are looked for in the tokens and not in the syntax tree, for what is handed to a macro has none: a call within
//! `assert_eq!` or `select!` looks as it does anywhere. Arguments are expressions, which syn reads.

use std::collections::BTreeMap;
use std::str::FromStr;

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{BinOp, Expr, Lit, Token};

use super::numbered::Numbered;
use super::{Argument, Callee, Extract, Found, Text, note};
use crate::config::Target;

/// How far a name is followed to what it stands for.
const DEPTH: usize = 16;

pub(super) fn extract(source: &str, targets: &[&Target]) -> Extract {
    let numbered = Numbered::new(source);
    let tokens = TokenStream::from_str(&numbered.readable).map_err(|error| error.to_string());
    let tokens = tokens.and_then(|tokens| {
        let parsed = syn::parse2::<syn::File>(tokens.clone());
        parsed.map(|_| tokens).map_err(|error| error.to_string())
    });
    let tokens = match tokens {
        Ok(tokens) => tokens,
        Err(error) => return Extract { found: Vec::new(), unread: Some(format!("it is not Rust: {error}")) },
    };
    let mut reader = Reader { numbered, targets, named: BTreeMap::new(), parenthesis: 0, found: Vec::new() };
    reader.collect_named(tokens.clone());
    reader.walk(tokens);
    Extract { found: reader.found, unread: None }
}

struct Reader<'r> {
    numbered: Numbered<'r>,
    targets: &'r [&'r Target],
    /// What constants and variables stand for; nothing for a name that stands for several things.
    named: BTreeMap<String, Option<Expr>>,
    /// How many parentheses were opened.
    parenthesis: usize,
    found: Vec<Found>,
}

impl Reader<'_> {
    /// Notes what is said by `const X: … = …;`, `static …` and `let x = …;`, wherever it stands.
    fn collect_named(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => self.collect_named(group.stream()),
                TokenTree::Ident(word) if ["const", "static", "let"].iter().any(|known| word == known) => {
                    if let Some(TokenTree::Ident(name)) = tokens.get(at + 1) {
                        let value = value(&tokens[at + 2..]);
                        let known = self.named.entry(name.to_string());
                        known.and_modify(|known| *known = None).or_insert(value);
                    }
                }
                _ => {}
            }
        }
    }

    fn walk(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            if let TokenTree::Group(group) = token {
                self.parenthesis += usize::from(group.delimiter() == Delimiter::Parenthesis);
                if let Some(callee) = callee(&tokens[..at], group) {
                    self.call(&callee, group);
                }
                self.walk(group.stream());
            }
        }
    }

    fn call(&mut self, callee: &Callee, group: &Group) {
        let targets = callee.targets(self.targets);
        if targets.is_empty() {
            return;
        }
        let arguments = arguments(group.stream());
        // Where the arguments begin; for a macro with other brackets, those of the parenthesis before it.
        let opened = self.parenthesis.checked_sub(1).and_then(|at| self.numbered.parentheses.get(at));
        let offset = opened.copied().unwrap_or_default();
        for target in targets {
            if let Some(argument) = arguments.get(target.argument) {
                let seen = self.argument(argument, DEPTH);
                note(&mut self.found, target, callee, offset, seen);
            }
        }
    }

    fn argument(&self, expr: &Expr, depth: usize) -> Argument {
        if self.is_target(expr) {
            return Argument::Target;
        }
        self.text(expr, depth).map_or(Argument::Built, Argument::Text)
    }

    fn is_target(&self, expr: &Expr) -> bool {
        let callee = match expr {
            Expr::Reference(inner) => return self.is_target(&inner.expr),
            Expr::MethodCall(call) => Callee { path: vec![call.method.to_string()], is_method: true, is_macro: false },
            Expr::Call(call) => match &*call.func {
                Expr::Path(path) => Callee { path: words(&path.path), is_method: false, is_macro: false },
                _ => return false,
            },
            Expr::Macro(call) => Callee { path: words(&call.mac.path), is_method: false, is_macro: true },
            _ => return false,
        };
        !callee.targets(self.targets).is_empty()
    }

    /// The text that an expression is, if it is one as it stands.
    fn text(&self, expr: &Expr, depth: usize) -> Option<Text> {
        let depth = depth.checked_sub(1)?;
        match expr {
            Expr::Lit(literal) => self.literal(&literal.lit),
            Expr::Paren(inner) => self.text(&inner.expr, depth),
            Expr::Group(inner) => self.text(&inner.expr, depth),
            Expr::Reference(inner) => self.text(&inner.expr, depth),
            Expr::Path(path) => {
                let named = self.named.get(&path.path.segments.last()?.ident.to_string())?;
                self.text(named.as_ref()?, depth)
            }
            Expr::Binary(sum) if matches!(sum.op, BinOp::Add(_)) => {
                let mut text = self.text(&sum.left, depth)?;
                text.append(self.text(&sum.right, depth)?);
                Some(text)
            }
            Expr::MethodCall(call) if call.args.is_empty() => {
                let same = ["as_ref", "as_str", "clone", "into", "to_owned", "to_string"];
                same.iter().any(|same| call.method == same).then(|| self.text(&call.receiver, depth))?
            }
            // `String::from`, `AssertSqlSafe` and the like: what a text is put into.
            Expr::Call(call) => match (&*call.func, call.args.first()) {
                (Expr::Path(path), Some(argument)) if call.args.len() == 1 => {
                    let words = words(&path.path);
                    let wraps = words.last().is_some_and(|word| {
                        word.starts_with(char::is_uppercase)
                            || ["from", "new"].contains(&word.as_str()) && words.len() > 1
                    });
                    wraps.then(|| self.text(argument, depth))?
                }
                _ => None,
            },
            Expr::Macro(call) => {
                let arguments = arguments(call.mac.tokens.clone());
                match words(&call.mac.path).last()?.as_str() {
                    "concat" => {
                        let mut all = Text::default();
                        for argument in &arguments {
                            all.append(self.text(argument, depth)?);
                        }
                        Some(all)
                    }
                    "format" | "format_args" => match arguments.as_slice() {
                        [template] => self.text(template, depth).filter(|text| !text.value.contains(['{', '}'])),
                        _ => None,
                    },
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn literal(&self, lit: &Lit) -> Option<Text> {
        match lit {
            Lit::Str(text) => self.numbered.text(&text.value()),
            // In `concat!`, behind a text: a number has no place of its own.
            Lit::Int(number) => {
                let value = number.base10_digits().to_owned();
                Some(Text { offsets: vec![0; value.len()], value })
            }
            _ => None,
        }
    }
}

/// What stands between `=` and `;`, behind the name that it is given.
fn value(tokens: &[TokenTree]) -> Option<Expr> {
    let mark = |token: &TokenTree, mark| matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark);
    let end = tokens.iter().position(|token| mark(token, ';'))?;
    let start = tokens[..end].iter().position(|token| mark(token, '='))?;
    syn::parse2(tokens[start + 1..end].iter().cloned().collect()).ok()
}

fn words(path: &syn::Path) -> Vec<String> {
    path.segments.iter().map(|segment| segment.ident.to_string()).collect()
}

/// The arguments of a call; none where they are not expressions.
fn arguments(tokens: TokenStream) -> Vec<Expr> {
    let list = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens.clone());
    if let Ok(list) = list {
        return list.into_iter().collect();
    }
    // What a macro takes need not be an expression: it stands for itself where it is none.
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let parts = tokens.split(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ','));
    let parse = |part: &[TokenTree]| {
        let tokens: TokenStream = part.iter().cloned().collect();
        syn::parse2(tokens.clone()).unwrap_or(Expr::Verbatim(tokens))
    };
    parts.map(parse).collect()
}

/// What is called with a group, by the tokens before it.
fn callee(before: &[TokenTree], group: &Group) -> Option<Callee> {
    let is_mark = |at: Option<usize>, mark| {
        let token = at.and_then(|at| before.get(at));
        matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == mark)
    };
    let mut at = before.len().checked_sub(1);
    let is_macro = is_mark(at, '!');
    if is_macro {
        at = at?.checked_sub(1);
    } else if group.delimiter() != Delimiter::Parenthesis {
        return None;
    } else if is_mark(at, '>') {
        // Over what stands in a turbofish.
        let mut open = 0;
        loop {
            let is_arrow = is_mark(at?.checked_sub(1), '-') || is_mark(at?.checked_sub(1), '=');
            if is_mark(at, '>') && !is_arrow {
                open += 1;
            } else if is_mark(at, '<') {
                open -= 1;
            }
            at = at?.checked_sub(1);
            if open == 0 {
                break;
            }
        }
        if !is_mark(at, ':') {
            return None;
        }
        at = at?.checked_sub(2);
    }
    let mut path = Vec::new();
    loop {
        let TokenTree::Ident(word) = before.get(at?)? else { return None };
        path.insert(0, word.to_string());
        at = at?.checked_sub(1);
        let is_path = is_mark(at, ':')
            && matches!(at.and_then(|at| before.get(at.checked_sub(1)?)), Some(TokenTree::Punct(punct)) if punct.as_char() == ':' && punct.spacing() == Spacing::Joint);
        let further = at.and_then(|at| at.checked_sub(2)).filter(|_| is_path);
        match further {
            Some(further) if matches!(before.get(further), Some(TokenTree::Ident(_))) => at = Some(further),
            _ => break,
        }
    }
    // A definition is no call.
    if matches!(at.and_then(|at| before.get(at)), Some(TokenTree::Ident(word)) if word == "fn") {
        return None;
    }
    Some(Callee { path, is_method: is_mark(at, '.'), is_macro })
}
