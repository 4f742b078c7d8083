//! Arguments checked by themselves are refused as the door refuses them.

use std::sync::Arc;

use nexa_core::{
    Envelope,
    kernel::memory::MemoryStore,
    testing::{Office, block_on},
};
use serde_json::json;

#[test]
fn what_is_wrong_with_fields_is_reported_without_a_storage() {
    let office = Office::empty(Arc::new(MemoryStore::new()), nexa_core::builder());
    let (catalog, lisa) = (office.crm.catalog(), office.session("admin"));
    let lead = block_on(lisa.execute("lead.create", json!({"last_name": "Sand"}), Envelope::default())).unwrap();
    for (operation, arguments) in [
        ("lead.create", json!({"email": "nobody"})),
        ("lead.create", json!({"shoe_size": 43})),
        ("lead.create", json!({"status": "converted"})),
        ("lead.update", json!({"lead": lead["id"], "phone": "call me"})),
        ("lead.upsert", json!({"match_on": "email", "email": "no"})),
        ("ticket.create", json!({"subject": ""})),
        ("ticket.create", json!({"subject": null})),
        ("ticket.create", json!({"subject": "Broken", "priority": "huge"})),
    ] {
        let checked = catalog.operation(operation).unwrap().check(&arguments).unwrap_err();
        let run = block_on(lisa.execute(operation, arguments.clone(), Envelope::default())).unwrap_err();
        assert_eq!((checked.code(), checked.to_string()), (run.code(), run.to_string()), "{operation} {arguments}");
    }
    for (operation, arguments) in [
        ("lead.create", json!({"email": "sarah@acme.example", "custom": {"shoe_size": 43}})),
        ("deal.create", json!({"name": "Renewal", "account": {"system": "shop", "key": "7"}})),
    ] {
        catalog.operation(operation).unwrap().check(&arguments).unwrap();
    }
}
