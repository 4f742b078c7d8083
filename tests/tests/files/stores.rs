//! Every store of bytes does the same: what was put whole is there, and nothing else.

use std::{fs, path::Path};

use async_trait::async_trait;
use nexa_connect::{
    ObjectBlobs,
    object_store::{GetOptions, ObjectStore, PutOptions, local::LocalFileSystem, memory::InMemory},
};
use nexa_crm::kernel::blobs::{BlobKey, Chunks, FAILED};
use uuid::Uuid;

use super::*;

fn key(org: u128, id: u128) -> BlobKey {
    BlobKey::new(Uuid::from_u128(org), Uuid::from_u128(id))
}

/// Chunks of which one breaks off.
struct Broken(usize);

#[async_trait]
impl Chunks for Broken {
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        if self.0 == 0 {
            return Err(FAILED.with("problem", "the line was cut"));
        }
        self.0 -= 1;
        Ok(Some(vec![7; 1_000]))
    }
}

fn all() -> Vec<(&'static str, Arc<dyn Blobs>, Option<TempDir>)> {
    let folder = TempDir::new().unwrap();
    let in_folder = FolderBlobs::open(folder.path().join("deep/down")).unwrap();
    let of_objects = TempDir::new().unwrap();
    let local = LocalFileSystem::new_with_prefix(of_objects.path()).unwrap();
    let objects = |store: Arc<dyn ObjectStore>| ObjectBlobs::new(store).under("crm/files");
    vec![
        ("memory", Arc::new(MemoryBlobs::new()), None),
        ("folder", Arc::new(in_folder), Some(folder)),
        ("object store in memory", Arc::new(objects(Arc::new(InMemory::new()))), None),
        ("object store in a folder", Arc::new(objects(Arc::new(local))), Some(of_objects)),
    ]
}

fn read(blobs: &dyn Blobs, key: BlobKey, range: std::ops::Range<u64>) -> Result<Vec<u8>> {
    block_on(blobs.get(key, range)).and_then(|chunks| block_on(collect(chunks)))
}

fn every(blobs: &dyn Blobs, org: u128, at_once: usize) -> Vec<Uuid> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = block_on(blobs.list(Uuid::from_u128(org), after, at_once)).unwrap();
        found.extend(page.iter().copied());
        after = page.last().copied();
        if page.len() < at_once {
            found.sort_unstable();
            return found;
        }
    }
}

#[test]
fn what_was_put_is_there_as_a_whole_and_in_parts() {
    for (name, blobs, _folder) in all() {
        let bytes = noise(600_000);
        block_on(blobs.put(key(1, 5), &mut OfBytes::new(bytes.clone()))).unwrap();
        for range in [0..600_000, 0..0, 5..6, 262_140..262_150, 599_999..u64::MAX, 600_000..600_001] {
            let cut = |at: u64| usize::try_from(at.min(600_000)).unwrap();
            let expected = &bytes[cut(range.start)..cut(range.end)];
            assert!(read(&*blobs, key(1, 5), range.clone()).unwrap() == expected, "{name} {range:?}");
        }
        // Again under the same key: as after a lost answer.
        block_on(blobs.put(key(1, 5), &mut OfBytes::new(*b"other"))).unwrap();
        assert_eq!(read(&*blobs, key(1, 5), 0..100).unwrap(), b"other", "{name}");
        assert_eq!(read(&*blobs, key(2, 5), 0..1).unwrap_err().code(), "blobs.missing", "{name}: another tenant's");
        block_on(blobs.delete(key(1, 5))).unwrap();
        block_on(blobs.delete(key(1, 5))).unwrap();
        assert_eq!(read(&*blobs, key(1, 5), 0..1).unwrap_err().code(), "blobs.missing", "{name}");
    }
}

#[test]
fn what_breaks_off_leaves_nothing() {
    for (name, blobs, _folder) in all() {
        let error = block_on(blobs.put(key(1, 5), &mut Broken(3))).unwrap_err();
        assert_eq!(error.params()["problem"], "the line was cut", "{name}");
        assert_eq!(every(&*blobs, 1, 10), [] as [Uuid; 0], "{name}");
        block_on(blobs.put(key(1, 5), &mut OfBytes::new(*b"whole"))).unwrap();
        block_on(blobs.put(key(1, 5), &mut Broken(3))).unwrap_err();
        assert_eq!(read(&*blobs, key(1, 5), 0..100).unwrap(), b"whole", "{name}");
    }
}

#[test]
fn everything_of_a_tenant_is_listed_once_whatever_the_pages() {
    for (name, blobs, _folder) in all() {
        for id in 0..40 {
            block_on(blobs.put(key(1, id * 37), &mut OfBytes::new(*b"x"))).unwrap();
        }
        block_on(blobs.put(key(2, 1), &mut OfBytes::new(*b"x"))).unwrap();
        let mut expected: Vec<Uuid> = (0..40).map(|id| Uuid::from_u128(id * 37)).collect();
        expected.sort_unstable();
        for at_once in [1, 7, 40, 100] {
            assert_eq!(every(&*blobs, 1, at_once), expected, "{name} {at_once}");
        }
        assert_eq!(every(&*blobs, 3, 10), [] as [Uuid; 0], "{name}");
    }
}

