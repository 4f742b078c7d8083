//! Outgoing mail, on every backend: what may leave, that it leaves once, and what becomes of it.

mod claims;
mod consent;
mod delivering;
mod feedback;
mod gate;
mod links;
mod reports;
mod senders;
mod suppression;
mod templates;

use nexa_crm::{ErrorKind, Result, testing::Office};
use nexa_tests::backends::{self, Backend};
use serde_json::{Value as Json, json};

/// An office with a verified sender, a page for links, and Sarah, who agreed to news.
struct Post {
    office: Office,
    backend: Backend,
}

const SARAH: &str = "sarah@private.example";

impl Post {
    /// One on every backend.
    fn all() -> impl Iterator<Item = Self> {
        backends::all().into_iter().map(Self::on)
    }
    fn on(backend: Backend) -> Self {
        let mut office = Office::staffed(backend.store.clone(), nexa_core::builder());
        office.run("org.configure", json!({"mail": {"preferences_page": "https://acme.example/preferences"}}));
        office.make("sender", "sender.create", json!({"name": "Acme", "address": "hello@acme.example"}));
        office.run("sender.verify", json!({"sender": office.id("sender")}));
        office.make("contact", "contact.create", json!({"first_name": "Sarah", "last_name": "Chen", "email": SARAH}));
        let post = Self { office, backend };
        post.agree(SARAH);
        post
    }
    fn name(&self) -> &'static str {
        self.backend.name
    }
    /// The topic of this key.
    fn topic(&self, key: &str) -> Json {
        let named = json!({"filter": {"field": "key", "op": "eq", "value": key}});
        self.office.run("topic.find", named)["items"][0]["id"].clone()
    }
    /// Somebody agrees to news.
    fn agree(&self, address: &str) {
        self.office.run("consent.grant", json!({"address": address, "topic": self.topic("news"), "source": "form"}));
    }
    /// Runs an operation as the host.
    fn host(&self, operation: &str, with: Json) -> Json {
        self.try_host(operation, with).unwrap_or_else(|error| panic!("{}: {operation}: {error:?}", self.name()))
    }
    fn try_host(&self, operation: &str, with: Json) -> Result<Json> {
        self.office.run_as("system", operation, with)
    }
    /// The code with which an operation of the host is refused.
    fn refused(&self, operation: &str, with: Json) -> String {
        let error = self.try_host(operation, with).unwrap_err();
        assert_ne!(error.kind(), ErrorKind::Unavailable, "{error:?}");
        error.code().to_owned()
    }
    /// A new contact.
    fn contact(&self, address: &str) -> Json {
        self.office.run("contact.create", json!({"email": address}))["id"].clone()
    }
    /// Plans a mail to Sarah; `more` says what else there is to say.
    fn try_plan(&self, dedup: &str, more: Json) -> Result<Json> {
        let mut with = json!({
            "dedup": dedup, "contact": self.office.id("contact"), "sender": self.office.id("sender"),
            "subject": "Your plan", "text": "It ends on Friday."
        });
        for (field, value) in more.as_object().unwrap() {
            with[field] = value.clone();
        }
        self.office.run_as("agent", "mail.plan", with)
    }
    fn plan(&self, dedup: &str, more: Json) -> Json {
        self.try_plan(dedup, more).unwrap_or_else(|error| panic!("{}: {dedup}: {error:?}", self.name()))["id"].clone()
    }
    /// Publishes a template with these fields beside the name; its text is in English unless said.
    fn template(&self, name: &str, fields: Json) -> Json {
        let mut with = json!({"name": name});
        for (field, value) in fields.as_object().unwrap() {
            with[field] = value.clone();
        }
        let template = self.office.run("template.create", with)["id"].clone();
        self.office.run("template.publish", json!({"template": template}));
        template
    }
    /// Plans a mail of a template to Sarah, by an agent.
    fn try_plan_of(&self, dedup: &str, template: &Json, more: Json) -> Result<Json> {
        let mut with = json!({
            "dedup": dedup, "contact": self.office.id("contact"), "sender": self.office.id("sender"), "template": template
        });
        for (field, value) in more.as_object().unwrap() {
            with[field] = value.clone();
        }
        self.office.run_as("agent", "mail.plan", with)
    }
    fn plan_of(&self, dedup: &str, template: &Json, more: Json) -> Json {
        self.try_plan_of(dedup, template, more).unwrap_or_else(|error| panic!("{}: {dedup}: {error:?}", self.name()))
    }
    /// The same as marketing, to this contact.
    fn plan_news(&self, dedup: &str, contact: &Json) -> Json {
        self.plan(dedup, json!({"contact": contact, "purpose": "system", "topic": self.topic("news")}))
    }
    fn sarah(&self) -> Json {
        json!(self.office.id("contact"))
    }
    /// What a worker is given; the ids of the mails.
    fn claim(&self, worker: &str) -> Vec<Json> {
        let claimed = self.host("mail.claim", json!({"worker": worker}));
        claimed["messages"].as_array().unwrap().iter().map(|message| message["mail"].clone()).collect()
    }
    fn start(&self, mail: &Json, worker: &str) -> Json {
        self.host("mail.start", json!({"mail": mail, "worker": worker}))
    }
    fn report(&self, mail: &Json, worker: &str, outcome: &str) -> Json {
        self.host("mail.report", json!({"mail": mail, "worker": worker, "outcome": outcome}))
    }
    /// A mail as it is now.
    fn mail(&self, mail: &Json) -> Json {
        self.office.run("mail.get", json!({"mail": mail}))
    }
    fn state(&self, mail: &Json) -> String {
        self.mail(mail)["state"].as_str().unwrap().to_owned()
    }
    /// The token of the links in a mail that was claimed.
    fn token(&self, mail: &Json) -> String {
        let text = self.mail(mail)["content"]["text"].as_str().unwrap().to_owned();
        let (_, token) = text.split_once("preferences?token=").unwrap();
        token.trim().to_owned()
    }
    fn at(&self, moment: &str) {
        self.office.clock.set(nexa_crm::Timestamp::parse(moment).unwrap());
    }
    /// What the gate says of news to an address.
    fn may(&self, address: &str) -> String {
        let asked = json!({"address": address, "topic": self.topic("news")});
        self.office.run("mail.may", asked)["verdict"].as_str().unwrap().to_owned()
    }
}
