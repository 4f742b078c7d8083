//! People of whom a row says no more than their name and company: found by these, where they name one alone.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::{called::Found, line::Line, plan::Plan};
use crate::kernel::{
    context::Context,
    error::Result,
    filter::Predicate,
    record::{ColumnType, RecordDef, Row},
    search::fold,
    store::Select,
    value::Value,
};

/// How many records of the same names are looked at for one unit.
const MOST: usize = 10_000;

/// First name, last name and company of a person, as they are compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct NameAndCompany {
    first: String,
    last: String,
    company: Value,
}

/// The columns of a person's names and company.
struct Columns {
    first: usize,
    last: usize,
    last_folded: usize,
    company: usize,
}

impl Columns {
    /// Those of a kind; none where its records are no people, or have no company.
    fn of(def: &RecordDef) -> Option<Self> {
        let company = def.column("company").or_else(|| def.column("account"))?;
        let (first, last) = (def.column("first_name")?, def.column("last_name")?);
        Some(Self { first, last, last_folded: def.column("last_name.folded")?, company })
    }
    fn named(&self, value: impl Fn(usize) -> Value) -> Option<NameAndCompany> {
        let text = |column: usize| match value(column) {
            Value::Text(text) => Some(fold(&text)),
            _ => None,
        };
        let company = match value(self.company) {
            Value::Text(text) => Value::Text(fold(&text)),
            Value::Uuid(id) => Value::Uuid(id),
            _ => return None,
        };
        Some(NameAndCompany { first: text(self.first)?, last: text(self.last)?, company })
    }
}

/// What a row says of name and company; nothing unless it says all of it.
pub(super) fn of_line(plan: &Plan, line: &Line, called: &HashMap<(usize, String), Found>) -> Option<NameAndCompany> {
    let columns = Columns::of(plan.def)?;
    columns.named(|column| {
        let Some(field) = plan.def.fields.iter().position(|field| field.first == column) else { return Value::Null };
        if let Some(given) = line.given.iter().find(|given| given.field == field) {
            return given.values.first().cloned().unwrap_or(Value::Null);
        }
        let found = line.called.iter().find(|called| called.field == field);
        let found = found.and_then(|one| called.get(&(field, one.text.clone())));
        found.and_then(|values| values.as_ref().ok()?.first().cloned()).unwrap_or(Value::Null)
    })
}

/// The same of a record.
pub(super) fn of_row(def: &RecordDef, row: &Row) -> Option<NameAndCompany> {
    Columns::of(def)?.named(|column| row.get(column).clone())
}

/// The live records of these names. Where there are too many to look at, none is found by its name.
pub(super) async fn find(
    cx: &mut Context<'_>,
    def: &'static RecordDef,
    named: &[NameAndCompany],
) -> Result<HashMap<NameAndCompany, Vec<Uuid>>> {
    let mut found: HashMap<NameAndCompany, Vec<Uuid>> = HashMap::new();
    let Some(columns) = Columns::of(def).filter(|_| !named.is_empty()) else { return Ok(found) };
    let values = |value: fn(&NameAndCompany) -> Value| {
        let values: HashSet<Value> = named.iter().map(value).collect();
        values.into_iter().collect::<Vec<Value>>()
    };
    let last = Predicate::In(columns.last_folded, values(|named| Value::Text(named.last.clone())));
    let is_reference =
        def.columns.get(columns.company).is_some_and(|column| matches!(column.kind, ColumnType::Reference(_)));
    let filter = match is_reference {
        true => last.and(Predicate::In(columns.company, values(|named| named.company.clone()))),
        false => last,
    };
    let rows = cx.unrestricted().rows(&Select::all(def, MOST + 1).filtered(filter)).await?;
    if rows.len() > MOST {
        return Ok(found);
    }
    for row in rows {
        if let Some(named) = of_row(def, &row) {
            found.entry(named).or_default().push(row.id(def));
        }
    }
    Ok(found)
}
