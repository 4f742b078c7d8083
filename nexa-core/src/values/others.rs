//! The other addresses of somebody: mail addresses or phone numbers beside the main one.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};

use super::{
    Email, Phone,
    document::{json_column, json_value},
};
use crate::{
    Result,
    kernel::{
        draft::Accepts,
        input,
        record::{ColumnDef, ColumnType, Field, Form, corrupt},
        value::Value,
    },
};

/// At most 50 values, each once, in the order in which they became known. In JSON a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Others<T>(Vec<T>);

/// Mail addresses beside the main one.
pub type Emails = Others<Email>;
/// Phone numbers beside the main one.
pub type Phones = Others<Phone>;

const MOST: usize = 50;
const TOO_MANY: &str = "give at most 50 of them";

impl<T> Default for Others<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: PartialEq> Others<T> {
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

impl<'a, T> IntoIterator for &'a Others<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<'de, T: Deserialize<'de> + PartialEq> Deserialize<'de> for Others<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Option::<Vec<T>>::deserialize(deserializer)?.unwrap_or_default()).map_err(de::Error::custom)
    }
}

impl<T: JsonSchema> JsonSchema for Others<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Others_of_{}", T::schema_name()).into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let items = generator.subschema_for::<T>();
        json_schema!({"type": "array", "items": items, "maxItems": MOST, "description": "At most 50; each kept once."})
    }
}

impl<T> Field for Others<T>
where
    T: Field + Serialize + de::DeserializeOwned + PartialEq,
{
    const FORM: Option<Form> = Some(Form::Document("[]"));
    const OPTIONAL: bool = true;
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        let mut entry = Vec::with_capacity(T::WIDTH);
        T::columns(name, &mut entry);
        let content = entry.first().map(|column| column.content).unwrap_or_default();
        out.push(ColumnDef { content, ..json_column(name, ColumnType::List) });
    }
    fn write(&self, out: &mut Vec<Value>) {
        out.push(if self.is_empty() { Value::Null } else { json_value(self) });
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        match values.next() {
            None | Some(Value::Null) => Ok(Self::default()),
            Some(Value::Json(text)) => input::stored(&text).map_err(|problem| corrupt("Others", problem)),
            Some(_) => Err(corrupt("Others", "it is no list")),
        }
    }
}

impl<T: Accepts<&'static str>, const N: usize> Accepts<[&'static str; N]> for Others<T> {
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
    fn what_is_no_list_of_addresses_is_refused() {
        for bad in [json!("a@x.example"), json!(["x"]), json!([1]), json!({})] {
            assert!(serde_json::from_value::<Emails>(bad.clone()).is_err(), "{bad}");
        }
        let many: Vec<String> = (0..51).map(|number| format!("a{number}@x.example")).collect();
        assert!(serde_json::from_value::<Emails>(json!(many)).is_err());
        assert_eq!(serde_json::from_value::<Emails>(json!(null)).unwrap(), Emails::default());
    }
}
