//! The ledger: one append-only, hash-chained sequence of events per tenant.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{
    error::{Code, Result},
    record::{RecordDef, Row},
    value::{Timestamp, Value, write_json_text},
};

/// The chain does not hold.
pub const LEDGER_BROKEN: Code =
    Code::rule("ledger.broken", "The ledger is not what was written: event {seq} {problem}. Compare with a backup.");

/// A position in a tenant's ledger: the number of the last event seen; 0 before the first.
pub type Seq = u64;

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// The end of a tenant's ledger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The last sequence number; 0 when there is no event.
    pub seq: Seq,
    /// The time of the last event.
    pub at: Timestamp,
    /// The hash of the last event; zeros when there is none.
    pub hash: Hash,
}

/// What happened to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// It was created; the payload is `{field: value}` without nulls.
    Created,
    /// It was changed; the payload is `{field: [from, to]}`.
    Updated,
    /// It was purged; the payload is what it last held.
    Purged,
    /// Earlier events were erased, with the person whom they were about: they have no payload, reason and salt any more. The
    /// payload names them, as [`erasure`] writes it, and the fields of the record that were emptied with them.
    Erased,
}

impl Verb {
    /// The word in storage and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Purged => "purged",
            Self::Erased => "erased",
        }
    }
    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Created, Self::Updated, Self::Purged, Self::Erased].into_iter().find(|verb| verb.as_str() == text)
    }
}

/// One change of one record, as the ledger keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Position in the tenant's ledger, dense from 1. Zero until sealed.
    pub seq: Seq,
    /// One id for everything that one call of the door did.
    pub unit: Uuid,
    /// When, as the host's clock showed it. What decides the order is `seq`: a clock that was wrong and is right again gives an
    /// event an earlier time than the event before has.
    pub at: Timestamp,
    /// The principal that made it: `user:…`, `contact:…`, `service:…` or `system:…`.
    pub actor: String,
    /// On whose behalf, when it was not the actor's own wish.
    pub on_behalf_of: Option<String>,
    /// The rule, import or workflow that ran it.
    pub cause: Option<String>,
    /// The host's name for the request.
    pub request: Option<String>,
    /// The operation, such as `lead.qualify`.
    pub command: Cow<'static, str>,
    /// What happened to the record.
    pub verb: Verb,
    /// The kind of the record.
    pub kind: Cow<'static, str>,
    /// The record.
    pub record: Uuid,
    /// Version of the payload's form.
    pub format: u16,
    /// SHA-256 of salt, reason and payload: what the chain holds of them.
    pub digest: Hash,
    /// Random; gone when the person was erased.
    pub salt: Option<[u8; 16]>,
    /// Why, in the caller's words; outside the chain, as it may name people.
    pub reason: Option<String>,
    /// The change as JSON; gone when the person was erased.
    pub payload: Option<String>,
    /// Hash of the event before and of everything here but salt, reason and payload.
    pub hash: Hash,
}

/// The form of payloads that this version writes.
pub const FORMAT: u16 = 1;

impl Event {
    /// Gives the event its place after `head`, and moves `head` to it.
    pub fn seal(&mut self, head: &mut Head) {
        self.seq = head.seq + 1;
        if let Some(salt) = &self.salt {
            self.digest = digest(salt, self.reason.as_deref(), self.payload.as_deref());
        }
        self.hash = self.chained(&head.hash);
        *head = Head { seq: self.seq, at: self.at, hash: self.hash };
    }

    /// Takes out what the chain does not hold: salt, reason and payload.
    pub fn blank(&mut self) {
        (self.salt, self.reason, self.payload) = (None, None, None);
    }

    fn chained(&self, previous: &Hash) -> Hash {
        let mut sha = Sha256::new();
        sha.update(previous);
        sha.update(self.seq.to_be_bytes());
        sha.update(self.unit.as_bytes());
        sha.update(self.at.micros().to_be_bytes());
        for text in [
            Some(self.actor.as_str()),
            self.on_behalf_of.as_deref(),
            self.cause.as_deref(),
            self.request.as_deref(),
            Some(&*self.command),
            Some(self.verb.as_str()),
            Some(&*self.kind),
        ] {
            update_text(&mut sha, text);
        }
        sha.update(self.record.as_bytes());
        sha.update(self.format.to_be_bytes());
        sha.update(self.digest);
        sha.finalize().into()
    }

    /// Checks that the event follows `head` unchanged, and moves `head` to it. Error: `ledger.broken`.
    pub fn verify(&self, head: &mut Head) -> Result<()> {
        let broken = |problem: &str| Err(LEDGER_BROKEN.with("seq", self.seq).with("problem", problem));
        if self.seq != head.seq + 1 {
            return broken("does not follow its predecessor");
        }
        let holds = match &self.salt {
            Some(salt) => self.digest == digest(salt, self.reason.as_deref(), self.payload.as_deref()),
            // Without its salt nothing vouches for what it says: an erased event says nothing. That it may be blank is for a
            // later event to say, which names what an erasure took.
            None => self.payload.is_none() && self.reason.is_none(),
        };
        if !holds {
            return broken("has another payload than was written");
        }
        if self.hash != self.chained(&head.hash) {
            return broken("does not fit the chain");
        }
        *head = Head { seq: self.seq, at: self.at, hash: self.hash };
        Ok(())
    }
}

