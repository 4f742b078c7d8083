//! Campaigns and contact lists: their lives, their members, and who sees whom.

mod performance;

use std::sync::Arc;

use nexa_core::{
    Access, Action, Actor, Create, Envelope, Error, Filter, Find, Id, Merge, Op, Policy, Purge, Record, Ref, Result,
    Session, Timestamp, Trash, Update,
    kernel::{memory::MemoryStore, record::RecordDef},
    marketing::{
        Campaign, CampaignMember, CampaignStatus, ContactList, ContactListMember, Members, campaign, contact_list,
    },
    people::{User, org::Verify},
    sales::{Contact, Lead},
    testing::{Office, block_on},
};
use serde_json::{Value as Json, json};

/// Everybody sees everything, except that viewers see no lead of the name Secret and nobody's mail address.
struct ViewersSeeLess;

impl Policy for ViewersSeeLess {
    fn access(&self, actor: &Actor, kind: &'static RecordDef, _: Action) -> Access {
        match kind.kind {
            "lead" if actor.has_role("viewer") => {
                Access::rows(Filter::compare("last_name", Op::Ne, "Secret")).hiding(["email"])
            }
            _ => Access::full(),
        }
    }
}

/// An office whose viewers see less, and Lisa in it.
fn office() -> (Office, Session) {
    let office = Office::empty(Arc::new(MemoryStore::new()), nexa_core::builder().policy(ViewersSeeLess));
    let lisa = office.session("admin");
    (office, lisa)
}

fn lisa() -> Session {
    office().1
}

fn execute(session: &Session, operation: &str, arguments: Json) -> Result<Json> {
    block_on(session.execute(operation, arguments, Envelope::default()))
}

fn webinar(session: &Session) -> Campaign {
    let create = Create::<Campaign>::new().set(Campaign::NAME, "Q4 Product Webinar").set(Campaign::TYPE, "webinar");
    block_on(session.run(create)).unwrap()
}

fn nurture(session: &Session) -> ContactList {
    let create = Create::<ContactList>::new().set(ContactList::NAME, "Webinar Nurture Campaign");
    block_on(session.run(create)).unwrap()
}

fn lead(session: &Session, name: &str) -> Lead {
    let email = format!("{}@leads.example", name.to_lowercase());
    let create = Create::<Lead>::new().set(Lead::FIRST_NAME, "Ann").set(Lead::LAST_NAME, name);
    block_on(session.run(create.set(Lead::EMAIL, email.as_str()))).unwrap()
}

fn contact(session: &Session, name: &str) -> Contact {
    block_on(session.run(Create::<Contact>::new().set(Contact::LAST_NAME, name))).unwrap()
}

fn join(session: &Session, campaign: &Campaign, lead: Option<Ref<Lead>>, contact: Option<Ref<Contact>>) -> Result<()> {
    let add = campaign::Add { campaign: campaign.into(), lead, contact };
    block_on(session.run(add)).map(drop)
}

fn all<R: Record>(session: &Session) -> Vec<R> {
    block_on(session.find(Find::<R>::new())).unwrap().items
}

fn code<T: std::fmt::Debug>(result: Result<T>) -> String {
    result.unwrap_err().code().to_owned()
}

#[test]
fn a_campaign_of_the_seeds_is_made() {
    let lisa = lisa();
    let made = execute(
        &lisa,
        "campaign.create",
        json!({
            "name": "Q4 Product Webinar",
            "type": "webinar",
            "start_date": "2025-11-15",
            "goal": "Generate 100 qualified leads",
            "budget": {"amount": 5000, "currency": "USD"},
            "target_audience": "Enterprise IT Managers",
        }),
    )
    .unwrap();
    assert_eq!(made["status"], "planned");
    assert_eq!(made["type"], "webinar");
    assert_eq!(made["budget"], json!({"amount": "5000.00", "currency": "USD"}));
    let found =
        execute(&lisa, "campaign.find", json!({"filter": {"field": "type", "op": "eq", "value": "webinar"}})).unwrap();
    assert_eq!(found["items"][0]["id"], made["id"]);
}

#[test]
fn what_a_campaign_says_is_checked() {
    let lisa = lisa();
    let made = webinar(&lisa);
    let create = |fields: Json| {
        let mut campaign = json!({"name": "Fair", "type": "event"});
        campaign.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        execute(&lisa, "campaign.create", campaign)
    };
    assert_eq!(code(create(json!({"name": "q4 product WEBINAR"}))), "campaign.name_taken");
    assert_eq!(code(create(json!({"type": null}))), "field.required");
    assert_eq!(code(create(json!({"start_date": "2025-11-15", "end_date": "2025-11-14"}))), "campaign.dates");
    assert_eq!(code(create(json!({"budget": {"amount": -1, "currency": "USD"}}))), "field.invalid");
    assert_eq!(code(create(json!({"status": "active"}))), "field.read_only");
    assert!(create(json!({"start_date": "2025-11-15", "end_date": "2025-11-15"})).is_ok());

    let group = execute(&lisa, "group.create", json!({"name": "Nobody yet"})).unwrap();
    assert_eq!(code(create(json!({"name": "Other", "owner": {"group": group["id"]}}))), "assignee.inactive");

    execute(&lisa, "org.configure", json!({"choices": {"campaign.type": ["event"]}})).unwrap();
    assert_eq!(code(create(json!({"name": "Other", "type": "mailing"}))), "choice.unknown");
    // What was there before the list was closed can still be edited.
    let update = Update::<Campaign>::of(&made).set(Campaign::GOAL, "More");
    assert_eq!(block_on(lisa.run(update)).unwrap().goal.unwrap(), "More");
}

