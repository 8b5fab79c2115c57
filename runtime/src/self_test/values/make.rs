//! Values of a [`Kind`]: the extreme ones, and any.

use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::kind::{Calendar, Digits, Kind};
use super::pattern;

impl Kind {
    /// The values that are most apt to be mangled: limits, and what is special.
    pub(in crate::self_test) fn edges(&self, rng: &mut Rng) -> Vec<Value> {
        match self {
            Self::OneOf(values) => values.clone(),
            Self::AnyOf(kinds) => kinds.iter().flat_map(|kind| kind.edges(rng)).collect(),
            Self::Bool => vec![json!(false), json!(true)],
            Self::Integer { least, most } => {
                let within = |number: &i128| (least..=most).contains(&number);
                [*least, *most, 0, 1, -1].iter().filter(|number| within(number)).map(|n| integer(*n)).collect()
            }
            Self::Number { least, most, single, digits } => number_edges(*least, *most, *single, *digits),
            Self::Decimal(digits) => digits.edges().into_iter().map(Value::from).collect(),
            Self::DecimalNumber(digits) => {
                digits.edges().iter().filter_map(|text| text.parse::<f64>().ok()).map(Value::from).collect()
            }
            Self::Text(texts) => texts.odd().into_iter().map(Value::from).collect(),
            Self::Date(calendar) => calendar.edges().iter().map(|day| json!(day)).collect(),
            Self::Time { digits } => vec![json!("00:00:00"), json!(second("23:59:59", "999999", *digits))],
            Self::Local { digits, calendar } => calendar.moments(*digits).into_iter().map(Value::from).collect(),
            Self::Instant { digits, calendar } => {
                calendar.moments(*digits).into_iter().map(|moment| json!(format!("{moment}Z"))).collect()
            }
            Self::Uuid => {
                vec![json!("00000000-0000-0000-0000-000000000000"), json!("ffffffff-ffff-ffff-ffff-ffffffffffff")]
            }
            Self::Bytes { least, most } => {
                let lengths = [*least, (*least).max(1), (*least).max(2), *most];
                let bytes =
                    |length: &usize| (0..*length).map(|n| [0x00, 0xff, 0x27, 0x5c, 0x80][n % 5]).collect::<Vec<u8>>();
                lengths.iter().filter(|n| **n <= *most).map(|length| base64(&bytes(length))).collect()
            }
            Self::Bits { least, most } => {
                let length = (*least).max((*most).min(64));
                vec![json!("0".repeat(*least)), json!("1".repeat(length)), json!("10".repeat(length)[..length])]
            }
            Self::Json => documents(),
            Self::Array { item, nulls, least, most } => {
                let mut out = if *least == 0 { vec![json!([])] } else { Vec::new() };
                // What an array holds goes into one, a few values at a time: NULL among them where it can be.
                let edges = item.edges(rng);
                match **item {
                    // Rows of a matrix are of one length, and none is empty.
                    Self::Array { .. } => out.extend(matrix(item, rng)),
                    _ => {
                        for chunk in edges.chunks((*most).saturating_sub(usize::from(*nulls)).max(1)) {
                            let mut items = chunk.to_vec();
                            if *nulls && *most > 1 {
                                items.push(Value::Null);
                            }
                            while items.len() < *least {
                                items.push(item.any(rng));
                            }
                            items.truncate(*most);
                            out.push(Value::Array(items));
                        }
                    }
                }
                out
            }
            Self::Set(members) => vec![json!([]), Value::Array(members.clone())],
            Self::Range { item, discrete } => {
                let mut out = vec![json!({"empty": true}), json!({"lower": null, "upper": null, "bounds": "()"})];
                if let Some((low, high)) = pair(item, rng) {
                    out.push(json!({"lower": low, "upper": high, "bounds": "[)"}));
                    out.push(json!({"lower": low, "upper": null, "bounds": "[)"}));
                    out.push(json!({"lower": null, "upper": high, "bounds": "()"}));
                    if !discrete {
                        out.extend(
                            ["[]", "(]", "()"].map(|bounds| json!({"lower": low, "upper": high, "bounds": bounds})),
                        );
                    }
                }
                out
            }
            Self::Multirange { item } => {
                let one = pair(item, rng).map(|(low, high)| json!([{"lower": low, "upper": high, "bounds": "[)"}]));
                [json!([]), json!([{"lower": null, "upper": null, "bounds": "()"}])].into_iter().chain(one).collect()
            }
            Self::Map => {
                vec![json!({}), json!({"a": null}), json!({"": "", "NULL": "NULL", "\"=>\\": "\u{e9}\u{1f600}'"})]
            }
            Self::Record(fields) => {
                let nothing = fields.iter().map(|(name, _)| (name.clone(), Value::Null)).collect();
                let edges = |(name, kind): &(String, Kind), rng: &mut Rng| {
                    let edges = kind.edges(rng);
                    (name.clone(), rng.choice(&edges).cloned().unwrap_or(Value::Null))
                };
                vec![Value::Object(nothing), Value::Object(fields.iter().map(|field| edges(field, rng)).collect())]
            }
            Self::Any => vec![
                json!(i64::MIN),
                json!(i64::MAX),
                json!(-0.5),
                json!(1e300),
                json!("text"),
                json!(""),
                json!({"$bytes": "AP8="}),
                json!({"$real": "Infinity"}),
            ],
            Self::Pattern { .. } => Vec::new(),
        }
    }

