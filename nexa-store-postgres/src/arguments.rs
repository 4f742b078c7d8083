//! Values on their way to the server, in PostgreSQL's binary form.

use nexa_kernel::{
    record::ColumnType,
    value::{Amount, Date, Timestamp, Value},
};
use nexa_sql::{Bind, Rows};
use sqlx::{
    Arguments, Encode, Postgres, Type,
    encode::IsNull,
    error::BoxDynError,
    postgres::{PgArgumentBuffer, PgArguments, PgTypeInfo, types::Oid},
};
use uuid::Uuid;

/// A type of the server: its number, and that of its arrays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    own: u32,
    array: u32,
}

pub(crate) const BOOL: Kind = Kind { own: 16, array: 1000 };
pub(crate) const BYTES: Kind = Kind { own: 17, array: 1001 };
pub(crate) const INT: Kind = Kind { own: 20, array: 1016 };
pub(crate) const TEXT: Kind = Kind { own: 25, array: 1009 };
pub(crate) const JSON: Kind = Kind { own: 114, array: 199 };
pub(crate) const DATE: Kind = Kind { own: 1082, array: 1182 };
pub(crate) const TIME: Kind = Kind { own: 1184, array: 1185 };
pub(crate) const AMOUNT: Kind = Kind { own: 1700, array: 1231 };
pub(crate) const UUID: Kind = Kind { own: 2950, array: 2951 };

/// The server's type of a column.
pub(crate) const fn kind_of(column: ColumnType) -> Kind {
    match column {
        ColumnType::Uuid | ColumnType::Reference(_) => UUID,
        ColumnType::Int => INT,
        ColumnType::Bool => BOOL,
        ColumnType::Time => TIME,
        ColumnType::Date => DATE,
        ColumnType::Amount => AMOUNT,
        ColumnType::List | ColumnType::Map | ColumnType::Json => JSON,
        _ => TEXT,
    }
}

/// The server's type of this name.
pub(crate) fn kind_named(name: &str) -> Kind {
    match name {
        "uuid" => UUID,
        "bigint" => INT,
        "boolean" => BOOL,
        "timestamptz" => TIME,
        "date" => DATE,
        "numeric" => AMOUNT,
        "json" => JSON,
        "bytea" => BYTES,
        _ => TEXT,
    }
}

const fn kind_of_value(value: &Value) -> Kind {
    match value {
        Value::Bool(_) => BOOL,
        Value::Int(_) => INT,
        Value::Amount(_) => AMOUNT,
        Value::Null | Value::Text(_) => TEXT,
        Value::Uuid(_) => UUID,
        Value::Time(_) => TIME,
        Value::Date(_) => DATE,
        Value::Json(_) => JSON,
    }
}

/// 2000-01-01, where the server counts from, in days of the common era.
pub(crate) const EPOCH_DAYS: i32 = 730_120;
/// The same in microseconds since 1970.
pub(crate) const EPOCH_MICROS: i64 = 946_684_800_000_000;
/// The base of the digits of a number.
pub(crate) const BASE: u64 = 10_000;

fn put_amount(amount: Amount, out: &mut Vec<u8>) {
    // Ten-thousandths are digits of the server's own base, the last of them behind the point.
    let value = amount.ten_thousandths();
    let mut rest = value.unsigned_abs();
    let mut digits = Vec::with_capacity(6);
    while rest > 0 {
        digits.push(u16::try_from(rest % BASE).unwrap_or_default());
        rest /= BASE;
    }
    let weight = i16::try_from(digits.len()).unwrap_or_default() - 2;
    digits.reverse();
    let count = u16::try_from(digits.len()).unwrap_or_default();
    let sign: u16 = if value < 0 { 0x4000 } else { 0 };
    out.extend(count.to_be_bytes());
    out.extend(if count == 0 { 0 } else { weight }.to_be_bytes());
    out.extend(sign.to_be_bytes());
    out.extend(4_u16.to_be_bytes());
    digits.iter().for_each(|digit| out.extend(digit.to_be_bytes()));
}

