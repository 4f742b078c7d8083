//! A record as it was at a moment, or after an event: what `get` returned then, under the access of now.

use std::{collections::BTreeMap, sync::Arc};

use nexa_crm::{
    Access, Action, Actor, AsOf, Envelope, Get, HiddenField, Policy, Timestamp,
    kernel::{
        memory::MemoryStore,
        record::{RecordDef, Ref},
    },
    sales::Contact,
    service::DefaultPolicy,
    sqlite::SqliteStore,
    testing::{ManualClock, Office, SeededIds},
};
use nexa_tests::{backends, traffic::Traffic, veil::Veil};
use pollster::block_on;
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// Every record that is there, in the trash or not, as the host reads it, by kind and id.
fn everything(office: &Office) -> BTreeMap<(&'static str, Uuid), Json> {
    let mut found = BTreeMap::new();
    for def in office.crm.kinds().all().iter().filter(|def| def.ledger) {
        let events = office.events();
        let ids = events.iter().filter_map(|item| match item {
            nexa_crm::FeedItem::Changed(change) if change.kind == def.kind => Some(change.record),
            _ => None,
        });
        for id in ids.collect::<std::collections::BTreeSet<Uuid>>() {
            if let Ok(record) = get(office, "system", def.kind, id, json!({"trashed": true}))
                && record["id"] == json!(id)
            {
                found.insert((def.kind, id), record);
            }
        }
    }
    found
}

