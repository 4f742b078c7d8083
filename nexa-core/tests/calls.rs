//! Calls, and what they say of the people that were called.

use crate::desk::*;
use nexa_core::Envelope;
use nexa_core::testing::block_on;
use serde_json::{Value as Json, json};

fn done(desk: &Desk, operation: &str, with: Json) -> Json {
    call(&desk.alex, operation, with).unwrap_or_else(|error| panic!("{operation}: {error}"))
}

fn refused(desk: &Desk, operation: &str, with: Json) -> String {
    call(&desk.alex, operation, with).unwrap_err().code().to_owned()
}

fn lead(desk: &Desk) -> Json {
    done(desk, "lead.create", json!({"company": "Acme"}))["id"].clone()
}

#[test]
fn who_was_reached_is_contacted() {
    let desk = desk();
    for (direction, outcome, status, noted) in [
        ("outgoing", json!("connected"), "contacted", true),
        ("outgoing", json!("voicemail"), "contacted", true),
        ("outgoing", json!("no_answer"), "new", true),
        ("outgoing", json!("wrong_number"), "new", true),
        ("outgoing", Json::Null, "new", true),
        ("incoming", json!("connected"), "contacted", true),
        ("incoming", json!("voicemail"), "new", false),
        ("incoming", json!("no_answer"), "new", false),
    ] {
        let lead = lead(&desk);
        let about = json!([{"kind": "lead", "id": lead}]);
        let made = done(&desk, "call.create", json!({"about": about, "direction": direction, "outcome": outcome}));
        assert_eq!((&made["started_at"], &made["user"]), (&made["created_at"], &json!(id(&desk.alex))));
        let lead = done(&desk, "lead.get", json!({"lead": lead}));
        let noted_with = (lead["status"].as_str().unwrap(), lead["last_contacted"] == made["started_at"]);
        assert_eq!(noted_with, (status, noted), "{direction} {outcome}");
    }
}

#[test]
fn an_outcome_that_is_known_later_counts_as_well_and_an_older_call_takes_nothing_back() {
    let desk = desk();
    let lead = lead(&desk);
    let about = json!([{"kind": "lead", "id": lead}]);
    let first = done(&desk, "call.create", json!({"about": about, "started_at": "2025-11-17T08:30:00Z"}));
    done(&desk, "call.create", json!({"about": about, "started_at": "2025-11-14T10:00:00Z", "outcome": "busy"}));
    done(&desk, "call.update", json!({"call": first["id"], "outcome": "connected", "summary": "Wants a demo"}));
    let lead = done(&desk, "lead.get", json!({"lead": lead}));
    assert_eq!((&lead["status"], &lead["last_contacted"]), (&json!("contacted"), &first["started_at"]));
}

#[test]
fn a_call_moves_nobody_who_is_further() {
    let desk = desk();
    let lead = lead(&desk);
    done(&desk, "lead.lose", json!({"lead": lead, "reason": "No budget"}));
    let about = json!([{"kind": "lead", "id": lead}]);
    done(&desk, "call.create", json!({"about": about, "outcome": "connected"}));
    let lead = done(&desk, "lead.get", json!({"lead": lead}));
    assert_eq!((&lead["status"], &lead["last_contacted"]), (&json!("lost"), &Json::Null));
    let contact = done(&desk, "contact.create", json!({"email": "c@acme.example"}));
    let about = json!([{"kind": "contact", "id": contact["id"]}]);
    let made = done(&desk, "call.create", json!({"about": about, "outcome": "connected"}));
    let contact = done(&desk, "contact.get", json!({"contact": contact["id"]}));
    assert_eq!(contact["last_activity"], made["started_at"]);
}

#[test]
fn a_call_that_a_provider_reports_twice_is_one() {
    let desk = desk();
    let key = json!([{"system": "pbx", "key": "4711"}]);
    let report = json!({
        "match_on": "external:pbx", "external_keys": key, "from": "+49 30 555 0100", "direction": "incoming", "duration_seconds": 95
    });
    let first = done(&desk, "call.upsert", report.clone());
    let again = done(&desk, "call.upsert", report);
    assert_eq!(first["record"]["id"], again["record"]["id"]);
    assert_eq!(again["record"]["version"], 1, "the same again changes nothing");
    let found = done(&desk, "call.search", json!({"text": "+49305550100"}));
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
}

#[test]
fn what_cannot_have_been_is_refused() {
    let desk = desk();
    assert_eq!(refused(&desk, "call.create", json!({"started_at": "2025-11-17T09:00:01Z"})), "call.in_future");
    let recorded = json!({"recording": "https://pbx.example/4711.ogg"});
    assert_eq!(refused(&desk, "call.create", recorded.clone()), "call.consent_missing");
    let mut agreed = recorded;
    agreed["recording_consent"] = json!(true);
    let made = done(&desk, "call.create", agreed);
    let withdrawn = json!({"call": made["id"], "recording_consent": false});
    assert_eq!(refused(&desk, "call.update", withdrawn.clone()), "call.consent_missing");
    let mut withdrawn = withdrawn;
    withdrawn["recording"] = Json::Null;
    done(&desk, "call.update", withdrawn);
    assert_eq!(refused(&desk, "call.create", json!({"duration_seconds": -1})), "field.invalid");
    let unseen = json!({"about": [{"kind": "lead", "id": "019a910a-de80-7000-86fe-000000000404"}]});
    assert_eq!(refused(&desk, "call.create", unseen), "reference.broken");
    let dry = block_on(desk.alex.execute("call.create", json!({}), Envelope::dry()));
    assert!(dry.is_ok(), "a call needs nothing: {dry:?}");
}
