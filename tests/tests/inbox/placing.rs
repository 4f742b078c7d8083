//! Where mails belong: what joins a thread, what does not, and that nothing comes twice or is lost.

use std::time::Duration;

use nexa_crm::testing::Office;
use nexa_tests::backends;
use serde_json::{Value as Json, json};

use super::{Desk, header, marks};

/// A mail of somebody.
fn from(address: &str, more: Json) -> Json {
    let mut mail = json!({"from": {"address": address}, "subject": "Cannot log in", "text": "It still does not work"});
    mail.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    mail
}

#[test]
fn a_signed_address_lets_anybody_in_but_makes_nobody_the_customer() {
    for desk in Desk::all(&json!({})) {
        let came = desk.first(json!({}));
        desk.reply(&came["thread"], json!({})).unwrap();
        let reply_to = desk.sent()[0]["reply_to"].clone();
        let tom = desk.receive(from("tom@other.example", json!({"to": [reply_to], "subject": "Fwd: something else"})));
        assert_eq!(tom["thread"], came["thread"], "{}", desk.name);
        let message = desk.get("message", &tom["message"]);
        assert_eq!(
            (&message["placed_by"], &message["trust"]),
            (&json!("signed_address"), &json!("signed")),
            "{}",
            desk.name
        );
        assert!(marks(&message).contains(&"new_person"), "{message}");
        let thread = desk.get("thread", &came["thread"]);
        assert_eq!(thread["contact"], desk.sarah, "{}", desk.name);
        assert_eq!(thread["participants"][1]["state"], "proposed", "{}", desk.name);
        // In the envelope as well, and whatever case a program gives it.
        let shouted = reply_to["address"].as_str().unwrap().to_uppercase();
        let envelope = json!({"to": [shouted], "known": true, "from": "sarah@private.example"});
        let again = desk.receive_by(&desk.inbox, envelope, from("sarah@private.example", json!({})));
        assert_eq!(again["thread"], came["thread"], "{}", desk.name);
    }
}

#[test]
fn a_wrong_proof_and_the_token_of_another_tenant_are_plain_addresses() {
    let (desk, backend) = (Desk::memory(json!({})), backends::memory());
    let other = Desk::of(Office::another(backend.store.clone()), backend, json!({}));
    let token = |desk: &Desk| {
        let came = desk.first(json!({}));
        desk.reply(&came["thread"], json!({})).unwrap();
        (came, desk.sent()[0]["reply_to"]["address"].as_str().unwrap().to_owned())
    };
    let ((came, own), (_, foreign)) = (token(&desk), token(&other));
    let mut wrong = own.clone();
    let last = own.find('@').unwrap() - 1;
    wrong.replace_range(last..=last, if own.as_bytes()[last] == b'a' { "b" } else { "a" });
    let cut = own.replace("-1-", "-2-");
    for address in [wrong, foreign, cut, own.replace("+1-", "+2-"), "support+1@acme.example".to_owned()] {
        let placed = desk.receive(from("mallory@evil.example", json!({"to": [{"address": address}]})));
        assert_eq!(placed["state"], "placed", "{address}");
        assert_ne!(placed["thread"], came["thread"], "{address}");
    }
}

#[test]
fn the_name_of_a_mail_lets_nobody_in_who_is_not_in_the_thread() {
    for desk in Desk::all(&json!({})) {
        let came = desk.first(json!({}));
        desk.reply(&came["thread"], json!({})).unwrap();
        let own = desk.sent()[0]["message_id"].clone();
        let forged = desk.receive(from("mallory@evil.example", json!({"in_reply_to": [own], "references": [own]})));
        assert_ne!(forged["thread"], came["thread"], "{}", desk.name);
        assert_eq!(desk.get("thread", &forged["thread"])["suggested_thread"], came["thread"], "{}", desk.name);
        // Nor whoever the server says is not the customer.
        let failed = json!({"in_reply_to": [own], "authentication": "failed"});
        let failed = desk.receive(from("sarah@private.example", failed));
        assert_ne!(failed["thread"], came["thread"], "{}", desk.name);
        assert_eq!(desk.get("message", &failed["message"])["trust"], "failed", "{}", desk.name);
        let good = desk.receive(from(
            "sarah@private.example",
            json!({"in_reply_to": ["<crm@elsewhere.example>"], "references": [own, "<crm@elsewhere.example>"]}),
        ));
        assert_eq!(good["thread"], came["thread"], "{}: any of the references, the last first", desk.name);
    }
}

