//! Who leaves hands over their open work: it is named, goes back to its queue, or to somebody else.

use nexa_crm::{Access, Action, Actor, Policy, kernel::record::RecordDef, service::DefaultPolicy, testing::Office};
use nexa_tests::backends;
use serde_json::{Value as Json, json};

/// Agents may administer users and groups as well.
struct AgentsAdminister;

impl Policy for AgentsAdminister {
    fn access(&self, actor: &Actor, kind: &'static RecordDef, action: Action) -> Access {
        if actor.has_role("agent") && ["user", "group", "membership"].contains(&kind.kind) {
            return Access::full();
        }
        DefaultPolicy::new().access(actor, kind, action)
    }
}

/// Ken has a ticket that came through Support, one of his own, a resolved one, a lead, a task that is done, a deal, an account, a
/// contact and a campaign.
fn ken_at_work(office: &mut Office) -> Json {
    let user = json!({"user": office.id("user")});
    let group = json!({"group": office.id("group")});
    let assign = |office: &Office, kind: &str, word: &str, to: &Json| {
        office.run(&format!("{kind}.assign"), json!({kind: office.id(word), "assignee": to}));
    };
    for (word, to) in [("queued", &group), ("own", &user), ("solved", &user)] {
        office.make(word, "ticket.create", json!({"subject": format!("It is {word}")}));
        assign(office, "ticket", word, to);
    }
    office.run_as("user", "ticket.claim", json!({"ticket": office.id("queued")})).unwrap();
    office.run("ticket.resolve", json!({"ticket": office.id("solved")}));
    office.make("his_lead", "lead.create", json!({"email": "his@private.example"}));
    assign(office, "lead", "his_lead", &user);
    office.make("his_task", "task.create", json!({"title": "Done", "assignee": user}));
    office.run("task.complete", json!({"task": office.id("his_task")}));
    office.make("his_deal", "deal.create", json!({"name": "Plan", "owner": office.id("user")}));
    office.make("his_account", "account.create", json!({"name": "Umbrella", "owner": user}));
    office.make("his_contact", "contact.create", json!({"email": "jill@private.example", "owner": user}));
    office.make("his_campaign", "campaign.create", json!({"name": "Fair", "type": "webinar", "owner": user}));
    user
}

const HELD: &[&str] = &["1 account", "1 campaign", "1 contact", "1 deal", "1 lead", "2 tickets"];

fn sorted(work: &Json) -> Vec<&str> {
    let mut work: Vec<&str> = work.as_array().unwrap().iter().filter_map(Json::as_str).collect();
    work.sort_unstable();
    work
}

#[test]
fn who_has_open_work_does_not_leave_without_a_word_about_it() {
    for backend in backends::all() {
        let mut office = Office::found(backend.store);
        ken_at_work(&mut office);
        let head = office.head();
        let error = office.run_as("admin", "user.deactivate", json!({"user": office.id("user")})).unwrap_err();
        assert_eq!(error.code(), "assignee.open_work", "{}", backend.name);
        assert_eq!(sorted(&error.params()["work"]), HELD, "{}", backend.name);
        let refuse = json!({"user": office.id("user"), "on_open_work": "refuse"});
        assert_eq!(office.run_as("admin", "user.deactivate", refuse).unwrap_err().code(), "assignee.open_work");
        assert_eq!(office.head(), head, "{}", backend.name);
    }
}

#[test]
fn released_work_goes_back_to_its_group_or_to_nobody_with_its_history() {
    for backend in backends::all() {
        let mut office = Office::found(backend.store);
        let ken = ken_at_work(&mut office);
        let head = office.head();
        let left = office.run("user.deactivate", json!({"user": office.id("user"), "on_open_work": "release"}));
        assert_eq!(left["active"], false, "{}", backend.name);
        let read = |kind: &str, word: &str| office.run(&format!("{kind}.get"), json!({kind: office.id(word)}));
        let queued = read("ticket", "queued");
        assert_eq!(queued["assignee"], json!({"group": office.id("group")}), "{}", backend.name);
        assert_eq!(queued["via_group"], Json::Null, "{}", backend.name);
        for (kind, word) in [("ticket", "own"), ("lead", "his_lead")] {
            assert_eq!(read(kind, word)["assignee"], Json::Null, "{}, {word}", backend.name);
        }
        for (kind, word) in
            [("deal", "his_deal"), ("account", "his_account"), ("contact", "his_contact"), ("campaign", "his_campaign")]
        {
            assert_eq!(read(kind, word)["owner"], Json::Null, "{}, {word}", backend.name);
        }
        // What is finished stays as it was.
        assert_eq!(read("ticket", "solved")["assignee"], ken, "{}", backend.name);
        assert_eq!(read("task", "his_task")["assignee"], ken, "{}", backend.name);
        // One unit: the user, and each of the seven records.
        assert_eq!(office.head(), head + 8, "{}", backend.name);
        let history = office.run("lead.history", json!({"lead": office.id("his_lead")}));
        let last = history["items"].as_array().unwrap().last().unwrap();
        assert_eq!(last["command"], "user.deactivate", "{}", backend.name);
        assert!(last["changes"]["assignee.user"].is_array(), "{}: {last}", backend.name);
    }
}

