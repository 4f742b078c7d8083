//! Who attaches and who reads a file: by the record on which it hangs, and by nothing else.

use nexa_crm::testing::CALLERS;

use super::*;

/// The words of the files of a whole office.
const FILES: [&str; 7] =
    ["attachment", "ticket_file", "comment_file", "note_file", "lead_file", "account_file", "deal_file"];

#[test]
fn a_file_is_read_by_those_who_see_what_it_hangs_on() {
    for backend in backends::all() {
        let office = Office::found(backend.store);
        for who in CALLERS {
            for word in FILES {
                let get = office.run_as(who, "attachment.get", json!({"attachment": office.id(word)}));
                let parent = office.run("attachment.get", json!({"attachment": office.id(word)}))["about"].clone();
                let kind = parent["kind"].as_str().unwrap();
                let sees = office.run_as(who, &format!("{kind}.get"), json!({kind: parent["id"]})).is_ok();
                assert_eq!(get.is_ok(), sees, "{} {who} {word}", backend.name);
                let read = read_as(&office, who, &json!({"id": office.id(word)}));
                match read {
                    Ok(bytes) => assert!(sees && bytes == format!("{word}.txt").as_bytes(), "{who} {word}"),
                    Err(error) => {
                        let expected = ["record.not_found", "actor.inactive", "access.denied"];
                        assert!(!sees && expected.contains(&error.code()), "{} {who} {word} {error:?}", backend.name);
                    }
                }
            }
        }
        // The note is for Maria and the support; the comment for admins; the ticket is Maria's.
        let sees = |who: &str, word: &str| read_as(&office, who, &json!({"id": office.id(word)})).is_ok();
        assert!(sees("agent", "note_file") && sees("colleague", "ticket_file") && sees("admin", "comment_file"));
        assert!(!sees("viewer", "note_file") && !sees("agent", "ticket_file") && !sees("agent", "comment_file"));
    }
}

#[test]
fn an_upload_is_attached_once_by_whoever_sent_it() {
    for backend in backends::all() {
        let (office, _blobs) = office(backend.store);
        let lead = lead(&office);
        let sent = send_as(&office, "agent", "a.txt", b"hello").unwrap();
        let add = json!({"upload": sent.id, "to": {"kind": "lead", "id": lead}});
        for who in ["admin", "user", "service", "system"] {
            let error = office.run_as(who, "attachment.add", add.clone()).unwrap_err();
            assert_eq!(error.code(), "upload.not_found", "{} {who}", backend.name);
        }
        let attachment = office.run_as("agent", "attachment.add", add.clone()).unwrap();
        assert_eq!(attachment["by"], json!(office.id("agent")), "{}", backend.name);
        let again = office.run_as("agent", "attachment.add", add).unwrap_err();
        assert_eq!(again.code(), "upload.not_found", "{}", backend.name);
    }
}

#[test]
fn nobody_attaches_to_what_they_do_not_see() {
    let office = Office::found(backends::memory().store);
    let add = |who: &str, kind: &str, word: &str| {
        let sent = send_as(&office, who, "a.txt", b"hello").unwrap();
        office.run_as(who, "attachment.add", json!({"upload": sent.id, "to": {"kind": kind, "id": office.id(word)}}))
    };
    for (kind, word) in [("ticket", "assigned"), ("comment", "admins_comment")] {
        assert_eq!(add("agent", kind, word).unwrap_err().code(), "reference.broken", "{word}");
    }
    add("agent", "ticket", "ticket").unwrap();
    add("agent", "note", "note").unwrap();
    // What no file hangs on.
    for (kind, word) in
        [("user", "agent"), ("task", "task"), ("attachment", "attachment"), ("org", "org"), ("nothing", "lead")]
    {
        assert_eq!(add("agent", kind, word).unwrap_err().code(), "reference.broken", "{word}");
    }
    let sent = send_as(&office, "agent", "a.txt", b"hello").unwrap();
    let host = json!({"host": {"kind": "invoice", "id": "4711"}});
    let error = office.run_as("agent", "attachment.add", json!({"upload": sent.id, "to": host})).unwrap_err();
    assert_eq!(error.code(), "reference.broken");
    for who in ["viewer", "customer", "auditor"] {
        assert_eq!(send_as(&office, who, "a.txt", b"hello").unwrap_err().code(), "access.denied", "{who}");
    }
}

#[test]
fn script_in_a_picture_of_vectors_is_saved_and_never_shown() {
    let (office, _blobs) = office(backends::memory().store);
    let lead = lead(&office);
    let svg = b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    let gif = b"GIF89a/*\x01\0\x01\0*/=1;alert(1)";
    for (name, bytes, inline) in
        [("a.png", &svg[..], false), ("<script>.gif", &gif[..], true), ("a.pdf", b"%PDF-1.7", false)]
    {
        let attachment = attach(&office, name, bytes, "lead", &lead);
        for asked in [DownloadOptions::new(), DownloadOptions::new().inline()] {
            let shown = asked.inline && inline;
            let download = block_on(download(&office.session("agent"), id_of(&attachment), asked)).unwrap();
            let header = |name: &str| {
                let found = download.headers.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| value.clone()).unwrap_or_default()
            };
            let expected = if shown { "inline;" } else { "attachment;" };
            assert!(header("Content-Disposition").starts_with(expected), "{name}: {:?}", download.headers);
            assert_eq!(header("X-Content-Type-Options"), "nosniff");
            assert!(!header("Content-Type").contains("svg"));
            assert!(!header("Content-Disposition").contains('<') || name.starts_with('<'));
        }
    }
}

#[test]
fn a_hash_gives_nobody_a_file() {
    // Two tenants with the same bytes keep them twice, and neither learns of the other's.
    let blobs = MemoryBlobs::new();
    let store = backends::memory().store;
    let acme = with_blobs(Arc::clone(&store), Arc::new(blobs.clone()));
    let builder = nexa_core::builder().blobs(Arc::new(blobs.clone()));
    let other = Office::seeded(store, builder, 9);
    let first = attach(&acme, "a", &noise(1_000), "lead", &lead(&acme));
    assert_eq!(blobs.size(), 1_000);
    attach(&other, "a", &noise(1_000), "lead", &lead(&other));
    assert_eq!(blobs.size(), 2_000);
    let error = read_as(&other, "admin", &first).unwrap_err();
    assert_eq!(error.code(), "record.not_found");
    // Within a tenant they are kept once.
    attach(&acme, "b", &noise(1_000), "lead", &lead(&acme));
    tick(&acme);
    assert_eq!(blobs.size(), 2_000);
    block_on(acme.crm.drop_org(acme.org)).unwrap();
    assert_eq!(blobs.size(), 1_000);
}
