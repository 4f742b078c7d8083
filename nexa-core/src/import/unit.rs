//! Rows meet records: inside one unit of work each row makes a record, changes the one it finds, or is refused alone.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{
    called::{self, Found},
    line::{Given, LeftOut, Line, OWN_SYSTEM, parse},
    namesake::{self, NameAndCompany},
    plan::{MatchBy, Plan, Use},
    signal, text,
};
use crate::{
    kernel::{
        access::Action,
        context::{Behaviour, Context},
        custom::CustomType,
        entity::{EXISTS, MatchPolicy, NO_MATCH_FIELD},
        error::{Error, ErrorKind, Result, codes},
        input,
        ledger::{EventQuery, Verb},
        record::{ColumnType, ExternalKey, Field, RecordDef, Ref, Row},
        value::Value,
    },
    mail::suppression,
};

/// What became of a row.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Outcome {
    Created,
    Updated,
    Unchanged,
    Skipped,
    Refused(Error),
}

/// What became of a row, and of cells of it that only turned out to be wrong when it met its record.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Done {
    pub(super) outcome: Outcome,
    pub(super) left_out: Vec<LeftOut>,
    /// The mail addresses of the row that are suppressed.
    pub(super) suppressed: Vec<String>,
}

impl From<Outcome> for Done {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, left_out: Vec::new(), suppressed: Vec::new() }
    }
}

/// What is the same for every row of a unit, read once.
pub(super) struct Common {
    /// A new record with the fields that every row gets.
    template: Row,
    /// Those fields.
    set: Vec<usize>,
    /// What the custom fields of the kind hold.
    custom: HashMap<String, CustomType>,
    /// The records that references turned out to be; `None` for those that are not there for the actor.
    referred: HashMap<(&'static str, Named), Option<Uuid>>,
    /// The records that names turned out to be, by field and name.
    called: HashMap<(usize, String), Found>,
    /// The people who were there before, and those that the unit made, by name and company.
    namesakes: HashMap<NameAndCompany, Vec<Uuid>>,
}

/// How a row names what it refers to.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Named {
    Id(Uuid),
    Key(ExternalKey),
}

/// Meets all lines in their order. An error is one after which the unit cannot go on.
pub(super) async fn meet(
    cx: &mut Context<'_>,
    kind: &'static Behaviour,
    plan: &Plan,
    mut common: Common,
    lines: &[Line],
) -> Result<Vec<Done>> {
    let mut all = Vec::with_capacity(lines.len());
    let suppressed = suppressed(cx, plan, lines).await?;
    for line in lines {
        let mut addresses = if suppressed.is_empty() { Vec::new() } else { line.addresses(plan, &plan.def.emails) };
        addresses.retain(|address| suppressed.contains(address));
        let mut line = Cow::Borrowed(line);
        let mut left_out = Vec::new();
        let outcome = loop {
            let known = left_out.len();
            cx.begin_attempt();
            let met = one(cx, kind, plan, &mut common, &line, &mut left_out).await;
            let whole = cx.end_attempt(met.is_ok());
            match met {
                Ok(outcome) => break outcome,
                Err(error) if !whole || error.kind() == ErrorKind::Unavailable => return Err(error),
                Err(error) => {
                    left_out.truncate(known);
                    match blamed(plan, &error) {
                        Some(column) if plan.leave_out => {
                            let value = line.shown(plan, column);
                            if !line.to_mut().leave_out(plan, column) {
                                break Outcome::Refused(error);
                            }
                            left_out.push(LeftOut { column, error, value });
                        }
                        _ => break Outcome::Refused(error),
                    }
                }
            }
        };
        if matches!(outcome, Outcome::Refused(_)) {
            left_out.clear();
        }
        all.push(Done { outcome, left_out, suppressed: addresses });
    }
    Ok(all)
}

/// The mail addresses of persons in these lines that are suppressed, asked for at once.
async fn suppressed(cx: &mut Context<'_>, plan: &Plan, lines: &[Line]) -> Result<HashSet<String>> {
    if !plan.def.person {
        return Ok(HashSet::new());
    }
    let addresses: HashSet<String> = lines.iter().flat_map(|line| line.addresses(plan, &plan.def.emails)).collect();
    suppression::among(cx, addresses).await
}

