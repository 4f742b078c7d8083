//! Records that rows name as people call them: an account by its name, a user by their mail address.

use std::collections::HashMap;

use uuid::Uuid;

use super::{
    line::{Called, Line},
    options::codes,
    plan::Plan,
};
use crate::{
    Email,
    kernel::{
        access::Action,
        context::Context,
        error::{Error, Result},
        filter::Predicate,
        record::{ColumnType, Derived, RecordDef, Row},
        search::fold,
        store::Select,
        value::Value,
    },
};

/// The columns of the field, or why nobody is meant.
pub(super) type Found = std::result::Result<Vec<Value>, Error>;

/// Finds all records that lines name, each once, before any line is written.
pub(super) async fn find(cx: &mut Context<'_>, plan: &Plan, lines: &[Line]) -> Result<HashMap<(usize, String), Found>> {
    let mut found: HashMap<(usize, String), Found> = HashMap::new();
    let mut known: HashMap<(&'static str, String), std::result::Result<Uuid, Error>> = HashMap::new();
    for Called { field, text, .. } in lines.iter().flat_map(|line| &line.called) {
        let place = (*field, text.clone());
        if found.contains_key(&place) {
            continue;
        }
        let mut values: Found = Err(unknown(plan.def.kind, text));
        let kinds = targets(plan, *field);
        for (position, kind) in kinds.iter().enumerate() {
            let key = (*kind, fold(text));
            let one = match known.get(&key) {
                Some(one) => one.clone(),
                None => {
                    let one = named(cx, cx.kind(kind)?, text).await?;
                    known.insert(key, one.clone());
                    one
                }
            };
            match one {
                Ok(id) => {
                    let mut columns = vec![Value::Null; kinds.len()];
                    if let Some(slot) = columns.get_mut(position) {
                        *slot = Value::Uuid(id);
                    }
                    values = Ok(columns);
                    break;
                }
                Err(error) => {
                    let ambiguous = error.is(&codes::REFERENCE_AMBIGUOUS);
                    if position == 0 || ambiguous {
                        values = Err(error);
                    }
                    if ambiguous {
                        break;
                    }
                }
            }
        }
        found.insert(place, values);
    }
    Ok(found)
}

/// The kinds that the columns of a field point at.
fn targets(plan: &Plan, field: usize) -> Vec<&'static str> {
    let Some(field) = plan.field(field) else { return Vec::new() };
    let columns = plan.def.columns.iter().skip(field.first).take(field.count);
    columns
        .filter_map(|column| match column.kind {
            ColumnType::Reference(kind) => Some(kind),
            _ => None,
        })
        .collect()
}

fn unknown(kind: &str, text: &str) -> Error {
    codes::REFERENCE_UNKNOWN.with("kind", kind).with("value", text)
}

/// The one live record of a kind that is called so, as far as the actor sees: by id, mail address, number or name.
async fn named(cx: &mut Context<'_>, of: &'static RecordDef, text: &str) -> Result<std::result::Result<Uuid, Error>> {
    let mut rows: Vec<Row> = Vec::new();
    if let Ok(id) = Uuid::try_parse(text) {
        rows.extend(cx.unrestricted().row(of, id).await?);
    } else if Value::Text(text.to_owned()).unfit().is_some() {
        // What no storage keeps is nobody's name, and not every storage may be asked for it.
    } else if text.contains('@') {
        let column = if of.emails.is_empty() { of.column("email") } else { Some(of.by_email()) };
        if let (Some(column), Ok(email)) = (column, Email::parse(text)) {
            rows = cx.unrestricted().rows_by(of, column, Value::Text(email.into())).await?;
        }
    } else {
        for (column, value) in unique_values(of, text) {
            rows.extend(cx.unrestricted().rows_by(of, column, value).await?);
        }
        let named = of.column("name.folded").map(|column| (column, fold(text)));
        let named = named.or_else(|| Some((of.column("name")?, text.to_owned())));
        if let (true, Some((column, name))) = (rows.is_empty(), named) {
            let filter = Predicate::In(column, vec![Value::Text(name)]);
            rows = cx.unrestricted().rows(&Select::all(of, 2).filtered(filter)).await?;
        }
    }
    let mut seen: Vec<Uuid> = Vec::new();
    for row in rows.into_iter().filter(|row| row.live(of)) {
        if !seen.contains(&row.id(of)) && cx.allows(of, &row, Action::Read).await? {
            seen.push(row.id(of));
        }
    }
    Ok(match seen.as_slice() {
        [id] => Ok(*id),
        [] => Err(unknown(of.kind, text)),
        _ => Err(codes::REFERENCE_AMBIGUOUS.with("kind", of.kind).with("value", text)),
    })
}

/// What a text is in the unique columns of a kind.
fn unique_values(of: &'static RecordDef, text: &str) -> Vec<(usize, Value)> {
    let single = of.uniques.iter().filter_map(|unique| match unique.columns.as_slice() {
        [column] => Some(*column),
        _ => None,
    });
    single
        .filter_map(|column| {
            let def = of.columns.get(column)?;
            let value = match (def.kind, def.derived) {
                (ColumnType::Int, _) => Value::Int(text.trim_start_matches('#').parse().ok()?),
                (ColumnType::Text, Some(Derived::Folded(_))) => Value::Text(fold(text)),
                (ColumnType::Text, None) => Value::Text(text.to_owned()),
                _ => return None,
            };
            Some((column, value))
        })
        .collect()
}

/// Whether nothing in the names of a row and a record says that they are different.
pub(super) fn may_be_same(plan: &Plan, line: &Line, row: &Row) -> bool {
    ["first_name", "last_name", "name", "company"].into_iter().all(|name| {
        let Some(field) = plan.def.fields.iter().position(|field| field.name == name) else { return true };
        let given = line.given.iter().find(|given| given.field == field).and_then(|given| given.values.first());
        let stored = plan.field(field).map_or(&Value::Null, |field| row.get(field.first));
        match (given, stored) {
            (Some(Value::Text(given)), Value::Text(stored)) => fold(given) == fold(stored),
            _ => true,
        }
    })
}
