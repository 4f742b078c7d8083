//! A download: the bytes of a file for somebody who sees what it hangs on, with what a server says of them.

use std::{borrow::Cow, fmt::Write, ops::Range};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{attachment::Attachment, blob::Blob};
use crate::{
    Code, Context, Record, Ref, Result, Session,
    kernel::{
        blobs::{BlobKey, Chunks},
        session::Job,
    },
};

/// The bytes of the file were removed.
pub const GONE: Code = Code::rule(
    "attachment.gone",
    "The bytes of {name} are no longer there: they were removed for good; ask its sender for the file.",
);
/// The file has no bytes there.
pub const RANGE: Code =
    Code::invalid("attachment.range", "The file has {size} bytes; ask for a range that begins before its end.");

/// What a browser may show in the place where it is, and runs nothing of.
const SHOWN_INLINE: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/// What a browser might run: it is not told what it is.
const RUN: [&str; 4] = ["text/html", "text/xml", "image/svg+xml", "application/xhtml+xml"];

/// Which bytes of a file are asked for, and for what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DownloadOptions {
    /// These bytes; all unless said. What is beyond the end is left out.
    pub range: Option<Range<u64>>,
    /// Whether a plain picture is to be shown where it is. Anything else is saved to disk all the same.
    pub inline: bool,
}

impl DownloadOptions {
    /// The whole file, to be saved.
    pub fn new() -> Self {
        Self::default()
    }
    /// These bytes alone.
    #[must_use]
    pub fn range(mut self, range: Range<u64>) -> Self {
        self.range = Some(range);
        self
    }
    /// A plain picture (PNG, JPEG, GIF or WebP, by its bytes) to be shown where it is.
    #[must_use]
    pub const fn inline(mut self) -> Self {
        self.inline = true;
        self
    }
}

