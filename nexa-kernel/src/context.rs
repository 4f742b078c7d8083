//! What a command or query has in hand: one transaction, one actor, one moment, and the records it touched.

mod asking;
mod assigning;
mod attempt;
mod behaviour;
mod changing;
mod environment;
mod loading;
mod naming;
mod part;
mod permission;
mod repeated;
mod unit;
mod unrestricted;

use std::{any::Any, borrow::Cow, cell::RefCell, collections::HashMap, sync::Arc};

use uuid::Uuid;

use super::{
    access::{Action, Actor},
    compile::{self, Scope},
    custom_field::FieldDefinition,
    envelope::Envelope,
    error::{Error, Result, codes},
    lookup::Lookup,
    memo::{Made, Memo},
    record::{Id, Record, RecordDef, Row},
    store::Transaction,
    value::{Timestamp, Value},
};

use self::attempt::Trail;
pub(crate) use self::part::Operations;
pub use self::{
    behaviour::{Behaviour, Edited, LookedUp, Settle},
    part::{NamedOperation, Whole},
    unit::FOUNDING,
};
pub(crate) use self::{
    behaviour::{Merged, of_record},
    environment::Environment,
    loading::LONGEST_FORWARD,
    permission::{Instead, Permitted},
    unit::{Hidden, Terms},
};

/// The inside of one call of the door.
///
/// Records are loaded once and kept; changes are collected and written together with their events when the call ends, or before
/// a query that must see them.
pub struct Context<'a> {
    pub(crate) tx: &'a mut dyn Transaction,
    pub(crate) environment: &'a Environment,
    pub(crate) org: Uuid,
    pub(crate) actor: Actor,
    /// The actor as the ledger writes it.
    pub(crate) acting: String,
    pub(crate) now: Timestamp,
    /// Why nothing may be written, when the clock is too far ahead.
    pub(crate) ahead: Option<Error>,
    pub(crate) unit: Uuid,
    pub(crate) operation: Cow<'static, str>,
    pub(crate) envelope: &'a Envelope,
    /// Which rule, import or workflow runs this: as the caller says, or an undo.
    pub(crate) cause: Option<String>,
    pub(crate) entries: foldhash::HashMap<(&'static str, Uuid), Entry>,
    pub(crate) touched: Vec<(&'static str, Uuid)>,
    pub(crate) definitions: Option<Arc<[FieldDefinition]>>,
    /// What rules made of records of a kind.
    pub(crate) kept: Made<(), &'static str>,
    pub(crate) lookup: Lookup,
    /// What the policy has answered in this call, where that is less than everything.
    pub(crate) permitted: RefCell<Vec<(&'static str, Action, Arc<Permitted>)>>,
    pub(crate) trail: Option<Trail>,
    /// Ids of records that this call makes, and whether nothing ever had them.
    pub(crate) named: HashMap<Uuid, bool>,
    /// Whether the command was done before, and answers what came of it.
    pub(crate) again: bool,
}

/// The moment of a change, and who makes it.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// Now, the same for everything that a call does.
    pub now: Timestamp,
    /// The actor of the call.
    pub actor: &'a Actor,
}

/// One record of the identity map.
pub(crate) struct Entry {
    pub(crate) of: &'static RecordDef,
    /// The row as it is stored; `None` when it is new.
    pub(crate) before: Option<Row>,
    /// The row as it is now; `None` when it is removed.
    pub(crate) now: Option<Row>,
    /// Whether it waits to be written.
    pub(crate) dirty: bool,
}

impl<'a> Context<'a> {
    /// The moment of this call, the same for everything it does.
    pub const fn now(&self) -> Timestamp {
        self.now
    }
    /// The moment of this call, and who makes it.
    pub const fn moment(&self) -> Moment<'_> {
        Moment { now: self.now, actor: &self.actor }
    }
    /// The actor of the call.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }
    /// The tenant.
    pub const fn org(&self) -> Uuid {
        self.org
    }
    /// What the caller said around the command.
    pub const fn envelope(&self) -> &Envelope {
        self.envelope
    }
    /// The number of the last event in the ledger when this call began.
    pub fn last_event(&self) -> i64 {
        self.tx.head().seq.cast_signed()
    }
    /// The name of the operation that runs.
    pub fn operation(&self) -> &str {
        &self.operation
    }
    /// A new identifier.
    pub fn new_id<R>(&self) -> Id<R> {
        Id::new(self.environment.ids.id(self.now))
    }
    /// Sixteen unpredictable bytes, such as for a key.
    pub fn random_bytes(&self) -> [u8; 16] {
        self.environment.ids.salt()
    }
    /// The definition of a kind. Error: `kind.unknown`.
    pub fn kind(&self, kind: &str) -> Result<&'static RecordDef> {
        self.environment.kinds.named(kind)
    }
    /// What a rule has kept, such as the tenant's scorecard.
    pub fn kept<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        self.kept.of((), |_| true)
    }
    /// Keeps what a rule made of records of a kind, until one of that kind changes or this call ends.
    pub fn keep_while<R: Record, T: Any + Send + Sync>(&mut self, value: Arc<T>) -> Arc<T> {
        self.kept.keep((), R::def().kind, Arc::clone(&value));
        value
    }
    /// A record of this kind changes.
    pub(crate) fn forget(&mut self, kind: &str) {
        self.kept.retain(|of| *of != kind);
    }
    /// Says that the command was done before: it answers what came of it, and changes nothing.
    pub const fn answers_again(&mut self) {
        self.again = true;
    }
    /// The roles that the policy names.
    pub fn roles(&self) -> Vec<String> {
        self.environment.policy.roles()
    }
    /// What was made of stored settings for all calls.
    pub const fn memo(&self) -> &'a Memo {
        &self.environment.memo
    }
    /// The kinds that callers create and edit.
    pub fn edited_kinds(&self) -> impl Iterator<Item = &'static Behaviour> + use<'a> {
        self.environment.behaviours.values().copied().filter(|kind| kind.edited().is_ok())
    }
    pub(crate) fn scope(&self) -> Scope<'_> {
        Scope::Actor(&self.actor, &*self.environment.policy)
    }
}

/// The row without the hidden fields.
pub fn conceal(def: &RecordDef, mut row: Row, hidden: &[&'static str]) -> Row {
    if !hidden.is_empty() {
        for column in 0..def.columns.len() {
            if compile::is_hidden(def, column, hidden) {
                row.set(column, Value::Null);
            }
        }
    }
    row
}

/// The error of a record that is not there for the actor.
pub fn not_found(def: &RecordDef, id: impl std::fmt::Display) -> Error {
    codes::NOT_FOUND.with("kind", def.kind).with("id", id.to_string())
}

/// The error of what the actor may not do.
pub fn denied(def: &RecordDef, action: Action) -> Error {
    let (action, kind) = match action {
        Action::Privacy => ("find, export or erase what is known of", "person"),
        action => (action.as_str(), def.kind),
    };
    codes::DENIED.with("action", action).with("kind", kind)
}
