//! Meetings: who comes, when they are at once, and what becomes of them.

use nexa_crm::testing::Office;
use serde_json::{Value as Json, json};

use super::{everywhere, refused};

fn schedule(office: &Office, title: &str, from: &str, to: &str, users: &[&str]) -> Json {
    let attendees: Vec<Json> = users.iter().map(|user| json!({"user": office.id(user)})).collect();
    office.run("meeting.schedule", json!({"title": title, "starts_at": from, "ends_at": to, "attendees": attendees}))
}

#[test]
fn who_is_invited_is_invited_once_by_themselves_and_by_their_address() {
    everywhere(|name, office| {
        let sarah =
            office.run("contact.create", json!({"email": "sarah@acme.example", "other_emails": ["s@acme.example"]}));
        let meeting = schedule(&office, "Demo", "2025-11-20T10:00:00Z", "2025-11-20T11:00:00Z", &["user"]);
        let meeting = &meeting["meeting"]["id"];
        let invite = |who: Json| json!({"meeting": meeting, "attendee": who});
        let invited = office.run("meeting.invite", invite(json!({"contact": sarah["id"], "role": "optional"})));
        assert_eq!(invited["attendee"]["response"], "needs_action", "{name}");
        for twice in [
            json!({"contact": sarah["id"]}),
            json!({"email": "S@acme.example"}),
            json!({"user": office.id("user")}),
            json!({"email": "nina@acme.example", "name": "Nina"}),
        ] {
            assert_eq!(refused(&office, "meeting.invite", invite(twice)), "meeting.attendee_twice", "{name}");
        }
        for bad in [json!({}), json!({"contact": sarah["id"], "email": "x@acme.example"}), json!({"name": "Nobody"})] {
            assert_eq!(refused(&office, "meeting.invite", invite(bad)), "meeting.one_attendee", "{name}");
        }
        assert_eq!(
            refused(&office, "meeting.invite", invite(json!({"user": office.id("deactivated")}))),
            "assignee.inactive",
            "{name}"
        );
        let attendee = &invited["attendee"]["id"];
        let said = json!({"meeting": meeting, "attendee": attendee, "response": "declined"});
        let said = office.run("meeting.respond", said);
        assert_eq!(said["responded_at"], "2025-11-17T09:00:00.000000Z", "{name}");
        let elsewhere = schedule(&office, "Else", "2025-11-21T10:00:00Z", "2025-11-21T11:00:00Z", &[]);
        let other = json!({"meeting": elsewhere["meeting"]["id"], "attendee": attendee});
        assert_eq!(refused(&office, "meeting.uninvite", other), "meeting.not_attendee", "{name}");
        office.run("meeting.uninvite", json!({"meeting": meeting, "attendee": attendee}));
        office.run("meeting.invite", invite(json!({"email": "s@acme.example"})));
    });
}

