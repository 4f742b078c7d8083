//! The migrations: what was released and stays as it is, and the draft of the next.
//!
//! `migrations/released` lists the files of released versions with their SHA-256, as `sha256sum` writes it. Beside the statements
//! of a version stands its schema as data; the draft is what the records of today differ from the last one.

use std::{fs, path::Path};

use nexa_crm::{
    kernel::{
        record::RecordDef,
        schema::{SCHEMA_DIFFERS, SchemaDifference},
    },
    postgres::{self, Namespace},
    sqlite,
};
use nexa_sql::{Dialect, Shape, Table};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::Document;

/// Where they are, in the folder of the schema.
pub(crate) const FOLDER: &str = "migrations";

/// The files of a version.
const FILES: [&str; 4] = ["sqlite/{}.sql", "sqlite/{}.json", "postgres/{}.sql", "postgres/{}.json"];

/// The source that says the version, from the folder of the schema.
const VERSION: &str = "../nexa-sql/src/version.rs";

/// The versions that are there, and the files of the draft.
pub(crate) struct Migrations {
    /// The version that the library writes.
    pub(crate) version: i64,
    /// The draft, if there is one, and the source that says the version.
    pub(crate) documents: Vec<Document>,
    /// The released files.
    released: Vec<String>,
}

impl Migrations {
    /// Reads what was released, and drafts what these kinds need beyond it.
    pub(crate) fn read(folder: &Path, defs: &[&'static RecordDef]) -> Result<Self, String> {
        let folder = folder.join(FOLDER);
        let released = released(&folder)?;
        let last = released.iter().filter_map(|name| version_of(name)).max().unwrap_or_default();
        let (sqlite, postgres) = (shape(&folder, "sqlite", last)?, shape(&folder, "postgres", last)?);
        let drafts = [
            Draft::new("sqlite", Dialect::Sqlite, defs, &sqlite, sqlite::migration(&sqlite, defs)),
            Draft::new(
                "postgres",
                Dialect::Postgres(Namespace::default()),
                defs,
                &postgres,
                postgres::migration(&postgres, Namespace::default(), defs),
            ),
        ];
        let refusals: Vec<&str> = drafts.iter().flat_map(|draft| &draft.refusals).map(String::as_str).collect();
        if !refusals.is_empty() {
            return Err(refusals.join("\n"));
        }
        let version = if drafts.iter().all(|draft| draft.statements.is_empty()) { last } else { last + 1 };
        let mut documents = vec![Document { name: VERSION.to_owned(), text: source(version) }];
        if version > last {
            documents.extend(drafts.iter().flat_map(|draft| draft.documents(version)));
        }
        Ok(Self { version, documents, released })
    }

    /// Whether this is a file of a released version, from the folder of the schema.
    pub(crate) fn is_released(&self, name: &str) -> bool {
        let own = name.strip_prefix(FOLDER).map(|name| name.trim_start_matches('/'));
        own.is_some_and(|own| own == "released" || self.released.iter().any(|released| released == own))
    }

    /// Releases the draft, which is written already: from now on it stays as it is.
    pub(crate) fn release(&self, folder: &Path) -> Result<(), String> {
        let list = folder.join(FOLDER).join("released");
        let mut text = fs::read_to_string(&list).unwrap_or_default();
        for name in FILES.map(|name| numbered(name, self.version)) {
            if !self.released.contains(&name) {
                text.push_str(&format!("{}  {name}\n", digest(&folder.join(FOLDER), &name)?));
            }
        }
        fs::write(&list, text).map_err(|problem| format!("cannot write {}: {problem}", list.display()))
    }
}

/// What is drafted for one database.
struct Draft {
    folder: &'static str,
    tables: Vec<Table>,
    statements: Vec<String>,
    refusals: Vec<String>,
    whole: Option<String>,
}

impl Draft {
    fn new(
        folder: &'static str,
        dialect: Dialect,
        defs: &[&'static RecordDef],
        released: &Shape,
        drafted: nexa_crm::Result<Vec<String>>,
    ) -> Self {
        let tables = nexa_sql::tables(dialect, defs);
        let said = |difference: SchemaDifference| match difference.column {
            Some(column) => format!("{folder}: the column {column} of {} {}", difference.table, difference.problem),
            None => format!("{folder}: the table {} {}", difference.table, difference.problem),
        };
        let mut refusals: Vec<String> = nexa_sql::removed(released, &tables).into_iter().map(said).collect();
        let statements = drafted.unwrap_or_else(|refused| {
            let part = |name: &str| refused.params().get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
            refusals.push(if refused.is(&SCHEMA_DIFFERS) {
                format!("{folder}: the column {} of {} {}", part("column"), part("table"), part("problem"))
            } else {
                refused.to_string()
            });
            Vec::new()
        });
        let whole = released.is_empty().then(|| match dialect {
            Dialect::Postgres(namespace) => postgres::schema(namespace, defs, None),
            _ => sqlite::schema(defs),
        });
        Self { folder, tables, statements, refusals, whole }
    }

    fn documents(&self, version: i64) -> [Document; 2] {
        let table = if self.folder == "sqlite" { "nexa_schema_version" } else { "nexa.schema_version" };
        let mut text = format!("-- Version {version} of the schema; run it in one transaction.\n");
        match (&self.whole, self.folder) {
            (Some(whole), _) => text.push_str(whole),
            (None, folder) => {
                // A table that other tables point at may be made anew.
                text.push_str(if folder == "sqlite" {
                    "-- Before the transaction: PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON;\n"
                } else {
                    "SET LOCAL citus.multi_shard_modify_mode TO 'sequential';\n"
                });
                let noted = format!("INSERT INTO {table} (version) VALUES ({version}) ON CONFLICT DO NOTHING");
                for statement in self.statements.iter().chain([&noted]) {
                    text.push_str(statement);
                    text.push_str(";\n");
                }
            }
        }
        let shape = serde_json::to_value(nexa_sql::shape(&self.tables)).unwrap_or_default();
        let mut data = String::new();
        lines(&shape, 0, &mut data);
        data.push('\n');
        let name = |ending: &str| format!("{FOLDER}/{}/{version:04}.{ending}", self.folder);
        [Document { name: name("sql"), text }, Document { name: name("json"), text: data }]
    }
}

/// JSON with a line for each column, constraint and index.
fn lines(json: &Json, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth + 1);
    let end = "  ".repeat(depth);
    match json {
        Json::Object(fields) if depth < 3 && !fields.is_empty() => {
            out.push('{');
            for (at, (name, value)) in fields.iter().enumerate() {
                out.push_str(&format!("{}\n{indent}{}: ", if at > 0 { "," } else { "" }, Json::from(name.as_str())));
                lines(value, depth + 1, out);
            }
            out.push_str(&format!("\n{end}}}"));
        }
        Json::Array(values) if depth < 3 && !values.is_empty() => {
            out.push('[');
            for (at, value) in values.iter().enumerate() {
                out.push_str(&format!("{}\n{indent}{value}", if at > 0 { "," } else { "" }));
            }
            out.push_str(&format!("\n{end}]"));
        }
        other => out.push_str(&other.to_string()),
    }
}

/// The source that says the version.
fn source(version: i64) -> String {
    format!(
        "//! The version of the schema; `cargo xtask gen` writes this file when it drafts one.\n\n\
         /// The version of the schema that this library writes.\n\
         pub const VERSION: i64 = {version};\n"
    )
}

fn numbered(name: &str, version: i64) -> String {
    name.replace("{}", &format!("{version:04}"))
}

fn version_of(name: &str) -> Option<i64> {
    name.rsplit('/').next()?.split('.').next()?.parse().ok()
}

/// The names of the released files, each as it was released.
fn released(folder: &Path) -> Result<Vec<String>, String> {
    let list = match fs::read_to_string(folder.join("released")) {
        Ok(list) => list,
        Err(problem) if problem.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(problem) => return Err(format!("cannot read {}/released: {problem}", folder.display())),
    };
    let mut names = Vec::new();
    for line in list.lines() {
        let (wanted, name) = line.split_once("  ").ok_or_else(|| format!("released: cannot read the line {line}"))?;
        if digest(folder, name)? != wanted {
            return Err(format!(
                "{FOLDER}/{name} was released and has changed; put it back, and let the next version say what is to change"
            ));
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

fn digest(folder: &Path, name: &str) -> Result<String, String> {
    let path = folder.join(name);
    let bytes = fs::read(&path).map_err(|problem| format!("cannot read {}: {problem}", path.display()))?;
    Ok(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The schema of a released version as data; empty before the first.
fn shape(folder: &Path, database: &str, version: i64) -> Result<Shape, String> {
    if version == 0 {
        return Ok(Shape::new());
    }
    let path = folder.join(database).join(format!("{version:04}.json"));
    let text = fs::read_to_string(&path).map_err(|problem| format!("cannot read {}: {problem}", path.display()))?;
    serde_json::from_str(&text).map_err(|problem| format!("cannot read {}: {problem}", path.display()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests;
