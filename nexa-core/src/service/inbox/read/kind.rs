//! What sort of mail it is: whether a person wrote it (RFC 3834), and what the host's own server says of its sender.

use mail_parser::{Message, MimeHeaders};

use super::{
    super::{Authentication, BounceReport, Inbox},
    delivered_to, mailboxes, raw, raw_all, report,
};
use crate::service::{MailEnvelope, MessageAuto, MessageMark};

/// The mailboxes of servers that say that a mail was not delivered.
const SERVERS: [&str; 2] = ["mailer-daemon", "postmaster"];

/// What sort of mail it is, and what it says of one of ours.
pub(super) fn of(message: &Message<'_>, inbox: &Inbox, envelope: &MailEnvelope) -> (MessageAuto, Option<BounceReport>) {
    let report_type = message.content_type().and_then(|found| found.attribute("report-type")).unwrap_or_default();
    if report_type.eq_ignore_ascii_case("delivery-status") {
        return (MessageAuto::Bounce, Some(report::read(message)));
    }
    if report_type.eq_ignore_ascii_case("disposition-notification") {
        return (MessageAuto::Receipt, None);
    }
    let no_path = raw(message, "return-path").is_some_and(|path| path.trim() == "<>")
        || (envelope.known && envelope.from.is_none());
    let from_server = mailboxes(message.from())
        .iter()
        .any(|from| SERVERS.iter().any(|server| from.address.split('@').next().is_some_and(|local| local == *server)));
    if from_server && (no_path || raw(message, "return-path").is_none()) {
        return (MessageAuto::Bounce, Some(report::read(message)));
    }
    (automatic(message, inbox, no_path), None)
}

fn automatic(message: &Message<'_>, inbox: &Inbox, no_path: bool) -> MessageAuto {
    let word = |name: &str| raw(message, name).map(|value| first_word(value).to_ascii_lowercase());
    // `no` is what RFC 3834 gives to the mail of a person.
    if let Some(submitted) = word("auto-submitted")
        && submitted != "no"
    {
        let vacation =
            raw(message, "auto-submitted").is_some_and(|value| value.to_ascii_lowercase().contains("vacation"));
        return if vacation { MessageAuto::OutOfOffice } else { MessageAuto::AutoReply };
    }
    let suppressed = raw(message, "x-auto-response-suppress").unwrap_or_default().to_ascii_lowercase();
    if suppressed.split(',').any(|word| ["all", "oof", "autoreply"].contains(&word.trim())) {
        return MessageAuto::AutoReply;
    }
    if ["x-autoreply", "x-autorespond", "x-autoresponder"]
        .iter()
        .any(|name| word(name).is_some_and(|word| word != "no"))
    {
        return MessageAuto::AutoReply;
    }
    // Behind a list that is the inbox's own address are people.
    let ours = mailboxes(message.to()).into_iter().chain(mailboxes(message.cc())).map(|mailbox| mailbox.address);
    let own_list = ours.chain(delivered_to(message)).any(|address| inbox.relays.contains(&address));
    if !own_list {
        match word("precedence").as_deref() {
            Some("bulk" | "junk" | "list") => return MessageAuto::List,
            Some("auto_reply" | "auto-reply") => return MessageAuto::AutoReply,
            _ => {}
        }
        if raw(message, "list-id").is_some() {
            return MessageAuto::List;
        }
    }
    if no_path { MessageAuto::AutoReply } else { MessageAuto::None }
}

/// The first word of a value, without comments and parameters.
fn first_word(value: &str) -> &str {
    value.trim().split(|c: char| c.is_whitespace() || c == ';' || c == '(').next().unwrap_or_default()
}

/// What the host's own server says of the domain of the sender. What others wrote is not believed: everybody can write such a header.
pub(super) fn authentication(message: &Message<'_>, inbox: &Inbox) -> Authentication {
    let trusted = raw_all(message, "authentication-results").find(|value| {
        let server = first_word(value);
        inbox.trusted_servers.iter().any(|trusted| trusted.eq_ignore_ascii_case(server))
    });
    let Some(value) = trusted.map(str::to_ascii_lowercase) else { return Authentication::Unknown };
    let says = |word: &str| value.split(';').skip(1).any(|part| part.trim_start().starts_with(word));
    if says("dmarc=fail") {
        Authentication::Failed
    } else if says("dmarc=pass") || says("dkim=pass") || says("spf=pass") {
        Authentication::Passed
    } else {
        Authentication::Unknown
    }
}

/// Whether a server on the way says that it is spam.
pub(super) fn is_spam(message: &Message<'_>) -> bool {
    ["x-spam-flag", "x-spam"]
        .iter()
        .any(|name| raw(message, name).is_some_and(|value| first_word(value).eq_ignore_ascii_case("yes")))
}

/// What its parts say of it.
pub(super) fn marks(message: &Message<'_>) -> Vec<MessageMark> {
    let mut marks = Vec::new();
    let has = |kind: &str, subtypes: &[&str]| {
        message.parts.iter().any(|part| subtypes.iter().any(|subtype| part.is_content_type(kind, subtype)))
    };
    if has("multipart", &["encrypted"]) || has("application", &["pgp-encrypted"]) {
        marks.push(MessageMark::Encrypted);
    }
    if has("multipart", &["signed"]) || has("application", &["pkcs7-mime", "x-pkcs7-mime"]) {
        marks.push(MessageMark::HasSignature);
    }
    if has("text", &["calendar"]) {
        marks.push(MessageMark::Invite);
    }
    marks
}
