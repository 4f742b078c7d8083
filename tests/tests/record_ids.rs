//! A record is its kind and its id together: no path mixes two kinds of one id, and an id is given once and never again.

use std::{
    collections::BTreeSet,
    sync::{Arc, Barrier, Mutex},
    thread,
};

use nexa_crm::{
    Envelope, ErrorKind, FeedItem, Find, Record, Request, Result, Session, Timestamp,
    automation::Workflow,
    export::{ExportFormat, export},
    feedback::{Bug, FeatureRequest, Release},
    kernel::{ports::Ids, store::Store},
    marketing::{Campaign, ContactList},
    productivity::{Call, Meeting, Note, Playbook, Project, Task},
    sales::{Account, Contact, Deal, Lead, LineItem, Quote},
    service::{
        Ticket,
        knowledge::{Article, Category},
    },
    testing::{Office, SeededIds},
};
use nexa_tests::{backends, in_turn::in_turn, samples::Samples};
use pollster::block_on;
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// What stands in records and events that the agent must not see.
const SECRET: &str = "confidential";

/// Identifiers that a test lends: as long as one is lent, everything that is made gets it.
struct Lent {
    lent: Arc<Mutex<Option<Uuid>>>,
    own: SeededIds,
}

impl Ids for Lent {
    fn id(&self, at: Timestamp) -> Uuid {
        self.lent.lock().unwrap().unwrap_or_else(|| self.own.id(at))
    }
    fn salt(&self) -> [u8; 16] {
        self.own.salt()
    }
}

/// An office, and what lends identifiers to it.
fn lending(store: Arc<dyn Store>) -> (Office, Arc<Mutex<Option<Uuid>>>) {
    let lent = Arc::new(Mutex::new(None));
    let ids = Lent { lent: Arc::clone(&lent), own: SeededIds::new(7) };
    (Office::found_numbered(store, ids), lent)
}

/// The kinds of whose records a caller can name as many as they like; a deal has one order, and that one contract.
fn named_kinds(office: &Office) -> Vec<&'static str> {
    let created = office.crm.catalog().operations().filter(|operation| operation.name.ends_with(".create"));
    created.map(|operation| operation.kind).filter(|kind| !["org", "order", "contract"].contains(kind)).collect()
}

/// The fields of a new record, unlike those of the others.
fn fields(office: &Office, kind: &str, word: &str) -> Json {
    let mut fields = office.fields(kind).unwrap();
    for (field, value) in fields.as_object_mut().unwrap() {
        match field.as_str() {
            "email" => *value = json!(format!("{kind}.{word}@umbrella.example")),
            "name" | "subject" | "title" => *value = json!(format!("{kind} {word}")),
            "customer" => *value = json!({"email": format!("{kind}.{word}@umbrella.example")}),
            _ => {}
        }
    }
    fields
}

/// Purges a new record of this kind that says what nobody is to read; answers its id.
fn purged(office: &Office, kind: &str) -> Option<Uuid> {
    let catalog = office.crm.catalog();
    ["create", "trash", "purge"].iter().all(|ending| catalog.operation(&format!("{kind}.{ending}")).is_ok()).then(
        || {
            let mut fields = fields(office, kind, SECRET);
            // Who has the issue stays when the ticket is purged.
            fields.as_object_mut().unwrap().remove("customer");
            let made = office.run(&format!("{kind}.create"), fields);
            office.run(&format!("{kind}.trash"), json!({kind: made["id"]}));
            office.run(&format!("{kind}.purge"), json!({kind: made["id"]}));
            made["id"].as_str().unwrap().parse().unwrap()
        },
    )
}

/// Ids that are taken and that the agent cannot see: of somebody else's ticket, of a comment among admins, and of purged
/// records of every kind.
fn taken(office: &Office) -> Vec<(String, Uuid)> {
    let assigned = office.id("assigned");
    office.run_as("system", "ticket.update", json!({"ticket": assigned, "subject": SECRET})).unwrap();
    let comment = json!({"ticket": office.id("ticket"), "body": SECRET, "audience": "admins"});
    let comment = office.run("ticket.comment", comment)["id"].as_str().unwrap().parse().unwrap();
    let purged = named_kinds(office).into_iter().filter_map(|kind| Some((kind.to_owned(), purged(office, kind)?)));
    [("ticket".to_owned(), assigned), ("comment".to_owned(), comment)].into_iter().chain(purged).collect()
}

/// Whether the record was purged.
fn is_gone(office: &Office, kind: &str, id: Uuid) -> bool {
    office.run_as("system", &format!("{kind}.get"), json!({kind: id, "trashed": true})).is_err()
}

fn shows_no_secret(label: &str, answer: &Result<Json>) {
    let text = match answer {
        Ok(json) => json.to_string(),
        Err(error) => serde_json::to_string(error).unwrap(),
    };
    assert!(!text.contains(SECRET), "{label}: {text}");
}

