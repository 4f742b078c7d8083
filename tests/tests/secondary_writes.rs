//! What a command does beside its target obeys the access of who runs it: every command of the catalog is run by somebody who
//! sees nothing but what the command names.
//!
//! A new command needs a sample in `samples.rs`. Where it changes records that its caller does not see, it needs a
//! reason in [`BEYOND`]; the policy is in the documentation of `nexa_core::kernel::access`.

use std::collections::{BTreeMap, BTreeSet};

use nexa_crm::{Envelope, Error, FeedItem, Result, kernel::operation::Mode, testing::Office};
use nexa_tests::{
    backends::{self, Backend},
    samples::{Samples, all_criteria},
    veil::Veil,
};
use pollster::block_on;
use serde_json::{Value as Json, json};
use uuid::Uuid;

const WHOLE: &str = "a merge moves everything that pointed at the other, or the data would break";
const PARTS: &str = "parts go with the record that they belong to";
const MEMBER: &str = "a membership belongs to the two records that it joins, both of which the caller names and sees";
const STAY: &str = "a stay in a stage ends with the deal that leaves it, which the caller sees";
const THEIR_WORD: &str = "the token is the person's own, and whoever has it says what the person says";
const ERASED: &str = "an erasure that spared what its caller does not see would leave the person";
const WORKER: &str = "whoever does the work of the host's worker sends all that is due";
const WHOLE_RELEASE: &str =
    "a release brings all that names it, and the tickets of its bugs follow by the organisation's switch";
const PUBLISHED: &str = "what is published of an article follows the article";
const LINK: &str = "a link belongs to the two records that it joins, both of which the caller names and sees";
const FOLLOWS: &str = "what a company and its people are follows from the deals that were won";

/// Which commands change records that their caller does not see: the ending or name of the command, the kind, and why.
const BEYOND: &[(&str, &str, &str)] = &[
    ("merge", "*", WHOLE),
    ("purge", "comment", PARTS),
    ("purge", "campaign_member", PARTS),
    ("purge", "stage_visit", PARTS),
    ("purge", "contact_list_member", PARTS),
    ("purge", "attachment", PARTS),
    ("deal.move", "stage_visit", STAY),
    ("deal.win", "stage_visit", STAY),
    ("deal.lose", "stage_visit", STAY),
    ("deal.reopen", "stage_visit", STAY),
    ("deal.set_contact_role", "deal_contact", MEMBER),
    ("deal.remove_contact", "deal_contact", MEMBER),
    ("purge", "quote", PARTS),
    ("purge", "quote_tier", PARTS),
    ("purge", "quote_line", PARTS),
    ("purge", "quote_copy", PARTS),
    ("purge", "task_dependency", PARTS),
    ("purge", "attendee", PARTS),
    ("purge", "playbook_version", PARTS),
    ("purge", "workflow_version", PARTS),
    ("deal.place", "stage_visit", STAY),
    ("deal.win", "account", FOLLOWS),
    ("deal.win", "contact", FOLLOWS),
    ("lead.convert", "task", "open tasks go with the person whom they are about"),
    ("lead.convert", "campaign_member", MEMBER),
    ("lead.convert", "contact_list_member", MEMBER),
    ("campaign.remove", "campaign_member", MEMBER),
    ("task.remove_dependency", "task_dependency", MEMBER),
    ("contact_list.remove", "contact_list_member", MEMBER),
    ("lead.convert", "attachment", "files go with the person whom they are about"),
    ("consent.confirm", "consent", THEIR_WORD),
    ("mail.unsubscribe", "consent", THEIR_WORD),
    ("person.erase", "*", ERASED),
    ("person.erase_again", "*", ERASED),
    ("mail.claim", "mail", WORKER),
    ("release.deploy", "bug", WHOLE_RELEASE),
    ("release.deploy", "ticket", WHOLE_RELEASE),
    ("release.roll_back", "bug", WHOLE_RELEASE),
    ("bug.unlink_ticket", "bug_ticket", LINK),
    ("feature_request.withdraw_vote", "vote", LINK),
    ("article.unlink_ticket", "article_ticket", LINK),
    ("article.unpublish", "article_revision", PUBLISHED),
    ("article.archive", "article_revision", PUBLISHED),
    ("article.update", "article_revision", PUBLISHED),
    ("purge", "bug_ticket", PARTS),
    ("purge", "vote", PARTS),
    ("purge", "thread", PARTS),
    ("purge", "message", PARTS),
];

/// Which commands show texts of records that their caller does not see, and why.
const SHOWN: &[(&str, &str)] = &[("mail.claim", WORKER)];

