//! Whether bytes that are no UTF-8 can only be Windows-1252.
//!
//! Every byte means something in every code page, so bytes alone prove nothing. What counts is where a letter stands: in
//! `Jos\u{e9}` it is among Latin letters, where no Cyrillic or Chinese letter would be, and it is the same letter in the code
//! page of Central Europe. Where the two differ, the Western letter must be the one that makes a word: `S\u{f8}ren` has a vowel
//! between consonants, while the same byte in `Dvo\u{159}\u{e1}k` stands behind a vowel. When in doubt, it is not Western:
//! its rows are refused, and the caller names the encoding.

/// What one byte says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    Western,
    Nothing,
    Foreign,
}

/// Whether these bytes, which are no UTF-8, can only be Windows-1252.
pub(super) fn is_western(sample: &[u8]) -> bool {
    let mut western = false;
    for (at, byte) in sample.iter().enumerate().filter(|(_, byte)| !byte.is_ascii()) {
        match says(sample, at, *byte) {
            Says::Western => western = true,
            Says::Nothing => {}
            Says::Foreign => return false,
        }
    }
    western
}

fn says(sample: &[u8], at: usize, byte: u8) -> Says {
    let near = |by: isize| at.checked_add_signed(by).and_then(|place| sample.get(place)).copied().unwrap_or(b' ');
    let (before, behind) = (near(-1), near(1));
    let word = before.is_ascii_alphabetic() || behind.is_ascii_alphabetic();
    match byte {
        // The sign of the euro, where no letter is near.
        0x80 if !word && before.is_ascii() && behind.is_ascii() => Says::Western,
        // Punctuation that stands at words: it proves nothing, and disproves nothing.
        0x85 | 0x91..=0x94 | 0x96 | 0x97 | 0x99 | 0xa0 | 0xa9 | 0xab | 0xae | 0xb0 | 0xb4 | 0xb7 | 0xbb => {
            Says::Nothing
        }
        // Other signs stand where no letter is near; among letters they are letters of somebody else.
        0xa1..=0xbf if !word && before.is_ascii() && behind.is_ascii() => Says::Nothing,
        0xc0..=0xff => letter(byte, before, behind, near(-2), near(2)),
        _ => Says::Foreign,
    }
}

/// A letter of Windows-1252, between the bytes next to it.
fn letter(byte: u8, before: u8, behind: u8, earlier: u8, later: u8) -> Says {
    let high = |byte: u8| byte >= 0xc0;
    if before >= 0x80 && !high(before) || behind >= 0x80 && !high(behind) && !matches!(behind, 0x92 | 0xa0) {
        return Says::Foreign;
    }
    let beside_letter = before.is_ascii_alphabetic()
        || behind.is_ascii_alphabetic()
        || high(before) && earlier.is_ascii_alphabetic()
        || high(behind) && later.is_ascii_alphabetic();
    let run = high(before) && (high(earlier) || high(behind)) || high(behind) && high(later);
    let lower = byte | 0x20;
    if run || !beside_letter {
        // A word of one letter, such as `\u{e0}`.
        let single = !high(before) && !high(behind) && matches!(lower, 0xe0 | 0xe9 | 0xe8 | 0xf3 | 0xe5 | 0xf6);
        return if single { Says::Nothing } else { Says::Foreign };
    }
    let western = match (byte, lower) {
        (0xd7 | 0xf7, _) => false,
        (0xdf, _) => true,
        // The same letter in the code page of Central Europe, and letters that are hardly used there.
        (_, 0xe0..=0xe2 | 0xe4 | 0xe5 | 0xe7 | 0xe9 | 0xeb | 0xed | 0xee | 0xf3 | 0xf4 | 0xf6 | 0xfa | 0xfc) => true,
        // A vowel, where others have a consonant.
        (_, 0xe6 | 0xf2 | 0xf8) => !vowel(before) && !vowel(behind),
        (_, 0xe8) => !vowel(behind) && behind.is_ascii() && (!vowel(before) || vowel(later)),
        // A consonant that Poland writes only before others.
        (_, 0xf1) => vowel(behind),
        (_, 0xe3) => matches!(behind | 0x20, b'o' | b'e'),
        (_, 0xf5) => behind | 0x20 == b'e',
        _ => false,
    };
    if western { Says::Western } else { Says::Foreign }
}