/// The column whose cell an error is about, unless it is about what another record has.
fn blamed(plan: &Plan, error: &Error) -> Option<usize> {
    let field = error.params().get("field").and_then(Json::as_str).filter(|_| error.kind() != ErrorKind::Conflict)?;
    plan.column_of(field)
}

/// Reads what the lines have in common, and looks up all their keys at once. An error is one of the whole import.
pub(super) async fn prepare(
    cx: &mut Context<'_>,
    kind: &'static Behaviour,
    plan: &Plan,
    lines: &[Line],
) -> Result<Common> {
    let def = (kind.def)();
    cx.authorize_kind(def, Action::Create)?;
    let mut template = (kind.edited()?.blank)();
    cx.assign(def, &mut template, &plan.set).await?;
    let set = def.fields.iter().enumerate().filter(|(_, field)| plan.set.contains_key(field.name));
    let set = set.map(|(index, _)| index).collect();
    let mut custom = HashMap::new();
    if lines.iter().any(|line| !line.custom.is_empty()) {
        for definition in cx.definitions().await?.iter().filter(|definition| definition.of_kind == def.kind) {
            custom.insert(definition.name.clone(), definition.holds);
        }
    }
    let ids = lines.iter().filter_map(|line| line.id.map(Value::Uuid)).collect();
    cx.look_up_values(def, def.id, ids).await?;
    let new: Vec<Uuid> = lines.iter().filter_map(|line| line.id.filter(|id| cx.current(def, *id).is_none())).collect();
    cx.look_up_ids(new).await?;
    for unique in &plan.uniques {
        let values = lines.iter().filter_map(|line| line.unique_value(unique)).collect();
        cx.look_up_values(def, unique.column, values).await?;
    }
    for looked_up in kind.edited()?.looked_up {
        let Some(field) = def.fields.iter().position(|field| field.name == looked_up.field) else { continue };
        let of = (looked_up.of)();
        let given = lines.iter().flat_map(|line| line.given.iter().filter(|given| given.field == field));
        let values = given.filter_map(|given| given.values.first().cloned()).collect();
        if let Some(column) = looked_up.column() {
            cx.look_up_values(of, column, values).await?;
        }
    }
    let keys: Vec<ExternalKey> = lines.iter().flat_map(|line| line.keys.iter().cloned()).collect();
    if !keys.is_empty() {
        cx.look_up_keys(def, keys).await?;
    }
    let emails = lines.iter().flat_map(|line| line.addresses(plan, &def.emails)).map(Value::Text).collect();
    cx.look_up_values(def, def.by_email(), emails).await?;
    let phones = lines.iter().filter(|line| is_nameless(plan, line)).flat_map(|line| line.addresses(plan, &def.phones));
    let phones = phones.map(Value::Text).collect();
    cx.look_up_values(def, def.by_phone(), phones).await?;
    look_up_references(cx, def, lines).await?;
    let called = called::find(cx, plan, lines).await?;
    let named: Vec<NameAndCompany> = match plan.match_by {
        MatchBy::Anything => lines.iter().filter_map(|line| called_alone(plan, line, &called)).collect(),
        _ => Vec::new(),
    };
    let namesakes = namesake::find(cx, def, &named).await?;
    Ok(Common { template, set, custom, referred: HashMap::new(), called, namesakes })
}

async fn look_up_references(cx: &mut Context<'_>, def: &'static RecordDef, lines: &[Line]) -> Result<()> {
    let mut ids: HashMap<&'static str, Vec<Value>> = HashMap::new();
    let mut keys: HashMap<&'static str, Vec<ExternalKey>> = HashMap::new();
    for line in lines {
        for (kind, id) in line.given.iter().flat_map(|given| pointing(def, given)) {
            ids.entry(kind).or_default().push(Value::Uuid(id));
        }
        for (field, key) in &line.references {
            if let Some((kind, _)) = reference(def, *field) {
                keys.entry(kind).or_default().push(key.clone());
            }
        }
    }
    for (kind, ids) in ids {
        let of = cx.kind(kind)?;
        cx.look_up_values(of, of.id, ids).await?;
    }
    for (kind, keys) in keys {
        let of = cx.kind(kind)?;
        cx.look_up_keys(of, keys).await?;
    }
    Ok(())
}

