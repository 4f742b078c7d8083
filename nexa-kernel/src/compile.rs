//! Checks a filter or an order against a definition: names become columns, JSON becomes typed values.

mod lapse;
mod when;

use std::{borrow::Cow, collections::HashMap};

use serde_json::Value as Json;
use uuid::Uuid;

use super::{
    access::{Access, AccessClass, Action, Actor, Granted, Policy, invalid_policy},
    custom_field::{self, FieldDefinition},
    error::{Error, Result, codes},
    filter::{Children, Comparison, Filter, OnChange, Op, Place, Pointing, Predicate},
    limits, normal,
    record::{ColumnDef, ColumnType, Content, CustomType, Derived, HOST, RecordDef, Row, Topic, entry},
    search,
    sort::{CustomKey, SortKey},
    value::{Amount, Date, NO_NUL, NUL, Timestamp, Value, holds_nul},
};

pub use self::when::When;
use self::when::{Said, with_day};

/// The kinds that a Crm knows, by name.
#[derive(Clone, Default)]
pub struct Kinds(Vec<&'static RecordDef>);

impl Kinds {
    /// Adds a kind; the first of a name stays.
    pub fn add(&mut self, def: &'static RecordDef) {
        if self.get(def.kind).is_none() {
            self.0.push(def);
        }
    }
    /// The definition of a kind.
    pub fn get(&self, kind: &str) -> Option<&'static RecordDef> {
        self.0.iter().copied().find(|def| def.kind == kind)
    }
    /// The definition of a kind. Error: `kind.unknown`.
    pub fn named(&self, kind: &str) -> Result<&'static RecordDef> {
        self.get(kind).ok_or_else(|| codes::KIND_UNKNOWN.with("kind", kind))
    }
    /// All of them, in the order in which they were added.
    pub fn all(&self) -> &[&'static RecordDef] {
        &self.0
    }
}

/// The access scope in which a filter is read.
#[derive(Clone, Copy)]
pub enum Scope<'a> {
    /// Every row and field of the tenant.
    Unrestricted,
    /// What an actor may see: related records count only if the actor may see them, hidden fields do not exist.
    Actor(&'a Actor, &'a dyn Policy),
}

impl Scope<'_> {
    /// What it allows; of a kind that is seen through another only what belongs to records of that which they see. Error:
    /// `policy.invalid`.
    pub(crate) fn access(&self, kinds: &Kinds, def: &'static RecordDef, action: Action) -> Result<Granted> {
        let Self::Actor(actor, policy) = self else { return Access::full().granted(def, action) };
        let mut access = policy.access(actor, def, action);
        small_enough(limits::filter(&access.rows), def, action)?;
        if let AccessClass::Through(field, _) = def.access
            && !access.is_none()
        {
            access.rows = both(access.rows, self.through(kinds, def, field)?);
        }
        if !access.is_none() {
            access.rows = both(access.rows, readers(actor, def));
        }
        access.granted(def, action)
    }

    /// The rows of a kind whose field leads to a record that the actor sees; where it may lead to any kind, also those that are
    /// about nothing of ours, and those that lead to none where they are somebody's themselves.
    fn through(&self, kinds: &Kinds, def: &'static RecordDef, field: &str) -> Result<Filter> {
        if let Some(parent) = def.relation(field).and_then(|relation| kinds.get(relation.kind)) {
            let seen = self.access(kinds, parent, Action::Read)?.rows;
            if seen.is_everything() {
                return Ok(seen);
            }
            let parents = if seen.is_nothing() { seen } else { Filter::Through(field.to_owned(), Box::new(seen)) };
            let alone = Filter::compare(field, Op::IsNull, true);
            return Ok(if def.stands_alone() { alone.or(parents) } else { parents });
        }
        let Some(topic) = def.topic(field) else { return Ok(Filter::nothing()) };
        let mut any = Filter::compare(field, Op::IsNull, true);
        let (mut whole, mut all) = (vec![HOST], true);
        for kind in kinds.all().iter().copied().filter(|kind| def.may_be_about(topic, kind)) {
            let seen = self.access(kinds, kind, Action::Read)?.rows;
            if seen.is_everything() {
                whole.push(kind.kind);
                continue;
            }
            all = false;
            if !seen.is_nothing() {
                any = any.or(Filter::Through(format!("{field}.{}", kind.kind), Box::new(seen)));
            }
        }
        Ok(if all { Filter::everything() } else { any.or(Filter::compare(format!("{field}.kind"), Op::In, whole)) })
    }
}

/// The rows that an actor may read by the lists of readers in them: those without, their own, and those that name them or a group
/// of theirs. It holds for everybody but the host, whatever the policy says.
fn readers(actor: &Actor, def: &RecordDef) -> Filter {
    let path = |column: Option<usize>| column.and_then(|column| def.columns.get(column)).map(|column| &column.path);
    let (Some(readers), false) = (path(def.readers), actor.is_system()) else { return Filter::everything() };
    let mut any = Filter::compare(readers, Op::IsNull, true);
    let groups = actor.groups.iter().map(|group| entry("group", *group));
    let named: Vec<String> = actor.user().map(|user| entry("user", user)).into_iter().chain(groups).collect();
    if let (Some(author), Some(user)) = (path(def.author), actor.user()) {
        any = any.or(Filter::compare(author, Op::Eq, user));
    }
    if named.is_empty() { any } else { any.or(Filter::compare(readers, Op::Has, named)) }
}

