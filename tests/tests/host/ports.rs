//! Clock, identifiers, directory and policy are the host's to give.

use std::sync::Arc;

use async_trait::async_trait;
use nexa_crm::{
    Access, Action, Actor, CreateOrg, Envelope, Policy, Principal, Result, Timestamp,
    kernel::{
        access::Directory,
        ports::{Clock, Ids, uuid_v7},
        record::RecordDef,
        store::Transaction,
    },
    testing::ManualClock,
};
use nexa_tests::backends;
use pollster::block_on;
use serde_json::json;
use uuid::Uuid;

/// The host knows who works for it.
struct Payroll;

#[async_trait]
impl Directory for Payroll {
    async fn actor(&self, _: &mut dyn Transaction, principal: &Principal) -> Result<Actor> {
        let role = match principal {
            Principal::User(id) if id.as_u128() < 10 => Some("boss".to_owned()),
            Principal::User(_) => Some("hand".to_owned()),
            _ => None,
        };
        Ok(Actor { principal: principal.clone(), role, groups: Vec::new() })
    }
}

/// Bosses do everything, hands read what was made today; a customer reads their own contact.
struct House(Arc<ManualClock>);

impl Policy for House {
    fn access(&self, actor: &Actor, kind: &'static RecordDef, action: Action) -> Access {
        let today = nexa_crm::Filter::compare("created_at", nexa_crm::Op::Ge, self.0.now().plus_hours(-24));
        match (&actor.principal, action, kind.kind) {
            (Principal::Contact(id), Action::Read, "contact") => {
                Access::rows(nexa_crm::Filter::compare("id", nexa_crm::Op::Eq, *id)).hiding(["owner"])
            }
            (_, Action::Read, _) if actor.has_role("hand") => Access::rows(today),
            _ => Access::when(actor.is_system() || actor.has_role("boss")),
        }
    }
}

/// Counts.
#[derive(Default)]
struct Numbers(std::sync::atomic::AtomicU64);

impl Ids for Numbers {
    fn id(&self, at: Timestamp) -> Uuid {
        uuid_v7(at, self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst).to_be_bytes())
    }
    fn salt(&self) -> [u8; 16] {
        [9; 16]
    }
}

#[test]
fn they_are_asked() {
    for backend in backends::all() {
        let clock = Arc::new(ManualClock::at("2025-11-17T09:15:00Z"));
        let crm = nexa_core::builder()
            .store(backend.store)
            .clock(clock.clone())
            .ids(Numbers::default())
            .directory(Payroll)
            .policy(House(clock.clone()))
            .build()
            .unwrap();
        block_on(crm.migrate()).unwrap();
        let org = block_on(crm.create_org(CreateOrg::new("Acme", "Lisa", "lisa@acme.example").unwrap())).unwrap().org();
        let boss = crm.user(org, Uuid::from_u128(1));
        let hand = crm.user(org, Uuid::from_u128(11));
        let run = |session: &nexa_crm::Session, operation: &str, arguments| {
            block_on(session.execute(operation, arguments, Envelope::default()))
        };
        let old = run(&boss, "contact.create", json!({"email": "sarah@example.com"})).unwrap();
        assert_eq!(old["created_at"], "2025-11-17T09:15:00.000000Z", "{}", backend.name);
        clock.set(Timestamp::parse("2025-11-19T08:00:00Z").unwrap());
        let new = run(&boss, "contact.create", json!({"email": "bill@example.com"})).unwrap();
        assert_eq!(new["created_at"], "2025-11-19T08:00:00.000000Z", "{}", backend.name);
        assert_eq!(run(&boss, "contact.count", json!({})).unwrap(), 2, "{}", backend.name);
        assert_eq!(run(&hand, "contact.count", json!({})).unwrap(), 1, "{}", backend.name);
        assert_eq!(run(&hand, "contact.get", json!({"contact": old["id"]})).unwrap_err().code(), "record.not_found");
        assert_eq!(
            run(&hand, "contact.create", json!({"email": "x@example.com"})).unwrap_err().code(),
            "access.denied"
        );

        // A portal: the customer reads their own contact, and nothing else.
        let customer = crm.session(org, Principal::Contact(old["id"].as_str().unwrap().parse().unwrap()));
        let page = run(&customer, "contact.find", json!({})).unwrap();
        assert_eq!(page["items"].as_array().unwrap().len(), 1, "{}", backend.name);
        assert_eq!(page["items"][0]["email"], "sarah@example.com", "{}", backend.name);
        assert_eq!(
            run(&customer, "contact.find", json!({"sort": ["owner.queue"]})).unwrap_err().code(),
            "field.unknown"
        );
        for kind in ["lead", "deal", "ticket", "user", "org"] {
            let denied = run(&customer, &format!("{kind}.find"), json!({})).unwrap_err();
            assert_eq!(denied.code(), "access.denied", "{}, {kind}", backend.name);
        }
        let feed = block_on(customer.feed(nexa_crm::Position::START, 100)).unwrap();
        assert_eq!(feed.items.len(), 1, "{}: {feed:?}", backend.name);
    }
}

#[test]
fn a_clock_that_goes_back_is_believed_and_does_not_turn_the_ledger_round() {
    for backend in backends::all() {
        let office = nexa_crm::testing::Office::found(backend.store);
        office.run("task.create", json!({"title": "Call"}));
        office.clock.set(Timestamp::parse("1999-12-31T23:59:59Z").unwrap());
        let second = office.run("task.create", json!({"title": "Call again"}));
        assert_eq!(second["created_at"], "1999-12-31T23:59:59.000000Z", "{}", backend.name);
        office.run("ledger.verify", json!({}));
    }
}
