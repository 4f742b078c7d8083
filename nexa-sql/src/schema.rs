//! The schema: tables, constraints and indexes of the kernel and of every kind.

use nexa_kernel::record::{ColumnDef, ColumnType, Derived, RecordDef};

use crate::{
    columns::{Column, columns},
    dialect::Dialect,
    kernel_tables::kernel_tables,
    shape::{Shape, TableShape, index_shape, reference_shape},
};

/// A table with its indexes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name in the database.
    pub name: String,
    /// The statement that creates it.
    pub sql: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// The constraints that are made with it, and how its statement ends.
    pub(crate) constraints: Vec<String>,
    pub(crate) ending: &'static str,
    /// Its checks: name and condition.
    pub(crate) checks: Vec<(String, String)>,
    /// Its foreign keys, as a shape has them.
    pub(crate) pointing: Vec<(String, String)>,
    /// Its indexes.
    pub indexes: Vec<Index>,
    /// Its foreign keys, where they are added when all tables are there: PostgreSQL wants to see what they point at.
    pub references: Vec<Index>,
}

/// An index or a foreign key of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// Its name in the database.
    pub name: String,
    /// The statement that creates it.
    pub sql: String,
    /// How a shape says it.
    pub(crate) shape: String,
}

impl Index {
    pub(crate) fn new(name: String, sql: String) -> Self {
        Self { shape: index_shape(&sql), name, sql }
    }
}

impl Table {
    /// The statement that creates it under a name.
    pub(crate) fn created_as(name: &str, columns: &[Column], constraints: &[String], ending: &str) -> String {
        let lines: Vec<&str> =
            columns.iter().map(|column| column.sql.as_str()).chain(constraints.iter().map(String::as_str)).collect();
        format!("CREATE TABLE {name} (\n  {}\n){ending}", lines.join(",\n  "))
    }
    /// It as data.
    pub fn shape(&self) -> TableShape {
        TableShape {
            columns: self.columns.iter().map(|column| (column.name.clone(), column.shape.clone())).collect(),
            checks: self.checks.iter().map(|(name, _)| name.clone()).collect(),
            references: self.pointing.iter().cloned().collect(),
            indexes: self.indexes.iter().map(|index| (index.name.clone(), index.shape.clone())).collect(),
            others: Vec::new(),
        }
    }
}

/// Tables as data.
pub fn shape(tables: &[Table]) -> Shape {
    tables.iter().map(|table| (table.name.clone(), table.shape())).collect()
}

