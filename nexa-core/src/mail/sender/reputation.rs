//! What comes back of what a sender sent, and when that is too much.

use super::{
    Sender, SenderState,
    rates::{self, SendingWindow},
};
use crate::{
    About, Context, Decimal, Id, Rate, Result,
    people::{MailSettings, Role, User, org},
    productivity::{Notification, NotificationReason, notification},
};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::mail) enum Mark {
    /// A mail was handed over.
    HandedOver,
    /// One came back for good.
    HardBounce,
    /// One was reported as spam.
    Complaint,
}

/// Counts something of a sender, and halts it where too much came back.
pub(in crate::mail) async fn count(cx: &mut Context<'_>, sender: Id<Sender>, mark: Mark) -> Result<()> {
    let mut window = rates::of_day(cx, sender).await?;
    match mark {
        Mark::HandedOver => window.mails += 1,
        Mark::HardBounce => window.hard_bounces += 1,
        Mark::Complaint => window.complaints += 1,
    }
    let settings = org::settings(cx).await?.mail_settings();
    let reason = too_much(&window, &settings);
    window.keep(cx).await?;
    let Some(reason) = reason else { return Ok(()) };
    let sender = cx.unrestricted().load(sender).await?;
    if sender.state == SenderState::Halted {
        return Ok(());
    }
    let about = About::from(&sender);
    cx.save(Sender { state: SenderState::Halted, halted_reason: Some(reason), ..sender }).await?;
    notify_admins(cx, &about).await
}

/// Why a sender has to halt.
fn too_much(window: &SendingWindow, settings: &MailSettings) -> Option<String> {
    let halting = settings.halting;
    if window.mails < i64::from(halting.after) {
        return None;
    }
    let exceeds = |count: i64, most: Rate| Decimal::from(count) > most.factor() * Decimal::from(window.mails);
    if exceeds(window.hard_bounces, halting.hard_bounces) {
        return Some(format!("{} of {} mails came back for good", window.hard_bounces, window.mails));
    }
    let complained = exceeds(window.complaints, halting.complaints);
    complained.then(|| format!("{} of {} mails were reported as spam", window.complaints, window.mails))
}

/// Counts anew.
pub(super) async fn forget(cx: &mut Context<'_>, sender: Id<Sender>) -> Result<()> {
    let window = rates::of_day(cx, sender).await?;
    if window.id.uuid().is_nil() {
        return Ok(());
    }
    SendingWindow { mails: 0, hard_bounces: 0, complaints: 0, ..window }.keep(cx).await
}

async fn notify_admins(cx: &mut Context<'_>, about: &About) -> Result<()> {
    let admins = User::ROLE.eq(Role::Admin.as_str()).and(User::ACTIVE.eq(true));
    for admin in cx.unrestricted().every::<User>(&admins).await? {
        let notification = Notification {
            user: admin.id,
            reason: NotificationReason::SenderHalted,
            about: Some(about.clone()),
            count: 1,
            ..Notification::default()
        };
        notification::notify(cx, notification).await?;
    }
    Ok(())
}
