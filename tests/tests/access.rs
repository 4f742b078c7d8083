//! Every operation of the catalog, tried by everybody: who is refused, and who is let through.
//!
//! An operation without a sample in `samples.rs` fails here, unless it stands in [`EXEMPT`] with the reason.

mod asked_once;
mod leaving;
mod notes;
mod roles;
mod wrong_policies;

use nexa_crm::{
    Action, Envelope, ErrorKind,
    kernel::operation::Mode,
    testing::{CALLERS, Office},
};
use nexa_tests::{backends, samples::Samples};
use pollster::block_on;
use serde_json::json;

/// Operations that are not tried here, each with the reason.
const EXEMPT: &[(&str, &str)] = &[
    ("attachment.add", "an upload is attached by whoever sent it: files/access.rs lets everybody try"),
    ("failure.get", "there is a failure only where a consumer or a timer has failed: later/consumers.rs makes one"),
    ("failure.history", "there is a failure only where a consumer or a timer has failed: later/consumers.rs makes one"),
    ("workflow_step_run.get", "a run has a log only where it has gone on: workflows.rs lets it"),
    ("workflow_step_run.history", "a run has a log only where it has gone on: workflows.rs lets it"),
    ("erasure.get", "there is an erasure only where somebody was erased: privacy.rs does it"),
    ("erasure.history", "there is an erasure only where somebody was erased: privacy.rs does it"),
];

/// What sets up a tenant: everybody of the team reads it, admins change it.
const SETTINGS: &[&str] = &[
    "org",
    "user",
    "group",
    "membership",
    "calendar",
    "target",
    "rate",
    "field",
    "pipeline",
    "scorecard",
    "health_card",
    "routing",
    "product",
    "price_book",
    "price",
    "tax_rate",
    "template",
    "template_version",
    "playbook",
    "playbook_version",
    "workflow",
    "workflow_version",
    "topic",
    "sender",
    "inbox",
    "category",
];

/// What is the engine's own: admins see it.
const OWN: &[&str] =
    &["failure", "erasure", "notification_delivery", "quote_copy", "inbound", "workflow_run", "workflow_step_run"];

/// Whether the default policy lets somebody do this with records of this kind, where the record is nobody's.
fn may(caller: &str, kind: &str, action: Action) -> bool {
    match (caller, action) {
        ("admin", _) => true,
        _ if OWN.contains(&kind) => false,
        ("agent" | "service", Action::Read) => true,
        ("agent" | "service", Action::Create | Action::Update | Action::Trash) => !SETTINGS.contains(&kind),
        ("viewer", Action::Read) => {
            let of_others = [
                "ticket",
                "comment",
                "thread",
                "message",
                "bug_ticket",
                "release_ticket",
                "notification",
                "notification_preference",
                "alert",
                "article_ticket",
            ];
            !of_others.contains(&kind)
        }
        _ => false,
    }
}

