//! One record of everything, at every place where a record can stand.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
// Only tests call it: what fails in it fails the test.

use nexa_kernel::{blobs::OfBytes, testing::block_on};
use serde_json::json;

use super::Office;
use crate::files::{Upload, UploadOptions, upload};

impl Office {
    pub(super) fn sell(&mut self) {
        let met = json!({"met": true, "evidence": "They said so"});
        let met = json!({"budget": met, "authority": met, "need": met, "timeline": met});
        for (word, kind) in [("field", "lead"), ("ticket_field", "ticket")] {
            self.make(
                word,
                "field.define",
                json!({"of_kind": kind, "name": "color", "holds": "text", "indexed": true}),
            );
        }
        let weekly = json!({"monday": [{"from": "09:00", "to": "17:00"}]});
        self.make("calendar", "calendar.create", json!({"name": "Office", "weekly": weekly}));
        let rate = json!({"currency": "EUR", "valid_from": "2025-01-01", "value": "1.08"});
        self.make("rate", "rate.create", rate);
        self.make("campaign", "campaign.create", json!({"name": "Webinar", "type": "webinar"}));
        self.make("contact_list", "contact_list.create", json!({"name": "Nurture"}));
        for word in ["archived_template", "template"] {
            let text = json!({"locale": "en", "subject": "Welcome", "text": "Hello {{ contact.email }}"});
            let template = self.make(word, "template.create", json!({"name": word, "texts": [text]}));
            let version = self.run("template.publish", json!({"template": template}))["id"].as_str().map(str::parse);
            self.ids.insert("template_version", version.unwrap().unwrap());
        }
        self.run("template.archive", json!({"template": self.id("archived_template")}));
        // One that was not published can go into the trash.
        self.make("draft_template", "template.create", json!({"name": "draft_template"}));
        self.make("account", "account.create", json!({"name": "Globex"}));
        self.make("other_account", "account.create", json!({"name": "Initech"}));
        let account = self.id("account");
        self.make("health_card", "health_card.create", json!({"name": "Health"}));
        for signal in ["product_usage", "feature_adoption"] {
            let nothing = json!({"account": account, "signal": signal, "value": 0});
            self.make("account_signal", "account.record_signal", nothing);
        }
        self.make("contact", "contact.create", json!({"email": "sarah@private.example", "account": account}));
        self.make("other_contact", "contact.create", json!({"email": "bill@private.example"}));
        for (word, operations) in [
            ("lead", [].as_slice()),
            ("other_lead", &[]),
            ("contacted", &["lead.contact"]),
            ("qualified", &["lead.contact", "lead.qualify"]),
            ("converted", &["lead.contact", "lead.qualify", "lead.convert"]),
            ("lost", &["lead.lose"]),
        ] {
            let lead = self.make(word, "lead.create", json!({"email": format!("{word}@private.example")}));
            for operation in operations {
                let mut arguments = json!({"lead": lead});
                match *operation {
                    "lead.qualify" => arguments["bant"] = met.clone(),
                    "lead.lose" => arguments["reason"] = json!("No budget"),
                    _ => {}
                }
                self.run(operation, arguments);
            }
        }
        self.make(
            "campaign_member",
            "campaign.add",
            json!({"campaign": self.id("campaign"), "lead": self.id("other_lead")}),
        );
        let listed = json!({"contact_list": self.id("contact_list"), "leads": [self.id("other_lead")]});
        self.run("contact_list.add", listed);
        let deal =
            json!({"name": "Globex - Plan", "account": account, "amount": {"amount": "50000", "currency": "USD"}});
        self.make("deal", "deal.create", deal.clone());
        self.make("lost_deal", "deal.create", deal);
        self.run("deal.lose", json!({"deal": self.id("lost_deal"), "reason": "Too dear"}));
        let influencer = json!({"deal": self.id("lost_deal"), "contact": self.id("contact"), "role": "partner"});
        self.make("deal_contact", "deal.add_contact", influencer);
        self.catalog();
        let routing = json!({"band": "low", "contact_list": self.id("contact_list")});
        self.make("routing", "routing.create", routing);
        for (kind, operation) in [
            ("pipeline", "pipeline.find"),
            ("stage_visit", "stage_visit.find"),
            ("alert", "alert.find"),
            ("scorecard", "scorecard.find"),
            ("contact_list_member", "contact_list_member.find"),
        ] {
            let first = self.run(operation, json!({}))["items"][0]["id"].as_str().map(str::to_owned).unwrap();
            self.ids.insert(kind, first.parse().unwrap());
        }
        self.ids.insert("org", self.org);
    }

