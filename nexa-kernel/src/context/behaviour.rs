//! What a kind does that its definition cannot say, as functions over rows.
//!
//! The operations that every kind has are written once, over rows, and meet the typed rules of a kind through these.

use serde_json::{Map, Value as Json};

use super::Context;
use crate::{
    access::Actor,
    error::{Code, Result, codes},
    maybe_send::BoxFuture,
    record::{EMAIL_SYSTEM, Record, RecordDef, Row},
    store::Prefetch,
};

/// The behaviour of one kind.
#[derive(Clone, Copy)]
pub struct Behaviour {
    /// The definition of the kind.
    pub def: fn() -> &'static RecordDef,
    /// Where callers create and edit records of the kind.
    pub(crate) entity: Option<&'static Edited>,
    /// Where records of the kind can be folded into each other.
    pub(crate) merge: Option<&'static Merged>,
}

impl Behaviour {
    /// What callers may do with records of the kind. Error: `kind.unknown`, when they only read them.
    pub fn edited(&self) -> Result<&'static Edited> {
        self.entity.ok_or_else(|| codes::KIND_UNKNOWN.with("kind", (self.def)().kind))
    }
    /// Whether callers make records of the kind by giving their fields.
    pub fn is_created(&self) -> bool {
        self.entity.is_some_and(|entity| entity.is_created)
    }
    /// The codes that the kind answers when a caller gives a record its values: those of its rules, and of its unique values.
    pub fn value_errors(&self) -> Vec<Code> {
        let def = (self.def)();
        let own = self.entity.map_or(&[][..], |entity| entity.errors);
        own.iter().copied().chain(def.taken_codes()).collect()
    }
}

/// What [`Entity`](crate::Entity) says, over rows.
#[derive(Clone, Copy)]
pub struct Edited {
    /// Whether callers make records of the kind by giving their fields.
    pub is_created: bool,
    /// A record without any field set.
    pub blank: fn() -> Row,
    /// Refuses when callers may not edit the row.
    pub may_edit: fn(Row, &Actor) -> Result<()>,
    /// Whether the state of the row lets it be given to somebody else.
    pub may_change_hands: fn(Row) -> Result<()>,
    /// The codes that this answers.
    pub hands_errors: &'static [Code],
    /// Whether the row is open work.
    pub is_open: fn(Row) -> Result<bool>,
    /// Completes and checks a row after a caller set fields.
    pub settle: Settle,
    /// Brings what rules keep about a row up to date with its change.
    pub(crate) maintain: Option<Maintain>,
    /// What that loads whatever the row is.
    pub(crate) maintained_by: fn() -> Vec<Prefetch>,
    pub(crate) took_over: Consider,
    /// Checks and completes a row that comes out of the trash.
    pub(crate) restored: Complete,
    /// The fields that rules compute from others.
    pub(crate) computed: fn(Row) -> Result<&'static [&'static str]>,
    /// Computes them anew.
    pub(crate) compute: Complete,
    /// Checks what an undo puts back, beside how it was before.
    pub(crate) put_back: PutBack,
    /// What settling looks up.
    pub looked_up: &'static [LookedUp],
    /// The codes that completing and checking answer.
    pub errors: &'static [Code],
}

/// Completes and checks a row after a caller set these fields; `before` is absent for a new one.
pub type Settle = for<'a, 'c> fn(
    &'a mut Context<'c>,
    row: Row,
    before: Option<Row>,
    given: Option<&'a Map<String, Json>>,
) -> BoxFuture<'a, Result<Row>>;

/// Brings a row up to date with its change; `before` is absent for a new one.
pub(crate) type Maintain =
    for<'a, 'c> fn(&'a mut Context<'c>, row: Row, before: Option<Row>) -> BoxFuture<'a, Result<Row>>;

/// Completes a row, or refuses it.
pub(crate) type Complete = for<'a, 'c> fn(&'a mut Context<'c>, Row) -> BoxFuture<'a, Result<Row>>;

/// Looks at a row as it was and as it is, or was not and is not, and refuses.
pub(crate) type PutBack =
    for<'a, 'c> fn(&'a mut Context<'c>, before: Option<Row>, now: Option<Row>) -> BoxFuture<'a, Result<()>>;

/// Looks at a row, and refuses or does something about it.
pub(crate) type Consider = for<'a, 'c> fn(&'a mut Context<'c>, Row) -> BoxFuture<'a, Result<()>>;

/// What [`Mergeable`](crate::entity::Mergeable) says, over rows.
#[derive(Clone, Copy)]
pub(crate) struct Merged {
    pub(crate) may_merge: fn(Row, &Actor) -> Result<()>,
    /// The survivor with what it takes from the other beyond its empty fields.
    pub(crate) absorb: fn(Row, Row) -> Result<Row>,
    pub(crate) merged: Consider,
}

/// The behaviour of a kind that callers read.
pub(crate) const fn of_record<R: Record>() -> &'static Behaviour {
    struct Of<R>(R);
    impl<R: Record> Of<R> {
        const IT: &'static Behaviour = &Behaviour { def: R::def, entity: None, merge: None };
    }
    Of::<R>::IT
}

/// A field of a new record whose value is looked up in a key column: of which kind, and its path.
#[derive(Clone, Copy, Debug)]
pub struct LookedUp {
    /// The field of the new record; it has one column.
    pub field: &'static str,
    /// The kind that is searched.
    pub of: fn() -> &'static RecordDef,
    /// The column there: a unique, a reference, or one with an index of its own; or `EMAIL_SYSTEM` for all mail addresses.
    pub path: &'static str,
}

impl LookedUp {
    /// The number of the column there.
    pub fn column(&self) -> Option<usize> {
        let of = (self.of)();
        if self.path == EMAIL_SYSTEM { Some(of.by_email()) } else { of.column(self.path) }
    }
}
