//! Arguments with which every operation can be tried on an [`Office`].

use nexa_crm::{
    FeedItem,
    kernel::{
        catalog::{Catalog, Entry},
        operation::Mode,
    },
    testing::Office,
};
use serde_json::{Map, Value as Json, json};

/// All four BANT criteria, met.
pub fn all_criteria() -> Json {
    let met = json!({"met": true, "evidence": "They said so"});
    json!({"budget": met, "authority": met, "need": met, "timeline": met})
}

/// Arguments for every operation of an office.
pub trait Samples {
    /// Well-formed arguments for an operation: of the generic ones by their ending, of the others by name. `None` when nobody
    /// wrote any.
    fn sample(&self, operation: &Entry) -> Option<Json>;

    /// Every command of the catalog with well-formed arguments.
    fn commands<'a>(&'a self, catalog: &'a Catalog) -> impl Iterator<Item = (&'a Entry, Json)> {
        let commands = catalog.operations().filter(|operation| operation.mode == Mode::Command);
        commands.filter_map(|operation| Some((operation, self.sample(operation)?)))
    }

    /// Fields with which a record of a kind can be created.
    fn fields(&self, kind: &str) -> Option<Json>;

    /// The same with a name and an address of its own for each number.
    fn numbered_fields(&self, kind: &str, number: usize) -> Option<Json> {
        let mut fields = self.fields(kind)?;
        for (field, value) in fields.as_object_mut()?.iter_mut() {
            match field.as_str() {
                "name" | "subject" | "title" | "sku" => *value = json!(format!("{} {number}", value.as_str()?)),
                "valid_from" => *value = json!(format!("2024-{:02}-{:02}", 1 + number / 28 % 12, 1 + number % 28)),
                "email" | "address" => *value = json!(format!("number{number}@umbrella.example")),
                "key" => *value = json!(format!("{}_{number}", value.as_str()?)),
                "customer" => *value = json!({"email": format!("number{number}@umbrella.example")}),
                _ => {}
            }
        }
        Some(fields)
    }
}

impl Samples for Office {
    fn sample(&self, operation: &Entry) -> Option<Json> {
        specific(self, operation.name).or_else(|| generic(self, operation))
    }

    fn fields(&self, kind: &str) -> Option<Json> {
        Some(match kind {
            "lead" | "contact" => json!({"email": "new@umbrella.example"}),
            "account" | "contact_list" | "group" | "health_card" | "pipeline" | "scorecard" | "template" => {
                json!({"name": "Umbrella"})
            }
            "rate" => json!({"currency": "EUR", "valid_from": "2025-11-01", "value": "1.1"}),
            "calendar" => json!({"name": "Nights", "weekly": {"sunday": [{"from": "22:00", "to": "24:00"}]}}),
            "target" => json!({"name": "Partners", "active": false, "goals": [{"first_response": 60}]}),
            "campaign" => json!({"name": "Fair", "type": "event"}),
            "deal" => json!({"name": "Umbrella - Plan"}),
            "product" => json!({"name": "Support", "sku": "S-1"}),
            "price_book" => json!({"name": "Partners", "currency": "USD"}),
            "price" => json!({
                "price_book": self.id("price_book"), "product": self.id("retired"),
                "tiers": [{"from_quantity": "1", "unit_price": {"amount": "9.5", "currency": "USD"}}]
            }),
            "tax_rate" => {
                json!({"name": "VAT", "tax_class": "standard", "country": "FR", "rate": "20", "valid_from": "2025-11-01"})
            }
            "topic" => json!({"name": "Offers", "key": "offers"}),
            "inbox" => json!({"name": "Umbrella", "address": "help@umbrella.example"}),
            "sender" => json!({"name": "Umbrella", "address": "hello@umbrella.example"}),
            "line" => json!({
                "deal": self.id("deal"), "name": "Training", "quantity": "2",
                "unit_price": {"amount": "800", "currency": "USD"}
            }),
            "quote" => json!({
                "deal": self.id("deal"), "recipient": self.id("contact"), "valid_until": "2030-12-31",
                "tiers": [{"key": "basic", "lines": [{"product": self.id("product")}]}]
            }),
            "order" => json!({"deal": self.id("unordered")}),
            "contract" => json!({"order": self.id("confirmed_order"), "start": "2025-11-17"}),
            "call" => json!({"direction": "incoming", "from": "+49 30 9018200"}),
            "note" => json!({"body": "Call them on Monday"}),
            "project" => json!({"name": "Umbrella onboarding"}),
            "playbook" | "workflow" => json!({"name": "Umbrella"}),
            "meeting" => json!({"title": "Demo", "starts_at": "2025-11-18T10:00:00Z"}),
            "task" => json!({"title": "Call them"}),
            "ticket" => json!({"subject": "It does not start", "customer": {"email": "new@umbrella.example"}}),
            "category" => json!({"name": "Exporting"}),
            "article" => json!({"texts": [{"locale": "en", "title": "Export", "body": "Choose it"}]}),
            "bug" => json!({"title": "The export is empty"}),
            "feature_request" => json!({"title": "Export to Excel"}),
            "release" => json!({"name": "3.0.0"}),
            "user" => json!({"name": "Ken", "email": "ken@acme.example"}),
            "routing" => json!({"band": "high", "group": self.id("group")}),
            _ => return None,
        })
    }
}