#[test]
fn a_campaign_starts_and_ends_once() {
    let lisa = lisa();
    let campaign = webinar(&lisa);
    let start = || block_on(lisa.run(campaign::Start { campaign: (&campaign).into() }));
    let complete = || block_on(lisa.run(campaign::Complete { campaign: (&campaign).into() }));
    let cancel = || block_on(lisa.run(campaign::Cancel { campaign: (&campaign).into() }));
    assert_eq!(code(complete()), "campaign.not_active");
    assert_eq!(start().unwrap().status, CampaignStatus::Active);
    assert_eq!(code(start()), "campaign.not_planned");
    let explained = block_on(lisa.explain::<Campaign>(&campaign)).unwrap();
    let refusal = |operation: &str| {
        let one = explained.iter().find(|one| one.operation == operation).unwrap();
        one.refusal.as_ref().map(|error: &Error| error.code().to_owned())
    };
    assert_eq!(refusal("campaign.start").as_deref(), Some("campaign.not_planned"));
    assert_eq!((refusal("campaign.complete"), refusal("campaign.cancel")), (None, None));
    assert_eq!(complete().unwrap().status, CampaignStatus::Completed);
    let refused = cancel().unwrap_err();
    assert_eq!(refused.code(), "campaign.finished");
    assert!(refused.message().contains("completed already"), "{refused}");
}

#[test]
fn a_member_is_one_person_and_is_there_once() {
    let lisa = lisa();
    let campaign = webinar(&lisa);
    let (ann, bob) = (lead(&lisa, "Ann"), contact(&lisa, "Bob"));
    let both = join(&lisa, &campaign, Some((&ann).into()), Some((&bob).into()));
    assert_eq!(code(both), "member.lead_or_contact");
    assert_eq!(code(join(&lisa, &campaign, None, None)), "member.lead_or_contact");
    join(&lisa, &campaign, Some((&ann).into()), None).unwrap();
    join(&lisa, &campaign, None, Some((&bob).into())).unwrap();
    assert_eq!(code(join(&lisa, &campaign, Some((&ann).into()), None)), "campaign.already_member");
    let members: Vec<CampaignMember> = all(&lisa);
    assert_eq!(members.len(), 2);
    assert!(members.iter().all(|member| member.joined_at == Timestamp::parse("2025-11-17T09:00:00Z").unwrap()));

    let remove = || {
        let remove = campaign::Remove { campaign: (&campaign).into(), lead: Some((&ann).into()), contact: None };
        block_on(lisa.run(remove))
    };
    remove().unwrap();
    assert_eq!(code(remove()), "campaign.not_member");
    let left: Vec<CampaignMember> = all(&lisa);
    assert_eq!(left.iter().map(|member| member.contact).collect::<Vec<_>>(), [Some(bob.id)]);
}

#[test]
fn a_list_takes_everybody_once() {
    let lisa = lisa();
    let list = nurture(&lisa);
    let (ann, zoe, bob) = (lead(&lisa, "Ann"), lead(&lisa, "Zoe"), contact(&lisa, "Bob"));
    let add = |leads: &[&Lead], contacts: &[&Contact]| {
        let add = contact_list::Add {
            contact_list: (&list).into(),
            leads: leads.iter().map(|lead| (*lead).into()).collect(),
            contacts: contacts.iter().map(|contact| (*contact).into()).collect(),
        };
        block_on(lisa.run(add)).unwrap().added
    };
    assert_eq!(add(&[&ann, &ann], &[]), 1);
    assert_eq!(add(&[&ann, &zoe], &[&bob]), 2);
    assert_eq!(add(&[&ann, &zoe], &[&bob]), 0);
    let page = block_on(lisa.ask(Members::<ContactListMember>::of(&list).limit(2))).unwrap();
    assert_eq!((page.items.len(), page.leads, page.contacts), (2, 2, 1));
    let rest = block_on(lisa.ask(Members::<ContactListMember>::of(&list).limit(2).after(page.next.clone()))).unwrap();
    assert_eq!((rest.items.len(), rest.next.clone(), rest.leads), (1, None, 2));
    let mut names: Vec<_> = page.items.iter().chain(&rest.items).map(|member| member.name.clone().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["Ann Ann", "Ann Zoe", "Bob"]);

    let remove = contact_list::Remove {
        contact_list: (&list).into(),
        leads: vec![(&ann).into(), (&ann).into()],
        contacts: vec![(&bob).into()],
    };
    assert_eq!(block_on(lisa.run(remove.clone())).unwrap().removed, 2);
    assert_eq!(block_on(lisa.run(remove)).unwrap().removed, 0);
    let unknown =
        execute(&lisa, "contact_list.add", json!({"contact_list": list.id, "leads": [Id::<Lead>::default()]}));
    assert_eq!(code(unknown), "record.not_found");
    let taken = execute(&lisa, "contact_list.create", json!({"name": "webinar nurture campaign"}));
    assert_eq!(code(taken), "contact_list.name_taken");
}

