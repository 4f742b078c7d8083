//! Changes one at a time, each asked about before it is written: slow, and exact about what is refused and why.
//!
//! PostgreSQL ends a transaction at its first violated constraint and names only one. So what failed fast is done again
//! here, where nothing is violated: the answer is the first refusal in the order of changes and definitions.

use nexa_kernel::{
    Error,
    error::{Result, codes},
    record::{RecordDef, Row},
    store::{Change, Entry},
    value::Value,
};
use uuid::Uuid;

use crate::{
    arguments::Binds,
    failure::Failure,
    link::Link,
    references::Touched,
    rows::read_int,
    write::{self, Net},
};

/// Writes changes; the inner error is a refusal, after which the transaction is still usable.
pub(crate) async fn apply(
    link: &mut Link<'_>,
    changes: Vec<Change>,
    touched: &mut Vec<Touched>,
) -> Result<Result<()>, Failure> {
    for change in changes {
        if let Some(refusal) = refused(link, &change).await? {
            return Ok(Err(refusal));
        }
        let id = change.after.as_ref().or(change.before.as_ref()).map_or_else(Uuid::nil, |row| row.id(change.of));
        let removed = change.after.is_none();
        if removed || !change.of.relations.is_empty() {
            touched.push(Touched { def: change.of, id, removed });
        }
        write::write(link, Net::of([change]), &[], None, true).await?;
    }
    Ok(Ok(()))
}

async fn refused(link: &mut Link<'_>, change: &Change) -> Result<Option<Error>, Failure> {
    let def = change.of;
    if let Some(before) = &change.before {
        if !exists(link, def, &[def.id, def.version], before, None).await? {
            return conflict(link, def, before).await.map(Some);
        }
    } else if let Some(after) = &change.after
        && exists(link, def, &[def.id], after, None).await?
    {
        return Ok(Some(codes::ID_TAKEN.with("id", after.id(def))));
    }
    let Some(after) = &change.after else { return Ok(None) };
    if after.live(def) {
        for unique in &def.uniques {
            let held = unique.columns.iter().any(|column| after.get(*column).is_null());
            if !held && exists(link, def, &unique.columns, after, Some(after.id(def))).await? {
                return Ok(Some(Error::taken(unique.code, def.kind, unique.field)));
            }
        }
    }
    for entry in &change.add {
        if let Entry::Key(system, key) = entry
            && held_by_another(link, def, system, key, after.id(def)).await?
        {
            return Ok(Some(def.key_taken(system, key)));
        }
    }
    Ok(None)
}

/// Whether there is a row with the same values; with `but`, another live one than this.
async fn exists(
    link: &mut Link<'_>,
    def: &RecordDef,
    columns: &[usize],
    row: &Row,
    but: Option<Uuid>,
) -> Result<bool, Failure> {
    let name = |column: usize| def.columns.get(column).map_or("id", |column| column.name.as_str());
    let mut sql = format!("SELECT 1 FROM {} WHERE org = $1", link.server.statements.dialect().table(def.table));
    let mut binds = Binds::of(link.org);
    for (position, column) in columns.iter().enumerate() {
        sql.push_str(&format!(" AND \"{}\" = ${}", name(*column), position + 2));
        binds.value(row.get(*column));
    }
    if let Some(id) = but {
        sql.push_str(&format!(" AND \"{}\" <> ${}", name(def.id), columns.len() + 2));
        binds.value(&Value::Uuid(id));
        if let Some(trash) = def.deleted_at {
            sql.push_str(&format!(" AND \"{}\" IS NULL", name(trash)));
        }
    }
    sql.push_str(" LIMIT 1");
    Ok(!link.rows(sql.into(), binds).await?.is_empty())
}

async fn held_by_another(
    link: &mut Link<'_>,
    def: &RecordDef,
    system: &str,
    key: &str,
    id: Uuid,
) -> Result<bool, Failure> {
    let table = link.server.statements.dialect().table("external_keys");
    let sql = format!(
        "SELECT 1 FROM {table} WHERE org = $1 AND kind = $2 AND system = $3 AND key = $4 AND record <> $5 LIMIT 1"
    );
    let mut binds = Binds::of(link.org);
    for text in [def.kind, system, key] {
        binds.value(&Value::Text(text.to_owned()));
    }
    binds.value(&Value::Uuid(id));
    Ok(!link.rows(sql.into(), binds).await?.is_empty())
}

async fn conflict(link: &mut Link<'_>, def: &RecordDef, before: &Row) -> Result<Error, Failure> {
    let name = |column: usize| def.columns.get(column).map_or("id", |column| column.name.as_str());
    let table = link.server.statements.dialect().table(def.table);
    let sql = format!("SELECT \"{}\" FROM {table} WHERE org = $1 AND \"{}\" = $2", name(def.version), name(def.id));
    let mut binds = Binds::of(link.org);
    binds.value(before.get(def.id));
    let rows = link.rows(sql.into(), binds).await?;
    let actual = rows.first().map(|row| read_int(def.kind, row, 0)).transpose()?;
    let expected = match before.get(def.version) {
        Value::Int(version) => *version,
        _ => 0,
    };
    let conflict = codes::VERSION_CONFLICT.with("kind", def.kind);
    Ok(conflict.with("actual", actual.unwrap_or_default()).with("expected", expected))
}
