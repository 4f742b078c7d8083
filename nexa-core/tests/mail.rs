//! Delivering through a mailer, and what cannot become a mail.

use std::{marker::PhantomData, sync::Arc};

use async_trait::async_trait;
use mockall::automock;
use nexa_core::{
    Body, PlainText, Subject,
    kernel::memory::MemoryStore,
    mail::{Attempt, BeforeBody, Content, FinishedMessage, Mailer, deliver},
    productivity::Note,
    service::Comment,
    testing::{Office, block_on},
};
use serde_json::{Value as Json, json};

/// What a server does; a mock of it stands behind a mailer.
#[automock]
trait Server {
    fn is_idempotent(&self) -> bool;
    fn take(&self, message: &FinishedMessage) -> Attempt;
}

struct Through(MockServer);

#[async_trait]
impl Mailer for Through {
    fn is_idempotent(&self) -> bool {
        self.0.is_idempotent()
    }
    async fn send(&self, message: &FinishedMessage, _: &dyn BeforeBody) -> Attempt {
        self.0.take(message)
    }
}

/// An office that has a mail to send, and the mail.
fn office() -> (Office, Json) {
    let mut office = Office::staffed(Arc::new(MemoryStore::new()), nexa_core::builder());
    office.make("sender", "sender.create", json!({"name": "Acme", "address": "hello@acme.example"}));
    office.run("sender.verify", json!({"sender": office.id("sender")}));
    office.make("contact", "contact.create", json!({"email": "sarah@private.example"}));
    let plan = json!({
        "dedup": "letter", "contact": office.id("contact"), "sender": office.id("sender"), "subject": "Hello", "text": "Hello"
    });
    let mail = office.run("mail.plan", plan)["id"].clone();
    (office, mail)
}

#[test]
fn what_was_not_sent_is_tried_again_and_what_a_provider_takes_once_is_marked_so() {
    for idempotent in [false, true] {
        let (office, mail) = office();
        let mut server = MockServer::new();
        server.expect_is_idempotent().times(1).return_const(idempotent);
        server.expect_take().times(1).returning(|message| {
            assert_eq!(message.recipients, ["sarah@private.example"]);
            Attempt::temporary().code("4.4.1")
        });
        let delivered = block_on(deliver(&office.session("system"), &Through(server), "desk", 20)).unwrap();
        assert_eq!((delivered.tried, delivered.handed_over, delivered.more), (1, 0, false));
        let mail = office.run("mail.get", json!({"mail": mail}));
        assert_eq!(
            (&mail["state"], &mail["code"], &mail["idempotent"]),
            (&json!("planned"), &json!("4.4.1"), &json!(idempotent))
        );
    }
}

#[test]
fn where_nothing_is_due_the_mailer_is_not_called() {
    let (office, mail) = office();
    office.run("mail.cancel", json!({"mail": mail}));
    let mut server = MockServer::new();
    server.expect_is_idempotent().return_const(false);
    server.expect_take().never();
    let server = Through(server);
    assert_eq!(block_on(deliver(&office.session("system"), &server, "desk", 20)).unwrap().tried, 0);
    let refused = block_on(deliver(&office.session("agent"), &server, "desk", 20)).unwrap_err();
    assert_eq!(refused.code(), "access.denied");
    let unnamed = block_on(deliver(&office.session("system"), &server, " ", 20)).unwrap_err();
    assert_eq!(unnamed.code(), "field.invalid");
}

/// Whether a type has a conversion into another one, which may fail or not; the compiler says.
macro_rules! converts {
    ($from:ty => $into:ty) => {{
        #[allow(dead_code)]
        trait Otherwise {
            const CONVERTS: bool = false;
        }
        #[allow(dead_code)]
        struct Probe<T>(PhantomData<T>);
        impl<T> Otherwise for Probe<T> {}
        // Where it holds, this comes before the trait.
        impl<T: TryInto<$into>> Probe<T> {
            #[allow(dead_code)]
            const CONVERTS: bool = true;
        }
        Probe::<$from>::CONVERTS
    }};
}

/// The texts of comments and notes are of a type that no mail is made of; nor are comments and notes themselves.
#[test]
fn what_is_said_among_colleagues_never_becomes_a_mail() {
    let of_comment = |comment: &Comment| -> Body { comment.body.clone() };
    let of_note = |note: &Note| -> Body { note.body.clone() };
    let _ = (of_comment, of_note);
    assert!(converts!(PlainText => PlainText) && converts!(Content => Content), "what is one already is");
    for (what, converts) in [
        ("a text into a mail's text", converts!(Body => PlainText)),
        ("a text into a mail", converts!(Body => Content)),
        ("a text into a subject", converts!(Body => Subject)),
        ("a comment into a mail's text", converts!(Comment => PlainText)),
        ("a comment into a mail", converts!(Comment => Content)),
        ("a note into a mail's text", converts!(Note => PlainText)),
        ("a note into a mail", converts!(Note => Content)),
        ("any text into a mail", converts!(String => Content)),
    ] {
        assert!(!converts, "{what}");
    }
}
