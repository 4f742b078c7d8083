//! Who sees and does what under the default policy: one answer on every path.

mod classes;
mod overviews;
mod paths;

use crate::desk::*;
use nexa_core::{
    Access, Action, Actor, Assignee, Create, Envelope, ErrorKind, FeedItem, Filter, Id, Op, Policy, Principal, Session,
    Update,
    kernel::record::{ExternalKey, RecordDef},
    people::{
        User,
        assignment::{Assign, Claim},
    },
    productivity::Task,
    sales::Contact,
    service::{Comment, DefaultPolicy, Narrow, Ticket, TicketStatus, ticket, timeline::Timeline},
    testing::block_on,
};
use paths::every_path_agrees;
use serde_json::json;
use uuid::Uuid;

struct Queues {
    desk: Desk,
    nobodys: Ticket,
    groups: Ticket,
    alexs: Ticket,
    lisas: Ticket,
}

fn queues() -> Queues {
    let desk = desk();
    let assigned = |subject: &str, assignee: Option<Assignee>| {
        let made = ticket(&desk.lisa, subject);
        match assignee {
            // Assigned as it is made, so that nobody else ever saw it.
            Some(assignee) => run(&desk.lisa, Assign::<Ticket>::to(made.id, assignee)).unwrap(),
            None => made,
        }
    };
    let nobodys = assigned("Dashboard of nobody", None);
    let groups = assigned("Dashboard of the group", Some(Assignee::group(desk.support)));
    let alexs = assigned("Dashboard of Alex", Some(to(&desk.alex)));
    let lisas = assigned("Dashboard of Lisa", Some(to(&desk.lisa)));
    Queues { desk, nobodys, groups, alexs, lisas }
}

impl Queues {
    fn all(&self) -> [&Ticket; 4] {
        [&self.nobodys, &self.groups, &self.alexs, &self.lisas]
    }
    /// Who sees which tickets (ticket flow, "Who Can Do What?").
    fn table(&self) -> [(&Session, Vec<&Ticket>); 5] {
        let Desk { lisa, maria, alex, nina, victor, .. } = &self.desk;
        [
            (lisa, self.all().to_vec()),
            (maria, vec![&self.nobodys]),
            (alex, vec![&self.nobodys, &self.groups, &self.alexs]),
            (nina, vec![&self.nobodys, &self.groups]),
            (victor, vec![]),
        ]
    }
}

#[test]
fn a_list_never_shows_what_get_hides() {
    let queues = queues();
    let all = queues.all().map(|ticket| ticket.id);
    for (session, visible) in queues.table() {
        let visible: Vec<_> = visible.into_iter().map(|ticket| ticket.id).collect();
        every_path_agrees::<Ticket>(session, "dashboard", &all, &visible);
        for id in all {
            let timeline = block_on(session.ask(Timeline::of(id)));
            assert_eq!(timeline.is_ok(), visible.contains(&id));
        }
    }
}

#[test]
fn comments_follow_their_ticket_and_their_audience() {
    let queues = queues();
    let lisa = &queues.desk.lisa;
    let mut members = Vec::new();
    let mut admins = Vec::new();
    for ticket in queues.all() {
        members.push(comment(lisa, ticket, "For the members", "members").unwrap());
        admins.push(comment(lisa, ticket, "For the admins", "admins").unwrap());
    }
    let all: Vec<_> = members.iter().chain(&admins).map(|comment| comment.id).collect();
    for (session, tickets) in queues.table() {
        let on = |comments: &[Comment]| -> Vec<_> {
            let seen = comments.iter().filter(|comment| tickets.iter().any(|ticket| ticket.id == comment.ticket));
            seen.map(|comment| comment.id).collect()
        };
        let mut visible = on(&members);
        let is_admin = std::ptr::eq(session, lisa);
        if is_admin {
            visible.extend(on(&admins));
        }
        every_path_agrees::<Comment>(session, "", &all, &visible);
        for ticket in tickets {
            let page = block_on(session.ask(Timeline::of(ticket.id))).unwrap();
            let comments = page.items.iter().filter(|entry| entry.change.kind == "comment").count();
            assert_eq!(comments, if is_admin { 2 } else { 1 });
            assert!(is_admin || !serde_json::to_string(&page).unwrap().contains("For the admins"));
        }
    }
}