/// The bytes of a file, and the headers that a server sends with them.
#[non_exhaustive]
pub struct Download {
    /// The name of the file.
    pub name: String,
    /// What its bytes are.
    pub r#type: String,
    /// How many bytes the whole file has.
    pub size: u64,
    /// The bytes that follow.
    pub range: Range<u64>,
    /// Headers of HTTP, which keep a browser from running what it gets. A server sends all of them.
    pub headers: Vec<(&'static str, String)>,
    /// The bytes, piece by piece.
    pub bytes: Box<dyn Chunks>,
}

/// Gives the bytes of a file to the actor of the session, who sees what it hangs on.
///
/// Errors: `record.not_found`, `record.trashed`, `attachment.gone`, `attachment.range`, `blobs.not_configured`, `blobs.missing`,
/// `blobs.failed`.
pub async fn download(
    session: &Session,
    attachment: impl Into<Ref<Attachment>>,
    options: DownloadOptions,
) -> Result<Download> {
    let blobs = session.blobs()?;
    let Found { name, r#type, size, key } = session.read(Find { attachment: attachment.into() }).await?;
    let range = match options.range {
        None => 0..size,
        Some(range) if range.start < size && range.start < range.end => range.start..range.end.min(size),
        Some(_) => return Err(RANGE.with("size", size)),
    };
    let headers = headers(&name, &r#type, size, &range, options.inline);
    let bytes = blobs.get(BlobKey::new(session.org(), key), range.clone()).await?;
    Ok(Download { name, r#type, size, range, headers, bytes })
}

/// A file as it is found. It names no record, so that nothing of it is taken for one.
#[derive(Serialize, Deserialize)]
struct Found {
    name: String,
    r#type: String,
    size: u64,
    key: Uuid,
}

struct Find {
    attachment: Ref<Attachment>,
}

impl Job for Find {
    type Output = Found;
    fn operation(&self) -> Cow<'static, str> {
        Cow::Borrowed("download")
    }
    fn arguments(&self) -> String {
        String::new()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Found> {
        let attachment = cx.load(&self.attachment).await?;
        let hidden = cx.hidden(Attachment::def())?.contains(&Attachment::NAME.name());
        let name = if hidden { "file".to_owned() } else { attachment.name.to_string() };
        let blob = Blob::of_hash(cx, &attachment.sha256).await?.ok_or_else(|| GONE.with("name", &name))?;
        let size = u64::try_from(attachment.size).unwrap_or_default();
        Ok(Found { name, r#type: attachment.r#type.into(), size, key: blob.key })
    }
}

fn headers(name: &str, found: &str, size: u64, range: &Range<u64>, inline: bool) -> Vec<(&'static str, String)> {
    let inline = inline && SHOWN_INLINE.contains(&found);
    let shown = if RUN.contains(&found) { "application/octet-stream" } else { found };
    let mut headers = vec![
        ("Content-Type", shown.to_owned()),
        ("Content-Disposition", disposition(if inline { "inline" } else { "attachment" }, name)),
        ("X-Content-Type-Options", "nosniff".to_owned()),
        ("Content-Security-Policy", "default-src 'none'; sandbox".to_owned()),
        ("Cache-Control", "private, no-store".to_owned()),
        ("Accept-Ranges", "bytes".to_owned()),
        ("Content-Length", (range.end - range.start).to_string()),
    ];
    if *range != (0..size) {
        headers.push(("Content-Range", format!("bytes {}-{}/{size}", range.start, range.end.saturating_sub(1))));
    }
    headers
}

/// `attachment; filename="…"; filename*=UTF-8''…` (RFC 6266): for old programs in ASCII, for others as it is.
fn disposition(how: &str, name: &str) -> String {
    let plain =
        |c: char| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%' | ';') || c == ' ' { c } else { '_' };
    let ascii: String = name.chars().map(plain).collect();
    let mut text = format!("{how}; filename=\"{ascii}\"; filename*=UTF-8''");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            text.push(char::from(byte));
        } else {
            // Writing to a text does not fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, found: &str, inline: bool) -> Vec<(&'static str, String)> {
        headers(name, found, 10, &(0..10), inline)
    }
    fn value<'h>(headers: &'h [(&'static str, String)], name: &str) -> &'h str {
        headers.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    #[test]
    fn only_a_plain_picture_is_shown_inline() {
        for found in
            ["image/svg+xml", "text/html", "text/xml", "application/pdf", "application/octet-stream", "image/bmp"]
        {
            let headers = of("a", found, true);
            assert!(value(&headers, "Content-Disposition").starts_with("attachment;"), "{found}");
            assert_eq!(value(&headers, "X-Content-Type-Options"), "nosniff");
        }
        for found in SHOWN_INLINE {
            assert!(value(&of("a", found, true), "Content-Disposition").starts_with("inline;"), "{found}");
            assert!(value(&of("a", found, false), "Content-Disposition").starts_with("attachment;"), "{found}");
        }
        assert_eq!(value(&of("a.svg", "image/svg+xml", false), "Content-Type"), "application/octet-stream");
    }

    #[test]
    fn a_name_cannot_leave_its_header() {
        let headers = of("a\"; filename=b.exe\r\nX: y", "text/html", false);
        let disposition = value(&headers, "Content-Disposition");
        assert!(!disposition.contains(['\r', '\n']) && disposition.matches('"').count() == 2, "{disposition}");
        let headers = of("résumé 1.pdf", "application/pdf", false);
        let expected = "attachment; filename=\"r_sum_ 1.pdf\"; filename*=UTF-8''r%C3%A9sum%C3%A9%201.pdf";
        assert_eq!(value(&headers, "Content-Disposition"), expected);
    }

    #[test]
    fn a_part_says_which() {
        let headers = headers("a", "image/png", 10, &(2..5), false);
        assert_eq!(value(&headers, "Content-Range"), "bytes 2-4/10");
        assert_eq!(value(&headers, "Content-Length"), "3");
        assert_eq!(value(&of("a", "image/png", false), "Content-Range"), "");
    }
}
