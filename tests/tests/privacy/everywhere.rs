//! Nothing of an erased person is left in any table, and no answer on any path says it.

use std::fs;

use nexa_crm::{
    AsOf, Envelope, Id, Record,
    kernel::{
        ledger::EventQuery,
        store::{ReadRequest, Transaction, Work},
        testing::replay::rows_of,
    },
    sales::{Contact, Lead},
    testing::{CALLERS, Office},
};
use nexa_tests::{
    backends::{self, Backend},
    database,
    samples::Samples,
};
use pollster::block_on;
use serde_json::{Map, Value as Json, json};
use std::sync::{Arc, Mutex};
use uuid::Uuid;

use super::{erase, id, planted::Planted, plants, verified};

/// A person of whom everything is known: twice, so that it is in the history as well.
struct Known {
    contact: Uuid,
    folded: Uuid,
    lead: Uuid,
    purged: Uuid,
    address: String,
}

fn with(mut fields: Map<String, Json>, name: &str, value: Json) -> Json {
    fields.insert(name.to_owned(), value);
    Json::Object(fields)
}

fn plant(office: &Office, planted: &mut Planted) -> Known {
    for kind in ["contact", "lead"] {
        office.run(
            "field.define",
            json!({"of_kind": kind, "name": "passport", "holds": "text", "indexed": true, "personal": true}),
        );
        if kind == "contact" {
            office.run("field.define", json!({"of_kind": kind, "name": "color", "holds": "text"}));
        }
    }
    let mut fields = planted.fields(Contact::def());
    let contact = id(&office.run("contact.create", with(fields.clone(), "account", json!(office.id("account")))));
    // Everything is written once more, but for the address, by which they are one person.
    for (name, value) in planted.fields(Contact::def()) {
        if name == "email" {
            planted.leave_out(&value);
        } else {
            fields.insert(name, value);
        }
    }
    let once = Envelope {
        idempotency_key: Some("once".to_owned()),
        reason: Some(format!("{} asked", planted.0[0])),
        ..Envelope::default()
    };
    block_on(office.session("admin").execute("contact.update", with(fields.clone(), "contact", json!(contact)), once))
        .unwrap();
    let folded = planted.fields(Contact::def());
    let folded = id(&office.run("contact.create", Json::Object(folded)));
    office.run("contact.merge", json!({"contact": contact, "other": folded}));
    let mut leads = [Uuid::nil(); 2];
    for lead in &mut leads {
        let of_lead = planted.fields(Lead::def());
        planted.leave_out(&of_lead["email"]);
        let of_lead = with(of_lead, "email", fields["email"].clone());
        *lead = id(&office.run("lead.create", of_lead));
        office.run("lead.trash", json!({"lead": *lead}));
    }
    let [lead, purged] = leads;
    office.run("lead.purge", json!({"lead": purged}));
    office.run("deal.update", json!({"deal": office.id("deal"), "primary_contact": contact}));
    office.run("ticket.create", json!({"subject": "It is loud", "contact": contact}));
    let address = fields["email"].as_str().unwrap().to_owned();
    plants::plant(office, planted, contact, &address);
    Known { contact, folded, lead, purged, address }
}

/// Everything that a storage has of a tenant, as texts with where they stand.
fn stored(office: &Office, backend: &Backend) -> Vec<(String, String)> {
    struct Events(Mutex<String>);
    #[async_trait::async_trait]
    impl Work for Events {
        async fn run(&self, tx: &mut dyn Transaction) -> nexa_crm::Result<()> {
            let events = tx.events(&EventQuery { limit: 100_000, ..EventQuery::default() }).await?;
            *self.0.lock().unwrap() = format!("{events:?}");
            Ok(())
        }
    }
    let mut texts = Vec::new();
    for def in office.crm.kinds().all() {
        let rows = block_on(rows_of(&*backend.store, office.org, def)).unwrap();
        texts.push((format!("rows of {}", def.kind), format!("{rows:?}")));
    }
    let events = Arc::new(Events(Mutex::default()));
    block_on(backend.store.read(ReadRequest::new(office.org), events.clone())).unwrap();
    texts.push(("events".to_owned(), events.0.lock().unwrap().clone()));
    if let Some(database) = &backend.database {
        let tables = database::rows(
            &database.owner_url(),
            "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
            |row| sqlx::Row::get::<String, _>(row, 0),
        );
        assert!(tables.len() > 20, "{tables:?}");
        for table in tables {
            let rows = database::rows(&database.owner_url(), &format!("SELECT t::text FROM {table} t"), |row| {
                sqlx::Row::get::<String, _>(row, 0)
            });
            texts.push((table, rows.join("\n")));
        }
    }
    texts
}

