//! What a task, note, ticket or meeting is about.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

use super::{Name, Url};
use crate::{
    Result,
    kernel::{
        record::{ColumnDef, ColumnType, Field, Record, corrupt, plain_column},
        value::Value,
    },
};

/// What a task, note, ticket or meeting is about: one of our records, or a thing of the host.
/// In JSON `{"kind": "lead", "id": "…"}` or `{"host": {"kind", "id", "label", "url"}}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum About {
    /// One of our records.
    Record {
        /// Its kind, such as `lead`.
        kind: String,
        /// Its id.
        id: Uuid,
    },
    /// A thing of the host.
    Host {
        /// What the host calls such things.
        kind: Name,
        /// The host's own id.
        id: Name,
        /// What to show for it.
        label: Option<Name>,
        /// Where to see it.
        url: Option<Url>,
    },
}

impl About {
    /// About a record of this kind.
    pub fn record(kind: impl Into<String>, id: impl Into<Uuid>) -> Self {
        Self::Record { kind: kind.into(), id: id.into() }
    }
    /// What kind of thing it is about.
    pub fn kind(&self) -> &str {
        match self {
            Self::Record { kind, .. } => kind,
            Self::Host { kind, .. } => kind,
        }
    }
    /// Whether it is about this record.
    pub fn is<R: Record>(&self, record: &R) -> bool {
        matches!(self, Self::Record { kind, id } if kind == R::def().kind && *id == record.id().uuid())
    }
}

impl<R: Record> From<&R> for About {
    fn from(record: &R) -> Self {
        Self::record(R::def().kind, record.id())
    }
}

/// `lead 0194…`, or the label of a thing of the host.
impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Record { kind, id } => write!(f, "{kind} {id}"),
            Self::Host { label: Some(label), .. } => write!(f, "{label}"),
            Self::Host { kind, id, .. } => write!(f, "{kind} {id}"),
        }
    }
}

/// A thing of the host, as JSON has it.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
struct Host {
    /// What the host calls such things.
    kind: Name,
    /// The host's own id.
    id: Name,
    /// What to show for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label: Option<Name>,
    /// Where to see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<Url>,
}

/// Both shapes of the JSON in one, so that an error can name what is missing.
#[derive(Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Wire {
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<Host>,
}

impl Serialize for About {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.clone() {
            Self::Record { kind, id } => Wire { kind: Some(kind), id: Some(id), ..Wire::default() },
            Self::Host { kind, id, label, url } => {
                Wire { host: Some(Host { kind, id, label, url }), ..Wire::default() }
            }
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for About {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Wire::deserialize(deserializer)? {
            Wire { kind: Some(kind), id: Some(id), host: None } if is_kind(&kind) => Ok(Self::Record { kind, id }),
            Wire { kind: Some(_), id: Some(_), host: None } => {
                Err(de::Error::custom("name a kind of record, such as lead"))
            }
            Wire { kind: None, id: None, host: Some(Host { kind, id, label, url }) } => {
                Ok(Self::Host { kind, id, label, url })
            }
            _ => Err(de::Error::custom("give kind and id of a record, or a host's {kind, id, label, url} as host")),
        }
    }
}

/// The shape of every name of a kind.
fn is_kind(text: &str) -> bool {
    text.len() <= 100
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

impl JsonSchema for About {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "About".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let host = generator.subschema_for::<Host>();
        json_schema!({
            "description": "What something is about: a record, or a thing of the host.",
            "oneOf": [
                {
                    "type": "object",
                    "properties": {
                        "kind": {"type": "string", "maxLength": 100, "description": "The kind, such as lead."},
                        "id": {"type": "string", "format": "uuid", "description": "The id."}
                    },
                    "required": ["kind", "id"],
                    "additionalProperties": false
                },
                {"type": "object", "properties": {"host": host}, "required": ["host"], "additionalProperties": false}
            ]
        })
    }
}

impl Field for About {
    const WIDTH: usize = 5;
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        out.push(plain_column(&format!("{name}.kind"), ColumnType::Text));
        for (part, kind) in [
            ("id", ColumnType::Uuid),
            ("key", ColumnType::Text),
            ("label", ColumnType::Text),
            ("url", ColumnType::Text),
        ] {
            let mut column = plain_column(&format!("{name}.{part}"), kind);
            column.nullable = true;
            out.push(column);
        }
    }
    fn write(&self, out: &mut Vec<Value>) {
        match self {
            Self::Record { kind, id } => {
                out.extend([Value::Text(kind.clone()), Value::Uuid(*id), Value::Null, Value::Null, Value::Null]);
            }
            Self::Host { kind, id, label, url } => {
                kind.write(out);
                out.push(Value::Null);
                id.write(out);
                label.write(out);
                url.write(out);
            }
        }
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        let kind = Name::read(values)?;
        let record = Option::<Uuid>::read(values)?;
        let key = Option::<Name>::read(values)?;
        let (label, url) = (Field::read(values)?, Field::read(values)?);
        match (record, key) {
            (Some(id), None) => Ok(Self::record(kind, id)),
            (None, Some(id)) => Ok(Self::Host { kind, id, label, url }),
            _ => Err(corrupt("About", "expected either a record or a thing of the host")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::values::check;

    #[test]
    fn a_record_or_a_thing_of_the_host() {
        let id = Uuid::from_u128(7);
        let record = About::record("lead", id);
        assert_eq!(serde_json::to_value(&record).unwrap(), json!({"kind": "lead", "id": id.to_string()}));
        assert_eq!(record.to_string(), format!("lead {id}"));
        check::round_trip(&record);

        let json = json!({"host": {"kind": "invoice", "id": "4711", "label": " March ", "url": "https://a.b/4711"}});
        let host: About = serde_json::from_value(json).unwrap();
        assert_eq!((host.kind(), host.to_string().as_str()), ("invoice", "March"));
        check::round_trip(&host);
        check::round_trip(&serde_json::from_value::<About>(json!({"host": {"kind": "invoice", "id": "1"}})).unwrap());
    }

    #[test]
    fn never_both_and_never_half() {
        let id = Uuid::from_u128(7).to_string();
        let host = json!({"kind": "invoice", "id": "1"});
        for bad in [
            json!({}),
            json!({"kind": "lead"}),
            json!({"id": id}),
            json!({"kind": "Lead Record", "id": id}),
            json!({"kind": "", "id": id}),
            json!({"kind": "lead", "id": id, "host": host}),
            json!({"kind": "lead", "id": id, "label": "x"}),
            json!({"host": {"kind": "invoice"}}),
            json!({"host": {"kind": "invoice", "id": "1", "url": "javascript:x"}}),
        ] {
            assert!(serde_json::from_value::<About>(bad.clone()).is_err(), "{bad}");
        }
        let kind = || Value::Text("lead".into());
        let neither = vec![kind(), Value::Null, Value::Null, Value::Null, Value::Null];
        let both = vec![kind(), Value::Uuid(Uuid::nil()), kind(), Value::Null, Value::Null];
        for bad in [neither, both] {
            assert_eq!(check::read::<About>(bad).unwrap_err().code(), "store.corrupt");
        }
    }

    #[test]
    fn five_columns() {
        let mut columns = Vec::new();
        About::columns("about", &mut columns);
        let names: Vec<_> = columns.iter().map(|column| (column.name.as_str(), column.nullable)).collect();
        assert_eq!(
            names,
            [
                ("about_kind", false),
                ("about_id", true),
                ("about_key", true),
                ("about_label", true),
                ("about_url", true)
            ]
        );
    }
}
