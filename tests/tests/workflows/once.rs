//! Each occurrence begins one run, and each step is done once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use async_trait::async_trait;
use nexa_crm::{
    Envelope, Request, Result,
    kernel::{
        error::codes,
        record::RecordDef,
        store::{ReadRequest, Store, Work, WriteRequest},
    },
};
use uuid::Uuid;

use super::*;

#[test]
fn what_happens_begins_one_run_whose_steps_are_in_the_ledger_as_their_commands() {
    everywhere(|name, office| {
        let steps = json!([
            {"id": "call", "do": {"command": "task.create", "with": {
                "title": "Call {{ record.last_name }}", "due_at": "{{ now + PT24H }}", "assignee": "{{ record.assignee }}",
                "about": {"kind": "lead", "id": "{{ record.id }}"}}}},
            {"id": "again", "do": {"command": "task.update", "with": {
                "task": "{{ steps.call.id }}", "description": "Of {{ steps.call.title }}"}}}
        ]);
        let runs_as = office.id("colleague");
        let workflow = enabled(&office, "Call", json!({"trigger": new_leads(), "steps": steps, "runs_as": runs_as}));
        let fields = json!({"last_name": "Doe", "assignee": {"user": office.id("user")}});
        let lead = lead(&office, 1, fields);
        assert_eq!(titles(&office), [] as [&str; 0], "{name}: nothing happens by itself");
        tick(&office);
        let tasks = found(&office, "task", &all());
        assert_eq!(tasks.len(), 1, "{name}");
        assert_eq!(tasks[0]["title"], "Call Doe", "{name}");
        assert_eq!(tasks[0]["description"], "Of Call Doe", "{name}");
        assert_eq!(tasks[0]["due_at"], "2025-11-18T09:00:00.000000Z", "{name}");
        assert_eq!(tasks[0]["assignee"], json!({"user": office.id("user")}), "{name}");
        assert_eq!(tasks[0]["about"]["id"], lead, "{name}");
        let cause = Some(format!("workflow:{}@1", workflow.as_str().unwrap()));
        let as_whom = format!("user:{runs_as}");
        let expected =
            ["task.create", "task.update"].map(|command| (as_whom.clone(), command.to_owned(), cause.clone()));
        assert_eq!(events(&office, "task"), expected, "{name}");
        let runs = runs(&office, &workflow);
        assert_eq!((runs.len(), &runs[0]["state"]), (1, &json!("done")), "{name}: {runs:?}");
        let done = |step: &str| (step.to_owned(), "done".to_owned());
        assert_eq!(log(&office, &runs[0]), [done("call"), done("again")], "{name}");
        let head = office.head();
        tick(&office);
        assert_eq!(office.head(), head, "{name}: nothing is done twice");
        let denied = office.run_as("agent", "workflow_run.count", json!({})).unwrap_err();
        assert_eq!(denied.code(), "access.denied", "{name}: runs are for admins");
        let forged = Envelope { cause, ..Envelope::default() };
        let forged = block_on(office.session("admin").execute("task.create", json!({"title": "Mine"}), forged));
        assert_eq!(forged.unwrap_err().code(), "cause.reserved", "{name}");
        office.run("ledger.verify", json!({"rows": true}));
    });
}

#[test]
fn two_ticks_at_once_begin_each_run_once_and_do_each_step_once() {
    everywhere(|name, office| {
        let steps = json!([task("one", "one {{ record.last_name }}"), task("two", "two {{ record.last_name }}")]);
        let workflow = enabled(&office, "Both", json!({"trigger": new_leads(), "steps": steps}));
        for number in 0..40 {
            lead(&office, number, json!({"last_name": format!("{number:02}")}));
        }
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| tick(&office));
            }
        });
        tick(&office);
        let expected: Vec<String> =
            ["one", "two"].iter().flat_map(|word| (0..40).map(move |number| format!("{word} {number:02}"))).collect();
        assert_eq!(titles(&office), expected, "{name}");
        let runs = runs(&office, &workflow);
        assert_eq!(runs.len(), 40, "{name}");
        assert!(runs.iter().all(|run| run["state"] == "done"), "{name}");
    });
}

/// A storage that loses every third unit that may write, before or after it was written: what a killed process leaves.
struct Killed {
    store: Arc<dyn Store>,
    writes: AtomicUsize,
}

