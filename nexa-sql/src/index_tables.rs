//! Changes of the three index tables that every kind shares.

use crate::dialect::Dialect;

/// The statements that add and remove entries. Binds: the tenant, the kind, the columns of the entry, the record.
/// Terms are added by [`add_terms`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexTables {
    /// Removes a search term: term, record.
    pub remove_term: String,
    /// Adds an indexed value: field, value, record.
    pub add_value: String,
    /// Removes an indexed value: field, value, record.
    pub remove_value: String,
    /// Adds an external key: system, key, record. It changes no row when the key is another record's.
    pub add_key: String,
    /// Removes an external key: system, key, record.
    pub remove_key: String,
}

/// Adds search terms of one record. Binds: the tenant, the kind, the record, then each term with its weight. Terms that
/// the record has stay as they are.
pub fn add_terms(dialect: Dialect, count: usize) -> String {
    // SQLite keeps a journal of its own for a statement of many rows that may fail half-way; one that ignores cannot.
    let (insert, again) = match dialect {
        Dialect::Sqlite => ("INSERT OR IGNORE", ""),
        Dialect::Postgres(_) => ("INSERT", " ON CONFLICT DO NOTHING"),
    };
    let mut sql = format!("{insert} INTO {} (org, kind, record, term, weight) VALUES ", dialect.table("terms"));
    for term in 0..count {
        sql.push_str(if term == 0 { "(" } else { ", (" });
        for (position, number) in [1, 2, 3, 4 + 2 * term, 5 + 2 * term].into_iter().enumerate() {
            if position > 0 {
                sql.push_str(", ");
            }
            dialect.placeholder(&mut sql, number);
        }
        sql.push(')');
    }
    sql.push_str(again);
    sql
}

/// The statements of the index tables.
pub fn index_tables(dialect: Dialect) -> IndexTables {
    let add = |table: &str, columns: &[&str], again: &str| {
        let mut sql =
            format!("INSERT INTO {} AS entry (org, kind, {}) VALUES (", dialect.table(table), columns.join(", "));
        for number in 1..=columns.len() + 2 {
            if number > 1 {
                sql.push_str(", ");
            }
            dialect.placeholder(&mut sql, number);
        }
        sql.push(')');
        sql.push_str(again);
        sql
    };
    let remove = |table: &str, columns: &[&str]| {
        let mut sql = format!("DELETE FROM {} WHERE ", dialect.table(table));
        for (position, column) in ["org", "kind"].iter().chain(columns).enumerate() {
            if position > 0 {
                sql.push_str(" AND ");
            }
            sql.push_str(&format!("{column} = "));
            dialect.placeholder(&mut sql, position + 1);
        }
        sql
    };
    IndexTables {
        remove_term: remove("terms", &["term", "record"]),
        add_value: add("indexed_values", &["field", "value", "record"], " ON CONFLICT DO NOTHING"),
        remove_value: remove("indexed_values", &["field", "value", "record"]),
        add_key: add(
            "external_keys",
            &["system", "key", "record"],
            " ON CONFLICT (org, kind, system, key) DO UPDATE SET record = excluded.record \
             WHERE entry.record = excluded.record",
        ),
        remove_key: remove("external_keys", &["system", "key", "record"]),
    }
}
