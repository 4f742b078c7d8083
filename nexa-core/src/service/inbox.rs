//! An inbox: an address to which people write, who works on that, and what becomes of it.

mod acknowledge;
mod place;
#[cfg(feature = "inbox")]
mod read;
mod receive;
mod received_mail;
#[cfg(feature = "inbox")]
mod receiving;

use serde::{Deserialize, Serialize};

#[cfg(feature = "inbox")]
pub use self::receiving::receive;
pub use self::{
    receive::{Receive, Received},
    received_mail::{Authentication, BounceReport, NotTaken, ReceivedFile, ReceivedMail},
};
use super::{Thread, ticket::TicketChannel};
use crate::{
    Assignee, Code, Context, Document, Email, Entity, ExternalKey, Id, Name, PlainText, Record, Result, Timestamp,
    closed_enum,
    kernel::error::codes,
    mail::{Mailbox, Sender},
    people::Group,
};

/// Nothing goes through the inbox.
pub const INACTIVE: Code =
    Code::rule("inbox.inactive", "The inbox {name} is switched off; set active with inbox.update, or take another.");
/// Nothing can be sent from the inbox.
pub const NO_SENDER: Code = Code::rule(
    "inbox.no_sender",
    "The inbox {name} has no sender; give it one with inbox.update before you write from it.",
);

closed_enum! {
    /// What a mail makes that belongs to nothing yet.
    pub enum InboxMakes {
        /// A thread, of which somebody makes a ticket or not.
        Thread = "thread",
        /// A thread on a ticket of its own.
        Ticket = "ticket",
    }
}

closed_enum! {
    /// What becomes of people whom a customer puts in copy.
    pub enum CopiedPeople {
        /// They get answers once somebody of the team has accepted them.
        Propose = "propose",
        /// They get answers.
        Accept = "accept",
    }
}

closed_enum! {
    /// What becomes of a mail that no person wrote and that belongs to nothing yet.
    pub enum AutomaticMail {
        /// What becomes of any other: what a machine reports is work as well.
        Place = "place",
        /// It is held until somebody looks at it.
        Hold = "hold",
    }
}

/// An address to which people write.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "inbox",
    table = "inboxes", access = settings,
    search(name = 2, address = 1),
    unique("address", code = "inbox.address_taken")
)]
pub struct Inbox {
    /// The identifier.
    pub id: Id<Inbox>,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// What the team calls it.
    #[record(editable)]
    pub name: Name,
    /// Its address, unique. With a plus sign and a token behind the local part it has to reach the same mailbox.
    #[record(editable)]
    pub address: Email,
    /// Other addresses that lead to it.
    #[record(editable)]
    pub aliases: Document<Vec<Email>>,
    /// The sender through whom answers leave; without one nothing can be sent.
    #[record(editable)]
    pub sender: Option<Id<Sender>>,
    /// The group that works on what comes; everybody's without.
    #[record(editable)]
    pub group: Option<Id<Group>>,
    /// What a mail makes that belongs to nothing yet.
    #[record(editable)]
    pub makes: InboxMakes,
    /// What becomes of people whom a customer puts in copy.
    #[record(editable)]
    pub copied: CopiedPeople,
    /// What becomes of a mail that no person wrote and that belongs to nothing yet.
    #[record(editable)]
    pub automatic: AutomaticMail,
    /// What everybody is answered at once who begins a thread, at most once a day; nothing without.
    #[record(editable)]
    pub acknowledgement: Option<PlainText>,
    /// Addresses of forms and lists whose mail is that of the person in its `Reply-To`.
    #[record(editable)]
    pub relays: Document<Vec<Email>>,
    /// Addresses and domains whose mail is held as spam.
    #[record(editable)]
    pub blocked: Document<Vec<Name>>,
    /// The names under which the host's own mail server writes `Authentication-Results`; what others write is not believed.
    #[record(editable)]
    pub trusted_servers: Document<Vec<Name>>,
    /// Whether it is switched off: then it takes no mail, and sends none.
    #[record(editable)]
    pub off: bool,
    /// Its keys in other systems.
    #[record(editable)]
    pub external_keys: Vec<ExternalKey>,
}

