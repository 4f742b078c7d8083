//! What an actor is given of each event of a page.
//!
//! Who may see a record depends on the record, on those that it hangs on, and on the actor. So an event may let records into
//! the actor's view or take them out of it that it does not name, and all of them are named to the reader: who forgets what
//! is gone and reads what changed has what `get` and `find` show.
//!
//! What left is judged by how things were: at an event of the record itself by every state of what it hung on since it was
//! made, for it may have left with that; at an event of what it hangs on by the record as it is now, for a later event of its
//! own is judged by itself. Work is bounded: a page ends early rather than read too much, and what is too much for one page is
//! answered with `access_changed`.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use uuid::Uuid;

use super::{
    FeedItem,
    chain::is_chained,
    past::{Back, Past, Turn},
    visibility::{Hanging, Visibility, touches},
};
use crate::{
    context::{Context, Instead},
    error::Result,
    ledger::{Event, EventQuery, Seq, Verb, changes_version},
    past::{Contents, contents},
    position::Position,
    query::{Change, change_of},
    record::{RecordDef, Row},
    value::Value,
};

/// How many events are read for a page to see how records were.
const MOST_PAST: usize = 10_000;
/// How many records are looked at for a page because they hang on one that changed.
const MOST_HANGING: usize = 1_000;

/// Who let a record appear by an event that the actor does not see, and with what.
const HIDDEN_ACTOR: &str = "system:access";
const HIDDEN_COMMAND: &str = "access.changed";

