//! Who works here: made on the first run, met again on the next.

use nexa_crm::{
    Create, CreateOrg, Filter, Find, Id, Record, Result,
    blocking::{Crm, Session},
    marketing::ContactList,
    people::{Group, User, group::AddMember},
    productivity::TaskPriority,
    sales::lead::{Band, Routing, routing::Pick},
};
use uuid::{Uuid, uuid};

/// The tenant's id; the program finds its tenant again by it.
const ORG: Uuid = uuid!("019a8d2c-5f00-7000-8000-000000000001");

/// The people of the story, each as a session.
pub(crate) struct Team {
    /// The admin of support.
    pub(crate) lisa: Session,
    /// Agents of support.
    pub(crate) maria: Session,
    pub(crate) alex: Session,
    /// Marketing.
    pub(crate) maya: Session,
    /// Sales: the senior rep and the rep.
    pub(crate) john: Session,
    pub(crate) mike: Session,
    pub(crate) technical_support: Id<Group>,
}

/// Makes the tenant and its people, or meets them again.
pub(crate) fn meet(crm: &Crm) -> Result<Team> {
    let lisa = if crm.has_org(ORG)? {
        let system = crm.system(ORG, "quickstart");
        let lisa = first::<User>(&system, User::EMAIL.eq("lisa@nexa.example"))?;
        crm.user(ORG, lisa.map(|user| user.id).unwrap_or_default())
    } else {
        let mut create = CreateOrg::new("Nexa Quickstart", "Lisa", "lisa@nexa.example")?;
        create.id = Some(ORG);
        crm.create_org(create)?
    };
    let user = |name: &str| -> Result<Session> {
        let email = format!("{}@nexa.example", name.to_lowercase());
        let found = first::<User>(&lisa, User::EMAIL.eq(email.as_str()))?;
        let user = match found {
            Some(user) => user,
            None => lisa.run(Create::new().set(User::NAME, name).set(User::EMAIL, email.as_str()))?,
        };
        Ok(crm.user(ORG, user.id))
    };
    let (maria, alex, maya, john, mike) = (user("Maria")?, user("Alex")?, user("Maya")?, user("John")?, user("Mike")?);
    let technical_support = group(&lisa, "Technical support", &[&alex, &maria])?;
    let senior = group(&lisa, "Senior sales reps", &[&john])?;
    let standard = group(&lisa, "Sales reps", &[&mike])?;
    let nurture = match first::<ContactList>(&lisa, ContactList::NAME.eq("Webinar Nurture Campaign"))? {
        Some(list) => list,
        None => lisa.run(Create::new().set(ContactList::NAME, "Webinar Nurture Campaign"))?,
    };
    let routings = [
        Create::new()
            .set(Routing::BAND, Band::High)
            .set(Routing::GROUP, senior)
            .set(Routing::PICK, Pick::RoundRobin)
            .set(Routing::TASK_TITLE, "Call hot webinar lead")
            .set(Routing::TASK_DUE_HOURS, 24)
            .set(Routing::TASK_PRIORITY, TaskPriority::Urgent),
        Create::new()
            .set(Routing::BAND, Band::Medium)
            .set(Routing::GROUP, standard)
            .set(Routing::PICK, Pick::RoundRobin)
            .set(Routing::TASK_TITLE, "Follow up on webinar attendee")
            .set(Routing::TASK_DUE_HOURS, 48),
        Create::new().set(Routing::BAND, Band::Low).set(Routing::CONTACT_LIST, nurture.id),
    ];
    if lisa.count::<Routing>(Filter::everything())? == 0 {
        for routing in routings {
            lisa.run(routing)?;
        }
    }
    Ok(Team { lisa, maria, alex, maya, john, mike, technical_support })
}

fn group(admin: &Session, name: &str, members: &[&Session]) -> Result<Id<Group>> {
    if let Some(group) = first::<Group>(admin, Group::NAME.eq(name))? {
        return Ok(group.id);
    }
    let group = admin.run(Create::new().set(Group::NAME, name))?;
    for member in members {
        if let nexa_crm::Principal::User(user) = member.principal() {
            admin.run(AddMember { group: group.id.into(), user: Id::<User>::new(*user).into() })?;
        }
    }
    Ok(group.id)
}

/// The first record that matches.
pub(crate) fn first<R: Record>(session: &Session, filter: Filter) -> Result<Option<R>> {
    Ok(session.find(Find::new().filter(filter).limit(1))?.items.into_iter().next())
}
