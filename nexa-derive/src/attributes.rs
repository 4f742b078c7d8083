//! Reads what stands in `#[record(…)]`.

use proc_macro2::Span;
use syn::{
    Ident, Lit, LitInt, LitStr, Result, Token,
    ext::IdentExt,
    parenthesized,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
    token::Paren,
};

/// What `#[record(…)]` says of the struct. The attribute may be split into several.
#[derive(Default)]
pub(crate) struct StructAttributes {
    pub(crate) kind: Option<LitStr>,
    pub(crate) table: Option<LitStr>,
    pub(crate) search: Vec<(LitStr, LitInt)>,
    pub(crate) open: Option<Vec<LitStr>>,
    pub(crate) lapses: Option<Vec<LitStr>>,
    pub(crate) uniques: Vec<Unique>,
    pub(crate) indexes: Vec<Vec<LitStr>>,
    pub(crate) bookkeeping: bool,
    pub(crate) person: bool,
    pub(crate) no_person: Option<LitStr>,
    pub(crate) access: Option<Access>,
}

/// `access = work`, or `access = through(ticket, audience = "members")`.
pub(crate) enum Access {
    Settings,
    Work,
    Restricted,
    Through { parent: LitStr, only: Option<(LitStr, LitStr)> },
    System,
}

impl Access {
    fn read(input: ParseStream<'_>) -> Result<Self> {
        input.parse::<Token![=]>()?;
        let class = input.call(Ident::parse_any)?;
        match class.to_string().as_str() {
            "settings" => Ok(Self::Settings),
            "work" => Ok(Self::Work),
            "restricted" => Ok(Self::Restricted),
            "system" => Ok(Self::System),
            "through" => {
                let content;
                parenthesized!(content in input);
                let parent = path(&content)?;
                comma(&content)?;
                let only = if content.is_empty() {
                    None
                } else {
                    let field = path(&content)?;
                    content.parse::<Token![=]>()?;
                    Some((field, content.parse()?))
                };
                comma(&content)?;
                Ok(Self::Through { parent, only })
            }
            other => Err(syn::Error::new(
                class.span(),
                format!("unknown access `{other}`; it is settings, work, restricted, through(…) or system"),
            )),
        }
    }
}

/// `unique("email", code = "lead.email_taken")`.
pub(crate) struct Unique {
    pub(crate) paths: Vec<LitStr>,
    pub(crate) code: LitStr,
}

impl StructAttributes {
    /// Adds one attribute to what is known.
    pub(crate) fn read(&mut self, input: ParseStream<'_>) -> Result<()> {
        while !input.is_empty() {
            let key = input.call(Ident::parse_any)?;
            match key.to_string().as_str() {
                "kind" => set(&mut self.kind, &key, name(input)?)?,
                "table" => set(&mut self.table, &key, name(input)?)?,
                "search" => self.search.extend(list(input, weight)?),
                "unique" => self.uniques.push(unique(&key, list(input, Part::parse)?)?),
                "index" => self.indexes.push(paths(&key, list(input, path)?)?),
                "open" => self.open = Some(paths(&key, list(input, path)?)?),
                "lapses" => {
                    let parts = list(input, path)?;
                    if parts.len() != 4 {
                        let takes =
                            "lapses takes a field, a value of it, the field of a moment, and the value from then on";
                        return Err(syn::Error::new(key.span(), takes));
                    }
                    self.lapses = Some(parts);
                }
                "bookkeeping" => self.bookkeeping = true,
                "person" => self.person = true,
                "no_person" => set(&mut self.no_person, &key, sentence(input)?)?,
                "access" => match self.access.replace(Access::read(input)?) {
                    None => {}
                    Some(_) => return Err(syn::Error::new(key.span(), "given twice")),
                },
                other => {
                    return Err(syn::Error::new(
                        key.span(),
                        format!(
                            "unknown attribute `{other}`; a record takes kind, table, access, search, open, lapses, unique, index, person, no_person and bookkeeping"
                        ),
                    ));
                }
            }
            comma(input)?;
        }
        Ok(())
    }
}

/// What `#[record(…)]` says of a field.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Mark {
    Editable,
    Personal,
    Person,
    Folded,
    Ranked,
    WhileOpen,
    Assignee,
    /// The kinds that it may be about; any, when none is named.
    Follows(Vec<LitStr>),
    Author,
    Readers,
    Mentions,
    OnTrash(OnTrash),
    Becomes(LitStr),
    Backfill(Lit),
}

/// What becomes of a record when the one that a field points at goes into the trash.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnTrash {
    Refuse,
    WithParent,
    Keep,
    Mention,
}

impl OnTrash {
    fn read(input: ParseStream<'_>) -> Result<Self> {
        input.parse::<Token![=]>()?;
        let word = input.call(Ident::parse_any)?;
        match word.to_string().as_str() {
            "refuse" => Ok(Self::Refuse),
            "with_parent" => Ok(Self::WithParent),
            "keep" => Ok(Self::Keep),
            "mention" => Ok(Self::Mention),
            other => Err(syn::Error::new(
                word.span(),
                format!("unknown on_trash `{other}`; it is refuse, with_parent, keep or mention"),
            )),
        }
    }
}

