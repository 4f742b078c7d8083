//! Types that can be fields of a record: they declare their columns and move to and from them.

use std::{fmt, num::NonZeroU32};

use uuid::Uuid;

use super::{
    Kind,
    form::Form,
    layout::{ColumnDef, ColumnType, Content, Row},
    reference::{ExternalKey, Id},
};
use crate::{
    error::{Error, Result, codes},
    input,
    value::{Amount, Date, Timestamp, Value, write_json_text},
};

/// A type that can be a field of a record: it declares its columns and moves to and from them. For a struct of fields it is derived.
pub trait Field: Sized {
    /// Declares the columns. `name` is the field's path; an SQL name is the path with underscores.
    fn columns(name: &str, out: &mut Vec<ColumnDef>);
    /// Appends one value per declared column.
    fn write(&self, out: &mut Vec<Value>);
    /// Takes one value per declared column.
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self>;
    /// Appends what an absent field holds.
    fn write_absent(out: &mut Vec<Value>) {
        (0..Self::WIDTH).for_each(|_| out.push(Value::Null));
    }
    /// How many columns it declares.
    const WIDTH: usize = 1;
    /// Whether these columns, all null, mean that the field is absent.
    const OPTIONAL: bool = false;
    /// How it looks in JSON, where its columns show it; otherwise it is read and serialized.
    const FORM: Option<Form> = None;
}

/// The path of a part of a field.
pub fn part_path(field: &str, part: &str) -> String {
    format!("{field}.{part}")
}

/// A plain column of a field.
pub fn plain_column(path: &str, kind: ColumnType) -> ColumnDef {
    let mut name = path.replace('.', "_");
    if matches!(kind, ColumnType::Reference(_)) {
        name.push_str("_id");
    }
    let (path, content) = (path.to_owned(), Content::Plain);
    ColumnDef { name, path, kind, content, nullable: false, personal: false, derived: None }
}

/// The error of a stored value that does not fit its type.
pub fn corrupt(kind: &str, problem: impl fmt::Display) -> Error {
    codes::CORRUPT.with("kind", kind).with("problem", problem.to_string())
}

/// The error of a stored value of another type than expected; the value itself may be personal.
pub fn unexpected(kind: &str, expected: &str, found: Option<&Value>) -> Error {
    corrupt(kind, format!("expected {expected}, found {}", found.map_or("nothing", Value::type_name)))
}

macro_rules! scalar_field {
    ($($type:ty, $column:expr, $value:ident);* $(;)?) => {$(
        impl Field for $type {
            const FORM: Option<Form> = Some(Form::Value);
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

impl Field for NonZeroU32 {
    const FORM: Option<Form> = Some(Form::Value);
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        u32::columns(name, out);
    }
    fn write(&self, out: &mut Vec<Value>) {
        self.get().write(out);
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        Self::new(u32::read(values)?).ok_or_else(|| corrupt("value", "0 where a number from 1 on belongs"))
    }
}

impl<R: Kind> Field for Id<R> {
    const FORM: Option<Form> = Some(Form::Value);
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        if name == "id" {
            out.push(plain_column(name, ColumnType::Uuid));
        } else {
            out.push(plain_column(name, ColumnType::Reference(R::KIND)));
        }
    }
    fn write(&self, out: &mut Vec<Value>) {
        out.push(Value::Uuid(self.uuid()));
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        Uuid::read(values).map(Self::new)
    }
}

impl<T: Field> Field for Option<T> {
    const OPTIONAL: bool = true;
    const WIDTH: usize = T::WIDTH;
    const FORM: Option<Form> = match T::FORM {
        Some(form) => form.or_null(),
        None => None,
    };
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
        Present::of(T::WIDTH, values).map(|mut present| T::read(&mut present)).transpose()
    }
}

/// The values of a field that is not absent: its leading nulls, the first that is none, and the rest.
struct Present<'a> {
    nulls: usize,
    first: Option<Value>,
    rest: &'a mut dyn Iterator<Item = Value>,
}

impl<'a> Present<'a> {
    /// The values of a field of this width; `None` when all of them are null.
    fn of(width: usize, values: &'a mut dyn Iterator<Item = Value>) -> Option<Self> {
        // The first value decides for most fields; the leading nulls of the others are given back.
        let at = (0..width).find_map(|nulls| match values.next() {
            Some(Value::Null) | None => None,
            Some(value) => Some((nulls, value)),
        });
        at.map(|(nulls, value)| Self { nulls, first: Some(value), rest: values })
    }
}

impl Iterator for Present<'_> {
    type Item = Value;
    fn next(&mut self) -> Option<Value> {
        if self.nulls > 0 {
            self.nulls -= 1;
            return Some(Value::Null);
        }
        self.first.take().or_else(|| self.rest.next())
    }
}

/// The values of a row, from which its fields are read one after the other. The first problem is kept until all were
/// read: to leave at each would be code for each that drops what was read before.
pub struct Cells {
    values: std::vec::IntoIter<Value>,
    problem: Option<Error>,
}

impl Cells {
    /// The values of this row.
    pub fn of(row: Row) -> Self {
        Self { values: row.into_values().into_iter(), problem: None }
    }
    /// The next field; `None` when it cannot be read.
    pub fn take<T: Field>(&mut self) -> Option<T> {
        T::read(&mut self.values).map_err(|problem| self.note(problem)).ok()
    }
    /// The next field with a derived column after it.
    pub fn take_with_derived<T: Field>(&mut self) -> Option<T> {
        let field = self.take();
        self.values.next();
        field
    }
    /// Why a field could not be read. Error: `store.corrupt`.
    pub fn problem(self) -> Error {
        self.problem.unwrap_or_else(|| corrupt("row", "a field is missing"))
    }
    #[cold]
    fn note(&mut self, problem: Error) {
        self.problem.get_or_insert(problem);
    }
}

impl Field for Vec<ExternalKey> {
    const OPTIONAL: bool = true;
    const FORM: Option<Form> = Some(Form::Document("[]"));
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
            Some(Value::Json(text)) => input::stored(&text).map_err(|problem| corrupt("external_keys", problem)),
            other => Err(unexpected("external_keys", "Json", other.as_ref())),
        }
    }
}
