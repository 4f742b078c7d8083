//! What everybody needs to know of a kind, as data: columns, fields, constraints, relations; and a row of it.

use std::{fmt, sync::Arc};

use schemars::{Schema, SchemaGenerator};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{AccessClass, Lapse, PersonField, Topic, folded_texts::folded_texts, form::Form};
use crate::{
    error::{Code, codes},
    input::{self, Unreadable},
    normal,
    value::Value,
};

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColumnType {
    /// A UUID that is no reference, or may point at several kinds.
    Uuid,
    /// A reference to a record of this kind.
    Reference(&'static str),
    /// Text.
    Text,
    /// One of a closed list, in its declared order.
    Enum(&'static [&'static str]),
    /// A whole number.
    Int,
    /// Yes or no.
    Bool,
    /// A moment in UTC microseconds.
    Time,
    /// A calendar date.
    Date,
    /// An exact decimal with four places.
    Amount,
    /// A JSON list of strings, such as tags; null when empty.
    List,
    /// A JSON object; null when empty. Filters reach its keys by path.
    Map,
    /// A JSON document that filters do not look into.
    Json,
}

/// What a text column, or each entry of a list column, is to those who seek it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Content {
    /// Words.
    #[default]
    Plain,
    /// A mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A web address.
    Url,
    /// The name of a record: its kind, a colon and its id; or `host` and a thing of the host.
    Records,
    /// The price of one, which may have more decimal places than its currency.
    UnitPrice,
}

/// A column that the core computes from others when a record is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Derived {
    /// The folded text of the column at this index, by which it is compared, matched and sorted: without accents; where it
    /// has some, a tab and the same with them follow.
    Folded(usize),
    /// The folded texts of the document in the column at this index, by name, where they differ from the texts: the order of
    /// custom fields.
    FoldedTexts(usize),
    /// The rank of the enum column at this index, the last declared value first: 0.
    Rank(usize),
    /// The first non-null of the two columns from this index, or the nil UUID: whose queue it is in.
    Queue(usize),
    /// The value of the column at this index while the record is open, by the kind's [`RecordDef::open`]; otherwise null. A
    /// unique over it binds open records only.
    WhileOpen(usize),
}

/// One column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnDef {
    /// Its name in SQL: snake_case, references end in `_id`.
    pub name: String,
    /// Its path in JSON and in filters: `amount.currency`.
    pub path: String,
    /// What it holds.
    pub kind: ColumnType,
    /// What its text is, by which it is searched and matched.
    pub content: Content,
    /// Whether it may be null.
    pub nullable: bool,
    /// Whether it holds personal data: redacted in logs, erased with the person.
    pub personal: bool,
    /// Set when the core computes it.
    pub derived: Option<Derived>,
}

/// Reads a text of a field into its columns, as from a JSON string.
pub type ParseText = fn(&str) -> Result<Vec<Value>, Unreadable>;

/// Reads one JSON value of a field into its columns.
pub type ParseField = fn(&Json) -> Result<Vec<Value>, Unreadable>;

/// One field of the struct: what callers see; it fills one or more columns.
#[derive(Clone)]
pub struct FieldDef {
    /// Its name in JSON.
    pub name: &'static str,
    /// Its doc comment.
    #[cfg(feature = "catalog")]
    pub doc: &'static str,
    /// Index of its first column.
    pub first: usize,
    /// How many columns it fills, without derived ones.
    pub count: usize,
    /// Whether `create` and `update` may set it; otherwise rules set it.
    pub editable: bool,
    /// Whether it can be absent.
    pub optional: bool,
    /// Reads it from JSON.
    pub parse: ParseField,
    /// Reads it from a text.
    pub parse_text: ParseText,
    /// How it looks in JSON.
    pub form: Form,
    #[cfg(feature = "catalog")]
    pub(crate) schema: fn(&mut SchemaGenerator) -> Schema,
}

impl FieldDef {
    /// Its doc comment; empty without the feature `catalog`.
    #[cfg_attr(not(feature = "catalog"), allow(clippy::unused_self))]
    pub const fn doc(&self) -> &'static str {
        #[cfg(feature = "catalog")]
        return self.doc;
        #[cfg(not(feature = "catalog"))]
        return "";
    }
    /// Its JSON Schema; one that takes everything without the feature `catalog`.
    #[cfg_attr(not(feature = "catalog"), allow(clippy::unused_self))]
    pub fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        #[cfg(feature = "catalog")]
        return (self.schema)(generator);
        #[cfg(not(feature = "catalog"))]
        return generator.subschema_for::<Json>();
    }
}

/// A unique constraint over live records of a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UniqueDef {
    /// Its name, unique in the schema.
    pub name: String,
    /// The columns by index; a row with a null in one of them is not constrained.
    pub columns: Vec<usize>,
    /// The field that the error names.
    pub field: &'static str,
    /// The stable code of a violation, such as `lead.email_taken`.
    pub code: &'static str,
}

