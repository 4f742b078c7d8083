//! Hands mail to a server by SMTP.
//!
//! Each outcome says how far the message came: before its body left, it may be tried again; once the body left and no answer came, nobody
//! knows whether the server took it. A refusal of one message says nothing of another.

mod bytes;
mod delivery;
mod reply;
mod settings;

pub use bytes::{Unsendable, bytes};
pub use settings::{Security, Settings, Timeouts};

use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::Instant,
};

use async_trait::async_trait;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use nexa_core::mail::{Attempt, BeforeBody, FinishedMessage, Mailer};

use crate::runtime::Runtime;

/// Hands mail to a server by SMTP. It works on any runtime and on none: without Tokio around it, it brings a thread of its own.
///
/// Connections are kept for a while and used again; as many are open as messages are sent at once.
///
/// ```no_run
/// use nexa_connect::smtp::{Security, Settings, SmtpMailer};
///
/// let settings = Settings::new("mail.example.test").security(Security::Tls).credentials("crm", "secret");
/// let mailer = SmtpMailer::new(settings);
/// # let _ = mailer;
/// ```
pub struct SmtpMailer {
    settings: Settings,
    runtime: Runtime,
    idle: Mutex<Vec<Idle>>,
}

/// A connection that waits for the next message.
struct Idle {
    connection: AsyncSmtpConnection,
    since: Instant,
}

impl SmtpMailer {
    /// A mailer for this server. It connects when there is something to send.
    pub fn new(settings: Settings) -> Self {
        Self { settings, runtime: Runtime::new(), idle: Mutex::default() }
    }

    /// A connection that was used before and has not waited for too long.
    fn idle(&self) -> Option<AsyncSmtpConnection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|idle| idle.since.elapsed() < self.settings.timeouts.idle);
        idle.pop().map(|idle| idle.connection)
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < self.settings.most_idle {
            idle.push(Idle { connection, since: Instant::now() });
        }
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, message: &FinishedMessage, before_body: &dyn BeforeBody) -> Attempt {
        self.runtime.run(delivery::deliver(self, message, before_body)).await
    }
}

impl fmt::Debug for SmtpMailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpMailer").field("settings", &self.settings).finish_non_exhaustive()
    }
}
