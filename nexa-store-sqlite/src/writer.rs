//! Group commit: units that wait together are committed together, and each stands or falls alone.

use std::sync::Arc;

use nexa_kernel::{
    Error,
    error::{Result, codes},
    in_place::run_in_place,
    ledger::Head,
    store::{Work, WriteRequest},
};
use uuid::Uuid;

use crate::{
    connection::Link,
    failure,
    ledger::{read_head, write_head},
    references::{Touched, broken},
    transaction::SqliteTransaction,
};

/// A unit of work that waits for the writer.
pub(crate) struct Unit {
    pub(crate) request: WriteRequest,
    pub(crate) work: Arc<dyn Work>,
}

/// How the units of a group are kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Apart {
    /// Not at all: a unit that fails after its first write loses the group.
    No,
    /// By a savepoint each.
    Savepoints,
}

/// What came of a group.
enum Outcome {
    Settled(Vec<Result<()>>),
    /// One failed after it had written; nothing of the group was kept.
    Spoilt,
    /// The commit found a broken reference, which may be anybody's; nothing of the group was kept.
    Broken,
}

/// A tenant's ledger within a transaction.
struct Standing {
    org: Uuid,
    stored: Head,
    head: Head,
}

/// The connection that writes.
pub(crate) struct Writer {
    pub(crate) link: Link<'static>,
    ledgers: Vec<Standing>,
}

impl Writer {
    pub(crate) const fn new(link: Link<'static>) -> Self {
        Self { link, ledgers: Vec::new() }
    }

    /// Runs a group, and answers one result per unit.
    pub(crate) fn run(&mut self, units: &[Unit]) -> Vec<Result<()>> {
        let mut outcome = self.attempt(units, Apart::No);
        if matches!(outcome, Outcome::Spoilt) {
            outcome = self.attempt(units, Apart::Savepoints);
        }
        match outcome {
            Outcome::Settled(results) => results,
            // One transaction each, so that only the guilty one fails.
            Outcome::Spoilt | Outcome::Broken => units.iter().map(|unit| self.alone(unit)).collect(),
        }
    }

    fn alone(&mut self, unit: &Unit) -> Result<()> {
        match self.attempt(std::slice::from_ref(unit), Apart::No) {
            Outcome::Settled(mut results) => results.pop().unwrap_or(Ok(())),
            Outcome::Spoilt | Outcome::Broken => Err(codes::STORE_FAILED.with("problem", "the unit did not settle")),
        }
    }

    fn attempt(&mut self, units: &[Unit], apart: Apart) -> Outcome {
        // Another process may have written since the last transaction, so nothing is kept from it.
        self.ledgers.clear();
        self.roll_back();
        if let Err(error) = self.link.files.standing() {
            return Outcome::Settled(vec![Err(error); units.len()]);
        }
        if let Err(failure) = self.link.begin_writing() {
            let error = self.link.failed(&failure);
            return Outcome::Settled(vec![Err(error); units.len()]);
        }
        let mut results = Vec::with_capacity(units.len());
        let mut touched = Vec::new();
        let mut written = false;
        for unit in units {
            let saved = apart == Apart::Savepoints || unit.request.discard;
            let ran = self.unit(unit, saved, &mut touched);
            if self.link.db.is_autocommit() {
                // SQLite gave the transaction up by itself, as it does when the disk is full.
                let error = ran.result.err().unwrap_or_else(|| codes::STORE_FAILED.with("problem", "rolled back"));
                return Outcome::Settled(vec![Err(error); units.len()]);
            }
            if ran.spoilt {
                self.roll_back();
                return match units {
                    [_] => Outcome::Settled(vec![ran.result]),
                    _ => Outcome::Spoilt,
                };
            }
            written |= ran.written;
            results.push(ran.result);
        }
        if !written {
            self.roll_back();
            return Outcome::Settled(results);
        }
        match self.commit() {
            Ok(()) => match self.link.files.check() {
                Ok(()) => Outcome::Settled(results),
                Err(error) => {
                    self.link.forsake();
                    Outcome::Settled(results.into_iter().map(|result| result.and(Err(error.clone()))).collect())
                }
            },
            Err(failure) if failure::is_constraint(&failure) => match units {
                [unit] => {
                    let found = broken(&self.link, unit.request.org, &touched);
                    self.roll_back();
                    let error = match found {
                        Ok(Some(error)) | Err(error) => error,
                        Ok(None) => codes::REFERENCE_BROKEN.with("field", "a reference").with("kind", "record"),
                    };
                    Outcome::Settled(vec![Err(error)])
                }
                _ => {
                    self.roll_back();
                    Outcome::Broken
                }
            },
            Err(failure) => {
                let error = self.link.failed(&failure);
                self.roll_back();
                Outcome::Settled(results.into_iter().map(|result| result.and(Err(error.clone()))).collect())
            }
        }
    }

    fn commit(&self) -> rusqlite::Result<()> {
        for ledger in self.ledgers.iter().filter(|ledger| ledger.head != ledger.stored) {
            write_head(&self.link, ledger.org, &ledger.head)?;
        }
        self.link.execute("COMMIT")
    }

    fn roll_back(&mut self) {
        if !self.link.db.is_autocommit() {
            // A transaction that stays open is rolled back before the next one, or reported by it.
            let _ = self.link.execute("ROLLBACK");
        }
    }

    fn ledger(&mut self, org: Uuid) -> Result<Head> {
        if let Some(ledger) = self.ledgers.iter().find(|ledger| ledger.org == org) {
            return Ok(ledger.head);
        }
        let stored = read_head(&self.link, org)?;
        self.ledgers.push(Standing { org, stored, head: stored });
        Ok(stored)
    }

    fn unit(&mut self, unit: &Unit, saved: bool, touched: &mut Vec<Touched>) -> Ran {
        let org = unit.request.org;
        let head = match self.ledger(org) {
            Ok(head) => head,
            Err(error) => return Ran::refused(error),
        };
        if saved && let Err(failure) = self.link.execute("SAVEPOINT unit") {
            return Ran::refused(self.link.failed(&failure));
        }
        let mut tx = SqliteTransaction::writing(&mut self.link, org, head);
        let answered = run_in_place(&*unit.work, &mut tx);
        let (applied, lost, after) = (tx.applied, tx.lost.take(), tx.head.get().unwrap_or(head));
        let mine = std::mem::take(&mut tx.touched);
        let mut result = answered.and(lost.map_or(Ok(()), Err));
        if unit.request.discard && result.is_ok() {
            // A dry run never commits, so its references are checked here.
            result = broken(&self.link, org, &mine).and_then(|found| found.map_or(Ok(()), Err));
        }
        let kept = result.is_ok() && !unit.request.discard;
        if saved && !self.link.db.is_autocommit() {
            let ended = if kept { Ok(()) } else { self.link.execute("ROLLBACK TO unit") };
            if let Err(failure) = ended.and_then(|()| self.link.execute("RELEASE unit")) {
                return Ran { result: Err(self.link.failed(&failure)), spoilt: true, written: false };
            }
        }
        if kept {
            touched.extend(mine);
            if let Some(ledger) = self.ledgers.iter_mut().find(|ledger| ledger.org == org) {
                ledger.head = after;
            }
        }
        Ran { spoilt: !kept && applied && !saved, written: kept && applied, result }
    }
}

/// What came of a unit.
struct Ran {
    result: Result<()>,
    /// Whether it left something half done.
    spoilt: bool,
    /// Whether it left something to commit.
    written: bool,
}

impl Ran {
    const fn refused(error: Error) -> Self {
        Self { result: Err(error), spoilt: false, written: false }
    }
}
