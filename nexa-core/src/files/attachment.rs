//! An attachment: a file that hangs on a record. Whoever sees the record sees it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    blob::Blob,
    download::GONE,
    upload::{self, TYPE_BLOCKED, Upload},
};
use crate::{
    About, Code, CollectionCommand, Context, Entity, FileName, Id, Name, Record, Result, Timestamp, command,
    kernel::{
        error::codes,
        filter::Predicate,
        redact::redacted_debug,
        store::{Prefetch, Select},
    },
    people::User,
};

/// The record has as many files as it may have.
pub const TOO_MANY: Code = Code::rule(
    "attachment.too_many",
    "The record has {limit} files, and takes no more; trash some, or let an admin allow more.",
);
/// There is no such upload of the actor.
pub const UPLOAD_NOT_FOUND: Code = Code::not_found(
    "upload.not_found",
    "There is no upload {id} of yours: it was attached already, or is more than a day old; send the file again.",
);

/// A file that hangs on a record: it is seen by those who see that, and goes where that goes.
#[derive(Record, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[record(
    kind = "attachment",
    table = "attachments", access = through(about),
    search(name = 1),
    index("about.id"),
    index("sha256")
)]
pub struct Attachment {
    /// The identifier.
    pub id: Id<Attachment>,
    /// Counts the changes.
    pub version: i64,
    /// When it was attached.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put into the trash.
    pub deleted_at: Option<Timestamp>,
    /// The record on which it hangs.
    #[record(follows(ticket, comment, note, lead, contact, account, deal, bug, feature_request, message, inbound), on_trash = with_parent, person)]
    pub about: About,
    /// The name of the file.
    #[record(editable, personal)]
    pub name: FileName,
    /// Whether the name under which it came was too long, and cut.
    pub name_cut: bool,
    /// What its sender said that it is.
    pub declared_type: Option<Name>,
    /// What its first bytes say that it is; `application/octet-stream` where they say nothing.
    pub r#type: Name,
    /// How many bytes it has.
    pub size: i64,
    /// The hash of its bytes, SHA-256 in hexadecimal digits.
    pub sha256: String,
    /// The user who attached it; nobody when a service or the host did.
    pub by: Option<Id<User>>,
}

redacted_debug!(Attachment);

/// A file of which nothing is known: it hangs on nothing.
impl Default for Attachment {
    fn default() -> Self {
        Self {
            id: Id::default(),
            version: 0,
            created_at: Timestamp::default(),
            updated_at: Timestamp::default(),
            deleted_at: None,
            about: About::record("ticket", Uuid::nil()),
            name: FileName::default(),
            name_cut: false,
            declared_type: None,
            r#type: Name::default(),
            size: 0,
            sha256: String::new(),
            by: None,
        }
    }
}

impl Entity for Attachment {
    const IS_CREATED: bool = false;
    const ERRORS: &'static [Code] = &[TYPE_BLOCKED, GONE];

    async fn settle(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        if before.is_none_or(|before| before.name != self.name) {
            let limits = upload::limits(cx).await?;
            upload::check_name(&limits, &self.name)?;
        }
        Ok(())
    }

    async fn put_back(before: Option<&Self>, now: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        match now.filter(|_| before.is_none()) {
            Some(now) if Blob::of_hash(cx, &now.sha256).await?.is_none() => Err(GONE.with("name", &now.name)),
            _ => Ok(()),
        }
    }
}

/// Attaches a file that the actor has uploaded to a record that they see. An upload is attached once.
#[command(
    "add",
    collection = Attachment,
    action = Create,
    prefetch = prefetch,
    errors(UPLOAD_NOT_FOUND, TOO_MANY, TYPE_BLOCKED)
)]
pub struct Add {
    /// The upload.
    pub upload: Id<Upload>,
    /// The record: a ticket, a comment, a message, a note, a lead, a contact, an account or a deal.
    pub to: About,
    /// The name of the file; that of the upload unless said.
    pub name: Option<FileName>,
}

fn prefetch(add: &Add, _: Uuid) -> Vec<Prefetch> {
    vec![Prefetch::id(Upload::def(), add.upload.uuid())]
}

impl CollectionCommand for Add {
    type Output = Attachment;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Attachment> {
        if let About::Host { kind, .. } = &self.to {
            return Err(codes::REFERENCE_BROKEN.with("field", "to").with("kind", kind));
        }
        attach(cx, self.upload, self.to.clone(), self.name.clone()).await
    }
}

/// Attaches an upload of the actor's to a record that they see. Errors: `upload.not_found`, `attachment.too_many`,
/// `attachment.type_blocked`.
pub(crate) async fn attach(
    cx: &mut Context<'_>,
    id: Id<Upload>,
    about: About,
    name: Option<FileName>,
) -> Result<Attachment> {
    let by = cx.actor().principal.to_string();
    let upload = upload::known(cx, id).await?.filter(|upload| upload.by == by);
    let not_found = || UPLOAD_NOT_FOUND.with("id", id);
    let upload = upload.ok_or_else(not_found)?;
    let (Some(sha256), Some(found)) = (upload.sha256.clone(), &upload.r#type) else { return Err(not_found()) };
    let attachment = Attachment {
        about,
        name_cut: upload.name_cut && name.is_none(),
        name: name.unwrap_or_else(|| upload.name.clone()),
        declared_type: upload.declared_type.clone(),
        r#type: Name::parse(found).unwrap_or_default(),
        size: upload.size,
        sha256,
        by: cx.actor().user().map(Id::new),
        ..Attachment::default()
    };
    let attachment = cx.add(attachment).await?;
    must_not_be_too_many(cx, &attachment).await?;
    upload.end(cx).await?;
    Ok(attachment)
}

/// Attaches an upload of the actor's that came in a mail: nothing of that is refused. Error: `upload.not_found`.
pub(crate) async fn attach_received(cx: &mut Context<'_>, id: Id<Upload>, about: About) -> Result<Attachment> {
    let by = cx.actor().principal.to_string();
    let upload = upload::known(cx, id).await?.filter(|upload| upload.by == by);
    let not_found = || UPLOAD_NOT_FOUND.with("id", id);
    let upload = upload.ok_or_else(not_found)?;
    let (Some(sha256), Some(found)) = (upload.sha256.clone(), &upload.r#type) else { return Err(not_found()) };
    let attachment = Attachment {
        about,
        name: upload.name.clone(),
        name_cut: upload.name_cut,
        declared_type: upload.declared_type.clone(),
        r#type: Name::parse(found).unwrap_or_default(),
        size: upload.size,
        sha256,
        ..Attachment::default()
    };
    let attachment = cx.unrestricted().insert(attachment).await?;
    upload.end(cx).await?;
    Ok(attachment)
}

/// Refuses one more than the tenant allows on a record; this one is there already. Error: `attachment.too_many`.
async fn must_not_be_too_many(cx: &mut Context<'_>, attachment: &Attachment) -> Result<()> {
    let limit = upload::limits(cx).await?.most();
    let (def, About::Record { kind, id }) = (Attachment::def(), &attachment.about) else { return Ok(()) };
    let Some(topic) = def.topic(Attachment::ABOUT.name()) else { return Ok(()) };
    let query = Select::all(def, limit.saturating_add(1)).filtered(Predicate::about(topic, kind, *id));
    let there = cx.unrestricted().rows(&query).await?.len();
    if there > limit { Err(TOO_MANY.with("limit", limit)) } else { Ok(()) }
}
