//! One call of the door as a unit: opened with the actor, ended with changes, events and host rules.

use std::{
    borrow::Cow,
    cell::RefCell,
    collections::{HashMap, hash_map},
};

use uuid::Uuid;

use super::{Context, Environment};
use crate::{
    access::{Action, Principal},
    envelope::Envelope,
    error::{Result, codes},
    index,
    ledger::{self, Event, Verb},
    lookup::Lookup,
    memo::Made,
    record::{RecordDef, Ref, Row},
    rule::Case,
    store::{Batch, Change, Transaction},
    time,
};

/// The operation that makes a tenant; every other needs one.
pub const FOUNDING: &str = "org.create";

/// On what terms a change is let in.
pub(crate) struct Terms {
    pub(crate) operation: &'static str,
    pub(crate) def: &'static RecordDef,
    pub(crate) action: Action,
    pub(crate) trashed: bool,
    /// Whether it holds the expected version against a record, though it names none to the door.
    pub(crate) expects_version: bool,
}

/// The hidden fields of records, by their ids.
pub(crate) type Hidden = HashMap<Uuid, Vec<&'static str>>;

impl<'a> Context<'a> {
    /// Opens a unit: the moment, the actor, the tenant. Errors: `org.unknown`, `actor.inactive`.
    pub(crate) async fn open(
        tx: &'a mut dyn Transaction,
        environment: &'a Environment,
        org: Uuid,
        principal: &Principal,
        operation: Cow<'static, str>,
        envelope: &'a Envelope,
    ) -> Result<Self> {
        let head = tx.head();
        if head.seq == 0 && operation != FOUNDING {
            return Err(codes::ORG_UNKNOWN.with("org", org));
        }
        let actor = environment.directory.actor(tx, principal).await?;
        if let Some(user) = envelope.on_behalf_of
            && !environment.directory.knows(tx, user).await?
        {
            let problem = "name a user of this organisation";
            return Err(codes::FIELD_INVALID.with("field", "on_behalf_of").with("problem", problem));
        }
        let clock = environment.clock.now();
        let ahead =
            time::ahead(clock, environment.largest_jump, &head, tx.clock().filter(|_| !environment.clock.is_set()));
        let now = time::dated(clock, &head);
        let unit = envelope.unit.unwrap_or_else(|| environment.ids.id(now));
        let acting = actor.principal.to_string();
        Ok(Self {
            tx,
            environment,
            org,
            actor,
            acting,
            now,
            ahead,
            unit,
            operation,
            envelope,
            cause: envelope.cause.clone(),
            entries: HashMap::default(),
            touched: Vec::new(),
            definitions: None,
            kept: Made::default(),
            lookup: Lookup::default(),
            permitted: RefCell::default(),
            trail: None,
            named: HashMap::new(),
            again: false,
        })
    }

    /// The row of the record that a change names: seen by the actor, authorized, and in the version that the caller expects.
    pub(crate) async fn admitted(&mut self, terms: &Terms, record: &Ref<()>) -> Result<Row> {
        let row = self.visible_row(terms.def, record, terms.trashed).await?;
        self.authorize(terms.def, &row, terms.action).await?;
        self.expect_version(terms.def, &row)?;
        Ok(row)
    }

    /// Lets a change of the kind in, or refuses it.
    pub(crate) fn admit_to_kind(&self, terms: &Terms) -> Result<()> {
        if self.envelope.expected_version.is_some() && !terms.expects_version {
            return Err(codes::VERSION_WITHOUT_TARGET.with("operation", terms.operation));
        }
        self.authorize_kind(terms.def, terms.action)
    }

    /// Refuses when the caller has seen another version of the record. Error: `version.conflict`.
    pub fn expect_version(&self, def: &RecordDef, row: &Row) -> Result<()> {
        self.expect(def.kind, row.get(def.version).as_int().unwrap_or_default())
    }

    fn expect(&self, kind: &str, actual: i64) -> Result<()> {
        match self.envelope.expected_version {
            Some(expected) if expected != actual => {
                Err(codes::VERSION_CONFLICT.with("kind", kind).with("expected", expected).with("actual", actual))
            }
            _ => Ok(()),
        }
    }

