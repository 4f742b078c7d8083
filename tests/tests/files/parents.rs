//! What becomes of a file when what it hangs on is merged, converted, trashed, restored or purged.

use super::*;

fn about(office: &Office, attachment: &Json) -> Json {
    office.run("attachment.get", json!({"attachment": attachment["id"]}))["about"].clone()
}

#[test]
fn files_follow_a_merge_and_none_is_lost() {
    for backend in backends::all() {
        let (office, _blobs) = office(backend.store);
        let ticket = |subject: &str| {
            office.run("ticket.create", json!({"subject": subject, "customer": {"email": "a@b.example"}}))["id"].clone()
        };
        let (kept, other) = (ticket("kept"), ticket("other"));
        let first = attach(&office, "a", b"a", "ticket", &kept);
        let second = attach(&office, "b", b"b", "ticket", &other);
        let trashed = attach(&office, "c", b"c", "ticket", &other);
        let comment = office.run("ticket.comment", json!({"ticket": other, "body": "Look"}))["id"].clone();
        let on_comment = attach(&office, "d", b"d", "comment", &comment);
        office.run("attachment.trash", json!({"attachment": trashed["id"]}));
        office.run("ticket.merge", json!({"ticket": kept, "other": other}));
        let expected = json!({"kind": "ticket", "id": kept});
        assert_eq!(about(&office, &first), expected, "{}", backend.name);
        assert_eq!(about(&office, &second), expected, "{}", backend.name);
        office.run("attachment.restore", json!({"attachment": trashed["id"]}));
        assert_eq!(about(&office, &trashed), expected, "{}", backend.name);
        for (attachment, bytes) in [(&first, b"a"), (&second, b"b"), (&trashed, b"c"), (&on_comment, b"d")] {
            assert_eq!(read_as(&office, "agent", attachment).unwrap(), bytes, "{}", backend.name);
        }
        // To the other's old id is to the survivor.
        let third = attach(&office, "e", b"e", "ticket", &other);
        assert_eq!(third["about"], expected, "{}", backend.name);
    }
}

#[test]
fn the_files_of_a_lead_follow_it_to_the_contact() {
    for backend in backends::all() {
        let office = Office::found(backend.store);
        let converted = office.run("lead.convert", json!({"lead": office.id("qualified")}));
        let file = json!({"id": office.id("lead_file")});
        let expected = json!({"kind": "contact", "id": converted["contact"]["id"]});
        assert_eq!(about(&office, &file), expected, "{}", backend.name);
        assert_eq!(read_as(&office, "agent", &file).unwrap(), b"lead_file.txt", "{}", backend.name);
    }
}

#[test]
fn a_file_is_there_as_long_as_its_record_is_and_goes_with_it_for_good() {
    for backend in backends::all() {
        let (office, blobs) = office(backend.store);
        let ticket = office.run("ticket.create", json!({"subject": "Broken", "customer": {"email": "a@b.example"}}));
        let ticket = ticket["id"].clone();
        let comment = office.run("ticket.comment", json!({"ticket": ticket, "body": "Look"}))["id"].clone();
        let files = [attach(&office, "a", b"a", "ticket", &ticket), attach(&office, "b", b"bb", "comment", &comment)];
        office.run("ticket.trash", json!({"ticket": ticket}));
        for file in &files {
            assert_eq!(read_as(&office, "agent", file).unwrap_err().code(), "record.not_found", "{}", backend.name);
        }
        at(&office, "2025-11-27T09:00:00Z");
        assert_eq!(blobs.size(), 3, "{}: what is in the trash keeps its bytes", backend.name);
        office.run("ticket.restore", json!({"ticket": ticket}));
        for file in &files {
            read_as(&office, "agent", file).unwrap();
        }
        office.run("ticket.trash", json!({"ticket": ticket}));
        office.run("ticket.purge", json!({"ticket": ticket}));
        for file in &files {
            let error = office.run_as("system", "attachment.get", json!({"attachment": file["id"]})).unwrap_err();
            assert_eq!(error.code(), "record.not_found", "{}", backend.name);
        }
        at(&office, "2025-11-27T10:00:00Z");
        assert_eq!(blobs.size(), 3, "{}: an undo would find them", backend.name);
        at(&office, "2025-11-28T10:00:00Z");
        assert_eq!(blobs.size(), 0, "{}", backend.name);
    }
}

#[test]
fn the_files_of_a_note_go_with_the_note() {
    for backend in backends::all() {
        let (office, blobs) = office(backend.store);
        let lead = lead(&office);
        let note =
            office.run("note.create", json!({"body": "Look", "about": [{"kind": "lead", "id": lead}]}))["id"].clone();
        attach(&office, "a", b"a", "note", &note);
        office.run("note.trash", json!({"note": note}));
        office.run("note.purge", json!({"note": note}));
        at(&office, "2025-11-17T10:00:00Z");
        at(&office, "2025-11-18T10:00:00Z");
        assert_eq!(blobs.size(), 0, "{}", backend.name);
    }
}
