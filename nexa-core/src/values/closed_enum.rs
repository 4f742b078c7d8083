//! Closed lists: enums that rules depend on.

use std::fmt;

use serde::de;

// What the macro names, so that a host needs no dependencies for it.
pub use schemars;
pub use serde;

/// Declares a closed list of names that rules depend on: an enum that is a text in JSON and in storage, and sorts in the
/// order of its declaration. The first variant is the default, unless another is named: `enum Priority default Medium`.
///
/// ```
/// nexa_core::closed_enum! {
///     /// How urgent it is.
///     pub enum Priority {
///         /// It can wait.
///         Low = "low",
///         /// It cannot.
///         High = "high",
///     }
/// }
///
/// assert_eq!(Priority::parse("high"), Ok(Priority::High));
/// assert_eq!(Priority::ALL, [Priority::Low, Priority::High]);
/// assert!(Priority::Low < Priority::High);
/// assert_eq!(Priority::default().to_string(), "low");
/// let problem = serde_json::from_str::<Priority>(r#""urgent""#).unwrap_err();
/// assert!(problem.to_string().starts_with("give one of low, high, not urgent"));
/// ```
#[macro_export]
macro_rules! closed_enum {
    (
        $(#[doc = $doc:literal])*
        $visibility:vis enum $type:ident $(default $default:ident)? {
            $(#[doc = $first_doc:literal])*
            $first:ident = $first_name:literal
            $(, $(#[doc = $variant_doc:literal])* $variant:ident = $name:literal)* $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        $visibility enum $type {
            $(#[doc = $first_doc])*
            $first,
            $($(#[doc = $variant_doc])* $variant,)*
        }

        impl ::std::default::Default for $type {
            fn default() -> Self {
                let named: &[Self] = &[$(Self::$default)?];
                named.first().copied().unwrap_or(Self::$first)
            }
        }

        // A list that is private to its module need not use all of it.
        #[allow(dead_code)]
        impl $type {
            /// Every value, in order.
            $visibility const ALL: &'static [Self] = &[Self::$first, $(Self::$variant),*];

            const NAMES: &'static [&'static str] = &[$first_name, $($name),*];

            /// The name in JSON and in storage.
            $visibility const fn as_str(self) -> &'static str {
                match self {
                    Self::$first => $first_name,
                    $(Self::$variant => $name,)*
                }
            }
            /// Reads a name.
            $visibility fn parse(text: &str) -> ::std::result::Result<Self, &'static str> {
                match text {
                    $first_name => Ok(Self::$first),
                    $($name => Ok(Self::$variant),)*
                    _ => Err(concat!("give one of ", $first_name $(, ", ", $name)*)),
                }
            }
        }

        impl ::std::fmt::Display for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::std::convert::TryFrom<&str> for $type {
            type Error = &'static str;
            fn try_from(text: &str) -> ::std::result::Result<Self, Self::Error> {
                Self::parse(text)
            }
        }

        impl $crate::values::closed_enum::serde::Serialize for $type {
            fn serialize<S: $crate::values::closed_enum::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::values::closed_enum::serde::Deserialize<'de> for $type {
            fn deserialize<D: $crate::values::closed_enum::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                deserializer.deserialize_str($crate::values::closed_enum::ReadName(Self::parse))
            }
        }

        impl $crate::values::closed_enum::schemars::JsonSchema for $type {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }
            fn schema_id() -> ::std::borrow::Cow<'static, str> {
                concat!(module_path!(), "::", stringify!($type)).into()
            }
            fn inline_schema() -> bool {
                true
            }
            fn json_schema(
                _: &mut $crate::values::closed_enum::schemars::SchemaGenerator,
            ) -> $crate::values::closed_enum::schemars::Schema {
                $crate::values::closed_enum::schema(
                    stringify!($type),
                    concat!($($doc, "\n"),*),
                    Self::NAMES,
                    &[concat!($($first_doc, "\n"),*), $(concat!($($variant_doc, "\n"),*)),*],
                )
            }
        }

        impl $crate::kernel::record::Field for $type {
            const FORM: ::std::option::Option<$crate::kernel::record::Form> =
                ::std::option::Option::Some($crate::kernel::record::Form::Value);
            fn columns(name: &str, out: &mut ::std::vec::Vec<$crate::kernel::record::ColumnDef>) {
                let kind = $crate::kernel::record::ColumnType::Enum(Self::NAMES);
                out.push($crate::kernel::record::plain_column(name, kind));
            }
            fn write(&self, out: &mut ::std::vec::Vec<$crate::kernel::value::Value>) {
                out.push($crate::kernel::value::Value::Text(self.as_str().into()));
            }
            fn read(
                values: &mut dyn ::std::iter::Iterator<Item = $crate::kernel::value::Value>,
            ) -> $crate::Result<Self> {
                let text = <::std::string::String as $crate::kernel::record::Field>::read(values)?;
                Self::parse(&text).map_err(|problem| $crate::kernel::record::corrupt(stringify!($type), problem))
            }
        }
    };
}

/// A name as people write it in the form that names have: `Closed Won` is `closed_won`.
fn plain(text: &str) -> String {
    text.trim().chars().map(|c| if matches!(c, ' ' | '-') { '_' } else { c.to_ascii_lowercase() }).collect()
}

/// Reads a name from JSON through a parser, whatever its case and with blanks for underscores; the error lists what is allowed.
#[derive(Debug)]
pub struct ReadName<T>(pub fn(&str) -> Result<T, &'static str>);

impl<T> de::Visitor<'_> for ReadName<T> {
    type Value = T;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        let read = self.0(text).or_else(|allowed| self.0(&plain(text)).map_err(|_| allowed));
        read.map_err(|allowed| E::custom(format_args!("{allowed}, not {text}")))
    }
}

