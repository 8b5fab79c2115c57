//! Strings of bits.

use std::fmt;
use std::str::FromStr;

use super::{ParseError, serde_as_text};

/// A string of bits: PostgreSQL's `bit(n)` and `bit varying(n)`. Its text, in JSON too, is one digit for each bit.
///
/// ```
/// use tablature_runtime::BitString;
///
/// let bits: BitString = "0101".parse()?;
/// assert_eq!(bits.len(), 4);
/// assert_eq!(bits.get(1), Some(true));
/// assert_eq!(bits.to_string(), "0101");
/// # Ok::<(), tablature_runtime::ParseError>(())
/// ```
// Ordered as PostgreSQL orders them: bit by bit, and a prefix comes first. Bits of the last byte that are not used are zero.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BitString {
    bytes: Vec<u8>,
    length: usize,
}

impl BitString {
    /// Of bytes that hold the bits, the most significant first; `None` if they are not as many as are needed. Bits beyond
    /// the length count as zero.
    pub fn from_bytes(bytes: &[u8], length: usize) -> Option<Self> {
        if length.div_ceil(8) != bytes.len() {
            return None;
        }
        let mut bytes = bytes.to_vec();
        if let Some(last) = bytes.last_mut()
            && !length.is_multiple_of(8)
        {
            *last &= 0xFF << (8 - length % 8);
        }
        Some(Self { bytes, length })
    }

    /// The number of bits.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The bit at that position, counted from 0 at the left.
    pub fn get(&self, index: usize) -> Option<bool> {
        (index < self.length).then(|| self.bytes[index / 8] & 0x80 >> (index % 8) != 0)
    }

    /// The bits from left to right.
    pub fn iter(&self) -> impl Iterator<Item = bool> + '_ {
        (0..self.length).filter_map(|index| self.get(index))
    }

    /// The bytes that hold the bits, the most significant first; unused bits of the last one are zero.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl FromIterator<bool> for BitString {
    fn from_iter<I: IntoIterator<Item = bool>>(bits: I) -> Self {
        let mut string = Self::default();
        for bit in bits {
            if string.length.is_multiple_of(8) {
                string.bytes.push(0);
            }
            if let Some(last) = string.bytes.last_mut()
                && bit
            {
                *last |= 0x80 >> (string.length % 8);
            }
            string.length += 1;
        }
        string
    }
}

impl fmt::Display for BitString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().try_for_each(|bit| f.write_str(if bit { "1" } else { "0" }))
    }
}

impl fmt::Debug for BitString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BitString({self})")
    }
}

impl FromStr for BitString {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        text.bytes()
            .map(|byte| match byte {
                b'0' => Ok(false),
                b'1' => Ok(true),
                _ => Err(ParseError("a string of the bits 0 and 1")),
            })
            .collect()
    }
}

serde_as_text!(BitString, "a string of the bits 0 and 1");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_bytes_agree() {
        for (text, bytes) in
            [("", &[][..]), ("1", &[0x80]), ("0101", &[0x50]), ("11111111", &[0xFF]), ("000000001", &[0, 0x80])]
        {
            let bits: BitString = text.parse().unwrap();
            assert_eq!((bits.as_bytes(), bits.len()), (bytes, text.len()));
            assert_eq!(BitString::from_bytes(bytes, text.len()), Some(bits.clone()));
            let json = serde_json::to_string(&bits).unwrap();
            assert_eq!(json, format!("\"{text}\""));
            assert_eq!(serde_json::from_str::<BitString>(&json).unwrap(), bits);
        }
        assert!("012".parse::<BitString>().is_err());
        assert_eq!(BitString::from_bytes(&[0xFF], 9), None);
        assert_eq!(BitString::from_bytes(&[0xFF], 3).unwrap().as_bytes(), [0xE0]);
        assert_eq!(BitString::from_bytes(&[], usize::MAX), None);
    }

    #[test]
    fn order_is_bit_by_bit() {
        let mut bits: Vec<BitString> = ["1", "01", "0", "", "10"].iter().map(|text| text.parse().unwrap()).collect();
        bits.sort();
        assert_eq!(bits.iter().map(ToString::to_string).collect::<Vec<_>>(), ["", "0", "01", "1", "10"]);
    }
}
