//! Whom an answer goes to.

use super::{External, Thread};
use crate::{
    Context, Email, Emails, Result,
    mail::Mailbox,
    service::{Direction, Message, inbox, message::all_of},
};

/// Who gets a message, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::service) struct Recipients {
    pub(in crate::service) to: Vec<Mailbox>,
    pub(in crate::service) cc: Vec<Mailbox>,
    pub(in crate::service) bcc: Vec<Mailbox>,
}

impl Recipients {
    /// Those whom somebody chose.
    pub(super) fn chosen(thread: &Thread, to: &Emails, cc: &Emails, bcc: &Emails) -> Self {
        let named = |address: &Email| Mailbox {
            name: thread.participant(address).and_then(|known| known.name.clone()),
            address: address.clone(),
        };
        let mut all = Self {
            to: to.iter().map(named).collect(),
            cc: cc.iter().map(named).collect(),
            bcc: bcc.iter().map(named).collect(),
        };
        all.each_once();
        all
    }

    /// Whom an answer to a message goes to by itself: its sender, or whoever it went to when it is ours; and of those whom it named, who
    /// gets answers in the thread. Never an inbox, never a user, and nobody who is only proposed.
    pub(super) async fn of_answer(cx: &mut Context<'_>, thread: &External, answered: &Message) -> Result<Self> {
        let thread = &thread.0;
        let (to, named) = match answered.direction {
            Direction::In if answered.reply_to.is_some() => (all_of(&answered.reply_to), all_of(&answered.to)),
            Direction::In => (answered.sender().into_iter().collect(), all_of(&answered.to)),
            _ => (all_of(&answered.to), Vec::new()),
        };
        let copied = named.into_iter().chain(all_of(&answered.cc));
        let copied = copied.filter(|mailbox| thread.is_active(&mailbox.address)).collect();
        let to = inbox::only_people(cx, to).await?;
        let cc = inbox::only_people(cx, copied).await?;
        let mut all = Self { to, cc, bcc: Vec::new() };
        all.each_once();
        Ok(all)
    }

    pub(super) fn each_once(&mut self) {
        let mut seen: Vec<Email> = Vec::new();
        for list in [&mut self.to, &mut self.cc, &mut self.bcc] {
            list.retain(|mailbox| {
                let new = !seen.contains(&mailbox.address);
                if new {
                    seen.push(mailbox.address.clone());
                }
                new
            });
        }
    }

    /// All of them.
    pub(in crate::service) fn all(&self) -> impl Iterator<Item = &Mailbox> {
        self.to.iter().chain(&self.cc).chain(&self.bcc)
    }
}