/// An index for queries; the tenant leads and the id ends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexDef {
    /// Its name, unique in the schema.
    pub name: String,
    /// The columns by index.
    pub columns: Vec<usize>,
}

/// A reference to another kind, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelationDef {
    /// The name in filters and in `with`: the field's path.
    pub name: String,
    /// The column that holds the id.
    pub column: usize,
    /// The kind it points at.
    pub kind: &'static str,
    /// What becomes of the record when the other goes into the trash; of nobody's concern where that has none.
    pub on_trash: Option<OnTrash>,
    /// The column of the reference that takes over when the record that it points at becomes another, as a converted lead does.
    pub becomes: Option<usize>,
}

/// What becomes of a record when the one that a field of it points at goes into the trash, and later for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnTrash {
    /// It needs the other: while it is there, that is not trashed (`record.in_use`), unless the caller says what to do with it.
    Refuse,
    /// It is a part of the other, and is purged with it.
    WithParent,
    /// It stays, and keeps the other from being purged (`record.pointed_at`).
    Keep,
    /// It stays, and forgets the other when that is purged.
    Mention,
}

/// What everybody needs to know of a kind of record. Made by `#[derive(Record)]`.
#[derive(Clone)]
pub struct RecordDef {
    /// The kind, such as `lead`.
    pub kind: &'static str,
    /// The name of its struct, such as `Lead`.
    pub name: &'static str,
    /// The table without prefix or schema, such as `leads`.
    pub table: &'static str,
    /// What the kind is: the struct's doc comment.
    #[cfg(feature = "catalog")]
    pub doc: &'static str,
    /// The columns in order; a [`Row`] has one value for each. The tenant is not among them.
    pub columns: Vec<ColumnDef>,
    /// The columns that the core computes, by index, with how; so that writing a row need not look for them.
    pub derived: Vec<(usize, Derived)>,
    /// What columns hold in records that are older than the column, by index: those that may not be empty and came later.
    pub backfills: Vec<(usize, Value)>,
    /// The fields in order.
    pub fields: Vec<FieldDef>,
    /// The column that says whether a record is open, and its values that do.
    pub open: Option<(usize, &'static [&'static str])>,
    /// What of a record changes at a moment that it names.
    pub lapses: Option<Lapse>,
    /// Unique constraints over live records.
    pub uniques: Vec<UniqueDef>,
    /// Indexes.
    pub indexes: Vec<IndexDef>,
    /// References to other kinds.
    pub relations: Vec<RelationDef>,
    /// Who may reach the records.
    pub access: AccessClass,
    /// The column that says whose a record is: of a user, or derived of a user and a group.
    pub assignee: Option<usize>,
    /// The column that says who wrote a record, where it says who may read it.
    pub author: Option<usize>,
    /// The list of those who alone may read a record beside its author, where it has entries.
    pub readers: Option<usize>,
    /// The text in which users and groups are mentioned.
    pub mentions: Option<usize>,
    /// Where a record says what it is about, and moves along when that is merged.
    pub follows: Vec<Topic>,
    /// The kinds that a record may be about, where it may not be about any.
    pub about_only: Vec<(Topic, &'static [&'static str])>,
    /// What of it a record is a part of, and purged with.
    pub parts_of_topic: Vec<Topic>,
    /// Columns that search looks at, with their weight: a hit in the first counts most.
    pub search: Vec<(usize, i64)>,
    /// The columns of amounts of money, each with that of its currency.
    pub money: Vec<(usize, usize)>,
    /// The column of `id`.
    pub id: usize,
    /// The column of `version`.
    pub version: usize,
    /// The column of `created_at`.
    pub created_at: usize,
    /// The column of `updated_at`.
    pub updated_at: usize,
    /// The column of `deleted_at`, for kinds that have a trash.
    pub deleted_at: Option<usize>,
    /// The column of `merged_into`, for kinds that can be merged.
    pub merged_into: Option<usize>,
    /// The column of `tags`.
    pub tags: Option<usize>,
    /// The column of `custom`.
    pub custom: Option<usize>,
    /// The column of `external_keys`.
    pub external_keys: Option<usize>,
    /// The columns that hold mail addresses of the record, the main one first; none for kinds that keep no others.
    pub emails: Vec<usize>,
    /// The same for phone numbers.
    pub phones: Vec<usize>,
    /// The column of `engagement`, for kinds that count signals.
    pub engagement: Option<usize>,
    /// Whether its records are persons, whose data can be found, exported and erased.
    pub person: bool,
    /// Where a record says whose personal data it holds.
    pub persons: Vec<PersonField>,
    /// Why its personal data belong to no person who can be erased.
    pub no_person: Option<&'static str>,
    /// The column of `erased_at`, for persons: when their data were erased.
    pub erased_at: Option<usize>,
    /// Whether changes are written to the ledger. Only the kernel's own bookkeeping is not.
    pub ledger: bool,
    /// What did not resolve when it was built; see [`problems`](crate::definition::problems).
    pub problems: Vec<String>,
}

