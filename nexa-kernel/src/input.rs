//! What callers give, as JSON, read into types; a problem is reported with its place.
//!
//! All types are read from one form, whatever the input was, so that each of them is compiled once.

mod place;
#[cfg(test)]
mod tests;
mod unreadable;

use std::marker::PhantomData;

use serde::{
    Deserializer,
    de::{
        DeserializeOwned, DeserializeSeed, EnumAccess, Error as _, Expected, MapAccess, SeqAccess, Unexpected,
        VariantAccess, Visitor,
    },
};
use serde_json::{Map, Value as Json};

use place::{Found, Place};
pub(crate) use unreadable::MISSING;
pub use unreadable::Unreadable;

type Read<T> = Result<T, Unreadable>;

/// Reads a value; a problem has its place.
pub fn value<T: DeserializeOwned>(json: &Json) -> Read<T> {
    given(Given::Json(json))
}

/// Takes an entry out of an object and reads it; what is not there is the default.
pub fn take<T: DeserializeOwned + Default>(object: &mut Map<String, Json>, name: &str) -> Read<T> {
    match object.remove(name) {
        Some(json) => value(&json).map_err(|problem| problem.below(name)),
        None => Ok(T::default()),
    }
}

/// Reads a value, or a text as a JSON string.
fn given<T: DeserializeOwned>(given: Given<'_>) -> Read<T> {
    let found = Found::default();
    match T::deserialize(Part { given, place: Place::top(&found) }) {
        Ok(value) => Ok(value),
        Err(problem) => Err(found.problem(problem)),
    }
}

/// The same by what reads a part, which need not be of the type that comes of it: all else is then compiled once.
pub(crate) fn read_by(given: Given<'_>, read: &mut dyn FnMut(Part<'_>) -> Read<()>) -> Read<()> {
    let found = Found::default();
    read(Part { given, place: Place::top(&found) }).map_err(|problem| found.problem(problem))
}

/// Reads a JSON text that a caller wrote.
pub fn text<T: DeserializeOwned>(text: &str) -> Read<T> {
    value(&document(text)?)
}

/// Reads a JSON text that a caller wrote as a document.
pub fn document(text: &str) -> Read<Json> {
    serde_json::from_str(text).map_err(|problem| {
        Unreadable::new(match problem.classify() {
            serde_json::error::Category::Eof => "this is no JSON, as its end is missing",
            _ if problem.to_string().contains("surrogate") => "a text has half of a character; give whole ones",
            _ if problem.to_string().starts_with("recursion limit") => {
                "it is nested too deep; give less than 128 levels"
            }
            _ => "this is no JSON; give a JSON document",
        })
    })
}

/// Reads a JSON text that this library or its storage wrote.
pub fn stored<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    if cfg!(target_family = "wasm") {
        // A second reader of each type would be a large part of a module that a browser loads.
        value(&serde_json::from_str(text)?).map_err(serde_json::Error::custom)
    } else {
        serde_json::from_str(text)
    }
}

/// A part of the input, with its place.
pub(crate) struct Part<'a> {
    given: Given<'a>,
    place: Place<'a>,
}

/// What was given for a part.
#[derive(Clone, Copy)]
pub(crate) enum Given<'a> {
    Json(&'a Json),
    Text(&'a str),
}

impl<'a> Given<'a> {
    fn text(self) -> Option<&'a str> {
        match self {
            Self::Json(json) => json.as_str(),
            Self::Text(text) => Some(text),
        }
    }
    fn list(self) -> Option<&'a [Json]> {
        match self {
            Self::Json(Json::Array(list)) => Some(list),
            _ => None,
        }
    }
    fn object(self) -> Option<&'a Map<String, Json>> {
        match self {
            Self::Json(json) => json.as_object(),
            Self::Text(_) => None,
        }
    }
    fn unexpected(self) -> Unexpected<'a> {
        match self {
            Self::Text(text) => Unexpected::Str(text),
            Self::Json(Json::String(text)) => Unexpected::Str(text),
            Self::Json(Json::Null) => Unexpected::Unit,
            Self::Json(Json::Bool(value)) => Unexpected::Bool(*value),
            Self::Json(Json::Number(number)) => match (number.as_u64(), number.as_i64()) {
                (Some(count), _) => Unexpected::Unsigned(count),
                (None, Some(int)) => Unexpected::Signed(int),
                (None, None) => Unexpected::Float(number.as_f64().unwrap_or_default()),
            },
            Self::Json(Json::Array(_)) => Unexpected::Seq,
            Self::Json(Json::Object(_)) => Unexpected::Map,
        }
    }
}

