//! Characters that nobody sees, and where they are needed all the same.

use std::str::Chars;

use super::Lines;

/// What stands beside a character: what was kept before it, and everything after it.
pub(super) struct Beside<'a> {
    pub(super) before: Option<char>,
    pub(super) after: Chars<'a>,
}

/// Whether a character shows nothing by itself: Unicode's default ignorable code points, the fillers and annotations.
pub(super) fn is_suspect(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether it is needed where it stands.
pub(super) fn stays(c: char, lines: Lines, beside: Beside<'_>) -> bool {
    let Some(before) = beside.before else {
        return lines == Lines::Any && sets_direction(c);
    };
    match c {
        '\u{200c}' | '\u{200d}' => {
            let mut after = beside.after;
            let after = after.find(|next| !is_suspect(*next));
            after.is_some_and(|after| joins(before, after))
        }
        '\u{fe0e}' | '\u{fe0f}' => {
            let mut after = beside.after;
            is_emoji(before) || (matches!(before, '0'..='9' | '#' | '*') && after.next() == Some('\u{20e3}'))
        }
        '\u{fe00}'..='\u{fe0d}' | '\u{e0100}'..='\u{e01ef}' => has_forms(before),
        '\u{180b}'..='\u{180d}' | '\u{180f}' => matches!(before, '\u{1810}'..='\u{18af}'),
        // The regions of flags.
        '\u{e0020}'..='\u{e007f}' => matches!(before, '\u{1f3f4}' | '\u{e0020}'..='\u{e007e}'),
        c => lines == Lines::Any && sets_direction(c),
    }
}

/// The marks and isolates that a text in a script from right to left may need; not those that override the order.
const fn sets_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2066}'..='\u{2069}')
}

/// Whether a joiner between two characters changes what is seen.
fn joins(before: char, after: char) -> bool {
    (is_joining(before) && is_joining(after)) || ((is_emoji(before) || before == '\u{fe0f}') && is_emoji(after))
}

/// Letters and marks of the scripts whose letters join: Arabic, those of India and South-East Asia, Mongolian and their like.
const fn is_joining(c: char) -> bool {
    matches!(c,
        '\u{600}'..='\u{109f}' | '\u{1700}'..='\u{17ff}' | '\u{1810}'..='\u{18af}' | '\u{1900}'..='\u{1cff}'
        | '\u{a800}'..='\u{a8ff}' | '\u{a930}'..='\u{a9ff}' | '\u{aa00}'..='\u{aaff}' | '\u{abc0}'..='\u{abff}'
        | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10a00}'..='\u{10fff}' | '\u{11000}'..='\u{11fff}'
        | '\u{1e900}'..='\u{1e95f}')
}

/// Signs that may be shown as emoji, with the tones of skin.
const fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2190}'..='\u{21ff}'
        | '\u{2300}'..='\u{23ff}' | '\u{24c2}' | '\u{25a0}'..='\u{27bf}' | '\u{2900}'..='\u{297f}'
        | '\u{2b00}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

/// Signs of which a selector names one of several forms: ideographs, mathematical signs, letters of a few scripts.
const fn has_forms(c: char) -> bool {
    matches!(c,
        '\u{1000}'..='\u{109f}' | '\u{2200}'..='\u{22ff}' | '\u{2a00}'..='\u{2aff}' | '\u{3000}'..='\u{303f}'
        | '\u{3400}'..='\u{9fff}' | '\u{a840}'..='\u{a87f}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}'
        | '\u{10ac0}'..='\u{10aff}' | '\u{20000}'..='\u{3ffff}')
}
