//! A mail of a template for those who write it, to see how it arrives.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use super::{
    Template,
    made::{content, sender_of},
    message::{occasion, with_today},
    preview::no_links,
    problem,
    render::{self, With},
};
use crate::{
    About, Command, Context, Language, Ref, Result, command,
    kernel::limits::at_most,
    mail::{
        Mail, MailPurpose, Sender,
        plan::{self, Planned, Says},
        sender::{HALTED, UNVERIFIED},
    },
    people::User,
    sales::{Contact, Lead},
};

/// How many users get a test.
const MOST: usize = 10;
/// What stands before the subject of a test.
const MARK: &str = "[Test] ";

/// Sends a mail of a template to users of the team, as it would be: the subject is marked, its links for unsubscribing lead nowhere, no
/// consent is asked, and it does not count for the sender's rate. What it says is made at once, of the version that is being written.
///
/// Errors: `sender.halted`, `sender.unverified`, `template.variable_missing`, `template.not_published`, and those of sources such as
/// `template.syntax`.
#[command(
    "test",
    on = Template,
    check = Self::check,
    errors(
        HALTED, UNVERIFIED, problem::NOT_PUBLISHED, problem::NO_TEXT, problem::SYNTAX, problem::FILTER_UNKNOWN,
        problem::PARTIAL_UNKNOWN, problem::LINK, problem::VALUE, problem::FUEL, problem::TOO_LARGE, problem::VARIABLE_MISSING,
        problem::NO_ENGINE
    )
)]
pub struct Test {
    /// The template.
    pub template: Ref<Template>,
    /// The users who get it, at most 10; the one who asks unless said.
    #[schemars(length(max = 10))]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<Ref<User>>,
    /// The sender.
    pub sender: Ref<Sender>,
    /// Whether the version is meant that was published last, not the one that is being written.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub published: bool,
    /// The record that the message is about.
    pub about: Option<About>,
    /// The contact to whom it would go.
    pub contact: Option<Ref<Contact>>,
    /// The lead to whom it would go.
    pub lead: Option<Ref<Lead>>,
    /// The language; that of the person unless said.
    pub locale: Option<Language>,
    /// Values of the template's variables.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub values: Map<String, Json>,
}

impl Test {
    fn check(&self) -> Result<()> {
        at_most("to", "users", self.to.len(), MOST)
    }

    /// Who gets it, each once.
    async fn users(&self, cx: &mut Context<'_>) -> Result<Vec<User>> {
        if self.to.is_empty() {
            let own = cx.actor().user().ok_or_else(|| super::invalid("to", "name the users who get it"))?;
            return Ok(vec![cx.load(&Ref::<User>::Id(crate::Id::new(own))).await?]);
        }
        let (mut users, mut seen) = (Vec::new(), BTreeSet::new());
        for user in &self.to {
            let user = cx.load(user).await?;
            if seen.insert(user.id.uuid()) {
                users.push(user);
            }
        }
        Ok(users)
    }
}

impl Command for Test {
    type Output = Vec<Mail>;
    async fn run(&self, template: Template, cx: &mut Context<'_>) -> Result<Vec<Mail>> {
        let about = About::from(&template);
        let users = self.users(cx).await?;
        let sender = cx.load(&self.sender).await?;
        sender.must_send()?;
        let (version, partials) = template.tried(cx, self.published, None).await?;
        version.must_be_mail()?;
        let occasion = occasion(cx, self.about.as_ref(), self.contact.as_ref(), self.lead.as_ref()).await?;
        let collected = version.collect(cx, &occasion, &self.values).await?;
        let mut values = with_today(collected.values, cx.now(), collected.time_zone);
        values.insert("sender".to_owned(), sender_of(&sender));
        no_links(&mut values);
        let wanted: Vec<Language> = self.locale.clone().into_iter().chain(collected.languages).collect();
        let said = version.in_language(&partials, &wanted, |locale, sources| {
            let with = With { values: &values, locale, zone: collected.time_zone.zone() };
            content(render::rendered(&sources, &with)?, MARK)
        })?;
        let mut mails = Vec::new();
        for user in users {
            let planned = Planned {
                dedup: format!("test:{}", cx.new_id::<Mail>()),
                purpose: MailPurpose::Test,
                about: Some(about.clone()),
                topic: None,
                sender: sender.clone(),
                person: None,
                to: user.email,
                says: Says::Content(said.clone()),
                correspondence: None,
                not_before: None,
                expires_at: None,
            };
            mails.push(plan::plan(cx, planned).await?);
        }
        Ok(mails)
    }
}
