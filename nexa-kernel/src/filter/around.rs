//! The records around the one that a predicate is asked about.

use uuid::Uuid;

use super::Pointing;
use crate::record::{RecordDef, Row};

/// The other records that a predicate looks at.
pub trait Around {
    /// The live record of a kind with this id.
    fn related(&self, of: &'static RecordDef, id: Uuid) -> Option<Row>;
    /// Whether enough live records point at the one of this id.
    fn has(&self, asked: &Pointing, id: Uuid) -> bool;
}

/// No other records: for predicates that look at one alone.
#[derive(Clone, Copy, Debug)]
pub struct Alone;

impl Around for Alone {
    fn related(&self, _: &'static RecordDef, _: Uuid) -> Option<Row> {
        None
    }
    fn has(&self, _: &Pointing, _: Uuid) -> bool {
        false
    }
}
