//! A host's own record, command and rule go through the same door.

use nexa_core::{
    Actor, Apply, Body, Case, Code, Entity, Envelope, Id, Moment, Op, Record, Ref, Result, Rule, Timestamp, command,
    sales::{Deal, Lead},
    testing::Office,
};
use nexa_crm::{CrmBuilder, FeedItem, Filter};
use nexa_tests::backends::{self, Backend};
use pollster::block_on;
use serde::{Deserialize, Serialize};
use serde_json::json;

const CALLED_OFF: Code = Code::rule("host.visit_called_off", "The visit was called off; plan a new one.");
const NOTE_MISSING: Code = Code::rule("host.note_missing", "Say in the description why the deal was won, then win it.");

/// A record of the host: a visit to a lead.
#[derive(Record, Clone, Debug, Default, Serialize, Deserialize)]
#[record(kind = "visit", table = "visits", access = work, search(purpose = 1), index("lead"))]
struct Visit {
    id: Id<Visit>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    deleted_at: Option<Timestamp>,
    /// Whom to visit.
    #[record(editable, on_trash = keep)]
    lead: Id<Lead>,
    /// What the visit is for.
    #[record(editable)]
    purpose: Body,
    called_off: bool,
}

impl Entity for Visit {
    const ERRORS: &'static [Code] = &[CALLED_OFF];
    fn may_edit(&self, _: &Actor) -> Result<()> {
        if self.called_off { Err(CALLED_OFF.error()) } else { Ok(()) }
    }
}

/// Calls a visit off.
#[command("call_off", on = Visit, guard_for = Visit::may_edit, errors(CALLED_OFF))]
struct CallOff {
    visit: Ref<Visit>,
}

impl Apply for CallOff {
    fn apply(&self, visit: &mut Visit, _: &Moment<'_>) -> Result<()> {
        visit.called_off = true;
        Ok(())
    }
}

/// No deal is won without a word.
struct Note;

impl Rule for Note {
    fn guard(&self, case: &Case<'_>) -> Result<()> {
        // The deal as it would become; `explain` asks before anything would.
        match case.after::<Deal>().or_else(|| case.before()) {
            Some(deal) if case.operation == "deal.win" && deal.description.is_none() => Err(NOTE_MISSING.error()),
            _ => Ok(()),
        }
    }
}

fn builder() -> CrmBuilder {
    nexa_core::builder().entity::<Visit>().command::<CallOff>().rule(Note)
}

fn everywhere(test: impl Fn(&str, Office, &Backend)) {
    for backend in backends::all() {
        test(backend.name, Office::found_with(backend.store.clone(), builder()), &backend);
    }
}

#[test]
fn its_record_is_like_ours() {
    everywhere(|name, office, _| {
        let lead = office.id("lead");
        office.run(
            "lead.update",
            json!({"lead": lead, "company": "Soylent",
            "external_keys": [{"system": "erp", "key": "7"}]}),
        );
        let fields = json!({"lead": {"system": "erp", "key": "7"}, "purpose": "Show the new line"});
        let visit = office.run_as("agent", "visit.create", fields).unwrap();
        assert_eq!(visit["lead"], json!(lead), "{name}");
        let id = visit["id"].clone();

        // Ours find it, it finds ours.
        let through = json!({"filter": {"field": "lead.company", "value": "Soylent"}, "with": ["lead"]});
        let page = office.run_as("agent", "visit.find", through).unwrap();
        assert_eq!(page["items"][0], visit, "{name}");
        assert_eq!(page["related"]["lead"][lead.to_string()]["company"], "Soylent", "{name}");
        assert_eq!(office.run("visit.search", json!({"text": "line"}))["items"][0]["id"], id, "{name}");
        assert_eq!(office.run("visit.count", json!({"filter": {"field": "called_off", "value": false}})), 1);
        let history = office.run("visit.history", json!({"visit": id}));
        assert_eq!(history["items"][0]["changes"]["purpose"], "Show the new line", "{name}");
        let is_visit = |item: &FeedItem| matches!(item, FeedItem::Changed(change) if change.kind == "visit");
        assert!(office.events().iter().any(is_visit), "{name}: the feed has it");
        assert_eq!(office.run_as("customer", "visit.get", json!({"visit": id})).unwrap_err().code(), "access.denied");
        assert_eq!(office.run_as("viewer", "visit.create", json!({})).unwrap_err().code(), "access.denied", "{name}");
        let nowhere = json!({"lead": uuid::Uuid::from_u128(5), "purpose": "Nobody"});
        assert_eq!(office.run_as("agent", "visit.create", nowhere).unwrap_err().code(), "reference.broken", "{name}");

        // Its command, with guard and event.
        office.run("visit.call_off", json!({"visit": id}));
        assert_eq!(office.run_as("admin", "visit.call_off", json!({"visit": id})).unwrap_err().code(), CALLED_OFF.code);
        let edit = json!({"visit": id, "purpose": "Try again"});
        assert_eq!(office.run_as("admin", "visit.update", edit).unwrap_err().code(), CALLED_OFF.code, "{name}");
        let explained =
            block_on(office.session("agent").explain::<Visit>(&serde_json::from_value::<Visit>(visit).unwrap()));
        let refusal = explained.unwrap().into_iter().find(|permission| permission.operation == "visit.call_off");
        assert!(refusal.unwrap().refusal.unwrap().is(&CALLED_OFF), "{name}");

        // A merge of leads takes it along.
        office.run("lead.merge", json!({"lead": office.id("other_lead"), "other": lead}));
        assert_eq!(office.run("visit.get", json!({"visit": id}))["lead"], json!(office.id("other_lead")), "{name}");
        office.run("visit.trash", json!({"visit": id}));
        office.run("visit.restore", json!({"visit": id}));
        office.run("ledger.verify", json!({}));
    });
}

