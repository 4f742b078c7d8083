//! A process that uploads, attaches, purges and collects files is killed at a random moment: no row lacks its bytes, and what nobody
//! needs goes.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use nexa_crm::{
    CreateOrg, CrmBuilder, Envelope, Find, FolderBlobs, Id, Result, Timestamp,
    blocking::{self, Crm, Session},
    files::{Attachment, DownloadOptions, UploadOptions},
    kernel::{blobs::Blobs, ports::Clock},
    testing::Random,
};
use pollster::block_on;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{Acknowledged, check, load, place::Place};

/// How many threads send files.
const THREADS: u64 = 3;
/// How many different contents there are: few, so that the same bytes come and go at the same time.
const CONTENTS: usize = 8;
/// How much quicker the clock runs than others: a day takes 0.43 seconds.
const SPEED: i64 = 200_000;
/// What the clock showed when it began, in microseconds: 2026.
const BEGIN: i64 = 1_767_225_600_000_000;
/// A day, in microseconds.
const DAY: i64 = 86_400_000_000;

/// A clock on which days pass while a process works.
#[derive(Clone, Copy, Debug)]
pub struct Days {
    /// When it began, in microseconds of the usual clock.
    pub began: i64,
    /// By how many days it was set forward since.
    pub ahead: i64,
}

impl Days {
    /// A clock that begins now.
    pub fn new() -> Self {
        Self { began: micros(), ahead: 0 }
    }
}

impl Default for Days {
    fn default() -> Self {
        Self::new()
    }
}

fn micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

impl Clock for Days {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(BEGIN + (micros() - self.began) * SPEED + self.ahead * DAY)
    }
    fn is_set(&self) -> bool {
        true
    }
}

/// Where the process works: rows in one place, bytes in another.
#[derive(Clone, Debug)]
pub struct Folder {
    /// The folder of the bytes.
    pub path: PathBuf,
    /// The clock.
    pub clock: Days,
}

impl Folder {
    /// A folder, with a clock that begins now.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), clock: Days::new() }
    }
    fn blobs(&self) -> Result<FolderBlobs> {
        FolderBlobs::open(&self.path)
    }
    fn builder(&self) -> Result<CrmBuilder> {
        Ok(nexa_crm::builder().clock(self.clock).blobs(Arc::new(self.blobs()?)))
    }
    fn open(&self, url: &str) -> Result<Crm> {
        blocking::open_with(url, self.builder()?)
    }
}

/// Bytes by their number.
fn content(number: u64) -> Vec<u8> {
    let random = Random::new(number + 1);
    let length = random.below(60_000) + 1;
    (0..length).map(|_| random.bits().to_le_bytes()[0]).collect()
}

/// Sends files until the process ends.
pub fn run(url: &str, folder: &Folder, org: Option<Uuid>, seed: u64) -> Result<()> {
    let crm = folder.open(url)?;
    let org = match org {
        Some(org) => org,
        None => crm.create_org(CreateOrg::new("Acme", "Lisa", "lisa@acme.example")?)?.org(),
    };
    load::print(&Acknowledged::Org(org));
    thread::scope(|scope| {
        let ticking = scope.spawn(|| {
            loop {
                crm.tick(org, 20)?;
                thread::sleep(Duration::from_millis(1));
            }
        });
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                let session = crm.system(org, load::CAUSE);
                scope.spawn(move || send_files(&session, &Random::new(seed * THREADS + thread)))
            })
            .collect();
        threads.into_iter().chain([ticking]).try_for_each(|thread| thread.join().unwrap_or(Ok(())))
    })
}

fn run_one(session: &Session, operation: &str, arguments: Json) -> Result<Json> {
    session.execute(operation, arguments, Envelope::default())
}

fn id(json: &Json) -> Uuid {
    json.get("id").and_then(Json::as_str).and_then(|text| text.parse().ok()).unwrap_or_default()
}

fn send_files(session: &Session, random: &Random) -> Result<()> {
    let lead = id(&run_one(session, "lead.create", json!({"company": "Umbrella"}))?);
    run_one(session, "org.configure", json!({"files": {"most": 1_000_000}}))?;
    loop {
        match send_file(session, random, lead) {
            // On this clock a day may pass while a file is sent.
            Err(error) if ["upload.expired", "upload.not_found"].contains(&error.code()) => {}
            outcome => outcome?,
        }
    }
}