    /// What is sold, at what price, and a deal with a line of it.
    fn catalog(&mut self) {
        let product =
            json!({"name": "Plan", "sku": "PLAN", "unit": "user", "recurring": "year", "tax_class": "standard"});
        self.make("product", "product.create", product);
        self.make("retired", "product.create", json!({"name": "Old plan", "active": false}));
        self.make("price_book", "price_book.create", json!({"name": "List", "currency": "USD", "is_default": true}));
        let usd = |amount: &str| json!({"amount": amount, "currency": "USD"});
        let tiers = json!([{"from_quantity": "1", "unit_price": usd("500")}, {"from_quantity": "100", "unit_price": usd("450")}]);
        let price = json!({"price_book": self.id("price_book"), "product": self.id("product"), "tiers": tiers});
        self.make("price", "price.create", price);
        let tax = json!({
            "name": "VAT", "tax_class": "standard", "country": "DE", "rate": "19", "valid_from": "2025-01-01"
        });
        self.make("tax_rate", "tax_rate.create", tax);
        let line = json!({"deal": self.id("lost_deal"), "product": self.id("product"), "quantity": "100"});
        self.make("line", "line.create", line);
        self.quotes();
    }

    /// A quote that is written, and one that was sent.
    fn quotes(&mut self) {
        let line = json!({"product": self.id("product"), "quantity": "2"});
        let tiers = json!([{"key": "basic", "lines": [line]}, {"key": "premium", "lines": [line]}]);
        let quote = json!({
            "deal": self.id("deal"), "recipient": self.id("contact"), "valid_until": "2030-12-31", "tiers": tiers
        });
        self.make("quote", "quote.create", quote.clone());
        self.make("sent_quote", "quote.create", quote);
        self.run("quote.send", json!({"quote": self.id("sent_quote")}));
        for (kind, operation) in
            [("quote_tier", "quote_tier.find"), ("quote_line", "quote_line.find"), ("quote_copy", "quote_copy.find")]
        {
            let found = self.run_as("system", operation, json!({})).unwrap();
            self.ids.insert(kind, found["items"][0]["id"].as_str().unwrap().parse().unwrap());
        }
        self.orders();
    }

    /// An order that is checked still, one that is confirmed, and a deal that nothing was ordered of.
    fn orders(&mut self) {
        let amount = json!({"amount": "1200", "currency": "USD"});
        let plan = json!([{"name": "Plan", "unit_price": amount, "recurring": "year", "term_months": 12}]);
        for (word, deal) in [("order", "ordered"), ("confirmed_order", "sold"), ("", "won"), ("", "unordered")] {
            let fields = json!({"name": format!("{deal} plan"), "amount": amount, "description": "They wanted it"});
            self.make(deal, "deal.create", fields);
            self.run("deal.set_lines", json!({"deal": self.id(deal), "lines": plan}));
            self.run("deal.win", json!({"deal": self.id(deal)}));
            if !word.is_empty() {
                self.make(word, "order.create", json!({"deal": self.id(deal)}));
            }
        }
        self.run("order.confirm", json!({"order": self.id("confirmed_order")}));
        let line = self.run("order_line.find", json!({}))["items"][0]["id"].as_str().unwrap().parse().unwrap();
        self.ids.insert("order_line", line);
        self.contracts();
    }

    /// A contract, and a confirmed order without one.
    fn contracts(&mut self) {
        self.make("contracted", "order.create", json!({"deal": self.id("won")}));
        self.run("order.confirm", json!({"order": self.id("contracted")}));
        self.make("contract", "contract.create", json!({"order": self.id("contracted"), "start": "2025-11-17"}));
        let line = self.run("contract_line.find", json!({}))["items"][0]["id"].as_str().unwrap().parse().unwrap();
        self.ids.insert("contract_line", line);
    }

    /// A file at every place where one can hang, and an upload of the admin's that waits to be attached.
    fn attach(&mut self) {
        for (word, kind, on) in [
            ("attachment", "contact", "contact"),
            ("ticket_file", "ticket", "assigned"),
            ("comment_file", "comment", "admins_comment"),
            ("note_file", "note", "note_to_some"),
            ("lead_file", "lead", "qualified"),
            ("account_file", "account", "account"),
            ("deal_file", "deal", "deal"),
        ] {
            let upload = self.send(&format!("{word}.txt"));
            let to = json!({"kind": kind, "id": self.id(on)});
            self.make(word, "attachment.add", json!({"upload": upload.id, "to": to}));
        }
        let waiting = self.send("waiting.txt").id;
        self.ids.insert("sent", waiting.uuid());
    }

