//! What becomes of a meeting: held, nobody came, called off.

use super::{Meeting, MeetingStatus, OVER, attendee::attendees_of};
use crate::{
    Apply, Body, Choice, Command, Context, Moment, Record, Ref, Result, Subject, command,
    people::org::{self, CHOICE_UNKNOWN},
    productivity::contacted,
    sales::{Contact, Lead},
};

/// Notes that a meeting was held, and what came of it. The leads and contacts who were invited and did not say no, and those that it is
/// about, are contacted by it, as far as the actor may change them. Error: `meeting.over`.
#[command("hold", on = Meeting, guard = Meeting::must_be_planned, errors(OVER, CHOICE_UNKNOWN))]
pub struct Hold {
    /// The meeting.
    pub meeting: Ref<Meeting>,
    /// What came of it.
    pub outcome: Option<Choice>,
    /// What was said.
    pub notes: Option<Body>,
    /// What is to be done next.
    pub next_step: Option<Subject>,
}

impl Command for Hold {
    type Output = Meeting;
    async fn run(&self, mut meeting: Meeting, cx: &mut Context<'_>) -> Result<Meeting> {
        meeting.status = MeetingStatus::Held;
        if let Some(mut outcome) = self.outcome.clone() {
            org::choose(cx, "meeting.outcome", &mut outcome).await?;
            meeting.outcome = Some(outcome);
        }
        meeting.notes = self.notes.clone().or(meeting.notes);
        meeting.next_step = self.next_step.clone().or(meeting.next_step);
        let mut people: Vec<_> = meeting.about.records().collect();
        for attendee in attendees_of(cx, meeting.id).await? {
            if attendee.response == super::AttendeeResponse::Declined {
                continue;
            }
            people.extend(attendee.lead.map(|lead| (Lead::def().kind.to_owned(), lead.uuid())));
            people.extend(attendee.contact.map(|contact| (Contact::def().kind.to_owned(), contact.uuid())));
        }
        people.sort_unstable();
        people.dedup();
        let at = meeting.starts_at.map_or(cx.now(), |starts_at| starts_at.min(cx.now()));
        contacted::note_contact(cx, people.into_iter(), at, true).await?;
        cx.save(meeting).await
    }
}

/// Notes that whoever was to come to a meeting did not. Error: `meeting.over`.
#[command("no_show", on = Meeting, guard = Meeting::must_be_planned, errors(OVER))]
pub struct NoShow {
    /// The meeting.
    pub meeting: Ref<Meeting>,
}

impl Apply for NoShow {
    fn apply(&self, meeting: &mut Meeting, _: &Moment<'_>) -> Result<()> {
        meeting.status = MeetingStatus::NoShow;
        Ok(())
    }
}

/// Calls a meeting off. Error: `meeting.over`.
#[command("cancel", on = Meeting, guard = Meeting::must_be_planned, errors(OVER))]
pub struct Cancel {
    /// The meeting.
    pub meeting: Ref<Meeting>,
    /// Why it is called off.
    pub reason: Option<Body>,
}

impl Apply for Cancel {
    fn apply(&self, meeting: &mut Meeting, _: &Moment<'_>) -> Result<()> {
        meeting.status = MeetingStatus::Cancelled;
        meeting.cancel_reason.clone_from(&self.reason);
        Ok(())
    }
}
