//! What an undo is going to write, and what stands in the way.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::{
    Conflict, HAS_DEPENDENTS, HIDDEN, MERGED_AGAIN, NOT_UNDONE, Named, REFERENCE_GONE, Undone,
    inverse::{Obstacle, inverse},
    since::Since,
    unit::{Key, Unit},
};
use crate::{
    access::Action,
    context::Context,
    error::{Code, Error, Result},
    filter::Predicate,
    ledger::{EventQuery, Verb},
    record::{OnTrash, Record, RecordDef, Row, Topic},
    store::{Key as By, Prefetch, Select, Trash},
    value::Value,
};

/// The most dependents that a conflict names.
const MOST_NAMED: usize = 10;

/// What becomes of one record.
pub(super) struct Change {
    pub(super) def: &'static RecordDef,
    pub(super) id: Uuid,
    pub(super) before: Option<Row>,
    pub(super) after: Option<Row>,
    /// Whether somebody changed it since, so that what rules compute has to be computed again.
    pub(super) moved: bool,
    pub(super) conflicts: Vec<Conflict>,
}

impl Change {
    pub(super) const fn key(&self) -> Key {
        (self.def.kind, self.id)
    }
    pub(super) fn is_kept(&self) -> bool {
        !self.conflicts.is_empty()
    }
    /// The row as it will be.
    fn to_be(&self) -> Option<&Row> {
        if self.is_kept() { self.before.as_ref() } else { self.after.as_ref() }
    }
    fn is_live(row: Option<&Row>, def: &RecordDef) -> bool {
        row.is_some_and(|row| row.live(def))
    }
}

/// What an undo writes, in this order.
pub(super) struct Plan {
    pub(super) changes: Vec<Change>,
    places: HashMap<Key, usize>,
}