    /// What the policy hides of the records that were loaded or made.
    pub(crate) fn hidden_of_touched(&self) -> Result<Hidden> {
        let mut by_kind: HashMap<&'static str, Vec<&'static str>> = HashMap::new();
        let mut hidden = Hidden::new();
        for ((kind, id), entry) in &self.entries {
            let fields = match by_kind.entry(kind) {
                hash_map::Entry::Occupied(known) => known.into_mut(),
                hash_map::Entry::Vacant(place) => place.insert(self.hidden(entry.of)?),
            };
            if !fields.is_empty() {
                // What stands in an answer has an id and no kind: of two kinds with one id, both hide what they hide.
                hidden.entry(*id).or_default().extend(fields.iter().copied());
            }
        }
        Ok(hidden)
    }

    /// Writes what is pending, with its events, after the host's rules were asked.
    pub(crate) async fn flush(&mut self) -> Result<()> {
        self.write_pending(false).await
    }

    /// The same at the end of the call: what is written need not be remembered.
    pub(crate) async fn finish(&mut self) -> Result<()> {
        self.write_pending(true).await
    }

    async fn write_pending(&mut self, last: bool) -> Result<()> {
        if self.touched.is_empty() {
            return Ok(());
        }
        self.trace_flush();
        let touched = std::mem::take(&mut self.touched);
        let mut batch = Batch::default();
        for key in touched {
            let indexed = self.indexed(&key).await?;
            let Some(entry) = self.entries.get_mut(&key) else { continue };
            if !entry.dirty {
                continue;
            }
            entry.dirty = false;
            let (of, before) = (entry.of, entry.before.take());
            let after = if last { entry.now.take() } else { entry.now.clone() };
            if !last {
                entry.before.clone_from(&after);
            }
            if before.is_none() && after.is_none() {
                continue;
            }
            self.ask_rules_about(of, before.as_ref(), after.as_ref())?;
            if of.ledger {
                let (verb, payload) = match (&before, &after) {
                    (None, Some(row)) => (Verb::Created, Some(ledger::contents(of, row))),
                    (Some(row), None) => (Verb::Purged, Some(ledger::contents(of, row))),
                    (Some(before), Some(after)) => (Verb::Updated, ledger::difference(of, before, after)),
                    (None, None) => continue,
                };
                if let Some(payload) = payload {
                    batch.events.push(self.event(of.kind, key.1, verb, payload));
                }
            }
            let (add, remove) = index::changes(of, before.as_ref(), after.as_ref(), &indexed);
            batch.changes.push(Change { of, before, after, add, remove });
        }
        if let Some(ahead) = &self.ahead {
            return Err(ahead.clone());
        }
        self.tx.apply(batch).await
    }

    async fn indexed(&mut self, key: &(&'static str, Uuid)) -> Result<Vec<String>> {
        let Some(entry) = self.entries.get(key) else { return Ok(Vec::new()) };
        let has_custom = entry.of.custom.is_some_and(|column| {
            [&entry.before, &entry.now].into_iter().flatten().any(|row| !row.get(column).is_null())
        });
        if !has_custom {
            return Ok(Vec::new());
        }
        let definitions = self.definitions().await?;
        let indexed = definitions.iter().filter(|field| field.indexed && field.of_kind == key.0);
        Ok(indexed.map(|field| field.name.clone()).collect())
    }

    /// Asks the host's rules about a record that waits to be written.
    pub(crate) fn ask_rules(&self, of: &'static RecordDef, id: Uuid) -> Result<()> {
        match self.entries.get(&(of.kind, id)) {
            Some(entry) => self.ask_rules_about(of, entry.before.as_ref(), entry.now.as_ref()),
            None => Ok(()),
        }
    }

    fn ask_rules_about(&self, of: &'static RecordDef, before: Option<&Row>, after: Option<&Row>) -> Result<()> {
        let case = Case { operation: &self.operation, actor: &self.actor, of, before, after, now: self.now };
        self.environment.rules.iter().try_for_each(|rule| rule.guard(&case))
    }

    pub(crate) fn event(&self, kind: &'static str, record: Uuid, verb: Verb, payload: String) -> Event {
        Event {
            seq: 0,
            unit: self.unit,
            at: self.now,
            actor: self.acting.clone(),
            on_behalf_of: self.envelope.on_behalf_of.map(|user| format!("user:{user}")),
            cause: self.cause.clone(),
            request: self.envelope.request_id.clone(),
            command: self.operation.clone(),
            verb,
            kind: Cow::Borrowed(kind),
            record,
            format: ledger::FORMAT,
            digest: [0; 32],
            salt: Some(self.environment.ids.salt()),
            reason: self.envelope.reason.clone(),
            payload: Some(payload),
            hash: [0; 32],
        }
    }
}
