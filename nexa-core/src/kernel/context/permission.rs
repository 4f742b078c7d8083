//! Whether the actor may do something with a record.

use std::collections::HashMap;

use uuid::Uuid;

use super::{Context, denied};
use crate::kernel::{
    access::Action,
    compile::{self, CustomFields},
    error::Result,
    filter::Predicate,
    record::{RecordDef, Row},
    value::Value,
};

impl Context<'_> {
    /// Whether the policy lets the actor do this with this row.
    pub(crate) async fn allows(&mut self, def: &'static RecordDef, row: &Row, action: Action) -> Result<bool> {
        let fields = CustomFields::kept(&[]);
        let predicate = compile::rows(&self.parts.kinds, def, self.eyes(), action, fields)?;
        if predicate.is_always() {
            return Ok(true);
        }
        let related = self.related(&predicate, row).await?;
        let held = predicate.holds(row, &|of, id| related.get(&(of.kind, id)).cloned());
        Ok(held == Some(true))
    }

    /// The live rows that a predicate looks at through relations of this row.
    async fn related(&mut self, predicate: &Predicate, row: &Row) -> Result<HashMap<(&'static str, Uuid), Row>> {
        let mut found = HashMap::new();
        let mut waiting: Vec<(Predicate, Row)> = vec![(predicate.clone(), row.clone())];
        while let Some((predicate, row)) = waiting.pop() {
            match predicate {
                Predicate::And(all) | Predicate::Or(all) => {
                    waiting.extend(all.into_iter().map(|one| (one, row.clone())));
                }
                Predicate::Not(one) => waiting.push((*one, row)),
                Predicate::Through(column, of, inner) => {
                    let Value::Uuid(id) = row.get(column) else { continue };
                    if let Some(parent) = self.row(of, *id).await?.filter(|parent| parent.live(of)) {
                        waiting.push((*inner, parent.clone()));
                        found.insert((of.kind, *id), parent);
                    }
                }
                _ => {}
            }
        }
        Ok(found)
    }

    /// Refuses what the policy does not allow with this row. Error: `access.denied`.
    pub(crate) async fn authorize(&mut self, def: &'static RecordDef, row: &Row, action: Action) -> Result<()> {
        if self.allows(def, row, action).await? { Ok(()) } else { Err(denied(def, action)) }
    }

    /// Refuses what the policy does not allow with any record of the kind. Error: `access.denied`.
    pub fn authorize_kind(&self, def: &'static RecordDef, action: Action) -> Result<()> {
        if self.parts.policy.access(&self.actor, def, action).is_none() { Err(denied(def, action)) } else { Ok(()) }
    }
}