#[test]
fn meetings_that_touch_are_no_conflict_and_those_that_overlap_are() {
    everywhere(|name, office| {
        schedule(&office, "First", "2025-11-20T10:00:00Z", "2025-11-20T11:00:00Z", &["user"]);
        let after = schedule(&office, "After", "2025-11-20T11:00:00Z", "2025-11-20T12:00:00Z", &["user"]);
        assert_eq!(after["conflicts"], json!([]), "{name}: half-open");
        let over = schedule(&office, "Over", "2025-11-20T10:30:00Z", "2025-11-20T11:30:00Z", &["user", "agent"]);
        let both: Vec<&Json> = over["conflicts"].as_array().unwrap().iter().map(|conflict| &conflict["user"]).collect();
        let (nina, lisa) = (json!(office.id("user")), json!(office.id("admin")));
        assert_eq!(both.iter().filter(|user| ***user == nina).count(), 2, "{name}: {both:?}");
        assert_eq!(both.iter().filter(|user| ***user == lisa).count(), 2, "{name}: the organizer is kept as well");
        let must = json!({
            "title": "Must", "starts_at": "2025-11-20T10:59:00Z", "ends_at": "2025-11-20T11:01:00Z", "must_be_free": true,
            "organizer": office.id("viewer"), "attendees": [{"user": office.id("user")}]
        });
        assert_eq!(refused(&office, "meeting.schedule", must.clone()), "meeting.conflict", "{name}");
        // What was called off, what leaves everybody free, and what somebody declined keeps nobody.
        let busy = |office: &Office| {
            let asked = json!({"users": [nina], "from": "2025-11-20T00:00:00Z", "to": "2025-11-21T00:00:00Z"});
            office.run("meeting.conflicts", asked)["conflicts"].as_array().unwrap().len()
        };
        assert_eq!(busy(&office), 3, "{name}");
        office.run("meeting.cancel", json!({"meeting": over["meeting"]["id"], "reason": "Ill"}));
        assert_eq!(busy(&office), 2, "{name}");
        office.run("meeting.update", json!({"meeting": after["meeting"]["id"], "availability": "free"}));
        assert_eq!(busy(&office), 1, "{name}");
        let first = office.run("meeting.find", json!({"filter": {"field": "title", "op": "eq", "value": "First"}}));
        let first = &first["items"][0]["id"];
        let attendee = office.run("attendee.find", json!({"filter": {"field": "meeting", "op": "eq", "value": first}}));
        let said = json!({"meeting": first, "attendee": attendee["items"][0]["id"], "response": "declined"});
        office.run("meeting.respond", said);
        assert_eq!(busy(&office), 0, "{name}");
        office.run("meeting.schedule", must);
        let moved = json!({"meeting": first, "starts_at": "2025-11-21T14:00:00Z"});
        let moved = office.run("meeting.reschedule", moved);
        assert_eq!(moved["meeting"]["ends_at"], "2025-11-21T15:00:00.000000Z", "{name}: it takes as long as before");
    });
}

#[test]
fn days_are_whole_in_the_zone_of_the_organisation() {
    everywhere(|name, office| {
        office.run("org.configure", json!({"time_zone": "Europe/Berlin"}));
        let fair = json!({"title": "Fair", "start_date": "2025-11-20", "end_date": "2025-11-21"});
        let fair = office.run("meeting.create", fair);
        let span = (&fair["starts_at"], &fair["ends_at"]);
        let days = (json!("2025-11-19T23:00:00.000000Z"), json!("2025-11-21T23:00:00.000000Z"));
        assert_eq!(span, (&days.0, &days.1), "{name}: the last day belongs to it");
        let update = |with: Json| {
            let mut with = with;
            with["meeting"] = fair["id"].clone();
            with
        };
        let longer = office.run("meeting.update", update(json!({"end_date": "2025-11-22"})));
        assert_eq!(longer["ends_at"], "2025-11-22T23:00:00.000000Z", "{name}");
        let both = update(json!({"starts_at": "2025-11-20T10:00:00Z"}));
        assert_eq!(refused(&office, "meeting.update", both), "meeting.time_twice", "{name}");
        let at = json!({"meeting": fair["id"], "starts_at": "2025-11-20T10:00:00Z"});
        let at = office.run("meeting.reschedule", at)["meeting"].clone();
        let ends = (&at["ends_at"], &at["start_date"]);
        assert_eq!(ends, (&json!("2025-11-20T11:00:00.000000Z"), &Json::Null), "{name}: an hour unless said");
        for (with, code) in [
            (json!({"title": "x"}), "meeting.time_missing"),
            (json!({"title": "x", "end_date": "2025-11-20"}), "meeting.time_missing"),
            (
                json!({"title": "x", "start_date": "2025-11-20", "starts_at": "2025-11-20T10:00:00Z"}),
                "meeting.time_twice",
            ),
            (json!({"title": "x", "start_date": "2025-11-20", "end_date": "2025-11-19"}), "meeting.ends_too_early"),
            (
                json!({"title": "x", "starts_at": "2025-11-20T10:00:00Z", "ends_at": "2025-11-20T10:00:00Z"}),
                "meeting.ends_too_early",
            ),
        ] {
            assert_eq!(refused(&office, "meeting.create", with.clone()), code, "{name}: {with}");
        }
    });
}

