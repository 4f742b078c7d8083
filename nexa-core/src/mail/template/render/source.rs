//! The source of a template as text and tags: where its tags are, and which words stand in them.

/// What a tag does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TagKind {
    /// It prints a value: `{{ … }}`.
    Print,
    /// It is a statement: `{% … %}`.
    Statement,
    /// It is a comment: `{# … #}`.
    Comment,
    /// It keeps what looks like tags as text: `{% raw %} … {% endraw %}`.
    Raw,
}

/// A tag of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tag<'s> {
    pub(super) kind: TagKind,
    /// All of it, with what begins and ends it.
    pub(super) whole: &'s str,
    /// What stands in it.
    pub(super) content: &'s str,
    /// The line on which it begins; the first is 1.
    pub(super) line: usize,
}

/// A piece of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'s> {
    Text(&'s str),
    Tag(Tag<'s>),
}

/// The pieces of a source in order; together they are the source.
pub(super) fn pieces(source: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut rest, mut line) = (source, 1);
    while let Some((text, tag)) = next_tag(rest) {
        let (text, from) = rest.split_at_checked(text).unwrap_or((rest, ""));
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        line += newlines(text);
        let (whole, after) = from.split_at_checked(tag).unwrap_or((from, ""));
        pieces.push(Piece::Tag(read_tag(whole, line)));
        line += newlines(whole);
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

fn newlines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

/// How many bytes stand before the next tag, and how long it is. One that does not end reaches to the end.
fn next_tag(source: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    loop {
        let brace = from + source.get(from..)?.find('{')?;
        let tag = source.get(brace..)?;
        let end = match tag.as_bytes().get(1) {
            Some(b'{') => expression_end(tag, "}}"),
            Some(b'%') => statement_end(tag),
            Some(b'#') => tag.find("#}").map(|at| at + 2),
            _ => {
                from = brace + 1;
                continue;
            }
        };
        return Some((brace, end.unwrap_or(tag.len())));
    }
}

/// Where a statement ends; one that begins raw text, where that ends.
fn statement_end(tag: &str) -> Option<usize> {
    let end = expression_end(tag, "%}")?;
    if inner(tag.get(..end)?) != "raw" {
        return Some(end);
    }
    let mut from = end;
    loop {
        let begin = from + tag.get(from..)?.find("{%")?;
        let close = begin + tag.get(begin..)?.find("%}")? + 2;
        if inner(tag.get(begin..close)?) == "endraw" {
            return Some(close);
        }
        from = begin + 2;
    }
}

/// Where an expression ends that begins with two characters: after `close` outside of texts and brackets.
fn expression_end(tag: &str, close: &str) -> Option<usize> {
    let bytes = tag.as_bytes();
    let (mut quote, mut depth, mut at) = (None, 0_usize, 2);
    while let Some(&byte) = bytes.get(at) {
        match (quote, byte) {
            (Some(_), b'\\') => at += 1,
            (Some(open), _) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, _) if depth == 0 && tag.get(at..).is_some_and(|rest| rest.starts_with(close)) => {
                return Some(at + close.len());
            }
            (None, b'(' | b'[' | b'{') => depth += 1,
            (None, b')' | b']' | b'}') => depth = depth.saturating_sub(1),
            (None, _) => {}
        }
        at += 1;
    }
    None
}

/// What stands in a tag, without its marks and blanks.
fn inner(tag: &str) -> &str {
    let content = tag.get(2..tag.len().saturating_sub(2)).unwrap_or_default();
    let content = content.strip_prefix(['-', '+']).unwrap_or(content);
    content.strip_suffix(['-', '+']).unwrap_or(content).trim()
}

fn read_tag(whole: &str, line: usize) -> Tag<'_> {
    let content = inner(whole);
    let kind = match whole.as_bytes().get(1) {
        Some(b'{') => TagKind::Print,
        Some(b'#') => TagKind::Comment,
        _ if content.starts_with("raw") && whole.matches("{%").count() > 1 => TagKind::Raw,
        _ => TagKind::Statement,
    };
    Tag { kind, whole, content, line }
}

impl<'s> Tag<'s> {
    /// The word with which a statement begins.
    pub(super) fn statement(&self) -> &'s str {
        let end = self.content.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
        self.content.get(..end.unwrap_or(self.content.len())).unwrap_or_default()
    }

    /// Its marks for blanks at both ends, such as `-`.
    pub(super) fn trims(&self) -> (&'s str, &'s str) {
        let mark = |at: usize| self.whole.get(at..=at).filter(|mark| matches!(*mark, "-" | "+")).unwrap_or_default();
        (mark(2), if self.whole.len() > 5 { mark(self.whole.len() - 3) } else { "" })
    }

    /// The words and marks in it, with their lines. Comments and raw text have none.
    pub(super) fn words(&self) -> Vec<Word<'s>> {
        match self.kind {
            TagKind::Print | TagKind::Statement => words(self.content, self.line),
            TagKind::Comment | TagKind::Raw => Vec::new(),
        }
    }
}

