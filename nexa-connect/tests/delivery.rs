//! What a mailer reports of servers that take messages, refuse them, hang and hang up.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use nexa_connect::{
    smtp::{Security, Settings, SmtpMailer, Timeouts, bytes},
    testing::{MailServer, Manner},
};
use nexa_core::{
    ErrorKind, Result,
    kernel::error::codes,
    mail::{Attempt, BeforeBody, Mailer, Outcome},
};
use serde_json::json;

use crate::message::{message, with};

/// Counts how often a body was about to leave, and refuses it where it should.
#[derive(Default)]
struct Stage {
    begun: AtomicUsize,
    refuses: bool,
}

#[async_trait::async_trait]
impl BeforeBody for Stage {
    async fn begin(&self) -> Result<()> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        if self.refuses { Err(codes::NOT_FOUND.with("kind", "mail").with("id", "1")) } else { Ok(()) }
    }
}

impl Stage {
    fn begun(&self) -> usize {
        self.begun.load(Ordering::SeqCst)
    }
}

fn on_tokio(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap().block_on(test);
}

fn settings(server: &MailServer) -> Settings {
    let short = Duration::from_millis(300);
    let timeouts = Timeouts { connect: short, command: short, body: short, ..Timeouts::default() };
    Settings::new("127.0.0.1").port(server.port()).security(Security::None).timeouts(timeouts)
}

async fn send(server: &MailServer, recipients: &[&str]) -> (Attempt, usize) {
    let stage = Stage::default();
    let attempt = SmtpMailer::new(settings(server)).send(&message(recipients), &stage).await;
    (attempt, stage.begun())
}

#[test]
fn a_message_that_is_taken_has_the_servers_name() {
    on_tokio(async {
        let server = MailServer::start(Manner::Usual).unwrap();
        let (attempt, begun) = send(&server, &["ann@example.test", "bcc@example.test"]).await;
        assert_eq!(attempt, Attempt::handed_over(Some("Q1".to_owned())));
        assert_eq!(begun, 1);
        let received = server.received();
        assert_eq!(received[0].from, "bounces@acme.test");
        assert_eq!(received[0].to, ["ann@example.test", "bcc@example.test"]);
        let sent = String::from_utf8(bytes(&message(&[])).unwrap()).unwrap();
        assert_eq!(received[0].data.trim_end(), sent.trim_end());
    });
}

#[test]
fn each_stage_has_its_outcome() {
    on_tokio(async {
        let server = MailServer::start(Manner::Usual).unwrap();
        for (recipient, outcome, code, begun, arrived) in [
            ("busy@x.test", Outcome::Temporary, Some("4.2.1"), 0, 0),
            ("unknown@x.test", Outcome::Permanent, Some("5.1.1"), 0, 0),
            ("plain@x.test", Outcome::Permanent, Some("550"), 0, 0),
            ("hang-rcpt@x.test", Outcome::Temporary, None, 0, 0),
            ("cut-rcpt@x.test", Outcome::Temporary, None, 0, 0),
            ("data-busy@x.test", Outcome::Temporary, Some("4.3.0"), 1, 0),
            ("data-cut@x.test", Outcome::Temporary, None, 1, 0),
            ("body-busy@x.test", Outcome::Temporary, Some("4.3.1"), 1, 0),
            ("body-refused@x.test", Outcome::Permanent, Some("5.6.0"), 1, 0),
            ("body-cut@x.test", Outcome::Unknown, None, 1, 0),
            ("answer-hang@x.test", Outcome::Unknown, None, 1, 1),
            ("answer-cut@x.test", Outcome::Unknown, None, 1, 1),
            ("ann@x.test", Outcome::HandedOver, None, 1, 1),
        ] {
            let before = server.received().len();
            let (attempt, reached) = send(&server, &[recipient]).await;
            assert_eq!((attempt.outcome, attempt.code.as_deref()), (outcome, code), "{recipient}: {attempt:?}");
            assert_eq!((reached, server.received().len() - before), (begun, arrived), "{recipient}");
        }
    });
}

#[test]
fn each_recipient_has_an_answer_of_their_own() {
    on_tokio(async {
        let server = MailServer::start(Manner::Usual).unwrap();
        let (attempt, _) = send(&server, &["unknown@x.test", "ann@x.test", "busy@x.test"]).await;
        assert_eq!(attempt.outcome, Outcome::HandedOver);
        let refused: Vec<_> =
            attempt.refused.iter().map(|one| (one.address.as_str(), one.code.as_deref().unwrap())).collect();
        assert_eq!(refused, [("unknown@x.test", "5.1.1"), ("busy@x.test", "4.2.1")]);
        assert_eq!(server.received()[0].to, ["ann@x.test"]);

        let (attempt, begun) = send(&server, &["unknown@x.test", "busy@x.test"]).await;
        assert_eq!((attempt.outcome, attempt.code.as_deref(), begun), (Outcome::Temporary, Some("4.2.1"), 0));
        assert_eq!(attempt.refused.len(), 2);
        let (attempt, _) = send(&server, &["busy@x.test", "unknown@x.test"]).await;
        assert_eq!(attempt.outcome, Outcome::Temporary);
    });
}