fn both(a: Filter, b: Filter) -> Filter {
    match (a.is_everything(), b.is_everything()) {
        _ if a.is_nothing() || b.is_nothing() => Filter::nothing(),
        (_, true) => a,
        (true, _) => b,
        _ => a.and(b),
    }
}

/// What a filter knows of the tenant's custom fields.
#[derive(Clone, Copy)]
pub struct CustomFields<'a> {
    definitions: &'a [FieldDefinition],
    strict: bool,
}

impl<'a> CustomFields<'a> {
    /// For a filter that somebody gives: it names fields that are defined, with values that they can hold.
    pub const fn asked(definitions: &'a [FieldDefinition]) -> Self {
        Self { definitions, strict: true }
    }
    /// For a filter that was given before, or in code: a field that is not defined has no values.
    pub const fn kept(definitions: &'a [FieldDefinition]) -> Self {
        Self { definitions, strict: false }
    }
}

/// Compiles a filter. Errors: `filter.invalid`, `field.unknown`, `filter.has_unknown`, `filter.has_ambiguous`.
pub fn filter(
    kinds: &Kinds,
    def: &'static RecordDef,
    filter: &Filter,
    scope: Scope<'_>,
    fields: CustomFields<'_>,
    when: &When,
) -> Result<Predicate> {
    let hidden = scope.access(kinds, def, Action::Read)?.hidden;
    filter_without(&hidden, kinds, def, filter, scope, fields, when)
}

