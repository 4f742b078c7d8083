//! The example, against a mail server on this machine.
#![allow(clippy::unwrap_used, missing_docs)]

use std::{fs, process::Command};

use nexa_connect::testing::{MailServer, Manner};

#[test]
fn each_contact_is_welcomed_once_and_the_program_ends() {
    let (folder, server) = (tempfile::tempdir().unwrap(), MailServer::start(Manner::Usual).unwrap());
    let mut program = Command::new(env!("CARGO_BIN_EXE_mail_worker"));
    let ran = program.arg(folder.path()).args(["127.0.0.1", &server.port().to_string()]).output().unwrap();
    let said = String::from_utf8(ran.stdout).unwrap();
    assert!(ran.status.success(), "{said}{}", String::from_utf8_lossy(&ran.stderr));
    assert_eq!(said.matches(": handed_over").count(), 2, "{said}");

    let mut received = server.received();
    received.sort_by(|one, other| one.to.cmp(&other.to));
    assert_eq!(
        received.iter().map(|mail| mail.to.concat()).collect::<Vec<_>>(),
        ["ann@private.example", "bill@private.example"]
    );
    for (mail, (name, code)) in received.iter().zip([("Ann", "SHOP-0"), ("Bill", "SHOP-1")]) {
        assert_eq!(mail.from, "hello@shop.example");
        assert!(mail.data.contains("Subject: Welcome"), "{}", mail.data);
        assert!(mail.data.contains(&format!("Hello {name},")) && mail.data.contains(code), "{}", mail.data);
    }
    // The same bytes twice are kept once.
    let kept = |folder: &std::path::Path| walk(folder).len();
    assert_eq!(kept(&folder.path().join("files")), 1);
}

/// The files in a folder and below it.
fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let (mut files, mut waiting) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { waiting.push(path) } else { files.push(path) }
        }
    }
    files
}
