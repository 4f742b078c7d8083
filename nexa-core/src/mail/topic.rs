//! A topic: what mail is about for those who get it, such as news. Consent is given and withdrawn by topic.

use serde::{Deserialize, Serialize};

use super::Mail;
use crate::{Body, Code, Context, Entity, ExternalKey, Id, Key, Name, Record, Result, Timestamp, closed_enum};

/// Mail of the topic has left.
pub const IN_USE: Code =
    Code::rule("topic.in_use", "Mail of the topic {name} was planned as {kind}; make another topic for {to} mail.");

closed_enum! {
    /// Whether people have to agree to mail.
    pub enum TopicKind {
        /// It goes only to those who agreed to it.
        Marketing = "marketing",
        /// It belongs to what somebody has with us, such as an order or a ticket.
        Transactional = "transactional",
    }
}

/// What mail is about for those who get it.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "topic",
    table = "topics", access = settings,
    search(name = 1),
    unique("name.folded", code = "topic.name_taken"),
    unique("key", code = "topic.key_taken")
)]
pub struct Topic {
    /// The identifier.
    pub id: Id<Topic>,
    /// Counts the changes.
    pub version: i64,
    /// When the topic was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The name, unique whatever the case; people see it where they choose what they get.
    #[record(editable, folded)]
    pub name: Name,
    /// The name for programs, unique, such as `news`.
    #[record(editable)]
    pub key: Key,
    /// Whether people have to agree; it stays as it is once mail of the topic was planned.
    #[record(editable)]
    pub kind: TopicKind,
    /// What people who choose read beside the name.
    #[record(editable)]
    pub description: Option<Body>,
    /// Whether consent counts only after the person has confirmed it from their mailbox.
    #[record(editable)]
    pub double_opt_in: bool,
    /// Its keys in other systems.
    #[record(editable)]
    pub external_keys: Vec<ExternalKey>,
}

impl Topic {
    /// Whether its mail goes only to those who agreed.
    pub fn is_marketing(&self) -> bool {
        self.kind == TopicKind::Marketing
    }
}

impl Entity for Topic {
    const ERRORS: &'static [Code] = &[IN_USE];
    async fn settle(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        let Some(before) = before.filter(|before| before.kind != self.kind) else { return Ok(()) };
        let mails = cx.unrestricted().find::<Mail>(&Mail::TOPIC.eq(self.id), &[], 1).await?;
        if mails.is_empty() {
            return Ok(());
        }
        Err(IN_USE.with("name", &before.name).with("kind", before.kind).with("to", self.kind).with("field", "kind"))
    }
}

/// The topics that a new tenant starts with: `news`, which is marketing, and `service`, which is not.
pub(super) async fn seed_data(cx: &mut Context<'_>) -> Result<()> {
    for (name, key, kind) in [("News", "news", TopicKind::Marketing), ("Service", "service", TopicKind::Transactional)]
    {
        let (Ok(name), Ok(key)) = (Name::parse(name), Key::parse(key)) else { continue };
        cx.unrestricted().insert(Topic { name, key, kind, ..Topic::default() }).await?;
    }
    Ok(())
}