/// The same, where the fields that the scope hides are known.
pub(crate) fn filter_without(
    hidden: &[&'static str],
    kinds: &Kinds,
    def: &'static RecordDef,
    filter: &Filter,
    scope: Scope<'_>,
    fields: CustomFields<'_>,
    when: &When,
) -> Result<Predicate> {
    Compiler { kinds, def, scope, hidden, fields, when, path: String::new(), as_written: false }.filter(filter)
}

/// Compiles a filter of events. Errors: those of [`filter`].
pub(crate) fn on_change(
    hidden: &[&'static str],
    kinds: &Kinds,
    def: &'static RecordDef,
    filter: &Filter,
    scope: Scope<'_>,
    fields: CustomFields<'_>,
    when: &When,
) -> Result<OnChange> {
    Compiler { kinds, def, scope, hidden, fields, when, path: String::new(), as_written: true }.on_change(filter)
}

/// What the actor may do with rows of a kind, as a predicate; the policy's own filters see everything. Error: `policy.invalid`.
pub fn rows(
    kinds: &Kinds,
    def: &'static RecordDef,
    scope: Scope<'_>,
    action: Action,
    fields: CustomFields<'_>,
) -> Result<Predicate> {
    granted_rows(kinds, def, &scope.access(kinds, def, action)?, action, fields)
}

/// Names the policy as what is too large.
fn small_enough(size: Result<()>, def: &'static RecordDef, action: Action) -> Result<()> {
    size.map_err(|error| invalid_policy(def, action, error.message().trim_end_matches('.')))
}

/// The same of what the policy has answered.
pub(crate) fn granted_rows(
    kinds: &Kinds,
    def: &'static RecordDef,
    access: &Granted,
    action: Action,
    fields: CustomFields<'_>,
) -> Result<Predicate> {
    if access.rows.is_everything() {
        return Ok(Predicate::always());
    }
    small_enough(limits::composed(&access.rows), def, action)?;
    if access.rows.asks_for_children() {
        let problem = "its rows ask for what points at a record (has, has_none), and who sees a record follows from it and from \
                       what it points at";
        return Err(invalid_policy(def, action, problem));
    }
    let fields = CustomFields::kept(fields.definitions);
    let when = When::at(Timestamp::default());
    let compiled = filter_without(&[], kinds, def, &access.rows, Scope::Unrestricted, fields, &when);
    let compiled = compiled
        .map_err(|error| invalid_policy(def, action, format!("its rows: {}", error.message().trim_end_matches('.'))))?;
    if !when.is_always_the_same() {
        let problem =
            "its rows depend on the moment or on the time zone, and who sees a record changes with records alone";
        return Err(invalid_policy(def, action, problem));
    }
    Ok(compiled)
}

/// Compiles an order such as `["-priority", "created_at"]`. Texts with a folded form come in its order, and where that is the
/// same, after all other keys, as they are written. Errors: `filter.invalid`, `field.unknown`.
pub fn sort(
    def: &'static RecordDef,
    names: &[String],
    hidden: &[&'static str],
    fields: &[FieldDefinition],
) -> Result<Vec<SortKey>> {
    const NO_ORDER: &str = "it has no order; sort by a plain field";
    let (mut keys, mut as_written) = (Vec::with_capacity(names.len()), Vec::new());
    for name in names {
        let (path, descending) = match name.strip_prefix('-') {
            Some(path) => (path, true),
            None => (name.as_str(), false),
        };
        let shown = |column: &usize| !is_hidden(def, *column, hidden);
        if let (Some(name), Some(column)) = (path.strip_prefix("custom."), def.custom.filter(shown)) {
            let field = custom_field::defined(fields, def.kind, name).ok_or_else(|| unknown(def, path))?;
            let folded = derived_column(def, Derived::FoldedTexts(column)).ok_or_else(|| invalid(path, NO_ORDER))?;
            let custom = Some(CustomKey { name: name.to_owned(), holds: field.holds, folded });
            keys.push(SortKey { column, descending, custom });
            continue;
        }
        let column = def.column(path).filter(shown).ok_or_else(|| unknown(def, path))?;
        if def.lapses.is_some_and(|lapse| lapse.column == column) {
            return Err(invalid(path, "its values lapse with time, and have no order"));
        }
        let kind = def.columns.get(column).map(|column| column.kind);
        match (rank_column(def, column), folded_column(def, column), kind) {
            // Ranks count from the highest value down.
            (Some(rank), _, _) => keys.push(SortKey::of(rank, !descending)),
            (None, Some(folded), _) => {
                keys.push(SortKey::of(folded, descending));
                if !def.uniques.iter().any(|unique| unique.columns == [folded]) {
                    as_written.push(SortKey::of(column, descending));
                }
            }
            (None, None, Some(ColumnType::List | ColumnType::Map | ColumnType::Json) | None) => {
                return Err(invalid(path, NO_ORDER));
            }
            (None, None, Some(_)) => keys.push(SortKey::of(column, descending)),
        }
    }
    keys.extend(as_written);
    Ok(keys)
}

/// Whether the column belongs to a hidden field.
pub fn is_hidden(def: &RecordDef, column: usize, hidden: &[&'static str]) -> bool {
    !hidden.is_empty()
        && def.columns.get(column).is_some_and(|column| {
            let field = column.path.split('.').next().unwrap_or_default();
            hidden.contains(&field)
        })
}

fn derived_column(def: &RecordDef, derived: Derived) -> Option<usize> {
    def.derived.iter().find(|(_, own)| *own == derived).map(|(column, _)| *column)
}

fn rank_column(def: &RecordDef, of: usize) -> Option<usize> {
    derived_column(def, Derived::Rank(of))
}

fn folded_column(def: &RecordDef, of: usize) -> Option<usize> {
    derived_column(def, Derived::Folded(of))
}

/// The folded column by which a column is compared. Of a web address the case counts after the host.
fn equality_column(def: &RecordDef, of: usize) -> Option<usize> {
    let plain = def.columns.get(of).is_some_and(|column| column.content == Content::Plain);
    folded_column(def, of).filter(|_| plain)
}

fn unknown(def: &RecordDef, field: &str) -> Error {
    codes::FIELD_UNKNOWN.with("kind", def.kind).with("field", field)
}

fn invalid(field: &str, problem: impl Into<String>) -> Error {
    codes::FILTER_INVALID.with("field", field).with("problem", problem.into())
}

const OF_EVENTS: &str = "it is asked of events, as of a feed; a record has no before";

struct Compiler<'a> {
    kinds: &'a Kinds,
    def: &'static RecordDef,
    scope: Scope<'a>,
    hidden: &'a [&'static str],
    fields: CustomFields<'a>,
    when: &'a When,
    /// The relations and kinds from the record that is asked for to this one.
    path: String,
    /// Whether values are asked for as they were written, as of events, and not as they read by now.
    as_written: bool,
}

/// What a column is compared with.
enum Operand {
    /// A value of its type.
    Value(Value),
    /// A day of a moment: its first moment, and that of the next day.
    Day(Timestamp, Timestamp),
}

impl Compiler<'_> {
    fn filter(&self, filter: &Filter) -> Result<Predicate> {
        match filter {
            Filter::And(all) => all.iter().try_fold(Predicate::always(), |sum, one| Ok(sum.and(self.filter(one)?))),
            Filter::Or(any) => any.iter().map(|one| self.filter(one)).collect::<Result<_>>().map(Predicate::Or),
            Filter::Not(one) => Ok(Predicate::Not(Box::new(self.filter(one)?))),
            Filter::Through(relation, filter) => self.through(relation, filter),
            Filter::Has(children, at_least) => self.children(children, *at_least),
            Filter::HasNone(children) => Ok(Predicate::Not(Box::new(self.children(children, 1)?))),
            Filter::Compare { field, op, value } => self.compare(field, *op, value),
            Filter::Changed(_) => Err(invalid("changed", OF_EVENTS)),
            Filter::Was(_) => Err(invalid("was", OF_EVENTS)),
            Filter::Became(_) => Err(invalid("became", OF_EVENTS)),
        }
    }

    fn on_change(&self, filter: &Filter) -> Result<OnChange> {
        let all = |parts: &[Filter]| parts.iter().map(|part| self.on_change(part)).collect::<Result<Vec<_>>>();
        Ok(match filter {
            Filter::And(parts) => OnChange::And(all(parts)?),
            Filter::Or(parts) => OnChange::Or(all(parts)?),
            Filter::Not(part) => OnChange::Not(Box::new(self.on_change(part)?)),
            Filter::Changed(field) => self.changed(field)?,
            Filter::Was(part) => OnChange::Was(self.alone("was", part)?),
            Filter::Became(part) => OnChange::Became(self.alone("became", part)?),
            part => OnChange::Is(self.alone("filter", part)?),
        })
    }

    /// What is asked of the record alone: nobody knows how others were at the time.
    fn alone(&self, place: &str, filter: &Filter) -> Result<Predicate> {
        let predicate = self.filter(filter)?;
        if predicate.looks_elsewhere() {
            return Err(invalid(place, "of an event it is asked of the record alone, not of others that it leads to"));
        }
        Ok(predicate)
    }

    /// The columns of a field, or a key of a custom one.
    fn changed(&self, path: &str) -> Result<OnChange> {
        let shown = |column: &usize| !is_hidden(self.def, *column, self.hidden);
        if let Some(field) = self.def.field(path).filter(|field| shown(&field.first)) {
            return Ok(OnChange::Changed((field.first..field.first + field.count).collect(), None));
        }
        if let Some(column) = self.def.column(path).filter(shown) {
            return Ok(OnChange::Changed(vec![column], None));
        }
        let key = path.strip_prefix("custom.").zip(self.def.custom.filter(shown));
        let (key, column) = key.ok_or_else(|| unknown(self.def, path))?;
        if self.fields.strict && custom_field::defined(self.fields.definitions, self.def.kind, key).is_none() {
            return Err(unknown(self.def, path));
        }
        Ok(OnChange::Changed(vec![column], Some(key.to_owned())))
    }

    fn through(&self, relation: &str, filter: &Filter) -> Result<Predicate> {
        let unknown = || unknown(self.def, relation);
        let (column, of, kind) = match self.def.relation(relation) {
            Some(found) => (found.column, self.kinds.named(found.kind)?, None),
            None => {
                let (field, kind) = relation.split_once('.').ok_or_else(unknown)?;
                let topic = self.def.topic(field).ok_or_else(unknown)?;
                let of = self.kinds.get(kind).filter(|kind| self.def.may_be_about(topic, kind)).ok_or_else(unknown)?;
                let kind = match topic {
                    Topic::One { kind, .. } => {
                        Some(Predicate::Compare(kind, Comparison::Eq, Value::Text(of.kind.into())))
                    }
                    Topic::Several(_) => None,
                };
                (topic.column(), of, kind)
            }
        };
        if is_hidden(self.def, column, self.hidden) {
            return Err(unknown());
        }
        let through = Predicate::Through(column, of, Box::new(self.of_another(of, relation, filter)?));
        Ok(kind.map_or_else(|| through.clone(), |kind| kind.and(through.clone())))
    }

    /// What a filter asks of records of another kind, of which only those count that are in the scope.
    fn of_another(&self, of: &'static RecordDef, step: &str, filter: &Filter) -> Result<Predicate> {
        let rows = rows(self.kinds, of, self.scope, Action::Read, self.fields)?;
        let hidden = self.scope.access(self.kinds, of, Action::Read)?.hidden;
        let path = self.path_to(step);
        let asked = Compiler { def: of, hidden: &hidden, path, ..*self }.filter(filter)?;
        Ok(rows.and(asked))
    }

    fn path_to(&self, step: &str) -> String {
        if self.path.is_empty() { step.to_owned() } else { format!("{}.{step}", self.path) }
    }

    /// Enough records that point at this one. What they are seen by, and the field by which they point, are in the scope.
    fn children(&self, asked: &Children, at_least: u32) -> Result<Predicate> {
        let path = || self.path_to(&asked.kind);
        if at_least == 0 || at_least > limits::MOST_CHILDREN {
            let most = limits::MOST_CHILDREN;
            return Err(invalid(&path(), format!("at_least is a number from 1 to {most}; has_none asks for none")));
        }
        let pointing = |of: &'static RecordDef| -> Result<Vec<_>> {
            let hidden = self.scope.access(self.kinds, of, Action::Read)?.hidden;
            Ok(of.pointers_at(self.def).into_iter().filter(|one| !is_hidden(of, one.column, &hidden)).collect())
        };
        let found = match self.kinds.get(&asked.kind) {
            Some(of) => Some(of).zip(Some(pointing(of)?).filter(|found| !found.is_empty())),
            None => None,
        };
        let Some((of, found)) = found else {
            let mut known = Vec::new();
            for of in self.kinds.all().iter().copied() {
                if !pointing(of)?.is_empty() {
                    known.push(of.kind);
                }
            }
            let error = codes::HAS_UNKNOWN.with("path", path()).with("kind", self.def.kind);
            return Err(error.with("known", known.join(", ")));
        };
        let by = match (&asked.by, found.as_slice()) {
            (None, [one]) => one,
            (None, several) => {
                let fields: Vec<&str> = several.iter().map(|one| one.name).collect();
                let error = codes::HAS_AMBIGUOUS.with("path", path()).with("child", of.kind);
                return Err(error.with("kind", self.def.kind).with("fields", fields.join(", ")));
            }
            (Some(by), several) => several.iter().find(|one| one.name == by).ok_or_else(|| unknown(of, by))?,
        };
        let mut filter = self.of_another(of, &asked.kind, &asked.filter)?;
        if let Some(kind) = by.kind {
            filter = filter.and(Predicate::Compare(kind, Comparison::Eq, Value::Text(self.def.kind.into())));
        }
        let at_least = usize::try_from(at_least).unwrap_or(usize::MAX);
        Ok(Predicate::Pointed(Box::new(Pointing { at: self.def, of, column: by.column, at_least, filter })))
    }

    /// The kinds that the entries of a list name.
    fn names(&self, path: &str, column: usize, op: Op, value: &Json) -> Result<Predicate> {
        let kinds = match (op, value) {
            (Op::Eq, Json::String(kind)) => vec![kind.clone()],
            (Op::In, Json::Array(kinds)) if kinds.iter().all(Json::is_string) => {
                kinds.iter().filter_map(Json::as_str).map(str::to_owned).collect()
            }
            _ => return Err(invalid(path, "it is compared with a kind by eq, or with kinds by in")),
        };
        Ok(Predicate::Names(column, kinds))
    }

    /// The entries of a list that somebody looks for: texts, or what the list holds in JSON.
    fn entries(&self, path: &str, column: usize, value: &Json) -> Result<Vec<String>> {
        let parse = self.def.field(path).map(|field| field.parse);
        let of_records = self.def.names_records(column);
        let one = |item: &Json| match (item, parse) {
            (Json::String(entry), _) => Ok(vec![entry.clone()]),
            (Json::Object(_), Some(parse)) if of_records => {
                let values =
                    parse(&Json::Array(vec![item.clone()])).map_err(|error| invalid(path, error.to_string()))?;
                Ok(Row::new(values).entries(0))
            }
            _ if of_records => Err(invalid(path, "has takes what the list holds")),
            _ => Err(invalid(path, "has takes a text")),
        };
        match value {
            Json::Array(items) => Ok(items.iter().map(one).collect::<Result<Vec<_>>>()?.concat()),
            item => one(item),
        }
    }

    fn compare(&self, path: &str, op: Op, value: &Json) -> Result<Predicate> {
        if path.contains(NUL) {
            return Err(unknown(self.def, path));
        }
        if holds_nul(value) {
            return Err(invalid(path, NO_NUL));
        }
        if let Some(column) = self.def.column(path) {
            if is_hidden(self.def, column, self.hidden) {
                return Err(unknown(self.def, path));
            }
            let several = self.def.field(path).is_some_and(|field| field.count > 1);
            if !several {
                let stored = self.column(path, column, op, value)?;
                return Ok(match self.def.lapses.filter(|lapse| lapse.column == column && !self.as_written) {
                    Some(lapse) => lapse.compared(self.when.moment(), stored, op, value),
                    None => stored,
                });
            }
        }
        if let Some(predicate) = self.composite(path, op, value)? {
            return Ok(predicate);
        }
        for (split, _) in path.match_indices('.') {
            let (head, tail) = (path.get(..split).unwrap_or_default(), path.get(split + 1..).unwrap_or_default());
            if self.def.relation(head).is_some() {
                let inner = Filter::Compare { field: tail.to_owned(), op, value: value.clone() };
                return self.through(head, &inner);
            }
            if let Some((kind, field)) = tail.split_once('.')
                && self.def.topic(head).is_some()
            {
                let inner = Filter::Compare { field: field.to_owned(), op, value: value.clone() };
                return self.through(&format!("{head}.{kind}"), &inner);
            }
            if let Some(column) = self.def.column(head)
                && self.def.names_records(column)
                && tail == "kind"
                && !is_hidden(self.def, column, self.hidden)
            {
                return self.names(path, column, op, value);
            }
            if let Some(column) = self.def.column(head)
                && self.def.columns.get(column).is_some_and(|column| column.kind == ColumnType::Map)
                && !is_hidden(self.def, column, self.hidden)
            {
                return if self.def.custom == Some(column) {
                    self.custom(path, column, tail, op, value)
                } else {
                    key(path, column, tail, op, value)
                };
            }
        }
        Err(unknown(self.def, path))
    }

    /// A field of several columns as a whole: `assignee` equals `{"user": …}`, or is null.
    fn composite(&self, path: &str, op: Op, value: &Json) -> Result<Option<Predicate>> {
        let Some(field) = self.def.field(path).filter(|field| field.count > 1 && !self.hidden.contains(&field.name))
        else {
            return Ok(None);
        };
        let columns = field.first..field.first + field.count;
        let equals = |value: &Json| -> Result<Predicate> {
            let values = (field.parse)(value).map_err(|error| invalid(path, error.to_string()))?;
            Ok(Predicate::And(
                columns
                    .clone()
                    .zip(values)
                    .map(|(column, value)| match value {
                        Value::Null => Predicate::IsNull(column),
                        value => Predicate::Compare(column, Comparison::Eq, value),
                    })
                    .collect(),
            ))
        };
        let absent = || Predicate::And(columns.clone().map(Predicate::IsNull).collect());
        match (op, value) {
            (Op::IsNull, Json::Bool(true)) | (Op::Eq, Json::Null) => Ok(Some(absent())),
            (Op::IsNull, Json::Bool(false)) | (Op::Ne, Json::Null) => Ok(Some(Predicate::Not(Box::new(absent())))),
            (Op::Eq, value) => equals(value).map(Some),
            (Op::In, Json::Array(items)) => {
                let parse = |item: &Json| (field.parse)(item).map_err(|error| invalid(path, error.to_string()));
                let values = items.iter().map(parse).collect::<Result<Vec<_>>>()?;
                Ok(Some(one_of(columns, values)))
            }
            _ => Err(invalid(path, "it can be compared as a whole with eq, in and is_null only")),
        }
    }

    fn column(&self, path: &str, column: usize, op: Op, value: &Json) -> Result<Predicate> {
        let Some(definition) = self.def.columns.get(column) else { return Err(unknown(self.def, path)) };
        let comparison = match op {
            Op::IsNull => return is_null(path, value, Predicate::IsNull(column)),
            Op::Eq if value.is_null() => return Ok(Predicate::IsNull(column)),
            Op::Ne if value.is_null() => return Ok(Predicate::Not(Box::new(Predicate::IsNull(column)))),
            Op::Has => {
                return match (definition.kind, value) {
                    (ColumnType::List, value) => Ok(Predicate::Has(column, self.entries(path, column, value)?)),
                    _ => Err(invalid(path, "it is no list")),
                };
            }
            Op::Contains => return self.matches(path, column, Place::Anywhere, value),
            Op::StartsWith => return self.matches(path, column, Place::Start, value),
            Op::EndsWith => return self.matches(path, column, Place::End, value),
            Op::In | Op::NotIn => {
                let Json::Array(items) = value else { return Err(invalid(path, "in takes a list")) };
                let (mut values, mut days) = (Vec::with_capacity(items.len()), Vec::new());
                for item in items {
                    match self.operand(path, column, item)? {
                        Operand::Value(value) => values.push(value),
                        Operand::Day(start, end) => days.push(of_day(column, Comparison::Eq, start, end)),
                    }
                }
                limits::conditions(days.len())?;
                let any = match equality_column(self.def, column) {
                    Some(folded) => Predicate::In(folded, values.into_iter().map(fold).collect()),
                    None => Predicate::In(column, values),
                };
                let any = if days.is_empty() {
                    any
                } else {
                    days.push(any);
                    Predicate::Or(days)
                };
                return Ok(if op == Op::In { any } else { Predicate::Not(Box::new(any)) });
            }
            Op::Eq => Comparison::Eq,
            Op::Ne => Comparison::Ne,
            Op::Lt => Comparison::Lt,
            Op::Le => Comparison::Le,
            Op::Gt => Comparison::Gt,
            Op::Ge => Comparison::Ge,
        };
        let value = match self.operand(path, column, value)? {
            Operand::Value(value) => value,
            Operand::Day(start, end) => return Ok(of_day(column, comparison, start, end)),
        };
        if let Some(folded) = equality_column(self.def, column) {
            return Ok(Predicate::Compare(folded, comparison, fold(value)));
        }
        if matches!(comparison, Comparison::Eq | Comparison::Ne) {
            return Ok(Predicate::Compare(column, comparison, value));
        }
        match (rank_column(self.def, column), definition.kind, &value) {
            (Some(rank), ColumnType::Enum(names), Value::Text(text)) => {
                let flipped = match comparison {
                    Comparison::Lt => Comparison::Gt,
                    Comparison::Le => Comparison::Ge,
                    Comparison::Gt => Comparison::Lt,
                    Comparison::Ge => Comparison::Le,
                    same => same,
                };
                Ok(Predicate::Compare(rank, flipped, super::record::rank(names, text)))
            }
            (None, ColumnType::Enum(_), _) => Err(invalid(path, "its values have no order; use eq or in")),
            _ => Ok(Predicate::Compare(column, comparison, value)),
        }
    }

    /// A custom field: defined, compared with what it holds, and by the index where it has one.
    fn custom(&self, path: &str, column: usize, name: &str, op: Op, value: &Json) -> Result<Predicate> {
        let Some(field) = custom_field::defined(self.fields.definitions, self.def.kind, name) else {
            return if self.fields.strict { Err(unknown(self.def, path)) } else { key(path, column, name, op, value) };
        };
        let value = match (field.holds, op, value) {
            (CustomType::Date | CustomType::Time, Op::In, Json::Array(items)) => {
                let mut given = Vec::with_capacity(items.len());
                let mut days = Vec::new();
                for item in items {
                    match self.custom_operand(path, field.holds, item)? {
                        CustomOperand::Value(item) => given.push(item),
                        CustomOperand::Day(day) => days.push(of_custom_day(column, name, Comparison::Eq, day)),
                    }
                }
                if !days.is_empty() {
                    limits::conditions(days.len())?;
                    days.push(self.custom(path, column, name, op, &Json::Array(given))?);
                    return Ok(Predicate::Or(days));
                }
                Cow::Owned(Json::Array(given))
            }
            (CustomType::Date | CustomType::Time, op, value) => match (comparison_of(op), value) {
                (Some(comparison), value) => match self.custom_operand(path, field.holds, value)? {
                    CustomOperand::Value(value) => Cow::Owned(value),
                    CustomOperand::Day(day) => return Ok(of_custom_day(column, name, comparison, day)),
                },
                (None, value) => Cow::Borrowed(value),
            },
            (_, _, value) => Cow::Borrowed(value),
        };
        let held = |value: &Json| match field.holds.normal(value) {
            Some(value) => self.as_kept(path, column, name, value.into_owned()),
            None if value.is_null() || !self.fields.strict => Ok(value.clone()),
            None => Err(invalid(path, format!("it holds {}; give {}", field.holds.as_str(), field.holds.asks_for()))),
        };
        let value = match (op, value.as_ref()) {
            (Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge, value) => held(value)?,
            (Op::In, Json::Array(items)) => Json::Array(items.iter().map(held).collect::<Result<_>>()?),
            (_, value) => value.clone(),
        };
        let indexed = |texts| Ok(Predicate::Indexed(column, name.to_owned(), texts));
        match (field.indexed, op, &value) {
            (true, Op::Eq, Json::String(text)) => indexed(vec![text.clone()]),
            (true, Op::In, Json::Array(items)) if items.iter().all(Json::is_string) => {
                indexed(items.iter().filter_map(Json::as_str).map(str::to_owned).collect())
            }
            _ => key(path, column, name, op, &value),
        }
    }

    /// A custom value as the column's own type keeps it, such as a text without spaces around it.
    fn as_kept(&self, path: &str, column: usize, name: &str, value: Json) -> Result<Json> {
        let Some(parse) = self.def.fields.iter().find(|field| field.first == column).map(|field| field.parse) else {
            return Ok(value);
        };
        let mut entry = serde_json::Map::new();
        entry.insert(name.to_owned(), value);
        let columns = parse(&Json::Object(entry)).map_err(|error| invalid(path, error.to_string()))?;
        match columns.first().map(Value::to_json) {
            Some(Json::Object(mut entry)) => Ok(entry.remove(name).unwrap_or_default()),
            _ => Ok(Json::Null),
        }
    }

    fn matches(&self, path: &str, column: usize, place: Place, value: &Json) -> Result<Predicate> {
        let Json::String(text) = value else { return Err(invalid(path, "text matching takes a text")) };
        let Some(folded) = folded_column(self.def, column) else {
            let parts = match self.def.columns.get(column).map(|column| column.content) {
                Some(Content::Email) => vec![normal::lower(text.trim())],
                Some(Content::Phone) => phone_parts(text, place),
                _ => return Err(invalid(path, "it cannot be matched by parts; use eq, or search")),
            };
            let mut any: Vec<Predicate> = parts.into_iter().map(|part| Predicate::Match(column, place, part)).collect();
            return match any.len() {
                0 => Err(invalid(path, "give digits of a telephone number")),
                1 => Ok(any.remove(0)),
                _ => Ok(Predicate::Or(any)),
            };
        };
        let mut sought = search::plain(text);
        let blank = |c: char| c.is_whitespace();
        if place != Place::Start && !sought.is_empty() && text.starts_with(blank) {
            sought.insert(0, ' ');
        }
        if place != Place::End && text.ends_with(blank) {
            sought.push(' ');
        }
        Ok(match place {
            Place::End => {
                // With accents the form without them does not end the column.
                let before_accented = format!("{sought}{}", search::BETWEEN);
                let ends = Predicate::Match(folded, Place::End, sought);
                Predicate::Or(vec![ends, Predicate::Match(folded, Place::Anywhere, before_accented)])
            }
            place => Predicate::Match(folded, place, sought),
        })
    }

    /// What a column is compared with: a moment and a day also by each other, in the tenant's zone.
    fn operand(&self, path: &str, column: usize, json: &Json) -> Result<Operand> {
        let kind = self.def.columns.get(column).map(|column| column.kind);
        let said = match kind {
            Some(ColumnType::Time | ColumnType::Date) => self.when.said(path, json)?,
            _ => Said::Otherwise,
        };
        Ok(match (kind, said) {
            (Some(ColumnType::Time), Said::Moment(at)) => Operand::Value(fit(path, Value::Time(at))?),
            (Some(ColumnType::Time), Said::Day(date)) => {
                let (start, end) = self.when.day(path, date)?;
                Operand::Day(start, end)
            }
            (Some(ColumnType::Date), Said::Day(date)) => Operand::Value(fit(path, Value::Date(date))?),
            (Some(ColumnType::Date), Said::Moment(at)) => Operand::Value(fit(path, Value::Date(self.when.day_of(at)))?),
            _ => Operand::Value(self.value(path, column, json)?),
        })
    }

    /// The same of a custom field that holds days or moments.
    fn custom_operand(&self, path: &str, holds: CustomType, json: &Json) -> Result<CustomOperand> {
        Ok(match (holds, self.when.said(path, json)?) {
            (CustomType::Time, Said::Day(date)) => CustomOperand::Day(self.when.day(path, date)?),
            (CustomType::Time, Said::Moment(at)) => CustomOperand::Value(at.to_string().into()),
            (_, Said::Day(date)) => CustomOperand::Value(date.to_string().into()),
            (_, Said::Moment(at)) => CustomOperand::Value(self.when.day_of(at).to_string().into()),
            (_, Said::Otherwise) => CustomOperand::Value(json.clone()),
        })
    }

    /// A JSON value as a value of the column; through the field's own type where it has one column.
    fn value(&self, path: &str, column: usize, json: &Json) -> Result<Value> {
        if json.is_null() {
            return Err(invalid(path, "null is compared with is_null"));
        }
        let definition = self.def.columns.get(column).ok_or_else(|| unknown(self.def, path))?;
        if let Some(field) = self.def.field(path).filter(|field| field.count == 1) {
            let values = (field.parse)(json).map_err(|error| invalid(path, error.to_string()))?;
            let value = values.into_iter().next().ok_or_else(|| unknown(self.def, path))?;
            return fit(path, value);
        }
        let value = plain(definition, json).ok_or_else(|| invalid(path, format!("{json} is no value of it")))?;
        fit(path, value)
    }
}

