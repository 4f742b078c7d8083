//! What tickets are promised, on every backend: due moments, pauses, breaches, and who is notified of them.

use nexa_core::{Timestamp, testing::Office};
use nexa_tests::backends;
use pollster::block_on;
use serde_json::{Value as Json, json};

use crate::undo::last_unit;

/// A tenant in Berlin, from Monday, 2 March 2026, 9 o'clock, that works from 9 to 17.
fn everywhere(test: impl Fn(&str, Desk)) {
    for backend in backends::all() {
        let office = Office::staffed(backend.store.clone(), nexa_core::builder());
        let desk = Desk(office);
        desk.0.clock.set(Timestamp::parse("2026-03-02T07:00:00Z").unwrap());
        desk.0.run("org.configure", json!({"time_zone": "Europe/Berlin"}));
        let hours = json!([{"from": "09:00", "to": "17:00"}]);
        let weekly = json!({"monday": hours, "tuesday": hours, "wednesday": hours, "thursday": hours, "friday": hours});
        let calendar = desk.0.run("calendar.create", json!({"name": "Berlin office", "weekly": weekly}));
        desk.0.run("org.configure", json!({"calendar": calendar["id"]}));
        desk.at("2026-03-02T09:00:00+01:00");
        test(backend.name, desk);
    }
}

struct Desk(Office);

impl Desk {
    /// Everything that is due until this moment is done, and then it is that moment.
    fn at(&self, moment: &str) {
        let moment = Timestamp::parse(moment).unwrap();
        loop {
            let next = block_on(self.0.crm.tick(self.0.org, 1_000)).unwrap().next_due;
            let Some(next) = next.filter(|next| *next <= moment) else { break };
            if next > nexa_core::kernel::ports::Clock::now(&*self.0.clock) {
                self.0.clock.set(next);
            }
        }
        self.0.clock.set(moment);
        block_on(self.0.crm.tick(self.0.org, 1_000)).unwrap();
    }
    fn target(&self, name: &str, fields: Json) -> Json {
        let mut all = json!({"name": name});
        all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        self.0.run("target.create", all)["id"].clone()
    }
    fn ticket(&self, fields: Json) -> Json {
        let mut all = json!({"subject": "Cannot log in"});
        all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        self.0.run("ticket.create", all)
    }
    fn get(&self, ticket: &Json) -> Json {
        self.0.run("ticket.get", json!({"ticket": ticket["id"]}))
    }
    fn refused(&self, operation: &str, with: Json) -> String {
        self.0.run_as("admin", operation, with).unwrap_err().code().to_owned()
    }
}

/// A moment in Berlin in winter, as answers write it.
fn utc(local: &str) -> Json {
    json!(Timestamp::parse(&format!("{local}:00+01:00")).unwrap())
}

#[test]
fn the_first_target_and_its_first_goal_for_the_ticket_count() {
    everywhere(|name, desk| {
        let everybody = desk.target(
            "Everybody",
            json!({"position": 2, "goals": [
                {"priority": "critical", "resolution": 1_440, "around_the_clock": true},
                {"first_response": 240, "resolution": 480},
            ]}),
        );
        let premium = desk.target(
            "Premium",
            json!({"position": 1, "filter": {"field": "account.industry", "op": "eq", "value": "Energy"}, "goals": [{"first_response": 60}]}),
        );
        let plain = desk.ticket(json!({}));
        assert_eq!(plain["target"], everybody, "{name}");
        assert_eq!(plain["first_response_due"], utc("2026-03-02T13:00"), "{name}");
        assert_eq!(plain["resolution_due"], utc("2026-03-02T17:00"), "{name}");
        assert_eq!(plain["next_due"], utc("2026-03-02T13:00"), "{name}");
        let urgent = desk.ticket(json!({"priority": "critical"}));
        assert_eq!(urgent["next_due"], utc("2026-03-03T09:00"), "{name}: every minute counts");
        let account = desk.0.run("account.create", json!({"name": "Windpark Nord", "industry": "Energy"}));
        let theirs = desk.ticket(json!({"account": account["id"]}));
        assert_eq!((&theirs["target"], &theirs["first_response_due"]), (&premium, &utc("2026-03-02T10:00")), "{name}");
        assert_eq!(theirs["resolution_due"], json!(null), "{name}: nothing is promised of it");

        // It becomes urgent at 15:00, after six hours of the office: they stay used.
        desk.at("2026-03-02T15:00:00+01:00");
        let now = desk.0.run("ticket.prioritize", json!({"ticket": plain["id"], "priority": "critical"}));
        assert_eq!(now["resolution_due"], utc("2026-03-03T09:00"), "{name}: 18 of 24 hours are left");
        assert_eq!(now["first_response_due"], json!(null), "{name}: what is no longer promised is gone");
        let due = json!({"filter": {"field": "next_due", "op": "is_null", "value": false}, "sort": ["next_due"]});
        assert_eq!(
            desk.0.run("ticket.find", due)["items"].as_array().unwrap().len(),
            3,
            "{name}: the list of what is due"
        );
    });
}

