//! Finishing a mail: what stands around its content, made once and kept with it.

use super::{
    Content, FinishedMessage, Header, Mail, MailFrame, MailPurpose, Mailbox, Sender,
    person::Person,
    secret::{Purpose, Secret},
    template::{self, Made},
    token::Token,
};
use crate::{Context, Document, Result, people::org, productivity::notification};

/// The header that mail programs show a button for.
const LIST_UNSUBSCRIBE: &str = "List-Unsubscribe";
/// What stands before the token in a link.
const TOKEN: &str = "token=";
/// The header that says that the button needs no page (RFC 8058).
const LIST_UNSUBSCRIBE_POST: &str = "List-Unsubscribe-Post";

/// What a mail that was never claimed before gets, once it may leave.
pub(super) struct Finish {
    /// The link to the page where people choose what they get.
    link: Option<String>,
    /// What a template made.
    content: Option<Content>,
}

/// The link with which whoever gets a mail says what they want to get, where it `has` one and the organisation has a page.
pub(super) async fn link(cx: &mut Context<'_>, mail: &Mail, has: bool) -> Result<Option<String>> {
    let Some(to) = mail.to.as_ref().filter(|_| has) else { return Ok(None) };
    let Some(page) = org::settings(cx).await?.mail_settings().preferences_page else { return Ok(None) };
    let secret = Secret::of(cx).await?;
    let topic = mail.topic.map(crate::Id::uuid).unwrap_or_default();
    let token = Token { org: cx.org(), address: secret.address(to), topic };
    let between = if page.contains('?') { '&' } else { '?' };
    Ok(Some(format!("{page}{between}{TOKEN}{}", token.write(&secret, Purpose::Preferences, &[]))))
}

/// Makes what a mail that was never claimed before says, or returns the reason for which it is skipped. Error: `template.no_engine`.
pub(super) async fn prepare(
    cx: &mut Context<'_>,
    mail: &Mail,
    sender: &Sender,
) -> Result<std::result::Result<Finish, String>> {
    let nothing = Finish { link: None, content: None };
    if mail.frame.is_some() {
        return Ok(Ok(nothing));
    }
    if mail.purpose == MailPurpose::Notification && mail.content.is_none() {
        let content = notification::letter_content(cx, mail).await?;
        return Ok(content.map(|content| Finish { link: None, content: Some(content) }));
    }
    let made = if mail.content.is_none() { Made::of_mail(cx, mail).await? } else { None };
    let has = mail.marketing || made.as_ref().is_some_and(Made::links);
    let link = link(cx, mail, has).await?;
    if mail.marketing && link.is_none() {
        // The page is gone, and nobody could unsubscribe.
        return Ok(Err("no_preferences_page".to_owned()));
    }
    let Some(made) = made else { return Ok(Ok(Finish { link, content: None })) };
    match made.content(cx, sender, link.as_deref()) {
        Ok(content) => Ok(Ok(Finish { link, content: Some(content) })),
        Err(error) => template::unmade(&error).map(Err).ok_or(error),
    }
}

/// Makes what stands around a mail that was never claimed before; with the link to unsubscribe where it is marketing.
pub(super) fn finish(cx: &Context<'_>, mail: &mut Mail, sender: &Sender, person: Option<&Person>, finish: Finish) {
    if mail.frame.is_some() {
        return;
    }
    if let Some(content) = finish.content {
        mail.content = Some(content.into());
    }
    let mut headers = Vec::new();
    let mut header = |name: &str, value: String| headers.push(Header { name: name.to_owned(), value });
    let mut signed_headers = Vec::new();
    let correspondence = mail.correspondence.as_ref().map(|correspondence| &correspondence.0);
    if correspondence.is_some_and(|correspondence| correspondence.automatic) {
        header("Auto-Submitted", "auto-replied".to_owned());
    } else if mail.purpose != MailPurpose::Person {
        header("Auto-Submitted", "auto-generated".to_owned());
    }
    if let Some(link) = finish.link.filter(|_| mail.marketing) {
        header(LIST_UNSUBSCRIBE, format!("<{link}>"));
        header(LIST_UNSUBSCRIBE_POST, "List-Unsubscribe=One-Click".to_owned());
        signed_headers = vec![LIST_UNSUBSCRIBE.to_owned(), LIST_UNSUBSCRIBE_POST.to_owned()];
        if let Some(content) = &mut mail.content {
            content.0.show_link(&link);
        }
    }
    if let Some(correspondence) = correspondence {
        headers.extend(correspondence.headers(&mail.message_id));
    }
    let reply_to = correspondence.and_then(|correspondence| correspondence.reply_to.clone());
    mail.frame = Some(Document(MailFrame {
        envelope_from: sender.bounce_address.clone().unwrap_or_else(|| sender.address.clone()),
        from: Mailbox { name: Some(sender.name.clone()), address: sender.address.clone() },
        to_name: person.and_then(Person::name),
        reply_to: reply_to.or_else(|| sender.reply_to.clone().map(Mailbox::from)),
        date: cx.now(),
        headers,
        signed_headers,
    }));
}

impl Content {
    /// Shows a link to unsubscribe where there is none: in a text that somebody wrote, or one whose template left it out.
    fn show_link(&mut self, link: &str) {
        // However a text writes the address of the page, the token stays as it is.
        let token = link.split_once(TOKEN).map_or(link, |(_, token)| token);
        if !self.text.contains(token) {
            self.text.push_str("\n\n-- \nUnsubscribe: ");
            self.text.push_str(link);
            self.text.push('\n');
        }
        if let Some(html) = self.html.as_mut().filter(|html| !html.contains(token)) {
            let shown = link.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
            let end = html.rfind("</body").unwrap_or(html.len());
            html.insert_str(end, &format!("<p><a href=\"{shown}\">Unsubscribe</a></p>"));
        }
    }
}

impl Mail {
    /// The message, as every attempt sends it; nothing before it was finished.
    pub(super) fn message(&self) -> Option<FinishedMessage> {
        let (content, frame, to) = (self.content.as_ref()?, self.frame.as_ref()?, self.to.as_ref()?);
        let correspondence = self.correspondence.clone().map(Document::into_inner).unwrap_or_default();
        let first = Mailbox { name: frame.to_name.clone(), address: to.clone() };
        let others = correspondence.others().map(|other| other.address.clone());
        Some(FinishedMessage {
            mail: self.id.uuid(),
            idempotency_key: self.id.to_string(),
            message_id: self.message_id.clone(),
            envelope_from: frame.envelope_from.clone(),
            recipients: [to.clone()].into_iter().chain(others).collect(),
            from: frame.from.clone(),
            to: [first].into_iter().chain(correspondence.to).collect(),
            cc: correspondence.cc,
            reply_to: frame.reply_to.clone(),
            date: frame.date,
            subject: content.subject.clone(),
            text: content.text.clone(),
            html: content.html.clone(),
            headers: frame.headers.clone(),
            signed_headers: frame.signed_headers.clone(),
            files: correspondence.files,
        })
    }
}
