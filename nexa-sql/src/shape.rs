//! Tables as data: what definitions ask for, what a database has, what a released version had. All three look the same, so that
//! any two can be compared.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// The tables of a schema, by the names that statements call them.
pub type Shape = BTreeMap<String, TableShape>;

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableShape {
    /// Its columns, by name.
    pub columns: BTreeMap<String, ColumnShape>,
    /// The names of its checks.
    pub checks: BTreeSet<String>,
    /// Its foreign keys, by name: `group_id -> nexa_groups`, with the tenant on both sides.
    pub references: BTreeMap<String, String>,
    /// Its indexes, by name: `UNIQUE (org, email) WHERE deleted_at IS NULL`. On PostgreSQL its primary key is one.
    pub indexes: BTreeMap<String, String>,
    /// The statements of what else hangs on it and goes with it, such as an index or a trigger of the host.
    #[serde(skip)]
    pub others: Vec<String>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnShape {
    /// Its type, as the database says it.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether it may be null.
    pub nullable: bool,
    /// Whether the database fills it where a statement does not name it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub filled: bool,
    /// What it may hold, where that is a closed list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<String>>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// The definition of an index as a shape has it, from the statement that made it.
pub fn index_shape(statement: &str) -> String {
    let unique = if statement.starts_with("CREATE UNIQUE") { "UNIQUE " } else { "" };
    let bare = statement.replace('"', "");
    // What follows the table: its columns in parentheses.
    let rest = bare.find('(').and_then(|at| bare.get(at..)).unwrap_or_default();
    let (columns, condition) = rest.split_once(" WHERE ").map_or((rest, None), |(columns, rest)| (columns, Some(rest)));
    let condition = condition.map(|text| text.strip_prefix('(').and_then(|t| t.strip_suffix(')')).unwrap_or(text));
    let condition = condition.map_or_else(String::new, |condition| format!(" WHERE {condition}"));
    format!("{unique}{columns}{condition}")
}

/// The columns that an index names.
pub(crate) fn index_columns(shape: &str) -> impl Iterator<Item = &str> {
    let list = shape.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(list, _)| list);
    let condition = shape.split_once(" WHERE ").and_then(|(_, rest)| rest.split(' ').next());
    list.split(", ").chain(condition)
}

/// The definition of a foreign key as a shape has it.
pub fn reference_shape(column: &str, table: &str) -> String {
    format!("{column} -> {table}")
}

/// The texts between single quotes, as in a check of a closed list.
pub fn quoted_texts(check: &str) -> Vec<String> {
    let inner = check.replace("''", "\u{0}");
    inner.split('\'').skip(1).step_by(2).map(|text| text.replace('\u{0}', "'")).collect()
}

/// The named constraints in the statement that made a table of SQLite: each with what follows its name.
pub fn sqlite_constraints(create: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let (mut depth, mut quote, mut inside) = (0_usize, None, false);
    let mut rest = create;
    while let Some(character) = rest.chars().next() {
        if quote.is_none() && depth == 1 {
            if let Some(after) = rest.strip_prefix("CONSTRAINT ") {
                let name = after.split([' ', '\n']).next().unwrap_or_default();
                found.push((name.trim_matches('"').to_owned(), String::new()));
                (inside, rest) = (true, after.get(name.len()..).unwrap_or_default());
                continue;
            }
            inside &= character != ',';
        }
        match (quote, character) {
            (None, '\'' | '"') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            (None, '(') => depth += 1,
            (None, ')') => {
                depth = depth.saturating_sub(1);
                inside &= depth > 0;
            }
            _ => {}
        }
        if inside && let Some((_, text)) = found.last_mut() {
            text.push(character);
        }
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
    }
    found.into_iter().map(|(name, text)| (name, text.trim().to_owned())).collect()
}

/// The foreign key of a constraint of SQLite: `FOREIGN KEY (org, "column") REFERENCES table (…)`.
pub fn sqlite_reference(constraint: &str) -> Option<String> {
    let bare = constraint.strip_prefix("FOREIGN KEY (")?.replace('"', "");
    let (columns, rest) = bare.split_once(") REFERENCES ")?;
    let table = rest.split([' ', '(']).next()?;
    Some(reference_shape(columns.split(", ").last()?, table))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_has_one_form_however_a_database_says_it() {
        let ours = r#"CREATE UNIQUE INDEX leads_key ON nexa.leads (org, "email") WHERE "deleted_at" IS NULL"#;
        let theirs = "CREATE UNIQUE INDEX leads_key ON nexa.leads USING btree (org, email) WHERE (deleted_at IS NULL)";
        assert_eq!(index_shape(ours), "UNIQUE (org, email) WHERE deleted_at IS NULL");
        assert_eq!(index_shape(theirs), index_shape(ours));
        assert_eq!(index_columns(&index_shape(ours)).collect::<Vec<_>>(), ["org", "email", "deleted_at"]);
        assert_eq!(index_shape("CREATE INDEX a ON ONLY nexa.events USING btree (org, seq)"), "(org, seq)");
    }

    #[test]
    fn the_constraints_of_a_table_are_found_by_name() {
        let create = "CREATE TABLE \"t\" (\n  org BLOB NOT NULL,\n  \"a\" TEXT,\n  CONSTRAINT t_pk PRIMARY KEY (org, \"id\"),\n  \
            CONSTRAINT t_a_check CHECK (\"a\" IN ('x, y', 'it''s (')),\n  \
            CONSTRAINT t_b_fk FOREIGN KEY (org, \"b_id\") REFERENCES \"u\" (org, \"id\") DEFERRABLE INITIALLY DEFERRED\
            , \"c\" TEXT CONSTRAINT t_c_check CHECK (\"c\" IN ('z')) CONSTRAINT t_d CHECK (1)) STRICT";
        let found = sqlite_constraints(create);
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["t_pk", "t_a_check", "t_b_fk", "t_c_check", "t_d"]);
        assert_eq!(found[1].1, "CHECK (\"a\" IN ('x, y', 'it''s ('))");
        assert_eq!(quoted_texts(&found[1].1), ["x, y", "it's ("]);
        assert_eq!(sqlite_reference(&found[2].1).unwrap(), "b_id -> u");
        assert_eq!(found[3].1, "CHECK (\"c\" IN ('z'))");
    }
}