/// The tables of the kernel, then of the kinds in the order in which they are given.
pub fn tables(dialect: Dialect, defs: &[&'static RecordDef]) -> Vec<Table> {
    let mut tables = kernel_tables(dialect);
    tables.extend(defs.iter().map(|def| table(dialect, def, defs)));
    tables
}

/// The whole schema as one script.
pub fn schema(dialect: Dialect, defs: &[&'static RecordDef]) -> String {
    let mut script = String::new();
    let tables = tables(dialect, defs);
    for table in &tables {
        for sql in std::iter::once(&table.sql).chain(table.indexes.iter().map(|index| &index.sql)) {
            script.push_str(sql);
            script.push_str(";\n");
        }
        script.push('\n');
    }
    for reference in tables.iter().flat_map(|table| &table.references) {
        script.push_str(&reference.sql);
        script.push_str(";\n");
    }
    script
}

fn table(dialect: Dialect, def: &'static RecordDef, defs: &[&'static RecordDef]) -> Table {
    let columns = columns(dialect, def);
    let named = |name: &str| dialect.constraint(&format!("{}_{name}", def.table));
    let mut constraints = Vec::new();
    let primary = format!("CONSTRAINT {} PRIMARY KEY (org, {})", named("pk"), quoted(def, def.id));
    if dialect == Dialect::Sqlite {
        constraints.push(primary.clone());
    }
    let checks: Vec<(String, String)> =
        checks(dialect, def).into_iter().map(|(name, check)| (named(&name), check)).collect();
    constraints.extend(checks.iter().map(|(name, check)| format!("CONSTRAINT {name} CHECK ({check})")));
    let name = dialect.table(def.table);
    let (mut references, mut pointing) = (Vec::new(), Vec::new());
    for relation in &def.relations {
        let Some(target) = defs.iter().find(|target| target.kind == relation.kind) else { continue };
        let column = def.columns.get(relation.column).map_or("", |column| column.name.as_str());
        let (own, other) = (named(&format!("{column}_fk")), dialect.table(target.table));
        let foreign = format!(
            "CONSTRAINT {own} FOREIGN KEY (org, \"{column}\") REFERENCES {other} (org, {}) DEFERRABLE INITIALLY DEFERRED",
            quoted(target, target.id)
        );
        let shape = reference_shape(column, &other);
        pointing.push((own.clone(), shape.clone()));
        if dialect.is_postgres() {
            references.push(Index { name: own, sql: format!("ALTER TABLE {name} ADD {foreign}"), shape });
        } else {
            constraints.push(foreign);
        }
    }
    let ending = if dialect == Dialect::Sqlite { " STRICT" } else { "" };
    let sql = Table::created_as(&name, &columns, &constraints, ending);
    let mut indexes = indexes(dialect, def);
    if dialect.is_postgres() {
        indexes.push(primary_key(&name, named("pk"), &primary));
    }
    Table { name, sql, columns, constraints, ending, checks, pointing, indexes, references }
}

/// The primary key of a table on PostgreSQL, added after all its other indexes. Of indexes that seem equally good, as
/// all do while a table is small or not analysed, PostgreSQL takes the youngest; every index here ends in the id, so any of
/// them would do for a lookup by id, but for all rows of the tenant that it would pass. For the same reason uniques come
/// after the other indexes: for rows that are not analysed the server thinks hardly any of them live, and any index as good.
pub(crate) fn primary_key(table: &str, name: String, constraint: &str) -> Index {
    let keys = constraint.split_once("PRIMARY KEY ").map_or("", |(_, keys)| keys).replace('"', "");
    Index { sql: format!("ALTER TABLE {table} ADD {constraint}"), shape: format!("UNIQUE {keys}"), name }
}

fn quoted(def: &RecordDef, column: usize) -> String {
    format!("\"{}\"", def.columns.get(column).map_or("id", |column| column.name.as_str()))
}

fn checks(dialect: Dialect, def: &RecordDef) -> Vec<(String, String)> {
    let mut checks = Vec::new();
    for (index, column) in def.columns.iter().enumerate() {
        let name = quoted(def, index);
        if let ColumnType::Enum(values) = column.kind {
            let values: Vec<String> = values.iter().map(|value| format!("'{}'", value.replace('\'', "''"))).collect();
            checks.push((format!("{}_check", column.name), format!("{name} IN ({})", values.join(", "))));
        }
        if column.kind == ColumnType::Bool && dialect == Dialect::Sqlite {
            checks.push((format!("{}_check", column.name), format!("{name} IN (0, 1)")));
        }
        if let Some(Derived::Queue(first)) = column.derived {
            let (a, b) = (quoted(def, first), quoted(def, first + 1));
            checks.push((format!("{}_either", column.name), format!("{a} IS NULL OR {b} IS NULL")));
        }
        if let Some((currency, other)) = currency_of(def, column) {
            let other = quoted(def, other);
            checks.push((format!("{currency}_both"), format!("({name} IS NULL) = ({other} IS NULL)")));
        }
    }
    checks
}

/// The currency column that belongs to an amount column, when both can be absent.
fn currency_of<'d>(def: &'d RecordDef, amount: &ColumnDef) -> Option<(&'d str, usize)> {
    let field = amount.path.strip_suffix(".amount")?;
    let currency = def.column(&format!("{field}.currency"))?;
    let column = def.columns.get(currency)?;
    (amount.kind == ColumnType::Amount && amount.nullable && column.nullable).then_some((&column.name, currency))
}

fn indexes(dialect: Dialect, def: &RecordDef) -> Vec<Index> {
    let table = dialect.table(def.table);
    let mut indexes = Vec::new();
    let mut add = |unique: bool, name: &str, columns: &[String], condition: Option<String>| {
        let name = dialect.constraint(name);
        let unique = if unique { "UNIQUE " } else { "" };
        let condition = condition.map_or_else(String::new, |condition| format!(" WHERE {condition}"));
        let sql = format!("CREATE {unique}INDEX {name} ON {table} (org, {}){condition}", columns.join(", "));
        indexes.push(Index::new(name, sql));
    };
    let names = |columns: &[usize]| columns.iter().map(|column| quoted(def, *column)).collect::<Vec<_>>();
    let trash = def.deleted_at.map(|column| quoted(def, column));
    for index in &def.indexes {
        let mut columns = names(&index.columns);
        // The id breaks ties; the trash mark lets a page of live rows be found in the index alone.
        for column in std::iter::once(def.id).chain(def.deleted_at) {
            if !index.columns.contains(&column) {
                columns.push(quoted(def, column));
            }
        }
        add(false, &index.name, &columns, None);
    }
    // Removing a record looks for those that point at it.
    for column in unindexed_references(def) {
        let Some(column) = def.columns.get(column) else { continue };
        let name = format!("{}_{}_ref", def.table, column.name);
        let condition = column.nullable.then(|| format!("\"{}\" IS NOT NULL", column.name));
        add(false, &name, &[format!("\"{}\"", column.name), quoted(def, def.id)], condition);
    }
    // The first unique comes last: it is what records are looked up by most.
    for unique in def.uniques.iter().rev() {
        let columns = names(&unique.columns);
        // A load by key finds trashed rows as well.
        if let Some(trash) = &trash {
            add(false, &format!("{}_trash", unique.name), &columns, Some(format!("{trash} IS NOT NULL")));
        }
        add(true, &unique.name, &columns, trash.as_ref().map(|trash| format!("{trash} IS NULL")));
    }
    indexes
}

/// The references that lead no index of the definition; the schema gives each one of its own, with the id.
pub(crate) fn unindexed_references(def: &RecordDef) -> impl Iterator<Item = usize> {
    let indexed = |column: usize| def.indexes.iter().any(|index| index.columns.first() == Some(&column));
    def.relations.iter().map(|relation| relation.column).filter(move |column| !indexed(*column))
}
