//! Who comes to a meeting: users, contacts, leads, and others by their mail address.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CONFLICT, Conflict, Meeting, conflict};
use crate::{
    Code, Command, Context, Email, Id, Name, Record, Ref, Result, Timestamp, closed_enum, command,
    kernel::redact::redacted_debug,
    people::{
        User,
        assignment::{self, INACTIVE},
    },
    sales::{Contact, Lead},
};

/// Somebody is invited already.
pub const ATTENDEE_TWICE: Code = Code::conflict(
    "meeting.attendee_twice",
    "They are invited already, by themselves or by their mail address; invite each once.",
);
/// Not exactly one person.
pub const ONE_ATTENDEE: Code = Code::invalid(
    "meeting.one_attendee",
    "An attendee is a user, a contact, a lead or a mail address; give exactly one of them.",
);
/// The attendee belongs to another meeting.
pub const NOT_ATTENDEE: Code = Code::rule(
    "meeting.not_attendee",
    "That is no attendee of this meeting; name one that attendee.find shows for it.",
);

closed_enum! {
    /// How much somebody is needed.
    pub enum AttendeeRole {
        /// It does not go without them.
        Required = "required",
        /// They may come.
        Optional = "optional",
    }
}

closed_enum! {
    /// What somebody said to an invitation.
    pub enum AttendeeResponse {
        /// Nothing yet.
        NeedsAction = "needs_action",
        /// They come.
        Accepted = "accepted",
        /// Perhaps they come.
        Tentative = "tentative",
        /// They do not come.
        Declined = "declined",
    }
}

/// Somebody who is invited to a meeting: exactly one of a user, a contact, a lead and a mail address.
// One refusal, whoever it is that is there already.
#[allow(clippy::duplicated_attributes)]
#[derive(Record, Clone, Default, PartialEq, Serialize, Deserialize)]
#[record(kind = "attendee", table = "attendees", access = through(meeting))]
#[record(unique("meeting", "user", code = "meeting.attendee_twice"))]
#[record(unique("meeting", "contact", code = "meeting.attendee_twice"))]
#[record(unique("meeting", "lead", code = "meeting.attendee_twice"))]
#[record(unique("meeting", "email", code = "meeting.attendee_twice"))]
#[record(index("user", "response"))]
pub struct Attendee {
    /// The identifier.
    pub id: Id<Attendee>,
    /// Counts the changes.
    pub version: i64,
    /// When they were invited.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The meeting.
    #[record(on_trash = with_parent)]
    pub meeting: Id<Meeting>,
    /// The user.
    pub user: Option<Id<User>>,
    /// The contact.
    #[record(on_trash = with_parent, person)]
    pub contact: Option<Id<Contact>>,
    /// The lead.
    #[record(on_trash = with_parent, becomes = contact, person)]
    pub lead: Option<Id<Lead>>,
    /// The mail address of somebody else.
    #[record(personal, person)]
    pub email: Option<Email>,
    /// What somebody else is called.
    #[record(personal)]
    pub name: Option<Name>,
    /// How much they are needed.
    pub role: AttendeeRole,
    /// What they said.
    pub response: AttendeeResponse,
    /// When they said it.
    pub responded_at: Option<Timestamp>,
}

redacted_debug!(Attendee);

/// Somebody to invite: exactly one of a user, a contact, a lead and a mail address.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewAttendee {
    /// The user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<Ref<User>>,
    /// The contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<Ref<Contact>>,
    /// The lead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead: Option<Ref<Lead>>,
    /// The mail address of somebody else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// What somebody else is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// How much they are needed.
    pub role: AttendeeRole,
}

