//! A blob: bytes that a tenant has.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::collection::Collect;
use crate::{Context, Id, Record, Result, Timestamp, closed_enum, kernel::later::set_timer};

closed_enum! {
    /// What becomes of bytes.
    pub enum BlobState {
        /// Files have them.
        Live = "live",
        /// Nobody needs them; they are deleted, and then their row.
        Dying = "dying",
    }
}

/// Bytes that a tenant has, once however often they came. The engine keeps it; files are read by what they are attached to.
#[derive(Record, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[record(
    kind = "blob",
    table = "blobs", access = system,
    bookkeeping,
    unique("key", code = "blob.key_taken"),
    unique("sha256", code = "blob.taken"),
    index("state")
)]
pub struct Blob {
    /// The identifier.
    pub id: Id<Blob>,
    /// Counts the changes.
    pub version: i64,
    /// When the bytes had come.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// By what the store of bytes knows them.
    pub key: Uuid,
    /// Their hash, in hexadecimal digits; a dying one has none, so that nobody finds it.
    pub sha256: Option<String>,
    /// How many there are.
    pub size: i64,
    /// What their first ones say they are.
    pub r#type: Option<String>,
    /// What becomes of them.
    pub state: BlobState,
}

impl Blob {
    /// The live blob of this hash.
    pub(super) async fn of_hash(cx: &mut Context<'_>, sha256: &str) -> Result<Option<Self>> {
        let found = cx.unrestricted().matching(Self::SHA256, &sha256.to_owned()).await?;
        Ok(found.into_iter().next())
    }

    /// Marks it as dying: no file finds it from now on.
    pub(super) async fn let_die(self, cx: &mut Context<'_>) -> Result<()> {
        cx.save(Self { sha256: None, state: BlobState::Dying, ..self }).await?;
        Collect::soon(cx).await
    }
}

/// Sees to it that bytes under a key go, which nobody has or is going to have.
pub(super) async fn condemn(cx: &mut Context<'_>, key: Uuid) -> Result<()> {
    cx.unrestricted().insert(Blob { key, state: BlobState::Dying, ..Blob::default() }).await?;
    Collect::soon(cx).await
}

impl Collect {
    async fn soon(cx: &mut Context<'_>) -> Result<()> {
        let now = cx.now();
        set_timer::<Self>(cx, "", now, None).await
    }
}
