//! Leads and contacts as members of something: the same for campaigns and contact lists.

use crate::{
    Code, Column, Context, Entity, Id, Record, Ref, Result, Timestamp,
    sales::{Contact, Lead},
};

/// Neither a lead nor a contact, or both.
pub const ONE_PERSON: Code =
    Code::invalid("member.lead_or_contact", "A member is either a lead or a contact; give exactly one of them.");

/// Who can be a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Person {
    /// A lead.
    Lead(Id<Lead>),
    /// A contact.
    Contact(Id<Contact>),
}

impl Person {
    /// The name of the kind.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Lead(_) => "lead",
            Self::Contact(_) => "contact",
        }
    }
    /// The lead, when it is one.
    pub const fn lead(self) -> Option<Id<Lead>> {
        match self {
            Self::Lead(id) => Some(id),
            Self::Contact(_) => None,
        }
    }
    /// The contact, when it is one.
    pub const fn contact(self) -> Option<Id<Contact>> {
        match self {
            Self::Contact(id) => Some(id),
            Self::Lead(_) => None,
        }
    }
}

/// A kind whose records each say that one person belongs to one campaign, list or the like. Nobody belongs to the same twice. Its field of
/// the lead is marked `becomes`, so that a converted lead belongs as its contact.
pub trait Member: Record {
    /// What one belongs to.
    type Of: Entity;
    /// The field of what one belongs to.
    const OF: Column<Self, Id<Self::Of>>;
    /// The field of the lead.
    const OF_LEAD: Column<Self, Id<Lead>>;
    /// The field of the contact.
    const OF_CONTACT: Column<Self, Id<Contact>>;

    /// A new member.
    fn joining(of: Id<Self::Of>, person: Person, joined_at: Timestamp) -> Self;
    /// What the member belongs to.
    fn of(&self) -> Id<Self::Of>;
    /// Who the member is.
    fn person(&self) -> (Option<Id<Lead>>, Option<Id<Contact>>);
    /// When the person became a member.
    fn joined_at(&self) -> Timestamp;
}

/// How a command names a person.
#[derive(Clone, Debug)]
pub(super) enum PersonRef {
    Lead(Ref<Lead>),
    Contact(Ref<Contact>),
}

impl PersonRef {
    /// The one that is given. Error: `member.lead_or_contact`.
    pub(super) fn one_of(lead: Option<&Ref<Lead>>, contact: Option<&Ref<Contact>>) -> Result<Self> {
        match (lead, contact) {
            (Some(lead), None) => Ok(Self::Lead(lead.clone())),
            (None, Some(contact)) => Ok(Self::Contact(contact.clone())),
            _ => Err(ONE_PERSON.error()),
        }
    }
    /// All leads, then all contacts.
    pub(super) fn all(leads: &[Ref<Lead>], contacts: &[Ref<Contact>]) -> Vec<Self> {
        let leads = leads.iter().cloned().map(Self::Lead);
        leads.chain(contacts.iter().cloned().map(Self::Contact)).collect()
    }
}

/// Somebody whom the actor may see. Error: `record.not_found`.
pub(super) async fn person(cx: &mut Context<'_>, person: &PersonRef) -> Result<Person> {
    Ok(match person {
        PersonRef::Lead(lead) => {
            let lead = cx.load(lead).await?;
            match lead.converted_contact {
                // A converted lead goes on as its contact, as far as the actor sees that one.
                Some(contact) => Person::Contact(cx.load(&contact.into()).await?.id),
                None => Person::Lead(lead.id),
            }
        }
        PersonRef::Contact(contact) => Person::Contact(cx.load(contact).await?.id),
    })
}

/// The same, in the trash as well.
pub(super) async fn person_even_trashed(cx: &mut Context<'_>, person: &PersonRef) -> Result<Person> {
    Ok(match person {
        PersonRef::Lead(lead) => Person::Lead(cx.load_even_trashed(lead).await?.id),
        PersonRef::Contact(contact) => Person::Contact(cx.load_even_trashed(contact).await?.id),
    })
}

/// Everything of this kind that the person belongs to.
async fn memberships<M: Member>(cx: &mut Context<'_>, person: Person) -> Result<Vec<M>> {
    match person {
        Person::Lead(lead) => cx.unrestricted().matching(M::OF_LEAD, &lead).await,
        Person::Contact(contact) => cx.unrestricted().matching(M::OF_CONTACT, &contact).await,
    }
}

async fn membership<M: Member>(cx: &mut Context<'_>, of: Id<M::Of>, person: Person) -> Result<Option<M>> {
    Ok(memberships::<M>(cx, person).await?.into_iter().find(|member| member.of() == of))
}

/// Makes the person a member; `None` when they are one already.
pub(super) async fn enrol<M: Member>(cx: &mut Context<'_>, of: Id<M::Of>, person: Person) -> Result<Option<M>> {
    if membership::<M>(cx, of, person).await?.is_some() {
        return Ok(None);
    }
    let member = M::joining(of, person, cx.now());
    cx.unrestricted().insert(member).await.map(Some)
}

/// Ends a membership; whether there was one.
pub(super) async fn withdraw<M: Member>(cx: &mut Context<'_>, of: Id<M::Of>, person: Person) -> Result<bool> {
    match membership::<M>(cx, of, person).await? {
        Some(member) => cx.remove(&member).await.map(|()| true),
        None => Ok(false),
    }
}
