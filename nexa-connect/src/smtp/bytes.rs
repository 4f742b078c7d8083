//! A message as bytes: the same for the same message, whoever asks and how often.

use std::fmt;

use lettre::Address;
use mail_builder::{
    MessageBuilder,
    headers::{HeaderType, address, content_type::ContentType, raw::Raw, text::Text},
    mime::{BodyPart, MimePart},
};
use nexa_core::mail::{FinishedMessage, Header, MailFile, Mailbox};

/// Why a message cannot be sent by SMTP, whatever the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsendable(String);

impl fmt::Display for Unsendable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unsendable {}

/// The headers that a message has fields for; another of their name would be a second one.
const OWN: [&str; 14] = [
    "from",
    "sender",
    "to",
    "cc",
    "bcc",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-disposition",
    "return-path",
];

/// The message as it is sent: headers, text and HTML, with line ends as SMTP has them. Recipients of the envelope alone stand nowhere in it.
///
/// The same message has the same bytes, whenever they are made.
pub fn bytes(message: &FinishedMessage) -> Result<Vec<u8>, Unsendable> {
    let boundary = format!("=_{}", message.mail.simple());
    let mut builder = MessageBuilder::new()
        .message_id(line("Message-ID", message.message_id.trim_start_matches('<').trim_end_matches('>'))?)
        .date(message.date.micros().div_euclid(1_000_000))
        .from(mailbox(&message.from)?)
        .to(message.to.iter().map(mailbox).collect::<Result<Vec<_>, _>>()?)
        .subject(line("Subject", &message.subject)?);
    if !message.cc.is_empty() {
        builder = builder.cc(message.cc.iter().map(mailbox).collect::<Result<Vec<_>, _>>()?);
    }
    if let Some(reply_to) = &message.reply_to {
        builder = builder.reply_to(mailbox(reply_to)?);
    }
    for header in &message.headers {
        builder = builder.header(name(header)?, value(header)?);
    }
    let text = || MimePart::new("text/plain", BodyPart::Text(message.text.as_str().into()));
    let body = match &message.html {
        Some(html) => MimePart::new(
            ContentType::new("multipart/alternative").attribute("boundary", boundary.clone()),
            BodyPart::Multipart(vec![text(), MimePart::new("text/html", BodyPart::Text(html.as_str().into()))]),
        ),
        None => text(),
    };
    let body = if message.files.is_empty() {
        body
    } else {
        let files = message.files.iter().map(file).collect::<Result<Vec<_>, _>>()?;
        let mixed = ContentType::new("multipart/mixed").attribute("boundary", format!("{boundary}_files"));
        MimePart::new(mixed, BodyPart::Multipart([body].into_iter().chain(files).collect()))
    };
    builder.body(body).write_to_vec().map_err(|problem| Unsendable(problem.to_string()))
}

/// A file as a part of the message.
fn file(file: &MailFile) -> Result<MimePart<'_>, Unsendable> {
    let name = line("of a file", &file.name)?;
    let kind = ContentType::new(line("of a file", &file.r#type)?);
    Ok(MimePart::new(kind, BodyPart::Binary(file.bytes.as_slice().into())).attachment(name))
}

fn name(header: &Header) -> Result<&str, Unsendable> {
    let name = header.name.as_str();
    let fits = !name.is_empty() && name.len() <= 76 && name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':');
    if !fits {
        return Err(Unsendable(format!("{name:?} is no name of a header")));
    }
    if OWN.contains(&name.to_ascii_lowercase().as_str()) {
        return Err(Unsendable(format!("the header {name} is made of the message, and cannot be given")));
    }
    Ok(name)
}

fn value(header: &Header) -> Result<HeaderType<'_>, Unsendable> {
    let value = line(&header.name, &header.value)?;
    Ok(if value.is_ascii() { HeaderType::Raw(Raw::new(value)) } else { HeaderType::Text(Text::new(value)) })
}

/// A text without line ends and other control characters: with one, it would begin a header of its own.
fn line<'v>(header: &str, value: &'v str) -> Result<&'v str, Unsendable> {
    if value.chars().any(|letter| letter.is_control() && letter != '\t') {
        return Err(Unsendable(format!("the header {header} has a line end or control character")));
    }
    Ok(value)
}

fn mailbox(mailbox: &Mailbox) -> Result<address::Address<'_>, Unsendable> {
    let name = match &mailbox.name {
        Some(name) => Some(line("of an address", name)?),
        None => None,
    };
    Ok(address::Address::new_address(name, ascii_domain(&mailbox.address)?))
}

/// An address with its domain as DNS has it.
pub(super) fn ascii_domain(address: &str) -> Result<String, Unsendable> {
    let refused = || Unsendable(format!("{address:?} is no mail address"));
    let (local, domain) = line("of an address", address)?.rsplit_once('@').ok_or_else(refused)?;
    let domain =
        if domain.is_ascii() { domain.to_owned() } else { idna::domain_to_ascii(domain).map_err(|_| refused())? };
    Ok(format!("{local}@{domain}"))
}

/// An address for the envelope.
pub(super) fn envelope(address: &str) -> Result<Address, Unsendable> {
    let address = ascii_domain(address)?;
    address.parse().map_err(|_| Unsendable(format!("{address:?} is no mail address")))
}
