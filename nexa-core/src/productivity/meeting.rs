//! A meeting: who meets when and why, and what came of it.

mod attendee;
mod conflict;
mod lifecycle;
mod schedule;

use serde::{Deserialize, Serialize};

pub(super) use self::attendee::invite;
pub use self::{
    attendee::{
        ATTENDEE_TWICE, Attendee, AttendeeResponse, AttendeeRole, Invite, Invited, NOT_ATTENDEE, NewAttendee,
        ONE_ATTENDEE, Respond, Uninvite,
    },
    conflict::{CONFLICT, Conflict, Conflicts, MeetingConflicts},
    lifecycle::{Cancel, Hold, NoShow},
    schedule::{Reschedule, Rescheduled, Schedule, Scheduled},
};
use crate::{
    About, Abouts, Assignee, Body, Choice, Code, Context, Custom, Date, Entity, ExternalKey, Filter, Id, Op, Record,
    Result, Subject, Tags, Timestamp, Url, closed_enum,
    kernel::value::{days_after, period::start_of},
    people::{
        User,
        assignment::{self, INACTIVE},
        org::{self, CHOICE_UNKNOWN},
    },
};

/// Neither moments nor days.
pub const TIME_MISSING: Code =
    Code::invalid("meeting.time_missing", "Say when it is: starts_at and ends_at, or start_date for whole days.");
/// Moments and days at once.
pub const TIME_TWICE: Code = Code::invalid(
    "meeting.time_twice",
    "Give starts_at and ends_at for moments or start_date and end_date for whole days, and empty the others.",
);
/// It ends before it begins.
pub const ENDS_TOO_EARLY: Code = Code::invalid(
    "meeting.ends_too_early",
    "The meeting would end at {ends}, not after it begins at {starts}; change one of them.",
);
/// The meeting is over.
pub const OVER: Code = Code::rule("meeting.over", "The meeting is {status}; plan another one with meeting.schedule.");

closed_enum! {
    /// What became of a meeting.
    pub enum MeetingStatus {
        /// It is to be.
        Planned = "planned",
        /// They met.
        Held = "held",
        /// Whoever was to come did not.
        NoShow = "no_show",
        /// It was called off.
        Cancelled = "cancelled",
    }
}

closed_enum! {
    /// Whether those who come to a meeting can be elsewhere meanwhile.
    pub enum MeetingAvailability {
        /// They cannot.
        Busy = "busy",
        /// They can.
        Free = "free",
    }
}

/// Who meets when and why. Who comes is `attendee`; a meeting that was held notes the leads and contacts among them, and those that it is
/// about, as contacted.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "meeting",
    table = "meetings", access = work,
    search(title = 1),
    index("status", "starts_at"),
    index("organizer", "starts_at")
)]
pub struct Meeting {
    /// The identifier.
    pub id: Id<Meeting>,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put into the trash.
    pub deleted_at: Option<Timestamp>,
    /// What it is called.
    #[record(editable, folded)]
    pub title: Subject,
    /// What is to be spoken about.
    #[record(editable)]
    pub agenda: Option<Body>,
    /// Where it is.
    #[record(editable)]
    pub location: Option<Subject>,
    /// Where it is joined from afar.
    #[record(editable)]
    pub join_url: Option<Url>,
    /// The user who called it; who makes it unless said.
    #[record(editable, assignee)]
    pub organizer: Option<Id<User>>,
    /// When it begins; the midnight of the tenant's zone with which the first day begins where it takes whole days.
    #[record(editable)]
    pub starts_at: Option<Timestamp>,
    /// When it ends, one hour later unless said; the midnight after the last day where it takes whole days.
    #[record(editable)]
    pub ends_at: Option<Timestamp>,
    /// The first day, where it takes whole days.
    #[record(editable)]
    pub start_date: Option<Date>,
    /// The last day, which belongs to it; the first one unless said.
    #[record(editable)]
    pub end_date: Option<Date>,
    /// Whether those who come can be elsewhere meanwhile.
    #[record(editable)]
    pub availability: MeetingAvailability,
    /// What it is about: records of any kind, or things of the host.
    #[record(editable, follows)]
    pub about: Abouts,
    /// What became of it; `meeting.hold`, `no_show` and `cancel` change it.
    pub status: MeetingStatus,
    /// What came of it, one of the tenant's list for `meeting.outcome`.
    #[record(editable)]
    pub outcome: Option<Choice>,
    /// What was said. `@[user:…]` and `@[group:…]` with an id mention users and groups.
    #[record(editable, mentions)]
    pub notes: Option<Body>,
    /// What is to be done next.
    #[record(editable)]
    pub next_step: Option<Subject>,
    /// Why it was called off.
    pub cancel_reason: Option<Body>,
    /// Labels.
    #[record(editable)]
    pub tags: Tags,
    /// Fields that the tenant defined.
    #[record(editable, folded)]
    pub custom: Custom,
    /// Its keys in other systems.
    #[record(editable)]
    pub external_keys: Vec<ExternalKey>,
}