/// It is of another form than was expected.
#[cold]
#[inline(never)]
fn wrong(given: Given<'_>, expected: &dyn Expected) -> Unreadable {
    Unreadable::invalid_type(given.unexpected(), expected)
}

impl Part<'_> {
    fn number<'de, V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.given.unexpected() {
            Unexpected::Unsigned(count) => visitor.visit_u64(count),
            Unexpected::Signed(int) => visitor.visit_i64(int),
            Unexpected::Float(float) => visitor.visit_f64(float),
            _ => Err(wrong(self.given, &visitor)),
        }
    }
    fn text<'de, V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.given.text() {
            Some(text) => visitor.visit_str(text),
            None => Err(wrong(self.given, &visitor)),
        }
    }
    fn null<'de, V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.given {
            Given::Json(Json::Null) => visitor.visit_unit(),
            given => Err(wrong(given, &visitor)),
        }
    }
    fn list<'de, V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.given.list() {
            Some(list) => elements(list, &self.place, visitor),
            None => Err(wrong(self.given, &visitor)),
        }
    }
    fn object<'de, V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.given.object() {
            Some(object) => entries(object, &self.place, visitor),
            None => Err(wrong(self.given, &visitor)),
        }
    }
    fn any<'de, V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.given {
            Given::Json(Json::Null) => visitor.visit_unit(),
            Given::Json(Json::Bool(value)) => visitor.visit_bool(*value),
            Given::Json(Json::Number(_)) => self.number(visitor),
            Given::Json(Json::String(_)) | Given::Text(_) => self.text(visitor),
            Given::Json(Json::Array(_)) => self.list(visitor),
            Given::Json(Json::Object(_)) => self.object(visitor),
        }
    }
}

fn elements<'de, V: Visitor<'de>>(list: &[Json], place: &Place<'_>, visitor: V) -> Read<V::Value> {
    let mut elements = Elements { list: list.iter(), next: 0, place };
    let read = visitor.visit_seq(&mut elements)?;
    if elements.list.len() == 0 {
        Ok(read)
    } else {
        Err(Unreadable::invalid_length(list.len(), &"fewer elements in array"))
    }
}

fn entries<'de, V: Visitor<'de>>(object: &Map<String, Json>, place: &Place<'_>, visitor: V) -> Read<V::Value> {
    // Whoever reads an object reads all of it.
    visitor.visit_map(&mut Entries { object: object.iter(), now: None, place })
}

macro_rules! takes {
    ($($method:ident $takes:ident,)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
            self.$takes(visitor)
        }
    )* };
}

impl<'de> Deserializer<'de> for Part<'_> {
    type Error = Unreadable;

    takes! {
        deserialize_any any,
        deserialize_i8 number, deserialize_i16 number, deserialize_i32 number, deserialize_i64 number,
        deserialize_u8 number, deserialize_u16 number, deserialize_u32 number, deserialize_u64 number,
        deserialize_i128 number, deserialize_u128 number, deserialize_f32 number, deserialize_f64 number,
        deserialize_char text, deserialize_str text, deserialize_string text, deserialize_identifier text,
        deserialize_bytes any, deserialize_byte_buf any,
        deserialize_unit null, deserialize_seq list, deserialize_map object,
    }
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self.given {
            Given::Json(Json::Bool(value)) => visitor.visit_bool(*value),
            given => Err(wrong(given, &visitor)),
        }
    }
    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Read<V::Value> {
        self.null(visitor)
    }
    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Read<V::Value> {
        self.list(visitor)
    }
    fn deserialize_tuple_struct<V: Visitor<'de>>(self, _: &'static str, _: usize, visitor: V) -> Read<V::Value> {
        self.list(visitor)
    }
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        self.object(visitor)
    }
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        if matches!(self.given, Given::Json(Json::Null)) { visitor.visit_none() } else { visitor.visit_some(self) }
    }
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Read<V::Value> {
        visitor.visit_newtype_struct(self)
    }
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_unit()
    }
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        visitor.visit_enum(choice(self.given, &self.place)?)
    }
}

