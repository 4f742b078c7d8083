//! The bytes of files in a folder.
//!
//! `FOLDER/TENANT/kept/0f/….blob` is a file that is whole; `FOLDER/TENANT/coming/…` is one that is being written. Names are made of identifiers
//! alone: nothing that a caller gives becomes part of a path. A file gets its name once it is whole and on the disk, so that nothing
//! else is ever taken for one.

mod aside;

use std::{
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Read, Seek, SeekFrom, Write},
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use nexa_core::{
    Error, Result,
    kernel::blobs::{BlobKey, Blobs, Chunks, MISSING, failed},
};
use uuid::Uuid;

use self::aside::aside;

/// How many bytes are read at once: 256 KiB.
const AT_ONCE: u64 = 256 * 1024;

/// Into how many folders the files of a tenant are spread.
const SHARDS: u16 = 256;

/// The bytes of files in a folder of this machine. Several processes may use one folder.
#[derive(Clone, Debug)]
pub struct FolderBlobs {
    root: Arc<Path>,
}

impl FolderBlobs {
    /// In this folder, which is made where there is none. Error: `blobs.failed`.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self> {
        let folder = folder.as_ref();
        fs::create_dir_all(folder).map_err(|error| said("its folder could not be made", error))?;
        let root = fs::canonicalize(folder).map_err(|error| said("its folder could not be opened", error))?;
        Ok(Self { root: root.into() })
    }

    fn place(&self, key: BlobKey) -> Place {
        let tenant = self.root.join(key.org.simple().to_string());
        let name = key.id.simple().to_string();
        let shard = tenant.join("kept").join(shard_of(key.id));
        Place { coming: tenant.join("coming").join(&name), whole: shard.join(format!("{name}.blob")), shard }
    }
}

/// Where the bytes of a key are.
struct Place {
    coming: PathBuf,
    shard: PathBuf,
    whole: PathBuf,
}

/// The folder of a key: by its last byte, as the first ones are those of a moment.
fn shard_of(id: Uuid) -> String {
    format!("{:02x}", id.as_bytes().last().copied().unwrap_or_default())
}

fn said(problem: &'static str, error: io::Error) -> Error {
    failed(problem, error)
}

fn unwritten(error: io::Error) -> Error {
    said("a file could not be written", error)
}

/// A file that is being written; it goes unless it becomes whole.
struct Coming {
    file: Option<File>,
    path: PathBuf,
}

impl Drop for Coming {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // What cannot be removed now is removed with its key.
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Coming {
    fn begin(path: PathBuf) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            make_folders(folder)?;
        }
        let file = OpenOptions::new().write(true).create(true).truncate(true).open(&path)?;
        Ok(Self { file: Some(file), path })
    }
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), |file| file.write_all(bytes))
    }
    /// Makes it whole: its bytes are on the disk, and then its name is.
    fn finish(mut self, shard: &Path, whole: &Path) -> io::Result<()> {
        if let Some(file) = &self.file {
            file.sync_all()?;
        }
        make_folders(shard)?;
        fs::rename(&self.path, whole)?;
        drop(self.file.take());
        sync_folder(shard)
    }
}

/// Makes a folder with those above it, each with its name on the disk.
fn make_folders(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(above) = folder.parent() {
        make_folders(above)?;
        match fs::create_dir(folder) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        sync_folder(above)?;
    }
    Ok(())
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Other systems write names down by themselves.
#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "as on Unix")]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[async_trait]
impl Blobs for FolderBlobs {
    async fn put(&self, key: BlobKey, bytes: &mut dyn Chunks) -> Result<()> {
        let Place { coming, shard, whole } = self.place(key);
        let mut coming = aside(move || Coming::begin(coming)).await.map_err(unwritten)?;
        while let Some(chunk) = bytes.next().await? {
            let written = aside(move || coming.write(&chunk).map(|()| coming)).await;
            coming = written.map_err(unwritten)?;
        }
        aside(move || coming.finish(&shard, &whole)).await.map_err(unwritten)
    }

    async fn get(&self, key: BlobKey, range: Range<u64>) -> Result<Box<dyn Chunks>> {
        let whole = self.place(key).whole;
        let start = range.start;
        let opened = aside(move || {
            let mut file = File::open(&whole)?;
            file.seek(SeekFrom::Start(start))?;
            Ok(file)
        });
        match opened.await {
            Ok(file) => Ok(Box::new(Reading { file: Some(file), left: range.end.saturating_sub(range.start) })),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(MISSING.with("key", key.to_string())),
            Err(error) => Err(said("a file could not be opened", error)),
        }
    }

    async fn delete(&self, key: BlobKey) -> Result<()> {
        let Place { coming, shard, whole } = self.place(key);
        let deleted = aside(move || {
            for path in [&coming, &whole] {
                match fs::remove_file(path) {
                    Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
            if shard.is_dir() { sync_folder(&shard) } else { Ok(()) }
        });
        deleted.await.map_err(|error| said("a file could not be removed", error))
    }

    async fn list(&self, org: Uuid, after: Option<Uuid>, limit: usize) -> Result<Vec<Uuid>> {
        let tenant = self.root.join(org.simple().to_string());
        let listed = aside(move || list(&tenant, after, limit));
        listed.await.map_err(|error| said("a folder could not be read", error))
    }
}

/// The ids in the folders of a tenant, by their last byte and then as they are. Only those of one byte are held at once.
fn list(tenant: &Path, after: Option<Uuid>, limit: usize) -> io::Result<Vec<Uuid>> {
    let mut coming: Vec<Uuid> = ids_in(&tenant.join("coming"))?;
    coming.sort_unstable();
    let mut found = Vec::new();
    for byte in 0..SHARDS {
        let shard = format!("{byte:02x}");
        if after.is_some_and(|after| shard < shard_of(after)) {
            continue;
        }
        let mut ids = ids_in(&tenant.join("kept").join(&shard))?;
        ids.extend(coming.iter().filter(|id| shard_of(**id) == shard));
        ids.sort_unstable();
        ids.dedup();
        ids.retain(|id| after.is_none_or(|after| shard != shard_of(after) || *id > after));
        found.extend(ids);
        if found.len() >= limit {
            found.truncate(limit);
            break;
        }
    }
    Ok(found)
}

/// The ids that files of a folder are named by; what else lies there is none of ours.
fn ids_in(folder: &Path) -> io::Result<Vec<Uuid>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut ids = Vec::new();
    for entry in entries {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        let name = name.strip_suffix(".blob").unwrap_or(&name);
        ids.extend(Uuid::try_parse(name).ok().filter(|id| id.simple().to_string() == name));
    }
    Ok(ids)
}

struct Reading {
    file: Option<File>,
    left: u64,
}

#[async_trait]
impl Chunks for Reading {
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        let Some(mut file) = self.file.take().filter(|_| self.left > 0) else { return Ok(None) };
        let most = self.left.min(AT_ONCE);
        let read = aside(move || {
            let mut bytes = Vec::new();
            Read::by_ref(&mut file).take(most).read_to_end(&mut bytes)?;
            Ok((file, bytes))
        });
        let (file, bytes) = read.await.map_err(|error| said("a file could not be read", error))?;
        self.left -= bytes.len() as u64;
        self.file = Some(file);
        Ok(Some(bytes).filter(|bytes| !bytes.is_empty()))
    }
}
