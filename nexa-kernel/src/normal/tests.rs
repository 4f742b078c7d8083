use std::ops::RangeInclusive;

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::{fold, folded, form, lower};

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

/// The digest of all characters that a function makes another text of, with that text.
fn digest(characters: impl Iterator<Item = char>, form: impl Fn(&str) -> String) -> String {
    let mut sha = Sha256::new();
    for character in characters {
        let whole = character.to_string();
        let form = form(&whole);
        if form != whole {
            sha.update(format!("{character}={form};"));
        }
    }
    sha.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The tests of the npm package hold browsers against the same.
#[test]
fn the_host_knows_the_same_normal_forms() {
    let parts = || PARTS.into_iter().flatten();
    assert_eq!(digest(parts(), form::nfkc), "54ab84f2aa0cbed6527f9d790fb0a581d479dc71f82c297d8dd341ec02f84932");
    assert_eq!(digest(parts(), form::nfkd), "355b364e34bb5385db3c85d98e97098b0519b7849360c4815e9afdec194cfd7f");
}

/// The digest is one of NFKC(casefold(NFKD(letter))) by another implementation of Unicode's CaseFolding, for all letters that
/// have a case in these parts but the four below.
#[test]
fn letters_fold_as_unicode_says() {
    const LETTERS: [RangeInclusive<char>; 13] = [
        '\u{41}'..='\u{24f}',
        '\u{370}'..='\u{3ff}',
        '\u{400}'..='\u{52f}',
        '\u{531}'..='\u{587}',
        '\u{10a0}'..='\u{10ff}',
        '\u{1c80}'..='\u{1c88}',
        '\u{1c90}'..='\u{1cbf}',
        '\u{1e00}'..='\u{1fff}',
        '\u{2c00}'..='\u{2c5f}',
        '\u{a640}'..='\u{a69b}',
        '\u{fb00}'..='\u{fb17}',
        '\u{ff21}'..='\u{ff5a}',
        '\u{10400}'..='\u{1044f}',
    ];
    let cased = |c: &char| c.is_lowercase() || c.is_uppercase() || !c.to_lowercase().eq([*c]);
    // They have no case of their own.
    let raised = |c: &char| matches!(c, 'ª' | 'º' | '\u{37a}' | '\u{10fc}');
    let letters =
        LETTERS.into_iter().flatten().filter(|c| cased(c) && !raised(c) && !matches!(c, 'ı' | 'İ' | 'ŉ' | 'ẚ'));
    let folded = |text: &str| {
        let folded = folded(text);
        folded.accented.unwrap_or(folded.plain)
    };
    assert_eq!(digest(letters, folded), "903aec5121a5037bae03253feca1ce6c35779b504cdaf33c1cc2dfb4bb7bb5d7");
    assert_eq!(["ı", "İ", "ŉ", "ẚ"].map(folded), ["i", "i", "'n", "a'"]);
}

#[test]
fn what_reads_the_same_is_the_same() {
    for (one, other) in [
        ("ΟΔΟΣ", "οδος"),
        ("ᾼ", "αι"),
        ("STRASSE", "Ｓtraße"),
        ("GROẞ", "gross"),
        ("ﬁne oﬃce", "FINE OFFICE"),
        ("ǅ", "ǆ"),
        ("Zoe\u{308}", "ZOË"),
        ("E\u{323}\u{302}", "Ê\u{323}"),
        ("\u{212b}ngström", "ångström"),
        ("İstanbul", "ISTANBUL"),
        ("Işık", "IŞIK"),
        ("Queen\u{2019}s", "queen's"),
        ("O\u{2bc}Brien", "O`Brien"),
        ("O\u{b4}Brien", "O\u{2032}Brien"),
        ("L\u{ff07}Oréal", "L\u{2018}oréal"),
        ("Jean\u{2010}Luc", "jean-luc"),
        ("A \u{2013} B", "a \u{2212} b"),
        ("A\u{2014}B", "a\u{2011}b"),
        ("\u{201c}Acme\u{201d}", "\"acme\""),
        (" A\u{a0}\u{3000} b\t", "a B"),
        ("Ac\u{ad}me", "acme"),
        ("a\u{200b}b\u{feff}\u{2060}", "AB"),
        ("ｶﾞ", "ガ"),
        ("\u{1100}\u{1161}", "가"),
    ] {
        assert_eq!(fold(one), fold(other), "{one:?} and {other:?}");
    }
    for (one, other) in [("Müller", "Muller"), ("resume", "résumé"), ("Łódź", "Lodz"), ("a b", "ab"), ("カ", "ガ")]
    {
        assert_ne!(fold(one), fold(other), "{one:?} and {other:?}");
    }
}

#[test]
fn search_and_order_know_no_accents() {
    for (text, plain) in [
        ("Müller", "muller"),
        ("Zoe\u{308}", "zoe"),
        ("Éclair", "eclair"),
        ("Łódź", "lodz"),
        ("Đặng Thùy", "dang thuy"),
        ("Søren Kjær", "soren kjaer"),
        ("Þórr Œuvre", "thorr oeuvre"),
        ("Άλφα", "αλφα"),
        ("Фёдор Достоевский", "федор достоевский"),
        ("שָׁלוֹם", "שלום"),
        ("مُحَمَّد", "محمد"),
        // These marks are letters of their own.
        ("ガス", "ガス"),
        ("दिल्ली", "दिल्ली"),
        ("กรุงเทพ", "กรุงเทพ"),
    ] {
        assert_eq!(folded(text).plain, plain, "{text:?}");
    }
    let mut names = ["Zebra", "apple", "Banana", "Éclair", "eclair", "Eclairs", "éclair au chocolat"];
    names.sort_by_key(|name| fold(name));
    assert_eq!(names, ["apple", "Banana", "eclair", "Éclair", "éclair au chocolat", "Eclairs", "Zebra"]);
}

#[test]
fn every_folded_character_stays_as_it_is() {
    for character in '\0'..=char::MAX {
        let once = folded(&character.to_string());
        for form in [Some(once.plain), once.accented].into_iter().flatten() {
            let again = folded(&form);
            let again = if again.plain == form { again.plain } else { again.accented.unwrap_or_default() };
            assert_eq!(again, form, "{:x}", u32::from(character));
        }
    }
}

#[test]
fn a_mail_address_keeps_what_is_written() {
    assert_eq!(lower("E\u{323}\u{302}"), lower("Ê\u{323}"));
    assert_eq!(lower("Ｓtraße"), "straße");
}

proptest! {
    #[test]
    fn what_is_folded_is_folded(text in any::<String>()) {
        let folded = fold(&text);
        let (plain, accented) = folded.split_once('\t').unwrap_or((&folded, &folded));
        prop_assert_eq!(&super::folded(plain).plain, plain);
        let again = super::folded(accented);
        prop_assert_eq!(again.accented.as_ref().unwrap_or(&again.plain), accented);
        prop_assert_eq!(again.plain, plain);
        prop_assert!(!accented.starts_with(' ') && !accented.ends_with(' ') && !accented.contains("  "));
    }

    #[test]
    fn ascii_is_folded_alike_by_both_ways(text in "[ -~\t\r\n]{0,20}") {
        let with = super::folded(&format!("{text}é"));
        let alone = fold(&text);
        let expected = if text.ends_with(|c: char| c.is_whitespace()) && !alone.is_empty() { format!("{alone} e") } else { format!("{alone}e") };
        prop_assert_eq!(with.plain, expected);
    }
}
