//! Reading a mail: from bytes to plain data. Whatever the bytes are, something comes of it, and nothing panics or takes long: what is
//! deep, long or of many parts is read only so far, and says so.

mod body;
mod html;
mod kind;
mod quote;
mod report;

use mail_parser::{Address, HeaderValue, Message, MessageParser, MimeHeaders};
use sha2::{Digest, Sha256};

use super::{Inbox, NotTaken, ReceivedMail};
use crate::{
    Email, Name, Subject, Timestamp,
    mail::Mailbox,
    service::{HeldReason, MailEnvelope},
};

/// The largest mail that is read, in bytes: 35 MiB.
pub(super) const LARGEST: usize = 35 * 1024 * 1024;
/// So much of a larger one is kept, in bytes.
pub(super) const KEPT: usize = 64 * 1024;
/// The longest headers, in bytes.
const LONGEST_HEADERS: usize = 256 * 1024;
/// The most parts.
const MOST_PARTS: usize = 1_000;
/// The most files; others stay in the source.
const MOST_FILES: usize = 200;
/// The most addresses.
const MOST_ADDRESSES: usize = 500;
/// The largest file that is taken out, in bytes; others stay in the source.
const LARGEST_FILE: usize = 25 * 1024 * 1024;
/// The longest identifier of a mail that is kept, in bytes.
const LONGEST_ID: usize = 500;
/// So many of the mails that it names are kept.
const MOST_REFERENCES: usize = 100;

/// A file that was found in a mail.
pub(super) struct FoundFile {
    pub(super) name: String,
    pub(super) declared_type: Option<String>,
    pub(super) bytes: Vec<u8>,
}

/// A mail that was read.
#[derive(Default)]
pub(super) struct Read {
    /// What it says, without its files.
    pub(super) mail: ReceivedMail,
    /// Its HTML, cleaned.
    pub(super) html: Option<String>,
    /// Its files, in their order.
    pub(super) files: Vec<FoundFile>,
}

impl Read {
    fn held(reason: HeldReason) -> Self {
        Self { mail: ReceivedMail::held(reason), ..Self::default() }
    }
}

/// Reads the bytes of a mail that came to an inbox. What goes wrong in it is a mail that is held.
pub(super) fn read(bytes: &[u8], inbox: &Inbox, envelope: &MailEnvelope) -> Read {
    if bytes.len() > LARGEST {
        return Read::held(HeldReason::TooLarge);
    }
    let read = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| whole(bytes, inbox, envelope)));
    read.unwrap_or_else(|_| Read::held(HeldReason::Failure))
}

fn whole(bytes: &[u8], inbox: &Inbox, envelope: &MailEnvelope) -> Read {
    let Some(message) = MessageParser::default().parse(bytes) else { return Read::held(HeldReason::Unparsable) };
    if message.headers().is_empty() {
        return Read::held(HeldReason::Unparsable);
    }
    let headers = message.root_part().raw_body_offset().saturating_sub(message.root_part().raw_header_offset());
    let addresses = [message.from(), message.to(), message.cc(), message.reply_to()];
    let count: usize = addresses.into_iter().flatten().map(|address| address.iter().count()).sum();
    let too_many = message.parts.len() > MOST_PARTS || count > MOST_ADDRESSES;
    if too_many || usize::try_from(headers).unwrap_or(usize::MAX) > LONGEST_HEADERS {
        return Read::held(HeldReason::Limit);
    }
    let mut marks = Vec::new();
    let (auto, bounce) = kind::of(&message, inbox, envelope);
    let text = body::text(&message, &mut marks);
    let html = html::of(&message, &mut marks);
    let reply_end = text.as_ref().and_then(|text| quote::reply_end(text)).and_then(|end| u32::try_from(end).ok());
    let (files, not_taken) = files(&message);
    marks.extend(kind::marks(&message));
    marks.dedup();
    let mail = ReceivedMail {
        message_id: message.message_id().and_then(identifier),
        in_reply_to: identifiers(message.in_reply_to()),
        references: identifiers(message.references()),
        date: message.date().filter(|date| date.is_valid()).map(|date| seconds(date.to_timestamp())),
        from: author(&message),
        reply_to: mailboxes(message.reply_to()),
        to: mailboxes(message.to()),
        cc: mailboxes(message.cc()),
        delivered_to: delivered_to(&message),
        subject: message
            .subject()
            .and_then(|subject| body::one_line(subject, 500))
            .and_then(|line| Subject::parse(&line).ok()),
        text,
        reply_end,
        auto,
        bounce,
        authentication: kind::authentication(&message, inbox),
        spam: kind::is_spam(&message),
        digest: Name::parse(&digest(&message, bytes)).ok(),
        marks,
        files: Vec::new(),
        not_taken,
        held: None,
        detail: None,
    };
    Read { mail, html, files }
}