impl Plan {
    /// What a unit's records become.
    pub(super) async fn of(cx: &mut Context<'_>, unit: &Unit, since: &Since) -> Result<Self> {
        let mut ids: HashMap<&'static str, (&'static RecordDef, Vec<Value>)> = HashMap::new();
        for touched in &unit.touched {
            ids.entry(touched.def.kind).or_insert((touched.def, Vec::new())).1.push(Value::Uuid(touched.id));
        }
        for (def, ids) in ids.into_values() {
            cx.look_up_values(def, def.id, ids).await?;
        }
        let mut plan = Self { changes: Vec::new(), places: HashMap::new() };
        for touched in &unit.touched {
            let def = touched.def;
            let before = cx.row(def, touched.id).await?;
            let computed = match (cx.edited_of(def), &before) {
                (Some(edited), Some(row)) => (edited.computed)(row.clone())?,
                _ => &[],
            };
            let back = inverse(touched, before.as_ref(), computed);
            let key = (def.kind, touched.id);
            let fate = since.fate(key);
            plan.places.insert(key, plan.changes.len());
            let mut change =
                Change { def, id: touched.id, before, after: back.row, moved: fate.is_some(), conflicts: Vec::new() };
            let hidden = cx.hidden(def)?;
            let merged = def.merged_into.is_some_and(|column| {
                change.after.as_ref().is_some_and(|row| !row.get(column).is_null())
                    && change.before.as_ref().is_some_and(|row| !row.get(column).is_null())
            });
            let again = merged.then_some(Obstacle::of(MERGED_AGAIN));
            for obstacle in again.into_iter().chain(back.obstacles) {
                let path = if obstacle.code == MERGED_AGAIN { Some("merged_into") } else { obstacle.field.as_deref() };
                let later = fate.and_then(|fate| fate.of(path)).cloned();
                let mut conflict = conflict(&change, &obstacle.code, obstacle.field.as_deref(), &hidden);
                if conflict.field.is_some() {
                    (conflict.was, conflict.expected, conflict.found) =
                        (obstacle.was, obstacle.expected, obstacle.found);
                }
                if let Some(later) = later {
                    (conflict.unit, conflict.by, conflict.at) = (Some(later.unit), Some(later.by), Some(later.at));
                }
                change.conflicts.push(conflict);
            }
            plan.changes.push(change);
        }
        Ok(plan)
    }

    fn get(&self, key: Key) -> Option<&Change> {
        self.places.get(&key).and_then(|place| self.changes.get(*place))
    }

    /// Finds what else stands in the way, until what stays changes nothing more.
    pub(super) async fn find_conflicts(&mut self, cx: &mut Context<'_>, unit: &Unit) -> Result<()> {
        let mut pointing = self.pointing(cx).await?;
        pointing.retain(|_, dependents| !dependents.is_empty());
        self.forget_older(cx, unit, &mut pointing).await?;
        loop {
            let mut found: Vec<(usize, Conflict)> = Vec::new();
            for (place, change) in self.changes.iter().enumerate() {
                if change.is_kept() {
                    continue;
                }
                let dependents = pointing.get(&change.key()).map_or(&[][..], Vec::as_slice);
                let staying = self.staying(change, dependents);
                if !staying.is_empty() {
                    let mut conflict = conflict(change, &HAS_DEPENDENTS, None, &[]);
                    conflict.dependents = named(cx, &staying).await?;
                    found.push((place, conflict));
                } else if let Some(field) = self.pointing_nowhere(cx, change).await? {
                    let hidden = cx.hidden(change.def)?;
                    found.push((place, conflict(change, &REFERENCE_GONE, Some(&field), &hidden)));
                }
            }
            if found.is_empty() {
                return Ok(());
            }
            for (place, conflict) in found {
                if let Some(change) = self.changes.get_mut(place) {
                    change.conflicts.push(conflict);
                }
            }
        }
    }

    /// What of these will still need a record that leaves.
    fn staying<'d>(&self, change: &Change, dependents: &'d [Dependent]) -> Vec<&'d Dependent> {
        dependents.iter().filter(|dependent| dependent.stays(self, change)).collect()
    }

    /// The records that come with the undo: they are not there now.
    pub(super) fn coming(&self) -> Vec<Key> {
        let coming = self.changes.iter().filter(|change| change.before.is_none() && change.after.is_some());
        coming.map(Change::key).collect()
    }

    /// The records of a kind that are put back, as they are and as they become.
    pub(super) fn of_kind<R: Record>(&self) -> Result<Vec<(Option<R>, Option<R>)>> {
        let read = |row: &Option<Row>| row.clone().map(R::from_row).transpose();
        let changes = self.changes.iter().filter(|change| change.def.kind == R::def().kind && !change.is_kept());
        changes.map(|change| Ok((read(&change.before)?, read(&change.after)?))).collect()
    }

    /// The ids of records that go for good and of those that go into the trash, by their kinds.
    fn leaving(&self) -> HashMap<&'static str, (Vec<Value>, Vec<Value>)> {
        let mut leaving: HashMap<&'static str, (Vec<Value>, Vec<Value>)> = HashMap::new();
        for change in self.changes.iter().filter(|change| change.before.is_some()) {
            let (gone, trashed) = leaving.entry(change.def.kind).or_default();
            match &change.after {
                None => gone.push(Value::Uuid(change.id)),
                Some(row) if Change::is_live(change.before.as_ref(), change.def) && !row.live(change.def) => {
                    trashed.push(Value::Uuid(change.id));
                }
                Some(_) => {}
            }
        }
        leaving.retain(|_, (gone, trashed)| !gone.is_empty() || !trashed.is_empty());
        leaving
    }

    /// What is about a record may outlive it: of one that was there before the unit, and gone, that is no news.
    async fn forget_older(
        &self,
        cx: &mut Context<'_>,
        unit: &Unit,
        pointing: &mut HashMap<Key, Vec<Dependent>>,
    ) -> Result<()> {
        for ((kind, id), dependents) in pointing {
            if dependents.iter().all(|dependent| dependent.column.is_some()) {
                continue;
            }
            let query = EventQuery { limit: 1, records: Some(vec![(*kind, *id)]), ..EventQuery::default() };
            if cx.events(&query).await?.first().is_some_and(|first| first.seq < unit.first) {
                dependents.retain(|dependent| dependent.column.is_some());
            }
        }
        Ok(())
    }

    /// What points at records that leave: for good, or into the trash where that needs them.
    async fn pointing(&self, cx: &mut Context<'_>) -> Result<HashMap<Key, Vec<Dependent>>> {
        let leaving = self.leaving();
        let mut found: HashMap<Key, Vec<Dependent>> = HashMap::new();
        if leaving.is_empty() {
            return Ok(found);
        }
        for of in cx.environment.kinds.all().to_vec() {
            for relation in &of.relations {
                let Some((gone, trashed)) = leaving.get(relation.kind) else { continue };
                let needs = relation.on_trash == Some(OnTrash::Refuse);
                let ids: Vec<Value> = gone.iter().chain(trashed.iter().filter(|_| needs)).cloned().collect();
                if ids.is_empty() {
                    continue;
                }
                let query = Select { trash: Trash::Any, ..Select::all(of, 1) };
                for row in cx.every_row(query.filtered(Predicate::In(relation.column, ids))).await? {
                    let Some(id) = row.get(relation.column).as_uuid() else { continue };
                    let dependent = Dependent { of, id: row.id(of), column: Some(relation.column), live: row.live(of) };
                    found.entry((relation.kind, id)).or_default().push(dependent);
                }
            }
            for topic in of.follows.iter().copied() {
                for (kind, (gone, _)) in &leaving {
                    let mut about = Prefetch::about(of, topic, (kind, Uuid::nil()));
                    about.values = topic_values(of, topic, kind, gone);
                    if about.values.is_empty() {
                        continue;
                    }
                    for row in cx.tx.load(of, By::Column(about.column), &about.values).await? {
                        for (_, id) in topic.named(&row).into_iter().filter(|(named, _)| named == kind) {
                            let dependent = Dependent { of, id: row.id(of), column: None, live: row.live(of) };
                            found.entry((*kind, id)).or_default().push(dependent);
                        }
                    }
                }
            }
        }
        Ok(found)
    }

    /// The field of a record that would point at nothing, or being live at what is in the trash and needed.
    async fn pointing_nowhere(&self, cx: &mut Context<'_>, change: &Change) -> Result<Option<String>> {
        let (def, Some(after)) = (change.def, &change.after) else { return Ok(None) };
        for relation in &def.relations {
            let Some(id) = after.get(relation.column).as_uuid() else { continue };
            let returns = !Change::is_live(change.before.as_ref(), def) && after.live(def);
            if !returns
                && change
                    .before
                    .as_ref()
                    .is_some_and(|before| before.get(relation.column) == after.get(relation.column))
            {
                continue;
            }
            let of = cx.kind(relation.kind)?;
            let there = match self.get((of.kind, id)) {
                Some(other) => other.to_be().cloned(),
                None => cx.row(of, id).await?,
            };
            let needed = after.live(def) && relation.on_trash == Some(OnTrash::Refuse);
            if there.is_none_or(|there| needed && !there.live(of)) {
                return Ok(def.columns.get(relation.column).map(|column| column.path.clone()));
            }
        }
        Ok(None)
    }

    /// What the undo answers.
    pub(super) fn answer(self, unit: &Unit, by: Uuid) -> Undone {
        let (mut reversed, mut kept) = (Vec::new(), Vec::new());
        for change in self.changes {
            if change.is_kept() {
                kept.extend(change.conflicts);
            } else {
                reversed.push(Named { kind: change.def.kind.to_owned(), id: change.id });
            }
        }
        let not_undone = NOT_UNDONE.map(str::to_owned).to_vec();
        Undone { unit: by, undone: unit.id, reversed, kept, not_undone, next: None }
    }
}

