//! Rules that look at several records hold although many write at once, from several stores.

use std::{collections::BTreeSet, sync::Barrier, thread};

use nexa_crm::{Crm, Result, Session};
use nexa_tests::database::Database;
use serde_json::{Value as Json, json};

use super::{crm_on, found, run, verify};

const CALLERS: usize = 64;

/// Several machines on one database, as several processes of a host.
struct Hosts {
    machines: Vec<Crm>,
    session: Session,
    _database: Database,
}

impl Hosts {
    fn start() -> Self {
        let database = Database::migrated();
        let machines: Vec<Crm> = (0..4).map(|_| crm_on(database.store())).collect();
        let session = found(&machines[0]);
        Self { machines, session, _database: database }
    }

    fn run(&self, operation: &str, arguments: Json) -> Json {
        run(&self.session, operation, arguments).unwrap()
    }

    /// Makes calls at the same time, each on another machine than its neighbours.
    fn at_once(&self, calls: &[(&str, Json)]) -> Vec<Result<Json>> {
        let start = Barrier::new(calls.len());
        thread::scope(|scope| {
            let threads: Vec<_> = calls
                .iter()
                .zip(self.machines.iter().cycle())
                .map(|((operation, arguments), machine)| {
                    let session = machine.session(self.session.org(), self.session.principal().clone());
                    let start = &start;
                    scope.spawn(move || {
                        start.wait();
                        run(&session, operation, arguments.clone())
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    }
}

fn codes(answers: &[Result<Json>]) -> BTreeSet<&str> {
    answers.iter().filter_map(|answer| answer.as_ref().err()).map(nexa_crm::Error::code).collect()
}

#[test]
fn an_account_has_one_primary_contact() {
    let hosts = Hosts::start();
    let account = hosts.run("account.create", json!({"name": "Globex"}))["id"].clone();
    let contacts: Vec<Json> = (0..CALLERS)
        .map(|number| {
            let contact = json!({"email": format!("c{number}@globex.example"), "account": account});
            hosts.run("contact.create", contact)["id"].clone()
        })
        .collect();
    let claim = |contact: &Json| ("account.set_primary_contact", json!({"account": account, "contact": contact}));
    let calls: Vec<_> = contacts.iter().map(claim).collect();
    let answers = hosts.at_once(&calls);
    assert_eq!(codes(&answers), BTreeSet::new());
    for (answer, contact) in answers.iter().zip(&contacts) {
        assert_eq!(answer.as_ref().unwrap()["primary_contact"], *contact, "each was it when it was answered");
    }
    let kept = hosts.run("account.get", json!({"account": account}));
    assert!(contacts.contains(&kept["primary_contact"]));
    // One after another: every change began where the one before ended, and the last one is what is kept.
    let history = hosts.run("account.history", json!({"account": account, "limit": 1_000}));
    let claims: Vec<&Json> =
        history["items"].as_array().unwrap().iter().filter(|item| item["command"] == calls[0].0).collect();
    assert_eq!(claims.len(), CALLERS);
    let mut before = &Json::Null;
    for claim in claims {
        let change = &claim["changes"]["primary_contact"];
        assert_eq!(change[0], *before);
        before = &change[1];
    }
    assert_eq!(kept["primary_contact"], *before);
    verify(&hosts.session);
}

#[test]
fn whoever_leaves_an_account_is_not_its_primary_contact() {
    let hosts = Hosts::start();
    for round in 0..4 {
        let [old, new] = ["Globex", "Initech"]
            .map(|name| hosts.run("account.create", json!({"name": format!("{name} {round}")}))["id"].clone());
        let contacts: Vec<Json> = (0..CALLERS / 4)
            .map(|number| {
                let contact = json!({"email": format!("c{round}.{number}@globex.example"), "account": old});
                hosts.run("contact.create", contact)["id"].clone()
            })
            .collect();
        // Each looks at what the other changes: is it a contact of the account, is it the primary contact?
        let claims =
            contacts.iter().map(|contact| ("account.set_primary_contact", json!({"account": old, "contact": contact})));
        let leaves = contacts.iter().map(|contact| ("contact.update", json!({"contact": contact, "account": new})));
        let calls: Vec<_> = claims.zip(leaves).flat_map(|(claim, leave)| [claim, leave]).collect();
        let answers = hosts.at_once(&calls);
        let refused = codes(&answers);
        assert!(refused.iter().all(|code| *code == "account.primary_contact_foreign"), "{refused:?}");
        let kept = hosts.run("account.get", json!({"account": old}));
        assert_eq!(kept["primary_contact"], Json::Null, "all have left: {kept}");
    }
    verify(&hosts.session);
}

#[test]
fn one_admin_stays() {
    let hosts = Hosts::start();
    let admins: Vec<Json> = (1..CALLERS)
        .map(|number| {
            let admin =
                json!({"name": format!("Admin {number}"), "email": format!("a{number}@acme.example"), "role": "admin"});
            hosts.run("user.create", admin)["id"].clone()
        })
        .collect();
    let first = json!(match hosts.session.principal() {
        nexa_crm::Principal::User(id) => *id,
        other => panic!("the first admin is {other}"),
    });
    let system = hosts.machines[0].system(hosts.session.org(), "test");
    let calls: Vec<_> = admins.iter().chain([&first]).map(|user| ("user.deactivate", json!({"user": user}))).collect();
    let hosts = Hosts { session: system.clone(), ..hosts };
    let answers = hosts.at_once(&calls);
    assert_eq!(codes(&answers), BTreeSet::from(["user.last_admin"]));
    assert_eq!(answers.iter().filter(|answer| answer.is_err()).count(), 1);
    let admins = json!({"and": [{"field": "role", "value": "admin"}, {"field": "active", "value": true}]});
    assert_eq!(run(&system, "user.count", json!({"filter": admins})).unwrap(), 1);
    verify(&system);
}
