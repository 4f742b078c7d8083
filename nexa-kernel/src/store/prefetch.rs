//! What a unit of work will load, known before it begins.

use uuid::Uuid;

use crate::{
    record::{Column, Field, Record, RecordDef, Ref, Topic, entry},
    value::Value,
};

/// A load by a column that a unit of work expects to make.
#[derive(Clone, Debug)]
pub struct Prefetch {
    /// The kind.
    pub of: &'static RecordDef,
    /// The column, as [`Key::Column`](super::Key::Column) has it.
    pub column: usize,
    /// Its values.
    pub values: Vec<Value>,
}

impl Prefetch {
    /// The row of this id.
    pub fn id(of: &'static RecordDef, id: Uuid) -> Self {
        Self { of, column: of.id, values: vec![Value::Uuid(id)] }
    }
    /// Rows whose column has this value.
    pub fn matching<R: Record, T: Field>(column: Column<R, T>, value: &T) -> Option<Self> {
        let mut values = Vec::with_capacity(T::WIDTH);
        value.write(&mut values);
        Self::by(R::def(), column.name(), values.into_iter().next()?)
    }
    /// The row that is known under this mail address.
    pub fn by_email(of: &'static RecordDef, email: &str) -> Self {
        Self { of, column: of.by_email(), values: vec![Value::Text(email.to_owned())] }
    }
    /// Rows that are about a record, given as its kind and its id; those of another kind with the same id are among them.
    pub fn about(of: &'static RecordDef, topic: Topic, (kind, id): (&str, Uuid)) -> Self {
        let (column, value) = match topic {
            Topic::One { id: column, .. } => (column, Value::Uuid(id)),
            Topic::Several(_) => (of.by_topic(), Value::Text(entry(kind, id))),
        };
        Self { of, column, values: vec![value] }
    }
    /// Rows by the value of the column of this path; nothing where the kind has no such column.
    pub fn by(of: &'static RecordDef, path: &str, value: Value) -> Option<Self> {
        Some(Self { of, column: of.column(path)?, values: vec![value] })
    }
}

impl<R: Record> Ref<R> {
    /// The load of the record, where its identifier is known.
    pub fn prefetch(&self) -> Option<Prefetch> {
        self.prefetch_of(R::def())
    }
}

impl<R> Ref<R> {
    /// The load of the record of this kind, where its identifier is known.
    pub fn prefetch_of(&self, def: &'static RecordDef) -> Option<Prefetch> {
        match self {
            Self::Id(id) => Some(Prefetch::id(def, id.uuid())),
            Self::External(_) => None,
        }
    }
}
