//! The automatic answer that a mail has come: once a day for each person, and never to what no person wrote.

use super::{Inbox, ReceivedMail, is_user};
use crate::{
    Context, Email, Result,
    mail::{Mailbox, gate},
    service::{
        Inbound, Message, MessageAuto, MessageTrust, Thread,
        thread::{Outgoing, Recipients, answering, nobody_reads},
    },
};

/// Answers who began a thread, where the inbox does that; returns whether it did.
pub(super) async fn acknowledge(
    cx: &mut Context<'_>,
    inbox: &Inbox,
    thread: Thread,
    message: &Message,
    mail: &ReceivedMail,
) -> Result<bool> {
    let (Some(text), Some(from)) = (&inbox.acknowledgement, &mail.from) else { return Ok(false) };
    let by_person = mail.auto == MessageAuto::None && message.trust != MessageTrust::Failed && !thread.spam;
    if !by_person || !may_be_answered(cx, inbox, &from.address).await? {
        return Ok(false);
    }
    // Where nothing can be sent, the mail is placed all the same.
    let Ok(sender) = inbox.sending(cx).await else { return Ok(false) };
    let outgoing = Outgoing {
        subject: answering(message.subject.as_deref().unwrap_or(&thread.subject))?,
        thread: thread.external()?,
        inbox: inbox.clone(),
        sender,
        recipients: Recipients { to: vec![Mailbox::from(from.address.clone())], ..Recipients::default() },
        body: text,
        answers: Some(message),
        files: &[],
        send_at: None,
        automatic: true,
    };
    outgoing.send(cx).await?;
    Ok(true)
}

/// Whether somebody reads at an address, who was not answered by itself today.
async fn may_be_answered(cx: &mut Context<'_>, inbox: &Inbox, address: &Email) -> Result<bool> {
    if nobody_reads(address) || is_user(cx, address).await? || gate::is_suppressed(cx, address).await? {
        return Ok(false);
    }
    let today = Inbound::SENDER
        .eq(address.as_str())
        .and(Inbound::INBOX.eq(inbox.id))
        .and(Inbound::ACKNOWLEDGED.eq(true))
        .and(Inbound::CREATED_AT.gt(cx.now().plus_days(-1)));
    Ok(cx.unrestricted().find::<Inbound>(&today, &[], 1).await?.is_empty())
}
