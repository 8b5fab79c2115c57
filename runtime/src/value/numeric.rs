//! Decimal numbers between the engines' formats and the decimal types.

use bigdecimal::BigDecimal;
use bigdecimal::num_bigint::{BigInt, Sign};
use rust_decimal::Decimal;

use crate::error::ValueError;

/// The most digits before the point, and the most after it, that are read. It is what PostgreSQL's `numeric` holds, and
/// keeps a short text such as `1e999999999` from becoming gigabytes of zeros.
pub(crate) const MAX_DIGITS: u32 = 131_072;

/// A decimal number of any size: digits, and how many of them stand after the point.
///
/// The scale is part of it, so that `1.50` stays `1.50`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numeric {
    negative: bool,
    digits: Digits,
    scale: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Digits {
    Small(u128),
    /// ASCII digits.
    Large(String),
}

impl Numeric {
    /// A whole number.
    pub fn integer(value: i128) -> Self {
        Self { negative: value < 0, digits: Digits::Small(value.unsigned_abs()), scale: 0 }
    }

    /// The shortest decimal number that stands for a floating point number, which is how engines print it.
    ///
    /// # Errors
    /// Where it is not finite.
    pub fn shortest(value: f64) -> Result<Self, ValueError> {
        if value.is_finite() { Self::parse(&value.to_string()) } else { Err(ValueError::unheld("NaN and infinity")) }
    }

