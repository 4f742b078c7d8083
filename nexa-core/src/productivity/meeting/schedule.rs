//! Planning a meeting with those who come, and moving it to another time.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    ATTENDEE_TWICE, Attendee, CONFLICT, Conflict, ENDS_TOO_EARLY, Meeting, MeetingAvailability, NewAttendee,
    ONE_ATTENDEE, OVER, TIME_MISSING, TIME_TWICE, attendee, conflict,
};
use crate::{
    Abouts, Body, CollectionCommand, Command, Context, Date, Entity, Ref, Result, Subject, Timestamp, Url, command,
    kernel::limits::at_most,
    people::{User, assignment::INACTIVE, org::CHOICE_UNKNOWN},
};

/// How many may be invited at once.
const MOST: usize = 200;

/// Plans a meeting with those who come, all or nothing. The answer says where users of the team are busy then; with `must_be_free` that is
/// refused. Errors: `meeting.time_missing`, `meeting.time_twice`, `meeting.ends_too_early`, `meeting.attendee_twice`,
/// `meeting.one_attendee`, `meeting.conflict`, `assignee.inactive`.
#[command(
    "schedule",
    collection = Meeting,
    action = Create,
    check = Self::check,
    errors(
        TIME_MISSING, TIME_TWICE, ENDS_TOO_EARLY, ATTENDEE_TWICE, ONE_ATTENDEE, CONFLICT, INACTIVE, CHOICE_UNKNOWN
    )
)]
pub struct Schedule {
    /// What it is called.
    pub title: Subject,
    /// What is to be spoken about.
    pub agenda: Option<Body>,
    /// Where it is.
    pub location: Option<Subject>,
    /// Where it is joined from afar.
    pub join_url: Option<Url>,
    /// The user who calls it; who asks unless said.
    pub organizer: Option<Ref<User>>,
    /// When it begins.
    pub starts_at: Option<Timestamp>,
    /// When it ends; one hour later unless said.
    pub ends_at: Option<Timestamp>,
    /// The first day, where it takes whole days.
    pub start_date: Option<Date>,
    /// The last day; the first one unless said.
    pub end_date: Option<Date>,
    /// Whether those who come can be elsewhere meanwhile.
    #[serde(default)]
    pub availability: MeetingAvailability,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Abouts::is_empty")]
    pub about: Abouts,
    /// Who comes, at most 200.
    #[schemars(length(max = 200))]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attendees: Vec<NewAttendee>,
    /// Whether a time at which a user who comes is busy is refused.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub must_be_free: bool,
}

impl Schedule {
    fn check(&self) -> Result<()> {
        at_most("attendees", "attendees", self.attendees.len(), MOST)?;
        self.attendees.iter().try_for_each(NewAttendee::check)
    }
}

/// A meeting that is planned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Scheduled {
    /// The meeting.
    pub meeting: Meeting,
    /// Who comes.
    pub attendees: Vec<Attendee>,
    /// Where users who come are busy then, by when it begins.
    pub conflicts: Vec<Conflict>,
}

impl CollectionCommand for Schedule {
    type Output = Scheduled;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Scheduled> {
        let organizer = attendee::organizer(cx, self.organizer.as_ref()).await?;
        let meeting = Meeting {
            title: self.title.clone(),
            agenda: self.agenda.clone(),
            location: self.location.clone(),
            join_url: self.join_url.clone(),
            organizer,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            start_date: self.start_date,
            end_date: self.end_date,
            availability: self.availability,
            about: self.about.clone(),
            ..Meeting::default()
        };
        let meeting = cx.add(meeting).await?;
        let attendees = attendee::invite(cx, meeting.id, &self.attendees).await?;
        let users = conflict::kept_by(cx, &meeting).await?;
        let conflicts = conflict::of_meeting(cx, &meeting, &users, self.must_be_free).await?;
        Ok(Scheduled { meeting, attendees, conflicts })
    }
}

/// Moves a meeting to another time. The answer says where users of the team are busy then; with `must_be_free` that is refused. Errors:
/// `meeting.over`, `meeting.time_missing`, `meeting.time_twice`, `meeting.ends_too_early`, `meeting.conflict`.
#[command(
    "reschedule",
    on = Meeting,
    guard = Meeting::must_be_planned,
    errors(OVER, TIME_MISSING, TIME_TWICE, ENDS_TOO_EARLY, CONFLICT, INACTIVE, CHOICE_UNKNOWN)
)]
pub struct Reschedule {
    /// The meeting.
    pub meeting: Ref<Meeting>,
    /// When it begins.
    pub starts_at: Option<Timestamp>,
    /// When it ends; as long after that as before unless said.
    pub ends_at: Option<Timestamp>,
    /// The first day, where it takes whole days.
    pub start_date: Option<Date>,
    /// The last day; the first one unless said.
    pub end_date: Option<Date>,
    /// Whether a time at which a user who comes is busy is refused.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub must_be_free: bool,
}

/// A meeting at another time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rescheduled {
    /// The meeting.
    pub meeting: Meeting,
    /// Where users who come are busy then, by when it begins.
    pub conflicts: Vec<Conflict>,
}

impl Command for Reschedule {
    type Output = Rescheduled;
    async fn run(&self, before: Meeting, cx: &mut Context<'_>) -> Result<Rescheduled> {
        let mut meeting = before.clone();
        match (self.starts_at, self.start_date) {
            (Some(_), Some(_)) => return Err(TIME_TWICE.with("field", "start_date")),
            (Some(starts_at), None) => {
                let long = before.span().filter(|_| before.start_date.is_none());
                let same_length =
                    long.map(|(from, to)| Timestamp::from_micros(starts_at.micros().saturating_add(to.since(from))));
                meeting.starts_at = Some(starts_at);
                meeting.ends_at = self.ends_at.or(same_length);
                (meeting.start_date, meeting.end_date) = (None, None);
            }
            (None, Some(start)) => {
                (meeting.start_date, meeting.end_date) = (Some(start), self.end_date.or(Some(start)));
            }
            (None, None) => return Err(TIME_MISSING.with("field", "starts_at")),
        }
        meeting.settle(Some(&before), cx).await?;
        let meeting = cx.save(meeting).await?;
        let users = conflict::kept_by(cx, &meeting).await?;
        let conflicts = conflict::of_meeting(cx, &meeting, &users, self.must_be_free).await?;
        Ok(Rescheduled { meeting, conflicts })
    }
}