#[test]
fn members_show_no_more_than_get() {
    let (office, lisa) = office();
    let list = nurture(&lisa);
    let (ann, secret, gone) = (lead(&lisa, "Ann"), lead(&lisa, "Secret"), lead(&lisa, "Gone"));
    let leads = [&ann, &secret, &gone].map(Ref::from).to_vec();
    block_on(lisa.run(contact_list::Add { contact_list: (&list).into(), leads, contacts: vec![] })).unwrap();
    block_on(lisa.run(Trash::<Lead>::of(&gone))).unwrap();

    let page = |session: &Session| block_on(session.ask(Members::<ContactListMember>::of(&list))).unwrap();
    let seen = page(&lisa);
    assert_eq!((seen.items.len(), seen.leads), (2, 2));
    assert!(seen.items.iter().all(|member| member.email.is_some()));

    let vera = json!({"name": "Vera", "email": "vera@acme.example", "role": "viewer"});
    let vera = execute(&lisa, "user.create", vera).unwrap();
    let vera = office.crm.user(lisa.org(), vera["id"].as_str().unwrap().parse::<Id<User>>().unwrap());
    let seen = page(&vera);
    assert_eq!((seen.items.len(), seen.leads, seen.contacts), (1, 1, 0));
    assert_eq!((seen.items[0].lead, seen.items[0].name.as_deref()), (Some(ann.id), Some("Ann Ann")));
    assert_eq!(seen.items[0].email, None);
    // What is in the trash is still taken off a list.
    let remove = contact_list::Remove { contact_list: (&list).into(), leads: vec![(&gone).into()], contacts: vec![] };
    assert_eq!(block_on(lisa.run(remove)).unwrap().removed, 1);
    // Nobody adds whom they cannot see.
    let add = contact_list::Add { contact_list: (&list).into(), leads: vec![(&secret).into()], contacts: vec![] };
    assert_eq!(code(block_on(vera.run(add))), "record.not_found");
}

#[test]
fn a_merge_leaves_one_membership() {
    let lisa = lisa();
    let (campaign, other, list) = (webinar(&lisa), second(&lisa), nurture(&lisa));
    let (kept, gone) = (contact(&lisa, "Bob"), contact(&lisa, "Robert"));
    for (campaign, contact) in [(&campaign, &kept), (&campaign, &gone), (&other, &gone)] {
        join(&lisa, campaign, None, Some(contact.into())).unwrap();
    }
    let contacts = [&kept, &gone].map(Ref::from).to_vec();
    block_on(lisa.run(contact_list::Add { contact_list: (&list).into(), leads: vec![], contacts })).unwrap();

    block_on(lisa.run(Merge::<Contact>::into(&kept, &gone))).unwrap();
    let members: Vec<CampaignMember> = all(&lisa);
    let mut campaigns: Vec<_> = members.iter().map(|member| member.campaign).collect();
    campaigns.sort();
    let mut both = vec![campaign.id, other.id];
    both.sort();
    assert_eq!(campaigns, both);
    assert!(members.iter().all(|member| member.contact == Some(kept.id)));
    let listed: Vec<ContactListMember> = all(&lisa);
    assert_eq!(listed.iter().map(|member| member.contact).collect::<Vec<_>>(), [Some(kept.id)]);
    assert!(block_on(lisa.ask(Verify::default())).is_ok());
}

fn second(session: &Session) -> Campaign {
    let create = Create::<Campaign>::new().set(Campaign::NAME, "Spring Fair").set(Campaign::TYPE, "event");
    block_on(session.run(create)).unwrap()
}

#[test]
fn what_is_purged_takes_its_members_along() {
    let lisa = lisa();
    let (campaign, ann) = (webinar(&lisa), lead(&lisa, "Ann"));
    join(&lisa, &campaign, Some((&ann).into()), None).unwrap();
    block_on(lisa.run(Trash::<Campaign>::of(&campaign))).unwrap();
    assert_eq!(code(join(&lisa, &campaign, Some((&ann).into()), None)), "record.trashed");
    block_on(lisa.run(Purge::<Campaign>::of(&campaign))).unwrap();
    assert!(all::<CampaignMember>(&lisa).is_empty());
    assert_eq!(all::<Lead>(&lisa).len(), 1);
}
