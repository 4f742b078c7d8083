//! Bugs and the tickets that report them.

use serde_json::json;

use super::{bug, everywhere, link, refused, release, ticket};

#[test]
fn a_bug_moves_while_it_goes_on_and_is_released_by_a_release_alone() {
    everywhere(|name, office| {
        let one = bug(
            office,
            "The export is empty",
            json!({"severity": "p1", "sprint": "current_sprint", "story_points": 2}),
        );
        for status in ["confirmed", "in_progress", "fixed", "in_progress", "reported"] {
            let moved = office.run("bug.move", json!({"bug": one, "status": status}));
            assert_eq!(moved["status"], status, "{name}");
        }
        assert_eq!(
            refused(office, "bug.move", json!({"bug": one, "status": "released"})),
            "command.malformed",
            "{name}"
        );
        assert_eq!(refused(office, "bug.reopen", json!({"bug": one})), "bug.not_over", "{name}");
        let wont = json!({"bug": one, "outcome": "wont_fix", "reason": "It is meant so"});
        assert_eq!(office.run("bug.reject", wont.clone())["rejection"], "It is meant so", "{name}");
        assert_eq!(refused(office, "bug.reject", wont), "bug.over", "{name}");
        assert_eq!(refused(office, "bug.move", json!({"bug": one, "status": "fixed"})), "bug.over", "{name}");
        let reopened = office.run("bug.reopen", json!({"bug": one}));
        assert_eq!((&reopened["status"], &reopened["rejection"]), (&json!("confirmed"), &json!(null)), "{name}");
    });
}

#[test]
fn the_tickets_of_a_duplicate_go_over_to_its_original_once() {
    everywhere(|name, office| {
        let (original, twin) = (bug(office, "Original", json!({})), bug(office, "Twin", json!({})));
        let (both, only) = (ticket(office, "Both", None), ticket(office, "Only", None));
        for (bug, ticket) in [(&original, &both), (&twin, &both), (&twin, &only)] {
            link(office, bug, ticket);
        }
        let reject = |original: &serde_json::Value| json!({"bug": twin, "outcome": "duplicate", "reason": "The same", "duplicate_of": original});
        assert_eq!(refused(office, "bug.reject", reject(&twin)), "bug.original", "{name}");
        assert_eq!(refused(office, "bug.reject", reject(&json!(null))), "bug.original", "{name}");
        office.run("bug.reject", reject(&original));
        let mut tickets = office.run("bug.overview", json!({"bug": original}))["tickets"].as_array().unwrap().clone();
        tickets.sort_by_key(ToString::to_string);
        let mut expected = vec![both.clone(), only];
        expected.sort_by_key(ToString::to_string);
        assert_eq!(tickets, expected, "{name}");
        assert_eq!(office.run("bug.overview", json!({"bug": twin}))["tickets"], json!([]), "{name}");
        let link = json!({"bug": twin, "ticket": both});
        assert_eq!(refused(office, "bug.link_ticket", link), "bug.is_duplicate", "{name}");
    });
}

#[test]
fn how_many_customers_have_a_bug_is_counted_by_person_and_company() {
    everywhere(|name, office| {
        let one = bug(office, "The export is empty", json!({}));
        for (number, email) in ["sarah@acme.example", "sarah@acme.example", "tom@acme.example"].iter().enumerate() {
            let customer = json!({"email": email, "company": "Acme Corp"});
            let made =
                office.run("ticket.create", json!({"subject": format!("It fails {number}"), "customer": customer}));
            link(office, &one, &made["id"]);
        }
        let overview = office.run("bug.overview", json!({"bug": one}));
        let counted = (overview["tickets"].as_array().unwrap().len(), &overview["contacts"], &overview["accounts"]);
        assert_eq!(counted, (3, &json!(2), &json!(1)), "{name}");
        let again = json!({"bug": one, "ticket": overview["tickets"][0]});
        assert_eq!(refused(office, "bug.link_ticket", again.clone()), "bug.already_linked", "{name}");
        office.run("bug.unlink_ticket", again.clone());
        assert_eq!(refused(office, "bug.unlink_ticket", again), "bug.not_linked", "{name}");
    });
}

