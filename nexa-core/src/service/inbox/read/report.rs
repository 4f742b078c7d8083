//! What a server says of a mail that it did not deliver (RFC 3464).

use mail_parser::{Message, MimeHeaders};

use super::{super::BounceReport, identifier};
use crate::{Email, mail::MailBounceClass};

/// Reads the report of a server, as far as it has one.
pub(super) fn read(message: &Message<'_>) -> BounceReport {
    let mut report = BounceReport { class: MailBounceClass::Soft, ..BounceReport::default() };
    for part in &message.parts {
        let text = String::from_utf8_lossy(part.contents());
        if part.is_content_type("message", "delivery-status")
            || part.is_content_type("message", "global-delivery-status")
        {
            report.code = report.code.or_else(|| field(&text, "status").map(|value| code(&value)));
            let recipient = field(&text, "final-recipient").or_else(|| field(&text, "original-recipient"));
            report.address = report.address.or_else(|| recipient.as_deref().and_then(address));
        } else if part.is_message()
            || part.is_content_type("text", "rfc822-headers")
            || part.is_content_type("message", "rfc822")
        {
            report.message_id = report.message_id.or_else(|| field(&text, "message-id").and_then(|id| identifier(&id)));
        }
    }
    if report.message_id.is_none() {
        // Old servers quote the headers in their text.
        let texts = message.text_bodies().filter_map(|part| part.text_contents());
        report.message_id = texts.filter_map(|text| field(text, "message-id")).find_map(|id| identifier(&id));
    }
    report.class = class(report.code.as_deref());
    report
}

/// The value of a field in lines of `Name: value`.
fn field(text: &str, name: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned()).filter(|value| !value.is_empty())
    })
}

/// `5.1.1` of `5.1.1 (no such user)`.
fn code(value: &str) -> String {
    value.chars().take_while(|c| c.is_ascii_digit() || *c == '.').take(12).collect()
}

/// The address of `rfc822; a@b.example`.
fn address(value: &str) -> Option<Email> {
    let address = value.rsplit(';').next().unwrap_or(value);
    Email::parse(address.trim().trim_matches(['<', '>'])).ok()
}

fn class(code: Option<&str>) -> MailBounceClass {
    match code {
        Some(code) if code.starts_with("5.1.") => MailBounceClass::Hard,
        Some(code) if code.starts_with("5.7.") => MailBounceClass::Block,
        _ => MailBounceClass::Soft,
    }
}
