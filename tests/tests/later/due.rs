//! Who has something due is found without a look into any tenant.

use nexa_crm::{CreateOrg, Timestamp, kernel::agenda::Due};
use serde_json::json;

use super::*;

#[test]
fn tenants_are_due_for_their_events_and_their_timers() {
    for backend in backends::all() {
        let ours = office(Arc::clone(&backend.store));
        let create = CreateOrg::new("Umbrella", "Omar", "omar@umbrella.example").unwrap();
        let theirs = block_on(ours.crm.create_org(create)).unwrap().org();
        let due = |now: &str| -> Vec<uuid::Uuid> {
            let now = Timestamp::parse(now).unwrap();
            block_on(ours.crm.due(now, 1_000)).unwrap().into_iter().map(|Due { org, .. }| org).collect()
        };
        let mut both = due("2025-11-17T09:00:00Z");
        both.sort_unstable();
        let mut expected = [ours.org, theirs];
        expected.sort_unstable();
        assert_eq!(both, expected, "{}: nobody has read what they began with", backend.name);
        for org in expected {
            block_on(ours.crm.tick(org, 1_000)).unwrap();
        }
        assert_eq!(due("2025-11-17T09:00:00Z"), [] as [uuid::Uuid; 0], "{}", backend.name);
        ours.run("note.set_bell", json!({"key": "a", "at": "2025-11-17T12:00:00Z"}));
        assert_eq!(due("2025-11-17T11:59:59Z"), [] as [uuid::Uuid; 0], "{}", backend.name);
        assert_eq!(due("2025-11-17T12:00:00Z"), [ours.org], "{}", backend.name);
        // A moment that lies ahead says when to come back.
        let next = block_on(ours.crm.due(Timestamp::parse("2026-11-17T12:00:00Z").unwrap(), 1)).unwrap();
        assert_eq!(next[0].at, Timestamp::parse("2025-11-17T12:00:00Z").unwrap(), "{}", backend.name);
        assert_eq!(block_on(ours.crm.due(Timestamp::default(), 0)).unwrap_err().code(), "page.size");
        assert_eq!(block_on(ours.crm.tick(uuid::Uuid::from_u128(7), 1)).unwrap_err().code(), "org.unknown");
    }
}
