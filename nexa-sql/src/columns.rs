//! The columns of a table as a kind needs them, held against those that a database has.

use nexa_kernel::{
    Code, Error,
    record::{ColumnType, Derived, RecordDef},
};

use crate::{dialect::Dialect, schema::Table};

/// A table has other columns than its kind needs, and no migration can help.
pub const SCHEMA_DIFFERS: Code = Code::unavailable(
    "schema.differs",
    "The column {column} of the table {table} {problem}; change the table with a migration of your own, or the record's fields.",
)
.permanent();

/// A column as a kind needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in the database.
    pub name: String,
    /// Its type, as the database says it.
    pub kind: &'static str,
    /// Whether it may be null.
    pub nullable: bool,
    /// What it may hold, where that is a closed list.
    pub values: Option<&'static [&'static str]>,
    /// The columns that it is computed from.
    pub(crate) sources: Vec<String>,
    /// What follows its name where it is added to rows that are there; `None` where it cannot be.
    pub(crate) added: Option<String>,
}

/// A column as a database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its name.
    pub name: String,
    /// Its type, as the database says it.
    pub kind: String,
    /// Whether it may be null.
    pub nullable: bool,
    /// Whether the database fills it where a statement does not name it.
    pub filled: bool,
    /// What it may hold, where the database has a closed list.
    pub values: Option<Vec<String>>,
}

/// The columns of a kind's table.
pub(crate) fn columns(dialect: Dialect, def: &RecordDef) -> Vec<Column> {
    let tenant = Column {
        name: "org".to_owned(),
        kind: dialect.column_type(ColumnType::Uuid),
        nullable: false,
        values: None,
        sources: Vec::new(),
        added: None,
    };
    let own = def.columns.iter().map(|column| {
        let kind = dialect.column_type(column.kind);
        let values = match column.kind {
            ColumnType::Enum(values) => Some(values),
            _ => None,
        };
        // SQLite takes a foreign key of two columns with the whole table only.
        let bound = matches!(column.kind, ColumnType::Reference(_)) && dialect == Dialect::Sqlite;
        let added = match column.derived {
            Some(Derived::Queue(_)) => Some(format!("{kind} NOT NULL DEFAULT {}", nil(dialect))),
            _ if bound || !column.nullable => None,
            _ => Some(kind.to_owned()),
        };
        let sources = match column.derived {
            None => Vec::new(),
            Some(Derived::Queue(first)) => vec![first, first + 1],
            Some(Derived::Folded(of) | Derived::FoldedTexts(of) | Derived::Rank(of) | Derived::WhileOpen(of)) => {
                vec![of]
            }
        };
        let named = |of: usize| def.columns.get(of).map(|column| column.name.clone());
        Column {
            name: column.name.clone(),
            kind: told(kind),
            nullable: column.nullable,
            values,
            sources: sources.into_iter().filter_map(named).collect(),
            added,
        }
    });
    std::iter::once(tenant).chain(own).collect()
}

/// The nil identifier as a literal.
const fn nil(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "x'00000000000000000000000000000000'",
        Dialect::Postgres(_) => "'00000000-0000-0000-0000-000000000000'",
    }
}

/// A type as PostgreSQL writes it out.
fn told(kind: &'static str) -> &'static str {
    match kind {
        "timestamptz" => "timestamp with time zone",
        kind => kind,
    }
}

impl Table {
    /// The statements that add what a table lacks, as far as its rows allow it. Error: `schema.differs`.
    pub fn additions(&self, found: &[Found]) -> Result<Vec<String>, Error> {
        let differs = |column: &str, problem: String| {
            Err(SCHEMA_DIFFERS.with("table", &self.name).with("column", column).with("problem", problem))
        };
        let mut added: Vec<(&str, String)> = Vec::new();
        for column in &self.columns {
            let name = column.name.as_str();
            let Some(there) = found.iter().find(|there| there.name == name) else {
                if found.iter().any(|there| column.sources.contains(&there.name)) {
                    return differs(name, "is missing, and is computed from a column that has values".to_owned());
                }
                match &column.added {
                    Some(definition) => added.push((name, format!("\"{name}\" {definition}"))),
                    None if column.nullable => {
                        return differs(
                            name,
                            "is missing, and a reference cannot be added to a table of SQLite".to_owned(),
                        );
                    }
                    None => {
                        return differs(name, "is missing, and may not be empty in the rows that are there".to_owned());
                    }
                }
                continue;
            };
            if !there.kind.eq_ignore_ascii_case(column.kind) {
                return differs(name, format!("has the type {}, and {} is needed", there.kind, column.kind));
            }
            if there.nullable != column.nullable {
                let (is, needed) = if there.nullable { ("may", "may not") } else { ("may not", "may") };
                return differs(name, format!("{is} be empty, and {needed} be for the record"));
            }
            if let (Some(needed), Some(values)) = (column.values, &there.values)
                && (needed.len() != values.len() || !needed.iter().all(|value| values.iter().any(|one| one == value)))
            {
                return differs(name, format!("takes {}, and the record {}", values.join(", "), needed.join(", ")));
            }
        }
        let foreign = found.iter().find(|there| {
            !self.columns.is_empty()
                && !there.nullable
                && !there.filled
                && self.columns.iter().all(|column| column.name != there.name)
        });
        if let Some(foreign) = foreign {
            return differs(&foreign.name, "is no field of the record, and may not be empty".to_owned());
        }
        if let Some((_, last)) = added.last().cloned() {
            // The checks come with the last column, when all that they name are there.
            let names =
                |check: &&(String, String)| added.iter().any(|(name, _)| check.1.contains(&format!("\"{name}\"")));
            let checks: String = self
                .checks
                .iter()
                .filter(names)
                .map(|(name, check)| format!(" CONSTRAINT {name} CHECK ({check})"))
                .collect();
            if let Some(end) = added.last_mut() {
                end.1 = format!("{last}{checks}");
            }
        }
        Ok(added.into_iter().map(|(_, column)| format!("ALTER TABLE {} ADD COLUMN {column}", self.name)).collect())
    }
}

/// The texts between single quotes, as in a check of a closed list.
pub fn quoted_texts(check: &str) -> Vec<String> {
    check.split('\'').skip(1).step_by(2).map(str::to_owned).collect()
}
