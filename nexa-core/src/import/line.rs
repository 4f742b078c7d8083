//! One row, read: its cells as typed values of fields, before any record is looked at.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Map, Value as Json};

use super::{
    name,
    options::codes,
    plan::{Plan, UniqueField, Use},
    signal,
    source::SourceRow,
    text,
};
use crate::{
    export::spreadsheet::restored,
    kernel::{
        draft::unreadable,
        error::{Error, Result, codes as kernel},
        input,
        receipt::fingerprint,
        record::{ColumnType, ExternalKey, FieldDef},
        search::fold,
        value::Value,
    },
};

/// The system of the keys by which rows without a field or key of their own are found again.
pub const OWN_SYSTEM: &str = "import";

/// The values that a row gives a field.
#[derive(Clone, Debug, Hash)]
pub(super) struct Given {
    /// The field, by its index in the definition.
    pub(super) field: usize,
    /// One value per column.
    pub(super) values: Vec<Value>,
    /// Of a field of several columns the parts that were given, as a JSON object.
    pub(super) parts: Option<Map<String, Json>>,
}

/// One row as what it says of a record.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    /// The line on which the row starts.
    pub(super) number: u64,
    /// The row as a count of data rows.
    pub(super) record: u64,
    pub(super) given: Vec<Given>,
    /// References by key: the field, and the key of what it points at.
    pub(super) references: Vec<(usize, ExternalKey)>,
    pub(super) keys: Vec<ExternalKey>,
    pub(super) custom: Vec<(String, Json)>,
    /// Signals of engagement, each with how often it was seen.
    pub(super) signals: Vec<(String, u32)>,
    pub(super) tags: Vec<String>,
}

/// A cell: text of a file, or a value of an object.
#[derive(Clone, Copy)]
pub(super) enum Cell<'a> {
    Text(&'a str),
    Json(&'a Json),
}

impl<'a> Cell<'a> {
    /// The cell, unless there is nothing in it.
    fn filled(self) -> Option<Self> {
        match self {
            Self::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()).map(Self::Text),
            Self::Json(Json::Null) => None,
            Self::Json(Json::String(text)) => Self::Text(text).filled(),
            Self::Json(_) => Some(self),
        }
    }
    /// The cell as it was before an export made it harmless for spreadsheets.
    fn restored(self) -> Self {
        match self {
            Self::Text(text) => Self::Text(restored(text)),
            Self::Json(Json::String(text)) => Self::Text(restored(text)),
            Self::Json(_) => self,
        }
    }
    /// The cell as a report shows it.
    pub(super) fn shown(self) -> String {
        match self {
            Self::Text(text) => text.to_owned(),
            Self::Json(Json::String(text)) => text.clone(),
            Self::Json(Json::Null) => String::new(),
            Self::Json(json) => json.to_string(),
        }
    }
}

/// A row of either source.
#[derive(Clone, Copy)]
pub(super) enum Cells<'a> {
    Row(SourceRow<'a>),
    Object(&'a Map<String, Json>, &'a [String]),
}

impl<'a> Cells<'a> {
    pub(super) fn get(self, column: usize) -> Cell<'a> {
        match self {
            Self::Row(row) => Cell::Text(row.get(column)),
            Self::Object(object, columns) => {
                columns.get(column).and_then(|column| object.get(column)).map_or(Cell::Text(""), Cell::Json)
            }
        }
    }
}

/// Fields of several columns in the making: the field, the first column of the file that gives a part, and the parts.
type Parts = Vec<(usize, usize, Map<String, Json>)>;

/// Why a row cannot be read: the column, if one is to blame, and the error.
pub(super) type Unreadable = (Option<usize>, Error);

impl Line {
    /// Reads a row. `None` for one that says nothing.
    pub(super) fn read(
        plan: &Plan,
        cells: Cells<'_>,
        number: u64,
        record: u64,
    ) -> std::result::Result<Option<Self>, Unreadable> {
        let mut line = Self { number, record, given: Vec::with_capacity(plan.uses.len()), ..Self::default() };
        let mut parts: Parts = Vec::new();
        let mut said = false;
        for (column, becomes) in &plan.uses {
            let Some(cell) = cells.get(*column).filled() else { continue };
            let cell = if plan.for_spreadsheets { cell.restored() } else { cell };
            said = true;
            line.take(plan, *column, becomes, cell, &mut parts).map_err(|error| (Some(*column), error))?;
        }
        for (field, column, mut map) in parts {
            for (_, part, value) in plan.constants.iter().filter(|(of, ..)| *of == field) {
                map.entry(part.as_str()).or_insert_with(|| value.clone());
            }
            let Some(def) = plan.field(field) else { continue };
            let values = parse(def, &Json::Object(map.clone())).map_err(|error| (Some(column), error))?;
            line.given.push(Given { field, values, parts: Some(map) });
        }
        if said {
            return Ok(Some(line));
        }
        match plan.by_name.iter().any(|column| cells.get(*column).filled().is_some()) {
            true => Err((None, codes::NOTHING_MAPPED.error())),
            false => Ok(None),
        }
    }

