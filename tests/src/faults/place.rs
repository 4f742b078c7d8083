//! Where a process writes until it is killed.

use std::{
    env, fs,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use nexa_crm::blocking::{self, Crm};
use sqlx::Row;

use super::follow;
use crate::database::{Database, rows};

/// How long a server may take to notice that a client is dead.
const PATIENCE: Duration = Duration::from_secs(20);

/// A storage that is left behind.
#[derive(Debug)]
pub enum Place {
    /// A SQLite file.
    File(PathBuf),
    /// A database on a PostgreSQL server, with the schema.
    Database(Box<Database>),
}

impl Place {
    /// A file of this name in a folder; whoever writes first makes it.
    pub fn file(folder: &Path, name: &str) -> Self {
        Self::File(folder.join(name))
    }

    /// A new database on the server of the tests.
    pub fn database() -> Self {
        Self::Database(Box::new(Database::migrated()))
    }

    /// What a process is to open.
    pub fn url(&self) -> String {
        match self {
            Self::File(path) => format!("sqlite:{}", path.display()),
            Self::Database(database) => database.url(),
        }
    }

    /// Opens it.
    pub fn open(&self) -> Result<Crm, String> {
        blocking::open_with(&self.url(), follow::builder())
            .map_err(|error| format!("it cannot be opened again: {error:?}"))
    }

    /// Waits until the dead process is forgotten, and lets the storage look for what is wrong by itself.
    pub fn sound(&self) -> Result<(), String> {
        match self {
            Self::File(path) => whole_file(path),
            Self::Database(database) => forgotten(database),
        }
    }

    /// Keeps what was found, and says where.
    pub fn keep(self, name: &str) -> Option<String> {
        match self {
            Self::File(path) => {
                let kept = env::temp_dir().join(name);
                fs::copy(path, &kept).ok().map(|_| kept.display().to_string())
            }
            Self::Database(database) => {
                let kept = database.name.clone();
                // Its end would be the database's.
                std::mem::forget(database);
                Some(format!("the database {kept}"))
            }
        }
    }
}

/// SQLite itself finds nothing wrong.
fn whole_file(path: &Path) -> Result<(), String> {
    let failed = |error: rusqlite::Error| format!("the file cannot be checked: {error}");
    let connection = rusqlite::Connection::open(path).map_err(failed)?;
    let verdict: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).map_err(failed)?;
    if verdict != "ok" {
        return Err(format!("integrity_check: {verdict}"));
    }
    let mut broken = connection.prepare("PRAGMA foreign_key_check").map_err(failed)?;
    if broken.exists([]).map_err(failed)? {
        Err("foreign_key_check: a row points at nothing".to_owned())
    } else {
        Ok(())
    }
}

/// The sessions of the dead process end by themselves: what it had sent is done or not, and it holds nothing any more.
fn forgotten(database: &Database) -> Result<(), String> {
    let sessions = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                    AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        if rows(&database.owner_url(), sessions, |row| row.get::<i64, _>(0)) == [0] {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(5));
    }
    Err("the server keeps sessions of a process that is dead".to_owned())
}
