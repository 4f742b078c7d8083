//! Planning a mail: from here on it leaves once, or there is a reason why it does not.

use serde_json::{Map, Value as Json};

use super::{
    Content, Correspondence, Mail, MailPurpose, MailState, Sender, Template, Topic, due,
    gate::{self, Asked},
    person::{self, Person},
    render,
    secret::Secret,
    sender::{HALTED, UNVERIFIED},
    template::{self, Made, Written, problem},
};
use crate::{
    About, Code, CollectionCommand, Context, Document, Email, Language, Name, PlainText, Ref, Result, Subject,
    Timestamp, closed_enum, command,
    kernel::error::codes,
    marketing::membership::ONE_PERSON,
    people::org,
    sales::{Contact, Lead},
};

/// A mail was planned under the key.
pub const DEDUP_TAKEN: Code = Code::conflict(
    "mail.dedup_taken",
    "A mail was planned as {dedup} before: {mail}. Look at that one, or give another key.",
);
/// There is nowhere to write to.
pub const NO_ADDRESS: Code =
    Code::rule("mail.no_address", "The {kind} has no mail address; give them one, or name one of theirs in {field}.");
/// Marketing has no page to unsubscribe.
pub const NO_PREFERENCES_PAGE: Code = Code::rule(
    "mail.no_preferences_page",
    "The organisation has no page on which people unsubscribe; set mail.preferences_page with org.configure.",
);
/// A mail says nothing, or two things.
pub const TEXT_OR_TEMPLATE: Code = Code::invalid(
    "mail.text_or_template",
    "A mail says subject and text, or what a template makes with locale and values; give one of the two.",
);

/// How long what nobody dated can wait: 72 hours.
const LONGEST_WAIT: i64 = 72;

/// What a mail says.
pub(crate) enum Says {
    /// What somebody wrote.
    Content(Content),
    /// What a template makes of values.
    Template(Box<Made>),
    /// What a user is notified of; it is put together when the mail is first claimed.
    Notifications,
}

/// A mail that is to be planned.
pub(crate) struct Planned {
    /// The key under which there is one mail, for ever.
    pub(crate) dedup: String,
    /// Who or what wants it to leave.
    pub(crate) purpose: MailPurpose,
    /// What it is about.
    pub(crate) about: Option<About>,
    /// The topic.
    pub(crate) topic: Option<Topic>,
    /// The sender.
    pub(crate) sender: Sender,
    /// The person, and which of their addresses.
    pub(crate) person: Option<Person>,
    /// The address.
    pub(crate) to: Email,
    /// What it says.
    pub(crate) says: Says,
    /// Who else gets it and what it answers, in a conversation.
    pub(crate) correspondence: Option<Correspondence>,
    /// The moment before which it does not leave; now unless said.
    pub(crate) not_before: Option<Timestamp>,
    /// The moment from which on it does not leave; 72 hours later unless said.
    pub(crate) expires_at: Option<Timestamp>,
}