#[test]
fn a_meeting_that_was_held_contacts_those_who_came() {
    everywhere(|name, office| {
        let lead = office.run("lead.create", json!({"email": "tom@acme.example"}))["id"].clone();
        let sarah = office.run("contact.create", json!({"email": "sarah@acme.example"}))["id"].clone();
        let absent = office.run("contact.create", json!({"email": "bill@acme.example"}))["id"].clone();
        let attendees = json!([{"lead": lead}, {"contact": sarah}, {"contact": absent}]);
        let demo = json!({"title": "Demo", "starts_at": "2025-11-17T08:00:00Z", "attendees": attendees});
        let demo = office.run("meeting.schedule", demo);
        let meeting = &demo["meeting"]["id"];
        let declines = json!({"meeting": meeting, "attendee": demo["attendees"][2]["id"], "response": "declined"});
        office.run("meeting.respond", declines);
        let held =
            json!({"meeting": meeting, "outcome": "interested", "next_step": "Send the offer", "notes": "Went well"});
        let held = office.run("meeting.hold", held);
        assert_eq!((&held["status"], &held["next_step"]), (&json!("held"), &json!("Send the offer")), "{name}");
        let lead = office.run("lead.get", json!({"lead": lead}));
        let contacted = json!("2025-11-17T08:00:00.000000Z");
        assert_eq!((&lead["status"], &lead["last_contacted"]), (&json!("contacted"), &contacted), "{name}");
        assert_eq!(office.run("contact.get", json!({"contact": sarah}))["last_activity"], contacted, "{name}");
        let timeline = office.run("contact.overview", json!({"contact": sarah}))["timeline"].clone();
        let held = |change: &Json| change["command"] == "meeting.hold" && change["record"] == *meeting;
        assert!(timeline.as_array().unwrap().iter().any(held), "{name}: {timeline}");
        assert_eq!(office.run("contact.get", json!({"contact": absent}))["last_activity"], Json::Null, "{name}");
        for over in ["meeting.hold", "meeting.no_show", "meeting.cancel"] {
            assert_eq!(refused(&office, over, json!({"meeting": meeting})), "meeting.over", "{name}");
        }
    });
}

#[test]
fn the_next_activity_of_a_deal_is_the_earliest_open_task_or_meeting() {
    everywhere(|name, office| {
        let deal = office.run("deal.create", json!({"name": "Acme - Plan"}))["id"].clone();
        let next = || {
            let next = office.run("deal.next_activity", json!({"deal": deal}));
            next["task"]["title"].as_str().or(next["meeting"]["title"].as_str()).map(str::to_owned)
        };
        assert_eq!(next(), None, "{name}");
        let without = json!({"and": [
            {"has_none": "task", "by": "about", "filter": {"field": "status", "op": "in", "value": ["todo", "in_progress"]}},
            {"has_none": "meeting", "by": "about", "filter": {"field": "status", "op": "eq", "value": "planned"}}
        ]});
        let count = || office.run("deal.count", json!({"filter": without}));
        assert_eq!(count(), 1, "{name}");
        let about = json!({"kind": "deal", "id": deal});
        let someday = office.run("task.create", json!({"title": "Someday", "about": about}))["id"].clone();
        assert_eq!((next().as_deref(), count()), (Some("Someday"), json!(0)), "{name}");
        let demo = json!({"title": "Demo", "starts_at": "2025-11-20T10:00:00Z", "about": [about]});
        let demo = office.run("meeting.create", demo)["id"].clone();
        assert_eq!(next().as_deref(), Some("Demo"), "{name}");
        let task = json!({"title": "Call", "due_date": "2025-11-19", "about": about});
        let task = office.run("task.create", task)["id"].clone();
        assert_eq!(next().as_deref(), Some("Call"), "{name}");
        office.run("task.complete", json!({"task": task}));
        office.run("meeting.no_show", json!({"meeting": demo}));
        office.run("task.complete", json!({"task": someday}));
        assert_eq!((next(), count()), (None, json!(1)), "{name}");
    });
}
