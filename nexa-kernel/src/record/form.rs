//! How a field looks in JSON, as data.

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

const NULL: &str = "null";