impl Inbox {
    /// Error: `inbox.inactive`.
    pub(super) fn must_be_active(&self) -> Result<()> {
        if self.off { Err(INACTIVE.with("name", &self.name)) } else { Ok(()) }
    }
    /// The sender through whom its mail leaves. Errors: `inbox.inactive`, `inbox.no_sender`, `sender.halted`, `sender.unverified`.
    pub(super) async fn sending(&self, cx: &mut Context<'_>) -> Result<Sender> {
        self.must_be_active()?;
        let sender = self.sender.ok_or_else(|| NO_SENDER.with("name", &self.name))?;
        let sender = cx.unrestricted().load(sender).await?;
        sender.must_send()?;
        Ok(sender)
    }
    /// Whether an address leads to it, with a tag behind a plus sign as well.
    pub(super) fn has(&self, address: &Email) -> bool {
        let bare = without_tag(address);
        [&self.address].into_iter().chain(self.aliases.iter()).any(|own| own == address || own.as_str() == bare)
    }
    /// Whether mail from an address is held as spam.
    pub(super) fn blocks(&self, address: &Email) -> bool {
        let domain = address.domain();
        self.blocked.iter().any(|blocked| {
            let blocked = blocked.to_lowercase();
            blocked == address.as_str() || blocked.trim_start_matches('@') == domain
        })
    }
    /// Whose a new thread is.
    pub(super) fn assignee(&self) -> Option<Assignee> {
        self.group.map(|group| Assignee::Group(group.uuid()))
    }
    /// A thread of it that begins now.
    pub(super) fn thread(&self) -> Thread {
        Thread { inbox: Some(self.id), channel: TicketChannel::Email, assignee: self.assignee(), ..Thread::default() }
    }
}

/// An address without what stands behind a plus sign in its local part.
fn without_tag(address: &Email) -> String {
    let Some((local, domain)) = address.rsplit_once('@') else { return address.to_string() };
    format!("{}@{domain}", local.split_once('+').map_or(local, |(base, _)| base))
}

/// All inboxes of a tenant.
pub(super) async fn all(cx: &mut Context<'_>) -> Result<Vec<Inbox>> {
    cx.unrestricted().every(&crate::Filter::everything()).await
}

/// These without the addresses of inboxes and users, to whom nothing is answered by itself.
pub(super) async fn only_people(cx: &mut Context<'_>, addresses: Vec<Mailbox>) -> Result<Vec<Mailbox>> {
    let inboxes = all(cx).await?;
    let mut people: Vec<Mailbox> = Vec::new();
    for mailbox in addresses {
        let ours = inboxes.iter().any(|inbox| inbox.has(&mailbox.address));
        let known = people.iter().any(|known| known.address == mailbox.address);
        if !ours && !known && !is_user(cx, &mailbox.address).await? {
            people.push(mailbox);
        }
    }
    Ok(people)
}

/// Whether an address is that of a user.
pub(super) async fn is_user(cx: &mut Context<'_>, address: &Email) -> Result<bool> {
    use crate::people::User;
    Ok(!cx.unrestricted().matching(User::EMAIL, address).await?.is_empty())
}

impl Entity for Inbox {
    async fn settle(&mut self, _: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        let (id, inboxes) = (self.id, all(cx).await?);
        for address in [&self.address].into_iter().chain(self.aliases.iter()) {
            if inboxes.iter().any(|other| other.id != id && other.has(address)) {
                let problem = "it leads to another inbox";
                return Err(codes::FIELD_INVALID.with("field", "address").with("problem", problem));
            }
        }
        Ok(())
    }
}
