//! `explain` and the door say the same: for every kind, many records in many states, everybody who calls, and every operation that
//! names a record.

use std::collections::{BTreeMap, BTreeSet};

use nexa_crm::{
    Envelope, ErrorKind, Permission, Ref, Result,
    files::{UploadOptions, upload},
    kernel::{blobs::OfBytes, catalog::Entry, record::RecordDef},
    testing::{CALLERS, Office},
};
use nexa_tests::{backends, samples::Samples, traffic::Traffic};
use pollster::block_on;
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// How many calls bring the records into states of their own.
const STEPS: usize = 250;

/// How many records of a kind are tried, the first and the last that were made.
const RECORDS: usize = 100;

/// The endings of the operations that are for what lies in the trash.
const FROM_TRASH: &[&str] = &[".restore", ".purge"];

/// Where the door has another code than `explain`: the ending of the operation, what `explain` says, what the door says, and why.
const OTHER_CODES: &[(&str, &str, &str, &str)] = &[
    (".claim", "record.not_found", "assignee.taken", "who comes too late learns that it is taken, not that it is gone"),
    (".claim", "record.not_found", "access.denied", KIND_FIRST),
    (".claim", "record.trashed", "access.denied", KIND_FIRST),
];

/// A claim reads its record by itself, so that the door asks before whether its caller may change any of the kind.
const KIND_FIRST: &str = "who may claim nothing of the kind gets the same refusal, whatever they name";

/// An office in the middle of its work, with something of every kind in the trash, and all records that were ever there by kind.
fn busy() -> (Office, BTreeMap<&'static str, Vec<Uuid>>) {
    let mut office = Office::found(backends::memory().store);
    let mut traffic = Traffic::new(&office, &office.events(), 5);
    for _ in 0..STEPS {
        // Refusals are part of the work.
        let _ = traffic.step().perform(&office);
    }
    // What samples name beside their target is there.
    for kind in ["price_book", "product"] {
        let _ = office.run_as("admin", &format!("{kind}.restore"), json!({kind: office.id(kind)}));
    }
    for kind in ["contact", "account", "lead"] {
        let other = office.id(&format!("other_{kind}"));
        let _ = office.run_as("admin", &format!("{kind}.restore"), json!({kind: other}));
    }
    office.make("other_ticket", "ticket.create", json!({"subject": "It is open"}));
    // No fields make a file.
    for word in ["deal_file", "account_file", "lead_file"] {
        let _ = office.run_as("admin", "attachment.trash", json!({"attachment": office.id(word)}));
    }
    let mut number = 0;
    for def in office.crm.kinds().all() {
        let name = |ending: &str| format!("{}.{ending}", def.kind);
        // A record for each operation, on which it was run, so that some stand where one of them leads.
        for operation in targeted(&office, def) {
            number += 1;
            let Some(mut fields) = office.numbered_fields(def.kind, number) else { continue };
            if def.kind == "price" {
                // What the office sold at first may be gone by now.
                for of in ["product", "price_book"] {
                    let made = office.run(&format!("{of}.create"), office.numbered_fields(of, 1_000 + number).unwrap());
                    fields[of] = made["id"].clone();
                }
            }
            let made = office.run_as("admin", &name("create"), fields.clone()).or_else(|_| {
                // Of some there is one at a time.
                let others = office.run_as("admin", &name("find"), json!({}))?;
                for other in others["items"].as_array().into_iter().flatten() {
                    let _ = office.run_as("admin", &name("trash"), json!({def.kind: other["id"]}));
                }
                office.run_as("admin", &name("create"), fields)
            });
            let last = made.unwrap_or_default()["id"].clone();
            let mut arguments = office.sample(&operation).unwrap();
            arguments[def.kind] = last.clone();
            // Refusals are part of the work here, too.
            let _ = if FROM_TRASH.iter().any(|ending| operation.name.ends_with(ending)) {
                office.run_as("admin", &name("trash"), json!({def.kind: last}))
            } else {
                office.run_as("admin", operation.name, arguments)
            };
        }
    }
    write_and_notify(&office);
    // One that can be won.
    office.run("deal.create", json!({"name": "Last", "amount": {"amount": "100", "currency": "USD"}}));
    // One whose order can be confirmed.
    let amount = json!({"amount": "100", "currency": "USD"});
    let sold = office.run("deal.create", json!({"name": "Last sold", "amount": amount}))["id"].clone();
    office.run("deal.set_lines", json!({"deal": sold, "lines": [{"name": "Plan", "unit_price": amount}]}));
    office.run("deal.win", json!({"deal": sold}));
    office.run("order.create", json!({"deal": sold}));
    // One that can be cancelled.
    let yearly = json!({"name": "Plan", "unit_price": amount, "recurring": "year", "term_months": 12});
    let kept = office.run("deal.create", json!({"name": "Last kept", "amount": amount}))["id"].clone();
    office.run("deal.set_lines", json!({"deal": kept, "lines": [yearly]}));
    office.run("deal.win", json!({"deal": kept}));
    let order = office.run("order.create", json!({"deal": kept}))["id"].clone();
    office.run("order.confirm", json!({"order": order}));
    office.run("contract.create", json!({"order": order, "start": "2025-11-17"}));
    // One that can be acknowledged.
    let account = office.run("account.create", json!({"name": "Last"}))["id"].clone();
    office.run("account.record_signal", json!({"account": account, "signal": "product_usage", "value": 0}));
    office.run("account.record_signal", json!({"account": account, "signal": "feature_adoption", "value": 0}));
    // One that can be discarded.
    let mut letter = OfBytes::new("Nobody's");
    let sent = block_on(upload(&office.session("admin"), "last.eml", UploadOptions::new(), &mut letter)).unwrap();
    let nobodys = json!({"inbox": office.id("inbox"), "upload": sent.id, "mail": {"subject": "Nobody's"}});
    office.run("inbox.receive", nobodys);
    // One that can be disabled.
    let steps = json!([{"id": "end", "stop": "Nothing to do"}]);
    let workflow = json!({"name": "Last", "trigger": {"manual": {}}, "steps": steps});
    let workflow = office.run("workflow.create", workflow)["id"].clone();
    for operation in ["workflow.publish", "workflow.enable"] {
        office.run(operation, json!({"workflow": workflow}));
    }
    traffic.learn(&office.events());
    let kinds = office.crm.kinds().all().iter();
    let ids = kinds.map(|def| (def.kind, some(traffic.ids(def.kind)))).collect();
    (office, ids)
}

