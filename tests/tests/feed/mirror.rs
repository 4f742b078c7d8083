//! Somebody who reads nothing but the feed, and reads each record that it names, has what `get` and `find` show.

use std::collections::BTreeMap;

use nexa_crm::{
    Access, Action, Actor, Envelope, FeedItem, Filter, Op, Policy, Position, Result, Session,
    kernel::record::RecordDef,
    service::{DefaultPolicy, Narrow},
    testing::Office,
};
use nexa_tests::{backends, traffic::Traffic};
use pollster::block_on;
use serde_json::{Value as Json, json};
use uuid::Uuid;

const READERS: &[&str] = &["agent", "colleague", "user", "viewer"];
const STEPS: usize = 150;

/// Policies under which access depends on roles, groups, and other records.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Policies {
    /// The default one: tickets by queue, comments by their ticket.
    Default,
    /// Several kinds by owner and groups.
    Narrowed,
    /// Records by what they belong to, also over two relations, and by accounts that viewers do not see themselves.
    Belonging,
}

fn through(relation: &str, filter: Filter) -> Filter {
    Filter::Through(relation.to_owned(), Box::new(filter))
}

impl Policy for Policies {
    fn access(&self, actor: &Actor, kind: &'static RecordDef, action: Action) -> Access {
        let default = DefaultPolicy::new();
        let owners = ["lead", "contact", "account", "task", "campaign"];
        let narrowed =
            owners.into_iter().fold(default.clone(), |policy, kind| policy.narrow(kind, Narrow::OwnerAndGroups));
        let admin = actor.is_system() || actor.has_role("admin");
        match self {
            Self::Default => default.access(actor, kind, action),
            Self::Narrowed => narrowed.access(actor, kind, action),
            Self::Belonging if admin => Access::full(),
            Self::Belonging => {
                let mine = actor.user().into_iter().chain(actor.groups.iter().copied()).chain([Uuid::nil()]);
                let accounts = Filter::compare("owner.queue", Op::In, mine.collect::<Vec<_>>());
                match kind.kind {
                    "account" if actor.has_role("viewer") => Access::none(),
                    "account" => Access::rows(accounts),
                    "contact" | "deal" => Access::rows(through("account", accounts)),
                    "ticket" => Access::rows(through("contact", through("account", accounts))),
                    "comment" => {
                        let members = Filter::compare("audience", Op::Eq, "members");
                        Access::rows(members.and(through("ticket", through("contact", through("account", accounts)))))
                    }
                    "task" => Access::rows(through("assignee.user", Filter::compare("active", Op::Eq, true))),
                    "campaign_member" => {
                        Access::rows(through("campaign", Filter::compare("status", Op::Ne, "planned")))
                    }
                    _ => default.access(actor, kind, action),
                }
            }
        }
    }
}

