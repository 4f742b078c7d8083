//! A category: where articles stand. What is below an internal one is for the team alone.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::article;
use crate::{Code, Context, Entity, ExternalKey, Id, Name, Record, Result, Timestamp};

/// A category would be below itself.
pub const CYCLE: Code = Code::rule("category.cycle", "The category would be below itself; name another one in parent.");

/// Where articles stand.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "category",
    table = "categories", access = settings,
    search(name = 1),
    index("parent")
)]
pub struct Category {
    /// The identifier.
    pub id: Id<Category>,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put into the trash.
    pub deleted_at: Option<Timestamp>,
    /// What it is called.
    #[record(editable, folded)]
    pub name: Name,
    /// The category of which it is a part.
    #[record(editable, on_trash = refuse)]
    pub parent: Option<Id<Category>>,
    /// Whether all below it is for the team alone.
    #[record(editable)]
    pub internal: bool,
    /// Its keys in other systems.
    #[record(editable)]
    pub external_keys: Vec<ExternalKey>,
}

impl Category {
    /// It and those above it, from below. Error: `category.cycle`.
    async fn path(&self, cx: &mut Context<'_>) -> Result<Vec<Self>> {
        let (mut path, mut seen) = (vec![self.clone()], BTreeSet::from([self.id]));
        while let Some(parent) = path.last().and_then(|last| last.parent) {
            if !seen.insert(parent) {
                return Err(CYCLE.with("field", "parent"));
            }
            let Some(row) = cx.unrestricted().row(Self::def(), parent.uuid()).await? else { break };
            path.push(Self::from_row(row)?);
        }
        Ok(path)
    }
    /// Whether it or one above it is internal.
    pub(super) async fn is_internal(&self, cx: &mut Context<'_>) -> Result<bool> {
        Ok(self.path(cx).await?.iter().any(|category| category.internal))
    }
    /// The ids of those below it, level by level.
    async fn below(&self, cx: &mut Context<'_>) -> Result<Vec<Id<Self>>> {
        let (mut all, mut next) = (BTreeSet::new(), vec![self.id]);
        while let Some(id) = next.pop() {
            for child in cx.unrestricted().matching(Self::PARENT, &id).await? {
                let child: Self = child;
                if child.id != self.id && all.insert(child.id) {
                    next.push(child.id);
                }
            }
        }
        Ok(all.into_iter().collect())
    }
}

impl Entity for Category {
    const ERRORS: &'static [Code] = &[CYCLE];

    async fn settle(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        let internal = self.is_internal(cx).await?;
        let Some(before) = before else { return Ok(()) };
        if (before.internal, before.parent) != (self.internal, self.parent) {
            article::follow_category(cx, self.id, internal).await?;
            for below in self.below(cx).await? {
                let category = cx.unrestricted().load(below).await?;
                // Above the one that changes nothing is read that is not written yet.
                let own = category.internal || internal || between(cx, &category, self.id).await?;
                article::follow_category(cx, below, own).await?;
            }
        }
        Ok(())
    }

    async fn put_back(_: Option<&Self>, now: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        match now {
            Some(now) => now.path(cx).await.map(drop),
            None => Ok(()),
        }
    }
}

/// Whether one between a category and another one above it is internal.
async fn between(cx: &mut Context<'_>, category: &Category, above: Id<Category>) -> Result<bool> {
    let mut parent = category.parent;
    while let Some(id) = parent.filter(|id| *id != above) {
        let category = cx.unrestricted().load(id).await?;
        if category.internal {
            return Ok(true);
        }
        parent = category.parent;
    }
    Ok(false)
}