/// Kinds that everybody of the team sees: without them nobody could work.
const SETTINGS: &[&str] = &["org", "user", "group", "membership", "field", "pipeline", "scorecard", "routing"];

struct Tried {
    office: Office,
    veil: Veil,
}

impl Tried {
    /// An office where much points at what the samples name, and an admin from whom it is hidden.
    fn new() -> Self {
        let Backend { store, .. } = backends::memory();
        let veil = Veil::default();
        let mut office = Office::found_with(store, nexa_core::builder().policy(veil.clone()));
        office.make("half", "user.create", json!({"name": "Half", "email": "half@acme.example", "role": "admin"}));
        let hidden = |word: &str| format!("Hidden {word}");
        for account in ["account", "other_account"] {
            let id = office.id(account);
            let contact = json!({"email": format!("{account}@hidden.example"), "account": id});
            office.run("contact.create", contact);
            office.run("account.create", json!({"name": hidden(account), "parent": id}));
            office.run("deal.create", json!({"name": hidden(account), "account": id}));
        }
        for contact in ["contact", "other_contact"] {
            let id = office.id(contact);
            office.run("contact.create", json!({"email": format!("below.{contact}@hidden.example"), "reports_to": id}));
            office.run("ticket.create", json!({"subject": hidden(contact), "contact": id}));
            let deal = json!({"name": hidden(contact), "primary_contact": id});
            office.run("deal.create", deal);
        }
        for (kind, word) in [("lead", "other_lead"), ("lead", "qualified"), ("contact", "other_contact")] {
            let about = json!({"kind": kind, "id": office.id(word)});
            office.run("task.create", json!({"title": hidden(word), "about": about}));
        }
        let qualified = office.id("qualified");
        office.run("campaign.add", json!({"campaign": office.id("campaign"), "lead": qualified}));
        let listed = json!({"contact_list": office.id("contact_list"), "leads": [qualified, office.id("lead")]});
        office.run("contact_list.add", listed);
        // Whom the conversion's lead turns out to be.
        let known = office.run("account.create", json!({"name": "Hidden company"}));
        let known = json!({"email": "qualified@private.example", "first_name": "Hiddenfirst", "account": known["id"]});
        office.run("contact.create", known);
        let deal = office.id("deal");
        office.run(
            "deal.update",
            json!({"deal": deal, "primary_contact": office.run("contact.create", json!({
            "email": "deal@hidden.example", "account": office.id("account"),
        }))["id"]}),
        );
        office.run("ticket.comment", json!({"ticket": office.id("ticket"), "body": "Hidden body"}));
        office.run("ticket.follow_up", json!({"ticket": office.id("closed")}));
        Self { office, veil }
    }

    /// Hides every record that the arguments do not name; answers those, by kind.
    fn hide_all_but(&self, arguments: &Json) -> BTreeSet<(String, Uuid)> {
        let mut named = BTreeSet::new();
        collect(arguments, &mut named);
        let all: BTreeSet<(String, Uuid)> = self
            .office
            .events()
            .into_iter()
            .filter_map(|item| match item {
                FeedItem::Changed(change) => Some((change.kind, change.record)),
                FeedItem::Gone { .. } | FeedItem::AccessChanged { .. } => None,
            })
            .filter(|(kind, id)| !named.contains(id) && !SETTINGS.contains(&kind.as_str()))
            .collect();
        // Memberships of people in campaigns are records as well, and hidden with them.
        self.veil.hide_of_kinds(self.office.id("half"), all.iter().cloned());
        all
    }

    fn run(&self, operation: &str, arguments: Json) -> Result<Json> {
        block_on(self.office.session("half").execute(operation, arguments, Envelope::default()))
    }

    /// Texts that stand in hidden records and nowhere else.
    fn secrets(&self, hidden: &BTreeSet<(String, Uuid)>) -> BTreeSet<String> {
        let (mut secret, mut shown) = (BTreeSet::new(), BTreeSet::new());
        let mut kinds: BTreeMap<&str, Vec<Json>> = BTreeMap::new();
        for def in self.office.crm.kinds().all() {
            for trashed in [false, true] {
                let find = json!({"limit": 1_000, "trashed": trashed});
                if let Ok(page) = self.office.run_as("system", &format!("{}.find", def.kind), find) {
                    kinds.entry(def.kind).or_default().extend(page["items"].as_array().unwrap().iter().cloned());
                }
            }
        }
        for (kind, records) in kinds {
            for record in records {
                let id: Uuid = record["id"].as_str().unwrap().parse().unwrap();
                let is_hidden = hidden.contains(&(kind.to_owned(), id));
                texts(&record, if is_hidden { &mut secret } else { &mut shown });
            }
        }
        // Words of the catalog, moments and ids are no secrets.
        let speaks = |text: &String| ["@", "Hidden", "It is "].iter().any(|mark| text.contains(mark));
        secret.into_iter().filter(|text| speaks(text) && !shown.contains(text)).collect()
    }
}