/// A word of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word<'s> {
    /// A name, such as `contact`, and its line.
    Name(&'s str, usize),
    /// A text in quotes, without these.
    Quoted(&'s str),
    /// A number.
    Number,
    /// Any other character.
    Mark(char),
}

fn words(content: &str, mut line: usize) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut rest = content;
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '"' | '\'' => {
                let mut escaped = false;
                let close = rest.char_indices().skip(1).find(|(_, letter)| {
                    let closes = *letter == first && !escaped;
                    escaped = *letter == '\\' && !escaped;
                    closes
                });
                let close = close.map_or(rest.len(), |(at, _)| at);
                words.push(Word::Quoted(rest.get(1..close).unwrap_or_default()));
                close + 1
            }
            _ if first.is_alphabetic() || first == '_' => {
                let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
                words.push(Word::Name(rest.get(..end).unwrap_or_default(), line));
                end
            }
            _ if first.is_ascii_digit() => {
                words.push(Word::Number);
                rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(rest.len())
            }
            _ => {
                if !first.is_whitespace() {
                    words.push(Word::Mark(first));
                }
                first.len_utf8()
            }
        };
        line += newlines(rest.get(..end).unwrap_or(rest));
        rest = rest.get(end..).unwrap_or_default();
    }
    words
}

/// What an expression names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Named<'s> {
    /// A filter.
    Filter(&'s str, usize),
    /// A test, such as `defined`.
    Test(&'s str, usize),
    /// Something that is called.
    Call(String, usize),
    /// A variable with what is read of it, such as `contact.first_name`.
    Path(String, usize),
}

/// What the words of a tag name.
pub(super) fn named<'s>(words: &[Word<'s>]) -> Vec<Named<'s>> {
    let mut named = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let before = at.checked_sub(1).and_then(|before| words.get(before));
        at += 1;
        let Word::Name(name, line) = *word else { continue };
        match before {
            Some(Word::Mark('|')) => named.push(Named::Filter(name, line)),
            Some(Word::Name("is", _)) if name != "not" => named.push(Named::Test(name, line)),
            Some(Word::Name("not", _)) if at >= 3 && is_word(words.get(at - 3), "is") => {
                named.push(Named::Test(name, line));
            }
            _ => {
                let mut path = name.to_owned();
                while let (Some(Word::Mark('.')), Some(Word::Name(next, _))) = (words.get(at), words.get(at + 1)) {
                    path.push('.');
                    path.push_str(next);
                    at += 2;
                }
                match words.get(at) {
                    Some(Word::Mark('(')) if !is_keyword(name) => named.push(Named::Call(path, line)),
                    _ => named.push(Named::Path(path, line)),
                }
            }
        }
    }
    named
}

fn is_word(word: Option<&Word<'_>>, name: &str) -> bool {
    matches!(word, Some(Word::Name(word, _)) if *word == name)
}

/// Whether a word of expressions may stand before a bracket without calling anything.
fn is_keyword(name: &str) -> bool {
    matches!(name, "if" | "elif" | "else" | "in" | "not" | "and" | "or" | "for" | "set" | "with" | "is")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_source_is_text_and_tags_with_lines() {
        let source = "Hi\n{{ name|default('}}') -}}{# {{ x }} #}{% if {'a': {}} %}\n{% raw %}{{ y }}{% endraw %}";
        let found = pieces(source);
        let tags: Vec<_> = found
            .iter()
            .filter_map(|piece| match piece {
                Piece::Tag(tag) => Some((tag.kind, tag.content, tag.line)),
                Piece::Text(_) => None,
            })
            .collect();
        assert_eq!(
            tags,
            [
                (TagKind::Print, "name|default('}}')", 2),
                (TagKind::Comment, "{{ x }}", 2),
                (TagKind::Statement, "if {'a': {}}", 2),
                (TagKind::Raw, "raw %}{{ y }}{% endraw", 3),
            ]
        );
    }

    #[test]
    fn what_a_tag_names_is_known_by_its_place() {
        let [Piece::Tag(tag)] = pieces("{% if a.b|upper is not defined and range(3) and\n(c['d e'] is none) %}")[..]
        else {
            panic!("one tag");
        };
        assert_eq!(
            named(&tag.words())[1..],
            [
                Named::Path("a.b".into(), 1),
                Named::Filter("upper", 1),
                Named::Path("is".into(), 1),
                Named::Path("not".into(), 1),
                Named::Test("defined", 1),
                Named::Path("and".into(), 1),
                Named::Call("range".into(), 1),
                Named::Path("and".into(), 1),
                Named::Path("c".into(), 2),
                Named::Path("is".into(), 2),
                Named::Test("none", 2),
            ]
        );
        assert_eq!(tag.statement(), "if");
    }

    proptest! {
        #[test]
        fn the_pieces_are_the_source(source in "([{}%#\"'()a -]|\\{%|%\\}|\\{\\{|\\}\\}|raw|endraw|é|\n){0,30}") {
            let text: String = pieces(&source)
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => *text,
                    Piece::Tag(tag) => tag.whole,
                })
                .collect();
            prop_assert_eq!(text, source.clone());
            for piece in pieces(&source) {
                if let Piece::Tag(tag) = piece {
                    named(&tag.words());
                }
            }
        }
    }
}
