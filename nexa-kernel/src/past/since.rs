//! What matched a filter at a point in the history: found among what matches now and what was changed since.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{AsOf, AsWas, PAGE};
use crate::{
    access::Action,
    context::{Context, conceal},
    error::Result,
    filter::Filter,
    ledger::{EventQuery, Seq},
    limits::LARGEST_PAGE,
    record::{Record, RecordDef, Row},
    store::{Select, Trash},
};

/// A point in a tenant's history, with the records that were changed since in events that name one of a few others.
pub struct Since {
    point: AsOf,
    seq: Seq,
    changed: BTreeSet<(String, Uuid)>,
}

impl Since {
    /// The number of the last event that had happened by then; 0 before the first.
    pub const fn seq(&self) -> Seq {
        self.seq
    }
}

impl Context<'_> {
    /// Looks through everything that happened since a point, page by page, for events that name one of these records, or whose content
    /// was erased.
    pub async fn changed_since(&mut self, point: AsOf, naming: &[Uuid]) -> Result<Since> {
        let names: Vec<String> = naming.iter().map(Uuid::to_string).collect();
        let mut since = Since { point, seq: 0, changed: BTreeSet::new() };
        let mut query = EventQuery { after: 0, limit: PAGE, backwards: true, ..EventQuery::default() };
        loop {
            let events = self.tx.events(&query).await?;
            for event in &events {
                if point.includes(event) {
                    since.seq = event.seq;
                    return Ok(since);
                }
                let named = |payload: &str| names.iter().any(|name| payload.contains(name.as_str()));
                if event.payload.as_deref().is_none_or(named) {
                    since.changed.insert((event.kind.to_string(), event.record));
                }
            }
            match events.last() {
                Some(last) if events.len() == PAGE && last.seq > 1 => query.after = last.seq,
                _ => return Ok(since),
            }
        }
    }

    /// The records that matched then, as they were, live or in the trash then; what the actor may not see now is not among them, and hidden
    /// fields are empty. What was purged since is gone. The filter asks for records that name those which `since` was made for.
    /// Errors: `filter.invalid`, `field.unknown`.
    pub async fn visible_then<R: Record>(&mut self, filter: &Filter, since: &Since, trashed: bool) -> Result<Vec<R>> {
        let def = R::def();
        let hidden = self.hidden(def)?;
        let predicate = self.asked_filter(def, filter).await?;
        let query = Select { trash: Trash::Any, ..Select::all(def, LARGEST_PAGE).filtered(predicate.clone()) };
        let mut rows = self.every_row(query).await?;
        let known: BTreeSet<Uuid> = rows.iter().map(|row| row.id(def)).collect();
        for (_, id) in since.changed.iter().filter(|(kind, id)| kind == def.kind && !known.contains(id)) {
            rows.extend(self.row(def, *id).await?);
        }
        rows.sort_unstable_by_key(|row| row.id(def));
        let mut found = Vec::new();
        for row in rows {
            let Some(was) = self.seen_then(def, row, since).await? else { continue };
            if was.live(def) != trashed && self.holds(&predicate, &was, None).await? {
                found.push(R::from_row(conceal(def, was, &hidden))?);
            }
        }
        Ok(found)
    }

    /// A record by its id as it was, where it was live then and the actor sees it now.
    pub async fn one_then<R: Record>(&mut self, id: Uuid, since: &Since) -> Result<Option<R>> {
        let def = R::def();
        let hidden = self.hidden(def)?;
        let Some(row) = self.row(def, id).await? else { return Ok(None) };
        let was = self.seen_then(def, row, since).await?.filter(|was| was.live(def));
        was.map(|was| R::from_row(conceal(def, was, &hidden))).transpose()
    }

    async fn seen_then(&mut self, def: &'static RecordDef, row: Row, since: &Since) -> Result<Option<Row>> {
        if !self.allows(def, &row, Action::Read).await? {
            return Ok(None);
        }
        let was = self.as_of(def, row, since.point).await?;
        Ok(was.map(|AsWas { row, .. }| row))
    }
}