fn put_time(time: Timestamp, out: &mut Vec<u8>) {
    out.extend(time.micros().saturating_sub(EPOCH_MICROS).to_be_bytes());
}

fn put_date(date: Date, out: &mut Vec<u8>) {
    out.extend(days_of(date).to_be_bytes());
}

fn days_of(date: Date) -> i32 {
    let since = date.signed_duration_since(Date::default()).num_days();
    // The default date is 1970-01-01, day 719,163 of the common era.
    i32::try_from(since).unwrap_or_default() + 719_163 - EPOCH_DAYS
}

fn put(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => {}
        Value::Bool(value) => out.push(u8::from(*value)),
        Value::Int(value) => out.extend(value.to_be_bytes()),
        Value::Amount(amount) => put_amount(*amount, out),
        Value::Text(text) | Value::Json(text) => out.extend(text.as_bytes()),
        Value::Uuid(id) => out.extend(id.as_bytes()),
        Value::Time(time) => put_time(*time, out),
        Value::Date(date) => put_date(*date, out),
    }
}

/// One value.
struct One<'v>(&'v Value);

/// What most elements take with their length, in bytes.
const SHORT: usize = 64;

/// Longer elements are not expected of all rows.
const LONG: usize = 256;

/// The length of an element that is null.
const NULL: [u8; 4] = (-1_i32).to_be_bytes();

/// A column of many rows.
#[derive(Debug)]
pub(crate) struct Array {
    kind: Kind,
    count: u32,
    nulls: u32,
    /// How many rows are expected.
    rows: usize,
    elements: Vec<u8>,
}

impl Array {
    pub(crate) const fn new(kind: Kind, rows: usize) -> Self {
        Self { kind, count: 0, nulls: 0, rows, elements: Vec::new() }
    }
    /// How many elements it has, nulls included.
    pub(crate) const fn len(&self) -> u32 {
        self.count
    }
    fn element(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        let first = self.count == self.nulls;
        if first {
            // Until now nothing was written; most elements are short.
            self.elements.reserve(SHORT);
            (0..self.nulls).for_each(|_| self.elements.extend(NULL));
        }
        self.count += 1;
        let at = self.elements.len();
        self.elements.extend([0; 4]);
        write(&mut self.elements);
        let length = u32::try_from(self.elements.len() - at - 4).unwrap_or_default();
        if let Some(slot) = self.elements.get_mut(at..at + 4) {
            slot.copy_from_slice(&length.to_be_bytes());
        }
        if first {
            // The others may be about as long.
            self.elements.reserve(self.rows * (self.elements.len() - at).min(LONG));
        }
    }
    fn null(&mut self) {
        if self.count > self.nulls {
            self.elements.extend(NULL);
        }
        self.count += 1;
        self.nulls += 1;
    }
    pub(crate) fn push(&mut self, value: &Value) {
        if value.is_null() { self.null() } else { self.element(|out| put(value, out)) }
    }
    pub(crate) fn bytes(&mut self, bytes: Option<&[u8]>) {
        match bytes {
            Some(bytes) => self.element(|out| out.extend(bytes)),
            None => self.null(),
        }
    }
    pub(crate) fn text(&mut self, text: Option<&str>) {
        self.bytes(text.map(str::as_bytes));
    }
    pub(crate) fn int(&mut self, number: i64) {
        self.element(|out| out.extend(number.to_be_bytes()));
    }
    pub(crate) fn uuid(&mut self, id: Uuid) {
        self.bytes(Some(id.as_bytes()));
    }
    /// An array of these values; those that are null are left out.
    pub(crate) fn of<'v>(kind: Kind, values: impl IntoIterator<Item = &'v Value>) -> Self {
        let mut array = Self::new(kind, 8);
        values.into_iter().filter(|value| !value.is_null()).for_each(|value| array.push(value));
        array
    }
}

