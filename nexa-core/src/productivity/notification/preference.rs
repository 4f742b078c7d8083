//! What a user wants to be notified of, where and when. Without it everything is in their inbox, and nothing leaves.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Notification, NotificationReason, moments::Quiet};
use crate::{
    Action, Code, CollectionCommand, Context, Document, Id, Record, Ref, Result, TimeOfDay, Timestamp, closed_enum,
    command,
    kernel::{context::not_found, error::codes},
    people::{User, org},
};

/// The organisation sends no notifications by mail.
pub const NO_SENDER: Code = Code::rule(
    "notification.no_sender",
    "The organisation has no sender for notifications; set notification_sender with org.configure first.",
);

/// The channel of what stands in the inbox.
pub(super) const INBOX: &str = "inbox";
/// The channel of what leaves as a mail to the user's address.
pub(super) const MAIL: &str = "mail";
/// How many channels a user may choose for.
const MOST_CHANNELS: usize = 20;
/// How long the name of a channel may be.
const LONGEST_CHANNEL: usize = 40;

closed_enum! {
    /// When a channel brings a notification.
    pub enum NotificationTiming {
        /// At once, unless it is quiet.
        Now = "now",
        /// With the next digest.
        Digest = "digest",
        /// Never.
        Off = "off",
    }
}

closed_enum! {
    /// How often a digest comes.
    pub enum DigestPeriod {
        /// Every day.
        Day = "day",
        /// Every week.
        Week = "week",
    }
}

closed_enum! {
    /// A day of the week.
    pub enum Weekday {
        /// Monday.
        Monday = "monday",
        /// Tuesday.
        Tuesday = "tuesday",
        /// Wednesday.
        Wednesday = "wednesday",
        /// Thursday.
        Thursday = "thursday",
        /// Friday.
        Friday = "friday",
        /// Saturday.
        Saturday = "saturday",
        /// Sunday.
        Sunday = "sunday",
    }
}

/// When a channel brings what, by the reason. What is left out comes `now` in the inbox, and never by another channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NotificationChoices {
    /// What others give to the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned: Option<NotificationTiming>,
    /// Reminders.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reminder: Option<NotificationTiming>,
    /// Texts in which others mention the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mention: Option<NotificationTiming>,
    /// Senders of mail that halted by themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender_halted: Option<NotificationTiming>,
    /// What was promised about tickets and is nearly due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_near: Option<NotificationTiming>,
    /// What was promised about tickets and was not done in time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_breached: Option<NotificationTiming>,
    /// What workflows say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow: Option<NotificationTiming>,
    /// Workflows that halted by themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow_halted: Option<NotificationTiming>,
}

impl NotificationChoices {
    const fn of(self, reason: NotificationReason) -> Option<NotificationTiming> {
        match reason {
            NotificationReason::Assigned => self.assigned,
            NotificationReason::Reminder => self.reminder,
            NotificationReason::Mention => self.mention,
            NotificationReason::SenderHalted => self.sender_halted,
            NotificationReason::TargetNear => self.target_near,
            NotificationReason::TargetBreached => self.target_breached,
            NotificationReason::Workflow => self.workflow,
            NotificationReason::WorkflowHalted => self.workflow_halted,
        }
    }
    fn all(self) -> impl Iterator<Item = NotificationTiming> {
        let halted = [self.sender_halted, self.workflow_halted];
        let targets = [self.target_near, self.target_breached];
        let people = [self.assigned, self.reminder, self.mention, self.workflow];
        people.into_iter().chain(halted).chain(targets).flatten()
    }
}

/// When digests come, by the clocks of the user: every day at 08:00 unless said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NotificationDigest {
    /// How often.
    pub every: DigestPeriod,
    /// The day of the week, of a digest that comes every week.
    pub on: Weekday,
    /// The time of the day.
    pub at: TimeOfDay,
}

impl Default for NotificationDigest {
    fn default() -> Self {
        let at = TimeOfDay::from_minutes(8 * 60).unwrap_or_default();
        Self { every: DigestPeriod::Day, on: Weekday::Monday, at }
    }
}

/// What a user wants to be notified of, where and when.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "notification_preference",
    table = "notification_preferences", access = restricted,
    unique("user", code = "notification_preference.taken")
)]
pub struct NotificationPreference {
    /// The identifier.
    pub id: Id<NotificationPreference>,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The user.
    #[record(assignee)]
    pub user: Id<User>,
    /// What each channel brings: `inbox`, `mail`, and channels of the host by the names that it gives them.
    pub channels: Document<BTreeMap<String, NotificationChoices>>,
    /// When nothing leaves; what would have waits for the end.
    pub quiet: Document<Quiet>,
    /// When digests come.
    pub digest: Document<NotificationDigest>,
}