fn generic(office: &Office, operation: &Entry) -> Option<Json> {
    let kind = operation.kind;
    let (named, ending) = operation.name.split_once('.')?;
    if named != kind {
        return None;
    }
    let one = || Some(json!({kind: office.known(kind)?}));
    match ending {
        "get" | "history" | "update" | "trash" | "restore" | "purge" | "claim" | "release" => one(),
        "find" | "count" | "aggregate" => Some(json!({})),
        "search" => Some(json!({"text": "a"})),
        "create" => office.fields(kind),
        "upsert" => {
            let mut fields = office.fields(kind)?;
            // Whose ticket it is, only ticket.create asks.
            fields.as_object_mut()?.remove("customer");
            fields["match_on"] = json!(match kind {
                "user" => "email",
                "calendar" | "group" | "health_card" | "pipeline" | "playbook" | "price_book" | "scorecard"
                | "target" | "template" | "workflow" => "name",
                "routing" => "band",
                _ => {
                    fields["external_keys"] = json!([{"system": "erp", "key": "1"}]);
                    "external:erp"
                }
            });
            Some(fields)
        }
        "import_rows" => {
            let mut row = office.fields(kind)?;
            row.as_object_mut()?.remove("customer");
            Some(json!({"rows": [row]}))
        }
        "import_csv" | "import_preview" => {
            let mut row = office.fields(kind)?;
            let row = row.as_object_mut()?;
            row.remove("customer");
            let cells: Vec<&str> = row.values().filter_map(Json::as_str).collect();
            let header: Vec<&str> = row.keys().map(String::as_str).collect();
            Some(json!({"csv": format!("{}\n{}\n", header.join(","), cells.join(","))}))
        }
        "merge" => Some(json!({kind: office.known(kind)?, "other": office.known(&format!("other_{kind}"))?})),
        "assign" => {
            let mut arguments = one()?;
            arguments["assignee"] = json!({"user": office.id("user")});
            Some(arguments)
        }
        _ => None,
    }
}

/// The token of a link in a mail.
fn token(office: &Office, mail: &str, field: &str, before: &str) -> Json {
    let mail = office.run_as("system", "mail.get", json!({"mail": office.id(mail)})).unwrap();
    let text = mail[field].to_string();
    let (_, token) = text.split_once(before).unwrap();
    json!(token.split(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c))).next().unwrap())
}

