//! What could not be done is recorded and passed over, so that nothing stands still.

use std::{borrow::Cow, sync::Arc};

use super::round::{Tried, known_cursor};
use crate::{
    context::Context,
    error::{Error, Result},
    later::{Cursor, Failure, Later, Timer, record_failure},
    record::Record,
    session::Job,
};

/// Records a failure, unless somebody else has passed it meanwhile. The agenda stays as it is: the next round goes on from it.
pub(super) struct RefusedJob {
    tried: Tried,
    error: Error,
    /// What may follow from it, unless that was refused as well.
    later: Option<Arc<Later>>,
}

impl RefusedJob {
    pub(super) const fn new(tried: Tried, error: Error, later: Option<Arc<Later>>) -> Self {
        Self { tried, error, later }
    }
}

impl Job for RefusedJob {
    type Output = ();
    fn operation(&self) -> Cow<'static, str> {
        Cow::Borrowed(super::TICK)
    }
    fn arguments(&self) -> String {
        String::new()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<()> {
        let failure = match &self.tried {
            Tried::Timer(timer) => {
                let (def, id) = (Timer::def(), timer.id.uuid());
                let now = cx.row(def, id).await?.map(Timer::from_row).transpose()?;
                if now.is_none_or(|now| now.due_at != timer.due_at) {
                    return Ok(());
                }
                cx.remove_row(def, id);
                if let Some(firing) = self.later.as_ref().and_then(|later| later.timer(timer.name())) {
                    cx.operation = Cow::Borrowed(firing.name);
                    (firing.refused)(cx, timer, &self.error).await?;
                }
                let (name, key) = (timer.name().to_owned(), timer.key().to_owned());
                Failure { name, timer: Some(key), due_at: Some(timer.due_at), ..Failure::default() }
            }
            Tried::Events { consumer, first, to } => {
                match known_cursor(cx, consumer).await? {
                    Some(cursor) if cursor.read_to >= *first => return Ok(()),
                    Some(cursor) => {
                        cx.save(Cursor { read_to: *to, ..cursor }).await?;
                    }
                    None => {
                        let name = (*consumer).to_owned();
                        cx.insert_by_rule(Cursor { consumer: name, read_to: *to, ..Cursor::default() }).await?;
                    }
                }
                Failure { name: (*consumer).to_owned(), event: Some(*first), ..Failure::default() }
            }
        };
        record_failure(cx, failure, &self.error).await
    }
}
