//! PostgreSQL does what every backend must do.

use std::{path::Path, sync::Arc};

use async_trait::async_trait;
use nexa_crm::{
    Result,
    kernel::{
        agenda::{Due, DueRequest},
        record::RecordDef,
        store::{ReadRequest, Store, Work, WriteRequest},
    },
};
use nexa_store_postgres::PostgresStore;
use nexa_tests::database::Database;
use uuid::Uuid;

/// A store that takes its database with it.
struct Alone {
    store: PostgresStore,
    _database: Database,
}

impl Alone {
    fn fresh() -> Self {
        let database = Database::fresh();
        Self { store: database.store(), _database: database }
    }
}

#[async_trait]
impl Store for Alone {
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

nexa_core::testing::conformance!(|| async { Alone::fresh() });
