//! What the law keeps: records whose data stay although the person asked for their erasure.

use crate::{
    maybe_send::{MaybeSend, MaybeSync},
    record::{RecordDef, Row},
    value::Timestamp,
};

/// Why a record is kept, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Why, in a few words that name nobody, such as `tax law` or `legal hold`.
    pub reason: String,
    /// Until when; as long as nobody erases again when absent.
    pub until: Option<Timestamp>,
}

/// Says which records an erasure keeps for now: a host's retention periods and legal holds.
pub trait Retention: MaybeSend + MaybeSync {
    /// Why this record is kept, if it is.
    fn held(&self, def: &'static RecordDef, row: &Row, now: Timestamp) -> Option<Held>;
}

/// Nothing is kept but what a call says.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct NothingHeld;

impl Retention for NothingHeld {
    fn held(&self, _: &'static RecordDef, _: &Row, _: Timestamp) -> Option<Held> {
        None
    }
}
