//! How a field looks in JSON, as data.

use super::Field;
use crate::{error::Result, value::Value};

/// How a field looks in JSON. It is what serializing the field says as well.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// As the value of its one column.
    Value,
    /// As the document in its one column, or as this text when there is none.
    Document(&'static str),
    /// As an object of its columns by what follows the field's name in their paths, without those that are null; or as
    /// this text when all are.
    Parts(&'static str),
    /// The same with those that are null.
    AllParts,
    /// As reading and serializing it says.
    Serialized(WriteField),
}

/// Appends a field with these values.
pub type WriteField = fn(&[Value], &mut String) -> Result<()>;

impl Form {
    /// The form of a field that may be absent, and is null then.
    pub(super) const fn or_null(self) -> Option<Self> {
        match self {
            Self::Value => Some(Self::Value),
            Self::Document(_) => Some(Self::Document(NULL)),
            Self::Parts(_) => Some(Self::Parts(NULL)),
            Self::AllParts | Self::Serialized(_) => None,
        }
    }
}

/// A part of a field that is a struct of fields.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    form: Option<Form>,
    optional: bool,
    omitted: bool,
}

impl Part {
    /// A part of this type, and whether JSON leaves it out when it is absent.
    pub const fn of<T: Field>(omitted: bool) -> Self {
        Self { form: T::FORM, optional: T::OPTIONAL, omitted }
    }
}

impl Form {
    /// The form of a field that is a struct of these parts, and `optional` when it is absent without any of them. None where its columns
    /// do not say it.
    pub const fn of_parts(parts: &[Part], optional: bool) -> Option<Self> {
        let (mut rest, mut omits, mut shows) = (parts, false, false);
        while let [part, more @ ..] = rest {
            match part.form {
                Some(Self::Value) if part.optional && part.omitted => omits = true,
                Some(Self::Value) => shows |= part.optional,
                Some(Self::AllParts) => shows = true,
                _ => return None,
            }
            rest = more;
        }
        match (omits, shows) {
            (true, true) => None,
            (false, true) => Some(Self::AllParts),
            (_, false) => Some(Self::Parts(if optional { "{}" } else { NULL })),
        }
    }
}

const NULL: &str = "null";
