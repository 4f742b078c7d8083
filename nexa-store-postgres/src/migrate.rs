//! The schema of the database, set up by its owner.

use nexa_kernel::{
    Error,
    agenda::Agenda,
    error::Result,
    record::{Record, RecordDef},
    schema::{SchemaComparison, SchemaDifference},
};
use nexa_sql::{Dialect, Namespace, Shape, Table, tables};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, Row, raw_sql};
use uuid::Uuid;

use crate::{
    ask::ask,
    codes,
    due::LOOK_OUT,
    failure::failed,
    isolation,
    rows::simple_text,
    shared::Shared,
    there::There,
    url::connect_options,
    version::{VERSIONS, found, newer, outdated},
};

pub use nexa_sql::VERSION;

/// For Citus; a plain server takes it and does nothing with it.
const CITUS: &str = "SET LOCAL citus.multi_shard_modify_mode TO 'sequential'";

/// The schema of these kinds as a script, for a host that wants to read it or run it with a tool of its own. The role is
/// the one that the host's code connects as.
pub fn schema(namespace: Namespace, defs: &[&'static RecordDef], role: Option<&str>) -> String {
    let mut script = format!("CREATE SCHEMA IF NOT EXISTS {};\n\n", namespace.name());
    let tables = tables(Dialect::Postgres(namespace), defs);
    for table in &tables {
        for sql in statements_of(namespace, table) {
            script.push_str(&sql);
            script.push_str(";\n");
        }
        script.push('\n');
    }
    if let Some(sql) = distribution(namespace, &tables.iter().collect::<Vec<_>>()) {
        script.push_str(&sql);
        script.push_str(";\n\n");
    }
    for reference in tables.iter().flat_map(|table| &table.references) {
        script.push_str(&reference.sql);
        script.push_str(";\n");
    }
    script.push_str(&format!("{};\n", written(namespace)));
    for sql in role.into_iter().flat_map(|role| grants(namespace, &tables, role)) {
        script.push_str(&sql);
        script.push_str(";\n");
    }
    script
}

fn written(namespace: Namespace) -> String {
    format!("INSERT INTO {}.{VERSIONS} (version) VALUES ({VERSION}) ON CONFLICT DO NOTHING", namespace.name())
}

fn statements_of(namespace: Namespace, table: &Table) -> Vec<String> {
    let mut all = vec![table.sql.clone()];
    all.extend(table.indexes.iter().map(|index| index.sql.clone()));
    all.extend(policies(namespace, &table.name));
    all
}

/// Row-level security of a table: without a tenant, or with another one, it is empty.
fn policies(namespace: Namespace, table: &str) -> Vec<String> {
    if table == format!("{}.{VERSIONS}", namespace.name()) {
        return Vec::new();
    }
    let mut policies = vec![
        format!("ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"),
        format!("ALTER TABLE {table} FORCE ROW LEVEL SECURITY"),
        format!("CREATE POLICY tenant ON {table} USING (org = nullif(current_setting('nexa.org', true), '')::uuid)"),
    ];
    if plain(namespace, table) == Agenda::def().table {
        policies.extend(look_out(&[table, &format!("{}.ledger", namespace.name())]));
    }
    policies
}

/// What lets the one question through that asks which tenants have something due: these tables say how far a tenant has come and
/// when it is to be looked at, and nothing of its records.
fn look_out(tables: &[&str]) -> Vec<String> {
    let policies = tables.iter().flat_map(|table| {
        let on = format!("USING (current_setting('{LOOK_OUT}', true) = 'on')");
        [format!("DROP POLICY IF EXISTS due ON {table}"), format!("CREATE POLICY due ON {table} FOR SELECT {on}")]
    });
    policies.collect()
}

/// What a role needs. Tables by name: the partitions of one have no row-level security of their own.
fn grants(namespace: Namespace, tables: &[Table], role: &str) -> Vec<String> {
    let (schema, role) = (namespace.name(), role.replace('"', "\"\""));
    let versions = format!("{schema}.{VERSIONS}");
    let mut statements = vec![format!("GRANT USAGE ON SCHEMA {schema} TO \"{role}\"")];
    statements.extend(tables.iter().map(|table| {
        let rights = if table.name == versions { "SELECT" } else { "SELECT, INSERT, UPDATE, DELETE" };
        format!("GRANT {rights} ON {} TO \"{role}\"", table.name)
    }));
    statements
}

/// Refuses a schema that is not what these kinds need; it only reads.
pub(crate) async fn verify(shared: &Shared, defs: &[&'static RecordDef]) -> Result<()> {
    let SchemaComparison { differences, .. } = compare(shared, defs).await?;
    if let Some(difference) = differences.iter().find(|difference| !difference.migrates) {
        return Err(difference.error());
    }
    let Some(SchemaDifference { table, column, problem, .. }) = differences.first() else { return Ok(()) };
    let what =
        column.as_ref().map_or_else(|| "the table".to_owned(), |column| format!("the column {column} of the table"));
    Err(outdated(shared.server.statements.namespace, &format!("{what} {table} {problem}")))
}

fn plain(namespace: Namespace, name: &str) -> &str {
    name.strip_prefix(namespace.name()).and_then(|rest| rest.strip_prefix('.')).unwrap_or(name)
}

/// Spreads new tables by tenant over the machines of Citus, where that extension is: all rows of a tenant on one.
fn distribution(namespace: Namespace, tables: &[&Table]) -> Option<String> {
    let ledger = format!("{}.ledger", namespace.name());
    let calls: Vec<String> = tables
        .iter()
        .map(|table| {
            let name = &table.name;
            if plain(namespace, name) == VERSIONS {
                format!("PERFORM create_reference_table('{name}');")
            } else if *name == ledger {
                format!("PERFORM create_distributed_table('{name}', 'org');")
            } else {
                format!("PERFORM create_distributed_table('{name}', 'org', colocate_with => '{ledger}');")
            }
        })
        .collect();
    (!calls.is_empty()).then(|| {
        format!(
            "DO $$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'citus') THEN\n  {}\nEND IF; END $$",
            calls.join("\n  ")
        )
    })
}

/// What the database has otherwise than these kinds need, and the statements that help: tables and columns first, then what points
/// at them.
fn compared(namespace: Namespace, tables: &[Table], there: &There, version: Option<i64>) -> SchemaComparison {
    let later = version.is_some_and(|version| version > VERSION);
    let mut comparison = SchemaComparison::default();
    for table in tables {
        let Some(found) = there.shape.get(&table.name) else {
            comparison.differences.push(SchemaDifference::missing(&table.name, None, "is missing"));
            comparison.statements.extend(statements_of(namespace, table));
            continue;
        };
        let SchemaComparison { differences, statements } = table.difference(Dialect::Postgres(namespace), found, later);
        comparison.differences.extend(differences);
        comparison.statements.extend(statements);
        // A host may have made a table itself, in partitions.
        let policies = policies(namespace, &table.name);
        if !policies.is_empty() && !there.guarded.contains(&table.name) {
            comparison.differences.push(SchemaDifference::missing(&table.name, None, "lacks its row-level security"));
            comparison.statements.extend(policies);
        }
    }
    let is_new = |table: &&Table| !there.shape.contains_key(&table.name);
    let fresh: Vec<&Table> = tables.iter().filter(is_new).collect();
    comparison.statements.extend(distribution(namespace, &fresh));
    let pointing = tables.iter().filter(|table| !later || is_new(table));
    let references = pointing.flat_map(|table| table.missing_references(there.shape.get(&table.name)));
    comparison.statements.extend(references.map(str::to_owned));
    if version.is_none_or(|version| version < VERSION) {
        let problem = format!("has the version {}, and {VERSION} is needed", version.unwrap_or_default());
        let table = format!("{}.{VERSIONS}", namespace.name());
        comparison.differences.push(SchemaDifference::missing(&table, None, problem));
        comparison.statements.push(written(namespace));
    }
    comparison
}

/// The statements that bring tables that were released, as data, to those that these kinds need; they leave the version as it is.
/// Error: `schema.differs`.
pub fn migration(released: &Shape, namespace: Namespace, defs: &[&'static RecordDef]) -> Result<Vec<String>> {
    let tables = tables(Dialect::Postgres(namespace), defs);
    compared(namespace, &tables, &There::released(released), Some(VERSION)).statements()
}

/// Compares the database with what these kinds need; it only reads. A migration also gives the tables to the role.
pub(crate) async fn compare(shared: &Shared, defs: &[&'static RecordDef]) -> Result<SchemaComparison> {
    let namespace = shared.server.statements.namespace;
    let wanted = tables(Dialect::Postgres(namespace), defs);
    let mut db = shared.acquire().await.map_err(|problem| failed(&problem))?;
    let version = found(&mut db, namespace).await.map_err(|problem| failed(&problem))?;
    if let Some(version) = version.filter(|version| *version > VERSION + 1) {
        return Err(newer(namespace, version));
    }
    let mut comparison = compared(namespace, &wanted, &There::read(&mut db, namespace).await?, version);
    if comparison.statements.is_empty() {
        return Ok(comparison);
    }
    let mut statements = vec![CITUS.to_owned()];
    if version.is_none() {
        statements.push(format!("CREATE SCHEMA IF NOT EXISTS {}", namespace.name()));
    }
    statements.append(&mut comparison.statements);
    statements.extend(shared.options.role.iter().flat_map(|role| grants(namespace, &wanted, role)));
    Ok(SchemaComparison { statements, ..comparison })
}

/// The statements of the whole schema, one by one.
pub(crate) fn statements(shared: &Shared, defs: &[&'static RecordDef]) -> Vec<String> {
    let namespace = shared.server.statements.namespace;
    let wanted = tables(Dialect::Postgres(namespace), defs);
    let mut statements = vec![format!("CREATE SCHEMA IF NOT EXISTS {}", namespace.name())];
    statements.extend(compared(namespace, &wanted, &There::released(&Shape::new()), None).statements);
    statements.extend(shared.options.role.iter().flat_map(|role| grants(namespace, &wanted, role)));
    statements
}

/// Brings the schema up to these kinds. What is there already needs no rights.
pub(crate) async fn migrate(shared: &Shared, defs: &[&'static RecordDef]) -> Result<()> {
    let namespace = shared.server.statements.namespace;
    let wanted = tables(Dialect::Postgres(namespace), defs);
    {
        let mut db = shared.acquire().await.map_err(|problem| failed(&problem))?;
        // A role that may not look has no rights yet, which the owner gives it.
        let version = match found(&mut db, namespace).await {
            Err(problem) if is_denied(&problem) => None,
            found => found.map_err(|problem| failed(&problem))?,
        };
        if let Some(version) = version.filter(|version| *version > VERSION + 1) {
            return Err(newer(namespace, version));
        }
        if version.is_some_and(|version| version >= VERSION)
            && compared(namespace, &wanted, &There::read(&mut db, namespace).await?, version).statements()?.is_empty()
        {
            return Ok(());
        }
        // Nothing is set up for a role that would be refused when it is used.
        isolation::fits(&mut db, &shared.options).await?;
    }
    let role = shared.options.role.as_deref();
    match &shared.options.owner {
        Some(url) => {
            let connected = connect_options(url)?.connect().await;
            let mut db = connected.map_err(|problem| failed(&problem))?;
            set_up(&mut db, namespace, &wanted, role).await?;
            // It was for this alone; the server closes what is not closed in order.
            let _ = db.close().await;
            Ok(())
        }
        None => {
            let mut db = shared.acquire().await.map_err(|problem| failed(&problem))?;
            set_up(&mut db, namespace, &wanted, role).await
        }
    }
}

/// Creates what is missing, all or nothing. Of several that start at once, one works and the others wait.
async fn set_up(db: &mut PgConnection, namespace: Namespace, wanted: &[Table], role: Option<&str>) -> Result<()> {
    let mut tx = db.begin().await.map_err(|problem| failed(&problem))?;
    let lock = format!("SELECT pg_advisory_xact_lock(hashtext('nexa schema {}'))", namespace.name());
    ask(&mut tx, lock).await.map_err(|problem| failed(&problem))?;
    let version = match found(&mut tx, namespace).await {
        Ok(version) => version,
        Err(problem) => {
            drop(tx);
            return Err(denied(db, namespace, &problem).await);
        }
    };
    if let Some(version) = version.filter(|version| *version > VERSION + 1) {
        return Err(newer(namespace, version));
    }
    if let Some(role) = role {
        let known = format!("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = '{}'", role.replace('\'', "''"));
        if ask(&mut tx, known).await.map_err(|problem| failed(&problem))?.is_empty() {
            return Err(codes::ROLE_UNKNOWN.with("role", role));
        }
    }
    let mut statements = vec!["SET LOCAL client_min_messages = warning".to_owned(), CITUS.to_owned()];
    let schema = format!("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = '{}'", namespace.name());
    if ask(&mut tx, schema).await.map_err(|problem| failed(&problem))?.is_empty() {
        statements.push(format!("CREATE SCHEMA {}", namespace.name()));
    }
    statements.extend(compared(namespace, wanted, &There::read(&mut tx, namespace).await?, version).statements()?);
    statements.extend(role.into_iter().flat_map(|role| grants(namespace, wanted, role)));
    let done = raw_sql(AssertSqlSafe(statements.join(";\n"))).execute(&mut *tx).await;
    if let Err(problem) = done {
        drop(tx);
        if let Some(refusal) = in_the_way(wanted, &problem) {
            return Err(refusal);
        }
        return Err(denied(db, namespace, &problem).await);
    }
    tx.commit().await.map_err(|problem| failed(&problem))
}

/// The refusal of a unique that rows do not hold. Error: `schema.differs`.
fn in_the_way(tables: &[Table], problem: &sqlx::Error) -> Option<Error> {
    let violated = problem.as_database_error().filter(|database| database.is_unique_violation())?;
    let name = violated.constraint()?;
    let table = tables.iter().find(|table| table.indexes.iter().any(|index| index.name == name))?;
    Some(table.repeats(name).error())
}

fn is_denied(problem: &sqlx::Error) -> bool {
    problem.as_database_error().is_some_and(|database| database.code().as_deref() == Some("42501"))
}

/// What the owner may not do is reported as that.
async fn denied(db: &mut PgConnection, namespace: Namespace, problem: &sqlx::Error) -> Error {
    let right = problem.as_database_error().filter(|_| is_denied(problem));
    let Some(right) = right else { return failed(problem) };
    let rows = ask(db, "SELECT current_user::text".to_owned()).await.unwrap_or_default();
    let role = rows.first().and_then(|row| row.try_get::<String, _>(0).ok());
    codes::RIGHTS
        .with("role", role.unwrap_or_default())
        .with("schema", namespace.name())
        .with("problem", right.message())
}

/// Removes every row of a tenant.
pub(crate) async fn drop_org(shared: &Shared, org: Uuid) -> Result<()> {
    let removed = async {
        let mut connection = shared.connection(org).await?;
        shared.begin(&mut connection, org, &shared.opening, true, None).await?;
        let namespace = shared.server.statements.namespace.name();
        // From every table that is there, also of kinds that this process does not know.
        let there = format!(
            "SELECT c.relname FROM pg_catalog.pg_class AS c \
             JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
             JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'org' \
             WHERE n.nspname = '{namespace}' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
        );
        let rows = connection.link(&shared.server, org).simple(there).await?;
        let tables = rows.iter().filter_map(|row| simple_text(row, 0));
        let statements: Vec<String> =
            tables.map(|table| format!("DELETE FROM {namespace}.\"{table}\" WHERE org = '{org}'")).collect();
        connection.link(&shared.server, org).simple(statements.join("; ")).await?;
        connection.commit(&shared.server, org, "COMMIT".to_owned()).await
    };
    removed.await.map_err(|failure| failure.error)
}
