//! From the tables that are there to those that are needed: what differs, and the statements that help.
//!
//! A migration only adds. What is there and not needed stays: a later version, or the host, may need it.

use std::collections::BTreeSet;

use nexa_kernel::schema::{SchemaComparison, SchemaDifference};

use crate::{
    columns::{Column, Fill},
    dialect::Dialect,
    shape::{ColumnShape, TableShape, index_columns},
    table::{Index, Table},
};

/// What a table lacks.
#[derive(Default)]
struct Lacking<'t> {
    /// The same in words.
    differences: Vec<SchemaDifference>,
    /// Columns.
    columns: Vec<&'t Column>,
    /// Closed lists that are there and take other values, or the same in another order: the column, and its check if it still
    /// has one.
    lists: Vec<(&'t str, Option<&'t str>)>,
    /// Columns with ranks that moved with the lists.
    ranks: Vec<&'t Column>,
    /// Foreign keys, by name.
    references: Vec<&'t str>,
    /// Indexes, and whether another one has the name.
    indexes: Vec<(&'t Index, bool)>,
}

impl Table {
    /// What a table that is there lacks, and the statements that add it. A schema of a later version knows better which
    /// indexes and constraints its tables have.
    pub fn difference(&self, dialect: Dialect, found: &TableShape, later: bool) -> SchemaComparison {
        let mut lacking = self.lacking(found);
        if later {
            lacking.indexes.clear();
            lacking.references.clear();
            lacking.lists.clear();
            lacking.ranks.clear();
            let columns: BTreeSet<&str> = lacking.columns.iter().map(|column| column.name.as_str()).collect();
            let stays = |one: &SchemaDifference| {
                !one.migrates || one.column.as_deref().is_some_and(|name| columns.contains(name))
            };
            lacking.differences.retain(stays);
        } else {
            let unseen = self.unseen(&lacking);
            lacking.differences.extend(unseen);
        }
        let statements = match dialect {
            Dialect::Sqlite if Self::is_made_anew(&lacking) => {
                // What a rebuilt table would lose is not ours to take away.
                let foreign = found.columns.keys().find(|name| self.column(name).is_none());
                if let Some(name) = foreign {
                    let problem =
                        "is no field of the record, and would be lost where the table is made anew for what it lacks";
                    lacking.differences.push(SchemaDifference::refused(&self.name, Some(name), problem));
                }
                self.rebuilt(found, &lacking)
            }
            _ => self.altered(&lacking),
        };
        SchemaComparison { differences: lacking.differences, statements }
    }

