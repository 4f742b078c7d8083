//! Bytes go when nobody needs them, and not before: whatever comes in between, and wherever it stops.

use std::{
    ops::Range,
    sync::atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use nexa_crm::kernel::blobs::{BlobKey, Chunks, FAILED};
use uuid::Uuid;

use super::*;

fn keys(office: &Office, blobs: &dyn Blobs) -> usize {
    block_on(blobs.list(office.org, None, 1_000)).unwrap().len()
}

fn purge(office: &Office, attachment: &Json) {
    office.run("attachment.trash", json!({"attachment": attachment["id"]}));
    office.run("attachment.purge", json!({"attachment": attachment["id"]}));
}

#[test]
fn what_nobody_attached_goes_after_a_day() {
    for backend in backends::all() {
        let (office, blobs) = office(backend.store);
        let lead = lead(&office);
        let sent = send(&office, "a", b"a");
        send(&office, "same", b"b");
        attach(&office, "same", b"b", "lead", &lead);
        at(&office, "2025-11-18T08:59:59Z");
        assert_eq!(blobs.size(), 2, "{}", backend.name);
        at(&office, "2025-11-18T09:00:00Z");
        assert_eq!(blobs.size(), 1, "{}: what a file has stays", backend.name);
        let add = json!({"upload": sent.id, "to": {"kind": "lead", "id": lead}});
        assert_eq!(office.run_as("admin", "attachment.add", add).unwrap_err().code(), "upload.not_found");
        let swept = block_on(sweep(&office.session("system"))).unwrap();
        assert_eq!((swept.kept, swept.removed, swept.missing), (1, 0, Vec::new()), "{}", backend.name);
    }
}

#[test]
fn bytes_stay_until_the_last_file_that_has_them_is_gone_for_good() {
    for backend in backends::all() {
        let (office, blobs) = office(backend.store);
        let lead = lead(&office);
        let first = attach(&office, "a", b"same", "lead", &lead);
        let second = attach(&office, "b", b"same", "lead", &lead);
        purge(&office, &first);
        office.run("attachment.trash", json!({"attachment": second["id"]}));
        at(&office, "2025-11-17T10:00:00Z");
        at(&office, "2025-11-20T10:00:00Z");
        assert_eq!(blobs.size(), 4, "{}: what is in the trash counts", backend.name);
        office.run("attachment.purge", json!({"attachment": second["id"]}));
        at(&office, "2025-11-20T11:00:00Z");
        at(&office, "2025-11-21T11:00:00Z");
        assert_eq!((blobs.size(), keys(&office, &blobs)), (0, 0), "{}", backend.name);
    }
}

#[test]
fn an_undo_of_a_purge_finds_the_bytes_for_a_day() {
    for backend in backends::all() {
        let (office, _blobs) = office(backend.store);
        let lead = lead(&office);
        let undo = |office: &Office| {
            let Some(nexa_crm::FeedItem::Changed(last)) = office.events().pop() else { panic!() };
            office.run_as("admin", "ledger.undo", json!({"unit": last.unit}))
        };
        let attachment = attach(&office, "a", b"a", "lead", &lead);
        purge(&office, &attachment);
        at(&office, "2025-11-17T20:00:00Z");
        undo(&office).unwrap();
        office.run("attachment.restore", json!({"attachment": attachment["id"]}));
        at(&office, "2025-11-19T09:00:00Z");
        assert_eq!(read_as(&office, "agent", &attachment).unwrap(), b"a", "{}", backend.name);
        purge(&office, &attachment);
        let Some(nexa_crm::FeedItem::Changed(last)) = office.events().pop() else { panic!() };
        at(&office, "2025-11-19T10:00:00Z");
        at(&office, "2025-11-20T10:00:00Z");
        let error = office.run_as("admin", "ledger.undo", json!({"unit": last.unit})).unwrap_err();
        assert_eq!(error.params()["conflicts"][0]["code"], "attachment.gone", "{} {error:?}", backend.name);
    }
}

/// A store of bytes that does not delete while it is told not to.
#[derive(Clone)]
struct Stubborn(MemoryBlobs, Arc<AtomicBool>);

#[async_trait]
impl Blobs for Stubborn {
    async fn put(&self, key: BlobKey, bytes: &mut dyn Chunks) -> Result<()> {
        self.0.put(key, bytes).await
    }
    async fn get(&self, key: BlobKey, range: Range<u64>) -> Result<Box<dyn Chunks>> {
        self.0.get(key, range).await
    }
    async fn delete(&self, key: BlobKey) -> Result<()> {
        if self.1.load(Ordering::SeqCst) {
            Err(FAILED.with("problem", "it is stubborn"))
        } else {
            self.0.delete(key).await
        }
    }
    async fn list(&self, org: Uuid, after: Option<Uuid>, limit: usize) -> Result<Vec<Uuid>> {
        self.0.list(org, after, limit).await
    }
}

#[test]
fn an_upload_of_dying_bytes_lives() {
    for backend in backends::all() {
        let blobs = Stubborn(MemoryBlobs::new(), Arc::default());
        let office = with_blobs(backend.store, Arc::new(blobs.clone()));
        let lead = lead(&office);
        send(&office, "a", b"bytes");
        blobs.1.store(true, Ordering::SeqCst);
        office.clock.set(Timestamp::parse("2025-11-18T09:00:00Z").unwrap());
        let error = block_on(office.crm.tick(office.org, 1_000)).unwrap_err();
        assert_eq!(error.code(), "blobs.failed", "{}", backend.name);
        // They are marked, and not deleted; now they come again, and after that the old ones are deleted.
        let attachment = attach(&office, "a", b"bytes", "lead", &lead);
        assert_eq!(keys(&office, &blobs), 2, "{}", backend.name);
        blobs.1.store(false, Ordering::SeqCst);
        at(&office, "2025-11-18T09:10:00Z");
        assert_eq!(keys(&office, &blobs), 1, "{}", backend.name);
        assert_eq!(read_as(&office, "agent", &attachment).unwrap(), b"bytes", "{}", backend.name);
        let swept = block_on(sweep(&office.session("system"))).unwrap();
        assert_eq!((swept.kept, swept.removed, swept.missing), (1, 0, Vec::new()), "{}", backend.name);
    }
}

/// Chunks between which something happens.
struct Between<'o>(&'o Office, Vec<Vec<u8>>, fn(&Office));

