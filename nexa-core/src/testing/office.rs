//! A tenant with a team and one record of everything.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// Only tests call it: what fails in it fails the test.

mod records;

use std::{collections::BTreeMap, sync::Arc};

use nexa_kernel::{
    access::{Access, Action, Actor, Policy, Principal},
    blobs::MemoryBlobs,
    crm::{Crm, CrmBuilder},
    envelope::Envelope,
    error::Result,
    feed::FeedItem,
    ports::Ids,
    position::Position,
    record::{Id, RecordDef},
    session::Session,
    store::Store,
    testing::{ManualClock, SeededIds, block_on},
};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::{people::CreateOrg, service::DefaultPolicy};

/// A tenant on any storage, with a team and records, which tests name by words.
///
/// The clock stands at 09:00 UTC on 17 November 2025 until a test sets it, and the identifiers are seeded: two offices of the
/// same builder hold the same bytes.
///
/// | word | who it is |
/// | --- | --- |
/// | `admin` | Lisa, the first admin |
/// | `agent` | Alex, an agent in the group `group` (Support) |
/// | `user` | Nina, an agent in the same group |
/// | `colleague` | Maria, an agent in the group `sales` (Sales) |
/// | `viewer` | Victor, who only looks |
/// | `deactivated` | Dora, an admin once |
/// | `auditor` | a user whose role only another policy names |
///
/// The records go by the name of their kind (`account`, `contact`, `deal`, `ticket`, …), with `other_…` for a second one to
/// merge, and by where they stand: leads `lead` (new), `contacted`, `qualified`, `converted` and `lost`, tickets `ticket`,
/// `assigned` (to Maria), `resolved` and `closed`, the deal `lost_deal`, the tasks `done` and `waiting` (for `task`), the meetings `meeting` (planned)
/// and `held`, the projects `project` and `finished_project`, bugs `bug` and `released_bug`, releases `release` (planned) and
/// `deployed_release`, the request `declined_request`, mails to the contact `mail` (planned), `claimed`
/// (by the worker `desk`) and `uncertain`.
/// Files go by what they hang on, such as `ticket_file`, and `attachment` hangs on the contact; `sent` is an upload of the admin's that
/// waits to be attached.
///
/// ```
/// use std::sync::Arc;
/// use nexa_core::{kernel::memory::MemoryStore, testing::Office};
/// use serde_json::json;
///
/// let office = Office::found(Arc::new(MemoryStore::new()));
/// let lead = office.run_as("agent", "lead.convert", json!({"lead": office.id("qualified")})).unwrap();
/// assert_eq!(lead["lead"]["status"], "converted");
/// let refused = office.run_as("viewer", "lead.lose", json!({"lead": office.id("lead"), "reason": "No budget"}));
/// assert_eq!(refused.unwrap_err().code(), "access.denied");
/// ```
pub struct Office {
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

/// Everybody who may call: users of each role, a service, a customer, and those who are let do nothing. [`Office::session`] takes
/// their words.
pub const CALLERS: &[&str] = &["admin", "agent", "viewer", "service", "auditor", "customer", "deactivated", "unknown"];

impl Office {
    /// An office with its team and records on an empty storage, with the default policy.
    pub fn found(store: Arc<dyn Store>) -> Self {
        Self::found_with(store, crate::builder())
    }

    /// The same with a builder of the test's own, for a policy, rules, records and commands of the host. The office brings the
    /// storage, the clock and the identifiers.
    pub fn found_with(store: Arc<dyn Store>, builder: CrmBuilder) -> Self {
        Self::staffed(Arc::clone(&store), builder).filled(store)
    }

    /// The same with identifiers of the test's own.
    pub fn found_numbered(store: Arc<dyn Store>, ids: impl Ids + 'static) -> Self {
        let mut office = Self::begun("Lisa", Arc::clone(&store), crate::builder().ids(ids));
        office.hire();
        office.filled(store)
    }

