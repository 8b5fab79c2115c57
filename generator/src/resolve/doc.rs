//! SQL comments as Rust documentation.

/// A comment in lines that are safe behind `///`, without blank lines at its ends.
///
/// A line break of any kind starts a new line; a carriage return alone is an error in Rust. Characters that change the
/// direction of text are spelt out, for rustc refuses them.
pub(super) fn lines(comment: Option<&str>) -> Vec<String> {
    let Some(comment) = comment else { return Vec::new() };
    let mut lines: Vec<String> = comment
        .replace("\r\n", "\n")
        .split(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'])
        .map(|line| line.chars().map(visible).collect::<String>().trim_end().to_owned())
        .collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    let blank = lines.iter().take_while(|line| line.is_empty()).count();
    lines.drain(..blank);
    lines
}

fn visible(c: char) -> String {
    match c {
        '\t' => " ".into(),
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => format!("\\u{{{:x}}}", u32::from(c)),
        c if c.is_control() => format!("\\u{{{:x}}}", u32::from(c)),
        c => c.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn no_comment_gets_out_of_its_lines() {
        assert_eq!(lines(None), Vec::<String>::new());
        assert_eq!(lines(Some("\n\n one\r\ntwo\rthree \n\n")), [" one", "two", "three"]);
        assert_eq!(lines(Some("*/ fn evil() {} /*\u{2028}x")), ["*/ fn evil() {} /*", "x"]);
        assert_eq!(lines(Some("a\u{202e}b\0")), ["a\\u{202e}b\\u{0}"]);
        assert_eq!(lines(Some("  \n ")), Vec::<String>::new());
    }
}
