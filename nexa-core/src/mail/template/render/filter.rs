//! The filters and tests of templates. There are no others, and no functions.

use std::{borrow::Cow, error, fmt};

use minijinja::{
    Environment, Error, ErrorKind, State,
    value::{Value, ValueKind},
};

use super::{
    engine::Rendering,
    format::{When, decimal},
    reader::{self, PART_OF_ADDRESS, PART_OF_LINK, WHOLE_LINK},
    value::{Missing, Values, missing_in},
};
use crate::{Address, Money};

/// The filters that a template may name.
pub(super) const FILTERS: [&str; 13] = [
    "date",
    "default",
    "join",
    "length",
    "lower",
    "money",
    "number",
    "time",
    "title",
    "trim",
    "truncate",
    "upper",
    "urlencode",
];
/// The tests that a template may name.
pub(super) const TESTS: [&str; 3] = ["defined", "none", "undefined"];

/// Something is missing that is to be printed.
#[derive(Debug)]
pub(super) struct IsMissing(pub(super) String);

impl fmt::Display for IsMissing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl error::Error for IsMissing {}

/// A link leads where it may not.
#[derive(Debug)]
pub(super) struct BadLink(pub(super) String);

impl fmt::Display for BadLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl error::Error for BadLink {}

pub(super) fn install(environment: &mut Environment<'_>) {
    environment.add_filter("default", default);
    environment.add_filter("upper", |state: &State, value: Value| text_to(state, &value, |text| text.to_uppercase()));
    environment.add_filter("lower", |state: &State, value: Value| text_to(state, &value, |text| text.to_lowercase()));
    environment.add_filter("title", |state: &State, value: Value| text_to(state, &value, title));
    environment.add_filter("trim", |state: &State, value: Value| text_to(state, &value, |text| text.trim().to_owned()));
    environment.add_filter("truncate", truncate);
    environment.add_filter("join", join);
    environment.add_filter("length", length);
    environment.add_filter("money", money);
    environment.add_filter("number", number);
    environment.add_filter("date", date);
    environment.add_filter("time", time);
    environment.add_filter("urlencode", |state: &State, value: Value| text_to(state, &value, |text| encoded(text, "")));
    environment.add_filter(WHOLE_LINK, whole_link);
    environment
        .add_filter(PART_OF_LINK, |state: &State, value: Value| text_to(state, &value, |text| encoded(text, "")));
    environment
        .add_filter(PART_OF_ADDRESS, |state: &State, value: Value| text_to(state, &value, |text| encoded(text, "@+")));
    environment.add_test("defined", |value: Value| missing_in(&value).is_none());
    environment.add_test("undefined", |value: Value| missing_in(&value).is_some());
    environment.add_test("none", |value: Value| missing_in(&value).is_some());
}

/// A value, unless it is missing: what is missing stays so under its name.
fn unless_missing(value: &Value, then: impl FnOnce() -> Result<Value, Error>) -> Result<Value, Error> {
    match missing_in(value) {
        Some(name) => Ok(Value::from_object(Missing(name))),
        None => then(),
    }
}

fn text_to(state: &State, value: &Value, then: impl FnOnce(&str) -> String) -> Result<Value, Error> {
    unless_missing(value, || Ok(Value::from(then(&printed(state, value)?))))
}

fn refused(problem: &'static str) -> Error {
    Error::new(ErrorKind::InvalidOperation, problem)
}

/// A value as it is printed, before it is escaped.
pub(super) fn printed<'v>(state: &State, value: &'v Value) -> Result<Cow<'v, str>, Error> {
    if let Some(text) = value.as_str() {
        return Ok(Cow::Borrowed(text));
    }
    if let Some(values) = value.downcast_object_ref::<Values>() {
        let rendering = Rendering::of(state)?;
        return match (money_of(values), address_of(values)) {
            (Some(money), _) => Ok(rendering.formats.money(money).into()),
            (None, Some(address)) => Ok(address.to_string().into()),
            (None, None) => Err(refused("a record cannot be printed, only a field of it")),
        };
    }
    if value.kind() == ValueKind::Bool {
        return Ok(if value.is_true() { "true" } else { "false" }.into());
    }
    if value.is_number() {
        return Ok(value.to_string().into());
    }
    Err(refused("a list cannot be printed; join it, or repeat something for each of it"))
}