fn seconds(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds.saturating_mul(1_000_000))
}

/// What tells a mail from any other: its name, who wrote it when to whom about what, and its body; not what servers on the way wrote.
fn digest(message: &Message<'_>, bytes: &[u8]) -> String {
    let mut hash = Sha256::new();
    for name in ["message-id", "from", "date", "subject", "to"] {
        let value = raw(message, name).unwrap_or_default();
        hash.update((value.trim().len() as u64).to_be_bytes());
        hash.update(value.trim().as_bytes());
    }
    let body = usize::try_from(message.root_part().raw_body_offset()).unwrap_or_default();
    hash.update(bytes.get(body..).unwrap_or_default());
    data_encoding::HEXLOWER.encode(&hash.finalize())
}

/// The value of a header as it stands there, the first of its name.
fn raw<'m>(message: &'m Message<'_>, name: &str) -> Option<&'m str> {
    raw_all(message, name).next()
}

/// The values of all headers of a name.
fn raw_all<'m>(message: &'m Message<'_>, name: &str) -> impl Iterator<Item = &'m str> {
    message.headers_raw().filter(move |(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn identifier(id: &str) -> Option<String> {
    let bare = id.trim().trim_matches(['<', '>']);
    let fits =
        !bare.is_empty() && bare.len() <= LONGEST_ID && !bare.contains(|c: char| c.is_control() || c.is_whitespace());
    fits.then(|| format!("<{bare}>"))
}

fn identifiers(value: &HeaderValue<'_>) -> Vec<String> {
    let all: Vec<String> = match value {
        HeaderValue::Text(text) => text.split_whitespace().filter_map(identifier).collect(),
        HeaderValue::TextList(list) => list.iter().filter_map(|text| identifier(text)).collect(),
        _ => Vec::new(),
    };
    let skipped = all.len().saturating_sub(MOST_REFERENCES);
    all.into_iter().skip(skipped).collect()
}

fn mailbox(address: &mail_parser::Addr<'_>) -> Option<Mailbox> {
    let email = Email::parse(address.address.as_deref()?).ok()?;
    let name = address.name.as_deref().and_then(|name| body::one_line(name, 200));
    Some(Mailbox { name: name.and_then(|name| Name::parse(&name).ok()), address: email })
}

fn mailboxes(address: Option<&Address<'_>>) -> Vec<Mailbox> {
    address.into_iter().flat_map(Address::iter).filter_map(mailbox).collect()
}

/// Who wrote it: of several, whom `Sender` names, or else the first.
fn author(message: &Message<'_>) -> Option<Mailbox> {
    let mut from = mailboxes(message.from());
    if from.len() > 1
        && let Some(sender) = mailboxes(message.sender()).into_iter().next()
    {
        return Some(sender);
    }
    if from.is_empty() { mailboxes(message.sender()).into_iter().next() } else { Some(from.swap_remove(0)) }
}

fn delivered_to(message: &Message<'_>) -> Vec<Email> {
    let named = ["delivered-to", "x-original-to", "x-delivered-to", "envelope-to"];
    let values = named.into_iter().flat_map(|name| raw_all(message, name));
    values.filter_map(|value| Email::parse(value.trim().trim_matches(['<', '>'])).ok()).take(20).collect()
}

/// The files of a mail, and those that are not taken out of it.
fn files(message: &Message<'_>) -> (Vec<FoundFile>, Vec<NotTaken>) {
    let (mut files, mut not_taken) = (Vec::new(), Vec::new());
    for (number, part) in message.attachments().enumerate() {
        let declared = part.content_type().map(|found| {
            format!("{}/{}", found.ctype(), found.subtype().unwrap_or("octet-stream")).to_ascii_lowercase()
        });
        let is_mail = part.is_message();
        let given = part.attachment_name().and_then(|name| body::one_line(name, 250));
        let name = given.unwrap_or_else(|| format!("file {}{}", number + 1, if is_mail { ".eml" } else { "" }));
        let bytes = part.contents();
        let reason = if bytes.is_empty() {
            "empty"
        } else if bytes.len() > LARGEST_FILE {
            "too_large"
        } else if files.len() >= MOST_FILES {
            "too_many"
        } else {
            files.push(FoundFile { name, declared_type: declared, bytes: bytes.to_vec() });
            continue;
        };
        if not_taken.len() < MOST_FILES {
            let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
            not_taken.push(NotTaken { name, size, reason: reason.to_owned() });
        }
    }
    (files, not_taken)
}
