//! What a released schema had and definitions ask for no more.

use nexa_kernel::schema::SchemaDifference;

use crate::{columns::Column, shape::Shape, table::Table};

/// What was there and is needed no more. No migration takes anything away, so a released schema keeps it for ever.
pub fn removed(found: &Shape, tables: &[Table]) -> Vec<SchemaDifference> {
    let mut differences = Vec::new();
    for (name, shape) in found {
        let mut refuse = |column: Option<&str>, problem: String| {
            differences.push(SchemaDifference::refused(name, column, problem));
        };
        let Some(table) = tables.iter().find(|table| table.name == *name) else {
            refuse(None, "was released and cannot be dropped or renamed".to_owned());
            continue;
        };
        for (column, there) in &shape.columns {
            let Some(needed) = table.column(column) else {
                refuse(Some(column), "was released and cannot be dropped or renamed".to_owned());
                continue;
            };
            match (&there.values, &needed.shape.values) {
                (None, Some(_)) => refuse(Some(column), "took any value, and cannot become a closed list".to_owned()),
                (Some(values), Some(wanted)) => {
                    let gone: Vec<&str> =
                        values.iter().filter(|value| !wanted.contains(value)).map(String::as_str).collect();
                    if !gone.is_empty() {
                        refuse(Some(column), format!("took {}, which cannot be taken away", gone.join(", ")));
                    }
                }
                _ => {}
            }
        }
        let added = |condition: &str| {
            let fresh = |column: &&Column| !shape.columns.contains_key(&column.name);
            table.columns.iter().filter(fresh).any(|column| condition.contains(&format!("\"{}\"", column.name)))
        };
        for (check, _) in
            table.checks.iter().filter(|(check, condition)| !shape.checks.contains(check) && !added(condition))
        {
            refuse(None, format!("cannot have the new constraint {check}: rows that are there may not hold it"));
        }
        let needed = table.shape();
        let is_list = |check: &str| {
            let mut lists = shape.columns.iter().filter(|(_, there)| there.values.is_some());
            lists.any(|(column, _)| check.ends_with(&format!("_{column}_check")))
        };
        let checks = shape.checks.difference(&needed.checks).filter(|check| !is_list(check));
        let references = shape.references.keys().filter(|name| !needed.references.contains_key(*name));
        let indexes = shape.indexes.keys().filter(|name| !needed.indexes.contains_key(*name));
        let gone = checks.map(|name| ("constraint", name)).chain(references.map(|name| ("foreign key", name)));
        for (what, name) in gone.chain(indexes.map(|name| ("index", name))) {
            refuse(None, format!("had the {what} {name}, which no migration drops"));
        }
    }
    differences
}
