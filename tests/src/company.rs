//! A small company with a team and one record of everything, for tests that try every operation.

pub mod samples;

use std::{collections::BTreeMap, sync::Arc};

use nexa_crm::{
    Access, Action, Actor, CreateOrg, Crm, CrmBuilder, Envelope, FeedItem, Policy, Position, Principal, Result,
    Session,
    kernel::{ports::Ids, record::RecordDef, store::Store},
    service::DefaultPolicy,
    testing::{ManualClock, SeededIds},
};
use pollster::block_on;
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// A tenant with its team and records, which tests call by words.
pub struct Company {
    /// The machine.
    pub crm: Crm,
    /// Its clock, which stands still.
    pub clock: Arc<ManualClock>,
    /// The tenant.
    pub org: Uuid,
    ids: BTreeMap<&'static str, Uuid>,
}

/// The default policy, and a role that may do nothing.
struct WithAuditors;

impl Policy for WithAuditors {
    fn access(&self, actor: &Actor, kind: &'static RecordDef, action: Action) -> Access {
        DefaultPolicy::new().access(actor, kind, action)
    }
    fn roles(&self) -> Vec<String> {
        let mut roles = DefaultPolicy::new().roles();
        roles.push("auditor".to_owned());
        roles
    }
}

/// Those who call.
pub const CALLERS: &[&str] = &["admin", "agent", "viewer", "service", "auditor", "customer", "deactivated", "unknown"];

impl Company {
    /// Founds the company on an empty storage, with the default policy.
    pub fn found(store: Arc<dyn Store>) -> Self {
        Self::found_with(store, nexa_core::builder())
    }

    /// The same with a builder of the test's own.
    pub fn found_with(store: Arc<dyn Store>, builder: CrmBuilder) -> Self {
        Self::empty(Arc::clone(&store), builder).filled(store)
    }

    /// The same with identifiers of the test's own.
    pub fn found_numbered(store: Arc<dyn Store>, ids: impl Ids + 'static) -> Self {
        Self::begun(Arc::clone(&store), nexa_core::builder().ids(ids)).filled(store)
    }

    /// A company with its first admin and nothing else.
    pub fn empty(store: Arc<dyn Store>, builder: CrmBuilder) -> Self {
        Self::begun(store, builder.ids(SeededIds::new(7)))
    }

    /// Another company with another admin, with identifiers that the first has not, and with auditors.
    pub fn another(store: Arc<dyn Store>) -> Self {
        Self::begun_by(
            "Omar",
            "omar@other.example",
            store,
            nexa_core::builder().policy(WithAuditors).ids(SeededIds::new(9)),
        )
    }

    fn filled(mut self, store: Arc<dyn Store>) -> Self {
        self.hire();
        self.keep_an_auditor(store);
        self.sell();
        self.support();
        self
    }

    fn begun(store: Arc<dyn Store>, builder: CrmBuilder) -> Self {
        Self::begun_by("Lisa", "lisa@acme.example", store, builder)
    }

    fn begun_by(admin: &str, email: &str, store: Arc<dyn Store>, builder: CrmBuilder) -> Self {
        let clock = Arc::new(ManualClock::at("2025-11-17T09:15:00Z"));
        let crm = builder.store(store).clock(clock.clone()).build().unwrap();
        block_on(crm.migrate()).unwrap();
        let founder = block_on(crm.create_org(CreateOrg::new("Acme", admin, email).unwrap())).unwrap();
        let Principal::User(admin) = *founder.principal() else { panic!("the first admin is a user") };
        Self { crm, clock, org: founder.org(), ids: BTreeMap::from([("admin", admin)]) }
    }

    /// The record that goes by this word.
    pub fn id(&self, word: &str) -> Uuid {
        *self.ids.get(word).unwrap_or_else(|| panic!("nothing goes by {word}"))
    }

    /// The record that goes by this word, when there is one.
    pub fn known(&self, word: &str) -> Option<Uuid> {
        self.ids.get(word).copied()
    }

    /// A session of one of [`CALLERS`], or of a user by word.
    pub fn session(&self, caller: &str) -> Session {
        let principal = match caller {
            "service" => Principal::Service("mail".to_owned()),
            "customer" => Principal::Contact(self.id("contact")),
            "unknown" => Principal::User(Uuid::from_u128(404)),
            "system" => Principal::System("test".to_owned()),
            user => Principal::User(self.id(user)),
        };
        self.crm.session(self.org, principal)
    }

    /// Runs an operation as the admin.
    pub fn run(&self, operation: &str, arguments: Json) -> Json {
        self.run_as("admin", operation, arguments).unwrap_or_else(|error| panic!("{operation}: {error:?}"))
    }

    /// Runs an operation as somebody.
    pub fn run_as(&self, caller: &str, operation: &str, arguments: Json) -> Result<Json> {
        block_on(self.session(caller).execute(operation, arguments, Envelope::default()))
    }

    /// Runs an operation as the admin, and remembers the record that it answers under a word.
    pub fn make(&mut self, word: &'static str, operation: &str, arguments: Json) -> Uuid {
        let answer = self.run(operation, arguments);
        let id = answer["id"].as_str().and_then(|id| id.parse().ok());
        let id = id.unwrap_or_else(|| panic!("{operation} answers no record: {answer}"));
        self.ids.insert(word, id);
        id
    }

    /// Everything that happened.
    pub fn events(&self) -> Vec<FeedItem> {
        let (mut events, mut after) = (Vec::new(), Position::START);
        loop {
            let feed = block_on(self.crm.feed(self.org, after, 1_000)).unwrap();
            events.extend(feed.items);
            after = feed.next;
            if feed.complete {
                return events;
            }
        }
    }

