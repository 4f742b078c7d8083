//! Delivering: claim, send and report in one call, by a mailer that does what real ones do.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use nexa_crm::{
    Session,
    mail::{Attempt, BeforeBody, FinishedMessage, Mailer, deliver},
};
use pollster::block_on;
use serde_json::json;

use super::Post;

/// What a mailer does, by the subject of the message.
#[derive(Default)]
struct Server {
    /// The subjects that it took, in order.
    taken: Mutex<Vec<String>>,
    /// Whether it asks before the body.
    careless: AtomicBool,
}

#[async_trait]
impl Mailer for Server {
    async fn send(&self, message: &FinishedMessage, before_body: &dyn BeforeBody) -> Attempt {
        let subject = message.subject.to_string();
        if subject == "unreachable" {
            return Attempt::temporary().code("4.4.1").detail("No connection");
        }
        if !self.careless.load(Ordering::SeqCst) && before_body.begin().await.is_err() {
            return Attempt::temporary();
        }
        match subject.as_str() {
            "refused" => Attempt::permanent().code("5.7.1"),
            "lost" => Attempt::unknown(),
            _ => {
                self.taken.lock().unwrap().push(subject.clone());
                Attempt::handed_over(Some(format!("queued as {subject}")))
            }
        }
    }
}

/// A mailer during whose work something happens.
struct Meanwhile<F: Fn() + Send + Sync>(Server, F);

#[async_trait]
impl<F: Fn() + Send + Sync> Mailer for Meanwhile<F> {
    async fn send(&self, message: &FinishedMessage, before_body: &dyn BeforeBody) -> Attempt {
        (self.1)();
        self.0.send(message, before_body).await
    }
}

fn host(post: &Post) -> Session {
    post.office.session("system")
}

#[test]
fn each_mail_has_its_own_outcome_and_none_delays_the_others() {
    for post in Post::all() {
        let subjects = ["unreachable", "refused", "lost", "first", "second"];
        let mails = subjects.map(|subject| post.plan(subject, json!({"subject": subject})));
        let server = Server::default();
        let delivered = block_on(deliver(&host(&post), &server, "desk", 20)).unwrap();
        assert_eq!((delivered.tried, delivered.handed_over), (5, 2), "{}", post.name());
        let states = mails.each_ref().map(|mail| post.state(mail));
        assert_eq!(states, ["planned", "failed", "uncertain", "handed_over", "handed_over"], "{}", post.name());
        let first = post.mail(&mails[3]);
        assert_eq!((&first["provider_id"], &first["worker"]), (&json!("queued as first"), &json!("desk")));
        let unreachable = post.mail(&mails[0]);
        assert_eq!((&unreachable["code"], &unreachable["detail"]), (&json!("4.4.1"), &json!("No connection")));
        assert_eq!(block_on(deliver(&host(&post), &server, "desk", 20)).unwrap().tried, 0, "{}", post.name());
    }
}

#[test]
fn a_mail_that_is_cancelled_while_it_is_claimed_is_not_sent() {
    for post in Post::all() {
        let mail = post.plan("letter", json!({"subject": "letter"}));
        let cancel = || drop(post.office.run("mail.cancel", json!({"mail": mail})));
        let server = Meanwhile(Server::default(), cancel);
        let delivered = block_on(deliver(&host(&post), &server, "desk", 20)).unwrap();
        assert_eq!((delivered.tried, delivered.handed_over), (1, 0), "{}", post.name());
        assert_eq!(*server.0.taken.lock().unwrap(), Vec::<String>::new(), "{}", post.name());
        assert_eq!(post.state(&mail), "cancelled", "{}", post.name());
    }
}

#[test]
fn a_worker_that_was_too_slow_sends_nothing_that_another_has() {
    for post in Post::all() {
        let mail = post.plan("letter", json!({"subject": "letter"}));
        let other_takes_it = || {
            post.at("2025-11-17T09:05:00Z");
            assert_eq!(post.claim("other"), std::slice::from_ref(&mail));
        };
        let slow = Meanwhile(Server::default(), other_takes_it);
        let delivered = block_on(deliver(&host(&post), &slow, "slow", 20)).unwrap();
        assert_eq!(delivered.handed_over, 0, "{}", post.name());
        assert!(slow.0.taken.lock().unwrap().is_empty(), "{}", post.name());
        assert_eq!(post.mail(&mail)["worker"], "other", "{}", post.name());
    }
}

#[test]
fn the_worker_of_a_host_delivers_what_is_due_in_every_tenant_and_what_becomes_due() {
    for post in Post::all() {
        let now = post.plan("now", json!({"subject": "now"}));
        let later = post.plan("later", json!({"subject": "later", "not_before": "2025-11-17T12:00:00Z"}));
        let server = Arc::new(Server::default());
        let mut worker = nexa_crm::worker(post.office.crm.clone()).mailer(Arc::clone(&server));
        while block_on(worker.once()) > 0 {}
        assert_eq!([post.state(&now), post.state(&later)], ["handed_over", "planned"], "{}", post.name());
        post.at("2025-11-17T12:00:00Z");
        while block_on(worker.once()) > 0 {}
        assert_eq!(post.state(&later), "handed_over", "{}", post.name());
        assert_eq!(*server.taken.lock().unwrap(), ["now", "later"], "{}", post.name());
        // Nothing is left to look at.
        post.at("2025-11-17T13:00:00Z");
        while block_on(worker.once()) > 0 {}
        let due = block_on(post.office.crm.due(post.office.crm.now(), 10)).unwrap();
        assert!(due.is_empty(), "{}: {due:?}", post.name());
    }
}

#[test]
fn a_worker_without_a_mailer_does_not_take_mail_away_from_one_that_has_one() {
    for post in Post::all() {
        let mail = post.plan("letter", json!({"subject": "letter"}));
        let mut without = nexa_crm::worker(post.office.crm.clone());
        while block_on(without.once()) > 0 {}
        post.at("2025-11-17T09:01:00Z");
        let server = Arc::new(Server::default());
        let mut with = nexa_crm::worker(post.office.crm.clone()).mailer(server);
        while block_on(with.once()) > 0 {}
        assert_eq!(post.state(&mail), "handed_over", "{}", post.name());
    }
}
