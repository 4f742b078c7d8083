//! An upload: bytes that somebody has sent, and not attached yet.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    attachment::Attachment,
    blob::{self, Blob, BlobState},
    collection,
    receiving::{Received, Receiving},
};
use crate::{
    Action, Code, Context, Envelope, FileLimits, FileName, Id, Name, Record, Result, Session, Timestamp,
    kernel::{
        Timed, Timer,
        blobs::{BlobKey, Chunks},
        error::codes,
        filter::{Comparison, Predicate},
        later::{set_timer, stop_timer},
        session::Job,
        store::{Aggregate, Measure, Trash},
        value::Value,
    },
    people::org,
};

/// The file is larger than the tenant takes.
pub const TOO_LARGE: Code = Code::invalid(
    "attachment.too_large",
    "The file has more than {limit} bytes; send a smaller one, or let an admin allow more.",
);
/// The file has no bytes.
pub const EMPTY: Code = Code::invalid("attachment.empty", "The file is empty; choose the one that was meant.");
/// The bytes are not those that the caller announced.
pub const HASH_MISMATCH: Code =
    Code::invalid("attachment.hash_mismatch", "The bytes have the hash {found}, not {expected}; send the file again.");
/// The tenant takes no files of this sort.
pub const TYPE_BLOCKED: Code = Code::rule(
    "attachment.type_blocked",
    "Files of the sort {type} are not taken; send another, or let an admin allow them.",
);
/// The tenant has as many bytes as it may have.
pub const QUOTA: Code = Code::rule(
    "attachment.quota",
    "There is no room for the file: all files may have {quota} bytes together; remove some for good.",
);
/// The file has no name.
pub const NAME: Code = Code::invalid("attachment.name", "The file needs a name: {problem}.");
/// The upload was not finished in time.
pub const UPLOAD_EXPIRED: Code =
    Code::rule("upload.expired", "The upload took more than a day, and was given up; send the file again.");

/// How long an upload waits to be finished, and then to be attached.
const KEPT_DAYS: i64 = 1;

/// Bytes that somebody has sent. Nobody else attaches them; what is not attached within a day goes.
#[derive(Record, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[record(kind = "upload", table = "uploads", access = system, bookkeeping, index("sha256"))]
pub struct Upload {
    /// The identifier, by which a command attaches it.
    pub id: Id<Upload>,
    /// Counts the changes.
    pub version: i64,
    /// When the first byte came.
    pub created_at: Timestamp,
    /// When the last byte had come.
    pub updated_at: Timestamp,
    /// Who sent it, as the ledger writes it, such as `user:…`.
    pub by: String,
    /// The name of the file.
    pub name: FileName,
    /// Whether the name was too long, and cut.
    pub name_cut: bool,
    /// What the sender says it is.
    pub declared_type: Option<Name>,
    /// What its first bytes say it is; `application/octet-stream` where they say nothing. Absent while bytes come.
    pub r#type: Option<String>,
    /// How many bytes it has.
    pub size: i64,
    /// Their hash, in hexadecimal digits. Absent while bytes come.
    pub sha256: Option<String>,
}

/// What somebody says of a file that they send.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct UploadOptions {
    /// What it is, such as `application/pdf`: kept as a claim.
    pub declared_type: Option<String>,
    /// The SHA-256 of its bytes in hexadecimal digits. Bytes with another are refused.
    pub sha256: Option<String>,
}

impl UploadOptions {
    /// Says nothing.
    pub fn new() -> Self {
        Self::default()
    }
    /// Says what the file is, such as `application/pdf`.
    #[must_use]
    pub fn declared_type(mut self, declared: impl Into<String>) -> Self {
        self.declared_type = Some(declared.into());
        self
    }
    /// Says what hash its bytes have.
    #[must_use]
    pub fn sha256(mut self, expected: impl Into<String>) -> Self {
        self.sha256 = Some(expected.into());
        self
    }
}

/// Takes the bytes of a file, piece by piece, for the actor of the session to attach with `attachment.add`. Memory does not grow with the
/// file. What is refused, or breaks off, leaves nothing.
///
/// Errors: `attachment.name`, `attachment.too_large`, `attachment.empty`, `attachment.hash_mismatch`, `attachment.type_blocked`,
/// `attachment.quota`, `upload.expired`, `field.invalid`, `access.denied`, `blobs.not_configured`, `blobs.failed`, and what the chunks
/// answer.
pub async fn upload(session: &Session, name: &str, options: UploadOptions, bytes: &mut dyn Chunks) -> Result<Upload> {
    session.blobs()?;
    let (name, name_cut) = FileName::received(name).map_err(|problem| NAME.with("problem", problem))?;
    let given = options.declared_type.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let declared_type = given
        .map(Name::parse)
        .transpose()
        .map_err(|problem| codes::FIELD_INVALID.with("field", "declared_type").with("problem", problem))?;
    let expected = options.sha256.map(|hash| hash.trim().to_ascii_lowercase());
    take(session, Begin { name, name_cut, declared_type, of_mail: false }, expected, bytes).await
}