impl RecordDef {
    /// What the kind is; empty without the feature `catalog`.
    #[cfg_attr(not(feature = "catalog"), allow(clippy::unused_self))]
    pub const fn doc(&self) -> &'static str {
        #[cfg(feature = "catalog")]
        return self.doc;
        #[cfg(not(feature = "catalog"))]
        return "";
    }
    /// The codes of its unique values.
    pub fn taken_codes(&self) -> impl Iterator<Item = Code> {
        self.uniques.iter().map(|unique| Code { code: unique.code, ..codes::TAKEN })
    }
    /// The index of the column with this path.
    pub fn column(&self, path: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.path == path)
    }
    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&FieldDef> {
        self.fields.iter().find(|field| field.name == name)
    }
    /// The relation of this name.
    pub fn relation(&self, name: &str) -> Option<&RelationDef> {
        self.relations.iter().find(|relation| relation.name == name)
    }
    /// Whether a record is open; every one of a kind that does not say when.
    pub(super) fn is_open(&self, row: &Row) -> bool {
        self.open.is_none_or(|(column, values)| match row.get(column) {
            Value::Text(text) => values.contains(&text.as_str()),
            _ => false,
        })
    }
    /// Fills the derived columns of a row from the others.
    pub fn derive(&self, row: &mut Row) {
        for (index, derived) in &self.derived {
            let value = match *derived {
                Derived::Folded(of) => match row.get(of) {
                    Value::Text(text) => Value::Text(normal::fold(text)),
                    _ => Value::Null,
                },
                Derived::FoldedTexts(of) => folded_texts(row.get(of)),
                Derived::Rank(of) => match (self.columns.get(of).map(|c| c.kind), row.get(of)) {
                    (Some(ColumnType::Enum(names)), Value::Text(text)) => rank(names, text),
                    _ => Value::Null,
                },
                Derived::Queue(first) => match (row.get(first), row.get(first + 1)) {
                    (Value::Uuid(id), _) | (_, Value::Uuid(id)) => Value::Uuid(*id),
                    _ => Value::Uuid(Uuid::nil()),
                },
                Derived::WhileOpen(of) => {
                    if self.is_open(row) {
                        row.get(of).clone()
                    } else {
                        Value::Null
                    }
                }
            };
            row.set(*index, value);
        }
    }
}

impl fmt::Debug for RecordDef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordDef({})", self.kind)
    }
}

/// The rank of an enum value: the last declared first, so that "highest first" is ascending.
pub fn rank(names: &[&str], text: &str) -> Value {
    match names.iter().rev().position(|name| *name == text) {
        Some(position) => Value::Int(i64::try_from(position).unwrap_or(i64::MAX)),
        None => Value::Null,
    }
}

/// The values of one record, one per column of its definition. A clone is shared until one of them changes.
#[derive(Clone, Debug, PartialEq)]
pub struct Row(Arc<Vec<Value>>);

impl Row {
    /// A row of these values.
    pub fn new(values: Vec<Value>) -> Self {
        Self(Arc::new(values))
    }
    /// The values.
    pub fn values(&self) -> &[Value] {
        &self.0
    }
    /// The values, without a copy where nobody else has the row.
    pub fn into_values(self) -> Vec<Value> {
        Arc::unwrap_or_clone(self.0)
    }
    /// The value of a column; null when the row is too short.
    pub fn get(&self, column: usize) -> &Value {
        const NULL: &Value = &Value::Null;
        self.0.get(column).unwrap_or(NULL)
    }
    /// Sets the value of a column.
    pub fn set(&mut self, column: usize, value: Value) {
        if let Some(slot) = Arc::make_mut(&mut self.0).get_mut(column) {
            *slot = value;
        }
    }
    /// The identifier of the record.
    pub fn id(&self, def: &RecordDef) -> Uuid {
        self.get(def.id).as_uuid().unwrap_or_default()
    }
    /// The external keys of the record: system and key.
    pub fn external_keys(&self, def: &RecordDef) -> Vec<(String, String)> {
        let Some(Value::Json(text)) = def.external_keys.map(|column| self.get(column)) else { return Vec::new() };
        let keys: Vec<super::ExternalKey> = input::stored(text).unwrap_or_default();
        keys.into_iter().map(|key| (key.system, key.key)).collect()
    }
    /// Whether the record is not in the trash.
    pub fn live(&self, def: &RecordDef) -> bool {
        def.deleted_at.is_none_or(|column| self.get(column).is_null())
    }
}
