//! Changes and their events, written.

use nexa_kernel::{
    Error,
    error::{Result, codes},
    record::{RecordDef, Row},
    store::{Batch, Change, Entry},
    value::Value,
};
use nexa_sql::Changed;
use rusqlite::{CachedStatement, OptionalExtension};
use std::sync::Arc;
use uuid::Uuid;

use crate::{
    bind::Stored,
    failure,
    ledger::{erase_events, write_event},
    references::Touched,
    transaction::SqliteTransaction,
};

/// How many terms a statement adds: as many as most records have.
const TERMS_AT_ONCE: usize = 16;

impl SqliteTransaction<'_, '_> {
    pub(crate) fn apply_batch(&mut self, batch: Batch) -> Result<()> {
        self.applied |= !batch.changes.is_empty() || !batch.events.is_empty() || !batch.erased.is_empty();
        for change in &batch.changes {
            self.write_change(change)?;
        }
        if !batch.erased.is_empty() {
            erase_events(self.link, self.org, &batch.erased).map_err(|failure| self.failed(&failure))?;
        }
        let Some(mut head) = self.head.get() else { return Ok(()) };
        for mut event in batch.events {
            event.seal(&mut head);
            write_event(self.link, self.org, &event).map_err(|failure| self.failed(&failure))?;
        }
        self.head.set(Some(head));
        Ok(())
    }

    fn write_change(&mut self, change: &Change) -> Result<()> {
        let def = change.of;
        let id = change.after.as_ref().or(change.before.as_ref()).map_or_else(Uuid::nil, |row| row.id(def));
        for entry in &change.remove {
            self.write_entry(def, id, entry, false)?;
        }
        match (&change.before, &change.after) {
            (None, Some(after)) => self.insert(def, after)?,
            (Some(before), Some(after)) => self.update(def, before, after)?,
            (Some(before), None) => self.delete(def, before)?,
            (None, None) => {}
        }
        self.add_terms(def, id, &change.add)?;
        for entry in change.add.iter().filter(|entry| !matches!(entry, Entry::Term(..))) {
            self.write_entry(def, id, entry, true)?;
        }
        if !def.relations.is_empty() || change.after.is_none() {
            self.touched.push(Touched { def, id, removed: change.after.is_none() });
        }
        Ok(())
    }