/// Whether a byte is a vowel, with an accent or without.
const fn vowel(byte: u8) -> bool {
    matches!(byte | 0x20, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
        || matches!(byte | 0x20, 0xe0..=0xe6 | 0xe8..=0xef | 0xf2..=0xf6 | 0xf8..=0xfd) && byte >= 0xc0
}

#[cfg(test)]
mod tests {
    use encoding_rs::{
        BIG5, EUC_KR, Encoding, GBK, ISO_8859_2, KOI8_R, MACINTOSH, SHIFT_JIS, WINDOWS_1250, WINDOWS_1251,
        WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1255, WINDOWS_1256, WINDOWS_1257,
    };

    use super::is_western;

    fn written(name: &str, encoding: &'static Encoding) -> Vec<u8> {
        let text = format!("First Name,Last Name,Email\n{name},x,x@y.example\n");
        let (bytes, _, lossy) = encoding.encode(&text);
        assert!(!lossy, "{name}");
        bytes.into_owned()
    }

    #[test]
    fn western_names_are_read() {
        for name in [
            "José,García",
            "Müller",
            "Zoë",
            "François",
            "Søren",
            "Peña",
            "Ångström",
            "Hélène",
            "João",
            "Muñoz,Núñez",
            "Björk",
            "Gómez",
            "Sánchez",
            "Café",
            "Conceição",
            "Günther,Größe",
            "Prénom",
            "Molière",
            "Kjær",
            "Jørgensen",
            "Niccolò",
            "São Paulo",
            "Société",
            "5 €",
            "Simões",
            "Nørgaard",
            "Ève",
            "Íñigo",
        ] {
            assert!(is_western(&written(name, WINDOWS_1252)), "{name}");
        }
        assert!(is_western(&written("José,O’Brien – “x”", WINDOWS_1252)));
    }

    #[test]
    fn names_of_other_code_pages_are_not_taken_for_western_ones() {
        let others: [(&'static Encoding, &[&str]); 14] = [
            (WINDOWS_1251, &["Иван,Петров", "Ян", "Ольга", "Ёлкин", "Acme ООО"]),
            (KOI8_R, &["Иван,Петров"]),
            (
                WINDOWS_1250,
                &[
                    "Dvořák",
                    "Łukasz",
                    "Jenő",
                    "Šárka",
                    "Wałęsa",
                    "Jabłoński",
                    "Wolański",
                    "Žižka",
                    "Čapek",
                    "Jiří",
                    "Gergő",
                    "Němcová",
                    "Kovač",
                    "Kučera",
                    "Ştefan",
                    "Petrović",
                    "Růžena",
                    "Vaněk",
                    "Bartoň",
                    "Zięba",
                ],
            ),
            (ISO_8859_2, &["Dvořák", "Łódź", "Wałęsa"]),
            (SHIFT_JIS, &["山田,太郎", "テスト", "佐藤", "ソニー", "ﾃｽﾄ"]),
            (GBK, &["王,伟", "李,小龙", "张", "联通"]),
            (BIG5, &["王,偉"]),
            (EUC_KR, &["김,철수"]),
            (MACINTOSH, &["José,García", "Müller", "Zoë", "François", "Peña", "Größe", "Søren"]),
            (WINDOWS_1253, &["Γιώργος"]),
            (WINDOWS_1254, &["Yılmaz", "Şahin", "Ağaoğlu"]),
            (WINDOWS_1255, &["כהן"]),
            (WINDOWS_1256, &["محمد"]),
            (WINDOWS_1257, &["Bērziņš", "Žukauskas"]),
        ];
        for (encoding, names) in others {
            for name in names {
                assert!(!is_western(&written(name, encoding)), "{name} in {}", encoding.name());
            }
        }
    }
}