/// What a custom field is compared with.
enum CustomOperand {
    Value(Json),
    Day((Timestamp, Timestamp)),
}

fn of_day(column: usize, comparison: Comparison, start: Timestamp, end: Timestamp) -> Predicate {
    with_day(comparison, (start, end), |comparison, at| Predicate::Compare(column, comparison, Value::Time(at)))
}

fn of_custom_day(column: usize, name: &str, comparison: Comparison, day: (Timestamp, Timestamp)) -> Predicate {
    // Moments are kept as texts of one form, which has their order.
    with_day(comparison, day, |comparison, at| {
        Predicate::Key(column, name.to_owned(), comparison, Json::String(at.to_string()))
    })
}

const fn comparison_of(op: Op) -> Option<Comparison> {
    match op {
        Op::Eq => Some(Comparison::Eq),
        Op::Ne => Some(Comparison::Ne),
        Op::Lt => Some(Comparison::Lt),
        Op::Le => Some(Comparison::Le),
        Op::Gt => Some(Comparison::Gt),
        Op::Ge => Some(Comparison::Ge),
        _ => None,
    }
}

/// Part of a telephone number as numbers are kept: without what people put between digits. A zero in front may be missing
/// where the code of the country stands instead.
fn phone_parts(text: &str, place: Place) -> Vec<String> {
    let text = text.to_ascii_lowercase().replace("(0)", "");
    let mut part: String = text.chars().filter(|c| matches!(c, '0'..='9' | '+' | 'x')).collect();
    if !part.bytes().any(|byte| byte.is_ascii_digit()) {
        return Vec::new();
    }
    if place == Place::Start {
        if let Some(international) = part.strip_prefix("00") {
            part = format!("+{international}");
        }
        return vec![part];
    }
    match part.strip_prefix('0').map(|rest| rest.trim_start_matches('0').to_owned()) {
        Some(rest) if rest.len() > 5 => vec![part, rest],
        _ => vec![part],
    }
}