type Records = BTreeMap<(&'static str, Uuid), Json>;

/// A reader's own copy of what they may see.
struct Mirror {
    session: Session,
    position: Position,
    records: Records,
    kinds: Vec<&'static RecordDef>,
}

fn ask(session: &Session, operation: &str, arguments: Json) -> Result<Json> {
    block_on(session.execute(operation, arguments, Envelope::default()))
}

/// A record without what moves along with fields that a reader may not see.
fn bare(mut record: Json) -> Json {
    let fields = record.as_object_mut().unwrap();
    for field in ["version", "updated_at"] {
        fields.remove(field);
    }
    record
}

impl Mirror {
    fn of(office: &Office, reader: &str) -> Self {
        let catalog = office.crm.catalog();
        let readable = |def: &&'static RecordDef| catalog.operation(&format!("{}.find", def.kind)).is_ok();
        let kinds = office.crm.kinds().all().iter().copied().filter(readable).collect();
        let position = office.position();
        let mut mirror = Self { session: office.session(reader), position, records: Records::new(), kinds };
        mirror.records = mirror.everything();
        mirror
    }

    /// What the reader finds, with the trash.
    fn everything(&self) -> Records {
        let mut found = Records::new();
        for def in &self.kinds {
            for trashed in [false, true] {
                let mut after = Json::Null;
                loop {
                    let mut arguments = json!({"limit": 1_000, "trashed": trashed});
                    if let Json::String(_) = after {
                        arguments["after"] = after;
                    }
                    let Ok(page) = ask(&self.session, &format!("{}.find", def.kind), arguments) else { break };
                    for record in page["items"].as_array().unwrap() {
                        let id = record["id"].as_str().unwrap().parse().unwrap();
                        found.insert((def.kind, id), bare(record.clone()));
                    }
                    after = page["next"].clone();
                    if !after.is_string() {
                        break;
                    }
                }
            }
        }
        found
    }

    fn read(&mut self, kind: &str, id: Uuid) {
        let Some(def) = self.kinds.iter().find(|def| def.kind == kind) else { return };
        match ask(&self.session, &format!("{kind}.get"), json!({def.kind: id, "trashed": true})) {
            Ok(record) if record["id"] == json!(id) => self.records.insert((def.kind, id), bare(record)),
            _ => self.records.remove(&(def.kind, id)),
        };
    }

    /// Reads the feed to its end, in pages of this size.
    fn catch_up(&mut self, size: usize) {
        // Who is deactivated reads nothing; once they are active again the feed says so.
        while let Ok(feed) = block_on(self.session.feed(self.position, size)) {
            for item in &feed.items {
                match item {
                    FeedItem::Changed(change) => self.read(&change.kind, change.record),
                    FeedItem::Gone { kind, id, .. } => {
                        let def = self.kinds.iter().find(|def| def.kind == kind).unwrap();
                        self.records.remove(&(def.kind, *id));
                    }
                    FeedItem::AccessChanged { .. } => self.records = self.everything(),
                }
            }
            self.position = feed.next;
            if feed.complete {
                break;
            }
        }
    }

    fn agrees(&self, label: &str) {
        let shown = self.everything();
        let more: Vec<_> = self.records.keys().filter(|key| !shown.contains_key(key)).collect();
        let less: Vec<_> = shown.keys().filter(|key| !self.records.contains_key(key)).collect();
        assert!(more.is_empty(), "{label}: the feed did not say that these left: {more:?}");
        assert!(less.is_empty(), "{label}: the feed did not name these: {less:?}");
        for (key, record) in &self.records {
            assert_eq!(record, &shown[key], "{label}: {key:?}");
        }
    }
}

/// Somebody's role, groups or activity change, or the owner of an account.
fn shift(office: &Office, traffic: &Traffic) {
    let random = &traffic.random;
    let reader = READERS[random.below(READERS.len())];
    let (user, group) = (office.id(reader), office.id(["group", "sales"][random.below(2)]));
    let member = json!({"group": group, "user": user});
    let (operation, arguments) = match random.below(8) {
        0 | 1 => ("group.add_member", member),
        2 | 3 => ("group.remove_member", member),
        4 => ("user.update", json!({"user": user, "role": (["agent", "viewer", "admin"][random.below(3)])})),
        5 => (["user.deactivate", "user.activate"][random.below(2)], json!({"user": user})),
        6 => ("account.update", json!({"account": traffic.ids("account").first(), "owner": {"user": user}})),
        _ => ("account.update", json!({"account": traffic.ids("account").first(), "owner": {"group": group}})),
    };
    // What is refused changes nothing.
    let _ = office.run_as("system", operation, arguments);
}

fn try_policies(policies: Policies) {
    for case in 0..backends::cases(1) {
        let seed = backends::seed(3) + case as u64;
        for backend in backends::all() {
            let office = Office::found_with(backend.store.clone(), nexa_core::builder().policy(policies));
            let mut traffic = Traffic::new(&office, &office.events(), seed);
            let mut mirrors: Vec<(&str, Mirror)> =
                READERS.iter().map(|reader| (*reader, Mirror::of(&office, reader))).collect();
            let mut seen = office.position();
            for step in 0..STEPS {
                if step % 5 == 0 {
                    shift(&office, &traffic);
                } else {
                    let _ = traffic.step().perform(&office);
                }
                let feed = block_on(office.crm.feed(office.org, seen, 1_000)).unwrap();
                seen = feed.next;
                traffic.learn(&feed.items);
                for (reader, mirror) in &mut mirrors {
                    if traffic.random.once_in(6) {
                        mirror.catch_up(1 + traffic.random.below(40));
                        if traffic.random.once_in(2) && block_on(mirror.session.feed(mirror.position, 1)).is_ok() {
                            mirror.agrees(&format!(
                                "NEXA_SEED={seed}, {}, {policies:?}, step {step}, {reader}",
                                backend.name
                            ));
                        }
                    }
                }
            }
            let mut compared = 0;
            for (reader, mirror) in &mut mirrors {
                let _ = office.run_as("system", "user.activate", json!({"user": office.id(reader)}));
                mirror.catch_up(1_000);
                mirror.agrees(&format!("NEXA_SEED={seed}, {}, {policies:?}, {reader}", backend.name));
                compared += mirror.records.len();
            }
            assert!(compared > 100, "{}: only {compared} records", backend.name);
        }
    }
}

#[test]
fn under_the_default_policy() {
    try_policies(Policies::Default);
}

#[test]
fn where_kinds_are_for_owners_and_groups() {
    try_policies(Policies::Narrowed);
}

#[test]
fn where_records_belong_to_others() {
    try_policies(Policies::Belonging);
}
