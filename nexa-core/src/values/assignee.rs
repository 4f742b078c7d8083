//! Who something is assigned to: a user or a group, never both.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Result,
    kernel::{
        record::{ColumnDef, ColumnType, Field, Form, corrupt, plain_column},
        value::Value,
    },
};

/// A user or a group. In JSON `{"user": id}` or `{"group": id}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assignee {
    /// A user.
    User(Uuid),
    /// A group: any of its members.
    Group(Uuid),
}

impl Assignee {
    /// A user, by id.
    pub fn user(id: impl Into<Uuid>) -> Self {
        Self::User(id.into())
    }
    /// A group, by id.
    pub fn group(id: impl Into<Uuid>) -> Self {
        Self::Group(id.into())
    }
    /// The id of the user or the group.
    pub const fn id(self) -> Uuid {
        match self {
            Self::User(id) | Self::Group(id) => id,
        }
    }
    /// The user's id, when it is a user.
    pub const fn as_user(self) -> Option<Uuid> {
        match self {
            Self::User(id) => Some(id),
            Self::Group(_) => None,
        }
    }
    /// The group's id, when it is a group.
    pub const fn as_group(self) -> Option<Uuid> {
        match self {
            Self::Group(id) => Some(id),
            Self::User(_) => None,
        }
    }
}

/// `user 0194…` or `group 0194…`
impl fmt::Display for Assignee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user {id}"),
            Self::Group(id) => write!(f, "group {id}"),
        }
    }
}

impl JsonSchema for Assignee {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Assignee".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let one = |name: &str| {
            json_schema!({
                "type": "object",
                "properties": {name: {"type": "string", "format": "uuid"}},
                "required": [name],
                "additionalProperties": false
            })
        };
        json_schema!({"description": "A user or a group.", "oneOf": [one("user"), one("group")]})
    }
}

impl Field for Assignee {
    const FORM: Option<Form> = Some(Form::Parts("null"));
    const WIDTH: usize = 2;
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        for (part, kind) in [("user", "user"), ("group", "group")] {
            let mut column = plain_column(&format!("{name}.{part}"), ColumnType::Reference(kind));
            column.nullable = true;
            out.push(column);
        }
    }
    fn write(&self, out: &mut Vec<Value>) {
        out.extend(match *self {
            Self::User(id) => [Value::Uuid(id), Value::Null],
            Self::Group(id) => [Value::Null, Value::Uuid(id)],
        });
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        match (values.next(), values.next()) {
            (Some(Value::Uuid(id)), Some(Value::Null)) => Ok(Self::User(id)),
            (Some(Value::Null), Some(Value::Uuid(id))) => Ok(Self::Group(id)),
            _ => Err(corrupt("Assignee", "expected either a user or a group")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Id, values::check};

    struct User;

    #[test]
    fn a_user_or_a_group() {
        let id = Uuid::from_u128(7);
        for assignee in [Assignee::user(id), Assignee::group(id)] {
            check::round_trip(&assignee);
            assert_eq!(assignee.id(), id);
        }
        assert_eq!(Assignee::user(Id::<User>::new(id)).as_user(), Some(id));
        assert_eq!(Assignee::user(id).as_group(), None);
        assert_eq!(serde_json::to_value(Assignee::group(id)).unwrap(), json!({"group": id.to_string()}));
        assert_eq!(Assignee::user(id).to_string(), format!("user {id}"));
    }

    #[test]
    fn never_both_and_never_neither() {
        let id = Uuid::from_u128(7).to_string();
        for bad in [
            json!({}),
            json!({"user": id, "group": id}),
            json!({"user": null}),
            json!({"team": id}),
            json!({"user": "x"}),
            json!(id),
        ] {
            assert!(serde_json::from_value::<Assignee>(bad.clone()).is_err(), "{bad}");
        }
        let both = vec![Value::Uuid(Uuid::nil()), Value::Uuid(Uuid::nil())];
        for bad in [both, vec![Value::Null, Value::Null], vec![]] {
            assert_eq!(check::read::<Assignee>(bad).unwrap_err().code(), "store.corrupt");
        }
    }

    #[test]
    fn two_references() {
        let mut columns = Vec::new();
        Assignee::columns("owner", &mut columns);
        let seen: Vec<_> = columns.iter().map(|c| (c.name.as_str(), c.path.as_str(), c.kind, c.nullable)).collect();
        assert_eq!(
            seen,
            [
                ("owner_user_id", "owner.user", ColumnType::Reference("user"), true),
                ("owner_group_id", "owner.group", ColumnType::Reference("group"), true),
            ]
        );
    }
}
