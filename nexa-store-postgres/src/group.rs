//! Many units in one transaction: they run side by side on what was committed, and are accepted one after another.
//!
//! A unit whose answers were changed by one before it runs again on what that one left. So all of them end as if they had
//! run in their order, and what they ask for together is asked for once.

use std::collections::{HashMap, hash_map::Entry};

use nexa_core::kernel::{
    error::Result,
    ledger::{Event, Head},
    record::{RecordDef, Row},
    store::{Aggregate, Change, Key, Select},
    value::Value,
};

use crate::{
    failure::Failure,
    link::Link,
    overlay::Overlay,
    script::{Answered, Asked, Script, Step},
    tenants::Unit,
    write::{self, Net},
};

/// What a group came to; its transaction is still open.
pub(crate) struct Ran {
    /// What to answer each unit; those with none have to run alone.
    pub(crate) results: Vec<Option<Result<()>>>,
    /// Whether there is something to commit.
    pub(crate) written: bool,
}

/// What a unit was answered.
enum Read {
    Load { of: &'static RecordDef, by: Key, values: Vec<Value>, answer: Vec<Row> },
    Select(Select, Vec<Row>),
    Aggregate(Aggregate),
    Events,
}

impl Read {
    /// Whether it would be answered differently after these changes.
    fn is_stale(&self, overlay: &Overlay) -> bool {
        match self {
            Self::Load { of, by, values, answer } => overlay.concerns_load(of, *by, values, answer),
            Self::Select(query, answer) => overlay.concerns_select(query, answer),
            Self::Aggregate(query) => overlay.concerns_aggregate(query),
            Self::Events => !overlay.is_empty(),
        }
    }
}

/// A unit on its way.
struct Member {
    script: Script,
    waits: Option<Asked>,
    reads: Vec<Read>,
    own: Overlay,
    changes: Vec<Change>,
    events: Vec<Event>,
    ended: Option<Result<()>>,
    /// Whether it needs a transaction of its own.
    alone: bool,
}

impl Member {
    fn start(unit: &Unit, head: Head) -> Self {
        Self {
            script: Script::start(&unit.work, head, true),
            waits: None,
            reads: Vec::new(),
            own: Overlay::default(),
            changes: Vec::new(),
            events: Vec::new(),
            ended: None,
            alone: false,
        }
    }

    fn runs(&self) -> bool {
        self.ended.is_none() && !self.alone
    }

    /// Runs until it needs what is not known yet, or to its end; `before` is what earlier members changed.
    fn advance(&mut self, cache: &Cache, before: &Overlay) {
        while self.runs() {
            let asked = match self.waits.take() {
                Some(asked) => asked,
                None => match self.script.step() {
                    Step::Ends(result) => {
                        // What it refused after it had applied something, it may have refused for want of an answer.
                        self.alone = self.script.looked() || (result.is_err() && !self.changes.is_empty());
                        self.ended = Some(result);
                        return;
                    }
                    Step::Asks(Asked::Apply(batch)) => {
                        batch.changes.iter().for_each(|change| self.own.lay(change));
                        self.changes.extend(batch.changes);
                        self.events.extend(batch.events);
                        self.script.answer(Ok(Answered::Applied));
                        continue;
                    }
                    Step::Asks(asked) => asked,
                },
            };
            match cache.answer(&asked) {
                None => {
                    self.waits = Some(asked);
                    return;
                }
                Some(answer) => self.take(asked, answer, before),
            }
        }
    }

    fn take(&mut self, asked: Asked, answer: Answered, before: &Overlay) {
        let (read, answer) = match (asked, answer) {
            (Asked::Load { of, by, values }, Answered::Rows(mut rows)) => {
                before.adjust(of, by, &values, &mut rows);
                let seen = rows.clone();
                self.own.adjust(of, by, &values, &mut rows);
                (Read::Load { of, by, values, answer: seen }, Answered::Rows(rows))
            }
            (Asked::Select(query), Answered::Rows(rows)) => (Read::Select(query, rows.clone()), Answered::Rows(rows)),
            (Asked::Aggregate(query), rows) => (Read::Aggregate(query), rows),
            (_, answer) => (Read::Events, answer),
        };
        // A load was brought up to date; any other answer has to be right as it is stored.
        if !matches!(read, Read::Load { .. }) && (read.is_stale(before) || read.is_stale(&self.own)) {
            self.alone = true;
            return;
        }
        self.reads.push(read);
        self.script.answer(Ok(answer));
    }
}

/// What was read from the storage in this transaction.
#[derive(Default)]
struct Cache {
    rows: HashMap<(usize, usize, Value), Vec<Row>>,
    named: HashMap<(usize, Value, Value), Vec<Row>>,
    selects: HashMap<String, Vec<Row>>,
    events: HashMap<String, Vec<Event>>,
}

fn address(def: &'static RecordDef) -> usize {
    std::ptr::from_ref(def).addr()
}

impl Cache {
    /// The answer, when everything that it needs was read.
    fn answer(&self, asked: &Asked) -> Option<Answered> {
        match asked {
            Asked::Load { of, by: Key::Column(column), values } => {
                let mut found: Vec<Row> = Vec::with_capacity(values.len());
                for value in values.iter().filter(|value| !value.is_null()) {
                    found.extend(self.rows.get(&(address(of), *column, value.clone()))?.iter().cloned());
                }
                Some(Answered::Rows(ordered(of, found)))
            }
            Asked::Load { of, by: Key::External, values } => {
                let mut found: Vec<Row> = Vec::new();
                for [system, key] in values.as_chunks::<2>().0 {
                    found.extend(self.named.get(&(address(of), system.clone(), key.clone()))?.iter().cloned());
                }
                Some(Answered::Rows(ordered(of, found)))
            }
            Asked::Select(query) => self.selects.get(&format!("{query:?}")).cloned().map(Answered::Rows),
            Asked::Aggregate(query) => self.selects.get(&format!("{query:?}")).cloned().map(Answered::Rows),
            Asked::Events(query) => self.events.get(&format!("{query:?}")).cloned().map(Answered::Events),
            Asked::Apply(_) => None,
        }
    }