#[test]
fn a_number_in_the_subject_joins_nothing() {
    let desk = Desk::memory(json!({"makes": "ticket"}));
    let came = desk.first(json!({}));
    let number = desk.get("ticket", &came["ticket"])["number"].clone();
    let thread = desk.get("thread", &came["thread"])["number"].clone();
    for subject in [format!("Re: [{number}] Cannot log in"), format!("{thread}"), "Re: Cannot log in".to_owned()] {
        let other = desk.receive(from("sarah@private.example", json!({"subject": subject})));
        assert_ne!(other["thread"], came["thread"], "{subject}");
    }
}

#[test]
fn a_customer_who_answers_their_own_mail_or_a_mail_that_never_came_here_goes_on_in_their_thread() {
    for desk in Desk::all(&json!({})) {
        let first = desk.first(json!({"references": ["<0@lost.example>"]}));
        let own = desk.receive(from("sarah@private.example", json!({"in_reply_to": ["<1@private.example>"]})));
        assert_eq!(own["thread"], first["thread"], "{}: their own mail", desk.name);
        let ancestor = desk.receive(from("sarah@private.example", json!({"references": ["<0@lost.example>"]})));
        assert_eq!(ancestor["thread"], first["thread"], "{}: a common ancestor", desk.name);
        let stranger = desk.receive(from("bill@private.example", json!({"references": ["<0@lost.example>"]})));
        assert_ne!(stranger["thread"], first["thread"], "{}", desk.name);
    }
}

#[test]
fn of_two_threads_that_a_mail_names_the_newest_has_it() {
    let desk = Desk::memory(json!({}));
    let first = desk.first(json!({}));
    desk.office.clock.advance(Duration::from_secs(60));
    let second = desk.receive(from("sarah@private.example", json!({"message_id": "<2@private.example>"})));
    assert_ne!(first["thread"], second["thread"]);
    let both = json!({"references": ["<2@private.example>", "<1@private.example>"]});
    let both = desk.receive(from("sarah@private.example", both));
    assert_eq!(both["thread"], second["thread"]);
    assert!(marks(&desk.get("message", &both["message"])).contains(&"thread_conflict"));
}

#[test]
fn the_same_mail_again_is_a_duplicate_and_answers_with_the_first() {
    for desk in Desk::all(&json!({})) {
        let mail = from("sarah@private.example", json!({"message_id": "<1@x.example>", "digest": "one"}));
        let first = desk.receive(mail.clone());
        for _ in 0..3 {
            let again = desk.receive(mail.clone());
            assert_eq!((&again["state"], &again["message"]), (&json!("duplicate"), &first["message"]), "{}", desk.name);
        }
        assert_eq!((desk.count("message"), desk.count("inbound")), (json!(1), json!(4)), "{}", desk.name);
        // Another content under the same name is another mail, and a look-alike of another year as well.
        let reused =
            desk.receive(from("sarah@private.example", json!({"message_id": "<1@x.example>", "digest": "two"})));
        assert_eq!(reused["state"], "placed", "{}", desk.name);
        assert!(marks(&desk.get("message", &reused["message"])).contains(&"id_reused"), "{}", desk.name);
    }
}

#[test]
fn one_mail_to_two_inboxes_is_a_thread_in_each() {
    for desk in Desk::all(&json!({})) {
        let legal = json!({"name": "Legal", "address": "legal@acme.example"});
        let legal = desk.office.run("inbox.create", legal)["id"].clone();
        let to = json!([{"address": "support@acme.example"}, {"address": "legal@acme.example"}]);
        let mail = from("sarah@private.example", json!({"message_id": "<1@x.example>", "digest": "one", "to": to}));
        let [one, two] = [&desk.inbox, &legal].map(|inbox| desk.receive_by(inbox, json!({}), mail.clone()));
        assert_eq!((&one["state"], &two["state"]), (&json!("placed"), &json!("placed")), "{}", desk.name);
        assert_ne!(one["thread"], two["thread"], "{}", desk.name);
    }
}

