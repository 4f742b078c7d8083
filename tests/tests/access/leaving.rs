//! Who leaves hands over their open work: it is named, goes back to its queue, or to somebody else.

use nexa_crm::{Access, Action, Actor, Policy, kernel::record::RecordDef, service::DefaultPolicy};
use nexa_tests::{backends, company::Company};
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
fn ken_at_work(company: &mut Company) -> Json {
    let user = json!({"user": company.id("user")});
    let group = json!({"group": company.id("group")});
    let assign = |company: &Company, kind: &str, word: &str, to: &Json| {
        company.run(&format!("{kind}.assign"), json!({kind: company.id(word), "assignee": to}));
    };
    for (word, to) in [("queued", &group), ("own", &user), ("solved", &user)] {
        company.make(word, "ticket.create", json!({"subject": format!("It is {word}")}));
        assign(company, "ticket", word, to);
    }
    company.run_as("user", "ticket.claim", json!({"ticket": company.id("queued")})).unwrap();
    company.run("ticket.resolve", json!({"ticket": company.id("solved")}));
    company.make("his_lead", "lead.create", json!({"email": "his@private.example"}));
    assign(company, "lead", "his_lead", &user);
    company.make("his_task", "task.create", json!({"title": "Done", "assignee": user}));
    company.run("task.complete", json!({"task": company.id("his_task")}));
    company.make("his_deal", "deal.create", json!({"name": "Plan", "owner": company.id("user")}));
    company.make("his_account", "account.create", json!({"name": "Umbrella", "owner": user}));
    company.make("his_contact", "contact.create", json!({"email": "jill@private.example", "owner": user}));
    company.make("his_campaign", "campaign.create", json!({"name": "Fair", "type": "webinar", "owner": user}));
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
        let mut company = Company::found(backend.store);
        ken_at_work(&mut company);
        let head = company.head();
        let error = company.run_as("admin", "user.deactivate", json!({"user": company.id("user")})).unwrap_err();
        assert_eq!(error.code(), "assignee.open_work", "{}", backend.name);
        assert_eq!(sorted(&error.params()["work"]), HELD, "{}", backend.name);
        let refuse = json!({"user": company.id("user"), "on_open_work": "refuse"});
        assert_eq!(company.run_as("admin", "user.deactivate", refuse).unwrap_err().code(), "assignee.open_work");
        assert_eq!(company.head(), head, "{}", backend.name);
    }
}

#[test]
fn released_work_goes_back_to_its_group_or_to_nobody_with_its_history() {
    for backend in backends::all() {
        let mut company = Company::found(backend.store);
        let ken = ken_at_work(&mut company);
        let head = company.head();
        let left = company.run("user.deactivate", json!({"user": company.id("user"), "on_open_work": "release"}));
        assert_eq!(left["active"], false, "{}", backend.name);
        let read = |kind: &str, word: &str| company.run(&format!("{kind}.get"), json!({kind: company.id(word)}));
        let queued = read("ticket", "queued");
        assert_eq!(queued["assignee"], json!({"group": company.id("group")}), "{}", backend.name);
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
        assert_eq!(company.head(), head + 8, "{}", backend.name);
        let history = company.run("lead.history", json!({"lead": company.id("his_lead")}));
        let last = history["items"].as_array().unwrap().last().unwrap();
        assert_eq!(last["command"], "user.deactivate", "{}", backend.name);
        assert!(last["changes"]["assignee.user"].is_array(), "{}: {last}", backend.name);
    }
}

#[test]
fn work_is_reassigned_to_somebody_who_can_do_it() {
    for backend in backends::all() {
        let mut company = Company::found(backend.store);
        ken_at_work(&mut company);
        let head = company.head();
        let leave = |company: &Company, to: Json| {
            let arguments = json!({"user": company.id("user"), "on_open_work": {"reassign": to}});
            company.run_as("admin", "user.deactivate", arguments)
        };
        for (to, code) in [
            (json!({"user": company.id("user")}), "assignee.inactive"),
            (json!({"user": company.id("deactivated")}), "assignee.inactive"),
            (json!({"user": uuid::Uuid::from_u128(404)}), "record.not_found"),
            (json!({"group": company.id("group")}), "assignee.must_be_user"),
        ] {
            assert_eq!(leave(&company, to.clone()).unwrap_err().code(), code, "{}: {to}", backend.name);
        }
        assert_eq!(company.head(), head, "{}", backend.name);
        let colleague = json!({"user": company.id("colleague")});
        leave(&company, colleague.clone()).unwrap();
        let read = |kind: &str, word: &str| company.run(&format!("{kind}.get"), json!({kind: company.id(word)}));
        assert_eq!(read("ticket", "queued")["assignee"], colleague, "{}", backend.name);
        assert_eq!(read("account", "his_account")["owner"], colleague, "{}", backend.name);
        assert_eq!(read("deal", "his_deal")["owner"], colleague["user"], "{}", backend.name);
    }
}

#[test]
fn the_last_member_of_a_group_hands_over_its_work() {
    for backend in backends::all() {
        let mut company = Company::found(backend.store);
        let sales = json!({"group": company.id("sales")});
        company.make("waiting", "lead.create", json!({"email": "waits@private.example"}));
        company.run("lead.assign", json!({"lead": company.id("waiting"), "assignee": sales}));
        let remove = |company: &Company, on: Json| {
            let mut arguments = json!({"group": company.id("sales"), "user": company.id("colleague")});
            if !on.is_null() {
                arguments["on_open_work"] = on;
            }
            company.run_as("admin", "group.remove_member", arguments)
        };
        let error = remove(&company, Json::Null).unwrap_err();
        assert_eq!(error.code(), "assignee.open_work", "{}", backend.name);
        assert_eq!((&error.params()["assignee"], &error.params()["work"]), (&json!("group"), &json!(["1 lead"])));
        // Deactivating them would leave the group alone as well.
        let error = company.run_as("admin", "user.deactivate", json!({"user": company.id("colleague")})).unwrap_err();
        assert!(sorted(&error.params()["work"]).contains(&"1 lead"), "{}: {error:?}", backend.name);
        remove(&company, json!({"reassign": {"group": company.id("group")}})).unwrap();
        let lead = company.run("lead.get", json!({"lead": company.id("waiting")}));
        assert_eq!(lead["assignee"], json!({"group": company.id("group")}), "{}", backend.name);
        // Of a group with another member everybody but the last goes freely.
        company.run("group.remove_member", json!({"group": company.id("group"), "user": company.id("user")}));
    }
}

#[test]
fn what_the_actor_may_not_see_is_counted_as_others_and_stays() {
    let mut company = Company::found_with(backends::memory().store, nexa_core::builder().policy(AgentsAdminister));
    ken_at_work(&mut company);
    let head = company.head();
    for on in [json!("refuse"), json!("release"), json!({"reassign": {"user": company.id("agent")}})] {
        let arguments = json!({"user": company.id("user"), "on_open_work": on});
        let error = company.run_as("agent", "user.deactivate", arguments).unwrap_err();
        assert_eq!(error.code(), "assignee.open_work");
        let work = sorted(&error.params()["work"]);
        assert!(work.contains(&"2 others") && !work.iter().any(|part| part.contains("ticket")), "{work:?}");
    }
    assert_eq!(company.head(), head);
}

#[test]
fn the_last_admin_does_not_leave_whatever_happens_to_their_work() {
    let company = Company::found(backends::memory().store);
    let arguments = json!({"user": company.id("admin"), "on_open_work": "release"});
    assert_eq!(company.run_as("admin", "user.deactivate", arguments).unwrap_err().code(), "user.last_admin");
}
