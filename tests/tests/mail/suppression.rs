//! Suppression hangs on the address: whatever becomes of the person, nothing lifts it but who may.

use serde_json::json;

use super::{Post, SARAH};

#[test]
fn no_merge_conversion_import_or_restore_lifts_a_suppression() {
    for post in Post::all() {
        post.office.run("suppression.add", json!({"address": SARAH, "reason": "unsubscribed", "scope": "marketing"}));
        let holds = |after: &str| assert_eq!(post.may(SARAH), "suppressed", "{}: after {after}", post.name());
        // Merged into somebody who agreed.
        let other = post.contact("other@private.example");
        post.agree("other@private.example");
        post.office.run("contact.merge", json!({"contact": other, "other": post.sarah()}));
        holds("a merge");
        // The other's own address is not touched.
        assert_eq!(post.may("other@private.example"), "ok", "{}", post.name());
        post.office.run("contact.trash", json!({"contact": other}));
        post.office.run("contact.restore", json!({"contact": other}));
        holds("a restore");
        // A second record with the address, which becomes a contact.
        let lead = post.office.run("lead.create", json!({"email": SARAH, "company": "Globex"}))["id"].clone();
        let met = json!({"met": true, "evidence": "They said so"});
        let bant = json!({"budget": met, "authority": met, "need": met, "timeline": met});
        post.office.run("lead.contact", json!({"lead": lead}));
        post.office.run("lead.qualify", json!({"lead": lead, "bant": bant}));
        post.office.run("lead.convert", json!({"lead": lead}));
        holds("a conversion");
        let report = post.office.run("contact.import_rows", json!({"rows": [{"email": SARAH, "first_name": "Sarah"}]}));
        assert_eq!(report["refused"], json!(0), "{}: {report}", post.name());
        holds("an import");
        post.agree(SARAH);
        holds("consent that somebody typed in");
    }
}

#[test]
fn a_purged_person_who_comes_back_is_still_suppressed() {
    for post in Post::all() {
        let contact = post.contact("bill@private.example");
        post.office.run("suppression.add", json!({"address": "bill@private.example", "reason": "erased"}));
        post.office.run("contact.trash", json!({"contact": contact}));
        post.office.run("contact.purge", json!({"contact": contact}));
        let again = post.contact("Bill@Private.example");
        let mail = post.plan("hello", json!({"contact": again}));
        assert_eq!(post.mail(&mail)["reason"], "suppressed: erased", "{}", post.name());
    }
}

#[test]
fn who_may_lift_a_suppression_depends_on_its_reason() {
    for post in Post::all() {
        let add = |reason: &str| {
            post.office.run("suppression.add", json!({"address": SARAH, "reason": reason}))["id"].clone()
        };
        let lift = |caller: &str, suppression: &serde_json::Value, reason: serde_json::Value| {
            let lifted =
                post.office.run_as(caller, "suppression.lift", json!({"suppression": suppression, "reason": reason}));
            lifted.map_err(|error| error.code().to_owned()).map(|_| ())
        };
        let manual = add("manual");
        assert_eq!(
            lift("agent", &manual, json!(null)),
            Err("suppression.reason_missing".to_owned()),
            "{}",
            post.name()
        );
        assert_eq!(lift("agent", &manual, json!("They called")), Ok(()), "{}", post.name());
        let bounced = add("hard_bounce");
        let why = || json!("The mailbox is there again");
        assert_eq!(lift("agent", &bounced, why()), Err("suppression.admin_only".to_owned()), "{}", post.name());
        assert_eq!(lift("admin", &bounced, why()), Ok(()), "{}", post.name());
        for last in ["complained", "erased"] {
            let suppression = add(last);
            assert_eq!(
                lift("admin", &suppression, why()),
                Err("suppression.final".to_owned()),
                "{}: {last}",
                post.name()
            );
        }
    }
}

#[test]
fn each_reason_stands_by_itself_and_the_same_again_changes_nothing() {
    for post in Post::all() {
        let add = |reason: &str| {
            post.office.run("suppression.add", json!({"address": SARAH, "reason": reason}))["id"].clone()
        };
        let (manual, bounced) = (add("manual"), add("hard_bounce"));
        let head = post.office.head();
        assert_eq!(add("manual"), manual, "{}", post.name());
        assert_eq!(post.office.head(), head, "{}", post.name());
        post.office.run("suppression.lift", json!({"suppression": manual, "reason": "They called"}));
        let gate = post.office.run("mail.may", json!({"address": SARAH}));
        assert_eq!((&gate["suppression"], &gate["reason"]), (&bounced, &json!("hard_bounce")), "{}", post.name());
        // Lifted once, it can be put again.
        assert_eq!(add("manual"), manual, "{}", post.name());
        assert_eq!(post.office.run("suppression.get", json!({"suppression": manual}))["lifted_at"], json!(null));
    }
}

#[test]
fn one_topic_is_suppressed_without_the_others() {
    for post in Post::all() {
        let offers = post.office.run("topic.create", json!({"name": "Offers", "key": "offers"}))["id"].clone();
        post.office.run("consent.grant", json!({"address": SARAH, "topic": offers}));
        let of_topic = json!({"address": SARAH, "scope": "topic", "topic": offers, "reason": "unsubscribed"});
        post.office.run("suppression.add", of_topic);
        let verdict = post.office.run("mail.may", json!({"address": SARAH, "topic": offers}))["verdict"].clone();
        assert_eq!((verdict, post.may(SARAH).as_str()), (json!("suppressed"), "ok"), "{}", post.name());
        for wrong in [json!({"address": SARAH, "scope": "topic"}), json!({"address": SARAH, "topic": offers})] {
            assert_eq!(post.office.run_as("admin", "suppression.add", wrong).unwrap_err().code(), "field.invalid");
        }
    }
}

#[test]
fn an_import_counts_rows_that_stay_suppressed_and_lifts_nothing() {
    for post in Post::all() {
        let file = "email,first_name\nann@private.example,Ann\nbill@private.example,Bill\nCARL@private.example,Carl\n";
        let first = post.office.run("contact.import_csv", json!({"csv": file}));
        assert_eq!((&first["created"], &first["suppressed"]), (&json!(3), &json!(null)), "{}: {first}", post.name());
        post.office.run("suppression.add", json!({"address": "ann@private.example"}));
        let of_news = json!({"address": "carl@private.example", "scope": "topic", "topic": post.topic("news")});
        post.office.run("suppression.add", of_news);
        let lifted = post.office.run("suppression.add", json!({"address": "bill@private.example"}));
        post.office.run("suppression.lift", json!({"suppression": lifted["id"], "reason": "He asked for it"}));
        // Again, whatever becomes of the rows, and for records of another kind.
        for (operation, file) in [
            ("contact.import_csv", file),
            (
                "lead.import_csv",
                "email,company\nann@private.example,A\ncarl@private.example,B\ndora@private.example,C\n",
            ),
        ] {
            let again = post.office.run(operation, json!({"csv": file}));
            assert_eq!(again["suppressed"], 2, "{} {operation}: {again}", post.name());
        }
        let may = post.office.run("mail.may", json!({"address": "ann@private.example"}));
        assert_eq!(may["verdict"], "suppressed", "{}", post.name());
    }
}
