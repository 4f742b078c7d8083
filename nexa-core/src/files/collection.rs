//! Bytes that nobody needs go: first for the files, then from the store, then from the records.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{
    attachment::Attachment,
    blob::{Blob, BlobState},
    upload::Upload,
};
use crate::{
    Context, Envelope, Record, Result, Session, Timestamp,
    kernel::{
        Consumer, Timed, Timer,
        blobs::BlobKey,
        filter::{Comparison, Predicate},
        later::{set_timer, stop_timer},
        ledger::{Event, Verb},
        record::RecordDef,
        session::Job,
        store::{Select, Trash},
        value::Value,
    },
};

/// For how long bytes stay that no file has any more, so that an undo finds them.
const KEPT_DAYS: i64 = 1;

/// After how long it is looked again whether dying bytes went, in microseconds: 10 minutes.
const AGAIN: i64 = 600_000_000;

/// How many are deleted before their rows go.
const AT_ONCE: usize = 100;

/// Follows files that went for good: a day later their bytes go, unless another file has them.
pub(crate) struct Detached;

impl Consumer for Detached {
    const NAME: &'static str = "attachment.detached";
    fn wants(event: &Event, of: &'static RecordDef) -> bool {
        event.verb == Verb::Purged && of.kind == Attachment::def().kind
    }
    async fn consume(cx: &mut Context<'_>, events: &[Event]) -> Result<()> {
        for event in events {
            let said: Option<Map<String, Json>> =
                event.payload.as_deref().and_then(|payload| serde_json::from_str(payload).ok());
            let hash = said.as_ref().and_then(|said| said.get(Attachment::SHA256.name())).and_then(Json::as_str);
            if let Some(sha256) = hash {
                let due_at = cx.now().plus_days(KEPT_DAYS);
                set_timer::<Release>(cx, sha256, due_at, None).await?;
            }
        }
        Ok(())
    }
}

/// Lets the bytes of a hash go.
pub(crate) struct Release;

impl Timed for Release {
    const NAME: &'static str = "blob.release";
    async fn fire(cx: &mut Context<'_>, timer: &Timer) -> Result<()> {
        release(cx, timer.key()).await
    }
}

/// Marks the blob of a hash as dying, unless a file, in the trash or not, or an upload has it.
pub(super) async fn release(cx: &mut Context<'_>, sha256: &str) -> Result<()> {
    let Some(blob) = Blob::of_hash(cx, sha256).await? else { return Ok(()) };
    for def in [Attachment::def(), Upload::def()] {
        let Some(column) = def.column("sha256") else { continue };
        let of_hash = Predicate::Compare(column, Comparison::Eq, Value::Text(sha256.to_owned()));
        let query = Select { trash: Trash::Any, ..Select::all(def, 1).filtered(of_hash) };
        if !cx.unrestricted().rows(&query).await?.is_empty() {
            return Ok(());
        }
    }
    blob.let_die(cx).await
}

/// Says that bytes are to be deleted, and says it again until none are left.
pub(crate) struct Collect;

impl Timed for Collect {
    const NAME: &'static str = "blob.collect";
    async fn fire(cx: &mut Context<'_>, _: &Timer) -> Result<()> {
        if dying(cx, 1).await?.is_empty() {
            return Ok(());
        }
        let again = Timestamp::from_micros(cx.now().micros().saturating_add(AGAIN));
        set_timer::<Self>(cx, "", again, None).await
    }
}

async fn dying(cx: &mut Context<'_>, limit: usize) -> Result<Vec<Blob>> {
    let def = Blob::def();
    let state = def.column(Blob::STATE.name()).unwrap_or_default();
    let dying = Value::Text(BlobState::Dying.as_str().to_owned());
    let query = Select::all(def, limit).filtered(Predicate::Compare(state, Comparison::Eq, dying));
    cx.unrestricted().rows(&query).await?.into_iter().map(Blob::from_row).collect()
}

/// Deletes dying bytes, and then their rows. Killed anywhere, it is done again.
pub(crate) async fn collect(session: &Session) -> Result<()> {
    let Ok(blobs) = session.blobs() else { return Ok(()) };
    loop {
        let dying = session.read(Dying).await?;
        for key in &dying {
            blobs.delete(BlobKey::new(session.org(), *key)).await?;
        }
        if dying.is_empty() {
            return Ok(());
        }
        session.write(Envelope::default(), Remove { keys: dying }).await?;
    }
}

/// The keys of dying bytes.
struct Dying;

impl Job for Dying {
    type Output = Vec<Uuid>;
    fn operation(&self) -> Cow<'static, str> {
        Cow::Borrowed(Collect::NAME)
    }
    fn arguments(&self) -> String {
        String::new()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Vec<Uuid>> {
        Ok(dying(cx, AT_ONCE).await?.into_iter().map(|blob| blob.key).collect())
    }
}

/// Removes the rows of bytes that were deleted.
struct Remove {
    keys: Vec<Uuid>,
}

