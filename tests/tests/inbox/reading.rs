//! Mails as bytes: real ones of the parser's own collection, and those that broke others.

use std::{collections::BTreeMap, fs, path::PathBuf, process::Command, time::Instant};

use nexa_crm::{
    files::{DownloadOptions, download},
    kernel::blobs::collect,
    service::{MailEnvelope, inbox::receive},
    testing::Random,
};
use pollster::block_on;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{Desk, marks};

impl Desk {
    /// Takes the bytes of a mail.
    fn take(&self, bytes: &[u8]) -> Json {
        let inbox: Uuid = self.inbox.as_str().unwrap().parse().unwrap();
        let session = self.office.session("system");
        let received = block_on(receive(&session, nexa_crm::Id::new(inbox), MailEnvelope::default(), bytes)).unwrap();
        serde_json::to_value(received).unwrap()
    }
    /// The bytes of what came, as they are kept.
    fn source(&self, inbound: &Json) -> Vec<u8> {
        let about = json!({"filter": {"field": "about.id", "op": "eq", "value": inbound}});
        let found = self.office.run("attachment.find", about)["items"][0]["id"].as_str().unwrap().parse::<Uuid>();
        let session = self.office.session("system");
        let file = nexa_crm::Id::<nexa_crm::files::Attachment>::new(found.unwrap());
        block_on(async {
            collect(download(&session, file, DownloadOptions::new()).await.unwrap().bytes).await.unwrap()
        })
    }
    fn files(&self, message: &Json) -> Vec<Json> {
        let about = json!({"filter": {"field": "about.id", "op": "eq", "value": message}, "sort": ["created_at"]});
        self.office.run("attachment.find", about)["items"].as_array().unwrap().clone()
    }
}

/// The mails that the parser is tested with, where its source is.
fn collection() -> Vec<PathBuf> {
    let metadata =
        Command::new(env!("CARGO")).args(["metadata", "--format-version", "1", "--offline"]).output().unwrap();
    let metadata: Json = serde_json::from_slice(&metadata.stdout).unwrap();
    let of_parser = |package: &&Json| package["name"] == "mail-parser";
    let parser = metadata["packages"].as_array().unwrap().iter().find(of_parser).unwrap();
    let folder = PathBuf::from(parser["manifest_path"].as_str().unwrap()).parent().unwrap().join("resources/eml");
    let mut found = Vec::new();
    for part in ["legacy", "malformed", "thirdparty", "rfc"] {
        let files = fs::read_dir(folder.join(part)).unwrap().map(|entry| entry.unwrap().path());
        found.extend(files.filter(|path| path.extension().is_some_and(|extension| extension == "eml")));
    }
    found.sort();
    found
}

#[test]
fn every_mail_of_the_parsers_collection_is_kept_byte_for_byte_and_has_an_end() {
    for desk in Desk::all(&json!({})) {
        let mails = collection();
        assert!(mails.len() > 80, "{}", mails.len());
        let mut states: BTreeMap<String, usize> = BTreeMap::new();
        for path in &mails {
            let bytes = fs::read(path).unwrap();
            let received = desk.take(&bytes);
            assert!(desk.source(&received["inbound"]) == bytes, "{}: {}", desk.name, path.display());
            *states.entry(received["state"].as_str().unwrap().to_owned()).or_default() += 1;
            // Again, it is the same, or held again.
            let again = desk.take(&bytes);
            let expected = if received["state"] == "placed" { "duplicate" } else { again["state"].as_str().unwrap() };
            assert_eq!(again["state"], expected, "{}: {}", desk.name, path.display());
        }
        assert_eq!(states.values().sum::<usize>(), mails.len(), "{}: {states:?}", desk.name);
        assert_eq!(desk.count("inbound"), json!(2 * mails.len()), "{}", desk.name);
        assert!(states["placed"] > 40, "{}: {states:?}", desk.name);
        desk.office.run("ledger.verify", json!({}));
    }
}

#[test]
fn mutated_mails_are_kept_and_none_panics() {
    let desk = Desk::memory(json!({}));
    let random = Random::new(3);
    let number = || random.below(1 << 30);
    for path in collection() {
        let mut bytes = fs::read(&path).unwrap();
        if bytes.is_empty() {
            continue;
        }
        for _ in 0..3 {
            let at = number() % bytes.len();
            match number() % 4 {
                0 => bytes.truncate(at.max(1)),
                1 => bytes[at] = (number() % 256) as u8,
                2 => bytes.insert(at, 0),
                _ => bytes.extend_from_within(at..),
            }
            let received = desk.take(&bytes);
            assert!(desk.source(&received["inbound"]) == bytes, "{}", path.display());
        }
    }
}

