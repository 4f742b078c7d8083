//! Mail over TLS: with a certificate that is trusted it leaves, with one that nobody trusts nothing does, and no password either.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use nexa_connect::smtp::{Security, Settings, SmtpMailer, Timeouts};
use nexa_core::{
    Result,
    mail::{BeforeBody, Mailer, Outcome},
};
use rustls::{ServerConfig, ServerConnection, StreamOwned, pki_types::PrivateKeyDer};

use crate::message::message;

struct Anytime;

#[async_trait::async_trait]
impl BeforeBody for Anytime {
    async fn begin(&self) -> Result<()> {
        Ok(())
    }
}

/// What a server was told: each command with whether it came under TLS.
type Told = Arc<Mutex<Vec<(bool, String)>>>;

/// A server at a free port of this machine, with a certificate of its own.
struct Server {
    port: u16,
    certificate: Vec<u8>,
    told: Told,
}

impl Server {
    /// One whose certificate is for these names, and that begins with TLS or offers it.
    fn start(names: &[&str], security: Security) -> Self {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        let certificate = made.cert.der().to_vec();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = config.with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key).unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let (port, told, config) = (listener.local_addr().unwrap().port(), Told::default(), Arc::new(config));
        let shared = Arc::clone(&told);
        // It listens as long as the test runs; a client that hangs up is served no further.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = connected(stream, &config, security, &shared);
            }
        });
        Self { port, certificate, told }
    }

    fn settings(&self, security: Security) -> Settings {
        let long = Duration::from_secs(10);
        let timeouts = Timeouts { connect: long, command: long, body: long, ..Timeouts::default() };
        Settings::new("localhost").port(self.port).security(security).timeouts(timeouts).credentials("crm", "secret")
    }

    fn send(settings: Settings) -> (Outcome, String) {
        let attempt = pollster::block_on(SmtpMailer::new(settings).send(&message(&["ann@x.test"]), &Anytime));
        (attempt.outcome, attempt.detail.unwrap_or_default())
    }

    /// The verbs that it was told, those in the open in small letters.
    fn verbs(&self) -> Vec<String> {
        let told = self.told.lock().unwrap();
        let verb = |(encrypted, line): &(bool, String)| {
            let verb = line.split([' ', ':', '\r', '\n']).next().unwrap_or_default();
            if *encrypted { verb.to_ascii_uppercase() } else { verb.to_ascii_lowercase() }
        };
        told.iter().map(verb).collect()
    }
    /// Whether anything that it was told in the open says the password, as PLAIN or LOGIN have it.
    fn was_told_the_password(&self) -> bool {
        let says =
            |line: &str| ["AUTH", "secret", "AGNybQBzZWNyZXQ=", "c2VjcmV0"].iter().any(|word| line.contains(word));
        self.told.lock().unwrap().iter().any(|(encrypted, line)| !encrypted && says(line))
    }
}

fn connected(stream: TcpStream, config: &Arc<ServerConfig>, security: Security, told: &Told) -> io::Result<()> {
    let encrypted = |stream: TcpStream| {
        let connection = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
        io::Result::Ok(StreamOwned::new(connection, stream))
    };
    if security == Security::Tls {
        let mut stream = encrypted(stream)?;
        stream.write_all(b"220 test ESMTP\r\n")?;
        return serve(&mut BufReader::new(stream), true, told).map(drop);
    }
    let mut open = BufReader::new(stream.try_clone()?);
    open.get_mut().write_all(b"220 test ESMTP\r\n")?;
    if serve(&mut open, false, told)? {
        serve(&mut BufReader::new(encrypted(stream)?), true, told)?;
    }
    Ok(())
}

/// Serves until the client leaves, or wants to go on with TLS.
fn serve<S: Read + Write>(lines: &mut BufReader<S>, encrypted: bool, told: &Told) -> io::Result<bool> {
    let mut line = String::new();
    let mut body = false;
    loop {
        line.clear();
        if lines.read_line(&mut line)? == 0 {
            return Ok(false);
        }
        if body && line != ".\r\n" {
            continue;
        }
        told.lock().unwrap().push((encrypted, line.clone()));
        let reply = match line.split([' ', ':', '\r']).next().unwrap_or_default().to_ascii_uppercase().as_str() {
            "EHLO" if encrypted => "250-test\r\n250 AUTH PLAIN LOGIN",
            "EHLO" => "250-test\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS",
            "STARTTLS" => "220 2.0.0 Go on",
            "AUTH" if line.contains("AGNybQBzZWNyZXQ=") => "235 2.7.0 Welcome",
            "AUTH" => "535 5.7.8 Wrong password",
            "DATA" => "354 Go on",
            _ => "250 2.0.0 Ok",
        };
        body = reply.starts_with("354");
        lines.get_mut().write_all(format!("{reply}\r\n").as_bytes())?;
        lines.get_mut().flush()?;
        if reply.starts_with("220") {
            return Ok(true);
        }
    }
}

#[test]
fn mail_leaves_under_tls_from_the_first_byte() {
    let server = Server::start(&["localhost"], Security::Tls);
    let settings = server.settings(Security::Tls).trusting(server.certificate.clone());
    assert_eq!(Server::send(settings).0, Outcome::HandedOver);
    assert_eq!(server.verbs(), ["EHLO", "AUTH", "MAIL", "RCPT", "DATA", "."]);
}

#[test]
fn after_starttls_everything_is_said_again_under_tls() {
    let server = Server::start(&["localhost"], Security::StartTls);
    let settings = server.settings(Security::StartTls).trusting(server.certificate.clone());
    assert_eq!(Server::send(settings).0, Outcome::HandedOver);
    assert_eq!(server.verbs(), ["ehlo", "starttls", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "."]);
    assert!(!server.was_told_the_password());
}

#[test]
fn a_certificate_that_nobody_trusts_gets_no_password_and_says_nothing_of_the_message() {
    for security in [Security::Tls, Security::StartTls] {
        let server = Server::start(&["localhost"], security);
        let (outcome, detail) = Server::send(server.settings(security));
        assert_eq!(outcome, Outcome::Temporary, "{security:?}: {detail}");
        assert!(!server.verbs().iter().any(|verb| ["AUTH", "MAIL", "auth", "mail"].contains(&verb.as_str())));
        assert!(!server.was_told_the_password() && !detail.contains("secret"), "{security:?}: {detail}");
        // It is the certificate, not the server: with it, mail leaves.
        let trusted = server.settings(security).trusting(server.certificate.clone());
        assert_eq!(Server::send(trusted).0, Outcome::HandedOver, "{security:?}");
    }
}

#[test]
fn a_certificate_for_another_name_gets_no_password() {
    for security in [Security::Tls, Security::StartTls] {
        let server = Server::start(&["mail.other.test"], security);
        let (outcome, detail) = Server::send(server.settings(security).trusting(server.certificate.clone()));
        assert_eq!(outcome, Outcome::Temporary, "{security:?}: {detail}");
        assert!(!server.verbs().iter().any(|verb| ["AUTH", "MAIL"].contains(&verb.as_str())), "{security:?}");
        assert!(!server.was_told_the_password(), "{security:?}");
    }
}
