//! Calendars, managers, languages and time zones, as callers of every backend see them.

use nexa_core::testing::Office;
use nexa_tests::backends;
use serde_json::{Value as Json, json};

fn everywhere(test: impl Fn(&str, Office)) {
    for backend in backends::all() {
        test(backend.name, Office::staffed(backend.store.clone(), nexa_core::builder()));
    }
}

fn working(hours: &[(&str, &str)]) -> Json {
    let spans: Vec<Json> = hours.iter().map(|(from, to)| json!({"from": from, "to": to})).collect();
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday"];
    Json::Object(days.iter().map(|day| ((*day).to_owned(), json!(spans))).collect())
}

fn refused(office: &Office, operation: &str, arguments: Json) -> (String, String) {
    let error = office.run_as("admin", operation, arguments).unwrap_err();
    (error.code().to_owned(), error.message())
}

#[test]
fn a_target_is_due_in_business_hours() {
    everywhere(|name, office| {
        office.run("org.configure", json!({"time_zone": "Europe/Berlin"}));
        let calendar = office.run(
            "calendar.create",
            json!({"name": "Office", "weekly": working(&[("13:00", "17:00"), ("9:00", "13:00")]),
                "holidays": ["2026-04-06", "2026-04-03", "2026-04-03"],
                "exceptions": [{"day": "2026-12-24", "hours": [{"from": "09:00", "to": "12:00"}]}]}),
        );
        assert_eq!(calendar["time_zone"], "Europe/Berlin", "{name}: the organisation's");
        assert_eq!(
            calendar["weekly"]["friday"],
            working(&[("09:00", "13:00"), ("13:00", "17:00")])["friday"],
            "{name}"
        );
        assert_eq!(calendar["holidays"], json!(["2026-04-03", "2026-04-06"]), "{name}");
        let id = calendar["id"].clone();
        let due = |from: &str, minutes: u32| {
            let answer = office.run("calendar.after", json!({"calendar": id, "from": from, "minutes": minutes}));
            assert_eq!(answer["calendar"], id, "{name}");
            answer["due"].clone()
        };
        assert_eq!(due("2026-03-06T16:00:00+01:00", 240), "2026-03-09T11:00:00.000000Z", "{name}");
        assert_eq!(due("2026-04-02T16:00:00+02:00", 240), "2026-04-07T10:00:00.000000Z", "{name}");
        let between = json!({"calendar": id, "from": "2026-03-06T16:00:00+01:00", "to": "2026-03-07T10:00:00+01:00"});
        assert_eq!(office.run("calendar.business_time", between)["seconds"], 3_600, "{name}");
        // It reads back as it was answered, and the ledger holds it.
        assert_eq!(office.run("calendar.get", json!({"calendar": id})), calendar, "{name}");
        office.run("ledger.verify", json!({"rows": true}));
    });
}

#[test]
fn the_organisations_calendar_is_meant_when_none_is_named() {
    everywhere(|name, office| {
        let between = json!({"from": "2026-03-02T08:00:00Z", "to": "2026-03-02T10:30:00.75Z"});
        assert_eq!(refused(&office, "calendar.business_time", between.clone()).0, "calendar.none", "{name}");
        let calendar =
            office.run("calendar.create", json!({"name": "Office", "weekly": working(&[("09:00", "17:00")])}));
        office.run("org.configure", json!({"calendar": calendar["id"]}));
        assert_eq!(office.run("calendar.business_time", between)["seconds"], 5_400, "{name}: whole seconds");
        // Who has a calendar keeps it from the trash.
        for (operation, holder) in [("group.update", "group"), ("user.update", "user")] {
            office.run("org.configure", json!({"calendar": null}));
            let mut arguments = json!({"calendar": calendar["id"]});
            arguments[holder] = json!(office.id(holder));
            office.run(operation, arguments.clone());
            let trash = json!({"calendar": calendar["id"]});
            assert_eq!(refused(&office, "calendar.trash", trash).0, "record.in_use", "{name}: {holder}");
            arguments["calendar"] = json!(null);
            office.run(operation, arguments);
        }
        office.run("calendar.trash", json!({"calendar": calendar["id"]}));
        office.run("calendar.restore", json!({"calendar": calendar["id"]}));
    });
}