fn send_file(session: &Session, random: &Random, lead: Uuid) -> Result<()> {
    let number = u64::try_from(random.below(CONTENTS)).unwrap_or_default();
    let upload = session.upload("file.bin", UploadOptions::new(), &content(number)[..])?;
    // Every third one waits for nobody.
    if random.below(3) == 0 {
        return Ok(());
    }
    let to = json!({"kind": "lead", "id": lead});
    let attachment = id(&run_one(session, "attachment.add", json!({"upload": upload.id, "to": to}))?);
    load::print(&Acknowledged::Attached(attachment, number));
    if random.below(3) > 0 {
        run_one(session, "attachment.trash", json!({"attachment": attachment}))?;
        run_one(session, "attachment.purge", json!({"attachment": attachment}))?;
        load::print(&Acknowledged::Purged(attachment));
    }
    Ok(())
}

/// What was found.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    /// How many files hang on records.
    pub files: usize,
    /// How many different ones are kept.
    pub kept: usize,
}

/// Checks what a killed process has left; days pass on the clock of the folder. The error names the first thing that does not hold.
pub fn whole(place: &Place, folder: &mut Folder, org: Uuid, acknowledged: &[Acknowledged]) -> Result<Found, String> {
    place.sound()?;
    let said = |error: nexa_crm::Error| format!("{error:?}");
    let files = check_files(&folder.open(&place.url()).map_err(said)?, org, acknowledged)?;
    // What nobody needs is let go after a day, and after another one where a file was purged.
    for _ in 0..3 {
        folder.clock.ahead += 2;
        let crm = folder.open(&place.url()).map_err(said)?;
        while crm.tick(org, 1_000).map_err(said)?.done > 0 {}
    }
    let crm = folder.open(&place.url()).map_err(said)?;
    let swept = crm.system(org, load::CAUSE).sweep_files().map_err(said)?;
    if swept.removed > 0 {
        return Err(format!("{} files that no record knows were left", swept.removed));
    }
    if check_files(&crm, org, acknowledged)? != files {
        return Err("what a file has went with what nobody needs".to_owned());
    }
    let different: BTreeSet<&String> = files.values().collect();
    let kept = block_on(folder.blobs().map_err(said)?.list(org, None, 1_000_000)).map_err(said)?.len();
    if kept != different.len() {
        return Err(format!("{kept} files are kept for {} different ones", different.len()));
    }
    Ok(Found { files: files.len(), kept })
}

/// Every file has its bytes; returns their hashes by the ids of the files.
fn check_files(crm: &Crm, org: Uuid, acknowledged: &[Acknowledged]) -> Result<BTreeMap<Uuid, String>, String> {
    let session = crm.system(org, load::CAUSE);
    let swept = session.sweep_files().map_err(|error| format!("{error:?}"))?;
    if let Some(hash) = swept.missing.first() {
        return Err(format!("{} rows lack their bytes, such as that of {hash}", swept.missing.len()));
    }
    let files: Vec<Attachment> = check::pages(&session, &Find::new())?;
    // What is in the trash has its bytes, and nobody reads it there.
    let mut in_trash = Find::new();
    in_trash.trashed = true;
    let trashed: Vec<Attachment> = check::pages(&session, &in_trash)?;
    let purged: BTreeSet<Uuid> = acknowledged
        .iter()
        .filter_map(|one| match one {
            Acknowledged::Purged(id) => Some(*id),
            _ => None,
        })
        .collect();
    for one in acknowledged {
        let Acknowledged::Attached(id, number) = one else { continue };
        let there = files.iter().any(|file| file.id.uuid() == *id);
        if there && purged.contains(id) {
            return Err(format!("{one} was acknowledged, and that it was purged, but it is there"));
        }
        if there && read(&session, *id)? != content(*number) {
            return Err(format!("{one} was acknowledged, but has other bytes"));
        }
    }
    for file in &files {
        let bytes = read(&session, file.id.uuid())?;
        if i64::try_from(bytes.len()) != Ok(file.size) {
            return Err(format!("the file {} has {} bytes, and not {}", file.id, bytes.len(), file.size));
        }
    }
    Ok(files.into_iter().chain(trashed).map(|file| (file.id.uuid(), file.sha256)).collect())
}

fn read(session: &Session, file: Uuid) -> Result<Vec<u8>, String> {
    let said = |error: &dyn std::fmt::Display| format!("the file {file} cannot be read: {error}");
    let mut download =
        session.download(Id::<Attachment>::new(file), DownloadOptions::new()).map_err(|error| said(&error))?;
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut download, &mut bytes).map_err(|error| said(&error))?;
    Ok(bytes)
}
