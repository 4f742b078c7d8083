//! A record is a struct; its definition is data that every other part reads.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
    str::FromStr,
};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, DeserializeOwned},
};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{
    draft::Accepts,
    error::{Error, Result, codes},
    filter::{Filter, Op},
    send::{MaybeSend, MaybeSync},
    value::{Amount, Date, Timestamp, Value, write_json_text},
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
    pub fn new(system: impl Into<String>, key: impl Into<String>) -> Result<Self, &'static str> {
        Ok(Self { system: key_part(system.into())?, key: key_part(key.into())? })
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

fn key_part(text: String) -> Result<String, &'static str> {
    let trimmed = text.trim();
    if trimmed.is_empty() || trimmed.contains(char::is_control) || trimmed.chars().count() > 200 {
        return Err("system and key are lines of 1 to 200 characters");
    }
    Ok(if trimmed.len() == text.len() { text } else { trimmed.to_owned() })
}

/// How a command names a record: by id, or by a host's own key.
#[derive(Serialize, Deserialize)]
#[serde(untagged, bound = "")]
pub enum Ref<R> {
    /// By its identifier.
    Id(Id<R>),
    /// By a host's own key.
    External(ExternalKey),
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

/// A column that the core computes from others when a record is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Derived {
    /// The case-folded text of the column at this index; what text matching compares.
    Folded(usize),
    /// The rank of the enum column at this index, the last declared value first: 0.
    Rank(usize),
    /// The first non-null of the two columns from this index, or the nil UUID: whose queue it is in.
    Queue(usize),
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
    /// Whether it may be null.
    pub nullable: bool,
    /// Whether it holds personal data: redacted in logs, erased with the person.
    pub personal: bool,
    /// Set when the core computes it.
    pub derived: Option<Derived>,
}

/// Reads a text of a field into its columns, as from a JSON string.
pub type ParseText = fn(&str) -> Result<Vec<Value>, serde_json::Error>;

/// Reads one JSON value of a field into its columns.
pub type ParseField = fn(&Json) -> Result<Vec<Value>, serde_json::Error>;

/// One field of the struct: what callers see; it fills one or more columns.
#[derive(Clone)]
pub struct FieldDef {
    /// Its name in JSON.
    pub name: &'static str,
    /// Its doc comment.
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
    /// Its JSON Schema.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
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
}

/// What everybody needs to know of a kind of record. Made by `#[derive(Record)]`.
#[derive(Clone)]
pub struct RecordDef {
    /// The kind, such as `lead`.
    pub kind: &'static str,
    /// The table without prefix or schema, such as `leads`.
    pub table: &'static str,
    /// What the kind is: the struct's doc comment.
    pub doc: &'static str,
    /// The columns in order; a [`Row`] has one value for each. The tenant is not among them.
    pub columns: Vec<ColumnDef>,
    /// The columns that the core computes, by index, with how; so that writing a row need not look for them.
    pub derived: Vec<(usize, Derived)>,
    /// The fields in order.
    pub fields: Vec<FieldDef>,
    /// Unique constraints over live records.
    pub uniques: Vec<UniqueDef>,
    /// Indexes.
    pub indexes: Vec<IndexDef>,
    /// References to other kinds.
    pub relations: Vec<RelationDef>,
    /// Columns that search looks at, with their weight: a hit in the first counts most.
    pub search: Vec<(usize, i64)>,
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
    /// The column of `engagement`, for kinds that count signals.
    pub engagement: Option<usize>,
    /// Whether changes are written to the ledger. Only the kernel's own bookkeeping is not.
    pub ledger: bool,
    /// What did not resolve when it was built; see [`problems`](super::definition::problems).
    pub problems: Vec<String>,
}