    pub(crate) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    fn lacking(&self, found: &TableShape) -> Lacking<'_> {
        let mut lacking = Lacking::default();
        for column in &self.columns {
            match found.columns.get(&column.name) {
                None => self.lacks(found, column, &mut lacking),
                Some(there) => self.fits(found, there, column, &mut lacking),
            }
        }
        let demanded =
            |(name, there): &(&String, &ColumnShape)| !there.nullable && !there.filled && self.column(name).is_none();
        for (name, _) in found.columns.iter().filter(demanded) {
            let problem = "is no field of the record, and may not be empty";
            lacking.differences.push(SchemaDifference::refused(&self.name, Some(name), problem));
        }
        let pointing = self.pointing.iter().map(|(name, _)| name.as_str());
        lacking.references = pointing.filter(|name| !found.references.contains_key(*name)).collect();
        for index in &self.indexes {
            match found.indexes.get(&index.name) {
                None => lacking.indexes.push((index, false)),
                // One over columns that this version does not know is a later version's.
                Some(there)
                    if *there != index.shape && index_columns(there).all(|name| self.column(name).is_some()) =>
                {
                    lacking.indexes.push((index, true));
                }
                Some(_) => {}
            }
        }
        lacking
    }

    fn lacks<'t>(&self, found: &TableShape, column: &'t Column, lacking: &mut Lacking<'t>) {
        let name = Some(column.name.as_str());
        let difference = if column.sources.iter().any(|source| found.columns.contains_key(source)) {
            SchemaDifference::refused(&self.name, name, "is missing, and is computed from a column that has values")
        } else if column.fill == Fill::Unknown {
            let problem = "is missing, and may not be empty in the rows that are there: give the field a `backfill`";
            SchemaDifference::refused(&self.name, name, problem)
        } else {
            SchemaDifference::missing(&self.name, name, "is missing")
        };
        lacking.differences.push(difference);
        lacking.columns.push(column);
    }

    fn fits<'t>(&'t self, found: &TableShape, there: &ColumnShape, column: &'t Column, lacking: &mut Lacking<'t>) {
        let (name, needed) = (Some(column.name.as_str()), &column.shape);
        let mut refuse = |problem: String| {
            lacking.differences.push(SchemaDifference::refused(&self.name, name, problem));
        };
        if !there.kind.eq_ignore_ascii_case(&needed.kind) {
            refuse(format!("has the type {}, and {} is needed", there.kind, needed.kind));
        } else if there.nullable != needed.nullable {
            let (is, needed) = if there.nullable { ("may", "may not") } else { ("may not", "may") };
            refuse(format!("{is} be empty, and {needed} be for the record"));
        } else if let Some(values) = &there.values {
            let wanted = needed.values.as_deref().unwrap_or_default();
            let open = needed.values.is_none();
            let more = open || wanted.iter().any(|value| !values.contains(value));
            let fewer = !open && values.iter().any(|value| !wanted.contains(value));
            if more && fewer {
                refuse(format!("takes {}, and the record {}", values.join(", "), wanted.join(", ")));
                return;
            }
            let moved = self.columns.iter().filter(|other| {
                let ranks = other.rank.is_some() && other.sources.contains(&column.name);
                ranks && found.columns.contains_key(&other.name) && !fewer && ranks_differ(values, wanted)
            });
            let moved: Vec<&Column> = moved.collect();
            if !more && moved.is_empty() {
                return;
            }
            let problem = match more {
                true => format!("takes {}, and the record more", values.join(", ")),
                false => format!("takes {} in this order, and the record has another", values.join(", ")),
            };
            lacking.differences.push(SchemaDifference::missing(&self.name, name, problem));
            lacking.ranks.extend(moved);
            let check = self.checks.iter().find(|(_, condition)| is_list_of(condition, &column.name));
            lacking.lists.push((column.name.as_str(), check.map(|(name, _)| name.as_str())));
        }
    }

    /// References and indexes that are lacking, as differences.
    fn unseen(&self, lacking: &Lacking<'_>) -> Vec<SchemaDifference> {
        let of_column = |text: &str| text.split(" -> ").next().unwrap_or_default().to_owned();
        let pointing = self.pointing.iter().filter(|(name, _)| lacking.references.contains(&name.as_str()));
        let references = pointing.map(move |(name, shape)| {
            let problem = format!("lacks the foreign key {name}");
            SchemaDifference::missing(&self.name, Some(&of_column(shape)), problem)
        });
        let indexes = lacking.indexes.iter().map(|(index, differs)| {
            let problem = if *differs {
                format!("has another index {}, and needs {}", index.name, index.shape)
            } else {
                format!("lacks the index {} on {}", index.name, index.shape)
            };
            SchemaDifference::missing(&self.name, None, problem)
        });
        references.chain(indexes).collect()
    }

    /// Whether SQLite has no statement for what is lacking, so that the table is copied into a new one.
    fn is_made_anew(lacking: &Lacking<'_>) -> bool {
        !lacking.references.is_empty() || !lacking.lists.is_empty()
    }

    /// Copies the rows into a table as it is needed. Foreign keys are not to be enforced meanwhile.
    fn rebuilt(&self, found: &TableShape, lacking: &Lacking<'_>) -> Vec<String> {
        let anew = format!("{}_anew", self.name);
        let names: Vec<String> = self.columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
        let moved = |column: &Column| lacking.ranks.iter().any(|one| one.name == column.name);
        let values = self.columns.iter().zip(&names).map(|(column, name)| match (&column.rank, &column.fill) {
            (Some(rank), _) if moved(column) => rank.clone(),
            _ if found.columns.contains_key(&column.name) => name.clone(),
            (_, Fill::Constant(literal)) => literal.clone(),
            (_, Fill::Null | Fill::Unknown) => "NULL".to_owned(),
        });
        let values: Vec<String> = values.collect();
        let mut statements = vec![
            Self::created_as(&anew, &self.columns, &self.constraints, self.ending),
            format!("INSERT INTO {anew} ({}) SELECT {} FROM {}", names.join(", "), values.join(", "), self.name),
            format!("DROP TABLE {}", self.name),
            format!("ALTER TABLE {anew} RENAME TO {}", self.name),
        ];
        statements.extend(self.indexes.iter().map(|index| index.sql.clone()));
        statements.extend(found.others.iter().cloned());
        statements
    }

    /// Changes the table in place.
    fn altered(&self, lacking: &Lacking<'_>) -> Vec<String> {
        let mut statements = Vec::new();
        let added: BTreeSet<&str> = lacking.columns.iter().map(|column| column.name.as_str()).collect();
        let last = lacking.columns.last().map(|column| column.name.as_str());
        for column in &lacking.columns {
            let mut sql = format!("ALTER TABLE {} ADD COLUMN {}", self.name, column.sql);
            if last == Some(&column.name) {
                // The checks come with the last column, when all that they name are there.
                for (name, check) in &self.checks {
                    if added.iter().any(|column| check.contains(&format!("\"{column}\""))) {
                        sql.push_str(&format!(" CONSTRAINT {name} CHECK ({check})"));
                    }
                }
            }
            statements.push(sql);
        }
        for (column, check) in &lacking.lists {
            let plain = self.name.rsplit('.').next().unwrap_or_default();
            let mut sql = format!("ALTER TABLE {} DROP CONSTRAINT {plain}_{column}_check", self.name);
            let wide = check.and_then(|name| self.checks.iter().find(|(other, _)| other == name));
            if let Some((name, condition)) = wide {
                sql.push_str(&format!(", ADD CONSTRAINT {name} CHECK ({condition})"));
            }
            statements.push(sql);
        }
        // The owner of a table that row-level security guards sees none of its rows, but may write them anew.
        for column in &lacking.ranks {
            if let Some(rank) = &column.rank {
                let (table, name, kind) = (&self.name, &column.name, &column.shape.kind);
                statements.push(format!("ALTER TABLE {table} ALTER COLUMN \"{name}\" TYPE {kind} USING {rank}"));
            }
        }
        for (index, differs) in &lacking.indexes {
            if *differs {
                let schema = self.name.rsplit_once('.').map_or_else(String::new, |(schema, _)| format!("{schema}."));
                statements.push(format!("DROP INDEX {schema}{}", index.name));
            }
            statements.push(index.sql.clone());
        }
        statements
    }

    /// The refusal of a unique, by its name, that rows do not hold.
    pub fn repeats(&self, unique: &str) -> SchemaDifference {
        let index = self.indexes.iter().find(|index| index.name == unique);
        let column = index.and_then(|index| index_columns(&index.shape).find(|column| *column != "org"));
        let problem = format!("has rows with the same values, which {unique} does not allow");
        SchemaDifference::refused(&self.name, column, problem)
    }

    /// The statements that add its missing foreign keys, when all tables are there.
    pub fn missing_references(&self, found: Option<&TableShape>) -> impl Iterator<Item = &str> {
        let lacks = move |name: &str| found.is_none_or(|found| !found.references.contains_key(name));
        self.references.iter().filter(move |one| lacks(&one.name)).map(|one| one.sql.as_str())
    }
}

/// Whether a word has another rank in a list than in the other: its place from the end.
fn ranks_differ(values: &[String], wanted: &[String]) -> bool {
    let rank = |list: &[String], word: &String| list.iter().rev().position(|other| other == word);
    values.iter().any(|word| rank(values, word) != rank(wanted, word))
}

/// Whether a check is the closed list of a column.
fn is_list_of(condition: &str, column: &str) -> bool {
    condition.starts_with(&format!("\"{column}\" IN ('"))
}