    /// Reads plain or scientific notation: `-12.50`, `.5`, `1e-3`.
    ///
    /// # Errors
    /// Where the text is none of these, or has more than 131,072 digits before or after the point.
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        let malformed = || ValueError::malformed("it is not a decimal number");
        let (negative, unsigned) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
            None => (unsigned, 0),
            Some(at) => (&unsigned[..at], unsigned[at + 1..].parse::<i32>().map_err(|_| malformed())?),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || !is_digits(whole) || !is_digits(fraction) {
            return Err(malformed());
        }
        let limit = i64::from(MAX_DIGITS);
        let scale = fraction.len() as i64 - i64::from(exponent);
        if scale.abs() > limit || whole.len() as i64 > limit {
            return Err(ValueError::unheld("so many digits"));
        }
        let mut digits = format!("{whole}{fraction}");
        if scale < 0 {
            digits.extend(std::iter::repeat_n('0', scale.unsigned_abs() as usize));
        }
        Ok(Self::from_digits(negative, digits, scale.max(0) as u32))
    }

    /// Of ASCII digits.
    fn from_digits(negative: bool, digits: String, scale: u32) -> Self {
        let significant = digits.trim_start_matches('0');
        let digits = if significant.is_empty() {
            Digits::Small(0)
        } else if significant.len() <= 38 {
            // 38 digits always fit.
            significant.parse().map_or_else(|_| Digits::Large(significant.to_owned()), Digits::Small)
        } else {
            Digits::Large(significant.to_owned())
        };
        Self { negative, digits, scale }
    }

    /// Reads PostgreSQL's binary format: digits to the base of 10,000, the weight of the first one, and the number of
    /// decimal digits after the point that are shown.
    ///
    /// # Errors
    /// For NaN and the infinities, and for malformed bytes.
    pub(super) fn from_pg(bytes: &[u8]) -> Result<Self, ValueError> {
        let malformed = || ValueError::malformed("it is not a binary numeric");
        let word =
            |index: usize| bytes.get(2 * index..2 * index + 2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
        let (Some(count), Some(weight), Some(sign), Some(scale)) = (word(0), word(1), word(2), word(3)) else {
            return Err(malformed());
        };
        let negative = match sign {
            0x0000 => false,
            0x4000 => true,
            0xC000 => return Err(ValueError::unheld("NaN")),
            0xD000 => return Err(ValueError::unheld("infinity")),
            0xF000 => return Err(ValueError::unheld("-infinity")),
            _ => return Err(malformed()),
        };
        let count = usize::from(count);
        if bytes.len() != 8 + 2 * count {
            return Err(malformed());
        }
        let weight = i32::from(weight.cast_signed());
        let scale = i32::from(scale & 0x3FFF);
        // How many decimal digits the groups have after the point; negative where zeros before the point are left out.
        let fraction = if count == 0 { 0 } else { 4 * (count as i32 - 1 - weight) };

        let mut small = Some(0_u128);
        for index in 0..count {
            let group = word(4 + index).filter(|group| *group < 10_000).ok_or_else(malformed)?;
            small = small.and_then(|value| value.checked_mul(10_000)?.checked_add(u128::from(group)));
        }
        // Groups may show fewer digits after the point than they have; what is not shown is zero.
        let shown = scale - fraction;
        if let Some(value) = small {
            let shifted = match 10_u128.checked_pow(shown.unsigned_abs()) {
                Some(power) if shown >= 0 => value.checked_mul(power),
                Some(power) if value % power == 0 => Some(value / power),
                _ => None,
            };
            if let Some(value) = shifted.or((value == 0).then_some(0)) {
                return Ok(Self { negative, digits: Digits::Small(value), scale: scale.unsigned_abs() });
            }
        }
        let mut digits = String::with_capacity(4 * count + shown.max(0).unsigned_abs() as usize);
        for index in 0..count {
            let group = word(4 + index).ok_or_else(malformed)?;
            digits.push_str(&format!("{group:04}"));
        }
        if shown >= 0 {
            digits.extend(std::iter::repeat_n('0', shown.unsigned_abs() as usize));
        } else {
            let hidden = shown.unsigned_abs() as usize;
            let kept = digits.len().checked_sub(hidden).ok_or_else(malformed)?;
            if digits.as_bytes()[kept..].iter().any(|digit| *digit != b'0') {
                return Err(malformed());
            }
            digits.truncate(kept);
        }
        Ok(Self::from_digits(negative, digits, scale.unsigned_abs()))
    }

    /// The number as a `Decimal`, which has 96 bits and at most 28 digits after the point. Zeros at the end of the
    /// fraction are left out only where it would not fit with them.
    ///
    /// # Errors
    /// Where it has more digits.
    pub fn to_decimal(&self) -> Result<Decimal, ValueError> {
        const MOST: u128 = (1 << 96) - 1;
        let beyond = || ValueError::unheld("a number of more than 96 bits or 28 digits after the point");
        let (mut mantissa, mut scale) = match &self.digits {
            Digits::Small(value) => (*value, self.scale),
            Digits::Large(digits) => {
                let kept = digits.trim_end_matches('0');
                let zeros = u32::try_from(digits.len() - kept.len()).map_err(|_| beyond())?.min(self.scale);
                let kept = &digits[..digits.len() - zeros as usize];
                (kept.parse().map_err(|_| beyond())?, self.scale - zeros)
            }
        };
        if mantissa == 0 {
            scale = scale.min(28);
        }
        while (mantissa > MOST || scale > 28) && scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        let signed = i128::try_from(mantissa).map_err(|_| beyond())?;
        let signed = if self.negative { -signed } else { signed };
        Decimal::try_from_i128_with_scale(signed, scale).map_err(|_| beyond())
    }

    /// The number as a `BigDecimal` of the same scale.
    pub fn to_big_decimal(&self) -> BigDecimal {
        let sign = if self.negative { Sign::Minus } else { Sign::Plus };
        let digits = match &self.digits {
            Digits::Small(value) => BigInt::from_biguint(sign, (*value).into()),
            Digits::Large(digits) => {
                let magnitude = BigInt::parse_bytes(digits.as_bytes(), 10).unwrap_or_default();
                BigInt::from_biguint(sign, magnitude.into_parts().1)
            }
        };
        BigDecimal::new(digits, i64::from(self.scale))
    }

    /// The number as a whole one.
    ///
    /// # Errors
    /// Where it has a fraction or more than 127 bits.
    pub fn to_integer(&self) -> Result<i128, ValueError> {
        let beyond = || ValueError::unheld("a number so large");
        let Digits::Small(mantissa) = self.digits else { return Err(beyond()) };
        let whole = if mantissa == 0 {
            0
        } else {
            match 10_u128.checked_pow(self.scale) {
                Some(power) if mantissa % power == 0 => mantissa / power,
                _ => return Err(ValueError::unheld("a fraction")),
            }
        };
        let signed = i128::try_from(whole).map_err(|_| beyond())?;
        Ok(if self.negative { -signed } else { signed })
    }
}

