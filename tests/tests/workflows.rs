//! Workflows, on every backend: what begins them, what their steps do, and that each is done once, whatever happens.

mod checks;
mod loops;
mod moments;
mod once;
mod shipped;
mod steps;

use nexa_crm::{FeedItem, kernel::Ticked, testing::Office};
use nexa_tests::backends;
use pollster::block_on;
use serde_json::{Value as Json, json};

/// A tenant with its team on every backend.
fn everywhere(test: impl Fn(&str, Office)) {
    for backend in backends::all() {
        test(backend.name, Office::staffed(backend.store.clone(), nexa_core::builder()));
    }
}

/// A workflow of these fields, published and enabled.
fn enabled(office: &Office, name: &str, fields: Json) -> Json {
    let workflow = published(office, name, fields);
    office.run("workflow.enable", json!({"workflow": workflow}));
    workflow
}

/// A workflow of these fields, published.
fn published(office: &Office, name: &str, mut fields: Json) -> Json {
    fields["name"] = json!(name);
    let workflow = office.run("workflow.create", fields)["id"].clone();
    office.run("workflow.publish", json!({"workflow": workflow}));
    workflow
}

/// Ticks until nothing is due any more.
fn tick(office: &Office) {
    for _ in 0..200 {
        let Ticked { done, .. } = block_on(office.crm.tick(office.org, 1_000)).unwrap();
        if done == 0 {
            return;
        }
    }
    panic!("it never ends");
}

/// Records of a kind by a filter, the oldest first.
fn found(office: &Office, kind: &str, filter: &Json) -> Vec<Json> {
    let find = json!({"filter": filter, "sort": ["created_at"], "limit": 1_000});
    office.run_as("system", &format!("{kind}.find"), find).unwrap()["items"].as_array().unwrap().clone()
}

/// The runs of a workflow, the oldest first, and of one moment those first that started others.
fn runs(office: &Office, workflow: &Json) -> Vec<Json> {
    let mut runs = found(office, "workflow_run", &json!({"field": "workflow", "op": "eq", "value": workflow}));
    runs.sort_by_key(|run| (run["created_at"].as_str().map(str::to_owned), run["depth"].as_i64()));
    runs
}

/// The log of a run: each step with what came of it.
fn log(office: &Office, run: &Json) -> Vec<(String, String)> {
    let mut lines = found(office, "workflow_step_run", &json!({"field": "run", "op": "eq", "value": run["id"]}));
    lines.sort_by_key(|line| line["number"].as_i64());
    let text = |line: &Json, field: &str| line[field].as_str().unwrap_or_default().to_owned();
    lines.iter().map(|line| (text(line, "step"), text(line, "state"))).collect()
}

fn all() -> Json {
    json!({"and": []})
}

/// The titles of all tasks, sorted.
fn titles(office: &Office) -> Vec<String> {
    let mut titles: Vec<String> =
        found(office, "task", &all()).iter().map(|task| task["title"].as_str().unwrap().to_owned()).collect();
    titles.sort();
    titles
}

/// A step that makes a task of this title.
fn task(id: &str, title: &str) -> Json {
    json!({"id": id, "do": {"command": "task.create", "with": {"title": title}}})
}

/// What begins with new leads.
fn new_leads() -> Json {
    json!({"event": {"kind": "lead", "verb": "created", "on_import": "run"}})
}

fn lead(office: &Office, number: usize, mut fields: Json) -> Json {
    fields["email"] = json!(format!("{number:03}@private.example"));
    office.run("lead.create", fields)["id"].clone()
}

/// The events of a kind: who did them, by which command, for which cause.
fn events(office: &Office, kind: &str) -> Vec<(String, String, Option<String>)> {
    let items = office.events().into_iter().filter_map(|item| match item {
        FeedItem::Changed(change) if change.kind == kind => {
            Some((change.actor.to_string(), change.command.clone(), change.cause.clone()))
        }
        _ => None,
    });
    items.collect()
}

fn refused(office: &Office, operation: &str, with: Json) -> String {
    let head = office.head();
    let error = office.run_as("admin", operation, with).unwrap_err();
    assert_eq!(office.head(), head, "{operation} was refused and left an event");
    error.code().to_owned()
}