#[test]
fn a_weekend_for_which_a_ticket_is_pending_costs_nothing() {
    everywhere(|name, desk| {
        desk.target("Everybody", json!({"goals": [{"resolution": 480}]}));
        let ticket = desk.ticket(json!({}));
        desk.at("2026-03-02T10:00:00+01:00");
        let pending = desk.0.run("ticket.move", json!({"ticket": ticket["id"], "status": "pending"}));
        assert_eq!((&pending["resolution_due"], &pending["breached"]), (&json!(null), &json!(false)), "{name}");
        desk.at("2026-03-04T15:00:00+01:00");
        let open = desk.0.run("ticket.move", json!({"ticket": ticket["id"], "status": "open"}));
        assert_eq!(open["resolution_due"], utc("2026-03-05T14:00"), "{name}");
        desk.at("2026-03-05T12:00:00+01:00");
        let resolved = desk.0.run("ticket.resolve", json!({"ticket": ticket["id"]}));
        assert_eq!((&resolved["resolution_due"], &resolved["breached"]), (&json!(null), &json!(false)), "{name}");
        desk.at("2026-03-06T16:00:00+01:00");
        assert_eq!(desk.get(&ticket)["breached"], false, "{name}");
        // It goes on where it was: two hours are left.
        let again = desk.0.run("ticket.move", json!({"ticket": ticket["id"], "status": "in_progress"}));
        assert_eq!(again["resolution_due"], utc("2026-03-09T10:00"), "{name}");
        // In the trash nothing runs, and out of it the rest is left.
        desk.0.run("ticket.trash", json!({"ticket": ticket["id"]}));
        desk.at("2026-03-10T16:00:00+01:00");
        let restored = desk.0.run("ticket.restore", json!({"ticket": ticket["id"]}));
        assert_eq!(
            (&restored["resolution_due"], &restored["breached"]),
            (&utc("2026-03-11T10:00"), &json!(false)),
            "{name}"
        );
    });
}

#[test]
fn who_works_on_a_ticket_is_notified_once_when_it_is_near_and_once_when_it_is_missed() {
    everywhere(|name, desk| {
        desk.target("Everybody", json!({"goals": [{"resolution": 120}], "near_minutes": 30}));
        let ticket = desk.ticket(json!({}));
        desk.0.run("ticket.assign", json!({"ticket": ticket["id"], "assignee": {"user": desk.0.id("user")}}));
        let reasons = || {
            let mine = json!({"filter": {"field": "reason", "op": "ne", "value": "assigned"}});
            let page = desk.0.run_as("user", "notification.find", mine).unwrap();
            let mut reasons: Vec<String> = page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["reason"].as_str().unwrap().to_owned())
                .collect();
            reasons.sort_unstable();
            reasons
        };
        desk.at("2026-03-02T10:29:00+01:00");
        assert_eq!(reasons(), Vec::<String>::new(), "{name}");
        desk.at("2026-03-02T10:31:00+01:00");
        assert_eq!(reasons(), ["target_near"], "{name}");
        assert_eq!(desk.get(&ticket)["breached"], false, "{name}");
        desk.at("2026-03-02T11:00:00+01:00");
        assert_eq!(desk.get(&ticket)["breached"], false, "{name}: due is inclusive");
        // Somebody writes before the worker looks again: it is noted with that change, and still once.
        desk.0.clock.set(Timestamp::parse("2026-03-02T11:05:00+01:00").unwrap());
        let changed = desk.0.run("ticket.update", json!({"ticket": ticket["id"], "subject": "Cannot log in again"}));
        assert_eq!(changed["breached"], true, "{name}");
        desk.at("2026-03-04T11:05:00+01:00");
        assert_eq!(reasons(), ["target_breached", "target_near"], "{name}");
        let breached = json!({"filter": {"field": "breached", "op": "eq", "value": true}});
        assert_eq!(desk.0.run("ticket.count", breached), 1, "{name}");
        desk.0.run("ledger.verify", json!({"rows": true}));
    });
}

