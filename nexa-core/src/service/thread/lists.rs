//! The closed lists of a thread.

use crate::closed_enum;

closed_enum! {
    /// Who is in a thread.
    pub enum ThreadKind {
        /// The team and somebody outside.
        External = "external",
        /// The team alone.
        Internal = "internal",
    }
}

closed_enum! {
    /// Where a thread stands that hangs on no ticket.
    pub enum ThreadState {
        /// Somebody is to look at it.
        Open = "open",
        /// It comes back at its moment, or with the next answer.
        Snoozed = "snoozed",
        /// Nothing is left to do.
        Done = "done",
    }
}
