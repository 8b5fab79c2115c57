//! JSON documents, of which no number is read as another one.

use crate::error::ValueError;

/// A JSON document.
///
/// # Errors
/// Where it is none, or has a whole number in it that neither 64 bits nor a double hold: an identifier that is rounded is
/// another one. Of a fraction, the digits of a double are kept, as all readers of JSON do.
pub(super) fn document(text: &[u8]) -> Result<serde_json::Value, ValueError> {
    // The message of the parser may quote the document.
    let value = serde_json::from_slice(text).map_err(|_| ValueError::malformed("it is not JSON that can be read"))?;
    match long_integers(text).all(is_held) {
        true => Ok(value),
        false => Err(ValueError::unheld("JSON with a whole number that neither 64 bits nor a double hold")),
    }
}

/// The fewest digits that 64 bits may not hold.
const LONG: usize = 19;

/// The long whole numbers of a document.
fn long_integers(document: &[u8]) -> impl Iterator<Item = &str> {
    let mut rest = document;
    std::iter::from_fn(move || {
        loop {
            let at = rest.iter().position(|byte| matches!(byte, b'"' | b'-' | b'0'..=b'9'))?;
            rest = &rest[at..];
            if rest[0] == b'"' {
                rest = after_string(rest);
                continue;
            }
            let is_part = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-');
            let length = rest.iter().position(|byte| !is_part(byte)).unwrap_or(rest.len());
            let (number, behind) = rest.split_at(length);
            rest = behind;
            if length >= LONG && number[1..].iter().all(u8::is_ascii_digit) {
                return std::str::from_utf8(number).ok();
            }
        }
    })
}

/// What follows a string, with which the text begins.
fn after_string(text: &[u8]) -> &[u8] {
    let mut at = 1;
    while let Some(byte) = text.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return &text[at + 1..],
            _ => at += 1,
        }
    }
    &[]
}

/// Whether a number is read as what it is: as 64 bits, or as a double that is written with the same digits.
fn is_held(number: &str) -> bool {
    if number.parse::<i64>().is_ok() || number.parse::<u64>().is_ok() {
        return true;
    }
    let Ok(double) = number.parse::<f64>() else { return false };
    let written = format!("{double:e}");
    let mantissa = written.split('e').next().unwrap_or_default().replace('.', "");
    mantissa.trim_end_matches('0') == number.trim_end_matches('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_read_as_they_are_or_not_at_all() {
        for held in [
            "18446744073709551615",
            "-9223372036854775808",
            "[1, 100000000000000000000000]",
            "{\"1234567890123456789012345\": \"\\\"1234567890123456789012345\"}",
            "0.1234567890123456789012345",
            "1.2345678901234567890123e25",
        ] {
            document(held.as_bytes()).unwrap_or_else(|error| panic!("{held}: {error}"));
        }
        for unheld in [
            "18446744073709551617",
            "-9223372036854775809",
            "[-1234567890123456789012345]",
            "{\"a\\\\\": 36893488147419103233}",
        ] {
            assert!(matches!(document(unheld.as_bytes()), Err(ValueError::Unheld(_))), "{unheld}");
        }
        assert!(matches!(document(b"1e400"), Err(ValueError::Malformed(_))));
        // Written as it is, and printed by a database without an exponent.
        for double in [1e23, f64::MAX, 2f64.powi(64)] {
            assert_eq!(document(format!("{double}").as_bytes()).unwrap().as_f64(), Some(double));
        }
    }
}