    /// An office with its team, but without the auditor and records.
    pub fn staffed(store: Arc<dyn Store>, builder: CrmBuilder) -> Self {
        let mut office = Self::empty(store, builder);
        office.hire();
        office
    }

    /// An office with its first admin and what every tenant begins with.
    pub fn empty(store: Arc<dyn Store>, builder: CrmBuilder) -> Self {
        Self::seeded(store, builder, 7)
    }

    /// The same with identifiers from this seed, so that it shares none with another office.
    pub fn seeded(store: Arc<dyn Store>, builder: CrmBuilder, seed: u64) -> Self {
        Self::begun("Lisa", store, builder.ids(SeededIds::new(seed)))
    }

    /// An office with another admin, with identifiers that the first has not, and with auditors.
    pub fn another(store: Arc<dyn Store>) -> Self {
        Self::begun("Omar", store, crate::builder().policy(WithAuditors).ids(SeededIds::new(9)))
    }

    fn filled(mut self, store: Arc<dyn Store>) -> Self {
        self.keep_an_auditor(store);
        self.sell();
        self.write();
        self.support();
        self.converse();
        self
    }

    fn begun(admin: &str, store: Arc<dyn Store>, builder: CrmBuilder) -> Self {
        let clock = Arc::new(ManualClock::at("2025-11-17T09:00:00Z"));
        let builder = if builder.has_blobs() { builder } else { builder.blobs(Arc::new(MemoryBlobs::new())) };
        let crm = builder.store(store).clock(clock.clone()).build().unwrap();
        block_on(crm.migrate()).unwrap();
        let founder = block_on(crm.create_org(CreateOrg::new("Acme", admin, &email(admin)).unwrap())).unwrap();
        let Principal::User(admin) = *founder.principal() else { panic!("the first admin is a user") };
        Self { crm, clock, org: founder.org(), ids: BTreeMap::from([("admin", admin)]) }
    }

    /// The record that goes by this word.
    pub fn id(&self, word: &str) -> Uuid {
        *self.ids.get(word).unwrap_or_else(|| panic!("nothing goes by {word}"))
    }

    /// The record that goes by this word, for typed commands.
    pub fn id_of<R>(&self, word: &str) -> Id<R> {
        Id::new(self.id(word))
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

    /// Runs an operation as somebody. A refusal with a code that the operation does not declare fails the test, as it does of whatever
    /// a session is asked.
    pub fn run_as(&self, caller: &str, operation: &str, arguments: Json) -> Result<Json> {
        block_on(self.session(caller).execute(operation, arguments, Envelope::default()))
    }

    /// Runs an operation as the admin, and remembers the record that it answers under a word.
    pub fn make(&mut self, word: &'static str, operation: &str, arguments: Json) -> Uuid {
        self.make_as("admin", word, operation, arguments)
    }

    /// The same as somebody else.
    pub fn make_as(&mut self, caller: &str, word: &'static str, operation: &str, arguments: Json) -> Uuid {
        let answer = self.run_as(caller, operation, arguments).unwrap_or_else(|error| panic!("{operation}: {error:?}"));
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
        for (word, name, role) in [
            ("user", "Nina", "agent"),
            ("agent", "Alex", "agent"),
            ("colleague", "Maria", "agent"),
            ("viewer", "Victor", "viewer"),
            ("deactivated", "Dora", "admin"),
        ] {
            self.make(word, "user.create", json!({"name": name, "email": email(name), "role": role}));
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
        let builder = crate::builder().store(store).clock(Arc::clone(&self.clock)).ids(SeededIds::new(8));
        let crm = builder.policy(WithAuditors).build().unwrap();
        let fields = json!({"name": "auditor", "email": "auditor@acme.example", "role": "auditor"});
        let admin = crm.user(self.org, self.id("admin"));
        let made = block_on(admin.execute("user.create", fields, Envelope::default())).unwrap();
        self.ids.insert("auditor", made["id"].as_str().unwrap().parse().unwrap());
    }
}

/// The mail address of somebody of the team.
fn email(name: &str) -> String {
    format!("{}@acme.example", name.to_lowercase())
}
