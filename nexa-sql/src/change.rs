//! Changes of rows.

use nexa_kernel::record::{RecordDef, Row};

use crate::dialect::Dialect;

/// Inserts a row. Binds: the tenant, then every column.
pub fn insert(dialect: Dialect, def: &RecordDef) -> String {
    let mut sql = format!("INSERT INTO {} (org", dialect.table(def.table));
    for column in &def.columns {
        sql.push_str(", \"");
        sql.push_str(&column.name);
        sql.push('"');
    }
    sql.push_str(") VALUES (");
    for number in 1..=def.columns.len() + 1 {
        if number > 1 {
            sql.push_str(", ");
        }
        dialect.placeholder(&mut sql, number);
    }
    sql.push(')');
    sql
}

/// Which columns of a row change: those that an update writes, so that the indexes of the others stay untouched.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Changed(Vec<u64>);

impl Changed {
    /// The columns in which two rows differ, without the id.
    pub fn between(def: &RecordDef, before: &Row, after: &Row) -> Self {
        let mut bits = vec![0_u64; def.columns.len().div_ceil(64)];
        for column in (0..def.columns.len()).filter(|column| *column != def.id) {
            if before.get(column) != after.get(column)
                && let Some(word) = bits.get_mut(column / 64)
            {
                *word |= 1 << (column % 64);
            }
        }
        Self(bits)
    }
    /// One column alone.
    pub fn only(def: &RecordDef, column: usize) -> Self {
        let mut bits = vec![0_u64; def.columns.len().div_ceil(64)];
        if let Some(word) = bits.get_mut(column / 64) {
            *word |= 1 << (column % 64);
        }
        Self(bits)
    }
    /// The changed columns, ascending.
    pub fn columns(&self) -> impl Iterator<Item = usize> + '_ {
        self.0
            .iter()
            .enumerate()
            .flat_map(|(word, bits)| (0..64).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| word * 64 + bit))
    }
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }
}

/// Updates a row that is still at a version. Binds: the tenant, the id, the version before, then the changed columns.
pub fn update(dialect: Dialect, def: &RecordDef, changed: &Changed) -> String {
    let mut sql = format!("UPDATE {} SET ", dialect.table(def.table));
    for (position, column) in changed.columns().enumerate() {
        let name = def.columns.get(column).map_or("id", |column| column.name.as_str());
        if position > 0 {
            sql.push_str(", ");
        }
        sql.push_str(&format!("\"{name}\" = "));
        dialect.placeholder(&mut sql, position + 4);
    }
    at_version(dialect, def, &mut sql);
    sql
}

/// Deletes a row that is still at a version. Binds: the tenant, the id, the version.
pub fn delete(dialect: Dialect, def: &RecordDef) -> String {
    let mut sql = format!("DELETE FROM {}", dialect.table(def.table));
    at_version(dialect, def, &mut sql);
    sql
}

fn at_version(dialect: Dialect, def: &RecordDef, sql: &mut String) {
    let name = |column: usize| def.columns.get(column).map_or("id", |column| column.name.as_str());
    for (start, column, number) in [(" WHERE ", "org", 1), (" AND ", name(def.id), 2), (" AND ", name(def.version), 3)]
    {
        sql.push_str(start);
        sql.push_str(&format!("\"{column}\" = "));
        dialect.placeholder(sql, number);
    }
}
