//! Of every kind: what goes into the trash and comes back is what it was, and what is merged is nowhere pointed at any more.

use std::collections::{BTreeMap, BTreeSet};

use nexa_crm::{
    files::{UploadOptions, upload},
    kernel::{blobs::OfBytes, record::RecordDef},
    testing::Office,
};
use nexa_tests::{
    backends::{self, Backend},
    in_turn::is_tried_on,
    samples::{Samples, all_criteria},
};
use pollster::block_on;
use serde_json::{Value as Json, json};

/// Every record as `find` shows it, by its kind, whether it is in the trash, and its id.
type Everything = BTreeMap<(&'static str, bool, String), Json>;

/// References at what can be merged that never point at what is merged, each with the reason.
const NEVER: &[(&str, &str, &str)] =
    &[("ticket", "follow_up_of", "what follows up a ticket points at a closed one, and a closed one is not merged")];

fn kinds_with(office: &Office, ending: &str) -> Vec<&'static RecordDef> {
    let has = |def: &&'static RecordDef| office.crm.catalog().operation(&format!("{}.{ending}", def.kind)).is_ok();
    office.crm.kinds().all().iter().copied().filter(has).collect()
}

fn everything(office: &Office) -> Everything {
    let mut all = Everything::new();
    for def in kinds_with(office, "find") {
        for trashed in [false, true] {
            let find = json!({"trashed": trashed, "limit": 1_000});
            // Kinds that cannot be trashed have no trash to look into.
            let Ok(page) = office.run_as("system", &format!("{}.find", def.kind), find) else { continue };
            assert_eq!(page["next"], Json::Null, "{}: more than a page", def.kind);
            for mut record in page["items"].as_array().unwrap().iter().cloned() {
                let id = record["id"].as_str().unwrap().to_owned();
                // That something happened is to be seen, and what is in the trash says since when.
                let fields = record.as_object_mut().unwrap();
                ["version", "updated_at", "deleted_at"].into_iter().for_each(|field| drop(fields.remove(field)));
                all.insert((def.kind, trashed, id), record);
            }
        }
    }
    all
}

/// What is found by the words of each record, and by its custom field.
fn found(office: &Office, all: &Everything) -> BTreeMap<String, Json> {
    let mut found = BTreeMap::new();
    for def in kinds_with(office, "search") {
        for ((_, trashed, id), record) in all.iter().filter(|((kind, ..), _)| *kind == def.kind) {
            let texts = ["name", "email", "subject", "title", "number"].into_iter();
            for text in texts.filter_map(|field| record[field].as_str()).filter(|text| !text.is_empty() && !trashed) {
                let hits = office.run(&format!("{}.search", def.kind), json!({"text": text, "limit": 100}));
                let hits = hits["items"].as_array().unwrap().iter().map(|hit| hit["id"].clone()).collect();
                found.insert(format!("{} {id} by {text}", def.kind), hits);
            }
        }
    }
    found
}

#[test]
fn what_was_trashed_and_restored_is_as_it_was() {
    for backend in backends::all() {
        let (name, office) = (backend.name, Office::found(backend.store.clone()));
        // One that no order keeps.
        office.run("pipeline.create", json!({"name": "Spare"}));
        let kinds = kinds_with(&office, "trash").into_iter().enumerate();
        for (_, def) in kinds.filter(|(number, _)| is_tried_on(&backend, *number)) {
            let [trash, restore] = ["trash", "restore"].map(|ending| format!("{}.{ending}", def.kind));
            let before = everything(&office);
            let searched = found(&office, &before);
            let mut went = 0;
            for id in before.keys().filter(|(kind, trashed, _)| *kind == def.kind && !trashed).map(|(.., id)| id) {
                let label = format!("{name}: {} {id}", def.kind);
                let trashed = office.run_as("admin", &trash, json!({def.kind: id, "on_dependents": "cascade"}));
                if let Err(error) = trashed {
                    assert_eq!(everything(&office), before, "{label}: {error:?} left a trace");
                    continue;
                }
                let gone = everything(&office);
                assert!(gone.contains_key(&(def.kind, true, id.clone())), "{label}: it is in the trash");
                assert!(!gone.contains_key(&(def.kind, false, id.clone())), "{label}: it is nowhere else");
                office.run(&restore, json!({def.kind: id}));
                let after = everything(&office);
                let differs = |key: &&(&str, bool, String)| before.get(*key) != after.get(*key);
                let differ: Vec<_> = before.keys().chain(after.keys()).filter(differs).collect();
                assert!(differ.is_empty(), "{label} differs in {differ:?}");
                went += 1;
            }
            assert!(went > 0, "{name}: no {} went into the trash", def.kind);
            assert_eq!(found(&office, &everything(&office)), searched, "{name}: what is found by words, {}", def.kind);
        }
        office.run("ledger.verify", json!({}));
    }
}