/// The plain notation of a `BigDecimal`, without an exponent and with exactly its scale.
///
/// `None` where it would have more digits than are ever read back.
pub(crate) fn plain(value: &BigDecimal) -> Option<String> {
    let (digits, scale) = value.as_bigint_and_exponent();
    if scale.unsigned_abs() > u64::from(MAX_DIGITS) {
        return None;
    }
    let (sign, magnitude) = digits.into_parts();
    let mut text = magnitude.to_string();
    let scale = scale as i32;
    if scale < 0 {
        if text != "0" {
            text.extend(std::iter::repeat_n('0', scale.unsigned_abs() as usize));
        }
    } else if scale > 0 {
        let scale = scale.unsigned_abs() as usize;
        if text.len() <= scale {
            text.insert_str(0, &"0".repeat(scale + 1 - text.len()));
        }
        text.insert(text.len() - scale, '.');
    }
    if sign == Sign::Minus {
        text.insert(0, '-');
    }
    Some(text)
}

/// The canonical form of a plain notation: no zeros at the end of a fraction, and no negative zero.
pub(crate) fn canonical(plain: &str) -> &str {
    let trimmed = if plain.contains('.') { plain.trim_end_matches('0').trim_end_matches('.') } else { plain };
    if trimmed == "-0" { "0" } else { trimmed }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PostgreSQL's binary format.
    fn pg(weight: i16, sign: u16, scale: u16, groups: &[u16]) -> Vec<u8> {
        let head = [groups.len() as u16, weight.cast_unsigned(), sign, scale];
        head.iter().chain(groups).flat_map(|word| word.to_be_bytes()).collect()
    }

    #[test]
    fn binary_numerics_are_exact() {
        for (bytes, text) in [
            (pg(0, 0, 0, &[]), "0"),
            (pg(0, 0, 2, &[]), "0.00"),
            (pg(0, 0, 2, &[1, 5000]), "1.50"),
            (pg(0, 0x4000, 2, &[1, 5000]), "-1.50"),
            (pg(0, 0, 1, &[1, 5000]), "1.5"),
            (pg(0, 0, 6, &[1, 5000]), "1.500000"),
            (pg(1, 0, 0, &[1]), "10000"),
            (pg(1, 0, 3, &[1]), "10000.000"),
            (pg(-1, 0, 4, &[1]), "0.0001"),
            (pg(-2, 0, 8, &[1]), "0.00000001"),
            (pg(-1, 0, 2, &[9900]), "0.99"),
        ] {
            let numeric = Numeric::from_pg(&bytes).unwrap();
            assert_eq!(numeric.to_decimal().unwrap().to_string(), text);
            assert_eq!(plain(&numeric.to_big_decimal()).unwrap(), text);
        }
    }

    #[test]
    fn binary_numerics_of_any_size_are_exact() {
        let large = Numeric::from_pg(&pg(20, 0x4000, 5, &[12, 3456])).unwrap();
        assert_eq!(plain(&large.to_big_decimal()).unwrap(), format!("-123456{}.00000", "0".repeat(76)));
        assert!(large.to_decimal().is_err());
        let largest = Numeric::from_pg(&pg(i16::MAX, 0, 16_383, &[9999])).unwrap();
        assert_eq!(plain(&largest.to_big_decimal()).unwrap().len(), 131_072 + 1 + 16_383);
        let smallest = Numeric::from_pg(&pg(-4096, 0, 16_383, &[10])).unwrap();
        assert_eq!(plain(&smallest.to_big_decimal()).unwrap(), format!("0.{}1", "0".repeat(16_382)));
    }

    #[test]
    fn malformed_numerics_are_errors() {
        for bytes in [
            vec![],
            vec![0; 7],
            vec![0xFF; 8],
            pg(0, 0x1234, 0, &[]),
            pg(0, 0, 0, &[10_000]),
            pg(0, 0, 0, &[1, 5000]),
            pg(i16::MIN, 0, 0, &[1]),
            [pg(0, 0, 0, &[1]), vec![0]].concat(),
        ] {
            assert!(matches!(Numeric::from_pg(&bytes), Err(ValueError::Malformed(_))), "{bytes:?}");
        }
        for sign in [0xC000, 0xD000, 0xF000] {
            assert!(matches!(Numeric::from_pg(&pg(0, sign, 0, &[])), Err(ValueError::Unheld(_))));
        }
    }

    #[test]
    fn decimals_keep_their_scale_where_they_can() {
        for (text, decimal) in [
            ("79228162514264337593543950335", Some("79228162514264337593543950335")),
            ("79228162514264337593543950336", None),
            ("79228162514264337593543950335.000", Some("79228162514264337593543950335")),
            ("1.0000000000000000000000000000", Some("1.0000000000000000000000000000")),
            ("1.00000000000000000000000000000", Some("1.0000000000000000000000000000")),
            ("1.00000000000000000000000000001", None),
            ("0.000000000000000000000000000000000000", Some("0.0000000000000000000000000000")),
            ("-0.50", Some("-0.50")),
            (".5", Some("0.5")),
            ("5.", Some("5")),
            ("+7", Some("7")),
            ("1e3", Some("1000")),
            ("1.50e1", Some("15.0")),
            ("12E-3", Some("0.012")),
        ] {
            let numeric = Numeric::parse(text).unwrap();
            assert_eq!(numeric.to_decimal().ok().map(|value| value.to_string()).as_deref(), decimal, "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_numbers() {
        for text in ["", "-", ".", "e5", "1e", "1e5.0", "0x1", "1_000", "1,5", "NaN", "--1", " 1", "1 ", "٣"] {
            assert!(matches!(Numeric::parse(text), Err(ValueError::Malformed(_))), "{text}");
        }
        for text in ["1e999999999", "1e-999999999", "1e2147483647"] {
            assert!(matches!(Numeric::parse(text), Err(ValueError::Unheld(_))), "{text}");
        }
    }

    #[test]
    fn whole_numbers_have_no_fraction() {
        assert_eq!(Numeric::parse("-12.00").unwrap().to_integer(), Ok(-12));
        assert_eq!(Numeric::parse("0.000").unwrap().to_integer(), Ok(0));
        assert!(Numeric::parse("12.5").unwrap().to_integer().is_err());
        assert!(Numeric::parse(&"9".repeat(60)).unwrap().to_integer().is_err());
    }

    #[test]
    fn plain_notation_has_no_exponent() {
        for (digits, scale, text) in [
            (0, 0, "0"),
            (0, 3, "0.000"),
            (0, -3, "0"),
            (15, 1, "1.5"),
            (-15, 4, "-0.0015"),
            (15, -3, "15000"),
            (1, 40, "0.0000000000000000000000000000000000000001"),
        ] {
            assert_eq!(plain(&BigDecimal::new(digits.into(), scale)).unwrap(), text);
        }
        assert_eq!(plain(&BigDecimal::new(1.into(), -1_000_000_000)), None);
    }

    #[test]
    fn canonical_forms_are_unique() {
        for (plain, text) in
            [("0", "0"), ("-0", "0"), ("-0.00", "0"), ("1.50", "1.5"), ("100", "100"), ("1.00", "1"), ("-10.0", "-10")]
        {
            assert_eq!(canonical(plain), text);
        }
    }
}