/// The references among the values of a field: kinds and ids.
fn pointing<'g>(def: &'static RecordDef, given: &'g Given) -> impl Iterator<Item = (&'static str, Uuid)> + use<'g> {
    let first = def.fields.get(given.field).map_or(0, |field| field.first);
    given.values.iter().enumerate().filter_map(move |(offset, value)| {
        match (def.columns.get(first + offset).map(|column| column.kind), value) {
            (Some(ColumnType::Reference(kind)), Value::Uuid(id)) => Some((kind, *id)),
            _ => None,
        }
    })
}

/// The kind that a field of one column points at, and that column.
fn reference(def: &'static RecordDef, field: usize) -> Option<(&'static str, usize)> {
    let first = def.fields.get(field)?.first;
    match def.columns.get(first)?.kind {
        ColumnType::Reference(kind) => Some((kind, first)),
        _ => None,
    }
}

async fn one(
    cx: &mut Context<'_>,
    kind: &'static Behaviour,
    plan: &Plan,
    common: &mut Common,
    line: &Line,
    left_out: &mut Vec<LeftOut>,
) -> Result<Outcome> {
    let def = (kind.def)();
    let entity = kind.edited()?;
    let names = names(plan, common, line);
    let Some(id) = find(cx, plan, common, line).await? else {
        if said_before(cx, plan, common, line).await? {
            return match plan.policy {
                MatchPolicy::Refuse => Err(exists(plan, line)),
                MatchPolicy::Skip => Ok(Outcome::Skipped),
                _ => Ok(Outcome::Unchanged),
            };
        }
        let mut row = common.template.clone();
        write(cx, plan, common, line, &mut row, Onto::New, left_out).await?;
        // A record of another tenant stays the same, so that what names it finds it.
        let id = match line.id {
            Some(id) => cx.must_be_free(id).await.map(|()| id)?,
            None => cx.new_id::<()>().uuid(),
        };
        cx.stamp_row(def, &mut row, id);
        let row = (entity.settle)(cx, row, None, Some(&names)).await?;
        cx.insert_row(def, row).await?;
        cx.check_pending(def, id).await?;
        if let Some(named) = called_alone(plan, line, &common.called) {
            common.namesakes.entry(named).or_default().push(id);
        }
        return Ok(Outcome::Created);
    };
    let Some(mut row) = cx.current(def, id).cloned() else { return Err(codes::NOT_FOUND.with("kind", def.kind)) };
    // Somebody else's record is met, but not shown.
    if plan.policy == MatchPolicy::Refuse || !cx.allows(def, &row, Action::Read).await? {
        return Err(exists(plan, line));
    }
    if plan.policy == MatchPolicy::Skip {
        return Ok(Outcome::Skipped);
    }
    cx.authorize(def, &row, Action::Update).await?;
    let before = row.clone();
    (entity.may_edit)(row.clone(), cx.actor())?;
    let onto = if plan.policy == MatchPolicy::Fill { Onto::Empty } else { Onto::Stored };
    for field in &common.set {
        let Some(field) = def.fields.get(*field) else { continue };
        let columns = field.first..field.first + field.count;
        if onto == Onto::Stored || columns.clone().all(|column| row.get(column).is_null()) {
            columns.for_each(|column| row.set(column, common.template.get(column).clone()));
        }
    }
    write(cx, plan, common, line, &mut row, onto, left_out).await?;
    def.derive(&mut row);
    let changed = |name: &str| {
        def.field(name).is_some_and(|field| {
            (field.first..field.first + field.count).any(|column| row.get(column) != before.get(column))
        })
    };
    let names: Map<String, Json> = names.into_iter().filter(|(name, _)| changed(name)).collect();
    let version = before.get(def.version).clone();
    let row = (entity.settle)(cx, row, Some(before), Some(&names)).await?;
    let row = cx.save_row(def, row).await?;
    if *row.get(def.version) == version {
        return Ok(Outcome::Unchanged);
    }
    cx.check_pending(def, id).await?;
    Ok(Outcome::Updated)
}