#[test]
fn work_is_reassigned_to_somebody_who_can_do_it() {
    for backend in backends::all() {
        let mut office = Office::found(backend.store);
        ken_at_work(&mut office);
        let head = office.head();
        let leave = |office: &Office, to: Json| {
            let arguments = json!({"user": office.id("user"), "on_open_work": {"reassign": to}});
            office.run_as("admin", "user.deactivate", arguments)
        };
        for (to, code) in [
            (json!({"user": office.id("user")}), "assignee.inactive"),
            (json!({"user": office.id("deactivated")}), "assignee.inactive"),
            (json!({"user": uuid::Uuid::from_u128(404)}), "record.not_found"),
            (json!({"group": office.id("group")}), "assignee.must_be_user"),
        ] {
            assert_eq!(leave(&office, to.clone()).unwrap_err().code(), code, "{}: {to}", backend.name);
        }
        assert_eq!(office.head(), head, "{}", backend.name);
        let colleague = json!({"user": office.id("colleague")});
        leave(&office, colleague.clone()).unwrap();
        let read = |kind: &str, word: &str| office.run(&format!("{kind}.get"), json!({kind: office.id(word)}));
        assert_eq!(read("ticket", "queued")["assignee"], colleague, "{}", backend.name);
        assert_eq!(read("account", "his_account")["owner"], colleague, "{}", backend.name);
        assert_eq!(read("deal", "his_deal")["owner"], colleague["user"], "{}", backend.name);
    }
}

#[test]
fn the_last_member_of_a_group_hands_over_its_work() {
    for backend in backends::all() {
        let mut office = Office::found(backend.store);
        let sales = json!({"group": office.id("sales")});
        office.make("waiting", "lead.create", json!({"email": "waits@private.example"}));
        office.run("lead.assign", json!({"lead": office.id("waiting"), "assignee": sales}));
        let remove = |office: &Office, on: Json| {
            let mut arguments = json!({"group": office.id("sales"), "user": office.id("colleague")});
            if !on.is_null() {
                arguments["on_open_work"] = on;
            }
            office.run_as("admin", "group.remove_member", arguments)
        };
        let error = remove(&office, Json::Null).unwrap_err();
        assert_eq!(error.code(), "assignee.open_work", "{}", backend.name);
        assert_eq!((&error.params()["assignee"], &error.params()["work"]), (&json!("group"), &json!(["1 lead"])));
        // Deactivating them would leave the group alone as well.
        let error = office.run_as("admin", "user.deactivate", json!({"user": office.id("colleague")})).unwrap_err();
        assert!(sorted(&error.params()["work"]).contains(&"1 lead"), "{}: {error:?}", backend.name);
        remove(&office, json!({"reassign": {"group": office.id("group")}})).unwrap();
        let lead = office.run("lead.get", json!({"lead": office.id("waiting")}));
        assert_eq!(lead["assignee"], json!({"group": office.id("group")}), "{}", backend.name);
        // Of a group with another member everybody but the last goes freely.
        office.run("group.remove_member", json!({"group": office.id("group"), "user": office.id("user")}));
    }
}

#[test]
fn what_the_actor_may_not_see_is_counted_as_others_and_stays() {
    let mut office = Office::found_with(backends::memory().store, nexa_core::builder().policy(AgentsAdminister));
    ken_at_work(&mut office);
    let head = office.head();
    for on in [json!("refuse"), json!("release"), json!({"reassign": {"user": office.id("agent")}})] {
        let arguments = json!({"user": office.id("user"), "on_open_work": on});
        let error = office.run_as("agent", "user.deactivate", arguments).unwrap_err();
        assert_eq!(error.code(), "assignee.open_work");
        let work = sorted(&error.params()["work"]);
        assert!(work.contains(&"2 others") && !work.iter().any(|part| part.contains("ticket")), "{work:?}");
    }
    assert_eq!(office.head(), head);
}

#[test]
fn the_last_admin_does_not_leave_whatever_happens_to_their_work() {
    let office = Office::found(backends::memory().store);
    let arguments = json!({"user": office.id("admin"), "on_open_work": "release"});
    assert_eq!(office.run_as("admin", "user.deactivate", arguments).unwrap_err().code(), "user.last_admin");
}
