//! How a record is named: by its identifier, or by a host's own key.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
    str::FromStr,
};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{Record, known_by::EMAIL_SYSTEM};
use crate::{
    error::Result,
    input::{self, Unreadable},
    text,
};

/// The identifier of a record of one kind: a UUIDv7, a string in JSON.
pub struct Id<R>(Uuid, PhantomData<fn() -> R>);

impl<R> Id<R> {
    /// Names a UUID as the identifier of such a record.
    pub const fn new(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }
    /// The plain UUID.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}
impl<R: Record> Id<R> {
    /// The kind and the UUID: only both together name a record.
    pub fn identity(self) -> (&'static str, Uuid) {
        (R::def().kind, self.0)
    }
}
impl<R> Clone for Id<R> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<R> Copy for Id<R> {}
impl<R> Default for Id<R> {
    fn default() -> Self {
        Self::new(Uuid::nil())
    }
}
impl<R> PartialEq for Id<R> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<R> Eq for Id<R> {}
impl<R> PartialOrd for Id<R> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<R> Ord for Id<R> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}
impl<R> Hash for Id<R> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<R> fmt::Debug for Id<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl<R> fmt::Display for Id<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl<R> FromStr for Id<R> {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::from_str(text).map(Self::new)
    }
}
impl<R> From<Uuid> for Id<R> {
    fn from(uuid: Uuid) -> Self {
        Self::new(uuid)
    }
}
impl<R> From<Id<R>> for Uuid {
    fn from(id: Id<R>) -> Self {
        id.0
    }
}
impl<R> Serialize for Id<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}
impl<'de, R> Deserialize<'de> for Id<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Uuid::deserialize(deserializer).map(Self::new)
    }
}
impl<R> JsonSchema for Id<R> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Id".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "uuid"})
    }
}

/// A host's own key of a record: unique per tenant, kind and system.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ExternalKey {
    /// The system that gave the key, such as `salesforce`: one line of at most 200 characters.
    #[schemars(length(min = 1, max = 200))]
    pub system: String,
    /// The key in that system: one line of at most 200 characters.
    #[schemars(length(min = 1, max = 200))]
    pub key: String,
}

impl ExternalKey {
    /// A key in a system, both trimmed; or what to do about it.
    pub fn new(system: impl AsRef<str>, key: impl AsRef<str>) -> Result<Self, &'static str> {
        let system = key_part(system.as_ref())?;
        if system == EMAIL_SYSTEM {
            return Err("name another system; a mail address belongs into email or other_emails");
        }
        Ok(Self { system, key: key_part(key.as_ref())? })
    }
}

impl<'de> Deserialize<'de> for ExternalKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Given {
            system: String,
            key: String,
        }
        let given = Given::deserialize(deserializer)?;
        Self::new(given.system, given.key).map_err(de::Error::custom)
    }
}

const KEY_SHAPE: &str = "system and key are lines of 1 to 200 characters";

fn key_part(text: &str) -> Result<String, &'static str> {
    text::line(text, 200, KEY_SHAPE).map_err(|_| KEY_SHAPE)
}

/// How a command names a record: by id, or by a host's own key.
#[derive(Serialize)]
#[serde(untagged, bound = "")]
pub enum Ref<R> {
    /// By its identifier.
    Id(Id<R>),
    /// By a host's own key.
    External(ExternalKey),
}
impl<R> Ref<R> {
    /// The same name without the kind.
    pub fn untyped(&self) -> Ref<()> {
        self.clone().of_kind()
    }
    /// The same name for a record of another kind.
    pub(crate) fn of_kind<T>(self) -> Ref<T> {
        match self {
            Self::Id(id) => Ref::Id(Id::new(id.uuid())),
            Self::External(key) => Ref::External(key),
        }
    }
}
impl<R> Clone for Ref<R> {
    fn clone(&self) -> Self {
        match self {
            Self::Id(id) => Self::Id(*id),
            Self::External(key) => Self::External(key.clone()),
        }
    }
}
impl<R> PartialEq for Ref<R> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Id(a), Self::Id(b)) => a == b,
            (Self::External(a), Self::External(b)) => a == b,
            _ => false,
        }
    }
}
impl<R> fmt::Debug for Ref<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl<R> fmt::Display for Ref<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "{id}"),
            Self::External(key) => write!(f, "{}:{}", key.system, key.key),
        }
    }
}
impl<R> From<Id<R>> for Ref<R> {
    fn from(id: Id<R>) -> Self {
        Self::Id(id)
    }
}
impl<R: Record> From<&R> for Ref<R> {
    fn from(record: &R) -> Self {
        Self::Id(record.id())
    }
}
impl<R> From<ExternalKey> for Ref<R> {
    fn from(key: ExternalKey) -> Self {
        Self::External(key)
    }
}
impl<'de, R> Deserialize<'de> for Ref<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        named(&Json::deserialize(deserializer)?).map(Ref::of_kind).map_err(Unreadable::pass)
    }
}

fn named(json: &Json) -> Result<Ref<()>, Unreadable> {
    const FORMS: &str = "give an id, or the key of another system as {system, key}";
    match json {
        Json::String(id) => Uuid::parse_str(id).map(|id| Ref::Id(Id::new(id))).map_err(|_| Unreadable::new(FORMS)),
        Json::Object(_) => input::value(json).map(Ref::External),
        _ => Err(Unreadable::new(FORMS)),
    }
}
impl<R> JsonSchema for Ref<R> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Ref".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let key = generator.subschema_for::<ExternalKey>();
        json_schema!({"anyOf": [{"type": "string", "format": "uuid"}, key]})
    }
}