impl NewAttendee {
    /// Error: `meeting.one_attendee`.
    pub(super) fn check(&self) -> Result<()> {
        let given = [self.user.is_some(), self.contact.is_some(), self.lead.is_some(), self.email.is_some()];
        let named = self.name.is_some() && self.email.is_none();
        if given.into_iter().filter(|given| *given).count() == 1 && !named { Ok(()) } else { Err(ONE_ATTENDEE.error()) }
    }
    /// The attendee, whom the actor may see. Error: `assignee.inactive`.
    async fn found(&self, meeting: Id<Meeting>, cx: &mut Context<'_>) -> Result<Attendee> {
        let mut attendee = Attendee { meeting, role: self.role, ..Attendee::default() };
        if let Some(user) = &self.user {
            let user = cx.load(user).await?;
            if !user.active {
                return Err(INACTIVE.with("assignee", "user"));
            }
            attendee.user = Some(user.id);
        }
        if let Some(contact) = &self.contact {
            attendee.contact = Some(cx.load(contact).await?.id);
        }
        if let Some(lead) = &self.lead {
            let lead = cx.load(lead).await?;
            match lead.converted_contact {
                // A converted lead goes on as its contact.
                Some(contact) => attendee.contact = Some(cx.load(&contact.into()).await?.id),
                None => attendee.lead = Some(lead.id),
            }
        }
        (attendee.email, attendee.name) = (self.email.clone(), self.name.clone());
        Ok(attendee)
    }
}

impl Attendee {
    /// The mail addresses under which they are known.
    async fn addresses(&self, cx: &mut Context<'_>) -> Result<Vec<Email>> {
        let mut addresses: Vec<Email> = self.email.iter().cloned().collect();
        if let Some(user) = self.user {
            addresses.push(cx.unrestricted().load(user).await?.email);
        }
        if let Some(row) = known(cx, Contact::def(), self.contact.map(Id::uuid)).await? {
            let contact = Contact::from_row(row)?;
            addresses.extend(contact.email.into_iter().chain(contact.other_emails.iter().cloned()));
        }
        if let Some(row) = known(cx, Lead::def(), self.lead.map(Id::uuid)).await? {
            let lead = Lead::from_row(row)?;
            addresses.extend(lead.email.into_iter().chain(lead.other_emails.iter().cloned()));
        }
        Ok(addresses)
    }
    fn is_same_person(&self, other: &Self) -> bool {
        let same = |one: Option<uuid::Uuid>, other: Option<uuid::Uuid>| one.is_some() && one == other;
        same(self.user.map(Id::uuid), other.user.map(Id::uuid))
            || same(self.contact.map(Id::uuid), other.contact.map(Id::uuid))
            || same(self.lead.map(Id::uuid), other.lead.map(Id::uuid))
    }
}

async fn known(
    cx: &mut Context<'_>,
    def: &'static crate::kernel::record::RecordDef,
    id: Option<uuid::Uuid>,
) -> Result<Option<crate::kernel::record::Row>> {
    match id {
        Some(id) => cx.unrestricted().row(def, id).await,
        None => Ok(None),
    }
}

/// Who is invited to a meeting, in the order of the invitations.
pub(super) async fn attendees_of(cx: &mut Context<'_>, meeting: Id<Meeting>) -> Result<Vec<Attendee>> {
    cx.unrestricted().matching(Attendee::MEETING, &meeting).await
}

/// Invites these, each once. Errors: `meeting.attendee_twice`, `assignee.inactive`.
pub(in crate::productivity) async fn invite(
    cx: &mut Context<'_>,
    meeting: Id<Meeting>,
    new: &[NewAttendee],
) -> Result<Vec<Attendee>> {
    let (mut there, mut invited) = (Vec::new(), Vec::new());
    for attendee in attendees_of(cx, meeting).await? {
        let addresses = attendee.addresses(cx).await?;
        there.push((attendee, addresses));
    }
    for new in new {
        let attendee = new.found(meeting, cx).await?;
        let addresses = attendee.addresses(cx).await?;
        let twice = there.iter().any(|(other, known)| {
            attendee.is_same_person(other) || addresses.iter().any(|address| known.contains(address))
        });
        if twice {
            return Err(ATTENDEE_TWICE.error());
        }
        let attendee = cx.unrestricted().insert(attendee).await?;
        invited.push(attendee.clone());
        there.push((attendee, addresses));
    }
    Ok(invited)
}