#[test]
fn what_makes_no_calendar_is_refused() {
    everywhere(|name, office| {
        let create = |fields: Json| {
            let mut all = json!({"name": "Office", "weekly": {}});
            all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            refused(&office, "calendar.create", all)
        };
        assert_eq!(create(json!({})).0, "calendar.no_hours", "{name}");
        let closed = json!({"exceptions": [{"day": "2026-12-24", "hours": []}]});
        assert_eq!(create(closed).0, "calendar.no_hours", "{name}");
        let (code, message) = create(json!({"weekly": working(&[("09:00", "13:00"), ("12:59", "17:00")])}));
        assert_eq!(code, "calendar.overlap", "{name}");
        assert!(message.starts_with("On monday the hours 09:00 to 13:00 and 12:59 to 17:00 overlap"), "{message}");
        for (fields, field) in [
            (json!({"weekly": {"monday": [{"from": "22:00", "to": "06:00"}]}}), "weekly"),
            (json!({"weekly": {"monday": [{"from": "09:00", "to": "09:00"}]}}), "weekly"),
            (json!({"weekly": {"monday": [{"from": "9", "to": "17:00"}]}}), "weekly.monday[0].from"),
            (json!({"weekly": {"monday": [{"from": "09:00", "to": "24:01"}]}}), "weekly.monday[0].to"),
            (json!({"weekly": {"someday": []}}), "weekly"),
            (json!({"time_zone": "Europe/Atlantis"}), "time_zone"),
            (json!({"holidays": ["2026-02-30"]}), "holidays[0]"),
        ] {
            let error = office.run_as("admin", "calendar.create", {
                let mut all = json!({"name": "Office", "weekly": working(&[("09:00", "17:00")])});
                all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
                all
            });
            let error = error.unwrap_err();
            let named = error.params()["field"].as_str().unwrap();
            assert!(named.starts_with(field.split('.').next().unwrap().split('[').next().unwrap()), "{name}: {error}");
        }
        let twice = json!([{"day": "2026-12-24"}, {"day": "2026-12-24", "hours": [{"from": "09:00", "to": "12:00"}]}]);
        assert_eq!(create(json!({"exceptions": twice})).0, "field.invalid", "{name}");
        assert_eq!(office.run("calendar.count", json!({})), 0, "{name}");

        let weekly = working(&[("09:00", "17:00")]);
        let calendar = office.run("calendar.create", json!({"name": "Office", "weekly": weekly}));
        assert_eq!(
            refused(&office, "calendar.create", json!({"name": "OFFICE", "weekly": weekly})).0,
            "calendar.name_taken"
        );
        let none = json!({"calendar": calendar["id"], "weekly": {}});
        assert_eq!(refused(&office, "calendar.update", none).0, "calendar.no_hours", "{name}");
        let query = |operation, mut arguments: Json| {
            arguments["calendar"] = calendar["id"].clone();
            refused(&office, operation, arguments).0
        };
        let reversed = json!({"from": "2026-03-02T08:00:00Z", "to": "2026-03-01T08:00:00Z"});
        assert_eq!(query("calendar.business_time", reversed), "calendar.period_reversed", "{name}");
        let far = json!({"from": "2026-03-02T08:00:00Z", "to": "2126-04-02T08:00:00Z"});
        assert_eq!(query("calendar.business_time", far), "calendar.too_far", "{name}");
        let far = json!({"from": "2026-03-02T08:00:00Z", "minutes": u32::MAX});
        assert_eq!(query("calendar.after", far), "calendar.too_far", "{name}");
        assert_eq!(
            office.run_as("agent", "calendar.trash", json!({"calendar": calendar["id"]})).unwrap_err().code(),
            "access.denied"
        );
        assert_eq!(
            office.run_as("viewer", "calendar.get", json!({"calendar": calendar["id"]})).unwrap(),
            calendar,
            "{name}"
        );
    });
}

