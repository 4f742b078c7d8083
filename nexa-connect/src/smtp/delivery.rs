//! One message over one connection, step by step.

use std::time::Duration;

use lettre::{
    Address,
    transport::smtp::{
        Error,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, Certificate, TlsParameters},
        commands::{Data, Mail, Rcpt, Rset},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
        response::Response,
    },
};
use nexa_core::mail::{Attempt, BeforeBody, FinishedMessage, RefusedRecipient};
use tokio::time::timeout;

use super::{
    Security, SmtpMailer,
    bytes::{self, Unsendable},
    reply,
};

/// Tries to hand over a message.
pub(super) async fn deliver(mailer: &SmtpMailer, message: &FinishedMessage, before_body: &dyn BeforeBody) -> Attempt {
    let letter = match Letter::new(message) {
        Ok(letter) => letter,
        Err(problem) => return Attempt::permanent().detail(problem.to_string()),
    };
    let mut connection = match mailer.idle() {
        Some(connection) => connection,
        None => match connect(mailer, &letter).await {
            Ok(connection) => connection,
            Err(attempt) => return attempt,
        },
    };
    if let Err(begun) = letter.begin(mailer, &mut connection).await {
        let Begun::Lost = begun else { return begun.attempt(mailer, connection) };
        // The server closed a connection that had waited; nothing of this message was said on it.
        connection = match connect(mailer, &letter).await {
            Ok(connection) => connection,
            Err(attempt) => return attempt,
        };
        if let Err(begun) = letter.begin(mailer, &mut connection).await {
            return begun.attempt(mailer, connection);
        }
    }
    let (attempt, usable) = letter.send(mailer, &mut connection, before_body).await;
    if usable {
        mailer.keep(connection);
    }
    attempt
}

/// What ended a message before its recipients were named.
enum Begun {
    /// The connection is gone.
    Lost,
    /// The server refused the sender.
    Refused(Attempt),
}

impl Begun {
    fn attempt(self, mailer: &SmtpMailer, connection: AsyncSmtpConnection) -> Attempt {
        match self {
            Self::Lost => Attempt::temporary().detail("the server closed the connection"),
            Self::Refused(attempt) => {
                mailer.keep(connection);
                attempt
            }
        }
    }
}

/// Waits for an answer as long as is allowed; nothing when none came.
async fn answer<T>(within: Duration, asked: impl Future<Output = Result<T, Error>>) -> Option<Result<T, Error>> {
    timeout(within, asked).await.ok()
}

async fn connect(mailer: &SmtpMailer, letter: &Letter) -> Result<AsyncSmtpConnection, Attempt> {
    match timeout(mailer.settings.timeouts.connect, connected(mailer, letter)).await {
        Ok(Ok(connection)) => Ok(connection),
        Ok(Err(attempt)) => Err(attempt),
        Err(_) => Err(Attempt::temporary().detail("the server did not greet in time")),
    }
}

async fn connected(mailer: &SmtpMailer, letter: &Letter) -> Result<AsyncSmtpConnection, Attempt> {
    let settings = &mailer.settings;
    let not_reached = |error: Error| reply::not_reached(&error);
    let hello = settings.hello.clone().unwrap_or_else(|| letter.from.domain().to_owned());
    let hello = ClientId::Domain(hello);
    let tls = || {
        let mut tls = TlsParameters::builder(settings.host.clone());
        for root in &settings.roots {
            tls = tls.add_root_certificate(Certificate::from_der(root.clone())?);
        }
        tls.build_rustls()
    };
    let implicit = match settings.security {
        Security::Tls => Some(tls().map_err(not_reached)?),
        Security::StartTls | Security::None => None,
    };
    let server = (settings.host.as_str(), settings.port_or_default());
    let connected = AsyncSmtpConnection::connect_tokio1(server, None, &hello, implicit, None).await;
    let mut connection = connected.map_err(not_reached)?;
    if settings.security == Security::StartTls {
        connection.starttls(tls().map_err(not_reached)?, &hello).await.map_err(not_reached)?;
    }
    if let Some((user, password)) = &settings.credentials {
        if !connection.is_encrypted() && !settings.is_local() {
            return Err(Attempt::temporary().detail("no password is sent without TLS; set security to Tls or StartTls"));
        }
        let credentials = Credentials::new(user.clone(), password.clone());
        connection.auth(DEFAULT_MECHANISMS, &credentials).await.map_err(not_reached)?;
    }
    Ok(connection)
}

