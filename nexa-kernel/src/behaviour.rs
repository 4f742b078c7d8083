//! What a kind does that its definition cannot say, as functions over rows.
//!
//! The operations that every kind has are written once, over rows, and meet the typed rules of a kind through these.

use serde_json::{Map, Value as Json};

use super::{
    access::Actor,
    context::Context,
    entity::{Entity, LookedUp, Mergeable},
    error::{Code, Result, codes},
    record::{Record, RecordDef, Row},
    send::BoxFuture,
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
    /// The codes that the kind answers when a caller gives a record its values: those of its rules, and of its unique values.
    pub fn value_errors(&self) -> Vec<Code> {
        let def = (self.def)();
        let own = self.entity.map_or(&[][..], |entity| entity.errors);
        own.iter().copied().chain(def.taken_codes()).collect()
    }
}

/// What [`Entity`] says, over rows.
#[derive(Clone, Copy)]
pub struct Edited {
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
    pub(crate) took_over: Consider,
    /// Checks and completes a row that comes out of the trash.
    pub(crate) restored: Complete,
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

/// Completes a row, or refuses it.
pub(crate) type Complete = for<'a, 'c> fn(&'a mut Context<'c>, Row) -> BoxFuture<'a, Result<Row>>;

/// Looks at a row, and refuses or does something about it.
pub(crate) type Consider = for<'a, 'c> fn(&'a mut Context<'c>, Row) -> BoxFuture<'a, Result<()>>;

/// What [`Mergeable`] says, over rows.
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

/// The behaviour of a kind that callers create and edit.
pub const fn of_entity<R: Entity>() -> &'static Behaviour {
    struct Of<R>(R);
    impl<R: Entity> Of<R> {
        const IT: &'static Behaviour = &Behaviour { entity: Some(Self::EDITED), ..*of_record::<R>() };
        const EDITED: &'static Edited = &Edited {
            blank: || R::default().to_row(),
            may_edit: |row, actor| R::from_row(row)?.may_edit(actor),
            may_change_hands: |row| R::from_row(row)?.may_change_hands(),
            hands_errors: R::HANDS_ERRORS,
            is_open: |row| Ok(R::from_row(row)?.is_open()),
            settle: settle::<R>,
            took_over: took_over::<R>,
            restored: restored::<R>,
            looked_up: R::LOOKED_UP,
            errors: R::ERRORS,
        };
    }
    Of::<R>::IT
}

/// The behaviour of a kind whose records can be folded into each other.
pub(crate) const fn of_mergeable<R: Mergeable>() -> &'static Behaviour {
    struct Of<R>(R);
    impl<R: Mergeable> Of<R> {
        const IT: &'static Behaviour = &Behaviour { merge: Some(Self::MERGED), ..*of_entity::<R>() };
        const MERGED: &'static Merged = &Merged {
            may_merge: |row, actor| R::from_row(row)?.may_merge(actor),
            absorb: |survivor, other| {
                let mut survivor = R::from_row(survivor)?;
                survivor.absorb(&R::from_row(other)?);
                Ok(survivor.to_row())
            },
            merged: merged::<R>,
        };
    }
    Of::<R>::IT
}

fn settle<'a, R: Entity>(
    cx: &'a mut Context<'_>,
    row: Row,
    before: Option<Row>,
    given: Option<&'a Map<String, Json>>,
) -> BoxFuture<'a, Result<Row>> {
    Box::pin(async move {
        let before = before.map(R::from_row).transpose()?;
        let mut record = R::from_row(row)?;
        if let Some(given) = given {
            record.given(given);
        }
        record.settle(before.as_ref(), cx).await?;
        Ok(record.to_row())
    })
}

fn restored<'a, R: Entity>(cx: &'a mut Context<'_>, row: Row) -> BoxFuture<'a, Result<Row>> {
    Box::pin(async move {
        let mut record = R::from_row(row)?;
        record.restored(cx).await?;
        Ok(record.to_row())
    })
}

fn took_over<'a, R: Entity>(cx: &'a mut Context<'_>, row: Row) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move { R::from_row(row)?.took_over(cx).await })
}

fn merged<'a, R: Mergeable>(cx: &'a mut Context<'_>, row: Row) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move { R::merged(&R::from_row(row)?, cx).await })
}
