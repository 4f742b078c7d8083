//! The shared inbox: what comes in is placed where it belongs and never lost, and what goes out reaches its thread's people alone.

mod leaking;
mod looping;
mod placing;
mod reading;
mod replying;
mod seeing;

use nexa_crm::{
    files::{UploadOptions, upload},
    kernel::blobs::OfBytes,
    testing::Office,
};
use nexa_tests::backends::{self, Backend};
use pollster::block_on;
use serde_json::{Value as Json, json};

/// An office with an inbox, a sender through whom it writes, and two customers.
struct Desk {
    office: Office,
    name: &'static str,
    inbox: Json,
    sarah: Json,
    _backend: Backend,
}

impl Desk {
    fn on(backend: Backend, more: Json) -> Self {
        Self::of(Office::staffed(backend.store.clone(), nexa_core::builder()), backend, more)
    }
    fn of(office: Office, backend: Backend, more: Json) -> Self {
        let sender =
            office.run("sender.create", json!({"name": "Acme", "address": "support@acme.example"}))["id"].clone();
        office.run("sender.verify", json!({"sender": sender}));
        let mut inbox = json!({"name": "Support", "address": "support@acme.example", "sender": sender});
        inbox.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let inbox = office.run("inbox.create", inbox)["id"].clone();
        let sarah = json!({"first_name": "Sarah", "last_name": "Chen", "email": "sarah@private.example"});
        let sarah = office.run("contact.create", sarah)["id"].clone();
        Self { office, name: backend.name, inbox, sarah, _backend: backend }
    }
    fn memory(more: Json) -> Self {
        Self::on(backends::memory(), more)
    }
    /// One on each backend.
    fn all(more: &Json) -> impl Iterator<Item = Self> {
        backends::all().into_iter().map(move |backend| Self::on(backend, more.clone()))
    }

    /// Takes a mail; one without a digest is like no other.
    fn receive(&self, mail: Json) -> Json {
        self.receive_by(&self.inbox, json!({}), mail)
    }
    fn receive_by(&self, inbox: &Json, envelope: Json, mut mail: Json) -> Json {
        if mail["digest"].is_null() {
            mail["digest"] = json!(format!("digest {}", self.office.head()));
        }
        let mut bytes = OfBytes::new(mail.to_string());
        let session = self.office.session("system");
        let upload = block_on(upload(&session, "mail.eml", UploadOptions::new(), &mut bytes)).unwrap().id;
        let with = json!({"inbox": inbox, "upload": upload, "envelope": envelope, "mail": mail});
        self.office.run_as("system", "inbox.receive", with).unwrap_or_else(|error| panic!("{}: {error:?}", self.name))
    }
    /// A mail of Sarah's that begins a thread; its answer.
    fn first(&self, more: Json) -> Json {
        let mut mail = json!({
            "from": {"name": "Sarah Chen", "address": "sarah@private.example"}, "to": [{"address": "support@acme.example"}],
            "subject": "Cannot log in", "text": "Unable to log in since 8", "message_id": "<1@private.example>",
        });
        mail.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.receive(mail)
    }
    /// Claims what is to leave.
    fn sent(&self) -> Vec<Json> {
        let claimed = self.office.run_as("system", "mail.claim", json!({"worker": "desk"})).unwrap();
        claimed["messages"].as_array().unwrap().clone()
    }
    fn reply(&self, thread: &Json, more: Json) -> nexa_crm::Result<Json> {
        let seen = self.office.run("thread.get", json!({"thread": thread}))["last_message"].clone();
        let mut with = json!({"thread": thread, "seen": seen, "body": "Please try again."});
        with.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let caller = if self.office.known("agent").is_some() { "agent" } else { "admin" };
        self.office.run_as(caller, "thread.reply", with)
    }
    fn get(&self, kind: &str, id: &Json) -> Json {
        self.office.run(&format!("{kind}.get"), json!({kind: id}))
    }
    fn count(&self, kind: &str) -> Json {
        self.office.run(&format!("{kind}.count"), json!({}))
    }
}

/// The value of a header of a finished message.
fn header<'m>(message: &'m Json, name: &str) -> Option<&'m str> {
    let headers = message["headers"].as_array()?;
    headers.iter().find(|header| header["name"] == name)?["value"].as_str()
}

fn marks(message: &Json) -> Vec<&str> {
    message["marks"].as_array().unwrap().iter().filter_map(Json::as_str).collect()
}
