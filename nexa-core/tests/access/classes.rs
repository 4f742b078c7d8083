//! What follows from the access class that a kind declares, for every kind there is.

use nexa_core::{
    Access, Action, Actor, CrmBuilder, Filter, Op, Policy, Principal, Record,
    kernel::{
        access::AccessClass,
        record::{OnTrash, RecordDef},
        value::Timestamp,
    },
    people::Role,
    service::{DefaultPolicy, Narrow},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::desk::*;

const SOMEBODY: Uuid = Uuid::from_u128(3);
const THEIR_GROUP: Uuid = Uuid::from_u128(4);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Party {
    Admin,
    Agent,
    Viewer,
    Service,
    Customer,
}

fn actor(party: Party) -> Actor {
    let user = |role: Role| (Principal::User(SOMEBODY), Some(role.as_str().to_owned()));
    let (principal, role) = match party {
        Party::Admin => user(Role::Admin),
        Party::Agent => user(Role::Agent),
        Party::Viewer => user(Role::Viewer),
        Party::Service => (Principal::Service("mail".to_owned()), None),
        Party::Customer => (Principal::Contact(SOMEBODY), None),
    };
    Actor { principal, role, groups: vec![THEIR_GROUP] }
}

/// Whether the table of the roles lets a party do this with any record of a class (ticket flow, "Who Can Do What?"). A class that
/// has no line here does not compile.
fn may(def: &RecordDef, party: Party, action: Action) -> bool {
    let reads = action == Action::Read;
    let writes = matches!(action, Action::Create | Action::Update | Action::Trash);
    match (party, def.access) {
        (Party::Admin, _) => true,
        (Party::Customer, _) | (Party::Agent | Party::Viewer | Party::Service, AccessClass::System) => false,
        (Party::Agent | Party::Viewer | Party::Service, AccessClass::Settings) => reads,
        (Party::Agent | Party::Service, AccessClass::Work | AccessClass::Restricted | AccessClass::Through(..)) => {
            reads || writes
        }
        // What may hang on nothing waits for somebody, as a ticket does.
        (Party::Viewer, AccessClass::Through(..)) if def.stands_alone() => false,
        (Party::Viewer, AccessClass::Work | AccessClass::Through(..)) => reads,
        (Party::Viewer, AccessClass::Restricted) => false,
    }
}

/// Which of the records that a party reaches at all.
fn rows(def: &RecordDef, party: Party) -> Filter {
    match (party, def.access) {
        (Party::Agent, AccessClass::Through(field, _)) if def.stands_alone() => {
            let queues = Filter::compare("assignee.queue", Op::In, [SOMEBODY, THEIR_GROUP, Uuid::nil()].to_vec());
            let hangs = Filter::Not(Box::new(Filter::compare(field, Op::IsNull, true)));
            Filter::everything().and(hangs.or(queues))
        }
        (Party::Agent, AccessClass::Restricted) => {
            let column = &def.columns[def.assignee.unwrap()];
            let mine = Filter::compare(column.path.as_str(), Op::In, [SOMEBODY, THEIR_GROUP].to_vec());
            match column.derived {
                // Nobody's queue is the nil one.
                Some(_) => Filter::compare(column.path.as_str(), Op::In, [SOMEBODY, THEIR_GROUP, Uuid::nil()].to_vec()),
                None => mine.or(Filter::compare(column.path.as_str(), Op::IsNull, true)),
            }
        }
        (Party::Agent | Party::Viewer | Party::Service, AccessClass::Through(_, Some((field, value)))) => {
            Filter::everything().and(Filter::compare(field, Op::Eq, value))
        }
        _ => Filter::everything(),
    }
}

#[test]
fn every_kind_is_reached_as_its_class_says() {
    let desk = desk();
    let parties = [Party::Admin, Party::Agent, Party::Viewer, Party::Service, Party::Customer];
    for def in desk.crm.kinds().all().iter().copied() {
        for party in parties {
            for action in Action::ALL {
                let access = DefaultPolicy::new().access(&actor(party), def, action);
                let wanted = if may(def, party, action) { Access::rows(rows(def, party)) } else { Access::none() };
                assert_eq!(access, wanted, "{} for {party:?}: {}", def.kind, action.as_str());
            }
        }
    }
}

#[test]
fn each_class_is_that_of_a_kind() {
    let desk = desk();
    let of = |kind: &str| desk.crm.kinds().named(kind).unwrap().access;
    assert_eq!(of("org"), AccessClass::Settings);
    assert_eq!(of("deal"), AccessClass::Work);
    assert_eq!(of("ticket"), AccessClass::Restricted);
    assert_eq!(of("comment"), AccessClass::Through("ticket", Some(("audience", "members"))));
    assert_eq!(of("campaign_member"), AccessClass::Through("campaign", None));
    assert_eq!(of("counter"), AccessClass::System);
}

/// A policy that says nothing of tickets to services, and everything of all else.
struct NoTickets;

impl Policy for NoTickets {
    fn access(&self, actor: &Actor, kind: &'static RecordDef, _: Action) -> Access {
        Access::when(!matches!(actor.principal, Principal::Service(_)) || kind.kind != "ticket")
    }
}

#[test]
fn a_part_is_seen_with_its_whole_under_any_policy() {
    let desk = desk_with(|builder| builder.policy(NoTickets));
    let ticket = ticket(&desk.lisa, "Dashboard");
    comment(&desk.lisa, &ticket, "For the members", "members").unwrap();
    let bot = desk.crm.session(desk.lisa.org(), Principal::Service("bot".into()));
    assert_eq!(call(&desk.lisa, "comment.count", json!({})).unwrap(), json!(1));
    assert_eq!(code(call(&bot, "comment.find", json!({}))), "access.denied");

    let narrowed = DefaultPolicy::new().narrow("campaign", Narrow::OwnerAndGroups);
    let desk = desk_with(|builder| builder.policy(narrowed));
    let campaign = |name: &str, owner: serde_json::Value| {
        let made =
            call(&desk.lisa, "campaign.create", json!({"name": name, "type": "webinar", "owner": owner})).unwrap();
        let contact = call(&desk.lisa, "contact.create", json!({"last_name": name})).unwrap();
        let join = json!({"campaign": made["id"], "contact": contact["id"]});
        call(&desk.lisa, "campaign.add", join).unwrap();
    };
    campaign("Nobody's", json!(null));
    campaign("Maria's", json!({"user": id(&desk.maria)}));
    campaign("Lisa's", json!({"user": id(&desk.lisa)}));
    let counted = |session| call(session, "campaign_member.count", json!({})).unwrap();
    assert_eq!((counted(&desk.lisa), counted(&desk.maria), counted(&desk.alex)), (json!(3), json!(2), json!(1)));
}

#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(kind = "visit", table = "visits", access = work)]
struct Undeclared {
    id: nexa_core::Id<Undeclared>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    contact: nexa_core::Id<nexa_core::sales::Contact>,
}

#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(kind = "visit", table = "visits", access = work)]
struct Needless {
    id: nexa_core::Id<Needless>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    #[record(on_trash = keep)]
    user: nexa_core::Id<nexa_core::people::User>,
}

#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(kind = "visit", table = "visits", access = restricted)]
struct Nobodys {
    id: nexa_core::Id<Nobodys>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(kind = "visit", table = "visits", access = through(version))]
struct ThroughNothing {
    id: nexa_core::Id<ThroughNothing>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[test]
fn what_a_kind_does_not_declare_is_refused_when_the_crm_is_built() {
    let refused = |add: fn(CrmBuilder) -> CrmBuilder| {
        let error = add(nexa_core::builder()).build().err().unwrap();
        assert_eq!(error.code(), "crm.unbuildable");
        error.message()
    };
    let problem = refused(|builder| builder.record::<Undeclared>());
    assert!(
        problem.contains("visit.contact does not say what becomes of it when its contact goes into the trash"),
        "{problem}"
    );
    let problem = refused(|builder| builder.record::<Needless>());
    assert!(problem.contains("visit.user says on_trash, but no user can be trashed"), "{problem}");
    let problem = refused(|builder| builder.record::<Nobodys>());
    assert!(
        problem.contains("visit is restricted to those whose it is, but has no field marked assignee"),
        "{problem}"
    );
    let problem = refused(|builder| builder.record::<ThroughNothing>());
    assert!(problem.contains("visit: its access names version, which points at no kind"), "{problem}");
}

#[test]
fn nothing_lists_what_points_at_it() {
    let desk = desk();
    let declared = |kind: &str, field: &str| desk.crm.kinds().named(kind).unwrap().relation(field).unwrap().on_trash;
    assert_eq!(declared("deal", "account"), Some(OnTrash::Refuse));
    assert_eq!(declared("comment", "ticket"), Some(OnTrash::WithParent));
    assert_eq!(declared("lead", "converted_deal"), Some(OnTrash::Keep));
    assert_eq!(declared("lead", "known_contact"), Some(OnTrash::Mention));
    assert_eq!(declared("lead", "assignee.user"), None);
}
