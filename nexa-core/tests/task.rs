//! Tasks, through the public API.

use crate::desk::*;
use nexa_core::{
    About, Assignee, Create, Envelope, Filter, Find, Op, Timestamp, Update,
    people::{
        assignment::{Assign, Claim, Release},
        user::Deactivate,
    },
    productivity::{
        Task, TaskPriority, TaskStatus,
        task::{Cancel, Complete, Reopen, Start},
    },
    sales::Contact,
    service::Ticket,
    testing::block_on,
};
use serde_json::json;

fn task(desk: &Desk) -> Task {
    run(&desk.maria, Create::<Task>::new().set(Task::TITLE, "Call hot webinar lead")).unwrap()
}

#[test]
fn a_task_is_done_by_somebody() {
    let desk = desk();
    let task = task(&desk);
    assert_eq!((task.status, task.priority, task.assignee), (TaskStatus::Todo, TaskPriority::Medium, None));
    assert_eq!(run(&desk.alex, Start { task: task.id.into() }).unwrap().status, TaskStatus::InProgress);
    let done = run(&desk.alex, Complete::of(task.id)).unwrap();
    let at = Timestamp::parse("2025-11-17T09:00:00Z");
    assert_eq!((done.status, done.completed_at, done.completed_by), (TaskStatus::Done, at, Some(id(&desk.alex))));
    let reopened = run(&desk.alex, Reopen { task: task.id.into() }).unwrap();
    assert_eq!((reopened.status, reopened.completed_at, reopened.completed_by), (TaskStatus::Todo, None, None));
    assert_eq!(run(&desk.alex, Cancel { task: task.id.into() }).unwrap().status, TaskStatus::Cancelled);
}

#[test]
fn every_transition_is_explained_as_it_runs() {
    let desk = desk();
    let steps =
        ["task.start", "task.complete", "task.cancel", "task.reopen", "task.claim", "task.assign", "task.release"];
    for way in [vec![], vec!["task.start"], vec!["task.complete"], vec!["task.cancel"]] {
        for assigned in [false, true] {
            let task = task(&desk);
            if assigned {
                run(&desk.alex, Claim::<Task>::of(task.id)).unwrap();
            }
            for step in &way {
                call(&desk.alex, step, json!({"task": task.id})).unwrap();
            }
            let finished = way.iter().any(|step| *step != "task.start");
            let permissions = block_on(desk.alex.explain::<Task>(task.id)).unwrap();
            for step in steps {
                let mut with = json!({"task": task.id});
                if step == "task.assign" {
                    with["assignee"] = json!({"user": id(&desk.nina)});
                }
                let ran = block_on(desk.alex.execute(step, with, Envelope::dry()));
                let said = permissions.iter().find(|permission| permission.operation == step).unwrap();
                let met = ran.as_ref().err().map(|error| error.code());
                assert_eq!(said.refusal.as_ref().map(|error| error.code()), met, "{step} after {way:?}");
                let expected = match step {
                    "task.reopen" => (!finished).then_some("task.not_finished"),
                    _ if finished => Some("task.finished"),
                    "task.release" => (!assigned).then_some("assignee.none"),
                    _ => None,
                };
                assert_eq!(met, expected, "{step} after {way:?}, assigned: {assigned}");
            }
        }
    }
}

#[test]
fn a_task_changes_hands_like_a_ticket() {
    let desk = desk();
    let group = Assignee::group(desk.support);
    let create = Create::<Task>::new().set(Task::TITLE, "Call back").set(Task::ASSIGNEE, group);
    let task = run(&desk.lisa, create).unwrap();
    assert_eq!(task.assignee, Some(group));
    let claimed = run(&desk.nina, Claim::<Task>::of(task.id)).unwrap();
    assert_eq!((claimed.assignee, claimed.via_group), (Some(to(&desk.nina)), Some(desk.support)));
    assert_eq!(code(run(&desk.alex, Claim::<Task>::of(task.id))), "assignee.taken");
    assert_eq!(run(&desk.nina, Release::<Task>::of(task.id)).unwrap().assignee, Some(group));
    run(&desk.nina, Claim::<Task>::of(task.id)).unwrap();
    // Giving it to somebody by name forgets the group, on either way.
    let given = run(&desk.lisa, Update::of(task.id).set(Task::ASSIGNEE, to(&desk.maria))).unwrap();
    assert_eq!((given.assignee, given.via_group), (Some(to(&desk.maria)), None));
    let given = run(&desk.lisa, Assign::<Task>::to(task.id, to(&desk.alex))).unwrap();
    assert_eq!((given.assignee, given.via_group), (Some(to(&desk.alex)), None));
    let mine = Filter::compare("assignee.user", Op::Eq, id(&desk.alex));
    assert_eq!(block_on(desk.alex.count::<Task>(mine)).unwrap(), 1);
}

