//! The columns of a table as a kind needs them.

use nexa_kernel::{
    record::{ColumnDef, ColumnType, Derived, RecordDef},
    value::Value,
};
use uuid::Uuid;

use crate::{dialect::Dialect, literal::literal, shape::ColumnShape};

/// A column as a kind needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in the database.
    pub name: String,
    /// How it is written where a table is made: its name and type, and whether it may be null.
    pub(crate) sql: String,
    /// The same as a database says it.
    pub(crate) shape: ColumnShape,
    /// The columns that it is computed from.
    pub(crate) sources: Vec<String>,
    /// What it holds in rows that are older than it.
    pub(crate) fill: Fill,
    /// What it is in the other columns of its row, where the words of a closed list give it.
    pub(crate) rank: Option<String>,
}

/// What a column holds in rows that are older than it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fill {
    /// Nothing.
    Null,
    /// A literal, which is also its default.
    Constant(String),
    /// Nobody knows.
    Unknown,
}

impl Column {
    /// A column of the kernel's tables, by its name and what follows it.
    pub(crate) fn plain(name: &str, kind: &'static str, nullable: bool) -> Self {
        Self {
            name: name.to_owned(),
            sql: format!("{name} {kind}{}", null(nullable)),
            shape: ColumnShape { kind: spelled(kind).to_owned(), nullable, filled: false, values: None },
            sources: Vec::new(),
            fill: if nullable { Fill::Null } else { Fill::Unknown },
            rank: None,
        }
    }
}

const fn null(nullable: bool) -> &'static str {
    if nullable { "" } else { " NOT NULL" }
}

/// The columns of a kind's table.
pub(crate) fn columns(dialect: Dialect, def: &RecordDef) -> Vec<Column> {
    let tenant = Column::plain("org", dialect.column_type(ColumnType::Uuid), false);
    let named = |of: usize| def.columns.get(of).map(|column| column.name.clone());
    let own = def.columns.iter().enumerate().map(|(index, column)| {
        let kind = dialect.column_type(column.kind);
        let values = match column.kind {
            ColumnType::Enum(values) => Some(values.iter().map(|&value| value.to_owned()).collect()),
            _ => None,
        };
        let sources = match column.derived {
            None => Vec::new(),
            Some(Derived::Queue(first)) => vec![first, first + 1],
            Some(Derived::Folded(of) | Derived::FoldedTexts(of) | Derived::Rank(of) | Derived::WhileOpen(of)) => {
                vec![of]
            }
        };
        let backfill = def.backfills.iter().find(|(filled, _)| *filled == index).map(|(_, value)| value);
        let fill = match (column.derived, backfill) {
            (Some(Derived::Queue(_)), _) => Fill::Constant(literal(dialect, &Value::Uuid(Uuid::nil()))),
            (_, Some(value)) => Fill::Constant(literal(dialect, value)),
            _ if column.nullable => Fill::Null,
            _ => Fill::Unknown,
        };
        // A writer of the version before, which does not know the column, leaves it to the database.
        let default = match &fill {
            Fill::Constant(literal) => format!(" DEFAULT {literal}"),
            Fill::Null | Fill::Unknown => String::new(),
        };
        Column {
            name: column.name.clone(),
            sql: format!("\"{}\" {kind}{}{default}", column.name, null(column.nullable)),
            shape: ColumnShape {
                kind: spelled(kind).to_owned(),
                nullable: column.nullable,
                filled: !default.is_empty(),
                values,
            },
            sources: sources.into_iter().filter_map(named).collect(),
            fill,
            rank: match column.derived {
                Some(Derived::Rank(of)) => def.columns.get(of).and_then(ranked),
                _ => None,
            },
        }
    });
    std::iter::once(tenant).chain(own).collect()
}

/// The ranks of the words of a column.
fn ranked(column: &ColumnDef) -> Option<String> {
    let ColumnType::Enum(words) = column.kind else { return None };
    let ranks: Vec<String> =
        words.iter().rev().enumerate().map(|(rank, word)| format!("WHEN '{word}' THEN {rank}")).collect();
    Some(format!("CASE \"{}\" {} END", column.name, ranks.join(" ")))
}

/// A type as a database writes it out.
fn spelled(kind: &'static str) -> &'static str {
    match kind {
        "timestamptz" => "timestamp with time zone",
        kind => kind,
    }
}
