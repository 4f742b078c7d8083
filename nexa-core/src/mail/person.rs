//! The person a mail goes to.

use super::{Mail, MailPurpose, Topic, template::Occasion};
use crate::{
    About, Action, Context, Email, Name, Record, Result,
    kernel::value::zone::Zone,
    sales::{Contact, Lead},
};

/// A lead or a contact.
pub(crate) enum Person {
    /// A lead.
    Lead(Box<Lead>),
    /// A contact.
    Contact(Box<Contact>),
}

impl Person {
    /// Their address.
    pub(super) fn address(&self) -> Option<&Email> {
        match self {
            Self::Lead(lead) => lead.email.as_ref(),
            Self::Contact(contact) => contact.email.as_ref(),
        }
    }
    /// Whether they are known under an address.
    pub(crate) fn is_known_by(&self, address: &Email) -> bool {
        let others = match self {
            Self::Lead(lead) => &lead.other_emails,
            Self::Contact(contact) => &contact.other_emails,
        };
        self.address() == Some(address) || others.iter().any(|other| other == address)
    }
    /// Their name, as far as a name has room for it.
    pub(super) fn name(&self) -> Option<Name> {
        let (first, last) = match self {
            Self::Lead(lead) => (&lead.first_name, &lead.last_name),
            Self::Contact(contact) => (&contact.first_name, &contact.last_name),
        };
        let names: Vec<&str> = [first, last].into_iter().flatten().map(Name::as_str).collect();
        Name::parse(&names.join(" ")).ok()
    }
    /// Whether they are in the trash.
    pub(super) fn is_gone(&self) -> bool {
        match self {
            Self::Lead(lead) => lead.deleted_at.is_some(),
            Self::Contact(contact) => contact.deleted_at.is_some(),
        }
    }
    /// The time zone in which they live.
    pub(super) fn zone(&self) -> Option<Zone> {
        let zone = match self {
            Self::Lead(lead) => lead.time_zone,
            Self::Contact(contact) => contact.time_zone,
        };
        zone.map(crate::TimeZone::zone)
    }
    /// What a mail to them is about when nobody says.
    pub(super) fn about(&self) -> About {
        match self {
            Self::Lead(lead) => About::from(&**lead),
            Self::Contact(contact) => About::from(&**contact),
        }
    }
    /// What a template knows of a mail to them about something.
    pub(super) fn occasion(&self, about: &About) -> Occasion {
        let (contact, lead) = match self {
            Self::Contact(contact) => (Some(contact.id), None),
            Self::Lead(lead) => (None, Some(lead.id)),
        };
        Occasion { about: Some(about.clone()), contact, lead }
    }
    /// Refuses who may not change them. Error: `access.denied`.
    pub(super) async fn authorize(&self, cx: &mut Context<'_>) -> Result<()> {
        match self {
            Self::Lead(lead) => cx.authorize(Lead::def(), &lead.to_row(), Action::Update).await,
            Self::Contact(contact) => cx.authorize(Contact::def(), &contact.to_row(), Action::Update).await,
        }
    }
    /// The person of a mail, in the trash as well, in the unrestricted scope.
    pub(super) async fn of(cx: &mut Context<'_>, mail: &Mail) -> Result<Option<Self>> {
        if let Some(contact) = mail.contact {
            let row = cx.unrestricted().row(Contact::def(), contact.uuid()).await?;
            return row.map(|row| Contact::from_row(row).map(|contact| Self::Contact(Box::new(contact)))).transpose();
        }
        let Some(lead) = mail.lead else { return Ok(None) };
        let row = cx.unrestricted().row(Lead::def(), lead.uuid()).await?;
        row.map(|row| Lead::from_row(row).map(|lead| Self::Lead(Box::new(lead)))).transpose()
    }
}

/// Whether a mail goes only to those who agreed: what a person writes to one person does not.
pub(super) fn is_marketing(purpose: MailPurpose, topic: Option<&Topic>) -> bool {
    purpose != MailPurpose::Person && topic.is_some_and(Topic::is_marketing)
}

/// Whether the person of a mail is not there any more.
pub(super) fn is_gone(mail: &Mail, person: Option<&Person>) -> bool {
    match person {
        Some(person) => person.is_gone(),
        // A purged person is forgotten by the mail; one that is about something else never had any.
        None => {
            let of_person = |about: &About| ["lead", "contact"].contains(&about.kind());
            let of_person_alone = mail.correspondence.is_none()
                && !matches!(mail.purpose, MailPurpose::System | MailPurpose::Notification | MailPurpose::Test);
            of_person_alone || mail.about.as_ref().is_some_and(of_person)
        }
    }
}
