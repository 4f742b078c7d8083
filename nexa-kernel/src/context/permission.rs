//! Whether the actor may do something with a record.

use std::{collections::HashMap, sync::Arc};

use uuid::Uuid;

use super::{Context, denied};
use crate::{
    access::{Action, Granted, Principal},
    compile::{self, CustomFields, Scope},
    error::{Result, codes},
    filter::{Around, Pointing, Predicate},
    record::{Record, RecordDef, Row},
};

/// What the policy lets the actor do with rows of a kind.
pub(crate) struct Permitted {
    pub(crate) granted: Granted,
    /// Its rows, compiled without the tenant's custom fields.
    pub(crate) rows: Predicate,
}

/// A record as it was, to be taken for what it is now.
pub(crate) struct Instead<'r> {
    pub(crate) kind: &'static str,
    pub(crate) id: Uuid,
    pub(crate) row: Option<&'r Row>,
}

/// Live records that were found through relations. No policy asks for what points at a record.
struct Found(HashMap<(&'static str, Uuid), Row>);

impl Around for Found {
    fn related(&self, of: &'static RecordDef, id: Uuid) -> Option<Row> {
        self.0.get(&(of.kind, id)).cloned()
    }
    fn has(&self, _: &Pointing, _: Uuid) -> bool {
        false
    }
}

impl Context<'_> {
    /// What the policy lets the actor do with rows of a kind; nothing where that is everything. A policy that says less is asked
    /// once in a call. Error: `policy.invalid`.
    pub(crate) fn permitted(&self, def: &'static RecordDef, action: Action) -> Result<Option<Arc<Permitted>>> {
        let is_asked = |(kind, asked, _): &&(&str, Action, _)| *kind == def.kind && *asked == action;
        let known = self.permitted.borrow().iter().find(is_asked).map(|(_, _, permitted)| Arc::clone(permitted));
        if known.is_some() {
            return Ok(known);
        }
        let granted = self.scope().access(&self.environment.kinds, def, action)?;
        if granted.rows.is_everything() && granted.hidden.is_empty() {
            return Ok(None);
        }
        let rows = compile::granted_rows(&self.environment.kinds, def, &granted, action, CustomFields::kept(&[]))?;
        let permitted = Arc::new(Permitted { granted, rows });
        self.permitted.borrow_mut().push((def.kind, action, Arc::clone(&permitted)));
        Ok(Some(permitted))
    }

    /// Whether the policy lets the actor do this with this row.
    pub async fn allows(&mut self, def: &'static RecordDef, row: &Row, action: Action) -> Result<bool> {
        match self.permitted(def, action)? {
            Some(permitted) => self.holds(&permitted.rows, row, None).await,
            None => Ok(true),
        }
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
        Ok(predicate.holds(row, &Found(related)) == Some(true))
    }

    /// The live rows that a predicate looks at through relations of this row.
    async fn related(
        &mut self,
        predicate: &Predicate,
        row: &Row,
        instead: Option<&Instead<'_>>,
    ) -> Result<HashMap<(&'static str, Uuid), Row>> {
        let mut found: HashMap<(&'static str, Uuid), Row> = HashMap::new();
        // Each with the record that it is about, unless that is this row.
        let mut waiting: Vec<(&Predicate, Option<(&'static str, Uuid)>)> = vec![(predicate, None)];
        while let Some((predicate, about)) = waiting.pop() {
            match predicate {
                Predicate::And(all) | Predicate::Or(all) => waiting.extend(all.iter().map(|one| (one, about))),
                Predicate::Not(one) => waiting.push((one, about)),
                Predicate::Through(column, of, inner) => {
                    let row = about.and_then(|about| found.get(&about)).unwrap_or(row);
                    for id in row.pointed_at(*column, of) {
                        let parent = match instead.filter(|one| one.kind == of.kind && one.id == id) {
                            Some(instead) => instead.row.cloned(),
                            None => self.row(of, id).await?,
                        };
                        if let Some(parent) = parent.filter(|parent| parent.live(of)) {
                            waiting.push((inner, Some((of.kind, id))));
                            found.insert((of.kind, id), parent);
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(found)
    }

    /// Whether a user other than the actor sees a live record. One who is not active, or whom the tenant does not know, sees nothing.
    pub async fn is_seen_by(&mut self, user: Uuid, def: &'static RecordDef, id: Uuid) -> Result<bool> {
        let environment = self.environment;
        let Some(row) = self.row(def, id).await?.filter(|row| row.live(def)) else { return Ok(false) };
        let actor = match environment.directory.actor(self.tx, &Principal::User(user)).await {
            Ok(actor) => actor,
            Err(error) if error.is(&codes::ACTOR_INACTIVE) => return Ok(false),
            Err(error) => return Err(error),
        };
        let scope = Scope::Actor(&actor, &*environment.policy);
        let granted = scope.access(&environment.kinds, def, Action::Read)?;
        let definitions = self.definitions().await?;
        let fields = CustomFields::kept(&definitions);
        let rows = compile::granted_rows(&environment.kinds, def, &granted, Action::Read, fields)?;
        self.holds(&rows, &row, None).await
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
        if self.permitted(def, action)?.is_none_or(|permitted| permitted.rows.is_always()) {
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
        match self.permitted(def, action)? {
            Some(permitted) if permitted.granted.rows.is_nothing() => Err(denied(def, action)),
            _ => Ok(()),
        }
    }
}