fn update_text(sha: &mut Sha256, text: Option<&str>) {
    // The length distinguishes absent, empty and shifted texts.
    let length = text.map_or(u64::MAX, |text| text.len() as u64);
    sha.update(length.to_be_bytes());
    sha.update(text.unwrap_or_default());
}

fn digest(salt: &[u8; 16], reason: Option<&str>, payload: Option<&str>) -> Hash {
    let mut sha = Sha256::new();
    sha.update(salt);
    update_text(&mut sha, reason);
    update_text(&mut sha, payload);
    sha.finalize().into()
}

/// The events that are wanted.
#[derive(Clone, Debug, Default)]
pub struct EventQuery {
    /// After this sequence number; with `backwards`, before it (0: from the end).
    pub after: Seq,
    /// At most so many.
    pub limit: usize,
    /// Only those of these records, each by its kind and its id: an id alone names no record.
    pub records: Option<Vec<(&'static str, Uuid)>>,
    /// Only those of this unit.
    pub unit: Option<Uuid>,
    /// Only those of this cause.
    pub cause: Option<String>,
    /// Newest first.
    pub backwards: bool,
}

/// The payload of an event that erases others: `{"events": [[first, last], …]}`, ranges of their numbers, both ends included.
pub fn erasure(events: &[(Seq, Seq)]) -> String {
    serde_json::json!({ "events": events }).to_string()
}

/// The same where fields of the record were emptied as well, which makes a new version of it: `{"events": …, "fields": ["email", …]}`,
/// the paths of their columns.
pub(crate) fn emptying(events: &[(Seq, Seq)], fields: &[&str]) -> String {
    serde_json::json!({ "events": events, "fields": fields }).to_string()
}

/// What an event erased.
#[derive(Default, Deserialize)]
struct ErasedBy {
    events: Vec<(Seq, Seq)>,
    #[serde(default)]
    fields: Vec<String>,
}

fn erased_by(event: &Event) -> ErasedBy {
    let named = event.payload.as_deref().filter(|_| event.verb == Verb::Erased);
    named.and_then(|payload| serde_json::from_str(payload).ok()).unwrap_or_default()
}

/// The ranges of events that an event erased.
pub fn erased(event: &Event) -> Vec<(Seq, Seq)> {
    erased_by(event).events
}

/// The columns that an event emptied, by index; none where it left the record as it was.
pub(crate) fn emptied(def: &RecordDef, event: &Event) -> Vec<usize> {
    erased_by(event).fields.iter().filter_map(|path| def.column(path)).collect()
}

/// Whether a record has a new version by an event.
pub(crate) fn changes_version(event: &Event) -> bool {
    event.verb != Verb::Erased || !erased_by(event).fields.is_empty()
}

/// Whether history has a column: not what is derivable, or the same as the event's own.
pub(crate) fn recorded(def: &RecordDef, index: usize) -> bool {
    index != def.id
        && index != def.version
        && index != def.created_at
        && index != def.updated_at
        && Some(index) != def.erased_at
        && def.columns.get(index).is_some_and(|column| column.derived.is_none())
}

/// The payload of a creation or a purge: `{path: value}` without nulls.
pub fn contents(def: &RecordDef, row: &Row) -> String {
    let mut out = String::with_capacity(256);
    out.push('{');
    for (index, column) in def.columns.iter().enumerate() {
        let value = row.get(index);
        if value.is_null() || !recorded(def, index) {
            continue;
        }
        open(&mut out, &column.path);
        value.write_json(&mut out);
    }
    out.push('}');
    out
}

/// Whether something that history records has changed.
pub fn differs(def: &RecordDef, before: &Row, after: &Row) -> bool {
    (0..def.columns.len()).any(|index| before.get(index) != after.get(index) && recorded(def, index))
}

/// The payload of an update, `{path: [from, to]}`; `None` when nothing that history records has changed.
pub fn difference(def: &RecordDef, before: &Row, after: &Row) -> Option<String> {
    let mut out = String::with_capacity(128);
    out.push('{');
    for (index, column) in def.columns.iter().enumerate() {
        let (from, to): (&Value, &Value) = (before.get(index), after.get(index));
        if from == to || !recorded(def, index) {
            continue;
        }
        open(&mut out, &column.path);
        out.push('[');
        from.write_json(&mut out);
        out.push(',');
        to.write_json(&mut out);
        out.push(']');
    }
    out.push('}');
    (out.len() > 2).then_some(out)
}

fn open(out: &mut String, path: &str) {
    if out.len() > 1 {
        out.push(',');
    }
    write_json_text(out, path);
    out.push(':');
}