/// Plans a mail of whoever asks: every message to a person goes this way. What may not go to the address is skipped at once, with the
/// reason, and so is what a template cannot make for want of a value. Errors: `mail.dedup_taken`, `mail.no_preferences_page`, and those of
/// templates.
pub(crate) async fn plan(cx: &mut Context<'_>, planned: Planned) -> Result<Mail> {
    let known: Vec<Mail> = cx.unrestricted().matching(Mail::DEDUP, &planned.dedup).await?;
    if let Some(known) = known.first() {
        return Err(DEDUP_TAKEN.with("dedup", &planned.dedup).with("mail", known.id).with("field", "dedup"));
    }
    let marketing = person::is_marketing(planned.purpose, planned.topic.as_ref());
    let links = marketing || matches!(&planned.says, Says::Template(made) if made.links());
    if links && org::settings(cx).await?.mail_settings().preferences_page.is_none() {
        return Err(NO_PREFERENCES_PAGE.error());
    }
    let now = cx.now();
    let not_before = planned.not_before.map_or(now, |at| at.max(now));
    let id = cx.new_id::<Mail>();
    let message_id = Secret::of(cx).await?.message_id(id.uuid(), planned.sender.address.domain());
    let mut mail = Mail {
        id,
        dedup: planned.dedup,
        purpose: planned.purpose,
        about: planned.about,
        topic: planned.topic.as_ref().map(|topic| topic.id),
        marketing,
        sender: planned.sender.id,
        lead: match &planned.person {
            Some(Person::Lead(lead)) => Some(lead.id),
            _ => None,
        },
        contact: match &planned.person {
            Some(Person::Contact(contact)) => Some(contact.id),
            _ => None,
        },
        to: Some(planned.to.clone()),
        message_id,
        correspondence: planned.correspondence.map(Document),
        not_before,
        expires_at: Some(planned.expires_at.unwrap_or_else(|| not_before.plus_hours(LONGEST_WAIT))),
        ..Mail::default()
    };
    let mut unmade = None;
    match planned.says {
        Says::Content(content) => mail.content = Some(content.into()),
        Says::Notifications => {}
        Says::Template(made) => {
            if marketing {
                made.must_be_fit_for_marketing()?;
            }
            let link = render::link(cx, &mail, links).await?;
            if let Err(error) = made.content(cx, &planned.sender, link.as_deref()) {
                unmade = Some(template::missing(&error).ok_or(error)?);
            }
            mail.template_version = Some(made.version());
            mail.locale = Some(made.locale);
            mail.time_zone = Some(made.zone);
            mail.values = Some(Document(made.values));
        }
    }
    let asked = Asked {
        to: &planned.to,
        topic: mail.topic,
        marketing,
        counted: false,
        gone: person::is_gone(&mail, planned.person.as_ref()),
        zone: planned.person.as_ref().and_then(Person::zone),
    };
    // What only puts it off is asked when it is claimed.
    if let Some(reason) = gate::ask(cx, &asked).await?.skips().or(unmade) {
        mail.state = MailState::Skipped;
        mail.reason = Some(reason);
    } else {
        due::look_at(cx, not_before).await?;
    }
    cx.unrestricted().insert(mail).await
}

closed_enum! {
    /// Who wants a single mail to leave; what goes to many plans its mails by itself.
    pub enum PlanPurpose {
        /// Somebody writes to one person.
        Person = "person",
        /// The system says something that belongs to what somebody has with us.
        System = "system",
    }
}

impl From<PlanPurpose> for MailPurpose {
    fn from(purpose: PlanPurpose) -> Self {
        match purpose {
            PlanPurpose::Person => Self::Person,
            PlanPurpose::System => Self::System,
        }
    }
}

/// Plans one mail to one person, a lead or a contact, for whoever may change them: it leaves when a worker claims it. There is one mail
/// of each `dedup`, for ever: the same again is `mail.dedup_taken`. What may not go to the address is `skipped` at once, with the reason.
///
/// It says `subject` and `text`, or what the published version of a `template` makes of `values` and of the records as the actor sees them
/// now; that is rendered when the mail is first claimed. A value that is missing where it would be printed: the mail is `skipped`, with the
/// name of the value.
///
/// Errors: `mail.dedup_taken`, `mail.no_address`, `mail.no_preferences_page`, `mail.text_or_template`, `member.lead_or_contact`,
/// `sender.halted`, `sender.unverified`, `template.archived`, `template.not_published`; for marketing `template.no_unsubscribe`, `template.no_address`.
#[command(
    "plan",
    collection = Mail,
    action = Create,
    check = Self::check,
    errors(
        DEDUP_TAKEN, NO_ADDRESS, NO_PREFERENCES_PAGE, ONE_PERSON, TEXT_OR_TEMPLATE, HALTED, UNVERIFIED, problem::ARCHIVED,
        problem::NOT_PUBLISHED,
        problem::NO_TEXT, problem::VARIABLE_MISSING, problem::VALUE, problem::LINK, problem::FUEL, problem::TOO_LARGE,
        problem::NO_UNSUBSCRIBE, problem::NO_ADDRESS, problem::NO_ENGINE
    )
)]
pub struct Plan {
    /// The key under which there is one mail.
    pub dedup: Name,
    /// The lead it goes to.
    pub lead: Option<Ref<Lead>>,
    /// The contact it goes to.
    pub contact: Option<Ref<Contact>>,
    /// Which of their addresses; the main one unless said.
    pub to: Option<Email>,
    /// The sender.
    pub sender: Ref<Sender>,
    /// What the person writes or the system says: `person` unless said, and `system` with a template.
    pub purpose: Option<PlanPurpose>,
    /// The topic; that of the template unless said. A mail of purpose `system` about a topic of marketing goes only to those who agreed.
    pub topic: Option<Ref<Topic>>,
    /// The record that it is about, which the actor sees; the person unless said. Who sees that sees the mail.
    pub about: Option<About>,
    /// The subject, with a text; without a template.
    pub subject: Option<Subject>,
    /// The text, with a subject; without a template.
    pub text: Option<PlainText>,
    /// The template whose published version makes the mail, instead of subject and text.
    pub template: Option<Ref<Template>>,
    /// The language of the template's text; that of the person unless said.
    pub locale: Option<Language>,
    /// Values of the template's variables.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub values: Map<String, Json>,
    /// The moment before which it does not leave; now unless said.
    pub not_before: Option<Timestamp>,
    /// The moment from which on it does not leave any more; 72 hours after that unless said.
    pub expires_at: Option<Timestamp>,
}