    fn send(&self, name: &str) -> Upload {
        let says = UploadOptions::new().declared_type("text/plain");
        block_on(upload(&self.session("admin"), name, says, &mut OfBytes::new(name))).unwrap()
    }

    /// What goes out: a sender, who agreed to what, and a mail in each place where one can stand.
    pub(super) fn write(&mut self) {
        self.run("org.configure", json!({"mail": {"preferences_page": "https://acme.example/preferences"}}));
        let news = json!({"filter": {"field": "key", "op": "eq", "value": "news"}});
        let news = self.run("topic.find", news)["items"][0]["id"].as_str().unwrap().parse().unwrap();
        self.ids.insert("topic", news);
        self.make("confirmed", "topic.create", json!({"name": "Webinars", "key": "webinars", "double_opt_in": true}));
        self.make("sender", "sender.create", json!({"name": "Acme", "address": "hello@acme.example"}));
        self.run("sender.verify", json!({"sender": self.id("sender")}));
        let granted = self.run("consent.grant", json!({"address": "sarah@private.example", "topic": news}));
        self.ids.insert("consent", granted["consent"].as_str().unwrap().parse().unwrap());
        self.make("suppression", "suppression.add", json!({"address": "gone@private.example"}));
        for (word, purpose) in [("claimed", "system"), ("uncertain", "person")] {
            let mut plan = self.letter(word, "Your plan ends on Friday.");
            plan["purpose"] = json!(purpose);
            plan["topic"] = json!(news);
            self.make(word, "mail.plan", plan);
        }
        self.run("mail.claim", json!({"worker": "desk"}));
        let uncertain = json!({"mail": self.id("uncertain"), "worker": "desk"});
        self.run("mail.start", uncertain.clone());
        let mut unknown = uncertain;
        unknown["outcome"] = json!("unknown");
        self.run("mail.report", unknown);
        self.make("mail", "mail.plan", self.letter("mail", "Shall we talk on Monday?"));
        let asked = json!({"address": "sarah@private.example", "topic": self.id("confirmed")});
        let asked = self.run_as("service", "consent.grant", asked).unwrap();
        let link = format!("https://acme.example/confirm?token={}", asked["token"].as_str().unwrap());
        self.make("confirmation", "mail.plan", self.letter("confirmation", &link));
    }

    fn letter(&self, word: &str, text: &str) -> serde_json::Value {
        json!({
            "dedup": word, "contact": self.id("contact"), "sender": self.id("sender"), "subject": "Your plan", "text": text
        })
    }

