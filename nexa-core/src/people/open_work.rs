//! The open work of somebody who leaves: it is named, and goes back to its queue or to somebody else.
//!
//! Work is every live record that is open and which belongs to the one who leaves; which kinds belong to somebody,
//! their definitions say.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Action, Assignee, Code, Context, Result,
    kernel::{
        context::Behaviour,
        record::{RecordDef, Row},
        store::Trash,
    },
    people::assignment::{self, Holder},
};

/// Who leaves still has open work.
pub const OPEN_WORK: Code = Code::rule(
    "assignee.open_work",
    "The {assignee} still has open work: {work}. Pass on_open_work as release or reassign, or move it first.",
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
            OnOpenWork::Refuse | OnOpenWork::Release => assignment::group_again(cx, holder, &row).await?,
        };
        holder.hand_over(def, &mut row, to, None)?;
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
    let Some(holder) = Holder::of(def) else { return Ok(()) };
    for who in leaving {
        let path = holder.column(*who).and_then(|column| def.columns.get(column)).map(|column| column.path.as_str());
        let Some(path) = path else { continue };
        for row in cx.pointing(def, path, who.id(), Trash::Live).await? {
            if (kind.edited()?.is_open)(row.clone())? {
                work.push(Open { def, holder, row });
            }
        }
    }
    Ok(())
}