impl Job for Remove {
    type Output = ();
    fn operation(&self) -> Cow<'static, str> {
        Cow::Borrowed(Collect::NAME)
    }
    fn arguments(&self) -> String {
        String::new()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<()> {
        for blob in with_keys(cx, &self.keys).await? {
            // No key comes back: what was dying is dying.
            cx.remove(&blob).await?;
        }
        if dying(cx, 1).await?.is_empty() { stop_timer::<Collect>(cx, "").await } else { Ok(()) }
    }
}

async fn with_keys(cx: &mut Context<'_>, keys: &[Uuid]) -> Result<Vec<Blob>> {
    let def = Blob::def();
    let column = def.column(Blob::KEY.name()).unwrap_or_default();
    let keys = keys.iter().map(|key| Value::Uuid(*key)).collect();
    let query = Select::all(def, usize::MAX).filtered(Predicate::In(column, keys));
    cx.unrestricted().rows(&query).await?.into_iter().map(Blob::from_row).collect()
}

/// What a sweep found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swept {
    /// How many things the store of bytes had of the tenant.
    pub kept: usize,
    /// How many of them no record knows: they were removed.
    pub removed: usize,
    /// The hashes of files whose bytes are missing: restore these from a backup.
    pub missing: Vec<String>,
}

/// Looks through the store of bytes of a tenant, removes what no record knows, and says what records miss. Nothing in use is touched,
/// whatever is uploaded meanwhile. For the host: after a store of bytes was restored from a backup, or now and then.
///
/// Errors: `org.unknown`, `blobs.not_configured`, `blobs.failed`.
pub async fn sweep(session: &Session) -> Result<Swept> {
    let (blobs, org) = (session.blobs()?, session.org());
    let (mut swept, mut after) = (Swept::default(), None);
    loop {
        let found = blobs.list(org, after, AT_ONCE).await?;
        swept.kept += found.len();
        after = found.last().copied();
        let strays = session.read(Unknown { keys: found.clone() }).await?;
        for id in strays {
            blobs.delete(BlobKey::new(org, id)).await?;
            swept.removed += 1;
        }
        if found.len() < AT_ONCE {
            break;
        }
    }
    let mut after = None;
    loop {
        let page = session.read(Live { after }).await?;
        for (key, sha256) in &page {
            if !has(&*blobs, BlobKey::new(org, *key)).await? {
                swept.missing.push(sha256.clone());
            }
        }
        after = page.last().map(|(key, _)| *key);
        if page.len() < AT_ONCE {
            return Ok(swept);
        }
    }
}

async fn has(blobs: &dyn crate::kernel::blobs::Blobs, key: BlobKey) -> Result<bool> {
    match blobs.get(key, 0..1).await {
        Ok(mut bytes) => Ok(bytes.next().await?.is_some()),
        Err(error) if error.is(&crate::kernel::blobs::MISSING) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Which of these keys nobody knows. They were seen in the store before: an upload that made them is written down, or over.
struct Unknown {
    keys: Vec<Uuid>,
}

impl Job for Unknown {
    type Output = Vec<Uuid>;
    fn operation(&self) -> Cow<'static, str> {
        Cow::Borrowed("blobs.sweep")
    }
    fn arguments(&self) -> String {
        String::new()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Vec<Uuid>> {
        let known: Vec<Uuid> = with_keys(cx, &self.keys).await?.into_iter().map(|blob| blob.key).collect();
        let mut strays = Vec::new();
        for key in self.keys.iter().filter(|key| !known.contains(key)) {
            if cx.unrestricted().row(Upload::def(), *key).await?.is_none() {
                strays.push(*key);
            }
        }
        Ok(strays)
    }
}

/// Keys and hashes of live blobs, in the order of the keys.
struct Live {
    after: Option<Uuid>,
}

impl Job for Live {
    type Output = Vec<(Uuid, String)>;
    fn operation(&self) -> Cow<'static, str> {
        Cow::Borrowed("blobs.sweep")
    }
    fn arguments(&self) -> String {
        String::new()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Self::Output> {
        use crate::kernel::store::SortKey;
        let def = Blob::def();
        let key = def.column(Blob::KEY.name()).unwrap_or_default();
        let state = def.column(Blob::STATE.name()).unwrap_or_default();
        let live = Value::Text(BlobState::Live.as_str().to_owned());
        let mut filter = Predicate::Compare(state, Comparison::Eq, live);
        if let Some(after) = self.after {
            filter = filter.and(Predicate::Compare(key, Comparison::Gt, Value::Uuid(after)));
        }
        let query = Select { sort: vec![SortKey::of(key, false)], ..Select::all(def, AT_ONCE).filtered(filter) };
        let rows = cx.unrestricted().rows(&query).await?;
        let blobs: Vec<Blob> = rows.into_iter().map(Blob::from_row).collect::<Result<_>>()?;
        Ok(blobs.into_iter().map(|blob| (blob.key, blob.sha256.unwrap_or_default())).collect())
    }
}
