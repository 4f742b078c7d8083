//! The text of a mail: what a person reads of it, without characters that no storage keeps.

use mail_parser::{Message, PartType};

use crate::{Body, service::MessageMark};

/// The longest text, in bytes: 1 MiB.
const LONGEST: usize = 1_048_576;
/// The most parts that are joined.
const MOST_PARTS: usize = 50;

/// The text of a mail: of its text parts, or of its HTML where it has none.
pub(super) fn text(message: &Message<'_>, marks: &mut Vec<MessageMark>) -> Option<Body> {
    let mut whole = String::new();
    for (position, part) in message.text_bodies().enumerate().take(MOST_PARTS) {
        let text = match &part.body {
            PartType::Html(html) => super::html::as_text(html),
            _ => match message.body_text(position) {
                Some(text) => text.into_owned(),
                None => continue,
            },
        };
        if part.is_encoding_problem || text.contains('\u{fffd}') {
            marks.push(MessageMark::CharsetGuessed);
        }
        if !whole.is_empty() {
            whole.push('\n');
        }
        whole.push_str(&text);
        if whole.len() > LONGEST {
            break;
        }
    }
    kept(&whole, marks)
}

/// A text as a record keeps it: what is too long is cut, and marked.
pub(super) fn kept(text: &str, marks: &mut Vec<MessageMark>) -> Option<Body> {
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    let clean: String = unified.chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect();
    let end = clean.floor_char_boundary(LONGEST);
    if end < clean.len() {
        marks.push(MessageMark::BodyCut);
    }
    let mut cut = clean.get(..end)?;
    loop {
        match Body::parse(cut) {
            Ok(body) => return Some(body),
            // Composed, a text may be longer than it was.
            Err(_) if cut.len() > LONGEST / 2 => {
                cut = cut.get(..cut.floor_char_boundary(cut.len() - cut.len() / 8))?;
                marks.push(MessageMark::BodyCut);
            }
            Err(_) => return None,
        }
    }
}

/// A text on one line of at most so many characters.
pub(super) fn one_line(text: &str, most: usize) -> Option<String> {
    let line: String = text
        .chars()
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .take(most)
        .collect();
    let line = line.trim();
    (!line.is_empty()).then(|| line.to_owned())
}
