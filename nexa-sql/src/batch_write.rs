//! Many rows of many tables in one statement of PostgreSQL: a column of all rows is one bind, an array.

use nexa_kernel::{record::RecordDef, store::Trash};
use uuid::Uuid;

use crate::{
    dialect::{Dialect, Namespace, element},
    events::EVENT_COLUMNS,
    load::ONE_BY_ONE,
    scope::{Scope, and_trash},
    text::Text,
};

/// How many rows a part of a statement writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rows {
    /// One: each bind is a value. The server has no arrays to take apart.
    One,
    /// Any number: each bind is an array, and one without elements stands for one of nulls.
    Many,
}

/// What a part of a statement writes. It has a bind for each of its [`part_types`].
#[derive(Clone, Copy, Debug)]
pub enum Part {
    /// Inserts rows: every column.
    Insert(&'static RecordDef),
    /// Updates rows that are still at a version: the versions before, then every column.
    Update(&'static RecordDef),
    /// Deletes rows that are still at a version: the versions, the ids.
    Delete(&'static RecordDef),
    /// Adds search terms of new records: kind, term, record, weight.
    NewTerms,
    /// Adds search terms: kind, term, record, weight. Terms that a record has get the weight.
    AddTerms,
    /// Removes search terms: kind, term, record.
    RemoveTerms,
    /// Adds indexed values: kind, field, value, record.
    AddValues,
    /// Removes indexed values: kind, field, value, record.
    RemoveValues,
    /// Adds external keys: kind, system, key, record. A key of another record is left alone and not counted.
    AddKeys,
    /// Removes external keys: kind, system, key, record.
    RemoveKeys,
    /// Writes events: [`EVENT_COLUMNS`].
    Events,
    /// Writes the head of the ledger: seq, at, head.
    Head,
}

impl PartialEq for Part {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for Part {}

impl std::hash::Hash for Part {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

impl Part {
    /// What distinguishes parts. A definition lives as long as the program, so its address names it.
    fn identity(&self) -> (u8, usize) {
        let of = |def: &'static RecordDef| std::ptr::from_ref(def).addr();
        match self {
            Self::Insert(def) => (0, of(def)),
            Self::Update(def) => (1, of(def)),
            Self::Delete(def) => (2, of(def)),
            Self::AddTerms => (3, 0),
            Self::RemoveTerms => (4, 0),
            Self::AddValues => (5, 0),
            Self::RemoveValues => (6, 0),
            Self::AddKeys => (7, 0),
            Self::RemoveKeys => (8, 0),
            Self::Events => (9, 0),
            Self::Head => (10, 0),
            Self::NewTerms => (11, 0),
        }
    }

    /// Whether it reports how many rows it wrote: where a row may have changed or belong to another record.
    pub const fn counted(self) -> bool {
        matches!(self, Self::Update(_) | Self::Delete(_) | Self::AddKeys)
    }

    /// The table that gets rows from it.
    pub const fn grows(self) -> Option<&'static str> {
        match self {
            Self::Insert(_) | Self::NewTerms | Self::AddTerms | Self::AddValues | Self::AddKeys | Self::Events => {
                Some(self.table())
            }
            _ => None,
        }
    }

    /// The table that it writes.
    const fn table(self) -> &'static str {
        match self {
            Self::Insert(def) | Self::Update(def) | Self::Delete(def) => def.table,
            Self::NewTerms | Self::AddTerms | Self::RemoveTerms => "terms",
            Self::AddValues | Self::RemoveValues => "indexed_values",
            Self::AddKeys | Self::RemoveKeys => "external_keys",
            Self::Events => "events",
            Self::Head => "ledger",
        }
    }
}

const TEXT: &str = "text";
const UUID: &str = "uuid";
const BIGINT: &str = "bigint";
const BYTES: &str = "bytea";

/// The names and the types of what a part binds, in order.
fn binds(part: Part) -> Vec<(&'static str, &'static str)> {
    let column = |def: &'static RecordDef, column: usize| {
        def.columns.get(column).map_or(("id", UUID), |column| (column.name.as_str(), element(column.kind)))
    };
    let all = |def: &'static RecordDef| (0..def.columns.len()).map(move |index| column(def, index));
    match part {
        Part::Insert(def) => all(def).collect(),
        Part::Update(def) => std::iter::once(("version_before", BIGINT)).chain(all(def)).collect(),
        Part::Delete(def) => vec![("version_before", BIGINT), column(def, def.id)],
        Part::NewTerms | Part::AddTerms => vec![("kind", TEXT), ("term", TEXT), ("record", UUID), ("weight", BIGINT)],
        Part::RemoveTerms => vec![("kind", TEXT), ("term", TEXT), ("record", UUID)],
        Part::AddValues | Part::RemoveValues => {
            vec![("kind", TEXT), ("field", TEXT), ("value", TEXT), ("record", UUID)]
        }
        Part::AddKeys | Part::RemoveKeys => vec![("kind", TEXT), ("system", TEXT), ("key", TEXT), ("record", UUID)],
        Part::Events => EVENT_COLUMNS
            .iter()
            .map(|name| match *name {
                "seq" | "at" | "format" => (*name, BIGINT),
                "unit" | "record" => (*name, UUID),
                "digest" | "salt" | "hash" => (*name, BYTES),
                _ => (*name, TEXT),
            })
            .collect(),
        Part::Head => vec![("seq", BIGINT), ("at", BIGINT), ("head", BYTES)],
    }
}

/// The types of what a part binds, or of the elements of its arrays, in order.
pub fn part_types(part: Part) -> impl Iterator<Item = &'static str> {
    binds(part).into_iter().map(|(_, kind)| kind)
}

/// Writes all parts in one statement. Binds: the tenant, then those of each part in order. It answers one row: for each part
/// that is [counted](Part::counted) how many rows it wrote.
pub fn write_many(namespace: Namespace, parts: &[(Part, Rows)]) -> String {
    let dialect = Dialect::Postgres(namespace);
    let mut sql = String::with_capacity(4096);
    let mut bind = 2;
    for (number, (part, rows)) in parts.iter().enumerate() {
        sql.push_str(if number == 0 { "WITH " } else { ", " });
        sql.push_str(&format!("p{number} AS ("));
        write_part(&mut sql, dialect, *part, *rows, &mut bind);
        sql.push_str(if part.counted() { " RETURNING 1)" } else { ")" });
    }
    let counted = parts.iter().enumerate().filter(|(_, (part, _))| part.counted());
    let count = |(number, (_, rows)): (usize, &(Part, Rows))| match rows {
        Rows::One => format!("(EXISTS (SELECT FROM p{number}))::int::bigint"),
        Rows::Many => format!("(SELECT count(*) FROM p{number})"),
    };
    let counts: Vec<String> = counted.map(count).collect();
    sql.push_str(" SELECT ");
    sql.push_str(&counts.join(", "));
    sql
}

fn write_part(sql: &mut String, dialect: Dialect, part: Part, rows: Rows, bind: &mut usize) {
    let binds = binds(part);
    let names: Vec<String> = binds.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    let first = *bind;
    *bind += binds.len();
    let array = if rows == Rows::Many { "[]" } else { "" };
    let given = binds.iter().enumerate().map(|(position, (_, kind))| format!("${}::{kind}{array}", first + position));
    let (given, columns) = (given.collect::<Vec<_>>().join(", "), names.join(", "));
    let (rows, few) = match rows {
        Rows::One => {
            let one = format!("(SELECT {given}) AS u ({columns})");
            (one.clone(), one)
        }
        Rows::Many => {
            let many = format!("unnest({given}) AS u ({columns})");
            // A limit that is all of them lets the server expect one row instead of ten, and look rows up by their key; it
            // would rather read all rows of a tenant whose table was not analysed yet.
            let few = format!("(SELECT * FROM {many} LIMIT cardinality(${first})) AS u");
            (many, few)
        }
    };
    let table = dialect.table(part.table());
    match part {
        Part::Insert(_) => insert(sql, &table, &names, &rows, ""),
        Part::Events => insert(sql, &table, &names, &rows, ""),
        // A record that is new has no terms yet, and looking for them would cost half as much again.
        Part::NewTerms => insert(sql, &table, &names, &rows, ""),
        Part::AddTerms => insert(
            sql,
            &table,
            &names,
            &rows,
            " ON CONFLICT (org, kind, term, record) DO UPDATE SET weight = excluded.weight",
        ),
        Part::AddValues => {
            insert(sql, &table, &names, &rows, " ON CONFLICT (org, kind, field, value, record) DO NOTHING")
        }
        Part::AddKeys => insert(
            sql,
            &table,
            &names,
            &rows,
            " ON CONFLICT (org, kind, system, key) DO UPDATE SET record = excluded.record \
             WHERE t.record = excluded.record",
        ),
        Part::Head => insert(
            sql,
            &table,
            &names,
            &rows,
            " ON CONFLICT (org) DO UPDATE SET seq = excluded.seq, at = excluded.at, head = excluded.head",
        ),
        Part::Update(def) => {
            sql.push_str(&format!("UPDATE {table} AS t SET "));
            let changed = def.columns.iter().enumerate().filter(|(position, _)| *position != def.id);
            let sets: Vec<String> = changed.map(|(_, column)| format!("\"{0}\" = u.\"{0}\"", column.name)).collect();
            sql.push_str(&sets.join(", "));
            sql.push_str(&format!(" FROM {few} WHERE t.org = $1"));
            at_version(sql, def);
        }
        Part::Delete(def) => {
            sql.push_str(&format!("DELETE FROM {table} AS t USING {few} WHERE t.org = $1"));
            at_version(sql, def);
        }
        Part::RemoveTerms => remove(sql, &table, &names, &few),
        Part::RemoveValues => remove(sql, &table, &names, &few),
        Part::RemoveKeys => remove(sql, &table, &names, &few),
    }
}

fn insert(sql: &mut String, table: &str, names: &[String], rows: &str, again: &str) {
    let columns = names.join(", ");
    let values: Vec<String> = names.iter().map(|name| format!("u.{name}")).collect();
    sql.push_str(&format!(
        "INSERT INTO {table} AS t (org, {columns}) SELECT $1, {} FROM {rows}{again}",
        values.join(", ")
    ));
}

fn remove(sql: &mut String, table: &str, names: &[String], rows: &str) {
    sql.push_str(&format!("DELETE FROM {table} AS t USING {rows} WHERE t.org = $1"));
    for name in names {
        sql.push_str(&format!(" AND t.{name} = u.{name}"));
    }
}

fn at_version(sql: &mut String, def: &RecordDef) {
    let name = |column: usize| def.columns.get(column).map_or("id", |column| column.name.as_str());
    let (id, version) = (name(def.id), name(def.version));
    sql.push_str(&format!(" AND t.\"{id}\" = u.\"{id}\" AND t.\"{version}\" = u.\"version_before\""));
}

/// The live rows with external keys, each followed by the system and the key. Binds: the tenant, the kind, an array of
/// systems, an array of keys.
pub fn load_named(namespace: Namespace, def: &'static RecordDef) -> String {
    let mut text = Text::new(Dialect::Postgres(namespace), Uuid::nil());
    text.push("SELECT ");
    text.columns(0, def);
    text.push(
        ", wanted.system, wanted.key FROM unnest($3::text[], $4::text[]) AS wanted (system, key) \
         CROSS JOIN LATERAL (SELECT named.record FROM ",
    );
    text.table("external_keys");
    text.push(" AS named WHERE named.org = $1 AND named.kind = $2 AND named.system = wanted.system AND named.key = wanted.key");
    text.push(ONE_BY_ONE);
    text.push(" AS named CROSS JOIN LATERAL (SELECT * FROM ");
    text.table(def.table);
    text.push(" AS t0 WHERE t0.org = $1 AND ");
    text.column(0, def, def.id);
    text.push(" = named.record");
    and_trash(&mut text, Scope::of(def, Trash::Live), Trash::Live);
    text.push(ONE_BY_ONE);
    text.push(" AS t0");
    text.finish().sql
}
