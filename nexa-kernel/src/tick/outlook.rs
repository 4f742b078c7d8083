//! Whether anything is due.

use std::{borrow::Cow, sync::Arc};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    agenda::{Agenda, DueRequest},
    context::Context,
    error::Result,
    later::Later,
    record::Record,
    session::Job,
    store::Prefetch,
    value::Timestamp,
};

/// What is due in a tenant, and what will be.
#[derive(Serialize, Deserialize)]
pub(super) struct Outlook {
    /// Since when something is due.
    pub(super) due_since: Option<Timestamp>,
    /// When the next timer is due.
    pub(super) next_timer: Option<Timestamp>,
}

/// Reads one row.
pub(super) struct OutlookJob {
    later: Arc<Later>,
}

impl OutlookJob {
    pub(super) fn new(later: &Arc<Later>) -> Self {
        Self { later: Arc::clone(later) }
    }
}

impl Job for OutlookJob {
    type Output = Outlook;
    fn operation(&self) -> Cow<'static, str> {
        Cow::Borrowed(super::TICK)
    }
    fn arguments(&self) -> String {
        String::new()
    }
    fn prefetch(&self, org: Uuid) -> Vec<Prefetch> {
        vec![Prefetch::id(Agenda::def(), org)]
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Outlook> {
        let agenda = cx.row(Agenda::def(), cx.org()).await?.map(Agenda::from_row).transpose()?;
        let asked = DueRequest::new(cx.now(), 1, self.later.names().to_owned());
        let due_since = Agenda::due_since(agenda.as_ref(), &cx.tx.head(), &asked);
        Ok(Outlook { due_since, next_timer: agenda.and_then(|agenda| agenda.due_at) })
    }
}
