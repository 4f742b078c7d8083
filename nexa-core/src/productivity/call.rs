//! A call: who spoke with whom, and what came of it.

use serde::{Deserialize, Serialize};

use crate::{
    Abouts, Assignee, Body, Code, Context, Custom, Entity, ExternalKey, Id, Phone, Record, Result, Tags, Timestamp,
    Url, closed_enum,
    kernel::redact::redacted_debug,
    people::{
        User,
        assignment::{self, INACTIVE},
    },
    productivity::contacted,
};

/// A call would have begun later than now.
pub const IN_FUTURE: Code = Code::invalid(
    "call.in_future",
    "The call would begin at {started_at}, which is later than now; make a task of it.",
);
/// Nobody agreed to be recorded.
pub const CONSENT_MISSING: Code = Code::rule(
    "call.consent_missing",
    "A recording needs the consent of those who speak; set recording_consent when they gave it, or leave the recording out.",
);

closed_enum! {
    /// Who called whom.
    pub enum CallDirection {
        /// We called.
        Outgoing = "outgoing",
        /// We were called.
        Incoming = "incoming",
    }
}

closed_enum! {
    /// What came of a call.
    pub enum CallOutcome {
        /// They spoke.
        Connected = "connected",
        /// A message was left.
        Voicemail = "voicemail",
        /// Nobody answered.
        NoAnswer = "no_answer",
        /// The line was busy.
        Busy = "busy",
        /// Somebody else answered.
        WrongNumber = "wrong_number",
        /// It was ended before anybody answered.
        Cancelled = "cancelled",
    }
}

/// A call that took place, or was tried. An outgoing one notes the leads and contacts that it is about as contacted, any that connected
/// as well: who was new is contacted once somebody spoke with them or left a message. A provider's id of a call is an external key, so that
/// what is sent twice is one call.
#[derive(Record, Clone, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "call",
    table = "calls", access = through(about),
    search(from = 3, to = 3),
    index("started_at"),
    index("user", "started_at")
)]
pub struct Call {
    /// The identifier.
    pub id: Id<Call>,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put into the trash.
    pub deleted_at: Option<Timestamp>,
    /// With whom and about what: records of any kind, or things of the host.
    #[record(editable, follows, person)]
    pub about: Abouts,
    /// Who called whom.
    #[record(editable)]
    pub direction: CallDirection,
    /// The number that called.
    #[record(editable, personal)]
    pub from: Option<Phone>,
    /// The number that was called.
    #[record(editable, personal)]
    pub to: Option<Phone>,
    /// When it began; when it was logged unless said.
    #[record(editable)]
    pub started_at: Timestamp,
    /// How long it took, in seconds.
    #[record(editable)]
    pub duration_seconds: Option<u32>,
    /// What came of it.
    #[record(editable)]
    pub outcome: Option<CallOutcome>,
    /// What was said.
    #[record(editable)]
    pub summary: Option<Body>,
    /// Where it can be heard; with `recording_consent` alone.
    #[record(editable, personal)]
    pub recording: Option<Url>,
    /// Whether those who speak agreed to be recorded.
    #[record(editable)]
    pub recording_consent: bool,
    /// The user who spoke; who logs it unless said.
    #[record(editable)]
    pub user: Option<Id<User>>,
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

redacted_debug!(Call);

impl Call {
    /// Whether somebody heard us.
    const fn reached(&self) -> bool {
        match self.outcome {
            Some(CallOutcome::Connected) => true,
            Some(CallOutcome::Voicemail) => matches!(self.direction, CallDirection::Outgoing),
            _ => false,
        }
    }
    fn check(&self, cx: &Context<'_>) -> Result<()> {
        if self.started_at > cx.now() {
            return Err(IN_FUTURE.with("started_at", self.started_at).with("field", "started_at"));
        }
        if self.recording.is_some() && !self.recording_consent {
            return Err(CONSENT_MISSING.with("field", "recording"));
        }
        Ok(())
    }
    /// Notes with the people that it is about, as far as the actor may change them, that they were contacted.
    async fn note_contact(&self, cx: &mut Context<'_>) -> Result<()> {
        contacted::note_contact(cx, self.about.records(), self.started_at, self.reached()).await
    }
}

impl Entity for Call {
    const ERRORS: &'static [Code] = &[IN_FUTURE, CONSENT_MISSING, INACTIVE];

    fn is_open(&self) -> bool {
        false
    }
    async fn settle(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        if before.is_none() {
            if self.started_at == Timestamp::default() {
                self.started_at = cx.now();
            }
            self.user = self.user.or_else(|| cx.actor().user().map(Id::new));
        }
        self.check(cx)?;
        let own = cx.actor().user().map(Id::new);
        if let Some(user) = self.user
            && self.user != own
            && before.is_none_or(|before| before.user != self.user)
        {
            let checked = assignment::check_assignee(cx, &Assignee::user(user)).await;
            checked.map_err(|error| error.with("field", "user"))?;
        }
        let tried = self.direction == CallDirection::Outgoing || self.reached();
        let known = before.is_some_and(|before| (before.outcome, &before.about) == (self.outcome, &self.about));
        if tried && !known { self.note_contact(cx).await } else { Ok(()) }
    }
}