/// A record that points at one which leaves.
struct Dependent {
    of: &'static RecordDef,
    id: Uuid,
    /// The column that points; `None` where it is about the other.
    column: Option<usize>,
    live: bool,
}

impl Dependent {
    /// Whether it will still need what leaves.
    fn stays(&self, plan: &Plan, leaving: &Change) -> bool {
        let gone = leaving.after.is_none();
        match plan.get((self.of.kind, self.id)) {
            None => gone || self.live,
            Some(change) => change.to_be().is_some_and(|row| {
                let points = match self.column {
                    Some(column) => row.get(column).as_uuid() == Some(leaving.id),
                    None => self.of.follows.iter().any(|topic| {
                        topic.named(row).iter().any(|(kind, id)| kind == leaving.def.kind && *id == leaving.id)
                    }),
                };
                points && (gone || row.live(self.of))
            }),
        }
    }
}

/// By what rows about one of these records are found.
fn topic_values(of: &'static RecordDef, topic: Topic, kind: &str, ids: &[Value]) -> Vec<Value> {
    ids.iter().filter_map(Value::as_uuid).flat_map(|id| Prefetch::about(of, topic, (kind, id)).values).collect()
}

/// The records among these that the actor sees.
async fn named(cx: &mut Context<'_>, dependents: &[&Dependent]) -> Result<Vec<Named>> {
    let mut found: Vec<Named> = Vec::new();
    let mut seen: HashSet<Key> = HashSet::new();
    for dependent in dependents {
        if found.len() == MOST_NAMED {
            break;
        }
        if seen.insert((dependent.of.kind, dependent.id))
            && let Some(row) = cx.row(dependent.of, dependent.id).await?
            && cx.allows(dependent.of, &row, Action::Read).await?
        {
            found.push(Named { kind: dependent.of.kind.to_owned(), id: dependent.id });
        }
    }
    Ok(found)
}

