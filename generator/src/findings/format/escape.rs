//! Names from databases as plain text.

/// Whether a character does something else than to be seen: it ends a line, moves a cursor, turns the direction of writing, or
/// is none at all.
pub(super) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
        )
}

/// A text on one line in which every character is seen: others stand as Rust would write them.
pub(crate) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_invisible(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

/// A text with some of its characters replaced.
pub(super) fn replaced(text: &str, by: impl Fn(char) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match by(c) {
            Some(other) => out.push_str(&other),
            None => out.push(c),
        }
    }
    out
}

/// A path as the reference of a URI: whatever is not plain stands as its bytes.
pub(super) fn uri(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if plain(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_is_written_out() {
        assert_eq!(visible("a\nb\u{1b}[31m\u{202e}é😀"), "a\\nb\\u{1b}[31m\\u{202e}é😀");
        assert_eq!(uri("generated/a b%é.rs"), "generated/a%20b%25%C3%A9.rs");
    }
}