/// The bytes of a SQLite file after `VACUUM`, which leaves out the pages that were freed, with those beside it.
fn bytes(backend: &Backend) -> Vec<(String, String)> {
    let Some(folder) = &backend.folder else { return Vec::new() };
    let file = rusqlite::Connection::open(folder.path().join("crm.db")).unwrap();
    file.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);").unwrap();
    drop(file);
    let files = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path());
    files
        .map(|path| (path.display().to_string(), String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned()))
        .collect()
}

/// Every answer that somebody gets of the tenant.
fn answered(office: &Office, known: &Known, planted: &Planted) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    let mut ask = |caller: &str, operation: &str, arguments: Json| {
        let said = match block_on(office.session(caller).execute(operation, arguments.clone(), Envelope::default())) {
            Ok(answer) => answer.to_string(),
            Err(error) => format!("{error:?} {:?}", error.params()),
        };
        texts.push((format!("{caller}: {operation} {arguments}"), said));
    };
    let operations: Vec<_> = office.crm.catalog().operations().cloned().collect();
    for caller in ["admin", "agent", "system"] {
        for operation in &operations {
            if ["find", "search", "aggregate"].iter().any(|verb| operation.name.ends_with(&format!(".{verb}")))
                && let Some(sample) = office.sample(operation)
                && operation.name != "person.find"
            {
                ask(caller, operation.name, sample);
            }
        }
        for (kind, record) in
            [("contact", known.contact), ("contact", known.folded), ("lead", known.lead), ("lead", known.purged)]
        {
            ask(caller, &format!("{kind}.get"), json!({kind: record, "trashed": true}));
            ask(caller, &format!("{kind}.history"), json!({kind: record, "limit": 1_000}));
            for seq in 1..=office.head() {
                ask(caller, &format!("{kind}.get"), json!({kind: record, "trashed": true, "as_of": AsOf::Seq(seq)}));
            }
        }
        ask(caller, "contact.overview", json!({"contact": known.contact}));
        ask(caller, "person.export", json!({"contact": known.contact}));
        ask(caller, "person.export", json!({"contact": known.contact, "after": "changes:0"}));
        ask(caller, "person.find", json!({"contact": known.contact}));
    }
    for caller in CALLERS {
        let feed = block_on(office.session(caller).feed(nexa_crm::Position::START, 1_000));
        texts.push((format!("feed of {caller}"), format!("{feed:?}")));
    }
    for word in planted.0.iter().take(20) {
        for kind in ["contact", "lead"] {
            let hits = office.run(&format!("{kind}.search"), json!({"text": word}));
            assert_eq!(hits["items"], json!([]), "{kind} is found by {word}");
        }
    }
    texts
}

fn left(planted: &Planted, texts: Vec<(String, String)>) -> Vec<String> {
    let said = |(place, text): (String, String)| {
        let words: Vec<String> = planted.in_text(&text).into_iter().take(3).map(str::to_owned).collect();
        (!words.is_empty()).then(|| format!("{}: {words:?}", place.chars().take(120).collect::<String>()))
    };
    texts.into_iter().filter_map(said).collect()
}