#[async_trait]
impl Chunks for Between<'_> {
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        (self.2)(self.0);
        Ok(self.1.pop())
    }
}

#[test]
fn a_sweep_takes_what_no_record_knows_and_nothing_that_is_coming() {
    for backend in backends::all() {
        let folder = TempDir::new().unwrap();
        let blobs = FolderBlobs::open(folder.path()).unwrap();
        let office = with_blobs(backend.store, Arc::new(blobs.clone()));
        let lead = lead(&office);
        let kept = attach(&office, "kept", b"kept", "lead", &lead);
        // As if the process had ended before it wrote down what it put; and of another tenant, whose it is not to look at.
        let stray = BlobKey::new(office.org, Uuid::from_u128(5));
        let others = BlobKey::new(Uuid::from_u128(6), Uuid::from_u128(5));
        for key in [stray, others] {
            block_on(blobs.put(key, &mut OfBytes::new(*b"stray"))).unwrap();
        }
        let sweeping = |office: &Office| drop(block_on(sweep(&office.session("system"))).unwrap());
        let mut bytes = Between(&office, vec![b"second".to_vec(), b"first ".to_vec()], sweeping);
        let session = office.session("admin");
        let sent = block_on(upload(&session, "coming", UploadOptions::new(), &mut bytes)).unwrap();
        sweeping(&office);
        let coming = office.run("attachment.add", json!({"upload": sent.id, "to": {"kind": "lead", "id": lead}}));
        assert_eq!(read_as(&office, "agent", &coming).unwrap(), b"first second", "{}", backend.name);
        assert_eq!(read_as(&office, "agent", &kept).unwrap(), b"kept", "{}", backend.name);
        assert_eq!(keys(&office, &blobs), 2, "{}", backend.name);
        assert_eq!(block_on(blobs.list(others.org, None, 10)).unwrap(), [others.id], "{}", backend.name);
        // What is missing is named.
        for id in block_on(blobs.list(office.org, None, 10)).unwrap() {
            block_on(blobs.delete(BlobKey::new(office.org, id))).unwrap();
        }
        let swept = block_on(sweep(&office.session("system"))).unwrap();
        assert_eq!((swept.kept, swept.missing.len()), (0, 2), "{}", backend.name);
        assert_eq!(read_as(&office, "agent", &kept).unwrap_err().code(), "blobs.missing", "{}", backend.name);
    }
}

#[test]
fn an_upload_that_takes_longer_than_a_day_is_given_up() {
    for backend in backends::all() {
        let (office, blobs) = office(backend.store);
        let a_day_passes = |office: &Office| {
            office.clock.set(office.crm.now().plus_days(1));
            tick(office);
        };
        let mut bytes = Between(&office, vec![b"late".to_vec()], a_day_passes);
        let error = block_on(upload(&office.session("admin"), "a", UploadOptions::new(), &mut bytes)).unwrap_err();
        assert_eq!(error.code(), "upload.expired", "{}", backend.name);
        let swept = block_on(sweep(&office.session("system"))).unwrap();
        assert_eq!((swept.kept, swept.removed, blobs.size()), (1, 1, 0), "{}", backend.name);
    }
}

#[test]
fn a_line_that_is_cut_leaves_nothing() {
    for backend in backends::all() {
        let (office, blobs) = office(backend.store);
        struct Cut;
        #[async_trait]
        impl Chunks for Cut {
            async fn next(&mut self) -> Result<Option<Vec<u8>>> {
                Err(FAILED.with("problem", "the line was cut"))
            }
        }
        let error = block_on(upload(&office.session("admin"), "a", UploadOptions::new(), &mut Cut)).unwrap_err();
        assert_eq!(error.params()["problem"], "the line was cut", "{}", backend.name);
        at(&office, "2025-11-17T10:00:00Z");
        assert_eq!(keys(&office, &blobs), 0, "{}", backend.name);
        // Somebody looks once more, and then nothing is waited for.
        at(&office, "2025-11-17T10:10:00Z");
        let ticked = block_on(office.crm.tick(office.org, 1_000)).unwrap();
        assert_eq!((ticked.done, ticked.next_due), (0, None), "{}", backend.name);
    }
}
