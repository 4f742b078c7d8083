//! The kinds that the suite works with: a toy has a column of every type; boxes and players are what it points at.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::{
    Amount, Date, ExternalKey, Id, Record, Timestamp,
    error::Result,
    record::{ColumnDef, ColumnType, Content, Field, RecordDef, corrupt, plain_column},
    value::Value,
    zone::Zone,
};

/// Who plays; it cannot be trashed.
#[derive(Record, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[record(kind = "player", table = "players", access = work)]
pub(super) struct Player {
    pub(super) id: Id<Player>,
    pub(super) version: i64,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) name: String,
}

/// Where toys are kept.
#[derive(Record, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "toy_box",
    table = "toy_boxes", access = work,
    search(label = 2),
    unique("label.folded", code = "toy_box.label_taken")
)]
pub(super) struct ToyBox {
    pub(super) id: Id<ToyBox>,
    pub(super) version: i64,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) deleted_at: Option<Timestamp>,
    #[record(folded)]
    pub(super) label: String,
    pub(super) room: Option<i64>,
    pub(super) owner: Option<Id<Player>>,
    pub(super) external_keys: Vec<ExternalKey>,
}

/// A thing to play with.
#[derive(Record, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "toy",
    table = "toys", access = work,
    search(name = 4, note = 1),
    unique("serial", code = "toy.serial_taken"),
    unique("home", "place", code = "toy.place_taken"),
    index("size.rank", "keeper.queue", "created_at"),
    index("pieces")
)]
pub(super) struct Toy {
    pub(super) id: Id<Toy>,
    pub(super) version: i64,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    pub(super) deleted_at: Option<Timestamp>,
    #[record(folded)]
    pub(super) name: String,
    #[record(folded)]
    pub(super) note: Option<String>,
    pub(super) serial: Option<String>,
    pub(super) home: Option<Id<ToyBox>>,
    pub(super) place: Option<i64>,
    pub(super) like: Option<Id<Toy>>,
    #[record(ranked)]
    pub(super) size: Size,
    #[record(assignee)]
    pub(super) keeper: Option<Keeper>,
    pub(super) pieces: i64,
    pub(super) rating: Option<i64>,
    pub(super) loud: Option<bool>,
    pub(super) bought: Option<Date>,
    pub(super) played_at: Option<Timestamp>,
    pub(super) price: Option<Amount>,
    pub(super) origin: Option<Uuid>,
    pub(super) tags: Labels,
    pub(super) aliases: Labels,
    #[record(follows)]
    pub(super) near: Names,
    #[record(folded)]
    pub(super) custom: Traits,
    pub(super) manual: Option<Paper>,
    pub(super) external_keys: Vec<ExternalKey>,
}

/// An enum with a rank; its order by bytes is another than its declared one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Size {
    Small,
    Medium,
    Large,
}

impl Size {
    pub(super) const NAMES: &'static [&'static str] = &["small", "medium", "large"];
}

impl Field for Size {
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        out.push(plain_column(name, ColumnType::Enum(Self::NAMES)));
    }
    fn write(&self, out: &mut Vec<Value>) {
        out.push(Value::Text(Self::NAMES[*self as usize].to_owned()));
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        let value = values.next().unwrap_or(Value::Null);
        let all = [Self::Small, Self::Medium, Self::Large];
        all.into_iter()
            .find(|size| value.as_text() == Some(Self::NAMES[*size as usize]))
            .ok_or_else(|| corrupt("size", format!("{value:?}")))
    }
}

/// Who looks after a toy.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Keeper {
    Player(Id<Player>),
    Box(Id<ToyBox>),
}

impl Field for Keeper {
    const WIDTH: usize = 2;
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        <Option<Id<Player>>>::columns(&format!("{name}.player"), out);
        <Option<Id<ToyBox>>>::columns(&format!("{name}.box"), out);
    }
    fn write(&self, out: &mut Vec<Value>) {
        let (player, toy_box) = match self {
            Self::Player(id) => (Some(*id), None),
            Self::Box(id) => (None, Some(*id)),
        };
        player.write(out);
        toy_box.write(out);
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        match (Field::read(values)?, Field::read(values)?) {
            (Some(player), None) => Ok(Self::Player(player)),
            (None, Some(toy_box)) => Ok(Self::Box(toy_box)),
            both => Err(corrupt("keeper", format!("{both:?}"))),
        }
    }
}