/// The live record that a line describes. Error: `upsert.match_on`.
async fn find(cx: &mut Context<'_>, plan: &Plan, common: &Common, line: &Line) -> Result<Option<Uuid>> {
    let def = plan.def;
    let missing = |match_on: &str| NO_MATCH_FIELD.with("kind", def.kind).with("match_on", match_on.to_owned());
    match &plan.match_by {
        MatchBy::Nothing => Ok(None),
        MatchBy::Unique(unique, name) => {
            let value = line.unique_value(unique).ok_or_else(|| missing(name))?;
            live(cx, def, unique.column, &value).await
        }
        MatchBy::Key(system) => {
            let key = line.keys.iter().find(|key| key.system == *system);
            cx.unrestricted().by_key(def, key.ok_or_else(|| missing(&format!("external:{system}")))?).await
        }
        MatchBy::Anything => {
            if let Some(id) = line.id
                && let Some(found) = own(cx, def, id).await?
            {
                return Ok(Some(found));
            }
            // Of another tenant's record the number names somebody else here.
            for (column, value) in line.numbers.iter().filter(|_| line.id.is_none()) {
                if let Some(id) = live(cx, def, *column, value).await? {
                    return Ok(Some(id));
                }
            }
            for unique in &plan.uniques {
                if let Some(value) = line.unique_value(unique)
                    && let Some(id) = live(cx, def, unique.column, &value).await?
                {
                    return Ok(Some(id));
                }
            }
            for email in line.addresses(plan, &def.emails) {
                if let Some(id) = live(cx, def, def.by_email(), &Value::Text(email)).await? {
                    return Ok(Some(id));
                }
            }
            for key in &line.keys {
                if let Some(id) = cx.unrestricted().by_key(def, key).await? {
                    return Ok(Some(id));
                }
            }
            if !is_nameless(plan, line) {
                return Ok(None);
            }
            Ok(by_phone(cx, plan, line).await?.or_else(|| by_name(cx, plan, common, line)))
        }
    }
}