#[test]
fn nobody_who_cannot_work_is_given_a_task() {
    let desk = desk();
    let empty = group(&desk.lisa, "Nobody", &[]);
    run(&desk.lisa, Deactivate::of(id(&desk.nina))).unwrap();
    let existing = task(&desk);
    for assignee in [to(&desk.nina), Assignee::group(empty)] {
        let create = Create::<Task>::new().set(Task::TITLE, "x").set(Task::ASSIGNEE, assignee);
        assert_eq!(code(run(&desk.lisa, create)), "assignee.inactive");
        let update = Update::of(existing.id).set(Task::ASSIGNEE, assignee);
        assert_eq!(code(run(&desk.lisa, update)), "assignee.inactive");
        assert_eq!(code(run(&desk.lisa, Assign::<Task>::to(existing.id, assignee))), "assignee.inactive");
    }
}

#[test]
fn what_a_task_is_about_is_there_and_seen() {
    let desk = desk();
    let sarah = run(&desk.maria, Create::<Contact>::new().set(Contact::LAST_NAME, "Johnson")).unwrap();
    let about = |about: About| Create::<Task>::new().set(Task::TITLE, "Call back").set(Task::ABOUT, about);
    let made = run(&desk.maria, about(About::from(&sarah))).unwrap();
    let filter = Filter::compare("about.id", Op::Eq, sarah.id);
    assert_eq!(block_on(desk.maria.find(Find::<Task>::new().filter(filter))).unwrap().items, [made]);

    let hidden = ticket(&desk.lisa, "Of Lisa");
    run(&desk.lisa, Assign::<Ticket>::to(hidden.id, to(&desk.lisa))).unwrap();
    let counter = About::record("counter", hidden.id);
    let unknown = About::record("contact", uuid::Uuid::from_u128(7));
    let no_kind = About::record("spaceship", sarah.id);
    for broken in [About::from(&hidden), counter, unknown, no_kind] {
        assert_eq!(code(run(&desk.maria, about(broken.clone()))), "reference.broken", "{broken}");
    }
    let host: About = serde_json::from_value(json!({"host": {"kind": "invoice", "id": "4711"}})).unwrap();
    assert_eq!(run(&desk.maria, about(host.clone())).unwrap().about, Some(host));

    // What was hidden afterwards does not keep the rest from being edited.
    let theirs = ticket(&desk.maria, "Of nobody");
    let task = run(&desk.maria, about(About::from(&theirs))).unwrap();
    run(&desk.alex, Claim::<Ticket>::of(theirs.id)).unwrap();
    let edited = run(&desk.maria, Update::of(task.id).set(Task::TITLE, "Call Alex")).unwrap();
    assert_eq!(edited.about, Some(About::from(&theirs)));
}

#[test]
fn what_a_task_is_about_follows_a_merge() {
    let desk = desk();
    let contact = |name: &str| run(&desk.lisa, Create::<Contact>::new().set(Contact::LAST_NAME, name)).unwrap();
    let (kept, gone) = (contact("Johnson"), contact("Jonson"));
    let create = |title: &str| Create::<Task>::new().set(Task::TITLE, title).set(Task::ABOUT, About::from(&gone));
    let before = run(&desk.lisa, create("Before")).unwrap();
    call(&desk.lisa, "contact.merge", json!({"contact": kept.id, "other": gone.id})).unwrap();
    let after = run(&desk.lisa, create("After")).unwrap();
    assert_eq!(after.about, Some(About::from(&kept)));
    assert_eq!(block_on(desk.lisa.get::<Task>(before.id)).unwrap().about, Some(About::from(&kept)));
}

#[test]
fn a_moment_or_a_day() {
    let desk = desk();
    let both = json!({"title": "x", "due_at": "2025-11-18T09:00:00Z", "due_date": "2025-11-18"});
    assert_eq!(code(call(&desk.maria, "task.create", both)), "task.due_twice");
    let made = call(&desk.maria, "task.create", json!({"title": "x", "due_date": "2025-11-18"})).unwrap();
    let moved = json!({"task": made["id"], "due_at": "2025-11-18T09:00:00Z"});
    assert_eq!(code(call(&desk.maria, "task.update", moved.clone())), "task.due_twice");
    let mut moved = moved;
    moved["due_date"] = json!(null);
    assert_eq!(call(&desk.maria, "task.update", moved).unwrap()["due_date"], json!(null));
}
