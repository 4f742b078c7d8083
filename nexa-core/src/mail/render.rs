//! Finishing a mail: what stands around its content, made once and kept with it.

use super::{
    Content, FinishedMessage, Frame, Header, Mail, MailPurpose, Mailbox, Sender,
    person::Person,
    secret::{Purpose, Secret},
    token::Token,
};
use crate::{Context, Document, Result, people::org};

/// The header that mail programs show a button for.
const LIST_UNSUBSCRIBE: &str = "List-Unsubscribe";
/// The header that says that the button needs no page (RFC 8058).
const LIST_UNSUBSCRIBE_POST: &str = "List-Unsubscribe-Post";

/// Makes what stands around a mail that was never claimed before; with the link to unsubscribe where it is marketing.
pub(super) async fn finish(
    cx: &mut Context<'_>,
    mail: &mut Mail,
    sender: &Sender,
    person: Option<&Person>,
) -> Result<()> {
    if mail.frame.is_some() {
        return Ok(());
    }
    let mut headers = Vec::new();
    let mut header = |name: &str, value: String| headers.push(Header { name: name.to_owned(), value });
    let mut signed_headers = Vec::new();
    if mail.purpose != MailPurpose::Person {
        header("Auto-Submitted", "auto-generated".to_owned());
    }
    let page = org::settings(cx).await?.mail_settings().preferences_page;
    if let (Some(page), Some(to)) = (page.filter(|_| mail.marketing), &mail.to) {
        let secret = Secret::of(cx).await?;
        let topic = mail.topic.map(crate::Id::uuid).unwrap_or_default();
        let token = Token { org: cx.org(), address: secret.address(to), topic };
        let between = if page.contains('?') { '&' } else { '?' };
        let link = format!("{page}{between}token={}", token.write(&secret, Purpose::Preferences, &[]));
        header(LIST_UNSUBSCRIBE, format!("<{link}>"));
        header(LIST_UNSUBSCRIBE_POST, "List-Unsubscribe=One-Click".to_owned());
        signed_headers = vec![LIST_UNSUBSCRIBE.to_owned(), LIST_UNSUBSCRIBE_POST.to_owned()];
        if let Some(content) = &mut mail.content {
            content.0.show_link(&link);
        }
    }
    mail.frame = Some(Document(Frame {
        envelope_from: sender.bounce_address.clone().unwrap_or_else(|| sender.address.clone()),
        from: Mailbox { name: Some(sender.name.clone()), address: sender.address.clone() },
        to_name: person.and_then(Person::name),
        reply_to: sender.reply_to.clone().map(Mailbox::from),
        date: cx.now(),
        headers,
        signed_headers,
    }));
    Ok(())
}

impl Content {
    /// Shows a link to unsubscribe in a text that has none.
    fn show_link(&mut self, link: &str) {
        if !self.text.contains(link) {
            self.text.push_str("\n\n-- \nUnsubscribe: ");
            self.text.push_str(link);
            self.text.push('\n');
        }
    }
}

impl Mail {
    /// The message, as every attempt sends it; nothing before it was finished.
    pub(super) fn message(&self) -> Option<FinishedMessage> {
        let (content, frame, to) = (self.content.as_ref()?, self.frame.as_ref()?, self.to.as_ref()?);
        Some(FinishedMessage {
            mail: self.id.uuid(),
            idempotency_key: self.id.to_string(),
            message_id: self.message_id.clone(),
            envelope_from: frame.envelope_from.clone(),
            recipients: vec![to.clone()],
            from: frame.from.clone(),
            to: vec![Mailbox { name: frame.to_name.clone(), address: to.clone() }],
            reply_to: frame.reply_to.clone(),
            date: frame.date,
            subject: content.subject.clone(),
            text: content.text.clone(),
            html: content.html.clone(),
            headers: frame.headers.clone(),
            signed_headers: frame.signed_headers.clone(),
        })
    }
}
