//! How many messages to PostgreSQL a group of commands waits for: few, and not more for more commands.

use std::{sync::Arc, thread, time::Duration};

use nexa_crm::{
    Create, Envelope, Id, Money, Request, Update,
    blocking::{self, Session},
    sales::{
        Contact, Lead,
        lead::{BantInput, Contacted, Convert, Qualify},
    },
    service::{Ticket, ticket},
    testing::Office,
};
use nexa_store_postgres::PostgresStore;
use nexa_tests::database::Database;
use serde_json::json;
use uuid::Uuid;

/// How often a conversion asks for something once it was answered: each level of loads is a message.
const LEVELS: u64 = 11;
/// What begins, writes and commits.
const FRAME: u64 = 3;
/// Who is alone reads first with the message that begins; who they are that read together is known after it.
const FIRST: u64 = 1;
/// How many commands share a commit.
const GROUP: usize = 64;

struct Desk {
    store: Arc<PostgresStore>,
    admin: Session,
    agent: Session,
    database: Database,
}

impl Desk {
    fn open() -> Self {
        let database = Database::fresh();
        let store = Arc::new(database.store());
        let office = Office::staffed(Arc::clone(&store) as _, nexa_crm::builder());
        let crm = blocking::Crm::new(office.crm.clone());
        let [admin, agent] = ["admin", "agent"].map(|word| crm.user(office.org, office.id(word)));
        Self { store, admin, agent, database }
    }

    fn trips(&self, work: impl FnOnce()) -> u64 {
        let before = self.store.round_trips();
        work();
        self.store.round_trips() - before
    }
}

/// Runs commands at once that wait for one another's tenant until all of them do, so that they are one group.
fn together(desk: &Desk, calls: Vec<Box<dyn FnOnce() + Send>>) -> u64 {
    let holder = nexa_tests::database::runtime();
    let mut db = holder.block_on(async {
        let options: sqlx::postgres::PgConnectOptions = desk.database.owner_url().parse().unwrap();
        sqlx::ConnectOptions::connect(&options).await.unwrap()
    });
    let hold = format!("BEGIN; SELECT 1 FROM nexa.ledger WHERE org = '{}' FOR UPDATE", desk.admin.org());
    holder.block_on(sqlx::raw_sql(sqlx::AssertSqlSafe(hold)).execute(&mut db)).unwrap();
    desk.trips(|| {
        let callers: Vec<_> = calls.into_iter().map(thread::spawn).collect();
        thread::sleep(Duration::from_millis(700));
        holder.block_on(sqlx::raw_sql("ROLLBACK").execute(&mut db)).unwrap();
        callers.into_iter().for_each(|caller| caller.join().unwrap());
    })
}

fn contacts(desk: &Desk, count: usize) -> Vec<Id<Contact>> {
    let contact = |number| Create::<Contact>::new().set(Contact::EMAIL, format!("c{number}@example.com"));
    (0..count).map(|number| desk.agent.run(contact(number)).unwrap().id).collect()
}

fn report(desk: &Desk, number: usize, contact: Id<Contact>) {
    let create = ticket::Create::new(format!("Printer {number} is on fire")).set(Ticket::CONTACT, contact);
    desk.agent.run(create).unwrap();
}

fn qualified(desk: &Desk, number: usize) -> Id<Lead> {
    let lead = Create::<Lead>::new().set(Lead::COMPANY, format!("Globex {number}"));
    let lead = desk.agent.run(lead.set(Lead::EMAIL, format!("l{number}@globex.example"))).unwrap().id;
    desk.agent.run(Contacted { lead: lead.into() }).unwrap();
    desk.agent.run(Qualify { lead: lead.into(), bant: Some(BantInput::all_met()) }).unwrap();
    lead
}

fn convert(desk: &Desk, lead: Id<Lead>) {
    desk.agent.run(Convert::of(lead).amount(Money::parse("50000.00 USD").unwrap())).unwrap();
}

/// The least that it takes: each connection is sent once what it does not know, and now and then plans anew.
fn least(desk: &Desk, mut work: impl FnMut(usize)) -> u64 {
    (0..8).map(|number| desk.trips(|| work(number))).min().unwrap()
}

