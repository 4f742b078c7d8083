//! A record as JSON, written from its columns: an answer is a text, and need not be a record first.

use serde::Serialize;

use super::{
    field::{Field, corrupt},
    form::Form,
    layout::{ColumnDef, ColumnType, FieldDef, RecordDef, Row},
};
use crate::{error::Result, value::Value};

impl Form {
    /// The form of a field of this type.
    pub const fn of<T: Field + Serialize>() -> Self {
        match T::FORM {
            Some(form) => form,
            None => Self::Serialized(serialized::<T>),
        }
    }

    /// Appends a field of this name with these values. Error: `store.corrupt`.
    pub fn write(self, name: &str, columns: &[ColumnDef], values: &[Value], out: &mut String) -> Result<()> {
        match (self, values) {
            (Self::Serialized(write), values) => return write(values, out),
            (Self::Value, [value]) => known(columns, value)?.write_json(out),
            (Self::Document(absent), [value]) if value.is_null() => out.push_str(absent),
            (Self::Document(_), [value]) => value.write_json(out),
            (Self::Parts(absent), values) if values.iter().all(Value::is_null) => out.push_str(absent),
            (Self::Parts(_), values) => write_parts(name, columns, values, false, out)?,
            (Self::AllParts, values) => write_parts(name, columns, values, true, out)?,
            (Self::Value | Self::Document(_), _) => return Err(corrupt("row", "a column is missing")),
        }
        Ok(())
    }
}

fn serialized<T: Field + Serialize>(values: &[Value], out: &mut String) -> Result<()> {
    let field = T::read(&mut values.iter().cloned())?;
    out.push_str(&serde_json::to_string(&field).map_err(|problem| corrupt("output", problem))?);
    Ok(())
}

/// A name that this version does not know is not written as if it did.
fn known<'v>(columns: &[ColumnDef], value: &'v Value) -> Result<&'v Value> {
    match (columns, value) {
        ([ColumnDef { kind: ColumnType::Enum(names), path, .. }, ..], Value::Text(name))
            if !names.contains(&name.as_str()) =>
        {
            Err(corrupt(path, "a name that is not known"))
        }
        _ => Ok(value),
    }
}

fn write_parts(name: &str, columns: &[ColumnDef], values: &[Value], nulls: bool, out: &mut String) -> Result<()> {
    let mut open = "";
    out.push('{');
    for (at, (column, value)) in columns.iter().zip(values).enumerate() {
        if value.is_null() && !nulls {
            continue;
        }
        let path = column.path.strip_prefix(name).map_or(column.path.as_str(), |rest| rest.trim_start_matches('.'));
        let (group, last) = path.rsplit_once('.').unwrap_or(("", path));
        if group != open {
            change_group(open, group, out);
            open = group;
        }
        write_name(out, last);
        known(columns.get(at..).unwrap_or_default(), value)?.write_json(out);
    }
    change_group(open, "", out);
    out.push('}');
    Ok(())
}

/// Closes the groups of one path that are not of another, and opens those of the other.
fn change_group(from: &str, to: &str, out: &mut String) {
    let groups = |path: &'_ str| path.split('.').filter(|group| !group.is_empty()).count();
    let shared = from.split('.').zip(to.split('.')).take_while(|(one, other)| one == other && !one.is_empty()).count();
    (shared..groups(from)).for_each(|_| out.push('}'));
    for group in to.split('.').skip(shared).filter(|group| !group.is_empty()) {
        write_name(out, group);
        out.push('{');
    }
}

/// Appends the name of an entry, with what parts it from the one before. It is a name of ours: nothing in it is escaped.
pub(crate) fn write_name(out: &mut String, name: &str) {
    out.push_str(if out.ends_with('{') { "\"" } else { ",\"" });
    out.push_str(name);
    out.push_str("\":");
}

impl FieldDef {
    fn write_json(&self, def: &RecordDef, row: &Row, out: &mut String) -> Result<()> {
        let range = self.first..self.first + self.count;
        let (columns, values) = (def.columns.get(range.clone()), row.values().get(range));
        self.form.write(self.name, columns.unwrap_or_default(), values.unwrap_or_default(), out)
    }
}

impl RecordDef {
    /// Appends a row as callers see the record, without the fields of these names. Error: `store.corrupt`.
    pub fn write_json(&self, row: &Row, without: &[&str], out: &mut String) -> Result<()> {
        out.reserve(24 * self.columns.len());
        out.push('{');
        for field in self.fields.iter().filter(|field| !without.contains(&field.name)) {
            write_name(out, field.name);
            field.write_json(self, row, out)?;
        }
        out.push('}');
        Ok(())
    }
}

#[cfg(test)]
mod tests;