fn specific(office: &Office, name: &str) -> Option<Json> {
    let of = |field: &str, word: &str| {
        let mut map = Map::new();
        map.insert(field.to_owned(), json!(office.id(word)));
        Json::Object(map)
    };
    let with = |mut arguments: Json, field: &str, value: Json| {
        arguments[field] = value;
        arguments
    };
    Some(match name {
        "org.configure" => json!({"name": "Acme Corp"}),
        "ledger.verify" => json!({}),
        "ledger.undo" => match office.events().last() {
            Some(FeedItem::Changed(change)) => json!({"unit": change.unit}),
            _ => return None,
        },
        "field.define" => json!({"of_kind": "contact", "name": "shoe_size", "holds": "number"}),
        "field.remove" => of("field", "field"),
        "user.activate" => of("user", "deactivated"),
        "user.deactivate" => of("user", "user"),
        "user.hand_over_notes" => with(of("user", "deactivated"), "to", json!(office.id("colleague"))),
        "group.add_member" => with(of("group", "group"), "user", json!(office.id("colleague"))),
        "group.remove_member" => with(of("group", "group"), "user", json!(office.id("user"))),

        "calendar.business_time" => json!({
            "calendar": office.id("calendar"), "from": "2025-11-17T09:00:00Z", "to": "2025-11-18T09:00:00Z"
        }),
        "calendar.after" => json!({
            "calendar": office.id("calendar"), "from": "2025-11-17T09:00:00Z", "minutes": 90
        }),

        "lead.contact" | "lead.lose" | "lead.rescore" | "lead.route" => {
            let arguments = of("lead", "lead");
            if name == "lead.lose" { with(arguments, "reason", json!("No budget")) } else { arguments }
        }
        "lead.predict" => of("lead", "lead"),
        "scorecard.train" => json!({}),
        "lead.record_bant" => with(of("lead", "lead"), "bant", all_criteria()),
        "lead.record_engagement" => with(of("lead", "lead"), "signal", json!("attended")),
        "lead.qualify" => with(of("lead", "contacted"), "bant", all_criteria()),
        "lead.convert" => of("lead", "qualified"),
        "lead.reopen" => of("lead", "lost"),

        "contact.set_stage" => with(of("contact", "contact"), "stage", json!("customer")),
        "contact.overview" => of("contact", "contact"),
        "account.set_primary_contact" => with(of("account", "account"), "contact", json!(office.id("contact"))),
        "account.rollup" | "account.health" => of("account", "account"),
        "account.record_signal" => with(with(of("account", "account"), "signal", json!("nps")), "value", json!(9)),
        "alert.acknowledge" | "alert.resolve" => of("alert", "alert"),
        "alert.mute" => with(of("alert", "alert"), "until", json!("2030-01-01T00:00:00Z")),
        "product.retire" => of("product", "product"),
        "product.reactivate" => of("product", "retired"),
        "price.of" => with(of("product", "product"), "quantity", json!("120")),
        "line.remove" => of("line", "line"),
        "deal.set_lines" => {
            with(of("deal", "deal"), "lines", json!([{"product": office.id("product"), "quantity": "3"}]))
        }
        "deal.reprice" => with(of("deal", "lost_deal"), "price_book", json!(office.id("price_book"))),
        "deal.lines" => of("deal", "lost_deal"),
        "quote.set_tiers" => {
            let tiers = json!([{"key": "only", "lines": [{"product": office.id("product"), "quantity": "3"}]}]);
            with(of("quote", "quote"), "tiers", tiers)
        }
        "quote.send" | "quote.remove" => of("quote", "quote"),
        "quote.view" | "quote.decline" | "quote.withdraw" | "quote.revise" | "quote.details" | "quote.print" => {
            of("quote", "sent_quote")
        }
        "quote.accept" => with(of("quote", "sent_quote"), "tier", json!("premium")),
        "order.confirm" | "order.lines" => of("order", "order"),
        "order.fulfil" => of("order", "confirmed_order"),
        "order.cancel" => with(of("order", "order"), "reason", json!("They changed their mind")),
        "contract.renew" => with(of("contract", "contract"), "uplift", json!("3")),
        "contract.change" => {
            with(of("contract", "contract"), "lines", json!([{"product": office.id("product"), "quantity": "3"}]))
        }
        "contract.cancel" => with(of("contract", "contract"), "reason", json!("They moved")),
        "contract.lines" => of("contract", "contract"),
        "deal.place" => with(with(of("deal", "deal"), "stage", json!("proposal")), "first", json!(true)),
        "deal.move" => with(of("deal", "deal"), "stage", json!("proposal")),
        "deal.reset_probability"
        | "deal.reset_category"
        | "deal.win"
        | "deal.metrics"
        | "deal.next_activity"
        | "deal.outlook" => of("deal", "deal"),
        "deal.lose" => with(of("deal", "deal"), "reason", json!("Too dear")),
        "deal.reopen" => of("deal", "lost_deal"),
        "deal.add_contact" => {
            with(with(of("deal", "deal"), "contact", json!(office.id("contact"))), "role", json!("partner"))
        }
        "deal.set_contact_role" => {
            with(with(of("deal", "lost_deal"), "contact", json!(office.id("contact"))), "role", json!("champion"))
        }
        "deal.remove_contact" => with(of("deal", "lost_deal"), "contact", json!(office.id("contact"))),
        "deal.forecast" => json!({"from": "2025-01-01", "to": "2026-12-31"}),
        "ticket.report" => json!({"from": "2025-11-01", "to": "2025-11-30", "by": "assignee"}),
        "deal.funnel" => json!({"from": "2025-01-01", "to": "2026-12-31"}),
        "deal.pipeline" | "deal.stuck" => json!({}),
        "pipeline.remove_stage" => with(of("pipeline", "pipeline"), "stage", json!("negotiation")),

        "campaign.start" | "campaign.complete" | "campaign.cancel" | "campaign.members" | "campaign.performance" => {
            of("campaign", "campaign")
        }
        "campaign.add" => with(of("campaign", "campaign"), "lead", json!(office.id("lead"))),
        "campaign.remove" => with(of("campaign", "campaign"), "lead", json!(office.id("other_lead"))),
        "contact_list.add" => with(of("contact_list", "contact_list"), "leads", json!([office.id("lead")])),
        "contact_list.remove" => with(of("contact_list", "contact_list"), "leads", json!([office.id("other_lead")])),
        "contact_list.members" => of("contact_list", "contact_list"),

        "template.publish" | "template.archive" => of("template", "template"),
        "template.unarchive" => of("template", "archived_template"),
        "template.test" => with(
            with(of("template", "template"), "sender", json!(office.id("sender"))),
            "contact",
            json!(office.id("contact")),
        ),
        "template.preview" | "template.render" => {
            with(of("template", "template"), "contact", json!(office.id("contact")))
        }

        "attachment.add" => {
            json!({"upload": office.id("sent"), "to": {"kind": "contact", "id": office.id("contact")}})
        }
        // There is a failure only where a consumer or a timer has failed.
        "failure.get" | "failure.history" => json!({"failure": uuid::Uuid::from_u128(404)}),
        "erasure.get" | "erasure.history" => json!({"erasure": uuid::Uuid::from_u128(404)}),
        "person.find" | "person.export" => of("contact", "contact"),
        "person.erase" => with(of("contact", "contact"), "reason", json!("Request 7")),
        "person.erase_again" => json!({"certificates": [{
            "id": uuid::Uuid::from_u128(405), "version": 1, "created_at": "2025-11-17T09:00:00Z",
            "updated_at": "2025-11-17T09:00:00Z", "reason": "Request 7", "record_count": 1, "event_count": 1, "answer_count": 0,
            "records": [{"kind": "contact", "ids": [office.id("contact")]}], "kept": [], "digest": "0"
        }]}),
        "consent.grant" => json!({"address": "new@umbrella.example", "topic": office.id("topic"), "source": "form"}),
        "consent.withdraw" => json!({"address": "sarah@private.example", "topic": office.id("topic")}),
        "consent.confirm" => json!({"token": token(office, "confirmation", "content", "confirm?token=")}),
        "suppression.add" => json!({"address": "new@umbrella.example", "scope": "marketing"}),
        "suppression.lift" => with(of("suppression", "suppression"), "reason", json!("They asked for it")),
        "sender.verify" | "sender.resume" => of("sender", "sender"),
        "sender.halt" => with(of("sender", "sender"), "reason", json!("The domain moves")),
        "mail.may" => json!({"address": "sarah@private.example", "topic": office.id("topic")}),
        "mail.plan" => json!({
            "dedup": "welcome", "contact": office.id("contact"), "sender": office.id("sender"), "subject": "Welcome",
            "text": "Good to have you here."
        }),
        "mail.cancel" => of("mail", "mail"),
        "mail.resend_uncertain" => of("mail", "uncertain"),
        "mail.claim" => json!({"worker": "other"}),
        "mail.start" => with(of("mail", "claimed"), "worker", json!("desk")),
        "mail.report" => with(with(of("mail", "claimed"), "worker", json!("desk")), "outcome", json!("handed_over")),
        "mail.record_bounce" => with(with(of("mail", "claimed"), "event_id", json!("1")), "class", json!("hard")),
        "mail.record_complaint" | "mail.record_delivery" | "mail.record_reply" => {
            with(of("mail", "claimed"), "event_id", json!("1"))
        }
        "mail.unsubscribe" | "mail.resubscribe" | "mail.preferences" => {
            json!({"token": token(office, "claimed", "frame", "preferences?token=")})
        }
        "mail.link" => {
            json!({"token": token(office, "claimed", "frame", "preferences?token="), "method": "GET"})
        }
        "notification.mark_read" => of("notification", "notification"),
        "notification.mark_all_read" | "notification.inbox" => json!({}),
        "notification.unreachable" => json!({"kind": "note", "id": office.id("note")}),
        "notification.claim" => json!({"channel": "chat", "worker": "desk"}),
        "notification.report" => {
            json!({"message": uuid::Uuid::from_u128(404), "worker": "desk", "outcome": "brought"})
        }
        "notification_preference.set" => {
            json!({"user": office.id("agent"), "channels": {"chat": {"mention": "digest"}}})
        }
        "task.start" | "task.complete" | "task.cancel" => of("task", "task"),
        "project.start" | "project.hold" | "project.complete" | "project.cancel" | "project.overview" => {
            of("project", "project")
        }
        "project.reopen" => of("project", "finished_project"),
        "project.reschedule" => with(of("project", "project"), "start_date", json!("2025-11-24")),
        "workflow.publish" | "workflow.enable" => of("workflow", "workflow"),
        "workflow.disable" => of("workflow", "active_workflow"),
        "workflow.start" => json!({
            "workflow": office.id("active_workflow"), "record": {"kind": "account", "id": office.id("other_account")}
        }),
        "workflow.cancel_run" | "workflow.retry_run" => of("workflow_run", "workflow_run"),
        "workflow.take" => json!({"key": "webinar_routing", "settings": {
            "senior_group": office.id("group"), "standard_group": office.id("sales"), "nurture_list": office.id("contact_list")
        }}),
        "workflow.status" => json!({}),
        // There is a line of its log only where a run has gone on.
        "workflow_step_run.get" | "workflow_step_run.history" => {
            json!({"workflow_step_run": uuid::Uuid::from_u128(404)})
        }
        "playbook.publish" => of("playbook", "playbook"),
        "playbook.take" => json!({"key": "customer_onboarding"}),
        "playbook.start" => with(of("playbook", "playbook"), "account", json!(office.id("account"))),
        "meeting.schedule" => json!({
            "title": "Kickoff", "starts_at": "2025-11-20T10:30:00Z", "attendees": [{"email": "new@umbrella.example"}]
        }),
        "meeting.reschedule" => with(of("meeting", "meeting"), "starts_at", json!("2025-11-21T10:00:00Z")),
        "meeting.invite" => with(of("meeting", "meeting"), "attendee", json!({"user": office.id("colleague")})),
        "meeting.uninvite" => with(of("meeting", "meeting"), "attendee", json!(office.id("attendee"))),
        "meeting.respond" => with(
            with(of("meeting", "meeting"), "attendee", json!(office.id("attendee"))),
            "response",
            json!("accepted"),
        ),
        "meeting.hold" | "meeting.no_show" | "meeting.cancel" => of("meeting", "meeting"),
        "meeting.conflicts" => json!({
            "users": [office.id("admin")], "from": "2025-11-20T00:00:00Z", "to": "2025-11-21T00:00:00Z"
        }),
        "task.reopen" => of("task", "done"),
        "task.overview" => of("task", "task"),
        "task.place" => with(with(of("task", "task"), "status", json!("in_progress")), "last", json!(true)),
        "task.add_dependency" => with(of("task", "done"), "depends_on", json!(office.id("task"))),
        "task.remove_dependency" => with(of("task", "waiting"), "depends_on", json!(office.id("task"))),
        "ticket.move" => with(of("ticket", "ticket"), "status", json!("in_progress")),
        "ticket.resolve" | "ticket.timeline" | "ticket.analyze" | "ticket.similar" => of("ticket", "ticket"),
        "ticket.apply_analysis" => with(of("ticket", "ticket"), "fields", json!(["priority"])),
        "ticket.close" => of("ticket", "resolved"),
        "ticket.prioritize" => with(of("ticket", "ticket"), "priority", json!("high")),
        "ticket.escalate" => {
            with(with(of("ticket", "ticket"), "to", json!(office.id("group"))), "reason", json!("It burns"))
        }
        "ticket.follow_up" => of("ticket", "closed"),
        "article.publish" | "article.unpublish" | "article.archive" | "article.verify" => {
            of("article", if name == "article.publish" { "other_article" } else { "article" })
        }
        "article.restore_revision" => with(of("article", "article"), "revision", json!(office.id("article_revision"))),
        "article.link_ticket" => with(of("article", "article"), "ticket", json!(office.id("ticket"))),
        "article.unlink_ticket" => with(of("article", "article"), "ticket", json!(office.id("other_ticket"))),
        "article.vote" => {
            json!({"revision": office.id("article_revision"), "helpful": false, "visitor": "visitor 1"})
        }
        "article.answers" => json!({"question": "article"}),
        "article.suggest" => of("ticket", "other_ticket"),
        "article.read" => json!({"slug": "it-is-an-article"}),
        "article.stale" => json!({}),
        "bug.move" => with(of("bug", "bug"), "status", json!("in_progress")),
        "bug.reject" => with(with(of("bug", "bug"), "outcome", json!("wont_fix")), "reason", json!("It is meant so")),
        "bug.reopen" => of("bug", "released_bug"),
        "bug.link_ticket" => with(of("bug", "bug"), "ticket", json!(office.id("ticket"))),
        "bug.unlink_ticket" => with(of("bug", "bug"), "ticket", json!(office.id("other_ticket"))),
        "bug.overview" => of("bug", "bug"),
        "feature_request.move" => with(of("feature_request", "feature_request"), "status", json!("planned")),
        "feature_request.decline" => with(of("feature_request", "feature_request"), "reason", json!("Too dear")),
        "feature_request.reopen" => of("feature_request", "declined_request"),
        "feature_request.vote" => {
            with(of("feature_request", "feature_request"), "contact", json!(office.id("other_contact")))
        }
        "feature_request.withdraw_vote" => {
            with(of("feature_request", "feature_request"), "contact", json!(office.id("contact")))
        }
        "feature_request.overview" => of("feature_request", "feature_request"),
        "release.deploy" | "release.notes" => of("release", "release"),
        "release.roll_back" => with(of("release", "deployed_release"), "reason", json!("It is slow")),
        "feedback.weekly_review" => json!({}),
        "inbox.receive" => json!({
            "inbox": office.id("inbox"), "upload": office.id("came"),
            "mail": {"from": {"address": "new@umbrella.example"}, "subject": "It does not start", "text": "Since Monday"}
        }),
        "inbound.discard" => with(of("inbound", "inbound"), "reason", json!("Nobody's")),
        "thread.open" => json!({
            "contact": office.id("contact"), "inbox": office.id("inbox"), "subject": "News", "body": "It is fixed."
        }),
        "thread.open_internal" => {
            with(with(of("ticket", "ticket"), "subject", json!("Who knows?")), "body", json!("I do not"))
        }
        "thread.reply" => with(with(of("thread", "thread"), "seen", json!(office.id("message"))), "body", json!("Yes")),
        "thread.note" => with(of("thread", "internal_thread"), "body", json!("I do")),
        "thread.log" => with(with(of("thread", "thread"), "said", json!("in")), "body", json!("They called")),
        "thread.snooze" => with(of("thread", "thread"), "until", json!("2025-12-01T09:00:00Z")),
        "thread.done" | "thread.to_ticket" | "thread.mark_spam" => of("thread", "thread"),
        "thread.reopen" => of("thread", "done_thread"),
        "thread.not_spam" => of("thread", "spam_thread"),
        "thread.attach_ticket" => with(of("thread", "thread"), "ticket", json!(office.id("ticket"))),
        "thread.accept_participant" => with(of("thread", "done_thread"), "address", json!("sarah@private.example")),
        "thread.remove_participant" => with(of("thread", "thread"), "address", json!("sarah@private.example")),
        "message.redact" => with(of("message", "message"), "reason", json!("A password")),
        "message.cancel" => of("message", "message"),
        "ticket.comment" => with(of("ticket", "ticket"), "body", json!("Soon")),
        _ => return None,
    })
}