#[test]
fn a_calendar_or_a_target_that_changes_is_applied_to_the_open_tickets() {
    everywhere(|name, desk| {
        let target = desk.target("Everybody", json!({"goals": [{"resolution": 480}]}));
        let tickets: Vec<Json> = (0..3).map(|_| desk.ticket(json!({}))).collect();
        let done = desk.ticket(json!({}));
        desk.0.run("ticket.resolve", json!({"ticket": done["id"]}));
        let closed = desk.0.run("ticket.close", json!({"ticket": done["id"]}));
        let calendar = desk.0.run("org.get", json!({"org": desk.0.org}))["calendar"].clone();
        desk.0.run(
            "calendar.update",
            json!({"calendar": calendar, "holidays": ["2026-03-03"],
            "exceptions": [{"day": "2026-03-02", "hours": [{"from": "09:00", "to": "12:00"}]}]}),
        );
        desk.at("2026-03-02T09:00:00+01:00");
        for ticket in &tickets {
            assert_eq!(desk.get(ticket)["resolution_due"], utc("2026-03-04T14:00"), "{name}");
        }
        desk.0.run("target.update", json!({"target": target, "goals": [{"resolution": 60}]}));
        desk.at("2026-03-02T09:00:00+01:00");
        for ticket in &tickets {
            assert_eq!(desk.get(ticket)["resolution_due"], utc("2026-03-02T10:00"), "{name}");
        }
        assert_eq!(desk.get(&done), closed, "{name}: what is closed stays as it was");
        desk.0.run("target.trash", json!({"target": target}));
        desk.at("2026-03-02T09:00:00+01:00");
        assert_eq!(desk.get(&tickets[0])["next_due"], json!(null), "{name}");
        // Whose hours count keeps its calendar.
        let own = desk.target("Own", json!({"calendar": calendar, "goals": [{"resolution": 60}]}));
        desk.0.run("org.configure", json!({"calendar": null}));
        assert_eq!(desk.refused("calendar.trash", json!({"calendar": calendar})), "record.in_use", "{name}");
        desk.0.run("target.trash", json!({"target": own}));
    });
}

#[test]
fn the_survivor_of_a_merge_keeps_its_clocks_and_an_undo_goes_on() {
    everywhere(|name, desk| {
        desk.target("Everybody", json!({"goals": [{"resolution": 480}]}));
        let survivor = desk.ticket(json!({}));
        desk.at("2026-03-02T12:00:00+01:00");
        let other = desk.ticket(json!({}));
        let merged = desk.0.run("ticket.merge", json!({"ticket": survivor["id"], "other": other["id"]}));
        assert_eq!(merged["resolution_due"], utc("2026-03-02T17:00"), "{name}");
        let unit = desk.0.run("ticket.move", json!({"ticket": survivor["id"], "status": "pending"}));
        assert_eq!(unit["resolution_due"], json!(null), "{name}");
        let last = last_unit(&desk.0);
        desk.at("2026-03-03T12:00:00+01:00");
        desk.0.run("ledger.undo", json!({"unit": last}));
        let now = desk.get(&survivor);
        assert_eq!((&now["status"], &now["resolution_due"]), (&json!("open"), &utc("2026-03-03T17:00")), "{name}");
        desk.at("2026-03-03T18:00:00+01:00");
        assert_eq!(desk.get(&survivor)["breached"], true, "{name}");
    });
}

