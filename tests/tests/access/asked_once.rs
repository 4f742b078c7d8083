//! How often a policy is asked: what it answers for a kind and an action holds for a whole call, however many records that has.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use nexa_crm::{
    Access, Action, Actor, Envelope, Filter, Op, Policy, Request, kernel::record::RecordDef, service::DefaultPolicy,
    testing::Office,
};
use nexa_tests::backends;
use pollster::block_on;
use serde_json::{Value as Json, json};

/// The default policy, for agents without one account; it counts how often it is asked about accounts.
#[derive(Clone, Default)]
struct Counting(Arc<AtomicUsize>);

impl Policy for Counting {
    fn access(&self, actor: &Actor, kind: &'static RecordDef, action: Action) -> Access {
        let access = DefaultPolicy::new().access(actor, kind, action);
        if !actor.has_role("agent") || kind.kind != "account" {
            return access;
        }
        self.0.fetch_add(1, Ordering::Relaxed);
        Access::rows(Filter::compare("name", Op::Ne, "Initech")).hiding(["industry"])
    }
}

#[test]
fn a_call_asks_its_policy_as_often_for_many_records_as_for_one() {
    let policy = Counting::default();
    let office = Office::found_with(backends::memory().store, nexa_core::builder().policy(policy.clone()));
    let account = office.id("account");
    for (operation, arguments) in [
        ("account.get", json!({"account": account})),
        ("account.update", json!({"account": account, "website": "globex.example"})),
        ("account.create", json!({"name": "Umbrella"})),
        ("account.find", json!({"filter": {"field": "name", "op": "ne", "value": "Acme"}})),
        ("account.count", json!({})),
    ] {
        let asked = |count: usize| {
            let requests = (0..count).map(|number| {
                let mut with: Json = arguments.clone();
                if operation == "account.create" {
                    with["name"] = json!(format!("Umbrella {count} {number}"));
                }
                Request { run: operation.to_owned(), with }
            });
            let before = policy.0.load(Ordering::Relaxed);
            block_on(office.session("agent").batch(requests.collect(), Envelope::default())).unwrap();
            policy.0.load(Ordering::Relaxed) - before
        };
        assert_eq!(asked(20), asked(1), "{operation}");
    }
}