#[async_trait]
impl Store for Killed {
    async fn migrate(&self, defs: &[&'static RecordDef]) -> Result<()> {
        self.store.migrate(defs).await
    }
    async fn write(&self, request: WriteRequest, work: Arc<dyn Work>) -> Result<()> {
        let killed = || codes::STORE_FAILED.with("problem", "killed");
        match self.writes.fetch_add(1, Ordering::SeqCst) % 5 {
            1 => Err(killed()),
            3 => self.store.write(request, work).await.and_then(|()| Err(killed())),
            _ => self.store.write(request, work).await,
        }
    }
    async fn read(&self, request: ReadRequest, work: Arc<dyn Work>) -> Result<()> {
        self.store.read(request, work).await
    }
    async fn drop_org(&self, org: Uuid) -> Result<()> {
        self.store.drop_org(org).await
    }
}

#[test]
fn killed_between_and_within_units_each_step_is_done_once() {
    everywhere_killed(|name, office, crm| {
        let steps = json!([task("one", "one {{ record.last_name }}"), task("two", "two {{ record.last_name }}")]);
        let workflow = enabled(&office, "Both", json!({"trigger": new_leads(), "steps": steps}));
        for number in 0..12 {
            lead(&office, number, json!({"last_name": format!("{number:02}")}));
        }
        for _ in 0..400 {
            // Whoever ticks is killed and comes again.
            if block_on(crm.tick(office.org, 3)).is_ok_and(|ticked| ticked.done == 0) {
                break;
            }
        }
        let expected: Vec<String> =
            ["one", "two"].iter().flat_map(|word| (0..12).map(move |number| format!("{word} {number:02}"))).collect();
        assert_eq!(titles(&office), expected, "{name}");
        assert_eq!(runs(&office, &workflow).len(), 12, "{name}");
    });
}

fn everywhere_killed(test: impl Fn(&str, Office, nexa_crm::Crm)) {
    for backend in backends::all() {
        let office = Office::staffed(backend.store.clone(), nexa_core::builder());
        let killed = Arc::new(Killed { store: backend.store.clone(), writes: AtomicUsize::new(0) });
        let crm = office.crm.on(killed);
        test(backend.name, office, crm);
    }
}

#[test]
fn what_one_unit_does_to_a_record_happened_once() {
    everywhere(|name, office| {
        let changed =
            json!({"event": {"kind": "lead", "verb": "updated", "change": {"changed": "title"}, "on_import": "run"}});
        let steps = json!([task("one", "{{ before.title }} to {{ record.title }}")]);
        let workflow = enabled(&office, "Title", json!({"trigger": changed, "steps": steps}));
        let lead = lead(&office, 1, json!({"title": "Clerk"}));
        let update =
            |title: &str| Request { run: "lead.update".to_owned(), with: json!({"lead": lead, "title": title}) };
        // A question between them writes the first one.
        let find = Request { run: "lead.find".to_owned(), with: json!({}) };
        block_on(office.session("admin").batch(vec![update("Head"), find, update("Director")], Envelope::default()))
            .unwrap();
        office.run("lead.update", json!({"lead": lead, "last_name": "Doe"}));
        tick(&office);
        assert_eq!(titles(&office), ["Clerk to Director"], "{name}");
        assert_eq!(runs(&office, &workflow).len(), 1, "{name}");
        let cause = format!("workflow:{}@1", workflow.as_str().unwrap());
        office.run("ledger.undo", json!({"cause": cause}));
        assert_eq!(titles(&office).len(), 0, "{name}: what it did is taken back by its cause");
        let updated = office.run("lead.history", json!({"lead": lead}))["items"][1]["unit"].clone();
        office.run("ledger.undo", json!({"unit": updated}));
        tick(&office);
        assert_eq!(runs(&office, &workflow).len(), 1, "{name}: what is taken back begins nothing");
    });
}

#[test]
fn what_happened_before_it_was_enabled_and_what_is_taken_back_begins_nothing() {
    everywhere(|name, office| {
        let workflow = published(&office, "New", json!({"trigger": new_leads(), "steps": [task("one", "one")]}));
        lead(&office, 1, json!({}));
        office.run("workflow.enable", json!({"workflow": workflow}));
        tick(&office);
        assert_eq!(runs(&office, &workflow).len(), 0, "{name}: before");
        let second = lead(&office, 2, json!({}));
        office.run("lead.trash", json!({"lead": second}));
        tick(&office);
        assert_eq!(runs(&office, &workflow).len(), 0, "{name}: gone before it began");
        office.run("workflow.disable", json!({"workflow": workflow}));
        lead(&office, 3, json!({}));
        office.run("workflow.enable", json!({"workflow": workflow}));
        tick(&office);
        assert_eq!(runs(&office, &workflow).len(), 0, "{name}: while it was disabled");
        lead(&office, 4, json!({}));
        tick(&office);
        assert_eq!(runs(&office, &workflow).len(), 1, "{name}");
    });
}

#[test]
fn an_import_begins_runs_only_where_the_trigger_says_so() {
    everywhere(|name, office| {
        let mut trigger = new_leads();
        let run = enabled(&office, "Run", json!({"trigger": trigger, "steps": [task("one", "one")]}));
        trigger["event"]["on_import"] = json!("ignore");
        let ignore = enabled(&office, "Ignore", json!({"trigger": trigger, "steps": [task("one", "two")]}));
        let rows: Vec<Json> = (0..3).map(|number| json!({"email": format!("{number}@import.example")})).collect();
        office.run("lead.import_rows", json!({"rows": rows}));
        tick(&office);
        assert_eq!((runs(&office, &run).len(), runs(&office, &ignore).len()), (3, 0), "{name}");
    });
}