#[test]
fn a_mail_to_a_closed_ticket_opens_one_follow_up_and_no_third() {
    for desk in Desk::all(&json!({"makes": "ticket"})) {
        let came = desk.first(json!({}));
        desk.reply(&came["thread"], json!({})).unwrap();
        let reply_to = desk.sent()[0]["reply_to"].clone();
        desk.office.run("ticket.resolve", json!({"ticket": came["ticket"]}));
        desk.office.run("ticket.close", json!({"ticket": came["ticket"]}));
        let mail = || from("sarah@private.example", json!({"to": [reply_to], "text": "It is back"}));
        let (second, third) = (desk.receive(mail()), desk.receive(mail()));
        assert_ne!(second["ticket"], came["ticket"], "{}", desk.name);
        assert_eq!((&second["ticket"], &second["thread"]), (&third["ticket"], &third["thread"]), "{}", desk.name);
        let ticket = desk.get("ticket", &second["ticket"]);
        assert_eq!((&ticket["follow_up_of"], &ticket["status"]), (&came["ticket"], &json!("open")), "{}", desk.name);
        assert_eq!(desk.get("ticket", &came["ticket"])["status"], "closed", "{}: closed is final", desk.name);
    }
}

#[test]
fn an_answer_to_a_merged_ticket_reaches_the_survivor() {
    for desk in Desk::all(&json!({"makes": "ticket"})) {
        let (first, second) = (desk.first(json!({})), desk.receive(from("sarah@private.example", json!({}))));
        desk.reply(&second["thread"], json!({})).unwrap();
        let reply_to = desk.sent()[0]["reply_to"].clone();
        desk.office.run("ticket.merge", json!({"ticket": first["ticket"], "other": second["ticket"]}));
        let answer = desk.receive(from("sarah@private.example", json!({"to": [reply_to]})));
        assert_eq!((&answer["ticket"], &answer["thread"]), (&first["ticket"], &second["thread"]), "{}", desk.name);
    }
}

#[test]
fn a_mail_for_a_ticket_in_the_trash_is_held_and_discarded_by_a_person() {
    let desk = Desk::memory(json!({"makes": "ticket"}));
    let came = desk.first(json!({}));
    desk.office.run("ticket.trash", json!({"ticket": came["ticket"], "on_dependents": "cascade"}));
    let held = desk.receive(from("sarah@private.example", json!({"in_reply_to": ["<1@private.example>"]})));
    assert_eq!((&held["state"], &held["reason"]), (&json!("held"), &json!("thread_trashed")));
    let discard = json!({"inbound": held["inbound"], "reason": "The ticket was a test"});
    assert_eq!(desk.office.run("inbound.discard", discard.clone())["state"], "discarded");
    assert_eq!(desk.office.run_as("admin", "inbound.discard", discard).unwrap_err().code(), "inbound.not_held");
    // Its bytes are there all the same.
    let about = json!({"filter": {"field": "about.id", "op": "eq", "value": held["inbound"]}});
    assert_eq!(desk.office.run("attachment.find", about)["items"].as_array().unwrap().len(), 1);
}

#[test]
fn what_cannot_be_placed_is_held_with_its_reason_and_stops_no_other() {
    let desk = Desk::memory(json!({"blocked": ["spam.example", "one@bad.example"], "automatic": "hold"}));
    for (mail, reason) in [
        (json!({"text": "From nobody"}), "no_sender"),
        (json!({"held": "unparsable"}), "unparsable"),
        (json!({"held": "too_large"}), "too_large"),
        (from("a@spam.example", json!({})), "spam"),
        (from("one@bad.example", json!({})), "spam"),
        (from("b@good.example", json!({"spam": true})), "spam"),
        (from("monitor@good.example", json!({"auto": "auto_reply"})), "automatic"),
        (from("mailer-daemon@good.example", json!({"auto": "bounce"})), "bounce_unmatched"),
        (from("support@acme.example", json!({})), "loop"),
    ] {
        let held = desk.receive(mail);
        assert_eq!((&held["state"], &held["reason"]), (&json!("held"), &json!(reason)));
    }
    assert_eq!(desk.first(json!({}))["state"], "placed");
    assert_eq!((desk.count("thread"), desk.count("inbound")), (json!(1), json!(10)));
    desk.office.run("inbox.update", json!({"inbox": desk.inbox, "off": true}));
    assert_eq!(desk.receive(from("c@good.example", json!({})))["reason"], "inbox_off");
}