/// The references to a kind, as kind and field, and those that may be of any kind.
fn references(office: &Office, to: &str) -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    for def in kinds_with(office, "find") {
        // What a record was merged into is what its id finds from then on.
        let of_kind =
            def.relations.iter().filter(|relation| relation.kind == to && def.merged_into != Some(relation.column));
        all.extend(of_kind.map(|relation| (def.kind, relation.name.clone())));
        for topic in &def.follows {
            let field = def.columns[topic.column()].path.split('.').next().unwrap();
            all.push((def.kind, field.to_owned()));
        }
    }
    all.sort();
    all.dedup();
    all
}

/// Whether a field of a record points at this one.
fn points(record: &Json, field: &str, at: &str) -> bool {
    let value = field.split('.').fold(record, |value, part| &value[part]);
    let of_several = value.as_array().is_some_and(|several| several.iter().any(|one| one["id"] == at));
    value == at || value["id"] == at || of_several
}

/// Sells something to the account or the contact.
fn sell(office: &Office, kind: &str, other: &str) {
    if !["account", "contact"].contains(&kind) {
        return;
    }
    let deal = office.run("deal.create", json!({"name": "A plan"}))["id"].clone();
    let mut quote = json!({
        "deal": deal, "recipient": office.id("contact"), "valid_until": "2030-12-31",
        "tiers": [{"key": "only", "lines": [{"product": office.id("product"), "term_months": 12}]}]
    });
    if kind == "account" {
        office.run("deal.update", json!({"deal": deal, "account": other}));
    } else {
        quote["recipient"] = json!(other);
    }
    let quote = office.run("quote.create", quote)["id"].clone();
    office.run("quote.send", json!({"quote": quote}));
    office.run("quote.accept", json!({"quote": quote, "tier": "only"}));
    let order = office.run("order.create", json!({"quote": quote}))["id"].clone();
    office.run("order.confirm", json!({"order": order}));
    office.run("contract.create", json!({"order": order}));
}

/// Releases a bug of this ticket.
fn deployed(office: &Office, version: &str, ticket: &str) {
    let release = office.run("release.create", json!({"name": version}))["id"].clone();
    let bug = office.run("bug.create", json!({"title": version, "fixed_in": release}))["id"].clone();
    office.run("bug.link_ticket", json!({"bug": bug, "ticket": ticket}));
    office.run("release.deploy", json!({"release": release}));
}

/// Makes the references to a record that no field can be set to.
fn point_by_command(office: &Office, kind: &str, other: &str) {
    let record = office.run(&format!("{kind}.get"), json!({kind: other}));
    let lead = |fields: Json| office.run("lead.create", fields)["id"].clone();
    let converted = |fields: Json| {
        let lead = lead(fields);
        office.run("lead.contact", json!({"lead": lead}));
        office.run("lead.qualify", json!({"lead": lead, "bant": all_criteria()}));
        office.run("lead.convert", json!({"lead": lead}));
    };
    // Somebody was given it once, and is notified of it.
    for assignee in [json!({"user": office.id("user")}), Json::Null] {
        office.run(&format!("{kind}.assign"), json!({kind: other, "assignee": assignee}));
    }
    block_on(office.crm.tick(office.org, 1_000)).unwrap();
    let (admin, mut text) = (office.session("admin"), OfBytes::new("About the other"));
    let sent = block_on(upload(&admin, "about.txt", UploadOptions::new(), &mut text)).unwrap().id;
    office.run("attachment.add", json!({"upload": sent, "to": {"kind": kind, "id": other}}));
    let mut letter = json!({
        "dedup": format!("about the {kind}"), "sender": office.id("sender"), "subject": "News", "text": "It goes on.",
        "about": {"kind": kind, "id": other},
    });
    match kind {
        "lead" | "contact" => {
            letter[kind] = json!(other);
            office.run("meeting.invite", json!({"meeting": office.id("meeting"), "attendee": {kind: other}}));
        }
        _ => letter["contact"] = json!(office.id("contact")),
    }
    office.run("mail.plan", letter);
    sell(office, kind, other);
    match kind {
        "ticket" => {
            office.run("ticket.comment", json!({"ticket": other, "body": "About the other"}));
            let contact = office.run("contact.create", json!({"email": "wishes@umbrella.example"}))["id"].clone();
            let vote = json!({"feature_request": office.id("feature_request"), "contact": contact, "ticket": other});
            office.run("feature_request.vote", vote);
            deployed(office, "4.0.0", other);
            office
                .run("thread.open_internal", json!({"ticket": other, "subject": "The other", "body": "Who knows it?"}));
            office.run("article.link_ticket", json!({"article": office.id("article"), "ticket": other}));
        }
        "feature_request" => {
            drop(
                office.run("feature_request.vote", json!({"feature_request": other, "contact": office.id("contact")})),
            );
        }
        "lead" => {
            // Who asks again after they were lost is another lead.
            office.run("lead.lose", json!({"lead": other, "reason": "No budget"}));
            lead(json!({"email": record["email"]}));
            // They have another address by now, or the merge would bring it to a lead beside the new one.
            office.run("lead.update", json!({"lead": other, "email": "moved@umbrella.example"}));
        }
        "contact" => {
            let inbox = office.id("inbox");
            let thread = json!({"contact": other, "subject": "The other", "inbox": inbox, "body": "How are you?"});
            office.run("thread.open", thread);
            let mail = json!({"from": {"address": record["email"]}, "text": "I am well"});
            let mut bytes = OfBytes::new("From the other");
            let came = block_on(upload(&admin, "other.eml", UploadOptions::new(), &mut bytes)).unwrap().id;
            office.run("inbox.receive", json!({"inbox": inbox, "upload": came, "mail": mail}));
            let account = office.id("account");
            office.run("contact.update", json!({"contact": other, "account": account}));
            office.run("account.set_primary_contact", json!({"account": account, "contact": other}));
            let role = json!({"deal": office.id("deal"), "contact": other, "role": "partner"});
            office.run("deal.add_contact", role);
            converted(json!({"email": record["email"]}));
            office.run(
                "feature_request.vote",
                json!({"feature_request": office.id("feature_request"), "contact": other}),
            );
            let ticket = office.run("ticket.create", json!({"subject": "It is broken", "contact": other}));
            deployed(office, "4.1.0", ticket["id"].as_str().unwrap());
            let revision = office.id("article_revision");
            office.run("article.vote", json!({"revision": revision, "contact": other, "helpful": false}));
        }
        "account" => {
            converted(json!({"company": record["name"]}));
            for signal in ["product_usage", "feature_adoption"] {
                office.run("account.record_signal", json!({"account": other, "signal": signal, "value": 0}));
            }
        }
        _ => {}
    }
}

