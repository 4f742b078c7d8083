//! A record is a struct; its definition is data that every other part reads.

mod accepts;
mod access_class;
mod column;
mod custom_type;
mod field;
mod folded_texts;
mod form;
mod known_by;
mod lapse;
mod layout;
mod person;
mod pointer;
mod reference;
pub mod schema;
mod topic;
mod write;

pub use accepts::Accepts;
pub use access_class::AccessClass;
pub use column::Column;
pub use custom_type::CustomType;
pub use field::{Cells, Field, corrupt, part_path, plain_column, unexpected};
pub use form::{Form, Part, WriteField};
pub use known_by::{Address, EMAIL_SYSTEM, PHONE_FIELD};
pub use lapse::Lapse;
pub use layout::{
    ColumnDef, ColumnType, Content, Derived, FieldDef, IndexDef, OnTrash, ParseField, ParseText, RecordDef,
    RelationDef, Row, UniqueDef, rank,
};
pub use person::PersonField;
pub use pointer::Pointer;
pub use reference::{ExternalKey, Id, Ref};
pub use topic::{HOST, Topic, entry};
pub(crate) use write::write_name;

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    error::Result,
    maybe_send::{MaybeSend, MaybeSync},
    value::Timestamp,
};

/// Turns a struct of fields into a [`Field`] with the columns of all of them.
pub use nexa_derive::Field;
/// Turns a struct into a [`Record`] with its definition.
pub use nexa_derive::Record;

/// A kind of record: a struct that can become a row and back. Derived; see `nexa-derive`.
pub trait Record: Clone + Serialize + DeserializeOwned + JsonSchema + MaybeSend + MaybeSync + 'static {
    /// The definition.
    fn def() -> &'static RecordDef;
    /// The row, derived columns included.
    fn to_row(&self) -> Row;
    /// The record of a stored row.
    fn from_row(row: Row) -> Result<Self>;
    /// The identifier.
    fn id(&self) -> Id<Self>;
    /// Counts the changes, from 1.
    fn version(&self) -> i64;
    /// When it was created.
    fn created_at(&self) -> Timestamp;
    /// Sets what the kernel sets: identifier, version and times.
    fn stamp(&mut self, id: Id<Self>, version: i64, created_at: Timestamp, updated_at: Timestamp);
}

/// The name of a kind, known without its definition, so that kinds can point at each other.
pub trait Kind {
    /// The kind, such as `lead`.
    const KIND: &'static str;
}