    fn prepare(&self, sql: &str) -> Result<CachedStatement<'_>> {
        self.link.db.prepare_cached(sql).map_err(|failure| self.failed(&failure))
    }

    fn insert(&mut self, def: &'static RecordDef, after: &Row) -> Result<()> {
        let sql = Arc::clone(&self.link.statements.of(def).insert);
        let mut statement = self.prepare(&sql)?;
        let inserted = statement.raw_bind_parameter(1, self.org.as_bytes()).and_then(|()| {
            for column in 0..def.columns.len() {
                statement.raw_bind_parameter(column + 2, Stored(after.get(column)))?;
            }
            statement.raw_execute()
        });
        inserted.map_err(|failure| self.refused(def, after, &failure, true)).map(|_| ())
    }

    fn update(&mut self, def: &'static RecordDef, before: &Row, after: &Row) -> Result<()> {
        let mut changed = Changed::between(def, before, after);
        if changed.is_empty() {
            // Nothing to write, but the version must still be the one that was read.
            changed = Changed::only(def, def.version);
        }
        let sql = self.link.statements.of(def).update(def, &changed);
        let mut statement = self.prepare(&sql)?;
        let updated = statement.raw_bind_parameter(1, self.org.as_bytes()).and_then(|()| {
            statement.raw_bind_parameter(2, Stored(before.get(def.id)))?;
            statement.raw_bind_parameter(3, Stored(before.get(def.version)))?;
            for (position, column) in changed.columns().enumerate() {
                statement.raw_bind_parameter(position + 4, Stored(after.get(column)))?;
            }
            statement.raw_execute()
        });
        match updated {
            Ok(1) => Ok(()),
            Ok(_) => Err(self.conflict(def, before)),
            Err(failure) => Err(self.refused(def, after, &failure, false)),
        }
    }

    fn delete(&mut self, def: &'static RecordDef, before: &Row) -> Result<()> {
        let sql = Arc::clone(&self.link.statements.of(def).delete);
        let mut statement = self.prepare(&sql)?;
        let deleted = statement.raw_bind_parameter(1, self.org.as_bytes()).and_then(|()| {
            statement.raw_bind_parameter(2, Stored(before.get(def.id)))?;
            statement.raw_bind_parameter(3, Stored(before.get(def.version)))?;
            statement.raw_execute()
        });
        match deleted {
            Ok(1) => Ok(()),
            Ok(_) => Err(self.conflict(def, before)),
            Err(failure) => Err(self.failed(&failure)),
        }
    }

    /// Adds the search terms among these entries, several in a statement and in the order of the table.
    fn add_terms(&mut self, def: &'static RecordDef, id: Uuid, entries: &[Entry]) -> Result<()> {
        let mut terms: Vec<(&str, i64)> = Vec::with_capacity(entries.len());
        terms.extend(entries.iter().filter_map(|entry| match entry {
            Entry::Term(term, weight) => Some((term.as_str(), *weight)),
            Entry::Value(..) | Entry::Key(..) => None,
        }));
        terms.sort_unstable();
        for some in terms.chunks(TERMS_AT_ONCE) {
            let sql = self.link.statements.add_terms(some.len());
            let mut statement = self.prepare(&sql)?;
            let added = statement.raw_bind_parameter(1, self.org.as_bytes()).and_then(|()| {
                statement.raw_bind_parameter(2, def.kind)?;
                statement.raw_bind_parameter(3, id.as_bytes())?;
                for (position, (term, weight)) in some.iter().enumerate() {
                    statement.raw_bind_parameter(4 + 2 * position, term)?;
                    statement.raw_bind_parameter(5 + 2 * position, weight)?;
                }
                statement.raw_execute()
            });
            added.map_err(|failure| self.failed(&failure))?;
        }
        Ok(())
    }

    fn write_entry(&mut self, def: &'static RecordDef, id: Uuid, entry: &Entry, add: bool) -> Result<()> {
        let index = Arc::clone(&self.link.statements.index);
        let (sql, first, second) = match (entry, add) {
            (Entry::Term(..), true) => return self.add_terms(def, id, std::slice::from_ref(entry)),
            (Entry::Term(term, _), false) => (&index.remove_term, term, None),
            (Entry::Value(field, value), true) => (&index.add_value, field, Some(value)),
            (Entry::Value(field, value), false) => (&index.remove_value, field, Some(value)),
            (Entry::Key(system, key), true) => (&index.add_key, system, Some(key)),
            (Entry::Key(system, key), false) => (&index.remove_key, system, Some(key)),
        };
        let mut statement = self.prepare(sql)?;
        let written = statement.raw_bind_parameter(1, self.org.as_bytes()).and_then(|()| {
            statement.raw_bind_parameter(2, def.kind)?;
            statement.raw_bind_parameter(3, first)?;
            let mut next = 4;
            if let Some(second) = second {
                statement.raw_bind_parameter(next, second)?;
                next += 1;
            }
            statement.raw_bind_parameter(next, id.as_bytes())?;
            statement.raw_execute()
        });
        match (written, entry) {
            (Ok(0), Entry::Key(system, key)) if add => Err(def.key_taken(system, key)),
            (Ok(_), _) => Ok(()),
            (Err(failure), _) => Err(self.failed(&failure)),
        }
    }

    /// Which rule a violated constraint stands for. Asked in the order of the definition, so that every backend
    /// answers the same when several are violated.
    fn refused(&self, def: &'static RecordDef, after: &Row, failure: &rusqlite::Error, new: bool) -> Error {
        if !failure::is_constraint(failure) {
            return self.failed(failure);
        }
        let id = def.id;
        match new.then(|| self.exists(def, &[id], after, None)) {
            Some(Ok(true)) => return codes::ID_TAKEN.with("id", after.id(def)),
            Some(Err(error)) => return error,
            _ => {}
        }
        for unique in &def.uniques {
            match self.exists(def, &unique.columns, after, Some(after.id(def))) {
                Ok(true) => return Error::taken(unique.code, def.kind, unique.field),
                Ok(false) => {}
                Err(error) => return error,
            }
        }
        self.failed(failure)
    }

    /// Whether there is a row with the same values; with `but`, another live one than this.
    fn exists(&self, def: &RecordDef, columns: &[usize], after: &Row, but: Option<Uuid>) -> Result<bool> {
        let name = |column: usize| def.columns.get(column).map_or("id", |column| column.name.as_str());
        let mut sql = format!("SELECT 1 FROM nexa_{} WHERE org = ?1", def.table);
        for (position, column) in columns.iter().enumerate() {
            sql.push_str(&format!(" AND \"{}\" = ?{}", name(*column), position + 2));
        }
        if but.is_some() {
            sql.push_str(&format!(" AND \"{}\" <> ?{}", name(def.id), columns.len() + 2));
            if let Some(trash) = def.deleted_at {
                sql.push_str(&format!(" AND \"{}\" IS NULL", name(trash)));
            }
        }
        let mut statement = self.prepare(&sql)?;
        let found = statement.raw_bind_parameter(1, self.org.as_bytes()).and_then(|()| {
            for (position, column) in columns.iter().enumerate() {
                statement.raw_bind_parameter(position + 2, Stored(after.get(*column)))?;
            }
            if let Some(id) = but {
                statement.raw_bind_parameter(columns.len() + 2, id.as_bytes())?;
            }
            Ok(statement.raw_query().next()?.is_some())
        });
        found.map_err(|failure| self.failed(&failure))
    }

    fn conflict(&self, def: &RecordDef, before: &Row) -> Error {
        let name = |column: usize| def.columns.get(column).map_or("id", |column| column.name.as_str());
        let sql = format!(
            "SELECT \"{}\" FROM nexa_{} WHERE org = ?1 AND \"{}\" = ?2",
            name(def.version),
            def.table,
            name(def.id)
        );
        let actual: rusqlite::Result<Option<i64>> = self
            .link
            .db
            .query_row(&sql, rusqlite::params![self.org.as_bytes(), before.id(def).as_bytes()], |row| row.get(0))
            .optional();
        match actual {
            Ok(actual) => {
                codes::VERSION_CONFLICT.with("kind", def.kind).with("actual", actual.unwrap_or_default()).with(
                    "expected",
                    match before.get(def.version) {
                        Value::Int(version) => *version,
                        _ => 0,
                    },
                )
            }
            Err(failure) => self.failed(&failure),
        }
    }
}
