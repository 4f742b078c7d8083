//! The composed form of texts (NFC).
//!
//! With the feature `unicode` the tables of Unicode's normal forms are part of the library. Without it the host knows them, as every
//! browser does, and supplies the form once with `know`; until then texts stay as they are given.

#[cfg(feature = "unicode")]
mod tables {
    use std::borrow::Cow;

    use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

    pub(in crate::text) fn composed(text: &str) -> Cow<'_, str> {
        match is_nfc_quick(text.chars()) {
            IsNormalized::Yes => Cow::Borrowed(text),
            _ => Cow::Owned(text.nfc().collect()),
        }
    }
}

#[cfg(not(feature = "unicode"))]
mod tables {
    use std::{borrow::Cow, sync::OnceLock};

    /// Returns the normal form NFC of a text.
    pub type Composed = fn(&str) -> String;

    static FORM: OnceLock<Composed> = OnceLock::new();

    /// Lets the host supply the normal form NFC; the first one that is given counts.
    pub fn know(composed: Composed) {
        FORM.get_or_init(|| composed);
    }

    pub(in crate::text) fn composed(text: &str) -> Cow<'_, str> {
        FORM.get().map_or(Cow::Borrowed(text), |composed| Cow::Owned(composed(text)))
    }
}

pub(super) use tables::composed;
#[cfg(not(feature = "unicode"))]
pub use tables::{Composed, know};
