//! Hardware addresses.

use std::fmt;
use std::str::FromStr;

use super::{ParseError, serde_as_text};

/// A hardware address of six or eight bytes: PostgreSQL's `macaddr` and `macaddr8`.
///
/// ```
/// use tablature_runtime::MacAddr;
///
/// let address: MacAddr = "08-00-2B-01-02-03".parse()?;
/// assert_eq!(address.to_string(), "08:00:2b:01:02:03");
/// # Ok::<(), tablature_runtime::ParseError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MacAddr {
    /// Six bytes.
    Eui48([u8; 6]),
    /// Eight bytes.
    Eui64([u8; 8]),
}

impl MacAddr {
    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Eui48(bytes) => bytes,
            Self::Eui64(bytes) => bytes,
        }
    }
}

/// Six bytes of zero.
impl Default for MacAddr {
    fn default() -> Self {
        Self::Eui48([0; 6])
    }
}

impl fmt::Display for MacAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.as_bytes().iter().enumerate() {
            let separator = if index > 0 { ":" } else { "" };
            write!(f, "{separator}{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for MacAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MacAddr({self})")
    }
}

impl FromStr for MacAddr {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        const ERROR: ParseError = ParseError("a hardware address such as 08:00:2b:01:02:03");
        let separator = if text.contains('-') { '-' } else { ':' };
        let mut bytes = [0; 8];
        let mut count = 0;
        for pair in text.split(separator) {
            let well_formed = pair.len() == 2 && pair.bytes().all(|digit| digit.is_ascii_hexdigit());
            let slot = bytes.get_mut(count).filter(|_| well_formed).ok_or(ERROR)?;
            *slot = u8::from_str_radix(pair, 16).map_err(|_| ERROR)?;
            count += 1;
        }
        match (count, bytes) {
            (6, [a, b, c, d, e, f, ..]) => Ok(Self::Eui48([a, b, c, d, e, f])),
            (8, _) => Ok(Self::Eui64(bytes)),
            _ => Err(ERROR),
        }
    }
}

serde_as_text!(MacAddr, "a hardware address such as 08:00:2b:01:02:03");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_and_written() {
        for (text, canonical) in [
            ("08:00:2B:01:02:03", "08:00:2b:01:02:03"),
            ("08-00-2b-01-02-03", "08:00:2b:01:02:03"),
            ("08:00:2b:01:02:03:04:05", "08:00:2b:01:02:03:04:05"),
        ] {
            let address: MacAddr = text.parse().unwrap();
            let json = serde_json::to_string(&address).unwrap();
            assert_eq!(json, format!("\"{canonical}\""));
            assert_eq!(serde_json::from_str::<MacAddr>(&json).unwrap(), address);
        }
        for text in
            ["", "08:00", "08:00:2b:01:02:03:04", "8:0:2b:1:2:3", "08:00:2b:01:02:+3", "08:00:2b:01:02:03:04:05:06"]
        {
            assert!(text.parse::<MacAddr>().is_err(), "{text}");
        }
    }
}