/// Takes what came in a mail, of which nothing is refused: neither its size, nor its sort, nor for want of room. Errors: `access.denied`,
/// `blobs.not_configured`, `blobs.failed`.
#[cfg(feature = "inbox")]
pub(crate) async fn upload_received(
    session: &Session,
    name: &str,
    declared_type: Option<&str>,
    bytes: &[u8],
) -> Result<Upload> {
    let (name, name_cut) = match FileName::received(name) {
        Ok(received) => received,
        Err(_) => FileName::received("file").map_err(|problem| NAME.with("problem", problem))?,
    };
    let declared_type = declared_type.and_then(|declared| Name::parse(declared).ok());
    let mut bytes = crate::kernel::blobs::OfBytes::new(bytes);
    take(session, Begin { name, name_cut, declared_type, of_mail: true }, None, &mut bytes).await
}

/// Takes bytes: written down before the first of them comes, and again when all are there.
async fn take(session: &Session, begin: Begin, expected: Option<String>, bytes: &mut dyn Chunks) -> Result<Upload> {
    let (blobs, of_mail) = (session.blobs()?, begin.of_mail);
    let begun = session.write(Envelope::default(), begin).await?;
    let key = BlobKey::new(session.org(), begun.upload.uuid());
    let mut receiving = Receiving::new(bytes, begun.limits, expected);
    let put = blobs.put(key, &mut receiving).await;
    let finished = match put.and_then(|()| receiving.received()) {
        Ok(received) => session.write(Envelope::default(), Finish { upload: begun.upload, received, of_mail }).await,
        Err(error) => Err(error),
    };
    if finished.is_err() {
        // The bytes go by a unit, which knows whether the last one was written all the same. What cannot be given up now is by the timer.
        let _ = session.write(Envelope::default(), GiveUp { upload: begun.upload }).await;
    }
    finished
}

/// What an upload has to keep to.
#[derive(Serialize, Deserialize)]
struct Begun {
    upload: Id<Upload>,
    limits: FileLimits,
}

/// Writes down that bytes come.
struct Begin {
    name: FileName,
    name_cut: bool,
    declared_type: Option<Name>,
    /// Whether it came in a mail, of which nothing is refused.
    of_mail: bool,
}

impl Job for Begin {
    type Output = Begun;
    fn operation(&self) -> Cow<'static, str> {
        Cow::Borrowed("upload")
    }
    fn arguments(&self) -> String {
        String::new()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Begun> {
        cx.authorize_kind(Attachment::def(), Action::Create)?;
        let mut limits = limits(cx).await?;
        if self.of_mail {
            limits = FileLimits { largest: Some(u64::MAX), ..FileLimits::default() };
        } else {
            check_name(&limits, &self.name)?;
            must_have_room(cx, &limits, 1).await?;
        }
        let (by, now) = (cx.actor().principal.to_string(), cx.now());
        let upload = Upload {
            by,
            name: self.name.clone(),
            name_cut: self.name_cut,
            declared_type: self.declared_type.clone(),
            ..Upload::default()
        };
        let upload = cx.unrestricted().insert(upload).await?.id;
        set_timer::<Expire>(cx, &upload.to_string(), now.plus_days(KEPT_DAYS), None).await?;
        Ok(Begun { upload, limits })
    }
}

/// Makes the blob of bytes that have come, unless the tenant has them.
struct Finish {
    upload: Id<Upload>,
    received: Received,
    of_mail: bool,
}