#[test]
fn a_server_that_is_not_reached_says_nothing_of_the_message() {
    on_tokio(async {
        for manner in [Manner::Silent, Manner::Refusing, Manner::Locked] {
            let server = MailServer::start(manner).unwrap();
            let (attempt, begun) = send(&server, &["ann@x.test"]).await;
            assert_eq!((attempt.outcome, begun), (Outcome::Temporary, 0), "{manner:?}");
        }
        let gone = MailServer::start(Manner::Usual).unwrap();
        let settings = settings(&gone);
        drop(gone);
        let attempt = SmtpMailer::new(settings.port(1)).send(&message(&["ann@x.test"]), &Stage::default()).await;
        assert_eq!(attempt.outcome, Outcome::Temporary);
    });
}

#[test]
fn a_sender_who_is_refused_is_refused_for_good() {
    on_tokio(async {
        let server = MailServer::start(Manner::Usual).unwrap();
        let forged = with(json!({"envelope_from": "forged@x.test"}));
        let attempt = SmtpMailer::new(settings(&server)).send(&forged, &Stage::default()).await;
        assert_eq!((attempt.outcome, attempt.code.as_deref()), (Outcome::Permanent, Some("5.7.1")));
    });
}

#[test]
fn a_password_opens_the_server_and_a_wrong_one_is_no_fault_of_the_message() {
    on_tokio(async {
        let server = MailServer::start(Manner::Locked).unwrap();
        let right = SmtpMailer::new(settings(&server).credentials("crm", "secret"));
        assert_eq!(right.send(&message(&["ann@x.test"]), &Stage::default()).await.outcome, Outcome::HandedOver);
        let wrong = SmtpMailer::new(settings(&server).credentials("crm", "guess"));
        let attempt = wrong.send(&message(&["ann@x.test"]), &Stage::default()).await;
        assert_eq!((attempt.outcome, attempt.code.as_deref()), (Outcome::Temporary, Some("5.7.8")));
        assert!(!format!("{right:?}").contains("secret"));
    });
}

#[test]
fn nothing_is_sent_where_tls_is_wanted_and_not_offered() {
    on_tokio(async {
        let server = MailServer::start(Manner::Usual).unwrap();
        for security in [Security::StartTls, Security::Tls] {
            let mailer = SmtpMailer::new(settings(&server).security(security).credentials("crm", "secret"));
            let attempt = mailer.send(&message(&["ann@x.test"]), &Stage::default()).await;
            assert_eq!(attempt.outcome, Outcome::Temporary, "{security:?}");
        }
        assert!(server.received().is_empty());
        assert!(!server.commands().iter().any(|command| command.starts_with("AUTH") || command.starts_with("MAIL")));
    });
}

#[test]
fn a_body_that_may_not_leave_does_not() {
    on_tokio(async {
        let server = MailServer::start(Manner::Usual).unwrap();
        let stage = Stage { refuses: true, ..Stage::default() };
        let mailer = SmtpMailer::new(settings(&server));
        let attempt = mailer.send(&message(&["ann@x.test"]), &stage).await;
        assert_eq!((attempt.outcome, stage.begun()), (Outcome::Temporary, 1));
        assert!(server.received().is_empty() && !server.commands().contains(&"DATA".to_owned()));
        assert_eq!(codes::NOT_FOUND.kind, ErrorKind::NotFound);
        // The connection takes the next one.
        assert_eq!(mailer.send(&message(&["ann@x.test"]), &Stage::default()).await.outcome, Outcome::HandedOver);
        assert_eq!(server.connections(), 1);
    });
}

#[test]
fn connections_are_used_again_and_opened_anew_when_the_server_hung_up() {
    on_tokio(async {
        let server = MailServer::start(Manner::Usual).unwrap();
        let mailer = SmtpMailer::new(settings(&server));
        for recipient in ["ann@x.test", "unknown@x.test", "body-refused@x.test", "ann@x.test"] {
            mailer.send(&message(&[recipient]), &Stage::default()).await;
        }
        assert_eq!((server.connections(), server.received().len()), (1, 2));

        let server = MailServer::start(Manner::HangingUp).unwrap();
        let mailer = SmtpMailer::new(settings(&server));
        for _ in 0..3 {
            let attempt = mailer.send(&message(&["ann@x.test"]), &Stage::default()).await;
            assert_eq!(attempt.outcome, Outcome::HandedOver);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!((server.connections(), server.received().len()), (3, 3));
    });
}

#[test]
fn addresses_may_have_any_letters() {
    on_tokio(async {
        let server = MailServer::start(Manner::Usual).unwrap();
        let (attempt, _) = send(&server, &["jörg@bücher.test"]).await;
        assert_eq!(attempt.outcome, Outcome::HandedOver, "{attempt:?}");
        assert_eq!(server.received()[0].to, ["jörg@xn--bcher-kva.test"]);
        assert!(
            server.commands().iter().any(|command| command.starts_with("MAIL FROM") && command.contains("SMTPUTF8"))
        );
    });
}

#[test]
fn a_mailer_works_without_a_runtime_around_it() {
    let server = MailServer::start(Manner::Usual).unwrap();
    let mailer = SmtpMailer::new(settings(&server));
    let attempt = pollster::block_on(mailer.send(&message(&["ann@x.test"]), &Stage::default()));
    assert_eq!(attempt.outcome, Outcome::HandedOver);
}