type Key = (&'static str, Uuid);

/// A page of the feed on its way to an actor.
pub(super) struct Reading {
    visibilities: HashMap<&'static str, Arc<Visibility>>,
    hanging: Vec<Hanging>,
    /// Where the page has events of a record.
    places: HashMap<Key, Vec<Seq>>,
    turns: HashMap<Key, Vec<Turn>>,
    /// Records that others are seen by, as they ever were.
    pub(super) states: HashMap<Key, Arc<[Row]>>,
    pub(super) past_left: usize,
    hanging_left: usize,
}

/// What is too much for this page.
pub(super) struct Spent;

pub(super) type Bounded<T> = Result<Result<T, Spent>>;

/// A value, or the end of the function when the page has no room for it.
macro_rules! within {
    ($bounded:expr) => {
        match $bounded {
            Ok(value) => value,
            Err(Spent) => return Ok(Err(Spent)),
        }
    };
}

impl Reading {
    /// Gets ready for these events: the records that they are about are read together.
    /// Of one kind it may be asked what happened.
    pub(super) async fn begin(
        cx: &mut Context<'_>,
        events: &[Event],
        asked: Option<&'static RecordDef>,
    ) -> Result<Self> {
        let mut reading = Self {
            visibilities: HashMap::new(),
            hanging: Vec::new(),
            places: HashMap::new(),
            turns: HashMap::new(),
            states: HashMap::new(),
            past_left: MOST_PAST,
            hanging_left: MOST_HANGING,
        };
        if let Some(def) = asked {
            for event in events.iter().filter(|event| event.kind == def.kind) {
                reading.places.entry((def.kind, event.record)).or_default().push(event.seq);
            }
        }
        if cx.actor.is_system() || events.is_empty() {
            return Ok(reading);
        }
        let environment = cx.environment;
        for def in environment.kinds.all().iter().filter(|def| def.ledger) {
            let visibility = reading.visibility(cx, def)?;
            reading.hanging.extend(Hanging::all(&visibility));
        }
        let mut ids: HashMap<&'static str, BTreeSet<Uuid>> = HashMap::new();
        for event in events {
            let Some(def) = environment.kinds.get(&event.kind) else { continue };
            ids.entry(def.kind).or_default().insert(event.record);
            reading.places.entry((def.kind, event.record)).or_default().push(event.seq);
        }
        let mut parents: HashMap<&'static str, BTreeSet<Uuid>> = HashMap::new();
        for (kind, ids) in ids {
            let Some(def) = environment.kinds.get(kind) else { continue };
            cx.look_up_values(def, def.id, ids.iter().copied().map(Value::Uuid).collect()).await?;
            for (column, of, _) in reading.visibility(cx, def)?.predicate.relations() {
                let rows = ids.iter().filter_map(|id| cx.current(def, *id));
                parents.entry(of.kind).or_default().extend(rows.flat_map(|row| row.pointed_at(column, of)));
            }
        }
        for (kind, ids) in parents {
            let Some(def) = environment.kinds.get(kind) else { continue };
            cx.look_up_values(def, def.id, ids.into_iter().map(Value::Uuid).collect()).await?;
        }
        Ok(reading)
    }

    /// A record before and after an event. `None` when it needs a page of its own, which the first event of a page has.
    pub(super) async fn happened(
        &mut self,
        cx: &mut Context<'_>,
        def: &'static RecordDef,
        event: &Event,
        first: bool,
    ) -> Result<Option<Turn>> {
        let current = cx.row(def, event.record).await?;
        let left = self.past_left;
        if first {
            self.past_left = usize::MAX;
        }
        let turn = self.turn(cx, def, event, current).await?.ok();
        if first {
            self.past_left = left;
        }
        Ok(turn)
    }

    fn visibility(&mut self, cx: &Context<'_>, def: &'static RecordDef) -> Result<Arc<Visibility>> {
        if let Some(known) = self.visibilities.get(def.kind) {
            return Ok(Arc::clone(known));
        }
        let visibility = Arc::new(Visibility::of(cx, def)?);
        self.visibilities.insert(def.kind, Arc::clone(&visibility));
        Ok(visibility)
    }

    /// What the actor is given of an event. `None` when it needs a page of its own, which the first event of a page has.
    pub(super) async fn items(
        &mut self,
        cx: &mut Context<'_>,
        event: Event,
        first: bool,
    ) -> Result<Option<Vec<FeedItem>>> {
        let environment = cx.environment;
        let Some(def) = environment.kinds.get(&event.kind) else { return Ok(Some(Vec::new())) };
        if cx.actor.is_system() {
            let change = change_of(event, &[]);
            return Ok(Some(change.map(|change| FeedItem::Changed(Box::new(change))).into_iter().collect()));
        }
        let visibility = self.visibility(cx, def)?;
        let current = cx.row(def, event.record).await?;
        let shown = match &current {
            // Trashed records are out of every list, but their history stays with who may see them.
            Some(row) => cx.sees(&visibility, row).await?,
            None => false,
        };
        let said = contents(&event);
        let mut anew = environment.directory.concerns(&cx.actor.principal, &event);
        let mut items = Vec::new();
        let seq = event.seq;
        let moved = match self.moved(cx, &visibility, &event, said.as_ref(), current, shown).await? {
            Ok(moved) => moved,
            Err(Spent) if first => {
                anew = true;
                Vec::new()
            }
            Err(Spent) => return Ok(None),
        };
        if shown && event.verb == Verb::Erased && changes_version(&event) {
            // What somebody has of it goes; then it is read anew.
            items.push(gone(seq, def, event.record));
        }
        if shown {
            items.extend(change_of(event, &visibility.hidden).map(|change| FeedItem::Changed(Box::new(change))));
        }
        items.extend(moved);
        if anew {
            items.push(FeedItem::AccessChanged { seq, position: Position::START });
        }
        Ok(Some(items))
    }

    /// What left or entered the actor's view with an event.
    async fn moved(
        &mut self,
        cx: &mut Context<'_>,
        visibility: &Visibility,
        event: &Event,
        said: Option<&Contents>,
        current: Option<Row>,
        shown: bool,
    ) -> Bounded<Vec<FeedItem>> {
        let (def, mut items) = (visibility.def, Vec::new());
        if matches!(event.verb, Verb::Created | Verb::Erased) {
            return Ok(Ok(items));
        }
        let purged = event.verb == Verb::Purged;
        if !shown && (purged || touches(def, said, &visibility.columns)) {
            let turn = within!(self.turn(cx, def, event, current.clone()).await?);
            if within!(self.left(cx, visibility, &turn).await?) {
                items.push(gone(event.seq, def, event.record));
            }
        }
        let hanging: Vec<usize> = (0..self.hanging.len())
            .filter(|at| {
                self.hanging.get(*at).is_some_and(|one| one.on.kind == def.kind && touches(def, said, &one.columns))
            })
            .collect();
        if purged || hanging.is_empty() {
            return Ok(Ok(items));
        }
        let turn = within!(self.turn(cx, def, event, current).await?);
        let mut done: BTreeSet<Key> = BTreeSet::new();
        for at in hanging {
            let Some(one) = self.hanging.get(at) else { continue };
            let (of, select) = (one.of, one.select(event.record, self.hanging_left + 1));
            let rows = cx.rows(&select).await?;
            if rows.len() > self.hanging_left {
                return Ok(Err(Spent));
            }
            self.hanging_left -= rows.len();
            let rows = rows.into_iter().filter(|row| done.insert((of.kind, row.id(of)))).collect();
            items.extend(within!(self.moved_with(cx, def, event, &turn, (of, rows), shown).await?));
        }
        Ok(Ok(items))
    }

    /// Which of the records that hang on one left or entered the actor's view with it.
    async fn moved_with(
        &mut self,
        cx: &mut Context<'_>,
        def: &'static RecordDef,
        event: &Event,
        turn: &Turn,
        (of, rows): (&'static RecordDef, Vec<Row>),
        shown: bool,
    ) -> Bounded<Vec<FeedItem>> {
        let visibility = self.visibility(cx, of)?;
        let (seq, mut left, mut items) = (event.seq, Vec::new(), Vec::new());
        for row in rows {
            let id = row.id(of);
            let instead = |row| Some(Instead { kind: def.kind, id: event.record, row });
            let mut was = cx.holds(&visibility.predicate, &row, instead(turn.before.as_ref()).as_ref()).await?;
            let is = cx.sees(&visibility, &row).await?;
            if is && !was {
                items.push(appeared(event, of, id, shown));
            }
            if !was && !is && is_chained(&visibility.predicate) {
                let before = instead(turn.before.as_ref());
                was = within!(self.ever_held(cx, &visibility.predicate, &row, before.as_ref()).await?);
            }
            if was && !is && !cx.holds(&visibility.predicate, &row, instead(turn.after.as_ref()).as_ref()).await? {
                left.push(id);
            }
        }
        if !left.is_empty() {
            // What was made later was not there to be seen.
            let query = EventQuery {
                after: seq,
                limit: self.past_left + 1,
                records: Some(left.iter().map(|id| (of.kind, *id)).collect()),
                backwards: false,
                ..EventQuery::default()
            };
            let later = cx.tx.events(&query).await?;
            if later.len() > self.past_left {
                return Ok(Err(Spent));
            }
            self.past_left -= later.len();
            let made: BTreeSet<Uuid> =
                later.iter().filter(|event| event.verb == Verb::Created).map(|event| event.record).collect();
            items.extend(left.into_iter().filter(|id| !made.contains(id)).map(|id| gone(seq, of, id)));
        }
        Ok(Ok(items))
    }

    /// Whether a record that is not shown was, and is not any more since this turn.
    async fn left(&mut self, cx: &mut Context<'_>, visibility: &Visibility, turn: &Turn) -> Bounded<bool> {
        let Some(before) = &turn.before else { return Ok(Ok(false)) };
        if let Some(after) = &turn.after
            && cx.sees(visibility, after).await?
        {
            return Ok(Ok(false));
        }
        if cx.sees(visibility, before).await? {
            return Ok(Ok(true));
        }
        if is_chained(&visibility.predicate) {
            return self.ever_held(cx, &visibility.predicate, before, None).await;
        }
        let relations: Vec<(usize, &'static RecordDef)> =
            visibility.predicate.relations().into_iter().map(|(column, of, _)| (column, of)).collect();
        if relations.is_empty() {
            return Ok(Ok(false));
        }
        let (def, id) = (visibility.def, before.id(visibility.def));
        let query = EventQuery {
            after: 0,
            limit: 1,
            records: Some(vec![(def.kind, id)]),
            backwards: false,
            ..EventQuery::default()
        };
        let made = cx.tx.events(&query).await?.first().map_or(0, |event| event.seq);
        for (column, of) in relations {
            for parent in before.pointed_at(column, of) {
                if (of.kind, parent) == (def.kind, id) {
                    continue;
                }
                let current = cx.row(of, parent).await?;
                let (mut past, mut until) = (Past::of(of, parent, current), Seq::MAX);
                loop {
                    let step = match past.step(cx, &mut self.past_left).await? {
                        Back::To(step) => step,
                        Back::Beginning => break,
                        Back::Spent => return Ok(Err(Spent)),
                    };
                    // What stood after this step stood until the one that was met before it.
                    if step.seq < turn.seq && until > made {
                        let instead = Instead { kind: of.kind, id: parent, row: step.after.as_ref() };
                        if cx.holds(&visibility.predicate, before, Some(&instead)).await? {
                            return Ok(Ok(true));
                        }
                    }
                    if step.seq <= made {
                        break;
                    }
                    until = step.seq;
                }
            }
        }
        Ok(Ok(false))
    }

    /// A record before and after an event of this page.
    async fn turn(
        &mut self,
        cx: &mut Context<'_>,
        def: &'static RecordDef,
        event: &Event,
        current: Option<Row>,
    ) -> Bounded<Turn> {
        let key = (def.kind, event.record);
        if !self.turns.contains_key(&key) {
            let places = self.places.get(&key).cloned().unwrap_or_default();
            let earliest = places.iter().copied().min().unwrap_or(event.seq);
            let (mut past, mut turns) = (Past::of(def, event.record, current), Vec::with_capacity(places.len()));
            loop {
                match past.step(cx, &mut self.past_left).await? {
                    Back::To(turn) => {
                        let seq = turn.seq;
                        if places.contains(&seq) {
                            turns.push(turn);
                        }
                        if seq <= earliest {
                            break;
                        }
                    }
                    Back::Beginning => break,
                    Back::Spent => return Ok(Err(Spent)),
                }
            }
            self.turns.insert(key, turns);
        }
        let turns = self.turns.get(&key).map(Vec::as_slice).unwrap_or_default();
        let found = turns.iter().find(|turn| turn.seq == event.seq).cloned();
        Ok(Ok(found.unwrap_or(Turn { seq: event.seq, before: None, after: None })))
    }
}

/// A record that came into view with one that it hangs on: the event changed nothing of it but that.
fn appeared(event: &Event, of: &RecordDef, id: Uuid, shown: bool) -> FeedItem {
    let if_shown = |text: &Option<String>| text.clone().filter(|_| shown);
    FeedItem::Changed(Box::new(Change {
        seq: event.seq,
        position: None,
        unit: event.unit,
        at: event.at,
        // Of an event that the actor does not see, nobody and nothing is named.
        actor: if shown { event.actor.clone() } else { HIDDEN_ACTOR.to_owned() },
        on_behalf_of: if_shown(&event.on_behalf_of),
        command: if shown { event.command.clone().into_owned() } else { HIDDEN_COMMAND.to_owned() },
        verb: Verb::Updated,
        kind: of.kind.to_owned(),
        record: id,
        reason: if_shown(&event.reason),
        cause: if_shown(&event.cause),
        changes: None,
    }))
}

fn gone(seq: Seq, def: &RecordDef, id: Uuid) -> FeedItem {
    FeedItem::Gone { seq, position: Position::START, kind: def.kind.to_owned(), id }
}