/// In other systems a report of an old version reopened what a newer one had fixed.
#[test]
fn only_the_version_with_the_fix_or_a_later_one_says_that_a_bug_is_back() {
    everywhere(|name, office| {
        let fixed = release(office, "2.1.9");
        let one = bug(office, "The export is empty", json!({"fixed_in": fixed}));
        office.run("release.deploy", json!({"release": fixed}));
        let seen = |version: Option<&str>| {
            let ticket = ticket(office, "Again", None);
            json!({"bug": one, "ticket": ticket, "version": version})
        };
        assert_eq!(refused(office, "bug.link_ticket", seen(None)), "bug.version_needed", "{name}");
        assert_eq!(refused(office, "bug.link_ticket", seen(Some("winter"))), "bug.version_unknown", "{name}");
        for (version, times) in [("2.1.8", 0), ("2.1.9-rc.1", 0), ("v2.1.9", 1), ("2.1.10", 2), ("2.0.99", 2)] {
            office.run("bug.link_ticket", seen(Some(version)));
            let bug = office.run("bug.get", json!({"bug": one}));
            assert_eq!((&bug["recurred"], &bug["status"]), (&json!(times), &json!("released")), "{name}: {version}");
        }
        let next = release(office, "2.2.0");
        office.run("bug.reopen", json!({"bug": one}));
        office.run("bug.update", json!({"bug": one, "fixed_in": next}));
        office.run("release.deploy", json!({"release": next}));
        let bug = office.run("bug.get", json!({"bug": one}));
        assert_eq!((&bug["recurred"], &bug["recurred_at"]), (&json!(2), &json!(null)), "{name}: the history stays");
        office.run("bug.link_ticket", seen(Some("2.1.10")));
        assert_eq!(office.run("bug.get", json!({"bug": one}))["recurred"], json!(2), "{name}: an older version");
    });
}

#[test]
fn versions_that_are_none_of_semantic_versioning_are_ordered_by_when_they_were_deployed() {
    everywhere(|name, office| {
        let [autumn, winter, spring] = ["Autumn", "Winter", "Spring"].map(|version| release(office, version));
        let one = bug(office, "The export is empty", json!({"fixed_in": winter}));
        for release in [&autumn, &winter, &spring] {
            office.clock.advance(std::time::Duration::from_secs(3_600));
            office.run("release.deploy", json!({"release": release}));
        }
        for (version, times) in [("autumn", 0), ("WINTER", 1), ("Spring", 2)] {
            let ticket = ticket(office, "Again", None);
            office.run("bug.link_ticket", json!({"bug": one, "ticket": ticket, "version": version}));
            assert_eq!(office.run("bug.get", json!({"bug": one}))["recurred"], json!(times), "{name}: {version}");
        }
    });
}

#[test]
fn a_ticket_of_somebody_else_is_not_shown_by_its_bug() {
    everywhere(|name, office| {
        let one = bug(office, "The export is empty", json!({}));
        let theirs = ticket(office, "Theirs", Some("sarah@acme.example"));
        let colleague = json!({"user": office.id("colleague")});
        office.run("ticket.assign", json!({"ticket": theirs, "assignee": colleague}));
        link(office, &one, &theirs);
        let shown = office.run_as("agent", "bug.overview", json!({"bug": one})).unwrap();
        assert_eq!((&shown["tickets"], &shown["contacts"]), (&json!([]), &json!(0)), "{name}");
        for (operation, with) in [("bug_ticket.count", json!({})), ("release_ticket.count", json!({}))] {
            assert_eq!(office.run_as("agent", operation, with).unwrap(), json!(0), "{name}");
        }
        let again = json!({"bug": one, "ticket": theirs});
        assert_eq!(office.run_as("agent", "bug.link_ticket", again).unwrap_err().code(), "record.not_found", "{name}");
    });
}
