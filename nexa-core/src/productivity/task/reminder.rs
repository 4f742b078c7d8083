//! Whoever does a task is reminded of it at the moment that it names.

use uuid::Uuid;

use super::Task;
use crate::{
    About, Assignee, Context, Id, Record, Result, Timestamp,
    kernel::{
        Timed, Timer,
        later::{set_timer, stop_timer},
    },
    people::{User, assignment::active_members},
    productivity::notification::{Notification, NotificationReason, notify, sum_up},
};

/// A reminder that comes later than this is one of several, in one notification: 1 hour, in microseconds.
const LATE: i64 = 3_600_000_000;

/// Reminds those who do a task: its user, the members of its group, or, while it is nobody's, the user who asked for the reminder.
/// Nothing comes of a task that is over or in the trash.
pub(crate) struct Reminder;

impl Timed for Reminder {
    const NAME: &'static str = "task.remind";
    async fn fire(cx: &mut Context<'_>, timer: &Timer) -> Result<()> {
        let Ok(id) = timer.key().parse::<Uuid>() else { return Ok(()) };
        let Some(row) = cx.unrestricted().row(Task::def(), id).await? else { return Ok(()) };
        let task = Task::from_row(row)?;
        if task.deleted_at.is_some() || task.is_finished() {
            return Ok(());
        }
        let asked_by = timer.detail.as_deref().and_then(|user| user.parse().ok());
        let late = timer.late(cx.now()) > LATE;
        for user in reminded(cx, &task, asked_by).await? {
            let notification = Notification {
                user,
                reason: NotificationReason::Reminder,
                about: Some(About::from(&task)),
                count: 1,
                due_at: Some(timer.due_at),
                late,
                ..Notification::default()
            };
            if late {
                let digest = Some("task.remind".to_owned());
                sum_up(cx, Notification { digest, ..notification }).await?;
            } else {
                notify(cx, notification).await?;
            }
        }
        Ok(())
    }
}

/// The users who are reminded.
async fn reminded(cx: &mut Context<'_>, task: &Task, asked_by: Option<Uuid>) -> Result<Vec<Id<User>>> {
    let user = match task.assignee {
        Some(Assignee::Group(group)) => {
            let members = active_members(cx, Id::new(group)).await?;
            return Ok(members.into_iter().map(|member| member.id).collect());
        }
        Some(Assignee::User(user)) => user,
        None => match asked_by {
            Some(user) => user,
            None => return Ok(Vec::new()),
        },
    };
    let user = cx.unrestricted().load::<User>(Id::new(user)).await?;
    Ok(if user.active { vec![user.id] } else { Vec::new() })
}

/// Sets, moves or stops the reminder of a task, as part of the call that changes it.
pub(super) async fn plan(cx: &mut Context<'_>, task: Id<Task>, at: Option<Timestamp>) -> Result<()> {
    let key = task.to_string();
    let asked_by = cx.actor().user().map(|user| user.to_string());
    match at {
        Some(at) => set_timer::<Reminder>(cx, &key, at, asked_by).await,
        None => stop_timer::<Reminder>(cx, &key).await,
    }
}