    /// What is said with customers and among the team: a thread in each place where one can stand, and a mail that came in.
    pub(super) fn converse(&mut self) {
        let inbox = json!({"name": "Support", "address": "support@acme.example", "sender": self.id("sender")});
        self.make("inbox", "inbox.create", inbox);
        let inbox = self.id("inbox");
        for (word, mail) in [
            (
                "placed",
                json!({"from": {"name": "Carl", "address": "carl@private.example"}, "subject": "Hello", "text": "Is it open?"}),
            ),
            ("inbound", json!({"subject": "Nobody's"})),
        ] {
            let upload = self.send(&format!("{word}.eml"));
            let received = self.run("inbox.receive", json!({"inbox": inbox, "upload": upload.id, "mail": mail}));
            self.ids.insert(word, received["inbound"].as_str().unwrap().parse().unwrap());
        }
        let waiting = self.send("waiting.eml").id;
        self.ids.insert("came", waiting.uuid());
        let contact = self.id("contact");
        let mut open = |word: &'static str, more: serde_json::Value| {
            let mut with = json!({"subject": format!("It is {word}"), "contact": contact});
            with.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            self.make(word, "thread.open", with)
        };
        let done = open("done_thread", json!({}));
        let spam = open("spam_thread", json!({}));
        open("assigned_thread", json!({}));
        let thread = self.make(
            "thread",
            "thread.open",
            json!({"subject": "Your plan", "contact": contact, "inbox": inbox, "body": "Does it work by now?"}),
        );
        let of_thread = |thread: uuid::Uuid| json!({"filter": {"field": "thread", "op": "eq", "value": thread}});
        let message = self.run("message.find", of_thread(thread))["items"][0]["id"].as_str().map(str::parse);
        self.ids.insert("message", message.unwrap().unwrap());
        self.run("thread.remove_participant", json!({"thread": done, "address": "sarah@private.example"}));
        self.run("thread.done", json!({"thread": done}));
        self.run("thread.mark_spam", json!({"thread": spam}));
        let colleague = json!({"user": self.id("colleague")});
        self.run("thread.assign", json!({"thread": self.id("assigned_thread"), "assignee": colleague}));
        let internal = json!({"ticket": self.id("ticket"), "subject": "Who knows more?", "body": "Ask the supplier"});
        self.make("internal_thread", "thread.open_internal", internal);
        let note =
            self.run("message.find", of_thread(self.id("internal_thread")))["items"][0]["id"].as_str().map(str::parse);
        self.ids.insert("internal_note", note.unwrap().unwrap());
    }

    /// Projects, a playbook, and meetings with somebody invited.
    fn plan(&mut self) {
        self.make("project", "project.create", json!({"name": "Globex onboarding", "start_date": "2025-11-17"}));
        self.make("finished_project", "project.create", json!({"name": "Initech onboarding"}));
        self.run("project.complete", json!({"project": self.id("finished_project")}));
        let task = json!({"key": "call", "title": "Call {{ account.name }}", "due": {"after": "P1D"}});
        self.make("playbook", "playbook.create", json!({"name": "Follow up", "tasks": [task]}));
        let version =
            self.run("playbook.publish", json!({"playbook": self.id("playbook")}))["id"].as_str().map(str::parse);
        self.ids.insert("playbook_version", version.unwrap().unwrap());
        for (word, day) in [("meeting", "2025-11-20"), ("held", "2025-11-14")] {
            let meeting = json!({"title": format!("Demo ({word})"), "starts_at": format!("{day}T10:00:00Z")});
            self.make(word, "meeting.create", meeting);
        }
        let invited = json!({"meeting": self.id("meeting"), "attendee": {"contact": self.id("contact")}});
        let attendee = self.run("meeting.invite", invited)["attendee"]["id"].as_str().map(str::parse);
        self.ids.insert("attendee", attendee.unwrap().unwrap());
        self.run("meeting.hold", json!({"meeting": self.id("held")}));
        self.automate();
    }

    /// A workflow that was published, and one that is active, of which a run waits.
    fn automate(&mut self) {
        let mut fields = json!({
            "name": "Call back", "trigger": {"manual": {"kind": "account"}},
            "steps": [{"id": "later", "wait": {"period": "P1D"}}]
        });
        self.make("workflow", "workflow.create", fields.clone());
        fields["name"] = json!("Call back again");
        self.make("active_workflow", "workflow.create", fields);
        for word in ["workflow", "active_workflow"] {
            let version = self.run("workflow.publish", json!({"workflow": self.id(word)}));
            self.ids.insert("workflow_version", version["id"].as_str().unwrap().parse().unwrap());
        }
        self.run("workflow.enable", json!({"workflow": self.id("active_workflow")}));
        let about = json!({"kind": "account", "id": self.id("account")});
        let started = json!({"workflow": self.id("active_workflow"), "record": about});
        let run = self.run("workflow.start", started)["run"].as_str().unwrap().parse().unwrap();
        self.ids.insert("workflow_run", run);
    }

    /// Bugs, requests and releases, with a ticket and a vote behind them.
    fn feedback(&mut self) {
        let resolves = json!({"resolve_tickets": true, "sender": self.id("sender")});
        self.run("org.configure", json!({"releases": resolves}));
        self.make("release", "release.create", json!({"name": "2.2.0"}));
        self.make("deployed_release", "release.create", json!({"name": "2.1.6"}));
        for (word, release) in [("bug", "release"), ("released_bug", "deployed_release")] {
            let bug = json!({"title": format!("It is a {word}"), "severity": "p2", "fixed_in": self.id(release)});
            self.make(word, "bug.create", bug);
        }
        let link = json!({"bug": self.id("bug"), "ticket": self.id("other_ticket")});
        self.make("bug_ticket", "bug.link_ticket", link);
        self.run("bug.link_ticket", json!({"bug": self.id("released_bug"), "ticket": self.id("resolved")}));
        self.run("release.deploy", json!({"release": self.id("deployed_release")}));
        let came = self.run("release_ticket.find", json!({}))["items"][0]["id"].as_str().map(str::parse);
        self.ids.insert("release_ticket", came.unwrap().unwrap());
        for word in ["feature_request", "other_feature_request", "declined_request"] {
            self.make(word, "feature_request.create", json!({"title": format!("It is a {word}")}));
        }
        let vote = json!({"feature_request": self.id("feature_request"), "contact": self.id("contact")});
        self.make("vote", "feature_request.vote", vote);
        let declined = json!({"feature_request": self.id("declined_request"), "reason": "Nobody else asks"});
        self.run("feature_request.decline", declined);
    }

    /// Articles: one that is published, and one that is not.
    fn explain(&mut self) {
        self.make("category", "category.create", json!({"name": "Data"}));
        for (word, title) in [("article", "It is an article"), ("other_article", "It is a draft")] {
            let text = json!({"locale": "en", "title": title, "body": "It is a text"});
            let fields = json!({"audience": "public", "category": self.id("category"), "texts": [text]});
            self.make(word, "article.create", fields);
        }
        self.make("article_revision", "article.publish", json!({"article": self.id("article")}));
        let link = json!({"article": self.id("article"), "ticket": self.id("other_ticket")});
        self.make("article_ticket", "article.link_ticket", link);
        let vote = json!({"revision": self.id("article_revision"), "contact": self.id("contact"), "helpful": true});
        self.make("article_vote", "article.vote", vote);
    }

    pub(super) fn support(&mut self) {
        self.make("task", "task.create", json!({"title": "Call Sarah"}));
        self.make("done", "task.create", json!({"title": "Call Bill"}));
        self.run("task.complete", json!({"task": self.id("done")}));
        self.make("waiting", "task.create", json!({"title": "Write to Sarah"}));
        let dependency = json!({"task": self.id("waiting"), "depends_on": self.id("task")});
        self.make("task_dependency", "task.add_dependency", dependency);
        self.plan();
        for word in ["ticket", "other_ticket", "assigned", "resolved", "closed"] {
            self.make(
                word,
                "ticket.create",
                json!({"subject": format!("It is {word}"), "contact": self.id("contact")}),
            );
        }
        let colleague = json!({"user": self.id("colleague")});
        self.run("ticket.assign", json!({"ticket": self.id("assigned"), "assignee": colleague}));
        for word in ["resolved", "closed"] {
            self.run("ticket.resolve", json!({"ticket": self.id(word)}));
        }
        self.run("ticket.close", json!({"ticket": self.id("closed")}));
        let among_admins = json!({"ticket": self.id("ticket"), "body": "A good customer", "audience": "admins"});
        self.make("admins_comment", "ticket.comment", among_admins);
        self.make("comment", "ticket.comment", json!({"ticket": self.id("ticket"), "body": "On it"}));
        let of = |kind: &str, word: &str, office: &Self| json!({"kind": kind, "id": office.id(word)});
        let about = json!([of("ticket", "assigned", self), of("contact", "contact", self)]);
        self.make("note", "note.create", json!({"body": "Prefers mail", "about": about}));
        self.make("call", "call.create", json!({"outcome": "connected", "to": "+49 30 9018201", "about": about}));
        let about = json!([of("ticket", "assigned", self)]);
        self.make("ticket_note", "note.create", json!({"type": "handoff", "body": "Call after ten", "about": about}));
        let readers = json!([{"user": self.id("colleague")}, {"group": self.id("group")}]);
        let among_some = json!({"body": "Maria knows more", "readers": readers, "about": [of("deal", "deal", self)]});
        self.make("note_to_some", "note.create", among_some);
        self.feedback();
        self.explain();
        self.attach();
        let wants = json!({"user": self.id("agent"), "channels": {"chat": {"assigned": "now"}}});
        self.make("notification_preference", "notification_preference.set", wants);
        let agent = json!({"user": self.id("agent")});
        for assignee in [agent, json!(null)] {
            self.run("campaign.assign", json!({"campaign": self.id("campaign"), "assignee": assignee}));
        }
        block_on(self.crm.tick(self.org, 1_000)).unwrap();
        let to_agent = json!({"field": "user", "op": "eq", "value": self.id("agent")});
        let sent = self.run("notification.find", json!({"filter": to_agent}));
        self.ids.insert("notification", sent["items"][0]["id"].as_str().unwrap().parse().unwrap());
        let leaves = self.run("notification_delivery.find", json!({}));
        self.ids.insert("notification_delivery", leaves["items"][0]["id"].as_str().unwrap().parse().unwrap());
        let goals = json!([{"priority": "critical", "first_response": 60, "resolution": 1_440}]);
        self.make("target", "target.create", json!({"name": "Everybody", "active": false, "goals": goals}));
    }
}