/// Compares every way to read a record with what `get` shows of it.
fn every_path_shows(office: &Office, label: &str, kind: &str, id: Uuid, shared: &[String]) {
    let ask = |operation: &str, arguments: Json| {
        let answer = office.run_as("agent", operation, arguments);
        shows_no_secret(&format!("{label}: {operation}"), &answer);
        answer
    };
    let got = ask(&format!("{kind}.get"), json!({kind: id})).unwrap();
    let filter = json!({"field": "id", "op": "eq", "value": id});
    let page = ask(&format!("{kind}.find"), json!({"filter": filter})).unwrap();
    assert_eq!(page["items"], json!([got]), "{label}: find");
    assert_eq!(ask(&format!("{kind}.count"), json!({"filter": filter})).unwrap(), json!(1), "{label}: count");
    let groups = json!({"filter": filter, "group_by": [{"field": "id"}], "measure": ["count"]});
    let groups = ask(&format!("{kind}.aggregate"), groups).unwrap();
    assert_eq!(groups, json!([{"group": [id], "measures": [1]}]), "{label}: aggregate");
    if office.crm.catalog().operation(&format!("{kind}.search")).is_ok() {
        let hits = ask(&format!("{kind}.search"), json!({"text": SECRET})).unwrap();
        assert_eq!(hits["items"], json!([]), "{label}: search");
    }
    let own = |changes: &Json| {
        for change in changes.as_array().unwrap() {
            assert_eq!((&change["kind"], &change["record"]), (&json!(kind), &json!(id)), "{label}: {change}");
        }
    };
    let history = ask(&format!("{kind}.history"), json!({kind: id})).unwrap();
    own(&history["items"]);
    assert_eq!(history["items"][0]["verb"], "created", "{label}: history");
    match kind {
        "contact" => {
            let overview = ask("contact.overview", json!({"contact": id})).unwrap();
            let kinds: BTreeSet<String> =
                overview["timeline"].as_array().unwrap().iter().map(|change| change["kind"].to_string()).collect();
            assert_eq!(kinds, BTreeSet::from(["\"contact\"".to_owned()]), "{label}: overview");
        }
        "ticket" => own(&ask("ticket.timeline", json!({"ticket": id})).unwrap()["items"]),
        "deal" => {
            let metrics = ask("deal.metrics", json!({"deal": id})).unwrap();
            assert_eq!(metrics["stages"].as_array().unwrap().len(), 1, "{label}: metrics");
        }
        _ => {}
    }
    let session = office.session("agent");
    let mut after = nexa_crm::Position::START;
    loop {
        let feed = block_on(session.feed(after, 1_000)).unwrap();
        for item in feed.items {
            let FeedItem::Changed(change) = item else { continue };
            shows_no_secret(&format!("{label}: feed"), &Ok(serde_json::to_value(&change).unwrap()));
            // A new deal's first stay in a stage gets the identifier as well.
            let known = change.record != id || shared.contains(&change.kind) || change.kind == "stage_visit";
            assert!(known, "{label}: the feed names {} {id}", change.kind);
        }
        after = feed.next;
        if feed.complete {
            break;
        }
    }
    shows_no_secret(&format!("{label}: export"), &Ok(json!(exported(&session, kind))));
}

/// All records of a kind that a session exports.
fn exported(session: &Session, kind: &str) -> String {
    fn of<R: Record>(session: &Session) -> String {
        let mut out = Vec::new();
        block_on(export(session, Find::<R>::new(), ExportFormat::JsonLines, &mut out, |_| {})).unwrap();
        String::from_utf8(out).unwrap()
    }
    match kind {
        "article" => of::<Article>(session),
        "category" => of::<Category>(session),
        "bug" => of::<Bug>(session),
        "feature_request" => of::<FeatureRequest>(session),
        "release" => of::<Release>(session),
        "lead" => of::<Lead>(session),
        "contact" => of::<Contact>(session),
        "account" => of::<Account>(session),
        "deal" => of::<Deal>(session),
        "campaign" => of::<Campaign>(session),
        "contact_list" => of::<ContactList>(session),
        "call" => of::<Call>(session),
        "line" => of::<LineItem>(session),
        "quote" => of::<Quote>(session),
        "meeting" => of::<Meeting>(session),
        "note" => of::<Note>(session),
        "playbook" => of::<Playbook>(session),
        "project" => of::<Project>(session),
        "task" => of::<Task>(session),
        "workflow" => of::<Workflow>(session),
        "ticket" => of::<Ticket>(session),
        other => panic!("export {other} as well"),
    }
}