impl Plan {
    fn check(&self) -> Result<()> {
        if self.lead.is_some() == self.contact.is_some() {
            return Err(ONE_PERSON.error());
        }
        let given = (self.template.is_some(), self.subject.is_some(), self.text.is_some());
        let of_template = self.locale.is_some() || !self.values.is_empty();
        if !matches!((given, of_template), ((true, false, false), _) | ((false, true, true), false)) {
            return Err(TEXT_OR_TEMPLATE.error());
        }
        match (self.not_before, self.expires_at) {
            (Some(from), Some(to)) if to <= from => {
                Err(codes::FIELD_INVALID.with("field", "expires_at").with("problem", "give a moment after not_before"))
            }
            _ => Ok(()),
        }
    }
}

impl CollectionCommand for Plan {
    type Output = Mail;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Mail> {
        let person = match (&self.lead, &self.contact) {
            (Some(lead), None) => Person::Lead(Box::new(cx.load(lead).await?)),
            (None, Some(contact)) => Person::Contact(Box::new(cx.load(contact).await?)),
            _ => return Err(ONE_PERSON.error()),
        };
        person.authorize(cx).await?;
        let own = person.about();
        let no_address = || NO_ADDRESS.with("kind", own.kind()).with("field", "to");
        let to = match &self.to {
            Some(to) if person.is_known_by(to) => to.clone(),
            Some(_) => return Err(no_address()),
            None => person.address().cloned().ok_or_else(no_address)?,
        };
        let sender = cx.load(&self.sender).await?;
        sender.must_send()?;
        let about = match &self.about {
            Some(about) => seen(cx, about).await?,
            None => own,
        };
        let says = self.says(cx, &person, &about).await?;
        let topic = match (&self.topic, &says) {
            (Some(topic), _) => Some(cx.load(topic).await?),
            (None, Says::Template(made)) => match made.topic() {
                Some(topic) => Some(cx.unrestricted().load(topic).await?),
                None => None,
            },
            (None, Says::Content(_) | Says::Notifications) => None,
        };
        let usual = if self.template.is_some() { MailPurpose::System } else { MailPurpose::Person };
        let planned = Planned {
            dedup: self.dedup.to_string(),
            purpose: self.purpose.map_or(usual, MailPurpose::from),
            about: Some(about),
            topic,
            sender,
            person: Some(person),
            to,
            says,
            correspondence: None,
            not_before: self.not_before,
            expires_at: self.expires_at,
        };
        plan(cx, planned).await
    }
}

impl Plan {
    /// What it says, as far as the actor may see what a template reads.
    async fn says(&self, cx: &mut Context<'_>, person: &Person, about: &About) -> Result<Says> {
        if let (Some(subject), Some(text)) = (&self.subject, &self.text) {
            return Ok(Says::Content(Content::plain(subject.clone(), text)));
        }
        let template = self.template.as_ref().ok_or_else(|| TEXT_OR_TEMPLATE.error())?;
        let template = cx.load(template).await?;
        let occasion = person.occasion(about);
        let written = Written { locale: self.locale.as_ref(), values: &self.values, occasion: &occasion };
        Ok(Says::Template(Box::new(Made::of(cx, &template, written).await?)))
    }
}

/// What a mail is about, as the actor sees it. Error: `reference.broken`.
async fn seen(cx: &mut Context<'_>, about: &About) -> Result<About> {
    let About::Record { kind, id } = about else { return Ok(about.clone()) };
    let broken = || codes::REFERENCE_BROKEN.with("field", "about").with("kind", kind);
    let def = cx.kind(kind).map_err(|_| broken())?;
    if !def.is_about_able() {
        return Err(broken());
    }
    let row = cx.visible_row(def, &Ref::Id((*id).into()), false).await;
    let row = row.map_err(|error| if error.retryable() { error } else { broken() })?;
    Ok(About::record(def.kind, row.id(def)))
}
