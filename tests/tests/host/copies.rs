//! Backups while work goes on, and exports that can be read again.

use std::thread;

use nexa_crm::{
    Find, Position,
    export::{ExportFormat, export},
    sales::Lead,
    sqlite::SqliteStore,
    testing::{Office, SeededIds},
};
use nexa_tests::backends;
use pollster::block_on;
use serde_json::{Value as Json, json};

#[test]
fn a_backup_is_whole_while_others_write() {
    let backend = backends::sqlite();
    let office = Office::found(backend.store);
    let folder = backend.folder.unwrap();
    let copies: Vec<_> = (0..5).map(|number| folder.path().join(format!("copy{number}.db"))).collect();
    thread::scope(|scope| {
        let (office, copies) = (&office, &copies);
        let writer = scope.spawn(move || {
            for number in 0..60 {
                let lead = office.run("lead.create", json!({"email": format!("w{number}@example.com")}))["id"].clone();
                office.run("lead.contact", json!({"lead": lead}));
                office.run(
                    "ticket.create",
                    json!({"subject": format!("{number}"), "customer": {"name": format!("N{number}")}}),
                );
            }
        });
        for copy in copies {
            block_on(office.crm.backup(copy)).unwrap();
        }
        writer.join().unwrap();
    });
    let mut least = 0;
    for copy in &copies {
        let clock = office.clock.clone();
        let store = std::sync::Arc::new(SqliteStore::open(copy).unwrap());
        let crm = nexa_core::builder().store(store).clock(clock).ids(SeededIds::new(1)).build().unwrap();
        block_on(crm.migrate()).unwrap();
        let verified =
            block_on(crm.system(office.org, "test").execute("ledger.verify", json!({}), Default::default())).unwrap();
        let events = verified["events"].as_u64().unwrap();
        assert!(events >= least, "a later copy has more");
        least = events;
        // What it has is the beginning of what there is.
        let (mut after, mut all) = (Position::START, Vec::new());
        loop {
            let feed = block_on(crm.feed(office.org, after, 1_000)).unwrap();
            all.extend(feed.items);
            after = feed.next;
            if feed.complete {
                break;
            }
        }
        assert_eq!(all[..], office.events()[..all.len()]);
        let file = rusqlite::Connection::open(copy).unwrap();
        let verdict: String = file.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(verdict, "ok");
    }
    let again = block_on(office.crm.backup(&copies[0]));
    assert!(again.is_err(), "a copy is not written over");
    assert_eq!(
        block_on(Office::found(backends::memory().store).crm.backup(&copies[0])).unwrap_err().code(),
        "store.unsupported"
    );
}

#[test]
fn an_export_can_be_imported() {
    for backend in backends::all() {
        let office = Office::found(backend.store);
        for number in 0..40 {
            let fields = json!({
                "email": format!("e{number}@example.com"),
                "first_name": "Åsa, \"the\" one",
                "company": format!("Company; {number}"),
                "description": "two\nlines",
                "tags": ["a;b", "c"],
                "external_keys": [{"system": "erp", "key": number.to_string()}],
            });
            office.run("lead.create", fields);
        }
        let mut csv = Vec::new();
        let find =
            Find::<Lead>::new().filter(nexa_crm::Filter::compare("company", nexa_crm::Op::StartsWith, "company;"));
        let mut pages = 0;
        let done =
            block_on(export(&office.session("agent"), find, ExportFormat::Csv, &mut csv, |_| pages += 1)).unwrap();
        assert_eq!((done.records, done.bytes), (40, csv.len() as u64), "{}", backend.name);
        assert!(pages > 0);

        let csv = String::from_utf8(csv).unwrap();
        let report = office.run("lead.import_csv", json!({"csv": csv, "policy": "update"}));
        assert_eq!(report["refused"], 0, "{}: {report}", backend.name);
        assert_eq!(report["created"], 0, "{}: the same file makes nothing: {report}", backend.name);
        let other = Office::empty(backends::memory().store, nexa_core::builder());
        let report = other.run("lead.import_csv", json!({"csv": csv}));
        assert_eq!(report["created"], 40, "{}: {report}", backend.name);
        let find = json!({"filter": {"field": "email", "value": "e7@example.com"}});
        let [here, there] = [&office, &other].map(|office| office.run("lead.find", find.clone())["items"][0].clone());
        for field in ["email", "first_name", "company", "description", "tags", "external_keys"] {
            assert_eq!(here[field], there[field], "{}: {field}", backend.name);
        }
        let lines =
            |text: &str| text.lines().map(|line| serde_json::from_str::<Json>(line).unwrap()).collect::<Vec<_>>();
        let mut out = Vec::new();
        block_on(export(
            &office.session("agent"),
            Find::<Lead>::new().limit(3),
            ExportFormat::JsonLines,
            &mut out,
            |_| {},
        ))
        .unwrap();
        assert_eq!(lines(std::str::from_utf8(&out).unwrap()).len(), 3, "{}: limited", backend.name);
    }
}