/// A text as the derived column holds it.
fn fold(value: Value) -> Value {
    match value {
        Value::Text(text) => Value::Text(normal::fold(&text)),
        other => other,
    }
}

/// Whether a field of several columns is one of these. Values that differ in one column alone, such as the ids of users, are one list.
fn one_of(columns: std::ops::Range<usize>, values: Vec<Vec<Value>>) -> Predicate {
    let mut lists: Vec<(usize, Vec<Value>, Vec<Value>)> = Vec::new();
    let mut known: HashMap<(usize, Vec<Value>), usize> = HashMap::new();
    for mut value in values {
        let listed = value.iter().position(|value| matches!(value, Value::Uuid(_)));
        // Of a value that is absent no column is listed.
        let listed = listed.or_else(|| value.iter().position(|value| !value.is_null())).unwrap_or(usize::MAX);
        let one = value.get_mut(listed).map_or(Value::Null, |value| std::mem::replace(value, Value::Null));
        let position = *known.entry((listed, value.clone())).or_insert_with(|| {
            lists.push((listed, value, Vec::new()));
            lists.len() - 1
        });
        if let Some((_, _, list)) = lists.get_mut(position) {
            list.push(one);
        }
    }
    let alternatives = lists.into_iter().map(|(listed, rest, mut list)| {
        let parts = columns.clone().zip(rest).enumerate().map(|(position, (column, value))| match value {
            _ if position == listed => Predicate::In(column, std::mem::take(&mut list)),
            Value::Null => Predicate::IsNull(column),
            value => Predicate::Compare(column, Comparison::Eq, value),
        });
        Predicate::And(parts.collect())
    });
    Predicate::Or(alternatives.collect())
}