/// The JSON Schema of a closed list: what it is called, its names, and a description for each.
pub fn schema(list: &str, doc: &str, names: &[&str], docs: &[&str]) -> schemars::Schema {
    let docs: Vec<&str> = docs.iter().map(|doc| doc.trim()).collect();
    schemars::json_schema!({
        "type": "string", "enum": names, "description": doc.trim(), "x-enum-name": list,
        "x-enum-descriptions": docs
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{
        kernel::{
            record::{ColumnType, Field},
            value::Value,
        },
        values::check,
    };

    closed_enum! {
        /// Where a lead stands.
        /// It moves forward.
        enum Status {
            /// Nobody spoke with them.
            New = "new",
            /// Somebody did.
            Contacted = "contacted",
            /// Gone.
            Lost = "lost",
        }
    }

    closed_enum! {
        /// How urgent it is.
        enum Priority default Medium {
            /// Later.
            Low = "low",
            /// In turn.
            Medium = "medium",
        }
    }

    closed_enum! {
        /// One value.
        enum Only { /// The one.
            One = "one" }
    }

    #[test]
    fn names_order_and_default() {
        for status in Status::ALL {
            check::round_trip(status);
            assert_eq!(Status::try_from(status.as_str()), Ok(*status));
        }
        assert!(Status::ALL.is_sorted());
        assert_eq!((Status::default(), Only::default().as_str(), Only::ALL.len()), (Status::New, "one", 1));
        assert_eq!(Priority::default(), Priority::Medium);
        assert_eq!(format!("{:>5}", Status::New), "  new");
    }

    #[test]
    fn other_names_are_refused_with_the_list() {
        let problem = serde_json::from_value::<Status>(json!("won")).unwrap_err();
        assert_eq!(problem.to_string(), "give one of new, contacted, lost, not won");
        assert_eq!(Status::parse("New"), Err("give one of new, contacted, lost"));
        assert!(serde_json::from_value::<Status>(json!(0)).is_err());
        assert_eq!(check::read::<Status>(vec![Value::Text("won".into())]).unwrap_err().code(), "store.corrupt");
    }

    #[test]
    fn the_column_and_the_schema_list_the_names() {
        let mut columns = Vec::new();
        Status::columns("status", &mut columns);
        assert_eq!(columns[0].kind, ColumnType::Enum(&["new", "contacted", "lost"]));
        assert_eq!(
            schemars::schema_for!(Status).to_value().get("x-enum-descriptions"),
            Some(&json!(["Nobody spoke with them.", "Somebody did.", "Gone."]))
        );
    }
}
