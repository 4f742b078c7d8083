//! Delivering what is due: claim, send, report. A host's worker calls it, again and again.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Attempt, BeforeBody, FinishedMessage, Mail, Mailer, Outcome,
    claim::Claim,
    outgoing::{NOT_CLAIMED, NOT_YOURS},
    report::{Report, Start},
};
use crate::{
    Id, Name, Result, Session,
    files::{Attachment, DownloadOptions, download},
    kernel::error::codes,
};

/// What a delivery came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Delivered {
    /// How many messages were tried.
    pub tried: usize,
    /// How many a server took.
    pub handed_over: usize,
    /// Whether more may be due now.
    pub more: bool,
}

/// Notes in the tenant that a message is leaving.
struct Leaving<'s> {
    session: &'s Session,
    mail: Id<Mail>,
    worker: &'s Name,
}

#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
impl BeforeBody for Leaving<'_> {
    async fn begin(&self) -> Result<()> {
        self.session.run(Start { mail: self.mail, worker: self.worker.clone() }).await.map(drop)
    }
}

/// Claims at most so many mails of a tenant (1 to 100), hands each to the mailer, and reports what came of it. The session is the host's
/// ([`Crm::system`](crate::Crm::system)); the worker's name is one that no other process or thread uses, also not after a restart. Where
/// the process ends in the middle, nothing is lost: a mail that had not begun to leave is claimed again when five minutes are over, one
/// that had is `uncertain`.
///
/// An error of the storage ends it; what was claimed and not tried is claimed again later. Errors: `field.invalid`, `access.denied`,
/// `store.…`.
pub async fn deliver(session: &Session, mailer: &dyn Mailer, worker: &str, limit: u32) -> Result<Delivered> {
    let worker =
        Name::parse(worker).map_err(|problem| codes::FIELD_INVALID.with("field", "worker").with("problem", problem))?;
    let idempotent = mailer.is_idempotent();
    let claim = Claim { worker: worker.clone(), limit: Some(limit), sender: None, idempotent };
    let claimed = session.run(claim).await?;
    let mut delivered = Delivered { more: claimed.more, ..Delivered::default() };
    for mut message in claimed.messages {
        delivered.tried += 1;
        if !load_files(session, &mut message).await? {
            let gone = Attempt::permanent().detail("a file of the message is gone");
            session.run(Report::of(Id::new(message.mail), worker.clone(), gone)).await?;
            continue;
        }
        delivered.handed_over += usize::from(send(session, mailer, &worker, &message).await?);
    }
    Ok(delivered)
}

/// Reads the bytes of the files that go with a message; answers whether all are there.
async fn load_files(session: &Session, message: &mut FinishedMessage) -> Result<bool> {
    for file in &mut message.files {
        let attachment = Id::<Attachment>::new(file.attachment);
        let mut bytes = match download(session, attachment, DownloadOptions::new()).await {
            Ok(download) => download.bytes,
            Err(error) if error.retryable() => return Err(error),
            Err(_) => return Ok(false),
        };
        while let Some(chunk) = bytes.next().await? {
            file.bytes.extend(chunk);
        }
    }
    Ok(true)
}

/// Sends one message; returns whether the server took it.
async fn send(session: &Session, mailer: &dyn Mailer, worker: &Name, message: &FinishedMessage) -> Result<bool> {
    let mail = Id::new(message.mail);
    let attempt = mailer.send(message, &Leaving { session, mail, worker }).await;
    let taken = attempt.outcome == Outcome::HandedOver;
    match session.run(Report::of(mail, worker.clone(), attempt)).await {
        Ok(_) => Ok(taken),
        // Our time was over, and somebody else has it: theirs is the report.
        Err(error) if error.is(&NOT_YOURS) || error.is(&NOT_CLAIMED) => Ok(false),
        Err(error) => Err(error),
    }
}