/// A value that no record holds is not looked for either.
fn fit(path: &str, value: Value) -> Result<Value> {
    value.unfit().map_or(Ok(value), |problem| Err(invalid(path, problem)))
}

fn is_null(path: &str, value: &Json, predicate: Predicate) -> Result<Predicate> {
    match value {
        Json::Bool(true) => Ok(predicate),
        Json::Bool(false) => Ok(Predicate::Not(Box::new(predicate))),
        _ => Err(invalid(path, "is_null takes true or false")),
    }
}

fn key(path: &str, column: usize, key: &str, op: Op, value: &Json) -> Result<Predicate> {
    let comparison = match op {
        Op::IsNull => return is_null(path, value, Predicate::KeyIsNull(column, key.to_owned())),
        Op::Eq if value.is_null() => return Ok(Predicate::KeyIsNull(column, key.to_owned())),
        Op::Eq => Comparison::Eq,
        Op::Ne => Comparison::Ne,
        Op::Lt => Comparison::Lt,
        Op::Le => Comparison::Le,
        Op::Gt => Comparison::Gt,
        Op::Ge => Comparison::Ge,
        Op::In => {
            let Json::Array(items) = value else { return Err(invalid(path, "in takes a list")) };
            if items.iter().all(Json::is_string) {
                let texts = items.iter().filter_map(Json::as_str).map(str::to_owned).collect();
                return Ok(Predicate::KeyIn(column, key.to_owned(), texts));
            }
            limits::conditions(items.len())?;
            return items
                .iter()
                .map(|item| self::key(path, column, key, Op::Eq, item))
                .collect::<Result<_>>()
                .map(Predicate::Or);
        }
        _ => return Err(invalid(path, "a key is compared with eq, ne, lt, le, gt, ge, in and is_null")),
    };
    match value {
        Json::String(_) | Json::Number(_) | Json::Bool(_) => {
            Ok(Predicate::Key(column, key.to_owned(), comparison, value.clone()))
        }
        _ => Err(invalid(path, "a key is compared with a text, a number, true or false")),
    }
}

/// Reads a JSON scalar as a value of a column, by the column's type alone.
pub fn plain(column: &ColumnDef, json: &Json) -> Option<Value> {
    Some(match (column.kind, json) {
        (_, Json::Null) => Value::Null,
        (ColumnType::Uuid | ColumnType::Reference(_), Json::String(text)) => Value::Uuid(Uuid::parse_str(text).ok()?),
        (ColumnType::Text | ColumnType::Enum(_), Json::String(text)) => Value::Text(text.clone()),
        (ColumnType::Int, Json::Number(number)) => Value::Int(number.as_i64()?),
        (ColumnType::Bool, Json::Bool(value)) => Value::Bool(*value),
        (ColumnType::Time, Json::String(text)) => Value::Time(Timestamp::parse(text)?),
        (ColumnType::Date, Json::String(text)) => Value::Date(text.parse::<Date>().ok()?),
        (ColumnType::Amount, Json::String(text)) => Value::Amount(Amount::parse(text)?),
        (ColumnType::Amount, Json::Number(number)) => Value::Amount(Amount::parse(&number.to_string())?),
        (ColumnType::List | ColumnType::Map | ColumnType::Json, json) => Value::Json(json.to_string()),
        _ => return None,
    })
}
