//! Taking work from a queue, giving it to somebody, and putting it back: the same for every kind that has an assignee.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{NOT_A_USER, NOT_ASSIGNED, TAKEN};
use crate::{
    Action, Actor, Assignee, Code, Command, Context, Id, Input, Record, Ref, Result,
    kernel::{context::not_found, entity::NoOptions, targeted::Targeted},
    people::{Group, assignment},
};

/// A kind whose records wait in the queue of a user, of a group or of everybody.
pub trait Assignable: Record {
    /// The name of the operation that takes it, such as `ticket.claim`.
    const CLAIM: &'static str;
    /// The name of the operation that gives it to somebody, such as `ticket.assign`.
    const ASSIGN: &'static str;
    /// The name of the operation that puts it back, such as `ticket.release`.
    const RELEASE: &'static str;
    /// The codes that claim, assign and release may answer, those of [`Assignable::may_change_hands`] among them.
    const ASSIGNMENT_ERRORS: &'static [Code];

    /// Whether the state of the record lets it change hands.
    fn may_change_hands(&self) -> Result<()>;
    /// Who has it.
    fn assignee(&self) -> Option<Assignee>;
    /// The group that its user took it from.
    fn via_group(&self) -> Option<Id<Group>>;
    /// Gives it to somebody, or to nobody.
    fn hand_over(&mut self, assignee: Option<Assignee>, via_group: Option<Id<Group>>);

    /// Whether this actor may take it now. Errors: `assignee.not_a_user`, `assignee.taken`.
    fn may_claim(&self, actor: &Actor) -> Result<()> {
        let user = actor.user().ok_or_else(|| NOT_A_USER.error())?;
        self.may_change_hands()?;
        match self.assignee() {
            Some(Assignee::User(other)) if other != user => Err(TAKEN.error()),
            _ => Ok(()),
        }
    }
    /// Whether it can be put back now. Error: `assignee.none`.
    fn may_release(&self) -> Result<()> {
        self.may_change_hands()?;
        if self.assignee().is_none() { Err(NOT_ASSIGNED.error()) } else { Ok(()) }
    }
}

/// Takes a record from a queue: `ticket.claim` and the like. Of many that try, exactly one succeeds; for the rest the answer is
/// `assignee.taken`, even when they no longer see the record; by a key of the host's, what they do not see is not found. Claiming
/// what one has already changes nothing.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent, bound = "R: Record")]
#[schemars(bound = "R: Record")]
pub struct Claim<R>(pub Targeted<R, NoOptions>);

impl<R> Claim<R> {
    /// Takes this record.
    pub fn of(record: impl Into<Ref<R>>) -> Self {
        Self(Targeted::new(record, NoOptions::default()))
    }
}

impl<R: Assignable> Command for Claim<R> {
    const NAME: &'static str = R::CLAIM;
    const ERRORS: &'static [Code] = R::ASSIGNMENT_ERRORS;
    type Target = R;
    type Output = R;
    // No target: the door would load it in the actor's scope, and tell those who came too late that it is not there.
    const EXPECTS_VERSION: bool = true;
    fn guard(record: &R, actor: &Actor) -> Result<()> {
        record.may_claim(actor)
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<R> {
        let mut record: R = match cx.known_by(&self.0.record).await {
            // Whoever may see it in the trash hears that it is there.
            Err(gone) => return Err(cx.load::<R>(&self.0.record).await.err().unwrap_or(gone)),
            Ok(record) => record,
        };
        if !cx.allows(R::def(), &record.to_row(), Action::Read).await? {
            // An id is known to those who saw the record and come too late; a key can be guessed.
            let late = record.assignee().is_some() && matches!(self.0.record, Ref::Id(_));
            return Err(if late { TAKEN.error() } else { not_found(R::def(), &self.0.record) });
        }
        cx.authorize(R::def(), &record.to_row(), Action::Update).await?;
        cx.expect_version(&record)?;
        record.may_claim(cx.actor())?;
        let user = cx.actor().user().map(Assignee::User);
        if record.assignee() != user {
            let from = record.assignee().and_then(Assignee::as_group).map(Id::new);
            record.hand_over(user, from);
        }
        cx.save(record).await
    }
}

/// Whom to give it to.
#[derive(Clone, Debug, Serialize, Input, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignOptions {
    /// A user or a group; the one before loses it.
    pub assignee: Assignee,
}

/// Gives a record to a user or a group: `ticket.assign` and the like. Errors: `assignee.inactive`, `record.not_found`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent, bound = "R: Record")]
#[schemars(bound = "R: Record")]
pub struct Assign<R>(pub Targeted<R, AssignOptions>);

impl<R> Assign<R> {
    /// Gives this record to somebody.
    pub fn to(record: impl Into<Ref<R>>, assignee: Assignee) -> Self {
        Self(Targeted::new(record, AssignOptions { assignee }))
    }
}

impl<R: Assignable> Command for Assign<R> {
    const NAME: &'static str = R::ASSIGN;
    const ERRORS: &'static [Code] = R::ASSIGNMENT_ERRORS;
    type Target = R;
    type Output = R;
    fn target(&self) -> Option<&Ref<R>> {
        Some(&self.0.record)
    }
    fn guard(record: &R, _: &Actor) -> Result<()> {
        record.may_change_hands()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<R> {
        let assignee = self.0.arguments.assignee;
        assignment::check_assignee(cx, &assignee).await?;
        cx.change(&self.0.record, |record, _| {
            record.may_change_hands()?;
            if record.assignee() != Some(assignee) {
                record.hand_over(Some(assignee), None);
            }
            Ok(())
        })
        .await
    }
}

/// Puts a record back where it came from: into its group's queue, or into everybody's: `ticket.release` and the like.
/// Error: `assignee.none`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent, bound = "R: Record")]
#[schemars(bound = "R: Record")]
pub struct Release<R>(pub Targeted<R, NoOptions>);

impl<R> Release<R> {
    /// Puts this record back.
    pub fn of(record: impl Into<Ref<R>>) -> Self {
        Self(Targeted::new(record, NoOptions::default()))
    }
}

impl<R: Assignable> Command for Release<R> {
    const NAME: &'static str = R::RELEASE;
    const ERRORS: &'static [Code] = R::ASSIGNMENT_ERRORS;
    type Target = R;
    type Output = R;
    fn target(&self) -> Option<&Ref<R>> {
        Some(&self.0.record)
    }
    fn guard(record: &R, _: &Actor) -> Result<()> {
        record.may_release()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<R> {
        let record = cx.load(&self.0.record).await?;
        // A group whose members are gone would keep it out of sight.
        let back = match record.via_group() {
            Some(group) if !assignment::active_members(cx, group).await?.is_empty() => Some(Assignee::group(group)),
            _ => None,
        };
        cx.change(&self.0.record, |record, _| {
            record.may_release()?;
            record.hand_over(back, None);
            Ok(())
        })
        .await
    }
}