fn money_of(values: &Values) -> Option<Money> {
    serde_json::from_value(values.json()).ok()
}
fn address_of(values: &Values) -> Option<Address> {
    serde_json::from_value(values.json()).ok().filter(|address: &Address| !address.is_empty())
}

/// Instead of what is undefined, null or blank.
fn default(value: Value, instead: Option<Value>) -> Value {
    let blank = value.as_str().is_some_and(|text| text.trim().is_empty());
    if blank || missing_in(&value).is_some() { instead.unwrap_or_else(|| Value::from("")) } else { value }
}

fn title(text: &str) -> String {
    let mut begins = true;
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if begins {
            out.extend(letter.to_uppercase());
        } else {
            out.extend(letter.to_lowercase());
        }
        begins = !letter.is_alphanumeric() && letter != '\'' && letter != '’';
    }
    out
}

fn truncate(state: &State, value: Value, most: Option<usize>) -> Result<Value, Error> {
    let most = most.unwrap_or(255);
    text_to(state, &value, |text| {
        if text.chars().count() <= most {
            return text.to_owned();
        }
        let kept: String = text.chars().take(most.saturating_sub(1)).collect();
        format!("{}…", kept.trim_end())
    })
}

fn join(state: &State, value: Value, between: Option<String>) -> Result<Value, Error> {
    unless_missing(&value, || {
        let between = between.unwrap_or_default();
        let mut out = String::new();
        for (at, item) in value.try_iter()?.enumerate() {
            if let Some(name) = missing_in(&item) {
                return Ok(Value::from_object(Missing(name)));
            }
            if at > 0 {
                out.push_str(&between);
            }
            out.push_str(&printed(state, &item)?);
            state.consume_fuel(1 + out.len() as u64 / 4096)?;
        }
        Ok(Value::from(out))
    })
}

fn length(value: Value) -> Result<Value, Error> {
    if missing_in(&value).is_some() {
        return Ok(Value::from(0));
    }
    value.len().map(Value::from).ok_or_else(|| refused("only texts and lists have a length"))
}

fn money(state: &State, value: Value) -> Result<Value, Error> {
    unless_missing(&value, || {
        let text_money = || value.as_str().and_then(|text| Money::parse(text).ok());
        let money = value.downcast_object_ref::<Values>().and_then(money_of).or_else(text_money);
        let money = money.ok_or_else(|| refused("it is no money: an amount and a currency"))?;
        Ok(Value::from(Rendering::of(state)?.formats.money(money)))
    })
}

fn number(state: &State, value: Value, decimals: Option<u32>) -> Result<Value, Error> {
    unless_missing(&value, || {
        let number = decimal(&value.to_string()).ok_or_else(|| refused("it is no number"))?;
        Ok(Value::from(Rendering::of(state)?.formats.number(number, decimals)))
    })
}

fn when(value: &Value) -> Result<When, Error> {
    value.as_str().and_then(When::parse).ok_or_else(|| refused("it is no date and no moment"))
}

fn date(state: &State, value: Value) -> Result<Value, Error> {
    unless_missing(&value, || Ok(Value::from(Rendering::of(state)?.formats.date(when(&value)?))))
}

fn time(state: &State, value: Value) -> Result<Value, Error> {
    unless_missing(&value, || match when(&value)? {
        When::Date(_) => Err(refused("a date has no time of day")),
        moment @ When::Moment(_) => Ok(Value::from(Rendering::of(state)?.formats.time(moment))),
    })
}

/// Percent-encodes everything but letters, digits, `-`, `.`, `_`, `~` and what is `kept`.
pub(super) fn encoded(text: &str, kept: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let letter = char::from(byte);
        if letter.is_ascii_alphanumeric() || "-._~".contains(letter) || (byte.is_ascii() && kept.contains(letter)) {
            out.push(letter);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// What a link keeps of the characters that mean something in it.
const OF_LINKS: &str = ":/?#[]@!$&'()*+,;=%";

/// A whole link: its scheme is allowed, and what no link has is percent-encoded.
fn whole_link(state: &State, value: Value) -> Result<Value, Error> {
    unless_missing(&value, || {
        let link = printed(state, &value)?;
        let link = link.trim();
        if !reader::is_allowed(link) {
            return Err(refused("it is no link").with_source(BadLink(link.to_owned())));
        }
        Ok(Value::from(encoded(link, OF_LINKS)))
    })
}
