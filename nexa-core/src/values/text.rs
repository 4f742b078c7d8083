//! Plain texts: trimmed, bounded, free of control characters, never cut. The default is the empty text, which no record
//! keeps: a required field that nobody filled.

/// Gives a type that has `parse(&str) -> Result<Self, &'static str>`, `as_str(&self) -> &str` and
/// `stored(String) -> Result<Self, &'static str>` everything that a text value has besides.
macro_rules! text_value {
    ($type:ident, $schema:tt $(, $content:ident)?) => {
        impl std::ops::Deref for $type {
            type Target = str;
            fn deref(&self) -> &str {
                self.as_str()
            }
        }
        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
        impl PartialEq<str> for $type {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }
        impl PartialEq<&str> for $type {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }
        impl TryFrom<&str> for $type {
            type Error = &'static str;
            fn try_from(text: &str) -> Result<Self, Self::Error> {
                Self::parse(text)
            }
        }
        impl TryFrom<String> for $type {
            type Error = &'static str;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text)
            }
        }
        impl std::str::FromStr for $type {
            type Err = &'static str;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }
        impl From<$type> for String {
            fn from(value: $type) -> Self {
                value.as_str().to_owned()
            }
        }
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str($crate::values::text::ReadText(Self::parse))
            }
        }
        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }
            fn schema_id() -> std::borrow::Cow<'static, str> {
                concat!(module_path!(), "::", stringify!($type)).into()
            }
            fn inline_schema() -> bool {
                true
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
        impl $crate::kernel::record::Field for $type {
            const FORM: Option<$crate::kernel::record::Form> = Some($crate::kernel::record::Form::Value);
            fn columns(name: &str, out: &mut Vec<$crate::kernel::record::ColumnDef>) {
                let column = $crate::kernel::record::plain_column(name, $crate::kernel::record::ColumnType::Text);
                $(let column = $crate::kernel::record::ColumnDef {
                    content: $crate::kernel::record::Content::$content,
                    ..column
                };)?
                out.push(column);
            }
            fn write(&self, out: &mut Vec<$crate::kernel::value::Value>) {
                out.push($crate::kernel::value::Value::Text(self.as_str().to_owned()));
            }
            fn read(values: &mut dyn Iterator<Item = $crate::kernel::value::Value>) -> $crate::Result<Self> {
                let text = <String as $crate::kernel::record::Field>::read(values)?;
                Self::stored(text).map_err(|problem| $crate::kernel::record::corrupt(stringify!($type), problem))
            }
        }
    };
}

/// Declares a text type that holds its normal form as a `String`.
macro_rules! string_value {
    ($(#[$meta:meta])* $type:ident, $normal:expr, $schema:tt $(, $content:ident)?) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(String);

        impl $type {
            /// Brings a text into its normal form, or says what to do about it.
            pub fn parse(text: &str) -> Result<Self, &'static str> {
                let normal: fn(&str) -> Result<String, &'static str> = $normal;
                normal(text).map(Self)
            }
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
            fn stored(text: String) -> Result<Self, &'static str> {
                Ok(Self(text))
            }
        }

        text_value!($type, $schema $(, $content)?);
    };
}

/// Reads a text through a parser.
pub(crate) struct ReadText<T>(pub(crate) fn(&str) -> Result<T, &'static str>);

impl<T> serde::de::Visitor<'_> for ReadText<T> {
    type Value = T;
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text")
    }
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        self.0(text).map_err(E::custom)
    }
}

pub(crate) use crate::kernel::text::{EMPTY, line, lines, trimmed};

string_value!(
    /// A name or title: one line of at most 200 characters.
    Name,
    |text| line(text, 200, "give at most 200 characters"),
    {"type": "string", "minLength": 1, "maxLength": 200, "description": "One line of at most 200 characters."}
);

string_value!(
    /// What something is about: one line of at most 500 characters.
    Subject,
    |text| line(text, 500, "give at most 500 characters"),
    {"type": "string", "minLength": 1, "maxLength": 500, "description": "One line of at most 500 characters."}
);

string_value!(
    /// A longer text of at most 1 MiB in UTF-8; it keeps newlines and tabs.
    Body,
    |text| lines(text, 1_048_576, "give at most 1 MiB of text"),
    {
        "type": "string", "minLength": 1, "maxLength": 1_048_576,
        "description": "Text of any number of lines, at most 1 MiB in UTF-8."
    }
);

string_value!(
    /// One of a list that a tenant may extend, such as a lead's source: one line of at most 100 characters, with single
    /// spaces between its words.
    Choice,
    |text| {
        const TOO_LONG: &str = "give at most 100 characters";
        let spaced = line(text, usize::MAX, TOO_LONG)?;
        // Only what is kept counts.
        line(&spaced.split_whitespace().collect::<Vec<_>>().join(" "), 100, TOO_LONG)
    },
    {
        "type": "string", "minLength": 1, "maxLength": 100,
        "description": "One of a list that the organisation may extend; at most 100 characters."
    }
);

