//! Files: what people attach, who reads it, what is refused, and when bytes go.

mod access;
mod collection;
mod large;
mod limits;
mod parents;
mod stores;

use std::{io::Write, sync::Arc};

use nexa_crm::{
    Envelope, FolderBlobs, Id, Result, Timestamp,
    files::{Attachment, Download, DownloadOptions, Upload, UploadOptions, download, sweep, upload},
    kernel::{
        blobs::{Blobs, MemoryBlobs, OfBytes, OfReader, collect},
        store::Store,
    },
    testing::Office,
};
use nexa_tests::backends::{self, Backend};
use pollster::block_on;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

/// An office without records, with its bytes in memory.
fn office(store: Arc<dyn Store>) -> (Office, MemoryBlobs) {
    let blobs = MemoryBlobs::new();
    (with_blobs(store, Arc::new(blobs.clone())), blobs)
}

fn with_blobs(store: Arc<dyn Store>, blobs: Arc<dyn Blobs>) -> Office {
    Office::staffed(store, nexa_core::builder().blobs(blobs))
}

fn send_as(office: &Office, who: &str, name: &str, bytes: &[u8]) -> Result<Upload> {
    block_on(upload(&office.session(who), name, UploadOptions::new(), &mut OfBytes::new(bytes)))
}

fn send(office: &Office, name: &str, bytes: &[u8]) -> Upload {
    send_as(office, "admin", name, bytes).unwrap()
}

/// Attaches bytes to a record as the admin.
fn attach(office: &Office, name: &str, bytes: &[u8], kind: &str, id: &Json) -> Json {
    let upload = send(office, name, bytes);
    office.run("attachment.add", json!({"upload": upload.id, "to": {"kind": kind, "id": id}}))
}

fn id_of(attachment: &Json) -> Id<Attachment> {
    attachment["id"].as_str().unwrap().parse().unwrap()
}

fn open_as(office: &Office, who: &str, attachment: &Json) -> Result<Download> {
    block_on(download(&office.session(who), id_of(attachment), DownloadOptions::new()))
}

/// The bytes of a file as somebody reads them.
fn read_as(office: &Office, who: &str, attachment: &Json) -> Result<Vec<u8>> {
    open_as(office, who, attachment).and_then(|download| block_on(collect(download.bytes)))
}

fn at(office: &Office, now: &str) {
    office.clock.set(Timestamp::parse(now).unwrap());
    tick(office);
}

fn tick(office: &Office) {
    block_on(office.crm.tick(office.org, 1_000)).unwrap();
    let failed = office.run("failure.find", json!({}));
    assert_eq!(failed["items"], json!([]), "something failed");
}

fn lead(office: &Office) -> Json {
    office.run("lead.create", json!({"company": "Umbrella"}))["id"].clone()
}

/// Bytes that no compression and no sniffing knows.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 88_172_645_463_325_252_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    };
    (0..length).map(|_| next()).collect()
}

#[test]
fn a_file_comes_back_byte_for_byte_and_as_its_parts() {
    let folder = TempDir::new().unwrap();
    for Backend { name, store, folder: _keep, database: _server } in backends::all() {
        let office = with_blobs(store, Arc::new(FolderBlobs::open(folder.path().join(name)).unwrap()));
        let lead = lead(&office);
        let bytes = noise(700_000);
        let attachment = attach(&office, "../noise.bin", &bytes, "lead", &lead);
        assert_eq!(attachment["name"], "noise.bin", "{name}");
        assert_eq!(attachment["size"], 700_000, "{name}");
        assert_eq!(attachment["type"], "application/octet-stream", "{name}");
        assert_eq!(attachment["by"], json!(office.id("admin")), "{name}");
        assert!(read_as(&office, "agent", &attachment).unwrap() == bytes, "{name}");
        for (range, expected) in
            [(0..1, 0..1), (262_143..262_146, 262_143..262_146), (699_999..1 << 40, 699_999..700_000)]
        {
            let options = DownloadOptions::new().range(range);
            let part = block_on(download(&office.session("agent"), id_of(&attachment), options)).unwrap();
            assert_eq!(part.headers.iter().filter(|(header, _)| *header == "Content-Range").count(), 1, "{name}");
            assert!(block_on(collect(part.bytes)).unwrap() == bytes[expected], "{name}");
        }
        let options = DownloadOptions::new().range(700_000..700_001);
        let error = block_on(download(&office.session("agent"), id_of(&attachment), options)).err().unwrap();
        assert_eq!(error.code(), "attachment.range", "{name}");
        block_on(office.session("admin").execute("ledger.verify", json!({"rows": true}), Envelope::default())).unwrap();
    }
}

#[test]
fn two_files_of_a_name_stay_two_and_a_file_is_found_and_renamed() {
    for backend in backends::all() {
        let (office, _blobs) = office(backend.store);
        let lead = lead(&office);
        let first = attach(&office, "offer.txt", b"one", "lead", &lead);
        let second = attach(&office, "offer.txt", b"two", "lead", &lead);
        assert_eq!(office.run("attachment.search", json!({"text": "offer"}))["items"].as_array().unwrap().len(), 2);
        office.run("attachment.update", json!({"attachment": second["id"], "name": "a/better offer.txt"}));
        let renamed = office.run("attachment.get", json!({"attachment": second["id"]}));
        assert_eq!(renamed["name"], "better offer.txt", "{}", backend.name);
        assert_eq!(read_as(&office, "agent", &first).unwrap(), b"one", "{}", backend.name);
        assert_eq!(read_as(&office, "agent", &second).unwrap(), b"two", "{}", backend.name);
    }
}

#[test]
fn a_blocking_session_reads_a_file_as_a_reader() {
    use nexa_crm::blocking;
    use std::io::Read;

    let (office, _blobs) = office(backends::memory().store);
    let session = blocking::Session::new(office.session("admin"));
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(&noise(200_000)).unwrap();
    std::io::Seek::rewind(&mut file).unwrap();
    let upload = session.upload("noise.bin", UploadOptions::new(), file).unwrap();
    let to = json!({"kind": "lead", "id": lead(&office)});
    let attachment = office.run("attachment.add", json!({"upload": upload.id, "to": to}));
    let mut bytes = Vec::new();
    let mut download = session.download(id_of(&attachment), DownloadOptions::new()).unwrap();
    assert_eq!((download.name.as_str(), download.size), ("noise.bin", 200_000));
    download.read_to_end(&mut bytes).unwrap();
    assert!(bytes == noise(200_000));
}
