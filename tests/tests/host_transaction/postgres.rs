//! Transactions of sqlx.

use std::time::{Duration, Instant};

use nexa_crm::{
    Envelope, Error, Session,
    kernel::{error::codes as kernel, memory::MemoryStore},
    people::org::Verify,
    postgres::{HostSession, PostgresStore, codes},
    testing::Office,
};
use nexa_tests::database::{Database, runtime};
use serde_json::{Value as Json, json};
use sqlx::{
    Acquire, PgPool, Postgres, Row, Transaction, pool::PoolConnection, postgres::PgPoolOptions, query, raw_sql,
};
use std::sync::Arc;

/// An office, and the host's own table beside its records.
struct Host {
    office: Office,
    database: Database,
}

impl Host {
    fn open() -> Self {
        let database = Database::fresh();
        database.as_owner(&format!(
            "CREATE TABLE orders (number bigint PRIMARY KEY, lead uuid); GRANT ALL ON orders TO {}",
            nexa_tests::database::ROLE
        ));
        let options = database.options().lock_timeout(Duration::from_millis(300));
        let store = PostgresStore::open_with(&database.url(), options).unwrap();
        Self { office: Office::found(Arc::new(store)), database }
    }
    async fn pool(&self) -> PgPool {
        PgPoolOptions::new().max_connections(4).connect(&self.database.url()).await.unwrap()
    }
    fn admin(&self) -> Session {
        self.office.session("admin")
    }
    fn verified(&self) -> u64 {
        let admin = self.admin();
        pollster::block_on(admin.ask(Verify::default())).unwrap().events
    }
    fn status(&self, lead: &str) -> Json {
        self.office.run("lead.get", json!({"lead": self.office.id(lead)}))["status"].clone()
    }
}

async fn execute(
    session: &Session,
    transaction: &mut Transaction<'_, Postgres>,
    operation: &str,
    arguments: Json,
) -> Result<Json, Error> {
    let mut within = session.within(transaction);
    within.with(async |session: Session| session.execute(operation, arguments, Envelope::default()).await).await
}

async fn orders(connection: &mut PoolConnection<Postgres>) -> i64 {
    query("SELECT count(*) FROM orders").fetch_one(&mut **connection).await.unwrap().get(0)
}

#[test]
fn a_commit_keeps_both_and_a_rollback_neither() {
    let host = Host::open();
    let (admin, lead) = (host.admin(), host.office.id("qualified"));
    let before = host.verified();
    runtime().block_on(async {
        let pool = host.pool().await;
        for commits in [false, true] {
            let mut transaction = pool.begin().await.unwrap();
            query("INSERT INTO orders VALUES (7, $1::text::uuid)")
                .bind(lead.to_string())
                .execute(&mut *transaction)
                .await
                .unwrap();
            execute(&admin, &mut transaction, "lead.convert", json!({"lead": lead})).await.unwrap();
            let seen = execute(&admin, &mut transaction, "lead.get", json!({"lead": lead})).await.unwrap();
            assert_eq!(seen["status"], "converted");
            // Nobody else sees it before the end.
            assert_eq!(
                admin.execute("lead.get", json!({"lead": lead}), Envelope::default()).await.unwrap()["status"],
                "qualified"
            );
            if commits {
                transaction.commit().await.unwrap()
            } else {
                transaction.rollback().await.unwrap()
            }
            let mut connection = pool.acquire().await.unwrap();
            assert_eq!(orders(&mut connection).await, i64::from(commits));
        }
    });
    assert_eq!(host.status("qualified"), "converted");
    assert!(host.verified() > before);
    // The store goes on where the host's transaction left the ledger.
    host.office.run("lead.update", json!({"lead": host.office.id("lead"), "company": "Elsewhere"}));
    host.verified();
}

#[test]
fn a_refusal_leaves_the_transaction_usable() {
    let host = Host::open();
    let admin = host.admin();
    let (lead, missing) = (host.office.id("lead"), "00000000-0000-0000-0000-000000000404");
    runtime().block_on(async {
        let pool = host.pool().await;
        let mut transaction = pool.begin().await.unwrap();
        query("INSERT INTO orders VALUES (1, NULL)").execute(&mut *transaction).await.unwrap();
        let refused = execute(&admin, &mut transaction, "lead.convert", json!({"lead": lead})).await.unwrap_err();
        assert_eq!(refused.code(), "lead.not_qualified");
        // One that only a constraint meets.
        let id = host.office.id("other_lead");
        let refused = execute(
            &admin,
            &mut transaction,
            "lead.create",
            json!({"id": id, "email": "new@example.com", "company": "New"}),
        )
        .await;
        assert_eq!(refused.unwrap_err().code(), "id.taken");
        let absent = json!({"lead": lead, "campaign": missing});
        assert!(execute(&admin, &mut transaction, "lead.update", absent).await.is_err());
        query("INSERT INTO orders VALUES (2, NULL)").execute(&mut *transaction).await.unwrap();
        execute(&admin, &mut transaction, "lead.update", json!({"lead": lead, "company": "Kept"})).await.unwrap();
        transaction.commit().await.unwrap();
        let mut connection = pool.acquire().await.unwrap();
        assert_eq!(orders(&mut connection).await, 2);
    });
    assert_eq!(host.office.run("lead.get", json!({"lead": lead}))["company"], "Kept");
    host.verified();
}