/// Whether a record that this import made before, and that is closed since, says all that the row says: the same file once
/// more. Who asks again comes from elsewhere, or says something else.
async fn said_before(cx: &mut Context<'_>, plan: &Plan, common: &Common, line: &Line) -> Result<bool> {
    let def = plan.def;
    let Some(column) = def.column("email").filter(|_| def.open.is_some()) else { return Ok(false) };
    if !matches!(plan.match_by, MatchBy::Anything) {
        return Ok(false);
    }
    for email in line.addresses(plan, &def.emails) {
        for id in cx.unrestricted().ids_by(def, column, &Value::Text(email)).await? {
            let Some(row) = cx.current(def, id).filter(|row| row.live(def)).cloned() else { continue };
            let given = line.given.iter().all(|given| {
                let first = def.fields.get(given.field).map(|field| field.first);
                let mut values = given.values.iter().enumerate().filter(|(_, value)| !value.is_null());
                first.is_some_and(|first| values.all(|(offset, value)| row.get(first + offset) == value))
            });
            let fields = common.set.iter().filter_map(|field| def.fields.get(*field));
            let mut set = fields.flat_map(|field| field.first..field.first + field.count);
            let mut seen = row.clone();
            if !line.signals.is_empty() {
                signal::write(def, &line.signals, &mut seen, false)?;
            }
            if given
                && seen == row
                && set.all(|column| row.get(column) == common.template.get(column))
                && cx.allows(def, &row, Action::Read).await?
                && imported(cx, def, id).await?
            {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Whether the same operation with the same cause made a record: the same import.
async fn imported(cx: &mut Context<'_>, def: &'static RecordDef, id: Uuid) -> Result<bool> {
    let query = EventQuery {
        after: 0,
        limit: 1,
        records: Some(vec![(def.kind, id)]),
        backwards: false,
        ..EventQuery::default()
    };
    let first = cx.unrestricted().events(&query).await?;
    let cause = &cx.envelope().cause;
    Ok(first
        .iter()
        .any(|event| event.verb == Verb::Created && event.command == cx.operation() && event.cause == *cause))
}

/// Name and company of a row that says nothing else of whom it means.
fn called_alone(plan: &Plan, line: &Line, called: &HashMap<(usize, String), Found>) -> Option<NameAndCompany> {
    let alone = is_nameless(plan, line) && line.addresses(plan, &plan.def.phones).is_empty();
    if alone { namesake::of_line(plan, line, called) } else { None }
}

/// The one live record of the same name and company.
fn by_name(cx: &Context<'_>, plan: &Plan, common: &Common, line: &Line) -> Option<Uuid> {
    let named = called_alone(plan, line, &common.called)?;
    let same = |id: &&Uuid| {
        cx.current(plan.def, **id)
            .is_some_and(|row| row.live(plan.def) && namesake::of_row(plan.def, row).as_ref() == Some(&named))
    };
    let mut found = common.namesakes.get(&named)?.iter().filter(same);
    match (found.next(), found.next()) {
        (Some(id), None) => Some(*id),
        _ => None,
    }
}

/// Whether a row has nothing that belongs to one record alone.
fn is_nameless(plan: &Plan, line: &Line) -> bool {
    line.id.is_none()
        && line.numbers.is_empty()
        && line.keys.iter().all(|key| key.system == OWN_SYSTEM)
        && !plan.uniques.iter().any(|unique| line.has(unique))
        && line.addresses(plan, &plan.def.emails).is_empty()
}

/// The live record of this id, or the one that it was merged into, when the actor may see it.
async fn own(cx: &mut Context<'_>, def: &'static RecordDef, id: Uuid) -> Result<Option<Uuid>> {
    match cx.visible_row(def, &Ref::Id(id.into()), false).await {
        Ok(row) => Ok(Some(row.id(def))),
        Err(error) if error.is(&codes::NOT_FOUND) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The one record that has a phone number of the row, and no other name than it.
async fn by_phone(cx: &mut Context<'_>, plan: &Plan, line: &Line) -> Result<Option<Uuid>> {
    let def = plan.def;
    let mut found: Vec<Uuid> = Vec::new();
    for phone in line.addresses(plan, &def.phones) {
        for id in cx.unrestricted().ids_by(def, def.by_phone(), &Value::Text(phone)).await? {
            let same = cx.current(def, id).is_some_and(|row| called::may_be_same(plan, line, row));
            if same && !found.contains(&id) {
                found.push(id);
            }
        }
    }
    match found.as_slice() {
        [id] => Ok(Some(*id)),
        _ => Ok(None),
    }
}

/// The fields that a row gives, by name.
fn names(plan: &Plan, common: &Common, line: &Line) -> Map<String, Json> {
    let given = line.given.iter().map(|given| given.field);
    let named = line.called.iter().map(|called| called.field).chain(line.references.iter().map(|(field, _)| *field));
    let all = given.chain(named).chain(common.set.iter().copied());
    all.filter_map(|field| Some((plan.field(field)?.name.to_owned(), Json::Null))).collect()
}

async fn live(cx: &mut Context<'_>, def: &'static RecordDef, column: usize, value: &Value) -> Result<Option<Uuid>> {
    let ids = cx.unrestricted().ids_by(def, column, value).await?;
    Ok(ids.into_iter().find(|id| cx.current(def, *id).is_some_and(|row| row.live(def))))
}

/// The error of a row whose record is there and must not be.
pub(super) fn exists(plan: &Plan, line: &Line) -> Error {
    let unique = plan.uniques.iter().find(|unique| line.unique_value(unique).is_some());
    let match_on = match (&plan.match_by, unique.and_then(|unique| plan.field(unique.field)), line.keys.first()) {
        (MatchBy::Unique(_, name), ..) => name.clone(),
        (MatchBy::Key(system), ..) => format!("external:{system}"),
        (_, Some(field), _) => field.name.to_owned(),
        (_, None, Some(key)) => format!("external:{}", key.system),
        (_, None, None) => "none".to_owned(),
    };
    EXISTS.with("kind", plan.def.kind).with("match_on", &match_on).with("field", match_on)
}

/// On what a line is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Onto {
    /// A new record.
    New,
    /// A stored record: what the line says replaces.
    Stored,
    /// A stored record: only what is empty is filled.
    Empty,
}

async fn write(
    cx: &mut Context<'_>,
    plan: &Plan,
    common: &mut Common,
    line: &Line,
    row: &mut Row,
    onto: Onto,
    left_out: &mut Vec<LeftOut>,
) -> Result<()> {
    let def = plan.def;
    for given in &line.given {
        let Some(field) = def.fields.get(given.field) else { continue };
        let filled = (field.first..field.first + field.count).any(|column| !row.get(column).is_null());
        if onto == Onto::Empty && filled {
            continue;
        }
        // One of its other addresses does not become the main one.
        let address = given.values.first().filter(|_| onto != Onto::New && def.emails.first() == Some(&field.first));
        if address.is_some_and(|email| row.found_by(def, def.by_email(), email)) {
            continue;
        }
        // Addresses join those that are known.
        if onto != Onto::New
            && def.columns.get(field.first).is_some_and(|column| column.kind == ColumnType::List)
            && [&def.emails, &def.phones].into_iter().any(|columns| columns.contains(&field.first))
        {
            let column = field.first;
            let all = [row.get(column), given.values.first().unwrap_or(&Value::Null)].map(|value| match value {
                Value::Json(text) => input::stored::<Vec<String>>(text).unwrap_or_default(),
                _ => Vec::new(),
            });
            set(row, column, parse(field, &Json::from(all.concat()))?);
            continue;
        }
        let mut merged = None;
        if let Some(parts) = given.parts.as_ref().filter(|_| filled) {
            let mut whole = stored_parts(def, given.field, row);
            whole.extend(parts.clone());
            merged = parse(field, &Json::Object(whole)).ok();
        }
        let values = merged.as_ref().unwrap_or(&given.values);
        for (column, value) in (field.first..).zip(values) {
            let value = match (def.columns.get(column).map(|column| column.kind), value) {
                (Some(ColumnType::Reference(kind)), Value::Uuid(id)) if *row.get(column) != *value => {
                    Value::Uuid(refer(cx, common, kind, Named::Id(*id), field.name).await?)
                }
                _ => value.clone(),
            };
            row.set(column, value);
        }
    }
    for (field, key) in &line.references {
        if let (Some((kind, column)), Some(field)) = (reference(def, *field), def.fields.get(*field))
            && (onto != Onto::Empty || row.get(column).is_null())
        {
            row.set(column, Value::Uuid(refer(cx, common, kind, Named::Key(key.clone()), field.name).await?));
        }
    }
    for called in &line.called {
        let Some(field) = def.fields.get(called.field) else { continue };
        let columns = field.first..field.first + field.count;
        if onto == Onto::Empty && columns.clone().any(|column| !row.get(column).is_null()) {
            continue;
        }
        let found = common.called.get(&(called.field, called.text.clone()));
        match found {
            Some(Ok(values)) => set(row, field.first, values.clone()),
            Some(Err(error)) => {
                let header = plan.columns.get(called.column).map(String::as_str).unwrap_or_default();
                let error = error.clone().with("column", header).with("field", field.name);
                // A column that nobody said to be a reference may hold other names.
                if !plan.guessed.contains(&called.column) && !plan.leave_out {
                    return Err(error);
                }
                left_out.push(LeftOut { column: called.column, error, value: called.text.clone() });
            }
            None => {}
        }
    }
    if !line.signals.is_empty() {
        signal::write(def, &line.signals, row, onto == Onto::Empty)?;
    }
    if !line.tags.is_empty() {
        write_tags(def, &line.tags, row, onto)?;
    }
    if !line.custom.is_empty() {
        write_custom(plan, common, line, row, onto)?;
    }
    // The hash of its text is for a record that nothing else finds again.
    let keys: Vec<ExternalKey> =
        line.keys.iter().filter(|key| onto == Onto::New || key.system != OWN_SYSTEM).cloned().collect();
    if !keys.is_empty() {
        write_keys(def, &keys, row, onto)?;
    }
    Ok(())
}

/// The record that a reference means, in the actor's scope. Error: `reference.broken`.
async fn refer(
    cx: &mut Context<'_>,
    common: &mut Common,
    kind: &'static str,
    named: Named,
    field: &'static str,
) -> Result<Uuid> {
    let broken = || codes::REFERENCE_BROKEN.with("field", field).with("kind", kind);
    let place = (kind, named);
    if let Some(known) = common.referred.get(&place) {
        return known.ok_or_else(broken);
    }
    let of = cx.kind(kind)?;
    let record: Ref<()> = match &place.1 {
        Named::Id(id) => Ref::Id((*id).into()),
        Named::Key(key) => Ref::External(key.clone()),
    };
    let found = match cx.visible_row(of, &record, false).await {
        Ok(row) => Some(row.id(of)),
        Err(error) if error.is(&codes::NOT_FOUND) || error.is(&codes::TRASHED) => None,
        Err(error) => return Err(error),
    };
    common.referred.insert(place, found);
    found.ok_or_else(broken)
}

/// The parts that a field of several columns has, as JSON.
fn stored_parts(def: &RecordDef, field: usize, row: &Row) -> Map<String, Json> {
    let Some(field) = def.fields.get(field) else { return Map::new() };
    let columns = def.columns.iter().enumerate().skip(field.first).take(field.count);
    let parts = columns.filter(|(index, _)| !row.get(*index).is_null());
    parts
        .filter_map(|(index, column)| {
            let part = column.path.strip_prefix(field.name)?.strip_prefix('.')?;
            Some((part.to_owned(), row.get(index).to_json()))
        })
        .collect()
}

fn write_tags(def: &RecordDef, tags: &[String], row: &mut Row, onto: Onto) -> Result<()> {
    let Some((column, field)) = def.tags.zip(def.field("tags")) else { return Ok(()) };
    if onto == Onto::Empty && !row.get(column).is_null() {
        return Ok(());
    }
    let mut all: Vec<Json> = match row.get(column) {
        Value::Json(text) => serde_json::from_str(text).unwrap_or_default(),
        _ => Vec::new(),
    };
    all.extend(tags.iter().map(|tag| Json::from(tag.as_str())));
    set(row, column, parse(field, &Json::Array(all))?);
    Ok(())
}

/// Error: `custom.undefined`.
fn write_custom(plan: &Plan, common: &Common, line: &Line, row: &mut Row, onto: Onto) -> Result<()> {
    let def = plan.def;
    let Some((column, field)) = def.custom.zip(def.field("custom")) else { return Ok(()) };
    let mut all: Map<String, Json> = match row.get(column) {
        Value::Json(text) => serde_json::from_str(text).unwrap_or_default(),
        _ => Map::new(),
    };
    for (name, value) in &line.custom {
        let undefined = || codes::CUSTOM_UNDEFINED.with("kind", def.kind).with("field", name);
        let holds = common.custom.get(name).ok_or_else(undefined)?;
        if onto == Onto::Empty && all.contains_key(name) {
            continue;
        }
        let value = match value {
            Json::String(text) => match custom_value(plan, name, text, *holds)? {
                Json::Null => continue,
                value => value,
            },
            value => value.clone(),
        };
        all.insert(name.clone(), value);
    }
    set(row, column, parse(field, &Json::Object(all))?);
    Ok(())
}

fn custom_value(plan: &Plan, name: &str, text: &str, holds: CustomType) -> Result<Json> {
    let named = format!("custom.{name}");
    let kind = match holds {
        CustomType::Bool => ColumnType::Bool,
        CustomType::Date => ColumnType::Date,
        CustomType::Time => ColumnType::Time,
        CustomType::Number => ColumnType::Amount,
        // A text is taken as it is.
        _ => return Ok(Json::from(text)),
    };
    let is_it = |(_, becomes): &&(usize, Use)| matches!(becomes, Use::Custom(of) if of == name);
    let column = plan.uses.iter().find(is_it).map_or(usize::MAX, |(column, _)| *column);
    let value =
        text::value(&named, text, kind, &plan.formats_of(column)).map_err(|error| error.with("field", &named))?;
    Ok(match (holds, value) {
        // An amount is written with two places at least; a whole number has none.
        (CustomType::Number, Some(Json::String(number))) => {
            let whole = number.strip_suffix(".00").unwrap_or(&number);
            serde_json::from_str(whole).unwrap_or(Json::Null)
        }
        (_, value) => value.unwrap_or(Json::Null),
    })
}

/// Keys of other systems stay; the given ones replace those of their systems, or only join them.
fn write_keys(def: &RecordDef, given: &[ExternalKey], row: &mut Row, onto: Onto) -> Result<()> {
    let Some(column) = def.external_keys else { return Ok(()) };
    let mut keys: Vec<ExternalKey> = match row.get(column) {
        Value::Json(text) => input::stored(text).unwrap_or_default(),
        _ => Vec::new(),
    };
    for key in given {
        match keys.iter_mut().find(|known| known.system == key.system) {
            Some(_) if onto == Onto::Empty => {}
            Some(known) => *known = key.clone(),
            None => keys.push(key.clone()),
        }
    }
    let mut values = Vec::with_capacity(1);
    keys.write(&mut values);
    set(row, column, values);
    Ok(())
}

fn set(row: &mut Row, first: usize, values: Vec<Value>) {
    for (column, value) in (first..).zip(values) {
        row.set(column, value);
    }
}
