//! Many units in one transaction: they run side by side on what was committed, and are accepted one after another.
//!
//! A unit whose answers were changed by one before it runs again on what that one left. So all of them end as if they had
//! run in their order, and what they ask for together is asked for once.

use nexa_kernel::{
    error::Result,
    ledger::{Event, Head},
    record::{RecordDef, Row},
    store::{Aggregate, Change, Key, Select},
    value::{Timestamp, Value},
};
use uuid::Uuid;

use crate::{
    begin::Begun,
    cache::Cache,
    failure::Failure,
    link::Link,
    overlay::Overlay,
    script::{Answered, Asked, Script, Step},
    unit::Unit,
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
    Recorded(Vec<Uuid>),
}

impl Read {
    /// Whether it would be answered differently after these changes.
    fn is_stale(&self, overlay: &Overlay) -> bool {
        match self {
            Self::Load { of, by, values, answer } => overlay.concerns_load(of, *by, values, answer),
            Self::Select(query, answer) => overlay.concerns_select(query, answer),
            Self::Aggregate(query) => overlay.concerns_aggregate(query),
            Self::Events => !overlay.is_empty(),
            Self::Recorded(ids) => overlay.concerns_ids(ids),
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
    fn start(unit: &Unit, head: Head, clock: Option<Timestamp>) -> Self {
        Self {
            script: Script::start(&unit.work, head, clock, true),
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
                    Step::Asks(Asked::Apply(batch)) if !batch.erased.is_empty() => {
                        // What it reads of the ledger afterwards is not what is stored.
                        self.alone = true;
                        return;
                    }
                    Step::Asks(Asked::Apply(batch)) => {
                        batch.changes.iter().for_each(|change| self.own.lay(change));
                        self.changes.extend(batch.changes);
                        self.events.extend(batch.events);
                        self.script.answer(Ok(Answered::Done));
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
            (Asked::Prefetch(_), done) => {
                self.script.answer(Ok(done));
                return;
            }
            (Asked::Recorded(ids), answer) => (Read::Recorded(ids), answer),
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

/// Runs units on an open transaction that holds the tenant. After a failure the transaction is to be rolled back.
pub(crate) async fn run(link: &mut Link<'_>, units: &[&Unit], begun: Begun) -> Result<Ran, Failure> {
    let Begun { mut head, clock, mut cache } = begun;
    let nothing = Overlay::default();
    let started = head;
    let mut members: Vec<Member> = units.iter().map(|unit| Member::start(unit, started, clock)).collect();
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
            member = again(link, unit, (started, clock), &mut cache, &before).await?;
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
        write::write(link, net, &events, (!events.is_empty()).then_some(head), false).await?;
    }
    Ok(Ran { results, written })
}

/// Runs a unit again, on what those before it left.
async fn again(
    link: &mut Link<'_>,
    unit: &Unit,
    (head, clock): (Head, Option<Timestamp>),
    cache: &mut Cache,
    before: &Overlay,
) -> Result<Member, Failure> {
    let mut member = Member::start(unit, head, clock);
    loop {
        member.advance(cache, before);
        let Some(asked) = &member.waits else { return Ok(member) };
        cache.fetch(link, std::iter::once(asked)).await?;
    }
}
