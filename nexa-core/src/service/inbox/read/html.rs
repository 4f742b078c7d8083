//! The HTML of a mail, without anything that a browser runs or loads by itself.

use std::{
    borrow::Cow,
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use mail_parser::{Message, PartType, decoders::html::html_to_text};

use crate::service::MessageMark;

/// The longest HTML that is cleaned, in bytes: 1 MiB. Of longer one the text is shown.
const LONGEST: usize = 1_048_576;
/// The deepest: what cleans it takes longer with the square of that.
const DEEPEST: usize = 256;
/// Elements that have no end.
const VOID: [&str; 14] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// The HTML of a mail, cleaned; none where it has none, or where it is too long or too deep.
pub(super) fn of(message: &Message<'_>, marks: &mut Vec<MessageMark>) -> Option<String> {
    let html: String = message
        .html_bodies()
        .filter_map(|part| match &part.body {
            PartType::Html(html) => Some(html.as_ref()),
            _ => None,
        })
        .collect();
    if html.trim().is_empty() {
        return None;
    }
    if html.len() > LONGEST || depth(&html) > DEEPEST {
        marks.push(MessageMark::BodyCut);
        return None;
    }
    let (clean, has_remote) = clean(&html);
    if has_remote {
        marks.push(MessageMark::HasRemote);
    }
    Some(clean)
}

/// The text of HTML; of what is too deep or too long as well.
pub(super) fn as_text(html: &str) -> String {
    let end = html.floor_char_boundary(LONGEST.min(html.len()));
    html_to_text(html.get(..end).unwrap_or_default())
}

/// HTML of which nothing runs and nothing is loaded, and whether it had pictures from elsewhere.
fn clean(html: &str) -> (String, bool) {
    let remote = Arc::new(AtomicBool::new(false));
    let found = Arc::clone(&remote);
    let clean = ammonia::Builder::default()
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel", "cid"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .attribute_filter(move |element, attribute, value| {
            if element == "img" && attribute == "src" && !value.starts_with("cid:") {
                found.store(true, Ordering::Relaxed);
                return None;
            }
            Some(Cow::Borrowed(value))
        })
        .clean(html)
        .to_string();
    (clean, remote.load(Ordering::Relaxed))
}

/// How deep elements stand in each other at most, by their tags alone.
fn depth(html: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        rest = after;
        if after.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if after.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let end = after.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(after.len());
            let name = after.get(..end).unwrap_or_default();
            if !VOID.iter().any(|void| void.eq_ignore_ascii_case(name)) {
                depth += 1;
                deepest = deepest.max(depth);
            }
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_runs_and_nothing_is_loaded() {
        for (html, forbidden) in [
            ("<script>alert(1)</script>hello", "alert"),
            ("<img src=x onerror=alert(1)>", "onerror"),
            ("<a href='javascript:alert(1)'>x</a>", "javascript"),
            ("<svg onload=alert(1)><script>x</script></svg>", "alert"),
            ("<p style='background:url(https://evil.example)'>x</p>", "style"),
            ("<form action=https://evil.example><input name=p></form>", "form"),
            ("<base href=https://evil.example><meta http-equiv=refresh content=0>", "evil"),
            ("<img src='data:image/svg+xml;base64,AAAA'>", "data:"),
            ("<iframe src=https://evil.example></iframe>", "evil"),
            ("<a href='/relative'>x</a>", "relative"),
            ("<div id=a class=b>x</div>", "class"),
        ] {
            let (cleaned, _) = clean(html);
            assert!(!cleaned.to_lowercase().contains(forbidden), "{html}: {cleaned}");
        }
        let (cleaned, remote) = clean("<p>Hi <b>you</b><img src='https://x.example/a.png'></p>");
        assert!(remote && !cleaned.contains("x.example") && cleaned.contains("<b>you</b>"), "{cleaned}");
        let (cleaned, remote) = clean("<img src='cid:logo'><a href='https://x.example'>x</a>");
        assert!(!remote && cleaned.contains("cid:logo") && cleaned.contains("noopener"), "{cleaned}");
    }

    #[test]
    fn depth_is_counted_by_tags() {
        assert_eq!(depth("<p>a<br>b</p><p>c</p>"), 1);
        assert_eq!(depth(&"<div>".repeat(10_000)), 10_000);
        assert_eq!(depth(&format!("{}{}", "<div>".repeat(3), "</div>".repeat(3))), 3);
        assert_eq!(depth("a < b and <"), 0);
    }
}