impl Type<Postgres> for One<'_> {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(TEXT.own))
    }
}

impl Encode<'_, Postgres> for One<'_> {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        put(self.0, buffer);
        Ok(if self.0.is_null() { IsNull::Yes } else { IsNull::No })
    }
    fn produces(&self) -> Option<PgTypeInfo> {
        Some(PgTypeInfo::with_oid(Oid(kind_of_value(self.0).own)))
    }
}

impl Type<Postgres> for Array {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(TEXT.array))
    }
}

impl Encode<'_, Postgres> for Array {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        // Of nothing but nulls none is sent: the server adds them where another array of the rows is longer.
        let filled = self.count > self.nulls;
        for number in [u32::from(filled), u32::from(filled && self.nulls > 0), self.kind.own] {
            buffer.extend(number.to_be_bytes());
        }
        if filled {
            buffer.extend(self.count.to_be_bytes());
            buffer.extend(1_u32.to_be_bytes());
            buffer.extend_from_slice(&self.elements);
        }
        Ok(IsNull::No)
    }
    fn produces(&self) -> Option<PgTypeInfo> {
        Some(PgTypeInfo::with_oid(Oid(self.kind.array)))
    }
}

/// The only element of a column that has one row or none.
struct Only(Array);

impl Type<Postgres> for Only {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(TEXT.own))
    }
}

impl Encode<'_, Postgres> for Only {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        // Its length comes first, which the server gets anyway.
        match self.0.elements.get(NULL.len()..) {
            Some(element) if self.0.count > self.0.nulls => {
                buffer.extend_from_slice(element);
                Ok(IsNull::No)
            }
            _ => Ok(IsNull::Yes),
        }
    }
    fn produces(&self) -> Option<PgTypeInfo> {
        Some(PgTypeInfo::with_oid(Oid(self.0.kind.own)))
    }
}

/// The binds of a statement in the making.
#[derive(Default)]
pub(crate) struct Binds {
    arguments: PgArguments,
    problem: Option<BoxDynError>,
}

impl Binds {
    /// Room for so many more binds.
    pub(crate) fn reserve(&mut self, binds: usize) {
        self.arguments.reserve(binds, binds * SHORT);
    }
    /// Binds that begin with the tenant.
    pub(crate) fn of(org: Uuid) -> Self {
        let mut binds = Self::default();
        binds.value(&Value::Uuid(org));
        binds
    }
    fn add<'q, T: Encode<'q, Postgres> + Type<Postgres>>(&mut self, value: T) {
        if let Err(problem) = self.arguments.add(value) {
            self.problem.get_or_insert(problem);
        }
    }
    pub(crate) fn value(&mut self, value: &Value) {
        self.add(One(value));
    }
    pub(crate) fn array(&mut self, array: Array) {
        self.add(array);
    }
    /// A column as a statement wants it: what is in its only row, or all of it.
    pub(crate) fn column(&mut self, rows: Rows, column: Array) {
        match rows {
            Rows::One => self.add(Only(column)),
            Rows::Many => self.add(column),
        }
    }
    /// The binds of a rendered statement, its tenant included.
    pub(crate) fn rendered(binds: &[Bind<'_>]) -> Self {
        let mut all = Self::default();
        for bind in binds {
            match bind {
                Bind::Value(value) => all.value(value),
                Bind::Number(number) => all.add(*number),
                Bind::List(values) => {
                    let kind = values.first().map_or(UUID, kind_of_value);
                    all.array(Array::of(kind, values.iter()));
                }
            }
        }
        all
    }
    pub(crate) fn finish(self) -> Result<PgArguments, sqlx::Error> {
        match self.problem {
            None => Ok(self.arguments),
            Some(problem) => Err(sqlx::Error::Encode(problem)),
        }
    }
}
