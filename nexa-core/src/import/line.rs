//! One row, read: its cells as typed values of fields, before any record is looked at.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{
    name,
    options::codes,
    plan::{Plan, UniqueField, Use},
    signal,
    source::SourceRow,
    text::{self, Sign, Sort},
};
use crate::{
    Currency,
    export::spreadsheet::restored,
    kernel::{
        draft::unreadable,
        error::{Error, Result, codes as kernel},
        idempotency::fingerprint,
        input,
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

/// A record that a row names by what people call it, such as an account by its name or a user by their mail address.
#[derive(Clone, Debug, Hash)]
pub(super) struct Called {
    /// The field that points at it, by its index in the definition.
    pub(super) field: usize,
    /// The column of the file.
    pub(super) column: usize,
    pub(super) text: String,
}

/// A cell that was left out because it could not be read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct LeftOut {
    /// The column of the file.
    pub(super) column: usize,
    pub(super) error: Error,
    /// The cell as it was written.
    pub(super) value: String,
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
    /// References by what people call their records.
    pub(super) called: Vec<Called>,
    pub(super) keys: Vec<ExternalKey>,
    /// The record's own id.
    pub(super) id: Option<Uuid>,
    /// The record's own numbers: the columns that are unique, and their values.
    pub(super) numbers: Vec<(usize, Value)>,
    /// Mail addresses and phone numbers beside the main ones.
    emails: Vec<String>,
    phones: Vec<String>,
    pub(super) custom: Vec<(String, Json)>,
    /// Signals of engagement, each with how often it was seen.
    pub(super) signals: Vec<(String, u32)>,
    pub(super) tags: Vec<String>,
    /// Cells that could not be read, where the import leaves them out.
    pub(super) left_out: Vec<LeftOut>,
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
            Self::Text(text) => Some(text.trim_matches(blank)).filter(|text| !text.is_empty()).map(Self::Text),
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
    /// The texts of a cell: one, or those of a list.
    fn texts(self, header: &str) -> Result<Vec<String>> {
        match self {
            Self::Text(text) => Ok(match text.starts_with('[').then(|| input::stored::<Vec<String>>(text).ok()) {
                Some(Some(list)) => list,
                _ => vec![text.to_owned()],
            }),
            Self::Json(Json::Array(list)) => {
                let says = |json: &&Json| !json.is_null();
                list.iter().filter(says).map(|json| Ok(Cell::Json(json).texts(header)?.join(";"))).collect()
            }
            Self::Json(Json::String(text)) => Ok(vec![text.clone()]),
            Self::Json(Json::Number(number)) => Ok(vec![number_text(header, number)?]),
            Self::Json(json) => Ok(vec![json.to_string()]),
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

/// What stands around a value without being seen.
fn blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{2060}')
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

/// A field of several columns in the making.
struct Making {
    field: usize,
    /// The first column of the file that gives a part.
    column: usize,
    parts: Map<String, Json>,
    /// The currency that stands in the cell of an amount.
    sign: Option<Sign>,
}

/// Fields of several columns in the making.
#[derive(Default)]
struct Makings(Vec<Making>);

impl Makings {
    fn of(&mut self, field: usize, column: usize) -> Option<&mut Making> {
        let place = self.0.iter().position(|making| making.field == field).unwrap_or_else(|| {
            self.0.push(Making { field, column, parts: Map::new(), sign: None });
            self.0.len() - 1
        });
        self.0.get_mut(place)
    }
}

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
        let mut makings = Makings::default();
        let mut said = false;
        for (column, becomes) in &plan.uses {
            let Some(cell) = cells.get(*column).filled() else { continue };
            let cell = if plan.for_spreadsheets { cell.restored() } else { cell };
            said = true;
            if let Err(error) = line.take(plan, *column, becomes, cell, &mut makings) {
                line.refuse(plan, *column, error, cell.shown())?;
            }
        }
        for making in makings.0 {
            let (column, shown) = (making.column, cells.get(making.column).shown());
            if let Err(error) = line.make(plan, making) {
                line.refuse(plan, column, error, shown)?;
            }
        }
        line.gather(plan).map_err(|error| (None, error))?;
        if said {
            return Ok(Some(line));
        }
        match plan.by_name.iter().any(|column| cells.get(*column).filled().is_some()) {
            true => Err((None, codes::NOTHING_MAPPED.error())),
            false => Ok(None),
        }
    }

    /// Leaves a cell out, where the import says so; otherwise it refuses the row.
    fn refuse(
        &mut self,
        plan: &Plan,
        column: usize,
        error: Error,
        value: String,
    ) -> std::result::Result<(), Unreadable> {
        if !plan.leave_out {
            return Err((Some(column), error));
        }
        self.left_out.push(LeftOut { column, error, value });
        Ok(())
    }

    /// Completes a field of several columns with what every row gets.
    fn make(&mut self, plan: &Plan, making: Making) -> Result<()> {
        let Making { field, column, mut parts, sign } = making;
        let Some(def) = plan.field(field) else { return Ok(()) };
        let constants = || plan.constants.iter().filter(|(of, ..)| *of == field);
        let mut whole = parts.clone();
        if plan.is_money(field) {
            let header = plan.columns.get(column).map(String::as_str).unwrap_or_default();
            if !parts.contains_key("amount") {
                return Ok(());
            }
            let given =
                |map: &Map<String, Json>| map.get("currency").and_then(|json| Currency::parse(json.as_str()?).ok());
            let constant = constants().find(|(_, part, _)| part == "currency");
            let constant = constant.and_then(|(.., json)| Currency::parse(json.as_str()?).ok());
            let usual = constant.unwrap_or(plan.formats.currency);
            if let Some(sign) = sign {
                let currency = match given(&parts) {
                    Some(currency) if sign.allows(currency) => currency,
                    Some(_) => return Err(text::codes::CURRENCY_CONFLICT.with("column", header)),
                    None => {
                        sign.settled(Some(usual)).ok_or_else(|| text::codes::CURRENCY_UNCLEAR.with("column", header))?
                    }
                };
                parts.insert("currency".to_owned(), json!(currency));
            } else if !parts.contains_key("currency")
                && let Some(constant) = constant
            {
                parts.insert("currency".to_owned(), json!(constant));
            }
            whole = parts.clone();
            whole.entry("currency").or_insert_with(|| json!(usual));
        } else {
            for (_, part, value) in constants() {
                parts.entry(part.as_str()).or_insert_with(|| value.clone());
                whole.entry(part.as_str()).or_insert_with(|| value.clone());
            }
        }
        let values = parse(def, &Json::Object(whole))?;
        self.given.push(Given { field, values, parts: Some(parts) });
        Ok(())
    }

    /// Brings addresses beside the main ones into the fields that keep them.
    fn gather(&mut self, plan: &Plan) -> Result<()> {
        for (name, addresses) in
            [("other_emails", std::mem::take(&mut self.emails)), ("other_phones", std::mem::take(&mut self.phones))]
        {
            if addresses.is_empty() {
                continue;
            }
            let Some(field) = plan.def.fields.iter().position(|field| field.name == name) else { continue };
            let Some(def) = plan.field(field) else { continue };
            self.give(field, parse(def, &json!(addresses))?)?;
        }
        Ok(())
    }

    /// Reads a cell of addresses: the first is the main one, where the column holds one.
    fn take_addresses(&mut self, plan: &Plan, column: usize, field: usize, sort: Sort, cell: Cell<'_>) -> Result<()> {
        let header = plan.columns.get(column).map(String::as_str).unwrap_or_default();
        let Some(def) = plan.field(field) else { return Ok(()) };
        let mut found: Vec<String> = Vec::new();
        for part in cell.texts(header)? {
            found.extend(text::several(header, &part, sort)?);
        }
        let list = plan.def.columns.get(def.first).is_some_and(|column| column.kind == ColumnType::List);
        let (main, others) = match found.split_first() {
            None => return Ok(()),
            Some(_) if list => (None, found.as_slice()),
            Some((main, others)) => (Some(main), others),
        };
        if let Some(main) = main {
            let values = parse_text(def, main)?;
            self.give(field, values)?;
        }
        let kept = match sort {
            Sort::Email => &mut self.emails,
            Sort::Phone => &mut self.phones,
            Sort::Web => return Ok(()),
        };
        let keeps = match sort {
            Sort::Email => !plan.def.emails.is_empty(),
            _ => !plan.def.phones.is_empty(),
        };
        if !keeps && !others.is_empty() {
            return Err(text::codes::SEVERAL_VALUES.with("column", header).with("field", def.name));
        }
        // Each is checked by itself, so that the column is named.
        let list = if sort == Sort::Email { "other_emails" } else { "other_phones" };
        if let Some(list) = plan.def.field(list) {
            parse(list, &json!(others))?;
        }
        kept.extend(others.iter().cloned());
        Ok(())
    }

    fn take(&mut self, plan: &Plan, column: usize, becomes: &Use, cell: Cell<'_>, makings: &mut Makings) -> Result<()> {
        let header = || plan.columns.get(column).map(String::as_str).unwrap_or_default();
        let formats = plan.formats_of(column);
        match becomes {
            Use::Id => {
                if let Cell::Text(text) = cell {
                    self.id = Uuid::try_parse(text).ok();
                }
                Ok(())
            }
            Use::Number(number, kind) => {
                let json = match cell {
                    Cell::Json(json) => Some(json.clone()),
                    Cell::Text(text) => text::value(header(), text, *kind, &formats)?,
                };
                let value = match json {
                    Some(Json::Number(number)) => number.as_i64().map(Value::Int),
                    Some(Json::String(text)) => Some(Value::Text(text)),
                    _ => None,
                };
                self.numbers.extend(value.map(|value| (*number, value)));
                Ok(())
            }
            Use::Plain(field, kind) => {
                let Some(def) = plan.field(*field) else { return Ok(()) };
                if let (ColumnType::Reference(_), Cell::Json(key @ Json::Object(_))) = (kind, cell) {
                    let key = input::value(key).map_err(|problem| unreadable(def.name, problem))?;
                    self.references.push((*field, key));
                    return Ok(());
                }
                if let Some(sort) = Sort::of(def.name).filter(|_| matches!(kind, ColumnType::Text | ColumnType::List)) {
                    return self.take_addresses(plan, column, *field, sort, cell);
                }
                match (cell, kind) {
                    (Cell::Text(text), ColumnType::Reference(_)) => self.call(plan, column, *field, text),
                    (Cell::Text(text), ColumnType::Text) => match free_text(text) {
                        Some(text) => self.give(*field, parse_text(def, &text)?),
                        None => Ok(()),
                    },
                    (Cell::Json(Json::Number(number)), ColumnType::Text) => {
                        self.give(*field, parse_text(def, &number_text(header(), number)?)?)
                    }
                    (Cell::Json(json), _) => self.give(*field, parse(def, &whole_number(json))?),
                    (Cell::Text(text), _) => {
                        let text = without_percent(def, text);
                        match text::value(header(), text, *kind, &formats)? {
                            Some(json) => self.give(*field, parse(def, &json)?),
                            None => Ok(()),
                        }
                    }
                }
            }
            Use::Part(field, part, kind) => {
                if plan.is_money(*field) {
                    return take_money(plan, column, *field, part, cell, makings);
                }
                if let Some(json) = part_json(header(), cell, part, *kind, plan, column)?
                    && let Some(making) = makings.of(*field, column)
                {
                    making.parts.insert(part.clone(), json);
                }
                Ok(())
            }
            Use::Whole(field) => {
                let Some(def) = plan.field(*field) else { return Ok(()) };
                let object = matches!(cell, Cell::Json(Json::Object(_)))
                    || matches!(cell, Cell::Text(text) if text.starts_with('{'));
                if plan.is_money(*field) && !object {
                    return take_money(plan, column, *field, "amount", cell, makings);
                }
                if plan.is_assignee(*field)
                    && let (Cell::Text(text), false) = (cell, object)
                {
                    return self.call(plan, column, *field, text);
                }
                let json = whole_json(header(), cell, plan)?;
                let values = parse(def, &json)?;
                let parts = json.as_object().cloned();
                self.given.push(Given { field: *field, values, parts });
                Ok(())
            }
            Use::FullName(first, last) => {
                let shown = cell.shown();
                let Some(full) = free_text(&shown) else { return Ok(()) };
                let (given, family) = name::split(&full);
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
                self.signals.push((name.clone(), signal::count(header(), cell, &formats)?));
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

    /// Notes a record that is named by its id or by what people call it.
    fn call(&mut self, plan: &Plan, column: usize, field: usize, text: &str) -> Result<()> {
        let text = text::visible(text);
        if text::is_nothing(&text) {
            return Ok(());
        }
        let (Some(def), Ok(_)) = (plan.field(field), Uuid::try_parse(&text)) else {
            self.called.push(Called { field, column, text: text.into_owned() });
            return Ok(());
        };
        if plan.is_assignee(field) {
            self.called.push(Called { field, column, text: text.into_owned() });
            return Ok(());
        }
        let values = parse(def, &Json::from(text.as_ref()))?;
        self.give(field, values)
    }

    /// Takes back what a column gave; answers whether that was anything.
    pub(super) fn leave_out(&mut self, plan: &Plan, column: usize) -> bool {
        let Some((_, becomes)) = plan.uses.iter().find(|(of, _)| *of == column) else { return false };
        let before = (self.given.len(), self.called.len(), self.references.len(), self.custom.len(), self.tags.len());
        match becomes {
            Use::Plain(field, _) | Use::Part(field, ..) | Use::Whole(field) | Use::Key(field, _) => {
                self.given.retain(|given| given.field != *field);
                self.called.retain(|called| called.field != *field);
                self.references.retain(|(of, _)| of != field);
            }
            Use::Custom(name) => self.custom.retain(|(of, _)| of != name),
            Use::Tag => self.tags.clear(),
            _ => {}
        }
        before != (self.given.len(), self.called.len(), self.references.len(), self.custom.len(), self.tags.len())
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

    /// The addresses that it gives in these columns of the kind, each once.
    pub(super) fn addresses(&self, plan: &Plan, columns: &[usize]) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for given in &self.given {
            if !plan.field(given.field).is_some_and(|field| columns.contains(&field.first)) {
                continue;
            }
            let values = match given.values.first() {
                Some(Value::Text(text)) => vec![text.clone()],
                Some(Value::Json(list)) => input::stored(list).unwrap_or_default(),
                _ => continue,
            };
            found.extend(values.into_iter().filter(|value| !found.contains(value)).collect::<Vec<_>>());
        }
        found
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
        self.called.hash(&mut hasher);
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
        if let Some(called) = self.called.iter().find(|called| called.column == column) {
            return called.text.clone();
        }
        let part_of = |field: &usize| self.given.iter().find(|given| given.field == *field);
        let found = match becomes {
            Use::Id => self.id.map(|id| id.to_string()),
            Use::Number(number, _) => {
                self.numbers.iter().find(|(of, _)| of == number).map(|(_, value)| plain_text(value))
            }
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

/// A part of a field; none where the cell says that there is nothing.
fn part_json(
    header: &str,
    cell: Cell<'_>,
    part: &str,
    kind: ColumnType,
    plan: &Plan,
    column: usize,
) -> Result<Option<Json>> {
    Ok(match (cell, kind) {
        (Cell::Json(Json::Number(number)), ColumnType::Text) => Some(Json::from(number_text(header, number)?)),
        (Cell::Json(json), _) => Some(whole_number(json)),
        // A part that points at a record takes its id alone.
        (Cell::Text(text), ColumnType::Reference(_)) => text::value(header, text, ColumnType::Uuid, &plan.formats)?,
        (Cell::Text(text), ColumnType::Text) => free_text(text).map(|text| match part {
            // A street may stand on several lines.
            "street" => Json::from(
                text.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", "),
            ),
            _ => Json::from(text.as_ref()),
        }),
        (Cell::Text(text), kind) => text::value(header, text, kind, &plan.formats_of(column))?,
    })
}

/// The amount of money in a cell with the sign of its currency, or the currency alone.
fn take_money(
    plan: &Plan,
    column: usize,
    field: usize,
    part: &str,
    cell: Cell<'_>,
    makings: &mut Makings,
) -> Result<()> {
    let header = plan.columns.get(column).map(String::as_str).unwrap_or_default();
    let cell = match cell {
        Cell::Text(text) => std::borrow::Cow::Borrowed(text),
        Cell::Json(json) => std::borrow::Cow::Owned(Cell::Json(json).shown()),
    };
    if part == "amount" {
        let Some((amount, sign)) = text::money(header, &cell, &plan.formats_of(column))? else { return Ok(()) };
        if let Some(making) = makings.of(field, column) {
            making.parts.insert(part.to_owned(), amount);
            making.sign = sign;
        }
        return Ok(());
    }
    let code = text::visible(&cell);
    if text::is_nothing(&code) {
        return Ok(());
    }
    if let Some(making) = makings.of(field, column) {
        match Sign::of_cell(&code) {
            Some(sign) if making.sign.is_none() => making.sign = Some(sign),
            Some(_) => {}
            None => {
                making.parts.insert(part.to_owned(), Json::from(code.as_ref()));
            }
        }
    }
    Ok(())
}

/// Text of people without marks that nobody sees; none where a spreadsheet shows an error.
fn free_text(text: &str) -> Option<std::borrow::Cow<'_, str>> {
    const ERRORS: &[&str] = &["#N/A", "#REF!", "#VALUE!", "#NAME?", "#NULL!", "#DIV/0!", "#NUM!", "\\N"];
    if ERRORS.contains(&text) {
        return None;
    }
    let marks = ['\u{feff}', '\u{200b}', '\u{2060}'];
    Some(match text.contains(marks) {
        true => std::borrow::Cow::Owned(text.replace(marks, "")),
        false => std::borrow::Cow::Borrowed(text),
    })
}

/// A number where text is wanted: its digits, when it has kept all of them. Error: `import.digits_lost`.
fn number_text(header: &str, number: &serde_json::Number) -> Result<String> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.is_i64() || number.is_u64() {
        return Ok(number.to_string());
    }
    match number.as_f64() {
        Some(float) if float.fract() == 0.0 && float.abs() < EXACT => Ok(format!("{float:.0}")),
        Some(float) if float.abs() < EXACT => Ok(float.to_string()),
        _ => Err(text::codes::DIGITS_LOST.with("column", header)),
    }
}

/// A float without decimals as the whole number that it is: tables keep whole numbers as floats beside absent ones.
fn whole_number(json: &Json) -> Json {
    match json.as_f64() {
        Some(float) if json.is_f64() && float.fract() == 0.0 && float.abs() < 9_007_199_254_740_992.0 => {
            serde_json::from_str(&format!("{float:.0}")).unwrap_or_else(|_| json.clone())
        }
        _ => json.clone(),
    }
}

/// The digits of `75%` or `75 %` for a field that is a percentage.
fn without_percent<'c>(field: &FieldDef, cell: &'c str) -> &'c str {
    let percent = field.name == "probability" || field.name.ends_with("percent");
    cell.strip_suffix('%').filter(|_| percent).map_or(cell, str::trim_end)
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
