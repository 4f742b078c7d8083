//! A copy of the file while work goes on.
//!
//! There is one connection, and no second file. What is in the log is brought into the file first; from then on all that is written
//! stays in the log, so that the file does not change until it was read, piece by piece, with other work in between.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use nexa_kernel::error::{Result, codes as kernel};

use super::LOCKED;
use crate::{
    SqliteStore,
    connection::{LOG, Link},
    queue::{Alone, Task},
    raw,
};

/// So many bytes are read at once.
const PIECE: u64 = 1 << 20;
/// Where the header says how the file is written and read; 1 is a file that needs no log, so that a log which is found beside it is known
/// to be another's.
const FORMS: std::ops::Range<usize> = 18..20;
const WITHOUT_A_LOG: u8 = 1;

impl SqliteStore {
    /// Gives the file as it is now to `take`, piece by piece, as one plain SQLite file without a log. Other work goes on meanwhile,
    /// whenever `take` waits. One copy at a time. Errors: `store.locked` during another copy, `store.io`, `store.full`, and
    /// `store.failed` with what `take` says.
    pub async fn image<F>(&self, take: impl Fn(Vec<u8>) -> F) -> Result<()>
    where
        F: Future<Output = std::result::Result<(), String>>,
    {
        let _copying = Copying::begun(&self.copying)
            .ok_or_else(|| LOCKED.with("path", self.readers.files.database.display().to_string()))?;
        let copied = self.pieces(take).await;
        let ended = self.asking(|link| still(link, LOG)).await;
        copied.and(ended)
    }

    async fn pieces<F>(&self, take: impl Fn(Vec<u8>) -> F) -> Result<()>
    where
        F: Future<Output = std::result::Result<(), String>>,
    {
        let size = self.asking(standing).await?;
        let mut from = 0;
        while from < size {
            let length = PIECE.min(size - from);
            let mut piece = self.asking(move |link| read(link, from, length)).await?;
            if from == 0
                && let Some(forms) = piece.get_mut(FORMS)
            {
                forms.fill(WITHOUT_A_LOG);
            }
            take(piece).await.map_err(|problem| kernel::STORE_FAILED.with("problem", problem))?;
            from += length;
        }
        Ok(())
    }

    /// Has the connection for itself, for an answer.
    async fn asking<T: Send + 'static>(&self, ask: impl FnOnce(&Link<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        let answer = Arc::new(Mutex::new(None));
        let found_by = Arc::clone(&answer);
        let alone: Alone = Box::new(move |link| {
            let found = ask(link)?;
            *found_by.lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
            Ok(())
        });
        self.queue.run(Task::Alone(alone)).await?;
        let found = answer.lock().unwrap_or_else(PoisonError::into_inner).take();
        found.ok_or_else(|| kernel::STORE_FAILED.with("problem", "it did not answer"))
    }
}

/// Brings the log into the file, keeps the file so, and answers its size in bytes.
fn standing(link: &Link<'_>) -> Result<u64> {
    still(link, 0)?;
    let size = || -> rusqlite::Result<(bool, u64)> {
        let busy = link.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        let pages: u32 = link.db.pragma_query_value(None, "page_count", |row| row.get(0))?;
        let page: u32 = link.db.pragma_query_value(None, "page_size", |row| row.get(0))?;
        Ok((busy, u64::from(pages) * u64::from(page)))
    };
    match size().map_err(|failure| link.failed(&failure))? {
        (false, size) => Ok(size),
        (true, _) => Err(LOCKED.with("path", link.path.display().to_string())),
    }
}

/// After so many pages the log is brought into the file; never when it is zero.
fn still(link: &Link<'_>, pages: u32) -> Result<()> {
    let set = link.db.pragma_update_and_check(None, "wal_autocheckpoint", pages, |_| Ok(()));
    set.map_err(|failure| link.failed(&failure))
}

fn read(link: &Link<'_>, from: u64, length: u64) -> Result<Vec<u8>> {
    let mut piece = vec![0; usize::try_from(length).unwrap_or_default()];
    raw::read(&link.db, &mut piece, from).map_err(|failure| link.failed(&failure))?;
    Ok(piece)
}

/// That a copy is being made.
struct Copying<'s>(&'s AtomicBool);

impl<'s> Copying<'s> {
    fn begun(copying: &'s AtomicBool) -> Option<Self> {
        (!copying.swap(true, Ordering::Relaxed)).then_some(Self(copying))
    }
}

impl Drop for Copying<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}
