//! Texts of a plain text column.

use fastrand::Rng;

/// The characters that a column holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::self_test) enum Alphabet {
    /// All of them.
    #[default]
    Unicode,
    /// Those of at most three bytes in UTF-8.
    Basic,
    /// ASCII.
    Ascii,
}

/// How long texts are, in characters, and of what they are made.
#[derive(Clone, Copy, Debug)]
pub(in crate::self_test) struct Texts {
    pub(super) least: usize,
    pub(super) most: usize,
    pub(super) alphabet: Alphabet,
    /// Whether the database takes blanks off the end.
    pub(super) trims: bool,
}

/// More characters than this are not made: keys have limits of some thousand bytes.
const LONGEST: usize = 200;

/// What is apt to be mangled on its way: quotes, escapes, names of values, white space, and scripts.
const ODD: &[&str] = &[
    "",
    "a",
    "0",
    "NULL",
    " before",
    "after ",
    "O'Neil \"said\" \\ % _ ` $1 :x ? {} --",
    "\n\r\t",
    "\u{1}\u{7f}",
    "\u{e9}\u{df}\u{130}",
    "e\u{301}",
    "\u{65e5}\u{672c}\u{8a9e}",
    "\u{202e}\u{5e9}\u{5dc}\u{5d5}\u{5dd}",
    "\u{1f600}",
    "\u{10ffff}",
];

impl Texts {
    fn holds(&self, text: &str) -> bool {
        let length = text.chars().count();
        let widest = match self.alphabet {
            Alphabet::Unicode => 4,
            Alphabet::Basic => 3,
            Alphabet::Ascii => 1,
        };
        (self.least..=self.most).contains(&length)
            && text.chars().all(|character| character.len_utf8() <= widest)
            && !(self.trims && text.ends_with(' '))
    }

    /// The odd ones that it holds, and the longest.
    pub(super) fn odd(&self) -> Vec<String> {
        let widest = match self.alphabet {
            Alphabet::Unicode => '\u{1f600}',
            Alphabet::Basic => '\u{65e5}',
            Alphabet::Ascii => 'x',
        };
        let longest = self.most.min(LONGEST.max(self.least));
        let full = [widest, 'x'].map(|character| character.to_string().repeat(longest));
        ODD.iter().map(|text| (*text).to_owned()).chain(full).filter(|text| self.holds(text)).collect()
    }

    /// Letters and digits. A long one is hardly made twice. Now and then it has a form that people ask of texts by CHECKs
    /// which no schema says: codes, numbers, addresses of mail, parts of paths.
    pub(super) fn any(&self, rng: &mut Rng) -> String {
        let text = match rng.u8(..8) {
            0 | 1 => self.filled(rng, |rng| rng.uppercase()),
            2 | 3 => self.filled(rng, |rng| rng.digit(10)),
            4 => self.filled(rng, |rng| rng.lowercase()),
            5 => format!("{}@example.org", self.plain(rng).to_lowercase()),
            _ => String::new(),
        };
        if !text.is_empty() && self.holds(&text) { text } else { self.plain(rng) }
    }

    /// As long as it can be, or ordinary where that is long.
    fn filled(&self, rng: &mut Rng, character: fn(&mut Rng) -> char) -> String {
        let length = if self.most <= 16 { self.most } else { self.least.max(12) };
        (0..length).map(|_| character(rng)).collect()
    }

    fn plain(&self, rng: &mut Rng) -> String {
        let most = self.most.min(self.least.max(12));
        let length = if most > 4 { most } else { rng.usize(self.least..=most) };
        (0..length.max(self.least)).map(|_| rng.alphanumeric()).collect()
    }
}
