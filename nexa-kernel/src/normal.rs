//! What texts that read the same have in common: one folding for uniques, equality of names, search and order.
//!
//! With the feature `unicode` the tables of Unicode's normal forms are part of the library. Without it the host knows
//! them, as every browser does, and says so once with `know`; until then only case, signs and blanks count. What Unicode
//! has assigned keeps its normal form in every later version, so that all of them make the same of it.

mod letters;

#[cfg(feature = "unicode")]
mod form {
    use unicode_normalization::UnicodeNormalization;

    pub(super) fn nfkc(text: &str) -> String {
        text.nfkc().collect()
    }
    pub(super) fn nfkd(text: &str) -> String {
        text.nfkd().collect()
    }
}

#[cfg(not(feature = "unicode"))]
mod form {
    use std::sync::OnceLock;

    /// Returns a normal form of a text.
    pub type NormalForm = fn(&str) -> String;

    static FORMS: OnceLock<[NormalForm; 2]> = OnceLock::new();

    /// Lets the host supply the normal forms NFKC and NFKD; those that are given first count.
    pub fn know(nfkc: NormalForm, nfkd: NormalForm) {
        FORMS.get_or_init(|| [nfkc, nfkd]);
    }

    pub(super) fn nfkc(text: &str) -> String {
        FORMS.get().map_or_else(|| text.to_owned(), |[nfkc, _]| nfkc(text))
    }
    pub(super) fn nfkd(text: &str) -> String {
        FORMS.get().map_or_else(|| text.to_owned(), |[_, nfkd]| nfkd(text))
    }
}

#[cfg(not(feature = "unicode"))]
pub use form::{NormalForm, know};

/// Lower case between two times NFKC: what a mail address is kept in. It leaves apart what is not written alike, for mail
/// goes to what is written.
pub fn lower(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let lower: String = form::nfkc(text).chars().flat_map(char::to_lowercase).collect();
    form::nfkc(&lower)
}

/// The two folded forms of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Folded {
    /// Without accents: what search and order go by.
    pub(crate) plain: String,
    /// With them, where they make a difference.
    pub(crate) accented: Option<String>,
}

/// Folds a text: NFKC, full case folding, one apostrophe, one quotation mark and one dash, single blanks between words,
/// without characters that nobody sees.
///
/// Case folding is that of Unicode (`ß` is `ss`, the final sigma a sigma), with one addition: the four letters I of Turkish
/// count as one in every language, since no text says which language it is in.
pub(crate) fn folded(text: &str) -> Folded {
    if text.is_ascii() {
        return Folded { plain: folded_ascii(text), accented: None };
    }
    let prepared: String = text.chars().filter_map(letters::sign).collect();
    let apart = form::nfkd(&prepared);
    let mut plain = Spaced::with_capacity(apart.len());
    let mut accented = Spaced::with_capacity(apart.len());
    let mut base = ' ';
    // Some signs come out of the normal form only.
    for c in apart.chars().filter_map(letters::sign) {
        if c.is_whitespace() {
            plain.blank();
            accented.blank();
            base = ' ';
            continue;
        }
        letters::lower(c, |c| {
            let mark = letters::is_accent(c);
            if mark && c == letters::DOT_ABOVE && base == 'i' {
                return;
            }
            accented.push(c);
            if !mark {
                base = c;
                match letters::latin(c) {
                    Some(letters) => letters.chars().for_each(|letter| plain.push(letter)),
                    None => plain.push(c),
                }
            } else if letters::makes_another(base, c) {
                plain.push(c);
            }
        });
    }
    let (plain, accented) = (plain.text, accented.text);
    if plain == accented {
        return Folded { plain: together(plain), accented: None };
    }
    Folded { plain: together(plain), accented: Some(together(accented)) }
}

/// The folded form of a text, which decides over uniques, the equality of names and the order of texts: it is the same for
/// texts that read the same, such as `Straße` and `STRASSE` or `O’Brien` and `o'brien`.
///
/// It is the text in folded case without accents; where there are accents, a tab and the same with them follow. So `Müller`
/// comes beside `Muller` in a list, and is still another name.
pub fn fold(text: &str) -> String {
    let Folded { mut plain, accented } = folded(text);
    if let Some(accented) = accented {
        plain.push(BETWEEN);
        plain.push_str(&accented);
    }
    plain
}

/// What stands between the form without accents and the one with them; before everything that a folded text can hold.
pub(crate) const BETWEEN: char = '\t';

/// A text whose words stand one blank apart.
struct Spaced {
    text: String,
    blank: bool,
}

impl Spaced {
    fn with_capacity(capacity: usize) -> Self {
        Self { text: String::with_capacity(capacity), blank: false }
    }
    fn blank(&mut self) {
        self.blank = !self.text.is_empty();
    }
    fn push(&mut self, c: char) {
        if std::mem::take(&mut self.blank) {
            self.text.push(' ');
        }
        self.text.push(c);
    }
}

fn folded_ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out.make_ascii_lowercase();
    if out.contains('`') { out.replace('`', "'") } else { out }
}

fn together(apart: String) -> String {
    if apart.is_ascii() { apart } else { form::nfkc(&apart) }
}

#[cfg(all(test, feature = "unicode"))]
mod tests;