#[test]
fn what_admins_say_among_themselves_reaches_nobody_else() {
    let queues = queues();
    let desk = &queues.desk;
    let secret = comment(&desk.lisa, &queues.nobodys, "Top secret", "admins").unwrap();
    assert_eq!(code(comment(&desk.alex, &queues.nobodys, "Me too", "admins")), "comment.admins_only");
    assert_eq!(kind(comment(&desk.alex, &queues.nobodys, "Me too", "admins")), ErrorKind::Forbidden);
    let bot = desk.crm.session(desk.lisa.org(), Principal::Service("bot".into()));
    for session in [&desk.maria, &desk.alex, &desk.nina, &desk.victor, &bot] {
        for operation in desk.crm.catalog().operations().map(|operation| operation.name) {
            // Whatever can be asked about a ticket or a comment, or about everything of a kind.
            let (ticket, comment) = (queues.nobodys.id, secret.id);
            for with in [json!({}), json!({"ticket": ticket}), json!({"comment": comment}), json!({"text": "secret"})] {
                if let Ok(answer) = block_on(session.execute(operation, with, Envelope::dry())) {
                    assert!(!answer.to_string().contains("secret"), "{operation} as {}", session.principal());
                }
            }
        }
        let feed = block_on(session.feed(nexa_core::Position::START, 1_000)).unwrap();
        assert!(!serde_json::to_string(&feed).unwrap().contains("secret"));
        let probe = Comment::BODY.eq(nexa_core::Body::parse("Top secret").unwrap());
        assert_eq!(block_on(session.count::<Comment>(probe)).unwrap_or_default(), 0);
    }
}

#[test]
fn filters_do_not_reach_through_to_hidden_tickets() {
    let queues = queues();
    let desk = &queues.desk;
    comment(&desk.lisa, &queues.lisas, "On Lisa's", "members").unwrap();
    let follow_up = {
        move_to(&desk.lisa, &queues.lisas, TicketStatus::Resolved).unwrap();
        move_to(&desk.lisa, &queues.lisas, TicketStatus::Closed).unwrap();
        run(&desk.lisa, ticket::FollowUp { ticket: queues.lisas.id.into() }).unwrap()
    };
    // The follow-up is nobody's; what it follows is Lisa's.
    let probe = Filter::compare("follow_up_of.subject", Op::Eq, "Dashboard of Lisa");
    assert_eq!(block_on(desk.lisa.count::<Ticket>(probe.clone())).unwrap(), 1);
    assert_eq!(block_on(desk.maria.count::<Ticket>(probe)).unwrap(), 0);
    let found = block_on(desk.maria.ask(nexa_core::Get::<Ticket>::of(follow_up.id).with("follow_up_of"))).unwrap();
    assert_eq!(found.record.follow_up_of, Some(queues.lisas.id), "a reference shows an id and grants nothing");
    assert!(found.related["follow_up_of"].is_empty());
}

#[test]
fn what_leaves_a_queue_is_reported_as_gone() {
    let desk = desk();
    let ticket = ticket(&desk.maria, "Cannot access dashboard");
    let start = block_on(desk.maria.feed(nexa_core::Position::START, 1_000)).unwrap().next;
    let claimed = run(&desk.alex, Claim::<Ticket>::of(ticket.id)).unwrap();
    assert_eq!(claimed.assignee, Some(to(&desk.alex)));
    let seen = block_on(desk.maria.feed(start, 1_000)).unwrap().items;
    assert!(matches!(seen.as_slice(), [FeedItem::Gone { id, .. }] if *id == ticket.id.uuid()), "{seen:?}");
    // The agent who assigns it away still gets its after-state.
    let other = self::ticket(&desk.maria, "Another");
    let given = run(&desk.maria, Assign::<Ticket>::to(other.id, to(&desk.nina))).unwrap();
    assert_eq!(given.assignee, Some(to(&desk.nina)));
    assert_eq!(code(block_on(desk.maria.get::<Ticket>(other.id))), "record.not_found");
}