string_value!(
    /// The text of a mail as somebody wrote it, for the person it goes to: at most 1 MiB in UTF-8. Nothing else becomes one: no comment
    /// and no note has a conversion into it.
    PlainText,
    |text| lines(text, 1_048_576, "give at most 1 MiB of text"),
    {
        "type": "string", "minLength": 1, "maxLength": 1_048_576,
        "description": "Text of any number of lines, at most 1 MiB in UTF-8."
    }
);

string_value!(
    /// The name by which programs know something, such as a topic of mail: at most 100 lower-case letters, digits and underscores, of
    /// which the first is a letter.
    Key,
    |text| {
        let text = trimmed(text);
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let begins = text.starts_with(|c: char| c.is_ascii_lowercase());
        if begins && text.len() <= 100 && text.chars().all(fits) {
            Ok(text.into_owned())
        } else {
            Err("give at most 100 lower-case letters, digits and underscores, of which the first is a letter")
        }
    },
    {
        "type": "string", "pattern": "^[a-z][a-z0-9_]{0,99}$",
        "description": "At most 100 lower-case letters, digits and underscores, of which the first is a letter."
    }
);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        kernel::{text::ONE_LINE, value::Value},
        values::check,
    };

    #[test]
    fn names_are_trimmed_and_counted_in_characters() {
        assert_eq!(Name::parse("  \u{feff}Åsa Öberg\n").unwrap(), "Åsa Öberg");
        assert_eq!(Name::parse(&"ß".repeat(200)).unwrap().chars().count(), 200);
        assert_eq!(Name::parse(&"ß".repeat(201)), Err("give at most 200 characters"));
        assert!(Subject::parse(&"x".repeat(500)).is_ok());
        assert_eq!(Subject::parse(&"x".repeat(501)), Err("give at most 500 characters"));
    }

    #[test]
    fn a_key_is_for_programs() {
        assert_eq!(Key::parse(" news_2 ").unwrap(), "news_2");
        for text in ["", "News", "2news", "_news", "my news", "neuigkeiten-ü", &"n".repeat(101)] {
            assert!(Key::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_line_has_no_control_characters_and_is_not_empty() {
        for text in ["", " \t ", "\u{200b}"] {
            assert_eq!(Name::parse(text), Err(EMPTY), "{text:?}");
        }
        for text in ["a\nb", "a\tb", "a\0b", "a\u{7f}b", "a\u{2028}b", "a\u{85}b"] {
            assert_eq!(Name::parse(text), Err(ONE_LINE), "{text:?}");
        }
    }

    #[test]
    fn a_body_keeps_its_lines_and_is_counted_in_bytes() {
        assert_eq!(Body::parse("a\r\n\tb\rc\n").unwrap(), "a\n\tb\nc");
        assert!(Body::parse("a\u{1b}[0m").is_err());
        assert!(Body::parse(&"é".repeat(524_288)).is_ok());
        assert_eq!(Body::parse(&"é".repeat(524_289)), Err("give at most 1 MiB of text"));
        // Line ends are counted as they are kept.
        assert!(Body::parse(&format!("a{}b", "\r\n".repeat(1_048_574))).is_ok());
    }

    #[test]
    fn a_choice_has_single_spaces() {
        assert_eq!(Choice::parse(" Trade   show\u{a0} 2025 ").unwrap(), "Trade show 2025");
        assert_eq!(Choice::parse(&format!("a{}b", " ".repeat(200))).unwrap(), "a b");
        assert_eq!(Choice::parse(&"x".repeat(101)), Err("give at most 100 characters"));
    }

    #[test]
    fn what_is_stored_is_trusted_and_what_is_no_text_is_corrupt() {
        check::round_trip(&Name::parse("Acme").unwrap());
        let mut values = [Value::Int(3)].into_iter();
        assert_eq!(<Name as crate::Field>::read(&mut values).unwrap_err().code(), "store.corrupt");
    }

    #[test]
    fn json_says_what_is_wrong() {
        let problem = serde_json::from_value::<Name>(serde_json::json!("a\nb")).unwrap_err().to_string();
        assert_eq!(problem, ONE_LINE);
        let problem = serde_json::from_value::<Name>(serde_json::json!(5)).unwrap_err().to_string();
        assert_eq!(problem, "invalid type: integer `5`, expected a text");
    }

    proptest! {
        #[test]
        fn the_normal_form_is_normal(text in "(?s)[ \t\r\n\u{a0}a-zß\u{1}\u{feff}]{0,12}") {
            check::normal(Name::parse, &text);
            check::normal(Subject::parse, &text);
            check::normal(Body::parse, &text);
            check::normal(Choice::parse, &text);
        }

        #[test]
        fn any_text_is_kept_or_refused(text in any::<String>()) {
            if let Ok(name) = Name::parse(&text) {
                let seen = trimmed(&text);
                prop_assert_eq!(name.as_str(), &*seen);
                check::round_trip(&name);
            }
            if let Ok(body) = Body::parse(&text) {
                check::round_trip(&body);
            }
        }
    }
}