#[test]
fn what_a_command_or_a_question_prefetches_comes_with_the_message_that_begins() {
    let desk = Desk::open();
    let contact = contacts(&desk, 1)[0];
    let leads: Vec<_> = (0..8).map(|number| qualified(&desk, number)).collect();
    assert_eq!(least(&desk, |number| report(&desk, number, contact)), 3, "a ticket: begin, write, commit");
    assert_eq!(
        least(&desk, |number| convert(&desk, leads[number])),
        5,
        "a conversion: what its lead leads to, and a pipeline"
    );
    let trial = || Envelope { dry_run: true, ..Envelope::default() };
    let create = || ticket::Create::new("Printer").set(Ticket::CONTACT, contact);
    let tried = least(&desk, |_| drop(desk.agent.run_with(trial(), create()).unwrap()));
    assert_eq!(tried, 3, "a ticket that is tried only: begin, write, check");
    assert_eq!(least(&desk, |_| drop(desk.agent.get(contact).unwrap())), 1, "a contact: begin");
}

#[test]
fn a_call_by_name_waits_for_no_more_messages_than_one_from_rust() {
    let desk = Desk::open();
    let contact = contacts(&desk, 1)[0];
    let leads: Vec<_> = (0..16).map(|number| qualified(&desk, number)).collect();
    let named = |operation: &str, with| drop(desk.agent.execute(operation, with, Envelope::default()).unwrap());
    let report_named = |number: usize| {
        named("ticket.create", json!({"subject": format!("Printer {number} is on fire"), "contact": contact}));
    };
    assert_eq!(least(&desk, |number| report(&desk, number, contact)), least(&desk, report_named), "a ticket");
    let convert_named = |number: usize| {
        let deal = json!({"amount": {"amount": "50000.00", "currency": "USD"}});
        named("lead.convert", json!({"lead": leads[8 + number], "deal": deal}));
    };
    assert_eq!(least(&desk, |number| convert(&desk, leads[number])), least(&desk, convert_named), "a conversion");
    let rename = |number: usize| Update::of(contact).set(Contact::FIRST_NAME, format!("Ada {number}"));
    let typed = least(&desk, |number| drop(desk.agent.run(rename(number)).unwrap()));
    let rename_named =
        |number: usize| named("contact.update", json!({"contact": contact, "first_name": format!("Eva {number}")}));
    assert_eq!(typed, least(&desk, rename_named), "a change of a contact");
    let typed = least(&desk, |_| drop(desk.agent.get(contact).unwrap()));
    assert_eq!(typed, least(&desk, |_| named("contact.get", json!({"contact": contact}))), "a contact");
    let titles = |number: usize| (0..20).map(move |task| json!({"title": format!("Task {number} {task}")}));
    let batch = |number: usize| {
        let requests = titles(number).map(|with| Request { run: "task.create".to_owned(), with }).collect();
        desk.agent.batch(requests, Envelope::default()).unwrap();
    };
    let updates = least(&desk, |number| {
        let with = json!({"contact": contact, "first_name": format!("Ida {number}")});
        let request = Request { run: "contact.update".to_owned(), with };
        desk.agent.batch(vec![request], Envelope::default()).unwrap();
    });
    assert_eq!(updates, least(&desk, rename_named), "a batch reads ahead as well");
    assert!(least(&desk, batch) <= 23, "each operation of a batch is written by itself");
}

#[test]
fn what_is_malformed_reaches_no_storage() {
    let desk = Desk::open();
    let contact = contacts(&desk, 1)[0];
    let refused = |operation: &str, with, code: &str| {
        let refusal = desk.agent.execute(operation, with, Envelope::default()).unwrap_err();
        assert_eq!(refusal.code(), code, "{operation}: {refusal}");
    };
    let trips = desk.trips(|| {
        refused("ticket.create", json!({"subject": 1}), "field.invalid");
        refused("ticket.create", json!({"subject": "x", "customer": {"nmae": "x"}}), "command.malformed");
        refused("contact.update", json!({"contact": contact, "shoe": 1}), "field.unknown");
        refused("contact.update", json!({"first_name": "x"}), "command.malformed");
        refused("lead.qualify", json!({"lead": contact, "bant": 7}), "command.malformed");
        refused("contact.find", json!({"limit": "many"}), "command.malformed");
        refused("contact.nap", json!({}), "operation.unknown");
        let request = |with| Request { run: "task.create".to_owned(), with };
        let batch = vec![request(json!({"title": "A"})), request(json!({"title": ["B"]}))];
        let refusal = desk.agent.batch(batch, Envelope::default()).unwrap_err();
        assert_eq!((refusal.code(), &refusal.params()["position"]), ("field.invalid", &json!(1)), "{refusal}");
        let mut fields = Create::<Contact>::new();
        fields.fields.put("email", json!("nobody at home"));
        assert_eq!(desk.agent.run(fields).unwrap_err().code(), "field.invalid");
    });
    assert_eq!(trips, 0);
}

