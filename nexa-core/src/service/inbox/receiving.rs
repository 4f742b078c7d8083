//! Taking the bytes of a mail: kept as they came, read outside of any unit, and then placed by `inbox.receive`.

use super::{Inbox, Receive, Received, ReceivedFile, read};
use crate::{
    Body, Ref, Result, Session,
    files::upload_received,
    service::{HeldReason, MailEnvelope},
};

/// Takes a mail that came to an inbox, as bytes, for the host's connector. Whatever the mail is, its bytes are kept and the answer says
/// what became of it; then the connector marks it as fetched. An error is one of the storage, or of a session that may not: then the mail
/// is taken again later, and if it was taken all the same it is a duplicate.
///
/// Larger mails than 35 MiB are held as `too_large`, with their first 64 KiB: ask for the size before you fetch them.
///
/// Errors: `record.not_found` for an inbox that is not there, `access.denied`, `blobs.not_configured`, `blobs.failed`, `store.…`.
pub async fn receive(
    session: &Session,
    inbox: impl Into<Ref<Inbox>>,
    envelope: MailEnvelope,
    bytes: &[u8],
) -> Result<Received> {
    let inbox = session.get(inbox).await?;
    let read = read::read(bytes, &inbox, &envelope);
    let source = if bytes.len() > read::LARGEST { bytes.get(..read::KEPT).unwrap_or_default() } else { bytes };
    // An empty mail is one as well: something has to be kept of it.
    let source = if source.is_empty() { b"\r\n" } else { source };
    let upload = upload_received(session, "message.eml", Some("message/rfc822"), source).await?.id;
    let mut mail = read.mail;
    if mail.held == Some(HeldReason::TooLarge) {
        mail.detail = Body::parse(&format!("{} bytes, of which {} were kept", bytes.len(), source.len())).ok();
    }
    if let Some(html) = read.html.filter(|html| !html.is_empty()) {
        let upload = upload_received(session, "message.html", Some("text/html"), html.as_bytes()).await?.id;
        mail.files.push(ReceivedFile { upload, html: true });
    }
    for file in read.files {
        let declared = file.declared_type.as_deref();
        let upload = upload_received(session, &file.name, declared, &file.bytes).await?.id;
        mail.files.push(ReceivedFile { upload, html: false });
    }
    session.run(Receive { inbox: inbox.id.into(), upload, envelope, mail }).await
}