fn collect(json: &Json, ids: &mut BTreeSet<Uuid>) {
    match json {
        Json::Object(map) => map.values().for_each(|value| collect(value, ids)),
        Json::Array(items) => items.iter().for_each(|value| collect(value, ids)),
        Json::String(text) => ids.extend(text.parse::<Uuid>()),
        _ => {}
    }
}

fn texts(json: &Json, found: &mut BTreeSet<String>) {
    match json {
        Json::Object(map) => map.values().for_each(|value| texts(value, found)),
        Json::Array(items) => items.iter().for_each(|value| texts(value, found)),
        Json::String(text) => {
            found.insert(text.clone());
        }
        _ => {}
    }
}

/// The sample of every command, and the other ways to ask it.
fn calls(office: &Office) -> Vec<(&'static str, Json)> {
    let mut calls = Vec::new();
    for operation in office.crm.catalog().operations().filter(|operation| operation.mode == Mode::Command) {
        let sample = office.sample(operation);
        let sample = sample.unwrap_or_else(|| panic!("{} has no sample in samples.rs", operation.name));
        if operation.name.ends_with(".trash") {
            let mut cascade = sample.clone();
            cascade["on_dependents"] = json!("cascade");
            calls.push((operation.name, cascade));
            if let Some(other) = office.known(&format!("other_{}", operation.kind)) {
                let mut reassign = sample.clone();
                reassign["on_dependents"] = json!({"reassign": other});
                calls.push((operation.name, reassign));
            }
        }
        calls.push((operation.name, sample));
    }
    calls
}