/// A message with its envelope, ready to be written to a connection.
struct Letter {
    from: Address,
    recipients: Vec<(nexa_core::Email, Address)>,
    bytes: Vec<u8>,
}

impl Letter {
    fn new(message: &FinishedMessage) -> Result<Self, Unsendable> {
        let mut recipients = Vec::with_capacity(message.recipients.len());
        for address in &message.recipients {
            recipients.push((address.clone(), bytes::envelope(address)?));
        }
        Ok(Self { from: bytes::envelope(&message.envelope_from)?, recipients, bytes: bytes::bytes(message)? })
    }

    /// Whether an address, which in a message is as it is written, needs more than ASCII.
    fn needs_utf8(&self) -> bool {
        let addresses = self.recipients.iter().map(|(_, address)| address).chain([&self.from]);
        addresses.into_iter().any(|address| !address.user().is_ascii())
    }

    /// Names the sender.
    async fn begin(&self, mailer: &SmtpMailer, connection: &mut AsyncSmtpConnection) -> Result<(), Begun> {
        let mut parameters = Vec::new();
        if self.needs_utf8() {
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                let refused = Attempt::permanent().code("5.6.7");
                return Err(Begun::Refused(refused.detail("the server takes no addresses beyond ASCII (SMTPUTF8)")));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !self.bytes.is_ascii() && connection.server_info().supports_feature(Extension::EightBitMime) {
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let mail = Mail::new(Some(self.from.clone()), parameters);
        match answer(mailer.settings.timeouts.command, connection.command(mail)).await {
            Some(Ok(_)) => Ok(()),
            Some(Err(error)) if error.status().is_some() => Err(Begun::Refused(of_sender(&error))),
            Some(Err(_)) | None => Err(Begun::Lost),
        }
    }

    /// Names the recipients and sends the body. Returns whether the connection takes another message.
    async fn send(
        &self,
        mailer: &SmtpMailer,
        connection: &mut AsyncSmtpConnection,
        before_body: &dyn BeforeBody,
    ) -> (Attempt, bool) {
        let timeouts = mailer.settings.timeouts;
        let silent = || (Attempt::temporary().detail("the server did not answer in time"), false);
        let mut refused = Vec::new();
        let mut last: Option<Attempt> = None;
        for (address, recipient) in &self.recipients {
            let named = answer(timeouts.command, connection.command(Rcpt::new(recipient.clone(), Vec::new()))).await;
            match named {
                Some(Ok(_)) => {}
                Some(Err(error)) if error.status().is_some() => {
                    refused.push(RefusedRecipient { address: address.clone(), code: reply::code(&error) });
                    // One that may be taken later keeps the message from being given up.
                    let attempt = reply::refused(&error);
                    last = Some(match last {
                        Some(earlier) if !error.is_transient() => earlier,
                        _ => attempt,
                    });
                }
                Some(Err(error)) => return (reply::refused(&error), false),
                None => return silent(),
            }
        }
        if refused.len() == self.recipients.len() {
            let attempt = last.unwrap_or_else(|| Attempt::permanent().detail("the message has no recipients"));
            return (attempt.refused(refused), reset(mailer, connection).await);
        }
        if let Err(error) = before_body.begin().await {
            return (Attempt::temporary().detail(error.message()), reset(mailer, connection).await);
        }
        match answer(timeouts.command, connection.command(Data)).await {
            Some(Ok(_)) => {}
            Some(Err(error)) => {
                let usable = error.status().is_some() && reset(mailer, connection).await;
                return (reply::refused(&error), usable);
            }
            None => return silent(),
        }
        match answer(timeouts.body, connection.message(&self.bytes)).await {
            Some(Ok(response)) => (handed_over(&response).refused(refused), true),
            Some(Err(error)) => (reply::after_body(&error), error.status().is_some()),
            None => (Attempt::unknown().detail("the server took the body and did not answer in time"), false),
        }
    }
}

fn handed_over(response: &Response) -> Attempt {
    Attempt::handed_over(reply::provider_id(response))
}

/// A refusal of the sender. That somebody has to log in first says nothing of the message.
fn of_sender(error: &Error) -> Attempt {
    let login = error.status().is_some_and(|status| status.to_string() == "530");
    if login { reply::not_reached(error) } else { reply::refused(error) }
}

/// Forgets what was said of a message; whether the connection takes another one.
async fn reset(mailer: &SmtpMailer, connection: &mut AsyncSmtpConnection) -> bool {
    matches!(answer(mailer.settings.timeouts.command, connection.command(Rset)).await, Some(Ok(_)))
}