#[test]
fn racing_hosts_are_refused_and_do_not_hang() {
    let host = Host::open();
    let admin = host.admin();
    let lead = host.office.id("lead");
    runtime().block_on(async {
        let pool = host.pool().await;
        let mut first = pool.begin().await.unwrap();
        execute(&admin, &mut first, "lead.update", json!({"lead": lead, "company": "First"})).await.unwrap();
        let mut second = pool.begin().await.unwrap();
        let started = Instant::now();
        let update = json!({"lead": lead, "company": "Second"});
        let busy = execute(&admin, &mut second, "lead.update", update.clone()).await.unwrap_err();
        assert!(busy.is(&codes::BUSY) && busy.retryable(), "{busy:?}");
        assert!(started.elapsed() < Duration::from_secs(5));
        // The store's own writers are refused as well, and its readers do not wait.
        let busy = admin.execute("lead.update", update.clone(), Envelope::default()).await.unwrap_err();
        assert!(busy.is(&codes::BUSY), "{busy:?}");
        admin.execute("lead.get", json!({"lead": lead}), Envelope::default()).await.unwrap();
        first.commit().await.unwrap();
        execute(&admin, &mut second, "lead.update", update).await.unwrap();
        second.commit().await.unwrap();
    });
    assert_eq!(host.office.run("lead.get", json!({"lead": lead}))["company"], "Second");
    host.verified();
}

#[test]
fn settings_of_the_host_are_given_back() {
    let host = Host::open();
    let admin = host.admin();
    let lead = host.office.id("lead");
    let asked = "SELECT concat_ws(' ', current_setting('nexa.org', true), current_setting('lock_timeout'), \
                 current_setting('plan_cache_mode'), current_setting('enable_seqscan'), current_user)";
    runtime().block_on(async {
        let pool = host.pool().await;
        let mut transaction = pool.begin().await.unwrap();
        raw_sql("SET LOCAL lock_timeout = '7s'; SET LOCAL nexa.org = 'host''s own'")
            .execute(&mut *transaction)
            .await
            .unwrap();
        let found: String = query(asked).fetch_one(&mut *transaction).await.unwrap().get(0);
        for (operation, arguments) in [
            ("lead.update", json!({"lead": lead, "company": "New"})),
            ("lead.get", json!({"lead": lead})),
            ("lead.convert", json!({"lead": lead})),
        ] {
            // The last one is refused.
            let _ = execute(&admin, &mut transaction, operation, arguments).await;
            let now: String = query(asked).fetch_one(&mut *transaction).await.unwrap().get(0);
            assert_eq!(now, found, "{operation}");
        }
    });
}

#[test]
fn a_dry_run_leaves_nothing_and_an_old_snapshot_is_refused() {
    let host = Host::open();
    let admin = host.admin();
    let lead = host.office.id("lead");
    runtime().block_on(async {
        let pool = host.pool().await;
        let mut connection = pool.acquire().await.unwrap();
        let mut transaction = connection.begin().await.unwrap();
        raw_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ").execute(&mut *transaction).await.unwrap();
        let mut within = admin.within(&mut transaction);
        let arguments = json!({"lead": lead, "company": "Dry"});
        let dry = within
            .with(async |session: Session| {
                session.execute("lead.update", arguments, Envelope { dry_run: true, ..Envelope::default() }).await
            })
            .await;
        assert_eq!(dry.unwrap()["company"], "Dry");
        let seen = execute(&admin, &mut transaction, "lead.get", json!({"lead": lead})).await.unwrap();
        assert_ne!(seen["company"], "Dry");
        let update = |office: &str| json!({"lead": lead, "company": office});
        admin.execute("lead.update", update("Meanwhile"), Envelope::default()).await.unwrap();
        let old = execute(&admin, &mut transaction, "lead.update", update("Old")).await.unwrap_err();
        assert!(old.is(&codes::SERIALIZATION) && old.retryable(), "{old:?}");
        transaction.rollback().await.unwrap();
    });
    host.verified();
}

#[test]
fn sessions_of_another_store_are_refused() {
    let host = Host::open();
    let other = Office::empty(Arc::new(MemoryStore::new()), nexa_core::builder());
    let admin = other.session("admin");
    runtime().block_on(async {
        let mut transaction = host.pool().await.begin().await.unwrap();
        let refused = execute(&admin, &mut transaction, "org.get", json!({"org": other.org})).await.unwrap_err();
        assert!(refused.is(&kernel::STORE_UNSUPPORTED), "{refused:?}");
    });
}

#[test]
fn work_in_a_transaction_can_be_spawned() {
    let host = Host::open();
    let (admin, lead) = (host.admin(), host.office.id("lead"));
    let runtime = runtime();
    let pool = runtime.block_on(host.pool());
    let task = runtime.spawn(async move {
        let mut transaction = pool.begin().await.unwrap();
        execute(&admin, &mut transaction, "lead.update", json!({"lead": lead, "company": "Spawned"})).await.unwrap();
        transaction.commit().await.unwrap();
    });
    runtime.block_on(task).unwrap();
    assert_eq!(host.office.run("lead.get", json!({"lead": lead}))["company"], "Spawned");
}
