//! Indexed custom fields: what the index finds is what the rows hold, whenever the index was asked for.

use std::sync::Arc;

use nexa_core::{
    Create, Envelope, Filter, Id, Op, Request, Restore, Session, Trash, Update,
    kernel::custom::{CustomType, Define},
    sales::Lead,
    testing::{Office, block_on},
};
use nexa_store_sqlite::{Options, SqliteStore};
use serde_json::{Value as Json, json};

struct Desk {
    path: std::path::PathBuf,
    admin: Session,
    _directory: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("crm.db");
        let store = SqliteStore::open_with(&path, Options::default().durable(false)).unwrap();
        let office = Office::empty(Arc::new(store), nexa_core::builder());
        Self { path, admin: office.session("admin"), _directory: directory }
    }
    fn define(&self, indexed: bool) {
        let define = Define::new("lead", "region", CustomType::Text).indexed(indexed);
        block_on(self.admin.run(define)).unwrap();
    }
    fn lead(&self, region: &str) -> Lead {
        let create = json!({"company": "Acme", "custom": {"region": region}});
        block_on(self.admin.run(serde_json::from_value::<Create<Lead>>(create).unwrap())).unwrap()
    }
    fn set(&self, lead: Id<Lead>, region: Json) {
        let update = json!({"lead": lead, "custom": {"region": region}});
        block_on(self.admin.run(serde_json::from_value::<Update<Lead>>(update).unwrap())).unwrap();
    }
    fn count(&self, filter: Filter) -> u64 {
        block_on(self.admin.count::<Lead>(filter)).unwrap()
    }
    fn entries(&self) -> i64 {
        let db = rusqlite::Connection::open(&self.path).unwrap();
        let sql = "SELECT count(*) FROM nexa_indexed_values WHERE kind = 'lead' AND field = 'custom.region'";
        db.query_row(sql, [], |row| row.get(0)).unwrap()
    }
}

fn region(text: &str) -> Filter {
    Filter::compare("custom.region", Op::Eq, text)
}

#[test]
fn an_index_follows_its_records() {
    let desk = Desk::new();
    desk.define(true);
    let [one, two] = ["EMEA", "EMEA"].map(|text| desk.lead(text));
    let other = desk.lead("APAC");
    assert_eq!((desk.count(region("EMEA")), desk.count(region("APAC")), desk.entries()), (2, 1, 3));
    desk.set(one.id, json!("APAC"));
    desk.set(other.id, Json::Null);
    assert_eq!((desk.count(region("EMEA")), desk.count(region("APAC")), desk.entries()), (1, 1, 2));
    assert_eq!(desk.count(!region("EMEA")), 1);
    block_on(desk.admin.run(Trash::of(two.id))).unwrap();
    assert_eq!((desk.count(region("EMEA")), desk.entries()), (0, 1));
    block_on(desk.admin.run(Restore::of(two.id))).unwrap();
    assert_eq!((desk.count(region("EMEA")), desk.entries()), (1, 2));
}

#[test]
fn an_index_can_come_later_and_go() {
    let desk = Desk::new();
    desk.define(false);
    let requests: Vec<Request> = (0..1_200)
        .map(|number| {
            let custom = if number % 3 == 0 { json!({}) } else { json!({"region": format!("r{}", number % 3)}) };
            serde_json::from_value(json!({"run": "lead.create", "with": {"company": "Acme", "custom": custom}}))
                .unwrap()
        })
        .collect();
    for part in requests.chunks(600) {
        block_on(desk.admin.batch(part.to_vec(), Envelope::default())).unwrap();
    }
    let trashed = desk.lead("r1");
    block_on(desk.admin.run(Trash::of(trashed.id))).unwrap();
    assert_eq!((desk.count(region("r1")), desk.entries()), (400, 0));
    desk.define(true);
    assert_eq!((desk.count(region("r1")), desk.count(region("r2")), desk.entries()), (400, 400, 800));
    desk.define(false);
    assert_eq!((desk.count(region("r1")), desk.entries()), (400, 0));
}