    fn take(&mut self, plan: &Plan, column: usize, becomes: &Use, cell: Cell<'_>, parts: &mut Parts) -> Result<()> {
        let header = || plan.columns.get(column).map(String::as_str).unwrap_or_default();
        match becomes {
            Use::Plain(field, kind) => {
                let Some(def) = plan.field(*field) else { return Ok(()) };
                if let (ColumnType::Reference(_), Cell::Json(key @ Json::Object(_))) = (kind, cell) {
                    let key = input::value(key).map_err(|problem| unreadable(def.name, problem))?;
                    self.references.push((*field, key));
                    return Ok(());
                }
                match cell {
                    Cell::Json(json) => self.give(*field, parse(def, json)?),
                    Cell::Text(text) if *kind == ColumnType::Text => self.give(*field, parse_text(def, text)?),
                    Cell::Text(text) => match text::value(header(), text, *kind, &plan.formats)? {
                        Some(json) => self.give(*field, parse(def, &json)?),
                        None => Ok(()),
                    },
                }
            }
            Use::Part(field, part, kind) => {
                let json = part_json(header(), cell, *kind, plan)?;
                match parts.iter_mut().find(|(of, ..)| of == field) {
                    Some((.., map)) => {
                        map.insert(part.clone(), json);
                    }
                    None => parts.push((*field, column, Map::from_iter([(part.clone(), json)]))),
                }
                Ok(())
            }
            Use::Whole(field) => {
                let Some(def) = plan.field(*field) else { return Ok(()) };
                let json = whole_json(header(), cell, plan)?;
                let values = parse(def, &json)?;
                let parts = json.as_object().cloned();
                self.given.push(Given { field: *field, values, parts });
                Ok(())
            }
            Use::FullName(first, last) => {
                let (given, family) = name::split(&cell.shown());
                for (field, part) in [(first, given), (last, family)] {
                    if let Some(def) = plan.field(*field).filter(|_| !part.is_empty()) {
                        self.give(*field, parse_text(def, &part)?)?;
                    }
                }
                Ok(())
            }
            Use::Key(field, system) => {
                self.references.push((*field, external_key(system, &cell)?));
                Ok(())
            }
            Use::External(system) => {
                self.keys.push(external_key(system, &cell)?);
                Ok(())
            }
            Use::Keys => {
                let keys: Vec<ExternalKey> = input::value(&whole_json(header(), cell, plan)?)
                    .map_err(|problem| unreadable("external_keys", problem))?;
                self.keys.extend(keys);
                Ok(())
            }
            Use::Custom(name) => {
                self.custom.push((name.clone(), whole_or_text(cell)));
                Ok(())
            }
            Use::CustomMap => {
                if let Json::Object(map) = whole_json(header(), cell, plan)? {
                    self.custom.extend(map);
                    return Ok(());
                }
                Err(text::codes::JSON_INVALID.with("column", header()))
            }
            Use::Signal(name) => {
                self.signals.push((name.clone(), signal::count(header(), cell, &plan.formats)?));
                Ok(())
            }
            Use::Tag => {
                match cell {
                    Cell::Json(Json::Array(tags)) => {
                        self.tags.extend(tags.iter().map(|tag| Cell::Json(tag).shown()));
                    }
                    cell => self.tags.extend(text::list(&cell.shown()).into_iter().map(str::to_owned)),
                }
                Ok(())
            }
        }
    }

    fn give(&mut self, field: usize, values: Vec<Value>) -> Result<()> {
        self.given.retain(|given| given.field != field);
        self.given.push(Given { field, values, parts: None });
        Ok(())
    }

    /// Whether it has a value for a unique field.
    pub(super) fn has(&self, unique: &UniqueField) -> bool {
        let given = self.given.iter().find(|given| given.field == unique.field);
        given.and_then(|given| given.values.first()).is_some_and(|value| !value.is_null())
    }

    /// The value of a unique field, as the unique column holds it.
    pub(super) fn unique_value(&self, unique: &UniqueField) -> Option<Value> {
        let given = self.given.iter().find(|given| given.field == unique.field)?;
        match given.values.first() {
            Some(Value::Text(text)) if unique.folded => Some(Value::Text(fold(text))),
            Some(Value::Null) | None => None,
            Some(value) => Some(value.clone()),
        }
    }