/// A mail of Sarah's with these headers and this body.
fn mail(headers: &str, body: &str) -> Vec<u8> {
    let text =
        format!("From: Sarah <sarah@private.example>\nTo: support@acme.example\nSubject: Help\n{headers}\n\n{body}");
    text.replace('\n', "\r\n").into_bytes()
}

#[test]
fn a_mail_is_read_with_its_text_names_and_files() {
    for desk in Desk::all(&json!({"makes": "ticket"})) {
        let bytes = mail(
            "Message-ID: <1@private.example>\nDate: Sun, 16 Nov 2025 10:00:00 +0100\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b",
            "--b\nContent-Type: text/plain; charset=utf-8\n\nIt fails.\n\nOn Mon, 17 Nov 2025 at 09:00, Acme <support@acme.example> wrote:\n> Try\n\n--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename*=UTF-8''r%C3%A9sum%C3%A9.exe\nContent-Transfer-Encoding: base64\n\nJVBERi0xLjcK\n--b--\n",
        );
        desk.office.run("org.configure", json!({"files": {"blocked": ["exe", "application/pdf"], "largest": 3}}));
        let received = desk.take(&bytes);
        assert_eq!(received["state"], "placed", "{}: {received}", desk.name);
        let message = desk.get("message", &received["message"]);
        assert_eq!(
            (&message["from"], &message["from_name"]),
            (&json!("sarah@private.example"), &json!("Sarah")),
            "{}",
            desk.name
        );
        assert!(message["text"].as_str().unwrap().contains("> Try"), "nothing is thrown away: {message}");
        assert_eq!(message["reply_end"], json!("It fails.".len()), "{}", desk.name);
        assert_eq!(message["claimed_at"], "2025-11-16T09:00:00.000000Z", "{}", desk.name);
        assert_eq!(
            desk.get("ticket", &received["ticket"])["reported_at"],
            "2025-11-17T09:00:00.000000Z",
            "{}: when it came",
            desk.name
        );
        // Of a mail nothing is refused; what it is, its bytes say.
        let files = desk.files(&received["message"]);
        assert_eq!(
            (&files[0]["name"], &files[0]["type"]),
            (&json!("résumé.exe"), &json!("application/pdf")),
            "{}",
            desk.name
        );
    }
}

#[test]
fn no_byte_of_a_mail_loses_it() {
    let desk = Desk::memory(json!({}));
    for (headers, body, state, text) in [
        ("Content-Type: text/plain; charset=windows-1252", &b"Gr\xfc\xdfe"[..], "placed", "Grüße"),
        ("Content-Type: text/plain; charset=iso-2022-jp", b"\x1b$B$3$s$K$A$O\x1b(B", "placed", "こんにちは"),
        ("Content-Type: text/plain; charset=utf-8", b"a\0b\x1b[0m", "placed", "ab[0m"),
        ("Content-Type: text/plain; charset=nonsense", b"plain", "placed", "plain"),
        ("Content-Type: text/html", b"<p>Hello <b>you</b></p><script>alert(1)</script>", "placed", "Hello"),
        ("X: y", b"", "placed", ""),
    ] {
        let mut bytes = mail(headers, "");
        bytes.extend_from_slice(body);
        let received = desk.take(&bytes);
        assert_eq!(received["state"], state, "{headers}");
        let found = desk.get("message", &received["message"])["text"].as_str().unwrap_or_default().to_owned();
        assert!(found.contains(text) && !found.contains("alert"), "{headers}: {found:?}");
    }
    for (bytes, reason) in
        [(&b""[..], "unparsable"), (b"To: a@b.example\r\n\r\nhi", "no_sender"), (b"From: \r\n\r\nhi", "no_sender")]
    {
        assert_eq!(desk.take(bytes)["reason"], reason, "{bytes:?}");
    }
}

