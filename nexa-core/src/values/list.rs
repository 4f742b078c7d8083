//! Short lists of values, each once: other addresses of somebody, what a record is about, who may read it.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, DeserializeOwned},
};
use uuid::Uuid;

use super::{
    About, Assignee, Email, Phone,
    document::{json_column, json_value},
};
use crate::{
    Result,
    kernel::{
        draft::Accepts,
        input,
        record::{ColumnDef, ColumnType, Content, Field, Form, corrupt},
        value::Value,
    },
};

/// At most 50 values, each once, in the order in which they became known. In JSON a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct List<T>(Vec<T>);

/// Mail addresses beside the main one.
pub type Emails = List<Email>;
/// Phone numbers beside the main one.
pub type Phones = List<Phone>;
/// What a record is about: records of any kind and things of the host.
pub type Abouts = List<About>;
/// Who may read a record: users, and groups with all their members.
pub type Readers = List<Assignee>;

/// What a list may hold.
pub trait Entry: PartialEq + Serialize + DeserializeOwned {
    /// What an entry is to those who seek it.
    const CONTENT: Content;
}

impl Entry for Email {
    const CONTENT: Content = Content::Email;
}
impl Entry for Phone {
    const CONTENT: Content = Content::Phone;
}
impl Entry for About {
    const CONTENT: Content = Content::Records;
}
impl Entry for Assignee {
    const CONTENT: Content = Content::Records;
}

const MOST: usize = 50;
const TOO_MANY: &str = "give at most 50 of them";

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: PartialEq> List<T> {
    /// These values, each once, or what to do about them.
    pub fn new(values: impl IntoIterator<Item = T>) -> Result<Self, &'static str> {
        let mut all = Self::default();
        for value in values {
            if !all.add(value) {
                return Err(TOO_MANY);
            }
        }
        Ok(all)
    }
    /// Adds a value unless it is among them; answers whether there was room for it.
    pub fn add(&mut self, value: T) -> bool {
        let known = self.0.contains(&value);
        let room = known || self.0.len() < MOST;
        if room && !known {
            self.0.push(value);
        }
        room
    }
    /// Whether the value is among them.
    pub fn contains(&self, value: &T) -> bool {
        self.0.contains(value)
    }
    /// Removes a value, such as one that became the main one.
    pub fn remove(&mut self, value: &T) {
        self.0.retain(|known| known != value);
    }
    /// The values in their order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Abouts {
    /// The records among them, each as its kind and its id.
    pub fn records(&self) -> impl Iterator<Item = (String, Uuid)> {
        self.iter().filter_map(|about| match about {
            About::Record { kind, id } => Some((kind.clone(), *id)),
            About::Host { .. } => None,
        })
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<'de, T: Deserialize<'de> + PartialEq> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Option::<Vec<T>>::deserialize(deserializer)?.unwrap_or_default()).map_err(de::Error::custom)
    }
}

impl<T: JsonSchema> JsonSchema for List<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("List_of_{}", T::schema_name()).into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let items = generator.subschema_for::<T>();
        json_schema!({"type": "array", "items": items, "maxItems": MOST, "description": "At most 50; each kept once."})
    }
}

impl<T: Entry> Field for List<T> {
    const FORM: Option<Form> = Some(Form::Document("[]"));
    const OPTIONAL: bool = true;
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        out.push(ColumnDef { content: T::CONTENT, ..json_column(name, ColumnType::List) });
    }
    fn write(&self, out: &mut Vec<Value>) {
        out.push(if self.is_empty() { Value::Null } else { json_value(self) });
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        match values.next() {
            None | Some(Value::Null) => Ok(Self::default()),
            Some(Value::Json(text)) => input::stored(&text).map_err(|problem| corrupt("List", problem)),
            Some(_) => Err(corrupt("List", "it is no list")),
        }
    }
}

impl<T: Accepts<&'static str>, const N: usize> Accepts<[&'static str; N]> for List<T> {
    fn json(values: [&'static str; N]) -> serde_json::Value {
        serde_json::Value::Array(values.map(T::json).into())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::values::check;

    #[test]
    fn each_address_is_kept_once_in_its_normal_form() {
        let mails: Emails = serde_json::from_value(json!(["B@x.example", "a@x.example", "b@x.example"])).unwrap();
        assert_eq!(serde_json::to_value(&mails).unwrap(), json!(["b@x.example", "a@x.example"]));
        check::round_trip(&mails);
        check::round_trip(&Emails::default());
        assert_eq!(check::written(&Phones::default()), [Value::Null]);
        let phones: Phones = serde_json::from_value(json!(["+44 20 7946 0018", "0044 20 79460018"])).unwrap();
        assert_eq!(phones.len(), 1);
    }

    #[test]
    fn what_a_record_is_about_and_who_reads_it_is_kept_once() {
        let id = "0194a2b0-0000-7000-8000-000000000001";
        let host = json!({"host": {"kind": "invoice", "id": "4711", "label": "March"}});
        let given = json!([{"kind": "lead", "id": id}, host, {"kind": "lead", "id": id}]);
        let abouts: Abouts = serde_json::from_value(given).unwrap();
        assert_eq!(serde_json::to_value(&abouts).unwrap(), json!([{"kind": "lead", "id": id}, host]));
        check::round_trip(&abouts);
        check::round_trip(&serde_json::from_value::<Readers>(json!([{"user": id}, {"group": id}])).unwrap());
        assert_eq!(check::written(&Abouts::default()), [Value::Null]);
        assert!(serde_json::from_value::<Readers>(json!([{"lead": id}])).is_err());
    }

    #[test]
    fn what_is_no_list_of_addresses_is_refused() {
        for bad in [json!("a@x.example"), json!(["x"]), json!([1]), json!({})] {
            assert!(serde_json::from_value::<Emails>(bad.clone()).is_err(), "{bad}");
        }
        let many: Vec<String> = (0..51).map(|number| format!("a{number}@x.example")).collect();
        assert!(serde_json::from_value::<Emails>(json!(many)).is_err());
        assert_eq!(serde_json::from_value::<Emails>(json!(null)).unwrap(), Emails::default());
    }
}
