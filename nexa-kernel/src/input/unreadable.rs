//! What is wrong with an input, in words that know nothing of how this library is written.

use std::{borrow::Cow, fmt};

use serde::de::{self, Expected, Unexpected};

/// What cannot be read: what to give instead, and where inside what was read, as far as that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The place, such as `address.city`; empty at the top.
    pub path: String,
    /// What to give instead.
    pub problem: String,
}

/// Stands between the place and the problem where one passes as a text through a reader that knows only texts.
const PLACE_ENDS: char = '\u{1f}';

impl Unreadable {
    /// What is wrong, at this place.
    pub fn new(problem: impl Into<String>) -> Self {
        Self { path: String::new(), problem: problem.into() }
    }
    /// The same, below this place.
    #[must_use]
    pub fn below(mut self, place: &str) -> Self {
        if !place.is_empty() {
            let joint = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
            self.path = format!("{place}{joint}{}", self.path);
        }
        self
    }
    /// As an error of whoever reads; ours finds the place again.
    pub fn pass<E: de::Error>(self) -> E {
        match self.path.as_str() {
            "" => E::custom(self.problem),
            path => E::custom(format_args!("{path}{PLACE_ENDS}{}", self.problem)),
        }
    }
}

/// The place and what to give there: `city: give a text, not a number`.
impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.problem)
    }
}

impl std::error::Error for Unreadable {}

impl From<serde_json::Error> for Unreadable {
    fn from(error: serde_json::Error) -> Self {
        de::Error::custom(error)
    }
}

impl de::Error for Unreadable {
    #[cold]
    fn custom<T: fmt::Display>(problem: T) -> Self {
        let text = problem.to_string();
        match text.split_once(PLACE_ENDS) {
            Some((path, problem)) => Self { path: path.to_owned(), problem: plain(problem).into_owned() },
            None => Self::new(plain(&text)),
        }
    }
    #[cold]
    fn invalid_type(given: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let expected = expected.to_string();
        let (wanted, given) = (wanted(&expected), form(given));
        Self::new(if wanted == given {
            format!("give {wanted} of another form")
        } else {
            format!("give {wanted}, not {given}")
        })
    }
    #[cold]
    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!("give {}", wanted(&expected.to_string())))
    }
    #[cold]
    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::new(format!("give {}", wanted(&expected.to_string())))
    }
    #[cold]
    fn unknown_variant(_: &str, known: &'static [&'static str]) -> Self {
        Self::new(format!("give one of {}", known.join(", ")))
    }
    #[cold]
    fn unknown_field(_: &str, known: &'static [&'static str]) -> Self {
        Self::new(match known {
            [] => "nothing goes by this name, and nothing can be given here".to_owned(),
            known => format!("nothing goes by this name; there is {}", known.join(", ")),
        })
    }
    #[cold]
    fn missing_field(field: &'static str) -> Self {
        Self::new(MISSING).below(field)
    }
    #[cold]
    fn duplicate_field(field: &'static str) -> Self {
        Self::new("it is given twice; give it once").below(field)
    }
}

/// What must be given is not there.
pub(crate) const MISSING: &str = "it is missing; give it";
/// An identifier cannot be read.
const ID: &str = "give an id, such as 0195f3a2-7c1e-7b04-9d5e-2f6a1c3b8e47";
/// A day cannot be read.
const DAY: &str = "give a day such as 2025-11-17";
/// What the reader of days says.
const DAYS: [&str; 6] = [
    "premature end of input",
    "trailing input",
    "input contains invalid characters",
    "input is out of range",
    "input is not enough for unique date and time",
    "no possible date and time matching input",
];
/// Nothing better can be said.
const UNCLEAR: &str = "give a value of the form that the catalog describes";