#[test]
fn agents_work_on_what_they_see_and_on_nothing_else() {
    let queues = queues();
    let desk = &queues.desk;
    let edit = |session: &Session, ticket: &Ticket| run(session, Update::of(ticket.id).set(Ticket::SUBJECT, "Changed"));
    for (session, visible) in queues.table() {
        for ticket in queues.all() {
            let sees = visible.iter().any(|seen| seen.id == ticket.id);
            match edit(session, ticket) {
                Ok(_) => assert!(sees),
                Err(error) => {
                    assert!(!sees);
                    assert_eq!(error.code(), "record.not_found");
                }
            }
        }
    }
    assert_eq!(code(run(&desk.victor, ticket::Create::new("x"))), "access.denied");
}

#[test]
fn roles_and_the_rest_of_the_tenant() {
    let desk = desk();
    let contact = Create::<Contact>::new().set(Contact::LAST_NAME, "Johnson");
    let sarah = run(&desk.maria, contact.clone()).unwrap();
    assert_eq!(code(run(&desk.victor, contact)), "access.denied");
    assert_eq!(block_on(desk.victor.get::<Contact>(sarah.id)).unwrap().id, sarah.id);
    let task = run(&desk.maria, Create::<Task>::new().set(Task::TITLE, "Call back")).unwrap();
    assert_eq!(block_on(desk.victor.get::<Task>(task.id)).unwrap().id, task.id);
    assert_eq!(code(call(&desk.victor, "task.complete", json!({"task": task.id}))), "access.denied");

    let alex = id(&desk.alex);
    for session in [&desk.maria, &desk.victor] {
        assert_eq!(block_on(session.get::<User>(alex)).unwrap().name.as_str(), "Alex");
        assert_eq!(code(run(session, Update::of(alex).set(User::ROLE, "admin"))), "access.denied");
        assert_eq!(code(call(session, "group.create", json!({"name": "Ours"}))), "access.denied");
        assert_eq!(code(call(session, "ledger.verify", json!({}))), "access.denied");
        assert_eq!(code(call(session, "org.configure", json!({"name": "Ours"}))), "access.denied");
    }
    let other = run(&desk.maria, Create::<Contact>::new().set(Contact::LAST_NAME, "Jonson")).unwrap();
    let merge = json!({"contact": sarah.id, "other": other.id});
    assert_eq!(code(call(&desk.maria, "contact.merge", merge.clone())), "access.denied");
    call(&desk.lisa, "contact.merge", merge).unwrap();
    let third = run(&desk.maria, Create::<Contact>::new().set(Contact::LAST_NAME, "Smith")).unwrap();
    call(&desk.maria, "contact.trash", json!({"contact": third.id})).unwrap();
    assert_eq!(code(call(&desk.maria, "contact.purge", json!({"contact": third.id}))), "access.denied");
    call(&desk.lisa, "contact.purge", json!({"contact": third.id})).unwrap();
}

/// The default policy, and a role that it does not know.
struct WithManagers;

impl Policy for WithManagers {
    fn access(&self, actor: &Actor, kind: &'static RecordDef, action: Action) -> Access {
        DefaultPolicy::new().access(actor, kind, action)
    }
    fn roles(&self) -> Vec<String> {
        DefaultPolicy::new().roles().into_iter().chain(["sales_manager".to_owned()]).collect()
    }
}

#[test]
fn contacts_and_unknown_roles_may_do_nothing() {
    let desk = desk_with(|builder| builder.policy(WithManagers));
    let ticket = ticket(&desk.maria, "Cannot access dashboard");
    let manager = user(&desk.crm, &desk.lisa, "Manager", "sales_manager");
    let customer = desk.crm.session(desk.lisa.org(), Principal::Contact(Uuid::from_u128(7)));
    for session in [&manager, &customer] {
        for operation in desk.crm.catalog().operations().map(|operation| operation.name) {
            let with = json!({"ticket": ticket.id});
            if let Ok(answer) = block_on(session.execute(operation, with, Envelope::dry())) {
                panic!("{operation} as {} answers {answer}", session.principal());
            }
        }
        assert!(block_on(session.feed(nexa_core::Position::START, 1_000)).unwrap().items.is_empty());
    }
}