impl RecordDef {
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
    /// Fills the derived columns of a row from the others.
    pub fn derive(&self, row: &mut Row) {
        for (index, derived) in &self.derived {
            let value = match *derived {
                Derived::Folded(of) => match row.get(of) {
                    Value::Text(text) => Value::Text(super::search::fold(text)),
                    _ => Value::Null,
                },
                Derived::Rank(of) => match (self.columns.get(of).map(|c| c.kind), row.get(of)) {
                    (Some(ColumnType::Enum(names)), Value::Text(text)) => rank(names, text),
                    _ => Value::Null,
                },
                Derived::Queue(first) => match (row.get(first), row.get(first + 1)) {
                    (Value::Uuid(id), _) | (_, Value::Uuid(id)) => Value::Uuid(*id),
                    _ => Value::Uuid(Uuid::nil()),
                },
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

/// The values of one record, one per column of its definition.
#[derive(Clone, Debug, PartialEq)]
pub struct Row(pub Vec<Value>);

impl Row {
    /// The value of a column; null when the row is too short.
    pub fn get(&self, column: usize) -> &Value {
        const NULL: &Value = &Value::Null;
        self.0.get(column).unwrap_or(NULL)
    }
    /// Sets the value of a column.
    pub fn set(&mut self, column: usize, value: Value) {
        if let Some(slot) = self.0.get_mut(column) {
            *slot = value;
        }
    }
    /// The identifier of the record.
    pub fn id(&self, def: &RecordDef) -> Uuid {
        self.get(def.id).as_uuid().unwrap_or_default()
    }
    /// Whether the record is not in the trash.
    pub fn live(&self, def: &RecordDef) -> bool {
        def.deleted_at.is_none_or(|column| self.get(column).is_null())
    }
}

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
    /// The names of the operations that every kind has.
    const NAMES: Names;
}

/// The names of the operations that every kind has, such as `lead.create`.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Names {
    pub create: &'static str,
    pub update: &'static str,
    pub upsert: &'static str,
    pub trash: &'static str,
    pub restore: &'static str,
    pub purge: &'static str,
    pub merge: &'static str,
    pub get: &'static str,
    pub find: &'static str,
    pub count: &'static str,
    pub aggregate: &'static str,
    pub search: &'static str,
    pub history: &'static str,
    pub import_csv: &'static str,
    pub import_rows: &'static str,
}

/// A type that can be a field of a record: it declares its columns and moves to and from them.
pub trait Field: Sized {
    /// Declares the columns. `name` is the field's path; an SQL name is the path with underscores.
    fn columns(name: &str, out: &mut Vec<ColumnDef>);
    /// Appends one value per declared column.
    fn write(&self, out: &mut Vec<Value>);
    /// Takes one value per declared column.
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self>;
    /// Appends what an absent field holds.
    fn write_absent(out: &mut Vec<Value>) {
        out.extend(std::iter::repeat_n(Value::Null, Self::WIDTH));
    }
    /// How many columns it declares.
    const WIDTH: usize = 1;
    /// Whether these columns, all null, mean that the field is absent.
    const OPTIONAL: bool = false;
}

/// A plain column of a field.
pub fn plain_column(path: &str, kind: ColumnType) -> ColumnDef {
    let mut name = path.replace('.', "_");
    if matches!(kind, ColumnType::Reference(_)) {
        name.push_str("_id");
    }
    ColumnDef { name, path: path.to_owned(), kind, nullable: false, personal: false, derived: None }
}

/// The error of a stored value that does not fit its type.
pub fn corrupt(kind: &str, problem: impl fmt::Display) -> Error {
    codes::CORRUPT.with("kind", kind).with("problem", problem.to_string())
}

/// The error of a stored value of another type than expected; the value itself may be personal.
pub(crate) fn unexpected(kind: &str, expected: &str, found: Option<&Value>) -> Error {
    corrupt(kind, format!("expected {expected}, found {}", found.map_or("nothing", Value::type_name)))
}

macro_rules! scalar_field {
    ($($type:ty, $column:expr, $value:ident);* $(;)?) => {$(
        impl Field for $type {
            fn columns(name: &str, out: &mut Vec<ColumnDef>) {
                out.push(plain_column(name, $column));
            }
            fn write(&self, out: &mut Vec<Value>) {
                out.push(Value::$value(self.clone().into()));
            }
            fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
                match values.next() {
                    Some(Value::$value(value)) => {
                        value.try_into().map_err(|_| corrupt("value", concat!(stringify!($type), " out of range")))
                    }
                    other => Err(unexpected("value", stringify!($value), other.as_ref())),
                }
            }
        }
    )*};
}

scalar_field! {
    String, ColumnType::Text, Text;
    bool, ColumnType::Bool, Bool;
    i64, ColumnType::Int, Int;
    i32, ColumnType::Int, Int;
    u32, ColumnType::Int, Int;
    u8, ColumnType::Int, Int;
    Timestamp, ColumnType::Time, Time;
    Date, ColumnType::Date, Date;
    Amount, ColumnType::Amount, Amount;
    Uuid, ColumnType::Uuid, Uuid;
}

impl<R: Kind> Field for Id<R> {
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        if name == "id" {
            out.push(plain_column(name, ColumnType::Uuid));
        } else {
            out.push(plain_column(name, ColumnType::Reference(R::KIND)));
        }
    }
    fn write(&self, out: &mut Vec<Value>) {
        out.push(Value::Uuid(self.0));
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        Uuid::read(values).map(Self::new)
    }
}