/// A text of a library in our own words; our own as it is.
pub(crate) fn plain(problem: &str) -> Cow<'_, str> {
    if problem.starts_with("UUID parsing failed") {
        return Cow::Borrowed(ID);
    }
    if DAYS.contains(&problem) {
        return Cow::Borrowed(DAY);
    }
    // What is shown stands within a sentence.
    let problem = problem.trim_end_matches('.');
    if speaks_of_code(problem) { Cow::Borrowed(UNCLEAR) } else { Cow::Borrowed(problem) }
}

/// Whether a text names types or readers of this library.
fn speaks_of_code(text: &str) -> bool {
    const WORDS: [&str; 12] = [
        "`",
        "::",
        "struct ",
        "enum ",
        "untagged",
        "variant",
        "identifier",
        "tuple",
        "expected ",
        "line 1 column",
        " at line ",
        "newtype",
    ];
    WORDS.iter().any(|word| text.contains(word))
}

/// What a reader expects, in words.
fn wanted(expected: &str) -> Cow<'_, str> {
    let wanted = match expected {
        "i8" => "a whole number from -128 to 127",
        "i16" => "a whole number from -32768 to 32767",
        "i32" => "a whole number from -2147483648 to 2147483647",
        "i64" | "i128" | "isize" => "a whole number",
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" => "a whole number from 0 to 4294967295",
        "a nonzero u32" => "a whole number from 1 to 4294967295",
        "u64" | "u128" | "usize" => "a whole number from 0",
        "f32" | "f64" | "a Decimal type representing a fixed-point number" => "a number",
        "a boolean" => "true or false",
        "a string" | "string" | "a character" | "variant identifier" | "field identifier" | "newtype variant" => {
            "a text"
        }
        "a formatted date string" => "a day such as 2025-11-17",
        "a UUID string" | "uuid" => return Cow::Borrowed(ID.trim_start_matches("give ")),
        "a sequence" | "tuple variant" => "a list",
        "a map" | "struct variant" => "an object",
        "unit" | "unit variant" => "null",
        "string or map" => "a text or an object",
        "map with a single key" => "an object with a single name",
        "fewer elements in array" => "a list of fewer elements",
        text if text.starts_with("struct ") || text.contains("tagged enum") => "an object",
        text if text.starts_with("enum ") => "a text",
        text => {
            if let Some(size) = text.strip_prefix("a tuple of size ") {
                return Cow::Owned(format!("a list of {size}"));
            }
            if speaks_of_code(text) { "a value of the form that the catalog describes" } else { text }
        }
    };
    Cow::Borrowed(wanted)
}

/// The form of what was given. What it holds is not repeated: it may be personal.
const fn form(given: Unexpected<'_>) -> &'static str {
    match given {
        Unexpected::Bool(_) => "true or false",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => "a number",
        Unexpected::Seq | Unexpected::TupleVariant => "a list",
        Unexpected::Map | Unexpected::StructVariant => "an object",
        Unexpected::Unit | Unexpected::Option => "null",
        _ => "a text",
    }
}

#[cfg(test)]
mod tests {
    use serde::de::Error as _;

    use super::*;

    #[test]
    fn a_problem_that_passes_through_another_reader_keeps_its_place() {
        let inner = Unreadable::missing_field("system").below("deal");
        let passed: Unreadable = inner.clone().pass::<serde_json::Error>().into();
        assert_eq!(passed, inner);
        assert_eq!(passed.to_string(), "deal.system: it is missing; give it");
        assert_eq!(Unreadable::new("x").below("[2]").below("rows").path, "rows[2]");
    }

    #[test]
    fn no_word_of_a_library_is_repeated() {
        for text in [
            "UUID parsing failed: invalid character",
            "invalid type: map, expected u8",
            "missing field `x`",
            "expected value at line 1 column 5",
            "premature end of input",
            "data did not match any variant of untagged enum Ref",
        ] {
            let problem = Unreadable::custom(text).problem;
            assert!([ID, DAY, UNCLEAR].contains(&problem.as_str()), "{problem}");
        }
        assert_eq!(Unreadable::custom("give at most 100 tags").problem, "give at most 100 tags");
    }
}
