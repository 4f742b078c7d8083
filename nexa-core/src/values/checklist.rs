//! A checklist: small steps that are ticked off.

use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};

use super::{
    Subject,
    document::{json_column, json_value, read_json},
};
use crate::{
    Result,
    kernel::{
        record::{ColumnDef, ColumnType, Field, Form},
        value::Value,
    },
};

/// A step of a checklist.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChecklistItem {
    /// What is to be done.
    pub text: Subject,
    /// Whether it is.
    #[serde(default)]
    pub done: bool,
}

/// At most 100 steps, in their order. In JSON a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Checklist(Vec<ChecklistItem>);

const MOST: usize = 100;
const TOO_MANY: &str = "give at most 100 steps";

impl Checklist {
    /// These steps, or what to do about them.
    pub fn new(items: Vec<ChecklistItem>) -> Result<Self, &'static str> {
        if items.len() > MOST { Err(TOO_MANY) } else { Ok(Self(items)) }
    }
}

impl Deref for Checklist {
    type Target = [ChecklistItem];
    fn deref(&self) -> &[ChecklistItem] {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Checklist {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Option::deserialize(deserializer)?.unwrap_or_default()).map_err(de::Error::custom)
    }
}

impl JsonSchema for Checklist {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Checklist".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let items = generator.subschema_for::<ChecklistItem>();
        json_schema!({"type": "array", "items": items, "maxItems": MOST, "description": "Small steps, ticked off one by one."})
    }
}

impl Field for Checklist {
    const FORM: Option<Form> = Some(Form::Document("[]"));
    const OPTIONAL: bool = true;
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        out.push(json_column(name, ColumnType::Json));
    }
    fn write(&self, out: &mut Vec<Value>) {
        out.push(if self.is_empty() { Value::Null } else { json_value(self) });
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        read_json("Checklist", values.next())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::values::check;

    #[test]
    fn steps_keep_their_order_and_are_bounded() {
        let list: Checklist =
            serde_json::from_value(json!([{"text": " Ask "}, {"text": "Tell", "done": true}])).unwrap();
        let full = json!([{"text": "Ask", "done": false}, {"text": "Tell", "done": true}]);
        assert_eq!(serde_json::to_value(&list).unwrap(), full);
        check::round_trip(&list);
        check::round_trip(&Checklist::default());
        assert_eq!(check::written(&Checklist::default()), [Value::Null]);
        assert_eq!(serde_json::from_value::<Checklist>(json!(null)).unwrap(), Checklist::default());
        let many = vec![json!({"text": "x"}); 101];
        for bad in [json!(many), json!([{"text": ""}]), json!([{"done": true}]), json!(["x"])] {
            assert!(serde_json::from_value::<Checklist>(bad.clone()).is_err(), "{bad}");
        }
    }
}