#[test]
fn no_command_shows_or_changes_what_its_caller_does_not_see() {
    let calls = calls(&Tried::new().office);
    let mut wrong = Vec::new();
    let (mut used, mut showed) = (BTreeSet::new(), BTreeSet::new());
    for (name, arguments) in calls {
        let tried = Tried::new();
        let kind = name.split('.').next().unwrap();
        if name.ends_with(".purge") || name.ends_with(".restore") {
            let trash = json!({kind: arguments[kind], "on_dependents": "cascade"});
            let _ = tried.office.run_as("system", &format!("{kind}.trash"), trash);
        }
        let hidden = tried.hide_all_but(&arguments);
        let secrets = tried.secrets(&hidden);
        let head = tried.office.head();
        let answer = tried.run(name, arguments.clone());
        let text = match &answer {
            Ok(json) => json.to_string(),
            Err(error) => serde_json::to_string(error).unwrap(),
        };
        let said = arguments.to_string();
        for secret in secrets.iter().filter(|secret| text.contains(secret.as_str()) && !said.contains(secret.as_str()))
        {
            if SHOWN.iter().any(|(operation, _)| *operation == name) {
                showed.insert(name);
                continue;
            }
            wrong.push(format!("{name} {arguments} shows {secret:?}: {text}"));
        }
        for item in tried.office.events() {
            let FeedItem::Changed(change) = item else { continue };
            if change.seq <= head || !hidden.contains(&(change.kind.clone(), change.record)) {
                continue;
            }
            let reason = BEYOND.iter().find(|(operation, kind, _)| {
                (*operation == name || name.ends_with(&format!(".{operation}")))
                    && (*kind == "*" || *kind == change.kind)
            });
            match reason {
                Some((operation, kind, _)) => {
                    used.insert((*operation, *kind));
                }
                None => wrong.push(format!("{name} {arguments} changed a {}: {:?}", change.kind, change.changes)),
            }
        }
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(showed.len(), SHOWN.len(), "only {showed:?} show what is hidden");
    let unused: Vec<_> = BEYOND.iter().filter(|(operation, kind, _)| !used.contains(&(*operation, *kind))).collect();
    assert!(unused.is_empty(), "these reasons are of nothing that happens: {unused:?}");
}

fn refused(office: &Office, operation: &str, arguments: Json) -> Error {
    let head = office.head();
    let Err(error) = office.run_as("agent", operation, arguments.clone()) else {
        panic!("{operation} {arguments} is let through")
    };
    assert_eq!(office.head(), head, "{operation}: a refusal left an event");
    error
}

#[test]
fn who_does_not_see_all_dependents_neither_moves_nor_trashes_nor_counts_them() {
    for Backend { name, store, .. } in backends::all() {
        let office = Office::found(store);
        let contact = office.run("contact.create", json!({"email": "two@umbrella.example"}))["id"].clone();
        let other = office.run("contact.create", json!({"email": "other@umbrella.example"}))["id"].clone();
        let ticket = |subject: &str| office.run("ticket.create", json!({"subject": subject, "contact": contact}));
        let (theirs, open) = (ticket("Theirs")["id"].clone(), ticket("Open")["id"].clone());
        let assigned = json!({"ticket": theirs, "assignee": {"user": office.id("colleague")}});
        office.run("ticket.assign", assigned);
        let error = refused(&office, "contact.trash", json!({"contact": contact}));
        assert_eq!((error.code(), &error.params()["used_by"]), ("record.in_use", &json!(["1 ticket"])), "{name}");
        let ways = [json!("cascade"), json!({"reassign": other})];
        for on_dependents in &ways {
            let trash = json!({"contact": contact, "on_dependents": on_dependents});
            let error = refused(&office, "contact.trash", trash);
            assert_eq!((error.code(), error.params().len()), ("record.dependents_hidden", 1), "{name}: {error:?}");
        }
        office.run("ticket.update", json!({"ticket": open, "contact": other}));
        let alone = refused(&office, "contact.trash", json!({"contact": contact}));
        assert_eq!((alone.code(), alone.params().len()), ("record.dependents_hidden", 1), "{name}: {alone:?}");
        // Who sees them all may.
        office.run("contact.trash", json!({"contact": contact, "on_dependents": ways[1]}));
        assert_eq!(office.run("ticket.get", json!({"ticket": theirs}))["contact"], other, "{name}");
    }
}

#[test]
fn a_field_is_not_removed_over_values_that_are_hidden_and_they_are_not_counted() {
    for Backend { name, store, .. } in backends::all() {
        let veil = Veil::default();
        let office = Office::found_with(store, nexa_core::builder().policy(veil.clone()));
        let leads = ["red", "blue"].map(|color| {
            let lead = json!({"email": format!("{color}@umbrella.example"), "custom": {"color": color}});
            office.run("lead.create", lead)["id"].as_str().unwrap().parse::<Uuid>().unwrap()
        });
        let remove = || office.run_as("admin", "field.remove", json!({"field": office.id("field")})).unwrap_err();
        veil.hide(office.id("admin"), [leads[0]]);
        let error = remove();
        assert_eq!((error.code(), &error.params()["count"]), ("field.in_use", &json!(1)), "{name}");
        veil.hide(office.id("admin"), leads);
        assert_eq!(remove().code(), "record.dependents_hidden", "{name}");
    }
}

#[test]
fn a_conversion_joins_hidden_people_as_they_are_and_does_not_show_them() {
    for Backend { name, store, .. } in backends::all() {
        let veil = Veil::default();
        let office = Office::found_with(store, nexa_core::builder().policy(veil.clone()));
        let account = office.run("account.create", json!({"name": "Secret Holding"}));
        let known = json!({"email": "quinn@umbrella.example", "title": "Secret title", "account": account["id"]});
        let known = office.run("contact.create", known);
        let lead = json!({"email": "quinn@umbrella.example", "first_name": "Quinn", "phone": "+4930555123"});
        let lead = office.run("lead.create", lead)["id"].clone();
        office.run("lead.contact", json!({"lead": lead}));
        office.run("lead.qualify", json!({"lead": lead, "bant": all_criteria()}));
        let hidden = [&account, &known].map(|record| record["id"].as_str().unwrap().parse::<Uuid>().unwrap());
        veil.hide(office.id("agent"), hidden);
        for again in [false, true] {
            let converted = office.run_as("agent", "lead.convert", json!({"lead": lead})).unwrap();
            let label = format!("{name}, again: {again}: {converted}");
            assert_eq!((&converted["contact"], &converted["account"]), (&Json::Null, &Json::Null), "{label}");
            assert_eq!(converted["lead"]["converted_contact"], known["id"], "{label}");
            assert_eq!(converted["deal"]["primary_contact"], known["id"], "{label}");
            assert!(!converted.to_string().contains("Secret"), "{label}");
        }
        assert_eq!(office.run("contact.get", json!({"contact": known["id"]})), known, "{name}: it is as it was");
        assert_eq!(office.run("account.get", json!({"account": account["id"]})), account, "{name}: it is as it was");
    }
}
