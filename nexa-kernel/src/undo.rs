//! The way back: what one unit changed, changed back by another.
//!
//! A unit is undone from its events, the last one first: an update gives each field its former value, a creation is removed, what was
//! purged is there again. What somebody changed since is a conflict. The result passes the rules that bind records as they are, and is a
//! unit itself, which can be undone.

mod answer;
mod inverse;
mod plan;
mod since;
mod unit;
mod write;

use uuid::Uuid;

use self::{
    plan::Plan,
    since::cause_of,
    unit::{Unit, read_unit},
};
use super::{
    context::Context,
    error::{Code, Result},
    ledger::{EventQuery, Seq},
};

pub use self::answer::{Conflict, Named, OnConflict, Undone};

/// There is nothing to undo.
pub const NOTHING: Code = Code::not_found(
    "undo.nothing",
    "{what} changed nothing in this organisation; name the unit of an event in its history.",
);
/// It was undone already.
pub const DONE: Code =
    Code::conflict("undo.done", "The unit {unit} is undone already; to redo it, undo the unit {undo}.");
/// A command says of itself that it cannot be undone.
pub const FINAL: Code = Code::rule("undo.final", "{operation} cannot be undone: {reason}.");
/// What it changed was erased.
pub const ERASED: Code = Code::rule(
    "undo.erased",
    "The unit {unit} cannot be undone, because what it changed was erased with the person it was about.",
);
/// Somebody changed the same since.
pub const CONFLICT: Code = Code::conflict(
    "undo.conflict",
    "{count} records of the unit {unit} cannot be put back; look at the conflicts, or pass on_conflict: skip to put back the others.",
);
/// Records that the actor does not see were changed as well.
pub const HIDDEN: Code = Code::forbidden(
    "undo.hidden",
    "The unit {unit} changed records that you may not see; ask an admin of your organisation to undo it.",
);
/// It is somebody else's.
pub const NOT_YOURS: Code =
    Code::forbidden("undo.not_yours", "The unit {unit} is not yours; ask an admin of your organisation to undo it.");

/// A field that the record does not have any more, or another value than the undone unit left.
pub const CHANGED: Code =
    Code::conflict("undo.changed", "{field} of the {kind} was changed since; change it back first.");
/// The record is not there any more.
pub const GONE: Code = Code::conflict("undo.gone", "The {kind} was purged since; bring it back first.");
/// The record is there again.
pub const EXISTS: Code = Code::conflict("undo.exists", "The {kind} is there already.");
/// Records that were made later need it.
pub const HAS_DEPENDENTS: Code =
    Code::conflict("undo.has_dependents", "Other records point at the {kind}; let them point elsewhere first.");
/// What it pointed at is not there any more.
pub const REFERENCE_GONE: Code = Code::conflict(
    "undo.reference_gone",
    "{field} of the {kind} named a record that is not there any more; bring that back first.",
);
/// It was folded into another since.
pub const MERGED_AGAIN: Code =
    Code::conflict("undo.merged_again", "The {kind} was folded into another since; undo that merge first.");

/// The codes that undoing answers beside those of the rules of kinds.
pub const ERRORS: &[Code] = &[NOTHING, DONE, FINAL, ERASED, CONFLICT, HIDDEN, NOT_YOURS];

/// What no undo takes back.
const NOT_UNDONE: [&str; 3] = ["version", "updated_at", "counters"];

impl Context<'_> {
    /// Undoes one unit. `everybodys` says whether the actor may undo what others did.
    ///
    /// Errors: [`ERRORS`], `access.denied`, and the codes of rules where they cannot be listed as conflicts.
    pub async fn undo(&mut self, unit: Uuid, on_conflict: OnConflict, everybodys: bool) -> Result<Undone> {
        let read = read_unit(self, unit).await?;
        match self.undo_read(read, on_conflict, everybodys).await? {
            Ok(undone) => Ok(undone),
            Err(undo) => Err(DONE.with("unit", unit).with("undo", undo)),
        }
    }

    /// Undoes the newest unit of a cause that is not undone yet, such as one chunk of an import; one of those before the event of a
    /// number, where that is given. [`Undone::next`] says where the next call goes on.
    ///
    /// Errors: as [`Context::undo`].
    pub async fn undo_cause(
        &mut self,
        cause: &str,
        before: Option<Seq>,
        on_conflict: OnConflict,
        everybodys: bool,
    ) -> Result<Undone> {
        let mut before = before.unwrap_or_default();
        let mut last = None;
        loop {
            let query = EventQuery {
                after: before,
                limit: 1,
                cause: Some(cause.to_owned()),
                backwards: true,
                ..EventQuery::default()
            };
            let newest = if before == 1 { None } else { self.tx.events(&query).await?.into_iter().next() };
            let Some(event) = newest else {
                let nothing = || NOTHING.with("what", format!("The cause {cause}"));
                return last
                    .map_or_else(|| Err(nothing()), |(unit, undo)| Err(DONE.with("unit", unit).with("undo", undo)));
            };
            let read = read_unit(self, event.unit).await?;
            let (unit, first) = (read.id, read.first);
            match self.undo_read(read, on_conflict, everybodys).await? {
                Ok(mut undone) => {
                    let query = EventQuery { after: first, ..query };
                    let more = first > 1 && !self.tx.events(&query).await?.is_empty();
                    undone.next = more.then_some(first);
                    return Ok(undone);
                }
                Err(undo) => {
                    last = Some((unit, undo));
                    before = first;
                }
            }
        }
    }

    /// Undoes what was read of a unit, or returns the unit by which it is undone already.
    async fn undo_read(
        &mut self,
        unit: Unit,
        on_conflict: OnConflict,
        everybodys: bool,
    ) -> Result<Result<Undone, Uuid>> {
        let since = self.since(&unit).await?;
        if let Some(undo) = since.undone {
            return Ok(Err(undo));
        }
        self.must_be_undoable(&unit, everybodys)?;
        self.cause = Some(cause_of(unit.id));
        let mut plan = Plan::of(self, &unit, &since).await?;
        self.authorize_undo(&unit, &plan).await?;
        plan.find_conflicts(self, &unit).await?;
        let by = self.unit;
        self.carry_out(&unit, &mut plan, on_conflict).await?;
        Ok(Ok(plan.answer(&unit, by)))
    }
}
