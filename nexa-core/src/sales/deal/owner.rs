//! Who works on a deal: one user, never a group.

use schemars::JsonSchema;
use serde::Serialize;

use super::Deal;
use crate::{Assignee, Code, Command, Context, Id, Input, Ref, Result, people::assignment};

/// A group cannot own a deal.
pub const OWNER_MUST_BE_USER: Code =
    Code::rule("deal.owner_must_be_user", "A deal belongs to one user; give a user instead of a group.");

/// Gives a deal to a user. Errors: `deal.owner_must_be_user`, `assignee.inactive`.
#[derive(Clone, Debug, Serialize, Input, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assign {
    /// The deal.
    pub deal: Ref<Deal>,
    /// To which user; to nobody without. A group is refused.
    #[serde(default)]
    pub owner: Option<Assignee>,
}

impl Command for Assign {
    const NAME: &'static str = "deal.assign";
    const ERRORS: &'static [Code] = &[OWNER_MUST_BE_USER, assignment::INACTIVE];
    type Target = Deal;
    type Output = Deal;
    fn check(&self) -> Result<()> {
        if self.owner.is_some_and(|owner| owner.as_user().is_none()) {
            return Err(OWNER_MUST_BE_USER.error());
        }
        Ok(())
    }
    fn target(&self) -> Option<&Ref<Deal>> {
        Some(&self.deal)
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Deal> {
        if let Some(owner) = &self.owner {
            assignment::check_assignee(cx, owner).await?;
        }
        cx.change(&self.deal, |deal, _| {
            deal.owner = self.owner.and_then(Assignee::as_user).map(Id::new);
            Ok(())
        })
        .await
    }
}
