//! A store on files of the browser.

use std::{
    path::Path,
    sync::{Arc, Mutex, atomic::Ordering},
};

use nexa_kernel::error::Result;

use super::Files;
use crate::{
    SqliteStore,
    connection::{Kinds, Link, Purpose},
    files, migrate,
    options::Options,
    queue::{Alone, Queue, Task},
    reader::Readers,
    writer::Writer,
};

impl SqliteStore {
    /// Opens a database of this name in the origin's private file system, or makes it. Only in a dedicated worker, and only
    /// one at a time has it. Errors: `store.unsupported`, `store.locked`, `store.name`, `store.io`, `schema.newer`.
    pub async fn open_opfs(name: &str, options: Options) -> Result<Self> {
        let taken = Files::of(name).await?;
        let kinds = Kinds::default();
        let link = Link::open(Arc::new(files::Files::of(Path::new(name))), &options, &kinds, Purpose::Write)?;
        migrate::check(&link)?;
        let readers = Arc::new(Readers::new(Arc::clone(&link.files), options, kinds));
        let queue = Queue::new(Writer::new(link));
        let statements = Mutex::default();
        Ok(Self {
            process: 0,
            queue,
            readers,
            statements,
            watched: crate::open::Watched::default(),
            copying: false.into(),
            _files: taken,
        })
    }

    /// Brings the log into the database, so that who opens it next has none to read. For a moment without other work.
    /// Errors: `store.io`, `store.full`.
    pub async fn rest(&self) -> Result<()> {
        if self.copying.load(Ordering::Relaxed) {
            return Ok(());
        }
        let alone: Alone = Box::new(|link| {
            let emptied = link.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
            emptied.map_err(|failure| link.failed(&failure))
        });
        self.queue.run(Task::Alone(alone)).await
    }
}