impl NotificationPreference {
    /// That of a user, in the unrestricted scope; the usual one where they have chosen nothing.
    pub(super) async fn of(cx: &mut Context<'_>, user: Id<User>) -> Result<Self> {
        let known: Vec<Self> = cx.unrestricted().matching(Self::USER, &user).await?;
        Ok(known.into_iter().next().unwrap_or_else(|| Self { user, ..Self::default() }))
    }
    /// When a channel brings what comes for a reason.
    pub fn timing(&self, channel: &str, reason: NotificationReason) -> NotificationTiming {
        let usual = if channel == INBOX { NotificationTiming::Now } else { NotificationTiming::Off };
        self.channels.get(channel).and_then(|choices| choices.of(reason)).unwrap_or(usual)
    }
    /// The channels by which something leaves that comes for a reason.
    pub(super) fn leaving(&self, reason: NotificationReason) -> Vec<(String, NotificationTiming)> {
        let timed = self.channels.keys().map(|channel| (channel.clone(), self.timing(channel, reason)));
        timed.filter(|(channel, timing)| channel != INBOX && *timing != NotificationTiming::Off).collect()
    }
}

/// Says what a user wants to be notified of, where and when: users for themselves, admins for all. What is left out stays as it is. Of a
/// channel that is named all choices are replaced. What waits already leaves when it would have, unless it is `off` by then. Error:
/// `notification.no_sender`.
#[command("set", collection = NotificationPreference, action = Update, check = Self::check, errors(NO_SENDER))]
pub struct Set {
    /// The user; the acting one unless said.
    pub user: Option<Ref<User>>,
    /// What each channel brings, by the name of the channel: `inbox`, which knows no digest, `mail`, or one of the host's own, of
    /// lower-case letters, digits and underscores.
    #[schemars(extend("maxProperties" = 20))]
    pub channels: Option<BTreeMap<String, NotificationChoices>>,
    /// When nothing leaves.
    pub quiet: Option<Quiet>,
    /// When digests come.
    pub digest: Option<NotificationDigest>,
}

/// What a channel is called.
pub(super) const CHANNEL_SHAPE: &str = "name a channel with lower-case letters, digits and underscores, 40 at most";

/// Whether a channel may be called so.
pub(super) fn is_channel(name: &str) -> bool {
    let fits = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    !name.is_empty() && name.len() <= LONGEST_CHANNEL && name.chars().all(fits)
}

fn invalid(field: &'static str, problem: &'static str) -> crate::Error {
    codes::FIELD_INVALID.with("field", field).with("problem", problem)
}

impl Set {
    fn check(&self) -> Result<()> {
        for (channel, choices) in self.channels.iter().flatten() {
            if !is_channel(channel) {
                return Err(invalid("channels", CHANNEL_SHAPE));
            }
            if channel == INBOX && choices.all().any(|timing| timing == NotificationTiming::Digest) {
                return Err(invalid("channels", "give inbox now or off; what stands there is no message"));
            }
        }
        match self.quiet {
            Some(quiet) => quiet.check().map_err(|problem| invalid("quiet", problem)),
            None => Ok(()),
        }
    }
}

impl CollectionCommand for Set {
    type Output = NotificationPreference;
    async fn run(&self, cx: &mut Context<'_>) -> Result<NotificationPreference> {
        let user = match (&self.user, cx.actor().user()) {
            (Some(user), _) => cx.load(user).await?.id,
            (None, Some(own)) => Id::new(own),
            (None, None) => return Err(invalid("user", "name the user; only users have preferences of their own")),
        };
        let mut preference = NotificationPreference::of(cx, user).await?;
        let (def, row) = (NotificationPreference::def(), preference.to_row());
        if !cx.allows(def, &row, Action::Read).await? {
            return Err(not_found(def, preference.id));
        }
        cx.authorize(def, &row, Action::Update).await?;
        for (channel, choices) in self.channels.iter().flatten() {
            preference.channels.0.insert(channel.clone(), *choices);
        }
        if preference.channels.len() > MOST_CHANNELS {
            return Err(invalid("channels", "choose for 20 channels at most"));
        }
        let mails = |choices: &NotificationChoices| choices.all().any(|timing| timing != NotificationTiming::Off);
        let asks = self.channels.iter().flatten().any(|(channel, choices)| channel == MAIL && mails(choices));
        if asks && org::settings(cx).await?.notification_sender.is_none() {
            return Err(NO_SENDER.error());
        }
        if let Some(quiet) = self.quiet {
            preference.quiet = quiet.into();
        }
        if let Some(digest) = self.digest {
            preference.digest = digest.into();
        }
        if preference.id.uuid().is_nil() { cx.insert(preference).await } else { cx.save(preference).await }
    }
}

/// Whether a kind is of notifications itself: nobody is notified of those.
pub(super) fn is_own(kind: &str) -> bool {
    kind == Notification::def().kind || kind == NotificationPreference::def().kind
}
