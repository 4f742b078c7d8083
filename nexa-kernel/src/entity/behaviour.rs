//! What an entity does, as functions over rows.

use serde_json::{Map, Value as Json};

use super::{Entity, Mergeable};
use crate::{
    context::{Behaviour, Context, Edited, Merged, of_record},
    error::Result,
    maybe_send::BoxFuture,
    record::Row,
};

/// The behaviour of a kind that callers create and edit.
pub const fn of_entity<R: Entity>() -> &'static Behaviour {
    struct Of<R>(R);
    impl<R: Entity> Of<R> {
        const IT: &'static Behaviour = &Behaviour { entity: Some(Self::EDITED), ..*of_record::<R>() };
        const EDITED: &'static Edited = &Edited {
            is_created: R::IS_CREATED,
            blank: || R::default().to_row(),
            may_edit: |row, actor| R::from_row(row)?.may_edit(actor),
            may_change_hands: |row| R::from_row(row)?.may_change_hands(),
            hands_errors: R::HANDS_ERRORS,
            is_open: |row| Ok(R::from_row(row)?.is_open()),
            settle: settle::<R>,
            maintain: if R::MAINTAINED { Some(maintain::<R>) } else { None },
            maintained_by: R::maintained_by,
            took_over: took_over::<R>,
            restored: restored::<R>,
            computed: |row| Ok(R::from_row(row)?.computed()),
            compute: compute::<R>,
            put_back: put_back::<R>,
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
        let known = before.clone().map(R::from_row).transpose()?;
        let mut record = R::from_row(row)?;
        if let Some(given) = given {
            record.given(given);
        }
        record.settle(known.as_ref(), cx).await?;
        let mut row = record.to_row();
        cx.check_topics(R::def(), &mut row, before.as_ref()).await?;
        Ok(row)
    })
}

fn maintain<'a, R: Entity>(cx: &'a mut Context<'_>, row: Row, before: Option<Row>) -> BoxFuture<'a, Result<Row>> {
    Box::pin(async move {
        let before = before.map(R::from_row).transpose()?;
        let mut record = R::from_row(row)?;
        record.maintain(before.as_ref(), cx).await?;
        Ok(record.to_row())
    })
}

fn restored<'a, R: Entity>(cx: &'a mut Context<'_>, row: Row) -> BoxFuture<'a, Result<Row>> {
    Box::pin(async move {
        let mut record = R::from_row(row)?;
        record.restored(cx).await?;
        let row = record.to_row();
        cx.check_topics_again(R::def(), &row).await?;
        Ok(row)
    })
}

fn compute<'a, R: Entity>(cx: &'a mut Context<'_>, row: Row) -> BoxFuture<'a, Result<Row>> {
    Box::pin(async move {
        let mut record = R::from_row(row)?;
        record.compute(cx).await?;
        Ok(record.to_row())
    })
}

fn put_back<'a, R: Entity>(
    cx: &'a mut Context<'_>,
    before: Option<Row>,
    now: Option<Row>,
) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let (before, now) = (before.map(R::from_row).transpose()?, now.map(R::from_row).transpose()?);
        R::put_back(before.as_ref(), now.as_ref(), cx).await
    })
}

fn took_over<'a, R: Entity>(cx: &'a mut Context<'_>, row: Row) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move { R::from_row(row)?.took_over(cx).await })
}

fn merged<'a, R: Mergeable>(cx: &'a mut Context<'_>, row: Row) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move { R::merged(&R::from_row(row)?, cx).await })
}
