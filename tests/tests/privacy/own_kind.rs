//! A host's own kind is found, exported and erased by its marks alone.

use nexa_crm::{
    Code, Email, Entity, Id, Name, Phone, Record, Timestamp,
    kernel::{memory::MemoryStore, redact::redacted_debug},
    sales::Contact,
    testing::Office,
};
use nexa_tests::backends;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use std::sync::Arc;

use super::{erase, id, ids_of, verified};

/// Who drove a car.
#[derive(Record, Clone, Default, Serialize, Deserialize)]
#[record(kind = "drive", table = "drives", access = work, search(driver = 1), index("contact"))]
pub(super) struct Drive {
    id: Id<Drive>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// Who wanted it.
    #[record(editable, person, on_trash = keep)]
    contact: Id<Contact>,
    /// Who drove.
    #[record(editable, personal, folded)]
    driver: Name,
    /// Where to reach them.
    #[record(editable, personal)]
    phone: Option<Phone>,
    /// The car.
    #[record(editable)]
    car: Name,
}
redacted_debug!(Drive);
impl Entity for Drive {
    const ERRORS: &'static [Code] = &[];
}

/// A fine for a drive, sent to an address.
#[derive(Record, Clone, Default, Serialize, Deserialize)]
#[record(kind = "fine", table = "fines", access = work, index("drive"))]
pub(super) struct Fine {
    id: Id<Fine>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// The drive.
    #[record(editable, person)]
    drive: Option<Id<Drive>>,
    /// Where it was sent.
    #[record(editable, person, personal)]
    sent_to: Option<Email>,
}
redacted_debug!(Fine);
impl Entity for Fine {
    const ERRORS: &'static [Code] = &[];
}

fn builder() -> nexa_crm::CrmBuilder {
    nexa_core::builder().entity::<Drive>().entity::<Fine>()
}

/// Storages that make the tables of any kinds.
fn stores() -> Vec<backends::Backend> {
    let mut all: Vec<backends::Backend> = backends::all().into_iter().collect();
    if let Some(postgres) = all.iter_mut().find(|backend| backend.name == "postgres") {
        let database = nexa_tests::database::Database::fresh();
        postgres.store = Arc::new(database.store());
        postgres.database = Some(database);
    }
    all
}

#[test]
fn a_kind_that_comes_later_is_covered_by_its_marks() {
    for backend in stores() {
        let office = Office::found_with(backend.store, builder());
        let contact = office.id("contact");
        let drive = json!({"contact": contact, "driver": "Quintessa", "phone": "+41791234567", "car": "Roadster"});
        let drive = office.run("drive.create", drive);
        let of_drive =
            id(&office.run("fine.create", json!({"drive": drive["id"], "sent_to": "elsewhere@xyzzy.example"})));
        let of_address = id(&office.run("fine.create", json!({"sent_to": "sarah@private.example"})));
        let found = office.run("person.find", json!({"contact": contact}));
        assert_eq!(ids_of(&found["belonging"], "drive").len(), 1, "{}: {found}", backend.name);
        assert_eq!(ids_of(&found["belonging"], "fine"), [of_drive, of_address].into(), "{}: {found}", backend.name);
        let export = office.run("person.export", json!({"contact": contact})).to_string();
        for value in ["Quintessa", "+41791234567", "elsewhere@xyzzy.example"] {
            assert!(export.contains(value), "{}: {value}", backend.name);
        }
        erase(&office, contact);
        let drive = office.run("drive.get", json!({"drive": drive["id"]}));
        assert_eq!(
            (&drive["driver"], &drive["phone"], &drive["car"]),
            (&json!("erased"), &Json::Null, &json!("Roadster"))
        );
        for fine in [of_drive, of_address] {
            assert_eq!(office.run("fine.get", json!({"fine": fine}))["sent_to"], Json::Null, "{}", backend.name);
        }
        for kind in ["drive", "fine"] {
            let said = format!("{:?}", office.events());
            assert!(!said.contains("Quintessa") && !said.contains("xyzzy"), "{}: {kind}", backend.name);
        }
        assert_eq!(office.run("drive.search", json!({"text": "quintessa"}))["items"], json!([]), "{}", backend.name);
        verified(&office);
    }
}

/// Personal, and nobody's.
#[derive(Record, Clone, Default, Serialize, Deserialize)]
#[record(kind = "visitor", table = "visitors", access = work)]
struct Visitor {
    id: Id<Visitor>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// The name.
    #[record(editable, personal)]
    name: Option<Name>,
}
redacted_debug!(Visitor);

/// The same, with a reason.
#[derive(Record, Clone, Default, Serialize, Deserialize)]
#[record(kind = "guard", table = "guards", access = work, no_person = "guards are staff")]
struct Guard {
    id: Id<Guard>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// The name.
    #[record(editable, personal)]
    name: Option<Name>,
}
redacted_debug!(Guard);

/// Marked as of a person, and led to none.
#[derive(Record, Clone, Debug, Default, Serialize, Deserialize)]
#[record(kind = "shift", table = "shifts", access = work)]
struct Shift {
    id: Id<Shift>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// Whose.
    #[record(person)]
    guard: Option<Id<Guard>>,
}

#[test]
fn personal_data_that_are_nobodys_are_refused_unless_the_kind_says_why() {
    let build = |builder: nexa_crm::CrmBuilder| {
        let ids = nexa_crm::testing::SeededIds::new(7);
        let clock = nexa_crm::testing::ManualClock::at("2025-11-17T09:00:00Z");
        builder.store(Arc::new(MemoryStore::new())).clock(clock).ids(ids).build().map(|_| ())
    };
    let refused = build(nexa_core::builder().record::<Visitor>()).unwrap_err();
    assert_eq!(refused.code(), "crm.unbuildable");
    assert!(refused.message().contains("visitor.name is personal, but nothing says whose it is"), "{refused}");
    build(nexa_core::builder().record::<Guard>()).unwrap();
    let refused = build(nexa_core::builder().record::<Guard>().record::<Shift>()).unwrap_err();
    assert!(
        refused.message().contains("shift.guard is marked person, but what it points at belongs to no person"),
        "{refused}"
    );
}

#[test]
fn a_personal_field_of_a_kind_that_is_nobodys_is_refused() {
    let office = Office::found(backends::memory().store);
    let define = |kind: &str| json!({"of_kind": kind, "name": "born", "holds": "text", "personal": true});
    let refused = office.run_as("admin", "field.define", define("account")).unwrap_err();
    assert_eq!(refused.code(), "field.personal_of_nobody");
    assert_eq!(office.run("field.define", define("ticket"))["personal"], true);
}
