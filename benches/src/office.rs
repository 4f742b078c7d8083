//! A tenant in a file.

use std::path::{Path, PathBuf};

use nexa_crm::{Result, blocking};
use tempfile::TempDir;

use crate::{
    Outcome,
    tenant::{self, Tenant},
};

const FILE: &str = "ours.db";

/// A tenant in a file of its own; the file goes when this goes.
pub(crate) struct Office {
    directory: TempDir,
    pub(crate) tenant: Tenant,
}

impl Office {
    /// A new tenant in a new file.
    pub(crate) fn open() -> Outcome<Self> {
        let directory = tempfile::tempdir()?;
        let tenant = Tenant::settle(open(&directory.path().join(FILE))?)?;
        Ok(Self { directory, tenant })
    }

    /// The file.
    pub(crate) fn path(&self) -> PathBuf {
        self.beside(FILE)
    }

    /// A path beside the file.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Opens the file anew, so that both sides begin with an empty cache.
    pub(crate) fn reopen(&mut self) -> Outcome<()> {
        self.tenant = self.tenant.through(open(&self.path())?);
        Ok(())
    }

    /// A copy of the file as it is now.
    pub(crate) fn copy(&self, name: &str) -> Outcome<PathBuf> {
        let path = self.beside(name);
        self.tenant.crm.backup(&path)?;
        Ok(path)
    }
}

/// A Crm on a file, with the command that fills a tenant.
pub(crate) fn open(path: &Path) -> Result<blocking::Crm> {
    blocking::open_with(&format!("sqlite:{}", path.display()), tenant::builder())
}
