//! What a tenant has before it: one row says whether anything is due, so that who asks reads no more.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    ledger::Head,
    record::{Id, Record, RecordDef, Row},
    value::{Timestamp, Value},
};

/// What is due in a tenant, in one row, whose identifier is the tenant's. It has no history: an idle tenant writes nothing.
#[derive(Record, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[record(kind = "agenda", table = "agendas", access = system, bookkeeping)]
pub struct Agenda {
    /// The tenant.
    pub id: Id<Agenda>,
    /// Counts the changes.
    pub version: i64,
    /// When the tenant got it.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// No timer is due before this moment; there is no timer when it is absent.
    pub due_at: Option<Timestamp>,
    /// Every consumer has read the ledger up to this number.
    pub read_to: i64,
    /// The consumers that this holds for, by their names, sorted, with a comma after each.
    pub consumers: Option<String>,
}

impl Agenda {
    /// Whether events wait for one of these consumers.
    pub fn is_behind(&self, head: &Head, consumers: &str) -> bool {
        let reads = !consumers.is_empty();
        reads && (self.read_to.cast_unsigned() < head.seq || self.consumers.as_deref() != Some(consumers))
    }

    /// Since when something is due at this moment: the first timer, or the end of the ledger where it was not read. What the clock
    /// of the host shows may be before that end: nothing waits for the clock to come there.
    pub fn due_since(agenda: Option<&Self>, head: &Head, asked: &DueRequest) -> Option<Timestamp> {
        let timer = agenda.and_then(|agenda| agenda.due_at).filter(|due| *due <= asked.now);
        let behind = match agenda {
            Some(agenda) => agenda.is_behind(head, &asked.consumers),
            None => !asked.consumers.is_empty() && head.seq > 0,
        };
        let events = behind.then(|| head.at.min(asked.now));
        timer.into_iter().chain(events).min()
    }

    /// The row of a tenant that has none.
    pub(crate) fn first(org: Uuid, now: Timestamp) -> Self {
        Self { id: Id::new(org), version: 1, created_at: now, updated_at: now, ..Self::default() }
    }

    /// The moment of the first timer in a stored row.
    pub(crate) fn due_of(row: &Row) -> Option<Timestamp> {
        match row.get(Self::column("due_at")) {
            Value::Time(at) => Some(*at),
            _ => None,
        }
    }

    /// The number of a column.
    pub(crate) fn column(path: &str) -> usize {
        let def: &'static RecordDef = Self::def();
        def.column(path).unwrap_or_default()
    }
}

/// Which tenants are asked for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DueRequest {
    /// The moment at which something has to be due.
    pub now: Timestamp,
    /// At most so many tenants.
    pub limit: usize,
    /// The consumers of the asking Crm, as [`Agenda::consumers`] has them; empty when it has none.
    pub consumers: String,
}

impl DueRequest {
    /// The first tenants in which something is due at a moment, for these consumers.
    pub const fn new(now: Timestamp, limit: usize, consumers: String) -> Self {
        Self { now, limit, consumers }
    }
}

/// A tenant in which something is due. It says nothing else of the tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Due {
    /// When it became due.
    pub at: Timestamp,
    /// The tenant.
    pub org: Uuid,
}