/// The name of a kind, known without its definition, so that kinds can point at each other.
pub trait Kind {
    /// The kind, such as `lead`.
    const KIND: &'static str;
}

impl<T: Field> Field for Option<T> {
    const OPTIONAL: bool = true;
    const WIDTH: usize = T::WIDTH;
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        let from = out.len();
        T::columns(name, out);
        for column in out.iter_mut().skip(from) {
            column.nullable = true;
        }
    }
    fn write(&self, out: &mut Vec<Value>) {
        match self {
            Some(value) => value.write(out),
            None => T::write_absent(out),
        }
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        // The first value tells of most fields; the leading nulls of the others are given back.
        for nulls in 0..T::WIDTH {
            match values.next() {
                Some(Value::Null) | None => {}
                Some(value) => {
                    let leading = std::iter::repeat_n(Value::Null, nulls).chain(std::iter::once(value));
                    return T::read(&mut leading.chain(values)).map(Some);
                }
            }
        }
        Ok(None)
    }
}

impl Field for Vec<ExternalKey> {
    const OPTIONAL: bool = true;
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        out.push(ColumnDef { nullable: true, ..plain_column(name, ColumnType::Json) });
    }
    fn write(&self, out: &mut Vec<Value>) {
        if self.is_empty() {
            return out.push(Value::Null);
        }
        let mut text = String::from("[");
        for (position, ExternalKey { system, key }) in self.iter().enumerate() {
            text.push_str(if position == 0 { "{\"key\":" } else { ",{\"key\":" });
            write_json_text(&mut text, key);
            text.push_str(",\"system\":");
            write_json_text(&mut text, system);
            text.push('}');
        }
        text.push(']');
        out.push(Value::Json(text));
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        match values.next() {
            Some(Value::Null) => Ok(Self::new()),
            Some(Value::Json(text)) => serde_json::from_str(&text).map_err(|problem| corrupt("external_keys", problem)),
            other => Err(unexpected("external_keys", "Json", other.as_ref())),
        }
    }
}

/// A typed name of a field, such as `Lead::SCORE`; it builds filters, sorts and drafts.
///
/// ```
/// use nexa_core::{Column, Filter};
/// # struct Lead;
/// # impl Lead { const SCORE: Column<Lead, u8> = Column::new("score"); }
/// let hot: Filter = Lead::SCORE.ge(75);
/// assert_eq!(serde_json::to_string(&hot).unwrap(), r#"{"field":"score","op":"ge","value":75}"#);
/// ```
pub struct Column<R, T> {
    name: &'static str,
    types: PhantomData<fn() -> (R, T)>,
}

impl<R, T> Clone for Column<R, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<R, T> Copy for Column<R, T> {}

impl<R, T> Column<R, T> {
    /// Names a field.
    pub const fn new(name: &'static str) -> Self {
        Self { name, types: PhantomData }
    }
    /// The name of the field in JSON.
    pub const fn name(self) -> &'static str {
        self.name
    }
    /// The field has no value.
    pub fn is_null(self) -> Filter {
        Filter::compare(self.name, Op::IsNull, true)
    }
}

impl<R, T> Column<R, T> {
    /// The field equals the value.
    pub fn eq<V>(self, value: V) -> Filter
    where
        T: Accepts<V>,
    {
        Filter::compare(self.name, Op::Eq, T::json(value))
    }
    /// The field differs from the value; a field without a value does not match.
    pub fn ne<V>(self, value: V) -> Filter
    where
        T: Accepts<V>,
    {
        Filter::compare(self.name, Op::Ne, T::json(value))
    }
    /// The field is less than the value.
    pub fn lt<V>(self, value: V) -> Filter
    where
        T: Accepts<V>,
    {
        Filter::compare(self.name, Op::Lt, T::json(value))
    }
    /// The field is at most the value.
    pub fn le<V>(self, value: V) -> Filter
    where
        T: Accepts<V>,
    {
        Filter::compare(self.name, Op::Le, T::json(value))
    }
    /// The field is more than the value.
    pub fn gt<V>(self, value: V) -> Filter
    where
        T: Accepts<V>,
    {
        Filter::compare(self.name, Op::Gt, T::json(value))
    }
    /// The field is at least the value.
    pub fn ge<V>(self, value: V) -> Filter
    where
        T: Accepts<V>,
    {
        Filter::compare(self.name, Op::Ge, T::json(value))
    }
    /// The field is one of the values.
    pub fn any_of<V>(self, values: impl IntoIterator<Item = V>) -> Filter
    where
        T: Accepts<V>,
    {
        Filter::compare(self.name, Op::In, values.into_iter().map(T::json).collect::<Vec<Json>>())
    }
}