#[test]
fn a_report_says_how_fast_support_was_and_what_of_its_promises_it_kept() {
    everywhere(|name, desk| {
        desk.target("Everybody", json!({"goals": [{"priority": "high", "resolution": 60}, {"resolution": 480}]}));
        // Reported at 9, resolved after so many minutes.
        let tickets: Vec<(Json, &str, &str)> =
            [("high", "09:30"), ("high", "10:30"), ("medium", "11:00"), ("medium", "16:00")]
                .into_iter()
                .map(|(priority, done)| (desk.ticket(json!({"priority": priority}))["id"].clone(), priority, done))
                .collect();
        desk.ticket(json!({"priority": "low"}));
        for (ticket, _, done) in &tickets {
            desk.at(&format!("2026-03-02T{done}:00+01:00"));
            desk.0.run_as("user", "ticket.claim", json!({"ticket": ticket})).unwrap();
            desk.0.run_as("user", "ticket.resolve", json!({"ticket": ticket})).unwrap();
        }
        let report = |by: Json| {
            let mut with = json!({"from": "2026-03-02", "to": "2026-03-02"});
            with.as_object_mut().unwrap().extend(by.as_object().unwrap().clone());
            desk.0.run("ticket.report", with)["groups"].clone()
        };
        let all = report(json!({}));
        let all = &all[0];
        assert_eq!((&all["reported"], &all["resolved"], &all["value"]), (&json!(5), &json!(4), &json!(null)), "{name}");
        let minutes = |figure: &Json| figure.as_i64().map(|seconds| seconds / 60);
        assert_eq!(minutes(&all["resolution"]["median_seconds"]), Some(90), "{name}");
        assert_eq!(minutes(&all["resolution"]["p90_seconds"]), Some(420), "{name}");
        assert_eq!(minutes(&all["resolution"]["mean_seconds"]), Some(165), "{name}");
        assert_eq!(all["acknowledged"]["count"], 4, "{name}: claimed by a person");
        assert_eq!(all["resolution_target"], json!({"met": 3, "breached": 1}), "{name}");
        let by_priority = report(json!({"by": "priority"}));
        let of = |priority: &str| {
            by_priority.as_array().unwrap().iter().find(|group| group["value"] == priority).unwrap().clone()
        };
        assert_eq!(of("high")["resolution_target"], json!({"met": 1, "breached": 1}), "{name}");
        assert_eq!(of("low")["resolved"], 0, "{name}");
        let (code, reversed) = ("ticket.period_reversed", json!({"from": "2026-03-02", "to": "2026-03-01"}));
        assert_eq!(desk.refused("ticket.report", reversed), code, "{name}");
    });
}

#[test]
fn what_is_no_target_is_refused() {
    everywhere(|name, desk| {
        let create = |fields: Json| {
            let mut all = json!({"name": "Everybody", "goals": [{"resolution": 60}]});
            all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            desk.refused("target.create", all)
        };
        for goals in [
            json!([{}]),
            json!([{"resolution": 0}]),
            json!([{"resolution": 60}, {"priority": "high", "resolution": 30}]),
        ] {
            assert_eq!(create(json!({"goals": goals})), "target.goal_invalid", "{name}: {goals}");
        }
        let many: Vec<Json> = (0..51).map(|minutes| json!({"resolution": minutes + 1})).collect();
        assert_eq!(create(json!({"goals": many})), "field.invalid", "{name}");
        let has = json!({"has": "comment", "filter": {"and": []}, "at_least": 1});
        assert_eq!(create(json!({"filter": has})), "filter.invalid", "{name}");
        assert_eq!(create(json!({"filter": {"field": "color", "op": "eq", "value": 1}})), "field.unknown", "{name}");
        assert_eq!(desk.0.run("target.count", json!({})), 0, "{name}");
    });
}
