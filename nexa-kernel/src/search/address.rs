//! Mail addresses, found as a whole, by the parts of their name and by each part of their domain; and web addresses, found
//! by their host. A domain is read in letters, also where it is written in the form that the network uses (`xn--…`).

use std::borrow::Cow;

use super::words::{add_chain, chains, is_word, shortened};

/// What stands before an address, its name and its domain, where a part of a text has one.
pub(super) fn split(chunk: &str) -> Option<(&str, &str, &str)> {
    let (local, domain) = chunk.rsplit_once('@')?;
    let domain =
        domain.get(..domain.find(|c| !(is_word(c) || matches!(c, '.' | '-' | '_'))).unwrap_or(domain.len()))?;
    let domain = domain.trim_end_matches(|c| !is_word(c));
    let outside = |c: char| matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | ':' | '"' | '/' | '@');
    let from = local.rfind(outside).map_or(0, |at| at + 1);
    let (before, local) = local.split_at_checked(from)?;
    (domain.starts_with(is_word) && local.contains(is_word)).then_some((before, local, domain))
}

/// An address as one term.
pub(super) fn whole(local: &str, domain: &str) -> String {
    format!("{local}@{}", in_letters(domain))
}

/// Adds the terms of a mail address.
pub(super) fn add(local: &str, domain: &str, add: &mut impl FnMut(&str)) {
    add(shortened(&whole(local, domain)));
    // The whole begins with the first part of the name.
    chains(local, |chain| add_chain(chain.get(1..).unwrap_or_default(), add));
    chains(&in_letters(domain), |chain| add_chain(&chain, add));
}

/// Adds the terms of a web address: those of its host.
pub(super) fn add_url(url: &str, add: &mut impl FnMut(&str)) {
    let host = host(url);
    let host = host.as_deref().unwrap_or(url);
    chains(host.strip_prefix("www.").unwrap_or(host), |chain| add_chain(&chain, add));
}

/// The host of a web address, or a domain that is written as the network does; nothing for other texts.
pub(super) fn host(text: &str) -> Option<Cow<'_, str>> {
    match text.split_once("://") {
        Some(("http" | "https", rest)) => {
            let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
            let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
            Some(in_letters(host))
        }
        _ => text.contains(NETWORK).then(|| in_letters(text)),
    }
}

/// How a label begins that has letters beyond ASCII.
const NETWORK: &str = "xn--";

/// A domain in letters, folded as all that is searched.
fn in_letters(domain: &str) -> Cow<'_, str> {
    if !domain.contains(NETWORK) {
        return Cow::Borrowed(domain);
    }
    let labels: Vec<Cow<'_, str>> = domain
        .split('.')
        .map(|label| match label.strip_prefix(NETWORK).and_then(idna::punycode::decode_to_string) {
            Some(letters) => Cow::Owned(super::plain(&letters)),
            None => Cow::Borrowed(label),
        })
        .collect();
    Cow::Owned(labels.join("."))
}