macro_rules! document_field {
    ($(#[$doc:meta])* $name:ident, $inner:ty, $column:ident, $content:ident, $empty:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
        pub(super) struct $name(pub(super) $inner);

        impl Field for $name {
            const OPTIONAL: bool = true;
            fn columns(name: &str, out: &mut Vec<ColumnDef>) {
                out.push(ColumnDef { nullable: true, content: Content::$content, ..plain_column(name, ColumnType::$column) });
            }
            fn write(&self, out: &mut Vec<Value>) {
                let empty: fn(&$inner) -> bool = $empty;
                out.push(if empty(&self.0) { Value::Null } else { Value::Json(serde_json::to_string(&self.0).unwrap()) });
            }
            fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
                read_document(values.next(), stringify!($name)).map(Self)
            }
        }
    };
}

document_field!(
    /// A list of words.
    Labels, Vec<String>, List, Plain, Vec::is_empty
);
document_field!(
    /// Records of any kind and things of the host.
    Names, Vec<Json>, List, Records, Vec::is_empty
);
document_field!(
    /// Values by name.
    Traits, BTreeMap<String, Json>, Map, Plain, BTreeMap::is_empty
);
document_field!(
    /// A document that nothing looks into.
    Paper, Json, Json, Plain, Json::is_null
);

fn read_document<T: DeserializeOwned + Default>(value: Option<Value>, name: &str) -> Result<T> {
    match value {
        Some(Value::Null) => Ok(T::default()),
        Some(Value::Json(text)) => serde_json::from_str(&text).map_err(|problem| corrupt(name, problem)),
        other => Err(corrupt(name, format!("{other:?}"))),
    }
}

/// A moment of the suite, so many seconds after its beginning.
pub(super) const fn second(number: i64) -> Timestamp {
    Timestamp::from_micros(1_763_370_900_000_000 + number * 1_000_000)
}

/// A zone that every host knows.
pub(super) fn zone(name: &str) -> Zone {
    Zone::named(name).expect(name)
}

/// The identifier of this number.
pub(super) const fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

pub(super) fn player(number: u128, name: &str) -> Player {
    Player {
        id: Id::new(uuid(number)),
        version: 1,
        created_at: second(0),
        updated_at: second(0),
        name: name.to_owned(),
    }
}

pub(super) fn toy_box(number: u128, label: &str) -> ToyBox {
    ToyBox {
        id: Id::new(uuid(number)),
        version: 1,
        created_at: second(0),
        updated_at: second(0),
        deleted_at: None,
        label: label.to_owned(),
        room: None,
        owner: None,
        external_keys: Vec::new(),
    }
}

/// A toy with nothing in it that can be left out.
pub(super) fn toy(number: u128, name: &str) -> Toy {
    Toy {
        id: Id::new(uuid(number)),
        version: 1,
        created_at: second(0),
        updated_at: second(0),
        deleted_at: None,
        name: name.to_owned(),
        note: None,
        serial: None,
        home: None,
        place: None,
        like: None,
        size: Size::Small,
        keeper: None,
        pieces: 1,
        rating: None,
        loud: None,
        bought: None,
        played_at: None,
        price: None,
        origin: None,
        tags: Labels::default(),
        aliases: Labels::default(),
        near: Names::default(),
        custom: Traits::default(),
        manual: None,
        external_keys: Vec::new(),
    }
}

/// The index of a toy's column.
pub(super) fn column(path: &str) -> usize {
    column_of(Toy::def(), path)
}

/// The index of a kind's column.
pub(super) fn column_of(def: &RecordDef, path: &str) -> usize {
    def.column(path).unwrap_or_else(|| panic!("{} has no column {path}", def.kind))
}

/// An entry of a list that names a record.
pub(super) fn name_of(kind: &str, number: u128) -> Json {
    serde_json::json!({"id": uuid(number), "kind": kind})
}

/// The words of a list.
pub(super) fn labels(words: &[&str]) -> Labels {
    Labels(words.iter().map(|word| (*word).to_owned()).collect())
}

/// The traits of a JSON object.
pub(super) fn traits(json: Json) -> Traits {
    Traits(serde_json::from_value(json).unwrap())
}

/// A host's own key.
pub(super) fn key(system: &str, key: &str) -> ExternalKey {
    ExternalKey { system: system.to_owned(), key: key.to_owned() }
}