#[test]
fn its_operations_stand_in_the_catalog() {
    let office = Office::empty(backends::memory().store, builder());
    let document = office.crm.catalog().document(office.crm.kinds());
    let call_off = &document["operations"]["visit.call_off"];
    assert_eq!(call_off["doc"], "Calls a visit off.");
    assert_eq!(call_off["errors"], json!(["host.visit_called_off"]));
    assert_eq!(document["codes"]["host.visit_called_off"]["kind"], "rule");
    assert_eq!(document["kinds"]["visit"]["relations"], json!([{"name": "lead", "kind": "lead"}]));
}

#[test]
fn its_table_is_a_real_one() {
    everywhere(|name, office, backend| {
        let fields = json!({"lead": office.id("lead"), "purpose": "Show the new line"});
        office.run("visit.create", fields);
        let Some(folder) = &backend.folder else { return };
        let file = rusqlite::Connection::open(folder.path().join("crm.db")).unwrap();
        let read =
            "SELECT v.purpose, l.email FROM nexa_visits v JOIN nexa_leads l ON l.org = v.org AND l.id = v.lead_id";
        let (purpose, email): (String, String) =
            file.query_row(read, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        assert_eq!((purpose.as_str(), email.as_str()), ("Show the new line", "lead@private.example"), "{name}");
    });
}

#[test]
fn its_rule_is_asked_after_ours_and_by_explain() {
    everywhere(|name, office, _| {
        let deal = office.id("deal");
        let win = || office.run_as("agent", "deal.win", json!({"deal": deal}));
        let explained = |word: &str| {
            let permissions =
                block_on(office.session("agent").explain(Ref::<Deal>::Id(Id::new(office.id(word))))).unwrap();
            let win = permissions.into_iter().find(|permission| permission.operation == "deal.win").unwrap();
            win.refusal.map(|refusal| refusal.code().to_owned())
        };
        let before = office.head();
        assert_eq!(win().unwrap_err().code(), NOTE_MISSING.code, "{name}");
        assert_eq!(explained("deal").as_deref(), Some(NOTE_MISSING.code), "{name}");
        // Ours comes first.
        assert_eq!(explained("lost_deal").as_deref(), Some("deal.closed"), "{name}");
        let batch = ["deal.update", "deal.win"]
            .map(|run| nexa_crm::Request { run: run.to_owned(), with: json!({"deal": deal}) });
        let refused = block_on(office.session("agent").batch(batch.into(), Envelope::default())).unwrap_err();
        assert_eq!((refused.code(), &refused.params()["position"]), (NOTE_MISSING.code, &json!(1)), "{name}");
        assert_eq!(office.head(), before, "{name}: a refusal left an event");
        office.run_as("agent", "deal.update", json!({"deal": deal, "description": "The best price"})).unwrap();
        assert_eq!(explained("deal"), None, "{name}");
        assert_eq!(win().unwrap()["status"], "won", "{name}");
    });
}

/// No address of this domain, wherever it comes from.
struct Blocked;

impl Rule for Blocked {
    fn guard(&self, case: &Case<'_>) -> Result<()> {
        const BLOCKED: Code = Code::rule("host.blocked", "Addresses of blocked.example are not taken; use another.");
        let email = case.after::<Lead>().and_then(|lead| lead.email);
        match email {
            Some(email) if email.ends_with("@blocked.example") => Err(BLOCKED.error()),
            _ => Ok(()),
        }
    }
}

#[test]
fn its_rule_is_asked_on_every_way_in() {
    for backend in backends::all() {
        let office = Office::found_with(backend.store, nexa_core::builder().rule(Blocked));
        let lead = office.id("lead");
        let email = "a@blocked.example";
        for (operation, arguments) in [
            ("lead.create", json!({"email": email})),
            ("lead.update", json!({"lead": lead, "email": email})),
            ("lead.upsert", json!({"match_on": "email", "email": email})),
        ] {
            let error = office.run_as("admin", operation, arguments).unwrap_err();
            assert_eq!(error.code(), "host.blocked", "{}, {operation}", backend.name);
        }
        // A row that the rule refuses is refused alone.
        let rows = json!({"rows": [{"email": email}, {"email": "b@example.com"}]});
        let report = office.run("lead.import_rows", rows);
        assert_eq!((&report["created"], &report["refused"]), (&json!(1), &json!(1)), "{}: {report}", backend.name);
        let blocked = Filter::compare("email", Op::Eq, email);
        assert_eq!(block_on(office.session("admin").count::<Lead>(blocked)).unwrap(), 0, "{}", backend.name);
    }
}

#[test]
fn what_does_not_fit_together_is_refused_when_it_is_built() {
    let refused = |builder: CrmBuilder| {
        let clock = nexa_crm::testing::ManualClock::default();
        let built = builder.clock(clock).ids(nexa_crm::testing::SeededIds::new(1)).build();
        let error = built.err().expect("it was built");
        assert_eq!(error.code(), "crm.unbuildable");
        error.message()
    };
    assert!(refused(nexa_core::builder()).contains("no store"));
    let twice = nexa_core::builder().store(backends::memory().store).command::<CallOff>().command::<CallOff>();
    assert!(refused(twice).contains("visit.call_off"));
    let alone = CrmBuilder::bare().store(backends::memory().store).entity::<Visit>();
    assert!(refused(alone).contains("lead"), "a relation to a kind that is not there");
}