#[test]
fn nothing_is_left_of_an_erased_person() {
    for backend in backends::all() {
        let (office, mut planted) = (Office::found(backend.store.clone()), Planted::default());
        let known = plant(&office, &mut planted);
        plants::are_everywhere(&office, &backend, &planted);
        let files = plants::blobs(&office);
        let before = left(&planted, stored(&office, &backend));
        assert!(before.iter().any(|place| place.starts_with("rows of contact")), "{before:?}");
        assert!(before.iter().any(|place| place.starts_with("rows of receipt")), "{before:?}");
        assert!(!left(&planted, answered(&office, &known, &Planted::default())).is_empty());
        let certificate = erase(&office, known.contact);
        assert!(planted.in_text(&certificate.to_string()).is_empty(), "{certificate}");
        assert_eq!(left(&planted, stored(&office, &backend)), Vec::<String>::new(), "{}", backend.name);
        assert_eq!(left(&planted, answered(&office, &known, &planted)), Vec::<String>::new(), "{}", backend.name);
        let once = Envelope { idempotency_key: Some("once".to_owned()), ..Envelope::default() };
        let repeated =
            block_on(office.session("admin").execute("contact.update", json!({"contact": known.contact}), once));
        assert_eq!(repeated.unwrap_err().code(), "idempotency.mismatch", "{}", backend.name);
        let found = verified(&office);
        assert_eq!(found["erased"], certificate["event_count"], "{}", backend.name);
        let was = office.run("contact.get", json!({"contact": known.contact, "as_of": office.head() - 1}));
        assert!(was["erased"].as_array().is_none_or(|names| names.contains(&json!("email"))), "{was}");
        assert_eq!(left(&planted, bytes(&backend)), Vec::<String>::new(), "{}", backend.name);
        // The bytes of the three files and of what they wrote go with the next tick, and nothing is mailed to them any more.
        block_on(office.crm.tick(office.org, 100)).unwrap();
        assert_eq!(plants::blobs(&office), files - 5, "{}", backend.name);
        assert_eq!(plants::suppressed(&office, &known.address), "erased", "{}", backend.name);
    }
}

/// What was answered under a key is forgotten with the person; the command is not done twice.
#[test]
fn an_answer_that_named_the_person_is_not_given_again() {
    for backend in backends::all() {
        let office = Office::found(backend.store);
        let contact: Id<Contact> = office.id_of("contact");
        let named = Envelope::unit("01990000-0000-7000-8000-000000000001".parse().unwrap());
        for envelope in [Envelope::once("k1"), named] {
            let update = json!({"contact": contact, "first_name": "Sarah"});
            let run = || block_on(office.session("admin").execute("contact.update", update.clone(), envelope.clone()));
            let first = run().unwrap();
            assert_eq!(run().unwrap(), first);
        }
        erase(&office, office.id("contact"));
        for envelope in [Envelope::once("k1"), Envelope::unit("01990000-0000-7000-8000-000000000001".parse().unwrap())]
        {
            let update = json!({"contact": contact, "first_name": "Sarah"});
            let again = block_on(office.session("admin").execute("contact.update", update, envelope));
            assert_eq!(again.unwrap_err().code(), "answer.erased", "{}", backend.name);
        }
    }
}

/// The export has every value of every personal field, of the records as they are, and of their history.
#[test]
fn an_export_has_everything_that_is_known_of_a_person() {
    for backend in backends::all() {
        let (office, mut planted) = (Office::found(backend.store), Planted::default());
        let known = plant(&office, &mut planted);
        let (mut text, mut after) = (String::new(), None::<String>);
        loop {
            let page = office.run("person.export", json!({"contact": known.contact, "after": after}));
            text.push_str(&page.to_string());
            match page["next"].as_str() {
                Some(next) => after = Some(next.to_owned()),
                None => break,
            }
        }
        let missing: Vec<&String> = planted.0.iter().filter(|word| !text.contains(word.as_str())).collect();
        // A word stands for the letters or the digits of one field; of each pair one was planted.
        for pair in planted.0.chunks(2) {
            assert!(pair.iter().any(|word| text.contains(word.as_str())), "{}: {pair:?} of {missing:?}", backend.name);
        }
    }
}
