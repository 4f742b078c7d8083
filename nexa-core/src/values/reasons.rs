//! The reasons of a score.

use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize};

use super::document::{json_column, json_value, read_json};
use crate::{
    Result,
    kernel::{
        record::{ColumnDef, ColumnType, Field, Form},
        value::Value,
    },
};

/// Why a score is so many points higher, or lower.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Reason {
    /// How many points; below zero when it counts against.
    pub points: i32,
    /// Why the points are given, in words.
    pub reason: String,
}

/// The reasons of a score, in the order of the rules that gave them. In JSON a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Reasons(Vec<Reason>);

impl Reasons {
    /// Adds a reason.
    pub fn add(&mut self, points: i32, reason: impl Into<String>) {
        self.0.push(Reason { points, reason: reason.into() });
    }
    /// The sum of the points; saturates.
    pub fn total(&self) -> i32 {
        self.0.iter().fold(0, |sum, reason| sum.saturating_add(reason.points))
    }
}

impl Deref for Reasons {
    type Target = [Reason];
    fn deref(&self) -> &[Reason] {
        &self.0
    }
}

impl FromIterator<Reason> for Reasons {
    fn from_iter<I: IntoIterator<Item = Reason>>(reasons: I) -> Self {
        Self(reasons.into_iter().collect())
    }
}

impl<'de> Deserialize<'de> for Reasons {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(|reasons| Self(reasons.unwrap_or_default()))
    }
}

impl JsonSchema for Reasons {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Reasons".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Vec::<Reason>::json_schema(generator);
        schema.insert("description".into(), "The reasons of a score.".into());
        schema
    }
}

impl Field for Reasons {
    const FORM: Option<Form> = Some(Form::Document("[]"));
    const OPTIONAL: bool = true;
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        out.push(json_column(name, ColumnType::Json));
    }
    fn write(&self, out: &mut Vec<Value>) {
        out.push(if self.is_empty() { Value::Null } else { json_value(self) });
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        read_json("Reasons", values.next())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::values::check;

    #[test]
    fn points_add_up() {
        let mut reasons = Reasons::default();
        check::round_trip(&reasons);
        assert_eq!(check::written(&reasons), [Value::Null]);
        assert_eq!(serde_json::from_value::<Reasons>(json!(null)).unwrap(), reasons);
        reasons.add(15, "IT Director");
        reasons.add(-5, "free mail address");
        assert_eq!((reasons.total(), reasons.len()), (10, 2));
        check::round_trip(&reasons);
        assert_eq!(
            serde_json::to_value(&reasons).unwrap(),
            json!([{"points": 15, "reason": "IT Director"}, {"points": -5, "reason": "free mail address"}])
        );
        reasons.add(i32::MAX, "overflow");
        assert_eq!(reasons.total(), i32::MAX);
        assert!(serde_json::from_value::<Reasons>(json!([{"points": 1}])).is_err());
    }
}