#[test]
fn no_path_mixes_records_of_two_kinds_that_have_one_id() {
    for backend in backends::all() {
        let (office, lent) = lending(backend.store);
        let (mut made_of, mut shown) = (BTreeSet::new(), BTreeSet::new());
        // The number of a ticket is taken from a counter, which is there by now.
        for (number, (of, id)) in taken(&office).into_iter().enumerate() {
            let mut shared = Vec::new();
            let kinds = named_kinds(&office).into_iter().filter(|kind| *kind != of);
            for kind in kinds {
                let mut fields = fields(&office, kind, &id.to_string());
                fields.as_object_mut().unwrap().remove("customer");
                *lent.lock().unwrap() = Some(id);
                let made = office.run_as("agent", &format!("{kind}.create"), fields);
                *lent.lock().unwrap() = None;
                match made {
                    Ok(made) => assert_eq!(made["id"], json!(id), "{}: {kind}", backend.name),
                    Err(error) => {
                        assert_eq!(error.kind(), ErrorKind::Forbidden, "{}: {kind}: {error:?}", backend.name);
                        continue;
                    }
                }
                shared.push(kind.to_owned());
            }
            assert!(shared.len() >= 7, "{}: {of}: {shared:?}", backend.name);
            // The parts of a quote are made with it.
            let known: Vec<String> =
                shared.iter().cloned().chain(["quote_tier", "quote_line"].map(str::to_owned)).collect();
            for kind in in_turn(&shared, number, 2) {
                let label = format!("{}: {kind} with the id of a {of}", backend.name);
                every_path_shows(&office, &label, kind, id, &known);
                shown.insert(kind.clone());
            }
            made_of.extend(shared);
        }
        assert_eq!(shown, made_of, "{}: the kinds that are read", backend.name);
    }
}

#[test]
fn an_id_that_any_record_ever_had_is_never_given_again() {
    for backend in backends::all() {
        let office = Office::found(backend.store);
        let hidden = taken(&office);
        let mut ids: BTreeSet<(String, Uuid)> = hidden.into_iter().collect();
        for item in office.events() {
            let FeedItem::Changed(change) = item else { continue };
            ids.insert((change.kind, change.record));
        }
        let kinds: BTreeSet<&str> = ids.iter().map(|(kind, _)| kind.as_str()).collect();
        assert!(kinds.len() > 15, "{kinds:?}");
        let head = office.head();
        for kind in named_kinds(&office) {
            // One of each kind, and those that are gone.
            let mut seen = BTreeSet::new();
            for (of, id) in ids.iter().filter(|(of, id)| seen.insert(of.clone()) || is_gone(&office, of, *id)) {
                let mut arguments = fields(&office, kind, "again");
                arguments["id"] = json!(id);
                let error = office.run_as("admin", &format!("{kind}.create"), arguments).unwrap_err();
                assert_eq!(error.code(), "id.taken", "{}: {kind} with the id of {of} {id}", backend.name);
            }
        }
        assert_eq!(office.head(), head, "{}: a refusal left an event", backend.name);
    }
}

#[test]
fn two_records_of_one_batch_do_not_share_an_id() {
    for backend in backends::all() {
        let office = Office::found(backend.store);
        let id = Uuid::from_u128(77);
        let create = |kind: &str| {
            let mut with = fields(&office, kind, "batch");
            with["id"] = json!(id);
            Request { run: format!("{kind}.create"), with }
        };
        let request = |run: &str| Request { run: run.to_owned(), with: json!({"task": id}) };
        let batch = |requests: Vec<Request>| block_on(office.session("admin").batch(requests, Envelope::default()));
        let error = batch(vec![create("lead"), create("contact")]).unwrap_err();
        assert_eq!((error.code(), &error.params()["position"]), ("id.taken", &json!(1)), "{}", backend.name);
        let gone = vec![create("task"), request("task.trash"), request("task.purge"), create("deal")];
        let error = batch(gone).unwrap_err();
        assert_eq!((error.code(), &error.params()["position"]), ("id.taken", &json!(3)), "{}", backend.name);
        batch(vec![create("task"), request("task.trash"), request("task.purge")]).unwrap();
        assert_eq!(batch(vec![create("task")]).unwrap_err().code(), "id.taken", "{}", backend.name);
    }
}

#[test]
fn of_many_who_name_one_id_at_once_one_gets_it() {
    for backend in backends::all() {
        let office = Arc::new(Office::found(backend.store));
        for round in 0..4 {
            let id = Uuid::from_u128(1_000 + round);
            let kinds = ["lead", "contact", "account", "deal", "task", "campaign", "contact_list", "ticket"];
            let start = Arc::new(Barrier::new(kinds.len()));
            let callers = kinds.map(|kind| {
                let (office, start) = (Arc::clone(&office), Arc::clone(&start));
                thread::spawn(move || {
                    let mut arguments = fields(&office, kind, &format!("race {round}"));
                    if let Some(mail) = arguments.get_mut("email") {
                        *mail = json!(format!("{kind}.race{round}@umbrella.example"));
                    }
                    arguments.as_object_mut().unwrap().remove("customer");
                    arguments["id"] = json!(id);
                    start.wait();
                    office
                        .run_as("agent", &format!("{kind}.create"), arguments)
                        .map_err(|error| error.code().to_owned())
                })
            });
            let ended: Vec<_> = callers.into_iter().map(|caller| caller.join().unwrap()).collect();
            let won = ended.iter().filter(|ended| ended.is_ok()).count();
            assert_eq!(won, 1, "{}: {ended:?}", backend.name);
            for lost in ended.iter().filter_map(|ended| ended.as_ref().err()) {
                assert_eq!(lost, "id.taken", "{}", backend.name);
            }
        }
    }
}
