//! The rules of a host, asked after ours.

use super::{
    access::Actor,
    error::Result,
    maybe_send::{MaybeSend, MaybeSync},
    record::{Record, RecordDef, Row},
    value::Timestamp,
};

/// A rule of the host, asked after ours and before anything is written. Codes start with `host.`.
pub trait Rule: MaybeSend + MaybeSync {
    /// Refuses or lets pass. `explain` asks as well, with `after` absent.
    fn guard(&self, case: &Case<'_>) -> Result<()>;
}

/// What a host's rule is asked about: one record that an operation wants to change.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Case<'a> {
    /// The operation, such as `deal.win`.
    pub operation: &'a str,
    /// The actor of the call.
    pub actor: &'a Actor,
    /// The kind of the record.
    pub of: &'static RecordDef,
    /// The row as it is; `None` when it is new.
    pub before: Option<&'a Row>,
    /// The row as it would become; `None` when it is removed or only asked about.
    pub after: Option<&'a Row>,
    /// Now.
    pub now: Timestamp,
}

impl Case<'_> {
    /// The record as it is, when it is of this kind.
    pub fn before<R: Record>(&self) -> Option<R> {
        Self::typed(self.of, self.before)
    }
    /// The record as it would become, when it is of this kind.
    pub fn after<R: Record>(&self) -> Option<R> {
        Self::typed(self.of, self.after)
    }
    fn typed<R: Record>(of: &'static RecordDef, row: Option<&Row>) -> Option<R> {
        (of.kind == R::def().kind).then(|| R::from_row(row?.clone()).ok()).flatten()
    }
}
