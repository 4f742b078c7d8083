//! What is wrong with a source, and what it reads, before any value is there.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Read, Sources,
    engine::Prepared,
    filter::{FILTERS, TESTS},
    source::{Named, Piece, Tag, TagKind, Word, named, pieces},
};
use crate::{
    Result,
    mail::template::{
        problem::{FILTER_UNKNOWN, PARTIAL_UNKNOWN, SYNTAX},
        text::TemplateText,
    },
};

/// The statements of templates.
const STATEMENTS: [&str; 12] =
    ["if", "elif", "else", "endif", "for", "endfor", "set", "endset", "with", "endwith", "include", "raw"];
/// Words of expressions that name nothing.
const KEYWORDS: [&str; 24] = [
    "if",
    "elif",
    "else",
    "endif",
    "for",
    "endfor",
    "set",
    "endset",
    "with",
    "endwith",
    "include",
    "in",
    "is",
    "not",
    "and",
    "or",
    "true",
    "True",
    "false",
    "False",
    "none",
    "None",
    "recursive",
    "loop",
];

/// What a text reads. Errors: `template.syntax`, `template.filter_unknown`, `template.partial_unknown`, `template.link`.
pub(super) fn reads(sources: &Sources<'_>) -> Result<Vec<Read>> {
    let mut lines = Lines::default();
    for (part, source) in parts(sources.text) {
        lines.check(part, "", source, sources)?;
    }
    for (name, partial) in sources.partials {
        for (part, source) in parts(partial) {
            lines.check(part, name, source, sources)?;
        }
    }
    let prepared = Prepared::new(sources)?;
    let engine = prepared.compiled()?;
    let mut reads = Vec::new();
    for (part, name) in prepared.parts() {
        for path in engine.variables(part, name) {
            reads.push(lines.read(part, name, path));
        }
    }
    // The first one of a source is the first to be refused.
    reads.sort_by(|one, other| (&one.part, one.line, &one.path).cmp(&(&other.part, other.line, &other.path)));
    Ok(reads)
}

/// What the HTML and the text read, with the partials that each includes. Errors: `template.syntax`, `template.link`.
pub(super) fn reads_of_parts(sources: &Sources<'_>) -> Result<Vec<(&'static str, BTreeSet<String>)>> {
    let prepared = Prepared::new(sources)?;
    let engine = prepared.compiled()?;
    let mut parts = Vec::new();
    for part in ["html", "text"] {
        let (mut reads, mut seen, mut waiting) = (BTreeSet::new(), BTreeSet::new(), vec![String::new()]);
        while let Some(name) = waiting.pop() {
            let Some(source) = prepared.source(part, &name).filter(|_| seen.insert(name.clone())) else { continue };
            reads.extend(engine.variables(part, &name));
            waiting.extend(included(source));
        }
        if !seen.is_empty() {
            parts.push((part, reads));
        }
    }
    Ok(parts)
}

/// The names of the partials that a source includes.
fn included(source: &str) -> impl Iterator<Item = String> {
    pieces(source).into_iter().filter_map(|piece| match piece {
        Piece::Tag(tag) if tag.kind == TagKind::Statement && tag.statement() == "include" => match tag.words()[..] {
            [_, Word::Quoted(name)] => Some(name.to_owned()),
            _ => None,
        },
        _ => None,
    })
}

fn parts(text: &TemplateText) -> impl Iterator<Item = (&'static str, &str)> {
    let parts = [
        ("subject", text.subject.as_deref()),
        ("preheader", text.preheader.as_deref()),
        ("html", text.html.as_deref()),
        ("text", text.text.as_deref()),
    ];
    parts.into_iter().filter_map(|(part, source)| Some((part, source?)))
}

/// The name of a part for people.
fn label(part: &str, partial: &str) -> String {
    if partial.is_empty() { part.to_owned() } else { format!("{part} of the partial {partial}") }
}

/// On which lines what is read, by part.
#[derive(Default)]
struct Lines(BTreeMap<String, Vec<(String, usize)>>);

impl Lines {
    fn check(&mut self, part: &str, partial: &str, source: &str, sources: &Sources<'_>) -> Result<()> {
        let part = label(part, partial);
        for piece in pieces(source) {
            let Piece::Tag(tag) = piece else { continue };
            self.tag(&part, &tag, sources)?;
        }
        Ok(())
    }

    fn tag(&mut self, part: &str, tag: &Tag<'_>, sources: &Sources<'_>) -> Result<()> {
        let words = tag.words();
        if tag.kind == TagKind::Statement {
            let statement = tag.statement();
            if !STATEMENTS.contains(&statement) {
                return Err(wrong(part, tag.line, format!("there is no statement {statement}")));
            }
            if statement == "include" {
                let [_, Word::Quoted(name)] = words[..] else {
                    return Err(wrong(part, tag.line, "name the partial in quotes".to_owned()));
                };
                if !sources.partials.contains_key(name) {
                    return Err(PARTIAL_UNKNOWN
                        .with("line", tag.line)
                        .with("part", part.to_owned())
                        .with("partial", name.to_owned()));
                }
                return Ok(());
            }
        }
        for named in named(&words) {
            match named {
                Named::Filter(name, line) if !FILTERS.contains(&name) => {
                    return Err(unknown(part, line, name, &FILTERS));
                }
                Named::Test(name, line) if !TESTS.contains(&name) => return Err(unknown(part, line, name, &TESTS)),
                Named::Call(name, line) => {
                    return Err(wrong(part, line, format!("{name} cannot be called; templates have filters alone")));
                }
                Named::Path(path, line) if !KEYWORDS.contains(&path.as_str()) => {
                    self.0.entry(part.to_owned()).or_default().push((path, line));
                }
                Named::Filter(..) | Named::Test(..) | Named::Path(..) => {}
            }
        }
        Ok(())
    }

    /// Where a path is read first: a text that was made of the HTML has its lines there.
    fn read(&self, part: &str, partial: &str, path: String) -> Read {
        let found = |part: &str| {
            let label = label(part, partial);
            let lines = self.0.get(&label)?;
            let (_, line) = lines.iter().find(|(read, _)| {
                *read == path || read.strip_prefix(path.as_str()).is_some_and(|rest| rest.starts_with('.'))
            })?;
            Some((label, *line))
        };
        let place = [part, "preheader", "html"].into_iter().find_map(found);
        let (part, line) = place.unwrap_or_else(|| (label(part, partial), 1));
        Read { path, part, line }
    }
}

fn wrong(part: &str, line: usize, problem: String) -> crate::Error {
    SYNTAX.with("line", line).with("part", part.to_owned()).with("problem", problem)
}

fn unknown(part: &str, line: usize, name: &str, known: &[&str]) -> crate::Error {
    FILTER_UNKNOWN.with("line", line).with("part", part.to_owned()).with("filter", name.to_owned()).with("known", known)
}