    /// Reads what is asked for and not known, each table once.
    async fn fetch(&mut self, link: &mut Link<'_>, asked: impl Iterator<Item = &Asked>) -> Result<(), Failure> {
        let mut columns: Vec<(&'static RecordDef, usize, Vec<Value>)> = Vec::new();
        let mut names: Vec<(&'static RecordDef, Vec<Value>)> = Vec::new();
        for asked in asked {
            match asked {
                Asked::Load { of, by: Key::Column(column), values } => {
                    let place = columns.iter().position(|(def, by, _)| std::ptr::eq(*def, *of) && by == column);
                    let place = place.unwrap_or_else(|| {
                        columns.push((*of, *column, Vec::new()));
                        columns.len() - 1
                    });
                    let Some((.., wanted)) = columns.get_mut(place) else { continue };
                    for value in values.iter().filter(|value| !value.is_null()) {
                        let known = self.rows.entry((address(of), *column, value.clone()));
                        if let Entry::Vacant(free) = known {
                            free.insert(Vec::new());
                            wanted.push(value.clone());
                        }
                    }
                }
                Asked::Load { of, by: Key::External, values } => {
                    let place = names.iter().position(|(def, _)| std::ptr::eq(*def, *of)).unwrap_or_else(|| {
                        names.push((*of, Vec::new()));
                        names.len() - 1
                    });
                    let Some((_, wanted)) = names.get_mut(place) else { continue };
                    for [system, key] in values.as_chunks::<2>().0 {
                        let known = self.named.entry((address(of), system.clone(), key.clone()));
                        if let Entry::Vacant(free) = known {
                            free.insert(Vec::new());
                            wanted.extend([system.clone(), key.clone()]);
                        }
                    }
                }
                Asked::Select(query) => {
                    if let Entry::Vacant(free) = self.selects.entry(format!("{query:?}")) {
                        free.insert(link.select(query).await?);
                    }
                }
                Asked::Aggregate(query) => {
                    if let Entry::Vacant(free) = self.selects.entry(format!("{query:?}")) {
                        free.insert(link.aggregate(query).await?);
                    }
                }
                Asked::Events(query) => {
                    if let Entry::Vacant(free) = self.events.entry(format!("{query:?}")) {
                        free.insert(link.events(query).await?);
                    }
                }
                Asked::Apply(_) => {}
            }
        }
        for (of, column, wanted) in columns.into_iter().filter(|(.., wanted)| !wanted.is_empty()) {
            for row in link.load_rows(of, column, &wanted).await? {
                if let Some(rows) = self.rows.get_mut(&(address(of), column, row.get(column).clone())) {
                    rows.push(row);
                }
            }
        }
        for (of, wanted) in names.into_iter().filter(|(_, wanted)| !wanted.is_empty()) {
            for (system, key, row) in link.load_named(of, &wanted).await? {
                if let Some(rows) = self.named.get_mut(&(address(of), Value::Text(system), Value::Text(key))) {
                    rows.push(row);
                }
            }
        }
        Ok(())
    }
}

fn ordered(of: &RecordDef, mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by_key(|row| row.id(of));
    rows.dedup_by_key(|row| row.id(of));
    rows
}

/// Runs units on an open transaction that holds the tenant. After a failure the transaction is to be rolled back.
pub(crate) async fn run(link: &mut Link<'_>, units: &[&Unit], mut head: Head) -> Result<Ran, Failure> {
    let mut cache = Cache::default();
    let nothing = Overlay::default();
    let started = head;
    let mut members: Vec<Member> = units.iter().map(|unit| Member::start(unit, started)).collect();
    loop {
        members.iter_mut().for_each(|member| member.advance(&cache, &nothing));
        let waiting: Vec<&Asked> = members.iter().filter_map(|member| member.waits.as_ref()).collect();
        if waiting.is_empty() {
            break;
        }
        cache.fetch(link, waiting.into_iter()).await?;
    }
    let mut results = Vec::with_capacity(units.len());
    let (mut before, mut net, mut events) = (Overlay::default(), Net::default(), Vec::new());
    for (unit, mut member) in units.iter().zip(members) {
        if member.reads.iter().any(|read| read.is_stale(&before)) {
            member = again(link, unit, started, &mut cache, &before).await?;
        }
        let ended = member.ended.filter(|_| !member.alone);
        if let Some(Ok(())) = ended {
            for change in member.changes {
                before.lay(&change);
                net.add(change);
            }
            for mut event in member.events {
                event.seal(&mut head);
                events.push(event);
            }
        }
        results.push(ended);
    }
    let written = !before.is_empty() || !events.is_empty();
    if written {
        write::write(link, net, &events, (!events.is_empty()).then_some(head)).await?;
    }
    Ok(Ran { results, written })
}

/// Runs a unit again, on what those before it left.
async fn again(
    link: &mut Link<'_>,
    unit: &Unit,
    head: Head,
    cache: &mut Cache,
    before: &Overlay,
) -> Result<Member, Failure> {
    let mut member = Member::start(unit, head);
    loop {
        member.advance(cache, before);
        let Some(asked) = &member.waits else { return Ok(member) };
        cache.fetch(link, std::iter::once(asked)).await?;
    }
}
