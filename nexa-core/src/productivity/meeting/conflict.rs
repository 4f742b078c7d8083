//! Meetings at the same time: who would be in two places.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Attendee, AttendeeResponse, ENDS_TOO_EARLY, Meeting, MeetingAvailability, MeetingStatus, attendee::attendees_of,
    too_early,
};
use crate::{
    Action, Children, Code, Context, Filter, Id, Op, Query, Record, Ref, Result, Timestamp, kernel::limits::at_most,
    people::User,
};

/// Somebody who must be free is busy.
pub const CONFLICT: Code = Code::conflict(
    "meeting.conflict",
    "{count} meetings at that time keep those who are to come; choose another time, or leave out must_be_free.",
);

/// How many conflicts are named.
const MOST: usize = 100;
/// Of how many users one may ask.
const MOST_USERS: usize = 100;

/// A user who is busy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Conflict {
    /// The user.
    pub user: Id<User>,
    /// When the other meeting begins.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// The other meeting; absent where the actor may not see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meeting: Option<Id<Meeting>>,
}

/// Where these users are busy between two moments, by when it begins. A meeting that ends when another begins is at no time at once with it.
/// Those that were called off, that leave everybody free, and to which the user said no do not count.
pub(super) async fn between(
    cx: &mut Context<'_>,
    users: &[Id<User>],
    (from, to): (Timestamp, Timestamp),
    except: Option<Id<Meeting>>,
) -> Result<Vec<Conflict>> {
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let invited = Filter::compare(Attendee::USER.name(), Op::In, users).and(Filter::compare(
        Attendee::RESPONSE.name(),
        Op::Ne,
        AttendeeResponse::Declined,
    ));
    let whose = Filter::compare(Meeting::ORGANIZER.name(), Op::In, users)
        .or(Children::of::<Attendee>().by(Attendee::MEETING).matching(invited).any());
    let at_once = Filter::compare(Meeting::STARTS_AT.name(), Op::Lt, to)
        .and(Filter::compare(Meeting::ENDS_AT.name(), Op::Gt, from))
        .and(Filter::compare(Meeting::STATUS.name(), Op::In, [MeetingStatus::Planned, MeetingStatus::Held]))
        .and(Filter::compare(Meeting::AVAILABILITY.name(), Op::Eq, MeetingAvailability::Busy));
    let at_once = match except {
        Some(except) => at_once.and(Filter::compare("id", Op::Ne, except)),
        None => at_once,
    };
    let found: Vec<Meeting> = cx.unrestricted().find(&at_once.and(whose), &[Meeting::STARTS_AT.name()], MOST).await?;
    let mut conflicts = Vec::new();
    for meeting in found {
        let Some((starts_at, ends_at)) = meeting.span() else { continue };
        let attendees = attendees_of(cx, meeting.id).await?;
        let mut busy: BTreeSet<Id<User>> = meeting.organizer.into_iter().collect();
        for attendee in &attendees {
            match (attendee.user, attendee.response) {
                (Some(user), AttendeeResponse::Declined) => drop(busy.remove(&user)),
                (Some(user), _) => drop(busy.insert(user)),
                (None, _) => {}
            }
        }
        let seen = cx.allows(Meeting::def(), &meeting.to_row(), Action::Read).await?;
        let named = seen.then_some(meeting.id);
        let busy = busy.into_iter().filter(|user| users.contains(user));
        conflicts.extend(busy.map(|user| Conflict { user, starts_at, ends_at, meeting: named }));
    }
    Ok(conflicts)
}

/// Where these users are busy while a meeting is. Error: `meeting.conflict`, where they must be free.
pub(super) async fn of_meeting(
    cx: &mut Context<'_>,
    meeting: &Meeting,
    users: &[Id<User>],
    must_be_free: bool,
) -> Result<Vec<Conflict>> {
    let Some(span) = meeting.span().filter(|_| meeting.availability == MeetingAvailability::Busy) else {
        return Ok(Vec::new());
    };
    let conflicts = between(cx, users, span, Some(meeting.id)).await?;
    if must_be_free && !conflicts.is_empty() {
        return Err(CONFLICT.with("count", conflicts.len()));
    }
    Ok(conflicts)
}

/// The users whom a meeting keeps: its organizer, and the users who are invited and did not say no.
pub(super) async fn kept_by(cx: &mut Context<'_>, meeting: &Meeting) -> Result<Vec<Id<User>>> {
    let mut users: BTreeSet<Id<User>> = meeting.organizer.into_iter().collect();
    for attendee in attendees_of(cx, meeting.id).await? {
        users.extend(attendee.user.filter(|_| attendee.response != AttendeeResponse::Declined));
    }
    Ok(users.into_iter().collect())
}

/// Where users are busy between two moments: `meeting.conflicts`. Error: `meeting.ends_too_early`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Conflicts {
    /// The users, at most 100.
    #[schemars(length(max = 100))]
    pub users: Vec<Ref<User>>,
    /// The moment from which they are asked for.
    pub from: Timestamp,
    /// The moment until which they are asked for; it does not belong to it.
    pub to: Timestamp,
}

/// Where users are busy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MeetingConflicts {
    /// What keeps them, by when it begins: that of at most 100 meetings.
    pub conflicts: Vec<Conflict>,
}

impl Query for Conflicts {
    const VERB: &'static str = "conflicts";
    const ERRORS: &'static [Code] = &[ENDS_TOO_EARLY];
    type Of = Meeting;
    type Output = MeetingConflicts;
    fn check(&self) -> Result<()> {
        at_most("users", "users", self.users.len(), MOST_USERS)?;
        if self.to <= self.from { Err(too_early(self.to, self.from, "to")) } else { Ok(()) }
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<MeetingConflicts> {
        cx.authorize_kind(Meeting::def(), Action::Read)?;
        let mut users = Vec::with_capacity(self.users.len());
        for user in &self.users {
            users.push(cx.load(user).await?.id);
        }
        Ok(MeetingConflicts { conflicts: between(cx, &users, (self.from, self.to), None).await? })
    }
}
