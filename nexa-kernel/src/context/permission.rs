//! Whether the actor may do something with a record.

use std::collections::HashMap;

use uuid::Uuid;

use super::{Context, denied};
use crate::{
    access::Action,
    compile::{self, CustomFields},
    error::Result,
    filter::Predicate,
    record::{Record, RecordDef, Row},
    value::Value,
};

/// A record as it was, to be taken for what it is now.
pub(crate) struct Instead<'r> {
    pub(crate) kind: &'static str,
    pub(crate) id: Uuid,
    pub(crate) row: Option<&'r Row>,
}

impl Context<'_> {
    /// Whether the policy lets the actor do this with this row.
    pub async fn allows(&mut self, def: &'static RecordDef, row: &Row, action: Action) -> Result<bool> {
        let fields = CustomFields::kept(&[]);
        let predicate = compile::rows(&self.parts.kinds, def, self.scope(), action, fields)?;
        self.holds(&predicate, row, None).await
    }

    /// Whether a row matches, with the records that it points at as they are now, or one of them as it is given.
    pub(crate) async fn holds(
        &mut self,
        predicate: &Predicate,
        row: &Row,
        instead: Option<&Instead<'_>>,
    ) -> Result<bool> {
        if predicate.is_always() {
            return Ok(true);
        }
        let related = self.related(predicate, row, instead).await?;
        let held = predicate.holds(row, &|of, id| related.get(&(of.kind, id)).cloned());
        Ok(held == Some(true))
    }

    /// The live rows that a predicate looks at through relations of this row.
    async fn related(
        &mut self,
        predicate: &Predicate,
        row: &Row,
        instead: Option<&Instead<'_>>,
    ) -> Result<HashMap<(&'static str, Uuid), Row>> {
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
                    let parent = match instead.filter(|one| one.kind == of.kind && one.id == *id) {
                        Some(instead) => instead.row.cloned(),
                        None => self.row(of, *id).await?,
                    };
                    if let Some(parent) = parent.filter(|parent| parent.live(of)) {
                        waiting.push((*inner, parent.clone()));
                        found.insert((of.kind, *id), parent);
                    }
                }
                _ => {}
            }
        }
        Ok(found)
    }

    /// Whether the call made this record, or the actor saw it as it was before.
    pub async fn saw<R: Record>(&mut self, record: &R) -> Result<bool> {
        self.allowed_before(record, Action::Read).await
    }

    /// Whether the call made this record, or the actor sees it and may change it: then a command may fill it beside its target.
    pub async fn may_fill<R: Record>(&mut self, record: &R) -> Result<bool> {
        Ok(self.saw(record).await? && self.allowed_before(record, Action::Update).await?)
    }

    /// Whether the policy lets the actor do this with a record as it is stored, or the call has made it.
    async fn allowed_before<R: Record>(&mut self, record: &R, action: Action) -> Result<bool> {
        let def = R::def();
        if compile::rows(&self.parts.kinds, def, self.scope(), action, CustomFields::kept(&[]))?.is_always() {
            return Ok(true);
        }
        match self.entries.get(&record.id().identity()).and_then(|entry| entry.before.clone()) {
            Some(before) => self.allows(def, &before, action).await,
            None => Ok(true),
        }
    }

    /// Refuses what the policy does not allow with this row. Error: `access.denied`.
    pub async fn authorize(&mut self, def: &'static RecordDef, row: &Row, action: Action) -> Result<()> {
        if self.allows(def, row, action).await? { Ok(()) } else { Err(denied(def, action)) }
    }

    /// Refuses what the policy does not allow with any record of the kind. Errors: `access.denied`, `policy.invalid`.
    pub fn authorize_kind(&self, def: &'static RecordDef, action: Action) -> Result<()> {
        if self.scope().access(&self.parts.kinds, def, action)?.rows.is_nothing() {
            return Err(denied(def, action));
        }
        // A filter that cannot be used lets nothing through, also where no row is held against it.
        compile::rows(&self.parts.kinds, def, self.scope(), action, CustomFields::kept(&[])).map(drop)
    }
}
