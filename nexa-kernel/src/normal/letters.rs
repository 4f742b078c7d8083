//! Single characters: which of them are one sign, which nobody sees, what they are in lower case and without accents.

/// The mark that makes `ı` of Turkish an `i`.
pub(super) const DOT_ABOVE: char = '\u{307}';

/// A character with the signs that differ only for typographers made one; nothing for a character that nobody sees.
pub(super) const fn sign(c: char) -> Option<char> {
    Some(match c {
        '\u{20}'..='\u{5f}' | '\u{61}'..='\u{7e}' => c,
        // Apostrophes, also those that the normal form would take for an accent on a blank.
        '`'
        | '\u{b4}'
        | '\u{2b9}'
        | '\u{2bb}'..='\u{2bf}'
        | '\u{2ca}'
        | '\u{2cb}'
        | '\u{2ee}'
        | '\u{374}'
        | '\u{384}' => '\'',
        '\u{55a}' | '\u{5f3}' | '\u{1fbd}' | '\u{1fbf}' | '\u{1fef}' | '\u{1ffd}' | '\u{1ffe}' => '\'',
        '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{2035}' | '\u{275b}' | '\u{275c}' | '\u{a78b}' | '\u{a78c}' => '\'',
        '\u{201c}'..='\u{201f}'
        | '\u{2033}'
        | '\u{2036}'
        | '\u{5f4}'
        | '\u{275d}'
        | '\u{275e}'
        | '\u{301d}'..='\u{301f}' => '"',
        // Dashes.
        '\u{2d7}'
        | '\u{58a}'
        | '\u{5be}'
        | '\u{1400}'
        | '\u{1806}'
        | '\u{2010}'..='\u{2015}'
        | '\u{2043}'
        | '\u{2212}' => '-',
        '\u{2e17}' | '\u{2e1a}' | '\u{2e3a}' | '\u{2e3b}' | '\u{2e40}' | '\u{30a0}' => '-',
        // The blank of Braille is the only one that is no white space.
        '\u{2800}' => ' ',
        c if is_ignorable(c) => return None,
        c => c,
    })
}

/// Default_Ignorable_Code_Point: soft hyphens, joiners, marks of direction, variation selectors, fillers.
const fn is_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Gives a decomposed character in folded case: lower case, and what full case folding does besides.
pub(super) fn lower(c: char, mut give: impl FnMut(char)) {
    let one = match c {
        'ß' | 'ẞ' => {
            give('s');
            's'
        }
        'ς' => 'σ',
        'ı' => 'i',
        // The iota below a letter is one beside a capital.
        '\u{345}' => 'ι',
        // Round forms of Cyrillic letters.
        '\u{1c80}' => 'в',
        '\u{1c81}' => 'д',
        '\u{1c82}' => 'о',
        '\u{1c83}' => 'с',
        '\u{1c84}' | '\u{1c85}' => 'т',
        '\u{1c86}' => 'ъ',
        '\u{1c87}' => 'ѣ',
        '\u{1c88}' => '\u{a64b}',
        c => return c.to_lowercase().for_each(give),
    };
    give(one);
}

/// Accents of Latin, Greek and Cyrillic, points of Hebrew, vowel marks of Arabic and Syriac, the dot of Indic letters. Marks
/// without which a word of another script is no word are none.
pub(super) const fn is_accent(c: char) -> bool {
    matches!(
        c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{487}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}'
            | '\u{5c5}' | '\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}'
            | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e4}' | '\u{6e7}' | '\u{6e8}' | '\u{6ea}'..='\u{6ed}' | '\u{711}'
            | '\u{730}'..='\u{74a}' | '\u{8d3}'..='\u{8ff}' | '\u{93c}' | '\u{9bc}' | '\u{a3c}' | '\u{abc}' | '\u{b3c}'
            | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20f0}' | '\u{fe20}'..='\u{fe2f}'
    )
}

/// Whether a mark makes another letter of its base instead of accenting it: the breve of `й` and `ў`.
pub(super) const fn makes_another(base: char, mark: char) -> bool {
    matches!((base, mark), ('\u{400}'..='\u{4ff}', '\u{306}'))
}

/// What people type who do not have a letter which is none with an accent.
pub(super) const fn latin(c: char) -> Option<&'static str> {
    Some(match c {
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' | 'ƚ' | 'ɫ' => "l",
        'đ' | 'ð' | 'ɖ' | 'ɗ' => "d",
        'þ' => "th",
        'ħ' => "h",
        'ŧ' => "t",
        'ŋ' => "n",
        'ĸ' => "k",
        'ƀ' | 'ɓ' => "b",
        'ƙ' => "k",
        'ƴ' => "y",
        'ƶ' => "z",
        'ɨ' => "i",
        'ʉ' => "u",
        'ə' => "e",
        // Letters of Arabic that Persian writes with a form of its own, and the end forms that are often confused.
        'ی' | 'ى' => "ي",
        'ک' => "ك",
        _ => return None,
    })
}