impl Job for Finish {
    type Output = Upload;
    fn operation(&self) -> Cow<'static, str> {
        Cow::Borrowed("upload")
    }
    fn arguments(&self) -> String {
        String::new()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Upload> {
        let Received { sha256, size, r#type } = self.received.clone();
        let (key, now) = (self.upload.uuid(), cx.now());
        let upload = known(cx, self.upload).await?.ok_or_else(|| UPLOAD_EXPIRED.error())?;
        if Blob::of_hash(cx, &sha256).await?.is_some() {
            // Those that came are too many.
            blob::condemn(cx, key).await?;
        } else {
            if !self.of_mail {
                let limits = limits(cx).await?;
                must_have_room(cx, &limits, size).await?;
            }
            let (state, sha256) = (BlobState::Live, Some(sha256.clone()));
            let blob = Blob { key, sha256, size, r#type: Some(r#type.clone()), state, ..Blob::default() };
            cx.unrestricted().insert(blob).await?;
        }
        set_timer::<Expire>(cx, &self.upload.to_string(), now.plus_days(KEPT_DAYS), None).await?;
        cx.save(Upload { sha256: Some(sha256), size, r#type: Some(r#type), ..upload }).await
    }
}

/// Forgets an upload that was not finished, and lets go what came of it.
struct GiveUp {
    upload: Id<Upload>,
}

impl Job for GiveUp {
    type Output = ();
    fn operation(&self) -> Cow<'static, str> {
        Cow::Borrowed("upload")
    }
    fn arguments(&self) -> String {
        String::new()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<()> {
        match known(cx, self.upload).await? {
            Some(upload) if upload.sha256.is_none() => {
                upload.end(cx).await?;
                blob::condemn(cx, self.upload.uuid()).await
            }
            _ => Ok(()),
        }
    }
}

impl Upload {
    /// Ends it, when it was attached or given up.
    pub(super) async fn end(self, cx: &mut Context<'_>) -> Result<()> {
        cx.remove(&self).await?;
        stop_timer::<Expire>(cx, &self.id.to_string()).await
    }
}

/// An upload of the actor's that is whole. Error: `upload.not_found`.
pub(crate) async fn received_upload(cx: &mut Context<'_>, id: Id<Upload>) -> Result<Upload> {
    let by = cx.actor().principal.to_string();
    let upload = known(cx, id).await?.filter(|upload| upload.by == by && upload.sha256.is_some());
    upload.ok_or_else(|| super::attachment::UPLOAD_NOT_FOUND.with("id", id))
}

/// An upload by its id, whoever it is of.
pub(super) async fn known(cx: &mut Context<'_>, upload: Id<Upload>) -> Result<Option<Upload>> {
    cx.unrestricted().row(Upload::def(), upload.uuid()).await?.map(Upload::from_row).transpose()
}

/// Ends what was not finished, or not attached, in time.
pub(crate) struct Expire;

impl Timed for Expire {
    const NAME: &'static str = "upload.expire";
    async fn fire(cx: &mut Context<'_>, timer: &Timer) -> Result<()> {
        let Ok(id) = timer.key().parse::<Uuid>() else { return Ok(()) };
        let Some(upload) = known(cx, Id::new(id)).await? else { return Ok(()) };
        cx.remove(&upload).await?;
        match &upload.sha256 {
            // Nobody can make a blob of what came of it any more.
            None => blob::condemn(cx, id).await,
            Some(sha256) => collection::release(cx, sha256).await,
        }
    }
}

/// What files the tenant takes.
pub(super) async fn limits(cx: &mut Context<'_>) -> Result<FileLimits> {
    Ok(org::settings(cx).await?.files.clone().map(crate::Document::into_inner).unwrap_or_default())
}

/// Refuses a name whose ending is blocked. Error: `attachment.type_blocked`.
pub(super) fn check_name(limits: &FileLimits, name: &FileName) -> Result<()> {
    limits.blocks_name(name).map_or(Ok(()), |extension| Err(TYPE_BLOCKED.with("type", format!(".{extension}"))))
}

/// Refuses bytes for which there is no room. Error: `attachment.quota`.
async fn must_have_room(cx: &mut Context<'_>, limits: &FileLimits, size: i64) -> Result<()> {
    let Some(quota) = limits.quota else { return Ok(()) };
    let def = Blob::def();
    let column = |path: &str| def.column(path).unwrap_or_default();
    let live = Value::Text(BlobState::Live.as_str().to_owned());
    let used = Aggregate {
        of: def,
        filter: Predicate::Compare(column("state"), Comparison::Eq, live),
        trash: Trash::Any,
        groups: Vec::new(),
        measures: vec![Measure::Sum(column("size"))],
        limit: 1,
    };
    let rows = cx.unrestricted().groups(used).await?;
    let used = rows.first().and_then(|row| row.get(0).as_int()).unwrap_or_default();
    let needed = u64::try_from(used.saturating_add(size)).unwrap_or(u64::MAX);
    if needed > quota { Err(QUOTA.with("quota", quota)) } else { Ok(()) }
}
