//! Files: what people attach to records.
//!
//! Bytes pass beside the door, as a stream: [`upload`] takes them, and says what came; `attachment.add` hangs that on a record; and
//! [`download`] gives them to whoever sees what they hang on. Nobody reads a file by its bytes' name or hash.
//!
//! # How bytes come and go
//!
//! A row of a [`Blob`] that is live has its bytes, whenever the power fails:
//! 1. before the first byte, a unit writes an [`Upload`] down, with a timer that ends it after a day;
//! 2. the bytes are put under the upload's own id, and are there for good;
//! 3. a unit, which needs the upload, makes the blob. Bytes that the tenant has already are not kept twice: those that came go again.
//!
//! Bytes that nobody needs go the other way: a unit takes the blob's hash away, so that no file finds it any more, and marks it as
//! dying; its bytes are deleted; a unit removes its row. An upload of the same bytes meanwhile makes a blob of its own, under another
//! key: no key is ever used again, so that nobody deletes what somebody else has just put.

mod attachment;
mod blob;
mod collection;
mod download;
mod erased;
mod kind_of_bytes;
mod receiving;
mod upload;

pub(crate) use erased::take_away;

use crate::CrmBuilder;

pub use attachment::{Add, Attachment, TOO_MANY, UPLOAD_NOT_FOUND};
pub(crate) use attachment::{attach, attach_received};
pub use blob::{Blob, BlobState};
pub use collection::{Swept, sweep};
pub use download::{Download, DownloadOptions, GONE, RANGE, download};
pub(crate) use upload::received_upload;
#[cfg(feature = "inbox")]
pub(crate) use upload::upload_received;
pub use upload::{
    EMPTY, HASH_MISMATCH, NAME, QUOTA, TOO_LARGE, TYPE_BLOCKED, UPLOAD_EXPIRED, Upload, UploadOptions, upload,
};

/// The kinds and operations of this module.
pub(crate) fn install(builder: CrmBuilder) -> CrmBuilder {
    builder
        .kind::<Blob>()
        .kind::<Upload>()
        .entity::<Attachment>()
        .command::<Add>()
        .timed::<upload::Expire>()
        .timed::<collection::Release>()
        .timed::<collection::Collect>()
        .consumer::<collection::Detached>()
        .effect::<collection::Collect>(|session| Box::pin(collection::collect(session)))
}