#[test]
fn nobody_is_their_own_manager() {
    everywhere(|name, office| {
        let set = |user: &str, manager: &str| {
            let arguments = json!({"user": office.id(user), "manager": office.id(manager)});
            office.run_as("admin", "user.update", arguments).map(|user| user["manager"].clone())
        };
        assert_eq!(set("agent", "agent").unwrap_err().code(), "user.manager_cycle", "{name}");
        assert_eq!(set("agent", "colleague").unwrap(), json!(office.id("colleague")), "{name}");
        set("user", "agent").unwrap();
        assert_eq!(set("colleague", "user").unwrap_err().code(), "user.manager_cycle", "{name}");
        let itself = uuid::Uuid::from_u128(7);
        let new = json!({"id": itself, "name": "Ken", "email": "ken@acme.example", "manager": itself});
        assert!(office.run_as("admin", "user.create", new).is_err(), "{name}");
        let reports = json!({"filter": {"field": "manager", "value": office.id("colleague")}, "with": ["manager"]});
        let page = office.run("user.find", reports);
        assert_eq!(page["items"][0]["id"], json!(office.id("agent")), "{name}");
        let nobody =
            json!({"user": office.id("agent"), "manager": null, "time_zone": "Asia/Kathmandu", "language": "ne"});
        let free = office.run("user.update", nobody);
        assert_eq!((&free["manager"], &free["time_zone"]), (&json!(null), &json!("Asia/Kathmandu")), "{name}");
        set("colleague", "user").unwrap();
    });
}

#[test]
fn people_and_companies_have_a_language_and_a_time_zone() {
    everywhere(|name, office| {
        let csv =
            "Last Name,Company,Preferred Language,Time Zone\nCurie,Radium,fr_fr,Europe/Paris\nNo,Zone,en,Mars/Base\n";
        let report = office.run("lead.import_csv", json!({"csv": csv}));
        assert_eq!((&report["created"], &report["refused"]), (&json!(1), &json!(1)), "{name}: {report}");
        for (kind, field) in [("contact", "last_name"), ("account", "name")] {
            let csv = format!("{field},language,time_zone\nLovelace,en-GB,Europe/London\n");
            assert_eq!(office.run(&format!("{kind}.import_csv"), json!({"csv": csv}))["created"], 1, "{name}: {kind}");
            let british = json!({"filter": {"field": "language", "op": "in", "value": ["en-gb", "en"]}});
            let page = office.run(&format!("{kind}.find"), british);
            assert_eq!(page["items"][0]["time_zone"], "Europe/London", "{name}: {kind}");
        }
        let french = json!({"filter": {"field": "language", "value": "fr-FR"}});
        let lead = office.run("lead.find", french)["items"][0].clone();
        assert_eq!(lead["time_zone"], "Europe/Paris", "{name}");
        let met = json!({"met": true, "evidence": "They said so"});
        let bant = json!({"budget": met, "authority": met, "need": met, "timeline": met});
        office.run("lead.contact", json!({"lead": lead["id"]}));
        office.run("lead.qualify", json!({"lead": lead["id"], "bant": bant}));
        let conversion = office.run("lead.convert", json!({"lead": lead["id"]}));
        assert_eq!(conversion["not_carried"], json!(["external_keys"]), "{name}");
        let contact = &conversion["contact"];
        assert_eq!((&contact["language"], &contact["time_zone"]), (&json!("fr-FR"), &json!("Europe/Paris")), "{name}");
        assert_eq!(conversion["account"]["language"], json!(null), "{name}: a person's language is not the company's");
        let company = json!({"company": "Umbrella", "language": "ja", "time_zone": "Asia/Tokyo"});
        let lead = office.run("lead.create", company)["id"].clone();
        office.run("lead.contact", json!({"lead": lead}));
        office.run("lead.qualify", json!({"lead": lead, "bant": bant}));
        let conversion = office.run("lead.convert", json!({"lead": lead}));
        let account = &conversion["account"];
        assert_eq!((&account["language"], &account["time_zone"]), (&json!("ja"), &json!("Asia/Tokyo")), "{name}");
        assert_eq!(conversion["not_carried"], json!(["last_contacted"]), "{name}");
    });
}
