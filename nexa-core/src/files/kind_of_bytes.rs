//! What bytes are, by their beginning. What their sender says of them is a claim.

/// So many bytes are enough to say it.
pub(super) const ENOUGH: usize = 8 * 1024;

/// What is not recognised.
const ANYTHING: &str = "application/octet-stream";

/// The type of bytes by the first of them, such as `image/png`.
pub(super) fn of(head: &[u8]) -> &'static str {
    // Text that a browser may run is looked for first: what begins like a picture is none if it does not end like one.
    if let Some(found) = markup(head) {
        return found;
    }
    if head.get(..head.len().min(1024)).is_some_and(|start| start.windows(5).any(|part| part == b"%PDF-")) {
        return "application/pdf";
    }
    infer::get(head).map_or(ANYTHING, |found| found.mime_type())
}

/// What text with angle brackets is.
fn markup(head: &[u8]) -> Option<&'static str> {
    let text = as_text(head);
    let mut rest = text.trim_start_matches(['\u{feff}', '\0']).trim_start();
    let mut is_xml = false;
    loop {
        rest = if let Some(after) = rest.strip_prefix("<!--") {
            after.split_once("-->").map_or("", |(_, after)| after)
        } else if let Some(after) = rest.strip_prefix("<?") {
            is_xml = true;
            after.split_once("?>").map_or("", |(_, after)| after)
        } else {
            break;
        }
        .trim_start();
    }
    let lower = rest.get(..rest.floor_char_boundary(4096)).unwrap_or_default().to_ascii_lowercase();
    let begins = |name: &str| {
        let after = lower.strip_prefix('<').and_then(|tag| tag.strip_prefix(name));
        after.is_some_and(|after| !after.starts_with(|c: char| c.is_ascii_alphanumeric()))
    };
    let doctype = lower.strip_prefix("<!doctype").map(str::trim_start);
    if begins("svg") || doctype.is_some_and(|name| name.starts_with("svg")) || (is_xml && lower.contains("<svg")) {
        return Some("image/svg+xml");
    }
    const TAGS: [&str; 16] = [
        "html", "head", "body", "script", "iframe", "title", "table", "style", "div", "a", "b", "p", "br", "h1",
        "font", "meta",
    ];
    if doctype.is_some_and(|name| name.starts_with("html")) || TAGS.iter().any(|tag| begins(tag)) {
        return Some("text/html");
    }
    (is_xml || doctype.is_some()).then_some("text/xml")
}

/// Bytes as the text that a browser would make of them, also from UTF-16.
fn as_text(head: &[u8]) -> String {
    let units = |big: bool| {
        let pairs = head.get(2..).unwrap_or_default().chunks_exact(2);
        let unit = move |pair: &[u8]| match pair {
            [a, b] if big => u16::from_be_bytes([*a, *b]),
            [a, b] => u16::from_le_bytes([*a, *b]),
            _ => 0,
        };
        char::decode_utf16(pairs.map(unit)).map(|read| read.unwrap_or('\u{fffd}')).collect()
    };
    match head {
        [0xfe, 0xff, ..] => units(true),
        [0xff, 0xfe, ..] => units(false),
        _ => String::from_utf8_lossy(head).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_and_documents_are_known_by_their_first_bytes() {
        assert_eq!(of(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "image/png");
        assert_eq!(of(b"\xff\xd8\xff\xe0\0\x10JFIF"), "image/jpeg");
        assert_eq!(of(b"GIF89a\x01\0\x01\0"), "image/gif");
        assert_eq!(of(b"RIFF\x24\0\0\0WEBPVP8 "), "image/webp");
        assert_eq!(of(b"%PDF-1.7\n"), "application/pdf");
        assert_eq!(of(b"\n\n%PDF-1.4"), "application/pdf");
        assert_eq!(of(b"PK\x03\x04\x14\0\0\0"), "application/zip");
        assert_eq!(of(b"MZ\x90\0\x03\0\0\0"), "application/vnd.microsoft.portable-executable");
    }

    #[test]
    fn what_a_browser_may_run_is_seen_through_what_stands_before_it() {
        for svg in [
            "<svg onload=alert(1)>",
            "\u{feff} \n<!-- a picture --><SVG xmlns='http://www.w3.org/2000/svg'>",
            "<?xml version='1.0'?><!DOCTYPE svg><svg/>",
            "<?xml version='1.0'?><a><svg/></a>",
        ] {
            assert_eq!(of(svg.as_bytes()), "image/svg+xml", "{svg}");
        }
        for html in
            ["<!doctype html>", "  <HTML>", "<!-- x --><script>alert(1)</script>", "<a href=x>", "<iframe src=x>"]
        {
            assert_eq!(of(html.as_bytes()), "text/html", "{html}");
        }
        assert_eq!(of(b"<?xml version=\"1.0\"?><invoice/>"), "text/xml");
        let utf16: Vec<u8> = "\u{feff}<svg>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(of(&utf16), "image/svg+xml");
    }

    #[test]
    fn what_is_not_recognised_is_only_bytes() {
        for bytes in [&b"hello"[..], b"\0\x01\x02", b"< svg", b"<svgx>", b"a,b\n1,2\n", b"{}"] {
            assert_eq!(of(bytes), ANYTHING, "{bytes:?}");
        }
    }
}
