//! Records that point at a record, as a filter asks for them.

use super::{Filter, Predicate};
use crate::record::{Column, Kind, RecordDef};

/// How many records that point at another a filter may ask for.
pub const MOST_CHILDREN: u32 = 10_000;

/// Records of a kind that point at the record which a filter is asked about. Only live ones count, and only those that who asks
/// may see.
#[derive(Clone, Debug, PartialEq)]
pub struct Children {
    /// The kind that points.
    pub kind: String,
    /// The field by which it does; needed where there are several.
    pub by: Option<String>,
    /// What the records that point must match.
    pub filter: Filter,
}

impl Children {
    /// Those of this kind.
    pub fn of<R: Kind>() -> Self {
        Self::named(R::KIND)
    }
    /// Those of the kind of this name.
    pub fn named(kind: impl Into<String>) -> Self {
        Self { kind: kind.into(), by: None, filter: Filter::everything() }
    }
    /// Those that match, and matched what was said before.
    #[must_use]
    pub fn matching(mut self, filter: Filter) -> Self {
        self.filter = self.filter.and(filter);
        self
    }
    /// Those that point by this field.
    #[must_use]
    pub fn by<R, T>(self, column: Column<R, T>) -> Self {
        self.by_name(column.name())
    }
    /// Those that point by the field of this name.
    #[must_use]
    pub fn by_name(mut self, field: impl Into<String>) -> Self {
        self.by = Some(field.into());
        self
    }
    /// There is one.
    pub fn any(self) -> Filter {
        self.at_least(1)
    }
    /// There are at least so many.
    pub fn at_least(self, count: u32) -> Filter {
        Filter::Has(Box::new(self), count)
    }
    /// There is none.
    pub fn none(self) -> Filter {
        Filter::HasNone(Box::new(self))
    }
}

/// The same, checked against definitions.
#[derive(Clone, Debug)]
pub struct Pointing {
    /// The kind that is pointed at.
    pub at: &'static RecordDef,
    /// The kind that points.
    pub of: &'static RecordDef,
    /// Its column that does: one that holds an identifier, or a list that names records.
    pub column: usize,
    /// How many records point at least.
    pub at_least: usize,
    /// What is true of the records that point.
    pub filter: Predicate,
}