    /// Any value, as one of an ordinary day. Hardly two are the same, where there are as many.
    pub(in crate::self_test) fn any(&self, rng: &mut Rng) -> Value {
        match self {
            Self::OneOf(values) | Self::Set(values) if values.is_empty() => Value::Null,
            Self::OneOf(values) => values[rng.usize(..values.len())].clone(),
            Self::AnyOf(kinds) => kinds[rng.usize(..kinds.len())].any(rng),
            Self::Bool => json!(rng.bool()),
            Self::Integer { least, most } => {
                let (least, most) = if *least <= 1 && *most >= 30_000 { (1, 30_000) } else { (*least, *most) };
                integer(rng.i128(least..=most))
            }
            Self::Number { least, most, digits, .. } => {
                let whole = digits.map_or(30_000.0, |(whole, _)| 10_f64.powi(whole.min(4).cast_signed()) - 1.0);
                let least = least.unwrap_or(0.0);
                let most = most.unwrap_or(least + whole).min(least + whole);
                // Quarters are exact in binary.
                let quarters = ((most - least) * 4.0).max(0.0) as u32;
                let quarter = if digits.is_some_and(|(_, after)| after < 2) { 4.0 } else { 1.0 };
                json!(least + (f64::from(rng.u32(0..=quarters)) / 4.0 / quarter).floor() * quarter)
            }
            Self::Decimal(digits) => json!(digits.any(rng)),
            Self::DecimalNumber(digits) => json!(digits.any(rng).parse::<f64>().unwrap_or_default()),
            Self::Text(texts) => json!(texts.any(rng)),
            Self::Pattern { hir, texts } => {
                let mut text = String::new();
                for _ in 0..20 {
                    text.clear();
                    pattern::write(hir, rng, &mut text);
                    if (texts.least..=texts.most).contains(&text.chars().count()) {
                        break;
                    }
                }
                json!(text)
            }
            Self::Date(_) => json!(day(rng)),
            Self::Time { digits } => json!(time(*digits, rng)),
            Self::Local { digits, .. } => json!(format!("{}T{}", day(rng), time(*digits, rng))),
            Self::Instant { digits, .. } => json!(format!("{}T{}Z", day(rng), time(*digits, rng))),
            Self::Uuid => json!(uuid::Builder::from_random_bytes(rng.u128(..).to_be_bytes()).into_uuid()),
            Self::Bytes { least, most } => {
                let length = rng.usize(*least..=(*most).min((*least).max(16)));
                base64(&std::iter::repeat_with(|| rng.u8(..)).take(length).collect::<Vec<_>>())
            }
            Self::Bits { least, most } => {
                let length = rng.usize(*least..=(*most).min((*least).max(40)));
                json!((0..length).map(|_| if rng.bool() { '1' } else { '0' }).collect::<String>())
            }
            Self::Json => json!({"a": rng.u32(..), "b": [null, true, "c"]}),
            Self::Array { item, least, most, .. } => match **item {
                Self::Array { .. } => matrix(item, rng).unwrap_or_else(|| json!([])),
                _ => {
                    let length = rng.usize(*least..=*most);
                    Value::Array((0..length).map(|_| item.any(rng)).collect())
                }
            },
            Self::Set(members) => Value::Array(members.iter().filter(|_| rng.bool()).cloned().collect()),
            Self::Range { item, .. } => match pair(item, rng) {
                Some((low, high)) => json!({"lower": low, "upper": high, "bounds": "[)"}),
                None => json!({"empty": true}),
            },
            Self::Multirange { item } => match pair(item, rng) {
                Some((low, high)) => json!([{"lower": low, "upper": high, "bounds": "[)"}]),
                None => json!([]),
            },
            Self::Map => json!({"key": format!("{}", rng.u32(..))}),
            Self::Record(fields) => {
                Value::Object(fields.iter().map(|(name, kind)| (name.clone(), kind.any(rng))).collect::<Map<_, _>>())
            }
            Self::Any => json!(format!("text {}", rng.u32(..))),
        }
    }
}

fn integer(number: i128) -> Value {
    match (i64::try_from(number), u64::try_from(number)) {
        (Ok(number), _) => json!(number),
        (_, Ok(number)) => json!(number),
        _ => json!(number as f64),
    }
}

