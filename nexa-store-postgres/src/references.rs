//! Which reference is broken. PostgreSQL names one of them, when everything is over.

use nexa_kernel::{Error, error::codes, record::RecordDef, value::Value};
use uuid::Uuid;

use crate::{arguments::Binds, failure::Failure, link::Link};

/// A row that a unit wrote or removed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Touched {
    pub(crate) def: &'static RecordDef,
    pub(crate) id: Uuid,
    pub(crate) removed: bool,
}

/// The first broken reference among the touched rows: from one that is there, or to one that is gone.
pub(crate) async fn broken(
    link: &mut Link<'_>,
    kinds: &[&'static RecordDef],
    touched: &[Touched],
) -> Result<Option<Error>, Failure> {
    for row in touched {
        for (child, column, parent) in pairs(kinds, row) {
            if dangles(link, row, child, column, parent).await? {
                let field = child.columns.get(column).map_or("", |column| column.path.as_str());
                return Ok(Some(codes::REFERENCE_BROKEN.with("field", field).with("kind", parent.kind)));
            }
        }
    }
    Ok(None)
}

/// The references that a touched row can have broken: who points, by which column, at what.
fn pairs(kinds: &[&'static RecordDef], row: &Touched) -> Vec<(&'static RecordDef, usize, &'static RecordDef)> {
    let parent = |kind: &str| kinds.iter().copied().find(|def| def.kind == kind);
    if row.removed {
        let pointing = kinds.iter().flat_map(|def| def.relations.iter().map(move |relation| (*def, relation)));
        return pointing
            .filter(|(_, relation)| relation.kind == row.def.kind)
            .map(|(def, relation)| (def, relation.column, row.def))
            .collect();
    }
    row.def.relations.iter().filter_map(|relation| Some((row.def, relation.column, parent(relation.kind)?))).collect()
}

async fn dangles(
    link: &mut Link<'_>,
    row: &Touched,
    child: &RecordDef,
    column: usize,
    parent: &RecordDef,
) -> Result<bool, Failure> {
    let name = |def: &RecordDef, column: usize| def.columns.get(column).map_or_else(String::new, |c| c.name.clone());
    let reference = name(child, column);
    // A touched child is found by its own id, the children of a removed row by what they point at.
    let by = if row.removed { reference.clone() } else { name(child, child.id) };
    let dialect = link.server.statements.dialect();
    let sql = format!(
        "SELECT 1 FROM {} AS child WHERE child.org = $1 AND child.\"{by}\" = $2 AND child.\"{reference}\" IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM {} AS parent WHERE parent.org = $1 AND parent.\"{}\" = child.\"{reference}\") \
         LIMIT 1",
        dialect.table(child.table),
        dialect.table(parent.table),
        name(parent, parent.id),
    );
    let mut binds = Binds::of(link.org);
    binds.value(&Value::Uuid(row.id));
    Ok(!link.rows(sql.into(), binds).await?.is_empty())
}