/// The meetings about something that are planned.
pub(crate) fn planned_about(about: &About) -> Filter {
    let planned = Filter::compare(Meeting::STATUS.name(), Op::Eq, MeetingStatus::Planned);
    planned.and(Filter::compare(Meeting::ABOUT.name(), Op::Has, about))
}

/// All of them, whoever may see them.
pub(super) async fn planned_of(cx: &mut Context<'_>, about: &About) -> Result<Vec<Meeting>> {
    cx.unrestricted().every(&planned_about(about)).await
}

/// How long a meeting takes unless said, in hours.
const HOURS: i64 = 1;

impl Meeting {
    fn must_be_planned(&self) -> Result<()> {
        if self.status == MeetingStatus::Planned { Ok(()) } else { Err(OVER.with("status", self.status)) }
    }
    /// The moments between which it is; a settled meeting has them.
    pub fn span(&self) -> Option<(Timestamp, Timestamp)> {
        self.starts_at.zip(self.ends_at)
    }
    /// Completes when it is. Errors: `meeting.time_missing`, `meeting.time_twice`, `meeting.ends_too_early`.
    async fn settle_time(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        let moments = |meeting: &Self| (meeting.starts_at, meeting.ends_at);
        let days = |meeting: &Self| (meeting.start_date, meeting.end_date);
        let was_whole = before.is_some_and(|before| before.start_date.is_some());
        let (new_moments, new_days) = match before {
            Some(before) => (moments(before) != moments(self), days(before) != days(self)),
            None => (moments(self) != (None, None), days(self) != (None, None)),
        };
        match self.start_date {
            Some(_) if new_moments && (!was_whole || !new_days) => return Err(TIME_TWICE.with("field", "start_date")),
            Some(start) => {
                let end = self.end_date.unwrap_or(start);
                if end < start {
                    return Err(too_early(end, start, "end_date"));
                }
                if new_days {
                    let zone = org::settings(cx).await?.time_zone.zone();
                    self.end_date = Some(end);
                    self.starts_at = Some(start_of(start, zone));
                    self.ends_at = Some(start_of(days_after(end, 1), zone));
                }
            }
            None if self.end_date.is_some() => return Err(TIME_MISSING.with("field", "start_date")),
            // What was of days is so no more: the moments of those days are not meant.
            None if was_whole && !new_moments => return Err(TIME_MISSING.with("field", "starts_at")),
            None => {
                let starts = self.starts_at.ok_or_else(|| TIME_MISSING.with("field", "starts_at"))?;
                let ends = *self.ends_at.get_or_insert(starts.plus_hours(HOURS));
                if ends <= starts {
                    return Err(too_early(ends, starts, "ends_at"));
                }
            }
        }
        Ok(())
    }
}

fn too_early(ends: impl std::fmt::Display, starts: impl std::fmt::Display, field: &'static str) -> crate::Error {
    ENDS_TOO_EARLY.with("ends", ends.to_string()).with("starts", starts.to_string()).with("field", field)
}

impl Entity for Meeting {
    const ERRORS: &'static [Code] = &[TIME_MISSING, TIME_TWICE, ENDS_TOO_EARLY, INACTIVE, CHOICE_UNKNOWN];
    const HANDS_ERRORS: &'static [Code] = &[OVER];

    fn may_change_hands(&self) -> Result<()> {
        self.must_be_planned()
    }
    fn is_open(&self) -> bool {
        self.status == MeetingStatus::Planned
    }
    async fn settle(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        if before.is_none() {
            self.organizer = self.organizer.or_else(|| cx.actor().user().map(Id::new));
        }
        self.settle_time(before, cx).await?;
        if let Some(organizer) = self.organizer
            && before.is_none_or(|before| before.organizer != self.organizer)
        {
            let checked = assignment::check_assignee(cx, &Assignee::user(organizer)).await;
            checked.map_err(|error| error.with("field", "organizer"))?;
        }
        if let Some(outcome) = &mut self.outcome
            && before.is_none_or(|before| before.outcome.as_ref() != Some(outcome))
        {
            org::choose(cx, "meeting.outcome", outcome).await?;
        }
        Ok(())
    }

    async fn put_back(before: Option<&Self>, now: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        let Some(now) = now.filter(|now| now.is_open()) else { return Ok(()) };
        let organizer = |meeting: &Self| meeting.organizer.map(Assignee::user);
        assignment::check_given_back(cx, before.and_then(organizer), organizer(now)).await
    }

    async fn restored(&mut self, cx: &mut Context<'_>) -> Result<()> {
        org::check_choices(cx, &[("meeting.outcome", self.outcome.as_deref())]).await?;
        match (self.organizer, self.is_open()) {
            (Some(organizer), true) => assignment::check_assignee(cx, &Assignee::user(organizer)).await,
            _ => Ok(()),
        }
    }
}
