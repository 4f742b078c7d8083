//! Renders texts with values, within limits, and with nothing of the world around at hand.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    error::Error as _,
    io,
    sync::{Arc, Mutex, PoisonError},
};

use minijinja::{
    AutoEscape, Environment, ErrorKind, State, UndefinedBehavior, escape_formatter,
    value::{Object, Value},
};
use serde_json::{Map, Value as Json};

use super::{
    Rendered, Sources,
    filter::{self, BadLink, IsMissing, printed},
    format::Formats,
    html, plain,
    source::{Piece, pieces},
    value::{Values, missing_in},
};
use crate::{
    Error, Result,
    mail::template::{
        problem::{FUEL, LINK, SYNTAX, TOO_LARGE, VALUE, VARIABLE_MISSING},
        text::TemplateText,
    },
};

/// How many steps a part may take; a step is an instruction, or 64 bytes.
const FUEL_OF_PART: u64 = 50_000;
/// How large a rendered part may be, in bytes.
pub(super) const LARGEST_PART: usize = 1_048_576;

/// The parts of a template's text, which are rendered one by one.
const PARTS: [&str; 3] = ["subject", "html", "text"];
/// The template among the texts of a part; partials have their own names.
const MAIN: &str = "";

/// The sources of a template in one locale, with its partials in theirs: checked, and ready to be compiled.
#[derive(Debug)]
pub(super) struct Prepared {
    /// By part and name, such as `html/footer`.
    sources: BTreeMap<String, String>,
}

impl Prepared {
    /// Errors: `template.syntax`, `template.link`.
    pub(super) fn new(sources: &Sources<'_>) -> Result<Self> {
        let mut prepared = BTreeMap::new();
        add(&mut prepared, MAIN, sources.text)?;
        for (name, partial) in sources.partials {
            add(&mut prepared, name, partial)?;
        }
        Ok(Self { sources: prepared })
    }

    /// The parts, each with the name of the partial or none.
    pub(super) fn parts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.sources.keys().filter_map(|name| name.split_once('/'))
    }

    /// The source of a part, or of a partial in it.
    pub(super) fn source(&self, part: &str, name: &str) -> Option<&str> {
        self.sources.get(&format!("{part}/{name}")).map(String::as_str)
    }

    /// Compiles them. Error: `template.syntax`.
    pub(super) fn compiled(&self) -> Result<Engine<'_>> {
        let mut environment = Environment::empty();
        environment.set_undefined_behavior(UndefinedBehavior::Chainable);
        environment.set_fuel(Some(FUEL_OF_PART));
        environment.set_recursion_limit(64);
        environment.set_auto_escape_callback(|name| {
            if name.starts_with("html/") { AutoEscape::Html } else { AutoEscape::None }
        });
        // A partial is that of the part which includes it.
        environment.set_path_join_callback(|name, parent| {
            let part = parent.split('/').next().unwrap_or_default();
            format!("{part}/{name}").into()
        });
        environment.set_formatter(|out, state, value| {
            let Some(name) = missing_in(value) else {
                if value.is_safe() {
                    return escape_formatter(out, state, value);
                }
                let text = Value::from(printed(state, value)?.into_owned());
                return escape_formatter(out, state, &text);
            };
            if Rendering::of(state)?.misses(&name) {
                return out.write_str(&format!("[{name}]")).map_err(|_| ErrorKind::WriteFailure.into());
            }
            Err(minijinja::Error::new(ErrorKind::UndefinedError, "it is missing").with_source(IsMissing(name)))
        });
        filter::install(&mut environment);
        for (name, source) in &self.sources {
            let added = environment.add_template(name, source);
            added.map_err(|error| wrong(&error, name.split('/').next().unwrap_or_default(), source))?;
        }
        Ok(Engine { environment, sources: self })
    }
}

fn add(sources: &mut BTreeMap<String, String>, name: &str, text: &TemplateText) -> Result<()> {
    let mut put = |part: &str, source: String| sources.insert(format!("{part}/{name}"), source);
    if let Some(subject) = &text.subject {
        put("subject", subject.to_string());
    }
    if let Some(html) = &text.html {
        let guarded = html::guarded(html).map_err(|error| html::in_part(error, "html"))?;
        put("html", with_preheader(guarded, text.preheader.as_deref()));
    }
    match (&text.text, &text.html) {
        (Some(text), _) => drop(put("text", text.to_string())),
        (None, Some(html)) => drop(put("text", plain::text_of(html))),
        (None, None) => {}
    }
    Ok(())
}

/// The HTML with what a list of mails shows of it before it is opened, on the line where the body begins.
fn with_preheader(html: String, preheader: Option<&str>) -> String {
    let Some(preheader) = preheader else { return html };
    let body = html.find("<body").and_then(|at| Some(at + html.get(at..)?.find('>')? + 1)).unwrap_or(0);
    let mut hidden = String::new();
    for piece in pieces(preheader) {
        match piece {
            Piece::Text(text) => {
                hidden.push_str(&text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"));
            }
            Piece::Tag(tag) => hidden.push_str(tag.whole),
        }
    }
    let (before, after) = html.split_at_checked(body).unwrap_or(("", html.as_str()));
    format!("{before}<div style=\"display:none;max-height:0;overflow:hidden\">{hidden}</div>{after}")
}

/// Compiled sources: renders as many messages as there are.
pub(super) struct Engine<'s> {
    environment: Environment<'s>,
    sources: &'s Prepared,
}

