//! The open work of somebody who leaves: it is named, and goes back to its queue or to somebody else.
//!
//! Work is every live record that is open and whose `assignee` or `owner` is the one who leaves; which kinds have such a field, their
//! definitions say.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Group;
use crate::{
    Action, Assignee, Code, Context, Id, Result,
    kernel::{
        behaviour::Behaviour,
        record::{ColumnType, RecordDef, Row},
        store::Trash,
        value::Value,
    },
    people::assignment,
};

/// Who leaves still has open work.
pub const OPEN_WORK: Code = Code::rule(
    "assignee.open_work",
    "The {assignee} still has open work: {work}. Pass on_open_work as release or reassign, or move it first.",
);
/// Only users own records of this kind.
pub const MUST_BE_USER: Code = Code::rule(
    "assignee.must_be_user",
    "The open work has a {kind}, which only a user can own; reassign it to a user.",
);

/// What happens to the open work of a user who leaves, or of a group without members.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnOpenWork {
    /// The call is refused and names it.
    #[default]
    Refuse,
    /// It goes back to the group that it came through, or to nobody.
    Release,
    /// It goes to this user or group.
    Reassign(Assignee),
}

impl OnOpenWork {
    pub(super) fn is_refuse(&self) -> bool {
        *self == Self::Refuse
    }
}

/// Where a kind says who works on a record.
#[derive(Clone, Copy)]
struct Holder {
    user: usize,
    group: Option<usize>,
    /// The group that its user took it from.
    via_group: Option<usize>,
}

impl Holder {
    fn all(def: &'static RecordDef) -> impl Iterator<Item = Self> {
        ["assignee", "owner"].into_iter().filter_map(move |field| Self::of(def, field))
    }

    fn of(def: &'static RecordDef, field: &str) -> Option<Self> {
        let refers = |path: &str, kind: &str| -> Option<usize> {
            let column = def.column(path)?;
            let points = def
                .columns
                .get(column)
                .is_some_and(|found| matches!(found.kind, ColumnType::Reference(of) if of == kind));
            points.then_some(column)
        };
        let user = refers(&format!("{field}.user"), "user").or_else(|| refers(field, "user"))?;
        let group = refers(&format!("{field}.group"), "group");
        Some(Self { user, group, via_group: group.and_then(|_| refers("via_group", "group")) })
    }

    const fn column(self, assignee: Assignee) -> Option<usize> {
        match assignee {
            Assignee::User(_) => Some(self.user),
            Assignee::Group(_) => self.group,
        }
    }

    fn came_through(self, row: &Row) -> Option<Uuid> {
        self.via_group.and_then(|column| row.get(column).as_uuid())
    }

    /// Gives a row to somebody, or to nobody. Error: `assignee.must_be_user`.
    fn hand_over(self, def: &'static RecordDef, row: &mut Row, to: Option<Assignee>) -> Result<()> {
        let (user, group) = (to.and_then(Assignee::as_user), to.and_then(Assignee::as_group));
        let id = |id: Option<Uuid>| id.map_or(Value::Null, Value::Uuid);
        match self.group {
            Some(column) => row.set(column, id(group)),
            None if group.is_some() => return Err(MUST_BE_USER.with("kind", def.kind)),
            None => {}
        }
        row.set(self.user, id(user));
        if let Some(column) = self.via_group {
            row.set(column, Value::Null);
        }
        def.derive(row);
        Ok(())
    }
}

/// `1 ticket`, `3 tickets`: tables have the plural.
fn counted(def: &RecordDef, count: usize) -> String {
    let noun = if count == 1 { def.kind } else { def.table };
    format!("{count} {}", noun.replace('_', " "))
}

/// One open record of somebody who leaves.
struct Open {
    def: &'static RecordDef,
    holder: Holder,
    row: Row,
}

/// Does with the open work of those who leave what the caller says; they can take none any more when this is called.
/// Errors: `assignee.open_work`, `assignee.inactive`, `assignee.must_be_user`, `access.denied`, `record.too_many_dependents`.
pub(super) async fn leave_open_work(cx: &mut Context<'_>, leaving: &[Assignee], on: OnOpenWork) -> Result<()> {
    let mut work = Vec::new();
    for kind in cx.edited_kinds() {
        open_work_of(cx, kind, leaving, &mut work).await?;
    }
    let (mut seen, mut others) = (Vec::<(&'static RecordDef, usize)>::new(), 0_usize);
    for open in &work {
        if !cx.allows(open.def, &open.row, Action::Read).await? {
            others += 1;
            continue;
        }
        match seen.last_mut().filter(|(def, _)| def.kind == open.def.kind) {
            Some((_, count)) => *count += 1,
            None => seen.push((open.def, 1)),
        }
    }
    // What the actor may not see, they may not move either.
    if !work.is_empty() && (on.is_refuse() || others > 0) {
        let mut named: Vec<String> = seen.iter().map(|(def, count)| counted(def, *count)).collect();
        if others > 0 {
            named.push(if others == 1 { "1 other".to_owned() } else { format!("{others} others") });
        }
        let assignee = if leaving.iter().any(|who| who.as_user().is_some()) { "user" } else { "group" };
        return Err(OPEN_WORK.with("assignee", assignee).with("work", named));
    }
    if let OnOpenWork::Reassign(to) = on {
        assignment::check_assignee(cx, &to).await?;
    }
    for Open { def, holder, mut row } in work {
        cx.authorize(def, &row, Action::Update).await?;
        let to = match on {
            OnOpenWork::Reassign(to) => Some(to),
            OnOpenWork::Refuse | OnOpenWork::Release => queue_before(cx, holder, &row).await?,
        };
        holder.hand_over(def, &mut row, to)?;
        cx.save_row(def, row).await?;
    }
    Ok(())
}

async fn open_work_of(
    cx: &mut Context<'_>,
    kind: &'static Behaviour,
    leaving: &[Assignee],
    work: &mut Vec<Open>,
) -> Result<()> {
    let def = (kind.def)();
    for holder in Holder::all(def) {
        for who in leaving {
            let path =
                holder.column(*who).and_then(|column| def.columns.get(column)).map(|column| column.path.as_str());
            let Some(path) = path else { continue };
            for row in cx.pointing(def, path, who.id(), Trash::Live).await? {
                if (kind.edited()?.is_open)(row.clone())? {
                    work.push(Open { def, holder, row });
                }
            }
        }
    }
    Ok(())
}

/// The group that it came through, while somebody of it can see it there.
async fn queue_before(cx: &mut Context<'_>, holder: Holder, row: &Row) -> Result<Option<Assignee>> {
    let Some(group) = holder.came_through(row) else { return Ok(None) };
    let active = !assignment::active_members(cx, Id::<Group>::new(group)).await?.is_empty();
    Ok(active.then_some(Assignee::Group(group)))
}