#[test]
fn a_service_of_the_host_works_but_does_not_administer() {
    let queues = queues();
    let desk = &queues.desk;
    let bot = desk.crm.session(desk.lisa.org(), Principal::Service("mail".into()));
    assert_eq!(block_on(bot.count::<Ticket>(Filter::everything())).unwrap(), 4);
    let key = ExternalKey { system: "mail".into(), key: "<1@acme>".into() };
    let made = run(&bot, ticket::Create::new("By mail").set(Ticket::EXTERNAL_KEYS, vec![key])).unwrap();
    let written = comment(&bot, &made, "Received", "members").unwrap();
    assert_eq!(written.author, None);
    assert_eq!(code(comment(&bot, &made, "Received", "admins")), "comment.admins_only");
    assert_eq!(code(call(&bot, "user.deactivate", json!({"user": id(&desk.alex)}))), "access.denied");
    assert_eq!(code(call(&bot, "ticket.merge", json!({"ticket": made.id, "other": queues.alexs.id}))), "access.denied");
}

#[test]
fn a_tenant_may_narrow_kinds() {
    let policy = DefaultPolicy::new().narrow("contact", Narrow::OwnerAndGroups).narrow("task", Narrow::Admins);
    let desk = desk_with(|builder| builder.policy(policy));
    let owned = |owner: Option<Assignee>, name: &str| {
        let create = Create::<Contact>::new().set(Contact::LAST_NAME, name);
        let create = match owner {
            Some(owner) => create.set(Contact::OWNER, owner),
            None => create,
        };
        run(&desk.lisa, create).unwrap().id
    };
    let marias = owned(Some(to(&desk.maria)), "Smith Maria");
    let groups = owned(Some(Assignee::group(desk.support)), "Smith Group");
    let nobodys = owned(None, "Smith Nobody");
    let all = [marias, groups, nobodys];
    every_path_agrees::<Contact>(&desk.lisa, "smith", &all, &all);
    every_path_agrees::<Contact>(&desk.maria, "smith", &all, &[marias, nobodys]);
    every_path_agrees::<Contact>(&desk.alex, "smith", &all, &[groups, nobodys]);
    every_path_agrees::<Contact>(&desk.victor, "smith", &all, &[nobodys]);

    let task = run(&desk.lisa, Create::<Task>::new().set(Task::TITLE, "Audit")).unwrap();
    every_path_agrees::<Task>(&desk.alex, "audit", &[task.id], &[]);
    assert_eq!(code(run(&desk.alex, Create::<Task>::new().set(Task::TITLE, "Mine"))), "access.denied");

    // The customer of a ticket is found in the unrestricted scope, and not shown.
    let hidden = json!({"subject": "x", "customer": {"name": "Maria Smith", "email": "m@acme.example"}});
    let first = call(&desk.maria, "ticket.create", hidden.clone()).unwrap();
    let contact: Id<Contact> = first["contact"].as_str().unwrap().parse::<Uuid>().unwrap().into();
    run(&desk.lisa, Update::of(contact).set(Contact::OWNER, to(&desk.maria))).unwrap();
    let second = call(&desk.alex, "ticket.create", hidden).unwrap();
    assert_eq!(second["contact"], first["contact"]);
    assert_eq!(code(block_on(desk.alex.get::<Contact>(contact))), "record.not_found");
}

#[test]
fn a_narrowed_ticket_takes_its_comments_along() {
    let desk = desk_with(|builder| builder.policy(DefaultPolicy::new().narrow("ticket", Narrow::Admins)));
    let ticket = ticket(&desk.lisa, "Cannot access dashboard");
    let written = comment(&desk.lisa, &ticket, "Looking", "members").unwrap();
    every_path_agrees::<Ticket>(&desk.alex, "dashboard", &[ticket.id], &[]);
    every_path_agrees::<Comment>(&desk.alex, "", &[written.id], &[]);
    every_path_agrees::<Comment>(&desk.lisa, "", &[written.id], &[written.id]);
}
