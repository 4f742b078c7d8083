//! Which mails a thread knows: those in it, and those that they name, also such as never came here.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Message;
use crate::{
    Context, Id, Record, Result, Timestamp,
    mail::secret::{Purpose, Secret},
    service::Inbox,
};

/// A mail that a thread knows, by a hash of its `Message-ID`: that says nothing of whoever wrote it. What it names may be gone.
#[derive(Record, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[record(kind = "message_reference", table = "message_references", access = system, bookkeeping, index("key"))]
pub struct MessageReference {
    /// The identifier.
    pub id: Id<MessageReference>,
    /// Counts the changes.
    pub version: i64,
    /// When it became known.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The hash of the inbox and the `Message-ID`.
    pub key: String,
    /// The message that has it or names it.
    pub message: Uuid,
    /// The thread of the message.
    pub thread: Uuid,
    /// Whether it is the message's own; otherwise the message names it.
    pub own: bool,
}

/// The key of a `Message-ID` in an inbox.
pub(in crate::service) fn key(secret: &Secret, inbox: Id<Inbox>, message_id: &str) -> String {
    let bare = message_id.trim().trim_matches(['<', '>']);
    let mac = secret.mac(Purpose::Reference, &[inbox.uuid().as_bytes(), bare.as_bytes()]);
    BASE64URL_NOPAD.encode(mac.first_chunk::<18>().map_or(&[][..], |part| part))
}

/// What knows a mail by this key.
pub(in crate::service) async fn of_key(cx: &mut Context<'_>, key: String) -> Result<Vec<MessageReference>> {
    cx.unrestricted().matching(MessageReference::KEY, &key).await
}

/// Remembers the mails that a message is and names, those of an inbox.
pub(in crate::service) async fn keep(cx: &mut Context<'_>, inbox: Id<Inbox>, message: &Message) -> Result<()> {
    let secret = Secret::of(cx).await?;
    let mut named: Vec<(&String, bool)> = message.message_id.iter().map(|own| (own, true)).collect();
    let others = message.references.iter().chain(&message.in_reply_to);
    for other in others {
        if !named.iter().any(|(known, _)| *known == other) {
            named.push((other, false));
        }
    }
    for (name, own) in named.into_iter().take(MOST) {
        let (key, message, thread) = (key(&secret, inbox, name), message.id.uuid(), message.thread.uuid());
        cx.unrestricted().insert(MessageReference { key, message, thread, own, ..MessageReference::default() }).await?;
    }
    Ok(())
}

/// So many of the mails that a message names are remembered.
const MOST: usize = 30;
