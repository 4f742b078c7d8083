//! HTML texts with their links guarded.
//!
//! What is printed in a link is percent-encoded, and a link has one of a few schemes. A value can leave neither the attribute nor the
//! text in which it is printed: it is escaped, and where that would not help, as in a script, nothing may be printed.

use super::{
    reader::{Place, Reader},
    source::{Piece, Tag, TagKind, Word, pieces},
};
use crate::{Error, Result, mail::template::problem::SYNTAX};

/// The source of an HTML text whose links are guarded. Errors: `template.syntax`, `template.link`.
pub(super) fn guarded(source: &str) -> Result<String> {
    let mut reader = Reader::new();
    let mut guarded = String::with_capacity(source.len() + source.len() / 8);
    let mut line = 1;
    for piece in pieces(source) {
        match piece {
            Piece::Text(text) => {
                reader.read(text, line)?;
                guarded.push_str(text);
                line += text.matches('\n').count();
            }
            Piece::Tag(tag) => {
                if tag.kind == TagKind::Statement && matches!(reader.place, Place::Value(_)) {
                    reader.branch(tag.statement());
                }
                line = tag.line + tag.whole.matches('\n').count();
                match guard(&mut reader, &tag)? {
                    Some(filter) => {
                        let (begin, end) = tag.trims();
                        let content = tag.content;
                        guarded.push_str(&format!("{{{{{begin} ({content})|{filter} {end}}}}}"));
                        // The lines of what comes after stay the same.
                        let inside = content.matches('\n').count();
                        (inside..tag.whole.matches('\n').count()).for_each(|_| guarded.push_str("{#\n#}"));
                    }
                    None => guarded.push_str(tag.whole),
                }
            }
        }
    }
    if reader.place == Place::Text {
        return Ok(guarded);
    }
    Err(SYNTAX.with("line", line).with("problem", "close what begins with <"))
}

fn guard(reader: &mut Reader, tag: &Tag<'_>) -> Result<Option<&'static str>> {
    match tag.kind {
        TagKind::Print => reader.print(tag.line),
        TagKind::Statement if tag.statement() == "include" && reader.place != Place::Text => {
            Err(SYNTAX.with("line", tag.line).with("problem", "include a partial in the text, outside of elements"))
        }
        // The text of a block in a link is printed where the block is used; in it, nothing may be.
        TagKind::Statement if sets_block(tag) && reader.place != Place::Text => {
            Err(SYNTAX.with("line", tag.line).with("problem", "set a block in the text, outside of elements"))
        }
        TagKind::Raw if !matches!(reader.place, Place::Text | Place::Comment | Place::Opaque) => {
            Err(SYNTAX.with("line", tag.line).with("problem", "use raw in the text, outside of elements"))
        }
        TagKind::Raw | TagKind::Statement | TagKind::Comment => Ok(None),
    }
}

/// Whether a statement sets a variable to the text up to its end.
fn sets_block(tag: &Tag<'_>) -> bool {
    tag.statement() == "set" && !tag.words().contains(&Word::Mark('='))
}

/// The same refusal, in this part of the template.
pub(super) fn in_part(error: Error, part: &str) -> Error {
    error.with("part", part.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(source: &str) -> String {
        guarded(source).unwrap_err().code().to_owned()
    }

    #[test]
    fn links_are_guarded_by_where_a_value_stands_in_them() {
        for (source, expected) in [
            ("<a href=\"{{ a.b }}\">{{ c }}</a>", "<a href=\"{{ (a.b)|guard_link }}\">{{ c }}</a>"),
            (
                "<a href='https://x/{{- a or b -}}?q={{ c }}'>",
                "<a href='https://x/{{- (a or b)|guard_part -}}?q={{ (c)|guard_part }}'>",
            ),
            ("<a href=\"{{ base }}/{{ id }}\">", "<a href=\"{{ (base)|guard_link }}/{{ (id)|guard_part }}\">"),
            ("<a HREF=\" mailto:{{ e }}\">", "<a HREF=\" mailto:{{ (e)|guard_address }}\">"),
            (
                "<a href=\"mailto:{{ e }}?subject={{ s }}\">",
                "<a href=\"mailto:{{ (e)|guard_address }}?subject={{ (s)|guard_address }}\">",
            ),
            ("<p title=\"{{ t }}\"><!-- {{ c }} -->", "<p title=\"{{ t }}\"><!-- {{ c }} -->"),
            (
                "<a href=\"{% if a %}{{ a }}{% else %}{{ b }}{% endif %}/{{ c }}\">",
                "<a href=\"{% if a %}{{ (a)|guard_link }}{% else %}{{ (b)|guard_link }}{% endif %}/{{ (c)|guard_part }}\">",
            ),
        ] {
            assert_eq!(guarded(source).unwrap(), expected);
        }
    }

    #[test]
    fn nothing_is_printed_where_escaping_does_not_help() {
        for source in [
            "<a href={{ a }}>",
            "<a href=x{{ a }}>",
            "<{{ a }}>",
            "<a {{ a }}>",
            "<a onclick=\"{{ a }}\">",
            "<script>{{ a }}</script>",
            "<style>p { color: {{ a }} }</style>",
            "<a href=\"{% include 'x' %}\">",
        ] {
            assert_eq!(code(source), "template.syntax", "{source}");
        }
        for source in ["<a href=\"x", "<!-- x", "<style>", "a <b"] {
            assert_eq!(code(source), "template.syntax", "{source}");
        }
        assert!(guarded("<script>{% if a %}{% endif %}</script>{{ a }}<style></style>{{ b }}").is_ok());
    }

    #[test]
    fn a_link_has_one_of_a_few_schemes() {
        for link in
            ["javascript:alert(1)", " JAVA\tscript:x", "java&#115;cript:x", "data:text/html,x", "/relative", "//x.test"]
        {
            assert_eq!(code(&format!("<p>\n<a href=\"{link}\">")), "template.link", "{link}");
        }
        assert_eq!(code("<a href='javascript:{{ x }}'>"), "template.link");
        assert_eq!(code("<a href=javascript:x>"), "template.link");
        for link in ["https://x.test/?a=1&amp;b=2", "HTTP://x", "mailto:a@b.test", "tel:+49", "#top", "", "cid:logo"] {
            assert!(guarded(&format!("<a href=\"{link}\">")).is_ok(), "{link}");
        }
    }

    #[test]
    fn lines_stay_the_same() {
        let source = "<a href=\"{{\n a\n}}\">\n{{ b }}";
        let guarded = guarded(source).unwrap();
        assert_eq!(guarded.matches('\n').count(), source.matches('\n').count());
    }
}
