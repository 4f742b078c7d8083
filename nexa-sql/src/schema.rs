//! The schema: tables, constraints and indexes of the kernel and of every kind.

use nexa_kernel::record::{ColumnDef, ColumnType, Derived, RecordDef};

use crate::{
    columns::columns,
    dialect::Dialect,
    kernel_tables::kernel_tables,
    shape::{Shape, reference_shape},
    table::{Index, Table, primary_key},
};

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