fn files_in(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files_in(&path)) } else { found.push(path.display().to_string()) }
    }
    found
}

#[test]
fn in_a_folder_nothing_else_looks_like_a_file_of_ours() {
    let folder = TempDir::new().unwrap();
    let blobs = FolderBlobs::open(folder.path()).unwrap();
    block_on(blobs.put(key(1, 0x0f), &mut OfBytes::new(*b"x"))).unwrap();
    let [kept] = &files_in(folder.path())[..] else { panic!() };
    assert!(
        kept.ends_with("/00000000000000000000000000000001/kept/0f/0000000000000000000000000000000f.blob"),
        "{kept}"
    );
    let tenant = folder.path().join("00000000000000000000000000000001");
    // What a crash has left, and what somebody else has put there.
    fs::write(tenant.join("coming/00000000000000000000000000000010"), "half").unwrap();
    fs::write(tenant.join("kept/0f/notes.txt"), "?").unwrap();
    fs::write(tenant.join("kept/0f/.DS_Store"), "?").unwrap();
    assert_eq!(read(&blobs, key(1, 0x10), 0..1).unwrap_err().code(), "blobs.missing");
    assert_eq!(every(&blobs, 1, 10), [Uuid::from_u128(0x0f), Uuid::from_u128(0x10)]);
    block_on(blobs.delete(key(1, 0x10))).unwrap();
    assert_eq!(every(&blobs, 1, 10), [Uuid::from_u128(0x0f)]);
    assert_eq!(files_in(folder.path()).len(), 3);
}

/// A file of several parts, of which none ends where a chunk does.
#[test]
fn a_large_file_passes_through_every_store() {
    for (name, blobs, _folder) in all() {
        let bytes = noise(20_000_003);
        block_on(blobs.put(key(1, 5), &mut OfReader::new(&bytes[..]))).unwrap();
        assert!(read(&*blobs, key(1, 5), 0..u64::MAX).unwrap() == bytes, "{name}");
        assert!(read(&*blobs, key(1, 5), 8_388_600..16_777_220).unwrap() == bytes[8_388_600..16_777_220], "{name}");
        block_on(blobs.put(key(1, 6), &mut Broken(17_000))).unwrap_err();
        assert_eq!(every(&*blobs, 1, 10), [Uuid::from_u128(5)], "{name}");
        // Exactly one part, and exactly two.
        for parts in [1, 2] {
            let bytes = noise(parts * 8_388_608);
            block_on(blobs.put(key(1, 7), &mut OfReader::new(&bytes[..]))).unwrap();
            assert!(read(&*blobs, key(1, 7), 0..u64::MAX).unwrap() == bytes, "{name}");
        }
    }
}

#[test]
fn in_an_object_store_a_tenant_has_a_folder_under_the_prefix() {
    let store = Arc::new(InMemory::new());
    let (one, other) = (ObjectBlobs::new(store.clone()).under("one"), ObjectBlobs::new(store.clone()).under("other"));
    block_on(one.put(key(1, 2), &mut OfBytes::new(*b"x"))).unwrap();
    assert_eq!(read(&other, key(1, 2), 0..1).unwrap_err().code(), "blobs.missing");
    assert_eq!(every(&other, 1, 10), [] as [Uuid; 0]);
    let place = "one/00000000-0000-0000-0000-000000000001/00000000-0000-0000-0000-000000000002".into();
    assert_eq!(block_on(store.get_opts(&place, GetOptions::new())).unwrap().meta.size, 1);
    // What somebody else has put there is not listed.
    let there = "one/00000000-0000-0000-0000-000000000001/notes.txt".into();
    block_on(store.put_opts(&there, "?".into(), PutOptions::default())).unwrap();
    assert_eq!(every(&one, 1, 10), [Uuid::from_u128(2)]);
}

#[test]
fn on_a_runtime_files_are_written_aside() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let folder = TempDir::new().unwrap();
    let blobs = FolderBlobs::open(folder.path()).unwrap();
    let read = runtime.block_on(async {
        blobs.put(key(1, 5), &mut OfBytes::new(noise(600_000))).await?;
        collect(blobs.get(key(1, 5), 0..600_000).await?).await
    });
    assert!(read.unwrap() == noise(600_000));
}

/// What needs Tokio finds one of its own where there is none, as `block_on` of the tests above has none, and that of the host elsewhere.
#[test]
fn on_a_runtime_objects_are_written_on_it() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let folder = TempDir::new().unwrap();
    let blobs = ObjectBlobs::new(Arc::new(LocalFileSystem::new_with_prefix(folder.path()).unwrap()));
    let read = runtime.block_on(async {
        blobs.put(key(1, 5), &mut OfBytes::new(noise(600_000))).await?;
        collect(blobs.get(key(1, 5), 0..600_000).await?).await
    });
    assert!(read.unwrap() == noise(600_000));
}