/// The kind whose access an operation needs, where it is another than it is listed with.
fn kind_of(name: &str, listed: &'static str) -> &'static str {
    match name {
        // Whoever does not see the ticket is answered nothing about it.
        "article.suggest" => "ticket",
        _ => listed,
    }
}

/// What an operation needs where the catalog says less.
fn action(name: &str, listed: Action) -> Action {
    match name {
        // Whoever may verify the ledger may undo what others did, as the sample does.
        "ledger.verify" | "ledger.undo" => Action::Verify,
        // What the page of a link shows is for the host, which shows it.
        "mail.preferences" | "mail.link" => Action::Operate,
        // It looks at every lead, for those who may make what it answers.
        "scorecard.train" => Action::Create,
        _ => listed,
    }
}

#[test]
fn everybody_is_refused_or_let_through_as_the_policy_says() {
    let backend = backends::memory();
    let office = Office::found(backend.store);
    let head = office.head();
    let mut wrong = Vec::new();
    for operation in office.crm.catalog().operations() {
        if EXEMPT.iter().any(|(name, _)| *name == operation.name) {
            continue;
        }
        let Some(sample) = office.sample(operation) else {
            wrong.push(format!("{} has neither a sample nor an exemption", operation.name));
            continue;
        };
        let envelope = if operation.mode == Mode::Command { Envelope::dry() } else { Envelope::default() };
        for caller in CALLERS {
            let answer = block_on(office.session(caller).execute(operation.name, sample.clone(), envelope.clone()));
            let refused =
                answer.as_ref().is_err_and(|error| matches!(error.kind(), ErrorKind::Forbidden | ErrorKind::NotFound));
            let let_through = 
                may(caller, kind_of(operation.name, operation.kind), action(operation.name, operation.action));
            if refused == let_through {
                let said = answer.as_ref().err().map_or_else(|| "ok".to_owned(), |error| format!("{error:?}"));
                let wanted = if let_through { "let through" } else { "refused" };
                wrong.push(format!("{caller} is not {wanted} by {}: {said}", operation.name));
            }
            // A sample that cannot be read would be let through by anything.
            if let Err(error) = answer
                && error.kind() == ErrorKind::Invalid
            {
                wrong.push(format!("the sample of {} is wrong: {error:?}", operation.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(office.head(), head, "a dry run left an event");
}

#[test]
fn exemptions_are_of_operations_that_exist() {
    let office = Office::empty(backends::memory().store, nexa_core::builder());
    for (name, reason) in EXEMPT {
        assert!(office.crm.catalog().operation(name).is_ok(), "{name} is exempt, but there is no such operation");
        assert!(reason.len() > 20, "{name} is exempt without a reason");
    }
}

#[test]
fn what_somebody_else_works_on_is_not_there() {
    let office = Office::found(backends::memory().store);
    let assigned = office.id("assigned");
    let session = office.session("agent");
    for operation in office.crm.catalog().operations().filter(|operation| operation.kind == "ticket") {
        let Some(mut sample) = office.sample(operation) else { continue };
        if sample.get("ticket").is_none() {
            continue;
        }
        sample["ticket"] = json!(assigned);
        let envelope = if operation.mode == Mode::Command { Envelope::dry() } else { Envelope::default() };
        let error = block_on(session.execute(operation.name, sample, envelope)).unwrap_err();
        // Whoever comes too late learns that, and no more.
        let expected = if operation.name == "ticket.claim" { "assignee.taken" } else { "record.not_found" };
        assert_eq!(error.code(), expected, "{}", operation.name);
    }
}

#[test]
fn explain_refuses_whom_the_call_refuses() {
    let office = Office::found(backends::memory().store);
    for caller in CALLERS {
        let session = office.session(caller);
        for def in office.crm.kinds().all() {
            let Some(id) = office.known(def.kind) else { continue };
            let Ok(permissions) = block_on(session.explain_kind(def.kind, nexa_crm::Id::new(id).into())) else {
                assert!(!may(caller, def.kind, Action::Read), "{caller} may read a {}", def.kind);
                continue;
            };
            assert!(may(caller, def.kind, Action::Read), "{caller} may not read a {}", def.kind);
            for permission in permissions {
                let operation = office.crm.catalog().operation(&permission.operation).unwrap();
                let forbidden = permission.refusal.as_ref().is_some_and(|error| error.kind() == ErrorKind::Forbidden);
                let allowed = may(caller, def.kind, operation.action);
                assert_eq!(forbidden, !allowed, "{caller}, {}: {:?}", permission.operation, permission.refusal);
            }
        }
    }
}

#[test]
fn a_hidden_record_that_is_named_by_its_key_is_like_one_that_is_not_there() {
    let office = Office::found(backends::memory().store);
    let key = |key: &str| json!({"system": "erp", "key": key});
    let hidden = json!({"ticket": office.id("assigned"), "external_keys": [key("hidden")]});
    office.run("ticket.update", hidden);
    let session = office.session("agent");
    let mut tried = 0;
    for operation in office.crm.catalog().operations() {
        let Some(sample) = office.sample(operation) else { continue };
        for field in ["ticket", "other", "follow_up_of"] {
            if operation.kind != "ticket" || sample.get(field).is_none() {
                continue;
            }
            let refusal = |named: &str| {
                let mut arguments = sample.clone();
                arguments[field] = key(named);
                let envelope = if operation.mode == Mode::Command { Envelope::dry() } else { Envelope::default() };
                let error = block_on(session.execute(operation.name, arguments, envelope)).unwrap_err();
                serde_json::to_string(&error).unwrap().replace(named, "named")
            };
            assert_eq!(refusal("hidden"), refusal("unknown"), "{} by {field}", operation.name);
            tried += 1;
        }
    }
    assert!(tried > 15, "only {tried} operations name a ticket");
}
