//! The one form of texts that read the same: lower case and NFKC.
//!
//! With the feature `unicode` the tables of Unicode's normal forms are part of the library. Without it the host knows
//! them, as every browser does, and says so once with `know`; until then only the case counts. What Unicode has assigned
//! keeps its normal form in every later version, so that all of them make the same of it.

#[cfg(feature = "unicode")]
mod form {
    use unicode_normalization::UnicodeNormalization;

    pub(super) fn lower(text: &str) -> String {
        text.nfkc().flat_map(char::to_lowercase).nfkc().collect()
    }
}

#[cfg(not(feature = "unicode"))]
mod form {
    use std::sync::OnceLock;

    /// Answers the normal form NFKC of a text.
    pub type Nfkc = fn(&str) -> String;

    static NFKC: OnceLock<Nfkc> = OnceLock::new();

    /// Lets the host tell of normal forms; the first one that is given counts.
    pub fn know(nfkc: Nfkc) {
        NFKC.get_or_init(|| nfkc);
    }

    pub(super) fn lower(text: &str) -> String {
        let nfkc = NFKC.get().copied().unwrap_or(str::to_owned);
        let lower: String = nfkc(text).chars().flat_map(char::to_lowercase).collect();
        nfkc(&lower)
    }
}

#[cfg(not(feature = "unicode"))]
pub use form::{Nfkc, know};

/// Lower case between two times NFKC.
pub(crate) fn lower(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { form::lower(text) }
}

#[cfg(all(test, feature = "unicode"))]
mod tests {
    use std::ops::RangeInclusive;

    use sha2::{Digest, Sha256};
    use unicode_normalization::UnicodeNormalization;

    use super::lower;

    /// Parts that get no more characters.
    const PARTS: [RangeInclusive<char>; 9] = [
        '\u{80}'..='\u{24f}',
        '\u{1e00}'..='\u{1fff}',
        '\u{2100}'..='\u{214f}',
        '\u{3300}'..='\u{33ff}',
        '\u{f900}'..='\u{faff}',
        '\u{fb00}'..='\u{fb4f}',
        '\u{ff00}'..='\u{ffef}',
        '\u{1d400}'..='\u{1d6a5}',
        '\u{2f800}'..='\u{2fa1f}',
    ];

    /// The digest of all characters of these parts that have another normal form, with it. The tests of the npm package
    /// hold browsers against the same.
    #[test]
    fn the_host_knows_the_same_normal_forms() {
        let mut sha = Sha256::new();
        for character in PARTS.into_iter().flatten() {
            let form: String = character.nfkc().collect();
            if !form.chars().eq([character]) {
                sha.update(format!("{character}={form};"));
            }
        }
        let digest: String = sha.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest, "54ab84f2aa0cbed6527f9d790fb0a581d479dc71f82c297d8dd341ec02f84932");
    }

    #[test]
    fn marks_come_in_one_order() {
        assert_eq!(lower("E\u{323}\u{302}"), lower("Ê\u{323}"));
        assert_eq!(lower("Ｓtraße"), "straße");
    }
}