impl Engine<'_> {
    /// The variables that a part may read, with what is read of them; those of loops and those that are set are not among them.
    pub(super) fn variables(&self, part: &str, name: &str) -> HashSet<String> {
        let template = self.environment.get_template(&format!("{part}/{name}"));
        template.map(|template| template.undeclared_variables(true)).unwrap_or_default()
    }

    /// Renders all parts. Errors: `template.variable_missing`, `template.value`, `template.link`, `template.fuel`,
    /// `template.too_large`.
    pub(super) fn render(&self, values: &Map<String, Json>, formats: &Formats) -> Result<Rendered> {
        self.rendered(values, Rendering { formats: formats.clone(), missing: None }).map(|(rendered, _)| rendered)
    }

    /// Renders all parts with the names of missing values in their place, and returns these names as well.
    pub(super) fn preview(
        &self,
        values: &Map<String, Json>,
        formats: &Formats,
    ) -> Result<(Rendered, BTreeSet<String>)> {
        self.rendered(values, Rendering { formats: formats.clone(), missing: Some(Mutex::default()) })
    }

    fn rendered(&self, values: &Map<String, Json>, rendering: Rendering) -> Result<(Rendered, BTreeSet<String>)> {
        let rendering = Arc::new(rendering);
        let values = Value::from_object(Root {
            values: Values::root(values.clone()),
            rendering: Value::from_dyn_object(Arc::clone(&rendering)),
        });
        let mut parts: [Option<String>; 3] = Default::default();
        for (part, place) in PARTS.iter().zip(&mut parts) {
            *place = self.part(part, &values)?;
        }
        let [subject, html, text] = parts;
        let missing =
            rendering.missing.as_ref().map(|missing| missing.lock().unwrap_or_else(PoisonError::into_inner).clone());
        let rendered = Rendered {
            subject: subject.map(|subject| one_line(&subject)).unwrap_or_default(),
            html,
            text: text.map(|text| spaced(&text)),
        };
        Ok((rendered, missing.unwrap_or_default()))
    }

    fn part(&self, part: &str, values: &Value) -> Result<Option<String>> {
        let name = format!("{part}/{MAIN}");
        let (Some(source), Ok(template)) = (self.sources.sources.get(&name), self.environment.get_template(&name))
        else {
            return Ok(None);
        };
        let mut output = Bounded(Vec::with_capacity(source.len()));
        template.render_captured_to(values.clone(), &mut output).map_err(|error| wrong(&error, part, source))?;
        Ok(Some(String::from_utf8_lossy(&output.0).into_owned()))
    }
}

/// An output that takes so many bytes and no more.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LARGEST_PART {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A text in one line: line ends and control characters are blanks, so that no value begins another header.
pub(super) fn one_line(text: &str) -> String {
    let blank = |letter: char| letter.is_whitespace() || letter.is_control();
    text.split(blank).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A text without blanks at the ends of its lines, and with at most one empty line in a row.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.trim().lines() {
        let line = line.trim_end();
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// What the engine said, in our words.
fn wrong(error: &minijinja::Error, part: &str, source: &str) -> Error {
    let mut deepest = error;
    while let Some(inner) = deepest.source().and_then(|inner| inner.downcast_ref::<minijinja::Error>()) {
        deepest = inner;
    }
    if let Some(IsMissing(name)) = deepest.source().and_then(|said| said.downcast_ref()) {
        return VARIABLE_MISSING.with("variable", name);
    }
    if let Some(BadLink(link)) = deepest.source().and_then(|said| said.downcast_ref()) {
        return LINK.with("link", link).with("part", part.to_owned());
    }
    let line = deepest.line().unwrap_or(1);
    let said = match deepest.kind() {
        ErrorKind::OutOfFuel => return FUEL.with("part", part.to_owned()),
        ErrorKind::WriteFailure => return TOO_LARGE.with("part", part.to_owned()).with("most", LARGEST_PART),
        ErrorKind::SyntaxError | ErrorKind::BadEscape => {
            let text = source.lines().nth(line - 1).unwrap_or_default().trim();
            return SYNTAX
                .with("line", line)
                .with("part", part.to_owned())
                .with("problem", format!("a tag cannot be read in {text}"))
                .caused_by(deepest);
        }
        ErrorKind::InvalidOperation => {
            deepest.detail().filter(|said| said.starts_with("it is ") || said.starts_with("a "))
        }
        _ => None,
    };
    let problem = said.unwrap_or("a value does not fit what is done with it").to_owned();
    VALUE.with("line", line).with("part", part.to_owned()).with("problem", problem).caused_by(deepest)
}

/// How a message is being rendered.
#[derive(Debug)]
pub(super) struct Rendering {
    pub(super) formats: Formats,
    /// The names of what is missing, where that is no error.
    missing: Option<Mutex<BTreeSet<String>>>,
}

/// The name of it among what a template knows; no template can write it.
const RENDERING: &str = "\0";

impl Object for Rendering {}

impl Rendering {
    pub(super) fn of(state: &State) -> Result<Arc<Self>, minijinja::Error> {
        let found = state.lookup(RENDERING).and_then(|found| found.downcast_object::<Self>());
        found.ok_or_else(|| ErrorKind::InvalidOperation.into())
    }
    /// Notes that something is missing, where that is no error.
    fn misses(&self, name: &str) -> bool {
        let Some(missing) = &self.missing else { return false };
        missing.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
        true
    }
}

/// What a template knows, and how it is being rendered.
#[derive(Debug)]
struct Root {
    values: Value,
    rendering: Value,
}

impl Object for Root {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        if key.as_str() == Some(RENDERING) {
            return Some(self.rendering.clone());
        }
        self.values.get_item(key).ok()
    }
}

#[cfg(test)]
mod tests;