/// Invites somebody to a meeting. Errors: `meeting.attendee_twice`, `meeting.one_attendee`, `meeting.over`, `meeting.conflict`.
#[command(
    "invite",
    on = Meeting,
    guard = Meeting::must_be_planned,
    check = Self::check,
    errors(super::OVER, ATTENDEE_TWICE, ONE_ATTENDEE, CONFLICT, INACTIVE)
)]
pub struct Invite {
    /// The meeting.
    pub meeting: Ref<Meeting>,
    /// Who is invited.
    pub attendee: NewAttendee,
    /// Whether a user who is busy then is refused.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub must_be_free: bool,
}

impl Invite {
    fn check(&self) -> Result<()> {
        self.attendee.check()
    }
}

/// Who was invited.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Invited {
    /// The attendee.
    pub attendee: Attendee,
    /// Where a user who is invited is busy then.
    pub conflicts: Vec<Conflict>,
}

impl Command for Invite {
    type Output = Invited;
    async fn run(&self, meeting: Meeting, cx: &mut Context<'_>) -> Result<Invited> {
        let invited = invite(cx, meeting.id, std::slice::from_ref(&self.attendee)).await?;
        let Some(attendee) = invited.into_iter().next() else { return Err(ONE_ATTENDEE.error()) };
        let users: Vec<_> = attendee.user.into_iter().collect();
        let conflicts = conflict::of_meeting(cx, &meeting, &users, self.must_be_free).await?;
        Ok(Invited { attendee, conflicts })
    }
}

/// Takes somebody off a meeting. Errors: `meeting.not_attendee`, `meeting.over`.
#[command("uninvite", on = Meeting, guard = Meeting::must_be_planned, errors(super::OVER, NOT_ATTENDEE))]
pub struct Uninvite {
    /// The meeting.
    pub meeting: Ref<Meeting>,
    /// The attendee.
    pub attendee: Ref<Attendee>,
}

impl Command for Uninvite {
    type Output = ();
    async fn run(&self, meeting: Meeting, cx: &mut Context<'_>) -> Result<()> {
        let attendee = of_this(cx, &meeting, &self.attendee).await?;
        cx.remove(&attendee).await
    }
}

/// Records what somebody said to an invitation. Errors: `meeting.not_attendee`, `meeting.over`.
#[command("respond", on = Meeting, guard = Meeting::must_be_planned, errors(super::OVER, NOT_ATTENDEE))]
pub struct Respond {
    /// The meeting.
    pub meeting: Ref<Meeting>,
    /// The attendee.
    pub attendee: Ref<Attendee>,
    /// What they said.
    pub response: AttendeeResponse,
}

impl Command for Respond {
    type Output = Attendee;
    async fn run(&self, meeting: Meeting, cx: &mut Context<'_>) -> Result<Attendee> {
        let attendee = of_this(cx, &meeting, &self.attendee).await?;
        cx.save(Attendee { response: self.response, responded_at: Some(cx.now()), ..attendee }).await
    }
}

/// An attendee of this meeting. Errors: `meeting.not_attendee`, `record.not_found`.
async fn of_this(cx: &mut Context<'_>, meeting: &Meeting, attendee: &Ref<Attendee>) -> Result<Attendee> {
    let attendee = cx.load(attendee).await?;
    if attendee.meeting == meeting.id { Ok(attendee) } else { Err(NOT_ATTENDEE.error()) }
}

/// Refuses an organizer who cannot work. Errors: `record.not_found`, `assignee.inactive`.
pub(super) async fn organizer(cx: &mut Context<'_>, organizer: Option<&Ref<User>>) -> Result<Option<Id<User>>> {
    let Some(organizer) = organizer else { return Ok(None) };
    let user = cx.load(organizer).await?;
    assignment::check_assignee(cx, &crate::Assignee::user(user.id)).await?;
    Ok(Some(user.id))
}
