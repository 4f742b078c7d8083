//! What is refused, by which code, and that it leaves nothing.

use super::*;

fn refused(office: &Office, name: &str, options: UploadOptions, bytes: &[u8]) -> nexa_crm::Error {
    block_on(upload(&office.session("agent"), name, options, &mut OfBytes::new(bytes))).unwrap_err()
}

fn configure(office: &Office, files: Json) {
    office.run("org.configure", json!({"files": files}));
}

#[test]
fn what_breaks_a_limit_is_refused_and_leaves_nothing() {
    for backend in backends::all() {
        let (office, blobs) = office(backend.store);
        configure(&office, json!({"largest": 1_000, "blocked": [".EXE", "image/svg+xml", "zip"]}));
        let plain = UploadOptions::new;
        let wrong = plain().sha256("00".repeat(32));
        for (code, name, options, bytes) in [
            ("attachment.too_large", "a.bin", plain(), noise(1_001)),
            ("attachment.empty", "a.txt", plain(), Vec::new()),
            ("attachment.hash_mismatch", "a.txt", wrong, b"hello".to_vec()),
            ("attachment.name", "../", plain(), b"hello".to_vec()),
            ("attachment.type_blocked", "setup.Exe", plain(), b"hello".to_vec()),
            ("attachment.type_blocked", "picture.png", plain(), b"<svg onload=alert(1)>".to_vec()),
            ("field.invalid", "a.txt", plain().declared_type("x".repeat(300)), b"hello".to_vec()),
        ] {
            assert_eq!(refused(&office, name, options, &bytes).code(), code, "{} {name}", backend.name);
            assert_eq!(blobs.size(), 0, "{} {code}", backend.name);
        }
        let hash = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
        let right = plain().sha256(hash.to_uppercase());
        let sent = block_on(upload(&office.session("agent"), "a.bin", right, &mut OfBytes::new(*b"hello"))).unwrap();
        assert_eq!(sent.sha256.as_deref(), Some(hash), "{}", backend.name);
        send(&office, "b.bin", &noise(1_000));
        at(&office, "2025-11-17T10:00:00Z");
        assert_eq!(block_on(sweep(&office.session("system"))).unwrap().kept, 2, "{}", backend.name);
    }
}

#[test]
fn an_extension_is_checked_after_an_encoded_name_was_decoded() {
    let (office, _blobs) = office(backends::memory().store);
    configure(&office, json!({"blocked": ["exe"]}));
    for name in ["UTF-8''setup.ex%65", "setup.exe.", "setup.exe::$DATA", "setup.\u{202e}exe", "a/../setup.EXE "] {
        assert_eq!(refused(&office, name, UploadOptions::new(), b"MZ").code(), "attachment.type_blocked", "{name}");
    }
    let lead = lead(&office);
    let attachment = attach(&office, "setup.txt", b"hello", "lead", &lead);
    let rename = json!({"attachment": attachment["id"], "name": "setup.exe"});
    assert_eq!(office.run_as("admin", "attachment.update", rename).unwrap_err().code(), "attachment.type_blocked");
    let upload = send(&office, "setup.txt", b"hello");
    let named = json!({"upload": upload.id, "to": {"kind": "lead", "id": lead}, "name": "setup.exe"});
    assert_eq!(office.run_as("admin", "attachment.add", named).unwrap_err().code(), "attachment.type_blocked");
}

#[test]
fn a_program_is_known_by_its_bytes_whatever_it_is_called() {
    let (office, _blobs) = office(backends::memory().store);
    configure(&office, json!({"blocked": ["application/vnd.microsoft.portable-executable"]}));
    let mut program = b"MZ\x90\0\x03\0\0\0".to_vec();
    program.extend(noise(20_000));
    assert_eq!(refused(&office, "cat.png", UploadOptions::new(), &program).code(), "attachment.type_blocked");
}

#[test]
fn a_record_takes_so_many_files() {
    for backend in backends::all() {
        let (office, _blobs) = office(backend.store);
        configure(&office, json!({"most": 2}));
        let lead = lead(&office);
        let first = attach(&office, "a", b"a", "lead", &lead);
        attach(&office, "b", b"b", "lead", &lead);
        let third = send(&office, "c", b"c");
        let add = json!({"upload": third.id, "to": {"kind": "lead", "id": lead}});
        let error = office.run_as("admin", "attachment.add", add.clone()).unwrap_err();
        assert_eq!(error.code(), "attachment.too_many", "{}", backend.name);
        office.run("attachment.trash", json!({"attachment": first["id"]}));
        office.run("attachment.add", add);
    }
}

#[test]
fn the_quota_counts_the_same_bytes_once() {
    for backend in backends::all() {
        let (office, _blobs) = office(backend.store);
        configure(&office, json!({"quota": 1_000}));
        send(&office, "a", &noise(600));
        send(&office, "again", &noise(600));
        let error = send_as(&office, "agent", "b", &noise(401)).unwrap_err();
        assert_eq!((error.code(), &error.params()["quota"]), ("attachment.quota", &json!(1_000)), "{}", backend.name);
        send(&office, "c", &noise(400));
        // Nothing is taken in any more, not even the first byte.
        let error = send_as(&office, "agent", "a", &noise(600)).unwrap_err();
        assert_eq!(error.code(), "attachment.quota", "{}", backend.name);
    }
}

#[test]
fn limits_make_sense() {
    let (office, _blobs) = office(backends::memory().store);
    for wrong in [json!({"largest": 0}), json!({"most": 0}), json!({"blocked": [" . "]}), json!({"largest": u64::MAX})]
    {
        let error = office.run_as("admin", "org.configure", json!({"files": wrong})).unwrap_err();
        assert_eq!(error.code(), "field.invalid", "{wrong}");
    }
    configure(&office, json!({"blocked": ["EXE", ".exe", "exe"]}));
    let org = office.run("org.get", json!({"org": office.org}));
    assert_eq!(org["files"], json!({"blocked": ["exe"]}));
}

#[test]
fn without_a_place_for_bytes_it_says_what_to_configure() {
    let builder = nexa_core::builder().store(backends::memory().store);
    let crm = builder.clock(nexa_crm::SystemClock).ids(nexa_crm::SystemIds::default()).build().unwrap();
    block_on(crm.migrate()).unwrap();
    let lisa =
        block_on(crm.create_org(nexa_crm::CreateOrg::new("Acme", "Lisa", "lisa@acme.example").unwrap())).unwrap();
    let error = block_on(upload(&lisa, "a", UploadOptions::new(), &mut OfBytes::new(*b"a"))).unwrap_err();
    assert_eq!(error.code(), "blobs.not_configured");
    assert!(error.message().contains("blobs(…)"), "{error}");
}
