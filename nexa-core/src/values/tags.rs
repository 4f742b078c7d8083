//! Tags: a sorted set of short texts.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};

use super::{
    document::{json_column, json_value, read_json},
    text::line,
};
use crate::{
    Result,
    kernel::{
        record::{ColumnDef, ColumnType, Field, Form},
        value::Value,
    },
};

/// At most 100 different tags of at most 100 characters, sorted. In JSON a list of strings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Tags(Vec<String>);

const MOST: usize = 100;
const TOO_MANY: &str = "give at most 100 tags";

impl Tags {
    /// Takes every tag, sorted and once.
    pub fn new<T: AsRef<str>>(tags: impl IntoIterator<Item = T>) -> Result<Self, &'static str> {
        let mut set = Self::default();
        for tag in tags {
            set.add(tag.as_ref())?;
        }
        Ok(set)
    }
    /// Reads tags with commas between them; what is empty between two commas is no tag.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        Self::new(text.split(',').filter(|tag| !tag.trim().is_empty()))
    }
    /// Adds a tag; answers whether it is new.
    pub fn add(&mut self, tag: &str) -> Result<bool, &'static str> {
        let tag = line(tag, 100, "give tags of at most 100 characters")?;
        match self.0.binary_search(&tag) {
            Ok(_) => Ok(false),
            Err(_) if self.0.len() >= MOST => Err(TOO_MANY),
            Err(position) => {
                self.0.insert(position, tag);
                Ok(true)
            }
        }
    }
    /// Removes a tag; answers whether it was there.
    pub fn remove(&mut self, tag: &str) -> bool {
        let found = self.position(tag);
        if let Some(position) = found {
            self.0.remove(position);
        }
        found.is_some()
    }
    /// These and the other's; what would be over 100 is left out.
    #[must_use]
    pub fn united_with(&self, other: &Self) -> Self {
        let mut all = self.clone();
        for tag in other.iter() {
            let _ = all.add(tag);
        }
        all
    }
    /// Whether the tag is there.
    pub fn contains(&self, tag: &str) -> bool {
        self.position(tag).is_some()
    }
    /// The tags, sorted.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    fn position(&self, tag: &str) -> Option<usize> {
        let tag = super::text::trimmed(tag);
        self.0.binary_search_by(|known| known.as_str().cmp(&tag)).ok()
    }
}

impl TryFrom<&str> for Tags {
    type Error = &'static str;
    fn try_from(text: &str) -> Result<Self, Self::Error> {
        Self::parse(text)
    }
}

/// With commas between them.
impl fmt::Display for Tags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(", "))
    }
}

impl<'de> Deserialize<'de> for Tags {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Option::<Vec<String>>::deserialize(deserializer)?.unwrap_or_default()).map_err(de::Error::custom)
    }
}

impl JsonSchema for Tags {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Tags".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 100}, "maxItems": 100,
            "description": "At most 100 tags; kept sorted, each once."
        })
    }
}

impl Field for Tags {
    const FORM: Option<Form> = Some(Form::Document("[]"));
    const OPTIONAL: bool = true;
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        out.push(json_column(name, ColumnType::List));
    }
    fn write(&self, out: &mut Vec<Value>) {
        out.push(if self.is_empty() { Value::Null } else { json_value(self) });
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        read_json("Tags", values.next()).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::values::check;

    #[test]
    fn a_sorted_set() {
        let mut tags: Tags = serde_json::from_value(json!(["vip", " beta ", "vip"])).unwrap();
        assert_eq!(serde_json::to_value(&tags).unwrap(), json!(["beta", "vip"]));
        assert_eq!(check::written(&tags), [Value::Json(r#"["beta","vip"]"#.into())]);
        check::round_trip(&tags);
        assert_eq!((tags.add("alpha "), tags.add("vip")), (Ok(true), Ok(false)));
        assert!(tags.contains("alpha") && tags.remove(" vip") && !tags.remove("vip"));
        assert_eq!(tags.iter().collect::<Vec<_>>(), ["alpha", "beta"]);
        assert_eq!(tags, Tags::parse("beta,, alpha").unwrap());
        assert_eq!(Tags::parse(&tags.to_string()), Ok(tags));
    }

    #[test]
    fn none_is_null() {
        check::round_trip(&Tags::default());
        assert_eq!(serde_json::from_value::<Tags>(json!(null)).unwrap(), Tags::default());
        assert_eq!(check::written(&Tags::default()), [Value::Null]);
        assert_eq!(check::read::<Tags>(vec![Value::Json("{}".into())]).unwrap_err().code(), "store.corrupt");
    }

    #[test]
    fn bounds_are_kept_and_a_refusal_changes_nothing() {
        let mut tags = Tags::new((0..100).map(|number| number.to_string())).unwrap();
        let before = tags.clone();
        assert_eq!(tags.add("one more"), Err(TOO_MANY));
        assert_eq!(tags.add("7"), Ok(false));
        for bad in ["", " ", "a\nb", &"x".repeat(101)] {
            assert!(tags.add(bad).is_err(), "{bad:?}");
        }
        assert_eq!(tags, before);
        assert!(serde_json::from_value::<Tags>(json!([1])).is_err());
        assert!(serde_json::from_value::<Tags>(json!("vip")).is_err());
    }

    proptest! {
        #[test]
        fn order_and_repetition_do_not_matter(mut tags in prop::collection::vec("[a-cé\" ]{0,3}x", 0..20)) {
            let set = Tags::new(&tags).unwrap();
            check::round_trip(&set);
            tags.reverse();
            tags.extend_from_within(..);
            prop_assert_eq!(Tags::new(&tags).unwrap(), set);
        }
    }
}
