//! Which columns a table has, and what their cells hold.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::options::ExportOptions;
use crate::kernel::{
    context::{Context, conceal},
    error::{Error, Result, codes},
    input,
    query::related_rows,
    record::{ColumnType, RecordDef, Row},
    value::{Timestamp, Value},
    zone::Zone,
};

/// What the cells of a column hold.
pub(super) enum Content {
    /// A column of the record.
    Own(usize),
    /// A custom field of the record.
    Custom(String),
    /// Something of the record that a reference points at: the column of the reference, the kind, and what.
    Related(usize, &'static RecordDef, Shown),
}

/// What is shown of a record that is referred to.
#[derive(Clone, Copy)]
pub(super) enum Shown {
    Column(usize),
    /// What the column is called.
    Name,
}

/// One column of the table.
pub(super) struct Column {
    pub(super) path: String,
    pub(super) content: Content,
}

/// The columns that are asked for, or all that are not hidden. Error: `field.unknown`.
pub(super) fn columns(
    cx: &Context<'_>,
    def: &'static RecordDef,
    options: &ExportOptions,
    hidden: &[&'static str],
) -> Result<Vec<Column>> {
    let mut columns = Vec::new();
    match &options.columns {
        None => {
            for field in def.fields.iter().filter(|field| !hidden.contains(&field.name)) {
                columns.extend((field.first..field.first + field.count).map(|column| own(def, column)));
            }
        }
        Some(paths) => {
            for path in paths {
                columns.extend(resolved(cx, def, path, hidden)?);
            }
        }
    }
    if options.names {
        columns = with_names(cx, def, columns)?;
    }
    Ok(columns)
}

/// A reference is `account.id`.
fn own(def: &RecordDef, column: usize) -> Column {
    let of = def.columns.get(column);
    let path = of.map(|column| column.path.clone()).unwrap_or_default();
    let reference = of.is_some_and(|column| matches!(column.kind, ColumnType::Reference(_)));
    let path = if reference && !path.contains('.') { format!("{path}.id") } else { path };
    Column { path, content: Content::Own(column) }
}

fn resolved(cx: &Context<'_>, def: &'static RecordDef, path: &str, hidden: &[&'static str]) -> Result<Vec<Column>> {
    let unknown = || -> Error { codes::FIELD_UNKNOWN.with("kind", def.kind).with("field", path) };
    let head = path.split('.').next().unwrap_or_default();
    let field = def.field(head).filter(|field| !hidden.contains(&field.name)).ok_or_else(unknown)?;
    if path == head {
        return Ok((field.first..field.first + field.count).map(|column| own(def, column)).collect());
    }
    if let Some(column) = def.column(path).filter(|column| (field.first..field.first + field.count).contains(column)) {
        return Ok(vec![own(def, column)]);
    }
    if Some(field.first) == def.custom
        && let Some((_, name)) = path.split_once('.')
    {
        return Ok(vec![Column { path: path.to_owned(), content: Content::Custom(name.to_owned()) }]);
    }
    let (relation, shown) = path.rsplit_once('.').ok_or_else(unknown)?;
    let relation = def.relation(relation).ok_or_else(unknown)?;
    if shown == "id" {
        return Ok(vec![own(def, relation.column)]);
    }
    let of = cx.kind(relation.kind)?;
    let gone = cx.hidden(of)?;
    let known =
        of.column(shown).filter(|column| of.columns.get(*column).is_some_and(|column| column.derived.is_none()));
    let shown = match known.filter(|_| !gone.contains(&shown)) {
        Some(column) => Shown::Column(column),
        None if shown == NAME && known.is_none() => Shown::Name,
        None => return Err(unknown()),
    };
    Ok(vec![Column { path: path.to_owned(), content: Content::Related(relation.column, of, shown) }])
}

const NAME: &str = "name";

/// Beside each reference what it points at is called, unless that is a column already.
fn with_names(cx: &Context<'_>, def: &'static RecordDef, columns: Vec<Column>) -> Result<Vec<Column>> {
    let there: BTreeSet<String> = columns.iter().map(|column| column.path.clone()).collect();
    let mut all = Vec::with_capacity(columns.len() * 2);
    for column in columns {
        let relation = match column.content {
            Content::Own(at) => def.relations.iter().find(|relation| relation.column == at),
            _ => None,
        };
        all.push(column);
        let Some(relation) = relation else { continue };
        let path = format!("{}.{NAME}", relation.name);
        if !there.contains(&path) {
            let content = Content::Related(relation.column, cx.kind(relation.kind)?, Shown::Name);
            all.push(Column { path, content });
        }
    }
    Ok(all)
}

/// A path as words: `first_name` is `First name`, and `address.city` is `Address city`.
pub(crate) fn label(path: &str) -> String {
    let mut label = path.replace(['_', '.'], " ");
    if let Some(first) = label.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    label
}

/// The records that the rows refer to, by column of the reference and id, as far as the actor may see them.
pub(super) type Referred = BTreeMap<usize, HashMap<Uuid, Row>>;

pub(super) async fn referred(cx: &mut Context<'_>, columns: &[Column], rows: &[Row]) -> Result<Referred> {
    let mut found = Referred::new();
    for column in columns {
        let Content::Related(reference, of, _) = column.content else { continue };
        if found.contains_key(&reference) {
            continue;
        }
        let hidden = cx.hidden(of)?;
        let related = related_rows(cx, of, reference, rows).await?;
        let related = related.into_iter().map(|row| (row.id(of), conceal(of, row, &hidden))).collect();
        found.insert(reference, related);
    }
    Ok(found)
}

impl Column {
    /// The cell of a row; whether it holds a text that may be anything.
    pub(super) fn cell(&self, def: &RecordDef, row: &Row, referred: &Referred, zone: Option<Zone>) -> (String, bool) {
        match &self.content {
            Content::Own(column) => cell(def, row, *column, zone),
            Content::Custom(name) => {
                let Some(Value::Json(text)) = def.custom.map(|column| row.get(column)) else { return empty() };
                let mut custom: Map<String, Json> = serde_json::from_str(text).unwrap_or_default();
                match custom.remove(name) {
                    Some(Json::String(text)) => (text, true),
                    Some(Json::Array(entries)) => (list_cell(&Json::Array(entries).to_string()), true),
                    Some(json) => (json.to_string(), false),
                    None => empty(),
                }
            }
            Content::Related(reference, of, shown) => {
                let related = row.get(*reference).as_uuid().and_then(|id| referred.get(reference)?.get(&id));
                match (related, shown) {
                    (Some(related), Shown::Column(column)) => cell(of, related, *column, zone),
                    (Some(related), Shown::Name) => (name(of, related), true),
                    (None, _) => empty(),
                }
            }
        }
    }
}

const fn empty() -> (String, bool) {
    (String::new(), false)
}

/// What a record is called: its name, number or subject, as far as it has one.
fn name(of: &RecordDef, row: &Row) -> String {
    let text = |path: &str| match of.column(path).map(|column| row.get(column)) {
        Some(Value::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let names: Vec<String> = ["first_name", "last_name"].into_iter().filter_map(text).collect();
    if !names.is_empty() {
        return names.join(" ");
    }
    [NAME, "subject", "title", "company", "email"].into_iter().find_map(text).unwrap_or_default()
}

/// A value as a cell shows it; an import reads the same from it.
fn cell(def: &RecordDef, row: &Row, column: usize, zone: Option<Zone>) -> (String, bool) {
    let list = def.columns.get(column).is_some_and(|column| column.kind == ColumnType::List);
    match row.get(column) {
        Value::Null => empty(),
        Value::Text(text) => (text.clone(), true),
        Value::Json(text) if list => (list_cell(text), true),
        Value::Json(text) => (text.clone(), true),
        Value::Time(at) => (zone.map_or_else(|| at.to_string(), |zone| local(*at, zone)), false),
        value => match value.to_json() {
            Json::String(text) => (text, false),
            json => (json.to_string(), false),
        },
    }
}

/// `2025-11-17 10:15:00 +01:00`, with a fraction where there is one.
fn local(at: Timestamp, zone: Zone) -> String {
    let offset = zone.offset(at);
    let shown = Timestamp::from_micros(at.micros().saturating_add(i64::from(offset) * 1_000_000)).to_string();
    let shown = shown.trim_end_matches('Z').replace('T', " ");
    let shown = shown.strip_suffix(".000000").unwrap_or(&shown);
    let (sign, offset) = if offset < 0 { ('-', -offset) } else { ('+', offset) };
    format!("{shown} {sign}{:02}:{:02}", offset / 3600, offset / 60 % 60)
}

/// A list between semicolons; one of a single entry with a comma, with semicolons in it or of other things than texts, as JSON.
fn list_cell(text: &str) -> String {
    // A list of anything else than texts.
    let Ok(entries) = input::stored::<Vec<String>>(text) else { return text.to_owned() };
    let unclear = |entry: &String| entry.contains([';', ',']) || entry.starts_with('[');
    if entries.iter().any(unclear) { text.to_owned() } else { entries.join("; ") }
}
