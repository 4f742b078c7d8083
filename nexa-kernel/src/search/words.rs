//! One tokenizer for all scripts: what words a folded text has.
//!
//! A word is a run of letters, digits and marks. Words with a single sign between them and no blank, such as `o'brien`,
//! `jean-luc` or `1.234`, are a chain: it is found by each of its words, and by those that follow each other written as
//! one. Scripts that write no blanks between words are found by any two characters that follow each other.

use super::{address, phone};

/// The longest term that is kept, in bytes; longer words match by their beginning.
const LONGEST: usize = 64;

/// The words of one chain, in order.
pub(super) type Chain<'t> = Vec<&'t str>;

/// Gives the chains of a part of a text without blanks.
pub(super) fn chains<'t>(chunk: &'t str, mut give: impl FnMut(Chain<'t>)) {
    let mut chain = Chain::new();
    let mut end = 0;
    let mut rest = chunk;
    let mut from = 0;
    while let Some(start) = rest.find(is_word) {
        let tail = rest.get(start..).unwrap_or_default();
        let length = tail.find(|c| !is_word(c)).unwrap_or(tail.len());
        let (word, after) = tail.split_at(length);
        let place = from + start;
        let between = chunk.get(end..place).unwrap_or_default();
        if !chain.is_empty() && between.chars().nth(1).is_some() {
            give(std::mem::take(&mut chain));
        }
        chain.push(word);
        end = place + length;
        (rest, from) = (after, end);
    }
    if !chain.is_empty() {
        give(chain);
    }
}

/// Adds the terms under which a folded text is found.
pub(super) fn add(text: &str, add: &mut impl FnMut(&str)) {
    for chunk in text.split(' ') {
        let chunk = match address::split(chunk) {
            Some((before, local, domain)) => {
                address::add(local, domain, add);
                before
            }
            None => chunk,
        };
        chains(chunk, |chain| add_chain(&chain, add));
    }
}

/// Adds the terms of a chain: from each of its words to its end, written as one, so that every run of them begins one.
pub(super) fn add_chain(chain: &[&str], add: &mut impl FnMut(&str)) {
    match chain {
        [] => {}
        [word] => add_word(word, add),
        _ if chain.iter().any(|word| word.contains(is_dense)) => {
            add_word(&chain.concat(), add);
            chain.iter().for_each(|word| add_word(word, add));
        }
        _ => {
            for from in 0..chain.len() {
                add(shortened(&joined(chain.get(from..).unwrap_or_default())));
            }
        }
    }
}

/// The words of a chain as one, as far as a term goes.
pub(super) fn joined(chain: &[&str]) -> String {
    let mut out = String::new();
    for word in chain {
        if out.len() > LONGEST {
            break;
        }
        out.push_str(word);
    }
    out
}

fn add_word(word: &str, add: &mut impl FnMut(&str)) {
    if word.is_ascii() || !word.contains(is_dense) {
        return add(shortened(word));
    }
    runs(word, |run, dense| if dense { pairs(run, 1, add) } else { add(shortened(run)) });
}

/// Gives the parts of a word by whether their script writes blanks between words.
fn runs(word: &str, mut give: impl FnMut(&str, bool)) {
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        let dense = is_dense(first);
        // A mark belongs to what it stands on.
        let end = rest.find(|c| is_dense(c) != dense && !is_mark(c)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        give(run, dense);
        rest = after;
    }
}

/// Adds every pair of characters that follow each other in steps of so many, and the last one.
fn pairs(run: &str, step: usize, add: &mut impl FnMut(&str)) {
    let mut from = 0;
    let mut at = run.char_indices().map(|(at, _)| at).step_by(step);
    at.next();
    let ends = |from: usize| {
        let rest = run.get(from..).unwrap_or_default();
        rest.char_indices().nth(2).map_or(run.len(), |(end, _)| from + end)
    };
    loop {
        add(run.get(from..ends(from)).unwrap_or_default());
        match at.next() {
            Some(next) => from = next,
            None => return,
        }
    }
}

/// A word that is sought, as what a term has to begin with: any of these, each with what it counts beside.
pub(super) type Beginnings = Vec<(String, i64)>;

/// Gives what is sought for a folded text, word by word.
pub(super) fn seek(text: &str, give: &mut impl FnMut(Beginnings)) {
    let chunks: Vec<&str> = text.split(' ').filter(|chunk| chunk.contains(is_word)).collect();
    let mut rest = chunks.as_slice();
    while let Some((first, after)) = rest.split_first() {
        let numbers = rest.iter().take_while(|chunk| phone::looks_like(chunk)).count();
        if numbers > 0 {
            let (run, after) = rest.split_at(numbers);
            let others = phone::sought(&run.concat());
            for chunk in run {
                seek_chunk(chunk, &others, give);
            }
            rest = after;
        } else {
            seek_chunk(first, &[], give);
            rest = after;
        }
    }
}

fn seek_chunk(chunk: &str, others: &[(String, i64)], give: &mut impl FnMut(Beginnings)) {
    if let Some((before, local, domain)) = address::split(chunk) {
        let mut whole = address::whole(local, domain);
        whole.truncate(shortened(&whole).len());
        give(vec![(whole, 0)]);
        return seek_chunk_of_words(before, others, give);
    }
    let host = address::host(chunk);
    let host = host.as_deref().unwrap_or(chunk);
    seek_chunk_of_words(host.strip_prefix("www.").unwrap_or(host), others, give);
}