/// A conflict of a record; a field that is hidden is not named.
fn conflict(change: &Change, code: &Code, field: Option<&str>, hidden: &[&'static str]) -> Conflict {
    let shown = field.filter(|field| !hidden.contains(&field.split('.').next().unwrap_or_default()));
    let error = code.with("kind", change.def.kind).with("field", shown.unwrap_or("a field"));
    of_error(change, &error, shown)
}

/// A conflict of a record by what refused it.
pub(super) fn of_error(change: &Change, error: &Error, field: Option<&str>) -> Conflict {
    Conflict {
        kind: change.def.kind.to_owned(),
        id: change.id,
        code: error.code().to_owned(),
        message: error.message(),
        field: field.map(str::to_owned),
        was: None,
        expected: None,
        found: None,
        unit: None,
        by: None,
        at: None,
        dependents: Vec::new(),
    }
}

impl Context<'_> {
    /// Refuses where the actor does not see each record, or may not change it so. Errors: `undo.hidden`, `access.denied`.
    pub(super) async fn authorize_undo(&mut self, unit: &Unit, plan: &Plan) -> Result<()> {
        for (change, touched) in plan.changes.iter().zip(&unit.touched) {
            let def = change.def;
            let Some(row) = &change.before else { continue };
            if !self.allows(def, row, Action::Read).await? {
                return Err(HIDDEN.with("unit", unit.id));
            }
            // What only commands write is theirs to let the actor do, as it was.
            if self.edited_of(def).is_none() {
                continue;
            }
            let changes = |path: &str| touched.steps.iter().any(|step| step.said.contains_key(path));
            let made = touched.steps.iter().any(|step| step.verb == Verb::Created);
            let action = if changes("merged_into") && !made {
                Action::Merge
            } else if (made || changes("deleted_at")) && def.deleted_at.is_some() {
                Action::Trash
            } else {
                Action::Update
            };
            self.authorize(def, row, action).await?;
        }
        Ok(())
    }
}