#[test]
fn html_of_a_mail_runs_nothing_and_takes_no_time_however_deep() {
    let desk = Desk::memory(json!({}));
    let page = "<p onclick=x()>Hi</p><img src=https://spy.example/1.png><img src=cid:logo><script>x()</script>";
    let received = desk.take(&mail("Content-Type: text/html; charset=utf-8", page));
    let message = desk.get("message", &received["message"]);
    assert_eq!(marks(&message), ["has_remote"]);
    let file = message["html"].as_str().unwrap().parse::<Uuid>().unwrap();
    let file = nexa_crm::Id::<nexa_crm::files::Attachment>::new(file);
    let session = desk.office.session("agent");
    let shown = block_on(async { download(&session, file, DownloadOptions::new().inline()).await.unwrap() });
    assert!(
        shown.headers.iter().any(|(name, value)| *name == "Content-Disposition" && value.starts_with("attachment"))
    );
    let html = String::from_utf8(block_on(collect(shown.bytes)).unwrap()).unwrap();
    assert!(
        !html.contains("onclick") && !html.contains("spy") && !html.contains("script") && html.contains("Hi"),
        "{html}"
    );
    let began = Instant::now();
    let deep = mail("Content-Type: text/html", &"<div>".repeat(100_000));
    let received = desk.take(&deep);
    assert!(marks(&desk.get("message", &received["message"])).contains(&"body_cut"));
    let nested: String = (0..20_000)
        .map(|part| format!("--b{part}\nContent-Type: multipart/mixed; boundary=b{}\n\n", part + 1))
        .collect();
    let parts = mail("Content-Type: multipart/mixed; boundary=b0", &nested);
    assert_eq!(desk.take(&parts)["state"], "held");
    assert!(began.elapsed().as_secs() < 10, "{:?}", began.elapsed());
}

#[test]
fn whether_a_person_wrote_it_is_said_by_headers_and_never_by_a_subject() {
    let desk = Desk::memory(json!({"relays": ["team@acme.example"]}));
    for (headers, auto) in [
        ("Auto-Submitted: no", "none"),
        ("Auto-Submitted: auto-replied", "auto_reply"),
        ("Auto-Submitted: auto-replied (vacation)", "out_of_office"),
        ("Auto-Submitted: auto-generated", "auto_reply"),
        ("X-Auto-Response-Suppress: DR, OOF", "auto_reply"),
        ("X-Auto-Response-Suppress: None", "none"),
        ("Precedence: bulk", "list"),
        ("Precedence: normal", "none"),
        ("List-Id: <news.umbrella.example>", "list"),
        ("List-Id: <team.acme.example>\nCc: team@acme.example", "none"),
        ("Return-Path: <>", "auto_reply"),
        ("Comments: Out of office", "none"),
    ] {
        let received = desk.take(&mail(headers, headers));
        assert_eq!(desk.get("message", &received["message"])["auto"], auto, "{headers}");
    }
}

#[test]
fn only_what_the_hosts_own_server_says_of_a_sender_is_believed() {
    let desk = Desk::memory(json!({"trusted_servers": ["mx.acme.example"]}));
    for (headers, trust) in [
        ("Authentication-Results: mx.acme.example; dkim=pass; dmarc=pass", "known"),
        ("Authentication-Results: mx.acme.example; spf=pass; dmarc=fail (p=reject)", "failed"),
        ("Authentication-Results: mx.evil.example; dmarc=pass", "unknown"),
        ("X: y", "unknown"),
    ] {
        let received = desk.take(&mail(headers, headers));
        assert_eq!(desk.get("message", &received["message"])["trust"], trust, "{headers}");
    }
}

#[test]
fn the_report_of_a_server_is_matched_to_the_mail_that_it_is_of() {
    for desk in Desk::all(&json!({})) {
        let came = desk.first(json!({}));
        let reply = desk.reply(&came["thread"], json!({})).unwrap();
        desk.sent();
        let id = reply["message_id"].as_str().unwrap();
        let report = format!(
            "--r\nContent-Type: text/plain\n\nIt did not arrive.\n--r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.private.example\n\nFinal-Recipient: rfc822; sarah@private.example\nAction: failed\nStatus: 5.1.1\n\n--r\nContent-Type: message/rfc822\n\nFrom: support@acme.example\nMessage-ID: {id}\nSubject: Re: Cannot log in\n\nPlease try again.\n--r--\n"
        );
        let text = format!(
            "From: MAILER-DAEMON@mx.private.example\nTo: support@acme.example\nSubject: Undelivered\nReturn-Path: <>\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=r\n\n{report}"
        );
        let received = desk.take(text.replace('\n', "\r\n").as_bytes());
        assert_eq!(
            (&received["state"], &received["message"]),
            (&json!("placed"), &reply["id"]),
            "{}: {received}",
            desk.name
        );
        let mail = desk.get("mail", &reply["mail"]);
        assert_eq!(mail["bounce_code"], "5.1.1", "{}", desk.name);
        assert_eq!(
            desk.office.run("mail.may", json!({"address": "sarah@private.example"}))["reason"],
            "hard_bounce",
            "{}",
            desk.name
        );
    }
}
