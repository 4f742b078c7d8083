//! Structs, read by the names of their fields. `#[derive(Input)]` says which fields there are; how they are read is
//! said here once, and not for each struct.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor},
};
use serde_json::{Map, Value as Json};

/// A struct that is read by the names of its fields.
pub trait ByName: Sized {
    /// The struct.
    const NAME: &'static str;
    /// The fields, at most 64.
    const FIELDS: &'static [&'static str];
    /// What becomes of other names.
    const OTHERS: Others;

    /// Reads all entries; `None` when there is a problem, which they keep.
    fn read<'de, M: MapAccess<'de>>(entries: &mut Fields<'de, M>) -> Option<Self>;
}

/// What becomes of entries whose names are no fields.
#[derive(Clone, Copy)]
pub enum Others {
    /// They are refused.
    Refused,
    /// They are ignored.
    Ignored,
    /// They are kept beside the fields.
    Kept,
}

/// Reads a struct.
pub fn by_name<'de, T: ByName, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_struct(T::NAME, T::FIELDS, Struct { name: T::NAME, of: PhantomData })
}

struct Struct<T> {
    name: &'static str,
    of: PhantomData<T>,
}

impl<'de, T: ByName> Visitor<'de> for Struct<T> {
    type Value = T;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("struct ")?;
        f.write_str(self.name)
    }
    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<T, M::Error> {
        let mut fields = Fields::of(map, T::FIELDS, T::OTHERS);
        match T::read(&mut fields) {
            Some(read) => Ok(read),
            None => Err(fields.problem()),
        }
    }
}

/// The entries that are given for a struct. The first problem is kept until all is over: to leave at each would be code
/// for each that drops what was read before.
pub struct Fields<'de, M: MapAccess<'de>> {
    map: M,
    name: Name,
    others: Map<String, Json>,
    /// One bit for each field.
    seen: u64,
    problem: Option<M::Error>,
    of: PhantomData<&'de ()>,
}

impl<'de, M: MapAccess<'de>> Fields<'de, M> {
    fn of(map: M, fields: &'static [&'static str], others: Others) -> Self {
        Self { map, name: Name { fields, others }, others: Map::new(), seen: 0, problem: None, of: PhantomData }
    }

    /// Which field comes next.
    #[inline(never)]
    pub fn next_field(&mut self) -> Option<usize> {
        while self.problem.is_none() {
            let read = match self.map.next_key_seed(self.name) {
                Ok(None) => return None,
                Ok(Some(Found::Field(at))) if self.seen & 1 << at == 0 => {
                    self.seen |= 1 << at;
                    return Some(at);
                }
                Ok(Some(Found::Field(at))) => Err(M::Error::duplicate_field(self.name.of(at))),
                Ok(Some(Found::Ignored)) => self.map.next_value::<IgnoredAny>().map(|_| ()),
                Ok(Some(Found::Kept(name))) => self.map.next_value().map(|json| {
                    self.others.insert(name, json);
                }),
                Err(problem) => Err(problem),
            };
            self.problem = read.err();
        }
        None
    }

    /// Reads the field that comes next in the place of what is there.
    pub fn replace<T: Deserialize<'de>>(&mut self, place: &mut T) {
        match self.map.next_value() {
            Ok(value) => *place = value,
            Err(problem) => self.note(problem),
        }
    }

    /// Reads the field that comes next, which has to be given.
    pub fn fill<T: Deserialize<'de>>(&mut self, place: &mut Option<T>) {
        match self.map.next_value() {
            Ok(value) => *place = Some(value),
            Err(problem) => self.note(problem),
        }
    }

    /// Whether there was no problem, and all of these fields were there; one bit for each.
    #[inline(never)]
    pub fn complete(&mut self, required: u64) -> bool {
        let missing = required & !self.seen;
        if self.problem.is_none() && missing != 0 {
            let first = usize::try_from(missing.trailing_zeros()).unwrap_or_default();
            self.problem = Some(M::Error::missing_field(self.name.of(first)));
        }
        self.problem.is_none()
    }

    /// The entries whose names are no fields.
    pub fn others(&mut self) -> Map<String, Json> {
        std::mem::take(&mut self.others)
    }

    #[cold]
    #[inline(never)]
    fn note(&mut self, problem: M::Error) {
        self.problem = Some(problem);
    }

    #[cold]
    #[inline(never)]
    fn problem(&mut self) -> M::Error {
        self.problem.take().unwrap_or_else(|| M::Error::custom("there is no value"))
    }
}

/// What a name is.
enum Found {
    /// The field at this index.
    Field(usize),
    Ignored,
    Kept(String),
}

/// Reads a name.
#[derive(Clone, Copy)]
struct Name {
    fields: &'static [&'static str],
    others: Others,
}

impl Name {
    fn of(self, at: usize) -> &'static str {
        self.fields.get(at).copied().unwrap_or_default()
    }
}

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Found;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Found, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Found;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("field identifier")
    }
    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Found, E> {
        match (self.fields.iter().position(|field| *field == name), self.others) {
            (Some(at), _) => Ok(Found::Field(at)),
            (None, Others::Ignored) => Ok(Found::Ignored),
            (None, Others::Kept) => Ok(Found::Kept(name.to_owned())),
            (None, Others::Refused) => Err(E::unknown_field(name, self.fields)),
        }
    }
}
