//! Normal forms of Unicode as JavaScript knows them.

use js_sys::JsString;

/// The normal form NFKC of a text.
pub(crate) fn nfkc(text: &str) -> String {
    JsString::from(text).normalize("NFKC").into()
}

/// The normal form NFKD of a text.
pub(crate) fn nfkd(text: &str) -> String {
    JsString::from(text).normalize("NFKD").into()
}

/// The normal form NFC of a text.
pub(crate) fn nfc(text: &str) -> String {
    JsString::from(text).normalize("NFC").into()
}