fn moment(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn get(office: &Office, caller: &str, kind: &str, id: Uuid, mut options: Json) -> nexa_crm::Result<Json> {
    options[kind] = json!(id);
    office.run_as(caller, &format!("{kind}.get"), options)
}

#[test]
fn every_record_reads_as_it_did_after_each_of_many_commands() {
    for backend in backends::all() {
        let office = Office::found(backend.store.clone());
        let mut traffic = Traffic::new(&office, &office.events(), backends::seed(5));
        let mut seen = office.position();
        let mut then = Vec::new();
        for step in 0..240 {
            let _ = traffic.step().perform(&office);
            let feed = block_on(office.crm.feed(office.org, seen, 1_000)).unwrap();
            seen = feed.next;
            traffic.learn(&feed.items);
            if step % 40 == 0 {
                then.push((office.head(), everything(&office)));
            }
        }
        let now = everything(&office);
        let (mut compared, mut other) = (0, 0);
        for (seq, records) in &then {
            for (kind, id) in now.keys() {
                let was = get(&office, "system", kind, *id, json!({"trashed": true, "as_of": seq}));
                match (records.get(&(*kind, *id)), was) {
                    // Who was erased since is read as that.
                    (Some(_), Ok(was)) if was["erased"].is_array() => {}
                    (Some(record), Ok(was)) => {
                        assert_eq!(&was, record, "{}: {kind} {id} as of {seq}", backend.name);
                        compared += 1;
                        other += usize::from(record != &now[&(*kind, *id)]);
                    }
                    (None, Err(error)) => assert_eq!(error.code(), "record.not_found", "{}: {error:?}", backend.name),
                    (record, was) => panic!("{}: {kind} {id} as of {seq}: {record:?} and {was:?}", backend.name),
                }
            }
        }
        assert!(compared > 300 && other > 20, "{}: {compared} records, {other} since changed", backend.name);
    }
}

#[test]
fn a_moment_includes_the_last_event_that_was_dated_at_it() {
    for backend in backends::all() {
        let office = Office::found(backend.store.clone());
        let id = office.id("task");
        let update = |title: &str| office.run("task.update", json!({"task": id, "title": title}));
        office.clock.set(moment("2025-11-17T10:00:00Z"));
        update("At ten");
        update("At ten again");
        office.clock.set(moment("2025-11-17T11:00:00Z"));
        update("At eleven");
        let title = |moment: &str| {
            get(&office, "viewer", "task", id, json!({"as_of": moment})).map(|task| task["title"].clone())
        };
        for (moment, expected) in [
            ("2025-11-17T09:59:59.999999Z", "Call Sarah"),
            ("2025-11-17T10:00:00Z", "At ten again"),
            ("2025-11-17T11:59:59+01:00", "At ten again"),
            ("2025-11-17T11:00:00Z", "At eleven"),
            ("2035-01-01T00:00:00Z", "At eleven"),
        ] {
            assert_eq!(title(moment).unwrap(), json!(expected), "{}: {moment}", backend.name);
        }
        assert_eq!(title("2025-11-17T08:59:59Z").unwrap_err().code(), "record.not_found", "{}", backend.name);
        for wrong in [json!("yesterday"), json!(-1), json!(1.5), json!({"seq": 1})] {
            let refused = get(&office, "viewer", "task", id, json!({"as_of": wrong})).unwrap_err();
            assert_eq!(refused.code(), "command.malformed", "{}: {wrong}", backend.name);
        }
        let first = office.run("task.history", json!({"task": id}))["items"][0]["seq"].clone();
        let made = get(&office, "viewer", "task", id, json!({"as_of": first})).unwrap();
        assert_eq!((&made["version"], &made["updated_at"]), (&json!(1), &made["created_at"]), "{}", backend.name);
    }
}

#[test]
fn a_record_that_was_purged_or_is_trashed_is_as_it_is_for_any_get() {
    let office = Office::found(Arc::new(MemoryStore::new()));
    let (id, before) = (office.id("task"), office.head());
    office.run("task.trash", json!({"task": id}));
    let as_of = |options: Json| get(&office, "admin", "task", id, options);
    assert_eq!(as_of(json!({"as_of": before})).unwrap_err().code(), "record.trashed");
    assert_eq!(as_of(json!({"as_of": before, "trashed": true})).unwrap()["deleted_at"], json!(null));
    let trashed = office.head();
    office.run("task.restore", json!({"task": id}));
    assert_eq!(as_of(json!({"as_of": trashed})).unwrap_err().code(), "record.trashed");
    assert!(as_of(json!({"as_of": trashed, "trashed": true})).unwrap()["deleted_at"].is_string());
    office.run("task.trash", json!({"task": id}));
    office.run("task.purge", json!({"task": id}));
    assert_eq!(as_of(json!({"as_of": before, "trashed": true})).unwrap_err().code(), "record.not_found");
}

#[test]
fn who_was_folded_into_another_is_read_as_they_were_before_it() {
    for backend in backends::all() {
        let office = Office::found(backend.store.clone());
        let (kept, gone) = (office.id("contact"), office.id("other_contact"));
        let before = office.head();
        office.run("contact.merge", json!({"contact": kept, "other": gone}));
        let was = get(&office, "agent", "contact", gone, json!({"as_of": before, "trashed": true})).unwrap();
        assert_eq!((&was["id"], &was["email"]), (&json!(gone), &json!("bill@private.example")), "{}", backend.name);
        let after = get(&office, "agent", "contact", gone, json!({"as_of": office.head()})).unwrap();
        assert_eq!(after["id"], json!(kept), "{}", backend.name);
    }
}

#[test]
fn related_records_are_as_they_were_as_well() {
    for backend in backends::all() {
        let office = Office::found(backend.store.clone());
        let (contact, first, second) = (office.id("contact"), office.id("account"), office.id("other_account"));
        let before = office.head();
        office.run("account.update", json!({"account": first, "name": "Globex International"}));
        office.run("contact.update", json!({"contact": contact, "account": second}));
        let was = get(&office, "agent", "contact", contact, json!({"as_of": before, "with": ["account"]})).unwrap();
        assert_eq!(was["related"]["account"][first.to_string()]["name"], "Globex", "{}", backend.name);
        assert_eq!(was["related"]["account"].as_object().unwrap().len(), 1, "{}", backend.name);
    }
}

/// The default policy, without the mail address of contacts for agents.
struct WithoutMail;

impl Policy for WithoutMail {
    fn access(&self, actor: &Actor, kind: &'static RecordDef, action: Action) -> Access {
        let access = DefaultPolicy::new().access(actor, kind, action);
        if kind.kind == "contact" && actor.has_role("agent") {
            return access.hiding([HiddenField::from(Contact::EMAIL)]);
        }
        access
    }
    fn roles(&self) -> Vec<String> {
        DefaultPolicy::new().roles()
    }
}

#[test]
fn what_is_hidden_now_is_hidden_as_it_was() {
    let office = Office::found_with(Arc::new(MemoryStore::new()), nexa_core::builder().policy(WithoutMail));
    let (id, before) = (office.id("contact"), office.head());
    office.run("contact.update", json!({"contact": id, "email": "sarah@elsewhere.example"}));
    let was = |caller: &str| get(&office, caller, "contact", id, json!({"as_of": before})).unwrap()["email"].clone();
    assert_eq!((was("admin"), was("agent")), (json!("sarah@private.example"), json!(null)));
}

#[test]
fn who_may_not_see_a_record_now_does_not_see_it_as_it_was() {
    let veil = Veil::default();
    let office = Office::found_with(Arc::new(MemoryStore::new()), nexa_core::builder().policy(veil.clone()));
    let (id, before) = (office.id("contact"), office.head());
    assert!(get(&office, "agent", "contact", id, json!({"as_of": before})).is_ok());
    veil.hide(office.id("agent"), [id]);
    let refused = get(&office, "agent", "contact", id, json!({"as_of": before})).unwrap_err();
    assert_eq!(refused.code(), "record.not_found");
}

#[test]
fn what_was_erased_since_reads_so() {
    let backend = backends::sqlite();
    let office = Office::found(backend.store.clone());
    let id = office.id("contact");
    let made = office.head();
    let update = |fields: Json| {
        let mut fields = fields;
        fields["contact"] = json!(id);
        office.run("contact.update", fields);
        office.head()
    };
    let named = update(json!({"first_name": "Sarah", "last_name": "Connor"}));
    let titled = update(json!({"title": "CTO"}));
    let renamed = update(json!({"last_name": "Reese"}));
    // The office is read from a copy in which these events were erased.
    let erased = |events: &[u64], as_of: u64| {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("copy.db");
        block_on(office.crm.backup(&copy)).unwrap();
        let file = rusqlite::Connection::open(&copy).unwrap();
        let blank = "UPDATE nexa_events SET salt = NULL, payload = NULL, reason = NULL WHERE seq = ?1";
        for seq in events {
            assert_eq!(file.execute(blank, [i64::try_from(*seq).unwrap()]).unwrap(), 1);
        }
        drop(file);
        let store = Arc::new(SqliteStore::open(&copy).unwrap());
        let clock = ManualClock::at("2030-01-01T00:00:00Z");
        let crm = nexa_core::builder().store(store).clock(clock).ids(SeededIds::new(2)).build().unwrap();
        block_on(crm.migrate()).unwrap();
        let with = json!({"contact": id, "as_of": as_of});
        block_on(crm.user(office.org, office.id("admin")).execute("contact.get", with, Envelope::default())).unwrap()
    };
    // What no later event changed is as it is now; what a later event changed, that event says.
    let was = erased(&[named], titled);
    assert_eq!((&was["first_name"], &was["last_name"]), (&json!("Sarah"), &json!("Connor")));
    assert_eq!((&was["title"], &was["erased"]), (&json!("CTO"), &json!(null)));
    assert_eq!(erased(&[named], renamed)["last_name"], "Reese");
    // What the erased event may have changed is known where an earlier event says it.
    let was = erased(&[named], made);
    assert_eq!((&was["first_name"], &was["erased"]), (&json!(null), &json!(null)));
    assert_eq!(was["email"], "sarah@private.example");
    // Where none does it is not taken for empty.
    let first = office.run("contact.history", json!({"contact": id}))["items"][0]["seq"].as_u64().unwrap();
    let was = erased(&[first, named], made);
    assert_eq!((&was["first_name"], &was["email"]), (&json!("erased"), &json!("erased")));
    assert!(was["erased"].as_array().unwrap().contains(&json!("last_name")), "{}", was["erased"]);
    assert_eq!(erased(&[first, named], titled)["last_name"], "Connor");
}

#[test]
fn rust_asks_by_a_moment_or_the_number_of_an_event() {
    let office = Office::found(Arc::new(MemoryStore::new()));
    let contact: Ref<Contact> = office.id_of::<Contact>("contact").into();
    let before = office.head();
    office.run("contact.update", json!({"contact": office.id("contact"), "title": "CTO"}));
    let session = office.session("agent");
    for point in [AsOf::Seq(before), AsOf::Moment(moment("2025-11-17T09:00:00Z"))] {
        let was = block_on(session.ask(Get::of(contact.clone()).as_of(point))).unwrap();
        let title = was.record.title.map(|title| title.to_string());
        assert_eq!(title, if point == AsOf::Seq(before) { None } else { Some("CTO".to_owned()) });
    }
}

/// The overviews of all contacts, as the host reads them.
fn overviews(office: &Office) -> BTreeMap<Uuid, Json> {
    let found = office.run_as("system", "contact.find", json!({"limit": 1_000})).unwrap();
    let ids = found["items"].as_array().unwrap().iter().map(|contact| contact["id"].as_str().unwrap().parse().unwrap());
    ids.map(|id: Uuid| (id, office.run_as("system", "contact.overview", json!({"contact": id})).unwrap())).collect()
}

#[test]
fn an_overview_reads_as_it_did_after_each_of_many_commands() {
    for backend in backends::all() {
        let office = Office::found(backend.store.clone());
        let mut traffic = Traffic::new(&office, &office.events(), backends::seed(11));
        let mut seen = office.position();
        let mut then = Vec::new();
        for step in 0..240 {
            let _ = traffic.step().perform(&office);
            let feed = block_on(office.crm.feed(office.org, seen, 1_000)).unwrap();
            seen = feed.next;
            traffic.learn(&feed.items);
            if step % 40 == 0 {
                then.push((office.head(), overviews(&office)));
            }
        }
        let (now, events) = (overviews(&office), office.events());
        // What was purged since is gone, as it is for any get.
        let purged = |after: u64| {
            let gone = |item: &nexa_crm::FeedItem| {
                matches!(item, nexa_crm::FeedItem::Changed(change)
                if change.seq > after && change.verb == nexa_crm::kernel::ledger::Verb::Purged)
            };
            events.iter().filter(|item| gone(item)).map(|item| format!("{item:?}")).collect::<String>()
        };
        let (mut compared, mut other) = (0, 0);
        for (seq, known) in &then {
            let purged = purged(*seq);
            for (id, overview) in known {
                let with = json!({"contact": id, "as_of": seq});
                match office.run_as("system", "contact.overview", with) {
                    Ok(was) if was.get("erased").is_some() || purged.contains(&id.to_string()) => {}
                    Ok(was) => {
                        assert_eq!(&was, overview, "{}: {id} as of {seq}", backend.name);
                        compared += 1;
                        other += usize::from(now.get(id) != Some(overview));
                    }
                    Err(error) => {
                        assert!(["record.not_found", "record.trashed"].contains(&error.code()), "{error:?}");
                    }
                }
            }
        }
        assert!(compared > 20 && other > 5, "{}: {compared} overviews, {other} since changed", backend.name);
    }
}

#[test]
fn an_overview_has_what_belonged_to_the_contact_then() {
    for backend in backends::all() {
        let (name, office) = (backend.name, Office::found(backend.store.clone()));
        let (contact, other) = (office.id("contact"), office.id("other_contact"));
        let deal = json!({"name": "Plan", "primary_contact": contact, "amount": {"amount": "100", "currency": "USD"}});
        let deal = office.run("deal.create", deal)["id"].clone();
        office.run("task.create", json!({"title": "Call", "about": {"kind": "contact", "id": contact}}));
        office.clock.set(moment("2025-11-17T10:00:00Z"));
        let before = office.run("contact.overview", json!({"contact": contact}));
        office.clock.set(moment("2025-11-17T11:00:00Z"));
        office.run("deal.update", json!({"deal": deal, "primary_contact": other, "name": "Their plan"}));
        office.run("contact.merge", json!({"contact": other, "other": contact}));
        let was = office.run("contact.overview", json!({"contact": contact, "as_of": "2025-11-17T10:30:00Z"}));
        assert_eq!(was, before, "{name}");
        assert_eq!(was["deals"]["newest_open"][0]["name"], "Plan", "{name}");
        let early = json!({"contact": contact, "as_of": "2025-11-17T08:00:00Z"});
        assert_eq!(office.run_as("admin", "contact.overview", early).unwrap_err().code(), "record.not_found", "{name}");
    }
}
