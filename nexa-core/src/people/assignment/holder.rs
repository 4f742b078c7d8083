//! Where the records of a kind say whose they are.

use uuid::Uuid;

use super::MUST_BE_USER;
use crate::{
    Assignee, Moment, Result,
    kernel::{
        record::{Derived, RecordDef, Row},
        value::Value,
    },
};

/// The columns of a kind that say whose a record is: of the field that it marks as `assignee`, whatever its name.
#[derive(Clone, Copy)]
pub(in crate::people) struct Holder {
    user: usize,
    group: Option<usize>,
    /// The group that its user took it from, where the kind is a queue.
    via_group: Option<usize>,
}

impl Holder {
    /// Those of a kind, when its records belong to somebody.
    pub(in crate::people) fn of(def: &RecordDef) -> Option<Self> {
        let marked = def.assignee?;
        let (user, group) = match def.columns.get(marked)?.derived {
            Some(Derived::Queue(user)) => (user, Some(user + 1)),
            _ => (marked, None),
        };
        Some(Self { user, group, via_group: group.and_then(|_| def.column("via_group")) })
    }

    /// Whether records wait in the queue of a group until one of its users takes them.
    pub(super) const fn is_queue(self) -> bool {
        self.via_group.is_some()
    }

    /// Whether a record may belong to a group.
    pub(super) const fn takes_groups(self) -> bool {
        self.group.is_some()
    }

    /// The column for such a holder.
    pub(in crate::people) const fn column(self, assignee: Assignee) -> Option<usize> {
        match assignee {
            Assignee::User(_) => Some(self.user),
            Assignee::Group(_) => self.group,
        }
    }

    /// Whose a record is.
    pub(super) fn assignee(self, row: &Row) -> Option<Assignee> {
        let user = row.get(self.user).as_uuid().map(Assignee::User);
        user.or_else(|| row.get(self.group?).as_uuid().map(Assignee::Group))
    }

    /// The group that the user of a record took it from.
    pub(in crate::people) fn came_through(self, row: &Row) -> Option<Uuid> {
        self.via_group.and_then(|column| row.get(column).as_uuid())
    }

    /// Notes that a person did something about a record, where its kind keeps when one first did.
    pub(super) fn acknowledge(def: &'static RecordDef, row: &mut Row, moment: &Moment<'_>) {
        if let Some(column) = def.column("acknowledged_at").filter(|column| row.get(*column).is_null())
            && moment.actor.user().is_some()
        {
            row.set(column, Value::Time(moment.now));
        }
    }

    /// Gives a record to somebody, or to nobody; its user took it from this group. Error: `assignee.must_be_user`.
    pub(in crate::people) fn hand_over(
        self,
        def: &'static RecordDef,
        row: &mut Row,
        to: Option<Assignee>,
        from: Option<Uuid>,
    ) -> Result<()> {
        let id = |id: Option<Uuid>| id.map_or(Value::Null, Value::Uuid);
        let (user, group) = (to.and_then(Assignee::as_user), to.and_then(Assignee::as_group));
        match self.group {
            Some(column) => row.set(column, id(group)),
            None if group.is_some() => return Err(MUST_BE_USER.with("kind", def.kind)),
            None => {}
        }
        row.set(self.user, id(user));
        if let Some(column) = self.via_group {
            row.set(column, id(from));
        }
        def.derive(row);
        Ok(())
    }
}