#[test]
fn the_customer_of_a_ticket_is_found_by_any_address_or_made() {
    for desk in Desk::all(&json!({"makes": "ticket"})) {
        desk.office.run("contact.update", json!({"contact": desk.sarah, "other_emails": ["sarah@home.example"]}));
        let known = desk.receive(from("sarah@home.example", json!({})));
        assert_eq!(desk.get("ticket", &known["ticket"])["contact"], desk.sarah, "{}", desk.name);
        let mut mail = from("new@umbrella.example", json!({}));
        mail["from"]["name"] = json!("Nora New");
        let new = desk.receive(mail);
        let contact = desk.get("contact", &desk.get("ticket", &new["ticket"])["contact"]);
        assert_eq!(
            (&contact["email"], &contact["last_name"]),
            (&json!("new@umbrella.example"), &json!("New")),
            "{}",
            desk.name
        );
        let machine = desk.receive(from("monitor@umbrella.example", json!({"auto": "auto_reply"})));
        assert_eq!(desk.get("ticket", &machine["ticket"])["contact"], Json::Null, "{}: no person", desk.name);
        // A form sends for people: whoever it names for answers is the customer.
        desk.office.run("inbox.update", json!({"inbox": desk.inbox, "relays": ["form@site.example"]}));
        let relayed = json!({"reply_to": [{"address": "sarah@private.example"}]});
        let relayed = desk.receive(from("form@site.example", relayed));
        assert_eq!(desk.get("ticket", &relayed["ticket"])["contact"], desk.sarah, "{}", desk.name);
    }
}

#[test]
fn what_a_colleague_sent_by_another_program_goes_into_its_thread_as_ours() {
    let desk = Desk::memory(json!({}));
    let came = desk.first(json!({}));
    let outside = json!({"in_reply_to": ["<1@private.example>"], "message_id": "<outlook@acme.example>", "to": [{"address": "sarah@private.example"}]});
    let outside = desk.receive(from("support@acme.example", outside));
    // Our own address is in no thread; by a signed address it would be.
    assert_eq!(outside["reason"], "loop");
    assert_eq!(came["state"], "placed");
}

#[test]
fn a_bounce_is_said_of_the_mail_and_is_no_message() {
    for desk in Desk::all(&json!({"acknowledgement": "We have it."})) {
        let came = desk.first(json!({}));
        let reply = desk.reply(&came["thread"], json!({})).unwrap();
        let before = desk.count("message");
        let sent = desk.sent();
        let ours = sent.iter().find(|mail| mail["message_id"] == reply["message_id"]).unwrap();
        let bounce = json!({
            "from": {"address": "mailer-daemon@private.example"}, "auto": "bounce", "subject": "Undelivered",
            "bounce": {"message_id": ours["message_id"], "class": "hard", "code": "5.1.1"},
        });
        let bounced = desk.receive(bounce);
        assert_eq!((&bounced["state"], &bounced["message"]), (&json!("placed"), &reply["id"]), "{}", desk.name);
        assert_eq!(desk.count("message"), before, "{}: nothing new", desk.name);
        assert!(desk.get("mail", &ours["mail"])["bounced_at"].is_string(), "{}", desk.name);
        assert_eq!(
            desk.reply(&came["thread"], json!({})).unwrap_err().code(),
            "thread.address_undeliverable",
            "{}",
            desk.name
        );
        assert!(desk.sent().is_empty(), "{}: nobody answers a bounce", desk.name);
        // What we sent and comes back is nothing new either.
        let back = json!({"from": {"address": "support@acme.example"}, "message_id": ours["message_id"]});
        assert_eq!(desk.receive(back)["message"], reply["id"], "{}", desk.name);
        assert_eq!(header(ours, "Auto-Submitted"), None, "{}", desk.name);
    }
}