/// Makes mails that stand in different places, and a notification: no operation creates these by their fields.
fn write_and_notify(office: &Office) {
    let make = |operation: &str, with: Json| office.run(operation, with)["id"].clone();
    let contact = make("contact.create", json!({"email": "last@umbrella.example"}));
    let sender = make("sender.create", json!({"name": "Last", "address": "last@acme.example"}));
    office.run("sender.verify", json!({"sender": sender}));
    for number in 0..3 {
        let plan = json!({
            "dedup": format!("last {number}"), "contact": contact, "sender": sender, "subject": "Last", "text": "Last"
        });
        let mail = make("mail.plan", plan);
        if number > 0 {
            office.run("mail.claim", json!({"worker": "last", "sender": sender}));
        }
        let held = json!({"mail": mail, "worker": "last"});
        if number > 1 {
            office.run("mail.start", held.clone());
            let mut unknown = held;
            unknown["outcome"] = json!("unknown");
            office.run("mail.report", unknown);
        }
    }
    office.run(
        "mail.plan",
        json!({
            "dedup": "last", "contact": contact, "sender": sender, "subject": "Last", "text": "Last"
        }),
    );
    let user = make("user.create", json!({"name": "Last", "email": "last.user@acme.example"}));
    make("task.create", json!({"title": "Last", "assignee": {"user": user}}));
    block_on(office.crm.tick(office.org, 1_000)).unwrap();
}

fn some(ids: &[Uuid]) -> Vec<Uuid> {
    let last = ids.len().saturating_sub(RECORDS / 2).max(RECORDS / 2);
    ids.iter().take(RECORDS / 2).chain(ids.iter().skip(last)).copied().collect()
}

/// The operations of a kind that `explain` lists.
fn targeted(office: &Office, def: &RecordDef) -> Vec<Entry> {
    let operations = office.crm.catalog().operations();
    operations.filter(|operation| operation.targeted && operation.kind == def.kind).cloned().collect()
}

/// What came of one operation on one record for one caller.
struct Tried {
    label: String,
    operation: &'static str,
    explained: Option<String>,
    done: Result<Json>,
}