fn number_edges(least: Option<f64>, most: Option<f64>, single: bool, digits: Option<(u32, u32)>) -> Vec<Value> {
    let candidates: &[f64] = match (single, digits) {
        (_, Some(_)) => &[0.0, 1.0, -1.0],
        (true, _) => &[0.0, -0.0, 0.5, f32::MAX as f64, f32::MIN as f64, f32::MIN_POSITIVE as f64, 0.1_f32 as f64],
        (false, _) => &[0.0, -0.0, 0.1, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 9_007_199_254_740_993.0, 5e-324],
    };
    let within = |number: &f64| least.is_none_or(|least| *number >= least) && most.is_none_or(|most| *number <= most);
    candidates
        .iter()
        .copied()
        .filter(within)
        .map(Value::from)
        .chain(least.map(Value::from))
        .chain(most.map(Value::from))
        .collect()
}

impl Digits {
    /// A decimal of so many digits before the scale counts.
    fn text(self, digits: &str, negative: bool) -> String {
        let scale = usize::try_from(self.scale).unwrap_or(0);
        let zeros = usize::try_from(-self.scale).unwrap_or(0);
        let padded = format!("{digits:0>width$}{}", "0".repeat(zeros), width = scale + 1);
        let (whole, fraction) = padded.split_at(padded.len() - scale);
        let whole = whole.trim_start_matches('0');
        let whole = if whole.is_empty() { "0" } else { whole };
        let sign = if negative && padded.contains(|digit| digit != '0') { "-" } else { "" };
        if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }

    fn edges(self) -> Vec<String> {
        let nines = "9".repeat(self.precision);
        let all = ["0", "1", &nines];
        let negative = all.iter().filter(|_| self.signed).map(|digits| self.text(digits, true));
        all.iter().map(|digits| self.text(digits, false)).chain(negative).collect()
    }

    fn any(self, rng: &mut Rng) -> String {
        let length = rng.usize(1..=self.precision.clamp(1, 6));
        let digits: String = (0..length).map(|_| rng.digit(10)).collect();
        self.text(&digits, false)
    }
}

impl Calendar {
    fn edges(self) -> &'static [&'static str] {
        match self {
            Self::FourDigits | Self::Wide => &["0001-01-01", "9999-12-31", "2000-02-29", "1969-12-31"],
            Self::Mysql => &["1000-01-01", "9999-12-31", "2000-02-29", "1969-12-31"],
            Self::Epoch => &["1970-01-02", "2038-01-18", "2000-02-29"],
        }
    }

    fn moments(self, digits: usize) -> Vec<String> {
        let wide: &[&str] = if self == Self::Wide { &["-4712-01-01", "+262142-12-31"] } else { &[] };
        let days = self.edges().iter().chain(wide);
        let moments =
            days.flat_map(|day| [format!("{day}T00:00:00"), format!("{day}T{}", second("23:59:59", "999999", digits))]);
        moments.collect()
    }
}

/// A time of day with so many digits behind the point.
fn second(whole: &str, fraction: &str, digits: usize) -> String {
    if digits == 0 { whole.to_owned() } else { format!("{whole}.{}", &fraction[..digits.min(fraction.len())]) }
}

fn day(rng: &mut Rng) -> String {
    format!("{:04}-{:02}-{:02}", rng.u16(1971..2037), rng.u8(1..=12), rng.u8(1..=28))
}

fn time(digits: usize, rng: &mut Rng) -> String {
    let whole = format!("{:02}:{:02}:{:02}", rng.u8(..24), rng.u8(..60), rng.u8(..60));
    second(&whole, &format!("{:06}", rng.u32(..1_000_000)), digits)
}

fn base64(bytes: &[u8]) -> Value {
    use base64::Engine as _;
    json!(base64::engine::general_purpose::STANDARD.encode(bytes))
}

/// JSON documents that every engine gives back as they are.
fn documents() -> Vec<Value> {
    vec![
        json!({}),
        json!([]),
        json!({"": null, "a\"b\\": ["\u{e9}\u{1f600}\n\t", true, false, null], "n": [0, -1, 0.5, i64::MAX, i64::MIN]}),
        json!("text"),
        json!(7),
        json!(true),
        json!([[[[{"deep": [u64::MAX]}]]]]),
    ]
}

/// Two rows of two items.
fn matrix(row: &Kind, rng: &mut Rng) -> Option<Value> {
    fn filled(kind: &Kind, rng: &mut Rng) -> Value {
        match kind {
            Kind::Array { item, .. } => Value::Array(vec![filled(item, rng), filled(item, rng)]),
            item => item.any(rng),
        }
    }
    matches!(row, Kind::Array { .. }).then(|| Value::Array(vec![filled(row, rng), filled(row, rng)]))
}

/// Two bounds of a range, the lower one first.
fn pair(item: &Kind, rng: &mut Rng) -> Option<(Value, Value)> {
    let (a, b) = (item.any(rng), item.any(rng));
    let less = match (&a, &b) {
        (Value::Number(x), Value::Number(y)) => x.as_f64()? < y.as_f64()?,
        (Value::String(x), Value::String(y)) => match (x.parse::<f64>(), y.parse::<f64>()) {
            (Ok(x), Ok(y)) => x < y,
            _ => x < y,
        },
        _ => return None,
    };
    if a == b {
        return None;
    }
    Some(if less { (a, b) } else { (b, a) })
}
