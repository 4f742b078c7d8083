//! Transactions that the storage holds open for the host's SQL.

use std::{
    pin::pin,
    task::{Context, Waker},
};

use nexa_crm::{
    Envelope, Session,
    kernel::{
        error::codes as kernel,
        sql::{Sql, SqlValue},
        store::open::{ENDED, IN_USE, NESTED, SQL_PROHIBITED},
        transaction::SessionTransaction,
    },
    people::org::Verify,
    testing::Office,
};
use nexa_tests::{
    backends::{Backend, all},
    database::ROLE,
};
use pollster::block_on;
use serde_json::json;

/// An office on each backend that has tables, with a table of the host.
fn hosts() -> impl Iterator<Item = (Office, Backend)> {
    all().into_iter().filter(|backend| backend.name != "memory").map(|backend| {
        let office = Office::found(backend.store.clone());
        let table = "CREATE TABLE orders (number integer PRIMARY KEY)";
        match &backend.database {
            Some(database) => database.as_owner(&format!("{table}; GRANT ALL ON orders TO {ROLE}")),
            None => block_on(async {
                let transaction = office.session("admin").begin().await.unwrap();
                run(&transaction, table).await;
                transaction.commit().await.unwrap();
            }),
        }
        (office, backend)
    })
}

async fn run(transaction: &SessionTransaction, sql: &str) {
    transaction.sql(&Sql::new(sql)).await.unwrap_or_else(|problem| panic!("{sql}: {problem}"));
}

async fn update(session: &Session, office: &Office, company: &str) {
    let arguments = json!({"lead": office.id("lead"), "company": company});
    session.execute("lead.update", arguments, Envelope::default()).await.unwrap();
}

fn orders(session: &Session) -> i64 {
    block_on(async {
        let transaction = session.begin().await.unwrap();
        let found = transaction.sql(&Sql::new("SELECT count(*) AS orders FROM orders")).await.unwrap();
        transaction.roll_back().await;
        let [row] = found.rows.as_slice() else { panic!("{found:?}") };
        let [SqlValue::Int(count)] = row.as_slice() else { panic!("{found:?}") };
        *count
    })
}

#[test]
fn a_commit_keeps_both_and_what_is_dropped_neither() {
    for (office, backend) in hosts() {
        let admin = office.session("admin");
        for commits in [false, true] {
            block_on(async {
                let transaction = admin.begin().await.unwrap();
                run(&transaction, "INSERT INTO orders VALUES (7)").await;
                update(transaction.session(), &office, "Kept").await;
                if commits {
                    transaction.commit().await.unwrap();
                    assert!(transaction.commit().await.unwrap_err().is(&ENDED), "{}", backend.name);
                }
            });
            assert_eq!(orders(&admin), i64::from(commits), "{}", backend.name);
            let company = office.run("lead.get", json!({"lead": office.id("lead")}))["company"].clone();
            assert_eq!(company == "Kept", commits, "{}", backend.name);
        }
        block_on(admin.ask(Verify::default())).unwrap();
    }
}

#[test]
fn a_call_that_is_dropped_half_way_ends_the_transaction() {
    for (office, backend) in hosts().filter(|(_, backend)| backend.name == "postgres") {
        let admin = office.session("admin");
        let transaction = block_on(admin.begin()).unwrap();
        block_on(run(&transaction, "INSERT INTO orders VALUES (7)"));
        {
            let mut call = pin!(update(transaction.session(), &office, "Dropped"));
            assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending(), "{}", backend.name);
            let sql = Sql::new("SELECT 1 AS one");
            assert!(block_on(transaction.sql(&sql)).unwrap_err().is(&IN_USE));
        }
        assert!(block_on(transaction.commit()).unwrap_err().is(&ENDED));
        drop(transaction);
        assert_eq!(orders(&admin), 0);
    }
}

#[test]
fn a_transaction_has_none_inside_and_sql_does_not_end_it() {
    for (office, backend) in hosts() {
        let admin = office.session("admin");
        block_on(async {
            let transaction = admin.begin().await.unwrap();
            assert!(transaction.session().begin().await.err().unwrap().is(&NESTED), "{}", backend.name);
            for sql in ["COMMIT", "ROLLBACK", "SAVEPOINT mine", "RELEASE nexa_sql"] {
                let refused = transaction.sql(&Sql::new(sql)).await.unwrap_err();
                assert!(refused.is(&SQL_PROHIBITED), "{}: {sql}: {refused:?}", backend.name);
            }
            run(&transaction, "INSERT INTO orders VALUES (7)").await;
            transaction.roll_back().await;
        });
        assert_eq!(orders(&admin), 0);
    }
}

#[test]
fn memory_keeps_no_tables() {
    let [memory, ..] = all();
    let office = Office::found(memory.store);
    assert!(block_on(office.session("admin").begin()).err().unwrap().is(&kernel::STORE_UNSUPPORTED));
}
