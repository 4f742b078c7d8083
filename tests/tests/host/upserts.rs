//! Meeting the record that is already there.

use nexa_crm::testing::Office;
use nexa_tests::backends;
use serde_json::{Value as Json, json};

fn everywhere(test: impl Fn(&str, Office)) {
    for backend in backends::all() {
        test(backend.name, Office::found(backend.store));
    }
}

fn upsert(office: &Office, policy: &str, fields: Json) -> nexa_crm::Result<Json> {
    let mut arguments = fields;
    arguments["policy"] = json!(policy);
    if arguments.get("match_on").is_none() {
        arguments["match_on"] = json!("email");
    }
    office.run_as("agent", "lead.upsert", arguments)
}

#[test]
fn the_policy_says_what_happens() {
    everywhere(|name, office| {
        let email = "met@example.com";
        let first = upsert(&office, "refuse", json!({"email": email, "company": "Soylent"})).unwrap();
        assert_eq!(first["created"], true, "{name}");
        let id = first["record"]["id"].clone();

        let head = office.head();
        let skipped = upsert(&office, "skip", json!({"email": "MET@example.com", "company": "Other"})).unwrap();
        assert_eq!((&skipped["created"], &skipped["record"]), (&json!(false), &first["record"]), "{name}");
        assert_eq!(office.head(), head, "{name}: skipping leaves no event");

        let filled = upsert(&office, "fill", json!({"email": email, "company": "Other", "title": "CTO"})).unwrap();
        assert_eq!(filled["record"]["company"], "Soylent", "{name}");
        assert_eq!(filled["record"]["title"], "CTO", "{name}");

        let updated = upsert(&office, "update", json!({"email": email, "company": "Other"})).unwrap();
        assert_eq!((&updated["record"]["company"], &updated["record"]["id"]), (&json!("Other"), &id), "{name}");

        let refused = upsert(&office, "refuse", json!({"email": email})).unwrap_err();
        assert_eq!(refused.code(), "upsert.exists", "{name}");
        assert_eq!(office.run("lead.count", json!({"filter": {"field": "email", "value": email}})), 1, "{name}");
    });
}

#[test]
fn what_is_matched_on_must_single_one_out() {
    everywhere(|name, office| {
        for (match_on, fields) in [
            ("company", json!({"company": "Soylent"})),
            ("email", json!({"company": "Soylent"})),
            ("external:erp", json!({"email": "x@example.com"})),
            ("external:erp", json!({"external_keys": [{"system": "crm", "key": "1"}]})),
            ("nothing", json!({"email": "x@example.com"})),
        ] {
            let mut arguments = fields;
            arguments["match_on"] = json!(match_on);
            let refused = upsert(&office, "update", arguments.clone()).unwrap_err();
            assert_eq!(refused.code(), "upsert.match_on", "{name}: {arguments}");
        }
        let by_name = json!({"match_on": "name", "name": "GLOBEX", "tier": "smb"});
        let account = office.run("account.upsert", by_name);
        assert_eq!(
            (&account["created"], &account["record"]["id"]),
            (&json!(false), &json!(office.id("account"))),
            "{name}"
        );
    });
}

#[test]
fn keys_of_other_systems_stay() {
    everywhere(|name, office| {
        let keys = |erp: &str| json!([{"system": "erp", "key": erp}]);
        let arguments = json!({"match_on": "external:erp", "external_keys": keys("1"), "company": "Soylent"});
        let made = upsert(&office, "update", arguments.clone()).unwrap();
        assert_eq!(made["created"], true, "{name}");
        let both = json!([{"system": "erp", "key": "1"}, {"system": "web", "key": "w"}]);
        office.run("lead.update", json!({"lead": made["record"]["id"], "external_keys": both}));
        let met = upsert(&office, "update", arguments).unwrap();
        let kept = met["record"]["external_keys"].as_array().unwrap();
        assert!(kept.contains(&json!({"system": "web", "key": "w"})), "{name}: {kept:?}");
        let trashed = office.run("lead.trash", json!({"lead": made["record"]["id"]}));
        let anew = json!({"match_on": "external:erp", "external_keys": keys("1"), "company": "Soylent"});
        let fresh = upsert(&office, "update", anew).unwrap();
        assert_ne!(fresh["record"]["id"], trashed["id"], "{name}: what is in the trash is not met");
    });
}

#[test]
fn somebody_elses_record_is_met_but_not_shown() {
    everywhere(|name, office| {
        let keys = json!([{"system": "erp", "key": "t"}]);
        office.run("ticket.update", json!({"ticket": office.id("assigned"), "external_keys": keys}));
        for policy in ["skip", "update", "fill", "refuse"] {
            let arguments =
                json!({"match_on": "external:erp", "policy": policy, "subject": "Mine", "external_keys": keys});
            let refused = office.run_as("agent", "ticket.upsert", arguments).unwrap_err();
            assert_eq!(refused.code(), "upsert.exists", "{name}, {policy}");
        }
        assert_eq!(office.run("ticket.get", json!({"ticket": office.id("assigned")}))["subject"], "It is assigned");
    });
}