impl Mark {
    /// Whether it adds a derived column; that of an assignee follows only the fields that may name a user or a group.
    pub(crate) const fn derives(&self) -> bool {
        matches!(self, Self::Folded | Self::Ranked | Self::Assignee | Self::WhileOpen)
    }
    /// Whether a field has both only once.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
    /// The marks of one attribute, with their places.
    pub(crate) fn read_all(input: ParseStream<'_>) -> Result<Vec<(Self, Span)>> {
        let mut marks = Vec::new();
        while !input.is_empty() {
            let key = input.call(Ident::parse_any)?;
            let mark = match key.to_string().as_str() {
                "editable" => Self::Editable,
                "personal" => Self::Personal,
                "person" => Self::Person,
                "folded" => Self::Folded,
                "ranked" => Self::Ranked,
                "while_open" => Self::WhileOpen,
                "assignee" => Self::Assignee,
                "follows" => {
                    let kinds = if input.peek(Paren) { list(input, path)? } else { Vec::new() };
                    Self::Follows(kinds)
                }
                "author" => Self::Author,
                "readers" => Self::Readers,
                "mentions" => Self::Mentions,
                "on_trash" => Self::OnTrash(OnTrash::read(input)?),
                "becomes" => {
                    input.parse::<Token![=]>()?;
                    Self::Becomes(path(input)?)
                }
                "backfill" => Self::Backfill(backfill(input)?),
                other => {
                    return Err(syn::Error::new(
                        key.span(),
                        format!(
                            "unknown attribute `{other}`; a field takes editable, personal, person, folded, ranked, while_open, assignee, follows, author, readers, mentions, on_trash, becomes and backfill"
                        ),
                    ));
                }
            };
            marks.push((mark, key.span()));
            comma(input)?;
        }
        Ok(marks)
    }
}

/// `= "open"`, `= 0` or `= false`.
fn backfill(input: ParseStream<'_>) -> Result<Lit> {
    input.parse::<Token![=]>()?;
    let literal: Lit = input.parse()?;
    match literal {
        Lit::Str(_) | Lit::Int(_) | Lit::Bool(_) => Ok(literal),
        other => Err(syn::Error::new(other.span(), "a backfill is a text, a whole number, true or false")),
    }
}

/// A part of `unique(…)`: a path, or `code = "…"`.
enum Part {
    Path(LitStr),
    Code(LitStr),
}

impl Part {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if !(input.peek(Ident) && input.peek2(Token![=])) {
            return path(input).map(Self::Path);
        }
        let key: Ident = input.parse()?;
        if key != "code" {
            return Err(syn::Error::new(key.span(), format!("unknown attribute `{key}`; unique takes paths and code")));
        }
        input.parse::<Token![=]>()?;
        input.parse().map(Self::Code)
    }
}

fn unique(key: &Ident, parts: Vec<Part>) -> Result<Unique> {
    let (mut found, mut code) = (Vec::new(), None);
    for part in parts {
        match part {
            Part::Path(path) => found.push(path),
            Part::Code(text) => set(&mut code, key, text)?,
        }
    }
    let code = code.ok_or_else(|| {
        syn::Error::new(key.span(), "a unique constraint needs the code of its violation: code = \"lead.email_taken\"")
    })?;
    Ok(Unique { paths: paths(key, found)?, code })
}

fn set(slot: &mut Option<LitStr>, key: &Ident, value: LitStr) -> Result<()> {
    match slot.replace(value) {
        None => Ok(()),
        Some(second) => Err(syn::Error::new(key.span(), format!("given twice; the other is {:?}", second.value()))),
    }
}

fn paths(key: &Ident, found: Vec<LitStr>) -> Result<Vec<LitStr>> {
    if found.is_empty() { Err(syn::Error::new(key.span(), "name at least one path")) } else { Ok(found) }
}

/// `= "lead"`: a name that SQL takes without quotes.
fn name(input: ParseStream<'_>) -> Result<LitStr> {
    input.parse::<Token![=]>()?;
    let literal: LitStr = input.parse()?;
    let text = literal.value();
    let plain = text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if plain { Ok(literal) } else { Err(syn::Error::new(literal.span(), "give a name in snake_case")) }
}

/// `= "why"`.
fn sentence(input: ParseStream<'_>) -> Result<LitStr> {
    input.parse::<Token![=]>()?;
    input.parse()
}

/// `email = 4`.
fn weight(input: ParseStream<'_>) -> Result<(LitStr, LitInt)> {
    let path = path(input)?;
    input.parse::<Token![=]>()?;
    Ok((path, input.parse()?))
}

/// `"name.last"` or `name.last`.
fn path(input: ParseStream<'_>) -> Result<LitStr> {
    if input.peek(LitStr) {
        return input.parse();
    }
    let first = input.call(Ident::parse_any)?;
    let mut text = first.unraw().to_string();
    while input.parse::<Option<Token![.]>>()?.is_some() {
        text.push('.');
        text.push_str(&input.call(Ident::parse_any)?.unraw().to_string());
    }
    Ok(LitStr::new(&text, first.span()))
}

fn list<T>(input: ParseStream<'_>, entry: fn(ParseStream<'_>) -> Result<T>) -> Result<Vec<T>> {
    let content;
    parenthesized!(content in input);
    Ok(Punctuated::<T, Token![,]>::parse_terminated_with(&content, entry)?.into_iter().collect())
}

fn comma(input: ParseStream<'_>) -> Result<()> {
    if input.is_empty() { Ok(()) } else { <Token![,]>::parse(input).map(drop) }
}
