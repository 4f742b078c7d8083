//! Where a record says whose personal data it holds.

use super::Topic;

/// A field marked `person`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonField {
    /// The column of a reference: to a person, or to a record that itself belongs to one.
    Reference(usize),
    /// What the record is about: a person, or a record that belongs to one.
    Topic(Topic),
    /// The column of a mail address of the person.
    Address(usize),
}

impl PersonField {
    /// The column that leads to the person.
    pub const fn column(self) -> usize {
        match self {
            Self::Reference(column) | Self::Address(column) => column,
            Self::Topic(topic) => topic.column(),
        }
    }
}
