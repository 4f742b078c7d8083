//! What commands answered, and what failed: kept beside the records, and forgotten with the person.

use std::collections::HashSet;

use uuid::Uuid;

use super::{Person, erase::Sum};
use crate::{
    context::Context,
    error::Result,
    idempotency::IdempotencyRecord,
    later::Failure,
    named_unit::NamedUnit,
    record::{Record, RecordDef, Row},
    store::{Batch, Change, Select, Trash},
    value::Value,
};

/// How many answers are read at once.
const PAGE: usize = 100;
/// The length of an id in a text.
const ID: usize = 36;

/// What an answer is looked through for.
struct Sought {
    ids: HashSet<Uuid>,
    addresses: Vec<String>,
}

impl Sought {
    fn is_in(&self, text: &str) -> bool {
        self.addresses.iter().any(|address| text.contains(address.as_str()))
            || ids_in(text).any(|id| self.ids.contains(&id))
    }
}

/// The ids in a text.
fn ids_in(text: &str) -> impl Iterator<Item = Uuid> + '_ {
    // An id has its first dash after eight digits.
    text.match_indices('-').filter_map(|(at, _)| {
        let start = at.checked_sub(8)?;
        Uuid::try_parse(text.get(start..start + ID)?).ok()
    })
}

impl Context<'_> {
    /// Empties what is remembered of answers and failures that name the person's records or addresses.
    pub(super) async fn forget_answers(&mut self, person: &Person, sum: &mut Sum) -> Result<()> {
        let ids = sum.records.iter().map(|(_, id)| *id).collect();
        let sought = Sought { ids, addresses: person.addresses.clone() };
        for (def, path) in
            [(IdempotencyRecord::def(), "output"), (NamedUnit::def(), "output"), (Failure::def(), "message")]
        {
            let Some(column) = def.column(path).filter(|_| self.environment.kinds.get(def.kind).is_some()) else {
                continue;
            };
            sum.answers += self.forget_texts(def, column, &sought).await?;
        }
        Ok(())
    }

    async fn forget_texts(&mut self, def: &'static RecordDef, column: usize, sought: &Sought) -> Result<u64> {
        let mut query = Select { trash: Trash::Any, ..Select::all(def, PAGE) };
        let mut forgotten = 0;
        loop {
            let rows = self.tx.select(&query).await?;
            query.after = rows.last().map(|last| query.position(last));
            let more = rows.len() == PAGE;
            let says = |row: &Row| row.get(column).as_text().is_some_and(|text| sought.is_in(text));
            let changes: Vec<Change> = rows
                .into_iter()
                .filter(says)
                .map(|before| {
                    let mut after = before.clone();
                    after.set(column, Value::Text(String::new()));
                    after.set(def.version, Value::Int(before.get(def.version).as_int().unwrap_or_default() + 1));
                    Change { of: def, before: Some(before), after: Some(after), add: Vec::new(), remove: Vec::new() }
                })
                .collect();
            if !changes.is_empty() {
                forgotten += changes.len() as u64;
                self.tx.apply(Batch { changes, ..Batch::default() }).await?;
            }
            if !more {
                return Ok(forgotten);
            }
        }
    }
}
