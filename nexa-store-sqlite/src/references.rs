//! Which reference is broken. SQLite says only that one is.

use nexa_kernel::{
    Error,
    error::{Result, codes},
    record::RecordDef,
};
use rusqlite::OptionalExtension;
use uuid::Uuid;

use crate::connection::Link;

/// A row that a unit wrote or removed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Touched {
    pub(crate) def: &'static RecordDef,
    pub(crate) id: Uuid,
    pub(crate) removed: bool,
}

/// The first broken reference among the touched rows: from one that is there, or to one that is gone.
pub(crate) fn broken(link: &Link<'_>, org: Uuid, touched: &[Touched]) -> Result<Option<Error>> {
    let kinds = link.kinds.all();
    for row in touched {
        let pairs: Vec<(&RecordDef, usize, &RecordDef)> = if row.removed {
            let pointing = |def: &&'static RecordDef| {
                let def: &'static RecordDef = def;
                def.relations
                    .iter()
                    .filter(|relation| relation.kind == row.def.kind)
                    .map(move |relation| (def, relation))
            };
            kinds.iter().flat_map(pointing).map(|(def, relation)| (def, relation.column, row.def)).collect()
        } else {
            row.def
                .relations
                .iter()
                .filter_map(|relation| {
                    let target = kinds.iter().find(|def| def.kind == relation.kind)?;
                    Some((row.def, relation.column, *target))
                })
                .collect()
        };
        for (child, column, parent) in pairs {
            if dangles(link, org, row, child, column, parent)? {
                let field = child.columns.get(column).map_or("", |column| column.path.as_str());
                return Ok(Some(codes::REFERENCE_BROKEN.with("field", field).with("kind", parent.kind)));
            }
        }
    }
    Ok(None)
}

fn dangles(
    link: &Link<'_>,
    org: Uuid,
    row: &Touched,
    child: &RecordDef,
    column: usize,
    parent: &RecordDef,
) -> Result<bool> {
    let name = |def: &RecordDef, column: usize| def.columns.get(column).map_or_else(String::new, |c| c.name.clone());
    let reference = name(child, column);
    // A touched child is found by its own id, the children of a removed row by what they point at.
    let by = if row.removed { reference.clone() } else { name(child, child.id) };
    let sql = format!(
        "SELECT 1 FROM nexa_{} AS child WHERE child.org = ?1 AND child.\"{by}\" = ?2 AND child.\"{reference}\" IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM nexa_{} AS parent WHERE parent.org = ?1 AND parent.\"{}\" = child.\"{reference}\") \
         LIMIT 1",
        child.table,
        parent.table,
        name(parent, parent.id),
    );
    let found = link
        .db
        .prepare_cached(&sql)
        .and_then(|mut statement| statement.query_row([org.as_bytes(), row.id.as_bytes()], |_| Ok(())).optional())
        .map_err(|failure| link.failed(&failure))?;
    Ok(found.is_some())
}
