//! Where a document lies.

use super::text::{EMPTY, trimmed};

string_value!(
    /// Where a document lies: an address with a scheme, such as `https://` or `s3://`, of at most 2,000 characters. Schemes that a page
    /// would run are refused.
    DocumentUrl,
    normal,
    {
        "type": "string", "format": "uri", "minLength": 4, "maxLength": 2000,
        "description": "The address of a document, with its scheme: https://, s3:// and the like."
    }
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
        return Err("write an address without spaces, quotes and angle brackets");
    }
    let Some((scheme, rest)) = text.split_once("://") else { return Err(SCHEME) };
    let scheme = scheme.to_ascii_lowercase();
    let letters = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    let starts = scheme.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    if rest.is_empty() || !letters || !starts || matches!(scheme.as_str(), "javascript" | "vbscript" | "data") {
        return Err(SCHEME);
    }
    Ok(format!("{scheme}://{rest}"))
}

const SCHEME: &str = "start an address with its scheme, such as https:// or s3://";

#[cfg(test)]
mod tests {
    use super::DocumentUrl;

    #[test]
    fn any_storage_can_be_named_and_nothing_that_runs() {
        for (given, normal) in [
            ("s3://contracts/acme_2025.pdf", "s3://contracts/acme_2025.pdf"),
            (" HTTPS://acme.example/Contract.pdf ", "https://acme.example/Contract.pdf"),
            ("gs://bucket/a", "gs://bucket/a"),
        ] {
            assert_eq!(DocumentUrl::parse(given).unwrap().as_str(), normal);
        }
        for bad in ["", "acme_2025.pdf", "javascript://%0aalert(1)", "data://x", "s3://", "://x", "s3://a b", "1s://x"]
        {
            assert!(DocumentUrl::parse(bad).is_err(), "{bad}");
        }
    }
}