#[test]
fn who_names_what_is_made_asks_once_whether_the_ids_are_free() {
    let desk = Arc::new(Desk::open());
    let contact = contacts(&desk, 1)[0];
    let generated = least(&desk, |number| report(&desk, number, contact));
    let mut id = 1_000_000;
    let alone = least(&desk, |_| {
        id += 1;
        let create = ticket::Create::new("Printer").id(Id::new(Uuid::from_u128(id)));
        desk.agent.run(create.set(Ticket::CONTACT, contact)).unwrap();
    });
    assert_eq!(alone, generated + 1, "a ticket with an id of the caller's");
    let batch = |ids: Vec<Option<u128>>| {
        let requests = ids.into_iter().enumerate().map(|(number, id)| {
            let mut with = json!({"title": format!("Task {number}")});
            if let Some(id) = id {
                with["id"] = json!(Uuid::from_u128(id));
            }
            Request { run: "task.create".to_owned(), with }
        });
        desk.agent.batch(requests.collect(), Envelope::default()).unwrap();
    };
    let generated = least(&desk, |_| batch(vec![None; 20]));
    let named =
        least(&desk, |round| batch((0..20).map(|number| Some(2_000_000 + round as u128 * 100 + number)).collect()));
    assert!(named <= generated + 1, "a batch asks about all of its ids at once: {named} instead of {generated}");
    let calls = (0..GROUP).map(|number| {
        let desk = Arc::clone(&desk);
        Box::new(move || {
            let create = ticket::Create::new("Printer").id(Id::new(Uuid::from_u128(3_000_000 + number as u128)));
            desk.agent.run(create.set(Ticket::CONTACT, contact)).unwrap();
        }) as Box<dyn FnOnce() + Send>
    });
    let grouped = together(&desk, calls.collect());
    assert!(grouped <= 9, "{GROUP} tickets with ids of their callers took {grouped} round trips");
}

#[test]
fn the_rows_of_an_import_are_looked_up_together() {
    let desk = Desk::open();
    let rows = |kind: &str, call: usize, count: usize| -> Vec<serde_json::Value> {
        let row = |row: usize| {
            json!({
                "first_name": "Ada", "last_name": format!("L{row}"), "company": format!("Globex {row}"),
                "email": format!("{kind}{call}x{row}@example.com"), "phone": format!("+1415{:03}{:04}", call, row),
            })
        };
        (0..count).map(row).collect()
    };
    for (kind, mut first) in [("lead", 0), ("contact", 100)] {
        let mut taken = |count: usize| {
            first += 10;
            least(&desk, |call| {
                let mut rows = rows(kind, first + call, count);
                if kind == "contact" {
                    rows.iter_mut().for_each(|row| drop(row.as_object_mut().unwrap().remove("company")));
                }
                let operation = format!("{kind}.import_rows");
                let report = desk.admin.execute(&operation, json!({"rows": rows}), Envelope::default()).unwrap();
                assert_eq!(report["created"], count, "{report}");
            })
        };
        let (few, many) = (taken(2), taken(40));
        assert!(many <= few, "{kind}: {many} messages for many rows, {few} for two");
    }
}

#[test]
fn a_group_of_tickets_takes_no_more_messages_than_one() {
    let desk = Arc::new(Desk::open());
    let contacts = contacts(&desk, GROUP);
    report(&desk, 0, contacts[0]);
    let alone = desk.trips(|| report(&desk, 1, contacts[0]));
    let calls = contacts.iter().enumerate().map(|(number, contact)| {
        let (desk, contact) = (Arc::clone(&desk), *contact);
        Box::new(move || report(&desk, number, contact)) as Box<dyn FnOnce() + Send>
    });
    let grouped = together(&desk, calls.collect());
    assert!(alone <= 9, "one ticket took {alone} round trips");
    assert!(grouped <= alone + FIRST, "{GROUP} tickets took {grouped} round trips, one takes {alone}");
}

#[test]
fn a_group_of_conversions_takes_no_more_messages_than_one() {
    let desk = Arc::new(Desk::open());
    let leads: Vec<_> = (0..GROUP + 2).map(|number| qualified(&desk, number)).collect();
    convert(&desk, leads[0]);
    let alone = desk.trips(|| convert(&desk, leads[1]));
    let calls = leads[2..].iter().map(|lead| {
        let (desk, lead) = (Arc::clone(&desk), *lead);
        Box::new(move || convert(&desk, lead)) as Box<dyn FnOnce() + Send>
    });
    let grouped = together(&desk, calls.collect());
    assert!(grouped <= alone + FIRST, "{GROUP} conversions took {grouped} round trips, one takes {alone}");
    assert!(grouped <= FRAME + LEVELS, "{GROUP} conversions took {grouped} round trips");
}
