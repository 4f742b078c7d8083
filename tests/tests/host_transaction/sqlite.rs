//! Transactions of rusqlite.

use std::{path::PathBuf, sync::Arc, time::Duration};

use nexa_crm::{
    Envelope, Error, Session,
    people::org::Verify,
    sqlite::{HostSession, Options, SqliteStore, codes},
    testing::Office,
};

use pollster::block_on;
use rusqlite::{Connection, TransactionBehavior};
use serde_json::{Value as Json, json};
use tempfile::TempDir;

/// An office, and the host's own table in its file.
struct Host {
    office: Office,
    path: PathBuf,
    _folder: TempDir,
}

impl Host {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("crm.db");
        let options = Options::default().busy_timeout(Duration::from_millis(100));
        let office = Office::found(Arc::new(SqliteStore::open_with(&path, options).unwrap()));
        let host = Self { office, path, _folder: folder };
        host.connect().execute_batch("CREATE TABLE orders (number INTEGER PRIMARY KEY)").unwrap();
        host
    }
    fn connect(&self) -> Connection {
        let db = Connection::open(&self.path).unwrap();
        db.busy_timeout(Duration::from_millis(100)).unwrap();
        db
    }
    fn admin(&self) -> Session {
        self.office.session("admin")
    }
    fn verified(&self) -> u64 {
        block_on(self.admin().ask(Verify::default())).unwrap().events
    }
    fn lead(&self, word: &str) -> Json {
        self.office.run("lead.get", json!({"lead": self.office.id(word)}))
    }
    fn orders(&self) -> i64 {
        self.connect().query_row("SELECT count(*) FROM orders", [], |row| row.get(0)).unwrap()
    }
}

fn execute(session: &Session, db: &Connection, operation: &str, arguments: Json) -> Result<Json, Error> {
    execute_in(session, db, operation, arguments, Envelope::default())
}

fn execute_in(
    session: &Session,
    db: &Connection,
    operation: &str,
    arguments: Json,
    envelope: Envelope,
) -> Result<Json, Error> {
    let mut within = session.within(db);
    block_on(within.with(async |session: Session| session.execute(operation, arguments, envelope).await))
}

#[test]
fn a_commit_keeps_both_and_a_rollback_neither() {
    let host = Host::open();
    let (admin, lead, before) = (host.admin(), host.office.id("qualified"), host.verified());
    for commits in [false, true] {
        let mut db = host.connect();
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
        transaction.execute("INSERT INTO orders VALUES (7)", []).unwrap();
        execute(&admin, &transaction, "lead.convert", json!({"lead": lead})).unwrap();
        let seen = execute(&admin, &transaction, "lead.get", json!({"lead": lead})).unwrap();
        assert_eq!(seen["status"], "converted");
        // Nobody else sees it before the end.
        assert_eq!(host.lead("qualified")["status"], "qualified");
        if commits {
            transaction.commit().unwrap()
        } else {
            transaction.rollback().unwrap()
        }
        assert_eq!(host.orders(), i64::from(commits));
    }
    assert_eq!(host.lead("qualified")["status"], "converted");
    assert!(host.verified() > before);
    host.office.run("lead.update", json!({"lead": host.office.id("lead"), "company": "Elsewhere"}));
    host.verified();
}

#[test]
fn a_refusal_leaves_the_transaction_usable() {
    let host = Host::open();
    let (admin, lead) = (host.admin(), host.office.id("lead"));
    let mut db = host.connect();
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
    transaction.execute("INSERT INTO orders VALUES (1)", []).unwrap();
    let refused = execute(&admin, &transaction, "lead.convert", json!({"lead": lead})).unwrap_err();
    assert_eq!(refused.code(), "lead.not_qualified");
    let again = json!({"id": host.office.id("other_lead"), "email": "new@example.com", "company": "New"});
    assert_eq!(execute(&admin, &transaction, "lead.create", again).unwrap_err().code(), "id.taken");
    let dry = Envelope { dry_run: true, ..Envelope::default() };
    execute_in(&admin, &transaction, "lead.update", json!({"lead": lead, "company": "Dry"}), dry).unwrap();
    assert_ne!(execute(&admin, &transaction, "lead.get", json!({"lead": lead})).unwrap()["company"], "Dry");
    transaction.execute("INSERT INTO orders VALUES (2)", []).unwrap();
    execute(&admin, &transaction, "lead.update", json!({"lead": lead, "company": "Kept"})).unwrap();
    transaction.commit().unwrap();
    assert_eq!((host.orders(), &host.lead("lead")["company"]), (2, &json!("Kept")));
    host.verified();
}

#[test]
fn racing_hosts_are_refused_and_do_not_hang() {
    let host = Host::open();
    let (admin, lead) = (host.admin(), host.office.id("lead"));
    let update = |office: &str| json!({"lead": lead, "company": office});
    let (mut first, mut second) = (host.connect(), host.connect());
    let first = first.transaction().unwrap();
    let second = second.transaction().unwrap();
    // Both have a snapshot; only one can go on to write.
    second.query_row("SELECT count(*) FROM orders", [], |row| row.get::<_, i64>(0)).unwrap();
    execute(&admin, &first, "lead.update", update("First")).unwrap();
    for busy in [
        execute(&admin, &second, "lead.update", update("Second")).unwrap_err(),
        block_on(admin.execute("lead.update", update("Store"), Envelope::default())).unwrap_err(),
    ] {
        assert!(busy.is(&codes::LOCKED) && busy.retryable(), "{busy:?}");
    }
    first.commit().unwrap();
    let old = execute(&admin, &second, "lead.update", update("Second")).unwrap_err();
    assert!(old.is(&codes::LOCKED), "{old:?}");
    second.rollback().unwrap();
    assert_eq!(host.lead("lead")["company"], "First");
    host.verified();
}

#[test]
fn without_a_transaction_nothing_is_done() {
    let host = Host::open();
    let (admin, lead) = (host.admin(), host.office.id("lead"));
    let refused = execute(&admin, &host.connect(), "lead.update", json!({"lead": lead, "company": "New"}));
    assert!(refused.unwrap_err().is(&codes::NO_TRANSACTION));
}

#[test]
fn a_retried_command_says_that_it_was_done_before() {
    let host = Host::open();
    let (admin, lead) = (host.admin(), host.office.id("qualified"));
    let invoices = |commits: bool| {
        let mut db = host.connect();
        let transaction = db.transaction().unwrap();
        let convert = nexa_crm::sales::lead::convert::Convert::of(nexa_crm::Id::new(lead));
        let answer = block_on(admin.within(&transaction).run_once(Envelope::once("convert-1"), convert)).unwrap();
        if let nexa_crm::Once::New(_) = answer {
            transaction.execute("INSERT INTO orders VALUES (1)", []).unwrap();
        }
        if commits {
            transaction.commit().unwrap()
        } else {
            transaction.rollback().unwrap()
        }
        host.orders()
    };
    // What was rolled back was never done.
    assert_eq!(invoices(false), 0);
    assert_eq!((invoices(true), invoices(true)), (1, 1));
}
