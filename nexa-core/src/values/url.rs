//! Web addresses.

use super::text::{EMPTY, trimmed};

string_value!(
    /// A web address, http or https, of at most 2,000 characters; scheme and host in lower case. A host without a scheme, such
    /// as `acme.example`, is one with https.
    Url,
    normal,
    {
        "type": "string", "format": "uri", "minLength": 8, "maxLength": 2000,
        "description": "A web address that starts with http:// or https://."
    },
    Url
);

fn normal(text: &str) -> Result<String, &'static str> {
    let text = trimmed(text);
    let text = text.as_ref();
    if text.is_empty() {
        return Err(EMPTY);
    }
    if text.len() > 2_000 && text.chars().count() > 2_000 {
        return Err("give at most 2,000 characters");
    }
    // These would end the address in a page or a mail that shows it.
    if text.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '\\' | '`')) {
        return Err("write a web address without spaces, quotes and angle brackets");
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        // A host alone, as people write it.
        let host = text.split(['/', '?', '#']).next().unwrap_or_default();
        let bare = host.contains('.') && !host.contains('@') && !text.starts_with('/');
        return if bare { normal(&format!("https://{text}")) } else { Err(SCHEME) };
    };
    let scheme = scheme.to_ascii_lowercase();
    if !matches!(scheme.as_str(), "http" | "https") {
        return Err(SCHEME);
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    if authority.contains('@') {
        return Err("leave user name and password out of a web address");
    }
    if !is_host_and_port(authority) {
        return Err("give a web address with a host, such as https://example.com");
    }
    Ok(format!("{scheme}://{}{path}", authority.to_ascii_lowercase()))
}

const SCHEME: &str = "start a web address with http:// or https://";

fn is_host_and_port(authority: &str) -> bool {
    let (host, port) = match authority.rsplit_once(':') {
        // The colons of an IPv6 address stand in brackets.
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let port_is_good =
        port.is_none_or(|port| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok());
    let host_is_good = match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => host
            .split('.')
            .all(|label| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))),
    };
    port_is_good && host_is_good
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::values::check;

    #[test]
    fn scheme_and_host_are_in_lower_case_and_the_path_is_kept() {
        let url = Url::parse(" HTTPS://Example.COM:8080/A?b=C#D ").unwrap();
        assert_eq!(url, "https://example.com:8080/A?b=C#D");
        check::round_trip(&url);
        assert_eq!(Url::parse("Acme.example/About").unwrap(), "https://acme.example/About");
        for text in ["http://localhost", "https://bücher.de/x", "http://[::1]:3000/", "https://a.b?q=user@host"] {
            assert_eq!(Url::parse(text).unwrap(), text);
        }
    }

    #[test]
    fn what_is_no_web_address_is_refused() {
        for text in [
            "",
            "javascript:alert(1)",
            "javascript:alert.x",
            "mailto:me@example.com",
            "/about.html",
            "example",
            "ftp://example.com",
            "javascript://example.com/%0aalert(1)",
            "https://",
            "https:///x",
            "https://a b.com",
            "https://a.com/<b>",
            "https://me:secret@a.com",
            "https://a..b",
            "http://a:99999",
            "http://a:+80",
            "https://a.com/\u{1}",
            "http://[zz]/",
        ] {
            assert!(Url::parse(text).is_err(), "{text:?}");
        }
        assert!(Url::parse(&format!("https://a.b/{}", "x".repeat(1_988))).is_ok());
        assert!(Url::parse(&format!("https://a.b/{}", "x".repeat(1_989))).is_err());
    }

    proptest! {
        #[test]
        fn the_normal_form_is_normal(text in " ?(?i:https?)://[A-Za-z.:\\[\\]0-9]{0,8}[/?#]?[ -~]{0,8}") {
            check::normal(Url::parse, &text);
        }
    }
}