/// A text, or an object with the name of the variant as its one key.
fn choice<'a>(given: Given<'a>, place: &'a Place<'a>) -> Read<Choice<'a>> {
    if let Some(name) = given.text() {
        return Ok(Choice { name, content: None, place });
    }
    let Some(object) = given.object() else { return Err(wrong(given, &"string or map")) };
    let mut entries = object.iter();
    match (entries.next(), entries.next()) {
        (Some((name, json)), None) => Ok(Choice { name, content: Some(Given::Json(json)), place }),
        _ => Err(Unreadable::invalid_value(Unexpected::Map, &"map with a single key")),
    }
}

/// The elements of a list.
struct Elements<'a> {
    list: std::slice::Iter<'a, Json>,
    next: usize,
    place: &'a Place<'a>,
}

impl<'de> SeqAccess<'de> for &mut Elements<'_> {
    type Error = Unreadable;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Read<Option<T::Value>> {
        let Some(json) = self.list.next() else { return Ok(None) };
        let place = self.place.index(self.next);
        self.next += 1;
        match seed.deserialize(Part { given: Given::Json(json), place }) {
            Ok(element) => Ok(Some(element)),
            Err(problem) => Err(place.noted(problem)),
        }
    }
    fn size_hint(&self) -> Option<usize> {
        Some(self.list.len())
    }
}

/// The entries of an object.
struct Entries<'a> {
    object: serde_json::map::Iter<'a>,
    /// The one whose name was read last.
    now: Option<(&'a str, &'a Json)>,
    place: &'a Place<'a>,
}

impl<'de> MapAccess<'de> for &mut Entries<'_> {
    type Error = Unreadable;

    fn next_key_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Read<Option<T::Value>> {
        let Some((name, json)) = self.object.next() else { return Ok(None) };
        self.now = Some((name, json));
        let place = self.place.name(name);
        match seed.deserialize(Part { given: Given::Text(name), place }) {
            Ok(name) => Ok(Some(name)),
            Err(problem) => Err(place.noted(problem)),
        }
    }
    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Read<T::Value> {
        let (name, json) = self.now.take().unwrap_or(("", &Json::Null));
        let place = self.place.name(name);
        match seed.deserialize(Part { given: Given::Json(json), place }) {
            Ok(value) => Ok(value),
            Err(problem) => Err(place.noted(problem)),
        }
    }
    fn size_hint(&self) -> Option<usize> {
        Some(self.object.len())
    }
}

/// One variant of an enum, with what it contains.
struct Choice<'a> {
    name: &'a str,
    content: Option<Given<'a>>,
    place: &'a Place<'a>,
}

impl<'a, 'de> EnumAccess<'de> for Choice<'a> {
    type Error = Unreadable;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Read<(T::Value, Self)> {
        let name = Part { given: Given::Text(self.name), place: *self.place };
        match seed.deserialize(name) {
            Ok(read) => Ok((read, self)),
            Err(problem) => Err(self.place.noted(problem)),
        }
    }
}

impl<'de> VariantAccess<'de> for Choice<'_> {
    type Error = Unreadable;

    fn unit_variant(self) -> Read<()> {
        if self.content.is_some() { self.newtype_variant_seed(PhantomData) } else { Ok(()) }
    }
    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Read<T::Value> {
        let place = self.place.name(self.name);
        let read = match self.content {
            Some(given) => seed.deserialize(Part { given, place }),
            None => Err(self.wrong(&"newtype variant")),
        };
        match read {
            Ok(value) => Ok(value),
            Err(problem) => Err(place.noted(problem)),
        }
    }
    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Read<V::Value> {
        let place = self.place.name(self.name);
        let read = match self.content.and_then(Given::list) {
            Some(list) => elements(list, &place, visitor),
            None => Err(self.wrong(&"tuple variant")),
        };
        match read {
            Ok(value) => Ok(value),
            Err(problem) => Err(place.noted(problem)),
        }
    }
    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Read<V::Value> {
        let place = self.place.name(self.name);
        let read = match self.content.and_then(Given::object) {
            Some(object) => entries(object, &place, visitor),
            None => Err(self.wrong(&"struct variant")),
        };
        match read {
            Ok(value) => Ok(value),
            Err(problem) => Err(place.noted(problem)),
        }
    }
}

impl Choice<'_> {
    #[cold]
    fn wrong(&self, expected: &dyn Expected) -> Unreadable {
        Unreadable::invalid_type(self.content.map_or(Unexpected::UnitVariant, Given::unexpected), expected)
    }
}