    /// The number of the last event.
    pub fn head(&self) -> u64 {
        self.events().last().map_or(0, FeedItem::seq)
    }

    /// Where somebody who has read everything is.
    pub fn position(&self) -> Position {
        self.events().last().map_or(Position::START, FeedItem::position)
    }

    fn hire(&mut self) {
        self.make("user", "user.create", json!({"name": "Ken", "email": "ken@acme.example", "role": "agent"}));
        for (word, role) in [("agent", "agent"), ("colleague", "agent"), ("viewer", "viewer"), ("deactivated", "admin")]
        {
            let email = format!("{word}@acme.example");
            self.make(word, "user.create", json!({"name": word, "email": email, "role": role}));
        }
        self.run("user.deactivate", json!({"user": self.id("deactivated")}));
        self.make("group", "group.create", json!({"name": "Support"}));
        self.make("sales", "group.create", json!({"name": "Sales"}));
        for (group, user) in [("group", "agent"), ("group", "user"), ("sales", "colleague")] {
            let member = json!({"group": self.id(group), "user": self.id(user)});
            self.make(if group == "sales" { "sales_membership" } else { "membership" }, "group.add_member", member);
        }
    }

    /// Somebody whose role another policy has named, and this one does not know.
    fn keep_an_auditor(&mut self, store: Arc<dyn Store>) {
        let builder = nexa_core::builder().store(store).clock(Arc::clone(&self.clock)).ids(SeededIds::new(8));
        let crm = builder.policy(WithAuditors).build().unwrap();
        let fields = json!({"name": "auditor", "email": "auditor@acme.example", "role": "auditor"});
        let admin = crm.user(self.org, self.id("admin"));
        let made = block_on(admin.execute("user.create", fields, Envelope::default())).unwrap();
        self.ids.insert("auditor", made["id"].as_str().unwrap().parse().unwrap());
    }

    fn sell(&mut self) {
        for (word, kind) in [("field", "lead"), ("ticket_field", "ticket")] {
            self.make(
                word,
                "field.define",
                json!({"of_kind": kind, "name": "color", "holds": "text", "indexed": true}),
            );
        }
        self.make("campaign", "campaign.create", json!({"name": "Webinar", "type": "webinar"}));
        self.make("contact_list", "contact_list.create", json!({"name": "Nurture"}));
        self.make("account", "account.create", json!({"name": "Globex"}));
        self.make("other_account", "account.create", json!({"name": "Initech"}));
        let account = self.id("account");
        self.make("contact", "contact.create", json!({"email": "sarah@private.example", "account": account}));
        self.make("other_contact", "contact.create", json!({"email": "bill@private.example"}));
        for (word, operations) in [
            ("lead", [].as_slice()),
            ("other_lead", &[]),
            ("contacted", &["lead.contact"]),
            ("qualified", &["lead.contact", "lead.qualify"]),
            ("converted", &["lead.contact", "lead.qualify", "lead.convert"]),
            ("lost", &["lead.lose"]),
        ] {
            let lead = self.make(word, "lead.create", json!({"email": format!("{word}@private.example")}));
            for operation in operations {
                let mut arguments = json!({"lead": lead});
                match *operation {
                    "lead.qualify" => arguments["bant"] = samples::all_criteria(),
                    "lead.lose" => arguments["reason"] = json!("No budget"),
                    _ => {}
                }
                self.run(operation, arguments);
            }
        }
        self.make(
            "campaign_member",
            "campaign.add",
            json!({"campaign": self.id("campaign"), "lead": self.id("other_lead")}),
        );
        let listed = json!({"contact_list": self.id("contact_list"), "leads": [self.id("other_lead")]});
        self.run("contact_list.add", listed);
        let deal =
            json!({"name": "Globex - Plan", "account": account, "amount": {"amount": "50000", "currency": "USD"}});
        self.make("deal", "deal.create", deal.clone());
        self.make("lost_deal", "deal.create", deal);
        self.run("deal.lose", json!({"deal": self.id("lost_deal"), "reason": "Too dear"}));
        let routing = json!({"band": "low", "contact_list": self.id("contact_list")});
        self.make("routing", "routing.create", routing);
        for (kind, operation) in [
            ("pipeline", "pipeline.find"),
            ("scorecard", "scorecard.find"),
            ("contact_list_member", "contact_list_member.find"),
        ] {
            let first = self.run(operation, json!({}))["items"][0]["id"].as_str().map(str::to_owned).unwrap();
            self.ids.insert(kind, first.parse().unwrap());
        }
        self.ids.insert("org", self.org);
    }

    fn support(&mut self) {
        self.make("task", "task.create", json!({"title": "Call Sarah"}));
        self.make("done", "task.create", json!({"title": "Call Bill"}));
        self.run("task.complete", json!({"task": self.id("done")}));
        for word in ["ticket", "other_ticket", "assigned", "resolved", "closed"] {
            self.make(
                word,
                "ticket.create",
                json!({"subject": format!("It is {word}"), "contact": self.id("contact")}),
            );
        }
        let colleague = json!({"user": self.id("colleague")});
        self.run("ticket.assign", json!({"ticket": self.id("assigned"), "assignee": colleague}));
        for word in ["resolved", "closed"] {
            self.run("ticket.resolve", json!({"ticket": self.id(word)}));
        }
        self.run("ticket.close", json!({"ticket": self.id("closed")}));
        let among_admins = json!({"ticket": self.id("ticket"), "body": "A good customer", "audience": "admins"});
        self.make("admins_comment", "ticket.comment", among_admins);
        self.make("comment", "ticket.comment", json!({"ticket": self.id("ticket"), "body": "On it"}));
    }
}