#[test]
fn after_a_merge_nothing_points_at_what_was_merged_and_nothing_else_changed() {
    for Backend { name, store, .. } in backends::all() {
        let office = Office::found(store);
        let mut number = 0;
        let mut make = |kind: &str, more: Json| {
            number += 1;
            let mut fields = office.numbered_fields(kind, number)?;
            // Whose ticket it is, is said by the reference.
            fields.as_object_mut()?.remove("customer");
            fields.as_object_mut()?.extend(more.as_object()?.clone());
            let made = office.run_as("admin", &format!("{kind}.create"), fields).ok()?;
            Some(made["id"].as_str()?.to_owned())
        };
        for def in kinds_with(&office, "merge") {
            let kind = def.kind;
            let (into, other) = (make(kind, json!({})).unwrap(), make(kind, json!({})).unwrap());
            let references = references(&office, kind);
            for (of, field) in &references {
                // What no field can be set to is made by the commands below.
                let about = json!({"kind": kind, "id": other});
                let forms = [json!(other), about.clone(), json!([about])];
                let _ = forms.into_iter().find_map(|value| make(of, json!({field: value})));
            }
            for (operation, field) in [("campaign.add", "campaign"), ("contact_list.add", "contact_list")] {
                for person in [json!({kind: other}), json!({format!("{kind}s"): [other]})] {
                    let mut arguments = json!({field: office.id(field)});
                    arguments.as_object_mut().unwrap().extend(person.as_object().unwrap().clone());
                    let _ = office.run_as("admin", operation, arguments);
                }
            }
            point_by_command(&office, kind, &other);
            let before = everything(&office);
            let pointing = |all: &Everything| -> BTreeSet<(&'static str, String)> {
                let of = |(kind, field): &&(&'static str, String)| {
                    let mut records = all.iter().filter(|((of, ..), _)| of == kind).map(|(_, record)| record);
                    records.any(|record| points(record, field, &other))
                };
                references.iter().filter(of).cloned().collect()
            };
            let pointed = pointing(&before);
            for (of, field) in &references {
                let never = NEVER.iter().any(|(kind, reference, _)| kind == of && reference == field);
                let points = pointed.contains(&(*of, field.clone()));
                assert!(points != never, "{name}: {of}.{field} points at a {kind}: {points}; never: {never}");
            }
            let merged = office.run(&format!("{kind}.merge"), json!({kind: into, "other": other}));
            assert_eq!(merged["id"], json!(into), "{name}: {merged}");

            let after = everything(&office);
            let left = pointing(&after);
            assert!(left.is_empty(), "{name}: after {kind}.merge these point at what was merged: {left:?}");
            let found = office.run(&format!("{kind}.get"), json!({kind: other}));
            assert_eq!(found["id"], json!(into), "{name}: the other's id finds the {kind} that is left");
            for (key, record) in &before {
                let named = [&into, &other].into_iter().any(|id| record.to_string().contains(id.as_str()));
                assert!(named || after.get(key) == Some(record), "{name}: {kind}.merge changed {key:?}");
            }
            let live = |all: &Everything| all.keys().filter(|(of, trashed, _)| *of == kind && !trashed).count();
            assert_eq!(live(&after) + 1, live(&before), "{name}: {kind}");
        }
        office.run("ledger.verify", json!({}));
    }
}
