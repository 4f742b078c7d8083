//! The ledger as a whole: undoing what one of its units did.

use crate::{
    Action, CollectionCommand, Context, Record, Result, command,
    kernel::{
        error::codes,
        ledger::Seq,
        undo::{self, OnConflict, Undone},
        uuid::Uuid,
    },
    people::Org,
};

/// Undoes what one call did, from its history: changed fields get their former values, what was made is removed, what was trashed, merged
/// or purged is back. The undo is a unit itself; undo that one to redo.
///
/// Give the `unit`, or a `cause` such as that of an import: then the newest unit of it is undone that is not undone yet, and `next` says
/// where the following call goes on. Whoever did it may undo it while they may still change each record; what others did, admins may.
///
/// Errors: `undo.conflict` lists what was changed since, `undo.done`, `undo.nothing`, `undo.final`, `undo.erased`, `undo.hidden`,
/// `undo.not_yours`, and the codes of rules that the result would break.
#[command(
    "undo",
    name = "ledger.undo",
    collection = Org,
    action = Read,
    check = Self::check,
    errors(
        undo::NOTHING,
        undo::DONE,
        undo::FINAL,
        undo::ERASED,
        undo::CONFLICT,
        undo::HIDDEN,
        undo::NOT_YOURS
    )
)]
#[derive(Default)]
pub struct Undo {
    /// The unit, as an event in a history names it.
    pub unit: Option<Uuid>,
    /// The cause, as an event in a history names it; instead of a unit.
    pub cause: Option<String>,
    /// With a cause, only units before the event of this number: what the call before returned as `next`.
    pub before: Option<Seq>,
    /// What happens to records that cannot be put back.
    #[serde(default, skip_serializing_if = "OnConflict::is_refuse")]
    pub on_conflict: OnConflict,
}

impl Undo {
    /// Undoes this unit.
    pub fn unit(unit: Uuid) -> Self {
        Self { unit: Some(unit), ..Self::default() }
    }
    /// Undoes the newest unit of this cause that is not undone yet.
    pub fn cause(cause: impl Into<String>) -> Self {
        Self { cause: Some(cause.into()), ..Self::default() }
    }
    /// Leaves as they are the records that cannot be put back.
    #[must_use]
    pub const fn skipping_conflicts(mut self) -> Self {
        self.on_conflict = OnConflict::Skip;
        self
    }

    fn check(&self) -> Result<()> {
        let (field, problem) = match (&self.unit, &self.cause) {
            (None, None) => ("unit", "give it, or a cause"),
            (Some(_), Some(_)) => ("cause", "a unit was given; leave it out, or a cause alone"),
            (Some(_), None) if self.before.is_some() => {
                ("before", "a unit takes none; give a unit alone, or a cause with it")
            }
            _ => return Ok(()),
        };
        Err(codes::FIELD_INVALID.with("field", field).with("problem", problem))
    }
}

impl CollectionCommand for Undo {
    type Output = Undone;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Undone> {
        // Whoever may check the whole ledger may undo what others did.
        let everybodys = cx.authorize_kind(Org::def(), Action::Verify).is_ok();
        match (self.unit, &self.cause) {
            (Some(unit), _) => cx.undo(unit, self.on_conflict, everybodys).await,
            (None, cause) => {
                let cause = cause.as_deref().unwrap_or_default();
                cx.undo_cause(cause, self.before, self.on_conflict, everybodys).await
            }
        }
    }
}
