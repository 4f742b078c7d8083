//! What every backend must do, on a file.

use std::{path::Path, sync::Arc};

use async_trait::async_trait;
use nexa_kernel::{
    Result,
    agenda::{Due, DueRequest},
    record::RecordDef,
    store::{ReadRequest, Store, Work, WriteRequest},
    testing,
};
use nexa_store_sqlite::{Options, SqliteStore};
use uuid::Uuid;

/// A store with the directory of its file.
struct Kept {
    store: SqliteStore,
    _directory: tempfile::TempDir,
}

#[async_trait]
impl Store for Kept {
    async fn migrate(&self, defs: &[&'static RecordDef]) -> Result<()> {
        self.store.migrate(defs).await
    }
    async fn write(&self, request: WriteRequest, work: Arc<dyn Work>) -> Result<()> {
        self.store.write(request, work).await
    }
    async fn read(&self, request: ReadRequest, work: Arc<dyn Work>) -> Result<()> {
        self.store.read(request, work).await
    }
    async fn due(&self, asked: DueRequest) -> Result<Vec<Due>> {
        self.store.due(asked).await
    }
    async fn drop_org(&self, org: Uuid) -> Result<()> {
        self.store.drop_org(org).await
    }
    async fn backup(&self, path: &Path) -> Result<()> {
        self.store.backup(path).await
    }
}

testing::conformance!(|| async {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("suite.db");
    let store = SqliteStore::open_with(path, Options::default().durable(false)).unwrap();
    Kept { store, _directory: directory }
});