fn tried(office: &Office, ids: &BTreeMap<&'static str, Vec<Uuid>>) -> Vec<Tried> {
    let mut all = Vec::new();
    for caller in CALLERS {
        let session = office.session(caller);
        for def in office.crm.kinds().all() {
            let operations = targeted(office, def);
            for id in ids.get(def.kind).into_iter().flatten() {
                let explained = block_on(session.explain_kind(def.kind, Ref::Id((*id).into())));
                for operation in &operations {
                    let mut arguments = office.sample(operation).unwrap();
                    assert!(arguments.get(def.kind).is_some(), "{} names its record otherwise", operation.name);
                    arguments[def.kind] = json!(id);
                    let label = format!("{} {arguments} as {caller}", operation.name);
                    let explained = match &explained {
                        Ok(permissions) => refusal(permissions, operation.name),
                        Err(error) => Some(error.code().to_owned()),
                    };
                    let done = block_on(session.execute(operation.name, arguments, Envelope::dry()));
                    all.push(Tried { label, operation: operation.name, explained, done });
                }
            }
        }
    }
    all
}

fn expected(operation: &str, explained: &str, door: Option<&str>) -> bool {
    OTHER_CODES.iter().any(|(ending, of_explain, of_door, _)| {
        operation.ends_with(ending) && *of_explain == explained && Some(*of_door) == door
    })
}

fn refusal(permissions: &[Permission], operation: &str) -> Option<String> {
    let permission = permissions.iter().find(|permission| permission.operation == operation);
    let permission = permission.unwrap_or_else(|| panic!("explain does not list {operation}"));
    permission.refusal.as_ref().map(|refusal| refusal.code().to_owned())
}

#[test]
fn what_explain_refuses_and_allows_is_refused_and_allowed_by_a_dry_run() {
    let (office, ids) = busy();
    let head = office.head();
    let tried = tried(&office, &ids);
    assert_eq!(office.head(), head, "a dry run left an event");
    let mut refusals: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for Tried { operation, explained, .. } in &tried {
        refusals.entry(operation).or_default().extend(explained.as_deref());
    }
    let mut wrong = Vec::new();
    for Tried { label, operation, explained, done } in &tried {
        let done = done.as_ref().err();
        let code = done.map(|error| error.code());
        match explained.as_deref() {
            Some(explained) if code != Some(explained) && !expected(operation, explained, code) => {
                wrong.push(format!("{label}: explain refuses with {explained}, the dry run says {code:?}"));
            }
            // What it refuses other records with is no matter of the arguments.
            None if done.is_some_and(|error| {
                error.kind() == ErrorKind::Forbidden || refusals[operation].contains(error.code())
            }) =>
            {
                wrong.push(format!("{label}: explain allows what the dry run refuses with {code:?}"));
            }
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), tried.len(), wrong.join("\n"));
}

#[test]
fn the_records_that_are_tried_stand_where_operations_differ() {
    let (office, ids) = busy();
    let tried = tried(&office, &ids);
    let mut sides: BTreeMap<&str, BTreeSet<bool>> = BTreeMap::new();
    for Tried { operation, explained, .. } in &tried {
        sides.entry(operation).or_default().insert(explained.is_some());
    }
    for operation in office.crm.catalog().operations().filter(|operation| operation.targeted) {
        // There is a failure only where a consumer or a timer has failed, and an erasure where somebody was erased.
        if ["failure", "erasure"].contains(&operation.kind) {
            continue;
        }
        // A run is bookkeeping, of which the traffic knows nothing: workflows.rs has them.
        if operation.kind == "workflow_run" {
            continue;
        }
        let sides = sides.get(operation.name).cloned().unwrap_or_default();
        assert_eq!(sides.len(), 2, "{} is refused or allowed for every record: {sides:?}", operation.name);
    }
}

#[test]
fn who_may_claim_nothing_of_a_kind_does_not_learn_what_is_there() {
    let office = Office::found(backends::memory().store);
    for claim in office.crm.catalog().operations().filter(|operation| operation.name.ends_with(".claim")) {
        for caller in ["viewer", "auditor", "customer", "deactivated"] {
            let code =
                |id: Uuid| office.run_as(caller, claim.name, json!({claim.kind: id})).unwrap_err().code().to_owned();
            assert_eq!(code(office.id(claim.kind)), code(Uuid::from_u128(404)), "{} as {caller}", claim.name);
        }
    }
}