    /// A number for what the row says, to recognise the same again.
    pub(super) fn content(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.keys.hash(&mut hasher);
        self.tags.hash(&mut hasher);
        self.signals.hash(&mut hasher);
        self.references.hash(&mut hasher);
        for given in &self.given {
            (given.field, &given.values).hash(&mut hasher);
        }
        for (name, value) in &self.custom {
            (name, value.to_string()).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// What a row says of a field, for a report.
    pub(super) fn shown(&self, plan: &Plan, column: usize) -> String {
        let Some((_, becomes)) = plan.uses.iter().find(|(of, _)| *of == column) else { return String::new() };
        let key = |key: &ExternalKey| key.key.clone();
        let part_of = |field: &usize| self.given.iter().find(|given| given.field == *field);
        let found = match becomes {
            Use::Plain(field, _) | Use::FullName(field, _) => {
                part_of(field).and_then(|given| given.values.first()).map(plain_text)
            }
            Use::Part(field, part, _) => {
                part_of(field).and_then(|given| given.parts.as_ref()?.get(part)).map(|json| Cell::Json(json).shown())
            }
            Use::Whole(field) => part_of(field).and_then(|given| serde_json::to_string(&given.parts).ok()),
            Use::Key(field, _) => self.references.iter().find(|(of, _)| of == field).map(|(_, found)| key(found)),
            Use::External(system) => self.keys.iter().find(|key| key.system == *system).map(key),
            Use::Keys => self.keys.first().map(key),
            Use::Custom(name) => {
                self.custom.iter().find(|(of, _)| of == name).map(|(_, json)| Cell::Json(json).shown())
            }
            Use::CustomMap => None,
            Use::Signal(name) => self.signals.iter().find(|(of, _)| of == name).map(|(_, times)| times.to_string()),
            Use::Tag => Some(self.tags.join("; ")),
        };
        found.unwrap_or_default()
    }
}

/// Error: `field.invalid`.
fn external_key(system: &str, cell: &Cell<'_>) -> Result<ExternalKey> {
    ExternalKey::new(system, cell.shown())
        .map_err(|problem| kernel::FIELD_INVALID.with("field", format!("external:{system}")).with("problem", problem))
}

/// The key of a row that has nothing else to find its record by: a hash of its text, whatever the order of the columns.
pub(super) fn own_key(plan: &Plan, cells: Cells<'_>) -> ExternalKey {
    let mut texts: Vec<String> = Vec::with_capacity(plan.by_name.len() * 2);
    for column in &plan.by_name {
        if let (Some(name), Some(cell)) = (plan.columns.get(*column), cells.get(*column).filled()) {
            texts.push(name.clone());
            texts.push(cell.shown());
        }
    }
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let key: String = fingerprint(&texts).chars().take(32).collect();
    ExternalKey { system: OWN_SYSTEM.to_owned(), key }
}

/// A value as a cell shows it.
fn plain_text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        value => Cell::Json(&value.to_json()).shown(),
    }
}

fn part_json(header: &str, cell: Cell<'_>, kind: ColumnType, plan: &Plan) -> Result<Json> {
    match (cell, kind) {
        (Cell::Json(json), _) => Ok(json.clone()),
        // A part that points at a record takes its id alone.
        (Cell::Text(text), ColumnType::Reference(_)) => {
            Ok(text::value(header, text, ColumnType::Uuid, &plan.formats)?.unwrap_or(Json::Null))
        }
        (Cell::Text(text), kind) => Ok(text::value(header, text, kind, &plan.formats)?.unwrap_or(Json::Null)),
    }
}

/// A cell that is a JSON document.
fn whole_json(header: &str, cell: Cell<'_>, plan: &Plan) -> Result<Json> {
    match cell {
        Cell::Json(json) => Ok(json.clone()),
        Cell::Text(text) => Ok(text::value(header, text, ColumnType::Json, &plan.formats)?.unwrap_or(Json::Null)),
    }
}

fn whole_or_text(cell: Cell<'_>) -> Json {
    match cell {
        Cell::Json(json) => json.clone(),
        Cell::Text(text) => Json::from(text),
    }
}

pub(super) fn parse(field: &FieldDef, json: &Json) -> Result<Vec<Value>> {
    (field.parse)(json).map_err(|problem| unreadable(field.name, problem))
}

fn parse_text(field: &FieldDef, text: &str) -> Result<Vec<Value>> {
    (field.parse_text)(text).map_err(|problem| unreadable(field.name, problem))
}