fn seek_chunk_of_words(chunk: &str, others: &[(String, i64)], give: &mut impl FnMut(Beginnings)) {
    chains(chunk, |chain| {
        let mut whole = (chain.len() > 1 && others.is_empty()).then(|| shortened(&joined(&chain)).to_owned());
        for word in &chain {
            seek_word(word, &mut |term| {
                let same = others.iter().find(|(other, _)| other == term).map_or(0, |(_, more)| *more);
                let mut any = vec![(term.to_owned(), same)];
                any.extend(whole.take().map(|whole| (whole, 1)));
                any.extend(others.iter().filter(|(other, _)| other != term).cloned());
                give(any);
            });
        }
    });
}

fn seek_word(word: &str, give: &mut impl FnMut(&str)) {
    if word.is_ascii() || !word.contains(is_dense) {
        return give(shortened(word));
    }
    runs(word, |run, dense| {
        if !dense {
            return give(shortened(run));
        }
        // Pairs side by side are enough; the last one may overlap.
        let mut from_the_end = run.char_indices().rev();
        match (from_the_end.next(), from_the_end.next()) {
            (Some((last, _)), Some((pair, _))) if run.chars().count() % 2 == 1 => {
                pairs(run.get(..last).unwrap_or_default(), 2, give);
                give(run.get(pair..).unwrap_or_default());
            }
            _ => pairs(run, 2, give),
        }
    });
}

pub(super) fn shortened(word: &str) -> &str {
    if word.len() <= LONGEST {
        return word;
    }
    word.get(..word.floor_char_boundary(LONGEST)).unwrap_or(word)
}

/// Whether a character is part of a word.
pub(super) fn is_word(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() } else { c.is_alphanumeric() || is_mark(c) }
}

/// Scripts without blanks between words, or whose words are made of words: Chinese, Japanese, Korean, Thai, Lao, Khmer,
/// Burmese.
fn is_dense(c: char) -> bool {
    matches!(
        c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}' | '\u{1780}'..='\u{17ff}'
            | '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}' | '\u{3031}'..='\u{3035}'
            | '\u{303b}' | '\u{3040}'..='\u{318f}' | '\u{31a0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}' | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3ffff}'
    )
}

/// Marks that are part of a word and that the standard library takes for no letters.
fn is_mark(c: char) -> bool {
    matches!(
        c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{658}' | '\u{6df}' | '\u{6e0}'
            | '\u{6ea}'..='\u{6ec}' | '\u{740}'..='\u{74a}' | '\u{7eb}'..='\u{7f3}' | '\u{818}' | '\u{819}' | '\u{82d}'
            | '\u{859}'..='\u{85b}' | '\u{898}'..='\u{89f}' | '\u{8ca}'..='\u{8ef}' | '\u{93c}' | '\u{94d}'
            | '\u{951}'..='\u{954}' | '\u{9bc}' | '\u{9cd}' | '\u{9fe}' | '\u{a3c}' | '\u{a4d}' | '\u{abc}' | '\u{acd}'
            | '\u{afd}'..='\u{aff}' | '\u{b3c}' | '\u{b4d}' | '\u{b53}'..='\u{b55}' | '\u{bcd}' | '\u{c3c}' | '\u{c4d}'
            | '\u{cbc}' | '\u{ccd}' | '\u{d3b}' | '\u{d3c}' | '\u{d4d}' | '\u{dca}' | '\u{e47}'..='\u{e4e}' | '\u{eba}'
            | '\u{ec8}'..='\u{ece}' | '\u{f18}' | '\u{f19}' | '\u{f35}' | '\u{f37}' | '\u{f39}' | '\u{f3e}' | '\u{f3f}'
            | '\u{f84}' | '\u{f86}' | '\u{f87}' | '\u{fc6}' | '\u{1037}'..='\u{103a}' | '\u{135d}'..='\u{135f}'
            | '\u{1714}' | '\u{1715}' | '\u{1734}' | '\u{17b4}'..='\u{17d3}' | '\u{17dd}' | '\u{1939}'..='\u{193b}'
            | '\u{1a60}'..='\u{1a7f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1b34}'..='\u{1b44}' | '\u{1b6b}'..='\u{1b73}'
            | '\u{1baa}' | '\u{1bab}' | '\u{1be6}'..='\u{1bf3}' | '\u{1c37}' | '\u{1cd0}'..='\u{1cd2}'
            | '\u{1cd4}'..='\u{1ce8}' | '\u{1ced}' | '\u{1cf4}' | '\u{1cf7}'..='\u{1cf9}' | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20f0}' | '\u{2cef}'..='\u{2cf1}' | '\u{2d7f}' | '\u{302a}'..='\u{302f}' | '\u{3099}'
            | '\u{309a}' | '\u{a66f}'..='\u{a672}' | '\u{a67c}' | '\u{a67d}' | '\u{a6f0}' | '\u{a6f1}' | '\u{a806}'
            | '\u{a82c}' | '\u{a8c4}' | '\u{a8e0}'..='\u{a8f1}' | '\u{a92b}'..='\u{a92d}' | '\u{a953}'
            | '\u{a9b3}'..='\u{a9c0}' | '\u{aabf}' | '\u{aac1}' | '\u{aaf6}' | '\u{abec}' | '\u{abed}'
    )
}
